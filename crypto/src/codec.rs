//! The one canonical byte encoding: borsh (<https://borsh.io>), whole.
//!
//! A value has exactly one encoding and every accepted byte string is some value's encoding: integers are
//! little-endian of fixed width, lists and strings carry a four-byte length, options and enums a one-byte tag,
//! structs are their fields in order. Nothing may be left over, and no input longer than the bound is read.
//! Specification: "Encoding".

use borsh::{BorshDeserialize, BorshSerialize};

/// The most bytes of one log entry (C2SP tlog-tiles: a two-byte length).
pub const MAX_ENTRY_LENGTH: usize = 65_535;

/// Why bytes are not a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// More bytes than any value of this kind may have.
    #[error("{length} bytes, where at most {bound} may stand")]
    TooLong {
        /// Bytes found.
        length: usize,
        /// Bytes allowed.
        bound: usize,
    },
    /// Not an encoding: cut short, an unknown tag, a non-canonical field, bytes left over.
    #[error("not a canonical encoding: {0}")]
    Malformed(String),
}

/// The encoding of a value.
pub fn encode<T: BorshSerialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    // writing to memory has no failure, and no type here has a fallible encoding
    if value.serialize(&mut bytes).is_err() {
        unreachable!("encoding to memory cannot fail");
    }
    bytes
}

/// The value of an encoding of at most [`MAX_ENTRY_LENGTH`] bytes, all of them used.
pub fn decode<T: BorshDeserialize>(bytes: &[u8]) -> Result<T, CodecError> {
    decode_bounded(bytes, MAX_ENTRY_LENGTH)
}

/// The value of an encoding of at most `bound` bytes, all of them used.
pub fn decode_bounded<T: BorshDeserialize>(bytes: &[u8], bound: usize) -> Result<T, CodecError> {
    if bytes.len() > bound {
        return Err(CodecError::TooLong { length: bytes.len(), bound });
    }
    borsh::from_slice(bytes).map_err(|error| CodecError::Malformed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_may_be_left_over_or_missing() {
        let bytes = encode(&(7u16, vec![1u8, 2]));
        assert_eq!(bytes, [7, 0, 2, 0, 0, 0, 1, 2]);
        assert_eq!(decode::<(u16, Vec<u8>)>(&bytes), Ok((7, vec![1, 2])));
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(decode::<(u16, Vec<u8>)>(&longer).is_err());
        assert!(decode::<(u16, Vec<u8>)>(bytes.split_last().unwrap().1).is_err());
        assert!(decode::<Option<u8>>(&[2, 0]).is_err(), "an option's tag is 0 or 1");
        assert!(decode::<bool>(&[2]).is_err());
    }

    #[test]
    fn bytes_are_read_up_to_the_bound_and_not_past_it() {
        let of = |length: usize| encode(&vec![7u8; length - 4]);
        assert_eq!(of(65_535).len(), MAX_ENTRY_LENGTH);
        assert_eq!(decode::<Vec<u8>>(&of(65_535)), Ok(vec![7; 65_531]));
        for length in [65_536, 65_537] {
            let refused = Err(CodecError::TooLong { length, bound: 65_535 });
            assert_eq!(decode::<Vec<u8>>(&of(length)), refused);
        }
        assert_eq!(decode_bounded::<Vec<u8>>(&of(6), 6), Ok(vec![7; 2]));
        let refused = Err(CodecError::TooLong { length: 7, bound: 6 });
        assert_eq!(decode_bounded::<Vec<u8>>(&of(7), 6), refused);
    }
}

//! Messages and answers as bytes.

use borsh::io::{self, Write};
use borsh::{BorshDeserialize, BorshSerialize};
use zeroize::Zeroizing;

use crate::trouble::Trouble;

/// The borsh form of an answer or an event.
///
/// # Errors
/// A fault where something has 2^32 elements or more.
pub fn encode<T: BorshSerialize>(value: &T) -> Result<Vec<u8>, Trouble> {
    borsh::to_vec(value).map_err(fault)
}

/// The same of something with a secret in it: no copy is left in memory once the bytes are dropped.
///
/// # Errors
/// As [`encode`].
pub fn encode_secret<T: BorshSerialize>(value: &T) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let mut bytes = Erasing::default();
    value.serialize(&mut bytes).map_err(fault)?;
    Ok(bytes.0)
}

/// The value of a borsh form, of which nothing is left over.
///
/// # Errors
/// A fault if it is none: what speaks is of the same release.
pub fn decode<T: BorshDeserialize>(bytes: &[u8]) -> Result<T, Trouble> {
    borsh::from_slice(bytes).map_err(fault)
}

fn fault(error: io::Error) -> Trouble {
    Trouble::Fault { detail: error.to_string() }
}

/// Bytes that erase the place that they leave when they need a larger one, where a `Vec` would leave a copy.
#[derive(Default)]
struct Erasing(Zeroizing<Vec<u8>>);

impl Write for Erasing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Self(held) = self;
        let needed = held.len().saturating_add(bytes.len());
        if needed > held.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(held.len().saturating_mul(2))));
            larger.extend_from_slice(held);
            *held = larger;
        }
        held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_or_not_the_form_is_the_same() {
        let value: Vec<(String, Vec<u64>)> =
            (0..200).map(|number| ("x".repeat(number), vec![u64::MAX; number])).collect();
        let bytes = encode(&value).unwrap();
        assert_eq!(*encode_secret(&value).unwrap(), bytes);
        assert_eq!(decode::<Vec<(String, Vec<u64>)>>(&bytes), Ok(value));
    }

    #[test]
    fn bytes_stay_in_place_while_there_is_room() {
        let mut bytes = Erasing::default();
        for number in 0..1_000 {
            let (capacity, place) = (bytes.0.capacity(), bytes.0.as_ptr());
            bytes.write_all(&[7; 3]).unwrap();
            let moved = bytes.0.as_ptr() != place;
            assert!(!moved || capacity < (number + 1) * 3, "moved though there was room");
        }
        assert_eq!(*bytes.0, vec![7; 3_000]);
    }

    #[test]
    fn an_answer_of_nothing_is_no_bytes() {
        assert_eq!(encode(&()), Ok(Vec::new()));
        assert_eq!(decode::<()>(&[]), Ok(()));
        assert!(matches!(decode::<()>(&[0]), Err(Trouble::Fault { .. })));
    }
}

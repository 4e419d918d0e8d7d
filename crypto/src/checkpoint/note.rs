//! Signed notes: C2SP signed-note (<https://c2sp.org/signed-note>): a text, a blank line and signature lines
//! `— <key name> <base64 of key ID and signature>`.
//!
//! A note has one spelling: what [`SignedNote::parse`] accepts, [`SignedNote::encode`] gives back byte for byte.
//! Keys are Ed25519 keys that sign the text itself or, as witnesses, the message of C2SP tlog-cosignature.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use borsh::{BorshDeserialize, BorshSerialize};

use crate::signature::{Signature, SignatureError, VerifyingKey};
use crate::text::is_layout;
use crate::transcript::sha256;

/// The most bytes of a note: a checkpoint with [`MAX_SIGNATURES`] names of the longest has below 8 KiB.
pub const MAX_NOTE_LENGTH: usize = 16 * 1024;

/// The most signatures of a note: the number that the format demands every verifier to accept.
pub const MAX_SIGNATURES: usize = 16;

/// The most bytes of a key name or origin: what the signed message of newer cosignatures can say.
pub const MAX_NAME_LENGTH: usize = 255;

/// The latest time of a cosignature, in seconds since 1970 (tlog-cosignature: "MUST NOT exceed 2^63 - 1").
pub const MAX_TIMESTAMP: u64 = i64::MAX as u64;

/// What a signature line begins with: em dash, space.
const LINE_START: &str = "— ";

/// Why something is not a note, a signature line or a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// More than [`MAX_NOTE_LENGTH`] bytes.
    #[error("a note of {0} bytes is too long")]
    TooLong(usize),
    /// Not UTF-8, or with a control character other than the newline.
    #[error("not UTF-8 without control characters")]
    Characters,
    /// The text does not end with a newline.
    #[error("the text does not end with a newline")]
    TextEnd,
    /// No blank line with signatures after it, up to a final newline.
    #[error("no signatures after a blank line")]
    Unsigned,
    /// More than [`MAX_SIGNATURES`].
    #[error("{0} signatures are too many")]
    TooManySignatures(usize),
    /// A signature line is not `— <key name> <base64>`.
    #[error("not a signature line")]
    SignatureLine,
    /// A key name or origin is empty, longer than [`MAX_NAME_LENGTH`] bytes, or has a space, a plus or a
    /// control character.
    #[error("not a key name")]
    Name,
    /// Not a key in its one spelling, or not of a known algorithm.
    #[error("not a key of a known algorithm")]
    Key,
    /// A time after [`MAX_TIMESTAMP`].
    #[error("the time is out of range")]
    Timestamp,
}

/// Four bytes that tell the keys of one name apart: `SHA256(name || 0x0A || algorithm || key)[..4]`. Short on
/// purpose: it finds a key, it proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// One signature line: who signed, and bytes whose meaning is the algorithm's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NoteSignature {
    name: String,
    key_id: KeyId,
    /// Not empty.
    bytes: Vec<u8>,
}

impl NoteSignature {
    /// Reads a line, without its newline, in its one spelling.
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        let (name, encoded) = line
            .strip_prefix(LINE_START)
            .and_then(|rest| rest.split_once(' '))
            .ok_or(NoteError::SignatureLine)?;
        check_name(name)?;
        let decoded = decode_base64(encoded).ok_or(NoteError::SignatureLine)?;
        match decoded.split_first_chunk() {
            Some((id, bytes)) if !bytes.is_empty() => {
                Ok(Self { name: name.to_owned(), key_id: KeyId(*id), bytes: bytes.to_vec() })
            }
            _ => Err(NoteError::SignatureLine),
        }
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's ID.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The signature: of a log 64 bytes, of a witness the time in eight big-endian bytes and 64 bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The line, without a newline.
impl fmt::Display for NoteSignature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoded = encode_base64(&[&self.key_id.0[..], &self.bytes].concat());
        write!(formatter, "{LINE_START}{} {encoded}", self.name)
    }
}

/// A text with signatures that nobody has looked at yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl SignedNote {
    /// Takes a text that ends with a newline and has no other control character, and 1 to [`MAX_SIGNATURES`]
    /// signatures.
    pub fn new(text: String, signatures: Vec<NoteSignature>) -> Result<Self, NoteError> {
        check_characters(&text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::TextEnd);
        }
        if signatures.is_empty() {
            return Err(NoteError::Unsigned);
        }
        if signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures(signatures.len()));
        }
        let length = encode(&text, &signatures).len();
        if length > MAX_NOTE_LENGTH {
            return Err(NoteError::TooLong(length));
        }
        Ok(Self { text, signatures })
    }

    /// Reads a note, in its one spelling.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_LENGTH {
            return Err(NoteError::TooLong(bytes.len()));
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Characters)?;
        check_characters(note)?;
        // "the text is separated from the signatures by the last empty line in the note"
        let (text, lines) =
            note.strip_suffix('\n').and_then(|lines| lines.rsplit_once("\n\n")).ok_or(NoteError::Unsigned)?;
        let count = lines.split('\n').count();
        if count > MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures(count));
        }
        let signatures = lines.split('\n').map(NoteSignature::parse).collect::<Result<_, _>>()?;
        Self::new(format!("{text}\n"), signatures)
    }

    /// The note.
    pub fn encode(&self) -> String {
        encode(&self.text, &self.signatures)
    }

    /// What is signed, with its final newline. Not to be believed before a signature of it is verified.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, in their order.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    pub(super) fn into_parts(self) -> (String, Vec<NoteSignature>) {
        (self.text, self.signatures)
    }
}

/// The note of a text and signatures.
pub(super) fn encode(text: &str, signatures: &[NoteSignature]) -> String {
    let mut note = format!("{text}\n");
    for signature in signatures {
        note.push_str(&signature.to_string());
        note.push('\n');
    }
    note
}

/// How a key signs notes: the signature types that C2SP assigned, as far as they are used here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoteAlgorithm {
    /// 0x01: Ed25519 over the text. Logs sign so.
    Ed25519,
    /// 0x04: Ed25519 over a time and the text (tlog-cosignature, version 1). Witnesses sign so.
    CosignatureV1,
}

impl NoteAlgorithm {
    fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
        }
    }
}

/// A public key that signs notes: a name, an algorithm, 32 bytes. Written `name+<8 hex digits>+<base64>`, a
/// "vkey"; its encoding is that text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoteKey {
    name: String,
    algorithm: NoteAlgorithm,
    key: VerifyingKey,
}

impl NoteKey {
    /// The key of a log, whose name is the origin of its checkpoints.
    pub fn log(origin: &str, key: VerifyingKey) -> Result<Self, NoteError> {
        Self::new(origin, NoteAlgorithm::Ed25519, key)
    }

    /// The key of a witness.
    pub fn witness(name: &str, key: VerifyingKey) -> Result<Self, NoteError> {
        Self::new(name, NoteAlgorithm::CosignatureV1, key)
    }

    /// A key. The name has 1 to [`MAX_NAME_LENGTH`] bytes, without space, plus and control characters.
    pub fn new(name: &str, algorithm: NoteAlgorithm, key: VerifyingKey) -> Result<Self, NoteError> {
        check_name(name)?;
        Ok(Self { name: name.to_owned(), algorithm, key })
    }

    /// Reads a vkey, in its one spelling.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (name, rest) = text.split_once('+').ok_or(NoteError::Key)?;
        let (_, encoded) = rest.split_once('+').ok_or(NoteError::Key)?;
        let decoded = decode_base64(encoded).ok_or(NoteError::Key)?;
        let (algorithm, key) = decoded.split_first().ok_or(NoteError::Key)?;
        let algorithm = [NoteAlgorithm::Ed25519, NoteAlgorithm::CosignatureV1]
            .into_iter()
            .find(|known| known.byte() == *algorithm)
            .ok_or(NoteError::Key)?;
        let key = Self::new(name, algorithm, VerifyingKey(key.try_into().map_err(|_| NoteError::Key)?))?;
        // the key ID follows from the rest
        if key.to_vkey_string() == text { Ok(key) } else { Err(NoteError::Key) }
    }

    /// The vkey: `name+<key ID in hex>+<base64 of algorithm and key>`.
    pub fn to_vkey_string(&self) -> String {
        let encoded = encode_base64(&[&[self.algorithm.byte()][..], &self.key.0].concat());
        format!("{}+{}+{encoded}", self.name, self.id())
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the key signs.
    pub fn algorithm(&self) -> NoteAlgorithm {
        self.algorithm
    }

    /// The Ed25519 key.
    pub fn verifying_key(&self) -> VerifyingKey {
        self.key
    }

    /// `SHA256(name || 0x0A || algorithm || key)[..4]`.
    pub fn id(&self) -> KeyId {
        let [a, b, c, d, ..] = sha256(&[self.name.as_bytes(), b"\n", &[self.algorithm.byte()], &self.key.0]);
        KeyId([a, b, c, d])
    }

    /// Whether a signature line has this key's name and ID.
    pub fn is_named_by(&self, signature: &NoteSignature) -> bool {
        signature.name == self.name && signature.key_id == self.id()
    }

    /// Checks this key's signature of a text (with its final newline): the time of a cosignature, in seconds
    /// since 1970; none for a signature without time.
    pub fn verify(&self, text: &str, signature: &NoteSignature) -> Result<Option<u64>, SignatureError> {
        if !self.is_named_by(signature) {
            return Err(SignatureError);
        }
        match self.algorithm {
            NoteAlgorithm::Ed25519 => {
                let bytes = signature.bytes.as_slice().try_into().map_err(|_| SignatureError)?;
                self.key.verify_bytes(text.as_bytes(), &Signature(bytes))?;
                Ok(None)
            }
            NoteAlgorithm::CosignatureV1 => {
                let (time, bytes) = signature.bytes.split_first_chunk().ok_or(SignatureError)?;
                let time = u64::from_be_bytes(*time);
                let bytes = bytes.try_into().map_err(|_| SignatureError)?;
                let message = cosigned_message(time, text).ok_or(SignatureError)?;
                self.key.verify_bytes(message.as_bytes(), &Signature(bytes))?;
                Ok(Some(time))
            }
        }
    }

    /// A signature line of this key.
    pub(super) fn signature(&self, bytes: &[u8]) -> NoteSignature {
        NoteSignature { name: self.name.clone(), key_id: self.id(), bytes: bytes.to_vec() }
    }
}

impl BorshSerialize for NoteKey {
    fn serialize<W: std::io::Write>(&self, writer: &mut W) -> std::io::Result<()> {
        self.to_vkey_string().serialize(writer)
    }
}

impl BorshDeserialize for NoteKey {
    fn deserialize_reader<R: std::io::Read>(reader: &mut R) -> std::io::Result<Self> {
        read_text(reader, Self::parse)
    }
}

/// What a witness signs (tlog-cosignature): `cosignature/v1`, `time <timestamp>`, the text; none for a time
/// beyond [`MAX_TIMESTAMP`].
pub(super) fn cosigned_message(timestamp: u64, text: &str) -> Option<String> {
    (timestamp <= MAX_TIMESTAMP).then(|| format!("cosignature/v1\ntime {timestamp}\n{text}"))
}

/// Decodes a value whose encoding is its text.
pub(super) fn read_text<R: std::io::Read, T, E: std::error::Error + Send + Sync + 'static>(
    reader: &mut R,
    parse: impl Fn(&str) -> Result<T, E>,
) -> std::io::Result<T> {
    let text = String::deserialize_reader(reader)?;
    parse(&text).map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidData, error))
}

/// "Key names MUST be non-empty and MUST NOT contain any Unicode spaces or plus (U+002B) characters." Nor, here, what
/// reorders a line unseen: people compare these names.
pub(super) fn check_name(name: &str) -> Result<(), NoteError> {
    let refused = |character: char| {
        character.is_whitespace() || character.is_control() || is_layout(character) || character == '+'
    };
    if name.is_empty() || name.len() > MAX_NAME_LENGTH || name.contains(refused) {
        return Err(NoteError::Name);
    }
    Ok(())
}

/// "MUST NOT contain any ASCII control characters (those below U+0020) other than newline."
fn check_characters(text: &str) -> Result<(), NoteError> {
    if text.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        return Err(NoteError::Characters);
    }
    Ok(())
}

/// Standard base64 (RFC 4648, section 4) with padding.
pub(super) fn encode_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Canonical standard base64: with its padding, without stray bits, spaces or newlines.
pub(super) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{decode, encode as encode_value};
    use crate::signature::SigningKey;

    /// The key and note of the documentation of golang.org/x/mod/sumdb/note.
    const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\
        \n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn verifies_a_note_that_another_program_signed() {
        let key = NoteKey::parse(VKEY).unwrap();
        assert_eq!((key.name(), key.algorithm()), ("PeterNeumann", NoteAlgorithm::Ed25519));
        assert_eq!(key.id(), KeyId([0xc7, 0x4f, 0x20, 0xa3]));
        assert_eq!(key.to_vkey_string(), VKEY);
        let note = SignedNote::parse(NOTE.as_bytes()).unwrap();
        assert_eq!(note.encode(), NOTE);
        let [signature] = note.signatures() else { panic!("one signature") };
        assert!(key.is_named_by(signature));
        assert_eq!(key.verify(note.text(), signature), Ok(None));
        assert_eq!(key.verify(&note.text().replace("think", "thank"), signature), Err(SignatureError));
    }

    #[test]
    fn a_signature_holds_for_its_name_algorithm_and_length_alone() {
        let signer = SigningKey::from_seed([1; 32]);
        let key = NoteKey::log("a", signer.verifying_key()).unwrap();
        let bytes = signer.sign_bytes(b"text\n").0;
        assert_eq!(key.verify("text\n", &key.signature(&bytes)), Ok(None));
        let renamed = NoteKey::log("b", signer.verifying_key()).unwrap();
        assert!(key.verify("text\n", &renamed.signature(&bytes)).is_err());
        let witness = NoteKey::witness("a", signer.verifying_key()).unwrap();
        assert_ne!(witness.id(), key.id());
        let timed = [&[0; 8][..], &bytes].concat();
        assert!(witness.verify("text\n", &witness.signature(&timed)).is_err());
        for wrong in [&bytes[..63], &timed[7..], &timed] {
            assert!(key.verify("text\n", &key.signature(wrong)).is_err());
        }
        let message = "cosignature/v1\ntime 5\ntext\n";
        let timed = [&5u64.to_be_bytes()[..], &signer.sign_bytes(message.as_bytes()).0].concat();
        assert_eq!(witness.verify("text\n", &witness.signature(&timed)), Ok(Some(5)));
        for wrong in [&timed[..71], &timed[..7], &[&timed[..], &[0]].concat()] {
            assert!(witness.verify("text\n", &witness.signature(wrong)).is_err());
        }
        // signed, but at a time that the format does not have
        let late = MAX_TIMESTAMP + 1;
        let message = format!("cosignature/v1\ntime {late}\ntext\n");
        let timed = [&late.to_be_bytes()[..], &signer.sign_bytes(message.as_bytes()).0].concat();
        assert!(witness.verify("text\n", &witness.signature(&timed)).is_err());
    }

    #[test]
    fn a_note_is_split_at_its_last_empty_line() {
        for text in ["\n", "a\n", "a\n\n", "a\n\n\n\nb\n\n", "— a AAAAAAA=\n", "a\n\n— a AAAAAAA=\n"] {
            let signature = NoteSignature::parse("— a AAAAAAA=").unwrap();
            let note = SignedNote::new(text.to_owned(), vec![signature.clone(), signature]).unwrap();
            assert_eq!(note.encode(), format!("{text}\n— a AAAAAAA=\n— a AAAAAAA=\n"));
            assert_eq!(SignedNote::parse(note.encode().as_bytes()), Ok(note), "{text:?}");
        }
    }

    #[test]
    fn refuses_a_note_in_any_other_spelling() {
        let line = "— a AAAAAAA=\n";
        let table = [
            (String::new(), NoteError::Unsigned),
            ("text\n".to_owned(), NoteError::Unsigned),
            (format!("text\n{line}"), NoteError::Unsigned),
            (format!("\n{line}"), NoteError::Unsigned),
            (line.to_owned(), NoteError::Unsigned),
            (format!("text\n\n{}", line.trim_end()), NoteError::Unsigned),
            ("text\n\n".to_owned(), NoteError::Unsigned),
            ("text\n\n\n".to_owned(), NoteError::SignatureLine),
            (format!("text\n\n{line}\n"), NoteError::SignatureLine),
            (format!("text\n\n{line}text\n"), NoteError::SignatureLine),
            (format!("text\n\n {line}"), NoteError::SignatureLine),
            ("text\n\n- a AAAAAAA=\n".to_owned(), NoteError::SignatureLine),
            ("text\n\n—  a AAAAAAA=\n".to_owned(), NoteError::Name),
            ("text\n\n— a\u{a0}b AAAAAAA=\n".to_owned(), NoteError::Name),
            ("text\n\n— a+b AAAAAAA=\n".to_owned(), NoteError::Name),
            ("text\n\n— a\u{202e}b AAAAAAA=\n".to_owned(), NoteError::Name),
            (format!("text\n\n— {} AAAAAAA=\n", "a".repeat(256)), NoteError::Name),
            ("text\n\n— a  AAAAAAA=\n".to_owned(), NoteError::SignatureLine),
            ("text\n\n— a AAAAAAA= \n".to_owned(), NoteError::SignatureLine),
            ("text\n\n— a AAAAAAA\n".to_owned(), NoteError::SignatureLine),
            ("text\n\n— a AAAAAAB=\n".to_owned(), NoteError::SignatureLine),
            ("text\n\n— a AAAAAA==\n".to_owned(), NoteError::SignatureLine),
            ("text\n\n— a \n".to_owned(), NoteError::SignatureLine),
            ("text\n\n— a\n".to_owned(), NoteError::SignatureLine),
            (format!("te\rxt\n\n{line}"), NoteError::Characters),
            (format!("te\txt\n\n{line}"), NoteError::Characters),
            (format!("te\0xt\n\n{line}"), NoteError::Characters),
            (format!("te\x1fxt\n\n{line}"), NoteError::Characters),
            (format!("text\n\n{}", line.repeat(17)), NoteError::TooManySignatures(17)),
        ];
        for (note, error) in table {
            assert_eq!(SignedNote::parse(note.as_bytes()), Err(error), "{note:?}");
        }
        assert_eq!(SignedNote::parse(b"te\xffxt\n\n"), Err(NoteError::Characters));
        let long = format!("{}\n\n{line}", "a".repeat(MAX_NOTE_LENGTH - 2 - line.len()));
        assert_eq!(SignedNote::parse(long.as_bytes()).map(|note| note.encode()), Ok(long.clone()));
        let longer = format!("a{long}");
        assert_eq!(SignedNote::parse(longer.as_bytes()), Err(NoteError::TooLong(MAX_NOTE_LENGTH + 1)));
    }

    #[test]
    fn a_note_is_made_of_what_can_be_read_again() {
        let signature = NoteSignature::parse("— a AAAAAAA=").unwrap();
        let note = |text: &str, count| SignedNote::new(text.to_owned(), vec![signature.clone(); count]);
        assert_eq!(note("", 1), Err(NoteError::TextEnd));
        assert_eq!(note("text", 1), Err(NoteError::TextEnd));
        assert_eq!(note("te\rxt\n", 1), Err(NoteError::Characters));
        assert_eq!(note("text\n", 0), Err(NoteError::Unsigned));
        assert_eq!(note("text\n", 17), Err(NoteError::TooManySignatures(17)));
        assert!(note("text\n", 16).is_ok());
        // the space is the first character that is none of control, and a byte from 0x80 on is part of one
        assert!(note(" \u{7f}\u{80}\n", 1).is_ok());
        assert!(matches!(note(&format!("{}\n", "a".repeat(MAX_NOTE_LENGTH)), 1), Err(NoteError::TooLong(_))));
    }

    #[test]
    fn a_key_has_one_spelling() {
        let key = NoteKey::witness("witness.example/w", VerifyingKey([7; 32])).unwrap();
        assert_eq!(NoteKey::parse(&key.to_vkey_string()), Ok(key.clone()));
        assert_eq!(encode_value(&key), encode_value(&key.to_vkey_string()));
        assert_eq!(decode(&encode_value(&key)), Ok(key));
        assert!(decode::<NoteKey>(&encode_value(&VKEY.to_uppercase())).is_err());
        for bit in 0..VKEY.len() * 8 {
            let mut flipped = VKEY.as_bytes().to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Ok(text) = String::from_utf8(flipped) {
                assert!(NoteKey::parse(&text).is_err(), "{text}");
            }
        }
        for text in ["", "a", "a+b", "a++", "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"] {
            assert!(NoteKey::parse(text).is_err(), "{text}");
        }
        // a signature type that is not used here: ECDSA, 0x02
        let other = encode_base64(&[&[2][..], &[7; 32]].concat());
        assert_eq!(NoteKey::parse(&format!("a+00000000+{other}")), Err(NoteError::Key));
        assert_eq!(NoteKey::log("a b", VerifyingKey([7; 32])), Err(NoteError::Name));
        assert_eq!(NoteKey::log("", VerifyingKey([7; 32])), Err(NoteError::Name));
    }

    #[test]
    fn names_and_notes_are_taken_at_their_full_length_and_refused_past_it() {
        let name = |length| check_name(&"n".repeat(length));
        assert_eq!(name(MAX_NAME_LENGTH), Ok(()));
        assert_eq!(name(MAX_NAME_LENGTH + 1), Err(NoteError::Name));
        assert_eq!(name(0), Err(NoteError::Name));
        assert_eq!(check_name("!~é"), Ok(()));
        for refused in ["\u{1f}", "\u{7f}", "\u{80}", " ", "\u{a0}", "+", "\u{2028}"] {
            assert_eq!(check_name(&format!("a{refused}b")), Err(NoteError::Name), "{refused:?}");
        }
        let signature = NoteSignature::parse("— a AAAAAAA=").unwrap();
        let around = encode("\n", std::slice::from_ref(&signature)).len();
        let note = |length: usize| {
            SignedNote::new(format!("{}\n", "t".repeat(length - around)), vec![signature.clone()])
        };
        let longest = note(MAX_NOTE_LENGTH).unwrap();
        assert_eq!(longest.encode().len(), MAX_NOTE_LENGTH);
        assert_eq!(SignedNote::parse(longest.encode().as_bytes()), Ok(longest.clone()));
        let most = SignedNote::new("t\n".to_owned(), vec![signature.clone(); MAX_SIGNATURES]).unwrap();
        assert_eq!(SignedNote::parse(most.encode().as_bytes()), Ok(most));
        for longer in [1, 2] {
            let refused = Err(NoteError::TooLong(MAX_NOTE_LENGTH + longer));
            assert_eq!(note(MAX_NOTE_LENGTH + longer), refused);
            let bytes = format!("{}{}", "t".repeat(longer), longest.encode());
            assert_eq!(SignedNote::parse(bytes.as_bytes()), refused);
        }
    }
}

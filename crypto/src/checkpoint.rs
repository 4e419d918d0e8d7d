//! The signed head of a log: C2SP tlog-checkpoint (<https://c2sp.org/tlog-checkpoint>) with the cosignatures of
//! witnesses, C2SP tlog-cosignature, version 1 (<https://c2sp.org/tlog-cosignature>), on the signed notes of
//! [`note`]. Specification: "The board".
//!
//! ```text
//! <origin>
//! <size>
//! <base64 root>
//!
//! — <origin> <base64 key ID and signature of the log>
//! — <witness> <base64 key ID, timestamp and cosignature>
//! ```
//!
//! Narrower than C2SP, so that a record says nothing that no check covers: the body has these three lines and
//! no extension lines; the origin is the name of the log's key; a witness does not sign twice.
//!
//! A [`SignedCheckpoint`] is well formed and no more. What is believed is a [`VerifiedCheckpoint`], which only
//! [`SignedCheckpoint::verify`] (records: every line is accounted for) and
//! [`SignedCheckpoint::verify_ignoring_unknown`] (live use) make. Whether the cosignatures suffice, and whether
//! the tree is consistent with one seen before ([`crate::merkle::verify_consistency`]), is for the caller.

use std::collections::BTreeSet;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::merkle::MAX_TREE_SIZE;
use crate::signature::{SigningKey, VerifyingKey};
use crate::transcript::Digest;

pub mod note;

pub use note::{KeyId, NoteAlgorithm, NoteError, NoteKey, NoteSignature, SignedNote};
use note::{check_name, decode_base64, encode_base64, read_text};

/// Why something is not a checkpoint, or not one to believe. Signatures are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a signed note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is not the three lines of a checkpoint.
    #[error("not the three lines origin, size and root")]
    Lines,
    /// The size is not a canonical decimal number of at most [`MAX_TREE_SIZE`].
    #[error("not a canonical tree size")]
    Size,
    /// The root is not 32 bytes in canonical base64.
    #[error("not the base64 of a root hash")]
    Root,
    /// The log's key is not one for notes, or a witness's not one for cosignatures.
    #[error("the key of the {0} is of the wrong kind")]
    KeyKind(Signer),
    /// Two of the keys given share their 32 bytes. A cosignature does not name its witness, so one signature
    /// would count for both.
    #[error("the {0} has the key of another signer")]
    SharedKey(Signer),
    /// The checkpoint is of another log than the key.
    #[error("the origin is not the name of the log's key")]
    Origin,
    /// The log did not sign.
    #[error("the log's signature is missing")]
    LogSignatureMissing,
    /// In a record the log's signature is the first.
    #[error("the log's signature is not the first")]
    LogSignatureNotFirst,
    /// In a record each signature is by a known key.
    #[error("signature {0} is by an unknown key")]
    UnknownSigner(usize),
    /// A known key signed twice.
    #[error("signature {0} is a second one by the same key")]
    RepeatedSigner(usize),
    /// A known key's signature does not verify.
    #[error("signature {0} does not verify")]
    Signature(usize),
}

/// One of the keys that a verification is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signer {
    /// The log.
    Log,
    /// The witness at this place of the list, from 0.
    Witness(usize),
}

impl std::fmt::Display for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Log => formatter.write_str("log"),
            Self::Witness(place) => write!(formatter, "witness {place}"),
        }
    }
}

/// What a log says about itself: its name, its number of entries, their root. A claim, not yet a signed one.
///
/// Its encoding is its text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Digest,
}

impl Checkpoint {
    /// The head of a log. The origin is a key name (see [`NoteKey`]), the size at most [`MAX_TREE_SIZE`].
    pub fn new(origin: &str, size: u64, root: Digest) -> Result<Self, CheckpointError> {
        check_name(origin)?;
        if size > MAX_TREE_SIZE {
            return Err(CheckpointError::Size);
        }
        Ok(Self { origin: origin.to_owned(), size, root })
    }

    /// The unique name of the log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Entries in the tree.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree, RFC 6962.
    pub fn root(&self) -> Digest {
        self.root
    }

    /// The note's text: origin, size in decimal and root in base64, each with a newline.
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, encode_base64(&self.root.0))
    }

    /// Reads the text, in its one spelling; extension lines are refused.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?.split('\n');
        let (Some(origin), Some(size), Some(root), None) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Lines);
        };
        let number: u64 = size.parse().map_err(|_| CheckpointError::Size)?;
        if number.to_string() != size {
            return Err(CheckpointError::Size);
        }
        let root =
            decode_base64(root).and_then(|bytes| bytes.try_into().ok()).ok_or(CheckpointError::Root)?;
        Self::new(origin, number, Digest(root))
    }
}

impl BorshSerialize for Checkpoint {
    fn serialize<W: std::io::Write>(&self, writer: &mut W) -> std::io::Result<()> {
        self.to_text().serialize(writer)
    }
}

impl BorshDeserialize for Checkpoint {
    fn deserialize_reader<R: std::io::Read>(reader: &mut R) -> std::io::Result<Self> {
        read_text(reader, Self::parse)
    }
}

/// Signs a checkpoint with the key of the log that its origin names.
pub fn sign_checkpoint(
    checkpoint: &Checkpoint,
    key: &SigningKey,
) -> Result<SignedCheckpoint, CheckpointError> {
    let note_key = NoteKey::log(checkpoint.origin(), key.verifying_key())?;
    let signature = note_key.signature(&key.sign_bytes(checkpoint.to_text().as_bytes()).0);
    Ok(SignedCheckpoint { checkpoint: checkpoint.clone(), signatures: vec![signature] })
}

/// A witness's cosignature at a time, in seconds since 1970 (at most 2^63 - 1): it says that by then this is
/// the largest tree of this log that the witness saw, and consistent with all it saw before.
///
/// The signature line carries `timestamp as eight big-endian bytes || Ed25519(message)`, the message is
/// `cosignature/v1`, `time <timestamp>` and the checkpoint's text.
pub fn cosign(
    checkpoint: &Checkpoint,
    name: &str,
    key: &SigningKey,
    timestamp: u64,
) -> Result<NoteSignature, CheckpointError> {
    let note_key = NoteKey::witness(name, key.verifying_key())?;
    let message = note::cosigned_message(timestamp, &checkpoint.to_text()).ok_or(NoteError::Timestamp)?;
    let signature = key.sign_bytes(message.as_bytes());
    Ok(note_key.signature(&[&timestamp.to_be_bytes()[..], &signature.0].concat()))
}

/// A checkpoint with signatures that nobody has looked at yet. Its encoding is the note, as a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    /// At least one, at most [`note::MAX_SIGNATURES`].
    signatures: Vec<NoteSignature>,
}

impl SignedCheckpoint {
    /// Reads a checkpoint file, in its one spelling.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        Self::from_note(SignedNote::parse(bytes)?)
    }

    fn from_note(note: SignedNote) -> Result<Self, CheckpointError> {
        let (text, signatures) = note.into_parts();
        Ok(Self { checkpoint: Checkpoint::parse(&text)?, signatures })
    }

    /// The checkpoint file.
    pub fn encode(&self) -> String {
        note::encode(&self.checkpoint.to_text(), &self.signatures)
    }

    /// What the file claims: to decide what to ask for next, not to believe.
    pub fn claimed(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The signatures, as they stand in the file.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// The same checkpoint with one signature more, at the end.
    pub fn with_signature(self, signature: NoteSignature) -> Result<Self, CheckpointError> {
        let Self { checkpoint, mut signatures } = self;
        signatures.push(signature);
        Self::from_note(SignedNote::new(checkpoint.to_text(), signatures)?)
    }

    /// Verification of a record: the first signature is the log's, each other one is by a witness of the list,
    /// none stands twice, all verify. So no bit of the file can be changed unnoticed.
    pub fn verify(
        &self,
        log_key: &NoteKey,
        witnesses: &[NoteKey],
    ) -> Result<VerifiedCheckpoint, CheckpointError> {
        self.verify_with(log_key, witnesses, Unknown::Refused)
    }

    /// Verification in live use, as the signed-note format has it: signatures by unknown keys are ignored, the
    /// log's may stand anywhere; a bad or second signature by a known key is an error here too.
    pub fn verify_ignoring_unknown(
        &self,
        log_key: &NoteKey,
        witnesses: &[NoteKey],
    ) -> Result<VerifiedCheckpoint, CheckpointError> {
        self.verify_with(log_key, witnesses, Unknown::Ignored)
    }

    fn verify_with(
        &self,
        log_key: &NoteKey,
        witnesses: &[NoteKey],
        unknown: Unknown,
    ) -> Result<VerifiedCheckpoint, CheckpointError> {
        let Self { checkpoint, signatures } = self;
        let signers = signers(log_key, witnesses)?;
        if checkpoint.origin() != log_key.name() {
            return Err(CheckpointError::Origin);
        }
        let text = checkpoint.to_text();
        let mut signed_by = BTreeSet::new();
        let mut cosignatures = Vec::new();
        for (place, signature) in signatures.iter().enumerate() {
            let Some((signer, key)) = signers.iter().find(|(_, key)| key.is_named_by(signature)) else {
                match unknown {
                    Unknown::Ignored => continue,
                    Unknown::Refused => return Err(CheckpointError::UnknownSigner(place)),
                }
            };
            if !signed_by.insert(*signer) {
                return Err(CheckpointError::RepeatedSigner(place));
            }
            if *signer == Signer::Log && place != 0 && unknown == Unknown::Refused {
                return Err(CheckpointError::LogSignatureNotFirst);
            }
            // the kinds of the keys being checked, a witness's signature has a time and the log's has none
            if let Some(timestamp) =
                key.verify(&text, signature).map_err(|_| CheckpointError::Signature(place))?
            {
                cosignatures.push(Cosignature { witness: (*key).clone(), timestamp });
            }
        }
        if !signed_by.contains(&Signer::Log) {
            return Err(CheckpointError::LogSignatureMissing);
        }
        Ok(VerifiedCheckpoint { checkpoint: checkpoint.clone(), cosignatures })
    }
}

impl BorshSerialize for SignedCheckpoint {
    fn serialize<W: std::io::Write>(&self, writer: &mut W) -> std::io::Result<()> {
        self.encode().serialize(writer)
    }
}

impl BorshDeserialize for SignedCheckpoint {
    fn deserialize_reader<R: std::io::Read>(reader: &mut R) -> std::io::Result<Self> {
        read_text(reader, |text| Self::parse(text.as_bytes()))
    }
}

/// What becomes of signatures by keys that the caller did not name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknown {
    Ignored,
    Refused,
}

/// The keys that may sign: the log's one for notes, the witnesses' ones for cosignatures, all different.
fn signers<'a>(
    log_key: &'a NoteKey,
    witnesses: &'a [NoteKey],
) -> Result<Vec<(Signer, &'a NoteKey)>, CheckpointError> {
    let named = witnesses.iter().enumerate().map(|(place, key)| (Signer::Witness(place), key));
    let all: Vec<_> = std::iter::once((Signer::Log, log_key)).chain(named).collect();
    let mut seen: BTreeSet<VerifyingKey> = BTreeSet::new();
    for (signer, key) in &all {
        let due = match signer {
            Signer::Log => NoteAlgorithm::Ed25519,
            Signer::Witness(_) => NoteAlgorithm::CosignatureV1,
        };
        if key.algorithm() != due {
            return Err(CheckpointError::KeyKind(*signer));
        }
        if !seen.insert(key.verifying_key()) {
            return Err(CheckpointError::SharedKey(*signer));
        }
    }
    Ok(all)
}

/// A checkpoint that its log signed, with the witnesses whose cosignatures verify. Made by verification alone.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    checkpoint: Checkpoint,
    cosignatures: Vec<Cosignature>,
}

impl VerifiedCheckpoint {
    /// What the log signed.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The unique name of the log.
    pub fn origin(&self) -> &str {
        self.checkpoint.origin()
    }

    /// Entries in the tree.
    pub fn size(&self) -> u64 {
        self.checkpoint.size()
    }

    /// The root of the tree.
    pub fn root(&self) -> Digest {
        self.checkpoint.root()
    }

    /// The cosignatures, each by another witness, in the order of the file.
    pub fn cosignatures(&self) -> &[Cosignature] {
        &self.cosignatures
    }

    /// When a witness cosigned, in seconds since 1970; none if it did not.
    pub fn cosigned_at(&self, witness: &NoteKey) -> Option<u64> {
        self.cosignatures.iter().find(|by| by.witness == *witness).map(Cosignature::timestamp)
    }
}

/// A witness's verified cosignature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    witness: NoteKey,
    timestamp: u64,
}

impl Cosignature {
    /// Who cosigned.
    pub fn witness(&self) -> &NoteKey {
        &self.witness
    }

    /// When, by the witness's clock: seconds since 1970.
    pub fn timestamp(&self) -> u64 {
        self.timestamp
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{decode, encode};
    use crate::merkle::{empty_root, leaf_hash};

    const ORIGIN: &str = "example.com/election";
    const TIME: u64 = 1_679_315_147;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed([seed; 32])
    }

    fn log_key() -> NoteKey {
        NoteKey::log(ORIGIN, key(1).verifying_key()).unwrap()
    }

    fn witness(seed: u8) -> NoteKey {
        NoteKey::witness(&format!("witness.example/w{seed}"), key(seed).verifying_key()).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint::new(ORIGIN, 20_852_163, leaf_hash(b"root")).unwrap()
    }

    fn cosignature(seed: u8) -> NoteSignature {
        cosign(&checkpoint(), witness(seed).name(), &key(seed), TIME + u64::from(seed)).unwrap()
    }

    /// Signed by the log and cosigned by the witnesses 2 and 3.
    fn signed() -> SignedCheckpoint {
        let by_log = sign_checkpoint(&checkpoint(), &key(1)).unwrap();
        by_log.with_signature(cosignature(2)).unwrap().with_signature(cosignature(3)).unwrap()
    }

    fn of(signatures: Vec<NoteSignature>) -> SignedCheckpoint {
        SignedCheckpoint { checkpoint: checkpoint(), signatures }
    }

    #[test]
    fn reads_the_example_of_the_specification() {
        let file = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
            — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
            — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
        let signed = SignedCheckpoint::parse(file.as_bytes()).unwrap();
        assert_eq!(signed.encode(), file);
        assert_eq!(signed.claimed().origin(), "example.com/behind-the-sofa");
        assert_eq!(signed.claimed().size(), 20_852_163);
        assert_eq!(
            signed.claimed().root().to_hex(),
            "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
        );
        let [by_log, by_witness] = signed.signatures() else { panic!("two signatures") };
        assert_eq!(by_log.key_id().to_string(), "033de0ae");
        assert_eq!(by_witness.name(), "witness.example.com/w1");
        assert_eq!(by_witness.key_id().to_string(), "8d66cf3f");
        assert_eq!(by_witness.bytes()[..8], TIME.to_be_bytes(), "the time of the specification's example");
    }

    #[test]
    fn a_verified_checkpoint_tells_who_cosigned_when() {
        let verified = signed().verify(&log_key(), &[witness(3), witness(2), witness(4)]).unwrap();
        assert_eq!(verified.checkpoint(), &checkpoint());
        assert_eq!(
            (verified.origin(), verified.size(), verified.root()),
            (ORIGIN, 20_852_163, leaf_hash(b"root"))
        );
        let told: Vec<_> =
            verified.cosignatures().iter().map(|by| (by.witness().clone(), by.timestamp())).collect();
        assert_eq!(told, [(witness(2), TIME + 2), (witness(3), TIME + 3)]);
        assert_eq!(verified.cosigned_at(&witness(3)), Some(TIME + 3));
        assert_eq!(verified.cosigned_at(&witness(4)), None);
        let alone = sign_checkpoint(&checkpoint(), &key(1)).unwrap().verify(&log_key(), &[]).unwrap();
        assert_eq!(alone.cosignatures(), []);
    }

    #[test]
    fn a_cosignature_signs_the_message_of_the_specification() {
        let message = format!("cosignature/v1\ntime {}\n{}", TIME + 2, checkpoint().to_text());
        let bytes = [&(TIME + 2).to_be_bytes()[..], &key(2).sign_bytes(message.as_bytes()).0].concat();
        assert_eq!(cosignature(2).bytes(), bytes);
        assert_eq!(cosignature(2).key_id(), witness(2).id());
    }

    #[test]
    fn refuses_a_record_with_any_bit_flipped() {
        let bytes = signed().encode().into_bytes();
        let witnesses = [witness(2), witness(3)];
        let accepts = |bytes: &[u8]| {
            SignedCheckpoint::parse(bytes).and_then(|signed| signed.verify(&log_key(), &witnesses)).is_ok()
        };
        assert!(accepts(&bytes));
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(!accepts(&flipped), "bit {bit}");
        }
        for place in 0..=bytes.len() {
            for added in [b'\n', b' ', b'=', b'A', b'0'] {
                let mut longer = bytes.clone();
                longer.insert(place, added);
                assert!(!accepts(&longer), "{added} at {place}");
            }
            if place < bytes.len() {
                let mut shorter = bytes.clone();
                shorter.remove(place);
                assert!(!accepts(&shorter), "without byte {place}");
            }
        }
    }

    #[test]
    fn a_record_has_no_line_that_is_not_accounted_for() {
        let all = signed().signatures;
        let (log, two, three) = (all[0].clone(), all[1].clone(), all[2].clone());
        let witnesses = [witness(2), witness(3)];
        let table = [
            (vec![two.clone(), log.clone()], CheckpointError::LogSignatureNotFirst),
            (vec![two.clone()], CheckpointError::LogSignatureMissing),
            (vec![log.clone(), log.clone()], CheckpointError::RepeatedSigner(1)),
            (vec![log.clone(), two.clone(), three, two.clone()], CheckpointError::RepeatedSigner(3)),
            (vec![log.clone(), two, cosignature(4)], CheckpointError::UnknownSigner(2)),
        ];
        for (signatures, error) in table {
            assert_eq!(of(signatures).verify(&log_key(), &witnesses), Err(error));
        }
        // a second cosignature with another time is a second one too
        let later = cosign(&checkpoint(), witness(2).name(), &key(2), TIME).unwrap();
        let twice = signed().with_signature(later).unwrap();
        assert_eq!(twice.verify(&log_key(), &witnesses), Err(CheckpointError::RepeatedSigner(3)));
        assert_eq!(
            twice.verify_ignoring_unknown(&log_key(), &witnesses),
            Err(CheckpointError::RepeatedSigner(3))
        );
    }

    #[test]
    fn live_use_ignores_unknown_keys_but_no_bad_signature_of_a_known_one() {
        let live = |signed: &SignedCheckpoint| signed.verify_ignoring_unknown(&log_key(), &[witness(2)]);
        let mut signatures = signed().signatures;
        signatures.reverse();
        let verified = live(&of(signatures.clone())).unwrap();
        assert_eq!(verified.cosigned_at(&witness(2)), Some(TIME + 2));
        assert_eq!(verified.cosignatures().len(), 1);
        assert_eq!(live(&of(vec![cosignature(2)])), Err(CheckpointError::LogSignatureMissing));
        assert_eq!(live(&of(vec![cosignature(3)])), Err(CheckpointError::LogSignatureMissing));
        // a known name and key ID over another signature
        signatures[1] = witness(2).signature(cosignature(3).bytes());
        assert_eq!(live(&of(signatures)), Err(CheckpointError::Signature(1)));
        let of_other_text =
            sign_checkpoint(&Checkpoint::new(ORIGIN, 7, empty_root()).unwrap(), &key(1)).unwrap();
        assert_eq!(live(&of(of_other_text.signatures)), Err(CheckpointError::Signature(0)));
    }

    #[test]
    fn a_cosignature_passes_neither_for_the_log_nor_for_another_witness() {
        let signed = signed();
        assert_eq!(
            signed.verify(&witness(2), &[witness(3)]),
            Err(CheckpointError::KeyKind(Signer::Log)),
            "a witness's key is no log's key"
        );
        assert_eq!(
            signed.verify(&log_key(), &[witness(2), log_key()]),
            Err(CheckpointError::KeyKind(Signer::Witness(1)))
        );
        let alias = NoteKey::witness("alias.example", key(2).verifying_key()).unwrap();
        assert_eq!(
            signed.verify(&log_key(), &[witness(2), alias]),
            Err(CheckpointError::SharedKey(Signer::Witness(1)))
        );
        let own = NoteKey::witness("own.example", key(1).verifying_key()).unwrap();
        assert_eq!(
            signed.verify(&log_key(), &[own]),
            Err(CheckpointError::SharedKey(Signer::Witness(0))),
            "a log is not its own witness"
        );
    }

    #[test]
    fn refuses_a_checkpoint_of_another_log() {
        let other = Checkpoint::new("example.com/other", 1, empty_root()).unwrap();
        let signed = sign_checkpoint(&other, &key(1)).unwrap();
        assert_eq!(signed.verify(&log_key(), &[]), Err(CheckpointError::Origin));
        assert_eq!(signed.verify_ignoring_unknown(&log_key(), &[]), Err(CheckpointError::Origin));
        // signed with the right key under the right name, but over the other log's text
        let renamed = log_key().signature(&key(1).sign_bytes(other.to_text().as_bytes()).0);
        let signed = SignedCheckpoint { checkpoint: other, signatures: vec![renamed] };
        assert_eq!(signed.verify(&log_key(), &[]), Err(CheckpointError::Origin));
    }

    #[test]
    fn a_text_has_one_spelling() {
        let text = checkpoint().to_text();
        assert_eq!(Checkpoint::parse(&text), Ok(checkpoint()));
        let root = encode_base64(&leaf_hash(b"root").0);
        let zero = Checkpoint::parse(&format!("a\n0\n{root}\n")).unwrap();
        assert_eq!(zero.size(), 0);
        let largest = Checkpoint::parse(&format!("a\n{MAX_TREE_SIZE}\n{root}\n")).unwrap();
        assert_eq!(largest.size(), (1 << 63) - 1);
        assert_eq!(Checkpoint::new("a", MAX_TREE_SIZE + 1, empty_root()), Err(CheckpointError::Size));
        let lines = CheckpointError::Lines;
        let name = CheckpointError::Note(NoteError::Name);
        let table = [
            (format!("a\n1\n{root}"), lines),
            (format!("a\n1\n{root}\nextension\n"), lines),
            (format!("a\n1\n{root}\n\n"), lines),
            ("a\n1\n".to_owned(), lines),
            (String::new(), lines),
            (format!("\n1\n{root}\n"), name),
            (format!("a b\n1\n{root}\n"), name),
            (format!("a+b\n1\n{root}\n"), name),
            (format!("a\r\n1\n{root}\n"), name),
            (format!("a\n01\n{root}\n"), CheckpointError::Size),
            (format!("a\n+1\n{root}\n"), CheckpointError::Size),
            (format!("a\n-1\n{root}\n"), CheckpointError::Size),
            (format!("a\n\n{root}\n"), CheckpointError::Size),
            (format!("a\n 1\n{root}\n"), CheckpointError::Size),
            (format!("a\n1\r\n{root}\n"), CheckpointError::Size),
            (format!("a\n9223372036854775808\n{root}\n"), CheckpointError::Size),
            (format!("a\n18446744073709551616\n{root}\n"), CheckpointError::Size),
            (format!("a\n1\n{root}=\n"), CheckpointError::Root),
            (format!("a\n1\n{}\n", root.trim_end_matches('=')), CheckpointError::Root),
            ("a\n1\n\n".to_owned(), CheckpointError::Root),
            ("a\n1\nAAAA\n".to_owned(), CheckpointError::Root),
            // the last character carries two bits that say nothing; they are zero
            (format!("a\n1\n{}B=\n", "A".repeat(42)), CheckpointError::Root),
        ];
        for (text, error) in table {
            assert_eq!(Checkpoint::parse(&text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn encodings_carry_the_texts_and_refuse_others() {
        assert_eq!(encode(&checkpoint()), encode(&checkpoint().to_text()));
        assert_eq!(decode(&encode(&checkpoint())), Ok(checkpoint()));
        assert!(decode::<Checkpoint>(&encode(&"a\n01\n".to_owned())).is_err());
        assert_eq!(encode(&signed()), encode(&signed().encode()));
        assert_eq!(decode(&encode(&signed())), Ok(signed()));
        assert!(decode::<SignedCheckpoint>(&encode(&checkpoint().to_text())).is_err());
    }

    #[test]
    fn a_time_beyond_the_format_is_refused() {
        let at = |time| cosign(&checkpoint(), "w", &key(2), time);
        assert!(at(i64::MAX as u64).is_ok());
        assert_eq!(at(i64::MAX as u64 + 1), Err(CheckpointError::Note(NoteError::Timestamp)));
        assert_eq!(cosign(&checkpoint(), "a b", &key(2), 1), Err(CheckpointError::Note(NoteError::Name)));
    }

    #[test]
    fn no_more_signatures_than_a_note_may_have() {
        let mut signed = sign_checkpoint(&checkpoint(), &key(1)).unwrap();
        for seed in 2..=16 {
            signed = signed.with_signature(cosignature(seed)).unwrap();
        }
        let witnesses: Vec<_> = (2..=16).map(witness).collect();
        assert_eq!(signed.verify(&log_key(), &witnesses).unwrap().cosignatures().len(), 15);
        assert_eq!(
            signed.with_signature(cosignature(17)),
            Err(CheckpointError::Note(NoteError::TooManySignatures(17)))
        );
    }
}

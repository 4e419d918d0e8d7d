//! The one file that hashes: identifiers, key derivation, Fiat-Shamir transcripts, proof nonces, batch weights.
//!
//! Every use names its purpose, and every part is framed by its length, so that no two uses can be confused.
//! Transcripts are merlin's (STROBE-128 over Keccak), the ones that the range proof runs on. Specification:
//! "Hashes and transcripts".

use borsh::{BorshDeserialize, BorshSerialize};
use hkdf::Hkdf;
use rand_core::{CryptoRng, RngCore};
use sha2::{Digest as _, Sha256, Sha512};
use sha3::digest::{ExtendableOutput, Update, XofReader};
use zeroize::Zeroize;

use crate::SUITE;
use crate::group::{EncodedPoint, Point, Scalar};

/// A 32-byte SHA-256 value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, BorshSerialize, BorshDeserialize)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Lower-case hexadecimal, 64 characters.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// Reads 64 hexadecimal characters, lower case only, so that a digest has one spelling.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0u8; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        (hex::encode(bytes) == text).then_some(Self(bytes))
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.to_hex())
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.to_hex())
    }
}

/// SHA-256 over suite, purpose and parts, each preceded by its length as eight little-endian bytes.
pub fn hash(purpose: &str, parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    for part in [SUITE.as_bytes(), purpose.as_bytes()].iter().chain(parts) {
        sha2::Digest::update(&mut hasher, (part.len() as u64).to_le_bytes());
        sha2::Digest::update(&mut hasher, part);
    }
    Digest(hasher.finalize().into())
}

/// SHA-256 of the bytes as they are: for formats that others fixed (RFC 6962, C2SP).
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        sha2::Digest::update(&mut hasher, part);
    }
    hasher.finalize().into()
}

/// A point of which nobody knows a logarithm to any base: RFC 9496 element derivation from
/// SHA-512 over suite, purpose and parts, framed as in [`hash`].
pub fn hash_to_point(purpose: &str, parts: &[&[u8]]) -> Point {
    let mut hasher = Sha512::new();
    for part in [SUITE.as_bytes(), purpose.as_bytes()].iter().chain(parts) {
        sha2::Digest::update(&mut hasher, (part.len() as u64).to_le_bytes());
        sha2::Digest::update(&mut hasher, part);
    }
    Point::from_uniform_bytes(&hasher.finalize().into())
}

/// The XOF of the `bulletproofs` crate: SHAKE256 over `"GeneratorsChain"` and a label, 64 bytes a base.
pub(crate) fn generators_chain(label: &[u8], count: usize) -> Vec<Point> {
    let mut shake = sha3::Shake256::default();
    shake.update(b"GeneratorsChain");
    shake.update(label);
    let mut reader = shake.finalize_xof();
    (0..count)
        .map(|_| {
            let mut uniform = [0u8; 64];
            reader.read(&mut uniform);
            Point::from_uniform_bytes(&uniform)
        })
        .collect()
}

/// HKDF-SHA-512 (RFC 5869): one extraction, any number of named scalars or keys.
///
/// `salt` = suite `/` purpose; `info` = the parts of the call, framed as in [`hash`].
pub struct KeyDerivation(Hkdf<Sha512>);

impl KeyDerivation {
    /// Extracts from secret input of high entropy.
    pub fn new(purpose: &str, secret: &[u8]) -> Self {
        Self(Hkdf::new(Some(format!("{SUITE}/{purpose}").as_bytes()), secret))
    }

    /// A uniform scalar named by the parts.
    pub fn scalar(&self, parts: &[&[u8]]) -> Scalar {
        let mut wide = self.bytes::<64>(parts);
        let scalar = Scalar::from_wide_bytes(&wide);
        wide.zeroize();
        scalar
    }

    /// N bytes named by the parts, N at most 255 * 64.
    pub fn bytes<const N: usize>(&self, parts: &[&[u8]]) -> [u8; N] {
        let mut info = Vec::new();
        for part in parts {
            info.extend_from_slice(&(part.len() as u64).to_le_bytes());
            info.extend_from_slice(part);
        }
        let mut output = [0u8; N];
        // fails only for outputs beyond 255 blocks, which no call here asks for
        if self.0.expand(&info, &mut output).is_err() {
            unreachable!("HKDF output is bounded by its callers");
        }
        output
    }
}

/// A Fiat-Shamir transcript: everything that is said so far decides every later challenge.
#[derive(Clone)]
pub struct Transcript(merlin::Transcript);

impl Transcript {
    /// Starts a transcript for one purpose; the suite is its first message.
    pub fn new(purpose: &'static str) -> Self {
        let mut inner = merlin::Transcript::new(purpose.as_bytes());
        inner.append_message(b"suite", SUITE.as_bytes());
        Self(inner)
    }

    /// Says bytes; merlin frames them by label and length.
    pub fn append(&mut self, label: &'static str, bytes: &[u8]) {
        self.0.append_message(label.as_bytes(), bytes);
    }

    /// Says a number: eight little-endian bytes.
    pub fn append_u64(&mut self, label: &'static str, value: u64) {
        self.0.append_u64(label.as_bytes(), value);
    }

    /// Says a point.
    pub fn append_point(&mut self, label: &'static str, point: &EncodedPoint) {
        self.append(label, &point.0);
    }

    /// Says a scalar.
    pub fn append_scalar(&mut self, label: &'static str, scalar: &Scalar) {
        self.append(label, &scalar.encode());
    }

    /// A challenge: 64 bytes, reduced modulo the group order.
    pub fn challenge(&mut self, label: &'static str) -> Scalar {
        let mut wide = [0u8; 64];
        self.0.challenge_bytes(label.as_bytes(), &mut wide);
        Scalar::from_wide_bytes(&wide)
    }

    /// Randomness for the nonces of a proof: keyed by the transcript, by every secret of the statement and by
    /// the operating system's randomness, so that it is safe if any one of them is good.
    pub fn nonces(&self, secrets: &[&[u8]], rng: &mut (impl RngCore + CryptoRng)) -> Nonces {
        let mut builder = self.0.build_rng();
        for secret in secrets {
            builder = builder.rekey_with_witness_bytes(b"secret", secret);
        }
        Nonces(builder.finalize(rng))
    }

    /// The range prover and the crate's own verifier continue on the same transcript.
    pub(crate) fn inner(&mut self) -> &mut merlin::Transcript {
        &mut self.0
    }
}

/// Randomness for the nonces of one proof; see [`Transcript::nonces`].
pub struct Nonces(merlin::TranscriptRng);

impl Nonces {
    /// A fresh nonce.
    pub fn scalar(&mut self) -> Scalar {
        Scalar::random(&mut self.0)
    }

    /// The generator itself, for the range prover.
    pub(crate) fn inner(&mut self) -> &mut merlin::TranscriptRng {
        &mut self.0
    }
}

/// Secret weights for the equations of a batch, 128 random bits each: N for each of so many items.
///
/// Errors in two equations cancel only for a weight that the prover would have had to guess (2^-128). All of them are
/// asked for at once: where the randomness is the system's, each request is a call into the system.
pub fn batch_weights<const N: usize>(items: usize, rng: &mut (impl RngCore + CryptoRng)) -> Vec<[Scalar; N]> {
    let mut bytes = vec![[[0u8; 16]; N]; items];
    rng.fill_bytes(bytes.as_flattened_mut().as_flattened_mut());
    bytes.into_iter().map(|item| item.map(|weight| Scalar::from(u128::from_le_bytes(weight)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn framing_keeps_parts_apart() {
        assert_ne!(hash("test", &[b"ab", b"c"]), hash("test", &[b"a", b"bc"]));
        assert_ne!(hash("test", &[b"ab"]), hash("tes", &[b"tab"]));
        let derive = KeyDerivation::new("test", b"secret");
        assert_ne!(derive.scalar(&[b"ab", b"c"]), derive.scalar(&[b"a", b"bc"]));
    }

    /// A generator that counts how often it is asked.
    struct Counting(rand_chacha::ChaCha20Rng, usize);

    impl RngCore for Counting {
        fn next_u32(&mut self) -> u32 {
            unreachable!("bytes alone are asked for")
        }
        fn next_u64(&mut self) -> u64 {
            unreachable!("bytes alone are asked for")
        }
        fn fill_bytes(&mut self, bytes: &mut [u8]) {
            self.1 += 1;
            self.0.fill_bytes(bytes);
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
            self.fill_bytes(bytes);
            Ok(())
        }
    }

    impl CryptoRng for Counting {}

    #[test]
    fn weights_of_a_batch_differ_and_come_in_one_request() {
        let mut rng = Counting(rand_core::SeedableRng::seed_from_u64(1), 0);
        let weights = batch_weights::<5>(40, &mut rng);
        let mut encoded: Vec<[u8; 32]> = weights.as_flattened().iter().map(Scalar::encode).collect();
        encoded.sort_unstable();
        encoded.dedup();
        assert_eq!((encoded.len(), rng.1), (200, 1));
        assert!(encoded.iter().all(|weight| weight[16..] == [0; 16]), "128 bits");
        assert!(encoded.iter().any(|weight| weight[15] != 0), "and not fewer");
    }

    #[test]
    fn a_digest_has_one_spelling() {
        let digest = hash("test", &[]);
        assert_eq!(Digest::from_hex(&digest.to_hex()), Some(digest));
        assert_eq!(Digest::from_hex(&digest.to_hex().to_uppercase()), None);
    }
}

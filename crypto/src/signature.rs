//! Signatures of the people and programs that take part: Ed25519 (RFC 8032), verified strictly.
//!
//! Strict verification refuses small-order keys, a non-canonical point or scalar in the signature, and a small-order
//! point there, so that a signature has one encoding. Each message names its purpose and its election; log checkpoints, whose format
//! others fixed, are signed by [`crate::checkpoint`].

use borsh::{BorshDeserialize, BorshSerialize};
use ed25519_dalek::Signer;
use rand_core::{CryptoRng, RngCore};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::SUITE;
use crate::secret::Secret;
use crate::transcript::{Digest, hash};

/// The signature does not verify under this key for this message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct SignatureError;

/// A public signing key: 32 bytes, RFC 8032.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct VerifyingKey(pub [u8; 32]);

impl VerifyingKey {
    /// The key's name for people to compare: SHA-256, see [`hash`].
    pub fn fingerprint(&self) -> Digest {
        hash("signing key", &[&self.0])
    }

    /// Checks a signature over a purpose and parts.
    pub fn verify(
        &self,
        purpose: &str,
        parts: &[&[u8]],
        signature: &Signature,
    ) -> Result<(), SignatureError> {
        self.verify_bytes(&message(purpose, parts), signature)
    }

    /// Checks a signature over bytes whose format others fixed.
    pub fn verify_bytes(&self, bytes: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError)?;
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(bytes, &signature).map_err(|_| SignatureError)
    }
}

impl std::fmt::Debug for VerifyingKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

/// An Ed25519 signature: 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Signature(pub [u8; 64]);

impl std::fmt::Debug for Signature {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

/// A secret signing key: the 32-byte seed of RFC 8032.
#[derive(Debug, ZeroizeOnDrop)]
pub struct SigningKey(Secret<[u8; 32]>);

impl SigningKey {
    /// A fresh key.
    pub fn generate(rng: &mut (impl RngCore + CryptoRng)) -> Self {
        let mut seed = Zeroizing::new([0u8; 32]);
        rng.fill_bytes(seed.as_mut_slice());
        Self::from_seed(*seed)
    }

    /// The key of a seed that was stored or derived.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(Secret::new(seed))
    }

    /// The seed, for storing under a passphrase.
    pub fn seed(&self) -> &Secret<[u8; 32]> {
        &self.0
    }

    /// The public key.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.inner().verifying_key().to_bytes())
    }

    /// Signs a purpose and parts.
    pub fn sign(&self, purpose: &str, parts: &[&[u8]]) -> Signature {
        self.sign_bytes(&message(purpose, parts))
    }

    /// Signs bytes whose format others fixed.
    pub fn sign_bytes(&self, bytes: &[u8]) -> Signature {
        Signature(self.inner().sign(bytes).to_bytes())
    }

    fn inner(&self) -> ed25519_dalek::SigningKey {
        ed25519_dalek::SigningKey::from_bytes(self.0.expose())
    }
}

/// What is signed: suite, purpose and the hash of the parts, so that the message is short and unambiguous.
fn message(purpose: &str, parts: &[&[u8]]) -> Vec<u8> {
    format!("{SUITE} signature\n{purpose}\n{}\n", hash(purpose, parts)).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_purpose_parts_and_key_alone() {
        let key = SigningKey::from_seed([1; 32]);
        let public = key.verifying_key();
        let signature = key.sign("test", &[b"a", b"b"]);
        assert_eq!(public.verify("test", &[b"a", b"b"], &signature), Ok(()));
        assert!(public.verify("test", &[b"ab", b""], &signature).is_err());
        assert!(public.verify("tset", &[b"a", b"b"], &signature).is_err());
        assert!(
            SigningKey::from_seed([2; 32]).verifying_key().verify("test", &[b"a", b"b"], &signature).is_err()
        );
        for bit in 0..512 {
            let mut broken = signature;
            broken.0[bit / 8] ^= 1 << (bit % 8);
            assert!(public.verify("test", &[b"a", b"b"], &broken).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn a_key_has_the_fingerprint_of_its_bytes_and_is_stored_by_its_seed() {
        let key = SigningKey::from_seed([3; 32]);
        assert_eq!(key.seed().expose(), &[3; 32]);
        let public = key.verifying_key();
        assert_eq!(public.fingerprint(), hash("signing key", &[&public.0]));
        assert_ne!(public.fingerprint(), SigningKey::from_seed([4; 32]).verifying_key().fingerprint());
    }

    #[test]
    fn a_small_order_key_verifies_nothing() {
        let mut identity = [0u8; 32];
        identity[0] = 1;
        let mut signature = [0u8; 64];
        signature[0] = 1;
        assert!(VerifyingKey(identity).verify_bytes(b"anything", &Signature(signature)).is_err());
    }
}

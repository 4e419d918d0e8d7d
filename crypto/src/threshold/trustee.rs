//! Who takes part in a key ceremony, and with which keys. Specification: "Key ceremony".

use std::num::NonZeroU8;

use borsh::{BorshDeserialize, BorshSerialize};
use rand_core::{CryptoRng, RngCore};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::sealing::{DecryptionKey, EncryptionKey};
use crate::codec::encode;
use crate::group::Scalar;
use crate::secret::Secret;
use crate::signature::{SigningKey, VerifyingKey};
use crate::transcript::{Digest, KeyDerivation, hash};

/// The most trustees of one election: an index is a byte and never zero.
pub const MAX_TRUSTEES: usize = 255;

/// A trustee's number, from 1: where the secret polynomials are evaluated. At 0 stands the election's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct TrusteeIndex(NonZeroU8);

impl TrusteeIndex {
    /// The trustee of this number, unless it is zero.
    pub fn new(number: u8) -> Option<Self> {
        NonZeroU8::new(number).map(Self)
    }

    /// The number, from 1.
    pub fn number(self) -> u8 {
        self.0.get()
    }

    /// The place in lists of trustees, from 0.
    pub fn position(self) -> usize {
        usize::from(self.0.get()) - 1
    }

    /// The number as a scalar.
    pub fn scalar(self) -> Scalar {
        Scalar::from(u64::from(self.0.get()))
    }
}

impl std::fmt::Display for TrusteeIndex {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A trustee's public keys: 64 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct TrusteeKeys {
    /// Signs the trustee's messages.
    pub signing: VerifyingKey,
    /// Shares for the trustee are sealed under it.
    pub encryption: EncryptionKey,
}

impl TrusteeKeys {
    /// What the manifest lists and people compare: hash("trustee keys", signing key, encryption key).
    pub fn fingerprint(&self) -> Digest {
        let Self { signing, encryption } = self;
        hash("trustee keys", &[&signing.0, &encryption.0])
    }
}

/// All that a trustee keeps: a 32-byte seed.
///
/// Signing key, encryption key and, for each ceremony, the secret polynomial derive from it, each under a label
/// of its own, so that the seed and the public record together give the trustee's share again.
#[derive(Debug, ZeroizeOnDrop)]
pub struct TrusteeSecret(Secret<[u8; 32]>);

impl TrusteeSecret {
    /// A fresh secret.
    pub fn generate(rng: &mut (impl RngCore + CryptoRng)) -> Self {
        let mut seed = Zeroizing::new([0u8; 32]);
        rng.fill_bytes(seed.as_mut_slice());
        Self::from_seed(&seed)
    }

    /// The secret of a seed that was stored.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Secret::new(*seed))
    }

    /// The seed, for storing under a passphrase.
    pub fn seed(&self) -> &Secret<[u8; 32]> {
        &self.0
    }

    /// The key that signs this trustee's messages.
    pub fn signing_key(&self) -> SigningKey {
        SigningKey::from_seed(*Zeroizing::new(self.derivation().bytes(&[b"signing"])))
    }

    /// The public keys.
    pub fn keys(&self) -> TrusteeKeys {
        TrusteeKeys { signing: self.signing_key().verifying_key(), encryption: self.encryption_pair().1 }
    }

    /// The key that opens what is sealed for this trustee.
    pub(super) fn decryption_key(&self) -> DecryptionKey {
        self.encryption_pair().0
    }

    /// The coefficient of x^k of this trustee's polynomial in one ceremony.
    pub(super) fn coefficient(&self, parameters: &CeremonyParameters, k: u8) -> Scalar {
        self.derivation().scalar(&[b"polynomial", &parameters.digest.0, &[k]])
    }

    fn encryption_pair(&self) -> (DecryptionKey, EncryptionKey) {
        DecryptionKey::derive(&Zeroizing::new(self.derivation().bytes(&[b"encryption"])))
    }

    fn derivation(&self) -> KeyDerivation {
        KeyDerivation::new("trustee", self.0.expose())
    }
}

/// Why a ceremony cannot have these parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParametersError {
    /// No trustee, or more than [`MAX_TRUSTEES`].
    #[error("{0} trustees, where 1 to {MAX_TRUSTEES} may be")]
    TrusteeCount(usize),
    /// Not 1 <= threshold <= number of trustees.
    #[error("a threshold of {threshold} among {trustees} trustees")]
    Threshold {
        /// The threshold.
        threshold: u8,
        /// The number of trustees.
        trustees: usize,
    },
    /// A key stands with an earlier trustee too.
    #[error("trustee {0} has a key of another trustee")]
    DuplicateKey(TrusteeIndex),
    /// Nothing can be sealed for this trustee's encryption key.
    #[error("the encryption key of trustee {0} is of small order")]
    EncryptionKey(TrusteeIndex),
}

/// What everybody agrees on before a key ceremony: election, attempt, trustees in order, threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CeremonyParameters {
    election: Digest,
    attempt: u32,
    trustees: Vec<TrusteeKeys>,
    threshold: u8,
    digest: Digest,
}

impl CeremonyParameters {
    /// Takes parameters with 1 <= threshold <= trustees <= 255, all keys distinct and usable.
    pub fn new(
        election: &Digest,
        attempt: u32,
        trustees: Vec<TrusteeKeys>,
        threshold: u8,
    ) -> Result<Self, ParametersError> {
        if trustees.is_empty() || trustees.len() > MAX_TRUSTEES {
            return Err(ParametersError::TrusteeCount(trustees.len()));
        }
        if threshold == 0 || usize::from(threshold) > trustees.len() {
            return Err(ParametersError::Threshold { threshold, trustees: trustees.len() });
        }
        for (position, (index, keys)) in indices(trustees.len()).zip(&trustees).enumerate() {
            let earlier = trustees.iter().take(position);
            if earlier.into_iter().any(|e| e.signing == keys.signing || e.encryption == keys.encryption) {
                return Err(ParametersError::DuplicateKey(index));
            }
            if !keys.encryption.is_usable() {
                return Err(ParametersError::EncryptionKey(index));
            }
        }
        let digest = hash(
            "ceremony parameters",
            &[&election.0, &attempt.to_le_bytes(), &[trustees.len() as u8], &[threshold], &encode(&trustees)],
        );
        Ok(Self { election: *election, attempt, trustees, threshold, digest })
    }

    /// The election.
    pub fn election(&self) -> &Digest {
        &self.election
    }

    /// Which attempt at a ceremony for this election.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The trustees' keys, in the order of their indices.
    pub fn trustees(&self) -> &[TrusteeKeys] {
        &self.trustees
    }

    /// How many trustees decrypt together, t.
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// What every later message is bound to: hash("ceremony parameters", election, attempt as four
    /// little-endian bytes, number of trustees as one byte, threshold as one byte, encoded list of keys).
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// All trustees, in order.
    pub fn indices(&self) -> impl Iterator<Item = TrusteeIndex> + use<> {
        indices(self.trustees.len())
    }

    /// A trustee's keys, if there is such a trustee.
    pub fn keys(&self, trustee: TrusteeIndex) -> Option<&TrusteeKeys> {
        self.trustees.get(trustee.position())
    }

    /// The index of the trustee with these keys.
    // on its own, so that the search for branches on secrets can tell that these are public keys
    #[inline(never)]
    pub fn index_of(&self, keys: &TrusteeKeys) -> Option<TrusteeIndex> {
        self.indices().zip(&self.trustees).find(|(_, trustee)| *trustee == keys).map(|(index, _)| index)
    }
}

fn indices(count: usize) -> impl Iterator<Item = TrusteeIndex> + use<> {
    (1..=u8::MAX).take(count).filter_map(TrusteeIndex::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::decode;

    fn keys(seed: u8) -> TrusteeKeys {
        TrusteeSecret::from_seed(&[seed; 32]).keys()
    }

    fn parameters(count: u8, threshold: u8) -> Result<CeremonyParameters, ParametersError> {
        CeremonyParameters::new(&Digest([7; 32]), 0, (1..=count).map(keys).collect(), threshold)
    }

    #[test]
    fn a_threshold_lies_between_one_and_the_number_of_trustees() {
        assert!(parameters(1, 1).is_ok() && parameters(5, 3).is_ok() && parameters(5, 5).is_ok());
        for threshold in [0, 4, 255] {
            let refused = Err(ParametersError::Threshold { threshold, trustees: 3 });
            assert_eq!(parameters(3, threshold), refused);
        }
        assert_eq!(parameters(0, 0), Err(ParametersError::TrusteeCount(0)));
        let all = |threshold| parameters(255, threshold).map(|parameters| parameters.indices().count());
        assert_eq!((all(1), all(255)), (Ok(MAX_TRUSTEES), Ok(MAX_TRUSTEES)));
        let many = vec![keys(1); 256];
        let refused = CeremonyParameters::new(&Digest([7; 32]), 0, many, 1);
        assert_eq!(refused, Err(ParametersError::TrusteeCount(256)));
    }

    #[test]
    fn trustees_with_a_common_or_unusable_key_are_refused() {
        let third = TrusteeIndex::new(3).unwrap();
        let refuse = |last: TrusteeKeys| {
            CeremonyParameters::new(&Digest([7; 32]), 0, vec![keys(1), keys(2), last], 2).unwrap_err()
        };
        assert_eq!(refuse(keys(2)), ParametersError::DuplicateKey(third));
        let signing = TrusteeKeys { signing: keys(1).signing, ..keys(3) };
        assert_eq!(refuse(signing), ParametersError::DuplicateKey(third));
        let encryption = TrusteeKeys { encryption: keys(1).encryption, ..keys(3) };
        assert_eq!(refuse(encryption), ParametersError::DuplicateKey(third));
        let unusable = TrusteeKeys { encryption: EncryptionKey([0; 32]), ..keys(3) };
        assert_eq!(refuse(unusable), ParametersError::EncryptionKey(third));
    }

    #[test]
    fn every_parameter_changes_the_digest() {
        let base = parameters(3, 2).unwrap();
        let list = || base.trustees().to_vec();
        let mut swapped = list();
        swapped.swap(0, 1);
        for other in [
            CeremonyParameters::new(&Digest([8; 32]), 0, list(), 2),
            CeremonyParameters::new(&Digest([7; 32]), 1, list(), 2),
            CeremonyParameters::new(&Digest([7; 32]), 0, list(), 3),
            CeremonyParameters::new(&Digest([7; 32]), 0, swapped, 2),
            parameters(4, 2),
        ] {
            assert_ne!(other.unwrap().digest(), base.digest());
        }
    }

    #[test]
    fn a_seed_gives_the_same_keys_again() {
        let secret = TrusteeSecret::from_seed(&[9; 32]);
        let again = TrusteeSecret::from_seed(secret.seed().expose());
        assert_eq!(secret.keys(), again.keys());
        assert_eq!(secret.keys().fingerprint().to_hex(), KNOWN_FINGERPRINT);
        assert_ne!(keys(1).fingerprint(), keys(2).fingerprint());
        assert_eq!(format!("{secret:?}"), "TrusteeSecret(Secret(…))");
    }

    #[test]
    fn there_is_no_trustee_zero() {
        assert_eq!(TrusteeIndex::new(0), None);
        assert!(decode::<TrusteeIndex>(&[0]).is_err());
        assert_eq!(decode::<TrusteeIndex>(&[255]).map(TrusteeIndex::position), Ok(254));
    }

    /// The seed is 32 times the byte 9.
    const KNOWN_FINGERPRINT: &str = "5535e27aa5ed749e37ee2fa6df7e1695897bfe5acd602ebdb41147bc3f383944";
}

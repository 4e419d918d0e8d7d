//! Sealing 32 secret bytes for one trustee: HPKE (RFC 9180) in base mode, with DHKEM(X25519, HKDF-SHA256),
//! HKDF-SHA256 and ChaCha20Poly1305. Specification: "Shares".
//!
//! Who sent it is not the business of this layer: the message that carries it is signed.

use borsh::{BorshDeserialize, BorshSerialize};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::transcript::Digest;

type Key = <X25519HkdfSha256 as Kem>::PublicKey;
type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
type Encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey;

/// RFC 9180's `info`: suite and purpose.
const INFO: &[u8] = b"tabella/v1 ceremony share";

/// Bytes of ciphertext: 32 of plaintext and a tag of 16.
const CIPHERTEXT_LENGTH: usize = 48;

/// A trustee's X25519 public key: 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct EncryptionKey(pub [u8; 32]);

impl EncryptionKey {
    /// Whether anything can be sealed for this key: no point of small order, whose shared secret is always zero
    /// and which RFC 9180, section 7.1.4, therefore makes every sender refuse; and the one encoding of its coordinate,
    /// below 2^255 - 19, so that one key cannot be registered in two forms.
    pub fn is_usable(&self) -> bool {
        if !is_reduced(&self.0) {
            return false;
        }
        // a clamped X25519 scalar sends exactly the points of small order to zero, whichever scalar it is
        let Ok(any) = PrivateKey::from_bytes(&[1; 32]) else { return false };
        let Ok(key) = Encapsulated::from_bytes(&self.0) else { return false };
        hpke::setup_receiver::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &any,
            &key,
            &[],
        )
        .is_ok()
    }
}

impl std::fmt::Debug for EncryptionKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

/// Whether 32 little-endian bytes are a number below 2^255 - 19.
fn is_reduced(bytes: &[u8; 32]) -> bool {
    let mut modulus = [0xff; 32];
    (modulus[0], modulus[31]) = (0xed, 0x7f);
    bytes.iter().rev().lt(modulus.iter().rev())
}

/// A trustee's X25519 private key.
pub(super) struct DecryptionKey(PrivateKey);

impl DecryptionKey {
    /// RFC 9180, `DeriveKeyPair`, from 32 bytes of keying material.
    pub(super) fn derive(material: &[u8; 32]) -> (Self, EncryptionKey) {
        let (private, public) = X25519HkdfSha256::derive_keypair(material);
        (Self(private), EncryptionKey(public.to_bytes().into()))
    }
}

/// 32 secret bytes sealed for one trustee: 80 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct SealedShare {
    /// The encapsulated key, RFC 9180's `enc`.
    pub kem: [u8; 32],
    /// The ciphertext and its tag.
    pub ciphertext: [u8; CIPHERTEXT_LENGTH],
}

/// Nothing can be sealed for this key, or it does not open this, sealed with this context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealing or opening failed")]
pub(super) struct SealingError;

impl SealedShare {
    /// Seals `plaintext` for `receiver`; `context` is the associated data.
    pub(super) fn seal(
        receiver: &EncryptionKey,
        context: &Digest,
        plaintext: &[u8; 32],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Self, SealingError> {
        let key = Key::from_bytes(&receiver.0).map_err(|_| SealingError)?;
        let (kem, ciphertext) = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256, _>(
            &OpModeS::Base,
            &key,
            INFO,
            plaintext,
            &context.0,
            rng,
        )
        .map_err(|_| SealingError)?;
        Ok(Self { kem: kem.to_bytes().into(), ciphertext: ciphertext.try_into().map_err(|_| SealingError)? })
    }

    /// Opens what was sealed for this key with this context.
    pub(super) fn open(
        &self,
        receiver: &DecryptionKey,
        context: &Digest,
    ) -> Result<Secret<[u8; 32]>, SealingError> {
        let kem = Encapsulated::from_bytes(&self.kem).map_err(|_| SealingError)?;
        let plaintext = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &receiver.0,
            &kem,
            INFO,
            &self.ciphertext,
            &context.0,
        )
        .map_err(|_| SealingError)?;
        let plaintext = Zeroizing::new(plaintext);
        Ok(Secret::new(plaintext.as_slice().try_into().map_err(|_| SealingError)?))
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;
    use crate::SUITE;

    #[test]
    fn opens_for_its_receiver_and_context_alone() {
        let (private, public) = DecryptionKey::derive(&[1; 32]);
        let (other, _) = DecryptionKey::derive(&[2; 32]);
        let context = Digest([3; 32]);
        let sealed =
            SealedShare::seal(&public, &context, &[4; 32], &mut ChaCha20Rng::seed_from_u64(4)).unwrap();
        assert_eq!(sealed.open(&private, &context).unwrap().expose(), &[4; 32]);
        assert!(sealed.open(&other, &context).is_err());
        assert!(sealed.open(&private, &Digest([4; 32])).is_err());
        for byte in 0..48 {
            let mut broken = sealed;
            broken.ciphertext[byte] ^= 1;
            assert!(broken.open(&private, &context).is_err(), "ciphertext byte {byte}");
            let mut broken = sealed;
            broken.kem[byte % 32] ^= 1;
            assert!(broken.open(&private, &context).is_err(), "key byte {}", byte % 32);
        }
        assert_eq!(hex::encode(crate::codec::encode(&sealed)), KNOWN_ANSWER);
    }

    /// u and u + p and u with the unused top bit are one key for X25519.
    #[test]
    fn a_key_has_one_encoding() {
        let (_, public) = DecryptionKey::derive(&[1; 32]);
        let mut high_bit = public;
        high_bit.0[31] |= 0x80;
        assert!(public.is_usable() && !high_bit.is_usable());
        // 9 and 9 + p = 2^255 - 10
        let mut base = [0; 32];
        base[0] = 9;
        let mut above = [0xff; 32];
        (above[0], above[31]) = (0xf6, 0x7f);
        assert!(EncryptionKey(base).is_usable() && !EncryptionKey(above).is_usable());
        // from p - 2 on: p - 1 and p + 1 are of small order, p + 2 is another form of 2
        let from_p = |difference: i16| {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = ((0xed + difference) as u8, 0x7f);
            EncryptionKey(bytes)
        };
        let usable: Vec<i16> = (-5..=18).filter(|difference| from_p(*difference).is_usable()).collect();
        assert_eq!(usable, [-5, -4, -3, -2]);
        assert_eq!([-1, 0, 2].map(|difference| is_reduced(&from_p(difference).0)), [true, false, false]);
    }

    #[test]
    fn a_key_of_small_order_is_not_usable() {
        let (_, public) = DecryptionKey::derive(&[1; 32]);
        assert!(public.is_usable());
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        // u = 0, 1, -1 and the two u of order 8 (RFC 7748, section 6.1; https://cr.yp.to/ecdh.html#validate)
        for encoding in [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        ] {
            let key = EncryptionKey(hex::decode(encoding).unwrap().try_into().unwrap());
            assert!(!key.is_usable(), "{encoding}");
            assert!(SealedShare::seal(&key, &Digest([0; 32]), &[0; 32], &mut rng).is_err(), "{encoding}");
        }
    }

    #[test]
    fn the_context_names_the_suite() {
        assert!(INFO.starts_with(SUITE.as_bytes()));
    }

    /// The plaintext, key and context above, ChaCha20 from seed 4.
    const KNOWN_ANSWER: &str = "8c036257ddf65ceaf6cc3ce17ead6afe75a0e57713e00028415ce8c70b5a541ccdc92ed1c6310274215bff1d9dcea28ec47176ab3ee17269689a30f8354f476631d122f51c17d7002267e2e2d7807eb0";
}

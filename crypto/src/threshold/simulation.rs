//! A whole key ceremony in memory, for tests.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::dkg::{Commitments, VerifiedCommitments, commitment_hash, verify_commitments};
use super::keys::{KeySet, KeyShare, combine};
use super::polynomial::Polynomial;
use super::sealing::SealedShare;
use super::shares::seal_shares;
use super::trustee::{CeremonyParameters, TrusteeIndex, TrusteeSecret};
use crate::transcript::Digest;

/// The record of a ceremony and everybody's secrets.
pub(crate) struct Simulation {
    pub(crate) parameters: CeremonyParameters,
    pub(crate) secrets: Vec<TrusteeSecret>,
    pub(crate) polynomials: Vec<Polynomial>,
    pub(crate) verified: Vec<VerifiedCommitments>,
    pub(crate) sealed: Vec<Vec<SealedShare>>,
}

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub(crate) fn index(number: u8) -> TrusteeIndex {
    TrusteeIndex::new(number).unwrap()
}

impl Simulation {
    pub(crate) fn secrets(count: u8) -> Vec<TrusteeSecret> {
        (1..=count).map(|number| TrusteeSecret::from_seed(&[number; 32])).collect()
    }

    pub(crate) fn parameters(count: u8, threshold: u8) -> CeremonyParameters {
        let keys = Self::secrets(count).iter().map(TrusteeSecret::keys).collect();
        CeremonyParameters::new(&Digest([7; 32]), 0, keys, threshold).unwrap()
    }

    /// An honest ceremony up to the sealed shares.
    pub(crate) fn new(count: u8, threshold: u8) -> Self {
        let parameters = Self::parameters(count, threshold);
        let secrets = Self::secrets(count);
        let polynomials =
            secrets.iter().map(|secret| Polynomial::derive(&parameters, secret).unwrap()).collect();
        Self::with_polynomials(parameters, secrets, polynomials)
    }

    /// The same with polynomials of the trustees' own making.
    pub(crate) fn with_polynomials(
        parameters: CeremonyParameters,
        secrets: Vec<TrusteeSecret>,
        polynomials: Vec<Polynomial>,
    ) -> Self {
        let mut rng = rng(6);
        let mut verified = Vec::new();
        let mut sealed = Vec::new();
        for polynomial in &polynomials {
            let commitments = Commitments::prove(polynomial, &mut rng);
            let announced = commitment_hash(&parameters, polynomial.dealer(), &commitments.points);
            let own = verify_commitments(&parameters, polynomial.dealer(), &announced, &commitments).unwrap();
            sealed.push(seal_shares(&parameters, polynomial, &own, &mut rng).unwrap());
            verified.push(own);
        }
        Self { parameters, secrets, polynomials, verified, sealed }
    }

    pub(crate) fn key_set(&self) -> KeySet {
        combine(&self.parameters, &self.verified, &self.sealed, &[]).unwrap()
    }

    pub(crate) fn key_share(&self, number: u8) -> KeyShare {
        let secret = &self.secrets[index(number).position()];
        KeyShare::recover(secret, &self.key_set(), &self.verified, &self.sealed, &[]).unwrap()
    }
}

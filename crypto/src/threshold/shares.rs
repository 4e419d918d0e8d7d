//! Round 4 and 5 of the key ceremony: each dealer seals a share for each other trustee; a receiver whose share
//! is bad complains, and the dealer answers by revealing that one share. Specification: "Shares".
//!
//! If the revealed share satisfies the commitments it is used, else the dealer is the culprit. A revealed share
//! is one of the t values that determine the dealer's polynomial: hence one complaint a pair.

use borsh::{BorshDeserialize, BorshSerialize};
use rand_core::{CryptoRng, RngCore};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::dkg::{CeremonyError, VerifiedCommitments};
use super::polynomial::{Polynomial, evaluate_commitments};
pub use super::sealing::SealedShare;
use super::trustee::{CeremonyParameters, TrusteeIndex, TrusteeSecret};
use crate::group::{Point, Scalar};
use crate::secret::{Secret, disclose};
use crate::transcript::{Digest, hash};

/// A share f_dealer(receiver) that satisfies the dealer's commitments.
#[derive(Debug, ZeroizeOnDrop)]
pub struct Share {
    #[zeroize(skip)]
    dealer: TrusteeIndex,
    #[zeroize(skip)]
    receiver: TrusteeIndex,
    value: Secret<Scalar>,
}

impl Share {
    /// Whose polynomial this is a value of.
    pub fn dealer(&self) -> TrusteeIndex {
        self.dealer
    }

    /// Whom it is for.
    pub fn receiver(&self) -> TrusteeIndex {
        self.receiver
    }

    pub(super) fn expose(&self) -> &Scalar {
        self.value.expose()
    }

    /// value*B = Σ_k receiver^k A_k.
    fn check(
        dealer: &VerifiedCommitments,
        receiver: TrusteeIndex,
        value: Secret<Scalar>,
    ) -> Result<Self, CeremonyError> {
        let public = evaluate_commitments(dealer.points(), receiver);
        // public: a trustee whose share is bad complains on the log
        if disclose(Point::base_times(value.expose()).is_same(&public)) {
            Ok(Self { dealer: dealer.dealer, receiver, value })
        } else {
            Err(CeremonyError::Share { dealer: dealer.dealer, receiver })
        }
    }
}

/// Seals the dealer's share for each other trustee: n - 1, in the order of receivers.
///
/// The associated data is hash("ceremony share", announced hash of the commitments, receiver as one byte), and
/// the announced hash covers suite, election, attempt, n, t, all keys, dealer and commitments.
pub fn seal_shares(
    parameters: &CeremonyParameters,
    polynomial: &Polynomial,
    commitments: &VerifiedCommitments,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<Vec<SealedShare>, CeremonyError> {
    let dealer = polynomial.dealer;
    commitments.check_parameters(parameters)?;
    if polynomial.parameters != *parameters.digest() || commitments.dealer != dealer {
        return Err(CeremonyError::OtherCeremony(dealer));
    }
    receivers(parameters, dealer)
        .map(|receiver| {
            let keys = parameters.keys(receiver).ok_or(CeremonyError::UnknownTrustee(receiver))?;
            let value = Zeroizing::new(polynomial.evaluate(receiver).expose().encode());
            SealedShare::seal(&keys.encryption, &context(commitments, receiver), &value, rng)
                .map_err(|_| CeremonyError::Sealing(receiver))
        })
        .collect()
}

/// The share among a dealer's sealed shares that is for `receiver`.
pub fn sealed_for<'a>(
    parameters: &CeremonyParameters,
    dealer: TrusteeIndex,
    receiver: TrusteeIndex,
    sealed: &'a [SealedShare],
) -> Option<&'a SealedShare> {
    receivers(parameters, dealer).zip(sealed).find(|(other, _)| *other == receiver).map(|(_, share)| share)
}

/// Opens and checks the share that a dealer sealed for the trustee with this secret.
///
/// An error of kind [`CeremonyError::Opening`] or [`CeremonyError::Share`] is the ground of a complaint.
pub fn open_share(
    parameters: &CeremonyParameters,
    receiver: &TrusteeSecret,
    dealer: &VerifiedCommitments,
    sealed: &SealedShare,
) -> Result<Share, CeremonyError> {
    dealer.check_parameters(parameters)?;
    let own = parameters.index_of(&receiver.keys()).ok_or(CeremonyError::NotATrustee)?;
    let refused = CeremonyError::Opening { dealer: dealer.dealer, receiver: own };
    let bytes = sealed.open(&receiver.decryption_key(), &context(dealer, own)).map_err(|_| refused)?;
    let value = Secret::new(Scalar::decode(bytes.expose()).map_err(|_| refused)?);
    Share::check(dealer, own, value)
}

/// A dealer's answer to a complaint: the one share, in the open.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct RevealedShare {
    /// Who answers.
    pub dealer: TrusteeIndex,
    /// Who had complained.
    pub receiver: TrusteeIndex,
    /// f_dealer(receiver).
    pub value: Scalar,
}

impl RevealedShare {
    /// The dealer's answer to a complaint of `receiver`, who is another trustee.
    pub fn answer(
        parameters: &CeremonyParameters,
        polynomial: &Polynomial,
        receiver: TrusteeIndex,
    ) -> Result<Self, CeremonyError> {
        let dealer = polynomial.dealer;
        if polynomial.parameters != *parameters.digest() {
            return Err(CeremonyError::OtherCeremony(dealer));
        }
        check_receiver(parameters, dealer, receiver)?;
        Ok(Self { dealer, receiver, value: *polynomial.evaluate(receiver).expose() })
    }
}

/// Checks a dealer's answer against the dealer's commitments: the share to use, or the dealer is the culprit.
pub fn check_revealed_share(
    parameters: &CeremonyParameters,
    dealer: &VerifiedCommitments,
    answer: &RevealedShare,
) -> Result<Share, CeremonyError> {
    let RevealedShare { dealer: from, receiver, value } = answer;
    dealer.check_parameters(parameters)?;
    check_receiver(parameters, dealer.dealer, *receiver)?;
    if *from != dealer.dealer {
        return Err(CeremonyError::Share { dealer: *from, receiver: *receiver });
    }
    Share::check(dealer, *receiver, Secret::new(*value))
}

/// A receiver is a trustee and not the dealer, whose own value nobody ever sees.
fn check_receiver(
    parameters: &CeremonyParameters,
    dealer: TrusteeIndex,
    receiver: TrusteeIndex,
) -> Result<(), CeremonyError> {
    if receivers(parameters, dealer).any(|other| other == receiver) {
        Ok(())
    } else {
        Err(CeremonyError::UnknownTrustee(receiver))
    }
}

fn receivers(
    parameters: &CeremonyParameters,
    dealer: TrusteeIndex,
) -> impl Iterator<Item = TrusteeIndex> + use<> {
    parameters.indices().filter(move |index| *index != dealer)
}

fn context(dealer: &VerifiedCommitments, receiver: TrusteeIndex) -> Digest {
    hash("ceremony share", &[&dealer.announced.0, &[receiver.number()]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{decode, encode};
    use crate::threshold::simulation::{Simulation, index, rng};

    fn open(simulation: &Simulation, dealer: u8, receiver: u8) -> Result<Share, CeremonyError> {
        let from = index(dealer);
        let sealed = &simulation.sealed[from.position()];
        let sealed = sealed_for(&simulation.parameters, from, index(receiver), sealed).unwrap();
        let secret = &simulation.secrets[index(receiver).position()];
        open_share(&simulation.parameters, secret, &simulation.verified[from.position()], sealed)
    }

    #[test]
    fn every_receiver_opens_the_share_of_every_dealer() {
        let simulation = Simulation::new(4, 2);
        for (dealer, receiver) in (1..=4).flat_map(|d| (1..=4).map(move |r| (d, r))).filter(|(d, r)| d != r) {
            let share = open(&simulation, dealer, receiver).unwrap();
            let expected = simulation.polynomials[index(dealer).position()].evaluate(index(receiver));
            assert_eq!(share.expose(), expected.expose());
            assert_eq!((share.dealer(), share.receiver()), (index(dealer), index(receiver)));
        }
    }

    #[test]
    fn a_share_opens_for_its_receiver_dealer_and_ceremony_alone() {
        let base = Simulation::new(3, 2);
        let sealed = &base.sealed[0][0];
        let parameters = &base.parameters;
        let opening = |dealer, receiver| {
            Err(CeremonyError::Opening { dealer: index(dealer), receiver: index(receiver) })
        };
        let open = |secret: usize, dealer: usize| {
            open_share(parameters, &base.secrets[secret], &base.verified[dealer], sealed).map(|_| ())
        };
        assert_eq!(open(1, 0), Ok(()));
        assert_eq!(open(2, 0), opening(1, 3), "another receiver");
        assert_eq!(open(1, 2), opening(3, 2), "another dealer");
        let stranger = TrusteeSecret::from_seed(&[99; 32]);
        let refused = open_share(parameters, &stranger, &base.verified[0], sealed).err();
        assert_eq!(refused, Some(CeremonyError::NotATrustee));
        let other =
            CeremonyParameters::new(parameters.election(), 1, parameters.trustees().to_vec(), 2).unwrap();
        let refused = open_share(&other, &base.secrets[1], &base.verified[0], sealed).err();
        assert_eq!(refused, Some(CeremonyError::OtherCeremony(index(1))));
        // the same trustees at their second attempt
        let polynomials = base.secrets.iter().map(|s| Polynomial::derive(&other, s).unwrap()).collect();
        let second = Simulation::with_polynomials(other, Simulation::secrets(3), polynomials);
        let refused =
            open_share(&second.parameters, &base.secrets[1], &second.verified[0], sealed).map(|_| ());
        assert_eq!(refused, opening(1, 2));
    }

    #[test]
    fn shares_are_sealed_of_the_committed_polynomial_in_its_ceremony_alone() {
        let Simulation { parameters, polynomials, verified, secrets, .. } = Simulation::new(3, 2);
        let seal = |polynomial: &Polynomial, dealer: usize| {
            seal_shares(&parameters, polynomial, &verified[dealer], &mut rng(1)).map(|sealed| sealed.len())
        };
        assert_eq!(seal(&polynomials[0], 0), Ok(2));
        assert_eq!(seal(&polynomials[0], 1), Err(CeremonyError::OtherCeremony(index(1))), "another's points");
        let other =
            CeremonyParameters::new(parameters.election(), 1, parameters.trustees().to_vec(), 2).unwrap();
        let second = Polynomial::derive(&other, &secrets[0]).unwrap();
        assert_eq!(seal(&second, 0), Err(CeremonyError::OtherCeremony(index(1))), "another attempt");
    }

    #[test]
    fn a_share_that_contradicts_the_commitments_is_a_ground_for_complaint() {
        let mut simulation = Simulation::new(3, 2);
        let context = context(&simulation.verified[0], index(2));
        let key = simulation.secrets[1].keys().encryption;
        let bad = simulation.polynomials[0].evaluate(index(3)).expose().encode();
        let mut seal = |plaintext: &[u8; 32]| {
            simulation.sealed[0][0] = SealedShare::seal(&key, &context, plaintext, &mut rng(1)).unwrap();
            open(&simulation, 1, 2).map(|_| ())
        };
        let (dealer, receiver) = (index(1), index(2));
        assert_eq!(seal(&bad), Err(CeremonyError::Share { dealer, receiver }));
        assert_eq!(
            seal(&[0xff; 32]),
            Err(CeremonyError::Opening { dealer, receiver }),
            "no canonical scalar"
        );
    }

    #[test]
    fn a_revealed_share_stands_or_falls_by_the_commitments() {
        let Simulation { parameters, polynomials, verified, .. } = Simulation::new(3, 2);
        let (dealer, receiver) = (index(1), index(2));
        let answer = RevealedShare::answer(&parameters, &polynomials[0], receiver).unwrap();
        let check = |answer: &RevealedShare| {
            check_revealed_share(&parameters, &verified[0], answer).map(|share| *share.expose())
        };
        assert_eq!(check(&answer), Ok(answer.value));
        let refused = Err(CeremonyError::Share { dealer, receiver });
        assert_eq!(check(&RevealedShare { value: answer.value + Scalar::ONE, ..answer.clone() }), refused);
        let receiver = index(3);
        let refused = Err(CeremonyError::Share { dealer, receiver });
        assert_eq!(check(&RevealedShare { receiver, ..answer.clone() }), refused);
        let refused = Err(CeremonyError::Share { dealer: index(3), receiver: index(2) });
        assert_eq!(check(&RevealedShare { dealer: index(3), ..answer.clone() }), refused);
        for nobody in [index(1), index(4)] {
            let refused = CeremonyError::UnknownTrustee(nobody);
            assert_eq!(check(&RevealedShare { receiver: nobody, ..answer.clone() }), Err(refused));
            assert_eq!(RevealedShare::answer(&parameters, &polynomials[0], nobody), Err(refused));
        }
        let mut bytes = encode(&answer);
        assert_eq!(decode::<RevealedShare>(&bytes), Ok(answer));
        *bytes.last_mut().unwrap() = 0xff;
        assert!(decode::<RevealedShare>(&bytes).is_err());
    }

    #[test]
    fn a_sole_trustee_seals_nothing() {
        let simulation = Simulation::new(1, 1);
        assert!(simulation.sealed[0].is_empty());
        assert_eq!(simulation.key_share(1).trustee(), index(1));
    }
}

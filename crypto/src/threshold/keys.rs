//! What a key ceremony ends with: the joint key, a verification key for each trustee, and each trustee's own
//! share. Specification: "Key ceremony".
//!
//! The joint secret f(0) = Σ_j f_j(0) is never computed by anyone.

use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::dkg::{CeremonyError, VerifiedCommitments};
use super::polynomial::{Polynomial, evaluate_commitments};
use super::sealing::SealedShare;
use super::shares::{RevealedShare, Share, check_revealed_share, open_share, sealed_for};
use super::trustee::{CeremonyParameters, TrusteeIndex, TrusteeSecret};
use crate::codec::encode;
use crate::elgamal::ElectionKey;
use crate::group::{Point, Scalar};
use crate::secret::{Secret, disclose};
use crate::transcript::{Digest, hash};

/// The public result of a ceremony whose every proof and answer was checked; made by [`combine`] alone.
#[derive(Clone, Debug)]
pub struct KeySet {
    pub(super) parameters: CeremonyParameters,
    key: ElectionKey,
    verification_keys: Vec<Point>,
    pub(super) transcript_hash: Digest,
}

impl KeySet {
    /// The ceremony's parameters.
    pub fn parameters(&self) -> &CeremonyParameters {
        &self.parameters
    }

    /// K = Σ_j A_(j,0).
    pub fn key(&self) -> &ElectionKey {
        &self.key
    }

    /// V_i = s_i*B for each trustee in order.
    pub fn verification_keys(&self) -> &[Point] {
        &self.verification_keys
    }

    /// V_i of one trustee.
    pub fn verification_key(&self, trustee: TrusteeIndex) -> Result<Point, CeremonyError> {
        let key = self.verification_keys.get(trustee.position());
        key.copied().ok_or(CeremonyError::UnknownTrustee(trustee))
    }

    /// What every trustee confirms: hash("ceremony transcript", digest of the parameters, encoded commitments,
    /// encoded sealed shares, encoded answers in the order of dealer and receiver).
    pub fn transcript_hash(&self) -> &Digest {
        &self.transcript_hash
    }
}

/// Combines the messages of a ceremony: one item for each trustee in order in `commitments` and `sealed`, and
/// the answers to complaints in any order.
pub fn combine(
    parameters: &CeremonyParameters,
    commitments: &[VerifiedCommitments],
    sealed: &[Vec<SealedShare>],
    answers: &[RevealedShare],
) -> Result<KeySet, CeremonyError> {
    check_sequence(parameters, commitments)?;
    let others = parameters.trustees().len() - 1;
    for (position, dealer) in parameters.indices().enumerate() {
        if sealed.get(position).map(Vec::len) != Some(others) {
            return Err(CeremonyError::SealedCount(dealer));
        }
    }
    if let (true, Some(last)) = (sealed.len() > commitments.len(), parameters.indices().last()) {
        return Err(CeremonyError::Sequence(last));
    }
    let answers = check_answers(parameters, commitments, answers)?;

    // f(x)*B = Σ_j f_j(x)*B, coefficient by coefficient
    let joint: Vec<Point> = (0..usize::from(parameters.threshold()))
        .map(|k| commitments.iter().filter_map(|dealer| dealer.points().get(k)).copied().sum())
        .collect();
    let key = joint.first().copied().ok_or(CeremonyError::ZeroKey)?;
    let key = ElectionKey::new(key).map_err(|_| CeremonyError::ZeroKey)?;
    let verification_keys = parameters
        .indices()
        .map(|trustee| {
            let key = evaluate_commitments(&joint, trustee);
            if key.is_identity() { Err(CeremonyError::ZeroVerificationKey(trustee)) } else { Ok(key) }
        })
        .collect::<Result<_, _>>()?;

    let messages: Vec<_> = commitments.iter().map(|dealer| &dealer.commitments).collect();
    let transcript_hash = hash(
        "ceremony transcript",
        &[&parameters.digest().0, &encode(&messages), &encode(&sealed), &encode(&answers)],
    );
    Ok(KeySet { parameters: parameters.clone(), key, verification_keys, transcript_hash })
}

/// One verified item for each trustee, in order, all of this ceremony.
fn check_sequence(
    parameters: &CeremonyParameters,
    commitments: &[VerifiedCommitments],
) -> Result<(), CeremonyError> {
    for (position, trustee) in parameters.indices().enumerate() {
        let found = commitments.get(position).filter(|found| found.dealer == trustee);
        found.ok_or(CeremonyError::Sequence(trustee))?.check_parameters(parameters)?;
    }
    match commitments.get(parameters.trustees().len()) {
        None => Ok(()),
        Some(extra) => Err(CeremonyError::Sequence(extra.dealer)),
    }
}

/// Every answer holds and no pair has two; gives them in the order of dealer and receiver.
fn check_answers<'a>(
    parameters: &CeremonyParameters,
    commitments: &[VerifiedCommitments],
    answers: &'a [RevealedShare],
) -> Result<Vec<&'a RevealedShare>, CeremonyError> {
    let mut answers: Vec<_> = answers.iter().collect();
    answers.sort_by_key(|answer| (answer.dealer, answer.receiver));
    let mut before = None;
    for answer in &answers {
        let RevealedShare { dealer, receiver, value: _ } = **answer;
        if before.replace((dealer, receiver)) == Some((dealer, receiver)) {
            return Err(CeremonyError::DuplicateAnswer { dealer, receiver });
        }
        let verified = commitments.get(dealer.position()).ok_or(CeremonyError::UnknownTrustee(dealer))?;
        check_revealed_share(parameters, verified, answer)?;
    }
    Ok(answers)
}

/// A trustee's share s_i = f(i) of the joint secret, which belongs to the verification key V_i = s_i*B.
#[derive(Debug, ZeroizeOnDrop)]
pub struct KeyShare {
    #[zeroize(skip)]
    trustee: TrusteeIndex,
    value: Secret<Scalar>,
}

impl KeyShare {
    /// s_i = f_i(i) + Σ_(j ≠ i) f_j(i), from the trustee's own polynomial and one share of each other dealer.
    pub fn assemble(
        key_set: &KeySet,
        polynomial: &Polynomial,
        shares: &[Share],
    ) -> Result<Self, CeremonyError> {
        let parameters = key_set.parameters();
        let trustee = polynomial.dealer;
        if polynomial.parameters != *parameters.digest() {
            return Err(CeremonyError::OtherCeremony(trustee));
        }
        let mut sum = Zeroizing::new(*polynomial.evaluate(trustee).expose());
        for dealer in parameters.indices().filter(|dealer| *dealer != trustee) {
            let mut from =
                shares.iter().filter(|share| share.dealer() == dealer && share.receiver() == trustee);
            let (Some(share), None) = (from.next(), from.next()) else {
                return Err(CeremonyError::Sequence(dealer));
            };
            *sum += *share.expose();
        }
        if shares.len() + 1 != parameters.trustees().len() {
            return Err(CeremonyError::Sequence(trustee));
        }
        let share = Self { trustee, value: Secret::new(*sum) };
        share.check(key_set)?;
        Ok(share)
    }

    /// The share again, from the trustee's secret and the messages on the record.
    ///
    /// Where the record has an answer to this trustee's complaint, it is the share to use.
    pub fn recover(
        secret: &TrusteeSecret,
        key_set: &KeySet,
        commitments: &[VerifiedCommitments],
        sealed: &[Vec<SealedShare>],
        answers: &[RevealedShare],
    ) -> Result<Self, CeremonyError> {
        let parameters = key_set.parameters();
        let polynomial = Polynomial::derive(parameters, secret)?;
        let own = polynomial.dealer();
        check_sequence(parameters, commitments)?;
        let shares = commitments
            .iter()
            .zip(sealed)
            .filter(|(dealer, _)| dealer.dealer != own)
            .map(|(dealer, sealed)| {
                let asked =
                    |answer: &&RevealedShare| answer.dealer == dealer.dealer && answer.receiver == own;
                if let Some(answer) = answers.iter().find(asked) {
                    return check_revealed_share(parameters, dealer, answer);
                }
                let sealed = sealed_for(parameters, dealer.dealer, own, sealed);
                open_share(
                    parameters,
                    secret,
                    dealer,
                    sealed.ok_or(CeremonyError::SealedCount(dealer.dealer))?,
                )
            })
            .collect::<Result<Vec<_>, _>>()?;
        Self::assemble(key_set, &polynomial, &shares)
    }

    /// Whose share this is.
    pub fn trustee(&self) -> TrusteeIndex {
        self.trustee
    }

    /// The scalar's encoding, for storing under a passphrase.
    pub fn stored(&self) -> Secret<[u8; 32]> {
        Secret::new(self.value.expose().encode())
    }

    /// The share of `trustee` that was stored. Fails if the bytes are not the trustee's share of this key.
    pub fn restore(
        key_set: &KeySet,
        trustee: TrusteeIndex,
        stored: &[u8; 32],
    ) -> Result<Self, CeremonyError> {
        let value = Scalar::decode(stored).map_err(|_| CeremonyError::KeyShare(trustee))?;
        let share = Self { trustee, value: Secret::new(value) };
        share.check(key_set)?;
        Ok(share)
    }

    /// Checks s_i*B = V_i and gives V_i.
    pub(super) fn check(&self, key_set: &KeySet) -> Result<Point, CeremonyError> {
        let public = key_set.verification_key(self.trustee)?;
        // public: a trustee without a share of this key takes no part
        if disclose(Point::base_times(self.value.expose()).is_same(&public)) {
            Ok(public)
        } else {
            Err(CeremonyError::KeyShare(self.trustee))
        }
    }

    pub(super) fn expose(&self) -> &Scalar {
        self.value.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threshold::polynomial::lagrange_at_zero;
    use crate::threshold::simulation::{Simulation, index};

    fn with_coefficients(threshold: u8, coefficients: &[&[i64]]) -> Simulation {
        let count = coefficients.len() as u8;
        let parameters = Simulation::parameters(count, threshold);
        let polynomials = (1..)
            .zip(coefficients)
            .map(|(dealer, coefficients)| Polynomial {
                dealer: index(dealer),
                parameters: *parameters.digest(),
                coefficients: Secret::new(coefficients.iter().copied().map(Scalar::from_i64).collect()),
            })
            .collect();
        Simulation::with_polynomials(parameters, Simulation::secrets(count), polynomials)
    }

    #[test]
    fn any_three_of_five_shares_make_the_joint_secret() {
        let simulation = Simulation::new(5, 3);
        let key_set = simulation.key_set();
        let shares: Vec<_> = (1..=5).map(|number| simulation.key_share(number)).collect();
        for chosen in [[0, 1, 2], [0, 2, 4], [4, 3, 1]] {
            let trustees: Vec<_> = chosen.iter().map(|at| shares[*at].trustee()).collect();
            let weights = lagrange_at_zero(&trustees).unwrap();
            let secret: Scalar = weights.iter().zip(chosen).map(|(w, at)| *w * *shares[at].expose()).sum();
            assert_eq!(Point::base_times(&secret), key_set.key().point());
        }
        assert_eq!(key_set.transcript_hash().to_hex(), KNOWN_TRANSCRIPT);
        assert_eq!(hex::encode(key_set.key().encoded().0), KNOWN_KEY);
    }

    #[test]
    fn a_bad_share_is_replaced_by_the_answer_to_the_complaint() {
        let mut simulation = Simulation::new(5, 3);
        // trustee 4 does not get the share of trustee 2: another one stands in its place
        simulation.sealed[1][2] = simulation.sealed[1][0];
        let Simulation { parameters, secrets, polynomials, verified, sealed } = &simulation;
        let (dealer, receiver) = (index(2), index(4));
        let opened = sealed_for(parameters, dealer, receiver, &sealed[1]).unwrap();
        let complaint = open_share(parameters, &secrets[3], &verified[1], opened).err();
        assert_eq!(complaint, Some(CeremonyError::Opening { dealer, receiver }));

        let answer = RevealedShare::answer(parameters, &polynomials[1], receiver).unwrap();
        let answers = std::slice::from_ref(&answer);
        let key_set = combine(parameters, verified, sealed, answers).unwrap();
        let share = KeyShare::recover(&secrets[3], &key_set, verified, sealed, answers).unwrap();
        assert_eq!(Point::base_times(share.expose()), key_set.verification_keys()[3]);
        let without = KeyShare::recover(&secrets[3], &key_set, verified, sealed, &[]).err();
        assert_eq!(without, Some(CeremonyError::Opening { dealer, receiver }));
        let silent = combine(parameters, verified, sealed, &[]).unwrap();
        assert_ne!(
            silent.transcript_hash(),
            key_set.transcript_hash(),
            "the answer is part of what is confirmed"
        );

        let twice = [answer.clone(), answer.clone()];
        let refused = combine(parameters, verified, sealed, &twice).err();
        assert_eq!(refused, Some(CeremonyError::DuplicateAnswer { dealer, receiver }));
        let false_answer = [RevealedShare { value: answer.value + Scalar::ONE, ..answer }];
        let refused = combine(parameters, verified, sealed, &false_answer).err();
        assert_eq!(refused, Some(CeremonyError::Share { dealer, receiver }), "the dealer is the culprit");
        let from_nobody = [RevealedShare { dealer: index(6), ..false_answer[0].clone() }];
        let refused = combine(parameters, verified, sealed, &from_nobody).err();
        assert_eq!(refused, Some(CeremonyError::UnknownTrustee(index(6))));
    }

    #[test]
    fn a_stored_share_is_restored_for_its_trustee_and_key_alone() {
        let simulation = Simulation::new(3, 2);
        let key_set = simulation.key_set();
        let stored = simulation.key_share(2).stored();
        let restored = KeyShare::restore(&key_set, index(2), stored.expose()).unwrap();
        assert_eq!(restored.stored().expose(), stored.expose());
        let refused = |trustee| Some(CeremonyError::KeyShare(index(trustee)));
        assert_eq!(KeyShare::restore(&key_set, index(1), stored.expose()).err(), refused(1));
        let other = Simulation::new(4, 2).key_set();
        assert_eq!(KeyShare::restore(&other, index(2), stored.expose()).err(), refused(2));
        assert_eq!(KeyShare::restore(&key_set, index(2), &[0xff; 32]).err(), refused(2), "not canonical");
    }

    #[test]
    fn answers_count_in_one_order() {
        let Simulation { parameters, polynomials, verified, sealed, .. } = Simulation::new(3, 2);
        let answer = |dealer: usize, receiver| {
            RevealedShare::answer(&parameters, &polynomials[dealer], index(receiver)).unwrap()
        };
        let hash = |answers: &[RevealedShare]| {
            *combine(&parameters, &verified, &sealed, answers).unwrap().transcript_hash()
        };
        assert_eq!(hash(&[answer(0, 2), answer(2, 1)]), hash(&[answer(2, 1), answer(0, 2)]));
        assert_ne!(hash(&[answer(0, 2)]), hash(&[answer(2, 1)]));
    }

    #[test]
    fn colluding_dealers_cannot_make_a_key_without_secrecy() {
        let simulation = with_coefficients(2, &[&[5, 1], &[-5, 2]]);
        let refused = combine(&simulation.parameters, &simulation.verified, &simulation.sealed, &[]).err();
        assert_eq!(refused, Some(CeremonyError::ZeroKey));
        // f(x) = 2 - 2x, so f(1) = 0
        let simulation = with_coefficients(2, &[&[1, 1], &[1, -3]]);
        let refused = combine(&simulation.parameters, &simulation.verified, &simulation.sealed, &[]).err();
        assert_eq!(refused, Some(CeremonyError::ZeroVerificationKey(index(1))));
    }

    #[test]
    fn every_trustee_contributes_once_and_in_order() {
        let Simulation { parameters, mut verified, mut sealed, .. } = Simulation::new(3, 2);
        let refused = |verified: &[VerifiedCommitments], sealed: &[Vec<SealedShare>]| {
            combine(&parameters, verified, sealed, &[]).err()
        };
        assert_eq!(refused(&verified[..2], &sealed), Some(CeremonyError::Sequence(index(3))));
        assert_eq!(refused(&verified, &sealed[..2]), Some(CeremonyError::SealedCount(index(3))));
        let doubled = [verified.as_slice(), &verified[..1]].concat();
        assert_eq!(refused(&doubled, &sealed), Some(CeremonyError::Sequence(index(1))));
        let longer = [sealed.as_slice(), &sealed[..1]].concat();
        assert_eq!(refused(&verified, &longer), Some(CeremonyError::Sequence(index(3))));
        let stranger = Simulation::new(2, 2).verified[0].clone();
        let mixed = [&[stranger], &verified[1..]].concat();
        assert_eq!(refused(&mixed, &sealed), Some(CeremonyError::OtherCeremony(index(1))));
        sealed[1].pop();
        assert_eq!(refused(&verified, &sealed), Some(CeremonyError::SealedCount(index(2))));
        verified.swap(0, 1);
        assert_eq!(refused(&verified, &sealed), Some(CeremonyError::Sequence(index(1))));
    }

    #[test]
    fn a_key_share_is_made_of_one_share_of_each_other_dealer() {
        let simulation = Simulation::new(3, 2);
        let key_set = simulation.key_set();
        let share = |dealer: usize, receiver: u8| {
            let answer = RevealedShare::answer(
                &simulation.parameters,
                &simulation.polynomials[dealer],
                index(receiver),
            );
            check_revealed_share(&simulation.parameters, &simulation.verified[dealer], &answer.unwrap())
                .unwrap()
        };
        let assemble = |shares: &[Share]| {
            KeyShare::assemble(&key_set, &simulation.polynomials[0], shares).map(|share| share.trustee())
        };
        assert_eq!(assemble(&[share(2, 1), share(1, 1)]), Ok(index(1)));
        assert_eq!(assemble(&[share(1, 1)]), Err(CeremonyError::Sequence(index(3))));
        assert_eq!(assemble(&[share(1, 1), share(1, 1)]), Err(CeremonyError::Sequence(index(2))));
        assert_eq!(assemble(&[share(1, 1), share(2, 2)]), Err(CeremonyError::Sequence(index(3))));
        let too_many = [share(1, 1), share(2, 1), share(0, 2)];
        assert_eq!(assemble(&too_many), Err(CeremonyError::Sequence(index(1))));
        // shares of a ceremony with the same trustees but other polynomials
        let other = with_coefficients(2, &[&[1, 2], &[3, 4], &[5, 6]]);
        let refused =
            KeyShare::assemble(&other.key_set(), &simulation.polynomials[0], &[share(1, 1), share(2, 1)]);
        assert_eq!(refused.err(), Some(CeremonyError::KeyShare(index(1))));
    }

    /// The simulated ceremony, 3 of 5.
    const KNOWN_TRANSCRIPT: &str = "c5a09683898576d21a79fcf3d438f3ed7cdce81f53fc8ab2cb747fe44d1d3856";
    const KNOWN_KEY: &str = "fa820d5f5a669d89dec599532020cef4aa38dc00cc79e11594654d182af53a56";
}

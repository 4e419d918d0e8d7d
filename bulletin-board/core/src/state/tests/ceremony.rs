//! The key ceremony.

use super::*;
use crate::entry::CeremonyRestart;
use crate::fixtures::COMPLAINT_WINDOW;
use tabella_crypto::group::{Point, Scalar};
use tabella_crypto::proofs::schnorr::SchnorrProof;
use tabella_crypto::threshold::dkg::{CeremonyError, Commitments, commitment_hash};
use tabella_crypto::threshold::shares::SealedShare;
use tabella_crypto::threshold::trustee::TrusteeSecret;
use tabella_crypto::transcript::Transcript;

fn message(entry: &Entry) -> TrusteeMessage {
    let Entry::Trustee(entry) = entry else { unreachable!() };
    entry.message.clone()
}

#[test]
fn trustees_register_the_keys_of_the_manifest_once() {
    let mut election = SmallElection::new();
    election.refuse(election.commitment_hash(1), Check::TrusteeSignatures);
    let stranger = TrusteeSecret::from_seed(&[77; 32]);
    let register = |trustee: u8, secret: &TrusteeSecret, election: &SmallElection| {
        let message = TrusteeMessage::Registration(secret.keys());
        let id = election.manifest.id();
        Entry::Trustee(TrusteeEntry::sign(id, trustee, message, &secret.signing_key()))
    };
    election.refuse(register(1, &stranger, &election), Check::Registrations);
    election.refuse(register(2, &election.trustees[0], &election), Check::Registrations);
    for unknown in [0, 4, 255] {
        election.refuse(register(unknown, &stranger, &election), Check::TrusteeSignatures);
    }
    let Entry::Trustee(mut forged) = election.registration(1) else { unreachable!() };
    forged.signature.0[0] ^= 1;
    election.refuse(Entry::Trustee(forged), Check::TrusteeSignatures);
    election.push(election.registration(1));
    election.refuse(election.registration(1), Check::CeremonyOrder);
    // another trustee's name under one's own signature
    let Entry::Trustee(signed) = election.trustee(1, message(&election.commitment_hash(1))) else {
        unreachable!()
    };
    election.push(election.registration(2));
    election.refuse(Entry::Trustee(TrusteeEntry { trustee: 2, ..signed }), Check::TrusteeSignatures);
    election.refuse(election.commitment_hash(1), Check::CeremonyOrder);
}

#[test]
fn who_sent_a_message_is_known_before_it_is_decoded() {
    let mut election = SmallElection::new();
    let check = |election: &SmallElection, bytes: &[u8]| election.state.check_sender(bytes);
    let registration = election.registration(1).encode();
    assert_eq!(check(&election, &registration), Ok(()), "it brings its own key");
    let hash = election.commitment_hash(1).encode();
    assert!(matches!(check(&election, &hash), Err(CeremonyRefusal::NotRegistered(_))));
    election.register();
    assert_eq!(check(&election, &hash), Ok(()));
    for place in 0..hash.len() {
        let mut changed = hash.clone();
        changed[place] ^= 2;
        // other tags say that it is something else
        assert_eq!(check(&election, &changed).is_err(), place > 0, "byte {place}");
    }
    assert!(matches!(check(&election, &hash[..40]), Err(CeremonyRefusal::Signature(_))));
    assert!(matches!(check(&election, &[3, 9, 3]), Err(CeremonyRefusal::Unknown(9))));
    let part = election.roll_part(0, true, election.sorted([0])).encode();
    assert_eq!(check(&election, &part), Ok(()), "nothing is said about others");
}

#[test]
fn rejects_trustees_who_share_a_key_and_blames_neither() {
    let twin = tabella_crypto::threshold::trustee::TrusteeKeys {
        encryption: TrusteeSecret::from_seed(&[2; 32]).keys().encryption,
        ..TrusteeSecret::from_seed(&[1; 32]).keys()
    };
    let mut election = SmallElection::with(|m| m.trustees[0].fingerprint = twin.fingerprint());
    election.push(election.registration(2));
    let entry = election.trustee(1, TrusteeMessage::Registration(twin));
    let refusal = election.refuse(entry, Check::Registrations);
    assert_eq!(refusal, Refusal::Ceremony(CeremonyRefusal::SharedKey(index(1))));
    assert_eq!(refusal.culprit(), None, "who registers a copied key first is not the one who has it");
}

/// Either key by itself: two trustees with one signing key are one who signs.
#[test]
fn rejects_a_signing_key_that_another_trustee_has_registered() {
    let twin = tabella_crypto::threshold::trustee::TrusteeKeys {
        signing: TrusteeSecret::from_seed(&[2; 32]).keys().signing,
        ..TrusteeSecret::from_seed(&[1; 32]).keys()
    };
    let mut election = SmallElection::with(|m| m.trustees[0].fingerprint = twin.fingerprint());
    let id = election.manifest.id();
    let key = TrusteeSecret::from_seed(&[2; 32]).signing_key();
    let entry = Entry::Trustee(TrusteeEntry::sign(id, 1, TrusteeMessage::Registration(twin), &key));
    election.push(election.registration(2));
    let refusal = election.refuse(entry, Check::Registrations);
    assert_eq!(refusal, Refusal::Ceremony(CeremonyRefusal::SharedKey(index(1))));
}

#[test]
fn rejects_an_encryption_key_for_which_nothing_can_be_sealed_and_names_its_trustee() {
    use tabella_crypto::threshold::sealing::EncryptionKey;
    let unusable = tabella_crypto::threshold::trustee::TrusteeKeys {
        encryption: EncryptionKey([0; 32]),
        ..TrusteeSecret::from_seed(&[1; 32]).keys()
    };
    let mut election = SmallElection::with(|m| m.trustees[0].fingerprint = unusable.fingerprint());
    let entry = election.trustee(1, TrusteeMessage::Registration(unusable));
    let refusal = election.refuse(entry, Check::Registrations);
    assert_eq!(refusal, Refusal::Ceremony(CeremonyRefusal::UnusableKey(index(1))));
    assert_eq!(refusal.culprit(), Some(index(1)));
}

#[test]
fn rounds_stand_in_order_and_each_message_once() {
    let mut election = SmallElection::new();
    election.register();
    let early = election.commitments(1);
    election.refuse(early, Check::CeremonyOrder);
    election.push(election.commitment_hash(1));
    election.refuse(election.commitment_hash(1), Check::CeremonyOrder);
    let mut other = SmallElection::new();
    other.register();
    other.push(other.act(AdministratorAct::RestartCeremony { attempt: 0 }));
    other.push_due();
    election.refuse(other.commitment_hash(2), Check::CeremonyOrder);
    // a dealer who wants to see the others' commitments before announcing his own
    let early = election.commitments(1);
    election.push(election.commitment_hash(2));
    election.refuse(early.clone(), Check::CeremonyOrder);
    election.push(election.commitment_hash(3));
    election.refuse(election.complaint(1, 2), Check::CeremonyOrder);
    election.push(early.clone());
    election.refuse(early, Check::CeremonyOrder);
    for trustee in [2, 3] {
        let entry = election.commitments(trustee);
        election.push(entry);
    }
    election.refuse(election.complaint(1, 2), Check::CeremonyOrder);
    let attempt = 0;
    let confirmation = TrusteeMessage::Confirmation { attempt, transcript: Digest([0; 32]) };
    election.refuse(election.trustee(1, confirmation), Check::CeremonyOrder);
    election.share();
    let again = election.shares(2);
    election.refuse(again, Check::CeremonyOrder);
    let early = election.test_decryption(1);
    election.refuse(early.clone(), Check::CeremonyOrder);
    election.push(election.confirmation(1));
    election.refuse(election.confirmation(1), Check::CeremonyOrder);
    election.refuse(early, Check::CeremonyOrder);
    election.push(election.confirmation(2));
    election.push(election.confirmation(3));
    election.refuse(election.complaint(1, 2), Check::Complaints);
    let test = election.test_decryption(2);
    election.push(test.clone());
    election.refuse(test, Check::CeremonyOrder);
}

#[test]
fn commitments_are_the_announced_ones_of_the_right_number_and_with_proof() {
    let mut election = SmallElection::new();
    election.register();
    // trustee 3 announces one commitment too few, and one too many
    for points in [1, 3] {
        let mut election = SmallElection::new();
        election.register();
        election.push(election.commitment_hash(1));
        election.push(election.commitment_hash(2));
        let TrusteeMessage::Commitments { mut commitments, .. } = message(&election.commitments(3)) else {
            unreachable!()
        };
        commitments.points.resize(points, Point::BASE);
        let hash = commitment_hash(&election.parameters(), index(3), &commitments.points);
        election.push(election.trustee(3, TrusteeMessage::CommitmentHash { attempt: 0, hash }));
        let refusal = election.refuse(
            election.trustee(3, TrusteeMessage::Commitments { attempt: 0, commitments }),
            Check::Possession,
        );
        assert_eq!(refusal.culprit(), Some(index(3)));
    }
    TRUSTEES.into_iter().for_each(|trustee| election.push(election.commitment_hash(trustee)));
    let TrusteeMessage::Commitments { commitments, .. } = message(&election.commitments(2)) else {
        unreachable!()
    };
    let send = |election: &SmallElection, trustee, commitments| {
        election.trustee(trustee, TrusteeMessage::Commitments { attempt: 0, commitments })
    };
    // the commitments of another dealer, and others than announced
    election.refuse(send(&election, 1, commitments.clone()), Check::CommitmentHashes);
    let mut swapped = commitments.clone();
    swapped.points.swap(0, 1);
    election.refuse(send(&election, 2, swapped), Check::CommitmentHashes);
    let mut zero = commitments.clone();
    zero.points[1] = Point::identity();
    election.refuse(send(&election, 2, zero), Check::Possession);
    let mut unproven: Commitments = commitments.clone();
    unproven.possession.z += Scalar::ONE;
    let refusal = election.refuse(send(&election, 2, unproven), Check::Possession);
    assert_eq!(refusal.culprit(), Some(index(2)));
    election.push(send(&election, 2, commitments));
}

#[test]
fn every_dealer_seals_one_share_for_each_other_trustee() {
    let mut election = SmallElection::new();
    election.register();
    election.commit();
    let TrusteeMessage::Shares { shares, attempt } = message(&election.shares(1)) else { unreachable!() };
    for count in [0, 1, 3] {
        let mut changed = shares.clone();
        changed.resize(count, shares[0]);
        let entry = election.trustee(1, TrusteeMessage::Shares { attempt, shares: changed });
        election.refuse(entry, Check::SealedShares);
    }
    election.push(election.trustee(1, TrusteeMessage::Shares { attempt, shares }));
}

/// Up to the sealed shares, with one that trustee 3 cannot open.
fn with_bad_share() -> SmallElection {
    let mut election = SmallElection::new();
    election.register();
    election.commit();
    for trustee in TRUSTEES {
        let TrusteeMessage::Shares { mut shares, attempt } = message(&election.shares(trustee)) else {
            unreachable!()
        };
        if trustee == 2 {
            shares[1] = shares[0];
        }
        election.push(election.trustee(trustee, TrusteeMessage::Shares { attempt, shares }));
    }
    election
}

#[test]
fn a_complaint_is_settled_by_a_share_that_fits() {
    let mut election = with_bad_share();
    election.push(election.confirmation(1));
    let before = election.confirmation(2);
    election.refuse(election.complaint(3, 3), Check::Complaints);
    election.refuse(election.complaint(3, 9), Check::TrusteeSignatures);
    election.refuse(election.answer(2, 3), Check::Complaints);
    election.push(election.complaint(3, 2));
    assert!(!election.state.ceremony().progress()[0].confirmed, "what was confirmed lacks the answer");
    election.refuse(election.complaint(3, 2), Check::Complaints);
    election.refuse(before.clone(), Check::Confirmations);
    // answers to others, of others
    election.refuse(election.answer(2, 1), Check::Complaints);
    election.refuse(election.answer(1, 3), Check::Complaints);
    election.push(election.answer(2, 3));
    election.refuse(election.answer(2, 3), Check::Complaints);
    election.refuse(election.complaint(3, 2), Check::Complaints);
    let refusal = election.refuse(before, Check::Confirmations);
    assert_eq!(refusal, Refusal::Ceremony(CeremonyRefusal::Transcript(index(2))));
    assert_eq!(
        refusal.culprit(),
        None,
        "the transcript has the answer now: an honest trustee confirmed before"
    );
    election.confirm();
    election.test_shares();
    assert!(election.state.ceremony().is_complete());
    election.refuse(election.complaint(1, 2), Check::Complaints);
}

#[test]
fn a_bad_answer_ends_the_attempt_and_names_the_dealer() {
    let mut election = with_bad_share();
    election.push(election.complaint(3, 2));
    let TrusteeMessage::Answer { attempt, receiver, share } = message(&election.answer(2, 3)) else {
        unreachable!()
    };
    let share = share + Scalar::ONE;
    election.push(election.trustee(2, TrusteeMessage::Answer { attempt, receiver, share }));
    let restart = CeremonyRestart { attempt: 0, culprit: Some(2) };
    assert_eq!(election.state.due(), Some(Entry::CeremonyRestart(restart)));
    election.refuse(election.answer(2, 3), Check::Order);
    for changed in [
        CeremonyRestart { culprit: Some(3), ..restart },
        CeremonyRestart { culprit: None, ..restart },
        CeremonyRestart { attempt: 1, ..restart },
    ] {
        election.refuse(Entry::CeremonyRestart(changed), Check::CeremonyRestarts);
    }
    let old = election.commitment_hash(1);
    election.push_due();
    assert_eq!(election.state.ceremony().ended(), [restart]);
    election.refuse(old, Check::CeremonyOrder);
    election.refuse(election.registration(1), Check::CeremonyOrder);
    // the next attempt runs with fresh polynomials
    election.commit();
    election.share();
    election.confirm();
    election.test_shares();
    assert_eq!(election.state.ceremony().key_set().unwrap().parameters().attempt(), 1);
}

#[test]
fn a_dealer_who_does_not_answer_in_time_ends_the_attempt() {
    let mut election = with_bad_share();
    election.block(CREATED + 7);
    election.push(election.complaint(3, 2));
    let deadline = CREATED + 7 + COMPLAINT_WINDOW;
    assert!(!election.state.due_at(deadline) && election.state.due_at(deadline + 1));
    election.block(deadline);
    assert_eq!(election.state.ceremony().attempt(), 0);
    election.push(Entry::Block(election.state.next_block(deadline + 1)));
    election.refuse(election.answer(2, 3), Check::Order);
    election.push_due();
    let restart = CeremonyRestart { attempt: 0, culprit: Some(2) };
    assert_eq!(election.state.ceremony().ended(), [restart]);
}

#[test]
fn the_administrator_restarts_the_current_attempt_until_all_shares_are_tested() {
    let mut election = SmallElection::new();
    let restart = |attempt| AdministratorAct::RestartCeremony { attempt };
    election.refuse(election.act(restart(1)), Check::CeremonyOrder);
    let zero = election.act(restart(0));
    election.push_with_due(zero.clone());
    assert_eq!(election.state.ceremony().attempt(), 1);
    election.refuse(zero, Check::CeremonyOrder);
    election.register();
    election.commit();
    election.share();
    election.confirm();
    election.push_with_due(election.act(restart(1)));
    assert!(election.state.ceremony().key_set().is_none());
    assert!(election.state.ceremony().progress().iter().all(|p| p.registered && !p.announced));
    election.commit();
    election.share();
    election.confirm();
    election.test_shares();
    election.refuse(election.act(restart(2)), Check::CeremonyRestarts);
    let none = |culprit: &CeremonyRestart| culprit.culprit.is_none();
    assert_eq!(election.state.ceremony().ended().iter().filter(|ended| none(ended)).count(), 2);
}

#[test]
fn all_trustees_confirm_one_transcript_and_test_their_own_share() {
    let mut election = SmallElection::new();
    election.register();
    election.commit();
    election.share();
    let transcript = Digest([3; 32]);
    let other = election.trustee(2, TrusteeMessage::Confirmation { attempt: 0, transcript });
    let refusal = election.refuse(other, Check::Confirmations);
    assert_eq!(refusal.culprit(), None);
    election.confirm();
    let TrusteeMessage::TestDecryption { test, attempt } = message(&election.test_decryption(1)) else {
        unreachable!()
    };
    // the share of another trustee, and a share that reads back wrong
    let copied = election.trustee(2, TrusteeMessage::TestDecryption { attempt, test });
    let refusal = election.refuse(copied, Check::TestDecryptions);
    assert_eq!(refusal.culprit(), Some(index(2)));
    let mut wrong = test;
    wrong.share += Point::BASE;
    election.refuse(
        election.trustee(1, TrusteeMessage::TestDecryption { attempt, test: wrong }),
        Check::TestDecryptions,
    );
    election.test_shares();
    assert!(election.state.ceremony().is_complete());
}

#[test]
fn colluding_dealers_cannot_have_a_key_without_secrecy_confirmed() {
    // K = 0; then f(x) = 3 - 3x, so that the verification key of trustee 1 is zero
    for polynomials in [[[5, 1], [7, 1], [-12, 1]], [[1, 1], [1, 1], [1, -5]]] {
        let mut election = SmallElection::new();
        election.register();
        let announce = |trustee: u8, election: &SmallElection| {
            let coefficients = polynomials[usize::from(trustee) - 1].map(Scalar::from_i64);
            let points = coefficients.map(|a| Point::base_times(&a)).to_vec();
            let hash = commitment_hash(&election.parameters(), index(trustee), &points);
            (coefficients[0], points, hash)
        };
        for trustee in TRUSTEES {
            let (_, _, hash) = announce(trustee, &election);
            election.push(election.trustee(trustee, TrusteeMessage::CommitmentHash { attempt: 0, hash }));
        }
        for trustee in TRUSTEES {
            let (secret, points, hash) = announce(trustee, &election);
            let mut transcript = Transcript::new("ceremony possession");
            transcript.append("commitments", &hash.0);
            let possession = SchnorrProof::prove(&mut transcript, &secret, &mut election.rng);
            let commitments = Commitments { points, possession };
            let message = TrusteeMessage::Commitments { attempt: 0, commitments };
            election.push(election.trustee(trustee, message));
        }
        for trustee in TRUSTEES {
            let shares = vec![SealedShare { kem: [0; 32], ciphertext: [0; 48] }; 2];
            election.push(election.trustee(trustee, TrusteeMessage::Shares { attempt: 0, shares }));
        }
        let transcript = Digest([0; 32]);
        let confirmation = TrusteeMessage::Confirmation { attempt: 0, transcript };
        election.refuse(election.trustee(1, confirmation), Check::JointKey);
        election.push_with_due(election.act(AdministratorAct::RestartCeremony { attempt: 0 }));
        assert_eq!(election.state.ceremony().attempt(), 1);
    }
}

#[test]
fn no_key_stands_before_every_trustee_has_confirmed_it() {
    let mut election = SmallElection::new();
    assert!(election.state.ceremony().key_set().is_none());
    election.register();
    election.commit();
    for trustee in TRUSTEES {
        assert!(election.state.ceremony().proposal().is_none(), "shares of {trustee} are missing");
        let entry = election.shares(trustee);
        election.push(entry);
    }
    for trustee in TRUSTEES {
        let ceremony = election.state.ceremony();
        assert!(ceremony.proposal().is_some_and(|proposal| proposal.is_ok()));
        assert!(ceremony.key_set().is_none(), "trustee {trustee} has not confirmed");
        election.push(election.confirmation(trustee));
    }
    let ceremony = election.state.ceremony();
    assert!(ceremony.key_set().is_some());
    assert!(!ceremony.is_complete(), "no share has been tried");
    // what a trustee's tool reads back from the log
    assert!(TRUSTEES.iter().all(|trustee| {
        let keys = election.trustees[usize::from(*trustee) - 1].keys();
        ceremony.keys(index(*trustee)).is_some_and(|found| *found == keys)
    }));
    assert!(ceremony.parameters().is_some() && ceremony.complaints().is_empty());
    assert_eq!(ceremony.hashes().keys().copied().collect::<Vec<_>>(), TRUSTEES.map(index));
}

#[test]
fn nothing_is_proposed_while_any_complaint_is_open() {
    let mut election = SmallElection::new();
    election.register();
    election.commit();
    election.share();
    election.push(election.complaint(1, 2));
    election.push(election.complaint(3, 2));
    for receiver in [1, 3] {
        assert!(election.state.ceremony().proposal().is_none(), "{receiver} waits for an answer");
        election.push(election.answer(2, receiver));
    }
    assert!(election.state.ceremony().proposal().is_some_and(|proposal| proposal.is_ok()));
    assert_eq!(election.state.ceremony().complaints().len(), 2);
    // an answer that does not fit is the complaint's matter, wherever it is noticed
    let (dealer, receiver) = (index(2), index(1));
    for error in
        [CeremonyError::Share { dealer, receiver }, CeremonyError::DuplicateAnswer { dealer, receiver }]
    {
        assert_eq!(Refusal::Ceremony(CeremonyRefusal::Crypto(error)).check(), Check::Complaints);
    }
    // of trustees that there are
    for dealer in [0, 4, 255] {
        let Err(refusal) = election.append(election.complaint(1, dealer)) else { unreachable!() };
        assert_eq!(refusal, Refusal::Ceremony(CeremonyRefusal::Unknown(dealer)));
    }
}

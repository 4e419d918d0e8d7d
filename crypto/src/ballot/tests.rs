//! Ballots: completeness for every method, one negative for each statement and each proof field, attacks.

use std::sync::Arc;

use super::context::BallotHead;
use super::verify::Weights;
use super::*;
use crate::elgamal::ElectionKey;
use crate::fixtures::{self, checked, contest, context, credential, manifest, rng};
use crate::group::Point;
use crate::group::Scalar;
use crate::proofs::batch::Accumulator;
use crate::proofs::linear::{self, Witness};
use crate::proofs::range::{self, ProverBases};
use crate::rules::{Choice, Method};

fn methods() -> Vec<(Method, usize, bool, Choice)> {
    vec![
        (Method::ChooseOne, 4, true, Choice::Options(vec![2])),
        (Method::Choose { min: 0, max: 5 }, 5, false, Choice::Options(vec![0, 3])),
        (Method::Choose { min: 0, max: 1 }, 3, false, Choice::Options(vec![])),
        (Method::Choose { min: 1, max: 2 }, 3, true, Choice::Blank),
        (Method::Score { max: 300 }, 3, false, Choice::Points(vec![300, 0, 7])),
        (Method::Score { max: 255 }, 2, false, Choice::Points(vec![255, 1])),
        (Method::Cumulative { points: 9 }, 4, false, Choice::Points(vec![4, 0, 5, 0])),
        (Method::ForAgainstAbstain { max_for: 1 }, 3, true, Choice::Columns(vec![0, 1, 2])),
        (Method::Grades { grades: 4 }, 2, true, Choice::Columns(vec![3, 0])),
        (Method::Rank, 3, true, Choice::Ranking(vec![2, 0, 1])),
    ]
}

fn choose_one() -> BallotContext {
    context(checked(vec![contest(Method::ChooseOne, 4, true)]))
}

fn cast(context: &BallotContext, voter: u64, entries: &[u64]) -> SubmittedBallot {
    let mut rng = rng(1_000 + voter);
    let secret = credential(context, voter);
    let seed = BallotSeed::generate(&mut rng);
    let ballot = context.encrypt(&secret, 0, None, &seed, &[entries.to_vec()], &mut rng).unwrap();
    ballot.sign(context.manifest().id(), Disposition::Cast, &secret, &mut rng)
}

/// Signs a changed ballot again, so that its proofs and not the signature must refuse it.
fn resigned(context: &BallotContext, voter: u64, ballot: Ballot) -> AuthenticBallot {
    let secret = credential(context, voter);
    let election = context.manifest().id();
    ballot
        .sign(election, Disposition::Cast, &secret, &mut rng(5))
        .authenticate(election, Disposition::Cast)
        .unwrap()
}

fn verify(context: &BallotContext, ballot: &AuthenticBallot) -> Result<VerifiedBallot, BallotError> {
    context.verify(ballot, &mut rng(6))
}

/// The `bulletproofs` crate's own verdict on the range proof of a ballot.
fn reference_verdict(context: &BallotContext, ballot: &Ballot) -> bool {
    let rules = context.manifest().style(ballot.style).unwrap();
    let Ok(points) =
        ballot.ciphertexts.iter().map(EncodedCiphertext::decode_fresh).collect::<Result<Vec<_>, _>>()
    else {
        return false;
    };
    let commitments = range::commitments(rules, &points, &ballot.ciphertexts).unwrap();
    let head = BallotHead {
        credential: ballot.credential,
        style: ballot.style,
        counter: ballot.counter,
        previous: ballot.previous,
    };
    let mut transcript = context.transcript(&head, &ballot.ciphertexts);
    ballot.range.verify_by_reference(&mut transcript, context.key(), &commitments, rules.bits, &mut rng(8))
}

#[test]
fn every_method_casts_verifies_and_opens() {
    for (method, options, blank, choice) in methods() {
        let context = context(checked(vec![contest(method.clone(), options, blank)]));
        let entries = method.entries(options, blank, &choice).unwrap();
        let election = context.manifest().id();
        let secret = credential(&context, 1);
        let seed = BallotSeed::generate(&mut rng(2));
        let ballot =
            context.encrypt(&secret, 0, None, &seed, std::slice::from_ref(&entries), &mut rng(3)).unwrap();
        assert!(reference_verdict(&context, &ballot), "{method:?}");
        let submitted = ballot.clone().sign(election, Disposition::Cast, &secret, &mut rng(4));
        let rules = context.manifest().style(0).unwrap();
        let length = codec::encode(&submitted).len();
        let bound = encoded_length(rules.entries, rules.padded_ranges(), rules.bits, true);
        assert!(length + 32 <= bound && bound <= length + 96, "{method:?}: {length} of {bound} bytes");
        let authentic = submitted.authenticate(election, Disposition::Cast).unwrap();
        let verified = verify(&context, &authentic).unwrap();
        let s = fixtures::election_secret();
        for (ciphertext, value) in verified.ciphertexts().iter().zip(&entries) {
            let message = ciphertext.c - s * ciphertext.d;
            assert_eq!(message, Scalar::from(*value) * crate::generators::message_base());
        }
        let opening = seed.open(std::slice::from_ref(&entries));
        assert_eq!(context.check_opening(&ballot, &opening), Ok(vec![entries]));
    }
}

#[test]
fn several_contests_and_styles_share_one_proof() {
    let contests = vec![
        contest(Method::ChooseOne, 2, true),
        contest(Method::Score { max: 300 }, 2, false),
        contest(Method::Rank, 3, true),
    ];
    let context = context(Arc::new(manifest(contests, &[&[0, 2], &[1], &[0, 1, 2]]).check().unwrap()));
    let secret = credential(&context, 1);
    let (one, score, rank) = (vec![0, 1, 0], vec![300, 2], vec![0, 1, 0, 1, 0, 0, 0, 0, 1, 0]);
    let ballots: Vec<AuthenticBallot> =
        [vec![one.clone(), rank.clone()], vec![score.clone()], vec![one, score, rank]]
            .iter()
            .zip(0..)
            .map(|(selections, style)| {
                let seed = BallotSeed::generate(&mut rng(20 + u64::from(style)));
                let ballot = context.encrypt(&secret, style, None, &seed, selections, &mut rng(3)).unwrap();
                resigned(&context, 1, ballot)
            })
            .collect();
    // styles of different widths in one product
    assert_eq!(context.manifest().styles().iter().map(|s| s.bits).collect::<Vec<_>>(), [8, 16, 16]);
    let verified = context.verify_all(&ballots, &mut rng(9));
    assert_eq!(verified.iter().map(|ballot| ballot.as_ref().unwrap().style()).collect::<Vec<_>>(), [0, 1, 2]);
    // one style's ballot under another style's name
    for (claimed, ballot) in [(2u16, &ballots[0]), (0, &ballots[2]), (9, &ballots[0])] {
        let changed = Ballot { style: claimed, ..ballot.ballot().clone() };
        assert!(verify(&context, &resigned(&context, 1, changed)).is_err());
    }
}

#[test]
fn a_five_option_ballot_has_at_most_1300_bytes() {
    let context = choose_one();
    let ballot = cast(&context, 1, &[0, 1, 0, 0, 0]);
    assert_eq!(ballot.ballot.ciphertexts.len(), 5);
    assert!(codec::encode(&ballot).len() <= 1_300, "{}", codec::encode(&ballot).len());
}

#[test]
fn length_does_not_depend_on_the_choice() {
    for (method, options, blank, _) in methods() {
        let context = context(checked(vec![contest(method.clone(), options, blank)]));
        let choices = some_choices(&method, options, blank);
        assert!(choices.len() > 2 && choices.len() <= 6, "{method:?}: {}", choices.len());
        let rules = context.manifest().style(0).unwrap();
        let (entries, values) = (rules.entries, rules.padded_ranges());
        // without equality claims, three elements of the longest form are not there; a first ballot names none before
        let absent = if rules.equalities.is_empty() { 64 } else { 0 };
        let expected = encoded_length(entries, values, rules.bits, true) - absent - 32;
        assert_eq!(longest_length(rules), expected + 32, "{method:?}");
        let election = context.manifest().id();
        let secret = credential(&context, 1);
        for (choice, number) in choices.iter().zip(0..) {
            let seed = BallotSeed::generate(&mut rng(number));
            let encrypt = |previous| {
                let ballot =
                    context.encrypt(&secret, 0, previous, &seed, std::slice::from_ref(choice), &mut rng(3));
                ballot.unwrap()
            };
            let first = encrypt(None);
            let next = encrypt(Some((0, first.tracking_code(election))));
            for disposition in [Disposition::Cast, Disposition::Challenge] {
                let length = |ballot: &Ballot| {
                    codec::encode(&ballot.clone().sign(election, disposition, &secret, &mut rng(4))).len()
                };
                assert_eq!(
                    (length(&first), length(&next)),
                    (expected, expected + 32),
                    "{method:?}: {choice:?}"
                );
            }
            // and what is shown of a test
            let opened = codec::encode(&seed.open(std::slice::from_ref(choice))).len();
            assert_eq!(opened, 32 + 4 + 4 + 2 * entries, "{method:?}: {choice:?}");
        }
    }
}

/// At most six different choices: among them the emptiest, the fullest, and a blank vote where there is one.
fn some_choices(method: &Method, options: usize, blank: bool) -> Vec<Vec<u64>> {
    let rules = method.compile(options, blank).unwrap();
    let numbers: Vec<u64> = match method {
        Method::Score { max } => vec![0, 1, u64::from(*max)],
        Method::Cumulative { points } => vec![0, 1, u64::from(*points)],
        _ => vec![0, 1],
    };
    let mut all: Vec<Vec<u64>> = vec![Vec::new()];
    for _ in 0..rules.entries {
        let longer = |entries: &Vec<u64>| {
            let entries = entries.clone();
            numbers.iter().map(move |number| [entries.as_slice(), &[*number]].concat()).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all.retain(|entries| rules.check(entries).is_ok());
    all.sort_by_key(|entries| (entries.iter().sum::<u64>(), entries.last().copied()));
    let blanks =
        all.iter().filter(|entries| blank && entries.last() == Some(&1)).cloned().collect::<Vec<_>>();
    let (first, last) = (all.first().cloned(), all.last().cloned());
    let mut some: Vec<_> =
        all.iter().step_by(all.len().div_ceil(3)).cloned().chain(blanks).chain(first).chain(last).collect();
    some.sort_unstable();
    some.dedup();
    some
}

#[test]
fn a_ballot_that_breaks_the_rules_cannot_be_made() {
    let context = choose_one();
    let secret = credential(&context, 1);
    for entries in [vec![1, 1, 0, 0, 0], vec![0; 5], vec![2, 0, 0, 0, 0], vec![1, 0, 0, 0]] {
        let seed = BallotSeed::generate(&mut rng(2));
        let result = context.encrypt(&secret, 0, None, &seed, &[entries], &mut rng(3));
        assert!(matches!(result, Err(EncryptError::Rules(_))));
    }
}

type Change = (&'static str, fn(&mut Ballot));

/// Every field of the statement and every part of each proof, changed.
fn changes() -> Vec<Change> {
    fn other(point: &mut EncodedPoint) {
        *point = (point.decode().unwrap() + Point::BASE).encode();
    }
    fn add(scalar: &mut Scalar) {
        *scalar += Scalar::ONE;
    }
    vec![
        ("style", |b| b.style = 1),
        ("counter", |b| b.counter = 1),
        ("previous", |b| b.previous = Some(TrackingCode(hash("other", &[])))),
        ("counter and previous", |b| {
            b.counter = 1;
            b.previous = Some(TrackingCode(hash("other", &[])));
        }),
        ("first D", |b| other(&mut b.ciphertexts[0].d)),
        ("last C", |b| other(&mut b.ciphertexts[4].c)),
        ("ciphertexts swapped", |b| b.ciphertexts.swap(0, 1)),
        ("ciphertext missing", |b| b.ciphertexts.truncate(4)),
        ("ciphertext twice", |b| b.ciphertexts.push(b.ciphertexts[0])),
        ("identity D", |b| b.ciphertexts[0].d = EncodedPoint::IDENTITY),
        ("identity C", |b| b.ciphertexts[0].c = EncodedPoint::IDENTITY),
        ("non-canonical D", |b| b.ciphertexts[0].d = EncodedPoint([255; 32])),
        ("non-canonical C", |b| b.ciphertexts[0].c = EncodedPoint([1; 32])),
        ("A", |b| other(&mut b.range.a)),
        ("S", |b| other(&mut b.range.s)),
        ("T_1", |b| other(&mut b.range.t1)),
        ("T_2", |b| other(&mut b.range.t2)),
        ("identity A", |b| b.range.a = EncodedPoint::IDENTITY),
        ("identity S", |b| b.range.s = EncodedPoint::IDENTITY),
        ("identity T_1", |b| b.range.t1 = EncodedPoint::IDENTITY),
        ("identity T_2", |b| b.range.t2 = EncodedPoint::IDENTITY),
        ("T_1 and T_2 swapped", |b| std::mem::swap(&mut b.range.t1, &mut b.range.t2)),
        ("t_x", |b| add(&mut b.range.t_x)),
        ("t_x_blinding", |b| add(&mut b.range.t_x_blinding)),
        ("e_blinding", |b| add(&mut b.range.e_blinding)),
        ("first L", |b| other(&mut b.range.rounds[0].0)),
        ("last R", |b| other(&mut b.range.rounds[5].1)),
        ("identity L", |b| b.range.rounds[2].0 = EncodedPoint::IDENTITY),
        ("non-canonical R", |b| b.range.rounds[2].1 = EncodedPoint([255; 32])),
        ("L and R swapped", |b| b.range.rounds[3] = (b.range.rounds[3].1, b.range.rounds[3].0)),
        ("round missing", |b| b.range.rounds.truncate(5)),
        ("round twice", |b| b.range.rounds.push(b.range.rounds[0])),
        ("a", |b| add(&mut b.range.ipp_a)),
        ("b", |b| add(&mut b.range.ipp_b)),
        ("a and b swapped", |b| std::mem::swap(&mut b.range.ipp_a, &mut b.range.ipp_b)),
        ("a and b negated", |b| {
            b.range.ipp_a = -b.range.ipp_a;
            b.range.ipp_b = -b.range.ipp_b;
        }),
        ("T1", |b| other(&mut b.linear.t1)),
        ("T2", |b| other(&mut b.linear.t2)),
        ("identity T1", |b| b.linear.t1 = EncodedPoint::IDENTITY),
        ("identity T2", |b| b.linear.t2 = EncodedPoint::IDENTITY),
        ("T3", |b| other(&mut b.linear.equality.as_mut().unwrap().0)),
        ("identity T3", |b| b.linear.equality.as_mut().unwrap().0 = EncodedPoint::IDENTITY),
        ("equality proof missing", |b| b.linear.equality = None),
        ("z_r", |b| add(&mut b.linear.z_r)),
        ("z_v", |b| add(&mut b.linear.z_v)),
        ("z_w", |b| add(&mut b.linear.equality.as_mut().unwrap().1)),
    ]
}

#[test]
fn rejects_each_changed_field_though_its_voter_signed_it() {
    let context = choose_one();
    let good = cast(&context, 1, &[0, 1, 0, 0, 0]).ballot;
    for (name, change) in changes() {
        let mut ballot = good.clone();
        change(&mut ballot);
        assert_ne!(ballot, good, "{name}");
        let result = verify(&context, &resigned(&context, 1, ballot));
        assert!(result.is_err(), "{name} was accepted");
    }
}

/// On range proofs our verifier and the crate's say the same, on good ones and on every kind of broken one.
#[test]
fn agrees_with_the_crates_verifier_on_range_proofs() {
    let context = choose_one();
    let good = cast(&context, 1, &[0, 1, 0, 0, 0]).ballot;
    assert!(reference_verdict(&context, &good));
    let (mut refused, mut accepted) = (0, 0);
    for (name, change) in changes() {
        let mut ballot = good.clone();
        change(&mut ballot);
        if ballot.ciphertexts.len() != 5 || ballot.style != 0 {
            continue;
        }
        let reference = reference_verdict(&context, &ballot);
        // ours on the range proof alone: shapes, and the equations with the linear proof's left out
        let ours = context.replay(&resigned(&context, 1, ballot.clone())).is_ok_and(|mut replayed| {
            replayed.inverses = replayed.range.to_invert().map(|challenge| challenge.invert()).collect();
            let mut sum = Accumulator::new(context.shared.stride());
            let weights = Weights::random(1, &mut rng(11)).remove(0);
            let weights = Weights { linear: [Scalar::ZERO; 3], ..weights };
            context.accumulate(&ballot, &replayed, &weights, &mut sum);
            context.shared.product(sum).is_identity()
        });
        // a linear proof of the wrong shape is refused before any equation, and the crate does not see it
        let reference = reference
            && !matches!(name, "identity T1" | "identity T2" | "identity T3")
            && name != "equality proof missing"
            && name != "previous"
            && name != "counter";
        assert_eq!(ours, reference, "{name}");
        if reference { accepted += 1 } else { refused += 1 }
    }
    assert!(refused > 30 && accepted == 6, "{refused} refused, {accepted} accepted");
}

#[test]
fn any_flipped_bit_of_a_submitted_ballot_is_refused() {
    let context = choose_one();
    let election = context.manifest().id();
    let bytes = codec::encode(&cast(&context, 1, &[0, 0, 1, 0, 0]));
    for bit in (0..bytes.len() * 8).step_by(7) {
        let mut broken = bytes.clone();
        broken[bit / 8] ^= 1 << (bit % 8);
        let accepted = codec::decode::<SubmittedBallot>(&broken)
            .is_ok_and(|submitted| submitted.authenticate(election, Disposition::Cast).is_ok());
        assert!(!accepted, "bit {bit}");
    }
}

#[test]
fn rejects_ballot_replayed_in_other_election_or_under_other_key() {
    let context = choose_one();
    let submitted = cast(&context, 1, &[0, 1, 0, 0, 0]);
    let mut other = fixtures::manifest(vec![contest(Method::ChooseOne, 4, true)], &[&[0]]);
    other.nonce = [8; 16];
    let other = fixtures::context(Arc::new(other.check().unwrap()));
    let id = other.manifest().id();
    assert_eq!(submitted.clone().authenticate(id, Disposition::Cast).err(), Some(BallotError::Signature));
    let signed = submitted.ballot.clone().sign(id, Disposition::Cast, &credential(&context, 1), &mut rng(1));
    let authentic = signed.authenticate(id, Disposition::Cast).unwrap();
    assert_eq!(verify(&other, &authentic).err(), Some(BallotError::RangeProof));
    let key = ElectionKey::new(Point::base_times(&Scalar::from(77u64))).unwrap();
    let rekeyed = BallotContext::new(Arc::clone(context.manifest()), key);
    assert!(verify(&rekeyed, &resigned(&context, 1, submitted.ballot)).is_err());
}

#[test]
fn rejects_another_voters_ballot_copied_whole_or_in_part_or_rerandomised() {
    let context = choose_one();
    let theirs = cast(&context, 1, &[0, 1, 0, 0, 0]).ballot;
    // whole, under the copier's credential
    let whole = Ballot { credential: credential(&context, 2).public(), ..theirs.clone() };
    assert!(verify(&context, &resigned(&context, 2, whole)).is_err());
    // one ciphertext in the copier's own ballot
    let mut one = cast(&context, 2, &[1, 0, 0, 0, 0]).ballot;
    one.ciphertexts[1] = theirs.ciphertexts[1];
    assert!(verify(&context, &resigned(&context, 2, one)).is_err());
    // re-randomised with known randomness
    let mut again = Ballot { credential: credential(&context, 2).public(), ..theirs };
    for ciphertext in &mut again.ciphertexts {
        let shift = context.key().encrypt(0, &Scalar::from(9u64));
        *ciphertext = (ciphertext.decode_fresh().unwrap() + shift).encode();
    }
    assert!(verify(&context, &resigned(&context, 2, again)).is_err());
}

#[test]
fn a_ballot_signed_to_be_tested_cannot_be_cast_nor_the_other_way_round() {
    let context = choose_one();
    let election = context.manifest().id();
    let secret = credential(&context, 1);
    let ballot = cast(&context, 1, &[0, 1, 0, 0, 0]).ballot;
    for (signed, claimed) in
        [(Disposition::Challenge, Disposition::Cast), (Disposition::Cast, Disposition::Challenge)]
    {
        let submitted = ballot.clone().sign(election, signed, &secret, &mut rng(1));
        assert!(submitted.clone().authenticate(election, signed).is_ok());
        assert_eq!(submitted.authenticate(election, claimed).err(), Some(BallotError::Signature));
    }
}

/// A ballot of these values as a forger makes it: part by part, without the checks of `encrypt`, with a range proof
/// over other values (`claimed`, at a width of the forger's choice) and `shift` added to the second randomness
/// after encryption.
fn forged(context: &BallotContext, values: [u64; 5], claimed: &[u64], bits: u32, shift: Scalar) -> Ballot {
    let secret = credential(context, 1);
    let head = BallotHead { credential: secret.public(), style: 0, counter: 0, previous: None };
    let mut randomness = context.randomness(&head, &BallotSeed::generate(&mut rng(1)));
    let encrypted = values.iter().zip(randomness.iter()).map(|(v, r)| context.key().encrypt(*v, r).encode());
    let ciphertexts: Vec<EncodedCiphertext> = encrypted.collect();
    randomness[1] += shift;
    let mut blindings: Vec<Scalar> = randomness.to_vec();
    blindings.resize(claimed.len(), Scalar::ZERO);
    let mut transcript = context.transcript(&head, &ciphertexts);
    let bases = ProverBases::new(bits, claimed.len());
    let range = range::prove(&mut transcript, &bases, context.key(), (claimed, &blindings), &[], &mut rng(2))
        .unwrap();
    range.absorb_last_scalars(&mut transcript);
    let rules = context.manifest().style(0).unwrap();
    let witness = Witness { values: &values, randomness: &randomness, credential: secret.expose() };
    let linear = linear::prove(&mut transcript, context.key(), rules, &witness, &mut rng(3));
    let BallotHead { credential, style, counter, previous } = head;
    Ballot { credential, style, counter, previous, ciphertexts, range, linear }
}

/// With the election key's secret known to the attacker, and so log_B(K), a ciphertext of 1000 cannot be opened
/// to 1: C - 1*M has no known logarithm to K. The forger does everything that the secret allows.
#[test]
fn rejects_a_vote_of_1000_though_the_forger_knows_the_election_secret() {
    let context = choose_one();
    // if M were B, this shift would turn the commitment to 1000 into one to 1
    let shift = Scalar::from(999u64) * fixtures::election_secret().invert();
    let ballot = forged(&context, [0, 1_000, 0, 0, 0], &[0, 1, 0, 0, 0, 0, 0, 0], 8, shift);
    assert!(!reference_verdict(&context, &ballot));
    assert!(verify(&context, &resigned(&context, 1, ballot)).is_err());
}

/// Why K must be a known multiple of B: with K = c*M, C = x*M + r*K opens to any value, and the range proof binds
/// nothing. The ballot is accepted here, by design; the ceremony's proofs of possession are what refuses such a K.
#[test]
fn a_key_that_is_a_multiple_of_the_message_base_binds_nothing_so_the_ceremony_must_refuse_it() {
    let c = Scalar::from(12_345u64);
    let key = ElectionKey::new(c * crate::generators::message_base()).unwrap();
    let context = BallotContext::new(Arc::clone(choose_one().manifest()), key);
    // the same C, opened to 1000 and to 0
    let r = Scalar::from(99u64);
    let moved = r + Scalar::from(1_000u64) * c.invert();
    assert_eq!(context.key().encrypt(1_000, &r).c, context.key().encrypt(0, &moved).c);
}

/// A claim proved at another width than the style's.
#[test]
fn rejects_a_claim_proved_at_another_width() {
    let context = choose_one();
    for (bits, parties) in [(16, 8), (16, 4), (32, 2), (64, 1)] {
        let claimed = [0u64, 300, 0, 0, 0, 0, 0, 0];
        let ballot = forged(&context, [0, 300, 0, 0, 0], &claimed[..parties], bits, Scalar::ZERO);
        assert!(verify(&context, &resigned(&context, 1, ballot)).is_err(), "{bits} x {parties}");
    }
}

/// The equality claim is checked by itself: entries within range that do not add up to one.
#[test]
fn rejects_two_options_chosen_under_choose_one() {
    let context = choose_one();
    let ballot = forged(&context, [1, 1, 0, 0, 0], &[1, 1, 0, 0, 0, 0, 0, 0], 8, Scalar::ZERO);
    assert!(reference_verdict(&context, &ballot), "each entry is in range");
    assert_eq!(verify(&context, &resigned(&context, 1, ballot)).err(), Some(BallotError::LinearProof));
    let honest = forged(&context, [0, 1, 0, 0, 0], &[0, 1, 0, 0, 0, 0, 0, 0], 8, Scalar::ZERO);
    assert!(verify(&context, &resigned(&context, 1, honest)).is_ok(), "the forger's way itself is sound");
}

#[test]
fn a_bad_ballot_in_a_batch_is_named_and_no_other() {
    let context = choose_one();
    let mut ballots: Vec<AuthenticBallot> = (0..12)
        .map(|voter| resigned(&context, voter, cast(&context, voter, &[0, 1, 0, 0, 0]).ballot))
        .collect();
    let broken: [Change; 3] = [
        ("t_x", |b| b.range.t_x += Scalar::ONE),
        ("z_v", |b| b.linear.z_v += Scalar::ONE),
        ("C", |b| b.ciphertexts[0].c = EncodedPoint([255; 32])),
    ];
    for (voter, (_, change)) in [2usize, 7, 11].into_iter().zip(broken) {
        let mut ballot = ballots[voter].ballot().clone();
        change(&mut ballot);
        ballots[voter] = resigned(&context, voter as u64, ballot);
    }
    let results = context.verify_all(&ballots, &mut rng(4));
    let errors: Vec<(usize, BallotError)> = results
        .iter()
        .enumerate()
        .filter_map(|(index, result)| Some((index, *result.as_ref().err()?)))
        .collect();
    assert_eq!(
        errors,
        [(2, BallotError::RangeProof), (7, BallotError::LinearProof), (11, BallotError::Ciphertext)]
    );
}

/// Two proofs whose errors cancel if both equations have weight one.
#[test]
fn errors_that_cancel_under_predictable_weights_are_found() {
    let context = choose_one();
    let mut pair: Vec<AuthenticBallot> = Vec::new();
    for (voter, sign) in [(1u64, Scalar::ONE), (2, -Scalar::ONE)] {
        let mut ballot = cast(&context, voter, &[0, 1, 0, 0, 0]).ballot;
        ballot.linear.z_v += sign;
        pair.push(resigned(&context, voter, ballot));
    }
    let mut sum = Accumulator::new(context.shared.stride());
    for ballot in &pair {
        let mut replayed = context.replay(ballot).unwrap();
        replayed.inverses = replayed.range.to_invert().map(|challenge| challenge.invert()).collect();
        let one = Weights { range: Scalar::ONE, inner: Scalar::ONE, linear: [Scalar::ONE; 3] };
        context.accumulate(ballot.ballot(), &replayed, &one, &mut sum);
    }
    assert!(context.shared.product(sum).is_identity(), "the errors do cancel under weights of one");
    let results = context.verify_all(&pair, &mut rng(4));
    assert!(results.iter().all(|result| result.as_ref().err() == Some(&BallotError::LinearProof)));
}

#[test]
fn bad_signatures_in_a_batch_are_named_and_no_other() {
    let context = choose_one();
    let election = context.manifest().id();
    let mut ballots: Vec<(SubmittedBallot, Disposition)> =
        (0..9).map(|voter| (cast(&context, voter, &[1, 0, 0, 0, 0]), Disposition::Cast)).collect();
    ballots[3].0.signature.response += Scalar::ONE;
    ballots[5].1 = Disposition::Challenge;
    ballots[8].0.signature.nonce = EncodedPoint::IDENTITY;
    let results = SubmittedBallot::authenticate_all(election, ballots, &mut rng(1));
    let bad: Vec<usize> = (0..9).filter(|index| results[*index].is_err()).collect();
    assert_eq!(bad, [3, 5, 8]);
}

/// Nonces from the seed alone would be the same in two proofs for one seed, and give u away once it is published.
#[test]
fn proof_nonces_do_not_come_from_the_seed() {
    let context = choose_one();
    let secret = credential(&context, 1);
    let make = |randomness: u64, entries: Vec<u64>| {
        let seed = BallotSeed::from_bytes([9; 32]);
        context.encrypt(&secret, 0, None, &seed, &[entries], &mut rng(randomness)).unwrap()
    };
    let (first, second) = (make(1, vec![1, 0, 0, 0, 0]), make(2, vec![1, 0, 0, 0, 0]));
    assert_eq!(first.ciphertexts, second.ciphertexts, "the seed decides the ciphertexts");
    assert_ne!(first.linear.t1, second.linear.t1);
    assert_ne!(first.range.a, second.range.a);
    // and with broken randomness, another statement still has other nonces
    let third = make(1, vec![0, 1, 0, 0, 0]);
    assert_ne!(first.linear.t1, third.linear.t1);
    assert_ne!(first.range.a, third.range.a);
    let statement = |ballot: &Ballot| ballot.statement(context.manifest().id(), Disposition::Cast);
    let signatures = [&first, &third].map(|ballot| statement(ballot).sign(&secret, &mut rng(1)));
    assert_ne!(signatures[0].nonce, signatures[1].nonce);
}

#[test]
fn an_opening_for_other_choices_is_refused() {
    let context = choose_one();
    let secret = credential(&context, 1);
    let seed = BallotSeed::from_bytes([9; 32]);
    let ballot = context.encrypt(&secret, 0, None, &seed, &[vec![1, 0, 0, 0, 0]], &mut rng(1)).unwrap();
    let open = |seed: [u8; 32], entries: Vec<u64>| {
        context.check_opening(&ballot, &BallotSeed::from_bytes(seed).open(&[entries]))
    };
    assert!(open([9; 32], vec![1, 0, 0, 0, 0]).is_ok());
    assert_eq!(open([9; 32], vec![0, 1, 0, 0, 0]), Err(OpeningError::Mismatch));
    assert_eq!(open([8; 32], vec![1, 0, 0, 0, 0]), Err(OpeningError::Mismatch));
    assert!(matches!(open([9; 32], vec![1, 1, 0, 0, 0]), Err(OpeningError::Rules(_))));
}

#[test]
fn no_two_voters_and_no_two_attempts_share_a_tracking_code() {
    let context = choose_one();
    let election = context.manifest().id();
    let code = |voter: u64| cast(&context, voter, &[1, 0, 0, 0, 0]).ballot.tracking_code(election);
    assert_ne!(code(1), code(2));
    let secret = credential(&context, 1);
    let seed = || BallotSeed::from_bytes([9; 32]);
    let first = context.encrypt(&secret, 0, None, &seed(), &[vec![1, 0, 0, 0, 0]], &mut rng(1)).unwrap();
    let again = context
        .encrypt(
            &secret,
            0,
            Some((0, first.tracking_code(election))),
            &seed(),
            &[vec![1, 0, 0, 0, 0]],
            &mut rng(1),
        )
        .unwrap();
    assert_eq!(again.counter, 1);
    assert_ne!(first.tracking_code(election), again.tracking_code(election));
    assert_ne!(first.ciphertexts, again.ciphertexts, "a recast has randomness of its own even for one seed");
}

#[test]
fn a_range_proof_has_as_many_rounds_as_its_width_and_no_other_number() {
    let context = choose_one();
    let good = cast(&context, 1, &[0, 1, 0, 0, 0]).ballot;
    let mut shorter = good.clone();
    let last = shorter.range.rounds.pop().unwrap();
    let mut longer = good;
    longer.range.rounds.push(last);
    for changed in [shorter, longer] {
        let refused = verify(&context, &resigned(&context, 1, changed)).map(|_| ());
        assert_eq!(refused, Err(BallotError::ProofShape));
    }
}

/// Without equality claims nothing follows from T3 and z_w: a ballot that carries them has a second form.
#[test]
fn a_ballot_without_equality_claims_carries_no_proof_of_any() {
    let context = context(checked(vec![contest(Method::Choose { min: 0, max: 2 }, 2, false)]));
    let good = cast(&context, 1, &[0, 1]).ballot;
    assert_eq!(good.linear.equality, None);
    assert!(verify(&context, &resigned(&context, 1, good.clone())).is_ok());
    let mut changed = good;
    changed.linear.equality = Some((Point::BASE.encode(), Scalar::ONE));
    let refused = verify(&context, &resigned(&context, 1, changed)).map(|_| ());
    assert_eq!(refused, Err(BallotError::ProofShape));
}

#[test]
fn a_ballot_has_as_many_ciphertexts_as_its_style_entries_and_its_style_exists() {
    let context = choose_one();
    let good = cast(&context, 1, &[0, 1, 0, 0, 0]).ballot;
    let refused = |change: fn(&mut Ballot)| {
        let mut changed = good.clone();
        change(&mut changed);
        verify(&context, &resigned(&context, 1, changed)).map(|_| ()).unwrap_err()
    };
    assert_eq!(refused(|ballot| ballot.style = 1), BallotError::Style);
    assert_eq!(refused(|ballot| ballot.ciphertexts.truncate(4)), BallotError::Length);
    assert_eq!(refused(|ballot| ballot.ciphertexts.push(ballot.ciphertexts[0])), BallotError::Length);
    assert_eq!(refused(|ballot| ballot.ciphertexts.clear()), BallotError::Length);
}

/// Batches are independent jobs: none may be larger than a product should be, and none need be smaller.
#[test]
fn ballots_are_split_into_batches_as_large_as_a_product_may_be() {
    use crate::proofs::batch::MAX_BATCH_TERMS;
    // four claims of eight bits: 2*4 + 4 + 2*5 + 3 terms, of which 640 are as many as a product may have
    let context = context(checked(vec![contest(Method::ChooseOne, 3, true)]));
    let terms = context.terms(0);
    assert_eq!((terms, MAX_BATCH_TERMS / terms * terms), (25, MAX_BATCH_TERMS));
    let ballot = resigned(&context, 1, cast(&context, 1, &[0, 1, 0, 0]).ballot);
    let sizes = |ballots: usize| {
        let ballots = vec![ballot.clone(); ballots];
        let batches = context.batches(&ballots);
        assert_eq!(batches.iter().map(|batch| batch.len()).sum::<usize>(), ballots.len());
        batches.iter().map(|batch| batch.len()).collect::<Vec<_>>()
    };
    let full = MAX_BATCH_TERMS / terms;
    assert_eq!((sizes(0), sizes(1)), (vec![], vec![1]));
    assert_eq!((sizes(full - 1), sizes(full)), (vec![full - 1], vec![full]));
    assert_eq!((sizes(full + 1), sizes(2 * full + 1)), (vec![full, 1], vec![full, full, 1]));
}

#[test]
fn the_linear_proof_follows_on_every_scalar_of_the_range_proof() {
    let context = choose_one();
    let ballot = cast(&context, 1, &[0, 1, 0, 0, 0]).ballot;
    let challenge = |change: fn(&mut Ballot)| {
        let mut changed = ballot.clone();
        change(&mut changed);
        let head = BallotHead { credential: ballot.credential, style: 0, counter: 0, previous: None };
        let mut transcript = context.transcript(&head, &ballot.ciphertexts);
        changed.range.absorb_last_scalars(&mut transcript);
        transcript.challenge("next")
    };
    let whole = challenge(|_| ());
    assert_ne!(challenge(|ballot| ballot.range.ipp_a += Scalar::ONE), whole);
    assert_ne!(challenge(|ballot| ballot.range.ipp_b += Scalar::ONE), whole);
}

#[test]
fn a_recast_ballot_is_bound_to_its_place_and_to_the_ballot_before_it() {
    let context = choose_one();
    let secret = credential(&context, 1);
    let [before, other] = ["before", "other"].map(|name| TrackingCode(hash(name, &[])));
    let seed = BallotSeed::generate(&mut rng(2));
    let behind = |code| {
        let entries = [vec![0, 1, 0, 0, 0]];
        context.encrypt(&secret, 0, Some((0, code)), &seed, &entries, &mut rng(3)).unwrap()
    };
    let recast = behind(before);
    let verified = verify(&context, &resigned(&context, 1, recast.clone())).unwrap();
    assert_eq!((verified.counter(), verified.previous()), (1, Some(before)));
    let third = context.encrypt(&secret, 0, Some((1, before)), &seed, &[vec![0, 1, 0, 0, 0]], &mut rng(3));
    assert_eq!(verify(&context, &resigned(&context, 1, third.unwrap())).unwrap().counter(), 2);
    let points: Vec<EncodedPoint> = recast.ciphertexts.iter().map(|pair| pair.d).collect();
    assert_eq!((verified.first_points(), verified.ciphertexts().len()), (points.as_slice(), 5));

    let refused =
        |changed: Ballot| verify(&context, &resigned(&context, 1, changed)).map(|_| ()).unwrap_err();
    for unproven in
        [Ballot { previous: Some(other), ..recast.clone() }, Ballot { counter: 2, ..recast.clone() }]
    {
        let error = refused(unproven);
        assert!(matches!(error, BallotError::RangeProof | BallotError::LinearProof), "{error}");
    }
    assert_eq!(refused(Ballot { previous: None, ..recast.clone() }), BallotError::Previous);
    assert_eq!(refused(Ballot { counter: 0, ..recast.clone() }), BallotError::Previous);
    // and so is its randomness: one seed makes no D twice
    let elsewhere = behind(other);
    assert!(recast.ciphertexts.iter().zip(&elsewhere.ciphertexts).all(|(one, two)| one.d != two.d));
}

#[test]
fn a_voucher_stands_for_one_ballot_signature_decision_and_key() {
    let context = choose_one();
    let election = context.manifest().id();
    let submitted = cast(&context, 1, &[0, 1, 0, 0, 0]);
    let authentic = submitted.clone().authenticate(election, Disposition::Cast).unwrap();
    let verified = verify(&context, &authentic).unwrap();
    let trusted = TrustedVouchers::made_on_this_device([verified.voucher()]);
    let taken = context.verified_by_voucher(&submitted, Disposition::Cast, &trusted).unwrap();
    assert_eq!(format!("{taken:?}"), format!("{verified:?}"), "the same in every field");

    let vouched = |context: &BallotContext, ballot: &SubmittedBallot, disposition| {
        context.verified_by_voucher(ballot, disposition, &trusted).is_some()
    };
    assert!(vouched(&context, &submitted, Disposition::Cast));
    assert!(!vouched(&context, &submitted, Disposition::Challenge), "another decision");
    assert!(!vouched(&context, &cast(&context, 2, &[0, 1, 0, 0, 0]), Disposition::Cast), "another ballot");
    let length = codec::encode(&submitted).len();
    let mut changed = 0;
    for at in 0..length {
        let mut bytes = codec::encode(&submitted);
        bytes[at] ^= 1;
        if let Ok(other) = codec::decode_bounded::<SubmittedBallot>(&bytes, length) {
            assert!(!vouched(&context, &other, Disposition::Cast), "byte {at}");
            changed += 1;
        }
    }
    assert!(changed > length / 2);
    let key = ElectionKey::new(Point::base_times(&Scalar::from(9u64))).unwrap();
    let other_key = BallotContext::new(context.manifest().clone(), key);
    assert!(!vouched(&other_key, &submitted, Disposition::Cast), "another key");
    let mut manifest = context.manifest().manifest().clone();
    manifest.nonce = [8; 16];
    let other_election = BallotContext::new(Arc::new(manifest.check().unwrap()), context.key().clone());
    assert!(!vouched(&other_election, &submitted, Disposition::Cast), "another election");
    let none = TrustedVouchers::default();
    assert!(context.verified_by_voucher(&submitted, Disposition::Cast, &none).is_none());
}

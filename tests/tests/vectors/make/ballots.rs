//! Ballots of every method, each made anew from credential, seed and selections; each part of a ballot changed, and signed
//! again by its voter, so that a proof and not the signature must refuse it; openings, codes, batches: sections 9 and 10.

use std::sync::Arc;

use serde_json::{Value, json};
use tabella_board_core::entry::{Entry, PublishedOpening};
use tabella_crypto::ballot::{Ballot, BallotContext, BallotSeed, Disposition, SubmittedBallot, TrackingCode};
use tabella_crypto::credential::{CredentialCode, CredentialSecret};
use tabella_crypto::fixtures::{checked, contest, context, credential, manifest as small};
use tabella_crypto::group::{EncodedPoint, Point, Scalar};
use tabella_crypto::manifest::Contest;
use tabella_crypto::proofs::credential::CredentialStatement;
use tabella_crypto::rules::Method;
use tabella_crypto::transcript::Digest;

use super::{Maker, flipped, with};
use crate::judge::{hexed, of_point, rng};
use crate::make::manifests::methods;
use crate::make::proofs::plus_order;

/// The files of this module.
pub fn all() -> Vec<Maker> {
    vec![ballot(), signatures(), batch(), opening(), codes()]
}

/// The seed of every ballot here.
const SEED: [u8; 32] = [8; 32];
/// The voter of every ballot here.
const VOTER: u64 = 1;

fn one(method: Method, options: usize, blank: bool) -> BallotContext {
    context(checked(vec![contest(method, options, blank)]))
}

fn encrypted(
    context: &BallotContext,
    previous: Option<(u16, TrackingCode)>,
    selections: &[Vec<u64>],
) -> Ballot {
    let (secret, seed) = (credential(context, VOTER), BallotSeed::from_bytes(SEED));
    let made = context.encrypt(&secret, 0, previous, &seed, selections, &mut rng(4));
    made.unwrap_or_else(|error| unreachable!("the selections are right: {error}"))
}

fn signed(context: &BallotContext, ballot: Ballot, disposition: Disposition) -> Entry {
    let election = context.manifest().id();
    let submitted = ballot.sign(election, disposition, &credential(context, VOTER), &mut rng(5));
    match disposition {
        Disposition::Cast => Entry::Cast(submitted),
        Disposition::Challenge => Entry::Challenge(submitted),
    }
}

fn input(context: &BallotContext, entry: &[u8]) -> Value {
    let (manifest, key) = (hexed(context.manifest().encode()), of_point(&context.key().point()));
    json!({ "manifest": manifest, "K": key, "entry": hexed(entry) })
}

fn cast(context: &BallotContext, ballot: Ballot) -> Value {
    input(context, &signed(context, ballot, Disposition::Cast).encode())
}

/// A vote of each of [`methods`].
fn votes() -> [Vec<u64>; 14] {
    [
        vec![0, 1, 0, 0],
        vec![0, 0, 1],
        vec![1, 1],
        vec![1, 0, 1, 0],
        vec![10, 3],
        vec![255, 0],
        vec![0, 0, 1],
        vec![300],
        vec![2, 3],
        vec![1, 0, 0, 0, 0, 1, 0],
        vec![1, 0, 0, 1, 0, 0, 0],
        vec![0, 1, 0, 1, 0, 0, 0],
        vec![0, 1, 1, 0, 0],
        vec![0, 1, 0, 0, 0, 1, 1, 0, 0, 0],
    ]
}

/// With everything from which the ciphertexts can be made again.
fn with_secrets(mut input: Value, context: &BallotContext, selections: &[Vec<u64>]) -> Value {
    let code = CredentialCode::generate(&mut rng(VOTER));
    input["secrets"] = json!({
        "code": code.reveal().expose().as_str(),
        "seed": hexed(SEED),
        "selections": selections,
        "election": hexed(context.manifest().id().0.0),
    });
    input
}

type Change = (&'static str, fn(&mut Ballot));

fn other(point: &mut EncodedPoint) {
    let decoded = point.decode().unwrap_or_else(|_| Point::identity());
    *point = (decoded + Point::BASE).encode();
}

fn negated(point: &mut EncodedPoint) {
    *point = (-point.decode().unwrap_or_else(|_| Point::identity())).encode();
}

fn add(scalar: &mut Scalar) {
    *scalar += Scalar::ONE;
}

/// Changes that proofs refuse, of a ballot of choose one of three with a blank vote.
fn changes() -> Vec<Change> {
    const NO_POINT: EncodedPoint = EncodedPoint([1; 32]);
    vec![
        ("another style", |b| b.style = 1),
        ("a counter and a previous ballot", |b| {
            b.counter = 1;
            b.previous = Some(TrackingCode(Digest([5; 32])));
        }),
        ("another D", |b| other(&mut b.ciphertexts[0].d)),
        ("another C", |b| other(&mut b.ciphertexts[3].c)),
        ("D negated", |b| negated(&mut b.ciphertexts[1].d)),
        ("C negated", |b| negated(&mut b.ciphertexts[1].c)),
        ("D and C of one swapped", |b| {
            b.ciphertexts[0] =
                tabella_crypto::elgamal::EncodedCiphertext { d: b.ciphertexts[0].c, c: b.ciphertexts[0].d };
        }),
        ("two ciphertexts swapped", |b| b.ciphertexts.swap(0, 1)),
        ("a ciphertext missing", |b| b.ciphertexts.truncate(3)),
        ("a ciphertext too many", |b| b.ciphertexts.push(b.ciphertexts[0])),
        ("no ciphertexts", |b| b.ciphertexts.clear()),
        ("D the identity", |b| b.ciphertexts[0].d = EncodedPoint::IDENTITY),
        ("C the identity", |b| b.ciphertexts[0].c = EncodedPoint::IDENTITY),
        ("D no point", |b| b.ciphertexts[0].d = EncodedPoint([255; 32])),
        ("C no point", |b| b.ciphertexts[3].c = NO_POINT),
        ("another A", |b| other(&mut b.range.a)),
        ("another S", |b| other(&mut b.range.s)),
        ("A negated", |b| negated(&mut b.range.a)),
        ("A and S swapped", |b| std::mem::swap(&mut b.range.a, &mut b.range.s)),
        ("another T_1", |b| other(&mut b.range.t1)),
        ("another T_2", |b| other(&mut b.range.t2)),
        ("T_1 and T_2 swapped", |b| std::mem::swap(&mut b.range.t1, &mut b.range.t2)),
        ("A the identity", |b| b.range.a = EncodedPoint::IDENTITY),
        ("S the identity", |b| b.range.s = EncodedPoint::IDENTITY),
        ("T_1 the identity", |b| b.range.t1 = EncodedPoint::IDENTITY),
        ("T_2 the identity", |b| b.range.t2 = EncodedPoint::IDENTITY),
        ("A no point", |b| b.range.a = NO_POINT),
        ("S no point", |b| b.range.s = NO_POINT),
        ("T_1 no point", |b| b.range.t1 = NO_POINT),
        ("T_2 no point", |b| b.range.t2 = NO_POINT),
        ("another t_x", |b| add(&mut b.range.t_x)),
        ("another t_x_blinding", |b| add(&mut b.range.t_x_blinding)),
        ("another e_blinding", |b| add(&mut b.range.e_blinding)),
        ("t_x and t_x_blinding swapped", |b| std::mem::swap(&mut b.range.t_x, &mut b.range.t_x_blinding)),
        ("another L in the first round", |b| other(&mut b.range.rounds[0].0)),
        ("another R in the last round", |b| other(&mut b.range.rounds[4].1)),
        ("L the identity", |b| b.range.rounds[2].0 = EncodedPoint::IDENTITY),
        ("R the identity", |b| b.range.rounds[2].1 = EncodedPoint::IDENTITY),
        ("L no point", |b| b.range.rounds[1].0 = NO_POINT),
        ("R no point", |b| b.range.rounds[1].1 = NO_POINT),
        ("L and R of a round swapped", |b| b.range.rounds[3] = (b.range.rounds[3].1, b.range.rounds[3].0)),
        ("two rounds swapped", |b| b.range.rounds.swap(0, 1)),
        ("a round missing", |b| b.range.rounds.truncate(4)),
        ("a round too many", |b| b.range.rounds.push(b.range.rounds[0])),
        ("no rounds", |b| b.range.rounds.clear()),
        ("another a", |b| add(&mut b.range.ipp_a)),
        ("another b", |b| add(&mut b.range.ipp_b)),
        ("a and b swapped", |b| std::mem::swap(&mut b.range.ipp_a, &mut b.range.ipp_b)),
        ("a and b negated", |b| {
            b.range.ipp_a = -b.range.ipp_a;
            b.range.ipp_b = -b.range.ipp_b;
        }),
        ("another T1", |b| other(&mut b.linear.t1)),
        ("another T2", |b| other(&mut b.linear.t2)),
        ("T1 and T2 swapped", |b| std::mem::swap(&mut b.linear.t1, &mut b.linear.t2)),
        ("T1 the identity", |b| b.linear.t1 = EncodedPoint::IDENTITY),
        ("T2 the identity", |b| b.linear.t2 = EncodedPoint::IDENTITY),
        ("T1 no point", |b| b.linear.t1 = NO_POINT),
        ("T2 no point", |b| b.linear.t2 = NO_POINT),
        ("another T3", |b| b.linear.equality.iter_mut().for_each(|(t3, _)| other(t3))),
        ("T3 the identity", |b| {
            b.linear.equality.iter_mut().for_each(|(t3, _)| *t3 = EncodedPoint::IDENTITY)
        }),
        ("T3 no point", |b| b.linear.equality.iter_mut().for_each(|(t3, _)| *t3 = NO_POINT)),
        ("no equality proof", |b| b.linear.equality = None),
        ("another z_w", |b| b.linear.equality.iter_mut().for_each(|(_, z)| add(z))),
        ("another z_r", |b| add(&mut b.linear.z_r)),
        ("another z_v", |b| add(&mut b.linear.z_v)),
        ("z_r and z_v swapped", |b| std::mem::swap(&mut b.linear.z_r, &mut b.linear.z_v)),
        ("z_v of 0", |b| b.linear.z_v = Scalar::ZERO),
    ]
}

fn ballot() -> Maker {
    let mut maker = Maker::new(
        "ballot",
        "9.1 to 9.6",
        "Whole ballots of every method with the secrets they were made of, and every part of one changed.",
    );
    for ((name, method, options, blank), vote) in methods().into_iter().zip(votes()) {
        let context = one(method, options, blank);
        let selections = [vote];
        let ballot = encrypted(&context, None, &selections);
        maker.good(name, "ballot", with_secrets(cast(&context, ballot), &context, &selections));
    }
    let contests = |kinds: &[(Method, usize, bool)]| -> Vec<Contest> {
        kinds.iter().map(|(method, options, blank)| contest(method.clone(), *options, *blank)).collect()
    };
    let three = context(checked(contests(&[
        (Method::Score { max: 300 }, 2, false),
        (Method::Choose { min: 1, max: 2 }, 3, true),
        (Method::Rank, 2, true),
    ])));
    let selections = [vec![300, 7], vec![1, 0, 1, 0], vec![0, 1, 1, 0, 0]];
    let previous = Some((0, TrackingCode(Digest([5; 32]))));
    let recast = encrypted(&three, previous, &selections);
    maker.good(
        "three contests, a recast",
        "ballot",
        with_secrets(cast(&three, recast.clone()), &three, &selections),
    );
    let first = encrypted(&three, None, &selections);
    maker.good(
        "three contests, a first ballot",
        "ballot",
        with_secrets(cast(&three, first), &three, &selections),
    );

    let choose_one = one(Method::ChooseOne, 3, true);
    let selections = [vec![0, 1, 0, 0]];
    let good = encrypted(&choose_one, None, &selections);
    let tested = signed(&choose_one, good.clone(), Disposition::Challenge).encode();
    maker.good(
        "a ballot that is tested",
        "ballot",
        with_secrets(input(&choose_one, &tested), &choose_one, &selections),
    );
    for (name, change) in changes() {
        let mut ballot = good.clone();
        change(&mut ballot);
        maker.bad(format!("choose one: {name}"), "ballot", "6.3", cast(&choose_one, ballot));
    }
    let mut previous_alone = good.clone();
    previous_alone.previous = Some(TrackingCode(Digest([5; 32])));
    maker.bad(
        "choose one: a previous ballot before the first",
        "ballot",
        "6.5",
        cast(&choose_one, previous_alone),
    );
    let mut counter_alone = good.clone();
    counter_alone.counter = 1;
    maker.bad(
        "choose one: a second ballot without a previous one",
        "ballot",
        "6.5",
        cast(&choose_one, counter_alone),
    );

    // of the recast, whose width is 16 and whose proof has nine rounds
    let mut changed = |name: &str, change: fn(&mut Ballot)| {
        let mut ballot = recast.clone();
        change(&mut ballot);
        maker.bad(format!("three contests: {name}"), "ballot", "6.3", cast(&three, ballot));
    };
    changed("another previous ballot", |b| b.previous = Some(TrackingCode(Digest([6; 32]))));
    changed("another counter", |b| b.counter = 2);
    changed("entries of two contests swapped", |b| b.ciphertexts.swap(1, 2));
    changed("another T3", |b| b.linear.equality.iter_mut().for_each(|(t3, _)| other(t3)));
    changed("another e_blinding", |b| add(&mut b.range.e_blinding));
    changed("another R in the last round", |b| other(&mut b.range.rounds[8].1));

    // without equality claims there is no equality proof
    let score = one(Method::Score { max: 10 }, 2, false);
    let mut with_equality = encrypted(&score, None, &[vec![10, 3]]);
    with_equality.linear.equality = good.linear.equality;
    maker.bad("score: an equality proof where no claims are", "ballot", "6.3", cast(&score, with_equality));

    // the same ballot in other places
    let mut elsewhere = small(vec![contest(Method::ChooseOne, 3, true)], &[&[0]]);
    elsewhere.nonce = [8; 16];
    if let Ok(elsewhere) = elsewhere.check() {
        let elsewhere = context(Arc::new(elsewhere));
        let secret = credential(&choose_one, VOTER);
        let again = good.clone().sign(elsewhere.manifest().id(), Disposition::Cast, &secret, &mut rng(5));
        let entry = Entry::Cast(again).encode();
        maker.bad(
            "a ballot of another election, signed for this",
            "ballot",
            "6.3",
            input(&elsewhere, &entry),
        );
    }
    let another_key =
        with(&cast(&choose_one, good.clone()), "K", of_point(&Point::base_times(&Scalar::from(7_u64))));
    maker.bad("a ballot under another election key", "ballot", "6.3", another_key);
    let thief = credential(&choose_one, 2);
    let mut stolen = good.clone();
    stolen.credential = thief.public();
    let stolen = stolen.sign(choose_one.manifest().id(), Disposition::Cast, &thief, &mut rng(6));
    maker.bad(
        "another voter's ballot, under a credential of one's own",
        "ballot",
        "6.3",
        input(&choose_one, &Entry::Cast(stolen).encode()),
    );
    // another ballot that was rerandomised: C + K and D + B hold the same vote
    let mut again = good.clone();
    for ciphertext in &mut again.ciphertexts {
        other(&mut ciphertext.d);
        let c = ciphertext.c.decode().unwrap_or_else(|_| Point::identity());
        ciphertext.c = (c + choose_one.key().point()).encode();
    }
    maker.bad("choose one: encrypted again with other randomness", "ballot", "6.3", cast(&choose_one, again));

    let entry = signed(&choose_one, good, Disposition::Cast).encode();
    let mut broken =
        |name: &str, entry: Vec<u8>| maker.bad(name, "ballot", "1.5", input(&choose_one, &entry));
    broken("a byte left over", [&entry[..], &[0]].concat());
    broken("cut short by a byte", entry[..entry.len() - 1].to_vec());
    broken("2 as the tag of previous", flipped(&entry, 1 + 36, 2));
    broken("2^32 − 1 as the number of ciphertexts", [&entry[..38], &[0xff; 4], &entry[42..]].concat());
    let t_x = 1 + 37 + 4 + 4 * 64 + 4 * 32;
    for (name, at) in [
        ("t_x", t_x),
        ("e_blinding", t_x + 64),
        ("a", t_x + 96 + 4 + 5 * 64),
        ("z_w", entry.len() - 64 - 96),
        ("z_v", entry.len() - 64 - 32),
        ("z", entry.len() - 32),
    ] {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&entry[at..at + 32]);
        let sum = plus_order(&bytes);
        let sum = hex::decode(sum.as_str().unwrap_or_default()).unwrap_or_default();
        broken(
            &format!("{name} + l in the place of {name}"),
            [&entry[..at], &sum, &entry[at + 32..]].concat(),
        );
    }
    maker
}

fn signatures() -> Maker {
    let mut maker =
        Maker::new("voter-signature", "9.2, 9.3", "The voter's signature over tracking code and decision.");
    let context = one(Method::Choose { min: 0, max: 1 }, 1, false);
    let ballot = encrypted(&context, None, &[vec![1]]);
    let good = signed(&context, ballot.clone(), Disposition::Cast).encode();
    let input = |entry: &[u8]| input(&context, entry);
    maker.good("a ballot that is cast", "ballot", input(&good));
    let tested = signed(&context, ballot.clone(), Disposition::Challenge).encode();
    maker.good("the same ballot, tested", "ballot", input(&tested));
    let mut refuse = |name: &str, entry: Vec<u8>| maker.bad(name, "ballot", "6.2", input(&entry));
    refuse("signed as cast, sent as tested", flipped(&good, 0, 1));
    refuse("signed as tested, sent as cast", flipped(&tested, 0, 1));
    let (z, t4) = (good.len() - 32, good.len() - 64);
    refuse("z with its first bit changed", flipped(&good, z, 1));
    refuse("another T4", [&good[..t4], &Point::BASE.encode().0, &good[z..]].concat());
    refuse("T4 the identity", [&good[..t4], &[0; 32], &good[z..]].concat());
    refuse("T4 no point", [&good[..t4], &[1; 32], &good[z..]].concat());
    refuse("the signature of the tested ballot under the cast one", [&good[..t4], &tested[t4..]].concat());
    refuse("another U", [&good[..1], &Point::BASE.encode().0, &good[33..]].concat());
    refuse("U the identity", [&good[..1], &[0; 32], &good[33..]].concat());
    refuse("U no point", [&good[..1], &[1; 32], &good[33..]].concat());
    refuse("a byte of the ciphertexts changed after signing", flipped(&good, 43, 2));
    refuse("a byte of the proofs changed after signing", flipped(&good, t4 - 32, 1));
    // U, T4 and z all 0: 0 = 0 + e'·0
    refuse("U and T4 the identity and z of 0", [&good[..1], &[0; 32], &good[33..t4], &[0; 64]].concat());
    let id = context.manifest().id();
    let secret = credential(&context, VOTER);
    let sign = |code: TrackingCode, election| {
        let statement = CredentialStatement {
            election,
            credential: secret.public(),
            code,
            act: tabella_crypto::proofs::credential::CredentialAct::Cast,
        };
        let signature = statement.sign(&secret, &mut rng(7));
        Entry::Cast(SubmittedBallot { ballot: ballot.clone(), signature }).encode()
    };
    refuse("signed for another code", sign(TrackingCode(Digest([9; 32])), id));
    let elsewhere = tabella_crypto::manifest::ElectionId(Digest([9; 32]));
    refuse("signed for another election", sign(ballot.tracking_code(id), elsewhere));
    let stranger = credential(&context, 2);
    let signed = ballot.sign(id, Disposition::Cast, &stranger, &mut rng(8));
    refuse("signed with another voter's secret", Entry::Cast(signed).encode());
    maker
}

fn batch() -> Maker {
    let mut maker = Maker::new("ballot-batch", "9.7", "Several ballots, of which one bad one must be found.");
    let context = one(Method::Choose { min: 0, max: 1 }, 2, false);
    let ballot = |voter: u64, vote: [u64; 2]| {
        let (secret, seed) = (credential(&context, voter), BallotSeed::from_bytes([voter as u8; 32]));
        let ballot = context.encrypt(&secret, 0, None, &seed, &[vote.to_vec()], &mut rng(voter));
        (ballot.unwrap_or_else(|_| unreachable!("the votes are right")), secret)
    };
    let sign = |(ballot, secret): (Ballot, CredentialSecret)| {
        Entry::Cast(ballot.sign(context.manifest().id(), Disposition::Cast, &secret, &mut rng(9))).encode()
    };
    let input = |entries: Vec<Vec<u8>>| {
        let entries: Vec<Value> = entries.iter().map(hexed).collect();
        let mut input = input(&context, &[]);
        input["entries"] = json!(entries);
        if let Some(fields) = input.as_object_mut() {
            fields.remove("entry");
        }
        input
    };
    let votes = [[1, 0], [0, 1], [0, 0]];
    let three: Vec<Vec<u8>> = (1..).zip(votes).map(|(voter, vote)| sign(ballot(voter, vote))).collect();
    maker.good("none", "ballots", input(vec![]));
    maker.good("three", "ballots", input(three.clone()));
    maker.good("one of them twice", "ballots", input(vec![three[0].clone(), three[0].clone()]));
    for (index, place) in ["first", "second", "third"].into_iter().enumerate() {
        let mut changed = ballot(index as u64 + 1, votes[index]);
        add(&mut changed.0.linear.z_v);
        let mut entries = three.clone();
        entries[index] = sign(changed);
        maker.bad(format!("the {place} with another z_v"), "ballots", "6.3", input(entries));
        let mut entries = three.clone();
        let last = entries[index].len() - 32;
        entries[index] = flipped(&entries[index], last, 1);
        maker.bad(format!("the {place} with another z"), "ballots", "6.2", input(entries));
    }
    // errors that cancel where all equations have the same weight
    let (mut one, mut two) = (ballot(1, votes[0]), ballot(2, votes[1]));
    one.0.linear.z_v += Scalar::ONE;
    two.0.linear.z_v = two.0.linear.z_v - Scalar::ONE;
    let entries = vec![sign(one), sign(two)];
    maker.bad("two with errors that add up to nothing", "ballots", "6.3", input(entries));
    let z = three[0].len() - 32;
    let read = |entry: &[u8]| {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&entry[z..]);
        Scalar::decode(&bytes).unwrap_or(Scalar::ZERO)
    };
    let moved = |entry: &[u8], by: Scalar| [&entry[..z], &(read(entry) + by).encode()[..]].concat();
    let entries = vec![moved(&three[0], Scalar::ONE), moved(&three[1], -Scalar::ONE)];
    maker.bad("two signatures with errors that add up to nothing", "ballots", "6.2", input(entries));
    maker
}

fn opening() -> Maker {
    let mut maker =
        Maker::new("opening", "9.8", "Openings of tested ballots, published under a voter's signature.");
    let context = context(checked(vec![
        contest(Method::ChooseOne, 2, true),
        contest(Method::Score { max: 10 }, 1, false),
    ]));
    let selections = [vec![0, 1, 0], vec![7]];
    let ballot = encrypted(&context, None, &selections);
    let challenge = signed(&context, ballot, Disposition::Challenge).encode();
    let (id, secret) = (context.manifest().id(), credential(&context, VOTER));
    let publish = |seed: [u8; 32], selections: &[Vec<u64>], number: u64, signer: &CredentialSecret| {
        let opening = BallotSeed::from_bytes(seed).open(selections);
        let statement = CredentialStatement::publication(id, signer.public(), number, &opening);
        let signature = statement.sign(signer, &mut rng(10));
        Entry::Opening(PublishedOpening { challenge: number, opening, signature }).encode()
    };
    let input = |entry: &[u8]| {
        let mut input = input(&context, entry);
        input["challenge"] = hexed(&challenge);
        input
    };
    let good = publish(SEED, &selections, 40, &secret);
    maker.good("an opening", "opening", input(&good));
    maker.good(
        "an opening of the entry 2^64 − 1",
        "opening",
        input(&publish(SEED, &selections, u64::MAX, &secret)),
    );
    let mut refuse = |name: &str, entry: Vec<u8>| maker.bad(name, "opening", "6.8", input(&entry));
    refuse("another seed", publish([9; 32], &selections, 40, &secret));
    for (name, other) in [
        ("another choice", vec![vec![1, 0, 0], vec![7]]),
        ("other points", vec![vec![0, 1, 0], vec![8]]),
        ("two choices", vec![vec![1, 1, 0], vec![7]]),
        ("points above the most", vec![vec![0, 1, 0], vec![11]]),
        ("an entry missing", vec![vec![0, 1], vec![7]]),
        ("an entry too many", vec![vec![0, 1, 0, 0], vec![7]]),
        ("the entries in one contest", vec![vec![0, 1, 0, 7]]),
        ("a contest missing", vec![vec![0, 1, 0]]),
        ("a contest too many", vec![vec![0, 1, 0], vec![7], vec![]]),
        ("no contests", vec![]),
        ("contests swapped", vec![vec![7], vec![0, 1, 0]]),
    ] {
        refuse(name, publish(SEED, &other, 40, &secret));
    }
    refuse("signed by another voter", publish(SEED, &selections, 40, &credential(&context, 2)));
    refuse("another index than was signed", flipped(&good, 1, 1));
    let (t4, z) = (good.len() - 64, good.len() - 32);
    refuse("z with its first bit changed", flipped(&good, z, 1));
    refuse("T4 the identity", [&good[..t4], &[0; 32], &good[z..]].concat());
    refuse("T4 no point", [&good[..t4], &[1; 32], &good[z..]].concat());
    refuse("the signature of the tested ballot", [&good[..t4], &challenge[challenge.len() - 64..]].concat());
    let mut broken = |name: &str, entry: Vec<u8>| maker.bad(name, "opening", "1.5", input(&entry));
    broken("a byte left over", [&good[..], &[0]].concat());
    broken("cut short by a byte", good[..good.len() - 1].to_vec());
    broken("z that is no scalar", [&good[..z], &[0xff; 32]].concat());
    maker
}

fn codes() -> Maker {
    let mut maker =
        Maker::new("credential", "10, 16.3", "Codes, identities, and the parts that share a verification.");
    let code = |code: &str| json!({ "code": code, "election": hexed([1; 32]) });
    let operation = "credential-code";
    for (name, text) in [
        ("a code", "ZKZZS-THGWT-6VQTS-0QQ74-7XCXW"),
        ("the code without hyphens", "ZKZZSTHGWT6VQTS0QQ747XCXW"),
        ("the code in lower case, with spaces", " zkzzs thgwt 6vqts 0qq74 7xcxw "),
        ("the code with O for 0", "ZKZZS-THGWT-6VQTS-OQQ74-7XCXW"),
        ("a code of zeros", "00001-00002-00003-00004-00005"),
        ("the same with O, I and L", "OOOOI-00002-00003-00004-ooo05"),
    ] {
        maker.good(name, operation, code(text));
    }
    let elsewhere = json!({ "code": "ZKZZS-THGWT-6VQTS-0QQ74-7XCXW", "election": hexed([2; 32]) });
    maker.good("the code in another election", operation, elsewhere);
    for (name, text) in [
        ("no code", ""),
        ("a symbol wrong", "ZKZZT-THGWT-6VQTS-0QQ74-7XCXW"),
        ("two symbols swapped", "KZZZS-THGWT-6VQTS-0QQ74-7XCXW"),
        ("two groups swapped", "THGWT-ZKZZS-6VQTS-0QQ74-7XCXW"),
        ("a symbol missing", "ZKZZS-THGWT-6VQTS-0QQ74-7XCX"),
        ("a symbol too many", "ZKZZS-THGWT-6VQTS-0QQ74-7XCXWW"),
        ("a U, which is no symbol", "ZKZZS-THGWT-6VQTS-0QQ74-7XCXU"),
        ("a full stop between groups", "ZKZZS.THGWT-6VQTS-0QQ74-7XCXW"),
        ("four groups", "ZKZZS-THGWT-6VQTS-0QQ74"),
    ] {
        maker.against(name, operation, "10.1", code(text));
    }
    for (name, salt, identity) in
        [("Ada", 1, "Ada"), ("Ada with another salt", 2, "Ada"), ("nobody", 1, ""), ("Zoë", 1, "Zoë")]
    {
        let input = json!({ "salt": hexed([salt; 32]), "identity": identity });
        maker.good(format!("the identity of {name}"), "identity", input);
    }
    let u = "b8f6bd5b25d67d13a403b32b6ec65d352d764644dbe4300868cc6aabe48c040e";
    let election = "5a07b7eb67b128c91409209f4a1407889ffa2f8d1fba4d9a51708d64c3fc79bc";
    for of in [1, 2, 3, 7, 1000] {
        maker.good(
            format!("the part of a voter, of {of}"),
            "part",
            json!({ "election": election, "U": u, "of": of }),
        );
    }
    maker.against(
        "the part of a voter, of none",
        "part",
        "16.3",
        json!({ "election": election, "U": u, "of": 0 }),
    );
    maker
}

//! From the closing to the last result.

use super::*;

pub fn tally(maker: &mut Maker, log: &'static str, e: &mut SmallElection) {
    let good = e.statement(1);
    let change = |e: &SmallElection, f: &dyn Fn(&mut TallyView)| {
        resigned(e, &good, |m| {
            if let TrusteeMessage::Statement(view) = m {
                f(view);
            }
        })
    };
    let share = e.decryption(1, 0);
    let mut at = Place::new(maker, log, e, "voting is closed");
    at.good("a statement", &good);
    at.bad("a statement of another size", "8.3", &change(e, &|v| v.size -= 1));
    at.bad("a statement of another root", "8.3", &change(e, &|v| v.root.0[0] ^= 1));
    at.bad("a statement of another aggregate", "8.1", &change(e, &|v| v.aggregate.0[0] ^= 1));
    let by_another = TrusteeEntry::sign(e.manifest.id(), 1, message(&good).1, &e.trustees[1].signing_key());
    at.bad("a statement signed by another trustee", "3.2", &Entry::Trustee(by_another));
    at.bad("a share before a statement", "8.4", &share);
    at.bad("withheld, which is not due", "8.2", &Entry::Withheld(Withheld { contest: 1 }));
    at.bad(
        "a message of the ceremony",
        "3.3",
        &e.trustee(1, TrusteeMessage::CommitmentHash { attempt: 0, hash: Digest([1; 32]) }),
    );
    e.push(good.clone());
    Place::new(maker, log, e, "a statement stands").bad("the statement again", "8.3", &good);
    e.push(e.statement(3));
    decryptions(maker, log, e, &share);
    results(maker, log, e);
}

pub fn decryptions(maker: &mut Maker, log: &'static str, e: &mut SmallElection, good: &Entry) {
    let change = |f: &dyn Fn(&mut u16, &mut tabella_crypto::threshold::decrypt::DecryptionShares)| {
        resigned(e, good, |m| {
            if let TrusteeMessage::Decryption { contest, shares } = m {
                f(contest, shares);
            }
        })
    };
    let other = e.state.tally().map(|tally| tally.view().aggregate);
    assert!(other.is_some(), "voting is closed");
    let mut at = Place::new(maker, log, e, "statements stand");
    at.good("a share", good);
    at.bad(
        "of another contest",
        "8.4",
        &change(&|contest, shares| {
            *contest = 1;
            shares.points.truncate(2);
        }),
    );
    at.bad("of a contest that does not exist", "8.4", &change(&|contest, _| *contest = 2));
    at.bad("a point too few", "8.4", &change(&|_, s| s.points.truncate(3)));
    at.bad("a point too many", "8.4", &change(&|_, s| s.points.push(Point::BASE)));
    at.bad("no points", "8.4", &change(&|_, s| s.points.clear()));
    at.bad("another point", "8.4", &change(&|_, s| s.points[0] += Point::BASE));
    at.bad("a point that is the identity", "8.4", &change(&|_, s| s.points[0] = Point::identity()));
    at.bad("two points swapped", "8.4", &change(&|_, s| s.points.swap(0, 1)));
    at.bad("T1 and T2 swapped", "8.4", &change(&|_, s| std::mem::swap(&mut s.proof.t1, &mut s.proof.t2)));
    at.bad("T1 the identity", "8.4", &change(&|_, s| s.proof.t1 = Point::identity()));
    at.bad("another z", "8.4", &change(&|_, s| s.proof.z += Scalar::ONE));
    at.bad("z negated", "8.4", &change(&|_, s| s.proof.z = -s.proof.z));
    at.bad("the share of another trustee", "8.4", &e.trustee(3, message(good).1));
    at.bad("a share of one without a statement", "8.4", &e.trustee(2, message(good).1));
    let bytes = good.encode();
    at.bytes("another signature", "3.2", &flipped(&bytes, bytes.len() - 1, 1));
    at.bytes("a point that is none", "1.5", &[&bytes[..9], &[1; 32], &bytes[41..]].concat());
    at.bytes("a byte left over", "1.5", &[&bytes[..], &[0]].concat());
    e.push(good.clone());
    Place::new(maker, log, e, "a share stands").bad("the share again", "8.4", good);
    let result = claimed(e, vec![0; 4]);
    Place::new(maker, log, e, "a share stands").bad(
        "a result with a share missing",
        "8.5",
        &Entry::Result(result),
    );
    for (trustee, contest) in [(3, 0), (1, 1), (3, 1)] {
        let entry = e.decryption(trustee, contest);
        e.push(entry);
    }
}

pub fn results(maker: &mut Maker, log: &'static str, e: &mut SmallElection) {
    let good = e.result(0, &[1, 3]);
    let change = |f: &dyn Fn(&mut ContestResult)| Entry::Result(mutated(&good, |result| f(result)));
    let mut at = Place::new(maker, log, e, "shares stand");
    at.good("a result", &Entry::Result(good.clone()));
    let with_outcome =
        |f: &dyn Fn(&mut Vec<u64>)| Entry::Result(claimed(e, mutated(&good.totals, |totals| f(totals))));
    at.bad("a total changed, with its outcome", "8.5", &with_outcome(&|totals| totals[0] += 1));
    at.bad("two totals swapped, with their outcome", "8.5", &with_outcome(&|totals| totals.swap(0, 2)));
    at.bad("a total too few", "8.5", &change(&|r| r.totals.truncate(3)));
    at.bad("a total too many", "8.5", &change(&|r| r.totals.push(0)));
    at.bad("trustees in another order", "8.5", &change(&|r| r.trustees.swap(0, 1)));
    at.bad("one trustee", "8.5", &change(&|r| r.trustees.truncate(1)));
    at.bad("three trustees", "8.5", &change(&|r| r.trustees = vec![1, 2, 3]));
    at.bad("a trustee twice", "8.5", &change(&|r| r.trustees = vec![1, 1]));
    at.bad("a trustee whose share does not stand", "8.5", &change(&|r| r.trustees = vec![1, 2]));
    at.bad("a trustee that is none", "8.5", &change(&|r| r.trustees = vec![1, 4]));
    at.bad("trustee 0", "8.5", &change(&|r| r.trustees = vec![0, 1]));
    at.bad("another one elected", "8.6", &change(&|r| r.outcome.elected = vec![1]));
    at.bad("nobody elected", "8.6", &change(&|r| r.outcome.elected.clear()));
    at.bad("another verdict", "8.6", &change(&|r| r.outcome.verdict = Verdict::Tie));
    at.bad("standings in another order", "8.6", &change(&|r| r.outcome.standings.swap(0, 1)));
    at.bad("another score", "8.6", &change(&|r| r.outcome.standings[0].score += 1));
    at.bad("another place", "8.6", &change(&|r| r.outcome.standings[1].place += 1));
    at.bad("one not qualified", "8.6", &change(&|r| r.outcome.standings[0].qualified = false));
    at.bad("of a contest that does not exist", "8.4 or 8.5", &change(&|r| r.contest = 2));
    at.bad("of the other contest", "8.5", &change(&|r| r.contest = 1));
    e.push(Entry::Result(good.clone()));
    let second = e.result(1, &[1, 3]);
    let mut at = Place::new(maker, log, e, "a result stands");
    at.bad("the result again", "8.5", &Entry::Result(good));
    at.good("the other result", &Entry::Result(second.clone()));
    e.push(Entry::Result(second));
    let mut at = Place::new(maker, log, e, "all is counted");
    at.good("a block", &Entry::Block(e.state.next_block(CLOSES)));
    at.bad("a statement", "8.3 or 3.3", &e.statement(2));
}

/// A result of contest 0 that somebody claims, with the outcome that its totals have.
fn claimed(e: &SmallElection, totals: Vec<u64>) -> ContestResult {
    let Some(weights) = e.state.tally().and_then(|tally| tally.weights(0)) else {
        unreachable!("voting is closed")
    };
    let outcome = Outcome::compute(&e.manifest.contests[0], &totals, weights);
    ContestResult { contest: 0, trustees: vec![1, 3], totals, outcome }
}

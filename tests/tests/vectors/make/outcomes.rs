//! Outcomes: section 15. Those of section 17.10, and the edges of each rule.

use serde_json::{Value, json};
use tabella_crypto::fixtures::contest;
use tabella_crypto::manifest::Contest;
use tabella_crypto::outcome::{Base, Fraction, Requirement, Ties};
use tabella_crypto::rules::Method;

use super::Maker;
use crate::judge::hexed;
use crate::make::manifests::of;

/// The files of this module.
pub fn all() -> Vec<Maker> {
    vec![outcome()]
}

fn input(contest: &Contest, totals: &[u64], counted: u64, roll: u64) -> Value {
    json!({ "manifest": hexed(of(vec![contest.clone()])), "contest": 0, "totals": totals, "counted": counted, "roll": roll })
}

fn outcome() -> Maker {
    let mut maker = Maker::new("outcome", "15", "From totals to standings, the elected and the verdict.");
    let one = |options| contest(Method::ChooseOne, options, true);
    let choose = |min, max, options, seats| {
        let mut contest = contest(Method::Choose { min, max }, options, true);
        contest.outcome.seats = seats;
        contest
    };
    let grades = |grades, options| contest(Method::Grades { grades }, options, true);
    let for_against = |max_for| contest(Method::ForAgainstAbstain { max_for }, 2, true);
    let mut good = |name: &str, contest: &Contest, totals: &[u64]| {
        maker.good(name, "outcome", input(contest, totals, 100, 200));
    };
    good("choose one of 3", &one(3), &[20, 45, 30, 5]);
    good("nobody has a vote", &one(3), &[0, 0, 0, 100]);
    good("two seats of 2 that tie for one", &choose(0, 2, 4, 1), &[40, 60, 40, 60, 0]);
    good("one seat sure, three tie for the second", &choose(0, 5, 5, 2), &[10, 50, 30, 30, 30, 0]);
    let mut listed = choose(0, 5, 5, 3);
    listed.outcome.ties = Ties::ListOrder;
    good("ties by the order of the list", &listed, &[10, 50, 30, 30, 30, 0]);
    good("a tie that fits the seats", &choose(0, 5, 5, 4), &[10, 50, 30, 30, 30, 0]);
    good("score", &contest(Method::Score { max: 10 }, 2, true), &[700, 701, 0]);
    good("points", &contest(Method::Cumulative { points: 5 }, 2, true), &[300, 200, 0]);
    good("for and against", &for_against(1), &[30, 60, 10, 40, 50, 10, 0]);
    good("rank", &contest(Method::Rank, 3, true), &[50, 20, 30, 30, 40, 30, 20, 40, 40, 0]);
    good("rank of one option", &contest(Method::Rank, 1, true), &[60, 40]);
    good("4 grades, decided by the tie-break", &grades(4, 2), &[20, 25, 30, 25, 51, 0, 0, 49, 0]);
    good("3 grades, p and q", &grades(3, 2), &[30, 39, 31, 40, 30, 30, 0]);
    good("3 grades that tie", &grades(3, 3), &[30, 40, 30, 10, 59, 31, 30, 40, 30, 0]);
    good("3 grades, p equal to q", &grades(3, 2), &[30, 40, 30, 29, 42, 29, 0]);
    good("grades by nobody", &grades(3, 2), &[0, 0, 0, 0, 0, 0, 100]);
    good("half of the grades, not more", &grades(3, 2), &[50, 25, 25, 51, 24, 25, 0]);
    let fraction = |numerator, denominator| Fraction { numerator, denominator };
    for (name, quorum) in [("1/2", fraction(1, 2)), ("101/200", fraction(101, 200)), ("0/1", fraction(0, 1))]
    {
        let mut contest = one(2);
        contest.outcome.quorum = Some(quorum);
        good(&format!("a quorum of {name}"), &contest, &[60, 40, 0]);
    }
    for (name, quorum) in [("1/2", fraction(1, 2)), ("0/1", fraction(0, 1))] {
        let mut contest = one(2);
        contest.outcome.quorum = Some(quorum);
        maker.good(format!("a quorum of {name} of no roll"), "outcome", input(&contest, &[0, 0, 0], 0, 0));
    }
    let bases = [("valid", Base::Valid), ("counted", Base::Counted), ("the roll", Base::Roll)];
    for (numerator, denominator) in [(1, 2), (2, 3), (1, 4), (0, 1)] {
        for (name, of) in bases {
            for more_than in [false, true] {
                let mut contest = one(2);
                let fraction = fraction(numerator, denominator);
                contest.outcome.requirements = vec![Requirement { fraction, of, more_than }];
                let words = if more_than { "more than" } else { "at least" };
                for totals in [[50, 0, 0], [51, 49, 0], [67, 13, 20], [40, 0, 20], [0, 0, 100]] {
                    let name = format!("{words} {numerator}/{denominator} of {name}: {totals:?}");
                    maker.good(name, "outcome", input(&contest, &totals, 100, 200));
                }
            }
        }
    }
    let requiring = |mut contest: Contest, of| {
        contest.outcome.requirements = vec![Requirement { fraction: fraction(1, 2), of, more_than: true }];
        contest
    };
    let mut both = |name: &str, contest: &Contest, less: &[u64], more: &[u64]| {
        maker.good(format!("{name}: half, not more"), "outcome", input(contest, less, 100, 200));
        maker.good(format!("{name}: more than half"), "outcome", input(contest, more, 100, 200));
    };
    both(
        "score",
        &requiring(contest(Method::Score { max: 10 }, 2, true), Base::Valid),
        &[500, 0, 0],
        &[501, 0, 0],
    );
    both(
        "points",
        &requiring(contest(Method::Cumulative { points: 4 }, 2, true), Base::Valid),
        &[200, 100, 0],
        &[201, 100, 0],
    );
    both(
        "rank",
        &requiring(contest(Method::Rank, 2, true), Base::Valid),
        &[50, 50, 50, 50, 0],
        &[51, 49, 49, 51, 0],
    );
    both(
        "grades",
        &requiring(grades(3, 2), Base::Valid),
        &[20, 30, 50, 0, 0, 100, 0],
        &[20, 31, 49, 0, 0, 100, 0],
    );
    both(
        "for and against",
        &requiring(for_against(2), Base::ForAndAgainst),
        &[40, 40, 20, 0, 0, 100, 0],
        &[41, 40, 19, 0, 0, 100, 0],
    );
    let large = requiring(contest(Method::Score { max: 65_535 }, 2, true), Base::Valid);
    maker.good("numbers near 2^40", "outcome", input(&large, &[(1 << 40) - 1, 1 << 39, 3], 1 << 24, 1 << 24));
    maker
}

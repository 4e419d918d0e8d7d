//! Why a contest came out as it did: its quorum, its requirements, its seats.

use tabella_board_core::api::ContestTotals;
use tabella_crypto::manifest::Contest;
use tabella_crypto::outcome::{Fraction, Outcome, Requirement, Ties, Weights};
use tabella_tally::result::{ContestSummary, OptionSummary};

/// How a contest's rules were applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Applied {
    /// The quorum, if there is one.
    pub(super) quorum: Option<Quorum>,
    /// Each requirement.
    pub(super) requirements: Vec<Met>,
    /// Whether options that would qualify were left out for want of seats, so that more support decided.
    pub(super) was_race: bool,
    /// Whether the order of the ballot decided between options that are equal.
    pub(super) by_list_order: bool,
    /// Seats that stay empty because no other option qualifies.
    pub(super) empty: usize,
}

/// A quorum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quorum {
    /// The least turnout.
    pub(super) least: Fraction,
    /// Weight that took part.
    pub(super) counted: u64,
    /// Weight on the roll.
    pub(super) roll: u64,
    /// Whether that is enough.
    pub(super) reached: bool,
}

/// A requirement, and who meets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Met {
    /// The requirement.
    pub(super) requirement: Requirement,
    /// The options that meet it, by index.
    pub(super) by: Vec<usize>,
}

impl Applied {
    /// The rules of a contest applied to its totals; none without totals.
    pub(super) fn new(contest: &Contest, totals: &ContestTotals, summary: &ContestSummary) -> Option<Self> {
        let numbers = totals.totals.as_deref()?;
        let weights = Weights { counted: totals.counted_weight, roll: totals.roll_weight };
        // a rule of one part tells of that part, by the very code that decides
        let holds = |quorum, requirements| {
            let mut alone = contest.clone();
            (alone.outcome.quorum, alone.outcome.requirements) = (quorum, requirements);
            Outcome::compute(&alone, numbers, &weights)
        };
        let quorum = contest.outcome.quorum.map(|least| Quorum {
            least,
            counted: weights.counted,
            roll: weights.roll,
            reached: holds(Some(least), Vec::new()).verdict != tabella_crypto::outcome::Verdict::NoQuorum,
        });
        let requirements = contest.outcome.requirements.iter().map(|requirement| {
            let outcome = holds(None, vec![*requirement]);
            let qualified = outcome.standings.iter().filter(|standing| standing.qualified);
            let mut by: Vec<usize> = qualified.map(|standing| usize::from(standing.option)).collect();
            by.sort_unstable();
            Met { requirement: *requirement, by }
        });
        let elected: Vec<&OptionSummary> = summary.options.iter().filter(|option| option.elected).collect();
        let left: Vec<&OptionSummary> =
            summary.options.iter().filter(|option| option.qualified && !option.elected).collect();
        let is_equal = |one: &OptionSummary, other: &OptionSummary| one.place == other.place;
        let seats = usize::from(contest.outcome.seats);
        Some(Self {
            quorum,
            requirements: requirements.collect(),
            was_race: !elected.is_empty() && !left.is_empty(),
            by_list_order: contest.outcome.ties == Ties::ListOrder
                && elected.iter().any(|elected| left.iter().any(|left| is_equal(elected, left))),
            empty: match left.is_empty() && !elected.is_empty() {
                true => seats.min(contest.options.len()).saturating_sub(elected.len()),
                false => 0,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use tabella_board_core::api::ContestState;
    use tabella_crypto::outcome::{Base, OutcomeRule};
    use tabella_crypto::rules::Method;
    use tabella_crypto::text::Text;
    use tabella_tally::result::{Unit, VerdictName};

    use super::*;

    const HALF: Fraction = Fraction { numerator: 1, denominator: 2 };

    fn text(words: &str) -> Text {
        Text::new(vec![("en".to_owned(), words.to_owned())]).unwrap()
    }

    fn contest(outcome: OutcomeRule) -> Contest {
        Contest {
            title: text("Chair"),
            description: None,
            options: vec![text("Ada"), text("Emmy"), text("Grace")],
            grades: vec![],
            method: Method::ChooseOne,
            blank: None,
            shuffle: false,
            outcome,
        }
    }

    /// What the rules make of totals of 20 counted of 30.
    fn applied(outcome: OutcomeRule, votes: [u64; 3]) -> Applied {
        let contest = contest(outcome);
        let totals = ContestTotals {
            state: ContestState::Counted,
            counted_weight: 20,
            roll_weight: 30,
            totals: Some(votes.to_vec()),
            trustees: vec![1],
        };
        let computed = Outcome::compute(&contest, &votes, &Weights { counted: 20, roll: 30 });
        let options = (0..3u16).map(|option| {
            let standing = computed.standings.iter().find(|standing| standing.option == option).unwrap();
            OptionSummary {
                name: option.to_string(),
                votes: Some(standing.score),
                share: None,
                place: Some(standing.place),
                qualified: standing.qualified,
                elected: computed.elected.contains(&option),
                tied: computed.tied.contains(&option),
                grade: None,
                columns: vec![],
            }
        });
        let summary = ContestSummary {
            title: "Chair".to_owned(),
            unit: Unit::Votes,
            options: options.collect(),
            blank: None,
            counted_weight: Some(20),
            roll_weight: Some(30),
            turnout: None,
            verdict: VerdictName::Decided,
            outcome: String::new(),
        };
        Applied::new(&contest, &totals, &summary).unwrap()
    }

    fn rule(seats: u16, ties: Ties) -> OutcomeRule {
        OutcomeRule { seats, quorum: None, requirements: vec![], ties }
    }

    #[test]
    fn plurality_is_a_race_with_no_requirement() {
        let applied = applied(rule(1, Ties::Undecided), [9, 8, 3]);
        let expected =
            Applied { quorum: None, requirements: vec![], was_race: true, by_list_order: false, empty: 0 };
        assert_eq!(applied, expected);
    }

    #[test]
    fn each_requirement_names_who_meets_it() {
        let least = |numerator, of| Requirement {
            fraction: Fraction { numerator, denominator: 10 },
            of,
            more_than: false,
        };
        let requirements = vec![least(4, Base::Valid), least(5, Base::Roll)];
        let applied = applied(OutcomeRule { requirements, ..rule(1, Ties::Undecided) }, [9, 8, 3]);
        let by: Vec<_> = applied.requirements.iter().map(|met| met.by.clone()).collect();
        assert_eq!(by, [vec![0, 1], vec![]]);
        assert!(!applied.was_race);
    }

    #[test]
    fn a_quorum_says_its_numbers() {
        let quorum = |least| {
            let rule = OutcomeRule { quorum: Some(least), ..rule(1, Ties::Undecided) };
            applied(rule, [9, 8, 3]).quorum.unwrap()
        };
        assert_eq!(quorum(HALF), Quorum { least: HALF, counted: 20, roll: 30, reached: true });
        assert!(!quorum(Fraction { numerator: 3, denominator: 4 }).reached);
    }

    #[test]
    fn seats_that_nobody_else_qualifies_for_stay_empty() {
        let majority = vec![Requirement {
            fraction: Fraction { numerator: 2, denominator: 5 },
            of: Base::Valid,
            more_than: true,
        }];
        let applied = applied(OutcomeRule { requirements: majority, ..rule(2, Ties::Undecided) }, [9, 8, 3]);
        assert_eq!((applied.empty, applied.was_race), (1, false));
    }

    #[test]
    fn the_order_of_the_ballot_is_named_where_it_decides() {
        assert!(applied(rule(1, Ties::ListOrder), [9, 9, 2]).by_list_order);
        assert!(!applied(rule(1, Ties::ListOrder), [9, 8, 3]).by_list_order);
    }
}

use tabella_board_core::fixtures::{CLOSES, SmallElection};

use super::*;

#[test]
fn a_counted_election_has_totals_shares_and_words() {
    let mut election = SmallElection::opened();
    assert_eq!(ElectionResult::of(&election.state, "en").unwrap().contests[0].verdict, VerdictName::Open);
    election.vote_all();
    election.count();
    let result = ElectionResult::of(&election.state, "de").unwrap();
    let json: serde_json::Value = serde_json::from_str(&result.to_json().unwrap()).unwrap();
    assert_eq!(json["ballots_counted"], 7);
    assert_eq!(json["phase"], "counted");
    assert_eq!(json["turnout"], 1.0);
    let chair = &json["contests"][0];
    assert_eq!(chair["title"], "Chair");
    assert_eq!((&chair["options"][2]["name"], &chair["options"][2]["votes"]), (&"Emmy".into(), &7.into()));
    assert_eq!((&chair["options"][2]["elected"], &chair["options"][2]["share"]), (&true.into(), &0.7.into()));
    assert_eq!((&chair["blank"], &chair["verdict"]), (&1.into(), &"decided".into()));
    assert_eq!(chair["outcome"], "Elected or accepted: Emmy.");
    assert_eq!(json["contests"][1]["options"][1]["votes"], 4);
    assert_eq!(json["contests"][1]["counted_weight"], 9);
}

#[test]
fn a_withheld_contest_has_no_numbers() {
    let mut election = SmallElection::opened_with(|manifest| manifest.smallest_group = 3);
    election.vote_all();
    election.block(CLOSES);
    let result = ElectionResult::of(&election.state, "en").unwrap();
    let contest = &result.contests[0];
    assert_eq!((contest.verdict, contest.blank, contest.counted_weight), (VerdictName::Withheld, None, None));
    assert!(contest.options.iter().all(|option| option.votes.is_none() && !option.elected));
    assert!(contest.outcome.contains("fewer than 3"));
}

#[test]
fn grids_say_what_is_in_their_columns() {
    use tabella_crypto::fixtures::contest;
    let weights = Weights { counted: 10, roll: 20 };
    let table = [
        (
            Method::ForAgainstAbstain { max_for: 1 },
            vec![6, 3, 1, 2, 8, 0],
            [6, 2],
            [0.6, 0.2],
            [None; 2],
            ["for", "against", "abstain"].as_slice(),
        ),
        (
            Method::Grades { grades: 3 },
            vec![6, 3, 1, 2, 1, 7],
            [9, 3],
            [0.9, 0.3],
            [Some("Grade 0"), Some("Grade 2")],
            &["Grade 0", "Grade 1", "Grade 2"],
        ),
        (Method::Rank, vec![7, 3, 3, 7], [7, 3], [0.7, 0.3], [None; 2], &["place 1", "place 2"]),
    ];
    for (method, totals, votes, shares, grades, columns) in table {
        let contest = contest(method, 2, false);
        let counted = Counted::new(&contest, &totals, &weights);
        for option in 0..2 {
            let summary = counted.option(option, "x".to_owned(), "en");
            let at = usize::from(option);
            assert_eq!((summary.votes, summary.share), (Some(votes[at]), Some(shares[at])));
            assert_eq!(summary.grade.as_deref(), grades[at]);
            let row = columns.iter().zip(&totals[at * columns.len()..]);
            let expected: Vec<_> = row.map(|(column, weight)| ((*column).to_owned(), *weight)).collect();
            assert_eq!(summary.columns, expected);
            assert_eq!(summary.elected, option == 0);
        }
    }
}

#[test]
fn of_nothing_there_is_no_share() {
    assert_eq!((fraction(0, 0), fraction(0, 1), fraction(1, 4)), (None, Some(0.0), Some(0.25)));
}

#[test]
fn a_tie_says_for_how_many_places_it_is_and_who_has_one_already() {
    use tabella_crypto::fixtures::contest;
    let mut contest = contest(Method::Choose { min: 0, max: 3 }, 4, false);
    contest.outcome.seats = 2;
    let weights = Weights { counted: 10, roll: 10 };
    let said = |totals: &[u64]| verdict(&contest, &Outcome::compute(&contest, totals, &weights), "en").1;
    let both = "A tie for 2 places: Option 0, Option 1, Option 2.";
    assert_eq!(said(&[5, 5, 5, 1]), both);
    let one = "Elected or accepted: Option 3. A tie for 1 place: Option 0, Option 1.";
    assert_eq!(said(&[5, 5, 1, 7]), one);
}

#[test]
fn the_same_result_comes_of_the_totals_that_a_board_tells_in_json() {
    let mut election = SmallElection::opened();
    election.vote_all();
    election.count();
    let told = serde_json::to_string(&election.state.totals().unwrap()).unwrap();
    let totals: ElectionTotals = serde_json::from_str(&told).unwrap();
    let manifest = election.state.manifest().unwrap();
    let result = ElectionResult::new(manifest, &totals, "en").unwrap();
    assert_eq!(Some(&result), ElectionResult::of(&election.state, "en").as_ref());
    let json = result.to_json().unwrap();
    assert_eq!(serde_json::from_str::<ElectionResult>(&json).unwrap(), result);
}

#[test]
fn an_outcome_follows_from_the_totals_and_a_tie_marks_its_options() {
    let mut election = SmallElection::opened();
    election.vote_all();
    election.count();
    let manifest = election.state.manifest().unwrap();
    let mut totals = election.state.totals().unwrap();
    let chair = totals.contests[0].totals.as_mut().unwrap();
    chair[..3].copy_from_slice(&[4, 4, 1]);
    let result = ElectionResult::new(manifest, &totals, "en").unwrap();
    let chair = &result.contests[0];
    assert_eq!(chair.verdict, VerdictName::Tie);
    let flags: Vec<_> = chair.options.iter().map(|option| (option.tied, option.elected)).collect();
    assert_eq!(flags, [(true, false), (true, false), (false, false)]);
}

#[test]
fn totals_that_do_not_fit_the_manifest_have_no_result() {
    let mut election = SmallElection::opened();
    election.vote_all();
    election.count();
    let manifest = election.state.manifest().unwrap();
    let good = election.state.totals().unwrap();
    let expected = manifest.contests[0].entries();
    let refused = |change: fn(&mut ElectionTotals)| {
        let mut totals = good.clone();
        change(&mut totals);
        ElectionResult::new(manifest, &totals, "en").unwrap_err()
    };
    let short = refused(|totals| drop(totals.contests.pop()));
    assert_eq!(short, TotalsError::Contests { found: 1, expected: 2 });
    let entries = refused(|totals| totals.contests[0].totals.as_mut().unwrap().push(0));
    assert_eq!(entries, TotalsError::Entries { contest: 0, found: expected + 1, expected });
    let state = TotalsError::State { contest: 1 };
    assert_eq!(refused(|totals| totals.contests[1].totals = None), state);
    assert_eq!(refused(|totals| totals.contests[1].state = ContestState::Pending), state);
    assert_eq!(refused(|totals| totals.contests[1].state = ContestState::Withheld), state);
}

#[test]
fn hidden_turnout_is_none_and_not_zero() {
    let election = SmallElection::opened();
    let mut totals = election.state.totals().unwrap();
    totals.ballots = None;
    let result = ElectionResult::new(election.state.manifest().unwrap(), &totals, "en").unwrap();
    assert_eq!((result.voters, result.ballots_counted, result.turnout), (7, None, None));
}

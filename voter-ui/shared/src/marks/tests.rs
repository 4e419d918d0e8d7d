use tabella_crypto::fixtures::contest;
use tabella_crypto::rules::RuleError;

use super::*;

/// What the entries stand for is what the marks said.
fn sealed(marks: &Marks, contest: &Contest) -> Choice {
    let entries = marks.entries(contest).unwrap();
    let read = contest.method.choice(contest.options.len(), contest.blank.is_some(), &entries).unwrap();
    assert_eq!(Ok(&read), marks.choice(contest).as_ref());
    read
}

/// Marks one thing.
type Mark = fn(&mut Marks);

/// Every method, with a way to mark one thing.
fn methods() -> Vec<(Method, Mark)> {
    vec![
        (Method::ChooseOne, |marks| assert!(marks.toggle(1))),
        (Method::Choose { min: 0, max: 2 }, |marks| assert!(marks.toggle(1))),
        (Method::Score { max: 5 }, |marks| marks.set_points(1, Some(3))),
        (Method::Cumulative { points: 5 }, |marks| marks.set_points(1, Some(3))),
        (Method::ForAgainstAbstain { max_for: 1 }, |marks| assert!(marks.set_column(1, 0))),
        (Method::Grades { grades: 4 }, |marks| assert!(marks.set_column(1, 3))),
        (Method::Rank, |marks| assert!(marks.rank(1))),
    ]
}

#[test]
fn an_untouched_contest_with_a_blank_vote_is_incomplete_until_the_blank_vote_is_marked() {
    for (method, _) in methods() {
        let contest = contest(method, 3, true);
        let mut marks = Marks::new(&contest);
        assert!(marks.is_untouched());
        assert_eq!(marks.choice(&contest), Err(Incomplete::NothingChosen));
        marks.set_blank(true);
        assert!(marks.is_blank() && !marks.is_untouched());
        assert_eq!(sealed(&marks, &contest), Choice::Blank);
    }
}

#[test]
fn the_blank_vote_and_other_marks_take_each_other_away() {
    for (method, mark) in methods() {
        let contest = contest(method, 3, true);
        let mut marks = Marks::new(&contest);
        mark(&mut marks);
        let marked = marks.clone();
        assert!(!marks.is_untouched());
        marks.set_blank(true);
        assert_ne!(marks, marked);
        marks.set_blank(false);
        assert_eq!(marks, Marks::new(&contest));
        marks.set_blank(true);
        mark(&mut marks);
        assert_eq!(marks, marked);
    }
}

#[test]
fn marking_nothing_is_a_vote_where_the_rules_allow_it_and_no_blank_vote_says_it() {
    let nothing = [
        (Method::Choose { min: 0, max: 2 }, Choice::Options(vec![])),
        (Method::Score { max: 5 }, Choice::Points(vec![0, 0, 0])),
        (Method::Cumulative { points: 5 }, Choice::Points(vec![0, 0, 0])),
    ];
    for (method, choice) in nothing {
        let contest = contest(method, 3, false);
        assert_eq!(sealed(&Marks::new(&contest), &contest), choice);
    }
}

#[test]
fn a_contest_without_a_blank_vote_takes_none() {
    let contest = contest(Method::Score { max: 5 }, 3, false);
    let mut marks = Marks::new(&contest);
    marks.set_blank(true);
    assert_eq!(marks.choice(&contest), Err(Incomplete::Rules(RuleError::NoBlank)));
}

#[test]
fn one_option_takes_the_place_of_another() {
    let contest = contest(Method::ChooseOne, 3, true);
    let mut marks = Marks::new(&contest);
    assert!(marks.toggle(0) && marks.toggle(2));
    assert!(!marks.is_chosen(0) && marks.is_chosen(2));
    assert_eq!(sealed(&marks, &contest), Choice::Options(vec![2]));
}

#[test]
fn one_option_more_than_allowed_is_not_taken_before_another_is_removed() {
    let contest = contest(Method::Choose { min: 2, max: 2 }, 4, true);
    let mut marks = Marks::new(&contest);
    assert!(marks.toggle(3));
    assert_eq!(marks.choice(&contest), Err(Incomplete::TooFew { chosen: 1, min: 2 }));
    assert!(marks.toggle(0));
    assert!(!marks.can_toggle(1) && !marks.toggle(1));
    assert_eq!((marks.chosen(), marks.is_chosen(1)), (2, false));
    assert!(marks.toggle(3) && marks.toggle(1));
    assert_eq!(sealed(&marks, &contest), Choice::Options(vec![0, 1]));
}

#[test]
fn options_that_do_not_exist_are_not_taken() {
    for (method, _) in methods() {
        let contest = contest(method, 3, true);
        let mut marks = Marks::new(&contest);
        marks.set_points(3, Some(1));
        assert!(!marks.set_column(3, 1) && !marks.rank(3) && !marks.unrank(3) && !marks.move_up(3));
        assert!(marks.is_untouched());
    }
    let contest = contest(Method::Choose { min: 0, max: 3 }, 3, false);
    assert!(!Marks::new(&contest).toggle(3));
}

#[test]
fn options_without_points_get_none_and_too_many_points_are_pointed_out() {
    let contest = contest(Method::Score { max: 10 }, 3, false);
    let mut marks = Marks::new(&contest);
    marks.set_points(1, Some(10));
    assert_eq!(sealed(&marks, &contest), Choice::Points(vec![0, 10, 0]));
    marks.set_points(2, Some(11));
    assert_eq!(marks.choice(&contest), Err(Incomplete::PointsTooMany { option: 2, max: 10 }));
    marks.set_points(2, None);
    assert_eq!(marks.points(2), Points::Open);
    assert_eq!(sealed(&marks, &contest), Choice::Points(vec![0, 10, 0]));
}

#[test]
fn zero_points_that_were_given_are_a_vote_and_not_a_blank_one() {
    let contest = contest(Method::Score { max: 10 }, 2, true);
    let mut marks = Marks::new(&contest);
    marks.set_points(0, Some(0));
    assert_eq!(sealed(&marks, &contest), Choice::Points(vec![0, 0]));
}

#[test]
fn reads_points_in_plain_and_full_width_digits_and_nothing_else() {
    assert_eq!(Points::read(" 07 "), Points::Given(7));
    assert_eq!(Points::read("１０"), Points::Given(10));
    assert_eq!(Points::read(""), Points::Open);
    for text in ["-1", "1.5", "+2", "two", "1 0", "4294967296"] {
        assert_eq!(Points::read(text), Points::Unreadable, "{text}");
    }
}

#[test]
fn points_that_are_no_number_are_pointed_out_and_never_counted_as_zero() {
    for method in [Method::Score { max: 9 }, Method::Cumulative { points: 9 }] {
        let contest = contest(method, 2, true);
        let mut marks = Marks::new(&contest);
        marks.type_points(1, "1.5");
        assert!(!marks.is_untouched());
        assert_eq!(marks.choice(&contest), Err(Incomplete::PointsUnreadable { option: 1, max: 9 }));
    }
}

#[test]
fn more_points_than_there_are_to_spread_are_pointed_out() {
    let contest = contest(Method::Cumulative { points: 5 }, 3, false);
    let mut marks = Marks::new(&contest);
    marks.set_points(0, Some(4));
    marks.set_points(2, Some(3));
    assert_eq!(marks.choice(&contest), Err(Incomplete::PointsOver { spent: 7, points: 5 }));
    marks.set_points(0, Some(u32::MAX));
    assert_eq!(marks.spent(), u64::from(u32::MAX) + 3);
    marks.set_points(0, Some(2));
    assert_eq!(sealed(&marks, &contest), Choice::Points(vec![2, 0, 3]));
}

#[test]
fn one_for_more_than_allowed_is_not_taken_before_another_is_changed() {
    let contest = contest(Method::ForAgainstAbstain { max_for: 1 }, 3, true);
    let mut marks = Marks::new(&contest);
    assert!(marks.set_column(0, 0) && marks.set_column(0, 0));
    assert!(!marks.can_set_column(1, 0) && !marks.set_column(1, 0));
    assert_eq!(marks.column(1), None);
    assert!(marks.set_column(1, 1));
    assert_eq!(marks.choice(&contest), Err(Incomplete::RowsOpen { options: vec![2] }));
    marks.fill_column(2);
    assert_eq!((marks.rows(), marks.in_first_column()), (3, 1));
    assert_eq!(sealed(&marks, &contest), Choice::Columns(vec![0, 1, 2]));
    assert!(marks.set_column(0, 2) && marks.set_column(2, 0));
    assert_eq!(sealed(&marks, &contest), Choice::Columns(vec![2, 1, 0]));
}

#[test]
fn open_rows_are_not_filled_with_for() {
    let contest = contest(Method::ForAgainstAbstain { max_for: 1 }, 3, true);
    let mut marks = Marks::new(&contest);
    marks.fill_column(0);
    assert!(marks.is_untouched());
}

#[test]
fn every_row_needs_a_grade_and_all_may_have_the_best() {
    let contest = contest(Method::Grades { grades: 3 }, 3, true);
    let mut marks = Marks::new(&contest);
    assert!(marks.set_column(1, 0));
    assert_eq!(marks.choice(&contest), Err(Incomplete::RowsOpen { options: vec![0, 2] }));
    assert!(marks.set_column(0, 0) && marks.set_column(2, 0));
    assert_eq!(sealed(&marks, &contest), Choice::Columns(vec![0, 0, 0]));
}

#[test]
fn a_ranking_is_made_by_placing_and_moving_until_every_option_has_a_place() {
    let contest = contest(Method::Rank, 4, true);
    let mut marks = Marks::new(&contest);
    assert!(marks.rank(2) && marks.rank(0));
    assert!(!marks.rank(2), "it has a place already");
    assert_eq!(marks.choice(&contest), Err(Incomplete::NotRanked { options: vec![1, 3] }));
    assert!(marks.rank(3) && marks.rank(1));
    assert_eq!(sealed(&marks, &contest), Choice::Ranking(vec![2, 0, 3, 1]));
    assert!(marks.move_up(3) && !marks.move_up(2));
    assert_eq!(marks.ranked(), [2, 3, 0, 1]);
    assert!(marks.move_down(2) && !marks.move_down(1));
    assert_eq!(marks.ranked(), [3, 2, 0, 1]);
    assert!(marks.move_to(1, 0) && marks.move_to(3, 3) && !marks.move_to(3, 4));
    assert_eq!(marks.ranked(), [1, 2, 0, 3]);
    assert_eq!((marks.place(0), marks.place(9)), (Some(2), None));
    assert_eq!(sealed(&marks, &contest), Choice::Ranking(vec![1, 2, 0, 3]));
}

#[test]
fn an_option_taken_out_of_a_ranking_leaves_the_others_in_their_order() {
    let contest = contest(Method::Rank, 3, true);
    let mut marks = Marks::new(&contest);
    assert!(marks.rank(2) && marks.rank(1) && marks.rank(0));
    assert!(marks.unrank(2) && !marks.unrank(2));
    assert_eq!(marks.ranked(), [1, 0]);
    assert!(!marks.move_up(2));
    assert!(marks.rank(2));
    assert_eq!(sealed(&marks, &contest), Choice::Ranking(vec![1, 0, 2]));
    assert!(marks.unrank(2) && marks.unrank(0) && marks.unrank(1));
    assert!(marks.is_untouched());
}

#[test]
fn marks_of_another_contest_are_refused() {
    let mut marks = Marks::new(&contest(Method::Rank, 3, true));
    assert!(marks.rank(0));
    let other = contest(Method::Grades { grades: 3 }, 3, true);
    assert!(matches!(marks.entries(&other), Err(Incomplete::Rules(_))));
    let shorter = contest(Method::Choose { min: 1, max: 1 }, 2, true);
    let mut marks = Marks::new(&contest(Method::Choose { min: 1, max: 1 }, 3, true));
    assert!(marks.toggle(2));
    assert!(matches!(marks.entries(&shorter), Err(Incomplete::Rules(_))));
}

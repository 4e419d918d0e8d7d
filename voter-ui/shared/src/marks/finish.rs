//! From marks to a choice, or to what is missing.

use tabella_crypto::manifest::Contest;
use tabella_crypto::rules::{Choice, Method, RuleError};

use super::{Marked, Marks, Points};

/// Why a contest is not finished: numbers for the page's words. Options are indices of the manifest's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Incomplete {
    /// Nothing is marked, and that is not a vote here: where it is meant, the blank vote says it.
    #[error("nothing is marked")]
    NothingChosen,
    /// Fewer options than the contest asks for.
    #[error("{chosen} of at least {min} options are chosen")]
    TooFew {
        /// Options chosen.
        chosen: usize,
        /// Fewest options.
        min: usize,
    },
    /// More options than allowed.
    #[error("{chosen} options are chosen, at most {max} may be")]
    TooMany {
        /// Options chosen.
        chosen: usize,
        /// Most options.
        max: usize,
    },
    /// What is written for an option is not a number of points.
    #[error("the points of option {option} are not a whole number")]
    PointsUnreadable {
        /// The option.
        option: usize,
        /// Most points for one option.
        max: u32,
    },
    /// An option has more points than one may have.
    #[error("option {option} has more than {max} points")]
    PointsTooMany {
        /// The option.
        option: usize,
        /// Most points for one option.
        max: u32,
    },
    /// More points are given than there are to spread.
    #[error("{spent} points are given, there are {points}")]
    PointsOver {
        /// Points given.
        spent: u64,
        /// Points to spread.
        points: u32,
    },
    /// More options are marked "for" than allowed.
    #[error("{chosen} options are marked for, at most {max} may be")]
    TooManyFor {
        /// Options marked "for".
        chosen: usize,
        /// Most of them.
        max: usize,
    },
    /// Rows without a mark.
    #[error("{} rows are not marked", options.len())]
    RowsOpen {
        /// Their options.
        options: Vec<usize>,
    },
    /// Options without a place.
    #[error("{} options have no place", options.len())]
    NotRanked {
        /// Which.
        options: Vec<usize>,
    },
    /// The marks are of another contest.
    #[error("the marks do not belong to this contest: {0}")]
    Rules(#[from] RuleError),
}

pub(super) fn choice(marks: &Marks, contest: &Contest) -> Result<Choice, Incomplete> {
    if marks.is_blank {
        return if contest.blank.is_some() { Ok(Choice::Blank) } else { Err(RuleError::NoBlank.into()) };
    }
    // an empty contest is the blank vote's, if there is one; else only some methods have it
    if marks.is_untouched() && (contest.blank.is_some() || !contest.method.allows_nothing()) {
        return Err(Incomplete::NothingChosen);
    }
    match (&contest.method, &marks.marked) {
        (Method::ChooseOne, Marked::One(chosen)) => Ok(Choice::Options(chosen.iter().copied().collect())),
        (Method::Choose { min, max }, Marked::Several { chosen, .. }) => {
            several(chosen, usize::from(*min), usize::from(*max))
        }
        (Method::Score { max }, Marked::Points(points)) => score(points, *max),
        (Method::Cumulative { points: most }, Marked::Points(points)) => cumulative(points, *most),
        (Method::ForAgainstAbstain { max_for }, Marked::Columns { columns, .. }) => {
            let (chosen, max) = (marks.in_first_column(), usize::from(*max_for));
            if chosen > max { Err(Incomplete::TooManyFor { chosen, max }) } else { rows(columns) }
        }
        (Method::Grades { .. }, Marked::Columns { columns, .. }) => rows(columns),
        (Method::Rank, Marked::Ranking(ranking)) => match ranking.open() {
            open if open.is_empty() => Ok(Choice::Ranking(ranking.ranked().to_vec())),
            options => Err(Incomplete::NotRanked { options }),
        },
        _ => Err(RuleError::Broken("this kind of choice does not belong to this voting method").into()),
    }
}

fn several(marks: &[bool], min: usize, max: usize) -> Result<Choice, Incomplete> {
    let options: Vec<usize> =
        marks.iter().enumerate().filter(|(_, chosen)| **chosen).map(|(option, _)| option).collect();
    match options.len() {
        chosen if chosen < min => Err(Incomplete::TooFew { chosen, min }),
        chosen if chosen > max => Err(Incomplete::TooMany { chosen, max }),
        _ => Ok(Choice::Options(options)),
    }
}

fn score(points: &[Points], max: u32) -> Result<Choice, Incomplete> {
    readable(points, max)?;
    match points.iter().position(|points| points.number() > max) {
        Some(option) => Err(Incomplete::PointsTooMany { option, max }),
        None => Ok(numbers(points)),
    }
}

fn cumulative(points: &[Points], most: u32) -> Result<Choice, Incomplete> {
    readable(points, most)?;
    let spent = points.iter().map(|points| u64::from(points.number())).sum();
    if spent > u64::from(most) {
        return Err(Incomplete::PointsOver { spent, points: most });
    }
    Ok(numbers(points))
}

fn readable(points: &[Points], max: u32) -> Result<(), Incomplete> {
    match points.iter().position(|points| *points == Points::Unreadable) {
        Some(option) => Err(Incomplete::PointsUnreadable { option, max }),
        None => Ok(()),
    }
}

fn numbers(points: &[Points]) -> Choice {
    Choice::Points(points.iter().map(|points| u64::from(points.number())).collect())
}

fn rows(columns: &[Option<usize>]) -> Result<Choice, Incomplete> {
    let options: Vec<usize> =
        columns.iter().enumerate().filter(|(_, mark)| mark.is_none()).map(|(option, _)| option).collect();
    if options.is_empty() {
        Ok(Choice::Columns(columns.iter().flatten().copied().collect()))
    } else {
        Err(Incomplete::RowsOpen { options })
    }
}

//! What a voter has marked on the ballot, before it is a choice.
//!
//! ```text
//! Marks --edits of the page--> Marks --choice--> Choice --Method::entries--> what the prover seals
//!                                    --choice--> Incomplete: what is missing, in numbers for the page's words
//! ```
//!
//! Marks may be incomplete, which a [`Choice`] may not. What a voter can only do by mistake, such as one option more
//! than allowed, is not taken: edits say so by returning `false`, and the page explains. Nothing becomes a blank vote
//! by being left out: where a contest has an explicit blank vote, an untouched contest is incomplete.

use zeroize::Zeroize;

use tabella_crypto::manifest::Contest;
use tabella_crypto::rules::{Choice, Method};

mod drag;
mod finish;
mod points;
mod ranking;

pub use drag::{Drag, Row};
pub use finish::Incomplete;
pub use points::Points;
use ranking::Ranking;

/// What a voter has marked so far in one contest. It is erased from memory when dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    is_blank: bool,
    marked: Marked,
}

/// Marks in the way of the contest's method, for every option of the manifest, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Marked {
    /// Exactly one option.
    One(Option<usize>),
    /// Whether each option is chosen.
    Several { chosen: Vec<bool>, max: usize },
    /// Points for each option.
    Points(Vec<Points>),
    /// The column for each option; at most `max_first` options may have the first one.
    Columns { columns: Vec<Option<usize>>, max_first: usize },
    /// Options in order of preference.
    Ranking(Ranking),
}

impl Marks {
    /// A contest with nothing marked.
    pub fn new(contest: &Contest) -> Self {
        let options = contest.options.len();
        let marked = match &contest.method {
            Method::ChooseOne => Marked::One(None),
            Method::Choose { max, .. } => {
                Marked::Several { chosen: vec![false; options], max: usize::from(*max) }
            }
            Method::Score { .. } | Method::Cumulative { .. } => Marked::Points(vec![Points::Open; options]),
            Method::ForAgainstAbstain { max_for } => {
                Marked::Columns { columns: vec![None; options], max_first: usize::from(*max_for) }
            }
            Method::Grades { .. } => Marked::Columns { columns: vec![None; options], max_first: options },
            Method::Rank => Marked::Ranking(Ranking::new(options)),
        };
        Self { is_blank: false, marked }
    }

    /// Whether the explicit blank vote is marked.
    pub fn is_blank(&self) -> bool {
        self.is_blank
    }

    /// Whether nothing at all is marked, not even the blank vote. Zero points that were given count as a mark.
    pub fn is_untouched(&self) -> bool {
        !self.is_blank
            && match &self.marked {
                Marked::One(chosen) => chosen.is_none(),
                Marked::Several { chosen, .. } => !chosen.contains(&true),
                Marked::Points(points) => points.iter().all(|points| *points == Points::Open),
                Marked::Columns { columns, .. } => columns.iter().all(Option::is_none),
                Marked::Ranking(ranking) => ranking.ranked().is_empty(),
            }
    }

    /// Marks the explicit blank vote, which takes every other mark away; or takes it back.
    pub fn set_blank(&mut self, is_blank: bool) {
        if is_blank {
            self.marked.clear();
        }
        self.is_blank = is_blank;
    }

    /// Whether an option is chosen (choose one, choose several).
    pub fn is_chosen(&self, option: usize) -> bool {
        match &self.marked {
            Marked::One(chosen) => *chosen == Some(option),
            Marked::Several { chosen, .. } => chosen.get(option) == Some(&true),
            _ => false,
        }
    }

    /// How many options are chosen (choose one, choose several).
    pub fn chosen(&self) -> usize {
        match &self.marked {
            Marked::One(chosen) => usize::from(chosen.is_some()),
            Marked::Several { chosen, .. } => chosen.iter().filter(|chosen| **chosen).count(),
            _ => 0,
        }
    }

    /// Whether [`Self::toggle`] would be taken: not for one option more than the contest allows.
    pub fn can_toggle(&self, option: usize) -> bool {
        match &self.marked {
            Marked::One(_) => true,
            Marked::Several { chosen, max } => match chosen.get(option) {
                Some(true) => true,
                Some(false) => self.chosen() < *max,
                None => false,
            },
            _ => false,
        }
    }

    /// Chooses an option, or takes it back; where exactly one is chosen, it takes the place of the one before.
    /// `false` if it is not taken.
    pub fn toggle(&mut self, option: usize) -> bool {
        if !self.can_toggle(option) {
            return false;
        }
        self.is_blank = false;
        match &mut self.marked {
            Marked::One(chosen) => *chosen = Some(option),
            Marked::Several { chosen, .. } => {
                if let Some(chosen) = chosen.get_mut(option) {
                    *chosen = !*chosen;
                }
            }
            _ => {}
        }
        true
    }

    /// The points of an option (score, cumulative).
    pub fn points(&self, option: usize) -> Points {
        match &self.marked {
            Marked::Points(points) => points.get(option).copied().unwrap_or_default(),
            _ => Points::Open,
        }
    }

    /// The sum of all points given (score, cumulative).
    pub fn spent(&self) -> u64 {
        match &self.marked {
            Marked::Points(points) => points.iter().map(|points| u64::from(points.number())).sum(),
            _ => 0,
        }
    }

    /// Gives an option so many points, or none (score, cumulative). More than the contest allows can be given, since
    /// people type what they type: [`Self::choice`] then says what is wrong.
    pub fn set_points(&mut self, option: usize, points: Option<u32>) {
        self.write_points(option, points.map_or(Points::Open, Points::Given));
    }

    /// The same, as the voter has typed it.
    pub fn type_points(&mut self, option: usize, text: &str) {
        self.write_points(option, Points::read(text));
    }

    fn write_points(&mut self, option: usize, new: Points) {
        if let Marked::Points(points) = &mut self.marked
            && let Some(points) = points.get_mut(option)
        {
            *points = new;
            self.is_blank = false;
        }
    }

    /// The column of an option: 0 for, 1 against, 2 abstain; or its grade, 0 the best.
    pub fn column(&self, option: usize) -> Option<usize> {
        match &self.marked {
            Marked::Columns { columns, .. } => columns.get(option).copied().flatten(),
            _ => None,
        }
    }

    /// How many rows are marked (for / against / abstain, grades).
    pub fn rows(&self) -> usize {
        match &self.marked {
            Marked::Columns { columns, .. } => columns.iter().flatten().count(),
            _ => 0,
        }
    }

    /// How many options are marked with the first column: "for", or the best grade.
    pub fn in_first_column(&self) -> usize {
        match &self.marked {
            Marked::Columns { columns, .. } => columns.iter().filter(|column| **column == Some(0)).count(),
            _ => 0,
        }
    }

    /// Whether [`Self::set_column`] would be taken: not for one "for" more than the contest allows.
    pub fn can_set_column(&self, option: usize, column: usize) -> bool {
        match &self.marked {
            Marked::Columns { columns, max_first } => match columns.get(option) {
                Some(now) => column > 0 || *now == Some(0) || self.in_first_column() < *max_first,
                None => false,
            },
            _ => false,
        }
    }

    /// Marks an option's row. `false` if it is not taken.
    pub fn set_column(&mut self, option: usize, column: usize) -> bool {
        if !self.can_set_column(option, column) {
            return false;
        }
        self.is_blank = false;
        if let Marked::Columns { columns, .. } = &mut self.marked
            && let Some(mark) = columns.get_mut(option)
        {
            *mark = Some(column);
        }
        true
    }

    /// Marks every row that has no mark with this column, which is not the first.
    pub fn fill_column(&mut self, column: usize) {
        if let Marked::Columns { columns, .. } = &mut self.marked
            && column > 0
        {
            self.is_blank = false;
            columns.iter_mut().filter(|mark| mark.is_none()).for_each(|mark| *mark = Some(column));
        }
    }

    /// The options that have a place, from the first preference on (rank).
    pub fn ranked(&self) -> &[usize] {
        self.ranking().map_or(&[], Ranking::ranked)
    }

    /// The place of an option, from 0 (rank).
    pub fn place(&self, option: usize) -> Option<usize> {
        self.ranked().iter().position(|ranked| *ranked == option)
    }

    /// Puts an option that has no place yet behind those that have one.
    pub fn rank(&mut self, option: usize) -> bool {
        self.edit_ranking(|ranking| ranking.rank(option))
    }

    /// Takes an option's place away.
    pub fn unrank(&mut self, option: usize) -> bool {
        self.edit_ranking(|ranking| ranking.unrank(option))
    }

    /// Moves a ranked option to a place, from 0; those between move by one.
    pub fn move_to(&mut self, option: usize, place: usize) -> bool {
        self.edit_ranking(|ranking| ranking.move_to(option, place))
    }

    /// Moves a ranked option one place up. `false` if it stands first.
    pub fn move_up(&mut self, option: usize) -> bool {
        let above = self.place(option).and_then(|place| place.checked_sub(1));
        above.is_some_and(|above| self.move_to(option, above))
    }

    /// Moves a ranked option one place down. `false` if it stands last.
    pub fn move_down(&mut self, option: usize) -> bool {
        self.place(option).is_some_and(|place| self.move_to(option, place + 1))
    }

    fn ranking(&self) -> Option<&Ranking> {
        match &self.marked {
            Marked::Ranking(ranking) => Some(ranking),
            _ => None,
        }
    }

    fn edit_ranking(&mut self, edit: impl FnOnce(&mut Ranking) -> bool) -> bool {
        let Marked::Ranking(ranking) = &mut self.marked else { return false };
        let taken = edit(ranking);
        if taken {
            self.is_blank = false;
        }
        taken
    }

    /// The voter's choice, or what is missing.
    pub fn choice(&self, contest: &Contest) -> Result<Choice, Incomplete> {
        finish::choice(self, contest)
    }

    /// The entries of the choice, for the prover.
    pub fn entries(&self, contest: &Contest) -> Result<Vec<u64>, Incomplete> {
        let choice = self.choice(contest)?;
        Ok(contest.method.entries(contest.options.len(), contest.blank.is_some(), &choice)?)
    }
}

impl Marked {
    /// Takes all marks away, and overwrites where they stood.
    fn clear(&mut self) {
        match self {
            Self::One(chosen) => chosen.zeroize(),
            Self::Several { chosen, .. } => chosen.as_mut_slice().zeroize(),
            Self::Points(points) => points.as_mut_slice().zeroize(),
            Self::Columns { columns, .. } => columns.iter_mut().for_each(Zeroize::zeroize),
            Self::Ranking(ranking) => ranking.clear(),
        }
    }
}

impl Drop for Marks {
    fn drop(&mut self) {
        self.is_blank.zeroize();
        self.marked.clear();
    }
}

#[cfg(test)]
mod tests;

//! What voters of the fair election mark, in words and added up: what pages and results must say.

use crate::fair::MARKUP;

/// A choice in one contest; options and columns from 0, in the manifest's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// The explicit blank vote.
    Blank,
    /// These options are chosen: one, or several.
    Options(Vec<usize>),
    /// Points of each option.
    Points(Vec<u64>),
    /// The column of each option: for, against, abstain, or a grade.
    Columns(Vec<usize>),
    /// The options, the best first.
    Order(Vec<usize>),
}

/// Contests of the fair election, from 0, that guests have.
pub const OF_GUESTS: [usize; 2] = [1, 2];

/// The options of the fair election's contests in English.
pub const OPTIONS: [&[&str]; 7] = [
    &["Ada", MARKUP, "Bo"],
    &[
        "Bridge",
        "Library",
        "Pool",
        "A road with a very long name that goes on and on, past the mill, over the hill and down to the harbour",
    ],
    &["Friday", "Saturday"],
    &["Red", "Green", "Blue"],
    &["Dee", "Eli", "Fay"],
    &["Plan A", "Plan B"],
    &["Gil", "Hal", "Ina"],
];
/// How their blank votes are called.
const BLANKS: [&str; 7] = ["Blank vote", "", "", "", "Blank vote", "No opinion", "Blank vote"];
/// The columns of their grids.
const COLUMNS: [&[&str]; 7] =
    [&[], &[], &[], &[], &["For", "Against", "Abstain"], &["Good", "Fair", "Poor"], &[]];

/// A ballot that marks something in every contest, unlike any other number's in most of them.
pub fn ballot(number: usize) -> Vec<Choice> {
    vec![
        Choice::Options(vec![number % 3]),
        Choice::Options(vec![number % 4, (number + 1) % 4]),
        Choice::Points(vec![number as u64 % 11, 10 - number as u64 % 11]),
        Choice::Points(vec![number as u64 % 4, 1, number as u64 % 2]),
        Choice::Columns(vec![number % 3, (number + 1) % 3, (number + 2) % 3]),
        Choice::Columns(vec![number % 3, (number + 1) % 3]),
        Choice::Order(vec![number % 3, (number + 2) % 3, (number + 1) % 3]),
    ]
}

/// The same as [`ballot`] for a guest.
pub fn guest_ballot(number: usize) -> Vec<Choice> {
    let ballot = ballot(number);
    OF_GUESTS.iter().map(|contest| ballot[*contest].clone()).collect()
}

/// What a page says of a ballot of all contests in English: of each contest the lines of its list.
pub fn said(ballot: &[Choice]) -> Vec<Vec<String>> {
    ballot.iter().enumerate().map(|(contest, choice)| words(contest, choice)).collect()
}

/// A choice in English, as the lines of a list.
pub fn words(contest: usize, choice: &Choice) -> Vec<String> {
    let name = |option: usize| OPTIONS[contest][option].to_owned();
    let points = |points: u64| if points == 1 { "1 point".to_owned() } else { format!("{points} points") };
    match choice {
        Choice::Blank => vec![BLANKS[contest].to_owned()],
        Choice::Options(chosen) => {
            let mut chosen = chosen.clone();
            chosen.sort_unstable();
            chosen.into_iter().map(name).collect()
        }
        Choice::Points(given) => {
            given.iter().enumerate().map(|(option, n)| format!("{}: {}", name(option), points(*n))).collect()
        }
        Choice::Columns(columns) => {
            let line = |(option, column): (usize, &usize)| {
                format!("{}: {}", name(option), COLUMNS[contest][*column])
            };
            columns.iter().enumerate().map(line).collect()
        }
        Choice::Order(order) => order
            .iter()
            .enumerate()
            .map(|(place, option)| format!("{} {}", place + 1, name(*option)))
            .collect(),
    }
}

/// What ballots of these weights add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// Of each contest, of each option, the figures of the results page, from the first on: votes or points; or for,
    /// against, abstain; or grades; or Borda points and then places.
    pub figures: Vec<Vec<Vec<u64>>>,
    /// Of each contest, the weight of blank votes.
    pub blank: Vec<u64>,
}

impl Totals {
    /// Nothing was cast.
    pub fn new() -> Self {
        let columns = |contest: usize| match contest {
            0..=3 => 1,
            6 => 1 + OPTIONS[contest].len(),
            _ => COLUMNS[contest].len(),
        };
        let zero = |(contest, options): (usize, &&[&str])| vec![vec![0; columns(contest)]; options.len()];
        Self { figures: OPTIONS.iter().enumerate().map(zero).collect(), blank: vec![0; OPTIONS.len()] }
    }

    /// Adds a choice.
    pub fn add(&mut self, contest: usize, choice: &Choice, weight: u64) {
        let figures = &mut self.figures[contest];
        match choice {
            Choice::Blank => self.blank[contest] += weight,
            Choice::Options(chosen) => chosen.iter().for_each(|option| figures[*option][0] += weight),
            Choice::Points(points) => {
                figures.iter_mut().zip(points).for_each(|(figures, points)| figures[0] += weight * points);
            }
            Choice::Columns(columns) => {
                figures.iter_mut().zip(columns).for_each(|(figures, column)| figures[*column] += weight);
            }
            Choice::Order(order) => {
                for (place, option) in order.iter().enumerate() {
                    figures[*option][0] += weight * (order.len() - 1 - place) as u64;
                    figures[*option][1 + place] += weight;
                }
            }
        }
    }
}

impl Default for Totals {
    fn default() -> Self {
        Self::new()
    }
}

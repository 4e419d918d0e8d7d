//! Choices in a method's own words, to entries and back.

use super::{Method, RuleError};

/// A voter's choices in one contest, in the method's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// An explicit blank vote.
    Blank,
    /// Options chosen, in order (choose one, choose several).
    Options(Vec<usize>),
    /// Points for each option (score, cumulative).
    Points(Vec<u64>),
    /// The column for each option: 0 for, 1 against, 2 abstain; or the grade, 0 the best.
    Columns(Vec<usize>),
    /// The options from first to last preference.
    Ranking(Vec<usize>),
}

impl Method {
    /// The entries of a choice; refuses one that the rules refuse.
    pub fn entries(&self, options: usize, blank: bool, choice: &Choice) -> Result<Vec<u64>, RuleError> {
        let rules = self.compile(options, blank)?;
        let columns = self.columns(options);
        let mut entries = vec![0u64; rules.entries];
        let mut mark = |entry: usize| {
            let cell = entries.get_mut(entry).ok_or(RuleError::Broken("there is no such option"))?;
            *cell += 1;
            Ok(())
        };
        match (choice, self) {
            (Choice::Blank, _) => {
                if blank {
                    mark(options * columns)?;
                } else if !self.allows_nothing() {
                    return Err(RuleError::NoBlank);
                }
            }
            (Choice::Options(chosen), Self::ChooseOne | Self::Choose { .. }) => {
                for option in chosen {
                    if *option >= options {
                        return Err(RuleError::Broken("there is no such option"));
                    }
                    mark(*option)?;
                }
            }
            (Choice::Points(points), Self::Score { .. } | Self::Cumulative { .. }) => {
                if points.len() != options {
                    return Err(RuleError::Length { found: points.len(), expected: options });
                }
                for (cell, given) in entries.iter_mut().zip(points) {
                    *cell = *given;
                }
            }
            (Choice::Columns(chosen), Self::ForAgainstAbstain { .. } | Self::Grades { .. }) => {
                if chosen.len() != options {
                    return Err(RuleError::Length { found: chosen.len(), expected: options });
                }
                for (option, column) in chosen.iter().enumerate() {
                    if *column >= columns {
                        return Err(RuleError::Broken("there is no such column or grade"));
                    }
                    mark(option * columns + column)?;
                }
            }
            (Choice::Ranking(order), Self::Rank) => {
                if order.len() != options {
                    return Err(RuleError::Length { found: order.len(), expected: options });
                }
                for (position, option) in order.iter().enumerate() {
                    if *option >= options {
                        return Err(RuleError::Broken("there is no such option"));
                    }
                    mark(option * columns + position)?;
                }
            }
            _ => return Err(RuleError::Broken("this kind of choice does not belong to this voting method")),
        }
        rules.check(&entries)?;
        Ok(entries)
    }

    /// The choice that entries stand for: the inverse of [`Method::entries`].
    pub fn choice(&self, options: usize, blank: bool, entries: &[u64]) -> Result<Choice, RuleError> {
        let rules = self.compile(options, blank)?;
        rules.check(entries)?;
        if blank && entries.last() == Some(&1) {
            return Ok(Choice::Blank);
        }
        let columns = self.columns(options);
        let rows = entries.chunks_exact(columns).take(options);
        let marked = |row: &[u64]| row.iter().position(|cell| *cell == 1).unwrap_or_default();
        Ok(match self {
            Self::ChooseOne | Self::Choose { .. } => Choice::Options(
                entries.iter().take(options).enumerate().filter(|e| *e.1 == 1).map(|e| e.0).collect(),
            ),
            Self::Score { .. } | Self::Cumulative { .. } => {
                Choice::Points(entries.iter().take(options).copied().collect())
            }
            Self::ForAgainstAbstain { .. } | Self::Grades { .. } => {
                Choice::Columns(rows.map(marked).collect())
            }
            Self::Rank => {
                let mut order: Vec<(usize, usize)> = rows.map(marked).zip(0..).collect();
                order.sort_unstable();
                Choice::Ranking(order.into_iter().map(|(_, option)| option).collect())
            }
        })
    }
}

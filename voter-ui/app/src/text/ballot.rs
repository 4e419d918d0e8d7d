//! What stands on a ballot beside the manifest's own words.

use tabella_crypto::manifest::Contest;
use tabella_crypto::rules::Method;
use tabella_web_shared::marks::Incomplete;

use crate::language::{Language, Texts, plain};

mod chinese;
mod english;

/// The texts of a ballot. Names of options are given as they are to be shown, without quotation marks.
pub(crate) struct Ballot {
    /// How a contest of this method and so many options is marked.
    pub(crate) rule: fn(&Method, usize) -> String,
    /// What to do in order to choose nothing, where a blank vote of these words says it.
    pub(crate) leave_blank: fn(&str) -> String,
    /// That nothing need be chosen, where no blank vote says it.
    pub(crate) leave_empty: &'static str,
    /// Beside the blank vote, where one option is chosen.
    pub(crate) blank_instead: &'static str,
    /// Beside the blank vote, where there may be marks above.
    pub(crate) blank_clears: &'static str,
    pub(crate) chosen: fn(Count) -> String,
    pub(crate) points_left: fn(u64, u32) -> String,
    pub(crate) rows_marked: fn(usize, usize) -> String,
    pub(crate) for_used: fn(usize, usize) -> String,
    pub(crate) refusal: fn(&Refusal, &str) -> String,
    pub(crate) news: fn(&News, &str) -> String,
    /// For, against, abstain.
    pub(crate) columns: [&'static str; 3],
    pub(crate) abstain_rest: &'static str,
    pub(crate) row_open: &'static str,
    pub(crate) points: fn(u64) -> String,
    pub(crate) points_range: fn(u32) -> String,
    pub(crate) less: fn(&str) -> String,
    pub(crate) more: fn(&str) -> String,
    /// Names the ranked options, with how many of all they are.
    pub(crate) order: fn(usize, usize) -> String,
    pub(crate) order_empty: &'static str,
    pub(crate) order_help: &'static str,
    pub(crate) pool: &'static str,
    /// Under an option without a place: the place that it would take.
    pub(crate) place_next: fn(usize) -> String,
    /// Names of the handle and the buttons of an option: its name, and its place or the one that it would take,
    /// from 1.
    pub(crate) handle: fn(&str, usize) -> String,
    pub(crate) up: fn(&str, usize) -> String,
    pub(crate) down: fn(&str, usize) -> String,
    pub(crate) first: fn(&str) -> String,
    pub(crate) last: fn(&str) -> String,
    pub(crate) remove: fn(&str) -> String,
    /// Between an option and what is said of it.
    pub(crate) colon: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) blank: &'static str,
    pub(crate) problem: fn(&Incomplete, &Contest) -> String,
}

/// How many options are chosen, and the rules.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count {
    pub(crate) chosen: usize,
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) options: usize,
}

impl Count {
    /// Whether no more may be chosen although there are more.
    pub(crate) fn is_full(self) -> bool {
        self.chosen >= self.max && self.max < self.options
    }
}

/// Why a mark for an option was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// So many options are chosen already.
    Full { option: usize, max: usize },
    /// The voter is for so many already.
    ForFull { option: usize, max: usize },
    /// All points are spent.
    NoPoints { option: usize },
}

impl Refusal {
    pub(crate) fn option(self) -> usize {
        match self {
            Self::Full { option, .. } | Self::ForFull { option, .. } | Self::NoPoints { option } => option,
        }
    }
}

/// What has just changed, for those who do not see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// An option has so many points.
    Points { option: usize, points: u32 },
    /// An option stands at a place, from 1, of so many.
    Place { option: usize, place: usize, of: usize },
    /// An option has no place any more.
    Removed { option: usize },
}

impl News {
    pub(crate) fn option(self) -> usize {
        match self {
            Self::Points { option, .. } | Self::Place { option, .. } | Self::Removed { option } => option,
        }
    }
}

impl Texts for Ballot {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &english::BALLOT,
            Language::Chinese => &chinese::BALLOT,
        }
    }
}

/// Most names that a sentence lists.
const LISTED: usize = 3;

/// The first options by name, and how many are left out.
fn listed(options: &[usize], contest: &Contest, language: Language) -> (Vec<String>, usize) {
    let names = options.iter().take(LISTED).map(|option| name(*option, contest, language));
    (names.collect(), options.len().saturating_sub(LISTED))
}

/// An option's name; its number where the contest has none of it.
pub(crate) fn name(option: usize, contest: &Contest, language: Language) -> String {
    match contest.options.get(option) {
        Some(text) => plain(text, language),
        None => format!("#{}", option + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(chosen: usize, min: usize, max: usize) -> Count {
        Count { chosen, min, max, options: 5 }
    }

    #[test]
    fn the_count_says_what_to_do_at_the_limit_before_anything_is_refused() {
        let (english, chinese) = (&english::BALLOT, &chinese::BALLOT);
        assert_eq!((english.chosen)(count(2, 0, 3)), "2 of 3 chosen");
        assert_eq!((english.chosen)(count(3, 0, 3)), "3 of 3 chosen – to choose another, first remove one");
        assert_eq!((english.chosen)(count(1, 2, 3)), "1 chosen – choose at least 2");
        assert_eq!((english.chosen)(count(5, 0, 5)), "5 of 5 chosen", "there is no other to choose");
        assert_eq!((chinese.chosen)(count(3, 0, 3)), "已选 3 项，最多 3 项；如要改选，请先取消一项");
        assert_eq!((chinese.chosen)(count(5, 0, 5)), "已选 5 项，最多 5 项");
    }

    #[test]
    fn points_are_counted_down_and_over() {
        let english = &english::BALLOT;
        assert_eq!((english.points_left)(4, 5), "1 point left");
        assert_eq!((english.points_left)(5, 5), "No points left – to give more, first take some away");
        assert_eq!((english.points_left)(7, 5), "2 points too many – take some away");
    }

    #[test]
    fn the_rule_of_a_method_says_its_limits() {
        let rule = english::BALLOT.rule;
        assert_eq!(rule(&Method::Choose { min: 0, max: 5 }, 5), "Choose as many as you like.");
        assert_eq!(rule(&Method::Choose { min: 2, max: 2 }, 5), "Choose exactly 2.");
        assert_eq!(rule(&Method::Choose { min: 1, max: 5 }, 5), "Choose at least 1.");
        assert_eq!(rule(&Method::Choose { min: 1, max: 3 }, 5), "Choose 1 to 3.");
        let limited = rule(&Method::ForAgainstAbstain { max_for: 2 }, 5);
        assert!(limited.ends_with("You can be for at most 2."), "{limited}");
        assert!(!rule(&Method::ForAgainstAbstain { max_for: 5 }, 5).contains("at most"));
    }
}

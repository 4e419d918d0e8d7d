//! Choices as people write them, and back.
//!
//! | method | written as | options left out |
//! | --- | --- | --- |
//! | choose one or several | `Alice, Bob`; `none` for no option | are not chosen |
//! | score, cumulative | `Alice:3, Bob:7`; `none` for no points | have no points |
//! | for / against / abstain | `Alice:for, Bob:against`; `none` | are abstained on |
//! | grades | `Alice:Good, Bob:2` (2 is the second best) | are an error |
//! | rank | `Bob > Alice > Carol`, the most preferred first | are an error |
//! | all | `blank` | |
//!
//! An option is its number from 1, its name in any of the manifest's languages in either case, or its name in
//! double quotes, which any punctuation may stand in (a quote is doubled). `#2` is always a number, and `#blank`
//! and `#none` are never an option. What could be read in two ways is refused.

use tabella_crypto::manifest::{CheckedManifest, Contest};
use tabella_crypto::rules::{Choice, FOR_AGAINST_ABSTAIN, Method, RuleError};
use tabella_crypto::text::Text;

/// The columns of a for / against / abstain contest.
const COLUMNS: [&str; FOR_AGAINST_ABSTAIN] = ["for", "against", "abstain"];
/// The column of an option that is left out.
const ABSTAIN: usize = 2;
/// Written for an explicit blank vote, or for nothing where the rules allow it.
const BLANK: &str = "blank";
/// Written for no option, no points, or abstaining throughout.
const NONE: &str = "none";

/// What is wrong with a written choice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceProblem {
    /// A name that no option has.
    #[error("there is no option {0:?}")]
    NoOption(String),
    /// A name that several options have, or that is also a number or a word with another meaning.
    #[error(
        "{0:?} could mean several things: write the option's number as #1, #2, …, or its name in quotes, or #blank or \
         #none"
    )]
    Ambiguous(String),
    /// One option twice.
    #[error("option {0:?} is there twice")]
    Twice(String),
    /// A grade or column that is not there.
    #[error("{0:?} is none of: {1}")]
    NoColumn(String, String),
    /// Points that are not a whole number.
    #[error("{0:?} is not a whole number of points")]
    Points(String),
    /// `option:value` expected, or the other way round.
    #[error("{found:?} is not written as {expected}")]
    Form {
        /// The part found.
        found: String,
        /// An example of the form.
        expected: &'static str,
    },
    /// Options that need a grade or place and have none.
    #[error("these options have none yet: {0}")]
    Missing(String),
    /// A quote without its partner.
    #[error("a quotation mark is not closed")]
    Quote,
    /// The choice breaks the contest's rules.
    #[error("{0}")]
    Rules(#[from] RuleError),
    /// No choice for this contest.
    #[error("there is no choice for it; write `blank` to vote blank")]
    NoChoice,
    /// Two choices for this contest.
    #[error("there are two choices for it")]
    TwoChoices,
    /// A contest that is not on this ballot.
    #[error("there is no contest {0:?} on this ballot")]
    NoContest(String),
    /// The style is not in the manifest.
    #[error("there is no such ballot style")]
    NoStyle,
}

/// A written choice that cannot be read, with the contest and what may be chosen there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}{problem}{help}")]
pub struct ChoiceError {
    /// What is wrong.
    pub problem: ChoiceProblem,
    place: String,
    help: String,
}

impl ChoiceError {
    pub(super) fn no_style() -> Self {
        Self { problem: ChoiceProblem::NoStyle, place: String::new(), help: String::new() }
    }

    pub(super) fn ballot(error: RuleError) -> Self {
        Self { problem: error.into(), place: String::new(), help: String::new() }
    }

    fn contest(number: usize, contest: &Contest, problem: ChoiceProblem) -> Self {
        let options: Vec<String> = contest
            .options
            .iter()
            .zip(1..)
            .map(|(option, number)| format!("{number} {}", first(option)))
            .collect();
        Self {
            problem,
            place: format!("contest {number} ({}): ", first(&contest.title)),
            help: format!("; {}. The options are: {}", how_to_choose(contest), options.join(", ")),
        }
    }
}

/// How a contest's choice is written, as an instruction with an example.
pub fn how_to_choose(contest: &Contest) -> String {
    match &contest.method {
        Method::ChooseOne => "choose exactly one option, such as `2`".to_owned(),
        Method::Choose { min, max } if min == max => format!("choose {max} options, such as `1, 2`"),
        Method::Choose { min, max } => format!("choose {min} to {max} options, such as `1, 2`"),
        Method::Score { max } => format!("give each option 0 to {max} points, such as `1:3, 2:1`"),
        Method::Cumulative { points } => {
            format!("spread up to {points} points over the options, such as `1:3, 2:1`")
        }
        Method::ForAgainstAbstain { max_for } => {
            format!(
                "say for, against or abstain, such as `1:for, 2:against`, and for at most {max_for} of them `for`"
            )
        }
        Method::Grades { .. } => format!(
            "give each option one of the grades {}, such as `1:{}`",
            names(&contest.grades),
            contest.grades.first().map_or("", first)
        ),
        Method::Rank => "put all options in order, the most preferred first, such as `2 > 1 > 3`".to_owned(),
    }
}

/// A text's first language: errors are for the person at the command line, whose words are compared in all.
fn first(text: &Text) -> &str {
    text.versions().first().map_or("", |(_, words)| words)
}

fn names(texts: &[Text]) -> String {
    texts.iter().map(first).collect::<Vec<_>>().join(", ")
}

/// Reads a whole ballot: entries of each contest of the style, in its order.
pub(super) fn read_ballot(
    manifest: &CheckedManifest,
    style: u16,
    text: &str,
) -> Result<Vec<Vec<u64>>, ChoiceError> {
    let contests: Vec<(usize, &Contest)> =
        manifest.contests_of(style).map(|(index, contest)| (usize::from(index) + 1, contest)).collect();
    let Some((first_number, first_contest)) = contests.first().copied() else {
        return Err(ChoiceError::no_style());
    };
    let general = |problem| ChoiceError {
        problem,
        place: String::new(),
        help: format!(
            "; the contests of this ballot are: {}",
            contests
                .iter()
                .map(|(number, contest)| format!("{number} {}", first(&contest.title)))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    };
    let mut chosen: Vec<Option<Vec<u64>>> = vec![None; contests.len()];
    for part in split(text, ';').ok_or_else(|| general(ChoiceProblem::Quote))? {
        if part.is_empty() {
            continue;
        }
        let (slot, words) = match split_once(part, '=') {
            Some((name, words)) => {
                let slot = find_contest(&contests, name).map_err(general)?;
                (slot, words)
            }
            None if contests.len() == 1 => (0, part),
            None => {
                let expected = "contest=choice, such as `1=blank`";
                return Err(general(ChoiceProblem::Form { found: part.to_owned(), expected }));
            }
        };
        let (number, contest) = contests.get(slot).copied().unwrap_or((first_number, first_contest));
        let error = |problem| ChoiceError::contest(number, contest, problem);
        let choice = read_choice(contest, words).map_err(error)?;
        let entries = contest
            .method
            .entries(contest.options.len(), contest.blank.is_some(), &choice)
            .map_err(|rule| error(rule.into()))?;
        match chosen.get_mut(slot) {
            Some(place @ None) => *place = Some(entries),
            _ => return Err(error(ChoiceProblem::TwoChoices)),
        }
    }
    chosen
        .into_iter()
        .zip(contests)
        .map(|(entries, (number, contest))| {
            entries.ok_or_else(|| ChoiceError::contest(number, contest, ChoiceProblem::NoChoice))
        })
        .collect()
}

fn find_contest(contests: &[(usize, &Contest)], name: &str) -> Result<usize, ChoiceProblem> {
    let name = Name::read(name)?;
    let found = name.find(contests.iter().map(|(number, contest)| (*number, &contest.title)));
    match found {
        Found::One(slot) => Ok(slot),
        Found::None => Err(ChoiceProblem::NoContest(name.words)),
        Found::Several => Err(ChoiceProblem::Ambiguous(name.words)),
    }
}

/// Reads what a voter wrote for one contest.
pub fn read_choice(contest: &Contest, text: &str) -> Result<Choice, ChoiceProblem> {
    let text = text.trim();
    let keyword = text.strip_prefix('#').unwrap_or(text);
    for word in [BLANK, NONE] {
        if keyword.eq_ignore_ascii_case(word) {
            if keyword == text && is_option(contest, text) {
                return Err(ChoiceProblem::Ambiguous(text.to_owned()));
            }
            return match (word, &contest.method) {
                (NONE, Method::ChooseOne | Method::Grades { .. } | Method::Rank) => {
                    Err(ChoiceProblem::NoOption(text.to_owned()))
                }
                (NONE, _) => read_marks(contest, Vec::new()),
                _ => Ok(Choice::Blank),
            };
        }
    }
    let separator = if contest.method == Method::Rank { '>' } else { ',' };
    let parts = split(text, separator).ok_or(ChoiceProblem::Quote)?;
    read_marks(contest, parts)
}

fn read_marks(contest: &Contest, parts: Vec<&str>) -> Result<Choice, ChoiceProblem> {
    let options = contest.options.len();
    let mut values: Vec<Option<&str>> = vec![None; options];
    let mut order = Vec::with_capacity(parts.len());
    let valued = match &contest.method {
        Method::ChooseOne | Method::Choose { .. } | Method::Rank => None,
        Method::Score { .. } | Method::Cumulative { .. } => Some("option:points, such as `1:3`"),
        Method::ForAgainstAbstain { .. } => Some("option:for, option:against or option:abstain"),
        Method::Grades { .. } => Some("option:grade"),
    };
    for part in parts {
        let (name, value) = match valued {
            None => (part, ""),
            Some(expected) => {
                let form = || ChoiceProblem::Form { found: part.to_owned(), expected };
                split_once(part, ':').ok_or_else(form)?
            }
        };
        let option = find_option(contest, &Name::read(name)?)?;
        match values.get_mut(option) {
            Some(place @ None) => *place = Some(value),
            _ => return Err(ChoiceProblem::Twice(name.trim().to_owned())),
        }
        order.push(option);
    }
    let missing = || {
        let texts = contest.options.iter().zip(&values).filter(|(_, value)| value.is_none());
        let texts: Vec<&str> = texts.map(|(option, _)| first(option)).collect();
        if texts.is_empty() { Ok(()) } else { Err(ChoiceProblem::Missing(texts.join(", "))) }
    };
    Ok(match &contest.method {
        Method::ChooseOne | Method::Choose { .. } => {
            order.sort_unstable();
            Choice::Options(order)
        }
        Method::Rank => {
            missing()?;
            Choice::Ranking(order)
        }
        Method::Score { .. } | Method::Cumulative { .. } => Choice::Points(
            values
                .iter()
                .map(|value| {
                    let text = value.unwrap_or("0").trim();
                    text.parse().map_err(|_| ChoiceProblem::Points(text.to_owned()))
                })
                .collect::<Result<_, _>>()?,
        ),
        Method::ForAgainstAbstain { .. } => Choice::Columns(
            values
                .iter()
                .map(|value| {
                    let Some(text) = value.map(str::trim) else { return Ok(ABSTAIN) };
                    let column = COLUMNS.iter().position(|column| column.eq_ignore_ascii_case(text));
                    column.ok_or_else(|| ChoiceProblem::NoColumn(text.to_owned(), COLUMNS.join(", ")))
                })
                .collect::<Result<_, _>>()?,
        ),
        Method::Grades { .. } => {
            missing()?;
            let grade = |text: &str| {
                let name = Name::read(text)?;
                match name.find((1..).zip(&contest.grades)) {
                    Found::One(grade) => Ok(grade),
                    Found::None => Err(ChoiceProblem::NoColumn(name.words, names(&contest.grades))),
                    Found::Several => Err(ChoiceProblem::Ambiguous(name.words)),
                }
            };
            Choice::Columns(values.iter().flatten().map(|text| grade(text)).collect::<Result<_, _>>()?)
        }
    })
}

fn find_option(contest: &Contest, name: &Name) -> Result<usize, ChoiceProblem> {
    match name.find((1..).zip(&contest.options)) {
        Found::One(option) => Ok(option),
        Found::None => Err(ChoiceProblem::NoOption(name.words.clone())),
        Found::Several => Err(ChoiceProblem::Ambiguous(name.words.clone())),
    }
}

/// Whether these words name an option, or several.
fn is_option(contest: &Contest, words: &str) -> bool {
    let name = Name { words: words.to_owned(), kind: NameKind::Words };
    !matches!(name.find((1..).zip(&contest.options)), Found::None)
}

/// How a voter names an option, grade or contest.
struct Name {
    words: String,
    kind: NameKind,
}

#[derive(PartialEq, Eq)]
enum NameKind {
    /// A name or a number.
    Words,
    /// In quotes: a name.
    Quoted,
    /// Behind #: a number.
    Number,
}

enum Found {
    One(usize),
    None,
    Several,
}

impl Name {
    fn read(text: &str) -> Result<Self, ChoiceProblem> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix('"') {
            let inner = rest.strip_suffix('"').ok_or(ChoiceProblem::Quote)?;
            return Ok(Self { words: inner.replace("\"\"", "\""), kind: NameKind::Quoted });
        }
        Ok(match text.strip_prefix('#') {
            Some(number) if is_number(number) => Self { words: number.to_owned(), kind: NameKind::Number },
            _ => Self { words: text.to_owned(), kind: NameKind::Words },
        })
    }

    /// The position of the text that is meant, among numbered texts.
    fn find<'a>(&self, texts: impl Iterator<Item = (usize, &'a Text)>) -> Found {
        let number: Option<usize> =
            self.words.parse().ok().filter(|_| self.kind != NameKind::Quoted && is_number(&self.words));
        let wanted = self.words.to_lowercase();
        let mut found = Found::None;
        for (position, (own, text)) in texts.enumerate() {
            let named = || text.versions().iter().any(|(_, words)| words.trim().to_lowercase() == wanted);
            if number == Some(own) || (self.kind != NameKind::Number && named()) {
                found = match found {
                    Found::None => Found::One(position),
                    _ => return Found::Several,
                };
            }
        }
        found
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Splits at a separator outside quotes and trims; none if a quote is not closed.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let mut quoted = false;
    let parts = text
        .split(|character: char| {
            quoted ^= character == '"';
            character == separator && !quoted
        })
        .map(str::trim)
        .collect();
    (!quoted).then_some(parts)
}

/// The two sides of the first separator outside quotes.
fn split_once(text: &str, separator: char) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = text.find(|character: char| {
        quoted ^= character == '"';
        character == separator && !quoted
    })?;
    let (before, rest) = text.split_at_checked(at)?;
    Some((before, rest.strip_prefix(separator)?))
}

/// A choice in words, in the form that [`read_choice`] takes.
pub fn describe_choice(contest: &Contest, choice: &Choice, language: &str) -> String {
    let name = |index: &usize| match contest.options.get(*index) {
        Some(option) => spell(option.in_language(language), &contest.options, *index),
        None => format!("#{}", index + 1),
    };
    let keyword = |word: &str| if is_option(contest, word) { format!("#{word}") } else { word.to_owned() };
    let list = |parts: Vec<String>, separator: &str| {
        if parts.is_empty() { keyword(NONE) } else { parts.join(separator) }
    };
    match choice {
        Choice::Blank => keyword(BLANK),
        Choice::Options(chosen) => list(chosen.iter().map(name).collect(), ", "),
        Choice::Points(points) => {
            let given = points.iter().enumerate().filter(|(_, points)| **points > 0);
            list(given.map(|(option, points)| format!("{}: {points}", name(&option))).collect(), ", ")
        }
        Choice::Columns(columns) => {
            let column = |column: &usize| match contest.method {
                Method::Grades { .. } => match contest.grades.get(*column) {
                    Some(grade) => spell(grade.in_language(language), &contest.grades, *column),
                    None => format!("#{}", column + 1),
                },
                _ => COLUMNS.get(*column).copied().unwrap_or_default().to_owned(),
            };
            let parts = columns.iter().enumerate();
            list(
                parts.map(|(option, chosen)| format!("{}: {}", name(&option), column(chosen))).collect(),
                ", ",
            )
        }
        Choice::Ranking(order) => list(order.iter().map(name).collect(), " > "),
    }
}

/// A name as it can be read again: bare, else in quotes, else as a number where another has the same name.
fn spell(words: &str, texts: &[Text], index: usize) -> String {
    let means = |name: Name| matches!(name.find((1..).zip(texts)), Found::One(found) if found == index);
    let keyword = [BLANK, NONE].iter().any(|word| words.eq_ignore_ascii_case(word));
    let punctuation = |c: char| matches!(c, ',' | ';' | ':' | '=' | '>' | '"' | '#' | '\n');
    let bare = Name { words: words.to_owned(), kind: NameKind::Words };
    if !keyword && !words.contains(punctuation) && words.trim() == words && means(bare) {
        return words.to_owned();
    }
    let quoted = Name { words: words.to_owned(), kind: NameKind::Quoted };
    if means(quoted) {
        return format!("\"{}\"", words.replace('"', "\"\""));
    }
    format!("#{}", index + 1)
}

//! The election's description. Its hash names the election. Specification: "Manifest".
//!
//! Decoding gives a [`Manifest`]; [`Manifest::check`] gives a [`CheckedManifest`], the only form that anything
//! else takes, in which no two rules contradict each other and every bound is known to hold.

use std::collections::HashSet;
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::ballot;
use crate::codec::{self, CodecError};
use crate::dlog::MAX_TOTAL;
use crate::outcome::{Base, Fraction, MAX_REQUIREMENTS, OutcomeRule};
use crate::rules::{MAX_ENTRIES, MAX_OPTIONS, Method, RuleError, StyleRules};
use crate::signature::VerifyingKey;
use crate::text::{Text, TextError};
use crate::transcript::{Digest, hash};

/// The version of the manifest's encoding.
pub const MANIFEST_VERSION: u16 = 1;
/// Most bytes of a manifest (17 log entries).
pub const MAX_MANIFEST_LENGTH: usize = 1_000_000;
/// Most contests of an election.
pub const MAX_CONTESTS: usize = 1_000;
/// Most ballot styles of an election.
pub const MAX_STYLES: usize = 1_000;
/// Most trustees.
pub const MAX_TRUSTEES: usize = 64;
/// Most bytes of a trustee's or board's name.
pub const MAX_NAME_LENGTH: usize = 200;
/// Most ballots that one voter may cast or test.
pub const MAX_ATTEMPTS: u16 = 1_000;
/// Most bits that the range proof of one ballot covers: bounds the time of proving and verifying.
pub const MAX_CLAIM_BITS: usize = 1 << 15;

/// Most entries over all contests, and over all styles: bounds what a manifest's rules take in memory.
pub const MAX_TOTAL_ENTRIES: usize = 100_000;
/// Shortest and longest time that a dealer may have for answering a complaint: a minute, 90 days; in milliseconds.
pub const COMPLAINT_WINDOWS: std::ops::RangeInclusive<u64> = 60_000..=90 * 86_400_000;
/// Times beyond this bound (milliseconds) have no exact form in the numbers of JSON and JavaScript.
pub const MAX_TIME: u64 = 1 << 53;
/// Most cosignatures that a checkpoint carries beside the board's own signature.
pub const MAX_COSIGNATURES: u8 = 15;

/// The name of an election: the hash of its manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct ElectionId(pub Digest);

impl ElectionId {
    /// The name of the election with a manifest of these bytes: hash("manifest", bytes).
    pub fn of(manifest: &[u8]) -> Self {
        Self(hash("manifest", &[manifest]))
    }

    /// The bytes, for hashes and transcripts.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0.0
    }
}

impl std::fmt::Display for ElectionId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A trustee as the manifest names them.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct TrusteeInfo {
    /// The trustee's name.
    pub name: String,
    /// Fingerprint of the trustee's signing and encryption keys, told to the administrator beforehand.
    pub fingerprint: Digest,
}

/// Where voters' credentials come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum CredentialMode {
    /// The registrar makes codes and hands them out.
    Issued,
    /// Voters' devices make them; the registrar endorses the public half after an identity check.
    Enrolled,
}

/// Whether a voter may vote again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Recasting {
    /// The last ballot counts; at most `limit` ballots each.
    LastCounts {
        /// Most ballots that one voter may cast.
        limit: u16,
    },
    /// The first ballot counts, and no other is accepted.
    FirstOnly,
}

/// What the administrator may do beside publishing the manifest. Every act is an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Powers {
    /// Open voting before its time.
    pub open_early: bool,
    /// Close voting before its time.
    pub close_early: bool,
}

/// A question of the ballot.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Contest {
    /// The question.
    pub title: Text,
    /// Explanation, if there is any.
    pub description: Option<Text>,
    /// The options, in order.
    pub options: Vec<Text>,
    /// Names of the grades, the best first; empty for other methods.
    pub grades: Vec<Text>,
    /// How it is marked.
    pub method: Method,
    /// The words of an explicit blank vote, if the contest has one.
    pub blank: Option<Text>,
    /// Whether each voter sees the options in an order of their own.
    pub shuffle: bool,
    /// What the totals mean.
    pub outcome: OutcomeRule,
}

/// A set of contests that some voters see.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Style {
    /// Its name, such as a district's.
    pub name: Text,
    /// Indices of its contests, ascending.
    pub contests: Vec<u16>,
}

/// The election's description, as decoded: see [`Manifest::check`].
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Manifest {
    /// [`MANIFEST_VERSION`].
    pub version: u16,
    /// Origin of the board log on which the election runs.
    pub board: String,
    /// Random bytes, so that two elections with one text have two names.
    pub nonce: [u8; 16],
    /// The election's title.
    pub title: Text,
    /// Explanation, if there is any.
    pub description: Option<Text>,
    /// Signs the manifest and what else it allows.
    pub administrator: VerifyingKey,
    /// Signs the roll.
    pub registrar: VerifyingKey,
    /// The trustees, in order; their indices start at 1.
    pub trustees: Vec<TrusteeInfo>,
    /// How many trustees must act together.
    pub threshold: u8,
    /// Milliseconds that a dealer has for answering a complaint.
    pub complaint_window: u64,
    /// Where credentials come from.
    pub credentials: CredentialMode,
    /// Bound on the sum of all weights on the roll.
    pub total_weight: u64,
    /// When voting opens: milliseconds since 1970-01-01 UTC.
    pub opens: u64,
    /// When voting closes, likewise.
    pub closes: u64,
    /// What the administrator may do.
    pub powers: Powers,
    /// Whether voters may vote again.
    pub recasting: Recasting,
    /// Most ballots that one voter may test.
    pub tests: u16,
    /// Whether turnout is shown while voting is open.
    pub show_turnout: bool,
    /// Fewest ballots in any (contest, style, weight) whose sum is decrypted.
    pub smallest_group: u32,
    /// Cosignatures of the board's witnesses that a tally needs.
    pub cosignatures: u8,
    /// The contests.
    pub contests: Vec<Contest>,
    /// The ballot styles.
    pub styles: Vec<Style>,
}

/// Why a manifest is refused. Each says what to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Not an encoding.
    #[error(transparent)]
    Encoding(#[from] CodecError),
    /// Another version.
    #[error(
        "this is a manifest of version {0}, but this program knows version {MANIFEST_VERSION}: use a newer one"
    )]
    Version(u16),
    /// A text breaks the rules for texts.
    #[error("{place}: {error}")]
    Text {
        /// Where it stands.
        place: &'static str,
        /// What is wrong.
        error: TextError,
    },
    /// A trustee's or board's name is empty or too long.
    #[error("{0}: a name has 1 to {MAX_NAME_LENGTH} bytes and no control characters")]
    Name(&'static str),
    /// Number of trustees.
    #[error("an election has 1 to {MAX_TRUSTEES} trustees")]
    Trustees,
    /// One trustee twice.
    #[error("trustees {0} and {1} have the same fingerprint: every trustee needs keys of their own")]
    SameTrustee(usize, usize),
    /// Threshold out of range.
    #[error("the threshold is {threshold}, but there are {trustees} trustees: choose 1 to {trustees}")]
    Threshold {
        /// The threshold found.
        threshold: u8,
        /// The number of trustees.
        trustees: usize,
    },
    /// The board's name could not be a log's origin.
    #[error(
        "board: the origin of a log has no spaces and no plus sign, such as \"board.example.org/tabella\""
    )]
    Origin,
    /// A time beyond [`MAX_TIME`], or a complaint window outside [`COMPLAINT_WINDOWS`].
    #[error("times must lie before the year 287396, and `complaint-window` between a minute and 90 days")]
    Window,
    /// More cosignatures than a checkpoint can carry.
    #[error("at most {MAX_COSIGNATURES} cosignatures can be demanded")]
    Cosignatures,
    /// Two choices of a contest read the same.
    #[error("contest {contest}: {words:?} stands for two choices: voters could not tell them apart")]
    SameWords {
        /// The contest, from 1.
        contest: usize,
        /// The words.
        words: String,
    },
    /// Closing not after opening.
    #[error("voting would close before it opens: set `closes` to a time after `opens`")]
    Times,
    /// Limits of recasting or testing.
    #[error("voters may cast 1 to {MAX_ATTEMPTS} ballots and test 0 to {MAX_ATTEMPTS}")]
    Attempts,
    /// A smallest group of zero, or larger than all weights together.
    #[error("`smallest-group` must be at least 1, and no more than `total-weight`")]
    SmallestGroup,
    /// Number of contests or styles.
    #[error("an election has 1 to {MAX_CONTESTS} contests and 1 to {MAX_STYLES} ballot styles")]
    Contests,
    /// A contest's rules contradict each other.
    #[error("contest {contest}: {error}")]
    Rules {
        /// The contest, from 1.
        contest: usize,
        /// What is wrong.
        error: RuleError,
    },
    /// Names of grades given for another method, or not as many as grades.
    #[error("contest {0}: give a name to each grade, and to grades alone")]
    GradeNames(usize),
    /// Totals could leave the bounded logarithm.
    #[error(
        "contest {contest}: a total could reach {total}, more than the {MAX_TOTAL} that a tally can find: \
         lower the points or `total_weight`"
    )]
    Total {
        /// The contest, from 1.
        contest: usize,
        /// The largest total.
        total: u128,
    },
    /// Outcome rule out of range.
    #[error(
        "contest {0}: its outcome needs 1 seat to as many as options, fractions from 0 to 1, and known bases"
    )]
    Outcome(usize),
    /// A style is empty, unsorted, or names a contest that is not there.
    #[error("ballot style {0}: it must list contests that exist, in ascending order, each once")]
    Style(usize),
    /// A contest that nobody votes on.
    #[error("contest {0} is in no ballot style: add it to one or remove it")]
    Unused(usize),
    /// A ballot would not fit an entry of the log, or its proof would take too long.
    #[error(
        "ballot style {style}: a ballot would have {length} bytes and {bits} proven bits, more than the {} bytes \
         or {MAX_CLAIM_BITS} bits that fit: split it into smaller styles or elections",
        ballot::MAX_BALLOT_LENGTH
    )]
    BallotSize {
        /// The style, from 1.
        style: usize,
        /// Bytes of a ballot.
        length: usize,
        /// Bits that its range proof covers.
        bits: usize,
    },
    /// More entries over all contests and styles than [`MAX_TOTAL_ENTRIES`].
    #[error(
        "contests and ballot styles have more than {MAX_TOTAL_ENTRIES} entries together: hold several elections"
    )]
    Entries,
    /// The bound on all weights is zero or absurd.
    #[error("`total_weight` must be from 1 to {MAX_TOTAL}")]
    TotalWeight,
}

/// A manifest that holds together, with its rules compiled.
#[derive(Debug, Clone)]
pub struct CheckedManifest {
    manifest: Manifest,
    id: ElectionId,
    styles: Vec<StyleRules>,
}

impl CheckedManifest {
    /// Reads and checks a manifest's bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, ManifestError> {
        codec::decode_bounded::<Manifest>(bytes, MAX_MANIFEST_LENGTH)?.check()
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The election's name.
    pub fn id(&self) -> ElectionId {
        self.id
    }

    /// Compiled rules of each style.
    pub fn styles(&self) -> &[StyleRules] {
        &self.styles
    }

    /// Compiled rules of a style, if it exists.
    pub fn style(&self, index: u16) -> Option<&StyleRules> {
        self.styles.get(usize::from(index))
    }

    /// The contests of a style as (index, contest), in ballot order.
    pub fn contests_of(&self, style: u16) -> impl Iterator<Item = (u16, &Contest)> {
        let indices = self.manifest.styles.get(usize::from(style)).map_or(&[][..], |style| &style.contests);
        indices.iter().filter_map(|index| Some((*index, self.manifest.contests.get(usize::from(*index))?)))
    }
}

impl std::ops::Deref for CheckedManifest {
    type Target = Manifest;
    fn deref(&self) -> &Manifest {
        &self.manifest
    }
}

impl Contest {
    /// Number of entries (ciphertexts) that a ballot gives this contest.
    pub fn entries(&self) -> usize {
        self.options.len() * self.method.columns(self.options.len()) + usize::from(self.blank.is_some())
    }
}

impl Manifest {
    /// The encoding, which the election's name is the hash of.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Checks that the rules hold together and every bound holds; compiles the styles.
    pub fn check(self) -> Result<CheckedManifest, ManifestError> {
        if self.version != MANIFEST_VERSION {
            return Err(ManifestError::Version(self.version));
        }
        check_name("board", &self.board)?;
        if self.board.contains(|c: char| c.is_whitespace() || c == '+') {
            return Err(ManifestError::Origin);
        }
        check_text("title", &self.title)?;
        check_optional("description", self.description.as_ref())?;
        self.check_trustees()?;
        self.check_limits()?;
        if !(1..=MAX_CONTESTS).contains(&self.contests.len())
            || !(1..=MAX_STYLES).contains(&self.styles.len())
        {
            return Err(ManifestError::Contests);
        }
        self.check_entries()?;
        let mut rules = Vec::with_capacity(self.contests.len());
        for (contest, number) in self.contests.iter().zip(1..) {
            check_contest_texts(contest, number)?;
            let compiled = contest
                .method
                .compile(contest.options.len(), contest.blank.is_some())
                .map_err(|error| ManifestError::Rules { contest: number, error })?;
            let total = u128::from(compiled.largest_entry) * u128::from(self.total_weight);
            if total > u128::from(MAX_TOTAL) {
                return Err(ManifestError::Total { contest: number, total });
            }
            check_outcome(contest, number)?;
            rules.push(Arc::new(compiled));
        }
        let mut styles = Vec::with_capacity(self.styles.len());
        let mut used = vec![false; self.contests.len()];
        for (style, number) in self.styles.iter().zip(1..) {
            check_text("ballot style", &style.name)?;
            if style.contests.is_empty() || !style.contests.is_sorted_by(|a, b| a < b) {
                return Err(ManifestError::Style(number));
            }
            let mut members = Vec::with_capacity(style.contests.len());
            for index in style.contests.iter().map(|index| usize::from(*index)) {
                members.push(Arc::clone(rules.get(index).ok_or(ManifestError::Style(number))?));
                if let Some(flag) = used.get_mut(index) {
                    *flag = true;
                }
            }
            let style = StyleRules::join(members);
            let bits = style.padded_ranges() * style.bits as usize;
            let length = ballot::encoded_length(style.entries, style.padded_ranges(), style.bits, true);
            // the forms over the box stay far below the group order: u128 is below l/2
            let bounded =
                style.ranges.iter().chain(&style.equalities).all(|f| f.magnitude(style.bits).is_some());
            if length > ballot::MAX_BALLOT_LENGTH || bits > MAX_CLAIM_BITS || !bounded {
                return Err(ManifestError::BallotSize { style: number, length, bits });
            }
            styles.push(style);
        }
        if let Some(unused) = used.iter().position(|used| !used) {
            return Err(ManifestError::Unused(unused + 1));
        }
        let bytes = self.encode();
        if bytes.len() > MAX_MANIFEST_LENGTH {
            return Err(CodecError::TooLong { length: bytes.len(), bound: MAX_MANIFEST_LENGTH }.into());
        }
        let id = ElectionId::of(&bytes);
        Ok(CheckedManifest { manifest: self, id, styles })
    }

    /// Bounds what the rules take in memory before any of them is compiled.
    fn check_entries(&self) -> Result<(), ManifestError> {
        let mut entries = Vec::with_capacity(self.contests.len());
        for (contest, number) in self.contests.iter().zip(1..) {
            let refused = |error| Err(ManifestError::Rules { contest: number, error });
            // first, so that the product below stays small
            if contest.options.len() > MAX_OPTIONS {
                return refused(RuleError::Options);
            }
            if contest.entries() > MAX_ENTRIES {
                return refused(RuleError::Entries(contest.entries()));
            }
            entries.push(contest.entries());
        }
        let mut total: usize = entries.iter().sum();
        for (style, number) in self.styles.iter().zip(1..) {
            let of_style: usize =
                style.contests.iter().filter_map(|index| entries.get(usize::from(*index))).sum();
            if of_style > MAX_ENTRIES {
                let length = ballot::encoded_length(of_style, 1, 8, true);
                return Err(ManifestError::BallotSize { style: number, length, bits: 8 * of_style });
            }
            total += of_style;
        }
        if total > MAX_TOTAL_ENTRIES { Err(ManifestError::Entries) } else { Ok(()) }
    }

    fn check_trustees(&self) -> Result<(), ManifestError> {
        if !(1..=MAX_TRUSTEES).contains(&self.trustees.len()) {
            return Err(ManifestError::Trustees);
        }
        if self.threshold == 0 || usize::from(self.threshold) > self.trustees.len() {
            return Err(ManifestError::Threshold {
                threshold: self.threshold,
                trustees: self.trustees.len(),
            });
        }
        for (trustee, number) in self.trustees.iter().zip(1..) {
            check_name("trustee", &trustee.name)?;
            let twin =
                self.trustees.iter().zip(1..).find(|(other, _)| other.fingerprint == trustee.fingerprint);
            if let Some((_, first)) = twin.filter(|(_, first)| *first != number) {
                return Err(ManifestError::SameTrustee(first, number));
            }
        }
        Ok(())
    }

    fn check_limits(&self) -> Result<(), ManifestError> {
        if self.closes <= self.opens {
            return Err(ManifestError::Times);
        }
        if self.closes > MAX_TIME || !COMPLAINT_WINDOWS.contains(&self.complaint_window) {
            return Err(ManifestError::Window);
        }
        if self.cosignatures > MAX_COSIGNATURES {
            return Err(ManifestError::Cosignatures);
        }
        let limit_fits = match self.recasting {
            Recasting::LastCounts { limit } => (1..=MAX_ATTEMPTS).contains(&limit),
            Recasting::FirstOnly => true,
        };
        if !limit_fits || self.tests > MAX_ATTEMPTS {
            return Err(ManifestError::Attempts);
        }
        if self.total_weight == 0 || self.total_weight > MAX_TOTAL {
            return Err(ManifestError::TotalWeight);
        }
        if self.smallest_group == 0 || u64::from(self.smallest_group) > self.total_weight {
            return Err(ManifestError::SmallestGroup);
        }
        Ok(())
    }
}

fn check_name(place: &'static str, name: &str) -> Result<(), ManifestError> {
    let fits = (1..=MAX_NAME_LENGTH).contains(&name.len()) && !name.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(ManifestError::Name(place)) }
}

fn check_text(place: &'static str, text: &Text) -> Result<(), ManifestError> {
    text.check().map_err(|error| ManifestError::Text { place, error })
}

fn check_optional(place: &'static str, text: Option<&Text>) -> Result<(), ManifestError> {
    text.map_or(Ok(()), |text| check_text(place, text))
}

fn check_contest_texts(contest: &Contest, number: usize) -> Result<(), ManifestError> {
    check_text("contest title", &contest.title)?;
    check_optional("contest description", contest.description.as_ref())?;
    check_optional("blank vote", contest.blank.as_ref())?;
    contest.options.iter().try_for_each(|option| check_text("option", option))?;
    check_distinct(contest.options.iter().chain(&contest.blank), number)?;
    check_distinct(contest.grades.iter(), number)?;
    contest.grades.iter().try_for_each(|grade| check_text("grade", grade))?;
    let expected = if let Method::Grades { grades } = contest.method { usize::from(grades) } else { 0 };
    if contest.grades.len() == expected { Ok(()) } else { Err(ManifestError::GradeNames(number)) }
}

/// No two choices read the same in any language.
fn check_distinct<'a>(texts: impl Iterator<Item = &'a Text>, contest: usize) -> Result<(), ManifestError> {
    let mut seen = HashSet::new();
    for (tag, words) in texts.flat_map(|text| text.versions()) {
        if !seen.insert((tag.to_ascii_lowercase(), words)) {
            return Err(ManifestError::SameWords { contest, words: words.clone() });
        }
    }
    Ok(())
}

fn check_outcome(contest: &Contest, number: usize) -> Result<(), ManifestError> {
    let rule = &contest.outcome;
    let proper = |f: &Fraction| f.denominator > 0 && f.numerator <= f.denominator;
    let grid = matches!(contest.method, Method::ForAgainstAbstain { .. });
    let fits = rule.seats >= 1
        && usize::from(rule.seats) <= contest.options.len()
        && rule.quorum.as_ref().is_none_or(proper)
        && rule.requirements.len() <= MAX_REQUIREMENTS
        && rule.requirements.iter().all(|r| {
            // nothing is more than the whole
            let reachable = !r.more_than || r.fraction.numerator < r.fraction.denominator;
            proper(&r.fraction) && reachable && (grid || r.of != Base::ForAndAgainst)
        });
    if fits { Ok(()) } else { Err(ManifestError::Outcome(number)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{contest, manifest, text};
    use crate::outcome::Requirement;

    type Change = fn(&mut Manifest);
    type Expected = fn(&ManifestError) -> bool;

    #[test]
    fn refuses_each_contradiction_by_name() {
        let cases: Vec<(&str, Change, Expected)> = vec![
            ("version", |m| m.version = 2, |e| *e == ManifestError::Version(2)),
            ("board", |m| m.board = "a board".into(), |e| *e == ManifestError::Origin),
            ("board", |m| m.board = String::new(), |e| *e == ManifestError::Name("board")),
            ("no trustees", |m| m.trustees.clear(), |e| *e == ManifestError::Trustees),
            (
                "one trustee twice",
                |m| m.trustees[2].fingerprint = m.trustees[0].fingerprint,
                |e| *e == ManifestError::SameTrustee(1, 3),
            ),
            (
                "threshold 0",
                |m| m.threshold = 0,
                |e| matches!(e, ManifestError::Threshold { threshold: 0, .. }),
            ),
            ("threshold 4 of 3", |m| m.threshold = 4, |e| matches!(e, ManifestError::Threshold { .. })),
            ("closing before opening", |m| m.closes = m.opens, |e| *e == ManifestError::Times),
            ("no time to answer", |m| m.complaint_window = 0, |e| *e == ManifestError::Window),
            ("no end of waiting", |m| m.complaint_window = u64::MAX, |e| *e == ManifestError::Window),
            ("end of times", |m| m.closes = u64::MAX, |e| *e == ManifestError::Window),
            ("cosignatures", |m| m.cosignatures = 16, |e| *e == ManifestError::Cosignatures),
            (
                "no ballots",
                |m| m.recasting = Recasting::LastCounts { limit: 0 },
                |e| *e == ManifestError::Attempts,
            ),
            ("tests", |m| m.tests = MAX_ATTEMPTS + 1, |e| *e == ManifestError::Attempts),
            ("group of none", |m| m.smallest_group = 0, |e| *e == ManifestError::SmallestGroup),
            (
                "group of more than all",
                |m| {
                    m.total_weight = 9;
                    m.smallest_group = 10;
                },
                |e| *e == ManifestError::SmallestGroup,
            ),
            ("no weight", |m| m.total_weight = 0, |e| *e == ManifestError::TotalWeight),
            (
                "k larger than the options",
                |m| m.contests[0].method = Method::Choose { min: 0, max: 4 },
                |e| *e == ManifestError::Rules { contest: 1, error: RuleError::Limit { max: 4, options: 3 } },
            ),
            (
                "totals past the logarithm's bound",
                |m| {
                    m.total_weight = 1 << 32;
                    m.contests[0].method = Method::Score { max: 300 };
                },
                |e| *e == ManifestError::Total { contest: 1, total: 300 << 32 },
            ),
            (
                "grades without names",
                |m| m.contests[0].method = Method::Grades { grades: 3 },
                |e| *e == ManifestError::GradeNames(1),
            ),
            (
                "two options alike",
                |m| m.contests[0].options[2] = text("Option 0"),
                |e| matches!(e, ManifestError::SameWords { contest: 1, .. }),
            ),
            (
                "more seats than options",
                |m| m.contests[0].outcome.seats = 4,
                |e| *e == ManifestError::Outcome(1),
            ),
            (
                "more than all",
                |m| {
                    let fraction = Fraction { numerator: 1, denominator: 1 };
                    m.contests[0].outcome.requirements =
                        vec![Requirement { fraction, of: Base::Valid, more_than: true }];
                },
                |e| *e == ManifestError::Outcome(1),
            ),
            ("no contests", |m| m.contests.clear(), |e| *e == ManifestError::Contests),
            ("empty style", |m| m.styles[0].contests.clear(), |e| *e == ManifestError::Style(1)),
            (
                "style of a contest that is not there",
                |m| m.styles[0].contests.push(7),
                |e| *e == ManifestError::Style(1),
            ),
            ("style out of order", |m| m.styles[0].contests = vec![1, 0], |e| *e == ManifestError::Style(1)),
            ("contest in no style", |m| m.styles[0].contests = vec![0], |e| *e == ManifestError::Unused(2)),
            (
                "a ballot that would not fit an entry",
                |m| {
                    m.contests = (0..30).map(|_| contest(Method::Rank, 6, true)).collect();
                    m.styles[0].contests = (0..30).collect();
                },
                |e| matches!(e, ManifestError::BallotSize { style: 1, .. }),
            ),
        ];
        let good = || {
            let contests = vec![
                contest(Method::Choose { min: 0, max: 2 }, 3, true),
                contest(Method::ChooseOne, 2, true),
            ];
            manifest(contests, &[&[0, 1]])
        };
        assert!(good().check().is_ok());
        for (name, change, expected) in cases {
            let mut manifest = good();
            change(&mut manifest);
            let error = manifest.check().map(|_| ()).unwrap_err();
            assert!(expected(&error), "{name}: {error:?}");
        }
    }

    /// A ranking of 1,000 options has a million entries: refused by arithmetic, before anything is built.
    #[test]
    fn a_manifest_that_asks_for_too_much_is_refused_before_it_costs_anything() {
        let mut huge = contest(Method::ChooseOne, MAX_OPTIONS, false);
        huge.method = Method::Rank;
        let manifest = manifest(vec![huge; 60], &[&(0..60).collect::<Vec<u16>>()]);
        let error = manifest.check().map(|_| ()).unwrap_err();
        assert!(matches!(error, ManifestError::Rules { contest: 1, error: RuleError::Entries(1_000_000) }));
        let one = contest(Method::Choose { min: 0, max: 990 }, 990, false);
        let styles: Vec<&[u16]> = vec![&[0]; 1_000];
        assert_eq!(crate::fixtures::manifest(vec![one], &styles).check().err(), Some(ManifestError::Entries));
    }

    #[test]
    fn an_election_is_named_by_the_hash_of_its_manifest() {
        let manifest = manifest(vec![contest(Method::ChooseOne, 2, true)], &[&[0]]);
        let bytes = manifest.encode();
        let checked = CheckedManifest::decode(&bytes).unwrap();
        assert_eq!(checked.id().0, hash("manifest", &[&bytes]));
        let mut other = manifest.clone();
        other.nonce[0] ^= 1;
        assert_ne!(other.check().unwrap().id(), checked.id());
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(matches!(CheckedManifest::decode(&longer), Err(ManifestError::Encoding(_))));
    }
}

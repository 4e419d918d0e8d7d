//! Whether a manifest holds together: each refusal says what to change. Specification: "Manifest".

use std::collections::HashSet;
use std::sync::Arc;

use super::{
    COMPLAINT_WINDOWS, CheckedManifest, Contest, ElectionId, MANIFEST_VERSION, MAX_ATTEMPTS, MAX_CLAIM_BITS,
    MAX_CONTESTS, MAX_COSIGNATURES, MAX_MANIFEST_LENGTH, MAX_NAME_LENGTH, MAX_STYLES, MAX_TIME,
    MAX_TOTAL_ENTRIES, MAX_TRUSTEES, Manifest, Recasting,
};
use crate::ballot;
use crate::codec::CodecError;
use crate::dlog::MAX_TOTAL;
use crate::outcome::{Base, Fraction, MAX_REQUIREMENTS};
use crate::rules::{MAX_ENTRIES, MAX_OPTIONS, Method, RuleError, StyleRules};
use crate::text::{MAX_LANGUAGES, Text, TextError, is_layout};

#[cfg(test)]
mod tests;

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
    #[error(
        "{0}: a name has 1 to {MAX_NAME_LENGTH} bytes, and no control characters or changes of direction"
    )]
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

impl Manifest {
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
            let length = ballot::longest_length(&style);
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
    let refused = |character: char| character.is_control() || is_layout(character);
    let fits = (1..=MAX_NAME_LENGTH).contains(&name.len()) && !name.contains(refused);
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
    check_distinct("options", contest.options.iter().chain(&contest.blank), number)?;
    check_distinct("grades", contest.grades.iter(), number)?;
    contest.grades.iter().try_for_each(|grade| check_text("grade", grade))?;
    let expected = if let Method::Grades { grades } = contest.method { usize::from(grades) } else { 0 };
    if contest.grades.len() == expected { Ok(()) } else { Err(ManifestError::GradeNames(number)) }
}

/// No two choices read the same, whatever language a reader asks for.
fn check_distinct<'a>(
    place: &'static str,
    texts: impl Iterator<Item = &'a Text> + Clone,
    contest: usize,
) -> Result<(), ManifestError> {
    // longer than any part of a tag may be: the tag that nobody has, in a language and in none
    const OTHER: &str = "otherwise";
    let mut tags: Vec<String> =
        texts.clone().flat_map(Text::versions).map(|(tag, _)| tag.to_ascii_lowercase()).collect();
    tags.sort_unstable();
    tags.dedup();
    if tags.len() > MAX_LANGUAGES {
        return Err(ManifestError::Text { place, error: TextError::TooManyLanguages });
    }
    let primary = |tag: &String| tag.split('-').next().map(|primary| format!("{primary}-{OTHER}"));
    let others: Vec<String> = tags.iter().filter_map(primary).chain([OTHER.to_owned()]).collect();
    for tag in tags.iter().chain(&others) {
        let mut seen = HashSet::new();
        for text in texts.clone() {
            if !seen.insert(text.reading(tag)) {
                return Err(ManifestError::SameWords { contest, words: text.in_language(tag).to_owned() });
            }
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

//! The election's description as an administrator writes it, in TOML, and the [`Manifest`] that it becomes.
//! Guide: `docs/manifest.example.toml`, which names every setting.
//!
//! Unknown settings are refused, and every refusal says where it stands. What the rules of voting refuse is left
//! to [`Manifest::check`]; here its sentences get the line of the contest, style or setting that they are about.

use serde::Deserialize;
use toml::Spanned;

use tabella_crypto::manifest::{
    CheckedManifest, Contest, CredentialMode, MANIFEST_VERSION, Manifest, ManifestError, Powers, Recasting,
    Style, TrusteeInfo,
};
use tabella_crypto::outcome::{OutcomeRule, Ties};
use tabella_crypto::rules::Method;
use tabella_crypto::signature::VerifyingKey;
use tabella_crypto::text::{Text, TextError};

use self::values::{Fingerprint, Key, Milliseconds, When, Words};

mod summary;
mod values;

pub use self::summary::summary;
pub use self::values::ValueError;

/// What a file does not say because it is known elsewhere.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Origin of the board log.
    pub board: String,
    /// The administrator who creates the election.
    pub administrator: VerifyingKey,
    /// Fresh random bytes.
    pub nonce: [u8; 16],
    /// Now, in milliseconds since 1970-01-01 UTC: what "now" and "+2h" in the file are relative to.
    pub now: u64,
}

/// What a draft has where the administrator has to write something: no key and no date, and as a name refused.
pub const TO_COMPLETE: &str = "TO COMPLETE";

/// Why a file is refused. Lines count from 1.
#[derive(Debug, thiserror::Error)]
pub enum ManifestFileError {
    /// Not TOML, an unknown setting, or a value that is not one of its kind; the message has the line.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// A text of the file breaks the rules for texts.
    #[error("line {line}: {place}: {error}")]
    Text {
        /// Where it stands.
        line: usize,
        /// What it is.
        place: &'static str,
        /// What is wrong.
        error: TextError,
    },
    /// The file names another board than the one it is used with.
    #[error("line {line}: the file is for the board {file}, but this board is {board}: correct one of them")]
    Board {
        /// Where it stands.
        line: usize,
        /// The board in the file.
        file: String,
        /// The board in use.
        board: String,
    },
    /// The file names another administrator than the one who uses it.
    #[error(
        "line {0}: the file names another administrator than your key: leave `administrator` out, or use the \
         folder with that key"
    )]
    Administrator(usize),
    /// A style names a contest that is not there.
    #[error("line {line}: there is no contest {contest}: contests are numbered from 1 to {contests}")]
    NoContest {
        /// Where the style stands.
        line: usize,
        /// The number found.
        contest: u16,
        /// How many there are.
        contests: usize,
    },
    /// A draft that was not completed.
    #[error("line {0}: write the trustee's name where the draft says {TO_COMPLETE}")]
    Incomplete(usize),
    /// More of something than a manifest can have.
    #[error("the file has more grades or contests than an election can have")]
    TooMany,
    /// The settings contradict each other.
    #[error("line {line}: {error}")]
    Rules {
        /// The line that the error is about, else 1.
        line: usize,
        /// What is wrong.
        error: ManifestError,
    },
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    #[serde(default = "english")]
    language: String,
    title: Spanned<Words>,
    description: Option<Spanned<Words>>,
    board: Option<Spanned<String>>,
    administrator: Option<Spanned<Key>>,
    registrar: Key,
    #[serde(default = "issued")]
    credentials: CredentialsSetting,
    opens: When,
    closes: Spanned<When>,
    #[serde(default)]
    open_early: bool,
    #[serde(default)]
    close_early: bool,
    #[serde(default = "last_counts")]
    recasting: Spanned<RecastingSetting>,
    #[serde(default = "ten")]
    tests: u16,
    #[serde(default = "yes")]
    show_turnout: bool,
    #[serde(default = "three")]
    smallest_group: Spanned<u32>,
    #[serde(default = "million")]
    total_weight: Spanned<u64>,
    #[serde(default)]
    cosignatures: u8,
    threshold: Option<Spanned<u8>>,
    #[serde(default = "one_day")]
    complaint_window: Milliseconds,
    #[serde(rename = "trustee", alias = "trustees")]
    trustees: Vec<Spanned<TrusteeSetting>>,
    #[serde(rename = "contest", alias = "contests")]
    contests: Vec<Spanned<ContestSetting>>,
    #[serde(rename = "style", alias = "styles", default)]
    styles: Vec<Spanned<StyleSetting>>,
}

fn english() -> String {
    "en".to_owned()
}
fn issued() -> CredentialsSetting {
    CredentialsSetting::Issued
}
fn last_counts() -> Spanned<RecastingSetting> {
    Spanned::new(0..0, RecastingSetting::LastCounts(20))
}
fn ten() -> u16 {
    10
}
fn yes() -> bool {
    true
}
fn three() -> Spanned<u32> {
    Spanned::new(0..0, 3)
}
fn million() -> Spanned<u64> {
    Spanned::new(0..0, 1_000_000)
}
fn one_day() -> Milliseconds {
    Milliseconds(24 * 60 * 60 * 1000)
}
fn one() -> u16 {
    1
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CredentialsSetting {
    Issued,
    Enrolled,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RecastingSetting {
    LastCounts(u16),
    FirstOnly,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrusteeSetting {
    name: String,
    fingerprint: Fingerprint,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ContestSetting {
    title: Words,
    description: Option<Words>,
    options: Vec<Words>,
    method: MethodSetting,
    blank: Option<Words>,
    #[serde(default)]
    shuffle: bool,
    #[serde(default)]
    outcome: OutcomeSetting,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
enum MethodSetting {
    ChooseOne,
    Choose {
        #[serde(default)]
        min: u16,
        max: u16,
    },
    Approval,
    Score {
        max: u32,
    },
    Cumulative {
        points: u32,
    },
    #[serde(rename_all = "kebab-case")]
    ForAgainstAbstain {
        max_for: u16,
    },
    Grades(Vec<Words>),
    Rank,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeSetting {
    #[serde(default = "one")]
    seats: u16,
    quorum: Option<values::Share>,
    #[serde(default)]
    requirements: Vec<values::Condition>,
    #[serde(default)]
    ties: TiesSetting,
}

impl Default for OutcomeSetting {
    fn default() -> Self {
        Self { seats: one(), quorum: None, requirements: Vec::new(), ties: TiesSetting::Undecided }
    }
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TiesSetting {
    #[default]
    Undecided,
    ListOrder,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StyleSetting {
    name: Words,
    contests: Vec<u16>,
}

/// Reads and checks a file: the manifest that it describes in this setting.
pub fn read(source: &str, setting: &Setting) -> Result<CheckedManifest, ManifestFileError> {
    let file: File = toml::from_str(source)?;
    let lines = Lines { source };
    let places = Places {
        closes: lines.of(&file.closes),
        threshold: file.threshold.as_ref().map_or(1, |threshold| lines.of(threshold)),
        recasting: lines.of(&file.recasting),
        smallest_group: lines.of(&file.smallest_group),
        total_weight: lines.of(&file.total_weight),
        trustees: file.trustees.iter().map(|trustee| lines.of(trustee)).collect(),
        contests: file.contests.iter().map(|contest| lines.of(contest)).collect(),
        styles: file.styles.iter().map(|style| lines.of(style)).collect(),
    };
    let manifest = file.build(setting, &lines)?;
    manifest.check().map_err(|error| ManifestFileError::Rules { line: places.of(&error), error })
}

/// What a file itself says of its setting: board and administrator.
pub fn named_in(source: &str) -> Result<(Option<String>, Option<VerifyingKey>), ManifestFileError> {
    let file: File = toml::from_str(source)?;
    Ok((file.board.map(Spanned::into_inner), file.administrator.map(|key| key.into_inner().0)))
}

/// The lines of a file.
struct Lines<'a> {
    source: &'a str,
}

impl Lines<'_> {
    /// The line, from 1, where a value begins.
    fn of<T>(&self, value: &Spanned<T>) -> usize {
        let before = self.source.get(..value.span().start).unwrap_or_default();
        1 + before.bytes().filter(|byte| *byte == b'\n').count()
    }
}

/// Where the settings stand that a manifest's errors are about.
struct Places {
    closes: usize,
    threshold: usize,
    recasting: usize,
    smallest_group: usize,
    total_weight: usize,
    trustees: Vec<usize>,
    contests: Vec<usize>,
    styles: Vec<usize>,
}

impl Places {
    fn of(&self, error: &ManifestError) -> usize {
        let nth = |lines: &[usize], number: usize| {
            lines.get(number.saturating_sub(1)).or(lines.last()).copied().unwrap_or(1)
        };
        match error {
            ManifestError::Rules { contest, .. }
            | ManifestError::GradeNames(contest)
            | ManifestError::Total { contest, .. }
            | ManifestError::Outcome(contest)
            | ManifestError::SameWords { contest, .. }
            | ManifestError::Unused(contest) => nth(&self.contests, *contest),
            ManifestError::Style(style) | ManifestError::BallotSize { style, .. } => {
                nth(&self.styles, *style)
            }
            ManifestError::SameTrustee(_, second) => nth(&self.trustees, *second),
            ManifestError::Trustees => nth(&self.trustees, 1),
            ManifestError::Threshold { .. } => self.threshold,
            ManifestError::Times | ManifestError::Window => self.closes,
            ManifestError::Attempts => self.recasting,
            ManifestError::SmallestGroup => self.smallest_group,
            ManifestError::TotalWeight => self.total_weight,
            ManifestError::Encoding(_)
            | ManifestError::Version(_)
            | ManifestError::Text { .. }
            | ManifestError::Name(_)
            | ManifestError::Origin
            | ManifestError::Cosignatures
            | ManifestError::Entries
            | ManifestError::Contests => 1,
        }
    }
}

impl File {
    fn build(self, setting: &Setting, lines: &Lines<'_>) -> Result<Manifest, ManifestFileError> {
        if let Some(board) = self.board.as_ref().filter(|board| *board.get_ref() != setting.board) {
            return Err(ManifestFileError::Board {
                line: lines.of(board),
                file: board.get_ref().clone(),
                board: setting.board.clone(),
            });
        }
        if let Some(key) = self.administrator.as_ref().filter(|key| key.get_ref().0 != setting.administrator)
        {
            return Err(ManifestFileError::Administrator(lines.of(key)));
        }
        if let Some(trustee) = self.trustees.iter().find(|trustee| trustee.get_ref().name == TO_COMPLETE) {
            return Err(ManifestFileError::Incomplete(lines.of(trustee)));
        }
        let texts = Texts { language: &self.language };
        let title = texts.read(self.title.get_ref(), "title", lines.of(&self.title))?;
        let description = self
            .description
            .as_ref()
            .map(|words| texts.read(words.get_ref(), "description", lines.of(words)))
            .transpose()?;
        let majority = u8::try_from(self.trustees.len() / 2 + 1).unwrap_or(u8::MAX);
        let contests: Vec<Contest> = self
            .contests
            .iter()
            .map(|contest| contest.get_ref().build(&texts, lines.of(contest)))
            .collect::<Result<_, _>>()?;
        let mut styles = Vec::with_capacity(self.styles.len().max(1));
        for style in &self.styles {
            styles.push(style.get_ref().build(&texts, contests.len(), lines.of(style))?);
        }
        if styles.is_empty() {
            let all = u16::try_from(contests.len()).map_err(|_| ManifestFileError::TooMany)?;
            styles.push(Style { name: title.clone(), contests: (0..all).collect() });
        }
        Ok(Manifest {
            version: MANIFEST_VERSION,
            board: setting.board.clone(),
            nonce: setting.nonce,
            title,
            description,
            administrator: setting.administrator,
            registrar: self.registrar.0,
            trustees: self
                .trustees
                .into_iter()
                .map(Spanned::into_inner)
                .map(|trustee| TrusteeInfo { name: trustee.name, fingerprint: trustee.fingerprint.0 })
                .collect(),
            threshold: self.threshold.map_or(majority, Spanned::into_inner),
            complaint_window: self.complaint_window.0,
            credentials: match self.credentials {
                CredentialsSetting::Issued => CredentialMode::Issued,
                CredentialsSetting::Enrolled => CredentialMode::Enrolled,
            },
            total_weight: self.total_weight.into_inner(),
            opens: self.opens.at(setting.now),
            closes: self.closes.into_inner().at(setting.now),
            powers: Powers { open_early: self.open_early, close_early: self.close_early },
            recasting: match self.recasting.into_inner() {
                RecastingSetting::LastCounts(limit) => Recasting::LastCounts { limit },
                RecastingSetting::FirstOnly => Recasting::FirstOnly,
            },
            tests: self.tests,
            show_turnout: self.show_turnout,
            smallest_group: self.smallest_group.into_inner(),
            cosignatures: self.cosignatures,
            contests,
            styles,
        })
    }
}

/// Texts under the file's default language.
struct Texts<'a> {
    language: &'a str,
}

impl Texts<'_> {
    fn read(&self, words: &Words, place: &'static str, line: usize) -> Result<Text, ManifestFileError> {
        words.text(self.language).map_err(|error| ManifestFileError::Text { line, place, error })
    }
}

impl ContestSetting {
    fn build(&self, texts: &Texts<'_>, line: usize) -> Result<Contest, ManifestFileError> {
        let many = |words: &[Words], place| {
            words.iter().map(|words| texts.read(words, place, line)).collect::<Result<Vec<_>, _>>()
        };
        let optional =
            |words: Option<&Words>, place| words.map(|words| texts.read(words, place, line)).transpose();
        let mut grades = Vec::new();
        let method = match &self.method {
            MethodSetting::ChooseOne => Method::ChooseOne,
            MethodSetting::Choose { min, max } => Method::Choose { min: *min, max: *max },
            MethodSetting::Approval => Method::Choose {
                min: 0,
                max: u16::try_from(self.options.len()).map_err(|_| ManifestFileError::TooMany)?,
            },
            MethodSetting::Score { max } => Method::Score { max: *max },
            MethodSetting::Cumulative { points } => Method::Cumulative { points: *points },
            MethodSetting::ForAgainstAbstain { max_for } => Method::ForAgainstAbstain { max_for: *max_for },
            MethodSetting::Grades(names) => {
                grades = many(names, "grade")?;
                Method::Grades { grades: u8::try_from(names.len()).map_err(|_| ManifestFileError::TooMany)? }
            }
            MethodSetting::Rank => Method::Rank,
        };
        Ok(Contest {
            title: texts.read(&self.title, "contest title", line)?,
            description: optional(self.description.as_ref(), "contest description")?,
            options: many(&self.options, "option")?,
            grades,
            method,
            blank: optional(self.blank.as_ref(), "blank vote")?,
            shuffle: self.shuffle,
            outcome: self.outcome.build(),
        })
    }
}

impl OutcomeSetting {
    fn build(&self) -> OutcomeRule {
        OutcomeRule {
            seats: self.seats,
            quorum: self.quorum.map(|share| share.0),
            requirements: self.requirements.iter().map(|condition| condition.0).collect(),
            ties: match self.ties {
                TiesSetting::Undecided => Ties::Undecided,
                TiesSetting::ListOrder => Ties::ListOrder,
            },
        }
    }
}

impl StyleSetting {
    fn build(&self, texts: &Texts<'_>, contests: usize, line: usize) -> Result<Style, ManifestFileError> {
        let index = |number: &u16| {
            let fits = (1..=contests).contains(&usize::from(*number));
            // people count from 1
            if fits {
                Ok(number - 1)
            } else {
                Err(ManifestFileError::NoContest { line, contest: *number, contests })
            }
        };
        Ok(Style {
            name: texts.read(&self.name, "ballot style", line)?,
            contests: self.contests.iter().map(index).collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests;

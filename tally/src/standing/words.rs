//! The standing in sentences, in English and Chinese: two implementations of one trait, so that a text that is missing
//! in one language does not compile.

use tabella_crypto::threshold::trustee::TrusteeIndex;

use super::{Aborted, Mark, Next, Round, Stage, Standing};
use crate::ceremony::Trouble;
use crate::passphrase::Weakness;
use crate::tally::{Doubt, ReleaseRefusal};

mod chinese;
mod english;

pub use chinese::Chinese;
pub use english::English;

/// A language of these texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// 简体中文.
    Chinese,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The language of a tag such as `zh`, `zh_CN.UTF-8` or `en-GB`; none of another's.
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_', '.', '@']).next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The language of a POSIX locale (XBD 8.2): the first of LC_ALL, LC_MESSAGES and LANG that is set and not empty
    /// decides; none if that names another language. `variable` reads the environment.
    pub fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
        let set = names.into_iter().filter_map(variable).find(|tag| !tag.is_empty())?;
        Self::of_tag(&set)
    }

    /// The language tag (BCP 47), as in manifests.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-Hans",
        }
    }

    /// The texts.
    pub fn words(self) -> &'static dyn Words {
        match self {
            Self::English => &English,
            Self::Chinese => &Chinese,
        }
    }
}

/// The texts of ceremony and tally, and of the key for them. Sentences end as sentences do, titles do not.
///
/// Names of trustees are strangers' texts: whoever shows them makes them harmless.
pub trait Words: Sync {
    /// A round's name.
    fn round(&self, round: Round) -> &'static str;
    /// A round's name at the head of a column: short.
    fn column(&self, round: Round) -> &'static str;
    /// What a trustee does in a round and why, in one sentence.
    fn explanation(&self, round: Round) -> &'static str;
    /// Why a round can be repeated after an interruption, in one sentence.
    fn repetition(&self, round: Round) -> &'static str;
    /// A mark in words, for a legend and for who cannot see the sign.
    fn mark(&self, mark: Mark) -> &'static str;
    /// Trustees in a list, such as "2 Bo, 3 Cleo".
    fn list(&self, trustees: &[(TrusteeIndex, String)]) -> String;
    /// Where the election is, in a few words.
    fn stage(&self, stage: Stage) -> String;
    /// What is waited for, and for whom.
    fn waiting(&self, standing: &Standing) -> String;
    /// What the trustee does next.
    fn next(&self, next: Next) -> String;
    /// Attempts that were given up, with whose fault it was; empty without any.
    fn aborted(&self, aborted: &[Aborted]) -> Vec<String>;
    /// Complaints that are open or settled.
    fn complaints(&self, standing: &Standing) -> Vec<String>;
    /// What the tally has and lacks.
    fn tally(&self, standing: &Standing) -> Vec<String>;
    /// Why a passphrase is refused, and what to do.
    fn weakness(&self, weakness: Weakness) -> &'static str;
    /// A passphrase that is accepted.
    fn strength(&self, is_strong: bool) -> &'static str;
    /// Why the ceremony cannot go on, and what to do.
    fn trouble(&self, trouble: &Trouble) -> String;
    /// Why no share is released, and what to do.
    fn refusal(&self, refusal: &ReleaseRefusal) -> String;
    /// Why a person must compare fingerprints.
    fn doubt(&self, doubt: &Doubt) -> String;
}

/// The sign of a mark: one place on a terminal.
pub fn sign(mark: Mark) -> &'static str {
    match mark {
        Mark::Done => "✓",
        Mark::Due => "…",
        Mark::Later => "·",
        Mark::Spared => "–",
    }
}

/// The trustees that are waited for, with their names.
fn waited_for(standing: &Standing) -> Vec<(TrusteeIndex, String)> {
    let trustees = standing.waited_for().into_iter();
    trustees.map(|of| (of, standing.trustee(of).map(|info| info.name.clone()).unwrap_or_default())).collect()
}

//! How a contest is marked and decided: in the format's own terms, as far as it has any, and in full in an
//! `ExternalIdentifier` called `tabella-rules`, spelled as in a manifest's file, from which it comes back unchanged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use tabella_crypto::manifest::Contest;
use tabella_crypto::outcome::{Fraction, OutcomeRule, OutcomeWordsError, Requirement, Ties};
use tabella_crypto::rules::Method;
use tabella_crypto::text::{Text, TextError};

/// A text by language.
pub type Words = BTreeMap<String, String>;

/// The words of a text by language.
pub fn words(text: &Text) -> Words {
    text.versions().iter().cloned().collect()
}

/// What a contest has beside its texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// How it is marked.
    pub method: MethodRules,
    /// Whether each voter sees the options in an order of their own.
    pub shuffle: bool,
    /// How it is decided.
    pub outcome: OutcomeRules,
}

/// A voting method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "fields are those of `Method`, and of a manifest's file")]
pub enum MethodRules {
    /// Exactly one option.
    ChooseOne,
    /// Several options, each once.
    Choose { min: u16, max: u16 },
    /// Points for each option.
    Score { max: u32 },
    /// Points to spread.
    Cumulative { points: u32 },
    /// For, against or abstain on each option.
    #[serde(rename_all = "kebab-case")]
    ForAgainstAbstain { max_for: u16 },
    /// One of these grades for each option, the best first.
    Grades(Vec<Words>),
    /// All options in order of preference.
    Rank,
}

/// What totals mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeRules {
    /// How many options can be elected or accepted.
    pub seats: u16,
    /// Turnout below which nobody is elected, such as "1/4".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<String>,
    /// What an option must reach, such as "more than 1/2 of valid".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<String>,
    /// Ties.
    pub ties: TiesRule,
}

/// What happens where a tie leaves open who takes the last seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TiesRule {
    /// Whoever the law names decides.
    Undecided,
    /// The option that stands first.
    ListOrder,
}

/// Why rules are none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// Not of the form that [`Rules`] has.
    #[error("{0}")]
    Form(String),
    /// A fraction or requirement.
    #[error("outcome: {0}")]
    Outcome(#[from] OutcomeWordsError),
    /// The name of a grade.
    #[error("grades: {0}")]
    Grade(#[from] TextError),
    /// More grades than there can be.
    #[error("more grades than a contest can have")]
    Grades,
}

/// Method, names of grades, and outcome rule, as a manifest has them.
pub(crate) type Parts = (Method, Vec<Text>, OutcomeRule);

impl Rules {
    /// The rules of a contest.
    pub fn of(contest: &Contest) -> Self {
        let OutcomeRule { seats, quorum, requirements, ties } = &contest.outcome;
        Self {
            method: match contest.method {
                Method::ChooseOne => MethodRules::ChooseOne,
                Method::Choose { min, max } => MethodRules::Choose { min, max },
                Method::Score { max } => MethodRules::Score { max },
                Method::Cumulative { points } => MethodRules::Cumulative { points },
                Method::ForAgainstAbstain { max_for } => MethodRules::ForAgainstAbstain { max_for },
                Method::Grades { .. } => MethodRules::Grades(contest.grades.iter().map(words).collect()),
                Method::Rank => MethodRules::Rank,
            },
            shuffle: contest.shuffle,
            outcome: OutcomeRules {
                seats: *seats,
                quorum: quorum.as_ref().map(Fraction::to_string),
                requirements: requirements.iter().map(Requirement::to_string).collect(),
                ties: match ties {
                    Ties::Undecided => TiesRule::Undecided,
                    Ties::ListOrder => TiesRule::ListOrder,
                },
            },
        }
    }

    /// In JSON, on one line.
    pub(crate) fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// From JSON.
    pub(crate) fn from_json(text: &str) -> Result<Self, RulesError> {
        serde_json::from_str(text).map_err(|error| RulesError::Form(error.to_string()))
    }

    /// As a manifest has them.
    pub(crate) fn parts(&self) -> Result<Parts, RulesError> {
        let mut grades = Vec::new();
        let method = match &self.method {
            MethodRules::ChooseOne => Method::ChooseOne,
            MethodRules::Choose { min, max } => Method::Choose { min: *min, max: *max },
            MethodRules::Score { max } => Method::Score { max: *max },
            MethodRules::Cumulative { points } => Method::Cumulative { points: *points },
            MethodRules::ForAgainstAbstain { max_for } => Method::ForAgainstAbstain { max_for: *max_for },
            MethodRules::Grades(names) => {
                let texts = names.iter().map(|name| Text::new(name.clone().into_iter().collect()));
                grades = texts.collect::<Result<_, _>>()?;
                Method::Grades { grades: u8::try_from(names.len()).map_err(|_| RulesError::Grades)? }
            }
            MethodRules::Rank => Method::Rank,
        };
        let OutcomeRules { seats, quorum, requirements, ties } = &self.outcome;
        let outcome = OutcomeRule {
            seats: *seats,
            quorum: quorum.as_deref().map(str::parse).transpose()?,
            requirements: requirements.iter().map(|text| text.parse()).collect::<Result<_, _>>()?,
            ties: match ties {
                TiesRule::Undecided => Ties::Undecided,
                TiesRule::ListOrder => Ties::ListOrder,
            },
        };
        Ok((method, grades, outcome))
    }
}

/// The same in the format's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Terms {
    /// `VoteVariation`.
    pub(crate) variation: &'static str,
    /// `OtherVoteVariation`.
    pub(crate) other_variation: Option<&'static str>,
    /// `VotesAllowed`: the most votes or points that one voter can give in all.
    pub(crate) votes_allowed: i64,
    /// `RanksAllowed`, which reports do not have.
    pub(crate) ranks_allowed: Option<i64>,
}

impl Terms {
    /// Of a method in a contest of so many options.
    pub(crate) fn of(method: &Method, options: usize) -> Self {
        let options = options as i64;
        let plain = |variation, votes_allowed| Self {
            variation,
            other_variation: None,
            votes_allowed,
            ranks_allowed: None,
        };
        let other = |name, votes_allowed| Self {
            variation: "other",
            other_variation: Some(name),
            votes_allowed,
            ranks_allowed: None,
        };
        match method {
            Method::ChooseOne => plain("n-of-m", 1),
            Method::Choose { min: 0, max } if i64::from(*max) == options && options > 1 => {
                plain("approval", options)
            }
            Method::Choose { max, .. } => plain("n-of-m", (*max).into()),
            Method::Score { max } => plain("range", options.saturating_mul((*max).into())),
            Method::Cumulative { points } => plain("cumulative", (*points).into()),
            Method::ForAgainstAbstain { max_for } => other("for-against-abstain", (*max_for).into()),
            Method::Grades { .. } => other("majority-judgment", options),
            Method::Rank => Self { ranks_allowed: Some(options), ..plain("borda", options) },
        }
    }
}

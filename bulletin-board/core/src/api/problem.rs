//! Errors as JSON: RFC 9457 (problem details).

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use super::paths;
use crate::check::Refusal;

/// The media type of a [`Problem`].
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong, for programs. A code never changes its meaning; readers take one they do not know for
/// [`ProblemCode::Other`]. The borsh form is for messages inside one release.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, BorshSerialize, BorshDeserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// The request is not what this path takes.
    Malformed,
    /// The body is longer than anything that could be accepted.
    TooLarge,
    /// Path and query are longer than any of the interface.
    UriTooLong,
    /// There is nothing at this path.
    NotFound,
    /// The path does not take this method; the header `Allow` has those that it takes.
    MethodNotAllowed,
    /// The body is of another media type or coding than this path takes.
    UnsupportedMediaType,
    /// No such election on this board.
    UnknownElection,
    /// The rules refuse the entry; `check` names the check. Sending it again does not help unless the state of
    /// the election changes.
    Refused,
    /// The election cannot be put on this board.
    ElectionRefused,
    /// Too many entries are waiting, or too many feeds are open: send the same again after `Retry-After` seconds.
    Busy,
    /// The board stops or has stopped; whether the entry stands is seen by sending the same bytes again.
    Stopping,
    /// The request took too long.
    Timeout,
    /// A fault of the board.
    Internal,
    /// A code of a later version.
    #[serde(other)]
    Other,
}

impl ProblemCode {
    /// Every code that a board of this version answers, in the order of their statuses.
    pub const ALL: [Self; 13] = [
        Self::Malformed,
        Self::NotFound,
        Self::UnknownElection,
        Self::MethodNotAllowed,
        Self::Timeout,
        Self::TooLarge,
        Self::UriTooLong,
        Self::UnsupportedMediaType,
        Self::Refused,
        Self::ElectionRefused,
        Self::Busy,
        Self::Internal,
        Self::Stopping,
    ];

    /// The name, as it stands in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooLarge => "too-large",
            Self::UriTooLong => "uri-too-long",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::UnknownElection => "unknown-election",
            Self::Refused => "refused",
            Self::ElectionRefused => "election-refused",
            Self::Busy => "busy",
            Self::Stopping => "stopping",
            Self::Timeout => "timeout",
            Self::Internal => "internal",
            Self::Other => "other",
        }
    }

    /// The code of a name, as it stands in JSON; without a parser, which would be a burden in the web page.
    pub fn of_name(name: &str) -> Self {
        match name {
            "malformed" => Self::Malformed,
            "too-large" => Self::TooLarge,
            "uri-too-long" => Self::UriTooLong,
            "not-found" => Self::NotFound,
            "method-not-allowed" => Self::MethodNotAllowed,
            "unsupported-media-type" => Self::UnsupportedMediaType,
            "unknown-election" => Self::UnknownElection,
            "refused" => Self::Refused,
            "election-refused" => Self::ElectionRefused,
            "busy" => Self::Busy,
            "stopping" => Self::Stopping,
            "timeout" => Self::Timeout,
            "internal" => Self::Internal,
            _ => Self::Other,
        }
    }

    /// In a few words, the same for every problem of the code.
    pub fn title(self) -> &'static str {
        match self {
            Self::Malformed => "The request cannot be read",
            Self::TooLarge => "The request is too large",
            Self::UriTooLong => "The address is too long",
            Self::NotFound => "There is nothing here",
            Self::MethodNotAllowed => "The path does not take this method",
            Self::UnsupportedMediaType => "The path does not take this kind of body",
            Self::UnknownElection => "There is no such election on this board",
            Self::Refused => "The entry is refused",
            Self::ElectionRefused => "The election is refused",
            Self::Busy => "The board is busy",
            Self::Stopping => "The board is stopping",
            Self::Timeout => "The request took too long",
            Self::Internal => "The board has a fault",
            Self::Other => "Something went wrong",
        }
    }

    /// The HTTP status that goes with it.
    pub fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::NotFound | Self::UnknownElection => 404,
            Self::MethodNotAllowed => 405,
            Self::Timeout => 408,
            Self::TooLarge => 413,
            Self::UriTooLong => 414,
            Self::UnsupportedMediaType => 415,
            Self::Refused | Self::ElectionRefused => 422,
            Self::Busy => 429,
            Self::Internal | Self::Other => 500,
            Self::Stopping => 503,
        }
    }
}

/// An error as the board answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[error("{detail}")]
pub struct Problem {
    /// Where the code is explained: `/v1/docs#problem-<code>`, relative to the board's address.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(format = "uri-reference"))]
    pub kind: String,
    /// The code in words.
    pub title: String,
    /// The HTTP status.
    #[cfg_attr(feature = "openapi", schema(minimum = 400, maximum = 599))]
    pub status: u16,
    /// A sentence that says what is wrong and what to do.
    pub detail: String,
    /// For programs.
    pub code: ProblemCode,
    /// Number of the check of the specification that refuses the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub check: Option<String>,
}

impl Problem {
    /// A problem in words.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("{}#problem-{}", paths::DOCS, code.name()),
            title: code.title().to_owned(),
            status: code.status(),
            detail: detail.into(),
            code,
            check: None,
        }
    }
}

impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        let check = Some(refusal.check().number().to_owned());
        Self { check, ..Self::new(ProblemCode::Refused, refusal.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::BallotRefusal;

    #[test]
    fn a_refusal_names_its_check_and_says_what_to_do() {
        let problem = Problem::from(&Refusal::Ballot(BallotRefusal::Closed));
        let text = serde_json::to_string(&problem).unwrap();
        for part in [
            "\"type\":\"/v1/docs#problem-refused\"",
            "\"code\":\"refused\"",
            "\"check\":\"6.1\"",
            "\"status\":422",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert_eq!(serde_json::from_str::<Problem>(&text).unwrap(), problem);
    }

    #[test]
    fn names_are_those_of_json() {
        use crate::api::PhaseName;
        for code in ProblemCode::ALL.into_iter().chain([ProblemCode::Other]) {
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json.trim_matches('"'), code.name());
            assert_eq!(ProblemCode::of_name(code.name()), code);
        }
        assert!(ProblemCode::ALL.is_sorted_by_key(|code| code.status()));
        for phase in
            [PhaseName::Manifest, PhaseName::Setup, PhaseName::Open, PhaseName::Closed, PhaseName::Counted]
        {
            let json = serde_json::to_string(&phase).unwrap();
            assert_eq!(PhaseName::of_name(json.trim_matches('"')), Some(phase), "{json}");
        }
        assert_eq!(PhaseName::of_name("on-holiday"), None);
    }

    #[test]
    fn an_unknown_code_can_be_read() {
        let text = serde_json::to_string(&Problem::new(ProblemCode::Busy, "x")).unwrap();
        assert!(!text.contains("check"));
        let later: Problem = serde_json::from_str(&text.replace("busy", "on-holiday")).unwrap();
        assert_eq!((later.code, later.status), (ProblemCode::Other, 429));
    }
}

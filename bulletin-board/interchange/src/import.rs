//! From a ballot definition of SP 1500-20 to what a manifest says of contests and styles.
//!
//! What is read is held against the published schema, and every reference in it against what it refers to, before anything
//! is taken from it. Then three things can become of a part: it has an equivalent; or it would change what a vote
//! means, and the whole is refused; or it would not, and the draft names it among what was left out. Nothing goes
//! without a word: [`left_out`] has the attributes that are read, and names all others that are there.

mod contests;
mod left_out;
mod references;
mod schema;
mod styles;
mod texts;

#[cfg(test)]
mod tests;

use serde_json::Value;

use tabella_crypto::manifest::{
    Contest, CredentialMode, MANIFEST_VERSION, Manifest, ManifestError, Powers, Recasting, Style, TrusteeInfo,
};
use tabella_crypto::signature::VerifyingKey;
use tabella_crypto::text::{Text, TextError};
use tabella_crypto::transcript::Digest;

use crate::definition::VERSION;
use crate::model::{BALLOT_DEFINITION, BallotDefinition, rename_types, said};
use crate::rules::RulesError;

pub use self::left_out::LeftOut;

/// Most bytes of a document. A definition with the layout of a long ballot has some hundred kilobytes.
pub const MAX_LENGTH: usize = 16 << 20;

/// What a ballot definition says that a manifest can say too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The election's title.
    pub title: Text,
    /// Explanation, if there is any.
    pub description: Option<Text>,
    /// The first day, such as `2026-12-01`.
    pub start_date: String,
    /// The last day.
    pub end_date: String,
    /// The contests.
    pub contests: Vec<Contest>,
    /// The ballot styles.
    pub styles: Vec<Style>,
    /// What the document has beside that.
    pub left_out: Vec<LeftOut>,
    /// What it does not say and was taken to mean, for a person to look at.
    pub assumed: Vec<Assumed>,
}

/// Something that the document does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumed {
    /// Where in the document: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What it was taken to mean.
    pub words: &'static str,
}

/// What the administrator has decided beforehand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Choices {
    /// Contests with write-ins are taken without them.
    pub without_write_ins: bool,
}

/// Why a document is refused. Places are JSON pointers (RFC 6901).
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Longer than [`MAX_LENGTH`].
    #[error("the document has more than {MAX_LENGTH} bytes: leave out what belongs to the layout of paper")]
    TooLong,
    /// Not JSON.
    #[error("this is not JSON: {0}")]
    Json(#[source] serde_json::Error),
    /// JSON of another kind.
    #[error(
        "this is no ballot definition of NIST SP 1500-20: its @type is {0}, and not \"BallotDefinition.BallotDefinition\""
    )]
    Document(String),
    /// A ballot definition of another version.
    #[error(
        "this is a ballot definition of version {0}, but version \"{VERSION}\" is read: write it in that version"
    )]
    Version(String),
    /// Not as the schema wants it.
    #[error("{pointer}: {words} (by the schema of NIST SP 1500-20)")]
    Schema {
        /// Where.
        pointer: String,
        /// What is wrong.
        words: String,
    },
    /// What keeps the schema cannot be read all the same.
    #[error("a value that the schema allows cannot be read: {0}")]
    Program(String),
    /// Two things with one name.
    #[error(
        "{pointer}: {id:?} is the @id of something else already, at {first}: give each an @id of its own"
    )]
    SameId {
        /// The second one.
        pointer: String,
        /// The name.
        id: String,
        /// The first one.
        first: String,
    },
    /// A reference to nothing.
    #[error("{pointer}: nothing in the document has the @id {id:?}: add it, or remove the reference")]
    Dangling {
        /// Where it is referred to.
        pointer: String,
        /// The name.
        id: String,
    },
    /// A reference to something of another kind.
    #[error("{pointer}: {id:?} is a {found}, where {wanted} is wanted")]
    Kind {
        /// Where it is referred to.
        pointer: String,
        /// The name.
        id: String,
        /// Its class.
        found: String,
        /// Classes that fit.
        wanted: String,
    },
    /// Units that consist of each other.
    #[error("{pointer}: the unit {id:?} is a part of itself, through ComposingGpUnitIds: break the circle")]
    Cycle {
        /// One of them.
        pointer: String,
        /// Its name.
        id: String,
    },
    /// One document of several, or several elections.
    #[error("{pointer}: {words}")]
    Whole {
        /// Where.
        pointer: &'static str,
        /// What is wrong and what to do.
        words: String,
    },
    /// What cannot be done here, and would change what a vote means if it were left out.
    #[error("{pointer}: {what}")]
    Unsupported {
        /// Where.
        pointer: String,
        /// What it is and what to do.
        what: String,
    },
    /// The rules in our own words are none.
    #[error("{pointer}: tabella-rules: {error}")]
    Rules {
        /// The contest.
        pointer: String,
        /// What is wrong.
        error: RulesError,
    },
    /// The rules in our own words and in the format's contradict each other.
    #[error(
        "{pointer}: {attribute} says {found}, but by tabella-rules it would be {expected}: somebody has changed one of them. \
         Change the other too, or remove the identifier tabella-rules"
    )]
    Disagree {
        /// The contest.
        pointer: String,
        /// The attribute.
        attribute: &'static str,
        /// What it says.
        found: String,
        /// What the rules say.
        expected: String,
    },
    /// A text that no manifest can have.
    #[error("{pointer}: {error}")]
    Text {
        /// Where.
        pointer: String,
        /// What is wrong.
        error: TextError,
    },
    /// What comes out breaks the rules for manifests.
    #[error("the election that the document describes cannot be held here: {0}")]
    Manifest(#[from] ManifestError),
}

impl ImportError {
    fn unsupported(pointer: &str, what: impl Into<String>) -> Self {
        Self::Unsupported { pointer: pointer.to_owned(), what: what.into() }
    }
}

/// Reads a ballot definition.
pub fn read(document: &[u8], choices: Choices) -> Result<Draft, ImportError> {
    if document.len() > MAX_LENGTH {
        return Err(ImportError::TooLong);
    }
    let mut value: Value = serde_json::from_slice(document).map_err(ImportError::Json)?;
    check_kind(&value)?;
    let schema = schema::Schema::load()?;
    schema.check(&value)?;
    references::check(&value, &schema)?;
    let prefix = format!("{BALLOT_DEFINITION}.");
    rename_types(&mut value, &|class| class.strip_prefix(&prefix).unwrap_or(class).to_owned());
    let left_out = left_out::find(&value, choices)?;
    let definition: BallotDefinition =
        serde_json::from_value(value).map_err(|error| ImportError::Program(error.to_string()))?;
    let draft = draft(&definition, left_out, choices)?;
    check_rules(&draft)?;
    Ok(draft)
}

/// What can be said better than the schema says it.
fn check_kind(value: &Value) -> Result<(), ImportError> {
    let says = |attribute: &str| value.get(attribute).map(Value::to_string).unwrap_or("missing".to_owned());
    if value.get("@type").and_then(Value::as_str) != Some("BallotDefinition.BallotDefinition") {
        return Err(ImportError::Document(says("@type")));
    }
    match value.get("Version") {
        Some(version) if version.as_str() != Some(VERSION) => Err(ImportError::Version(says("Version"))),
        _ => Ok(()),
    }
}

fn draft(
    definition: &BallotDefinition,
    left_out: Vec<LeftOut>,
    choices: Choices,
) -> Result<Draft, ImportError> {
    if definition.sequence_end > 1 {
        return Err(ImportError::Whole {
            pointer: "/SequenceEnd",
            words: format!(
                "this is one of {} documents of a sequence: join them to one document",
                definition.sequence_end
            ),
        });
    }
    let [election] = definition.election.as_slice() else {
        return Err(ImportError::Whole {
            pointer: "/Election",
            words: format!(
                "the document has {} elections, and a manifest describes one: leave one",
                definition.election.len()
            ),
        });
    };
    let title = texts::read(&election.name, "/Election/0/Name")?;
    let mut assumed = Vec::new();
    let mut left_out = left_out;
    let contests = contests::Reader::new(definition, election, choices, title.clone());
    let contests = contests.read(&mut assumed, &mut left_out)?;
    let styles = styles::read(definition, election, &contests, &title, &mut assumed, &mut left_out)?;
    if election.r#type != "other" {
        left_out.push(LeftOut::one(
            format!("the kind of election, {}", election.r#type),
            "/Election/0/Type",
            "a manifest has none",
        ));
    }
    let mut description = None;
    for (index, header) in definition.header.iter().enumerate() {
        let pointer = format!("/Header/{index}");
        match (&header.headered_content, said(&header.external_identifier, "part")) {
            (Some(text), Some("description")) => {
                description = Some(texts::read(text, &format!("{pointer}/HeaderedContent"))?);
            }
            _ => left_out.push(LeftOut::one(
                "Header",
                &pointer,
                "a manifest has no headers: write into descriptions what voters must read",
            )),
        }
    }
    Ok(Draft {
        title,
        description,
        start_date: day(&election.start_date, "/Election/0/StartDate")?,
        end_date: day(&election.end_date, "/Election/0/EndDate")?,
        contests,
        styles,
        left_out,
        assumed,
    })
}

/// A day, as it is written.
fn day(text: &str, pointer: &str) -> Result<String, ImportError> {
    text.parse::<jiff::civil::Date>().map(|day| day.to_string()).map_err(|_| ImportError::Schema {
        pointer: pointer.to_owned(),
        words: "wanted is a day such as \"2026-12-01\"".to_owned(),
    })
}

/// What a manifest would be refused for is said now, and not when it is complete. Everything that the document does
/// not say is a placeholder that keeps the rules.
fn check_rules(draft: &Draft) -> Result<(), ImportError> {
    let placeholder = VerifyingKey([0; 32]);
    let manifest = Manifest {
        version: MANIFEST_VERSION,
        board: "board".to_owned(),
        nonce: [0; 16],
        title: draft.title.clone(),
        description: draft.description.clone(),
        administrator: placeholder,
        registrar: placeholder,
        trustees: vec![TrusteeInfo { name: "trustee".to_owned(), fingerprint: Digest([0; 32]) }],
        threshold: 1,
        complaint_window: 60_000,
        credentials: CredentialMode::Issued,
        total_weight: 1,
        opens: 0,
        closes: 1,
        powers: Powers { open_early: false, close_early: false },
        recasting: Recasting::FirstOnly,
        tests: 0,
        show_turnout: true,
        smallest_group: 1,
        cosignatures: 0,
        contests: draft.contests.clone(),
        styles: draft.styles.clone(),
    };
    manifest.check()?;
    Ok(())
}

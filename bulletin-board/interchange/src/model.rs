//! Classes of the Common Data Format as far as they are used here, with NIST's names for classes and attributes.
//!
//! Both standards have most classes in common and differ in the prefix of `@type`, which [`to_json`] puts before every
//! class; so contests and their options are one structure each, whose attributes of one standard alone stay empty in the
//! other.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use tabella_crypto::text::Text;

/// The classes of SP 1500-20.
pub(crate) const BALLOT_DEFINITION: &str = "BallotDefinition";
/// The classes of SP 1500-100 revision 2.
pub(crate) const ELECTION_RESULTS: &str = "ElectionResults";

/// What the [`ExternalIdentifier`]s that this program writes begin with.
pub const OURS: &str = "tabella-";

/// Who writes a document, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// `Issuer`, and `IssuerAbbreviation`: for people.
    pub name: String,
    /// `VendorApplicationId`: program and version.
    pub application: String,
    /// `GeneratedDate`: milliseconds since 1970-01-01 UTC.
    pub generated: u64,
}

/// A text in several languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@type", rename_all = "PascalCase")]
pub struct InternationalizedText {
    /// One for each language.
    pub text: Vec<LanguageString>,
}

/// A text in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@type", rename_all = "PascalCase")]
pub struct LanguageString {
    /// The words.
    pub content: String,
    /// A language tag.
    pub language: String,
}

impl From<&Text> for InternationalizedText {
    fn from(text: &Text) -> Self {
        let versions = text.versions().iter();
        let text =
            versions.map(|(tag, words)| LanguageString { content: words.clone(), language: tag.clone() });
        Self { text: text.collect() }
    }
}

/// A code that somebody uses for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@type", rename_all = "PascalCase")]
pub struct ExternalIdentifier {
    /// `other` for ours.
    pub r#type: String,
    /// What it is, where the type is `other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_type: Option<String>,
    /// The code.
    pub value: String,
}

impl ExternalIdentifier {
    /// One of ours: `what` without [`OURS`].
    pub(crate) fn ours(what: &str, value: impl Into<String>) -> Self {
        Self { r#type: "other".to_owned(), other_type: Some(format!("{OURS}{what}")), value: value.into() }
    }

    /// Its value if it is ours and says this.
    pub(crate) fn says(&self, what: &str) -> Option<&str> {
        let other = self.other_type.as_deref().filter(|_| self.r#type == "other")?;
        (other.strip_prefix(OURS) == Some(what)).then_some(self.value.as_str())
    }
}

/// The value of the first of ours that says this.
pub(crate) fn said<'a>(identifiers: &'a [ExternalIdentifier], what: &str) -> Option<&'a str> {
    identifiers.iter().find_map(|identifier| identifier.says(what))
}

/// A ballot definition: the document of SP 1500-20.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "@type", rename_all = "PascalCase")]
pub struct BallotDefinition {
    /// Always one here.
    #[serde(default)]
    pub election: Vec<Election>,
    /// RFC 3339, in seconds.
    pub generated_date: String,
    /// The units whose voters vote.
    #[serde(default)]
    pub gp_unit: Vec<ReportingUnit>,
    /// Texts that belong to no contest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub header: Vec<Header>,
    /// Who wrote it.
    pub issuer: String,
    /// The same, shorter.
    pub issuer_abbreviation: String,
    /// Parties and coalitions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub party: Vec<Party>,
    /// The number of the last document of a sequence.
    pub sequence_end: i64,
    /// The number of this one.
    pub sequence_start: i64,
    /// The program that wrote it.
    pub vendor_application_id: String,
    /// Version of the standard.
    pub version: String,
}

/// An election report: the document of SP 1500-100.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "@type", rename_all = "PascalCase")]
pub struct ElectionReport {
    /// Always one here.
    pub election: Vec<Election>,
    /// `summary-contest`: counts are those of whole contests.
    pub format: &'static str,
    /// RFC 3339, in seconds.
    pub generated_date: String,
    /// The units whose voters vote.
    pub gp_unit: Vec<ReportingUnit>,
    /// Who wrote it.
    pub issuer: String,
    /// The same, shorter.
    pub issuer_abbreviation: String,
    /// What people must know to read the counts.
    pub notes: String,
    /// 1.
    pub sequence_end: i64,
    /// 1.
    pub sequence_start: i64,
    /// `ResultsStatus`.
    pub status: &'static str,
    /// The program that wrote it.
    pub vendor_application_id: String,
}

/// An election.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "@type", rename_all = "PascalCase")]
pub struct Election {
    /// Of results: how many ballots there are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ballot_counts: Vec<BallotCounts>,
    /// Who votes on what.
    #[serde(default)]
    pub ballot_style: Vec<BallotStyle>,
    /// What contests' options name.
    #[serde(default)]
    pub candidate: Vec<Candidate>,
    /// The contests, in the ballot's order.
    #[serde(default)]
    pub contest: Vec<Contest>,
    /// The unit of everybody who votes.
    pub election_scope_id: String,
    /// The last day, ISO 8601.
    pub end_date: String,
    /// Codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external_identifier: Vec<ExternalIdentifier>,
    /// Its title.
    pub name: InternationalizedText,
    /// The kind, where the type is `other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_type: Option<String>,
    /// The first day, ISO 8601.
    pub start_date: String,
    /// `ElectionType`.
    pub r#type: String,
}

/// Some voters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@type", rename_all = "PascalCase")]
pub struct ReportingUnit {
    /// Its name in the document.
    #[serde(rename = "@id")]
    pub id: String,
    /// Units that it consists of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub composing_gp_unit_ids: Vec<String>,
    /// Codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external_identifier: Vec<ExternalIdentifier>,
    /// Its name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<InternationalizedText>,
    /// The kind, where the type is `other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_type: Option<String>,
    /// `ReportingUnitType`.
    pub r#type: String,
    /// Of results: voters who cast a ballot that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voters_participated: Option<u64>,
    /// Voters on the roll.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voters_registered: Option<u64>,
}

/// A text that belongs to no contest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@type", rename_all = "PascalCase")]
pub struct Header {
    /// Its name in the document.
    #[serde(rename = "@id")]
    pub id: String,
    /// Codes: ours says `part`, with the value `description`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external_identifier: Vec<ExternalIdentifier>,
    /// The text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headered_content: Option<InternationalizedText>,
    /// What stands above it.
    pub name: InternationalizedText,
}

/// A party or coalition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@type", rename_all = "PascalCase")]
pub struct Party {
    /// Its name in the document.
    #[serde(rename = "@id")]
    pub id: String,
    /// Its name for people.
    pub name: InternationalizedText,
}

/// Somebody or something that a contest's option names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@type", rename_all = "PascalCase")]
pub struct Candidate {
    /// Its name in the document.
    #[serde(rename = "@id")]
    pub id: String,
    /// The words on the ballot.
    pub ballot_name: InternationalizedText,
    /// Codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external_identifier: Vec<ExternalIdentifier>,
    /// `CandidatePostElectionStatus`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_election_status: Option<String>,
}

/// The kinds of contests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the standards describe them")]
pub enum ContestClass {
    CandidateContest,
    BallotMeasureContest,
    RetentionContest,
    PartyContest,
    PartyPreferenceContest,
    StraightPartyContest,
    ActivationContest,
}

/// A contest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Contest {
    /// Its kind.
    #[serde(rename = "@type")]
    pub class: ContestClass,
    /// Its name in the document.
    #[serde(rename = "@id")]
    pub id: String,
    /// What stands beneath the title on the ballot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ballot_sub_title: Option<InternationalizedText>,
    /// The title on the ballot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ballot_title: Option<InternationalizedText>,
    /// The options, in a ballot definition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contest_option: Vec<Choice>,
    /// The options, in a report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contest_selection: Vec<Choice>,
    /// Of results: how far the count is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub count_status: Vec<CountStatus>,
    /// The unit whose voters have it.
    pub election_district_id: String,
    /// Codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external_identifier: Vec<ExternalIdentifier>,
    /// Of ballot measures: the whole text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_text: Option<InternationalizedText>,
    /// Whether the order of options differs between ballots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_rotation: Option<bool>,
    /// Its name, in no language.
    pub name: String,
    /// How many options can be elected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_elected: Option<i64>,
    /// Of results: votes that no option got.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_counts: Vec<OtherCounts>,
    /// The variation, where it is `other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_vote_variation: Option<String>,
    /// Of ballot definitions: how many ranks a voter may give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ranks_allowed: Option<i64>,
    /// Of ballot measures: a short text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary_text: Option<InternationalizedText>,
    /// `VoteVariation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vote_variation: Option<String>,
    /// How many votes a voter has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes_allowed: Option<i64>,
}

/// The kinds of a contest's options: the former three in a ballot definition, the latter in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the standards describe them")]
pub enum ChoiceClass {
    CandidateOption,
    BallotMeasureOption,
    PartyOption,
    ActivationOption,
    CandidateSelection,
    BallotMeasureSelection,
}

/// An option of a contest: `ContestOption` in a ballot definition, `ContestSelection` in a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Choice {
    /// Its kind.
    #[serde(rename = "@type")]
    pub class: ChoiceClass,
    /// Its name in the document.
    #[serde(rename = "@id")]
    pub id: String,
    /// The candidates that it names, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidate_ids: Vec<String>,
    /// Codes: ours says `part`, with the value `blank`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external_identifier: Vec<ExternalIdentifier>,
    /// Whether voters write a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_write_in: Option<bool>,
    /// The parties that it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub party_ids: Vec<String>,
    /// Its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<InternationalizedText>,
    /// What it got.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vote_counts: Vec<VoteCounts>,
}

/// Who votes on what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@type", rename_all = "PascalCase")]
pub struct BallotStyle {
    /// Codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external_identifier: Vec<ExternalIdentifier>,
    /// The units whose voters have it.
    pub gp_unit_ids: Vec<String>,
    /// Of ballot definitions: the languages of its texts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub language: Vec<String>,
    /// Its contests, in order.
    #[serde(default)]
    pub ordered_content: Vec<OrderedContent>,
}

/// A contest or header where it stands on the ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@type")]
pub enum OrderedContent {
    /// A contest.
    #[serde(rename_all = "PascalCase")]
    OrderedContest {
        /// Which one.
        contest_id: String,
        /// Its options in the order of this style, where it has one of its own.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ordered_contest_option_ids: Vec<String>,
    },
    /// A header with what stands beneath it.
    #[serde(rename_all = "PascalCase")]
    OrderedHeader {
        /// What stands beneath it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ordered_content: Vec<OrderedContent>,
    },
}

/// What an option got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@type", rename_all = "PascalCase")]
pub struct VoteCounts {
    /// Sum of the weights, or points.
    pub count: u64,
    /// The contest's unit.
    pub gp_unit_id: String,
    /// Whether the count stands for one that nobody is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_suppressed_for_privacy: Option<bool>,
    /// What is counted, where the type is `other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_type: Option<String>,
    /// `CountItemType`.
    pub r#type: String,
}

/// How many ballots there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@type", rename_all = "PascalCase")]
pub struct BallotCounts {
    /// So many.
    pub ballots_cast: u64,
    /// Of which voters.
    pub gp_unit_id: String,
    /// What is counted, where the type is `other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_type: Option<String>,
    /// `CountItemType`.
    pub r#type: String,
}

/// How far a count is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@type", rename_all = "PascalCase")]
pub struct CountStatus {
    /// Why, where the type is `other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_type: Option<String>,
    /// `CountItemStatus`.
    pub status: String,
    /// `CountItemType`.
    pub r#type: String,
}

/// Votes that no option got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@type", rename_all = "PascalCase")]
pub struct OtherCounts {
    /// The contest's unit.
    pub gp_unit_id: String,
    /// Votes beyond what is allowed: none can be.
    pub overvotes: u64,
    /// Votes that voters had and did not give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undervotes: Option<u64>,
}

/// The document in JSON, with the standard's prefix before every class, indented, with a final newline.
pub(crate) fn to_json(document: &impl Serialize, standard: &str) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(document)?;
    rename_types(&mut value, &|class| format!("{standard}.{class}"));
    Ok(serde_json::to_string_pretty(&value)? + "\n")
}

/// Changes the `@type` of every object.
pub(crate) fn rename_types(value: &mut Value, change: &impl Fn(&str) -> String) {
    match value {
        Value::Object(attributes) => {
            if let Some(Value::String(class)) = attributes.get_mut("@type") {
                *class = change(class);
            }
            attributes.values_mut().for_each(|value| rename_types(value, change));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename_types(item, change)),
        _ => {}
    }
}

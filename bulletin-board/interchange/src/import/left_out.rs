//! What a document has and a manifest does not: every attribute that is not read is named, with how often it is there.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Choices, ImportError};
use crate::model::OURS;

/// Something that the document has and that is in no manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// What it is: class and attribute, or words.
    pub what: String,
    /// How often it is there.
    pub count: usize,
    /// Where it is first: a JSON pointer (RFC 6901).
    pub first: String,
    /// What that means, or what to do about it; may be empty.
    pub advice: &'static str,
}

impl LeftOut {
    pub(super) fn one(what: impl Into<String>, pointer: &str, advice: &'static str) -> Self {
        Self { what: what.into(), count: 1, first: pointer.to_owned(), advice }
    }
}

/// The attributes that are read, by class. Those of the document itself that say who wrote it, and when, mean nothing for
/// an election.
const READ: [(&str, &[&str]); 20] = [
    (
        "BallotDefinition",
        &[
            "Election",
            "GeneratedDate",
            "GpUnit",
            "Header",
            "Issuer",
            "IssuerAbbreviation",
            "Party",
            "SequenceEnd",
            "SequenceStart",
            "VendorApplicationId",
            "Version",
        ],
    ),
    (
        "Election",
        &[
            "BallotStyle",
            "Candidate",
            "Contest",
            "ElectionScopeId",
            "EndDate",
            "ExternalIdentifier",
            "Name",
            "OtherType",
            "StartDate",
            "Type",
        ],
    ),
    ("ReportingUnit", &["ComposingGpUnitIds", "ExternalIdentifier", "Name", "OtherType", "Type"]),
    ("Header", &["ExternalIdentifier", "HeaderedContent", "Name"]),
    ("Party", &["ExternalIdentifier", "Name"]),
    ("Coalition", &["ExternalIdentifier", "Name", "PartyIds"]),
    ("Candidate", &["BallotName", "ExternalIdentifier"]),
    (
        "CandidateContest",
        &[
            "BallotSubTitle",
            "BallotTitle",
            "ContestOption",
            "ElectionDistrictId",
            "ExternalIdentifier",
            "HasRotation",
            "Name",
            "NumberElected",
            "OtherVoteVariation",
            "RanksAllowed",
            "VoteVariation",
            "VotesAllowed",
        ],
    ),
    ("BallotMeasureContest", MEASURE),
    ("RetentionContest", MEASURE),
    ("PartyContest", MEASURE),
    // refused when they are read
    ("PartyPreferenceContest", &[]),
    ("StraightPartyContest", &[]),
    ("ActivationContest", &[]),
    ("CandidateOption", &["CandidateIds", "ExternalIdentifier", "IsWriteIn"]),
    ("BallotMeasureOption", &["ExternalIdentifier", "Selection"]),
    ("PartyOption", &["ExternalIdentifier", "PartyIds"]),
    ("BallotStyle", &["ExternalIdentifier", "GpUnitIds", "Language", "OrderedContent"]),
    ("OrderedContest", &["ContestId", "OrderedContestOptionIds"]),
    ("OrderedHeader", &["HeaderId", "OrderedContent"]),
];

const MEASURE: &[&str] = &[
    "BallotSubTitle",
    "BallotTitle",
    "ContestOption",
    "ElectionDistrictId",
    "ExternalIdentifier",
    "FullText",
    "HasRotation",
    "Name",
    "OtherVoteVariation",
    "SummaryText",
    "VoteVariation",
];

/// What to do about some of the others.
const ADVICE: [(&str, &str); 12] = [
    (
        "Candidate.PartyId",
        "voters do not see the candidate's party: write it into the option's words where the ballot must have it",
    ),
    ("CandidateOption.EndorsementPartyIds", "voters do not see who endorses a candidate"),
    (
        "Candidate.PreElectionStatus",
        "a candidate who has withdrawn is still an option: remove the option where that is wrong",
    ),
    ("BallotStyle.PartyIds", "see that the voters' list gives each voter the style of the right party"),
    (
        "CandidateContest.PrimaryPartyIds",
        "see that the voters' list gives each voter the style of the right party",
    ),
    ("CandidateContest.NumberRunoff", "who goes into a runoff follows from the places"),
    ("OrderedContest.Physical", "the layout of paper"),
    ("BallotDefinition.BallotFormat", "the layout of paper"),
    ("BallotDefinition.Shape", "the layout of paper"),
    ("BallotMeasureContest.PassageThreshold", "write it as `requirements` of the contest's outcome"),
    ("RetentionContest.PassageThreshold", "write it as `requirements` of the contest's outcome"),
    ("BallotDefinition.IsTest", "a rehearsal is an election of its own: say so in the title"),
];

pub(super) fn find(value: &Value, choices: Choices) -> Result<Vec<LeftOut>, ImportError> {
    let mut finder = Finder { found: BTreeMap::new(), choices };
    finder.visit(value, "")?;
    Ok(finder.found.into_values().collect())
}

struct Finder {
    found: BTreeMap<String, LeftOut>,
    choices: Choices,
}

impl Finder {
    fn visit(&mut self, value: &Value, pointer: &str) -> Result<(), ImportError> {
        match value {
            Value::Object(attributes) => self.object(attributes, pointer),
            Value::Array(items) => {
                let mut items = items.iter().enumerate();
                items.try_for_each(|(index, item)| self.visit(item, &format!("{pointer}/{index}")))
            }
            _ => Ok(()),
        }
    }

    fn object(&mut self, attributes: &Map<String, Value>, pointer: &str) -> Result<(), ImportError> {
        let class = attributes.get("@type").and_then(Value::as_str).unwrap_or_default();
        if class == "ExternalIdentifier" {
            let other = attributes.get("OtherType").and_then(Value::as_str).unwrap_or_default();
            if !other.starts_with(OURS) {
                self.note("ExternalIdentifier".to_owned(), pointer, "codes of other systems");
            }
            return Ok(());
        }
        let Some((_, read)) = READ.iter().find(|(of, _)| *of == class) else { return Ok(()) };
        for (attribute, value) in attributes {
            let pointer = format!("{pointer}/{attribute}");
            if read.contains(&attribute.as_str()) {
                self.visit(value, &pointer)?;
            } else if !attribute.starts_with('@') {
                self.write_ins(value, &pointer)?;
                let what = format!("{class}.{attribute}");
                let advice = ADVICE.iter().find(|(of, _)| *of == what).map_or("", |(_, advice)| *advice);
                self.note(what, &pointer, advice);
            }
        }
        Ok(())
    }

    fn note(&mut self, what: String, pointer: &str, advice: &'static str) {
        let found = self.found.entry(what.clone()).or_insert_with(|| LeftOut {
            what,
            count: 0,
            first: pointer.to_owned(),
            advice,
        });
        found.count += 1;
    }

    /// A layout may have lines for names where no option says so.
    fn write_ins(&mut self, value: &Value, pointer: &str) -> Result<(), ImportError> {
        match value {
            Value::Object(attributes) => {
                if attributes.get("@type").and_then(Value::as_str) == Some("WriteInPosition") {
                    return self.write_in(pointer);
                }
                let mut attributes = attributes.iter();
                attributes.try_for_each(|(name, value)| self.write_ins(value, &format!("{pointer}/{name}")))
            }
            Value::Array(items) => {
                let mut items = items.iter().enumerate();
                items.try_for_each(|(index, item)| self.write_ins(item, &format!("{pointer}/{index}")))
            }
            _ => Ok(()),
        }
    }

    fn write_in(&mut self, pointer: &str) -> Result<(), ImportError> {
        if !self.choices.without_write_ins {
            return Err(write_in(pointer));
        }
        self.note(WRITE_IN.to_owned(), pointer, WRITE_IN_ADVICE);
        Ok(())
    }
}

/// What a write-in is called among what was left out.
pub(super) const WRITE_IN: &str = "lines for write-ins";
/// What that means.
pub(super) const WRITE_IN_ADVICE: &str = "voters can choose listed options alone, as you have decided";

/// The refusal of a write-in.
pub(super) fn write_in(pointer: &str) -> ImportError {
    ImportError::unsupported(
        pointer,
        "voters could write a name here, which is not possible in this system. If the law allows an election without, \
         import with --without-write-ins",
    )
}

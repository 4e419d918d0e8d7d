//! From a manifest to a ballot definition of SP 1500-20, and the part of it that a report has in common with it.
//!
//! Every contest becomes a `CandidateContest`, because that class alone says how many votes a voter has, how many options
//! are elected and which were; so an option is a `Candidate`, though it may be a "Yes". A blank vote is a
//! `BallotMeasureOption` beside them. The contest's district is the unit of its ballot style if it is in one style alone,
//! else that of all voters.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use tabella_crypto::manifest::{CheckedManifest, Contest as ManifestContest};

use crate::model::{
    BALLOT_DEFINITION, BallotDefinition, BallotStyle, Candidate, Choice, ChoiceClass, Contest, ContestClass,
    Election, ExternalIdentifier, Header, Issuer, OrderedContent, ReportingUnit, to_json,
};
use crate::results::ExportError;
use crate::rules::{Rules, Terms};

/// The version of SP 1500-20 that is written and read.
pub const VERSION: &str = "1.0.0";

/// The unit of all voters.
pub(crate) const ELECTORATE: &str = "unit-electorate";

/// The manifest as a ballot definition, in JSON.
///
/// `published`: the manifest is that of an election that exists, whose name then stands in the document. A file of an
/// administrator has no name before it is published.
pub fn ballot_definition(
    manifest: &CheckedManifest,
    published: bool,
    issuer: &Issuer,
) -> Result<String, ExportError> {
    let (mut election, units) = election(manifest, Standard::Definition)?;
    if published {
        election.external_identifier.push(ExternalIdentifier::ours("election", manifest.id().to_string()));
    }
    let header = manifest.description.as_ref().map(|description| Header {
        id: "header-description".to_owned(),
        external_identifier: vec![ExternalIdentifier::ours("part", "description")],
        headered_content: Some(description.into()),
        name: (&manifest.title).into(),
    });
    let definition = BallotDefinition {
        election: vec![election],
        generated_date: seconds(issuer.generated)?,
        gp_unit: units,
        header: header.into_iter().collect(),
        issuer: issuer.name.clone(),
        issuer_abbreviation: issuer.name.clone(),
        party: Vec::new(),
        sequence_end: 1,
        sequence_start: 1,
        vendor_application_id: issuer.application.clone(),
        version: VERSION.to_owned(),
    };
    Ok(to_json(&definition, BALLOT_DEFINITION)?)
}

/// For which of the two standards classes are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standard {
    Definition,
    Results,
}

/// The unit of a ballot style, by its index.
pub(crate) fn style_unit(style: usize) -> String {
    format!("unit-style-{}", style + 1)
}

/// The candidate of an option, by the indices of contest and option.
pub(crate) fn candidate_id(contest: usize, option: usize) -> String {
    format!("candidate-{}-{}", contest + 1, option + 1)
}

fn contest_id(contest: usize) -> String {
    format!("contest-{}", contest + 1)
}

/// The election without counts, and the units whose voters vote.
pub(crate) fn election(
    manifest: &CheckedManifest,
    standard: Standard,
) -> Result<(Election, Vec<ReportingUnit>), ExportError> {
    let mut candidates = Vec::new();
    let mut contests = Vec::new();
    for (index, contest) in manifest.contests.iter().enumerate() {
        let named = contest.options.iter().enumerate().map(|(option, name)| Candidate {
            id: candidate_id(index, option),
            ballot_name: name.into(),
            external_identifier: Vec::new(),
            post_election_status: None,
        });
        candidates.extend(named);
        contests.push(contest_of(manifest, index, contest, standard)?);
    }
    let mut languages: Vec<String> = manifest.title.versions().iter().map(|(tag, _)| tag.clone()).collect();
    languages.dedup();
    let styles = manifest.manifest().styles.iter().enumerate();
    let ballot_styles = styles.clone().map(|(index, style)| BallotStyle {
        external_identifier: Vec::new(),
        gp_unit_ids: vec![style_unit(index)],
        language: if standard == Standard::Definition { languages.clone() } else { Vec::new() },
        ordered_content: style
            .contests
            .iter()
            .map(|contest| OrderedContent::OrderedContest {
                contest_id: contest_id(usize::from(*contest)),
                ordered_contest_option_ids: Vec::new(),
            })
            .collect(),
    });
    let election = Election {
        ballot_counts: Vec::new(),
        ballot_style: ballot_styles.collect(),
        candidate: candidates,
        contest: contests,
        election_scope_id: ELECTORATE.to_owned(),
        end_date: date(manifest.closes)?,
        external_identifier: Vec::new(),
        name: (&manifest.title).into(),
        other_type: Some("not said".to_owned()),
        start_date: date(manifest.opens)?,
        r#type: "other".to_owned(),
    };
    let electorate = ReportingUnit {
        id: ELECTORATE.to_owned(),
        composing_gp_unit_ids: styles.clone().map(|(index, _)| style_unit(index)).collect(),
        external_identifier: Vec::new(),
        name: Some((&manifest.title).into()),
        other_type: Some("electorate".to_owned()),
        r#type: "other".to_owned(),
        voters_participated: None,
        voters_registered: None,
    };
    let of_styles = styles.map(|(index, style)| ReportingUnit {
        id: style_unit(index),
        composing_gp_unit_ids: Vec::new(),
        external_identifier: Vec::new(),
        name: Some((&style.name).into()),
        other_type: None,
        r#type: "ballot-style-area".to_owned(),
        voters_participated: None,
        voters_registered: None,
    });
    Ok((election, std::iter::once(electorate).chain(of_styles).collect()))
}

fn contest_of(
    manifest: &CheckedManifest,
    index: usize,
    contest: &ManifestContest,
    standard: Standard,
) -> Result<Contest, ExportError> {
    let rules = Rules::of(contest);
    let Terms { variation, other_variation, votes_allowed, ranks_allowed } =
        Terms::of(&contest.method, contest.options.len());
    let (option_class, blank_class) = match standard {
        Standard::Definition => (ChoiceClass::CandidateOption, ChoiceClass::BallotMeasureOption),
        Standard::Results => (ChoiceClass::CandidateSelection, ChoiceClass::BallotMeasureSelection),
    };
    let id = contest_id(index);
    let choice = |class, name: &str| Choice {
        class,
        id: format!("{id}-{name}"),
        candidate_ids: Vec::new(),
        external_identifier: Vec::new(),
        is_write_in: None,
        party_ids: Vec::new(),
        selection: None,
        vote_counts: Vec::new(),
    };
    let options = (0..contest.options.len()).map(|option| Choice {
        candidate_ids: vec![candidate_id(index, option)],
        ..choice(option_class, &format!("option-{}", option + 1))
    });
    let blank = contest.blank.as_ref().map(|words| Choice {
        external_identifier: vec![ExternalIdentifier::ours("part", "blank")],
        selection: Some(words.into()),
        ..choice(blank_class, "blank")
    });
    let choices: Vec<Choice> = options.chain(blank).collect();
    let (contest_option, contest_selection) = match standard {
        Standard::Definition => (choices, Vec::new()),
        Standard::Results => (Vec::new(), choices),
    };
    let styles = manifest.manifest().styles.iter().enumerate();
    let mut having = styles.filter(|(_, style)| style.contests.iter().any(|of| usize::from(*of) == index));
    let district = match (having.next(), having.next()) {
        (Some((style, _)), None) => style_unit(style),
        _ => ELECTORATE.to_owned(),
    };
    Ok(Contest {
        class: ContestClass::CandidateContest,
        id,
        ballot_sub_title: contest.description.as_ref().map(Into::into),
        ballot_title: Some((&contest.title).into()),
        contest_option,
        contest_selection,
        count_status: Vec::new(),
        election_district_id: district,
        external_identifier: vec![ExternalIdentifier::ours("rules", rules.to_json()?)],
        full_text: None,
        has_rotation: Some(contest.shuffle),
        name: contest.title.in_language("en").to_owned(),
        number_elected: Some(contest.outcome.seats.into()),
        other_counts: Vec::new(),
        other_vote_variation: other_variation.map(str::to_owned),
        ranks_allowed: ranks_allowed.filter(|_| standard == Standard::Definition),
        summary_text: None,
        vote_variation: Some(variation.to_owned()),
        votes_allowed: Some(votes_allowed),
    })
}

fn timestamp(milliseconds: u64) -> Result<Timestamp, ExportError> {
    let seconds = i64::try_from(milliseconds / 1000).map_err(|_| ExportError::Time(milliseconds))?;
    Timestamp::from_second(seconds).map_err(|_| ExportError::Time(milliseconds))
}

/// `DateTimeWithZone`, which has no fractions of a second: RFC 3339, in UTC.
pub(crate) fn seconds(milliseconds: u64) -> Result<String, ExportError> {
    Ok(timestamp(milliseconds)?.to_string())
}

/// The day in UTC, ISO 8601.
fn date(milliseconds: u64) -> Result<String, ExportError> {
    Ok(timestamp(milliseconds)?.to_zoned(TimeZone::UTC).date().to_string())
}

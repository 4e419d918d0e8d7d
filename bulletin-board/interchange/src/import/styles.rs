//! Ballot styles: who votes on what.

use std::collections::{BTreeMap, BTreeSet};

use tabella_crypto::manifest::{Contest as ManifestContest, Style};
use tabella_crypto::text::Text;

use super::left_out::LeftOut;
use super::{Assumed, ImportError, texts};
use crate::model::{BallotDefinition, BallotStyle, Election, OrderedContent, ReportingUnit};

/// The styles. A contest that is in none is refused.
pub(super) fn read(
    definition: &BallotDefinition,
    election: &Election,
    contests: &[ManifestContest],
    title: &Text,
    assumed: &mut Vec<Assumed>,
    left_out: &mut Vec<LeftOut>,
) -> Result<Vec<Style>, ImportError> {
    // no manifest has so many contests: checked with the whole
    let all: Vec<u16> = (0..=u16::MAX).take(contests.len()).collect();
    if election.ballot_style.is_empty() {
        let districts: BTreeSet<&str> =
            election.contest.iter().map(|contest| contest.election_district_id.as_str()).collect();
        if districts.len() > 1 {
            return Err(ImportError::unsupported(
                "/Election/0",
                "there is no BallotStyle, and contests have different districts, so it is open who votes on what: add a \
                 BallotStyle for each group of voters",
            ));
        }
        assumed.push(Assumed {
            pointer: "/Election/0".to_owned(),
            words: "there is no BallotStyle: everybody votes on everything",
        });
        return Ok(vec![Style { name: title.clone(), contests: all }]);
    }
    let units: BTreeMap<&str, (usize, &ReportingUnit)> = definition
        .gp_unit
        .iter()
        .enumerate()
        .map(|(index, unit)| (unit.id.as_str(), (index, unit)))
        .collect();
    let indices: BTreeMap<&str, u16> =
        election.contest.iter().map(|contest| contest.id.as_str()).zip(all).collect();
    let reader = Reader { election, units, indices, language: first_language(title) };
    let mut styles: Vec<Style> = Vec::with_capacity(election.ballot_style.len());
    for (index, style) in election.ballot_style.iter().enumerate() {
        let pointer = format!("/Election/0/BallotStyle/{index}");
        let mut style = reader.style(style, &pointer, left_out)?;
        // the voters' list names styles
        if styles.iter().any(|other| other.name == style.name) {
            let number = texts::plain(&format!("({})", index + 1), reader.language, &pointer)?;
            style.name = texts::join(&[style.name, number], " ", &pointer)?;
            assumed.push(Assumed {
                pointer,
                words: "an earlier style has the same name: its number stands behind it",
            });
        }
        styles.push(style);
    }
    let used: BTreeSet<u16> = styles.iter().flat_map(|style| style.contests.iter().copied()).collect();
    let unused = (0..).zip(contests).position(|(index, _)| !used.contains(&index));
    match unused {
        Some(unused) => Err(ImportError::unsupported(
            &format!("/Election/0/Contest/{unused}"),
            "no BallotStyle has this contest, so nobody would vote on it: add it to one, or remove it",
        )),
        None => Ok(styles),
    }
}

/// The language of words that say none.
pub(super) fn first_language(title: &Text) -> &str {
    title.versions().first().map_or("en", |(tag, _)| tag)
}

struct Reader<'a> {
    election: &'a Election,
    units: BTreeMap<&'a str, (usize, &'a ReportingUnit)>,
    indices: BTreeMap<&'a str, u16>,
    language: &'a str,
}

impl Reader<'_> {
    fn style(
        &self,
        style: &BallotStyle,
        pointer: &str,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<Style, ImportError> {
        let mut contests = Vec::new();
        self.collect(&style.ordered_content, &format!("{pointer}/OrderedContent"), &mut contests, left_out)?;
        if contests.is_empty() {
            return Err(ImportError::unsupported(
                pointer,
                "this BallotStyle lists no contests: name them in its OrderedContent",
            ));
        }
        if !contests.is_sorted() {
            left_out.push(LeftOut::one(
                "the order of contests in a BallotStyle",
                pointer,
                "voters of every style see contests in the order of the document",
            ));
        }
        let listed = contests.len();
        contests.sort_unstable();
        contests.dedup();
        if contests.len() < listed {
            return Err(ImportError::unsupported(
                pointer,
                "this BallotStyle has a contest twice: a voter votes on it once",
            ));
        }
        Ok(Style { name: self.name(style, pointer)?, contests })
    }

    /// What a style is called: as its units; if one has no name, by the style's first code, else by what the units have.
    fn name(&self, style: &BallotStyle, pointer: &str) -> Result<Text, ImportError> {
        let units = style.gp_unit_ids.iter().filter_map(|id| self.units.get(id.as_str()));
        let named = units.clone().all(|(_, unit)| unit.name.is_some());
        if let Some(code) = style.external_identifier.first().filter(|_| !named) {
            return texts::plain(&code.value, self.language, pointer);
        }
        let names: Vec<Text> = units
            .map(|(index, unit)| {
                let place = format!("/GpUnit/{index}");
                match (&unit.name, unit.external_identifier.first()) {
                    (Some(name), _) => texts::read(name, &format!("{place}/Name")),
                    (None, Some(code)) => texts::plain(&code.value, self.language, &place),
                    (None, None) => texts::plain(&unit.id, self.language, &place),
                }
            })
            .collect::<Result<_, _>>()?;
        texts::join(&names, ", ", pointer)
    }

    /// The contests, also those beneath headers.
    fn collect(
        &self,
        content: &[OrderedContent],
        pointer: &str,
        contests: &mut Vec<u16>,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<(), ImportError> {
        for (index, content) in content.iter().enumerate() {
            let pointer = format!("{pointer}/{index}");
            match content {
                OrderedContent::OrderedHeader { ordered_content } => {
                    self.collect(ordered_content, &format!("{pointer}/OrderedContent"), contests, left_out)?;
                }
                OrderedContent::OrderedContest { contest_id, ordered_contest_option_ids } => {
                    contests.extend(self.indices.get(contest_id.as_str()));
                    self.check_order(contest_id, ordered_contest_option_ids, &pointer, left_out)?;
                }
            }
        }
        Ok(())
    }

    /// A style may have the options in an order of its own, but no others.
    fn check_order(
        &self,
        contest: &str,
        order: &[String],
        pointer: &str,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<(), ImportError> {
        let contest = self.election.contest.iter().find(|found| found.id == contest);
        let options: Vec<&String> = contest
            .into_iter()
            .flat_map(|contest| &contest.contest_option)
            .map(|option| &option.id)
            .collect();
        if order.is_empty() || order.iter().eq(options.iter().copied()) {
            return Ok(());
        }
        let (listed, there): (BTreeSet<_>, BTreeSet<_>) =
            (order.iter().collect(), options.into_iter().collect());
        if listed != there || listed.len() != order.len() {
            return Err(ImportError::unsupported(
                pointer,
                "OrderedContestOptionIds must name each option of the contest once: all voters who have a contest can \
                 choose the same options",
            ));
        }
        left_out.push(LeftOut::one(
            "the order of options in a BallotStyle",
            pointer,
            "all voters see the options in the order of the contest, or with `shuffle` each in one of their own",
        ));
        Ok(())
    }
}

//! What became of a contest, and why.

use leptos::prelude::*;

use tabella_board_core::api::ContestTotals;
use tabella_crypto::manifest::Contest;
use tabella_crypto::rules::Method;
use tabella_tally::result::{ContestSummary, OptionSummary, VerdictName};

use super::chart::Chart;
use super::load::Loaded;
use super::rules::{Applied, Met, Quorum};
use super::table::Figures;
use crate::format::{number, percent};
use crate::language::{Language, Texts as _, plain, said, use_language};
use crate::parts::notice::{Checked, Kind, Notice, Said};
use crate::text::results::{Counting, Decision};

/// A contest's question, with what its result says of it.
#[derive(Debug, Clone)]
pub(super) struct Question {
    /// The question.
    pub(super) contest: Contest,
    /// Its totals; none before closing.
    pub(super) totals: Option<ContestTotals>,
    /// Its result.
    pub(super) summary: ContestSummary,
    /// Fewest ballots of a group that is counted.
    smallest_group: u32,
    /// Whether some votes weigh more than others.
    is_weighted: bool,
}

/// The questions of an election, in order.
pub(super) fn questions(loaded: &Loaded, summaries: Vec<ContestSummary>) -> Vec<Question> {
    let totals = loaded.totals.contests.iter().cloned().map(Some).chain(std::iter::repeat(None));
    let is_weighted = loaded.is_weighted();
    let contests = loaded.manifest.contests.iter().cloned().zip(totals).zip(summaries);
    contests
        .map(|((contest, totals), summary)| Question {
            contest,
            totals,
            summary,
            smallest_group: loaded.manifest.smallest_group,
            is_weighted,
        })
        .collect()
}

impl Question {
    /// What became of it in a sentence or two, and the rules that made it so.
    pub(super) fn sentences(&self, language: Language) -> (String, Vec<String>) {
        let texts = Counting::in_language(language);
        let applied =
            self.totals.as_ref().and_then(|totals| Applied::new(&self.contest, totals, &self.summary));
        let of = |wanted: fn(&OptionSummary) -> bool| {
            let options = self.contest.options.iter().zip(&self.summary.options);
            options
                .filter(|(_, option)| wanted(option))
                .map(|(name, _)| plain(name, language))
                .collect::<Vec<_>>()
        };
        let (elected, tied) = (of(|option| option.elected), of(|option| option.tied));
        let is_adoption = matches!(self.contest.method, Method::ForAgainstAbstain { .. });
        let decision = Decision {
            verdict: self.summary.verdict,
            open: usize::from(self.contest.outcome.seats).saturating_sub(elected.len()),
            is_single: self.contest.outcome.seats == 1,
            elected: (!elected.is_empty()).then(|| (texts.list)(&elected)),
            tied: (texts.list)(&tied),
            is_adoption,
            unit: self.summary.unit,
            was_race: applied.as_ref().is_some_and(|applied| applied.was_race),
            has_requirements: !self.contest.outcome.requirements.is_empty(),
            by_list_order: applied.as_ref().is_some_and(|applied| applied.by_list_order),
            // an adoption has as many seats as motions, and an empty one is a motion that fails
            empty: applied.as_ref().filter(|_| !is_adoption).map_or(0, |applied| applied.empty),
            smallest_group: (self.smallest_group > 1).then(|| number(self.smallest_group.into(), language)),
        };
        let reasons = applied.map(|applied| {
            let quorum = applied.quorum.map(|quorum| self.quorum(quorum, language));
            let requirements = applied.requirements.iter().map(|met| self.requirement(met, language));
            quorum.into_iter().chain(requirements).collect()
        });
        ((texts.verdict)(&decision), reasons.unwrap_or_default())
    }

    fn quorum(&self, quorum: Quorum, language: Language) -> String {
        let Quorum { least, counted, roll, reached } = quorum;
        let texts = Counting::in_language(language);
        let share = self.summary.turnout.map(|turnout| percent(turnout, language)).unwrap_or_default();
        let (counted, roll) = (number(counted, language), number(roll, language));
        (texts.quorum)(&(texts.fraction)(least), &counted, &roll, &share, reached)
    }

    fn requirement(&self, met: &Met, language: Language) -> String {
        let texts = Counting::in_language(language);
        let names = met.by.iter().filter_map(|index| self.contest.options.get(*index));
        let names: Vec<_> = names.map(|name| plain(name, language)).collect();
        let by = (!names.is_empty()).then(|| (texts.list)(&names));
        (texts.requirement)(&met.requirement, self.summary.unit, by.as_deref())
    }

    /// Turnout, blank votes and weights, as names and values.
    pub(super) fn figures(&self, language: Language) -> Vec<(&'static str, String)> {
        let texts = Counting::in_language(language);
        let (Some(counted), Some(roll)) = (self.summary.counted_weight, self.summary.roll_weight) else {
            return Vec::new();
        };
        let share = self.summary.turnout.map(|turnout| percent(turnout, language)).unwrap_or_default();
        let took_part = (texts.of)(&number(counted, language), &number(roll, language), &share);
        let name = if self.is_weighted { texts.took_part_weighted } else { texts.took_part };
        let blank = self.summary.blank.map(|blank| (texts.blank, number(blank, language)));
        std::iter::once((name, took_part)).chain(blank).collect()
    }
}

/// A contest: verdict, chart, figures.
#[component]
pub(super) fn ContestResult(
    question: Question,
    /// Whether the figures are those that this device has verified.
    is_checked: bool,
    /// Whether the page begins with what became of it.
    is_said_above: bool,
) -> impl IntoView {
    let language = use_language();
    let kind = match question.summary.verdict {
        VerdictName::Decided if is_checked => Kind::Good,
        VerdictName::Decided | VerdictName::Open => Kind::Note,
        VerdictName::Withheld | VerdictName::NoQuorum | VerdictName::NoneQualified | VerdictName::Tie => {
            Kind::Warning
        }
    };
    let figures = question.figures(language.get());
    let outcome = (!is_said_above).then(|| {
        let (verdict, reasons) = question.sentences(language.get());
        let is_open = question.summary.verdict == VerdictName::Open;
        view! {
            <Notice kind>
                <p class="verdict">{verdict}</p>
                <Reasons reasons/>
                {(!is_open).then(|| view! { <p>{if is_checked { view! { <Checked/> }.into_any() } else { view! { <Said/> }.into_any() }}</p> })}
            </Notice>
        }
    });
    let Question { contest, summary, .. } = question;
    let has_totals = summary.options.iter().any(|option| option.votes.is_some());
    view! {
        <section class="card">
            <h3>{said(&contest.title)}</h3>
            {outcome}
            {has_totals.then(|| view! {
                <Chart contest=contest.clone() summary=summary.clone()/>
                <Figures contest=contest.clone() summary=summary.clone()/>
            })}
            <Facts facts=figures/>
        </section>
    }
}

/// The rules that made it so.
#[component]
pub(super) fn Reasons(reasons: Vec<String>) -> impl IntoView {
    (!reasons.is_empty()).then(|| {
        let lines: Vec<_> = reasons.into_iter().map(|reason| view! { <li>{reason}</li> }).collect();
        view! { <ul class="small">{lines}</ul> }
    })
}

/// Names and values.
#[component]
pub(super) fn Facts(facts: Vec<(&'static str, String)>) -> impl IntoView {
    (!facts.is_empty()).then(|| {
        let facts: Vec<_> =
            facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt> <dd>{value}</dd> }).collect();
        view! { <dl class="figures">{facts}</dl> }
    })
}

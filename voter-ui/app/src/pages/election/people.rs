//! The trustees, and how far they are.

use std::sync::Arc;

use leptos::prelude::*;

use tabella_board_core::api::{ContestState, ElectionStatus, PhaseName, TrusteeStatus, TrusteeTally};
use tabella_crypto::manifest::CheckedManifest;

use crate::language::use_texts;
use crate::parts::notice::Said;
use crate::text::election::Election as Words;

/// Steps of the key ceremony.
const STEPS: usize = 6;

/// How far a trustee is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// Nothing has been said yet.
    Unknown,
    /// Steps of the ceremony that are done.
    Making(usize),
    /// The key is made and tried.
    Ready,
    /// The tally: whether the trustee has stated what is counted, contests shared, and contests there are.
    Counting(bool, usize, usize),
    /// Everything is counted: contests shared, and contests there are.
    Counted(usize, usize),
}

/// How far each trustee is, in the manifest's order.
fn progress(status: Option<&ElectionStatus>, trustees: usize) -> Vec<Progress> {
    let Some(status) = status else { return vec![Progress::Unknown; trustees] };
    if let Some(tally) = &status.tally {
        let due = tally.contests.iter().filter(|contest| contest.state != ContestState::Withheld).count();
        return tally.trustees.iter().map(|trustee| part(status.phase, trustee, due)).collect();
    }
    status
        .ceremony
        .trustees
        .iter()
        .map(|trustee| match steps(trustee) {
            STEPS => Progress::Ready,
            done => Progress::Making(done),
        })
        .collect()
}

/// A trustee's part in the tally of so many contests. Once all is counted, nobody is waited for.
fn part(phase: PhaseName, trustee: &TrusteeTally, due: usize) -> Progress {
    match phase {
        PhaseName::Counted => Progress::Counted(trustee.shares.len(), due),
        _ => Progress::Counting(trustee.stated, trustee.shares.len(), due),
    }
}

/// Steps of the ceremony that a trustee has done.
fn steps(trustee: &TrusteeStatus) -> usize {
    let TrusteeStatus { registered, announced, committed, shared, confirmed, tested, .. } = *trustee;
    [registered, announced, committed, shared, confirmed, tested].into_iter().filter(|done| *done).count()
}

/// The section of the page.
#[component]
pub(super) fn People(
    manifest: Arc<CheckedManifest>,
    status: RwSignal<Option<ElectionStatus>>,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let election = manifest.id();
    let (threshold, all) = (usize::from(manifest.threshold), manifest.trustees.len());
    let progress = Memo::new(move |_| status.with(|status| progress(status.as_ref(), all)));
    let restarts = Memo::new(move |_| status.with(|s| s.as_ref().map_or(0, |s| s.ceremony.attempt)));
    let words = move |place: usize| match progress.with(|all| all.get(place).copied()) {
        None | Some(Progress::Unknown) => "…".to_owned(),
        Some(Progress::Making(done)) => (texts().making)(done, STEPS),
        Some(Progress::Ready) => texts().ready.to_owned(),
        Some(Progress::Counting(has_stated, shares, of)) => (texts().counting)(has_stated, shares, of),
        Some(Progress::Counted(shares, of)) => (texts().counted)(shares, of, threshold),
    };
    let rows = manifest
        .trustees
        .iter()
        .enumerate()
        .map(|(place, trustee)| {
            view! {
                <tr>
                    <th scope="row">{trustee.name.clone()}</th>
                    <td>{move || words(place)}</td>
                </tr>
            }
        })
        .collect_view();
    let restarted = move || {
        let restarts = restarts.get();
        (restarts > 0).then(|| view! { <p class="small muted">{(texts().restarted)(restarts)}</p> })
    };
    view! {
        <section aria-labelledby="people">
            <h2 id="people">{move || texts().people}</h2>
            <p><strong>{move || (texts().threshold)(threshold, all)}</strong></p>
            <p>{move || (texts().threshold_more)(threshold)}</p>
            <div class="scroll" tabindex="0" role="region" aria-label=move || texts().trustees>
                <table class="data">
                    <caption>{move || texts().trustees}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{move || texts().trustee}</th>
                            <th scope="col">{move || texts().so_far} " " <Said/></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {restarted}
            <p><a href=format!("/e/{election}/trustees")>{move || texts().rounds}</a></p>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{Language, Texts as _};

    #[test]
    fn a_trustee_is_ready_after_every_step_of_the_ceremony() {
        let mut trustee = TrusteeStatus {
            trustee: 1,
            name: "Ada".to_owned(),
            registered: true,
            announced: true,
            committed: true,
            shared: true,
            confirmed: true,
            tested: false,
        };
        assert_eq!(steps(&trustee), STEPS - 1);
        trustee.tested = true;
        assert_eq!(steps(&trustee), STEPS);
    }

    #[test]
    fn nobody_is_waited_for_once_all_is_counted() {
        let idle = TrusteeTally { trustee: 2, stated: false, shares: vec![] };
        assert_eq!(part(PhaseName::Closed, &idle, 3), Progress::Counting(false, 0, 3));
        let counted = part(PhaseName::Counted, &idle, 3);
        assert_eq!(counted, Progress::Counted(0, 3));
        for language in [Language::English, Language::Chinese] {
            let texts = Words::in_language(language);
            assert!((texts.counted)(0, 3, 2).contains('2'));
            assert_ne!((texts.counted)(0, 3, 2), (texts.counting)(false, 0, 3));
        }
    }

    #[test]
    fn every_trustee_has_a_line_before_the_board_has_answered() {
        assert_eq!(progress(None, 3), [Progress::Unknown; 3]);
    }
}

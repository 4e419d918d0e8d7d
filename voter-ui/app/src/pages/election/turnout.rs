//! Turnout, as it grows.

use std::sync::Arc;

use leptos::prelude::*;

use tabella_board_core::api::{BallotCounts, ElectionStatus, PhaseName};
use tabella_crypto::manifest::CheckedManifest;

use crate::format::{number, percent};
use crate::language::{use_language, use_texts};
use crate::parts::notice::{Loading, Said};
use crate::text::election::Election as Words;

/// Length and height of a bar, in its own units.
const BAR: (f64, f64) = (100.0, 1.6);

/// A part of a whole, from 0 to 1; nothing of nothing is 0.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64).clamp(0.0, 1.0) }
}

/// A bar that shows a part of a whole, beside words that say it.
#[component]
pub(crate) fn Bar(
    /// From 0 to 1.
    part: f64,
) -> impl IntoView {
    let (length, height) = BAR;
    view! {
        <svg class="bar" viewBox=format!("0 0 {length} {height}") aria-hidden="true" focusable="false">
            <rect class="track" width=length height=height rx=height / 2.0></rect>
            <rect class="fill" width=length * part height=height rx=height / 2.0></rect>
        </svg>
    }
}

/// What is known of the turnout.
#[derive(Debug, Clone, PartialEq)]
enum Known {
    /// Nothing has been said yet.
    Nothing,
    /// Voting has not opened; voters on the roll, and whether it is complete.
    Roll(u64, bool),
    /// The manifest hides it until closing.
    Hidden(u64),
    /// The ballots, and voters on the roll.
    Ballots(BallotCounts, u64),
}

impl Known {
    fn of(status: Option<&ElectionStatus>, manifest: &CheckedManifest) -> Self {
        let Some(status) = status else { return Self::Nothing };
        let voters = status.roll.voters;
        match (&status.ballots, status.phase) {
            (_, PhaseName::Manifest | PhaseName::Setup) => Self::Roll(voters, status.roll.complete),
            (_, PhaseName::Open) if !manifest.show_turnout => Self::Hidden(voters),
            (Some(ballots), _) => Self::Ballots(ballots.clone(), voters),
            (None, _) => Self::Hidden(voters),
        }
    }
}

/// The section of the page.
#[component]
pub(super) fn Turnout(
    manifest: Arc<CheckedManifest>,
    status: RwSignal<Option<ElectionStatus>>,
) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let known = Memo::new(move |_| status.with(|status| Known::of(status.as_ref(), &manifest)));
    let write = move |value| number(value, language.get());
    let roll = move |voters, is_complete| {
        view! { <p class="muted">{(texts().roll)(&write(voters), is_complete)}</p> }
    };
    let words = move || match known.get() {
        Known::Nothing => view! { <Loading/> }.into_any(),
        Known::Roll(voters, is_complete) => {
            view! { <p>{texts().turnout_none}</p> {roll(voters, is_complete)} }.into_any()
        }
        Known::Hidden(voters) => view! { <p>{texts().turnout_hidden}</p> {roll(voters, true)} }.into_any(),
        Known::Ballots(ballots, voters) => {
            let part = share(ballots.counted, voters);
            let voted =
                (texts().voted)(&write(ballots.counted), &write(voters), &percent(part, language.get()));
            let replaced = (ballots.cast > ballots.counted)
                .then(|| view! { <p class="small muted">{(texts().replaced)(&write(ballots.cast))}</p> });
            let tested = (ballots.challenged > 0).then(|| {
                let words = (texts().tested)(&write(ballots.challenged), ballots.challenged == 1);
                view! { <p class="small muted">{words}</p> }
            });
            view! {
                <p>{voted}</p>
                <Bar part/>
                {replaced}
                {tested}
            }
            .into_any()
        }
    };
    view! {
        <section aria-labelledby="turnout">
            <div class="row">
                <h2 id="turnout">{move || texts().turnout}</h2>
                <Said/>
            </div>
            {words}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_stays_between_nothing_and_everything() {
        assert_eq!(share(0, 0), 0.0);
        assert_eq!(share(1, 4), 0.25);
        assert_eq!(share(5, 4), 1.0);
    }
}

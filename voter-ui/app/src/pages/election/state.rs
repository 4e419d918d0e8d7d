//! Where an election stands, from its phase on the log and the time.

use leptos::prelude::*;

use tabella_board_core::api::{ElectionStatus, PhaseName};

use crate::language::use_texts;
use crate::text::elections::Elections;

/// How late an opening may be before the page calls it late: clocks differ, and blocks take their time.
const PATIENCE: u64 = 120_000;

/// Where an election stands, as people would say it. Times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Its description is not complete on the board.
    Preparing,
    /// Voting opens after this time.
    Soon { left: u64 },
    /// Voting should have opened, and has not.
    Late,
    /// Voting is open for this time.
    Open { left: u64 },
    /// Voting is closed, and trustees are at work.
    Counting,
    /// Everything is counted or withheld.
    Counted,
}

impl State {
    /// From what the board says, and this device's time.
    pub(crate) fn of(phase: PhaseName, opens: u64, closes: u64, now: u64) -> Self {
        match phase {
            PhaseName::Manifest => Self::Preparing,
            PhaseName::Setup if now > opens.saturating_add(PATIENCE) => Self::Late,
            PhaseName::Setup => Self::Soon { left: opens.saturating_sub(now) },
            PhaseName::Open => Self::Open { left: closes.saturating_sub(now) },
            PhaseName::Closed => Self::Counting,
            PhaseName::Counted => Self::Counted,
        }
    }

    /// The same from an election's status.
    pub(crate) fn of_status(status: &ElectionStatus, now: u64) -> Self {
        Self::of(status.phase, status.opens, status.closes, now)
    }

    /// The same without the time that is left: what most of a page depends on.
    pub(crate) fn kind(self) -> Self {
        match self {
            Self::Soon { .. } => Self::Soon { left: 1 },
            Self::Open { .. } => Self::Open { left: 1 },
            other => other,
        }
    }

    /// Whether voting has not begun.
    pub(crate) fn is_before(self) -> bool {
        matches!(self, Self::Preparing | Self::Soon { .. } | Self::Late)
    }

    /// Whether voting is over.
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Counting | Self::Counted)
    }

    fn class(self) -> &'static str {
        match self {
            Self::Preparing | Self::Soon { .. } | Self::Late => "badge soon",
            Self::Open { .. } => "badge open",
            Self::Counting => "badge closed",
            Self::Counted => "badge counted",
        }
    }
}

/// The state as a badge.
#[component]
pub(crate) fn StateBadge(#[prop(into)] state: Signal<State>) -> impl IntoView {
    let texts = use_texts::<Elections>();
    view! { <span class=move || state.get().class()>{move || (texts().state)(state.get())}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opening_is_late_only_after_some_patience() {
        let at = |now| State::of(PhaseName::Setup, 1_000_000, 9_000_000, now);
        assert_eq!(at(400_000), State::Soon { left: 600_000 });
        assert_eq!(at(1_000_000 + PATIENCE), State::Soon { left: 0 });
        assert_eq!(at(1_000_001 + PATIENCE), State::Late);
    }

    #[test]
    fn the_log_decides_and_not_the_clock_whether_voting_is_over() {
        assert_eq!(State::of(PhaseName::Open, 0, 5_000, 9_000), State::Open { left: 0 });
        assert_eq!(State::of(PhaseName::Closed, 0, 5_000, 1_000), State::Counting);
    }
}

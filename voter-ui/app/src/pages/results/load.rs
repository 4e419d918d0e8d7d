//! What the results are made of: the manifest, and totals that this device has verified or the board tells.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use tabella_board_core::api::{ContestState, ElectionStatus, ElectionTotals, PhaseName};
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_tally::result::ElectionResult;
use tabella_web_shared::{Forgery, Trouble};

use crate::api;
use crate::language::Language;
use crate::pages::verify::known::{Agreement, Known, compare, recall};

/// Time between two looks at an election that is not counted yet.
const INTERVAL: Duration = Duration::from_secs(5);

/// An election with its totals.
#[derive(Debug, Clone)]
pub(super) struct Loaded {
    /// The manifest.
    pub(super) manifest: Arc<CheckedManifest>,
    /// Where the election stands, by the board's word.
    pub(super) status: ElectionStatus,
    /// The totals to show.
    pub(super) totals: ElectionTotals,
    /// Whose word they are.
    pub(super) source: Source,
}

/// Whose word totals are.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// The board's, and this device has verified nothing yet, or less than there is now.
    Told {
        /// Whether this device verified an earlier state of the record, which agrees.
        earlier: bool,
    },
    /// Verified on this device in this visit, and the board tells the same.
    Verified(Box<Known>),
    /// Verified on this device in this visit, and the board now tells something else.
    Contradicted(Box<Known>),
}

impl Source {
    /// The totals to show where the board tells these, and whose word they are.
    fn of(election: ElectionId, told: ElectionTotals) -> (ElectionTotals, Self) {
        match recall(election) {
            None => (told, Self::Told { earlier: false }),
            Some(known) => match compare(&known.totals, &told) {
                Agreement::Same => (told, Self::Verified(Box::new(known))),
                Agreement::Newer => (told, Self::Told { earlier: true }),
                Agreement::Contradicts => (known.totals.clone(), Self::Contradicted(Box::new(known))),
            },
        }
    }

    /// Whether the page says the same of both.
    fn reads_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// What this device has verified of the totals shown.
    pub(super) fn known(&self) -> Option<&Known> {
        match self {
            Self::Told { .. } => None,
            Self::Verified(known) | Self::Contradicted(known) => Some(known),
        }
    }
}

impl Loaded {
    fn new(manifest: Arc<CheckedManifest>, status: ElectionStatus, told: ElectionTotals) -> Self {
        let (totals, source) = Source::of(manifest.id(), told);
        Self { manifest, status, totals, source }
    }

    /// The result in a language. A board whose totals do not fit its own manifest is not to be believed.
    pub(super) fn result(&self, language: Language) -> Result<ElectionResult, Trouble> {
        ElectionResult::new(&self.manifest, &self.totals, language.tag())
            .map_err(|error| Trouble::Forged { forgery: Forgery::Answer, detail: error.to_string() })
    }

    /// Whether nothing will change any more.
    pub(super) fn is_counted(&self) -> bool {
        self.totals.phase == PhaseName::Counted
    }

    /// Whether there is a result, of some question at least.
    pub(super) fn has_result(&self) -> bool {
        self.is_counted() || self.totals.contests.iter().any(|contest| contest.state != ContestState::Pending)
    }

    /// When voting opened and closed: verified, where this device has verified the election, else the board's word.
    pub(super) fn voting(&self) -> (Option<u64>, Option<u64>) {
        let verified = self.source.known().and_then(|known| known.report.election.as_ref());
        match verified {
            Some(election) => (election.voting.opened, election.voting.closed),
            None => (self.status.opened, self.status.closed),
        }
    }

    /// Whether some voter's weight is not 1, as far as totals show it.
    pub(super) fn is_weighted(&self) -> bool {
        (0..=u16::MAX).zip(&self.totals.contests).any(|(index, totals)| {
            let for_all = self.manifest.styles.iter().all(|style| style.contests.contains(&index));
            totals.roll_weight > self.totals.voters || (for_all && totals.roll_weight != self.totals.voters)
        })
    }

    /// Whether another look shows nothing that is not shown already.
    fn shows_the_same(&self, other: &Self) -> bool {
        let ElectionStatus { phase, tally, ballots, .. } = &self.status;
        // totals that were verified stay in place when the board contradicts them
        self.totals == other.totals
            && self.source.reads_like(&other.source)
            && (phase, tally, ballots) == (&other.status.phase, &other.status.tally, &other.status.ballots)
    }
}

/// What was loaded; none at first.
pub(super) type Load = RwSignal<Option<Result<Loaded, Trouble>>>;

/// Loads an election, and looks again while it is not counted. Running the callback loads at once.
pub(super) fn load(election: ElectionId) -> (Load, Callback<()>) {
    let loaded = Load::new(None);
    let again = Callback::new(move |()| spawn_local(look(election, loaded)));
    again.run(());
    let wait = move || {
        let waits =
            loaded.with_untracked(|loaded| matches!(loaded, Some(Ok(loaded)) if !loaded.is_counted()));
        if waits && !document().hidden() {
            again.run(());
        }
    };
    if let Ok(handle) = set_interval_with_handle(wait, INTERVAL) {
        on_cleanup(move || handle.clear());
    }
    (loaded, again)
}

async fn look(election: ElectionId, loaded: Load) {
    let before = loaded.try_get_untracked().flatten().and_then(Result::ok);
    let manifest = before.as_ref().map(|loaded| Arc::clone(&loaded.manifest));
    let found = fetch(election, manifest).await;
    let keep = match (&before, &found) {
        (Some(before), Ok(found)) => before.shows_the_same(found),
        // what is shown stays while the board does not answer
        (Some(_), Err(_)) => true,
        (None, _) => false,
    };
    if !keep {
        // the page may be gone
        let _ = loaded.try_set(Some(found));
    }
}

async fn fetch(election: ElectionId, manifest: Option<Arc<CheckedManifest>>) -> Result<Loaded, Trouble> {
    let manifest = match manifest {
        Some(manifest) => manifest,
        None => Arc::new(api::manifest(election).await?),
    };
    let (status, totals) = (api::status(election).await?, api::totals(election).await?);
    Ok(Loaded::new(manifest, status, totals))
}

#[cfg(test)]
mod tests {
    use tabella_board_core::api::BallotCounts;
    use tabella_crypto::transcript::Digest;

    use super::*;
    use crate::pages::verify::known::remember;
    use crate::pages::verify::report::Report;

    #[test]
    fn a_contradiction_found_later_is_another_thing_to_show_though_the_totals_stay() {
        let election = ElectionId(Digest([8; 32]));
        let ballots = Some(BallotCounts { counted: 7, cast: 8, challenged: 1 });
        let closed = ElectionTotals { phase: PhaseName::Closed, voters: 9, ballots, contests: vec![] };
        let fewer = Some(BallotCounts { counted: 6, cast: 8, challenged: 1 });
        let other = ElectionTotals { ballots: fewer, ..closed.clone() };

        let (totals, before) = Source::of(election, closed.clone());
        assert!(matches!(before, Source::Told { earlier: false }));
        assert_eq!(totals, closed);
        let report = Report { verified: true, board: None, election: None, checks: vec![], failure: None };
        remember(election, Known { totals: closed.clone(), report, at: 5 });
        let (totals, verified) = Source::of(election, closed.clone());
        assert!(matches!(verified, Source::Verified(_)) && !verified.reads_like(&before));
        let (kept, contradicted) = Source::of(election, other);
        assert!(matches!(contradicted, Source::Contradicted(_)));
        assert_eq!(kept, totals);
        assert!(!contradicted.reads_like(&verified) && verified.reads_like(&Source::of(election, closed).1));
    }
}

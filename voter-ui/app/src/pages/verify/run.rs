//! A verification: two workers share the ballots' proofs, one of them checks everything else.
//!
//! ```text
//! first   Fetch ──record──┬─ Shard 0 of 2 ─┬─ Verify ─> report, totals
//! second          Take ───┴─ Shard 1 of 2 ─┘
//! ```

use std::cell::Cell;
use std::rc::Rc;

use borsh::BorshDeserialize;
use futures_util::future::join;
use leptos::prelude::*;

use tabella_crypto::manifest::ElectionId;
use tabella_web_shared::reader::BoardCard;
use tabella_web_shared::verifier::{RecordFiles, Request, Shard, Verified};
use tabella_web_shared::{Forgery, Progress, Request as AnyRequest, Trouble};

use super::fetch::fetch;
use super::known::{Known, forget, remember};
use super::report::Report;
use crate::api;
use crate::engine::Engine;
use crate::format::now;
use crate::session::Session;

/// Below so many ballots a second worker costs more than it saves.
const WORTH_SHARING: u64 = 2_000;

/// How far a verification is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Stand {
    /// Whether two workers share the ballots, in a step of its own.
    pub(super) shared: bool,
    /// The step, from 0.
    pub(super) step: usize,
    /// How far the step is.
    pub(super) progress: Option<Progress>,
}

/// A verification that came to its end, whatever it found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Finished {
    /// The report.
    pub(super) report: Report,
    /// The same as JSON, indented, as the verifier wrote it.
    pub(super) json: String,
    /// Milliseconds from the start to the end.
    pub(super) milliseconds: u64,
    /// When it ended: milliseconds since 1970-01-01 UTC.
    pub(super) at: u64,
}

/// Fetches and verifies a record, and remembers the totals if it holds. Dropping the future ends the workers.
pub(super) async fn run(
    session: Session,
    election: ElectionId,
    stand: RwSignal<Stand>,
) -> Result<Finished, Trouble> {
    let began = now();
    let status = api::status(election).await?;
    let ballots = status.ballots.map_or(status.size, |ballots| ballots.cast + ballots.challenged);
    let shared = ballots >= WORTH_SHARING && window().navigator().hardware_concurrency() >= 2.0;
    let step = |step| {
        move |progress| {
            // the page may be gone
            let _ = stand.try_set(Stand { shared, step, progress });
        }
    };
    step(0)(None);
    let fetching = step(0);
    let (first, files) = fetch(session, election, move |progress| fetching(Some(progress))).await?;
    let shards = if shared {
        step(1)(None);
        share(&first, files, step(1)).await
    } else {
        // the record stays with the worker that fetched it
        drop(files);
        Vec::new()
    };
    let last = step(if shared { 2 } else { 1 });
    last(None);
    let verified: Verified = ask(&first, Request::Verify { shards }, last).await?;
    let at = now();
    let board = session.card().await?;
    finish(election, &board, verified, at, at.saturating_sub(began))
}

/// Both halves of the proofs at once. A half that fails is left out: then the last step checks those proofs.
async fn share(
    first: &Engine,
    files: RecordFiles,
    progress: impl Fn(Option<Progress>) + 'static,
) -> Vec<Shard> {
    let halves = Rc::new(Cell::new([None; 2]));
    let progress = Rc::new(progress);
    let hear = |part: usize| {
        let (halves, progress) = (Rc::clone(&halves), Rc::clone(&progress));
        move |half: Option<Progress>| {
            let mut both = halves.get();
            if let Some(place) = both.get_mut(part) {
                *place = half;
            }
            halves.set(both);
            progress(sum(both));
        }
    };
    let (hear_first, hear_second) = (hear(0), hear(1));
    let own = ask::<Shard>(first, Request::Shard { part: 0, of: 2 }, hear_first);
    let helped = async move {
        let second = Engine::start(drop).await?;
        ask::<()>(&second, Request::Take(files), |_| ()).await?;
        ask::<Shard>(&second, Request::Shard { part: 1, of: 2 }, hear_second).await
    };
    let (own, helped) = join(own, helped).await;
    [own, helped].into_iter().flatten().collect()
}

/// How far both halves are together.
fn sum(halves: [Option<Progress>; 2]) -> Option<Progress> {
    halves.into_iter().flatten().reduce(|one, other| Progress {
        stage: one.stage,
        done: one.done + other.done,
        of: one.of + other.of,
    })
}

async fn ask<A: BorshDeserialize>(
    engine: &Engine,
    request: Request,
    progress: impl Fn(Option<Progress>) + 'static,
) -> Result<A, Trouble> {
    engine.ask(AnyRequest::Verifier(request), move |step| progress(Some(step))).await
}

/// A report is of the board that the reader knows, or it is worth nothing.
fn finish(
    election: ElectionId,
    board: &BoardCard,
    verified: Verified,
    at: u64,
    milliseconds: u64,
) -> Result<Finished, Trouble> {
    let Verified { report: json, totals, milliseconds: _ } = verified;
    let fault = |error: serde_json::Error| Trouble::Fault { detail: error.to_string() };
    let report: Report = serde_json::from_str(&json).map_err(fault)?;
    let known = (&board.origin, &board.fingerprint);
    if let Some(found) = report.board.as_ref().filter(|found| (&found.origin, &found.fingerprint) != known) {
        forget(election);
        let detail = format!(
            "the record is of the board {} with the key {}, but this device knows {} with the key {}",
            found.origin, found.fingerprint, board.origin, board.fingerprint
        );
        return Err(Trouble::Forged { forgery: Forgery::Key, detail });
    }
    match totals {
        Some(totals) if report.verified => remember(election, Known { totals, report: report.clone(), at }),
        _ => forget(election),
    }
    Ok(Finished { report, json, milliseconds, at })
}

#[cfg(test)]
mod tests {
    use tabella_board_core::api::{ElectionTotals, PhaseName};
    use tabella_crypto::transcript::Digest;
    use tabella_web_shared::Stage;
    use tabella_web_shared::reader::HeadCard;

    use super::super::known::recall;
    use super::*;

    #[test]
    fn halves_add_up_as_they_report() {
        let half = |done, of| Some(Progress { stage: Stage::Verifying, done, of });
        assert_eq!(sum([None, None]), None);
        assert_eq!(sum([half(3, 10), None]), half(3, 10));
        assert_eq!(sum([half(3, 10), half(4, 9)]), half(7, 19));
    }

    /// A board of this name and key.
    fn board(origin: &str, fingerprint: &str) -> BoardCard {
        let head = HeadCard {
            origin: origin.to_owned(),
            size: 2,
            root: Digest([1; 32]),
            note: String::new(),
            witnessed_by: Vec::new(),
        };
        BoardCard {
            origin: origin.to_owned(),
            key: String::new(),
            fingerprint: fingerprint.to_owned(),
            witnesses: Vec::new(),
            head,
            first_visit: false,
        }
    }

    #[test]
    fn a_record_of_another_board_than_the_readers_is_forged_and_forgotten() {
        let election = ElectionId(Digest([10; 32]));
        let totals = ElectionTotals { phase: PhaseName::Counted, voters: 1, ballots: None, contests: vec![] };
        let found = || Verified {
            report: serde_json::json!({
                "verified": true, "election": null, "checks": [], "failure": null,
                "board": {
                    "origin": "board.example", "fingerprint": "aa", "size": 2, "root": "", "cosigned_by": [],
                },
            })
            .to_string(),
            totals: Some(totals.clone()),
            milliseconds: (1, 2),
        };
        let finish = |board| finish(election, &board, found(), 100, 40);
        assert!(finish(board("board.example", "aa")).is_ok());
        for other in [board("board.example", "ab"), board("board.other", "aa")] {
            assert!(recall(election).is_some());
            let Err(Trouble::Forged { forgery: Forgery::Key, detail }) = finish(other) else {
                panic!("another board's record is believed")
            };
            assert!(detail.contains("board.example with the key aa"), "{detail}");
            assert!(recall(election).is_none());
            assert!(finish(board("board.example", "aa")).is_ok());
        }
    }

    #[test]
    fn totals_are_kept_only_of_a_record_that_holds() {
        let election = ElectionId(Digest([9; 32]));
        let totals = ElectionTotals { phase: PhaseName::Counted, voters: 1, ballots: None, contests: vec![] };
        let found = |holds: bool| Verified {
            report: serde_json::json!({
                "verified": holds, "board": null, "election": null, "checks": [], "failure": null,
            })
            .to_string(),
            totals: Some(totals.clone()),
            milliseconds: (1, 2),
        };
        let board = board("board.example", "aa");
        let finished = finish(election, &board, found(true), 100, 40).unwrap();
        assert_eq!((finished.at, finished.milliseconds), (100, 40));
        assert_eq!(finished.json, found(true).report);
        assert_eq!(recall(election).unwrap().totals, totals);
        assert!(!finish(election, &board, found(false), 101, 40).unwrap().report.verified);
        assert!(recall(election).is_none());
    }
}

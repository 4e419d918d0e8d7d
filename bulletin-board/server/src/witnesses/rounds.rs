//! Which head the witnesses are asked for. In a round all are asked for the same one, the newest: cosignatures of
//! different heads do not add up. The next round begins when all that answered last time have answered, at the latest
//! when a round's time is over; so one slow witness delays the others' next heads, and nothing else.
//!
//! A witness that fails is asked again after a wait that doubles, for the head of the round that is then.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use tabella_crypto::checkpoint::{NoteSignature, SignedCheckpoint};

use super::exchange::{Contact, Trouble};
use super::kept::Kept;
use crate::publish::Snapshot;
use crate::publish::standing::Change;
use crate::recovery::{AskError, Finding, compare};
use crate::sequencer::Board;
use tabella_board_client::evidence::file;

/// Heads of earlier rounds for which late cosignatures are still taken.
const LATE_ROUNDS: usize = 16;

/// Times of the rounds.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Longest time that a round waits for its last cosignature.
    pub round: Duration,
    /// Longest time of one request.
    pub request: Duration,
    /// The wait after a first failure; each further one is twice as long.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            round: Duration::from_secs(5),
            request: Duration::from_secs(10),
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(60),
        }
    }
}

/// What a witness's task tells.
struct Report {
    place: usize,
    /// The heads asked for, and the verified cosignature; none: it failed.
    outcome: Option<(Arc<Snapshot>, NoteSignature)>,
}

/// Has every head cosigned that is the newest when a round begins, as long as the board lives; what is cosigned is kept
/// in a file, if one is given.
pub async fn keep_asking(board: Board, contacts: Vec<Contact>, pace: Pace, kept: Option<Kept>) {
    let places = 0..contacts.len();
    board.publication().standings().begin(contacts.iter().map(Contact::name));
    let (target, targets) = watch::channel(board.snapshot());
    let (sender, reports) = mpsc::channel(contacts.len().max(1));
    let mut tasks = tokio::task::JoinSet::new();
    let evidence = kept.as_ref().map(Kept::evidence);
    for (place, contact) in contacts.into_iter().enumerate() {
        tasks.spawn(attend(
            place,
            contact,
            board.clone(),
            targets.clone(),
            sender.clone(),
            pace,
            evidence.clone(),
        ));
    }
    let cosigned = watch::Sender::new(0);
    if let Some(kept) = kept {
        tasks.spawn(kept.keep(board.clone(), cosigned.subscribe()));
    }
    let mut rounds =
        Rounds { board, reports, collected: VecDeque::new(), answering: places.collect(), cosigned };
    let mut published = rounds.board.watch();
    loop {
        published.mark_unchanged();
        let heads = rounds.board.snapshot();
        rounds.begin(heads.clone());
        target.send_replace(heads.clone());
        let mut missing = rounds.answering.clone();
        let end = Instant::now() + pace.round;
        while !missing.is_empty() {
            tokio::select! {
                report = rounds.reports.recv() => {
                    let Some(report) = report else { return };
                    missing.remove(&rounds.take(report));
                }
                () = tokio::time::sleep_until(end) => break,
            }
        }
        while rounds.board.snapshot().board.claimed() == heads.board.claimed() {
            tokio::select! {
                report = rounds.reports.recv() => {
                    let Some(report) = report else { return };
                    rounds.take(report);
                }
                changed = published.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

struct Rounds {
    board: Board,
    reports: mpsc::Receiver<Report>,
    /// The heads of the last rounds with the cosignatures that they got.
    collected: VecDeque<Arc<Snapshot>>,
    /// The witnesses whose last request was answered by a cosignature, or is the first.
    answering: BTreeSet<usize>,
    /// How many cosignatures were published.
    cosigned: watch::Sender<u64>,
}

impl Rounds {
    fn begin(&mut self, heads: Arc<Snapshot>) {
        self.collected.push_back(heads);
        if self.collected.len() > LATE_ROUNDS {
            self.collected.pop_front();
        }
    }

    /// Publishes what a witness gave; says which one it was.
    fn take(&mut self, Report { place, outcome }: Report) -> usize {
        let Some((heads, cosignature)) = outcome else {
            self.answering.remove(&place);
            return place;
        };
        self.answering.insert(place);
        let same = |kept: &&mut Arc<Snapshot>| kept.board.claimed() == heads.board.claimed();
        if let Some(kept) = self.collected.iter_mut().rev().find(same)
            && let Some(more) = kept.with_cosignature(cosignature)
        {
            *kept = Arc::new(more);
            self.board.publication().cosigned(kept);
            self.cosigned.send_modify(|count| *count = count.wrapping_add(1));
        }
        place
    }
}

/// One witness, for ever: the newest target that it has not cosigned.
async fn attend(
    place: usize,
    mut contact: Contact,
    board: Board,
    mut targets: watch::Receiver<Arc<Snapshot>>,
    reports: mpsc::Sender<Report>,
    pace: Pace,
    evidence: Option<PathBuf>,
) {
    let mut wait = pace.first_wait;
    loop {
        let heads = targets.borrow_and_update().clone();
        let outcome = contact.submit(board.store(), &heads, pace.request).await;
        let change = tell(place, contact.name(), &board, &heads, &outcome);
        if let (Change::Contradicts, Some(folder)) = (change, &evidence) {
            tracing::error!("{}", prove(&contact, &board, &heads, folder, pace.request).await);
        }
        let failed = match outcome {
            Ok(cosignature) => {
                wait = pace.first_wait;
                reports.send(Report { place, outcome: Some((heads, cosignature)) }).await.is_err()
            }
            Err(_) => {
                let gone = reports.send(Report { place, outcome: None }).await.is_err();
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(pace.longest_wait);
                if gone {
                    return;
                }
                continue;
            }
        };
        if failed || targets.changed().await.is_err() {
            return;
        }
    }
}

/// Notes what came of asking a witness, and says it once: whoever reads the log wants to see what changes.
#[must_use]
fn tell(
    place: usize,
    name: &str,
    board: &Board,
    heads: &Snapshot,
    outcome: &Result<NoteSignature, Trouble>,
) -> Change {
    let standings = board.publication().standings();
    let head = heads.board.claimed();
    let trouble = match outcome {
        Ok(_) => {
            let change = standings.cosigned(place, head.size());
            if change != Change::None {
                tracing::info!("the witness {name} cosigns again");
            }
            return change;
        }
        Err(trouble) => trouble,
    };
    let change = standings.refused(place, trouble.refusal());
    match change {
        Change::Contradicts => tracing::error!(
            size = head.size(),
            root = %head.root(),
            "witness contradiction: the witness {name} does not cosign this board's log: {trouble}"
        ),
        Change::Refuses => tracing::warn!("the witness {name} did not cosign: {trouble}"),
        Change::None | Change::Cosigns => {}
    }
    change
}

/// Keeps the proof that two logs were signed, if the witness shows the checkpoint that it cosigned; what came of it, in
/// words.
pub(super) async fn prove(
    contact: &Contact,
    board: &Board,
    heads: &Snapshot,
    folder: &Path,
    limit: Duration,
) -> String {
    let own = heads.board.as_ref();
    let shown = contact.latest(own.claimed().origin(), limit).await;
    let found = shown.as_ref().map(|shown| compare(board.store().as_ref(), own, shown)).transpose();
    in_words(contact.name(), shown.as_ref(), found.map(Option::flatten), folder)
}

/// What the checkpoint says that a witness shows when it contradicts. A proof is kept in the folder.
pub(super) fn in_words(
    witness: &str,
    shown: Option<&SignedCheckpoint>,
    found: Result<Option<Finding>, AskError>,
    folder: &Path,
) -> String {
    match (found, shown) {
        (Ok(Some(Finding::OtherLog(Some(proven)))), _) => {
            format!("two logs were signed with this board's key: {}", file::keep(&proven, folder))
        }
        (Ok(Some(Finding::Ahead(size))), Some(shown)) => format!(
            "the witness {witness} shows a larger checkpoint with this board's signature: {size} entries, root {}",
            shown.claimed().root()
        ),
        (Ok(_), _) => format!("the witness {witness} shows no checkpoint that proves it: ask its operator"),
        (Err(error), _) => format!(
            "what the witness {witness} shows cannot be compared with this board's own store ({error}): mend that, \
             and ask the witness's operator for its checkpoint"
        ),
    }
}

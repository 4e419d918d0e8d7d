//! The one writer: a thread that owns all state, takes what has arrived, and appends it.
//!
//! A turn: *collect* what waits in the queue (bounded by entries, bytes and a few milliseconds); let the engine
//! *order* it; *decode* and check ballots, signatures first, on all cores; *apply* one after the other, each election touched
//! getting its block and what is due before anything else; *anchor* each of these elections in the board log;
//! *sign* all new heads; *commit* to the store; *publish* the heads to readers; *answer* everybody who waits. A
//! clock tick is a turn without submissions: opening and closing come by themselves.
//!
//! # Crashes
//!
//! Everything that counts is in the store; the state in memory is a fold over it, made anew at each start, and
//! checked then: every entry against the rules, every root against the signed head, every head against its anchor.
//!
//! * *Before the commit* nothing has left the process but refusals. Signed heads exist in memory only, so no two
//!   heads of one size are ever seen.
//! * *In the commit* the batch is there whole or not at all ([`crate::store`]). If the commit reports failure,
//!   nobody knows which, and the state in memory is ahead of one of the two: the sequencer ends, the program ends
//!   with a message, and the next start reads what is there. Nobody who waits is told anything but that the board
//!   stops; they send the same bytes again.
//! * *Between commit and answer* the entry stands and its sender does not know. Sending the very same bytes again
//!   gives the receipt of the entry that stands: they are found by their leaf hash.
//! * *After the answer* the entry is durable under signed heads that everybody can fetch.
//!
//! A receipt therefore exists only for an entry under published heads, and an old store that is put back shows:
//! its head is behind one that somebody has seen.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Waiter;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::{oneshot, watch};

use tabella_board_core::state::VoterState;
use tabella_crypto::codec::MAX_ENTRY_LENGTH;
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::signature::SigningKey;

use crate::engine::{Engine, Proposal, Submission, SubmissionId};
use crate::publish::{Publication, Snapshot};
use crate::store::{Store, StoreError};

mod append;
mod ballots;
mod catch_up;
mod clock;
mod election;
mod errors;
mod limits;
mod observer;
mod start;

#[cfg(test)]
mod tests;

pub use catch_up::{CatchUpError, CaughtUp, catch_up};
pub use clock::ClockGuard;
pub use errors::{ElectionRefusal, Fatal, StartError, SubmitError};
pub use limits::CredentialLimits;
pub use observer::Observer;
pub use start::init;

use append::{Appended, Appender};
use clock::Watch;

/// Most seconds after which somebody who finds the board busy is asked to come again.
const LONGEST_WAIT: u64 = 60;

/// Milliseconds since 1970-01-01 UTC.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Bounds and times of a sequencer.
#[derive(Clone)]
pub struct Options {
    /// Most submissions of a turn.
    pub batch_entries: usize,
    /// Bytes of submissions after which no more are taken in a turn.
    pub batch_bytes: usize,
    /// How long a turn waits for more after its first submission.
    pub linger: Duration,
    /// Most submissions and questions that wait.
    pub queue_entries: usize,
    /// Most bytes of submissions that wait.
    pub queue_bytes: usize,
    /// Longest time between two turns.
    pub tick: Duration,
    /// The time of blocks.
    pub clock: Clock,
    /// Who is told what happens.
    pub observer: Arc<dyn Observer>,
    /// What each voter may make the board do.
    pub credentials: CredentialLimits,
    /// How far the clock is believed; wholly, if there is none.
    pub clock_guard: Option<ClockGuard>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            batch_entries: 2_048,
            batch_bytes: 16 << 20,
            linger: Duration::from_millis(2),
            queue_entries: 8_192,
            queue_bytes: 64 << 20,
            tick: Duration::from_millis(250),
            clock: Arc::new(system_time),
            observer: Arc::new(()),
            credentials: CredentialLimits::default(),
            clock_guard: None,
        }
    }
}

/// The system's clock: milliseconds since 1970-01-01 UTC.
pub fn system_time() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A submission stands on its log, durable under published heads; of a release, on the board log.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// The election.
    pub election: ElectionId,
    /// Index of the entry in the election's log; 0 for an election and for a release.
    pub index: u64,
    /// Whether this submission brought it; else it stood before.
    pub fresh: bool,
}

/// What somebody who submitted is told.
pub type Outcome = Result<Accepted, SubmitError>;

/// What waits for the sequencer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Submissions and questions.
    pub entries: usize,
    /// Bytes of submissions.
    pub bytes: usize,
}

/// Time without a turn after which the sequencer counts as stuck, such as in a disk that does not answer.
const STUCK: Duration = Duration::from_secs(30);

enum Job {
    Submit { id: SubmissionId, submission: Submission, reply: oneshot::Sender<Outcome> },
    Voter { election: ElectionId, credential: Credential, reply: oneshot::Sender<Option<VoterState>> },
}

struct Shared {
    store: Arc<dyn Store>,
    jobs: SyncSender<Job>,
    /// Bytes of submissions that wait.
    queued: AtomicUsize,
    queued_jobs: AtomicUsize,
    queue_bytes: usize,
    /// When the last turn ended.
    turned: Mutex<Instant>,
    /// Submissions a second that the last turns managed.
    pace: AtomicUsize,
    stopping: AtomicBool,
    publication: Publication,
    feeds_end: AtomicBool,
}

impl Shared {
    /// Wakes everybody who waits for new heads, to go.
    fn end_feeds(&self) {
        self.feeds_end.store(true, Ordering::SeqCst);
        self.publication.wake();
    }
}

/// The board, for whoever submits and reads. Cheap to clone.
#[derive(Clone)]
pub struct Board(Arc<Shared>);

impl Board {
    /// Reads the store, checks all of it and starts the sequencer.
    pub fn start(
        store: Arc<dyn Store>,
        key: SigningKey,
        engine: impl Engine,
        options: Options,
    ) -> Result<(Self, Running), StartError> {
        let (appender, snapshot) =
            start::load(store.clone(), key, options.credentials, options.observer.clone())?;
        let now = (options.clock)();
        let watch = options.clock_guard.clone().map(|guard| {
            Watch::start(guard, (Instant::now(), now), appender.last_time(), |time| appender.due_by(time))
        });
        let watch = watch.transpose()?;
        let (jobs, queue) = sync_channel(options.queue_entries);
        let board = Self(Arc::new(Shared {
            store,
            jobs,
            queued: AtomicUsize::new(0),
            queued_jobs: AtomicUsize::new(0),
            queue_bytes: options.queue_bytes,
            turned: Mutex::new(Instant::now()),
            pace: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
            publication: Publication::new(snapshot),
            feeds_end: AtomicBool::new(false),
        }));
        let (alive, ended) = oneshot::channel();
        let sequencer = Sequencer {
            shared: board.0.clone(),
            queue,
            engine,
            options,
            appender,
            watch,
            waiting: HashMap::new(),
        };
        let thread = std::thread::Builder::new()
            .name("sequencer".into())
            .spawn(move || {
                let _alive: oneshot::Sender<()> = alive;
                sequencer.run()
            })
            .map_err(StartError::Thread)?;
        Ok((board.clone(), Running { shared: board.0, thread: Some(thread), ended }))
    }

    /// Hands a submission to the sequencer and waits until it stands or is refused.
    pub async fn submit(&self, submission: Submission) -> Result<Accepted, SubmitError> {
        if let Submission::Entry { election, bytes } = &submission {
            if bytes.len() > MAX_ENTRY_LENGTH {
                return Err(SubmitError::TooLong);
            }
            if !self.snapshot().elections.contains_key(election) {
                return Err(SubmitError::UnknownElection);
            }
        }
        let length = submission.length();
        if self.0.queued.fetch_add(length, Ordering::Relaxed) > self.0.queue_bytes {
            self.0.queued.fetch_sub(length, Ordering::Relaxed);
            return Err(self.busy());
        }
        let (reply, answer) = oneshot::channel();
        let job = Job::Submit { id: submission.id(), submission, reply };
        if let Err(error) = self.enqueue(job) {
            self.0.queued.fetch_sub(length, Ordering::Relaxed);
            return Err(error);
        }
        answer.await.unwrap_or(Err(SubmitError::Stopping))
    }

    /// A voter on an election's roll, as of the published heads.
    pub async fn voter(
        &self,
        election: ElectionId,
        credential: Credential,
    ) -> Result<Option<VoterState>, SubmitError> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Job::Voter { election, credential, reply })?;
        answer.await.map_err(|_| SubmitError::Stopping)
    }

    fn enqueue(&self, job: Job) -> Result<(), SubmitError> {
        if self.0.stopping.load(Ordering::SeqCst) {
            return Err(SubmitError::Stopping);
        }
        // counted before it can be taken
        self.0.queued_jobs.fetch_add(1, Ordering::Relaxed);
        self.0.jobs.try_send(job).map_err(|error| {
            self.0.queued_jobs.fetch_sub(1, Ordering::Relaxed);
            match error {
                TrySendError::Full(_) => self.busy(),
                TrySendError::Disconnected(_) => SubmitError::Stopping,
            }
        })
    }

    /// What waits for the sequencer.
    pub fn waiting(&self) -> Waiting {
        let Shared { queued, queued_jobs, .. } = &*self.0;
        Waiting { entries: queued_jobs.load(Ordering::Relaxed), bytes: queued.load(Ordering::Relaxed) }
    }

    /// The answer while too much waits: when all of it will have had its turn.
    fn busy(&self) -> SubmitError {
        let (waiting, pace) =
            (self.0.queued_jobs.load(Ordering::Relaxed), self.0.pace.load(Ordering::Relaxed));
        let seconds = waiting.checked_div(pace).unwrap_or(0);
        SubmitError::Busy { seconds: u64::try_from(seconds).unwrap_or(u64::MAX).clamp(1, LONGEST_WAIT) }
    }

    /// The published heads.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.0.publication.newest()
    }

    /// The published heads, the cosigned ones among them.
    pub fn publication(&self) -> &Publication {
        &self.0.publication
    }

    /// The published heads, and word of new ones. Whoever waits looks at [`Board::has_feeds`] whenever woken.
    pub fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.0.publication.watch()
    }

    /// Whether anybody may still wait for new heads.
    pub fn has_feeds(&self) -> bool {
        !self.0.feeds_end.load(Ordering::SeqCst)
    }

    /// Ends all feeds, which else would hold up a server that waits for its open answers. None begins after it.
    pub fn end_feeds(&self) {
        self.0.end_feeds();
    }

    /// Where the logs lie.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    /// Whether the board accepts submissions.
    pub fn is_running(&self) -> bool {
        !self.0.stopping.load(Ordering::SeqCst)
    }

    /// Whether it also gets on: the last commit succeeded, for the sequencer ends where one fails, and there was a
    /// turn not long ago.
    pub fn is_ready(&self) -> bool {
        let turned = *self.0.turned.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_running() && turned.elapsed() < STUCK
    }
}

/// A running sequencer. Dropping it stops it.
pub struct Running {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<Result<(), Fatal>>>,
    ended: oneshot::Receiver<()>,
}

impl Running {
    /// Waits until the sequencer has ended, which without [`Running::stop`] means that it failed.
    pub async fn ended(&mut self) {
        // nothing is ever sent: the sender's end is the message
        let _ = (&mut self.ended).await;
    }

    /// Accepts nothing more, appends what has been accepted for appending, and ends; says how it ended.
    pub fn stop(mut self) -> Result<(), Fatal> {
        self.finish()
    }

    fn finish(&mut self) -> Result<(), Fatal> {
        self.shared.stopping.store(true, Ordering::SeqCst);
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(Fatal::Panicked),
            None => Ok(()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Err(error) = self.finish() {
            tracing::error!("{error}");
        }
    }
}

struct Sequencer<E> {
    shared: Arc<Shared>,
    queue: Receiver<Job>,
    engine: E,
    options: Options,
    appender: Appender,
    watch: Option<Watch>,
    waiting: HashMap<SubmissionId, Vec<oneshot::Sender<Outcome>>>,
}

/// Ends acceptance however the sequencer ends.
struct Closing(Arc<Shared>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.stopping.store(true, Ordering::SeqCst);
        self.0.end_feeds();
    }
}

impl<E: Engine> Sequencer<E> {
    fn run(mut self) -> Result<(), Fatal> {
        let _closing = Closing(self.shared.clone());
        loop {
            // read before the queue: what was queued before the board stopped is still appended
            let stopping = self.shared.stopping.load(Ordering::SeqCst);
            let submissions = self.collect();
            if stopping && submissions.is_empty() {
                return Ok(());
            }
            let (number, begin) = (submissions.len(), Instant::now());
            let time = (self.options.clock)();
            if let Some(watch) = &mut self.watch {
                watch.check(begin, time)?;
            }
            let proposal = Proposal { time, submissions };
            for decided in self.engine.order(proposal) {
                self.append(decided)?;
            }
            self.measure(number, begin.elapsed());
            *self.shared.turned.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
    }

    /// Takes what waits, or what comes within a tick. Bytes sent twice are one submission with two who wait.
    fn collect(&mut self) -> Vec<(SubmissionId, Submission)> {
        let mut submissions = Vec::new();
        let mut bytes = 0;
        let mut wait = self.options.tick;
        let mut end = None;
        while submissions.len() < self.options.batch_entries && bytes < self.options.batch_bytes {
            let job = match self.queue.recv_timeout(wait) {
                Ok(job) => job,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            };
            self.shared.queued_jobs.fetch_sub(1, Ordering::Relaxed);
            match job {
                Job::Voter { election, credential, reply } => {
                    // who asked may have gone away
                    let _ = reply.send(self.appender.voter(election, &credential));
                }
                Job::Submit { id, submission, reply } => {
                    self.shared.queued.fetch_sub(submission.length(), Ordering::Relaxed);
                    bytes += submission.length();
                    match self.waiting.entry(id) {
                        Waiter::Occupied(mut others) => others.get_mut().push(reply),
                        Waiter::Vacant(first) => {
                            first.insert(vec![reply]);
                            submissions.push((id, submission));
                        }
                    }
                }
            }
            let end = *end.get_or_insert_with(|| Instant::now() + self.options.linger);
            wait = end.saturating_duration_since(Instant::now());
        }
        submissions
    }

    /// Notes how fast a turn went.
    fn measure(&self, number: usize, taken: Duration) {
        let before = self.shared.pace.load(Ordering::Relaxed);
        self.shared.pace.store(pace(before, number, taken), Ordering::Relaxed);
    }

    fn append(&mut self, proposal: Proposal) -> Result<(), Fatal> {
        let previous = self.shared.publication.newest();
        let Appended { outcomes, snapshot } = self.appender.append(proposal, &previous)?;
        if let Some(snapshot) = snapshot {
            self.shared.publication.publish(snapshot);
        }
        for (id, outcome) in outcomes {
            self.options.observer.decided(&outcome);
            for reply in self.waiting.remove(&id).unwrap_or_default() {
                // who waited may have gone away; the entry stands all the same
                let _ = reply.send(outcome.clone());
            }
        }
        Ok(())
    }
}

/// Submissions a second, smoothed: after a turn of so many, and before it, where it was 0 if there was no turn. One
/// without submissions says nothing.
fn pace(before: usize, number: usize, taken: Duration) -> usize {
    if number == 0 {
        return before;
    }
    let last = number as f64 / taken.as_secs_f64().max(1e-6);
    let smoothed = if before == 0 { last } else { 0.8 * before as f64 + 0.2 * last };
    (smoothed as usize).max(1)
}

//! The fault table, {failed, failed but persisted} at each step of a write, against every store.
//!
//! | step | failed | failed, but persisted |
//! | --- | --- | --- |
//! | stage | nothing is there | what was staged is where no reader looks |
//! | swap | nothing is there | all of it is there, and nobody was told |
//! | publish | cannot fail: one assignment in memory | likewise |
//! | answer | nobody hears it: the entry stands | the same |
//!
//! The store's own tests break its disk at each single operation; here the whole board stands behind the store.

use std::ops::Range;
use std::sync::Mutex;

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::checkpoint::SignedCheckpoint;

use super::*;
use crate::store::RedbStore;
use crate::store::memory::Step;

/// A store whose next commit fails as asked, whichever store it is.
struct Faulty {
    inner: Box<dyn Store>,
    fault: Mutex<Option<Fault>>,
}

impl Faulty {
    fn new(inner: impl Store) -> Arc<Self> {
        Arc::new(Self { inner: Box::new(inner), fault: Mutex::default() })
    }
}

impl Store for Faulty {
    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        let fault = self.fault.lock().unwrap().take();
        match fault {
            None => self.inner.commit(batch),
            Some(Fault { step: Step::Swap, persisted: true }) => {
                self.inner.commit(batch)?;
                Err(StoreError::Injected)
            }
            Some(Fault { step: Step::Stage, .. } | Fault { step: Step::Swap, persisted: false }) => {
                Err(StoreError::Injected)
            }
        }
    }
    fn head(&self, log: LogId) -> Result<Option<SignedCheckpoint>, StoreError> {
        self.inner.head(log)
    }
    fn elections(&self) -> Result<Vec<ElectionId>, StoreError> {
        self.inner.elections()
    }
    fn entries(&self, log: LogId, range: Range<u64>) -> Result<Vec<Vec<u8>>, StoreError> {
        self.inner.entries(log, range)
    }
    fn hashes(&self, log: LogId, level: u8, range: Range<u64>) -> Result<Vec<Digest>, StoreError> {
        self.inner.hashes(log, level, range)
    }
    fn find_entry(&self, election: ElectionId, leaf: Digest) -> Result<Option<u64>, StoreError> {
        self.inner.find_entry(election, leaf)
    }
    fn find_ballot(
        &self,
        election: ElectionId,
        code: TrackingCode,
    ) -> Result<Option<(u64, Disposition)>, StoreError> {
        self.inner.find_ballot(election, code)
    }
    fn ballots_of(&self, election: ElectionId, credential: Credential) -> Result<Vec<u64>, StoreError> {
        self.inner.ballots_of(election, credential)
    }
}

/// A board on a store of any kind.
struct Place {
    store: Arc<Faulty>,
    board: Board,
    running: Running,
}

impl Place {
    fn new(store: impl Store, election: &SmallElection) -> Self {
        let administrators = vec![election.administrator.verifying_key()];
        init(&store, &operator(), Genesis { administrators, ..board_genesis() }, 7).unwrap();
        let store = Faulty::new(store);
        let (board, running) = start(&store);
        Self { store, board, running }
    }

    fn restart(self) -> (Result<(), Fatal>, Self) {
        let ended = self.running.stop();
        let (board, running) = start(&self.store);
        (ended, Self { store: self.store, board, running })
    }

    fn head(&self, log: LogId) -> Checkpoint {
        self.board.snapshot().head(log).unwrap().claimed().clone()
    }
}

fn start(store: &Arc<Faulty>) -> (Board, Running) {
    Board::start(store.clone(), operator(), Solo, options(&Arc::new(AtomicU64::new(CREATED)))).unwrap()
}

fn entry(election: &SmallElection, trustee: u8) -> Submission {
    Submission::Entry { election: election.manifest.id(), bytes: election.registration(trustee).encode() }
}

/// Runs a fault against boards on both stores.
async fn on_each_store<F: AsyncFn(Place, &SmallElection)>(check: F) {
    let election = SmallElection::unpublished(|_| {});
    let creation = Submission::Election {
        creation: ElectionCreated::sign(election.manifest.id(), &board_genesis(), &election.administrator),
        manifest: election.manifest.encode(),
    };
    let folder = tempfile::tempdir().unwrap();
    let on_disk = RedbStore::open(&folder.path().join("board.redb")).unwrap();
    for place in [Place::new(MemoryStore::new(), &election), Place::new(on_disk, &election)] {
        assert!(place.board.submit(creation.clone()).await.unwrap().fresh);
        assert!(place.board.submit(entry(&election, 1)).await.unwrap().fresh);
        check(place, &election).await;
    }
}

#[tokio::test]
async fn whichever_step_of_a_commit_fails_the_board_stops_and_the_next_start_knows_what_stands() {
    for fault in Fault::TABLE {
        on_each_store(async |place: Place, election: &SmallElection| {
            let id = LogId::Election(election.manifest.id());
            let before = (place.head(LogId::Board), place.head(id));
            *place.store.fault.lock().unwrap() = Some(fault);
            let answer = place.board.submit(entry(election, 2)).await;
            assert_eq!(answer, Err(SubmitError::Stopping), "{fault:?}");
            assert_eq!((place.head(LogId::Board), place.head(id)), before, "nothing is published");
            let (ended, place) = place.restart();
            assert!(matches!(ended, Err(Fatal::Store(StoreError::Injected))));
            // the heads that stand are those before or those after, of all logs alike
            let grown = u64::from(fault.keeps_batch());
            assert_eq!(place.head(LogId::Board).size(), before.0.size() + 2 * grown, "{fault:?}");
            assert_eq!(place.head(id).size(), before.1.size() + 2 * grown);
            let again = place.board.submit(entry(election, 2)).await.unwrap();
            assert_eq!(again.fresh, !fault.keeps_batch());
            assert_eq!(place.head(id).size(), before.1.size() + 2, "once");
            assert!(!place.board.submit(entry(election, 1)).await.unwrap().fresh);
        })
        .await;
    }
}

#[tokio::test]
async fn an_answer_that_nobody_hears_changes_nothing_and_the_same_bytes_find_the_entry() {
    on_each_store(async |place: Place, election: &SmallElection| {
        let id = LogId::Election(election.manifest.id());
        let before = place.head(id).size();
        let board = place.board.clone();
        let (submission, unheard) = (entry(election, 2), entry(election, 2));
        // whoever waits goes away as soon as the entry is queued
        let waits = tokio::spawn(async move { board.submit(unheard).await });
        tokio::task::yield_now().await;
        waits.abort();
        let found = place.board.submit(submission).await.unwrap();
        assert_eq!(place.head(id).size(), before + 2, "it stands once, whoever asks");
        let (ended, place) = place.restart();
        assert!(ended.is_ok());
        let again = place.board.submit(entry(election, 2)).await.unwrap();
        assert_eq!(again, Accepted { fresh: false, ..found });
    })
    .await;
}

#[tokio::test]
async fn time_never_runs_back_on_the_logs_whatever_the_clock_does() {
    let harness = Harness::new();
    let mut harness = harness;
    harness.create().await;
    let times = |harness: &Harness| harness.board.snapshot().elections[&harness.id()].status.time;
    harness.time.store(CREATED + 50_000, Ordering::SeqCst);
    harness.push(harness.election.registration(1)).await;
    assert_eq!(times(&harness), CREATED + 50_000);
    harness.time.store(3, Ordering::SeqCst);
    harness.push(harness.election.registration(2)).await;
    assert_eq!(times(&harness), CREATED + 50_000, "the clock was set back");
    harness.restart().unwrap();
    harness.push(harness.election.registration(3)).await;
    assert_eq!(times(&harness), CREATED + 50_000);
}

#[tokio::test]
async fn a_board_that_was_off_for_a_moment_starts_though_an_election_closed_meanwhile() {
    let mut harness = Harness::new();
    harness.create().await;
    harness.time.store(CLOSES - 10_000, Ordering::SeqCst);
    harness.push(harness.election.registration(1)).await;
    harness.running.take().unwrap().stop().unwrap();
    harness.time.store(CLOSES + 10_000, Ordering::SeqCst);
    let guard = ClockGuard { ahead: Duration::from_secs(30), ..ClockGuard::default() };
    harness.options.clock_guard = Some(guard);
    harness.restart().unwrap();
    harness.wait_for(CLOSES + 10_000, PhaseName::Counted).await;
}

#[tokio::test]
async fn a_clock_that_jumps_far_ahead_stops_the_board_before_it_closes_an_election() {
    let guard = ClockGuard::default();
    let mut harness = Harness::with(|_| {}, |options| options.clock_guard = Some(guard));
    harness.create().await;
    let before = harness.sizes();
    let running = harness.running.as_mut().unwrap();
    let ended = tokio::time::timeout(Duration::from_millis(20), running.ended());
    assert!(ended.await.is_err(), "it runs");
    // within the limit the election would not close; far ahead it would, for good
    harness.time.store(CLOSES + 3_600_000, Ordering::SeqCst);
    harness.running.as_mut().unwrap().ended().await;
    assert_eq!(harness.sizes(), before, "nothing was appended");
    let ended = harness.running.take().unwrap().stop();
    assert!(matches!(ended, Err(Fatal::ClockAhead { .. })), "{ended:?}");
    // and it does not start so
    let again = || Board::start(harness.store.clone(), operator(), Solo, harness.options.clone());
    let refused = again().err().unwrap();
    let id = harness.id();
    assert!(matches!(refused, StartError::ClockAhead { election, .. } if election == id), "{refused}");
    assert!(refused.to_string().contains("--clock-is-right"));
    // the clock is set right, and all is well
    harness.time.store(CREATED + 10, Ordering::SeqCst);
    drop(again().unwrap());
    // or the operator says that it was right
    harness.time.store(CLOSES + 3_600_000, Ordering::SeqCst);
    harness.options.clock_guard = Some(ClockGuard { confirmed: true, ..ClockGuard::default() });
    harness.restart().unwrap();
    harness.wait_for(CLOSES + 3_600_000, PhaseName::Counted).await;
}

//! The sequencer on a store in memory, with whole elections and with faults.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;

use tabella_board_core::api::{ContestState, PhaseName, Problem};
use tabella_board_core::board::{BoardMismatch, BoardRefusal};
use tabella_board_core::check::{BallotRefusal, Refusal};
use tabella_board_core::entry::{
    BoardEntry, ElectionCreated, Entry, Genesis, Release, ReleaseFile, RollChange,
};
use tabella_board_core::fixtures::{CLOSES, CREATED, OPENS, SmallElection, TRUSTEES, VOTERS};
use tabella_crypto::ballot::Disposition;
use tabella_crypto::checkpoint::{Checkpoint, NoteKey, sign_checkpoint};
use tabella_crypto::manifest::Manifest;
use tabella_crypto::merkle::{leaf_hash, root_at, verify_consistency};
use tabella_crypto::transcript::Digest;

use super::*;
use crate::engine::Solo;
use crate::publish::ReadError;
use crate::store::memory::Fault;
use crate::store::{Batch, LogBatch, LogId, MemoryStore};

mod faults;
mod pressure;

const ORIGIN: &str = "board.example.org/tabella";

fn operator() -> SigningKey {
    SigningKey::from_seed([1; 32])
}

/// The board, without its administrators.
fn board_genesis() -> Genesis {
    Genesis::new(ORIGIN.into(), operator().verifying_key(), Vec::new())
}

/// A board on a store that outlives it, with an election of which everybody's secrets are known.
struct Harness {
    store: Arc<MemoryStore>,
    time: Arc<AtomicU64>,
    options: Options,
    board: Board,
    running: Option<Running>,
    election: SmallElection,
    /// Entries with their indices, as acknowledged.
    acknowledged: Vec<(Vec<u8>, u64)>,
}

fn new_store(election: &SmallElection) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    let administrators = vec![election.administrator.verifying_key()];
    let genesis = Genesis { administrators, ..board_genesis() };
    init(store.as_ref(), &operator(), genesis, 7).unwrap();
    store
}

fn options(time: &Arc<AtomicU64>) -> Options {
    let time = time.clone();
    Options {
        linger: Duration::from_millis(30),
        tick: Duration::from_millis(5),
        clock: Arc::new(move || time.load(Ordering::SeqCst)),
        ..Options::default()
    }
}

impl Harness {
    fn new() -> Self {
        Self::with(|_| {}, |_| {})
    }

    fn with(change: impl FnOnce(&mut Manifest), set: impl FnOnce(&mut Options)) -> Self {
        let election = SmallElection::unpublished(change);
        let store = new_store(&election);
        let time = Arc::new(AtomicU64::new(CREATED));
        let mut options = options(&time);
        set(&mut options);
        let (board, running) = Board::start(store.clone(), operator(), Solo, options.clone()).unwrap();
        Self { store, time, options, board, running: Some(running), election, acknowledged: Vec::new() }
    }

    fn restart(&mut self) -> Result<(), Fatal> {
        let ended = self.running.take().map_or(Ok(()), Running::stop);
        let (board, running) =
            Board::start(self.store.clone(), operator(), Solo, self.options.clone()).unwrap();
        (self.board, self.running) = (board, Some(running));
        ended
    }

    fn id(&self) -> ElectionId {
        self.election.manifest.id()
    }

    fn creation(&self) -> Submission {
        Submission::Election {
            creation: ElectionCreated::sign(self.id(), &board_genesis(), &self.election.administrator),
            manifest: self.election.manifest.encode(),
        }
    }

    async fn create(&mut self) {
        assert!(self.board.submit(self.creation()).await.unwrap().fresh);
        self.mirror();
    }

    fn submission(&self, entry: &Entry) -> Submission {
        Submission::Entry { election: self.id(), bytes: entry.encode() }
    }

    async fn offer(&self, entry: &Entry) -> Result<Accepted, SubmitError> {
        self.board.submit(self.submission(entry)).await
    }

    /// Submits an entry that is right.
    async fn push(&mut self, entry: Entry) -> u64 {
        let Accepted { index, fresh, .. } = self.offer(&entry).await.unwrap();
        assert!(fresh);
        self.acknowledged.push((entry.encode(), index));
        self.mirror();
        index
    }

    /// Follows the board's log with the election in memory, which checks every entry again.
    fn mirror(&mut self) {
        let size = self.board.snapshot().head(LogId::Election(self.id())).unwrap().claimed().size();
        let known = self.election.state.size();
        for bytes in self.store.entries(LogId::Election(self.id()), known..size).unwrap() {
            self.election.append(Entry::decode(&bytes).unwrap()).unwrap();
        }
    }

    /// Sets the clock and waits until the election has this phase.
    async fn wait_for(&mut self, time: u64, phase: PhaseName) {
        self.time.store(time, Ordering::SeqCst);
        for _ in 0..2_000 {
            if self.board.snapshot().elections[&self.id()].status.phase == phase {
                return self.mirror();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("the election does not reach {phase:?}");
    }

    async fn hold_ceremony(&mut self) {
        for round in 0..6 {
            for trustee in TRUSTEES {
                let election = &mut self.election;
                let entry = match round {
                    0 => election.registration(trustee),
                    1 => election.commitment_hash(trustee),
                    2 => election.commitments(trustee),
                    3 => election.shares(trustee),
                    4 => election.confirmation(trustee),
                    _ => election.test_decryption(trustee),
                };
                self.push(entry).await;
            }
        }
    }

    async fn publish_roll(&mut self) {
        let voters = self.election.sorted(0..VOTERS.len() - 1);
        self.push(self.election.roll_part(0, true, voters)).await;
    }

    async fn open(&mut self) {
        self.create().await;
        self.hold_ceremony().await;
        self.publish_roll().await;
        self.wait_for(OPENS, PhaseName::Open).await;
    }

    fn sizes(&self) -> (u64, u64) {
        let snapshot = self.board.snapshot();
        (snapshot.board.claimed().size(), snapshot.elections[&self.id()].status.size)
    }

    /// Every acknowledged entry has a receipt, and the heads verify.
    fn check_receipts(&self) {
        let key = NoteKey::log(ORIGIN, operator().verifying_key()).unwrap();
        let snapshot = self.board.snapshot();
        for (bytes, index) in &self.acknowledged {
            assert_eq!(self.store.find_entry(self.id(), leaf_hash(bytes)).unwrap(), Some(*index));
            let receipt = snapshot.receipt(self.store.as_ref(), self.id(), *index).unwrap();
            let verified = receipt.verify(bytes, &key, &[]).unwrap();
            assert_eq!(verified.index(), *index);
        }
    }
}

#[tokio::test]
async fn an_election_runs_from_its_manifest_to_its_result() {
    let mut harness = Harness::new();
    harness.open().await;
    let (tested, _) = harness.election.encrypt(0, &harness.election.selections(0, 1, [0, 1]));
    let tested = harness.election.submit(0, tested, Disposition::Challenge);
    let challenge = harness.push(tested).await;
    for (voter, option) in [(0, 1), (1, 1), (2, 2), (3, 0), (4, 0), (5, 3), (0, 2)] {
        let entry = harness.election.vote(voter, option, [1, 0]);
        harness.push(entry).await;
    }
    let credential = harness.election.voters[0].public();
    let voter = harness.board.voter(harness.id(), credential).await.unwrap().unwrap();
    assert_eq!((voter.cast, voter.tests), (2, 1));
    let rows = harness.store.ballots_of(harness.id(), credential).unwrap();
    assert_eq!((rows.len(), rows[0]), (3, challenge));
    let (last, code) = voter.last.unwrap();
    let place = harness.store.find_ballot(harness.id(), code).unwrap();
    assert_eq!(place, Some((last, Disposition::Cast)));

    harness.wait_for(CLOSES, PhaseName::Closed).await;
    harness.restart().unwrap();
    let late = harness.election.submission_after_close();
    let refusal = harness.offer(&late).await.unwrap_err();
    assert_eq!(refusal, SubmitError::Refused(Refusal::Ballot(BallotRefusal::Closed)));
    for trustee in [1, 3] {
        harness.push(harness.election.statement(trustee)).await;
    }
    for (contest, trustee) in [(0, 1), (0, 3), (1, 1), (1, 3)] {
        let entry = harness.election.decryption(trustee, contest);
        harness.push(entry).await;
    }
    for contest in [0, 1] {
        harness.push(Entry::Result(harness.election.result(contest, &[1, 3]))).await;
    }
    let totals = &harness.election.state.tally().unwrap().result(0).unwrap().totals;
    assert_eq!(*totals, [2, 1, 2, 3]);
    harness.check_receipts();
    let before = harness.sizes();
    harness.restart().unwrap();
    assert_eq!(harness.sizes(), before);
    let status = harness.board.snapshot().elections[&harness.id()].status.clone();
    assert_eq!(status.phase, PhaseName::Counted);
    let tally = status.tally.unwrap();
    assert!(tally.contests.iter().all(|contest| contest.state == ContestState::Counted));
    let done: Vec<_> = tally.trustees.iter().map(|by| (by.trustee, by.stated, by.shares.len())).collect();
    assert_eq!(done, [(1, true, 2), (2, false, 0), (3, true, 2)]);
    harness.check_receipts();
}

#[tokio::test]
async fn the_same_bytes_are_one_entry_however_often_they_come() {
    let mut harness = Harness::new();
    harness.create().await;
    let entry = harness.election.registration(1);
    let (a, b, c) = tokio::join!(harness.offer(&entry), harness.offer(&entry), harness.offer(&entry));
    let first = a.unwrap();
    assert!(first.fresh);
    assert_eq!((b.unwrap(), c.unwrap()), (first, first), "in one batch");
    let again = harness.offer(&entry).await.unwrap();
    assert_eq!(again, Accepted { fresh: false, ..first }, "in a later one");
    let created = harness.board.submit(harness.creation()).await.unwrap();
    assert!(!created.fresh);
    harness.restart().unwrap();
    assert_eq!(harness.offer(&entry).await.unwrap(), again, "after a restart");
}

#[tokio::test]
async fn what_is_refused_leaves_nothing_on_any_log() {
    let mut harness = Harness::new();
    harness.create().await;
    let before = harness.sizes();
    let vote = {
        let mut open = SmallElection::opened();
        open.vote(0, 1, [0, 0])
    };
    for entry in [
        harness.election.confirmation_of_nothing(),
        vote,
        Entry::Block(harness.election.state.next_block(CREATED + 1)),
        harness.election.roll_change(RollChange::Revoke { credential: harness.election.voters[0].public() }),
    ] {
        assert!(matches!(harness.offer(&entry).await, Err(SubmitError::Refused(_))), "{entry:?}");
    }
    let garbage = Submission::Entry { election: harness.id(), bytes: vec![77; 9] };
    assert!(matches!(harness.board.submit(garbage).await, Err(SubmitError::Refused(Refusal::Log(_)))));
    let long = Submission::Entry { election: harness.id(), bytes: vec![0; MAX_ENTRY_LENGTH + 1] };
    assert_eq!(harness.board.submit(long).await, Err(SubmitError::TooLong));
    let stray = Submission::Entry { election: ElectionId(Digest([9; 32])), bytes: vec![1] };
    assert_eq!(harness.board.submit(stray).await, Err(SubmitError::UnknownElection));
    assert_eq!(harness.sizes(), before);
    // a bad one beside a good one
    let (good, bad) = (harness.election.registration(2), harness.election.confirmation_of_nothing());
    let (good, bad) = tokio::join!(harness.offer(&good), harness.offer(&bad));
    assert!(good.is_ok() && bad.is_err());
    assert_eq!(harness.sizes(), (before.0 + 2, before.1 + 2));
}

#[tokio::test]
async fn a_recast_in_the_batch_of_the_ballot_that_it_replaces_is_counted_once() {
    let mut harness = Harness::new();
    harness.open().await;
    let mut ahead = SmallElection::opened_by(&harness.election);
    let first = ahead.vote(5, 0, [1, 1]);
    ahead.push(first.clone());
    let second = ahead.vote(5, 1, [0, 0]);
    let before = harness.sizes();
    let (a, b) = tokio::join!(harness.offer(&first), harness.offer(&second));
    assert_eq!(b.unwrap().index, a.unwrap().index + 1);
    assert_eq!(harness.sizes(), (before.0 + 2, before.1 + 3), "one block for both");
    harness.mirror();
    let counts = harness.election.state.counts();
    assert_eq!((counts.counted, counts.cast), (1, 2));
    harness.restart().unwrap();
    let status = &harness.board.snapshot().elections[&harness.id()].status;
    assert_eq!(status.ballots.as_ref().map(|ballots| (ballots.counted, ballots.cast)), Some((1, 2)));
}

#[tokio::test]
async fn bad_ballots_among_good_ones_are_refused_and_named() {
    let mut harness = Harness::new();
    harness.open().await;
    let mut ballots: Vec<Entry> = (0..5).map(|voter| harness.election.vote(voter, 1, [0, 1])).collect();
    if let (Entry::Cast(a), Entry::Cast(b)) = (ballots[0].clone(), &mut ballots[1]) {
        b.signature = a.signature;
    }
    // a voter who is not on the roll
    ballots.push(harness.election.vote(6, 1, [0, 1]));
    let mut results = Vec::new();
    let mut waiting = Vec::new();
    for ballot in &ballots {
        let (board, submission) = (harness.board.clone(), harness.submission(ballot));
        waiting.push(tokio::spawn(async move { board.submit(submission).await }));
    }
    for one in waiting {
        results.push(one.await.unwrap());
    }
    let good: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(good, [true, false, true, true, true, false]);
    let off_roll = BallotRefusal::NotOnRoll(harness.election.voters[6].public());
    assert_eq!(results[5], Err(SubmitError::Refused(off_roll.into())));
}

#[tokio::test]
async fn whichever_step_fails_nothing_acknowledged_is_lost_and_the_same_bytes_find_their_entry() {
    for fault in Fault::TABLE {
        let mut harness = Harness::new();
        harness.create().await;
        harness.push(harness.election.registration(1)).await;
        let before = harness.sizes();
        harness.store.inject(fault);
        let entry = harness.election.registration(2);
        assert_eq!(harness.offer(&entry).await, Err(SubmitError::Stopping), "{fault:?}");
        harness.running.as_mut().unwrap().ended().await;
        assert_eq!(harness.sizes(), before, "nothing is published");
        assert!(!harness.board.is_running());
        assert_eq!(harness.offer(&entry).await, Err(SubmitError::Stopping));
        assert!(matches!(harness.restart(), Err(Fatal::Store(StoreError::Injected))));

        harness.check_receipts();
        let found = harness.offer(&entry).await.unwrap();
        assert_eq!(found.fresh, !fault.keeps_batch(), "{fault:?}");
        harness.acknowledged.push((entry.encode(), found.index));
        assert_eq!(harness.sizes(), (before.0 + 2, before.1 + 2));
        harness.mirror();
        harness.push(harness.election.registration(3)).await;
        harness.check_receipts();
    }
}

#[tokio::test]
async fn a_second_writer_stops_the_first() {
    let mut harness = Harness::new();
    harness.create().await;
    let (other, _running) =
        Board::start(harness.store.clone(), operator(), Solo, harness.options.clone()).unwrap();
    let submission = harness.submission(&harness.election.registration(1));
    assert!(other.submit(submission).await.unwrap().fresh);
    let refused = harness.offer(&harness.election.registration(2)).await;
    assert_eq!(refused, Err(SubmitError::Stopping));
    let ended = harness.running.take().unwrap().stop();
    assert!(matches!(ended, Err(Fatal::Store(StoreError::Conflict))));
}

#[tokio::test]
async fn a_full_queue_is_busy_and_what_waits_in_it_is_appended() {
    let fill: [fn(&mut Options); 2] =
        [|options| options.queue_entries = 1, |options| options.queue_bytes = 0];
    for fill in fill {
        let closed = Arc::new(AtomicBool::new(false));
        let mut harness = Harness::with(
            |_| {},
            |options| {
                fill(options);
                options.batch_entries = 1;
                let (closed, clock) = (closed.clone(), options.clock.clone());
                options.clock = Arc::new(move || {
                    while closed.load(Ordering::SeqCst) {
                        std::thread::sleep(Duration::from_millis(1));
                    }
                    clock()
                });
            },
        );
        harness.create().await;
        closed.store(true, Ordering::SeqCst);
        // the sequencer holds one at most, and one waits
        let mut waiting = tokio::task::JoinSet::new();
        for trustee in TRUSTEES {
            let submission = harness.submission(&harness.election.registration(trustee));
            let board = harness.board.clone();
            waiting.spawn(async move { board.submit(submission).await });
        }
        assert!(matches!(
            waiting.join_next().await.unwrap().unwrap(),
            Err(SubmitError::Busy { seconds: 1.. })
        ));
        closed.store(false, Ordering::SeqCst);
        let rest = waiting.join_all().await;
        assert!(rest.iter().any(Result::is_ok), "{rest:?}");
        for trustee in TRUSTEES {
            assert!(harness.offer(&harness.election.registration(trustee)).await.is_ok());
        }
    }
}

#[test]
fn the_pace_is_that_of_the_last_turns_and_never_nothing() {
    let second = Duration::from_secs(1);
    assert_eq!(pace(0, 300, second), 300);
    assert_eq!(pace(0, 300, 2 * second), 150);
    assert_eq!(pace(100, 300, second), 140);
    assert_eq!(pace(1, 1, 100 * second), 1);
    assert_eq!((pace(0, 0, second), pace(70, 0, second)), (0, 70));
}

#[tokio::test]
async fn the_pace_is_measured() {
    let mut harness = Harness::new();
    harness.create().await;
    let pace = || harness.board.0.pace.load(Ordering::SeqCst);
    // noted after the answer is given
    for _ in 0..1_000 {
        if pace() > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it is not");
}

#[test]
fn who_is_too_many_is_told_when_to_come_again_and_who_is_wrong_is_not() {
    assert_eq!(SubmitError::Busy { seconds: 7 }.retry_after(), Some(7));
    assert_eq!(SubmitError::TooOften { seconds: 9 }.retry_after(), Some(9));
    assert_eq!(SubmitError::TooLong.retry_after(), None);
}

#[test]
fn the_systems_clock_counts_milliseconds_since_1970() {
    let (year_2020, year_2200) = (1_577_836_800_000, 7_258_118_400_000);
    assert!((year_2020..year_2200).contains(&system_time()));
}

#[tokio::test]
async fn elections_that_this_board_does_not_take_are_refused() {
    let harness = Harness::new();
    let with = |change: fn(&mut Manifest), key: &SigningKey| {
        let manifest = SmallElection::unpublished(change).manifest;
        Submission::Election {
            creation: ElectionCreated::sign(manifest.id(), &board_genesis(), key),
            manifest: manifest.encode(),
        }
    };
    let administrator = &harness.election.administrator;
    let refusal = |submission| async {
        match harness.board.submit(submission).await {
            Err(SubmitError::Election(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    };
    let other_board = refusal(with(|manifest| manifest.board = "elsewhere".into(), administrator)).await;
    assert!(matches!(other_board, ElectionRefusal::Mismatch(BoardMismatch::Origin { .. })));
    let stranger = refusal(with(|_| {}, &SigningKey::from_seed([9; 32]))).await;
    assert_eq!(stranger, ElectionRefusal::Board(BoardRefusal::Administrator));
    let other = refusal(with(
        |manifest| manifest.administrator = SigningKey::from_seed([9; 32]).verifying_key(),
        administrator,
    ))
    .await;
    assert_eq!(other, ElectionRefusal::Mismatch(BoardMismatch::Administrator));
    harness.time.store(CLOSES, Ordering::SeqCst);
    assert_eq!(refusal(with(|_| {}, administrator)).await, ElectionRefusal::Over);
    let Submission::Election { creation, manifest } = with(|_| {}, administrator) else { unreachable!() };
    let cut = manifest[..manifest.len() - 1].to_vec();
    let cut = refusal(Submission::Election { creation, manifest: cut }).await;
    let ElectionRefusal::Log(rule @ Refusal::Manifest(_)) = &cut else { panic!("{cut:?}") };
    // whoever sent it is told which check it is, where it is one
    let told = |refusal: &ElectionRefusal| Problem::from(refusal).check;
    assert_eq!(told(&cut).as_deref(), Some(rule.check().number()));
    assert_eq!(told(&other_board), None);
    // by the administrator, but signed for another board
    let Submission::Election { manifest, .. } = with(|_| {}, administrator) else { unreachable!() };
    let elsewhere = Genesis { origin: "elsewhere.example".into(), ..board_genesis() };
    let creation = ElectionCreated::sign(harness.id(), &elsewhere, administrator);
    let copied = refusal(Submission::Election { creation, manifest }).await;
    assert_eq!(copied, ElectionRefusal::Board(BoardRefusal::Signature));
    let snapshot = harness.board.snapshot();
    assert!(snapshot.elections.is_empty() && snapshot.board.claimed().size() == 2);
}

#[tokio::test]
async fn old_heads_are_the_beginning_of_new_ones_and_nothing_beyond_is_served() {
    let mut harness = Harness::new();
    harness.create().await;
    let old = harness.board.snapshot();
    harness.hold_ceremony().await;
    let new = harness.board.snapshot();
    for log in [LogId::Board, LogId::Election(harness.id())] {
        let (old_head, new_head) = (old.head(log).unwrap().claimed(), new.head(log).unwrap().claimed());
        let store: &dyn Store = harness.store.as_ref();
        let path = new.consistency(store, log, old_head.size(), new_head.size()).unwrap();
        let (a, b) = (old_head.root(), new_head.root());
        verify_consistency(old_head.size(), &a, new_head.size(), &b, &path).unwrap();
        let beyond = old.consistency(store, log, 1, new_head.size());
        assert!(matches!(beyond, Err(ReadError::Missing)), "the old snapshot does not know it");
    }
    let unknown = new.receipt(harness.store.as_ref(), harness.id(), new.elections[&harness.id()].status.size);
    assert!(matches!(unknown, Err(ReadError::Missing)));
}

#[tokio::test]
async fn turnout_is_hidden_while_voting_is_open_if_the_manifest_says_so() {
    let mut harness = Harness::with(|manifest| manifest.show_turnout = false, |_| {});
    harness.open().await;
    let ballots = |harness: &Harness| {
        let view = harness.board.snapshot().elections[&harness.id()].clone();
        assert_eq!(view.totals.ballots, view.status.ballots);
        view.status.ballots.clone()
    };
    assert_eq!(ballots(&harness), None);
    // without a ballot every contest is withheld at once
    harness.wait_for(CLOSES, PhaseName::Counted).await;
    assert!(ballots(&harness).is_some());
}

/// A batch as a store that was tampered with would hold it: entries of the board log under a head of any root.
fn tampered(store: &MemoryStore, entries: Vec<Vec<u8>>, root: Option<Digest>) -> Batch {
    let head = store.head(LogId::Board).unwrap().unwrap();
    let first = head.claimed().size();
    let mut log = super::election::StoredLog::default();
    log.replay(&store.entries(LogId::Board, 0..first).unwrap());
    log.replay(&entries);
    let checkpoint = Checkpoint::new(ORIGIN, log.size(), root.unwrap_or(log.root())).unwrap();
    let part = LogBatch {
        log: LogId::Board,
        first,
        entries,
        hashes: Vec::new(),
        ballots: Vec::new(),
        checkpoint: sign_checkpoint(&checkpoint, &operator()).unwrap(),
    };
    Batch { expected: Some(head.claimed().clone()), logs: vec![part] }
}

#[test]
fn a_board_does_not_start_on_a_store_that_does_not_hold_together() {
    let election = SmallElection::unpublished(|_| {});
    let start = |store: Arc<MemoryStore>, key| {
        let options = options(&Arc::new(AtomicU64::new(0)));
        Board::start(store, key, Solo, options).map(|_| ()).unwrap_err()
    };
    assert!(matches!(start(Arc::new(MemoryStore::new()), operator()), StartError::Store(StoreError::Empty)));
    let store = new_store(&election);
    assert!(matches!(start(store.clone(), SigningKey::from_seed([2; 32])), StartError::OtherKey));
    let again = init(store.as_ref(), &operator(), board_genesis(), 7);
    assert!(matches!(again, Err(StartError::AlreadyInitialised)));

    let by = |key| BoardEntry::Election(ElectionCreated::sign(election.manifest.id(), &board_genesis(), key));
    let (created, stranger) = (by(&election.administrator), by(&SigningKey::from_seed([9; 32])));
    type Expected = fn(&StartError) -> bool;
    let table: [(Vec<u8>, Option<Digest>, Expected); 4] = [
        (created.encode(), Some(Digest([3; 32])), |error| matches!(error, StartError::Root(_))),
        (stranger.encode(), None, |error| {
            matches!(error, StartError::BoardEntry { index: 2, refusal: BoardRefusal::Administrator })
        }),
        (vec![99], None, |error| matches!(error, StartError::Store(StoreError::Damaged(_)))),
        // an election without its log
        (created.encode(), None, |error| matches!(error, StartError::Anchor(_))),
    ];
    for (entry, root, expected) in table {
        let store = new_store(&election);
        store.commit(&tampered(&store, vec![entry], root)).unwrap();
        let error = start(store, operator());
        assert!(expected(&error), "{error}");
    }
}

#[tokio::test]
async fn the_stored_hashes_have_the_signed_root() {
    let mut harness = Harness::new();
    harness.create().await;
    harness.hold_ceremony().await;
    struct Stored<'a>(&'a MemoryStore, LogId);
    impl tabella_crypto::merkle::NodeSource for Stored<'_> {
        type Error = StoreError;
        fn tile_hash(&self, level: u8, index: u64) -> Result<Digest, StoreError> {
            Ok(self.0.hashes(self.1, level, index..index + 1)?[0])
        }
    }
    let snapshot = harness.board.snapshot();
    let mut roots = BTreeSet::new();
    for log in [LogId::Board, LogId::Election(harness.id())] {
        let head = snapshot.head(log).unwrap().claimed();
        assert_eq!(root_at(&Stored(&harness.store, log), head.size()).unwrap(), head.root());
        roots.insert(head.root());
    }
    assert_eq!(roots.len(), 2);
}

#[tokio::test]
async fn the_web_apps_release_is_on_the_log_once_and_again_after_another_one() {
    let mut harness = Harness::new();
    let release = |name: &str| {
        let file = ReleaseFile { path: format!("{name}.html"), hash: Digest([5; 32]) };
        Release { version: "1".to_owned(), files: vec![file] }
    };
    let at = |harness: &Harness| {
        let snapshot = harness.board.snapshot();
        let last = snapshot.release.as_ref().map(|last| (last.index, last.files[0].path.clone()));
        (snapshot.board.claimed().size(), last)
    };
    let publish = async |harness: &Harness, name| {
        harness.board.submit(Submission::Release(release(name))).await.map(|accepted| accepted.fresh)
    };
    assert_eq!(at(&harness), (2, None));
    assert_eq!(publish(&harness, "a").await, Ok(true));
    assert_eq!(at(&harness), (4, Some((3, "a.html".to_owned()))), "a block, then the release");
    assert_eq!(publish(&harness, "a").await, Ok(false));
    assert_eq!(at(&harness).0, 4, "nothing new, nothing written");
    // beside an election in the same turn
    let (created, released) = (
        Submission::Election {
            creation: ElectionCreated::sign(harness.id(), &board_genesis(), &harness.election.administrator),
            manifest: harness.election.manifest.encode(),
        },
        Submission::Release(release("b")),
    );
    let (created, released) = tokio::join!(harness.board.submit(created), harness.board.submit(released));
    assert!(created.unwrap().fresh && released.unwrap().fresh);
    let after = at(&harness);
    assert_eq!(after.1.map(|(_, path)| path), Some("b.html".to_owned()));
    assert_eq!(publish(&harness, "a").await, Ok(true));
    let none = Release { version: "1".to_owned(), files: Vec::new() };
    let refused = harness.board.submit(Submission::Release(none)).await.unwrap_err();
    assert!(matches!(refused, SubmitError::Election(ElectionRefusal::Board(BoardRefusal::Release(_)))));
    // and a board that starts again knows it
    let before = at(&harness);
    harness.restart().unwrap();
    assert_eq!(at(&harness), before);
    assert_eq!(publish(&harness, "a").await, Ok(false));
}

/// What tests here need beyond the fixtures.
trait More {
    fn confirmation_of_nothing(&self) -> Entry;
    fn submission_after_close(&self) -> Entry;
    fn opened_by(other: &SmallElection) -> SmallElection;
}

impl More for SmallElection {
    /// A signed message for which the ceremony is not ready.
    fn confirmation_of_nothing(&self) -> Entry {
        use tabella_board_core::entry::TrusteeMessage;
        self.trustee(1, TrusteeMessage::Confirmation { attempt: 0, transcript: Digest([4; 32]) })
    }

    /// A ballot of a voter who comes too late.
    fn submission_after_close(&self) -> Entry {
        SmallElection::opened().vote(1, 0, [0, 0])
    }

    /// The same election once more, as far as its log goes.
    fn opened_by(other: &SmallElection) -> SmallElection {
        let mut copy = SmallElection::unpublished(|_| {});
        for bytes in &other.log {
            copy.push(Entry::decode(bytes).unwrap());
        }
        copy
    }
}

//! A verification that goes on from an earlier run: the same report, less work, and no trust in a log that is another.

use tabella_board_core::state::FirstPoint;

use super::*;
use crate::verify::store::{SavedRun, Snapshot};

/// Saves in memory whenever it can, and ends the run at one of the times.
#[derive(Default)]
struct Keeper {
    store: MemoryStore,
    /// The last state that was saved, with the points at that time.
    kept: Option<(Vec<u8>, MemoryStore)>,
    saves: usize,
    end_at: Option<usize>,
}

impl Store for Keeper {
    fn add(&mut self, points: &[FirstPoint]) -> Result<(), StoreError> {
        self.store.add(points)
    }

    fn finish(&mut self) -> Result<(), StoreError> {
        self.store.finish()
    }

    fn is_due(&mut self) -> bool {
        true
    }

    fn save(&mut self, snapshot: &Snapshot<'_>) -> Result<(), StoreError> {
        let mut bytes = Vec::new();
        snapshot.write(&mut bytes).unwrap();
        self.kept = Some((bytes, self.store.clone()));
        self.saves += 1;
        if self.end_at == Some(self.saves) { Err(StoreError::Interrupted) } else { Ok(()) }
    }
}

/// Counts ballots.
#[derive(Default)]
struct Counting(usize);

impl Executor for Counting {
    fn width(&self) -> usize {
        1
    }

    fn run(&mut self, jobs: Vec<BallotJob>) -> Vec<BallotResults> {
        let results = Sequential(rng()).run(jobs);
        self.0 += results.iter().map(Vec::len).sum::<usize>();
        results
    }
}

/// One run, from what another kept if it did: what it says, how many ballots it verified, what it kept.
fn run(
    record: &dyn Record,
    demands: &Demands,
    from: Option<&Keeper>,
    end_at: Option<usize>,
) -> (Result<Report, Box<Report>>, usize, Keeper) {
    let kept = from.and_then(|keeper| keeper.kept.clone());
    let mut keeper = Keeper { end_at, ..Keeper::default() };
    let mut basis = Basis::Nothing;
    if let Some((bytes, points)) = &kept {
        keeper.store = points.clone();
        keeper.kept = kept.clone();
        basis = Basis::Saved(SavedRun::read(bytes.as_slice()).unwrap());
    }
    let mut executor = Counting::default();
    let work = &mut Work { executor: &mut executor, store: &mut keeper, progress: &mut |_| {} };
    let outcome = verify_on(record, demands, basis, work).map(|verified| verified.report().clone());
    (outcome, executor.0, keeper)
}

/// The report as it were if nothing were taken from others.
pub(super) fn as_own(report: Report) -> Report {
    let own = |check: &CheckReport| CheckReport { items_by_others: 0, ..check.clone() };
    Report { trusted: Vec::new(), checks: report.checks.iter().map(own).collect(), ..report }
}

/// An election with tests, openings and recasts whose log has several bundles while voting is open.
pub(super) fn long() -> &'static SmallElection {
    static LONG: OnceLock<SmallElection> = OnceLock::new();
    LONG.get_or_init(|| {
        let mut election = SmallElection::opened();
        let mut time = OPENS;
        for round in 0..3 {
            for voter in [0, 3, 5] {
                if round < 2 {
                    let selections = election.selections(voter, 2, [0, 1]);
                    let (tested, seed) = election.encrypt(voter, &selections);
                    let challenge = election.state.size();
                    let entry = election.submit(voter, tested, Disposition::Challenge);
                    election.push(entry);
                    if voter == 3 {
                        let published = election.publication(voter, challenge, seed.open(&selections));
                        election.push(Entry::Opening(published));
                    }
                }
                let vote = election.vote(voter, round, [0, 1]);
                election.push(vote);
            }
            for _ in 0..260 {
                time += 1;
                election.block(time);
            }
        }
        let last = election.vote(1, 1, [1, 1]);
        election.push(last);
        election.count();
        election
    })
}

#[test]
fn a_run_that_is_ended_anywhere_and_goes_on_gives_the_same_report() {
    let record = Logs::of(long()).record();
    let alone = accept(&record, &all()).report().clone();
    let (outcome, ballots, keeper) = run(&record, &all(), None, None);
    assert_eq!((outcome.unwrap(), ballots), (alone.clone(), 16));
    assert!(keeper.saves >= 4, "{} times while voting is open", keeper.saves);
    for end in 1..=keeper.saves {
        let (ended, before, kept) = run(&record, &all(), None, Some(end));
        let failure = ended.unwrap_err().failure.unwrap();
        assert!(failure.sentence.contains("interrupted"), "{failure:?}");
        let (outcome, after, _) = run(&record, &all(), Some(&kept), None);
        let report = outcome.unwrap();
        assert_eq!(as_own(report.clone()), alone);
        assert_eq!(before + after, 16, "no ballot is verified twice");
        let [TrustReport::EarlierRun { entries, ballots, .. }] = report.trusted.as_slice() else {
            panic!("{:?}", report.trusted)
        };
        assert_eq!(*ballots, before as u64);
        assert!(*entries < long().log.len() as u64);
        let proofs = report.checks.iter().find(|check| check.number == "6.3").unwrap();
        assert_eq!((proofs.items, proofs.items_by_others), (16, before as u64));
    }
}

#[test]
fn a_run_may_be_ended_again_and_again() {
    let record = Logs::of(long()).record();
    let (_, mut ballots, mut keeper) = run(&record, &all(), None, Some(1));
    let ended = (0..100).find_map(|_| {
        let (outcome, more, next) = run(&record, &all(), Some(&keeper), Some(2));
        (ballots, keeper) = (ballots + more, next);
        outcome.ok()
    });
    let report = ended.expect("each run goes further than the one before");
    assert_eq!((as_own(report), ballots), (accept(&record, &all()).report().clone(), 16));
}

#[test]
fn when_the_log_has_grown_only_new_ballots_are_verified() {
    let logs = Logs::of(long());
    let mut keeper: Option<Keeper> = None;
    let (mut total, mut anchors) = (0, Vec::new());
    // the whole is 16 ballots; every beginning is looked at as it grows
    for size in [120, 300, 301, 560, 700, logs.log.len()] {
        anchors.push(size as u64);
        let grown = Logs { anchors: anchors.clone(), log: logs.log[..size].to_vec(), ..logs.clone() };
        let record = grown.record();
        let (outcome, ballots, next) = run(&record, &partial(), keeper.as_ref(), None);
        assert_eq!(as_own(outcome.unwrap()), *accept(&record, &partial()).report(), "size {size}");
        total += ballots;
        keeper = Some(next);
    }
    assert_eq!(total, 16);
    // and nothing is left to do
    let (outcome, ballots, _) = run(&Logs { anchors, ..logs }.record(), &all(), keeper.as_ref(), None);
    assert_eq!((outcome.unwrap().verified, ballots), (true, 0));
}

#[test]
fn a_ciphertext_of_an_earlier_run_is_not_taken_again() {
    let mut election = SmallElection::opened();
    let (ballot, _) = election.encrypt(0, &election.selections(0, 1, [1, 0]));
    let tested = election.submit(0, ballot.clone(), Disposition::Challenge);
    election.push(tested);
    let (outcome, _, keeper) = run(&Logs::of(&election).record(), &partial(), None, None);
    assert!(outcome.is_ok());
    let mut log = election.log.clone();
    let at = log.len() as u64;
    log.push(election.submit(0, ballot, Disposition::Cast).encode());
    let mut logs = Logs::of(&election);
    logs.anchors.push(at + 1);
    let record = Logs { log, ..logs }.record();
    let failure = run(&record, &partial(), Some(&keeper), None).0.unwrap_err().failure.unwrap();
    assert_eq!((failure.check, failure.entry), (Check::FreshCiphertexts.number(), Some(at)));
}

#[test]
fn a_log_that_is_another_than_an_earlier_run_saw_is_refused() {
    let logs = Logs::of(long());
    let whole = logs.record();
    let (_, _, keeper) = run(&whole, &all(), None, Some(2));
    let refused = |record: &MemoryRecord, demands: &Demands| {
        let (outcome, ballots, _) = run(record, demands, Some(&keeper), None);
        assert_eq!(ballots, 0);
        outcome.unwrap_err().failure.unwrap()
    };
    // other entries, which obey every rule
    let mut forked = SmallElection::opened();
    let vote = forked.vote(1, 1, [1, 1]);
    forked.push(vote);
    for time in 1..900 {
        forked.block(OPENS + time);
    }
    let failure = refused(&Logs::of(&forked).record(), &partial());
    assert_eq!(failure.check, Check::Checkpoints.number());
    assert!(failure.sentence.contains("two logs"), "{}", failure.sentence);
    // fewer entries
    let shorter = Logs { anchors: vec![100], log: logs.log[..100].to_vec(), ..logs.clone() }.record();
    let failure = refused(&shorter, &partial());
    assert_eq!(failure.check, Check::Checkpoints.number());
    assert!(failure.sentence.contains("take the record anew"), "{}", failure.sentence);
    // a board log with another history
    let mut other = logs.clone();
    other.anchors = vec![3, 30, 31, logs.log.len() as u64];
    let failure = refused(&other.record(), &all());
    assert_eq!(failure.file.as_deref(), Some("board/checkpoint"));
    // the same logs, and a run that saw another root at this size
    let (mut other_root, points) = keeper.kept.clone().unwrap();
    other_root[32 + 8] ^= 1;
    let other_root = Keeper { kept: Some((other_root, points)), ..Keeper::default() };
    let failure = run(&whole, &all(), Some(&other_root), None).0.unwrap_err().failure.unwrap();
    assert_eq!(failure.file, Some(format!("elections/{}/checkpoint", logs.id)));
    assert_eq!(failure.check, Check::Checkpoints.number());
    // another election
    let mut abroad = SmallElection::with(|manifest| manifest.nonce = [6; 16]);
    abroad.open();
    let failure = refused(&Logs::of(&abroad).record(), &partial());
    assert!(failure.sentence.contains("--state"), "{}", failure.sentence);
}

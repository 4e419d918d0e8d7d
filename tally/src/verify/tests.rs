//! Whole records: a good one passes, and whatever is changed in it is refused by a check with a name.

use std::sync::OnceLock;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use tabella_board_core::entry::{
    Anchor, Block, BoardEntry, ElectionCreated, Entry, Genesis, election_origin,
};
use tabella_board_core::fixtures::{CLOSES, OPENS, SmallElection};
use tabella_crypto::ballot::Disposition;
use tabella_crypto::checkpoint::{Checkpoint, SignedCheckpoint, sign_checkpoint};
use tabella_crypto::merkle::{TileKind, encode_bundle, encode_hashes, leaf_hash, root_of, tiles_for_size};
use tabella_crypto::signature::SigningKey;

use super::*;

mod attacks;
mod bytes;
#[cfg(feature = "programs")]
mod folder;
mod items;
mod mirror;
mod parts;
mod resumed;
#[cfg(feature = "programs")]
mod saved_folder;
mod shards;

/// The board that [`SmallElection`] names.
const ORIGIN: &str = "board.example.org/tabella";

fn operator() -> SigningKey {
    SigningKey::from_seed([201; 32])
}

fn board_key() -> NoteKey {
    NoteKey::log(ORIGIN, operator().verifying_key()).unwrap()
}

/// Both logs of a record, as a board would have them that signs whatever it likes.
#[derive(Clone)]
struct Logs {
    id: ElectionId,
    genesis: Genesis,
    creation: ElectionCreated,
    /// Sizes at which the election's log is anchored.
    anchors: Vec<u64>,
    log: Vec<Vec<u8>>,
}

impl Logs {
    fn of(election: &SmallElection) -> Self {
        let administrators = vec![election.administrator.verifying_key()];
        let genesis = Genesis::new(ORIGIN.to_owned(), operator().verifying_key(), administrators);
        let size = election.log.len() as u64;
        let mut anchors = vec![2, size / 2, size];
        anchors.retain(|anchor| (1..=size).contains(anchor));
        anchors.sort_unstable();
        anchors.dedup();
        Self {
            id: election.manifest.id(),
            creation: ElectionCreated::sign(election.manifest.id(), &genesis, &election.administrator),
            genesis,
            anchors,
            log: election.log.clone(),
        }
    }

    /// The same with another election's log, all of it anchored; blocks name the roots that the log has now.
    fn with_log(&self, mut log: Vec<Vec<u8>>) -> Self {
        let mut height = 0;
        for index in 0..log.len() {
            if let Ok(Entry::Block(block)) = Entry::decode(&log[index]) {
                let root_before = root(&log, index as u64);
                log[index] = Entry::Block(Block { height, root_before, ..block }).encode();
                height += 1;
            }
        }
        Self { anchors: vec![log.len() as u64], log, ..self.clone() }
    }

    /// The board log: a block before each entry.
    fn board_entries(&self) -> Vec<BoardEntry> {
        let mut brought =
            vec![BoardEntry::Genesis(self.genesis.clone()), BoardEntry::Election(self.creation.clone())];
        brought.extend(self.anchors.iter().map(|size| {
            BoardEntry::Anchor(Anchor { election: self.id, size: *size, root: root(&self.log, *size) })
        }));
        brought
    }

    fn record(&self) -> MemoryRecord {
        self.record_with_board(self.board_entries())
    }

    fn record_with_board(&self, brought: Vec<BoardEntry>) -> MemoryRecord {
        let mut board: Vec<Vec<u8>> = Vec::new();
        for (height, entry) in (0..).zip(brought) {
            let root_before = root(&board, board.len() as u64);
            board.push(BoardEntry::Block(Block { height, time: 5 * height, root_before }).encode());
            board.push(entry.encode());
        }
        let mut record = MemoryRecord::default();
        publish(&mut record, "board/", ORIGIN, &board);
        let prefix = format!("elections/{}/", self.id);
        publish(&mut record, &prefix, &election_origin(ORIGIN, self.id), &self.log);
        record
    }
}

fn root(log: &[Vec<u8>], size: u64) -> Digest {
    let leaves: Vec<Digest> = log[..size as usize].iter().map(|entry| leaf_hash(entry)).collect();
    root_of(&leaves)
}

/// Every file of a log, with a checkpoint that the operator signed.
fn publish(record: &mut MemoryRecord, prefix: &str, origin: &str, log: &[Vec<u8>]) {
    let size = log.len() as u64;
    let checkpoint = Checkpoint::new(origin, size, root(log, size)).unwrap();
    let signed = sign_checkpoint(&checkpoint, &operator()).unwrap();
    record.files.insert(format!("{prefix}checkpoint"), signed.encode().into_bytes());
    let leaves: Vec<Digest> = log.iter().map(|entry| leaf_hash(entry)).collect();
    for tile in tiles_for_size(size) {
        let (first, width) = (tile.first() as usize, usize::from(tile.width()));
        let bytes = match tile.kind() {
            TileKind::Entries => encode_bundle(&log[first..first + width]).unwrap(),
            TileKind::Hashes { level } => {
                let span = 1 << (8 * level);
                let hashes: Vec<Digest> = (first..first + width)
                    .map(|index| root_of(&leaves[index * span..(index + 1) * span]))
                    .collect();
                encode_hashes(&hashes).unwrap()
            }
        };
        record.files.insert(format!("{prefix}{tile}"), bytes);
    }
}

/// The log with one more ballot, whose proofs do not hold, and where it stands.
fn with_bad_proof(election: &mut SmallElection) -> (Logs, u64) {
    let (mut ballot, _) = election.encrypt(0, &election.selections(0, 1, [0, 1]));
    ballot.ciphertexts.swap(0, 1);
    let bad = election.submit(0, ballot, Disposition::Cast);
    let mut log = election.log.clone();
    let at = log.len() as u64;
    log.push(bad.encode());
    (Logs::of(election).with_log(log), at)
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(77)
}

fn verify_with(record: &dyn Record, demands: &Demands) -> Result<VerifiedRecord, Box<Report>> {
    verify(record, demands, &mut Sequential(rng()), &mut |_| {})
}

fn accept(record: &dyn Record, demands: &Demands) -> VerifiedRecord {
    verify_with(record, demands)
        .unwrap_or_else(|report| panic!("refused, where it is right: {:?}", report.failure))
}

/// The failure of a record that must be refused.
#[track_caller]
fn refuse(record: &dyn Record, demands: &Demands) -> FailureReport {
    let report = verify_with(record, demands).expect_err("accepted, where a check must fail");
    assert!(!report.verified);
    let failure = report.failure.clone().unwrap();
    let failing: Vec<_> = report.checks.iter().filter(|line| line.status == Status::Fails).collect();
    assert_eq!(failing.len(), 1, "{failure:?}");
    assert_eq!((failing[0].number, failing[0].title), (failure.check, failure.title));
    assert!(failure.sentence.len() > 10, "{failure:?}");
    failure
}

#[track_caller]
fn refuse_by(record: &dyn Record, demands: &Demands, check: Check) -> FailureReport {
    let failure = refuse(record, demands);
    assert_eq!(failure.check, check.number(), "{failure:?}");
    failure
}

fn all() -> Demands {
    Demands::default()
}

fn partial() -> Demands {
    Demands { partial: true, ..Demands::default() }
}

/// An election with a tested and opened ballot, a recast, and all results; made once.
fn counted() -> &'static SmallElection {
    static COUNTED: OnceLock<SmallElection> = OnceLock::new();
    COUNTED.get_or_init(|| {
        let mut election = SmallElection::opened();
        let selections = election.selections(0, 2, [0, 1]);
        let (tested, seed) = election.encrypt(0, &selections);
        let challenge = election.state.size();
        let entry = election.submit(0, tested, Disposition::Challenge);
        election.push(entry);
        let published = election.publication(0, challenge, seed.open(&selections));
        election.push(Entry::Opening(published));
        let early = election.vote(0, 2, [0, 1]);
        election.push(early);
        election.vote_all();
        election.count();
        election
    })
}

#[test]
fn a_complete_record_passes_every_check() {
    let logs = Logs::of(counted());
    let record = logs.record();
    let demands = Demands {
        board: BoardPin::parse(&board_key().to_vkey_string()),
        election: Some(logs.id),
        partial: false,
    };
    let verified = accept(&record, &demands);
    let report = verified.report();
    assert!(report.verified && report.failure.is_none());
    assert!(report.checks.iter().all(|line| line.status == Status::Holds));
    let items = |check: Check| report.checks.iter().find(|line| line.number == check.number()).unwrap().items;
    assert_eq!(items(Check::Files), record.files.len() as u64);
    assert_eq!(items(Check::Tree), logs.log.len() as u64 + 2 * logs.board_entries().len() as u64);
    assert_eq!(items(Check::Anchors), 3);
    assert_eq!(items(Check::BallotProofs), 9);
    assert_eq!(items(Check::TestedBallots), 1);
    assert_eq!(items(Check::Totals), 6);
    let election = report.election.as_ref().unwrap();
    assert_eq!((election.ballots_counted, election.ballots_cast, election.ballots_tested), (7, 8, 1));
    assert_eq!((election.voting.opened, election.voting.closed), (Some(OPENS), Some(CLOSES)));
    assert_eq!(election.root, counted().state.root().to_hex());
    assert_eq!(verified.state().phase(), Phase::Counted);
    assert_eq!(verified.election_checkpoint().size(), logs.log.len() as u64);
    let fingerprint = operator().verifying_key().fingerprint().to_hex();
    let _ = accept(&record, &Demands { board: BoardPin::parse(&fingerprint), ..all() });
}

#[test]
fn the_report_says_how_many_statements_stood_before_the_first_share() {
    let release = |election: &SmallElection| {
        let report = accept(&Logs::of(election).record(), &partial()).report().clone();
        report.election.unwrap().tally.and_then(|tally| tally.release)
    };
    // two of three trustees suffice to decrypt, but not to see that all of them are shown one log
    let hasty = release(counted()).unwrap();
    assert_eq!(hasty, ReleaseReport { statements: 2, quorum: 3 });
    assert!(!hasty.reached());

    let mut election = SmallElection::opened();
    election.vote_all();
    election.block(CLOSES);
    for trustee in [1, 2, 3] {
        assert_eq!(release(&election), None);
        let statement = election.statement(trustee);
        election.push(statement);
    }
    let share = election.decryption(2, 0);
    election.push(share);
    let patient = release(&election).unwrap();
    assert_eq!((patient.statements, patient.reached()), (3, true));
}

#[test]
fn a_counted_record_passes_as_partial_with_the_same_report() {
    let record = Logs::of(counted()).record();
    let report = accept(&record, &partial()).report().clone();
    assert_eq!(Report { partial: false, ..report }, *accept(&record, &all()).report());
}

#[test]
fn a_board_is_named_by_its_vkey_or_by_the_fingerprint_of_its_key() {
    let key = board_key();
    let fingerprint = key.verifying_key().fingerprint();
    assert_eq!(BoardPin::parse(&key.to_vkey_string()), Some(BoardPin::Key(key.clone())));
    assert_eq!(BoardPin::parse(&fingerprint.to_hex()), Some(BoardPin::Fingerprint(fingerprint)));
    assert!(BoardPin::Fingerprint(fingerprint).fits(&key));
    for neither in ["", ORIGIN, &fingerprint.to_hex()[1..]] {
        assert_eq!(BoardPin::parse(neither), None, "{neither}");
    }
}

#[test]
fn a_record_of_another_board_or_election_than_demanded_is_refused() {
    let logs = Logs::of(counted());
    let record = logs.record();
    let other = SigningKey::from_seed([202; 32]).verifying_key();
    for pin in
        [BoardPin::Key(NoteKey::log(ORIGIN, other).unwrap()), BoardPin::Fingerprint(other.fingerprint())]
    {
        // both are said, so that they can be compared
        let (demanded, found) = match &pin {
            BoardPin::Key(key) => (key.to_vkey_string(), board_key().to_vkey_string()),
            BoardPin::Fingerprint(fingerprint) => {
                (fingerprint.to_hex(), board_key().verifying_key().fingerprint().to_hex())
            }
        };
        let failure = refuse_by(&record, &Demands { board: Some(pin), ..all() }, Check::Checkpoints);
        assert!(failure.sentence.contains(&demanded) && failure.sentence.contains(&found), "{failure:?}");
    }
    let election = Some(ElectionId(Digest([1; 32])));
    refuse_by(&record, &Demands { election, ..all() }, Check::Files);
}

#[test]
fn every_beginning_of_a_log_passes_as_partial_unless_something_is_due() {
    let logs = Logs::of(counted());
    let mut state = ElectionState::new(logs.id);
    let mut due = 0;
    for size in 1..logs.log.len() {
        let bytes = &logs.log[size - 1];
        let context = state.ballot_context().cloned();
        let entry = Entry::decode(bytes).unwrap();
        let checked =
            tabella_board_core::state::CheckedEntry::check(context.as_deref(), entry, &mut rng()).unwrap();
        state.apply(bytes, checked, &logs.log).unwrap();
        let record = logs.with_log(logs.log[..size].to_vec()).record();
        refuse(&record, &all());
        if state.due().is_some() {
            refuse_by(&record, &partial(), Check::Order);
            due += 1;
        } else {
            let verified = accept(&record, &partial());
            assert_eq!(verified.state().root(), state.root());
        }
    }
    assert_eq!(due, 2, "opening and closing");
}

#[test]
fn what_is_missing_at_the_end_is_named() {
    let complete = Logs::of(counted());
    let end = |entries: &dyn Fn(&Entry) -> bool| {
        complete.log.iter().position(|bytes| entries(&Entry::decode(bytes).unwrap())).unwrap()
    };
    let table = [
        (1, Check::ManifestParts),
        (end(&|entry| matches!(entry, Entry::Roll(_))), Check::RollParts),
        (end(&|entry| matches!(entry, Entry::Open(_))) - 1, Check::OpeningConditions),
        (end(&|entry| matches!(entry, Entry::Cast(_))), Check::ClosingConditions),
        (end(&|entry| matches!(entry, Entry::Result(_))), Check::Totals),
    ];
    for (size, check) in table {
        refuse_by(&complete.with_log(complete.log[..size].to_vec()).record(), &all(), check);
    }
    refuse_by(&complete.with_log(complete.log[..3].to_vec()).record(), &all(), Check::TestDecryptions);
    // the first contest without a result is named, by its number for people
    let results: Vec<usize> = (0..complete.log.len())
        .filter(|at| matches!(Entry::decode(&complete.log[*at]), Ok(Entry::Result(_))))
        .collect();
    for (size, contest) in results.into_iter().zip(["contest 1 ", "contest 2 "]) {
        let record = complete.with_log(complete.log[..size].to_vec()).record();
        let failure = refuse_by(&record, &all(), Check::Totals);
        assert!(failure.sentence.contains(contest), "{failure:?}");
    }
}

#[test]
fn a_log_of_several_tiles_passes_and_each_tile_is_looked_at() {
    let mut election = SmallElection::new();
    for time in 0..600 {
        election.block(2_000 + time);
    }
    let logs = Logs::of(&election);
    let record = logs.record();
    let report = accept(&record, &partial()).report().clone();
    let tiles = report.checks.iter().find(|line| line.number == Check::Tiles.number()).unwrap();
    assert_eq!(tiles.items, 1 + 3 + 1, "the board's, three of level 0, one of level 1");
    for tile in tiles_for_size(logs.log.len() as u64).filter(|tile| tile.kind() != TileKind::Entries) {
        let mut broken = record.clone();
        let bytes = broken.files.get_mut(&format!("elections/{}/{tile}", logs.id)).unwrap();
        *bytes.last_mut().unwrap() ^= 0x80;
        refuse_by(&broken, &partial(), Check::Tiles);
    }
}

/// Runs jobs from the last to the first, several at a time, and notes how many.
struct Backwards {
    widest: usize,
    lose: bool,
}

impl Executor for Backwards {
    fn width(&self) -> usize {
        3
    }

    fn run(&mut self, jobs: Vec<BallotJob>) -> Vec<BallotResults> {
        self.widest = self.widest.max(jobs.len());
        let mut results: Vec<_> = jobs.into_iter().rev().map(|job| job.run(&mut rng())).collect();
        results.reverse();
        if self.lose { Vec::new() } else { results }
    }
}

#[test]
fn jobs_may_run_in_any_order_and_none_may_be_lost() {
    let record = Logs::of(counted()).record();
    let mut executor = Backwards { widest: 0, lose: false };
    let mut seen = Vec::new();
    let verified = verify(&record, &all(), &mut executor, &mut |progress| seen.push(progress)).unwrap();
    assert_eq!(verified.state().phase(), Phase::Counted);
    assert!(executor.widest >= 1);
    let size = counted().log.len() as u64;
    let both = size + 2 * Logs::of(counted()).board_entries().len() as u64;
    let (hashing, checking): (Vec<_>, Vec<_>) =
        seen.iter().partition(|progress| progress.pass == Pass::Hashing);
    assert_eq!(hashing.last(), Some(&Progress { pass: Pass::Hashing, done: both, of: both }));
    assert_eq!(checking.last(), Some(&Progress { pass: Pass::Checking, done: size, of: size }));
    assert!(seen.is_sorted_by_key(|progress| (progress.pass == Pass::Checking, progress.done)), "{seen:?}");
    let mut executor = Backwards { widest: 0, lose: true };
    let report = verify(&record, &all(), &mut executor, &mut |_| {}).unwrap_err();
    assert_eq!(report.failure.unwrap().check, Check::BallotProofs.number());
}

#[test]
fn a_report_says_where_a_failure_is_and_what_was_not_reached() {
    let logs = Logs::of(counted());
    let at = logs.log.iter().position(|bytes| matches!(Entry::decode(bytes), Ok(Entry::Cast(_)))).unwrap();
    let mut log = logs.log.clone();
    *log[at].last_mut().unwrap() ^= 1;
    let report = verify_with(&logs.with_log(log).record(), &all()).unwrap_err();
    let failure = report.failure.clone().unwrap();
    assert_eq!((failure.log, failure.entry), (Some("election"), Some(at as u64)));
    let status =
        |check: Check| report.checks.iter().find(|line| line.number == check.number()).unwrap().status;
    assert_eq!(status(Check::Files), Status::Holds);
    assert_eq!(status(Check::Registrations), Status::SoFar);
    assert_eq!(status(Check::Totals), Status::NotReached);
    let json = serde_json::to_value(&*report).unwrap();
    assert_eq!(json["verified"], false);
    assert_eq!(json["failure"]["check"], failure.check);
    assert_eq!(json["checks"][0]["status"], "holds");
    assert_eq!(json["election"]["phase"], "open");
}

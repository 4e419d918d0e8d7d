//! A record as a page has it verified: fetched, shared, verified.

use serde_json::Value;

use tabella_board_client::SavedView;
use tabella_board_client::fixtures::{Fake, ORIGIN, genesis, key, run};
use tabella_board_core::entry::{Anchor, BoardEntry, ElectionCreated};
use tabella_board_core::fixtures::SmallElection;

use super::*;

/// An election whose seven voters have voted, for the board in memory.
fn voted() -> SmallElection {
    let mut election = SmallElection::opened_with(|manifest| {
        manifest.board = ORIGIN.to_owned();
        manifest.administrator = key(2).verifying_key();
    });
    election.vote_all();
    election
}

fn fetched(election: &SmallElection) -> MemoryRecord {
    let id = election.manifest.id();
    let fake = Fake::of(id, election.log.clone());
    fake.with(|world| {
        let created = ElectionCreated::sign(id, &genesis(), &key(2));
        let anchor = Anchor { election: id, size: world.election.size(), root: world.election.root() };
        let entries = [BoardEntry::Election(created), BoardEntry::Anchor(anchor)];
        world.board.entries.extend(entries.iter().map(BoardEntry::encode));
    });
    let board = run(Board::connect_by(fake, None, SavedView::default())).unwrap();
    let mut seen = (0, 0);
    let record = run(fetch(&board, id, &mut |done, of| seen = (done, of))).unwrap();
    let size = election.log.len() as u64;
    assert_eq!(seen, (size, size));
    record
}

fn ignore(_: Progress) {}

fn parsed(verified: &Verified) -> Value {
    serde_json::from_str(&verified.report).unwrap()
}

#[test]
fn a_record_is_fetched_shared_and_verified() {
    let mut election = voted();
    election.count();
    let (id, record) = (election.manifest.id(), fetched(&election));
    let RecordFiles { files, .. } = files(id, &record);
    let other = MemoryRecord { files: files.into_iter().map(|file| (file.path, file.bytes)).collect() };
    assert_eq!(other, record, "as another worker takes it");
    let shards = [0, 1].map(|part| shard(&other, id, Part::new(part, 2).unwrap(), &mut ignore));
    assert_eq!(shards.iter().map(|shard| shard.vouchers.len()).sum::<usize>(), 7 * 32);
    let shared = verified(&record, id, &shards, &mut ignore).unwrap();
    assert_eq!(shared, verified(&record, id, &[], &mut ignore).unwrap());
    let report = parsed(&shared);
    assert_eq!((&report["verified"], &report["partial"]), (&true.into(), &false.into()));
    assert_eq!(report["failure"], Value::Null);
    assert!(shared.report.starts_with("{\n  \"suite\": ") && shared.report.ends_with("\n}\n"));
    assert_eq!(shared.totals, election.state.totals());
    assert_eq!(shared.totals.unwrap().contests[0].totals, Some(vec![2, 1, 7, 1]));
}

#[test]
fn an_election_under_way_is_verified_as_far_as_it_goes() {
    let election = voted();
    let (id, record) = (election.manifest.id(), fetched(&election));
    let verified = verified(&record, id, &[], &mut ignore).unwrap();
    let report = parsed(&verified);
    assert_eq!((&report["verified"], &report["partial"]), (&true.into(), &true.into()));
    assert_eq!(verified.totals, None);
}

#[test]
fn a_damaged_record_is_refused_and_has_no_totals() {
    let mut election = voted();
    election.count();
    let (id, mut record) = (election.manifest.id(), fetched(&election));
    let all = Part::new(0, 1).unwrap();
    let shards = [shard(&record, id, all, &mut ignore)];
    let (_, bundle) = record
        .files
        .iter_mut()
        .find(|(path, _)| path.contains("elections") && path.contains("entries"))
        .unwrap();
    *bundle.last_mut().unwrap() ^= 1;
    let damaged = verified(&record, id, &shards, &mut ignore).unwrap();
    let report = parsed(&damaged);
    assert_eq!((&report["verified"], damaged.totals), (&false.into(), None));
    assert_eq!(report["failure"]["check"], "1.7");
}

#[test]
fn a_shard_that_is_cut_off_is_a_fault() {
    let record = MemoryRecord::default();
    let cut = [Shard { vouchers: vec![0; 33] }];
    let outcome = verified(&record, ElectionId(Digest([1; 32])), &cut, &mut ignore);
    assert!(matches!(outcome, Err(Trouble::Fault { .. })));
}

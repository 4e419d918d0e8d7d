//! A corrupt board, which signs and anchors whatever it likes: the rules refuse what signatures no longer do.

use tabella_board_core::entry::{Release, ReleaseFile, TallyView, TrusteeEntry, TrusteeMessage};
use tabella_crypto::checkpoint::cosign;

use super::*;

/// Checks that a board which signs everything anew does not fail.
const SIGNED: [Check; 4] = [Check::Files, Check::Checkpoints, Check::Tree, Check::Tiles];

/// Refused by a rule, not by a signature of the board.
#[track_caller]
fn refuse_by_rule(logs: &Logs, what: &str) -> FailureReport {
    let report = verify_with(&logs.record(), &all()).err().unwrap_or_else(|| panic!("accepted: {what}"));
    let failure = report.failure.clone().unwrap();
    assert!(!SIGNED.iter().any(|check| check.number() == failure.check), "{what}: {failure:?}");
    failure
}

fn first(log: &[Vec<u8>], kind: impl Fn(&Entry) -> bool) -> usize {
    log.iter().position(|bytes| kind(&Entry::decode(bytes).unwrap())).unwrap()
}

#[test]
fn an_entry_left_out_is_refused_by_the_rules() {
    let logs = Logs::of(counted());
    for at in 0..logs.log.len() {
        let mut log = logs.log.clone();
        log.remove(at);
        refuse_by_rule(&logs.with_log(log), &format!("entry {at} left out"));
    }
}

#[test]
fn an_entry_repeated_is_refused_by_the_rules() {
    let logs = Logs::of(counted());
    for at in 0..logs.log.len() {
        // a block again would only be a block more, which a board may make
        if matches!(Entry::decode(&logs.log[at]), Ok(Entry::Block(_))) {
            continue;
        }
        for to in [at + 1, logs.log.len()] {
            let mut log = logs.log.clone();
            log.insert(to, log[at].clone());
            refuse_by_rule(&logs.with_log(log), &format!("entry {at} repeated at {to}"));
        }
    }
}

#[test]
fn an_entry_moved_is_refused_by_the_rules_or_moves_nothing_that_matters() {
    let logs = Logs::of(counted());
    let stated = first(&logs.log, |entry| matches!(entry, Entry::Close(_))) + 1;
    let mut free = 0;
    for at in 1..logs.log.len() {
        let mut log = logs.log.clone();
        log.swap(at - 1, at);
        if at <= stated {
            refuse_by_rule(&logs.with_log(log), &format!("entries {} and {at} swapped", at - 1));
        } else if let Ok(verified) = verify_with(&logs.with_log(log).record(), &all()) {
            // trustees and contests have no order among each other once voting is closed
            let (before, after) = (counted().state.tally().unwrap(), verified.state().tally().unwrap());
            for contest in 0..2 {
                assert_eq!(before.result(contest), after.result(contest));
            }
            free += 1;
        }
    }
    assert!(free > 0);
    for at in 1..stated - 1 {
        let mut log = logs.log.clone();
        let entry = log.remove(at);
        log.insert(stated - 1, entry);
        refuse_by_rule(&logs.with_log(log), &format!("entry {at} moved to the closing"));
    }
}

#[test]
fn a_byte_changed_in_an_entry_is_refused_by_the_rules() {
    let logs = Logs::of(counted());
    for at in 0..logs.log.len() {
        let length = logs.log[at].len();
        for byte in [0, 1, length / 3, length / 2, length - 1] {
            let mut log = logs.log.clone();
            log[at][byte] ^= 1 << (byte % 8);
            // blocks are left as they are, so that a changed block is refused for what it says
            let changed = Logs { anchors: vec![log.len() as u64], log, ..logs.clone() };
            refuse_by_rule(&changed, &format!("entry {at} byte {byte}"));
        }
    }
}

#[test]
fn a_ballot_broken_by_the_board_or_by_its_voter_is_named() {
    let election = SmallElection::opened();
    let logs = |election: &SmallElection, entry: Entry| {
        let mut log = election.log.clone();
        log.push(entry.encode());
        Logs::of(election).with_log(log)
    };
    let mut voter = election;
    let at = voter.log.len() as u64;
    let Entry::Cast(mut unsigned) = voter.vote(0, 1, [0, 1]) else { panic!("a cast ballot") };
    unsigned.signature.response = unsigned.signature.response + unsigned.signature.response;
    let failure =
        refuse_by(&logs(&voter, Entry::Cast(unsigned)).record(), &partial(), Check::VoterSignatures);
    assert_eq!((failure.log, failure.entry), (Some("election"), Some(at)));

    let selections = voter.selections(0, 1, [0, 1]);
    let (mut ballot, _) = voter.encrypt(0, &selections);
    ballot.ciphertexts.swap(0, 1);
    let unproven = voter.submit(0, ballot, Disposition::Cast);
    refuse_by(&logs(&voter, unproven).record(), &partial(), Check::BallotProofs);

    let (mut ballot, _) = voter.encrypt(3, &voter.selections(3, 1, [0, 1]));
    ballot.counter = 1;
    let uncounted = voter.submit(3, ballot, Disposition::Cast);
    refuse_by(&logs(&voter, uncounted).record(), &partial(), Check::BallotChain);

    let cast = voter.vote(0, 1, [0, 1]);
    voter.push(cast.clone());
    refuse_by(&logs(&voter, cast.clone()).record(), &partial(), Check::BallotChain);
    let (Entry::Cast(ballot) | Entry::Challenge(ballot)) = cast else { panic!("a cast ballot") };
    let tested = voter.submit(0, ballot.ballot, Disposition::Challenge);
    refuse_by(&logs(&voter, tested).record(), &partial(), Check::BallotChain);

    let (ballot, _) = voter.encrypt(1, &voter.selections(1, 1, [0, 1]));
    let tested = voter.submit(1, ballot.clone(), Disposition::Challenge);
    voter.push(tested);
    let burned = voter.submit(1, ballot, Disposition::Cast);
    let at = voter.log.len() as u64;
    let failure = refuse_by(&logs(&voter, burned).record(), &partial(), Check::FreshCiphertexts);
    assert_eq!((failure.log, failure.entry), (Some("election"), Some(at)));

    let early = SmallElection::new();
    let Entry::Cast(ballot) = voter.vote(2, 0, [0, 0]) else { panic!("a cast ballot") };
    refuse_by(&logs(&early, Entry::Cast(ballot)).record(), &partial(), Check::BallotTime);
}

#[test]
fn a_trustee_whose_message_breaks_the_rules_is_named_and_a_voter_is_nobodys_culprit() {
    let mut election = SmallElection::opened();
    election.vote_all();
    let (ballot, _) = with_bad_proof(&mut election);
    assert_eq!(refuse_by(&ballot.record(), &partial(), Check::BallotProofs).culprit, None);
    election.block(CLOSES);
    election.push(election.statement(2));
    let Entry::Trustee(TrusteeEntry { message: TrusteeMessage::Statement(view), .. }) = election.statement(2)
    else {
        panic!("a statement")
    };
    let other = TrusteeMessage::Statement(TallyView { aggregate: Digest([1; 32]), ..view });
    let mut log = election.log.clone();
    log.push(election.trustee(2, other).encode());
    let logs = Logs::of(&election).with_log(log);
    assert_eq!(refuse_by(&logs.record(), &partial(), Check::Statements).culprit, Some(2));
}

#[test]
fn two_logs_of_one_election_are_found_by_their_anchors() {
    let logs = Logs::of(counted());
    let size = logs.log.len() as u64;
    let good = logs.board_entries();
    let anchor = |size, root| BoardEntry::Anchor(Anchor { election: logs.id, size, root });
    let last = anchor(size, root(&logs.log, size));
    // the log had another root at size 5; no anchor; the last of an earlier log; another root at the end
    let table: [Vec<BoardEntry>; 5] = [
        vec![anchor(5, Digest([9; 32])), last.clone()],
        vec![],
        vec![anchor(size - 1, root(&logs.log, size - 1))],
        vec![anchor(size, Digest([9; 32]))],
        vec![last.clone(), anchor(size + 1, Digest([9; 32]))],
    ];
    for anchors in table {
        let board = good.iter().take(2).cloned().chain(anchors).collect();
        refuse_by(&logs.record_with_board(board), &all(), Check::Anchors);
    }
    let board = vec![good[0].clone()];
    refuse_by(&logs.record_with_board(board), &all(), Check::Anchors);
}

#[test]
fn other_elections_on_the_board_do_not_matter_but_must_be_in_order() {
    let logs = Logs::of(counted());
    let other = ElectionId(Digest([3; 32]));
    let anchor = |size| BoardEntry::Anchor(Anchor { election: other, size, root: Digest([4; 32]) });
    let mut board = logs.board_entries();
    board.push(BoardEntry::Election(ElectionCreated::sign(other, &logs.genesis, &counted().administrator)));
    board.push(anchor(7));
    let _ = accept(&logs.record_with_board(board.clone()), &all());
    board.push(anchor(7));
    refuse_by(&logs.record_with_board(board.clone()), &all(), Check::Anchors);
    board.pop();
    board.push(BoardEntry::Election(ElectionCreated::sign(other, &logs.genesis, &counted().administrator)));
    refuse_by(&logs.record_with_board(board), &all(), Check::AdministratorSignatures);
}

#[test]
fn releases_of_the_web_app_stand_on_the_board_log_in_their_one_form() {
    let logs = Logs::of(counted());
    let release = |paths: &[&str]| {
        let file = |path: &&str| ReleaseFile { path: path.to_string(), hash: Digest([5; 32]) };
        BoardEntry::Release(Release { version: "1".to_owned(), files: paths.iter().map(file).collect() })
    };
    let with = |more: &[BoardEntry]| {
        logs.record_with_board(logs.board_entries().into_iter().chain(more.iter().cloned()).collect())
    };
    let good = [release(&["a", "index.html"]), release(&["b", "index.html"])];
    let verified = accept(&with(&good), &all());
    let line = verified.report().checks.iter().find(|check| check.number == "1.10").map(|check| check.items);
    assert_eq!(line, Some(2));
    for bad in [release(&[]), release(&["b", "a"]), release(&["/a"]), release(&["b", "index.html"])] {
        refuse_by(&with(&[good[1].clone(), bad]), &all(), Check::Releases);
    }
}

#[test]
fn the_manifest_is_for_this_board_and_by_the_administrator_who_brought_it() {
    let election = SmallElection::with(|manifest| manifest.board = "board.example.org/other".to_owned());
    refuse_by(&Logs::of(&election).record(), &partial(), Check::ManifestRules);

    let other = SigningKey::from_seed([103; 32]);
    let mut logs = Logs::of(counted());
    logs.creation = ElectionCreated::sign(logs.id, &logs.genesis, &other);
    refuse_by(&logs.record(), &all(), Check::AdministratorSignatures);
    logs.genesis.administrators.push(other.verifying_key());
    refuse_by(&logs.record(), &all(), Check::AdministratorSignatures);
}

#[test]
fn a_creation_copied_from_another_board_is_refused() {
    let mut logs = Logs::of(counted());
    let elsewhere =
        Genesis { operator: SigningKey::from_seed([1; 32]).verifying_key(), ..logs.genesis.clone() };
    logs.creation = ElectionCreated::sign(logs.id, &elsewhere, &counted().administrator);
    refuse_by(&logs.record(), &all(), Check::AdministratorSignatures);
}

#[test]
fn a_board_without_a_proper_genesis_is_not_believed() {
    let logs = Logs::of(counted());
    let mut board = logs.board_entries();
    board.remove(0);
    refuse_by(&logs.record_with_board(board), &all(), Check::Checkpoints);
    let mut suite = logs.clone();
    suite.genesis.suite = "tabella/v0".to_owned();
    refuse_by(&suite.record(), &all(), Check::Checkpoints);
    let mut other = logs.clone();
    other.genesis.operator = SigningKey::from_seed([1; 32]).verifying_key();
    refuse_by(&other.record(), &all(), Check::Checkpoints);
    let mut twice = logs.board_entries();
    twice.push(twice[0].clone());
    refuse_by(&logs.record_with_board(twice), &all(), Check::Checkpoints);
}

#[test]
fn a_tally_needs_the_cosignatures_that_the_manifest_demands() {
    let mut election = SmallElection::opened_with(|manifest| manifest.cosignatures = 1);
    let witness = SigningKey::from_seed([9; 32]);
    let witnessed = |election: &SmallElection| {
        let mut logs = Logs::of(election);
        logs.genesis.witnesses.push(("w.example".to_owned(), witness.verifying_key()));
        logs
    };
    let _ = accept(&witnessed(&election).record(), &partial());
    // a board without witnesses could never bring them
    refuse_by(&Logs::of(&election).record(), &partial(), Check::ManifestRules);
    election.vote_all();
    election.count();
    let logs = witnessed(&election);
    let mut record = logs.record();
    for demands in [all(), partial()] {
        refuse_by(&record, &demands, Check::Cosignatures);
    }
    let signed = SignedCheckpoint::parse(&record.files["board/checkpoint"]).unwrap();
    let line = |key| cosign(signed.claimed(), "w.example", key, 1_000).unwrap();
    let cosigned = signed.clone().with_signature(line(&witness)).unwrap();
    record.files.insert("board/checkpoint".to_owned(), cosigned.encode().into_bytes());
    let report = accept(&record, &all()).report().clone();
    assert_eq!(report.board.unwrap().cosigned_by, ["w.example"]);
    // a signature line that no key of the genesis made says something that no check covers
    let stranger = signed.clone().with_signature(line(&SigningKey::from_seed([8; 32]))).unwrap();
    record.files.insert("board/checkpoint".to_owned(), stranger.encode().into_bytes());
    refuse_by(&record, &all(), Check::Checkpoints);
}

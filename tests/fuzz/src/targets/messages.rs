//! Messages and files in JSON, and what logs and witnesses say to each other: what is read, written and read again is the
//! same; what verifies was signed.

use std::str::from_utf8;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tabella_board_client::{Contradiction, Fork, ForkKind, SavedView, Trust};
use tabella_board_core::api;
use tabella_board_core::entry::{ElectionCreated, Entry, election_origin};
use tabella_board_core::fixtures::ORIGIN;
use tabella_board_core::receipt::Receipt;
use tabella_board_core::witness::answer::{cosignature, encode_signatures, encode_size};
use tabella_board_core::witness::{AddCheckpoint, Answer, Witness};
use tabella_crypto::ballot::Opening;
use tabella_crypto::merkle::{NodeSource, consistency_path, inclusion_path, leaf_hash};
use tabella_crypto::transcript::Digest;
use tabella_tally::ballot_box::{TestOpening, VoterReceipt};

use crate::scene::{
    WITNESS, board_key, board_log, checkpoint, cosigned, genesis, operator, scene, witness, witness_key,
};

/// The leaves of a log.
struct Leaves(Vec<Digest>);

impl Leaves {
    fn of(log: &[Vec<u8>]) -> Self {
        Self(log.iter().map(|entry| leaf_hash(entry)).collect())
    }
}

impl NodeSource for Leaves {
    type Error = std::convert::Infallible;

    fn tile_hash(&self, _level: u8, index: u64) -> Result<Digest, Self::Error> {
        Ok(self.0[index as usize])
    }
}

/// What is read is written so that it is read as the same.
fn returns<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(data: &[u8]) -> Option<T> {
    let read: T = serde_json::from_slice(data).ok()?;
    let text = serde_json::to_string(&read).expect("what was read can be written");
    assert_eq!(serde_json::from_str::<T>(&text).as_ref().ok(), Some(&read));
    Some(read)
}

/// The ballot of the log that receipts are about: its index and bytes.
fn ballot() -> (u64, Vec<u8>) {
    let log = &scene().election.log;
    let cast = |bytes: &Vec<u8>| matches!(Entry::decode(bytes), Ok(Entry::Cast(_)));
    let index = log.iter().position(cast).unwrap();
    (index as u64, log[index].clone())
}

fn good_receipt() -> Receipt {
    let (log, id) = (&scene().election.log, scene().election.manifest.id());
    let (board, (index, _)) = (board_log(log), ballot());
    // the anchor ends the board log
    let anchor_index = board.len() as u64 - 1;
    Receipt {
        election: id,
        index,
        path: inclusion_path(&Leaves::of(log), index, log.len() as u64).unwrap(),
        checkpoint: checkpoint(&election_origin(ORIGIN, id), log).encode(),
        anchor_index,
        anchor_path: inclusion_path(&Leaves::of(&board), anchor_index, board.len() as u64).unwrap(),
        board_checkpoint: cosigned(ORIGIN, &board).encode(),
    }
}

fn good_voter_receipt() -> VoterReceipt {
    let (_, entry) = ballot();
    let Ok(Entry::Cast(submitted)) = Entry::decode(&entry) else { unreachable!("it is one") };
    let code = submitted.ballot.tracking_code(scene().election.manifest.id());
    VoterReceipt { code, entry, receipt: good_receipt() }
}

/// A receipt of the board or of a voter. One that verifies is about this ballot and its place.
pub fn receipt(data: &[u8]) {
    let (board, witnesses) = (board_key(), [witness_key()]);
    let (place, entry) = ballot();
    let check = |receipt: &Receipt, entry: &[u8]| {
        let Ok(verified) = receipt.verify(entry, &board, &witnesses) else { return };
        let log = &scene().election.log;
        assert_eq!(verified.election(), scene().election.manifest.id());
        assert_eq!(log[verified.index() as usize], entry, "an entry that does not stand there");
        assert_eq!(
            verified.checkpoint().checkpoint(),
            checkpoint(verified.checkpoint().origin(), log).claimed()
        );
    };
    if let Some(receipt) = returns::<Receipt>(data) {
        check(&receipt, &entry);
    }
    if let Some(receipt) = returns::<VoterReceipt>(data) {
        check(&receipt.receipt, &receipt.entry);
        if let Ok(verified) = receipt.verify(scene().election.manifest.id(), &board, &witnesses) {
            assert_eq!(scene().election.log[verified.index() as usize], receipt.entry);
            assert!(verified.index() >= place, "the first ballot that was cast");
        }
    }
}

/// A receipt of each kind.
pub fn receipt_seeds() -> Vec<Vec<u8>> {
    vec![serde_json::to_vec(&good_receipt()).unwrap(), serde_json::to_vec(&good_voter_receipt()).unwrap()]
}

/// Requests and answers of the HTTP interface, each text as each of them. Readers of requests refuse fields that they do
/// not know.
pub fn message(data: &[u8]) {
    returns::<api::CreateElection>(data);
    returns::<api::BoardInfo>(data);
    returns::<api::ReleaseInfo>(data);
    returns::<api::Checkpoints>(data);
    returns::<api::ElectionList>(data);
    returns::<api::ElectionCreatedAnswer>(data);
    returns::<api::CredentialStatus>(data);
    returns::<api::BallotPlace>(data);
    returns::<api::Consistency>(data);
    returns::<api::Health>(data);
    returns::<api::Problem>(data);
    returns::<api::EntryEvent>(data);
    returns::<api::CheckpointEvent>(data);
    returns::<api::ElectionStatus>(data);
    returns::<api::ElectionTotals>(data);
    if let Some(test) = returns::<TestOpening>(data) {
        let Opening { seed: _, selections } = &test.opening;
        // what is read is examined against any ballot without a fault
        let context = scene().election.state.ballot_context().unwrap();
        let (_, entry) = ballot();
        if let Ok(Entry::Cast(submitted)) = Entry::decode(&entry) {
            let fits = context.check_opening(&submitted.ballot, &test.opening);
            assert!(fits.is_err(), "nobody opened this ballot: {selections:?}");
        }
    }
}

/// One of each kind, from the board's own examples.
pub fn message_seeds() -> Vec<Vec<u8>> {
    let election = &scene().election;
    let id = election.manifest.id();
    let ElectionCreated { signature, administrator, .. } =
        ElectionCreated::sign(id, &genesis(), &election.administrator);
    // a short manifest: its bytes are another target's
    let create = api::CreateElection { manifest: b"manifest".to_vec(), signature, administrator };
    let (_, entry) = ballot();
    let Ok(Entry::Cast(submitted)) = Entry::decode(&entry) else { unreachable!("it is one") };
    let code = submitted.ballot.tracking_code(id);
    let opening = Opening { seed: [5; 32], selections: vec![vec![1, 0, 0, 0], vec![1, 0]] };
    let mut seeds = vec![
        serde_json::to_vec(&create).unwrap(),
        serde_json::to_vec(&TestOpening { election: id, code, opening }).unwrap(),
        serde_json::to_vec(&election.state.totals()).unwrap(),
    ];
    // what the board's description shows of each answer
    let examples: serde_json::Value = serde_json::from_str(EXAMPLES).unwrap();
    let examples = examples["answers"].as_object().into_iter().flat_map(|answers| answers.values());
    let texts = examples.map(|example| serde_json::to_vec(example).unwrap());
    seeds.extend(texts.filter(|text| text.len() < 3_000));
    seeds
}

/// The examples of the interface's description.
const EXAMPLES: &str = include_str!("../../../../bulletin-board/server/src/http/description/examples.json");

/// Evidence that a board signed two logs. What is confirmed are two checkpoints under one key that cannot both be of one
/// log; the shared board never signed two logs, so that nothing is confirmed of it but what the seed says.
pub fn evidence(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let Ok(fork) = Fork::from_json(text) else { return };
    assert_eq!(Fork::from_json(&fork.to_json()), Ok(fork.clone()));
    let confirmed = fork.confirm(None);
    assert_eq!(Contradiction::new(fork.clone()).is_ok(), confirmed.is_ok());
    let trust = Trust::Key(board_key());
    let named = fork.confirm(Some(&trust));
    if let Ok(confirmed) = confirmed {
        assert_eq!(named.is_ok(), confirmed.board == board_key());
        assert_eq!(confirmed.older.origin(), confirmed.newer.origin());
        assert!(confirmed.older.size() <= confirmed.newer.size());
        assert_ne!(confirmed.older.checkpoint(), confirmed.newer.checkpoint());
        let signed = [&confirmed.older, &confirmed.newer].map(|head| head.root());
        let known = forked_heads().map(|head| head.claimed().root());
        assert!(signed.iter().all(|root| known.contains(root)), "never signed");
    } else {
        assert!(named.is_err());
    }
}

/// Two heads of one log that contradict each other, and one that fits the second.
fn forked_heads() -> [tabella_crypto::checkpoint::SignedCheckpoint; 3] {
    let log = board_log(&scene().election.log);
    let mut other = log.clone();
    other[2].push(0);
    [checkpoint(ORIGIN, &other[..3]), checkpoint(ORIGIN, &log[..3]), checkpoint(ORIGIN, &log[..5])]
}

/// Evidence of each kind.
pub fn evidence_seeds() -> Vec<Vec<u8>> {
    let [other, same, longer] = forked_heads();
    let log = board_log(&scene().election.log);
    let path = tabella_crypto::merkle::contradiction_path(&Leaves::of(&log), 3, 5).unwrap();
    let same = Contradiction::between(&board_key(), ForkKind::SameSize, &other, &same, Vec::new());
    let grown = Contradiction::between(&board_key(), ForkKind::NotABeginning, &other, &longer, path);
    [same, grown].map(|fork| fork.unwrap().fork().to_json().into_bytes()).to_vec()
}

/// What a client saw of a board, as it is kept between visits.
pub fn view(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let Ok(view) = SavedView::from_json(text) else { return };
    let written = view.to_json();
    let again = SavedView::from_json(&written).expect("what is written is read");
    assert_eq!(again.to_json(), written);
    assert_eq!(again.verify().is_ok(), view.verify().is_ok());
    if view.verify().is_ok() && view.key().is_ok_and(|key| key == Some(board_key())) {
        assert!(view.seen(&board_key()).is_ok() && view.pending(&board_key()).is_ok());
        assert!(view.contradiction().is_ok());
    }
}

/// A view with checkpoints, one with a pending one, and one with a contradiction.
pub fn view_seeds() -> Vec<Vec<u8>> {
    let [other, same, longer] = forked_heads();
    let id = scene().election.manifest.id();
    let head = checkpoint(&election_origin(ORIGIN, id), &scene().election.log);
    let seen = SavedView::of(&board_key(), [&longer, &head]);
    let fork = Contradiction::between(&board_key(), ForkKind::SameSize, &other, &same, Vec::new());
    let mut contradicted = SavedView::of(&board_key(), [&same]);
    contradicted.contradict(&fork.unwrap());
    let mut pending: serde_json::Value = serde_json::from_str(&seen.to_json()).unwrap();
    pending["pending"] = serde_json::json!({ ORIGIN: [longer.encode()] });
    [seen.to_json(), contradicted.to_json(), pending.to_string()].map(String::into_bytes).to_vec()
}

/// A log's request to a witness. What is read is written as it was; what is cosigned, its log signed.
pub fn witness_request(data: &[u8]) {
    let Ok(request) = AddCheckpoint::parse(data) else { return };
    assert_eq!(request.encode().as_bytes(), data);
    let again =
        AddCheckpoint::new(request.old_size(), request.proof().to_vec(), request.checkpoint().clone());
    assert_eq!(again.as_ref(), Ok(&request));
    let mut own = Witness::new(WITNESS, witness()).unwrap();
    own.watch(ORIGIN, board_key()).unwrap();
    let Ok(admitted) = own.admit(request) else { return };
    let log = board_log(&scene().election.log);
    let (_, first) = {
        let start = AddCheckpoint::new(0, Vec::new(), checkpoint(ORIGIN, &log[..3])).unwrap();
        let start = own.admit(start).unwrap();
        let (latest, line) = own.cosign(&start, None, 1_700_000_000).unwrap();
        (line, latest)
    };
    for latest in [None, Some(&first)] {
        let Ok((next, line)) = own.cosign(&admitted, latest, 1_600_000_000) else { continue };
        let key = own.key();
        let time = key.verify(&next.checkpoint().to_text(), &line);
        assert_eq!(time, Ok(Some(next.time())));
        assert!(latest.is_none_or(|latest| next.time() >= latest.time()), "time went back");
        let size = next.checkpoint().size() as usize;
        assert_eq!(next.checkpoint(), checkpoint(ORIGIN, &log[..size]).claimed(), "never signed");
    }
}

/// The first request for a log, and one that continues it.
pub fn witness_request_seeds() -> Vec<Vec<u8>> {
    let log = board_log(&scene().election.log);
    let first = AddCheckpoint::new(0, Vec::new(), checkpoint(ORIGIN, &log[..3])).unwrap();
    let proof = consistency_path(&Leaves::of(&log), 3, log.len() as u64).unwrap();
    let next = AddCheckpoint::new(3, proof, cosigned(ORIGIN, &log)).unwrap();
    vec![first.encode().into_bytes(), next.encode().into_bytes()]
}

/// A witness's answer, a byte for its status before it. A cosignature that is taken is one of this witness.
pub fn witness_answer(data: &[u8]) {
    let Some((status, body)) = data.split_first() else { return };
    let status = match status % 3 {
        0 => 200,
        1 => 409,
        _ => 403,
    };
    match Answer::parse(status, body) {
        Ok(Answer::Cosigned(lines)) => {
            assert_eq!(encode_signatures(&lines).as_bytes(), body);
            let log = board_log(&scene().election.log);
            let head = checkpoint(ORIGIN, &log);
            if let Ok(line) = cosignature(&head, &witness_key(), &lines) {
                let both = head.with_signature(line).expect("there is room");
                assert!(both.verify(&board_key(), &[witness_key()]).is_ok(), "taken and not good");
            }
        }
        Ok(Answer::Conflict(size)) => assert_eq!(encode_size(size).as_bytes(), body),
        Ok(Answer::Refused(found)) => assert_eq!(found, status),
        Err(_) => {}
    }
}

/// A cosignature beside another line, and a size.
pub fn witness_answer_seeds() -> Vec<Vec<u8>> {
    let log = board_log(&scene().election.log);
    let lines = encode_signatures(cosigned(ORIGIN, &log).signatures());
    assert!(operator().verifying_key() != witness().verifying_key());
    vec![[b"\0", lines.as_bytes()].concat(), b"\x01\x37\n".to_vec(), b"\x02".to_vec()]
}

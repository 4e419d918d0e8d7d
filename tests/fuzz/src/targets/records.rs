//! The verification of records, in every way in which it can be done, and the files that runs of it leave.

use std::sync::OnceLock;

use tabella_board_core::entry::{Block, Entry};
use tabella_crypto::transcript::sha256;
use tabella_tally::verify::merge::Parts;
use tabella_tally::verify::part::{Maker, PartialResult, verify_part};
use tabella_tally::verify::shard::Part;
use tabella_tally::verify::store::SavedRun;
use tabella_tally::verify::{Basis, Demands, MemoryRecord, MemoryStore, Sequential, Work, verify, verify_on};

use crate::reference;
use crate::scene::{record, rng, root, scene};

/// Number of the check that fails, or what went wrong before any.
type Outcome = Result<(), &'static str>;

/// Verified in one piece.
fn whole(record: &MemoryRecord, demands: &Demands) -> Outcome {
    match verify(record, demands, &mut Sequential(rng(21)), &mut |_| {}) {
        Ok(verified) => {
            assert!(verified.report().failure.is_none());
            Ok(())
        }
        Err(report) => Err(report.failure.expect("an error has a failure").check),
    }
}

/// Verified in two parts that are put together; none where no parts come about.
fn in_parts(record: &MemoryRecord, demands: &Demands) -> Option<Outcome> {
    let parts: Result<Vec<PartialResult>, _> = (0..2)
        .map(|number| {
            let part = Part::new(number, 2).unwrap();
            verify_part(record, demands, part, maker(), &mut Sequential(rng(22)), &mut |_| {})
        })
        .collect();
    let parts = parts.ok()?;
    for part in &parts {
        assert_eq!(PartialResult::from_bytes(&part.to_bytes()).as_ref(), Ok(part));
    }
    Some(merged(record, demands, Parts::new(parts).ok()?))
}

fn merged(record: &MemoryRecord, demands: &Demands, parts: Parts) -> Outcome {
    if parts.check_record(record).is_err() {
        return Err("other record");
    }
    let (mut executor, mut store) = (Sequential(rng(23)), MemoryStore::default());
    let mut work = Work { executor: &mut executor, store: &mut store, progress: &mut |_| {} };
    match verify_on(record, demands, Basis::Parts(&parts), &mut work) {
        Ok(_) => Ok(()),
        Err(report) => Err(report.failure.expect("an error has a failure").check),
    }
}

fn maker() -> Maker {
    Maker { program: "fuzz".to_owned(), label: String::new() }
}

/// The reference record's files, changed: changes in fives (what, which file, two bytes for the place, a byte). What was
/// changed is refused by a check with a number; what was not is accepted.
pub fn record_files(data: &[u8]) {
    static RECORD: OnceLock<MemoryRecord> = OnceLock::new();
    let original = RECORD.get_or_init(reference::record);
    let mut changed = original.clone();
    for change in data.chunks_exact(5) {
        let [kind, file, high, low, byte] = *change else { continue };
        let paths: Vec<String> = changed.files.keys().cloned().collect();
        let Some(path) = paths.get(usize::from(file) % paths.len().max(1)) else { return };
        let place = usize::from(u16::from_be_bytes([high, low]));
        let bytes = changed.files.get_mut(path).expect("it is one of them");
        match kind % 6 {
            0 if !bytes.is_empty() => {
                let at = place % bytes.len();
                bytes[at] ^= byte;
            }
            1 => bytes.truncate(place),
            2 => bytes.insert(place.min(bytes.len()), byte),
            3 => drop(changed.files.remove(path)),
            4 => {
                let bytes = bytes.clone();
                changed.files.insert(format!("{path}{}", char::from(byte)), bytes);
            }
            _ => {
                let other = &paths[place % paths.len()];
                let (bytes, swapped) = (bytes.clone(), changed.files[other].clone());
                changed.files.insert(path.clone(), swapped);
                changed.files.insert(other.clone(), bytes);
            }
        }
    }
    let outcome = whole(&changed, &Demands::default());
    assert_eq!(outcome.is_ok(), changed.files == original.files, "{outcome:?}");
}

/// No change, and one of each kind.
pub fn record_files_seeds() -> Vec<Vec<u8>> {
    vec![
        Vec::new(),
        vec![0, 1, 0, 40, 1],
        vec![1, 2, 1, 0, 0],
        vec![2, 3, 0, 0, 7],
        vec![3, 4, 0, 0, 0],
        vec![4, 5, 0, 0, b'x'],
        vec![5, 0, 0, 3, 0],
    ]
}

/// The log of the shared election, changed by a corrupt operator, who makes every tile, root and checkpoint fit: changes
/// in fours (what, which entry, two bytes). In one piece and in two parts it is judged alike.
pub fn record_log(data: &[u8]) {
    let mut log = scene().election.log.clone();
    for change in data.chunks_exact(4) {
        let [kind, entry, a, b] = *change else { continue };
        let count = log.len();
        let at = usize::from(entry) % count;
        match kind % 6 {
            0 if count > 1 => drop(log.remove(at)),
            0 => {}
            1 => log.insert(usize::from(a) % (log.len() + 1), log[at].clone()),
            2 => log.swap(at, usize::from(a) % count),
            // a board anchors no log without entries
            3 => log.truncate(at.max(1)),
            // signed again by whoever may sign it there
            4 => {
                let mut bytes = log[at].clone();
                let place = usize::from(a) * 4 % bytes.len();
                bytes[place] ^= b;
                if let Ok(entry) = Entry::decode(&bytes) {
                    log[at] = scene().sign(&scene().stages[at.min(scene().stages.len() - 1)], entry).encode();
                }
            }
            _ => {
                let place = usize::from(u16::from_be_bytes([a, b])) % log[at].len();
                log[at][place] ^= 1;
            }
        }
    }
    fit_blocks(&mut log);
    let demands = Demands { partial: data.len() % 2 == 1, ..Demands::default() };
    let record = record(&log);
    let outcome = whole(&record, &demands);
    if log == scene().election.log {
        assert_eq!(outcome, Ok(()));
    }
    if let Some(parts) = in_parts(&record, &demands) {
        assert_eq!(outcome.is_ok(), parts.is_ok(), "whole: {outcome:?}, in parts: {parts:?}");
    }
}

/// Blocks name height and root as they are now.
fn fit_blocks(log: &mut [Vec<u8>]) {
    let mut height = 0;
    for index in 0..log.len() {
        if let Ok(Entry::Block(block)) = Entry::decode(&log[index]) {
            let root_before = root(&log[..index]);
            log[index] = Entry::Block(Block { height, root_before, ..block }).encode();
            height += 1;
        }
    }
}

/// No change, whole and partial, and one of each kind.
pub fn record_log_seeds() -> Vec<Vec<u8>> {
    let ballot = scene().opened as u8 + 5;
    vec![
        Vec::new(),
        vec![0],
        vec![0, ballot, 0, 0],
        vec![1, ballot, ballot, 0],
        vec![2, ballot, ballot + 1, 0],
        vec![3, ballot + 1, 0, 0, 0],
        vec![4, ballot, 30, 1],
        vec![5, ballot, 0, 200],
    ]
}

/// The parts of the shared election's record.
fn good_parts() -> &'static (MemoryRecord, Vec<PartialResult>) {
    static PARTS: OnceLock<(MemoryRecord, Vec<PartialResult>)> = OnceLock::new();
    PARTS.get_or_init(|| {
        let record = record(&scene().election.log);
        let parts = (0..2).map(|number| {
            let part = Part::new(number, 2).unwrap();
            verify_part(&record, &Demands::default(), part, maker(), &mut Sequential(rng(24)), &mut |_| {})
        });
        let parts = parts.map(Result::unwrap).collect();
        (record, parts)
    })
}

/// A partial result, without the hash at its end: another machine's word, put together with a right one. What is
/// accepted has the numbers of the log.
pub fn partial_result(data: &[u8]) {
    let file = [data, &sha256(&[data])].concat();
    let Ok(result) = PartialResult::from_bytes(&file) else { return };
    assert_eq!(result.to_bytes(), file);
    drop(result.counts.to_string());
    let (record, good) = good_parts();
    let rest = good.iter().filter(|part| part.part.number() != result.part.number()).cloned();
    let Ok(parts) = Parts::new(rest.chain([result.clone()]).collect()) else { return };
    if merged(record, &Demands::default(), parts).is_ok() {
        let own = &good[result.part.number() as usize];
        assert_eq!((result.counts, &result.sums, &result.failure), (own.counts, &own.sums, &None));
    }
}

/// Both parts, and one with a failure.
pub fn partial_result_seeds() -> Vec<Vec<u8>> {
    let (_, parts) = good_parts();
    let mut failed = parts[0].clone();
    failed.failure = Some(tabella_tally::verify::part::PartFailure {
        check: "6.3".to_owned(),
        entry: Some(40),
        sentence: "a proof does not hold".to_owned(),
    });
    let files = parts.iter().chain([&failed]).map(PartialResult::to_bytes);
    files.map(|file| file[..file.len() - 32].to_vec()).collect()
}

/// What a run saved of the voting, read into a state that ends with the opening: it is the observer's own, and even so no
/// bytes do more than to be refused. What is taken over and saved again is taken over as the same.
pub fn saved_run(data: &[u8]) {
    if let Ok(run) = SavedRun::read(data) {
        assert_eq!(run.head().clone(), *run.head());
    }
    let Some(saved) = resumed(data) else { return };
    assert_eq!(resumed(&saved).as_ref(), Some(&saved), "another state");
}

/// What is saved of a state that took over what was saved; none if that was refused.
fn resumed(saved: &[u8]) -> Option<Vec<u8>> {
    let scene = scene();
    let mut state = scene.stages[scene.opened].clone();
    state.resume(&mut &*saved).ok()?;
    drop((state.due(), state.counts(), state.sums()));
    let mut bytes = Vec::new();
    state.save(&mut bytes).expect("voting is open");
    Some(bytes)
}

/// States in the midst of voting.
pub fn saved_run_seeds() -> Vec<Vec<u8>> {
    let scene = scene();
    let saved = |index: usize| {
        let mut bytes = Vec::new();
        scene.stages[index].save(&mut bytes).unwrap();
        bytes
    };
    vec![saved(scene.opened), saved(scene.opened + 4), saved(scene.opened + 8)]
}

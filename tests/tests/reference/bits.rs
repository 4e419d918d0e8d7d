//! Bits of the small record: every one of its files, and every one of its entries under a board that signs what it has.
//!
//! Whole with `TABELLA_WHOLE=1`; else as many as take seconds, chosen by `TABELLA_SEED` or a number that is printed.

use std::env;

use anyhow::{Context, Result, bail, ensure};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use tabella_crypto::checkpoint::{Checkpoint, SignedCheckpoint, cosign, sign_checkpoint};
use tabella_crypto::merkle::{decode_bundle, encode_bundle, encode_hashes, leaf_hash, root_of};
use tabella_crypto::signature::SigningKey;
use tabella_crypto::transcript::Digest;
use tabella_tally::verify::record::{FolderRecord, Record as _};
use tabella_tally::verify::{Demands, FailureReport, MemoryRecord, Sequential, verify};

use super::reference;

/// Bits of files that are flipped where not all are: each takes a third of a millisecond.
const FILES_SAMPLE: usize = 10_000;
/// Bits of entries: each takes a verification of the ballots before it.
const ENTRIES_SAMPLE: usize = 300;

/// Seeds of the small record's operator and witnesses, as `made.py` draws them.
const OPERATOR: &str = "161cce12089146e2482bc4ff739003051aff380965523ee53107626f00497795";
const WITNESSES: [&str; 2] = [
    "0fc1d84d6d9b0c00d40cc569be5aae0f17adae860e586c0b313d242f0143f378",
    "22ed703a2e17f27d7f1687a88488569af2f9ef95da4e9af8af52df950bec173b",
];

/// Tags of entries, and where fields stand in them. Specification: "Election log", "Board log".
const BLOCK: u8 = 0;
const WITHHELD: u8 = 12;
const ANCHOR: u8 = 3;
const TIME: std::ops::Range<usize> = 9..17;
const ROOT_BEFORE: std::ops::Range<usize> = 17..49;
const ANCHORED: std::ops::Range<usize> = 33..41;
const ANCHORED_ROOT: std::ops::Range<usize> = 41..73;

fn key(seed: &str) -> Result<SigningKey> {
    Ok(SigningKey::from_seed(Digest::from_hex(seed).context("a seed")?.0))
}

fn failure(record: &MemoryRecord) -> Option<FailureReport> {
    let executor = &mut Sequential(ChaCha20Rng::from_entropy());
    verify(record, &Demands::default(), executor, &mut |_| {}).err().and_then(|report| report.failure)
}

fn small_record() -> Result<MemoryRecord> {
    let folder = FolderRecord::new(reference().join("record"));
    let mut record = MemoryRecord::default();
    for path in folder.paths()?.context("a folder lists its files")? {
        let bytes = folder.read(&path)?;
        record.files.insert(path, bytes);
    }
    Ok(record)
}

/// All of so many bits, or a sample.
fn chosen(bits: usize, sample: usize) -> Result<Vec<usize>> {
    if env::var_os("TABELLA_WHOLE").is_some() {
        return Ok((0..bits).collect());
    }
    let seed = match env::var("TABELLA_SEED") {
        Ok(seed) => seed.parse()?,
        Err(_) => ChaCha20Rng::from_entropy().next_u64() >> 32,
    };
    println!("TABELLA_SEED={seed}");
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    Ok((0..sample).map(|_| rng.next_u64() as usize % bits).collect())
}

/// Looks at the chosen bits on all cores, and ends with the first that is wrong.
fn each(bits: usize, sample: usize, look: impl Fn(usize) -> Result<()> + Send + Sync) -> Result<()> {
    let chosen = chosen(bits, sample)?;
    let count = chosen.len();
    chosen.into_par_iter().try_for_each(look)?;
    println!("{count} of {bits} bits");
    Ok(())
}

/// The byte of a bit among many strings, one behind the other.
fn byte_of<'a>(bit: usize, strings: impl IntoIterator<Item = &'a Vec<u8>>) -> Result<(usize, usize)> {
    let mut at = bit / 8;
    for (index, bytes) in strings.into_iter().enumerate() {
        if at < bytes.len() {
            return Ok((index, at));
        }
        at -= bytes.len();
    }
    bail!("there are fewer bits than {bit}")
}

fn bits<'a>(strings: impl IntoIterator<Item = &'a Vec<u8>>) -> usize {
    8 * strings.into_iter().map(Vec::len).sum::<usize>()
}

#[test]
fn a_bit_flipped_in_any_file_fails_a_check_of_the_log() -> Result<()> {
    let record = small_record()?;
    let paths: Vec<&String> = record.files.keys().collect();
    each(bits(record.files.values()), FILES_SAMPLE, |bit| {
        let (file, at) = byte_of(bit, record.files.values())?;
        let mut flipped = record.clone();
        flipped.files.get_mut(paths[file]).context("a file")?[at] ^= 1 << (bit % 8);
        let failure =
            failure(&flipped).with_context(|| format!("bit {bit}, in {}, is accepted", paths[file]))?;
        ensure!(failure.check.starts_with("1."), "bit {bit}, in {}: {failure:?}", paths[file]);
        Ok(())
    })
}

/// Both logs of the small record, for a board that publishes and signs whatever stands on them.
#[derive(Clone)]
struct Logs {
    origin: String,
    prefix: String,
    board: Vec<Vec<u8>>,
    election: Vec<Vec<u8>>,
}

fn root(log: &[Vec<u8>]) -> Digest {
    root_of(&log.iter().map(|entry| leaf_hash(entry)).collect::<Vec<_>>())
}

impl Logs {
    fn of(record: &MemoryRecord) -> Result<Self> {
        let log = |prefix: &str| {
            let tiles = format!("{prefix}/tile/entries/000.p/");
            let (path, bytes) =
                record.files.iter().find(|(path, _)| path.starts_with(&tiles)).context("entries")?;
            Ok::<_, anyhow::Error>(decode_bundle(bytes, path[tiles.len()..].parse()?)?)
        };
        let checkpoint =
            record.files.keys().find(|path| path.starts_with("elections/")).context("an election")?;
        let prefix = checkpoint.split('/').take(2).collect::<Vec<_>>().join("/");
        let signed = SignedCheckpoint::parse(&record.files["board/checkpoint"])?;
        let origin = signed.claimed().origin().to_owned();
        Ok(Self { origin, board: log("board")?, election: log(&prefix)?, prefix })
    }

    /// Blocks name the roots before them again but for this entry, anchors the election log's, and all is signed.
    fn record(&self, changed: usize) -> Result<MemoryRecord> {
        let mut election = self.election.clone();
        for index in 0..election.len() {
            if index != changed && election[index].first() == Some(&BLOCK) {
                let before = root(&election[..index]);
                election[index][ROOT_BEFORE].copy_from_slice(&before.0);
            }
        }
        let mut board = self.board.clone();
        for index in 0..board.len() {
            match board[index].first() {
                Some(&BLOCK) => {
                    let before = root(&board[..index]);
                    board[index][ROOT_BEFORE].copy_from_slice(&before.0);
                }
                Some(&ANCHOR) => {
                    let size = u64::from_le_bytes(board[index][ANCHORED].try_into()?);
                    let anchored = root(&election[..usize::try_from(size)?]);
                    board[index][ANCHORED_ROOT].copy_from_slice(&anchored.0);
                }
                _ => {}
            }
        }
        let mut record = MemoryRecord::default();
        let own = format!("{}/{}", self.origin, self.prefix);
        for (prefix, origin, log) in [("board", &self.origin, &board), (&self.prefix, &own, &election)] {
            let leaves: Vec<Digest> = log.iter().map(|entry| leaf_hash(entry)).collect();
            let size = log.len();
            let checkpoint = Checkpoint::new(origin, size as u64, root_of(&leaves))?;
            let mut signed = sign_checkpoint(&checkpoint, &key(OPERATOR)?)?;
            for (number, seed) in WITNESSES.iter().enumerate().filter(|_| prefix == "board") {
                let line = cosign(&checkpoint, &format!("witness{number}.test"), &key(seed)?, 1_700_000_000)?;
                signed = signed.with_signature(line)?;
            }
            let files = [
                ("checkpoint".to_owned(), signed.encode().into_bytes()),
                (format!("tile/0/000.p/{size}"), encode_hashes(&leaves)?),
                (format!("tile/entries/000.p/{size}"), encode_bundle(log)?),
            ];
            record.files.extend(files.map(|(name, bytes)| (format!("{prefix}/{name}"), bytes)));
        }
        Ok(record)
    }
}

/// But for the time of a block behind the closing, which may be any that is not before the last one's.
#[test]
fn a_bit_flipped_in_any_entry_is_refused_by_a_rule_though_the_board_signs_it() -> Result<()> {
    let small = small_record()?;
    let logs = Logs::of(&small)?;
    let nothing = logs.election.len();
    assert_eq!(logs.record(nothing)?, small, "a board that changes nothing writes the record");
    let closed = logs.election.iter().position(|entry| entry[0] == WITHHELD).context("a withheld contest")?;
    each(bits(&logs.election), ENTRIES_SAMPLE, |bit| {
        let (index, at) = byte_of(bit, &logs.election)?;
        let mut election = logs.election.clone();
        election[index][at] ^= 1 << (bit % 8);
        let free = index > closed && logs.election[index][0] == BLOCK && TIME.contains(&at);
        let changed = Logs { election, ..logs.clone() };
        match failure(&changed.record(index)?) {
            None => ensure!(free, "bit {} of byte {at} of entry {index} is accepted", bit % 8),
            Some(failure) => {
                let signed = ["1.1", "1.2", "1.3", "1.4", "1.7"].contains(&failure.check);
                ensure!(!signed, "bit {} of byte {at} of entry {index}: {failure:?}", bit % 8);
            }
        }
        Ok(())
    })
}

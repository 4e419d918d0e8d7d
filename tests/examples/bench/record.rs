//! Complete records of the five-option election in folders, with the ballots of its first voters: voting, closing,
//! decryption and result.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;

use tabella_board_core::entry::{Anchor, Block, BoardEntry, ElectionCreated, Genesis, election_origin};
use tabella_board_core::fixtures::{OPENS, ORIGIN, SmallElection};
use tabella_board_core::state::{CheckedEntry, check_ballots};
use tabella_crypto::ballot::{Disposition, SubmittedBallot};
use tabella_crypto::checkpoint::{Checkpoint, sign_checkpoint};
use tabella_crypto::merkle::{TileKind, encode_bundle, encode_hashes, leaf_hash, root_of, tiles_for_size};
use tabella_crypto::signature::SigningKey;
use tabella_crypto::transcript::Digest;

use super::election::{Prepared, Shape, entry, open};

/// Ballots between two blocks.
const BLOCK: usize = 500;
/// Entries between two anchors on the board log.
const ANCHOR: usize = 5_000;

/// The record of an election with the first so many of these ballots; one that is kept already is not made again.
pub(crate) fn prepare(prepared: &Prepared, number: usize, folder: &Path) -> Result<PathBuf> {
    let id = prepared.election.manifest.id();
    let kept = folder.join(format!("record-{number}-{:.16}", id.to_string()));
    if kept.is_dir() {
        return Ok(kept);
    }
    println!("making a record of {number} ballots, once");
    let mut election = Shape::choose_one(5).election();
    open(&mut election, number)?;
    let ballots = prepared.ballots.get(..number).context("as many ballots")?;
    for (block, ballots) in (0..).zip(ballots.chunks(BLOCK)) {
        election.block(OPENS + block);
        cast(&mut election, ballots)?;
    }
    election.count();
    let part = kept.with_extension("part");
    if part.exists() {
        fs::remove_dir_all(&part)?;
    }
    publish(&election, &part)?;
    fs::rename(&part, &kept)?;
    Ok(kept)
}

/// Takes ballots as a board does: each is verified, then its entry applied.
fn cast(election: &mut SmallElection, ballots: &[SubmittedBallot]) -> Result<()> {
    let context = election.state.ballot_context().context("voting is open")?.clone();
    let checked = ballots.par_chunks(BLOCK / 4).flat_map_iter(|ballots| {
        let mut rng = ChaCha20Rng::from_entropy();
        let some = ballots.iter().map(|ballot| (ballot.clone(), Disposition::Cast)).collect();
        check_ballots(&context, some, &mut rng)
    });
    let checked: Vec<_> = checked.collect::<Result<_, _>>()?;
    for (ballot, checked) in ballots.iter().zip(checked) {
        let bytes = entry(ballot);
        election.state.apply(&bytes, CheckedEntry::Ballot(checked), &election.log)?;
        election.log.push(bytes);
    }
    Ok(())
}

/// Writes both logs: the board's, which creates the election and anchors its log, and the election's.
fn publish(election: &SmallElection, folder: &Path) -> Result<()> {
    let (id, log) = (election.manifest.id(), &election.log);
    let operator = SigningKey::from_seed([201; 32]);
    let administrator = election.administrator.verifying_key();
    let genesis = Genesis::new(ORIGIN.to_owned(), operator.verifying_key(), vec![administrator]);
    let created = ElectionCreated::sign(id, &genesis, &election.administrator);
    let leaves: Vec<Digest> = log.iter().map(|entry| leaf_hash(entry)).collect();
    let sizes = (ANCHOR..log.len()).step_by(ANCHOR).chain([log.len()]);
    let anchors = sizes.filter_map(|size| {
        let root = root_of(leaves.get(..size)?);
        Some(BoardEntry::Anchor(Anchor { election: id, size: size as u64, root }))
    });
    let mut board: Vec<Vec<u8>> = Vec::new();
    let brought = [BoardEntry::Genesis(genesis), BoardEntry::Election(created)].into_iter().chain(anchors);
    for (height, entry) in (0..).zip(brought) {
        let leaves: Vec<Digest> = board.iter().map(|entry| leaf_hash(entry)).collect();
        let block = Block { height, time: height, root_before: root_of(&leaves) };
        board.push(BoardEntry::Block(block).encode());
        board.push(entry.encode());
    }
    write_log(&folder.join("board"), ORIGIN, &board, &operator)?;
    let place = folder.join("elections").join(id.to_string());
    write_log(&place, &election_origin(ORIGIN, id), log, &operator)
}

/// Writes every tile of a log, and the checkpoint that its operator signed.
fn write_log(folder: &Path, origin: &str, log: &[Vec<u8>], operator: &SigningKey) -> Result<()> {
    let leaves: Vec<Digest> = log.iter().map(|entry| leaf_hash(entry)).collect();
    for tile in tiles_for_size(log.len() as u64) {
        let (first, width) = (tile.first() as usize, usize::from(tile.width()));
        let bytes = match tile.kind() {
            TileKind::Entries => encode_bundle(log.get(first..first + width).context("entries")?)?,
            TileKind::Hashes { level } => {
                let span = 1 << (8 * level);
                let below = leaves.get(first * span..(first + width) * span).context("leaves")?;
                encode_hashes(&below.chunks(span).map(root_of).collect::<Vec<Digest>>())?
            }
        };
        let path = folder.join(tile.to_string());
        fs::create_dir_all(path.parent().context("a folder")?)?;
        fs::write(path, bytes)?;
    }
    let checkpoint = Checkpoint::new(origin, log.len() as u64, root_of(&leaves))?;
    fs::write(folder.join("checkpoint"), sign_checkpoint(&checkpoint, operator)?.encode())?;
    Ok(())
}

/// Bytes of all files below a folder.
pub(crate) fn bytes_below(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for item in fs::read_dir(folder)? {
        let item = item?;
        let kind = item.metadata()?;
        sum += if kind.is_dir() { bytes_below(&item.path())? } else { kind.len() };
    }
    Ok(sum)
}

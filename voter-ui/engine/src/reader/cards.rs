//! What was read, as cards for the page.

use tabella_board_client::transport::Transport;
use tabella_board_client::{Board, LogView, Posted};
use tabella_board_core::entry::Entry;
use tabella_board_core::state::ElectionState;
use tabella_crypto::checkpoint::VerifiedCheckpoint;
use tabella_crypto::merkle::{InclusionProof, node_hash};
use tabella_crypto::transcript::Digest;
use tabella_tally::ballot_box::VoterReceipt;
use tabella_web_shared::reader::{HeadCard, KeyCard, PathCard, ReceiptCard, SetupCard};
use tabella_web_shared::{Forgery, Trouble};
use tabella_web_worker::trouble::{client, fault, forged};

/// Names of a board's witnesses.
pub(super) fn witnesses<T: Transport>(board: &Board<T>) -> Vec<String> {
    board.witnesses().iter().map(|witness| witness.name().to_owned()).collect()
}

/// Names of the witnesses who cosigned, in the order of the board's list.
fn witnessed_by<T: Transport>(board: &Board<T>, checkpoint: &VerifiedCheckpoint) -> Vec<String> {
    let has_signed =
        |name: &String| checkpoint.cosignatures().iter().any(|found| found.witness().name() == name);
    witnesses(board).into_iter().filter(has_signed).collect()
}

/// The checkpoint that reading a log goes by.
pub(super) fn head<T: Transport>(log: &LogView<T>) -> Result<HeadCard, Trouble> {
    let (Some(checkpoint), Some(note)) = (log.checkpoint(), log.note()) else {
        return Err(fault("no checkpoint was fetched"));
    };
    Ok(HeadCard {
        origin: checkpoint.origin().to_owned(),
        size: checkpoint.size(),
        root: checkpoint.root(),
        note: note.encode(),
        witnessed_by: witnessed_by(log.board(), checkpoint),
    })
}

/// An election up to its opening; none before the manifest is complete.
pub(super) fn setup(state: &ElectionState) -> Option<SetupCard> {
    Some(SetupCard {
        manifest: state.manifest()?.encode(),
        voters: state.roll().len() as u64,
        roll: state.roll().digest(),
        key: state.ceremony().key_set().map(|keys| KeyCard {
            key: keys.key().encoded().0.to_vec(),
            transcript: *keys.transcript_hash(),
        }),
        opened: state.ballot_context().is_some(),
    })
}

/// A receipt that holds. A file is made for a cast ballot alone: it is what [`VoterReceipt`] is for.
pub(super) fn receipt<T: Transport>(
    board: &Board<T>,
    entry: Vec<u8>,
    posted: Posted,
) -> Result<ReceiptCard, Trouble> {
    let Posted { receipt, verified } = posted;
    let election = verified.election();
    let (ballot, is_test) = match Entry::decode(&entry) {
        Ok(Entry::Cast(submitted)) => (Some(submitted.ballot), false),
        Ok(Entry::Challenge(submitted)) => (Some(submitted.ballot), true),
        _ => (None, false),
    };
    let code = ballot.as_ref().map(|ballot| ballot.tracking_code(election));
    let file = match code.filter(|_| !is_test) {
        Some(code) => serde_json::to_string_pretty(&VoterReceipt { code, entry, receipt }).map_err(fault)?,
        None => String::new(),
    };
    Ok(ReceiptCard {
        election,
        code,
        is_test,
        counter: ballot.map_or(0, |ballot| ballot.counter),
        index: verified.index(),
        size: verified.checkpoint().size(),
        witnessed_by: witnessed_by(board, verified.board_checkpoint()),
        witnesses: witnesses(board),
        file,
    })
}

/// The inclusion of an entry under a log's checkpoint, which must reach so far.
pub(super) async fn path<T: Transport>(log: &mut LogView<T>, index: u64) -> Result<PathCard, Trouble> {
    let (leaf, proof) = log.inclusion(index).await.map_err(client)?;
    let head = head(log)?;
    climb(leaf, proof, head).ok_or_else(|| forged(Forgery::Entries, "the path does not lead to the root"))
}

/// The nodes of a path from the leaf to the root; none if it does not lead there.
pub(super) fn climb(leaf: Digest, proof: InclusionProof, head: HeadCard) -> Option<PathCard> {
    let InclusionProof { index, size, path: siblings } = proof;
    let on_left = sides(index, size);
    let reached = siblings.iter().zip(&on_left).scan(leaf, |node, (sibling, on_left)| {
        *node = if *on_left { node_hash(sibling, node) } else { node_hash(node, sibling) };
        Some(*node)
    });
    let nodes: Vec<Digest> = reached.collect();
    let leads_there =
        on_left.len() == siblings.len() && size == head.size && *nodes.last().unwrap_or(&leaf) == head.root;
    leads_there.then_some(PathCard { index, leaf, siblings, on_left, nodes, head })
}

/// For each sibling of an inclusion path, from the leaf up, whether it stands on the left (RFC 9162, 2.1.3.1: at each
/// node the tree splits after the largest power of two below its size). Empty if there is no such entry.
fn sides(index: u64, size: u64) -> Vec<bool> {
    let (mut start, mut end) = (0, size);
    let mut sides = Vec::new();
    while index < size && end - start > 1 {
        let middle = start + (1 << (end - start - 1).ilog2());
        let on_left = index >= middle;
        sides.push(on_left);
        *(if on_left { &mut start } else { &mut end }) = middle;
    }
    sides.reverse();
    sides
}

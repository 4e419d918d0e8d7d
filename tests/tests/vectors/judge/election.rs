//! Section 13: entries of an election log, by themselves and in the state that a log has come to.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tabella_board_core::check::{Check, Refusal};
use tabella_board_core::entry::Entry;
use tabella_board_core::state::{CheckedEntry, ElectionState, Phase};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

use super::{Input, Judged, Logs, Refused, hexed, rng};
use crate::format::Log;
use crate::refuse_unless;

/// A log with its state after 0, 1, 2 … entries.
pub struct States {
    entries: Vec<Vec<u8>>,
    states: Vec<ElectionState>,
}

/// Admits an entry, its signature and proofs too if it is a ballot.
pub fn apply(
    state: &mut ElectionState,
    bytes: &[u8],
    before: &Vec<Vec<u8>>,
) -> std::result::Result<(), Check> {
    let entry = Entry::decode(bytes).map_err(|_| Check::Encoding)?;
    let context = state.ballot_context().cloned();
    let checked = CheckedEntry::check(context.as_deref(), entry, &mut rng(3));
    let result: std::result::Result<(), Refusal> =
        checked.and_then(|checked| state.apply(bytes, checked, before));
    result.map_err(|refusal| refusal.check())
}

impl States {
    /// Reads a log whose entries all must be admitted.
    pub fn of(log: &Log) -> Result<Self> {
        let election: [u8; 32] = hex::decode(&log.election)?.try_into().ok().context("an election id")?;
        let entries = log.entries.iter().map(hex::decode).collect::<std::result::Result<Vec<_>, _>>()?;
        let mut state = ElectionState::new(ElectionId(Digest(election)));
        let mut states = vec![state.clone()];
        for (index, entry) in entries.iter().enumerate() {
            apply(&mut state, entry, &entries)
                .map_err(|check| anyhow::anyhow!("entry {index} of a log is refused by {check}"))?;
            states.push(state.clone());
        }
        Ok(Self { entries, states })
    }

    /// The first so many entries, and the state that they have come to.
    pub fn at(&self, count: usize) -> Result<(&[Vec<u8>], ElectionState)> {
        let entries = self.entries.get(..count).context("the log is not as long")?;
        Ok((entries, self.states.get(count).context("the log is not as long")?.clone()))
    }
}

fn due(state: &ElectionState) -> Value {
    state.due().map_or(Value::Null, |entry| hexed(entry.encode()))
}

/// Section 3: an entry by itself. Its tag is given back, and that the encoding is the only one.
pub fn entry(input: &Input<'_>) -> Judged {
    let bytes = input.bytes("entry")?;
    let entry = refuse_unless!(Entry::decode(&bytes), Check::Encoding.number());
    anyhow::ensure!(entry.encode() == bytes, "encoding again gives other bytes");
    Ok(Ok(json!({ "tag": bytes[0] })))
}

/// A log as far as it goes, and what follows from it.
pub fn log(input: &Input<'_>, logs: &Logs) -> Judged {
    let all = logs.states(input.text("log")?)?;
    let count: usize = input.small("count")?;
    let state = all.states.get(count).context("the log is not as long")?;
    let phase = match state.phase() {
        Phase::Manifest => "manifest",
        Phase::Setup => "setup",
        Phase::Open => "open",
        Phase::Closed => "closed",
        Phase::Counted => "counted",
    };
    let view = state.tally().map_or(Value::Null, |tally| {
        let view = tally.view();
        json!({
            "size": view.size,
            "root": hexed(view.root.0),
            "aggregate": hexed(view.aggregate.0),
            "digest": hexed(view.digest(state.election()).0),
        })
    });
    Ok(Ok(json!({
        "root": hexed(state.root().0),
        "phase": phase,
        "due": due(state),
        "roll": hexed(state.roll().digest().0),
        "view": view,
    })))
}

/// An entry after the first entries of a log.
pub fn admit(input: &Input<'_>, logs: &Logs) -> Judged {
    let all = logs.states(input.text("log")?)?;
    let count: usize = input.small("count")?;
    let mut state = all.states.get(count).context("the log is not as long")?.clone();
    Ok(match apply(&mut state, &input.bytes("entry")?, &all.entries) {
        Ok(()) => Ok(json!({ "root": hexed(state.root().0), "due": due(&state) })),
        Err(check) => Err(Refused(Some(check.number()))),
    })
}

//! Section 16.3: whose part a ballot is in, the files of parts, and what becomes of all parts together.

use serde_json::{Value, json};
use tabella_board_core::entry::Entry;
use tabella_board_core::state::shared::ClaimedBallot;
use tabella_crypto::ballot::Disposition;
use tabella_crypto::credential::Credential;
use tabella_crypto::elgamal::EncodedCiphertext;
use tabella_crypto::manifest::ElectionId;
use tabella_tally::verify::merge::{PartCounts, Parts};
use tabella_tally::verify::part::PartialResult;
use tabella_tally::verify::shard::Part;

use super::{Input, Judged, Logs, Refused, hexed};
use crate::refuse_unless;

/// The part of a voter's ballots.
pub fn part(input: &Input<'_>) -> Judged {
    let election = ElectionId(input.digest("election")?);
    let credential = Credential(input.point("U")?);
    let of: u32 = input.small("of")?;
    let holds = |part: &u32| Part::new(*part, of).is_some_and(|part| part.has_voter(election, &credential));
    Ok(match (0..of).find(holds) {
        Some(part) => Ok(json!({ "part": part })),
        None => Err(Refused(None)),
    })
}

fn listed(sums: &[Vec<EncodedCiphertext>]) -> Value {
    let pair = |pair: &EncodedCiphertext| json!({ "D": hexed(pair.d.0), "C": hexed(pair.c.0) });
    sums.iter().map(|contest| contest.iter().map(pair).collect::<Value>()).collect()
}

/// The file of a part, by itself.
pub fn partial_result(input: &Input<'_>) -> Judged {
    let bytes = input.bytes("bytes")?;
    let result = refuse_unless!(PartialResult::from_bytes(&bytes));
    anyhow::ensure!(result.to_bytes() == bytes, "encoding again gives other bytes");
    let PartialResult { election, size, root, part, maker, counts, sums, failure } = result;
    let failure = failure.map(
        |failure| json!({ "check": failure.check, "entry": failure.entry, "sentence": failure.sentence }),
    );
    Ok(Ok(json!({
        "election": election.0.to_hex(),
        "size": size,
        "root": root.to_hex(),
        "part": part.number(),
        "of": part.of(),
        "program": maker.program,
        "label": maker.label,
        "counted": counts.counted,
        "cast": counts.cast,
        "tested": counts.tested,
        "sums": sums.map(|sums| listed(&sums)),
        "failure": failure,
    })))
}

/// Parts, merged for a record whose election log begins with so many entries of a log and ends there.
pub fn merge(input: &Input<'_>, logs: &Logs) -> Judged {
    let (entries, mut state) = logs.states(input.text("log")?)?.at(input.small("count")?)?;
    let mut results = Vec::new();
    for file in input.byte_strings("parts")? {
        results.push(refuse_unless!(PartialResult::from_bytes(&file)));
    }
    let parts = refuse_unless!(Parts::new(results));
    refuse_unless!(parts.check_head(state.election(), state.size(), state.root()));
    let mut found = vec![PartCounts::default(); parts.results().len()];
    for entry in entries {
        let (ballot, disposition) = match Entry::decode(entry)? {
            Entry::Cast(submitted) => (submitted.ballot, Disposition::Cast),
            Entry::Challenge(submitted) => (submitted.ballot, Disposition::Challenge),
            _ => continue,
        };
        let first = disposition == Disposition::Cast && ballot.counter == 0;
        let ballot = ClaimedBallot { credential: ballot.credential, disposition, first };
        parts.count(&mut found, state.election(), &ballot);
    }
    let was_open = state.sums().is_some();
    let merged = parts
        .check_failures()
        .and_then(|()| if was_open { parts.give_sums(&mut state) } else { Ok(()) })
        .and_then(|()| parts.check_counts(&found));
    Ok(match merged {
        Ok(()) => Ok(json!({ "sums": state.sums().map(|sums| listed(&sums)) })),
        Err(failure) => Err(failure.check().into()),
    })
}

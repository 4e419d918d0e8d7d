//! Sections 9 and 10.

use std::sync::Arc;

use anyhow::{Result, bail};
use serde_json::{Value, json};
use tabella_board_core::check::{BallotRefusal, Check, Refusal};
use tabella_board_core::entry::Entry;
use tabella_board_core::state::{CheckedEntry, check_ballots};
use tabella_crypto::ballot::{BallotContext, Disposition, SubmittedBallot};
use tabella_crypto::credential::{CredentialCode, CredentialSecret, commit_identity};
use tabella_crypto::elgamal::ElectionKey;
use tabella_crypto::group::Point;
use tabella_crypto::manifest::CheckedManifest;
use tabella_crypto::proofs::credential::CredentialStatement;

use super::{Input, Judged, hexed, rng};
use crate::refuse_unless;

/// Manifest and election key; the key is given, so that a ballot needs no ceremony.
fn context(input: &Input<'_>) -> Result<BallotContext> {
    let manifest = Arc::new(CheckedManifest::decode(&input.bytes("manifest")?)?);
    let key: Point = input.point("K")?.decode()?;
    Ok(BallotContext::new(manifest, ElectionKey::new(key)?))
}

fn submitted(entry: Entry) -> Result<(SubmittedBallot, Disposition)> {
    match entry {
        Entry::Cast(ballot) => Ok((ballot, Disposition::Cast)),
        Entry::Challenge(ballot) => Ok((ballot, Disposition::Challenge)),
        _ => bail!("the entry is no ballot"),
    }
}

/// Sections 9.1 to 9.6, for one entry.
pub fn ballot(input: &Input<'_>) -> Judged {
    let context = context(input)?;
    let entry = refuse_unless!(Entry::decode(&input.bytes("entry")?), "1.5");
    let (ballot, _) = submitted(entry.clone())?;
    let (code, credential) =
        (ballot.ballot.tracking_code(context.manifest().id()), ballot.ballot.credential.0);
    match CheckedEntry::check(Some(&context), entry, &mut rng(1)) {
        Ok(_) => Ok(Ok(json!({ "code": hexed(code.0.0), "U": hexed(credential.0) }))),
        Err(refusal) => Ok(Err(refusal.check().into())),
    }
}

/// Section 9.7: several, all of which must hold.
pub fn ballots(input: &Input<'_>) -> Judged {
    let context = context(input)?;
    let mut ballots = Vec::new();
    for entry in input.byte_strings("entries")? {
        ballots.push(submitted(refuse_unless!(Entry::decode(&entry), "1.5"))?);
    }
    let results = check_ballots(&context, ballots, &mut rng(2));
    let first = results.into_iter().find_map(std::result::Result::err);
    Ok(match first {
        None => Ok(json!({})),
        Some(error) => Err(Refusal::from(BallotRefusal::Proof(error)).check().into()),
    })
}

/// Section 9.8: an opening entry, beside the challenge entry that it opens.
pub fn opening(input: &Input<'_>) -> Judged {
    let context = context(input)?;
    let (ballot, _) = submitted(Entry::decode(&input.bytes("challenge")?)?)?;
    let Entry::Opening(published) = refuse_unless!(Entry::decode(&input.bytes("entry")?), "1.5") else {
        bail!("the entry is no opening")
    };
    let (election, number) = (context.manifest().id(), published.challenge);
    let credential = ballot.ballot.credential;
    let statement = CredentialStatement::publication(election, credential, number, &published.opening);
    let tested = Check::TestedBallots.number();
    refuse_unless!(statement.verify(&published.signature), tested);
    let selections = refuse_unless!(context.check_opening(&ballot.ballot, &published.opening), tested);
    Ok(Ok(json!({ "code": hexed(statement.code.0.0), "selections": selections })))
}

/// Section 10.1.
pub fn credential_code(input: &Input<'_>) -> Judged {
    let code = refuse_unless!(CredentialCode::parse(input.text("code")?));
    let secret = refuse_unless!(CredentialSecret::from_code(&code, &input.digest("election")?));
    let shown: Value = code.reveal().expose().as_str().into();
    Ok(Ok(json!({ "shown": shown, "U": hexed(secret.public().0.0) })))
}

/// Section 10.2.
pub fn identity(input: &Input<'_>) -> Judged {
    let commitment = commit_identity(&input.array("salt")?, input.text("identity")?);
    Ok(Ok(json!({ "commitment": hexed(commitment.0.0) })))
}

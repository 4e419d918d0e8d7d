//! Sections 7, 8 and 15.

use anyhow::Context;
use serde_json::{Value, json};
use tabella_crypto::codec;
use tabella_crypto::manifest::CheckedManifest;
use tabella_crypto::outcome::{Outcome, Weights};
use tabella_crypto::rules::LinearForm;

use super::{Input, Judged, hexed};
use crate::refuse_unless;

/// Section 8.
pub fn manifest(input: &Input<'_>) -> Judged {
    let manifest = refuse_unless!(CheckedManifest::decode(&input.bytes("manifest")?), "2.3");
    let styles: Vec<Value> = manifest
        .styles()
        .iter()
        .map(|style| json!({ "entries": style.entries, "n": style.bits, "m": style.padded_ranges() }))
        .collect();
    Ok(Ok(json!({ "election": hexed(manifest.id().0.0), "styles": styles })))
}

fn forms(forms: &[LinearForm]) -> Vec<Value> {
    forms.iter().map(|form| json!({ "terms": form.terms, "constant": form.constant })).collect()
}

/// Section 7.
pub fn claims(input: &Input<'_>) -> Judged {
    let manifest = refuse_unless!(CheckedManifest::decode(&input.bytes("manifest")?), "2.3");
    let style = manifest.style(input.small("style")?).context("there is no such style")?;
    Ok(Ok(json!({
        "entries": style.entries,
        "n": style.bits,
        "m": style.padded_ranges(),
        "ranges": forms(&style.ranges),
        "equalities": forms(&style.equalities),
    })))
}

/// Section 9.8: whether selections obey every claim.
pub fn obeys(input: &Input<'_>) -> Judged {
    let manifest = refuse_unless!(CheckedManifest::decode(&input.bytes("manifest")?), "2.3");
    let style = manifest.style(input.small("style")?).context("there is no such style")?;
    refuse_unless!(style.check(&input.selections("selections")?));
    Ok(Ok(json!({})))
}

/// Section 15.
pub fn outcome(input: &Input<'_>) -> Judged {
    let manifest = refuse_unless!(CheckedManifest::decode(&input.bytes("manifest")?), "2.3");
    let contest =
        manifest.contests.get(input.small::<usize>("contest")?).context("there is no such contest")?;
    let weights = Weights { counted: input.number("counted")?, roll: input.number("roll")? };
    let outcome = Outcome::compute(contest, &input.numbers("totals")?, &weights);
    Ok(Ok(json!({ "outcome": hexed(codec::encode(&outcome)) })))
}

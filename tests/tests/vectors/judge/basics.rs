//! Sections 3 to 6 and 11.10.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tabella_crypto::codec::{self, CodecError};
use tabella_crypto::elgamal::{Ciphertext, ElectionKey};
use tabella_crypto::generators::{VectorSide, message_base, vector_bases};
use tabella_crypto::group::{Point, Scalar};
use tabella_crypto::proofs::dleq::{DleqProof, DleqStatement};
use tabella_crypto::signature::{Signature, SigningKey, VerifyingKey};
use tabella_crypto::transcript::{self, KeyDerivation, Transcript};

use super::{Input, Judged, Refused, bytes, hexed, of_point, of_scalar};
use crate::refuse_unless;

fn decoded<T>(
    value: std::result::Result<T, CodecError>,
    again: impl Fn(&T) -> Vec<u8>,
    from: &[u8],
) -> Judged {
    let value = refuse_unless!(value);
    ensure!(again(&value) == from, "decoding and encoding again gives other bytes");
    Ok(Ok(json!({})))
}

fn borsh<T: borsh::BorshSerialize + borsh::BorshDeserialize>(from: &[u8]) -> Judged {
    decoded(codec::decode::<T>(from), codec::encode, from)
}

/// Section 3.
pub fn value(input: &Input<'_>) -> Judged {
    let from = &input.bytes("bytes")?;
    match input.text("type")? {
        "u8" => borsh::<u8>(from),
        "u16" => borsh::<u16>(from),
        "u32" => borsh::<u32>(from),
        "u64" => borsh::<u64>(from),
        "bool" => borsh::<bool>(from),
        "string" => borsh::<String>(from),
        "bytes" => borsh::<Vec<u8>>(from),
        "list<u16>" => borsh::<Vec<u16>>(from),
        "list<point>" => borsh::<Vec<Point>>(from),
        "option<u8>" => borsh::<Option<u8>>(from),
        "(u16, bytes)" => borsh::<(u16, Vec<u8>)>(from),
        "scalar" => borsh::<Scalar>(from),
        "point" => borsh::<Point>(from),
        "point, not the identity" => {
            let point = refuse_unless!(codec::decode::<Point>(from));
            if point.is_identity() { Ok(Err(Refused(None))) } else { Ok(Ok(json!({}))) }
        }
        other => bail!("there is no type {other:?}"),
    }
}

fn parts(parts: &[Vec<u8>]) -> Vec<&[u8]> {
    parts.iter().map(Vec::as_slice).collect()
}

/// Section 4.1.
pub fn hash(input: &Input<'_>) -> Judged {
    let hash = transcript::hash(input.text("purpose")?, &parts(&input.byte_strings("parts")?));
    Ok(Ok(json!({ "hash": hexed(hash.0) })))
}

/// Section 4.2.
pub fn hash_to_point(input: &Input<'_>) -> Judged {
    let point = transcript::hash_to_point(input.text("purpose")?, &parts(&input.byte_strings("parts")?));
    Ok(Ok(json!({ "point": of_point(&point) })))
}

/// Section 4.3.
pub fn derive_bytes(input: &Input<'_>) -> Judged {
    let derivation = KeyDerivation::new(input.text("purpose")?, &input.bytes("secret")?);
    let from = input.byte_strings("parts")?;
    let derived = match input.number("length")? {
        32 => derivation.bytes::<32>(&parts(&from)).to_vec(),
        64 => derivation.bytes::<64>(&parts(&from)).to_vec(),
        200 => derivation.bytes::<200>(&parts(&from)).to_vec(),
        other => bail!("{other} bytes are derived nowhere"),
    };
    Ok(Ok(json!({ "bytes": hexed(derived) })))
}

/// Section 4.3.
pub fn derive_scalar(input: &Input<'_>) -> Judged {
    let derivation = KeyDerivation::new(input.text("purpose")?, &input.bytes("secret")?);
    Ok(Ok(json!({ "scalar": of_scalar(&derivation.scalar(&parts(&input.byte_strings("parts")?))) })))
}

/// Labels live as long as the program.
fn label(text: &str) -> &'static str {
    text.to_owned().leak()
}

/// A transcript with these steps, and the challenges that were drawn.
fn spoken(purpose: &str, steps: &[Value]) -> Result<(Transcript, Vec<Value>)> {
    let mut spoken = Transcript::new(label(purpose));
    let mut challenges = Vec::new();
    for step in steps {
        let step = Input(step);
        if let Ok(named) = step.text("challenge") {
            challenges.push(of_scalar(&spoken.challenge(label(named))));
        } else if let Ok(number) = step.number("number") {
            spoken.append_u64(label(step.text("append")?), number);
        } else {
            spoken.append(label(step.text("append")?), &step.bytes("bytes")?);
        }
    }
    Ok((spoken, challenges))
}

/// Section 4.4.
pub fn transcript(input: &Input<'_>) -> Judged {
    let (_, challenges) = spoken(input.text("purpose")?, input.list("steps")?)?;
    Ok(Ok(json!({ "challenges": challenges })))
}

/// Section 4.5, as who signs.
pub fn sign(input: &Input<'_>) -> Judged {
    let key = SigningKey::from_seed(input.array("seed")?);
    let signature = key.sign(input.text("purpose")?, &parts(&input.byte_strings("parts")?));
    let public = key.verifying_key();
    Ok(Ok(json!({
        "key": hexed(public.0),
        "fingerprint": hexed(public.fingerprint().0),
        "signature": hexed(signature.0),
    })))
}

/// Section 4.5, as who verifies.
pub fn verify_signature(input: &Input<'_>) -> Judged {
    let (key, signature) = (VerifyingKey(input.array("key")?), Signature(input.array("signature")?));
    let from = input.byte_strings("parts")?;
    refuse_unless!(key.verify(input.text("purpose")?, &parts(&from), &signature));
    Ok(Ok(json!({})))
}

/// Ed25519 alone.
pub fn verify_ed25519(input: &Input<'_>) -> Judged {
    let (key, signature) = (VerifyingKey(input.array("key")?), Signature(input.array("signature")?));
    refuse_unless!(key.verify_bytes(&input.bytes("message")?, &signature));
    Ok(Ok(json!({})))
}

/// Section 5.
pub fn bases(input: &Input<'_>) -> Judged {
    let side = match input.text("letter")? {
        "M" => return Ok(Ok(json!({ "points": [of_point(&message_base())] }))),
        "B" => return Ok(Ok(json!({ "points": [of_point(&Point::BASE)] }))),
        "G" => VectorSide::G,
        "H" => VectorSide::H,
        other => bail!("there are no bases {other:?}"),
    };
    let (value, count) = (input.small::<usize>("value")?, input.small::<usize>("count")?);
    let all = vector_bases(side, count, value + 1);
    let own = all.get(value * count..).context("bases of the value")?;
    Ok(Ok(json!({ "points": own.iter().map(of_point).collect::<Vec<_>>() })))
}

/// Section 6.
pub fn encrypt(input: &Input<'_>) -> Judged {
    let key = refuse_unless!(input.point("K")?.decode());
    let key = refuse_unless!(ElectionKey::new(key));
    let r = refuse_unless!(Scalar::decode(&input.array("r")?));
    let ciphertext = key.encrypt(input.number("x")?, &r);
    Ok(Ok(json!({ "D": of_point(&ciphertext.d), "C": of_point(&ciphertext.c) })))
}

/// Section 6: sums of weighted ciphertexts.
pub fn weighted_sum(input: &Input<'_>) -> Judged {
    let mut sum = Ciphertext::zero();
    for term in input.items("terms")? {
        let ciphertext = refuse_unless!(term.ciphertext()?.decode_fresh());
        sum += ciphertext.weighted(term.small("weight")?);
    }
    Ok(Ok(json!({ "D": of_point(&sum.d), "C": of_point(&sum.c) })))
}

/// Section 11.10.
pub fn equal_logarithms(input: &Input<'_>) -> Judged {
    let (mut spoken, _) = spoken(input.text("purpose")?, input.list("steps")?)?;
    let v = refuse_unless!(input.point("V")?.decode());
    let mut pairs = Vec::new();
    for pair in input.items("pairs")? {
        pairs.push((refuse_unless!(pair.point("P")?.decode()), refuse_unless!(pair.point("S")?.decode())));
    }
    let proof: DleqProof = refuse_unless!(codec::decode(&bytes(&json!(format!(
        "{}{}{}",
        input.text("T1")?,
        input.text("T2")?,
        input.text("z")?
    )))?));
    refuse_unless!(proof.verify(&mut spoken, &DleqStatement { v, pairs: &pairs }));
    Ok(Ok(json!({})))
}

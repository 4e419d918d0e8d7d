//! Section 11 without the log, and section 14.5.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tabella_crypto::codec;
use tabella_crypto::group::{Point, Scalar};
use tabella_crypto::signature::VerifyingKey;
use tabella_crypto::threshold::dkg::{
    CeremonyError, Commitments, VerifiedCommitments, commitment_hash, verify_commitments,
};
use tabella_crypto::threshold::keys::{KeySet, combine};
use tabella_crypto::threshold::polynomial::{Polynomial, lagrange_at_zero};
use tabella_crypto::threshold::sealing::{EncryptionKey, SealedShare};
use tabella_crypto::threshold::shares::{RevealedShare, check_revealed_share, open_share as open};
use tabella_crypto::threshold::test_decryption::TestDecryption;
use tabella_crypto::threshold::trustee::{CeremonyParameters, TrusteeIndex, TrusteeKeys, TrusteeSecret};
use tabella_crypto::transcript::hash_to_point;

use super::{Input, Judged, Refused, hexed, of_point, of_scalar};
use crate::refuse_unless;

fn keys(input: &Input<'_>) -> Result<Vec<TrusteeKeys>> {
    let one = |keys: &Input<'_>| {
        let (signing, encryption) = (keys.array("signing")?, keys.array("encryption")?);
        Ok(TrusteeKeys { signing: VerifyingKey(signing), encryption: EncryptionKey(encryption) })
    };
    input.items("keys")?.iter().map(one).collect()
}

type Parameters = std::result::Result<CeremonyParameters, Refused>;

/// Section 11.3, from the fields that all operations here have.
fn read_parameters(input: &Input<'_>) -> Result<Parameters> {
    let (election, attempt, threshold) =
        (input.digest("election")?, input.small("attempt")?, input.small("threshold")?);
    Ok(CeremonyParameters::new(&election, attempt, keys(input)?, threshold).map_err(|_| Refused(Some("3.1"))))
}

macro_rules! parameters {
    ($input:expr) => {
        match read_parameters($input)? {
            Ok(parameters) => parameters,
            Err(refused) => return Ok(Err(refused)),
        }
    };
}

fn index(number: u64) -> Result<TrusteeIndex> {
    u8::try_from(number).ok().and_then(TrusteeIndex::new).context("a trustee's number")
}

/// Section 11.11.
pub fn trustee_keys(input: &Input<'_>) -> Judged {
    let keys = TrusteeSecret::from_seed(&input.array("seed")?).keys();
    Ok(Ok(json!({
        "signing": hexed(keys.signing.0),
        "encryption": hexed(keys.encryption.0),
        "fingerprint": hexed(keys.fingerprint().0),
    })))
}

/// Sections 11.2 and 11.3.
pub fn parameters(input: &Input<'_>) -> Judged {
    Ok(Ok(json!({ "P": hexed(parameters!(input).digest().0) })))
}

/// Sections 11.4 and 11.11.
pub fn polynomial(input: &Input<'_>) -> Judged {
    let parameters = parameters!(input);
    let secret = TrusteeSecret::from_seed(&input.array("seed")?);
    let polynomial = Polynomial::derive(&parameters, &secret)?;
    let points = polynomial.commitments();
    let hash = commitment_hash(&parameters, polynomial.dealer(), &points);
    let points: Vec<Value> = points.iter().map(of_point).collect();
    Ok(Ok(json!({ "dealer": polynomial.dealer().number(), "points": points, "H": hexed(hash.0) })))
}

fn check(error: CeremonyError) -> Refused {
    Refused(Some(match error {
        CeremonyError::Announcement(_) => "3.4",
        CeremonyError::CommitmentCount { .. }
        | CeremonyError::ZeroCommitment(_)
        | CeremonyError::Possession(_) => "3.5",
        CeremonyError::SealedCount(_) => "3.6",
        CeremonyError::Share { .. } => "3.7",
        CeremonyError::ZeroKey | CeremonyError::ZeroVerificationKey(_) => "3.9",
        _ => return Refused(None),
    }))
}

/// A dealer's message of round 3, with the hash that was announced.
fn read_commitments(
    parameters: &CeremonyParameters,
    input: &Input<'_>,
) -> Result<std::result::Result<VerifiedCommitments, Refused>> {
    let message = input.bytes("message")?;
    let commitments: Commitments = refuse_unless!(codec::decode(&message), "1.5");
    let (dealer, announced) = (index(input.number("dealer")?)?, input.digest("H")?);
    Ok(verify_commitments(parameters, dealer, &announced, &commitments).map_err(check))
}

/// Sections 11.4 and 11.5.
pub fn commitments(input: &Input<'_>) -> Judged {
    let parameters = parameters!(input);
    Ok(read_commitments(&parameters, input)?.map(|_| json!({})))
}

/// Section 11.6, as the receiver.
pub fn open_share(input: &Input<'_>) -> Judged {
    let parameters = parameters!(input);
    let dealer = match read_commitments(&parameters, &input.inner("dealer")?)? {
        Ok(dealer) => dealer,
        Err(refused) => return Ok(Err(refused)),
    };
    let receiver = TrusteeSecret::from_seed(&input.array("seed")?);
    let sealed = SealedShare { kem: input.array("kem")?, ciphertext: input.array("ciphertext")? };
    let share = refuse_unless!(open(&parameters, &receiver, &dealer, &sealed));
    Ok(Ok(json!({ "receiver": share.receiver().number() })))
}

/// Section 11.7.
pub fn answer(input: &Input<'_>) -> Judged {
    let parameters = parameters!(input);
    let dealer = match read_commitments(&parameters, &input.inner("dealer")?)? {
        Ok(dealer) => dealer,
        Err(refused) => return Ok(Err(refused)),
    };
    let value = refuse_unless!(Scalar::decode(&input.array("share")?), "1.5");
    let answer =
        RevealedShare { dealer: dealer.dealer(), receiver: index(input.number("receiver")?)?, value };
    Ok(check_revealed_share(&parameters, &dealer, &answer).map(|_| json!({})).map_err(check))
}

/// Section 11.8, from everything that was said.
fn key_set(input: &Input<'_>) -> Result<std::result::Result<KeySet, Refused>> {
    let parameters = match read_parameters(input)? {
        Ok(parameters) => parameters,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut dealers = Vec::new();
    for dealer in input.items("dealers")? {
        match read_commitments(&parameters, &dealer)? {
            Ok(dealer) => dealers.push(dealer),
            Err(refused) => return Ok(Err(refused)),
        }
    }
    let mut sealed: Vec<Vec<SealedShare>> = Vec::new();
    for shares in input.byte_strings("sealed")? {
        sealed.push(refuse_unless!(codec::decode(&shares), "1.5"));
    }
    let mut answers = Vec::new();
    for answer in input.items("answers")? {
        let (dealer, receiver) = (index(answer.number("dealer")?)?, index(answer.number("receiver")?)?);
        let value = refuse_unless!(Scalar::decode(&answer.array("share")?), "1.5");
        answers.push(RevealedShare { dealer, receiver, value });
    }
    Ok(combine(&parameters, &dealers, &sealed, &answers).map_err(check))
}

/// Section 11.8.
pub fn joint_key(input: &Input<'_>) -> Judged {
    Ok(key_set(input)?.map(|keys| {
        let verification_keys: Vec<Value> = keys.verification_keys().iter().map(of_point).collect();
        json!({
            "K": hexed(keys.key().encoded().0),
            "V": verification_keys,
            "X": hexed(keys.transcript_hash().0),
        })
    }))
}

/// Section 11.9, on the key set of `joint-key`.
pub fn test_decryption(input: &Input<'_>) -> Judged {
    let keys = match key_set(&input.inner("ceremony")?)? {
        Ok(keys) => keys,
        Err(refused) => return Ok(Err(refused)),
    };
    let trustee = index(input.number("trustee")?)?;
    let test: TestDecryption = refuse_unless!(codec::decode(&input.bytes("message")?), "1.5");
    refuse_unless!(test.verify(&keys, trustee), "3.10");
    let (election, x) = (keys.parameters().election(), keys.transcript_hash());
    let base: Point = hash_to_point("test decryption", &[&election.0, &x.0, &[trustee.number()]]);
    Ok(Ok(json!({ "P": of_point(&base) })))
}

/// Section 14.5: the coefficients of Lagrange.
pub fn lagrange(input: &Input<'_>) -> Judged {
    let trustees = input.numbers("trustees")?.into_iter().map(index).collect::<Result<Vec<_>>>()?;
    Ok(match lagrange_at_zero(&trustees) {
        Some(factors) => Ok(json!({ "factors": factors.iter().map(of_scalar).collect::<Vec<_>>() })),
        None => Err(Refused(None)),
    })
}

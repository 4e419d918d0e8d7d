//! Making ballots: entries are encrypted and proven; and a tested ballot is opened. Specification: "Ballot".

use std::sync::{Arc, OnceLock};

use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::{Ballot, BallotSeed, EncryptError, Opening, OpeningError, TrackingCode};
use crate::credential::{Credential, CredentialSecret};
use crate::elgamal::{ElectionKey, EncodedCiphertext};
use crate::generators::{VectorSide, vector_bases};
use crate::group::Scalar;
use crate::manifest::CheckedManifest;
use crate::proofs::batch::SharedBases;
use crate::proofs::linear::{self, Witness};
use crate::proofs::range::{self, ProverBases};
use crate::rules::StyleRules;
use crate::transcript::{KeyDerivation, Transcript};

/// What a ballot is made and checked against: manifest, key, and the bases that its proofs use.
#[derive(Clone)]
pub struct BallotContext {
    pub(super) manifest: Arc<CheckedManifest>,
    key: ElectionKey,
    pub(super) shared: Arc<SharedBases>,
    /// What the transcripts of all ballots begin with: election and key.
    opening: Transcript,
    provers: Arc<Vec<OnceLock<ProverBases>>>,
}

impl BallotContext {
    /// Derives the bases for the manifest's widest style: milliseconds to a second.
    pub fn new(manifest: Arc<CheckedManifest>, key: ElectionKey) -> Self {
        let stride = manifest.styles().iter().map(|style| style.bits as usize).max().unwrap_or(8);
        let values = manifest.styles().iter().map(StyleRules::padded_ranges).max().unwrap_or(1);
        let g = vector_bases(VectorSide::G, stride, values);
        let h = vector_bases(VectorSide::H, stride, values);
        let provers = manifest.styles().iter().map(|_| OnceLock::new()).collect();
        let shared = Arc::new(SharedBases::new(key.point(), stride, g, h));
        let mut opening = Transcript::new("ballot");
        opening.append("election", manifest.id().as_bytes());
        opening.append_point("K", &key.encoded());
        Self { manifest, key, shared, opening, provers: Arc::new(provers) }
    }

    /// The manifest.
    pub fn manifest(&self) -> &Arc<CheckedManifest> {
        &self.manifest
    }

    /// The election key.
    pub fn key(&self) -> &ElectionKey {
        &self.key
    }

    /// Step 1 of the proof: everything that the ballot says, before any challenge.
    pub(super) fn transcript(&self, ballot: &BallotHead, ciphertexts: &[EncodedCiphertext]) -> Transcript {
        let mut transcript = self.opening.clone();
        transcript.append_point("U", &ballot.credential.0);
        transcript.append_u64("style", u64::from(ballot.style));
        transcript.append_u64("counter", u64::from(ballot.counter));
        transcript.append("previous", previous_bytes(ballot.previous.as_ref()));
        transcript.append_u64("ciphertexts", ciphertexts.len() as u64);
        for ciphertext in ciphertexts {
            transcript.append_point("D", &ciphertext.d);
        }
        for ciphertext in ciphertexts {
            transcript.append_point("C", &ciphertext.c);
        }
        transcript
    }

    /// r for every entry, from the seed: HKDF over election, K, U, counter, previous code, contest and entry.
    pub(super) fn randomness(&self, head: &BallotHead, seed: &BallotSeed) -> Zeroizing<Vec<Scalar>> {
        let derivation = KeyDerivation::new("ballot randomness", seed.0.expose());
        // of its final size, so that no copy is left behind when it grows
        let mut scalars =
            Vec::with_capacity(self.manifest.style(head.style).map_or(0, |rules| rules.entries));
        for (index, contest) in self.manifest.contests_of(head.style) {
            for entry in 0..contest.entries() as u32 {
                scalars.push(derivation.scalar(&[
                    self.manifest.id().as_bytes(),
                    &self.key.encoded().0,
                    &head.credential.0.0,
                    &head.counter.to_le_bytes(),
                    previous_bytes(head.previous.as_ref()),
                    &index.to_le_bytes(),
                    &entry.to_le_bytes(),
                ]));
            }
        }
        Zeroizing::new(scalars)
    }

    /// Encrypts and proves. `selections` are the entries of each contest of the style, see
    /// [`crate::rules::Method::entries`]; `previous` is the voter's ballot before, if there is one, and its
    /// counter.
    pub fn encrypt(
        &self,
        secret: &CredentialSecret,
        style: u16,
        previous: Option<(u16, TrackingCode)>,
        seed: &BallotSeed,
        selections: &[Vec<u64>],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Ballot, EncryptError> {
        let rules = self.manifest.style(style).ok_or(EncryptError::Style)?;
        rules.check(selections)?;
        let values = Zeroizing::new(selections.concat());
        let counter = previous.map_or(0, |(counter, _)| counter.saturating_add(1));
        let head = BallotHead {
            credential: secret.public(),
            style,
            counter,
            previous: previous.map(|(_, code)| code),
        };
        let randomness = self.randomness(&head, seed);
        let ciphertexts: Vec<EncodedCiphertext> = values
            .iter()
            .zip(randomness.iter())
            .map(|(value, r)| self.key.encrypt(*value, r).encode())
            .collect();

        let mut claimed = Zeroizing::new(Vec::with_capacity(rules.padded_ranges()));
        let mut blindings = Zeroizing::new(Vec::with_capacity(rules.padded_ranges()));
        for form in &rules.ranges {
            // the rules hold, so that nothing is cut off
            claimed.push(form.value(&values).ok_or(EncryptError::Proof)? as u64);
            blindings.push(linear::combine_scalars(form, &randomness));
        }
        claimed.resize(rules.padded_ranges(), 0);
        blindings.resize(rules.padded_ranges(), Scalar::ZERO);

        let mut transcript = self.transcript(&head, &ciphertexts);
        let bases = self
            .provers
            .get(usize::from(style))
            .ok_or(EncryptError::Style)?
            .get_or_init(|| ProverBases::new(rules.bits, rules.padded_ranges()));
        let u = Zeroizing::new(secret.expose().encode());
        let range = range::prove(
            &mut transcript,
            bases,
            &self.key,
            (&claimed, &blindings),
            &[&u[..], &seed.0.expose()[..]],
            rng,
        )
        .map_err(|_| EncryptError::Proof)?;
        range.absorb_last_scalars(&mut transcript);
        let witness = Witness { values: &values, randomness: &randomness, credential: secret.expose() };
        let linear = linear::prove(&mut transcript, &self.key, rules, &witness, rng);
        let BallotHead { credential, style, counter, previous } = head;
        Ok(Ballot { credential, style, counter, previous, ciphertexts, range, linear })
    }

    /// Recomputes a tested ballot's ciphertexts from its opening; returns the selections that it held.
    pub fn check_opening(&self, ballot: &Ballot, opening: &Opening) -> Result<Vec<Vec<u64>>, OpeningError> {
        let rules = self.manifest.style(ballot.style).ok_or(OpeningError::Style)?;
        let selections: Vec<Vec<u64>> = opening
            .selections
            .iter()
            .map(|contest| contest.iter().map(|e| u64::from(*e)).collect())
            .collect();
        rules.check(&selections)?;
        let head = BallotHead {
            credential: ballot.credential,
            style: ballot.style,
            counter: ballot.counter,
            previous: ballot.previous,
        };
        let randomness = self.randomness(&head, &BallotSeed::from_bytes(opening.seed));
        let same = selections
            .concat()
            .iter()
            .zip(randomness.iter())
            .map(|(value, r)| self.key.encrypt(*value, r).encode())
            .eq(ballot.ciphertexts.iter().copied());
        if same { Ok(selections) } else { Err(OpeningError::Mismatch) }
    }
}

/// What stands before the ciphertexts.
pub(super) struct BallotHead {
    pub(super) credential: Credential,
    pub(super) style: u16,
    pub(super) counter: u16,
    pub(super) previous: Option<TrackingCode>,
}

fn previous_bytes(previous: Option<&TrackingCode>) -> &[u8] {
    previous.map_or(&[], |code| &code.0.0)
}

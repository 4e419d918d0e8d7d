//! The prover: one voter's ballots, from choices to signed entries, and what was in a tested one.
//!
//! Code, choices and seed are erased as soon as they are not needed, a request's bytes as soon as it is read; what
//! else the browser held of them goes when the page ends the worker.

use rand_core::OsRng;
use zeroize::Zeroizing;

use tabella_board_core::entry::Entry;
use tabella_crypto::ballot::{BallotContext, TrackingCode};
use tabella_crypto::credential::{CredentialCode, CredentialSecret};
use tabella_crypto::elgamal::ElectionKey;
use tabella_crypto::group::EncodedPoint;
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_crypto::rules::StyleRules;
use tabella_crypto::transcript::Digest;
use tabella_tally::ballot_box::{
    ExamineError, PublishError, SealedBallot, Selections, TestOpening, examine, publish, seal,
};
use tabella_web_shared::prover::{DecidedCard, ExaminedCard, Purpose, Request, SealedCard};
use tabella_web_shared::wire::encode;
use tabella_web_shared::{Stage, Trouble};
use tabella_web_worker::Reply;
use tabella_web_worker::trouble::fault;

mod practice;

/// Most proven bits of the ballot that warms up: what takes a browser a quarter of a second.
const MAX_WARM_UP_BITS: usize = 1_024;

/// The prover.
#[derive(Default)]
pub(crate) struct Prover {
    context: Option<BallotContext>,
    undecided: Option<Undecided>,
}

/// A ballot about which the voter has not decided yet, and the secret that signs the decision.
struct Undecided {
    ballot: SealedBallot,
    secret: CredentialSecret,
}

impl Prover {
    /// Answers a request.
    pub(crate) fn answer(&mut self, request: Request, reply: Reply) -> Result<Vec<u8>, Trouble> {
        match request {
            Request::Prepare(purpose) => encode(&self.prepare(&purpose)?),
            Request::Seal { code, style, previous, entries } => {
                let (code, entries) = (Zeroizing::new(code), Zeroizing::new(entries));
                reply.progress(Stage::Sealing, 0, 1);
                let card = self.seal(&code, style, previous, entries)?;
                reply.progress(Stage::Sealing, 1, 1);
                encode(&card)
            }
            Request::Cast(shown) => encode(&self.cast(shown)?),
            Request::Test(shown) => encode(&self.test(shown)?),
            Request::Publish { purpose, index, entry, opening, code } => {
                let code = Zeroizing::new(code);
                encode(&self.publish(&purpose, (index, &entry), &opening, &code)?)
            }
            Request::Examine { purpose, entry, opening } => {
                encode(&self.examine(&purpose, &entry, &opening)?)
            }
            Request::Practice => {
                // whole and positive for ages
                let now = js_sys::Date::now() as u64;
                encode(&practice::practice(now, &mut OsRng)?)
            }
        }
    }

    fn prepare(&mut self, purpose: &Purpose) -> Result<(), Trouble> {
        self.undecided = None;
        let context = self.context_for(purpose)?;
        warm_up(&context)?;
        self.context = Some(context);
        Ok(())
    }

    fn seal(
        &mut self,
        code: &str,
        style: u16,
        previous: Option<(u16, String)>,
        mut entries: Zeroizing<Vec<Vec<u64>>>,
    ) -> Result<SealedCard, Trouble> {
        self.undecided = None;
        let context = self.context.as_ref().ok_or_else(|| fault("no election was prepared"))?;
        let selections = Selections::new(context.manifest(), style, std::mem::take(&mut *entries));
        let selections = selections.map_err(fault)?;
        let secret = secret(code, context.manifest().id())?;
        let previous =
            previous.map(|(counter, code)| Some((counter, TrackingCode(Digest::from_hex(&code)?))));
        let previous = match previous {
            Some(None) => return Err(fault("the previous tracking code is none")),
            previous => previous.flatten(),
        };
        let ballot = seal(context, &secret, previous, selections, &mut OsRng).map_err(fault)?;
        let card = SealedCard { code: ballot.tracking_code() };
        self.undecided = Some(Undecided { ballot, secret });
        Ok(card)
    }

    /// The ballot that was shown by this tracking code; any other is erased.
    fn decide(&mut self, shown: TrackingCode) -> Result<Undecided, Trouble> {
        let undecided = self.undecided.take().ok_or_else(|| fault("no ballot is sealed"))?;
        match undecided.ballot.tracking_code() == shown {
            true => Ok(undecided),
            false => Err(fault("another ballot was sealed meanwhile: seal it again")),
        }
    }

    fn cast(&mut self, shown: TrackingCode) -> Result<DecidedCard, Trouble> {
        let Undecided { ballot, secret } = self.decide(shown)?;
        let submitted = ballot.cast(&secret, &mut OsRng);
        Ok(DecidedCard { entry: Entry::Cast(submitted).encode(), opening: None })
    }

    fn test(&mut self, shown: TrackingCode) -> Result<DecidedCard, Trouble> {
        let Undecided { ballot, secret } = self.decide(shown)?;
        let (submitted, opening) = ballot.challenge(&secret, &mut OsRng);
        let opening = serde_json::to_string(&opening).map_err(fault)?;
        Ok(DecidedCard { entry: Entry::Challenge(submitted).encode(), opening: Some(opening) })
    }

    fn publish(
        &self,
        purpose: &Purpose,
        entry: (u64, &[u8]),
        opening: &str,
        code: &str,
    ) -> Result<DecidedCard, Trouble> {
        let context = self.context_for(purpose)?;
        let opening = read_opening(opening)?;
        let secret = secret(code, context.manifest().id())?;
        let published =
            publish(&context, entry, &opening, &secret, &mut OsRng).map_err(|error| match error {
                PublishError::Examine(error) => trouble(&error),
                PublishError::NotOwn => Trouble::UnknownCode,
            })?;
        Ok(DecidedCard { entry: Entry::Opening(published).encode(), opening: None })
    }

    fn examine(&self, purpose: &Purpose, entry: &[u8], opening: &str) -> Result<ExaminedCard, Trouble> {
        let context = self.context_for(purpose)?;
        let opening = read_opening(opening)?;
        let selections = examine(&context, entry, &opening, &mut OsRng).map_err(|error| trouble(&error))?;
        Ok(ExaminedCard { style: selections.style(), entries: selections.entries().to_vec() })
    }

    /// What ballots for this purpose are made and checked against: the one at hand if it is this.
    fn context_for(&self, purpose: &Purpose) -> Result<BallotContext, Trouble> {
        let Purpose { manifest, key } = purpose;
        let election = ElectionId::of(manifest);
        let same = |context: &&BallotContext| {
            context.manifest().id() == election && context.key().encoded().0 == key.as_slice()
        };
        if let Some(context) = self.context.as_ref().filter(same) {
            return Ok(context.clone());
        }
        let manifest = CheckedManifest::decode(manifest).map_err(fault)?;
        let key = key.as_slice().try_into().map_err(fault)?;
        let point = EncodedPoint(key).decode_nonzero().map_err(fault)?;
        Ok(BallotContext::new(manifest.into(), ElectionKey::new(point).map_err(fault)?))
    }
}

/// Makes and drops a ballot of the smallest style with nothing chosen, so that tables are there and the browser has
/// compiled the prover before a voter waits for it. Ballots that would take long warm nothing up.
fn warm_up(context: &BallotContext) -> Result<(), Trouble> {
    let manifest = context.manifest();
    let bits = |rules: &StyleRules| rules.padded_ranges() * rules.bits as usize;
    let smallest = (0..).zip(manifest.styles()).min_by_key(|(_, rules)| bits(rules));
    let Some((style, _)) = smallest.filter(|(_, rules)| bits(rules) <= MAX_WARM_UP_BITS) else {
        return Ok(());
    };
    let nothing = manifest.contests_of(style).map(|(_, contest)| {
        let mut entries = vec![0; contest.entries()];
        if let (Some(blank), true) = (entries.last_mut(), contest.blank.is_some()) {
            *blank = 1;
        }
        entries
    });
    let selections = Selections::new(manifest, style, nothing.collect()).map_err(fault)?;
    let code = CredentialCode::generate(&mut OsRng);
    let secret = CredentialSecret::from_code(&code, &manifest.id().0).map_err(fault)?;
    let ballot = seal(context, &secret, None, selections, &mut OsRng).map_err(fault)?;
    let _ = ballot.cast(&secret, &mut OsRng);
    Ok(())
}

fn secret(code: &str, election: ElectionId) -> Result<CredentialSecret, Trouble> {
    let code = CredentialCode::parse(code).map_err(|_| Trouble::UnknownCode)?;
    CredentialSecret::from_code(&code, &election.0).map_err(|_| Trouble::UnknownCode)
}

fn read_opening(text: &str) -> Result<TestOpening, Trouble> {
    serde_json::from_str(text).map_err(|error| Trouble::Input { detail: error.to_string() })
}

/// An opening of something else is not one for this ballot; everything beyond is not what the voter was shown.
fn trouble(error: &ExamineError) -> Trouble {
    let detail = error.to_string();
    match error {
        ExamineError::Election { .. } | ExamineError::Encoding(_) => Trouble::Input { detail },
        ExamineError::NotATest
        | ExamineError::Code { .. }
        | ExamineError::Ballot(_)
        | ExamineError::Opening(_) => Trouble::Dishonest { detail },
    }
}

#[cfg(test)]
mod tests;

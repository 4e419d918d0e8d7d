//! A trustee's part in the tally: what to state, when a share may be released, shares, and results.
//! Specification: "Tally".
//!
//! The state that everything here looks at is the trustee's own fold over the whole verified log, so its aggregate
//! is the trustee's own. There is one view to decrypt: with two, two honest trustees could be made to decrypt sums
//! that differ by one ballot. Hence a share leaves only when so many trustees have stated the same view that no
//! two views can both be stated; where that cannot be had, a person compares the view's fingerprint by voice.

use rand_core::{CryptoRng, RngCore};

use tabella_board_core::check::TallyRefusal;
use tabella_board_core::entry::{ContestResult, TallyView, TrusteeMessage};
use tabella_board_core::state::{ElectionState, Tally, statement_quorum};
use tabella_crypto::dlog::{BoundError, LogTable};
use tabella_crypto::manifest::CheckedManifest;
use tabella_crypto::outcome::Outcome;
use tabella_crypto::threshold::decrypt;
use tabella_crypto::threshold::dkg::CeremonyError;
use tabella_crypto::threshold::keys::KeyShare;
use tabella_crypto::threshold::trustee::TrusteeIndex;
use tabella_crypto::transcript::Digest;

/// The name of a view, which trustees read to each other: 64 hexadecimal digits in groups of four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub Digest);

impl Fingerprint {
    /// The groups of four digits.
    pub fn groups(&self) -> Vec<String> {
        let digits: Vec<char> = self.0.to_hex().chars().collect();
        digits.chunks(4).map(|group| group.iter().collect()).collect()
    }

    /// Reads a fingerprint, with or without spaces or hyphens between its groups.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        Digest::from_hex(&digits.to_ascii_lowercase()).map(Self)
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.groups().join(" "))
    }
}

/// What a trustee states: the log up to its closing, and the sum that follows from it. None before the closing.
pub fn statement(state: &ElectionState) -> Option<TallyView> {
    state.tally().map(Tally::view).copied()
}

/// The fingerprint of [`statement`]. None before the closing.
pub fn fingerprint(state: &ElectionState) -> Option<Fingerprint> {
    statement(state).map(|view| Fingerprint(view.digest(state.election())))
}

/// What speaks for the view beside the statements on the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Assurance {
    /// Witnesses of the board whose cosignatures on a checkpoint of the board log verify, where that log anchors
    /// an election log that has the closing.
    pub cosignatures: usize,
    /// The fingerprint that a person compared with the other trustees.
    pub confirmed: Option<Fingerprint>,
}

/// Why a person must compare fingerprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// Too few trustees state the view.
    #[error("{found} trustees state this view, where {quorum} would rule out a second one")]
    Quorum {
        /// Statements that stand.
        found: usize,
        /// How many are enough.
        quorum: usize,
    },
    /// No witness.
    #[error("no witness cosigned the closing, so that nobody but the board's operator vouches for this log")]
    NoWitness,
}

/// Why no share may be released. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseRefusal {
    /// Not closed.
    #[error("voting is not closed yet: tally when it is")]
    NotClosed,
    /// Own statement is missing.
    #[error("the statement of trustee {0} does not stand yet: post it first")]
    NoStatement(TrusteeIndex),
    /// Fewer statements than trustees who must decrypt.
    #[error(
        "{found} of the {threshold} trustees who are needed have stated what they saw: wait for the others; with \
         fewer than {threshold} trustees nothing can ever be decrypted"
    )]
    TooFew {
        /// Statements that stand.
        found: usize,
        /// The threshold.
        threshold: usize,
    },
    /// The manifest demands more.
    #[error(
        "{found} witnesses cosigned the closing, where the manifest demands {demanded}: wait until they have, and \
         ask the board's operator if they do not"
    )]
    Cosignatures {
        /// Cosignatures that verify.
        found: usize,
        /// Cosignatures demanded.
        demanded: usize,
    },
    /// Another fingerprint was confirmed.
    #[error(
        "the fingerprint that was confirmed is {confirmed}, but this log has {found}: two versions of the record \
         may exist. Nothing is decrypted; tell the other trustees"
    )]
    OtherFingerprint {
        /// What the person gave.
        confirmed: Fingerprint,
        /// What the log gives.
        found: Fingerprint,
    },
    /// A person must compare.
    #[error(
        "the secrecy of the votes now rests on the board alone ({}). Compare this fingerprint with the other \
         trustees by voice, then confirm it: {fingerprint}", list(.doubts)
    )]
    Unconfirmed {
        /// Why.
        doubts: Vec<Doubt>,
        /// What to compare.
        fingerprint: Fingerprint,
    },
}

fn list(doubts: &[Doubt]) -> String {
    doubts.iter().map(Doubt::to_string).collect::<Vec<_>>().join("; ")
}

/// Whether trustee `own` may release shares of the view that this log shows.
///
/// Not here: that the trustee has never set out to decrypt another view, which only the trustee's own disk knows.
pub fn may_release(
    state: &ElectionState,
    own: TrusteeIndex,
    assurance: &Assurance,
) -> Result<(), ReleaseRefusal> {
    let (Some(manifest), Some(tally), Some(found)) = (state.manifest(), state.tally(), fingerprint(state))
    else {
        return Err(ReleaseRefusal::NotClosed);
    };
    if let Some(confirmed) = assurance.confirmed.filter(|confirmed| *confirmed != found) {
        return Err(ReleaseRefusal::OtherFingerprint { confirmed, found });
    }
    if !tally.statements().contains(&own) {
        return Err(ReleaseRefusal::NoStatement(own));
    }
    // the log takes no statement about another view than its own
    let statements = tally.statements().len();
    let (trustees, threshold) = (manifest.trustees.len(), usize::from(manifest.threshold));
    if statements < threshold {
        return Err(ReleaseRefusal::TooFew { found: statements, threshold });
    }
    let demanded = usize::from(manifest.cosignatures);
    if assurance.cosignatures < demanded {
        return Err(ReleaseRefusal::Cosignatures { found: assurance.cosignatures, demanded });
    }
    let quorum = statement_quorum(trustees, threshold);
    let mut doubts = Vec::new();
    if statements < quorum {
        doubts.push(Doubt::Quorum { found: statements, quorum });
    }
    if assurance.cosignatures == 0 {
        doubts.push(Doubt::NoWitness);
    }
    if doubts.is_empty() || assurance.confirmed.is_some() {
        Ok(())
    } else {
        Err(ReleaseRefusal::Unconfirmed { doubts, fingerprint: found })
    }
}

/// Why shares or results cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TallyError {
    /// Not closed.
    #[error("voting is not closed yet: tally when it is")]
    NotClosed,
    /// The contest is not one to decrypt.
    #[error(transparent)]
    Contest(#[from] TallyRefusal),
    /// The share is not one of the election's key.
    #[error(transparent)]
    Share(#[from] CeremonyError),
    /// The manifest was checked against this bound.
    #[error(transparent)]
    Bound(#[from] BoundError),
    /// A ballot whose proofs verify cannot bring this about.
    #[error(
        "contest {contest}: total {entry} is none that the ballots can add up to; tell the other trustees"
    )]
    Total {
        /// The contest.
        contest: u16,
        /// The entry, from 0.
        entry: usize,
    },
}

/// Contests that wait for shares of trustee `own`: not withheld, without result, without a share of this trustee.
pub fn contests_due(state: &ElectionState, own: TrusteeIndex) -> Vec<u16> {
    let Some(tally) = state.tally() else { return Vec::new() };
    let stands = |contest| tally.shares(contest).is_some_and(|shares| shares.contains_key(&own));
    tally.decrypted().filter(|contest| tally.result(*contest).is_none() && !stands(*contest)).collect()
}

/// A trustee's shares of one contest's aggregate, the one of this log. Whoever calls has asked [`may_release`].
pub fn decrypt(
    state: &ElectionState,
    share: &KeyShare,
    contest: u16,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<TrusteeMessage, TallyError> {
    let tally = state.tally().ok_or(TallyError::NotClosed)?;
    let unfit = if tally.withheld().contains(&contest) {
        TallyRefusal::Withheld(contest)
    } else {
        TallyRefusal::Contest(contest)
    };
    let context = tally.context(contest).ok_or(unfit)?;
    Ok(TrusteeMessage::Decryption { contest, shares: decrypt::decrypt(&context, share, rng)? })
}

/// The results that can be computed and do not stand: of each contest that t trustees have decrypted.
pub fn results(state: &ElectionState) -> Result<Vec<ContestResult>, TallyError> {
    let (Some(manifest), Some(tally)) = (state.manifest(), state.tally()) else {
        return Err(TallyError::NotClosed);
    };
    let threshold = usize::from(manifest.threshold);
    let ready = |contest: &u16| {
        tally.result(*contest).is_none() && tally.shares(*contest).is_some_and(|s| s.len() >= threshold)
    };
    let ready: Vec<u16> = tally.decrypted().filter(ready).collect();
    // the table of the largest bound serves every contest
    let Some(bound) = ready.iter().map(|contest| largest_total(manifest, tally, *contest)).max() else {
        return Ok(Vec::new());
    };
    let table = LogTable::new(bound)?;
    ready.into_iter().map(|contest| result(manifest, tally, &table, contest)).collect()
}

/// The most that any entry of a contest can add up to.
fn largest_total(manifest: &CheckedManifest, tally: &Tally, contest: u16) -> u64 {
    let rules = manifest
        .contests
        .get(usize::from(contest))
        .and_then(|contest| contest.method.compile(contest.options.len(), contest.blank.is_some()).ok());
    let weight = tally.weights(contest).map_or(0, |weights| weights.counted);
    rules.map_or(0, |rules| rules.largest_entry.saturating_mul(weight))
}

fn result(
    manifest: &CheckedManifest,
    tally: &Tally,
    table: &LogTable,
    contest: u16,
) -> Result<ContestResult, TallyError> {
    let unknown = || TallyRefusal::Contest(contest);
    let shares = tally.shares(contest).ok_or_else(unknown)?;
    let trustees: Vec<TrusteeIndex> = shares.keys().copied().take(usize::from(manifest.threshold)).collect();
    let points = tally.combine(contest, &trustees)?;
    let totals = points
        .iter()
        .enumerate()
        .map(|(entry, point)| table.solve(point).ok_or(TallyError::Total { contest, entry }))
        .collect::<Result<Vec<u64>, _>>()?;
    let description = manifest.contests.get(usize::from(contest)).ok_or_else(unknown)?;
    let weights = tally.weights(contest).ok_or_else(unknown)?;
    let outcome = Outcome::compute(description, &totals, weights);
    let trustees = trustees.into_iter().map(TrusteeIndex::number).collect();
    Ok(ContestResult { contest, trustees, totals, outcome })
}

#[cfg(test)]
mod tests;

//! An election as a fold over its log: the same in board, verifier, trustee's tool and clients.
//! Specification: "Election log".
//!
//! [`ElectionState::apply`] takes one entry after the other and accepts what the rules accept. The phases run
//! themselves: [`ElectionState::due`] is a pure function of the state, and while it gives an entry, nothing else
//! can stand next. Time is that of the last block.
//!
//! In the order of events: [`ceremony`], [`roll`], [`voting`](check_ballots), [`tally`].

use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use tabella_crypto::ballot::{AuthenticBallot, BallotContext, VerifiedBallot};
use tabella_crypto::codec::{CodecError, MAX_ENTRY_LENGTH};
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_crypto::merkle::{Frontier, leaf_hash};
use tabella_crypto::transcript::Digest;

use crate::check::{
    AdministratorRefusal, BallotRefusal, CeremonyRefusal, ClosingRefusal, LogRefusal, ManifestRefusal,
    OpeningRefusal, Refusal, RollRefusal, TallyRefusal,
};
use crate::entry::{
    ACT_VALIDITY, AdministratorAct, AdministratorEntry, Block, Closed, Entry, ManifestPart, Opened,
    TrusteeEntry, TrusteeMessage, Withheld,
};

pub mod ceremony;
mod checked;
mod manifest;
mod points;
pub mod roll;
pub mod shared;
pub mod tally;
#[cfg(test)]
mod tests;
mod totals;
mod trial;
mod voting;

pub use ceremony::{Ceremony, Complaint, Progress};
pub use checked::{CheckedEntry, check_ballots};
pub use points::{FirstPoint, PointPrefix, point_prefix};
pub use roll::{Roll, VoterState};
pub use tally::{Tally, statement_quorum};
pub use trial::TrialBlock;

use ceremony::attempt::AttemptMessage;
use manifest::PartialManifest;
use voting::Voting;

/// Where an election is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub enum Phase {
    /// The manifest is not complete.
    Manifest,
    /// Key ceremony and roll.
    Setup,
    /// Voting.
    Open,
    /// The tally.
    Closed,
    /// Every contest has its result or is withheld.
    Counted,
}

/// Earlier entries of the same log, read back to subtract a replaced ballot and to check an opening.
pub trait EntrySource {
    /// The bytes of an entry, if it stands.
    fn entry(&self, index: u64) -> Option<Vec<u8>>;
}

impl EntrySource for Vec<Vec<u8>> {
    fn entry(&self, index: u64) -> Option<Vec<u8>> {
        self.get(usize::try_from(index).ok()?).cloned()
    }
}

/// An election, as far as its log goes.
///
/// Memory does not grow with ballots but by 16 bytes for each of their ciphertexts, and not by these if they are handed
/// out ([`shared`]).
#[derive(Clone)]
pub struct ElectionState {
    election: ElectionId,
    tree: Frontier,
    /// Height of the next block.
    height: u64,
    time: u64,
    /// The manifest's parts so far, until it is complete.
    parts: PartialManifest,
    manifest: Option<Arc<CheckedManifest>>,
    ceremony: Ceremony,
    roll: Roll,
    /// The administrator opened or closed voting before its time.
    open_early: bool,
    close_early: bool,
    /// Somebody else compares the D of ballots.
    points_handed_out: bool,
    /// From the opening on.
    voting: Option<Voting>,
    /// From the closing on.
    tally: Option<Tally>,
    /// The log's time when Open and Close were accepted.
    opening_time: Option<u64>,
    closing_time: Option<u64>,
}

impl ElectionState {
    /// An election of which nothing but the name is known.
    pub fn new(election: ElectionId) -> Self {
        Self {
            election,
            tree: Frontier::new(),
            height: 0,
            time: 0,
            parts: PartialManifest::default(),
            manifest: None,
            ceremony: Ceremony::default(),
            roll: Roll::default(),
            open_early: false,
            close_early: false,
            points_handed_out: false,
            voting: None,
            tally: None,
            opening_time: None,
            closing_time: None,
        }
    }

    /// The election.
    pub fn election(&self) -> ElectionId {
        self.election
    }

    /// Where the election is.
    pub fn phase(&self) -> Phase {
        match (&self.manifest, &self.voting, &self.tally) {
            (None, _, _) => Phase::Manifest,
            (Some(_), None, None) => Phase::Setup,
            (Some(_), Some(_), None) => Phase::Open,
            (Some(_), _, Some(tally)) if tally.is_complete() => Phase::Counted,
            (Some(_), _, Some(_)) => Phase::Closed,
        }
    }

    /// Entries on the log.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Root of the log's tree.
    pub fn root(&self) -> Digest {
        self.tree.root()
    }

    /// Time of the last block: milliseconds since 1970-01-01 UTC.
    pub fn time(&self) -> u64 {
        self.time
    }

    /// The manifest, once it is complete.
    pub fn manifest(&self) -> Option<&Arc<CheckedManifest>> {
        self.manifest.as_ref()
    }

    /// What ballots are made and checked against, from the opening on.
    pub fn ballot_context(&self) -> Option<&Arc<BallotContext>> {
        self.voting.as_ref().map(Voting::context)
    }

    /// The key ceremony.
    pub fn ceremony(&self) -> &Ceremony {
        &self.ceremony
    }

    /// The roll.
    pub fn roll(&self) -> &Roll {
        &self.roll
    }

    /// The tally, from the closing on.
    pub fn tally(&self) -> Option<&Tally> {
        self.tally.as_ref()
    }

    /// When voting opened: time of the block under which Open stands, milliseconds since 1970-01-01 UTC.
    pub fn opening_time(&self) -> Option<u64> {
        self.opening_time
    }

    /// When voting closed, likewise of Close; also of an election that never opened.
    pub fn closing_time(&self) -> Option<u64> {
        self.closing_time
    }

    /// A voter on the roll.
    pub fn voter(&self, credential: &Credential) -> Option<&VoterState> {
        self.roll.voter(credential)
    }

    /// Refuses the bytes of a trustee's message that its trustee did not sign, before they are decoded: a board asks, so
    /// that a stranger's long message costs one signature. Other entries pass.
    pub fn check_sender(&self, bytes: &[u8]) -> Result<(), CeremonyRefusal> {
        match &self.manifest {
            Some(manifest) => self.ceremony.authenticate_bytes(manifest, bytes),
            None => Ok(()),
        }
    }

    /// All that the log so far has against a ballot, whatever its proofs: a board asks before it spends time on them.
    /// What passes can still be refused by [`ElectionState::apply`], if something else is appended in between.
    pub fn check_ballot(&self, ballot: &AuthenticBallot) -> Result<(), BallotRefusal> {
        match (&self.voting, &self.tally) {
            (None, None) => Err(BallotRefusal::NotOpen),
            (_, Some(_)) => Err(BallotRefusal::Closed),
            (Some(voting), None) => voting.check(&self.roll, ballot),
        }
    }

    /// Ballots so far.
    pub fn counts(&self) -> Closed {
        let none = Closed { counted: 0, cast: 0, challenged: 0 };
        self.voting.as_ref().map_or(none, Voting::counts)
    }

    /// The next block at this time in milliseconds, or at the last block's time if the clock ran back.
    pub fn next_block(&self, now_ms: u64) -> Block {
        Block { height: self.height, time: self.time.max(now_ms), root_before: self.root() }
    }

    /// The automatic entry that must stand next, if one is due: CeremonyRestart, Open, Close or Withheld.
    pub fn due(&self) -> Option<Entry> {
        self.due_by(self.time)
    }

    /// Whether a block at this time would make something due.
    pub fn due_at(&self, now_ms: u64) -> bool {
        self.due_by(self.time.max(now_ms)).is_some()
    }

    fn due_by(&self, time: u64) -> Option<Entry> {
        let manifest = self.manifest.as_ref()?;
        if let Some(tally) = &self.tally {
            return tally.next_withheld().map(|contest| Entry::Withheld(Withheld { contest }));
        }
        if time >= manifest.closes || self.close_early {
            return Some(Entry::Close(self.counts()));
        }
        if self.voting.is_some() {
            return None;
        }
        if let Some(restart) = self.ceremony.due(time) {
            return Some(Entry::CeremonyRestart(restart));
        }
        if time >= manifest.opens || self.open_early { self.opened().map(Entry::Open) } else { None }
    }

    /// What voting opens with, once ceremony and roll are complete.
    fn opened(&self) -> Option<Opened> {
        let complete = self.ceremony.is_complete() && self.roll.is_complete();
        let key_set = self.ceremony.key_set().filter(|_| complete)?;
        Some(Opened {
            key: key_set.key().encoded(),
            ceremony: *key_set.transcript_hash(),
            roll: self.roll.digest(),
            voters: self.roll.len() as u64,
            weight: self.roll.weight(),
        })
    }

    /// Appends an entry, whose bytes these are. On an error the state is unchanged.
    ///
    /// `source` gives earlier entries of this log. A ballot that is read back is checked against its tracking
    /// code; a tested ballot that is opened is taken as the source gives it.
    pub fn apply(
        &mut self,
        bytes: &[u8],
        entry: CheckedEntry,
        source: &dyn EntrySource,
    ) -> Result<(), Refusal> {
        if bytes.len() > MAX_ENTRY_LENGTH {
            let error = CodecError::TooLong { length: bytes.len(), bound: MAX_ENTRY_LENGTH };
            return Err(LogRefusal::Encoding(error).into());
        }
        if !entry.has_bytes(self.election, bytes) {
            return Err(LogRefusal::Bytes.into());
        }
        let leaf = leaf_hash(bytes);
        match (entry, self.due()) {
            (CheckedEntry::Ballot(_), Some(due)) => return Err(Refusal::Due(Box::new(due))),
            (CheckedEntry::Ballot(ballot), None) => self.apply_ballot(&ballot, source)?,
            (CheckedEntry::Other(entry), Some(due)) => self.apply_due(due, entry, leaf)?,
            (CheckedEntry::Other(entry), None) => self.apply_other(*entry, bytes, source)?,
        }
        self.tree.push(leaf);
        Ok(())
    }

    /// Takes exactly the automatic entry that is due.
    fn apply_due(&mut self, due: Entry, found: Box<Entry>, leaf: Digest) -> Result<(), Refusal> {
        if due != *found {
            let same_kind = std::mem::discriminant(&due) == std::mem::discriminant(&*found);
            return Err(if same_kind { Refusal::Content(found) } else { Refusal::Due(Box::new(due)) });
        }
        let manifest = self.manifest.as_ref().ok_or(ManifestRefusal::Incomplete)?;
        match due {
            Entry::CeremonyRestart(restart) => self.ceremony.restart(manifest, restart)?,
            Entry::Open(_) => {
                let key_set = self.ceremony.key_set().ok_or(OpeningRefusal::Setup)?;
                let context = BallotContext::new(manifest.clone(), key_set.key().clone());
                self.voting = Some(Voting::new(context, self.new_points()));
                self.opening_time = Some(self.time);
            }
            Entry::Close(_) => {
                let mut closed = self.tree.clone();
                closed.push(leaf);
                let key_set = self.ceremony.key_set().cloned();
                let at = (closed.size(), closed.root());
                self.tally = Some(Tally::new(manifest, key_set, self.voting.as_ref(), &self.roll, at));
                self.closing_time = Some(self.time);
            }
            Entry::Withheld(_) => {
                if let Some(tally) = &mut self.tally {
                    tally.announce_withheld();
                }
            }
            _ => return Err(Refusal::NotDue(found)),
        }
        Ok(())
    }

    fn apply_other(&mut self, entry: Entry, bytes: &[u8], source: &dyn EntrySource) -> Result<(), Refusal> {
        if self.size() == 0 && !matches!(entry, Entry::Block(_)) {
            return Err(LogRefusal::FirstBlock.into());
        }
        let Some(manifest) = self.manifest.clone() else {
            return match entry {
                Entry::Block(block) if self.size() == 0 => Ok(self.apply_block(&block)?),
                Entry::Manifest(part) => Ok(self.apply_manifest(&part)?),
                _ => Err(ManifestRefusal::Incomplete.into()),
            };
        };
        match entry {
            Entry::Block(block) => self.apply_block(&block)?,
            Entry::Manifest(_) => return Err(ManifestRefusal::Complete.into()),
            Entry::Administrator(entry) => self.apply_administrator(&manifest, &entry)?,
            Entry::Trustee(entry) => self.apply_trustee(&manifest, &entry)?,
            Entry::Roll(_) | Entry::RollChange(_) if self.phase() != Phase::Setup => {
                return Err(RollRefusal::Fixed.into());
            }
            Entry::Roll(part) => self.roll.append(&manifest, &part, bytes)?,
            Entry::RollChange(change) => self.roll.change(&manifest, &change, bytes)?,
            Entry::Opening(_) if self.phase() == Phase::Counted => {
                return Err(BallotRefusal::OpeningLate.into());
            }
            Entry::Opening(opening) => {
                let size = self.size();
                let voting = self.voting.as_mut().ok_or(BallotRefusal::NotOpen)?;
                voting.publish(&opening, size, source)?;
            }
            Entry::Result(result) => {
                self.tally.as_mut().ok_or(TallyRefusal::NotClosed)?.conclude(&result)?;
            }
            Entry::Cast(_) | Entry::Challenge(_) => return Err(BallotRefusal::Unchecked.into()),
            Entry::CeremonyRestart(_) | Entry::Open(_) | Entry::Close(_) | Entry::Withheld(_) => {
                return Err(Refusal::NotDue(Box::new(entry)));
            }
        }
        Ok(())
    }

    fn apply_block(&mut self, block: &Block) -> Result<(), LogRefusal> {
        let Block { height, time, root_before } = *block;
        if height != self.height {
            return Err(LogRefusal::Height { found: height, expected: self.height });
        }
        if time < self.time {
            return Err(LogRefusal::Time { found: time, last: self.time });
        }
        if root_before != self.root() {
            return Err(LogRefusal::Root);
        }
        self.height += 1;
        self.time = time;
        Ok(())
    }

    fn apply_manifest(&mut self, part: &ManifestPart) -> Result<(), ManifestRefusal> {
        if let Some(manifest) = self.parts.append(self.election, part)? {
            self.ceremony = Ceremony::new(&manifest);
            self.manifest = Some(Arc::new(manifest));
            self.parts = PartialManifest::default();
        }
        Ok(())
    }

    fn apply_administrator(
        &mut self,
        manifest: &CheckedManifest,
        entry: &AdministratorEntry,
    ) -> Result<(), Refusal> {
        let AdministratorEntry { act, valid_until, signature: _ } = entry;
        entry.verify(self.election, &manifest.administrator).map_err(|_| AdministratorRefusal::Signature)?;
        let (valid_until, time) = (*valid_until, self.time);
        // an act that is refused now must not be good for later
        if time > valid_until {
            return Err(AdministratorRefusal::Expired { valid_until, time }.into());
        }
        if valid_until - time > ACT_VALIDITY {
            return Err(AdministratorRefusal::TooLong { valid_until, time }.into());
        }
        let phase = self.phase();
        match act {
            AdministratorAct::Open if phase != Phase::Setup => Err(OpeningRefusal::Over.into()),
            AdministratorAct::Open if !manifest.powers.open_early => Err(OpeningRefusal::Power.into()),
            AdministratorAct::Open if self.opened().is_none() => Err(OpeningRefusal::Setup.into()),
            AdministratorAct::Open => {
                self.open_early = true;
                Ok(())
            }
            AdministratorAct::Close if phase != Phase::Open => Err(ClosingRefusal::NotOpen.into()),
            AdministratorAct::Close if !manifest.powers.close_early => Err(ClosingRefusal::Power.into()),
            AdministratorAct::Close => {
                self.close_early = true;
                Ok(())
            }
            AdministratorAct::RestartCeremony { .. } if phase != Phase::Setup => {
                Err(CeremonyRefusal::Over.into())
            }
            AdministratorAct::RestartCeremony { attempt } => Ok(self.ceremony.request_restart(*attempt)?),
        }
    }

    fn apply_trustee(&mut self, manifest: &CheckedManifest, entry: &TrusteeEntry) -> Result<(), Refusal> {
        let trustee = self.ceremony.authenticate(manifest, entry)?;
        let (attempt, message) = match &entry.message {
            TrusteeMessage::Registration(keys) => {
                self.check_setup()?;
                return Ok(self.ceremony.register(manifest, trustee, *keys)?);
            }
            TrusteeMessage::CommitmentHash { attempt, hash } => (attempt, AttemptMessage::Hash(*hash)),
            TrusteeMessage::Commitments { attempt, commitments } => {
                (attempt, AttemptMessage::Commitments(commitments))
            }
            TrusteeMessage::Shares { attempt, shares } => (attempt, AttemptMessage::Shares(shares)),
            TrusteeMessage::Complaint { attempt, dealer } => (attempt, AttemptMessage::Complaint(*dealer)),
            TrusteeMessage::Answer { attempt, receiver, share } => {
                (attempt, AttemptMessage::Answer(*receiver, *share))
            }
            TrusteeMessage::Confirmation { attempt, transcript } => {
                (attempt, AttemptMessage::Confirmation(*transcript))
            }
            TrusteeMessage::TestDecryption { attempt, test } => (attempt, AttemptMessage::Test(test)),
            TrusteeMessage::Statement(view) => {
                let tally = self.tally.as_mut().ok_or(TallyRefusal::NotClosed)?;
                return Ok(tally.state_view(trustee, view)?);
            }
            TrusteeMessage::Decryption { contest, shares } => {
                let tally = self.tally.as_mut().ok_or(TallyRefusal::NotClosed)?;
                return Ok(tally.decrypt(trustee, *contest, shares)?);
            }
        };
        self.check_setup()?;
        Ok(self.ceremony.apply(manifest, self.time, trustee, *attempt, message)?)
    }

    fn check_setup(&self) -> Result<(), CeremonyRefusal> {
        if self.phase() == Phase::Setup { Ok(()) } else { Err(CeremonyRefusal::Over) }
    }

    fn apply_ballot(&mut self, ballot: &VerifiedBallot, source: &dyn EntrySource) -> Result<(), Refusal> {
        let index = self.size();
        match (&mut self.voting, &self.tally) {
            (None, None) => Err(BallotRefusal::NotOpen.into()),
            (_, Some(_)) => Err(BallotRefusal::Closed.into()),
            (Some(voting), None) => voting.apply(&mut self.roll, index, ballot, source),
        }
    }
}

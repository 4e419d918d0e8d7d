//! The roll: who may vote, with which weight and ballot style, and what each voter has cast so far.
//! Specification: "Roll".
//!
//! A roll is never empty: each part has a voter, and the last voter cannot be revoked.

use std::collections::{BTreeMap, BTreeSet};

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::CheckedManifest;
use tabella_crypto::transcript::Digest;

use crate::check::RollRefusal;
use crate::entry::{ROLL_PART_LENGTH, RollChange, RollChangeEntry, RollPart, Voter, roll_digest};

/// A voter on the roll, and the voter's ballots so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoterState {
    /// The weight, at least 1.
    pub weight: u32,
    /// The ballot style.
    pub style: u16,
    /// Ballots cast.
    pub cast: u16,
    /// Ballots tested.
    pub tests: u16,
    /// Entry and tracking code of the ballot that counts.
    pub last: Option<(u64, TrackingCode)>,
}

/// How many voters each (style, weight) class has. Ballots of a class are told apart by nothing, so a class must
/// be large enough for its results to show nobody's vote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Classes(BTreeMap<(u16, u32), u64>);

impl Classes {
    /// The classes of these voters.
    pub fn of<'a>(voters: impl IntoIterator<Item = &'a Voter>) -> Self {
        let mut classes = Self::default();
        voters.into_iter().for_each(|voter| classes.add(voter.style, voter.weight));
        classes
    }

    /// Voters with this style and weight.
    pub fn count(&self, style: u16, weight: u32) -> u64 {
        self.0.get(&(style, weight)).copied().unwrap_or(0)
    }

    /// Refuses a class that has voters, but fewer than the manifest's smallest group: it would always be withheld.
    pub fn check(&self, manifest: &CheckedManifest) -> Result<(), RollRefusal> {
        let smallest = manifest.smallest_group;
        let small = |(_, count): &(_, &u64)| (1..u64::from(smallest)).contains(*count);
        match self.0.iter().find(small) {
            Some((&(style, weight), &count)) => {
                Err(RollRefusal::SmallClass { style, weight, count, smallest })
            }
            None => Ok(()),
        }
    }

    fn add(&mut self, style: u16, weight: u32) {
        *self.0.entry((style, weight)).or_default() += 1;
    }

    fn remove(&mut self, style: u16, weight: u32) {
        if let Some(count) = self.0.get_mut(&(style, weight)) {
            *count -= 1;
        }
    }
}

/// The roll. About 100 bytes for each voter.
#[derive(Debug, Clone, Default)]
pub struct Roll {
    /// From the parts, ascending.
    voters: Vec<(Credential, VoterState)>,
    /// From changes.
    added: BTreeMap<Credential, VoterState>,
    /// Of either; they keep their place, so that no credential is used twice.
    revoked: BTreeSet<Credential>,
    parts: u32,
    complete: bool,
    changes: u32,
    weight: u64,
    style_weights: BTreeMap<u16, u64>,
    classes: Classes,
    digest: Digest,
}

impl Roll {
    /// Whether the last part stands.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Parts that stand: the number of the next one.
    pub fn parts(&self) -> u32 {
        self.parts
    }

    /// Changes that stand: the number of the next one.
    pub fn changes(&self) -> u32 {
        self.changes
    }

    /// Voters on the roll, without revoked credentials.
    pub fn len(&self) -> usize {
        self.voters.len() + self.added.len() - self.revoked.len()
    }

    /// Whether no part stands yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sum of the weights.
    pub fn weight(&self) -> u64 {
        self.weight
    }

    /// Sum of the weights of the voters with this style.
    pub fn style_weight(&self, style: u16) -> u64 {
        self.style_weights.get(&style).copied().unwrap_or(0)
    }

    /// Voters by style and weight, without revoked credentials.
    pub fn classes(&self) -> &Classes {
        &self.classes
    }

    /// Hash over all parts and changes, starting with 32 zero bytes: see [`roll_digest`]. The next part or change is
    /// signed for it.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// A voter who is on the roll.
    pub fn voter(&self, credential: &Credential) -> Option<&VoterState> {
        if self.revoked.contains(credential) {
            return None;
        }
        self.known(credential)
    }

    /// All voters on the roll: in ascending order those of the parts, then those of changes.
    pub fn voters(&self) -> impl Iterator<Item = (&Credential, &VoterState)> {
        let parts = self.voters.iter().map(|(credential, state)| (credential, state));
        parts.chain(&self.added).filter(|(credential, _)| !self.revoked.contains(credential))
    }

    /// The same in the same order, to take over what they have cast.
    pub(super) fn voters_mut(&mut self) -> impl Iterator<Item = (&Credential, &mut VoterState)> {
        let Self { voters, added, revoked, .. } = self;
        let parts = voters.iter_mut().map(|(credential, state)| (&*credential, state));
        parts.chain(added.iter_mut()).filter(|(credential, _)| !revoked.contains(credential))
    }

    /// A voter who is or was on the roll.
    fn known(&self, credential: &Credential) -> Option<&VoterState> {
        match self.voters.binary_search_by_key(credential, |(credential, _)| *credential) {
            Ok(at) => self.voters.get(at).map(|(_, state)| state),
            Err(_) => self.added.get(credential),
        }
    }

    /// The same, for a ballot that was accepted.
    pub(super) fn voter_mut(&mut self, credential: &Credential) -> Option<&mut VoterState> {
        if self.revoked.contains(credential) {
            return None;
        }
        match self.voters.binary_search_by_key(credential, |(credential, _)| *credential) {
            Ok(at) => self.voters.get_mut(at).map(|(_, state)| state),
            Err(_) => self.added.get_mut(credential),
        }
    }

    pub(super) fn append(
        &mut self,
        manifest: &CheckedManifest,
        part: &RollPart,
        bytes: &[u8],
    ) -> Result<(), RollRefusal> {
        let RollPart { part: number, last, voters, signature: _ } = part;
        if self.complete {
            return Err(RollRefusal::Complete);
        }
        if *number != self.parts {
            return Err(RollRefusal::Part { found: *number, expected: self.parts });
        }
        part.verify(manifest.id(), &self.digest, &manifest.registrar).map_err(|_| RollRefusal::Signature)?;
        if !(1..=ROLL_PART_LENGTH).contains(&voters.len()) {
            return Err(RollRefusal::Length(voters.len()));
        }
        let mut before = self.voters.last().map(|(credential, _)| *credential);
        let mut total = self.weight;
        for (voter, position) in voters.iter().zip(1..) {
            if before.replace(voter.credential).is_some_and(|before| before >= voter.credential) {
                return Err(RollRefusal::Order(position));
            }
            total = check_voter(manifest, total, voter)?;
        }
        let mut classes = self.classes.clone();
        voters.iter().for_each(|voter| classes.add(voter.style, voter.weight));
        if *last {
            classes.check(manifest)?;
        }
        self.classes = classes;
        for voter in voters {
            self.voters.push((voter.credential, state(voter)));
            self.weigh(voter.style, voter.weight);
        }
        self.parts += 1;
        self.complete = *last;
        self.extend_digest(bytes);
        Ok(())
    }

    pub(super) fn change(
        &mut self,
        manifest: &CheckedManifest,
        entry: &RollChangeEntry,
        bytes: &[u8],
    ) -> Result<(), RollRefusal> {
        let RollChangeEntry { sequence, change, signature: _ } = entry;
        if !self.complete {
            return Err(RollRefusal::Incomplete);
        }
        if *sequence != self.changes {
            return Err(RollRefusal::Sequence { found: *sequence, expected: self.changes });
        }
        entry.verify(manifest.id(), &self.digest, &manifest.registrar).map_err(|_| RollRefusal::Signature)?;
        match change {
            RollChange::Revoke { credential } => {
                let VoterState { weight, style, .. } = *self.present(credential)?;
                if self.len() == 1 {
                    return Err(RollRefusal::LastVoter);
                }
                self.revoked.insert(*credential);
                self.classes.remove(style, weight);
                self.weight -= u64::from(weight);
                if let Some(sum) = self.style_weights.get_mut(&style) {
                    *sum -= u64::from(weight);
                }
            }
            RollChange::Replace { credential, by } => {
                let state = *self.present(credential)?;
                self.check_unused(by)?;
                self.revoked.insert(*credential);
                self.added.insert(*by, state);
            }
            RollChange::Add { voter } => {
                self.check_unused(&voter.credential)?;
                check_voter(manifest, self.weight, voter)?;
                self.check_class(manifest, voter)?;
                self.added.insert(voter.credential, state(voter));
                self.classes.add(voter.style, voter.weight);
                self.weigh(voter.style, voter.weight);
            }
        }
        self.changes += 1;
        self.extend_digest(bytes);
        Ok(())
    }

    fn present(&self, credential: &Credential) -> Result<&VoterState, RollRefusal> {
        self.voter(credential).ok_or(RollRefusal::Unknown(*credential))
    }

    fn check_unused(&self, credential: &Credential) -> Result<(), RollRefusal> {
        credential.point().map_err(|_| RollRefusal::Credential(*credential))?;
        match self.known(credential) {
            Some(_) => Err(RollRefusal::Used(*credential)),
            None => Ok(()),
        }
    }

    /// Whether a voter can be added, as far as the size of classes goes.
    ///
    /// A voter may join a class that has voters, since that only makes it larger: revocations may have left fewer
    /// than the smallest group. A class that begins anew begins too small, unless one voter is enough.
    pub fn check_class(&self, manifest: &CheckedManifest, voter: &Voter) -> Result<(), RollRefusal> {
        let Voter { style, weight, .. } = *voter;
        let smallest = manifest.smallest_group;
        match self.classes.count(style, weight) {
            0 if smallest > 1 => Err(RollRefusal::SmallClass { style, weight, count: 1, smallest }),
            _ => Ok(()),
        }
    }

    fn weigh(&mut self, style: u16, weight: u32) {
        self.weight += u64::from(weight);
        *self.style_weights.entry(style).or_default() += u64::from(weight);
    }

    fn extend_digest(&mut self, bytes: &[u8]) {
        self.digest = roll_digest(&self.digest, bytes);
    }
}

fn state(voter: &Voter) -> VoterState {
    // the registrar opens the identity to an auditor; nothing here depends on it
    let Voter { credential: _, weight, style, identity: _ } = *voter;
    VoterState { weight, style, cast: 0, tests: 0, last: None }
}

/// Checks a voter by itself, and the sum of all weights with this one; gives the sum.
fn check_voter(manifest: &CheckedManifest, total: u64, voter: &Voter) -> Result<u64, RollRefusal> {
    let Voter { credential, weight, style, identity: _ } = *voter;
    credential.point().map_err(|_| RollRefusal::Credential(credential))?;
    if weight == 0 {
        return Err(RollRefusal::Weight(credential));
    }
    if manifest.style(style).is_none() {
        return Err(RollRefusal::Style { credential, style });
    }
    let total = total.saturating_add(u64::from(weight));
    let bound = manifest.total_weight;
    if total > bound { Err(RollRefusal::TotalWeight { total, bound }) } else { Ok(total) }
}

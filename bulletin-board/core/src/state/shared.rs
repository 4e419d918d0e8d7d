//! Verifying in parts: by several verifiers of whom each checks some voters' ballots, and in several runs of one.
//!
//! A *shard* applies its own voters' ballots with [`ElectionState::apply`] and lets those of others pass. A *merger* takes
//! every ballot as claimed: all rules but signature, proofs and sum are its own, the sums come from the shards. A run
//! that is *resumed* replays the log up to the opening and takes over what voting had come to. Whoever uses these
//! answers for what is left out, and says so; boards and clients use none of them.

use std::collections::HashSet;
use std::io::{self, Read, Write};

use borsh::{BorshDeserialize, BorshSerialize};
use tabella_crypto::ballot::{Disposition, TrackingCode};
use tabella_crypto::credential::Credential;
use tabella_crypto::elgamal::{Ciphertext, EncodedCiphertext};
use tabella_crypto::merkle::{Frontier, leaf_hash};
use tabella_crypto::transcript::Digest;

use super::points::{FirstPoint, Points};
use super::voting::VotingRecord;
use super::{ElectionState, Phase};
use crate::check::{BallotRefusal, LogRefusal, Refusal};
use crate::entry::Entry;

/// A ballot that was taken as claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimedBallot {
    /// The voter's credential.
    pub credential: Credential,
    /// Cast or tested.
    pub disposition: Disposition,
    /// It is the voter's first that is cast.
    pub first: bool,
}

impl ElectionState {
    /// From now on every D of a ballot is handed out by [`ElectionState::take_points`] instead of being kept and
    /// compared: **whoever calls this compares them** (check 6.7). Memory then does not grow with ballots.
    pub fn hand_out_points(&mut self) {
        self.points_handed_out = true;
    }

    /// Every D of the ballots accepted since this was called last, if they are handed out.
    pub fn take_points(&mut self) -> Vec<FirstPoint> {
        self.voting.as_mut().map(|voting| voting.take_points()).unwrap_or_default()
    }

    /// How the D of ballots are looked after.
    pub(super) fn new_points(&self) -> Points {
        if self.points_handed_out { Points::HandedOut(Vec::new()) } else { Points::Kept(HashSet::new()) }
    }

    /// The log's tree.
    pub fn tree(&self) -> &Frontier {
        &self.tree
    }

    /// Lets a ballot or opening pass of which nothing is known here but its leaf hash: it must stand while voting is open
    /// and nothing is due.
    pub fn pass(&mut self, leaf: Digest) -> Result<(), Refusal> {
        self.check_voting()?;
        self.tree.push(leaf);
        Ok(())
    }

    /// Takes a ballot's entry whose signature and proofs somebody else checked, and who adds it up: see
    /// [`ElectionState::take_sums`]. All other rules are those of [`ElectionState::apply`].
    pub fn take_claimed(&mut self, bytes: &[u8]) -> Result<ClaimedBallot, Refusal> {
        let (submitted, disposition) = match Entry::decode(bytes).map_err(LogRefusal::Encoding)? {
            Entry::Cast(ballot) => (ballot, Disposition::Cast),
            Entry::Challenge(ballot) => (ballot, Disposition::Challenge),
            _ => return Err(BallotRefusal::Unchecked.into()),
        };
        self.check_voting()?;
        let (index, ballot) = (self.size(), submitted.ballot);
        let voting = self.voting.as_mut().ok_or(BallotRefusal::NotOpen)?;
        voting.take_claimed(&mut self.roll, index, &ballot, disposition)?;
        self.tree.push(leaf_hash(bytes));
        // the counter is right, or the ballot had been refused
        let first = disposition == Disposition::Cast && ballot.counter == 0;
        Ok(ClaimedBallot { credential: ballot.credential, disposition, first })
    }

    fn check_voting(&self) -> Result<(), Refusal> {
        if let Some(due) = self.due() {
            return Err(Refusal::Due(Box::new(due)));
        }
        match self.phase() {
            Phase::Open => Ok(()),
            Phase::Manifest | Phase::Setup => Err(BallotRefusal::NotOpen.into()),
            Phase::Closed | Phase::Counted => Err(BallotRefusal::Closed.into()),
        }
    }

    /// For each contest the weighted sum of the ballots so far that count; none before the opening.
    pub fn sums(&self) -> Option<Vec<Vec<EncodedCiphertext>>> {
        let sums = &self.voting.as_ref()?.record.sums;
        Some(sums.iter().map(|contest| contest.iter().map(Ciphertext::encode).collect()).collect())
    }

    /// Takes these sums instead of those so far, once voting is open. Whether they have the shape of the manifest's
    /// contests; else nothing changes.
    pub fn take_sums(&mut self, sums: Vec<Vec<Ciphertext>>) -> bool {
        let Some(voting) = &mut self.voting else { return false };
        let fits = voting.record.fits(&sums);
        if fits {
            voting.record.sums = sums;
        }
        fits
    }

    /// Writes what [`ElectionState::resume`] reads: all that entries have changed since voting opened, but for the D of
    /// ballots. About 50 bytes for each voter who has voted, none of which is kept in memory.
    ///
    /// Only while voting is open.
    pub fn save(&self, out: &mut dyn Write) -> io::Result<()> {
        let voting = self.voting.as_ref().filter(|_| self.phase() == Phase::Open);
        let voting = voting.ok_or_else(|| io::Error::other("voting is not open"))?;
        let mut out = out;
        (&self.tree, self.height, self.time, self.close_early).serialize(&mut out)?;
        voting.record.serialize(&mut out)?;
        let voted = || {
            let voters = (0u64..).zip(self.roll.voters());
            voters.filter(|(_, (_, voter))| voter.cast > 0 || voter.tests > 0)
        };
        (voted().count() as u64).serialize(&mut out)?;
        for (position, (_, voter)) in voted() {
            (position, voter.cast, voter.tests, voter.last).serialize(&mut out)?;
        }
        Ok(())
    }

    /// Takes over what was saved of a state that began with the entries of this one, which ends with the opening.
    /// **Nothing of it is checked** but that it has the right shape. On an error the state is of no use any more.
    pub fn resume(&mut self, input: &mut dyn Read) -> io::Result<()> {
        let unfit = || io::Error::new(io::ErrorKind::InvalidData, "it is not of this election's voting");
        let mut input = input;
        let (tree, height, time, close_early): (Frontier, u64, u64, bool) = read(&mut input)?;
        let record: VotingRecord = read(&mut input)?;
        let open = self.phase() == Phase::Open;
        let voting = self.voting.as_mut().filter(|_| open).ok_or_else(unfit)?;
        if !voting.record.fits(&record.sums) || tree.size() < self.tree.size() {
            return Err(unfit());
        }
        let voted: u64 = read(&mut input)?;
        let mut voters = (0u64..).zip(self.roll.voters_mut());
        for _ in 0..voted {
            type Voted = (u64, u16, u16, Option<(u64, TrackingCode)>);
            let (position, cast, tests, last): Voted = read(&mut input)?;
            let (_, (_, voter)) = voters.find(|(place, _)| *place == position).ok_or_else(unfit)?;
            (voter.cast, voter.tests, voter.last) = (cast, tests, last);
        }
        drop(voters);
        voting.record = record;
        (self.tree, self.height, self.time, self.close_early) = (tree, height, time, close_early);
        Ok(())
    }
}

fn read<T: BorshDeserialize>(mut input: &mut dyn Read) -> io::Result<T> {
    T::deserialize_reader(&mut input)
}

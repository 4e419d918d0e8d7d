//! The election, its voters and their ballots, made beforehand; and ballots that must be refused.

use std::fs;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;

use tabella_board_core::api::{CreateElection, ElectionStatus, PhaseName, paths};
use tabella_board_core::entry::{ElectionCreated, Entry, Genesis, Voter};
use tabella_board_core::fixtures::{OPENS, SmallElection, text};
use tabella_crypto::ballot::{BallotSeed, Disposition, SubmittedBallot};
use tabella_crypto::credential::{CredentialCode, CredentialSecret, commit_identity};
use tabella_crypto::manifest::ElectionId;

use super::sending::Target;

/// The board's origin.
pub(crate) const ORIGIN: &str = "bench.example.org/tabella";

/// An election with everything that is sent to it.
pub(crate) struct Prepared {
    election: SmallElection,
    voters: Vec<CredentialSecret>,
    ballots: Vec<Vec<u8>>,
}

impl Prepared {
    /// Makes the election for so many voters, and their ballots unless they are in the folder already.
    pub(crate) fn new(number: usize, folder: &Path) -> Result<Self> {
        let mut election = SmallElection::with(|manifest| {
            manifest.board = ORIGIN.to_owned();
            manifest.contests.truncate(1);
            // the style that has this contest alone
            manifest.styles.remove(0);
            manifest.contests[0].options.push(text("Hedy"));
            manifest.total_weight = number as u64;
            // the entries are replayed on the board in our time, where it is past opening
            manifest.closes = 4_000_000_000_000;
        });
        let id = election.manifest.id();
        let voters: Vec<CredentialSecret> = (0..number as u64)
            .into_par_iter()
            .map(|voter| {
                let mut rng = ChaCha20Rng::seed_from_u64(voter);
                Ok(CredentialSecret::from_code(&CredentialCode::generate(&mut rng), &id.0)?)
            })
            .collect::<Result<_>>()?;
        election.hold_ceremony();
        let identity = commit_identity(&[0; 32], "bench");
        let roll = voters.iter();
        let roll = roll.map(|voter| Voter { credential: voter.public(), weight: 1, style: 0, identity });
        election.publish_roll_of(roll.collect());
        election.block(OPENS);
        let file = folder.join(format!("ballots-{:.16}-{number}.borsh", id.to_string()));
        let ballots = match fs::read(&file) {
            Ok(bytes) => borsh::from_slice(&bytes)?,
            Err(_) => {
                println!("making {number} ballots, once");
                let ballots = make(&election, &voters)?;
                fs::write(&file, borsh::to_vec(&ballots)?)?;
                ballots
            }
        };
        ensure!(ballots.len() == number, "{} does not fit: remove it", file.display());
        Ok(Self { election, voters, ballots })
    }

    /// The election's name.
    pub(crate) fn id(&self) -> ElectionId {
        self.election.manifest.id()
    }

    /// The administrator's public key, as the board's `init` takes it.
    pub(crate) fn administrator(&self) -> String {
        format!("{:?}", self.election.administrator.verifying_key())
    }

    /// Entries of honest ballots, each of another voter.
    pub(crate) fn ballots(&self) -> &[Vec<u8>] {
        &self.ballots
    }

    /// Puts the election on the board, with ceremony and roll, and waits until voting is open.
    pub(crate) fn put_on(&self, target: &Target) -> Result<()> {
        let key = target.board_key()?;
        let genesis = Genesis::new(ORIGIN.to_owned(), key, vec![self.election.administrator.verifying_key()]);
        let ElectionCreated { signature, administrator, .. } =
            ElectionCreated::sign(self.id(), &genesis, &self.election.administrator);
        let request = CreateElection { manifest: self.election.manifest.encode(), signature, administrator };
        target.post(paths::ELECTIONS, serde_json::to_vec(&request)?)?;
        for bytes in &self.election.log {
            let entry = Entry::decode(bytes)?;
            // the board makes its own
            if !matches!(entry, Entry::Block(_) | Entry::Manifest(_)) && !entry.is_automatic() {
                target.post(&paths::entries(self.id()), bytes.clone())?;
            }
        }
        tabella_tests::process::wait_until("voting is open", std::time::Duration::from_secs(30), || {
            let status: ElectionStatus = serde_json::from_slice(&target.get(&paths::election(self.id()))?)?;
            Ok(status.phase == PhaseName::Open)
        })
    }

    /// Ballots as somebody sends them who knows the roll and the log, but no voter's secret: other voters' ballots
    /// under the credentials of the roll, with signatures of others. They decode, and no signature holds.
    pub(crate) fn stolen(&self, number: usize) -> Vec<Vec<u8>> {
        let voters = self.voters.len();
        (0..number)
            .into_par_iter()
            .map(|number| {
                let mut ballot = self.submitted(number);
                ballot.ballot.credential = self.voters[(number * 7 + 1) % voters].public();
                ballot.ballot.linear = self.submitted(number + 1).ballot.linear;
                Entry::Cast(ballot).encode()
            })
            .collect()
    }

    /// Ballots of these voters, so many each: well signed, with the proofs of others.
    pub(crate) fn bad_proofs(&self, holders: Range<usize>, each: usize) -> Vec<Vec<u8>> {
        let ballots = (0..holders.len() * each).into_par_iter().map(|number| {
            let holder = holders.start + number % holders.len();
            let mut ballot = self.submitted(holder).ballot;
            ballot.linear = self.submitted(number).ballot.linear;
            let mut rng = ChaCha20Rng::seed_from_u64(number as u64);
            Entry::Cast(ballot.sign(self.id(), Disposition::Cast, &self.voters[holder], &mut rng)).encode()
        });
        ballots.collect()
    }

    fn submitted(&self, number: usize) -> SubmittedBallot {
        match Entry::decode(&self.ballots[number % self.ballots.len()]) {
            Ok(Entry::Cast(ballot)) => ballot,
            other => panic!("not a ballot: {other:?}"),
        }
    }
}

/// A ballot of each voter.
fn make(election: &SmallElection, voters: &[CredentialSecret]) -> Result<Vec<Vec<u8>>> {
    let context = election.state.ballot_context().context("voting is open")?;
    let id = election.manifest.id();
    let ballots = voters.par_iter().enumerate().map(|(number, voter)| {
        let mut rng = ChaCha20Rng::seed_from_u64(u64::MAX - number as u64);
        let mut choice = vec![0; 5];
        choice[number % 5] = 1;
        let seed = BallotSeed::generate(&mut rng);
        let ballot = context.encrypt(voter, 0, None, &seed, &[choice], &mut rng)?;
        Ok(Entry::Cast(ballot.sign(id, Disposition::Cast, voter, &mut rng)).encode())
    });
    ballots.collect()
}

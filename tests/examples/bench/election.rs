//! Elections of one contest, and their ballots: each is of another voter, made once and kept.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;

use tabella_board_core::entry::{Entry, Voter};
use tabella_board_core::fixtures::{OPENS, SmallElection, text};
use tabella_crypto::ballot::{BallotSeed, Disposition, SubmittedBallot};
use tabella_crypto::credential::{CredentialCode, CredentialSecret, commit_identity};
use tabella_crypto::rules::Method;

/// Most weight of any roll here.
const TOTAL_WEIGHT: u64 = 1_000_000;
/// Ballots of one kept file.
const FILE: usize = 1_000;

/// How an election's only contest is voted on.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// Its name in tables.
    pub(crate) name: String,
    /// The method.
    pub(crate) method: Method,
    /// Options, an explicit blank vote being one of them where the method allows no empty ballot.
    pub(crate) options: usize,
}

impl Shape {
    /// One of so many options.
    pub(crate) fn choose_one(options: usize) -> Self {
        Self { name: format!("choose_one_{options}"), method: Method::ChooseOne, options }
    }

    /// The entries of some voter's ballot.
    fn choice(&self, voter: usize) -> Vec<u64> {
        let option = voter % self.options;
        match self.method {
            Method::Score { max } => {
                (0..self.options).map(|entry| ((voter + entry) % (max as usize + 1)) as u64).collect()
            }
            Method::Choose { .. } => (0..self.options).map(|entry| u64::from(entry <= option)).collect(),
            _ => (0..self.options).map(|entry| u64::from(entry == option)).collect(),
        }
    }

    /// The election: ceremony held, roll not yet published.
    pub(crate) fn election(&self) -> SmallElection {
        let mut election = SmallElection::with(|manifest| {
            manifest.contests.truncate(1);
            // the style that has this contest alone
            manifest.styles.remove(0);
            for contest in &mut manifest.contests {
                let blank = !self.method.allows_nothing();
                contest.method = self.method.clone();
                let named = self.options - usize::from(blank);
                contest.options = (1..=named).map(|option| text(&format!("Option {option}"))).collect();
                contest.blank = blank.then(|| text("None of them"));
            }
            manifest.total_weight = TOTAL_WEIGHT;
        });
        election.hold_ceremony();
        election
    }
}

/// An election in which voting is open, and ballots for it, each of another voter of the roll.
pub(crate) struct Prepared {
    /// The election, without ballots on its log.
    pub(crate) election: SmallElection,
    /// The ballots.
    pub(crate) ballots: Vec<SubmittedBallot>,
}

impl Prepared {
    /// An election of five options, the one that most is measured with, with so many ballots.
    pub(crate) fn five_options(number: usize, folder: &Path) -> Result<Self> {
        Self::new(&Shape::choose_one(5), number, folder)
    }

    /// An election with so many ballots; those that are kept already are not made again.
    pub(crate) fn new(shape: &Shape, number: usize, folder: &Path) -> Result<Self> {
        let mut election = shape.election();
        open(&mut election, number)?;
        let kept = folder.join(format!("ballots-{}-{:.16}", shape.name, election.manifest.id().to_string()));
        fs::create_dir_all(&kept)?;
        let mut ballots = Vec::with_capacity(number);
        for first in (0..number).step_by(FILE) {
            let file = kept.join(format!("{first:07}.borsh"));
            // the last file of a smaller run is not full
            let wanted = FILE.min(number - first);
            let mut some: Vec<SubmittedBallot> = match fs::read(&file) {
                Ok(bytes) => borsh::from_slice(&bytes)
                    .with_context(|| format!("{} is of another version: remove it", file.display()))?,
                Err(_) => Vec::new(),
            };
            if some.len() < wanted {
                println!("making ballots {} to {} of {}, once", first + 1, first + wanted, shape.name);
                some.extend(make(&election, shape, first + some.len()..first + wanted)?);
                let part = file.with_extension("part");
                fs::write(&part, borsh::to_vec(&some)?)?;
                fs::rename(&part, &file)?;
            }
            some.truncate(wanted);
            ballots.extend(some);
        }
        ensure!(ballots.len() == number, "{} ballots, where {number} are due", ballots.len());
        Ok(Self { election, ballots })
    }
}

/// A voter's secret, the same in every run.
fn voter(election: &SmallElection, number: usize) -> Result<CredentialSecret> {
    let mut rng = ChaCha20Rng::seed_from_u64(number as u64);
    Ok(CredentialSecret::from_code(&CredentialCode::generate(&mut rng), &election.manifest.id().0)?)
}

/// Publishes a roll of the first so many voters, and opens voting.
pub(crate) fn open(election: &mut SmallElection, number: usize) -> Result<()> {
    let identity = commit_identity(&[0; 32], "bench");
    let voters = (0..number).into_par_iter().map(|number| {
        Ok(Voter { credential: voter(election, number)?.public(), weight: 1, style: 0, identity })
    });
    election.publish_roll_of(voters.collect::<Result<_>>()?);
    election.block(OPENS);
    Ok(())
}

/// The ballots of these voters, on all cores.
fn make(
    election: &SmallElection,
    shape: &Shape,
    voters: std::ops::Range<usize>,
) -> Result<Vec<SubmittedBallot>> {
    let context = election.state.ballot_context().context("voting is open")?;
    let ballots = voters.into_par_iter().map(|number| {
        let voter = voter(election, number)?;
        let mut rng = ChaCha20Rng::seed_from_u64(u64::MAX - number as u64);
        let seed = BallotSeed::generate(&mut rng);
        let ballot = context.encrypt(&voter, 0, None, &seed, &[shape.choice(number)], &mut rng)?;
        Ok(ballot.sign(election.manifest.id(), Disposition::Cast, &voter, &mut rng))
    });
    ballots.collect()
}

/// The bytes of a ballot's entry on the log.
pub(crate) fn entry(ballot: &SubmittedBallot) -> Vec<u8> {
    Entry::Cast(ballot.clone()).encode()
}

//! Trustees who do nothing but ask for their next step, on a real log.

use std::ops::{Deref, DerefMut};

use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

use tabella_board_core::check::{CeremonyRefusal, Refusal};
use tabella_board_core::entry::{AdministratorAct, CeremonyRestart};
use tabella_board_core::fixtures::{CLOSES, COMPLAINT_WINDOW, CREATED, SmallElection};
pub(crate) use tabella_board_core::fixtures::{index, rounds};
use tabella_crypto::group::Scalar;
use tabella_crypto::manifest::{Manifest, TrusteeInfo};
use tabella_crypto::threshold::sealing::SealedShare;

use super::*;

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// An election and what lies on the trustees' disks.
pub(crate) struct World {
    election: SmallElection,
    pub(crate) disks: Vec<Option<Vec<u8>>>,
}

impl Deref for World {
    type Target = SmallElection;
    fn deref(&self) -> &SmallElection {
        &self.election
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut SmallElection {
        &mut self.election
    }
}

impl World {
    pub(crate) fn new(count: u8, threshold: u8) -> Self {
        Self::with(count, threshold, |_| {})
    }

    /// An election of so many trustees, with a changed manifest.
    pub(crate) fn with(count: u8, threshold: u8, change: impl FnOnce(&mut Manifest)) -> Self {
        let trustees: Vec<_> = (1..=count).map(|number| TrusteeSecret::from_seed(&[number; 32])).collect();
        let mut election = SmallElection::with(|manifest| {
            let named = trustees.iter().map(|secret| TrusteeInfo {
                name: "A trustee".to_owned(),
                fingerprint: secret.keys().fingerprint(),
            });
            (manifest.trustees, manifest.threshold) = (named.collect(), threshold);
            change(manifest);
        });
        election.trustees = trustees;
        Self { election, disks: (0..count).map(|_| None).collect() }
    }

    fn secret(&self, trustee: u8) -> &TrusteeSecret {
        &self.trustees[index(trustee).position()]
    }

    /// A trustee posts a message, and what is due then follows.
    pub(crate) fn post(&mut self, trustee: u8, message: TrusteeMessage) -> Result<(), Refusal> {
        let entry = self.election.trustee(trustee, message);
        self.append(entry)?;
        self.push_due();
        Ok(())
    }

    pub(crate) fn stored(&self, trustee: u8) -> Option<StoredShare> {
        let bytes = self.disks[index(trustee).position()].as_ref()?;
        Some(StoredShare::decode(bytes).unwrap())
    }

    fn next(&mut self, trustee: u8) -> Step {
        let stored = self.stored(trustee);
        let mut rng = rng(self.election.rng.next_u64());
        next_step(self.secret(trustee), index(trustee), &self.state, stored.as_ref(), &mut rng)
    }

    /// Asks once and does it. Whether there was something to do.
    fn act(&mut self, trustee: u8) -> bool {
        match self.next(trustee) {
            Step::Post(message) => self.post(trustee, message).unwrap(),
            Step::StoreShare(share) => {
                self.disks[index(trustee).position()] = Some(share.encode().expose().clone());
            }
            Step::WaitFor { trustees, .. } => {
                assert!(
                    !trustees.is_empty() && !trustees.contains(&index(trustee)),
                    "nobody waits for oneself"
                );
                return false;
            }
            Step::Done => return false,
            Step::Trouble(trouble) => panic!("trustee {trustee}: {trouble}"),
        }
        true
    }

    /// Asks a trustee once and does what is due, if anything is.
    pub(crate) fn settle_once(&mut self, trustee: u8) {
        self.act(trustee);
    }

    /// An act of the administrator, signed.
    pub(crate) fn act_of_administrator(&self, act: AdministratorAct) -> tabella_board_core::entry::Entry {
        self.election.act(act)
    }

    /// Lets these trustees act in turn until none has anything to do.
    pub(crate) fn settle(&mut self, trustees: &[u8]) {
        for _ in rounds() {
            if trustees.iter().filter(|trustee| self.act(**trustee)).count() == 0 {
                return;
            }
        }
    }

    /// The whole ceremony.
    pub(crate) fn key(&mut self) {
        let all: Vec<u8> = (1..=self.trustees.len() as u8).collect();
        self.settle(&all);
        assert!(self.state.ceremony().is_complete());
    }

    /// Everybody up to the commitments, and the sealed shares of all but trustee 2, whose message is returned.
    fn until_shares_of_second(&mut self) -> Vec<SealedShare> {
        let mut waiting = 0;
        for trustee in (1..=5).cycle() {
            let step = self.next(trustee);
            if let (2, Step::Post(TrusteeMessage::Shares { shares, .. })) = (trustee, &step) {
                waiting += 1;
                if waiting > 1 {
                    return shares.clone();
                }
            } else if let Step::Post(message) = step {
                self.post(trustee, message).unwrap();
            }
        }
        unreachable!("the cycle has no end")
    }

    /// Trustee 2 gives trustee 4 the share that is for trustee 1.
    pub(crate) fn with_a_bad_share() -> Self {
        let mut world = Self::new(5, 3);
        let mut shares = world.until_shares_of_second();
        shares[2] = shares[0];
        world.post(2, TrusteeMessage::Shares { attempt: 0, shares }).unwrap();
        world
    }

    fn trouble(&mut self, trustee: u8) -> Trouble {
        match self.next(trustee) {
            Step::Trouble(trouble) => trouble,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn five_trustees_finish_in_any_order_though_each_is_killed_at_every_step() {
    for seed in 0..6 {
        let mut world = World::new(5, 3);
        let mut chance = rng(seed);
        let mut resent = 0;
        for _ in rounds() {
            if world.state.ceremony().is_complete() {
                break;
            }
            let trustee = (chance.next_u32() % 5) as u8 + 1;
            match (chance.next_u32() % 3, world.next(trustee)) {
                // killed before anything left the machine or reached the disk
                (0, _) => {}
                // killed after it was posted: the program comes back and knows only what is on the log
                (1, Step::Post(message)) => {
                    world.post(trustee, message.clone()).unwrap();
                    let repeated = world.post(trustee, message).unwrap_err();
                    let known = matches!(repeated, Refusal::Ceremony(CeremonyRefusal::Repeated { .. }));
                    assert!(known, "{repeated}");
                    resent += 1;
                }
                (_, Step::Trouble(trouble)) => panic!("trustee {trustee}: {trouble}"),
                _ => {
                    world.act(trustee);
                }
            }
        }
        assert!(resent > 0);
        for trustee in 1..=5 {
            assert!(matches!(world.next(trustee), Step::Done));
            let key_set = world.state.ceremony().key_set().unwrap();
            assert!(world.stored(trustee).unwrap().open(key_set).is_ok());
        }
    }
}

#[test]
fn one_trustee_alone_holds_a_ceremony() {
    let mut world = World::new(1, 1);
    world.key();
}

#[test]
fn the_share_is_on_disk_before_the_transcript_is_confirmed_and_the_test_is_made_with_it() {
    let mut world = World::new(3, 2);
    for _ in rounds() {
        if matches!(world.next(1), Step::StoreShare(_)) {
            break;
        }
        for trustee in [3, 2, 1] {
            if let Step::Post(message) = world.next(trustee) {
                world.post(trustee, message).unwrap();
            }
        }
    }
    assert!(world.state.ceremony().progress().iter().all(|progress| !progress.confirmed));
    // what was read back is damaged: one bit of the scalar
    world.act(1);
    world.disks[0].as_mut().unwrap()[70] ^= 1;
    assert_eq!(world.trouble(1), Trouble::Own(CeremonyError::KeyShare(index(1))));
    world.disks[0] = None;
    world.key();
}

#[test]
fn a_bad_share_is_complained_of_answered_and_replaced() {
    let mut world = World::with_a_bad_share();
    // the others confirm before trustee 4 has looked
    world.settle(&[1, 2, 3, 5]);
    assert!(world.state.ceremony().progress().iter().filter(|progress| progress.confirmed).count() == 4);
    let Step::Post(TrusteeMessage::Complaint { attempt: 0, dealer: 2 }) = world.next(4) else {
        panic!("trustee 4 complains")
    };
    world.settle(&[4]);
    match world.next(1) {
        Step::WaitFor { what: Awaited::Answers, trustees } => assert_eq!(trustees, [index(2)]),
        other => panic!("{other:?}"),
    }
    world.key();
    let complaints = world.state.ceremony().complaints();
    assert!(complaints.len() == 1 && complaints[0].answer.is_some());
    assert!(world.state.ceremony().ended().is_empty());
}

#[test]
fn a_bad_answer_names_the_dealer_and_the_ceremony_starts_anew_with_other_polynomials() {
    let mut world = World::with_a_bad_share();
    let announced = world.state.ceremony().hashes().clone();
    world.settle(&[4]);
    let Step::Post(TrusteeMessage::Answer { attempt: 0, receiver: 4, share }) = world.next(2) else {
        panic!("trustee 2 answers")
    };
    let share = share + Scalar::ONE;
    world.post(2, TrusteeMessage::Answer { attempt: 0, receiver: 4, share }).unwrap();
    assert_eq!(world.state.ceremony().ended(), [CeremonyRestart { attempt: 0, culprit: Some(2) }]);
    world.key();
    assert_eq!(world.state.ceremony().attempt(), 1);
    let again = world.state.ceremony().hashes();
    assert!(announced.iter().all(|(trustee, hash)| again[trustee] != *hash));
}

#[test]
fn a_dealer_who_does_not_answer_in_time_is_the_culprit() {
    let mut world = World::with_a_bad_share();
    world.settle(&[1, 3, 4, 5]);
    world.block(CREATED + COMPLAINT_WINDOW + 1);
    assert_eq!(world.state.ceremony().ended(), [CeremonyRestart { attempt: 0, culprit: Some(2) }]);
    world.key();
}

#[test]
fn a_restart_after_the_confirmation_makes_new_shares() {
    let mut world = World::new(3, 2);
    for _ in rounds() {
        if world.state.ceremony().key_set().is_some() {
            break;
        }
        for trustee in 1..=3 {
            world.act(trustee);
        }
    }
    let before = world.stored(1).unwrap();
    let restart = world.election.act(AdministratorAct::RestartCeremony { attempt: 0 });
    world.push_with_due(restart);
    world.key();
    let after = world.stored(1).unwrap();
    assert_ne!(before.ceremony(), after.ceremony());
    let key_set = world.state.ceremony().key_set().unwrap();
    assert_eq!(before.open(key_set).unwrap_err(), CeremonyError::OtherCeremony(index(1)));
}

#[test]
fn a_key_file_of_somebody_else_and_a_stranger_with_the_same_key_are_noticed() {
    let mut world = World::new(3, 2);
    let manifest = world.state.manifest().unwrap().clone();
    assert_eq!(own_index(&manifest, world.secret(3)), Some(index(3)));
    let stranger = TrusteeSecret::from_seed(&[9; 32]);
    assert_eq!(own_index(&manifest, &stranger), None);
    for (secret, own) in [(&stranger, index(1)), (world.secret(2), index(1)), (&stranger, index(4))] {
        let step = next_step(secret, own, &world.state, None, &mut rng(1));
        assert!(matches!(step, Step::Trouble(Trouble::NotATrustee(of)) if of == own), "{step:?}");
    }

    for trustee in 1..=3 {
        world.act(trustee);
    }
    // a hash that the secret did not make
    world.post(1, TrusteeMessage::CommitmentHash { attempt: 0, hash: Digest([7; 32]) }).unwrap();
    assert_eq!(world.trouble(1), Trouble::Foreign(index(1)));
}

#[test]
fn a_folder_without_the_share_that_was_proved_is_an_old_copy() {
    let mut world = World::new(3, 2);
    world.key();
    world.disks[1] = None;
    assert_eq!(world.trouble(2), Trouble::ShareGone(index(2)));
    world.disks[1] = world.disks[0].clone();
    assert_eq!(world.trouble(2), Trouble::ShareGone(index(2)), "another trustee's share");
}

#[test]
fn nothing_is_left_to_do_when_voting_ended_without_a_key() {
    let mut world = World::new(3, 2);
    world.block(CLOSES);
    assert_eq!(world.trouble(1), Trouble::Over);
    let fresh = ElectionState::new(world.state.election());
    let step = next_step(world.secret(1), index(1), &fresh, None, &mut rng(1));
    assert!(matches!(step, Step::Trouble(Trouble::NoManifest)));
}

#[test]
fn a_stored_share_is_read_back_byte_for_byte() {
    let mut world = World::new(1, 1);
    world.key();
    let bytes = world.disks[0].clone().unwrap();
    let share = StoredShare::decode(&bytes).unwrap();
    assert_eq!((share.election(), share.trustee()), (world.state.election(), index(1)));
    assert_eq!(*share.encode().expose(), bytes);
    assert_eq!(bytes.len(), STORED_LENGTH);
    for wrong in [&bytes[1..], &[&bytes[..], &[0]].concat(), &[]] {
        assert!(StoredShare::decode(wrong).is_err());
    }
    assert!(!format!("{share:?}").contains(&hex::encode(&bytes[65..])));
}

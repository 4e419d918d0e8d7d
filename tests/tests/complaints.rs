//! A trustee who deals bad shares, against trustees who use the real program.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use rand_chacha::rand_core::OsRng;

use tabella_board_core::entry::TrusteeMessage;
use tabella_crypto::group::Scalar;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::threshold::trustee::{TrusteeIndex, TrusteeSecret};
use tabella_crypto::transcript::Digest;
use tabella_tally::ceremony::{Step, StoredShare, next_step};
use tabella_tally::programs::trustee::session::Session;
use tabella_tests::guide::Guide;
use tabella_tests::small::{BY_HAND, YES_NO};
use tabella_tests::world::{Election, World};

/// Trustee 2. In the first attempt a bad share and a bad answer, in the second a bad share and a good answer.
struct Rogue {
    secret: TrusteeSecret,
    own: TrusteeIndex,
    session: Session,
    stored: Option<StoredShare>,
}

impl Rogue {
    async fn new(secret: TrusteeSecret, world: &World, election: &Election, view: &Path) -> Result<Self> {
        let id = ElectionId(Digest::from_hex(&election.id).context("64 digits")?);
        let session = Session::begin_at(world.url(), id, None, view).await?;
        let own = TrusteeIndex::new(2).context("not zero")?;
        Ok(Self { secret, own, session, stored: None })
    }

    /// One step; whether the ceremony is complete.
    async fn act(&mut self) -> Result<bool> {
        self.session.advance().await?;
        let state = self.session.state();
        let step = next_step(&self.secret, self.own, state, self.stored.as_ref(), &mut OsRng);
        let message = match step {
            // the share for trustee 3 is the one sealed for trustee 1
            Step::Post(TrusteeMessage::Shares { attempt, mut shares }) => {
                if let [first, .., last] = shares.as_mut_slice() {
                    *last = *first;
                }
                TrusteeMessage::Shares { attempt, shares }
            }
            Step::Post(TrusteeMessage::Answer { attempt: 0, receiver, share }) => {
                TrusteeMessage::Answer { attempt: 0, receiver, share: share + Scalar::ONE }
            }
            Step::Post(message) => message,
            Step::StoreShare(share) => {
                self.stored = Some(share);
                return Ok(false);
            }
            Step::WaitFor { .. } => {
                self.session.pause().await;
                return Ok(false);
            }
            Step::Done => return Ok(true),
            Step::Trouble(trouble) => return Err(trouble.into()),
        };
        self.session.say(&self.secret, self.own, message).await?;
        Ok(false)
    }
}

#[tokio::test]
async fn bad_shares_are_complained_of_a_bad_answer_begins_anew_and_a_good_one_settles_it() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let secret = TrusteeSecret::from_seed(&[7; 32]);
    let mut trustees = world.trustees(&["one", "two", "three"])?;
    if let Some((_, fingerprint)) = trustees.get_mut(1) {
        *fingerprint = secret.keys().fingerprint().to_hex();
    }
    let manifest = world.small_manifest("complaints", BY_HAND, YES_NO, &trustees)?;
    let folders: Vec<_> = trustees.into_iter().map(|(folder, _)| folder).collect();
    let election = world.create("complaints", &manifest, &folders)?;

    let [first, _, third] = folders.as_slice() else { unreachable!("three trustees") };
    let start = |folder: &Path| -> Result<Guide> {
        let log = folder.with_extension("log");
        let folder = folder.to_string_lossy();
        let arguments = ["--folder", &folder, "--invitation", &election.invitation];
        let mut guide = Guide::start(&arguments, place.path(), &log)?;
        guide.answer("p / f / n?", "n")?;
        guide.answer("Begin? [Y/n]", "")?;
        Ok(guide)
    };
    let (mut one, mut three) = (start(first)?, start(third)?);
    let mut rogue = Rogue::new(secret, &world, &election, &place.path().join("view.json")).await?;
    while !rogue.act().await? {}

    one.answer("Enter leaves", "")?;
    three.answer("Enter leaves", "")?;
    let (code, said) = three.end()?;
    // sentences are broken where the terminal ends
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    ensure!(code == Some(0), "{said}");
    for words in [
        "complaint: a share for you does not fit what its sender showed",
        "Attempt 1 was given up: trustee 2 dealt a share that does not fit and did not put it right.",
        "Trustee 3 complained about the share from 2; the answer settled it.",
    ] {
        ensure!(said.contains(words), "{words:?} is not in: {said}");
    }
    let (code, said) = one.end()?;
    ensure!(code == Some(0), "{said}");
    let status = world.status(&election)?;
    ensure!(status["ceremony"]["attempt"] == 1, "{status}");
    Ok(())
}

//! What stands on the board: a tested ballot on a second device, and a ballot by its tracking code.

use std::path::Path;

use anyhow::{Context, Result, bail};
use rand_core::OsRng;

use tabella_board_client::ClientError;
use tabella_board_client::booth::{Booth, FoundBallot};
use tabella_board_client::clock::show_time;
use tabella_board_client::visit::VisitError;
use tabella_board_core::api::PhaseName;
use tabella_board_core::entry::Entry;
use tabella_crypto::ballot::{Ballot, Disposition, TrackingCode};
use tabella_crypto::manifest::ElectionId;

use super::booth::{self, find};
use super::cast::{CodeArgs, confirm, obtain_code, show};
use super::{BoardArgs, Place, read_code};
use crate::ballot_box::{TestOpening, VoterReceipt, examine, publish};

/// Most bytes of a file that is read.
const MAX_FILE_LENGTH: u64 = 1 << 20;

fn read_json<T: serde::de::DeserializeOwned>(path: &Path, what: &str) -> Result<T> {
    let failed = || format!("{} cannot be read", path.display());
    if std::fs::metadata(path).with_context(failed)?.len() > MAX_FILE_LENGTH {
        bail!("{} is too long for {what}", path.display());
    }
    let bytes = std::fs::read(path).with_context(failed)?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} is not {what}", path.display()))
}

/// Says what a tested ballot contains.
pub async fn check_opening(path: &Path, board: &BoardArgs, election: Option<ElectionId>) -> Result<()> {
    let test: TestOpening = read_json(path, "the opening of a tested ballot")?;
    if let Some(expected) = election.filter(|expected| *expected != test.election) {
        bail!("the opening is for the election {}, not for {expected}", test.election);
    }
    let mut booth = booth::Booth::enter(board, test.election).await?;
    let FoundBallot { index, bytes, .. } = booth.find(test.code).await?;
    let told = tell_opening(&booth, index, &bytes, &test);
    booth.visit.keep(told)
}

/// Says what is in a tested ballot, which stands in this entry.
fn tell_opening(booth: &booth::Booth, index: u64, bytes: &[u8], test: &TestOpening) -> Result<()> {
    let selections = examine(&booth.context, bytes, test, &mut OsRng)
        .context("THE TEST FAILED: do not vote with the device that made this ballot")?;
    println!("election       {}", test.election);
    println!("tracking code  {}", test.code);
    println!("Compare both with your letter and with what the first device showed.");
    println!("The ballot in entry {index} is sound, was tested, and contains:");
    show(&selections, booth.manifest(), "en")?;
    println!("If this is not what you chose, do not vote with the device that made it.");
    Ok(())
}

/// Publishes the opening of a tested ballot, signed with the credential that tested it.
pub async fn publish_opening(path: &Path, board: &BoardArgs, code: &CodeArgs, yes: bool) -> Result<()> {
    let test: TestOpening = read_json(path, "the opening of a tested ballot")?;
    let secret = read_code(&obtain_code(code)?, test.election)?;
    let mut booth = booth::Booth::enter(board, test.election).await?;
    let FoundBallot { index, bytes, .. } = booth.find(test.code).await?;
    let opening = publish(&booth.context, (index, &bytes), &test, &secret, &mut OsRng)?;
    println!("WARNING: this tells everyone, for good, what you chose in this tested ballot.");
    println!(
        "Do it only to show that a device encrypted something else, or with choices that are not yours."
    );
    if !yes && !confirm("Publish it? [y/N] ")? {
        println!("Nothing was published.");
        return Ok(());
    }
    let posted = booth.board().post(booth.election(), &Entry::Opening(opening)).await?;
    println!("The opening is published: entry {} of the election's log.", posted.verified.index());
    Ok(booth.visit.save()?)
}

/// Says where a ballot stands.
pub async fn track(place: &Place, code: Option<TrackingCode>, receipt: Option<&Path>) -> Result<()> {
    let election = place.election;
    let visit = place.board.visit().await?;
    let mut log = Booth::new(&visit.board, election)?;
    let _head = log.log_mut().refresh().await?;
    let (code, receipt) = match (code, receipt) {
        (Some(code), _) => (code, None),
        (None, Some(path)) => {
            let saved: VoterReceipt = read_json(path, "a receipt")?;
            let shown = saved.verify(election, visit.board.key(), visit.board.witnesses())?;
            println!(
                "The receipt is sound: the board signed that entry {} holds this ballot.",
                shown.index()
            );
            (saved.code, Some(saved))
        }
        (None, None) => bail!("give a tracking code or a receipt"),
    };
    println!("tracking code  {code}");
    let found = find(&mut log, code).await;
    if let (Err(error), Some(saved)) = (&found, &receipt) {
        // the receipt's checkpoints against those shown now: a proof that anyone can check, where there is one
        let kept = visit.board.check_kept_receipt(election, &saved.entry, saved.receipt.clone()).await;
        let shown = match visit.keep(kept.map_err(VisitError::from)) {
            Err(VisitError::Client(error @ (ClientError::Fork(_) | ClientError::WentBack(_)))) => {
                Err(error.into())
            }
            // who cannot be asked has not said anything against the receipt
            _ if error.downcast_ref::<ClientError>().is_some_and(is_failure) => return found.map(|_| ()),
            _ => found.map(|_| ()),
        };
        return shown.context(
            "THE BOARD CONTRADICTS ITS OWN RECEIPT: keep the receipt, it is evidence, and show it to the election \
             office and observers",
        );
    }
    let FoundBallot { index, bytes, submitted, disposition, time, .. } = found?;
    if let Some(saved) = receipt.filter(|saved| saved.entry != bytes || saved.receipt.index != index) {
        bail!("the board shows entry {index}, but your receipt is for entry {}", saved.receipt.index);
    }
    println!("recorded       entry {index} of {}, {}", log.log().size(), show_time(time));
    match disposition {
        Disposition::Challenge => println!("It was tested. It never counts."),
        Disposition::Cast => tell_standing(&mut log, &submitted.ballot).await?,
    }
    Ok(visit.save()?)
}

/// Whether nothing was heard of the board, or only something damaged.
fn is_failure(error: &ClientError) -> bool {
    match error {
        ClientError::Unreachable { .. }
        | ClientError::TimedOut { .. }
        | ClientError::NotABoard { .. }
        | ClientError::Tampered { .. } => true,
        ClientError::Refused(problem) => matches!(problem.status, 429 | 500..),
        _ => false,
    }
}

/// Says whether a cast ballot counts or was replaced, and how many stand under its credential.
async fn tell_standing(election: &mut Booth, ballot: &Ballot) -> Result<()> {
    let (id, board) = (election.election(), election.board().clone());
    let Ballot { credential, counter, .. } = *ballot;
    let mut later = None;
    let mut stand = 0u32;
    for index in board.credential(id, credential).await?.ballots {
        let Entry::Cast(other) = Entry::decode(&election.log_mut().entry(index).await?)? else { continue };
        if other.ballot.credential != credential {
            bail!("the board names entry {index} as yours, which is another's: tell the election office");
        }
        stand += 1;
        if other.ballot.counter > counter {
            later = later.max(Some(index));
        }
    }
    let phase = board.status(id).await?.phase;
    match (later, phase) {
        (Some(later), _) => {
            println!("It was replaced by a later ballot of the same credential, entry {later}.")
        }
        (None, PhaseName::Closed | PhaseName::Counted) => println!("It is the one that counts."),
        (None, _) => println!("It is the one that counts, unless you vote again before closing."),
    }
    println!(
        "Ballots cast under this credential: {stand}. If you cast another number, somebody has your code."
    );
    println!(
        "That the board names all of them, and that this one is in the sum, the verifier checks on the record."
    );
    Ok(())
}

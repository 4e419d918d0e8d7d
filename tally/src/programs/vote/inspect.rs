//! What stands on the board: a tested ballot on a second device, and a ballot by its tracking code.

use std::path::Path;

use anyhow::{Context, Result, bail};
use rand_core::OsRng;

use tabella_board_client::LogView;
use tabella_board_client::clock::show_time;
use tabella_board_client::visit::Visit;
use tabella_board_core::api::PhaseName;
use tabella_board_core::entry::{Entry, PublishedOpening};
use tabella_crypto::ballot::{Disposition, TrackingCode};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::tiles::TILE_WIDTH;
use tabella_crypto::proofs::credential::CredentialStatement;

use super::booth::Booth;
use super::cast::{CodeArgs, confirm, obtain_code, show};
use super::{BoardArgs, Place, read_code};
use crate::ballot_box::{TestOpening, VoterReceipt, examine};

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
    let mut booth = Booth::enter(board, test.election).await?;
    let (index, bytes) = find(&booth.visit, &mut booth.log, test.election, test.code).await?;
    booth.visit.save()?;
    let selections = examine(&booth.context, &bytes, &test, &mut OsRng)
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
    let mut booth = Booth::enter(board, test.election).await?;
    let (challenge, bytes) = find(&booth.visit, &mut booth.log, test.election, test.code).await?;
    examine(&booth.context, &bytes, &test, &mut OsRng)?;
    let own = matches!(
        Entry::decode(&bytes)?,
        Entry::Challenge(submitted) if submitted.ballot.credential == secret.public()
    );
    if !own {
        bail!("this code did not test the ballot: only the voter who did can publish what it contained");
    }
    println!("WARNING: this tells everyone, for good, what you chose in this tested ballot.");
    println!(
        "Do it only to show that a device encrypted something else, or with choices that are not yours."
    );
    if !yes && !confirm("Publish it? [y/N] ")? {
        println!("Nothing was published.");
        return Ok(());
    }
    let opening = test.opening;
    let statement = CredentialStatement::publication(test.election, secret.public(), challenge, &opening);
    let signature = statement.sign(&secret, &mut OsRng);
    let entry = Entry::Opening(PublishedOpening { challenge, opening, signature });
    let posted = booth.board().post(booth.election(), &entry).await;
    booth.visit.save()?;
    println!("The opening is published: entry {} of the election's log.", posted?.verified.index());
    Ok(())
}

/// The ballot with a tracking code, from the log: its index and bytes. That its code is this one is checked.
async fn find(
    visit: &Visit,
    log: &mut LogView,
    election: ElectionId,
    code: TrackingCode,
) -> Result<(u64, Vec<u8>)> {
    let Some(place) = visit.board.ballot(election, code).await? else {
        bail!(
            "the board has no ballot with this tracking code: it was not recorded, or the code is mistyped. If a \
             device or receipt said otherwise, tell the election office"
        );
    };
    if log.size() <= place.index {
        let _head = log.refresh().await?;
    }
    let bytes = log.entry(place.index).await?;
    match ballot_code(&bytes, election) {
        Some((found, ..)) if found == code => Ok((place.index, bytes)),
        _ => bail!("the board points to entry {}, which is another: tell the election office", place.index),
    }
}

/// Tracking code, disposition and counter of an entry that is a ballot.
fn ballot_code(bytes: &[u8], election: ElectionId) -> Option<(TrackingCode, Disposition, u16)> {
    let (submitted, disposition) = match Entry::decode(bytes).ok()? {
        Entry::Cast(submitted) => (submitted, Disposition::Cast),
        Entry::Challenge(submitted) => (submitted, Disposition::Challenge),
        _ => return None,
    };
    Some((submitted.ballot.tracking_code(election), disposition, submitted.ballot.counter))
}

/// Says where a ballot stands.
pub async fn track(place: &Place, code: Option<TrackingCode>, receipt: Option<&Path>) -> Result<()> {
    let election = place.election;
    let visit = place.board.visit().await?;
    let mut log = visit.board.election_log(election)?;
    let _head = log.refresh().await?;
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
    let found = find(&visit, &mut log, election, code).await;
    if let (Err(_), Some(_)) = (&found, &receipt) {
        visit.save()?;
        return found.map(|_| ()).context(
            "THE BOARD CONTRADICTS ITS OWN RECEIPT: keep the receipt, it is evidence, and show it to the election \
             office and observers",
        );
    }
    let (index, bytes) = found?;
    if let Some(saved) = receipt.filter(|saved| saved.entry != bytes || saved.receipt.index != index) {
        bail!("the board shows entry {index}, but your receipt is for entry {}", saved.receipt.index);
    }
    let (_, disposition, counter) = ballot_code(&bytes, election).context("the entry is not a ballot")?;
    let time = block_time(&mut log, index).await?;
    println!("recorded       entry {index} of {}, {}", log.size(), show_time(time));
    match disposition {
        Disposition::Challenge => println!("It was tested. It never counts."),
        Disposition::Cast => tell_standing(&visit, &mut log, election, &bytes, counter).await?,
    }
    Ok(visit.save()?)
}

/// Says whether a cast ballot counts or was replaced, and how many stand under its credential.
async fn tell_standing(
    visit: &Visit,
    log: &mut LogView,
    election: ElectionId,
    bytes: &[u8],
    counter: u16,
) -> Result<()> {
    let Entry::Cast(submitted) = Entry::decode(bytes)? else { bail!("the entry is not a cast ballot") };
    let credential = submitted.ballot.credential;
    let mut later = None;
    let mut stand = 0u32;
    for index in visit.board.credential(election, credential).await?.ballots {
        let Entry::Cast(other) = Entry::decode(&log.entry(index).await?)? else { continue };
        if other.ballot.credential != credential {
            bail!("the board names entry {index} as yours, which is another's: tell the election office");
        }
        stand += 1;
        if other.ballot.counter > counter {
            later = later.max(Some(index));
        }
    }
    let phase = visit.board.status(election).await?.phase;
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

/// The time of the block that an entry stands in.
async fn block_time(log: &mut LogView, index: u64) -> Result<u64> {
    let width = u64::from(TILE_WIDTH);
    let mut end = index;
    loop {
        let start = end - end % width;
        let batch = log.batch(start..end + 1).await?.context("the log ends before this entry")?;
        let block = batch.entries.iter().rev().find_map(|bytes| match Entry::decode(bytes) {
            Ok(Entry::Block(block)) => Some(block.time),
            _ => None,
        });
        match (block, start.checked_sub(1)) {
            (Some(time), _) => return Ok(time),
            (None, Some(before)) => end = before,
            (None, None) => bail!("the log has no block before entry {index}"),
        }
    }
}

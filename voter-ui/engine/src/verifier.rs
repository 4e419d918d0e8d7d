//! The verifier: an election's whole record, checked on this device.
//!
//! A record of many ballots is shared by workers: one fetches it, each checks a shard, and the one that fetched it
//! verifies everything but the ballots that the shards vouch for.

use rand_core::OsRng;

use tabella_board_client::Board;
use tabella_board_client::record::{self, RecordError};
use tabella_board_client::transport::Transport;
use tabella_crypto::ballot::{TrustedVouchers, Voucher};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;
use tabella_tally::verify::shard::{Part, check_shard};
use tabella_tally::verify::{Demands, MemoryRecord, Pass, Progress, Report, Sequential, Vouched, verify};
use tabella_web_shared::verifier::{RecordFile, RecordFiles, Request, Shard, Verified};
use tabella_web_shared::wire::encode;
use tabella_web_shared::{Stage, Trouble};
use tabella_web_worker::Reply;
use tabella_web_worker::board::seen_before;
use tabella_web_worker::trouble::{client, fault};

/// The verifier.
#[derive(Default)]
pub(crate) struct Verifier {
    at_hand: Option<AtHand>,
}

/// A record, and how long it took so far.
struct AtHand {
    election: ElectionId,
    record: MemoryRecord,
    /// Milliseconds of fetching.
    fetching: f64,
    /// When checking began: milliseconds since 1970-01-01 UTC.
    checking_since: Option<f64>,
}

impl Verifier {
    /// Answers a request.
    pub(crate) async fn answer(&mut self, request: Request, reply: Reply) -> Result<Vec<u8>, Trouble> {
        let verifying = &mut |Progress { pass, done, of }: Progress| {
            // hashing is over before a bar would be read
            if pass == Pass::Checking {
                reply.progress(Stage::Verifying, done, of);
            }
        };
        match request {
            Request::Fetch { address, election, saved } => {
                self.at_hand = None;
                let began = js_sys::Date::now();
                let board =
                    Board::connect(&address, None, seen_before(saved.as_deref())).await.map_err(client)?;
                let downloading = &mut |done, of| reply.progress(Stage::Downloading, done, of);
                let record = fetch(&board, election, downloading).await;
                // also of a board that shows no record
                reply.saved(board.view().to_json());
                let record = record?;
                let fetching = js_sys::Date::now() - began;
                let files = files(election, &record);
                self.at_hand = Some(AtHand { election, record, fetching, checking_since: None });
                encode(&files)
            }
            Request::Take(RecordFiles { election, files }) => {
                let files = files.into_iter().map(|RecordFile { path, bytes }| (path, bytes)).collect();
                let record = MemoryRecord { files };
                self.at_hand = Some(AtHand { election, record, fetching: 0.0, checking_since: None });
                encode(&())
            }
            Request::Shard { part, of } => {
                let AtHand { election, record, .. } = self.begin()?;
                let part = Part::new(part, of).ok_or_else(|| fault("there is no such part"))?;
                encode(&shard(record, *election, part, verifying))
            }
            Request::Verify { shards } => {
                let AtHand { election, record, fetching, checking_since } = self.begin()?;
                let mut verified = verified(record, *election, &shards, verifying)?;
                let checking = checking_since.map_or(0.0, |began| js_sys::Date::now() - began);
                // below 2^32 for weeks; what is beyond, saturates
                verified.milliseconds = (*fetching as u32, checking as u32);
                encode(&verified)
            }
        }
    }

    /// The record at hand, of which something is checked from now on at the latest.
    fn begin(&mut self) -> Result<&AtHand, Trouble> {
        let at_hand = self.at_hand.as_mut().ok_or_else(|| fault("no record was fetched or taken"))?;
        at_hand.checking_since.get_or_insert_with(js_sys::Date::now);
        Ok(at_hand)
    }
}

async fn fetch<T: Transport>(
    board: &Board<T>,
    election: ElectionId,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<MemoryRecord, Trouble> {
    let mut record = MemoryRecord::default();
    let mut keep = |path, bytes| {
        record.files.insert(path, bytes);
        Ok(())
    };
    match record::fetch(board, election, &mut keep, progress).await {
        Ok(_) => Ok(record),
        Err(RecordError::Client(error)) => Err(client(error)),
        // entries come faster than anchors: the same as a board that is too busy to answer
        Err(RecordError::NotAnchored) => Err(Trouble::TimedOut),
        Err(error) => Err(fault(error)),
    }
}

fn files(election: ElectionId, record: &MemoryRecord) -> RecordFiles {
    let file = |(path, bytes): (&String, &Vec<u8>)| RecordFile { path: path.clone(), bytes: bytes.clone() };
    RecordFiles { election, files: record.files.iter().map(file).collect() }
}

fn shard(
    record: &MemoryRecord,
    election: ElectionId,
    part: Part,
    progress: &mut dyn FnMut(Progress),
) -> Shard {
    let vouchers = check_shard(record, election, part, &mut OsRng, progress);
    Shard { vouchers: vouchers.iter().flat_map(|Voucher(digest)| digest.0).collect() }
}

/// Verifies a record as far as it goes. Shards come from this device's own workers, by way of its page.
fn verified(
    record: &MemoryRecord,
    election: ElectionId,
    shards: &[Shard],
    progress: &mut dyn FnMut(Progress),
) -> Result<Verified, Trouble> {
    let mut vouchers = Vec::new();
    for shard in shards {
        let (whole, rest) = shard.vouchers.as_chunks::<32>();
        if !rest.is_empty() {
            return Err(fault("a shard is cut off"));
        }
        vouchers.extend(whole.iter().map(|bytes| Voucher(Digest(*bytes))));
    }
    let trusted = TrustedVouchers::made_on_this_device(vouchers);
    let demands = Demands { board: None, election: Some(election), partial: true };
    let outcome = verify(record, &demands, &mut Vouched::new(trusted, Sequential(OsRng)), progress);
    let (report, totals) = match &outcome {
        Ok(verified) => (verified.report(), verified.state().totals()),
        Err(report) => (&**report, None),
    };
    Ok(Verified {
        report: report_json(report)?,
        totals: totals.filter(|totals| !totals.contests.is_empty()),
        milliseconds: (0, 0),
    })
}

/// The report as indented JSON, in the order and with the line end that `tabella-verify --json` gives it. An election
/// that is counted is complete, whether or not less would have been accepted.
fn report_json(report: &Report) -> Result<String, Trouble> {
    let counted = report.election.as_ref().is_some_and(|election| election.phase == "counted");
    let report = Report { partial: report.partial && !counted, ..report.clone() };
    Ok(serde_json::to_string_pretty(&report).map_err(fault)? + "\n")
}

#[cfg(test)]
mod tests;

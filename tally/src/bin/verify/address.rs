//! A record from a board's address: it is taken into a folder, and only the folder is verified.

use std::path::Path;

use anyhow::anyhow;

use tabella_board_client::record::{RecordError, download};
use tabella_board_client::terminal::{Progress, visible};
use tabella_board_client::visit::{Visit, VisitError};
use tabella_board_client::{Board, ClientError};
use tabella_board_core::check::Check;
use tabella_board_core::entry::{BoardEntry, Entry};
use tabella_crypto::manifest::{CheckedManifest, ElectionId};

use crate::Trouble;
use crate::speech::Speech;

/// Downloads the record of an election, or of the only one on the board, into a new folder.
pub(crate) fn fetch(
    address: &str,
    board: Option<&str>,
    view: Option<&Path>,
    election: Option<ElectionId>,
    speech: Speech<'_>,
    folder: &Path,
) -> Result<(), Trouble> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| anyhow!(error))?;
    runtime.block_on(async {
        let visit = Visit::begin(address, board, view).await.map_err(visit_trouble)?;
        let board = &visit.board;
        let election = match election {
            Some(election) => election,
            // what was seen is kept when the visit is dropped
            None => only_election(board, speech.titles).await?,
        };
        let mut bar = Progress::new(speech.texts.downloading);
        let outcome = download(board, election, folder, |done, of| bar.set(done, of)).await;
        bar.finish();
        // what was seen is kept, most of all when something is wrong
        visit.keep(outcome.map(|_| ()).map_err(record_trouble))
    })
}

/// The election of a board that has one; else an error that lists them.
async fn only_election(board: &Board, language: &str) -> Result<ElectionId, Trouble> {
    let elections = match board.elections().await {
        Ok(elections) => elections.into_iter().map(|summary| summary.election).collect(),
        // static files have no list beside the board log
        Err(ClientError::NotABoard { .. } | ClientError::Refused(_)) => logged_elections(board).await?,
        Err(error) => return Err(client_trouble(error)),
    };
    if let [only] = elections.as_slice() {
        return Ok(*only);
    }
    if elections.is_empty() {
        return Err(anyhow!("there is no election on the board {}", board.address()).into());
    }
    let mut text = format!("the board has {} elections: choose one with --election", elections.len());
    for election in elections {
        let title = title(board, election, language).await;
        text.push_str(&format!("; {election} {}", title.unwrap_or_default()));
    }
    Err(Trouble::Unusable(anyhow!(visible(&text)), Some("say --election HEX with one of them".to_owned())))
}

/// The elections on the board log.
async fn logged_elections(board: &Board) -> Result<Vec<ElectionId>, Trouble> {
    let mut log = board.log();
    let size = log.refresh().await.map_err(client_trouble)?.size();
    let entries = log.entries(0..size, |_, _| ()).await.map_err(client_trouble)?;
    let creation = |bytes: &Vec<u8>| match BoardEntry::decode(bytes) {
        Ok(BoardEntry::Election(creation)) => Some(creation.election),
        _ => None,
    };
    Ok(entries.iter().filter_map(creation).collect())
}

/// The title in an election's manifest, if its log can be read.
async fn title(board: &Board, election: ElectionId, language: &str) -> Option<String> {
    let mut log = board.election_log(election).ok()?;
    let size = log.refresh().await.ok()?.size();
    let mut bytes = Vec::new();
    for index in 1..size {
        match Entry::decode(&log.entry(index).await.ok()?).ok()? {
            Entry::Manifest(part) => {
                bytes.extend(part.bytes);
                if part.part.checked_add(1)? >= part.parts {
                    break;
                }
            }
            _ => return None,
        }
    }
    Some(CheckedManifest::decode(&bytes).ok()?.title.in_language(language).to_owned())
}

impl From<VisitError> for Trouble {
    fn from(error: VisitError) -> Self {
        visit_trouble(error)
    }
}

fn visit_trouble(error: VisitError) -> Trouble {
    match error {
        VisitError::Client(error) => client_trouble(error),
        VisitError::Contradicted { path, error } => match client_trouble(error) {
            Trouble::Refused(sentence, contradiction) => {
                let sentence =
                    format!("{sentence}. An earlier visit proved it, and {} keeps it", path.display());
                Trouble::Refused(sentence, contradiction)
            }
            trouble => trouble,
        },
        other => {
            let hint = other.hint();
            Trouble::Unusable(other.into(), Some(hint.to_owned()))
        }
    }
}

fn record_trouble(error: RecordError) -> Trouble {
    match error {
        RecordError::Client(error) => client_trouble(error),
        other => Trouble::Unusable(other.into(), None),
    }
}

/// What the board sent breaks a check, or there was nothing to check.
fn client_trouble(error: ClientError) -> Trouble {
    let check = match &error {
        ClientError::Genesis(_)
        | ClientError::WrongKey { .. }
        | ClientError::Checkpoint { .. }
        | ClientError::Fork(_) => Check::Checkpoints,
        ClientError::Encoding { .. } => Check::Encoding,
        ClientError::Rules { refusal, .. } => refusal.check(),
        _ => {
            let hint = error.hint();
            return Trouble::Unusable(error.into(), Some(hint.to_owned()));
        }
    };
    let sentence = format!("check {} fails ({}): {error}", check.number(), check.title());
    let contradiction = if let ClientError::Fork(contradiction) = error { Some(contradiction) } else { None };
    Trouble::Refused(sentence, contradiction)
}

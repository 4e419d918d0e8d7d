//! `tabella-board mirror` and `tabella-board export`: the record as static files.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;

use super::folder::{Folder, FolderError};
use super::{check_source, store_file};
use crate::mirror::{Mirror, MirrorError, Round, Shelf};
use crate::store::RedbStore;
use tabella_board_client::changes::Trouble;
use tabella_board_client::clock::parse_seconds;
use tabella_board_client::site::Site;
use tabella_board_client::{Board, Trust};

/// Follows a board and keeps its logs as static files, which any web server can publish.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The board, or another mirror: its address, or a folder.
    #[arg(long, value_name = "ADDRESS")]
    pub from: String,
    /// The folder to publish; made if it is not there.
    #[arg(long, value_name = "FOLDER")]
    pub to: PathBuf,
    /// The board's key or fingerprint, as its operator published it.
    #[arg(long, value_name = "KEY")]
    pub board: Option<Trust>,
    /// Take what is there now, then end.
    #[arg(long)]
    pub once: bool,
    /// Seconds between two looks.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = parse_seconds)]
    pub every: u64,
}

/// What `export` takes.
#[derive(Debug, clap::Args)]
pub struct ExportArguments {
    /// The folder that init made.
    #[arg(long)]
    pub data: PathBuf,
    /// The folder to write to; made if it is not there, brought up to date if it is.
    #[arg(long)]
    pub to: PathBuf,
}

/// Mirrors once, or until something is wrong that does not pass.
pub fn perform(options: &Arguments) -> anyhow::Result<()> {
    check_source(&options.from)?;
    let mut mirror = Mirror::open(&options.to)?;
    if options.board.is_none() && mirror.view().key()?.is_none() {
        tracing::warn!(
            "the board is taken at its word: say --board with the key that its operator published"
        );
    }
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let mut board = None;
        let mut trouble = Trouble::default();
        loop {
            let now = match round(&mut mirror, options, &mut board).await {
                Err(error) if options.once || !error.may_pass() => return Err(error.into()),
                Err(error) => {
                    // it may be another program, or another way, when it is back
                    board = None;
                    Some(match error.hint() {
                        Some(hint) => format!("{error}: {hint}"),
                        None => error.to_string(),
                    })
                }
                Ok(None) => Some(format!(
                    "{} shows less than this mirror has: it went back, is behind, or was restored from a backup. \
                     Nothing was taken; what is there stays",
                    options.from
                )),
                Ok(Some(round)) => {
                    if trouble.ends() {
                        tracing::info!("{} is as it should be again", options.from);
                    }
                    tell(&round, options.once);
                    None
                }
            };
            match now {
                Some(now) if options.once => bail!("{now}"),
                Some(now) if trouble.begins(now.clone()) => tracing::warn!("{now}; asked again until it is over"),
                _ => {}
            }
            if options.once {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_secs(options.every)).await;
        }
    })
}

/// A round; none if the source is behind the folder.
async fn round(
    mirror: &mut Mirror,
    options: &Arguments,
    board: &mut Option<Board<Site>>,
) -> Result<Option<Round>, MirrorError> {
    let board = match board {
        Some(board) => board,
        none => {
            let found = Site::find(&options.from, options.board.as_ref(), mirror.view()).await?;
            let Some(connected) = mirror.connect(found).await? else { return Ok(None) };
            none.insert(connected)
        }
    };
    let round = mirror.round(board).await?;
    Ok(Some(round).filter(|round| !round.source_is_behind))
}

fn tell(round: &Round, once: bool) {
    let Round { taken, board, elections, source_is_behind: _ } = round;
    if once {
        println!("{taken} new entries; the board log has {board}, with {elections} elections");
    } else if *taken > 0 {
        tracing::info!(taken, board, elections, "published");
    }
}

/// Writes the record of a stopped board.
pub fn export(arguments: &ExportArguments) -> anyhow::Result<()> {
    let ExportArguments { data, to } = arguments;
    let _folder = Folder::with_store(data).map_err(|error| match error {
        FolderError::Locked(_) => anyhow::Error::from(error).context(
            "a running board is exported by its address: tabella-board mirror --once --from ADDRESS",
        ),
        error => error.into(),
    })?;
    let store = &store_file(data);
    let opened = RedbStore::open(store)?;
    let mut mirror = Mirror::open(to)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let round = runtime.block_on(async {
        let shelf = Shelf::new(opened, store.display().to_string());
        let found = Board::find(shelf, None, mirror.view()).await?;
        match mirror.connect(found).await? {
            Some(board) => Ok(Some(mirror.round(&board).await?).filter(|round| !round.source_is_behind)),
            None => Ok::<_, MirrorError>(None),
        }
    })?;
    let Some(round) = round else { bail!("{} has more than this store: it is an old copy", to.display()) };
    tell(&round, true);
    Ok(())
}

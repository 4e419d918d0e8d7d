//! `tabella-board mirror` and `tabella-board export`: the record as static files.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};

use super::folder::Folder;
use super::{check_source, store_file};
use crate::mirror::{Mirror, MirrorError, Round, Shelf};
use crate::store::RedbStore;
use tabella_board_client::site::Site;
use tabella_board_client::transport::Transport;
use tabella_board_client::{Board, ClientError, SavedView, Trust};

/// Exit code where two checkpoints of the board contradict each other.
const CONTRADICTION: u8 = 3;

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
    #[arg(long, value_name = "KEY", value_parser = trust)]
    pub board: Option<Trust>,
    /// Take what is there now, then end.
    #[arg(long)]
    pub once: bool,
    /// Seconds between two looks.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
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

fn trust(text: &str) -> Result<Trust, &'static str> {
    Trust::parse(text).ok_or("neither a board's key nor the fingerprint of one")
}

/// Mirrors once, or until something is wrong that does not pass.
pub fn perform(options: &Arguments) -> anyhow::Result<ExitCode> {
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
        loop {
            let round = round(&mut mirror, options, &mut board).await;
            match round {
                Err(error @ (MirrorError::Contradiction { .. } | MirrorError::Unkept { .. })) => {
                    eprintln!("tabella-board: {error}");
                    return Ok(ExitCode::from(CONTRADICTION));
                }
                Ok(None) => tracing::warn!(
                    "{} shows less than this mirror has: it is behind, or was restored from a backup",
                    options.from
                ),
                Ok(Some(round)) => tell(&round, options.once),
                Err(error) if options.once || !error.may_pass() => return Err(error.into()),
                Err(error) => {
                    tracing::warn!("{error}");
                    // it may be another program, or another way, when it is back
                    board = None;
                }
            }
            if options.once {
                return Ok(ExitCode::SUCCESS);
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
        none => match Site::connect(&options.from, options.board.as_ref(), mirror.view()).await {
            Ok(connected) => none.insert(connected),
            Err(error) => return mirror.judge_connection(error).map(|_| None),
        },
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
    let store = &store_file(data);
    if !store.exists() {
        bail!("there is no board's store {}", store.display());
    }
    let _folder = Folder::take(data)
        .context("a running board is exported by its address: tabella-board mirror --once --from ADDRESS")?;
    let opened = RedbStore::open(store)?;
    let mut mirror = Mirror::open(to)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let round = runtime.block_on(async {
        let shelf = Shelf::new(opened, store.display().to_string());
        let board = connect(shelf, mirror.view()).await?;
        mirror.round(&board).await.map_err(anyhow::Error::from)
    })?;
    if round.source_is_behind {
        bail!("{} has more than this store: it is an old copy", to.display());
    }
    tell(&round, true);
    Ok(())
}

async fn connect<T: Transport>(transport: T, view: SavedView) -> Result<Board<T>, ClientError> {
    Board::connect_by(transport, None, view).await
}

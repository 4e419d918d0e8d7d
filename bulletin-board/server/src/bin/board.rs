//! `tabella-board`: runs a bulletin board.

use std::io::{IsTerminal as _, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::serve::ListenerExt as _;
use clap::{Parser, Subcommand};
use rand_core::OsRng;

use tabella_board::engine::Solo;
use tabella_board::http::app::App;
use tabella_board::keyfile::{self, KeyFileError};
use tabella_board::sequencer::{self, Board, ClockGuard, Options, StartError, system_time};
use tabella_board::store::RedbStore;
use tabella_board::{http, publish};
use tabella_board_core::api::hex_parse;
use tabella_board_core::board::check_genesis;
use tabella_board_core::entry::Genesis;
use tabella_crypto::signature::VerifyingKey;

/// Longest time that open requests have after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Tabella's bulletin board.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a new board: its key, and the first entries of its log.
    Init {
        /// The folder for key and store; made if it is not there.
        #[arg(long)]
        data: PathBuf,
        /// The board's unique name, such as board.example.org/tabella. It can never be changed.
        #[arg(long)]
        origin: String,
        /// The public key of somebody who may open elections: 64 hexadecimal digits. Can be repeated.
        #[arg(long = "administrator", value_parser = verifying_key)]
        administrators: Vec<VerifyingKey>,
    },
    /// Run the board.
    Run {
        /// The folder that init made.
        #[arg(long)]
        data: PathBuf,
        /// Address and port; port 0 takes a free one.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// Minutes that the system's clock may be ahead of the time the board expects before it stops.
        #[arg(long, default_value_t = 30)]
        clock_ahead: u64,
        /// The system's clock is right, however long the board was off: lets elections open and close by it.
        #[arg(long)]
        clock_is_right: bool,
    },
}

fn verifying_key(text: &str) -> Result<VerifyingKey, String> {
    hex_parse(text).ok_or_else(|| "a public key is 64 hexadecimal digits in lower case".to_owned())
}

fn key_file(data: &Path) -> PathBuf {
    data.join("operator.key")
}

fn store_file(data: &Path) -> PathBuf {
    data.join("board.redb")
}

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
    let result = match Arguments::parse().command {
        Command::Init { data, origin, administrators } => init(&data, origin, administrators),
        Command::Run { data, listen, clock_ahead, clock_is_right } => {
            let ahead = Duration::from_secs(clock_ahead.saturating_mul(60));
            let note = Some(data.join("clock"));
            run(&data, listen, ClockGuard { ahead, confirmed: clock_is_right, note })
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tabella-board: {}", in_words(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error and its causes, less what an error says of its cause itself.
fn in_words(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |words, cause| match words.is_empty() {
        true => cause,
        false if words.contains(&cause) => words,
        false => format!("{words}: {cause}"),
    })
}

fn init(data: &Path, origin: String, administrators: Vec<VerifyingKey>) -> anyhow::Result<()> {
    if administrators.is_empty() {
        bail!(
            "name with --administrator the public key of everybody who may open elections: \
             the list stands in the log's first entries and cannot be changed later"
        );
    }
    // before anything is written
    let placeholder = VerifyingKey([0; 32]);
    check_genesis(&Genesis::new(origin.clone(), placeholder, administrators.clone()))
        .map_err(StartError::Genesis)?;
    std::fs::create_dir_all(data).with_context(|| format!("the folder {} cannot be made", data.display()))?;
    let key = match keyfile::read(&key_file(data)) {
        // left by an init that was interrupted, if there is no board; else init refuses below
        Ok(key) => key,
        Err(KeyFileError::Missing(_)) if store_file(data).exists() => bail!(
            "{} has a board's store but not its key: restore operator.key, or use another folder for a new board",
            data.display()
        ),
        Err(KeyFileError::Missing(_)) => keyfile::create(&key_file(data), &mut OsRng)?,
        Err(error) => return Err(error.into()),
    };
    let store = RedbStore::open(&store_file(data))?;
    let genesis = Genesis::new(origin, key.verifying_key(), administrators);
    sequencer::init(&store, &key, genesis.clone(), system_time())?;
    let info = publish::board_info(&genesis)?;
    println!("board        {}", info.origin);
    println!("key          {}", info.key);
    println!("fingerprint  {}", info.fingerprint);
    Ok(())
}

fn run(data: &Path, listen: SocketAddr, clock: ClockGuard) -> anyhow::Result<()> {
    if !data.is_dir() {
        bail!("there is no folder {}: make a board with `tabella-board init`", data.display());
    }
    let key = keyfile::read(&key_file(data))?;
    if !store_file(data).exists() {
        return Err(StartError::NotInitialised.into());
    }
    let store = Arc::new(RedbStore::open(&store_file(data))?);
    let options = Options { clock_guard: Some(clock), ..Options::default() };
    let (board, running) = Board::start(store, key, Solo, options)?;
    let snapshot = board.snapshot();
    tracing::info!(
        "board {}, {} entries, {} elections",
        snapshot.info.origin,
        snapshot.board.claimed().size(),
        snapshot.elections.len()
    );
    drop(snapshot);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(serve(board, running, listen));
    runtime.shutdown_timeout(GRACE);
    result
}

/// An address that a browser on this machine reaches: a server that listens everywhere also listens here.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = if address.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
    SocketAddr::new(ip, address.port())
}

/// Serves until a signal comes or the sequencer fails.
async fn serve(board: Board, mut running: sequencer::Running, listen: SocketAddr) -> anyhow::Result<()> {
    let mut signals = Signals::new()?;
    let listener = match tokio::net::TcpListener::bind(listen).await {
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!(
                "{listen} is in use: stop the program that listens there, or choose another port with --listen"
            )
        }
        other => other
            .with_context(|| format!("cannot listen on {listen}: choose another address with --listen"))?,
    };
    let address = listener.local_addr()?;
    let app = App::embedded();
    let is_built = app.is_built();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    // answers are small: they must not wait for more to send
    let listener = listener.tap_io(|stream| {
        // a connection on which this fails is slower, and no worse
        let _ = stream.set_nodelay(true);
    });
    let server = axum::serve(listener, http::router(board, app))
        .with_graceful_shutdown(async { drop(stopped.await) })
        .into_future();
    let mut server = tokio::spawn(server);
    println!("listening on http://{address}");
    std::io::stdout().flush()?;
    if is_built {
        tracing::info!("the web page for voters: http://{}/", reachable(address));
    } else {
        tracing::warn!("no web page for voters: this program was built without it, `make build` builds both");
    }
    tokio::select! {
        () = signals.next() => tracing::info!("stopping"),
        () = running.ended() => {}
        ended = &mut server => {
            ended?.context("the HTTP server failed")?;
            bail!("the HTTP server ended");
        }
    }
    // requests under way get their answers, then the sequencer finishes what it has
    drop(stop);
    let _ = tokio::time::timeout(GRACE, server).await;
    let ended = tokio::task::spawn_blocking(move || running.stop()).await?;
    Ok(ended?)
}

#[cfg(unix)]
struct Signals(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?))
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        // without a handler the process ends at once, which the store survives
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    #[test]
    fn a_cause_that_was_said_is_not_said_again() {
        let error = anyhow!("the disk is full").context("no batch: the disk is full").context("stopped");
        assert_eq!(super::in_words(&error), "stopped: no batch: the disk is full");
        let error = Err::<(), _>(anyhow!("b")).context("a").unwrap_err();
        assert_eq!(super::in_words(&error), "a: b");
    }
}

//! `tabella-board run`: the board, until a signal comes or its sequencer fails.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use axum::http::HeaderValue;
use tokio::net::TcpListener;

use super::backup;
use super::recover::Memory;
use crate::backup::Record;
use crate::config::{self, Config, ConfigError, Place, Server, Settings, parse_listen};
use crate::engine::{Solo, Submission};
use crate::http::Pages;
use crate::http::app::App;
use crate::http::book::Book;
use crate::metrics::Metrics;
use crate::programs::signals::{Reload, Stop};
use crate::recovery::Required;
use crate::sequencer::{self, Board, ClockGuard, CredentialLimits, Options};
use crate::serve::tls::{Certificates, Tls, acceptor};
use crate::serve::{Connections, budget, requests, serve};
use crate::store::Store;
use crate::witnesses::{self, Kept, Pace, keep_asking};
use crate::{http, log, metrics};

mod ready;

use ready::{Ready, contacts, rehearsal};

/// Longest time that open requests have after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// What the subcommand takes.
#[derive(Debug, Default, clap::Args)]
pub struct Arguments {
    /// The file of settings; `tabella-board config` prints one with every setting explained.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The folder that init made; else the setting [server] data.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Address and port; port 0 takes a free one. Else the setting [server] listen, 127.0.0.1:8080 by default.
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = parse_listen)]
    pub listen: Option<SocketAddr>,
    /// Serve the web app in this folder instead of the one inside this program; else the setting [server] app.
    #[arg(long, value_name = "FOLDER")]
    pub app: Option<PathBuf>,
    /// Where a witness of the board is reached. Can be repeated; beside those of the settings.
    #[arg(long = "witness", value_name = "NAME=URL")]
    pub witnesses: Vec<witnesses::Address>,
    /// Start only if every witness of this board has an address and says where it stands.
    #[arg(long)]
    pub require_witnesses: bool,
    /// A mirror of this board, asked before anything is signed whether the store is the newest: an address or a folder.
    /// Can be repeated; beside those of the settings.
    #[arg(long = "mirror", value_name = "ADDRESS")]
    pub mirrors: Vec<String>,
    /// Do not start where a mirror does not answer.
    #[arg(long)]
    pub require_mirrors: bool,
    /// The system's clock is right, however long the board was off: lets elections open and close by it.
    #[arg(long)]
    pub clock_is_right: bool,
    /// Print the settings in force, each explained; then check them as a start does, and start nothing.
    #[arg(long)]
    pub print_config: bool,
}

impl Arguments {
    /// The settings of file, environment and flags together.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        // a variable whose name is not UTF-8 is none of ours
        let environment =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        let mut settings = Settings::load(self.config.as_deref(), environment)?;
        let Settings { config, places } = &mut settings;
        if let Some(data) = &self.data {
            config.server.data = Some(data.clone());
        }
        if let Some(app) = &self.app {
            config.server.app = Some(app.clone());
        }
        if let Some(listen) = self.listen {
            config.server.listen = listen;
        }
        for witnesses::Address { name, url } in self.witnesses.iter().cloned() {
            for setting in ["name", "url"] {
                places.set("witness", config.witness.len(), setting, Place::Flag("--witness"));
            }
            config.witness.push(config::Witness { name, url });
        }
        for url in self.mirrors.iter().cloned() {
            places.set("mirror", config.mirror.len(), "url", Place::Flag("--mirror"));
            config.mirror.push(config::Mirror { url });
        }
        config.server.require_witnesses |= self.require_witnesses;
        config.server.require_mirrors |= self.require_mirrors;
        settings.check()?;
        Ok(settings)
    }
}

/// Runs the board, or prints its settings and says whether it would start.
pub fn perform(arguments: &Arguments) -> anyhow::Result<()> {
    // what is wrong with the settings is said in the form that they ask for
    let settings = arguments.settings().inspect_err(|_| {
        let format = config::format_asked(arguments.config.as_deref());
        log::start(&config::Log { format, ..config::Log::default() });
    })?;
    let ignored = settings.ignored();
    let config = settings.config;
    if arguments.print_config {
        print!("{}", config.to_toml());
        std::io::stdout().flush()?;
        return rehearsal(&config);
    }
    log::start(&config.log);
    for message in ignored {
        tracing::warn!("{message}");
    }
    let Ready { folder: _folder, data, key, store, app, certificates } = Ready::look(&config)?;
    let data = data.as_path();
    let witnesses = contacts(store.as_ref(), &config)?;
    let mirrors: Vec<String> = config.mirror.iter().map(|mirror| mirror.url.clone()).collect();
    let kept = Kept::in_folder(data);
    let metrics = config.metrics.listen.map(|_| Arc::new(Metrics::default()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;

    let Server { require_witnesses: witnesses_must, require_mirrors: mirrors_must, .. } = config.server;
    let required = Required { witnesses: witnesses_must, mirrors: mirrors_must };
    let memory = Memory { data, kept: &kept, mirrors: &mirrors, witnesses: &witnesses, required };
    let shared: Arc<dyn Store> = store.clone();
    let asked = runtime.block_on(memory.ask(&shared, key.verifying_key()))?;
    let options = options(arguments, &config, data, metrics.as_ref());
    let (board, running) = Board::start(shared, key, Solo, options)?;
    introduce(&board);

    let backups = Arc::new(Record::default());
    if let Some(metrics) = &metrics {
        metrics.started(&asked, backups.clone());
    }
    {
        let _inside = runtime.enter();
        backup::start(data, &store, config.backup.schedule(), &backups);
    }
    kept.restore(&board);
    if !witnesses.is_empty() {
        runtime.spawn(keep_asking(board.clone(), witnesses, Pace::default(), Some(kept)));
    }
    let result = runtime.block_on(until_stopped(board, running, &config, app, certificates, metrics));
    runtime.shutdown_timeout(GRACE);
    result
}

/// Bounds and times of the sequencer.
fn options(arguments: &Arguments, config: &Config, data: &Path, metrics: Option<&Arc<Metrics>>) -> Options {
    let mut options = Options::from(&config.queue);
    options.credentials = CredentialLimits::from(&config.credentials);
    options.clock_guard = Some(ClockGuard {
        ahead: Duration::from_secs(config.server.clock_ahead_minutes.saturating_mul(60)),
        confirmed: arguments.clock_is_right,
        note: Some(data.join("clock")),
    });
    if let Some(metrics) = metrics {
        options.observer = metrics.clone();
    }
    options
}

fn introduce(board: &Board) {
    let snapshot = board.snapshot();
    tracing::info!(
        "board {}, {} entries, {} elections",
        snapshot.info.origin,
        snapshot.board.claimed().size(),
        snapshot.elections.len()
    );
}

/// Writes the app that is about to be served on the board log, unless it is the last one there.
async fn release(board: &Board, app: &App) -> anyhow::Result<()> {
    let Some(release) = app.release() else { return Ok(()) };
    let (version, files) = (release.version.clone(), release.files.len());
    let accepted =
        board.submit(Submission::Release(release)).await.context("the web app cannot be served")?;
    if accepted.fresh {
        tracing::info!("the web app {version}, {files} files, is a new release on the board log");
    }
    Ok(())
}

/// An address that a browser on this machine reaches: a server that listens everywhere also listens here.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = if address.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
    SocketAddr::new(ip, address.port())
}

async fn bind(listen: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(listen).await {
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!(
                "{listen} is in use: stop the program that listens there, or choose another port with {setting}"
            )
        }
        other => {
            other.with_context(|| format!("cannot listen on {listen}: choose another address with {setting}"))
        }
    }
}

/// The router with all that this program puts around it.
fn router(board: Board, app: App, config: &Config, metrics: Option<Arc<Metrics>>) -> Router {
    let limit = Duration::from_secs(config.limits.request_seconds);
    let router = http::router_within(board, Pages { app, book: Book::embedded() }, limit);
    requests::noted(budget::charged(router), metrics, config.log.requests)
}

/// Strict-Transport-Security, where browsers are told.
fn strict(seconds: u64) -> Option<HeaderValue> {
    (seconds > 0).then(|| HeaderValue::try_from(format!("max-age={seconds}")).ok()).flatten()
}

/// Serves until a signal comes or the sequencer fails.
async fn until_stopped(
    board: Board,
    mut running: sequencer::Running,
    config: &Config,
    app: App,
    certificates: Option<Arc<Certificates>>,
    metrics: Option<Arc<Metrics>>,
) -> anyhow::Result<()> {
    let mut signals = Stop::new()?;
    let listener = bind(config.server.listen, "--listen").await?;
    let (address, connections) = (listener.local_addr()?, Arc::new(Connections::default()));
    if let (Some(listen), Some(metrics)) = (config.metrics.listen, &metrics) {
        let figures = bind(listen, "the setting [metrics] listen").await?;
        tracing::info!("metrics at http://{}/metrics", figures.local_addr()?);
        let router = metrics::router(metrics.clone(), board.clone(), connections.clone());
        tokio::spawn(axum::serve(figures, router).into_future());
    }
    let is_built = app.is_built();
    release(&board, &app).await?;
    let strict = strict(config.tls.strict_transport_security_seconds);
    let tls = certificates.clone().map(acceptor).transpose()?.map(|acceptor| Tls { acceptor, strict });
    let scheme = if tls.is_some() { "https" } else { "http" };
    tokio::spawn(reload(Reload::new()?, certificates, config.tls.reload_seconds));
    let (stop, stopped) = tokio::sync::watch::channel(());
    let limits = config.limits.clone();
    let feeding = board.clone();
    let router = router(board, app, config, metrics);
    let mut server =
        tokio::spawn(async move { serve(listener, router, tls, &limits, connections, stopped, GRACE).await });
    log::listening(&format!("{scheme}://{address}"))?;
    if is_built {
        tracing::info!("the web page for voters: {scheme}://{}/", reachable(address));
    } else {
        tracing::warn!("no web page for voters: this program was built without it, `make build` builds both");
    }
    tokio::select! {
        () = signals.next() => tracing::info!("stopping"),
        () = running.ended() => {}
        ended = &mut server => {
            ended.context("the HTTP server failed")?;
            bail!("the HTTP server ended");
        }
    }
    feeding.end_feeds();
    // requests under way get their answers, then the sequencer finishes what it has
    drop(stop);
    let _ = tokio::time::timeout(GRACE, server).await;
    let ended = tokio::task::spawn_blocking(move || running.stop()).await?;
    Ok(ended?)
}

/// Reads the certificate again whenever it has changed or a signal asks for it.
async fn reload(mut signal: Reload, certificates: Option<Arc<Certificates>>, seconds: u64) {
    loop {
        let asked = tokio::select! {
            () = signal.next() => true,
            () = tokio::time::sleep(Duration::from_secs(seconds)), if seconds > 0 && certificates.is_some() => false,
        };
        let Some(certificates) = certificates.as_ref().filter(|files| asked || files.have_changed()) else {
            continue;
        };
        match certificates.reload() {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => tracing::error!("the certificate in use stays: {error}"),
        }
    }
}

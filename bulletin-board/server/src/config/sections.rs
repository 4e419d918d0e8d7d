//! Every setting, once: type, default, unit, sentence. The sentences are for operators, and are printed.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Kind;
use super::section::{List, list, section};
use crate::backup::Schedule;
use crate::sequencer::{CredentialLimits, Options};

/// Least bytes to hold for clients: a bundle of 256 of the longest entries has 16 MiB, and a part is for others.
pub(super) const MIN_HELD: u64 = 24 << 20;

section! {
    /// Where the board's data lies and where it listens.
    Server as "server" {
        /// Folder of the board's key and store, made by `tabella-board init`. Must be set, here or with --data.
        data: Option<PathBuf> = None, Kind::Path, "\"/var/lib/tabella-board\"";
        /// Address and port of the interface and the page for voters. Port 0 takes a free one.
        listen: SocketAddr = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)), Kind::Listen, "";
        /// Folder of a web app that is served instead of the one inside the program.
        app: Option<PathBuf> = None, Kind::Path, "\"/usr/share/tabella/voter-ui\"";
        /// How far the system's clock may jump ahead while the board runs, and be ahead of the last time that the board
        /// knows when it starts and an election would open or close by it. Beyond that the board stops, since nothing
        /// that is closed can be opened again; --clock-is-right starts it once all the same.
        clock_ahead_minutes: u64 = 30, Kind::number(0, 525_600, "minutes"), "";
        /// Start only if every [[witness]] says where the board's log stands: then an old store that is put back never
        /// goes on. Otherwise a witness that does not answer is a warning.
        require_witnesses: bool = false, Kind::Switch, "";
        /// The same of every [[mirror]].
        require_mirrors: bool = false, Kind::Switch, "";
    }
}

section! {
    /// Copies of the store, written while the board runs. The operator's key is not in them.
    Backup as "backup" {
        /// Folder for them, on another disk if possible; without it none are written by themselves.
        folder: Option<PathBuf> = None, Kind::Path, "\"/var/backups/tabella-board\"";
        /// Time between two of them.
        every_minutes: u64 = 60, Kind::number(1, 525_600, "minutes"), "";
        /// How many are kept; the oldest goes first.
        keep: usize = 24, Kind::number(1, 100_000, "files"), "";
    }
}

impl Backup {
    /// When they are written; none without a folder.
    pub fn schedule(&self) -> Option<Schedule> {
        let Self { folder, every_minutes, keep } = self;
        let every = Duration::from_secs(every_minutes.saturating_mul(60));
        folder.clone().map(|folder| Schedule { folder, every, keep: *keep })
    }
}

section! {
    /// TLS by the board itself. Without certificate and key it speaks plain HTTP, for a proxy on the same machine.
    Tls as "tls" {
        /// Certificate chain, PEM, the board's own certificate first.
        certificate: Option<PathBuf> = None, Kind::Path, "\"/etc/tabella-board/tls/fullchain.pem\"";
        /// Its private key, PEM (PKCS #8, SEC 1 or PKCS #1).
        key: Option<PathBuf> = None, Kind::Path, "\"/etc/tabella-board/tls/privkey.pem\"";
        /// How often both files are looked at; if one has changed, both are read again, as on the signal SIGHUP.
        /// 0 reads them on the signal alone.
        reload_seconds: u64 = 60, Kind::number(0, 86_400, "seconds"), "";
        /// How long browsers are told to come by HTTPS alone (Strict-Transport-Security); 0 does not tell them.
        strict_transport_security_seconds: u64 = 31_536_000, Kind::number(0, 315_360_000, "seconds"), "";
    }
}

section! {
    /// Bounds for clients. How long a body may be is fixed by the formats: 65,535 bytes for an entry.
    Limits as "limits" {
        /// Open connections in all. Others wait until one is closed. Each needs a file descriptor.
        connections: u32 = 4_096, Kind::number(1, 1_000_000, "connections"), "";
        /// Open connections of one address; others are closed at once. 0 sets no bound: right behind a proxy, from whose
        /// address all connections come. Many voters may share an address. An IPv6 address is its /64, here and below,
        /// and a /48 may have four times as much.
        connections_per_address: u32 = 1_024, Kind::number(0, 1_000_000, "connections"), "";
        /// Time from the start of a connection, or from the first byte of a request, until TLS is agreed and the
        /// request's headers are there.
        header_seconds: u64 = 10, Kind::number(1, 3_600, "seconds"), "";
        /// Time for a request, its body included, until its answer begins.
        request_seconds: u64 = 30, Kind::number(1, 3_600, "seconds"), "";
        /// Time after which a connection is closed that has no request, or whose client takes nothing of its
        /// answer. Not less than request_seconds.
        idle_seconds: u64 = 75, Kind::number(1, 86_400, "seconds"), "";
        /// Bytes held in memory for clients: answers until they are taken, and bodies while they come. More requests are
        /// told to come again (429, Retry-After). A quarter of it is for what is sent to the board and the answers to
        /// that, a sixteenth for answers of at most 4,096 bytes, and the rest for all answers. While less than a quarter
        /// of that rest is free, a client that takes nothing has header_seconds instead of idle_seconds.
        held_bytes: usize = 256 << 20, Kind::number(MIN_HELD, 1 << 40, "bytes"), "";
        /// Of these, held for answers to one address; beside that an eighth of this number for what it sends, and a
        /// 256th of this number for its small answers. 0 sets no bound: right behind a proxy.
        held_bytes_per_address: usize = 64 << 20, Kind::number(0, 1 << 40, "bytes"), "";
        /// Open feeds (server-sent events) of one address, of 1,024 in all; more are told to come
        /// again (429, Retry-After). 0 sets no bound: right behind a proxy.
        feeds_per_address: u32 = 128, Kind::number(0, 1_024, "feeds"), "";
        /// Requests a second of one address (IPv6: of one /64, whatever its /48 sends), reads and writes together; ten
        /// seconds' worth can be saved up. 0 sets no bound, and is right for most: a school or a company votes from one address, and
        /// behind a proxy there is no other.
        requests_per_second_per_address: u32 = 0, Kind::number(0, 1_000_000, "requests per second"), "";
    }
}

section! {
    /// Bounds and times of the sequencer, which appends what has arrived in batches. The defaults are good.
    Queue as "queue" {
        /// Most submissions that are appended together.
        batch_entries: usize = 2_048, Kind::number(1, 1_000_000, "submissions"), "";
        /// Bytes of submissions after which a batch takes no more.
        batch_bytes: usize = 16 << 20, Kind::number(1, 1_073_741_824, "bytes"), "";
        /// How long a batch waits for more after its first submission.
        linger_milliseconds: u64 = 2, Kind::number(0, 10_000, "milliseconds"), "";
        /// Most submissions that wait; more are told to come again (Retry-After).
        entries: usize = 8_192, Kind::number(1, 10_000_000, "submissions"), "";
        /// Most bytes of submissions that wait; more are told to come again.
        bytes: usize = 64 << 20, Kind::number(1, 68_719_476_736, "bytes"), "";
        /// Longest time between two looks at the clock, which opens and closes elections.
        tick_milliseconds: u64 = 250, Kind::number(1, 60_000, "milliseconds"), "";
    }
}

impl From<&Queue> for Options {
    fn from(queue: &Queue) -> Self {
        let Queue { batch_entries, batch_bytes, linger_milliseconds, entries, bytes, tick_milliseconds } =
            *queue;
        Self {
            batch_entries,
            batch_bytes,
            linger: Duration::from_millis(linger_milliseconds),
            queue_entries: entries,
            queue_bytes: bytes,
            tick: Duration::from_millis(tick_milliseconds),
            ..Self::default()
        }
    }
}

section! {
    /// What one credential of the roll may make the board do. Counted is only what it signed, so that nobody can use up
    /// another voter's share, and forgotten at a restart. Beyond it the answer is 429 with Retry-After.
    Credentials as "credentials" {
        /// The time in which is counted, from the first ballot on.
        window_seconds: u64 = 600, Kind::number(0, 2_678_400, "seconds"), "";
        /// Ballots whose proofs are checked.
        ballots: u32 = 30, Kind::number(1, 1_000_000, "ballots"), "";
        /// Ballots whose proofs do not hold. No program of ours makes one.
        bad_proofs: u32 = 3, Kind::number(0, 1_000_000, "ballots"), "";
        /// In one batch of an election, ballots of all credentials that have sent a bad proof.
        suspects: usize = 16, Kind::number(1, 1_000_000, "ballots"), "";
    }
}

impl From<&Credentials> for CredentialLimits {
    fn from(credentials: &Credentials) -> Self {
        let Credentials { window_seconds, ballots, bad_proofs, suspects } = *credentials;
        Self { window: Duration::from_secs(window_seconds), ballots, bad_proofs, suspects }
    }
}

section! {
    /// What is written to standard error. Never a voter's address, credential, tracking code or ballot.
    Log as "log" {
        /// "text" for people, "json" (one object a line) for programs.
        format: LogFormat = LogFormat::Text, Kind::Word(&["text", "json"]), "";
        /// "error", "warn", "info", "debug" or "trace". Libraries say at most their warnings, whatever is set here.
        level: Level = Level::Info, Kind::Word(&["error", "warn", "info", "debug", "trace"]), "";
        /// A line for each request: method, template of the path, status, duration. It has no address and no name,
        /// but its time can be compared with that of a ballot on the public record: switch it on to look for a
        /// fault, not for good.
        requests: bool = false, Kind::Switch, "";
    }
}

section! {
    /// Figures for Prometheus, at /metrics, on a listener of their own. They are not for the public: turnout by the
    /// second is among them.
    Metrics as "metrics" {
        /// Address and port; without it there are no figures.
        listen: Option<SocketAddr> = None, Kind::Listen, "\"127.0.0.1:9464\"";
    }
}

/// How lines are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// From which importance on lines are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// What stops the board.
    Error,
    /// What an operator should look at.
    Warn,
    /// What happens once.
    Info,
    /// What is of interest when looking for a fault.
    Debug,
    /// Everything.
    Trace,
}

list! {
    /// A witness that is asked to cosign checkpoints (C2SP tlog-witness): the name in its key, and its address, `http` or
    /// `https`. One table for each.
    Witness as "witness", "witnesses" {
        /// Its name, as its key has it.
        name, Kind::Name, "\"witness.example.org\"";
        /// Where it takes requests.
        url, Kind::Url("https://witness.example.org"), "\"https://witness.example.org\"";
    }
}

list! {
    /// A mirror that keeps copies of the logs: its address, `http` or `https`, or a folder of this machine. One table for
    /// each.
    Mirror as "mirror", "mirrors" {
        /// Its address, or a folder.
        url, Kind::Source, "\"https://mirror.example.org\"";
    }
}

/// The lists, in the order in which they are printed.
pub(super) const LISTS: [&List; 2] = [&Witness::LIST, &Mirror::LIST];

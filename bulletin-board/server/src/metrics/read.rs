//! Sizes, queue, phases and connections, read when somebody asks.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Instant;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use tabella_board_core::api::PhaseName;

use super::{OneLabel, number, process};
use crate::sequencer::Board;
use crate::serve::Connections;

/// What is read when somebody asks.
#[derive(Default)]
pub(super) struct Read {
    ready: Gauge,
    waiting: Gauge,
    waiting_bytes: Gauge,
    sizes: Family<OneLabel, Gauge>,
    elections: Family<OneLabel, Gauge>,
    checkpoint_age: Gauge<f64, AtomicU64>,
    connections: Gauge,
    closed: Family<OneLabel, Counter>,
    limited: Counter,
    held: Gauge,
    short: Counter,
    /// Of the process, which is registered beside the others.
    pub(super) memory: Gauge<i64, AtomicI64>,
}

impl Read {
    pub(super) fn register(&self, ours: &mut Registry) {
        ours.register("ready", "1 if the board accepts entries, else 0", self.ready.clone());
        ours.register("queue_submissions", "Submissions and questions that wait", self.waiting.clone());
        ours.register_with_unit(
            "queue",
            "Bytes of submissions that wait",
            Unit::Bytes,
            self.waiting_bytes.clone(),
        );
        ours.register(
            "log_entries",
            "Entries of the board log, and of all election logs",
            self.sizes.clone(),
        );
        ours.register("elections", "Elections by phase", self.elections.clone());
        ours.register_with_unit(
            "checkpoint_age",
            "Time since the newest checkpoint was signed, or since the start",
            Unit::Seconds,
            self.checkpoint_age.clone(),
        );
        ours.register("connections", "Open connections", self.connections.clone());
        ours.register(
            "connections_closed",
            "Connections that the board closed: 'refused' of an address with too many, 'slow' of a slow client",
            self.closed.clone(),
        );
        ours.register(
            "requests_limited",
            "Requests refused since their address sent too many",
            self.limited.clone(),
        );
        ours.register_with_unit(
            "held",
            "Bytes held for clients: answers not taken yet, and bodies that come in",
            Unit::Bytes,
            self.held.clone(),
        );
        ours.register(
            "held_refusals",
            "Answers, bodies and events for which there was no room, in all or of their address",
            self.short.clone(),
        );
    }

    pub(super) fn look(&self, board: &Board, connections: &Connections, last_commit: Instant) {
        let Self { ready, waiting, waiting_bytes, sizes, elections, checkpoint_age, .. } = self;
        ready.set(board.is_ready().into());
        let queue = board.waiting();
        waiting.set(number(queue.entries));
        waiting_bytes.set(number(queue.bytes));
        let snapshot = board.snapshot();
        let of_elections = snapshot.elections.values().map(|view| view.head.claimed().size()).sum::<u64>();
        for (log, size) in [("board", snapshot.board.claimed().size()), ("election", of_elections)] {
            sizes.get_or_create(&[("log", log)]).set(number(size));
        }
        for (phase, name) in PHASES {
            let count = snapshot.elections.values().filter(|view| view.status.phase == phase).count();
            elections.get_or_create(&[("phase", name)]).set(number(count));
        }
        checkpoint_age.set(last_commit.elapsed().as_secs_f64());
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        // ended first: it never overtakes
        let ended = load(&connections.ended);
        self.connections.set(number(load(&connections.accepted).saturating_sub(ended)));
        for (reason, count) in [("refused", &connections.refused), ("slow", &connections.cut)] {
            let closed = self.closed.get_or_create(&[("reason", reason)]);
            closed.inner().store(load(count), Ordering::Relaxed);
        }
        self.limited.inner().store(load(&connections.limited), Ordering::Relaxed);
        self.held.set(number(load(&connections.held)));
        self.short.inner().store(load(&connections.short), Ordering::Relaxed);
        self.memory.set(process::resident_bytes().map_or(0, number));
    }
}

/// Phases with their names.
const PHASES: [(PhaseName, &str); 5] = [
    (PhaseName::Manifest, "manifest"),
    (PhaseName::Setup, "setup"),
    (PhaseName::Open, "open"),
    (PhaseName::Closed, "closed"),
    (PhaseName::Counted, "counted"),
];

//! What keeps the board's log one log and whole: witnesses, backups, and who was asked at the start.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::{OneLabel, number};
use crate::backup::Record;
use crate::recovery::{Asked, Who};
use crate::sequencer::Board;

type ByWitness = [(&'static str, String); 1];
type Refused = [(&'static str, String); 2];

/// Read when somebody asks.
#[derive(Default)]
pub(super) struct Guard {
    cosigned: Family<ByWitness, Gauge>,
    cosignature_age: Family<ByWitness, Gauge<f64, AtomicU64>>,
    refusals: Family<Refused, Counter>,
    contradictions: Family<ByWitness, Gauge>,
    backups: Family<OneLabel, Counter>,
    backup_entries: Gauge,
    backup_size: Gauge,
    backup_age: Gauge<f64, AtomicU64>,
    mirrors: Family<OneLabel, Gauge>,
    start: Mutex<Option<(Instant, Arc<Record>)>>,
}

impl Guard {
    pub(super) fn register(&self, ours: &mut Registry) {
        ours.register(
            "witness_cosigned_entries",
            "Entries of the board log under the witness's last cosignature since the start; 0 before it",
            self.cosigned.clone(),
        );
        ours.register_with_unit(
            "witness_cosignature_age",
            "Time since the witness's last cosignature, or since the start",
            Unit::Seconds,
            self.cosignature_age.clone(),
        );
        ours.register(
            "witness_refusals",
            "Requests that the witness did not cosign, by kind: 'contradiction' where it has cosigned another log, or more",
            self.refusals.clone(),
        );
        ours.register(
            "witness_contradiction",
            "1 if the witness has cosigned what this board's log does not continue, and has not cosigned since; else 0",
            self.contradictions.clone(),
        );
        ours.register("backups", "Backups since the start: 'written' or 'failed'", self.backups.clone());
        ours.register(
            "backup_entries",
            "Entries of the board log in the last backup since the start; 0 before it",
            self.backup_entries.clone(),
        );
        ours.register_with_unit(
            "backup_size",
            "Bytes of the last backup since the start; 0 before it",
            Unit::Bytes,
            self.backup_size.clone(),
        );
        ours.register_with_unit(
            "backup_age",
            "Time since the last backup, or since the start",
            Unit::Seconds,
            self.backup_age.clone(),
        );
        ours.register(
            "mirrors_asked",
            "Mirrors that were asked at the start whether the store is the newest, by what they have: 'in-step' the same, \
             'behind' less, 'unknown' no answer",
            self.mirrors.clone(),
        );
    }

    /// See [`super::Metrics::started`].
    pub(super) fn started(&self, asked: &[Asked], backups: Arc<Record>) {
        // a board that starts was told nothing else
        for answer in ["in-step", "behind", "unknown"] {
            let is_so =
                |asked: &&Asked| matches!(asked.who, Who::Mirror(_)) && asked.finding.name() == answer;
            let count = asked.iter().filter(is_so).count();
            self.mirrors.get_or_create(&[("answer", answer)]).set(number(count));
        }
        *self.start.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), backups));
    }

    pub(super) fn look(&self, board: &Board) {
        for standing in board.publication().standings().all() {
            let witness = [("witness", standing.name.clone())];
            self.cosigned.get_or_create(&witness).set(number(standing.cosigned));
            self.cosignature_age.get_or_create(&witness).set(standing.since.elapsed().as_secs_f64());
            self.contradictions.get_or_create(&witness).set(standing.contradicts.into());
            for (refusal, count) in standing.refusals() {
                let labels = [("witness", standing.name.clone()), ("kind", refusal.name().to_owned())];
                self.refusals.get_or_create(&labels).inner().store(count, Ordering::Relaxed);
            }
        }
        let start = self.start.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((start, record)) = &*start else { return };
        let last = record.last();
        self.backup_age.set(last.map_or(*start, |last| last.at).elapsed().as_secs_f64());
        self.backup_entries.set(last.map_or(0, |last| number(last.entries)));
        self.backup_size.set(last.map_or(0, |last| number(last.bytes)));
        let (written, failed) = record.totals();
        for (outcome, count) in [("written", written), ("failed", failed)] {
            self.backups.get_or_create(&[("outcome", outcome)]).inner().store(count, Ordering::Relaxed);
        }
    }
}

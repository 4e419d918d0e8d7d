//! The clock under suspicion: the time of blocks opens and closes elections for good, and can never run back.
//!
//! A block never has a time before the last one's, so a clock that jumps *back* only stops the logs' time until it
//! has caught up. A jump *far ahead* would close elections that nobody can open again. What the time should be is
//! known from two sources: the last time that the board has noted, in a block or beside the store, and the seconds
//! that this process has lived since, which setting a clock does not change.
//!
//! * *While the board runs*, a clock that is ahead of that by more than the limit ends it before anything is
//!   appended: either the clock is wrong, or the machine slept.
//! * *When it starts*, it may have been off for weeks. Nothing is asked as long as no election opens or closes by
//!   the new time. If one does, the board does not start until the operator says that the clock is right, or until
//!   the clock is.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use tabella_crypto::manifest::ElectionId;

use super::{Fatal, StartError};

/// How often the time is noted.
const NOTE_EVERY: Duration = Duration::from_secs(20);

/// How far the clock is believed.
#[derive(Debug, Clone)]
pub struct ClockGuard {
    /// Most that the clock may be ahead of what it should be.
    pub ahead: Duration,
    /// The operator says that the clock is right, wherever it is when the board starts.
    pub confirmed: bool,
    /// A file in which the board notes that it lives, so that a short stop is not taken for a long one.
    pub note: Option<PathBuf>,
}

impl Default for ClockGuard {
    fn default() -> Self {
        Self { ahead: Duration::from_secs(30 * 60), confirmed: false, note: None }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Follows the clock while the board runs.
pub(super) struct Watch {
    guard: ClockGuard,
    /// A moment, and the clock's time then: milliseconds since 1970-01-01 UTC.
    anchor: (Instant, u64),
    noted: Option<Instant>,
}

impl Watch {
    /// Begins at this time, if it can be believed: `last` is the time of the newest block of all logs, and `due` says
    /// which election opens or closes by a time.
    pub(super) fn start(
        guard: ClockGuard,
        (moment, now): (Instant, u64),
        last: u64,
        due: impl FnOnce(u64) -> Option<ElectionId>,
    ) -> Result<Self, StartError> {
        let noted = guard.note.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        let noted = noted.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        let known = last.max(noted);
        let ahead = now.saturating_sub(known);
        if ahead > milliseconds(guard.ahead) && !guard.confirmed {
            if let Some(election) = due(now) {
                return Err(StartError::ClockAhead { election, now, known });
            }
            tracing::warn!(
                "this board last knew the time {} s ago, if the clock is right: compare it before you go on",
                ahead / 1_000
            );
        }
        if last > now.saturating_add(1_000) {
            tracing::warn!(
                "the clock is {} s behind the last block: nothing opens or closes until it has caught up; set it",
                (last - now) / 1_000
            );
        }
        Ok(Self { guard, anchor: (moment, now), noted: None })
    }

    /// Whether this time can be believed; notes it now and then.
    pub(super) fn check(&mut self, moment: Instant, now: u64) -> Result<(), Fatal> {
        let (begin, then) = self.anchor;
        let expected = then.saturating_add(milliseconds(moment.saturating_duration_since(begin)));
        let ahead = now.saturating_sub(expected);
        if ahead > milliseconds(self.guard.ahead) {
            return Err(Fatal::ClockAhead { seconds: ahead / 1_000 });
        }
        // once set back, it may not come forward again by more than the limit either
        if now < expected {
            self.anchor = (moment, now);
        }
        let is_due = |noted| moment.saturating_duration_since(noted) >= NOTE_EVERY;
        if self.noted.is_none_or(is_due) {
            self.noted = Some(moment);
            self.note(now);
        }
        Ok(())
    }

    /// Nothing depends on this file but how much is asked at the next start, so it need not be durable.
    fn note(&self, now: u64) {
        let Some(file) = &self.guard.note else { return };
        let new = file.with_extension("new");
        let written = std::fs::write(&new, format!("{now}\n")).and_then(|()| std::fs::rename(&new, file));
        if let Err(error) = written {
            tracing::warn!("the time cannot be noted in {}: {error}", file.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use tabella_crypto::transcript::Digest;

    use super::*;

    const HOUR: u64 = 3_600_000;
    const LAST: u64 = 1_000 * HOUR;

    fn start(guard: ClockGuard, now: u64, due: bool) -> Result<(Watch, Instant), StartError> {
        let begin = Instant::now();
        let due = |time| (due && time == now).then_some(ElectionId(Digest([1; 32])));
        Ok((Watch::start(guard, (begin, now), LAST, due)?, begin))
    }

    #[test]
    fn a_running_board_ends_where_the_clock_jumps_ahead_and_not_where_time_passes() {
        let (mut watch, begin) = start(ClockGuard::default(), LAST, false).unwrap();
        let hours = |hours: u64| begin + Duration::from_secs(hours * 3_600);
        watch.check(hours(5), LAST + 5 * HOUR).unwrap();
        watch.check(hours(5), LAST + 5 * HOUR + HOUR / 3).unwrap();
        assert!(matches!(watch.check(hours(5), LAST + 6 * HOUR), Err(Fatal::ClockAhead { seconds: 3_600 })));
    }

    #[test]
    fn the_clock_may_be_ahead_by_the_limit_and_by_no_millisecond_more() {
        let most = milliseconds(ClockGuard::default().ahead);
        let (mut watch, begin) = start(ClockGuard::default(), LAST + most, true).unwrap();
        watch.check(begin, LAST + 2 * most).unwrap();
        assert!(watch.check(begin, LAST + 2 * most + 1).is_err());
        assert!(start(ClockGuard::default(), LAST + most + 1, true).is_err());
    }

    #[test]
    fn the_time_is_noted_at_once_and_then_now_and_then() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("clock");
        let noted = || std::fs::read_to_string(&file).unwrap();
        let guard = ClockGuard { note: Some(file.clone()), ..ClockGuard::default() };
        let (mut watch, begin) = start(guard, LAST, false).unwrap();
        let every = milliseconds(NOTE_EVERY);
        for (after, last) in [(0, 0), (every - 1, 0), (every, every), (2 * every - 1, every)] {
            watch.check(begin + Duration::from_millis(after), LAST + after).unwrap();
            assert_eq!(noted(), format!("{}\n", LAST + last), "after {after} ms");
        }
    }

    #[test]
    fn a_clock_that_was_set_back_may_not_come_forward_again_at_once() {
        let (mut watch, begin) = start(ClockGuard::default(), LAST, false).unwrap();
        watch.check(begin, LAST - 100 * HOUR).unwrap();
        assert!(matches!(watch.check(begin, LAST), Err(Fatal::ClockAhead { .. })));
    }

    #[test]
    fn a_board_that_was_off_for_weeks_asks_only_if_an_election_opens_or_closes_by_that() {
        let weeks = LAST + 500 * HOUR;
        assert!(start(ClockGuard::default(), weeks, false).is_ok());
        let refused = start(ClockGuard::default(), weeks, true).err().unwrap();
        assert!(matches!(refused, StartError::ClockAhead { now, known: LAST, .. } if now == weeks));
        let confirmed = ClockGuard { confirmed: true, ..ClockGuard::default() };
        assert!(start(confirmed, weeks, true).is_ok());
        assert!(start(ClockGuard::default(), LAST + HOUR / 4, true).is_ok(), "a short stop");
        assert!(start(ClockGuard::default(), LAST - HOUR, true).is_ok(), "behind the last block");
    }

    #[test]
    fn a_quiet_board_that_stopped_for_a_moment_is_not_taken_for_one_that_was_off() {
        let folder = tempfile::tempdir().unwrap();
        let note = Some(folder.path().join("clock"));
        let guard = ClockGuard { note, ..ClockGuard::default() };
        let later = LAST + 500 * HOUR;
        let (mut watch, begin) = start(guard.clone(), later, false).unwrap();
        watch.check(begin, later).unwrap();
        assert!(start(guard.clone(), later + HOUR / 4, true).is_ok());
        assert!(start(guard, later + HOUR, true).is_err());
    }
}

//! The clock of programs: milliseconds since 1970-01-01 UTC, and how people read them.

use std::time::{SystemTime, UNIX_EPOCH};

/// The longest pause between two looks, in seconds.
const MAX_PAUSE: u64 = 86_400;

/// Now.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A time in UTC, such as `2026-12-01T08:00:00Z` (RFC 3339).
pub fn show_time(milliseconds: u64) -> String {
    i64::try_from(milliseconds)
        .ok()
        .and_then(|time| jiff::Timestamp::from_millisecond(time).ok())
        .map_or_else(|| format!("{milliseconds} ms after 1970"), |time| time.to_string())
}

/// Reads how many seconds lie between two looks, from a flag.
pub fn parse_seconds(text: &str) -> Result<u64, &'static str> {
    text.parse()
        .ok()
        .filter(|seconds| (1..=MAX_PAUSE).contains(seconds))
        .ok_or("wanted is a whole number of seconds, from 1 to 86400 (a day)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_a_number_of_seconds() {
        assert_eq!((parse_seconds("1"), parse_seconds("86400")), (Ok(1), Ok(86_400)));
        for text in ["0", "", "-1", "1.5", "10s", "86401", "99999999999999999999"] {
            assert!(parse_seconds(text).is_err_and(|wanted| wanted.contains("whole number")), "{text}");
        }
    }

    #[test]
    fn times_are_shown_in_utc() {
        assert_eq!(show_time(1_796_112_000_000), "2026-12-01T08:00:00Z");
        assert_eq!(show_time(u64::MAX), "18446744073709551615 ms after 1970");
        assert!(now() > 1_700_000_000_000);
    }
}

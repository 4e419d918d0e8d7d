//! The clock of programs: milliseconds since 1970-01-01 UTC, and how people read them.

use std::time::{SystemTime, UNIX_EPOCH};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_utc() {
        assert_eq!(show_time(1_796_112_000_000), "2026-12-01T08:00:00Z");
        assert_eq!(show_time(u64::MAX), "18446744073709551615 ms after 1970");
        assert!(now() > 1_700_000_000_000);
    }
}

//! How much work one credential can cause. Whoever holds a credential of the roll can make the board check proofs,
//! which is the dearest thing that a stranger can ask of it.
//!
//! Counted is only what stands under the credential's own signature, so that nobody can use up another voter's
//! share. What is counted here is this board's own affair and no rule of the log: it is forgotten at a restart.

use std::collections::HashMap;
use std::time::Duration;

use tabella_crypto::credential::Credential;

/// What each credential may cause within a time. Whatever the log refuses without proofs does not count: the same
/// ballot again, a wrong counter, more ballots than the manifest allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialLimits {
    /// The time, from the first ballot counted.
    pub window: Duration,
    /// Ballots whose proofs are checked.
    pub ballots: u32,
    /// Ballots with proofs that do not hold. No program of ours makes one.
    pub bad_proofs: u32,
    /// For all credentials together: ballots in a turn of an election that come from those with a bad proof within
    /// the time. These are checked one by one, so that they make nobody else wait for a search.
    pub suspects: usize,
}

impl Default for CredentialLimits {
    fn default() -> Self {
        Self { window: Duration::from_secs(600), ballots: 30, bad_proofs: 3, suspects: 16 }
    }
}

impl CredentialLimits {
    fn milliseconds(&self) -> u64 {
        u64::try_from(self.window.as_millis()).unwrap_or(u64::MAX)
    }
}

/// What a credential has caused since its window began.
#[derive(Debug, Clone, Copy)]
struct Count {
    /// Milliseconds since 1970-01-01 UTC.
    ends: u64,
    ballots: u32,
    bad_proofs: u32,
}

/// Whether a credential's proofs are checked together with those of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing is known against it.
    Clean,
    /// It has sent a bad proof within the time.
    Suspect,
}

/// The proofs are not looked at now: come back after so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooOften {
    pub(super) seconds: u64,
}

/// The counts of an election: at most one for each voter on the roll, and gone when their time is over.
#[derive(Debug, Default)]
pub(super) struct Counts {
    counts: HashMap<Credential, Count>,
    /// When those that are over are next removed.
    sweep: u64,
}

impl Counts {
    /// Counts a ballot, if the credential may have its proofs checked at this time.
    pub(super) fn admit(
        &mut self,
        limits: &CredentialLimits,
        credential: Credential,
        now: u64,
    ) -> Result<Standing, TooOften> {
        let window = limits.milliseconds();
        // also one that ends too late, because the clock ran back
        let is_over = |count: &Count| now >= count.ends || count.ends > now.saturating_add(window);
        if now >= self.sweep || self.sweep > now.saturating_add(window) {
            self.counts.retain(|_, count| !is_over(count));
            self.sweep = now.saturating_add(window);
        }
        let fresh = Count { ends: now.saturating_add(window), ballots: 0, bad_proofs: 0 };
        let count = self.counts.entry(credential).or_insert(fresh);
        if is_over(count) {
            *count = fresh;
        }
        if count.ballots >= limits.ballots || count.bad_proofs >= limits.bad_proofs {
            return Err(TooOften { seconds: (count.ends - now).div_ceil(1_000) });
        }
        count.ballots += 1;
        Ok(if count.bad_proofs > 0 { Standing::Suspect } else { Standing::Clean })
    }

    /// A ballot that was admitted is not looked at after all.
    pub(super) fn take_back(&mut self, credential: &Credential) {
        if let Some(count) = self.counts.get_mut(credential) {
            count.ballots = count.ballots.saturating_sub(1);
        }
    }

    /// The proofs of a ballot that was admitted do not hold.
    pub(super) fn blame(&mut self, credential: &Credential) {
        if let Some(count) = self.counts.get_mut(credential) {
            count.bad_proofs = count.bad_proofs.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use tabella_crypto::group::EncodedPoint;

    use super::*;

    const LIMITS: CredentialLimits =
        CredentialLimits { window: Duration::from_secs(10), ballots: 4, bad_proofs: 2, suspects: 1 };

    fn credential(byte: u8) -> Credential {
        Credential(EncodedPoint([byte; 32]))
    }

    #[test]
    fn a_credential_is_stopped_by_its_own_acts_until_its_window_ends() {
        let mut counts = Counts::default();
        let (one, other) = (credential(1), credential(2));
        assert_eq!(counts.admit(&LIMITS, one, 1_000), Ok(Standing::Clean));
        counts.blame(&one);
        assert_eq!(counts.admit(&LIMITS, one, 2_000), Ok(Standing::Suspect));
        counts.blame(&one);
        assert_eq!(counts.admit(&LIMITS, one, 3_001), Err(TooOften { seconds: 8 }));
        assert_eq!(counts.admit(&LIMITS, other, 3_001), Ok(Standing::Clean));
        assert_eq!(counts.admit(&LIMITS, one, 10_999), Err(TooOften { seconds: 1 }));
        assert_eq!(counts.admit(&LIMITS, one, 11_000), Ok(Standing::Clean));
        for _ in 0..9 {
            counts.take_back(&one);
            assert_eq!(counts.admit(&LIMITS, one, 11_000), Ok(Standing::Clean));
        }
    }

    #[test]
    fn a_credential_that_casts_again_and_again_waits() {
        let mut counts = Counts::default();
        for _ in 0..LIMITS.ballots {
            assert_eq!(counts.admit(&LIMITS, credential(1), 5), Ok(Standing::Clean));
        }
        assert_eq!(counts.admit(&LIMITS, credential(1), 5), Err(TooOften { seconds: 10 }));
    }

    #[test]
    fn counts_are_forgotten_when_their_time_is_over_or_the_clock_runs_back() {
        let mut counts = Counts::default();
        for byte in 0..100 {
            let _ = counts.admit(&LIMITS, credential(byte), 1_000_000);
        }
        assert_eq!(counts.counts.len(), 100);
        let _ = counts.admit(&LIMITS, credential(200), 1_010_000);
        assert_eq!(counts.counts.len(), 1);
        for _ in 0..LIMITS.ballots {
            let _ = counts.admit(&LIMITS, credential(200), 1_010_000);
            let _ = counts.admit(&LIMITS, credential(201), 1_010_000);
        }
        assert_eq!(counts.admit(&LIMITS, credential(200), 500), Ok(Standing::Clean));
        assert_eq!(counts.counts.len(), 1, "whoever does not come again is forgotten too");
    }
}

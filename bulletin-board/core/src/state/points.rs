//! Which D stand in ballots so far: none may stand in two, nor twice in one. Cast and tested ballots are alike, so that a
//! ballot that was tested is never cast, and the other way round. Specification: "Ballots".

use std::collections::HashSet;

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::group::EncodedPoint;

use crate::check::BallotRefusal;

/// The first 16 bytes of D: two that agree are one D, but for a chance of 2^-128 for each pair.
pub type PointPrefix = [u8; 16];

/// The prefix of a D.
pub fn point_prefix(point: &EncodedPoint) -> PointPrefix {
    let (first, _) = point.0.split_first_chunk().unwrap_or((&[0; 16], &[]));
    *first
}

/// A D, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FirstPoint {
    /// Its prefix.
    pub prefix: PointPrefix,
    /// Index of the ballot's entry.
    pub entry: u64,
}

/// What is known of the D of the ballots so far.
#[derive(Clone)]
pub(super) enum Points {
    /// All of them, 16 bytes each: every ballot is compared at once.
    Kept(HashSet<PointPrefix>),
    /// Those that nobody took yet: whoever takes them compares them. Within one ballot they are compared at once.
    HandedOut(Vec<FirstPoint>),
}

impl Points {
    /// No D of the ballot stands in another ballot, as far as they are kept, nor twice in this one.
    pub(super) fn check_fresh(
        &self,
        code: TrackingCode,
        ballot: &[EncodedPoint],
    ) -> Result<(), BallotRefusal> {
        let none = HashSet::new();
        let kept = match self {
            Self::Kept(kept) => kept,
            Self::HandedOut(_) => &none,
        };
        if !ballot.is_empty() && ballot.iter().all(|point| kept.contains(&point_prefix(point))) {
            return Err(BallotRefusal::Known(code));
        }
        let mut own = HashSet::new();
        let copied = |prefix: PointPrefix| kept.contains(&prefix) || !own.insert(prefix);
        match ballot.iter().map(point_prefix).position(copied) {
            Some(position) => Err(BallotRefusal::Copied(position)),
            None => Ok(()),
        }
    }

    /// Those of a ballot that was accepted.
    pub(super) fn extend(&mut self, entry: u64, ballot: &[EncodedPoint]) {
        let prefixes = ballot.iter().map(point_prefix);
        match self {
            Self::Kept(kept) => kept.extend(prefixes),
            Self::HandedOut(points) => points.extend(prefixes.map(|prefix| FirstPoint { prefix, entry })),
        }
    }

    /// Hands out those that were not taken yet; none if they are kept.
    pub(super) fn take(&mut self) -> Vec<FirstPoint> {
        match self {
            Self::Kept(_) => Vec::new(),
            Self::HandedOut(points) => std::mem::take(points),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tabella_crypto::transcript::Digest;

    const CODE: TrackingCode = TrackingCode(Digest([0; 32]));

    fn points(bytes: &[u8]) -> Vec<EncodedPoint> {
        bytes.iter().map(|byte| EncodedPoint([*byte; 32])).collect()
    }

    #[test]
    fn one_ciphertext_of_another_ballot_or_twice_in_one_is_found() {
        let check = |standing: &[u8], ballot: &[u8]| {
            let mut kept = Points::Kept(HashSet::new());
            kept.extend(3, &points(standing));
            kept.check_fresh(CODE, &points(ballot))
        };
        assert_eq!(check(&[1, 2, 3], &[4, 5, 6]), Ok(()));
        for (position, copied) in [4u8, 5, 6].into_iter().enumerate() {
            assert_eq!(check(&[1, copied, 3], &[4, 5, 6]), Err(BallotRefusal::Copied(position)));
        }
        assert_eq!(check(&[], &[4, 5, 4]), Err(BallotRefusal::Copied(2)));
        assert_eq!(check(&[6, 5, 4, 3], &[4, 5, 6]), Err(BallotRefusal::Known(CODE)));
    }

    #[test]
    fn what_is_handed_out_is_compared_within_a_ballot_alone_and_given_once() {
        let mut handed = Points::HandedOut(Vec::new());
        handed.extend(3, &points(&[1, 2]));
        assert_eq!(handed.check_fresh(CODE, &points(&[1, 2])), Ok(()));
        assert_eq!(handed.check_fresh(CODE, &points(&[4, 4])), Err(BallotRefusal::Copied(1)));
        handed.extend(7, &points(&[1]));
        let taken: Vec<_> = handed.take().into_iter().map(|point| (point.prefix[0], point.entry)).collect();
        assert_eq!(taken, [(1, 3), (2, 3), (1, 7)]);
        assert!(handed.take().is_empty());
    }
}

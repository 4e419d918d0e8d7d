//! Bounded discrete logarithm to the message base: from `v*M` to the total v. Specification: "Totals".
//!
//! Baby steps and giant steps: with `v = i*m + j` and `m ≈ sqrt(bound)`, a table of all `j*M` and at most
//! bound/m + 1 subtractions of `m*M`. Points are compared by eight bytes of the encoding of their doubles,
//! which is cheap for many at once; in a group of odd order doubling loses nothing. A match is a guess until
//! `v*M` has been multiplied out.
//!
//! Totals are public: nothing here runs in constant time.
//!
//! Source: D. Shanks, "Class number, a theory of factorization, and genera", 1971.

use crate::generators::message_base;
use crate::group::{EncodedPoint, Point, Scalar};

/// The largest bound: 2^40, a table of some 2^20 entries (16 MiB), and some two seconds each for
/// the table and for the largest total.
pub const MAX_TOTAL: u64 = 1 << 40;

/// Points encoded at once while the table is built.
const BUILD_BATCH: usize = 4096;

/// Giant steps between two looks at the table.
const SOLVE_BATCH: u64 = 64;

/// The bound asked for is beyond [`MAX_TOTAL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("totals up to {bound} are asked for, where at most {MAX_TOTAL} can be found")]
pub struct BoundError {
    /// The bound asked for.
    pub bound: u64,
}

/// The table of the baby steps, for totals from 0 to a bound.
#[derive(Debug)]
pub struct LogTable {
    bound: u64,
    /// The number m of baby steps.
    width: u64,
    /// (first bytes of the encoding of 2j*M, j), in order.
    steps: Vec<(u64, u32)>,
    /// m*M.
    giant: Point,
}

impl LogTable {
    /// Builds the table for totals from 0 to `bound`, both included.
    pub fn new(bound: u64) -> Result<Self, BoundError> {
        if bound > MAX_TOTAL {
            return Err(BoundError { bound });
        }
        // the square is above the bound, so that it is reached in `width` giant steps
        let width = bound.isqrt() + 1;
        let mut steps = Vec::with_capacity(width as usize);
        let mut next = Point::identity();
        // in batches, since a point in memory is ten times the size of its entry
        for start in (0..width as u32).step_by(BUILD_BATCH) {
            let mut batch = Vec::with_capacity(BUILD_BATCH);
            for _ in start..(width as u32).min(start + BUILD_BATCH as u32) {
                batch.push(next);
                next += message_base();
            }
            steps.extend(Point::double_and_encode_all(&batch).iter().map(prefix).zip(start..));
        }
        steps.sort_unstable();
        let giant = Scalar::from(width) * message_base();
        Ok(Self { bound, width, steps, giant })
    }

    /// The largest total that this table finds.
    pub fn bound(&self) -> u64 {
        self.bound
    }

    /// The v in 0..=bound with `point = v*M`, if there is one.
    pub fn solve(&self, point: &Point) -> Option<u64> {
        // giant steps in which a total up to the bound begins
        let end = self.bound / self.width + 1;
        let mut rest = *point;
        let mut first = 0;
        while first < end {
            let next = end.min(first + SOLVE_BATCH);
            let mut batch = Vec::with_capacity(SOLVE_BATCH as usize);
            for _ in first..next {
                batch.push(rest);
                rest = rest - self.giant;
            }
            for (i, encoded) in (first..).zip(Point::double_and_encode_all(&batch)) {
                for j in self.matches(prefix(&encoded)) {
                    let value = i * self.width + j;
                    if value <= self.bound && Scalar::from(value) * message_base() == *point {
                        return Some(value);
                    }
                }
            }
            first = next;
        }
        None
    }

    /// Every j whose entry begins with these bytes.
    fn matches(&self, prefix: u64) -> impl Iterator<Item = u64> {
        let start = self.steps.partition_point(|step| step.0 < prefix);
        self.steps.iter().skip(start).take_while(move |step| step.0 == prefix).map(|step| u64::from(step.1))
    }
}

/// The first eight bytes.
fn prefix(encoded: &EncodedPoint) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = encoded.0;
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn times(value: i64) -> Point {
        Scalar::from_i64(value) * message_base()
    }

    #[test]
    fn finds_every_total_up_to_a_small_bound_and_none_beyond() {
        for bound in [0, 1, 2, 3, 15, 16, 17, 250] {
            let table = LogTable::new(bound).unwrap();
            for value in 0..=bound {
                assert_eq!(table.solve(&times(value as i64)), Some(value), "bound {bound}");
            }
            for beyond in [1, 2, 100, 1 << 40] {
                assert_eq!(table.solve(&times((bound + beyond) as i64)), None, "bound {bound}");
            }
            assert_eq!(table.solve(&times(-1)), None, "bound {bound}");
        }
    }

    #[test]
    fn knows_the_ends_of_a_large_bound() {
        let bound = 10_000_000_019;
        let table = LogTable::new(bound).unwrap();
        for value in [0, 1, 99_999, 100_000, 100_001, bound - 1, bound] {
            assert_eq!(table.solve(&times(value as i64)), Some(value));
        }
        assert_eq!(table.solve(&times(bound as i64 + 1)), None);
        assert_eq!(table.solve(&times(-1)), None);
        assert_eq!(table.solve(&Point::BASE), None);
    }

    /// Widths on both sides of the points encoded at once, and last giant steps on both sides of those looked up at once.
    #[test]
    fn finds_the_first_and_the_last_total_of_each_giant_step_whatever_batch_it_is_in() {
        let (build, solve) = (BUILD_BATCH as u64, SOLVE_BATCH);
        let squares = [solve - 1, solve, solve + 1, 2 * solve + 1, build - 1, build, build + 1];
        for width in squares {
            // the smallest bound of this width has width - 1 giant steps, the largest has width
            for bound in [(width - 1) * (width - 1), width * width - 1] {
                let table = LogTable::new(bound).unwrap();
                assert_eq!((table.width, table.bound()), (width, bound));
                let last = bound / width;
                for step in [0, 1, solve - 1, solve, solve + 1, last - 1, last] {
                    let step = step.min(last);
                    let end = (step * width + width - 1).min(bound);
                    for value in [step * width, end - 1, end] {
                        assert_eq!(table.solve(&times(value as i64)), Some(value), "of {bound}");
                    }
                }
                assert_eq!(table.solve(&times(bound as i64 + 1)), None, "one past {bound}");
            }
        }
    }

    #[test]
    fn refuses_a_bound_that_it_could_not_serve() {
        let largest = LogTable::new(MAX_TOTAL).unwrap();
        assert_eq!(largest.solve(&times(1 << 30)), Some(1 << 30));
        assert_eq!(LogTable::new(MAX_TOTAL + 1).err(), Some(BoundError { bound: MAX_TOTAL + 1 }));
        assert_eq!(LogTable::new(u64::MAX).err(), Some(BoundError { bound: u64::MAX }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn solves_what_was_multiplied(bound in 0u64..1_000_000, at in 0.0f64..=1.0) {
            let value = (bound as f64 * at) as u64;
            prop_assert_eq!(LogTable::new(bound).unwrap().solve(&times(value as i64)), Some(value));
        }
    }
}

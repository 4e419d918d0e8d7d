//! Sums of products of scalars that are reduced modulo the group order once for the whole sum.
//!
//! A reduction costs several times what the product of two integers does, and the coefficients of the bases that a
//! batch of ballots shares are sums of thousands of products. For public values alone.

use super::{ENCODED_LENGTH, Scalar};

/// 64-bit digits of a reduced scalar, least significant first.
const DIGITS: usize = 4;

/// A reduced scalar as an integer in digits of 64 bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Digits([u64; DIGITS]);

impl From<&Scalar> for Digits {
    fn from(scalar: &Scalar) -> Self {
        let mut digits = [0; DIGITS];
        for (digit, bytes) in digits.iter_mut().zip(scalar.0.as_bytes().as_chunks().0) {
            *digit = u64::from_le_bytes(*bytes);
        }
        Self(digits)
    }
}

/// Σ a * b as an integer of 576 bits: a product of two scalars stays below 2^506, so that 2^70 of them fit.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProductSum([u64; 2 * DIGITS + 1]);

impl ProductSum {
    /// Adds a * b.
    #[inline]
    pub(crate) fn add(&mut self, a: Digits, b: Digits) {
        let mut product = [0u64; 2 * DIGITS];
        for (row, a) in a.0.into_iter().enumerate() {
            let mut digits = product.iter_mut().skip(row);
            let mut carry = 0;
            for (b, digit) in b.0.into_iter().zip(digits.by_ref()) {
                (*digit, carry) = a.carrying_mul_add(b, carry, *digit);
            }
            if let Some(digit) = digits.next() {
                *digit = carry;
            }
        }
        self.add_digits(&product);
    }

    /// Adds another sum.
    pub(crate) fn add_sum(&mut self, other: &Self) {
        self.add_digits(&other.0);
    }

    #[inline]
    fn add_digits(&mut self, digits: &[u64]) {
        let mut carry = false;
        for (sum, digit) in self.0.iter_mut().zip(digits.iter().copied().chain([0])) {
            (*sum, carry) = sum.carrying_add(digit, carry);
        }
    }

    /// The sum modulo the group order.
    pub(crate) fn reduce(&self) -> Scalar {
        let mut low = [0; 2 * ENCODED_LENGTH];
        let mut digits = self.0.into_iter();
        for (bytes, digit) in low.as_chunks_mut().0.iter_mut().zip(digits.by_ref().take(2 * DIGITS)) {
            *bytes = digit.to_le_bytes();
        }
        // 2^512 = (2^128)^4
        let high = digits.next().unwrap_or_default();
        let square = Scalar::from(u128::MAX) + Scalar::ONE;
        let fourth = square * square;
        Scalar::from_wide_bytes(&low) + Scalar::from(high) * (fourth * fourth)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(terms: &[(Scalar, Scalar)]) -> ProductSum {
        let mut sum = ProductSum::default();
        for (a, b) in terms {
            sum.add(a.into(), b.into());
        }
        sum
    }

    #[test]
    fn a_sum_of_largest_products_outgrows_512_bits_and_is_still_right() {
        // (l - 1)^2 = 1, and 2^504 * 2^10 > 2^512
        let largest = -Scalar::ONE;
        let many = sum(&vec![(largest, largest); 1 << 10]);
        assert_ne!(many.0[2 * DIGITS], 0);
        assert_eq!(many.reduce(), Scalar::from(1u64 << 10));
        let mut twice = many.clone();
        twice.add_sum(&many);
        assert_eq!(twice.reduce(), Scalar::from(2u64 << 10));
        assert_eq!(ProductSum::default().reduce(), Scalar::ZERO);
    }

    proptest! {
        #[test]
        fn the_sum_is_that_of_scalars(terms: Vec<([u8; 32], [u8; 32])>, cut: prop::sample::Index) {
            let scalar = |half: [u8; 32]| Scalar::from_wide_bytes(&[half; 2].concat().try_into().unwrap());
            let terms: Vec<_> = terms.into_iter().map(|(a, b)| (scalar(a), scalar(b))).collect();
            let expected: Scalar = terms.iter().map(|(a, b)| *a * *b).sum();
            prop_assert_eq!(sum(&terms).reduce(), expected);
            let (left, right) = terms.split_at(cut.index(terms.len() + 1));
            let mut parts = sum(left);
            parts.add_sum(&sum(right));
            prop_assert_eq!(parts.reduce(), expected);
        }
    }
}

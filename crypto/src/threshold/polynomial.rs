//! Secret sharing by polynomials: evaluation in the scalars and "in the exponent", and interpolation at zero.
//! Specification: "Key ceremony".
//!
//! Source: A. Shamir, "How to share a secret", CACM 22 (1979); P. Feldman, "A practical scheme for
//! non-interactive verifiable secret sharing", FOCS '87.

use zeroize::ZeroizeOnDrop;

use super::dkg::CeremonyError;
use super::trustee::{CeremonyParameters, TrusteeIndex, TrusteeSecret};
use crate::group::{Point, Scalar};
use crate::secret::Secret;
use crate::transcript::Digest;

/// One trustee's secret polynomial f(x) = a_0 + a_1*x + … of degree t - 1, for one ceremony.
#[derive(Debug, ZeroizeOnDrop)]
pub struct Polynomial {
    #[zeroize(skip)]
    pub(super) dealer: TrusteeIndex,
    #[zeroize(skip)]
    pub(super) parameters: Digest,
    pub(super) coefficients: Secret<Vec<Scalar>>,
}

impl Polynomial {
    /// a_k = KDF("trustee", seed; "polynomial", digest of the parameters, k as one byte), k < t.
    ///
    /// Every parameter enters, so that no two ceremonies share a polynomial. Fails if the secret is that of no
    /// trustee of the ceremony.
    pub fn derive(parameters: &CeremonyParameters, secret: &TrusteeSecret) -> Result<Self, CeremonyError> {
        let dealer = parameters.index_of(&secret.keys()).ok_or(CeremonyError::NotATrustee)?;
        // of its final length from the start, so that no part of it stays behind in an outgrown buffer
        let mut coefficients = Vec::with_capacity(parameters.threshold().into());
        coefficients.extend((0..parameters.threshold()).map(|k| secret.coefficient(parameters, k)));
        Ok(Self { dealer, parameters: *parameters.digest(), coefficients: Secret::new(coefficients) })
    }

    /// Whose polynomial this is.
    pub fn dealer(&self) -> TrusteeIndex {
        self.dealer
    }

    /// The commitments A_k = a_k*B, t points.
    pub fn commitments(&self) -> Vec<Point> {
        self.coefficients.expose().iter().map(Point::base_times).collect()
    }

    /// f(i), in constant time.
    pub(super) fn evaluate(&self, at: TrusteeIndex) -> Secret<Scalar> {
        let x = at.scalar();
        Secret::new(self.coefficients.expose().iter().rev().fold(Scalar::ZERO, |sum, a| sum * x + *a))
    }
}

/// f(i)*B = Σ_k i^k A_k.
pub(super) fn evaluate_commitments(points: &[Point], at: TrusteeIndex) -> Point {
    let terms: Vec<_> = Scalar::powers(at.scalar()).zip(points.iter().copied()).collect();
    Point::sum_of_products_vartime(&terms)
}

/// The coefficients λ_i = Π_{j ≠ i} j / (j - i) with f(0) = Σ λ_i f(i), in the order given, for every
/// polynomial of a degree below the number of indices. None if an index stands twice.
pub fn lagrange_at_zero(indices: &[TrusteeIndex]) -> Option<Vec<Scalar>> {
    indices
        .iter()
        .map(|i| {
            let others = indices.iter().filter(|j| *j != i);
            if others.clone().count() + 1 != indices.len() {
                return None;
            }
            let (numerator, denominator) = others.fold((Scalar::ONE, Scalar::ONE), |(over, under), j| {
                (over * j.scalar(), under * (j.scalar() - i.scalar()))
            });
            Some(numerator * denominator.invert())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(number: u8) -> TrusteeIndex {
        TrusteeIndex::new(number).unwrap()
    }

    fn polynomial(coefficients: &[i64]) -> Polynomial {
        Polynomial {
            dealer: index(1),
            parameters: Digest::default(),
            coefficients: Secret::new(coefficients.iter().copied().map(Scalar::from_i64).collect()),
        }
    }

    #[test]
    fn evaluation_agrees_with_arithmetic_and_with_the_commitments() {
        let f = polynomial(&[5, -3, 2]);
        for (at, value) in [(1, 4), (2, 7), (3, 14), (255, 129_290)] {
            assert_eq!(f.evaluate(index(at)).expose(), &Scalar::from_i64(value));
            let expected = Point::base_times(&Scalar::from_i64(value));
            assert_eq!(evaluate_commitments(&f.commitments(), index(at)), expected);
        }
    }

    #[test]
    fn any_enough_values_interpolate_to_the_secret_in_any_order() {
        let f = polynomial(&[77, 1, -9]);
        for numbers in [&[1, 2, 3][..], &[5, 255, 2], &[9, 4, 1, 200]] {
            let indices: Vec<_> = numbers.iter().copied().map(index).collect();
            let coefficients = lagrange_at_zero(&indices).unwrap();
            let secret: Scalar =
                coefficients.iter().zip(&indices).map(|(c, i)| *c * *f.evaluate(*i).expose()).sum();
            assert_eq!(secret, Scalar::from(77u64), "{numbers:?}");
        }
    }

    #[test]
    fn an_index_that_stands_twice_has_no_coefficients() {
        assert_eq!(lagrange_at_zero(&[index(1), index(2), index(1)]), None);
        assert_eq!(lagrange_at_zero(&[index(7)]), Some(vec![Scalar::ONE]));
    }
}

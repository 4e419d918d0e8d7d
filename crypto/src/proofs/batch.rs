//! Many equations in one multiscalar multiplication, and bisection that names each bad one.
//!
//! Every equation says that a sum of products is the identity. Under a fresh secret 128-bit weight each, all of
//! them together say so of one sum, but with probability 2^-128 for a batch with a bad one. Terms on shared bases
//! are added up in scalars and enter the product once for a batch.

use std::collections::BTreeMap;

use crate::generators::message_base;
use crate::group::{Digits, Point, ProductSum, Scalar};

/// Most terms of one product. Beyond some ten thousand a term gets no cheaper, and memory grows out of the caches.
pub const MAX_BATCH_TERMS: usize = 16_000;

/// One ballot's equations, or the sum of many: coefficients of the shared bases, and terms of its own.
#[derive(Debug, Clone)]
pub struct Accumulator {
    /// Coefficient of B.
    pub(crate) base: Scalar,
    /// Coefficient of M.
    pub(crate) message: Scalar,
    /// Coefficient of K.
    pub(crate) key: Scalar,
    /// Coefficients of G[value][bit] at value * stride + bit.
    g: Vec<ProductSum>,
    /// Coefficients of H, likewise.
    h: Vec<ProductSum>,
    /// For proofs of so many values and bits: what every G[value][bit] loses and every H[value][bit] gains.
    flat: BTreeMap<(usize, usize), Scalar>,
    stride: usize,
    /// Terms on points of the ballot's own.
    pub(crate) own: Vec<(Scalar, Point)>,
}

impl Accumulator {
    /// An empty sum, for vector bases of `stride` bits a value.
    pub(crate) fn new(stride: usize) -> Self {
        let zero = Scalar::ZERO;
        let (g, h, own) = (Vec::new(), Vec::new(), Vec::new());
        Self { base: zero, message: zero, key: zero, g, h, flat: BTreeMap::new(), stride, own }
    }

    fn reserve(&mut self, length: usize) {
        if self.g.len() < length {
            self.g.resize_with(length, ProductSum::default);
            self.h.resize_with(length, ProductSum::default);
        }
    }

    /// Adds `g` to the coefficients of G[value][bit], and the sum of both `h` to those of H[value][bit].
    pub(crate) fn add_grids(&mut self, g: &Grid, h: [&Grid; 2]) {
        let (values, bits) = (g.values.len(), g.bits.len());
        debug_assert!(bits <= self.stride);
        self.reserve(values * self.stride);
        let rows = self.g.chunks_mut(self.stride).zip(self.h.chunks_mut(self.stride));
        let [h, more] = h;
        for ((((row_g, row_h), value_g), value_h), value_more) in
            rows.zip(&g.values).zip(&h.values).zip(&more.values)
        {
            let bits = g.bits.iter().zip(&h.bits).zip(&more.bits);
            for ((sum_g, sum_h), ((bit_g, bit_h), bit_more)) in row_g.iter_mut().zip(row_h).zip(bits) {
                sum_g.add(*value_g, *bit_g);
                sum_h.add(*value_h, *bit_h);
                sum_h.add(*value_more, *bit_more);
            }
        }
    }

    /// Adds z to every H[value][bit] and takes it from every G[value][bit]: once a batch, not once a ballot.
    pub(crate) fn add_flat(&mut self, values: usize, bits: usize, z: Scalar) {
        *self.flat.entry((values, bits)).or_default() += z;
    }

    fn add(&mut self, other: &Self) {
        self.base += other.base;
        self.message += other.message;
        self.key += other.key;
        self.reserve(other.g.len());
        for (sum, term) in self.g.iter_mut().zip(&other.g) {
            sum.add_sum(term);
        }
        for (sum, term) in self.h.iter_mut().zip(&other.h) {
            sum.add_sum(term);
        }
        for ((values, bits), z) in &other.flat {
            self.add_flat(*values, *bits, *z);
        }
        self.own.extend_from_slice(&other.own);
    }
}

/// Coefficients `values[value] * bits[bit]`, of which nobody needs the single ones.
#[derive(Debug)]
pub(crate) struct Grid {
    values: Vec<Digits>,
    bits: Vec<Digits>,
}

impl Grid {
    pub(crate) fn new(values: &[Scalar], bits: &[Scalar]) -> Self {
        let digits = |scalars: &[Scalar]| scalars.iter().map(Digits::from).collect();
        Self { values: digits(values), bits: digits(bits) }
    }
}

/// The bases that all ballots of an election share.
#[derive(Debug, Clone)]
pub struct SharedBases {
    key: Point,
    g: Vec<Point>,
    h: Vec<Point>,
    stride: usize,
}

impl SharedBases {
    pub(crate) fn new(key: Point, stride: usize, g: Vec<Point>, h: Vec<Point>) -> Self {
        Self { key, g, h, stride }
    }

    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    /// Whether the equations of all these accumulators hold, in one product.
    pub(crate) fn all_hold<'a>(&self, accumulators: impl Iterator<Item = &'a Accumulator>) -> bool {
        let mut sum = Accumulator::new(self.stride);
        for accumulator in accumulators {
            sum.add(accumulator);
        }
        self.holds(sum)
    }

    /// Whether the equations added up here hold, in one product.
    pub(crate) fn holds(&self, sum: Accumulator) -> bool {
        let Accumulator { base, message, key, g, h, flat, stride, own: mut terms } = sum;
        if g.len() > self.g.len() || stride != self.stride {
            return false;
        }
        let reduce = |sums: Vec<ProductSum>| sums.iter().map(ProductSum::reduce).collect::<Vec<Scalar>>();
        let (mut g, mut h) = (reduce(g), reduce(h));
        for ((values, bits), z) in flat {
            let rows = g.chunks_mut(stride).zip(h.chunks_mut(stride)).take(values);
            for (g, h) in rows.flat_map(|(g, h)| g.iter_mut().zip(h).take(bits)) {
                *g += -z;
                *h += z;
            }
        }
        terms.extend([(base, Point::BASE), (message, message_base()), (key, self.key)]);
        terms.extend(g.into_iter().zip(self.g.iter().copied()));
        terms.extend(h.into_iter().zip(self.h.iter().copied()));
        Point::sum_of_products_vartime(&terms).is_identity()
    }
}

/// The bad items among `items`, where `valid` says whether a set has none; one call for a good set, and about
/// 2 log2(n) more for each bad item.
pub fn bisect<T: Copy>(items: &[T], valid: &dyn Fn(&[T]) -> bool) -> Vec<T> {
    if items.is_empty() || valid(items) {
        return Vec::new();
    }
    if items.len() == 1 {
        return items.to_vec();
    }
    let (left, right) = items.split_at(items.len() / 2);
    let mut bad = bisect(left, valid);
    // a bad set with a good left half has a bad right half: no need to ask for the whole of it
    if bad.is_empty() && right.len() == 1 {
        return right.to_vec();
    }
    bad.extend(bisect(right, valid));
    bad
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn bisection_names_every_bad_item_and_no_other() {
        for bad in [vec![], vec![0], vec![99], vec![7, 8, 63], (0..100).collect::<Vec<usize>>()] {
            let items: Vec<usize> = (0..100).collect();
            assert_eq!(bisect(&items, &|set| !set.iter().any(|item| bad.contains(item))), bad);
        }
    }

    #[test]
    fn a_good_batch_costs_one_product() {
        let calls = Cell::new(0);
        let items: Vec<usize> = (0..100).collect();
        bisect(&items, &|_| {
            calls.set(calls.get() + 1);
            true
        });
        assert_eq!(calls.get(), 1);
    }
}

//! Many equations in one multiscalar multiplication, and a search that names each bad one.
//!
//! Every equation says that a sum of products is the identity. Under a fresh secret 128-bit weight each, all of
//! them together say so of one sum, but with probability 2^-128 for a batch with a bad one. Terms on shared bases
//! are added up in scalars and enter the product once for a batch.
//!
//! The search is group testing over sums that are kept: what is left of a set without a part is a subtraction and
//! no product. It is adaptive, in the manner of Du and Hwang, "Combinatorial Group Testing and Its Applications",
//! 2000, chapter 4: groups double while they are good and halve where they are not, so that neither few bad ones
//! among many nor all of them bad cost much more than one more look at each.

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

    /// The sum of the equations of all these accumulators, in one product.
    pub(crate) fn product_of_all<'a>(&self, accumulators: impl Iterator<Item = &'a Accumulator>) -> Point {
        let mut sum = Accumulator::new(self.stride);
        for accumulator in accumulators {
            sum.add(accumulator);
        }
        self.product(sum)
    }

    /// The sum of the equations added up here, in one product: the identity if they hold. Never that for a sum which
    /// has another shape than these bases.
    pub(crate) fn product(&self, sum: Accumulator) -> Point {
        let Accumulator { base, message, key, g, h, flat, stride, own: mut terms } = sum;
        if g.len() > self.g.len() || stride != self.stride {
            return Point::BASE;
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
        Point::sum_of_products_vartime(&terms)
    }
}

/// Items of the first group of a search.
const FIRST_GROUP: usize = 8;

/// The bad ones among `items`, each with its own sum, in order.
///
/// `whole` is the sum of the equations of all of them, and `product` gives that of a part, under the same weights. A
/// good set costs nothing; in any other, products are asked for over at most three times as many items as there are,
/// however many are bad (and over fewer than one and a half times as many if one is).
pub(crate) fn locate(
    items: &[usize],
    whole: Point,
    product: &dyn Fn(&[usize]) -> Point,
) -> Vec<(usize, Point)> {
    let (mut rest, mut sum, mut size) = (items, whole, FIRST_GROUP);
    let mut bad = Vec::new();
    while !rest.is_empty() && !sum.is_identity() {
        let (group, others) = rest.split_at(size.min(rest.len()));
        let of_group = if others.is_empty() { sum } else { product(group) };
        if of_group.is_identity() {
            (rest, size) = (others, size * 2);
            continue;
        }
        let (position, of_bad) = first_bad(group, of_group, product);
        bad.extend(group.get(position).map(|item| (*item, of_bad)));
        size = (group.len() / 2).max(1);
        sum = sum - of_bad;
        // if nothing else of the group's sum is left, all behind it in the group is good
        let settled = if of_group == of_bad { group.len() } else { position + 1 };
        rest = rest.get(settled..).unwrap_or_default();
    }
    bad
}

/// The position and the sum of the first bad item of a group that has this sum, and so has one.
fn first_bad(group: &[usize], sum: Point, product: &dyn Fn(&[usize]) -> Point) -> (usize, Point) {
    let (mut good, mut narrowed, mut sum) = (0, group, sum);
    while narrowed.len() > 1 {
        let (left, right) = narrowed.split_at(narrowed.len() / 2);
        let of_left = product(left);
        if of_left.is_identity() {
            good += left.len();
            narrowed = right;
        } else {
            (narrowed, sum) = (left, of_left);
        }
    }
    (good, sum)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::fixtures::rng;

    /// What a search among so many items finds, and over how many items and times products were asked for.
    fn search(number: usize, bad: &[usize]) -> (Vec<(usize, Point)>, usize, usize) {
        let items: Vec<usize> = (0..number).collect();
        let value = |item: usize| if bad.contains(&item) { sum_of(item) } else { Point::identity() };
        let (looks, products) = (Cell::new(0), Cell::new(0));
        let product = |set: &[usize]| {
            looks.set(looks.get() + set.len());
            products.set(products.get() + 1);
            set.iter().map(|item| value(*item)).sum()
        };
        let found = locate(&items, items.iter().map(|item| value(*item)).sum(), &product);
        (found, looks.get(), products.get())
    }

    /// What a bad item's equation comes to instead of the identity; no two of them cancel out.
    fn sum_of(item: usize) -> Point {
        Point::base_times(&Scalar::from(item as u64 + 1))
    }

    fn named(bad: &[usize]) -> Vec<(usize, Point)> {
        bad.iter().map(|item| (*item, sum_of(*item))).collect()
    }

    #[test]
    fn a_sum_of_another_shape_than_the_bases_never_holds() {
        let bases = SharedBases::new(sum_of(1), 4, vec![sum_of(2); 8], vec![sum_of(3); 8]);
        let shaped = |stride, length| {
            let mut sum = Accumulator::new(stride);
            sum.reserve(length);
            bases.product(sum).is_identity()
        };
        assert!(shaped(4, 8), "all its coefficients are zero");
        assert!(!shaped(2, 8) && !shaped(4, 9));
    }

    #[test]
    fn a_search_names_every_bad_item_and_no_other_with_its_own_sum() {
        for bad in [vec![], vec![0], vec![99], vec![7, 8, 63], vec![98, 99], (0..100).collect()] {
            assert_eq!(search(100, &bad).0, named(&bad));
        }
        assert_eq!(search(0, &[]).0, []);
        assert_eq!(search(100, &[]), (vec![], 0, 0), "a good set costs nothing");
        assert_eq!(search(16, &[15]).0, named(&[15]));
        assert_eq!(
            search(16, &[0]),
            (named(&[0]), 8 + 4 + 2 + 1, 4),
            "nor does what is good behind the last bad one"
        );
        assert_eq!(search(1, &[0]), (named(&[0]), 0, 0), "the sum of one is known");
    }

    #[test]
    fn a_search_looks_at_most_three_times_at_an_item_however_many_are_bad() {
        use rand_core::RngCore;
        const NUMBER: usize = 128;
        let mut rng = rng(1);
        for one_in in [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128] {
            for _ in 0..20 {
                let bad: Vec<usize> = (0..NUMBER).filter(|_| rng.next_u32().is_multiple_of(one_in)).collect();
                let (found, looks, products) = search(NUMBER, &bad);
                assert_eq!(found, named(&bad));
                assert!(looks <= 3 * NUMBER, "{looks} looks for {bad:?}");
                assert!(products <= 2 * NUMBER, "{products} products for {bad:?}");
            }
        }
        let all: Vec<usize> = (0..NUMBER).collect();
        assert!(4 * search(NUMBER, &all).1 <= 5 * NUMBER, "hardly more than one look at each");
        for one in 0..NUMBER {
            assert!(2 * search(NUMBER, &[one]).1 <= 3 * NUMBER);
        }
    }
}

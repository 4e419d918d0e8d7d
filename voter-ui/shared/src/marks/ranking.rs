//! A ranking in the making.

/// All options, those with a place first. Nothing grows or shrinks, so no copy of it stays behind in memory.
#[derive(Debug, Clone)]
pub(super) struct Ranking {
    /// Every option once: the first `ranked` in order of preference, the rest in no order that means anything.
    order: Vec<usize>,
    ranked: usize,
}

impl Ranking {
    /// No option has a place.
    pub(super) fn new(options: usize) -> Self {
        Self { order: (0..options).collect(), ranked: 0 }
    }

    /// The options with a place, from the first preference on.
    pub(super) fn ranked(&self) -> &[usize] {
        self.order.get(..self.ranked).unwrap_or_default()
    }

    /// The options without one, by index.
    pub(super) fn open(&self) -> Vec<usize> {
        let mut open: Vec<usize> = self.order.iter().skip(self.ranked).copied().collect();
        open.sort_unstable();
        open
    }

    /// Puts an option behind those that have a place. `false` if it has one, or does not exist.
    pub(super) fn rank(&mut self, option: usize) -> bool {
        let Some(at) = self.find(option).filter(|at| *at >= self.ranked) else { return false };
        self.order.swap(at, self.ranked);
        self.ranked += 1;
        true
    }

    /// Takes an option's place away. `false` if it has none.
    pub(super) fn unrank(&mut self, option: usize) -> bool {
        let last = self.ranked.saturating_sub(1);
        let taken = self.move_to(option, last) || self.ranked().last() == Some(&option);
        if taken {
            self.ranked = last;
        }
        taken
    }

    /// Moves an option that has a place to another. `false` if nothing moves.
    pub(super) fn move_to(&mut self, option: usize, place: usize) -> bool {
        let Some(from) = self.find(option).filter(|at| *at < self.ranked) else { return false };
        if place >= self.ranked || place == from {
            return false;
        }
        let between = from.min(place)..=from.max(place);
        if let Some(between) = self.order.get_mut(between) {
            if from < place { between.rotate_left(1) } else { between.rotate_right(1) }
        }
        true
    }

    /// Takes all places away, and overwrites the order.
    pub(super) fn clear(&mut self) {
        self.ranked = 0;
        self.order.sort_unstable();
        // the compiler must not leave the sorting out when the value is dropped next
        std::hint::black_box(&self.order);
    }

    fn find(&self, option: usize) -> Option<usize> {
        self.order.iter().position(|other| *other == option)
    }
}

impl PartialEq for Ranking {
    fn eq(&self, other: &Self) -> bool {
        self.ranked() == other.ranked() && self.order.len() == other.order.len()
    }
}

impl Eq for Ranking {}

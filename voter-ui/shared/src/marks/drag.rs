//! Where a row that is dragged over a list would land.

/// A row of the list as it lies on the page, in pixels from the page's top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Its upper edge.
    pub top: f64,
    /// Its height.
    pub height: f64,
}

/// A row being dragged. The list itself does not change before the row is let go.
#[derive(Debug, Clone, PartialEq)]
pub struct Drag {
    rows: Vec<Row>,
    from: usize,
    start: f64,
    now: f64,
}

impl Drag {
    /// The row at `from` is taken hold of at this height of the page. `None` if there is no such row.
    pub fn new(rows: Vec<Row>, from: usize, at: f64) -> Option<Self> {
        rows.get(from)?;
        Some(Self { rows, from, start: at, now: at })
    }

    /// The pointer is now at this height of the page.
    pub fn pull(&mut self, at: f64) {
        self.now = at;
    }

    /// The row's place in the list.
    pub fn from(&self) -> usize {
        self.from
    }

    /// The place that it would take if it were let go: it takes another row's once it covers that row's middle.
    pub fn place(&self) -> usize {
        let Some(own) = self.rows.get(self.from) else { return self.from };
        let top = own.top + self.now - self.start;
        let middle = |row: &Row| row.top + row.height / 2.0;
        let passed_down = self.rows.iter().skip(self.from + 1).filter(|row| middle(row) < top + own.height);
        let passed_up = self.rows.iter().take(self.from).filter(|row| middle(row) > top);
        (self.from + passed_down.count()).saturating_sub(passed_up.count())
    }

    /// How far the row at a place is to be drawn below where it lies: the dragged one with the pointer, those that it
    /// has passed out of its way.
    pub fn shift(&self, place: usize) -> f64 {
        let to = self.place();
        if place == self.from {
            self.now - self.start
        } else if place > self.from && place <= to {
            -self.pitch()
        } else if place < self.from && place >= to {
            self.pitch()
        } else {
            0.0
        }
    }

    /// The height of the dragged row with the gap to its neighbour.
    fn pitch(&self) -> f64 {
        let bottom = |row: &Row| row.top + row.height;
        let gap = self.rows.first().zip(self.rows.get(1)).map_or(0.0, |(one, two)| two.top - bottom(one));
        self.rows.get(self.from).map_or(0.0, |row| row.height + gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of 40, 60, 40 and 40 pixels with gaps of 10, from 100 down.
    fn drag(from: usize, by: f64) -> Drag {
        let rows = [(100.0, 40.0), (150.0, 60.0), (220.0, 40.0), (270.0, 40.0)];
        let rows = rows.map(|(top, height)| Row { top, height }).to_vec();
        let mut drag = Drag::new(rows, from, 500.0).unwrap();
        drag.pull(500.0 + by);
        drag
    }

    #[test]
    fn a_row_lands_where_it_covers_the_middle_of_another() {
        for (from, by, place) in [
            (0, 0.0, 0),
            (0, 39.0, 0),
            (0, 41.0, 1),
            (0, 101.0, 2),
            (0, 9_000.0, 3),
            (0, -9_000.0, 0),
            (3, -29.0, 3),
            (3, -31.0, 2),
            (3, -9_000.0, 0),
            (2, 35.0, 3),
            (2, -45.0, 1),
        ] {
            assert_eq!(drag(from, by).place(), place, "{from} by {by}");
        }
    }

    #[test]
    fn rows_that_are_passed_make_room() {
        let down = drag(0, 110.0);
        assert_eq!([0, 1, 2, 3].map(|place| down.shift(place)), [110.0, -50.0, -50.0, 0.0]);
        let up = drag(3, -120.0);
        assert_eq!([0, 1, 2, 3].map(|place| up.shift(place)), [0.0, 50.0, 50.0, -120.0]);
    }

    #[test]
    fn a_row_that_does_not_exist_cannot_be_dragged() {
        assert_eq!(Drag::new(Vec::new(), 0, 0.0), None);
    }
}

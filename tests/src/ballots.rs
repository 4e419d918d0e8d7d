//! The real ballots of `tests/data`: 365 approval ballots from Gy-lès-Nonains, 2002 (source: `tests/data/README.md`).

use anyhow::{Context, Result, ensure};

const DATA: &str = include_str!("../data/approval-2002-gy-les-nonains.csv");

/// The candidates as the data spells them, in the manifest's order, and the totals that the data's page lists.
pub const CANDIDATES: [(&str, u64); 16] = [
    ("Bayrou", 85),
    ("Besancenot", 62),
    ("Boutin", 21),
    ("Chevenement", 67),
    ("Chirac", 139),
    ("Gluckstein", 26),
    ("Hue", 37),
    ("Jospin", 87),
    ("Laguiller", 64),
    ("LePen", 119),
    ("Lepage", 36),
    ("Madelin", 77),
    ("Mamere", 67),
    ("Megret", 62),
    ("Saint-Josse", 74),
    ("Taubira", 33),
];

/// Number of ballots.
pub const BALLOTS: usize = 365;

/// Every ballot as the candidates that it approves, in the data's order.
pub fn real_ballots() -> Result<Vec<Vec<String>>> {
    let mut ballots = Vec::with_capacity(BALLOTS);
    for row in csv::Reader::from_reader(DATA.as_bytes()).records() {
        let row = row?;
        let count: usize = row.get(0).context("a count")?.parse()?;
        let approved = row.get(1).context("a list of candidates")?;
        let approved: Vec<String> =
            approved.split('|').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        ballots.extend(std::iter::repeat_n(approved, count));
    }
    ensure!(ballots.len() == BALLOTS, "the data has {} ballots", ballots.len());
    Ok(ballots)
}

/// Totals counted from ballots, in the order of [`CANDIDATES`].
pub fn totals(ballots: &[Vec<String>]) -> Vec<(&'static str, u64)> {
    CANDIDATES
        .iter()
        .map(|(name, _)| {
            (*name, ballots.iter().filter(|ballot| ballot.iter().any(|n| n == name)).count() as u64)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_has_the_totals_that_its_page_lists() {
        assert_eq!(totals(&real_ballots().unwrap()), CANDIDATES);
    }
}

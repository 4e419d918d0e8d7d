//! Where each witness stands with the board while it runs: what it cosigned last, and why it has not since.
//!
//! A witness that *contradicts* has cosigned what this board's log does not continue: somebody else signs with the
//! board's key, the store was replaced, or the witness errs. It stays so until it cosigns again, whatever it does
//! meanwhile: silence takes nothing back.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Why a witness did not cosign, in classes for figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No answer, or none in time.
    Silent,
    /// It does not accept the board's signature.
    Signature,
    /// It does not know the board.
    UnknownLog,
    /// It is busy.
    Busy,
    /// What it says is no witness's answer.
    Invalid,
    /// It has cosigned another log under this board's key, or a larger one.
    Contradiction,
    /// It could not be asked: the fault is here.
    Own,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Silent,
        Self::Signature,
        Self::UnknownLog,
        Self::Busy,
        Self::Invalid,
        Self::Contradiction,
        Self::Own,
    ];

    /// Its name in figures.
    pub fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Signature => "signature",
            Self::UnknownLog => "unknown-log",
            Self::Busy => "busy",
            Self::Invalid => "invalid",
            Self::Contradiction => "contradiction",
            Self::Own => "own",
        }
    }
}

/// One witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its name, as in the genesis.
    pub name: String,
    /// Entries of the board log under its last cosignature in this run; 0 before the first.
    pub cosigned: u64,
    /// When that was; before the first, when it began to be asked.
    pub since: Instant,
    /// Whether it contradicts the board.
    pub contradicts: bool,
    /// Why it did not cosign when it was asked last; none if it did.
    refusal: Option<Refusal>,
    /// How often each of [`Refusal::ALL`] came.
    refusals: [u64; Refusal::ALL.len()],
}

impl Standing {
    /// How often it did not cosign, by reason.
    pub fn refusals(&self) -> impl Iterator<Item = (Refusal, u64)> + '_ {
        Refusal::ALL.into_iter().zip(self.refusals)
    }
}

/// What is new about a witness after it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing: as the time before.
    None,
    /// It cosigns, after it did not.
    Cosigns,
    /// It does not cosign, for another reason than the time before.
    Refuses,
    /// It contradicts the board, and did not before.
    Contradicts,
}

/// All witnesses that the board asks.
#[derive(Debug, Default)]
pub struct Standings(Mutex<Vec<Standing>>);

impl Standings {
    fn lock(&self) -> MutexGuard<'_, Vec<Standing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// These witnesses are asked from now on.
    pub fn begin<'a>(&self, names: impl IntoIterator<Item = &'a str>) {
        let standing = |name: &str| Standing {
            name: name.to_owned(),
            cosigned: 0,
            since: Instant::now(),
            contradicts: false,
            refusal: None,
            refusals: Default::default(),
        };
        *self.lock() = names.into_iter().map(standing).collect();
    }

    /// The witness at this place cosigned so many entries.
    pub fn cosigned(&self, place: usize, entries: u64) -> Change {
        let mut all = self.lock();
        let Some(standing) = all.get_mut(place) else { return Change::None };
        (standing.cosigned, standing.since, standing.contradicts) = (entries, Instant::now(), false);
        match standing.refusal.take() {
            Some(_) => Change::Cosigns,
            None => Change::None,
        }
    }

    /// The witness at this place did not cosign.
    pub fn refused(&self, place: usize, refusal: Refusal) -> Change {
        let mut all = self.lock();
        let Some(standing) = all.get_mut(place) else { return Change::None };
        let count = Refusal::ALL.iter().zip(&mut standing.refusals).find(|(other, _)| **other == refusal);
        if let Some((_, count)) = count {
            *count += 1;
        }
        let is_new = standing.refusal.replace(refusal) != Some(refusal);
        if refusal == Refusal::Contradiction {
            let contradicted = std::mem::replace(&mut standing.contradicts, true);
            return if contradicted { Change::None } else { Change::Contradicts };
        }
        if is_new { Change::Refuses } else { Change::None }
    }

    /// All of them, in the order in which they are asked.
    pub fn all(&self) -> Vec<Standing> {
        self.lock().clone()
    }

    /// The names of those that contradict the board.
    pub fn contradictions(&self) -> Vec<String> {
        self.lock()
            .iter()
            .filter(|standing| standing.contradicts)
            .map(|standing| standing.name.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_told_once_and_a_contradiction_lasts_until_the_witness_cosigns() {
        let standings = Standings::default();
        standings.begin(["w1", "w2"]);
        assert_eq!(standings.cosigned(0, 5), Change::None);
        assert_eq!(standings.refused(0, Refusal::Silent), Change::Refuses);
        assert_eq!(standings.refused(0, Refusal::Silent), Change::None);
        assert_eq!(standings.refused(0, Refusal::Contradiction), Change::Contradicts);
        assert_eq!(standings.contradictions(), ["w1"]);
        assert_eq!(standings.refused(0, Refusal::Silent), Change::Refuses);
        assert_eq!(standings.contradictions(), ["w1"], "silence takes nothing back");
        assert_eq!(standings.refused(0, Refusal::Contradiction), Change::None);
        let counts: Vec<_> = standings.all()[0].refusals().filter(|(_, count)| *count > 0).collect();
        assert_eq!(counts, [(Refusal::Silent, 3), (Refusal::Contradiction, 2)]);
        assert_eq!(standings.cosigned(0, 9), Change::Cosigns);
        assert_eq!((standings.all()[0].cosigned, standings.contradictions().len()), (9, 0));
        assert_eq!(standings.refused(7, Refusal::Own), Change::None, "nobody stands there");
    }
}

//! What keeps a board from starting, and what its operator does next.

use tabella_board_client::Contradiction;

use super::{Asked, Finding, Who};

/// Who must answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Required {
    /// Every witness that has an address.
    pub witnesses: bool,
    /// Every mirror that is named.
    pub mirrors: bool,
}

/// Where an old store gets what it lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// From this mirror, all of it.
    Mirror(String),
    /// From this mirror, this many entries; no more are at any mirror that was asked.
    Partly(String, u64),
    /// From this mirror, if it showed them: it has their checkpoint, and does this instead.
    Unshown(String, String),
    /// No mirror that was asked has more than the store.
    Unknown,
}

/// Why the board must not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    /// Two histories under one key.
    #[error(
        "{who} contradicts this store: it has seen another log of this board than the {stored} entries here. Two programs \
         have signed with this key, or a store was changed. Nothing was signed. Do not start this store: see \"When two \
         histories were signed\" in the operator's guide, \"Recovery\""
    )]
    OtherLog {
        /// Who saw it.
        who: Who,
        /// Entries stored.
        stored: u64,
        /// The proof, where it can be had.
        proof: Option<Box<Contradiction>>,
    },
    /// The store is an old copy.
    #[error(
        "the store is an old copy: it has {stored} entries of the board log, and {who} has seen {seen}. Nothing was signed. {}",
        next(.way, *.seen)
    )]
    Old {
        /// Who saw most.
        who: Who,
        /// Entries seen.
        seen: u64,
        /// Entries stored.
        stored: u64,
        /// Where they come from.
        way: Way,
    },
    /// Nobody knows, and the operator wants to know.
    #[error(
        "{who} could not be asked whether the store is the newest ({reason}). Nothing was signed. Start again when it \
         answers, or without {}", flag(.who)
    )]
    Unanswered {
        /// Who was asked.
        who: Who,
        /// What came of it.
        reason: String,
    },
}

/// What to do about an old store.
fn next(way: &Way, seen: u64) -> String {
    let lost = "If nobody has them, they are lost, and this board cannot go on: see \"A successor board\" in the \
                operator's guide, \"Recovery\"";
    match way {
        Way::Mirror(mirror) => format!(
            "Run `tabella-board catch-up` with the same --data and with --from {mirror}, then start again"
        ),
        Way::Partly(mirror, size) => format!(
            "{mirror} has {size} of them, and no mirror that was asked has those after it. Look for a mirror, or a newer \
             backup, that has all {seen}, and run `tabella-board catch-up` with the same --data and with --from it. {lost}"
        ),
        Way::Unshown(mirror, reason) => format!(
            "{mirror} does not show how this store stands to them: {reason}. Mend that mirror, or run `tabella-board \
             catch-up` with the same --data and with --from another one that has all {seen}, then start again. {lost}"
        ),
        Way::Unknown => format!(
            "Look for a mirror, or a newer backup, that has all {seen}, and run `tabella-board catch-up` with the same \
             --data and with --from the mirror, then start again. {lost}"
        ),
    }
}

fn flag(who: &Who) -> &'static str {
    match who {
        Who::Mirror(_) => "--require-mirrors ([server] require_mirrors)",
        Who::Witness(_) | Who::File(_) => "--require-witnesses ([server] require_witnesses)",
    }
}

/// Whether a board whose log has `stored` entries may start after what was found. A contradiction counts more than an
/// old store, and that more than a silence, whoever was asked first.
pub fn judge(stored: u64, asked: &[Asked], required: Required) -> Result<(), Objection> {
    for Asked { who, finding } in asked {
        if let Finding::OtherLog(proof) = finding {
            return Err(Objection::OtherLog { who: who.clone(), stored, proof: proof.clone() });
        }
    }
    let ahead = |asked: &Asked| match asked.finding {
        Finding::Ahead(seen) => Some((seen, asked.who.clone())),
        _ => None,
    };
    let unshown = asked.iter().filter_map(|asked| match &asked.finding {
        Finding::Unshown { size, reason } => Some((*size, asked.who.clone(), reason.clone())),
        _ => None,
    });
    let unshown = unshown.max_by_key(|(seen, ..)| *seen);
    let most = asked.iter().filter_map(ahead).chain(unshown.clone().map(|(seen, who, _)| (seen, who)));
    if let Some((seen, who)) = most.max_by_key(|(seen, _)| *seen) {
        let mirrors = asked.iter().filter_map(ahead).filter_map(|(seen, who)| match who {
            Who::Mirror(mirror) => Some((seen, mirror)),
            Who::Witness(_) | Who::File(_) => None,
        });
        let way = match mirrors.max_by_key(|(size, _)| *size) {
            Some((size, mirror)) if size >= seen => Way::Mirror(mirror),
            Some((size, mirror)) => Way::Partly(mirror, size),
            None => match unshown {
                Some((_, Who::Mirror(mirror), reason)) => Way::Unshown(mirror, reason),
                _ => Way::Unknown,
            },
        };
        return Err(Objection::Old { who, seen, stored, way });
    }
    for Asked { who, finding } in asked {
        let is_required = match who {
            Who::Mirror(_) => required.mirrors,
            Who::Witness(_) => required.witnesses,
            Who::File(_) => false,
        };
        if let (true, Finding::Unknown(reason)) = (is_required, finding) {
            return Err(Objection::Unanswered { who: who.clone(), reason: reason.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn witness(finding: &Finding) -> Asked {
        Asked { who: Who::Witness("w1".into()), finding: finding.clone() }
    }

    fn mirror(finding: &Finding) -> Asked {
        Asked { who: Who::Mirror("https://m".into()), finding: finding.clone() }
    }

    #[test]
    fn a_board_starts_unless_somebody_saw_more_or_another_log_or_must_answer_and_does_not() {
        let silent = Finding::Unknown("silence".into());
        let calm =
            [witness(&Finding::InStep), mirror(&Finding::Behind(3)), witness(&silent), mirror(&silent)];
        let all = Required { witnesses: true, mirrors: true };
        assert_eq!(judge(7, &calm, Required::default()), Ok(()));
        assert_eq!(judge(7, &[], all), Ok(()));
        for (required, flag) in [
            (Required { witnesses: true, mirrors: false }, "--require-witnesses"),
            (Required { witnesses: false, mirrors: true }, "--require-mirrors"),
        ] {
            let refused = judge(7, &calm, required).unwrap_err();
            assert!(matches!(refused, Objection::Unanswered { .. }) && refused.to_string().contains(flag));
        }
        for required in [all, Required::default()] {
            let worse = [witness(&silent), mirror(&Finding::Ahead(9))];
            assert!(matches!(judge(7, &worse, required), Err(Objection::Old { seen: 9, stored: 7, .. })));
            let worst = [&worse[..], &[witness(&Finding::OtherLog(None))]].concat();
            assert!(matches!(judge(7, &worst, required), Err(Objection::OtherLog { stored: 7, .. })));
        }
    }

    #[test]
    fn an_old_store_is_told_where_its_entries_are_and_what_is_lost_if_nobody_has_them() {
        let said = |asked: &[Asked]| judge(7, asked, Required::default()).unwrap_err().to_string();
        let whole = said(&[mirror(&Finding::Ahead(9)), witness(&Finding::Ahead(8))]);
        assert!(whole.contains("--from https://m") && !whole.contains("lost"), "{whole}");
        let unshown = Finding::Unshown { size: 8, reason: "a tile is missing".into() };
        for (asked, words) in [
            (vec![mirror(&Finding::Ahead(8)), witness(&Finding::Ahead(9))], "https://m has 8 of them"),
            (vec![mirror(&Finding::Behind(5)), witness(&Finding::Ahead(9))], "has all 9"),
            (vec![mirror(&unshown), witness(&Finding::Ahead(9))], "https://m does not show"),
        ] {
            let said = said(&asked);
            for words in [words, "the witness w1 has seen 9", "catch-up", "are lost", "A successor board"] {
                assert!(said.contains(words), "{words:?} is not in: {said}");
            }
        }
    }
}

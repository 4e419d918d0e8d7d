//! An election's page.

use tabella_crypto::manifest::{CredentialMode, Powers, Recasting};

use crate::language::{Language, Texts};

mod en;
mod rules;
mod zh;

pub(crate) use rules::{method_words, nothing_words, outcome_words};

/// The texts.
pub(crate) struct Election {
    pub(crate) title: &'static str,
    pub(crate) vote: &'static str,
    pub(crate) check: &'static str,
    pub(crate) results: &'static str,
    pub(crate) follow: &'static str,
    pub(crate) recount: &'static str,
    pub(crate) practice: &'static str,
    pub(crate) record: &'static str,
    /// Around the times between which voting was open.
    pub(crate) was_open: [&'static str; 3],
    /// Whether voting was opened, and closed, before its time.
    pub(crate) early: fn(bool, bool) -> Option<&'static str>,
    /// Around the times that were planned.
    pub(crate) planned: [&'static str; 3],
    pub(crate) zone: fn(&str) -> String,
    pub(crate) preparing: &'static str,
    pub(crate) stale: &'static str,
    pub(crate) turnout: &'static str,
    pub(crate) turnout_none: &'static str,
    pub(crate) turnout_hidden: &'static str,
    pub(crate) voted: fn(&str, &str, &str) -> String,
    pub(crate) replaced: fn(&str) -> String,
    pub(crate) tested: fn(&str, bool) -> String,
    pub(crate) roll: fn(&str, bool) -> String,
    pub(crate) questions: fn(usize) -> &'static str,
    pub(crate) options: fn(usize) -> String,
    pub(crate) grades: &'static str,
    pub(crate) shuffled: &'static str,
    pub(crate) blank: &'static str,
    pub(crate) styles: &'static str,
    pub(crate) between: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) people: &'static str,
    pub(crate) threshold: fn(usize, usize) -> String,
    pub(crate) threshold_more: fn(usize) -> String,
    pub(crate) trustees: &'static str,
    pub(crate) trustee: &'static str,
    pub(crate) so_far: &'static str,
    pub(crate) making: fn(usize, usize) -> String,
    pub(crate) ready: &'static str,
    pub(crate) counting: fn(bool, usize, usize) -> String,
    /// Of a trustee after the count: results shared, results opened, and how many trustees that takes.
    pub(crate) counted: fn(usize, usize, usize) -> String,
    pub(crate) restarted: fn(u32) -> String,
    pub(crate) rounds: &'static str,
    pub(crate) rules: &'static str,
    /// With whether voting is over; likewise the next ones.
    pub(crate) recasting: fn(Recasting, bool) -> String,
    pub(crate) tests: fn(u16, bool) -> String,
    pub(crate) smallest: fn(u32) -> String,
    pub(crate) credentials: fn(CredentialMode) -> &'static str,
    /// With whether voting is over.
    pub(crate) powers: fn(Powers, bool) -> Option<String>,
    pub(crate) cosignatures: fn(u8) -> Option<String>,
    pub(crate) facts: &'static str,
    pub(crate) facts_lead: &'static str,
    pub(crate) facts_start: &'static str,
    pub(crate) facts_size: fn(&str) -> String,
    pub(crate) facts_compare: &'static str,
    pub(crate) name: &'static str,
    pub(crate) name_more: &'static str,
    pub(crate) key: &'static str,
    pub(crate) no_key: &'static str,
    pub(crate) transcript: &'static str,
    pub(crate) voters: &'static str,
    pub(crate) roll_hash: &'static str,
    pub(crate) health: &'static str,
    pub(crate) health_lead: &'static str,
    pub(crate) health_good: &'static str,
    pub(crate) first_visit: &'static str,
    pub(crate) board: &'static str,
    pub(crate) operator: &'static str,
    pub(crate) board_key: &'static str,
    pub(crate) witnesses: &'static str,
    pub(crate) no_witnesses: &'static str,
    pub(crate) witnessed: fn(usize, usize) -> String,
    pub(crate) entries: &'static str,
    pub(crate) root: &'static str,
    pub(crate) more: &'static str,
    pub(crate) record_more: &'static str,
    pub(crate) check_more: &'static str,
    pub(crate) recount_more: &'static str,
    pub(crate) verify: &'static str,
    pub(crate) verify_more: &'static str,
}

impl Texts for Election {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &en::EN,
            Language::Chinese => &zh::ZH,
        }
    }
}

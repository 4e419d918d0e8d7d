//! The public record: both logs, entry by entry.

use tabella_web_shared::reader::EntryKind;

use crate::language::{Language, Texts};
use crate::pages::board::Label;

mod chinese;
mod english;

/// The texts of the page. Numbers come as the language writes them.
pub(crate) struct Board {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) election_title: &'static str,
    pub(crate) election_lead: &'static str,
    pub(crate) election: &'static str,
    pub(crate) about: &'static str,
    pub(crate) whole: &'static str,
    // the newest checkpoint
    pub(crate) head: &'static str,
    pub(crate) size: &'static str,
    pub(crate) root: &'static str,
    pub(crate) origin: &'static str,
    pub(crate) witnesses: &'static str,
    pub(crate) unwitnessed: &'static str,
    pub(crate) anchored: &'static str,
    pub(crate) note: &'static str,
    pub(crate) stale: &'static str,
    // entries
    pub(crate) entries: &'static str,
    pub(crate) range: fn(&str, &str) -> String,
    pub(crate) empty: &'static str,
    pub(crate) show_new: fn(u64, &str) -> String,
    pub(crate) has_new: &'static str,
    pub(crate) newest: &'static str,
    pub(crate) newer: &'static str,
    pub(crate) older: &'static str,
    pub(crate) jump: &'static str,
    pub(crate) jump_hint: fn(&str) -> String,
    pub(crate) jump_go: &'static str,
    pub(crate) jump_problem: fn(&str) -> String,
    pub(crate) no_time: &'static str,
    pub(crate) number: fn(&str) -> String,
    pub(crate) block: fn(&str) -> String,
    pub(crate) anchors: fn(usize) -> String,
    /// Behind the title of an election: so many entries.
    pub(crate) grown: fn(&str) -> String,
    /// Shows several of them.
    pub(crate) anchors_more: fn(usize) -> String,
    pub(crate) more: fn(&str) -> String,
    pub(crate) leaf: &'static str,
    pub(crate) length: &'static str,
    pub(crate) bytes: fn(&str) -> String,
    pub(crate) path: &'static str,
    pub(crate) results: &'static str,
    pub(crate) kind: fn(EntryKind) -> &'static str,
    pub(crate) label: fn(Label) -> &'static str,
    /// What was done, of the fixed word for it; none for other words.
    pub(crate) act: fn(&str) -> Option<&'static str>,
    pub(crate) trustee: fn(&str, &str) -> String,
    pub(crate) part: fn(&str, &str) -> String,
    pub(crate) unnamed: fn(&str) -> String,
    // legend
    pub(crate) legend: &'static str,
    /// Words and what they mean.
    pub(crate) terms: [(&'static str, &'static str); 6],
    // taking the record along
    pub(crate) take: &'static str,
    pub(crate) take_lead: &'static str,
    pub(crate) download: &'static str,
    pub(crate) download_words: &'static str,
    pub(crate) saved: fn(&str) -> String,
    pub(crate) verify: &'static str,
    pub(crate) verify_words: &'static str,
    pub(crate) command: &'static str,
    pub(crate) command_words: &'static str,
    pub(crate) files: &'static str,
    pub(crate) elections: &'static str,
    pub(crate) elections_lead: &'static str,
    pub(crate) no_elections: &'static str,
}

impl Texts for Board {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &english::EN,
            Language::Chinese => &chinese::ZH,
        }
    }
}

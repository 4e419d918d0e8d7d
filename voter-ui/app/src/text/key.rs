//! Making a trustee's key.

use tabella_web_shared::trustee::WordsTrouble;

use crate::language::{Language, Texts};

mod en;
mod zh;

/// The texts.
pub(crate) struct Key {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) steps: [&'static str; 4],
    pub(crate) new: &'static str,
    pub(crate) from_paper: &'static str,
    pub(crate) name: &'static str,
    pub(crate) name_hint: &'static str,
    pub(crate) name_missing: &'static str,
    pub(crate) words: &'static str,
    pub(crate) words_hint: &'static str,
    pub(crate) words_trouble: fn(&WordsTrouble) -> String,
    pub(crate) about_passphrase: &'static str,
    pub(crate) passphrase: &'static str,
    pub(crate) repeat: &'static str,
    pub(crate) suggest: &'static str,
    pub(crate) suggested: &'static str,
    pub(crate) take: &'static str,
    pub(crate) differ: &'static str,
    pub(crate) make: &'static str,
    pub(crate) restore: &'static str,
    pub(crate) is_making: &'static str,
    pub(crate) save_title: &'static str,
    pub(crate) save_words: &'static str,
    pub(crate) save: &'static str,
    pub(crate) load_title: &'static str,
    pub(crate) load_words: &'static str,
    pub(crate) load_hint: &'static str,
    pub(crate) load: &'static str,
    pub(crate) save_again: &'static str,
    pub(crate) other_key: &'static str,
    pub(crate) read_back: &'static str,
    pub(crate) send_title: &'static str,
    pub(crate) send_words: &'static str,
    pub(crate) compare_paper: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) second: &'static str,
    pub(crate) second_words: &'static str,
    pub(crate) second_file: &'static str,
    pub(crate) show_paper: &'static str,
    pub(crate) hide_paper: &'static str,
    pub(crate) print: &'static str,
    pub(crate) next: &'static str,
    pub(crate) next_words: &'static str,
    pub(crate) paper: &'static str,
    pub(crate) paper_name: &'static str,
    pub(crate) paper_fingerprint: &'static str,
    pub(crate) paper_words: &'static str,
    pub(crate) paper_code: &'static str,
    pub(crate) paper_rules: [&'static str; 5],
    pub(crate) afresh: &'static str,
}

impl Texts for Key {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &en::EN,
            Language::Chinese => &zh::ZH,
        }
    }
}

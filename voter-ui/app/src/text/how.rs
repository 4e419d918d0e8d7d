//! How it works.

use crate::language::{Language, Texts};

mod en;
mod zh;

/// A heading and what it says.
pub(crate) type Words = (&'static str, &'static str);

/// The texts.
pub(crate) struct How {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) steps: &'static str,
    /// In the order of the drawings.
    pub(crate) walk: [Words; 6],
    pub(crate) who: &'static str,
    pub(crate) who_caption: &'static str,
    pub(crate) who_columns: [&'static str; 2],
    pub(crate) who_rows: [Words; 6],
    pub(crate) proves: &'static str,
    pub(crate) proves_lead: &'static str,
    pub(crate) proves_caption: &'static str,
    pub(crate) proves_columns: [&'static str; 3],
    pub(crate) proves_rows: [[&'static str; 3]; 6],
    pub(crate) limits: &'static str,
    pub(crate) limits_lead: &'static str,
    pub(crate) limit: [Words; 10],
    pub(crate) next: &'static str,
    pub(crate) practice: &'static str,
    pub(crate) elections: &'static str,
    pub(crate) trustee: &'static str,
    pub(crate) documents: &'static str,
}

impl Texts for How {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &en::EN,
            Language::Chinese => &zh::ZH,
        }
    }
}

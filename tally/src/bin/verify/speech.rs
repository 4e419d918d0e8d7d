//! In which language the program speaks, and how far it says it is.

use tabella_board_client::terminal::Progress as Bar;
use tabella_tally::programs::verify::texts::Texts;
use tabella_tally::standing::words::Language;
use tabella_tally::verify::{Pass, Progress};

/// The language of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Speech<'a> {
    /// What the program says.
    pub(crate) texts: &'static Texts,
    /// Language tag of titles and names that people read.
    pub(crate) titles: &'a str,
    /// The same in files for programs, where the locale decides nothing.
    pub(crate) file_titles: &'a str,
}

impl<'a> Speech<'a> {
    /// By the tag that was given, else by the locale, else English. A tag of neither language is for titles alone.
    pub(crate) fn new(tag: Option<&'a str>) -> Self {
        let given = tag.map(|tag| Language::of_tag(tag).unwrap_or_default());
        let locale = || Language::of_locale(|name| std::env::var(name).ok()).unwrap_or_default();
        let language = given.unwrap_or_else(locale);
        Self {
            texts: Texts::of(language),
            titles: tag.unwrap_or(language.tag()),
            file_titles: tag.unwrap_or(Language::English.tag()),
        }
    }
}

/// A bar for each pass of a verification.
pub(crate) struct Passes {
    texts: &'static Texts,
    open: Option<(Pass, Bar)>,
}

impl Passes {
    /// None yet.
    pub(crate) fn new(texts: &'static Texts) -> Self {
        Self { texts, open: None }
    }

    /// So far it is.
    pub(crate) fn set(&mut self, Progress { pass, done, of }: Progress) {
        match &mut self.open {
            Some((now, bar)) if *now == pass => bar.set(done, of),
            _ => {
                self.finish();
                let title = match pass {
                    Pass::Hashing => self.texts.hashing,
                    Pass::Checking => self.texts.checking,
                };
                let mut bar = Bar::new(title);
                bar.set(done, of);
                self.open = Some((pass, bar));
            }
        }
    }

    /// Ends; the bar goes away.
    pub(crate) fn finish(&mut self) {
        if let Some((_, bar)) = self.open.take() {
            bar.finish();
        }
    }
}

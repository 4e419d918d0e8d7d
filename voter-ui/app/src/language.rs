//! The two languages, and which one is spoken.

use leptos::prelude::*;

use tabella_crypto::text::Text;

/// A language of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Chinese,
}

/// Where the choice is kept.
const KEY: &str = "tabella.language";

impl Language {
    /// The language tag (BCP 47), of the page and of texts in manifests.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-Hans",
        }
    }

    /// Its name in itself.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "简体中文",
        }
    }

    /// The other one.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::English => Self::Chinese,
            Self::Chinese => Self::English,
        }
    }

    fn of_tag(tag: &str) -> Option<Self> {
        let tag = tag.to_ascii_lowercase();
        let speaks = |primary: &str| tag == primary || tag.starts_with(&format!("{primary}-"));
        if speaks("zh") {
            Some(Self::Chinese)
        } else if speaks("en") {
            Some(Self::English)
        } else {
            None
        }
    }

    /// The one chosen before, else the first of the browser's that the app has, else English.
    fn preferred() -> Self {
        let chosen = crate::session::stored(KEY).and_then(|tag| Self::of_tag(&tag));
        let wished = || {
            let tags = window().navigator().languages();
            tags.iter().find_map(|tag| Self::of_tag(&tag.as_string()?))
        };
        chosen.or_else(wished).unwrap_or(Self::English)
    }
}

/// The texts of a page or part: one value for each language, so that a missing one does not compile.
pub(crate) trait Texts: 'static {
    /// The texts in a language.
    fn in_language(language: Language) -> &'static Self;
}

/// Finds out the language, and keeps the document's `lang` true to it.
pub(crate) fn provide() {
    let language = RwSignal::new(Language::preferred());
    provide_context(language);
    Effect::new(move || {
        if let Some(root) = document().document_element() {
            // an element accepts any value of this attribute
            let _ = root.set_attribute("lang", language.get().tag());
        }
    });
}

/// The language spoken; reactive.
pub(crate) fn use_language() -> RwSignal<Language> {
    expect_context()
}

/// Speaks this language from now on, here and on the next visit.
pub(crate) fn choose(signal: RwSignal<Language>, language: Language) {
    crate::session::store(KEY, language.tag());
    signal.set(language);
}

/// The texts of a part in the language spoken; reactive wherever it is called.
pub(crate) fn use_texts<T: Texts>() -> impl Fn() -> &'static T + Copy + Send + Sync + 'static {
    let language = use_language();
    move || T::in_language(language.get())
}

/// Words of a manifest in the reader's language where they are given in it, marked with the language that they are in.
/// Always as text: markup in them is shown as it is written.
pub(crate) fn said(text: &Text) -> impl IntoView + use<> {
    let language = use_language();
    let text = text.clone();
    move || {
        let page = language.get().tag();
        let words = text.in_language(page).to_owned();
        let spoken =
            text.versions().iter().find(|(_, version)| *version == words).map(|(tag, _)| tag.clone());
        let lang = spoken.filter(|tag| Language::of_tag(tag) != Language::of_tag(page));
        view! { <span lang=lang>{words}</span> }
    }
}

/// The same as plain words, for places that take no elements.
pub(crate) fn plain(text: &Text, language: Language) -> String {
    text.in_language(language.tag()).to_owned()
}

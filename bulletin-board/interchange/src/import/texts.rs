//! Texts of a document as texts of a manifest.

use tabella_crypto::text::Text;

use super::ImportError;
use crate::model::InternationalizedText;

/// A text in its languages.
pub(super) fn read(text: &InternationalizedText, pointer: &str) -> Result<Text, ImportError> {
    let versions = text.text.iter().map(|version| (version.language.clone(), clean(&version.content)));
    new(versions.collect(), pointer)
}

/// A text in one language.
pub(super) fn plain(words: &str, language: &str, pointer: &str) -> Result<Text, ImportError> {
    new(vec![(language.to_owned(), clean(words))], pointer)
}

/// Several texts as one, in the languages of the first.
pub(super) fn join(texts: &[Text], between: &str, pointer: &str) -> Result<Text, ImportError> {
    let tags = texts.first().map(Text::versions).unwrap_or_default().iter().map(|(tag, _)| tag);
    let versions = tags.map(|tag| {
        let words: Vec<&str> = texts.iter().map(|text| text.in_language(tag)).collect();
        (tag.clone(), words.join(between))
    });
    new(versions.collect(), pointer)
}

fn new(versions: Vec<(String, String)>, pointer: &str) -> Result<Text, ImportError> {
    Text::new(versions).map_err(|error| ImportError::Text { pointer: pointer.to_owned(), error })
}

/// The words as they are; where tabs or the like stand in them, which come from how a file was indented and which no
/// text of a manifest can have, every white space is one space.
fn clean(words: &str) -> String {
    if words.chars().any(|character| character.is_control() && character != '\n') {
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        words.to_owned()
    }
}

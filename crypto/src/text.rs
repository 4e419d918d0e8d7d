//! Texts for people, in one or more languages. Specification: "Manifest".

use borsh::{BorshDeserialize, BorshSerialize};

/// Most bytes of one text in one language.
pub const MAX_TEXT_LENGTH: usize = 4_000;
/// Most languages of one text.
pub const MAX_LANGUAGES: usize = 16;
/// Most characters of a language tag.
const MAX_TAG_LENGTH: usize = 35;

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// No language at all.
    #[error("a text needs at least one language")]
    Empty,
    /// More languages than [`MAX_LANGUAGES`].
    #[error("a text may have at most {MAX_LANGUAGES} languages")]
    TooManyLanguages,
    /// Not a language tag such as `en` or `zh-Hans`.
    #[error("a language tag is letters, digits and hyphens, such as \"en\" or \"zh-Hans\"")]
    Tag,
    /// Tags out of order, or one twice.
    #[error("language tags must be in order and each once")]
    Order,
    /// Empty, longer than [`MAX_TEXT_LENGTH`], or with control characters other than a line feed, or characters that
    /// reorder or break text unseen.
    #[error(
        "a text must have 1 to {MAX_TEXT_LENGTH} bytes, and no control characters or changes of direction"
    )]
    Content,
}

/// One text in one or more languages, sorted by language tag (BCP 47).
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Text(Vec<(String, String)>);

impl Text {
    /// A text of the given pairs (language tag, words), in any order.
    pub fn new(mut versions: Vec<(String, String)>) -> Result<Self, TextError> {
        versions.sort();
        let text = Self(versions);
        text.check()?;
        Ok(text)
    }

    /// The words in the language asked for, else in one that shares its first subtag, else in the first.
    pub fn in_language(&self, tag: &str) -> &str {
        let primary = |tag: &str| tag.split('-').next().unwrap_or("").to_ascii_lowercase();
        self.0
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(tag))
            .or_else(|| self.0.iter().find(|(have, _)| primary(have) == primary(tag)))
            .or(self.0.first())
            .map_or("", |(_, words)| words)
    }

    /// What a reader of a language sees of the words: without characters that are not seen (Unicode's property
    /// Default_Ignorable_Code_Point), white space as one space.
    pub fn reading(&self, tag: &str) -> String {
        let seen: String =
            self.in_language(tag).chars().filter(|character| !is_ignorable(*character)).collect();
        seen.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// All versions: (language tag, words).
    pub fn versions(&self) -> &[(String, String)] {
        &self.0
    }

    /// Checks what decoding cannot: bounds, order, tags, control characters.
    pub fn check(&self) -> Result<(), TextError> {
        if self.0.is_empty() {
            return Err(TextError::Empty);
        }
        if self.0.len() > MAX_LANGUAGES {
            return Err(TextError::TooManyLanguages);
        }
        for (tag, words) in &self.0 {
            let subtag =
                |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
            if tag.len() > MAX_TAG_LENGTH || !tag.split('-').all(subtag) {
                return Err(TextError::Tag);
            }
            let control = |c: char| (c.is_control() && c != '\n') || is_layout(c);
            if words.is_empty() || words.len() > MAX_TEXT_LENGTH || words.chars().any(control) {
                return Err(TextError::Content);
            }
        }
        let folded: std::collections::BTreeSet<String> =
            self.0.iter().map(|(tag, _)| tag.to_ascii_lowercase()).collect();
        if !self.0.is_sorted_by(|a, b| a.0 < b.0) || folded.len() < self.0.len() {
            return Err(TextError::Order);
        }
        Ok(())
    }
}

/// Characters that reorder or break other text unseen: directional overrides and isolates, line and paragraph
/// separators. Joiners stay, which several scripts need. Refused in texts and in names.
pub(crate) fn is_layout(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// Default_Ignorable_Code_Point of Unicode 16.0, DerivedCoreProperties.txt.
fn is_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(versions: &[(&str, &str)]) -> Result<Text, TextError> {
        Text::new(versions.iter().map(|(tag, words)| (tag.to_string(), words.to_string())).collect())
    }

    #[test]
    fn finds_the_nearest_language() {
        let text = text(&[("zh-Hans", "你好"), ("en", "Hello")]).unwrap();
        assert_eq!(text.in_language("zh-CN"), "你好");
        assert_eq!(text.in_language("en-GB"), "Hello");
        assert_eq!(text.in_language("fr"), "Hello");
    }

    #[test]
    fn a_language_itself_goes_before_one_that_shares_its_first_subtag_and_case_does_not_matter() {
        let text = text(&[("en-AU", "G'day"), ("en-GB", "Good day"), ("zh", "你好")]).unwrap();
        assert_eq!(text.in_language("EN-gb"), "Good day");
        assert_eq!(text.in_language("EN"), "G'day", "the first of those");
        assert_eq!(text.in_language("en-G"), "G'day", "a subtag counts whole");
        assert_eq!(text.in_language("ZH-Hant"), "你好");
        assert_eq!(text.in_language("z"), "G'day", "the first of all");
    }

    /// Both ends of each range of the specification's section 8, and what stands beside it.
    #[test]
    fn what_is_not_seen_is_left_out_of_what_is_read_and_nothing_else_is() {
        let ranges = [
            (0xad, 0xad),
            (0x34f, 0x34f),
            (0x61c, 0x61c),
            (0x115f, 0x1160),
            (0x17b4, 0x17b5),
            (0x180b, 0x180f),
            (0x200b, 0x200f),
            (0x202a, 0x202e),
            (0x2060, 0x206f),
            (0x3164, 0x3164),
            (0xfe00, 0xfe0f),
            (0xfeff, 0xfeff),
            (0xffa0, 0xffa0),
            (0xfff0, 0xfff8),
            (0x1bca0, 0x1bca3),
            (0x1d173, 0x1d17a),
            (0xe0000, 0xe0fff),
        ];
        let ignorable = |code: u32| is_ignorable(char::from_u32(code).unwrap());
        for (first, last) in ranges {
            assert!((first..=last).all(ignorable), "{first:x} to {last:x}");
            assert!(!ignorable(first - 1) && !ignorable(last + 1), "beside {first:x} to {last:x}");
        }
        let words = text(&[("en", " a\u{200b}b \n\u{a0} c\u{ad} ")]).unwrap();
        assert_eq!(words.reading("en"), "ab c");
    }

    /// Section 2 of the specification.
    #[test]
    fn what_turns_or_breaks_a_line_unseen_is_refused_and_what_stands_beside_it_is_not() {
        let taken = |code: u32| text(&[("en", &format!("a{}", char::from_u32(code).unwrap()))]).is_ok();
        for (first, last) in [(0x2028, 0x202e), (0x2066, 0x2069), (0x7f, 0x9f)] {
            assert!((first..=last).all(|code| !taken(code)), "{first:x} to {last:x}");
            assert!(taken(first - 1) && taken(last + 1), "beside {first:x} to {last:x}");
        }
        assert!((0..0x20).all(|code| taken(code) == (code == 0xa)), "everybody sees a line feed");
        assert!(taken(0x20));
    }

    #[test]
    fn languages_tags_and_words_are_taken_at_their_bounds_and_refused_past_them() {
        let languages = |number: usize| {
            Text::new((0..number).map(|tag| (format!("x{tag:02}"), "a".to_owned())).collect()).map(|_| ())
        };
        let tag = |tag: &str| text(&[(tag, "a")]).map(|_| ());
        let words = |length: usize| text(&[("en", &"a".repeat(length))]).map(|_| ());
        assert_eq!(languages(MAX_LANGUAGES), Ok(()));
        assert_eq!(tag("abcdefgh-abcdefgh-abcdefgh-abcdefgh"), Ok(()), "{MAX_TAG_LENGTH} characters");
        assert_eq!(words(MAX_TEXT_LENGTH), Ok(()));
        for longer in [1, 2] {
            assert_eq!(languages(MAX_LANGUAGES + longer), Err(TextError::TooManyLanguages));
            assert_eq!(words(MAX_TEXT_LENGTH + longer), Err(TextError::Content));
        }
        for long in ["abcdefgh-abcdefgh-abcdefgh-abcdefg-a", "abcdefgh-abcdefgh-abcdefgh-abcdefgh-a"] {
            assert_eq!(tag(long), Err(TextError::Tag));
        }
        assert_eq!(tag("a-1"), Ok(()));
        for part in ["", "abcdefghi", "-a", "a-", "a--b", "a-abcdefghi"] {
            assert_eq!(tag(part), Err(TextError::Tag), "{part:?}: parts have 1 to 8 letters or digits");
        }
    }

    #[test]
    fn refuses_what_is_not_a_text() {
        assert_eq!(text(&[]), Err(TextError::Empty));
        assert_eq!(text(&[("en", "")]), Err(TextError::Content));
        assert_eq!(text(&[("en", "a\u{7}")]), Err(TextError::Content));
        assert_eq!(text(&[("en", "Alice\u{202e}bob")]), Err(TextError::Content));
        assert_eq!(text(&[("EN", "a"), ("en", "b")]), Err(TextError::Order));
        assert_eq!(text(&[("en glish", "a")]), Err(TextError::Tag));
        assert_eq!(text(&[("en", "a"), ("en", "b")]), Err(TextError::Order));
        assert_eq!(
            Text(vec![("zh".into(), "a".into()), ("en".into(), "b".into())]).check(),
            Err(TextError::Order)
        );
    }
}

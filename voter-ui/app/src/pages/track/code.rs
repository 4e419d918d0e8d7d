//! Reading a tracking code as people type, paste and dictate it.

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::transcript::Digest;

/// Symbols of a code: 32 bytes in hexadecimal.
pub(crate) const LENGTH: usize = 64;
/// Symbols of a group, and groups of a line, as codes are shown.
const GROUP: usize = 4;

/// Why a text is no tracking code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeProblem {
    /// There is nothing.
    Empty,
    /// A symbol that no code has.
    Symbol(char),
    /// So many symbols are missing.
    Short(usize),
    /// There are so many too many.
    Long(usize),
}

/// A text that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Why.
    pub(crate) problem: CodeProblem,
    /// Whether it stood in a link that was followed.
    pub(crate) is_link: bool,
}

/// A fragment of an address that is meant as a code, or as a piece of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fragment {
    /// The text.
    pub(super) text: String,
    /// The code, or why it is none.
    pub(super) code: Result<TrackingCode, CodeProblem>,
}

/// The code in an address's fragment; none if the fragment names a place on the page. No place's name has a digit, or
/// is made of a code's letters alone.
pub(super) fn read_fragment(fragment: &str) -> Option<Fragment> {
    let text = fragment.trim_start_matches('#');
    let is_meant = typed(text) > 0
        && (text.contains(|symbol: char| symbol.is_ascii_digit())
            || symbols(text).all(|symbol| symbol.is_ascii_hexdigit()));
    is_meant.then(|| Fragment { text: grouped(text).unwrap_or_else(|| text.to_owned()), code: read(text) })
}

/// How many symbols were typed, without what only groups them.
pub(crate) fn typed(text: &str) -> usize {
    symbols(text).count()
}

/// What was typed as codes are shown: in groups of four, four to a line. None if it is anything but a code, in which
/// letters may stand that look like digits: nothing else is changed under the hands of whoever types it.
pub(crate) fn grouped(text: &str) -> Option<String> {
    let is_code = |symbol: char| symbol.is_ascii_hexdigit() || matches!(symbol, 'o' | 'l' | 'i');
    if text.contains(['#', '.', ':', '/', '_']) || !symbols(text).all(is_code) {
        return None;
    }
    let mut grouped = String::with_capacity(text.len());
    for (index, symbol) in symbols(text).enumerate() {
        if index > 0 && index.is_multiple_of(GROUP) {
            grouped.push(if index.is_multiple_of(GROUP * GROUP) { '\n' } else { ' ' });
        }
        grouped.push(symbol);
    }
    Some(grouped)
}

/// Where the cursor stands in a grouped text behind so many symbols.
pub(super) fn place(symbols: usize) -> usize {
    symbols + symbols.saturating_sub(1) / GROUP
}

/// The code, in any grouping and either case; of a link, the code in its fragment.
pub(crate) fn read(text: &str) -> Result<TrackingCode, CodeProblem> {
    if let Some(wrong) = symbols(text).find(|symbol| !symbol.is_ascii_hexdigit()) {
        return Err(CodeProblem::Symbol(wrong));
    }
    match typed(text) {
        0 => Err(CodeProblem::Empty),
        short @ ..LENGTH => Err(CodeProblem::Short(LENGTH - short)),
        LENGTH => {
            let hexadecimal: String = symbols(text).collect();
            Digest::from_hex(&hexadecimal).map(TrackingCode).ok_or(CodeProblem::Empty)
        }
        long => Err(CodeProblem::Long(long - LENGTH)),
    }
}

/// The symbols that matter, in lower case: without white space, hyphens, dashes, dots and colons between groups.
/// Full-width forms, as Chinese keyboards write them, are the same symbols.
fn symbols(text: &str) -> impl Iterator<Item = char> {
    let code = text.rsplit_once('#').map_or(text, |(_, code)| code);
    code.chars().filter(|symbol| !is_grouping(*symbol)).map(|symbol| narrow(symbol).to_ascii_lowercase())
}

fn is_grouping(symbol: char) -> bool {
    // soft hyphen, zero-width characters, hyphens and dashes, minus, byte order mark, full-width minus
    const UNSEEN: std::ops::RangeInclusive<char> = '\u{200b}'..='\u{2015}';
    symbol.is_whitespace()
        || matches!(symbol, '-' | '.' | ':' | '_' | '·' | '\u{ad}' | '\u{2212}' | '\u{feff}' | '\u{ff0d}')
        || UNSEEN.contains(&symbol)
}

/// The ASCII character that a full-width one stands for.
fn narrow(symbol: char) -> char {
    match symbol {
        '\u{ff01}'..='\u{ff5e}' => {
            u32::from(symbol).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(symbol)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> (String, TrackingCode) {
        let digest = Digest(std::array::from_fn(|index| (index * 7) as u8));
        (digest.to_hex(), TrackingCode(digest))
    }

    #[test]
    fn reads_code_in_any_grouping_and_case() {
        let (text, code) = code();
        let groups: Vec<&str> = (0..64).step_by(4).map(|at| &text[at..at + 4]).collect();
        let wide: String =
            text.chars().map(|symbol| char::from_u32(u32::from(symbol) + 0xfee0).unwrap()).collect();
        let spellings = [
            text.to_uppercase(),
            format!("  {}\n", groups.join(" ")),
            groups.join("-"),
            groups.join("\u{2011}"),
            wide,
            format!("https://board.example.org/e/00ff/track#{text}"),
        ];
        for spelling in spellings {
            assert_eq!(read(&spelling), Ok(code), "{spelling}");
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_code() {
        let (text, _) = code();
        assert_eq!(read(" - "), Err(CodeProblem::Empty));
        assert_eq!(read(&text.replacen('0', "O", 1)), Err(CodeProblem::Symbol('o')));
        assert_eq!(read(&text[..60]), Err(CodeProblem::Short(4)));
        assert_eq!(read(&format!("{text}a")), Err(CodeProblem::Long(1)));
        assert_eq!(typed("12 34-5"), 5);
    }

    #[test]
    fn fragment_of_a_place_on_the_page_is_no_code() {
        let (text, code) = code();
        for place in ["", "#", "#main", "#code", "#receipt", "#facts"] {
            assert_eq!(read_fragment(place), None, "{place}");
        }
        assert_eq!(read_fragment(&format!("#{text}")).map(|read| read.code), Some(Ok(code)));
        let cut = read_fragment(&format!("#{}", &text[..40])).unwrap();
        assert_eq!(cut.code, Err(CodeProblem::Short(24)));
        let cut = read_fragment("#6884ab").unwrap();
        assert_eq!((cut.text.as_str(), cut.code), ("6884 ab", Err(CodeProblem::Short(58))));
        let cut = read_fragment("#6884ab…").unwrap();
        assert_eq!(cut.code, Err(CodeProblem::Symbol('…')));
    }

    #[test]
    fn groups_what_is_typed_as_codes_are_shown() {
        let (text, code) = code();
        let shown = grouped(&text.to_uppercase()).unwrap();
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 4);
        for line in lines {
            let groups: Vec<usize> = line.split(' ').map(str::len).collect();
            assert_eq!(groups, [4; 4], "{line}");
        }
        assert_eq!(read(&shown), Ok(code));
        assert_eq!(grouped("12-34 5OL").as_deref(), Some("1234 5ol"));
        assert_eq!(grouped("1234 ").as_deref(), Some("1234"));
        for other in ["{\"code\"", "https", "b.", "b.example/track#1234", "查询码"] {
            assert_eq!(grouped(other), None, "{other}");
        }
    }

    #[test]
    fn cursor_stays_behind_the_symbol_that_was_typed() {
        let (text, _) = code();
        let shown = grouped(&text).unwrap();
        for count in 0..=64 {
            let before: String = shown.chars().take(place(count)).collect();
            assert_eq!(typed(&before), count);
            assert!(!before.ends_with(char::is_whitespace), "{count}");
        }
    }
}

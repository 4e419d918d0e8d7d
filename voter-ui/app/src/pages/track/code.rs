//! Reading a tracking code as people type, paste and dictate it.

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::transcript::Digest;

/// Symbols of a code: 32 bytes in hexadecimal.
const LENGTH: usize = 64;
/// Fewest symbols of a fragment that is taken for a code; fewer name a place on the page.
const SHORTEST_FRAGMENT: usize = 16;

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

/// A fragment of an address that is meant as a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fragment {
    /// The text.
    pub(super) text: String,
    /// The code, or why it is none.
    pub(super) code: Result<TrackingCode, CodeProblem>,
}

/// The code in an address's fragment; none if the fragment is something else.
pub(super) fn read_fragment(fragment: &str) -> Option<Fragment> {
    let text = fragment.trim_start_matches('#');
    let is_meant =
        typed(text) >= SHORTEST_FRAGMENT && !symbols(text).any(|symbol| !symbol.is_ascii_hexdigit());
    is_meant.then(|| Fragment { text: text.to_owned(), code: read(text) })
}

/// How many symbols were typed, without what only groups them.
pub(super) fn typed(text: &str) -> usize {
    symbols(text).count()
}

/// The code, in any grouping and either case; of a link, the code in its fragment.
pub(super) fn read(text: &str) -> Result<TrackingCode, CodeProblem> {
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
        for place in ["", "#main", "#code", "#decade", "#receipt"] {
            assert_eq!(read_fragment(place), None, "{place}");
        }
        assert_eq!(read_fragment(&format!("#{text}")).map(|read| read.code), Some(Ok(code)));
        let cut = read_fragment(&format!("#{}", &text[..40])).unwrap();
        assert_eq!(cut.code, Err(CodeProblem::Short(24)));
    }
}

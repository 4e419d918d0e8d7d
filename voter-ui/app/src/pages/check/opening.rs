//! A test ballot's opening, as it comes to a second device: a file, pasted text, or a link's fragment.

use serde::de::value::Error as ValueError;
use serde::de::value::StrDeserializer;

use tabella_board_core::api::base64_form;
use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::manifest::ElectionId;
use tabella_tally::ballot_box::TestOpening;

/// Fewest characters of a fragment that is taken for something to check; shorter ones name places on the page.
const SHORTEST_FRAGMENT: usize = 64;
/// How every opening begins in a link, also one that was cut off: `{"` and a letter.
const BEGINNING: &str = "eyJ";

/// An opening, and what it says it is of.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Opening {
    /// One line of JSON, as the prover takes it.
    pub(crate) json: String,
    /// The election.
    pub(crate) election: ElectionId,
    /// The tracking code that the voter was shown.
    pub(crate) code: TrackingCode,
}

/// Whether an address's fragment is meant as an opening, or as a piece of one.
pub(super) fn is_meant(fragment: &str) -> bool {
    let fragment = fragment.trim_start_matches('#');
    fragment.starts_with(BEGINNING) || fragment.len() >= SHORTEST_FRAGMENT
}

/// Reads an opening from JSON, from a link that carries it, or from what such a link carries.
pub(super) fn read(text: &str) -> Option<Opening> {
    let text = text.trim();
    let json = if text.starts_with('{') { text.to_owned() } else { from_link(text)? };
    let TestOpening { election, code, .. } = serde_json::from_str(&json).ok()?;
    Some(Opening { json, election, code })
}

/// Base64 for URLs without padding (RFC 4648, section 5), behind the `#` where there is one.
fn from_link(text: &str) -> Option<String> {
    let encoded = text.rsplit_once('#').map_or(text, |(_, fragment)| fragment);
    let mut base64: String = encoded.chars().filter(|symbol| !symbol.is_whitespace()).collect();
    base64 = base64.replace('-', "+").replace('_', "/");
    while !base64.len().is_multiple_of(4) {
        base64.push('=');
    }
    let bytes = base64_form::deserialize(StrDeserializer::<ValueError>::new(&base64)).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use tabella_crypto::ballot::Opening as BallotOpening;
    use tabella_crypto::transcript::Digest;

    use super::*;

    /// `>` and `?` give the characters that differ between the two kinds of base64.
    const BASE64URL: [(&str, &str); 3] =
        [("{\"a\":\">>>\"}", "eyJhIjoiPj4-In0"), ("???", "Pz8_"), ("{}", "e30")];

    fn opening() -> TestOpening {
        TestOpening {
            election: ElectionId(Digest([3; 32])),
            code: TrackingCode(Digest([5; 32])),
            opening: BallotOpening { seed: [7; 32], selections: vec![vec![0, 1]] },
        }
    }

    #[test]
    fn decodes_what_a_link_carries() {
        for (text, encoded) in BASE64URL {
            assert_eq!(from_link(encoded).as_deref(), Some(text));
            assert_eq!(from_link(&format!("https://b.example/check#{encoded}")).as_deref(), Some(text));
        }
        assert_eq!(from_link("e3"), None);
        assert_eq!(from_link("no base64!"), None);
    }

    #[test]
    fn reads_opening_as_text_only_if_it_is_one() {
        let json = serde_json::to_string(&opening()).unwrap();
        let read_back = read(&format!("  {json}\n")).unwrap();
        assert_eq!((read_back.election.0.0, read_back.code.0.0), ([3; 32], [5; 32]));
        assert_eq!(read_back.json, json);
        assert!(read(&json[..json.len() - 2]).is_none());
        assert!(read("{}").is_none());
        assert!(read("").is_none());
    }

    #[test]
    fn fragment_of_a_place_on_the_page_is_no_opening() {
        assert!(!is_meant("") && !is_meant("#main") && !is_meant("#receipt"));
        assert!(is_meant(&format!("#{}", "e".repeat(300))));
        let json = serde_json::to_string(&opening()).unwrap();
        let encoded = base64_form::serialize(json.as_bytes(), serde_json::value::Serializer).unwrap();
        let cut: String = encoded.as_str().unwrap().chars().take(12).collect();
        assert!(is_meant(&format!("#{cut}")), "{cut}");
    }
}

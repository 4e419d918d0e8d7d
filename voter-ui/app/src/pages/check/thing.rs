//! What a text is that somebody pastes, types or loads: people give the right thing in the wrong place.

use serde::Deserialize;
use serde::de::IgnoredAny;

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

use super::opening::{self, Opening};
use crate::pages::track;

/// Something that can be checked.
#[derive(Clone)]
pub(crate) enum Thing {
    /// A tracking code, or a link with it, which names the election, too.
    Code { election: Option<ElectionId>, code: TrackingCode },
    /// A receipt's file. Whether it holds is for the reader to say.
    Receipt(String),
    /// A test ballot's opening.
    Test(Opening),
}

/// What tells a receipt from other JSON.
#[derive(Deserialize)]
struct Receipt {
    #[serde(rename = "receipt")]
    _receipt: IgnoredAny,
}

/// Says what a text is; none if it is nothing that is whole.
pub(crate) fn recognise(text: &str) -> Option<Thing> {
    let text = text.trim();
    if let Ok(code) = track::read(text) {
        return Some(Thing::Code { election: election_in(text), code });
    }
    if serde_json::from_str::<Receipt>(text).is_ok() {
        return Some(Thing::Receipt(text.to_owned()));
    }
    opening::read(text).map(Thing::Test)
}

/// The election that a link names.
fn election_in(link: &str) -> Option<ElectionId> {
    let (address, _) = link.split_once('#')?;
    let (_, path) = address.split_once("/e/")?;
    Digest::from_hex(path.split('/').next()?).map(ElectionId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_what_is_pasted_in_the_wrong_place() {
        let (code, election) = ("6c".repeat(32), "0f".repeat(32));
        let link = format!(" https://b.example/e/{election}/track#{code}\n");
        for (text, expected) in [(link.as_str(), Some(ElectionId(Digest([15; 32])))), (code.as_str(), None)] {
            let Some(Thing::Code { election, code }) = recognise(text) else { panic!("{text}") };
            assert_eq!((election, code), (expected, TrackingCode(Digest([108; 32]))));
        }
        let receipt = format!(r#"{{"code":"{code}","entry":"AAEC","receipt":{{"index":7,"path":[]}}}}"#);
        assert!(matches!(recognise(&receipt), Some(Thing::Receipt(json)) if json == receipt));
        let test = format!(r#"{{"election":"{election}","code":"{code}","opening":"00"}}"#);
        for nothing in ["", "{}", &code[1..], &receipt[..40], "https://b.example/check#e30", &test] {
            assert!(recognise(nothing).is_none(), "{nothing}");
        }
    }
}

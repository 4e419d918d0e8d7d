//! Answers as a liar changes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tabella_board_core::entry::Entry;
use tabella_browser_tests::liar::{Answer, Question};

/// A change of an answer.
pub type Change = fn(&mut Answer);
/// A change of an answer in JSON.
pub type JsonChange = fn(&mut Value);

/// Changes the answers to these questions, and leaves all others.
pub fn only(
    is_meant: impl Fn(&Question) -> bool + Send + 'static,
    mut change: impl FnMut(&mut Answer) + Send + 'static,
) -> impl FnMut(&Question, Answer) -> Answer + Send + 'static {
    move |question, mut answer| {
        if is_meant(question) {
            change(&mut answer);
        }
        answer
    }
}

/// Another body, whatever the answer was.
pub fn replaced(body: Vec<u8>) -> impl FnMut(&mut Answer) + Send + 'static {
    move |answer| answer.body.clone_from(&body)
}

/// Changes an answer in JSON.
pub fn json(mut change: impl FnMut(&mut Value) + Send + 'static) -> impl FnMut(&mut Answer) + Send + 'static {
    move |answer| {
        let mut value = serde_json::from_slice(&answer.body).expect("the answer is JSON");
        change(&mut value);
        answer.body = serde_json::to_vec(&value).expect("JSON");
    }
}

/// Another digit at the end of a text in hexadecimal.
pub fn other_digit(hexadecimal: &mut Value) {
    let mut text = hexadecimal.as_str().expect("hexadecimal digits").to_owned();
    let last = text.pop();
    text.push(if last == Some('0') { '1' } else { '0' });
    *hexadecimal = text.into();
}

/// A signed note with one bit of its first signature flipped.
pub fn other_signature(note: &str) -> String {
    let line = note.lines().find(|line| line.starts_with("— ")).expect("a signature");
    let (name, signature) = line.rsplit_once(' ').expect("a name and a signature");
    let mut bytes = STANDARD.decode(signature).expect("base64");
    *bytes.last_mut().expect("a signature has bytes") ^= 1;
    note.replacen(line, &format!("{name} {}", STANDARD.encode(bytes)), 1)
}

/// One bit flipped in the last byte of the first of a bundle's entries that is meant.
pub fn other_entry(bundle: &mut [u8], is_meant: impl Fn(&Entry) -> bool) {
    let mut start = 0;
    while let Some((length, _)) = bundle[start..].split_first_chunk::<2>() {
        let end = start + 2 + usize::from(u16::from_be_bytes(*length));
        if is_meant(&Entry::decode(&bundle[start + 2..end]).expect("an entry")) {
            bundle[end - 1] ^= 1;
            return;
        }
        start = end;
    }
    panic!("no such entry in the bundle");
}

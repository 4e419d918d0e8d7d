//! Texts of one line or a few: what is read and written again is the same text, or for what people type, the same value.

use std::str::{FromStr, from_utf8};

use tabella_board::witnesses::Address;
use tabella_board_client::Trust;
use tabella_board_client::clock::parse_seconds;
use tabella_board_client::invitation::Invitation;
use tabella_board_core::api::{hex_parse, hex_text};
use tabella_board_core::fixtures::ORIGIN;
use tabella_crypto::checkpoint::{Checkpoint, NoteKey, NoteSignature, SignedCheckpoint, SignedNote};
use tabella_crypto::credential::{Credential, CredentialCode, group_fits, tidied};
use tabella_crypto::merkle::TilePath;
use tabella_crypto::transcript::Digest;
use tabella_tally::tally::Fingerprint;
use tabella_tally::trustee::paper;
use tabella_tally::verify::BoardPin;
use tabella_web_shared::marks::Marks;
use zeroize::Zeroizing;

use crate::reference;
use crate::scene::{board_key, board_log, checkpoint, cosigned, operator, scene, witness_key};

/// A signed note, and the checkpoint that one is: one spelling each. The strict verification of records accepts nothing
/// that the lenient one of live use does not, and neither accepts what the keys' owners did not sign.
pub fn note(data: &[u8]) {
    if let Ok(note) = SignedNote::parse(data) {
        assert_eq!(note.encode().as_bytes(), data);
        let again = SignedNote::new(note.text().to_owned(), note.signatures().to_vec());
        assert_eq!(again.as_ref(), Ok(&note));
        if let Ok(claimed) = Checkpoint::parse(note.text()) {
            assert_eq!(claimed.to_text(), note.text());
        }
    }
    let Ok(signed) = SignedCheckpoint::parse(data) else { return };
    assert_eq!(signed.encode().as_bytes(), data);
    let (board, witnesses) = (board_key(), [witness_key()]);
    let strict = signed.verify(&board, &witnesses);
    let lenient = signed.verify_ignoring_unknown(&board, &witnesses);
    if let Ok(strict) = &strict {
        assert_eq!(lenient.as_ref(), Ok(strict));
    }
    if let Ok(verified) = lenient {
        let log = board_log(&scene().election.log);
        let known = (0..=log.len()).map(|size| checkpoint(ORIGIN, &log[..size]));
        assert!(known.into_iter().any(|known| known.claimed() == verified.checkpoint()), "never signed");
    }
}

/// Checkpoints with and without cosignature, and those of the reference record.
pub fn note_seeds() -> Vec<Vec<u8>> {
    let log = board_log(&scene().election.log);
    let record = reference::record();
    let kept = record.files.iter().filter(|(path, _)| path.ends_with("checkpoint"));
    let mut seeds: Vec<Vec<u8>> = kept.map(|(_, bytes)| bytes.clone()).collect();
    seeds.push(checkpoint(ORIGIN, &log[..2]).encode().into_bytes());
    seeds.push(cosigned(ORIGIN, &log).encode().into_bytes());
    seeds
}

/// A key or a line of a signed note; a key of a board is read alike by clients and by the verifier.
pub fn key(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    if let Ok(key) = NoteKey::parse(text) {
        assert_eq!(key.to_vkey_string(), text);
        assert_eq!(NoteKey::new(key.name(), key.algorithm(), key.verifying_key()), Ok(key.clone()));
    }
    if let Ok(line) = NoteSignature::parse(text) {
        assert_eq!(line.to_string(), text);
    }
    let known = [board_key(), witness_key()];
    match (Trust::parse(text), BoardPin::parse(text)) {
        (Some(trust), Some(pin)) => {
            for key in &known {
                assert_eq!(trust.accepts(key), pin.fits(key), "client and verifier differ");
            }
            assert_eq!(Trust::from_str(text), Ok(trust));
        }
        (None, None) => {}
        (trust, pin) => panic!("client and verifier differ: {trust:?}, {pin:?}"),
    }
}

/// Keys, a fingerprint, and a line.
pub fn key_seeds() -> Vec<Vec<u8>> {
    let line = cosigned(ORIGIN, &[]).signatures()[1].to_string();
    let fingerprint = operator().verifying_key().fingerprint().to_hex();
    [board_key().to_vkey_string(), witness_key().to_vkey_string(), line, fingerprint]
        .map(String::into_bytes)
        .to_vec()
}

/// A path of a tile.
pub fn tile_path(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let Some(path) = TilePath::parse(text) else { return };
    assert_eq!(path.to_string(), text);
    assert_eq!(TilePath::new(path.kind(), path.index(), path.width()), Some(path));
    let end = path.first() + u64::from(path.width());
    assert!(path.first() < end, "a tile has something in it");
    assert_eq!(path.to_full().is_some_and(|full| full == path), path.is_full());
    // tiles of the level's first tree that has it
    let height = 8 * u32::from(match path.kind() {
        tabella_crypto::merkle::TileKind::Entries => 0,
        tabella_crypto::merkle::TileKind::Hashes { level } => level,
    });
    if end <= u64::MAX >> height {
        assert!(path.is_within(end << height), "{text}");
        assert!(!path.is_within((end << height) - 1), "{text}");
    }
}

/// Paths of all kinds.
pub fn tile_path_seeds() -> Vec<Vec<u8>> {
    [
        "tile/entries/000",
        "tile/0/000.p/9",
        "tile/3/x001/x234/067",
        "tile/entries/x001/002.p/255",
        "tile/7/000.p/1",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// A voter's code as people type it: what is read is shown in one form, which is read as the same; group by group it is
/// judged as whole.
pub fn code(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let tidy = tidied(text);
    assert!(tidy.chars().count() <= text.chars().count());
    assert_eq!(*tidied(&tidy), *tidy, "tidy twice");
    let symbols: Vec<char> = tidy.chars().collect();
    let groups: Vec<String> = symbols.chunks(5).map(|group| group.iter().collect()).collect();
    let fit = groups.len() == 5 && groups.iter().zip(1..).all(|(group, place)| group_fits(place, group));
    let read = CredentialCode::parse(text);
    assert_eq!(read.is_ok(), fit, "whole and group by group");
    if let Ok(code) = read {
        let shown = code.reveal();
        assert_eq!(shown.expose().replace('-', ""), *tidy);
        let again = CredentialCode::parse(shown.expose()).expect("what is shown can be typed");
        assert_eq!(again.reveal().expose(), shown.expose());
    }
    for place in 0..7 {
        group_fits(place, text);
    }
}

/// A code in two spellings.
pub fn code_seeds() -> Vec<Vec<u8>> {
    let code = CredentialCode::generate(&mut crate::scene::rng(3)).reveal().expose().clone();
    let loose = code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    vec![code.into_bytes(), loose.into_bytes()]
}

/// A trustee's key in words.
pub fn words(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let typed: Vec<Zeroizing<String>> = text.split(' ').map(|word| Zeroizing::new(word.to_owned())).collect();
    if let Ok(secret) = paper::restore(&typed) {
        let words = paper::words(&secret);
        let lower: Vec<String> = typed.iter().map(|word| word.to_lowercase()).collect();
        assert_eq!(words, lower);
    }
}

/// The words of a key, and of another in capitals.
pub fn words_seeds() -> Vec<Vec<u8>> {
    let secret = tabella_crypto::threshold::trustee::TrusteeSecret::from_seed(&[7; 32]);
    let words = paper::words(&secret).join(" ");
    vec![words.to_uppercase().into_bytes(), words.into_bytes(), b"abandn zoo".to_vec()]
}

/// The line by which a trustee finds an election.
pub fn invitation(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let Ok(read) = Invitation::parse(text) else { return };
    let shown = read.to_string();
    let again = Invitation::parse(&shown).expect("what is written is read");
    assert_eq!((again.election, again.board_key), (read.election, read.board_key));
    assert_eq!(again.to_string(), shown, "it is written once and for all");
}

/// Invitations with and without a key.
pub fn invitation_seeds() -> Vec<Vec<u8>> {
    let (election, key) = ("ab".repeat(32), "cd".repeat(32));
    vec![
        format!("https://board.example.org/tabella/e/{election}/trustees#key={key}").into_bytes(),
        format!(" http://127.0.0.1:8080/e/{election}?a#b&key={key}\n").into_bytes(),
    ]
}

/// Small things that stand in arguments, addresses and forms.
pub fn argument(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    if let Some(digest) = Digest::from_hex(text) {
        assert_eq!(digest.to_hex(), text);
        assert_eq!(hex_parse::<Digest>(text), Some(digest));
        assert_eq!(Fingerprint::parse(text), Some(Fingerprint(digest)));
    } else {
        assert_eq!(hex_parse::<Digest>(text), None);
    }
    if let Some(credential) = hex_parse::<Credential>(text) {
        assert_eq!(hex_text(&credential), text);
    }
    if let Some(credential) = tabella_board::programs::roll::parse_credential(text) {
        assert!(credential.point().is_ok_and(|point| !point.is_identity()));
    }
    if let Some(fingerprint) = Fingerprint::parse(text) {
        assert_eq!(Fingerprint::parse(&fingerprint.to_string()), Some(fingerprint));
    }
    if let Ok(Address { name, url }) = Address::from_str(text) {
        assert_eq!(format!("{name}={url}"), text);
    }
    if let Ok(listen) = tabella_board::config::parse_listen(text) {
        assert_eq!(tabella_board::config::parse_listen(&listen.to_string()), Ok(listen));
    }
    assert!(parse_seconds(text).is_err() || text.trim_start_matches('+').parse::<u64>().is_ok());
    // a form of the ballot: what is typed into a field of points never breaks the marks
    let contest = tabella_crypto::fixtures::contest(tabella_crypto::rules::Method::Score { max: 9 }, 3, true);
    let mut marks = Marks::new(&contest);
    marks.type_points(1, text);
    if let Ok(entries) = marks.entries(&contest) {
        let rules = contest.method.compile(3, true).unwrap();
        assert_eq!(rules.check(&entries), Ok(()), "marks that are whole obey the rules");
    }
}

/// One of each.
pub fn argument_seeds() -> Vec<Vec<u8>> {
    let digest = "0123456789abcdef".repeat(4);
    let credential = hex_text(&scene().election.voters[0].public());
    let grouped = Fingerprint(Digest([0xa5; 32])).to_string();
    let texts = ["witness.example.org/w1=https://witness.example.org", "[::1]:443", "15", "２０", "7"];
    let texts = texts.into_iter().map(str::to_owned).chain([digest, credential, grouped]);
    texts.map(String::into_bytes).collect()
}

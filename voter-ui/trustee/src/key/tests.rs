//! Keys that are made here and elsewhere.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use tabella_tally::passphrase::Weakness;

use super::*;

const NOW: u64 = 1_800_000_000_000;

fn made(name: &str, passphrase: &str) -> NewKey {
    make(name, passphrase.to_owned(), NOW, &mut ChaCha20Rng::seed_from_u64(7)).unwrap()
}

fn open(file: &[u8], passphrase: &str) -> Result<HeldKey, KeyTrouble> {
    HeldKey::open(file, passphrase.to_owned())
}

#[test]
fn a_key_that_is_made_opens_again_under_its_passphrase_alone() {
    let NewKey { file, fingerprint } = made("Ada 张", "six words");
    let card = open(&file, "six words").unwrap().card();
    assert_eq!(card, KeyCard { name: "Ada 张".to_owned(), fingerprint, created: NOW });
    for wrong in ["six word", "", "Six words"] {
        assert_eq!(open(&file, wrong).unwrap_err(), KeyTrouble::Passphrase, "{wrong}");
    }
    for damaged in [&b""[..], b"a photograph", &file[..40], &file[..file.len() - 1]] {
        assert_eq!(open(damaged, "six words").unwrap_err(), KeyTrouble::NotAKey, "{} bytes", damaged.len());
    }
    let empty = make("Ada", String::new(), NOW, &mut ChaCha20Rng::seed_from_u64(7));
    assert!(matches!(empty, Err(Trouble::Input { .. })), "{empty:?}");
}

#[test]
fn a_key_is_not_printed_and_its_file_does_not_hold_it_in_the_clear() {
    let NewKey { file, .. } = made("Ada", "six words");
    let key = open(&file, "six words").unwrap();
    let secret = key.secret();
    assert!(!file.windows(32).any(|window| window == secret.seed().expose()));
    assert!(format!("{key:?}").contains("Secret(…)"), "{key:?}");
}

#[test]
fn files_go_to_and_fro_between_the_browser_and_the_programs() {
    let folder = tempfile::tempdir().unwrap();
    let passphrase = Passphrase::new("six words".to_owned()).unwrap();
    let NewKey { file, fingerprint } = made("Ada", "six words");
    let here = folder.path().join("from-the-browser");
    std::fs::write(&here, file).unwrap();
    let read = KeyFile::open(&here, KeyKind::Trustee, &passphrase).unwrap();
    assert_eq!((read.label(), read.created()), ("Ada", NOW));
    assert_eq!(TrusteeSecret::from_seed(read.secret().expose()).keys().fingerprint(), fingerprint);

    let create = |name: &str, kind| {
        let path = folder.path().join(name);
        KeyFile::create(&path, kind, &Secret::new([7; 32]), "Bo", &passphrase).unwrap();
        std::fs::read(path).unwrap()
    };
    let card = open(&create("key.age", KeyKind::Trustee), "six words").unwrap().card();
    assert_eq!(card.name, "Bo");
    assert_eq!(card.fingerprint, TrusteeSecret::from_seed(&[7; 32]).keys().fingerprint());
    let other = open(&create("registrar.age", KeyKind::Registrar), "six words");
    assert_eq!(other.unwrap_err(), KeyTrouble::OtherKind);
}

#[test]
fn the_words_of_a_key_make_another_file_of_the_same_key() {
    let NewKey { file, fingerprint } = made("Ada", "six words");
    let words = open(&file, "six words").unwrap().words();
    assert_eq!(words.len(), 24);
    let numbered: Vec<String> =
        words.iter().zip(1..).map(|(word, number)| format!("{number}. {word}")).collect();
    for typed in [words.join(" "), numbered.join("\n"), words.join("\u{3000}").to_uppercase()] {
        let again = from_paper(&typed, "Ada", "other words".to_owned(), NOW).unwrap().unwrap();
        assert_eq!(again.fingerprint, fingerprint, "{typed}");
        assert_eq!(open(&again.file, "other words").unwrap().card().fingerprint, fingerprint);
    }
    let refused = |words: &[&str]| {
        from_paper(&words.join(" "), "Ada", "other words".to_owned(), NOW).unwrap().unwrap_err()
    };
    assert_eq!(refused(&words[1..]), WordsTrouble::Count(23));
    let mut mistyped = words.clone();
    mistyped[6] = "abandn";
    let WordsTrouble::Unknown { number, word, offered } = refused(&mistyped) else {
        panic!("a word is unknown")
    };
    assert_eq!((number, word.as_str(), offered[0].as_str()), (7, "abandn", "abandon"));
    let mut others = words.clone();
    others[3] = if words[3] == "zoo" { "abandon" } else { "zoo" };
    assert_eq!(refused(&others), WordsTrouble::Checksum);
}

#[test]
fn passphrases_are_judged_by_what_a_guesser_tries_first() {
    let known = ["Ada Lindqvist".to_owned()];
    for (passphrase, weakness) in [("password", Weakness::Common), ("aaaaaaaaaaaa", Weakness::Pattern)] {
        assert_eq!(judge(passphrase, &known), Strength::Weak(weakness));
    }
    assert!(matches!(judge("Ada Lindqvist", &known), Strength::Weak(_)));
    let suggested = strength::suggest(&mut ChaCha20Rng::seed_from_u64(7));
    assert_eq!(judge(&suggested, &known), Strength::Strong);
}

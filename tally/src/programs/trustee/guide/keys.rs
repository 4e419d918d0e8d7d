//! Making a trustee's key and bringing it back: passphrase, read-back, second copy. Nothing counts as kept that was not
//! read from where it is kept.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rand_core::{OsRng, RngCore};
use tabella_board_client::clock::{now, show_time};
use tabella_board_client::keyfile::{KeyFile, KeyFileError, KeyKind};
use tabella_board_client::passphrase::Passphrase;
use tabella_board_client::sealed::{Existing, SealedError, write_atomically};
use tabella_crypto::threshold::trustee::TrusteeSecret;
use zeroize::Zeroizing;

use super::console::{Console, Source};
use crate::passphrase::Strength;
use crate::programs::trustee::folder::{Folder, Unlocked};
use crate::programs::trustee::paper;
use crate::programs::trustee::settings::Settings;
use crate::tally::Fingerprint;
use crate::trustee::paper::{WORDS, WordsError, check_word, restore as key_of, words};
use crate::trustee::strength::{judge, suggest};

/// Words of the paper that are asked for.
const ASKED_WORDS: usize = 3;
/// How often a passphrase may be typed wrongly.
const ATTEMPTS: usize = 5;
/// The name of the copy of a key file.
const COPY: &str = "tabella-trustee-key.age";

/// A new passphrase: typed twice and judged, or given from outside and taken as it is.
pub(super) fn new_passphrase(console: &Console, source: &Source, name: &str) -> Result<Passphrase> {
    let texts = console.texts;
    if source.is_given() {
        return Ok(source.obtain("")?);
    }
    console.say(&texts.about_passphrase(&suggest(&mut OsRng)));
    loop {
        let first = Passphrase::typed(texts.passphrase_new())?;
        match first.judged(|text| judge(text, &[name])) {
            Strength::Weak(weakness) => {
                console.say(texts.words().weakness(weakness));
                continue;
            }
            accepted => console.say(texts.words().strength(accepted == Strength::Strong)),
        }
        let again = Passphrase::typed(texts.passphrase_again())?;
        if first.judged(|first| again.judged(|again| first == again)) {
            return Ok(first);
        }
        console.say(texts.passphrase_differ());
    }
}

/// Makes a key, and opens it again from the disk.
pub(super) fn make(
    console: &Console,
    source: &Source,
    path: &Path,
    settings: &mut Settings,
) -> Result<Unlocked> {
    let texts = console.texts;
    let name = console.ask(texts.ask_name())?;
    let name = if name.is_empty() { "trustee".to_owned() } else { name };
    let passphrase = new_passphrase(console, source, &name)?;
    let (folder, secret) = Folder::create(path, &name, &passphrase)?;
    drop((passphrase, secret));
    settings.name = Some(name);
    settings.write(path)?;
    console.say(&texts.key_made(&folder.key().display().to_string()));
    console.say("");
    console.say(texts.read_back_why());
    read_back(console, source, folder, texts.read_back_prompt(), settings)
}

/// Opens the key as it lies on the disk, with the passphrase typed anew; notes when.
pub(super) fn read_back(
    console: &Console,
    source: &Source,
    folder: Folder,
    question: &str,
    settings: &mut Settings,
) -> Result<Unlocked> {
    for attempt in 1.. {
        let passphrase = source.obtain(question)?;
        match folder.clone().unlock(passphrase) {
            Ok(unlocked) => {
                settings.read_back = Some(show_time(now()));
                settings.write(folder.path())?;
                console.say(console.texts.read_back_done());
                return Ok(unlocked);
            }
            Err(error) => {
                let wrong =
                    matches!(error.downcast_ref(), Some(KeyFileError::Sealed(SealedError::Passphrase(_))));
                if !wrong || source.is_given() || attempt == ATTEMPTS {
                    return Err(error);
                }
                console.say(console.texts.passphrase_wrong());
            }
        }
    }
    bail!("{}", console.texts.nobody_answers())
}

/// Asks for a second copy, makes it, and reads it back from where it is. Once for each key.
pub(super) fn second_copy(
    console: &Console,
    source: &Source,
    unlocked: &Unlocked,
    settings: &mut Settings,
) -> Result<()> {
    if settings.copies.is_some() {
        return Ok(());
    }
    let texts = console.texts;
    let folder = &unlocked.folder;
    let mut copies = Vec::new();
    loop {
        console.say(&format!("\n{}", texts.copies_menu().join("\n")));
        let choice = console.ask("p / f / n?")?.to_lowercase();
        // printable files of a visit that was interrupted are the key in the clear
        for path in paper::paths(folder.path()) {
            let _ = std::fs::remove_file(path);
        }
        match choice.as_str() {
            "p" => {
                let name = settings.name.clone().unwrap_or_else(|| "trustee".to_owned());
                if on_paper(console, &unlocked.secret, folder, &name)? {
                    copies.push(format!("paper {}", show_time(now())));
                    break;
                }
            }
            "f" => {
                let place = PathBuf::from(console.ask(texts.ask_copy_path())?);
                match in_a_file(console, source, unlocked, &place) {
                    Ok(path) => {
                        console.say(texts.copy_checked());
                        copies.push(format!("{} {}", path.display(), show_time(now())));
                        break;
                    }
                    Err(error) => console.say(&texts.copy_failed(&format!("{error:#}"))),
                }
            }
            "n" => {
                console.say(texts.no_copy());
                break;
            }
            _ => {}
        }
    }
    settings.copies = Some(copies);
    settings.write(folder.path())?;
    Ok(())
}

/// Writes the printable forms and has words read back from the paper; whether they were.
fn on_paper(console: &Console, secret: &TrusteeSecret, folder: &Folder, name: &str) -> Result<bool> {
    let texts = console.texts;
    let paths = match paper::write(folder.path(), secret, name, texts) {
        Ok(paths) => paths,
        Err(error) => {
            console.say(&texts.copy_failed(&format!("{error:#}")));
            return Ok(false);
        }
    };
    console.say(&texts.paper_written(&paths.each_ref().map(|path| path.display().to_string())));
    let checked = check_paper(console, secret)?;
    if checked {
        console.say(texts.copy_checked());
        if console.agrees(texts.ask_delete(), true)? {
            for path in &paths {
                std::fs::remove_file(path)
                    .with_context(|| format!("{} could not be deleted: delete it", path.display()))?;
            }
        }
    } else {
        for path in &paths {
            // it may have been moved to the printer
            let _ = std::fs::remove_file(path);
        }
    }
    Ok(checked)
}

/// Has some words typed from the paper.
fn check_paper(console: &Console, secret: &TrusteeSecret) -> Result<bool> {
    let texts = console.texts;
    let words = words(secret);
    let mut asked: Vec<usize> = Vec::new();
    while asked.len() < ASKED_WORDS {
        let place = OsRng.next_u32() as usize % WORDS;
        if !asked.contains(&place) {
            asked.push(place);
        }
    }
    asked.sort_unstable();
    for place in asked {
        loop {
            let typed = Zeroizing::new(console.ask(&texts.paper_word(place + 1))?);
            if typed.is_empty() {
                return Ok(false);
            }
            if words.get(place).is_some_and(|word| typed.eq_ignore_ascii_case(word)) {
                break;
            }
            console.say(texts.paper_word_wrong());
        }
    }
    Ok(true)
}

/// Copies the key file to another place, reads the copy from there, and opens it.
fn in_a_file(console: &Console, source: &Source, unlocked: &Unlocked, place: &Path) -> Result<PathBuf> {
    let path = if place.is_dir() { place.join(COPY) } else { place.to_owned() };
    let bytes = std::fs::read(unlocked.folder.key())?;
    write_atomically(&path, &bytes, Existing::Kept)?;
    let passphrase = source.obtain(console.texts.read_back_prompt())?;
    let copy = KeyFile::open(&path, KeyKind::Trustee, &passphrase)?;
    if copy.secret().expose() != unlocked.secret.seed().expose() {
        bail!("{} holds another key", path.display());
    }
    Ok(path)
}

/// Brings a key back from its words into a new folder.
pub(super) fn restore(
    console: &Console,
    source: &Source,
    path: &Path,
    settings: &mut Settings,
) -> Result<Unlocked> {
    let secret = ask_words(console)?;
    finish_restore(console, source, path, &secret, settings)
}

/// Brings a key back from a copy of the key file into a new folder.
pub(super) fn restore_file(
    console: &Console,
    source: &Source,
    copy: &Path,
    path: &Path,
    settings: &mut Settings,
) -> Result<Unlocked> {
    let passphrase = source.obtain(console.texts.unlock())?;
    let key = KeyFile::open(copy, KeyKind::Trustee, &passphrase)?;
    settings.name = Some(key.label().to_owned());
    let secret = TrusteeSecret::from_seed(key.secret().expose());
    finish_restore(console, source, path, &secret, settings)
}

fn finish_restore(
    console: &Console,
    source: &Source,
    path: &Path,
    secret: &TrusteeSecret,
    settings: &mut Settings,
) -> Result<Unlocked> {
    let texts = console.texts;
    let name = match &settings.name {
        Some(name) => name.clone(),
        None => console.ask(texts.ask_name())?,
    };
    let passphrase = new_passphrase(console, source, &name)?;
    let folder = Folder::restore(path, secret, &name, &passphrase)?;
    settings.name = Some(name);
    // it came from a copy
    settings.copies = Some(Vec::new());
    settings.write(path)?;
    let fingerprint = Fingerprint(secret.keys().fingerprint());
    console.say(&texts.restored(&folder.key().display().to_string(), &fingerprint));
    drop(passphrase);
    read_back(console, source, folder, texts.read_back_prompt(), settings)
}

/// Asks until 24 words are a key.
fn ask_words(console: &Console) -> Result<TrusteeSecret> {
    let texts = console.texts;
    console.say(texts.ask_words());
    let mut words: Vec<Zeroizing<String>> = Vec::with_capacity(WORDS);
    loop {
        let line = Zeroizing::new(console.ask(&texts.words_prompt(words.len() + 1))?);
        // numbers may be typed along, as they stand on the paper
        let typed = line
            .split_whitespace()
            .filter(|word| !word.trim_end_matches('.').chars().all(|c| c.is_ascii_digit()));
        for word in typed {
            let number = words.len() + 1;
            if let Err(WordsError::Unknown { word, offered, .. }) = check_word(word, number) {
                console.say(&texts.word_unknown(number, &word, &offered));
                break;
            }
            words.push(Zeroizing::new(word.to_owned()));
        }
        if words.len() >= WORDS {
            words.truncate(WORDS);
            match key_of(&words) {
                Ok(secret) => return Ok(secret),
                Err(_) => {
                    console.say(texts.words_checksum());
                    words.clear();
                }
            }
        }
    }
}

//! The trustee's key: made and sealed into a file, opened from one, in words for a paper.

use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use tabella_board_client::keyfile::{KeyError, KeyFile, KeyKind};
use tabella_board_client::passphrase::Passphrase;
use tabella_board_client::sealed::UnsealError;
use tabella_crypto::secret::Secret;
use tabella_crypto::threshold::trustee::TrusteeSecret;
use tabella_tally::passphrase::Strength;
use tabella_tally::trustee::paper::{self, WordsError};
use tabella_tally::trustee::strength;
use tabella_web_shared::Trouble;
use tabella_web_shared::trustee::{KeyCard, KeyTrouble, NewKey, WordsTrouble};
use tabella_web_worker::trouble::fault;

/// A key that is held.
#[derive(Debug)]
pub(crate) struct HeldKey {
    secret: TrusteeSecret,
    /// Whose it is, by its file.
    name: String,
    /// When it was made: milliseconds since 1970-01-01 UTC.
    created: u64,
}

impl HeldKey {
    /// The key in a file.
    pub(crate) fn open(file: &[u8], passphrase: String) -> Result<Self, KeyTrouble> {
        // no file is sealed under an empty passphrase
        let passphrase = Passphrase::new(passphrase).map_err(|_| KeyTrouble::Passphrase)?;
        let key = KeyFile::unseal(file, KeyKind::Trustee, &passphrase).map_err(|error| match error {
            KeyError::Unseal(UnsealError::Passphrase) => KeyTrouble::Passphrase,
            KeyError::Unseal(UnsealError::Format) | KeyError::NotAKey => KeyTrouble::NotAKey,
            KeyError::Kind { .. } => KeyTrouble::OtherKind,
        })?;
        let secret = TrusteeSecret::from_seed(key.secret().expose());
        Ok(Self { secret, name: key.label().to_owned(), created: key.created() })
    }

    /// The key itself once more.
    pub(crate) fn secret(&self) -> TrusteeSecret {
        TrusteeSecret::from_seed(self.secret.seed().expose())
    }

    /// What may be shown of it.
    pub(crate) fn card(&self) -> KeyCard {
        let Self { secret, name, created } = self;
        KeyCard { name: name.clone(), fingerprint: secret.keys().fingerprint(), created: *created }
    }

    /// Its words. Whoever has them has the key.
    pub(crate) fn words(&self) -> Vec<&'static str> {
        paper::words(&self.secret)
    }
}

/// A fresh key in its file. `now` is in milliseconds since 1970-01-01 UTC.
pub(crate) fn make(
    name: &str,
    passphrase: String,
    now: u64,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<NewKey, Trouble> {
    seal(&TrusteeSecret::generate(rng), name, passphrase, now)
}

/// The key of a paper in a new file. Numbers between the words, as on the paper, are passed over.
pub(crate) fn from_paper(
    text: &str,
    name: &str,
    passphrase: String,
    now: u64,
) -> Result<Result<NewKey, WordsTrouble>, Trouble> {
    let is_number = |word: &&str| word.trim_end_matches('.').chars().all(|letter| letter.is_ascii_digit());
    let words = text.split_whitespace().filter(|word| !is_number(word));
    let words: Vec<Zeroizing<String>> = words.map(|word| Zeroizing::new(word.to_owned())).collect();
    match paper::restore(&words) {
        Ok(secret) => seal(&secret, name, passphrase, now).map(Ok),
        Err(error) => Ok(Err(words_trouble(error))),
    }
}

/// A key in a new file.
fn seal(secret: &TrusteeSecret, name: &str, passphrase: String, now: u64) -> Result<NewKey, Trouble> {
    let passphrase =
        Passphrase::new(passphrase).map_err(|error| Trouble::Input { detail: error.to_string() })?;
    let seed = Secret::new(*secret.seed().expose());
    let file = KeyFile::new(KeyKind::Trustee, seed, name, now).seal(&passphrase).map_err(fault)?;
    Ok(NewKey { file, fingerprint: secret.keys().fingerprint() })
}

fn words_trouble(error: WordsError) -> WordsTrouble {
    // below 2^32: nobody types more
    let short = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    match error {
        WordsError::Count(count) => WordsTrouble::Count(short(count)),
        WordsError::Unknown { number, word, offered } => WordsTrouble::Unknown {
            number: short(number),
            word,
            offered: offered.into_iter().map(str::to_owned).collect(),
        },
        WordsError::Checksum => WordsTrouble::Checksum,
    }
}

/// What is thought of a passphrase.
pub(crate) fn judge(passphrase: &str, known: &[String]) -> Strength {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    strength::judge(passphrase, &known)
}

#[cfg(test)]
mod tests;

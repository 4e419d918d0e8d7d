//! A trustee's key in words: its 32-byte seed as 24 words of a public list (BIP-39, English, with a checksum). Whoever has
//! the words has the key.

use bip39::{Language as WordList, Mnemonic};
use tabella_crypto::secret::Secret;
use tabella_crypto::threshold::trustee::TrusteeSecret;
use zeroize::{Zeroize, Zeroizing};

/// Words on the paper.
pub const WORDS: usize = 24;
/// Words that are offered for one that is not on the list.
const OFFERED: usize = 4;

/// What is wrong with words that were typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// Too few or too many.
    #[error("{0} words, where the paper has {WORDS}: type them all, in their order")]
    Count(usize),
    /// Not on the list.
    #[error("word {number}, {word:?}, is not on the list{}: look at the paper again", near(.offered))]
    Unknown {
        /// Which, from 1.
        number: usize,
        /// What was typed.
        word: String,
        /// Words on the list that look like it, the nearest first.
        offered: Vec<&'static str>,
    },
    /// All are on the list, and do not belong together.
    #[error(
        "every word is on the list, but together they are no key: one of them is another word than on the paper, or \
         two are swapped"
    )]
    Checksum,
}

fn near(offered: &[&str]) -> String {
    if offered.is_empty() { String::new() } else { format!(" (perhaps {}?)", offered.join(", ")) }
}

/// The words of a key, in order: [`WORDS`] of them.
pub fn words(secret: &TrusteeSecret) -> Vec<&'static str> {
    let words = Mnemonic::from_entropy_in(WordList::English, secret.seed().expose());
    // of 32 bytes, as many as a key has, there is a form in words
    words.map(|words| words.words().collect()).unwrap_or_default()
}

/// The key of these words. Capitals do not matter.
pub fn restore(words: &[Zeroizing<String>]) -> Result<TrusteeSecret, WordsError> {
    for (word, number) in words.iter().zip(1..) {
        check_word(word, number)?;
    }
    if words.len() != WORDS {
        return Err(WordsError::Count(words.len()));
    }
    let lower: Vec<_> = words.iter().map(|word| Zeroizing::new(word.to_lowercase())).collect();
    // of its final length from the start, so that no part of it stays behind in an outgrown buffer
    let mut line = Zeroizing::new(String::with_capacity(lower.iter().map(|word| word.len() + 1).sum()));
    for word in lower {
        line.push_str(&word);
        line.push(' ');
    }
    let read = Mnemonic::parse_in_normalized(WordList::English, line.trim_end());
    let mut entropy = Zeroizing::new(read.map_err(|_| WordsError::Checksum)?.to_entropy());
    // 24 words hold 32 bytes
    let seed =
        Secret::new(<[u8; 32]>::try_from(entropy.as_slice()).map_err(|_| WordsError::Count(words.len()))?);
    entropy.zeroize();
    Ok(TrusteeSecret::from_seed(seed.expose()))
}

/// Whether a word is on the list; if not, those that look like it.
pub fn check_word(word: &str, number: usize) -> Result<(), WordsError> {
    let lower = Zeroizing::new(word.to_lowercase());
    if WordList::English.find_word(&lower).is_some() {
        return Ok(());
    }
    let mut near: Vec<(usize, &'static str)> = WordList::English
        .word_list()
        .iter()
        .map(|known| (strsim::damerau_levenshtein(&lower, known), *known))
        .filter(|(distance, known)| *distance <= 2 || (lower.len() >= 3 && known.starts_with(lower.as_str())))
        .collect();
    near.sort_unstable();
    let offered = near.into_iter().take(OFFERED).map(|(_, known)| known).collect();
    Err(WordsError::Unknown { number, word: word.to_owned(), offered })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(words: &[&str]) -> Vec<Zeroizing<String>> {
        words.iter().map(|word| Zeroizing::new((*word).to_owned())).collect()
    }

    #[test]
    fn a_key_comes_back_from_its_words_and_every_slip_is_found() {
        let secret = TrusteeSecret::from_seed(&[7; 32]);
        let on_paper = words(&secret);
        assert_eq!(on_paper.len(), WORDS);
        assert_eq!(restore(&typed(&on_paper)).unwrap().keys(), secret.keys());
        let capitals: Vec<String> = on_paper.iter().map(|word| word.to_uppercase()).collect();
        let capitals: Vec<&str> = capitals.iter().map(String::as_str).collect();
        assert_eq!(restore(&typed(&capitals)).unwrap().keys(), secret.keys());

        assert_eq!(restore(&typed(&on_paper[..23])).unwrap_err(), WordsError::Count(23));
        let mut mistyped = on_paper.to_vec();
        mistyped[6] = "abandn";
        let refused = restore(&typed(&mistyped)).unwrap_err();
        assert!(
            matches!(&refused, WordsError::Unknown { number: 7, offered, .. } if offered.first() == Some(&"abandon"))
        );
        assert!(refused.to_string().contains("perhaps abandon"), "{refused}");
        // another word of the list in any place: the checksum has 8 bits, so that this seed's are looked at
        let mut swapped = on_paper.to_vec();
        swapped[3] = if swapped[3] == "zoo" { "abandon" } else { "zoo" };
        swapped[4] = "abandon";
        assert_eq!(restore(&typed(&swapped)).unwrap_err(), WordsError::Checksum);
    }

    #[test]
    fn the_standards_own_vector_is_read() {
        // BIP-39, test vectors: 32 bytes of 0x7f
        let known = "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth title";
        let secret = TrusteeSecret::from_seed(&[0x7f; 32]);
        assert_eq!(words(&secret).join(" "), known);
    }
}

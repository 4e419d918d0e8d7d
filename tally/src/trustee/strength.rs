//! How hard a passphrase is to guess, and a good one to take.

use bip39::Language as WordList;
use rand_core::RngCore;
use zeroize::Zeroizing;
use zxcvbn::feedback::Warning;
use zxcvbn::zxcvbn;

use crate::passphrase::{Strength, Weakness};

/// Words of a suggestion: 11 bits each, so that with scrypt's cost nobody tries them all.
const SUGGESTED_WORDS: usize = 6;
/// log10 of the guesses that a passphrase must withstand: at 0.2 s each on one core, 6,000 years; a day for two million
/// cores.
const ENOUGH: f64 = 12.0;
/// log10 of the guesses that call a passphrase strong.
const STRONG: f64 = 15.0;

/// Judges a passphrase. `known` are words that a guesser would try first, such as the trustee's name.
pub fn judge(passphrase: &str, known: &[&str]) -> Strength {
    let found = zxcvbn(passphrase, known);
    if found.guesses_log10() >= STRONG {
        return Strength::Strong;
    }
    if found.guesses_log10() >= ENOUGH {
        return Strength::Good;
    }
    Strength::Weak(match found.feedback().and_then(|feedback| feedback.warning()) {
        Some(Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess) => {
            Weakness::Keyboard
        }
        Some(
            Warning::RepeatsLikeAaaAreEasyToGuess
            | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess
            | Warning::SequencesLikeAbcAreEasyToGuess,
        ) => Weakness::Pattern,
        Some(
            Warning::ThisIsATop10Password
            | Warning::ThisIsATop100Password
            | Warning::ThisIsACommonPassword
            | Warning::ThisIsSimilarToACommonlyUsedPassword,
        ) => Weakness::Common,
        Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => Weakness::Date,
        Some(
            Warning::AWordByItselfIsEasyToGuess
            | Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
            | Warning::CommonNamesAndSurnamesAreEasyToGuess,
        ) => Weakness::Word,
        None => Weakness::Short,
    })
}

/// A passphrase drawn by lot: six words of the list that paper forms use (BIP-39), 66 bits.
pub fn suggest(rng: &mut impl RngCore) -> Zeroizing<String> {
    let list = WordList::English.word_list();
    let words = std::iter::repeat_with(|| {
        // 2,048 words: every remainder is equally likely
        let place = rng.next_u32() as usize % list.len();
        list.get(place).copied().unwrap_or_default()
    });
    Zeroizing::new(words.take(SUGGESTED_WORDS).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    fn judged(text: &str) -> Strength {
        judge(text, &["Cleopatra Trustee"])
    }

    #[test]
    fn weak_passphrases_are_refused_with_what_makes_them_weak() {
        for (text, weakness) in [
            ("password", Weakness::Common),
            ("aaaaaaaaaaaa", Weakness::Pattern),
            ("qwertyuiop", Weakness::Common),
            ("1987-04-03", Weakness::Date),
            ("zhang", Weakness::Word),
            ("x7#Kq", Weakness::Short),
        ] {
            assert!(matches!(judged(text), Strength::Weak(_)), "{text}");
            if text != "qwertyuiop" {
                assert_eq!(judged(text), Strength::Weak(weakness), "{text}");
            }
        }
        assert!(matches!(judged("Cleopatra Trustee"), Strength::Weak(_)), "the trustee's own name");
    }

    #[test]
    fn what_is_suggested_is_strong_and_never_the_same() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let mut seen = Vec::new();
        for _ in 0..20 {
            let passphrase = suggest(&mut rng);
            assert_eq!(judge(&passphrase, &[]), Strength::Strong);
            assert_eq!(passphrase.split(' ').count(), SUGGESTED_WORDS);
            assert!(!seen.contains(&passphrase));
            seen.push(passphrase);
        }
        assert_eq!(judged("mossy lantern drifts"), judged("mossy lantern drifts"));
    }
}

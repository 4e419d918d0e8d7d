//! What a trustee's worker is asked, and what it answers.
//!
//! The worker holds the trustee's key, from a file that was loaded, until the page ends it; the browser stores neither
//! key nor passphrase. Which view of the log the trustee set out to decrypt is no secret: that, and what was seen of the
//! board, the page keeps for the next visit.

use borsh::{BorshDeserialize, BorshSerialize};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;
use tabella_tally::standing::Message;
use zeroize::Zeroize;

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Said {
    /// English.
    pub english: String,
    /// 简体中文.
    pub chinese: String,
}

/// What a trustee's worker is asked.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub enum Request {
    /// What is thought of a passphrase. Answer: [`Strength`](tabella_tally::passphrase::Strength).
    Judge {
        /// The passphrase.
        passphrase: String,
        /// Words that a guesser would try first, such as the trustee's name.
        known: Vec<String>,
    },
    /// A passphrase drawn by lot. Answer: `String`.
    Suggest,
    /// Makes a key and seals it under a passphrase. The key itself is forgotten: what counts is the file, loaded again.
    /// Answer: [`NewKey`].
    Make {
        /// Whose key it is.
        name: String,
        /// The passphrase.
        passphrase: String,
    },
    /// The same with the key of a paper. Answer: `Result<`[`NewKey`]`, `[`WordsTrouble`]`>`.
    FromPaper {
        /// The words, with spaces or line ends between them.
        words: String,
        /// Whose key it is.
        name: String,
        /// The passphrase of the new file.
        passphrase: String,
    },
    /// Opens a key file, and holds the key from now on. Answer: `Result<`[`KeyCard`]`, `[`KeyTrouble`]`>`.
    Open {
        /// The file.
        file: Vec<u8>,
        /// Its passphrase.
        passphrase: String,
    },
    /// The words of the key that is held, for a paper: whoever has them has the key. Answer: `Vec<String>`, 24 words.
    Paper,
    /// The election, for the key that is held. Nothing of it is read yet. Answer: `()`.
    Connect {
        /// Origin of the page.
        address: String,
        /// The election.
        election: ElectionId,
        /// Fingerprint of the board's key by the invitation. Under another key the board is refused as a forgery.
        board_key: Option<Digest>,
        /// What was [saved](crate::Event::Saved) of the board earlier.
        saved: Vec<String>,
    },
    /// Reads on: everything on the election's log is verified here. Progress: reading, in entries. Tells in any case
    /// what it [saw](crate::Event::Saved) of the board. Answer:
    /// [`Standing`](tabella_tally::standing::Standing).
    Look,
    /// Reads on as [`Self::Look`] does and does the next thing that is due, if one is. Can be asked again after whatever
    /// happened. Answer: `Result<`[`Acted`]`, `[`Said`]`>`: the sentence says why nothing more can be done and what to do.
    Act {
        /// The view that this browser remembers the trustee to have set out to decrypt; only that one is decrypted.
        intended: Option<Digest>,
    },
    /// The trustee compared the tally's fingerprint with the other trustees by voice, and wants it decrypted.
    /// Answer: `()`.
    Confirm(Digest),
}

/// Erases passphrases and words. A key file is encrypted.
impl Zeroize for Request {
    fn zeroize(&mut self) {
        match self {
            Self::Judge { passphrase, .. }
            | Self::Make { passphrase, .. }
            | Self::Open { passphrase, .. } => {
                passphrase.zeroize();
            }
            Self::FromPaper { words, passphrase, .. } => {
                words.zeroize();
                passphrase.zeroize();
            }
            Self::Suggest
            | Self::Paper
            | Self::Connect { .. }
            | Self::Look
            | Self::Act { .. }
            | Self::Confirm(_) => {}
        }
    }
}

/// A key in its file.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct NewKey {
    /// The file, encrypted (age, scrypt): `tabella-trustee` reads it too.
    pub file: Vec<u8>,
    /// The fingerprint of the key, for the manifest.
    pub fingerprint: Digest,
}

/// A key that is held.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct KeyCard {
    /// Whose it is, by the file.
    pub name: String,
    /// Its fingerprint.
    pub fingerprint: Digest,
    /// When it was made: milliseconds since 1970-01-01 UTC.
    pub created: u64,
}

/// Why a file gives no key.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum KeyTrouble {
    /// The passphrase does not open it.
    Passphrase,
    /// Not a key file, or a damaged one.
    NotAKey,
    /// A key for something else, such as a registrar's.
    OtherKind,
}

/// Why words give no key.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum WordsTrouble {
    /// Not 24 of them, but so many.
    Count(u32),
    /// A word that is not on the list.
    Unknown {
        /// Which, from 1.
        number: u32,
        /// What was typed.
        word: String,
        /// Words on the list that look like it, the nearest first.
        offered: Vec<String>,
    },
    /// All are on the list, but together they are no key.
    Checksum,
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Acted {
    /// This trustee's message stands on the log: ask again for what is next.
    Posted(Message),
    /// The share of the election's key was made from the loaded key and checked: ask again.
    HasShare,
    /// The result of a contest, from 0, stands on the log: ask again.
    Result(u16),
    /// The log went on meanwhile: ask again.
    Overtaken,
    /// Before anything about this view leaves the device it must be remembered: store it, then ask again with it.
    Remember(Digest),
    /// A person must compare this fingerprint with the other trustees by voice: [`Request::Confirm`], then ask again.
    Compare {
        /// The fingerprint.
        fingerprint: Digest,
        /// Why.
        why: Said,
        /// Whether statements or cosignatures that are still to come can make it needless: then ask again after a while,
        /// and have it compared only if they do not come.
        may_pass: bool,
    },
    /// Others must act first, for which this says.
    Wait(Said),
    /// Everything is done for now: the ceremony is complete and voting not over, or everything is counted.
    Done,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passphrases_and_words_are_erased_from_a_request() {
        let text = || "correct horse".to_owned();
        let requests = [
            Request::Judge { passphrase: text(), known: vec![] },
            Request::Make { name: "Ada".to_owned(), passphrase: text() },
            Request::FromPaper { words: text(), name: "Ada".to_owned(), passphrase: text() },
            Request::Open { file: vec![1], passphrase: text() },
        ];
        for mut request in requests {
            request.zeroize();
            let told = format!("{request:?}");
            assert!(!told.contains("correct horse"), "{told}");
        }
    }
}

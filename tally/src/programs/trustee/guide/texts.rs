//! What the guide says beside [`Words`](crate::standing::words::Words): two implementations of one trait, so that a text
//! that is missing in one language does not compile.

use crate::programs::trustee::journal::JournalError;
use crate::programs::trustee::paper::PaperTexts;
use crate::standing::words::{Language, Words};
use crate::tally::Fingerprint;

mod chinese;
mod english;

/// The texts of a language.
pub fn texts(language: Language) -> &'static dyn Texts {
    match language {
        Language::English => &english::English,
        Language::Chinese => &chinese::Chinese,
    }
}

/// A fingerprint in two rows, so that it fits a terminal.
fn rows(fingerprint: &Fingerprint) -> String {
    let groups = fingerprint.groups();
    let rows: Vec<String> = groups.chunks(8).map(|row| row.join(" ")).collect();
    rows.join("\n    ")
}

/// The guide's sentences and questions.
pub trait Texts: PaperTexts {
    /// What program and page say alike.
    fn words(&self) -> &'static dyn Words;
    // the first visit
    /// Who one is here, and what comes.
    fn welcome(&self) -> &'static str;
    /// Make a key or restore one.
    fn first_menu(&self) -> [&'static str; 2];
    /// Which of them.
    fn ask_choice(&self) -> &'static str;
    /// The trustee's name.
    fn ask_name(&self) -> &'static str;
    /// What the passphrase is for, with one to take.
    fn about_passphrase(&self, suggestion: &str) -> String;
    /// Before a new passphrase is typed.
    fn passphrase_new(&self) -> &'static str;
    /// Before it is typed again.
    fn passphrase_again(&self) -> &'static str;
    /// Both differ.
    fn passphrase_differ(&self) -> &'static str;
    /// Where the key is.
    fn key_made(&self, path: &str) -> String;
    /// Why it is opened once more.
    fn read_back_why(&self) -> &'static str;
    /// Before the passphrase is typed for that.
    fn read_back_prompt(&self) -> &'static str;
    /// It opened.
    fn read_back_done(&self) -> &'static str;
    // copies
    /// Where a second copy could be: on paper, in a file, nowhere.
    fn copies_menu(&self) -> [&'static str; 4];
    /// Where the printable forms are, and what to do with them.
    fn paper_written(&self, paths: &[String; 2]) -> String;
    /// Before a word of the paper is typed.
    fn paper_word(&self, number: usize) -> String;
    /// It is another word.
    fn paper_word_wrong(&self) -> &'static str;
    /// The copy is good.
    fn copy_checked(&self) -> &'static str;
    /// Whether the printable forms may be deleted.
    fn ask_delete(&self) -> &'static str;
    /// Where the second file shall be.
    fn ask_copy_path(&self) -> &'static str;
    /// The copy cannot be made or does not read back.
    fn copy_failed(&self, error: &str) -> String;
    /// There is none.
    fn no_copy(&self) -> &'static str;
    /// The key was restored from a backup.
    fn is_restored(&self) -> &'static str;
    // the election
    /// What to send to the administrator.
    fn for_administrator(&self, name: &str, fingerprint: &Fingerprint, digits: &str) -> String;
    /// The line that the administrator sends.
    fn ask_invitation(&self) -> &'static str;
    /// The line is none.
    fn invitation_wrong(&self, error: &str) -> String;
    /// Come again when it is there.
    fn no_invitation(&self, command: &str) -> String;
    /// Before the passphrase is typed.
    fn unlock(&self) -> &'static str;
    /// Another passphrase.
    fn passphrase_wrong(&self) -> &'static str;
    // the page
    /// Above the page.
    fn heading(&self, title: &str) -> String;
    /// Behind one's own name.
    fn you(&self) -> &'static str;
    /// Above the names.
    fn trustee(&self) -> &'static str;
    /// Trustees who are not shown.
    fn others_done(&self, number: usize) -> String;
    /// Above what was done on this visit.
    fn done_title(&self) -> &'static str;
    /// t of n.
    fn threshold(&self, threshold: usize, trustees: usize) -> String;
    // steps
    /// Before the ceremony.
    fn ask_begin_ceremony(&self) -> &'static str;
    /// Before the tally.
    fn ask_begin_tally(&self) -> &'static str;
    /// A message stands.
    fn posted(&self, what: &str) -> String;
    /// A bad share was found.
    fn complaint(&self) -> &'static str;
    /// An answer to a complaint.
    fn answer(&self) -> &'static str;
    /// The share is on the disk.
    fn stored(&self) -> &'static str;
    /// A result stands.
    fn result_posted(&self, contest: u32) -> String;
    /// The board does not answer.
    fn connection_lost(&self, error: &str) -> String;
    /// The closing is not on the board log yet.
    fn not_anchored(&self) -> &'static str;
    /// Shares of others are missing.
    fn shares_missing(&self) -> &'static str;
    /// When voting opens or closes.
    fn time(&self, opens: &str, closes: &str) -> String;
    /// Stay or come again.
    fn ask_stay(&self) -> &'static str;
    /// While others are waited for.
    fn wait_hint(&self) -> &'static str;
    /// How to go on.
    fn leave(&self, command: &str) -> String;
    /// Ctrl-C.
    fn interrupted(&self, command: &str) -> String;
    // the comparison
    /// Why, and what to compare.
    fn compare(&self, why: &str, fingerprint: &Fingerprint) -> String;
    /// Why a restored key needs it.
    fn compare_restored(&self) -> &'static str;
    /// Compare now or wait for more.
    fn ask_compare(&self) -> &'static str;
    /// The first group.
    fn first_group(&self) -> &'static str;
    /// All groups.
    fn all_groups(&self) -> &'static str;
    /// They differ.
    fn not_confirmed(&self) -> &'static str;
    /// The end.
    fn counted(&self) -> &'static str;
    /// Nobody can answer a question here.
    fn nobody_answers(&self) -> &'static str;
    /// Why the journal does not allow what is asked.
    fn journal(&self, error: &JournalError) -> String;
    /// Words that mean yes, in small letters.
    fn yes(&self) -> &'static [&'static str];
    // restoring
    /// How to type the words.
    fn ask_words(&self) -> &'static str;
    /// So many words are there; the next number.
    fn words_prompt(&self, number: usize) -> String;
    /// Not on the list.
    fn word_unknown(&self, number: usize, word: &str, offered: &[&str]) -> String;
    /// They are no key together.
    fn words_checksum(&self) -> &'static str;
    /// The key is back.
    fn restored(&self, path: &str, fingerprint: &Fingerprint) -> String;
}

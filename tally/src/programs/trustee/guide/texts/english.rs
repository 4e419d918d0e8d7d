//! English.

use super::{Texts, rows};
use crate::programs::trustee::journal::JournalError;
use crate::programs::trustee::paper::PaperTexts;
use crate::standing::words::{Language, Words};
use crate::tally::Fingerprint;

/// The texts in English.
pub(super) struct English;

impl PaperTexts for English {
    fn tag(&self) -> &'static str {
        "en"
    }

    fn paper_title(&self) -> &'static str {
        "A trustee's key on paper"
    }

    fn paper_name(&self) -> &'static str {
        "Trustee:"
    }

    fn paper_fingerprint(&self) -> &'static str {
        "Fingerprint of the key (public):"
    }

    fn paper_instructions(&self) -> [&'static str; 5] {
        [
            "Whoever has these 24 words has your key: keep the paper as you would keep money, apart from your computer. \
             No passphrase protects it.",
            "To get the key back: run `tabella-trustee restore` and type the words in their order, or scan the code \
             with a device that has no network and type what it shows.",
            "The words alone are enough; the code holds the same words.",
            "After restoring, compare the fingerprint above with the one that the program shows.",
            "Destroy the paper when the election's result is final.",
        ]
    }
}

impl Texts for English {
    fn words(&self) -> &'static dyn Words {
        Language::English.words()
    }

    fn welcome(&self) -> &'static str {
        "Welcome. You are a trustee: together with the others you make the key that seals the ballots, and after the \
         voting you decrypt the sum together. You need about ten minutes now, and again after the voting. Every step \
         can be interrupted and repeated."
    }

    fn first_menu(&self) -> [&'static str; 2] {
        ["1  make my key for this election", "2  restore my key from its paper (24 words)"]
    }

    fn ask_choice(&self) -> &'static str {
        "1 or 2?"
    }

    fn ask_name(&self) -> &'static str {
        "Your name, as the others know you:"
    }

    fn about_passphrase(&self, suggestion: &str) -> String {
        format!(
            "The key lies on this disk encrypted under a passphrase, which you type each time. Nobody can tell it to \
             you if you forget it. This one was drawn by lot just now, and you may take it: write it down and keep it \
             apart from the key.\n\n    {suggestion}\n"
        )
    }

    fn passphrase_new(&self) -> &'static str {
        "Passphrase (nothing is shown): "
    }

    fn passphrase_again(&self) -> &'static str {
        "The same again: "
    }

    fn passphrase_differ(&self) -> &'static str {
        "These were two different ones. Once more."
    }

    fn key_made(&self, path: &str) -> String {
        format!("Your key is in {path}.")
    }

    fn read_back_why(&self) -> &'static str {
        "Elections have been lost to keys that nobody had ever read back. So your key is now opened from the disk, as \
         it will be on the day of the tally."
    }

    fn read_back_prompt(&self) -> &'static str {
        "Your passphrase once more: "
    }

    fn read_back_done(&self) -> &'static str {
        "The key was read back from the disk and opened."
    }

    fn copies_menu(&self) -> [&'static str; 4] {
        [
            "Disks fail. Where shall a second copy of the key be?",
            "p  on paper: 24 words that you print and put away",
            "f  in a file on another disk or stick, under the same passphrase",
            "n  nowhere: if this disk fails, the others must do without you",
        ]
    }

    fn paper_written(&self, paths: &[String; 2]) -> String {
        let [page, text] = paths;
        format!(
            "Print one of these, from a computer that you trust:\n    {page}\n    {text}\nThey are your key in the clear. \
             With the paper in your hands, type the words that are asked for."
        )
    }

    fn paper_word(&self, number: usize) -> String {
        format!("Word {number} on the paper (or Enter to leave this out):")
    }

    fn paper_word_wrong(&self) -> &'static str {
        "The paper must have another word there. Look again."
    }

    fn copy_checked(&self) -> &'static str {
        "The copy was read back: it is this key."
    }

    fn ask_delete(&self) -> &'static str {
        "Delete both files now, because the paper is enough? [Y/n]"
    }

    fn ask_copy_path(&self) -> &'static str {
        "A folder on the other disk or stick:"
    }

    fn copy_failed(&self, error: &str) -> String {
        format!("The copy could not be made and read back: {error}")
    }

    fn no_copy(&self) -> &'static str {
        "There is no second copy. `tabella-trustee paper` makes one whenever you like."
    }

    fn is_restored(&self) -> &'static str {
        "This key was restored from a backup. Before it decrypts you will compare a fingerprint with the others by voice."
    }

    fn for_administrator(&self, name: &str, fingerprint: &Fingerprint, digits: &str) -> String {
        format!(
            "Send this to the election's administrator; it is public. Read the groups to each other by telephone once, \
             so that nobody puts another key in its place.\n\n{name}\n{digits}\n\nTo read aloud:\n    {}\n",
            rows(fingerprint)
        )
    }

    fn ask_invitation(&self) -> &'static str {
        "When all fingerprints are in, the administrator publishes the election and sends you an invitation, one line \
         that begins with https://. Paste it here, or press Enter if you do not have it yet:"
    }

    fn invitation_wrong(&self, error: &str) -> String {
        format!("That did not work: {error}.")
    }

    fn no_invitation(&self, command: &str) -> String {
        format!("That is all for now. When you have the invitation, run this again:\n    {command}")
    }

    fn unlock(&self) -> &'static str {
        "Passphrase of your key (nothing is shown): "
    }

    fn passphrase_wrong(&self) -> &'static str {
        "This passphrase does not open the key. Try again; capitals and spaces count."
    }

    fn heading(&self, title: &str) -> String {
        format!("Trustees of: {title}")
    }

    fn you(&self) -> &'static str {
        "(you)"
    }

    fn trustee(&self) -> &'static str {
        "trustee"
    }

    fn others_done(&self, number: usize) -> String {
        format!("… and {number} others, for whom nobody waits")
    }

    fn done_title(&self) -> &'static str {
        "On this visit:"
    }

    fn threshold(&self, threshold: usize, trustees: usize) -> String {
        format!("{threshold} of {trustees} decrypt")
    }

    fn ask_begin_ceremony(&self) -> &'static str {
        "The key ceremony has six rounds; this program does your part in each and waits for the others. Begin? [Y/n]"
    }

    fn ask_begin_tally(&self) -> &'static str {
        "Voting is closed. This program has verified every ballot and added them up. State the sum now? [Y/n]"
    }

    fn posted(&self, what: &str) -> String {
        format!("posted and on the record: {what}")
    }

    fn complaint(&self) -> &'static str {
        "complaint: a share for you does not fit what its sender showed"
    }

    fn answer(&self) -> &'static str {
        "answer to a complaint"
    }

    fn stored(&self) -> &'static str {
        "your share of the key is on the disk, encrypted, and was read back"
    }

    fn result_posted(&self, contest: u32) -> String {
        format!("posted the result of contest {contest}")
    }

    fn connection_lost(&self, error: &str) -> String {
        format!("The board does not answer ({error}). Trying again.")
    }

    fn not_anchored(&self) -> &'static str {
        "Waiting for the board to anchor the end of voting."
    }

    fn shares_missing(&self) -> &'static str {
        "Your shares stand. Waiting for those of the others."
    }

    fn time(&self, opens: &str, closes: &str) -> String {
        format!(
            "Voting opens {opens} and closes {closes}, unless the administrator may open or close it earlier."
        )
    }

    fn ask_stay(&self) -> &'static str {
        "Your work is done for now. Enter leaves; w waits here:"
    }

    fn wait_hint(&self) -> &'static str {
        "Ctrl-C leaves; nothing is lost, and the same command goes on."
    }

    fn leave(&self, command: &str) -> String {
        format!("Go on whenever you like, with\n    {command}")
    }

    fn interrupted(&self, command: &str) -> String {
        format!("Interrupted. Nothing is lost: every step can be repeated. Go on with\n    {command}")
    }

    fn compare(&self, why: &str, fingerprint: &Fingerprint) -> String {
        format!(
            "{why}.\nTwo versions of the record could betray single votes. Call the other trustees, all whom \
             you can reach, and read this to each other:\n\n    {}\n",
            rows(fingerprint)
        )
    }

    fn compare_restored(&self) -> &'static str {
        "Your key was restored from a backup, and nothing here remembers whether it was used before. Go on only if you \
         never took part in a tally of this election that had another fingerprint"
    }

    fn ask_compare(&self) -> &'static str {
        "c compares now (if others are lost); Enter waits for more trustees or witnesses:"
    }

    fn first_group(&self) -> &'static str {
        "The first group of four, as another trustee reads it to you:"
    }

    fn all_groups(&self) -> &'static str {
        "Do all groups agree, and shall the sum be decrypted? [y/N]"
    }

    fn not_confirmed(&self) -> &'static str {
        "The fingerprint was not confirmed: nothing was decrypted. If the others see another one, tell them and the \
         board's operator; do not decrypt"
    }

    fn counted(&self) -> &'static str {
        "The result stands. Thank you: your part is done. Keep the key until the result is final, then destroy it and \
         its copies."
    }

    fn nobody_answers(&self) -> &'static str {
        "nobody answers the questions here: run it in a terminal, or use the commands for scripts (tabella-trustee --help)"
    }

    fn journal(&self, error: &JournalError) -> String {
        error.to_string()
    }

    fn yes(&self) -> &'static [&'static str] {
        &["y", "yes"]
    }

    fn ask_words(&self) -> &'static str {
        "Type the 24 words from the paper in their order, one or several to a line. Capitals do not matter."
    }

    fn words_prompt(&self, number: usize) -> String {
        format!("from word {number} on:")
    }

    fn word_unknown(&self, number: usize, word: &str, offered: &[&str]) -> String {
        let perhaps =
            if offered.is_empty() { String::new() } else { format!(" Perhaps {}?", offered.join(", ")) };
        format!("Word {number}, \"{word}\", is not on the list.{perhaps} Type on from word {number}.")
    }

    fn words_checksum(&self) -> &'static str {
        "Every word is on the list, but together they are no key: one is another word than on the paper, or two are \
         swapped. Type all of them again, slowly."
    }

    fn restored(&self, path: &str, fingerprint: &Fingerprint) -> String {
        format!(
            "The key is back, in {path}. Compare its fingerprint with the paper:\n\n    {}\n",
            rows(fingerprint)
        )
    }
}

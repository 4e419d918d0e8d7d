//! The trustees' page of an election.

use tabella_tally::standing::words::{Language as Tongue, Words};
use tabella_tally::standing::{Mark, Message, Round};
use tabella_web_shared::trustee::{KeyTrouble, Said};

use crate::language::{Language, Texts};

mod en;
mod zh;

/// The texts.
pub(crate) struct Trustees {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) jump: &'static str,
    /// How many of how many open the result.
    pub(crate) threshold: fn(usize, usize) -> String,
    pub(crate) broken_link: &'static str,
    pub(crate) broken_link_words: &'static str,
    pub(crate) other_board: &'static str,
    pub(crate) other_board_words: &'static str,
    pub(crate) read: &'static str,
    pub(crate) stand: &'static str,
    pub(crate) attempt: fn(u64) -> String,
    pub(crate) making: &'static str,
    pub(crate) counting: &'static str,
    pub(crate) trustee: &'static str,
    pub(crate) you: &'static str,
    pub(crate) legend: &'static str,
    /// Statements that stand, and how many rule out a second version.
    pub(crate) statements: fn(usize, usize) -> String,
    /// For whom, and what.
    pub(crate) waiting_for: fn(&str, &str) -> String,
    pub(crate) renewed: &'static str,
    pub(crate) results: &'static str,
    pub(crate) own: &'static str,
    pub(crate) own_lead: &'static str,
    pub(crate) file: &'static str,
    pub(crate) file_hint: &'static str,
    pub(crate) passphrase: &'static str,
    pub(crate) show_passphrase: &'static str,
    pub(crate) open: &'static str,
    pub(crate) is_opening: &'static str,
    pub(crate) no_file: &'static str,
    pub(crate) no_passphrase: &'static str,
    pub(crate) key_trouble: fn(&KeyTrouble) -> &'static str,
    pub(crate) no_key: &'static str,
    pub(crate) limits: &'static str,
    pub(crate) limits_words: [&'static str; 3],
    pub(crate) is_open: &'static str,
    pub(crate) key_fingerprint: &'static str,
    pub(crate) lock: &'static str,
    pub(crate) lock_hint: &'static str,
    pub(crate) not_a_trustee: &'static str,
    pub(crate) steps: &'static str,
    pub(crate) begin_ceremony: &'static str,
    pub(crate) begin_ceremony_words: &'static str,
    pub(crate) begin_tally: &'static str,
    pub(crate) begin_tally_words: &'static str,
    pub(crate) acting: &'static str,
    pub(crate) may_leave: &'static str,
    pub(crate) done: &'static str,
    pub(crate) posted: fn(&str) -> String,
    pub(crate) complaint: &'static str,
    pub(crate) answer: &'static str,
    pub(crate) has_share: &'static str,
    pub(crate) result_posted: fn(u32) -> String,
    pub(crate) is_lost: &'static str,
    pub(crate) halted: &'static str,
    pub(crate) again: &'static str,
    pub(crate) compare: &'static str,
    pub(crate) compare_words: &'static str,
    pub(crate) may_pass: &'static str,
    pub(crate) first_group: &'static str,
    pub(crate) first_group_hint: &'static str,
    pub(crate) first_group_missing: &'static str,
    pub(crate) compare_next: &'static str,
    pub(crate) all_groups: &'static str,
    pub(crate) all_groups_missing: &'static str,
    pub(crate) decrypt: &'static str,
    pub(crate) differ: &'static str,
    pub(crate) differs: &'static str,
    pub(crate) differs_words: &'static str,
    pub(crate) compare_again: &'static str,
    pub(crate) rest: &'static str,
    /// Around the times at which voting opens and closes.
    pub(crate) rest_times: [&'static str; 3],
    pub(crate) rest_words: &'static str,
    pub(crate) counted: &'static str,
    pub(crate) counted_words: &'static str,
    pub(crate) over: &'static str,
    pub(crate) over_words: &'static str,
    pub(crate) unkept: &'static str,
    pub(crate) other_view: &'static str,
    /// What a trustee does in a round and why, where a browser does it otherwise than the words for all say.
    explanation: fn(Round) -> Option<&'static str>,
}

impl Texts for Trustees {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &en::EN,
            Language::Chinese => &zh::ZH,
        }
    }
}

impl Trustees {
    /// What a trustee does in a round and why, in one sentence.
    pub(crate) fn explanation(&self, round: Round, language: Language) -> &'static str {
        (self.explanation)(round).unwrap_or_else(|| words(language).explanation(round))
    }

    /// A message that stands.
    pub(crate) fn message(&self, message: Message, language: Language) -> String {
        match message {
            Message::Of(of) => (self.posted)(words(language).round(of)),
            Message::Complaint => (self.posted)(self.complaint),
            Message::Answer => (self.posted)(self.answer),
        }
    }
}

/// The words for ceremony and tally that programs share.
pub(crate) fn words(language: Language) -> &'static dyn Words {
    match language {
        Language::English => Tongue::English.words(),
        Language::Chinese => Tongue::Chinese.words(),
    }
}

/// A worker's sentence.
pub(crate) fn spoken(said: &Said, language: Language) -> String {
    match language {
        Language::English => sentence(&said.english),
        Language::Chinese => said.chinese.clone(),
    }
}

/// Words of the programs, which begin small, as a sentence or a title begins.
pub(crate) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Every mark, for a legend.
pub(crate) const MARKS: [Mark; 4] = [Mark::Done, Mark::Due, Mark::Later, Mark::Spared];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_begin_with_a_capital() {
        assert_eq!(sentence("key ceremony, round 3 of 6"), "Key ceremony, round 3 of 6");
        assert_eq!(sentence("生成密钥"), "生成密钥");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn every_message_and_round_has_words_in_both_languages() {
        let rounds: Vec<Round> = Round::CEREMONY.into_iter().chain(Round::TALLY).collect();
        let mut messages: Vec<Message> = rounds.iter().copied().map(Message::Of).collect();
        messages.extend([Message::Complaint, Message::Answer]);
        for language in [Language::English, Language::Chinese] {
            let texts = Trustees::in_language(language);
            for message in &messages {
                assert!(!texts.message(*message, language).is_empty(), "{message:?}");
            }
            for round in &rounds {
                let sentence = texts.explanation(*round, language);
                // nothing of the browser's lies on a disk
                assert!(!sentence.contains("disk") && !sentence.contains('盘'), "{sentence}");
            }
        }
    }
}

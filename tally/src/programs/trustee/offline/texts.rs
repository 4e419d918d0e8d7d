//! What is said about a stick: two implementations of one trait, so that a text that is missing in one language does not
//! compile. Lines such as `status: exported` are for scripts, and the same in every language.

use super::stick::StickError;
use crate::standing::words::Language;

/// The texts of a language.
pub(super) fn texts(language: Language) -> &'static dyn OfflineTexts {
    match language {
        Language::English => &English,
        Language::Chinese => &Chinese,
    }
}

/// The sentences of export, answer and import.
pub(super) trait OfflineTexts {
    /// While the record is taken.
    fn taking(&self) -> &'static str;
    /// The record is on the stick; where to carry it.
    fn exported(&self) -> &'static str;
    /// These messages were signed.
    fn signed(&self, names: &[&str]) -> String;
    /// The share is on the disk.
    fn stored(&self) -> &'static str;
    /// Messages are on the stick; where to carry it.
    fn answered(&self) -> &'static str;
    /// Nothing was due.
    fn nothing_to_carry(&self) -> &'static str;
    /// These messages now stand on the record.
    fn posted(&self, names: &[&str]) -> String;
    /// The folder was never told an election.
    fn no_election(&self, folder: &str) -> String;
    /// The record is older than one seen before.
    fn stale(&self) -> &'static str;
    /// What is wrong with a stick, and what to do.
    fn stick(&self, error: &StickError) -> String;
}

struct English;

impl OfflineTexts for English {
    fn taking(&self) -> &'static str {
        "entries"
    }

    fn exported(&self) -> &'static str {
        "Carry the stick to the machine with the key and run `tabella-trustee answer --stick …` there."
    }

    fn signed(&self, names: &[&str]) -> String {
        format!("Signed: {}.", names.join(", "))
    }

    fn stored(&self) -> &'static str {
        "Stored the share of the election's key, and read it back."
    }

    fn answered(&self) -> &'static str {
        "Carry the stick back and run `tabella-trustee import --stick …` on the machine with the network."
    }

    fn nothing_to_carry(&self) -> &'static str {
        "Nothing to carry. Export the record again when the others have gone on."
    }

    fn posted(&self, names: &[&str]) -> String {
        format!("On the record: {}.", names.join(", "))
    }

    fn no_election(&self, folder: &str) -> String {
        format!("{folder} knows no election yet: give the administrator's line with --invitation, once")
    }

    fn stale(&self) -> &'static str {
        "the record on the stick is older than one that this machine has seen: export it anew. If a fresh export says the \
         same, the board has taken entries back"
    }

    fn stick(&self, error: &StickError) -> String {
        error.to_string()
    }
}

struct Chinese;

impl OfflineTexts for Chinese {
    fn taking(&self) -> &'static str {
        "条目"
    }

    fn exported(&self) -> &'static str {
        "记录已写入 U 盘。请把 U 盘带到有密钥的电脑，在那里运行 `tabella-trustee answer --stick …`。"
    }

    fn signed(&self, names: &[&str]) -> String {
        format!("已签名：{}。", names.join("、"))
    }

    fn stored(&self) -> &'static str {
        "您的密钥份额已加密存盘，并已重新读出。"
    }

    fn answered(&self) -> &'static str {
        "消息已写入 U 盘。请把 U 盘带回联网的电脑，在那里运行 `tabella-trustee import --stick …`。"
    }

    fn nothing_to_carry(&self) -> &'static str {
        "没有需要带回的内容。等其他人有了进展，请再次取出记录（`tabella-trustee export`）。"
    }

    fn posted(&self, names: &[&str]) -> String {
        format!("已写入公开记录：{}。", names.join("、"))
    }

    fn no_election(&self, folder: &str) -> String {
        format!("{folder} 还不知道是哪次选举：请用 --invitation 给出选举办公室发来的那一行邀请，一次即可")
    }

    fn stale(&self) -> &'static str {
        "U 盘上的记录比这台电脑见过的更旧：请重新取出记录。如果重新取出后仍然如此，说明公告板撤回了条目"
    }

    fn stick(&self, error: &StickError) -> String {
        match error {
            StickError::NoRecord(path) => format!(
                "U 盘上没有记录（{}）：请先在联网的电脑上运行 `tabella-trustee export --stick …`，或改用已有记录的 U 盘",
                path.display()
            ),
            StickError::NoAnswer(path) => format!(
                "U 盘上有记录，但还没有答复（{}）：请把它带到有密钥的电脑，在那里运行 `tabella-trustee answer --stick …`",
                path.display()
            ),
            StickError::Unposted(path) => format!(
                "{} 还没有提交：请先运行 `tabella-trustee import --stick …`；或用 --replace 丢弃，有密钥的电脑可以重新生成",
                path.display()
            ),
            StickError::Kind { path, found, expected } => format!(
                "{} 的类型是 {found:?}，而这里需要 {expected:?}：这是其他程序或其他版本的文件",
                path.display()
            ),
            StickError::Damaged(path) => format!("{} 已损坏：请重新生成", path.display()),
            StickError::OtherElection { found, expected } => format!(
                "U 盘属于选举 {found}，而此文件夹属于选举 {expected}：请使用属于同一次选举的 U 盘和文件夹"
            ),
            StickError::OtherTrustee { path, found } => {
                format!("{} 中是 {found} 号受托人的消息，与文件所写的不符：请重新生成", path.display())
            }
            StickError::OldAttempt { path, found, now } => format!(
                "{} 属于第 {found} 次密钥生成，而现在进行的是第 {now} 次：请重新取出记录，再作答复",
                path.display()
            ),
            StickError::Refused { path, .. } => {
                format!("公告板不接受 {} 中的消息：请重新取出记录，再作答复", path.display())
            }
            StickError::Write(error) => format!("无法写入：{error}"),
            StickError::Io { path, cause } => {
                format!("{}：{cause}；请检查 U 盘是否在位、是否可以写入", path.display())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use tabella_crypto::manifest::ElectionId;
    use tabella_crypto::transcript::Digest;

    use super::*;

    #[test]
    fn what_is_wrong_with_a_stick_is_said_in_chinese_with_the_same_facts() {
        let path = || PathBuf::from("/stick/answer-7.json");
        let (found, expected) = (ElectionId(Digest([0x11; 32])), ElectionId(Digest([0x22; 32])));
        let cause = std::io::Error::other("!");
        let errors: [(StickError, &[&str]); 10] = [
            (StickError::NoRecord(path()), &["export"]),
            (StickError::NoAnswer(path()), &["answer --stick"]),
            (StickError::Unposted(path()), &["import", "--replace"]),
            (
                StickError::Kind { path: path(), found: "x/v1".to_owned(), expected: "y/v2" },
                &["x/v1", "y/v2"],
            ),
            (StickError::Damaged(path()), &["answer-7.json"]),
            (StickError::OtherElection { found, expected }, &["1111", "2222"]),
            (StickError::OtherTrustee { path: path(), found: 3 }, &["answer-7.json", "3"]),
            (StickError::OldAttempt { path: path(), found: 1, now: 2 }, &["1", "2"]),
            (StickError::Refused { path: path(), round: "statement" }, &["answer-7.json"]),
            (StickError::Io { path: path(), cause }, &["answer-7.json", "!"]),
        ];
        for (error, facts) in errors {
            let [english, chinese] = Language::ALL.map(|language| texts(language).stick(&error));
            assert_eq!(english, error.to_string());
            assert!(chinese.chars().any(|c| ('\u{4e00}'..'\u{a000}').contains(&c)), "{chinese}");
            for fact in facts {
                assert!(english.contains(fact) && chinese.contains(fact), "{fact}: {english} / {chinese}");
            }
        }
    }
}

//! The certificate.

use crate::language::{Language, Texts};

/// The texts.
pub(crate) struct Paper {
    pub(crate) title: &'static str,
    pub(crate) print: &'static str,
    pub(crate) back: &'static str,
    pub(crate) verified: &'static str,
    pub(crate) verified_words: &'static str,
    pub(crate) contradicted: &'static str,
    pub(crate) told: &'static str,
    pub(crate) told_words: &'static str,
    pub(crate) not_final: &'static str,
    pub(crate) board: &'static str,
    pub(crate) election: &'static str,
    pub(crate) period: &'static str,
    pub(crate) trustees: &'static str,
    pub(crate) fingerprints: &'static str,
    pub(crate) fingerprints_told: &'static str,
    pub(crate) board_key: &'static str,
    pub(crate) log: &'static str,
    pub(crate) entries: fn(&str) -> String,
    pub(crate) key: &'static str,
    pub(crate) tally: &'static str,
    pub(crate) check: &'static str,
    pub(crate) check_words: &'static str,
    pub(crate) made: &'static str,
}

impl Texts for Paper {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &EN,
            Language::Chinese => &ZH,
        }
    }
}

static EN: Paper = Paper {
    title: "Certificate of the result",
    print: "Print",
    back: "Back to the results",
    verified: "Checked on the device that made this page:",
    verified_words: "It checked every ballot and the whole count, and found the figures below.",
    contradicted: "The server now tells other figures. Below stand those that this device checked:",
    told: "These figures are the server’s word.",
    told_words: "The device that made this page has not checked them. How anyone can stands at the end.",
    not_final: "Not everything is counted yet: this is not the final result.",
    board: "Published by",
    election: "Election",
    period: "Voting",
    trustees: "Trustees (✓ opened the totals)",
    fingerprints: "Fingerprints",
    fingerprints_told: "The fingerprint of the election’s log is the server’s word until this device has checked the election.",
    board_key: "Key of the public record",
    log: "The election’s log",
    entries: |size| format!("{size} entries"),
    key: "Election key",
    tally: "The count",
    check: "Check it yourself",
    check_words: "This paper proves nothing by itself. Open the address below: your own device then downloads the public record, checks every ballot and counts again. Compare its figures and fingerprints with this page.",
    made: "Page made on",
};

static ZH: Paper = Paper {
    title: "选举结果证书",
    print: "打印",
    back: "返回结果",
    verified: "生成本页的设备已完成核查：",
    verified_words: "该设备核查了每一张选票和整个计票过程，得出以下数字。",
    contradicted: "服务器现在给出的数字与此不同。以下为本设备核查过的数字，核查时间：",
    told: "以下数字由服务器提供。",
    told_words: "生成本页的设备尚未核查这些数字。任何人都可以核查，方法见本页末尾。",
    not_final: "计票尚未全部完成，以下并非最终结果。",
    board: "发布者",
    election: "选举编号",
    period: "投票时间",
    trustees: "受托人（✓ 表示参与解密总数）",
    fingerprints: "指纹",
    fingerprints_told: "在本设备核查选举之前，选举日志的指纹由服务器提供。",
    board_key: "公开记录的密钥",
    log: "选举日志",
    entries: |size| format!("共 {size} 个条目"),
    key: "选举密钥",
    tally: "计票",
    check: "自行核查",
    check_words: "本证书本身不能证明什么。请打开下面的网址：您自己的设备会下载公开记录，核查每一张选票并重新计票。请将所得数字和指纹与本页比对。",
    made: "本页生成于",
};

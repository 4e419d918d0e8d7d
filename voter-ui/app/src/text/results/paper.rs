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
    /// Before the opening, between, and before the closing of an election that never opened.
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) never: &'static str,
    /// Trustees who had confirmed the record when the totals were opened, and how many should have.
    pub(crate) secrecy: fn(u64, u64) -> String,
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
    election: "Fingerprint of the election",
    period: "Voting was open",
    from: "from",
    to: "to",
    never: "never. The election ended on",
    secrecy: |statements, quorum| {
        format!(
            "A remark on secrecy: before the totals were opened, {quorum} trustees should have confirmed that they see the same record, and only {statements} had; the count is right either way."
        )
    },
    trustees: "Trustees (✓ opened the totals)",
    fingerprints: "Fingerprints",
    fingerprints_told: "The fingerprint of the record is the server’s word until this device has checked the election.",
    board_key: "Fingerprint of the board’s key",
    log: "Fingerprint of the record",
    entries: |size| format!("{size} entries"),
    key: "Election key",
    tally: "Fingerprint of the count",
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
    election: "选举指纹",
    period: "投票时间",
    from: "",
    to: "至",
    never: "从未开始投票。选举结束于",
    secrecy: |statements, quorum| {
        format!(
            "关于保密的说明：在解密总数之前，应有 {quorum} 位受托人确认自己看到的是同一份记录，当时只有 {statements} 位确认；计票结果正确，不受影响。"
        )
    },
    trustees: "受托人（✓ 表示参与解密总数）",
    fingerprints: "指纹",
    fingerprints_told: "在本设备核查选举之前，记录指纹由服务器提供。",
    board_key: "公告板密钥指纹",
    log: "记录指纹",
    entries: |size| format!("共 {size} 个条目"),
    key: "选举密钥",
    tally: "计票指纹",
    check: "自行核查",
    check_words: "本证书本身不能证明什么。请打开下面的网址：您自己的设备会下载公开记录，核查每一张选票并重新计票。请将所得数字和指纹与本页比对。",
    made: "本页生成于",
};

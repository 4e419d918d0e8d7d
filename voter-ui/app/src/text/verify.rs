//! Verifying an election on the visitor's own device.

use tabella_board_core::check::Check;

use crate::language::{Language, Texts};

/// The texts.
pub(crate) struct Verification {
    pub(crate) title: &'static str,
    pub(crate) what: &'static str,
    pub(crate) why: &'static str,
    pub(crate) cost: &'static str,
    pub(crate) start: &'static str,
    pub(crate) stop: &'static str,
    pub(crate) stopped: &'static str,
    pub(crate) running: &'static str,
    pub(crate) stay: &'static str,
    pub(crate) steps_shared: [&'static str; 3],
    pub(crate) steps_alone: [&'static str; 2],
    pub(crate) unfinished: &'static str,
    pub(crate) unfinished_words: &'static str,
    pub(crate) good: &'static str,
    pub(crate) good_words: &'static str,
    pub(crate) good_so_far: &'static str,
    pub(crate) good_so_far_words: &'static str,
    /// Ballots as a number and as words, items, seconds.
    pub(crate) numbers: fn(u64, &str, &str, &str) -> String,
    pub(crate) bad: &'static str,
    pub(crate) bad_words: &'static str,
    pub(crate) bad_todo: &'static str,
    pub(crate) failed_check: &'static str,
    pub(crate) place: &'static str,
    pub(crate) in_board: fn(&str) -> String,
    pub(crate) in_election: fn(&str) -> String,
    pub(crate) file: &'static str,
    pub(crate) culprit: &'static str,
    pub(crate) sentence: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) refused_words: &'static str,
    pub(crate) secrecy_title: &'static str,
    /// Statements that stood, and how many make a quorum.
    pub(crate) secrecy: fn(u64, u64) -> String,
    pub(crate) secrecy_todo: &'static str,
    pub(crate) secrecy_more: &'static str,
    /// What the comparison is for, and why there may be fewer than so many.
    pub(crate) secrecy_why: [fn(u64) -> String; 2],
    pub(crate) to_election: &'static str,
    pub(crate) to_results: &'static str,
    pub(crate) to_certificate: &'static str,
    pub(crate) repeat: &'static str,
    pub(crate) compare: &'static str,
    pub(crate) compare_words: &'static str,
    pub(crate) board: &'static str,
    pub(crate) board_key: &'static str,
    pub(crate) board_log: &'static str,
    pub(crate) witnesses: &'static str,
    pub(crate) election: &'static str,
    pub(crate) election_log: &'static str,
    pub(crate) tally: &'static str,
    pub(crate) roll: &'static str,
    pub(crate) key: &'static str,
    pub(crate) entries: fn(&str) -> String,
    pub(crate) checks: &'static str,
    pub(crate) checks_words: &'static str,
    pub(crate) column_check: &'static str,
    pub(crate) column_items: &'static str,
    pub(crate) column_status: &'static str,
    /// So many things that a check looked at.
    pub(crate) items: fn(u64, &str) -> String,
    pub(crate) chapters: [&'static str; 8],
    pub(crate) check_title: fn(Check) -> &'static str,
    pub(crate) holds: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) fails: &'static str,
    pub(crate) so_far: &'static str,
    pub(crate) not_reached: &'static str,
    pub(crate) save: &'static str,
    pub(crate) print: &'static str,
    pub(crate) independent: &'static str,
}

impl Texts for Verification {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &EN,
            Language::Chinese => &ZH,
        }
    }
}

static EN: Verification = Verification {
    title: "Recount it on this device",
    what: "This page downloads the whole public record of the election and checks every step of it here, in your browser: the rules, the list of voters, every ballot, the count.",
    why: "It does not have to believe the server, the election office or the trustees: it does all the arithmetic again.",
    cost: "A large election is some tens of megabytes and takes a minute or two. On a phone, better use Wi-Fi.",
    start: "Start",
    stop: "Stop",
    stopped: "You stopped the check. It came to no finding.",
    running: "Checking the whole election",
    stay: "Keep this page open. You can look at other windows meanwhile.",
    steps_shared: ["Download", "Check the ballots", "Check everything else"],
    steps_alone: ["Download", "Check everything"],
    unfinished: "The check could not be finished",
    unfinished_words: "So it says nothing about the election, neither good nor bad.",
    good: "All checks passed",
    good_words: "This device made every check itself.",
    good_so_far: "All checks passed so far",
    good_so_far_words: "All that is on the public record until now has passed. The election is not counted yet: check again when it is.",
    numbers: |ballots, written, items, seconds| {
        let word = if ballots == 1 { "ballot" } else { "ballots" };
        format!("{written} {word}, {items} items checked in all, in {seconds} seconds.")
    },
    bad: "Something is wrong with the record",
    bad_words: "This device found something on the public record that must not be there.",
    bad_todo: "Do not trust the result before this is explained. Keep the report below, show it to the election office, and ask other observers to check too.",
    failed_check: "Check that failed",
    place: "Where",
    in_board: |entry| format!("Record of the board itself, entry {entry}"),
    in_election: |entry| format!("Record of the election, entry {entry}"),
    file: "File",
    culprit: "Signed by trustee",
    sentence: "What is wrong",
    refused: "What was refused, and where",
    refused_words: "It was refused while it was being downloaded, before the numbered checks could begin.",
    secrecy_title: "A remark on secrecy",
    secrecy: |statements, quorum| {
        format!(
            "The count is right either way. But before the totals were opened, {quorum} trustees should have confirmed that they see the same public record, and only {statements} had."
        )
    },
    secrecy_todo: "Nothing on the record shows that anyone learned a single vote. To be sure, ask the trustees whether the fingerprint of the count below is the one that they opened, and the only one.",
    secrecy_more: "What this means",
    secrecy_why: [
        |_| {
            "Trustees compare the record before they open anything, so that the board cannot show one record to some of them and another to the others. Had the board done that, and had enough trustees been fooled, somebody could have opened more than one sum, and from two sums one can work out single votes. The record alone cannot rule this out.".to_owned()
        },
        |quorum| {
            format!(
                "The trustees’ program waits until {quorum} have confirmed. A person can let it go on with fewer, for example when trustees have lost their keys: otherwise they could block the result."
            )
        },
    ],
    to_election: "Back to the election",
    to_results: "See the results",
    to_certificate: "Certificate",
    repeat: "Check again",
    compare: "Compare with other observers",
    compare_words: "Read this to somebody who has checked the election on another device. If you both see the same, everybody is shown one and the same record. The fingerprint of the board’s key should also stand in your letter or on the election office’s website.",
    board: "Board",
    board_key: "Fingerprint of the board’s key",
    board_log: "Fingerprint of the board’s own record",
    witnesses: "Witnessed by",
    election: "Fingerprint of the election",
    election_log: "Fingerprint of the record",
    tally: "Fingerprint of the count",
    roll: "Fingerprint of the list of voters",
    key: "Election key",
    entries: |size| format!("{size} entries"),
    checks: "All checks",
    checks_words: "These words are exact rather than simple. The numbers are those of the specification, so that other programs and observers can be asked about the same check.",
    column_check: "Check",
    column_items: "Items",
    column_status: "Finding",
    items: |items, written| if items == 1 { "1 item".to_owned() } else { format!("{written} items") },
    chapters: [
        "The public record itself",
        "The rules of the election",
        "The trustees’ keys",
        "The list of voters",
        "Opening of the vote",
        "The ballots",
        "Closing of the vote",
        "The count",
    ],
    check_title: Check::title,
    holds: "passed",
    nothing: "nothing to check",
    fails: "failed",
    so_far: "passed so far",
    not_reached: "not reached",
    save: "Save the report (JSON)",
    print: "Print",
    independent: "The program that checked came from this server, too. If you want to depend on no program of the server’s, install Tabella’s verifier from a source that you trust and run it on a computer of your own: it checks the same and shows the same fingerprints.",
};

static ZH: Verification = Verification {
    title: "在本设备上重新计票",
    what: "本页将下载选举的全部公开记录，并在您的浏览器中逐步核查：选举规则、选民名册、每一张选票以及计票。",
    why: "无需相信服务器、选举办公室或受托人：所有计算都会重新做一遍。",
    cost: "大型选举的记录有数十兆字节，核查需要一两分钟。使用手机时建议连接 Wi-Fi。",
    start: "开始",
    stop: "停止",
    stopped: "您已停止核查，未得出结论。",
    running: "正在核查整个选举",
    stay: "请保持本页打开，其间您可以查看其他窗口。",
    steps_shared: ["下载", "核查选票", "核查其余内容"],
    steps_alone: ["下载", "全面核查"],
    unfinished: "核查未能完成",
    unfinished_words: "因此对选举是否正确没有得出任何结论。",
    good: "全部核查通过",
    good_words: "每一项核查都由本设备自行完成。",
    good_so_far: "目前全部核查通过",
    good_so_far_words: "截至目前，公开记录中的内容全部通过核查。选举尚未计票，请在计票后再次核查。",
    numbers: |_, ballots, items, seconds| {
        format!("共核查选票 {ballots} 张、各类项目 {items} 项，用时 {seconds} 秒。")
    },
    bad: "公开记录有问题",
    bad_words: "本设备在公开记录中发现了不应出现的内容。",
    bad_todo: "在得到解释之前，请不要相信结果。请保存下面的报告，出示给选举办公室，并请其他观察者也进行核查。",
    failed_check: "未通过的核查",
    place: "位置",
    in_board: |entry| format!("公告板自身记录的第 {entry} 号条目"),
    in_election: |entry| format!("本次选举记录的第 {entry} 号条目"),
    file: "文件",
    culprit: "签署此内容的受托人",
    sentence: "问题（英文）",
    refused: "被拒绝的内容及位置（英文）",
    refused_words: "该内容在下载时即被拒绝，此时尚未开始有编号的核查。",
    secrecy_title: "关于保密的说明",
    secrecy: |statements, quorum| {
        format!(
            "计票结果正确，不受影响。但在解密总数之前，应有 {quorum} 位受托人确认自己看到的是同一份公开记录，当时只有 {statements} 位确认。"
        )
    },
    secrecy_todo: "记录中没有任何迹象表明有人得知了单张选票的内容。如需进一步确认，请询问各位受托人：下面的计票指纹是否就是他们解密时看到的那一个，并且只解密过这一个。",
    secrecy_more: "这意味着什么",
    secrecy_why: [
        |_| {
            "受托人在解密之前比对记录，是为了防止公告板向不同的受托人出示不同的记录。假如公告板这样做，而且骗过了足够多的受托人，就可能有人解密出不止一个总数，再由两个总数推算出单张选票。仅凭记录本身无法排除这种情况。".to_owned()
        },
        |quorum| {
            format!(
                "受托人的程序会等到 {quorum} 位受托人确认之后才继续。如果有受托人丢失了密钥，可以由人决定在确认较少时继续，否则选举将无法得出结果。"
            )
        },
    ],
    to_election: "返回选举",
    to_results: "查看结果",
    to_certificate: "结果证书",
    repeat: "再次核查",
    compare: "与其他观察者比对",
    compare_words: "请与在另一台设备上核查过本次选举的人逐组比对。如果双方看到的内容相同，说明大家看到的是同一份记录。公告板密钥指纹也应印在您收到的信函中或公布在选举办公室的网站上。",
    board: "公告板",
    board_key: "公告板密钥指纹",
    board_log: "公告板自身记录的指纹",
    witnesses: "见证人",
    election: "选举指纹",
    election_log: "记录指纹",
    tally: "计票指纹",
    roll: "选民名册指纹",
    key: "选举密钥",
    entries: |size| format!("共 {size} 个条目"),
    checks: "全部核查项目",
    checks_words: "这里的措辞以准确为先。编号与技术规范一致，便于与其他程序或观察者讨论同一项核查。",
    column_check: "核查项目",
    column_items: "数量",
    column_status: "结论",
    items: |_, items| format!("{items} 项"),
    chapters: [
        "公开记录本身",
        "选举规则",
        "受托人的密钥",
        "选民名册",
        "投票开始",
        "选票",
        "投票结束",
        "计票",
    ],
    check_title: Check::title_in_chinese,
    holds: "通过",
    nothing: "无需核查",
    fails: "未通过",
    so_far: "目前通过",
    not_reached: "未核查到",
    save: "保存报告（JSON）",
    print: "打印",
    independent: "执行核查的程序同样来自这台服务器。如果您不想依赖服务器提供的任何程序，请从您信任的来源安装 Tabella 的核查程序，并在自己的电脑上运行：它核查相同的内容，并显示相同的指纹。",
};

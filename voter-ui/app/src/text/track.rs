//! Finding a ballot by its tracking code.

use crate::language::{Language, Texts};
use crate::pages::track::{CodeProblem, LENGTH, Refused};

/// The texts of the page. Numbers come as the language writes them.
pub(crate) struct Track {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) election: &'static str,
    pub(crate) about: &'static str,
    pub(crate) ways_title: &'static str,
    pub(crate) ways: [&'static str; 2],
    pub(crate) ways_file: &'static str,
    pub(crate) ways_file_link: &'static str,
    pub(crate) code: &'static str,
    pub(crate) code_hint: &'static str,
    pub(crate) counter: fn(usize) -> String,
    pub(crate) problem: fn(&Refused) -> String,
    pub(crate) problem_title: fn(&Refused) -> &'static str,
    pub(crate) short_ways: &'static str,
    pub(crate) short_file: &'static str,
    pub(crate) stop: &'static str,
    pub(crate) find: &'static str,
    pub(crate) another: &'static str,
    pub(crate) bad_address: &'static str,
    // found
    pub(crate) counted_title: fn(bool) -> &'static str,
    pub(crate) counted: fn(bool) -> &'static str,
    pub(crate) replaced_title: &'static str,
    pub(crate) replaced: fn(bool) -> &'static str,
    pub(crate) replaced_by: &'static str,
    pub(crate) tested_title: &'static str,
    pub(crate) tested: &'static str,
    pub(crate) tested_published: fn(bool) -> &'static str,
    pub(crate) tested_check: &'static str,
    pub(crate) facts: &'static str,
    pub(crate) place: &'static str,
    pub(crate) place_of: fn(&str, &str) -> String,
    pub(crate) place_link: &'static str,
    pub(crate) time: &'static str,
    pub(crate) this_code: &'static str,
    pub(crate) state: &'static str,
    pub(crate) state_counted: fn(bool) -> &'static str,
    pub(crate) state_replaced: &'static str,
    pub(crate) state_tested: &'static str,
    pub(crate) phase: &'static str,
    pub(crate) phase_words: fn(bool) -> &'static str,
    pub(crate) witnesses_note: &'static str,
    // after
    pub(crate) later_title: &'static str,
    pub(crate) later: [&'static str; 3],
    pub(crate) final_title: &'static str,
    pub(crate) final_words: &'static str,
    pub(crate) results: &'static str,
    pub(crate) verify: &'static str,
    pub(crate) share_title: &'static str,
    pub(crate) share: &'static str,
    pub(crate) copy_link: &'static str,
    pub(crate) qr: &'static str,
    pub(crate) path: &'static str,
    // not found
    pub(crate) missing_title: &'static str,
    pub(crate) missing: &'static str,
    pub(crate) missing_steps: [&'static str; 3],
    pub(crate) missing_open: &'static str,
    pub(crate) missing_closed: &'static str,
    pub(crate) missing_unknown: &'static str,
    pub(crate) evidence_title: &'static str,
    pub(crate) evidence: &'static str,
    // receipt
    pub(crate) receipt_title: &'static str,
    pub(crate) receipt: &'static str,
}

impl Texts for Track {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &EN,
            Language::Chinese => &ZH,
        }
    }
}

static EN: Track = Track {
    title: "Find your ballot",
    lead: "The tracking code shows whether your ballot is on the public record. It never shows how you voted.",
    election: "Election:",
    about: "About this election",
    code: "Tracking code",
    ways_title: "You need not type the code:",
    ways: [
        "Scan the QR code on your receipt, or open the link that you saved. Your ballot is then found by itself.",
        "Or copy the code or the link, and paste it below.",
    ],
    ways_file: "Or use the file that you saved: ",
    ways_file_link: "Load your receipt file",
    code_hint: "64 digits and letters from a to f. They stand here as on your receipt, so that you can compare them line by line.",
    counter: |count| format!("{count} of 64 characters"),
    problem: problem_en,
    problem_title: |refused| match refused {
        Refused { is_link: false, .. } => "Check the tracking code",
        Refused { problem: CodeProblem::Short(_), .. } => "This link is not complete",
        Refused { .. } => "This link is damaged",
    },
    short_ways: "If you do not have the whole code, scan the QR code on your receipt or open the link that you saved, or ",
    short_file: "load your receipt file",
    stop: ".",
    find: "Find this ballot",
    another: "Look for another ballot",
    bad_address: "The address names no election. Open the election from the list and look for your ballot from there.",
    counted_title: |closed| match closed {
        false => "Your ballot is on the public record",
        true => "Your ballot is on the public record, and it counts",
    },
    counted: |closed| match closed {
        false => {
            "It counts as it stands. As long as voting is open it can still be replaced by a new ballot of yours."
        }
        true => {
            "The server says that voting is closed and that nothing has replaced this ballot. If that is so, nothing can any more."
        }
    },
    replaced_title: "A later ballot of the same voter replaced this one: it does not count",
    replaced: |closed| match closed {
        false => {
            "This ballot is recorded, but the same voter has voted again since. Only the last ballot counts. If you did not vote again, somebody else has your voting code: tell the election office now, while you can still vote."
        }
        true => {
            "This ballot is recorded, but the same voter voted again later. Only the last ballot counts. If you did not vote again, somebody else has used your voting code: tell the election office."
        }
    },
    replaced_by: "See the ballot that counts instead",
    tested_title: "This is a test ballot: it never counts",
    tested: "It was opened to check the device that sealed it. A test ballot can never become a vote. If you have not cast another ballot, you have not voted.",
    tested_published: |published| match published {
        false => "What was in it has not been made public.",
        true => "Its voter has made public what was in it.",
    },
    tested_check: "Look into a test ballot",
    facts: "What the record shows",
    place: "Place",
    place_of: |index, size| format!("number {index} of {size} entries"),
    place_link: "See it on the public record",
    time: "Recorded",
    this_code: "Tracking code",
    state: "State",
    state_counted: |closed| match closed {
        false => "counts, not replaced so far",
        true => "counts, not replaced",
    },
    state_replaced: "replaced by a later ballot",
    state_tested: "tested, never counted",
    phase: "Voting",
    phase_words: |closed| if closed { "closed" } else { "not closed yet" },
    witnesses_note: "A board that hid a later ballot would have to show other people another record. That is what witnesses watch for, and what comparing from another device brings to light.",
    later_title: "Look once more after voting has closed – from another device",
    later: [
        "Until then, a ballot can still be replaced. After the closing, the answer is final.",
        "Use another device, best on another network. A device that lies to you once can lie to you twice: it cannot make another one lie.",
        "You need nothing but this link or the tracking code. Neither shows how you voted, so anyone may help you.",
    ],
    final_title: "Nothing changes any more",
    final_words: "After the closing the record stands still. Whatever device you ask from, today or in ten years, the answer must be the same.",
    results: "Results",
    verify: "Check the whole election",
    share_title: "Look from another device",
    share: "Scan this code with another phone, or copy the link. It shows the state of this ballot, not how you voted.",
    copy_link: "Copy the link",
    qr: "QR code of the link to this ballot",
    path: "For the curious: how this device checked it",
    missing_title: "There is no ballot with this tracking code",
    missing: "The public record of this election does not show this code. Do these things, in this order:",
    missing_steps: [
        "Compare the code, line by line, with the one that you were shown.",
        "Make sure that this is the right election: its name stands at the top.",
        "If you just voted, wait a minute and look again.",
    ],
    missing_open: "Voting is not closed. If the page where you voted has not shown you a receipt, your vote is not cast: vote again. If you have a receipt file, check it below.",
    missing_closed: "Voting is closed. If you have a receipt file, check it below now: if it is genuine, it is evidence that your ballot was taken away.",
    missing_unknown: "If you have a receipt file, check it below.",
    evidence_title: "The receipt is genuine, yet the board does not show this ballot",
    evidence: "The board has signed that this ballot is on the public record, and now denies it. This is evidence. Keep the receipt file, take a picture of this page, and bring both to the election office.",
    receipt_title: "Check a receipt file",
    receipt: "The receipt that you saved when you voted proves that the board has taken your ballot, even against the board itself.",
};

fn problem_en(refused: &Refused) -> String {
    match refused.problem {
        CodeProblem::Short(missing) if refused.is_link => {
            let there = LENGTH.saturating_sub(missing);
            format!(
                "The link has only {there} of the 64 characters of a tracking code. The rest was cut off. Open the whole link, or scan it again."
            )
        }
        CodeProblem::Empty => "Type the tracking code first.".to_owned(),
        CodeProblem::Symbol(symbol) => format!(
            "“{symbol}” is in no tracking code. There are only the digits 0 to 9 and the letters a to f. It may be a zero in place of an O, or a one in place of an l."
        ),
        CodeProblem::Short(1) => "One of the 64 characters is missing.".to_owned(),
        CodeProblem::Short(missing) => format!("{missing} of the 64 characters are missing."),
        CodeProblem::Long(1) => "There is one character too many. A tracking code has 64.".to_owned(),
        CodeProblem::Long(more) => format!("There are {more} characters too many. A tracking code has 64."),
    }
}

static ZH: Track = Track {
    title: "查找您的选票",
    lead: "查询码显示您的选票是否在公开记录上，但绝不会显示您投给了谁。",
    election: "选举：",
    about: "关于本次选举",
    code: "查询码",
    ways_title: "您不必手动输入查询码：",
    ways: [
        "请扫描回执上的二维码，或打开您保存的链接，即可直接找到您的选票。",
        "也可以复制查询码或链接，粘贴到下方。",
    ],
    ways_file: "还可以使用您保存的文件：",
    ways_file_link: "载入回执文件",
    code_hint: "由 64 个数字和字母 a 至 f 组成，排列方式与回执上相同，便于您逐行对照。",
    counter: |count| format!("已输入 {count} 个字符，共 64 个"),
    problem: problem_zh,
    problem_title: |refused| match refused {
        Refused { is_link: false, .. } => "请检查查询码",
        Refused { problem: CodeProblem::Short(_), .. } => "此链接不完整",
        Refused { .. } => "此链接已损坏",
    },
    short_ways: "如果您没有完整的查询码，可以扫描回执上的二维码、打开您保存的链接，或",
    short_file: "载入回执文件",
    stop: "。",
    find: "查找这张选票",
    another: "查找另一张选票",
    bad_address: "此网址没有指明选举。请从选举列表中打开相应的选举，再查找您的选票。",
    counted_title: |closed| match closed {
        false => "您的选票已在公开记录上",
        true => "您的选票已在公开记录上，并已计入",
    },
    counted: |closed| match closed {
        false => "目前以这张选票为准。投票结束前，您仍可用新的选票取代它。",
        true => "服务器称投票已结束，且这张选票没有被取代。若属实，它不会再被取代。",
    },
    replaced_title: "同一位选民后来又投了一张选票，取代了这一张：它不计票",
    replaced: |closed| match closed {
        false => {
            "这张选票已记录，但同一位选民后来又投了票，只以最后一张为准。如果您没有再次投票，说明有人掌握了您的投票码：请趁投票尚未结束，立即告知选举办公室。"
        }
        true => {
            "这张选票已记录，但同一位选民后来又投了票，只以最后一张为准。如果您没有再次投票，说明有人使用了您的投票码：请告知选举办公室。"
        }
    },
    replaced_by: "查看最终有效的选票",
    tested_title: "这是一张测试选票，永不计票",
    tested: "它已被打开，用来检查封装它的设备。测试选票永远不会成为正式选票。如果您没有再投出另一张选票，您就还没有投票。",
    tested_published: |published| match published {
        false => "其中的内容没有公开。",
        true => "选民已公开其中的内容。",
    },
    tested_check: "查看测试选票的内容",
    facts: "公开记录显示",
    place: "位置",
    place_of: |index, size| format!("第 {index} 号，共 {size} 个条目"),
    place_link: "在公开记录中查看",
    time: "记录时间",
    this_code: "查询码",
    state: "状态",
    state_counted: |closed| match closed {
        false => "有效，目前未被取代",
        true => "有效，未被取代",
    },
    state_replaced: "已被后来的选票取代",
    state_tested: "已测试，永不计票",
    phase: "投票",
    phase_words: |closed| if closed { "已结束" } else { "尚未结束" },
    witnesses_note: "公告板若要隐瞒后来的选票，就必须向其他人出示另一份记录。见证人正是为此而监督，从另一台设备查询对照也能揭穿它。",
    later_title: "投票结束后，请用另一台设备再查一次",
    later: [
        "在此之前，选票仍可能被取代；投票结束后，结果就不再变化。",
        "请换一台设备，最好换一个网络。一台会骗您一次的设备，也会骗您第二次；但它无法让另一台设备跟着说谎。",
        "您只需要这个链接或查询码。两者都不会显示您投给了谁，因此可以请任何人帮忙。",
    ],
    final_title: "结果不会再变",
    final_words: "投票结束后，记录不再变化。无论今天还是十年之后，从任何设备查询，答案都必须相同。",
    results: "选举结果",
    verify: "核查整场选举",
    share_title: "用另一台设备查看",
    share: "请用另一部手机扫描此码，或复制链接。它显示这张选票的状态，不显示您投给了谁。",
    copy_link: "复制链接",
    qr: "此选票链接的二维码",
    path: "想进一步了解：本设备如何核查",
    missing_title: "没有找到带有此查询码的选票",
    missing: "本次选举的公开记录中没有此查询码。请依次检查：",
    missing_steps: [
        "将查询码与当时显示的逐行核对。",
        "确认选举正确：选举名称在本页上方。",
        "如果您刚刚投票，请等一分钟后再查。",
    ],
    missing_open: "投票尚未结束。如果您投票的页面没有显示回执，您的选票就没有投出：请重新投票。如果您保存了回执文件，请在下方核查。",
    missing_closed: "投票已结束。如果您保存了回执文件，请现在就在下方核查：如果回执属实，它就是选票被移除的证据。",
    missing_unknown: "如果您保存了回执文件，请在下方核查。",
    evidence_title: "回执属实，公告板却没有显示这张选票",
    evidence: "公告板曾签名确认这张选票在公开记录上，现在却予以否认。这就是证据。请保留回执文件，拍下本页，一并交给选举办公室。",
    receipt_title: "核查回执文件",
    receipt: "您投票时保存的回执可以证明公告板已收下您的选票，即使公告板否认也有效。",
};

fn problem_zh(refused: &Refused) -> String {
    match refused.problem {
        CodeProblem::Short(missing) if refused.is_link => {
            let there = LENGTH.saturating_sub(missing);
            format!("查询码共 64 个字符，链接中只有 {there} 个，其余已丢失。请打开完整的链接，或重新扫描。")
        }
        CodeProblem::Empty => "请先输入查询码。".to_owned(),
        CodeProblem::Symbol(symbol) => format!(
            "查询码中不会出现“{symbol}”，只有数字 0 至 9 和字母 a 至 f。请检查是否把数字 0 写成了字母 O，或把数字 1 写成了字母 l。"
        ),
        CodeProblem::Short(missing) => format!("查询码共 64 个字符，还缺 {missing} 个。"),
        CodeProblem::Long(more) => format!("多了 {more} 个字符。查询码共 64 个字符。"),
    }
}

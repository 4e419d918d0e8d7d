//! Voting up to the sealed ballot: code, ballot, review.

use crate::language::{Language, Texts};

pub(crate) mod after;

/// The texts of voting.
pub(crate) struct Vote {
    pub(crate) steps: [&'static str; 5],
    /// Whether a ballot that was cast before counts until this one is.
    pub(crate) not_cast: fn(bool) -> &'static str,
    pub(crate) leave: &'static str,
    pub(crate) memory: &'static str,
    /// Before that, after the page was loaded again.
    pub(crate) reloaded: &'static str,
    /// Of a ballot that was sent from this tab before.
    pub(crate) under_way: &'static str,
    pub(crate) under_way_look: &'static str,
    pub(crate) continue_: &'static str,
    pub(crate) back: &'static str,
    pub(crate) errors: &'static str,
    /// Whether voters made their codes themselves.
    pub(crate) code_title: fn(bool) -> &'static str,
    pub(crate) code_lead: fn(bool) -> &'static str,
    pub(crate) code_legend: fn(bool) -> &'static str,
    pub(crate) code_hint: &'static str,
    pub(crate) code_here: &'static str,
    pub(crate) code_from_link: &'static str,
    pub(crate) link_short: fn(usize) -> String,
    pub(crate) other_code: &'static str,
    pub(crate) group: fn(usize) -> String,
    pub(crate) group_wrong: fn(usize, bool) -> String,
    pub(crate) group_short: fn(usize) -> String,
    pub(crate) happens: &'static str,
    pub(crate) happens_list: [&'static str; 4],
    pub(crate) privacy: &'static str,
    pub(crate) looking_up: &'static str,
    pub(crate) looking_up_first: &'static str,
    pub(crate) to_code: &'static str,
    pub(crate) to_election: &'static str,
    pub(crate) ballot_title: &'static str,
    pub(crate) question: fn(usize, usize) -> String,
    pub(crate) weight: fn(&str) -> String,
    pub(crate) stands_title: &'static str,
    pub(crate) stands: fn(u16) -> String,
    pub(crate) left: fn(u16) -> String,
    pub(crate) where_last: &'static str,
    pub(crate) next: &'static str,
    pub(crate) to_review: &'static str,
    pub(crate) review_title: &'static str,
    pub(crate) review_lead: &'static str,
    pub(crate) change: &'static str,
    pub(crate) unfinished: &'static str,
    pub(crate) seal: &'static str,
    pub(crate) seal_hint: &'static str,
}

impl Texts for Vote {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &EN,
            Language::Chinese => &ZH,
        }
    }
}

static EN: Vote = Vote {
    steps: ["Your code", "Your ballot", "Review", "Cast or test", "Receipt"],
    not_cast: |counts| {
        if counts {
            "This new ballot is not cast yet. Until it is, your earlier one counts."
        } else {
            "Your vote is not cast yet."
        }
    },
    leave: "This ballot is not cast yet. If you leave this page, your choices are lost. Leave it?",
    memory: "Your code and your choices are kept on this page alone, on purpose, so that nobody who uses this device after you can see them. If you load the page again, you start again.",
    under_way: "A ballot was sent from this tab before, and this page has not seen its receipt.",
    under_way_look: "See what became of it",
    reloaded: "The page was loaded again. The ballot that you were marking is not cast: enter your code again. ",
    continue_: "Continue",
    back: "Back",
    errors: "Something needs another look",
    code_title: |own| if own { "Enter your recovery code" } else { "Enter your code" },
    code_lead: |own| {
        if own {
            "It was shown to you when you registered: five groups of five letters and digits."
        } else {
            "It is on your letter: five groups of five letters and digits."
        }
    },
    code_legend: |own| if own { "Your recovery code" } else { "Your code" },
    code_hint: "Capital or small letters, as you like. You can also paste the whole code at once.",
    code_here: "Your code is here",
    code_from_link: "It came with the link, and has been taken out of the address bar.",
    link_short: |missing| {
        let symbols = if missing == 1 { "1 character".to_owned() } else { format!("{missing} characters") };
        format!(
            "The link is not complete: {symbols} of your code are missing. Add what is missing from your letter."
        )
    },
    other_code: "Use another code",
    group: |group| format!("Group {group} of 5"),
    group_wrong: |group, own| {
        let place = if own { "where you wrote it down" } else { "on your letter" };
        format!("Group {group} does not fit: look at it again {place}.")
    },
    group_short: |group| format!("Group {group} is not complete: it has five letters and digits."),
    happens: "What will happen",
    happens_list: [
        "You mark your ballot and look at your choices once more.",
        "This device seals the ballot and shows its tracking code.",
        "You cast the sealed ballot, or test whether the device sealed it honestly.",
        "You get a receipt. With it you can check that your vote is on the public record.",
    ],
    privacy: "Your ballot is sealed on this device before it is sent. The server never sees how you vote, and your code is not sent to it.",
    looking_up: "Looking up your code on the public record. You can go on meanwhile.",
    looking_up_first: "Looking up your code on the public record, to find your ballot.",
    to_code: "Back to your code",
    to_election: "To the election’s page",
    ballot_title: "Mark your ballot",
    question: |now, of| format!("Question {now} of {of}"),
    weight: |weight| format!("Your vote counts {weight} times."),
    stands_title: "You have voted already, and may vote again",
    stands: |cast| {
        let ballots = if cast == 1 { "1 ballot".to_owned() } else { format!("{cast} ballots") };
        format!(
            "You have cast {ballots} with this code. A new one replaces the last one; only the new one counts."
        )
    },
    left: |left| {
        let ballots = if left == 1 { "1 more ballot".to_owned() } else { format!("{left} more ballots") };
        format!("You can cast {ballots}.")
    },
    where_last: "Find the ballot that counts now",
    next: "Next question",
    to_review: "Review my choices",
    review_title: "Check your choices",
    review_lead: "Is this how you want to vote? You can still change everything.",
    change: "Change",
    unfinished: "This question is not finished yet.",
    seal: "Seal my ballot",
    seal_hint: "Sealing locks your choices so that nobody can read them. It does not cast your vote yet.",
};

static ZH: Vote = Vote {
    steps: ["投票码", "填写选票", "复核", "投出或测试", "回执"],
    not_cast: |counts| {
        if counts {
            "这张新选票尚未投出。投出之前，您上一张选票仍然有效。"
        } else {
            "您的选票尚未投出。"
        }
    },
    leave: "这张选票尚未投出。离开本页后，您的选择将会丢失。确定离开吗？",
    memory: "您的投票码和选择有意只保留在当前页面，以免之后使用本设备的人看到。重新载入页面后，需要从头开始。",
    under_way: "此标签页之前发送过一张选票，但本页尚未见到它的回执。",
    under_way_look: "查看它的结果",
    reloaded: "页面已重新载入。您刚才填写的选票没有投出：请重新输入投票码。",
    continue_: "继续",
    back: "返回",
    errors: "有内容需要再看一下",
    code_title: |own| if own { "请输入您的恢复码" } else { "请输入您的投票码" },
    code_lead: |own| {
        if own {
            "恢复码在您登记时显示过：共五组，每组五个字母或数字。"
        } else {
            "投票码印在您收到的信函上：共五组，每组五个字母或数字。"
        }
    },
    code_legend: |own| if own { "您的恢复码" } else { "您的投票码" },
    code_hint: "大小写均可。也可以一次粘贴整个投票码。",
    code_here: "您的投票码已就绪",
    code_from_link: "投票码来自链接，并已从地址栏中移除。",
    link_short: |missing| format!("链接不完整：投票码缺少 {missing} 个字符。请对照信函补全。"),
    other_code: "使用其他投票码",
    group: |group| format!("第 {group} 组，共 5 组"),
    group_wrong: |group, own| {
        let place = if own { "您当时的记录" } else { "信函" };
        format!("第 {group} 组有误：请对照{place}再看一遍。")
    },
    group_short: |group| format!("第 {group} 组不完整：应有五个字母或数字。"),
    happens: "接下来的步骤",
    happens_list: [
        "您填写选票，并再次查看自己的选择。",
        "本设备封装选票，并显示查询码。",
        "您投出已封装的选票，或测试本设备是否如实封装。",
        "您会得到回执，可用它核对选票已列入公开记录。",
    ],
    privacy: "选票在发送之前已在本设备上封装。服务器看不到您如何投票，您的投票码也不会发送给它。",
    looking_up: "正在公开记录中查找您的投票码。您可以先继续。",
    looking_up_first: "正在公开记录中查找您的投票码，以便确定您的选票。",
    to_code: "返回输入投票码",
    to_election: "前往选举页面",
    ballot_title: "请填写选票",
    question: |now, of| format!("第 {now} 题，共 {of} 题"),
    weight: |weight| format!("您的一票按 {weight} 票计算。"),
    stands_title: "您已投过票，可以重新投票",
    stands: |cast| format!("您已用此投票码投出 {cast} 张选票。新的选票将取代上一张，只有新的一张有效。"),
    left: |left| format!("您还可以投 {left} 次。"),
    where_last: "查看目前有效的选票",
    next: "下一题",
    to_review: "复核我的选择",
    review_title: "请核对您的选择",
    review_lead: "您打算这样投票吗？现在仍可修改。",
    change: "修改",
    unfinished: "这一题还没有填完。",
    seal: "封装我的选票",
    seal_hint: "封装会锁住您的选择，使任何人都无法读取。此时选票尚未投出。",
};

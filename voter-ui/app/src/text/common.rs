//! What every page shares: the frame, badges, troubles.

use tabella_web_shared::{Forgery, Stage, Trouble};

use super::not_found;
use crate::language::{Language, Texts};

/// The shared texts.
pub(crate) struct Common {
    pub(crate) skip: &'static str,
    pub(crate) elections: &'static str,
    pub(crate) board: &'static str,
    pub(crate) check: &'static str,
    pub(crate) how: &'static str,
    pub(crate) navigation: &'static str,
    pub(crate) tagline: &'static str,
    pub(crate) offline: &'static str,
    pub(crate) checked: &'static str,
    pub(crate) checked_long: &'static str,
    pub(crate) said: &'static str,
    pub(crate) said_long: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) again: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) saved: &'static str,
    pub(crate) details: &'static str,
    pub(crate) step: fn(usize, usize) -> String,
    pub(crate) done: &'static str,
    pub(crate) board_checked: fn(&str) -> String,
    pub(crate) board_asked: &'static str,
    pub(crate) board_failed: &'static str,
    pub(crate) stage: fn(Stage) -> &'static str,
    pub(crate) of: fn(&str, &str) -> String,
    pub(crate) trouble: fn(&Trouble) -> (&'static str, String),
    pub(crate) programs_words: &'static str,
}

impl Texts for Common {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &EN,
            Language::Chinese => &ZH,
        }
    }
}

static EN: Common = Common {
    skip: "Skip to the content",
    elections: "Elections",
    board: "Public record",
    check: "Check something",
    how: "How it works",
    navigation: "Main",
    tagline: "Votes that anyone can check",
    offline: "You are offline. What you see may be old, and nothing can be sent. Your choices stay on this page: connect again and go on.",
    checked: "Checked on this device",
    checked_long: "This device has done the arithmetic itself and did not have to believe anyone.",
    said: "Told by the server",
    said_long: "“Told by the server” means that this device has not checked it.",
    loading: "Loading …",
    again: "Try again",
    copy: "Copy",
    copied: "Copied",
    saved: "Saved",
    details: "Details for the curious",
    step: |now, of| format!("Step {now} of {of}"),
    done: "done",
    board_checked: |origin| format!("Public record {origin}: signature and history checked on this device."),
    board_asked: "Asking the public record …",
    board_failed: "The public record could not be checked.",
    stage: |stage| match stage {
        Stage::Reading => "Reading and checking the election",
        Stage::Sealing => "Sealing your ballot",
        Stage::Sending => "Sending your ballot",
        Stage::Checking => "Checking that it was recorded",
        Stage::Downloading => "Downloading the record",
        Stage::Verifying => "Checking every ballot",
    },
    of: |done, of| format!("{done} of {of}"),
    trouble: trouble_en,
    programs_words: "What the program says",
};

static ZH: Common = Common {
    skip: "跳到正文",
    elections: "选举",
    board: "公开记录",
    check: "核对",
    how: "工作原理",
    navigation: "主导航",
    tagline: "人人都能核查的投票",
    offline: "您已离线。所见内容可能不是最新的，也无法发送。您的选择仍保留在本页：重新联网后可继续。",
    checked: "本设备已核查",
    checked_long: "本设备自己完成了计算，无需相信任何人。",
    said: "服务器的说法",
    said_long: "“服务器的说法”是指本设备尚未核查的信息。",
    loading: "正在载入……",
    again: "重试",
    copy: "复制",
    copied: "已复制",
    saved: "已保存",
    details: "想进一步了解",
    step: |now, of| format!("第 {now} 步，共 {of} 步"),
    done: "已完成",
    board_checked: |origin| format!("公开记录 {origin}：本设备已核查其签名与历史。"),
    board_asked: "正在查询公开记录……",
    board_failed: "无法核查公开记录。",
    stage: |stage| match stage {
        Stage::Reading => "正在读取并核查选举",
        Stage::Sealing => "正在封装您的选票",
        Stage::Sending => "正在发送您的选票",
        Stage::Checking => "正在核查选票是否已记录",
        Stage::Downloading => "正在下载记录",
        Stage::Verifying => "正在逐张核查选票",
    },
    of: |done, of| format!("{done} / {of}"),
    trouble: trouble_zh,
    programs_words: "程序的说明",
};

/// A heading for a trouble, and what it means and what to do.
fn trouble_en(trouble: &Trouble) -> (&'static str, String) {
    let (title, words) = match trouble {
        Trouble::Unreachable => (
            "The board does not answer",
            "Check your connection and try again. If you have a connection, the server is down for the moment: nothing is lost, come back later.",
        ),
        Trouble::TimedOut => {
            ("The board takes too long", "It may be busy. Nothing is lost: wait a moment and try again.")
        }
        Trouble::Refused { detail, .. } => return ("The board refuses", format!("Its reason: {detail}")),
        Trouble::Forged { forgery, .. } => ("Stop: this board cannot be trusted", forgery_en(*forgery)),
        Trouble::NotFound => (not_found::EN.no_election, not_found::EN.words),
        Trouble::UnknownCode => (
            "This code is not on the roll",
            "The code is well formed, but it belongs to nobody on this election’s roll. Check that it is for this election, and that you have not been given a newer one; then ask the election office.",
        ),
        Trouble::NotOpen => (
            "Voting is not open yet",
            "Come back when it has opened: the time stands on the election’s page.",
        ),
        Trouble::Closed => {
            ("Voting is closed", "No ballot is accepted any more. A ballot that you cast before counts.")
        }
        Trouble::Limit { tests: false, allowed: 1 } => {
            ("You have voted already", "In this election each voter casts one ballot, and yours is recorded.")
        }
        Trouble::Limit { tests: false, allowed } => {
            return (
                "You have cast all your ballots",
                format!(
                    "This election allows {allowed} ballots for each voter. The last one that you cast counts."
                ),
            );
        }
        Trouble::Limit { tests: true, allowed } => {
            return (
                "No more test ballots",
                format!(
                    "This election allows {allowed} test ballots for each voter. You can still cast your vote."
                ),
            );
        }
        Trouble::Input { .. } => {
            ("This cannot be read", "Check that it is complete and the right file or text.")
        }
        Trouble::Dishonest { .. } => (
            "The device lied: do not vote with it",
            "The ballot does not contain what that device said. Vote with another device, and tell the election office: show them this page.",
        ),
        Trouble::Program { .. } => (
            "Part of this app is missing or was changed",
            "A file is not the one that this app was made with, so it was not started. Load the page again. If it happens again, vote with another device or from another network, and tell the election office.",
        ),
        Trouble::Fault { .. } => (
            "Something went wrong in this app",
            "Load the page again. If it happens again, tell the election office what stands below.",
        ),
    };
    (title, words.to_owned())
}

fn forgery_en(forgery: Forgery) -> &'static str {
    match forgery {
        Forgery::Key => {
            "Its key is not the one that this device has seen before. Somebody may stand between you and the board. Do not vote here; tell the election office."
        }
        Forgery::Checkpoint => {
            "What it says is not signed by the board’s key. Somebody may stand between you and the board. Do not vote here; tell the election office."
        }
        Forgery::Fork => {
            "It shows another history than before: something that stood on the public record was taken back or changed. Do not vote here; tell the election office."
        }
        Forgery::Receipt => {
            "It says that your ballot is recorded but does not prove it. Treat your vote as not cast, and tell the election office."
        }
        Forgery::Entries => {
            "What it shows does not fit its own signature. Do not vote here; tell the election office."
        }
        Forgery::Rules => {
            "Its record breaks the rules of the election. Do not vote here; tell the election office."
        }
        Forgery::Election => {
            "This is not the election that the link names. Do not vote here; compare the link with your letter."
        }
        Forgery::Answer => {
            "Its answer makes no sense. Load the page again; if it happens again, tell the election office."
        }
    }
}

fn trouble_zh(trouble: &Trouble) -> (&'static str, String) {
    let (title, words) = match trouble {
        Trouble::Unreachable => (
            "公告板没有回应",
            "请检查网络后重试。如果网络正常，则是服务器暂时停机：不会丢失任何内容，请稍后再来。",
        ),
        Trouble::TimedOut => ("公告板响应过慢", "服务器可能繁忙。不会丢失任何内容：请稍候再试。"),
        Trouble::Refused { detail, .. } => {
            return ("公告板拒绝了请求", format!("它给出的理由（英文）：{detail}"));
        }
        Trouble::Forged { forgery, .. } => ("请停止：此公告板不可信", forgery_zh(*forgery)),
        Trouble::NotFound => (not_found::ZH.no_election, not_found::ZH.words),
        Trouble::UnknownCode => (
            "选民名册上没有此投票码",
            "投票码格式正确，但不属于本次选举名册上的任何人。请确认它用于本次选举，且您没有收到更新的投票码；如仍有问题，请咨询选举办公室。",
        ),
        Trouble::NotOpen => ("投票尚未开始", "请在开始后再来：时间见选举页面。"),
        Trouble::Closed => ("投票已结束", "不再接受选票。您之前投出的选票仍然有效。"),
        Trouble::Limit { tests: false, allowed: 1 } => {
            ("您已投过票", "本次选举每位选民投一票，您的选票已记录在案。")
        }
        Trouble::Limit { tests: false, allowed } => {
            return (
                "您的投票次数已用完",
                format!("本次选举每位选民最多可投 {allowed} 次，以最后一次为准。"),
            );
        }
        Trouble::Limit { tests: true, allowed } => {
            return (
                "测试次数已用完",
                format!("本次选举每位选民最多可测试 {allowed} 张选票。您仍然可以投票。"),
            );
        }
        Trouble::Input { .. } => ("无法读取", "请检查内容是否完整、是否为正确的文件或文字。"),
        Trouble::Dishonest { .. } => (
            "那台设备说谎：请不要用它投票",
            "选票的内容与那台设备显示的不同。请换一台设备投票，并向选举办公室出示本页。",
        ),
        Trouble::Program { .. } => (
            "应用的一部分缺失或被更改",
            "有一个文件不是本应用原有的文件，因此没有启动。请重新载入页面。如再次发生，请换一台设备或换一个网络投票，并告知选举办公室。",
        ),
        Trouble::Fault { .. } => ("应用出错", "请重新载入页面。如再次发生，请将下面的内容告知选举办公室。"),
    };
    (title, words.to_owned())
}

fn forgery_zh(forgery: Forgery) -> &'static str {
    match forgery {
        Forgery::Key => {
            "它的密钥与本设备以前见过的不同。可能有人介入了您与公告板之间。请不要在此投票，并告知选举办公室。"
        }
        Forgery::Checkpoint => {
            "它的内容没有公告板密钥的签名。可能有人介入了您与公告板之间。请不要在此投票，并告知选举办公室。"
        }
        Forgery::Fork => {
            "它显示的历史与以前不同：公开记录中的内容被撤回或更改。请不要在此投票，并告知选举办公室。"
        }
        Forgery::Receipt => "它声称您的选票已记录，却没有给出证明。请视为尚未投出，并告知选举办公室。",
        Forgery::Entries => "它显示的内容与它自己的签名不符。请不要在此投票，并告知选举办公室。",
        Forgery::Rules => "它的记录违反了选举规则。请不要在此投票，并告知选举办公室。",
        Forgery::Election => "这不是链接所指的选举。请不要在此投票，并与您的信函核对链接。",
        Forgery::Answer => "它的回答不合情理。请重新载入页面；如再次发生，请告知选举办公室。",
    }
}

//! 简体中文.

use super::{Names, Texts};
use crate::result::{ContestSummary, Unit, VerdictName};
use crate::verify::{Remedy, Status};
use tabella_board_core::check::Check;

/// The texts in Chinese.
pub(super) static CHINESE: Texts = Texts {
    tag: "zh-Hans",

    hashing: "计算哈希值",
    checking: "核查",
    downloading: "下载",
    interrupting: "正在保存已核查的内容；再按一次立即结束",
    interrupted: [
        |folder| format!("已中断：已核查的内容保存在 {folder}"),
        |_| "再次运行同一命令，即可从那里继续".to_owned(),
    ],
    no_folder: [
        |folder| format!("没有文件夹 {folder}"),
        |_| "请给出记录所在的文件夹，或公告板的网址".to_owned(),
    ],
    not_written: |file| format!("有检查未通过，未写入 {file}"),
    refused: "此公告板的记录一概不予采信：请告知选举办公室",

    kicker: "选举核查报告",
    page_title: |title| format!("核查：{title}"),
    untitled: "选举",
    voting: |opened, closed| match closed {
        Some(closed) => format!("投票于 {opened} 开始，{closed} 结束。"),
        None => format!("投票于 {opened} 开始，尚未结束。"),
    },
    footer: |version| {
        format!(
            "本页由 tabella-verify {version} 仅根据公开记录生成。任何人都可以这样做：只要核查的记录具有上面的指纹，\
             得到的就是同样的结果。"
        )
    },

    good: ("核查通过", |checks| {
        format!("全部 {checks} 项核查均通过。下面的结果正是封装的选票相加所得。")
    }),
    good_by_shards: "选票的签名和证明由下面列出的机器核查。",
    so_far: ("目前核查通过", "记录中已有的内容全部通过核查。选举尚未结束。"),
    bad: ("核查未通过", |check, _| format!("第 {check} 项核查未通过。")),
    must_hold: "应当成立的是",
    place: "位置",
    entry: |log, entry| match log {
        "board" => format!("公告板日志的第 {entry} 号条目"),
        _ => format!("选举日志的第 {entry} 号条目"),
    },
    file: |path| format!("文件 {path}"),
    culprit: |trustee| format!("由 {trustee} 号受托人签署"),
    detail: Some("问题（英文）"),
    what_to_do: "怎么办",
    remedy: |remedy| match remedy {
        Remedy::Wait => {
            "已有的内容没有问题，但还有内容尚未写入。请在选举结束后再次核查；在此之前，可以用选项 --partial 核查已有的内容。"
        }
        Remedy::NameAnother => {
            "您指定的内容与核查的内容不属于同一处。请与选举办公室公布的公告板和选举比对，然后改为指定正确的内容；\
             或用 --state 指定另一个文件夹。"
        }
        Remedy::TakeAnew => {
            "这份副本可能不完整，或在核查期间有人写入。请重新获取记录并再次核查。如果同一项核查仍未通过，\
             请保留两份副本，出示给选举办公室和其他观察者。"
        }
        Remedy::RepeatShards => {
            "可能是某个分片有误：在归咎于任何人之前，请在您信得过的机器上重新核查各分片，或不使用分片再核查一次。"
        }
        Remedy::Tell => {
            "在得到解释之前，请不要相信结果。请保留这份记录和本报告，最好从另一处再获取一份记录并加以核查。\
             如果仍未通过，请将两者出示给选举办公室，并请其他观察者也进行核查。"
        }
    },
    table_good: |by_shards| match by_shards {
        true => "核查通过：全部核查均通过，前提是上面列出的分片无误。请将上面的指纹与其他人的比对。",
        false => "核查通过：全部核查均通过。请将上面的指纹与其他人的比对。",
    },
    table_so_far: |phase| {
        let phase = match phase {
            "manifest" => "正在发布选举文件",
            "setup" => "正在准备",
            "open" => "投票进行中",
            "closed" => "投票已结束，尚未计票",
            other => other,
        };
        format!("目前核查通过：记录中已有的内容全部通过核查。选举尚未结束（{phase}）。")
    },
    table_bad: |check, _| format!("核查未通过：第 {check} 项核查未通过。"),
    comma: "，",
    space: "",
    label: |name, text| format!("{name}：{text}"),
    shard_good: "目前核查通过：此分片的签名和证明均通过。请将它与其他分片合并。",

    secrecy: ("关于保密的说明", |statements, quorum| {
        format!(
            "计票结果正确，不受影响。但在第一份解密份额之前，应有 {quorum} 位受托人声明自己看到的是同一份记录，\
             当时只有 {statements} 位声明：保密只依靠公告板。"
        )
    }),
    secrecy_todo: "记录中没有任何迹象表明有人得知了单张选票的内容。如需进一步确认，请询问各位受托人：\
                   下面的计票指纹是否就是他们解密时看到的那一个，并且只解密过这一个。",
    statements: |statements, quorum, reached| {
        let numbers = format!("第一份解密份额之前有 {statements} 份，需要 {quorum} 份");
        match reached {
            true => numbers,
            false => format!("{numbers}：计票结果正确，但保密只依靠公告板"),
        }
    },

    result: "结果",
    turnout: |counted, voters, share| {
        let share = if share.is_empty() { String::new() } else { format!("（{share}）") };
        format!("{voters} 位选民中有 {counted} 位投票{share}。")
    },
    ballots: |cast, tested| format!("投出选票 {cast} 张，测试选票 {tested} 张。"),
    option: "选项",
    unit: |unit| match unit {
        Unit::Votes => "票数",
        Unit::Points => "分数",
        Unit::VotesFor => "赞成票",
        Unit::BordaPoints => "名次得分",
        Unit::BetterGrades => "高于最低等级",
    },
    share: |unit| match unit {
        Unit::Votes => "得票率",
        Unit::VotesFor => "赞成率",
        Unit::Points | Unit::BordaPoints => "占最高得分",
        Unit::BetterGrades => "比例",
    },
    column: |unit, place, name| match (unit, place) {
        (Unit::VotesFor, 0) => "赞成".to_owned(),
        (Unit::VotesFor, 1) => "反对".to_owned(),
        (Unit::VotesFor, _) => "弃权".to_owned(),
        (Unit::BordaPoints, place) => format!("第 {} 位", place + 1),
        _ => name.to_owned(),
    },
    blank: "空白票",
    elected: "获选",
    outcome,
    percent: |fraction| format!("{:.1}%", 100.0 * fraction),

    chapters_title: "核查了什么",
    chapters: [
        (
            "公开记录本身",
            "条目齐全，未经改动，顺序无误，与公告板所签署的完全一致，并有公告板的公开日志为证。",
        ),
        ("选举规则", "选举依照开始之前公布的规则进行。"),
        (
            "受托人的密钥",
            "受托人公开地共同生成了票箱的密钥，每位受托人都证明自己的份额可以使用。达到规则所定人数的受托人提供份额，\
             才能解密。",
        ),
        ("选民名册", "有权投票者的名册正是登记机构签署的那一份，每位选民只列出一次。"),
        ("投票开始", "投票按时开始，使用这把密钥和这份名册。"),
        (
            "选票",
            "每张选票都经过封装，由名册上的选民签名，并在不打开的情况下证明自己遵守规则。没有选票是复制的，\
             每位选民至多有一张选票计入结果。",
        ),
        ("投票结束", "投票按时结束，此后没有投出任何选票。"),
        ("计票", "封装的选票先相加，只有总数被解密；受托人证明解密无误，结果由总数得出。"),
    ],
    covered: [
        |entries| format!("两个日志共 {entries} 个条目"),
        |messages| format!("受托人签名的消息 {messages} 条"),
        |voters| format!("选民 {voters} 位"),
        |ballots| format!("选票 {ballots} 张，连同签名和证明"),
        |items| format!("{items} 项"),
    ],
    covered_totals: |totals, shares| format!("由 {shares} 份解密份额得出 {totals} 个总数"),
    check: Check::title_in_chinese,
    status,
    chapter: status,
    nothing: "无需核查",
    by_others: |items| format!("其中 {items} 项由他人核查"),
    details: "全部核查项目",
    columns: ["编号", "核查项目", "数量", "结论"],

    trusted: "本报告还依靠谁的工作",
    trusted_columns: ["来源", "核查项目", "选票"],
    shard: |name| format!("分片 {name}"),
    earlier_run: |entries| format!("同一位观察者此前的核查，至第 {entries} 号条目"),
    from_to: |first, last| format!("{first} 至 {last}"),

    fingerprints: ["记录的指纹", "请与其他观察者和选举办公室公布的指纹比对。"],
    of_entries: |root, size| format!("{root}（共 {size} 个条目）"),
    of_voters: |roll, voters| format!("{roll}（共 {voters} 位选民）"),
    names: Names {
        fingerprint: "指纹",
        record: "记录",
        board: "公告板",
        operator: "公告板密钥指纹",
        board_log: "公告板自身记录",
        cosigned: "见证人",
        election: "选举指纹",
        voting: "投票时间",
        election_log: "记录指纹",
        ceremony: "密钥仪式",
        key: "选举密钥",
        roll: "选民名册指纹",
        closed_log: "投票结束时的记录",
        tally: "计票指纹",
        statements: "受托人声明",
        shard: "分片",
        written: "写入",
    },

    limits: (
        "核查无法说明什么",
        [
            "名册所列的人是否正确：这由登记机构负责。",
            "选民的设备封装的是否就是选民的选择：选民可以通过测试选票来检验。",
            "其他人看到的是否是另一份记录：比对上面的指纹即可得知。",
        ],
    ),
};

fn status(status: Status) -> &'static str {
    match status {
        Status::Holds => "通过",
        Status::Fails => "未通过",
        Status::SoFar => "目前通过",
        Status::NotReached => "未核查到",
    }
}

/// What became of a contest: as the result's English words say it, from the result itself.
fn outcome(contest: &ContestSummary) -> String {
    let names = |which: fn(&crate::result::OptionSummary) -> bool| {
        let options = contest.options.iter().filter(|option| which(option));
        options.map(|option| option.name.as_str()).collect::<Vec<_>>().join("、")
    };
    let elected = names(|option| option.elected);
    let elected = if elected.is_empty() { elected } else { format!("获选或通过：{elected}。") };
    match contest.verdict {
        VerdictName::Open => "尚未计票。".to_owned(),
        VerdictName::Withheld => {
            "不予计票：无人投票，或某一选民分组的选票过少，公布数字可能泄露个人的选择。".to_owned()
        }
        VerdictName::Decided => elected,
        VerdictName::NoQuorum => "未形成结果：参与投票者不足。".to_owned(),
        VerdictName::NoneQualified => "未形成结果：没有选项获得足够支持。".to_owned(),
        VerdictName::Tie => {
            let tied = names(|option| option.tied);
            format!("{elected}{tied}并列，争夺余下的名额；计票不在其间作出裁决，由选举规则指定者决定。")
        }
    }
}

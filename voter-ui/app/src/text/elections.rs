//! The list of elections, and where an election stands.

use crate::language::{Language, Texts};
use crate::pages::election::state::State;

/// The texts.
pub(crate) struct Elections {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) how: &'static str,
    pub(crate) practice: &'static str,
    pub(crate) list: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) empty_more: &'static str,
    pub(crate) stale: &'static str,
    pub(crate) unnamed: fn(&str) -> String,
    pub(crate) untitled: &'static str,
    pub(crate) preparing: &'static str,
    /// Before a date, with what separates them; likewise the next ones.
    pub(crate) opens: &'static str,
    pub(crate) opened: &'static str,
    pub(crate) closes: &'static str,
    pub(crate) closed: &'static str,
    pub(crate) late: &'static str,
    pub(crate) questions: fn(usize) -> String,
    pub(crate) turnout: fn(&str, &str, &str) -> String,
    pub(crate) hidden: &'static str,
    pub(crate) vote: &'static str,
    pub(crate) follow: &'static str,
    pub(crate) results: &'static str,
    pub(crate) about: &'static str,
    pub(crate) state: fn(State) -> String,
}

impl Texts for Elections {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &EN,
            Language::Chinese => &ZH,
        }
    }
}

static EN: Elections = Elections {
    title: "Vote, and see for yourself that it counts",
    lead: "Your device seals your ballot, so that nobody can see what you chose. Every sealed ballot stands on a public record, where you can find yours again and anyone can recount the result.",
    how: "How it works",
    practice: "Try it: practice election",
    list: "Elections",
    empty: "There is no election here yet.",
    empty_more: "When one is announced, it appears on this page by itself. Until then you can try a practice election, which needs no code.",
    stale: "This list could not be renewed just now. What you see may be a little old.",
    unnamed: |id| format!("Election {id}"),
    untitled: "The title could not be loaded.",
    preparing: "It is being set up.",
    opens: "Voting opens ",
    opened: "Voting opened ",
    closes: "Voting closes ",
    closed: "Voting closed ",
    late: "Voting should have opened ",
    questions: |number| match number {
        1 => "1 question".to_owned(),
        number => format!("{number} questions"),
    },
    turnout: |voted, voters, share| format!("{voted} of {voters} voters have voted ({share})"),
    hidden: "Turnout is shown after voting has closed",
    vote: "Vote",
    follow: "Follow the count",
    results: "See the results",
    about: "About it",
    state: |state| match state {
        State::Preparing => "Being set up".to_owned(),
        State::Soon { left } => format!("Opens in {}", duration_en(left)),
        State::Late => "Opening is late".to_owned(),
        State::Open { left: 0 } => "Open, closing now".to_owned(),
        State::Open { left } => format!("Open, closes in {}", duration_en(left)),
        State::Counting => "Closed, being counted".to_owned(),
        State::Counted => "Counted".to_owned(),
    },
};

static ZH: Elections = Elections {
    title: "投下一票，亲自查证",
    lead: "您的设备会先封装选票，任何人都看不到您的选择。每张封好的选票都列在公开记录上：您可以随时找到自己的那一张，人人都可以重新计票。",
    how: "工作原理",
    practice: "试一试：练习选举",
    list: "选举",
    empty: "这里还没有选举。",
    empty_more: "一旦公布选举，本页会自动显示。在此之前，您可以先试试练习选举，无需投票码。",
    stale: "列表刚才未能更新，所见内容可能略旧。",
    unnamed: |id| format!("选举 {id}"),
    untitled: "标题未能载入。",
    preparing: "正在筹备。",
    opens: "投票开始：",
    opened: "投票已开始：",
    closes: "投票结束：",
    closed: "投票已结束：",
    late: "投票原定开始时间：",
    questions: |number| format!("共 {number} 题"),
    turnout: |voted, voters, share| format!("{voters} 名选民中已有 {voted} 人投票（{share}）"),
    hidden: "投票结束后公布投票率",
    vote: "投票",
    follow: "查看计票进展",
    results: "查看结果",
    about: "选举说明",
    state: |state| match state {
        State::Preparing => "筹备中".to_owned(),
        State::Soon { left } => format!("{}后开始", duration_zh(left)),
        State::Late => "推迟开始".to_owned(),
        State::Open { left: 0 } => "进行中，即将结束".to_owned(),
        State::Open { left } => format!("进行中，{}后结束", duration_zh(left)),
        State::Counting => "已结束，正在计票".to_owned(),
        State::Counted => "计票完成".to_owned(),
    },
};

/// A time span in a unit that is as exact as it needs to be.
enum Span {
    Moment,
    Minutes(u64),
    Hours(u64),
    Days(u64),
}

/// Of milliseconds: minutes up to two hours, hours up to two days; never more than is left.
fn span(milliseconds: u64) -> Span {
    let minutes = milliseconds / 60_000;
    match minutes {
        0 => Span::Moment,
        1..120 => Span::Minutes(minutes),
        120..2_880 => Span::Hours(minutes / 60),
        _ => Span::Days(minutes / 1_440),
    }
}

fn duration_en(milliseconds: u64) -> String {
    match span(milliseconds) {
        Span::Moment => "less than a minute".to_owned(),
        Span::Minutes(1) => "1 minute".to_owned(),
        Span::Minutes(minutes) => format!("{minutes} minutes"),
        Span::Hours(hours) => format!("{hours} hours"),
        Span::Days(days) => format!("{days} days"),
    }
}

fn duration_zh(milliseconds: u64) -> String {
    match span(milliseconds) {
        Span::Moment => "不到 1 分钟".to_owned(),
        Span::Minutes(minutes) => format!("{minutes} 分钟"),
        Span::Hours(hours) => format!("{hours} 小时"),
        Span::Days(days) => format!("{days} 天"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_span_is_said_in_the_largest_unit_of_which_there_are_two() {
        let minute = 60_000;
        let cases = [
            (0, "less than a minute", "不到 1 分钟"),
            (minute, "1 minute", "1 分钟"),
            (119 * minute, "119 minutes", "119 分钟"),
            (120 * minute, "2 hours", "2 小时"),
            (2_879 * minute, "47 hours", "47 小时"),
            (2_880 * minute, "2 days", "2 天"),
        ];
        for (left, english, chinese) in cases {
            assert_eq!(duration_en(left), english);
            assert_eq!(duration_zh(left), chinese);
        }
    }
}

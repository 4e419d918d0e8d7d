//! The ballot in simplified Chinese.

use tabella_crypto::manifest::Contest;
use tabella_crypto::rules::Method;
use tabella_web_shared::marks::Incomplete;

use super::{Ballot, Count, News, Refusal, listed, name};
use crate::language::{Language, plain};

pub(super) static BALLOT: Ballot = Ballot {
    rule,
    leave_blank: |blank| format!("如果您不想作出选择，请选最下方的“{blank}”。"),
    leave_empty: "也可以留空不选。",
    blank_instead: "以上选项您都不选。",
    blank_clears: "您对以上选项不作任何表示，已作的标记会被清除。",
    chosen,
    points_left,
    rows_marked: |marked, of| format!("共 {of} 项，已标记 {marked} 项"),
    for_used: |used, max| {
        let full = if used >= max { "；如要赞成其他项，请先更改其中一项" } else { "" };
        format!("最多赞成 {max} 项，已赞成 {used} 项{full}")
    },
    refusal: |refusal, name| match refusal {
        Refusal::Full { max, .. } => {
            format!("未选中“{name}”：您已选满 {max} 项。请先取消一项，再重新选择。")
        }
        Refusal::ForFull { max, .. } => {
            format!("未对“{name}”标记赞成：您已赞成 {max} 项。请先更改其中一项，再重新标记。")
        }
        Refusal::NoPoints { .. } => {
            format!("未能给“{name}”加分：您的分数已全部分完。请先从其他选项减去一些。")
        }
    },
    news: |news, name| match news {
        News::Points { points, .. } => format!("“{name}”：{points} 分"),
        News::Place { place, of, .. } => format!("“{name}”现排第 {place} 位，共 {of} 位"),
        News::Removed { .. } => format!("“{name}”已移出排序"),
    },
    columns: ["赞成", "反对", "弃权"],
    abstain_rest: "其余各项均弃权",
    row_open: "尚未标记",
    points: |points| format!("{points} 分"),
    points_range: |max| format!("只能填 0 至 {max} 的整数"),
    less: |name| format!("给“{name}”减 1 分"),
    more: |name| format!("给“{name}”加 1 分"),
    order: |placed, of| format!("您的排序：共 {of} 项，已排 {placed} 项"),
    order_empty: "尚未排序。请先在下方选出您的首选。",
    order_help: "如需调整顺序，可按住 ≡ 拖动，或使用箭头按钮；按 × 可移出排序。",
    pool: "尚未排序的选项，请选下一位",
    place_next: |place| format!("排在第 {place} 位"),
    handle: |name, place| format!("“{name}”，第 {place} 位：可拖动，或按上下方向键移动"),
    up: |name, place| format!("将“{name}”上移至第 {place} 位"),
    down: |name, place| format!("将“{name}”下移至第 {place} 位"),
    first: |name| format!("上移：“{name}”已在首位"),
    last: |name| format!("下移：“{name}”已在末位"),
    remove: |name| format!("将“{name}”移出排序"),
    colon: "：",
    nothing: "未作选择",
    blank: "空白票",
    problem,
};

fn rule(method: &Method, options: usize) -> String {
    match method {
        Method::ChooseOne => "请选择一项。".to_owned(),
        Method::Choose { min, max } => {
            let everything = usize::from(*max) >= options;
            match (min, max) {
                (min, max) if min == max => format!("请选择 {max} 项，不多不少。"),
                (0, _) if everything => "选几项都可以。".to_owned(),
                (0, max) => format!("最多可选 {max} 项。"),
                (min, _) if everything => format!("请至少选择 {min} 项。"),
                (min, max) => format!("请选择 {min} 至 {max} 项。"),
            }
        }
        Method::Score { max } => {
            let whom = if options == 1 { "" } else { "给每个选项" };
            format!("请{whom}打 0 至 {max} 分，{max} 分为最好。留空计 0 分。")
        }
        Method::Cumulative { points } => {
            format!("您共有 {points} 分，可任意分给各个选项，分数越高越支持。不必用完，留空计 0 分。")
        }
        Method::ForAgainstAbstain { max_for } if usize::from(*max_for) < options => {
            format!("请对每一项表示赞成、反对或弃权。最多可赞成 {max_for} 项。")
        }
        Method::ForAgainstAbstain { .. } => "请对每一项表示赞成、反对或弃权。".to_owned(),
        Method::Grades { .. } => "请给每个选项评一个等级。不同选项可以评为同一等级。".to_owned(),
        Method::Rank => "请为所有选项排序，您最支持的排在最前。".to_owned(),
    }
}

fn chosen(count: Count) -> String {
    let Count { chosen, min, max, .. } = count;
    if count.is_full() {
        format!("已选 {chosen} 项，最多 {max} 项；如要改选，请先取消一项")
    } else if chosen < min && min == max {
        format!("已选 {chosen} 项，须选 {max} 项")
    } else if chosen < min {
        format!("已选 {chosen} 项，至少须选 {min} 项")
    } else {
        format!("已选 {chosen} 项，最多 {max} 项")
    }
}

fn points_left(spent: u64, most: u32) -> String {
    let most = u64::from(most);
    match spent {
        spent if spent > most => format!("超出 {} 分，请减去一些", spent - most),
        spent if spent == most => "分数已用完；如要再加分，请先减去一些".to_owned(),
        spent => format!("还剩 {} 分", most - spent),
    }
}

fn list(options: &[usize], contest: &Contest) -> String {
    let (names, more) = listed(options, contest, Language::Chinese);
    let names: String = names.iter().map(|name| format!("“{name}”")).collect();
    match more {
        0 => names,
        more => format!("{names}及另外 {more} 项"),
    }
}

fn problem(problem: &Incomplete, contest: &Contest) -> String {
    let or_blank = match &contest.blank {
        Some(blank) => format!("，或选“{}”", plain(blank, Language::Chinese)),
        None => String::new(),
    };
    let option = |option: &usize| name(*option, contest, Language::Chinese);
    match problem {
        Incomplete::NothingChosen => {
            let act = match contest.method {
                Method::ChooseOne => "请选择一项",
                Method::Choose { .. } => "请选择",
                Method::Score { .. } | Method::Cumulative { .. } => "请打分",
                Method::ForAgainstAbstain { .. } => "请标记每一项",
                Method::Grades { .. } => "请给每个选项评一个等级",
                Method::Rank => "请为所有选项排序",
            };
            format!("{act}{or_blank}。")
        }
        Incomplete::TooFew { chosen, min } => format!("您已选 {chosen} 项。请至少选择 {min} 项{or_blank}。"),
        Incomplete::TooMany { chosen, max } => {
            format!("您已选 {chosen} 项，最多只能选 {max} 项。请取消 {} 项。", chosen.saturating_sub(*max))
        }
        Incomplete::PointsUnreadable { option: at, max } => {
            format!("“{}”的分数须为 0 至 {max} 的整数。", option(at))
        }
        Incomplete::PointsTooMany { option: at, max } => format!("“{}”最多可得 {max} 分。", option(at)),
        Incomplete::PointsOver { spent, points } => format!(
            "您已分出 {spent} 分，但总共只有 {points} 分。请减去 {} 分。",
            spent.saturating_sub(u64::from(*points))
        ),
        Incomplete::TooManyFor { chosen, max } => {
            format!(
                "您已赞成 {chosen} 项，最多只能赞成 {max} 项。请更改 {} 项。",
                chosen.saturating_sub(*max)
            )
        }
        Incomplete::RowsOpen { options } => format!("尚未标记：{}。", list(options, contest)),
        Incomplete::NotRanked { options } => {
            format!("所有选项都须排序。尚未排序：{}。", list(options, contest))
        }
        Incomplete::Rules(_) => "这些标记不符合本次选举的规则。请重新载入页面，从头开始。".to_owned(),
    }
}

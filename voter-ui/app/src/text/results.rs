//! Results: what was decided, why, and by whom it was counted.

use tabella_crypto::outcome::{Fraction, Requirement};
use tabella_tally::result::Unit;

use crate::language::{Language, Texts};
use crate::pages::results::Part;

mod paper;
mod rules;
mod verdict;

pub(crate) use paper::Paper;
pub(crate) use verdict::Decision;

/// The texts.
pub(crate) struct Counting {
    pub(crate) title: &'static str,
    pub(crate) told: &'static str,
    pub(crate) told_newer: &'static str,
    pub(crate) checked_words: &'static str,
    pub(crate) contradicted: &'static str,
    pub(crate) contradicted_words: &'static str,
    pub(crate) check_all: &'static str,
    pub(crate) not_begun: &'static str,
    pub(crate) opens: &'static str,
    pub(crate) voting: &'static str,
    pub(crate) closes: &'static str,
    pub(crate) counting: &'static str,
    /// Trustees that must still help.
    pub(crate) missing: fn(usize) -> String,
    pub(crate) by_itself: &'static str,
    pub(crate) turnout: &'static str,
    pub(crate) turnout_hidden: &'static str,
    pub(crate) voted: &'static str,
    pub(crate) voters: &'static str,
    pub(crate) cast: &'static str,
    pub(crate) tested: &'static str,
    /// A part, the whole, the share.
    pub(crate) of: fn(&str, &str, &str) -> String,
    pub(crate) questions: &'static str,
    pub(crate) question: &'static str,
    pub(crate) list: fn(&[String]) -> String,
    pub(crate) verdict: fn(&Decision) -> String,
    pub(crate) fraction: fn(Fraction) -> String,
    /// The least turnout, weight that took part, weight on the roll, their share, whether that is enough.
    pub(crate) quorum: fn(&str, &str, &str, &str, bool) -> String,
    /// A requirement, what it counts, who meets it.
    pub(crate) requirement: fn(&Requirement, Unit, Option<&str>) -> String,
    pub(crate) chart: fn(&str) -> String,
    pub(crate) middle: &'static str,
    pub(crate) figures: &'static str,
    pub(crate) option: &'static str,
    pub(crate) votes: &'static str,
    pub(crate) share: &'static str,
    pub(crate) share_for: &'static str,
    pub(crate) share_points: &'static str,
    pub(crate) points: &'static str,
    pub(crate) average: &'static str,
    pub(crate) median: &'static str,
    pub(crate) borda: &'static str,
    pub(crate) borda_words: &'static str,
    pub(crate) positions: &'static str,
    /// A place in a ranking, from 1.
    pub(crate) position: fn(usize) -> String,
    pub(crate) for_against_abstain: [&'static str; 3],
    pub(crate) unit: fn(Unit) -> &'static str,
    pub(crate) place: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) is_chosen: &'static str,
    pub(crate) is_accepted: &'static str,
    pub(crate) is_tied: &'static str,
    pub(crate) is_not_chosen: &'static str,
    pub(crate) took_part: &'static str,
    pub(crate) took_part_weighted: &'static str,
    pub(crate) blank: &'static str,
    pub(crate) weighted: &'static str,
    pub(crate) who: &'static str,
    pub(crate) waiting_for: &'static str,
    /// Trustees that must act together, and all.
    pub(crate) threshold: fn(u8, usize) -> String,
    /// A trustee's part, and whether everything is counted.
    pub(crate) trustee: fn(&Part, bool) -> String,
    pub(crate) downloads: &'static str,
    pub(crate) certificate: &'static str,
    pub(crate) csv: &'static str,
    pub(crate) json: &'static str,
    pub(crate) record: &'static str,
    pub(crate) record_words: &'static str,
}

impl Texts for Counting {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &EN,
            Language::Chinese => &ZH,
        }
    }
}

static EN: Counting = Counting {
    title: "Results",
    told: "These figures come from the server. You need not believe them: this device can count everything itself.",
    told_newer: "What this device checked before agrees with these figures, but the count has gone on since. Check again to be sure of all of it.",
    checked_words: "This device has checked every ballot and the whole count, and found these very figures.",
    contradicted: "Stop: the server now tells other figures than the record that this device checked",
    contradicted_words: "Below stand the figures that this device found itself. The server tells something else. Do not trust it; tell the election office and other observers.",
    check_all: "Recount it on this device",
    not_begun: "Voting has not begun",
    opens: "It opens on",
    voting: "Voting is under way",
    closes: "Nobody can know a result before voting closes on",
    counting: "Voting is over. The count is not finished",
    missing: |missing| match missing {
        0 => "Enough trustees have helped. The result appears in a moment.".to_owned(),
        1 => "1 more trustee must help to open the totals. Single ballots are never opened.".to_owned(),
        _ => {
            format!("{missing} more trustees must help to open the totals. Single ballots are never opened.")
        }
    },
    by_itself: "News appears here by itself.",
    turnout: "Turnout",
    turnout_hidden: "How many have voted is shown when voting has closed.",
    voted: "Voters who voted",
    voters: "Voters on the list",
    cast: "Ballots cast, with replaced ones",
    tested: "Test ballots, never counted",
    of: |part, whole, share| match share {
        "" => format!("{part} of {whole}"),
        _ => format!("{part} of {whole} ({share})"),
    },
    questions: "Questions",
    question: "The question",
    list: |names| rules::listed(names, ", ", " and "),
    verdict: verdict::english,
    fraction: rules::fraction_en,
    quorum: |least, counted, roll, share, reached| {
        let found = if reached { "reached" } else { "not reached" };
        let share = if share.is_empty() { String::new() } else { format!(" ({share})") };
        format!(
            "At least {least} of all possible votes must be cast: {counted} of {roll} were{share}. Quorum {found}."
        )
    },
    requirement: rules::requirement_en,
    chart: |title| format!("Bar chart: {title}. The same figures stand in the table below."),
    middle: "The line in the middle stands in the median grade.",
    figures: "Figures",
    option: "Option",
    votes: "Votes",
    share: "Share",
    share_for: "Share for",
    share_points: "Of the most possible",
    points: "Points",
    average: "Average per ballot",
    median: "Median grade",
    borda: "Points for places",
    borda_words: "Points for places (Borda count): the last place gives 0 points, and each better place one more. The option with the most points is first.",
    positions: "How often each option stands at each place",
    position: |place| format!("Place {place}"),
    for_against_abstain: ["For", "Against", "Abstain"],
    unit: |unit| match unit {
        Unit::Votes => "Votes",
        Unit::Points => "Points",
        Unit::VotesFor => "For",
        Unit::BordaPoints => "Points for places",
        Unit::BetterGrades => "Above the worst grade",
    },
    place: "Place",
    outcome: "Outcome",
    is_chosen: "✓\u{a0}chosen",
    is_accepted: "✓\u{a0}accepted",
    is_tied: "=\u{a0}tied",
    is_not_chosen: "–",
    took_part: "Votes cast on this question",
    took_part_weighted: "Votes cast on this question, with their weights",
    blank: "Blank votes",
    weighted: "In this election some votes weigh more than others. All figures count each vote with its weight.",
    who: "Who opened the totals",
    waiting_for: "Whom the count waits for",
    threshold: |threshold, all| match (usize::from(threshold), all) {
        (1, 1) => "One trustee keeps the key of this election.".to_owned(),
        (needed, all) if needed == all => {
            format!("All {all} trustees had to act together. None of them can open a ballot alone.")
        }
        (needed, all) => format!("{needed} of {all} trustees are enough, and fewer can open nothing."),
    },
    trustee: |part, is_counted| match (part.opened, part.of) {
        (0, _) if is_counted => "did not have to help".to_owned(),
        (0, _) if part.stated => "has confirmed the public record, has not helped to open yet".to_owned(),
        (0, _) => "has done nothing yet".to_owned(),
        (1, 1) => "has helped to open the totals".to_owned(),
        (opened, of) if opened >= of => "has helped to open the totals of all questions".to_owned(),
        (opened, of) => format!("has helped to open {opened} of {of} questions"),
    },
    downloads: "Take the result with you",
    certificate: "Certificate for printing",
    csv: "Table (CSV)",
    json: "For programs (JSON)",
    record: "Public record",
    record_words: "Everything that the result follows from stands on the public record, where you can read and download it:",
};

static ZH: Counting = Counting {
    title: "结果",
    told: "以下数字由服务器提供。您不必相信它：本设备可以自行完成全部计票。",
    told_newer: "本设备此前核查的内容与这些数字一致，但此后计票又有进展。请再次核查以确认全部内容。",
    checked_words: "本设备已核查每一张选票和整个计票过程，所得数字与此完全相同。",
    contradicted: "请注意：服务器现在给出的数字与本设备核查过的记录不符",
    contradicted_words: "下面显示的是本设备自行算出的数字，而服务器给出的数字与此不同。请不要相信服务器，并告知选举办公室和其他观察者。",
    check_all: "在本设备上重新计票",
    not_begun: "投票尚未开始",
    opens: "开始时间：",
    voting: "投票正在进行",
    closes: "投票结束之前，任何人都无法得知结果。结束时间：",
    counting: "投票已结束，计票尚未完成",
    missing: |missing| match missing {
        0 => "参与的受托人已经足够，结果即将公布。".to_owned(),
        _ => format!("还需要 {missing} 位受托人参与，才能解密总数。单张选票永远不会被解密。"),
    },
    by_itself: "如有进展，本页会自动更新。",
    turnout: "投票率",
    turnout_hidden: "投票结束后才会公布投票人数。",
    voted: "已投票人数",
    voters: "名册上的选民",
    cast: "投出的选票（含被替换的）",
    tested: "测试选票（不计票）",
    of: |part, whole, share| match share {
        "" => format!("{part} / {whole}"),
        _ => format!("{part} / {whole}（{share}）"),
    },
    questions: "各题结果",
    question: "题目",
    list: |names| rules::listed(names, "、", "、"),
    verdict: verdict::chinese,
    fraction: rules::fraction_zh,
    quorum: |least, counted, roll, share, reached| {
        let found = if reached { "已达到" } else { "未达到" };
        let share = if share.is_empty() { String::new() } else { format!("（{share}）") };
        format!("最低投票率为 {least}：{roll} 票中实际投出 {counted} 票{share}，{found}要求。")
    },
    requirement: rules::requirement_zh,
    chart: |title| format!("条形图：{title}。下方表格列有相同的数字。"),
    middle: "中线所在的等级即为中位等级。",
    figures: "数据",
    option: "选项",
    votes: "票数",
    share: "得票率",
    share_for: "赞成率",
    share_points: "占最高可能得分",
    points: "分数",
    average: "每票平均分",
    median: "中位等级",
    borda: "名次得分",
    borda_words: "名次得分（波达计数法）：末位得 0 分，每前进一位多得 1 分，总分最高者排第一。",
    positions: "各选项位列各名次的次数",
    position: |place| format!("第 {place} 位"),
    for_against_abstain: ["赞成", "反对", "弃权"],
    unit: |unit| match unit {
        Unit::Votes => "票数",
        Unit::Points => "分数",
        Unit::VotesFor => "赞成票",
        Unit::BordaPoints => "名次得分",
        Unit::BetterGrades => "高于最低等级",
    },
    place: "名次",
    outcome: "结果",
    is_chosen: "✓\u{a0}获选",
    is_accepted: "✓\u{a0}通过",
    is_tied: "=\u{a0}并列",
    is_not_chosen: "–",
    took_part: "本题投票数",
    took_part_weighted: "本题投票数（计入权重）",
    blank: "空白票",
    weighted: "本次选举中，部分选票的权重较大。所有数字均已计入每票的权重。",
    who: "参与解密总数的受托人",
    waiting_for: "计票进展",
    threshold: |threshold, all| match (usize::from(threshold), all) {
        (1, 1) => "本次选举的密钥由一位受托人保管。".to_owned(),
        (needed, all) if needed == all => {
            format!("须由全部 {all} 位受托人共同参与，任何一位都无法单独解密选票。")
        }
        (needed, all) => format!("{all} 位受托人中须有 {needed} 位共同参与，少于此数则无法解密任何内容。"),
    },
    trustee: |part, is_counted| match (part.opened, part.of) {
        (0, _) if is_counted => "无需参与".to_owned(),
        (0, _) if part.stated => "已确认公开记录，尚未参与解密".to_owned(),
        (0, _) => "尚未参与".to_owned(),
        (1, 1) => "已参与解密总数".to_owned(),
        (opened, of) if opened >= of => "已参与解密所有题目的总数".to_owned(),
        (opened, of) => format!("已参与解密 {of} 题中的 {opened} 题"),
    },
    downloads: "保存结果",
    certificate: "可打印的结果证书",
    csv: "表格（CSV）",
    json: "供程序使用（JSON）",
    record: "公开记录",
    record_words: "得出结果所依据的全部内容都在公开记录中，您可以查阅和下载：",
};

//! The rules of a contest in words: how it is marked, and what its totals mean.

use tabella_crypto::manifest::Contest;
use tabella_crypto::outcome::{Base, Fraction, OutcomeRule, Requirement, Ties};
use tabella_crypto::rules::Method;

use crate::language::{Language, plain};

/// How a contest is marked, as a sentence without its full stop: "Choose up to 3 of 8".
pub(crate) fn method_words(contest: &Contest, language: Language) -> String {
    match language {
        Language::English => method_en(contest),
        Language::Chinese => method_zh(contest),
    }
}

/// What it means to choose nothing in a contest without an explicit blank vote; there it is only allowed where options
/// are chosen or given points freely.
pub(crate) fn nothing_words(contest: &Contest, language: Language) -> &'static str {
    match (&contest.method, language) {
        (Method::Choose { .. }, Language::English) => {
            "You can also choose nothing. Your ballot then counts as cast, with no vote for any option."
        }
        (Method::Choose { .. }, Language::Chinese) => {
            "也可以什么都不选：您的选票仍算投出，但不给任何选项投票。"
        }
        (Method::Score { .. }, Language::English) => "An option that you leave empty gets 0 points.",
        (Method::Score { .. }, Language::Chinese) => "留空的选项计 0 分。",
        (Method::Cumulative { .. }, Language::English) => "You can also give fewer points, or none.",
        (Method::Cumulative { .. }, Language::Chinese) => "也可以少给分，或者不给分。",
        (_, _) => "",
    }
}

/// What the totals of a contest mean, as sentences: who wins, what winners must reach, quorum, ties.
pub(crate) fn outcome_words(contest: &Contest, language: Language) -> Vec<String> {
    let rule = &contest.outcome;
    let needs = rule.requirements.iter().map(|requirement| match language {
        Language::English => requirement_en(contest, requirement),
        Language::Chinese => requirement_zh(contest, requirement),
    });
    let mut sentences = vec![match language {
        Language::English => winners_en(contest),
        Language::Chinese => winners_zh(contest),
    }];
    sentences.extend(needs);
    sentences.extend(rule.quorum.map(|least| match language {
        Language::English => quorum_en(least),
        Language::Chinese => quorum_zh(least),
    }));
    sentences.push(match language {
        Language::English => ties_en(rule).to_owned(),
        Language::Chinese => ties_zh(rule).to_owned(),
    });
    sentences
}

fn method_en(contest: &Contest) -> String {
    let options = contest.options.len();
    match contest.method {
        Method::ChooseOne => format!("Choose one of {options}"),
        Method::Choose { min: 0, max } if usize::from(max) == options => {
            format!("Choose as many of the {options} as you like")
        }
        Method::Choose { min: 0, max } => format!("Choose up to {max} of {options}"),
        Method::Choose { min, max } if min == max => format!("Choose exactly {max} of {options}"),
        Method::Choose { min, max } => format!("Choose {min} to {max} of {options}"),
        Method::Score { max } if options == 1 => format!("Give 0 to {max} points"),
        Method::Score { max } => format!("Give each of the {options} options 0 to {max} points"),
        Method::Cumulative { points } if options == 1 => format!("Give up to {points} points"),
        Method::Cumulative { points: 1 } => format!("Give 1 point to one of the {options} options"),
        Method::Cumulative { points } => {
            format!("Spread up to {points} points over the {options} options, as you like")
        }
        Method::ForAgainstAbstain { .. } if options == 1 => "Say for, against or abstain".to_owned(),
        Method::ForAgainstAbstain { max_for } if usize::from(max_for) == options => {
            format!("For each of the {options}: say for, against or abstain")
        }
        Method::ForAgainstAbstain { max_for } => {
            format!("For each of the {options}: say for, against or abstain; for at most {max_for} of them")
        }
        Method::Grades { grades } if options == 1 => format!("Give one of {grades} grades"),
        Method::Grades { grades } => format!("Give each of the {options} options one of {grades} grades"),
        Method::Rank => format!("Put all {options} options in order, the best first"),
    }
}

fn method_zh(contest: &Contest) -> String {
    let options = contest.options.len();
    match contest.method {
        Method::ChooseOne => format!("从 {options} 项中选择一项"),
        Method::Choose { min: 0, max } if usize::from(max) == options => {
            format!("从 {options} 项中任意选择，数量不限")
        }
        Method::Choose { min: 0, max } => format!("从 {options} 项中最多选择 {max} 项"),
        Method::Choose { min, max } if min == max => format!("从 {options} 项中选择 {max} 项，不多不少"),
        Method::Choose { min, max } => format!("从 {options} 项中选择 {min} 至 {max} 项"),
        Method::Score { max } if options == 1 => format!("打 0 至 {max} 分"),
        Method::Score { max } => format!("为 {options} 个选项分别打分，每项 0 至 {max} 分"),
        Method::Cumulative { points } if options == 1 => format!("最多给 {points} 分"),
        Method::Cumulative { points: 1 } => format!("把 1 分投给 {options} 个选项中的一个"),
        Method::Cumulative { points } => format!("把最多 {points} 分自由分配给 {options} 个选项"),
        Method::ForAgainstAbstain { .. } if options == 1 => "表示赞成、反对或弃权".to_owned(),
        Method::ForAgainstAbstain { max_for } if usize::from(max_for) == options => {
            format!("对 {options} 项逐一表示赞成、反对或弃权")
        }
        Method::ForAgainstAbstain { max_for } => {
            format!("对 {options} 项逐一表示赞成、反对或弃权，最多赞成 {max_for} 项")
        }
        Method::Grades { grades } if options == 1 => format!("评定等级，共 {grades} 个等级"),
        Method::Grades { grades } => format!("为 {options} 个选项分别评级，共 {grades} 个等级"),
        Method::Rank => format!("为全部 {options} 个选项排序，最好的排在最前"),
    }
}

fn winners_en(contest: &Contest) -> String {
    let most = match contest.method {
        Method::ChooseOne | Method::Choose { .. } => "the most votes",
        Method::Score { .. } | Method::Cumulative { .. } => "the most points",
        Method::ForAgainstAbstain { .. } => "the most votes for",
        Method::Grades { .. } => "the best middle grade (half of the ballots grade at least as well)",
        Method::Rank => "the most ranking points (a place gives a point for each option behind it)",
    };
    match contest.outcome.seats {
        1 => format!("The option with {most} wins."),
        seats => format!("The {seats} options with {most} win."),
    }
}

fn winners_zh(contest: &Contest) -> String {
    let most = match contest.method {
        Method::ChooseOne | Method::Choose { .. } => "得票最多",
        Method::Score { .. } | Method::Cumulative { .. } => "得分最多",
        Method::ForAgainstAbstain { .. } => "赞成票最多",
        Method::Grades { .. } => "中位等级最高（半数选票给出的等级不低于它）",
        Method::Rank => "排名积分最多（每排在一个选项之前得一分）",
    };
    match contest.outcome.seats {
        1 => format!("{most}的选项胜出。"),
        seats => format!("{most}的 {seats} 个选项胜出。"),
    }
}

fn requirement_en(contest: &Contest, requirement: &Requirement) -> String {
    let Requirement { fraction, of, more_than } = *requirement;
    let amount = format!("{} {}", if more_than { "more than" } else { "at least" }, fraction_en(fraction));
    let ballots = match of {
        Base::Valid if contest.blank.is_some() => "the ballots that are not blank",
        // without a blank vote no ballot is blank
        Base::Valid | Base::Counted => "all ballots with this question",
        Base::Roll => "everyone on the roll who has this question",
        Base::ForAndAgainst => {
            return format!("Of the votes for and against a winner, {amount} must be for.");
        }
    };
    match contest.method {
        Method::ChooseOne | Method::Choose { .. } => {
            format!("A winner must be chosen by {amount} of {ballots}.")
        }
        Method::ForAgainstAbstain { .. } => {
            format!("A winner needs the votes for of {amount} of {ballots}.")
        }
        Method::Grades { .. } => {
            let worst = contest.grades.last().map_or("", |grade| grade.in_language("en"));
            format!("A winner must be graded better than “{worst}” by {amount} of {ballots}.")
        }
        Method::Score { max: most } | Method::Cumulative { points: most } => {
            format!("A winner needs {amount} of the points that {ballots} could give it, {most} each.")
        }
        Method::Rank => {
            format!(
                "A winner needs {amount} of the ranking points that first places on {ballots} would give."
            )
        }
    }
}

fn requirement_zh(contest: &Contest, requirement: &Requirement) -> String {
    let Requirement { fraction, of, more_than } = *requirement;
    let amount = format!("{}{}", if more_than { "超过" } else { "至少" }, fraction_zh(fraction));
    let ballots = match of {
        Base::Valid if contest.blank.is_some() => "非空白选票",
        Base::Valid | Base::Counted => "含此题的全部选票",
        Base::Roll => "名册上可投此题的全体选民",
        Base::ForAndAgainst => {
            return format!("在赞成票与反对票之和中，胜出者的赞成票须占{amount}。");
        }
    };
    match contest.method {
        Method::ChooseOne | Method::Choose { .. } => format!("胜出者的得票须占{ballots}的{amount}。"),
        Method::ForAgainstAbstain { .. } => format!("胜出者的赞成票须占{ballots}的{amount}。"),
        Method::Grades { .. } => {
            let worst = contest.grades.last().map(|grade| plain(grade, Language::Chinese));
            format!("{ballots}中须有{amount}给胜出者的等级高于“{}”。", worst.unwrap_or_default())
        }
        Method::Score { max: most } | Method::Cumulative { points: most } => {
            format!("胜出者的得分须达到{ballots}最多可给分数（每张 {most} 分）的{amount}。")
        }
        Method::Rank => format!("胜出者的积分须达到在{ballots}上全部排名第一时积分的{amount}。"),
    }
}

fn quorum_en(least: Fraction) -> String {
    format!("Turnout must be at least {} of the roll; otherwise nothing is decided.", fraction_en(least))
}

fn quorum_zh(least: Fraction) -> String {
    format!("投票率须至少达到名册的{}，否则不产生结果。", fraction_zh(least))
}

fn ties_en(rule: &OutcomeRule) -> &'static str {
    match (rule.ties, rule.seats) {
        (Ties::Undecided, 1) => {
            "If several options are equally good, the count does not decide between them: whoever the law names does."
        }
        (Ties::ListOrder, 1) => {
            "If several options are equally good, the one that stands first on the list wins."
        }
        (Ties::Undecided, _) => "A tie for the last place is left open, for whoever the law names to decide.",
        (Ties::ListOrder, _) => "In a tie for the last place, the option that stands first on the list wins.",
    }
}

fn ties_zh(rule: &OutcomeRule) -> &'static str {
    match (rule.ties, rule.seats) {
        (Ties::Undecided, 1) => "如有选项并列第一，则计票不作决定，留待法定人员裁定。",
        (Ties::ListOrder, 1) => "如有选项并列第一，则名单中排列在前者胜出。",
        (Ties::Undecided, _) => "如最后名次票数相同，则不作决定，留待法定人员裁定。",
        (Ties::ListOrder, _) => "如最后名次票数相同，则名单中排列在前者胜出。",
    }
}

fn fraction_en(fraction: Fraction) -> String {
    match (fraction.numerator, fraction.denominator) {
        (1, 2) => "half".to_owned(),
        (1, 3) => "a third".to_owned(),
        (2, 3) => "two thirds".to_owned(),
        (1, 4) => "a quarter".to_owned(),
        (3, 4) => "three quarters".to_owned(),
        (1, 5) => "a fifth".to_owned(),
        (1, 10) => "a tenth".to_owned(),
        (numerator, 100) => format!("{numerator}%"),
        (numerator, denominator) => format!("{numerator}/{denominator}"),
    }
}

fn fraction_zh(fraction: Fraction) -> String {
    match (fraction.numerator, fraction.denominator) {
        (1, 2) => "半数".to_owned(),
        (1, 3) => "三分之一".to_owned(),
        (2, 3) => "三分之二".to_owned(),
        (1, 4) => "四分之一".to_owned(),
        (3, 4) => "四分之三".to_owned(),
        (1, 5) => "五分之一".to_owned(),
        (1, 10) => "十分之一".to_owned(),
        (numerator, 100) => format!(" {numerator}%"),
        (numerator, denominator) => format!(" {numerator}/{denominator}"),
    }
}

#[cfg(test)]
mod tests {
    use tabella_crypto::text::Text;

    use super::*;

    fn text(words: &str) -> Text {
        Text::new(vec![("en".to_owned(), words.to_owned())]).unwrap()
    }

    fn contest(method: Method, options: usize) -> Contest {
        Contest {
            title: text("contest"),
            description: None,
            options: (0..options).map(|option| text(&format!("option {option}"))).collect(),
            grades: vec![text("Good"), text("To reject")],
            method,
            blank: None,
            shuffle: false,
            outcome: OutcomeRule { seats: 1, quorum: None, requirements: vec![], ties: Ties::Undecided },
        }
    }

    #[test]
    fn limits_of_a_choice_are_said_as_people_say_them() {
        let cases = [
            (0, 3, "Choose up to 3 of 8", "从 8 项中最多选择 3 项"),
            (0, 8, "Choose as many of the 8 as you like", "从 8 项中任意选择，数量不限"),
            (2, 2, "Choose exactly 2 of 8", "从 8 项中选择 2 项，不多不少"),
            (1, 3, "Choose 1 to 3 of 8", "从 8 项中选择 1 至 3 项"),
        ];
        for (min, max, english, chinese) in cases {
            let contest = contest(Method::Choose { min, max }, 8);
            assert_eq!(method_words(&contest, Language::English), english);
            assert_eq!(method_words(&contest, Language::Chinese), chinese);
        }
    }

    #[test]
    fn a_single_option_is_not_counted() {
        let single = |method| method_words(&contest(method, 1), Language::English);
        assert_eq!(single(Method::Score { max: 10 }), "Give 0 to 10 points");
        assert_eq!(single(Method::ForAgainstAbstain { max_for: 1 }), "Say for, against or abstain");
    }

    #[test]
    fn a_limit_of_votes_for_is_said_only_where_it_limits() {
        let limited = contest(Method::ForAgainstAbstain { max_for: 2 }, 5);
        assert!(method_words(&limited, Language::English).ends_with("for at most 2 of them"));
        let free = contest(Method::ForAgainstAbstain { max_for: 5 }, 5);
        assert!(!method_words(&free, Language::English).contains("at most"));
    }

    #[test]
    fn outcome_names_seats_requirement_quorum_and_ties_in_this_order() {
        let mut contest = contest(Method::ChooseOne, 4);
        contest.blank = Some(text("Blank vote"));
        let half = Fraction { numerator: 1, denominator: 2 };
        contest.outcome = OutcomeRule {
            seats: 2,
            quorum: Some(Fraction { numerator: 1, denominator: 4 }),
            requirements: vec![Requirement { fraction: half, of: Base::Valid, more_than: true }],
            ties: Ties::ListOrder,
        };
        assert_eq!(
            outcome_words(&contest, Language::English),
            [
                "The 2 options with the most votes win.",
                "A winner must be chosen by more than half of the ballots that are not blank.",
                "Turnout must be at least a quarter of the roll; otherwise nothing is decided.",
                "In a tie for the last place, the option that stands first on the list wins.",
            ]
        );
    }

    #[test]
    fn where_one_wins_a_tie_is_not_for_the_last_place() {
        let contest = contest(Method::ChooseOne, 4);
        let last = |language| outcome_words(&contest, language).pop().unwrap();
        assert!(
            last(Language::English).starts_with("If several options are equally good, the count does not")
        );
        assert!(last(Language::Chinese).starts_with("如有选项并列第一"));
    }

    #[test]
    fn where_there_is_no_blank_vote_no_ballot_is_called_blank() {
        for method in
            [Method::Choose { min: 0, max: 2 }, Method::Score { max: 10 }, Method::Cumulative { points: 5 }]
        {
            assert!(method.allows_nothing());
            let mut contest = contest(method, 3);
            let half = Fraction { numerator: 1, denominator: 2 };
            contest.outcome.requirements =
                vec![Requirement { fraction: half, of: Base::Valid, more_than: true }];
            let words = outcome_words(&contest, Language::English).join(" ");
            assert!(words.contains("all ballots with this question"), "{words}");
            for (language, blank) in [(Language::English, "blank"), (Language::Chinese, "空白")] {
                let nothing = nothing_words(&contest, language);
                assert!(!nothing.is_empty() && !nothing.contains(blank), "{nothing}");
                assert!(!outcome_words(&contest, language).concat().contains(blank));
            }
        }
    }

    #[test]
    fn a_requirement_on_grades_names_the_worst_grade() {
        let grades = contest(Method::Grades { grades: 2 }, 3);
        let all = Fraction { numerator: 2, denominator: 3 };
        let requirement = Requirement { fraction: all, of: Base::Counted, more_than: false };
        let words = requirement_en(&grades, &requirement);
        assert_eq!(
            words,
            "A winner must be graded better than “To reject” by at least two thirds of all ballots with this question."
        );
    }
}

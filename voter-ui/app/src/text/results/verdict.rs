//! What became of a contest, in a sentence or two.

use tabella_tally::result::{Unit, VerdictName};

/// What a verdict's sentences depend on.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    /// The verdict.
    pub(crate) verdict: VerdictName,
    /// Who is elected or what is accepted, in words; none if nobody and nothing.
    pub(crate) elected: Option<String>,
    /// Between whom there is a tie.
    pub(crate) tied: String,
    /// Seats that a tie leaves open.
    pub(crate) open: usize,
    /// Whether one option is chosen, rather than several.
    pub(crate) is_single: bool,
    /// Whether motions are accepted, rather than options chosen.
    pub(crate) is_adoption: bool,
    /// What options are compared by.
    pub(crate) unit: Unit,
    /// Whether others that qualify were left out because they have less.
    pub(crate) was_race: bool,
    /// Whether the contest has requirements.
    pub(crate) has_requirements: bool,
    /// Whether the order of the ballot decided between equal options.
    pub(crate) by_list_order: bool,
    /// Seats that stay empty.
    pub(crate) empty: usize,
    /// Fewest ballots of a group that is counted, in words; none if a group of one is.
    pub(crate) smallest_group: Option<String>,
}

/// In English.
pub(super) fn english(decision: &Decision) -> String {
    let elected = decision.elected.as_ref().map(|names| {
        if decision.is_adoption { format!("Accepted: {names}.") } else { format!("Chosen: {names}.") }
    });
    match decision.verdict {
        VerdictName::Open => "Not counted yet.".to_owned(),
        VerdictName::Withheld => match &decision.smallest_group {
            Some(smallest) => format!(
                "Not counted: nobody voted, or a group of voters has fewer than {smallest} ballots, so that figures could show how single people voted."
            ),
            None => "Not counted: nobody voted.".to_owned(),
        },
        VerdictName::NoQuorum => "Nothing is decided: too few took part.".to_owned(),
        VerdictName::NoneQualified if decision.is_adoption => {
            "Nothing is accepted: no option got enough support.".to_owned()
        }
        VerdictName::NoneQualified => "Nothing is decided: no option got enough support.".to_owned(),
        VerdictName::Tie => {
            let tied = &decision.tied;
            let tie = match decision.open {
                _ if decision.is_single => {
                    format!(
                        "A tie between {tied}: each has {}, and only one can be chosen.",
                        most_en(decision)
                    )
                }
                1 => format!("A tie for the last place between {tied}."),
                open => format!("A tie for the last {open} places between {tied}."),
            };
            let tie = format!(
                "{tie} The count does not decide between them: that is for whoever the rules of this election name."
            );
            elected.into_iter().chain([tie]).collect::<Vec<_>>().join(" ")
        }
        VerdictName::Decided => {
            let order = decision.by_list_order.then(|| {
                "Options that are equal were taken in the order of the ballot, as the rules say.".to_owned()
            });
            let empty = match decision.empty {
                0 => None,
                1 => Some("1 place stays empty: no other option got enough support.".to_owned()),
                empty => Some(format!("{empty} places stay empty: no other option got enough support.")),
            };
            let sentences = elected.into_iter().chain(reason_en(decision)).chain(order).chain(empty);
            sentences.collect::<Vec<_>>().join(" ")
        }
    }
}

fn most_en(decision: &Decision) -> &'static str {
    match decision.unit {
        Unit::Votes => "the most votes",
        Unit::VotesFor => "the most votes for",
        Unit::Points | Unit::BordaPoints => "the most points",
        Unit::BetterGrades => "the best grades",
    }
}

fn reason_en(decision: &Decision) -> Option<String> {
    let most = most_en(decision);
    match (decision.was_race, decision.has_requirements) {
        (true, true) => Some(format!("Reason: the requirements are met, with {most}.")),
        (true, false) => Some(format!("Reason: {most}.")),
        (false, true) => Some("Reason: the requirements are met.".to_owned()),
        (false, false) => None,
    }
}

/// In Chinese.
pub(super) fn chinese(decision: &Decision) -> String {
    let elected = decision.elected.as_ref().map(|names| {
        if decision.is_adoption { format!("通过：{names}。") } else { format!("获选：{names}。") }
    });
    match decision.verdict {
        VerdictName::Open => "尚未计票。".to_owned(),
        VerdictName::Withheld => match &decision.smallest_group {
            Some(smallest) => format!(
                "不予计票：无人投票，或某一选民分组的选票少于 {smallest} 张，公布数字可能泄露个人的选择。"
            ),
            None => "不予计票：无人投票。".to_owned(),
        },
        VerdictName::NoQuorum => "未形成结果：参与投票者不足。".to_owned(),
        VerdictName::NoneQualified if decision.is_adoption => "无一通过：没有选项获得足够支持。".to_owned(),
        VerdictName::NoneQualified => "未形成结果：没有选项获得足够支持。".to_owned(),
        VerdictName::Tie => {
            let tied = &decision.tied;
            let tie = match decision.is_single {
                true => format!("{tied}并列{}，而只能选出一项。", most_zh(decision)),
                false => format!("{tied}并列，争夺最后 {} 个名额。", decision.open),
            };
            let tie = format!("{tie}计票不在其间作出裁决，由选举规则指定者决定。");
            elected.into_iter().chain([tie]).collect()
        }
        VerdictName::Decided => {
            let order = decision.by_list_order.then(|| "票数相同者按选票上的顺序确定。".to_owned());
            let empty = (decision.empty > 0)
                .then(|| format!("另有 {} 个名额空缺：没有其他选项获得足够支持。", decision.empty));
            elected.into_iter().chain(reason_zh(decision)).chain(order).chain(empty).collect()
        }
    }
}

fn most_zh(decision: &Decision) -> &'static str {
    match decision.unit {
        Unit::Votes => "得票最多",
        Unit::VotesFor => "赞成票最多",
        Unit::Points | Unit::BordaPoints => "得分最高",
        Unit::BetterGrades => "评级最高",
    }
}

fn reason_zh(decision: &Decision) -> Option<String> {
    let most = most_zh(decision);
    match (decision.was_race, decision.has_requirements) {
        (true, true) => Some(format!("符合全部要求，且{most}。")),
        (true, false) => Some(format!("{most}。")),
        (false, true) => Some("符合全部要求。".to_owned()),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(verdict: VerdictName) -> Decision {
        Decision {
            verdict,
            elected: None,
            tied: String::new(),
            open: 0,
            is_single: false,
            is_adoption: false,
            unit: Unit::Votes,
            was_race: false,
            has_requirements: false,
            by_list_order: false,
            empty: 0,
            smallest_group: Some("10".to_owned()),
        }
    }

    #[test]
    fn a_winner_is_named_with_the_reason() {
        let winner =
            Decision { elected: Some("Emmy".to_owned()), was_race: true, ..decision(VerdictName::Decided) };
        assert_eq!(english(&winner), "Chosen: Emmy. Reason: the most votes.");
        assert_eq!(chinese(&winner), "获选：Emmy。得票最多。");
        let majority = Decision { has_requirements: true, ..winner.clone() };
        assert_eq!(
            english(&majority),
            "Chosen: Emmy. Reason: the requirements are met, with the most votes."
        );
        let motion = Decision { was_race: false, is_adoption: true, unit: Unit::VotesFor, ..majority };
        assert_eq!(english(&motion), "Accepted: Emmy. Reason: the requirements are met.");
        let alone = Decision { was_race: false, empty: 2, ..winner };
        assert_eq!(english(&alone), "Chosen: Emmy. 2 places stay empty: no other option got enough support.");
    }

    #[test]
    fn a_tie_says_between_whom_and_for_how_many_places() {
        let tie = Decision {
            elected: Some("Ada".to_owned()),
            tied: "Emmy and Grace".to_owned(),
            open: 1,
            ..decision(VerdictName::Tie)
        };
        assert!(english(&tie).starts_with("Chosen: Ada. A tie for the last place between Emmy and Grace."));
        assert!(chinese(&tie).contains("最后 1 个名额"));
        // where one is chosen there is no last place
        let single = Decision { elected: None, is_single: true, ..tie };
        assert!(english(&single).starts_with(
            "A tie between Emmy and Grace: each has the most votes, and only one can be chosen."
        ));
        assert!(chinese(&single).starts_with("Emmy and Grace并列得票最多，而只能选出一项。"));
    }

    #[test]
    fn no_verdict_is_without_words_in_either_language() {
        let verdicts = [
            VerdictName::Open,
            VerdictName::Withheld,
            VerdictName::NoQuorum,
            VerdictName::NoneQualified,
            VerdictName::Tie,
        ];
        for verdict in verdicts {
            let decision = decision(verdict);
            assert!(english(&decision).ends_with('.') && chinese(&decision).ends_with('。'), "{verdict:?}");
        }
        assert!(english(&decision(VerdictName::Withheld)).contains("fewer than 10 ballots"));
        let empty = Decision { smallest_group: None, ..decision(VerdictName::Withheld) };
        assert_eq!(english(&empty), "Not counted: nobody voted.");
    }
}

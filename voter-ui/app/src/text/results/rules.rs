//! How rules are put into words.

use tabella_crypto::outcome::{Base, Fraction, Requirement};
use tabella_tally::result::Unit;

/// Names one after the other, the last two joined by their own word.
pub(super) fn listed(names: &[String], comma: &str, and: &str) -> String {
    match names.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{}{and}{last}", before.join(comma)),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// A fraction in English words where there are some.
pub(super) fn fraction_en(fraction: Fraction) -> String {
    match (fraction.numerator, fraction.denominator) {
        (1, 2) => "half".to_owned(),
        (1, 3) => "a third".to_owned(),
        (2, 3) => "two thirds".to_owned(),
        (1, 4) => "a quarter".to_owned(),
        (3, 4) => "three quarters".to_owned(),
        (all, of) if all == of => "all".to_owned(),
        (part, 100) => format!("{part}%"),
        (part, of) => format!("{part}/{of}"),
    }
}

/// A fraction in Chinese.
pub(super) fn fraction_zh(fraction: Fraction) -> String {
    match (fraction.numerator, fraction.denominator) {
        (all, of) if all == of => "全部".to_owned(),
        (part, 100) => format!("{part}%"),
        (part, of) => format!("{part}/{of}"),
    }
}

/// A requirement and who meets it, in English.
pub(super) fn requirement_en(requirement: &Requirement, unit: Unit, by: Option<&str>) -> String {
    let least = if requirement.more_than { "more than" } else { "at least" };
    let amount = format!("{least} {}", fraction_en(requirement.fraction));
    let base = match requirement.of {
        Base::Valid => "the votes that are not blank",
        Base::Counted => "all votes cast on this question",
        Base::Roll => "all possible votes, whether cast or not",
        Base::ForAndAgainst => "the votes for and against it",
    };
    let needed = match unit {
        Unit::Votes | Unit::VotesFor => format!("{amount} of {base}"),
        Unit::Points | Unit::BordaPoints => format!("{amount} of the points that it could get from {base}"),
        Unit::BetterGrades => format!("a better grade than the worst one from {amount} of {base}"),
    };
    let met = by.map_or_else(|| "None does.".to_owned(), |names| format!("Reached by {names}."));
    format!("An option needs {needed}. {met}")
}

/// The same in Chinese.
pub(super) fn requirement_zh(requirement: &Requirement, unit: Unit, by: Option<&str>) -> String {
    let least = if requirement.more_than { "超过" } else { "至少达到" };
    let fraction = fraction_zh(requirement.fraction);
    let base = match requirement.of {
        Base::Valid => "非空白票",
        Base::Counted => "本题全部投票",
        Base::Roll => "全部可投票数（无论是否投出）",
        Base::ForAndAgainst => "该项赞成票与反对票之和",
    };
    let needed = match unit {
        Unit::Votes => format!("得票须{least}{base}的 {fraction}"),
        Unit::VotesFor => format!("赞成票须{least}{base}的 {fraction}"),
        Unit::Points | Unit::BordaPoints => format!("得分须{least}{base}可给出最高总分的 {fraction}"),
        Unit::BetterGrades => format!("给出高于最低等级的票须{least}{base}的 {fraction}"),
    };
    let met = by.map_or_else(|| "无一达到。".to_owned(), |names| format!("达到者：{names}。"));
    format!("{needed}。{met}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_each_language_does() {
        let names =
            |count| ["Ada", "Emmy", "Grace"].into_iter().take(count).map(str::to_owned).collect::<Vec<_>>();
        let list = |count| (listed(&names(count), ", ", " and "), listed(&names(count), "、", "、"));
        assert_eq!(list(0), (String::new(), String::new()));
        assert_eq!(list(1), ("Ada".to_owned(), "Ada".to_owned()));
        assert_eq!(list(2), ("Ada and Emmy".to_owned(), "Ada、Emmy".to_owned()));
        assert_eq!(list(3), ("Ada, Emmy and Grace".to_owned(), "Ada、Emmy、Grace".to_owned()));
    }

    #[test]
    fn a_requirement_says_how_much_of_what_and_who_reached_it() {
        let half = Fraction { numerator: 1, denominator: 2 };
        let majority = Requirement { fraction: half, of: Base::Valid, more_than: true };
        assert_eq!(
            requirement_en(&majority, Unit::Votes, Some("Emmy")),
            "An option needs more than half of the votes that are not blank. Reached by Emmy."
        );
        assert_eq!(requirement_zh(&majority, Unit::Votes, None), "得票须超过非空白票的 1/2。无一达到。");
        let roll = Requirement {
            fraction: Fraction { numerator: 25, denominator: 100 },
            of: Base::Roll,
            more_than: false,
        };
        assert!(requirement_en(&roll, Unit::VotesFor, None).starts_with("An option needs at least 25% of"));
        assert!(requirement_zh(&roll, Unit::VotesFor, None).contains("至少达到全部可投票数"));
    }
}

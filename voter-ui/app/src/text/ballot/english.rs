//! The ballot in English.

use tabella_crypto::manifest::Contest;
use tabella_crypto::rules::Method;
use tabella_web_shared::marks::Incomplete;

use super::{Ballot, Count, News, Refusal, listed, name};
use crate::language::{Language, plain};

pub(super) static BALLOT: Ballot = Ballot {
    rule,
    leave_blank: |blank| format!("If you do not want to choose, mark “{blank}” at the end."),
    leave_empty: "You may also leave this empty.",
    blank_instead: "You choose none of the options above.",
    blank_clears: "You say nothing about the options above. Any marks there are removed.",
    chosen,
    points_left,
    rows_marked: |marked, of| format!("{marked} of {of} marked"),
    for_used: |used, max| {
        let full = if used >= max { " – to be for another, first change one of them" } else { "" };
        format!("{used} of {max} “for” used{full}")
    },
    refusal: |refusal, name| match refusal {
        Refusal::Full { max, .. } => {
            format!("“{name}” was not chosen: you already have {max}. First remove one, then choose again.")
        }
        Refusal::ForFull { max, .. } => format!(
            "“{name}” was not marked “for”: you are already for {max}. First change one of them, then mark again."
        ),
        Refusal::NoPoints { .. } => {
            format!(
                "“{name}” got no more: all your points are given. First take some away from another option."
            )
        }
    },
    news: |news, name| match news {
        News::Points { points, .. } => format!("“{name}”: {}", self::points(u64::from(*points))),
        News::Place { place, of, .. } => format!("“{name}” is now in place {place} of {of}"),
        News::Removed { .. } => format!("“{name}” has no place now"),
    },
    columns: ["For", "Against", "Abstain"],
    abstain_rest: "Abstain on the rest",
    row_open: "Not marked yet",
    points,
    points_range: |max| format!("Only a whole number from 0 to {max}"),
    less: |name| format!("One point less for “{name}”"),
    more: |name| format!("One point more for “{name}”"),
    order: |placed, of| format!("Your order: {placed} of {of} placed"),
    order_empty: "Nothing is placed yet. Choose your first preference below.",
    order_help: "To change the order, drag an option by its handle ≡, or use the arrows. × takes it out.",
    pool: "Not placed yet – choose the next",
    place_next: |place| format!("Put in place {place}"),
    handle: |name, place| format!("“{name}”, place {place}: drag, or press the up and down arrow keys"),
    up: |name, place| format!("Move “{name}” up, to place {place}"),
    down: |name, place| format!("Move “{name}” down, to place {place}"),
    first: |name| format!("Move up: “{name}” is first already"),
    last: |name| format!("Move down: “{name}” is last already"),
    remove: |name| format!("Take “{name}” out of your order"),
    colon: ": ",
    nothing: "Nothing chosen",
    blank: "Blank vote",
    problem,
};

fn rule(method: &Method, options: usize) -> String {
    match method {
        Method::ChooseOne => "Choose one.".to_owned(),
        Method::Choose { min, max } => {
            let everything = usize::from(*max) >= options;
            match (min, max) {
                (min, max) if min == max => format!("Choose exactly {max}."),
                (0, _) if everything => "Choose as many as you like.".to_owned(),
                (0, max) => format!("Choose up to {max}."),
                (min, _) if everything => format!("Choose at least {min}."),
                (min, max) => format!("Choose {min} to {max}."),
            }
        }
        Method::Score { max } => {
            let whom = if options == 1 { "" } else { " each option" };
            format!("Give{whom} 0 to {max} points; {max} is best. What you leave empty gets 0.")
        }
        Method::Cumulative { points: most } => format!(
            "You have {}. Spread them over the options as you like: the more points, the better for an option. You need \
             not give them all; what you leave empty gets 0.",
            points(u64::from(*most))
        ),
        Method::ForAgainstAbstain { max_for } if usize::from(*max_for) < options => {
            format!("Mark each row: for, against or abstain. You can be for at most {max_for}.")
        }
        Method::ForAgainstAbstain { .. } => "Mark each row: for, against or abstain.".to_owned(),
        Method::Grades { .. } => {
            "Give each option a grade. Several options may have the same grade.".to_owned()
        }
        Method::Rank => "Put all options in order: the one that you like best comes first.".to_owned(),
    }
}

fn chosen(count: Count) -> String {
    let Count { chosen, min, max, options } = count;
    if count.is_full() {
        format!("{chosen} of {max} chosen – to choose another, first remove one")
    } else if chosen < min && min == max {
        format!("{chosen} of {max} chosen")
    } else if chosen < min {
        format!("{chosen} chosen – choose at least {min}")
    } else {
        format!("{chosen} of {} chosen", max.min(options))
    }
}

fn points(points: u64) -> String {
    if points == 1 { "1 point".to_owned() } else { format!("{points} points") }
}

fn points_left(spent: u64, most: u32) -> String {
    let most = u64::from(most);
    match spent {
        spent if spent > most => format!("{} too many – take some away", points(spent - most)),
        spent if spent == most => "No points left – to give more, first take some away".to_owned(),
        spent => format!("{} left", points(most - spent)),
    }
}

fn list(options: &[usize], contest: &Contest) -> String {
    let (names, more) = listed(options, contest, Language::English);
    let names: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
    match more {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

fn problem(problem: &Incomplete, contest: &Contest) -> String {
    let or_blank = match &contest.blank {
        Some(blank) => format!(", or mark “{}”", plain(blank, Language::English)),
        None => String::new(),
    };
    let option = |option: &usize| name(*option, contest, Language::English);
    match problem {
        Incomplete::NothingChosen => {
            let act = match contest.method {
                Method::ChooseOne => "Choose one option",
                Method::Choose { .. } => "Choose from the options",
                Method::Score { .. } | Method::Cumulative { .. } => "Give points",
                Method::ForAgainstAbstain { .. } => "Mark each row",
                Method::Grades { .. } => "Give each option a grade",
                Method::Rank => "Put the options in order",
            };
            format!("{act}{or_blank}.")
        }
        Incomplete::TooFew { chosen, min } => {
            format!("You have chosen {chosen}. Choose at least {min}{or_blank}.")
        }
        Incomplete::TooMany { chosen, max } => {
            format!(
                "You have chosen {chosen}, but at most {max} are allowed. Remove {}.",
                chosen.saturating_sub(*max)
            )
        }
        Incomplete::PointsUnreadable { option: at, max } => {
            format!("The points for “{}” must be a whole number from 0 to {max}.", option(at))
        }
        Incomplete::PointsTooMany { option: at, max } => {
            format!("“{}” can have at most {}.", option(at), points(u64::from(*max)))
        }
        Incomplete::PointsOver { spent, points: most } => format!(
            "You have given {}, but you have only {most}. Take {} away.",
            points(*spent),
            spent.saturating_sub(u64::from(*most))
        ),
        Incomplete::TooManyFor { chosen, max } => format!(
            "You are for {chosen}, but can be for at most {max}. Change {}.",
            chosen.saturating_sub(*max)
        ),
        Incomplete::RowsOpen { options } => format!("Not marked yet: {}.", list(options, contest)),
        Incomplete::NotRanked { options } => {
            format!("All options need a place. Not placed yet: {}.", list(options, contest))
        }
        Incomplete::Rules(_) => {
            "These marks do not fit the rules of this election. Load the page again and start over."
                .to_owned()
        }
    }
}

//! A manifest in words.

use std::fmt::Write as _;

use tabella_board_client::clock::show_time;
use tabella_crypto::ballot;
use tabella_crypto::manifest::{CheckedManifest, Contest, CredentialMode, Recasting};
use tabella_crypto::outcome::{Base, Fraction, OutcomeRule, Requirement, Ties};
use tabella_crypto::rules::Method;

/// What a manifest says, for its author to read over before it is published and fixed.
pub fn summary(manifest: &CheckedManifest, language: &str) -> String {
    let mut out = String::new();
    // writing to a string cannot fail
    let _ = write_summary(&mut out, manifest, language);
    out
}

fn write_summary(out: &mut String, manifest: &CheckedManifest, language: &str) -> std::fmt::Result {
    writeln!(out, "{}", manifest.title.in_language(language))?;
    writeln!(out, "  opens   {}", show_time(manifest.opens))?;
    writeln!(out, "  closes  {}", show_time(manifest.closes))?;
    let early = match (manifest.powers.open_early, manifest.powers.close_early) {
        (true, true) => "the administrator may open and close voting early",
        (true, false) => "the administrator may open voting early",
        (false, true) => "the administrator may close voting early",
        (false, false) => "nobody can open or close voting early",
    };
    writeln!(out, "  {early}")?;
    let mode = match manifest.credentials {
        CredentialMode::Issued => "issued by the registrar",
        CredentialMode::Enrolled => "made by the voters' devices and endorsed by the registrar",
    };
    writeln!(out, "  credentials are {mode}; weights add up to at most {}", manifest.total_weight)?;
    match manifest.recasting {
        Recasting::LastCounts { limit } => {
            writeln!(out, "  a voter may cast up to {limit} ballots, the last counts")?
        }
        Recasting::FirstOnly => writeln!(out, "  a voter casts one ballot")?,
    }
    writeln!(out, "  a voter may test up to {} ballots", manifest.tests)?;
    writeln!(out, "  results of fewer than {} ballots in a group are withheld", manifest.smallest_group)?;
    writeln!(out, "trustees: {} of {} must act together", manifest.threshold, manifest.trustees.len())?;
    for (trustee, index) in manifest.trustees.iter().zip(1..) {
        writeln!(out, "  {index} {}  {}", trustee.name, trustee.fingerprint.to_hex())?;
    }
    for (contest, number) in manifest.contests.iter().zip(1..) {
        writeln!(out, "contest {number}: {}", contest.title.in_language(language))?;
        writeln!(out, "  {}", describe_method(contest))?;
        for (option, number) in contest.options.iter().zip(1..) {
            writeln!(out, "  {number} {}", option.in_language(language))?;
        }
        if let Some(blank) = &contest.blank {
            writeln!(out, "  blank: {}", blank.in_language(language))?;
        }
        writeln!(out, "  {}", describe_outcome(&contest.outcome))?;
    }
    for ((style, rules), number) in manifest.manifest().styles.iter().zip(manifest.styles()).zip(1..) {
        let contests: Vec<String> = style.contests.iter().map(|index| (index + 1).to_string()).collect();
        writeln!(
            out,
            "ballot style {number}: {}: contests {}",
            style.name.in_language(language),
            contests.join(", ")
        )?;
        writeln!(
            out,
            "  {} ciphertexts, {} range claims of {} bits, {} equality claims; a ballot has {} bytes of the {} \
             that fit",
            rules.entries,
            rules.ranges.len(),
            rules.bits,
            rules.equalities.len(),
            ballot::longest_length(rules),
            ballot::MAX_BALLOT_LENGTH
        )?;
    }
    Ok(())
}

fn describe_method(contest: &Contest) -> String {
    let options = contest.options.len();
    match &contest.method {
        Method::ChooseOne => "choose exactly one".to_owned(),
        Method::Choose { min: 0, max } if usize::from(*max) == options => {
            "approval: choose any number of options".to_owned()
        }
        Method::Choose { min, max } if min == max => format!("choose exactly {max} options"),
        Method::Choose { min: 0, max } => format!("choose at most {max} options"),
        Method::Choose { min, max } => format!("choose {min} to {max} options"),
        Method::Score { max } => format!("0 to {max} points for each option"),
        Method::Cumulative { points } => format!("up to {points} points, spread over the options"),
        Method::ForAgainstAbstain { max_for } if usize::from(*max_for) == options => {
            "for, against or abstain on each option".to_owned()
        }
        Method::ForAgainstAbstain { max_for } => {
            format!("for, against or abstain on each option, at most {max_for} for")
        }
        Method::Grades { grades } => format!("one of {grades} grades for each option"),
        Method::Rank => "rank all options".to_owned(),
    }
}

fn describe_outcome(rule: &OutcomeRule) -> String {
    let show = |fraction: &Fraction| format!("{}/{}", fraction.numerator, fraction.denominator);
    let mut parts = vec![format!("{} to be elected or accepted", rule.seats)];
    parts.extend(rule.quorum.as_ref().map(|quorum| format!("quorum {} of the roll", show(quorum))));
    parts.extend(rule.requirements.iter().map(|Requirement { fraction, of, more_than }| {
        let base = match of {
            Base::Valid => "valid votes",
            Base::Counted => "counted votes",
            Base::Roll => "the roll",
            Base::ForAndAgainst => "votes for and against",
        };
        format!("needs {} {} of {base}", if *more_than { "more than" } else { "at least" }, show(fraction))
    }));
    parts.push(match rule.ties {
        Ties::Undecided => "ties are left open".to_owned(),
        Ties::ListOrder => "ties go to the option that stands first".to_owned(),
    });
    parts.join("; ")
}

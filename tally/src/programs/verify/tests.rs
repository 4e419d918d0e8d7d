//! What the report says in each language.

use std::collections::BTreeMap;

use tabella_board_core::check::Check;

use super::page::page;
use super::table::Tables;
use super::texts::Texts;
use crate::result::{ContestSummary, ElectionResult, OptionSummary, Unit, VerdictName};
use crate::standing::words::Language;
use crate::verify::{
    BoardReport, CheckReport, ElectionReport, FailureReport, ReleaseReport, Remedy, Report, Status,
    TallyReport, TrustReport, VotingReport,
};

const DETAIL: &str = "the hash is another one & more";

/// A report with everything that one can have, whose own texts have no letters.
fn report(status: Status, phase: &'static str) -> Report {
    let digest = || "0".repeat(64);
    let checks = Check::ALL.into_iter().zip(0..).map(|(check, items)| CheckReport {
        number: check.number(),
        title: check.title(),
        items,
        items_by_others: items / 7,
        status,
    });
    Report {
        suite: "1",
        verified: true,
        partial: false,
        board: Some(BoardReport {
            origin: "1".to_owned(),
            key: "2".to_owned(),
            fingerprint: digest(),
            size: 12_345,
            root: digest(),
            cosigned_by: vec!["3".to_owned()],
        }),
        election: Some(ElectionReport {
            id: digest(),
            title: BTreeMap::from([
                ("en".to_owned(), "4".to_owned()),
                ("zh-Hans".to_owned(), "五".to_owned()),
            ]),
            phase,
            voting: VotingReport { opened: Some(1), closed: Some(2) },
            size: 5,
            root: digest(),
            ceremony: Some(digest()),
            key: Some(digest()),
            roll: digest(),
            voters: 6,
            ballots_counted: 4,
            ballots_cast: 5,
            ballots_tested: 1,
            tally: Some(TallyReport {
                size: 4,
                root: digest(),
                aggregate: digest(),
                fingerprint: digest(),
                release: Some(ReleaseReport { statements: 2, quorum: 3 }),
            }),
        }),
        trusted: vec![
            TrustReport::Shard {
                part: 0,
                of: 2,
                label: "7".to_owned(),
                program: "8".to_owned(),
                checks: vec!["6.2", "6.3"],
                ballots: 9,
            },
            TrustReport::EarlierRun { entries: 10, root: digest(), ballots: 11 },
        ],
        checks: checks.collect(),
        failure: None,
    }
}

fn failing(remedy: Remedy) -> Report {
    let check = Check::Tree;
    let failure = FailureReport {
        check: check.number(),
        title: check.title(),
        log: Some("election"),
        entry: Some(17),
        file: Some("0".to_owned()),
        culprit: Some(2),
        sentence: DETAIL.to_owned(),
        remedy,
    };
    let report = report(Status::SoFar, "open");
    Report { verified: false, failure: Some(failure), ..report }
}

/// A result with a contest for each unit and verdict.
fn result() -> ElectionResult {
    let units = [Unit::Votes, Unit::Points, Unit::VotesFor, Unit::BordaPoints, Unit::BetterGrades];
    let verdicts = [
        VerdictName::Open,
        VerdictName::Withheld,
        VerdictName::Decided,
        VerdictName::NoQuorum,
        VerdictName::NoneQualified,
        VerdictName::Tie,
    ];
    let option = |elected: bool, tied: bool, unit: Unit| OptionSummary {
        name: if elected { "甲" } else { "乙" }.to_owned(),
        votes: Some(3),
        share: Some(0.5),
        place: Some(1),
        qualified: true,
        elected,
        tied,
        grade: None,
        columns: match unit {
            Unit::VotesFor => ["for", "against", "abstain"].map(|name| (name.to_owned(), 1)).to_vec(),
            Unit::BordaPoints => ["place 1", "place 2"].map(|name| (name.to_owned(), 1)).to_vec(),
            _ => Vec::new(),
        },
    };
    let contest = |(unit, verdict): (Unit, VerdictName)| ContestSummary {
        title: "丙".to_owned(),
        unit,
        options: vec![option(true, false, unit), option(false, true, unit)],
        blank: Some(1),
        counted_weight: Some(4),
        roll_weight: Some(6),
        turnout: Some(0.6),
        verdict,
        outcome: "What became of it, in English.".to_owned(),
    };
    ElectionResult {
        election: "0".repeat(64),
        title: "五".to_owned(),
        phase: tabella_board_core::api::PhaseName::Counted,
        voters: 6,
        ballots_counted: Some(4),
        ballots_cast: Some(5),
        ballots_tested: Some(1),
        turnout: Some(0.6),
        contests: units.into_iter().cycle().zip(verdicts).map(contest).collect(),
    }
}

/// Every report that is shown in another way, with its page and its tables.
fn shown(language: Language) -> Vec<(Report, [String; 2])> {
    let remedies = [Remedy::Wait, Remedy::NameAnother, Remedy::TakeAnew, Remedy::RepeatShards, Remedy::Tell];
    let phases = ["manifest", "setup", "open", "closed", "counted"];
    let statuses = [Status::Holds, Status::SoFar, Status::NotReached, Status::Fails];
    let mut reports: Vec<Report> = remedies.map(failing).to_vec();
    reports.extend(phases.into_iter().flat_map(|phase| statuses.map(|status| report(status, phase))));
    let mut alone = report(Status::Holds, "counted");
    alone.trusted.clear();
    reports.push(alone);
    reports.push(Report { board: None, election: None, ..failing(Remedy::Tell) });
    let texts = Texts::of(language);
    let result = result();
    let show = |report: Report| {
        let result = report.failure.is_none().then_some(&result);
        let tables = Tables { texts, language: texts.tag };
        let shown = [page(&report, result, texts, texts.tag), tables.page("1", &report, result)];
        (report, shown)
    };
    reports.into_iter().map(show).collect()
}

/// What a reader sees of a page.
fn words_of(page: &str) -> String {
    let body = page.split_once("</style>").map_or(page, |(_, body)| body);
    let mut text = String::new();
    for part in body.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
        text.push('\n');
    }
    text
}

/// Words of letters, but for the program's name and its options.
fn english_in(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let is_word = |word: &&str| word.len() > 1 && word.chars().any(|c| c.is_ascii_lowercase());
    words.filter(is_word).filter(|word| *word != "tabella-verify" && !word.starts_with("--")).collect()
}

#[test]
fn both_languages_name_every_check_and_mark_the_page_with_their_tag() {
    for (language, title) in [
        (Language::English, Check::title as fn(Check) -> &'static str),
        (Language::Chinese, Check::title_in_chinese),
    ] {
        for (_, [page, tables]) in shown(language) {
            for check in Check::ALL {
                assert!(page.contains(title(check)) && tables.contains(title(check)), "{check}");
            }
            assert!(page.contains(&format!("<html lang=\"{}\">", language.tag())), "{page}");
            for foreign in ["<script", "src=", "href=", "url(", "@import"] {
                assert!(!page.contains(foreign), "{foreign:?} is in {page}");
            }
        }
    }
}

#[test]
fn a_report_in_chinese_has_no_english_but_the_exact_sentence_of_a_failure() {
    for (report, [page, tables]) in shown(Language::Chinese) {
        let texts = [words_of(&page).replace("&amp;", "&"), tables];
        for text in texts {
            let own = if report.failure.is_some() {
                assert_eq!(text.matches(DETAIL).count(), 1, "{text}");
                text.replace(DETAIL, "")
            } else {
                text
            };
            // the last letters of times are T and Z
            assert_eq!(english_in(&own), Vec::<&str>::new(), "{own}");
        }
        if report.failure.is_some() {
            assert!(
                page.contains(&format!("<dd lang=\"en\">{}</dd>", DETAIL.replace('&', "&amp;"))),
                "{page}"
            );
        } else if let Some(election) = &report.election {
            assert!(page.contains("<h1>五</h1>"), "{election:?}");
        }
    }
}

#[test]
fn a_report_in_english_has_no_chinese_but_what_the_record_says() {
    for (_, [page, tables]) in shown(Language::English) {
        for text in [words_of(&page), tables] {
            let own = text.replace(['甲', '乙', '丙', '五', '▏', '█'], "");
            assert!(!own.chars().any(|c| ('\u{3000}'..'\u{a000}').contains(&c)), "{own}");
        }
    }
}

#[test]
fn a_refusal_says_what_to_do_and_a_title_is_found_by_its_language() {
    let texts = Texts::of(Language::Chinese);
    let tables = |report: &Report, language| Tables { texts, language }.page("1", report, None);
    assert!(tables(&failing(Remedy::Tell), "zh").contains("请不要相信结果"));
    assert!(tables(&failing(Remedy::RepeatShards), "zh").contains("分片有误"));
    assert!(!tables(&failing(Remedy::Wait), "zh").contains("请不要相信结果"), "nothing is wrong");
    let report = report(Status::Holds, "counted");
    assert!(tables(&report, "en").contains("1970-01-01 00:00:00 UTC"));
    for (language, title) in [("zh", "五"), ("ZH-hans", "五"), ("en-GB", "4"), ("fr", "4")] {
        let found = super::title(report.election.as_ref().unwrap(), language);
        assert_eq!(found, Some(title), "{language}");
    }
}

//! A draft is a manifest's file, once it is completed.

use tabella_crypto::fixtures::{contest, manifest};
use tabella_crypto::manifest::Manifest;
use tabella_crypto::outcome::{Base, Fraction, Requirement, Ties};
use tabella_crypto::rules::Method;
use tabella_crypto::signature::VerifyingKey;
use tabella_interchange::import::{Choices, read};
use tabella_interchange::{Issuer, ballot_definition};

use super::*;
use crate::programs::manifest_file::{self, Setting};

const NIST: &str = include_str!("../../../../interchange/schemas/examples/physical_ballot_def_3.json");

fn setting() -> Setting {
    Setting {
        board: "board.test/tabella".to_owned(),
        administrator: VerifyingKey([9; 32]),
        nonce: [1; 16],
        now: 0,
    }
}

/// What an administrator does with a draft.
fn completed(draft: &str) -> String {
    draft
        .replace("registrar = \"TO COMPLETE\"", &format!("registrar = \"{}\"", "02".repeat(32)))
        .replace("fingerprint = \"TO COMPLETE\"", &format!("fingerprint = \"{}\"", "03".repeat(32)))
        .replace("name = \"TO COMPLETE\"", "name = \"Ada\"")
}

fn text(versions: &[(&str, &str)]) -> Text {
    Text::new(versions.iter().map(|(tag, words)| (tag.to_string(), words.to_string())).collect()).unwrap()
}

/// One contest of each method, in several styles, with words that TOML must quote.
fn every_method() -> Manifest {
    let methods = [
        Method::ChooseOne,
        Method::Choose { min: 1, max: 2 },
        Method::Choose { min: 0, max: 3 },
        Method::Score { max: 9 },
        Method::Cumulative { points: 5 },
        Method::ForAgainstAbstain { max_for: 2 },
        Method::Grades { grades: 3 },
        Method::Rank,
    ];
    let contests = methods.map(|method| contest(method, 3, true));
    let mut manifest = manifest(contests.to_vec(), &[&[0, 1, 2, 3, 4, 5, 6, 7], &[1, 7]]);
    manifest.opens = 1_796_112_000_000;
    manifest.closes = 1_796_630_400_000;
    manifest.title = text(&[("en", "\"Board\" \\ # = '''\nof 2026"), ("zh-Hans", "委员会选举")]);
    manifest.description = Some(text(&[("en", "Two\nlines"), ("zh-Hans", "说明")]));
    manifest.styles[1].name = text(&[("en", "Guests"), ("zh-Hans", "来宾")]);
    let first = &mut manifest.contests[0];
    first.shuffle = true;
    first.description = Some(text(&[("en", "Read this.")]));
    first.options[1] = text(&[("en", "Dana"), ("zh-Hans", "达娜")]);
    first.outcome.quorum = Some(Fraction { numerator: 1, denominator: 4 });
    first.outcome.requirements = vec![Requirement {
        fraction: Fraction { numerator: 1, denominator: 2 },
        of: Base::Valid,
        more_than: true,
    }];
    manifest.contests[2].outcome.seats = 2;
    manifest.contests[2].outcome.ties = Ties::ListOrder;
    manifest.contests[6].grades[0] = text(&[("en", "Good"), ("zh-Hans", "好")]);
    manifest
}

#[test]
fn a_manifest_comes_back_from_a_ballot_definition_with_the_same_contests_and_styles() {
    let manifest = every_method();
    let issuer = Issuer { name: "An office".to_owned(), application: "tests".to_owned(), generated: 0 };
    let definition = ballot_definition(&manifest.clone().check().unwrap(), true, &issuer).unwrap();
    let draft = read(definition.as_bytes(), Choices::default()).unwrap();
    assert_eq!(remarks(&draft), Vec::<String>::new(), "nothing is left out or assumed");
    let written = draft_toml(&draft).unwrap();
    let back = manifest_file::read(&completed(&written), &setting()).unwrap();
    assert_eq!(back.title, manifest.title);
    assert_eq!(back.description, manifest.description);
    assert_eq!(back.contests, manifest.contests);
    assert_eq!(back.manifest().styles, manifest.styles);
    // a definition has days alone
    assert_eq!(back.opens, manifest.opens / 86_400_000 * 86_400_000);
    assert_eq!(back.closes, (manifest.closes / 86_400_000 + 1) * 86_400_000 - 1_000);
}

#[test]
fn a_draft_is_refused_at_its_line_until_it_is_completed_and_says_what_was_left_out() {
    let draft = read(NIST.as_bytes(), Choices::default()).unwrap();
    let written = draft_toml(&draft).unwrap();
    let error = manifest_file::read(&written, &setting()).unwrap_err().to_string();
    assert!(error.contains("TO COMPLETE") && error.contains("is not a key"), "{error}");
    let unnamed = completed(&written).replace("name = \"Ada\"", "name = \"TO COMPLETE\"");
    let line = 1 + unnamed.lines().position(|line| line == "[[trustee]]").unwrap();
    let error = manifest_file::read(&unnamed, &setting()).unwrap_err().to_string();
    assert_eq!(error, format!("line {line}: write the trustee's name where the draft says TO COMPLETE"));
    let head: Vec<&str> = written.lines().take_while(|line| line.starts_with('#')).collect();
    for remark in remarks(&draft) {
        assert!(head.contains(&format!("# {remark}").as_str()), "{remark}");
    }
    let manifest = manifest_file::read(&completed(&written), &setting()).unwrap();
    assert_eq!((manifest.contests.len(), manifest.manifest().styles.len()), (25, 1));
    assert_eq!(manifest.contests, draft.contests);
}

//! Voting at the page: every method, once more, as a test, in both languages, up to the result.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use tabella_browser_tests::browser::{Browser, Look, PHONE};
use tabella_browser_tests::fair::Fair;
use tabella_browser_tests::marked::{Choice, OF_GUESTS, OPTIONS, Totals, ballot, guest_ballot, said, words};
use tabella_browser_tests::voter::{Voter, contest, fair};

/// A telephone in Chinese.
const CHINESE: Look = Look { size: (390, 844), language: "zh-CN", dark: false };
/// The fair election's contest with a ranking.
const RANKING: usize = 6;
/// Words of the voting pages in English, none of which an option of the fair election has.
const ENGLISH: [&str; 23] = [
    "test", "tracking", "ballot", "ballots", "vote", "votes", "code", "codes", "continue", "choose",
    "chosen", "question", "review", "sealed", "cast", "receipt", "record", "recorded", "points", "place",
    "for", "against", "your",
];

/// Names of results by contest: of each row its name and its cells.
type Rows = Vec<(String, Vec<String>)>;

/// What the tracking page shows of a ballot: the kind of its notice, the notice, and all facts.
async fn track(browser: &Browser, fair: &Fair, code: &str) -> Result<(String, String, String)> {
    browser.open(&format!("{}#{code}", fair.page("track"))).await?;
    browser.find("#facts").await?;
    let notice = browser.find("main [role=status] > .notice").await?;
    let kind = notice.class_name().await?.context("a notice has a kind")?;
    let facts = browser.find("main section[aria-labelledby=facts]").await?.text().await?;
    Ok((kind, notice.text().await?, facts))
}

/// The number in a text.
fn number_in(text: &str) -> Result<u64> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().with_context(|| format!("no number in {text:?}"))
}

/// No code, no choice and no ballot may be left in the browser.
async fn nothing_is_kept(browser: &Browser, code: &str) -> Result<()> {
    let session = browser.run("return sessionStorage.length;").await?;
    ensure!(session == 0, "session storage has {session} items");
    let kept = browser.run("return Object.entries(localStorage).flat().join('\\n');").await?;
    let kept = kept.as_str().context("what is kept is text")?;
    // short words are looked for as words: keys and signatures in Base64 hold their letters by chance
    let words: HashSet<&str> =
        kept.split(|letter: char| !letter.is_alphanumeric() && !"+/=".contains(letter)).collect();
    for secret in code.split('-').chain(OPTIONS.concat()) {
        let is_word = secret.chars().all(char::is_alphanumeric);
        let is_kept = if is_word { words.contains(secret) } else { kept.contains(secret) };
        ensure!(!is_kept, "{secret} is in local storage: {kept}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn member_casts_every_method_recasts_and_finds_both_on_a_phone() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let fair = fair(&dir).await?;
    let browser = Browser::start(PHONE).await?;
    let voter = Voter::new(&browser);
    let (page, code) = (fair.page("vote"), fair.code("member-1")?);

    voter.enter_by_typing(&page, code).await?;
    voter.fill(&ballot(1)).await?;
    assert_eq!(voter.choices().await?, said(&ballot(1)));
    let first = voter.seal().await?;
    browser.says("it is not cast yet").await?;
    voter.cast().await?;
    assert_eq!(voter.tracking_code().await?, first);
    let first_place = number_in(&browser.find("#recorded").await?.text().await?)?;
    browser.says("This is your first ballot").await?;
    // the receipt is found again as long as the voter has not left it
    browser.driver().refresh().await?;
    browser.find("#receipt").await?;
    assert_eq!(voter.tracking_code().await?, first);
    assert!(!browser.has("#not-cast").await?);
    browser.is_clean().await?;
    voter.leave().await?;
    nothing_is_kept(&browser, code).await?;
    browser.is_clean().await?;

    voter.enter_by_link(&page, code).await?;
    browser.says("You have cast 1 ballot with this code. A new one replaces the last one").await?;
    browser.says("This new ballot is not cast yet. Until it is, your earlier one counts.").await?;
    voter.fill(&ballot(2)).await?;
    assert_eq!(voter.choices().await?, said(&ballot(2)));
    let second = voter.seal().await?;
    assert_ne!(second, first);
    voter.cast().await?;
    assert_eq!(voter.tracking_code().await?, second);
    let which = browser.find("#which").await?.text().await?;
    assert!(which.contains("replaces your earlier one") && which.contains("You have cast 2 of "), "{which}");
    let second_place = number_in(&browser.find("#recorded").await?.text().await?)?;
    assert!(second_place > first_place, "{second_place} after {first_place}");
    voter.leave().await?;
    nothing_is_kept(&browser, code).await?;
    browser.is_clean().await?;

    let (kind, words, facts) = track(&browser, &fair, &first).await?;
    assert!(
        kind.contains("warning") && words.contains("replaced this one: it does not count"),
        "{kind}: {words}"
    );
    assert!(facts.contains(&format!("number {first_place} of ")), "{facts}");
    assert!(facts.contains("replaced by a later ballot"), "{facts}");
    let link = browser.find("main .notice a").await?.attr("href").await?.context("a link")?;
    assert!(link.ends_with(&second), "{link}");
    let (kind, words, facts) = track(&browser, &fair, &second).await?;
    assert!(kind.contains("good") && words.contains("It counts as it stands"), "{kind}: {words}");
    assert!(facts.contains(&format!("number {second_place} of ")), "{facts}");
    browser.is_clean().await?;
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn test_ballot_shows_its_choices_on_another_device_and_is_published() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let fair = fair(&dir).await?;
    let (browser, other) = (Browser::start(PHONE).await?, Browser::start(PHONE).await?);
    let voter = Voter::new(&browser);
    let (page, code) = (fair.page("vote"), fair.code("member-2")?);
    let cast = voter.votes(&page, code, &ballot(4)).await?;

    voter.enter_by_link(&page, code).await?;
    voter.fill(&ballot(7)).await?;
    let tested = voter.seal().await?;
    let address = voter.test().await?;
    assert_eq!(voter.tracking_code().await?, tested);
    browser.says("your earlier ballot still counts").await?;

    other.open(&address).await?;
    assert_eq!(Voter::new(&other).choices().await?, said(&ballot(7)));
    let text = other.text().await?;
    let bare: String = text.split_whitespace().collect();
    assert!(bare.contains(&tested), "{text}");
    assert_eq!(other.run("return location.hash;").await?, "");
    other.is_clean().await?;
    // without the confirmation the button does nothing
    browser.click("details:has(#publish) > summary").await?;
    browser.click("#publish").await?;
    let (kind, words, facts) = track(&other, &fair, &tested).await?;
    assert!(kind.contains("note") && words.contains("it never counts"), "{kind}: {words}");
    assert!(words.contains("has not been made public"), "{words}");
    assert!(facts.contains("tested, never counted"), "{facts}");
    assert!(!browser.has("#published").await?, "published without a confirmation");

    browser.click("label:has(> #publish-confirm)").await?;
    browser.click("#publish").await?;
    voter.is_at("#published").await?;
    let (_, words, _) = track(&other, &fair, &tested).await?;
    assert!(words.contains("Its voter has made public what was in it"), "{words}");
    // the vote cast before stands
    let (kind, ..) = track(&other, &fair, &cast).await?;
    assert!(kind.contains("good"), "{kind}");

    browser.click("#afresh").await?;
    voter.is_at("#change-1").await?;
    assert_eq!(voter.choices().await?, said(&ballot(7)));
    let fresh = voter.seal().await?;
    assert_ne!(fresh, tested);
    voter.cast().await?;
    assert_eq!(voter.tracking_code().await?, fresh);
    browser.says("You have cast 2 of ").await?;
    for browser in [browser, other] {
        browser.is_clean().await?;
        browser.end().await?;
    }
    Ok(())
}

/// The page speaks Chinese: its language, and no word of the English texts, seen or read aloud.
async fn is_chinese(browser: &Browser, step: &str) -> Result<()> {
    let lang = browser.run("return document.documentElement.lang;").await?;
    ensure!(lang == "zh-Hans", "{step}: the page's language is {lang}");
    let text = browser
        .run(
            "return [document.title, document.body.innerText, ...[...document.querySelectorAll('[aria-label]')] \
             .map((element) => element.ariaLabel)].join('\\n');",
        )
        .await?;
    let text = text.as_str().context("a text")?;
    let words = text.split(|symbol: char| !symbol.is_ascii_alphabetic()).map(str::to_ascii_lowercase);
    let english: Vec<_> = words.filter(|word| ENGLISH.contains(&word.as_str())).collect();
    ensure!(english.is_empty(), "{step} says {english:?}:\n{text}");
    ensure!(text.chars().any(|symbol| ('\u{4e00}'..'\u{a000}').contains(&symbol)), "{step}: no Chinese");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn vote_is_chinese_from_the_code_to_the_receipt() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let fair = fair(&dir).await?;
    let browser = Browser::start(CHINESE).await?;
    let voter = Voter::new(&browser);
    let (page, code) = (fair.page("vote"), fair.code("member-3")?);
    browser.open(&page).await?;
    browser.find("#code-1").await?;
    is_chinese(&browser, "code").await?;
    voter.enter_by_link(&page, code).await?;
    for (index, choice) in ballot(2).iter().enumerate() {
        voter.is_at(&contest(index)).await?;
        is_chinese(&browser, &format!("contest {index}")).await?;
        if index == 0 {
            voter.go_on().await?;
            voter.is_at(".error-summary").await?;
            is_chinese(&browser, "error").await?;
        }
        voter.mark(index, choice).await?;
        is_chinese(&browser, &format!("marked contest {index}")).await?;
        voter.go_on().await?;
    }
    voter.is_at("#seal").await?;
    is_chinese(&browser, "review").await?;
    let tracking = voter.seal().await?;
    is_chinese(&browser, "sealed").await?;
    browser.click("#test").await?;
    voter.is_at("#test-now").await?;
    is_chinese(&browser, "before the test").await?;
    browser.click("#back").await?;
    assert_eq!(voter.tracking_code().await?, tracking);
    voter.cast().await?;
    assert_eq!(voter.tracking_code().await?, tracking);
    is_chinese(&browser, "receipt").await?;
    let (kind, ..) = track(&browser, &fair, &tracking).await?;
    assert!(kind.contains("good"), "{kind}");
    is_chinese(&browser, "tracking").await?;
    browser.is_clean().await?;
    browser.end().await
}

/// The tables of the results page, by contest.
async fn tables(browser: &Browser) -> Result<Vec<Vec<Rows>>> {
    let tables = browser
        .run(
            "return [...document.querySelectorAll('section.card:has(table.data)')].map((card) => \
             [...card.querySelectorAll('table.data')].map((table) => [...table.tBodies[0].rows].map((row) => \
             [row.querySelector('th').innerText, [...row.querySelectorAll('td')].map((cell) => cell.innerText)])));",
        )
        .await?;
    Ok(serde_json::from_value(tables)?)
}

/// The first figures of an option's row in each of a contest's tables.
fn figures(tables: &[Rows], name: &str, columns: usize) -> Result<Vec<u64>> {
    // of a ranking the Borda points stand in the first table, the places in the second
    let wanted = if tables.len() == 2 { vec![1, columns - 1] } else { vec![columns] };
    let mut figures = Vec::new();
    for (rows, columns) in tables.iter().zip(wanted) {
        let (_, cells) =
            rows.iter().find(|(row, _)| row == name).with_context(|| format!("no row {name}"))?;
        for cell in cells.iter().take(columns) {
            figures.push(cell.parse().with_context(|| format!("{name}: {cell:?} is no number"))?);
        }
    }
    Ok(figures)
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_what_the_voters_marked_and_verify_in_the_browser() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let fair = fair(&dir).await?;
    let browser = Browser::start(PHONE).await?;
    let (voter, page) = (Voter::new(&browser), fair.page("vote"));
    let mut totals = Totals::new();
    let blank = [0, 4, 5, 6];
    let abstaining: Vec<Choice> = ballot(5)
        .into_iter()
        .enumerate()
        .map(|(contest, choice)| if blank.contains(&contest) { Choice::Blank } else { choice })
        .collect();
    for (name, weight, ballot, is_last) in [
        ("member-1", 1, ballot(1), false),
        ("member-2", 1, ballot(2), true),
        ("member-3", 1, abstaining, true),
        ("elder-1", 3, ballot(4), true),
        ("member-1", 1, ballot(3), true),
    ] {
        voter.votes(&page, fair.code(name)?, &ballot).await?;
        if is_last {
            ballot.iter().enumerate().for_each(|(contest, choice)| totals.add(contest, choice, weight));
        }
    }
    voter.votes(&page, fair.code("guest-1")?, &guest_ballot(6)).await?;
    for (contest, choice) in OF_GUESTS.into_iter().zip(guest_ballot(6)) {
        totals.add(contest, &choice, 1);
    }

    let marked = totals.clone();
    let (fair, checks) = tokio::task::spawn_blocking(move || -> Result<(Fair, usize)> {
        fair.world.administrator(&fair.election, "close")?;
        let trustees: Vec<PathBuf> = fair.election.trustees.iter().take(2).cloned().collect();
        fair.world.tally(&fair.election, &trustees)?;
        fair.world.wait_for(&fair.election, "counted", std::time::Duration::from_secs(60))?;
        let verified = fair.world.verify(&fair.election, &[])?.holds()?;
        // contests of one column of figures
        for (contest, figures) in marked.figures.iter().enumerate().take(4) {
            let votes: Vec<u64> = figures.iter().map(|figures| figures[0]).collect();
            ensure!(verified.votes(contest + 1)? == votes, "contest {contest}: not {votes:?}");
        }
        Ok((fair, verified.report["checks"].as_array().context("checks")?.len()))
    })
    .await??;

    // whoever comes too late is told so before a code is asked for
    browser.open(&page).await?;
    browser.says("Voting is closed").await?;
    assert!(!browser.has("#code-1").await?, "a code is asked for");

    browser.open(&fair.page("results")).await?;
    browser.find("section.card table.data").await?;
    let tables = tables(&browser).await?;
    assert_eq!(tables.len(), OPTIONS.len());
    for (contest, (tables, options)) in tables.iter().zip(OPTIONS).enumerate() {
        for (option, name) in options.iter().enumerate() {
            let marked = &totals.figures[contest][option];
            assert_eq!(&figures(tables, name, marked.len())?, marked, "contest {contest}, {name}");
        }
    }
    let facts = "return [...document.querySelectorAll('section.card:has(table.data)')].map((card) => \
                 [...card.querySelectorAll('dl.figures > dd')].map((fact) => fact.innerText));";
    let facts: Vec<Vec<String>> = serde_json::from_value(browser.run(facts).await?)?;
    for (contest, facts) in facts.iter().enumerate() {
        // weights of members 1 to 3 and of the elder, and of a guest
        let counted = if OF_GUESTS.contains(&contest) { "7 of 11 " } else { "6 of 9 " };
        assert!(facts[0].starts_with(counted), "contest {contest}: {facts:?}");
        let shown = facts.get(1).map(|blank| number_in(blank)).transpose()?;
        let marked = blank.contains(&contest).then_some(totals.blank[contest]);
        assert_eq!(shown, marked, "blank votes of contest {contest}: {facts:?}");
    }
    browser.is_clean().await?;

    browser.open(&format!("{}#start", fair.page("verify"))).await?;
    // chapters are folded on a small screen
    browser.find(".chapters").await?;
    let states =
        "return [...document.querySelectorAll('table.data td.state')].map((state) => state.className);";
    let states: Vec<String> = serde_json::from_value(browser.run(states).await?)?;
    assert_eq!(states.len(), checks, "as many as tabella-verify has");
    assert!(states.iter().all(|state| state == "state good"), "{states:?}");
    browser.find("main .notice.good").await?;
    assert!(!browser.has("main .notice.bad").await?);
    browser.is_clean().await?;
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_put_in_order_by_dragging() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let fair = fair(&dir).await?;
    let browser = Browser::start(PHONE).await?;
    let voter = Voter::new(&browser);
    voter.enter_by_link(&fair.page("vote"), fair.code("member-2")?).await?;
    let marked = ballot(2);
    for (index, choice) in marked.iter().enumerate().take(RANKING) {
        voter.is_at(&contest(index)).await?;
        voter.mark(index, choice).await?;
        voter.go_on().await?;
    }
    voter.is_at(&contest(RANKING)).await?;
    voter.mark(RANKING, &Choice::Order(vec![0, 1, 2])).await?;
    let handle = |option: usize| format!("#contest-{RANKING}-{option}-handle");
    let (last, first) = (browser.find(&handle(2)).await?, browser.find(&handle(0)).await?);
    last.scroll_into_view().await?;
    let drag = browser.driver().action_chain().click_and_hold_element(&last);
    drag.move_to_element_center(&first).move_by_offset(0, -12).release().perform().await?;
    voter.go_on().await?;
    voter.is_at("#change-1").await?;
    assert_eq!(voter.choices().await?[RANKING], words(RANKING, &Choice::Order(vec![2, 0, 1])));
    browser.is_clean().await?;
    browser.end().await
}

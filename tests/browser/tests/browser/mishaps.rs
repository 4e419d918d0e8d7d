//! What goes wrong at the voting page: mistyped codes, marks that are not taken, names like markup, reloads, no network.

use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, ensure};
use axum::http::{Method, StatusCode};
use serde_json::json;
use tabella_browser_tests::browser::{Browser, PHONE};
use tabella_browser_tests::fair::{Fair, MARKUP, at};
use tabella_browser_tests::liar::{Answer, Liar, Question};
use tabella_browser_tests::marked::{Choice, OF_GUESTS, ballot, guest_ballot, said, words};
use tabella_browser_tests::voter::{Voter, button, contest, fair, mark};

/// Paths of all questions that a board is asked.
type Asked = Arc<Mutex<Vec<String>>>;

/// An honest front that writes down what is asked.
async fn listener(fair: &Fair) -> Result<(Liar, Asked)> {
    let liar = Liar::before(fair.world.url()).await?;
    let asked = Asked::default();
    let log = Arc::clone(&asked);
    liar.lie(move |question: &Question, answer: Answer| {
        log.lock().unwrap().push(format!("{} {}", question.method, question.path));
        answer
    });
    Ok((liar, asked))
}

/// Types symbols wherever the focus is.
async fn types(browser: &Browser, symbols: &str) -> Result<()> {
    for symbol in symbols.chars() {
        browser.keys(symbol.to_string()).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn mistyped_group_is_named_at_once_and_nothing_is_sent() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let fair = fair(&dir).await?;
    let (liar, asked) = listener(&fair).await?;
    let browser = Browser::start(PHONE).await?;
    let voter = Voter::new(&browser);
    let code = fair.code("member-1")?;
    let groups: Vec<&str> = code.split('-').collect();
    let (wrong, other) = (groups[2].chars().nth(1).context("a symbol")?, code.chars());
    let right = other.filter(|symbol| symbol.is_ascii_alphabetic()).find(|symbol| *symbol != wrong);
    let mistyped: String =
        groups[2].chars().enumerate().map(|(at, s)| if at == 1 { right.unwrap_or('A') } else { s }).collect();

    browser.open(&at(&liar.url, &fair.election, "vote")).await?;
    // the page has asked all that it asks before a code is entered
    browser.find(".board-line .good").await?;
    browser.click("#code-1").await?;
    let before = asked.lock().unwrap().len();
    types(&browser, &format!("{}{}{mistyped}", groups[0], groups[1])).await?;
    let error = browser.find("#code-3-error").await?.text().await?;
    assert_eq!(error, "Group 3 does not fit: look at it again on your letter.");
    assert_eq!(browser.find("#code-3").await?.attr("aria-invalid").await?.as_deref(), Some("true"));
    assert!(!browser.has("#code-1-error, #code-2-error, #code-4-error, #code-5-error").await?);
    voter.go_on().await?;
    voter.is_at(".error-summary a[href='#code-3']").await?;
    browser.find(".error-summary a[href='#code-5']").await?;
    assert!(!browser.has(".error-summary a[href='#code-1']").await?);
    let now: Vec<String> = asked.lock().unwrap()[before..].to_vec();
    assert!(now.is_empty(), "asked with a mistyped code: {now:?}");

    browser.click(".error-summary a[href='#code-3']").await?;
    assert_eq!(browser.run("return document.activeElement.id;").await?, "code-3");
    for _ in mistyped.chars() {
        browser.keys(String::from(char::from(thirtyfour::Key::Backspace))).await?;
    }
    types(&browser, &format!("{}{}{}", groups[2], groups[3], groups[4])).await?;
    browser.find("#code-5.fits").await?;
    voter.go_on().await?;
    voter.is_at(&contest(0)).await?;
    assert!(asked.lock().unwrap().len() > before, "the voter of a good code was not looked up");
    let paths = asked.lock().unwrap().join("\n");
    for group in groups {
        assert!(!paths.contains(group), "a group of the code was sent: {paths}");
    }
    browser.is_clean().await?;
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn code_decides_who_votes_on_what_and_how_much_it_counts() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let fair = fair(&dir).await?;
    let browser = Browser::start(PHONE).await?;
    let voter = Voter::new(&browser);
    let page = fair.page("vote");

    // every group is somebody's, so that each fits; together they are nobody's
    let (one, other) = (fair.code("member-1")?, fair.code("member-2")?);
    let (begin, _) = one.rsplit_once('-').context("groups")?;
    let (_, end) = other.rsplit_once('-').context("groups")?;
    browser.open(&format!("{page}#code={begin}-{end}")).await?;
    browser.find("#code-here").await?;
    voter.go_on().await?;
    browser.says("This code is not on the roll").await?;
    voter.is_at("#code-1").await?;
    browser.is_clean().await?;

    voter.enter_by_link(&page, fair.code("guest-1")?).await?;
    browser.says("Question 1 of 2").await?;
    voter.fill(&guest_ballot(3)).await?;
    let meant: Vec<_> =
        OF_GUESTS.iter().zip(guest_ballot(3)).map(|(contest, choice)| words(*contest, &choice)).collect();
    assert_eq!(voter.choices().await?, meant);
    voter.seal().await?;
    voter.cast().await?;
    browser.is_clean().await?;

    voter.enter_by_link(&page, fair.code("elder-1")?).await?;
    browser.says("Your vote counts 3 times.").await?;
    browser.says("Question 1 of 7").await?;
    browser.is_clean().await?;
    browser.end().await
}

/// Whether a box or radio button is marked.
async fn is_marked(browser: &Browser, selector: &str) -> Result<bool> {
    Ok(browser.driver().find(thirtyfour::By::Css(selector)).await?.prop("checked").await?.as_deref()
        == Some("true"))
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_too_many_are_not_taken_and_marks_too_few_are_pointed_out() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let fair = fair(&dir).await?;
    let browser = Browser::start(PHONE).await?;
    let voter = Voter::new(&browser);
    voter.enter_by_link(&fair.page("vote"), fair.code("member-4")?).await?;

    voter.go_on().await?;
    let summary = ".error-summary a[href='#contest-0']";
    voter.is_at(summary).await?;
    assert_eq!(browser.find(summary).await?.text().await?, "Choose one option, or mark “Blank vote”.");
    browser.find("#contest-0-error").await?;
    browser.click(summary).await?;
    assert_eq!(browser.run("return document.activeElement.id;").await?, "contest-0");
    voter.mark(0, &Choice::Options(vec![2])).await?;
    voter.until("the error goes", "return !document.querySelector('.error-summary:not(.mended)');").await?;
    voter.go_on().await?;

    voter.is_at(&contest(1)).await?;
    voter.mark(1, &Choice::Options(vec![0, 2])).await?;
    browser.says("2 of 2 chosen – to choose another, first remove one").await?;
    browser.click(&mark(1, "choice", 2)).await?;
    browser.says("“Library” was not chosen: you already have 2.").await?;
    for (value, marked) in [(1, true), (2, false), (3, true), (4, false)] {
        assert_eq!(is_marked(&browser, &button(1, "choice", value)).await?, marked, "box {value}");
    }
    // one taken back makes room
    browser.click(&mark(1, "choice", 1)).await?;
    browser.click(&mark(1, "choice", 2)).await?;
    browser.says("2 of 2 chosen").await?;
    voter.go_on().await?;

    voter.is_at(&contest(2)).await?;
    voter.mark(2, &Choice::Points(vec![0, 3])).await?;
    voter.go_on().await?;
    voter.is_at(&contest(3)).await?;
    voter.mark(3, &Choice::Points(vec![5, 1, 0])).await?;
    browser.says("“Green” got no more: all your points are given.").await?;
    voter.go_on().await?;

    voter.is_at(&contest(4)).await?;
    voter.mark(4, &Choice::Columns(vec![0, 0])).await?;
    browser.click(&mark(4, "row-2", 1)).await?;
    browser.says("“Fay” was not marked “for”: you are already for 2.").await?;
    assert!(!is_marked(&browser, &button(4, "row-2", 1)).await?);
    voter.go_on().await?;
    voter.is_at(".error-summary a[href='#contest-4']").await?;
    browser.find("#contest-4-2-error").await?;
    browser.click(&mark(4, "row-2", 2)).await?;
    voter.go_on().await?;

    voter.is_at(&contest(5)).await?;
    voter.mark(5, &Choice::Columns(vec![0])).await?;
    voter.go_on().await?;
    browser.says("Not marked yet: “Plan B”.").await?;
    voter.mark(5, &Choice::Blank).await?;
    voter.go_on().await?;
    voter.is_at(&contest(6)).await?;
    voter.mark(6, &Choice::Order(vec![1])).await?;
    voter.go_on().await?;
    browser.says("All options need a place. Not placed yet: “Gil”, “Ina”.").await?;
    voter.mark(6, &Choice::Order(vec![2, 0])).await?;
    voter.go_on().await?;
    voter.is_at("#seal").await?;
    let meant = vec![
        Choice::Options(vec![2]),
        Choice::Options(vec![1, 2]),
        Choice::Points(vec![0, 3]),
        Choice::Points(vec![5, 0, 0]),
        Choice::Columns(vec![0, 0, 1]),
        Choice::Blank,
        Choice::Order(vec![1, 2, 0]),
    ];
    assert_eq!(voter.choices().await?, said(&meant));

    // a change leads back to the review
    browser.click("#change-4").await?;
    voter.is_at(&contest(3)).await?;
    browser.click(".stepper:has(#contest-3-0-points) button:first-child").await?;
    voter.go_on().await?;
    voter.is_at("#seal").await?;
    assert_eq!(voter.choices().await?[3], ["Red: 4 points", "Green: 0 points", "Blue: 0 points"]);
    browser.is_clean().await?;
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn name_like_markup_is_shown_as_it_is_written() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let fair = fair(&dir).await?;
    let browser = Browser::start(PHONE).await?;
    let voter = Voter::new(&browser);
    let is_text = async |step: &str| -> Result<()> {
        browser.says(MARKUP).await?;
        let title = browser.run("return document.title;").await?;
        ensure!(title.as_str().is_some_and(|title| title.ends_with(" – Tabella")), "{step}: {title}");
        ensure!(!browser.has("main img, main script").await?, "{step}: the name has become markup");
        Ok(())
    };
    voter.enter_by_link(&fair.page("vote"), fair.code("member-1")?).await?;
    is_text("ballot").await?;
    // a ballot that chooses it
    let mut ballot = ballot(3);
    ballot[0] = Choice::Options(vec![1]);
    voter.fill(&ballot).await?;
    is_text("review").await?;
    assert_eq!(voter.choices().await?[0], [MARKUP]);
    voter.seal().await?;
    let address = voter.test().await?;
    browser.is_clean().await?;
    browser.open(&address).await?;
    browser.find(".review").await?;
    is_text("check").await?;
    browser.open(&fair.page("")).await?;
    is_text("election").await?;
    browser.is_clean().await?;
    browser.end().await
}

/// How many ballots the board has recorded as cast.
async fn ballots(fair: Fair) -> Result<(Fair, u64)> {
    tokio::task::spawn_blocking(move || {
        let status = fair.world.status(&fair.election)?;
        let cast = status["ballots"]["cast"].as_u64().with_context(|| format!("{status}"))?;
        Ok((fair, cast))
    })
    .await?
}

#[tokio::test(flavor = "multi_thread")]
async fn reload_loses_unsealed_choices_and_no_ballot_that_is_on_its_way() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let fair = fair(&dir).await?;
    let liar = Liar::before(fair.world.url()).await?;
    let page = at(&liar.url, &fair.election, "vote");
    let browser = Browser::start(PHONE).await?;
    let voter = Voter::new(&browser);
    let code = fair.code("member-5")?.to_owned();

    voter.enter_by_link(&page, &code).await?;
    voter.mark(0, &Choice::Options(vec![0])).await?;
    browser.driver().refresh().await?;
    voter.is_at("#code-1").await?;
    assert_eq!(browser.find("#code-1").await?.value().await?.as_deref(), Some(""));
    browser.says("The ballot that you were marking is not cast: enter your code again.").await?;
    assert_eq!(browser.run("return sessionStorage.length;").await?, 0);

    // the board records the ballot, and its answer is lost
    voter.enter_by_link(&page, &code).await?;
    assert!(!is_marked(&browser, &button(0, "choice", 1)).await?);
    voter.fill(&ballot(5)).await?;
    let tracking = voter.seal().await?;
    liar.lie(|question: &Question, answer: Answer| match question.method {
        Method::POST => Answer { status: StatusCode::GATEWAY_TIMEOUT, body: Vec::new() },
        _ => answer,
    });
    browser.click("#cast").await?;
    voter.is_at("#send-again").await?;
    let kept = browser.run("return JSON.stringify(sessionStorage);").await?.to_string();
    assert!(kept.contains(&tracking), "{kept}");
    // the bytes are kept in hexadecimal
    let shown = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    for group in code.split('-') {
        assert!(
            !kept.contains(group) && !kept.contains(&shown(group)),
            "the code is in session storage: {kept}"
        );
    }
    browser.driver().refresh().await?;
    browser.find("#receipt").await?;
    assert!(!browser.has("#not-cast").await?);
    assert_eq!(voter.tracking_code().await?, tracking);
    browser.is_clean().await?;
    let (fair, cast) = ballots(fair).await?;
    assert_eq!(cast, 1);

    // the board is gone before the ballot gets there, and comes back
    liar.repent();
    voter.enter_by_link(&page, &code).await?;
    voter.fill(&ballot(6)).await?;
    let tracking = voter.seal().await?;
    liar.move_to("http://127.0.0.1:1");
    browser.click("#cast").await?;
    voter.is_at("#send-again").await?;
    liar.move_to(fair.world.url());
    browser.driver().refresh().await?;
    browser.says("Your ballot has not arrived").await?;
    voter.is_at("#give-up").await?;
    browser.click("#send-again").await?;
    browser.find("#receipt").await?;
    assert_eq!(voter.tracking_code().await?, tracking);
    browser.says("You have cast 2 of ").await?;
    let (fair, cast) = ballots(fair).await?;
    assert_eq!(cast, 2);
    browser.is_clean().await?;

    // a receipt that has stood stays one when the board is away, and comes back with it
    liar.lie(|question: &Question, answer: Answer| match question.path.contains("/receipts/") {
        true => Answer { status: StatusCode::GATEWAY_TIMEOUT, body: Vec::new() },
        false => answer,
    });
    browser.driver().refresh().await?;
    browser.says("your vote was cast").await?;
    assert!(!browser.has("#not-cast").await?);
    assert_eq!(voter.tracking_code().await?, tracking);
    liar.repent();
    browser.click("#look-again").await?;
    browser.find("#receipt").await?;
    voter.leave().await?;

    // what the link lacks is said, and only what is whole is taken as it is
    let (part, rest) = code.split_at(code.len() - 2);
    browser.open(&format!("{page}#code={part}")).await?;
    browser.says("The link is not complete: 2 characters of your code are missing.").await?;
    assert!(!browser.has("#code-here").await?);
    browser.type_into("#code-5", rest).await?;
    voter.go_on().await?;
    voter.is_at(&contest(0)).await?;
    let (_fair, cast) = ballots(fair).await?;
    assert_eq!(cast, 2);
    browser.is_clean().await?;
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn page_without_a_network_says_so_and_keeps_the_marks() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let fair = fair(&dir).await?;
    let browser = Browser::start(PHONE).await?;
    let voter = Voter::new(&browser);
    let network = async |offline: bool| {
        let conditions =
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        browser.devtools("Network.emulateNetworkConditions", conditions).await
    };
    voter.enter_by_link(&fair.page("vote"), fair.code("member-6")?).await?;
    browser.devtools("Network.enable", json!({})).await?;
    voter.mark(0, &Choice::Options(vec![0])).await?;
    assert!(!browser.has(".offline").await?);
    network(true).await?;
    browser.find(".offline").await?;
    browser.says("You are offline").await?;
    assert!(is_marked(&browser, &button(0, "choice", 1)).await?);
    voter.go_on().await?;
    voter.is_at(&contest(1)).await?;
    voter.mark(1, &Choice::Options(vec![1])).await?;
    browser.click("#back").await?;
    voter.is_at(&contest(0)).await?;
    assert!(is_marked(&browser, &button(0, "choice", 1)).await?);
    network(false).await?;
    voter.until("the page is online", "return !document.querySelector('.offline');").await?;
    voter.go_on().await?;
    voter.is_at(&contest(1)).await?;
    assert!(is_marked(&browser, &button(1, "choice", 2)).await?);
    browser.is_clean().await?;
    browser.end().await
}

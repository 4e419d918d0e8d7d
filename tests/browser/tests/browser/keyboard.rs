//! A whole vote by keyboard alone: Tab, Shift and Tab, Space, arrows, Enter, and nothing else.

use anyhow::{Context as _, Result, bail, ensure};
use tabella_browser_tests::browser::{Browser, DESK};
use tabella_browser_tests::marked::{Choice, said};
use tabella_browser_tests::voter::{Voter, fair};
use thirtyfour::Key;

/// Most presses of Tab from one thing of the page to another.
const FAR: usize = 120;
/// Whether what has the focus shows it: by an outline of its own, or of the label around it.
const SHOWS_FOCUS: &str = "const focused = document.activeElement; \
    const outlined = (element) => { const style = getComputedStyle(element); \
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2; }; \
    const inside = (box) => box.bottom > 0 && box.top < innerHeight && box.width > 0; \
    const shown = [focused, focused.closest('label')].filter(Boolean).find(outlined); \
    return shown !== undefined && inside(shown.getBoundingClientRect());";

/// A voter without a mouse.
struct Hands<'a>(&'a Browser);

impl Hands<'_> {
    async fn press(&self, key: Key) -> Result<()> {
        self.0.keys(String::from(char::from(key))).await
    }

    async fn press_times(&self, key: Key, times: usize) -> Result<()> {
        for _ in 0..times {
            self.press(key.clone()).await?;
        }
        Ok(())
    }

    /// Goes back by one.
    async fn back_tab(&self) -> Result<()> {
        let chain = self.0.driver().action_chain();
        chain.key_down(Key::Shift).send_keys(Key::Tab).key_up(Key::Shift).perform().await?;
        Ok(())
    }

    async fn is_on(&self, selector: &str) -> Result<bool> {
        let script = format!("return document.activeElement.matches({selector:?});");
        Ok(self.0.run(&script).await? == true)
    }

    async fn focus_shows(&self) -> Result<()> {
        if self.0.run(SHOWS_FOCUS).await? != true {
            let focused = self.0.run("return document.activeElement.outerHTML;").await?;
            bail!("the focus cannot be seen on {focused}");
        }
        Ok(())
    }

    /// Goes on, or back, until something has the focus, which must be seen at every stop.
    async fn go(&self, selector: &str, is_forth: bool) -> Result<()> {
        self.0.find(selector).await.ok();
        for _ in 0..FAR {
            if is_forth {
                self.press(Key::Tab).await?;
            } else {
                self.back_tab().await?;
            }
            self.focus_shows().await?;
            if self.is_on(selector).await? {
                return Ok(());
            }
        }
        bail!("no way to {selector} by Tab:\n{}", self.0.text().await?)
    }

    async fn to(&self, selector: &str) -> Result<()> {
        self.go(selector, true).await
    }

    /// Marks a value, from 1, of a group of radio buttons with nothing marked: Space marks the first, arrows go on.
    async fn mark(&self, name: &str, value: usize) -> Result<()> {
        self.to(&format!("input[name='{name}']")).await?;
        self.press(Key::Space).await?;
        self.press_times(Key::Down, value - 1).await?;
        ensure!(
            self.is_on(&format!("[name='{name}'][value='{value}']:checked")).await?,
            "{name}: not {value}"
        );
        self.focus_shows().await
    }

    /// Presses the button that leads on, and waits for the next step, whose heading must have the focus.
    async fn on_to(&self, button: &str, next: &str, key: Key) -> Result<()> {
        self.to(button).await?;
        self.press(key).await?;
        self.0.find(next).await?;
        let voter = Voter::new(self.0);
        voter.until("the heading has the focus", "return document.activeElement.tagName === 'H1';").await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_in_all_seven_contests_by_keyboard_alone() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let fair = fair(&dir).await?;
    let browser = Browser::start(DESK).await?;
    let (hands, voter) = (Hands(&browser), Voter::new(&browser));
    browser.open(&format!("{}#code={}", fair.page("vote"), fair.code("member-1")?)).await?;
    browser.find("#code-here").await?;

    // the first stop of every page leads past its header
    hands.to("a.skip").await?;
    hands.press(Key::Enter).await?;
    ensure!(hands.is_on("main").await?, "the link past the header leads elsewhere");
    hands.on_to("#continue", "#contest-0", Key::Enter).await?;

    hands.mark("contest-0-choice", 3).await?;
    hands.on_to("#continue", "#contest-1", Key::Space).await?;
    for value in [2, 4] {
        hands.to(&format!("[name='contest-1-choice'][value='{value}']")).await?;
        hands.press(Key::Space).await?;
    }
    // one more is refused, where it stands
    hands.go("[name='contest-1-choice'][value='3']", false).await?;
    hands.press(Key::Space).await?;
    browser.says("“Pool” was not chosen: you already have 2.").await?;
    ensure!(hands.is_on("[value='3']:not(:checked)").await?, "the box took a mark, or lost the focus");
    hands.on_to("#continue", "#contest-2", Key::Enter).await?;

    // arrows in the field, or the buttons beside it
    hands.to("#contest-2-0-points").await?;
    hands.press_times(Key::Up, 8).await?;
    hands.press(Key::Down).await?;
    hands.to(".stepper:has(#contest-2-1-points) button:last-child").await?;
    hands.press_times(Key::Space, 3).await?;
    hands.on_to("#continue", "#contest-3", Key::Enter).await?;
    hands.to("#contest-3-0-points").await?;
    hands.press_times(Key::Up, 2).await?;
    hands.to("#contest-3-2-points").await?;
    hands.press_times(Key::Up, 3).await?;
    hands.on_to("#continue", "#contest-4", Key::Enter).await?;

    for (option, column) in [2, 1, 3].into_iter().enumerate() {
        hands.mark(&format!("contest-4-row-{option}"), column).await?;
    }
    hands.on_to("#continue", "#contest-5", Key::Enter).await?;
    for (option, column) in [1, 3].into_iter().enumerate() {
        hands.mark(&format!("contest-5-row-{option}"), column).await?;
    }
    hands.on_to("#continue", "#contest-6", Key::Enter).await?;

    // every option placed gives the focus to the next, the last one to its handle
    hands.to("#contest-6-0-open").await?;
    for next in ["#contest-6-1-open", "#contest-6-2-open", "#contest-6-2-handle"] {
        hands.press(Key::Enter).await?;
        let focused = format!("return document.activeElement.matches('{next}');");
        voter.until(&format!("{next} has the focus"), &focused).await?;
        hands.focus_shows().await?;
    }
    let order = async |order: [usize; 3]| {
        let ids = order.map(|option| format!("contest-6-{option}-row")).join(" ");
        let script = format!(
            "return [...document.querySelectorAll('.rank-item')].map((row) => row.id).join(' ') === '{ids}' \
             && document.activeElement.matches('.rank-item button');"
        );
        voter.until(&format!("the order is {order:?}"), &script).await
    };
    order([0, 1, 2]).await?;
    hands.press(Key::Up).await?;
    order([0, 2, 1]).await?;
    ensure!(hands.is_on("#contest-6-2-handle").await?, "the moved option has lost the focus");
    hands.go("#contest-6-0-down", false).await?;
    hands.press(Key::Space).await?;
    order([2, 0, 1]).await?;
    ensure!(hands.is_on("#contest-6-0-down").await?, "the button has lost the focus");
    hands.focus_shows().await?;
    hands.on_to("#continue", "#seal", Key::Enter).await?;

    let meant = vec![
        Choice::Options(vec![2]),
        Choice::Options(vec![1, 3]),
        Choice::Points(vec![7, 3]),
        Choice::Points(vec![2, 0, 3]),
        Choice::Columns(vec![1, 0, 2]),
        Choice::Columns(vec![0, 2]),
        Choice::Order(vec![2, 0, 1]),
    ];
    assert_eq!(voter.choices().await?, said(&meant));
    // back to a contest, and to the review again: the mark is there, and the way back works as the way on
    hands.on_to("#change-1", "#contest-0", Key::Enter).await?;
    hands.to("#continue").await?;
    hands.go("[name='contest-0-choice'][value='3']:checked", false).await?;
    hands.on_to("#continue", "#seal", Key::Enter).await?;
    hands.on_to("#seal", "#cast", Key::Enter).await?;
    let tracking = voter.tracking_code().await?;
    // past the header is no way back: the sealed ballot stays
    hands.go("a.skip", false).await?;
    hands.press(Key::Enter).await?;
    ensure!(hands.is_on("main").await? && browser.has("#cast").await?, "the sealed ballot is gone");
    hands.on_to("#test", "#test-now", Key::Enter).await?;
    hands.on_to("#back", "#cast", Key::Enter).await?;
    hands.on_to("#cast", "#receipt", Key::Enter).await?;
    assert_eq!(voter.tracking_code().await?, tracking);
    hands.to("#print").await?;
    let heading = browser.find("#receipt h1").await?.text().await.context("a heading")?;
    assert_eq!(heading, "Your vote is cast");
    browser.is_clean().await?;
    browser.end().await
}

//! A voter at the page. Elements are found by ids and structure, never by words, so that it votes in every language.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::browser::Browser;
use crate::fair::Fair;
use crate::marked::Choice;

/// Longest wait for a condition of the page.
const PATIENCE: Duration = Duration::from_secs(40);

/// A voter at a browser.
#[derive(Clone, Copy)]
pub struct Voter<'a> {
    /// The browser.
    pub browser: &'a Browser,
}

/// The fair, opened in a folder of its own while other tests go on.
pub async fn fair(folder: &TempDir) -> Result<Fair> {
    let root = folder.path().join("world");
    tokio::task::spawn_blocking(move || Fair::open(&root)).await?
}

/// A contest's fieldset, from 0.
pub fn contest(index: usize) -> String {
    format!("#contest-{index}")
}

/// The label that marks a value of a group of buttons: `choice`, or `row-` and an option's index.
pub fn mark(index: usize, group: &str, value: impl std::fmt::Display) -> String {
    format!("label:has(> input[name='contest-{index}-{group}'][value='{value}'])")
}

/// The box or radio button of the same.
pub fn button(index: usize, group: &str, value: impl std::fmt::Display) -> String {
    format!("input[name='contest-{index}-{group}'][value='{value}']")
}

/// The label of the blank vote.
pub fn blank(index: usize) -> String {
    format!("#contest-{index} label.blank")
}

impl<'a> Voter<'a> {
    /// A voter at this browser.
    pub fn new(browser: &'a Browser) -> Self {
        Self { browser }
    }

    /// Opens the voting page by a link with the code, and goes on to the ballot.
    pub async fn enter_by_link(self, page: &str, code: &str) -> Result<()> {
        self.browser.open(&format!("{page}#code={code}")).await?;
        let came = self.browser.find("#code-here").await?.text().await?;
        ensure!(came == code, "the link's code is shown as {came}");
        let address = self.browser.run("return location.href;").await?;
        ensure!(address == page, "the code is still in the address: {address}");
        self.go_on().await?;
        self.is_at(&contest(0)).await
    }

    /// Opens the voting page, types the code symbol by symbol into its first field, and goes on to the ballot.
    pub async fn enter_by_typing(self, page: &str, code: &str) -> Result<()> {
        self.browser.open(page).await?;
        self.browser.click("#code-1").await?;
        for symbol in code.chars().filter(|symbol| *symbol != '-') {
            // lower case, wherever the focus has gone by itself
            self.browser.keys(symbol.to_ascii_lowercase().to_string()).await?;
        }
        self.browser.find("#code-5.fits").await?;
        self.go_on().await?;
        self.is_at(&contest(0)).await
    }

    /// Marks a contest of this ballot, from 0, with the mouse.
    pub async fn mark(self, index: usize, choice: &Choice) -> Result<()> {
        match choice {
            Choice::Blank => self.browser.click(&blank(index)).await,
            Choice::Options(chosen) => {
                for option in chosen {
                    self.browser.click(&mark(index, "choice", option + 1)).await?;
                }
                Ok(())
            }
            Choice::Points(points) => {
                for (option, points) in points.iter().enumerate() {
                    let more = format!(".stepper:has(#contest-{index}-{option}-points) button:last-child");
                    for _ in 0..*points {
                        self.browser.click(&more).await?;
                    }
                }
                Ok(())
            }
            Choice::Columns(columns) => {
                for (option, column) in columns.iter().enumerate() {
                    self.browser.click(&mark(index, &format!("row-{option}"), column + 1)).await?;
                }
                Ok(())
            }
            Choice::Order(order) => {
                for option in order {
                    self.browser.click(&format!("#contest-{index}-{option}-open")).await?;
                }
                Ok(())
            }
        }
    }

    /// Marks all contests of this ballot, from the one shown on, up to the review.
    pub async fn fill(self, ballot: &[Choice]) -> Result<()> {
        for (index, choice) in ballot.iter().enumerate() {
            self.is_at(&contest(index)).await?;
            self.mark(index, choice).await?;
            self.go_on().await?;
        }
        self.is_at("#change-1").await
    }

    /// What the review, or another list of choices, says: of each contest the lines of its list.
    pub async fn choices(self) -> Result<Vec<Vec<String>>> {
        self.browser.find(".review").await?;
        let lists = self
            .browser
            .run(
                "return [...document.querySelectorAll('.review')].map((list) => [...list.children].map( \
                 (item) => item.innerText.replace(/\\s+/g, ' ').trim()));",
            )
            .await?;
        Ok(serde_json::from_value(lists)?)
    }

    /// Seals the ballot; gives its tracking code.
    pub async fn seal(self) -> Result<String> {
        self.browser.click("#seal").await?;
        self.is_at("#cast").await?;
        self.tracking_code().await
    }

    /// The tracking code that is shown, without its grouping.
    pub async fn tracking_code(self) -> Result<String> {
        let shown = self.browser.find("#tracking-code").await?.text().await?;
        let code: String = shown.split_whitespace().collect();
        ensure!(code.len() == 64 && code.chars().all(|symbol| symbol.is_ascii_hexdigit()), "{shown:?}");
        Ok(code)
    }

    /// Casts the sealed ballot, up to the receipt.
    pub async fn cast(self) -> Result<()> {
        self.browser.click("#cast").await?;
        self.browser.find("#receipt").await?;
        ensure!(!self.browser.has("#not-cast").await?, "the receipt stands, and the page says \"not cast\"");
        Ok(())
    }

    /// Tests the sealed ballot; gives the address that opens it on another device.
    pub async fn test(self) -> Result<String> {
        self.browser.click("#test").await?;
        self.is_at("#test-now").await?;
        self.browser.click("#test-now").await?;
        self.is_at("#opening-qr").await?;
        let address = self.browser.find("#opening-qr").await?.attr("data-address").await?;
        address.context("the address of the opening")
    }

    /// Leaves the receipt by its button; nothing of it is kept.
    pub async fn leave(self) -> Result<()> {
        self.browser.click("#leave").await?;
        self.browser.find("#facts").await?;
        let kept = self.browser.run("return sessionStorage.length;").await?;
        ensure!(kept == 0, "session storage has {kept} items");
        Ok(())
    }

    /// A whole vote by link: gives the tracking code that was shown before it was cast.
    pub async fn votes(self, page: &str, code: &str, ballot: &[Choice]) -> Result<String> {
        self.enter_by_link(page, code).await?;
        self.fill(ballot).await?;
        let tracking = self.seal().await?;
        self.cast().await?;
        Ok(tracking)
    }

    /// Presses the button that leads on.
    pub async fn go_on(self) -> Result<()> {
        self.browser.click("#continue").await
    }

    /// Waits for something of a step before the receipt, which must say that the vote is not cast.
    pub async fn is_at(self, selector: &str) -> Result<()> {
        self.browser.find(selector).await?;
        ensure!(self.browser.has("#not-cast").await?, "{selector} is shown without \"not cast\"");
        Ok(())
    }

    /// Waits until a script answers `true`.
    pub async fn until(self, what: &str, script: &str) -> Result<()> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while self.browser.run(script).await? != Value::Bool(true) {
            ensure!(
                tokio::time::Instant::now() < deadline,
                "it is not so that {what}:\n{}",
                self.browser.text().await?
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

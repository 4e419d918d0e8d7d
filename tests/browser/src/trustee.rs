//! A trustee at the page, and a look at every state of it on four screens.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::browser::{Browser, DESK, Look};

/// How long a round or a result may take to arrive.
const PATIENCE: Duration = Duration::from_secs(120);
const DARK_PHONE: Look = Look { size: (390, 844), language: "en", dark: true };
const NARROW: Look = Look { size: (320, 700), language: "zh-CN", dark: false };
const DARK_DESK: Look = Look { size: (1280, 900), language: "zh-CN", dark: true };
/// A narrow telephone in English.
const SMALL: Look = Look { size: (320, 700), language: "en", dark: false };

/// A trustee at a browser.
#[derive(Clone, Copy)]
pub struct Trustee<'a> {
    /// The browser.
    pub browser: &'a Browser,
}

impl<'a> Trustee<'a> {
    /// A trustee at this browser.
    pub fn new(browser: &'a Browser) -> Self {
        Self { browser }
    }

    /// Fills in name and passphrase, twice.
    pub async fn types_passphrases(self, first: &str, second: &str) -> Result<()> {
        for (field, text) in [("#new-passphrase", first), ("#same-passphrase", second)] {
            self.browser.find(field).await?.clear().await?;
            self.browser.type_into(field, text).await?;
        }
        Ok(())
    }

    /// Takes the passphrase that is drawn by lot, and gives it.
    pub async fn takes_suggestion(self) -> Result<String> {
        self.browser.click("#suggest").await?;
        let drawn = self.browser.find("#suggestion").await?.text().await?;
        ensure!(drawn.split(' ').count() == 6, "{drawn}");
        self.browser.click("#take-suggestion").await?;
        Ok(drawn)
    }

    /// Loads a key file with a passphrase.
    pub async fn loads(self, file: &Path, passphrase: &str) -> Result<()> {
        self.browser.type_into("#key-file", &file.to_string_lossy()).await?;
        self.browser.type_into("#key-passphrase", passphrase).await?;
        self.browser.click("#open-key").await
    }

    /// The 64 digits of the first code within an element.
    pub async fn digits(self, within: &str) -> Result<String> {
        let text = self.browser.find(&format!("{within} .code")).await?.text().await?;
        let digits: String = text.split_whitespace().collect();
        ensure!(digits.len() == 64, "{text}");
        Ok(digits)
    }

    /// Waits for an element, as long as other trustees may take.
    pub async fn comes_to(self, selector: &str) -> Result<()> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !self.browser.has(selector).await? {
            ensure!(
                tokio::time::Instant::now() < deadline,
                "{selector} does not come:\n{}",
                self.browser.text().await?
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }

    /// What the table of the ceremony says of a trustee, from 1: the words of its cells.
    pub async fn marks(self, trustee: usize) -> Result<Vec<String>> {
        let script = format!(
            "return [...document.querySelectorAll('section[aria-labelledby=stand] table:last-of-type tbody tr:nth-child({trustee}) td')] \
             .slice(-6).map((cell) => cell.querySelector('.visually-hidden').textContent);"
        );
        Ok(serde_json::from_value(self.browser.run(&script).await?)?)
    }

    /// Nothing of this may be kept by the browser: in storage of any kind, in the history, in the address.
    pub async fn keeps_none_of(self, secrets: &[String]) -> Result<()> {
        let kept = self
            .browser
            .run_async(
                "const done = arguments[arguments.length - 1]; \
                 const stored = [localStorage, sessionStorage].flatMap((storage) => Object.entries(storage).flat()); \
                 Promise.all([indexedDB.databases(), caches.keys(), navigator.storage.getDirectory() \
                     .then(async (folder) => { const names = []; for await (const name of folder.keys()) names.push(name); return names; })]) \
                 .then(([databases, caches, files]) => done({ stored, other: [databases.map((database) => database.name), caches, files].flat(), \
                     address: location.href, cookies: document.cookie }), (error) => done(String(error)));",
            )
            .await?;
        ensure!(kept["other"] == json!([]), "databases, caches or files: {kept}");
        ensure!(kept["cookies"] == json!(""), "cookies: {kept}");
        let all = serde_json::to_string(&kept)?;
        for secret in secrets {
            ensure!(!secret.is_empty() && !all.contains(secret.as_str()), "{secret:?} is kept: {all}");
        }
        Ok(())
    }

    /// The names of what is in local storage.
    pub async fn stored_names(self) -> Result<Vec<String>> {
        Ok(serde_json::from_value(self.browser.run("return Object.keys(localStorage);").await?)?)
    }

    /// Looks at the page as it is, in both languages, on desks and telephones, light and dark: it must be accessible
    /// and within its window. Pictures go into `target/pictures`.
    pub async fn looks_at(self, name: &str) -> Result<()> {
        let mut faults = Vec::new();
        for (look, suffix) in [(DESK, "en.desk"), (DARK_PHONE, "en.dark"), (SMALL, "en.narrow")] {
            faults.extend(self.inspect(name, look, suffix).await?);
        }
        self.browser.click("button.language").await?;
        for (look, suffix) in [(NARROW, "zh-Hans.narrow"), (DARK_DESK, "zh-Hans.dark")] {
            faults.extend(self.inspect(name, look, suffix).await?);
        }
        let text = self.browser.text().await?;
        ensure!(text.chars().any(|symbol| ('\u{4e00}'..'\u{a000}').contains(&symbol)), "{name}: no Chinese");
        self.browser.click("button.language").await?;
        self.browser.emulate(DESK).await?;
        self.browser.is_clean().await.with_context(|| name.to_owned())?;
        ensure!(faults.is_empty(), "{name}: {}", faults.join("\n"));
        Ok(())
    }

    /// On paper the page is its heading and this element alone. A picture goes into `target/pictures`.
    pub async fn prints_alone(self, selector: &str, name: &str) -> Result<()> {
        self.browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await?;
        let script = format!(
            "const shown = (element) => element.getClientRects().length > 0; \
             const paper = document.querySelector('{selector}'); \
             return [shown(paper), [...document.querySelectorAll('body *')].filter((element) => shown(element) && \
                 element.childElementCount === 0 && element.textContent.trim() && !paper.contains(element) && !element.closest('h1')).length];"
        );
        let found = self.browser.run(&script).await?;
        self.browser.picture(&pictures().join(format!("trustees-{name}.png"))).await?;
        self.browser.emulate(DESK).await?;
        ensure!(found == json!([true, 0]), "on paper: {found}");
        Ok(())
    }

    async fn inspect(self, name: &str, look: Look, suffix: &str) -> Result<Vec<String>> {
        let browser = self.browser;
        browser.emulate(look).await?;
        let mut faults = Vec::new();
        let mut note =
            |found: Result<()>| faults.extend(found.err().map(|fault| format!("{suffix}: {fault:#}")));
        note(browser.fits(name).await);
        note(browser.is_accessible(name).await);
        browser.picture(&pictures().join(format!("trustees-{name}.{suffix}.png"))).await?;
        Ok(faults)
    }
}

/// Where pictures go.
fn pictures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/pictures")
}

/// Whether a trustee of the board's status, from 1, has given shares.
pub fn has_shares(status: &Value, trustee: usize) -> bool {
    status["tally"]["trustees"][trustee - 1]["shares"].as_array().is_some_and(|shares| !shares.is_empty())
}

//! A browser of the test's own: fresh profile, its own driver, gone at the end.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, LoggingPrefsLogLevel};

/// Longest wait for something on the page.
const PATIENCE: Duration = Duration::from_secs(40);
/// Longest wait for a file that the page makes, a key's passphrase stretched among it.
const ARRIVAL: Duration = Duration::from_secs(120);
/// What collects violations of the page's policy, and errors that nobody caught, from before its first script on.
const WATCH: &str = "window.__violations = []; addEventListener('securitypolicyviolation', (event) => \
    __violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`)); \
    addEventListener('error', (event) => __violations.push(`error: ${event.message}`)); \
    addEventListener('unhandledrejection', (event) => __violations.push(`rejection: ${event.reason}`));";

/// How a visitor sees the page.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Width and height of the window in CSS pixels.
    pub size: (u32, u32),
    /// Language that the browser asks for.
    pub language: &'static str,
    /// Whether the visitor prefers dark pages.
    pub dark: bool,
}

/// A telephone in English.
pub const PHONE: Look = Look { size: (390, 844), language: "en", dark: false };
/// A desk in English.
pub const DESK: Look = Look { size: (1280, 900), language: "en", dark: false };

/// A browser with one page.
pub struct Browser {
    driver: WebDriver,
    process: Child,
    _profile: TempDir,
}

impl Browser {
    /// Starts Chromium.
    pub async fn start(look: Look) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("chromedriver cannot be started: run .ci/setup browser")?;
        let mut capabilities = DesiredCapabilities::chrome();
        for flag in flags(&look, profile.path()) {
            capabilities.add_arg(&flag)?;
        }
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        let driver = connect(port, capabilities).await?;
        let browser = Self { driver, process, _profile: profile };
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await?;
        browser.emulate(look).await?;
        Ok(browser)
    }

    /// The driver, for what has no method here.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Changes how the page is seen.
    pub async fn emulate(&self, look: Look) -> Result<()> {
        let (width, height) = look.size;
        let devtools = |method: &'static str, parameters: Value| self.devtools(method, parameters);
        devtools(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 }),
        )
        .await?;
        let scheme = if look.dark { "dark" } else { "light" };
        devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": [
                { "name": "prefers-color-scheme", "value": scheme },
                // nothing is looked at while it changes
                { "name": "prefers-reduced-motion", "value": "reduce" },
            ] }),
        )
        .await?;
        devtools("Emulation.setLocaleOverride", json!({ "locale": look.language })).await.ok();
        Ok(())
    }

    /// Speaks to the browser itself.
    pub async fn devtools(&self, method: &str, parameters: Value) -> Result<Value> {
        Ok(self.driver.cdp().send_raw(method, parameters).await?)
    }

    /// Goes to an address, and waits until the page has its heading.
    pub async fn open(&self, url: &str) -> Result<()> {
        // a change of the fragment alone would not load the page
        self.driver.goto("about:blank").await?;
        self.driver.goto(url).await?;
        self.find("main h1").await.map(drop)
    }

    /// The first element that this selector finds and that is shown; waits for it.
    pub async fn find(&self, selector: &str) -> Result<WebElement> {
        match self.shown(By::Css(selector)).await {
            Ok(element) => Ok(element),
            Err(error) => {
                bail!("{selector} is not on the page ({error}):\n{}", self.text().await.unwrap_or_default())
            }
        }
    }

    /// The first element shown. One that the page replaces while it is being looked at is looked for again.
    async fn shown(&self, by: By) -> WebDriverResult<WebElement> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let query = self.driver.query(by.clone()).wait(PATIENCE, Duration::from_millis(50));
            match query.and_displayed().first().await {
                Err(error) if is_stale(&error) && tokio::time::Instant::now() < deadline => {}
                found => return found,
            }
        }
    }

    /// Waits until an element stays where it is: what is loaded above it moves it away from under the pointer.
    async fn at_rest(&self, element: &WebElement) -> WebDriverResult<()> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut before = None;
        loop {
            let place = element.rect().await?;
            let place = Some((place.x, place.y));
            // what never rests is clicked where it is
            if place == before || tokio::time::Instant::now() > deadline {
                return Ok(());
            }
            before = place;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Clicks on the first element shown, once.
    async fn click_on(&self, by: By) -> WebDriverResult<()> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let element = self.shown(by.clone()).await?;
            let click = async {
                self.at_rest(&element).await?;
                element.scroll_into_view().await?;
                element.click().await
            };
            match click.await {
                // replaced before the click: nothing was clicked
                Err(error) if is_stale(&error) && tokio::time::Instant::now() < deadline => {}
                clicked => return clicked,
            }
        }
    }

    /// Whether an element is on the page now.
    pub async fn has(&self, selector: &str) -> Result<bool> {
        Ok(!self.driver.find_all(By::Css(selector)).await?.is_empty())
    }

    /// Clicks on an element, after waiting for it.
    pub async fn click(&self, selector: &str) -> Result<()> {
        match self.click_on(By::Css(selector)).await {
            Ok(()) => Ok(()),
            Err(error) => {
                bail!("{selector} cannot be clicked ({error}):\n{}", self.text().await.unwrap_or_default())
            }
        }
    }

    /// Clicks on the shown button, link or label with exactly these words.
    pub async fn press(&self, words: &str) -> Result<()> {
        let path = format!(
            "//*[self::button or self::a or self::label or self::summary][normalize-space(.)={}]",
            quoted(words)
        );
        match self.click_on(By::XPath(path)).await {
            Ok(()) => Ok(()),
            Err(error) => {
                bail!("nothing to press says {words:?} ({error}):\n{}", self.text().await.unwrap_or_default())
            }
        }
    }

    /// Types into an element.
    pub async fn type_into(&self, selector: &str, text: &str) -> Result<()> {
        Ok(self.find(selector).await?.send_keys(text).await?)
    }

    /// Types wherever the focus is.
    pub async fn keys(&self, text: impl AsRef<str>) -> Result<()> {
        self.driver.action_chain().send_keys(text.as_ref()).perform().await?;
        Ok(())
    }

    /// Files that the page offers go into this folder.
    pub async fn saves_into(&self, folder: &Path) -> Result<()> {
        let path = folder.to_string_lossy().into_owned();
        let parameters = json!({ "behavior": "allow", "downloadPath": path });
        self.devtools("Browser.setDownloadBehavior", parameters).await.map(drop)
    }

    /// The newest file with this extension in a folder, as soon as it is complete and there are so many.
    pub async fn downloaded(&self, folder: &Path, extension: &str, number: usize) -> Result<PathBuf> {
        let deadline = tokio::time::Instant::now() + ARRIVAL;
        loop {
            let mut found = Vec::new();
            for file in std::fs::read_dir(folder)? {
                let path = file?.path();
                // while it arrives it has another extension
                if path.extension().is_some_and(|found| found == extension) && path.metadata()?.len() > 0 {
                    found.push((path.metadata()?.modified()?, path));
                }
            }
            found.sort();
            if let Some((_, path)) = found.pop().filter(|_| found.len() + 1 == number) {
                return Ok(path);
            }
            ensure!(
                tokio::time::Instant::now() < deadline,
                "not {number} files .{extension} in {}; the page says:\n{}",
                folder.display(),
                self.text().await?
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What the main part of the page says.
    pub async fn text(&self) -> Result<String> {
        let value = self.run("return document.body.innerText;").await?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the page says this.
    pub async fn says(&self, words: &str) -> Result<()> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let text = self.text().await?;
            if text.contains(words) {
                return Ok(());
            }
            ensure!(tokio::time::Instant::now() < deadline, "the page does not say {words:?}, but:\n{text}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.driver.execute(script, Vec::new()).await?.json().clone())
    }

    /// Runs a script that ends by calling its last argument.
    pub async fn run_async(&self, script: &str) -> Result<Value> {
        Ok(self.driver.execute_async(script, Vec::new()).await?.json().clone())
    }

    /// The page must have broken no policy, and left no error uncaught, since it was loaded.
    pub async fn is_clean(&self) -> Result<()> {
        let violations = self.run("return window.__violations ?? [];").await?;
        ensure!(
            violations.as_array().is_some_and(Vec::is_empty),
            "the page broke its policy, or failed: {violations}"
        );
        Ok(())
    }

    /// axe-core must find nothing: WCAG 2.2 A and AA, and best practice.
    pub async fn is_accessible(&self, page: &str) -> Result<()> {
        let source = std::fs::read_to_string(axe()?)?;
        self.run(&format!("{source}; return 0;")).await?;
        let found = self
            .run_async(
                "const done = arguments[arguments.length - 1]; \
                 axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }) \
                 .then((results) => done(results.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target + ' ' + n.html + ' ' + n.failureSummary).join(' | ')}`)), \
                 (error) => done([String(error)]));",
            )
            .await?;
        let found = found.as_array().context("axe answers a list")?;
        ensure!(found.is_empty(), "{page}: {}", serde_json::to_string_pretty(found)?);
        Ok(())
    }

    /// The page must not be wider than the window.
    pub async fn fits(&self, page: &str) -> Result<()> {
        // `innerWidth` of a telephone grows with what does not fit
        let width = self
            .run("const page = document.documentElement; return [page.scrollWidth, page.clientWidth];")
            .await?;
        let (Some(content), Some(window)) = (width[0].as_u64(), width[1].as_u64()) else {
            bail!("no width: {width}")
        };
        ensure!(content <= window, "{page} is {content} pixels wide in a window of {window}");
        Ok(())
    }

    /// Takes a picture of the whole page.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        let height = self.run("return document.documentElement.scrollHeight;").await?.as_u64().unwrap_or(900);
        self.picture_of(file, 0, height).await
    }

    /// Takes a picture of the page from one height to another, in CSS pixels from its top.
    pub async fn picture_of(&self, file: &Path, top: u64, bottom: u64) -> Result<()> {
        let width = self.run("return document.documentElement.clientWidth;").await?.as_u64().unwrap_or(390);
        let shot = self
            .devtools(
                "Page.captureScreenshot",
                json!({ "captureBeyondViewport": true, "clip": { "x": 0, "y": top, "width": width, "height": bottom.saturating_sub(top), "scale": 1 } }),
            )
            .await?;
        let data = shot["data"].as_str().context("a picture")?;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(file, STANDARD.decode(data)?)?;
        Ok(())
    }

    /// Ends the browser.
    pub async fn end(mut self) -> Result<()> {
        self.driver.clone().quit().await?;
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // ends its browsers too; it may have ended already
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn flags(look: &Look, profile: &Path) -> Vec<String> {
    let mut flags: Vec<String> = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
    ]
    .map(str::to_owned)
    .into();
    flags.push(format!("--user-data-dir={}", profile.display()));
    flags.push(format!("--lang={}", look.language));
    flags.push(format!("--accept-lang={}", look.language));
    flags.push(format!("--window-size={},{}", look.size.0.max(500), look.size.1));
    flags
}

async fn connect(port: u16, capabilities: ChromeCapabilities) -> Result<WebDriver> {
    let address = format!("http://127.0.0.1:{port}");
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            let driver = WebDriver::new(&address, capabilities.clone()).await?;
            driver.set_script_timeout(Duration::from_secs(120)).await?;
            return Ok(driver);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("chromedriver does not listen")
}

/// Whether the page has replaced the element meanwhile. The query wraps this error in one of its own.
fn is_stale(error: &WebDriverError) -> bool {
    error.to_string().contains("stale element reference")
}

/// Where `.ci/setup browser` has put axe-core.
fn axe() -> Result<PathBuf> {
    let target = std::env::current_exe()?;
    let target = target
        .ancestors()
        .find(|folder| folder.join("axe-core").is_dir())
        .context("run .ci/setup browser")?;
    Ok(target.join("axe-core/axe.min.js"))
}

/// A text as an XPath literal; texts with both kinds of quotes are not pressed.
fn quoted(words: &str) -> String {
    if words.contains('\'') { format!("\"{words}\"") } else { format!("'{words}'") }
}

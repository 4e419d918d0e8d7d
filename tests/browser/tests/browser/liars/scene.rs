//! A voter at a browser, a liar, and the honest board behind it.

use anyhow::{Result, ensure};
use tabella_browser_tests::browser::{Browser, Look, PHONE};
use tabella_browser_tests::fair::at;
use tabella_browser_tests::liar::Liar;
use tabella_browser_tests::marked::Choice;
use tabella_browser_tests::voter::Voter;
use tabella_tests::small::{BY_HAND, Codes, YES_NO, code, voters};
use tabella_tests::world::{Election, World};
use tempfile::TempDir;

/// The heading of every answer that cannot be true.
pub const STOP: &str = "Stop: this board cannot be trusted";
/// What the page says of a key that is not the one seen before.
pub const KEY: &str = "Its key is not the one that this device has seen before.";
/// What it says of a checkpoint that is not signed.
pub const CHECKPOINT: &str = "What it says is not signed by the board’s key.";
/// What it says of another history.
pub const FORK: &str = "It shows another history than before: something that stood on the public record was taken back or changed.";
/// What it says of a receipt that shows nothing.
pub const RECEIPT: &str = "It says that your ballot is recorded but does not prove it. Treat your vote as not cast, and tell the election office.";
/// What it says of entries that are not those of the log.
pub const ENTRIES: &str = "What it shows does not fit its own signature.";
/// What it says of another election's manifest.
pub const ELECTION: &str = "This is not the election that the link names.";
/// What it says of an answer that contradicts another.
pub const ANSWER: &str = "Its answer makes no sense.";

/// An election of one question, open, at a board that one browser knows through a liar alone.
pub struct Scene {
    pub world: World,
    pub election: Election,
    pub liar: Liar,
    pub browser: Browser,
    codes: Codes,
    folder: TempDir,
}

impl Scene {
    /// Begins, with a telephone in English.
    pub async fn begin() -> Result<Self> {
        Self::seen(PHONE).await
    }

    /// Begins, seen in another way. The roll has `voter-1` to `voter-9`.
    pub async fn seen(look: Look) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let world = World::new(&folder.path().join("world"))?;
        let (election, codes) = world.open("small", BY_HAND, YES_NO, &voters(9))?;
        let liar = Liar::before(world.url()).await?;
        let browser = Browser::start(look).await?;
        Ok(Self { world, election, liar, browser, codes, folder })
    }

    /// A file or folder of the test's own.
    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// A voter's code.
    pub fn code(&self, voter: &str) -> Result<&str> {
        code(&self.codes, voter)
    }

    /// The address of one of the election's pages at the liar.
    pub fn page(&self, name: &str) -> String {
        at(&self.liar.url, &self.election, name)
    }

    /// A path of the interface below the election.
    pub fn below(&self, path: &str) -> String {
        format!("/v1/elections/{}/{path}", self.election.id)
    }

    /// Whoever votes at the browser.
    pub fn voter(&self) -> Voter<'_> {
        Voter::new(&self.browser)
    }

    /// Casts a ballot at the command line, without the liar.
    pub fn cast_elsewhere(&self, world: &World, voter: &str) -> Result<()> {
        world.cast(&self.election, self.code(voter)?, &["1=Yes"], &[])?.says(&[]).map(drop)
    }

    /// The voter goes by link up to the sealed ballot, which nobody sends.
    pub async fn seals(&self, voter: &str) -> Result<()> {
        let voter_at_page = self.voter();
        voter_at_page.enter_by_link(&self.page("vote"), self.code(voter)?).await?;
        voter_at_page.fill(&[Choice::Options(vec![0])]).await?;
        voter_at_page.seal().await?;
        self.browser.is_clean().await
    }

    /// The voter goes by link up to the sealed ballot, and presses "cast".
    pub async fn sends(&self, voter: &str) -> Result<()> {
        self.seals(voter).await?;
        self.browser.click("#cast").await
    }

    /// The voter goes by link to the voting page, and presses "continue".
    pub async fn enters(&self, voter: &str) -> Result<()> {
        self.browser.open(&format!("{}#code={}", self.page("vote"), self.code(voter)?)).await?;
        self.browser.find("#code-here").await?;
        self.voter().go_on().await
    }

    /// The page says all of this, and that the vote is not cast; it shows no receipt and offers nothing to send.
    pub async fn refuses(&self, words: &[&str]) -> Result<()> {
        self.says(words).await?;
        for (selector, must_be) in [
            ("#not-cast", true),
            ("#receipt", false),
            ("#seal", false),
            ("#cast", false),
            ("#send-again", false),
            ("#tracking-code", false),
        ] {
            ensure!(
                self.browser.has(selector).await? == must_be,
                "{selector}: {}, in {words:?}:\n{}",
                !must_be,
                self.browser.text().await?
            );
        }
        Ok(())
    }

    /// The page says all of this, and broke no policy.
    pub async fn says(&self, words: &[&str]) -> Result<()> {
        for words in words {
            self.browser.says(words).await?;
        }
        self.browser.is_clean().await
    }

    /// The voter enters, is told this, can mark nothing more, and nothing is sent.
    pub async fn is_stopped(&self, voter: &str, words: &[&str]) -> Result<()> {
        let before = self.liar.posts();
        self.enters(voter).await?;
        self.refuses(words).await?;
        ensure!(!self.browser.has("#contest-0").await?, "there still is a ballot to mark");
        ensure!(self.liar.posts() == before, "something was posted");
        Ok(())
    }
}

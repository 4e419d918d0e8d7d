//! A board in interesting states, and walks over every page of the web app.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use tabella_tests::small::{BY_HAND, Codes, code, read_codes};
use tabella_tests::world::{Election, Voter, World};

use crate::browser::Browser;
use crate::fair::{Fair, at};

/// A member's ballot in the election of every method, as `tabella-vote` takes it.
const MEMBERS: [&str; 4] = [
    "1=1; 2=1, 4; 3=1:10; 4=1:1, 2:2; 5=1:for, 2:against, 3:abstain; 6=1:Good, 2:Poor; 7=1 > 2 > 3",
    "1=blank; 2=none; 3=1:3, 2:9; 4=3:5; 5=blank; 6=blank; 7=blank",
    "1=2; 2=4; 3=2:10; 4=none; 5=1:for, 2:for, 3:against; 6=1:Fair, 2:Fair; 7=3 > 2 > 1",
    "1=1; 2=1, 2; 3=1:8, 2:8; 4=1:5; 5=1:for, 2:against, 3:for; 6=1:Good, 2:Fair; 7=1 > 3 > 2",
];
/// Ballots of the election that is counted.
const COUNTED: [&str; 7] = [
    "1=1; 2=1, 2; 3=2 > 1 > 3; 4=1:Good, 2:Fair; 5=1:for, 2:against, 3:for; 6=1:8, 2:3",
    "1=1; 2=1, 4; 3=2 > 3 > 1; 4=1:Good, 2:Good; 5=1:for, 2:against, 3:for; 6=1:10, 2:0",
    "1=2; 2=2; 3=1 > 2 > 3; 4=1:Fair, 2:Poor; 5=1:for, 2:for, 3:abstain; 6=1:5, 2:5",
    "1=1; 2=1, 3; 3=2 > 1 > 3; 4=1:Fair, 2:Good; 5=1:abstain, 2:against, 3:for; 6=1:7, 2:9",
    "1=3; 2=4; 3=3 > 2 > 1; 4=blank; 5=blank; 6=2:4",
    "1=1; 2=1, 2; 3=blank; 4=1:Good, 2:Poor; 5=1:against, 2:for, 3:for; 6=1:9, 2:6",
    "1=blank; 2=none; 3=2 > 1 > 3; 4=1:Poor, 2:Fair; 5=1:for, 2:against, 3:against; 6=none",
];
/// Marks the contest on the page so that it is complete.
const MARK: &str = "const form = document.querySelector('fieldset.contest'); const rows = []; \
    for (const input of form.querySelectorAll('input[type=radio]:not([value=blank])')) \
        (rows.find((row) => row[0].name === input.name) ?? (rows.push([]), rows.at(-1))).push(input); \
    rows.forEach((row, index) => row[index % row.length].click()); \
    form.querySelector('.choices input[type=checkbox]')?.click(); \
    form.querySelector('.stepper button:last-child')?.click(); \
    [...form.querySelectorAll('button.choice')].forEach((button) => button.click());";
/// Opens what is folded.
const UNFOLD: &str =
    "document.querySelectorAll('main details').forEach((details) => { details.open = true; });";

/// A board with elections of every phase, and ballots of every fate.
pub struct Tour {
    /// The election of every method, which is open, and the world.
    pub fair: Fair,
    /// An election as it could be, in both languages, which is open.
    pub council: Election,
    /// Its codes: `voter-1` to `voter-9`.
    pub council_codes: Codes,
    /// One that is counted.
    pub counted: Election,
    /// Tracking code of a ballot that counts there.
    pub counted_ballot: String,
    /// One that has not opened.
    pub soon: Election,
    /// Tracking codes in the election of every method: one that counts, one that was replaced, one that was tested.
    pub found: String,
    /// A replaced ballot's.
    pub replaced: String,
    /// A tested ballot's.
    pub tested: String,
    /// The tested ballot's opening.
    pub opening: PathBuf,
    /// The receipt of the ballot that counts.
    pub receipt: PathBuf,
    /// The receipt of the ballot that was replaced.
    pub old_receipt: PathBuf,
}

/// What is done on a page to bring it into a state.
#[derive(Debug, Clone)]
pub enum Act {
    /// Clicks on this.
    Click(&'static str),
    /// Types into this field; a file's path into a field for files.
    Type(&'static str, String),
    /// Marks the contest that is shown.
    Mark,
    /// Opens all that is folded.
    Unfold,
    /// Waits until this is shown.
    Wait(&'static str),
    /// The same with a name that is put together.
    Await(String),
}

/// A page in one state.
#[derive(Debug, Clone)]
pub struct Stop {
    /// What it is called in messages and file names.
    pub name: String,
    /// Where it is; none if the acts lead there from the stop before.
    pub address: Option<String>,
    /// What brings it into its state.
    pub acts: Vec<Act>,
}

impl Stop {
    /// Goes there.
    pub async fn reach(&self, browser: &Browser) -> Result<()> {
        if let Some(address) = &self.address {
            browser.open(address).await?;
        }
        for act in &self.acts {
            act.perform(browser).await.with_context(|| format!("{}: {act:?}", self.name))?;
        }
        Ok(())
    }
}

impl Act {
    async fn perform(&self, browser: &Browser) -> Result<()> {
        match self {
            Self::Click(selector) => browser.click(selector).await,
            Self::Type(selector, text) => browser.type_into(selector, text).await,
            Self::Mark => {
                browser.find("fieldset.contest").await?;
                browser.run(MARK).await.map(drop)
            }
            Self::Unfold => browser.run(UNFOLD).await.map(drop),
            Self::Wait(selector) => browser.find(selector).await.map(drop),
            Self::Await(selector) => browser.find(selector).await.map(drop),
        }
    }
}

/// A page that is opened by its address.
fn page(name: &str, address: String, acts: impl Into<Vec<Act>>) -> Stop {
    Stop { name: name.to_owned(), address: Some(address), acts: acts.into() }
}

/// A state that is reached from the one before.
fn then(name: impl Into<String>, acts: impl Into<Vec<Act>>) -> Stop {
    Stop { name: name.into(), address: None, acts: acts.into() }
}

impl Tour {
    /// Makes it all, in a folder that does not exist yet.
    pub fn open(root: &Path) -> Result<Self> {
        let fair = Fair::open(root)?;
        let (world, election) = (&fair.world, &fair.election);
        let (opening, receipt) = (world.path("opening.json"), world.path("receipt.json"));
        let old_receipt = world.path("old-receipt.json");
        let cast = |voter: &str, choices: &str, more: &[&str]| -> Result<String> {
            let done = world.cast(election, fair.code(voter)?, &[choices], more)?;
            done.says(&[])?.line("tracking code")
        };
        let [first, second, third, fourth] = MEMBERS;
        let replaced = cast("member-1", second, &["--receipt", &old_receipt])?;
        let found = cast("member-1", first, &["--receipt", &receipt])?;
        cast("member-2", third, &[])?;
        let tested = cast("member-3", fourth, &["--test", "--opening", &opening])?;
        cast("member-3", fourth, &[])?;
        cast("guest-1", "2=1; 3=2:7", &[])?;

        let words = "{ en = \"Mill Village council, 2026\", zh-Hans = \"磨坊村村民理事会选举（2026 年）\" }";
        let council = titled(world, "council", words, &format!("{BY_HAND}tests = 5\n"), &council_contests())?;
        world.ceremony(&council)?;
        let council_codes = read_codes(&world.roll(&council, &people())?)?;
        world.administrator(&council, "open")?;

        let words = "{ en = \"A new home for the library\", zh-Hans = \"图书馆新址表决\" }";
        let contests = format!("{}{}", council_contests(), more_contests());
        let counted = titled(world, "counted", words, BY_HAND, &contests)?;
        world.ceremony(&counted)?;
        let codes = read_codes(&world.roll(&counted, &people())?)?;
        world.administrator(&counted, "open")?;
        let mut counted_ballot = String::new();
        for (number, choices) in (1..).zip(COUNTED) {
            let done = world.cast(&counted, code(&codes, &format!("voter-{number}"))?, &[choices], &[])?;
            counted_ballot = done.says(&[])?.line("tracking code")?;
        }
        world.administrator(&counted, "close")?;
        world.tally(&counted, &counted.trustees)?;

        let words = "{ en = \"Garden club: the next season\", zh-Hans = \"园艺社：下一季计划\" }";
        let soon = titled(world, "soon", words, BY_HAND, &council_contests())?;
        let (opening, receipt, old_receipt) = (opening.into(), receipt.into(), old_receipt.into());
        Ok(Self {
            council,
            council_codes,
            counted,
            counted_ballot,
            soon,
            found,
            replaced,
            tested,
            opening,
            receipt,
            old_receipt,
            fair,
        })
    }

    /// The board's address.
    pub fn url(&self) -> &str {
        self.fair.world.url()
    }

    /// Pages that belong to no election, or to none that exists.
    pub fn general(&self) -> Vec<Stop> {
        let at = |path: &str| format!("{}{path}", self.url());
        vec![
            page("elections", at("/"), [Act::Wait(".card")]),
            page("how", at("/how"), [Act::Unfold]),
            page("check", at("/check"), [Act::Wait("main li a")]),
            then(
                "check-nothing",
                [
                    Act::Click("section[aria-labelledby=test] .button.secondary"),
                    Act::Wait("#opening-problem"),
                ],
            ),
            page("key", at("/trustee"), [Act::Wait("#make-key")]),
            page("board", at("/board"), [Act::Wait("#entries ~ .cards"), Act::Unfold]),
            page("not-found", at("/nowhere"), []),
            page("unknown-election", at(&format!("/e/{}", "0f".repeat(32))), [Act::Wait("main a.button")]),
            page("bad-election", at("/e/nonsense"), []),
        ]
    }

    /// Pages of elections.
    pub fn elections(&self) -> Vec<Stop> {
        let fair = |name: &str| self.fair.page(name);
        let counted = |name: &str| at(self.url(), &self.counted, name);
        let soon = |name: &str| at(self.url(), &self.soon, name);
        let entries = || vec![Act::Wait("#entries ~ .cards"), Act::Unfold];
        vec![
            page("election-open", fair(""), [Act::Wait("#facts"), Act::Unfold]),
            page("election-counted", counted(""), [Act::Wait("#facts")]),
            page("election-soon", soon(""), [Act::Wait("#facts")]),
            page("results-open", fair("results"), [Act::Wait(".notice")]),
            page("results-counted", counted("results"), [Act::Wait("table.data"), Act::Unfold]),
            page("results-soon", soon("results"), [Act::Wait(".notice")]),
            page("certificate", counted("certificate"), [Act::Wait(".certificate")]),
            page(
                "trustees-soon",
                soon("trustees"),
                [Act::Wait("section[aria-labelledby=stand] table"), Act::Unfold],
            ),
            page(
                "trustees-counted",
                counted("trustees"),
                [Act::Wait("section[aria-labelledby=stand] table"), Act::Unfold],
            ),
            page("vote-soon", soon("vote"), [Act::Wait("main .notice")]),
            page("vote-closed", counted("vote"), [Act::Wait("main .notice")]),
            page("board-open", fair("board"), entries()),
            page("board-counted", counted("board"), entries()),
        ]
    }

    /// Finding ballots, and looking into tested ones.
    pub fn checks(&self) -> Result<Vec<Stop>> {
        let track = |code: &str| format!("{}#{code}", self.fair.page("track"));
        let check = format!("{}/check", self.url());
        let file = |path: &Path| path.to_string_lossy().into_owned();
        let found = || vec![Act::Wait("#facts"), Act::Unfold];
        Ok(vec![
            page("track", self.fair.page("track"), [Act::Wait("#code")]),
            then("track-error", [Act::Click(".button.primary"), Act::Wait("#code-problem")]),
            page("track-cut", track("6884ab"), [Act::Wait("#code-problem")]),
            page("track-found", track(&self.found), found()),
            page("track-replaced", track(&self.replaced), found()),
            page("track-tested", track(&self.tested), found()),
            page("track-missing", track(&"5a".repeat(32)), [Act::Wait("main .notice")]),
            page(
                "track-final",
                format!("{}#{}", at(self.url(), &self.counted, "track"), self.counted_ballot),
                found(),
            ),
            page(
                "check-opening",
                format!("{check}#{}", in_link(&std::fs::read(&self.opening)?)),
                [Act::Wait("section[aria-labelledby=test] .badge, section[aria-labelledby=test] .notice")],
            ),
            page(
                "check-file",
                check.clone(),
                [Act::Type("#opening-file", file(&self.opening)), Act::Wait("main .notice")],
            ),
            page(
                "check-receipt",
                check.clone(),
                [Act::Type("#receipt-file", file(&self.receipt)), Act::Wait("main .notice.good")],
            ),
            page(
                "check-replaced",
                check,
                [Act::Type("#receipt-file", file(&self.old_receipt)), Act::Wait("main .notice.warning")],
            ),
        ])
    }

    /// Recounting, and what the results say afterwards.
    pub fn recounts(&self) -> Vec<Stop> {
        let start = || vec![Act::Click("main .button.primary"), Act::Wait(".chapters"), Act::Unfold];
        let results = "main a[href$='/results']";
        vec![
            page("verify-partial", self.fair.page("verify"), start()),
            page("verify", at(self.url(), &self.counted, "verify"), []),
            then("verified", start()),
            then("results-verified", [Act::Click(results), Act::Wait(".badge.checked")]),
            then(
                "certificate-verified",
                [Act::Click("main a[href$='/certificate']"), Act::Wait(".certificate")],
            ),
        ]
    }

    /// The whole way of a vote: a test, then a cast ballot. Contests are numbered from 0.
    pub fn vote(&self, election: &Election, code: &str, contests: usize) -> Vec<Stop> {
        let address = at(self.url(), election, "vote");
        let mut stops = vec![
            page("vote-code", address.clone(), [Act::Wait("#code-1")]),
            then("vote-code-error", [Act::Click("#continue"), Act::Wait(".error-summary")]),
            page("vote-code-filled", format!("{address}#code={code}"), [Act::Wait("#code-here")]),
        ];
        stops.extend(ballot(contests));
        stops.extend([
            then("vote-sealed", [Act::Click("#seal"), Act::Wait("#tracking-code"), Act::Unfold]),
            then("vote-before-test", [Act::Click("#test"), Act::Wait("#test-now")]),
            then(
                "vote-tested",
                [Act::Click("#test-now"), Act::Wait("#opening-qr, #check-here"), Act::Unfold],
            ),
            then("vote-afresh", [Act::Click("#afresh"), Act::Wait("#seal")]),
            then("vote-receipt", [Act::Click("#seal"), Act::Click("#cast"), Act::Wait("#receipt")]),
        ]);
        stops
    }

    /// Practising.
    pub fn practice(&self) -> Vec<Stop> {
        let mut stops = vec![
            page("practice-code", format!("{}/practice", self.url()), [Act::Wait("#fill-in")]),
            then("practice-1", [Act::Click("#fill-in"), Act::Click("#continue"), Act::Wait("#contest-0")]),
            then("practice-2", [Act::Mark, Act::Click("#continue"), Act::Wait("#contest-1")]),
        ];
        stops.extend([
            then("practice-review", [Act::Mark, Act::Click("#continue"), Act::Wait("#seal")]),
            then("practice-sealed", [Act::Click("#seal"), Act::Wait("#tracking-code")]),
            then("practice-tested", [Act::Click("#test"), Act::Click("#test-now"), Act::Wait("#examine")]),
            then("practice-inside", [Act::Click("#examine"), Act::Wait("#inside")]),
            then(
                "practice-end",
                [Act::Click("#afresh"), Act::Click("#seal"), Act::Click("#cast"), Act::Wait("#receipt")],
            ),
        ]);
        stops
    }
}

/// From the code to the review: each contest with its error, then marked.
fn ballot(contests: usize) -> Vec<Stop> {
    let mut stops = Vec::new();
    for contest in 0..contests {
        let came = Act::Await(format!("#contest-{contest}"));
        let lead = if contest == 0 { vec![Act::Click("#continue"), came] } else { vec![came] };
        stops.push(then(format!("vote-contest-{}", contest + 1), lead));
        stops.push(then(format!("vote-contest-{}-marked", contest + 1), [Act::Mark, Act::Unfold]));
        // leads to the next one, or to the review
        stops.push(then("", [Act::Click("#continue")]));
    }
    stops.push(then("vote-review", [Act::Wait("#seal")]));
    stops
}

/// An opening as a link carries it: base64 for URLs without padding (RFC 4648, section 5).
pub fn in_link(opening: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(opening)
}

/// `voter-1` to `voter-9`.
fn people() -> Vec<Voter> {
    (1..=9).map(|number| (format!("voter-{number}"), 1, String::new())).collect()
}

/// An election whose title is given in TOML, with trustees who have names.
fn titled(world: &World, name: &str, title: &str, settings: &str, contests: &str) -> Result<Election> {
    let trustees =
        world.trustees(&[1, 2, 3].map(|number| format!("{name}-{number}")).each_ref().map(String::as_str))?;
    let mut manifest = world.small_manifest(name, settings, contests, &trustees)?;
    manifest = manifest.replacen(&format!("title = {name:?}"), &format!("title = {title}"), 1);
    for (number, trustee) in (1..).zip(["Hanna Weber", "Luis Ortega", "陈静 Chen Jing"]) {
        manifest = manifest.replacen(&format!("\"Trustee {number}\""), &format!("{trustee:?}"), 1);
    }
    let folders: Vec<PathBuf> = trustees.into_iter().map(|(folder, _)| folder).collect();
    world.create(name, &manifest, &folders)
}

/// A contest of the council in TOML, with titles and options in both languages.
fn contest(title: [&str; 2], options: &[[&str; 2]], rest: &str) -> String {
    let text = |[english, chinese]: [&str; 2]| format!("{{ en = {english:?}, zh-Hans = {chinese:?} }}");
    let options: Vec<String> = options.iter().copied().map(text).collect();
    let mut contest = String::new();
    // writing to a string does not fail
    let _ = write!(
        contest,
        "\n[[contest]]\ntitle = {}\noptions = [{}]\n{rest}\n",
        text(title),
        options.join(", ")
    );
    contest
}

const BLANK: &str = "blank = { en = \"Blank vote\", zh-Hans = \"空白票\" }";

fn council_contests() -> String {
    let chair = [["Ada Lindqvist", "林雅达"], ["Bo Martens", "马博文"], ["Carmen Soto", "索佳敏"]];
    let works = [
        ["A library in the old station", "把旧车站改建为图书馆"],
        ["A footbridge at the mill", "在磨坊旁修建人行桥"],
        ["A playground by the school", "在学校旁修建儿童游乐场"],
        ["Solar panels on the town hall", "在村委会屋顶安装太阳能板"],
    ];
    let days = [["Friday", "星期五"], ["Saturday", "星期六"], ["Sunday", "星期日"]];
    [
        contest(
            ["Who shall chair the council?", "谁来担任理事长？"],
            &chair,
            &format!("method = \"choose-one\"\n{BLANK}\noutcome = {{ requirements = [\"more than 1/2 of valid\"] }}"),
        ),
        contest(
            ["Which works shall come first?", "哪些工程应当优先？"],
            &works,
            "method = { choose = { max = 2 } }\noutcome = { seats = 2 }",
        ),
        contest(["On which day shall the market be?", "集市应在哪一天举行？"], &days, &format!("method = \"rank\"\n{BLANK}")),
    ]
    .concat()
}

fn more_contests() -> String {
    let plans = [["Plan A", "方案甲"], ["Plan B", "方案乙"]];
    let people = [["Dee Novak", "诺迪"], ["Eli Brandt", "白以利"], ["Fay Okoye", "奥飞"]];
    let grades = "method = { grades = [{ en = \"Good\", zh-Hans = \"好\" }, { en = \"Fair\", zh-Hans = \"一般\" }, { en = \"Poor\", zh-Hans = \"差\" }] }";
    [
        contest(["What do you think of the plans?", "您如何评价这些方案？"], &plans, &format!("{grades}\n{BLANK}")),
        contest(
            ["Who shall join the board?", "谁来加入理事会？"],
            &people,
            &format!("method = {{ for-against-abstain = {{ max-for = 2 }} }}\n{BLANK}\noutcome = {{ seats = 2, requirements = [\"more than 1/2 of for-and-against\"] }}"),
        ),
        contest(["How well do the rooms suit?", "这些房间合适吗？"], &[["North wing", "北翼"], ["South wing", "南翼"]], "method = { score = { max = 10 } }"),
    ]
    .concat()
}

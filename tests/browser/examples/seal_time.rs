//! How long sealing a ballot takes on the page, and how long the page stands still meanwhile; for an election of one
//! question with four names and a blank vote:
//! `cargo run --release -p tabella-browser-tests --example seal_time`.

use anyhow::{Context as _, Result};
use tabella_browser_tests::browser::{Browser, DESK};
use tabella_browser_tests::fair::at;
use tabella_browser_tests::marked::Choice;
use tabella_browser_tests::voter::{Voter, contest};
use tabella_tests::small::{BY_HAND, FIVE_OPTIONS, code, voters};
use tabella_tests::world::World;

/// Seals with a prover that has sealed before.
const RUNS: usize = 10;
/// Clocks a click on the button until the tracking code is drawn. The longest pause is the longest time between two
/// turns of a chain of timers, which a browser sets 4 ms apart, less these; long tasks are the browser's own count of
/// tasks of 50 ms or more.
const CLOCK: &str = "
    window.__seal = {};
    new PerformanceObserver((list) => { for (const task of list.getEntries()) \
        if (window.__seal.clicked !== undefined) window.__seal.tasks.push(task.duration); }) \
        .observe({ entryTypes: ['longtask'] });
    document.addEventListener('click', (event) => {
        if (!event.target.closest('#seal')) return;
        const clocked = window.__seal = { clicked: performance.now(), pause: 0, tasks: [] };
        let turn = clocked.clicked;
        const tick = () => {
            const now = performance.now();
            clocked.pause = Math.max(clocked.pause, now - turn - 4);
            turn = now;
            if (clocked.shown === undefined || now < clocked.shown + 200) setTimeout(tick, 4); else clocked.done = true;
        };
        setTimeout(tick, 4);
        const observer = new MutationObserver(() => {
            if (!document.querySelector('#tracking-code')) return;
            observer.disconnect();
            clocked.shown = performance.now();
            requestAnimationFrame(() => setTimeout(() => { clocked.drawn = performance.now(); }));
        });
        observer.observe(document.body, { childList: true, subtree: true });
    }, true);
    return 0;";

#[tokio::main]
async fn main() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let root = dir.path().join("world");
    let (world, election, codes) = tokio::task::spawn_blocking(move || -> Result<_> {
        let world = World::new(&root)?;
        let (election, codes) = world.open("mayor", BY_HAND, FIVE_OPTIONS, &voters(1))?;
        Ok((world, election, codes))
    })
    .await??;
    let browser = Browser::start(DESK).await?;
    let voter = Voter::new(&browser);
    voter.enter_by_link(&at(world.url(), &election, "vote"), code(&codes, "voter-1")?).await?;
    voter.is_at(&contest(0)).await?;
    voter.mark(0, &Choice::Options(vec![1])).await?;
    voter.go_on().await?;
    browser.run(CLOCK).await?;
    let (mut shown, mut drawn, mut pauses, mut tasks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for run in 0..=RUNS {
        voter.is_at("#seal").await?;
        voter.seal().await?;
        voter.until("the clock has stopped", "return window.__seal.done === true;").await?;
        let clocked = browser.run("return window.__seal;").await?;
        let number = |name: &str| clocked[name].as_f64().with_context(|| format!("{name} of {clocked}"));
        let clicked = number("clicked")?;
        let longest = clocked["tasks"].as_array().into_iter().flatten().filter_map(|task| task.as_f64());
        let (to_code, to_frame, pause, task) = (
            number("shown")? - clicked,
            number("drawn")? - clicked,
            number("pause")?,
            longest.fold(0.0, f64::max),
        );
        let first = if run == 0 { " (first, left out)" } else { "" };
        println!(
            "code after {to_code:.0} ms, drawn after {to_frame:.0} ms, longest pause {pause:.0} ms, longest task {task:.0} ms{first}"
        );
        if run > 0 {
            shown.push(to_code);
            drawn.push(to_frame);
            pauses.push(pause);
            tasks.push(task);
        }
        browser.click("#back").await?;
    }
    for (name, mut times) in [
        ("tracking code", shown),
        ("tracking code drawn", drawn),
        ("longest pause", pauses),
        ("longest task of 50 ms or more", tasks),
    ] {
        times.sort_by(f64::total_cmp);
        let median = (times[(RUNS - 1) / 2] + times[RUNS / 2]) / 2.0;
        println!("{name}: median {median:.0} ms, most {:.0} ms", times[RUNS - 1]);
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load of the machine: {load}");
    browser.end().await
}

//! What is done at each step, with what follows from it.

use std::sync::Arc;
use std::time::Duration;

use futures_channel::oneshot;
use futures_util::future::join;
use leptos::prelude::*;

use tabella_board_core::api::ProblemCode;
use tabella_crypto::ballot::TrackingCode;
use tabella_web_shared::prover::{DecidedCard, ExaminedCard, Request as Prove, SealedCard};
use tabella_web_shared::{Progress, Request, Trouble};

use crate::engine::Engine;
use crate::lazy;
use crate::parts::latest::Asked;

use super::booth::{Booth, Recorded, Standing};
use super::decided::{Act, Decided, drop_kept, keep, kept};
use super::state::{Flow, Step};

/// Milliseconds between two questions whether witnesses have signed, and how many questions.
const WITNESS_PAUSE: u64 = 10_000;
const WITNESS_QUESTIONS: usize = 60;

/// Fetches the election; finds a ballot that was on its way, or whose receipt was shown, when the page went.
pub(crate) fn begin(flow: Flow) {
    flow.manifest.set(None);
    flow.spawn(async move {
        let (manifest, refusal) = join(flow.booth.manifest(), flow.booth.refusal()).await;
        // a ballot that is on its way may have been in time
        let refusal = refusal.filter(|_| flow.step.get_untracked() == Step::Code);
        flow.manifest.set(Some(refusal.map_or(manifest.map(Arc::new), Err)));
        lazy::expect_marked();
    });
    if let Booth::Real { election, .. } = flow.booth
        && let Some(ballot) = kept(election)
    {
        // what was here before is for whoever loaded the page again, not for whoever comes to vote
        match (flow.is_reloaded && flow.code().is_empty(), ballot.stood) {
            (true, _) => resume(flow),
            (false, true) => drop_kept(flow.booth),
            (false, false) => flow.has_unfinished.set(true),
        }
    }
}

/// Finds out what became of the ballot that was sent from this tab before.
pub(crate) fn resume(flow: Flow) {
    let Booth::Real { election, .. } = flow.booth else { return };
    let Some(ballot) = kept(election) else { return };
    flow.has_unfinished.set(false);
    flow.decided.set(Some(ballot));
    flow.go(Step::Sending);
    look_for_sent(flow);
}

/// Looks the voter of the code up. With one ballot style the ballot can be marked meanwhile.
pub(crate) fn enter(flow: Flow) {
    let styles = flow.election().map_or(0, |manifest| manifest.styles.len());
    if styles == 1 {
        flow.take_style(0);
        flow.go(Step::Contest(0));
    } else {
        flow.is_busy.set(true);
    }
    look_up(flow);
}

/// Asks again who the voter is and what stands under the code.
pub(crate) fn look_up(flow: Flow) {
    flow.standing.set(None);
    flow.progress.set(None);
    let (asked, code) = (flow.lookup.next(), flow.code());
    flow.spawn(async move {
        let found = flow.booth.standing(&code, told(flow)).await;
        if !asked.is_heard() {
            return;
        }
        flow.progress.set(None);
        flow.is_busy.set(false);
        // what is found of one code says nothing of another
        if *code != *flow.code() {
            return;
        }
        let style = found.as_ref().ok().map(|standing| standing.style);
        flow.standing.set(Some(found));
        if let Some(style) = style {
            let shown = flow.ballot.with_untracked(|ballot| ballot.as_ref().map(|ballot| ballot.style));
            flow.take_style(style);
            let step = flow.step.get_untracked();
            if step == Step::Code || shown.is_some_and(|shown| shown != style) {
                flow.go(Step::Contest(0));
            }
            flow.warm_up();
        }
    });
}

/// Seals the ballot, and shows its tracking code.
pub(crate) fn seal(flow: Flow) {
    run(flow, move |asked| async move {
        let standing = standing(flow)?;
        let engine = flow.prover().await?;
        let entries = entries(flow)?;
        let request = Prove::Seal {
            code: flow.code().to_string(),
            style: standing.style,
            previous: standing.previous(),
            entries,
        };
        let SealedCard { code } = engine.ask(Request::Prover(request), told(flow)).await?;
        // the voter has gone back: the choices may be others by now
        if !asked.is_heard() {
            return Ok(());
        }
        flow.sealed.set(Some(code));
        flow.seals.update(|seals| *seals += 1);
        flow.go(Step::Sealed);
        Ok(())
    });
}

/// Signs the sealed ballot and posts it.
pub(crate) fn decide(flow: Flow, act: Act) {
    flow.go(Step::Sending);
    run(flow, move |_| async move {
        let missing = || Trouble::Fault { detail: "there is no sealed ballot".to_owned() };
        let code = flow.sealed.get_untracked().ok_or_else(missing)?;
        let engine = flow.prover().await?;
        let request = match act {
            Act::Cast => Prove::Cast(code),
            Act::Test => Prove::Test(code),
        };
        let DecidedCard { entry, opening } = engine.ask(Request::Prover(request), |_| ()).await?;
        // what it knew of this ballot is needed no more
        flow.end_prover();
        flow.sealed.set(None);
        let ballot = Decided { act, code, entry, opening, stood: false };
        if let (Booth::Real { election, .. }, Act::Cast) = (flow.booth, act) {
            keep(election, &ballot);
        }
        flow.decided.set(Some(ballot.clone()));
        post_now(flow, ballot).await
    });
}

/// Posts the decided ballot again: the very same bytes, which can never count twice.
pub(crate) fn post_again(flow: Flow) {
    if let Some(ballot) = flow.decided.get_untracked() {
        run(flow, move |_| post_now(flow, ballot));
    }
}

/// After a reload: whether the ballot that was sent has arrived.
pub(crate) fn look_for_sent(flow: Flow) {
    let Some(Decided { act, code, entry, .. }) = flow.decided.get_untracked() else { return };
    run(flow, move |_| async move {
        match flow.booth.recorded(act, code, entry).await? {
            Some(recorded) => stands(flow, act, recorded),
            None => flow.trouble.set(Some(Trouble::NotFound)),
        }
        Ok(())
    });
}

/// The receipt is done with: ready for another ballot.
pub(crate) fn leave_receipt(flow: Flow) {
    drop_kept(flow.booth);
    flow.decided.set(None);
    flow.recorded.set(None);
    flow.go(Step::Code);
}

/// Gives up a ballot that the board has refused, or that was not sent, and looks again at what stands.
pub(crate) fn give_up(flow: Flow) {
    drop_kept(flow.booth);
    flow.decided.set(None);
    flow.end_prover();
    if flow.ballot.with_untracked(Option::is_some) {
        flow.go(Step::Review);
        look_up(flow);
    } else {
        flow.go(Step::Code);
    }
}

/// After a test: the same choices once more, for a fresh ballot.
pub(crate) fn vote_afresh(flow: Flow) {
    flow.decided.set(None);
    flow.recorded.set(None);
    flow.is_published.set(false);
    flow.go(Step::Review);
    look_up(flow);
}

/// Publishes what was in the test.
pub(crate) fn publish(flow: Flow) {
    run(flow, move |_| async move {
        let missing = || Trouble::Fault { detail: "there is no test to publish".to_owned() };
        let Decided { entry, opening, .. } = flow.decided.get_untracked().ok_or_else(missing)?;
        let card = flow.recorded.get_untracked().and_then(|recorded| recorded.card).ok_or_else(missing)?;
        let request = Prove::Publish {
            purpose: flow.booth.purpose().await?,
            index: card.index,
            entry,
            opening: opening.ok_or_else(missing)?,
            code: flow.code().to_string(),
        };
        let published = Engine::start(|_| ()).await?.ask(Request::Prover(request), |_| ()).await?;
        flow.booth.publish(published).await?;
        flow.is_published.set(true);
        Ok(())
    });
}

/// What is in the test, as any device finds out.
pub(crate) async fn examine(flow: Flow) -> Result<ExaminedCard, Trouble> {
    let missing = || Trouble::Fault { detail: "there is no test to look into".to_owned() };
    let Decided { entry, opening, .. } = flow.decided.get_untracked().ok_or_else(missing)?;
    let (purpose, opening) = (flow.booth.purpose().await?, opening.ok_or_else(missing)?);
    let request = Prove::Examine { purpose, entry, opening };
    Engine::start(|_| ()).await?.ask(Request::Prover(request), |_| ()).await
}

/// Whether a failure leaves open what became of the ballot: then the same bytes are sent again.
pub(crate) fn leaves_open(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Unreachable | Trouble::TimedOut | Trouble::Program { .. } | Trouble::Fault { .. } => true,
        Trouble::Refused { code, .. } => matches!(
            code,
            ProblemCode::Busy
                | ProblemCode::Stopping
                | ProblemCode::Timeout
                | ProblemCode::Internal
                | ProblemCode::Other
        ),
        _ => false,
    }
}

async fn post_now(flow: Flow, ballot: Decided) -> Result<(), Trouble> {
    let Decided { act, code, entry, .. } = ballot;
    let recorded = flow.booth.post(act, code, entry, told(flow)).await?;
    stands(flow, act, recorded);
    Ok(())
}

fn stands(flow: Flow, act: Act, recorded: Recorded) {
    flow.recorded.set(Some(recorded));
    match act {
        Act::Cast => {
            flow.decided.update(|ballot| {
                if let (Some(ballot), Booth::Real { election, .. }) = (ballot, flow.booth) {
                    ballot.stood = true;
                    keep(election, ballot);
                }
            });
            flow.go(Step::Receipt);
            flow.forget();
            watch_witnesses(flow);
        }
        Act::Test => flow.go(Step::Tested),
    }
}

/// Asks from time to time who has witnessed the vote, until enough have or the voter has gone.
fn watch_witnesses(flow: Flow) {
    flow.spawn(async move {
        for _ in 0..WITNESS_QUESTIONS {
            let waits = flow.recorded.with_untracked(|recorded| {
                let card = recorded.as_ref().and_then(|recorded| recorded.card.as_ref());
                card.is_some_and(|card| card.witnessed_by.len() < card.witnesses.len())
            });
            let Some(Decided { act, code, entry, .. }) = flow.decided.get_untracked() else { break };
            if !waits {
                break;
            }
            pause(WITNESS_PAUSE).await;
            let found = flow.booth.recorded(act, code, entry).await;
            let is_shown = flow
                .decided
                .with_untracked(|ballot| ballot.as_ref().is_some_and(|ballot| ballot.code == code));
            if !is_shown {
                break;
            }
            match found {
                Ok(Some(recorded)) => flow.recorded.set(Some(recorded)),
                Err(trouble @ Trouble::Forged { .. }) => {
                    flow.trouble.set(Some(trouble));
                    break;
                }
                // the receipt stands already; the next question may be answered
                Ok(None) | Err(_) => {}
            }
        }
    });
}

/// Runs a step's act: busy while it runs, trouble if it fails; nothing if the step was left meanwhile.
fn run<F>(flow: Flow, act: impl FnOnce(Asked) -> F)
where
    F: Future<Output = Result<(), Trouble>> + 'static,
{
    if flow.is_busy.get_untracked() {
        return;
    }
    flow.trouble.set(None);
    flow.progress.set(None);
    flow.is_busy.set(true);
    let asked = flow.act.next();
    let act = act(asked);
    flow.spawn(async move {
        let done = act.await;
        if !asked.is_heard() {
            return;
        }
        flow.is_busy.set(false);
        flow.progress.set(None);
        if let Err(trouble) = done {
            flow.trouble.set(Some(trouble));
        }
    });
}

fn told(flow: Flow) -> impl Fn(Progress) + 'static {
    move |progress| {
        // the page may be gone before the worker hears of it
        let _ = flow.progress.try_set(Some(progress));
    }
}

fn standing(flow: Flow) -> Result<Standing, Trouble> {
    let unknown = || Trouble::Fault { detail: "the voter is not known yet".to_owned() };
    flow.standing.get_untracked().ok_or_else(unknown)?
}

fn entries(flow: Flow) -> Result<Vec<Vec<u64>>, Trouble> {
    let incomplete = |detail: String| Trouble::Input { detail };
    let ballot = flow.ballot.get_untracked().ok_or_else(|| incomplete("there is no ballot".to_owned()))?;
    let entries = |page: &super::state::Page| {
        page.marks
            .with_untracked(|marks| marks.entries(&page.contest))
            .map_err(|error| incomplete(error.to_string()))
    };
    ballot.pages.iter().map(entries).collect()
}

async fn pause(milliseconds: u64) {
    let (over, waits) = oneshot::channel();
    set_timeout(
        move || {
            // whoever waited may have gone
            let _ = over.send(());
        },
        Duration::from_millis(milliseconds),
    );
    // a timer that the browser drops waits for ever, with the page
    let _ = waits.await;
}

/// The address at which a ballot's fate can be looked up.
pub(crate) fn track_link(booth: Booth, code: TrackingCode) -> Option<String> {
    let Booth::Real { election, .. } = booth else { return None };
    Some(format!("{}/e/{election}/track#{code}", crate::api::origin()))
}

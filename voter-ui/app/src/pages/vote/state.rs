//! Where a vote stands. Code, choices and openings are here and in the prover, in memory alone: they go with the page.

use std::rc::Rc;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;
use leptos::reactive::owner::WeakOwner;
use leptos::task::spawn_local;
use zeroize::{Zeroize as _, Zeroizing};

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::credential::{CODE_GROUPS, GROUP_SYMBOLS, tidied};
use tabella_crypto::manifest::{CheckedManifest, Contest, Recasting};
use tabella_web_shared::marks::Marks;
use tabella_web_shared::prover::Request as ProverRequest;
use tabella_web_shared::{Progress, Request as AnyRequest, Trouble};

use crate::engine::{Engine, Start, is_lost};
use crate::parts::latest::Latest;

use super::booth::{Booth, Recorded, Standing};
use super::decided::Decided;
use super::guard;

/// What the page shows: one thing at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The voter's code.
    Code,
    /// A contest of the ballot, from 0.
    Contest(usize),
    /// All choices in words.
    Review,
    /// The tracking code, and the decision.
    Sealed,
    /// What a test is, before it is done.
    BeforeTest,
    /// The ballot is on its way, or stuck there.
    Sending,
    /// The vote is cast.
    Receipt,
    /// The test is recorded.
    Tested,
}

impl Step {
    /// Its place in the line of steps, of which there are five.
    pub(crate) fn place(self) -> usize {
        match self {
            Self::Code => 0,
            Self::Contest(_) => 1,
            Self::Review => 2,
            Self::Sealed | Self::BeforeTest | Self::Sending | Self::Tested => 3,
            // behind the last one: it is done too
            Self::Receipt => 5,
        }
    }
}

/// A contest as this voter sees it.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) contest: Contest,
    /// The options in the order shown.
    pub(crate) order: Vec<usize>,
    pub(crate) marks: RwSignal<Marks>,
}

/// A ballot of one style.
#[derive(Clone)]
pub(crate) struct Ballot {
    pub(crate) style: u16,
    pub(crate) pages: Vec<Page>,
}

/// Where a vote stands. Cheap to copy; belongs to the component that made it.
#[derive(Clone, Copy)]
pub(crate) struct Flow {
    pub(crate) booth: Booth,
    /// Whether the browser has loaded this very page again.
    pub(crate) is_reloaded: bool,
    /// Whether a ballot that was sent from this tab before has no receipt yet.
    pub(crate) has_unfinished: RwSignal<bool>,
    pub(crate) step: RwSignal<Step>,
    /// What the step does: nothing of it is heard after the step was left.
    pub(crate) act: Latest,
    /// Who the voter is: asked anew for another code.
    pub(crate) lookup: Latest,
    /// The groups of the code as typed, tidied.
    pub(crate) groups: RwSignal<[Zeroizing<String>; CODE_GROUPS]>,
    /// The election; none while it is on its way.
    pub(crate) manifest: RwSignal<Option<Result<Arc<CheckedManifest>, Trouble>>>,
    /// The voter of the code; none while they are being looked up.
    pub(crate) standing: RwSignal<Option<Result<Standing, Trouble>>>,
    /// The ballot, from the moment that its style is known.
    pub(crate) ballot: RwSignal<Option<Ballot>>,
    /// Whether all choices have been seen together: then a change leads back to them.
    pub(crate) is_reviewed: RwSignal<bool>,
    /// Whether the step's act is under way.
    pub(crate) is_busy: RwSignal<bool>,
    pub(crate) progress: RwSignal<Option<Progress>>,
    /// Why the step's act failed.
    pub(crate) trouble: RwSignal<Option<Trouble>>,
    /// How many ballots have been sealed since the last one was cast.
    pub(crate) seals: RwSignal<usize>,
    /// Tracking code of the sealed ballot.
    pub(crate) sealed: RwSignal<Option<TrackingCode>>,
    /// The ballot after the voter's decision.
    pub(crate) decided: RwSignal<Option<Decided>>,
    /// What the board recorded.
    pub(crate) recorded: RwSignal<Option<Recorded>>,
    /// Whether what was in the test has been published.
    pub(crate) is_published: RwSignal<bool>,
    prover: StoredValue<Option<Start>, LocalStorage>,
    tasks: StoredValue<Vec<AbortHandle>>,
    owner: StoredValue<Option<WeakOwner>>,
}

impl Flow {
    /// A vote that has not begun. What is in it goes with the component that calls this.
    pub(crate) fn new(booth: Booth) -> Self {
        let flow = Self {
            booth,
            is_reloaded: guard::is_reloaded(),
            has_unfinished: RwSignal::new(false),
            step: RwSignal::new(Step::Code),
            act: Latest::new(),
            lookup: Latest::new(),
            groups: RwSignal::default(),
            manifest: RwSignal::new(None),
            standing: RwSignal::new(None),
            ballot: RwSignal::new(None),
            is_reviewed: RwSignal::new(false),
            is_busy: RwSignal::new(false),
            progress: RwSignal::new(None),
            trouble: RwSignal::new(None),
            seals: RwSignal::new(0),
            sealed: RwSignal::new(None),
            decided: RwSignal::new(None),
            recorded: RwSignal::new(None),
            is_published: RwSignal::new(false),
            prover: StoredValue::new_local(None),
            tasks: StoredValue::new(Vec::new()),
            owner: StoredValue::new(Owner::current().map(|owner| owner.downgrade())),
        };
        on_cleanup(move || {
            for task in flow.tasks.try_get_value().unwrap_or_default() {
                task.abort();
            }
        });
        flow
    }

    /// Does something as long as the page is there: nothing of it runs after that.
    pub(crate) fn spawn(self, task: impl Future<Output = ()> + 'static) {
        let (task, handle) = abortable(task);
        self.tasks.update_value(|tasks| tasks.push(handle));
        spawn_local(async move {
            // aborted with the page
            let _ = task.await;
        });
    }

    /// Goes to a step, with nothing left over of the one before.
    pub(crate) fn go(self, step: Step) {
        self.act.forget();
        if step == Step::Code {
            self.lookup.forget();
        }
        self.trouble.set(None);
        self.is_busy.set(false);
        self.progress.set(None);
        self.step.set(step);
        if let Some(window) = web_sys::window() {
            window.scroll_to_with_x_and_y(0.0, 0.0);
        }
    }

    /// One step back, where there is one: what is sealed is given up, what is sent is not.
    pub(crate) fn back(self) {
        match self.step.get_untracked() {
            Step::Contest(0) => self.go(Step::Code),
            Step::Contest(index) => self.go(Step::Contest(index - 1)),
            Step::Review => {
                let pages = self.ballot.with_untracked(|ballot| ballot.as_ref().map_or(0, |b| b.pages.len()));
                self.go(pages.checked_sub(1).map_or(Step::Code, Step::Contest));
            }
            Step::Sealed => {
                self.sealed.set(None);
                self.go(Step::Review);
            }
            Step::BeforeTest => self.go(Step::Sealed),
            Step::Code | Step::Sending | Step::Receipt | Step::Tested => {}
        }
    }

    /// Whether something would be lost with the page: a mark, a sealed ballot, a decision.
    pub(crate) fn is_at_risk(self) -> bool {
        match self.step.get_untracked() {
            Step::Code | Step::Contest(_) => self.is_marked(),
            Step::Review | Step::Sealed | Step::BeforeTest | Step::Tested => true,
            // a receipt that has stood can be looked up
            Step::Sending => !self.has_stood(),
            Step::Receipt => false,
        }
    }

    /// Whether the receipt has stood here.
    pub(crate) fn has_stood(self) -> bool {
        self.decided.with(|ballot| ballot.as_ref().is_some_and(|ballot| ballot.stood))
    }

    fn is_marked(self) -> bool {
        let marked = |page: &Page| page.marks.with_untracked(|marks| !marks.is_untouched());
        self.ballot
            .with_untracked(|ballot| ballot.as_ref().is_some_and(|ballot| ballot.pages.iter().any(marked)))
    }

    /// The election, if it is there.
    pub(crate) fn election(self) -> Option<Arc<CheckedManifest>> {
        self.manifest.with(|manifest| manifest.as_ref()?.as_ref().ok().cloned())
    }

    /// The code as typed so far.
    pub(crate) fn code(self) -> Zeroizing<String> {
        self.groups.with_untracked(|groups| {
            let mut code = Zeroizing::new(String::with_capacity(CODE_GROUPS * (GROUP_SYMBOLS + 1)));
            for group in groups {
                if !code.is_empty() {
                    code.push('-');
                }
                code.push_str(group);
            }
            code
        })
    }

    /// Takes a whole code into its groups.
    pub(crate) fn take_code(self, text: &str) {
        let symbols = tidied(text);
        self.groups.update(|groups| spread(groups, 0, &symbols));
        self.standing.set(None);
    }

    /// The trouble that ends the visit of the voter found: as many ballots as the election allows.
    pub(crate) fn refusal(self) -> Option<Trouble> {
        let standing = match self.standing.get()? {
            Ok(standing) => standing,
            Err(trouble) => return Some(trouble),
        };
        let allowed = allowed(self.election()?.recasting);
        (standing.cast >= allowed).then_some(Trouble::Limit { tests: false, allowed })
    }

    /// The ballot of a style, in this voter's order. Marks are kept where the style is the same.
    pub(crate) fn take_style(self, style: u16) {
        let same = self.ballot.with_untracked(|ballot| ballot.as_ref().is_some_and(|b| b.style == style));
        let manifest = self.manifest.with_untracked(|m| m.as_ref().and_then(|m| m.as_ref().ok().cloned()));
        let owner = self.owner.try_get_value().flatten().and_then(|owner| owner.upgrade());
        let (Some(manifest), Some(owner), false) = (manifest, owner, same) else { return };
        self.forget_ballot();
        let page = |contest: &Contest| Page {
            contest: contest.clone(),
            order: order(contest),
            marks: owner.with(|| RwSignal::new(Marks::new(contest))),
        };
        let pages = manifest.contests_of(style).map(|(_, contest)| page(contest)).collect();
        self.is_reviewed.set(false);
        self.ballot.set(Some(Ballot { style, pages }));
    }

    /// The prover, started and made ready; started anew if that failed before, or if it has died.
    pub(crate) fn prover(self) -> Start {
        let started = self.prover.try_get_value().flatten();
        if let Some(prover) = started.filter(|prover| !is_lost(prover)) {
            return prover;
        }
        let booth = self.booth;
        let prover = async move {
            let (engine, purpose) = futures_util::future::join(Engine::start(|_| ()), booth.purpose()).await;
            let (engine, purpose) = (Rc::new(engine?), purpose?);
            let () = engine.ask(AnyRequest::Prover(ProverRequest::Prepare(purpose)), |_| ()).await?;
            Ok(engine)
        };
        let prover: Start = prover.boxed_local().shared();
        self.prover.set_value(Some(prover.clone()));
        prover
    }

    /// Starts the prover while the voter is busy with something else.
    pub(crate) fn warm_up(self) {
        let prover = self.prover();
        self.spawn(async move {
            // if it fails, sealing tries again and says so
            let _ = prover.await;
        });
    }

    /// Ends the prover, and with it whatever it knew.
    pub(crate) fn end_prover(self) {
        self.prover.set_value(None);
    }

    /// The vote is cast: erases the code and the choices, ends the prover.
    pub(crate) fn forget(self) {
        self.end_prover();
        self.groups.update(|groups| groups.iter_mut().for_each(|group| group.zeroize()));
        self.forget_ballot();
        self.sealed.set(None);
        self.seals.set(0);
    }

    fn forget_ballot(self) {
        let ballot = self.ballot.try_update(Option::take).flatten();
        for page in ballot.into_iter().flat_map(|ballot| ballot.pages) {
            page.marks.dispose();
        }
    }
}

/// Writes symbols into the groups from one on; what does not fit in is left out.
pub(crate) fn spread(groups: &mut [Zeroizing<String>; CODE_GROUPS], first: usize, symbols: &str) {
    let mut symbols = symbols.chars();
    for group in groups.iter_mut().skip(first) {
        let part: Zeroizing<String> = Zeroizing::new(symbols.by_ref().take(GROUP_SYMBOLS).collect());
        if part.is_empty() {
            break;
        }
        *group = part;
    }
}

/// Most ballots of one voter.
pub(crate) fn allowed(recasting: Recasting) -> u16 {
    match recasting {
        Recasting::FirstOnly => 1,
        Recasting::LastCounts { limit } => limit,
    }
}

/// The manifest's order; where it says so, one by chance. It only has to be fair, not secret.
fn order(contest: &Contest) -> Vec<usize> {
    let mut order: Vec<usize> = (0..contest.options.len()).collect();
    if contest.shuffle {
        for last in (1..order.len()).rev() {
            // 0 <= random < 1
            let other = (js_sys::Math::random() * (last + 1) as f64) as usize;
            order.swap(last, other.min(last));
        }
    }
    order
}

//! A contest as it is marked, by every voting method, and a choice in the reader's words.
//!
//! ```text
//! ContestForm: legend, rule, problem
//!   choose one, choose several (choose) | score, points to spread (points) | for / against / abstain, grades (matrix)
//!   | ranking (rank)
//!   blank vote
//! ```
//!
//! The controls change [`Marks`] alone; whether a mark is taken is theirs to say. A mark that is not taken is explained
//! beside the count, which stays in view.

use leptos::prelude::*;

use tabella_crypto::manifest::Contest;
use tabella_crypto::rules::Method;
use tabella_crypto::text::Text;
use tabella_web_shared::marks::{Incomplete, Marks};

use crate::language::{Language, Texts, plain, said, use_language, use_texts};
use crate::text::ballot::{Ballot, News, Refusal, name};

mod choose;
mod matrix;
mod points;
mod rank;
mod words;

pub(crate) use words::ChoiceWords;

/// The id of a contest's fieldset, which an error summary links to; it can take the focus.
pub(crate) fn field_id(index: usize) -> String {
    format!("contest-{index}")
}

/// What is missing, in words.
pub(crate) fn problem_words(problem: &Incomplete, contest: &Contest, language: Language) -> String {
    (Ballot::in_language(language).problem)(problem, contest)
}

/// What the parts of one contest's form share.
#[derive(Clone, Copy)]
struct Form {
    contest: StoredValue<Contest>,
    index: usize,
    order: StoredValue<Vec<usize>>,
    marks: RwSignal<Marks>,
    problem: RwSignal<Option<Incomplete>>,
    refusal: RwSignal<Option<Refusal>>,
    news: RwSignal<Option<News>>,
    language: RwSignal<Language>,
}

impl Form {
    /// An id in this contest.
    fn id(self, part: &str) -> String {
        format!("{}-{part}", field_id(self.index))
    }

    /// The options as they are shown: index and name.
    fn options(self) -> Vec<(usize, Text)> {
        self.contest.with_value(|contest| {
            let text = |option: &usize| Some((*option, contest.options.get(*option)?.clone()));
            self.order.with_value(|order| order.iter().filter_map(text).collect())
        })
    }

    /// An option's name; reactive.
    fn name(self, option: usize) -> String {
        self.contest.with_value(|contest| name(option, contest, self.language.get()))
    }

    /// Changes the marks; whatever was explained before is past.
    fn edit<T>(self, edit: impl FnOnce(&mut Marks) -> T) -> Option<T> {
        self.refusal.set(None);
        self.marks.try_update(edit)
    }

    /// Explains why a mark is not taken. Taken away first, so that the same words are said a second time.
    fn refuse(self, refusal: Refusal) {
        self.refusal.set(None);
        request_animation_frame(move || self.refusal.set(Some(refusal)));
    }

    fn read<T>(self, read: impl FnOnce(&Marks) -> T) -> T {
        self.marks.with(read)
    }
}

/// One contest, to be marked.
#[component]
pub(crate) fn ContestForm(
    contest: Contest,
    /// Its number on this ballot, from 0, for ids.
    index: usize,
    /// The options in the order in which they are shown.
    order: Vec<usize>,
    marks: RwSignal<Marks>,
    /// What was missing when the voter asked to go on.
    problem: RwSignal<Option<Incomplete>>,
    /// Whether nothing is missing any more.
    is_mended: Signal<bool>,
) -> impl IntoView {
    let form = Form {
        contest: StoredValue::new(contest.clone()),
        index,
        order: StoredValue::new(order),
        marks,
        problem,
        refusal: RwSignal::new(None),
        news: RwSignal::new(None),
        language: use_language(),
    };
    // one that stands at its rows or beside the count needs no other line
    let problem = move || problem.get().filter(|problem| !is_said(problem));
    let problem_line = move || {
        let words = |problem| {
            form.contest.with_value(|contest| problem_words(&problem, contest, form.language.get()))
        };
        problem().map(|problem| view! { <p class="field-error" class:mended=is_mended id=form.id("error")>{words(problem)}</p> })
    };
    let described = move || match problem().is_some() && !is_mended.get() {
        true => format!("{} {}", form.id("rule"), form.id("error")),
        false => form.id("rule"),
    };
    let body = match &contest.method {
        Method::ChooseOne => view! { <choose::One form/> }.into_any(),
        Method::Choose { min, max } => {
            view! { <choose::Several form min=usize::from(*min) max=usize::from(*max)/> }.into_any()
        }
        Method::Score { max } => view! { <points::Score form max=*max/> }.into_any(),
        Method::Cumulative { points } => view! { <points::Cumulative form points=*points/> }.into_any(),
        Method::ForAgainstAbstain { max_for } => {
            view! { <matrix::ForAgainstAbstain form max=usize::from(*max_for)/> }.into_any()
        }
        Method::Grades { .. } => view! { <matrix::Grades form/> }.into_any(),
        Method::Rank => view! { <rank::Rank form/> }.into_any(),
    };
    view! {
        <fieldset class="contest" id=field_id(index) tabindex="-1" aria-describedby=described>
            <legend>{said(&contest.title)}</legend>
            {contest.description.as_ref().map(|description| view! { <p>{said(description)}</p> })}
            <Rule form/>
            {problem_line}
            {body}
            {contest.blank.clone().map(|blank| view! { <BlankVote form blank/> })}
            <Announcements form/>
        </fieldset>
    }
}

/// Whether a field or the count tells of a problem before the voter asks to go on.
fn is_said(problem: &Incomplete) -> bool {
    matches!(
        problem,
        Incomplete::PointsUnreadable { .. }
            | Incomplete::PointsTooMany { .. }
            | Incomplete::PointsOver { .. }
            | Incomplete::RowsOpen { .. }
    )
}

/// How the contest is marked, and how one chooses nothing.
#[component]
fn Rule(form: Form) -> impl IntoView {
    let texts = use_texts::<Ballot>();
    let words = move || {
        form.contest.with_value(|contest| {
            let rule = (texts().rule)(&contest.method, contest.options.len());
            let space = if form.language.get() == Language::Chinese { "" } else { " " };
            match (&contest.blank, &contest.method) {
                (Some(blank), _) => {
                    format!("{rule}{space}{}", (texts().leave_blank)(&plain(blank, form.language.get())))
                }
                (None, Method::Choose { .. }) => format!("{rule}{space}{}", texts().leave_empty),
                (None, _) => rule,
            }
        })
    };
    view! { <p class="hint" id=form.id("rule")>{words}</p> }
}

/// The explicit blank vote, apart from the options.
#[component]
fn BlankVote(form: Form, blank: Text) -> impl IntoView {
    let texts = use_texts::<Ballot>();
    // where one option is chosen, it is one more of them; elsewhere it can be taken back
    let is_one = form.contest.with_value(|contest| contest.method == Method::ChooseOne);
    let kind = if is_one { "radio" } else { "checkbox" };
    let small = move || if is_one { texts().blank_instead } else { texts().blank_clears };
    let mark = move |event| {
        let is_blank = event_target_checked(&event);
        form.news.set(None);
        form.edit(|marks| marks.set_blank(is_blank));
    };
    view! {
        <label class="choice blank">
            <input
                type=kind
                name=form.id(if is_one { "choice" } else { "blank" })
                value="blank"
                prop:checked=move || form.read(Marks::is_blank)
                on:change=mark
            />
            <span class="words">{said(&blank)} <span class="small">{small}</span></span>
        </label>
    }
}

/// The count, in view while the options scroll by, and why a mark was not taken.
#[component]
fn Counter(
    form: Form,
    /// The words of the count.
    #[prop(into)]
    words: Signal<String>,
    /// Whether no more can be marked.
    #[prop(into)]
    is_full: Signal<bool>,
) -> impl IntoView {
    let texts = use_texts::<Ballot>();
    let refusal = move || {
        form.refusal.get().map(|refusal| {
            view! { <p>{(texts().refusal)(&refusal, &form.name(refusal.option()))}</p> }
        })
    };
    view! {
        <div class="counter" class:full=is_full id=form.id("count")>
            <p role="status">{words}</p>
            <div role="alert">{refusal}</div>
        </div>
    }
}

/// What has just changed, for those who do not see it.
#[component]
fn Announcements(form: Form) -> impl IntoView {
    let texts = use_texts::<Ballot>();
    let words = move || form.news.get().map(|news| (texts().news)(&news, &form.name(news.option())));
    view! { <p role="status" class="visually-hidden">{words}</p> }
}

//! What is asked again and again while somebody looks at the page.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use tabella_web_shared::Trouble;

/// An answer that renews itself.
pub(crate) struct Polled<T: Send + Sync + 'static> {
    /// The last good answer.
    pub(crate) value: RwSignal<Option<T>>,
    /// Why the last question failed, if it did.
    pub(crate) trouble: RwSignal<Option<Trouble>>,
    /// Asks now.
    pub(crate) again: Callback<()>,
}

impl<T: Send + Sync + 'static> Clone for Polled<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Polled<T> {}

/// Asks now and then once a period, one question at a time, while the page is visible. An answer that says the same as
/// the one before changes nothing on the page.
pub(crate) fn poll<T, F>(period: Duration, ask: impl Fn() -> F + Send + Sync + 'static) -> Polled<T>
where
    T: PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<T, Trouble>> + 'static,
{
    let (value, trouble) = (RwSignal::new(None), RwSignal::new(None));
    let is_asking = StoredValue::new(false);
    let again = Callback::new(move |()| {
        if is_asking.try_get_value() != Some(false) {
            return;
        }
        is_asking.set_value(true);
        let answer = ask();
        spawn_local(async move {
            let answer = answer.await;
            // the page may be gone by now: then there is nothing to set
            let _ = is_asking.try_set_value(false);
            let (new, wrong) = match answer {
                Ok(new) => (Some(new), None),
                Err(wrong) => (None, Some(wrong)),
            };
            if new.is_some() && value.try_with_untracked(|old| *old != new) == Some(true) {
                let _ = value.try_set(new);
            }
            if trouble.try_with_untracked(|old| *old != wrong) == Some(true) {
                let _ = trouble.try_set(wrong);
            }
        });
    });
    again.run(());
    every(period, move || again.run(()));
    Polled { value, trouble, again }
}

/// This device's time, renewed often enough for "in 5 minutes".
pub(crate) fn clock() -> RwSignal<u64> {
    let now = RwSignal::new(crate::format::now());
    every(Duration::from_secs(10), move || {
        // gone with its page
        let _ = now.try_set(crate::format::now());
    });
    now
}

/// Does something once a period while the page is visible, until its owner is gone.
fn every(period: Duration, act: impl Fn() + 'static) {
    let tick = move || {
        if !document().hidden() {
            act();
        }
    };
    if let Ok(interval) = set_interval_with_handle(tick, period) {
        on_cleanup(move || interval.clear());
    }
}

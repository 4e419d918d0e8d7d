//! Questions of which only the newest is heard.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

/// Counts the questions of a part of a page. Of an older one, or after the part has gone, nothing is heard.
#[derive(Clone, Copy)]
pub(crate) struct Latest(StoredValue<u32>);

/// A question: heard until there is a newer one.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    of: Latest,
    number: u32,
}

impl Latest {
    /// Of the part of the page that calls this.
    pub(crate) fn new() -> Self {
        Self(StoredValue::new(0))
    }

    /// Asks a question in place of the one before; `then` takes the answer if there is no newer question by then.
    pub(crate) fn ask<A: 'static, F: Future<Output = A> + 'static>(
        self,
        question: impl FnOnce(Asked) -> F,
        then: impl FnOnce(A) + 'static,
    ) {
        let asked = self.next();
        let answer = question(asked);
        spawn_local(async move {
            let answer = answer.await;
            if asked.is_heard() {
                then(answer);
            }
        });
    }

    /// Gives up the question that is asked.
    pub(crate) fn forget(self) {
        let _ = self.next();
    }

    /// A question whose answer is awaited elsewhere, in place of the one before.
    pub(crate) fn next(self) -> Asked {
        self.0.update_value(|number| *number += 1);
        Asked { of: self, number: self.0.get_value() }
    }
}

impl Asked {
    /// Hears what comes on the way to the answer, such as progress.
    pub(crate) fn hear<T>(self, take: impl Fn(T) + Copy + 'static) -> impl Fn(T) + Copy + 'static {
        move |step| {
            if self.is_heard() {
                take(step);
            }
        }
    }

    /// Whether there is no newer question, and the part is still there.
    pub(crate) fn is_heard(self) -> bool {
        self.of.0.try_get_value() == Some(self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_question_is_heard() {
        let owner = Owner::new();
        owner.set();
        let latest = Latest::new();
        let first = latest.next();
        assert!(first.is_heard());
        let second = latest.next();
        assert!(!first.is_heard() && second.is_heard());
        latest.forget();
        assert!(!second.is_heard());
        let last = latest.next();
        drop(owner);
        assert!(!last.is_heard());
    }
}

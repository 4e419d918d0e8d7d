//! The pages, by their addresses.

use leptos::prelude::*;

use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

use crate::lazy;
use crate::router::use_location;

pub(crate) mod board;
pub(crate) mod check;
pub(crate) mod election;
pub(crate) mod elections;
pub(crate) mod how;
pub(crate) mod key;
pub(crate) mod not_found;
pub(crate) mod practice;
pub(crate) mod results;
pub(crate) mod track;
pub(crate) mod trustees;
pub(crate) mod verify;
pub(crate) mod vote;

/// What an address shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    Elections,
    Board,
    Check,
    How,
    Practice,
    Key,
    Election,
    Vote,
    Track,
    ElectionLog,
    Results,
    Certificate,
    Verify,
    Trustees,
    NotFound,
}

impl Page {
    /// The page at a path, such as `/e/…/vote`.
    pub(crate) fn at(path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        match *segments {
            [] => Self::Elections,
            ["board"] => Self::Board,
            ["check"] => Self::Check,
            ["how"] => Self::How,
            ["practice"] => Self::Practice,
            ["trustee"] => Self::Key,
            ["e", _] => Self::Election,
            ["e", _, "vote"] => Self::Vote,
            ["e", _, "track"] => Self::Track,
            ["e", _, "board"] => Self::ElectionLog,
            ["e", _, "results"] => Self::Results,
            ["e", _, "certificate"] => Self::Certificate,
            ["e", _, "verify"] => Self::Verify,
            ["e", _, "trustees"] => Self::Trustees,
            _ => Self::NotFound,
        }
    }

    /// The page itself; what is not needed to mark a ballot is loaded first.
    pub(crate) fn show(self) -> AnyView {
        match self {
            Self::Vote => view! { <vote::Vote/> }.into_any(),
            Self::Practice => view! { <practice::Practice/> }.into_any(),
            Self::NotFound => view! { <not_found::NotFound/> }.into_any(),
            Self::Elections => lazy::page(lazy::elections),
            Self::Election => lazy::page(lazy::election),
            Self::Board => lazy::page(lazy::board),
            Self::ElectionLog => lazy::page(lazy::election_log),
            Self::Check => lazy::page(lazy::check),
            Self::Track => lazy::page(lazy::track),
            Self::How => lazy::page(lazy::how),
            Self::Results => lazy::page(lazy::results),
            Self::Certificate => lazy::page(lazy::certificate),
            Self::Verify => lazy::page(lazy::verify),
            Self::Key => lazy::page(lazy::key),
            Self::Trustees => lazy::page(lazy::trustees),
        }
    }
}

/// The election that the page's address names; none if it names none.
pub(crate) fn use_election() -> Memo<Option<ElectionId>> {
    let place = use_location();
    Memo::new(move |_| {
        place.with(|address| {
            let id = address.path.strip_prefix("/e/")?.split('/').next()?;
            Digest::from_hex(id).map(ElectionId)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_their_pages_with_or_without_a_last_slash() {
        assert_eq!(Page::at("/"), Page::Elections);
        assert_eq!(Page::at("/e/1f"), Page::Election);
        assert_eq!(Page::at("/e/1f/vote/"), Page::Vote);
        assert_eq!(Page::at("/e/1f/board"), Page::ElectionLog);
        assert_eq!(Page::at("/board"), Page::Board);
        assert_eq!(Page::at("/trustee"), Page::Key);
        assert_eq!(Page::at("/e/1f/trustees"), Page::Trustees);
    }

    #[test]
    fn other_addresses_are_not_found() {
        for path in
            ["/vote", "/trustees", "/e/1f/votes", "/e/1f/trustee", "/e/1f/vote/now", "/e", "/check/it"]
        {
            assert_eq!(Page::at(path), Page::NotFound, "{path}");
        }
    }
}

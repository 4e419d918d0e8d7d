//! The board, known again by what the page kept.

use tabella_board_client::transport::Transport;
use tabella_board_client::{Board, Found, SavedView, Trust};
use tabella_web_shared::Trouble;

use crate::trouble::client;

/// What a page kept of earlier visits. What cannot be read or verified counts as nothing: whoever can change it can as
/// well delete it.
pub fn seen_before(saved: Option<&str>) -> SavedView {
    saved
        .and_then(|text| SavedView::from_json(text).ok())
        .filter(|view| view.verify().is_ok())
        .unwrap_or_default()
}

/// A board that is known.
#[derive(Debug)]
pub struct Known<T> {
    /// The board.
    pub board: Board<T>,
    /// Whether nothing that was kept knew it, so that its key was taken at its word unless one was given.
    pub is_first_visit: bool,
}

/// Connects to the board under the key that is trusted, if one is given, and the one that was seen before; what else was
/// seen must be of this board too. Whatever comes of it, `tell` hears what is to be kept from now on.
///
/// # Errors
/// No answer, or a board that has another key or does not continue what was seen: a forgery.
pub async fn connect<T: Transport>(
    transport: T,
    trust: Option<&Trust>,
    saved: &[String],
    mut tell: impl FnMut(SavedView),
) -> Result<Known<T>, Trouble> {
    let seen = saved.iter().map(|text| seen_before(Some(text)));
    let mut seen = seen.filter(|view| *view != SavedView::default());
    let first = seen.next();
    let is_first_visit = first.is_none();
    let found = Board::find(transport, trust, first.unwrap_or_default()).await.map_err(client)?;
    let verified = verify(&found, seen).await;
    tell(found.view());
    Ok(Known { board: verified?, is_first_visit })
}

/// The second half: its log bears out what the board says of itself, and continues all that was seen.
async fn verify<T: Transport>(
    found: &Found<T>,
    seen: impl Iterator<Item = SavedView>,
) -> Result<Board<T>, Trouble> {
    let board = found.verify().await.map_err(client)?;
    for view in seen {
        board.take_in(&view).await.map_err(client)?;
    }
    Ok(board)
}

#[cfg(test)]
mod tests {
    use tabella_board_client::fixtures::{Fake, key, run};
    use tabella_board_core::fixtures::SmallElection;
    use tabella_web_shared::Forgery;

    use super::*;

    #[test]
    fn a_board_under_another_key_than_the_one_that_is_trusted_is_a_forgery() {
        let election = SmallElection::opened();
        let fake = Fake::of(election.manifest.id(), election.log.clone());
        let connect = |signer, saved: &[String]| {
            let trust = Trust::Fingerprint(key(signer).verifying_key().fingerprint());
            run(connect(fake.clone(), Some(&trust), saved, |_| ()))
        };
        let known = connect(1, &[]).unwrap();
        assert!(known.is_first_visit);
        let saved = [known.board.view().to_json()];
        assert!(!connect(1, &saved).unwrap().is_first_visit);
        for saved in [&saved[..], &[]] {
            let refused = connect(2, saved).map(drop).unwrap_err();
            assert!(matches!(refused, Trouble::Forged { forgery: Forgery::Key, .. }), "{refused:?}");
        }
    }
}

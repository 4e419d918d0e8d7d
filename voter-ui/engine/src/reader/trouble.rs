//! What went wrong for a voter, in the page's words.

use tabella_board_client::BoothError;
use tabella_web_shared::{Forgery, Trouble};
use tabella_web_worker::trouble::{client, forged};

/// An error of the booth.
pub(super) fn booth(error: BoothError) -> Trouble {
    match error {
        BoothError::Client(error) => client(error),
        BoothError::NoManifest => Trouble::NotFound,
        BoothError::NotOpen { .. } => Trouble::NotOpen,
        BoothError::NeverOpened | BoothError::Closed => Trouble::Closed,
        BoothError::NotOnRoll => Trouble::UnknownCode,
        BoothError::TestLimit { allowed, .. } => Trouble::Limit { tests: true, allowed },
        BoothError::FirstOnly => Trouble::Limit { tests: false, allowed: 1 },
        BoothError::CastLimit { allowed, .. } => Trouble::Limit { tests: false, allowed },
        BoothError::Contradiction | BoothError::OtherBallot(_) => forged(Forgery::Answer, error),
        BoothError::NoBlock(_) => forged(Forgery::Rules, error),
    }
}

//! What went wrong, in the page's words.

use tabella_board_client::ClientError;
use tabella_board_core::api::{Problem, ProblemCode};
use tabella_board_core::check::Refusal;
use tabella_board_core::receipt::ReceiptError;
use tabella_web_shared::{Forgery, Trouble};

/// What the board showed cannot be true.
pub fn forged(forgery: Forgery, detail: impl std::fmt::Display) -> Trouble {
    Trouble::Forged { forgery, detail: detail.to_string() }
}

/// An error of the board's client.
pub fn client(error: ClientError) -> Trouble {
    let forgery = match error {
        // something else answers, such as the sign-in page of a network: nothing was heard of the board
        ClientError::Unreachable { .. } | ClientError::NotABoard { .. } => return Trouble::Unreachable,
        ClientError::TimedOut { .. } => return Trouble::TimedOut,
        ClientError::Refused(problem) => return refused(*problem),
        ClientError::Address(_)
        | ClientError::Manifest(_)
        | ClientError::SavedView(_)
        | ClientError::Storage(_) => return fault(error),
        ClientError::WrongKey { .. } => Forgery::Key,
        ClientError::Checkpoint { .. }
        | ClientError::Receipt(ReceiptError::ElectionCheckpoint(_) | ReceiptError::BoardCheckpoint(_)) => {
            Forgery::Checkpoint
        }
        ClientError::Receipt(ReceiptError::Name(_) | ReceiptError::Entry(_) | ReceiptError::Anchor(_))
        | ClientError::OtherElection => Forgery::Receipt,
        // the evidence file, to be copied from the page
        ClientError::Fork(ref contradiction) => {
            return forged(Forgery::Fork, format_args!("{error}\n{}", contradiction.fork().to_json()));
        }
        // it says of itself that it proves nothing
        ClientError::WentBack(_) => Forgery::Fork,
        ClientError::Tampered { .. } => Forgery::Entries,
        ClientError::OtherBoard(_) => Forgery::Election,
        ClientError::Rules { ref refusal, .. } => match **refusal {
            Refusal::Manifest(_) => Forgery::Election,
            _ => Forgery::Rules,
        },
        ClientError::BoardRules { .. } | ClientError::Encoding { .. } => Forgery::Rules,
        ClientError::Genesis(_) | ClientError::Name(_) => Forgery::Answer,
    };
    forged(forgery, error)
}

fn refused(problem: Problem) -> Trouble {
    match problem.code {
        ProblemCode::NotFound | ProblemCode::UnknownElection => Trouble::NotFound,
        ProblemCode::Timeout => Trouble::TimedOut,
        code => Trouble::Refused { code, detail: problem.detail },
    }
}

/// A fault of this program.
pub fn fault(error: impl std::fmt::Display) -> Trouble {
    Trouble::Fault { detail: error.to_string() }
}

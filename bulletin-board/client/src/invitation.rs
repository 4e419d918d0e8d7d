//! The line by which a trustee finds an election: a link with the board's address, the election's name and the
//! fingerprint of the board's key, such as `https://board.example.org/e/<64 digits>/trustees#key=<64 digits>`.

use std::fmt;

use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

/// What stands between the board's address and the election's name: the election's page in the web app.
const ELECTION: &str = "/e/";
/// What stands before the key.
const KEY: &str = "key=";

/// An election on a board, and the key that the board must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The board's address.
    pub board: String,
    /// The election.
    pub election: ElectionId,
    /// Fingerprint of the board's key; without it the board is taken at its word, once.
    pub board_key: Option<Digest>,
}

/// Why a line is no invitation. Says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvitationError {
    /// Not a link to an election.
    #[error(
        "this is no invitation: paste the whole line that the administrator sent; it begins with https:// and has /e/ and \
         64 digits in it"
    )]
    Form,
    /// The election's name is cut or mistyped.
    #[error(
        "the election's name in the invitation must have 64 hexadecimal digits: paste the whole line again"
    )]
    Election,
    /// The key is cut or mistyped.
    #[error("the board's key in the invitation must have 64 hexadecimal digits: paste the whole line again")]
    Key,
}

impl Invitation {
    /// Reads the line, with or without spaces around it.
    pub fn parse(text: &str) -> Result<Self, InvitationError> {
        let text = text.trim();
        let (address, fragment) = text.split_once('#').unwrap_or((text, ""));
        let (board, rest) = address.split_once(ELECTION).ok_or(InvitationError::Form)?;
        let host = ["https://", "http://"].iter().find_map(|scheme| board.strip_prefix(scheme));
        if host
            .is_none_or(|host| host.starts_with('/') || host.is_empty() || host.contains(char::is_whitespace))
        {
            return Err(InvitationError::Form);
        }
        let name = rest.split(['/', '?']).next().unwrap_or_default();
        let election = Digest::from_hex(&name.to_ascii_lowercase()).ok_or(InvitationError::Election)?;
        let key = fragment.split('&').find_map(|part| part.strip_prefix(KEY));
        let key = key.map(|key| Digest::from_hex(&key.to_ascii_lowercase()).ok_or(InvitationError::Key));
        Ok(Self { board: board.to_owned(), election: ElectionId(election), board_key: key.transpose()? })
    }
}

impl fmt::Display for Invitation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { board, election, board_key } = self;
        write!(formatter, "{}{ELECTION}{election}/trustees", board.trim_end_matches('/'))?;
        board_key.map_or(Ok(()), |key| write!(formatter, "#{KEY}{key}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_is_read_as_it_was_written_and_cut_ones_are_refused() {
        let whole = Invitation {
            board: "https://board.example.org/tabella".to_owned(),
            election: ElectionId(Digest([0xab; 32])),
            board_key: Some(Digest([0xcd; 32])),
        };
        let text = whole.to_string();
        assert_eq!(Invitation::parse(&format!("  {text}\n")), Ok(whole.clone()));
        let keyless = Invitation { board_key: None, ..whole.clone() };
        assert_eq!(Invitation::parse(&keyless.to_string()), Ok(keyless));
        let page = format!("http://127.0.0.1:8080/e/{}", whole.election);
        assert_eq!(Invitation::parse(&page).map(|read| read.board), Ok("http://127.0.0.1:8080".to_owned()));
        let cut = &text[..text.len() - 1];
        assert_eq!(Invitation::parse(cut), Err(InvitationError::Key));
        assert_eq!(
            Invitation::parse("https://board.example.org/e/abcd/trustees"),
            Err(InvitationError::Election)
        );
        for wrong in [
            "",
            "hello",
            "https://board.example.org",
            "https:///e/ab",
            "https:////e/ab",
            "ftp://board/e/ab",
            "https://a b/e/ab",
        ] {
            assert_eq!(Invitation::parse(wrong), Err(InvitationError::Form), "{wrong}");
        }
    }
}

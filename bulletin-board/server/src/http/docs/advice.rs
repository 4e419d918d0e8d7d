//! What each problem means and what to do about it, for everybody who writes a client.

use tabella_board_core::api::ProblemCode;

/// A paragraph for people.
pub(in crate::http) fn advice(code: ProblemCode) -> &'static str {
    match code {
        ProblemCode::Malformed => {
            "The request is not what this path takes: a parameter is missing, unknown or of another form, or the body \
             cannot be read. Correct the request; sending it again as it is does not help."
        }
        ProblemCode::NotFound => {
            "There is nothing at this path, or not yet: a log grows, and what is asked for by index, size, hash or \
             tracking code may come later. Every path has one spelling, without a slash at the end."
        }
        ProblemCode::UnknownElection => {
            "No election of this name stands on this board, or its manifest is not complete. A name is 64 hexadecimal \
             digits in lower case."
        }
        ProblemCode::MethodNotAllowed => {
            "There is something at this path, but not for this method. The header Allow names the methods that there are."
        }
        ProblemCode::Timeout => "The request took longer than 30 seconds, its body included. Send it again.",
        ProblemCode::TooLarge => {
            "The body is longer than anything that can be accepted here: an entry has at most 65,535 bytes."
        }
        ProblemCode::UriTooLong => {
            "Path and parameters together are longer than 8,192 bytes. No path needs so many."
        }
        ProblemCode::UnsupportedMediaType => {
            "The body is said to be of another media type than this path takes, or to be compressed. Set Content-Type, \
             and send it as it is."
        }
        ProblemCode::Refused => {
            "The rules of the election refuse the entry: check is the number of the check in the specification, detail \
             says what to do. Sending it again helps only after the state of the election has changed."
        }
        ProblemCode::ElectionRefused => {
            "The election cannot be put on this board, because of its manifest, its administrator or its signature."
        }
        ProblemCode::Busy => {
            "Too many entries are waiting, too many feeds are open, or other answers fill the board's memory. Send the \
             very same again after as many seconds as Retry-After says: an entry that stands already is answered by its \
             receipt."
        }
        ProblemCode::Internal => {
            "The board has a fault, of which its operator should be told. Whether an entry stands is seen by sending the \
             same bytes again."
        }
        ProblemCode::Stopping => {
            "The board stops or has stopped, and takes no entries. When it is back, send the same bytes again, to see \
             whether the entry stands."
        }
        ProblemCode::Other => "Something that this version has no name for.",
    }
}

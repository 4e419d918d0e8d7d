//! Which view of the log a share may serve: the decision that every trustee's journal follows, wherever it is kept.
//!
//! A trustee decrypts one view once. The log alone cannot hold a trustee to that, because a corrupt board shows whatever
//! log it likes; so what the trustee set out to decrypt is kept on the trustee's side before anything about it leaves.

use serde::{Deserialize, Serialize};
use tabella_crypto::transcript::Digest;

/// What a share was used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nothing yet.
    Unused,
    /// Not known: the share was made again from the key and the record.
    Restored,
    /// The trustee set out to decrypt this view: hexadecimal of its digest.
    Intended(String),
}

/// What becomes of a view that is to be decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is the one that is kept already.
    Stands,
    /// It may be: keep it first.
    Keep,
    /// A person must compare its fingerprint with the other trustees first.
    Compare,
}

/// Why a view is not decrypted with this share, ever.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The log is ahead of what is kept.
    #[error(
        "a statement of this trustee stands on the log, but what is kept here says that the share was never used: it is \
         an old copy. The share counts as spent here; use what made the statement"
    )]
    Behind,
    /// Another view is kept, or stated on the log.
    #[error("{}", other_view(.intended, .found))]
    OtherView {
        /// Digest of the view that is kept or stated.
        intended: String,
        /// Digest of the view on the log.
        found: Digest,
    },
}

/// What is said of a share that was meant for another view.
pub(crate) fn other_view(intended: &str, found: &Digest) -> String {
    format!(
        "this share was meant for the view {intended}, but the log now shows {found}: two versions of the record exist. \
         Nothing is decrypted; tell the other trustees and the board's operator"
    )
}

/// Whether a share of this status serves the view. `stated` is the digest of the trustee's own statement on the log, if
/// one stands; `compared` the one that a person compared with the other trustees.
///
/// The same view may be decrypted again and again; another one never. A share of which nothing is known serves the view
/// that was stated, because who stated it had it in a journal and can have stated no other; or the one that was compared.
pub fn decide(
    status: &Status,
    stated: Option<&Digest>,
    compared: Option<&Digest>,
    view: &Digest,
) -> Result<Decision, Refused> {
    let other = |intended: String| Refused::OtherView { intended, found: *view };
    if let Some(stated) = stated.filter(|stated| *stated != view) {
        return Err(other(stated.to_hex()));
    }
    match (status, stated) {
        (Status::Intended(intended), _) if *intended == view.to_hex() => Ok(Decision::Stands),
        (Status::Intended(intended), _) => Err(other(intended.clone())),
        (Status::Unused, Some(_)) => Err(Refused::Behind),
        (Status::Restored, None) if compared != Some(view) => Ok(Decision::Compare),
        (Status::Unused, None) | (Status::Restored, _) => Ok(Decision::Keep),
    }
}

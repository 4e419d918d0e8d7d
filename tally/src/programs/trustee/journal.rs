//! The journal of a key share: whether it was used, and for which view of the log.
//!
//! A trustee decrypts one view once. The log alone cannot hold a trustee to that, because a corrupt board shows
//! whatever log it likes; so the intent is on the trustee's own disk before anything leaves the machine. A
//! journal that is missing or behind the log is one that somebody put back: the share counts as spent. Of a share
//! that was made again from the key's paper or copy nothing is known. What follows is [`decide`]d in one place.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tabella_board_client::sealed::{Existing, SealedError, write_atomically};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::threshold::trustee::TrusteeIndex;
use tabella_crypto::transcript::Digest;

use crate::tally::Fingerprint;
pub use crate::trustee::intent::Status;
use crate::trustee::intent::{Decision, Refused, decide, other_view};
use crate::trustee::tally::Question;

/// The journal's name in the trustee's folder.
pub const JOURNAL: &str = "tally.json";

/// The journal of one share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journal {
    election: String,
    ceremony: String,
    trustee: u8,
    status: Status,
}

/// Why the journal does not allow what is asked. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It cannot be read.
    #[error("{}: {cause}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        cause: std::io::Error,
    },
    /// It cannot be written.
    #[error(transparent)]
    Write(#[from] SealedError),
    /// It is no journal.
    #[error("{} is damaged ({cause}); without it this share may have been used: it stays closed, and the other trustees go on", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: serde_json::Error,
    },
    /// It is missing, though there is a share.
    #[error(
        "{} is missing beside the share: this folder looks like a restored backup, and the share may have been used. It \
         counts as spent, and the other trustees go on; if you moved the folder, bring this file along", .0.display()
    )]
    Missing(PathBuf),
    /// It is that of another election, trustee or ceremony.
    #[error("{} belongs to another election, trustee or ceremony: use the folder of this one", .0.display())]
    Other(PathBuf),
    /// The log is ahead of it.
    #[error(
        "a statement of this trustee stands on the log, but {} says that the share was never used: the folder is \
         an old copy. The share counts as spent here; use the folder that made the statement", .0.display()
    )]
    Behind(PathBuf),
    /// Nothing is known of the share's use, and nobody compared the fingerprint.
    #[error("{}", Question::Restored(*.0))]
    Restored(Fingerprint),
    /// It names another view.
    #[error("{}", other_view(.intended, .found))]
    OtherView {
        /// Digest of the view in the journal.
        intended: String,
        /// Digest of the view on the log.
        found: Digest,
    },
}

impl Journal {
    /// A share that was not used.
    pub fn unused(election: ElectionId, ceremony: &Digest, trustee: TrusteeIndex) -> Self {
        Self {
            election: election.to_string(),
            ceremony: ceremony.to_hex(),
            trustee: trustee.number(),
            status: Status::Unused,
        }
    }

    /// A share made again from a backup of the key.
    pub fn restored(election: ElectionId, ceremony: &Digest, trustee: TrusteeIndex) -> Self {
        Self { status: Status::Restored, ..Self::unused(election, ceremony, trustee) }
    }

    /// What the share was used for.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Whether it is about this share.
    pub fn is_of(&self, election: ElectionId, ceremony: &Digest, trustee: TrusteeIndex) -> bool {
        let Self { election: e, ceremony: c, trustee: t, status: _ } = self;
        *e == election.to_string() && *c == ceremony.to_hex() && *t == trustee.number()
    }

    /// Whether it is about a share of this trustee in this election, of whichever attempt.
    pub fn is_of_election(&self, election: ElectionId, trustee: TrusteeIndex) -> bool {
        self.election == election.to_string() && self.trustee == trustee.number()
    }

    /// Reads the journal of a folder; none if there is none.
    pub fn read(folder: &Path) -> Result<Option<Self>, JournalError> {
        let path = folder.join(JOURNAL);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|cause| JournalError::Damaged { path, cause }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(JournalError::Read { path, cause }),
        }
    }

    /// Reads the journal that must stand beside a share.
    pub fn read_beside_share(
        folder: &Path,
        election: ElectionId,
        ceremony: &Digest,
        trustee: TrusteeIndex,
    ) -> Result<Self, JournalError> {
        let path = || folder.join(JOURNAL);
        let journal = Self::read(folder)?.ok_or_else(|| JournalError::Missing(path()))?;
        if journal.is_of(election, ceremony, trustee) {
            Ok(journal)
        } else {
            Err(JournalError::Other(path()))
        }
    }

    /// Records durably that this view is the one to decrypt. `stated` is the digest of the trustee's own
    /// statement on the log, if one stands.
    ///
    /// The same view may be intended again and again; another one never. `compared` is the digest that a person
    /// compared with the other trustees: only a restored share needs it.
    pub fn intend(
        self,
        folder: &Path,
        view: &Digest,
        stated: Option<&Digest>,
        compared: Option<&Digest>,
    ) -> Result<Self, JournalError> {
        let decision = decide(&self.status, stated, compared, view).map_err(|refused| match refused {
            Refused::Behind => JournalError::Behind(folder.join(JOURNAL)),
            Refused::OtherView { intended, found } => JournalError::OtherView { intended, found },
        })?;
        match decision {
            Decision::Stands => Ok(self),
            Decision::Compare => Err(JournalError::Restored(Fingerprint(*view))),
            Decision::Keep => {
                let intended = Self { status: Status::Intended(view.to_hex()), ..self };
                intended.write(folder)?;
                Ok(intended)
            }
        }
    }

    /// Writes the journal so that it survives a power cut: the file and the folder that names it are flushed.
    pub fn write(&self, folder: &Path) -> Result<(), JournalError> {
        // texts and a number: nothing that JSON cannot say
        let mut text = serde_json::to_vec_pretty(self).unwrap_or_default();
        text.push(b'\n');
        Ok(write_atomically(&folder.join(JOURNAL), &text, Existing::Replaced)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ELECTION: ElectionId = ElectionId(Digest([1; 32]));
    const CEREMONY: Digest = Digest([2; 32]);
    const VIEW: Digest = Digest([3; 32]);
    const OTHER: Digest = Digest([4; 32]);

    fn index() -> TrusteeIndex {
        TrusteeIndex::new(2).unwrap()
    }

    fn read(folder: &Path) -> Result<Journal, JournalError> {
        Journal::read_beside_share(folder, ELECTION, &CEREMONY, index())
    }

    fn unused(folder: &Path) -> Journal {
        Journal::unused(ELECTION, &CEREMONY, index()).write(folder).unwrap();
        read(folder).unwrap()
    }

    #[test]
    fn an_intent_is_on_disk_and_holds_for_one_view() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        unused(folder).intend(folder, &VIEW, None, None).unwrap();
        let again = read(folder).unwrap();
        assert_eq!(again.status(), &Status::Intended(VIEW.to_hex()));
        again.clone().intend(folder, &VIEW, None, None).unwrap();
        again.clone().intend(folder, &VIEW, Some(&VIEW), None).unwrap();
        let refused = again.clone().intend(folder, &OTHER, None, None).unwrap_err();
        assert!(matches!(refused, JournalError::OtherView { found: OTHER, .. }));
        let refused = again.intend(folder, &VIEW, Some(&OTHER), None).unwrap_err();
        assert!(
            matches!(refused, JournalError::OtherView { found: VIEW, .. }),
            "the log has another statement"
        );
        assert_eq!(read(folder).unwrap().status(), &Status::Intended(VIEW.to_hex()));
    }

    #[test]
    fn a_missing_journal_and_one_behind_the_log_mean_a_restored_backup() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert!(matches!(read(folder), Err(JournalError::Missing(_))));
        let refused = unused(folder).intend(folder, &VIEW, Some(&VIEW), None).unwrap_err();
        assert!(matches!(refused, JournalError::Behind(_)));
        assert_eq!(read(folder).unwrap().status(), &Status::Unused);
    }

    #[test]
    fn a_restored_share_serves_the_view_that_was_stated_or_that_a_person_compared() {
        for (stated, compared, allowed) in [
            (None, None, false),
            (None, Some(&OTHER), false),
            (None, Some(&VIEW), true),
            (Some(&VIEW), None, true),
            (Some(&OTHER), Some(&VIEW), false),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let folder = folder.path();
            Journal::restored(ELECTION, &CEREMONY, index()).write(folder).unwrap();
            let intended = read(folder).unwrap().intend(folder, &VIEW, stated, compared);
            assert_eq!(intended.is_ok(), allowed, "stated {stated:?}, compared {compared:?}");
            let left = read(folder).unwrap();
            let expected = if allowed { Status::Intended(VIEW.to_hex()) } else { Status::Restored };
            assert_eq!(left.status(), &expected);
            if allowed {
                assert!(left.intend(folder, &OTHER, None, Some(&OTHER)).is_err(), "one view alone");
            }
        }
    }

    #[test]
    fn a_journal_of_another_share_and_a_damaged_one_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for (election, ceremony, trustee) in
            [(ElectionId(OTHER), CEREMONY, 2), (ELECTION, OTHER, 2), (ELECTION, CEREMONY, 1)]
        {
            Journal::unused(election, &ceremony, TrusteeIndex::new(trustee).unwrap()).write(folder).unwrap();
            assert!(matches!(read(folder), Err(JournalError::Other(_))));
        }
        fs::write(folder.join(JOURNAL), "{}").unwrap();
        assert!(matches!(read(folder), Err(JournalError::Damaged { .. })));
    }
}

//! A trustee's folder: the key, the share of one election's key, the journal, and what was seen of the board.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use tabella_board_client::keyfile::{KeyFile, KeyKind};
use tabella_board_client::passphrase::Passphrase;
use tabella_board_client::sealed::{self, Existing, SealedError, write_atomically};
use tabella_board_client::visit::VIEW_FILE;
use tabella_board_core::state::ElectionState;
use tabella_crypto::threshold::trustee::{TrusteeIndex, TrusteeSecret};

use super::journal::{JOURNAL, Journal, JournalError, Status};
use super::tally::no_share;
use crate::ceremony::{StoredShare, recover_share};
use crate::trustee::{Intent, Keeper, Plan};

/// The trustee's key, under the passphrase.
const KEY: &str = "key.age";
/// The share of the election's key, under the passphrase.
const SHARE: &str = "share.age";
/// Says that the folder was made from a backup of the key.
const RESTORED: &str = "restored.txt";
/// What stands in it.
const RESTORED_TEXT: &str = "\
The key in this folder was restored from a backup (its paper form or a copy of the key file). Nothing here remembers
whether the key was used to decrypt. tabella-trustee therefore has the tally's fingerprint compared by voice before it
decrypts. Leave this file where it is.
";

/// A trustee's folder, which serves one election.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes the folder and a key in it, and reads the key back. A key that is there already is left alone.
    pub fn create(path: &Path, name: &str, passphrase: &Passphrase) -> Result<(Self, TrusteeSecret)> {
        let secret = TrusteeSecret::generate(&mut rand_core::OsRng);
        let folder = Self::with_key(path, &secret, name, passphrase)?;
        Ok((folder, secret))
    }

    /// Makes the folder with a key from a backup, and notes that it is one.
    pub fn restore(path: &Path, secret: &TrusteeSecret, name: &str, passphrase: &Passphrase) -> Result<Self> {
        let folder = Self(path.to_owned());
        ensure!(
            !folder.key().exists(),
            "{} has a key already: restore into a new folder with --folder",
            path.display()
        );
        std::fs::create_dir_all(path)
            .with_context(|| format!("cannot make the folder {}", path.display()))?;
        // the note comes first: a restored key without it would look like one that was never used
        write_atomically(&path.join(RESTORED), RESTORED_TEXT.as_bytes(), Existing::Replaced)?;
        Self::with_key(path, secret, name, passphrase)
    }

    fn with_key(path: &Path, secret: &TrusteeSecret, name: &str, passphrase: &Passphrase) -> Result<Self> {
        std::fs::create_dir_all(path)
            .with_context(|| format!("cannot make the folder {}", path.display()))?;
        let folder = Self(path.to_owned());
        ensure!(
            !folder.has_share(),
            "{} holds a share of an election: make a new key in another folder",
            path.display()
        );
        KeyFile::create(&folder.key(), KeyKind::Trustee, secret.seed(), name, passphrase)?;
        Ok(folder)
    }

    /// Whether the key was restored from a backup.
    pub fn is_restored(&self) -> bool {
        self.0.join(RESTORED).exists()
    }

    /// Whether a folder holds a trustee's key.
    pub fn is_one(path: &Path) -> bool {
        path.join(KEY).is_file()
    }

    /// A folder for what was seen of a board, with a key or without.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// A folder that was made before.
    pub fn existing(path: &Path) -> Result<Self> {
        let folder = Self(path.to_owned());
        let shown = path.display();
        ensure!(
            path.is_dir(),
            "there is no folder {shown}: give the trustee's folder with --folder, or make one with \
             `tabella-trustee init --folder {shown}`"
        );
        ensure!(
            folder.key().is_file(),
            "there is no key file {}: give the folder that `tabella-trustee init` made, or restore the key file \
             from its backup",
            folder.key().display()
        );
        Ok(folder)
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The key file.
    pub fn key(&self) -> PathBuf {
        self.0.join(KEY)
    }

    /// What was seen of the board.
    pub fn view(&self) -> PathBuf {
        self.0.join(VIEW_FILE)
    }

    /// Whether a share is stored.
    pub fn has_share(&self) -> bool {
        self.share().exists()
    }

    fn share(&self) -> PathBuf {
        self.0.join(SHARE)
    }

    /// The trustee's secret.
    pub fn open_key(&self, passphrase: &Passphrase) -> Result<TrusteeSecret> {
        let key = KeyFile::open(&self.key(), KeyKind::Trustee, passphrase)?;
        Ok(TrusteeSecret::from_seed(key.secret().expose()))
    }

    /// The share, if one is stored.
    pub fn read_share(&self, passphrase: &Passphrase) -> Result<Option<StoredShare>> {
        let path = self.share();
        let bytes = match sealed::open(&path, passphrase) {
            Ok(bytes) => bytes,
            Err(SealedError::Missing(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let share = StoredShare::decode(&bytes);
        share.map(Some).with_context(|| format!("{} is damaged: restore it from its backup", path.display()))
    }

    /// Opens key and share. Both are read from the disk at this moment.
    pub fn unlock(self, passphrase: Passphrase) -> Result<Unlocked> {
        let secret = self.open_key(&passphrase)?;
        let share = self.read_share(&passphrase)?;
        Ok(Unlocked { folder: self, passphrase, secret, share })
    }

    /// Stores a share, with its journal, and returns what reads back. A share in a folder whose key was restored may
    /// have been used before; any other was not.
    ///
    /// The journal comes first: a share without a journal would count as spent. A share of an earlier attempt at
    /// the same election's ceremony is replaced, any other is not.
    pub fn store_share(&self, share: &StoredShare, passphrase: &Passphrase) -> Result<StoredShare> {
        match Journal::read(&self.0)? {
            None if self.has_share() => return Err(JournalError::Missing(self.0.join(JOURNAL)).into()),
            None => {}
            Some(journal) if !journal.is_of_election(share.election(), share.trustee()) => bail!(
                "{} holds a share of another election: use a folder of its own for each election, with a key of \
                 its own",
                self.0.display()
            ),
            Some(journal) if matches!(journal.status(), Status::Intended(_)) => {
                bail!("the share in {} was used to decrypt: nothing replaces it", self.0.display())
            }
            Some(_) => {}
        }
        let begin = if self.is_restored() { Journal::restored } else { Journal::unused };
        begin(share.election(), share.ceremony(), share.trustee()).write(&self.0)?;
        sealed::replace(&self.share(), share.encode().expose(), passphrase)?;
        let read = self.read_share(passphrase)?;
        read.with_context(|| format!("{} vanished after it was written", self.share().display()))
    }
}

/// A folder whose key was opened.
#[derive(Debug)]
pub struct Unlocked {
    /// The folder.
    pub folder: Folder,
    passphrase: Passphrase,
    /// The trustee's secret.
    pub secret: TrusteeSecret,
    /// The share as it was read from the disk, if one is stored.
    pub share: Option<StoredShare>,
}

impl Keeper for Unlocked {
    type Error = anyhow::Error;

    fn secret(&self) -> &TrusteeSecret {
        &self.secret
    }

    fn share(&self) -> Option<&StoredShare> {
        self.share.as_ref()
    }

    /// Stores a share and keeps what reads back.
    fn store(&mut self, share: StoredShare) -> Result<()> {
        self.share = Some(self.folder.store_share(&share, &self.passphrase)?);
        Ok(())
    }

    /// Makes the share again from key and record, where a restored key has none and the log says that it was proved.
    fn recover_share(&mut self, own: TrusteeIndex, state: &ElectionState) -> Result<()> {
        let Some(key_set) = state.ceremony().key_set() else { return Ok(()) };
        if self.folder.is_restored() && !self.share.as_ref().is_some_and(|share| share.is_of(key_set, own)) {
            let share = recover_share(&self.secret, own, state, key_set)?;
            self.store(share)?;
        }
        Ok(())
    }

    /// Records the view in the journal: see [`Journal::intend`].
    fn intend(&mut self, plan: &Plan<'_>) -> Result<Intent> {
        let Plan { own, state, key_set, view, stated, compared } = plan;
        let path = self.folder.path();
        let share = self.share.as_ref().with_context(|| no_share(path))?;
        let other =
            || format!("{} holds no share of this election's key: use the right folder", path.display());
        let share = share.open(key_set).with_context(other)?;
        if share.trustee() != *own {
            bail!("{}", other());
        }
        let journal = Journal::read_beside_share(path, state.election(), key_set.transcript_hash(), *own)?;
        match journal.intend(path, &view.0, stated.as_ref(), compared.as_ref()) {
            Ok(_) => Ok(Intent::Kept),
            Err(JournalError::Restored(_)) => Ok(Intent::Unknown),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceremony::tests::World;
    use tabella_crypto::threshold::dkg::CeremonyError;
    use tabella_crypto::transcript::Digest;

    fn passphrase() -> Passphrase {
        Passphrase::new("correct horse".to_owned()).unwrap()
    }

    fn made() -> (tempfile::TempDir, Folder, TrusteeSecret) {
        let place = tempfile::tempdir().unwrap();
        let (folder, secret) = Folder::create(&place.path().join("a/trustee"), "Ada", &passphrase()).unwrap();
        (place, folder, secret)
    }

    #[test]
    fn a_key_is_made_once_and_opens_with_its_passphrase_alone() {
        let (_place, folder, secret) = made();
        let again = Folder::existing(folder.path()).unwrap();
        assert_eq!(again.open_key(&passphrase()).unwrap().keys(), secret.keys());
        let other = Passphrase::new("battery staple".to_owned()).unwrap();
        assert!(again.open_key(&other).unwrap_err().to_string().contains("passphrase"));
        assert!(Folder::create(folder.path(), "Ada", &passphrase()).is_err());
        assert_eq!(
            again.open_key(&passphrase()).unwrap().keys(),
            secret.keys(),
            "the first key is still there"
        );
        let missing = Folder::existing(&folder.path().join("nowhere")).unwrap_err().to_string();
        assert!(missing.contains("tabella-trustee init"), "{missing}");
    }

    #[test]
    fn a_share_reads_back_and_is_replaced_only_within_its_election_and_before_it_was_used() {
        let (_place, folder, _) = made();
        let folder_path = folder.path();
        let mut world = World::new(1, 1);
        world.key();
        let key_set = world.state.ceremony().key_set().unwrap().clone();
        assert!(folder.read_share(&passphrase()).unwrap().is_none());
        let read = folder.store_share(&world.stored(1).unwrap(), &passphrase()).unwrap();
        assert!(read.open(&key_set).is_ok());
        folder.store_share(&world.stored(1).unwrap(), &passphrase()).unwrap();

        let mut other = World::with(1, 1, |manifest| manifest.nonce = [9; 16]);
        other.key();
        let refused = folder.store_share(&other.stored(1).unwrap(), &passphrase()).unwrap_err();
        assert!(refused.to_string().contains("another election"), "{refused}");

        let (election, ceremony) = (world.state.election(), *key_set.transcript_hash());
        let journal = Journal::read_beside_share(folder_path, election, &ceremony, read.trustee()).unwrap();
        journal.intend(folder_path, &Digest([3; 32]), None, None).unwrap();
        let refused = folder.store_share(&world.stored(1).unwrap(), &passphrase()).unwrap_err();
        assert!(refused.to_string().contains("was used"), "{refused}");

        std::fs::remove_file(folder_path.join(JOURNAL)).unwrap();
        let refused = folder.store_share(&world.stored(1).unwrap(), &passphrase()).unwrap_err();
        assert!(refused.to_string().contains("restored backup"), "{refused}");
        assert_eq!(
            folder.read_share(&passphrase()).unwrap().unwrap().open(&key_set).err(),
            None::<CeremonyError>
        );
    }
}

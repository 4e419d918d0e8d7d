//! What both programs begin with: a key from a folder, a visit to a board, an election on it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rand_core::OsRng;

use tabella_board_client::keyfile::{KeyFile, KeyKind};
use tabella_board_client::passphrase::{Passphrase, Purpose};
use tabella_board_client::visit::{VIEW_FILE, Visit};
use tabella_board_client::{Board, ElectionSync};
use tabella_board_core::state::ElectionState;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::signature::{SigningKey, VerifyingKey};
use tabella_crypto::transcript::Digest;

/// Where the key lies.
#[derive(Debug, clap::Args)]
pub struct KeyArgs {
    /// Folder with your key and what this program remembers
    #[arg(long, value_name = "DIR")]
    pub folder: PathBuf,
    /// File whose only line is the key's passphrase; else TABELLA_PASSPHRASE, else it is asked for
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

/// Which board.
#[derive(Debug, clap::Args)]
pub struct BoardArgs {
    /// Address of the board, such as https://board.example.org
    #[arg(long, env = "TABELLA_BOARD", value_name = "URL")]
    pub board: String,
    /// The board's key or its fingerprint, as its operator publishes it
    #[arg(long, env = "TABELLA_BOARD_KEY", value_name = "KEY")]
    pub board_key: Option<String>,
}

/// Which election on which board.
#[derive(Debug, clap::Args)]
pub struct ElectionArgs {
    /// The board.
    #[command(flatten)]
    pub board: BoardArgs,
    /// The election: 64 hexadecimal digits
    #[arg(long, env = "TABELLA_ELECTION", value_name = "HEX", value_parser = parse_election)]
    pub election: ElectionId,
}

/// Reads an election's name.
pub fn parse_election(text: &str) -> Result<ElectionId, &'static str> {
    Digest::from_hex(text)
        .map(ElectionId)
        .ok_or("an election's name has 64 hexadecimal digits, in lower case")
}

impl KeyArgs {
    fn path(&self, kind: KeyKind) -> PathBuf {
        self.folder.join(match kind {
            KeyKind::Registrar => "registrar.key",
            _ => "administrator.key",
        })
    }

    /// Makes the folder and a key in it; gives the public key.
    pub fn create(&self, kind: KeyKind, label: &str) -> Result<VerifyingKey> {
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("the folder {} cannot be made", self.folder.display()))?;
        let path = self.path(kind);
        if path.exists() {
            bail!("{} is there already: an existing key is never overwritten", path.display());
        }
        let passphrase = Passphrase::obtain(self.passphrase_file.as_deref(), Purpose::Create, "new key")?;
        let key = SigningKey::generate(&mut OsRng);
        KeyFile::create(&path, kind, key.seed(), label, &passphrase)?;
        Ok(key.verifying_key())
    }

    /// Opens the key in the folder.
    pub fn open(&self, kind: KeyKind) -> Result<SigningKey> {
        let passphrase = Passphrase::obtain(self.passphrase_file.as_deref(), Purpose::Open, "key")?;
        let file = KeyFile::open(&self.path(kind), kind, &passphrase)?;
        Ok(SigningKey::from_seed(*file.secret().expose()))
    }

    /// The file that remembers what was seen of the board.
    pub fn view(&self) -> PathBuf {
        self.folder.join(VIEW_FILE)
    }
}

impl BoardArgs {
    /// Connects; `view` keeps what was seen before.
    pub async fn visit(&self, view: Option<&Path>) -> Result<Visit> {
        Ok(Visit::begin(&self.board, self.board_key.as_deref(), view).await?)
    }
}

/// An election with all its entries, read and checked.
pub async fn read_election(board: &Board, election: ElectionId) -> Result<ElectionSync> {
    let mut sync: ElectionSync = ElectionSync::new(board, election, Vec::new())?;
    let _state: &ElectionState = sync.advance(&mut OsRng, |_, _| ()).await?;
    Ok(sync)
}

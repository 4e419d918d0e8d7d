//! What a start needs, looked at before anything is opened, asked or signed; and the same looks without a start.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;

use tabella_crypto::signature::SigningKey;

use super::super::{key_file, store_file, unfinished_file};
use crate::config::{self, Config, ConfigError, Tls};
use crate::http::app::App;
use crate::keyfile;
use crate::serve::tls::Certificates;
use crate::store::{LogId, RedbStore, Store, StoreError};
use crate::witnesses::{self, SettingError};

/// What there is to start with.
pub(super) struct Ready {
    /// The board's folder.
    pub(super) data: PathBuf,
    /// The operator's key.
    pub(super) key: SigningKey,
    /// The web app to serve.
    pub(super) app: App,
    /// Certificate and key, where the board speaks TLS.
    pub(super) certificates: Option<Arc<Certificates>>,
}

impl Ready {
    /// Looks at the folder and at all files that the settings name.
    pub(super) fn look(config: &Config) -> anyhow::Result<Self> {
        let Some(data) = config.server.data.clone() else { return Err(ConfigError::NoData.into()) };
        if !data.is_dir() {
            bail!("there is no folder {}: make a board with `tabella-board init`", data.display());
        }
        let key = keyfile::read(&key_file(&data))?;
        if !store_file(&data).exists() {
            bail!(
                "{} has a board's key but not its store: bring the store back with `tabella-board catch-up`",
                data.display()
            );
        }
        if unfinished_file(&data).exists() {
            bail!(
                "the store in {} was being brought up to date, and that has not ended: run `tabella-board catch-up` again",
                data.display()
            );
        }
        let app = match &config.server.app {
            Some(folder) => App::from_folder(folder)?,
            None => App::embedded(),
        };
        let certificates = certificates(&config.tls)?;
        if config.server.require_mirrors && config.mirror.is_empty() {
            return Err(ConfigError::NoMirror.into());
        }
        Ok(Self { data, key, app, certificates })
    }
}

/// Opens the store, which must have a board.
pub(super) fn open(data: &Path) -> anyhow::Result<Arc<RedbStore>> {
    let store = Arc::new(RedbStore::open(&store_file(data))?);
    if store.head(LogId::Board)?.is_none() {
        bail!(
            "{} is empty: remove it, then bring the store back with `tabella-board catch-up`",
            store_file(data).display()
        );
    }
    Ok(store)
}

/// The ways to the witnesses that the settings name.
pub(super) fn contacts(store: &dyn Store, config: &Config) -> Result<Vec<witnesses::Contact>, SettingError> {
    let addresses = config.witness.iter().cloned();
    let addresses: Vec<witnesses::Address> =
        addresses.map(|config::Witness { name, url }| witnesses::Address { name, url }).collect();
    witnesses::contacts(store, &addresses, config.server.require_witnesses)
}

/// Whether a start would find what it needs. Nobody is asked, and nothing is signed. While the board runs, its store
/// cannot be opened, and the names of witnesses are not compared with it.
pub(super) fn rehearsal(config: &Config) -> anyhow::Result<()> {
    let ready = Ready::look(config)?;
    match open(&ready.data) {
        Ok(store) => contacts(store.as_ref(), config).map(drop).map_err(anyhow::Error::from),
        Err(error) if matches!(error.downcast_ref(), Some(StoreError::Locked)) => Ok(()),
        Err(error) => Err(error),
    }
}

fn certificates(tls: &Tls) -> anyhow::Result<Option<Arc<Certificates>>> {
    match (&tls.certificate, &tls.key) {
        (Some(certificate), Some(key)) => Ok(Some(Arc::new(Certificates::read(certificate, key)?))),
        _ => Ok(None),
    }
}

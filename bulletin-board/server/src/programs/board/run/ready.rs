//! What a start needs, looked at before anything is opened, asked or signed; and the same looks without a start.

use std::path::PathBuf;
use std::sync::Arc;

use tabella_crypto::signature::SigningKey;

use super::super::folder::{Folder, FolderError};
use crate::config::{self, Config, ConfigError, Tls};
use crate::http::app::App;
use crate::serve::tls::Certificates;
use crate::store::{RedbStore, Store};
use crate::witnesses::{self, SettingError};

/// What there is to start with.
pub(super) struct Ready {
    /// The board's folder, held as long as this lives.
    pub(super) folder: Folder,
    /// Its path.
    pub(super) data: PathBuf,
    /// The operator's key.
    pub(super) key: SigningKey,
    /// The store, which has a board of this operator.
    pub(super) store: Arc<RedbStore>,
    /// The web app to serve.
    pub(super) app: App,
    /// Certificate and key, where the board speaks TLS.
    pub(super) certificates: Option<Arc<Certificates>>,
}

impl Ready {
    /// Looks at the folder, which is taken, and at all files that the settings name.
    pub(super) fn look(config: &Config) -> anyhow::Result<Self> {
        let (data, app, certificates) = look_beside(config)?;
        let folder = Folder::of_board(&data)?;
        let (key, store) = folder.open()?;
        Ok(Self { folder, data, key, store, app, certificates })
    }
}

/// All that can be looked at while another program works in the folder: its path, the app, the certificate.
fn look_beside(config: &Config) -> anyhow::Result<(PathBuf, App, Option<Arc<Certificates>>)> {
    let Some(data) = config.server.data.clone() else { return Err(ConfigError::NoData.into()) };
    let app = match &config.server.app {
        Some(folder) => App::from_folder(folder)?,
        None => App::embedded(),
    };
    let certificates = certificates(&config.tls)?;
    if config.server.require_mirrors && config.mirror.is_empty() {
        return Err(ConfigError::NoMirror.into());
    }
    Ok((data, app, certificates))
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
    match Ready::look(config) {
        Ok(ready) => contacts(ready.store.as_ref(), config).map(drop).map_err(anyhow::Error::from),
        Err(error) if matches!(error.downcast_ref(), Some(FolderError::Locked(_))) => Ok(()),
        Err(error) => Err(error),
    }
}

fn certificates(tls: &Tls) -> anyhow::Result<Option<Arc<Certificates>>> {
    match (&tls.certificate, &tls.key) {
        (Some(certificate), Some(key)) => Ok(Some(Arc::new(Certificates::read(certificate, key)?))),
        _ => Ok(None),
    }
}

//! The board's certificate, read again when it is renewed.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use axum::http::HeaderValue;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};

/// Why TLS cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is not PEM of the right kind.
    #[error("[tls] {} cannot be used: {error}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        error: PemError,
    },
    /// No certificate in the file.
    #[error("[tls] {} has no certificate: it must be the chain in PEM, the board's own first", .0.display())]
    NoCertificate(PathBuf),
    /// Certificate and key are not a pair, or of a kind that is not known.
    #[error("[tls] certificate and key cannot be used together: {0}")]
    Pair(rustls::Error),
}

type Times = [Option<SystemTime>; 2];

/// A certificate and its key, as the files last had them.
pub struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
    /// When the files that were last tried had been changed.
    times: Mutex<Times>,
}

impl Certificates {
    /// Reads both files.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        // before the files: a change between both is seen at the next look
        let times = times(certificate, key);
        let current = load(certificate, key)?;
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            current: RwLock::new(Arc::new(current)),
            times: Mutex::new(times),
        })
    }

    /// Whether a file has changed since it was last read.
    pub fn have_changed(&self) -> bool {
        times(&self.certificate, &self.key) != *self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads both files again. If they cannot be used, the old certificate stays.
    pub fn reload(&self) -> Result<(), TlsError> {
        let times = times(&self.certificate, &self.key);
        *self.times.lock().unwrap_or_else(PoisonError::into_inner) = times;
        let fresh = Arc::new(load(&self.certificate, &self.key)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }
}

/// TLS, and what browsers are told over it.
#[derive(Clone)]
pub struct Tls {
    /// What agrees on TLS with clients.
    pub acceptor: TlsAcceptor,
    /// Strict-Transport-Security of every answer, those to requests that are not looked at included.
    pub strict: Option<HeaderValue>,
}

/// TLS 1.2 and 1.3 with the certificates, for HTTP/2 and HTTP/1.1.
pub fn acceptor(certificates: Arc<Certificates>) -> Result<TlsAcceptor, TlsError> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Pair)?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn times(certificate: &Path, key: &Path) -> Times {
    [certificate, key].map(|file| std::fs::metadata(file).and_then(|found| found.modified()).ok())
}

fn load(certificate: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let wrong = |file: &Path| {
        let file = file.to_owned();
        |error| TlsError::File { file, error }
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(wrong(certificate))?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate(certificate.to_owned()));
    }
    let key = PrivateKeyDer::from_pem_file(key).map_err(wrong(key))?;
    CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider()).map_err(TlsError::Pair)
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Certificates").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

//! TLS by the board itself.

use std::path::Path;
use std::sync::Arc;

use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use reqwest::{Certificate, Client};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::{PATIENCE, Program};

/// Writes a fresh certificate and its key into the folder.
pub(super) fn certify(folder: &Path) -> CertifiedKey<KeyPair> {
    let pair = generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    std::fs::write(folder.join("key.pem"), pair.signing_key.serialize_pem()).unwrap();
    std::fs::write(folder.join("chain.pem"), pair.cert.pem()).unwrap();
    pair
}

fn settings(folder: &Path, more: &str) -> String {
    let file = |name: &str| toml::Value::from(folder.join(name).to_str().unwrap());
    format!("[tls]\ncertificate = {}\nkey = {}\n{more}", file("chain.pem"), file("key.pem"))
}

/// A client that trusts this certificate alone.
pub(super) fn client(pair: &CertifiedKey<KeyPair>) -> Client {
    let certificate = Certificate::from_der(pair.cert.der()).unwrap();
    Client::builder().tls_certs_only([certificate]).timeout(PATIENCE).build().unwrap()
}

/// Waits until the board shows this certificate.
async fn shown(program: &Program, pair: &CertifiedKey<KeyPair>) {
    let end = tokio::time::Instant::now() + PATIENCE;
    while client(pair).get(format!("{}/v1/health", program.url)).send().await.is_err() {
        assert!(tokio::time::Instant::now() < end, "{}", program.log());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn the_board_speaks_https_and_tells_browsers_to_stay_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let pair = certify(folder.path());
    let program = Program::start(&settings(folder.path(), "strict_transport_security_seconds = 77\n"));
    assert!(program.url.starts_with("https://"));
    for path in ["/v1/health", "/", "/v1/nothing"] {
        let response = client(&pair).get(format!("{}{path}", program.url)).send().await.unwrap();
        assert_eq!(response.headers()["strict-transport-security"], "max-age=77", "{path}");
    }
    let plain = Program::start("");
    let response = reqwest::get(format!("{}/v1/health", plain.url)).await.unwrap();
    assert!(response.headers().get("strict-transport-security").is_none(), "plain HTTP says nothing of it");
    // nobody else's certificate is trusted, so this one was looked at
    let other = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    assert!(client(&other).get(format!("{}/v1/health", program.url)).send().await.is_err());
}

#[tokio::test]
async fn browsers_are_told_to_stay_with_https_even_by_an_answer_to_a_request_that_is_not_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let pair = certify(folder.path());
    let limits = "strict_transport_security_seconds = 77\n[limits]\nrequests_per_second_per_address = 1\n";
    let program = Program::start(&settings(folder.path(), limits));
    let client = client(&pair);
    let end = tokio::time::Instant::now() + PATIENCE;
    loop {
        let response = client.get(format!("{}/v1/health", program.url)).send().await.unwrap();
        assert_eq!(response.headers()["strict-transport-security"], "max-age=77", "{}", response.status());
        if response.status() == reqwest::StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        assert!(tokio::time::Instant::now() < end, "no request was refused");
    }
}

#[tokio::test]
async fn http_2_is_spoken_if_the_client_offers_it() {
    let folder = tempfile::tempdir().unwrap();
    let pair = certify(folder.path());
    let program = Program::start(&settings(folder.path(), ""));
    let mut roots = RootCertStore::empty();
    roots.add(pair.cert.der().clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = tokio::net::TcpStream::connect(program.address()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::get(format!("{}/v1/health", program.url)).body(String::new()).unwrap();
    let response = sender.send_request(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.version(), hyper::Version::HTTP_2);
}

#[cfg(unix)]
#[tokio::test]
async fn a_renewed_certificate_is_shown_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = certify(folder.path());
    let program = Program::start(&settings(folder.path(), "reload_seconds = 0\n"));
    shown(&program, &first).await;
    let second = certify(folder.path());
    program.signal("-HUP");
    shown(&program, &second).await;
    // what cannot be used changes nothing
    std::fs::write(folder.path().join("key.pem"), "nothing").unwrap();
    program.signal("-HUP");
    super::until("a word about it", || program.log().contains("the certificate in use stays").then_some(()));
    shown(&program, &second).await;
}

#[tokio::test]
async fn a_changed_certificate_is_noticed_without_a_signal() {
    let folder = tempfile::tempdir().unwrap();
    certify(folder.path());
    let program = Program::start(&settings(folder.path(), "reload_seconds = 1\n"));
    let second = certify(folder.path());
    shown(&program, &second).await;
}

#[test]
fn a_board_without_a_usable_certificate_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let settings_file = folder.path().join("board.toml");
    let data = folder.path().join("data");
    super::program::init(&data, &tabella_crypto::signature::SigningKey::from_seed([101; 32]).verifying_key());
    std::fs::write(&settings_file, settings(folder.path(), "")).unwrap();
    let run = || {
        let arguments =
            ["run", "--config", settings_file.to_str().unwrap(), "--data", data.to_str().unwrap()];
        let output = super::program::output(&arguments);
        assert_eq!(output.status.code(), Some(2), "a setting is wrong: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(run().contains("chain.pem"), "a missing file");
    certify(folder.path());
    let other = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    std::fs::write(folder.path().join("key.pem"), other.signing_key.serialize_pem()).unwrap();
    assert!(run().contains("cannot be used together"), "another certificate's key");
    std::fs::write(folder.path().join("chain.pem"), "").unwrap();
    assert!(run().contains("chain.pem"), "an empty file");
}

//! Files of the app as a browser gets them: in each encoding that browsers ask for, without following anybody elsewhere.

use std::io::Read as _;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, HeaderMap,
    HeaderValue, LINK, REFRESH, USER_AGENT,
};
use reqwest::redirect::Policy;

use tabella_board_client::transport::AddressError;

/// How long one file may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Most bytes of one file, on its way and when it is unpacked.
const MAX_FILE_LENGTH: usize = 64 << 20;
/// A board that tells watchers from voters by what their programs call themselves gains nothing by it.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// How a file is encoded on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// As it is.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
}

impl Coding {
    /// All that browsers ask for.
    pub const ALL: [Self; 3] = [Self::Identity, Self::Gzip, Self::Brotli];

    /// Its name in headers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Brotli => "br",
        }
    }
}

/// What an address answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// A file, unpacked.
    File {
        /// Its bytes.
        bytes: Vec<u8>,
        /// Whether it came with a policy that forbids what is not allowed.
        has_policy: bool,
        /// A header that makes a browser load something, or leads it elsewhere.
        leads_to: Option<String>,
    },
    /// Another status than 200.
    Status(u16),
    /// It cannot be unpacked, or is encoded in a way that was not asked for.
    Damaged,
    /// Longer than a file of an app.
    TooLong,
}

/// Nobody answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("nobody answers at {address}: {reason}")]
pub struct Unreachable {
    /// The address.
    pub address: String,
    /// What the connection failed with.
    pub reason: String,
}

/// A place that serves the app.
#[derive(Debug)]
pub struct Place {
    base: String,
    client: reqwest::Client,
}

impl Place {
    /// The app at an address such as `https://board.example.org`.
    pub fn new(address: &str) -> Result<Self, AddressError> {
        let url = reqwest::Url::parse(address).map_err(|_| AddressError::Form)?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Form);
        }
        let client = reqwest::Client::builder().redirect(Policy::none()).timeout(TIMEOUT).build();
        Ok(Self {
            base: url.as_str().trim_end_matches('/').to_owned(),
            client: client.map_err(|_| AddressError::Tls)?,
        })
    }

    /// The address.
    pub fn address(&self) -> &str {
        &self.base
    }

    /// What stands at a path, such as `/`.
    pub async fn fetch(&self, path: &str, coding: Coding) -> Result<Fetched, Unreachable> {
        let address = format!("{}{path}", self.base);
        let unreachable = |error: reqwest::Error| {
            let mut cause: &dyn std::error::Error = &error;
            while let Some(source) = cause.source() {
                cause = source;
            }
            Unreachable { address: address.clone(), reason: cause.to_string() }
        };
        let request = self.client.get(&address).headers(headers(path, coding));
        let mut response = request.send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        if matches!(status, 429 | 502..=504) {
            return Err(Unreachable { address, reason: format!("it is busy (status {status})") });
        }
        if status != 200 {
            return Ok(Fetched::Status(status));
        }
        let answered = response.headers().clone();
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(unreachable)? {
            if body.len() + piece.len() > MAX_FILE_LENGTH {
                return Ok(Fetched::TooLong);
            }
            body.extend_from_slice(&piece);
        }
        Ok(unpacked(body, &answered, coding))
    }
}

/// What a browser says of itself when it asks for a page or for a page's file.
fn headers(path: &str, coding: Coding) -> HeaderMap {
    let accepted =
        if path.starts_with("/assets/") { "*/*" } else { "text/html,application/xhtml+xml,*/*;q=0.8" };
    let said = [
        (USER_AGENT, BROWSER),
        (ACCEPT, accepted),
        (ACCEPT_LANGUAGE, "en-GB,en;q=0.5"),
        (ACCEPT_ENCODING, coding.name()),
    ];
    said.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect()
}

fn unpacked(body: Vec<u8>, headers: &HeaderMap, asked: Coding) -> Fetched {
    let named = headers.get(CONTENT_ENCODING).map_or(Some(Coding::Identity), |name| {
        Coding::ALL.into_iter().find(|coding| name.as_bytes() == coding.name().as_bytes())
    });
    let limit = MAX_FILE_LENGTH as u64 + 1;
    let mut bytes = Vec::new();
    let read = match named {
        // a server need not compress
        Some(Coding::Identity) => {
            bytes = body;
            Ok(0)
        }
        Some(Coding::Gzip) if asked == Coding::Gzip => {
            flate2::read::MultiGzDecoder::new(body.as_slice()).take(limit).read_to_end(&mut bytes)
        }
        Some(Coding::Brotli) if asked == Coding::Brotli => {
            brotli::Decompressor::new(body.as_slice(), 4_096).take(limit).read_to_end(&mut bytes)
        }
        _ => return Fetched::Damaged,
    };
    if read.is_err() {
        return Fetched::Damaged;
    }
    if bytes.len() > MAX_FILE_LENGTH {
        return Fetched::TooLong;
    }
    let policy = headers.get(CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    let leads_to = [LINK, REFRESH].into_iter().find(|name| headers.contains_key(name));
    Fetched::File {
        bytes,
        has_policy: policy.is_some_and(|policy| policy.contains("default-src 'none'")),
        leads_to: leads_to.map(|name| name.as_str().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn with(pairs: &[(reqwest::header::HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    fn file(bytes: &[u8]) -> Fetched {
        Fetched::File { bytes: bytes.to_vec(), has_policy: false, leads_to: None }
    }

    #[test]
    fn a_file_is_unpacked_by_the_encoding_that_was_asked_for() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"text").unwrap();
        let gzip = encoder.finish().unwrap();
        let mut brotli = Vec::new();
        brotli::BrotliCompress(&mut &b"text"[..], &mut brotli, &Default::default()).unwrap();
        let (as_gzip, as_brotli) = (with(&[(CONTENT_ENCODING, "gzip")]), with(&[(CONTENT_ENCODING, "br")]));
        assert_eq!(unpacked(gzip.clone(), &as_gzip, Coding::Gzip), file(b"text"));
        assert_eq!(unpacked(brotli.clone(), &as_brotli, Coding::Brotli), file(b"text"));
        assert_eq!(unpacked(b"text".to_vec(), &with(&[]), Coding::Brotli), file(b"text"));
        assert_eq!(unpacked(gzip.clone(), &as_gzip, Coding::Identity), Fetched::Damaged);
        assert_eq!(unpacked(brotli, &as_gzip, Coding::Gzip), Fetched::Damaged);
        let unknown = with(&[(CONTENT_ENCODING, "zstd")]);
        assert_eq!(unpacked(gzip, &unknown, Coding::Gzip), Fetched::Damaged);
        // a few bytes that become many
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&vec![0; MAX_FILE_LENGTH + 1]).unwrap();
        assert_eq!(unpacked(encoder.finish().unwrap(), &as_gzip, Coding::Gzip), Fetched::TooLong);
    }

    #[test]
    fn headers_that_lead_elsewhere_are_seen() {
        let policy = with(&[(CONTENT_SECURITY_POLICY, "default-src 'none'; script-src 'self'")]);
        let good = Fetched::File { bytes: Vec::new(), has_policy: true, leads_to: None };
        assert_eq!(unpacked(Vec::new(), &policy, Coding::Identity), good);
        for (name, value) in [(LINK, "</x.css>; rel=stylesheet"), (REFRESH, "0;url=/x")] {
            let leads_to = Some(name.as_str().to_owned());
            let expected = Fetched::File { bytes: Vec::new(), has_policy: false, leads_to };
            assert_eq!(unpacked(Vec::new(), &with(&[(name, value)]), Coding::Identity), expected);
        }
    }
}

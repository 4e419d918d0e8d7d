//! A file of the web app or the book in the encodings that it was built in, and which of them a browser gets.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use tabella_board_core::api::ProblemCode;
use tabella_crypto::transcript::{Digest, hash, sha256};

use super::answers::problem;

/// How a file is encoded on its way (RFC 9110, 8.4.1), in ascending order of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// As it is.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
}

impl Coding {
    const ALL: [Self; 3] = [Self::Identity, Self::Gzip, Self::Brotli];

    /// What the builder appends to a file's name.
    pub(super) const fn suffix(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Gzip => ".gz",
            Self::Brotli => ".br",
        }
    }

    /// Its name in headers.
    const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Brotli => "br",
        }
    }

    /// How much a browser wants it, 0 to 1000 (RFC 9110, 12.5.3); none if it does not accept it.
    fn quality(self, accepted: &HeaderMap) -> Option<u16> {
        let values = accepted.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        let weights: Vec<(&str, u16)> = values.flat_map(|value| value.split(',')).map(weighted).collect();
        let of = |name: &str| {
            let found = weights.iter().find(|(coding, _)| coding.eq_ignore_ascii_case(name));
            found.map(|(_, quality)| *quality)
        };
        let quality = of(self.name()).or_else(|| of("*"));
        // what nobody mentions is not accepted, but for the file as it is, which is the last resort
        let quality = if self == Self::Identity { quality.unwrap_or(1) } else { quality.unwrap_or(0) };
        (quality > 0).then_some(quality)
    }
}

/// A coding and its weight in thousandths, such as `br;q=0.5`; what cannot be read is not wanted.
fn weighted(item: &str) -> (&str, u16) {
    let (coding, parameters) = item.split_once(';').unwrap_or((item, ""));
    let quality = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then_some(value.trim())
    });
    let quality = quality.map_or(1.0, |quality| quality.parse::<f32>().unwrap_or(0.0));
    // rounded up, so that a weight that is not zero stays so
    let thousandths = (quality.clamp(0.0, 1.0) * 1000.0).ceil();
    (coding.trim(), thousandths as u16)
}

/// The files of a builder's folder: each that is `served`, together with what the builder compressed beside it.
pub(super) fn together(
    files: impl IntoIterator<Item = (String, Cow<'static, [u8]>)>,
    served: impl Fn(&str) -> bool,
) -> BTreeMap<String, File> {
    let all: BTreeMap<String, Cow<'static, [u8]>> = files.into_iter().collect();
    let is_compressed =
        |path: &str| [Coding::Gzip, Coding::Brotli].iter().any(|coding| path.ends_with(coding.suffix()));
    let plain = all.keys().filter(|path| !is_compressed(path) && served(path));
    let files = plain.filter_map(|path| {
        let encoded = |coding: Coding| all.get(&format!("{path}{}", coding.suffix())).cloned();
        Some((path.clone(), File::new(path, encoded)?))
    });
    files.collect()
}

/// Whether a person went to this address, and not a script.
pub(super) fn is_navigation(request: &HeaderMap) -> bool {
    let accepted = request.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted
        .flat_map(|value| value.split([',', ';']))
        .any(|kind| kind.trim().eq_ignore_ascii_case("text/html"))
}

/// The answer where a page is asked for otherwise than to read it.
pub(super) fn no_method() -> Response<Body> {
    let detail =
        "pages are read with GET, and nothing is sent to them: the interface for programs is below /v1";
    let mut response = problem(ProblemCode::MethodNotAllowed, detail);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

/// The bytes in one encoding.
#[derive(Debug, Clone)]
struct Encoded {
    coding: Coding,
    bytes: Bytes,
    /// Names content and encoding.
    tag: HeaderValue,
}

/// A file that a builder made.
#[derive(Debug, Clone)]
pub(super) struct File {
    kind: &'static str,
    /// In the order of [`Coding::ALL`].
    encoded: Vec<Encoded>,
}

impl File {
    /// A file by its path, with its bytes in the encodings that there are; none without the plain bytes.
    pub(super) fn new(path: &str, bytes: impl Fn(Coding) -> Option<Cow<'static, [u8]>>) -> Option<Self> {
        let plain = bytes(Coding::Identity)?;
        let mut name = hash("web app file", &[&plain]).to_hex();
        name.truncate(32);
        let encoded = Coding::ALL.into_iter().filter_map(|coding| {
            let bytes = match bytes(coding)? {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => bytes.into(),
            };
            let tag = HeaderValue::try_from(format!("\"{name}{}\"", coding.suffix())).ok()?;
            Some(Encoded { coding, bytes, tag })
        });
        Some(Self { kind: media_type(path), encoded: encoded.collect() })
    }

    /// SHA-256 of the plain bytes.
    pub(super) fn sha256(&self) -> Digest {
        let plain = self.encoded.iter().find(|encoded| encoded.coding == Coding::Identity);
        Digest(sha256(&[plain.map_or(&[][..], |plain| &plain.bytes)]))
    }

    /// The file in the encoding that the browser likes best, or 304 if the browser has it.
    pub(super) fn answer(&self, request: &HeaderMap) -> Response<Body> {
        let mut response = self.whole(StatusCode::OK, request);
        let Some(tag) = self.chosen(request).map(|encoded| encoded.tag.clone()) else { return response };
        if matches(&tag, request) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(header::CONTENT_TYPE);
            response.headers_mut().remove(header::CONTENT_ENCODING);
        }
        response.headers_mut().insert(header::ETAG, tag);
        response
    }

    /// The file with a status, whatever the browser has.
    pub(super) fn whole(&self, status: StatusCode, request: &HeaderMap) -> Response<Body> {
        let chosen = self.chosen(request);
        let body = chosen.map(|encoded| Body::from(encoded.bytes.clone()));
        let mut response = Response::new(body.unwrap_or_default());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(coding) =
            chosen.map(|encoded| encoded.coding).filter(|coding| *coding != Coding::Identity)
        {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        }
        response
    }

    /// The plain file for a browser that accepts nothing (RFC 9110, 12.5.3 leaves that to the server).
    fn chosen(&self, request: &HeaderMap) -> Option<&Encoded> {
        let accepted = self.encoded.iter().filter_map(|encoded| {
            let quality = encoded.coding.quality(request)?;
            Some((quality, encoded))
        });
        accepted.max_by_key(|(quality, _)| *quality).map(|(_, encoded)| encoded).or(self.encoded.first())
    }
}

/// Whether the browser has what this tag names (RFC 9110, 13.1.2).
fn matches(tag: &HeaderValue, request: &HeaderMap) -> bool {
    let values = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    // the comparison is the weak one
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known).as_bytes() == tag.as_bytes())
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("txt" | "toml" | "yaml" | "sh" | "conf") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(codings: &'static [Coding]) -> File {
        let content =
            |coding: Coding| codings.contains(&coding).then(|| Cow::Borrowed(coding.name().as_bytes()));
        File::new("a.js", content).unwrap()
    }

    fn headers(name: header::HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn a_browser_gets_the_best_encoding_that_it_accepts() {
        let file = file(&Coding::ALL);
        let table: [(&[&str], &str); 14] = [
            (&[], "identity"),
            (&[""], "identity"),
            (&["gzip, deflate, br, zstd"], "br"),
            (&["gzip", "BR"], "br"),
            (&["gzip, deflate"], "gzip"),
            (&["br;q=0, gzip"], "gzip"),
            (&["br;q=0.000,gzip ; q=0"], "identity"),
            (&["br;q=0.2, gzip;q=0.8"], "gzip"),
            (&["gzip;q=0.0001"], "gzip"),
            (&["*"], "br"),
            (&["*, br;q=0"], "gzip"),
            (&["*;q=0"], "identity"),
            (&["identity, br;q=0.5"], "identity"),
            (&["br;q=much"], "identity"),
        ];
        for (accepted, expected) in table {
            let chosen = file.chosen(&headers(header::ACCEPT_ENCODING, accepted)).unwrap();
            assert_eq!(chosen.bytes, expected.as_bytes(), "{accepted:?}");
        }
    }

    #[test]
    fn an_encoding_that_was_not_built_is_not_sent() {
        let accepted = headers(header::ACCEPT_ENCODING, &["br, gzip"]);
        let file = file(&[Coding::Identity]);
        assert_eq!(file.chosen(&accepted).unwrap().bytes, "identity".as_bytes());
        assert!(File::new("a.js", |coding| (coding == Coding::Gzip).then_some(Cow::Borrowed(&[]))).is_none());
    }

    #[test]
    fn a_tag_names_the_content_and_its_encoding() {
        let tag = |coding: &str| {
            let accepted = headers(header::ACCEPT_ENCODING, &[coding]);
            file(&Coding::ALL).chosen(&accepted).unwrap().tag.clone()
        };
        assert_ne!(tag("br"), tag("gzip"));
        let known = |values: &[String]| {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            matches(&tag("br"), &headers(header::IF_NONE_MATCH, &values))
        };
        let br = tag("br").to_str().unwrap().to_owned();
        for values in
            [vec![br.clone()], vec![format!("W/{br}")], vec![format!("\"x\", {br}")], vec!["*".to_owned()]]
        {
            assert!(known(&values), "{values:?}");
        }
        for values in
            [vec![], vec![tag("gzip").to_str().unwrap().to_owned()], vec![br.trim_matches('"').to_owned()]]
        {
            assert!(!known(&values), "{values:?}");
        }
    }
}

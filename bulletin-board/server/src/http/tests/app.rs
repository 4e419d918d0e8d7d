//! The web app as a browser meets it, with a few files in its place.

use std::borrow::Cow;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, IF_NONE_MATCH};

use super::*;

const SCRIPT: &str = "assets/app-0123.js";
const MODULE: &str = "assets/engine-0123.wasm";
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; worker-src blob:; manifest-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default";

/// A page and its files; what is compressed says so.
fn built() -> App {
    let plain = [("index.html", "the page"), (SCRIPT, "the script"), (MODULE, "the module")];
    let files = plain.into_iter().flat_map(|(path, content)| {
        ["", ".br", ".gz"].map(|suffix| (format!("{path}{suffix}"), format!("{content}{suffix}")))
    });
    let others = [("assets/icon-0123.svg", "the icon"), ("SHA256SUMS", "the list"), ("other.js", "stray")];
    let others = others.map(|(path, content)| (path.to_owned(), content.to_owned()));
    App::new(files.chain(others).map(|(path, content)| (path, Cow::Owned(content.into_bytes()))))
}

impl Server {
    async fn of_app() -> Self {
        Self::with(CREATED, built()).await
    }
}

fn is_held_to_the_policy(response: &Response) {
    let headers = response.headers();
    assert_eq!(headers["content-security-policy"], POLICY);
    assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert_eq!(headers["x-frame-options"], "DENY");
    assert!(headers["permissions-policy"].to_str().unwrap().contains("camera=()"));
    assert!(headers.get("access-control-allow-origin").is_none(), "no other origin reads the app");
    assert_eq!(headers.get_all("content-security-policy").iter().count(), 1);
}

#[tokio::test]
async fn the_page_stands_at_every_address_of_the_app() {
    let server = Server::of_app().await;
    let election = "ab".repeat(32);
    for path in [
        "/",
        "/board",
        "/how?lang=zh",
        "/practice",
        "/check",
        "/trustee",
        "/e/{id}",
        "/e/{id}/vote",
        "/e/{id}/trustees",
    ] {
        let response = server.get(&path.replace("{id}", &election)).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
        assert_eq!(response.headers()["cache-control"], "no-cache");
        assert_eq!(response.headers()["vary"], "accept-encoding");
        is_held_to_the_policy(&response);
        assert_eq!(response.text().await.unwrap(), "the page");
    }
}

#[tokio::test]
async fn the_last_release_on_the_log_is_what_the_board_says() {
    let server = Server::of_app().await;
    let missing: Problem = json(server.get(paths::RELEASE).await, StatusCode::NOT_FOUND).await;
    assert!(missing.detail.contains("has not served one"), "{}", missing.detail);
    let release = built().release().unwrap();
    let hashes: Vec<_> = release.files.iter().map(|file| file.hash).collect();
    let _accepted = server.board.submit(Submission::Release(release)).await.unwrap();
    let info: ReleaseInfo = server.read(paths::RELEASE).await;
    assert_eq!((info.index, info.version.as_str()), (3, env!("CARGO_PKG_VERSION")));
    let paths: Vec<&str> = info.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, [SCRIPT, MODULE, "assets/icon-0123.svg", "index.html"]);
    assert_eq!(info.files.iter().map(|file| file.sha256).collect::<Vec<_>>(), hashes);
    // what is served is what is listed
    for file in info.files {
        let path = if file.path == "index.html" { "/".to_owned() } else { format!("/{}", file.path) };
        let served = server.get(&path).await.bytes().await.unwrap();
        assert_eq!(Digest(tabella_crypto::transcript::sha256(&[&served])), file.sha256, "{path}");
    }
}

#[tokio::test]
async fn files_are_kept_for_ever_under_the_policy_of_the_page() {
    let server = Server::of_app().await;
    for (path, kind, content) in [
        (SCRIPT, "text/javascript; charset=utf-8", "the script"),
        (MODULE, "application/wasm", "the module"),
        ("assets/icon-0123.svg", "image/svg+xml", "the icon"),
    ] {
        let response = server.get(&format!("/{path}")).await;
        assert_eq!(response.headers()["content-type"], kind);
        assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
        is_held_to_the_policy(&response);
        assert_eq!(response.text().await.unwrap(), content);
    }
    let icon = server.get("/favicon.ico").await;
    assert_eq!(icon.headers()["content-type"], "image/svg+xml");
    assert_eq!(icon.headers()["cache-control"], "no-cache");
    assert_eq!(icon.text().await.unwrap(), "the icon");
}

#[tokio::test]
async fn files_are_sent_compressed_and_once() {
    let server = Server::of_app().await;
    let ask =
        |coding: &str| server.request(Method::GET, &format!("/{SCRIPT}")).header(ACCEPT_ENCODING, coding);
    for (accepted, coding, content) in [
        ("gzip, deflate, br, zstd", Some("br"), "the script.br"),
        ("gzip, br;q=0", Some("gzip"), "the script.gz"),
        ("deflate", None, "the script"),
    ] {
        let response = ask(accepted).send().await.unwrap();
        let found = response.headers().get(CONTENT_ENCODING).map(|coding| coding.to_str().unwrap());
        assert_eq!(found, coding);
        let tag = response.headers()[ETAG].clone();
        assert_eq!(response.text().await.unwrap(), content);
        let again = ask(accepted).header(IF_NONE_MATCH, tag.clone()).send().await.unwrap();
        assert_eq!((again.status(), &again.headers()[ETAG]), (StatusCode::NOT_MODIFIED, &tag));
        assert_eq!(again.headers()["cache-control"], "public, max-age=31536000, immutable");
        is_held_to_the_policy(&again);
        assert!(again.bytes().await.unwrap().is_empty());
        let other = ask("identity;q=0.5, br").header(IF_NONE_MATCH, "\"other\"").send().await.unwrap();
        assert_eq!(other.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn head_has_the_headers_of_get_and_no_body() {
    let server = Server::of_app().await;
    for path in ["/", &format!("/{SCRIPT}")] {
        let get = server.get(path).await;
        let head = server.request(Method::HEAD, path).send().await.unwrap();
        let comparable = |response: &Response| {
            let mut headers = response.headers().clone();
            headers.remove("date");
            headers
        };
        assert_eq!((head.status(), comparable(&head)), (get.status(), comparable(&get)));
        assert!(head.headers().contains_key("content-length"));
        assert!(head.bytes().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found_in_the_form_that_the_asker_reads() {
    let server = Server::of_app().await;
    let election = "ab".repeat(32);
    let paths = [
        "/nothing".to_owned(),
        "/index.html".to_owned(),
        "/SHA256SUMS".to_owned(),
        "/other.js".to_owned(),
        "/assets/app-9999.js".to_owned(),
        "/assets/app-0123.js.br".to_owned(),
        "/assets/%ff".to_owned(),
        "/assets/../index.html%00".to_owned(),
        format!("/e/{election}/other"),
        format!("/e/{}", &election[1..]),
        format!("/e/{}", election.to_uppercase()),
    ];
    for path in &paths {
        problem(server.get(path).await, ProblemCode::NotFound).await;
        let response = server.request(Method::GET, path).header(ACCEPT, NAVIGATION).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
        assert_eq!(response.headers()["cache-control"], "no-cache");
        is_held_to_the_policy(&response);
        assert_eq!(response.text().await.unwrap(), "the page");
    }
    // the interface for programs answers programs, whoever asks
    let response =
        server.request(Method::GET, "/v1/nothing").header(ACCEPT, NAVIGATION).send().await.unwrap();
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    problem(response, ProblemCode::NotFound).await;
    let posted = server.post("/", b"x".to_vec()).await;
    assert_eq!(posted.headers()["allow"], "GET, HEAD");
    problem(posted, ProblemCode::MethodNotAllowed).await;
    problem(server.post("/nothing", b"x".to_vec()).await, ProblemCode::NotFound).await;
}

#[tokio::test]
async fn a_program_without_the_app_says_how_it_is_built() {
    let server = Server::start().await;
    for path in ["/", "/check"] {
        let response = server.request(Method::GET, path).header(ACCEPT, NAVIGATION).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
        assert!(response.text().await.unwrap().contains("`make build`"));
    }
    problem(server.get(&format!("/{SCRIPT}")).await, ProblemCode::NotFound).await;
    let nowhere = server.request(Method::GET, "/nothing").header(ACCEPT, NAVIGATION).send().await.unwrap();
    problem(nowhere, ProblemCode::NotFound).await;
}

#[tokio::test]
async fn the_app_inside_this_program_names_files_that_are_there() {
    let app = App::embedded();
    let has_page = app.is_built();
    let server = Server::with(CREATED, app).await;
    let response = server.get("/").await;
    if !has_page {
        // tests run before the app is built as well
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        return;
    }
    assert_eq!(response.status(), StatusCode::OK);
    let page = response.text().await.unwrap();
    let files: Vec<&str> = page.split('"').filter(|text| text.starts_with("/assets/")).collect();
    assert!(files.len() >= 3, "script, style and module at least: {files:?}");
    for path in files {
        let plain = server.get(path).await.bytes().await.unwrap();
        let request = server.request(Method::GET, path).header(ACCEPT_ENCODING, "br");
        let small = request.send().await.unwrap();
        assert_eq!(small.status(), StatusCode::OK);
        assert_eq!(small.headers()[CONTENT_ENCODING], "br");
        assert!(!plain.is_empty() && !small.bytes().await.unwrap().is_empty(), "{path}");
    }
}

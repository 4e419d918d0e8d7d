//! The book as a browser meets it: with a few files in its place, and the one inside this program.

use std::borrow::Cow;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, IF_NONE_MATCH};
use reqwest::redirect::Policy;

use super::*;

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Two pages and what they show; what is compressed says so.
fn bound() -> Book {
    let files = [
        ("index.html", "the start"),
        ("index.html.br", "the start.br"),
        ("index.html.gz", "the start.gz"),
        ("guides/index.html", "the guides"),
        ("guides/a.png", "the picture"),
        ("theme/book-01.css", "the style"),
        ("manifest.example.toml", "the manifest"),
        ("404.html", "no page"),
        ("SHA256SUMS", "the list"),
    ];
    Book::new(files.map(|(path, content)| (path.to_owned(), Cow::Borrowed(content.as_bytes()))))
}

async fn server_of(book: Book) -> Server {
    Server::with(CREATED, Pages { app: App::default(), book }).await
}

fn is_held_to_the_policy(response: &Response) {
    let headers = response.headers();
    assert_eq!(headers["content-security-policy"], POLICY);
    assert_eq!(headers.get_all("content-security-policy").iter().count(), 1);
    assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert_eq!(headers["x-frame-options"], "DENY");
    assert_eq!(headers["cache-control"], "no-cache");
}

#[tokio::test]
async fn pages_stand_below_docs_with_their_types() {
    let server = server_of(bound()).await;
    for (path, kind, content) in [
        ("/docs/", "text/html; charset=utf-8", "the start"),
        ("/docs/index.html", "text/html; charset=utf-8", "the start"),
        ("/docs/guides/", "text/html; charset=utf-8", "the guides"),
        ("/docs/guides/index.html?from=x", "text/html; charset=utf-8", "the guides"),
        ("/docs/guides/a.png", "image/png", "the picture"),
        ("/docs/theme/book-01.css", "text/css; charset=utf-8", "the style"),
        ("/docs/manifest.example.toml", "text/plain; charset=utf-8", "the manifest"),
    ] {
        let response = server.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.headers()["content-type"], kind, "{path}");
        is_held_to_the_policy(&response);
        assert_eq!(response.text().await.unwrap(), content, "{path}");
    }
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let short = client.get(format!("{}/docs", server.url)).send().await.unwrap();
    assert_eq!(short.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(short.headers()["location"], "/docs/");
}

#[tokio::test]
async fn a_page_is_sent_compressed_and_not_again_while_it_is_the_same() {
    let server = server_of(bound()).await;
    let ask = |coding: &str| server.request(Method::GET, "/docs/").header(ACCEPT_ENCODING, coding);
    let response = ask("gzip, br").send().await.unwrap();
    assert_eq!(response.headers()[CONTENT_ENCODING], "br");
    let tag = response.headers()[ETAG].clone();
    assert_eq!(response.text().await.unwrap(), "the start.br");
    let again = ask("gzip, br").header(IF_NONE_MATCH, tag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    is_held_to_the_policy(&again);
    assert!(again.bytes().await.unwrap().is_empty());
    let head = server.request(Method::HEAD, "/docs/").send().await.unwrap();
    assert_eq!((head.status(), head.headers()["content-length"].to_str().unwrap()), (StatusCode::OK, "9"));
}

#[tokio::test]
async fn a_page_that_is_missing_is_said_to_be() {
    let server = server_of(bound()).await;
    for path in ["/docs/none.html", "/docs/guides", "/docs/none/", "/docs/404.html", "/docs/SHA256SUMS"] {
        let program = server.request(Method::GET, path).send().await.unwrap();
        problem(program, ProblemCode::NotFound).await;
        let person = server.request(Method::GET, path).header(ACCEPT, NAVIGATION).send().await.unwrap();
        assert_eq!(person.status(), StatusCode::NOT_FOUND, "{path}");
        is_held_to_the_policy(&person);
        assert_eq!(person.headers()["vary"], "accept, accept-encoding");
        assert_eq!(person.text().await.unwrap(), "no page", "{path}");
    }
    let posted = server.request(Method::POST, "/docs/").body("x").send().await.unwrap();
    assert_eq!(posted.headers()["allow"], "GET, HEAD");
    problem(posted, ProblemCode::MethodNotAllowed).await;
}

#[tokio::test]
async fn a_program_without_the_book_says_how_it_is_built() {
    let server = server_of(Book::default()).await;
    let response = server.request(Method::GET, "/docs/").header(ACCEPT, NAVIGATION).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert!(response.text().await.unwrap().contains("`make build`"));
}

#[tokio::test]
async fn every_file_of_the_book_inside_this_program_is_served_and_none_could_run() {
    let book = Book::embedded();
    let paths: Vec<String> = book.paths().map(str::to_owned).collect();
    let server = server_of(book).await;
    if paths.is_empty() {
        // tests run before the book is built as well
        assert_eq!(server.get("/docs/").await.status(), StatusCode::NOT_FOUND);
        return;
    }
    for page in ["index.html", "404.html", "specification.html", "guides/voter.zh-Hans.html"] {
        assert!(paths.iter().any(|path| path == page), "{page}");
    }
    for path in paths.iter().filter(|path| *path != "404.html") {
        let request = server.request(Method::GET, &format!("/docs/{path}")).header(ACCEPT_ENCODING, "br");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        // the files of a record are to be saved as they are
        if !path.contains("/record/") {
            assert_eq!(response.headers()[CONTENT_ENCODING], "br", "{path}");
            assert_ne!(response.headers()["content-type"], "application/octet-stream", "{path} has no type");
        }
        assert!(!path.ends_with(".js"), "{path}");
        is_held_to_the_policy(&response);
        let plain = server.get(&format!("/docs/{path}")).await.bytes().await.unwrap();
        if path.ends_with(".html") {
            let text = String::from_utf8(plain.to_vec()).unwrap();
            assert!(text.starts_with("<!DOCTYPE html>") && text.contains("</html>"), "{path}");
            assert!(!text.contains("<script") && !text.contains("<style"), "{path}");
        }
    }
}

//! What holds for every path: methods, addresses, media types, other origins, the page for people.

use reqwest::Method;

use super::*;

impl Server {
    async fn send(&self, method: Method, path: &str) -> Response {
        self.client.request(method, format!("{}{path}", self.url)).send().await.unwrap()
    }

    /// Sends a request as it is: a client would put its target in order first.
    async fn raw(&self, target: &[u8]) -> String {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream =
            tokio::net::TcpStream::connect(self.url.strip_prefix("http://").unwrap()).await.unwrap();
        let head = [b"GET ", target, b" HTTP/1.1\r\nHost: board\r\nConnection: close\r\n\r\n"].concat();
        stream.write_all(&head).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8(answer).unwrap()
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_take_is_answered_with_those_that_it_takes() {
    let mut server = Server::start().await;
    server.create().await;
    let election = paths::election(server.id());
    for (path, allow) in [
        (paths::BOARD.to_owned(), "GET, HEAD, OPTIONS"),
        (paths::ELECTIONS.to_owned(), "GET, HEAD, POST, OPTIONS"),
        (election.clone(), "GET, HEAD, OPTIONS"),
        (paths::entries(server.id()), "POST, OPTIONS"),
        (format!("{election}/tile/0/000.p/1"), "GET, HEAD, OPTIONS"),
        (paths::events(&election), "GET, HEAD, OPTIONS"),
    ] {
        for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE] {
            let response = server.send(method.clone(), &path).await;
            assert_eq!(response.headers()["allow"], allow, "{method} {path}");
            problem(response, ProblemCode::MethodNotAllowed).await;
        }
        let response = server.send(Method::OPTIONS, &path).await;
        assert_eq!(
            (response.status(), response.headers()["allow"].to_str().unwrap()),
            (StatusCode::NO_CONTENT, allow)
        );
    }
    problem(server.send(Method::DELETE, "/v1/nothing").await, ProblemCode::NotFound).await;
}

#[tokio::test]
async fn head_has_the_headers_of_get() {
    let mut server = Server::start().await;
    server.create().await;
    let election = paths::election(server.id());
    for path in [paths::BOARD, paths::OPENAPI, paths::DOCS, &election, &paths::checkpoint(&election)] {
        let (get, head) = (server.get(path).await, server.send(Method::HEAD, path).await);
        assert_eq!((get.status(), head.status()), (StatusCode::OK, StatusCode::OK), "{path}");
        for name in ["content-type", "content-length", "cache-control", "access-control-allow-origin"] {
            assert_eq!(get.headers()[name], head.headers()[name], "{name} of {path}");
        }
        assert!(head.bytes().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_address_has_one_spelling() {
    let mut server = Server::start().await;
    server.create().await;
    let election = paths::election(server.id());
    for (path, code, words) in [
        ("/v1/board/".to_owned(), ProblemCode::NotFound, "slash"),
        (format!("{election}/"), ProblemCode::NotFound, "slash"),
        ("/v1/bo%61rd".to_owned(), ProblemCode::NotFound, "nothing at this path"),
        ("/v1//board".to_owned(), ProblemCode::NotFound, "nothing at this path"),
        (format!("{election}%ff"), ProblemCode::Malformed, "cannot be read"),
        (
            election.to_uppercase().replace("/V1/ELECTIONS", "/v1/elections"),
            ProblemCode::UnknownElection,
            "lower",
        ),
        ("/v1/board?verbose=1".to_owned(), ProblemCode::Malformed, "takes no parameters"),
        (format!("{election}?x"), ProblemCode::Malformed, "takes no parameters"),
        (
            "/v1/board/consistency?old=1&new=2&x=3".to_owned(),
            ProblemCode::Malformed,
            "old, new and no others",
        ),
        ("/v1/board/consistency?old=1&old=1&new=2".to_owned(), ProblemCode::Malformed, "both numbers"),
        (
            "/v1/board/consistency?old=1&new=99999999999999999999".to_owned(),
            ProblemCode::Malformed,
            "both numbers",
        ),
        (format!("/v1/{}", "a".repeat(9_000)), ProblemCode::UriTooLong, "so long"),
        (format!("/v1/board?{}", "a".repeat(9_000)), ProblemCode::UriTooLong, "so long"),
    ] {
        let found = problem(server.get(&path).await, code).await;
        assert!(found.detail.contains(words), "{path}: {found}");
    }
    let posted = server.post(&format!("{}?force=1", paths::entries(server.id())), vec![1]).await;
    problem(posted, ProblemCode::Malformed).await;
    for target in [&b"/v1/board/../board"[..], b"/v1/./board", b"/v1/elections/\xff\xfe"] {
        let answer = server.raw(target).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    assert!(server.raw(b"/v1/board?").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused_before_it_is_read() {
    let mut server = Server::start().await;
    server.create().await;
    let entry = server.election.registration(1).encode();
    let send = async |path: &str, name: &str, value: &str| {
        let request = server.client.post(format!("{}{path}", server.url)).header(name, value);
        is_described("post", path, request.body(entry.clone()).send().await.unwrap()).await
    };
    let entries = paths::entries(server.id());
    for (path, name, value, header, takes) in [
        (entries.as_str(), "content-type", "text/plain", "accept", "application/octet-stream"),
        (&entries, "content-type", "application/x-www-form-urlencoded", "accept", "application/octet-stream"),
        (&entries, "content-type", "", "accept", "application/octet-stream"),
        (&entries, "content-encoding", "gzip", "accept-encoding", "identity"),
        (paths::ELECTIONS, "content-type", "application/octet-stream", "accept", "application/json"),
    ] {
        let response = send(path, name, value).await;
        assert_eq!(response.headers()[header], takes, "{path} {value}");
        problem(response, ProblemCode::UnsupportedMediaType).await;
    }
    let response = send(&entries, "content-type", "Application/Octet-Stream; x=y").await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let place = response.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(place, paths::receipt(server.id(), leaf_hash(&entry)));
    let receipt: Receipt = json(response, StatusCode::CREATED).await;
    assert_eq!(server.read::<Receipt>(&place).await, receipt);
}

#[tokio::test]
async fn a_preflight_lets_pages_of_other_origins_read_and_nothing_more() {
    let server = Server::start().await;
    let ask = server.client.request(Method::OPTIONS, format!("{}{}", server.url, paths::ELECTIONS));
    let ask =
        ask.header("Origin", "https://elsewhere.example").header("Access-Control-Request-Method", "POST");
    let response = ask.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    assert_eq!(response.headers()["access-control-allow-methods"], "GET, HEAD");
    assert_eq!(response.headers()["access-control-allow-headers"], "Last-Event-ID");
    assert!(response.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_page_for_people_names_this_board_and_explains_every_problem_and_path() {
    let mut server = Server::start().await;
    server.create().await;
    let response = server.get(paths::DOCS).await;
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"),
        "{policy}"
    );
    let page = response.text().await.unwrap();
    for code in ProblemCode::ALL {
        assert!(page.contains(&format!("id=\"problem-{}\"", code.name())), "{}", code.name());
    }
    for (path, _) in routes_described() {
        assert!(page.contains(&format!("id=\"{path}\"")), "{path}");
    }
    // what every path may answer is said once, and patterns are for programs
    assert_eq!(page.matches("href=\"#problem-timeout\"").count(), 1);
    assert!(!page.contains("[0-9a-f]") && !page.contains(" like ^"));
    assert!(page.contains(&format!("curl {}/v1/elections/{}/totals", server.url, server.id())));
    for never in ["<script", "style=\"", "board.invalid", "undefined", "onclick"] {
        assert!(!page.contains(never), "{never}");
    }
    // what a request says of its host goes into the page, unless it is no host
    let hostile = server.client.get(format!("{}{}", server.url, paths::DOCS)).header("Host", "x\"><script>");
    let page = hostile.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("curl https://board.example.org/v1/board<") && !page.contains("<script"));
}

/// Operation ids of the description.
fn routes_described() -> Vec<(String, String)> {
    let description = super::super::description::complete();
    let paths = description["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, methods)| {
        methods
            .as_object()
            .unwrap()
            .values()
            .map(|operation| (operation["operationId"].as_str().unwrap().to_owned(), path.clone()))
    });
    operations.collect()
}

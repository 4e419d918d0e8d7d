//! That the description says what the board does: every path, every answer of the other tests, every example.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};
use tabella_board_core::api::{PROBLEM_MEDIA_TYPE, hex_text};

use tabella_board_core::entry::{RELEASE_PAGE, Release, ReleaseFile};
use tabella_crypto::checkpoint::cosign;

use super::super::description::{complete, described_path};
use super::super::routes;
use super::*;

static DESCRIPTION: LazyLock<Value> = LazyLock::new(complete);

/// The description of an answer; none for what stands outside the interface.
fn described<'a>(method: &str, path: &str, status: u16) -> Option<(String, &'a Value)> {
    let path = path.split('?').next().unwrap();
    let fits = |template: &str| {
        let mut given = path.split('/');
        for part in template.split('/') {
            match (part, given.next()) {
                ("{tile}", Some(_)) => return true,
                (part, Some(_)) if part.starts_with('{') => {}
                (part, given) if Some(part) == given => {}
                _ => return false,
            }
        }
        given.next().is_none()
    };
    let (template, methods) =
        DESCRIPTION["paths"].as_object().unwrap().iter().find(|(path, _)| fits(path))?;
    let operation = methods.get(method)?;
    let answer = operation["responses"].get(status.to_string());
    Some((template.clone(), answer.unwrap_or_else(|| panic!("{method} {path}: {status} is not described"))))
}

/// Holds a value against a schema of the description.
fn check(schema: &Value, value: &Value, what: &str) {
    let whole =
        json!({ "$ref": "#/$defs/it", "$defs": { "it": schema }, "components": DESCRIPTION["components"] });
    let validator = jsonschema::draft202012::new(&whole).unwrap();
    let errors: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{what}: {errors:?} in {value}");
}

/// Checks status, headers, media type and body of an answer, and gives it back.
pub(super) async fn is_described(method: &str, path: &str, response: Response) -> Response {
    let status = response.status().as_u16();
    // a method that a path does not take, and paths that there are not, are described for all alike
    if status == 405 || (status == 404 && described(method, path, 200).is_none()) {
        return response;
    }
    let Some((template, answer)) = described(method, path, status) else { return response };
    let what = format!("{method} {template} {status}");
    for (name, header) in answer["headers"].as_object().unwrap() {
        let value = response.headers().get(name).unwrap_or_else(|| panic!("{what}: no {name}"));
        check(&header["schema"], &json!(value.to_str().unwrap()), &what);
    }
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    let content = answer["content"].get(&kind).unwrap_or_else(|| panic!("{what}: {kind} is not described"));
    if kind == "text/event-stream" {
        return response;
    }
    let head = response_head(&response);
    let bytes = response.bytes().await.unwrap();
    if kind == "application/json" || kind == PROBLEM_MEDIA_TYPE {
        check(&content["schema"], &serde_json::from_slice(&bytes).unwrap(), &what);
    }
    head.body(bytes).unwrap().into()
}

fn response_head(response: &Response) -> axum::http::response::Builder {
    let mut head = axum::http::Response::builder().status(response.status());
    head.headers_mut().unwrap().extend(response.headers().clone());
    head
}

#[tokio::test]
async fn the_router_and_the_description_have_the_same_paths_and_methods() {
    // the routes alone, so that it is the router that says which methods they take
    let (board, _running) = feed::started(&SmallElection::unpublished(|_| {}));
    let router = routes().into_iter().fold(axum::Router::new(), |all, (path, it)| all.route(path, it));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router.with_state(board)).into_future());
    let mut routed = BTreeMap::new();
    for (path, _) in routes() {
        let request = Client::new().request("LIST".parse().unwrap(), format!("{url}{path}"));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let allow = answer.headers()["allow"].to_str().unwrap().to_lowercase();
        let methods: BTreeSet<String> = allow.split(',').map(str::to_owned).collect();
        assert_eq!(methods.contains("head"), methods.contains("get"), "{path}");
        routed.insert(described_path(&format!("/v1{path}")), &methods - &["head".to_owned()].into());
    }
    let described = DESCRIPTION["paths"].as_object().unwrap().iter().map(|(path, methods)| {
        (path.clone(), methods.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>())
    });
    assert_eq!(routed, described.collect());
}

#[tokio::test]
async fn the_description_is_served_and_stands_on_its_own() {
    let server = Server::start().await;
    let served: Value = server.read(paths::OPENAPI).await;
    assert_eq!(served, *DESCRIPTION);
    assert_eq!(served["openapi"], "3.1.0");
    let mut references = Vec::new();
    let mut open = vec![&served];
    while let Some(value) = open.pop() {
        references.extend(value.get("$ref").and_then(Value::as_str));
        match value {
            Value::Object(fields) => open.extend(fields.values()),
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    assert!(references.len() > 100);
    for reference in references {
        assert!(served.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
    }
    let mut ids = BTreeSet::new();
    for operation in
        served["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values())
    {
        for field in ["summary", "operationId", "tags", "responses"] {
            assert!(operation.get(field).is_some(), "{field} of {operation}");
        }
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{operation}");
        for status in ["400", "408", "414", "500"] {
            assert!(operation["responses"].get(status).is_some(), "{status} of {operation}");
        }
    }
}

/// The examples are what this board answers. With `TABELLA_WRITE_EXAMPLES` set they are written anew.
#[tokio::test]
async fn the_examples_are_answers_of_a_board_to_their_own_requests() {
    let mut server = Server::open().await;
    let vote = server.election.vote(0, 1, [0, 1]);
    let Entry::Cast(ballot) = &vote else { unreachable!() };
    let code = ballot.ballot.tracking_code(server.id());
    let receipt = server.push(vote.clone()).await;
    let files = vec![ReleaseFile { path: RELEASE_PAGE.to_owned(), hash: leaf_hash(b"a page") }];
    let release = Release { version: "1.0.0".to_owned(), files };
    assert!(server.board.submit(Submission::Release(release)).await.unwrap().fresh);
    let heads = server.board.snapshot();
    let by_witness =
        cosign(heads.board.claimed(), "witness.example.org/w1", &SigningKey::from_seed([9; 32]), 1_000);
    let cosigned = heads.with_cosignature(by_witness.unwrap()).unwrap();
    server.board.publication().cosigned(&Arc::new(cosigned));
    let credential = server.election.voters[0].public();
    let parameters = json!({
        "election": server.id().to_string(),
        "leaf": leaf_hash(&vote.encode()).to_string(),
        "credential": hex_text(&credential),
        "code": code.to_string(),
        "tile": "entries/000.p/2",
        "cosignatures": "1",
    });
    let mut answers = serde_json::Map::new();
    for (path, methods) in DESCRIPTION["paths"].as_object().unwrap() {
        let mut concrete = path.clone();
        for (name, value) in parameters.as_object().unwrap() {
            concrete = concrete.replace(&format!("{{{name}}}"), value.as_str().unwrap());
        }
        let is_small =
            !path.ends_with("/openapi.json") && !path.ends_with("/docs") && !path.ends_with("/events");
        if methods.get("get").is_none() || !is_small {
            continue;
        }
        if path.ends_with("/consistency") {
            concrete.push_str("?old=2&new=5");
        }
        let response = server.get(&concrete).await;
        assert_eq!(response.status(), StatusCode::OK, "{concrete}");
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        let text = match kind.as_str() {
            "application/octet-stream" => continue,
            _ => response.text().await.unwrap(),
        };
        let value =
            if kind == "application/json" { serde_json::from_str(&text).unwrap() } else { json!(text) };
        answers.insert(format!("get {path} 200"), value);
    }
    let election = "/v1/elections/{election}";
    for status in [200, 201] {
        answers.insert(format!("post {election}/entries {status}"), serde_json::to_value(&receipt).unwrap());
        answers
            .insert(format!("post /v1/elections {status}"), json!({ "election": server.id().to_string() }));
    }
    for (path, log, from) in [
        ("/v1/board", paths::board_log(), server.board.snapshot().board.claimed().size() - 1),
        (election, paths::election(server.id()), 0),
    ] {
        let mut response = server.get(&format!("{}?from={from}", paths::events(log))).await;
        let mut text = String::new();
        while !text.contains("\n\n") {
            text.push_str(std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap());
        }
        let fields = text.lines().take(3).map(|line| line.split_once(": ").unwrap());
        let event: BTreeMap<&str, &str> = fields.collect();
        answers.insert(format!("get {path}/events 200"), json!(event));
    }
    let request: Value = serde_json::from_slice(&server.creation()).unwrap();
    check(&json!({ "$ref": "#/components/schemas/CreateElection" }), &request, "the request");
    let requests = json!({ "post /v1/elections": request });
    for (what, answer) in &answers {
        let [method, path, status] = what.split(' ').collect::<Vec<_>>()[..] else { unreachable!() };
        let content = DESCRIPTION["paths"][path][method]["responses"][status]["content"].as_object().unwrap();
        check(&content.values().next().unwrap()["schema"], answer, what);
    }
    let found = json!({ "parameters": parameters, "answers": answers, "requests": requests });
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/description/examples.json");
    if std::env::var_os("TABELLA_WRITE_EXAMPLES").is_some() {
        std::fs::write(file, serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
        return;
    }
    let written: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(written, found, "run this test with TABELLA_WRITE_EXAMPLES=1");
}

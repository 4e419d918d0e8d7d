//! The interface's description, OpenAPI 3.1: derived from the handlers and the messages, and completed here with what
//! holds for many paths alike: parameters in paths, problems by their status, headers, examples.
//!
//! The examples in `description/examples.json` are what the board of a test answers; the test writes them anew when it
//! is asked to.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use utoipa::{OpenApi, ToSchema};

use tabella_board_core::api::schema::{Base64, Hex32, Hex64};
use tabella_board_core::api::{CheckpointEvent, EntryEvent, PROBLEM_MEDIA_TYPE, Problem, ProblemCode};

use super::answers::FOR_EVER;
use super::{docs, feed, read, write};
use crate::serve::budget::Weight;

/// What the board of a test answers.
const EXAMPLES: &str = include_str!("description/examples.json");

/// What every path may answer, beside what its handler says: 400 for a parameter that it does not take, 408, 414, 429
/// where there is no room for the answer, 500.
pub(super) const EVERYWHERE: [ProblemCode; 5] = [
    ProblemCode::Malformed,
    ProblemCode::Timeout,
    ProblemCode::UriTooLong,
    ProblemCode::Busy,
    ProblemCode::Internal,
];

/// How paths end whose answers nobody keeps: feeds, and what is about one voter.
const PERSONAL: [&str; 5] =
    ["/events", "/entries", "/receipts/{leaf}", "/credentials/{credential}", "/ballots/{code}"];

/// Bytes as they are.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "a schema alone")]
pub(super) struct Octets(Vec<u8>);

/// An event of a feed: its fields as they stand on lines of their own, `data` being JSON.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a schema alone")]
pub(super) struct FeedEvent {
    /// `entry`, whose data is an `EntryEvent`, or `checkpoint`, whose data is a `CheckpointEvent`.
    #[schema(pattern = "^(entry|checkpoint)$")]
    event: String,
    /// Index of the entry, or of the last that the checkpoint covers.
    #[schema(pattern = "^(0|[1-9][0-9]*)$")]
    id: String,
    /// The message.
    #[schema(content_media_type = "application/json")]
    data: String,
    /// Milliseconds after which to come back when the feed breaks off.
    #[schema(required = false, nullable = false)]
    retry: Option<u64>,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tabella bulletin board",
        description = "A public, append-only bulletin board of elections that anybody can verify. Logs are C2SP \
            tlog-tiles: `checkpoint` and `tile/…` under `/v1/board` and under `/v1/elections/<election>`, so that \
            standard clients read them. What JSON says beside that is for convenience: believe what you find in \
            tiles under a checkpoint whose signature you have verified.\n\n\
            Hashes, keys and names are lower-case hexadecimal, other bytes base64, times milliseconds since \
            1970-01-01 UTC. HEAD is taken wherever GET is, OPTIONS everywhere. Pages of any origin may read, none \
            may post. Every path has one spelling: no slash at the end, no parameters that are not described. \
            Errors are problem details (RFC 9457); go by their `code`. `Accept` is not looked at: each path has one \
            form.\n\n\
            Within `/v1`, paths, parameters, fields and codes keep their meaning. There may be more of them later: \
            ignore fields that you do not know, and treat unknown codes by their status.\n\n\
            The bytes of entries, and how all of it is verified, stand in the book, a website at `/docs/`."
    ),
    tags(
        (name = "board", description = "Who runs it, and whether it is up."),
        (name = "board log", description = "Who opened which election, and the checkpoints of all elections."),
        (name = "elections", description = "What there is to vote on, and how far it is."),
        (name = "election log", description = "Everything that happened in an election."),
        (name = "voting", description = "Sending entries, and finding them again."),
        (name = "description", description = "This."),
    ),
    paths(
        read::health,
        read::live,
        read::ready,
        read::checkpoints,
        read::board,
        read::board_checkpoint,
        read::board_witnessed,
        read::board_release,
        read::board_tile,
        read::board_consistency,
        feed::of_board,
        read::elections,
        write::election,
        read::election,
        read::manifest,
        read::totals,
        read::election_checkpoint,
        read::election_tile,
        read::election_consistency,
        feed::of_election,
        write::entry,
        read::receipt,
        read::credential,
        read::ballot,
        json,
        docs::page,
    ),
    components(schemas(Hex32, Hex64, Base64, Problem, EntryEvent, CheckpointEvent))
)]
struct Interface;

/// The description in the forms in which it is used.
#[derive(Debug)]
pub(super) struct Description {
    json: Bytes,
    pub(super) page: docs::Page,
    /// The parameters after the question mark, by path.
    parameters: BTreeMap<String, Vec<String>>,
    /// The header `Allow`, by path.
    methods: BTreeMap<String, HeaderValue>,
}

impl Description {
    /// Made once, when the board starts.
    pub(super) fn new() -> Self {
        let description = complete();
        Self {
            json: description.to_string().into(),
            page: docs::Page::of(&description),
            parameters: parameters(&description),
            methods: methods(&description),
        }
    }

    /// The parameters of a path as the router has it; none if the path is not described.
    pub(super) fn parameters(&self, path: &str) -> Option<&[String]> {
        self.parameters.get(&described_path(path)).map(Vec::as_slice)
    }

    /// The methods of a path as the router has it, as in the header `Allow`.
    pub(super) fn methods(&self, path: &str) -> Option<&HeaderValue> {
        self.methods.get(&described_path(path))
    }
}

/// A path of the router as descriptions write it.
pub(super) fn described_path(path: &str) -> String {
    path.replace("{*", "{")
}

/// This description
///
/// OpenAPI 3.1 in JSON.
#[utoipa::path(
    get,
    path = "/v1/openapi.json",
    tag = "description",
    operation_id = "openapi",
    responses((status = 200, description = "The description.", body = Object))
)]
pub(super) async fn json(Extension(description): Extension<Arc<Description>>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
    let mut response = (headers, description.json.clone()).into_response();
    response.extensions_mut().insert(Weight::Shared);
    response
}

/// The whole description.
pub(super) fn complete() -> Value {
    // neither can fail: both are constants
    let mut description = serde_json::to_value(Interface::openapi()).unwrap_or_default();
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap_or_default();
    if let Some(components) = description.pointer_mut("/components").and_then(Value::as_object_mut) {
        components.insert("parameters".to_owned(), Value::Object(path_parameters(&examples)));
    }
    let paths = description.pointer_mut("/paths").and_then(Value::as_object_mut);
    for (path, methods) in paths.into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut() {
                complete_operation(path, method, operation, &examples);
            }
        }
    }
    description
}

/// What stands in braces in paths.
fn path_parameters(examples: &Value) -> Map<String, Value> {
    let hex = json!({ "$ref": "#/components/schemas/Hex32" });
    let tile = json!({
        "type": "string",
        "pattern": "^(entries|[0-7])/(x[0-9]{3}/){0,5}[0-9]{3}(\\.p/([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?$"
    });
    let count = json!({ "type": "string", "pattern": "^([1-9]|1[0-5])$" });
    let described = [
        ("election", "Name of the election: the hash of its manifest.", &hex),
        ("leaf", "Leaf hash of the entry: SHA-256 of a zero byte and the entry.", &hex),
        ("credential", "The voter's public credential U.", &hex),
        ("code", "The tracking code.", &hex),
        ("cosignatures", "At least so many cosignatures.", &count),
        (
            "tile",
            "Level or `entries`, then the tile's number in groups of three digits, all but the last after an `x`. Its \
             slashes stand as they are.",
            &tile,
        ),
    ];
    let parameter = |(name, description, schema): (&str, &str, &Value)| {
        let mut parameter = json!({
            "name": name, "in": "path", "required": true, "description": description, "schema": schema,
        });
        let example = examples.pointer(&format!("/parameters/{name}"));
        if let (Some(parameter), Some(example)) = (parameter.as_object_mut(), example) {
            parameter.insert("example".to_owned(), example.clone());
        }
        (name.to_owned(), parameter)
    };
    described.into_iter().map(parameter).collect()
}

fn complete_operation(path: &str, method: &str, operation: &mut Map<String, Value>, examples: &Value) {
    let in_path = path.split(['{', '}']).skip(1).step_by(2);
    let mut parameters: Vec<Value> =
        in_path.map(|name| json!({ "$ref": format!("#/components/parameters/{name}") })).collect();
    if path.ends_with("/events") {
        parameters.push(json!({
            "name": "Last-Event-ID", "in": "header", "required": false, "example": "41",
            "description": "Id of the last event that was seen, as browsers send it by themselves.",
            "schema": { "type": "string", "pattern": "^(0|[1-9][0-9]{0,17})$" },
        }));
    }
    if let Some(more) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
        parameters.append(more);
    }
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), parameters.into());
    }
    let example = examples.get("requests").and_then(|requests| requests.get(format!("{method} {path}")));
    let body = operation.get_mut("requestBody").and_then(|body| body.get_mut("content"));
    if let (Some(example), Some(content)) = (example, body.and_then(Value::as_object_mut)) {
        for content in content.values_mut().filter_map(Value::as_object_mut) {
            content.insert("example".to_owned(), example.clone());
        }
    }
    let Some(answers) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    for code in EVERYWHERE {
        answers.entry(code.status().to_string()).or_insert_with(|| json!({}));
    }
    for (status, answer) in answers.iter_mut() {
        let example =
            examples.get("answers").and_then(|answers| answers.get(format!("{method} {path} {status}")));
        match status.starts_with('2') {
            true => complete_answer(path, method, answer, example),
            false => *answer = problems(path, method, status),
        }
    }
}

fn complete_answer(path: &str, method: &str, answer: &mut Value, example: Option<&Value>) {
    let cache = match () {
        () if path.ends_with("/manifest") => json!({ "const": FOR_EVER }),
        () if path.ends_with("/{tile}") => json!({ "enum": [FOR_EVER, "public, max-age=60"] }),
        () if PERSONAL.iter().any(|end| path.ends_with(end)) => json!({ "const": "no-store" }),
        () => json!({ "const": "no-cache" }),
    };
    let mut headers = json!({ "Cache-Control": header("How long the answer may be kept.", cache) });
    if let (Some(headers), "post") = (headers.as_object_mut(), method) {
        let location = header(
            "Where it can be had again.",
            json!({ "type": "string", "format": "uri-reference", "pattern": "^/v1/elections/[0-9a-f]{64}" }),
        );
        headers.insert("Location".to_owned(), location);
    }
    let Some(answer) = answer.as_object_mut() else { return };
    answer.insert("headers".to_owned(), headers);
    let contents = answer.get_mut("content").and_then(Value::as_object_mut);
    for content in contents.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
        if let Some(example) = example {
            content.insert("example".to_owned(), example.clone());
        }
    }
}

fn header(description: &str, schema: Value) -> Value {
    json!({ "description": description, "required": true, "schema": schema })
}

/// The problems that a path answers with a status.
fn problems(path: &str, method: &str, status: &str) -> Value {
    let codes = ProblemCode::ALL.into_iter().filter(|code| {
        let fits = match code {
            ProblemCode::UnknownElection => path.contains("{election}"),
            ProblemCode::NotFound => !path.ends_with("{election}") && method == "get",
            ProblemCode::Refused => path.ends_with("/entries"),
            ProblemCode::ElectionRefused => !path.ends_with("/entries"),
            _ => true,
        };
        fits && code.status().to_string() == status
    });
    let codes: Vec<ProblemCode> = codes.collect();
    let words: Vec<String> =
        codes.iter().map(|code| format!("`{}`: {}.", code.name(), code.title())).collect();
    let examples = codes.iter().map(|code| {
        let problem = Problem::new(*code, docs::advice(*code));
        (code.name().to_owned(), json!({ "value": problem }))
    });
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    let mut headers = json!({ "Cache-Control": header("Never kept.", json!({ "const": "no-store" })) });
    if let (Some(headers), "429" | "503") = (headers.as_object_mut(), status) {
        let seconds = json!({ "type": "string", "pattern": "^[1-9][0-9]*$" });
        headers.insert("Retry-After".to_owned(), header("Seconds after which to ask again.", seconds));
    }
    json!({
        "description": words.join(" "),
        "headers": headers,
        "content": {
            PROBLEM_MEDIA_TYPE: { "schema": schema, "examples": Value::Object(examples.collect()) },
        },
    })
}

fn parameters(description: &Value) -> BTreeMap<String, Vec<String>> {
    let operations = |methods: &Value| -> Vec<Value> {
        methods.as_object().into_iter().flat_map(Map::values).cloned().collect()
    };
    let names = |methods: &Value| {
        let operations = operations(methods);
        let all = operations.iter().filter_map(|operation| operation.get("parameters")?.as_array());
        let queries =
            all.flatten().filter(|parameter| parameter.get("in").is_some_and(|place| place == "query"));
        queries.filter_map(|parameter| Some(parameter.get("name")?.as_str()?.to_owned())).collect()
    };
    let paths = description.get("paths").and_then(Value::as_object);
    paths.into_iter().flatten().map(|(path, methods)| (path.clone(), names(methods))).collect()
}

fn methods(description: &Value) -> BTreeMap<String, HeaderValue> {
    let allow = |methods: &Value| {
        let mut allow = Vec::new();
        for method in methods.as_object().into_iter().flat_map(Map::keys) {
            allow.push(method.to_uppercase());
            if method == "get" {
                allow.push("HEAD".to_owned());
            }
        }
        allow.push("OPTIONS".to_owned());
        HeaderValue::from_str(&allow.join(", ")).ok()
    };
    let paths = description.get("paths").and_then(Value::as_object);
    paths.into_iter().flatten().filter_map(|(path, methods)| Some((path.clone(), allow(methods)?))).collect()
}

//! The description as a page for people: made once from what programs read, without a script, under a policy that
//! allows its one style and nothing else. Where it says `curl`, it names this board and an election of it.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use tabella_board_core::api::{ProblemCode, paths};

use super::description::{Description, EVERYWHERE};
use crate::sequencer::Board;

mod advice;
mod words;

pub(super) use advice::advice;
use words::{kind, paragraphs, text};

const STYLE: &str = include_str!("docs/style.css");

/// Stands for the board's address until the page is asked for, and for the name of an election.
const ADDRESS: &str = "https://board.invalid";
const ELECTION: &str = "ELECTION";

/// The page, but for the board's address.
#[derive(Debug)]
pub(super) struct Page {
    html: String,
    policy: HeaderValue,
}

impl Page {
    /// The page of a description.
    pub(super) fn of(description: &Value) -> Self {
        let hash = STANDARD.encode(Sha256::digest(STYLE));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'"
        );
        let none = HeaderValue::from_static("default-src 'none'");
        let policy = HeaderValue::from_str(&policy).unwrap_or(none);
        Self { html: document(description).into_string(), policy }
    }
}

/// This description as a page
#[utoipa::path(
    get,
    path = "/v1/docs",
    tag = "description",
    operation_id = "docs",
    responses((status = 200, description = "The page.", body = String, content_type = "text/html; charset=utf-8"))
)]
pub(super) async fn page(
    State(board): State<Board>,
    Extension(description): Extension<Arc<Description>>,
    headers: HeaderMap,
) -> Response {
    let Page { html, policy } = &description.page;
    let mut html = html.replace(ADDRESS, &address(&headers));
    if let Some(election) = board.snapshot().elections.keys().next_back() {
        html = html.replace(ELECTION, &election.to_string());
    }
    let fixed = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::CONTENT_SECURITY_POLICY, policy.clone()),
    ];
    (fixed, html).into_response()
}

/// The address under which the reader has come, as far as the request tells; it goes into the page.
fn address(headers: &HeaderMap) -> String {
    let value = |name: header::HeaderName| headers.get(name)?.to_str().ok();
    let plain = |host: &&str| {
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
    };
    let host = value(header::HOST).filter(plain).unwrap_or("board.example.org");
    let is_near = ["localhost", "127.", "[::1]"].iter().any(|near| host.starts_with(near));
    let scheme = match value(header::HeaderName::from_static("x-forwarded-proto")) {
        Some("https") => "https",
        None if !is_near => "https",
        _ => "http",
    };
    format!("{scheme}://{host}")
}

/// A method of a path.
struct Operation<'a> {
    path: &'a str,
    method: &'a str,
    it: &'a Value,
}

impl Operation<'_> {
    fn id(&self) -> &str {
        text(self.it, "/operationId")
    }
}

fn document(description: &Value) -> Markup {
    let title = text(description, "/info/title");
    let tags: Vec<&Value> = description.get("tags").and_then(Value::as_array).into_iter().flatten().collect();
    let operations = operations(description);
    let of_tag = |tag: &Value| {
        let name = text(tag, "/name").to_owned();
        operations.iter().filter(move |operation| text(operation.it, "/tags/0") == name)
    };
    let contents = html! {
        ul {
            @for tag in &tags {
                li.group { (text(tag, "/name")) }
                @for operation in of_tag(tag) {
                    li { a href={ "#" (operation.id()) } { (text(operation.it, "/summary")) } }
                }
            }
            li.group { "more" }
            li { a href="#problems" { "Problems" } }
            li { a href="#messages" { "Messages" } }
        }
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · interface" }
                link rel="icon" href="/favicon.ico";
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "To the paths" }
                div.frame {
                    header.head {
                        p.eyebrow { (title) }
                        h1 { "The interface for programs" }
                        (paragraphs(text(description, "/info/description")))
                        p { "The same for programs: " a href=(paths::OPENAPI) { "openapi.json" } ", OpenAPI 3.1." }
                    }
                    // without a script nothing closes a menu: on a narrow screen the bar leads to the list instead
                    nav.bar aria-label="Parts of this page" {
                        a href="#contents" { "All paths" }
                        a href="#problems" { "Problems" }
                        a href="#messages" { "Messages" }
                    }
                    div.columns {
                        nav.aside #contents aria-label="Paths" { (contents) }
                        main #main {
                            (everywhere())
                            @for tag in &tags {
                                section {
                                    h2.tag { (text(tag, "/name")) }
                                    p.lead { (text(tag, "/description")) }
                                    @for operation in of_tag(tag) { (article(description, operation)) }
                                }
                            }
                            (problems())
                            (messages(description))
                        }
                    }
                    footer {
                        p {
                            "Bytes of entries, manifests and proofs, and how all of it is verified: the "
                            a href="/docs/" { "book" } " has it."
                        }
                    }
                }
            }
        }
    }
}

fn operations(description: &Value) -> Vec<Operation<'_>> {
    let paths = description.get("paths").and_then(Value::as_object).into_iter().flatten();
    let all = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(move |(method, it)| Operation { path, method, it })
    });
    all.collect()
}

fn article(description: &Value, operation: &Operation) -> Markup {
    let Operation { path, method, it } = operation;
    let parameters = it.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let parameters: Vec<&Value> = parameters.map(|parameter| resolved(description, parameter)).collect();
    let body = it.get("requestBody");
    html! {
        article id=(operation.id()) {
            h3 { (text(it, "/summary")) }
            p.path {
                span class={ "method " (method) } { (method.to_uppercase()) }
                b { @for (name, part) in parts(path) { @if name { i { (part) } } @else { (part) } } }
            }
            (paragraphs(text(it, "/description")))
            div.try { pre { code { (curl(operation)) } } }
            @if !parameters.is_empty() {
                h4 { "Parameters" }
                dl {
                    @for parameter in &parameters {
                        div {
                            dt {
                                code { (text(parameter, "/name")) }
                                span.kind {
                                    "in " (text(parameter, "/in"))
                                    @if parameter.get("required") == Some(&Value::Bool(true)) { ", required" }
                                    ", " (kind(parameter.get("schema")))
                                }
                            }
                            dd { (words::inline(text(parameter, "/description"))) }
                        }
                    }
                }
            }
            @if let Some(body) = body {
                h4 { "Body" }
                @for (media, content) in contents(body) {
                    p { (text(body, "/description")) " " span.kind { (media) ", " (kind(content.get("schema"))) } }
                }
            }
            h4 { "Answers" }
            (answers(it))
        }
    }
}

/// A path in parts, and whether each is to be filled in.
fn parts(path: &str) -> impl Iterator<Item = (bool, String)> {
    path.split_inclusive(['{', '}']).map(|part| {
        let is_name = part.ends_with('}');
        let part = part.trim_matches(['{', '}']);
        (is_name, if is_name { format!("<{part}>") } else { part.to_owned() })
    })
}

fn answers(operation: &Value) -> Markup {
    let answers = operation.get("responses").and_then(Value::as_object);
    let (good, bad): (Vec<_>, Vec<_>) =
        answers.into_iter().flatten().partition(|(status, _)| status.starts_with('2'));
    let codes = |status: &str| {
        let status = status.to_owned();
        ProblemCode::ALL.into_iter().filter(move |code| code.status().to_string() == status)
    };
    let names = |answer: &Value, code: ProblemCode| {
        text(answer, "/description").contains(&format!("`{}`", code.name()))
    };
    html! {
        ul.answers {
            @for (status, answer) in &good {
                @for (media, content) in contents(answer) {
                    li {
                        span.status.good { (status) }
                        span { (text(answer, "/description")) }
                        span.kind { (media) ", " (kind(content.get("schema"))) }
                    }
                    @if let Some(example) = content.get("example") {
                        li { details { summary { "Example" } pre { code { (words::example(example)) } } } }
                    }
                }
            }
        }
        ul.chips {
            @for (status, answer) in &bad {
                @for code in codes(status).filter(|code| names(answer, *code) && !EVERYWHERE.contains(code)) {
                    (chip(code))
                }
            }
        }
    }
}

/// A problem, with its status, as a link to what it means.
fn chip(code: ProblemCode) -> Markup {
    html! {
        li { a href={ "#problem-" (code.name()) } { span.status.bad { (code.status()) } " " (code.name()) } }
    }
}

/// What every path may answer, said once.
fn everywhere() -> Markup {
    html! {
        section.everywhere {
            p { "Every path may answer with these problems. What else one may answer stands at the path." }
            ul.chips { @for code in EVERYWHERE { (chip(code)) } }
        }
    }
}

fn contents(of: &Value) -> impl Iterator<Item = (&String, &Value)> {
    of.get("content").and_then(Value::as_object).into_iter().flatten()
}

fn resolved<'a>(description: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#'));
    reference.and_then(|path| description.pointer(path)).unwrap_or(value)
}

/// A line to type.
fn curl(operation: &Operation) -> String {
    let path = operation.path.replace("{election}", ELECTION).replace("{tile}", "0/000.p/2");
    let filled = path.split_inclusive('}').map(|part| match part.split_once('{') {
        Some((before, name)) => format!("{before}{}", name.trim_end_matches('}').to_uppercase()),
        None => part.to_owned(),
    });
    let url = format!("{ADDRESS}{}", filled.collect::<String>());
    match (operation.method, operation.id()) {
        (_, "create_election") => format!("curl --json @new-election.json {url}"),
        ("post", _) => {
            format!("curl --data-binary @entry.bin -H 'Content-Type: application/octet-stream' {url}")
        }
        (_, "manifest") => format!("curl -o manifest.bin {url}"),
        _ if url.ends_with("/consistency") => format!("curl '{url}?old=1&new=2'"),
        _ if url.ends_with("/events") => format!("curl -N '{url}?from=0'"),
        _ if url.contains("/tile/") => format!("curl {url} | xxd"),
        _ => format!("curl {url}"),
    }
}

fn problems() -> Markup {
    html! {
        section #problems {
            h2 { "Problems" }
            p.lead {
                "Every error is application/problem+json (RFC 9457): type, title, status, detail, code, and for a refused \
                 entry the number of the check in the specification."
            }
            @for code in ProblemCode::ALL {
                article id={ "problem-" (code.name()) } {
                    p.path { span.status.bad { (code.status()) } code { (code.name()) } }
                    h3 { (code.title()) }
                    p { (advice(code)) }
                }
            }
        }
    }
}

fn messages(description: &Value) -> Markup {
    let schemas = description.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten();
    html! {
        section #messages {
            h2 { "Messages" }
            p.lead { "What stands in JSON. Fields are always there unless they are said to be optional." }
            @for (name, schema) in schemas { (message(name, schema)) }
        }
    }
}

fn message(name: &str, schema: &Value) -> Markup {
    let fields = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    html! {
        article id={ "message-" (name) } {
            h3 { (name) }
            (paragraphs(text(schema, "/description")))
            @if schema.get("properties").is_none() { p.kind { (kind(Some(schema))) } }
            dl {
                @for (field, schema) in fields {
                    div {
                        dt {
                            code { (field) }
                            span.kind {
                                (kind(Some(schema)))
                                @if !required.contains(&field.as_str()) { ", optional" }
                            }
                        }
                        dd { (words::inline(words::description(schema))) }
                    }
                }
            }
        }
    }
}

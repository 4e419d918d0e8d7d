//! Schemas and short texts in words.

use maud::{Markup, html};
use serde_json::Value;

/// A text in a description; empty if it is not there.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// What a field is; with one that may be null it stands beside the other choice.
pub(super) fn description(schema: &Value) -> &str {
    let places = ["/description", "/oneOf/0/description", "/oneOf/1/description"];
    places.iter().map(|place| text(schema, place)).find(|text| !text.is_empty()).unwrap_or_default()
}

/// Paragraphs, with code between backticks.
pub(super) fn paragraphs(text: &str) -> Markup {
    html! { @for paragraph in text.split("\n\n").filter(|text| !text.is_empty()) { p { (inline(paragraph)) } } }
}

/// A sentence or more, with code between backticks.
pub(super) fn inline(text: &str) -> Markup {
    let pieces = text.split('`').enumerate();
    html! { @for (place, piece) in pieces { @if place % 2 == 1 { code { (piece) } } @else { (piece) } } }
}

/// An example: a text as it is, an event of a feed on its lines, other values as JSON that is easy to read.
pub(super) fn example(value: &Value) -> String {
    match (value, value.get("event"), value.get("id"), value.get("data")) {
        (Value::String(text), ..) => text.clone(),
        (_, Some(Value::String(event)), Some(Value::String(id)), Some(Value::String(data))) => {
            format!("event: {event}\nid: {id}\ndata: {data}")
        }
        (other, ..) => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}

/// What a schema allows, in a few words; messages are links.
pub(super) fn kind(schema: Option<&Value>) -> Markup {
    let Some(schema) = schema else { return html! { "anything" } };
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        return html! { a href={ "#message-" (name) } { (name) } };
    }
    let choices = ["oneOf", "anyOf"].iter().find_map(|name| schema.get(name)?.as_array());
    if let Some(choices) = choices {
        return html! { @for (place, choice) in choices.iter().rev().enumerate() {
            @if place > 0 { " or " }
            (kind(Some(choice)))
        } };
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return html! { "one of " @for (place, value) in values.iter().enumerate() {
            @if place > 0 { ", " }
            code { (value.as_str().unwrap_or_default()) }
        } };
    }
    match schema.get("type") {
        Some(Value::String(name)) if name == "array" => html! { "list of " (kind(schema.get("items"))) },
        Some(Value::String(name)) if name == "null" => html! { "null" },
        Some(Value::String(name)) => html! { (plain(name, schema)) },
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            html! {
                @for name in names {
                    @if name == "array" { "list of " (kind(schema.get("items"))) } @else { (plain(name, schema)) }
                }
                " or null"
            }
        }
        _ => html! { "anything" },
    }
}

fn plain<'a>(name: &'a str, schema: &Value) -> &'a str {
    // patterns are for programs: people have the description beside it, and an example
    match (name, text(schema, "/format")) {
        ("string", "binary") => "bytes",
        ("string", _) => "text",
        ("integer", _) => "number",
        ("boolean", _) => "true or false",
        (other, _) => other,
    }
}

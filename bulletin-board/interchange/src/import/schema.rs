//! The published schema of SP 1500-20, held against a document: what is wrong, at its place and in words.
//!
//! The schema uses a dozen keywords of JSON Schema (draft 7), and of alternatives the `@type` says which is meant; so this
//! reads the schema itself, and says more than "valid under none of the alternatives". A validator for all of JSON Schema
//! takes a minute to compile; tests hold the two against each other. Not checked here are `pattern` and `format`, which
//! stand at dates, times, colours and addresses: the two dates that are read are read as dates.

use serde_json::Value;

use super::ImportError;

/// NIST SP 1500-20, unchanged.
pub(super) const SCHEMA: &str = include_str!("../../schemas/NIST_V1_ballot_definition.json");

/// The schema.
pub(super) struct Schema(Value);

impl Schema {
    pub(super) fn load() -> Result<Self, ImportError> {
        let schema = serde_json::from_str(SCHEMA).map_err(|error| ImportError::Program(error.to_string()))?;
        Ok(Self(schema))
    }

    /// Refuses what the schema refuses.
    pub(super) fn check(&self, value: &Value) -> Result<(), ImportError> {
        self.check_at(value, &self.0, "")
    }

    /// The attributes of a class.
    pub(super) fn attributes(&self, class: &str) -> Option<&Value> {
        self.definition(class)?.get("properties")
    }

    fn definition(&self, class: &str) -> Option<&Value> {
        self.0.get("definitions")?.get(class)
    }

    /// The schema that a reference within this document leads to.
    fn referred(&self, schema: &Value) -> Option<&Value> {
        self.definition(schema.get("$ref")?.as_str()?.strip_prefix("#/definitions/")?)
    }

    /// Of the classes that can stand somewhere, the one that the value says it is.
    fn meant<'a>(&'a self, classes: &'a [Value], class: Option<&Value>) -> Option<&'a Value> {
        let is_of = |schema: &&Value| {
            let names = schema.pointer("/properties/@type/enum").and_then(Value::as_array);
            names.is_some_and(|names| names.iter().any(|name| Some(name) == class))
        };
        classes.iter().map(|schema| self.referred(schema).unwrap_or(schema)).find(is_of)
    }

    fn check_at(&self, value: &Value, schema: &Value, pointer: &str) -> Result<(), ImportError> {
        if let Some(schema) = self.referred(schema) {
            return self.check_at(value, schema, pointer);
        }
        let wrong = |words: String| {
            let pointer = if pointer.is_empty() { "the whole document" } else { pointer };
            Err(ImportError::Schema { pointer: pointer.to_owned(), words })
        };
        if let Some(classes) = schema.get("oneOf").and_then(Value::as_array) {
            let class = value.get("@type");
            return match self.meant(classes, class) {
                Some(schema) => self.check_at(value, schema, pointer),
                None => {
                    let found = class.map_or("missing".to_owned(), Value::to_string);
                    wrong(format!("its @type is {found}, which cannot stand here"))
                }
            };
        }
        if let Some(kind) = schema.get("type").and_then(Value::as_str).filter(|kind| !is_a(value, kind)) {
            return wrong(format!("wanted is a value of the type {kind}"));
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array).filter(|all| !all.contains(value))
        {
            let values: Vec<String> = values.iter().map(Value::to_string).collect();
            return wrong(format!("wanted is one of {}", values.join(", ")));
        }
        let number = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
        if let (Some(most), Some(text)) = (number("maxLength"), value.as_str())
            && text.chars().count() as u64 > most
        {
            return wrong(format!("wanted are at most {most} characters"));
        }
        if let Some(items) = value.as_array() {
            if number("minItems").is_some_and(|least| (items.len() as u64) < least) {
                return wrong("wanted is at least one value".to_owned());
            }
            if let Some(schema) = schema.get("items") {
                for (index, item) in items.iter().enumerate() {
                    self.check_at(item, schema, &format!("{pointer}/{index}"))?;
                }
            }
        }
        let Some(attributes) = value.as_object() else { return Ok(()) };
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        if let Some(missing) = required.filter_map(Value::as_str).find(|name| !attributes.contains_key(*name))
        {
            return wrong(format!("{missing} is missing: add it"));
        }
        let described = schema.get("properties");
        let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        for (name, value) in attributes {
            match described.and_then(|described| described.get(name)) {
                Some(schema) => self.check_at(value, schema, &format!("{pointer}/{name}"))?,
                None if closed => {
                    return wrong(format!(
                        "no attribute of this class is called {name:?}: correct or remove it"
                    ));
                }
                None => {}
            }
        }
        Ok(())
    }
}

/// Whether a value is of a type of JSON Schema; 2.0 is an integer there.
fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
        }
        _ => false,
    }
}

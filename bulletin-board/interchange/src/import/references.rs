//! Names and references: every `@id` stands once, every reference leads to something of a class that the schema allows
//! there, and no unit is a part of itself. The schema says in `refTypes`, which validators do not know, what is a
//! reference and to what.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::ImportError;
use super::schema::Schema;

/// Where something stands, and of which class it is.
struct Named {
    pointer: String,
    class: String,
}

pub(super) fn check(value: &Value, schema: &Schema) -> Result<(), ImportError> {
    let mut names = BTreeMap::new();
    visit(value, "", &mut |pointer, class, attributes| {
        let Some(id) = attributes.get("@id").and_then(Value::as_str) else { return Ok(()) };
        let named = Named { pointer: pointer.to_owned(), class: class.to_owned() };
        match names.insert(id.to_owned(), named) {
            None => Ok(()),
            Some(first) => Err(ImportError::SameId {
                pointer: pointer.to_owned(),
                id: id.to_owned(),
                first: first.pointer,
            }),
        }
    })?;
    visit(value, "", &mut |pointer, class, attributes| {
        let Some(described) = schema.attributes(class) else { return Ok(()) };
        for (attribute, value) in attributes {
            let Some(described) = described.get(attribute) else { continue };
            let wanted = |described: &Value| described.get("refTypes").cloned();
            let pointer = format!("{pointer}/{attribute}");
            match (wanted(described), described.get("items").and_then(wanted)) {
                (Some(wanted), _) => check_reference(&pointer, value, &wanted, &names)?,
                (None, Some(wanted)) => {
                    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                        check_reference(&format!("{pointer}/{index}"), value, &wanted, &names)?;
                    }
                }
                (None, None) => {}
            }
        }
        Ok(())
    })?;
    check_units(value)
}

fn check_reference(
    pointer: &str,
    value: &Value,
    wanted: &Value,
    names: &BTreeMap<String, Named>,
) -> Result<(), ImportError> {
    let Some(id) = value.as_str() else { return Ok(()) };
    let (pointer, id) = (pointer.to_owned(), id.to_owned());
    let Some(named) = names.get(&id) else { return Err(ImportError::Dangling { pointer, id }) };
    let classes: Vec<&str> = wanted.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if classes.contains(&named.class.as_str()) {
        return Ok(());
    }
    let (found, wanted) = (named.class.clone(), classes.join(" or "));
    Err(ImportError::Kind { pointer, id, found, wanted })
}

/// Calls for every object that has a class: with its place, its class and its attributes. Objects lie at most as deep in
/// each other as the JSON reader allows.
fn visit(
    value: &Value,
    pointer: &str,
    call: &mut impl FnMut(&str, &str, &Map<String, Value>) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    match value {
        Value::Object(attributes) => {
            if let Some(class) = attributes.get("@type").and_then(Value::as_str) {
                call(pointer, class, attributes)?;
            }
            attributes.iter().try_for_each(|(name, value)| visit(value, &format!("{pointer}/{name}"), call))
        }
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, item)| visit(item, &format!("{pointer}/{index}"), call))
        }
        _ => Ok(()),
    }
}

/// Takes away the units all of whose parts are taken away already; what stays goes round in circles.
fn check_units(value: &Value) -> Result<(), ImportError> {
    let units = value.get("GpUnit").and_then(Value::as_array);
    let mut left: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
    let mut parts_of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (index, unit) in units.into_iter().flatten().enumerate() {
        let Some(id) = unit.get("@id").and_then(Value::as_str) else { continue };
        let parts = unit.get("ComposingGpUnitIds").and_then(Value::as_array).into_iter().flatten();
        let parts: BTreeSet<&str> = parts.filter_map(Value::as_str).collect();
        for part in &parts {
            parts_of.entry(part).or_default().push(id);
        }
        left.insert(id, (index, parts));
    }
    let mut whole: Vec<&str> =
        left.iter().filter(|(_, (_, parts))| parts.is_empty()).map(|(id, _)| *id).collect();
    while let Some(id) = whole.pop() {
        left.remove(id);
        for above in parts_of.get(id).into_iter().flatten() {
            if let Some((_, parts)) = left.get_mut(above) {
                parts.remove(id);
                if parts.is_empty() {
                    whole.push(above);
                }
            }
        }
    }
    match left.into_iter().next() {
        None => Ok(()),
        Some((id, (index, _))) => {
            Err(ImportError::Cycle { pointer: format!("/GpUnit/{index}"), id: id.to_owned() })
        }
    }
}

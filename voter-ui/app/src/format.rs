//! Numbers and times as the reader's language writes them, and codes in groups.

use js_sys::{Date, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

use tabella_crypto::manifest::MAX_TIME;

use crate::language::Language;

/// A number with separators of thousands.
pub(crate) fn number(value: u64, language: Language) -> String {
    // beyond 2^53 the last digits would be lost
    if value > 1 << 53 {
        return value.to_string();
    }
    js_sys::Number::from(value as f64).to_locale_string(language.tag()).into()
}

/// A fraction of 1 in per cent, with one digit behind the point, which both languages write so.
pub(crate) fn percent(value: f64, _: Language) -> String {
    format!("{}%", fixed(value * 100.0, 1))
}

/// A number with so many digits behind the point, at most 100.
pub(crate) fn fixed(value: f64, digits: u8) -> String {
    js_sys::Number::from(value).to_fixed(digits).map(String::from).unwrap_or_default()
}

/// A time, milliseconds since 1970-01-01 UTC, as date and time of day with the reader's time zone.
pub(crate) fn time(milliseconds: u64, language: Language) -> String {
    written(milliseconds, language, &[("dateStyle", "long"), ("timeStyle", "short")])
}

/// The same with seconds, in short.
pub(crate) fn exact_time(milliseconds: u64, language: Language) -> String {
    written(milliseconds, language, &[("dateStyle", "medium"), ("timeStyle", "medium")])
}

/// The name of the reader's time zone, such as `Europe/Rome`.
pub(crate) fn time_zone() -> String {
    let options = Intl::DateTimeFormat::default().resolved_options();
    Reflect::get(&options, &"timeZone".into())
        .ok()
        .and_then(|zone| zone.as_string())
        .unwrap_or_else(|| "UTC".to_owned())
}

/// A time as machines read it (RFC 3339), for `<time datetime>`.
pub(crate) fn machine_time(milliseconds: u64) -> String {
    date(milliseconds).to_iso_string().into()
}

/// This device's time in milliseconds since 1970-01-01 UTC.
pub(crate) fn now() -> u64 {
    Date::now() as u64
}

/// Hexadecimal in groups of four, for reading aloud and comparing.
pub(crate) fn groups(hexadecimal: &str) -> Vec<String> {
    let symbols: Vec<char> = hexadecimal.chars().collect();
    symbols.chunks(4).map(|group| group.iter().collect()).collect()
}

/// A time; one beyond all that a browser can show is shown as the last of those.
fn date(milliseconds: u64) -> Date {
    Date::new(&JsValue::from_f64(milliseconds.min(MAX_TIME) as f64))
}

fn written(milliseconds: u64, language: Language, styles: &[(&str, &str)]) -> String {
    let options = Object::new();
    for (name, value) in styles {
        // a fresh object takes any property
        let _ = Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    date(milliseconds).to_locale_string(language.tag(), &options).into()
}

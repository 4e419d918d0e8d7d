//! Finding settings by name, and the one that was meant.

use super::Setting;
use super::load::PREFIX;
use super::print::sections;
use super::sections::LISTS;

/// From which likeness on, between 0 and 1, one name may be meant by another.
const LIKE: f64 = 0.7;

/// The setting that `<SECTION>_<SETTING>` names.
pub(super) fn of_variable(name: &str) -> Option<(&'static str, &'static Setting)> {
    let name = name.to_ascii_lowercase();
    sections().into_iter().find_map(|(section, _, settings)| {
        let rest = name.strip_prefix(section)?.strip_prefix('_')?;
        settings.iter().find(|setting| setting.name == rest).map(|setting| (section, setting))
    })
}

/// The variable that may be meant.
pub(super) fn like_variable(name: &str) -> Option<String> {
    let all = sections().into_iter().flat_map(|(section, _, settings)| {
        settings.iter().map(move |setting| format!("{PREFIX}{section}_{}", setting.name).to_ascii_uppercase())
    });
    // what all begin with says nothing
    let rest = name.strip_prefix(PREFIX).unwrap_or(name).to_ascii_uppercase();
    nearest(&rest, all, |variable| variable.strip_prefix(PREFIX).unwrap_or(variable))
}

/// The setting that may be meant by a name in a section: one of the same section, else one of another.
pub(super) fn like_setting(section: &str, name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let elsewhere =
        sections().into_iter().find(|(_, _, settings)| settings.iter().any(|one| one.name == name));
    if let Some((other, ..)) = elsewhere {
        return Some(format!("[{other}] {name}"));
    }
    let (section, _, settings) = sections().into_iter().find(|(other, ..)| *other == section)?;
    let found = nearest(&name, settings.iter().map(|setting| setting.name.to_owned()), |name| name)?;
    Some(format!("[{section}] {found}"))
}

/// The section that may be meant, or that a setting outside of all sections belongs to.
pub(super) fn like_section(name: &str) -> Option<String> {
    let owner = sections().into_iter().find(|(_, _, settings)| settings.iter().any(|one| one.name == name));
    if let Some((section, ..)) = owner {
        return Some(format!("[{section}] {name}"));
    }
    let lists = LISTS.map(|list| format!("[[{}]]", list.name));
    let all = sections().into_iter().map(|(section, ..)| format!("[{section}]")).chain(lists);
    nearest(&name.to_ascii_lowercase(), all, |section| section.trim_matches(['[', ']']))
}

/// The one of a list's settings that may be meant.
pub(super) fn like_one(name: &str, all: Vec<String>) -> Option<String> {
    nearest(name, all.into_iter(), |one| one.rsplit(' ').next().unwrap_or(one))
}

fn nearest(name: &str, all: impl Iterator<Item = String>, key: impl Fn(&str) -> &str) -> Option<String> {
    let likeness = |candidate: &String| strsim::jaro(name, key(candidate));
    all.map(|candidate| (likeness(&candidate), candidate))
        .filter(|(likeness, _)| *likeness > LIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

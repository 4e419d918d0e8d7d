//! Ballot definitions of NIST SP 1500-20 as drafts of manifests, in the form that [`manifest_file`] reads.
//!
//! [`manifest_file`]: super::manifest_file

use std::fmt::Write as _;

use serde::Serialize;

use tabella_crypto::manifest::{Contest, Style};
use tabella_crypto::text::Text;
use tabella_interchange::import::Draft;
use tabella_interchange::rules::{Rules, words};

use super::manifest_file::TO_COMPLETE;

#[cfg(test)]
mod tests;

/// The draft as a manifest's file, with what was left out and what was assumed at its head. Fails where a text has no
/// form in TOML, which none is known to lack.
pub fn draft_toml(draft: &Draft) -> Result<String, toml::ser::Error> {
    let mut out = String::from(
        "# A draft from a ballot definition of NIST SP 1500-20. Write what is missing where it says TO COMPLETE, look at the\n\
         # times, and read over the whole: `tabella-admin check` says what else is missing. All other settings:\n\
         # docs/manifest.example.toml.\n",
    );
    let remarks = remarks(draft);
    if !remarks.is_empty() {
        out.push_str("#\n");
        for remark in &remarks {
            // one line each, whatever stands in the document
            let _ = writeln!(out, "# {}", remark.replace(['\n', '\r'], " "));
        }
    }
    out.push('\n');
    setting(&mut out, "title", &words(&draft.title))?;
    if let Some(description) = &draft.description {
        setting(&mut out, "description", &words(description))?;
    }
    out.push_str("# The definition has days alone: write the hours, and their zone.\n");
    setting(&mut out, "opens", &format!("{}T00:00:00Z", draft.start_date))?;
    setting(&mut out, "closes", &format!("{}T23:59:59Z", draft.end_date))?;
    out.push_str("# The registrar's public key, as `tabella-registrar init` prints it.\n");
    setting(&mut out, "registrar", TO_COMPLETE)?;
    out.push_str(
        "\n# One for each trustee: name, and fingerprint as `tabella-trustee init` prints it.\n[[trustee]]\n",
    );
    setting(&mut out, "name", TO_COMPLETE)?;
    setting(&mut out, "fingerprint", TO_COMPLETE)?;
    draft.contests.iter().try_for_each(|contest| write_contest(&mut out, contest))?;
    draft.styles.iter().try_for_each(|style| write_style(&mut out, style))?;
    Ok(out)
}

/// What a person should know of the draft, a sentence each.
pub fn remarks(draft: &Draft) -> Vec<String> {
    let assumed =
        draft.assumed.iter().map(|assumed| format!("assumed, at {}: {}", assumed.pointer, assumed.words));
    let left_out = draft.left_out.iter().map(|left_out| {
        let advice = if left_out.advice.is_empty() { "" } else { ": " };
        let times = if left_out.count == 1 { String::new() } else { format!(" ({} times)", left_out.count) };
        format!("left out: {}{times}, at {}{advice}{}", left_out.what, left_out.first, left_out.advice)
    });
    assumed.chain(left_out).collect()
}

fn write_contest(out: &mut String, contest: &Contest) -> Result<(), toml::ser::Error> {
    let Rules { method, shuffle, outcome } = Rules::of(contest);
    out.push_str("\n[[contest]]\n");
    setting(out, "title", &words(&contest.title))?;
    if let Some(description) = &contest.description {
        setting(out, "description", &words(description))?;
    }
    out.push_str("options = [\n");
    for option in &contest.options {
        let _ = writeln!(out, "    {},", inline(&words(option))?);
    }
    out.push_str("]\n");
    setting(out, "method", &method)?;
    if let Some(blank) = &contest.blank {
        setting(out, "blank", &words(blank))?;
    }
    setting(out, "shuffle", &shuffle)?;
    setting(out, "outcome", &outcome)
}

fn write_style(out: &mut String, style: &Style) -> Result<(), toml::ser::Error> {
    out.push_str("\n[[style]]\n");
    let name: &Text = &style.name;
    setting(out, "name", &words(name))?;
    // people count from 1
    let contests: Vec<u32> = style.contests.iter().map(|index| u32::from(*index) + 1).collect();
    setting(out, "contests", &contests)
}

fn setting(out: &mut String, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), toml::ser::Error> {
    // writing to a string cannot fail
    let _ = writeln!(out, "{name} = {}", inline(value)?);
    Ok(())
}

/// A value as it stands behind `=`.
fn inline(value: &(impl Serialize + ?Sized)) -> Result<String, toml::ser::Error> {
    Ok(toml::Value::try_from(value)?.to_string())
}

//! What programs show on a terminal: errors with what to do about them, progress, tables.
//!
//! Texts from manifests and boards are strangers' texts: [`visible`] keeps them from steering the terminal.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use unicode_width::UnicodeWidthStr;

/// The text with characters that steer a terminal or the direction of writing shown as `�`. A line feed or tab
/// becomes a space, so that the text stays in its line.
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' | '\t' => ' ',
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            control if control.is_control() => '\u{fffd}',
            other => other,
        })
        .collect()
}

/// An error in two lines, `error: …` and `hint: …`.
pub fn error_text(error: &str, hint: Option<&str>) -> String {
    let mut text = format!("error: {}", visible(error));
    if let Some(hint) = hint.filter(|hint| !hint.is_empty()) {
        text.push_str("\nhint: ");
        text.push_str(&visible(hint));
    }
    text
}

/// Prints an error where errors belong.
pub fn print_error(error: &str, hint: Option<&str>) {
    eprintln!("{}", error_text(error, hint));
}

/// Progress of a long step: a bar on a terminal, elsewhere a line for each tenth; either with an estimate of the time that
/// is left.
pub struct Progress {
    title: String,
    bar: Option<ProgressBar>,
    tenths: u64,
    /// When the first progress was told, and how much was done then: that may be an earlier run's.
    begun: Option<(Instant, u64)>,
}

impl Progress {
    /// Begins a step.
    pub fn new(title: &str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0).with_message(visible(title));
            let style = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} {eta}");
            style.map_or(bar.clone(), |style| bar.with_style(style))
        });
        Self { title: visible(title), bar, tenths: 0, begun: None }
    }

    /// So much of so much is done. The whole may grow.
    pub fn set(&mut self, done: u64, total: u64) {
        let first = self.begun.is_none();
        let (since, before) = *self.begun.get_or_insert_with(|| (Instant::now(), done));
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
            if first {
                bar.reset_eta();
            }
        } else if let Some(line) = self.line(done, total) {
            let left = time_left(since.elapsed(), done.saturating_sub(before), total.saturating_sub(done));
            eprintln!("{line}{}", left.map(|left| format!(", about {left} left")).unwrap_or_default());
        }
    }

    /// The line for the next tenth, if it is reached.
    fn line(&mut self, done: u64, total: u64) -> Option<String> {
        let tenths = (u128::from(done) * 10).checked_div(total.into())? as u64;
        if tenths <= self.tenths {
            return None;
        }
        self.tenths = tenths;
        Some(format!("{}: {done} of {total}", self.title))
    }

    /// Ends the step; the bar goes away.
    pub fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

/// How long so much more takes, if so much took this long; none where nothing is left or known.
fn time_left(elapsed: Duration, done: u64, left: u64) -> Option<String> {
    let milliseconds = elapsed.as_millis().checked_mul(left.into())?.checked_div(done.into())?;
    let seconds = milliseconds.div_ceil(1000);
    match seconds {
        0 => None,
        1..120 => Some(format!("{seconds} s")),
        120..7200 => Some(format!("{} min", seconds / 60)),
        _ => Some(format!("{} h", seconds / 3600)),
    }
}

/// A live line for as long as others are waited for: on a terminal one line that moves, elsewhere a line for each
/// new text.
pub struct Waiting {
    line: Option<ProgressBar>,
    said: String,
}

impl Waiting {
    /// Begins to wait. Nothing is shown yet.
    pub fn new() -> Self {
        Self { line: None, said: String::new() }
    }

    /// What is waited for.
    pub fn set(&mut self, text: &str) {
        let text = visible(text);
        if text == self.said {
            return;
        }
        self.said = text;
        if !std::io::stderr().is_terminal() {
            eprintln!("{}", self.said);
            return;
        }
        let line = self.line.get_or_insert_with(|| {
            let line = ProgressBar::new_spinner();
            line.enable_steady_tick(std::time::Duration::from_millis(250));
            let style = ProgressStyle::with_template("{spinner} {elapsed}  {wide_msg}");
            style.map_or(line.clone(), |style| line.with_style(style))
        });
        line.set_message(self.said.clone());
    }

    /// Ends; the line goes away.
    pub fn finish(&mut self) {
        self.said.clear();
        if let Some(line) = self.line.take() {
            line.finish_and_clear();
        }
    }
}

impl Default for Waiting {
    fn default() -> Self {
        Self::new()
    }
}

/// Where the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Texts.
    Left,
    /// Numbers.
    Right,
}

/// A table: columns as wide as their widest cell on the terminal, where a Chinese character takes two places.
/// A row may have fewer cells than there are columns.
pub fn table(columns: &[(&str, Align)], rows: &[Vec<String>]) -> String {
    let header: Vec<String> = columns.iter().map(|(title, _)| visible(title)).collect();
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| visible(cell)).collect()).collect();
    let mut widths: Vec<usize> = header.iter().map(|title| title.width()).collect();
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let mut text = String::new();
    for row in [&header, &rule].into_iter().chain(&rows) {
        let cells = row.iter().zip(&widths).zip(columns).map(|((cell, width), (_, align))| {
            let space = " ".repeat(width.saturating_sub(cell.width()));
            match align {
                Align::Left => format!("{cell}{space}"),
                Align::Right => format!("{space}{cell}"),
            }
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// A bar of up to `width` places for a number of at most `most`, in eighths of a place.
pub fn bar(number: u64, most: u64, width: u16) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let places = u128::from(width) * 8;
    let eighths = (u128::from(number.min(most)) * places).checked_div(most.into()).unwrap_or(0);
    // at most the width
    let full = "█".repeat((eighths / 8) as usize);
    let part = EIGHTHS.get((eighths % 8) as usize).copied().unwrap_or_default();
    format!("{full}{part}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_lines_up_with_chinese_texts() {
        let columns = [("Option", Align::Left), ("Votes", Align::Right), ("", Align::Left)];
        let rows = vec![
            vec!["赞成".to_owned(), "12".to_owned(), bar(12, 12, 4)],
            vec!["No".to_owned(), "3".to_owned(), bar(3, 12, 4)],
            vec!["Blank".to_owned()],
        ];
        let expected = "\
Option  Votes
------  -----  ----
赞成       12  ████
No          3  █
Blank
";
        assert_eq!(table(&columns, &rows), expected);
    }

    #[test]
    fn a_bar_is_as_long_as_its_number() {
        assert_eq!(bar(0, 10, 10), "");
        assert_eq!(bar(10, 10, 10).width(), 10);
        assert_eq!(bar(1, 16, 1), "");
        assert_eq!(bar(1, 8, 1), "▏");
        assert_eq!(bar(9, 16, 2), "█▏");
        assert_eq!(bar(20, 10, 3), "███");
        assert_eq!(bar(1, 0, 3), "");
    }

    #[test]
    fn texts_cannot_steer_the_terminal() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c\nd"), "a\u{fffd}[31mb\u{fffd}c d");
        assert_eq!(error_text("x\u{7}", Some("y")), "error: x\u{fffd}\nhint: y");
        assert_eq!(error_text("x", None), "error: x");
    }

    #[test]
    fn without_a_terminal_progress_is_a_line_for_each_tenth() {
        let mut progress = Progress { title: "reading".to_owned(), bar: None, tenths: 0, begun: None };
        let lines: Vec<String> = (0..=100).filter_map(|done| progress.line(done, 100)).collect();
        assert_eq!(lines.len(), 10);
        assert_eq!(lines[0], "reading: 10 of 100");
        assert_eq!(progress.line(0, 0), None);
    }

    #[test]
    fn the_time_left_is_told_in_units_for_people() {
        let left = |seconds, done, left| time_left(Duration::from_secs(seconds), done, left);
        assert_eq!(left(10, 100, 900).as_deref(), Some("90 s"));
        assert_eq!(left(100, 100, 900).as_deref(), Some("15 min"));
        assert_eq!(left(3600, 100, 900).as_deref(), Some("9 h"));
        assert_eq!((left(10, 0, 900), left(10, 100, 0)), (None, None));
    }
}

//! The page that shows where ceremony and tally stand: it fits a terminal of 80 by 24.

use tabella_board_client::clock::show_time;
use tabella_board_client::terminal::{Align, table, visible};
use textwrap::core::display_width;

use super::texts::Texts;
use crate::standing::words::{Language, sign};
use crate::standing::{Mark, Next, Round, Stage, Standing, TrusteeStanding};

/// Trustees that are shown one by one; of more, those who are waited for.
const ROWS: usize = 9;
/// The widest name, in places of the terminal.
const NAME: usize = 14;
/// Lines of what was done on this visit: in the ceremony, and in the tally, of which there is more to say.
const DONE: [usize; 2] = [3, 1];

/// What the page shows beside the standing.
pub(super) struct Page<'a> {
    pub(super) standing: &'a Standing,
    pub(super) title: &'a str,
    /// What was done on this visit.
    pub(super) done: &'a [String],
    pub(super) language: Language,
    pub(super) texts: &'static dyn Texts,
}

impl Page<'_> {
    /// The page as text.
    pub(super) fn text(&self) -> String {
        let Self { standing, texts, .. } = self;
        let words = self.language.words();
        let mut lines = vec![texts.heading(&visible(self.title))];
        let mut stage = words.stage(standing.stage);
        if standing.attempt > 0 {
            stage.push_str(&format!(" (#{})", u64::from(standing.attempt) + 1));
        }
        if let Some(threshold) = standing.threshold {
            stage.push_str(&format!(" — {}", texts.threshold(threshold, standing.trustees.len())));
        }
        lines.push(stage);
        lines.push(String::new());
        lines.extend(self.trustees());
        lines.extend(words.aborted(&standing.aborted).into_iter().rev().take(1));
        lines.extend(words.complaints(standing).into_iter().rev().take(2));
        lines.extend(words.tally(standing).into_iter().take(4));
        if let (Stage::Opening | Stage::Voting, Some((opens, closes))) = (standing.stage, standing.times) {
            lines.push(texts.time(&show_time(opens), &show_time(closes)));
        }
        if !self.done.is_empty() {
            let [ceremony, tally] = DONE;
            let most = if standing.tally.is_some() { tally } else { ceremony };
            lines.push(texts.done_title().to_owned());
            lines.extend(
                self.done.iter().skip(self.done.len().saturating_sub(most)).map(|line| format!("  ✓ {line}")),
            );
        }
        if lines.last().is_some_and(|line| !line.is_empty()) {
            lines.push(String::new());
        }
        lines.push(words.next(standing.next));
        match standing.next {
            Next::Do(round) => {
                lines.push(words.explanation(round).to_owned());
                lines.push(words.repetition(round).to_owned());
            }
            Next::Wait => lines.push(texts.wait_hint().to_owned()),
            _ => {}
        }
        lines.join("\n")
    }

    /// The table, and the legend of its signs.
    fn trustees(&self) -> Vec<String> {
        let Self { standing, texts, .. } = self;
        if standing.trustees.is_empty() {
            return Vec::new();
        }
        let words = self.language.words();
        let rounds: &[Round] = if standing.tally.is_some() {
            &[Round::TestDecryption, Round::Statement, Round::Decryption]
        } else {
            &Round::CEREMONY
        };
        let mut columns = vec![("", Align::Right), (texts.trustee(), Align::Left)];
        columns.extend(rounds.iter().map(|round| (words.column(*round), Align::Left)));
        let is_due = |trustee: &&TrusteeStanding| {
            rounds.iter().any(|round| trustee.mark(*round) == Mark::Due)
                || Some(trustee.trustee) == standing.own
        };
        let shown: Vec<&TrusteeStanding> = if standing.trustees.len() <= ROWS {
            standing.trustees.iter().collect()
        } else {
            standing.trustees.iter().filter(is_due).take(ROWS).collect()
        };
        let rows: Vec<Vec<String>> = shown
            .iter()
            .map(|trustee| {
                let name = cut(&visible(&trustee.name));
                let you = if Some(trustee.trustee) == standing.own { texts.you() } else { "" };
                let mut row =
                    vec![trustee.trustee.to_string(), format!("{name} {you}").trim_end().to_owned()];
                row.extend(rounds.iter().map(|round| sign(trustee.mark(*round)).to_owned()));
                row
            })
            .collect();
        let mut lines: Vec<String> = table(&columns, &rows).lines().map(str::to_owned).collect();
        let hidden = standing.trustees.len() - shown.len();
        if hidden > 0 {
            lines.push(texts.others_done(hidden));
        }
        let mut marks = vec![Mark::Done, Mark::Due, Mark::Later];
        if standing.tally.is_some() {
            marks = vec![Mark::Done, Mark::Due, Mark::Spared];
        }
        let legend: Vec<String> =
            marks.into_iter().map(|mark| format!("{} {}", sign(mark), words.mark(mark))).collect();
        lines.push(legend.join("   "));
        lines.push(String::new());
        lines
    }
}

/// A name that fits its column.
fn cut(name: &str) -> String {
    let mut cut = String::new();
    for letter in name.chars() {
        if display_width(&cut) + display_width(letter.encode_utf8(&mut [0; 4])) > NAME {
            cut.push('…');
            break;
        }
        cut.push(letter);
    }
    cut
}

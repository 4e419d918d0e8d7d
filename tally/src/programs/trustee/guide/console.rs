//! Questions and answers at a terminal, or by lines where there is none.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Result, bail};
use tabella_board_client::passphrase::{Passphrase, PassphraseError, Purpose, VARIABLE};
use tabella_board_client::terminal::visible;
use textwrap::WordSeparator;
use textwrap::core::Word;

use super::texts::Texts;

/// The widest line that is easy to read.
const MAX_WIDTH: usize = 92;
/// What moves to the top of an empty screen (ECMA-48, ED and CUP).
const CLEAR: &str = "\x1b[2J\x1b[H";

/// Where the guide speaks.
#[derive(Clone, Copy)]
pub(super) struct Console {
    pub(super) texts: &'static dyn Texts,
    is_terminal: bool,
}

impl Console {
    pub(super) fn new(texts: &'static dyn Texts) -> Self {
        Self { texts, is_terminal: std::io::stdin().is_terminal() && std::io::stdout().is_terminal() }
    }

    /// Prints sentences, as wide as the terminal. Lines that are indented stay so.
    pub(super) fn say(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        // a terminal that is gone ends the next question
        let _ = writeln!(out, "{}", wrapped(text));
        let _ = out.flush();
    }

    /// Shows a page: on a terminal alone on the screen.
    pub(super) fn page(&self, text: &str) {
        if self.is_terminal {
            print!("{CLEAR}");
        }
        self.say(text);
    }

    /// Asks for a line.
    pub(super) fn ask(&self, question: &str) -> Result<String> {
        let mut out = std::io::stdout().lock();
        write!(out, "{} ", wrapped(question))?;
        out.flush()?;
        if !self.is_terminal {
            writeln!(out)?;
        }
        drop(out);
        let mut line = String::new();
        if std::io::stdin().lock().read_line(&mut line)? == 0 {
            bail!("{}", self.texts.nobody_answers());
        }
        Ok(line.trim().to_owned())
    }

    /// Asks for yes or no; Enter is the answer given here.
    pub(super) fn agrees(&self, question: &str, by_default: bool) -> Result<bool> {
        let answer = self.ask(question)?.to_lowercase();
        Ok(if answer.is_empty() { by_default } else { self.texts.yes().contains(&answer.as_str()) })
    }
}

/// A text in lines that fit the terminal.
fn wrapped(text: &str) -> String {
    wrapped_to(text, textwrap::termwidth().clamp(20, MAX_WIDTH))
}

fn wrapped_to(text: &str, width: usize) -> String {
    let lines = text.split('\n').map(|line| {
        let indent: String = line.chars().take_while(|character| *character == ' ').collect();
        let separator = WordSeparator::Custom(words);
        let options = textwrap::Options::new(width).subsequent_indent(&indent).word_separator(separator);
        let safe: Vec<String> = textwrap::wrap(line, options).iter().map(|line| visible(line)).collect();
        safe.join("\n")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What a line may end behind: spaces, and a Chinese character unless punctuation follows that belongs to it.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let is_chinese = |letter: char| matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    let opens = |letter: char| "（“《".contains(letter);
    let closes = |letter: char| "，。；：！？、）”》".contains(letter);
    let letters = line.char_indices().zip(line.chars().skip(1));
    let mut ends: Vec<usize> = letters
        .filter(|((_, letter), next)| {
            let between = (is_chinese(*letter) || is_chinese(*next)) && !opens(*letter) && !closes(*next);
            *next != ' ' && (*letter == ' ' || between)
        })
        .map(|((place, letter), _)| place + letter.len_utf8())
        .collect();
    ends.push(line.len());
    let mut begin = 0;
    Box::new(ends.into_iter().filter_map(move |end| {
        let word = line.get(begin..end).filter(|word| !word.is_empty());
        begin = end;
        word.map(Word::from)
    }))
}

/// Where passphrases come from: a file, the environment, or the terminal.
#[derive(Debug, Clone, Default)]
pub(super) struct Source(pub(super) Option<PathBuf>);

impl Source {
    /// Whether nobody is asked.
    pub(super) fn is_given(&self) -> bool {
        self.0.is_some() || std::env::var_os(VARIABLE).is_some()
    }

    /// The passphrase that is given, else one typed after this question.
    pub(super) fn obtain(&self, question: &str) -> Result<Passphrase, PassphraseError> {
        if self.is_given() {
            Passphrase::obtain(self.0.as_deref(), Purpose::Open, "trustee key")
        } else {
            Passphrase::typed(question)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use textwrap::core::display_width;

    #[test]
    fn sentences_fit_the_terminal_in_both_languages_and_lose_nothing() {
        let english =
            "You decrypt your part of the sum, never of a single ballot; enough trustees give the result.";
        let chinese = "您解密总和中属于您的部分，绝不解密任何单张选票；达到门限人数的受托人合起来就得出结果（见指南）。";
        for text in [english, chinese, "    abcd abcd abcd abcd abcd abcd abcd", "", "一\n\n二"] {
            for width in [20, 31, 80] {
                let lines = wrapped_to(text, width);
                assert!(lines.lines().all(|line| display_width(line) <= width), "{lines}");
                assert!(!lines.lines().any(|line| line.starts_with(['，', '。', '；', '）'])), "{lines}");
                let bare =
                    |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
                assert_eq!(bare(&lines), bare(text));
            }
        }
        assert!(wrapped_to("    ab cd ef gh ij kl mn op", 20).lines().all(|line| line.starts_with("    ")));
        assert_eq!(wrapped_to("1  Ada   ✓  …", 80), "1  Ada   ✓  …", "tables stay as they are");
        assert_eq!(wrapped_to("a\u{1b}[2Jb", 80), "a\u{fffd}[2Jb", "no text steers the terminal");
    }
}

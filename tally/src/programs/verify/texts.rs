//! What the verifier says to people, in its page and in its table: two values of one structure, so that a text that is
//! missing in one language does not compile.
//!
//! Titles and names stay in the languages that the record has, and the exact sentence of what is wrong is the English one
//! that programs get too. Chinese terms are those of the web app, so that what both show can be compared.

use crate::result::{ContestSummary, Unit};
use crate::standing::words::Language;
use crate::verify::{CheckReport, Remedy, Status};
use tabella_board_core::check::Check;

mod chinese;
mod english;

/// The texts of a language. Numbers are given in digits; where a text depends on whether there is one thing or several,
/// the number comes along.
pub struct Texts {
    /// The language's tag (BCP 47).
    pub tag: &'static str,

    /// While both logs are hashed.
    pub hashing: &'static str,
    /// While rules and proofs are checked.
    pub checking: &'static str,
    /// While a record is fetched.
    pub downloading: &'static str,
    /// After the first interruption.
    pub interrupting: &'static str,
    /// What was verified is kept in this folder, and what to do.
    pub interrupted: [fn(&str) -> String; 2],
    /// There is no such folder, and what to do.
    pub no_folder: [fn(&str) -> String; 2],
    /// That a file is not written, because a check fails.
    pub not_written: fn(&str) -> String,
    /// What to do about a board whose answers break a check.
    pub refused: &'static str,

    /// Above the title.
    pub(super) kicker: &'static str,
    /// The page's name, from the election's.
    pub(super) page_title: fn(&str) -> String,
    /// An election without a title.
    pub(super) untitled: &'static str,
    /// When voting opened, and when it closed if it did.
    pub(super) voting: fn(&str, Option<&str>) -> String,
    /// Who made the page, with the version.
    pub(super) footer: fn(&str) -> String,

    /// The verdict where every check holds and the election is over, with a sentence that has how many there are.
    pub(super) good: (&'static str, fn(usize) -> String),
    /// What was not done here, where shards did it.
    pub(super) good_by_shards: &'static str,
    /// The verdict where every check holds so far.
    pub(super) so_far: (&'static str, &'static str),
    /// The verdict where a check fails, with a sentence that has its number and, in English, what is wrong.
    pub(super) bad: (&'static str, fn(&str, &str) -> String),
    /// Before what must hold.
    pub(super) must_hold: &'static str,
    /// Before the place.
    pub(super) place: &'static str,
    /// An entry of a log, `board` or `election`.
    pub(super) entry: fn(&str, u64) -> String,
    /// A file.
    pub(super) file: fn(&str) -> String,
    /// The trustee who signed it.
    pub(super) culprit: fn(u8) -> String,
    /// Before what is wrong, where the verdict does not say it.
    pub(super) detail: Option<&'static str>,
    /// Before what to do.
    pub(super) what_to_do: &'static str,
    /// What to do.
    pub(super) remedy: fn(Remedy) -> &'static str,
    /// The verdict of the table where every check holds; whether it rests on shards.
    pub(super) table_good: fn(bool) -> &'static str,
    /// The verdict of the table where every check holds so far, with the phase.
    pub(super) table_so_far: fn(&str) -> String,
    /// The verdict of the table where a check fails, as on the page.
    pub(super) table_bad: fn(&str, &str) -> String,
    /// Between two parts of a sentence.
    pub(super) comma: &'static str,
    /// Between two sentences.
    pub(super) space: &'static str,
    /// A name and what it is the name of, in a line.
    pub(super) label: fn(&str, &str) -> String,
    /// The verdict on a shard.
    pub(super) shard_good: &'static str,

    /// A remark on secrecy, its title and the sentence: statements before the first decryption share, and how many make
    /// a quorum.
    pub(super) secrecy: (&'static str, fn(usize, usize) -> String),
    /// What to do about it.
    pub(super) secrecy_todo: &'static str,
    /// The same two numbers in the table; whether there were enough.
    pub(super) statements: fn(usize, usize, bool) -> String,

    /// Above the result.
    pub(super) result: &'static str,
    /// Voters who voted, voters, and their share.
    pub(super) turnout: fn(&str, &str, &str) -> String,
    /// Ballots cast and tested.
    pub(super) ballots: fn(&str, &str) -> String,
    /// Heads of columns: option, share in the contest's unit.
    pub(super) option: &'static str,
    /// What options are compared by.
    pub(super) unit: fn(Unit) -> &'static str,
    /// The share of it.
    pub(super) share: fn(Unit) -> &'static str,
    /// A column of a contest with several: unit, place from 0, and its name.
    pub(super) column: fn(Unit, usize, &str) -> String,
    /// The row of blank votes.
    pub(super) blank: &'static str,
    /// The mark of an option that is elected or accepted.
    pub(super) elected: &'static str,
    /// What became of a contest.
    pub(super) outcome: fn(&ContestSummary) -> String,
    /// A fraction of 100, with a digit behind the point.
    pub(super) percent: fn(f64) -> String,

    /// Above the chapters.
    pub(super) chapters_title: &'static str,
    /// The chapters of the specification's checks, with what they mean.
    pub(super) chapters: [(&'static str, &'static str); 8],
    /// How much a chapter covered: entries, messages, voters, ballots, (totals, shares), or other items.
    pub(super) covered: [fn(&str) -> String; 5],
    /// Totals from decryption shares.
    pub(super) covered_totals: fn(&str, &str) -> String,
    /// What holds if a check passes.
    pub(super) check: fn(Check) -> &'static str,
    /// What became of a check.
    pub(super) status: fn(Status) -> &'static str,
    /// What became of a chapter.
    pub(super) chapter: fn(Status) -> &'static str,
    /// A check that held for nothing.
    pub(super) nothing: &'static str,
    /// Of these, so many by others.
    pub(super) by_others: fn(&str) -> String,
    /// Above all checks.
    pub(super) details: &'static str,
    /// Heads of columns: number, what holds, items, and what became of it.
    pub(super) columns: [&'static str; 4],

    /// Above whose work it rests on.
    pub(super) trusted: &'static str,
    /// Heads of columns: who, checks, ballots.
    pub(super) trusted_columns: [&'static str; 3],
    /// A shard, by its name.
    pub(super) shard: fn(&str) -> String,
    /// An earlier run, up to this entry.
    pub(super) earlier_run: fn(&str) -> String,
    /// From this check to that.
    pub(super) from_to: fn(&str, &str) -> String,

    /// Above the fingerprints, and what to do with them.
    pub(super) fingerprints: [&'static str; 2],
    /// A root, of so many entries.
    pub(super) of_entries: fn(&str, &str) -> String,
    /// The roll's hash, of so many voters.
    pub(super) of_voters: fn(&str, &str) -> String,
    /// The names of what is compared.
    pub(super) names: Names,

    /// Above what no verification shows, and that.
    pub(super) limits: (&'static str, [&'static str; 3]),
}

/// The names of fingerprints and of what stands beside them.
#[derive(Debug)]
pub struct Names {
    pub(super) fingerprint: &'static str,
    pub(super) record: &'static str,
    pub(super) board: &'static str,
    pub(super) operator: &'static str,
    pub(super) board_log: &'static str,
    pub(super) cosigned: &'static str,
    pub(super) election: &'static str,
    pub(super) voting: &'static str,
    pub(super) election_log: &'static str,
    pub(super) ceremony: &'static str,
    pub(super) key: &'static str,
    pub(super) roll: &'static str,
    pub(super) closed_log: &'static str,
    pub(super) tally: &'static str,
    pub(super) statements: &'static str,
    pub(super) shard: &'static str,
    pub(super) written: &'static str,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Texts").field("tag", &self.tag).finish_non_exhaustive()
    }
}

impl Texts {
    /// The texts of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &english::ENGLISH,
            Language::Chinese => &chinese::CHINESE,
        }
    }

    /// What holds if this check passes. A number that is no check's keeps the report's own title.
    pub(super) fn title(&self, number: &str, title: &'static str) -> &'static str {
        let check = Check::ALL.into_iter().find(|check| check.number() == number);
        check.map_or(title, self.check)
    }

    /// What became of a check.
    pub(super) fn finding(&self, check: &CheckReport) -> &'static str {
        match check.status {
            Status::Holds if check.items == 0 => self.nothing,
            status => (self.status)(status),
        }
    }
}

//! The verifier's report as the page reads it: the JSON of [`tabella_tally::verify::Report`], of which fields that are
//! not shown are left out.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Report {
    /// Whether every check holds.
    pub(crate) verified: bool,
    /// The board, once its key is known.
    pub(crate) board: Option<Board>,
    /// The election, once its log was looked at.
    pub(crate) election: Option<Election>,
    /// Every check, in order.
    pub(crate) checks: Vec<Line>,
    /// What fails, if something does.
    pub(crate) failure: Option<Failure>,
}

/// The board.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Board {
    /// Origin of the board log.
    pub(crate) origin: String,
    /// Fingerprint of the operator's key.
    pub(crate) fingerprint: String,
    /// Entries of the board log.
    pub(crate) size: u64,
    /// Root of the board log.
    pub(crate) root: String,
    /// Witnesses whose cosignature stands under the board's checkpoint.
    pub(crate) cosigned_by: Vec<String>,
}

/// The election, as far as its log goes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Election {
    /// Its title by language.
    pub(crate) title: BTreeMap<String, String>,
    /// `manifest`, `setup`, `open`, `closed` or `counted`.
    pub(crate) phase: String,
    /// When voting opened and closed.
    pub(crate) voting: Voting,
    /// Entries that were accepted.
    pub(crate) size: u64,
    /// Root of the log with these entries.
    pub(crate) root: String,
    /// Hash of the key ceremony's transcript.
    pub(crate) ceremony: Option<String>,
    /// The election key.
    pub(crate) key: Option<String>,
    /// Hash of the roll.
    pub(crate) roll: String,
    /// Ballots cast, with those that a later one replaced.
    pub(crate) ballots_cast: u64,
    /// Ballots tested.
    pub(crate) ballots_tested: u64,
    /// From the closing on.
    pub(crate) tally: Option<Tally>,
}

/// When voting opened and closed by the record: milliseconds since 1970-01-01 UTC, none where it has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Voting {
    /// The opening.
    pub(crate) opened: Option<u64>,
    /// The closing.
    pub(crate) closed: Option<u64>,
}

/// What is tallied.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Tally {
    /// The fingerprint that trustees compare.
    pub(crate) fingerprint: String,
    /// From the first decryption share on: trustees that had stated before that they see this log.
    pub(crate) release: Option<Release>,
}

/// What stood on the log before the first decryption share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Release {
    /// Trustees whose statement stood.
    pub(crate) statements: u64,
    /// How many make a quorum.
    pub(crate) quorum: u64,
}

/// A check.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Line {
    /// Chapter and number, such as `6.3`.
    pub(crate) number: String,
    /// What holds if the check passes, in English.
    pub(crate) title: String,
    /// Items that pass.
    pub(crate) items: u64,
    /// What became of it.
    pub(crate) status: Status,
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Status {
    /// Every item passes.
    Holds,
    /// An item does not.
    Fails,
    /// Items pass as far as the record goes.
    SoFar,
    /// Nothing to check was reached.
    NotReached,
}

/// The check that fails, and where.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Failure {
    /// Its number.
    pub(crate) check: String,
    /// Its title, in English.
    pub(crate) title: String,
    /// The log, `board` or `election`, where it is an entry that fails.
    pub(crate) log: Option<String>,
    /// The entry's index in that log, from 0.
    pub(crate) entry: Option<u64>,
    /// The file, where it is a file that fails.
    pub(crate) file: Option<String>,
    /// The trustee who signed what breaks the rules, from 1.
    pub(crate) culprit: Option<u8>,
    /// What is wrong and what to do, in English.
    pub(crate) sentence: String,
}

impl Report {
    /// Whether the election is over and counted, so that nothing is left to check.
    pub(crate) fn is_final(&self) -> bool {
        self.election.as_ref().is_some_and(|election| election.phase == "counted")
    }

    /// What had been confirmed when the totals were opened, where that were fewer trustees than should have.
    pub(crate) fn hasty_release(&self) -> Option<Release> {
        let release = self.election.as_ref()?.tally.as_ref()?.release;
        release.filter(|release| release.statements < release.quorum)
    }

    /// Ballots that were looked at, cast and tested.
    pub(crate) fn ballots(&self) -> u64 {
        self.election.as_ref().map_or(0, |election| election.ballots_cast + election.ballots_tested)
    }

    /// Items that passed, of all checks.
    pub(crate) fn items(&self) -> u64 {
        self.checks.iter().map(|line| line.items).sum()
    }
}

#[cfg(test)]
mod tests {
    use tabella_board_core::check::Check;

    use super::*;

    fn line(check: Check, status: &str) -> serde_json::Value {
        serde_json::json!({"number": check.number(), "title": check.title(), "items": 2, "status": status})
    }

    #[test]
    fn reads_every_status_and_adds_up_items() {
        let json = serde_json::json!({
            "suite": "x", "verified": false, "partial": true, "board": null, "election": null,
            "checks": [
                line(Check::Files, "holds"), line(Check::Tree, "fails"),
                line(Check::Order, "so-far"), line(Check::Totals, "not-reached"),
            ],
            "failure": {
                "check": "1.3", "title": "t", "log": "election", "entry": 7, "file": null, "culprit": 2,
                "sentence": "s",
            },
        });
        let report: Report = serde_json::from_value(json).unwrap();
        let status: Vec<_> = report.checks.iter().map(|line| line.status).collect();
        assert_eq!(status, [Status::Holds, Status::Fails, Status::SoFar, Status::NotReached]);
        assert_eq!((report.items(), report.ballots(), report.is_final()), (8, 0, false));
        assert_eq!(report.failure.unwrap().entry, Some(7));
    }
}

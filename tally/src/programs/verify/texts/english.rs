//! English.

use super::{Names, Texts};
use crate::result::Unit;
use crate::verify::{Remedy, Status};
use tabella_board_core::check::Check;

/// The texts in English.
pub(super) static ENGLISH: Texts = Texts {
    tag: "en",

    hashing: "Hashing",
    checking: "Verifying",
    downloading: "Downloading",
    interrupting: "keeping what is verified; press again to end at once",
    interrupted: [
        |folder| format!("interrupted: what was verified is kept in {folder}"),
        |_| "run the same command again, and it goes on from there".to_owned(),
    ],
    no_folder: [
        |folder| format!("there is no folder {folder}"),
        |_| "give the folder of a record, or the address of a board".to_owned(),
    ],
    not_written: |file| format!("{file} is not written, because a check fails"),
    refused: "nothing of this board's record is believed: tell the election office",

    kicker: "Verification of an election",
    page_title: |title| format!("Verification: {title}"),
    untitled: "Election",
    voting: |opened, closed| match closed {
        Some(closed) => format!("Voting opened {opened} and closed {closed}."),
        None => format!("Voting opened {opened} and has not closed."),
    },
    footer: |version| {
        format!(
            "Made by tabella-verify {version} from the public record alone. Anybody can do the same: whoever verifies a \
             record with these fingerprints sees the same result."
        )
    },

    good: ("Verified", |checks| {
        format!("All {checks} checks hold. The result below is what the sealed ballots add up to.")
    }),
    good_by_shards: "Signatures and proofs of ballots were checked by the machines named below.",
    so_far: ("Verified so far", "Every check holds for what is there. The election is not over."),
    bad: ("Not verified", |check, sentence| format!("Check {check} fails: {sentence}.")),
    must_hold: "What must hold",
    place: "Where",
    entry: |log, entry| format!("entry {entry} of the {log} log"),
    file: |path| format!("file {path}"),
    culprit: |trustee| format!("signed by trustee {trustee}"),
    detail: None,
    what_to_do: "What to do",
    remedy: |remedy| match remedy {
        Remedy::Wait => {
            "Nothing that is there is wrong, but something is still missing. Verify again when the election is over; until \
             then the option --partial checks what is there."
        }
        Remedy::NameAnother => {
            "What you named and what you verified do not belong together. Compare board and election with what the election \
             office published, and name those, or another folder with --state."
        }
        Remedy::TakeAnew => {
            "The copy may be incomplete, or somebody wrote to it. Take the record anew, and verify that. If the same check \
             fails again, keep both copies and show them to the election office and to other observers."
        }
        Remedy::RepeatShards => {
            "A shard may be wrong: repeat the shards on machines that you answer for, or verify without shards, before \
             anybody is blamed."
        }
        Remedy::Tell => {
            "Do not trust a result before this is explained. Keep the record and this report. Take the record once more, \
             best from another place, and verify that too. If the check fails again, show both to the election office, and \
             ask other observers to verify."
        }
    },
    table_good: |by_shards| match by_shards {
        true => {
            "VERIFIED: every check holds, as far as the shards named above are right. Compare the fingerprints above with \
             those of others."
        }
        false => "VERIFIED: every check holds. Compare the fingerprints above with those of others.",
    },
    table_so_far: |phase| {
        format!(
            "VERIFIED SO FAR: every check holds for what is there. The election is not over (phase: {phase})."
        )
    },
    table_bad: |check, sentence| format!("NOT VERIFIED: check {check} fails: {sentence}."),
    comma: ", ",
    space: " ",
    label: |name, text| format!("{name}: {text}"),
    shard_good: "VERIFIED SO FAR: signatures and proofs of this shard hold. Merge it with the others.",

    secrecy: ("A remark on secrecy", |statements, quorum| {
        format!(
            "The count is right either way. But before the first decryption share, {quorum} trustees should have stated that \
             they see the same record, and only {statements} had: secrecy rested on the board."
        )
    }),
    secrecy_todo: "Nothing on the record shows that anyone learned a single vote. To be sure, ask the trustees whether the \
                   fingerprint of the tally below is the one that they decrypted, and the only one.",
    statements: |statements, quorum, reached| {
        let numbers = format!("{statements} before the first decryption share, where {quorum} make a quorum");
        match reached {
            true => numbers,
            false => format!("{numbers}: the count holds, but its secrecy rested on the board"),
        }
    },

    result: "Result",
    turnout: |counted, voters, share| {
        let share = if share.is_empty() { String::new() } else { format!(" ({share})") };
        format!("{counted} of {voters} voters voted{share}.")
    },
    ballots: |cast, tested| format!("Ballots cast {cast}, tested {tested}."),
    option: "Option",
    unit: |unit| match unit {
        Unit::Votes => "Votes",
        Unit::Points => "Points",
        Unit::VotesFor => "Votes for",
        Unit::BordaPoints => "Borda points",
        Unit::BetterGrades => "Above worst",
    },
    share: |_| "Share",
    column: |_, _, name| name.to_owned(),
    blank: "Blank",
    elected: "elected",
    outcome: |contest| contest.outcome.clone(),
    percent: |fraction| format!("{:.1} %", 100.0 * fraction),

    chapters_title: "What was checked",
    chapters: [
        (
            "The record",
            "Every entry is there, unchanged and in order, exactly as the board signed it, and the board's public log \
             bears witness to it.",
        ),
        ("The rules", "The election was held by the rules that were published before it began."),
        (
            "The key",
            "The trustees made the key of the ballot box together, in public, and each showed that their share works. It \
             opens with the shares of as many of them as the rules demand.",
        ),
        (
            "The roll",
            "The list of who may vote is the one that the registrar signed; each voter stands on it once.",
        ),
        ("The opening", "Voting opened when it was due, with this key and this roll."),
        (
            "The ballots",
            "Every ballot is sealed and signed by a voter on the roll, and proves, without being opened, that it keeps to \
             the rules. No ballot was copied, and at most one counts for each voter.",
        ),
        ("The closing", "Voting closed when it was due, and nothing was cast after it."),
        (
            "The count",
            "The sealed ballots were added up, only the sums were opened, the trustees proved that they opened them \
             correctly, and the outcome follows from the totals.",
        ),
    ],
    covered: [
        |entries| several(entries, "entry of two logs", "entries of two logs"),
        |messages| several(messages, "signed message of trustees", "signed messages of trustees"),
        |voters| several(voters, "voter", "voters"),
        |ballots| several(ballots, "ballot with signature and proofs", "ballots with signature and proofs"),
        |items| several(items, "item", "items"),
    ],
    covered_totals: |totals, shares| {
        let totals = several(totals, "total", "totals");
        format!("{totals} from {}", several(shares, "decryption share", "decryption shares"))
    },
    check: Check::title,
    status: |status| match status {
        Status::Holds => "holds",
        Status::Fails => "FAILS",
        Status::SoFar => "holds so far",
        Status::NotReached => "not reached",
    },
    chapter: |status| match status {
        Status::Holds => "holds",
        Status::Fails => "fails",
        Status::SoFar => "so far",
        Status::NotReached => "not reached",
    },
    nothing: "nothing to check",
    by_others: |items| format!("{items} by others"),
    details: "Every check",
    columns: ["Check", "What holds", "Items", ""],

    trusted: "Whose work this rests on",
    trusted_columns: ["Who", "Checks", "Ballots"],
    shard: |name| format!("Shard {name}"),
    earlier_run: |entries| format!("An earlier run of the same observer, up to entry {entries}"),
    from_to: |first, last| format!("{first} to {last}"),

    fingerprints: [
        "Fingerprints of the record",
        "Compare these with what other observers and the election office publish.",
    ],
    of_entries: |root, size| format!("{root} of {size} entries"),
    of_voters: |roll, voters| format!("{roll} of {voters} voters"),
    names: Names {
        fingerprint: "Fingerprint",
        record: "Record",
        board: "Board",
        operator: "Board's operator",
        board_log: "Board log",
        cosigned: "Cosigned by",
        election: "Election",
        voting: "Voting",
        election_log: "Election log",
        ceremony: "Key ceremony",
        key: "Election key",
        roll: "Roll",
        closed_log: "Closed log",
        tally: "Tally",
        statements: "Statements",
        shard: "Shard",
        written: "Written to",
    },

    limits: (
        "What no verification can show",
        [
            "Whether the roll names the right people: that is the registrar's word.",
            "Whether a voter's device sealed what its voter chose: voters see that by testing ballots.",
            "Whether others were shown another record: the fingerprints above show that.",
        ],
    ),
};

/// So many of something.
fn several(number: &str, one: &str, more: &str) -> String {
    format!("{number} {}", if number == "1" { one } else { more })
}

//! An election's page, in English.

use tabella_crypto::manifest::{CredentialMode, Recasting};

use super::Election;

pub(super) static EN: Election = Election {
    title: "Election",
    vote: "Vote now",
    check: "Check your ballot",
    results: "See the results",
    follow: "Follow the count",
    recount: "Recount it on this device",
    practice: "Try it in a practice election",
    record: "The public record",
    was_open: ["Voting was open from ", " to ", "."],
    early: |opened, closed| match (opened, closed) {
        (false, false) => None,
        (true, false) => Some("It was opened by hand, earlier than planned. "),
        (false, true) => Some("It was closed by hand, earlier than planned. "),
        (true, true) => Some("It was opened and closed by hand, earlier than planned. "),
    },
    planned: ["The plan was: from ", " to ", "."],
    zone: |zone| format!("Times are in your time zone, {zone}."),
    preparing: "This election is being set up. Its description is not complete on the board yet. This page shows it as soon as it is.",
    stale: "This could not be renewed just now. What you see may be a little old.",
    turnout: "Turnout",
    turnout_none: "Voting has not opened.",
    turnout_hidden: "This election shows its turnout only after voting has closed. Those who read the public record can count the sealed ballots on it.",
    voted: |voted, voters, share| format!("{voted} of {voters} voters have voted ({share})."),
    replaced: |cast| format!("{cast} ballots were sent. Where a voter sent several, the last one counts."),
    tested: |tests, is_one| match is_one {
        true => "1 ballot was tested. It does not count.".to_owned(),
        false => format!("{tests} ballots were tested. They do not count."),
    },
    roll: |voters, is_complete| match is_complete {
        true => format!("There are {voters} voters on the roll."),
        false => format!("There are {voters} voters on the roll so far. It is not complete yet."),
    },
    questions: |number| if number == 1 { "The question" } else { "The questions" },
    options: |number| format!("Show all {number} options"),
    grades: "Grades, the best first: ",
    shuffled: "Each voter sees the options in another order, so that no one gains by standing first.",
    blank: "You can also vote blank: ",
    styles: "On the ballot of: ",
    between: ", ",
    outcome: "How this question is decided",
    people: "Who opens the result",
    threshold: |threshold, all| match (threshold, all) {
        (1, 1) => "One trustee holds the key that opens the result.".to_owned(),
        (1, all) => format!("Any one of the {all} trustees can open the result alone."),
        (threshold, all) if threshold == all => {
            format!("All {all} trustees must act together to open the result. Fewer learn nothing.")
        }
        (threshold, all) => format!(
            "Any {threshold} of the {all} trustees must act together to open the result. Fewer learn nothing."
        ),
    },
    threshold_more: |threshold| {
        match threshold {
        1 => "They open the sum of all ballots, and their programs open nothing else. But a trustee who breaks the rules could read single ballots: voters must trust every trustee for the secrecy of their votes, though not for the count.".to_owned(),
        threshold => format!("They open the sum of all ballots, and their programs open nothing else. Only if {threshold} trustees break the rules together could they read single ballots. Even all of them together cannot change the count unnoticed."),
    }
    },
    trustees: "The trustees",
    trustee: "Trustee",
    so_far: "So far",
    making: |done, of| match done {
        0 => "Has not begun to make the key".to_owned(),
        done => format!("Step {done} of {of} of making the key is done"),
    },
    ready: "Ready: their part of the key was tried, and works",
    counting: |has_stated, shares, of| match (has_stated, shares) {
        (false, 0) => "Has not begun to count".to_owned(),
        (true, 0) => "Has stated which ballots are counted".to_owned(),
        (_, shares) => format!("Has helped to open {shares} of {of} results"),
    },
    counted: |shares, of, threshold| match (shares, of, threshold) {
        (_, 0, _) => "There was no result to open".to_owned(),
        (0, _, 1) => "Did not take part in the count; 1 was enough".to_owned(),
        (0, _, threshold) => format!("Did not take part in the count; {threshold} were enough"),
        (1, 1, _) => "Helped to open the result".to_owned(),
        (shares, of, _) if shares >= of => format!("Helped to open all {of} results"),
        (shares, of, _) => format!("Helped to open {shares} of {of} results"),
    },
    restarted: |attempts| match attempts {
        1 => "Making the key was begun anew once. What went wrong stands on the public record.".to_owned(),
        attempts => format!(
            "Making the key was begun anew {attempts} times. What went wrong stands on the public record."
        ),
    },
    rounds: "Who has done what, round by round",
    rules: "Good to know",
    recasting: |recasting, is_over| match (recasting, is_over) {
        (Recasting::FirstOnly | Recasting::LastCounts { limit: 1 }, false) => {
            "You can vote once. A ballot that is cast cannot be replaced.".to_owned()
        }
        (Recasting::FirstOnly | Recasting::LastCounts { limit: 1 }, true) => {
            "Each voter could vote once. A ballot that was cast could not be replaced.".to_owned()
        }
        (Recasting::LastCounts { limit }, false) => {
            format!(
                "You can vote again until voting closes, {limit} times in all. Only your last ballot counts."
            )
        }
        (Recasting::LastCounts { limit }, true) => format!(
            "While voting was open, voters could vote again, {limit} times in all. Only the last ballot of each voter counts."
        ),
    },
    tests: |tests, is_over| {
        let number = if tests == 1 { "one ballot".to_owned() } else { format!("up to {tests} ballots") };
        match (tests, is_over) {
            (0, false) => "Ballots cannot be tested in this election.".to_owned(),
            (0, true) => "Ballots could not be tested in this election.".to_owned(),
            (_, false) => format!(
                "You can test {number}, to see that your device seals what you chose. A tested ballot never counts."
            ),
            (_, true) => format!(
                "Each voter could test {number}, to see that the device seals what was chosen. A tested ballot never counts."
            ),
        }
    },
    smallest: |smallest| match smallest {
        1 => {
            "Every result is opened, however few people voted. If only a few did, it may show how they voted."
                .to_owned()
        }
        smallest => format!(
            "A question’s result stays closed if fewer than {smallest} ballots of one kind (ballot style and weight) were cast: it would show how single people voted."
        ),
    },
    credentials: |mode| match mode {
        CredentialMode::Issued => {
            "The registrar made the voters’ codes and handed them out. You have to trust the registrar not to keep copies, with which somebody could vote in the place of people who do not vote."
        }
        CredentialMode::Enrolled => {
            "Voters’ own devices made their codes. The registrar checked who the voters are and never saw a code."
        }
    },
    powers: |powers, is_over| {
        let what = match (powers.open_early, powers.close_early) {
            (false, false) => return None,
            (true, false) => "open",
            (false, true) => "close",
            (true, true) => "open and close",
        };
        Some(match is_over {
            false => format!("The election office may {what} voting early. The public record would show it."),
            true => format!(
                "The election office was allowed to {what} voting early. The public record shows what it did."
            ),
        })
    },
    cosignatures: |number| match number {
        0 => None,
        1 => Some("The result counts only if an independent witness has signed the same record.".to_owned()),
        number => Some(format!(
            "The result counts only if {number} independent witnesses have signed the same record."
        )),
    },
    facts: "The facts",
    facts_lead: "Your device reads the beginning of the public record and checks it itself: the description of this election, how its key was made, and the roll.",
    facts_start: "Check it on this device",
    facts_size: |size| format!("It loads about {size} MB."),
    facts_compare: "If your letter or the office’s notice shows these fingerprints, compare them. If they are the same, this is the right election.",
    name: "Fingerprint of the election",
    name_more: "It is computed from the description above: with one letter changed, it would be another one. It also stands in this page’s address.",
    key: "Key that seals the ballots",
    no_key: "It has not been made yet.",
    transcript: "Fingerprint of how the key was made",
    voters: "Voters on the roll",
    roll_hash: "Fingerprint of the roll",
    health: "The board that keeps the public record",
    health_lead: "The board signs what it shows. This device has checked the signature, and that nothing was taken back of what it saw before.",
    health_good: "Newest signed state of this election",
    first_visit: "This device had not seen this board before this visit, and took its key at its word. If your letter or the office’s notice shows the operator’s fingerprint, compare it.",
    board: "Name of the board",
    operator: "Fingerprint of the operator",
    board_key: "Key, for other programs",
    witnesses: "Witnesses",
    no_witnesses: "None. Nobody but the operator signs that everyone sees the same record. Receipts that people compare would show a difference.",
    witnessed: |signed, all| format!("{signed} of {all} witnesses have signed the board’s newest state"),
    entries: "Entries",
    root: "Fingerprint of the record",
    more: "See for yourself",
    record_more: "Every entry of this election, as it comes in.",
    check_more: "Find a sealed ballot by its tracking code.",
    recount_more: "Your device downloads the record and checks every ballot and every sum.",
    verify: "Check the record on this device",
    verify_more: "Your device downloads the record and checks everything that stands on it so far.",
};

//! The trustees' page, in English.

use tabella_tally::standing::Round;
use tabella_web_shared::trustee::KeyTrouble;

use super::Trustees;

pub(super) static EN: Trustees = Trustees {
    title: "Who makes the key",
    lead: "The trustees make the key that seals the ballots, together, so that nobody ever holds it. After the voting they open the sum, never a single ballot. Here everyone sees who has done what.",
    jump: "I am a trustee",
    threshold: |threshold, all| match (threshold, all) {
        (1, 1) => "One trustee holds the key that opens the result.".to_owned(),
        (1, all) => format!("Any one of the {all} trustees can open the result alone."),
        (threshold, all) if threshold == all => {
            format!("All {all} trustees must act together to open the result: if one is lost, there is none.")
        }
        (threshold, all) => format!(
            "Any {threshold} of the {all} trustees can open the result together; fewer learn nothing, and up to {} may be lost.",
            all - threshold
        ),
    },
    broken_link: "This link is not complete",
    broken_link_words: "Behind “key=” there must be 64 digits. Copy the whole line that the administrator sent you, to its very end, and paste it into the address bar again.",
    other_board: "Stop: this is not the board of your invitation",
    other_board_words: "Its key is not the one that stands in your link. Either the link was changed, or somebody stands between you and the board. Do nothing here; ask the administrator by telephone for the board’s key.",
    read: "Read the record and check it on this device",
    stand: "Where it stands",
    attempt: |number| format!("attempt {number}"),
    making: "Making the key, in six rounds",
    counting: "Opening the sum, after the voting",
    trustee: "Trustee",
    you: "(you)",
    legend: "What the signs mean",
    statements: |statements, quorum| match quorum.saturating_sub(statements) {
        0 => format!(
            "{statements} trustees have stated which sum is opened. That is enough to rule out a second version of the record."
        ),
        missing => format!(
            "Trustees who have stated which sum is opened: {statements}. With {missing} more, a second version of the record is ruled out."
        ),
    },
    waiting_for: |who, what| format!("Waiting for {who}: {what}."),
    renewed: "This page looks at the public record again every few seconds.",
    results: "See the results",
    own: "I am a trustee",
    own_lead: "Load the file with your key: this page then does your part of ceremony and tally. The key stays in this page’s memory until you lock it or leave. Neither key nor passphrase is stored in the browser.",
    file: "Your key file",
    file_hint: "Its name ends in .age. A key that tabella-trustee made works here, too: key.age in its folder.",
    passphrase: "Its passphrase",
    show_passphrase: "Show what is typed",
    open: "Open the key",
    is_opening: "The key is being opened. That takes a moment on purpose: it makes guessing slow.",
    no_file: "Choose your key file.",
    no_passphrase: "Type the passphrase of the file.",
    key_trouble: |trouble| match trouble {
        KeyTrouble::Passphrase => {
            "This passphrase does not open the key. Type it again: capitals and spaces count. Or choose another file."
        }
        KeyTrouble::NotAKey => {
            "This is no key file, or it is damaged. Choose the file whose name ends in .age, or make the key again from its paper."
        }
        KeyTrouble::OtherKind => {
            "This is a key for something else, not a trustee’s. Choose your trustee key."
        }
    },
    no_key: "I have no key yet",
    limits: "What a browser cannot promise",
    limits_words: [
        "This page comes from the board’s own server. A server that wanted to could send you, and you alone, another page, which gives your key away. Observers compare what the board sends, but nobody can see what was sent to you.",
        "Where much is at stake, use the program tabella-trustee on a computer of your own, or its way without a network. Key files are the same: you can change at any time.",
        "Whichever you use: compare fingerprints with the other trustees by voice.",
    ],
    is_open: "Your key is open",
    key_fingerprint: "Fingerprint of this key",
    lock: "Lock the key",
    lock_hint: "Locking forgets the key on this page. Nothing that is done is lost.",
    not_a_trustee: "This key is not one of this election’s trustees. Load the file whose fingerprint the administrator has, or check that your invitation is to this election.",
    steps: "Your steps",
    begin_ceremony: "Begin",
    begin_ceremony_words: "The key ceremony has six rounds. This page does your part in each and waits for the others, by itself.",
    begin_tally: "State the sum",
    begin_tally_words: "Voting is closed. This device has verified every ballot on the record and added them up while they are sealed. Now you state the sum; before anything is opened you may be asked to compare its fingerprint by telephone.",
    acting: "Your part is being done …",
    may_leave: "You may leave whenever you like: nothing is lost. Load your key file again and it goes on from here.",
    done: "Done on this visit",
    posted: |what| format!("On the public record: {what}"),
    complaint: "a complaint, because a share for you does not fit what its sender showed",
    answer: "your answer to a complaint",
    has_share: "Your share of the election’s key was made from your key, checked, and works",
    result_posted: |contest| format!("On the public record: the result of question {contest}"),
    is_lost: "The board does not answer just now. It is tried again by itself; nothing is lost.",
    halted: "This cannot go on",
    again: "Try again",
    compare: "Compare this by telephone",
    compare_words: "Call the other trustees, all whom you can reach, and read this to each other, group by group. Two versions of the record could betray single votes.",
    may_pass: "You can also wait: if more trustees or witnesses come, this is not needed, and the page goes on by itself.",
    first_group: "The first group of four, as another trustee reads it to you",
    first_group_hint: "Not as it stands above: listen, then type.",
    first_group_missing: "Type the four characters of the first group.",
    compare_next: "Continue",
    all_groups: "All sixteen groups are the same with the others",
    all_groups_missing: "Compare all sixteen groups, then tick this.",
    decrypt: "Confirm and go on",
    differ: "They are different",
    differs: "Nothing was decrypted",
    differs_words: "The fingerprint was not confirmed. If the others see another one, two versions of the record exist: do not decrypt, lock your key, and tell the other trustees and the board’s operator.",
    compare_again: "It was a slip: compare again",
    rest: "Your part is done for now",
    rest_times: ["Voting opens ", " and closes ", ", unless the administrator opens or closes it earlier."],
    rest_words: "Lock the key and keep its file and passphrase. Come back to this page when voting has closed: then you open the sum together.",
    counted: "Everything is counted",
    counted_words: "Thank you: your part is done. Keep the key until the result is final, then destroy it and its copies.",
    over: "There is nothing to do here any more",
    over_words: "Voting ended before there was a key. The election office has to set up another election.",
    unkept: "This browser stores nothing for this page, so it could not remember which record you decrypt, and could be led to decrypt two. Nothing was decrypted. Allow this site to store data (or leave the private window), then try again; or use the program tabella-trustee.",
    other_view: "This browser remembers that you set out to decrypt another version of the record than the one shown now. Nothing was decrypted. Tell the other trustees and the board’s operator.",
    explanation: |round| match round {
        Round::Confirmation => Some(
            "You open the pieces that the others sealed for you, check each against what its sender showed, make your share of the key from them, and sign that all of it fits.",
        ),
        Round::TestDecryption => Some(
            "You decrypt a test value with your share, made afresh from your key, so that everybody knows before voting opens that your key works.",
        ),
        _ => None,
    },
};

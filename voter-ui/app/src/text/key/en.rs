//! Making a trustee's key, in English.

use tabella_web_shared::trustee::WordsTrouble;

use super::Key;

pub(super) static EN: Key = Key {
    title: "Your key as a trustee",
    lead: "The key is made on this device and goes into a file under a passphrase. The browser stores neither. It takes about five minutes.",
    steps: ["Name and passphrase", "Save the file", "Load it again", "Send the fingerprint"],
    new: "Make a new key",
    from_paper: "I have a paper with 24 words",
    name: "Your name",
    name_hint: "As the other trustees know you.",
    name_missing: "Type your name.",
    words: "The 24 words of the paper",
    words_hint: "In their order, with spaces or line ends between them. Capitals do not matter.",
    words_trouble: |trouble| {
        match trouble {
        WordsTrouble::Count(found) => format!("The paper has 24 words, and here are {found}. Type all of them, in their order."),
        WordsTrouble::Unknown { number, word, offered } if offered.is_empty() => {
            format!("Word {number}, “{word}”, is not on the list. Look at the paper again.")
        }
        WordsTrouble::Unknown { number, word, offered } => {
            format!("Word {number}, “{word}”, is not on the list. Perhaps {}?", offered.join(", "))
        }
        WordsTrouble::Checksum => "Every word is on the list, but together they are no key: one is another word than on the paper, or two are swapped. Compare them one by one.".to_owned(),
    }
    },
    about_passphrase: "The passphrase locks the file. You type it each time, and nobody can tell it to you if you forget it: write it down and keep it apart from the file. If the browser offers to save it, decline.",
    passphrase: "Passphrase",
    repeat: "The same again",
    suggest: "Suggest one",
    suggested: "Drawn by lot just now: six words. Write them down in their order, with spaces between them.",
    take: "Take this one",
    differ: "These are two different ones. Type the same again.",
    make: "Make the key",
    restore: "Bring the key back",
    is_making: "The key is being sealed in its file. That takes a moment on purpose: it makes guessing slow.",
    save_title: "Save the key file",
    save_words: "Keep it where you will find it on the day of the tally: best on a stick of its own, and not where others share their files.",
    save: "Save the key file",
    load_title: "Load it again",
    load_words: "Elections have been lost to keys that nobody had ever read back. So open now what was saved, as you will on the day of the tally. Before that, the key does not count.",
    load_hint: "Choose the file that was just saved, from where it lies now.",
    load: "Open it and compare",
    save_again: "It is not there: save it once more",
    other_key: "This file has another key than the one that was just made. Choose the file that was just saved.",
    read_back: "The key was read back from its file and opened: it counts.",
    send_title: "Send this to the administrator",
    send_words: "Your name and these 64 digits. They are public. Read the groups to each other by telephone once, so that nobody puts another key in its place.",
    compare_paper: "If you restored this key from paper, compare the digits with the paper.",
    copy: "Copy name and fingerprint",
    second: "A second copy",
    second_words: "Disks fail, sticks get lost. Save the file a second time in another place, or print the key on paper. Without a copy, the others must do without you if this file is gone.",
    second_file: "Save the file once more",
    show_paper: "Show the key for printing",
    hide_paper: "Hide it",
    print: "Print the paper",
    next: "What comes next",
    next_words: "When all fingerprints are in, the administrator publishes the election and sends you an invitation, one line with a link. Open it: it leads to the page on which you make the election’s key together.",
    paper: "A trustee’s key on paper",
    paper_name: "Trustee",
    paper_fingerprint: "Fingerprint of the key (public)",
    paper_words: "The 24 words: whoever has them has the key",
    paper_code: "The same 24 words as a code",
    paper_rules: [
        "Keep this paper as you would keep money, apart from your computer. No passphrase protects it.",
        "Print it from a computer and a printer that you trust.",
        "To get the key back: open the page /trustee of the board, or run tabella-trustee restore, and type the words in their order.",
        "Compare the fingerprint above with the one that is shown then.",
        "Destroy the paper when the election’s result is final.",
    ],
    afresh: "Begin again",
};

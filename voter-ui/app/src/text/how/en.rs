//! How it works, in English.

use super::How;

pub(super) static EN: How = How {
    title: "How it works",
    lead: "Nobody can see what you chose, and yet anyone can check the count. Here is how both can be true.",
    steps: "Six short steps",
    walk: [
        (
            "You mark your ballot, and your device seals it",
            "Your choices never leave your device unsealed. Only the sealed ballot is sent. It carries a seal of its own that shows it follows the rules, such as one vote and not a thousand, without showing what you chose.",
        ),
        (
            "You get a tracking code, then decide: cast or test",
            "The code belongs to this one sealed ballot. After it is shown, you choose. Cast it, and it is your vote. Or test it: a second device opens it and shows what is in it. A tested ballot never counts; you start again with a fresh one. Your device cannot know beforehand which you will choose, so one that cheats is likely to be caught.",
        ),
        (
            "Your sealed ballot goes onto the public record",
            "The record only grows. Each new page carries a seal over all pages before it. If someone removed or changed a ballot, the seals would no longer fit for anyone who saw them before. You get a receipt that your own device has checked.",
        ),
        (
            "Trustees together open the sum, and only the sum",
            "Sealed ballots can be added up while they stay sealed. The key to open the sum is split among trustees. A set number of them have to act together, and they should come from different sides. Single ballots stay sealed.",
        ),
        (
            "Everyone can recount",
            "With the public record alone, anyone can check every ballot’s seal, add up again, and see that the trustees opened that sum. You need not trust this server. Even this page can do it, in your browser.",
        ),
        (
            "You check yours",
            "After voting has closed, look up your tracking code once more, best from another device. If it stands there as counted, your sealed ballot is in the sum.",
        ),
    ],
    who: "Who can see what",
    who_caption: "What there is to see, and who sees it",
    who_columns: ["What", "Who can see it"],
    who_rows: [
        (
            "What you chose",
            "Your device. Nobody else, as long as too few trustees break the rules together. If you publish a tested ballot, everyone sees what was in that test.",
        ),
        (
            "Your sealed ballot, its tracking code, and when it came",
            "Everyone, for good. Nobody can read in it what you chose.",
        ),
        (
            "That somebody with your code voted, how often, and how many ballots they tested",
            "Everyone. The record shows a pseudonym in place of your name.",
        ),
        (
            "Which person stands behind a pseudonym",
            "The registrar, who made the roll. Also anyone to whom you show your code, your tracking code or your receipt.",
        ),
        (
            "That your connection sent a ballot",
            "Whoever runs the board or carries your connection. They do not see what you chose.",
        ),
        (
            "The sum of all ballots for each question",
            "Everyone, after the trustees have opened it. If too few people voted, it can stay closed, as the election’s rules say.",
        ),
    ],
    proves: "What each check proves",
    proves_lead: "Each check answers one question. Together they cover the whole way from your choice to the result.",
    proves_caption: "The checks, what they prove, and what they do not",
    proves_columns: ["Check", "It proves", "It does not prove"],
    proves_rows: [
        [
            "Testing a ballot on a second device",
            "This device sealed what it showed, that time.",
            "That it will the next time. Several tests, by several people, make cheating likely to be caught.",
        ],
        [
            "The receipt: recorded",
            "Your sealed ballot is on the record, signed by the board’s operator. If it disappears, the receipt is evidence against the operator.",
            "How you voted. It shows nothing of that to anyone.",
        ],
        [
            "The receipt: witnessed",
            "Independent witnesses have signed the same record.",
            "Anything where a board has no witnesses. The receipt says how many there are.",
        ],
        [
            "Tracking your ballot after voting has closed",
            "Your sealed ballot stands on the record, and whether a later one of yours replaced it.",
            "What is in it. That is what testing is for.",
        ],
        [
            "Recounting the election",
            "Every counted ballot was signed with a code of the roll and follows the rules. The totals are the sums of those ballots, and the result follows from them. It holds even if trustees, administrator and operator work together.",
            "That the roll lists the right people, or that a ballot that never reached the record is missing.",
        ],
        [
            "Comparing the fingerprint of the election with your letter",
            "You are looking at the election that the letter means.",
            "That the letter comes from the right sender.",
        ],
    ],
    limits: "What Tabella does not protect against",
    limits_lead: "No voting system protects against everything. These are the limits of this one.",
    limit: [
        (
            "Somebody who watches or presses you",
            "Whoever stands beside you sees what you choose. Where the election allows it, you can vote again later, and the last ballot counts. But whoever has your code can do the same, and everyone can see that the code was used again.",
        ),
        (
            "Selling votes",
            "The receipt does not show how you voted. But a person who wants to prove it, by filming the screen or with a changed program, can.",
        ),
        (
            "A device that is never tested",
            "A bad device could seal another choice than the one that you marked. Testing finds that out. If nobody ever tests, nobody finds out.",
        ),
        (
            "A device that spies",
            "A bad device could tell somebody what you chose. No check here would notice. Use a device that you trust, kept up to date.",
        ),
        (
            "A wrong roll",
            "Who may vote is what the registrar says. Where the registrar hands out the codes, somebody who kept copies could vote for people who do not vote. Such a ballot would stand under your pseudonym, and you would see it when you look.",
        ),
        (
            "Being seen to take part",
            "The record shows which pseudonyms voted and when. Whoever can link a pseudonym to you knows that you took part.",
        ),
        (
            "A board that refuses ballots",
            "It can be noticed, not prevented: without a receipt, your vote is not cast. Try another network, and tell the election office. A refused new ballot leaves your earlier one in force.",
        ),
        (
            "The board’s clock",
            "The operator sets the time at which voting opens and closes. Time on the record never runs back, but it could run late. Witnesses and people who look would see it.",
        ),
        (
            "Trustees who break the rules together, or lose their keys",
            "As many trustees as it takes to open the result could read single ballots, if they worked together for it. If too many lose their keys, nothing can be opened. In neither case can the count be changed unnoticed.",
        ),
        (
            "The computers of the far future",
            "Sealed ballots are public for good. A large quantum computer, should one be built, could open the ballots of today.",
        ),
    ],
    next: "Try it yourself",
    practice: "Try the practice election",
    elections: "See the elections",
    trustee: "You are a trustee? Make your key",
    documents: "Everything in full, to the last byte: guides, protocol, threat model and limits",
};

//! English.

use tabella_crypto::threshold::trustee::TrusteeIndex;

use super::{Words, waited_for};
use crate::ceremony::Trouble;
use crate::passphrase::Weakness;
use crate::standing::{Aborted, ComplaintStanding, ContestOutcome, Mark, Next, Round, Stage, Standing};
use crate::tally::{Doubt, ReleaseRefusal};

/// The texts in English.
#[derive(Debug, Clone, Copy)]
pub struct English;

impl Words for English {
    fn round(&self, round: Round) -> &'static str {
        match round {
            Round::Registration => "registration of the keys",
            Round::CommitmentHash => "announcement",
            Round::Commitments => "commitments",
            Round::Shares => "sealed shares",
            Round::Confirmation => "confirmation",
            Round::TestDecryption => "test decryption",
            Round::Statement => "statement",
            Round::Decryption => "decryption shares",
        }
    }

    fn column(&self, round: Round) -> &'static str {
        match round {
            Round::Registration => "keys",
            Round::CommitmentHash => "announced",
            Round::Commitments => "committed",
            Round::Shares => "shares",
            Round::Confirmation => "confirmed",
            Round::TestDecryption => "tested",
            Round::Statement => "stated",
            Round::Decryption => "decrypted",
        }
    }

    fn explanation(&self, round: Round) -> &'static str {
        match round {
            Round::Registration => {
                "Your public keys go onto the record, signed, so that everyone can check your later messages and \
                 the others can send you something sealed."
            }
            Round::CommitmentHash => {
                "You announce the hash of your part of the election key before anyone shows theirs, so that nobody \
                 can choose theirs by what the others have."
            }
            Round::Commitments => {
                "You show the public side of your part, as announced, with a proof that you know its secret side; \
                 all of them together make the election key that ballots are sealed with."
            }
            Round::Shares => {
                "You give each other trustee a piece of your part, sealed for that trustee alone, so that enough of \
                 you can decrypt together even if some are lost."
            }
            Round::Confirmation => {
                "You open the pieces that the others sealed for you, check each against what its sender showed, \
                 store your share of the key under your passphrase, and sign that all of it fits."
            }
            Round::TestDecryption => {
                "You decrypt a test value with the share as it reads back from the disk, so that everybody knows \
                 before voting opens that your key works."
            }
            Round::Statement => {
                "You verify every ballot on the record yourself, add them up while they are sealed, and sign which \
                 sum you found, so that all trustees decrypt one and the same sum."
            }
            Round::Decryption => {
                "You decrypt your part of the sum, never of a single ballot; as many trustees as the threshold says \
                 give the result."
            }
        }
    }

    fn repetition(&self, round: Round) -> &'static str {
        match round {
            Round::Registration => {
                "Your public keys are always the same: posting them twice changes nothing."
            }
            Round::CommitmentHash | Round::Commitments => {
                "Your part follows from your key file and the record, so that a second time gives the same part."
            }
            Round::Shares => "The same pieces would be sealed again, and the record takes one message only.",
            Round::Confirmation => {
                "Your share is on the disk before anything is signed; asked again, you sign the same."
            }
            Round::TestDecryption => "The record fixes the test value: it can be decrypted again and again.",
            Round::Statement => {
                "What you state is on your disk before it leaves your machine; you never state anything else."
            }
            Round::Decryption => "The same sum would be decrypted again; another one never.",
        }
    }

    fn mark(&self, mark: Mark) -> &'static str {
        match mark {
            Mark::Done => "done",
            Mark::Due => "waited for",
            Mark::Later => "later",
            Mark::Spared => "not needed",
        }
    }

    fn list(&self, trustees: &[(TrusteeIndex, String)]) -> String {
        let named: Vec<String> = trustees.iter().map(|(number, name)| format!("{number} {name}")).collect();
        named.join(", ")
    }

    fn stage(&self, stage: Stage) -> String {
        match stage {
            Stage::Manifest => "the election is being published".to_owned(),
            Stage::Round(round @ (Round::Statement | Round::Decryption)) => {
                format!("tally, step {} of 2: {}", round.number(), self.round(round))
            }
            Stage::Round(round) => {
                format!("key ceremony, round {} of 6: {}", round.number(), self.round(round))
            }
            Stage::Answers => "key ceremony: a complaint is open".to_owned(),
            Stage::NoKey => "key ceremony: it must begin anew".to_owned(),
            Stage::Opening => "the key ceremony is complete; voting is not open yet".to_owned(),
            Stage::Voting => "voting is open".to_owned(),
            Stage::Results => "tally: the results follow".to_owned(),
            Stage::Counted => "counted: the results stand".to_owned(),
            Stage::Over => "over: voting ended before there was a key".to_owned(),
        }
    }

    fn waiting(&self, standing: &Standing) -> String {
        let names = self.list(&waited_for(standing));
        match standing.stage {
            Stage::Manifest => "Waiting for the administrator, who publishes the election.".to_owned(),
            Stage::Round(round) => format!("Waiting for {names}: {}.", self.round(round)),
            Stage::Answers => {
                format!(
                    "Waiting for {names}, who must answer a complaint by showing the one share in question."
                )
            }
            Stage::NoKey => {
                "Waiting for the administrator, who must begin the ceremony anew: what the trustees contributed \
                 makes no safe key."
                    .to_owned()
            }
            Stage::Opening => "Waiting for the roll and for the time at which voting opens.".to_owned(),
            Stage::Voting => "Waiting for the end of voting.".to_owned(),
            Stage::Results => "Waiting for the results to be posted.".to_owned(),
            Stage::Counted | Stage::Over => "Nothing is waited for.".to_owned(),
        }
    }

    fn next(&self, next: Next) -> String {
        match next {
            Next::NotATrustee => {
                "The key in this folder is not one of this election's trustees: use the folder whose fingerprint \
                 the administrator has, or check that the invitation is to this election."
                    .to_owned()
            }
            Next::Do(round) => format!("Your turn: {}.", self.round(round)),
            Next::Answer => {
                "Your turn: another trustee complains that your share does not fit. You show that one share, which \
                 settles it; your key is not harmed."
                    .to_owned()
            }
            Next::Results => "Enough shares stand: the results can be computed and posted.".to_owned(),
            Next::Wait => "You have done your part for now.".to_owned(),
            Next::Nothing => "Nothing is left for you to do.".to_owned(),
        }
    }

    fn aborted(&self, aborted: &[Aborted]) -> Vec<String> {
        let line = |ended: &Aborted| {
            let number = u64::from(ended.attempt) + 1;
            match ended.culprit {
                Some(culprit) => format!(
                    "Attempt {number} was given up: trustee {culprit} dealt a share that does not fit and did not \
                     put it right."
                ),
                None => format!("Attempt {number} was given up: the administrator began anew."),
            }
        };
        aborted.iter().map(line).collect()
    }

    fn complaints(&self, standing: &Standing) -> Vec<String> {
        let line = |about: &ComplaintStanding| {
            let (receiver, dealer) = (about.receiver, about.dealer);
            if about.is_settled {
                format!("Trustee {receiver} complained about the share from {dealer}; the answer settled it.")
            } else {
                format!("Trustee {receiver} complains that the share from {dealer} does not fit.")
            }
        };
        standing.complaints.iter().map(line).collect()
    }

    fn tally(&self, standing: &Standing) -> Vec<String> {
        let Some(tally) = &standing.tally else { return Vec::new() };
        let statements = tally.statements;
        let mut lines = vec![match tally.missing_statements() {
            0 => format!("Statements: {statements}, enough to rule out a second version of the record."),
            missing => {
                format!(
                    "Statements: {statements}; {missing} more would rule out a second version of the record."
                )
            }
        }];
        lines.extend(tally.contests.iter().map(|contest| {
            let number = u32::from(contest.contest) + 1;
            match contest.outcome {
                ContestOutcome::Withheld => format!(
                    "Contest {number}: withheld for ever; so few voted that the sum would betray single votes."
                ),
                ContestOutcome::Pending { shares, missing } => {
                    let stand = if shares == 1 { "share stands" } else { "shares stand" };
                    format!("Contest {number}: {shares} {stand}, {missing} missing.")
                }
                ContestOutcome::Counted => format!("Contest {number}: the result stands."),
            }
        }));
        lines
    }

    fn weakness(&self, weakness: Weakness) -> &'static str {
        match weakness {
            Weakness::Keyboard => {
                "Too easy to guess: keys beside each other. Take several words that do not belong together."
            }
            Weakness::Pattern => {
                "Too easy to guess: a repetition or a sequence. Take several words that do not belong together."
            }
            Weakness::Common => {
                "Too easy to guess: many people use one like it. Take several words that do not belong together."
            }
            Weakness::Date => "Too easy to guess: a date. Take several words that do not belong together.",
            Weakness::Word => {
                "Too easy to guess: a single word or a name. Take several words that do not belong together."
            }
            Weakness::Short => "Too easy to guess: it is too short. Add two or three uncommon words.",
        }
    }

    fn strength(&self, is_strong: bool) -> &'static str {
        if is_strong { "Strength: strong." } else { "Strength: good." }
    }

    fn trouble(&self, trouble: &Trouble) -> String {
        format!("{}.", capitalized(&trouble.to_string()))
    }

    fn refusal(&self, refusal: &ReleaseRefusal) -> String {
        capitalized(&refusal.to_string())
    }

    fn doubt(&self, doubt: &Doubt) -> String {
        doubt.to_string()
    }
}

/// An error's text as a sentence.
fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

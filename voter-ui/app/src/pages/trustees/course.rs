//! What a trustee's visit does next: what it does by itself, when it asks a person first, and when it rests. Everything
//! that needs no browser.
//!
//! ```text
//! Look --Standing--> turn ──Act──> acted ──again──> Look
//!                     │ Ask          └──rest──> Look, after a pause of 1 to 5 s
//!                     │ Rest, End
//! ```

use tabella_crypto::transcript::Digest;
use tabella_tally::standing::{Mark, Next, Round, Stage, Standing};
use tabella_web_shared::trustee::{Acted, Message, Said};

/// The shortest and the longest rest, in milliseconds.
const REST: (u32, u32) = (1_000, 5_000);

/// What a person begins by a click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begin {
    /// The six rounds.
    Ceremony,
    /// Stating the sum, and what follows.
    Tally,
}

/// Why nothing is left to do here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The key is none of this election's trustees'.
    NotATrustee,
    /// Every contest has its result or is withheld.
    Counted,
    /// Voting was over before there was a key.
    Over,
}

/// What is done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// The worker acts.
    Act,
    /// A person is asked.
    Ask(Begin),
    /// Others must act, or time must pass.
    Rest,
    /// Nothing any more.
    End(End),
}

/// What follows from what a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum After {
    /// Look at once.
    Again,
    /// This view must be remembered first.
    Keep(Digest),
    /// Rest, then look.
    Rest,
}

/// What was done on this visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    /// This message stands.
    Posted(Message),
    /// The share was made from the key and works.
    HasShare,
    /// The result of a contest, from 0, stands.
    Result(u16),
}

/// A fingerprint that a person must compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comparison {
    /// The fingerprint.
    pub(super) fingerprint: Digest,
    /// Why.
    pub(super) why: Said,
    /// Whether others who are still to come can make it needless.
    pub(super) may_pass: bool,
}

/// What holds a visit up until a person says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Halt {
    /// Nothing more can be done, for this reason.
    Refused(Said),
    /// Another trustee read another fingerprint than this one.
    Differs(Comparison),
}

/// Of a standing, what the next step depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// What the election waits for.
    pub(super) stage: Stage,
    /// What this trustee does next.
    pub(super) next: Next,
    /// Whether this trustee has begun the ceremony: on another visit, or with another program.
    pub(super) has_registered: bool,
    /// The same of the tally.
    pub(super) has_stated: bool,
}

impl Seen {
    /// Of a standing.
    pub(super) fn of(standing: &Standing) -> Self {
        let own = standing.own.and_then(|own| standing.trustee(own));
        let is_done = |round| own.is_some_and(|own| own.mark(round) == Mark::Done);
        Self {
            stage: standing.stage,
            next: standing.next,
            has_registered: is_done(Round::Registration),
            has_stated: is_done(Round::Statement),
        }
    }
}

/// A visit with an open key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Course {
    /// What was done so far.
    pub(super) done: Vec<Done>,
    /// What is to be compared.
    pub(super) comparison: Option<Comparison>,
    /// What holds it up.
    pub(super) halt: Option<Halt>,
    /// Why others are waited for, as the worker said it last.
    pub(super) waiting: Option<Said>,
    /// A fingerprint that a person has confirmed, and the worker has not heard of.
    pub(super) confirmed: Option<Digest>,
    has_begun: [bool; 2],
    /// Whether the share was made and checked on this visit.
    has_share: bool,
    rest: u32,
}

impl Course {
    /// Nothing is done yet.
    pub(super) fn new() -> Self {
        Self {
            done: Vec::new(),
            comparison: None,
            halt: None,
            waiting: None,
            confirmed: None,
            has_begun: [false; 2],
            has_share: false,
            rest: REST.0,
        }
    }

    /// What is next, as the log stands.
    pub(super) fn turn(&self, seen: Seen) -> Turn {
        let [ceremony, tally] = self.has_begun;
        match (seen.next, seen.stage) {
            (_, Stage::Counted) => Turn::End(End::Counted),
            (_, Stage::Over) => Turn::End(End::Over),
            (Next::NotATrustee, _) => Turn::End(End::NotATrustee),
            _ if self.halt.is_some() => Turn::Rest,
            (_, Stage::Manifest | Stage::NoKey) => Turn::Rest,
            // that the key still gives the share is seen now rather than on the day of the tally
            (_, Stage::Opening | Stage::Voting) if !self.has_share => Turn::Act,
            (_, Stage::Opening | Stage::Voting) => Turn::Rest,
            (_, stage) if is_tally(stage) => match tally || seen.has_stated {
                true => Turn::Act,
                false if seen.next == Next::Wait => Turn::Rest,
                false => Turn::Ask(Begin::Tally),
            },
            _ if ceremony || seen.has_registered => Turn::Act,
            (Next::Wait | Next::Nothing, _) => Turn::Rest,
            _ => Turn::Ask(Begin::Ceremony),
        }
    }

    /// A person has clicked.
    pub(super) fn begin(&mut self, begin: Begin) {
        let [ceremony, tally] = &mut self.has_begun;
        match begin {
            Begin::Ceremony => *ceremony = true,
            Begin::Tally => *tally = true,
        }
    }

    /// What a step came to that was done as the log stood so.
    pub(super) fn acted(&mut self, acted: Result<Acted, Said>, seen: Seen) -> After {
        let is_comparing = matches!(acted, Ok(Acted::Compare { .. }));
        if !is_comparing {
            self.comparison = None;
        }
        self.waiting = None;
        let done = match acted {
            Ok(Acted::Posted(message)) => Done::Posted(message),
            Ok(Acted::HasShare) => {
                self.has_share = true;
                Done::HasShare
            }
            Ok(Acted::Result(contest)) => Done::Result(contest),
            // at once, but not for ever as fast as it goes
            Ok(Acted::Overtaken) => return After::Rest,
            Ok(Acted::Remember(view)) => return After::Keep(view),
            Ok(Acted::Compare { fingerprint, why, may_pass }) => {
                self.comparison = Some(Comparison { fingerprint, why, may_pass });
                return After::Rest;
            }
            Ok(Acted::Wait(why)) => {
                self.waiting = Some(why);
                return After::Rest;
            }
            // nothing was due: the key was tried
            Ok(Acted::Done) if matches!(seen.stage, Stage::Opening | Stage::Voting) => {
                self.has_share = true;
                Done::HasShare
            }
            Ok(Acted::Done) => return After::Rest,
            Err(why) => {
                self.halt = Some(Halt::Refused(why));
                return After::Rest;
            }
        };
        if !self.done.contains(&done) {
            self.done.push(done);
        }
        self.rest = REST.0;
        After::Again
    }

    /// The other trustees see another fingerprint: nothing is decrypted until a person takes that back.
    pub(super) fn differ(&mut self) {
        if let Some(comparison) = self.comparison.take() {
            self.halt = Some(Halt::Differs(comparison));
        }
    }

    /// Nothing can be done, for a reason that the page found.
    pub(super) fn refuse(&mut self, why: Said) {
        self.halt = Some(Halt::Refused(why));
    }

    /// A person wants it tried again.
    pub(super) fn resume(&mut self) {
        if let Some(Halt::Differs(comparison)) = self.halt.take() {
            self.comparison = Some(comparison);
        }
        self.rest = REST.0;
    }

    /// A person has compared this fingerprint; it counts if it is still the one that is asked for.
    pub(super) fn confirm(&mut self, fingerprint: Digest) {
        if self.comparison.as_ref().is_some_and(|asked| asked.fingerprint == fingerprint) {
            self.comparison = None;
            self.confirmed = Some(fingerprint);
            self.rest = REST.0;
        }
    }

    /// How long to rest now, in milliseconds: longer each time, until something is done.
    pub(super) fn rest(&mut self) -> u32 {
        let rest = self.rest;
        self.rest = (rest + rest / 2).min(REST.1);
        rest
    }
}

/// Whether a stage belongs to the tally.
pub(super) fn is_tally(stage: Stage) -> bool {
    matches!(stage, Stage::Results) || matches!(stage, Stage::Round(round) if Round::TALLY.contains(&round))
}

/// Whether what was typed is the first group of a fingerprint.
pub(super) fn is_first_group(fingerprint: &Digest, typed: &str) -> bool {
    let typed: String = typed.chars().filter(|symbol| !symbol.is_whitespace()).collect();
    typed.len() == 4 && fingerprint.to_hex().starts_with(&typed.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Said {
        Said { english: text.to_owned(), chinese: text.to_owned() }
    }

    fn seen(stage: Stage, next: Next) -> Seen {
        Seen { stage, next, has_registered: false, has_stated: false }
    }

    fn round(round: Round) -> Seen {
        seen(Stage::Round(round), Next::Do(round))
    }

    #[test]
    fn a_ceremony_is_begun_by_a_person_and_goes_on_by_itself() {
        let mut course = Course::new();
        assert_eq!(course.turn(seen(Stage::Manifest, Next::Wait)), Turn::Rest);
        assert_eq!(course.turn(round(Round::Registration)), Turn::Ask(Begin::Ceremony));
        // others are waited for: nothing to begin
        assert_eq!(course.turn(seen(Stage::Round(Round::Registration), Next::Wait)), Turn::Rest);
        course.begin(Begin::Ceremony);
        for round_ in Round::CEREMONY {
            assert_eq!(course.turn(round(round_)), Turn::Act);
            let number = round_.number() as u8;
            assert_eq!(
                course.acted(Ok(Acted::Posted(Message::Ceremony(number))), round(round_)),
                After::Again
            );
        }
        assert_eq!(course.turn(seen(Stage::Answers, Next::Answer)), Turn::Act);
        assert_eq!(course.done.len(), 6);
        assert_eq!(course.turn(seen(Stage::NoKey, Next::Wait)), Turn::Rest);
        // the tally is another matter
        assert_eq!(course.turn(round(Round::Statement)), Turn::Ask(Begin::Tally));
    }

    #[test]
    fn a_key_that_is_loaded_again_goes_on_without_a_click() {
        let course = Course::new();
        let begun = Seen { has_registered: true, ..round(Round::Shares) };
        assert_eq!(course.turn(begun), Turn::Act);
        let stated = Seen { has_registered: true, has_stated: true, ..round(Round::Decryption) };
        assert_eq!(course.turn(stated), Turn::Act);
        // a statement that is missing is asked for, whoever has begun to decrypt
        let late = seen(Stage::Round(Round::Decryption), Next::Do(Round::Statement));
        assert_eq!(course.turn(late), Turn::Ask(Begin::Tally));
        assert_eq!(course.turn(seen(Stage::Results, Next::Results)), Turn::Ask(Begin::Tally));
    }

    #[test]
    fn the_share_is_tried_once_before_the_tally() {
        let mut course = Course::new();
        for stage in [Stage::Opening, Stage::Voting] {
            assert_eq!(course.turn(seen(stage, Next::Wait)), Turn::Act);
        }
        assert_eq!(course.acted(Ok(Acted::Done), seen(Stage::Voting, Next::Wait)), After::Again);
        assert_eq!(course.turn(seen(Stage::Voting, Next::Wait)), Turn::Rest);
        assert_eq!(course.done, [Done::HasShare]);
    }

    #[test]
    fn nothing_is_done_for_a_stranger_or_once_all_is_over() {
        let course = Course::new();
        for (stage, next, end) in [
            (Stage::Round(Round::Shares), Next::NotATrustee, End::NotATrustee),
            (Stage::Voting, Next::NotATrustee, End::NotATrustee),
            (Stage::Counted, Next::Nothing, End::Counted),
            (Stage::Over, Next::Nothing, End::Over),
        ] {
            assert_eq!(course.turn(seen(stage, next)), Turn::End(end));
        }
    }

    #[test]
    fn another_fingerprint_stops_everything_until_a_person_resumes() {
        let mut course = Course::new();
        course.begin(Begin::Tally);
        let fingerprint = Digest([0xab; 32]);
        let compare = || Ok(Acted::Compare { fingerprint, why: said("why"), may_pass: false });
        assert_eq!(course.acted(compare(), round(Round::Decryption)), After::Rest);
        course.confirm(Digest([1; 32]));
        assert_eq!(course.confirmed, None);
        // asked again, the same is to be compared
        assert_eq!(course.acted(compare(), round(Round::Decryption)), After::Rest);
        course.differ();
        course.confirm(fingerprint);
        assert_eq!(course.confirmed, None, "nothing is asked for");
        assert_eq!(course.turn(round(Round::Decryption)), Turn::Rest);
        course.resume();
        assert_eq!(course.turn(round(Round::Decryption)), Turn::Act);
        course.confirm(fingerprint);
        assert_eq!(course.confirmed, Some(fingerprint));
        // more trustees came: nothing is left to compare
        assert_eq!(
            course.acted(Ok(Acted::Posted(Message::Decryption)), round(Round::Decryption)),
            After::Again
        );
        assert_eq!(course.comparison, None);
    }

    #[test]
    fn a_refusal_holds_the_visit_up_until_it_is_tried_again() {
        let mut course = Course::new();
        course.begin(Begin::Ceremony);
        assert_eq!(course.acted(Err(said("because")), round(Round::Shares)), After::Rest);
        assert_eq!(course.turn(round(Round::Shares)), Turn::Rest);
        assert_eq!(course.turn(seen(Stage::Counted, Next::Nothing)), Turn::End(End::Counted));
        course.resume();
        assert_eq!(course.turn(round(Round::Shares)), Turn::Act);
        assert_eq!(
            course.acted(Ok(Acted::Remember(Digest([2; 32]))), round(Round::Statement)),
            After::Keep(Digest([2; 32]))
        );
    }

    #[test]
    fn rests_grow_until_something_is_done() {
        let mut course = Course::new();
        let rests: Vec<u32> = (0..7).map(|_| course.rest()).collect();
        assert_eq!(rests, [1_000, 1_500, 2_250, 3_375, 5_000, 5_000, 5_000]);
        assert_eq!(course.acted(Ok(Acted::Wait(said("others"))), round(Round::Statement)), After::Rest);
        assert_eq!(course.rest(), 5_000);
        assert_eq!(
            course.acted(Ok(Acted::Posted(Message::Statement)), round(Round::Statement)),
            After::Again
        );
        assert_eq!(course.rest(), 1_000);
    }

    #[test]
    fn only_the_first_group_of_four_counts() {
        let fingerprint = Digest([0x5a; 32]);
        for good in ["5a5a", " 5A5A ", "5a 5a"] {
            assert!(is_first_group(&fingerprint, good), "{good}");
        }
        for wrong in ["", "5a", "5a5a5", "5a5b", "0000", "５a5a"] {
            assert!(!is_first_group(&fingerprint, wrong), "{wrong}");
        }
    }
}

//! What a trustee's visit does next: what it does by itself, when it asks a person first, and when it rests. Everything
//! that needs no browser.
//!
//! ```text
//! Look --Standing--> turn ──Act──> acted ──again──> Look
//!                     │ Ask          └──rest──> Look, after a pause of 1 to 5 s
//!                     │ Rest, End
//! ```

use tabella_crypto::transcript::Digest;
use tabella_tally::standing::{Mark, Message, Next, Round, Stage, Standing};
use tabella_web_shared::trustee::{Acted, Said};

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
mod tests;

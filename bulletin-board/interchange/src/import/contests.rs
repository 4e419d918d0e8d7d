//! Contests: what is asked, which options there are, and by which rules.

use std::collections::BTreeMap;

use tabella_crypto::manifest::Contest as ManifestContest;
use tabella_crypto::outcome::{Base, Fraction, OutcomeRule, Requirement, Ties};
use tabella_crypto::rules::Method;
use tabella_crypto::text::Text;

use super::left_out::{self, LeftOut};
use super::styles::first_language;
use super::{Assumed, Choices, ImportError, texts};
use crate::model::{
    BallotDefinition, Candidate, Choice, ChoiceClass, Contest, ContestClass, Election, InternationalizedText,
    Party, said,
};
use crate::rules::{Rules, Terms};

/// Reads contests, with what they refer to at hand.
pub(super) struct Reader<'a> {
    election: &'a Election,
    candidates: BTreeMap<&'a str, (usize, &'a Candidate)>,
    parties: BTreeMap<&'a str, (usize, &'a Party)>,
    choices: Choices,
    title: Text,
}

/// How a contest is marked and decided.
struct Decided {
    method: Method,
    grades: Vec<Text>,
    shuffle: bool,
    outcome: OutcomeRule,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        definition: &'a BallotDefinition,
        election: &'a Election,
        choices: Choices,
        title: Text,
    ) -> Self {
        let candidates = election.candidate.iter().enumerate();
        let parties = definition.party.iter().enumerate();
        Self {
            election,
            candidates: candidates.map(|(index, found)| (found.id.as_str(), (index, found))).collect(),
            parties: parties.map(|(index, found)| (found.id.as_str(), (index, found))).collect(),
            choices,
            title,
        }
    }

    pub(super) fn read(
        &self,
        assumed: &mut Vec<Assumed>,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<Vec<ManifestContest>, ImportError> {
        let contests = self.election.contest.iter().enumerate();
        contests
            .map(|(index, contest)| {
                self.contest(contest, &format!("/Election/0/Contest/{index}"), assumed, left_out)
            })
            .collect()
    }

    fn contest(
        &self,
        contest: &Contest,
        pointer: &str,
        assumed: &mut Vec<Assumed>,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<ManifestContest, ImportError> {
        check_class(contest.class, pointer)?;
        let title = match &contest.ballot_title {
            Some(title) => texts::read(title, &format!("{pointer}/BallotTitle"))?,
            None => texts::plain(&contest.name, first_language(&self.title), &format!("{pointer}/Name"))?,
        };
        let (mut options, mut blank) = (Vec::new(), None);
        for (index, choice) in contest.contest_option.iter().enumerate() {
            let pointer = format!("{pointer}/ContestOption/{index}");
            if choice.is_write_in == Some(true) {
                if !self.choices.without_write_ins {
                    return Err(left_out::write_in(&pointer));
                }
                left_out.push(LeftOut::one(left_out::WRITE_IN, &pointer, left_out::WRITE_IN_ADVICE));
                continue;
            }
            let words = self.words(choice, &pointer)?;
            if said(&choice.external_identifier, "part") == Some("blank") {
                blank = Some(words);
            } else {
                options.push(words);
            }
        }
        let Decided { method, grades, shuffle, outcome } = match said(&contest.external_identifier, "rules") {
            Some(rules) => own_rules(contest, rules, options.len(), pointer)?,
            None => foreign_rules(contest, options.len(), pointer, assumed)?,
        };
        if method == Method::Rank && blank.is_none() {
            blank = Some(texts::plain("Blank vote", "en", pointer)?);
            assumed.push(Assumed {
                pointer: pointer.to_owned(),
                words: "a blank vote was added, for who ranks nothing: write its words in the voters' languages",
            });
        }
        let description = description(contest, pointer)?;
        Ok(ManifestContest { title, description, options, grades, method, blank, shuffle, outcome })
    }

    /// What an option is called.
    fn words(&self, choice: &Choice, pointer: &str) -> Result<Text, ImportError> {
        let joined = |names: Vec<Text>, between| match names.as_slice() {
            [name] => Ok(name.clone()),
            [] => Err(ImportError::unsupported(
                pointer,
                "this option names nobody: name a candidate, or say that it is a write-in",
            )),
            names => texts::join(names, between, pointer),
        };
        match choice.class {
            ChoiceClass::CandidateOption => {
                let found = choice.candidate_ids.iter().filter_map(|id| self.candidates.get(id.as_str()));
                let names = found.map(|(index, candidate)| {
                    texts::read(&candidate.ballot_name, &format!("/Election/0/Candidate/{index}/BallotName"))
                });
                joined(names.collect::<Result<_, _>>()?, " / ")
            }
            ChoiceClass::PartyOption => {
                let found = choice.party_ids.iter().filter_map(|id| self.parties.get(id.as_str()));
                let names =
                    found.map(|(index, party)| texts::read(&party.name, &format!("/Party/{index}/Name")));
                joined(names.collect::<Result<_, _>>()?, ", ")
            }
            ChoiceClass::BallotMeasureOption => match &choice.selection {
                Some(words) => texts::read(words, &format!("{pointer}/Selection")),
                None => joined(Vec::new(), ""),
            },
            ChoiceClass::ActivationOption
            | ChoiceClass::CandidateSelection
            | ChoiceClass::BallotMeasureSelection => {
                Err(ImportError::unsupported(pointer, "an option of this kind cannot stand in this contest"))
            }
        }
    }
}

fn check_class(class: ContestClass, pointer: &str) -> Result<(), ImportError> {
    let what = match class {
        ContestClass::CandidateContest
        | ContestClass::BallotMeasureContest
        | ContestClass::RetentionContest
        | ContestClass::PartyContest => return Ok(()),
        ContestClass::PartyPreferenceContest => {
            "which contests count would depend on the party that a voter prefers here, which is not possible in this system: \
             describe an election for each party, or a BallotStyle for each"
        }
        ContestClass::StraightPartyContest => {
            "one mark would stand for votes in other contests, which is not possible in this system: remove this contest if \
             the law allows it"
        }
        ContestClass::ActivationContest => {
            "whether other contests count would depend on the vote in this one, which is not possible in this system: make \
             it a BallotMeasureContest, and say in the descriptions of the others when they count"
        }
    };
    Err(ImportError::unsupported(pointer, what))
}

/// Subtitle, summary and full text, as far as they are there, beneath each other.
fn description(contest: &Contest, pointer: &str) -> Result<Option<Text>, ImportError> {
    let parts = [
        ("BallotSubTitle", &contest.ballot_sub_title),
        ("SummaryText", &contest.summary_text),
        ("FullText", &contest.full_text),
    ];
    let read = |(name, text): (&str, &Option<InternationalizedText>)| {
        text.as_ref().map(|text| texts::read(text, &format!("{pointer}/{name}")))
    };
    let parts: Vec<Text> = parts.into_iter().filter_map(read).collect::<Result<_, _>>()?;
    if parts.is_empty() { Ok(None) } else { texts::join(&parts, "\n\n", pointer).map(Some) }
}

/// The rules in our own words, where the format's terms do not contradict them.
fn own_rules(contest: &Contest, rules: &str, options: usize, pointer: &str) -> Result<Decided, ImportError> {
    let wrong = |error| ImportError::Rules { pointer: pointer.to_owned(), error };
    let rules = Rules::from_json(rules).map_err(wrong)?;
    let (method, grades, outcome) = rules.parts().map_err(wrong)?;
    let Terms { variation, other_variation, votes_allowed, ranks_allowed } = Terms::of(&method, options);
    let number = |number: Option<i64>| number.map(|number| number.to_string());
    let word = |word: &Option<String>| word.as_ref().map(|word| format!("{word:?}"));
    let said = |word: &str| format!("{word:?}");
    let attributes = [
        ("VoteVariation", word(&contest.vote_variation), Some(said(variation))),
        ("OtherVoteVariation", word(&contest.other_vote_variation), other_variation.map(said)),
        ("VotesAllowed", number(contest.votes_allowed), Some(votes_allowed.to_string())),
        ("RanksAllowed", number(contest.ranks_allowed), number(ranks_allowed)),
        ("NumberElected", number(contest.number_elected), Some(outcome.seats.to_string())),
        ("HasRotation", contest.has_rotation.map(|has| has.to_string()), Some(rules.shuffle.to_string())),
    ];
    for (attribute, found, expected) in attributes {
        if found != expected {
            let shown = |value: Option<String>| value.unwrap_or("nothing".to_owned());
            return Err(ImportError::Disagree {
                pointer: pointer.to_owned(),
                attribute,
                found: shown(found),
                expected: shown(expected),
            });
        }
    }
    Ok(Decided { method, grades, shuffle: rules.shuffle, outcome })
}

/// The rules that the format's own terms say.
fn foreign_rules(
    contest: &Contest,
    options: usize,
    pointer: &str,
    assumed: &mut Vec<Assumed>,
) -> Result<Decided, ImportError> {
    let refuse = |what: &str| Err(ImportError::unsupported(pointer, what));
    let votes = contest.votes_allowed.unwrap_or(1);
    let (Ok(votes), Ok(options)) = (u16::try_from(votes), u16::try_from(options)) else {
        return refuse("VotesAllowed, or the number of options, is out of range");
    };
    if votes == 0 || options == 0 {
        return refuse("nobody could vote for anything: the contest has no options, or VotesAllowed is 0");
    }
    // voters may leave out votes, and cannot choose more than there is
    let choose = Method::Choose { min: 0, max: votes.min(options) };
    let mut requirements = Vec::new();
    let mut assume = |words| assumed.push(Assumed { pointer: pointer.to_owned(), words });
    let method = match contest.vote_variation.as_deref() {
        None | Some("n-of-m" | "plurality" | "approval") => choose,
        Some("majority") => {
            let fraction = Fraction { numerator: 1, denominator: 2 };
            requirements.push(Requirement { fraction, of: Base::Valid, more_than: true });
            assume("VoteVariation majority: more than half of the valid votes are needed");
            choose
        }
        Some("cumulative") => Method::Cumulative { points: votes.into() },
        Some("borda") if contest.ranks_allowed == Some(options.into()) => {
            assume(
                "VoteVariation borda: all options are ranked, or the vote is blank; the first of m gets m - 1 points",
            );
            Method::Rank
        }
        Some("borda") => {
            return refuse(
                "VoteVariation borda: voters here rank all options or none: set RanksAllowed to the number of options if that \
                 is meant",
            );
        }
        Some("range") => {
            return refuse(
                "VoteVariation range does not say how many points an option can get: make it n-of-m, and write \
                 method = { score = { max = … } } into the manifest",
            );
        }
        Some("rcv") => {
            return refuse(
                "VoteVariation rcv: votes cannot be transferred between rounds in this system; borda can be counted",
            );
        }
        Some("super-majority") => {
            return refuse(
                "VoteVariation super-majority does not say how large it is: make it n-of-m, and write the requirement into \
                 the manifest, such as requirements = [\"at least 2/3 of valid\"]",
            );
        }
        Some("proportional") => {
            return refuse("VoteVariation proportional: seats are not divided in proportion in this system");
        }
        Some(_) => {
            return refuse(
                "VoteVariation other: the rule is not known here: make it n-of-m, and write the method into the manifest",
            );
        }
    };
    let seats = match contest.number_elected {
        Some(seats) => seats,
        None if contest.class == ContestClass::CandidateContest && votes > 1 => {
            assume("there is no NumberElected: as many are elected as a voter has votes");
            votes.into()
        }
        None => 1,
    };
    let Some(seats) = u16::try_from(seats).ok().filter(|seats| *seats > 0) else {
        return refuse("NumberElected is out of range");
    };
    let shuffle = contest.has_rotation == Some(true);
    if shuffle {
        assume("HasRotation: each voter sees the options in an order of their own");
    }
    let outcome =
        OutcomeRule { seats: seats.min(options), quorum: None, requirements, ties: Ties::Undecided };
    Ok(Decided { method, grades: Vec::new(), shuffle, outcome })
}

//! Admission against verification: what a board admits, a verifier accepts, and what it refuses, a verifier refuses for
//! the same reason; one by one and in batches alike.

use tabella_board_core::check::{LogRefusal, Refusal};
use tabella_board_core::entry::Entry;
use tabella_board_core::state::{CheckedEntry, ElectionState, Phase, check_ballots};
use tabella_crypto::ballot::{Disposition, SubmittedBallot};
use tabella_crypto::codec;
use tabella_tally::ballot_box::Selections;
use tabella_tally::verify::{Demands, Sequential, verify};

use crate::scene::{record, rng, scene};

/// What stays as it was where an entry is refused.
fn face(state: &ElectionState) -> impl PartialEq + std::fmt::Debug + use<> {
    let roll = state.roll();
    let ceremony = state.ceremony();
    (
        (state.size(), state.root(), state.time(), state.phase(), state.counts(), state.due()),
        (roll.digest(), roll.parts(), roll.changes(), roll.len(), ceremony.attempt(), ceremony.progress()),
        (state.tally().map(|tally| tally.statements().len()), state.sums(), state.next_block(0)),
    )
}

/// The entry as the log's rules take it, each check by itself.
fn admit(state: &ElectionState, bytes: &[u8]) -> Result<ElectionState, Refusal> {
    let entry = Entry::decode(bytes).map_err(LogRefusal::Encoding)?;
    let context = state.ballot_context().map(AsRef::as_ref);
    let checked = CheckedEntry::check(context, entry, &mut rng(11))?;
    let (before, mut next) = (face(state), state.clone());
    match next.apply(bytes, checked, &scene().election.log) {
        Ok(()) => {
            assert_eq!(next.size(), state.size() + 1);
            Ok(next)
        }
        Err(refusal) => {
            assert_eq!(face(&next), before, "refused, and yet something changed");
            Err(refusal)
        }
    }
}

/// What a board asks before it does anything dear: whether it goes on.
fn passes_cheap_checks(state: &ElectionState, bytes: &[u8]) -> bool {
    if state.check_sender(bytes).is_err() {
        return false;
    }
    let Ok(entry) = Entry::decode(bytes) else { return false };
    let (ballot, disposition) = match entry {
        Entry::Cast(ballot) => (ballot, Disposition::Cast),
        Entry::Challenge(ballot) => (ballot, Disposition::Challenge),
        _ => return true,
    };
    let authentic = ballot.authenticate(state.election(), disposition);
    authentic.is_ok_and(|ballot| state.check_ballot(&ballot).is_ok())
}

/// An entry at any place of the log: a byte for the place, a byte that says whether it is signed again by whoever may
/// sign it (1) and whether the verifier is asked in any case (2), and its bytes.
pub fn admission(data: &[u8]) {
    let [place, mode, bytes @ ..] = data else { return };
    let scene = scene();
    let place = usize::from(*place) % scene.stages.len();
    let state = &scene.stages[place];
    let mut bytes = bytes.to_vec();
    if mode & 1 != 0
        && let Ok(entry) = Entry::decode(&bytes)
    {
        bytes = scene.sign(state, entry).encode();
    }
    let admitted = admit(state, &bytes);
    if admitted.is_ok() {
        assert!(passes_cheap_checks(state, &bytes), "the board would not have come to admit it");
    }
    // a bundle has no room for longer ones
    if (admitted.is_ok() || mode & 2 != 0) && bytes.len() <= codec::MAX_ENTRY_LENGTH {
        check_by_verifier(place, bytes, admitted);
    }
}

/// Whether the verifier says of the log up to this entry what admission said.
fn check_by_verifier(place: usize, bytes: Vec<u8>, admitted: Result<ElectionState, Refusal>) {
    let mut log = scene().election.log[..place].to_vec();
    log.push(bytes);
    let refusal = match admitted {
        Ok(mut state) => {
            // a board publishes nothing before what is due stands
            while let Some(due) = state.due() {
                let bytes = due.encode();
                state.apply(&bytes, CheckedEntry::Other(Box::new(due)), &log).expect("it is due");
                log.push(bytes);
            }
            if state.phase() == Phase::Manifest {
                return;
            }
            None
        }
        Err(refusal) => Some(refusal),
    };
    let demands = Demands { partial: true, ..Demands::default() };
    let verified = verify(&record(&log), &demands, &mut Sequential(rng(12)), &mut |_| {});
    match (verified, refusal) {
        (Ok(_), None) => {}
        (Ok(_), Some(refusal)) => panic!("refused by the board ({refusal}), accepted by the verifier"),
        (Err(report), refusal) => {
            let failure = report.failure.expect("an error has a failure");
            let Some(refusal) = refusal else { panic!("admitted, and refused by the verifier: {failure:?}") };
            assert_eq!(failure.check, refusal.check().number(), "{refusal}\n{failure:?}");
            assert_eq!(failure.entry, Some(place as u64), "{refusal}\n{failure:?}");
        }
    }
}

/// Each kind of entry at its own place, as it is and signed again.
pub fn admission_seeds() -> Vec<Vec<u8>> {
    let scene = scene();
    let mut seen = std::collections::BTreeSet::new();
    let entries = scene.election.log.iter().enumerate().filter(|(_, bytes)| {
        let message = if bytes[0] == 3 { bytes[2] } else { 0 };
        seen.insert((bytes[0], message))
    });
    entries.map(|(place, bytes)| [&[place as u8, 3], bytes.as_slice()].concat()).collect()
}

/// The ballots of the log.
fn ballots() -> Vec<(SubmittedBallot, Disposition)> {
    let entries = scene().election.log.iter().map(|bytes| Entry::decode(bytes).unwrap());
    let ballots = entries.filter_map(|entry| match entry {
        Entry::Cast(ballot) => Some((ballot, Disposition::Cast)),
        Entry::Challenge(ballot) => Some((ballot, Disposition::Challenge)),
        _ => None,
    });
    ballots.take(4).collect()
}

/// A batch of ballots, changed: a byte that says whether changed ones are signed again by their voter, then changes in
/// fours (which ballot, where in its bytes, what is added). In the batch and one by one, those are good that nobody
/// changed, and no others.
pub fn ballot_batch(data: &[u8]) {
    let Some((again, changes)) = data.split_first() else { return };
    let (scene, good) = (scene(), ballots());
    let mut bytes: Vec<Vec<u8>> = good.iter().map(|(ballot, _)| codec::encode(ballot)).collect();
    for change in changes.chunks_exact(4) {
        let ballot = &mut bytes[usize::from(change[0]) % good.len()];
        let place = usize::from(u16::from_be_bytes([change[1], change[2]])) % ballot.len();
        ballot[place] ^= change[3];
    }
    let id = scene.election.manifest.id();
    let mut batch = Vec::new();
    let mut due = Vec::new();
    for (bytes, (original, disposition)) in bytes.iter().zip(&good) {
        let Ok(mut ballot) = codec::decode::<SubmittedBallot>(bytes) else { continue };
        let voter = scene.election.voters.iter().find(|voter| voter.public() == ballot.ballot.credential);
        if again & 1 != 0
            && let Some(voter) = voter
        {
            ballot = ballot.ballot.sign(id, *disposition, voter, &mut rng(13));
            due.push(ballot.ballot == original.ballot);
        } else {
            due.push(ballot == *original);
        }
        batch.push((ballot, *disposition));
    }
    let context = scene.election.state.ballot_context().unwrap();
    let together = check_ballots(context, batch.clone(), &mut rng(14));
    for (((ballot, disposition), together), due) in batch.into_iter().zip(together).zip(due) {
        let alone =
            ballot.authenticate(id, disposition).and_then(|ballot| context.verify(&ballot, &mut rng(15)));
        match (&alone, &together) {
            (Ok(alone), Ok(together)) => assert_eq!(alone.code(), together.code()),
            (alone, together) => {
                assert_eq!(alone.as_ref().err(), together.as_ref().err(), "alone and together")
            }
        }
        assert_eq!(alone.is_ok(), due, "a ballot is good if and only if nobody changed it: {alone:?}");
    }
}

/// No change, one of each kind, and one in each of two ballots.
pub fn ballot_batch_seeds() -> Vec<Vec<u8>> {
    let length = codec::encode(&ballots()[0].0).len() as u16;
    let last = (length - 1).to_be_bytes();
    vec![
        vec![0],
        vec![1, 0, 0, 34, 1],
        vec![1, 1, 0, 120, 1, 2, 0, 200, 4],
        vec![0, 3, last[0], last[1], 1],
        vec![1, 3, last[0], last[1] - 70, 1],
    ]
}

/// A ballot's choices as people write them, in every style of the documented example. What is read is described so that
/// it is read as the same.
pub fn choice(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let manifest = example();
    for style in 0..manifest.styles().len() as u16 {
        let read = match Selections::read(manifest, style, text) {
            Ok(read) => read,
            Err(error) => {
                drop(error.to_string());
                continue;
            }
        };
        for language in ["en", "fr"] {
            let words = read.describe(manifest, language).expect("it obeys the rules");
            let parts: Vec<String> =
                words.iter().map(|words| format!("{}={}", words.number, words.choice)).collect();
            let again = Selections::read(manifest, style, &parts.join("; "));
            let again = again.unwrap_or_else(|error| panic!("{parts:?}: {error}"));
            assert_eq!(again.entries(), read.entries(), "{parts:?}");
        }
    }
}

fn example() -> &'static tabella_crypto::manifest::CheckedManifest {
    use std::sync::OnceLock;
    static EXAMPLE: OnceLock<tabella_crypto::manifest::CheckedManifest> = OnceLock::new();
    EXAMPLE.get_or_init(super::settings::example_manifest)
}

/// A whole ballot of each style, in numbers.
pub fn choice_seeds() -> Vec<Vec<u8>> {
    use tabella_crypto::rules::Method;
    let manifest = example();
    let styles = 0..manifest.styles().len() as u16;
    let ballots = styles.map(|style| {
        let contests = manifest.contests_of(style).map(|(index, contest)| {
            let options = contest.options.len();
            let choice = match &contest.method {
                Method::ChooseOne => "1".to_owned(),
                Method::Choose { .. } => "1".to_owned(),
                Method::Rank => {
                    (1..=options).map(|option| option.to_string()).collect::<Vec<_>>().join(" > ")
                }
                Method::Grades { .. } => {
                    (1..=options).map(|option| format!("{option}:1")).collect::<Vec<_>>().join(", ")
                }
                Method::ForAgainstAbstain { .. } => "1:for".to_owned(),
                _ => "1:1".to_owned(),
            };
            format!("{}={choice}", index + 1)
        });
        contests.collect::<Vec<_>>().join("; ").into_bytes()
    });
    ballots.chain([b"blank".to_vec(), b"1=\"a \"\"b\"\"\", #2; 2=none".to_vec()]).collect()
}

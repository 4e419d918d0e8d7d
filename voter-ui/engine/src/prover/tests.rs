//! A ballot as a page makes it: prepared, sealed, decided, examined.

use tabella_crypto::ballot::Disposition;
use tabella_web_shared::ToWorker;
use tabella_web_shared::prover::PracticeCard;

use super::*;

const NOW: u64 = 1_800_000_000_000;

fn ready() -> (Prover, PracticeCard) {
    let card = practice::practice(NOW, &mut OsRng).unwrap();
    let mut prover = Prover::default();
    prover.prepare(&card.purpose).unwrap();
    (prover, card)
}

fn choices() -> Zeroizing<Vec<Vec<u64>>> {
    Zeroizing::new(vec![vec![0, 1, 0, 0, 0], vec![1, 0, 0, 1, 0]])
}

#[test]
fn a_practice_election_holds_together_and_is_new_each_time() {
    let cards = [(); 2].map(|()| practice::practice(NOW, &mut OsRng).unwrap());
    for card in &cards {
        let manifest = CheckedManifest::decode(&card.purpose.manifest).unwrap();
        assert_eq!(manifest.id(), card.election);
        assert_eq!((manifest.board.as_str(), manifest.contests.len()), ("practice.invalid", 2));
        let texts = manifest.contests.iter().flat_map(|contest| {
            contest.options.iter().chain(&contest.blank).chain([&contest.title, &manifest.title])
        });
        for text in texts {
            let tags: Vec<&str> = text.versions().iter().map(|(tag, _)| tag.as_str()).collect();
            assert_eq!(tags, ["en", "zh-Hans"]);
        }
    }
    let [one, two] = cards;
    assert!(one.election != two.election && one.code != two.code && one.purpose.key != two.purpose.key);
}

#[test]
fn a_sealed_ballot_is_cast_once_and_continued_by_the_next() {
    let (mut prover, card) = ready();
    let sealed = prover.seal(&card.code, 0, None, choices()).unwrap();
    let decided = prover.cast(sealed.code).unwrap();
    assert_eq!(decided.opening, None);
    assert!(matches!(prover.cast(sealed.code), Err(Trouble::Fault { .. })), "its seed is gone");
    assert!(matches!(prover.test(sealed.code), Err(Trouble::Fault { .. })));
    let verified = |entry: &[u8]| {
        let Entry::Cast(submitted) = Entry::decode(entry).unwrap() else { panic!("a cast ballot") };
        let authentic = submitted.authenticate(card.election, Disposition::Cast).unwrap();
        prover.context.as_ref().unwrap().verify(&authentic, &mut OsRng).unwrap()
    };
    assert_eq!(verified(&decided.entry).code(), sealed.code);
    let previous = Some((0, sealed.code.to_string()));
    let context = prover.context.clone();
    let next = prover.seal(&card.code, 0, previous, choices()).unwrap();
    let next = prover.cast(next.code).unwrap();
    prover.context = context;
    let Entry::Cast(next) = Entry::decode(&next.entry).unwrap() else { panic!("a cast ballot") };
    assert_eq!((next.ballot.counter, next.ballot.previous), (1, Some(sealed.code)));
}

/// The prover speaks to the page alone: whatever was chosen, it is told, says and hands over as many bytes.
#[test]
fn messages_and_entries_have_one_length_for_every_choice() {
    let (mut prover, card) = ready();
    let mut lengths = Vec::new();
    let blank = vec![0, 0, 0, 0, 1];
    for [first, second] in [
        [vec![1, 0, 0, 0, 0], vec![0, 0, 0, 1, 0]],
        [vec![0, 0, 0, 1, 0], vec![1, 1, 0, 0, 0]],
        [blank.clone(), vec![0, 1, 1, 0, 0]],
        [blank.clone(), blank],
    ] {
        let entries = vec![first, second];
        let request =
            Request::Seal { code: card.code.clone(), style: 0, previous: None, entries: entries.clone() };
        let asked = ToWorker { id: 1, request: tabella_web_shared::Request::Prover(request) };
        let asked = asked.into_bytes().unwrap().len();
        let entries = Zeroizing::new(entries);
        let shown = prover.seal(&card.code, 0, None, entries.clone()).unwrap();
        let cast = prover.cast(shown.code).unwrap();
        let tested = prover.seal(&card.code, 0, None, entries).unwrap();
        let tested = prover.test(tested.code).unwrap();
        let answers = [encode(&shown), encode(&cast), encode(&tested)].map(|answer| answer.unwrap().len());
        // an entry is the body of the one request that posts it
        lengths.push((asked, answers, cast.entry.len(), tested.entry.len()));
    }
    assert!(lengths.iter().all(|found| *found == lengths[0]), "{lengths:?}");
}

#[test]
fn a_ballot_is_decided_only_by_the_tracking_code_that_was_shown() {
    let (mut prover, card) = ready();
    let first = prover.seal(&card.code, 0, None, choices()).unwrap();
    let second = prover.seal(&card.code, 0, None, choices()).unwrap();
    assert_ne!(first.code, second.code);
    assert!(matches!(prover.cast(first.code), Err(Trouble::Fault { .. })), "another is sealed by now");
    assert!(
        matches!(prover.cast(second.code), Err(Trouble::Fault { .. })),
        "and is erased, to be sealed again"
    );
    let third = prover.seal(&card.code, 0, None, choices()).unwrap();
    assert!(matches!(prover.test(second.code), Err(Trouble::Fault { .. })));
    assert!(matches!(prover.cast(third.code), Err(Trouble::Fault { .. })));
}

#[test]
fn a_tested_ballot_is_examined_on_another_device_and_published_by_its_voter() {
    let (mut prover, card) = ready();
    let sealed = prover.seal(&card.code, 0, None, choices()).unwrap();
    let DecidedCard { entry, opening } = prover.test(sealed.code).unwrap();
    let opening = opening.unwrap();
    let other = Prover::default();
    let examined = other.examine(&card.purpose, &entry, &opening).unwrap();
    assert_eq!((examined.style, examined.entries), (0, choices().to_vec()));

    let published = other.publish(&card.purpose, (9, &entry), &opening, &card.code).unwrap();
    let Entry::Opening(published) = Entry::decode(&published.entry).unwrap() else { panic!("an opening") };
    assert_eq!(published.challenge, 9);
    let stranger = practice::practice(NOW, &mut OsRng).unwrap();
    let refused = other.publish(&card.purpose, (9, &entry), &opening, &stranger.code);
    assert_eq!(refused.err(), Some(Trouble::UnknownCode));

    let mut lie: TestOpening = serde_json::from_str(&opening).unwrap();
    lie.opening.selections[0] = vec![1, 0, 0, 0, 0];
    let lie = serde_json::to_string(&lie).unwrap();
    let examine = |purpose, opening: &str| other.examine(purpose, &entry, opening).err().unwrap();
    assert!(matches!(examine(&card.purpose, &lie), Trouble::Dishonest { .. }));
    assert!(matches!(examine(&card.purpose, "{}"), Trouble::Input { .. }));
    assert!(matches!(examine(&stranger.purpose, &opening), Trouble::Input { .. }), "of another election");
    let otherwise = Entry::Cast(match Entry::decode(&entry).unwrap() {
        Entry::Challenge(submitted) => submitted,
        _ => panic!("a test"),
    });
    let cast = other.examine(&card.purpose, &otherwise.encode(), &opening);
    assert!(matches!(cast, Err(Trouble::Dishonest { .. })), "cast, where a test was asked for");
}

#[test]
fn what_cannot_be_sealed_leaves_nothing_sealed() {
    let (mut prover, card) = ready();
    let mut fails = |code: &str, style, previous, entries| {
        prover.seal(&card.code, 0, None, choices()).unwrap();
        let trouble = prover.seal(code, style, previous, entries).err().unwrap();
        assert!(prover.undecided.is_none());
        trouble
    };
    assert_eq!(fails("not a code", 0, None, choices()), Trouble::UnknownCode);
    let fault = |trouble| matches!(trouble, Trouble::Fault { .. });
    assert!(fault(fails(&card.code, 1, None, choices())));
    assert!(fault(fails(&card.code, 0, Some((0, "12".to_owned())), choices())));
    assert!(fault(fails(
        &card.code,
        0,
        None,
        Zeroizing::new(vec![vec![1, 1, 0, 0, 0], vec![0, 0, 0, 0, 1]])
    )));
    let mut unprepared = Prover::default();
    assert!(fault(unprepared.seal(&card.code, 0, None, choices()).err().unwrap()));
}

//! The log itself, the manifest, opening and closing.

use super::*;
use crate::entry::{CeremonyRestart, ContestResult, MANIFEST_PART_LENGTH, manifest_parts};
use crate::fixtures::ACT_LIFETIME;
use tabella_crypto::codec::{CodecError, MAX_ENTRY_LENGTH};
use tabella_crypto::manifest::{Manifest, Powers};
use tabella_crypto::outcome::{Outcome, Verdict};
use tabella_crypto::signature::SigningKey;
use tabella_crypto::text::Text;

/// A manifest in two parts.
fn long() -> SmallElection {
    let description = (0..16).map(|language| (format!("x{language}"), "a".repeat(3_800))).collect();
    let description = Text::new(description).unwrap();
    SmallElection::unpublished(|manifest| manifest.description = Some(description))
}

#[test]
fn a_log_begins_with_a_block_and_the_manifest() {
    let mut election = long();
    let parts = manifest_parts(&election.manifest.encode());
    assert_eq!(parts.len(), 2);
    election.refuse(Entry::Manifest(parts[0].clone()), Check::Blocks);
    election.refuse(election.registration(1), Check::Blocks);
    election.block(CREATED);
    let next = Entry::Block(election.state.next_block(CREATED));
    election.refuse(next.clone(), Check::ManifestParts);
    election.refuse(election.registration(1), Check::ManifestParts);

    let part = |change: fn(&mut ManifestPart)| {
        let mut part = parts[0].clone();
        change(&mut part);
        Entry::Manifest(part)
    };
    election.refuse(Entry::Manifest(parts[1].clone()), Check::ManifestParts);
    election.refuse(part(|part| part.parts = 0), Check::ManifestParts);
    election.refuse(part(|part| part.parts = 18), Check::ManifestParts);
    election.refuse(part(|part| part.bytes.truncate(59_999)), Check::ManifestParts);
    election.refuse(part(|part| part.bytes.push(0)), Check::ManifestParts);
    election.push(Entry::Manifest(parts[0].clone()));
    election.refuse(Entry::Manifest(parts[0].clone()), Check::ManifestParts);
    election.refuse(next, Check::ManifestParts);
    let last = |change: fn(&mut ManifestPart)| {
        let mut part = parts[1].clone();
        change(&mut part);
        Entry::Manifest(part)
    };
    election.refuse(last(|part| part.parts = 3), Check::ManifestParts);
    election.refuse(last(|part| part.bytes.clear()), Check::ManifestParts);
    election.refuse(last(|part| part.bytes[0] ^= 1), Check::ManifestHash);
    assert_eq!(election.state.phase(), Phase::Manifest);
    election.push(Entry::Manifest(parts[1].clone()));
    assert_eq!(election.state.manifest().unwrap().id(), election.manifest.id());
    election.refuse(Entry::Manifest(parts[1].clone()), Check::ManifestParts);
}

/// An election whose manifest has so many bytes.
fn with_manifest_of(length: usize) -> SmallElection {
    let described = |mut more: usize| {
        let version = |language| {
            let length = more.min(3_999);
            more -= length;
            (format!("x{language:02}"), "a".repeat(1 + length))
        };
        Text::new((0..16).map(version).collect()).unwrap()
    };
    let change = |manifest: &mut Manifest| {
        manifest.description = Some(described(0));
        let texts = [&mut manifest.title, &mut manifest.contests[0].title];
        texts.into_iter().for_each(|text| *text = described(0));
        let (mut more, part) = (length - manifest.encode().len(), 16 * 3_999);
        for text in [&mut manifest.title, &mut manifest.contests[0].title] {
            *text = described(more.min(part));
            more -= more.min(part);
        }
        manifest.description = Some(described(more));
    };
    let election = SmallElection::unpublished(change);
    assert_eq!(election.manifest.encode().len(), length);
    election
}

#[test]
fn a_manifest_stands_in_as_few_full_parts_as_it_takes() {
    for (length, lengths) in [
        (MANIFEST_PART_LENGTH - 1, vec![59_999]),
        (MANIFEST_PART_LENGTH, vec![60_000]),
        (MANIFEST_PART_LENGTH + 1, vec![60_000, 1]),
        (2 * MANIFEST_PART_LENGTH, vec![60_000, 60_000]),
    ] {
        let mut election = with_manifest_of(length);
        let parts = manifest_parts(&election.manifest.encode());
        assert_eq!(parts.iter().map(|part| part.bytes.len()).collect::<Vec<_>>(), lengths);
        election.block(CREATED);
        for part in parts {
            assert_eq!(election.state.phase(), Phase::Manifest);
            // neither a part too long, nor one that says it is not the last, nor an empty one
            let mut longer = part.clone();
            longer.bytes.resize(MANIFEST_PART_LENGTH + 1, 0);
            election.refuse(Entry::Manifest(longer), Check::ManifestParts);
            election.refuse(
                Entry::Manifest(ManifestPart { bytes: vec![], ..part.clone() }),
                Check::ManifestParts,
            );
            election.push(Entry::Manifest(part));
        }
        assert_eq!(election.state.phase(), Phase::Setup, "{length} bytes");
    }
}

#[test]
fn a_manifest_has_so_many_parts_and_no_more() {
    let first = |part: u16, parts: u16, length: usize| {
        let mut election = SmallElection::unpublished(|_| {});
        election.block(CREATED);
        let entry = Entry::Manifest(ManifestPart { part, parts, bytes: vec![0; length] });
        election.append(entry).map_err(|refusal| refusal.check())
    };
    let full = MANIFEST_PART_LENGTH;
    // sixteen full parts have 960,000 bytes, seventeen more than a manifest may
    assert_eq!((first(0, 2, full), first(0, 17, full)), (Ok(()), Ok(())));
    for (part, parts, length) in [
        (0, 18, full),
        (0, u16::MAX, full),
        (0, 0, full),
        (1, 1, full),
        (1, 2, full),
        (u16::MAX, 0, full),
        (u16::MAX, u16::MAX, full),
        (0, 2, full - 1),
        (0, 2, full + 1),
        (0, 1, 0),
        (0, 1, full + 1),
    ] {
        assert_eq!(first(part, parts, length), Err(Check::ManifestParts), "{part} of {parts}");
    }
    // a last part of any other length is looked at
    assert_eq!((first(0, 1, 1), first(0, 1, full)), (Err(Check::ManifestHash), Err(Check::ManifestHash)));
}

#[test]
fn rejects_a_manifest_of_another_election_and_one_whose_rules_contradict_each_other() {
    let mut election = SmallElection::unpublished(|_| {});
    election.block(CREATED);
    let mut other = crate::fixtures::manifest();
    other.nonce = [6; 16];
    election.refuse(Entry::Manifest(manifest_parts(&other.encode())[0].clone()), Check::ManifestHash);
    other.threshold = 4;
    let mut contradiction = SmallElection::unpublished(|_| {});
    contradiction.state = ElectionState::new(ElectionId::of(&other.encode()));
    contradiction.block(CREATED);
    let part = manifest_parts(&other.encode())[0].clone();
    contradiction.refuse(Entry::Manifest(part), Check::ManifestRules);
}

#[test]
fn blocks_count_up_name_the_root_before_them_and_never_run_back() {
    let mut election = SmallElection::new();
    let next = election.state.next_block(CREATED + 5);
    for height in [0, 2] {
        election.refuse(Entry::Block(Block { height, ..next }), Check::Blocks);
    }
    election.refuse(Entry::Block(Block { time: CREATED - 1, ..next }), Check::Blocks);
    election.refuse(Entry::Block(Block { root_before: Digest([1; 32]), ..next }), Check::Blocks);
    election.push(Entry::Block(next));
    // a block that is repeated, or moved, names another root
    election.refuse(Entry::Block(next), Check::Blocks);
    assert_eq!(election.state.next_block(0).time, CREATED + 5, "a clock that ran back does not count");
    // two batches in one millisecond
    let same = election.state.next_block(0);
    assert_eq!(same.time, election.state.time());
    election.push(Entry::Block(same));
}

#[test]
fn rejects_bytes_of_another_entry() {
    let mut election = SmallElection::opened();
    let Entry::Block(block) = Entry::Block(election.state.next_block(OPENS)) else { unreachable!() };
    let other = Entry::Block(Block { time: block.time + 1, ..block });
    let checked = CheckedEntry::Other(Box::new(Entry::Block(block)));
    let refusal = election.state.apply(&other.encode(), checked, &election.log).unwrap_err();
    assert_eq!(refusal.check(), Check::Encoding);

    let context = election.state.ballot_context().unwrap().clone();
    let (mine, other) = (election.vote(0, 0, [0, 0]), election.vote(0, 0, [0, 0]));
    let checked = CheckedEntry::check(Some(&context), mine.clone(), &mut election.rng).unwrap();
    let Entry::Cast(submitted) = mine.clone() else { unreachable!() };
    for bytes in [other.encode(), Entry::Challenge(submitted).encode(), Vec::new(), vec![0; 65_536]] {
        let refusal = election.state.apply(&bytes, checked.clone(), &election.log).unwrap_err();
        assert_eq!(refusal.check(), Check::Encoding);
    }
    let unchecked = CheckedEntry::Other(Box::new(mine.clone()));
    let refusal = election.state.apply(&mine.encode(), unchecked, &election.log).unwrap_err();
    assert_eq!(refusal.check(), Check::BallotProofs);
    assert_eq!(election.state.apply(&mine.encode(), checked, &election.log), Ok(()));
}

#[test]
fn automatic_entries_stand_where_they_are_due_and_nowhere_else() {
    let mut election = SmallElection::new();
    let restart = Entry::CeremonyRestart(CeremonyRestart { attempt: 0, culprit: None });
    let close = |counted| Entry::Close(Closed { counted, cast: 0, challenged: 0 });
    let withheld = |contest| Entry::Withheld(Withheld { contest });
    election.hold_ceremony();
    election.publish_roll();
    let opened = election.state.opened().unwrap();
    election.refuse(restart.clone(), Check::CeremonyRestarts);
    election.refuse(Entry::Open(opened.clone()), Check::OpeningConditions);
    election.refuse(close(0), Check::ClosingConditions);
    election.refuse(withheld(0), Check::WithheldContests);

    election.push(Entry::Block(election.state.next_block(OPENS)));
    let next = Entry::Block(election.state.next_block(OPENS));
    election.refuse(next, Check::Order);
    election.refuse(election.act(AdministratorAct::Open), Check::Order);
    election.refuse(close(0), Check::Order);
    for changed in [
        Opened { key: tabella_crypto::group::Point::BASE.encode(), ..opened.clone() },
        Opened { ceremony: Digest([1; 32]), ..opened.clone() },
        Opened { roll: Digest([1; 32]), ..opened.clone() },
        Opened { voters: 8, ..opened.clone() },
        Opened { weight: 12, ..opened.clone() },
    ] {
        election.refuse(Entry::Open(changed), Check::OpeningContent);
    }
    election.push(Entry::Open(opened.clone()));
    election.refuse(Entry::Open(opened), Check::OpeningConditions);

    let early = election.vote(0, 0, [0, 0]);
    election.push(Entry::Block(election.state.next_block(CLOSES)));
    election.refuse(early, Check::Order);
    election.refuse(close(1), Check::ClosingContent);
    election.push(close(0));
    election.refuse(withheld(1), Check::WithheldContests);
    let next = Entry::Block(election.state.next_block(CLOSES));
    election.refuse(next, Check::Order);
    election.push(withheld(0));
    election.push(withheld(1));
    election.refuse(withheld(1), Check::WithheldContests);
    election.refuse(close(0), Check::ClosingConditions);
    assert_eq!(election.state.phase(), Phase::Counted);
}

#[test]
fn voting_opens_early_only_by_an_administrator_who_may_and_when_all_is_ready() {
    let mut election = SmallElection::with(|m| m.powers = Powers { open_early: false, close_early: false });
    election.hold_ceremony();
    election.publish_roll();
    election.refuse(election.act(AdministratorAct::Open), Check::OpeningConditions);
    election.refuse(election.act(AdministratorAct::Close), Check::ClosingConditions);
    election.block(OPENS);
    election.refuse(election.act(AdministratorAct::Close), Check::ClosingConditions);

    let mut election = SmallElection::new();
    election.refuse(election.act(AdministratorAct::Open), Check::OpeningConditions);
    election.hold_ceremony();
    election.refuse(election.act(AdministratorAct::Open), Check::OpeningConditions);
    election.publish_roll();
    let stranger = SigningKey::from_seed([9; 32]);
    let (id, until) = (election.manifest.id(), CREATED + 1);
    let forged = AdministratorEntry::sign(id, AdministratorAct::Open, until, &stranger);
    election.refuse(Entry::Administrator(forged), Check::AdministratorSignatures);
    let close = AdministratorEntry::sign(id, AdministratorAct::Close, until, &election.administrator);
    let other_act = AdministratorEntry { act: AdministratorAct::Open, ..close };
    election.refuse(Entry::Administrator(other_act), Check::AdministratorSignatures);
    election.push_with_due(election.act(AdministratorAct::Open));
    assert_eq!((election.state.phase(), election.state.time()), (Phase::Open, CREATED));
    election.refuse(election.act(AdministratorAct::Open), Check::OpeningConditions);
    election.push_with_due(election.act(AdministratorAct::Close));
    // not the manifest's times, but the record's
    assert_eq!(
        (election.state.opening_time(), election.state.closing_time()),
        (Some(CREATED), Some(CREATED))
    );
    assert_eq!(election.state.phase(), Phase::Counted);
    election.refuse(election.act(AdministratorAct::Close), Check::ClosingConditions);
    election.refuse(election.act(AdministratorAct::Open), Check::OpeningConditions);
}

/// Every act in every phase under every choice of powers: what the manifest does not give, the log does not take.
#[test]
fn an_administrator_has_no_power_but_those_of_the_manifest() {
    let all = [
        AdministratorAct::Open,
        AdministratorAct::Close,
        AdministratorAct::RestartCeremony { attempt: 0 },
        AdministratorAct::RestartCeremony { attempt: 1 },
    ];
    /// What is admitted now, of all acts; a refusal leaves the log as it is.
    fn admitted(election: &SmallElection, acts: [AdministratorAct; 4]) -> Vec<AdministratorAct> {
        let admits = |act: &AdministratorAct| {
            let mut state = election.state.clone();
            let entry = election.act(*act);
            let checked = CheckedEntry::Other(Box::new(entry.clone()));
            let outcome = state.apply(&entry.encode(), checked, &election.log);
            assert!(outcome.is_ok() || state.root() == election.state.root());
            outcome.is_ok()
        };
        acts.into_iter().filter(admits).collect()
    }
    for (open_early, close_early) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut election = SmallElection::with(|m| m.powers = Powers { open_early, close_early });
        let restart = AdministratorAct::RestartCeremony { attempt: 0 };
        assert_eq!(admitted(&election, all), [restart], "before the key: no attempt but the current one");
        election.hold_ceremony();
        assert_eq!(admitted(&election, all), [], "the key is made, the roll is missing");
        election.publish_roll();
        let open: Vec<_> = open_early.then_some(AdministratorAct::Open).into_iter().collect();
        assert_eq!(admitted(&election, all), open, "ready");
        election.block(OPENS);
        assert_eq!(election.state.phase(), Phase::Open, "by itself, at its time");
        let close: Vec<_> = close_early.then_some(AdministratorAct::Close).into_iter().collect();
        assert_eq!(admitted(&election, all), close, "voting");
        election.block(CLOSES);
        assert!(election.state.phase() >= Phase::Closed, "by itself, at its time");
        assert_eq!(admitted(&election, all), [], "over");
    }
    // there is no other act: none to withdraw an election, to change it, or to take anything back
    let mut bytes = SmallElection::new().act(AdministratorAct::Open).encode();
    assert!(Entry::decode(&bytes).is_ok());
    for tag in 3..=u8::MAX {
        bytes[1] = tag;
        assert!(Entry::decode(&bytes).is_err(), "act {tag}");
    }
}

#[test]
fn an_act_that_was_refused_cannot_be_played_later() {
    let mut election = SmallElection::new();
    let (open, close) = (election.act(AdministratorAct::Open), election.act(AdministratorAct::Close));
    election.refuse(open.clone(), Check::OpeningConditions);
    election.hold_ceremony();
    election.publish_roll();
    election.block(CREATED + ACT_LIFETIME + 1);
    let expired = AdministratorRefusal::Expired {
        valid_until: CREATED + ACT_LIFETIME,
        time: CREATED + ACT_LIFETIME + 1,
    };
    let refusal = election.refuse(open.clone(), Check::AdministratorSignatures);
    assert_eq!(refusal, Refusal::Administrator(expired));
    // nor with a later time under the old signature
    let Entry::Administrator(signed) = open else { unreachable!() };
    let later = AdministratorEntry { valid_until: CREATED + 2 * ACT_LIFETIME, ..signed };
    let refusal = election.refuse(Entry::Administrator(later), Check::AdministratorSignatures);
    assert_eq!(refusal, Refusal::Administrator(AdministratorRefusal::Signature));
    election.push_with_due(election.act(AdministratorAct::Open));
    assert_eq!(election.state.phase(), Phase::Open);
    election.refuse(close, Check::AdministratorSignatures);
}

#[test]
fn nobody_signs_an_act_that_is_valid_for_long() {
    let mut election = SmallElection::new();
    election.hold_ceremony();
    election.publish_roll();
    let act = |valid_until, election: &SmallElection| {
        let (id, key) = (election.manifest.id(), &election.administrator);
        Entry::Administrator(AdministratorEntry::sign(id, AdministratorAct::Open, valid_until, key))
    };
    let longest = CREATED + 300_000;
    for valid_until in [longest + 1, u64::MAX] {
        let refusal = election.refuse(act(valid_until, &election), Check::AdministratorSignatures);
        let too_long = AdministratorRefusal::TooLong { valid_until, time: CREATED };
        assert_eq!(refusal, Refusal::Administrator(too_long));
    }
    let mut shortest = SmallElection::new();
    shortest.hold_ceremony();
    shortest.publish_roll();
    shortest.push(act(CREATED, &shortest));
    election.push(act(longest, &election));
}

#[test]
fn voting_does_not_open_before_every_trustee_has_read_the_share_back() {
    let mut election = SmallElection::new();
    election.publish_roll();
    election.register();
    election.commit();
    election.share();
    election.confirm();
    for trustee in [1, 2] {
        let entry = election.test_decryption(trustee);
        election.push(entry);
    }
    election.block(OPENS);
    assert_eq!(election.state.phase(), Phase::Setup, "the third key file reads back wrong");
    election.refuse(election.act(AdministratorAct::Open), Check::OpeningConditions);
    let entry = election.test_decryption(3);
    election.push_with_due(entry);
    assert_eq!(election.state.phase(), Phase::Open);
    let entry = election.test_decryption(3);
    election.refuse(entry, Check::CeremonyOrder);
    election.refuse(election.act(AdministratorAct::RestartCeremony { attempt: 0 }), Check::CeremonyOrder);
}

#[test]
fn an_entry_that_no_bundle_could_hold_is_refused_by_its_length() {
    let mut election = SmallElection::new();
    let result = |trustees: usize| {
        let outcome =
            Outcome { standings: vec![], elected: vec![], tied: vec![], verdict: Verdict::NoneQualified };
        Entry::Result(ContestResult { contest: 0, trustees: vec![1; trustees], totals: vec![], outcome })
    };
    let room = MAX_ENTRY_LENGTH - result(0).encode().len();
    // the longest one is looked at, and is early
    election.refuse(result(room), Check::Statements);
    for longer in [1, 2] {
        let refusal = election.refuse(result(room + longer), Check::Encoding);
        let error = CodecError::TooLong { length: MAX_ENTRY_LENGTH + longer, bound: MAX_ENTRY_LENGTH };
        assert_eq!(refusal, Refusal::Log(LogRefusal::Encoding(error)));
    }
}

#[test]
fn what_the_rules_make_nobody_can_send() {
    let mut election = SmallElection::opened();
    election.vote_all();
    election.count();
    for bytes in &election.log {
        let entry = Entry::decode(bytes).unwrap();
        let made = matches!(
            entry,
            Entry::Block(_) | Entry::Manifest(_) | Entry::Open(_) | Entry::Close(_) | Entry::Withheld(_)
        );
        assert_eq!(entry.is_automatic(), made, "{entry:?}");
    }
}

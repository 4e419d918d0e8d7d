//! The roll.

use super::*;
use crate::entry::{ROLL_PART_LENGTH, RollChange, RollChangeEntry, RollPart, Voter, sign_roll};
use crate::state::roll::Classes;
use tabella_crypto::group::EncodedPoint;
use tabella_crypto::signature::SigningKey;
use tabella_crypto::transcript::hash_to_point;

#[test]
fn the_roll_is_signed_sorted_and_complete() {
    let mut election = SmallElection::new();
    let all = election.sorted(0..VOTERS.len());
    let part = |number, last, voters: &[Voter], election: &SmallElection| {
        election.roll_part(number, last, voters.to_vec())
    };
    let Entry::Roll(mut forged) = part(0, true, &all, &election) else { unreachable!() };
    forged.last = false;
    election.refuse(Entry::Roll(forged), Check::RollSignatures);
    let stranger = SigningKey::from_seed([9; 32]);
    let empty = Digest::default();
    let forged = RollPart::sign(election.manifest.id(), &empty, 0, true, all.clone(), &stranger);
    election.refuse(Entry::Roll(forged), Check::RollSignatures);
    election.refuse(part(1, false, &all[..1], &election), Check::RollParts);
    election.refuse(part(0, true, &[], &election), Check::RollParts);
    election.refuse(part(0, true, &vec![all[0]; 901], &election), Check::RollParts);
    election.refuse(part(0, true, &[all[1], all[0]], &election), Check::RollVoters);
    election.refuse(part(0, true, &[all[0], all[0]], &election), Check::RollVoters);
    for (changed, check) in [
        (Voter { weight: 0, ..all[0] }, Check::RollVoters),
        (Voter { style: 2, ..all[0] }, Check::RollVoters),
        (Voter { weight: 101, ..all[0] }, Check::RollWeight),
        (Voter { weight: u32::MAX, ..all[0] }, Check::RollWeight),
        (Voter { credential: Credential(EncodedPoint::IDENTITY), ..all[0] }, Check::RollVoters),
        (Voter { credential: Credential(EncodedPoint([0xff; 32])), ..all[0] }, Check::RollVoters),
    ] {
        election.refuse(part(0, true, &[changed], &election), check);
    }
    let add = RollChange::Add { voter: all[6] };
    election.refuse(election.roll_change(add), Check::RollChanges);
    election.push(part(0, false, &all[..3], &election));
    election.refuse(part(0, false, &all[..3], &election), Check::RollParts);
    // the order and the sum go on over all parts
    election.refuse(part(1, true, &all[2..5], &election), Check::RollVoters);
    election.refuse(part(1, true, &[Voter { weight: 100, ..all[3] }], &election), Check::RollWeight);
    assert!(!election.state.roll().is_complete());
    election.push(part(1, true, &all[3..], &election));
    assert_eq!((election.state.roll().len(), election.state.roll().weight()), (7, 11));
    assert_eq!((election.state.roll().style_weight(0), election.state.roll().style_weight(1)), (9, 2));
    election.refuse(part(2, true, &all[6..], &election), Check::RollParts);
    let entries = election.log.iter().filter(|bytes| matches!(Entry::decode(bytes), Ok(Entry::Roll(_))));
    let digest = entries.fold(Digest::default(), |before, bytes| hash("roll", &[&before.0, bytes]));
    assert_eq!(election.state.roll().digest(), digest);
}

#[test]
fn changes_revoke_replace_and_add_and_no_credential_is_used_twice() {
    let mut election = SmallElection::new();
    let spare: Vec<Voter> = [5, 6].map(|voter| election.voter(voter)).to_vec();
    election.push(election.roll_part(0, true, election.sorted(0..5)));
    let [first, second] = [election.voter(0), election.voter(3)];
    let revoke = |voter: Voter| RollChange::Revoke { credential: voter.credential };
    let replace =
        |voter: Voter, by: Voter| RollChange::Replace { credential: voter.credential, by: by.credential };
    let add = |voter| RollChange::Add { voter };

    let stranger = SigningKey::from_seed([9; 32]);
    let (id, before) = (election.manifest.id(), election.state.roll().digest());
    let forged = RollChangeEntry::sign(id, &before, 0, add(spare[0]), &stranger);
    election.refuse(Entry::RollChange(forged), Check::RollSignatures);
    let skipped = RollChangeEntry::sign(id, &before, 1, add(spare[0]), &election.registrar);
    election.refuse(Entry::RollChange(skipped), Check::RollChanges);
    election.refuse(election.roll_change(revoke(spare[0])), Check::RollChanges);
    election.refuse(election.roll_change(replace(spare[0], spare[1])), Check::RollChanges);
    election.refuse(election.roll_change(replace(first, second)), Check::RollChanges);
    election.refuse(election.roll_change(add(first)), Check::RollChanges);
    let nothing = Voter { credential: Credential(EncodedPoint::IDENTITY), ..spare[0] };
    election.refuse(election.roll_change(add(nothing)), Check::RollVoters);
    election.refuse(election.roll_change(replace(first, nothing)), Check::RollVoters);
    election.refuse(election.roll_change(add(Voter { weight: 0, ..spare[0] })), Check::RollVoters);
    election.refuse(election.roll_change(add(Voter { style: 7, ..spare[0] })), Check::RollVoters);
    election.refuse(election.roll_change(add(Voter { weight: 96, ..spare[0] })), Check::RollWeight);

    let before = election.state.roll().digest();
    let revoked = election.roll_change(revoke(first));
    election.push(revoked.clone());
    assert_eq!(election.state.roll().digest(), hash("roll", &[&before.0, &revoked.encode()]));
    election.refuse(revoked, Check::RollChanges);
    election.refuse(election.roll_change(revoke(first)), Check::RollChanges);
    election.refuse(election.roll_change(add(first)), Check::RollChanges);
    election.push(election.roll_change(replace(second, spare[0])));
    election.refuse(election.roll_change(replace(spare[0], second)), Check::RollChanges);
    let state = *election.state.voter(&spare[0].credential).unwrap();
    assert_eq!((state.style, state.weight), (second.style, second.weight), "style and weight stay");
    assert_eq!(election.state.voter(&second.credential), None);
    election.push(election.roll_change(add(spare[1])));
    assert_eq!((election.state.roll().len(), election.state.roll().weight()), (5, 7));
    // what quorums and requirements are fractions of loses the revoked voter too
    assert_eq!((election.state.roll().style_weight(0), election.state.roll().style_weight(1)), (5, 2));
    assert_eq!(election.state.roll().voters().count(), 5);

    election.hold_ceremony();
    election.block(OPENS);
    assert_eq!(election.state.phase(), Phase::Open);
    election.refuse(election.roll_change(revoke(spare[0])), Check::RollChanges);
    election.refuse(election.roll_part(1, true, vec![first]), Check::RollChanges);
}

#[test]
fn parts_of_two_drafts_and_changes_for_another_roll_cannot_be_mixed() {
    // two drafts differ in the last voter of their first part, and both are signed
    let sorted = SmallElection::new().sorted(0..VOTERS.len());
    let (first, rest) = sorted.split_at(3);
    let mut draft = SmallElection::new();
    draft.push(draft.roll_part(0, false, first[..2].to_vec()));
    let second = draft.roll_part(1, true, rest.to_vec());
    let mut election = SmallElection::new();
    election.push(election.roll_part(0, false, first.to_vec()));
    let refusal = election.refuse(second.clone(), Check::RollSignatures);
    assert_eq!(refusal, Refusal::Roll(RollRefusal::Signature));
    draft.push(second);
    election.push(election.roll_part(1, true, rest.to_vec()));
    // the first change of the one roll is none of the other, though both have the voter
    let change = RollChange::Revoke { credential: rest[0].credential };
    election.refuse(draft.roll_change(change), Check::RollSignatures);
    election.push(election.roll_change(change));
}

#[test]
fn a_class_below_the_smallest_group_does_not_come_onto_the_roll() {
    let mut election = SmallElection::with(|manifest| manifest.smallest_group = 3);
    let voters = election.sorted(0..VOTERS.len());
    let small =
        |style, weight, count| Refusal::Roll(RollRefusal::SmallClass { style, weight, count, smallest: 3 });
    // three of style 0 and weight 1, two of style 0 and weight 3, two of style 1
    let refusal = election.refuse(election.roll_part(0, true, voters.clone()), Check::RollVoters);
    assert_eq!(refusal, small(0, 3, 2));
    let mut whole = [voters, election.absent()].concat();
    whole.sort_by_key(|voter| voter.credential);
    assert_eq!(Classes::of(&whole).check(&election.manifest), Ok(()));
    let last = whole.split_off(6);
    election.push(election.roll_part(0, false, whole));
    election.push(election.roll_part(1, true, last));
    assert_eq!(election.state.roll().classes().count(1, 1), 3);

    // one voter with a weight of his own could veto every contest
    let stranger = |number: u8, style, weight| {
        let credential = Credential(hash_to_point("stranger", &[&[number]]).encode());
        RollChange::Add { voter: Voter { credential, style, weight, ..election.voter(0) } }
    };
    let (alone, fourth) = (stranger(1, 0, 2), stranger(2, 1, 1));
    let refusal = election.refuse(election.roll_change(alone), Check::RollVoters);
    assert_eq!(refusal, small(0, 2, 1));
    let words = refusal.to_string();
    assert!(words.contains("style 0") && words.contains("weight 2") && words.contains("smallest-group"));
    // revocations may shrink a class; whoever joins it makes it larger
    for voter in [3, 4] {
        let credential = election.voter(voter).credential;
        election.push(election.roll_change(RollChange::Revoke { credential }));
    }
    assert_eq!(election.state.roll().classes().count(1, 1), 1);
    election.push(election.roll_change(fourth));
    assert_eq!(election.state.roll().classes().count(1, 1), 2);
    let by = Credential(hash_to_point("stranger", &[&[3]]).encode());
    let credential = election.voter(5).credential;
    election.push(election.roll_change(RollChange::Replace { credential, by }));
    assert_eq!(election.state.roll().classes().count(0, 3), 3, "a new credential in the old class");
}

#[test]
fn a_part_of_the_roll_has_so_many_voters_and_no_more() {
    let voters = |number: u16, election: &SmallElection| {
        let voter = |place: u16| {
            let credential = Credential(hash_to_point("many", &[&place.to_le_bytes()]).encode());
            Voter { credential, weight: 1, ..election.voter(0) }
        };
        let mut voters: Vec<Voter> = (0..number).map(voter).collect();
        voters.sort_by_key(|voter| voter.credential);
        voters
    };
    let mut election = SmallElection::with(|manifest| manifest.total_weight = 1_000);
    for number in [901, 902, 0] {
        let many = voters(number, &election);
        let refusal = election.refuse(election.roll_part(0, true, many), Check::RollParts);
        assert_eq!(refusal, Refusal::Roll(RollRefusal::Length(number.into())));
    }
    let most = voters(900, &election);
    assert_eq!(most.len(), ROLL_PART_LENGTH);
    election.push(election.roll_part(0, true, most));
    assert_eq!((election.state.roll().len(), election.state.roll().weight()), (900, 900));
}

#[test]
fn a_class_is_as_large_as_the_smallest_group_or_is_not_there() {
    let whole = |smallest: u32, voters: &[usize]| {
        let mut election = SmallElection::with(|manifest| manifest.smallest_group = smallest);
        let part = election.roll_part(0, true, election.sorted(voters.iter().copied()));
        election.append(part).map_err(|refusal| refusal.check())
    };
    let refused = Err(Check::RollVoters);
    // two voters of style 1, and two of style 0 with weight 3
    assert_eq!([1, 2, 3].map(|smallest| whole(smallest, &[3, 4, 5, 6])), [Ok(()), Ok(()), refused]);
    // two of style 0, and one alone
    assert_eq!([1, 2, 3].map(|smallest| whole(smallest, &[0, 1, 5])), [Ok(()), refused, refused]);
    // a class of one begins where one is enough
    let alone = |smallest: u32| {
        let mut election = SmallElection::with(|manifest| manifest.smallest_group = smallest);
        election.push(election.roll_part(0, true, election.sorted(0..3)));
        let voter = election.voter(5);
        let added = election.append(election.roll_change(RollChange::Add { voter }));
        added.map_err(|refusal| refusal.check())
    };
    assert_eq!((alone(1), alone(2)), (Ok(()), Err(Check::RollVoters)));
}

#[test]
fn the_last_voter_is_replaced_and_not_revoked() {
    let mut election = SmallElection::new();
    election.push(election.roll_part(0, true, election.sorted(0..2)));
    let revoke = |voter: usize, election: &SmallElection| {
        election.roll_change(RollChange::Revoke { credential: election.voter(voter).credential })
    };
    election.push(revoke(0, &election));
    let refusal = election.refuse(revoke(1, &election), Check::RollChanges);
    assert_eq!(refusal, Refusal::Roll(RollRefusal::LastVoter));
    let (credential, by) = (election.voter(1).credential, election.voter(5).credential);
    election.push(election.roll_change(RollChange::Replace { credential, by }));
    election.refuse(revoke(5, &election), Check::RollChanges);
    election.push(election.roll_change(RollChange::Add { voter: election.voter(6) }));
    election.push(revoke(5, &election));
    assert_eq!(
        election.state.roll().voters().map(|(voter, _)| *voter).collect::<Vec<_>>(),
        [election.voter(6).credential]
    );
}

#[test]
fn an_added_voter_brings_the_roll_to_its_weight_and_no_further() {
    // two of weight 1 and one of weight 3, of whom one is revoked: 4 are on the roll
    let roll = |bound: u64| {
        let mut election = SmallElection::with(|manifest| manifest.total_weight = bound);
        election.push(election.roll_part(0, true, election.sorted([0, 1, 5])));
        let credential = election.voter(0).credential;
        election.push(election.roll_change(RollChange::Revoke { credential }));
        let voter = Voter { weight: 2, ..election.voter(2) };
        election.append(election.roll_change(RollChange::Add { voter }))
    };
    assert_eq!(roll(6), Ok(()));
    assert_eq!(roll(5), Err(Refusal::Roll(RollRefusal::TotalWeight { total: 6, bound: 5 })));
}

#[test]
fn a_roll_is_never_empty() {
    let mut election = SmallElection::new();
    let voter = election.voter(0);
    election.push(election.roll_part(0, true, vec![voter]));
    let revoke = RollChange::Revoke { credential: voter.credential };
    election.refuse(election.roll_change(revoke), Check::RollChanges);
}

#[test]
fn a_roll_weighs_as_much_as_the_manifest_says_and_no_more() {
    let mut exact = SmallElection::with(|manifest| manifest.total_weight = 11);
    assert!(exact.state.roll().is_empty());
    exact.push(exact.roll_part(0, true, exact.sorted(0..VOTERS.len())));
    assert_eq!((exact.state.roll().weight(), exact.state.roll().parts()), (11, 1));
    assert!(!exact.state.roll().is_empty());
    let mut narrow = SmallElection::with(|manifest| manifest.total_weight = 10);
    let refusal = narrow.refuse(narrow.roll_part(0, true, narrow.sorted(0..VOTERS.len())), Check::RollWeight);
    assert_eq!(refusal, Refusal::Roll(RollRefusal::TotalWeight { total: 11, bound: 10 }));
}

#[test]
fn a_roll_that_is_signed_at_once_stands_part_after_part() {
    let mut election = SmallElection::new();
    let sorted = election.sorted(0..VOTERS.len());
    let parts: Vec<&[Voter]> = sorted.chunks(3).collect();
    let signed = sign_roll(election.manifest.id(), &parts, &election.registrar);
    let numbered: Vec<(u32, bool)> = signed.iter().map(|part| (part.part, part.last)).collect();
    assert_eq!(numbered, [(0, false), (1, false), (2, true)]);
    signed.into_iter().for_each(|part| election.push(Entry::Roll(part)));
    assert!(election.state.roll().is_complete());
    assert_eq!(election.state.roll().parts(), 3);
}

//! The roll.

use super::*;
use crate::entry::{RollChange, RollChangeEntry, RollPart, Voter};
use tabella_crypto::group::EncodedPoint;
use tabella_crypto::signature::SigningKey;

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
    let forged = RollPart::sign(election.manifest.id(), 0, true, all.clone(), &stranger);
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
    let entries = [part(0, false, &all[..3], &election), part(1, true, &all[3..], &election)];
    let digest =
        entries.iter().fold(Digest::default(), |before, entry| hash("roll", &[&before.0, &entry.encode()]));
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
    let forged = RollChangeEntry::sign(election.manifest.id(), 0, add(spare[0]), &stranger);
    election.refuse(Entry::RollChange(forged), Check::RollSignatures);
    let skipped = RollChangeEntry::sign(election.manifest.id(), 1, add(spare[0]), &election.registrar);
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
    assert_eq!(election.state.roll().voters().count(), 5);

    election.hold_ceremony();
    election.block(OPENS);
    assert_eq!(election.state.phase(), Phase::Open);
    election.refuse(election.roll_change(revoke(spare[0])), Check::RollChanges);
    election.refuse(election.roll_part(1, true, vec![first]), Check::RollChanges);
}

#[test]
fn a_roll_is_never_empty() {
    let mut election = SmallElection::new();
    let voter = election.voter(0);
    election.push(election.roll_part(0, true, vec![voter]));
    let revoke = RollChange::Revoke { credential: voter.credential };
    election.refuse(election.roll_change(revoke), Check::RollChanges);
}

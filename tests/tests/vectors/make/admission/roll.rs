//! Parts of the roll and its changes.

use super::*;

pub fn identity_voter(voter: Voter, credential: EncodedPoint) -> Voter {
    Voter { credential: Credential(credential), ..voter }
}

pub fn roll(maker: &mut Maker, log: &'static str, e: &mut SmallElection) {
    let all = e.sorted(0..7);
    let part = |part, last, voters: Vec<Voter>| e.roll_part(part, last, voters);
    let change = |c: &dyn Fn(&mut Vec<Voter>)| e.roll_part(0, true, mutated(&all, |v| c(v)));
    let revoke = e.roll_change(RollChange::Revoke { credential: all[0].credential });
    let mut at = Place::new(maker, log, e, "the first part");
    at.good("the whole roll", &part(0, true, all.clone()));
    at.good("the first of several", &part(0, false, all[..3].to_vec()));
    at.bad("part 1", "4.2", &part(1, false, all[..3].to_vec()));
    at.bad("no voters", "4.2", &part(0, true, vec![]));
    let many: Vec<Voter> = (1..=901_u64)
        .map(|number| identity_voter(all[0], Point::base_times(&Scalar::from(number)).encode()))
        .collect();
    at.bad("901 voters", "4.2", &part(0, true, mutated(&many, |v| v.sort_by_key(|voter| voter.credential))));
    at.bad("two voters swapped", "4.3", &change(&|v| v.swap(0, 1)));
    at.bad("a voter twice", "4.3", &change(&|v| v[1] = v[0]));
    at.bad(
        "a credential that is the identity",
        "4.3",
        &change(&|v| v[0].credential.0 = EncodedPoint::IDENTITY),
    );
    at.bad(
        "a credential that is no point",
        "4.3",
        &change(&|v| v[6].credential.0 = EncodedPoint([0xff; 32])),
    );
    at.bad("no weight", "4.3", &change(&|v| v[2].weight = 0));
    at.bad("a style that does not exist", "4.3", &change(&|v| v[2].style = 2));
    at.bad("more weight than the manifest allows", "4.4", &change(&|v| v[2].weight = 100));
    at.good(
        "as much weight as the manifest allows",
        &change(&|v| {
            let others: u32 = v.iter().skip(1).map(|voter| voter.weight).sum();
            v[0].weight = 100 - others;
        }),
    );
    let (id, before) = (e.manifest.id(), e.state.roll().digest());
    let sign =
        |id, before, key: &SigningKey| Entry::Roll(RollPart::sign(id, &before, 0, true, all.clone(), key));
    at.bad("signed by the administrator", "4.1", &sign(id, before, &e.administrator));
    at.bad("signed for another election", "4.1", &sign(ElectionId(Digest([9; 32])), before, &e.registrar));
    at.bad("signed for another roll before", "4.1", &sign(id, Digest([9; 32]), &e.registrar));
    let bytes = part(0, true, all.clone()).encode();
    at.bytes("another signature", "4.1", &flipped(&bytes, bytes.len() - 64, 1));
    at.bytes("not the last, though signed as the last", "4.1", &flipped(&bytes, 5, 1));
    at.bytes("a weight changed after signing", "4.1", &flipped(&bytes, 42, 2));
    at.bytes("2 as whether it is the last", "1.5", &flipped(&bytes, 5, 3));
    at.bytes("a byte left over", "1.5", &[&bytes[..], &[0]].concat());
    at.bad("a change before the roll is complete", "4.5", &revoke);
    e.push(part(0, false, all[..3].to_vec()));
    let part = |part, last, voters: Vec<Voter>| e.roll_part(part, last, voters);
    let mut at = Place::new(maker, log, e, "the second part");
    at.good("the rest", &part(1, true, all[3..].to_vec()));
    at.bad("part 0 again", "4.2", &part(0, true, all[3..].to_vec()));
    at.bad("part 2", "4.2", &part(2, true, all[3..].to_vec()));
    at.bad("a voter of the first part", "4.3", &part(1, true, all[2..].to_vec()));
    let early = Entry::Roll(RollPart::sign(id, &before, 1, true, all[3..].to_vec(), &e.registrar));
    at.bad("signed for the empty roll", "4.1", &early);
    e.push(part(1, true, all[3..].to_vec()));
    changes(maker, log, e, &all);
}

pub fn changes(maker: &mut Maker, log: &'static str, e: &mut SmallElection, all: &[Voter]) {
    let point = |number: u64| Credential(Point::base_times(&Scalar::from(number)).encode());
    let change = |change| e.roll_change(change);
    let revoke = |credential| change(RollChange::Revoke { credential });
    let replace = |credential, by| change(RollChange::Replace { credential, by });
    let add = |voter| change(RollChange::Add { voter });
    let new = Voter { credential: point(5), ..all[0] };
    let part = e.roll_part(2, true, vec![new]);
    let mut at = Place::new(maker, log, e, "changes");
    at.bad("a part after the last", "4.2", &part);
    at.good("a voter revoked", &revoke(all[0].credential));
    at.good("a voter replaced", &replace(all[0].credential, point(5)));
    at.good("a voter added", &add(new));
    at.bad("somebody unknown revoked", "4.5", &revoke(point(5)));
    at.bad("somebody unknown replaced", "4.5", &replace(point(5), point(6)));
    at.bad("replaced by a voter of the roll", "4.5", &replace(all[0].credential, all[1].credential));
    at.bad("replaced by oneself", "4.5", &replace(all[0].credential, all[0].credential));
    at.bad(
        "replaced by the identity",
        "4.3",
        &replace(all[0].credential, Credential(EncodedPoint::IDENTITY)),
    );
    at.bad("replaced by no point", "4.3", &replace(all[0].credential, Credential(EncodedPoint([0xff; 32]))));
    at.bad("a voter of the roll added", "4.5", &add(all[0]));
    at.bad("the identity added", "4.3", &add(identity_voter(new, EncodedPoint::IDENTITY)));
    at.bad("no point added", "4.3", &add(identity_voter(new, EncodedPoint([0xff; 32]))));
    at.bad("added without weight", "4.3", &add(Voter { weight: 0, ..new }));
    at.bad("added with a style that does not exist", "4.3", &add(Voter { style: 2, ..new }));
    at.bad("added with more weight than is left", "4.4", &add(Voter { weight: 100, ..new }));
    let (id, before) = (e.manifest.id(), e.state.roll().digest());
    let revoked = RollChange::Revoke { credential: all[0].credential };
    let sign = |id, before, sequence, key: &SigningKey| {
        Entry::RollChange(RollChangeEntry::sign(id, &before, sequence, revoked, key))
    };
    at.bad("change 1 first", "4.5", &sign(id, before, 1, &e.registrar));
    at.bad("signed by the administrator", "4.1", &sign(id, before, 0, &e.administrator));
    at.bad("signed for another election", "4.1", &sign(ElectionId(Digest([9; 32])), before, 0, &e.registrar));
    at.bad("signed for another roll", "4.1", &sign(id, Digest([9; 32]), 0, &e.registrar));
    let bytes = revoke(all[0].credential).encode();
    at.bytes("another voter revoked than was signed", "4.1", &flipped(&bytes, 10, 1));
    at.bytes("tag 3", "1.5", &flipped(&bytes, 5, 3));
    // voter 6 gives way to a new voter, who stays at home, and then is revoked and may not come back
    let old = all.iter().find(|voter| {
        voter.weight == 1
            && voter.style == 0
            && voter.credential != e.voter(0).credential
            && voter.credential != e.voter(1).credential
    });
    let old = old.map_or(all[0].credential, |voter| voter.credential);
    e.push(e.roll_change(RollChange::Replace { credential: old, by: point(5) }));
    let mut at = Place::new(maker, log, e, "one change stands");
    at.bad(
        "the one who was replaced is added again",
        "4.5",
        &e.roll_change(RollChange::Add { voter: Voter { credential: old, ..new } }),
    );
    at.bad(
        "the one who was replaced is revoked",
        "4.5",
        &e.roll_change(RollChange::Revoke { credential: old }),
    );
    at.bad("a change signed for the roll before it", "4.1", &sign(id, before, 1, &e.registrar));
    e.push(e.roll_change(RollChange::Replace { credential: point(5), by: point(6) }));
}

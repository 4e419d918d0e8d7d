//! The beginning of a log: blocks, the manifest, acts of the administrator.

use super::*;

pub fn beginning(maker: &mut Maker, log: &'static str, e: &mut SmallElection) {
    let first = e.state.next_block(CREATED);
    let part = manifest_parts(&e.manifest.encode())[0].clone();
    let mut at = Place::new(maker, log, e, "at the start");
    at.good("a block", &Entry::Block(first));
    at.bad("a block of height 1", "1.6", &Entry::Block(Block { height: 1, ..first }));
    at.bad(
        "a block with another root before",
        "1.6",
        &Entry::Block(Block { root_before: Digest([0; 32]), ..first }),
    );
    at.bad("a part of the manifest", "1.6 or 2.1", &Entry::Manifest(part.clone()));
    e.block(CREATED);

    let block = e.state.next_block(CREATED);
    let act = e.act(AdministratorAct::Open);
    let mut at = Place::new(maker, log, e, "before the manifest");
    at.good("the manifest", &Entry::Manifest(part.clone()));
    at.bad("a second block", "2.1", &Entry::Block(block));
    at.bad("an act", "2.1", &act);
    let mut changed = |name: &str, check: &str, change: fn(&mut ManifestPart)| {
        at.bad(name, check, &Entry::Manifest(mutated(&part, change)));
    };
    changed("part 1 first", "2.1", |p| p.part = 1);
    changed("no parts", "2.1", |p| p.parts = 0);
    changed("the first of two parts, too short", "2.1", |p| p.parts = 2);
    changed("an empty part", "2.1", |p| p.bytes.clear());
    changed("another manifest", "2.2", |p| p.bytes[100] ^= 1);
    changed("a byte left over", "2.2", |p| p.bytes.push(0));
    e.push(Entry::Manifest(part));
}

pub fn setup(makers: &mut Makers, log: &'static str, e: &mut SmallElection) {
    let (id, time) = (e.manifest.id(), e.state.time());
    let part = manifest_parts(&e.manifest.encode())[0].clone();
    let block = e.state.next_block(CREATED);
    let restart = Entry::CeremonyRestart(CeremonyRestart { attempt: 0, culprit: None });
    let acts: Vec<Entry> = [
        AdministratorAct::RestartCeremony { attempt: 0 },
        AdministratorAct::RestartCeremony { attempt: 1 },
        AdministratorAct::Open,
        AdministratorAct::Close,
    ]
    .into_iter()
    .map(|act| e.act(act))
    .collect();
    let act = |valid_until, key: &SigningKey, election| {
        let act = AdministratorAct::RestartCeremony { attempt: 0 };
        Entry::Administrator(AdministratorEntry::sign(election, act, valid_until, key))
    };
    let mut at = Place::new(&mut makers.manifest, log, e, "in setup");
    at.good("a block", &Entry::Block(block));
    at.good("a later block", &Entry::Block(Block { time: time + 1, ..block }));
    at.bad("a block at an earlier time", "1.6", &Entry::Block(Block { time: time - 1, ..block }));
    at.bad("a block of height 0", "1.6", &Entry::Block(Block { height: 0, ..block }));
    at.bad("a block of height 2", "1.6", &Entry::Block(Block { height: 2, ..block }));
    at.bad(
        "a block with another root before",
        "1.6",
        &Entry::Block(Block { root_before: Digest([0; 32]), ..block }),
    );
    at.bad("a part after the last", "2.1", &Entry::Manifest(part));
    at.good("the administrator restarts the ceremony", &acts[0]);
    at.bad("the administrator restarts attempt 1", "3.3 or 3.11", &acts[1]);
    at.bad("the administrator opens", "5.1", &acts[2]);
    at.bad("the administrator closes", "7.1", &acts[3]);
    at.good("an act that is valid until now", &act(time, &e.administrator, id));
    at.good("an act that is valid for 5 minutes", &act(time + 300_000, &e.administrator, id));
    at.bad("an act that was valid until before", "2.4", &act(time - 1, &e.administrator, id));
    at.bad("an act that is valid for longer", "2.4", &act(time + 300_001, &e.administrator, id));
    at.bad("an act that the registrar signed", "2.4", &act(time + ACT_LIFETIME, &e.registrar, id));
    let elsewhere = ElectionId(Digest([9; 32]));
    at.bad(
        "an act signed for another election",
        "2.4",
        &act(time + ACT_LIFETIME, &e.administrator, elsewhere),
    );
    let bytes = acts[0].encode();
    at.bytes("an act for another attempt than was signed", "2.4", &flipped(&bytes, 2, 1));
    at.bytes("an act with another time than was signed", "2.4", &flipped(&bytes, 7, 1));
    at.bytes("an act with another signature", "2.4", &flipped(&bytes, bytes.len() - 64, 1));
    at.bytes("another act than was signed", "2.4", &[&[2, 0], &bytes[6..]].concat());
    let mut at = Place::new(&mut makers.ceremony, log, e, "before any registration");
    at.bad("a restart that is not due", "3.11", &restart);
    let mut at = Place::new(&mut makers.voting, log, e, "in setup");
    let opened = Opened {
        key: Point::BASE.encode(),
        ceremony: Digest([1; 32]),
        roll: Digest([2; 32]),
        voters: 7,
        weight: 11,
    };
    at.bad("open, which is not due", "5.1", &Entry::Open(opened));
    at.bad("close, which is not due", "7.1", &Entry::Close(Closed { counted: 0, cast: 0, challenged: 0 }));
    let mut at = Place::new(&mut makers.tally, log, e, "in setup");
    at.bad("withheld, which is not due", "8.2", &Entry::Withheld(Withheld { contest: 0 }));
}

/// A manifest of two parts.
pub fn parts(makers: &mut Makers) {
    const LOG: &str = "two-parts";
    let mut e = SmallElection::unpublished(|manifest| {
        let words = "long ".repeat(799);
        let long = |tags: std::ops::Range<u8>| {
            let versions = tags.map(|number| (format!("a{number:02}"), words.clone())).collect();
            tabella_crypto::text::Text::new(versions).unwrap_or_else(|_| text("unreachable"))
        };
        manifest.description = Some(long(0..16));
    });
    e.block(CREATED);
    let parts = manifest_parts(&e.manifest.encode());
    assert_eq!(parts.len(), 2, "of 60,000 bytes and the rest");
    let maker = &mut makers.manifest;
    let mut at = Place::new(maker, LOG, &e, "two parts");
    at.good("the first", &Entry::Manifest(parts[0].clone()));
    at.bad("the second first", "2.1", &Entry::Manifest(parts[1].clone()));
    at.bad(
        "the first, a byte too short",
        "2.1",
        &Entry::Manifest(mutated(&parts[0], |p| p.bytes.truncate(59_999))),
    );
    e.push(Entry::Manifest(parts[0].clone()));
    let mut at = Place::new(maker, LOG, &e, "the first of two parts stands");
    at.good("the second", &Entry::Manifest(parts[1].clone()));
    at.bad("the second of three", "2.1", &Entry::Manifest(mutated(&parts[1], |p| p.parts = 3)));
    at.bad(
        "the second with a byte changed",
        "2.2",
        &Entry::Manifest(mutated(&parts[1], |p| p.bytes[9] ^= 1)),
    );
    at.bad(
        "the second without its last byte",
        "2.2",
        &Entry::Manifest(mutated(&parts[1], |p| p.bytes.truncate(p.bytes.len() - 1))),
    );
    at.bad("a block", "2.1", &Entry::Block(e.state.next_block(CREATED)));
    keep(&mut makers.logs, LOG, &e, &[]);

    // a manifest that breaks a rule, under its own hash
    const BROKEN: &str = "a-bad-manifest";
    let bad = codec::encode(&mutated(e.manifest.manifest(), |manifest| {
        manifest.description = None;
        manifest.threshold = 4;
    }));
    let election = ElectionId::of(&bad);
    let block =
        Entry::Block(tabella_board_core::state::ElectionState::new(election).next_block(CREATED)).encode();
    makers
        .logs
        .logs
        .insert(BROKEN.to_owned(), Log { election: election.0.to_hex(), entries: vec![hex::encode(block)] });
    let part = Entry::Manifest(manifest_parts(&bad)[0].clone()).encode();
    makers.manifest.bad(
        "a manifest that breaks a rule",
        "admit",
        "2.3",
        json!({ "log": BROKEN, "count": 1, "entry": hexed(part) }),
    );
}

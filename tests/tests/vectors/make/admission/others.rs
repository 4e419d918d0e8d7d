//! Elections of other manifests: powers, the first ballot counts, small groups.

use super::*;

/// An election that the administrator opens and closes, without a ballot.
pub fn early(makers: &mut Makers) {
    const LOG: &str = "early";
    let mut e = SmallElection::new();
    e.hold_ceremony();
    let open = e.act(AdministratorAct::Open);
    Place::new(&mut makers.voting, LOG, &e, "without a roll").bad("the administrator opens", "5.1", &open);
    e.publish_roll();
    e.push(e.act(AdministratorAct::Open));
    let mut at = Place::new(&mut makers.voting, LOG, &e, "the administrator opened");
    at.bad("a block before open", "1.9 or 5.1", &Entry::Block(e.state.next_block(CREATED)));
    e.push_due();
    e.push(e.act(AdministratorAct::Close));
    Place::new(&mut makers.voting, LOG, &e, "the administrator closed")
        .good("close", &Entry::Close(Closed { counted: 0, cast: 0, challenged: 0 }));
    e.push(Entry::Close(Closed { counted: 0, cast: 0, challenged: 0 }));
    let mut at = Place::new(&mut makers.tally, LOG, &e, "nobody has voted");
    at.good("the first contest is withheld", &Entry::Withheld(Withheld { contest: 0 }));
    at.bad("the second contest is withheld first", "8.2", &Entry::Withheld(Withheld { contest: 1 }));
    at.bad("a statement", "1.9 or 8.2", &e.statement(1));
    e.push_due();
    keep(&mut makers.logs, LOG, &e, &[]);

    const POWERLESS: &str = "without-powers";
    let mut e = SmallElection::with(|manifest| {
        manifest.powers = tabella_crypto::manifest::Powers { open_early: false, close_early: false };
    });
    e.hold_ceremony();
    e.publish_roll();
    let open = e.act(AdministratorAct::Open);
    Place::new(&mut makers.voting, POWERLESS, &e, "without powers").bad(
        "the administrator opens",
        "5.1",
        &open,
    );
    e.block(OPENS);
    let close = e.act(AdministratorAct::Close);
    Place::new(&mut makers.voting, POWERLESS, &e, "without powers").bad(
        "the administrator closes",
        "7.1",
        &close,
    );
    keep(&mut makers.logs, POWERLESS, &e, &[]);
}

/// An election in which the first ballot counts, without tests.
pub fn first_counts(makers: &mut Makers) {
    const LOG: &str = "first-counts";
    let mut e = SmallElection::opened_with(|manifest| {
        manifest.recasting = Recasting::FirstOnly;
        manifest.tests = 0;
    });
    let first = e.vote(0, 0, [1, 0]);
    e.push(first);
    let second = e.vote(0, 1, [1, 0]);
    let selections = e.selections(1, 1, [0, 0]);
    let (ballot, _) = e.encrypt(1, &selections);
    let tested = e.submit(1, ballot, Disposition::Challenge);
    let mut at = Place::new(&mut makers.voting, LOG, &e, "the first ballot counts");
    at.bad("a recast", "6.6", &second);
    at.bad("a test where there are none", "6.6", &tested);
    keep(&mut makers.logs, LOG, &e, &[]);
}

/// An election in which groups of one are withheld.
pub fn small_groups(makers: &mut Makers) {
    const LOG: &str = "small-groups";
    let mut e = SmallElection::with(|manifest| manifest.smallest_group = 2);
    let three = e.sorted([0, 1, 3]);
    let alone = e.roll_part(0, true, three);
    let all = e.sorted(0..7);
    let mut at = Place::new(&mut makers.roll, LOG, &e, "groups of at least 2");
    at.bad("a group of one", "4.3", &alone);
    at.good("groups of two and more", &e.roll_part(0, true, all.clone()));
    e.push(e.roll_part(0, true, all.clone()));
    let new = |weight, style| {
        let credential = Credential(Point::base_times(&Scalar::from(5_u64)).encode());
        e.roll_change(RollChange::Add { voter: Voter { credential, weight, style, ..all[0] } })
    };
    let mut at = Place::new(&mut makers.roll, LOG, &e, "groups of at least 2, a roll stands");
    at.good("one more of a group that there is", &new(3, 0));
    at.bad("the first of another group", "4.3 or 4.5", &new(2, 0));
    e.hold_ceremony();
    e.block(OPENS);
    for (voter, option) in [(0, 0), (1, 1), (3, 0), (4, 1), (5, 2)] {
        let entry = e.vote(voter, option, [1, 0]);
        e.push(entry);
    }
    e.push(Entry::Block(e.state.next_block(CLOSES)));
    e.push_due();
    // the voter of weight 3 is alone, in both contests
    keep(&mut makers.logs, LOG, &e, &[e.log.len() - 3, e.log.len() - 2]);
    let mut at = Place::new(&mut makers.tally, LOG, &e, "both contests are withheld");
    at.bad("withheld again", "8.2", &Entry::Withheld(Withheld { contest: 0 }));
    at.bad("a statement", "8.3 or 3.3", &e.statement(1));
}

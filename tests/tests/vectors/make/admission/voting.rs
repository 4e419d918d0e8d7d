//! Voting from its opening to its closing.

use super::*;

pub fn opening_of_voting(makers: &mut Makers, log: &'static str, e: &mut SmallElection) {
    let revoke = |e: &SmallElection| e.roll_change(RollChange::Revoke { credential: e.voter(0).credential });
    let early = e.act(AdministratorAct::Open);
    let not_yet = Entry::Block(e.state.next_block(OPENS - 1));
    let mut at = Place::new(&mut makers.voting, log, e, "all is ready");
    at.good("a block just before the opening", &not_yet);
    at.good("a block at the opening", &Entry::Block(e.state.next_block(OPENS)));
    at.good("a block at the closing, without an opening", &Entry::Block(e.state.next_block(CLOSES)));
    at.good("the administrator opens early", &early);
    at.bad("the administrator closes", "7.1", &e.act(AdministratorAct::Close));
    e.push(Entry::Block(e.state.next_block(OPENS)));
    let Some(Entry::Open(due)) = e.state.due() else { unreachable!("the opening is due") };
    let block = Entry::Block(e.state.next_block(OPENS));
    let change = |f: &dyn Fn(&mut Opened)| Entry::Open(mutated(&due, |opened| f(opened)));
    let mut at = Place::new(&mut makers.voting, log, e, "open is due");
    at.good("open", &Entry::Open(due.clone()));
    at.bad("a block in its place", "1.9 or 5.1", &block);
    at.bad("a change of the roll in its place", "1.9 or 5.1", &revoke(e));
    at.bad("another key", "5.2", &change(&|o| o.key = Point::BASE.encode()));
    at.bad("a key that is no point", "5.2", &change(&|o| o.key = EncodedPoint([1; 32])));
    at.bad("another ceremony", "5.2", &change(&|o| o.ceremony.0[0] ^= 1));
    at.bad("another roll", "5.2", &change(&|o| o.roll.0[0] ^= 1));
    at.bad("another number of voters", "5.2", &change(&|o| o.voters += 1));
    at.bad("another weight", "5.2", &change(&|o| o.weight -= 1));
    at.bad("close in its place", "1.9 or 5.1", &Entry::Close(Closed { counted: 0, cast: 0, challenged: 0 }));
    e.push_due();
    let mut at = Place::new(&mut makers.voting, log, e, "voting is open");
    at.bad("open again", "5.1", &Entry::Open(due));
    at.bad("the administrator opens", "5.1", &e.act(AdministratorAct::Open));
    at.good("the administrator closes early", &e.act(AdministratorAct::Close));
    at.good("a block", &Entry::Block(e.state.next_block(OPENS)));
    at.good("a block at the closing", &Entry::Block(e.state.next_block(CLOSES)));
    at.bad("a change of the roll", "4.5", &revoke(e));
    at.bad("a part of the roll", "4.5 or 4.2", &e.roll_part(2, true, vec![e.voter(0)]));
    let complaint = e.trustee(1, TrusteeMessage::Complaint { attempt: 0, dealer: 2 });
    at.bad("a complaint", "3.3", &complaint);
    at.bad(
        "the administrator restarts the ceremony",
        "3.3 or 3.11",
        &e.act(AdministratorAct::RestartCeremony { attempt: 0 }),
    );
}

pub fn voting(makers: &mut Makers, log: &'static str, e: &mut SmallElection) {
    let choice = |e: &SmallElection, voter| e.selections(voter, 0, [1, 0]);
    let maker = &mut makers.voting;
    let first = e.vote(0, 0, [1, 0]);
    let (ballot, _) = {
        let selections = choice(e, 1);
        e.encrypt(1, &selections)
    };
    let tested = e.submit(1, ballot.clone(), Disposition::Challenge);
    let cast_of_tested = e.submit(1, ballot, Disposition::Cast);
    // a credential that is on no roll, and one with another style than its voter's
    let election = e.manifest.id();
    let stranger = CredentialSecret::from_code(&CredentialCode::generate(&mut rng(77)), &election.0);
    let stranger = stranger.unwrap_or_else(|_| unreachable!("zero has probability 2^-252"));
    let made =
        |e: &SmallElection, secret: &CredentialSecret, style, previous, selections: &[Vec<u64>], seed: u8| {
            let Some(context) = e.state.ballot_context() else { unreachable!("voting is open") };
            let seed = BallotSeed::from_bytes([seed; 32]);
            let ballot = context.encrypt(secret, style, previous, &seed, selections, &mut rng(78));
            let ballot = ballot.unwrap_or_else(|error| unreachable!("{error}"));
            Entry::Cast(ballot.sign(election, Disposition::Cast, secret, &mut rng(79)))
        };
    let both = choice(e, 0);
    let mut at = Place::new(maker, log, e, "no ballot stands");
    at.good("a ballot that is cast", &first);
    at.good("a ballot that is tested", &tested);
    at.bad("a ballot of nobody on the roll", "6.4", &made(e, &stranger, 0, None, &both, 1));
    at.bad(
        "a ballot of another style than the voter's",
        "6.4",
        &made(e, &e.voters[0], 1, None, &both[..1], 2),
    );
    let code = TrackingCode(Digest([5; 32]));
    at.bad("a second ballot before the first", "6.5", &made(e, &e.voters[0], 0, Some((0, code)), &both, 3));
    let bytes = first.encode();
    at.bytes("another z", "6.2", &flipped(&bytes, bytes.len() - 32, 1));
    let linear = bytes.len() - 64 - 32;
    at.bytes("a proof changed after signing", "6.2", &flipped(&bytes, linear, 1));
    at.bytes("a byte left over", "1.5", &[&bytes[..], &[0]].concat());
    let opening = Entry::Opening(e.publication(0, 1, BallotSeed::from_bytes([1; 32]).open(&both)));
    Place::new(maker, log, e, "no ballot stands").bad("an opening of no ballot", "6.8", &opening);

    e.push(first.clone());
    let second = e.vote(0, 1, [0, 1]);
    let Entry::Cast(submitted) = &first else { unreachable!("it is cast") };
    let code = submitted.ballot.tracking_code(election);
    let mut at = Place::new(maker, log, e, "a ballot stands");
    at.good("a recast", &second);
    at.against("the ballot again", "13.7", &first);
    at.bad("another first ballot", "6.5", &made(e, &e.voters[0], 0, None, &both, 4));
    at.bad(
        "a recast with another previous ballot",
        "6.5",
        &made(e, &e.voters[0], 0, Some((0, TrackingCode(Digest([5; 32])))), &both, 5),
    );
    at.bad("a recast with a counter left out", "6.5", &made(e, &e.voters[0], 0, Some((1, code)), &both, 6));
    e.push(tested.clone());
    let challenge = e.log.len() as u64 - 1;
    Place::new(maker, log, e, "a tested ballot stands").bad(
        "the tested ballot is cast",
        "6.7",
        &cast_of_tested,
    );
    Place::new(maker, log, e, "a tested ballot stands").against("the tested ballot again", "13.7", &tested);
    let (another, seed) = {
        let selections = choice(e, 1);
        e.encrypt(1, &selections)
    };
    let other_tested = e.submit(1, another, Disposition::Challenge);
    e.push(other_tested);
    let opened = e.log.len() as u64 - 1;
    let third = {
        let selections = choice(e, 1);
        let (ballot, _) = e.encrypt(1, &selections);
        e.submit(1, ballot, Disposition::Challenge)
    };
    Place::new(maker, log, e, "two tested ballots stand").bad("a third test", "6.6", &third);
    let right = seed.open(&choice(e, 1));
    openings(maker, log, e, &right, opened, challenge);
    e.push(second);
    let last = e.vote(0, 2, [0, 0]);
    e.push(last);
    let beyond = e.vote(0, 0, [1, 1]);
    Place::new(maker, log, e, "three ballots of a voter stand").bad("a fourth ballot", "6.6", &beyond);
    for (voter, option) in [(1, 1), (3, 0), (4, 3), (5, 2)] {
        let entry = e.vote(voter, option, [0, 1]);
        e.push(entry);
    }
    closing(makers, log, e);
}

pub fn openings(
    maker: &mut Maker,
    log: &'static str,
    e: &mut SmallElection,
    right: &Opening,
    opened: u64,
    other: u64,
) {
    let good = e.publication(1, opened, right.clone());
    let mut at = Place::new(maker, log, e, "openings");
    at.good("an opening", &Entry::Opening(good.clone()));
    let by_another = {
        let statement = tabella_crypto::proofs::credential::CredentialStatement::publication(
            e.manifest.id(),
            e.voters[0].public(),
            opened,
            right,
        );
        let signature = statement.sign(&e.voters[0], &mut rng(80));
        Entry::Opening(PublishedOpening { challenge: opened, opening: right.clone(), signature })
    };
    at.bad("signed by another voter", "6.8", &by_another);
    let mut published = |name: &str, challenge, change: &dyn Fn(&mut Opening)| {
        let opening = mutated(right, |opening| change(opening));
        let entry = Entry::Opening(e.publication(1, challenge, opening));
        Place::new(maker, log, e, "openings").bad(name, "6.8", &entry);
    };
    published("another seed", opened, &|o| o.seed[0] ^= 1);
    published("other selections", opened, &|o| o.selections[0] = vec![0, 1, 0, 0]);
    published("selections against the rules", opened, &|o| o.selections[0] = vec![1, 1, 0, 0]);
    published("the opening of another tested ballot", other, &|_| {});
    published("of an entry that is no tested ballot", other - 1, &|_| {});
    published("of an entry that is not there", 1000, &|_| {});
    let bytes = Entry::Opening(good.clone()).encode();
    let mut at = Place::new(maker, log, e, "openings");
    at.bytes("another z", "6.8", &flipped(&bytes, bytes.len() - 32, 1));
    at.bytes(
        "T4 the identity",
        "6.8",
        &[&bytes[..bytes.len() - 64], &[0; 32], &bytes[bytes.len() - 32..]].concat(),
    );
    e.push(Entry::Opening(good.clone()));
    Place::new(maker, log, e, "an opening stands").bad("the opening again", "6.8", &Entry::Opening(good));
}

pub fn closing(makers: &mut Makers, log: &'static str, e: &mut SmallElection) {
    let late = e.vote(0, 0, [1, 1]);
    let first = e.vote(6, 0, [1, 1]);
    let act = e.act(AdministratorAct::Close);
    let view = TallyView { size: e.state.size(), root: e.state.root(), aggregate: Digest([2; 32]) };
    let mut at = Place::new(&mut makers.tally, log, e, "voting is open");
    at.bad("a statement", "8.3 or 3.3", &e.trustee(1, TrusteeMessage::Statement(view)));
    let outcome = Outcome { standings: vec![], elected: vec![], tied: vec![], verdict: Verdict::Decided };
    let result = ContestResult { contest: 0, trustees: vec![1, 3], totals: vec![0; 4], outcome };
    at.bad("a result", "8.3 or 8.5", &Entry::Result(result));
    let block = Entry::Block(e.state.next_block(CLOSES));
    let mut at = Place::new(&mut makers.voting, log, e, "before the closing");
    at.good("the first ballot of another voter", &first);
    at.good("the administrator closes early", &act);
    at.good("a block at the closing", &block);
    e.push(block);
    let Some(Entry::Close(due)) = e.state.due() else { unreachable!("the closing is due") };
    let change = |f: &dyn Fn(&mut Closed)| Entry::Close(mutated(&due, |closed| f(closed)));
    let mut at = Place::new(&mut makers.voting, log, e, "close is due");
    at.good("close", &Entry::Close(due));
    at.bad("a ballot in its place", "1.9 or 7.1", &first);
    at.bad("a block in its place", "1.9 or 7.1", &Entry::Block(e.state.next_block(CLOSES)));
    at.bad("another number of voters", "7.2", &change(&|c| c.counted += 1));
    at.bad("another number of ballots", "7.2", &change(&|c| c.cast -= 1));
    at.bad("another number of tests", "7.2", &change(&|c| c.challenged = 0));
    e.push_due();
    let mut at = Place::new(&mut makers.voting, log, e, "voting is closed");
    at.bad("a ballot", "6.1", &late);
    at.bad("close again", "7.1", &Entry::Close(due));
    at.bad("the administrator closes", "7.1 or 2.4", &e.act(AdministratorAct::Close));
    at.bad("the administrator opens", "5.1 or 2.4", &e.act(AdministratorAct::Open));
    at.good("a block", &Entry::Block(e.state.next_block(CLOSES)));
}

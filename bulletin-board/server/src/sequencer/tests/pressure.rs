//! More than the board can do: what waits is bounded, nothing that waits is lost, and a credential pays for itself
//! alone.

use tabella_crypto::ballot::BallotError;

use super::*;

/// A clock that stands still, and the sequencer with it, while the gate is closed.
#[derive(Clone, Default)]
struct Gate {
    closed: Arc<AtomicBool>,
    /// Whether the sequencer stands at it.
    holds: Arc<AtomicBool>,
}

impl Gate {
    fn before(options: &mut Options) -> Self {
        let gate = Self::default();
        let (own, clock) = (gate.clone(), options.clock.clone());
        options.clock = Arc::new(move || {
            while own.closed.load(Ordering::SeqCst) {
                own.holds.store(true, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(1));
            }
            own.holds.store(false, Ordering::SeqCst);
            clock()
        });
        gate
    }

    fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    fn open(&self) {
        self.closed.store(false, Ordering::SeqCst);
    }

    /// Closes it, and waits until the sequencer stands at it.
    async fn hold(&self) {
        self.close();
        while !self.holds.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Submits all of these while the sequencer stands still, so that they come in one turn; gives the answers.
    async fn in_one_turn(&self, harness: &Harness, entries: &[Entry]) -> Vec<Outcome> {
        self.hold().await;
        let mut answers = Vec::new();
        for entry in entries {
            let (board, submission) = (harness.board.clone(), harness.submission(entry));
            answers.push(tokio::spawn(async move { board.submit(submission).await }));
        }
        while harness.board.waiting().entries < entries.len() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        self.open();
        let mut outcomes = Vec::new();
        for answer in answers {
            outcomes.push(answer.await.unwrap());
        }
        outcomes
    }
}

impl Drop for Gate {
    /// A test that fails while it is closed ends.
    fn drop(&mut self) {
        self.open();
    }
}

/// A board behind a gate, which is open.
fn gated(set: impl FnOnce(&mut Options)) -> (Harness, Gate) {
    let mut gate = None;
    let change = |options: &mut Options| {
        set(options);
        gate = Some(Gate::before(options));
    };
    let harness = Harness::with(|_| {}, change);
    (harness, gate.unwrap())
}

#[tokio::test]
async fn what_waits_is_bounded_by_number_and_bytes_and_everybody_gets_an_answer() {
    const LENGTH: usize = 1_000;
    type Set = fn(&mut Options);
    let bounds: [(Set, usize); 2] = [
        (|options| options.queue_entries = 50, 50),
        // the bound is looked at before something is added
        (|options| options.queue_bytes = 49 * LENGTH, 50),
    ];
    for (set, most) in bounds {
        let (mut harness, gate) = gated(|options| {
            set(options);
            options.batch_entries = 7;
            options.linger = Duration::ZERO;
        });
        harness.create().await;
        gate.close();
        let mut answers = tokio::task::JoinSet::new();
        for number in 0..500u16 {
            let mut bytes = vec![77; LENGTH];
            bytes[..2].copy_from_slice(&number.to_le_bytes());
            bytes[2] = 99;
            let (board, election) = (harness.board.clone(), harness.id());
            answers.spawn(async move { board.submit(Submission::Entry { election, bytes }).await });
        }
        // beside what the sequencer holds already, no more than the bound waits
        let mut busy = 0;
        while busy < 500 - most - harness.options.batch_entries {
            let Err(SubmitError::Busy { seconds }) = answers.join_next().await.unwrap().unwrap() else {
                panic!("nothing is answered while the gate is closed");
            };
            assert!((1..=LONGEST_WAIT).contains(&seconds));
            busy += 1;
        }
        assert!(harness.board.0.queued_jobs.load(Ordering::SeqCst) <= most);
        assert!(harness.board.0.queued.load(Ordering::SeqCst) <= most * LENGTH);
        gate.open();
        let answers = answers.join_all().await;
        assert_eq!(busy + answers.len(), 500);
        let refused = answers.iter().filter(|answer| matches!(answer, Err(SubmitError::Refused(_)))).count();
        assert!(refused >= most.min(49), "what had been let in has its answer: {refused}");
        assert_eq!(harness.board.0.queued_jobs.load(Ordering::SeqCst), 0);
        assert_eq!(harness.board.0.queued.load(Ordering::SeqCst), 0);
        for trustee in TRUSTEES {
            let entry = harness.election.registration(trustee);
            harness.push(entry).await;
        }
        harness.check_receipts();
    }
}

/// Says how many submissions come in a turn.
struct Told(std::sync::mpsc::Sender<usize>);

impl Engine for Told {
    fn order(&mut self, proposal: Proposal) -> Vec<Proposal> {
        if !proposal.submissions.is_empty() {
            self.0.send(proposal.submissions.len()).unwrap();
        }
        vec![proposal]
    }
}

#[tokio::test]
async fn a_turn_takes_what_waits_up_to_its_number_and_its_bytes() {
    let (mut harness, gate) = gated(|_| {});
    harness.create().await;
    let entries = TRUSTEES.map(|trustee| harness.election.registration(trustee));
    let length = harness.submission(&entries[0]).length();
    let base = Options { linger: Duration::from_millis(5), ..harness.options.clone() };
    let table = [
        (Options { batch_bytes: 2 * length, ..base.clone() }, [2, 1].as_slice()),
        (Options { batch_bytes: 2 * length + 1, ..base.clone() }, &[3]),
        (Options { batch_entries: 2, ..base.clone() }, &[2, 1]),
        (Options { batch_entries: 3, ..base }, &[3]),
    ];
    for (options, expected) in table {
        harness.running.take().unwrap().stop().unwrap();
        let (turns, told) = std::sync::mpsc::channel();
        let (board, running) = Board::start(harness.store.clone(), operator(), Told(turns), options).unwrap();
        (harness.board, harness.running) = (board, Some(running));
        assert!(gate.in_one_turn(&harness, &entries).await.iter().all(Result::is_ok));
        assert_eq!(told.try_iter().collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn a_board_is_ready_while_it_runs_and_gets_on_and_its_feeds_end_with_it() {
    let (mut harness, gate) = gated(|_| {});
    harness.create().await;
    assert!(harness.board.is_running() && harness.board.is_ready());
    // a turn that does not end
    gate.hold().await;
    *harness.board.0.turned.lock().unwrap() = Instant::now().checked_sub(STUCK).unwrap();
    assert!(harness.board.is_running() && !harness.board.is_ready());
    *harness.board.0.turned.lock().unwrap() = Instant::now();
    assert!(harness.board.is_ready());
    gate.open();
    let feed = harness.board.watch();
    assert!(harness.board.has_feeds());
    harness.board.end_feeds();
    assert!(!harness.board.has_feeds() && feed.has_changed().unwrap(), "who waits is woken");
    drop(harness.running.take());
    assert!(!harness.board.is_running() && !harness.board.is_ready());
    let refused = harness.offer(&harness.election.registration(1)).await.unwrap_err();
    assert!(matches!(refused, SubmitError::Stopping), "{refused}");
    assert_eq!(refused.retry_after(), Some(1));
}

/// A ballot of this voter, well signed, with the linear proof of another ballot.
fn bad_proof(election: &mut SmallElection, voter: usize) -> Entry {
    let selections = election.selections(voter, 1, [0, 1]);
    let (other, _) = election.encrypt(voter, &selections);
    let (mut ballot, _) = election.encrypt(voter, &selections);
    ballot.linear = other.linear;
    election.submit(voter, ballot, Disposition::Cast)
}

fn with_limits(credentials: CredentialLimits) -> Harness {
    Harness::with(|_| {}, |options| options.credentials = credentials)
}

#[tokio::test]
async fn a_credential_with_bad_proofs_is_told_to_wait_and_nobody_else_is() {
    let window = Duration::from_secs(60);
    let limits = CredentialLimits { window, bad_proofs: 2, ..CredentialLimits::default() };
    let mut harness = with_limits(limits);
    harness.open().await;
    // what somebody sends who does not hold the credential counts for nothing
    for _ in 0..10 {
        let Entry::Cast(mut forged) = harness.election.vote(0, 1, [0, 1]) else { unreachable!() };
        let Entry::Cast(other) = harness.election.vote(1, 1, [0, 1]) else { unreachable!() };
        forged.signature = other.signature;
        let refused = harness.offer(&Entry::Cast(forged)).await;
        assert!(matches!(refused, Err(SubmitError::Refused(Refusal::Ballot(BallotRefusal::Proof(_))))));
    }
    let first = harness.election.vote(0, 1, [0, 1]);
    harness.push(first.clone()).await;
    for _ in 0..limits.bad_proofs {
        let bad = bad_proof(&mut harness.election, 0);
        let refused = harness.offer(&bad).await;
        assert!(matches!(refused, Err(SubmitError::Refused(Refusal::Ballot(BallotRefusal::Proof(_))))));
    }
    let good = harness.election.vote(0, 0, [1, 1]);
    assert_eq!(harness.offer(&good).await, Err(SubmitError::TooOften { seconds: 60 }));
    assert!(!harness.offer(&first).await.unwrap().fresh, "the same bytes still have their receipt");
    let other = harness.election.vote(1, 1, [0, 1]);
    harness.push(other).await;
    // and when the time is over, the voter votes
    harness.time.fetch_add(60_000, Ordering::SeqCst);
    harness.push(good).await;
}

#[tokio::test]
async fn ten_thousand_ballots_with_stolen_credentials_and_bad_proofs_leave_their_holders_free_to_vote() {
    let mut harness = with_limits(CredentialLimits { bad_proofs: 1, ..CredentialLimits::default() });
    harness.open().await;
    // the last of them is not on the roll
    let voters = VOTERS.len() - 1;
    let mut forged: Vec<_> = (0..voters)
        .map(|voter| match bad_proof(&mut harness.election, voter) {
            Entry::Cast(ballot) => ballot,
            _ => unreachable!(),
        })
        .collect();
    let before = harness.sizes();
    let mut refused = 0;
    for _ in 0..20 {
        let mut answers = tokio::task::JoinSet::new();
        for number in 0..500 {
            // of each voter's style and credential, and other bytes each time; but no secret
            let ballot = &mut forged[number % voters];
            ballot.signature.response = ballot.signature.response + ballot.signature.response;
            let (board, submission) =
                (harness.board.clone(), harness.submission(&Entry::Cast(ballot.clone())));
            answers.spawn(async move { board.submit(submission).await });
        }
        for answer in answers.join_all().await {
            let refusal = BallotRefusal::Proof(BallotError::Signature);
            assert_eq!(answer, Err(SubmitError::Refused(Refusal::Ballot(refusal))));
            refused += 1;
        }
    }
    assert_eq!(refused, 10_000);
    assert_eq!(harness.sizes(), before);
    // nothing of it counts against those whose credentials were used
    for voter in 0..voters {
        let ballot = harness.election.vote(voter, 1, [0, 1]);
        harness.push(ballot).await;
    }
}

#[tokio::test]
async fn in_one_batch_a_credential_causes_no_more_than_its_limit() {
    let limits = CredentialLimits { bad_proofs: 2, suspects: 1, ..CredentialLimits::default() };
    let mut harness = with_limits(limits);
    harness.open().await;
    let mut entries: Vec<Entry> = (0..12).map(|_| bad_proof(&mut harness.election, 0)).collect();
    entries.push(harness.election.vote(1, 1, [0, 1]));
    let mut answers = Vec::new();
    for entry in &entries {
        let (board, submission) = (harness.board.clone(), harness.submission(entry));
        answers.push(tokio::spawn(async move { board.submit(submission).await }));
    }
    let (mut looked_at, mut put_off) = (0, 0);
    for answer in answers.drain(..12) {
        match answer.await.unwrap() {
            Err(SubmitError::Refused(Refusal::Ballot(BallotRefusal::Proof(_)))) => looked_at += 1,
            Err(SubmitError::TooOften { .. }) => put_off += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((looked_at, put_off), (2, 10));
    assert!(answers.pop().unwrap().await.unwrap().unwrap().fresh);
}

#[tokio::test]
async fn honest_ballots_beside_bad_proofs_of_many_voters_stand_after_the_very_same_turn() {
    let (mut harness, gate) = gated(|options| options.credentials.suspects = 1);
    harness.open().await;
    let voters = &mut harness.election;
    let entries = [
        bad_proof(voters, 0),
        voters.vote(3, 1, [0, 1]),
        bad_proof(voters, 1),
        bad_proof(voters, 0),
        voters.vote(4, 1, [0, 1]),
        bad_proof(voters, 2),
        bad_proof(voters, 1),
        voters.vote(5, 1, [0, 1]),
    ];
    let before = harness.sizes();
    let outcomes = gate.in_one_turn(&harness, &entries).await;
    let sizes = harness.sizes();
    assert_eq!(
        (sizes.0, sizes.1),
        (before.0 + 2, before.1 + 4),
        "one block and anchor; one block, three ballots"
    );
    for honest in [1, 4, 7] {
        assert!(outcomes[honest].as_ref().unwrap().fresh);
    }
    for first in [0, 2, 5] {
        let refusal = outcomes[first].as_ref().unwrap_err();
        assert!(matches!(refusal, SubmitError::Refused(Refusal::Ballot(BallotRefusal::Proof(_)))));
    }
    // the second ones, of suspects by now: one of them is looked at in this turn
    assert!(matches!(outcomes[3], Err(SubmitError::Refused(_))));
    assert_eq!(outcomes[6], Err(SubmitError::TooOften { seconds: 1 }));
}

#[tokio::test]
async fn who_casts_again_and_again_waits_and_what_the_log_refuses_anyway_does_not_count() {
    let limits = CredentialLimits { ballots: 2, ..CredentialLimits::default() };
    let mut harness = with_limits(limits);
    harness.open().await;
    for _ in 0..limits.ballots {
        let entry = harness.election.vote(0, 1, [0, 1]);
        harness.push(entry).await;
    }
    let third = harness.election.vote(0, 2, [0, 0]);
    assert!(matches!(harness.offer(&third).await, Err(SubmitError::TooOften { .. })));
    // a ballot that does not follow the last is refused for that, whatever its credential has done
    let mut behind = SmallElection::opened_by(&harness.election);
    behind.push(third.clone());
    let ahead = behind.vote(0, 0, [1, 1]);
    let refused = harness.offer(&ahead).await;
    assert!(matches!(refused, Err(SubmitError::Refused(Refusal::Ballot(BallotRefusal::Counter { .. })))));
    // a board that starts anew has forgotten the counts
    harness.restart().unwrap();
    harness.push(third).await;
}

#[tokio::test]
async fn a_stranger_who_writes_in_a_trustees_name_is_refused_before_the_message_is_decoded() {
    let mut harness = Harness::new();
    harness.create().await;
    harness.push(harness.election.registration(1)).await;
    // commitments that are none: decoding would say so
    let mut junk = vec![0xee; MAX_ENTRY_LENGTH];
    junk[..3].copy_from_slice(&[3, 1, 2]);
    let refused = harness.board.submit(Submission::Entry { election: harness.id(), bytes: junk }).await;
    let Err(SubmitError::Refused(Refusal::Ceremony(refusal))) = refused else { panic!("{refused:?}") };
    assert!(matches!(refusal, tabella_board_core::check::CeremonyRefusal::Signature(_)), "{refusal}");
}

//! Parts that are verified elsewhere: together they are worth what one verification is, but for what they answer for,
//! and the merger finds what it can find.

use tabella_board_core::fixtures::VOTERS;
use tabella_crypto::elgamal::EncodedCiphertext;
use tabella_crypto::group::Point;

use super::resumed::as_own;
use super::*;
use crate::verify::merge::{MergeError, Parts};
use crate::verify::part::{MAX_PARTIAL_LENGTH, Maker, PartFailure, PartialError, PartialResult, verify_part};
use crate::verify::shard::Part;

fn maker(number: u32) -> Maker {
    Maker { program: "a test".to_owned(), label: format!("machine {number}") }
}

/// The results of all parts, as files carry them.
fn results(record: &dyn Record, of: u32) -> Vec<PartialResult> {
    let result = |number| {
        let part = Part::new(number, of).unwrap();
        let executor = &mut Sequential(rng());
        let result = verify_part(record, &all(), part, maker(number), executor, &mut |_| {}).unwrap();
        PartialResult::from_bytes(&result.to_bytes()).unwrap()
    };
    (0..of).map(result).collect()
}

/// Ballots are for shards alone.
struct Nobody;

impl Executor for Nobody {
    fn width(&self) -> usize {
        1
    }

    fn run(&mut self, jobs: Vec<BallotJob>) -> Vec<BallotResults> {
        assert!(jobs.is_empty(), "a merger verifies no ballots");
        Vec::new()
    }
}

fn merge(record: &dyn Record, demands: &Demands, results: Vec<PartialResult>) -> Result<Report, Box<Report>> {
    let parts = Parts::new(results).unwrap();
    parts.check_record(record).unwrap();
    let work = &mut Work { executor: &mut Nobody, store: &mut MemoryStore::default(), progress: &mut |_| {} };
    verify_on(record, demands, Basis::Parts(&parts), work).map(|verified| verified.report().clone())
}

#[test]
fn merged_parts_say_what_one_verification_says_and_whose_work_it_was() {
    let record = Logs::of(counted()).record();
    let alone = accept(&record, &all()).report().clone();
    for of in [1, 2, 3, 5] {
        let results = results(&record, of);
        assert!(results.iter().all(|result| result.failure.is_none()));
        let ballots: u64 = results.iter().map(|result| result.counts.ballots()).sum();
        assert_eq!(ballots, 9, "every ballot is in one part");
        let report = merge(&record, &all(), results.clone()).unwrap();
        assert_eq!(as_own(report.clone()), alone);
        let by_others = |check: &CheckReport| (check.items_by_others > 0).then_some(check.number);
        assert_eq!(report.checks.iter().filter_map(by_others).collect::<Vec<_>>(), ["6.2", "6.3"]);
        assert_eq!(report.trusted.len(), of as usize);
        for (number, (trusted, result)) in (0..).zip(report.trusted.iter().zip(&results)) {
            let expected = TrustReport::Shard {
                part: number,
                of,
                label: format!("machine {number}"),
                program: "a test".to_owned(),
                checks: vec!["6.2", "6.3", "8.1"],
                ballots: result.counts.ballots(),
            };
            assert_eq!(*trusted, expected);
        }
    }
}

#[test]
fn an_election_under_way_is_verified_in_parts_too() {
    let mut election = SmallElection::new();
    let record = Logs::of(&election).record();
    assert!(merge(&record, &partial(), results(&record, 2)).is_ok(), "before the opening");
    election.open();
    let vote = election.vote(1, 0, [1, 0]);
    election.push(vote);
    let record = Logs::of(&election).record();
    let report = merge(&record, &partial(), results(&record, 2)).unwrap();
    assert_eq!(as_own(report), *accept(&record, &partial()).report());
    let refused = merge(&record, &all(), results(&record, 2)).unwrap_err();
    assert_eq!(refused.failure.unwrap().check, Check::ClosingConditions.number());
}

#[test]
fn parts_that_are_not_one_whole_are_refused_with_what_to_do() {
    let logs = Logs::of(counted());
    let good = results(&logs.record(), 3);
    let refused = |change: &dyn Fn(&mut Vec<PartialResult>)| {
        let mut results = good.clone();
        change(&mut results);
        Parts::new(results).map(|_| ()).unwrap_err()
    };
    let part = |number, of| Part::new(number, of).unwrap();
    assert_eq!(refused(&|results| results.clear()), MergeError::None);
    assert_eq!(refused(&|results| drop(results.remove(1))), MergeError::Missing(part(1, 3)));
    assert_eq!(refused(&|results| results.push(results[2].clone())), MergeError::Twice(part(2, 3)));
    let other = results(&logs.record(), 2)[1].clone();
    assert_eq!(refused(&|results| results[1] = other.clone()), MergeError::Unlike(part(0, 3), part(1, 2)));
    for change in [
        (|result| result.size += 1) as fn(&mut PartialResult),
        |result| result.root.0[0] ^= 1,
        |result| result.election.0.0[0] ^= 1,
    ] {
        let error = refused(&|results| change(&mut results[2]));
        assert!(
            matches!(error, MergeError::OtherRecord { part: found, .. } if found == part(2, 3)),
            "{error}"
        );
    }
    // parts of one whole, and another record
    let shorter = logs.with_log(logs.log[..logs.log.len() - 1].to_vec()).record();
    let parts = Parts::new(good).unwrap();
    let refuse = |record: &MemoryRecord| {
        let error = parts.check_record(record).unwrap_err();
        assert!(matches!(error, MergeError::OtherRecord { .. }), "{error}");
    };
    refuse(&shorter);
    // their election is looked at, whatever else a record has
    let mut several = shorter;
    publish(&mut several, &format!("elections/{}/", Digest([9; 32])), "another/log", &[vec![0]]);
    refuse(&several);
}

#[test]
fn a_part_whose_sum_was_changed_breaks_the_tally_and_nobody_is_blamed_for_it() {
    let record = Logs::of(counted()).record();
    let mut results = results(&record, 2);
    let sums = results[1].sums.as_mut().unwrap();
    sums[0][1].c = sums[0][0].c;
    let report = merge(&record, &all(), results.clone()).unwrap_err();
    let failure = report.failure.unwrap();
    assert_eq!((failure.check, failure.culprit), (Check::Aggregate.number(), None));
    assert!(failure.sentence.contains("repeat the shards"), "{}", failure.sentence);

    for change in [
        (|sums| drop(sums.pop())) as fn(&mut Vec<Vec<EncodedCiphertext>>),
        |sums| sums[0].truncate(1),
        |sums| sums[0][0].d.0 = [255; 32],
        |sums| sums.clear(),
    ] {
        let mut results = results.clone();
        change(results[1].sums.as_mut().unwrap());
        let report = merge(&record, &all(), results).unwrap_err();
        assert_eq!(report.failure.unwrap().check, Check::Aggregate.number());
    }
    results[0].sums = None;
    assert!(merge(&record, &all(), results).is_err());
}

#[test]
fn a_part_that_says_it_verified_other_ballots_is_named() {
    let record = Logs::of(counted()).record();
    let good = results(&record, 2);
    for change in [
        (|result| result.counts.cast -= 1) as fn(&mut PartialResult),
        |result| result.counts.counted += 1,
        |result| result.counts.tested += 1,
        // together more than a number holds
        |result| (result.counts.cast, result.counts.tested) = (u64::MAX, 1),
    ] {
        let mut results = good.clone();
        change(&mut results[1]);
        let failure = merge(&record, &all(), results).unwrap_err().failure.unwrap();
        assert_eq!(failure.check, Check::BallotProofs.number());
        assert!(failure.sentence.contains("shard 1/2 (machine 1)"), "{}", failure.sentence);
    }
}

#[test]
fn what_a_part_finds_fails_the_whole_where_it_stands() {
    let mut election = SmallElection::opened();
    for voter in 1..VOTERS.len() {
        let vote = election.vote(voter, 0, [1, 0]);
        election.push(vote);
    }
    let (logs, at) = with_bad_proof(&mut election);
    let record = logs.record();
    let results = results(&record, 4);
    let finders: Vec<_> = results.iter().filter(|result| result.failure.is_some()).collect();
    assert_eq!(finders.len(), 1);
    let name = format!("shard {}", finders[0].part);
    let failure = merge(&record, &partial(), results).unwrap_err().failure.unwrap();
    assert_eq!((failure.check, failure.entry), (Check::BallotProofs.number(), Some(at)));
    assert!(failure.sentence.contains(&name), "{}", failure.sentence);
}

#[test]
fn of_parts_that_fail_the_one_is_named_that_names_no_entry_or_the_lowest() {
    use crate::verify::part::PartFailure;
    let record = Logs::of(counted()).record();
    let good = results(&record, 4);
    type Found = Option<(&'static str, Option<u64>)>;
    let named = |found: [Found; 4]| {
        let mut results = good.clone();
        for (result, found) in results.iter_mut().zip(found) {
            let sentence = "what is wrong".to_owned();
            result.failure =
                found.map(|(check, entry)| PartFailure { check: check.to_owned(), entry, sentence });
        }
        let failure = merge(&record, &all(), results).unwrap_err().failure.unwrap();
        (failure.check, failure.entry)
    };
    let at = |check, entry| Some((check, Some(entry)));
    assert_eq!(named([None, at("6.3", 30), at("6.2", 29), at("6.2", 31)]), ("6.2", Some(29)));
    assert_eq!(named([at("6.3", 0), None, None, Some(("1.3", None))]), ("1.3", None));
    // a number that this version does not know
    assert_eq!(named([at("6.99", 7), None, at("6.2", 8), None]), ("6.3", Some(7)));
}

#[test]
fn a_ciphertext_of_two_parts_is_found_by_the_merger() {
    let mut election = SmallElection::opened();
    let (ballot, _) = election.encrypt(0, &election.selections(0, 1, [1, 0]));
    let first = election.submit(0, ballot, Disposition::Cast);
    election.push(first.clone());
    let mut log = election.log.clone();
    let at = log.len() as u64;
    // an accomplice's part would have to look away for the proof
    let (mut copied, _) = election.encrypt(1, &election.selections(1, 1, [1, 0]));
    let Entry::Cast(first) = first else { panic!("a cast ballot") };
    copied.ciphertexts[2] = first.ballot.ciphertexts[1];
    log.push(election.submit(1, copied, Disposition::Cast).encode());
    let record = Logs::of(&election).with_log(log).record();
    let mut results = results(&record, 3);
    for result in &mut results {
        if result.failure.take().is_some() {
            result.counts.cast += 1;
            result.counts.counted += 1;
        }
    }
    let failure = merge(&record, &partial(), results).unwrap_err().failure.unwrap();
    assert_eq!((failure.check, failure.entry), (Check::FreshCiphertexts.number(), Some(at)));
    assert!(failure.sentence.contains("ciphertext 2"), "{}", failure.sentence);
}

#[test]
fn a_part_reads_the_whole_log_and_says_which() {
    let logs = Logs::of(counted());
    let mut record = logs.record();
    // an entry behind the closing, which no part looks at but for its hash
    let mut log = logs.log.clone();
    log.truncate(log.len() - 1);
    let other = logs.with_log(log).record();
    let path = format!("elections/{}/checkpoint", logs.id);
    let result = &results(&other, 1)[0];
    assert_eq!((result.size, result.failure.as_ref()), (logs.log.len() as u64 - 1, None));
    let bundle = record.files.keys().find(|path| path.contains("elections") && path.contains("entries"));
    let bundle = bundle.unwrap().clone();
    *record.files.get_mut(&bundle).unwrap().last_mut().unwrap() ^= 1;
    let result = &results(&record, 1)[0];
    assert_eq!(result.failure.as_ref().unwrap().check, Check::Tree.number());
    let signed = record.files.get_mut(&path).unwrap();
    *signed.last_mut().unwrap() ^= 1;
    let part = Part::new(0, 1).unwrap();
    let refused = verify_part(&record, &all(), part, maker(0), &mut Sequential(rng()), &mut |_| {});
    assert_eq!(refused.unwrap_err().check(), Check::Checkpoints);
}

#[test]
fn a_damaged_partial_result_is_refused_wherever_the_damage_is() {
    let record = Logs::of(counted()).record();
    let result = results(&record, 2).remove(1);
    let bytes = result.to_bytes();
    assert_eq!(PartialResult::from_bytes(&bytes), Ok(result.clone()));
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        let expected = if at < 25 { PartialError::Kind } else { PartialError::Damaged };
        assert_eq!(PartialResult::from_bytes(&damaged), Err(expected), "byte {at}");
    }
    assert!(PartialResult::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    let long = Maker { label: "x".repeat(201), ..maker(0) };
    let long = PartialResult { maker: long, ..result.clone() };
    assert_eq!(PartialResult::from_bytes(&long.to_bytes()), Err(PartialError::Kind));
    // the file is bounded, and not what it holds
    let of_length = |sentence: usize| {
        let failure = PartFailure { check: String::new(), entry: None, sentence: "x".repeat(sentence) };
        PartialResult { failure: Some(failure), ..result.clone() }.to_bytes()
    };
    let longest = MAX_PARTIAL_LENGTH - of_length(0).len();
    assert!(PartialResult::from_bytes(&of_length(longest)).is_ok());
    assert_eq!(PartialResult::from_bytes(&of_length(longest + 1)), Err(PartialError::Kind));
    // a part without ballots has sums that are no fresh ciphertexts
    let empty = EncodedCiphertext { d: Point::identity().encode(), c: Point::identity().encode() };
    assert_eq!(empty.d.0, [0; 32]);
}

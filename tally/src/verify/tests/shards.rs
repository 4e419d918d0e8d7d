//! Shards spare work and change nothing else: what they do not vouch for is verified, and what is wrong is named.

use std::collections::BTreeMap;

use tabella_crypto::ballot::{TrustedVouchers, Voucher};

use super::*;
use crate::verify::shard::{Part, check_shard};

fn shard(record: &dyn Record, id: ElectionId, part: u32, of: u32) -> Vec<Voucher> {
    check_shard(record, id, Part::new(part, of).unwrap(), &mut rng(), &mut |_| {})
}

/// Counts the ballots that are left to it.
struct Counting<'a>(&'a mut usize);

impl Executor for Counting<'_> {
    fn width(&self) -> usize {
        2
    }

    fn run(&mut self, jobs: Vec<BallotJob>) -> Vec<BallotResults> {
        let results = Sequential(rng()).run(jobs);
        *self.0 += results.iter().map(Vec::len).sum::<usize>();
        results
    }
}

/// The report with these vouchers, and how many ballots were verified in spite of them.
fn verify_vouched(record: &dyn Record, demands: &Demands, vouchers: &[Voucher]) -> (Report, usize) {
    let trusted = TrustedVouchers::made_on_this_device(vouchers.iter().copied());
    let mut checked = 0;
    let outcome = verify(record, demands, &mut Vouched::new(trusted, Counting(&mut checked)), &mut |_| {});
    let report = outcome.map_or_else(|report| *report, |verified| verified.report().clone());
    (report, checked)
}

#[test]
fn a_record_verified_with_shards_has_the_same_report() {
    let logs = Logs::of(counted());
    let record = logs.record();
    let report = accept(&record, &all()).report().clone();
    let vouchers: Vec<Voucher> = (0..2).flat_map(|part| shard(&record, logs.id, part, 2)).collect();
    assert_eq!(vouchers.len(), 9, "cast, replaced and tested");
    let mut told = Vec::new();
    check_shard(&record, logs.id, Part::new(0, 1).unwrap(), &mut rng(), &mut |progress| told.push(progress));
    let size = logs.log.len() as u64;
    assert_eq!(told, [Progress { pass: Pass::Checking, done: size, of: size }]);
    assert_eq!(verify_vouched(&record, &all(), &vouchers), (report.clone(), 0));
    assert_eq!(verify_vouched(&record, &all(), &vouchers[4..]), (report.clone(), 4));
    assert_eq!(verify_vouched(&record, &all(), &[]), (report, 9));
}

#[test]
fn a_ballot_with_a_bad_proof_is_in_no_shard_and_is_named() {
    let mut election = SmallElection::opened();
    let good = election.vote(1, 0, [0, 1]);
    election.push(good);
    let (logs, at) = with_bad_proof(&mut election);
    let record = logs.record();
    let vouchers = shard(&record, logs.id, 0, 1);
    assert_eq!(vouchers.len(), 1);
    let (report, checked) = verify_vouched(&record, &partial(), &vouchers);
    assert_eq!(checked, 1);
    assert_eq!(Err(Box::new(report.clone())), verify_with(&record, &partial()).map(|_| ()));
    let failure = report.failure.unwrap();
    assert_eq!((failure.check, failure.entry), (Check::BallotProofs.number(), Some(at)));
}

#[test]
fn vouchers_of_other_bytes_elections_or_keys_spare_no_ballot() {
    let logs = Logs::of(counted());
    let record = logs.record();
    let report = accept(&record, &all()).report().clone();
    let mut election = SmallElection::opened();
    let other_ballot = election.vote(1, 2, [1, 1]);
    election.push(other_ballot);
    let other = Logs::of(&election);
    let mut abroad = SmallElection::with(|manifest| manifest.nonce = [6; 16]);
    abroad.hold_ceremony();
    abroad.publish_roll();
    abroad.block(tabella_board_core::fixtures::OPENS);
    abroad.vote_all();
    let abroad = Logs::of(&abroad);
    let mut forged = shard(&other.record(), other.id, 0, 1);
    assert_eq!(forged.len(), 1);
    forged.extend(shard(&abroad.record(), abroad.id, 0, 1));
    assert_eq!(forged.len(), 8);
    forged.extend(shard(&record, logs.id, 0, 1).iter().map(|Voucher(digest)| {
        let mut bytes = digest.0;
        bytes[31] ^= 1;
        Voucher(Digest(bytes))
    }));
    assert_eq!(verify_vouched(&record, &all(), &forged), (report, 9));
}

#[test]
fn parts_have_every_ballot_exactly_once() {
    let mut election = SmallElection::opened();
    let mut log = election.log.clone();
    // shards do not ask whether a ballot may stand where it stands
    for (voter, times) in [(0, 700), (3, 1500), (1, 100), (4, 301)] {
        let entry = election.vote(voter, 0, [0, 0]).encode();
        log.extend(std::iter::repeat_n(entry, times));
    }
    let logs = Logs::of(&election).with_log(log);
    let record = logs.record();
    let count = |vouchers: &[Voucher]| {
        let mut counts = BTreeMap::new();
        vouchers.iter().for_each(|voucher| *counts.entry(*voucher).or_insert(0) += 1);
        counts
    };
    let whole = shard(&record, logs.id, 0, 1);
    let mut counts: Vec<i32> = count(&whole).into_values().collect();
    counts.sort_unstable();
    assert_eq!(counts, [100, 301, 700, 1500]);
    let parts: Vec<Vec<Voucher>> = (0..2).map(|part| shard(&record, logs.id, part, 2)).collect();
    assert!(parts.iter().all(|part| part.len() > 500), "both have jobs: {:?}", parts.iter().map(Vec::len));
    assert_eq!(count(&parts.concat()), count(&whole));
}

#[test]
fn what_cannot_be_read_has_no_vouchers() {
    let logs = Logs::of(counted());
    let record = logs.record();
    assert_eq!(shard(&record, ElectionId(Digest([1; 32])), 0, 1), []);
    let setup = logs.with_log(logs.log[..4].to_vec());
    assert_eq!(shard(&setup.record(), logs.id, 0, 1), []);
    let third =
        logs.log.iter().enumerate().filter(|(_, bytes)| matches!(Entry::decode(bytes), Ok(Entry::Cast(_))));
    let third = third.map(|(index, _)| index).nth(2).unwrap();
    let mut log = logs.log.clone();
    log[third] = vec![255];
    assert_eq!(
        shard(&logs.with_log(log).record(), logs.id, 0, 1).len(),
        3,
        "one test and two cast stand before"
    );
    let mut empty = record.clone();
    empty.files.retain(|path, _| !path.contains("entries"));
    assert_eq!(shard(&empty, logs.id, 0, 1), []);
    assert_eq!((Part::new(0, 0), Part::new(2, 2)), (None, None));
}

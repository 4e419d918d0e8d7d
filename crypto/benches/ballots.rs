//! What a ballot costs: made, verified alone, verified in batches, and beside it one point decompression and one
//! term of a large product, so that the figures can be read as ratios on any machine. One core.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a benchmark stops at the first surprise; criterion's macro makes an undocumented function"
)]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tabella_crypto::ballot::{AuthenticBallot, BallotContext, BallotSeed, Disposition, SubmittedBallot};
use tabella_crypto::codec;
use tabella_crypto::fixtures::{checked, contest, context, credential, rng};
use tabella_crypto::group::{Point, Scalar};
use tabella_crypto::rules::Method;

const BATCH: usize = 1_000;

fn submitted(context: &BallotContext, voter: u64, entries: &[u64]) -> SubmittedBallot {
    let mut rng = rng(voter);
    let secret = credential(context, voter);
    let seed = BallotSeed::generate(&mut rng);
    let ballot = context.encrypt(&secret, 0, None, &seed, &[entries.to_vec()], &mut rng).unwrap();
    ballot.sign(context.manifest().id(), Disposition::Cast, &secret, &mut rng)
}

fn ballots(criterion: &mut Criterion) {
    // five options, an explicit blank vote one of them
    let context = context(checked(vec![contest(Method::ChooseOne, 4, true)]));
    let election = context.manifest().id();
    let entries = [0, 1, 0, 0, 0];
    let cast: Vec<SubmittedBallot> =
        (0..BATCH as u64).map(|voter| submitted(&context, voter, &entries)).collect();
    println!("choose one of five: {} bytes a ballot", codec::encode(&cast[0]).len());
    let authentic: Vec<AuthenticBallot> =
        cast.iter().map(|ballot| ballot.clone().authenticate(election, Disposition::Cast).unwrap()).collect();

    let mut group = criterion.benchmark_group("choose one of five");
    let secret = credential(&context, 1);
    group.bench_function("encrypt and prove", |bencher| {
        let mut rng = rng(3);
        bencher.iter(|| {
            let seed = BallotSeed::generate(&mut rng);
            context.encrypt(&secret, 0, None, &seed, &[entries.to_vec()], &mut rng).unwrap()
        });
    });
    group.bench_function("signature alone", |bencher| {
        bencher.iter_batched(
            || cast[0].clone(),
            |ballot| ballot.authenticate(election, Disposition::Cast).unwrap(),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("verify alone, signature included", |bencher| {
        let mut rng = rng(4);
        bencher.iter_batched(
            || cast[0].clone(),
            |ballot| {
                let authentic = ballot.authenticate(election, Disposition::Cast).unwrap();
                context.verify(&authentic, &mut rng).unwrap()
            },
            BatchSize::SmallInput,
        );
    });
    group.sample_size(20).throughput(Throughput::Elements(BATCH as u64));
    group.bench_function("verify in batches (1,000 ballots), signatures included", |bencher| {
        let mut rng = rng(5);
        bencher.iter_batched(
            || cast.iter().map(|ballot| (ballot.clone(), Disposition::Cast)).collect::<Vec<_>>(),
            |ballots| {
                let authentic = SubmittedBallot::authenticate_all(election, ballots, &mut rng);
                let authentic: Vec<AuthenticBallot> = authentic.into_iter().map(Result::unwrap).collect();
                let verified = context.verify_all(&authentic, &mut rng);
                assert!(verified.iter().all(Result::is_ok));
                verified
            },
            BatchSize::LargeInput,
        );
    });
    for one_in in [1_000, 100, 10, 2, 1] {
        let name = format!("verify in batches (1,000 ballots), one in {one_in} bad");
        let mut rng = rng(6);
        let mut ballots = authentic.clone();
        for number in (0..BATCH).step_by(one_in) {
            let mut ballot = cast[number].ballot.clone();
            ballot.linear.z_v += Scalar::ONE;
            let secret = credential(&context, number as u64);
            let bad = ballot.sign(election, Disposition::Cast, &secret, &mut rng);
            ballots[number] = bad.authenticate(election, Disposition::Cast).unwrap();
        }
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                // as a board verifies them, that answers soon
                let verified: Vec<_> =
                    ballots.chunks(128).flat_map(|share| context.verify_all(share, &mut rng)).collect();
                assert_eq!(verified.iter().filter(|result| result.is_err()).count(), BATCH.div_ceil(one_in));
                verified
            });
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("yardsticks");
    let encoded = cast[0].ballot.ciphertexts[0].d;
    group.bench_function("one point decompression", |bencher| {
        bencher.iter(|| black_box(encoded).decode().unwrap())
    });
    let mut randomness = rng(7);
    let terms: Vec<(Scalar, Point)> = (0..16_000u64)
        .map(|index| (Scalar::random(&mut randomness), Point::base_times(&Scalar::from(index + 1))))
        .collect();
    group.sample_size(10).throughput(Throughput::Elements(terms.len() as u64));
    group.bench_function("a product of 16,000 terms", |bencher| {
        bencher.iter(|| Point::sum_of_products_vartime(black_box(&terms)));
    });
    group.finish();
}

criterion_group!(benches, ballots);
criterion_main!(benches);

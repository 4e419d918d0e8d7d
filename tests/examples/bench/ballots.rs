//! Where the time of a five-option ballot goes.
//!
//! Decompression, multiplication and transcripts are done alone, as often and over as many points as a batch of
//! ballots does them. What is left of the whole is scalars, hashes and copies.

use std::hint::black_box;

use anyhow::{Context, Result};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

use tabella_board_core::state::check_ballots;
use tabella_crypto::ballot::{Disposition, SubmittedBallot};
use tabella_crypto::group::{EncodedPoint, Point, Scalar};
use tabella_crypto::transcript::{Transcript, batch_weights};

use super::clock::{Task, Yardstick, measure as measure_tasks};
use super::election::Prepared;

/// As many as fit into one batch of the verifier.
const BALLOTS: usize = 500;

/// Measures the parts, and prints a line for each.
pub(crate) fn measure(prepared: &Prepared, yardstick: &Yardstick, rounds: usize) -> Result<Value> {
    let context = prepared.election.state.ballot_context().context("voting is open")?;
    let ballots: Vec<&SubmittedBallot> = prepared.ballots.iter().take(BALLOTS).collect();
    let items = ballots.len();
    let points: Vec<Points> = ballots.iter().map(|ballot| Points::of(ballot)).collect();
    let first = points.first().context("a ballot")?;
    let (of_each, nonces) = (first.all().count(), first.nonces.len());

    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let mut terms = Vec::new();
    for points in &points {
        for (point, [weight]) in points.nonces.iter().zip(batch_weights(points.nonces.len(), &mut rng)) {
            terms.push((weight, point.decode()?));
        }
        for point in &points.others {
            terms.push((Scalar::random(&mut rng), point.decode()?));
        }
    }
    let whole = || {
        let ballots = ballots.iter().map(|ballot| ((*ballot).clone(), Disposition::Cast)).collect();
        let results = check_ballots(context, black_box(ballots), &mut rng);
        assert!(results.iter().all(Result::is_ok), "a good ballot is refused");
    };
    let decompression = || {
        for point in points.iter().flat_map(Points::all) {
            assert!(black_box(point).decode().is_ok(), "a ballot's point");
        }
    };
    let multiplication = || {
        black_box(Point::sum_of_products_vartime(black_box(&terms)));
    };
    let transcripts = || {
        for ballot in &ballots {
            black_box(replay(black_box(ballot)));
        }
    };
    let task = |run| Task { items, run };
    let mut tasks = [
        task(Box::new(whole) as Box<dyn FnMut()>),
        task(Box::new(decompression)),
        task(Box::new(multiplication)),
        task(Box::new(transcripts)),
    ];
    let measured = measure_tasks(yardstick, rounds, &mut tasks)?;
    let ratios: Vec<f64> = measured.iter().map(|measured| measured.decompressions).collect();
    let [whole, decompression, multiplication, transcript] = ratios[..] else {
        anyhow::bail!("four parts were measured")
    };
    let scalars = whole - decompression - multiplication - transcript;
    println!("\nwhere the time of a five-option ballot goes, in decompressions ({items} ballots together)");
    println!("  decompression of {of_each} points       {decompression:>8.1}");
    println!("  multiplication, {of_each} terms of which {nonces} half-length {multiplication:>8.1}");
    println!("  transcripts                      {transcript:>8.1}");
    println!("  scalars, hashes, copies (the rest) {scalars:>6.1}");
    println!("  whole                            {whole:>8.1}");
    Ok(json!({ "parts": {
        "decompression": decompression,
        "multiplication": multiplication,
        "transcript": transcript,
        "scalars": scalars,
        "whole": whole,
        "points": of_each,
    } }))
}

/// The points of a ballot and its signature.
struct Points {
    /// Those whose coefficient in the product is a weight, of half a scalar's length.
    nonces: Vec<EncodedPoint>,
    others: Vec<EncodedPoint>,
}

impl Points {
    fn of(submitted: &SubmittedBallot) -> Self {
        let SubmittedBallot { ballot, signature } = submitted;
        let (range, linear) = (&ballot.range, &ballot.linear);
        let mut nonces = vec![range.a, linear.t1, linear.t2, signature.nonce];
        nonces.extend(linear.equality.iter().map(|(t3, _)| *t3));
        let mut others = vec![range.s, range.t1, range.t2, ballot.credential.0];
        others.extend(range.rounds.iter().flat_map(|(left, right)| [*left, *right]));
        others.extend(ballot.ciphertexts.iter().flat_map(|ciphertext| [ciphertext.d, ciphertext.c]));
        Self { nonces, others }
    }

    fn all(&self) -> impl Iterator<Item = &EncodedPoint> {
        self.nonces.iter().chain(&self.others)
    }
}

/// Everything that is said on a five-option ballot's transcripts, in messages of the same lengths, with as many
/// challenges. Specification: "Ballot proof" and "The voter's signature".
fn replay(submitted: &SubmittedBallot) -> Scalar {
    let SubmittedBallot { ballot, signature } = submitted;
    let (range, linear) = (&ballot.range, &ballot.linear);
    let mut transcript = Transcript::new("bench");
    transcript.append_point("U", &ballot.credential.0);
    for number in ["style", "counter", "ciphertexts"] {
        transcript.append_u64(number, 0);
    }
    transcript.append("previous", &[]);
    for ciphertext in &ballot.ciphertexts {
        transcript.append_point("D", &ciphertext.d);
        transcript.append_point("C", &ciphertext.c);
    }
    transcript.append("dom-sep", b"rangeproof v1");
    transcript.append_u64("n", 8);
    transcript.append_u64("m", 8);
    // eight claims: one for each option, and padding
    for commitment in ballot.ciphertexts.iter().map(|c| c.c).chain([EncodedPoint::IDENTITY; 8]).take(8) {
        transcript.append_point("V", &commitment);
    }
    let mut sum = Scalar::ZERO;
    for (points, challenges) in [([range.a, range.s], 2), ([range.t1, range.t2], 1)] {
        points.iter().for_each(|point| transcript.append_point("A", point));
        (0..challenges).for_each(|_| sum += transcript.challenge("y"));
    }
    for scalar in [&range.t_x, &range.t_x_blinding, &range.e_blinding] {
        transcript.append_scalar("t_x", scalar);
    }
    sum += transcript.challenge("w");
    transcript.append("dom-sep", b"ipp v1");
    transcript.append_u64("n", 64);
    for (left, right) in &range.rounds {
        transcript.append_point("L", left);
        transcript.append_point("R", right);
        sum += transcript.challenge("u");
    }
    transcript.append_scalar("a", &range.ipp_a);
    transcript.append_scalar("b", &range.ipp_b);
    sum += transcript.challenge("rho") + transcript.challenge("tau");
    for point in [Some(linear.t1), Some(linear.t2), linear.equality.as_ref().map(|(t3, _)| *t3)] {
        point.iter().for_each(|point| transcript.append_point("T1", point));
    }
    sum += transcript.challenge("e");

    let mut transcript = Transcript::new("bench");
    transcript.append("election", &[0; 32]);
    transcript.append("code", &[0; 32]);
    transcript.append("disposition", &[0]);
    transcript.append_point("U", &ballot.credential.0);
    transcript.append_point("T4", &signature.nonce);
    sum + transcript.challenge("e'")
}

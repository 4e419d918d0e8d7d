//! A tally: the ballots are added up, two trustees of three decrypt the sum, their shares are checked and combined,
//! and the totals are found. On one core.

use anyhow::{Context, Result, ensure};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

use tabella_crypto::dlog::LogTable;
use tabella_crypto::elgamal::Ciphertext;
use tabella_crypto::threshold::decrypt::{DecryptionContext, combine, decrypt, verify};
use tabella_crypto::transcript::Digest;

use super::clock::timed;
use super::election::Prepared;

/// The trustees who decrypt.
const TRUSTEES: [u8; 2] = [1, 3];

/// Tallies so many ballots; each of them is added more than once if there are fewer.
pub(crate) fn measure(prepared: &Prepared, number: usize) -> Result<Value> {
    let Prepared { election, ballots } = prepared;
    // verification has decoded them already
    let decoded = ballots.iter().take(number).map(|ballot| {
        let ciphertexts = ballot.ballot.ciphertexts.iter().map(|ciphertext| ciphertext.decode_fresh());
        Ok(ciphertexts.collect::<Result<Vec<Ciphertext>, _>>()?)
    });
    let decoded: Vec<Vec<Ciphertext>> = decoded.collect::<Result<_>>()?;
    let entries = decoded.first().context("a ballot")?.len();
    let mut rng = ChaCha20Rng::seed_from_u64(3);

    let (aggregate, adding) = timed(|| {
        let mut sum = vec![Ciphertext::zero(); entries];
        for ballot in decoded.iter().cycle().take(number) {
            sum.iter_mut().zip(ballot).for_each(|(sum, ciphertext)| *sum += ciphertext.weighted(1));
        }
        sum
    })?;
    let key_set = election.state.ceremony().key_set().context("the ceremony is held")?;
    let context = DecryptionContext::new(key_set, &Digest([0; 32]), 0, &aggregate);
    let keys = TRUSTEES.map(|trustee| election.key_share(trustee));
    let (shares, decrypting) = timed(|| {
        let shares = keys.iter().map(|key| {
            let shares = decrypt(&context, key, &mut rng)?;
            Ok(verify(&context, key.trustee(), &shares)?)
        });
        shares.collect::<Result<Vec<_>>>()
    })?;
    let shares = shares?;
    let (points, combining) = timed(|| combine(&context, &shares))?;
    let points = points?;
    let (totals, finding) = timed(|| -> Result<Vec<u64>> {
        let table = LogTable::new(number as u64)?;
        points.iter().map(|point| table.solve(point).context("no total fits")).collect()
    })?;
    let totals = totals?;
    ensure!(totals.iter().sum::<u64>() == number as u64, "the totals {totals:?} are not {number} votes");

    let whole = adding + decrypting + combining + finding;
    println!(
        "\na tally of {number} ballots of {entries} options, {} of them different, in seconds",
        decoded.len()
    );
    println!("  sum                   {adding:>8.4}");
    println!("  two trustees' shares  {decrypting:>8.4}");
    println!("  combination           {combining:>8.4}");
    println!("  logarithms            {finding:>8.4}");
    println!("  whole                 {whole:>8.4}");
    Ok(json!({
        "tally_100k_s": whole,
        "tally": {
            "ballots": number,
            "different": decoded.len(),
            "sum_s": adding,
            "shares_s": decrypting,
            "combination_s": combining,
            "logarithms_s": finding,
        },
    }))
}

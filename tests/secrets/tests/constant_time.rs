//! What is done with secrets takes the same time whatever they are: no branch and no memory address depends on one.
//!
//! The functions below run under valgrind with every secret marked ([`mark`]). Marks go away at two places alone:
//!
//! * here, by [`mark::public`] and [`mark::published`], from what goes onto the log or into a public key: each call says
//!   what it is;
//! * where `constant_time.supp` says that a branch may be: each entry has its reason.
//!
//! What people type and read, a code, words or a passphrase, is not in it, nor the files it is kept in: see "Time and
//! memory in browsers" in `docs/limits.md`.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::process::Command;

use tabella_crypto::ballot::{BallotContext, Disposition, SubmittedBallot};
use tabella_crypto::credential::{CredentialCode, CredentialSecret};
use tabella_crypto::dlog::LogTable;
use tabella_crypto::fixtures::{checked, contest, context, rng};
use tabella_crypto::group::Scalar;
use tabella_crypto::rules::{Choice, Method};
use tabella_crypto::signature::SigningKey;
use tabella_crypto::threshold::decrypt::{self, DecryptionContext};
use tabella_crypto::threshold::dkg::{Commitments, VerifiedCommitments, commitment_hash, verify_commitments};
use tabella_crypto::threshold::keys::{KeySet, KeyShare, combine};
use tabella_crypto::threshold::polynomial::Polynomial;
use tabella_crypto::threshold::shares::{SealedShare, open_share, seal_shares, sealed_for};
use tabella_crypto::threshold::test_decryption::TestDecryption;
use tabella_crypto::threshold::trustee::{CeremonyParameters, TrusteeIndex, TrusteeSecret};
use tabella_crypto::transcript::Digest;
use tabella_secrets_tests::mark::{self, SecretRandomness};
use tabella_tally::ballot_box::{Selections, seal};

/// Runs the test below under valgrind. Valgrind counts what it finds, and the program reads the count.
#[test]
fn no_branch_and_no_address_depends_on_a_secret() {
    let own = std::env::current_exe().unwrap();
    let run = Command::new("valgrind")
        .args(["--tool=memcheck", "--leak-check=no", "--undef-value-errors=yes", "--error-limit=no"])
        .args(["--num-callers=12", "--quiet"])
        .arg(concat!("--suppressions=", env!("CARGO_MANIFEST_DIR"), "/constant_time.supp"))
        .arg(own)
        .args(["--exact", "under_valgrind", "--ignored", "--nocapture", "--test-threads=1"])
        .output()
        .expect("valgrind runs: `.ci/setup tests` installs it");
    let told = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{told}");
    assert!(told.contains("1 passed"), "{told}");
    // the two that are planted, and no other
    assert_eq!(told.matches("depends on uninitialised value").count(), 1, "{told}");
    assert_eq!(told.matches("Use of uninitialised value").count(), 1, "{told}");
}

#[test]
#[ignore = "the test above runs it under valgrind"]
fn under_valgrind() {
    assert!(mark::is_under_valgrind());
    // what is planted must be found, or nothing else is
    assert_eq!(errors("a branch on a secret, planted", branch), 1);
    assert_eq!(errors("a lookup by a secret, planted", lookup), 1);
    let mut found = errors("a credential", credential);
    for (method, options, blank, choice) in ballots() {
        found += errors(&format!("{method:?}, {choice:?}"), || ballot(&method, options, blank, &choice));
    }
    found += errors("a test, and a ballot that names one before it", recast);
    found += errors("a signature", signature);
    found += errors("a key ceremony, and the decryption of a tally", trustees);
    assert_eq!(found, 0);
}

/// Does something, and tells how many errors valgrind finds meanwhile.
fn errors(name: &str, work: impl FnOnce()) -> usize {
    let (before, started) = (mark::errors(), std::time::Instant::now());
    work();
    let found = mark::errors() - before;
    println!("{name}: {found} errors, {} ms", started.elapsed().as_millis());
    found
}

fn branch() {
    let mut number = [std::hint::black_box(4u8)];
    mark::secret(&mut number);
    if number[0] > 3 {
        std::hint::black_box("a secret was large");
    } else {
        std::hint::black_box("a secret was small");
    }
}

fn lookup() {
    let table: Vec<u8> = (0..=255).rev().collect();
    let mut place = [std::hint::black_box(4u8)];
    mark::secret(&mut place);
    std::hint::black_box(table[usize::from(place[0])]);
}

/// A credential of a fresh code. The code is never read or shown.
fn secret_credential(context: &BallotContext, seed: u64) -> CredentialSecret {
    let code = CredentialCode::generate(&mut SecretRandomness::new(seed));
    CredentialSecret::from_code(&code, &context.manifest().id().0).unwrap()
}

fn credential() {
    let context = context(checked(vec![contest(Method::ChooseOne, 2, true)]));
    let credential = secret_credential(&context, 1).public();
    assert!(mark::is_secret(&credential.0.0));
    // the public credential stands on the roll
    assert!(mark::published(credential).point().is_ok());
}

/// The seven methods, each with a ballot of 32 or 64 bits to be proven.
fn ballots() -> Vec<(Method, usize, bool, Choice)> {
    vec![
        (Method::ChooseOne, 3, true, Choice::Options(vec![2])),
        (Method::Choose { min: 1, max: 2 }, 2, true, Choice::Blank),
        (Method::Score { max: 300 }, 1, false, Choice::Points(vec![299])),
        (Method::Cumulative { points: 9 }, 3, false, Choice::Points(vec![4, 0, 5])),
        (Method::ForAgainstAbstain { max_for: 1 }, 1, true, Choice::Columns(vec![1])),
        (Method::Grades { grades: 3 }, 1, true, Choice::Columns(vec![2])),
        (Method::Rank, 2, true, Choice::Ranking(vec![1, 0])),
    ]
}

fn ballot(method: &Method, options: usize, blank: bool, choice: &Choice) {
    let context = context(checked(vec![contest(method.clone(), options, blank)]));
    let entries = method.entries(options, blank, choice).unwrap();
    verified(&context, None, entries, Disposition::Cast);
}

fn recast() {
    let context = context(checked(vec![contest(Method::ChooseOne, 3, true)]));
    let first = verified(&context, None, vec![0, 1, 0, 0], Disposition::Challenge);
    let code = first.ballot.tracking_code(context.manifest().id());
    let second = verified(&context, Some((0, code)), vec![0, 0, 0, 1], Disposition::Cast);
    assert_eq!((second.ballot.counter, second.ballot.previous), (1, Some(code)));
}

/// Makes a ballot of secret choices under a secret credential with secret randomness, and verifies it.
fn verified(
    context: &BallotContext,
    previous: Option<(u16, tabella_crypto::ballot::TrackingCode)>,
    mut entries: Vec<u64>,
    disposition: Disposition,
) -> SubmittedBallot {
    let mut randomness = SecretRandomness::new(7);
    let secret = secret_credential(context, 2);
    mark::secret(&mut entries);
    let selections = Selections::new(context.manifest(), 0, vec![entries]).unwrap();
    let sealed = seal(context, &secret, previous, selections, &mut randomness).unwrap();
    assert!(mark::is_secret(&[sealed.tracking_code()]));
    let submitted = match disposition {
        Disposition::Cast => sealed.cast(&secret, &mut randomness),
        Disposition::Challenge => {
            let (submitted, opening) = sealed.challenge(&secret, &mut randomness);
            assert!(
                mark::is_secret(&opening.opening.selections[0]) && mark::is_secret(&opening.opening.seed)
            );
            submitted
        }
    };
    let submitted = posted(submitted);
    let authentic = submitted.clone().authenticate(context.manifest().id(), disposition).unwrap();
    context.verify(&authentic, &mut rng(3)).unwrap();
    submitted
}

/// A ballot as it goes to the log: credential, ciphertexts, proofs and signature are public.
fn posted(submitted: SubmittedBallot) -> SubmittedBallot {
    let ballot = &submitted.ballot;
    assert!(mark::is_secret(&ballot.ciphertexts) && mark::is_secret(&ballot.range.rounds));
    assert!(mark::is_secret(std::slice::from_ref(&submitted.signature)));
    mark::public(&ballot.ciphertexts);
    mark::public(&ballot.range.rounds);
    mark::published(submitted)
}

fn signature() {
    let key = SigningKey::generate(&mut SecretRandomness::new(5));
    let (public, signature) = (key.verifying_key(), key.sign("test", &[b"message"]));
    assert!(mark::is_secret(&public.0) && mark::is_secret(&signature.0));
    // a public key, and what was signed with it
    let (public, signature) = (mark::published(public), mark::published(signature));
    assert_eq!(public.verify("test", &[b"message"], &signature), Ok(()));
}

/// Three trustees, of whom two decrypt, from their seeds to a total.
fn trustees() {
    let secrets: Vec<TrusteeSecret> =
        (10..13).map(|seed| TrusteeSecret::generate(&mut SecretRandomness::new(seed))).collect();
    let keys = secrets.iter().map(|secret| {
        let keys = secret.keys();
        assert!(mark::is_secret(&[keys]));
        // public keys stand on the log
        mark::published(keys)
    });
    let parameters = CeremonyParameters::new(&Digest([7; 32]), 0, keys.collect(), 2).unwrap();
    let (commitments, sealed): (Vec<_>, Vec<_>) =
        secrets.iter().map(|secret| dealer(&parameters, secret)).unzip();
    let key_set = combine(&parameters, &commitments, &sealed, &[]).unwrap();
    let shares: Vec<KeyShare> =
        secrets.iter().map(|secret| share(&key_set, secret, &commitments, &sealed)).collect();
    decryption(&key_set, &shares);
}

/// A trustee's part of rounds 2 to 4.
fn dealer(
    parameters: &CeremonyParameters,
    secret: &TrusteeSecret,
) -> (VerifiedCommitments, Vec<SealedShare>) {
    let mut randomness = SecretRandomness::new(20);
    let polynomial = Polynomial::derive(parameters, secret).unwrap();
    let commitments = Commitments::prove(&polynomial, &mut randomness);
    assert!(mark::is_secret(&commitments.points) && mark::is_secret(&[commitments.possession]));
    // commitments and proof of possession stand on the log
    mark::public(&commitments.points);
    let commitments = mark::published(commitments);
    let announced = commitment_hash(parameters, polynomial.dealer(), &commitments.points);
    let verified = verify_commitments(parameters, polynomial.dealer(), &announced, &commitments).unwrap();
    let sealed = seal_shares(parameters, &polynomial, &verified, &mut randomness).unwrap();
    assert!(mark::is_secret(&sealed));
    // and so do the sealed shares
    mark::public(&sealed);
    (verified, sealed)
}

/// A trustee's share of the key, from what others sealed; stored and read again.
fn share(
    key_set: &KeySet,
    secret: &TrusteeSecret,
    commitments: &[VerifiedCommitments],
    sealed: &[Vec<SealedShare>],
) -> KeyShare {
    let parameters = key_set.parameters();
    let polynomial = Polynomial::derive(parameters, secret).unwrap();
    let own = polynomial.dealer();
    let others =
        commitments.iter().zip(sealed).zip(parameters.indices()).filter(|(_, dealer)| *dealer != own);
    let opened = others.map(|((commitments, sealed), dealer)| {
        let sealed = sealed_for(parameters, dealer, own, sealed).unwrap();
        open_share(parameters, secret, commitments, sealed).unwrap()
    });
    let assembled = KeyShare::assemble(key_set, &polynomial, &opened.collect::<Vec<_>>()).unwrap();
    let recovered = KeyShare::recover(secret, key_set, commitments, sealed, &[]).unwrap();
    for stored in [assembled.stored(), recovered.stored()] {
        assert!(mark::is_secret(stored.expose()));
        KeyShare::restore(key_set, own, stored.expose()).unwrap();
    }
    recovered
}

fn decryption(key_set: &KeySet, shares: &[KeyShare]) {
    let mut randomness = SecretRandomness::new(30);
    let totals = [3, 0];
    let aggregate = totals.map(|total| key_set.key().encrypt(total, &Scalar::random(&mut rng(total))));
    let context = DecryptionContext::new(key_set, &Digest([5; 32]), 0, &aggregate);
    let verified = shares.iter().take(2).map(|share| {
        let trustee: TrusteeIndex = share.trustee();
        let test = TestDecryption::prove(key_set, share, &mut randomness).unwrap();
        let shares = decrypt::decrypt(&context, share, &mut randomness).unwrap();
        assert!(
            mark::is_secret(&[test]) && mark::is_secret(&shares.points) && mark::is_secret(&[shares.proof])
        );
        // test decryptions, and shares of a total with their proof, stand on the log
        mark::public(&shares.points);
        let (test, shares) = (mark::published(test), mark::published(shares));
        test.verify(key_set, trustee).unwrap();
        decrypt::verify(&context, trustee, &shares).unwrap()
    });
    let points = decrypt::combine(&context, &verified.collect::<Vec<_>>()).unwrap();
    let table = LogTable::new(10).unwrap();
    assert_eq!(points.iter().map(|point| table.solve(point)).collect::<Vec<_>>(), totals.map(Some));
}

//! Secrets are not in memory that was given back: what holds one erases it, and so does what is made on the way.
//!
//! The global allocator of this program looks into every block before it goes back to the system. The values that are
//! looked for are derived here a second time, by the specification.

use borsh::BorshSerialize;
use rand_core::{CryptoRng, RngCore};
use tabella_board_client::keyfile::{KeyFile, KeyKind};
use tabella_board_client::passphrase::Passphrase;
use tabella_crypto::ballot::{BallotContext, BallotSeed};
use tabella_crypto::credential::{CredentialCode, CredentialSecret};
use tabella_crypto::fixtures::{checked, contest, context, rng};
use tabella_crypto::rules::Method;
use tabella_crypto::secret::Secret;
use tabella_crypto::signature::SigningKey;
use tabella_crypto::threshold::decrypt::{self, DecryptionContext};
use tabella_crypto::threshold::dkg::{Commitments, commitment_hash, verify_commitments};
use tabella_crypto::threshold::keys::{KeyShare, combine};
use tabella_crypto::threshold::polynomial::Polynomial;
use tabella_crypto::threshold::shares::{Share, seal_shares};
use tabella_crypto::threshold::test_decryption::TestDecryption;
use tabella_crypto::threshold::trustee::{CeremonyParameters, TrusteeSecret};
use tabella_crypto::transcript::{Digest, KeyDerivation};
use tabella_secrets_tests::heap::{Searched, Switched, erasing, seek, watched};
use tabella_tally::ballot_box::{Selections, seal};
use tabella_tally::ceremony::StoredShare;
use tabella_tally::trustee::paper;
use zeroize::{ZeroizeOnDrop, Zeroizing};
use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static ALLOCATOR: Switched<ZeroAlloc<Searched>> = Switched(ZeroAlloc(Searched));

/// Compiles only while each of these types erases itself when it is dropped, and can be neither cloned nor encoded by
/// accident: with `Clone` or `BorshSerialize`, `holds` would have two meanings.
macro_rules! secret_types {
    ($($secret:ty),*) => {$(
        const _: fn() = || {
            fn erased<T: ZeroizeOnDrop>() {}
            erased::<$secret>();
            trait Neither<What> {
                fn holds() {}
            }
            struct Cloned;
            struct Encoded;
            impl<T> Neither<()> for T {}
            impl<T: Clone> Neither<Cloned> for T {}
            impl<T: BorshSerialize> Neither<Encoded> for T {}
            <$secret>::holds();
        };
    )*};
}

secret_types!(
    Secret<[u8; 32]>,
    Passphrase,
    KeyFile,
    TrusteeSecret,
    SigningKey,
    Polynomial,
    Share,
    KeyShare,
    StoredShare,
    CredentialCode,
    CredentialSecret,
    BallotSeed,
    Selections
);

/// The values of a code's data symbols, from its text.
fn symbols(code: &str) -> Vec<u8> {
    const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let value = |symbol| ALPHABET.find(symbol).unwrap() as u8;
    code.split('-').flat_map(|group| group.chars().take(4).map(value).collect::<Vec<_>>()).collect()
}

#[test]
fn what_is_planted_in_freed_memory_is_found_unless_it_was_erased() {
    seek("planted", b"a secret that was planted");
    let plant = || {
        let mut text = String::from("a secret that was planted");
        text.reserve(1_000);
    };
    assert_eq!(watched(plant).1, ["planted"]);
    assert!(watched(|| erasing(plant)).1.is_empty());
    assert!(watched(|| drop(Zeroizing::new("a secret that was planted".to_owned()))).1.is_empty());
}

#[test]
fn a_trustees_secrets_are_not_in_freed_memory() {
    let seeds: Vec<[u8; 32]> = (1..=3).map(|seed| random(&mut rng(seed))).collect();
    let secrets: Vec<TrusteeSecret> = seeds.iter().map(TrusteeSecret::from_seed).collect();
    let keys = secrets.iter().map(TrusteeSecret::keys).collect();
    let parameters = CeremonyParameters::new(&Digest([7; 32]), 0, keys, 2).unwrap();
    let ceremony = || {
        let mut rng = rng(9);
        let (commitments, sealed): (Vec<_>, Vec<_>) = secrets
            .iter()
            .map(|secret| {
                let polynomial = Polynomial::derive(&parameters, secret).unwrap();
                let commitments = Commitments::prove(&polynomial, &mut rng);
                let hash = commitment_hash(&parameters, polynomial.dealer(), &commitments.points);
                let verified =
                    verify_commitments(&parameters, polynomial.dealer(), &hash, &commitments).unwrap();
                let sealed = seal_shares(&parameters, &polynomial, &verified, &mut rng).unwrap();
                (verified, sealed)
            })
            .unzip();
        let key_set = combine(&parameters, &commitments, &sealed, &[]).unwrap();
        let share = KeyShare::recover(&secrets[0], &key_set, &commitments, &sealed, &[]).unwrap();
        (key_set, share)
    };
    let (key_set, share) = ceremony();
    let stored = *share.stored().expose();

    seek("seed of a trustee", &seeds[0]);
    seek("share of the key", &stored);
    let derivation = KeyDerivation::new("trustee", &seeds[0]);
    seek("seed of the signing key", &derivation.bytes::<32>(&[b"signing"]));
    seek("material of the decryption key", &derivation.bytes::<32>(&[b"encryption"]));
    let coefficients = [0, 1].map(|k| derivation.scalar(&[b"polynomial", &parameters.digest().0, &[k]]));
    for coefficient in coefficients {
        seek("coefficient of the polynomial", &coefficient.encode());
    }
    // f(1) = a_0 + a_1 is kept, f(2) = a_0 + 2 a_1 is sealed for another
    seek("share for oneself", &(coefficients[0] + coefficients[1]).encode());
    seek("share for another", &(coefficients[0] + coefficients[1] + coefficients[1]).encode());

    let aggregate = [key_set.key().encrypt(3, &tabella_crypto::group::Scalar::from(11u64))];
    let ((), found) = watched(|| {
        let (key_set, share) = ceremony();
        secrets[0].signing_key().sign("test", &[b"message"]);
        TestDecryption::prove(&key_set, &share, &mut rng(5)).unwrap();
        let context = DecryptionContext::new(&key_set, &Digest([5; 32]), 0, &aggregate);
        decrypt::decrypt(&context, &share, &mut rng(5)).unwrap();
        let restored = KeyShare::restore(&key_set, share.trustee(), share.stored().expose()).unwrap();
        drop((restored, TrusteeSecret::from_seed(&seeds[0]), SigningKey::from_seed(stored)));
    });
    assert_eq!(found, [""; 0]);
}

#[test]
fn a_keys_file_and_its_paper_leave_nothing_in_freed_memory() {
    let seed = random(&mut rng(21));
    let text = "correct horse battery staple, twice";
    seek("seed in a key file", &seed);
    seek("seed in hexadecimal", hex(&seed).as_bytes());
    seek("passphrase", text.as_bytes());
    let words = paper::words(&TrusteeSecret::from_seed(&seed));
    seek("words of a paper", words[..5].join(" ").as_bytes());
    let work = || {
        let passphrase = Passphrase::new(text.to_owned()).unwrap();
        let key = KeyFile::new(KeyKind::Trustee, Secret::new(seed), "Ada", 5);
        let sealed = key.seal(&passphrase).unwrap();
        drop(KeyFile::unseal(&sealed, KeyKind::Trustee, &passphrase).unwrap());
        let typed: Vec<_> = words.iter().map(|word| Zeroizing::new((*word).to_owned())).collect();
        drop(paper::restore(&typed).unwrap());
    };
    // `age` does not erase what it encrypts, which is why the programs erase all that they give back
    assert_eq!(watched(work).1, ["seed in hexadecimal"]);
    assert_eq!(watched(|| erasing(work)).1, [""; 0]);
}

#[test]
fn a_voters_secrets_are_not_in_freed_memory() {
    let points = [51_234, 43_210, 65_001, 12_345];
    let context = context(checked(vec![contest(Method::Score { max: 65_535 }, 4, false)]));
    let election = context.manifest().id();
    let code = CredentialCode::generate(&mut rng(31)).reveal().expose().clone();
    let symbols = symbols(&code);
    let secret = || CredentialSecret::from_code(&CredentialCode::parse(&code).unwrap(), &election.0).unwrap();
    let sealed = |context: &BallotContext| {
        let selections = Selections::new(context.manifest(), 0, vec![points.to_vec()]).unwrap();
        seal(context, &secret(), None, selections, &mut rng(32)).unwrap()
    };
    let (submitted, test) = sealed(&context).challenge(&secret(), &mut rng(33));

    seek("code", code.as_bytes());
    seek("values of a code", &symbols);
    let u = KeyDerivation::new("credential", &symbols).scalar(&[&election.0.0]);
    seek("secret of the credential", &u.encode());
    seek("seed of a ballot", &test.opening.seed);
    seek("choices", &points.map(u64::to_le_bytes).concat());
    let derivation = KeyDerivation::new("ballot randomness", &test.opening.seed);
    for entry in 0..4u32 {
        let parts: [&[u8]; 7] = [
            &election.0.0,
            &context.key().encoded().0,
            &submitted.ballot.credential.0.0,
            &0u16.to_le_bytes(),
            &[],
            &0u16.to_le_bytes(),
            &entry.to_le_bytes(),
        ];
        let r = derivation.scalar(&parts);
        let d = tabella_crypto::group::Point::base_times(&r).encode();
        assert_eq!(d, submitted.ballot.ciphertexts[entry as usize].d);
        seek("randomness of a ciphertext", &r.encode());
    }
    let cast = || drop(sealed(&context).cast(&secret(), &mut rng(34)));
    // the range prover hands its parties on by moving them, and does not erase the places that they leave
    assert_eq!(watched(cast).1, ["randomness of a ciphertext"]);
    assert_eq!(watched(|| erasing(cast)).1, [""; 0]);
}

fn random(rng: &mut (impl RngCore + CryptoRng)) -> [u8; 32] {
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

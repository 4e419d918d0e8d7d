//! The canonical encoding: whatever is accepted is the encoding of what was read.

use borsh::{BorshDeserialize, BorshSerialize};
use tabella_board_core::entry::{BoardEntry, Entry, TrusteeEntry, TrusteeMessage};
use tabella_board_core::witness::Latest;
use tabella_crypto::ballot::{Opening, SubmittedBallot};
use tabella_crypto::checkpoint::{Checkpoint, NoteKey, SignedCheckpoint};
use tabella_crypto::codec;
use tabella_crypto::credential::Credential;
use tabella_crypto::elgamal::EncodedCiphertext;
use tabella_crypto::group::{EncodedPoint, Point, Scalar};
use tabella_crypto::manifest::{CheckedManifest, Manifest};
use tabella_crypto::merkle::Frontier;
use tabella_crypto::outcome::Outcome;
use tabella_crypto::text::Text;
use tabella_crypto::threshold::decrypt::DecryptionShares;
use tabella_crypto::threshold::dkg::Commitments;
use tabella_crypto::threshold::shares::SealedShare;
use tabella_crypto::threshold::test_decryption::TestDecryption;
use tabella_crypto::threshold::trustee::TrusteeKeys;
use tabella_tally::ceremony::StoredShare;

use crate::reference;
use crate::scene::{cosigned, scene};

/// Bytes that are read as a value are that value's encoding, and no other bytes are.
fn canonical<T: BorshSerialize + BorshDeserialize>(bytes: &[u8]) -> Option<T> {
    let value = codec::decode::<T>(bytes).ok()?;
    assert_eq!(codec::encode(&value), bytes, "another encoding of the same value");
    Some(value)
}

/// An entry of an election's log. What is read off a trustee's bytes before they are decoded is what decoding finds.
pub fn entry(data: &[u8]) {
    let read = Entry::decode(data);
    if let Ok(entry) = &read {
        assert_eq!(entry.encode(), data, "another encoding of the same entry");
    }
    let said = TrusteeEntry::sender(data);
    let Ok(Entry::Trustee(entry)) = &read else { return };
    match entry.message {
        TrusteeMessage::Registration(_) => assert_eq!(said, None),
        _ => assert_eq!(said, Some(entry.trustee)),
    }
    let election = &scene().election;
    for trustee in &election.trustees {
        let (id, key) = (election.manifest.id(), trustee.signing_key().verifying_key());
        assert_eq!(entry.verify(id, &key), TrusteeEntry::verify_bytes(id, data, &key), "quick and whole");
    }
}

/// Every kind of entry of the reference record and of the shared election, each once.
pub fn entry_seeds() -> Vec<Vec<u8>> {
    let log = reference::log().into_iter().chain(scene().election.log.clone());
    let mut seen = std::collections::BTreeSet::new();
    // a kind is its tag, of trustees' messages also the message's
    let kind = |bytes: &Vec<u8>| (bytes[0], if bytes[0] == 3 { bytes[2] } else { 0 });
    log.filter(|bytes| bytes.len() <= 4_096 && seen.insert(kind(bytes))).collect()
}

/// An entry of the board log.
pub fn board_entry(data: &[u8]) {
    if let Ok(entry) = BoardEntry::decode(data) {
        assert_eq!(entry.encode(), data, "another encoding of the same entry");
    }
}

/// Every kind of entry of the reference record's board log, each once.
pub fn board_entry_seeds() -> Vec<Vec<u8>> {
    let mut seen = std::collections::BTreeSet::new();
    let log = reference::board_log();
    log.into_iter().filter(|bytes| seen.insert(bytes[0])).collect()
}

/// A manifest. What is checked is checked again as the same, and everything that follows from it can be asked for.
pub fn manifest(data: &[u8]) {
    canonical::<Manifest>(data);
    let Ok(manifest) = CheckedManifest::decode(data) else { return };
    assert_eq!(manifest.encode(), data);
    let again = manifest.manifest().clone().check().expect("it was checked");
    assert_eq!((again.id(), again.styles().len()), (manifest.id(), manifest.styles().len()));
    for style in 0..manifest.styles().len() as u16 {
        for (_, contest) in manifest.contests_of(style) {
            let (options, blank) = (contest.options.len(), contest.blank.is_some());
            let rules = contest.method.compile(options, blank).expect("it was checked");
            let nothing = vec![0; options * contest.method.columns(options) + usize::from(blank)];
            if rules.check(&nothing).is_ok() {
                let choice = contest.method.choice(options, blank, &nothing).expect("it obeys the rules");
                assert_eq!(contest.method.entries(options, blank, &choice), Ok(nothing));
            }
        }
    }
}

/// The manifests of the reference record, of the shared election, and the documented example.
pub fn manifest_seeds() -> Vec<Vec<u8>> {
    let reference = reference::log().iter().find_map(|bytes| match Entry::decode(bytes) {
        Ok(Entry::Manifest(part)) => Some(part.bytes),
        _ => None,
    });
    let example = super::settings::example_manifest().encode();
    reference.into_iter().chain([scene().election.manifest.encode(), example]).collect()
}

/// The same of a value of which nothing more is asked.
fn one<T: BorshSerialize + BorshDeserialize>(bytes: &[u8]) {
    canonical::<T>(bytes);
}

/// A kind of value, by its number in [`VALUES`].
type Value = fn(&[u8]);

/// Every other kind of value of the pure crates that is read by itself.
const VALUES: [Value; 22] = [
    one::<Point>,
    one::<Scalar>,
    |bytes| {
        if let Some(point) = canonical::<EncodedPoint>(bytes) {
            match (point.decode(), point.decode_nonzero()) {
                (Ok(read), nonzero) => {
                    assert_eq!(read.encode(), point);
                    assert_eq!(nonzero.is_err(), read.is_identity());
                }
                (Err(_), nonzero) => assert!(nonzero.is_err()),
            }
        }
    },
    |bytes| {
        if let Some(pair) = canonical::<EncodedCiphertext>(bytes)
            && let Ok(read) = pair.decode_fresh()
        {
            assert_eq!(read.encode(), pair);
        }
    },
    one::<Credential>,
    one::<Opening>,
    one::<SubmittedBallot>,
    one::<TrusteeKeys>,
    one::<Commitments>,
    one::<SealedShare>,
    one::<TestDecryption>,
    one::<DecryptionShares>,
    |bytes| {
        if let Some(mut tree) = canonical::<Frontier>(bytes)
            && tree.size() < 1 << 40
        {
            let size = tree.size();
            tree.push(tree.root());
            assert_eq!(tree.size(), size + 1);
        }
    },
    one::<Checkpoint>,
    one::<SignedCheckpoint>,
    one::<NoteKey>,
    |bytes| {
        if let Some(text) = canonical::<Text>(bytes)
            && text.check().is_ok()
        {
            assert_eq!(Text::new(text.versions().to_vec()), Ok(text.clone()));
            assert!(!text.in_language("en").is_empty());
            text.reading("zh");
        }
    },
    one::<Outcome>,
    one::<Latest>,
    |bytes| {
        if let Ok(share) = StoredShare::decode(bytes) {
            assert_eq!(share.encode().expose(), bytes);
        }
    },
    one::<Vec<(String, Option<u64>, bool)>>,
    one::<tabella_tally::verify::store::SavedHead>,
];

/// A value: the first byte says of which kind.
pub fn value(data: &[u8]) {
    if let Some((kind, bytes)) = data.split_first() {
        VALUES[usize::from(*kind) % VALUES.len()](bytes);
    }
}

/// One of each kind, out of the shared election.
pub fn value_seeds() -> Vec<Vec<u8>> {
    let election = &scene().election;
    let seed = |kind: u8, bytes: Vec<u8>| [&[kind], bytes.as_slice()].concat();
    let key = election.state.ceremony().key_set().unwrap().key().encoded();
    let mut seeds = vec![
        seed(0, codec::encode(&Point::BASE)),
        seed(1, codec::encode(&Scalar::from(7u64))),
        seed(2, codec::encode(&key)),
        seed(4, codec::encode(&election.voters[0].public())),
        seed(7, codec::encode(&election.trustees[0].keys())),
        seed(16, codec::encode(&tabella_board_core::fixtures::text("words"))),
        seed(20, codec::encode(&vec![("a".to_owned(), Some(1u64), true)])),
    ];
    let head = cosigned(tabella_board_core::fixtures::ORIGIN, &[]);
    seeds.push(seed(13, codec::encode(head.claimed())));
    seeds.push(seed(14, codec::encode(&head)));
    seeds.push(seed(15, codec::encode(&crate::scene::witness_key())));
    for entry in &election.log {
        match Entry::decode(entry).unwrap() {
            Entry::Cast(ballot) if seeds.iter().all(|seed| seed[0] != 6) => {
                seeds.push(seed(3, codec::encode(&ballot.ballot.ciphertexts[0])));
                seeds.push(seed(6, codec::encode(&ballot)));
            }
            Entry::Opening(published) => seeds.push(seed(5, codec::encode(&published.opening))),
            Entry::Result(result) => seeds.push(seed(17, codec::encode(&result.outcome))),
            Entry::Trustee(entry) => seeds.extend(match entry.message {
                TrusteeMessage::Commitments { commitments, .. } => Some(seed(8, codec::encode(&commitments))),
                TrusteeMessage::Shares { shares, .. } => Some(seed(9, codec::encode(&shares[0]))),
                TrusteeMessage::TestDecryption { test, .. } => Some(seed(10, codec::encode(&test))),
                TrusteeMessage::Decryption { shares, .. } => Some(seed(11, codec::encode(&shares))),
                _ => None,
            }),
            _ => {}
        }
    }
    let mut tree = Frontier::new();
    election.log.iter().take(7).for_each(|entry| tree.push(tabella_crypto::merkle::leaf_hash(entry)));
    seeds.push(seed(12, codec::encode(&tree)));
    let key_set = election.state.ceremony().key_set().unwrap();
    let share = StoredShare::new(key_set, &election.key_share(1)).encode().expose().clone();
    seeds.push(seed(19, share));
    // one of each kind is enough
    let mut seen = std::collections::BTreeSet::new();
    seeds.retain(|seed| seen.insert(seed[0]));
    seeds
}

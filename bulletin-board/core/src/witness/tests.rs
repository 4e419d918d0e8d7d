//! Every rule of tlog-witness, by its sentence.

use std::convert::Infallible;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use tabella_crypto::checkpoint::note::{MAX_NOTE_LENGTH, MAX_SIGNATURES};
use tabella_crypto::checkpoint::{VerifiedCheckpoint, sign_checkpoint};
use tabella_crypto::codec::{decode, encode};
use tabella_crypto::merkle::{NodeSource, consistency_path, leaf_hash, root_of};
use tabella_crypto::transcript::Digest;

use super::answer::{MAX_ANSWER_LENGTH, cosignature, encode_signatures, encode_size, monitoring_path};
use super::request::{MAX_PROOF_LINES, MAX_REQUEST_LENGTH};
use super::*;

const ORIGIN: &str = "log.example/board";
const NAME: &str = "witness.example/w1";
const NOW: u64 = 1_790_000_000;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

fn log_key() -> NoteKey {
    NoteKey::log(ORIGIN, key(1).verifying_key()).unwrap()
}

fn witness() -> Witness {
    let mut witness = Witness::new(NAME, key(2)).unwrap();
    witness.watch(ORIGIN, log_key()).unwrap();
    witness
}

/// A log of entries below 256; other branches differ in every entry from `fork` on.
struct Log(Vec<Digest>);

impl NodeSource for Log {
    type Error = Infallible;
    fn tile_hash(&self, level: u8, index: u64) -> Result<Digest, Infallible> {
        assert_eq!(level, 0);
        Ok(self.0[index as usize])
    }
}

fn log(size: usize) -> Log {
    Log((0..size).map(|index| leaf_hash(&index.to_le_bytes())).collect())
}

fn forked(size: usize, fork: usize) -> Log {
    let mut log = log(size);
    for (index, leaf) in log.0.iter_mut().enumerate().skip(fork) {
        *leaf = leaf_hash(format!("other {index}").as_bytes());
    }
    log
}

impl Log {
    fn checkpoint(&self, size: u64) -> Checkpoint {
        Checkpoint::new(ORIGIN, size, root_of(&self.0[..size as usize])).unwrap()
    }

    fn signed(&self, size: u64) -> SignedCheckpoint {
        sign_checkpoint(&self.checkpoint(size), &key(1)).unwrap()
    }

    fn proof(&self, old: u64, new: u64) -> Vec<Digest> {
        consistency_path(self, old, new).unwrap()
    }

    fn request(&self, old: u64, new: u64) -> AddCheckpoint {
        AddCheckpoint::new(old, self.proof(old, new), self.signed(new)).unwrap()
    }
}

/// What becomes of a request at a witness that cosigned `latest` last.
fn ask(latest: Option<&Latest>, request: AddCheckpoint) -> Result<Latest, Refusal> {
    let witness = witness();
    let admitted = witness.admit(request)?;
    assert_eq!(admitted.origin(), ORIGIN);
    witness.cosign(&admitted, latest, NOW).map(|(latest, _)| latest)
}

fn at(size: u64) -> Latest {
    ask(None, log(9).request(0, size)).unwrap()
}

fn verified(latest: &Latest) -> VerifiedCheckpoint {
    latest.note().verify(&log_key(), std::slice::from_ref(witness().key())).unwrap()
}

#[test]
fn a_log_that_grows_is_cosigned_step_by_step() {
    let log = log(200);
    let mut latest: Option<Latest> = None;
    let mut old = 0;
    for size in [0, 0, 1, 2, 3, 7, 8, 8, 100, 199, 200] {
        let next = ask(latest.as_ref(), log.request(old, size)).unwrap();
        assert_eq!(next.checkpoint(), &log.checkpoint(size));
        assert_eq!(verified(&next).cosigned_at(witness().key()), Some(NOW));
        assert_eq!(decode::<Latest>(&encode(&next)), Ok(next.clone()));
        (latest, old) = (Some(next), size);
    }
}

#[test]
fn an_unknown_origin_is_404() {
    let other = Checkpoint::new("log.example/other", 0, empty_root()).unwrap();
    let signed = sign_checkpoint(&other, &key(1)).unwrap();
    let refusal = ask(None, AddCheckpoint::new(0, Vec::new(), signed).unwrap()).unwrap_err();
    assert_eq!((refusal, refusal.status()), (Refusal::UnknownLog, 404));
}

#[test]
fn no_signature_by_a_known_key_is_403_and_unknown_ones_are_ignored() {
    let log = log(5);
    let stranger = sign_checkpoint(&log.checkpoint(5), &key(9)).unwrap();
    let request = AddCheckpoint::new(0, Vec::new(), stranger.clone()).unwrap();
    let refusal = ask(None, request).unwrap_err();
    assert_eq!((refusal, refusal.status()), (Refusal::Unsigned, 403));
    // beside the log's own it does no harm, and is not kept
    let both = stranger.with_signature(log.signed(5).signatures()[0].clone()).unwrap();
    let latest = ask(None, AddCheckpoint::new(0, Vec::new(), both).unwrap()).unwrap();
    assert_eq!(latest.note().signatures().len(), 2);
    let _ = verified(&latest);
}

#[test]
fn a_bad_signature_in_the_name_of_a_known_key_is_403_even_beside_a_good_one() {
    let log = log(5);
    let bad = log.signed(4).signatures()[0].clone();
    for (place, note) in [
        (0, SignedNote::new(log.checkpoint(5).to_text(), vec![bad.clone()]).unwrap()),
        (
            1,
            SignedNote::new(log.checkpoint(5).to_text(), vec![log.signed(5).signatures()[0].clone(), bad])
                .unwrap(),
        ),
    ] {
        let signed = SignedCheckpoint::parse(note.encode().as_bytes()).unwrap();
        let refusal = ask(None, AddCheckpoint::new(0, Vec::new(), signed).unwrap()).unwrap_err();
        assert_eq!((refusal, refusal.status()), (Refusal::Signature(place), 403));
    }
}

#[test]
fn a_log_may_have_several_keys_and_another_name_than_its_origin() {
    let mut witness = witness();
    let second = NoteKey::log("key.example/2027", key(3).verifying_key()).unwrap();
    witness.watch(ORIGIN, second.clone()).unwrap();
    witness.watch(ORIGIN, second.clone()).unwrap();
    assert_eq!(witness.logs()[ORIGIN].len(), 2);
    let text = log(5).checkpoint(5).to_text();
    let line_over = |signed_text: &str| {
        let bytes = [&second.id().0[..], &key(3).sign_bytes(signed_text.as_bytes()).0].concat();
        NoteSignature::parse(&format!("— {} {}", second.name(), STANDARD.encode(bytes))).unwrap()
    };
    let asked = |line: NoteSignature| {
        let lines = vec![line, log(5).signed(5).signatures()[0].clone()];
        let note = SignedNote::new(text.clone(), lines).unwrap();
        let signed = SignedCheckpoint::parse(note.encode().as_bytes()).unwrap();
        witness.admit(AddCheckpoint::new(0, Vec::new(), signed).unwrap())
    };
    let admitted = asked(line_over(&text)).unwrap();
    let (latest, _) = witness.cosign(&admitted, None, NOW).unwrap();
    assert_eq!(latest.note().signatures().len(), 3, "both keys' signatures are kept");
    assert_eq!(asked(line_over("another text\n")), Err(Refusal::Signature(0)));
    for number in 4..6 {
        witness.watch(ORIGIN, NoteKey::log(ORIGIN, key(number).verifying_key()).unwrap()).unwrap();
    }
    let one_more = NoteKey::log(ORIGIN, key(6).verifying_key()).unwrap();
    assert_eq!(witness.watch(ORIGIN, one_more.clone()), Err(LogError::TooManyKeys));
    assert_eq!(witness.watch("a b", one_more), Err(LogError::Origin(NoteError::Name)));
    let own = NoteKey::log(ORIGIN, key(2).verifying_key()).unwrap();
    assert_eq!(witness.watch("other.example", own), Err(LogError::OwnKey));
}

#[test]
fn an_old_size_above_the_checkpoints_is_400() {
    let request = AddCheckpoint::new(6, Vec::new(), log(5).signed(5)).unwrap();
    let refusal = ask(Some(&at(6)), request).unwrap_err();
    assert_eq!((refusal, refusal.status()), (Refusal::OldSize { old: 6, new: 5 }, 400));
}

#[test]
fn another_old_size_than_the_latest_is_409_with_that_size() {
    let log = log(9);
    for (latest, old, new) in
        [(None, 3, 5), (Some(at(4)), 0, 5), (Some(at(4)), 3, 5), (Some(at(4)), 5, 5), (Some(at(4)), 0, 2)]
    {
        let due = latest.as_ref().map_or(0, |latest| latest.checkpoint().size());
        let refusal = ask(latest.as_ref(), log.request(old, new)).unwrap_err();
        assert_eq!((refusal, refusal.status()), (Refusal::Conflict(due), 409), "old {old}, new {new}");
    }
}

#[test]
fn size_zero_has_the_empty_trees_root_or_is_422() {
    let zero = Checkpoint::new(ORIGIN, 0, leaf_hash(b"")).unwrap();
    let signed = sign_checkpoint(&zero, &key(1)).unwrap();
    let refusal = ask(None, AddCheckpoint::new(0, Vec::new(), signed).unwrap()).unwrap_err();
    assert_eq!((refusal, refusal.status()), (Refusal::EmptyRoot, 422));
}

#[test]
fn a_proof_from_size_zero_is_422() {
    let request = AddCheckpoint::new(0, vec![leaf_hash(b"")], log(5).signed(5)).unwrap();
    let refusal = ask(None, request).unwrap_err();
    assert_eq!((refusal, refusal.status()), (Refusal::Inconsistent, 422));
}

#[test]
fn another_root_at_the_same_size_is_422() {
    let refusal = ask(Some(&at(5)), forked(9, 2).request(5, 5)).unwrap_err();
    assert_eq!((refusal, refusal.status()), (Refusal::OtherRoot, 422));
}

#[test]
fn a_proof_that_does_not_hold_is_422() {
    let (good, fork) = (log(9), forked(9, 2));
    let proof = good.proof(5, 9);
    let mut table = vec![
        fork.request(5, 9),
        AddCheckpoint::new(5, proof.clone(), fork.signed(9)).unwrap(),
        AddCheckpoint::new(5, Vec::new(), good.signed(9)).unwrap(),
        AddCheckpoint::new(5, [proof.clone(), vec![leaf_hash(b"")]].concat(), good.signed(9)).unwrap(),
        AddCheckpoint::new(5, vec![leaf_hash(b"")], good.signed(5)).unwrap(),
    ];
    for place in 0..proof.len() {
        let mut changed = proof.clone();
        changed[place].0[0] ^= 1;
        table.push(AddCheckpoint::new(5, changed, good.signed(9)).unwrap());
    }
    for (case, request) in table.into_iter().enumerate() {
        let refusal = ask(Some(&at(5)), request).unwrap_err();
        assert_eq!((refusal, refusal.status()), (Refusal::Inconsistent, 422), "case {case}");
    }
}

#[test]
fn the_time_is_never_zero_and_never_goes_back() {
    let witness = witness();
    let log = log(9);
    let admitted = witness.admit(log.request(0, 3)).unwrap();
    let (first, _) = witness.cosign(&admitted, None, 0).unwrap();
    assert_eq!(first.time(), 1);
    let (now, _) = witness.cosign(&admitted, None, NOW).unwrap();
    let admitted = witness.admit(log.request(3, 5)).unwrap();
    let (later, line) = witness.cosign(&admitted, Some(&now), NOW - 100).unwrap();
    assert_eq!(later.time(), NOW);
    assert_eq!(witness.key().verify(&later.checkpoint().to_text(), &line), Ok(Some(NOW)));
    let (late, _) = witness.cosign(&admitted, Some(&now), u64::MAX).unwrap();
    assert_eq!(late.time(), MAX_TIMESTAMP);
}

#[test]
fn a_request_has_the_form_of_the_example() {
    let log = log(9);
    let body = log.request(5, 9).encode();
    let lines: Vec<&str> = body.split('\n').collect();
    assert_eq!(lines[0], "old 5");
    let empty = lines.iter().position(|line| line.is_empty()).unwrap();
    assert_eq!(empty, 1 + log.proof(5, 9).len());
    assert_eq!(lines[empty + 1], ORIGIN);
    assert_eq!(AddCheckpoint::parse(body.as_bytes()), Ok(log.request(5, 9)));
    assert!(log.request(0, 5).encode().starts_with("old 0\n\nlog.example/board\n5\n"));
}

#[test]
fn what_is_not_a_request_is_400() {
    let note = log(5).signed(5).encode();
    let hash = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";
    let proof = |lines: usize| format!("old 7\n{}\n{note}", hash.repeat(lines));
    assert!(AddCheckpoint::parse(proof(MAX_PROOF_LINES).as_bytes()).is_ok());
    let old_size = RequestError::OldSize;
    let table = [
        (String::new(), old_size),
        ("old 0".to_owned(), old_size),
        (format!("old\n\n{note}"), old_size),
        (format!("old \n\n{note}"), old_size),
        (format!("old  0\n\n{note}"), old_size),
        (format!("Old 0\n\n{note}"), old_size),
        (format!("old 0 \n\n{note}"), old_size),
        (format!("old 0\r\n\n{note}"), old_size),
        (format!("old 00\n\n{note}"), old_size),
        (format!("old 07\n\n{note}"), old_size),
        (format!("old +7\n\n{note}"), old_size),
        (format!("old -7\n\n{note}"), old_size),
        (format!("old 18446744073709551616\n\n{note}"), old_size),
        (format!("\n\n{note}"), old_size),
        (format!("old 7\nAAAA\n\n{note}"), RequestError::ProofLine(0)),
        (format!("old 7\n{hash} \n\n{note}"), RequestError::ProofLine(1)),
        (format!("old 7\n{}\n\n{note}", hash.replace('=', "").trim_end()), RequestError::ProofLine(0)),
        (format!("old 7\n{note}"), RequestError::ProofLine(0)),
        (proof(MAX_PROOF_LINES + 1), RequestError::TooManyProofLines),
        (format!("old 7\n{hash}"), RequestError::EmptyLine),
        ("old 7\n".to_owned(), RequestError::EmptyLine),
        ("x".repeat(MAX_REQUEST_LENGTH + 1), RequestError::TooLong),
    ];
    for (body, error) in table {
        assert_eq!(AddCheckpoint::parse(body.as_bytes()), Err(error), "{body:?}");
        assert_eq!(Refusal::from(error).status(), 400);
    }
    for rest in ["", "\n", "log.example/board\n5\n", note.trim_end()] {
        let parsed = AddCheckpoint::parse(format!("old 7\n\n{rest}").as_bytes());
        assert!(matches!(parsed, Err(RequestError::Checkpoint(_))), "{rest:?}: {parsed:?}");
    }
    let many = vec![leaf_hash(b""); MAX_PROOF_LINES + 1];
    let built = AddCheckpoint::new(7, many.clone(), log(5).signed(5));
    assert_eq!(built, Err(RequestError::TooManyProofLines));
    let most = AddCheckpoint::new(7, many[1..].to_vec(), log(5).signed(5)).unwrap();
    assert_eq!(most.proof().len(), 63);
    assert_eq!(AddCheckpoint::parse(most.encode().as_bytes()), Ok(most));
}

/// A signature line of so many bytes with its newline, at least 13; nobody knows the key.
fn line_of(length: usize) -> String {
    let around = "—  \n".len();
    // names of one to four bytes, so that the rest is a multiple of base64's four characters
    let name = (length - around - 1) % 4 + 1;
    let line = format!("— {} {}\n", "n".repeat(name), "A".repeat(length - around - name));
    assert_eq!(line.len(), length);
    line
}

/// A checkpoint that its log signed, with one line more that makes it so many bytes long.
fn note_of(length: usize) -> String {
    let signed = log(5).signed(5).encode();
    format!("{signed}{}", line_of(length - signed.len()))
}

#[test]
fn the_longest_request_is_taken_and_one_byte_more_is_not() {
    assert_eq!(MAX_REQUEST_LENGTH, 19_245, "which the specification names");
    let lines = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n".repeat(MAX_PROOF_LINES);
    let request = |note: usize| format!("old {}\n{lines}\n{}", u64::MAX, note_of(note)).into_bytes();
    let longest = request(MAX_NOTE_LENGTH);
    assert_eq!(longest.len(), MAX_REQUEST_LENGTH);
    let parsed = AddCheckpoint::parse(&longest).unwrap();
    assert_eq!((parsed.old_size(), parsed.proof().len()), (u64::MAX, MAX_PROOF_LINES));
    assert_eq!(parsed.encode().as_bytes(), longest);
    for more in [1, 2] {
        assert_eq!(AddCheckpoint::parse(&request(MAX_NOTE_LENGTH + more)), Err(RequestError::TooLong));
    }
    // within the request's bound the note still has its own
    let long = format!("old 7\n\n{}", note_of(MAX_NOTE_LENGTH + 1));
    let refused = CheckpointError::Note(NoteError::TooLong(MAX_NOTE_LENGTH + 1));
    assert_eq!(AddCheckpoint::parse(long.as_bytes()), Err(RequestError::Checkpoint(refused)));
    // the longest is looked at like any other
    let refusal = witness().admit(parsed).map(|_| ());
    assert_eq!(refusal, Err(Refusal::OldSize { old: u64::MAX, new: 5 }));
}

#[test]
fn a_log_takes_the_cosignature_that_it_asked_for_and_ignores_others() {
    let witness = witness();
    let signed = log(9).signed(9);
    let admitted = witness.admit(log(9).request(0, 9)).unwrap();
    let (_, line) = witness.cosign(&admitted, None, NOW).unwrap();
    let other = cosign(signed.claimed(), "witness.example/w2", &key(7), NOW).unwrap();
    let body = encode_signatures(&[other.clone(), line.clone()]);
    let Ok(Answer::Cosigned(lines)) = Answer::parse(200, body.as_bytes()) else { panic!("{body}") };
    assert_eq!(cosignature(&signed, witness.key(), &lines), Ok(line.clone()));
    assert_eq!(cosignature(&signed, witness.key(), &[other]), Err(AnswerError::OtherKey));
    let elsewhere = log(9).signed(8);
    assert_eq!(
        cosignature(&elsewhere, witness.key(), std::slice::from_ref(&line)),
        Err(AnswerError::Signature)
    );
    let timeless = cosign(signed.claimed(), NAME, &key(2), 0).unwrap();
    assert_eq!(cosignature(&signed, witness.key(), &[timeless]), Err(AnswerError::Timeless));
    assert_eq!(cosignature(&signed, &log_key(), &[line]), Err(AnswerError::OtherKey));
}

#[test]
fn answers_have_one_form() {
    assert_eq!(Answer::parse(409, encode_size(0).as_bytes()), Ok(Answer::Conflict(0)));
    assert_eq!(Answer::parse(409, b"20852014\n"), Ok(Answer::Conflict(20_852_014)));
    for bad in ["", "\n", "7", "07\n", "7\n\n", " 7\n", "seven\n", "7\r\n"] {
        assert_eq!(Answer::parse(409, bad.as_bytes()), Err(AnswerError::Size), "{bad:?}");
    }
    let line = log(5).signed(5).signatures()[0].clone();
    let good = encode_signatures(std::slice::from_ref(&line));
    assert_eq!(Answer::parse(200, good.as_bytes()), Ok(Answer::Cosigned(vec![line])));
    for bad in
        ["", "\n", good.trim_end(), &format!("{good}\n"), &format!("\n{good}"), &good.repeat(17), "ok\n"]
    {
        assert_eq!(Answer::parse(200, bad.as_bytes()), Err(AnswerError::Lines), "{bad:?}");
    }
    for status in [400, 403, 404, 422, 429, 500] {
        assert_eq!(Answer::parse(status, b"why"), Ok(Answer::Refused(status)));
    }
}

#[test]
fn answers_are_taken_at_their_bounds_and_refused_past_them() {
    let lines = |body: String| match Answer::parse(200, body.as_bytes()) {
        Ok(Answer::Cosigned(lines)) => Ok(lines.len()),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error),
    };
    assert_eq!(lines(line_of(20).repeat(MAX_SIGNATURES)), Ok(16));
    assert_eq!(lines(line_of(20).repeat(MAX_SIGNATURES + 1)), Err(AnswerError::Lines));
    // one line, and as many as may be, as long as an answer may be
    assert_eq!(lines(line_of(MAX_ANSWER_LENGTH)), Ok(1));
    let rest = line_of(MAX_ANSWER_LENGTH - 15 * 1_000);
    assert_eq!(lines(line_of(1_000).repeat(15) + &rest), Ok(16));
    for longer in [1, 2] {
        assert_eq!(lines(line_of(MAX_ANSWER_LENGTH + longer)), Err(AnswerError::Lines));
    }
    let size = |number: &str| Answer::parse(409, format!("{number}\n").as_bytes());
    assert_eq!(size("18446744073709551615"), Ok(Answer::Conflict(u64::MAX)));
    assert_eq!(size("18446744073709551616"), Err(AnswerError::Size));
    for status in [199, 201, 408, 410] {
        assert_eq!(Answer::parse(status, b""), Ok(Answer::Refused(status)));
    }
}

#[test]
fn a_cosignature_of_the_first_second_has_a_time() {
    let witness = witness();
    let signed = log(9).signed(9);
    for (time, expected) in [(0, false), (1, true), (MAX_TIMESTAMP, true)] {
        let line = cosign(signed.claimed(), NAME, &key(2), time).unwrap();
        assert_eq!(cosignature(&signed, witness.key(), &[line]).is_ok(), expected, "{time}");
    }
}

#[test]
fn monitors_find_a_log_by_the_hash_of_its_origin() {
    // sha256sum of "example.com/log"
    let expected = "/4d3203c8f35cdf600e475f55fede6081a703d3d322f208865fca2ec4f0e030f8/checkpoint";
    assert_eq!(monitoring_path("example.com/log"), expected);
    assert_eq!(monitoring_path(""), format!("/{}/checkpoint", empty_root()));
}

proptest! {
    #[test]
    fn whatever_is_asked_a_witness_cosigns_one_branch_alone(
        steps in prop::collection::vec((0u64..40, 0u64..40, any::<bool>()), 1..40),
    ) {
        let branches = [log(40), forked(40, 10)];
        let mut latest: Option<Latest> = None;
        let mut cosigned: Vec<Checkpoint> = Vec::new();
        for (old, new, branch) in steps {
            let (old, new) = (old.min(new), old.max(new));
            if let Ok(next) = ask(latest.as_ref(), branches[usize::from(branch)].request(old, new)) {
                cosigned.push(next.checkpoint().clone());
                latest = Some(next);
            }
        }
        let sizes: Vec<u64> = cosigned.iter().map(Checkpoint::size).collect();
        prop_assert!(sizes.is_sorted());
        let of_one = |log: &Log| cosigned.iter().all(|head| *head == log.checkpoint(head.size()));
        prop_assert!(branches.iter().any(of_one));
    }
}

//! The key ceremony without its log: keys, parameters, commitments, shares, answers, the joint key: section 11.

use serde_json::{Value, json};
use tabella_crypto::codec;
use tabella_crypto::group::{Point, Scalar};
use tabella_crypto::proofs::schnorr::SchnorrProof;
use tabella_crypto::threshold::dkg::{Commitments, VerifiedCommitments, commitment_hash, verify_commitments};
use tabella_crypto::threshold::keys::{KeyShare, combine};
use tabella_crypto::threshold::polynomial::Polynomial;
use tabella_crypto::threshold::shares::{RevealedShare, SealedShare, seal_shares};
use tabella_crypto::threshold::test_decryption::TestDecryption;
use tabella_crypto::threshold::trustee::{CeremonyParameters, TrusteeIndex, TrusteeKeys, TrusteeSecret};
use tabella_crypto::transcript::{Digest, Transcript};

use super::{Maker, flipped, with};
use crate::judge::{hexed, of_scalar, rng};

/// The files of this module.
pub fn all() -> Vec<Maker> {
    vec![trustees(), commitments(), shares(), joint_key(), lagrange()]
}

/// Nothing here fails for the fixed values that it is made of.
fn sure<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| unreachable!("{error:?}"))
}

fn index(number: u8) -> TrusteeIndex {
    TrusteeIndex::new(number).unwrap_or_else(|| unreachable!("trustees count from 1"))
}

fn secret(number: u8) -> TrusteeSecret {
    TrusteeSecret::from_seed(&[number; 32])
}

fn of_keys(keys: &[TrusteeKeys]) -> Value {
    let one = |keys: &TrusteeKeys| json!({ "signing": hexed(keys.signing.0), "encryption": hexed(keys.encryption.0) });
    keys.iter().map(one).collect()
}

/// What all operations have: election, attempt, threshold, keys.
fn of_parameters(parameters: &CeremonyParameters) -> Value {
    json!({
        "election": hexed(parameters.election().0),
        "attempt": parameters.attempt(),
        "threshold": parameters.threshold(),
        "keys": of_keys(parameters.trustees()),
    })
}

/// A ceremony of n trustees, of whom t decrypt, up to the shares.
struct Dealt {
    parameters: CeremonyParameters,
    polynomials: Vec<Polynomial>,
    verified: Vec<VerifiedCommitments>,
    messages: Vec<Commitments>,
    sealed: Vec<Vec<SealedShare>>,
}

impl Dealt {
    fn new(n: u8, t: u8) -> Self {
        let keys = (1..=n).map(|number| secret(number).keys()).collect();
        let parameters = sure(CeremonyParameters::new(&Digest([7; 32]), 0, keys, t));
        let polynomials: Vec<_> =
            (1..=n).map(|number| sure(Polynomial::derive(&parameters, &secret(number)))).collect();
        let mut rng = rng(6);
        let (mut verified, mut messages, mut sealed) = (Vec::new(), Vec::new(), Vec::new());
        for polynomial in &polynomials {
            let message = Commitments::prove(polynomial, &mut rng);
            let announced = commitment_hash(&parameters, polynomial.dealer(), &message.points);
            let own = sure(verify_commitments(&parameters, polynomial.dealer(), &announced, &message));
            sealed.push(sure(seal_shares(&parameters, polynomial, &own, &mut rng)));
            verified.push(own);
            messages.push(message);
        }
        Self { parameters, polynomials, verified, messages, sealed }
    }

    /// A dealer's commitments as an operation has them.
    fn dealer(&self, number: u8) -> Value {
        let message = &self.messages[index(number).position()];
        of_dealer(&self.parameters, number, message)
    }

    fn ceremony(&self) -> Value {
        let mut input = of_parameters(&self.parameters);
        let dealers: Vec<Value> = (1..).take(self.messages.len()).map(|number| self.dealer(number)).collect();
        input["dealers"] = dealers.into();
        input["sealed"] = self.sealed.iter().map(|sealed| hexed(codec::encode(sealed))).collect();
        input["answers"] = json!([]);
        input
    }

    fn answer(&self, dealer: u8, receiver: u8) -> Scalar {
        let polynomial = &self.polynomials[index(dealer).position()];
        sure(RevealedShare::answer(&self.parameters, polynomial, index(receiver))).value
    }
}

fn of_dealer(parameters: &CeremonyParameters, number: u8, message: &Commitments) -> Value {
    let announced = commitment_hash(parameters, index(number), &message.points);
    json!({ "dealer": number, "H": hexed(announced.0), "message": hexed(codec::encode(message)) })
}

/// Two structures as one.
fn joined(mut one: Value, other: &Value) -> Value {
    for (name, value) in other.as_object().into_iter().flatten() {
        one[name] = value.clone();
    }
    one
}

fn trustees() -> Maker {
    let mut maker =
        Maker::new("trustees", "11.2, 11.3, 11.11", "Trustees' keys, and the parameters of an attempt.");
    for seed in [1, 2, 9] {
        maker.good(
            format!("keys of the seed of 32 times {seed}"),
            "trustee-keys",
            json!({ "seed": hexed([seed; 32]) }),
        );
    }
    for (n, t) in [(1, 1), (3, 2), (5, 3), (5, 5)] {
        let parameters = of_parameters(&Dealt::new(n, t).parameters);
        maker.good(format!("{t} of {n}"), "parameters", parameters.clone());
        maker.good(format!("{t} of {n}, attempt 1"), "parameters", with(&parameters, "attempt", 1));
        let polynomial = with(&parameters, "seed", hexed([n; 32]));
        maker.good(format!("{t} of {n}: the last trustee's polynomial"), "polynomial", polynomial.clone());
        let second = with(&polynomial, "attempt", 1);
        maker.good(format!("{t} of {n}: the last trustee's polynomial, attempt 1"), "polynomial", second);
    }
    let good = of_parameters(&Dealt::new(3, 2).parameters);
    let mut swapped = good.clone();
    swapped["keys"] = json!([good["keys"][1], good["keys"][0], good["keys"][2]]);
    maker.good("trustees in another order", "parameters", swapped);
    let mut refuse = |name: &str, input: Value| maker.bad(name, "parameters", "3.1", input);
    for key in ["signing", "encryption"] {
        let mut doubled = good.clone();
        doubled["keys"][2][key] = good["keys"][0][key].clone();
        refuse(&format!("one {key} key twice"), doubled);
    }
    for (name, key) in [
        ("0", "0000000000000000000000000000000000000000000000000000000000000000"),
        ("1", "0100000000000000000000000000000000000000000000000000000000000000"),
        ("2^255 − 20", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        ("the first of order 8", "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
        ("the second of order 8", "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
        ("2^255 − 19, another 0", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        ("9 + (2^255 − 19), another 9", "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        (
            "2^255 + 9, 9 with its highest bit set",
            "0900000000000000000000000000000000000000000000000000000000000080",
        ),
    ] {
        let mut small = good.clone();
        small["keys"][1]["encryption"] = key.into();
        refuse(&format!("as encryption key: {name}"), small);
    }
    let mut other = good;
    other["keys"][1]["encryption"] =
        "0900000000000000000000000000000000000000000000000000000000000000".into();
    maker.good("as encryption key: 9", "parameters", other);
    maker
}

fn commitments() -> Maker {
    let mut maker = Maker::new(
        "commitments",
        "11.4, 11.5",
        "Commitments with the proof of possession, against the hash that was announced.",
    );
    let dealt = Dealt::new(3, 2);
    let base = of_parameters(&dealt.parameters);
    for dealer in 1..=3 {
        maker.good(
            format!("dealer {dealer} of 3"),
            "commitments",
            joined(base.clone(), &dealt.dealer(dealer)),
        );
    }
    let sole = Dealt::new(1, 1);
    maker.good("a sole trustee", "commitments", joined(of_parameters(&sole.parameters), &sole.dealer(1)));
    let five = Dealt::new(5, 3);
    maker.good("3 of 5", "commitments", joined(of_parameters(&five.parameters), &five.dealer(4)));

    let good = joined(base.clone(), &dealt.dealer(2));
    let message = &dealt.messages[1];
    let changed = |change: &dyn Fn(&mut Commitments)| {
        let mut message = message.clone();
        change(&mut message);
        // announced as it stands
        joined(base.clone(), &of_dealer(&dealt.parameters, 2, &message))
    };
    let mut refuse = |name: &str, check: &str, input: Value| maker.bad(name, "commitments", check, input);
    refuse("another hash was announced", "3.4", with(&good, "H", dealt.dealer(1)["H"].clone()));
    refuse("the commitments of another dealer", "3.4", with(&good, "dealer", 1));
    refuse("of another election", "3.4", with(&good, "election", hexed([8; 32])));
    refuse("of another attempt", "3.4", with(&good, "attempt", 1));
    refuse("with another trustee's key changed", "3.4", {
        let mut input = good.clone();
        input["keys"][2]["signing"] = hexed([5; 32]);
        input
    });
    refuse("points in another order, announced before", "3.4", {
        let mut message = message.clone();
        message.points.swap(0, 1);
        with(&good, "message", hexed(codec::encode(&message)))
    });
    refuse("points in another order", "3.5", changed(&|message| message.points.swap(0, 1)));
    refuse("a point too few", "3.5", changed(&|message| message.points.truncate(1)));
    refuse("a point too many", "3.5", changed(&|message| message.points.push(Point::BASE)));
    refuse("no points", "3.5", changed(&|message| message.points.clear()));
    refuse("the first point the identity", "3.5", changed(&|message| message.points[0] = Point::identity()));
    refuse("the second point the identity", "3.5", changed(&|message| message.points[1] = Point::identity()));
    refuse("another first point", "3.5", changed(&|message| message.points[0] += Point::BASE));
    refuse("another second point", "3.5", changed(&|message| message.points[1] += Point::BASE));
    refuse("another T", "3.5", changed(&|message| message.possession.t += Point::BASE));
    refuse("T negated", "3.5", changed(&|message| message.possession.t = -message.possession.t));
    refuse("T the identity", "3.5", changed(&|message| message.possession.t = Point::identity()));
    refuse("z + 1", "3.5", changed(&|message| message.possession.z += Scalar::ONE));
    refuse("z negated", "3.5", changed(&|message| message.possession.z = -message.possession.z));
    refuse(
        "the proof of another dealer",
        "3.5",
        changed(&|message| message.possession = dealt.messages[0].possession),
    );
    refuse(
        "a proof for the point alone",
        "3.5",
        changed(&|message| {
            message.possession =
                SchnorrProof::prove(&mut Transcript::new("ceremony possession"), &Scalar::ONE, &mut rng(1));
            message.points[0] = Point::BASE;
        }),
    );
    // K would be a multiple of the message base, and ballots would prove nothing
    refuse(
        "the message base as the first point, with the proof of nothing",
        "3.5",
        changed(&|message| {
            message.points[0] = tabella_crypto::generators::message_base();
        }),
    );
    let bytes = codec::encode(message);
    for (name, bytes) in [
        ("a byte left over", [&bytes[..], &[0]].concat()),
        ("cut short by a byte", bytes[..bytes.len() - 1].to_vec()),
        ("a point that is none", [&bytes[..4], &[1; 32], &bytes[36..]].concat()),
        ("z that is no scalar", [&bytes[..bytes.len() - 32], &[0xff; 32]].concat()),
        ("2^32 − 1 points", [&[0xff; 4], &bytes[4..]].concat()),
    ] {
        refuse(name, "1.5", with(&good, "message", hexed(bytes)));
    }
    maker
}

fn shares() -> Maker {
    let mut maker = Maker::new(
        "shares",
        "11.6, 11.7",
        "Sealed shares as their receivers open them, and answers to complaints.",
    );
    let dealt = Dealt::new(3, 2);
    let base = of_parameters(&dealt.parameters);
    let sealed = |dealer: u8, place: usize, receiver: u8| {
        let share = &dealt.sealed[index(dealer).position()][place];
        let share = json!({
            "dealer": dealt.dealer(dealer), "seed": hexed([receiver; 32]),
            "kem": hexed(share.kem), "ciphertext": hexed(share.ciphertext),
        });
        joined(base.clone(), &share)
    };
    for (dealer, place, receiver) in [(1, 0, 2), (1, 1, 3), (2, 0, 1), (2, 1, 3), (3, 0, 1), (3, 1, 2)] {
        maker.good(format!("from {dealer} to {receiver}"), "open-share", sealed(dealer, place, receiver));
    }
    let good = sealed(1, 0, 2);
    let share = dealt.sealed[0][0];
    let mut refuse = |name: &str, input: Value| maker.against(name, "open-share", "11.6", input);
    refuse("opened by another receiver", with(&good, "seed", hexed([3; 32])));
    refuse("another receiver's share", sealed(1, 1, 2));
    refuse("another dealer's share", with(&sealed(3, 1, 2), "dealer", dealt.dealer(1)));
    for byte in [0, 31] {
        refuse(
            &format!("byte {byte} of kem changed"),
            with(&good, "kem", hexed(flipped(&share.kem, byte, 1))),
        );
    }
    for byte in [0, 31, 32, 47] {
        let changed = hexed(flipped(&share.ciphertext, byte, 1));
        refuse(&format!("byte {byte} of the ciphertext changed"), with(&good, "ciphertext", changed));
    }
    refuse("kem of small order", with(&good, "kem", hexed([0; 32])));
    refuse("another attempt", {
        // everything of attempt 1 but the ciphertext
        let again =
            sure(CeremonyParameters::new(&Digest([7; 32]), 1, dealt.parameters.trustees().to_vec(), 2));
        let message = Commitments::prove(&sure(Polynomial::derive(&again, &secret(1))), &mut rng(3));
        with(&with(&good, "attempt", 1), "dealer", of_dealer(&again, 1, &message))
    });

    let answer = |dealer: u8, receiver: u8, share: &Scalar| {
        let answer =
            json!({ "dealer": dealt.dealer(dealer), "receiver": receiver, "share": of_scalar(share) });
        joined(base.clone(), &answer)
    };
    for (dealer, receiver) in [(1, 2), (1, 3), (3, 1)] {
        let input = answer(dealer, receiver, &dealt.answer(dealer, receiver));
        maker.good(format!("{dealer} answers {receiver}"), "answer", input);
    }
    let right = dealt.answer(1, 2);
    let mut refuse = |name: &str, input: Value| maker.bad(name, "answer", "3.7", input);
    refuse("the share + 1", answer(1, 2, &(right + Scalar::ONE)));
    refuse("the share negated", answer(1, 2, &-right));
    refuse("0 as share", answer(1, 2, &Scalar::ZERO));
    refuse("the share of another receiver", answer(1, 2, &dealt.answer(1, 3)));
    refuse("the share of another dealer", answer(1, 2, &dealt.answer(3, 2)));
    let no_scalar = with(&answer(1, 2, &right), "share", hexed([0xff; 32]));
    maker.bad("a share that is no scalar", "answer", "1.5", no_scalar);
    maker
}

fn joint_key() -> Maker {
    let mut maker = Maker::new(
        "joint-key",
        "11.8, 11.9",
        "The joint key out of everything that was said, and test decryptions.",
    );
    for (n, t) in [(1, 1), (3, 2), (5, 3)] {
        maker.good(format!("{t} of {n}"), "joint-key", Dealt::new(n, t).ceremony());
    }
    let dealt = Dealt::new(3, 2);
    let good = dealt.ceremony();
    let answers = |pairs: &[(u8, u8)]| -> Value {
        let one = |(dealer, receiver): &(u8, u8)| json!({ "dealer": dealer, "receiver": receiver, "share": of_scalar(&dealt.answer(*dealer, *receiver)) });
        pairs.iter().map(one).collect()
    };
    maker.good("with an answer", "joint-key", with(&good, "answers", answers(&[(1, 2)])));
    maker.good("with three answers", "joint-key", with(&good, "answers", answers(&[(1, 2), (1, 3), (3, 1)])));
    let mut zero = good.clone();
    zero["sealed"][0] = hexed(codec::encode(&vec![dealt.sealed[0][1], dealt.sealed[0][0]]));
    maker.good("shares swapped, which another X stands for", "joint-key", zero);
    let mut fewer = good.clone();
    fewer["sealed"][0] = hexed(codec::encode(&vec![dealt.sealed[0][0]]));
    maker.bad("a share missing", "joint-key", "3.6", fewer);
    let mut more = good.clone();
    more["sealed"][2] = hexed(codec::encode(&vec![dealt.sealed[2][0]; 3]));
    maker.bad("a share too many", "joint-key", "3.6", more);
    let mut wrong = with(&good, "answers", answers(&[(1, 2)]));
    wrong["answers"][0]["share"] = of_scalar(&Scalar::ONE);
    maker.bad("a wrong answer", "joint-key", "3.7", wrong);
    // dealers whose constant or whose value at 2 adds up to nothing
    for (name, parts) in [
        (
            "a joint key that is the identity",
            [(Scalar::from(5_u64), Scalar::from(6_u64)), (-Scalar::from(5_u64), Scalar::from(7_u64))],
        ),
        (
            "a verification key that is the identity",
            [(Scalar::from(5_u64), Scalar::from(6_u64)), (-Scalar::from(9_u64), -Scalar::from(4_u64))],
        ),
    ] {
        maker.bad(name, "joint-key", "3.9", degenerate(&parts));
    }

    let keys = sure(combine(&dealt.parameters, &dealt.verified, &dealt.sealed, &[]));
    let tested = |number: u8| {
        let share = sure(KeyShare::recover(&secret(number), &keys, &dealt.verified, &dealt.sealed, &[]));
        sure(TestDecryption::prove(&keys, &share, &mut rng(8)))
    };
    let input = |trustee: u8, test: &TestDecryption| json!({ "ceremony": good, "trustee": trustee, "message": hexed(codec::encode(test)) });
    for number in 1..=3 {
        maker.good(
            format!("trustee {number} tests its share"),
            "test-decryption",
            input(number, &tested(number)),
        );
    }
    let right = tested(2);
    let mut refuse = |name: &str, input: Value| maker.bad(name, "test-decryption", "3.10", input);
    refuse("another trustee's test", input(1, &right));
    refuse("another share", input(2, &TestDecryption { share: right.share + Point::BASE, ..right }));
    refuse("the share negated", input(2, &TestDecryption { share: -right.share, ..right }));
    refuse("the share the identity", input(2, &TestDecryption { share: Point::identity(), ..right }));
    let mut proof = right.proof;
    std::mem::swap(&mut proof.t1, &mut proof.t2);
    refuse("T1 and T2 swapped", input(2, &TestDecryption { proof, ..right }));
    let mut proof = right.proof;
    proof.z += Scalar::ONE;
    refuse("z + 1", input(2, &TestDecryption { proof, ..right }));
    let mut proof = right.proof;
    proof.t1 = Point::identity();
    refuse("T1 the identity", input(2, &TestDecryption { proof, ..right }));
    let another = json!({
        "ceremony": with(&good, "answers", answers(&[(1, 2)])), "trustee": 2, "message": hexed(codec::encode(&right)),
    });
    refuse("the test of another transcript", another);
    maker
}

/// A ceremony of two dealers with the polynomials a + b·x.
fn degenerate(parts: &[(Scalar, Scalar); 2]) -> Value {
    let keys = (1..=2).map(|number| secret(number).keys()).collect();
    let parameters = sure(CeremonyParameters::new(&Digest([7; 32]), 0, keys, 2));
    let mut input = of_parameters(&parameters);
    let mut dealers = Vec::new();
    for (number, (a, b)) in (1..).zip(parts) {
        let points = vec![Point::base_times(a), Point::base_times(b)];
        let announced = commitment_hash(&parameters, index(number), &points);
        let mut transcript = Transcript::new("ceremony possession");
        transcript.append("commitments", &announced.0);
        let possession = SchnorrProof::prove(&mut transcript, a, &mut rng(2));
        dealers.push(of_dealer(&parameters, number, &Commitments { points, possession }));
    }
    let share = SealedShare { kem: [3; 32], ciphertext: [4; 48] };
    input["dealers"] = dealers.into();
    input["sealed"] = json!([hexed(codec::encode(&vec![share])), hexed(codec::encode(&vec![share]))]);
    input["answers"] = json!([]);
    input
}

fn lagrange() -> Maker {
    let mut maker =
        Maker::new("lagrange", "14.5", "The coefficients by which the shares of t trustees combine.");
    for trustees in [vec![1], vec![9], vec![1, 2], vec![1, 3], vec![2, 3, 5], vec![1, 2, 3, 4, 5, 64]] {
        maker.good(format!("{trustees:?}"), "lagrange", json!({ "trustees": trustees }));
    }
    maker.against("a trustee twice", "lagrange", "14.5", json!({ "trustees": [2, 2] }));
    maker
}

//! Proofs of equal logarithms: section 11.10.

use serde_json::{Value, json};
use tabella_crypto::group::{Point, Scalar};
use tabella_crypto::proofs::dleq::{DleqProof, DleqStatement};
use tabella_crypto::transcript::{Transcript, hash_to_point};

use super::{Maker, with};
use crate::judge::{of_point, of_scalar, rng};
use crate::make::basics::{IDENTITY, NO_POINTS, ORDER};

/// The files of this module.
pub fn all() -> Vec<Maker> {
    vec![equal_logarithms()]
}

fn proven(secret: &Scalar, pairs: &[(Point, Point)]) -> Value {
    let v = Point::base_times(secret);
    let mut transcript = Transcript::new("test");
    transcript.append("context", b"here");
    let proof = DleqProof::prove(&mut transcript, &DleqStatement { v, pairs }, secret, &mut rng(2));
    let pair = |(p, s): &(Point, Point)| json!({ "P": of_point(p), "S": of_point(s) });
    json!({
        "purpose": "test",
        "steps": [{ "append": "context", "bytes": "68657265" }],
        "V": of_point(&v),
        "pairs": pairs.iter().map(pair).collect::<Vec<_>>(),
        "T1": of_point(&proof.t1),
        "T2": of_point(&proof.t2),
        "z": of_scalar(&proof.z),
    })
}

fn equal_logarithms() -> Maker {
    let mut maker = Maker::new(
        "equal-logarithms",
        "11.10",
        "Proofs that log_B(V) = log_P(S) for all pairs, on a transcript that says \"context\".",
    );
    let operation = "equal-logarithms";
    let x = Scalar::from(987_654_321_u64);
    let base = |number: u8| hash_to_point("test", &[&[number]]);
    let pairs: Vec<(Point, Point)> = (0..3).map(|number| (base(number), x * base(number))).collect();
    for count in 1..=3 {
        maker.good(format!("pairs: {count}"), operation, proven(&x, &pairs[..count]));
    }
    maker.good("a pair twice", operation, proven(&x, &[pairs[0], pairs[0]]));
    let nothing = (Point::identity(), Point::identity());
    maker.good("a pair of identities beside another", operation, proven(&x, &[nothing, pairs[0]]));
    maker.good("nothing but identities, with T2 the identity", operation, proven(&x, &[nothing, nothing]));

    let good = proven(&x, &pairs[..2]);
    let point = |name: &str| tabella_crypto::group::EncodedPoint(read(&good[name])).decode();
    let (Ok(v), Ok(t1), Ok(t2)) = (point("V"), point("T1"), point("T2")) else {
        unreachable!("they are points")
    };
    let Ok(z) = Scalar::decode(&read(&good["z"])) else { unreachable!("it is a scalar") };
    let mut refuse = |name: &str, input: Value| maker.against(name, operation, "11.10", input);
    refuse("no pairs", with(&good, "pairs", json!([])));
    refuse("another purpose", with(&good, "purpose", "tests"));
    refuse("another context", with(&good, "steps", json!([{ "append": "context", "bytes": "68657266" }])));
    refuse("no context", with(&good, "steps", json!([])));
    refuse("pairs in another order", with(&good, "pairs", json!([good["pairs"][1], good["pairs"][0]])));
    refuse("a pair missing", with(&good, "pairs", json!([good["pairs"][0]])));
    refuse(
        "a pair more",
        with(&good, "pairs", json!([good["pairs"][0], good["pairs"][1], good["pairs"][0]])),
    );
    refuse("V negated", with(&good, "V", of_point(&(-v))));
    refuse("V + B", with(&good, "V", of_point(&(v + Point::BASE))));
    refuse("V the identity", with(&good, "V", IDENTITY));
    refuse("T1 negated", with(&good, "T1", of_point(&(-t1))));
    refuse("T2 negated", with(&good, "T2", of_point(&(-t2))));
    refuse("T1 and T2 swapped", with(&with(&good, "T1", of_point(&t2)), "T2", of_point(&t1)));
    refuse("T1 the identity", with(&good, "T1", IDENTITY));
    refuse("T2 the identity", with(&good, "T2", IDENTITY));
    refuse("z + 1", with(&good, "z", of_scalar(&(z + Scalar::ONE))));
    refuse("z negated", with(&good, "z", of_scalar(&(-z))));
    refuse("z of 0", with(&good, "z", IDENTITY));
    refuse("z + l", with(&good, "z", plus_order(&read(&good["z"]))));
    refuse("l as z", with(&good, "z", ORDER));
    for field in ["V", "T1", "T2"] {
        refuse(&format!("{field} that is no point"), with(&good, field, NO_POINTS[0].1));
    }
    for (index, name) in ["first", "second"].into_iter().enumerate() {
        for side in ["P", "S"] {
            let mut changed = good.clone();
            changed["pairs"][index][side] = of_point(&Point::BASE);
            refuse(&format!("another {side} in the {name} pair"), changed.clone());
            changed["pairs"][index][side] = NO_POINTS[3].1.into();
            refuse(&format!("{side} of the {name} pair no point"), changed);
        }
    }
    let mut swapped = good.clone();
    swapped["pairs"][0]["S"] = good["pairs"][1]["S"].clone();
    swapped["pairs"][1]["S"] = good["pairs"][0]["S"].clone();
    refuse("the S of two pairs swapped", swapped);
    let y = x + Scalar::ONE;
    refuse(
        "a pair with another logarithm, proven all the same",
        proven(&x, &[pairs[0], (base(1), y * base(1))]),
    );
    // with errors that would cancel, were the pairs folded with equal weights
    let delta = Point::BASE;
    refuse(
        "errors in two pairs that add up to nothing",
        proven(&x, &[(base(0), x * base(0) + delta), (base(1), x * base(1) - delta)]),
    );
    let zero = proven(&Scalar::ZERO, &[(base(0), Point::identity())]);
    refuse("the secret 0", zero);
    maker
}

/// 32 bytes out of hexadecimal.
pub fn read(value: &Value) -> [u8; 32] {
    let bytes = value.as_str().and_then(|text| hex::decode(text).ok()).unwrap_or_default();
    bytes.try_into().unwrap_or([0xff; 32])
}

/// A scalar's bytes and the group order, as numbers added up: the same scalar, spelled otherwise.
pub fn plus_order(scalar: &[u8; 32]) -> Value {
    let (mut sum, mut carry) = (Vec::new(), 0);
    for (byte, order) in scalar.iter().zip(hex::decode(ORDER).unwrap_or_default()) {
        let digit = u16::from(*byte) + u16::from(order) + carry;
        sum.push(digit.to_le_bytes()[0]);
        carry = digit >> 8;
    }
    crate::judge::hexed(sum)
}

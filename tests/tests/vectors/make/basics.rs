//! Encodings, hashes, transcripts, signatures, bases, encryption: sections 3 to 6.

use serde_json::{Value, json};
use tabella_crypto::elgamal::ElectionKey;
use tabella_crypto::group::{Point, Scalar};
use tabella_crypto::signature::SigningKey;

use super::{Maker, flipped, with};
use crate::judge::{hexed, of_point, of_scalar};

/// The group order, as 32 bytes.
pub const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
/// 32 bytes that are no encoding of a point (RFC 9496, appendix A.3, by what is wrong with them).
pub const NO_POINTS: [(&str, &str); 8] = [
    (
        "a field element that is not below 2^255 − 19",
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ),
    ("2^255 − 19 + 6", "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("2^255 − 19, another 0", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("a negative field element", "0100000000000000000000000000000000000000000000000000000000000000"),
    (
        "a negative field element, as RFC 9496 has one",
        "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
    ),
    ("no square", "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"),
    ("the highest bit", "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2df6"),
    ("y = 0", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
];
/// The identity.
pub const IDENTITY: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The files of this module.
pub fn all() -> Vec<Maker> {
    vec![encoding(), hash(), derivation(), transcript(), signature(), bases(), encryption()]
}

fn encoding() -> Maker {
    let mut maker = Maker::new("encoding", "3", "Values in their one encoding, and bytes that are none.");
    let value = |kind: &str, bytes: &str| json!({ "type": kind, "bytes": bytes });
    for (name, kind, bytes) in [
        ("the largest u8", "u8", "ff"),
        ("a u16, the lowest byte first", "u16", "0201"),
        ("a u32, the lowest byte first", "u32", "04030201"),
        ("the largest u64", "u64", "ffffffffffffffff"),
        ("no", "bool", "00"),
        ("yes", "bool", "01"),
        ("an empty string", "string", "00000000"),
        ("a string of two characters and three bytes", "string", "0300000061c3a9"),
        ("a zero character in a string", "string", "0100000000"),
        ("an empty list", "list<u16>", "00000000"),
        ("a list of two", "list<u16>", "0200000001000200"),
        ("nothing", "option<u8>", "00"),
        ("something", "option<u8>", "0107"),
        ("the example of section 3", "(u16, bytes)", "0700020000000102"),
        ("zero as a scalar", "scalar", IDENTITY),
        ("the largest scalar", "scalar", "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"),
        ("the base point", "point", "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"),
        ("the identity, where it is allowed", "point", IDENTITY),
        (
            "a list of points, one of them the identity",
            "list<point>",
            "02000000e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d760000000000000000000000000000000000000000000000000000000000000000",
        ),
    ] {
        maker.good(name, "value", value(kind, bytes));
    }
    for (name, kind, bytes) in [
        ("no byte for a u8", "u8", ""),
        ("a u16 of one byte", "u16", "02"),
        ("a u16 of three bytes", "u16", "020100"),
        ("a u64 that is cut short", "u64", "ffffffffffffff"),
        ("2 as a bool", "bool", "02"),
        ("255 as a bool", "bool", "ff"),
        ("a byte behind a bool", "bool", "0100"),
        ("a string that is not UTF-8", "string", "01000000ff"),
        ("a surrogate in a string", "string", "03000000eda080"),
        ("an overlong character in a string", "string", "02000000c080"),
        ("a string that is cut short", "string", "0300000061c3"),
        ("a string with a byte behind it", "string", "010000006162"),
        ("a length that is cut short", "bytes", "010000"),
        ("a length of 2^32 − 1 and no bytes", "bytes", "ffffffff"),
        ("a list with an item too few", "list<u16>", "020000000100"),
        ("a list with an item too many", "list<u16>", "0100000001000200"),
        ("a count of 2^32 − 1 and no items", "list<u16>", "ffffffff"),
        ("2 as the first byte of an option", "option<u8>", "0207"),
        ("an option without its value", "option<u8>", "01"),
        ("nothing, and a value behind it", "option<u8>", "0007"),
        ("the example of section 3 with a byte left over", "(u16, bytes)", "070002000000010200"),
        ("the example of section 3, cut short", "(u16, bytes)", "07000200000001"),
        ("the group order as a scalar", "scalar", ORDER),
        (
            "the group order and 1",
            "scalar",
            "eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
        ),
        (
            "2^256 − 1 as a scalar",
            "scalar",
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        ),
        (
            "2^255, another 0 with its highest bit set",
            "scalar",
            "0000000000000000000000000000000000000000000000000000000000000080",
        ),
        ("a scalar of 31 bytes", "scalar", "00000000000000000000000000000000000000000000000000000000000000"),
        (
            "a scalar of 33 bytes",
            "scalar",
            "000000000000000000000000000000000000000000000000000000000000000000",
        ),
        ("a point of 31 bytes", "point", "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d"),
        (
            "a point of 33 bytes",
            "point",
            "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d7600",
        ),
    ] {
        maker.against(name, "value", "3", value(kind, bytes));
    }
    for (wrong, bytes) in NO_POINTS {
        maker.against(format!("as a point: {wrong}"), "value", "3", value("point", bytes));
    }
    let nonzero = "point, not the identity";
    maker.good(
        "the base point, where the identity is refused",
        "value",
        value(nonzero, "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"),
    );
    maker.against("the identity, where it is refused", "value", "9.1", value(nonzero, IDENTITY));
    maker.against(
        "the base point's encoding as Ed25519 has it",
        "value",
        "3",
        value("point", "5866666666666666666666666666666666666666666666666666666666666666"),
    );
    maker
}

fn framed() -> Vec<(&'static str, Value)> {
    vec![
        ("two parts", json!({ "purpose": "test", "parts": ["61", "6263"] })),
        ("the same bytes, parted otherwise", json!({ "purpose": "test", "parts": ["6162", "63"] })),
        ("the same bytes, in one part", json!({ "purpose": "test", "parts": ["616263"] })),
        ("no parts", json!({ "purpose": "test", "parts": [] })),
        ("one empty part", json!({ "purpose": "test", "parts": [""] })),
        ("a longer purpose", json!({ "purpose": "test vector", "parts": ["00"] })),
        ("a part of 300 bytes", json!({ "purpose": "test", "parts": [hexed([7; 300])] })),
    ]
}

fn hash() -> Maker {
    let mut maker = Maker::new("hash", "4.1, 4.2", "Hashes, and hashes to a point.");
    for (name, input) in framed() {
        maker.good(format!("hash of {name}"), "hash", input.clone());
        maker.good(format!("point from {name}"), "hash-to-point", input);
    }
    maker.good("the message base", "hash-to-point", json!({ "purpose": "message base", "parts": [] }));
    maker
}

fn derivation() -> Maker {
    let mut maker = Maker::new("key-derivation", "4.3", "Keys and scalars out of secrets.");
    for (name, mut input) in framed() {
        input["secret"] = "736563726574".into();
        maker.good(format!("a scalar from {name}"), "derive-scalar", input.clone());
        for length in [32, 64, 200] {
            input["length"] = length.into();
            maker.good(format!("{length} bytes from {name}"), "derive-bytes", input.clone());
        }
    }
    maker.good(
        "a scalar from an empty secret",
        "derive-scalar",
        json!({ "purpose": "test", "secret": "", "parts": ["00"] }),
    );
    maker
}

fn transcript() -> Maker {
    let mut maker = Maker::new("transcript", "4.4", "Challenges of transcripts.");
    let data = json!({ "append": "label", "bytes": "64617461" });
    let number = json!({ "append": "number", "number": 7 });
    let challenge = json!({ "challenge": "c" });
    let of = |steps: Value| json!({ "purpose": "test", "steps": steps });
    maker.good("a challenge of nothing said", "transcript", of(json!([challenge])));
    maker.good(
        "bytes, a number, and two challenges",
        "transcript",
        of(json!([data, number, challenge, challenge])),
    );
    maker.good("the same in another order", "transcript", of(json!([number, data, challenge])));
    maker.good("something said between challenges", "transcript", of(json!([challenge, data, challenge])));
    maker.good("no bytes", "transcript", of(json!([{ "append": "label", "bytes": "" }, challenge])));
    maker.good("a label with a mark", "transcript", of(json!([{ "challenge": "e'" }])));
    maker.good("another purpose", "transcript", json!({ "purpose": "ballot", "steps": [challenge] }));
    // the state turns over after 166 bytes, of which labels and lengths have some
    for length in [100, 101, 102, 103, 104, 150, 166, 167, 332, 1000] {
        let long = json!({ "append": "label", "bytes": hexed(vec![9; length]) });
        maker.good(format!("{length} bytes"), "transcript", of(json!([long, challenge, challenge])));
    }
    maker.good("many challenges", "transcript", of(json!(vec![challenge; 9])));
    maker
}

fn signature() -> Maker {
    let mut maker = Maker::new("signature", "4.5", "Ed25519 signatures, verified strictly.");
    for (name, parts) in
        [("two parts", json!(["61", "62"])), ("no parts", json!([])), ("an empty part", json!([""]))]
    {
        for seed in [1u8, 2] {
            let input = json!({ "seed": hexed([seed; 32]), "purpose": "test", "parts": parts });
            maker.good(format!("signed by key {seed}: {name}"), "sign", input);
        }
    }
    let key = SigningKey::from_seed([1; 32]);
    let (public, signature) = (key.verifying_key().0, key.sign("test", &[b"a", b"b"]).0);
    let good = json!({ "key": hexed(public), "purpose": "test", "parts": ["61", "62"], "signature": hexed(signature) });
    let verify = "verify-signature";
    maker.good("a signature", verify, good.clone());
    let mut refuse = |name: &str, input: Value| maker.against(name, verify, "4.5", input);
    refuse("another purpose", with(&good, "purpose", "tests"));
    refuse("parts joined otherwise", with(&good, "parts", json!(["6162", ""])));
    refuse("parts in another order", with(&good, "parts", json!(["62", "61"])));
    refuse("another key", with(&good, "key", hexed(SigningKey::from_seed([2; 32]).verifying_key().0)));
    for (name, at, bits) in [("first", 0, 1), ("last", 31, 0x80)] {
        refuse(
            &format!("R with its {name} bit changed"),
            with(&good, "signature", hexed(flipped(&signature, at, bits))),
        );
    }
    for (name, at, bits) in [("first", 32, 1), ("second highest", 63, 8)] {
        refuse(
            &format!("s with its {name} bit changed"),
            with(&good, "signature", hexed(flipped(&signature, at, bits))),
        );
    }
    let sign_of_zero = "a480777c1a4414b5d873868ae268f463bf36b87727bc106aba4e88e54d1d5f17";
    refuse(
        "s + l in the place of s",
        with(&good, "signature", format!("{}{sign_of_zero}", hex::encode(&signature[..32]))),
    );
    refuse("R and s swapped", with(&good, "signature", hexed([&signature[32..], &signature[..32]].concat())));
    refuse("a key that is no point", with(&good, "key", hexed([2; 32])));
    refuse("R that is no point", with(&good, "signature", hexed([&[2; 32], &signature[32..]].concat())));
    let identity = |rest: usize| [&[1][..], &vec![0; rest]].concat();
    for (name, point) in [
        ("the identity", identity(31)),
        (
            "the point of order 2",
            hex::decode("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")
                .unwrap_or_default(),
        ),
        ("a point of order 4", vec![0; 32]),
        (
            "a point of order 8",
            hex::decode("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
                .unwrap_or_default(),
        ),
        ("the identity with its sign set", [&[1][..], &[0; 30], &[0x80]].concat()),
        ("y = 2^255 − 18, another 1", [&[0xee][..], &[0xff; 30], &[0x7f]].concat()),
    ] {
        let changed = with(&good, "key", hexed(&point));
        refuse(
            &format!("{name} as key, and R the same, s 0"),
            with(&changed, "signature", hexed([&point[..], &[0; 32]].concat())),
        );
        refuse(
            &format!("{name} as R"),
            with(&good, "signature", hexed([&point[..], &signature[32..]].concat())),
        );
    }
    let message = b"anything";
    let raw = json!({ "key": hexed(public), "message": hexed(message), "signature": hexed(key.sign_bytes(message).0) });
    maker.good("Ed25519 of RFC 8032 over bytes", "verify-ed25519", raw.clone());
    maker.against("Ed25519 over other bytes", "verify-ed25519", "4.5", with(&raw, "message", "00"));
    maker.good("Ed25519 of RFC 8032, 7.1, test 1", "verify-ed25519", json!({
        "key": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "message": "",
        "signature": "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    }));
    maker
}

fn bases() -> Maker {
    let mut maker = Maker::new("bases", "5", "The base point, the message base, and vector bases.");
    for letter in ["B", "M"] {
        maker.good(letter, "bases", json!({ "letter": letter }));
    }
    for (letter, value, count) in
        [("G", 0, 8), ("H", 0, 8), ("G", 1, 4), ("H", 1, 4), ("G", 3, 64), ("H", 127, 2), ("G", 256, 1)]
    {
        let input = json!({ "letter": letter, "value": value, "count": count });
        maker.good(format!("{letter}[{value}][0] to {letter}[{value}][{}]", count - 1), "bases", input);
    }
    maker
}

fn encryption() -> Maker {
    let mut maker = Maker::new("elgamal", "6", "Encryption, sums and weights.");
    let secret = Scalar::from(0x5eed_u64);
    let key = Point::base_times(&secret);
    let input = |x: u64, r: &Scalar| json!({ "K": of_point(&key), "x": x, "r": of_scalar(r) });
    let small = Scalar::from(3_u64);
    let large = -Scalar::ONE;
    maker.good("0", "encrypt", input(0, &small));
    maker.good("1", "encrypt", input(1, &small));
    maker.good("2^40", "encrypt", input(1 << 40, &small));
    maker.good("1 with the largest randomness", "encrypt", input(1, &large));
    maker.good("1 with randomness 0", "encrypt", input(1, &Scalar::ZERO));
    maker.against("randomness that is no scalar", "encrypt", "3", with(&input(1, &small), "r", ORDER));
    maker.against("the identity as key", "encrypt", "6", with(&input(1, &small), "K", IDENTITY));
    for (wrong, bytes) in NO_POINTS {
        maker.against(format!("as key: {wrong}"), "encrypt", "3", with(&input(1, &small), "K", bytes));
    }
    let Ok(key) = ElectionKey::new(key) else { unreachable!("the secret is not 0") };
    let term = |x: u64, r: u64, weight: u32| {
        let c = key.encrypt(x, &Scalar::from(r)).encode();
        json!({ "D": hexed(c.d.0), "C": hexed(c.c.0), "weight": weight })
    };
    maker.good("a sum of nothing", "weighted-sum", json!({ "terms": [] }));
    maker.good("one ciphertext", "weighted-sum", json!({ "terms": [term(1, 5, 1)] }));
    maker.good(
        "three with weights",
        "weighted-sum",
        json!({ "terms": [term(1, 5, 1), term(0, 6, 3), term(1, 7, 1000)] }),
    );
    maker.good("the largest weight", "weighted-sum", json!({ "terms": [term(1, 5, u32::MAX)] }));
    let identity = json!({ "D": IDENTITY, "C": term(1, 5, 1)["C"], "weight": 1 });
    maker.against("the identity as D", "weighted-sum", "9.1", json!({ "terms": [identity] }));
    let none = json!({ "D": term(1, 5, 1)["D"], "C": NO_POINTS[0].1, "weight": 1 });
    maker.against("a C that is no point", "weighted-sum", "9.1", json!({ "terms": [none] }));
    maker
}

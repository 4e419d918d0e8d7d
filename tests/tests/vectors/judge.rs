//! What the project's own code says of a vector: the verdict and the output, from operation and input alone.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use anyhow::{Context, Result, bail, ensure};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::Value;
use tabella_board_core::check::Check;
use tabella_crypto::elgamal::EncodedCiphertext;
use tabella_crypto::group::{EncodedPoint, Point, Scalar};
use tabella_crypto::transcript::Digest;

use crate::format::{Log, Vector};

mod ballots;
mod basics;
mod ceremony;
pub mod election;
pub mod logs;
pub mod partial;
mod rules;

/// What becomes of an input.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It is accepted, and this follows.
    Accepted(Value),
    /// It is refused; by this check, where a check of the specification does it.
    Refused(Option<&'static str>),
}

/// Why an input is refused; `?` on any error of the library makes one without a check.
pub struct Refused(pub Option<&'static str>);

impl From<Check> for Refused {
    fn from(check: Check) -> Self {
        Self(Some(check.number()))
    }
}

/// The outer error says that the vector itself is malformed.
pub type Judged = Result<std::result::Result<Value, Refused>>;

/// Refuses, without a check.
#[macro_export]
macro_rules! refuse_unless {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(_) => return Ok(Err($crate::judge::Refused(None))),
        }
    };
    ($result:expr, $check:expr) => {
        match $result {
            Ok(value) => value,
            Err(_) => return Ok(Err($crate::judge::Refused(Some($check)))),
        }
    };
}

/// The logs that vectors name, and every state of them.
#[derive(Default)]
pub struct Logs {
    logs: BTreeMap<String, (Log, OnceLock<election::States>)>,
}

impl Logs {
    /// Takes the logs of a file.
    pub fn new(logs: &BTreeMap<String, Log>) -> Self {
        Self { logs: logs.iter().map(|(name, log)| (name.clone(), (log.clone(), OnceLock::new()))).collect() }
    }

    fn states(&self, name: &str) -> Result<&election::States> {
        let (log, states) = self.logs.get(name).with_context(|| format!("there is no log {name:?}"))?;
        if states.get().is_none() {
            let _ = states.set(election::States::of(log)?);
        }
        states.get().context("the states of a log")
    }
}

/// The verdict on a vector's input.
pub fn judge(operation: &str, input: &Value, logs: &Logs) -> Result<Verdict> {
    let input = &Input(input);
    let judged = match operation {
        "value" => basics::value(input),
        "hash" => basics::hash(input),
        "hash-to-point" => basics::hash_to_point(input),
        "derive-bytes" => basics::derive_bytes(input),
        "derive-scalar" => basics::derive_scalar(input),
        "transcript" => basics::transcript(input),
        "sign" => basics::sign(input),
        "verify-signature" => basics::verify_signature(input),
        "verify-ed25519" => basics::verify_ed25519(input),
        "bases" => basics::bases(input),
        "encrypt" => basics::encrypt(input),
        "weighted-sum" => basics::weighted_sum(input),
        "equal-logarithms" => basics::equal_logarithms(input),
        "manifest" => rules::manifest(input),
        "claims" => rules::claims(input),
        "obeys" => rules::obeys(input),
        "outcome" => rules::outcome(input),
        "ballot" => ballots::ballot(input),
        "ballots" => ballots::ballots(input),
        "opening" => ballots::opening(input),
        "credential-code" => ballots::credential_code(input),
        "identity" => ballots::identity(input),
        "part" => partial::part(input),
        "partial-result" => partial::partial_result(input),
        "merge" => partial::merge(input, logs),
        "trustee-keys" => ceremony::trustee_keys(input),
        "parameters" => ceremony::parameters(input),
        "polynomial" => ceremony::polynomial(input),
        "commitments" => ceremony::commitments(input),
        "open-share" => ceremony::open_share(input),
        "answer" => ceremony::answer(input),
        "joint-key" => ceremony::joint_key(input),
        "test-decryption" => ceremony::test_decryption(input),
        "lagrange" => ceremony::lagrange(input),
        "root" => logs::root(input),
        "inclusion" => logs::inclusion(input),
        "consistency" => logs::consistency(input),
        "contradiction" => logs::contradiction(input),
        "vkey" => logs::vkey(input),
        "checkpoint" => logs::checkpoint(input),
        "tiles" => logs::tiles(input),
        "tile-path" => logs::tile_path(input),
        "bundle" => logs::bundle(input),
        "receipt" => logs::receipt(input),
        "evidence" => logs::evidence(input),
        "board-log" => logs::board_log(input),
        "entry" => election::entry(input),
        "log" => election::log(input, logs),
        "admit" => election::admit(input, logs),
        unknown => bail!("there is no operation {unknown:?}"),
    }?;
    Ok(match judged {
        Ok(output) => Verdict::Accepted(output),
        Err(Refused(check)) => Verdict::Refused(check),
    })
}

/// Fails unless the library says of a vector what the vector says of itself.
pub fn hold(vector: &Vector, logs: &Logs) -> Result<()> {
    let verdict = judge(&vector.operation, &vector.input, logs)?;
    match (&verdict, vector.success) {
        (Verdict::Accepted(output), true) => {
            let named = vector.check.is_some() || vector.rule.is_some() || !vector.others.is_empty();
            ensure!(!named, "accepted, and a check is named");
            ensure!(vector.output.as_ref() == Some(output), "the output is {output}");
        }
        (Verdict::Refused(found), false) => {
            ensure!(vector.output.is_none(), "refused, and an output is named");
            ensure!(
                vector.check.is_some() != vector.rule.is_some(),
                "either a check or a rule must be named"
            );
            if let Some(check) = &vector.check {
                ensure!(*found == Some(check), "check {found:?} refuses it, and not {check}");
            }
        }
        _ => bail!("the verdict is {verdict:?}"),
    }
    Ok(())
}

/// The arguments of an operation. What is missing or of another kind makes the vector malformed, not refused.
pub struct Input<'a>(&'a Value);

impl<'a> Input<'a> {
    fn get(&self, name: &str) -> Result<&'a Value> {
        self.0.get(name).with_context(|| format!("the input has no {name:?}"))
    }

    /// A text.
    pub fn text(&self, name: &str) -> Result<&'a str> {
        self.get(name)?.as_str().with_context(|| format!("{name:?} is no text"))
    }

    /// A text that stands in some inputs alone.
    pub fn text_if_there(&self, name: &str) -> Result<Option<&'a str>> {
        self.0.get(name).map(|_| self.text(name)).transpose()
    }

    /// A number.
    pub fn number(&self, name: &str) -> Result<u64> {
        self.get(name)?.as_u64().with_context(|| format!("{name:?} is no number"))
    }

    /// A number of a smaller type.
    pub fn small<T: TryFrom<u64>>(&self, name: &str) -> Result<T> {
        T::try_from(self.number(name)?).ok().with_context(|| format!("{name:?} is too large"))
    }

    /// Bytes in hexadecimal.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        bytes(self.get(name)?)
    }

    /// So many bytes in hexadecimal.
    pub fn array<const N: usize>(&self, name: &str) -> Result<[u8; N]> {
        array(self.get(name)?)
    }

    /// A digest.
    pub fn digest(&self, name: &str) -> Result<Digest> {
        Ok(Digest(self.array(name)?))
    }

    /// 32 bytes that may be a point.
    pub fn point(&self, name: &str) -> Result<EncodedPoint> {
        Ok(EncodedPoint(self.array(name)?))
    }

    /// A list.
    pub fn list(&self, name: &str) -> Result<&'a [Value]> {
        Ok(self.get(name)?.as_array().with_context(|| format!("{name:?} is no list"))?.as_slice())
    }

    /// A list of byte strings.
    pub fn byte_strings(&self, name: &str) -> Result<Vec<Vec<u8>>> {
        self.list(name)?.iter().map(bytes).collect()
    }

    /// A list of digests.
    pub fn digests(&self, name: &str) -> Result<Vec<Digest>> {
        self.list(name)?.iter().map(|item| Ok(Digest(array(item)?))).collect()
    }

    /// A list of structures.
    pub fn items(&self, name: &str) -> Result<Vec<Input<'a>>> {
        Ok(self.list(name)?.iter().map(Input).collect())
    }

    /// A list of numbers.
    pub fn numbers(&self, name: &str) -> Result<Vec<u64>> {
        numbers(self.get(name)?)
    }

    /// A list of lists of numbers.
    pub fn selections(&self, name: &str) -> Result<Vec<Vec<u64>>> {
        self.list(name)?.iter().map(numbers).collect()
    }

    /// A structure.
    pub fn inner(&self, name: &str) -> Result<Input<'a>> {
        Ok(Input(self.get(name)?))
    }

    /// A ciphertext that stands in the input as D and C.
    pub fn ciphertext(&self) -> Result<EncodedCiphertext> {
        Ok(EncodedCiphertext { d: self.point("D")?, c: self.point("C")? })
    }
}

fn bytes(value: &Value) -> Result<Vec<u8>> {
    let text = value.as_str().context("bytes are no text")?;
    let bytes = hex::decode(text)?;
    ensure!(hex::encode(&bytes) == text, "hexadecimal is not in lower case");
    Ok(bytes)
}

fn array<const N: usize>(value: &Value) -> Result<[u8; N]> {
    bytes(value)?.try_into().map_err(|_| anyhow::anyhow!("there are not {N} bytes"))
}

fn numbers(value: &Value) -> Result<Vec<u64>> {
    let list = value.as_array().context("no list of numbers")?;
    list.iter().map(|number| number.as_u64().context("no number")).collect()
}

/// Randomness that is the same in every run.
pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Hexadecimal of bytes.
pub fn hexed(bytes: impl AsRef<[u8]>) -> Value {
    Value::String(hex::encode(bytes))
}

/// Hexadecimal of a point.
pub fn of_point(point: &Point) -> Value {
    hexed(point.encode().0)
}

/// Hexadecimal of a scalar.
pub fn of_scalar(scalar: &Scalar) -> Value {
    hexed(scalar.encode())
}

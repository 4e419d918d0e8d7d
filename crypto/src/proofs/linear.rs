//! Knowledge of what a ballot's ciphertexts hold, and that the equality claims do.
//!
//! Relation, with challenges rho and tau drawn after the ciphertexts and the range proof:
//!
//! ```text
//! D* = Σ rho^i D_i = r* B        C* = Σ rho^i C_i = v* M + r* K        E* = Σ tau^j form_j(C) = w* K
//! ```
//!
//! By rewinding over rho and e, `D_i = r_i B` and `C_i = v_i M + r_i K` for each i; E* opens to value zero, so
//! each equality holds but with probability (claims)/l. E* is absent where a style has no equality claims.

use borsh::{BorshDeserialize, BorshSerialize};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::elgamal::ElectionKey;
use crate::generators::message_base;
use crate::group::{EncodedPoint, Point, Scalar};
use crate::proofs::batch::Accumulator;
use crate::rules::{LinearForm, StyleRules};
use crate::transcript::Transcript;

/// The proof: nonce points and responses for r*, v* and, where there are equality claims, w*.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct LinearProof {
    /// T1 = k_r B.
    pub t1: EncodedPoint,
    /// T2 = k_v M + k_r K.
    pub t2: EncodedPoint,
    /// T3 = k_w K and z_w = k_w + e w*.
    pub equality: Option<(EncodedPoint, Scalar)>,
    /// z_r = k_r + e r*.
    pub z_r: Scalar,
    /// z_v = k_v + e v*.
    pub z_v: Scalar,
}

/// What the prover knows of each ciphertext.
pub(crate) struct Witness<'a> {
    pub(crate) values: &'a [u64],
    pub(crate) randomness: &'a [Scalar],
    /// The credential's secret, which keys the nonces.
    pub(crate) credential: &'a Scalar,
}

/// Σ coefficient * scalar of a form, its constant left out.
pub(crate) fn combine_scalars(form: &LinearForm, scalars: &[Scalar]) -> Scalar {
    form.terms
        .iter()
        .filter_map(|(entry, coefficient)| Some(Scalar::from_i64(*coefficient) * *scalars.get(*entry)?))
        .sum()
}

/// Continues the ballot's transcript after the range proof.
pub(crate) fn prove(
    transcript: &mut Transcript,
    key: &ElectionKey,
    rules: &StyleRules,
    witness: &Witness<'_>,
    rng: &mut (impl RngCore + CryptoRng),
) -> LinearProof {
    let rho = transcript.challenge("rho");
    let tau = transcript.challenge("tau");
    let r_star: Zeroizing<Scalar> =
        Zeroizing::new(Scalar::powers(rho).zip(witness.randomness).map(|(power, r)| power * *r).sum());
    let v_star: Zeroizing<Scalar> = Zeroizing::new(
        Scalar::powers(rho).zip(witness.values).map(|(power, v)| power * Scalar::from(*v)).sum(),
    );
    let w_star: Zeroizing<Scalar> = Zeroizing::new(
        Scalar::powers(tau)
            .zip(&rules.equalities)
            .map(|(power, form)| power * combine_scalars(form, witness.randomness))
            .sum(),
    );

    let secrets =
        Zeroizing::new([*r_star, *v_star, *w_star, *witness.credential].map(|scalar| scalar.encode()));
    let mut nonces = transcript.nonces(&secrets.each_ref().map(<[u8; 32]>::as_slice), rng);
    let [k_r, k_v, k_w] = [(); 3].map(|()| Zeroizing::new(nonces.scalar()));
    let t1 = Point::base_times(&k_r).encode();
    let t2 = Point::sum_of_products(&[(*k_v, message_base()), (*k_r, key.point())]).encode();
    let t3 = (!rules.equalities.is_empty()).then(|| (*k_w * key.point()).encode());
    let e = challenge(transcript, &t1, &t2, t3.as_ref());
    LinearProof {
        t1,
        t2,
        equality: t3.map(|t3| (t3, *k_w + e * *w_star)),
        z_r: *k_r + e * *r_star,
        z_v: *k_v + e * *v_star,
    }
}

fn challenge(
    transcript: &mut Transcript,
    t1: &EncodedPoint,
    t2: &EncodedPoint,
    t3: Option<&EncodedPoint>,
) -> Scalar {
    transcript.append_point("T1", t1);
    transcript.append_point("T2", t2);
    if let Some(t3) = t3 {
        transcript.append_point("T3", t3);
    }
    transcript.challenge("e")
}

/// A proof of the style's shape, replayed on the transcript.
pub(crate) struct Replayed {
    rho: Scalar,
    tau: Scalar,
    e: Scalar,
    t1: Point,
    t2: Point,
    equality: Option<(Point, Scalar)>,
}

/// Replays the proof on the transcript. `None` if it has not the style's shape, or a nonce point is not canonical or
/// is the identity.
pub(crate) fn replay(
    transcript: &mut Transcript,
    rules: &StyleRules,
    proof: &LinearProof,
) -> Option<Replayed> {
    let LinearProof { t1, t2, equality, z_r: _, z_v: _ } = proof;
    if equality.is_some() == rules.equalities.is_empty() {
        return None;
    }
    let rho = transcript.challenge("rho");
    let tau = transcript.challenge("tau");
    let e = challenge(transcript, t1, t2, equality.as_ref().map(|(t3, _)| t3));
    let equality = match equality {
        Some((t3, z_w)) => Some((t3.decode_nonzero().ok()?, *z_w)),
        None => None,
    };
    Some(Replayed { rho, tau, e, t1: t1.decode_nonzero().ok()?, t2: t2.decode_nonzero().ok()?, equality })
}

impl Replayed {
    /// Adds the three equations to a product, each under a weight of its own:
    /// `T1 + e D* - z_r B`, `T2 + e C* - z_v M - z_r K`, `T3 + e E* - z_w K`. In this sense, a nonce point's
    /// coefficient is its weight, which is half as long as a scalar and so half the work.
    ///
    /// `d` and `c` receive the coefficients of the ballot's ciphertexts.
    pub(crate) fn accumulate(
        &self,
        rules: &StyleRules,
        proof: &LinearProof,
        [weight_d, weight_c, weight_e]: [Scalar; 3],
        accumulator: &mut Accumulator,
        (d, c): (&mut [Scalar], &mut [Scalar]),
    ) {
        let Self { rho, tau, e, t1, t2, equality } = self;
        accumulator.base += -(weight_d * proof.z_r);
        accumulator.own.push((weight_d, *t1));
        accumulator.message += -(weight_c * proof.z_v);
        accumulator.key += -(weight_c * proof.z_r);
        accumulator.own.push((weight_c, *t2));
        let (e_d, e_c) = (weight_d * *e, weight_c * *e);
        for ((power, d), c) in Scalar::powers(*rho).zip(d.iter_mut()).zip(c.iter_mut()) {
            *d += e_d * power;
            *c += e_c * power;
        }
        if let Some((t3, z_w)) = equality {
            accumulator.key += -(weight_e * *z_w);
            accumulator.own.push((weight_e, *t3));
            let e_e = weight_e * *e;
            for (power, form) in Scalar::powers(*tau).zip(&rules.equalities) {
                add_form(form, e_e * power, c, &mut accumulator.message);
            }
        }
    }
}

/// Adds `factor * form(C)` to the coefficients of C and of M.
pub(crate) fn add_form(form: &LinearForm, factor: Scalar, c: &mut [Scalar], message: &mut Scalar) {
    for (entry, coefficient) in &form.terms {
        if let Some(c) = c.get_mut(*entry) {
            *c += match coefficient {
                1 => factor,
                -1 => -factor,
                other => Scalar::from_i64(*other) * factor,
            };
        }
    }
    *message += Scalar::from_i64(form.constant) * factor;
}

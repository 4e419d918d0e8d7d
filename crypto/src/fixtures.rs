//! Small elections for tests and benchmarks, made from the public interface alone.

use std::sync::Arc;

use rand_core::SeedableRng;

use crate::ballot::BallotContext;
use crate::credential::{CredentialCode, CredentialSecret};
use crate::elgamal::ElectionKey;
use crate::group::{Point, Scalar};
use crate::manifest::{
    CheckedManifest, Contest, CredentialMode, MANIFEST_VERSION, Manifest, Powers, Recasting, Style,
    TrusteeInfo,
};
use crate::outcome::{OutcomeRule, Ties};
use crate::rules::Method;
use crate::signature::SigningKey;
use crate::text::Text;
use crate::transcript::hash;

/// Randomness that is the same in every run.
pub fn rng(seed: u64) -> rand_chacha::ChaCha20Rng {
    rand_chacha::ChaCha20Rng::seed_from_u64(seed)
}

/// A text in English.
pub fn text(words: &str) -> Text {
    Text::new(vec![("en".to_owned(), words.to_owned())]).unwrap_or_else(|_| unreachable!("fixed words"))
}

/// A contest of so many options under a plurality rule for one seat.
pub fn contest(method: Method, options: usize, blank: bool) -> Contest {
    let grades = if let Method::Grades { grades } = method { usize::from(grades) } else { 0 };
    Contest {
        title: text("Who shall it be?"),
        description: None,
        options: (0..options).map(|option| text(&format!("Option {option}"))).collect(),
        grades: (0..grades).map(|grade| text(&format!("Grade {grade}"))).collect(),
        method,
        blank: blank.then(|| text("Blank vote")),
        shuffle: false,
        outcome: OutcomeRule { seats: 1, quorum: None, requirements: Vec::new(), ties: Ties::Undecided },
    }
}

/// A manifest with these contests and styles (indices of contests), three trustees of whom two must act.
pub fn manifest(contests: Vec<Contest>, styles: &[&[u16]]) -> Manifest {
    Manifest {
        version: MANIFEST_VERSION,
        board: "board.test/tabella".to_owned(),
        nonce: [7; 16],
        title: text("A small election"),
        description: None,
        administrator: SigningKey::from_seed([1; 32]).verifying_key(),
        registrar: SigningKey::from_seed([2; 32]).verifying_key(),
        trustees: (1..=3)
            .map(|index: u8| TrusteeInfo {
                name: format!("Trustee {index}"),
                fingerprint: hash("test trustee", &[&[index]]),
            })
            .collect(),
        threshold: 2,
        complaint_window: 60_000,
        credentials: CredentialMode::Issued,
        total_weight: 1_000_000,
        opens: 1_000,
        closes: 2_000,
        powers: Powers { open_early: true, close_early: true },
        recasting: Recasting::LastCounts { limit: 5 },
        tests: 3,
        show_turnout: true,
        smallest_group: 1,
        cosignatures: 0,
        contests,
        styles: styles
            .iter()
            .map(|contests| Style { name: text("Everywhere"), contests: contests.to_vec() })
            .collect(),
    }
}

/// A checked manifest of one style with these contests.
pub fn checked(contests: Vec<Contest>) -> Arc<CheckedManifest> {
    let style: Vec<u16> = (0..contests.len() as u16).collect();
    let manifest = manifest(contests, &[&style]).check();
    Arc::new(manifest.unwrap_or_else(|error| unreachable!("fixture: {error}")))
}

/// The secret of the key that [`context`] uses.
pub fn election_secret() -> Scalar {
    Scalar::from(0x5eed_u64)
}

/// A ballot context for a manifest, under the key of [`election_secret`].
pub fn context(manifest: Arc<CheckedManifest>) -> BallotContext {
    let key = ElectionKey::new(Point::base_times(&election_secret()));
    BallotContext::new(manifest, key.unwrap_or_else(|_| unreachable!("the secret is not zero")))
}

/// A voter's credential.
pub fn credential(context: &BallotContext, seed: u64) -> CredentialSecret {
    let code = CredentialCode::generate(&mut rng(seed));
    let secret = CredentialSecret::from_code(&code, &context.manifest().id().0);
    secret.unwrap_or_else(|_| unreachable!("zero has probability 2^-252"))
}

//! The election's description. Its hash names the election. Specification: "Manifest".
//!
//! Decoding gives a [`Manifest`]; [`Manifest::check`] gives a [`CheckedManifest`], the only form that anything
//! else takes, in which no two rules contradict each other and every bound is known to hold.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::codec;
use crate::outcome::OutcomeRule;
use crate::rules::{Method, StyleRules};
use crate::signature::VerifyingKey;
use crate::text::Text;
use crate::transcript::{Digest, hash};

mod check;

pub use check::ManifestError;

/// The version of the manifest's encoding.
pub const MANIFEST_VERSION: u16 = 1;
/// Most bytes of a manifest (17 log entries).
pub const MAX_MANIFEST_LENGTH: usize = 1_000_000;
/// Most contests of an election.
pub const MAX_CONTESTS: usize = 1_000;
/// Most ballot styles of an election.
pub const MAX_STYLES: usize = 1_000;
/// Most trustees.
pub const MAX_TRUSTEES: usize = 64;
/// Most bytes of a trustee's or board's name.
pub const MAX_NAME_LENGTH: usize = 200;
/// Most ballots that one voter may cast or test.
pub const MAX_ATTEMPTS: u16 = 1_000;
/// Most bits that the range proof of one ballot covers: bounds the time of proving and verifying.
pub const MAX_CLAIM_BITS: usize = 1 << 15;

/// Most entries over all contests, and over all styles: bounds what a manifest's rules take in memory.
pub const MAX_TOTAL_ENTRIES: usize = 100_000;
/// Shortest and longest time that a dealer may have for answering a complaint: a minute, 90 days; in milliseconds.
pub const COMPLAINT_WINDOWS: std::ops::RangeInclusive<u64> = 60_000..=90 * 86_400_000;
/// The last time that JavaScript has, in milliseconds (ECMA-262, 21.4.1.1): a later one no browser can show.
pub const MAX_TIME: u64 = 8_640_000_000_000_000;
/// Most cosignatures that a checkpoint carries beside the board's own signature.
pub const MAX_COSIGNATURES: u8 = 15;

/// The name of an election: the hash of its manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct ElectionId(pub Digest);

impl ElectionId {
    /// The name of the election with a manifest of these bytes: hash("manifest", bytes).
    pub fn of(manifest: &[u8]) -> Self {
        Self(hash("manifest", &[manifest]))
    }

    /// The bytes, for hashes and transcripts.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0.0
    }
}

impl std::fmt::Display for ElectionId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A trustee as the manifest names them.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct TrusteeInfo {
    /// The trustee's name.
    pub name: String,
    /// Fingerprint of the trustee's signing and encryption keys, told to the administrator beforehand.
    pub fingerprint: Digest,
}

/// Where voters' credentials come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum CredentialMode {
    /// The registrar makes codes and hands them out.
    Issued,
    /// Voters' devices make them; the registrar endorses the public half after an identity check.
    Enrolled,
}

/// Whether a voter may vote again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Recasting {
    /// The last ballot counts; at most `limit` ballots each.
    LastCounts {
        /// Most ballots that one voter may cast.
        limit: u16,
    },
    /// The first ballot counts, and no other is accepted.
    FirstOnly,
}

/// What the administrator may do beside publishing the manifest. Every act is an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Powers {
    /// Open voting before its time.
    pub open_early: bool,
    /// Close voting before its time.
    pub close_early: bool,
}

/// A question of the ballot.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Contest {
    /// The question.
    pub title: Text,
    /// Explanation, if there is any.
    pub description: Option<Text>,
    /// The options, in order.
    pub options: Vec<Text>,
    /// Names of the grades, the best first; empty for other methods.
    pub grades: Vec<Text>,
    /// How it is marked.
    pub method: Method,
    /// The words of an explicit blank vote, if the contest has one.
    pub blank: Option<Text>,
    /// Whether each voter sees the options in an order of their own.
    pub shuffle: bool,
    /// What the totals mean.
    pub outcome: OutcomeRule,
}

/// A set of contests that some voters see.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Style {
    /// Its name, such as a district's.
    pub name: Text,
    /// Indices of its contests, ascending.
    pub contests: Vec<u16>,
}

/// The election's description, as decoded: see [`Manifest::check`].
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Manifest {
    /// [`MANIFEST_VERSION`].
    pub version: u16,
    /// Origin of the board log on which the election runs.
    pub board: String,
    /// Random bytes, so that two elections with one text have two names.
    pub nonce: [u8; 16],
    /// The election's title.
    pub title: Text,
    /// Explanation, if there is any.
    pub description: Option<Text>,
    /// Signs the manifest and what else it allows.
    pub administrator: VerifyingKey,
    /// Signs the roll.
    pub registrar: VerifyingKey,
    /// The trustees, in order; their indices start at 1.
    pub trustees: Vec<TrusteeInfo>,
    /// How many trustees must act together.
    pub threshold: u8,
    /// Milliseconds that a dealer has for answering a complaint.
    pub complaint_window: u64,
    /// Where credentials come from.
    pub credentials: CredentialMode,
    /// Bound on the sum of all weights on the roll.
    pub total_weight: u64,
    /// When voting opens: milliseconds since 1970-01-01 UTC.
    pub opens: u64,
    /// When voting closes, likewise.
    pub closes: u64,
    /// What the administrator may do.
    pub powers: Powers,
    /// Whether voters may vote again.
    pub recasting: Recasting,
    /// Most ballots that one voter may test.
    pub tests: u16,
    /// Whether turnout is shown while voting is open.
    pub show_turnout: bool,
    /// Fewest ballots in any (contest, style, weight) whose sum is decrypted.
    pub smallest_group: u32,
    /// Cosignatures of the board's witnesses that a tally needs.
    pub cosignatures: u8,
    /// The contests.
    pub contests: Vec<Contest>,
    /// The ballot styles.
    pub styles: Vec<Style>,
}

/// A manifest that holds together, with its rules compiled.
#[derive(Debug, Clone)]
pub struct CheckedManifest {
    manifest: Manifest,
    id: ElectionId,
    styles: Vec<StyleRules>,
}

impl CheckedManifest {
    /// Reads and checks a manifest's bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, ManifestError> {
        codec::decode_bounded::<Manifest>(bytes, MAX_MANIFEST_LENGTH)?.check()
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The election's name.
    pub fn id(&self) -> ElectionId {
        self.id
    }

    /// Compiled rules of each style.
    pub fn styles(&self) -> &[StyleRules] {
        &self.styles
    }

    /// Compiled rules of a style, if it exists.
    pub fn style(&self, index: u16) -> Option<&StyleRules> {
        self.styles.get(usize::from(index))
    }

    /// The contests of a style as (index, contest), in ballot order.
    pub fn contests_of(&self, style: u16) -> impl Iterator<Item = (u16, &Contest)> {
        let indices = self.manifest.styles.get(usize::from(style)).map_or(&[][..], |style| &style.contests);
        indices.iter().filter_map(|index| Some((*index, self.manifest.contests.get(usize::from(*index))?)))
    }
}

impl std::ops::Deref for CheckedManifest {
    type Target = Manifest;
    fn deref(&self) -> &Manifest {
        &self.manifest
    }
}

impl Contest {
    /// Number of entries (ciphertexts) that a ballot gives this contest.
    pub fn entries(&self) -> usize {
        self.options.len() * self.method.columns(self.options.len()) + usize::from(self.blank.is_some())
    }
}

impl Manifest {
    /// The encoding, which the election's name is the hash of.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }
}

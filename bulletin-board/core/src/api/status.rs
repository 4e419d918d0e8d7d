//! An election's status in JSON: what its log says, summed up. Borsh forms are for messages inside one release.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

use super::hex_form;
#[cfg(feature = "openapi")]
use super::schema::Hex32;

/// Where an election stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PhaseName {
    /// The manifest is not complete.
    Manifest,
    /// Key ceremony and roll.
    Setup,
    /// Voting.
    Open,
    /// Voting is over, and not every contest has its result.
    Closed,
    /// Every contest has a result or is withheld.
    Counted,
}

impl PhaseName {
    /// The phase of a name, as it stands in JSON; without a parser, as [`ProblemCode::of_name`](super::ProblemCode::of_name).
    pub fn of_name(name: &str) -> Option<Self> {
        Some(match name {
            "manifest" => Self::Manifest,
            "setup" => Self::Setup,
            "open" => Self::Open,
            "closed" => Self::Closed,
            "counted" => Self::Counted,
            _ => return None,
        })
    }
}

/// An election's status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ElectionStatus {
    /// The election.
    #[serde(with = "hex_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Hex32))]
    pub election: ElectionId,
    /// Where it stands.
    pub phase: PhaseName,
    /// Entries on its log.
    pub size: u64,
    /// Root of its log's tree.
    #[serde(with = "hex_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Hex32))]
    pub root: Digest,
    /// The election's clock: time of the last block, milliseconds since 1970-01-01 UTC.
    pub time: u64,
    /// When voting opens by the manifest, likewise.
    pub opens: u64,
    /// When voting closes by the manifest, likewise.
    pub closes: u64,
    /// When voting did open, likewise: time of the block under which the opening stands. None before.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub opened: Option<u64>,
    /// When voting did close, likewise of the closing. None before.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub closed: Option<u64>,
    /// The key ceremony.
    pub ceremony: CeremonyStatus,
    /// The roll.
    pub roll: RollStatus,
    /// The ballots; none while voting is open if the manifest hides turnout.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub ballots: Option<BallotCounts>,
    /// The tally, from closing on.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub tally: Option<TallyStatus>,
}

/// How far the key ceremony is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CeremonyStatus {
    /// The attempt, from 0.
    pub attempt: u32,
    /// Every trustee, in order.
    pub trustees: Vec<TrusteeStatus>,
}

/// What a trustee did in this attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrusteeStatus {
    /// Index, from 1.
    pub trustee: u8,
    /// The name in the manifest.
    pub name: String,
    /// 1. Registered keys.
    pub registered: bool,
    /// 2. Announced the hash of the commitments.
    pub announced: bool,
    /// 3. Showed the commitments.
    pub committed: bool,
    /// 4. Sent the shares.
    pub shared: bool,
    /// 5. Confirmed the transcript.
    pub confirmed: bool,
    /// 6. Decrypted the test point.
    pub tested: bool,
}

/// The roll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RollStatus {
    /// Voters on it.
    pub voters: u64,
    /// Whether all parts are there.
    pub complete: bool,
    /// Changes after it was complete: the number that the next change has.
    pub changes: u32,
}

/// Ballots on the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BallotCounts {
    /// Ballots that count.
    pub counted: u64,
    /// Ballots cast, those included that a later one replaced.
    pub cast: u64,
    /// Ballots tested.
    pub challenged: u64,
}

/// How far the tally is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TallyStatus {
    /// Size of the log with the close entry its last.
    pub close_size: u64,
    /// Root of the log at that size.
    #[serde(with = "hex_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Hex32))]
    pub close_root: Digest,
    /// Hash of the aggregate.
    #[serde(with = "hex_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Hex32))]
    pub aggregate: Digest,
    /// Every trustee, in order.
    pub trustees: Vec<TrusteeTally>,
    /// Every contest, in order.
    pub contests: Vec<ContestProgress>,
}

/// What a trustee did for the tally.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrusteeTally {
    /// Index, from 1.
    pub trustee: u8,
    /// Stated this close and aggregate.
    pub stated: bool,
    /// Contests for which the trustee gave shares.
    pub shares: Vec<u16>,
}

/// How far a contest is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContestProgress {
    /// The contest's index.
    pub contest: u16,
    /// Its state.
    pub state: ContestState,
}

/// Where a contest stands after closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ContestState {
    /// Shares are missing.
    Pending,
    /// Its result stands.
    Counted,
    /// Too few ballots: no result.
    Withheld,
}

/// The totals of an election as its log has them so far: with the manifest, all that its result follows from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ElectionTotals {
    /// Where the election stands.
    pub phase: PhaseName,
    /// Voters on the roll.
    pub voters: u64,
    /// The ballots; none while voting is open if the manifest hides turnout.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub ballots: Option<BallotCounts>,
    /// Every contest, in the manifest's order; empty before closing.
    pub contests: Vec<ContestTotals>,
}

/// The totals of a contest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContestTotals {
    /// Its state.
    pub state: ContestState,
    /// Weight of the counted ballots with this contest.
    pub counted_weight: u64,
    /// Weight of everybody on the roll who has this contest.
    pub roll_weight: u64,
    /// The decrypted totals of its entries, in order; none unless it is counted.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub totals: Option<Vec<u64>>,
    /// Indices, from 1, of the trustees whose shares stand on the log.
    pub trustees: Vec<u8>,
}

//! Paths and JSON messages of the board's HTTP interface, version 1. Specification: "HTTP interface".
//!
//! Logs are served as C2SP tlog-tiles has it: `checkpoint` (a signed note) and `tile/…` under a log's prefix.
//! What JSON says beside that is for convenience; a client believes what it finds in tiles under a verified
//! checkpoint. Hashes, keys and names are lower-case hexadecimal ([`hex_form`]), other bytes base64.
//! Names of fields are never used again for something else; readers of answers ignore fields they do not know,
//! readers of requests refuse them.

use serde::{Deserialize, Serialize};

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::signature::{Signature, VerifyingKey};
use tabella_crypto::transcript::Digest;

mod feed;
mod forms;
mod problem;
#[cfg(feature = "openapi")]
pub mod schema;
mod status;

pub use feed::{BOARD_ENTRY_KINDS, CheckpointEvent, ENTRY_KINDS, EntryEvent};
pub use forms::{base64_form, hex_form, hex_list, hex_option, hex_parse, hex_text};
pub use problem::{PROBLEM_MEDIA_TYPE, Problem, ProblemCode};
pub use status::{
    BallotCounts, CeremonyStatus, ContestProgress, ContestState, ContestTotals, ElectionStatus,
    ElectionTotals, PhaseName, RollStatus, TallyStatus, TrusteeStatus, TrusteeTally,
};

/// The paths, without scheme and host.
pub mod paths {
    use std::fmt::Display;

    use super::{Credential, ElectionId, TrackingCode, hex_text};
    use tabella_crypto::merkle::TilePath;
    use tabella_crypto::transcript::Digest;

    /// What stands before all paths of a live board, and before none of a record's static files.
    pub const VERSION: &str = "/v1";
    /// GET: [`super::Checkpoints`].
    pub const CHECKPOINTS: &str = "/v1/checkpoints";
    /// GET: the interface's description, OpenAPI 3.1 in JSON.
    pub const OPENAPI: &str = "/v1/openapi.json";
    /// GET: the same as a page for people; problems are explained at `#problem-<code>`.
    pub const DOCS: &str = "/v1/docs";
    /// GET: whether the board accepts entries.
    pub const HEALTH: &str = "/v1/health";
    /// GET: whether the process answers at all; a board that has stopped accepting entries is still read.
    pub const LIVE: &str = "/v1/health/live";
    /// GET: whether the board accepts entries and gets on with them.
    pub const READY: &str = "/v1/health/ready";
    /// GET: [`super::BoardInfo`].
    pub const BOARD: &str = "/v1/board";
    /// GET: [`super::ReleaseInfo`]; not there if the board has never served the web app.
    pub const RELEASE: &str = "/v1/board/release";
    /// GET: [`super::ElectionList`]; POST: [`super::CreateElection`].
    pub const ELECTIONS: &str = "/v1/elections";

    /// Prefix of the tiles and checkpoint of the board log.
    pub fn board_log() -> String {
        BOARD.to_owned()
    }

    /// Prefix of an election: GET [`super::ElectionStatus`], and of its log's tiles and checkpoint.
    pub fn election(election: ElectionId) -> String {
        format!("{ELECTIONS}/{election}")
    }

    /// GET: the manifest's bytes, whose hash is the election's name; not there before the manifest is complete.
    pub fn manifest(election: ElectionId) -> String {
        format!("{ELECTIONS}/{election}/manifest")
    }

    /// GET: [`super::ElectionTotals`].
    pub fn totals(election: ElectionId) -> String {
        format!("{ELECTIONS}/{election}/totals")
    }

    /// GET: the newest checkpoint of the log with this prefix, a signed note.
    pub fn checkpoint(log: impl Display) -> String {
        format!("{log}/checkpoint")
    }

    /// GET: the newest checkpoint of the board log with at least so many cosignatures, a signed note.
    pub fn witnessed(cosignatures: usize) -> String {
        format!("{BOARD}/witnessed/{cosignatures}")
    }

    /// GET: a tile of the log with this prefix.
    pub fn tile(log: impl Display, tile: TilePath) -> String {
        format!("{log}/{tile}")
    }

    /// GET: [`super::Consistency`] of the log with this prefix.
    pub fn consistency(log: impl Display, old: u64, new: u64) -> String {
        format!("{log}/consistency?old={old}&new={new}")
    }

    /// GET: the feed of new entries of the log with this prefix, server-sent events: [`super::EntryEvent`] and
    /// [`super::CheckpointEvent`].
    pub fn events(log: impl Display) -> String {
        format!("{log}/events")
    }

    /// POST: an entry's bytes, answered by a [`crate::receipt::Receipt`].
    pub fn entries(election: ElectionId) -> String {
        format!("{ELECTIONS}/{election}/entries")
    }

    /// GET: the receipt of the entry with this leaf hash.
    pub fn receipt(election: ElectionId, leaf: Digest) -> String {
        format!("{ELECTIONS}/{election}/receipts/{leaf}")
    }

    /// GET: [`super::CredentialStatus`].
    pub fn credential(election: ElectionId, credential: Credential) -> String {
        format!("{ELECTIONS}/{election}/credentials/{}", hex_text(&credential))
    }

    /// GET: [`super::BallotPlace`].
    pub fn ballot(election: ElectionId, code: TrackingCode) -> String {
        format!("{ELECTIONS}/{election}/ballots/{code}")
    }
}

#[cfg(feature = "openapi")]
use schema::{Base64, Hex32, Hex64};

/// Most bytes of the body of a [`CreateElection`]: the largest manifest in base64, and the rest.
pub const MAX_CREATE_LENGTH: usize = tabella_crypto::manifest::MAX_MANIFEST_LENGTH / 3 * 4 + 4_096;

/// Who runs the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoardInfo {
    /// Origin of the board log.
    pub origin: String,
    /// The suite.
    pub suite: String,
    /// The key that verifies the board log's checkpoints, as signed notes write keys.
    pub key: String,
    /// The key that signs all checkpoints.
    #[serde(with = "hex_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Hex32))]
    pub operator: VerifyingKey,
    /// Its fingerprint.
    #[serde(with = "hex_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Hex32))]
    pub fingerprint: Digest,
    /// The witnesses' keys, as signed notes write keys.
    pub witnesses: Vec<String>,
    /// Who may open elections here.
    #[serde(with = "hex_list")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Hex32>))]
    pub administrators: Vec<VerifyingKey>,
}

/// The last release of the web app on the board log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReleaseInfo {
    /// Index of its entry on the board log.
    pub index: u64,
    /// What its makers call it.
    pub version: String,
    /// Its files, ascending by path.
    pub files: Vec<ReleaseFileInfo>,
}

/// A file of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReleaseFileInfo {
    /// Its path below the board's address.
    pub path: String,
    /// SHA-256 of its bytes.
    #[serde(with = "hex_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Hex32))]
    pub sha256: Digest,
}

/// The newest checkpoints of all logs at one moment: each election's is the one that the board log anchors last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Checkpoints {
    /// The board log's, a signed note.
    pub board: String,
    /// The election logs', signed notes that name their origin.
    pub elections: Vec<String>,
}

/// The elections on the board, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ElectionList {
    /// One line each.
    pub elections: Vec<ElectionSummary>,
}

/// An election in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ElectionSummary {
    /// The election.
    #[serde(with = "hex_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Hex32))]
    pub election: ElectionId,
    /// Who opened it.
    #[serde(with = "hex_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Hex32))]
    pub administrator: VerifyingKey,
    /// Where it stands.
    pub phase: PhaseName,
    /// Entries on its log.
    pub size: u64,
    /// When voting opens by the manifest: milliseconds since 1970-01-01 UTC.
    pub opens: u64,
    /// When voting closes, likewise.
    pub closes: u64,
}

/// Puts an election on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateElection {
    /// The manifest's bytes.
    #[serde(with = "base64_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Base64))]
    pub manifest: Vec<u8>,
    /// The administrator's signature, see [`crate::entry::ElectionCreated`].
    #[serde(with = "hex_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Hex64))]
    pub signature: Signature,
    /// The administrator's key.
    #[serde(with = "hex_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Hex32))]
    pub administrator: VerifyingKey,
}

/// The election is on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ElectionCreatedAnswer {
    /// Its name: the hash of the manifest.
    #[serde(with = "hex_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Hex32))]
    pub election: ElectionId,
}

/// What stands under a credential. Anyone who knows U can ask; the log says the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CredentialStatus {
    /// The ballot style.
    pub style: u16,
    /// The weight.
    pub weight: u32,
    /// Ballots cast.
    pub cast: u16,
    /// Ballots tested.
    pub tests: u16,
    /// Tracking code of the last ballot cast, which the next one names.
    #[serde(with = "hex_option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Hex32>, required))]
    pub last: Option<TrackingCode>,
    /// Indices of all ballots of this credential, cast and tested, ascending.
    pub ballots: Vec<u64>,
}

/// Where a ballot stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BallotPlace {
    /// Index of its entry.
    pub index: u64,
    /// Cast or tested.
    pub disposition: DispositionName,
}

/// What a voter decided about a ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DispositionName {
    /// It is a vote.
    Cast,
    /// It is tested and never counted.
    Challenge,
}

/// That the tree of `old` entries is the beginning of the tree of `new` entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Consistency {
    /// The path, see [`tabella_crypto::merkle::verify_consistency`].
    #[serde(with = "hex_list")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Hex32>))]
    pub path: Vec<Digest>,
}

/// The board is up and accepts entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// Entries on the board log.
    pub size: u64,
    /// Names of witnesses that do not cosign, because what they have cosigned under this board's key is not the beginning
    /// of its log: two logs were signed, or the witness errs. They do not keep the board from accepting entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witness_contradictions: Vec<String>,
}

#[cfg(test)]
mod tests {
    use tabella_crypto::group::EncodedPoint;
    use tabella_crypto::merkle::TilePath;

    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let id = ElectionId(Digest([0xab; 32]));
        let hex = "ab".repeat(32);
        let election = paths::election(id);
        assert_eq!(election, format!("/v1/elections/{hex}"));
        assert_eq!(paths::checkpoint(&election), format!("/v1/elections/{hex}/checkpoint"));
        let tile = TilePath::entries(0, 12).unwrap();
        assert_eq!(paths::tile(paths::BOARD, tile), "/v1/board/tile/entries/000.p/12");
        assert_eq!(paths::consistency(paths::board_log(), 3, 9), "/v1/board/consistency?old=3&new=9");
        let credential = Credential(EncodedPoint([0xcd; 32]));
        let expected = format!("/v1/elections/{hex}/credentials/{}", "cd".repeat(32));
        assert_eq!(paths::credential(id, credential), expected);
    }

    #[test]
    fn a_request_has_one_form_and_no_unknown_fields() {
        let request = CreateElection {
            manifest: vec![1, 2, 3, 4],
            signature: Signature([5; 64]),
            administrator: VerifyingKey([6; 32]),
        };
        let text = serde_json::to_string(&request).unwrap();
        assert!(text.contains("\"manifest\":\"AQIDBA==\""));
        assert_eq!(serde_json::from_str::<CreateElection>(&text).unwrap(), request);
        for bad in [
            text.replace("AQIDBA==", "AQIDBA"),
            text.replace("AQIDBA==", "AQIDBB=="),
            text.replace("0606", "06"),
            text.replace("0505", "05ZZ"),
            text.replacen('{', "{\"extra\":1,", 1),
        ] {
            assert!(serde_json::from_str::<CreateElection>(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_missing_ballot_is_null_and_a_code_is_hexadecimal() {
        let mut status =
            CredentialStatus { style: 1, weight: 2, cast: 0, tests: 0, last: None, ballots: Vec::new() };
        let text = serde_json::to_string(&status).unwrap();
        assert!(text.contains("\"last\":null"));
        assert_eq!(serde_json::from_str::<CredentialStatus>(&text).unwrap(), status);
        status.last = Some(TrackingCode(Digest([0x1f; 32])));
        let text = serde_json::to_string(&status).unwrap();
        assert!(text.contains(&"1f".repeat(32)));
        assert_eq!(serde_json::from_str::<CredentialStatus>(&text).unwrap(), status);
    }
}

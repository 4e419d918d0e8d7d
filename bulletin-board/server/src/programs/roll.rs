//! The registrar's tables and the roll that they become. Specification: "Credentials", "Roll".
//!
//! | table | columns | who sees it |
//! | --- | --- | --- |
//! | voters | identity, weight?, style? | the registrar |
//! | enrolled | identity, credential, weight?, style? | the registrar |
//! | codes | identity, code | secret: whoever has a code can vote |
//! | private roll | identity, weight, style, salt, credential | the registrar and auditors |
//!
//! The codes are written before the private roll and both before anything is published, so a program that is
//! killed goes on where it was: a voter who has a code keeps it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rand_core::{CryptoRng, RngCore};
use serde::{Deserialize, Serialize};

use tabella_board_client::sealed::Existing;
use tabella_board_client::table::{self, CodeRow, Row, TableError};
use tabella_board_core::api::{hex_form, hex_parse};
use tabella_board_core::check::RollRefusal;
use tabella_board_core::entry::{ROLL_PART_LENGTH, RollPart, Voter, sign_roll};
use tabella_board_core::state::roll::Classes;
use tabella_crypto::credential::{CodeError, Credential, CredentialCode, CredentialSecret, commit_identity};
use tabella_crypto::group::GroupError;
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_crypto::signature::SigningKey;

/// Longest identity, in bytes.
const MAX_IDENTITY_LENGTH: usize = 1_000;

/// Why a roll cannot be made. Each names the voter.
#[derive(Debug, thiserror::Error)]
pub enum RollError {
    /// A table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A code of the table of codes is not one.
    #[error("the code of {identity:?} in the table of codes: {error}")]
    Code {
        /// The voter.
        identity: String,
        /// What is wrong.
        error: CodeError,
    },
    /// A code for somebody who is not a voter.
    #[error(
        "the table of codes has a code for {0:?}, who is not among the voters: remove one or add the other"
    )]
    Stranger(String),
    /// The private roll has another credential than the voter's code gives.
    #[error(
        "the private roll has another credential for {0:?} than the code gives: they are of different elections \
         or runs; use the tables that belong together"
    )]
    Mismatch(String),
    /// Nobody of this name.
    #[error("{0:?} is not in the private roll")]
    Unknown(String),
    /// Somebody who is there already.
    #[error("{0:?} is in the private roll already")]
    Present(String),
    /// A group is too small.
    #[error("the roll would be refused: {0}")]
    Refused(#[from] RollRefusal),
    /// A credential cannot be derived; no code that can be found does this.
    #[error("a code gives no credential: {0}")]
    Credential(#[from] GroupError),
}

/// Somebody who may vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elector {
    /// Who it is, as the registrar names them.
    pub identity: String,
    /// The weight, at least 1.
    pub weight: u32,
    /// The ballot style's index.
    pub style: u16,
}

#[derive(Deserialize)]
struct VoterRow {
    identity: String,
    weight: Option<u32>,
    style: Option<String>,
    credential: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct PrivateRow {
    identity: String,
    weight: u32,
    /// From 1.
    style: u16,
    #[serde(with = "hex_form")]
    salt: [u8; 32],
    #[serde(with = "hex_form")]
    credential: Credential,
}

impl PrivateRow {
    /// The table's columns.
    const COLUMNS: [&str; 5] = ["identity", "weight", "style", "salt", "credential"];
}

/// Reads the voters.
pub fn read_voters(path: &Path, manifest: &CheckedManifest) -> Result<Vec<Elector>, TableError> {
    let rows = table::read::<VoterRow>(path, &["identity"], &["weight", "style"])?;
    check_voters(path, manifest, rows).map(|voters| voters.into_iter().map(|(elector, _)| elector).collect())
}

/// Reads the voters who enrolled, with their credentials.
pub fn read_enrolled(
    path: &Path,
    manifest: &CheckedManifest,
) -> Result<Vec<(Elector, Credential)>, TableError> {
    let rows = table::read::<VoterRow>(path, &["identity", "credential"], &["weight", "style"])?;
    let mut seen: BTreeMap<Credential, u64> = BTreeMap::new();
    let mut enrolled = Vec::with_capacity(rows.len());
    let lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
    for ((elector, text), line) in check_voters(path, manifest, rows)?.into_iter().zip(lines) {
        let text = text.unwrap_or_default();
        let credential = parse_credential(&text).ok_or_else(|| {
            let reason = format!(
                "{text:?} is not a credential: `tabella-vote enrol` prints it, 64 hexadecimal digits"
            );
            TableError::row(path, line, reason)
        })?;
        if let Some(first) = seen.insert(credential, line) {
            return Err(TableError::row(
                path,
                line,
                format!("the credential stands in line {first} already"),
            ));
        }
        enrolled.push((elector, credential));
    }
    Ok(enrolled)
}

/// Reads a public credential in hexadecimal: a canonical point that is not the identity.
pub fn parse_credential(text: &str) -> Option<Credential> {
    hex_parse::<Credential>(&text.to_ascii_lowercase()).filter(|credential| credential.point().is_ok())
}

fn check_voters(
    path: &Path,
    manifest: &CheckedManifest,
    rows: Vec<Row<VoterRow>>,
) -> Result<Vec<(Elector, Option<String>)>, TableError> {
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut total = 0u64;
    let mut voters = Vec::with_capacity(rows.len());
    for Row { line, value: VoterRow { identity, weight, style, credential } } in rows {
        let error = |reason: String| TableError::row(path, line, reason);
        let elector = elector(manifest, identity, weight, style.as_deref()).map_err(error)?;
        if let Some(first) = seen.insert(elector.identity.clone(), line) {
            return Err(error(format!("{:?} stands in line {first} already", elector.identity)));
        }
        total = total.saturating_add(u64::from(elector.weight));
        if total > manifest.total_weight {
            return Err(error(format!(
                "up to here the weights add up to {total}, more than the {} that the manifest allows",
                manifest.total_weight
            )));
        }
        voters.push((elector, credential));
    }
    if voters.is_empty() {
        return Err(TableError::row(path, 1, "there are no voters below the header"));
    }
    Ok(voters)
}

/// Checks one voter; the reason if something is wrong.
pub fn elector(
    manifest: &CheckedManifest,
    identity: String,
    weight: Option<u32>,
    style: Option<&str>,
) -> Result<Elector, String> {
    if identity.is_empty() || identity.len() > MAX_IDENTITY_LENGTH {
        return Err(format!("an identity has 1 to {MAX_IDENTITY_LENGTH} bytes"));
    }
    let weight = weight.unwrap_or(1);
    if weight == 0 {
        return Err(format!("{identity:?} has weight 0: leave out who may not vote"));
    }
    let style = match style.map(str::trim).filter(|style| !style.is_empty()) {
        None if manifest.styles().len() == 1 => 0,
        name => find_style(manifest, name.unwrap_or_default()).ok_or_else(|| {
            let names = manifest.manifest().styles.iter().zip(1..);
            let names: Vec<String> =
                names.map(|(style, number)| format!("{number} {}", style.name.in_language(""))).collect();
            match name {
                Some(name) => format!("there is no ballot style {name:?}; there are: {}", names.join(", ")),
                None => format!("{identity:?} has no ballot style; there are: {}", names.join(", ")),
            }
        })?,
    };
    Ok(Elector { identity, weight, style })
}

/// A style by its number from 1 or its name in any language; none if there is none or several.
fn find_style(manifest: &CheckedManifest, name: &str) -> Option<u16> {
    let number: Option<usize> = name.parse().ok();
    let mut found = manifest.manifest().styles.iter().zip(0u16..).filter(|(style, index)| {
        let named = style.name.versions().iter().any(|(_, words)| words.eq_ignore_ascii_case(name));
        named || number == Some(usize::from(*index) + 1)
    });
    match (found.next(), found.next()) {
        (Some((_, index)), None) => Some(index),
        _ => None,
    }
}

/// The codes that were issued, by identity.
#[derive(Debug, Default)]
pub struct Codes {
    codes: Vec<(String, CredentialCode)>,
}

impl Codes {
    /// Reads the table; none has been issued where there is no file.
    pub fn read(path: &Path) -> Result<Self, RollError> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let mut seen: BTreeMap<String, u64> = BTreeMap::new();
        let mut codes = Vec::new();
        for Row { line, value } in table::read::<CodeRow>(path, &CodeRow::COLUMNS, &[])? {
            let identity = value.identity.clone();
            if let Some(first) = seen.insert(identity.clone(), line) {
                let reason = format!("{identity:?} stands in line {first} already");
                return Err(TableError::row(path, line, reason).into());
            }
            let code = CredentialCode::parse(&value.code)
                .map_err(|error| RollError::Code { identity: identity.clone(), error })?;
            codes.push((identity, code));
        }
        Ok(Self { codes })
    }

    /// Writes the table, for its owner alone.
    pub fn write(&self, path: &Path) -> Result<(), RollError> {
        let rows: Vec<CodeRow> = self
            .codes
            .iter()
            .map(|(identity, code)| CodeRow {
                identity: identity.clone(),
                code: code.reveal().expose().clone(),
            })
            .collect();
        Ok(table::write(path, &CodeRow::COLUMNS, &rows, Existing::Replaced)?)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// A voter's code.
    pub fn of(&self, identity: &str) -> Option<&CredentialCode> {
        self.codes.iter().find(|(own, _)| own == identity).map(|(_, code)| code)
    }

    /// Takes a voter's code off the table.
    pub fn remove(&mut self, identity: &str) {
        self.codes.retain(|(own, _)| own != identity);
    }

    /// Gives a voter a code in place of any that they have.
    pub fn put(&mut self, identity: &str, code: CredentialCode) {
        match self.codes.iter_mut().find(|(own, _)| own == identity) {
            Some((_, place)) => *place = code,
            None => self.codes.push((identity.to_owned(), code)),
        }
    }
}

/// A voter on the roll, with what opens the commitment to the identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateVoter {
    /// Who it is.
    pub elector: Elector,
    /// The salt of the commitment.
    pub salt: [u8; 32],
    /// The credential.
    pub credential: Credential,
}

impl PrivateVoter {
    /// A voter under a fresh salt.
    pub fn new(elector: Elector, credential: Credential, rng: &mut (impl RngCore + CryptoRng)) -> Self {
        let mut salt = [0; 32];
        rng.fill_bytes(&mut salt);
        Self { elector, salt, credential }
    }

    /// The voter as the roll shows them.
    pub fn public(&self) -> Voter {
        Voter {
            credential: self.credential,
            weight: self.elector.weight,
            style: self.elector.style,
            identity: commit_identity(&self.salt, &self.elector.identity),
        }
    }
}

/// The roll with identities and salts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrivateRoll {
    /// The voters.
    pub voters: Vec<PrivateVoter>,
}

impl PrivateRoll {
    /// Reads the table; empty where there is no file.
    pub fn read(path: &Path) -> Result<Self, RollError> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let rows = table::read::<PrivateRow>(path, &PrivateRow::COLUMNS, &[])?;
        let mut seen = BTreeSet::new();
        let mut voters = Vec::with_capacity(rows.len());
        for Row { line, value: PrivateRow { identity, weight, style, salt, credential } } in rows {
            if !seen.insert(identity.clone()) {
                return Err(TableError::row(path, line, format!("{identity:?} is there twice")).into());
            }
            let style = style.checked_sub(1);
            let style = style.ok_or_else(|| TableError::row(path, line, "styles are numbered from 1"))?;
            voters.push(PrivateVoter { elector: Elector { identity, weight, style }, salt, credential });
        }
        Ok(Self { voters })
    }

    /// Writes the table, for its owner alone.
    pub fn write(&self, path: &Path) -> Result<(), RollError> {
        let row = |voter: &PrivateVoter| PrivateRow {
            identity: voter.elector.identity.clone(),
            weight: voter.elector.weight,
            style: voter.elector.style.saturating_add(1),
            salt: voter.salt,
            credential: voter.credential,
        };
        let rows: Vec<PrivateRow> = self.voters.iter().map(row).collect();
        Ok(table::write(path, &PrivateRow::COLUMNS, &rows, Existing::Replaced)?)
    }

    /// A voter by identity.
    pub fn voter(&self, identity: &str) -> Result<&PrivateVoter, RollError> {
        let unknown = || RollError::Unknown(identity.to_owned());
        self.voters.iter().find(|voter| voter.elector.identity == identity).ok_or_else(unknown)
    }

    /// Takes a voter off the private roll.
    pub fn remove(&mut self, identity: &str) {
        self.voters.retain(|voter| voter.elector.identity != identity);
    }

    /// Gives a voter another credential.
    pub fn replace(&mut self, identity: &str, credential: Credential) {
        for voter in self.voters.iter_mut().filter(|voter| voter.elector.identity == identity) {
            voter.credential = credential;
        }
    }

    /// The roll in signed parts, voters ascending by credential: the same at each call, since each is signed for the
    /// digest of those before it.
    pub fn parts(&self, election: ElectionId, key: &SigningKey) -> Vec<RollPart> {
        let mut voters: Vec<Voter> = self.voters.iter().map(PrivateVoter::public).collect();
        voters.sort_unstable_by_key(|voter| voter.credential);
        let chunks: Vec<&[Voter]> = voters.chunks(ROLL_PART_LENGTH).collect();
        sign_roll(election, &chunks, key)
    }

    /// Refuses a roll whose last part the board would refuse for a group that is too small: parts that stand cannot
    /// be taken back.
    pub fn check_classes(&self, manifest: &CheckedManifest) -> Result<(), RollError> {
        let voters: Vec<Voter> = self.voters.iter().map(PrivateVoter::public).collect();
        Ok(Classes::of(&voters).check(manifest)?)
    }
}

/// The credential that a code gives in an election.
pub fn credential_of(code: &CredentialCode, election: ElectionId) -> Result<Credential, GroupError> {
    CredentialSecret::from_code(code, &election.0).map(|secret| secret.public())
}

/// Gives each voter a code who has none, and makes the private roll. Salts that were drawn stay.
pub fn issue(
    election: ElectionId,
    voters: Vec<Elector>,
    codes: &mut Codes,
    roll: &PrivateRoll,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<PrivateRoll, RollError> {
    let names: BTreeSet<&str> = voters.iter().map(|voter| voter.identity.as_str()).collect();
    if let Some((stranger, _)) = codes.codes.iter().find(|(identity, _)| !names.contains(identity.as_str())) {
        return Err(RollError::Stranger(stranger.clone()));
    }
    let known: BTreeSet<String> = codes.codes.iter().map(|(identity, _)| identity.clone()).collect();
    for voter in voters.iter().filter(|voter| !known.contains(&voter.identity)) {
        codes.codes.push((voter.identity.clone(), CredentialCode::generate(rng)));
    }
    let by_name: BTreeMap<&str, &CredentialCode> =
        codes.codes.iter().map(|(identity, code)| (identity.as_str(), code)).collect();
    let mut pairs = Vec::with_capacity(voters.len());
    for voter in voters {
        let code = by_name.get(voter.identity.as_str());
        let code = code.ok_or_else(|| RollError::Unknown(voter.identity.clone()))?;
        let credential = credential_of(code, election)?;
        pairs.push((voter, credential));
    }
    endorse(pairs, roll, rng)
}

/// Makes the private roll of voters and their credentials. Salts that were drawn stay.
pub fn endorse(
    voters: Vec<(Elector, Credential)>,
    roll: &PrivateRoll,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<PrivateRoll, RollError> {
    let before: BTreeMap<&str, &PrivateVoter> =
        roll.voters.iter().map(|voter| (voter.elector.identity.as_str(), voter)).collect();
    let mut made = PrivateRoll::default();
    for (elector, credential) in voters {
        let voter = match before.get(elector.identity.as_str()) {
            Some(before) if before.credential != credential => {
                return Err(RollError::Mismatch(elector.identity));
            }
            Some(before) => PrivateVoter { elector, salt: before.salt, credential },
            None => PrivateVoter::new(elector, credential, rng),
        };
        made.voters.push(voter);
    }
    Ok(made)
}

#[cfg(test)]
mod tests;

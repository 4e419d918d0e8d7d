//! A board as a client sees it. What it says in JSON is for convenience, and named so; what is believed comes
//! from its logs under verified checkpoints, or with a verified receipt.

use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

#[cfg(feature = "programs")]
use tabella_board_core::api::Checkpoints;
use tabella_board_core::api::{
    BallotPlace, CreateElection, CredentialStatus, ElectionCreatedAnswer, ElectionList, ElectionStatus,
    ElectionSummary, Problem, ProblemCode, paths,
};
use tabella_board_core::board::{board_key, check_genesis, election_key, witness_keys};
use tabella_board_core::entry::{BoardEntry, ElectionCreated, Entry, Genesis};
use tabella_board_core::receipt::{Receipt, VerifiedReceipt};
use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::checkpoint::note::MAX_NOTE_LENGTH;
use tabella_crypto::checkpoint::{NoteKey, SignedCheckpoint};
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_crypto::merkle::tiles::MAX_BUNDLE_LENGTH;
use tabella_crypto::merkle::{TilePath, decode_bundle, leaf_hash};
use tabella_crypto::signature::SigningKey;
use tabella_crypto::transcript::Digest;

use crate::error::ClientError;
#[cfg(feature = "programs")]
use crate::evidence::Contradiction;
use crate::log::{Head, LogView};
use crate::transport::{Http, Request, Response, Transport, TransportError};
use crate::view::SavedView;

/// How often a busy board is asked.
const ATTEMPTS: u32 = 5;
/// How often a board that does not answer in time is asked.
const TIMED_ATTEMPTS: u32 = 2;
/// The first wait where a busy board names none; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait between two attempts, whatever the board says.
const MAX_WAIT: Duration = Duration::from_secs(30);
/// Most bytes of an answer in JSON.
const MAX_JSON_LENGTH: usize = 4 << 20;
/// Most bytes of an answer with the checkpoints of all logs: some 100,000 elections.
#[cfg(feature = "programs")]
const MAX_CHECKPOINTS_LENGTH: usize = 32 << 20;
/// Index of the genesis on the board log.
const GENESIS: u64 = 1;

/// The key that a board must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// The key of its log, as the operator publishes it.
    Key(NoteKey),
    /// The fingerprint of the operator's key, as printed on paper.
    Fingerprint(Digest),
}

impl Trust {
    /// What a text is that [`Trust::parse`] does not take, and what is wanted, in words.
    pub const WANTED: &str = "neither a board's key, which looks like board.example.org/tabella+5d0a3f1c+Ac9…, nor its \
         fingerprint of 64 hexadecimal digits: copy it whole, as its operator published it";

    /// Reads a vkey (`origin+hash+base64`) or a fingerprint of 64 hexadecimal characters.
    pub fn parse(text: &str) -> Option<Self> {
        let key = || NoteKey::parse(text).ok().map(Self::Key);
        Digest::from_hex(text).map(Self::Fingerprint).or_else(key)
    }

    /// Whether this key is meant.
    pub fn accepts(&self, key: &NoteKey) -> bool {
        match self {
            Self::Key(expected) => expected == key,
            Self::Fingerprint(expected) => *expected == key.verifying_key().fingerprint(),
        }
    }

    /// Which of both it is, and all of it.
    fn text(&self) -> String {
        match self {
            Self::Key(key) => format!("the key {}", key.to_vkey_string()),
            Self::Fingerprint(fingerprint) => format!("the fingerprint {fingerprint}"),
        }
    }
}

impl FromStr for Trust {
    type Err = &'static str;

    /// [`Trust::parse`], as arguments of programs are read.
    fn from_str(text: &str) -> Result<Self, &'static str> {
        Self::parse(text).ok_or(Self::WANTED)
    }
}

/// A receipt of the board, checked: keep the first, it can be checked by anyone; the second says what it shows.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The receipt, as the board gave it.
    pub receipt: Receipt,
    /// What it shows.
    pub verified: VerifiedReceipt,
}

/// A board whose key is known. Cheap to clone; clones share what was seen.
pub struct Board<T = Http>(Arc<Inner<T>>);

struct Inner<T> {
    transport: T,
    genesis: Genesis,
    key: NoteKey,
    witnesses: Vec<NoteKey>,
    view: Mutex<SavedView>,
}

impl<T> Clone for Board<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// A board that names its key, of which it is not verified yet that its log bears it out.
#[derive(Debug)]
pub struct Found<T = Http>(Board<T>);

impl<T: Transport> Found<T> {
    /// What is to be saved until the next visit, whatever came of [`Found::verify`].
    pub fn view(&self) -> SavedView {
        self.0.view()
    }

    /// Fetches the newest checkpoint of the board log, which must continue what was seen. What the key rests on must
    /// itself be in the log that it signs.
    pub async fn verify(&self) -> Result<Board<T>, ClientError> {
        let Self(board) = self;
        let mut log = board.log();
        let _head = log.refresh().await?;
        let entry = log.entry(GENESIS).await?;
        if entry != BoardEntry::Genesis(board.0.genesis.clone()).encode() {
            return Err(not_a_board(
                &board.0.transport,
                "its log does not begin with what it says of itself",
            ));
        }
        Ok(board.clone())
    }
}

impl<T> std::fmt::Debug for Board<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Board").field(&self.0.key.to_vkey_string()).finish()
    }
}

impl Board<Http> {
    /// Connects to the board at an address: see [`Board::connect_by`].
    pub async fn connect(address: &str, trust: Option<&Trust>, view: SavedView) -> Result<Self, ClientError> {
        Self::connect_by(Http::new(address)?, trust, view).await
    }
}

impl<T: Transport> Board<T> {
    /// Learns who runs a board from its log: the genesis at index 1, under a checkpoint signed by the very key
    /// that the genesis names.
    ///
    /// That key must be the one trusted, if one is given, and the one seen before, if the view has one. Without
    /// either the board is taken at its word, once.
    pub async fn connect_by(
        transport: T,
        trust: Option<&Trust>,
        view: SavedView,
    ) -> Result<Self, ClientError> {
        Self::find(transport, trust, view).await?.verify().await
    }

    /// The first half of [`Board::connect_by`]: the board has the key that it must have. What it shows from here on is
    /// seen, whether the second half, [`Found::verify`], succeeds or not.
    pub async fn find(
        transport: T,
        trust: Option<&Trust>,
        mut view: SavedView,
    ) -> Result<Found<T>, ClientError> {
        let genesis = read_genesis(&transport).await?;
        check_genesis(&genesis)?;
        let key = board_key(&genesis)?;
        let seen = view.key()?.map(Trust::Key);
        let given = trust.into_iter().map(|trust| (trust, "as given"));
        let mut expected = given.chain(seen.iter().map(|trust| (trust, "as at an earlier visit")));
        if let Some((expected, how)) = expected.find(|(trust, _)| !trust.accepts(&key)) {
            let found = match expected {
                Trust::Key(_) => Trust::Key(key),
                Trust::Fingerprint(_) => Trust::Fingerprint(key.verifying_key().fingerprint()),
            };
            let (address, expected) = (transport.address().to_owned(), format!("{}, {how}", expected.text()));
            return Err(ClientError::WrongKey { address, expected, found: found.text() });
        }
        view.remember_key(&key);
        let witnesses = witness_keys(&genesis)?;
        let view = Mutex::new(view);
        Ok(Found(Self(Arc::new(Inner { transport, genesis, key, witnesses, view }))))
    }

    /// The board's address.
    pub fn address(&self) -> &str {
        self.0.transport.address()
    }

    /// Who runs the board.
    pub fn genesis(&self) -> &Genesis {
        &self.0.genesis
    }

    /// The key that verifies the board log.
    pub fn key(&self) -> &NoteKey {
        &self.0.key
    }

    /// The witnesses' keys.
    pub fn witnesses(&self) -> &[NoteKey] {
        &self.0.witnesses
    }

    /// What is to be saved until the next visit.
    pub fn view(&self) -> SavedView {
        self.lock().clone()
    }

    /// The board log.
    pub fn log(&self) -> LogView<T> {
        LogView::new(self.clone(), paths::board_log(), self.0.key.clone())
    }

    /// An election's log. Whether the board has the election is seen at the first refresh.
    pub fn election_log(&self, election: ElectionId) -> Result<LogView<T>, ClientError> {
        let key = election_key(&self.0.key, election)?;
        Ok(LogView::new(self.clone(), paths::election(election), key))
    }

    /// The elections on the board, as the board tells it.
    pub async fn elections(&self) -> Result<Vec<ElectionSummary>, ClientError> {
        let list: ElectionList = self.ask(paths::ELECTIONS.to_owned()).await?;
        Ok(list.elections)
    }

    /// The newest checkpoints of all logs at one moment; none where only the logs' static files are. They are believed
    /// where a log [follows](LogView::follow) them.
    #[cfg(feature = "programs")]
    pub async fn checkpoints(&self) -> Result<Option<Checkpoints>, ClientError> {
        let request = Request::get(paths::CHECKPOINTS.to_owned(), MAX_CHECKPOINTS_LENGTH);
        match self.fetch_if_there(&request).await {
            Ok(None) | Err(ClientError::NotABoard { .. }) => Ok(None),
            Ok(Some(bytes)) => self.parse(&bytes).map(Some),
            Err(error) => Err(error),
        }
    }

    /// Where an election stands, as the board tells it.
    pub async fn status(&self, election: ElectionId) -> Result<ElectionStatus, ClientError> {
        let status: ElectionStatus = self.ask(paths::election(election)).await?;
        if status.election == election { Ok(status) } else { Err(ClientError::OtherElection) }
    }

    /// What stands under a credential, as the board tells it. A voter's device may build the next ballot on it:
    /// if the board lies, it refuses the ballot itself, or the log shows it.
    pub async fn credential(
        &self,
        election: ElectionId,
        credential: Credential,
    ) -> Result<CredentialStatus, ClientError> {
        self.ask(paths::credential(election, credential)).await
    }

    /// Where a ballot stands, as the board tells it: read the entry from the log to know.
    pub async fn ballot(
        &self,
        election: ElectionId,
        code: TrackingCode,
    ) -> Result<Option<BallotPlace>, ClientError> {
        match self.ask(paths::ballot(election, code)).await {
            Ok(place) => Ok(Some(place)),
            Err(ClientError::Refused(problem)) if problem.code == ProblemCode::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts an election on the board. The manifest is checked before it is sent, and the election that comes
    /// back must be its hash. That it stands on the board log, [`Board::confirm_election`] says.
    pub async fn create_election(
        &self,
        manifest: &[u8],
        administrator: &SigningKey,
    ) -> Result<ElectionId, ClientError> {
        let election = CheckedManifest::decode(manifest)?.id();
        let ElectionCreated { election: _, administrator, signature } =
            ElectionCreated::sign(election, self.genesis(), administrator);
        let message = CreateElection { manifest: manifest.to_vec(), signature, administrator };
        let bytes = self.json(&message)?;
        let request = Request::post(paths::ELECTIONS.to_owned(), "application/json", bytes, MAX_JSON_LENGTH);
        let answer: ElectionCreatedAnswer = self.parse(&self.fetch(&request).await?)?;
        if answer.election == election { Ok(election) } else { Err(ClientError::OtherElection) }
    }

    /// Whether an election that was just created stands on the board log. Both logs are seen with it from then on, so
    /// that the board cannot take it back.
    pub async fn confirm_election(&self, election: ElectionId) -> Result<(), ClientError> {
        let before = self.seen(&self.0.key)?.map_or(0, |(_, head)| head.size());
        let mut log = self.log();
        let size = log.refresh().await?.size();
        // most often among the new entries; sent twice, it stands where it stood
        if !log.creates(before..size, election).await? && !log.creates(0..before.min(size), election).await? {
            return Err(not_a_board(
                &self.0.transport,
                "its log does not have the election that it accepted",
            ));
        }
        self.election_log(election)?.refresh().await.map(|_| ())
    }

    /// Posts an entry; see [`Board::post_bytes`].
    pub async fn post(&self, election: ElectionId, entry: &Entry) -> Result<Posted, ClientError> {
        self.post_bytes(election, &entry.encode()).await
    }

    /// Posts an entry's bytes and checks the receipt: the entry is in the election's log, its checkpoint in the
    /// board log, and both logs continue those seen before. Posting the very same bytes again is safe.
    pub async fn post_bytes(&self, election: ElectionId, entry: &[u8]) -> Result<Posted, ClientError> {
        self.post_bytes_telling(election, entry, || ()).await
    }

    /// The same, and tells when the board has answered and its receipt is being checked.
    pub async fn post_bytes_telling(
        &self,
        election: ElectionId,
        entry: &[u8],
        answered: impl FnOnce(),
    ) -> Result<Posted, ClientError> {
        let path = paths::entries(election);
        let request = Request::post(path, "application/octet-stream", entry.to_vec(), MAX_JSON_LENGTH);
        let receipt: Receipt = self.parse(&self.fetch(&request).await?)?;
        answered();
        self.check_receipt(election, entry, receipt).await
    }

    /// The receipt of an entry that stands; none if it does not.
    pub async fn receipt(&self, election: ElectionId, entry: &[u8]) -> Result<Option<Posted>, ClientError> {
        let path = paths::receipt(election, leaf_hash(entry));
        let Some(bytes) = self.fetch_if_there(&Request::get(path, MAX_JSON_LENGTH)).await? else {
            return Ok(None);
        };
        self.check_receipt(election, entry, self.parse(&bytes)?).await.map(Some)
    }

    async fn check_receipt(
        &self,
        election: ElectionId,
        entry: &[u8],
        receipt: Receipt,
    ) -> Result<Posted, ClientError> {
        let posted = self.verify_receipt(election, entry, receipt)?;
        self.election_log(election)?.witness(&posted.receipt.checkpoint).await?;
        self.log().witness(&posted.receipt.board_checkpoint).await?;
        Ok(posted)
    }

    /// Checks a receipt that somebody kept: what it shows must be the beginning of what the board shows now. A board
    /// whose logs have fewer entries than it signed for is a [`ClientError::WentBack`].
    pub async fn check_kept_receipt(
        &self,
        election: ElectionId,
        entry: &[u8],
        receipt: Receipt,
    ) -> Result<Posted, ClientError> {
        let posted = self.verify_receipt(election, entry, receipt)?;
        self.election_log(election)?.witness_kept(&posted.receipt.checkpoint).await?;
        self.log().witness_kept(&posted.receipt.board_checkpoint).await?;
        Ok(posted)
    }

    /// Whether a receipt holds by itself, under the board's key.
    fn verify_receipt(
        &self,
        election: ElectionId,
        entry: &[u8],
        receipt: Receipt,
    ) -> Result<Posted, ClientError> {
        if receipt.election != election {
            return Err(ClientError::OtherElection);
        }
        let verified = receipt.verify(entry, &self.0.key, &self.0.witnesses)?;
        Ok(Posted { receipt, verified })
    }

    /// The witnesses that cosign a log's checkpoints: those of the board log alone.
    pub(crate) fn witnesses_of(&self, log: &NoteKey) -> &[NoteKey] {
        if *log == self.0.key { &self.0.witnesses } else { &[] }
    }

    /// The last checkpoint seen of a log.
    pub(crate) fn seen(&self, log: &NoteKey) -> Result<Option<Head>, ClientError> {
        self.lock().seen(log)
    }

    /// The pending checkpoints of a log.
    pub(crate) fn pending(&self, log: &NoteKey) -> Result<Vec<Head>, ClientError> {
        self.lock().pending(log)
    }

    /// Keeps a verified checkpoint as pending.
    pub(crate) fn keep(&self, checkpoint: &SignedCheckpoint) -> bool {
        self.lock().keep(checkpoint)
    }

    /// A checkpoint is pending no longer.
    pub(crate) fn release(&self, checkpoint: &SignedCheckpoint) {
        self.lock().release(checkpoint);
    }

    /// Keeps as pending what is pending in another view of this board; whether there was room.
    pub(crate) fn keep_all(&self, other: &SavedView) -> bool {
        self.lock().keep_all(other)
    }

    /// Keeps a contradiction that was proven.
    #[cfg(feature = "programs")]
    pub(crate) fn contradict(&self, contradiction: &Contradiction) {
        self.lock().contradict(contradiction);
    }

    /// Remembers a verified checkpoint, unless a larger one was seen.
    pub(crate) fn remember(&self, checkpoint: &SignedCheckpoint) {
        self.lock().remember(checkpoint);
    }

    fn lock(&self) -> MutexGuard<'_, SavedView> {
        // every change is one insertion: a panic elsewhere leaves nothing half done
        self.0.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask<A: DeserializeOwned>(&self, path: String) -> Result<A, ClientError> {
        self.parse(&self.fetch(&Request::get(path, MAX_JSON_LENGTH)).await?)
    }

    fn parse<A: DeserializeOwned>(&self, bytes: &[u8]) -> Result<A, ClientError> {
        serde_json::from_slice(bytes)
            .map_err(|_| not_a_board(&self.0.transport, "its answer is not what this program expects"))
    }

    fn json(&self, message: &impl Serialize) -> Result<Vec<u8>, ClientError> {
        serde_json::to_vec(message).map_err(|error| ClientError::Storage(error.into()))
    }

    /// Waits.
    pub async fn pause(&self, time: Duration) {
        self.0.transport.sleep(time).await;
    }

    /// The body that answers a request; a refusal is an error.
    pub(crate) async fn fetch(&self, request: &Request) -> Result<Vec<u8>, ClientError> {
        fetch(&self.0.transport, request).await
    }

    /// The body that answers a request; none if there is nothing at its path.
    pub(crate) async fn fetch_if_there(&self, request: &Request) -> Result<Option<Vec<u8>>, ClientError> {
        let response = exchange(&self.0.transport, request).await?;
        match problem(&response) {
            _ if is_success(&response) => Ok(Some(response.body)),
            Some(problem) if problem.code == ProblemCode::UnknownElection => {
                Err(ClientError::Refused(Box::new(problem)))
            }
            _ if response.status == 404 => Ok(None),
            _ => Err(refusal(&self.0.transport, &response)),
        }
    }
}

/// The genesis that the board's log has, unverified: the key is not known yet.
async fn read_genesis<T: Transport>(transport: &T) -> Result<Genesis, ClientError> {
    let foreign = || not_a_board(transport, "there is no log of a board");
    let request = Request::get(paths::checkpoint(paths::BOARD), MAX_NOTE_LENGTH);
    let note = fetch(transport, &request).await.map_err(|error| match error {
        ClientError::Refused(problem) if problem.status == 404 => foreign(),
        other => other,
    })?;
    let claimed = SignedCheckpoint::parse(&note).map_err(|_| foreign())?;
    let size = claimed.claimed().size();
    let partial = u16::try_from(size).ok().and_then(|width| TilePath::entries(0, width));
    let first = partial.or(TilePath::entries(0, 256)).ok_or_else(foreign)?;
    let bundle = fetch(transport, &Request::get(paths::tile(paths::BOARD, first), MAX_BUNDLE_LENGTH)).await?;
    let entries = decode_bundle(&bundle, first.width()).map_err(|_| foreign())?;
    match entries.get(GENESIS as usize).map(|entry| BoardEntry::decode(entry)) {
        Some(Ok(BoardEntry::Genesis(genesis))) => Ok(genesis),
        _ => Err(foreign()),
    }
}

async fn fetch<T: Transport>(transport: &T, request: &Request) -> Result<Vec<u8>, ClientError> {
    let response = exchange(transport, request).await?;
    if is_success(&response) { Ok(response.body) } else { Err(refusal(transport, &response)) }
}

/// Sends a request, again and again while the board is busy or silent, within bounds. Every request may be sent
/// twice: an entry that stands already gets its receipt again.
async fn exchange<T: Transport>(transport: &T, request: &Request) -> Result<Response, ClientError> {
    let timed_out = || ClientError::TimedOut { address: transport.address().to_owned() };
    let mut wait = FIRST_WAIT;
    for attempt in 1..=ATTEMPTS {
        match transport.send(request).await {
            Ok(response) if matches!(response.status, 429 | 503) => {
                if attempt == ATTEMPTS {
                    return Ok(response);
                }
                transport.sleep(response.retry_after.unwrap_or(wait).min(MAX_WAIT)).await;
            }
            Ok(response) => return Ok(response),
            Err(TransportError::TimedOut) if attempt < TIMED_ATTEMPTS => transport.sleep(wait).await,
            Err(TransportError::TimedOut) => return Err(timed_out()),
            Err(TransportError::Unreachable(reason)) => {
                let address = transport.address().to_owned();
                return Err(ClientError::Unreachable { address, reason });
            }
            Err(TransportError::TooLong(_)) => {
                return Err(not_a_board(transport, "its answer is too long"));
            }
        }
        wait = (wait * 2).min(MAX_WAIT);
    }
    Err(timed_out())
}

fn is_success(response: &Response) -> bool {
    (200..300).contains(&response.status)
}

fn problem(response: &Response) -> Option<Problem> {
    serde_json::from_slice(&response.body).ok()
}

/// The refusal that a response is. Something in front of the board may answer without saying why.
fn refusal<T: Transport>(transport: &T, response: &Response) -> ClientError {
    let status = response.status;
    match (problem(response), status) {
        (Some(problem), _) => ClientError::Refused(Box::new(problem)),
        (None, 404 | 405 | 200..=399) => not_a_board(transport, "there is nothing at the path of a board"),
        (None, 408 | 429 | 502..=504) => ClientError::TimedOut { address: transport.address().to_owned() },
        (None, _) => {
            let detail = format!("it answered with status {status} and no reason: ask its operator");
            ClientError::Refused(Box::new(Problem { status, ..Problem::new(ProblemCode::Other, detail) }))
        }
    }
}

fn not_a_board<T: Transport>(transport: &T, reason: &'static str) -> ClientError {
    ClientError::NotABoard { address: transport.address().to_owned(), reason }
}

//! One witness: its key, its address, and what is known of where it stands.

use std::sync::Arc;
use std::time::Duration;

use tabella_board_client::transport::{Http, Request, Transport, TransportError};
use tabella_board_core::witness::answer::{MAX_ANSWER_LENGTH, cosignature, monitoring_path};
use tabella_board_core::witness::request::{ADD_CHECKPOINT, MAX_REQUEST_LENGTH};
use tabella_board_core::witness::{AddCheckpoint, Answer, AnswerError, RequestError};
use tabella_crypto::checkpoint::{NoteKey, NoteSignature, SignedCheckpoint};
use tabella_crypto::transcript::Digest;

use crate::publish::standing::Refusal;
use crate::publish::{ReadError, Snapshot};
use crate::store::{LogId, Store};

/// How often one submission goes by the size that a witness names.
const CONFLICTS: usize = 3;

/// Why a witness did not cosign.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// No answer.
    #[error("it does not answer: {0}")]
    Silent(TransportError),
    /// No answer in the time given.
    #[error("it does not answer within {} seconds", .0.as_secs())]
    TooSlow(Duration),
    /// Not a witness's answer.
    #[error("{0}")]
    Answer(#[from] AnswerError),
    /// It does not cosign.
    #[error("{}", refused(*.0))]
    Refused(u16),
    /// It has cosigned what this log does not continue.
    #[error(
        "it has cosigned another log under this board's key, which this one does not continue: ask its operator for that \
         checkpoint, keep both logs, and find out who else signs with this key"
    )]
    OtherLog,
    /// It has cosigned a larger log than there is here.
    #[error(
        "it has cosigned {witness} entries of this board's log, and the log has {own}: somebody else signs with this \
         board's key, or an old backup was restored. Stop the board and find out"
    )]
    Ahead {
        /// The witness's size.
        witness: u64,
        /// Size here.
        own: u64,
    },
    /// It names another size each time.
    #[error(
        "it names another size each time that it is asked: somebody else submits checkpoints of this board"
    )]
    Unsteady,
    /// The proof cannot be made.
    #[error("the proof for it cannot be read from the store: {0}")]
    Read(#[from] ReadError),
    /// The proof is too long for a request.
    #[error("the request cannot be made: {0}")]
    Request(#[from] RequestError),
    /// The task that reads from the store ended.
    #[error("the proof for it cannot be made: the board is stopping")]
    Stopping,
}

/// What a refusal most likely means.
fn refused(status: u16) -> String {
    let why = match status {
        403 => "it does not accept the board's signature: compare the key that it has with the board's",
        404 => "it does not know this board: give its operator the board's key",
        429 | 503 => "it is busy",
        _ => "what answers there may not be a witness: check its address",
    };
    format!("it refused with status {status}: {why}")
}

impl Trouble {
    /// Its class in figures.
    pub(super) fn refusal(&self) -> Refusal {
        match self {
            Self::Silent(_) | Self::TooSlow(_) => Refusal::Silent,
            Self::Refused(403) => Refusal::Signature,
            Self::Refused(404) => Refusal::UnknownLog,
            Self::Refused(429 | 503) => Refusal::Busy,
            Self::Answer(_) | Self::Refused(_) | Self::Unsteady => Refusal::Invalid,
            Self::OtherLog | Self::Ahead { .. } => Refusal::Contradiction,
            Self::Read(_) | Self::Request(_) | Self::Stopping => Refusal::Own,
        }
    }
}

/// A way to a witness. One request at a time.
#[derive(Debug, Clone)]
pub struct Contact {
    key: NoteKey,
    http: Http,
    /// Size of the last head that it cosigned, as far as is known.
    known: u64,
}

impl Contact {
    /// A witness of which nothing is known yet.
    pub fn new(key: NoteKey, http: Http) -> Self {
        Self { key, http, known: 0 }
    }

    /// The witness's name.
    pub fn name(&self) -> &str {
        self.key.name()
    }

    /// Sends one request.
    pub(super) async fn ask(
        &self,
        old_size: u64,
        proof: Vec<Digest>,
        head: &SignedCheckpoint,
        limit: Duration,
    ) -> Result<Answer, Trouble> {
        let body = AddCheckpoint::new(old_size, proof, head.clone())?.encode().into_bytes();
        let path = ADD_CHECKPOINT.to_owned();
        let request = Request::post(path, "text/plain; charset=utf-8", body, MAX_ANSWER_LENGTH);
        let response = tokio::time::timeout(limit, self.http.send(&request))
            .await
            .map_err(|_| Trouble::TooSlow(limit))?
            .map_err(Trouble::Silent)?;
        Ok(Answer::parse(response.status, &response.body)?)
    }

    /// The checkpoint of a log that it cosigned last, if it shows that where it is asked, as ours does.
    pub(super) async fn latest(&self, origin: &str, limit: Duration) -> Option<SignedCheckpoint> {
        let request = Request::get(monitoring_path(origin), MAX_REQUEST_LENGTH);
        let response = tokio::time::timeout(limit, self.http.send(&request)).await.ok()?.ok()?;
        (response.status == 200).then(|| SignedCheckpoint::parse(&response.body).ok()).flatten()
    }

    /// Has the board's head cosigned: the cosignature, verified.
    pub(super) async fn submit(
        &mut self,
        store: &Arc<dyn Store>,
        heads: &Arc<Snapshot>,
        limit: Duration,
    ) -> Result<NoteSignature, Trouble> {
        let own = heads.board.claimed().size();
        for _ in 0..=CONFLICTS {
            // one that said it was ahead is asked again all the same: it may have been set right
            let (reader, snapshot, old) = (store.clone(), heads.clone(), self.known.min(own));
            let proof = tokio::task::spawn_blocking(move || {
                snapshot.consistency(reader.as_ref(), LogId::Board, old, own)
            });
            let proof = proof.await.map_err(|_| Trouble::Stopping)??;
            match self.ask(old, proof, &heads.board, limit).await? {
                Answer::Cosigned(lines) => {
                    let line = cosignature(&heads.board, &self.key, &lines)?;
                    self.known = own;
                    return Ok(line);
                }
                Answer::Conflict(witness) if witness > own => return Err(Trouble::Ahead { witness, own }),
                // to a path from the size that it has, or from a size to itself: it is the root that differs
                Answer::Refused(422) => return Err(Trouble::OtherLog),
                // some witnesses say so of another root at the size that they were asked for
                Answer::Conflict(size) if size == old => return Err(Trouble::OtherLog),
                Answer::Conflict(size) => self.known = size,
                Answer::Refused(status) => return Err(Trouble::Refused(status)),
            }
        }
        Err(Trouble::Unsteady)
    }
}

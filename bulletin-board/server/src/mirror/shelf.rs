//! A stopped board's store as a source of its logs, so that what is exported is verified as anything else that is
//! mirrored.

use std::time::Duration;

use tabella_board_client::transport::{Request, Response, Transport, TransportError};
use tabella_board_core::api::{Checkpoints, paths};
use tabella_crypto::checkpoint::SignedCheckpoint;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::TilePath;
use tabella_crypto::transcript::Digest;

use crate::publish::tile;
use crate::store::{LogId, Store, StoreError};

/// A store that nobody writes to.
pub struct Shelf<S> {
    store: S,
    shown: String,
}

impl<S: Store> Shelf<S> {
    /// The logs of this store; `shown` says to people which one it is.
    pub fn new(store: S, shown: String) -> Self {
        Self { store, shown }
    }

    fn answer(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        if path == paths::CHECKPOINTS {
            return self.checkpoints();
        }
        let Some((log, file)) = log_of(path) else { return Ok(None) };
        let Some(head) = self.store.head(log)? else { return Ok(None) };
        if file == "checkpoint" {
            return Ok(Some(head.encode().into_bytes()));
        }
        match TilePath::parse(file).filter(|tile| tile.is_within(head.claimed().size())) {
            Some(path) => tile(&self.store, log, path)
                .map(Some)
                .map_err(|_| StoreError::Damaged("a tile cannot be made")),
            None => Ok(None),
        }
    }

    fn checkpoints(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(board) = self.store.head(LogId::Board)? else { return Ok(None) };
        let heads = self.store.elections()?.into_iter().map(|id| self.store.head(LogId::Election(id)));
        let heads: Vec<SignedCheckpoint> = heads.filter_map(Result::transpose).collect::<Result<_, _>>()?;
        let elections = heads.iter().map(SignedCheckpoint::encode).collect();
        Ok(serde_json::to_vec(&Checkpoints { board: board.encode(), elections }).ok())
    }
}

fn log_of(path: &str) -> Option<(LogId, &str)> {
    if let Some(rest) = path.strip_prefix(paths::BOARD).and_then(|rest| rest.strip_prefix('/')) {
        return Some((LogId::Board, rest));
    }
    let (name, rest) = path.strip_prefix(paths::ELECTIONS)?.strip_prefix('/')?.split_once('/')?;
    Some((LogId::Election(ElectionId(Digest::from_hex(name)?)), rest))
}

impl<S: Store> Transport for Shelf<S> {
    fn address(&self) -> &str {
        &self.shown
    }

    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let found =
            self.answer(&request.path).map_err(|error| TransportError::Unreachable(error.to_string()))?;
        let status = if found.is_some() { 200 } else { 404 };
        Ok(Response { status, retry_after: None, body: found.unwrap_or_default() })
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

//! A board that is being read, with every election that the page has asked for.

use std::collections::BTreeMap;

use rand_core::OsRng;
use zeroize::Zeroizing;

use tabella_board_client::transport::Transport;
use tabella_board_client::{Board, Booth, BoothError, ClientError, LogView, SavedView};
use tabella_board_core::entry::Entry;
use tabella_crypto::credential::{CredentialCode, CredentialSecret};
use tabella_crypto::manifest::ElectionId;
use tabella_tally::standing::Standing;
use tabella_web_shared::reader::{
    BoardCard, EntryCard, HeadCard, LogName, PathCard, Request, SetupCard, VoterCard,
};
use tabella_web_shared::wire::encode;
use tabella_web_shared::{Forgery, Stage, Trouble};
use tabella_web_worker::board::{self, Known, seen_before};
use tabella_web_worker::trouble::{client, fault, forged};

use super::trouble::booth;
use super::{Tell, cards, entries};

/// Most entries of one answer.
const MAX_ENTRIES: u16 = 256;
/// Most tested ballots of one answer that are looked up elsewhere in the log, since their openings are in the answer.
const MAX_LOOKUPS: usize = 8;

/// A board that is being read.
pub(super) struct Reading<T> {
    pub(super) board: Board<T>,
    log: LogView<T>,
    booths: BTreeMap<ElectionId, Booth<T>>,
    first_visit: bool,
}

impl<T: Transport> Reading<T> {
    /// Connects to the board, under the key that was seen before; what else was seen must be of this board too.
    pub(super) async fn connect(transport: T, saved: &[String]) -> Result<Self, Trouble> {
        let Known { board, is_first_visit } = board::connect(transport, None, saved, |_| ()).await?;
        let mut log = board.log();
        let _head = log.refresh().await.map_err(client)?;
        Ok(Self { board, log, booths: BTreeMap::new(), first_visit: is_first_visit })
    }

    /// What is to be kept until the next visit.
    pub(super) fn view(&self) -> SavedView {
        self.board.view()
    }

    /// Answers a request.
    pub(super) async fn answer(&mut self, request: Request, tell: Tell<'_>) -> Result<Vec<u8>, Trouble> {
        match request {
            Request::Connect { .. } => Err(fault("the board is connected")),
            Request::Saw(view) => encode(&self.saw(&view).await?),
            Request::Board => encode(&self.board_anew().await?),
            Request::Setup(election) => encode(&self.setup(election, tell).await?),
            Request::Standing(election) => {
                let state = self.read(election, tell).await?.state();
                encode(&Standing::of(state, None))
            }
            Request::Voter { election, code } => {
                encode(&self.voter(election, Zeroizing::new(code), tell).await?)
            }
            Request::Post { election, entry } => encode(&self.post(election, entry, tell).await?),
            Request::Receipt { election, entry } => encode(&self.receipt(election, entry).await?),
            Request::CheckReceipt { json: text } => encode(&self.check_receipt(&text).await?),
            Request::Track { election, code } => encode(&self.track(election, code, tell).await?),
            Request::Head(log) => encode(&self.head(log).await?),
            Request::Entries { log, first, count } => encode(&self.entries(log, first, count).await?),
            Request::Path { log, index } => encode(&self.path(log, index).await?),
        }
    }

    /// Takes in what another worker or page saw of the board; gives what was seen in all.
    async fn saw(&self, view: &str) -> Result<String, Trouble> {
        self.board.take_in(&seen_before(Some(view))).await.map_err(client)?;
        Ok(self.view().to_json())
    }

    /// The board as it was seen last.
    pub(super) fn board_card(&self) -> Result<BoardCard, Trouble> {
        let key = self.board.key();
        Ok(BoardCard {
            origin: key.name().to_owned(),
            key: key.to_vkey_string(),
            fingerprint: key.verifying_key().fingerprint().to_hex(),
            witnesses: cards::witnesses(&self.board),
            head: cards::head(&self.log)?,
            first_visit: self.first_visit,
        })
    }

    pub(super) async fn board_anew(&mut self) -> Result<BoardCard, Trouble> {
        let _head = self.log.refresh().await.map_err(client)?;
        self.board_card()
    }

    /// An election, of which nothing need have been read.
    pub(super) fn booth(&mut self, election: ElectionId) -> Result<&mut Booth<T>, Trouble> {
        use std::collections::btree_map::Entry;
        match self.booths.entry(election) {
            Entry::Occupied(found) => Ok(found.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(Booth::new(&self.board, election).map_err(client)?)),
        }
    }

    /// An election, read up to its opening or as far as it goes.
    async fn read(&mut self, election: ElectionId, tell: Tell<'_>) -> Result<&mut Booth<T>, Trouble> {
        let booth = self.booth(election)?;
        let progress = |read| tell(Stage::Reading, read, 0);
        let _state = booth.advance(&mut OsRng, progress).await.map_err(client)?;
        Ok(booth)
    }

    pub(super) async fn setup(&mut self, election: ElectionId, tell: Tell<'_>) -> Result<SetupCard, Trouble> {
        cards::setup(self.read(election, tell).await?.state()).ok_or(Trouble::NotFound)
    }

    pub(super) async fn voter(
        &mut self,
        election: ElectionId,
        code: Zeroizing<String>,
        tell: Tell<'_>,
    ) -> Result<VoterCard, Trouble> {
        let code = CredentialCode::parse(&code).map_err(|_| Trouble::UnknownCode)?;
        let secret = CredentialSecret::from_code(&code, &election.0).map_err(|_| Trouble::UnknownCode)?;
        let credential = secret.public();
        let read = self.read(election, tell).await?;
        let standing = match read.standing(&credential).await {
            Ok(standing) => standing,
            Err(BoothError::NotOnRoll) => return Err(unknown_voter(read)),
            Err(BoothError::Client(ClientError::Refused(problem))) if problem.status == 404 => {
                return Err(denied_voter(read, &problem.detail));
            }
            Err(error) => return Err(booth(error)),
        };
        let voter = read.voter(&credential).map_err(booth)?;
        let (cast, last) = match standing.previous {
            Some((counter, code)) => (counter.saturating_add(1), Some(code)),
            None => (0, None),
        };
        let (style, weight, tests) = (voter.style, voter.weight, standing.tests);
        Ok(VoterCard { credential, style, weight, cast, tests, last })
    }

    fn log(&mut self, name: LogName) -> Result<&mut LogView<T>, Trouble> {
        match name {
            LogName::Board => Ok(&mut self.log),
            LogName::Election(election) => Ok(self.booth(election)?.log_mut()),
        }
    }

    pub(super) async fn head(&mut self, name: LogName) -> Result<HeadCard, Trouble> {
        let log = self.log(name)?;
        let _head = log.refresh().await.map_err(client)?;
        cards::head(log)
    }

    pub(super) async fn path(&mut self, name: LogName, index: u64) -> Result<PathCard, Trouble> {
        let log = self.log(name)?;
        if !has(log, index).await? {
            return Err(Trouble::NotFound);
        }
        cards::path(log, index).await
    }

    pub(super) async fn entries(
        &mut self,
        name: LogName,
        first: u64,
        count: u16,
    ) -> Result<Vec<EntryCard>, Trouble> {
        let log = self.log(name)?;
        let end = first.saturating_add(count.min(MAX_ENTRIES).into());
        let Some(last) = end.checked_sub(1).filter(|_| count > 0) else { return Ok(Vec::new()) };
        let _all = has(log, last).await?;
        let range = first..end.min(log.size());
        let bytes = log.entries(range.clone(), |_, _| ()).await.map_err(client)?;
        let LogName::Election(election) = name else {
            return Ok(range.zip(&bytes).map(|(index, bytes)| entries::of_board(index, bytes)).collect());
        };
        let tested = self.tested(election, &bytes).await?;
        let manifest = self.booth(election)?.state().manifest();
        let card = |(index, bytes): (u64, &Vec<u8>)| {
            entries::of_election(index, bytes, election, manifest.map(AsRef::as_ref), &tested)
        };
        Ok(range.zip(&bytes).map(card).collect())
    }

    /// The tested ballots whose openings are among these entries, by their index.
    async fn tested(
        &mut self,
        election: ElectionId,
        entries: &[Vec<u8>],
    ) -> Result<BTreeMap<u64, Vec<u8>>, Trouble> {
        let log = self.booth(election)?.log_mut();
        let mut tested = BTreeMap::new();
        let openings = entries.iter().filter_map(|bytes| match Entry::decode(bytes) {
            Ok(Entry::Opening(opening)) => Some(opening.challenge),
            _ => None,
        });
        for index in openings.take(MAX_LOOKUPS) {
            if index < log.size() {
                tested.insert(index, log.entry(index).await.map_err(client)?);
            }
        }
        Ok(tested)
    }
}

/// Whether a log has an entry; its newest checkpoint is fetched if the one at hand does not reach so far.
async fn has<T: Transport>(log: &mut LogView<T>, index: u64) -> Result<bool, Trouble> {
    if index >= log.size() {
        let _head = log.refresh().await.map_err(client)?;
    }
    Ok(index < log.size())
}

/// What it means that a credential is not on the roll that was read: the roll may not be complete yet.
fn unknown_voter<T: Transport>(booth: &Booth<T>) -> Trouble {
    match booth.context() {
        Ok(_) => Trouble::UnknownCode,
        Err(_) if booth.state().roll().is_complete() => Trouble::UnknownCode,
        Err(error) => super::trouble::booth(error),
    }
}

/// What it means that the board denies a credential that is on the roll that was read. Before the opening the roll can
/// have changed since.
fn denied_voter<T: Transport>(booth: &Booth<T>, detail: &str) -> Trouble {
    match booth.context() {
        Ok(_) => forged(Forgery::Answer, detail),
        Err(_) => Trouble::UnknownCode,
    }
}

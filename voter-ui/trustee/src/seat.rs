//! A trustee in one election: reads on, and does what is due, by the code of the programs.

use tabella_board_client::transport::Transport;
use tabella_board_client::{Board, SavedView};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::threshold::trustee::TrusteeSecret;
use tabella_crypto::transcript::Digest;
use tabella_tally::standing::Standing;
use tabella_tally::tally::{Fingerprint, ReleaseRefusal, fingerprint};
use tabella_tally::trustee::ceremony;
use tabella_tally::trustee::tally::{Acted as Tallied, Question};
use tabella_tally::trustee::{
    AnchorError, Keeper as _, Memory, MemoryError, Session, SessionError, StepError, TallyRun,
};
use tabella_web_shared::trustee::{Acted, Said};
use tabella_web_shared::{Forgery, Stage, Trouble};
use tabella_web_worker::trouble::{client, fault, forged};

use crate::desk::Tell;
use crate::said;

/// A trustee in one election.
pub(crate) struct Seat<T> {
    keeper: Memory,
    session: Session<T>,
    tally: TallyRun,
    /// What the trustee was asked last.
    asked: Option<Question>,
}

/// Why nothing was done: what the page tells, or a sentence for the trustee.
enum Undone {
    Trouble(Trouble),
    Said(Said),
}

impl<T: Transport> Seat<T> {
    /// Nothing of the election has been read yet.
    pub(crate) fn new(board: Board<T>, election: ElectionId, secret: TrusteeSecret) -> Result<Self, Trouble> {
        let session = Session::new(board, election).map_err(client)?;
        Ok(Self { keeper: Memory::new(secret), session, tally: TallyRun::new(None), asked: None })
    }

    /// What was seen of the board, to be kept until the next visit.
    pub(crate) fn view(&self) -> SavedView {
        self.session.view()
    }

    /// Reads on.
    pub(crate) async fn look(&mut self, tell: Tell<'_>) -> Result<Standing, Trouble> {
        let read = self.session.advance(|read, of| tell(Stage::Reading, read, of)).await;
        match read.map_err(session_error) {
            Ok(()) => Ok(self.standing()),
            Err(Undone::Trouble(trouble)) => Err(trouble),
            Err(Undone::Said(said)) => Err(fault(said.english)),
        }
    }

    /// Reads on and does the next thing that is due. `intended` is the view that the page remembers.
    pub(crate) async fn act(
        &mut self,
        intended: Option<Digest>,
        tell: Tell<'_>,
    ) -> Result<Result<Acted, Said>, Trouble> {
        match self.step(intended, tell).await {
            Ok(acted) => Ok(Ok(acted)),
            Err(Undone::Said(said)) => Ok(Err(said)),
            Err(Undone::Trouble(trouble)) => Err(trouble),
        }
    }

    /// A person compared this fingerprint with the other trustees, in answer to what was asked.
    pub(crate) fn confirm(&mut self, fingerprint: Digest) {
        let compared = Fingerprint(fingerprint);
        let asked = self.asked.take().filter(|question| question.fingerprint() == compared);
        // another one than was asked about is refused by the next step
        self.tally.confirm(&asked.unwrap_or(Question::Restored(compared)));
    }

    async fn step(&mut self, intended: Option<Digest>, tell: Tell<'_>) -> Result<Acted, Undone> {
        if let Some(view) = intended {
            self.keeper.remember(view);
        }
        let read = self.session.advance(|read, of| tell(Stage::Reading, read, of)).await;
        read.map_err(session_error)?;
        if fingerprint(self.session.state()).is_none() {
            let acted = ceremony::act(&mut self.keeper, &mut self.session).await;
            return Ok(self.in_ceremony(acted.map_err(step_error)?));
        }
        let acted = self.tally.act(&mut self.keeper, &mut self.session).await;
        Ok(self.in_tally(acted.map_err(step_error)?))
    }

    fn in_ceremony(&self, acted: ceremony::Acted) -> Acted {
        match acted {
            ceremony::Acted::Posted(message) => Acted::Posted(message),
            ceremony::Acted::Overtaken => Acted::Overtaken,
            ceremony::Acted::Stored => Acted::HasShare,
            ceremony::Acted::Wait { .. } => Acted::Wait(said::waiting(&self.standing())),
            ceremony::Acted::Done => Acted::Done,
        }
    }

    fn in_tally(&mut self, acted: Tallied) -> Acted {
        match acted {
            Tallied::Posted(message) => Acted::Posted(message),
            Tallied::Result(contest) => Acted::Result(contest),
            Tallied::Overtaken => Acted::Overtaken,
            Tallied::NotClosed => Acted::Wait(said::waiting(&self.standing())),
            Tallied::NotAnchored => Acted::Wait(said::not_anchored()),
            // with the names of those who are waited for
            Tallied::Wait(ReleaseRefusal::TooFew { .. }) => Acted::Wait(said::waiting(&self.standing())),
            Tallied::Wait(refusal) => Acted::Wait(said::refusal(&refusal)),
            Tallied::WaitForShares => Acted::Wait(said::waiting(&self.standing())),
            Tallied::Keep(Fingerprint(view)) => Acted::Remember(view),
            Tallied::Ask(question) => {
                let Fingerprint(fingerprint) = question.fingerprint();
                let why = match &question {
                    Question::Release { doubts, .. } => said::doubts(doubts),
                    Question::Restored(_) => said::unknown_use(),
                };
                let may_pass = question.may_pass(&self.session);
                self.asked = Some(question);
                Acted::Compare { fingerprint, why, may_pass }
            }
            Tallied::Done => Acted::Done,
        }
    }

    fn standing(&self) -> Standing {
        let fingerprint = self.keeper.secret().keys().fingerprint();
        Standing::of(self.session.state(), Some(&fingerprint))
    }
}

fn session_error(error: SessionError) -> Undone {
    match error {
        SessionError::Client(error) | SessionError::Anchor(AnchorError::Client(error)) => {
            Undone::Trouble(client(error))
        }
        SessionError::Anchor(AnchorError::Contradiction(_)) => Undone::Trouble(forged(Forgery::Fork, error)),
        SessionError::Trouble(trouble) => Undone::Said(said::trouble(&trouble)),
        SessionError::NotATrustee(fingerprint) => Undone::Said(said::not_a_trustee(&fingerprint)),
        SessionError::Rules(_) | SessionError::Unkept(_) => Undone::Trouble(fault(error)),
    }
}

fn step_error(error: StepError<MemoryError>) -> Undone {
    match error {
        StepError::Session(error) => session_error(error),
        StepError::Keeper(MemoryError::Share(trouble)) | StepError::Trouble(trouble) => {
            Undone::Said(said::trouble(&trouble))
        }
        StepError::Keeper(MemoryError::Foreign(error)) | StepError::Share(error) => {
            Undone::Said(said::foreign_share(&error))
        }
        StepError::Keeper(MemoryError::Refused(refused)) => Undone::Said(said::refused(&refused)),
        StepError::Release(refusal) => Undone::Said(said::refusal(&refusal)),
        StepError::NoKey => Undone::Said(said::no_key()),
        StepError::Tally(_) | StepError::NoShare => Undone::Trouble(fault(error)),
    }
}

//! A trustee at the tally: statement, release of shares, results.
//!
//! In this order, and after a crash again from the beginning: everything is verified; the view is kept as the only one
//! that this trustee decrypts; the statement is posted; only when so many others state the same view, or a person has
//! compared it, are shares posted; last the results that follow from them.

use rand_core::OsRng;

use tabella_board_client::transport::Transport;
use tabella_board_core::entry::{Entry, TrusteeMessage};
use tabella_board_core::state::Phase;
use tabella_crypto::threshold::trustee::TrusteeIndex;

use super::keeper::{Intent, Keeper, Plan, StepError};
use super::session::Session;
use crate::standing::Message;
use crate::tally::{
    Assurance, Doubt, Fingerprint, ReleaseRefusal, contests_due, decrypt, fingerprint, may_release, results,
    statement,
};

/// What a step of the tally came to.
#[derive(Debug)]
pub enum Acted {
    /// The message stands.
    Posted(Message),
    /// The result of a contest, from 0, stands.
    Result(u16),
    /// The log went on meanwhile: what is due now is seen by reading on.
    Overtaken,
    /// Voting is not closed.
    NotClosed,
    /// The board log does not have the closing yet.
    NotAnchored,
    /// Others must act first.
    Wait(ReleaseRefusal),
    /// This trustee's shares stand, and those of others are missing.
    WaitForShares,
    /// This view must be kept, where the keeper does not do it by itself, before anything about it leaves. See
    /// [`Intent::ToBeKept`].
    Keep(Fingerprint),
    /// A person must compare the fingerprint with the other trustees by voice.
    Ask(Question),
    /// Every contest has its result or is withheld.
    Done,
}

/// Why a person must compare the fingerprint.
#[derive(Debug, thiserror::Error)]
pub enum Question {
    /// Too few trustees or nobody outside vouches for the record.
    #[error("{refusal}")]
    Release {
        /// Why.
        refusal: ReleaseRefusal,
        /// What stands against it.
        doubts: Vec<Doubt>,
        /// What to compare.
        fingerprint: Fingerprint,
    },
    /// Nothing remembers what the key was used for: it was restored, or came from its file.
    #[error(
        "this key was restored from a backup, and nothing here remembers whether it was used. Compare this \
         fingerprint with the other trustees by voice, and confirm it only if you never took part in a tally of this \
         election that had another one: {0}"
    )]
    Restored(Fingerprint),
}

impl Question {
    /// What to compare.
    pub fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Release { fingerprint, .. } | Self::Restored(fingerprint) => *fingerprint,
        }
    }

    /// Whether it may be settled without a person, by statements and cosignatures that are still to come.
    pub fn may_pass<T: Transport>(&self, session: &Session<T>) -> bool {
        let passes = |doubt: &Doubt| match doubt {
            Doubt::Quorum { .. } => true,
            Doubt::NoWitness => session.has_witnesses(),
        };
        match self {
            Self::Release { doubts, .. } => doubts.iter().all(passes),
            Self::Restored(_) => false,
        }
    }
}

/// A trustee at the tally.
#[derive(Debug)]
pub struct TallyRun {
    /// What a person compared with another trustee, so that a key of unknown use may serve it.
    compared: Option<Fingerprint>,
    /// What a person compared with so many that neither quorum nor witnesses are waited for.
    confirmed: Option<Fingerprint>,
    /// Log and anchors were verified and compared.
    has_looked: bool,
}

impl TallyRun {
    /// Begins, with the fingerprint that a person has compared already, in answer to whatever will be asked.
    pub fn new(confirmed: Option<Fingerprint>) -> Self {
        Self { compared: confirmed, confirmed, has_looked: false }
    }

    /// A person compared the fingerprint with the other trustees, in answer to this question and to no other: whoever
    /// compared because nothing remembers what the key was used for has not waived the quorum.
    pub fn confirm(&mut self, question: &Question) {
        let fingerprint = Some(question.fingerprint());
        self.compared = fingerprint;
        if matches!(question, Question::Release { .. }) {
            self.confirmed = fingerprint;
        }
    }

    /// Whether log and anchors were verified and compared, so that the fingerprint can be shown.
    pub fn has_looked(&self) -> bool {
        self.has_looked
    }

    /// Does one step, by what was read of the election's log. The board log is read on first.
    pub async fn act<T: Transport, K: Keeper>(
        &mut self,
        keeper: &mut K,
        session: &mut Session<T>,
    ) -> Result<Acted, StepError<K::Error>> {
        let own = session.own(keeper.secret())?;
        let Some(view) = fingerprint(session.state()) else { return Ok(Acted::NotClosed) };
        session.advance_anchors().await?;
        if session.state().phase() == Phase::Counted {
            return Ok(Acted::Done);
        }
        self.has_looked = true;
        if let Some(confirmed) = self.compared.filter(|compared| *compared != view) {
            return Err(ReleaseRefusal::OtherFingerprint { confirmed, found: view }.into());
        }
        keeper.recover_share(own, session.state()).map_err(StepError::Keeper)?;

        // the intent is kept before anything about this view leaves the device
        match self.intend(keeper, own, view, session)? {
            Intent::Kept => {}
            Intent::ToBeKept => return Ok(Acted::Keep(view)),
            Intent::Unknown => return Ok(Acted::Ask(Question::Restored(view))),
        }
        if let Some(statement) = statement(session.state()).filter(|_| !has_stated(session, own)) {
            return say(keeper, own, TrusteeMessage::Statement(statement), session).await;
        }
        if let Some(contest) = contests_due(session.state(), own).into_iter().next() {
            return match self.permission(own, session)? {
                None => release(keeper, own, contest, session).await,
                Some(acted) => Ok(acted),
            };
        }
        Ok(post_result(session).await?.unwrap_or(Acted::WaitForShares))
    }

    /// Has the view kept as the only one that is decrypted.
    fn intend<T: Transport, K: Keeper>(
        &self,
        keeper: &mut K,
        own: TrusteeIndex,
        view: Fingerprint,
        session: &Session<T>,
    ) -> Result<Intent, StepError<K::Error>> {
        let state = session.state();
        let key_set = state.ceremony().key_set().ok_or(StepError::NoKey)?;
        // the log takes no statement about another view than its own
        let stated = has_stated(session, own).then_some(view.0);
        let compared = self.compared.map(|compared| compared.0);
        keeper.intend(&Plan { own, state, key_set, view, stated, compared }).map_err(StepError::Keeper)
    }

    /// Whether shares may be released now: none, or what stands against it.
    fn permission<T: Transport>(
        &self,
        own: TrusteeIndex,
        session: &Session<T>,
    ) -> Result<Option<Acted>, ReleaseRefusal> {
        let (state, anchors) = (session.state(), session.anchors());
        let size = statement(state).map_or(u64::MAX, |statement| statement.size);
        if !anchors.covers(size) {
            return Ok(Some(Acted::NotAnchored));
        }
        let assurance = Assurance { cosignatures: anchors.cosignatures(size), confirmed: self.confirmed };
        let refusal = match may_release(state, own, &assurance) {
            Ok(()) => return Ok(None),
            Err(refusal) => refusal,
        };
        match refusal {
            ReleaseRefusal::TooFew { .. }
            | ReleaseRefusal::Cosignatures { .. }
            | ReleaseRefusal::NoStatement(_) => Ok(Some(Acted::Wait(refusal))),
            ReleaseRefusal::NotClosed | ReleaseRefusal::OtherFingerprint { .. } => Err(refusal),
            ReleaseRefusal::Unconfirmed { ref doubts, fingerprint } => {
                let doubts = doubts.clone();
                Ok(Some(Acted::Ask(Question::Release { refusal, doubts, fingerprint })))
            }
        }
    }
}

/// Whether a trustee's statement stands.
fn has_stated<T: Transport>(session: &Session<T>, own: TrusteeIndex) -> bool {
    session.state().tally().is_some_and(|tally| tally.statements().contains(&own))
}

async fn say<T: Transport, K: Keeper>(
    keeper: &K,
    own: TrusteeIndex,
    message: TrusteeMessage,
    session: &mut Session<T>,
) -> Result<Acted, StepError<K::Error>> {
    let kind = Message::kind(&message);
    let stands = session.say(keeper.secret(), own, message).await?;
    Ok(if stands { Acted::Posted(kind) } else { Acted::Overtaken })
}

/// Posts this trustee's shares of one contest.
async fn release<T: Transport, K: Keeper>(
    keeper: &K,
    own: TrusteeIndex,
    contest: u16,
    session: &mut Session<T>,
) -> Result<Acted, StepError<K::Error>> {
    let state = session.state();
    let key_set = state.ceremony().key_set().ok_or(StepError::NoKey)?;
    let share = keeper.share().ok_or(StepError::NoShare)?;
    let message = decrypt(state, &share.open(key_set)?, contest, &mut OsRng)?;
    say(keeper, own, message, session).await
}

/// Posts a result that follows from the shares that stand; none if there is none. Needs no secret, so that `E` is
/// whatever the caller's errors are.
pub async fn post_result<T: Transport, E>(session: &mut Session<T>) -> Result<Option<Acted>, StepError<E>> {
    if session.state().tally().is_none() {
        return Ok(None);
    }
    let Some(result) = results(session.state())?.into_iter().next() else { return Ok(None) };
    let contest = result.contest;
    let stands = session.post(&Entry::Result(result)).await?;
    Ok(Some(if stands { Acted::Result(contest) } else { Acted::Overtaken }))
}

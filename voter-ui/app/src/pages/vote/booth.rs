//! Where a ballot goes: to the board, or nowhere.

use leptos::prelude::*;

use tabella_board_core::api::PhaseName;
use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::credential::CredentialCode;
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_web_shared::prover::{DecidedCard, PracticeCard, Purpose, Request as ProverRequest};
use tabella_web_shared::reader::{ReceiptCard, Request, SetupCard, VoterCard};
use tabella_web_shared::{Forgery, Progress, Request as AnyRequest, Trouble};

use crate::api;
use crate::engine::Engine;
use crate::format::now;
use crate::session::Session;

use super::decided::Act;

/// A voter as far as voting needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) style: u16,
    pub(crate) weight: u32,
    pub(crate) cast: u16,
    pub(crate) tests: u16,
    /// The ballot that counts now.
    pub(crate) last: Option<TrackingCode>,
}

impl Standing {
    /// The last ballot as the prover takes it: (counter, tracking code).
    pub(crate) fn previous(&self) -> Option<(u16, String)> {
        Some((self.cast.checked_sub(1)?, self.last?.to_string()))
    }

    fn after(self, act: Act, code: TrackingCode) -> Self {
        match act {
            Act::Cast => Self { cast: self.cast.saturating_add(1), last: Some(code), ..self },
            Act::Test => Self { tests: self.tests.saturating_add(1), ..self },
        }
    }
}

/// An election to practise with, and what has been done in it.
#[derive(Debug, Clone)]
pub(crate) struct Practice {
    pub(crate) card: PracticeCard,
    standing: Standing,
}

/// Where a ballot goes.
#[derive(Clone, Copy)]
pub(crate) enum Booth {
    /// To the board.
    Real {
        /// Who asks it, and checks its answers.
        session: Session,
        /// The election.
        election: ElectionId,
    },
    /// Nowhere: an election that exists on this device only. None before it was made.
    Practice(RwSignal<Option<Practice>>),
}

/// What stands after a ballot was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// The ballot's tracking code.
    pub(crate) code: TrackingCode,
    /// How many ballots of the voter were cast before.
    pub(crate) counter: u16,
    /// This device's time when it checked that, in milliseconds since 1970-01-01 UTC.
    pub(crate) checked: u64,
    /// What this device has checked; none in practice.
    pub(crate) card: Option<ReceiptCard>,
}

impl Booth {
    /// Whether nothing is sent.
    pub(crate) fn is_practice(self) -> bool {
        matches!(self, Self::Practice(_))
    }

    /// The election's manifest.
    pub(crate) async fn manifest(self) -> Result<CheckedManifest, Trouble> {
        match self {
            Self::Real { election, .. } => api::manifest(election).await,
            Self::Practice(practice) => {
                let card: PracticeCard =
                    Engine::start(|_| ()).await?.ask(prover(ProverRequest::Practice), |_| ()).await?;
                let manifest = CheckedManifest::decode(&card.purpose.manifest)
                    .map_err(|error| Trouble::Fault { detail: error.to_string() })?;
                let standing = Standing { style: 0, weight: 1, cast: 0, tests: 0, last: None };
                // a page that is gone needs none
                let _ = practice.try_set(Some(Practice { card, standing }));
                Ok(manifest)
            }
        }
    }

    /// Why no ballot is taken now, by the board's word; none too if it does not tell, for who votes finds out.
    pub(crate) async fn refusal(self) -> Option<Trouble> {
        let Self::Real { election, .. } = self else { return None };
        match api::phase(election).await.ok()? {
            PhaseName::Manifest | PhaseName::Setup => Some(Trouble::NotOpen),
            PhaseName::Open => None,
            PhaseName::Closed | PhaseName::Counted => Some(Trouble::Closed),
        }
    }

    /// What ballots are made for.
    pub(crate) async fn purpose(self) -> Result<Purpose, Trouble> {
        match self {
            Self::Real { session, election } => {
                let setup: SetupCard = session.ask(Request::Setup(election), |_| ()).await?;
                if ElectionId::of(&setup.manifest) != election {
                    let detail = "the log has another manifest".to_owned();
                    return Err(Trouble::Forged { forgery: Forgery::Election, detail });
                }
                let key = setup.key.ok_or(Trouble::NotOpen)?.key;
                Ok(Purpose { manifest: setup.manifest, key })
            }
            Self::Practice(practice) => Ok(made(practice)?.card.purpose),
        }
    }

    /// The voter with this code.
    pub(crate) async fn standing(
        self,
        code: &str,
        progress: impl Fn(Progress) + 'static,
    ) -> Result<Standing, Trouble> {
        match self {
            Self::Real { session, election } => {
                let request = Request::Voter { election, code: code.to_owned() };
                let VoterCard { style, weight, cast, tests, last, .. } =
                    session.ask(request, progress).await?;
                Ok(Standing { style, weight, cast, tests, last })
            }
            Self::Practice(practice) => {
                let practice = made(practice)?;
                let symbols = |text| CredentialCode::parse(text).map(|code| code.reveal());
                match (symbols(code), symbols(&practice.card.code)) {
                    (Ok(typed), Ok(drawn)) if typed.expose() == drawn.expose() => Ok(practice.standing),
                    _ => Err(Trouble::UnknownCode),
                }
            }
        }
    }

    /// Posts a ballot. Its receipt is checked: by the reader, and here that it is this ballot's.
    pub(crate) async fn post(
        self,
        act: Act,
        code: TrackingCode,
        entry: Vec<u8>,
        progress: impl Fn(Progress) + 'static,
    ) -> Result<Recorded, Trouble> {
        match self {
            Self::Real { session, election } => {
                let card = session.ask(Request::Post { election, entry }, progress).await?;
                own(act, code, card)
            }
            Self::Practice(practice) => {
                let standing = made(practice)?.standing;
                let after = |made: &mut Option<Practice>| {
                    if let Some(made) = made {
                        made.standing = standing.after(act, code);
                    }
                };
                let _ = practice.try_update(after);
                Ok(Recorded { code, counter: standing.cast, checked: now(), card: None })
            }
        }
    }

    /// Whether a ballot that was sent stands, and how it is witnessed by now.
    pub(crate) async fn recorded(
        self,
        act: Act,
        code: TrackingCode,
        entry: Vec<u8>,
    ) -> Result<Option<Recorded>, Trouble> {
        let Self::Real { session, election } = self else { return Ok(None) };
        let found: Option<ReceiptCard> = session.ask(Request::Receipt { election, entry }, |_| ()).await?;
        found.map(|card| own(act, code, card)).transpose()
    }

    /// Publishes what was in a test: posts the prover's signed entry.
    pub(crate) async fn publish(self, published: DecidedCard) -> Result<(), Trouble> {
        if let Self::Real { session, election } = self {
            let _: ReceiptCard =
                session.ask(Request::Post { election, entry: published.entry }, |_| ()).await?;
        }
        Ok(())
    }
}

/// A receipt of another ballot, or of another act, is none.
fn own(act: Act, code: TrackingCode, card: ReceiptCard) -> Result<Recorded, Trouble> {
    if card.code != Some(code) || card.is_test != (act == Act::Test) {
        let detail = "the receipt is for another ballot".to_owned();
        return Err(Trouble::Forged { forgery: Forgery::Receipt, detail });
    }
    Ok(Recorded { code, counter: card.counter, checked: now(), card: Some(card) })
}

fn made(practice: RwSignal<Option<Practice>>) -> Result<Practice, Trouble> {
    let missing = || Trouble::Fault { detail: "there is no practice election yet".to_owned() };
    practice.try_get_untracked().flatten().ok_or_else(missing)
}

fn prover(request: ProverRequest) -> AnyRequest {
    AnyRequest::Prover(request)
}

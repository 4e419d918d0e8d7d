//! What a prover is asked, and what it answers. A prover holds the code, the choices and the seed of one ballot at a
//! time in its own memory, and is ended (`Worker.terminate`) when the voter is done.

use borsh::{BorshDeserialize, BorshSerialize};
use zeroize::Zeroize;

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::manifest::ElectionId;

/// What ballots are made for: from [`SetupCard`](crate::reader::SetupCard).
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Purpose {
    /// The manifest's bytes.
    pub manifest: Vec<u8>,
    /// The election key, 32 bytes.
    pub key: Vec<u8>,
}

/// What a prover is asked.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub enum Request {
    /// Makes ready, so that sealing is quick: bases and tables. Answer: `()`.
    Prepare(Purpose),
    /// Seals a ballot, after [`Request::Prepare`]; one sealed before and not decided is erased. Answer: [`SealedCard`].
    Seal {
        /// The voter's code.
        code: String,
        /// The ballot style.
        style: u16,
        /// The voter's last cast ballot: (counter, tracking code in hexadecimal).
        previous: Option<(u16, String)>,
        /// The entries of each contest of the style, in ballot order
        /// (see [`Method::entries`](tabella_crypto::rules::Method::entries)).
        entries: Vec<Vec<u64>>,
    },
    /// Signs the sealed ballot as a vote, and erases its seed; refused if it has another tracking code than the one
    /// that its voter was shown. Answer: [`DecidedCard`].
    Cast(TrackingCode),
    /// Likewise as a test. It can never be cast. Answer: [`DecidedCard`].
    Test(TrackingCode),
    /// Signs the publication of a tested ballot's opening, which must fit the ballot and be its voter's own.
    /// Answer: [`DecidedCard`].
    Publish {
        /// What the ballot was made for.
        purpose: Purpose,
        /// Index of the ballot's entry in the election's log.
        index: u64,
        /// The ballot's entry, as the log has it.
        entry: Vec<u8>,
        /// The opening, as [`DecidedCard::opening`].
        opening: String,
        /// The voter's code.
        code: String,
    },
    /// On any device: what is in a tested ballot. Answer: [`ExaminedCard`].
    Examine {
        /// What the ballot was made for.
        purpose: Purpose,
        /// The ballot's entry, as the log has it.
        entry: Vec<u8>,
        /// The opening, as [`DecidedCard::opening`].
        opening: String,
    },
    /// An election that exists on this device only, with a code for it. Answer: [`PracticeCard`].
    Practice,
}

/// Erases codes and choices.
impl Zeroize for Request {
    fn zeroize(&mut self) {
        match self {
            Self::Seal { code, entries, .. } => {
                code.zeroize();
                entries.zeroize();
            }
            Self::Publish { code, .. } => code.zeroize(),
            Self::Prepare(_) | Self::Cast(_) | Self::Test(_) | Self::Examine { .. } | Self::Practice => {}
        }
    }
}

/// A sealed ballot.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct SealedCard {
    /// Its tracking code.
    pub code: TrackingCode,
}

/// A ballot after the voter's decision, or a publication: ready to be posted.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct DecidedCard {
    /// The entry's bytes.
    pub entry: Vec<u8>,
    /// Of a test: what shows any other device what is in it, as one line of JSON.
    pub opening: Option<String>,
}

/// What is in a tested ballot.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ExaminedCard {
    /// The ballot style.
    pub style: u16,
    /// The entries of each contest of the style.
    pub entries: Vec<Vec<u64>>,
}

/// An election to practise with.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PracticeCard {
    /// Its name.
    pub election: ElectionId,
    /// What its ballots are made for.
    pub purpose: Purpose,
    /// A code for it, as on a voter's letter.
    pub code: String,
}

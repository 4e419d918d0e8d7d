//! What the reader is asked, and what it answers. Everything in an answer was checked on this device, except where
//! it says "by the board's word".

use borsh::{BorshDeserialize, BorshSerialize};
use zeroize::Zeroize;

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

/// Which log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub enum LogName {
    /// The board's own.
    Board,
    /// An election's.
    Election(ElectionId),
}

/// What the reader is asked.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub enum Request {
    /// First of all: where the board is, and what was seen of it before. Tells in any case what is to be kept from now
    /// on. Answer: [`BoardCard`].
    Connect {
        /// Origin of the page, such as `https://board.example.org`.
        address: String,
        /// What was [saved](crate::Event::Saved) earlier: in this visit, and in others. The board must continue all of
        /// it; what cannot be read counts as nothing.
        saved: Vec<String>,
    },
    /// What another worker, or another page of this device, saw of the board: a [saved](crate::Event::Saved) view. It
    /// must have been under the same key, and where a checkpoint differs from the reader's of the same log, the
    /// board is asked to show that the smaller is the beginning of the larger, which is kept. Everything else is a
    /// forgery. Answer: `String`, the view of all that was seen.
    Saw(String),
    /// The board anew. Answer: [`BoardCard`].
    Board,
    /// Reads the election's log up to the opening and checks manifest, ceremony and roll. Progress: reading.
    /// Answer: [`SetupCard`].
    Setup(ElectionId),
    /// Where the key ceremony stands: reads on as [`Request::Setup`] does, so that from the opening on nothing new is
    /// found. Progress: reading. Answer: `tabella_tally::standing::Standing`, of no trustee in particular.
    Standing(ElectionId),
    /// A voter by their code. Reads what [`Request::Setup`] reads, if that has not been. Before the opening a voter who
    /// is on the roll already is found; one who is not is unknown only once the roll is complete. Answer: [`VoterCard`].
    Voter {
        /// The election.
        election: ElectionId,
        /// The credential code.
        code: String,
    },
    /// Posts an entry and checks the receipt. Sending the very same entry again is safe. Progress: sending, checking.
    /// Answer: [`ReceiptCard`].
    Post {
        /// The election.
        election: ElectionId,
        /// The entry's bytes: a ballot, or a published opening.
        entry: Vec<u8>,
    },
    /// Whether an entry that was sent earlier stands. Answer: `Option<`[`ReceiptCard`]`>`.
    Receipt {
        /// The election.
        election: ElectionId,
        /// The entry's bytes.
        entry: Vec<u8>,
    },
    /// A receipt's file, made by anyone. One that does not hold by itself under this board's key is
    /// [`Trouble::Input`](crate::Trouble): it says nothing about the board. One that holds and that the board's logs do
    /// not continue now is a forgery. Answer: [`ReceiptCard`].
    CheckReceipt {
        /// Its text.
        json: String,
    },
    /// A ballot by its tracking code. For a tested one the log is read from there to its end; progress: reading.
    /// Answer: `Option<`[`TrackCard`]`>`; none if no ballot with this code stands, by the board's word: a receipt shows
    /// the contrary.
    Track {
        /// The election.
        election: ElectionId,
        /// The tracking code.
        code: TrackingCode,
    },
    /// The newest checkpoint of a log. Answer: [`HeadCard`].
    Head(LogName),
    /// Entries of a log below its newest checkpoint. Answer: `Vec<`[`EntryCard`]`>`, fewer than asked for at the log's end.
    Entries {
        /// The log.
        log: LogName,
        /// Index of the first.
        first: u64,
        /// How many, at most 256.
        count: u16,
    },
    /// The inclusion path of an entry. Answer: [`PathCard`].
    Path {
        /// The log.
        log: LogName,
        /// The entry's index.
        index: u64,
    },
}

/// Erases the code.
impl Zeroize for Request {
    fn zeroize(&mut self) {
        if let Self::Voter { code, .. } = self {
            code.zeroize();
        }
    }
}

/// The board, under its own key.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct BoardCard {
    /// Name of the board's log.
    pub origin: String,
    /// Its key as a vkey, which other programs take.
    pub key: String,
    /// Fingerprint of the operator's key, hexadecimal.
    pub fingerprint: String,
    /// Names of the witnesses.
    pub witnesses: Vec<String>,
    /// The newest checkpoint.
    pub head: HeadCard,
    /// Whether this device has never seen this board before, so that the key was taken at its word.
    pub first_visit: bool,
}

/// A checkpoint of a log, verified, and consistent with every one of it that this visit saw before: the reader, and the
/// verifiers, whose views it takes in ([`Request::Saw`]). Where the browser keeps what a visit saw, also with earlier
/// visits, and with what other pages of the browser saw once either has something new to keep.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct HeadCard {
    /// Name of the log.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// Root of the tree.
    pub root: Digest,
    /// The signed note.
    pub note: String,
    /// Names of the witnesses that have cosigned it; the board's own log alone has some.
    pub witnessed_by: Vec<String>,
}

/// An election up to its opening.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct SetupCard {
    /// The manifest's bytes, whose hash is the election's name.
    pub manifest: Vec<u8>,
    /// Voters on the roll so far.
    pub voters: u64,
    /// Hash of the roll.
    pub roll: Digest,
    /// The election key, from the moment that every trustee has confirmed it.
    pub key: Option<KeyCard>,
    /// Whether voting has opened (it may be closed by now).
    pub opened: bool,
}

/// The election key.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct KeyCard {
    /// The key, 32 bytes.
    pub key: Vec<u8>,
    /// Hash of the ceremony's transcript.
    pub transcript: Digest,
}

/// A voter, found by their code.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct VoterCard {
    /// The public credential.
    pub credential: Credential,
    /// The ballot style, from the roll.
    pub style: u16,
    /// The weight, from the roll.
    pub weight: u32,
    /// Ballots cast, by the board's word: if it lies, it refuses the next ballot, or the log shows it.
    pub cast: u16,
    /// Ballots tested, likewise.
    pub tests: u16,
    /// Tracking code of the ballot that counts now, likewise.
    pub last: Option<TrackingCode>,
}

/// A receipt that holds: the entry is in the election's log and its checkpoint in the board's, both signed, both
/// consistent with what this device saw before.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ReceiptCard {
    /// The election.
    pub election: ElectionId,
    /// Tracking code of the ballot; none if the entry is no ballot.
    pub code: Option<TrackingCode>,
    /// Whether the entry is a test.
    pub is_test: bool,
    /// How many ballots of this credential were cast before this one: its counter.
    pub counter: u16,
    /// Index of the entry in the election's log.
    pub index: u64,
    /// Entries of the election's log under the receipt's checkpoint.
    pub size: u64,
    /// Names of the witnesses that have cosigned the board's checkpoint.
    pub witnessed_by: Vec<String>,
    /// Names of all witnesses of the board.
    pub witnesses: Vec<String>,
    /// The receipt of a cast ballot as a file that any copy of this program can check ([`Request::CheckReceipt`]); empty
    /// for a test or an opening.
    pub file: String,
}

/// What became of a ballot.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct TrackCard {
    /// The tracking code.
    pub code: TrackingCode,
    /// What became of it.
    pub fate: Fate,
    /// Where it stands, with the proof.
    pub path: PathCard,
    /// Time of its block: milliseconds since 1970-01-01 UTC.
    pub time: u64,
    /// Whether voting was closed when this was asked: then the fate is final. By the board's word.
    pub is_closed: bool,
    /// The entry's bytes, for checking an opening.
    pub entry: Vec<u8>,
}

/// What became of a ballot. That it was replaced follows from a later ballot on the log, signed with the same credential;
/// that its opening was published from the entry that does so. That it was *not* replaced is the board's word, until the
/// whole record is verified; that it was not published was read off the log.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Fate {
    /// It stands, and counts unless the voter replaces it.
    Counted,
    /// Its voter cast another one after it.
    Replaced {
        /// The ballot that stands now; it is on the log.
        by: Option<TrackingCode>,
    },
    /// It was tested, and never counts.
    Tested {
        /// Whether its voter has published what was in it.
        published: bool,
    },
}

/// The inclusion of an entry, from leaf to root.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PathCard {
    /// Index of the entry.
    pub index: u64,
    /// Hash of the entry's leaf.
    pub leaf: Digest,
    /// Siblings from the leaf up.
    pub siblings: Vec<Digest>,
    /// For each sibling, whether it stands on the left.
    pub on_left: Vec<bool>,
    /// The nodes reached: after each sibling, the last being the root.
    pub nodes: Vec<Digest>,
    /// The checkpoint that has this root.
    pub head: HeadCard,
}

/// An entry of a log, readable. `kind` and the names in `fields` are fixed words that the page translates.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct EntryCard {
    /// Its index.
    pub index: u64,
    /// What it is.
    pub kind: EntryKind,
    /// Bytes.
    pub length: u32,
    /// Hash of its leaf.
    pub leaf: Digest,
    /// What it says, in order.
    pub fields: Vec<(Field, String)>,
}

/// Kinds of entries of both logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum EntryKind {
    /// Begins what was appended together, with its time.
    Block,
    /// A part of the manifest.
    Manifest,
    /// The administrator opened or closed.
    Administrator,
    /// A trustee registered keys.
    Registration,
    /// A trustee announced.
    Announcement,
    /// A trustee showed the commitments.
    Commitments,
    /// A trustee sent encrypted shares.
    Shares,
    /// A trustee complained of another.
    Complaint,
    /// A trustee answered a complaint.
    Answer,
    /// A trustee confirmed the ceremony.
    Confirmation,
    /// A trustee proved to be able to decrypt.
    TestDecryption,
    /// A trustee stated which log is tallied.
    Statement,
    /// A trustee's decryption shares.
    DecryptionShares,
    /// Voters of the roll.
    Roll,
    /// A change of the roll.
    RollChange,
    /// The ceremony began again.
    CeremonyRestart,
    /// Voting opened.
    Open,
    /// A ballot was cast.
    Cast,
    /// A ballot was tested.
    Challenge,
    /// A tested ballot's contents were published.
    Opening,
    /// Voting closed.
    Close,
    /// Contests are withheld.
    Withheld,
    /// A contest's result.
    Result,
    /// Who runs the board.
    Genesis,
    /// An election was put on the board.
    Election,
    /// A checkpoint of an election's log.
    Anchor,
    /// The web app that the board serves from here on.
    Release,
    /// Bytes that this program cannot read.
    Unknown,
}

/// What a field of an entry is. Values are numbers in decimal, times in milliseconds, digests in hexadecimal, or names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Field {
    /// Milliseconds since 1970-01-01 UTC.
    Time,
    /// A tracking code.
    TrackingCode,
    /// A public credential.
    Credential,
    /// A ballot style's index.
    Style,
    /// How many ballots of the voter stood before.
    Counter,
    /// The tracking code of the voter's ballot before.
    Previous,
    /// A trustee's index and, where it is known, name, as `2 Name`. The first is whose message it is.
    Trustee,
    /// A number of voters.
    Voters,
    /// A number of ballots. At the closing there are three: counted, cast, tested.
    Ballots,
    /// A contest's index.
    Contest,
    /// Totals, separated by spaces.
    Totals,
    /// Part, from 1, of parts, as `1/2`; `1` where the number of parts is not known yet.
    Part,
    /// What was done: `open`, `close` or `restart` (the ceremony), `revoke`, `replace` or `add`.
    Act,
    /// An election's name.
    Election,
    /// The size of a log.
    Size,
    /// The root of a log.
    Root,
    /// A hash.
    Hash,
    /// A name.
    Name,
    /// A public key.
    Key,
    /// A file's path, a space, and its hash.
    File,
}

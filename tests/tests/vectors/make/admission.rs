//! Entries of an election log in the state that a log has come to: section 13, and 14 with it. Each is the next entry after
//! the first so many of a log; those that are refused are signed by whoever could make them.

use serde_json::{Value, json};
use tabella_board_core::entry::{
    AdministratorAct, AdministratorEntry, Block, CeremonyRestart, Closed, ContestResult, Entry, ManifestPart,
    Opened, PublishedOpening, RollChange, RollChangeEntry, RollPart, TallyView, TrusteeEntry, TrusteeMessage,
    Voter, Withheld, manifest_parts,
};
use tabella_board_core::fixtures::{
    ACT_LIFETIME, CLOSES, COMPLAINT_WINDOW, CREATED, OPENS, SmallElection, text,
};
use tabella_crypto::ballot::{BallotSeed, Disposition, Opening, TrackingCode};
use tabella_crypto::codec;
use tabella_crypto::credential::{Credential, CredentialCode, CredentialSecret};
use tabella_crypto::group::{EncodedPoint, Point, Scalar};
use tabella_crypto::manifest::{ElectionId, Recasting};
use tabella_crypto::outcome::{Outcome, Verdict};
use tabella_crypto::signature::SigningKey;
use tabella_crypto::threshold::trustee::TrusteeSecret;
use tabella_crypto::transcript::Digest;

use super::{Maker, flipped};
use crate::format::Log;
use crate::judge::{hexed, rng};

mod ceremony;
mod others;
mod roll;
mod setup;
mod tally;
mod voting;

/// The files of this module; the first has the logs.
pub fn all() -> Vec<Maker> {
    let mut makers = Makers {
        logs: Maker::new(
            "election-log",
            "13.1 to 13.3",
            "Whole election logs, what follows from their beginnings, and entries by themselves.",
        ),
        manifest: Maker::new(
            "admit-manifest",
            "13.1 to 13.4",
            "Blocks, parts of the manifest, and acts of the administrator, in a log.",
        ),
        ceremony: Maker::new(
            "admit-ceremony",
            "11, 13.4, 13.6",
            "Messages of trustees and restarts, in a log.",
        ),
        roll: Maker::new("admit-roll", "13.5", "Parts of the roll and its changes, in a log."),
        voting: Maker::new(
            "admit-ballot",
            "13.7",
            "Ballots, openings, and the entries that open and close voting, in a log.",
        ),
        tally: Maker::new(
            "admit-tally",
            "14, 15",
            "Statements, decryption shares, results and withheld contests, in a log.",
        ),
    };
    whole(&mut makers);
    setup::parts(&mut makers);
    ceremony::restarts(&mut makers);
    others::early(&mut makers);
    others::first_counts(&mut makers);
    others::small_groups(&mut makers);
    encodings(&mut makers.logs);
    let Makers { logs, manifest, ceremony, roll, voting, tally } = makers;
    vec![logs, manifest, ceremony, roll, voting, tally]
}

struct Makers {
    logs: Maker,
    manifest: Maker,
    ceremony: Maker,
    roll: Maker,
    voting: Maker,
    tally: Maker,
}

/// A place in a log, whose next entries are tried.
struct Place<'a> {
    maker: &'a mut Maker,
    log: &'static str,
    count: usize,
    prefix: &'static str,
}

impl<'a> Place<'a> {
    fn new(maker: &'a mut Maker, log: &'static str, election: &SmallElection, prefix: &'static str) -> Self {
        Self { maker, log, count: election.log.len(), prefix }
    }

    fn input(&self, entry: &[u8]) -> Value {
        json!({ "log": self.log, "count": self.count, "entry": hexed(entry) })
    }

    fn good(&mut self, name: &str, entry: &Entry) {
        let input = self.input(&entry.encode());
        self.maker.good(format!("{}: {name}", self.prefix), "admit", input);
    }

    fn bad(&mut self, name: &str, check: &str, entry: &Entry) {
        self.bytes(name, check, &entry.encode());
    }

    /// One that breaks several rules of a section, so that any of their checks may refuse it.
    fn against(&mut self, name: &str, rule: &str, entry: &Entry) {
        let input = self.input(&entry.encode());
        self.maker.against(format!("{}: {name}", self.prefix), "admit", rule, input);
    }

    fn bytes(&mut self, name: &str, check: &str, entry: &[u8]) {
        let input = self.input(entry);
        self.maker.bad(format!("{}: {name}", self.prefix), "admit", check, input);
    }
}

/// Keeps a log, and says what follows from it at these places.
fn keep(maker: &mut Maker, name: &'static str, election: &SmallElection, counts: &[usize]) {
    let entries = election.log.iter().map(hex::encode).collect();
    maker.logs.insert(name.to_owned(), Log { election: election.manifest.id().0.to_hex(), entries });
    for count in counts.iter().chain([&election.log.len()]) {
        maker.good(
            format!("{name}: the first {count} entries"),
            "log",
            json!({ "log": name, "count": count }),
        );
    }
}

fn mutated<T: Clone>(value: &T, change: impl FnOnce(&mut T)) -> T {
    let mut value = value.clone();
    change(&mut value);
    value
}

/// A log from the first block to the last result, with a complaint that is answered, changes of the roll, recasts,
/// tested ballots and an opening.
fn whole(makers: &mut Makers) {
    const LOG: &str = "main";
    let mut e = SmallElection::unpublished(|_| {});
    let mut places = Vec::new();
    setup::beginning(&mut makers.manifest, LOG, &mut e);
    setup::setup(makers, LOG, &mut e);
    places.push(e.log.len());
    ceremony::registration(&mut makers.ceremony, LOG, &mut e);
    ceremony::commitments(&mut makers.ceremony, LOG, &mut e);
    ceremony::shares(&mut makers.ceremony, LOG, &mut e);
    ceremony::confirmation(&mut makers.ceremony, LOG, &mut e);
    ceremony::tests(&mut makers.ceremony, LOG, &mut e);
    places.push(e.log.len());
    roll::roll(&mut makers.roll, LOG, &mut e);
    places.push(e.log.len());
    voting::opening_of_voting(makers, LOG, &mut e);
    places.push(e.log.len());
    voting::voting(makers, LOG, &mut e);
    places.push(e.log.len());
    tally::tally(&mut makers.tally, LOG, &mut e);
    keep(&mut makers.logs, LOG, &e, &places);
}

/// The message of an entry, to be changed and signed again by whoever sent it.
fn message(entry: &Entry) -> (u8, TrusteeMessage) {
    match entry {
        Entry::Trustee(entry) => (entry.trustee, entry.message.clone()),
        _ => unreachable!("the entry is a trustee's"),
    }
}

fn resigned(e: &SmallElection, entry: &Entry, change: impl FnOnce(&mut TrusteeMessage)) -> Entry {
    let (trustee, mut message) = message(entry);
    change(&mut message);
    e.trustee(trustee, message)
}

/// Entries by themselves: tags, lengths and what is left over.
fn encodings(maker: &mut Maker) {
    let whole = maker.logs.get("main").map(|log| log.entries.clone()).unwrap_or_default();
    let mut seen = std::collections::BTreeSet::new();
    for entry in whole.iter().filter_map(|entry| hex::decode(entry).ok()) {
        let kind = if entry[0] == 3 { (entry[0], entry[2]) } else { (entry[0], 0) };
        if !seen.insert(kind) {
            continue;
        }
        let name = format!(
            "tag {} {}",
            kind.0,
            if kind.0 == 3 { format!("with message {}", kind.1) } else { String::new() }
        );
        let name = name.trim();
        let input = |bytes: &[u8]| json!({ "entry": hexed(bytes) });
        maker.good(name, "entry", input(&entry));
        maker.bad(format!("{name}: a byte left over"), "entry", "1.5", input(&[&entry[..], &[0]].concat()));
        maker.bad(format!("{name}: cut short by a byte"), "entry", "1.5", input(&entry[..entry.len() - 1]));
        maker.bad(format!("{name}: the tag alone"), "entry", "1.5", input(&entry[..1]));
        if kind.0 == 3 {
            let mut changed = entry.clone();
            changed[2] = 10;
            maker.bad(format!("{name}: message 10"), "entry", "1.5", input(&changed));
        }
    }
    for (name, bytes) in
        [("nothing", vec![]), ("tag 14", vec![14]), ("tag 255", vec![255]), ("65,536 bytes", vec![0; 65_536])]
    {
        maker.bad(name, "entry", "1.5", json!({ "entry": hexed(bytes) }));
    }
}

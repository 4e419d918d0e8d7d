//! A small election in memory, which can make every kind of entry: for tests, here and in other crates (feature
//! `fixtures`).
//!
//! Three trustees of whom two decrypt; contest 0 chooses one of three, contest 1 approves any of two; ballots
//! of style 0 have both contests, those of style 1 only the first. Everything comes from fixed seeds.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "for tests alone")]

use std::collections::BTreeSet;
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use tabella_crypto::ballot::{Ballot, BallotSeed, Disposition, Opening};
use tabella_crypto::codec;
use tabella_crypto::credential::{Credential, CredentialCode, CredentialSecret, commit_identity};
use tabella_crypto::dlog::LogTable;
use tabella_crypto::manifest::{
    CheckedManifest, Contest, CredentialMode, MANIFEST_VERSION, Manifest, Powers, Recasting, Style,
    TrusteeInfo,
};
use tabella_crypto::outcome::{Outcome, OutcomeRule, Ties};
use tabella_crypto::proofs::credential::CredentialStatement;
use tabella_crypto::rules::Method;
use tabella_crypto::signature::SigningKey;
use tabella_crypto::text::Text;
use tabella_crypto::threshold::decrypt::decrypt;
use tabella_crypto::threshold::dkg::{Commitments, commitment_hash};
use tabella_crypto::threshold::keys::KeyShare;
use tabella_crypto::threshold::polynomial::Polynomial;
use tabella_crypto::threshold::shares::{RevealedShare, seal_shares};
use tabella_crypto::threshold::test_decryption::TestDecryption;
use tabella_crypto::threshold::trustee::{CeremonyParameters, TrusteeIndex, TrusteeSecret};
use tabella_crypto::transcript::hash_to_point;

use crate::check::Refusal;
use crate::entry::{
    AdministratorAct, AdministratorEntry, ContestResult, Entry, PublishedOpening, ROLL_PART_LENGTH,
    RollChange, RollChangeEntry, RollPart, TrusteeEntry, TrusteeMessage, Voter, manifest_parts,
};
use crate::state::roll::Classes;
use crate::state::{CheckedEntry, ElectionState};

/// Time of the first block.
pub const CREATED: u64 = 1_000;
/// Milliseconds for answering a complaint.
pub const COMPLAINT_WINDOW: u64 = 60_000;
/// When voting opens.
pub const OPENS: u64 = 100_000;
/// When voting closes.
pub const CLOSES: u64 = 200_000;
/// The board that the election is for.
pub const ORIGIN: &str = "board.example.org/tabella";
/// Milliseconds for which the administrator signs.
pub const ACT_LIFETIME: u64 = 60_000;
/// Style and weight of each voter.
pub const VOTERS: [(u16, u32); 7] = [(0, 1), (0, 1), (0, 1), (1, 1), (1, 1), (0, 3), (0, 3)];
/// Numbers of the trustees.
pub const TRUSTEES: [u8; 3] = [1, 2, 3];

/// An election in memory, with everybody's secrets.
pub struct SmallElection {
    /// The administrator's key.
    pub administrator: SigningKey,
    /// The registrar's key.
    pub registrar: SigningKey,
    /// The trustees, in order.
    pub trustees: Vec<TrusteeSecret>,
    /// The voters, in the order of [`VOTERS`].
    pub voters: Vec<CredentialSecret>,
    /// The manifest.
    pub manifest: Arc<CheckedManifest>,
    /// The state after all of `log`.
    pub state: ElectionState,
    /// The bytes of every entry.
    pub log: Vec<Vec<u8>>,
    /// Randomness from a fixed seed.
    pub rng: ChaCha20Rng,
}

/// A text in English.
pub fn text(words: &str) -> Text {
    Text::new(vec![("en".to_owned(), words.to_owned())]).unwrap()
}

/// More rounds than anything here takes: a loop over them fails where it would never end.
pub fn rounds() -> impl Iterator<Item = u32> {
    (0..=1000).inspect(|round| assert!(*round < 1000, "this never ends"))
}

/// The trustee of a number.
pub fn index(number: u8) -> TrusteeIndex {
    TrusteeIndex::new(number).unwrap()
}

/// The manifest, before any change.
pub fn manifest() -> Manifest {
    let outcome = || OutcomeRule { seats: 1, quorum: None, requirements: Vec::new(), ties: Ties::Undecided };
    let contest = |title: &str, options: &[&str], method, blank: Option<&str>| Contest {
        title: text(title),
        description: None,
        options: options.iter().map(|option| text(option)).collect(),
        grades: Vec::new(),
        method,
        blank: blank.map(text),
        shuffle: false,
        outcome: outcome(),
    };
    Manifest {
        version: MANIFEST_VERSION,
        board: ORIGIN.to_owned(),
        nonce: [5; 16],
        title: text("A small election"),
        description: None,
        administrator: SigningKey::from_seed([101; 32]).verifying_key(),
        registrar: SigningKey::from_seed([102; 32]).verifying_key(),
        trustees: trustees()
            .iter()
            .zip(1..)
            .map(|(trustee, number)| TrusteeInfo {
                name: format!("Trustee {number}"),
                fingerprint: trustee.keys().fingerprint(),
            })
            .collect(),
        threshold: 2,
        complaint_window: COMPLAINT_WINDOW,
        credentials: CredentialMode::Issued,
        total_weight: 100,
        opens: OPENS,
        closes: CLOSES,
        powers: Powers { open_early: true, close_early: true },
        recasting: Recasting::LastCounts { limit: 3 },
        tests: 2,
        show_turnout: true,
        smallest_group: 1,
        cosignatures: 0,
        contests: vec![
            contest("Chair", &["Ada", "Grace", "Emmy"], Method::ChooseOne, Some("None of them")),
            contest("Plans", &["North", "South"], Method::Choose { min: 0, max: 2 }, None),
        ],
        styles: vec![
            Style { name: text("City"), contests: vec![0, 1] },
            Style { name: text("Abroad"), contests: vec![0] },
        ],
    }
}

fn trustees() -> Vec<TrusteeSecret> {
    TRUSTEES.iter().map(|number| TrusteeSecret::from_seed(&[*number; 32])).collect()
}

impl Default for SmallElection {
    fn default() -> Self {
        Self::new()
    }
}

impl SmallElection {
    /// The election with its first block and manifest on the log.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// The same with a changed manifest.
    pub fn with(change: impl FnOnce(&mut Manifest)) -> Self {
        let mut election = Self::unpublished(change);
        election.block(CREATED);
        for part in manifest_parts(&election.manifest.encode()) {
            election.push(Entry::Manifest(part));
        }
        election
    }

    /// The election with an empty log.
    pub fn unpublished(change: impl FnOnce(&mut Manifest)) -> Self {
        let mut manifest = manifest();
        change(&mut manifest);
        let manifest = Arc::new(manifest.check().unwrap());
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let voters = VOTERS.iter().map(|_| {
            CredentialSecret::from_code(&CredentialCode::generate(&mut rng), &manifest.id().0).unwrap()
        });
        Self {
            administrator: SigningKey::from_seed([101; 32]),
            registrar: SigningKey::from_seed([102; 32]),
            trustees: trustees(),
            voters: voters.collect(),
            state: ElectionState::new(manifest.id()),
            manifest,
            log: Vec::new(),
            rng,
        }
    }

    /// Checks and appends an entry.
    pub fn append(&mut self, entry: Entry) -> Result<(), Refusal> {
        let bytes = entry.encode();
        let context = self.state.ballot_context().cloned();
        let checked = CheckedEntry::check(context.as_deref(), entry, &mut self.rng)?;
        self.state.apply(&bytes, checked, &self.log)?;
        self.log.push(bytes);
        Ok(())
    }

    /// Appends an entry that is right.
    #[track_caller]
    pub fn push(&mut self, entry: Entry) {
        if let Err(refusal) = self.append(entry) {
            panic!("{}: {refusal}", refusal.check());
        }
    }

    /// Appends an entry that is right and what is due then.
    #[track_caller]
    pub fn push_with_due(&mut self, entry: Entry) {
        self.push(entry);
        self.push_due();
    }

    /// Appends what is due.
    #[track_caller]
    pub fn push_due(&mut self) {
        for _ in rounds() {
            let Some(due) = self.state.due() else { return };
            self.push(due);
        }
    }

    /// Appends a block and what is due then.
    #[track_caller]
    pub fn block(&mut self, time: u64) {
        self.push_with_due(Entry::Block(self.state.next_block(time)));
    }

    // The ceremony.

    /// A message signed by a trustee.
    pub fn trustee(&self, trustee: u8, message: TrusteeMessage) -> Entry {
        let key = self.trustees[usize::from(trustee) - 1].signing_key();
        Entry::Trustee(TrusteeEntry::sign(self.manifest.id(), trustee, message, &key))
    }

    fn secret(&self, trustee: u8) -> &TrusteeSecret {
        &self.trustees[index(trustee).position()]
    }

    /// Parameters of the current attempt.
    pub fn parameters(&self) -> CeremonyParameters {
        let keys = self.trustees.iter().map(TrusteeSecret::keys).collect();
        let (attempt, threshold) = (self.state.ceremony().attempt(), self.manifest.threshold);
        CeremonyParameters::new(&self.manifest.id().0, attempt, keys, threshold).unwrap()
    }

    /// A trustee's polynomial of the current attempt.
    pub fn polynomial(&self, trustee: u8) -> Polynomial {
        Polynomial::derive(&self.parameters(), self.secret(trustee)).unwrap()
    }

    /// Round 1.
    pub fn registration(&self, trustee: u8) -> Entry {
        self.trustee(trustee, TrusteeMessage::Registration(self.secret(trustee).keys()))
    }

    /// Round 2.
    pub fn commitment_hash(&self, trustee: u8) -> Entry {
        let points = self.polynomial(trustee).commitments();
        let hash = commitment_hash(&self.parameters(), index(trustee), &points);
        let attempt = self.state.ceremony().attempt();
        self.trustee(trustee, TrusteeMessage::CommitmentHash { attempt, hash })
    }

    /// Round 3.
    pub fn commitments(&mut self, trustee: u8) -> Entry {
        let commitments = Commitments::prove(&self.polynomial(trustee), &mut self.rng);
        let attempt = self.state.ceremony().attempt();
        self.trustee(trustee, TrusteeMessage::Commitments { attempt, commitments })
    }

    /// Round 4, once all commitments stand.
    pub fn shares(&mut self, trustee: u8) -> Entry {
        let own = self.state.ceremony().commitments()[index(trustee).position()].clone();
        let shares = seal_shares(&self.parameters(), &self.polynomial(trustee), &own, &mut self.rng).unwrap();
        let attempt = self.state.ceremony().attempt();
        self.trustee(trustee, TrusteeMessage::Shares { attempt, shares })
    }

    /// Round 5a.
    pub fn complaint(&self, receiver: u8, dealer: u8) -> Entry {
        let attempt = self.state.ceremony().attempt();
        self.trustee(receiver, TrusteeMessage::Complaint { attempt, dealer })
    }

    /// Round 5b.
    pub fn answer(&self, dealer: u8, receiver: u8) -> Entry {
        let answer = RevealedShare::answer(&self.parameters(), &self.polynomial(dealer), index(receiver));
        let attempt = self.state.ceremony().attempt();
        self.trustee(dealer, TrusteeMessage::Answer { attempt, receiver, share: answer.unwrap().value })
    }

    /// Round 5c, while there is something to confirm.
    pub fn confirmation(&self, trustee: u8) -> Entry {
        let transcript = *self.state.ceremony().proposal().unwrap().unwrap().transcript_hash();
        let attempt = self.state.ceremony().attempt();
        self.trustee(trustee, TrusteeMessage::Confirmation { attempt, transcript })
    }

    /// A trustee's share of the key, from the log as the trustee's tool does it.
    pub fn key_share(&self, trustee: u8) -> KeyShare {
        let ceremony = self.state.ceremony();
        KeyShare::recover(
            self.secret(trustee),
            ceremony.proposal().unwrap().unwrap(),
            &ceremony.commitments(),
            &ceremony.sealed(),
            &ceremony.answers(),
        )
        .unwrap()
    }

    /// Round 6.
    pub fn test_decryption(&mut self, trustee: u8) -> Entry {
        let key_set = self.state.ceremony().proposal().unwrap().unwrap().clone();
        let test = TestDecryption::prove(&key_set, &self.key_share(trustee), &mut self.rng).unwrap();
        let attempt = self.state.ceremony().attempt();
        self.trustee(trustee, TrusteeMessage::TestDecryption { attempt, test })
    }

    /// All trustees register.
    pub fn register(&mut self) {
        TRUSTEES.into_iter().for_each(|trustee| self.push(self.registration(trustee)));
    }

    /// Rounds 2 and 3.
    pub fn commit(&mut self) {
        TRUSTEES.into_iter().for_each(|trustee| self.push(self.commitment_hash(trustee)));
        for trustee in TRUSTEES {
            let entry = self.commitments(trustee);
            self.push(entry);
        }
    }

    /// Round 4.
    pub fn share(&mut self) {
        for trustee in TRUSTEES {
            let entry = self.shares(trustee);
            self.push(entry);
        }
    }

    /// Round 5.
    pub fn confirm(&mut self) {
        TRUSTEES.into_iter().for_each(|trustee| self.push(self.confirmation(trustee)));
    }

    /// Round 6.
    pub fn test_shares(&mut self) {
        for trustee in TRUSTEES {
            let entry = self.test_decryption(trustee);
            self.push(entry);
        }
    }

    /// The whole ceremony.
    pub fn hold_ceremony(&mut self) {
        self.register();
        self.commit();
        self.share();
        self.confirm();
        self.test_shares();
    }

    // The roll.

    /// A voter as the roll has them.
    pub fn voter(&self, voter: usize) -> Voter {
        let (style, weight) = VOTERS[voter];
        let identity = commit_identity(&[voter as u8; 32], &format!("Voter {voter}"));
        Voter { credential: self.voters[voter].public(), weight, style, identity }
    }

    /// These voters, sorted.
    pub fn sorted(&self, voters: impl IntoIterator<Item = usize>) -> Vec<Voter> {
        let mut voters: Vec<Voter> = voters.into_iter().map(|voter| self.voter(voter)).collect();
        voters.sort_by_key(|voter| voter.credential);
        voters
    }

    /// A part of the roll, which follows what stands.
    pub fn roll_part(&self, part: u32, last: bool, voters: Vec<Voter>) -> Entry {
        let before = self.state.roll().digest();
        Entry::Roll(RollPart::sign(self.manifest.id(), &before, part, last, voters, &self.registrar))
    }

    /// The whole roll of these voters, in as few parts as it takes.
    pub fn publish_roll_of(&mut self, mut voters: Vec<Voter>) {
        voters.sort_by_key(|voter| voter.credential);
        let parts: Vec<&[Voter]> = voters.chunks(ROLL_PART_LENGTH).collect();
        for (part, voters) in (0..).zip(&parts) {
            let last = part as usize + 1 == parts.len();
            self.push(self.roll_part(part, last, voters.to_vec()));
        }
    }

    /// The next change of the roll.
    pub fn roll_change(&self, change: RollChange) -> Entry {
        let roll = self.state.roll();
        let (before, sequence, id) = (roll.digest(), roll.changes(), self.manifest.id());
        Entry::RollChange(RollChangeEntry::sign(id, &before, sequence, change, &self.registrar))
    }

    /// Voters who stay at home: as many as make every class of [`VOTERS`] as large as the smallest group.
    pub fn absent(&self) -> Vec<Voter> {
        let all = self.sorted(0..VOTERS.len());
        let classes = Classes::of(&all);
        let kinds: BTreeSet<(u16, u32)> = VOTERS.into_iter().collect();
        let missing = |(style, weight)| {
            let missing =
                u64::from(self.manifest.smallest_group).saturating_sub(classes.count(style, weight));
            (0..missing).map(move |number| {
                let name = codec::encode(&(style, weight, number));
                let credential = Credential(hash_to_point("absent voter", &[&name]).encode());
                Voter { credential, weight, style, identity: commit_identity(&[0; 32], "absent") }
            })
        };
        kinds.into_iter().flat_map(missing).collect()
    }

    /// The whole roll, in two parts; with [`SmallElection::absent`] voters where the manifest needs them.
    pub fn publish_roll(&mut self) {
        let mut first = self.sorted(0..VOTERS.len());
        first.extend(self.absent());
        first.sort_by_key(|voter| voter.credential);
        let second = first.split_off(VOTERS.len() / 2);
        self.push(self.roll_part(0, false, first));
        self.push(self.roll_part(1, true, second));
    }

    // Voting.

    /// An act of the administrator, signed at the time of the last block.
    pub fn act(&self, act: AdministratorAct) -> Entry {
        let valid_until = self.state.time() + ACT_LIFETIME;
        Entry::Administrator(AdministratorEntry::sign(
            self.manifest.id(),
            act,
            valid_until,
            &self.administrator,
        ))
    }

    /// Ceremony, roll, and the block that opens voting.
    pub fn open(&mut self) {
        self.hold_ceremony();
        self.publish_roll();
        self.block(OPENS);
    }

    /// An election in which voting is open.
    pub fn opened() -> Self {
        Self::opened_with(|_| {})
    }

    /// The same with a changed manifest.
    pub fn opened_with(change: impl FnOnce(&mut Manifest)) -> Self {
        let mut election = Self::with(change);
        election.open();
        election
    }

    /// Selections of one option of contest 0 (3 is blank), and of this approval where the style has contest 1.
    pub fn selections(&self, voter: usize, option: usize, approval: [u64; 2]) -> Vec<Vec<u64>> {
        let mut chair = vec![0; 4];
        chair[option] = 1;
        match VOTERS[voter].0 {
            0 => vec![chair, approval.to_vec()],
            _ => vec![chair],
        }
    }

    /// The next ballot of a voter, by what the log says.
    pub fn encrypt(&mut self, voter: usize, selections: &[Vec<u64>]) -> (Ballot, BallotSeed) {
        let secret = &self.voters[voter];
        let state = self.state.voter(&secret.public()).copied();
        let previous = state.and_then(|state| state.last.map(|(_, code)| (state.cast - 1, code)));
        let seed = BallotSeed::generate(&mut self.rng);
        let context = self.state.ballot_context().unwrap().clone();
        let ballot =
            context.encrypt(secret, VOTERS[voter].0, previous, &seed, selections, &mut self.rng).unwrap();
        (ballot, seed)
    }

    /// A ballot with its voter's signature.
    pub fn submit(&mut self, voter: usize, ballot: Ballot, disposition: Disposition) -> Entry {
        let submitted = ballot.sign(self.manifest.id(), disposition, &self.voters[voter], &mut self.rng);
        match disposition {
            Disposition::Cast => Entry::Cast(submitted),
            Disposition::Challenge => Entry::Challenge(submitted),
        }
    }

    /// A voter's next ballot, to be cast.
    pub fn vote(&mut self, voter: usize, option: usize, approval: [u64; 2]) -> Entry {
        let (ballot, _) = self.encrypt(voter, &self.selections(voter, option, approval));
        self.submit(voter, ballot, Disposition::Cast)
    }

    /// The opening of a voter's tested ballot, signed by the voter.
    pub fn publication(&mut self, voter: usize, challenge: u64, opening: Opening) -> PublishedOpening {
        let secret = &self.voters[voter];
        let id = self.manifest.id();
        let statement = CredentialStatement::publication(id, secret.public(), challenge, &opening);
        let signature = statement.sign(secret, &mut self.rng);
        PublishedOpening { challenge, opening, signature }
    }

    /// Every voter casts a ballot; the totals of contest 0 are then 2, 1, 7 and 1, those of contest 1 are 5 and 4.
    pub fn vote_all(&mut self) {
        let choices =
            [(0, [1, 0]), (0, [1, 1]), (1, [0, 0]), (2, [0, 0]), (3, [0, 0]), (2, [1, 1]), (2, [0, 0])];
        for (voter, (option, approval)) in choices.into_iter().enumerate() {
            let entry = self.vote(voter, option, approval);
            self.push(entry);
        }
    }

    // The tally.

    /// A trustee's statement.
    pub fn statement(&self, trustee: u8) -> Entry {
        self.trustee(trustee, TrusteeMessage::Statement(*self.state.tally().unwrap().view()))
    }

    /// A trustee's decryption of a contest.
    pub fn decryption(&mut self, trustee: u8, contest: u16) -> Entry {
        let share = self.key_share(trustee);
        let context = self.state.tally().unwrap().context(contest).unwrap();
        let shares = decrypt(&context, &share, &mut self.rng).unwrap();
        self.trustee(trustee, TrusteeMessage::Decryption { contest, shares })
    }

    /// A contest's result from the shares of these trustees.
    pub fn result(&self, contest: u16, trustees: &[u8]) -> ContestResult {
        let tally = self.state.tally().unwrap();
        let indices: Vec<TrusteeIndex> = trustees.iter().map(|number| index(*number)).collect();
        let table = LogTable::new(self.manifest.total_weight).unwrap();
        let points = tally.combine(contest, &indices).unwrap();
        let totals: Vec<u64> = points.iter().map(|point| table.solve(point).unwrap()).collect();
        let description = &self.manifest.contests[usize::from(contest)];
        let outcome = Outcome::compute(description, &totals, tally.weights(contest).unwrap());
        ContestResult { contest, trustees: trustees.to_vec(), totals, outcome }
    }

    /// These trustees make their statements and decrypt every contest that is not withheld.
    pub fn decrypt_all(&mut self, trustees: &[u8]) {
        for trustee in trustees {
            self.push(self.statement(*trustee));
        }
        let contests: Vec<u16> = self.state.tally().unwrap().decrypted().collect();
        for (contest, trustee) in contests.iter().flat_map(|c| trustees.iter().map(move |t| (*c, *t))) {
            let entry = self.decryption(trustee, contest);
            self.push(entry);
        }
    }

    /// Closes voting, decrypts with trustees 1 and 3, and posts all results.
    pub fn count(&mut self) {
        self.block(CLOSES);
        self.decrypt_all(&[1, 3]);
        let contests: Vec<u16> = self.state.tally().unwrap().decrypted().collect();
        for contest in contests {
            self.push(Entry::Result(self.result(contest, &[1, 3])));
        }
    }
}

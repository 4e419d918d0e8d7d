//! Messages of trustees, round by round, and restarts.

use super::*;

pub fn registration(maker: &mut Maker, log: &'static str, e: &mut SmallElection) {
    let (first, second) = (e.registration(1), e.registration(2));
    let hash = e.trustee(1, TrusteeMessage::CommitmentHash { attempt: 0, hash: Digest([1; 32]) });
    let stranger = TrusteeSecret::from_seed(&[77; 32]);
    let keys = stranger.keys();
    let mut at = Place::new(maker, log, e, "round 1");
    at.good("trustee 1 registers", &first);
    at.good("trustee 2 registers first", &second);
    at.bad("trustee 0 registers", "3.2", &e.trustee_as(0, 1));
    at.bad("trustee 4 registers", "3.2", &e.trustee_as(4, 1));
    at.bad("trustee 2 registers the keys of trustee 1", "3.1", &e.trustee_as(2, 1));
    let other =
        TrusteeEntry::sign(e.manifest.id(), 1, TrusteeMessage::Registration(keys), &stranger.signing_key());
    at.bad("keys that the manifest does not name", "3.1", &Entry::Trustee(other));
    let own = TrusteeMessage::Registration(e.trustees[0].keys());
    let by_another = TrusteeEntry::sign(e.manifest.id(), 1, own.clone(), &e.trustees[1].signing_key());
    at.bad("signed by another trustee", "3.2", &Entry::Trustee(by_another));
    let elsewhere = TrusteeEntry::sign(ElectionId(Digest([9; 32])), 1, own, &e.trustees[0].signing_key());
    at.bad("signed for another election", "3.2", &Entry::Trustee(elsewhere));
    let bytes = first.encode();
    at.bytes("another signature", "3.2", &flipped(&bytes, bytes.len() - 1, 1));
    at.bad("a commitment hash of one who has not registered", "3.2 or 3.3", &hash);
    e.push(first.clone());
    let mut at = Place::new(maker, log, e, "round 1, behind the first");
    at.bad("trustee 1 registers again", "3.3", &first);
    at.bad("a commitment hash before all have registered", "3.3", &hash);
    e.push(second);
    e.push(e.registration(3));
}

/// What the fixture has no word for.
trait Strange {
    fn trustee_as(&self, number: u8, of: u8) -> Entry;
}

impl Strange for SmallElection {
    /// The registration of a trustee under another number.
    fn trustee_as(&self, number: u8, of: u8) -> Entry {
        let secret = &self.trustees[usize::from(of) - 1];
        let message = TrusteeMessage::Registration(secret.keys());
        Entry::Trustee(TrusteeEntry::sign(self.manifest.id(), number, message, &secret.signing_key()))
    }
}

/// What every message has against it: signature, sender, attempt.
pub fn strangers(at: &mut Place<'_>, e: &SmallElection, good: &Entry, other_attempt: &Entry) {
    let (trustee, message) = message(good);
    let id = e.manifest.id();
    let other = &e.trustees[usize::from(trustee % 3)];
    let by_another = TrusteeEntry::sign(id, trustee, message.clone(), &other.signing_key());
    at.bad("signed by another trustee", "3.2", &Entry::Trustee(by_another));
    let own = e.trustees[usize::from(trustee) - 1].signing_key();
    let elsewhere = TrusteeEntry::sign(ElectionId(Digest([9; 32])), trustee, message.clone(), &own);
    at.bad("signed for another election", "3.2", &Entry::Trustee(elsewhere));
    let as_another = TrusteeEntry::sign(id, trustee % 3 + 1, message, &own);
    at.bad("in the name of another trustee", "3.2", &Entry::Trustee(as_another));
    let bytes = good.encode();
    at.bytes("R of the signature changed", "3.2", &flipped(&bytes, bytes.len() - 64, 1));
    at.bytes("s of the signature changed", "3.2", &flipped(&bytes, bytes.len() - 32, 1));
    // the last field, or of a complaint the dealer: what decodes whatever it is
    let last = bytes.len() - 64 - if bytes[2] == 4 { 1 } else { 32 };
    at.bytes("a byte of the message changed after signing", "3.2", &flipped(&bytes, last, 1));
    at.bad("another attempt", "3.3", other_attempt);
    at.bytes("a byte left over", "1.5", &[&bytes[..], &[0]].concat());
    at.bytes("cut short by a byte", "1.5", &bytes[..bytes.len() - 1]);
}

pub fn commitments(maker: &mut Maker, log: &'static str, e: &mut SmallElection) {
    let good = e.commitment_hash(1);
    let other = resigned(e, &good, |m| {
        if let TrusteeMessage::CommitmentHash { attempt, .. } = m {
            *attempt = 1;
        }
    });
    let mut at = Place::new(maker, log, e, "round 2");
    at.good("a commitment hash", &good);
    let view = TallyView { size: 1, root: Digest([1; 32]), aggregate: Digest([2; 32]) };
    at.bad("a statement", "8.3", &e.trustee(1, TrusteeMessage::Statement(view)));
    strangers(&mut at, e, &good, &other);
    e.push(good.clone());
    let mut at = Place::new(maker, log, e, "round 2, behind the first");
    at.bad("a second commitment hash", "3.3", &good);
    e.push(e.commitment_hash(2));
    let early = e.commitments(1);
    Place::new(maker, log, e, "round 2, one missing").bad("commitments before all hashes", "3.3", &early);
    e.push(e.commitment_hash(3));

    let good = e.commitments(1);
    let change = |f: &dyn Fn(&mut u32, &mut tabella_crypto::threshold::dkg::Commitments)| {
        resigned(e, &good, |m| {
            if let TrusteeMessage::Commitments { attempt, commitments } = m {
                f(attempt, commitments);
            }
        })
    };
    let mut at = Place::new(maker, log, e, "round 3");
    at.good("commitments", &good);
    strangers(&mut at, e, &good, &change(&|attempt, _| *attempt = 1));
    at.bad("other points than were announced", "3.4", &change(&|_, c| c.points[1] += Point::BASE));
    at.bad("a point too few", "3.5", &change(&|_, c| c.points.truncate(1)));
    at.bad("a point too many", "3.5", &change(&|_, c| c.points.push(Point::BASE)));
    at.bad("a point that is the identity", "3.5", &change(&|_, c| c.points[1] = Point::identity()));
    at.bad("another T", "3.5", &change(&|_, c| c.possession.t = -c.possession.t));
    at.bad("T the identity", "3.5", &change(&|_, c| c.possession.t = Point::identity()));
    at.bad("another z", "3.5", &change(&|_, c| c.possession.z += Scalar::ONE));
    let others = e.trustee(2, message(&good).1);
    Place::new(maker, log, e, "round 3").bad("the commitments of another trustee", "3.4", &others);
    e.push(good.clone());
    Place::new(maker, log, e, "round 3, behind the first").bad("commitments twice", "3.3", &good);
    for trustee in [2, 3] {
        let entry = e.commitments(trustee);
        e.push(entry);
    }
}

pub fn shares(maker: &mut Maker, log: &'static str, e: &mut SmallElection) {
    let good = e.shares(1);
    let change = |f: &dyn Fn(&mut u32, &mut Vec<tabella_crypto::threshold::shares::SealedShare>)| {
        resigned(e, &good, |m| {
            if let TrusteeMessage::Shares { attempt, shares } = m {
                f(attempt, shares);
            }
        })
    };
    let early = e.trustee(1, TrusteeMessage::Confirmation { attempt: 0, transcript: Digest([1; 32]) });
    let complaint = e.complaint(2, 1);
    let mut at = Place::new(maker, log, e, "round 4");
    at.good("shares", &good);
    strangers(&mut at, e, &good, &change(&|attempt, _| *attempt = 1));
    at.bad("a share too few", "3.6", &change(&|_, s| s.truncate(1)));
    at.bad("a share too many", "3.6", &change(&|_, s| s.push(s[0])));
    at.bad("no shares", "3.6", &change(&|_, s| s.clear()));
    at.good("shares that nobody can open", &change(&|_, s| s[0].ciphertext = [7; 48]));
    at.bad("a confirmation before all shares", "3.3", &early);
    at.bad("a complaint before all shares", "3.3", &complaint);
    e.push(good.clone());
    Place::new(maker, log, e, "round 4, behind the first").bad("shares twice", "3.3", &good);
    for trustee in [2, 3] {
        let entry = e.shares(trustee);
        e.push(entry);
    }
}

pub fn confirmation(maker: &mut Maker, log: &'static str, e: &mut SmallElection) {
    let complaint = e.complaint(2, 1);
    let other = e.trustee(2, TrusteeMessage::Complaint { attempt: 1, dealer: 1 });
    let answer = e.answer(1, 2);
    let before = e.confirmation(3);
    let mut at = Place::new(maker, log, e, "round 5");
    at.good("a confirmation", &before);
    at.good("a complaint", &complaint);
    strangers(&mut at, e, &complaint, &other);
    at.bad("a complaint about oneself", "3.7", &e.complaint(2, 2));
    at.bad("a complaint about trustee 0", "3.2 or 3.7", &e.complaint(2, 0));
    at.bad("a complaint about trustee 4", "3.2 or 3.7", &e.complaint(2, 4));
    at.bad("an answer without a complaint", "3.7", &answer);
    e.push(before.clone());
    e.push(complaint.clone());
    let wrong = e.trustee(1, TrusteeMessage::Answer { attempt: 0, receiver: 2, share: Scalar::ONE });
    let mut at = Place::new(maker, log, e, "a complaint stands");
    at.bad("the complaint again", "3.7", &complaint);
    at.good("another complaint", &e.complaint(3, 1));
    at.bad("a confirmation", "3.8 or 3.7", &before);
    at.good("the answer", &answer);
    at.good("a wrong answer, which ends the attempt", &wrong);
    at.bad("an answer to another trustee", "3.7", &e.answer(1, 3));
    at.bad("an answer of another dealer", "3.7", &e.answer(3, 2));
    let later = e.trustee(1, TrusteeMessage::Answer { attempt: 1, receiver: 2, share: Scalar::ONE });
    at.bad("an answer of another attempt", "3.3", &later);
    e.push(answer.clone());
    let good = e.confirmation(3);
    let mut at = Place::new(maker, log, e, "the complaint is answered");
    at.good("a confirmation of the transcript with the answer", &good);
    at.bad("the confirmation of before", "3.8", &before);
    at.bad("the answer again", "3.7", &answer);
    at.bad("the complaint again", "3.7", &complaint);
    let test = e.test_decryption(1);
    e.push(good.clone());
    let mut at = Place::new(maker, log, e, "one has confirmed");
    at.bad("a confirmation twice", "3.3", &good);
    at.bad("a test before all have confirmed", "3.3", &test);
    e.push(e.confirmation(1));
    e.push(e.confirmation(2));
}

pub fn tests(maker: &mut Maker, log: &'static str, e: &mut SmallElection) {
    let good = e.test_decryption(1);
    let complaint = e.complaint(3, 1);
    let change = |f: &dyn Fn(&mut u32, &mut tabella_crypto::threshold::test_decryption::TestDecryption)| {
        resigned(e, &good, |m| {
            if let TrusteeMessage::TestDecryption { attempt, test } = m {
                f(attempt, test);
            }
        })
    };
    let mut at = Place::new(maker, log, e, "round 6");
    at.good("a test", &good);
    strangers(&mut at, e, &good, &change(&|attempt, _| *attempt = 1));
    at.bad("another share", "3.10", &change(&|_, t| t.share += Point::BASE));
    at.bad("a share that is the identity", "3.10", &change(&|_, t| t.share = Point::identity()));
    at.bad("T1 and T2 swapped", "3.10", &change(&|_, t| std::mem::swap(&mut t.proof.t1, &mut t.proof.t2)));
    at.bad("another z", "3.10", &change(&|_, t| t.proof.z += Scalar::ONE));
    at.bad("the test of another trustee", "3.10", &e.trustee(2, message(&good).1));
    at.bad("a complaint after all have confirmed", "3.7", &complaint);
    at.good(
        "the administrator restarts the ceremony",
        &e.act(AdministratorAct::RestartCeremony { attempt: 0 }),
    );
    e.push(good.clone());
    Place::new(maker, log, e, "round 6, behind the first").bad("a test twice", "3.3", &good);
    for trustee in [2, 3] {
        let entry = e.test_decryption(trustee);
        e.push(entry);
    }
    let act = e.act(AdministratorAct::RestartCeremony { attempt: 0 });
    Place::new(maker, log, e, "the ceremony is complete").bad("the administrator restarts it", "3.11", &act);
}

/// A ceremony in which complaints are not answered, or wrongly, and what the administrator can do.
pub fn restarts(makers: &mut Makers) {
    const LOG: &str = "restarts";
    let mut e = SmallElection::new();
    e.register();
    e.commit();
    e.share();
    e.push(e.complaint(2, 1));
    let maker = &mut makers.ceremony;
    let restart = |attempt, culprit| Entry::CeremonyRestart(CeremonyRestart { attempt, culprit });
    let deadline = CREATED + COMPLAINT_WINDOW;
    let at_deadline = Entry::Block(e.state.next_block(deadline));
    Place::new(maker, LOG, &e, "a complaint waits").good("a block at its deadline", &at_deadline);
    e.push(at_deadline);
    let mut at = Place::new(maker, LOG, &e, "the deadline has come");
    at.bad("a restart", "3.11", &restart(0, Some(1)));
    at.good("the answer", &e.answer(1, 2));
    e.push(Entry::Block(e.state.next_block(deadline + 1)));
    let mut at = Place::new(maker, LOG, &e, "the deadline has passed");
    at.good("a restart", &restart(0, Some(1)));
    at.bad("the answer", "1.9 or 3.11", &e.answer(1, 2));
    at.bad("a restart of attempt 1", "3.11", &restart(1, Some(1)));
    at.bad("a restart that blames nobody", "3.11", &restart(0, None));
    at.bad("a restart that blames the receiver", "3.11", &restart(0, Some(2)));
    e.push_due();
    let early = e.trustee(1, TrusteeMessage::CommitmentHash { attempt: 0, hash: Digest([1; 32]) });
    Place::new(maker, LOG, &e, "the second attempt").bad("a message of the first", "3.3", &early);
    Place::new(maker, LOG, &e, "the second attempt").bad("the restart again", "3.11", &restart(0, Some(1)));
    Place::new(maker, LOG, &e, "the second attempt").bad("a registration", "3.3", &e.registration(1));
    e.commit();
    e.share();
    e.push(e.complaint(3, 2));
    e.push(e.complaint(1, 2));
    e.push(e.trustee(2, TrusteeMessage::Answer { attempt: 1, receiver: 1, share: Scalar::ONE }));
    let mut at = Place::new(maker, LOG, &e, "a wrong answer stands");
    at.good("a restart", &restart(1, Some(2)));
    at.bad("a block", "1.9 or 3.11", &Entry::Block(e.state.next_block(deadline + 1)));
    at.bad("a restart that blames nobody", "3.11", &restart(1, None));
    e.push_due();
    e.push(e.act(AdministratorAct::RestartCeremony { attempt: 2 }));
    let mut at = Place::new(maker, LOG, &e, "the administrator asked for a restart");
    at.good("a restart", &restart(2, None));
    at.bad("a restart that blames trustee 1", "3.11", &restart(2, Some(1)));
    at.bad("a registration", "1.9 or 3.11", &e.registration(1));
    e.push_due();
    keep(&mut makers.logs, LOG, &e, &[]);
}

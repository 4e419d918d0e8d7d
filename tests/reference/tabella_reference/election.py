"""Reading an election log from its first entry to its last (section 13)."""

from . import entries as e
from . import manifest as manifests
from .ballots import BadBallot, OPENING, Batch, Verifier, opening_code, opens, signature_equation, tracking_code
from .boardlog import Blocks
from .ceremony import Ceremony
from .coding import Malformed
from .curve import encode
from .hashes import digest, le16, le32, le64, signed
from .report import Refused
from .roll import Roll
from .tally import Tally

PART_BYTES = 60_000
ACT_WINDOW = 300_000
MANIFEST, SETUP, OPEN, CLOSED, COUNTED = "manifest", "setup", "open", "closed", "counted"


class Voter:
    """What stands under a credential."""

    def __init__(self):
        self.cast, self.tested, self.code, self.ballot = 0, 0, None, None


class Election:
    """The state after some entries of an election log."""

    def __init__(self, election, report, processes=1):
        self.id, self.report, self.processes = election, report, processes
        self.demand = report.demand
        self.phase, self.blocks = MANIFEST, Blocks()
        self.parts, self.part_count = [], None
        self.manifest = self.ceremony = self.roll = self.keys = self.tally = None
        self.act_open = self.act_close = False
        self.voters, self.seen_d, self.challenges, self.opened = {}, set(), {}, set()
        self.cast, self.proofs = 0, []
        self.verified = frozenset()  # ballot entries whose proofs were verified by an earlier run
        self.opened_at = self.closed_at = None

    def read(self, log, roots):
        """Admit all entries; roots[i] is the root of the first i."""
        self.roots = roots
        for index, entry in enumerate(log):
            self.index, self.entry = index, entry
            try:
                self._admit()
            except (Malformed, Refused) as error:
                # A ballot before it may be bad too, and would be the first that fails.
                self.verify_proofs()
                if isinstance(error, Malformed):
                    raise Refused("1.5", str(error), f"entry {index}") from None
                error.where = error.where or f"entry {index}"
                raise
            self.report.passed("1.5")
            self.report.passed("1.9")
        due = self._due()
        self.demand(due is None, "1.9", f"an entry is due at the end: {due and e.NAMES[due[0]]}", 0)

    # Section 13.1

    def _admit(self):
        """Section 13.1: one entry in the state after those before it."""
        tag, fields = e.decode(self.entry)
        due = self._due()
        if due is not None:
            self._check_due(tag, due)
        elif tag in e.AUTOMATIC:
            check = {e.RESTART: "3.11", e.OPEN: "5.1", e.CLOSE: "7.1", e.WITHHELD: "8.2"}[tag]
            raise Refused(check, "the entry is not due")
        admits = {
            MANIFEST: {e.BLOCK: self._block, e.MANIFEST_PART: self._part},
            SETUP: {e.BLOCK: self._block, e.ADMINISTRATOR: self._administrator, e.TRUSTEE: self._trustee,
                    e.ROLL_PART: self._roll_part, e.ROLL_CHANGE: self._roll_change, e.RESTART: self._restart,
                    e.OPEN: self._open, e.CLOSE: self._close},
            OPEN: {e.BLOCK: self._block, e.ADMINISTRATOR: self._administrator, e.CAST: self._ballot,
                   e.CHALLENGE: self._ballot, e.OPENING: self._opening, e.CLOSE: self._close},
            CLOSED: {e.BLOCK: self._block, e.OPENING: self._opening, e.TRUSTEE: self._trustee,
                     e.WITHHELD: self._withheld, e.RESULT: self._result},
            COUNTED: {e.BLOCK: self._block},
        }[self.phase]
        if tag not in admits:
            raise Refused(self._misplaced(tag, fields), f"a {e.NAMES[tag]} does not stand in the phase {self.phase}")
        admits[tag](*fields)

    def _misplaced(self, tag, fields):
        """The check of an entry whose kind does not stand in this phase (the second table of section 16.2)."""
        if self.phase == MANIFEST:
            return "2.1" if self.index else "1.6"
        if tag == e.ADMINISTRATOR:
            return {e.ACT_OPEN: "5.1", e.ACT_CLOSE: "7.1", e.ACT_RESTART: "3.3"}[fields[0][0]]
        if tag == e.TRUSTEE:
            return "8.3" if fields[1][0] >= e.STATEMENT else "3.3"
        if tag == e.OPENING:
            return "6.8" if self.phase == COUNTED else "6.1"
        if tag == e.RESULT:
            return "8.5" if self.phase == COUNTED else "8.3"
        return {e.MANIFEST_PART: "2.1", e.ROLL_PART: "4.5", e.ROLL_CHANGE: "4.5", e.CAST: "6.1",
                e.CHALLENGE: "6.1"}[tag]

    def _due(self):
        """The entry that is due after what stands (section 13.2), or None."""
        if self.phase == CLOSED:
            contest = self.tally.next_withheld()
            return None if contest is None else bytes([e.WITHHELD]) + le16(contest)
        if self.phase not in (SETUP, OPEN):
            return None
        time = self.blocks.time
        if time >= self.manifest.closes or self.act_close:
            tested = sum(voter.tested for voter in self.voters.values())
            counted = sum(voter.cast > 0 for voter in self.voters.values())
            return bytes([e.CLOSE]) + le64(counted) + le64(self.cast) + le64(tested)
        if self.phase == OPEN:
            return None
        restart = self.ceremony.due(time)
        if restart is not None:
            culprit = b"\0" if restart[0] is None else bytes([1, restart[0]])
            return bytes([e.RESTART]) + le32(self.ceremony.attempt.number) + culprit
        if self._ready() and (time >= self.manifest.opens or self.act_open):
            k, _, x = self.ceremony.key_set()
            return bytes([e.OPEN]) + encode(k) + x + self.roll.digest + le64(len(self.roll.voters)) + le64(
                self.roll.weight)
        return None

    def _check_due(self, tag, due):
        """Section 13.1, step 2: the entry that is due, byte for byte."""
        if self.entry != due:
            name = e.NAMES[due[0]]
            if tag == due[0]:
                check = {e.RESTART: "3.11", e.OPEN: "5.2", e.CLOSE: "7.2", e.WITHHELD: "8.2"}[tag]
                raise Refused(check, f"the entry {name} says something else than what stands before it")
            raise Refused("1.9", f"the entry {name} is due and another stands in its place")

    def _ready(self):
        """Whether ceremony and roll are complete (section 13.2)."""
        return self.ceremony.complete() and self.roll.complete

    def _block(self, height, time, root_before):
        """Section 13.1."""
        if self.phase == MANIFEST and self.index > 0:
            raise Refused("2.1", "a block stands among the manifest's parts")
        self.blocks.admit(self.report, height, time, root_before, self.roots[self.index])

    # Section 13.3

    def _part(self, part, parts, data):
        """Section 13.3."""
        demand = self.demand
        demand(self.index > 0, "1.6", "the first entry is no block", 0)
        if self.part_count is None:
            self.part_count = parts
        demand(parts == self.part_count and parts >= 1, "2.1", "the number of parts is another", 0)
        demand((parts - 1) * PART_BYTES < manifests.MOST_BYTES, "2.1", "there are too many parts", 0)
        demand(part == len(self.parts), "2.1", "the part has another number than the parts before it", 0)
        last = part == parts - 1
        demand(1 <= len(data) <= PART_BYTES if last else len(data) == PART_BYTES, "2.1",
               "the part has another length")
        self.parts.append(data)
        if not last:
            return
        whole = b"".join(self.parts)
        demand(digest("manifest", whole) == self.id, "2.2", "the manifest has another hash than the election's id")
        try:
            self.manifest = manifests.decode(whole)
        except (Malformed, manifests.BadManifest) as error:
            raise Refused("2.3", str(error)) from None
        self.report.passed("2.3")
        self.ceremony, self.roll = Ceremony(self.manifest, self.report), Roll(self.manifest, self.report)
        self.phase = SETUP

    # Section 13.4

    def _administrator(self, act, valid_until, signature):
        """Section 13.4: acts."""
        m, demand, time = self.manifest, self.demand, self.blocks.time
        demand(time <= valid_until <= time + ACT_WINDOW, "2.4", "the act is not valid at this time", 0)
        demand(signed(m.administrator, signature, "administrator", self.id, self.entry[1:-64]), "2.4",
               "the administrator's signature does not verify")
        kind, attempt = act
        if kind == e.ACT_OPEN:
            demand(self.phase == SETUP and m.open_early and self._ready(), "5.1",
                   "the administrator may not open voting now")
            self.act_open = True
        elif kind == e.ACT_CLOSE:
            demand(self.phase == OPEN and m.close_early, "7.1", "the administrator may not close voting now")
            self.act_close = True
        else:
            demand(self.phase == SETUP and attempt == self.ceremony.attempt.number, "3.3",
                   "the act restarts another attempt than the present one", 0)
            demand(not self.ceremony.complete(), "3.11", "the administrator may not restart a complete ceremony")
            self.ceremony.attempt.restart = (None,)

    def _trustee(self, sender, message, signature):
        """Section 13.4: messages of trustees."""
        kind, fields, start = message
        encoded = self.entry[2:-64]
        self.demand(1 <= sender <= len(self.manifest.trustees), "3.2", "there is no such trustee", 0)
        right = kind >= e.STATEMENT if self.phase == CLOSED else kind <= e.TEST_DECRYPTION
        self.demand(right, "8.3" if kind >= e.STATEMENT else "3.3", "the message does not stand in this phase", 0)
        if kind == e.REGISTRATION:
            self.ceremony.register(sender, fields["signing"], fields["encryption"], encoded, signature)
            return
        keys = self.ceremony.registered.get(sender)
        self.demand(keys is not None, "3.2", "the trustee has not registered", 0)
        self.ceremony.check_signature(sender, encoded, signature, keys[0])
        if kind == e.STATEMENT:
            self.tally.statement(sender, fields)
        elif kind == e.DECRYPTION:
            self.tally.decryption(sender, fields)
        else:
            self.ceremony.admit(sender, kind, fields, self.entry[start:-64], self.blocks.time)

    def _restart(self, _attempt, _culprit):
        """Section 13.6."""
        self.ceremony.restarted()
        self.report.passed("3.11")

    # Section 13.5

    def _roll_part(self, part, last, voters, signature):
        """Section 13.5."""
        self.roll.part(self.entry, part, last, voters, signature)

    def _roll_change(self, sequence, change, signature):
        """Section 13.5."""
        self.roll.change(self.entry, sequence, change, signature)

    # Section 13.7

    def _open(self, *_):
        """Section 13.2: voting is open, under the key set of section 11.8."""
        self.keys = self.ceremony.key_set()
        self.k_bytes = encode(self.keys[0])
        self.phase, self.opened_at = OPEN, self.blocks.time
        self.report.passed("5.1")
        self.report.passed("5.2")

    def _ballot(self, ballot):
        """Section 13.7: a cast or challenge entry."""
        m, demand = self.manifest, self.demand
        cast = self.entry[0] == e.CAST
        there = self.roll.voters.get(ballot.credential)
        demand(there is not None, "6.4", "the credential is not on the roll", 0)
        demand(ballot.style == there[1], "6.4", "the ballot has another style than the voter")
        voter = self.voters.setdefault(ballot.credential, Voter())
        demand(ballot.counter == voter.cast and ballot.previous == voter.code, "6.5",
               "the ballot does not follow the voter's last")
        if cast:
            demand(voter.cast < m.limit, "6.6", "the voter has cast as many ballots as allowed")
        else:
            demand(voter.tested < m.tests, "6.6", "the voter has tested as many ballots as allowed")
        for d, _ in ballot.ciphertexts:
            demand(d not in self.seen_d, "6.7", "a ciphertext of the ballot stands on the log already", 0)
            self.seen_d.add(d)
        self.report.passed("6.7")
        self.report.passed("6.1")
        # Signature and proofs are verified in batches, at the closing or at the end.
        self.proofs.append((self.index, self.entry))
        if cast:
            voter.cast, voter.code, voter.ballot = voter.cast + 1, tracking_code(self.id, ballot), ballot
            self.cast += 1
        else:
            voter.tested += 1
            self.challenges[self.index] = ballot

    def verify_proofs(self):
        """Checks 6.2 and 6.3 of all ballots read so far (section 9.7)."""
        jobs = [(index, entry) for index, entry in self.proofs if entry not in self.verified]
        if jobs:
            verifier = Verifier(self.id, self.k_bytes, [style.claims for style in self.manifest.styles])
            verifier.verify(jobs, self.report, self.processes)
        self.proofs = []

    def _opening(self, challenge, seed, selections, t4, z):
        """Sections 9.8 and 13.7."""
        demand = self.demand
        demand(self.keys is not None, "6.1", "voting was never open", 0)
        ballot = self.challenges.get(challenge)
        demand(ballot is not None, "6.8", "no tested ballot stands there", 0)
        demand(challenge not in self.opened, "6.8", "an opening of this ballot stands already", 0)
        # enc(opening) is what stands between the index and the signature.
        code = opening_code(self.id, challenge, self.entry[9:-64])
        batch = Batch(self.keys[0])
        try:
            batch.add(signature_equation(self.id, ballot.credential, code, OPENING, t4, z))
        except BadBallot as error:
            raise Refused("6.8", str(error)) from None
        demand(batch.holds(), "6.8", "the signature of the opening does not verify", 0)
        style = self.manifest.styles[ballot.style]
        demand(opens(self.id, self.k_bytes, style, self.manifest.contests, ballot, seed, selections), "6.8",
               "the opening does not open the ballot")
        self.opened.add(challenge)

    def _close(self, *_):
        """Sections 13.7 and 14.1: voting is closed, and the aggregates are known."""
        self.verify_proofs()
        self.report.passed("7.1")
        self.report.passed("7.2")
        self.tally = Tally(self.manifest, self.keys, self.report)
        counting = [(voter.ballot, self.roll.voters[credential][0])
                    for credential, voter in self.voters.items() if voter.ballot is not None]
        self.tally.close(counting, self.index + 1, self.roots[self.index + 1])
        self.phase, self.closed_at = CLOSED, self.blocks.time

    # Section 14

    def _withheld(self, contest):
        """Section 14.2."""
        self.tally.withheld.add(contest)
        self.report.passed("8.2")
        self._after_contest()

    def _result(self, contest, trustees, totals, outcome):
        """Section 14.5."""
        styles = {number for number, style in enumerate(self.manifest.styles) if contest in style.contests}
        roll = sum(weight for weight, style, _ in self.roll.voters.values() if style in styles)
        self.tally.result(contest, trustees, totals, outcome, roll)
        self.report.passed("8.2")
        self._after_contest()

    def _after_contest(self):
        """Section 13.1: counted, once every contest has its result or is withheld."""
        if self.tally.complete():
            self.phase = COUNTED

    def finish(self, board, cosigned):
        """What section 16.1 demands at the end, from the board log and the witnesses."""
        m, demand = self.manifest, self.demand
        demand(m is not None, "2.1", "the manifest is not complete", 0)
        demand(m.board == board.origin, "2.3", "the manifest names another board", 0)
        demand(m.cosignatures <= len(board.witnesses), "2.3", "the board has fewer witnesses than the manifest demands",
               0)
        demand(self.id in board.administrators and board.administrators[self.id] == m.administrator, "2.4",
               "another administrator created the election on the board", 0)
        demand(self.phase == COUNTED, "8.5", "not every contest has its result or is withheld", 0)
        demand(len(cosigned) >= m.cosignatures, "1.8", "the board's checkpoint has too few cosignatures", 0)
        self.report.passed("1.8", len(cosigned))

"""A small election that tests make for themselves, with every kind of entry in it."""

import os

from . import curve, merkle
from . import entries as e
from . import manifest as manifests
from .ballots import OPENING, TEST, opening_code
from .boardlog import election_origin
from .coding import enc_list, enc_string
from .curve import ORDER
from .election import Election
from .hashes import B, digest, hash_to_point, le16, le32, le64
from .making import Dice, Maker, SigningKey, checkpoint, prove_logarithms, scalar_bytes, sign_ballot, submit
from .outcome import encode as encode_outcome
from .outcome import outcome
from .report import Report
from .transcript import Transcript

ORIGIN = "board.test/tabella"
START = 1_700_000_000_000
TRUSTEES, THRESHOLD, WINDOW = 3, 2, 60_000


def text(words):
    return enc_list([enc_string("en") + enc_string(words)])


def fraction(numerator, denominator):
    return le32(numerator) + le32(denominator)


def contest(title, method, options, blank=True, grades=(), seats=1, quorum=None, requirements=(), ties=0):
    """enc(contest) of section 8; `method` is encoded already."""
    return (text(title) + b"\0" + enc_list([text(option) for option in options])
            + enc_list([text(grade) for grade in grades]) + method + (b"\1" + text("Blank") if blank else b"\0") + b"\0"
            + le16(seats) + (b"\0" if quorum is None else b"\1" + fraction(*quorum))
            + enc_list([fraction(*part) + bytes([base, strict]) for part, base, strict in requirements])
            + bytes([ties]))


CONTESTS = [
    contest("Chair", b"\0", ["Ada", "Ben", "Cleo"], quorum=(1, 4), requirements=[((1, 2), 0, True)]),
    contest("Colour", b"\5\3", ["Red", "Blue"], grades=["good", "fair", "poor"]),
    contest("Motions", b"\4" + le16(1), ["First", "Second"], requirements=[((1, 3), 3, False), ((1, 10), 1, False)]),
    contest("Places", b"\6", ["North", "South"], requirements=[((1, 2), 2, False)]),
    contest("Points", b"\2" + le32(255), ["Only"], blank=False),
    contest("Budget", b"\3" + le32(3), ["Roof", "Road"], blank=False, seats=2, ties=1),
    contest("Board", b"\1" + le16(1) + le16(2), ["Eve", "Fay", "Gil"], seats=2, requirements=[((1, 2), 1, False)]),
    contest("Branch", b"\0", ["Hal", "Ivy"]),
]
STYLES = [[0, 1], [2, 3], [4, 5, 6], [7]]
# Two voters for each style; what they vote, the last ballot last. The last voter does not vote.
WEIGHTS = [5, 5, 1, 1, 2, 2, 1, 1]
VOTES = [
    [[[0, 1, 0, 0], [0, 1, 0, 1, 0, 0, 0]], [[1, 0, 0, 0], [0, 0, 1, 1, 0, 0, 0]]],
    [[[1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1]]],
    [[[1, 0, 0, 0, 0, 1, 0], [0, 1, 1, 0, 0]]],
    [[[0, 1, 0, 0, 0, 1, 0], [0, 0, 0, 0, 1]]],
    [[[255], [1, 2], [1, 1, 0, 0]]],
    [[[7], [2, 0], [1, 0, 0, 0]]],
    [[[0, 1, 0]]],
    [],
]


class Made:
    """The election's keys and logs. What the rules make due, the reader itself says; see `append`.

    To prove ballots takes most of the time. `bodies` are those of the same election made before, in the order of the
    log; they are then not made again.
    """

    def __init__(self, bodies=None):
        self.dice, self.bodies = Dice("a small election"), bodies
        self.operator, self.administrator, self.registrar, *self.witnesses = (
            SigningKey(self.dice.bytes(32)) for _ in range(5))
        self.trustees = [SigningKey(self.dice.bytes(32)) for _ in range(TRUSTEES)]
        self.encryption = [self.dice.bytes(31) + b"\0" for _ in range(TRUSTEES)]
        self.secrets = [self.dice.scalar() for _ in range(10)]
        self.by_credential = {self.credential(u): u for u in self.secrets}
        self.manifest_bytes = self._manifest()
        self.manifest = manifests.decode(self.manifest_bytes)
        self.id = self.manifest.id
        self.log, self.tree, self.time = [], merkle.Tree(), START
        self.state = Election(self.id, Report())
        self.state.roots = [self.tree.root()]
        # Whoever reads the record verifies what was made here.
        self.state.verify_proofs = lambda: None
        self._setup()
        self._voting()
        self._counting()
        self.board = self.board_of(self.id, self.state.roots)

    @staticmethod
    def credential(secret):
        return curve.encode(curve.multiply(secret, B))

    # The log

    def append(self, entry):
        """Put an entry on the log, and then what is due."""
        self.tree.append(entry)
        self.log.append(entry)
        self.state.roots.append(self.tree.root())
        self.state.index, self.state.entry = len(self.log) - 1, entry
        self.state._admit()
        due = self.state._due()
        if due is not None:
            self.append(due)

    def block(self, later=1000):
        self.time += later
        self.append(bytes([e.BLOCK]) + le64(self.state.blocks.height) + le64(self.time) + self.tree.root())

    def act(self, act, until=1000):
        body = act + le64(self.time + until)
        self.append(bytes([e.ADMINISTRATOR]) + body + self.administrator.sign("administrator", self.id, body))

    def say(self, trustee, message):
        """A message of trustee 1 to n."""
        self.append(self.sign(bytes([e.TRUSTEE, trustee]) + message + bytes(64)))

    def sign(self, entry, roll=None, index=None):
        """The entry with the signature that belongs to it. `roll` is the digest of the roll before."""
        body, inside = entry[:-64], entry[1:-64]
        if entry[0] == e.ADMINISTRATOR:
            return body + self.administrator.sign("administrator", self.id, inside)
        if entry[0] == e.TRUSTEE and 1 <= entry[1] <= TRUSTEES:
            return body + self.trustees[entry[1] - 1].sign("trustee", self.id, entry[1:2], entry[2:-64])
        if entry[0] == e.ROLL_PART:
            return body + self.registrar.sign("roll", self.id, roll, entry[1:6], entry[6:-64])
        if entry[0] == e.ROLL_CHANGE:
            return body + self.registrar.sign("roll change", self.id, roll, inside)
        if entry[0] in (e.CAST, e.CHALLENGE) and entry[1:33] in self.by_credential:
            return submit(self.dice, self.id, self.by_credential[entry[1:33]], inside, entry[0] - e.CAST)
        if entry[0] == e.OPENING:
            code = opening_code(self.id, int.from_bytes(entry[1:9], "little"), entry[9:-64])
            return body + sign_ballot(self.dice, self.id, self.secrets[0], code, OPENING)
        return entry

    # What stands on it

    def _manifest(self):
        trustees = [enc_string(f"Trustee {i + 1}") + digest("trustee keys", key.public, encryption)
                    for i, (key, encryption) in enumerate(zip(self.trustees, self.encryption))]
        styles = [text(f"Style {i}") + enc_list([le16(c) for c in style]) for i, style in enumerate(STYLES)]
        return (le16(1) + enc_string(ORIGIN) + bytes(16) + text("A small election") + b"\0" + self.administrator.public
                + self.registrar.public + enc_list(trustees) + bytes([THRESHOLD]) + le64(WINDOW) + b"\0" + le64(100)
                + le64(START + 10**9) + le64(START + 2 * 10**9) + b"\1\1" + b"\0" + le16(2) + le16(1) + b"\1" + le32(2)
                + b"\2" + enc_list(CONTESTS) + enc_list(styles))

    def voter(self, secret, number):
        return self.credential(secret) + le32(WEIGHTS[number]) + le16(number // 2) + bytes([number]) * 32

    def _setup(self):
        self.block(0)
        self.append(bytes([e.MANIFEST_PART]) + le16(0) + le16(1) + le32(len(self.manifest_bytes)) + self.manifest_bytes)
        for i in range(TRUSTEES):
            self.say(i + 1, bytes([e.REGISTRATION]) + self.trustees[i].public + self.encryption[i])
        self._roll()
        self._deal()
        self.say(1, self.message(e.COMPLAINT, b"\2"))
        self.say(2, self.message(e.ANSWER, b"\1" + scalar_bytes(1)))
        self._rounds_begin()
        self.act(bytes([e.ACT_RESTART]) + le32(1))
        self._deal()
        self.say(3, self.message(e.COMPLAINT, b"\1"))
        self.block(WINDOW + 1)
        self._deal()
        self._confirm(1)
        self.say(1, self.message(e.COMPLAINT, b"\3"))
        self.say(3, self.message(e.ANSWER, b"\1" + scalar_bytes(self._share(3, 1))))
        for i in range(1, TRUSTEES + 1):
            self._confirm(i)
        for i in range(1, TRUSTEES + 1):
            self._test(i)
        self.block()
        self.act(bytes([e.ACT_OPEN]))

    def _roll(self):
        voters = sorted(self.voter(self.secrets[number], number) for number in range(8))
        for part, some in enumerate((voters[:5], voters[5:])):
            entry = bytes([e.ROLL_PART]) + le32(part) + bytes([part]) + enc_list(some) + bytes(64)
            self.append(self.sign(entry, self.state.roll.digest))
        changes = [b"\2" + self.voter(self.secrets[8], 6), b"\0" + self.credential(self.secrets[8]),
                   b"\1" + self.credential(self.secrets[7]) + self.credential(self.secrets[9])]
        for number, change in enumerate(changes):
            entry = bytes([e.ROLL_CHANGE]) + le32(number) + change + bytes(64)
            self.append(self.sign(entry, self.state.roll.digest))

    def message(self, tag, body):
        return bytes([tag]) + le32(self.state.ceremony.attempt.number) + body

    def _share(self, dealer, receiver):
        return sum(a * receiver**k for k, a in enumerate(self.polynomials[dealer - 1])) % ORDER

    def _rounds_begin(self):
        """New polynomials, and their hashes."""
        self.polynomials = [[self.dice.scalar() for _ in range(THRESHOLD)] for _ in range(TRUSTEES)]
        self.points = [enc_list([self.credential(a) for a in polynomial]) for polynomial in self.polynomials]
        for i in range(1, TRUSTEES + 1):
            self.say(i, self.message(e.HASH, self.announced(i)))

    def announced(self, trustee):
        return digest("ceremony commitments", self.state.ceremony.attempt.parameters, bytes([trustee]),
                      self.points[trustee - 1])

    def possession(self, commitments, secret):
        """(T, z) of section 11.5."""
        nonce, t = self.dice.scalar(), Transcript("ceremony possession")
        t.append("commitments", commitments)
        t.append("V", self.credential(secret))
        t.append("T", self.credential(nonce))
        return self.credential(nonce) + scalar_bytes(nonce + t.challenge("e") * secret)

    def _deal(self):
        self._rounds_begin()
        for i in range(1, TRUSTEES + 1):
            proof = self.possession(self.announced(i), self.polynomials[i - 1][0])
            self.say(i, self.message(e.COMMITMENTS, self.points[i - 1] + proof))
        for i in range(1, TRUSTEES + 1):
            # Nobody opens these: a verifier cannot, and the trustees of this election are one program.
            sealed = [self.dice.bytes(80) for _ in range(TRUSTEES - 1)]
            self.say(i, self.message(e.SHARES, enc_list(sealed)))

    def _confirm(self, trustee):
        self.say(trustee, self.message(e.CONFIRMATION, self.state.ceremony.key_set()[2]))

    def secret_share(self, trustee):
        return sum(self._share(dealer, trustee) for dealer in range(1, TRUSTEES + 1)) % ORDER

    def _test(self, trustee):
        x, secret = self.state.ceremony.key_set()[2], self.secret_share(trustee)
        base = hash_to_point("test decryption", self.id, x, bytes([trustee]))
        pair = curve.encode(base), curve.encode(curve.multiply(secret, base))
        t = Transcript("test decryption")
        t.append("election", self.id)
        t.append("ceremony", x)
        t.append_u64("trustee", trustee)
        self.say(trustee, self.message(e.TEST_DECRYPTION, pair[1] + prove_logarithms(self.dice, t, secret, [pair])))

    def ballot(self, number, counter, previous, selections, seed, style=None):
        """The body of a ballot. Its randomness is its own, so that nothing depends on whether it is made."""
        maker = Maker(Dice(f"ballot {seed.hex()}"), self.manifest, self.state.keys[0])
        style = number // 2 if style is None else style
        return maker.ballot(self.secrets[number], style, counter, previous, selections, seed)

    def _voting(self):
        bodies = iter(self.bodies or [])

        def ballot(number, counter, previous, selections, seed):
            return next(bodies, None) or self.ballot(number, counter, previous, selections, seed)

        seed, challenge = self.dice.bytes(32), len(self.log)
        tested = ballot(0, 0, None, VOTES[0][0], seed)
        self.append(submit(self.dice, self.id, self.secrets[0], tested, TEST))
        for number, votes in enumerate(VOTES):
            previous = None
            for counter, selections in enumerate(votes):
                body = ballot(number, counter, previous, selections, self.dice.bytes(32))
                previous = digest("ballot", self.id, body)
                self.append(submit(self.dice, self.id, self.secrets[number], body))
        selections = enc_list([enc_list([le16(x) for x in values]) for values in VOTES[0][0]])
        self.append(self.sign(bytes([e.OPENING]) + le64(challenge) + seed + selections + bytes(64)))
        self.block()
        self.act(bytes([e.ACT_CLOSE]))

    def _counting(self):
        tally = self.state.tally
        size, root, aggregate = tally.view
        for i in (1, 2, 3):
            self.say(i, bytes([e.STATEMENT]) + le64(size) + root + aggregate)
        for i in (1, 3):
            for number in tally.aggregates:
                self.say(i, self.decryption(i, number))
        self.block()
        for number in tally.aggregates:
            self.append(self.result(number))
        self.block()

    def result(self, number, change=lambda totals: totals, trustees=(1, 3)):
        """The result of a contest, or what would follow from other totals."""
        tally = self.state.tally
        totals = change(self._totals(number, len(tally.aggregates[number])))
        weight = sum(w for w, style, _ in self.state.roll.voters.values() if number in STYLES[style])
        computed = outcome(self.manifest.contests[number], totals, tally.counted[number], weight)
        return bytes([e.RESULT]) + le16(number) + enc_list([bytes([i]) for i in trustees]) + enc_list(
            [le64(total) for total in totals]) + encode_outcome(computed)

    def decryption(self, trustee, number, secret=None):
        """enc of message 9 of section 13."""
        tally = self.state.tally
        secret = self.secret_share(trustee) if secret is None else secret
        ds = [d for d, _ in tally.aggregates[number]]
        pairs = [(curve.encode(d), curve.encode(curve.multiply(secret, d))) for d in ds]
        t = Transcript("decryption share")
        t.append("context", digest("decryption", self.id, self.state.keys[2], tally.view_digest, le16(number),
                                   tally.encoded[number]))
        t.append_u64("trustee", trustee)
        return bytes([e.DECRYPTION]) + le16(number) + enc_list([s for _, s in pairs]) + prove_logarithms(
            self.dice, t, secret, pairs)

    def _totals(self, number, count):
        """The sums of what was voted: who made the ballots need not decrypt them."""
        totals = [0] * count
        for voter, votes in enumerate(VOTES):
            if votes and number in STYLES[voter // 2]:
                values = votes[-1][STYLES[voter // 2].index(number)]
                totals = [total + WEIGHTS[voter] * value for total, value in zip(totals, values)]
        return totals

    # The board and the record

    def genesis(self, origin=ORIGIN, suite="tabella/v1", administrators=None):
        witnesses = [enc_string(f"witness{i}.test") + key.public for i, key in enumerate(self.witnesses)]
        administrators = administrators or [self.administrator.public]
        return b"\1" + enc_string(suite) + enc_string(origin) + self.operator.public + enc_list(witnesses) + enc_list(
            administrators)

    def creation(self, election):
        return b"\2" + election + self.administrator.public + self.administrator.sign(
            "election", election, ORIGIN.encode(), self.operator.public)

    @staticmethod
    def release(version, paths=("assets/app.js", "index.html")):
        return b"\4" + enc_string(version) + enc_list([enc_string(path) + bytes(32) for path in paths])

    def board_of(self, election, roots):
        """The board log, with an anchor in the middle of an election and one at its end; `roots` are those of the
        election log's beginnings."""
        log, tree = [], merkle.Tree()
        size = len(roots) - 1
        anchored = sorted({size // 2, size} - {0})

        def block(time):
            return b"\0" + le64(sum(x[0] == 0 for x in log)) + le64(time) + tree.root()

        def anchor(size):
            return b"\3" + election + le64(size) + roots[size]

        steps = [lambda: block(START), self.genesis, lambda: self.release("1"), lambda: block(START + 1),
                 lambda: self.release("2"), lambda: self.creation(election), *(
                     lambda size=size: anchor(size) for size in anchored[:-1]), lambda: block(self.time),
                 lambda: anchor(size)]
        for step in steps:
            log.append(step())
            tree.append(log[-1])
        return log

    def write_log_of(self, folder, election, log, roots):
        """Write the folder of a record with another election log, under a board log that anchors it."""
        self.write(folder, self.board_of(election, roots), log, election=election)

    def write(self, folder, board=None, log=None, cosigned=2, election=None):
        """Write the record's folder, its checkpoints signed over whatever the logs are."""
        board, log, election = board or self.board, log or self.log, election or self.id
        write_log(os.path.join(folder, "board"), board, lambda size, root: checkpoint(
            self.operator, ORIGIN, size, root,
            [(f"witness{i}.test", key, START // 1000) for i, key in enumerate(self.witnesses[:cosigned])]))
        write_log(os.path.join(folder, "elections", election.hex()), log, lambda size, root: checkpoint(
            self.operator, election_origin(ORIGIN, election), size, root))


def write_log(folder, log, sign):
    tree = merkle.Tree()
    for entry in log:
        tree.append(entry)
    leaves = [merkle.leaf(entry) for entry in log]
    files = {"checkpoint": sign(len(log), tree.root())}
    for name, (level, first, width) in merkle.tile_paths(len(log)).items():
        if level is None:
            files[name] = b"".join(len(x).to_bytes(2, "big") + x for x in log[first:first + width])
        else:
            files[name] = b"".join(merkle.tile_hashes(leaves, level)[first:first + width])
    for name, data in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)

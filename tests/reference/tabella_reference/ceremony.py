"""The key ceremony (section 11; admission by section 13.6)."""

from . import curve
from .coding import enc_list
from .curve import ORDER
from .hashes import B, digest, hash_to_point, le32, signed
from .report import Refused
from .transcript import Transcript

FIELD = 2**255 - 19
NEVER = 2**64 - 1


def equal_logarithms(t, v, pairs, t1, t2, z):
    """Section 11.10: whether (T1, T2, z) shows log_B(V) = log_P(S) for all pairs. All are bytes but z."""
    if not pairs:
        return False
    t.append("V", v)
    t.append_u64("pairs", len(pairs))
    for p, s in pairs:
        t.append("P", p)
        t.append("S", s)
    rho = t.challenge("rho")
    t.append("T1", t1)
    t.append("T2", t2)
    e = t.challenge("e")
    powers = [1]
    for _ in pairs[1:]:
        powers.append(powers[-1] * rho % ORDER)
    p_sum = curve.combine([(power, curve.decode(p)) for power, (p, _) in zip(powers, pairs)])
    s_sum = curve.combine([(power, curve.decode(s)) for power, (_, s) in zip(powers, pairs)])
    v, t1, t2 = curve.decode(v), curve.decode(t1), curve.decode(t2)
    if curve.is_identity(v) or curve.is_identity(t1) or curve.is_identity(t2) != curve.is_identity(p_sum):
        return False
    return (curve.is_identity(curve.combine([(z, B), (-1, t1), (-e, v)]))
            and curve.is_identity(curve.combine([(z, p_sum), (-1, t2), (-e, s_sum)])))


def x25519(scalar, u):
    """X25519 of RFC 7748 on a number u; the scalar is clamped already."""
    x2, z2, x3, z3, swap = 1, 0, u, 1, 0
    for bit in range(254, -1, -1):
        now = scalar >> bit & 1
        if now != swap:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = now
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb = a * a % FIELD, b * b % FIELD
        e, da, cb = aa - bb, d * a, c * b
        x3, z3 = (da + cb) ** 2 % FIELD, u * (da - cb) ** 2 % FIELD
        x2, z2 = aa * bb % FIELD, e * (aa + 121665 * e) % FIELD
    if swap:
        x2, z2 = x3, z3
    return x2 * pow(z2, FIELD - 2, FIELD) % FIELD


def evaluate(points, at):
    """Σ_k at^k·points[k]."""
    return curve.combine([(pow(at, k, ORDER), point) for k, point in enumerate(points)])


class Attempt:
    """One attempt at the rounds 2 to 6."""

    def __init__(self, number, parameters):
        self.number, self.parameters = number, parameters
        self.hashes, self.commitments, self.sealed = {}, {}, {}
        self.encoded_commitments, self.encoded_sealed = {}, {}
        self.complaints = {}  # (dealer, receiver): deadline, in the order of the log
        self.answers = {}  # (dealer, receiver): share
        self.confirmed, self.tested = set(), set()
        self.restart = None  # (culprit or None,) once one is pending
        self.keys = None

    def unanswered(self):
        """Complaints that wait for an answer, as (dealer, receiver), in the order of the log."""
        return [pair for pair in self.complaints if pair not in self.answers]


class Ceremony:
    """The state of the ceremony on an election log."""

    def __init__(self, manifest, report):
        self.election, self.manifest, self.report = manifest.id, manifest, report
        self.n, self.t = len(manifest.trustees), manifest.threshold
        self.registered = {}
        self.attempt = Attempt(0, None)

    def complete(self):
        """Section 13.6: all test decryptions stand."""
        return len(self.attempt.tested) == self.n

    def demand(self, condition, check, sentence, items=1):
        if not condition:
            raise Refused(check, sentence, culprit=self.sender)
        self.report.passed(check, items)

    def key_set(self):
        """K, the V_j and X (section 11.8), for the answers that stand now."""
        a = self.attempt
        if a.keys is None:
            columns = zip(*(a.commitments[i] for i in range(1, self.n + 1)))
            joint = []
            for column in columns:
                total = curve.IDENTITY
                for point in column:
                    total = curve.add(total, point)
                joint.append(total)
            a.keys = joint[0], [evaluate(joint, j) for j in range(1, self.n + 1)]
        everyone = range(1, self.n + 1)
        answers = [bytes([dealer, receiver]) + share.to_bytes(32, "little")
                   for (dealer, receiver), share in sorted(a.answers.items())]
        x = digest("ceremony transcript", a.parameters, enc_list([a.encoded_commitments[i] for i in everyone]),
                   enc_list([a.encoded_sealed[i] for i in everyone]), enc_list(answers))
        return (*a.keys, x)

    def due(self, time):
        """The culprit of a restart that is due, as a tuple, or None (section 13.2)."""
        a = self.attempt
        if a.restart is not None:
            return a.restart
        for dealer, receiver in a.unanswered():
            if time > a.complaints[dealer, receiver]:
                return (dealer,)
        return None

    def restarted(self):
        """Section 13.6: the next attempt, with nothing but the registrations."""
        self.attempt = Attempt(self.attempt.number + 1, None)
        self._parameters()

    def _parameters(self):
        """P of section 11.3, once all have registered."""
        a = self.attempt
        if len(self.registered) == self.n and a.parameters is None:
            keys = [b"".join(self.registered[i]) for i in range(1, self.n + 1)]
            a.parameters = digest("ceremony parameters", self.election, le32(a.number), bytes([self.n]),
                                  bytes([self.t]), enc_list(keys))

    def check_signature(self, sender, message, signature, key):
        """Section 13.4. `message` is enc(message)."""
        self.sender = sender
        self.demand(signed(key, signature, "trustee", self.election, bytes([sender]), message), "3.2",
                    "the trustee's signature does not verify")

    def register(self, sender, signing, encryption, message, signature):
        """Section 11.2."""
        self.sender = sender
        self.demand(sender not in self.registered, "3.3", "the trustee has registered already", 0)
        fingerprint = digest("trustee keys", signing, encryption)
        self.demand(fingerprint == self.manifest.trustees[sender - 1][1], "3.1",
                    "the keys have another fingerprint than the manifest lists", 0)
        self.demand(all(signing != s and encryption != e for s, e in self.registered.values()), "3.1",
                    "another trustee has registered this key", 0)
        number = int.from_bytes(encryption, "little")
        self.demand(number < FIELD, "3.1", "the encryption key is not canonical", 0)
        # The order of a point of small order divides the clamped scalar 2^254.
        self.demand(x25519(1 << 254, number) != 0, "3.1", "the encryption key is of small order")
        self.check_signature(sender, message, signature, signing)
        self.registered[sender] = signing, encryption
        self.report.passed("3.3")
        self._parameters()

    def admit(self, sender, kind, fields, encoded, time):
        """Messages 1 to 7 of section 11.1; `encoded` is their encoding after the attempt."""
        a, n = self.attempt, self.n
        self.sender = sender
        self.demand(fields["attempt"] == a.number, "3.3", "the message is of another attempt", 0)
        before = [self.registered, a.hashes, a.commitments, a.sealed, a.sealed, a.sealed, a.confirmed][kind - 1]
        self.demand(len(before) == n, "3.3", "the round before is not complete", 0)
        [None, self._hash, self._commitments, self._shares, self._complaint, self._answer, self._confirmation,
         self._test][kind](sender, fields, encoded, time)
        self.report.passed("3.3")

    def _once(self, place, sender):
        self.demand(sender not in place, "3.3", "the trustee has sent this message already", 0)

    def _hash(self, sender, fields, _, __):
        """Section 11.4, round 2."""
        self._once(self.attempt.hashes, sender)
        self.attempt.hashes[sender] = fields["hash"]

    def _commitments(self, sender, fields, encoded, _):
        """Sections 11.4 and 11.5, round 3."""
        a = self.attempt
        self._once(a.commitments, sender)
        points = [curve.decode(data) for data in fields["points"]]
        self.demand(len(points) == self.t and not any(map(curve.is_identity, points)), "3.5",
                    "there are not t commitments, or one is the identity", 0)
        h = digest("ceremony commitments", a.parameters, bytes([sender]), enc_list(fields["points"]))
        self.demand(h == a.hashes[sender], "3.4", "the commitments have another hash than was announced")
        # Integrity-critical (section 11.5): without this proof, K need be no known multiple of B.
        t = Transcript("ceremony possession")
        t.append("commitments", h)
        t.append("V", fields["points"][0])
        t.append("T", fields["T"])
        e, first = t.challenge("e"), curve.decode(fields["T"])
        holds = curve.is_identity(curve.combine([(fields["z"], B), (-1, first), (-e, points[0])]))
        self.demand(holds and not curve.is_identity(first), "3.5", "the proof of possession does not verify")
        a.commitments[sender], a.encoded_commitments[sender] = points, encoded

    def _shares(self, sender, fields, encoded, _):
        """Section 11.6, round 4. A verifier cannot open them."""
        a = self.attempt
        self._once(a.sealed, sender)
        self.demand(len(fields["shares"]) == self.n - 1, "3.6", "there is not one share for each other trustee")
        a.sealed[sender], a.encoded_sealed[sender] = True, encoded

    def _complaint(self, sender, fields, _, time):
        """Sections 11.7 and 13.6."""
        a, dealer = self.attempt, fields["dealer"]
        self.demand(len(a.confirmed) < self.n, "3.7", "all trustees have confirmed already", 0)
        self.demand(1 <= dealer <= self.n, "3.2", "the complaint is about a trustee who does not exist", 0)
        self.demand(dealer != sender, "3.7", "the complaint is about no other trustee", 0)
        self.demand((dealer, sender) not in a.complaints, "3.7", "this complaint stands already", 0)
        a.complaints[dealer, sender] = min(time + self.manifest.complaint_window, NEVER)
        a.confirmed.clear()
        self.report.passed("3.7")

    def _answer(self, sender, fields, _, __):
        """Sections 11.7 and 13.6."""
        a, receiver, share = self.attempt, fields["receiver"], fields["share"]
        self.demand((sender, receiver) in a.unanswered(), "3.7", "no complaint waits for this answer", 0)
        fits = evaluate(a.commitments[sender], receiver)
        if curve.equal(curve.multiply(share, B), fits):
            a.answers[sender, receiver] = share
        else:
            # The entry stands and shows who is to blame; the restart is due next.
            a.restart = (sender,)
        self.report.passed("3.7")

    def _confirmation(self, sender, fields, _, __):
        """Sections 11.8 and 13.6."""
        a = self.attempt
        self._once(a.confirmed, sender)
        self.demand(not a.unanswered(), "3.8", "a complaint is not answered", 0)
        k, keys, x = self.key_set()
        self.demand(not any(map(curve.is_identity, [k, *keys])), "3.9",
                    "the election key or a verification key is the identity")
        self.demand(fields["transcript"] == x, "3.8", "the trustee confirms another ceremony")
        a.confirmed.add(sender)

    def _test(self, sender, fields, _, __):
        """Section 11.9."""
        a = self.attempt
        self._once(a.tested, sender)
        _, keys, x = self.key_set()
        base = hash_to_point("test decryption", self.election, x, bytes([sender]))
        t = Transcript("test decryption")
        t.append("election", self.election)
        t.append("ceremony", x)
        t.append_u64("trustee", sender)
        self.demand(equal_logarithms(t, curve.encode(keys[sender - 1]), [(curve.encode(base), fields["share"])],
                                     fields["T1"], fields["T2"], fields["z"]), "3.10",
                    "the test decryption does not verify")
        a.tested.add(sender)

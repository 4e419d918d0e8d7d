"""Ballots: their bytes, the voter's signature and the proofs (sections 9.1 to 9.7), openings (9.8)."""

import multiprocessing
import secrets
from dataclasses import dataclass

from . import curve, hashes, rules
from .coding import Reader
from .curve import ORDER
from .hashes import B, M, digest, le16, le32
from .report import Refused
from .transcript import Transcript

CAST, TEST, OPENING = range(3)


class BadBallot(Exception):
    """A ballot whose points do not decode, or whose shape is not that of its style."""


@dataclass
class Ballot:
    """A submitted ballot. Points are the 32 bytes that stand in it."""

    credential: bytes
    style: int
    counter: int
    previous: bytes
    ciphertexts: list
    a_point: bytes
    s_point: bytes
    t_1: bytes
    t_2: bytes
    t_x: int
    t_x_blinding: int
    e_blinding: int
    rounds: list
    a: int
    b: int
    linear_1: bytes
    linear_2: bytes
    equality: tuple
    z_r: int
    z_v: int
    signature: bytes
    z: int
    body: bytes


def decode(reader):
    """Section 9.1."""
    start = reader.at
    fields = [reader.rawpoint(), reader.u16(), reader.u16(), reader.option(reader.digest),
              reader.list(lambda: (reader.rawpoint(), reader.rawpoint()))]
    fields += [reader.rawpoint() for _ in range(4)] + [reader.scalar() for _ in range(3)]
    fields.append(reader.list(lambda: (reader.rawpoint(), reader.rawpoint())))
    fields += [reader.scalar(), reader.scalar(), reader.rawpoint(), reader.rawpoint(),
               reader.option(lambda: (reader.rawpoint(), reader.scalar())), reader.scalar(), reader.scalar()]
    body = reader.data[start:reader.at]
    return Ballot(*fields, reader.rawpoint(), reader.scalar(), body)


def tracking_code(election, ballot):
    """Section 9.2."""
    return digest("ballot", election, ballot.body)


def point(data):
    """A point of a ballot: canonical, and not the identity."""
    result = curve.decode(data)
    if result is None or curve.is_identity(result):
        raise BadBallot("a point is not canonical or is the identity")
    return result


class Batch:
    """A sum of equations, each with a random weight (section 9.7). All of them hold if the sum is the identity."""

    def __init__(self, k_point):
        self.shared = {}  # coefficients of the points that all ballots have in common
        self.terms = []
        self.k_point = k_point

    def add(self, equation):
        """Add an equation, given as pairs of a coefficient and a point or the name of a common one."""
        weight = 1 << 128 | secrets.randbits(128)
        for coefficient, where in equation:
            if isinstance(where[0], str):
                self.shared[where] = (self.shared.get(where, 0) + weight * coefficient) % ORDER
            else:
                self.terms.append((weight * coefficient % ORDER, where))

    def _common(self, name):
        if name[0] in "GH":
            # Widths are 8, 16, 32 or 64, so the 64 bases of a value hold those of every width.
            return hashes.bases(name[0], name[1], 64)[name[2]]
        return {"B": B, "M": M, "K": self.k_point}[name[0]]

    def holds(self):
        terms = [(k, self._common(name)) for name, k in self.shared.items()] + self.terms
        return curve.is_identity(curve.combine(terms))


BASE_B, BASE_M, BASE_K = ("B",), ("M",), ("K",)


def signature_equation(election, credential, code, disposition, t4, z):
    """Section 9.3: z·B = T4 + e'·U."""
    t = Transcript("credential")
    t.append("election", election)
    t.append("code", code)
    t.append("disposition", bytes([disposition]))
    t.append("U", credential)
    t.append("T4", t4)
    e = t.challenge("e'")
    return [(z, BASE_B), (-1, point(t4)), (-e, point(credential))]


def ballot_transcript(election, k_bytes, ballot):
    """Section 9.4."""
    t = Transcript("ballot")
    t.append("election", election)
    t.append("K", k_bytes)
    t.append("U", ballot.credential)
    t.append_u64("style", ballot.style)
    t.append_u64("counter", ballot.counter)
    t.append("previous", ballot.previous or b"")
    t.append_u64("ciphertexts", len(ballot.ciphertexts))
    for d, _ in ballot.ciphertexts:
        t.append("D", d)
    for _, c in ballot.ciphertexts:
        t.append("C", c)
    return t


def apply(form, points):
    """A form on ciphertexts: Σ coefficient·C[entry] + constant·M (section 7)."""
    result = curve.multiply(form.constant % ORDER, M) if abs(form.constant) > 1 else (
        [curve.IDENTITY, M, curve.negate(M)][form.constant])
    for entry, k in form.terms:
        term = points[entry] if abs(k) == 1 else curve.multiply(abs(k), points[entry])
        result = curve.add(result, term if k > 0 else curve.negate(term))
    return result


def proof_equations(election, k_bytes, claims, ballot):
    """The equations of sections 9.5 and 9.6, each as coefficients and points that add up to 0."""
    n, m = claims.width, claims.padded
    total, k = n * m, claims.rounds
    if len(ballot.ciphertexts) != claims.entries or len(ballot.rounds) != k:
        raise BadBallot("the ballot has other counts than its style")
    if (ballot.equality is not None) != bool(claims.equalities):
        raise BadBallot("the ballot has an equality proof without equality claims, or none with them")
    ds = [point(d) for d, _ in ballot.ciphertexts]
    cs = [point(c) for _, c in ballot.ciphertexts]
    a_point, s_point, t_1, t_2, linear_1, linear_2 = map(
        point, (ballot.a_point, ballot.s_point, ballot.t_1, ballot.t_2, ballot.linear_1, ballot.linear_2))
    rounds = [(point(left), point(right)) for left, right in ballot.rounds]

    # Section 9.5: the ranges.
    t = ballot_transcript(election, k_bytes, ballot)
    commitments = [apply(form, cs) for form in claims.ranges]
    t.append("dom-sep", b"rangeproof v1")
    t.append_u64("n", n)
    t.append_u64("m", m)
    for commitment in commitments:
        t.append("V", curve.encode(commitment))
    for _ in range(m - len(commitments)):
        t.append("V", bytes(32))
    t.append("A", ballot.a_point)
    t.append("S", ballot.s_point)
    y, z = t.challenge("y"), t.challenge("z")
    t.append("T_1", ballot.t_1)
    t.append("T_2", ballot.t_2)
    x = t.challenge("x")
    for label in ("t_x", "t_x_blinding", "e_blinding"):
        t.append(label, getattr(ballot, label).to_bytes(32, "little"))
    w = t.challenge("w")
    t.append("dom-sep", b"ipp v1")
    t.append_u64("n", total)
    us = []
    for left, right in ballot.rounds:
        t.append("L", left)
        t.append("R", right)
        us.append(t.challenge("u"))
    if y == 0 or 0 in us:
        raise BadBallot("a challenge is 0")
    inverses = [pow(u, -1, ORDER) for u in us]
    s = [1]
    for inverse in inverses:
        s[0] = s[0] * inverse % ORDER
    for bit in range(k):
        # The round k − bit decides this bit of i. Setting it turns u^−1 into u.
        square = us[k - 1 - bit] ** 2 % ORDER
        s += [value * square % ORDER for value in s]
    sum_y, power = 0, 1
    for _ in range(total):
        sum_y, power = sum_y + power, power * y % ORDER
    z2 = z * z % ORDER
    zs = [z2]  # z^(2+j)
    for _ in range(m - 1):
        zs.append(zs[-1] * z % ORDER)
    delta = (z - z2) * sum_y - z * (2**n - 1) * sum(zs)
    value = [(ballot.t_x - delta, BASE_M), (ballot.t_x_blinding, BASE_K), (-x, t_1), (-x * x, t_2)]
    value += [(-power, commitment) for power, commitment in zip(zs, commitments)]

    inner = [(1, a_point), (x, s_point), (-ballot.e_blinding, BASE_K),
             (w * (ballot.t_x - ballot.a * ballot.b), BASE_M)]
    for (left, right), u, inverse in zip(rounds, us, inverses):
        inner += [(u * u, left), (inverse * inverse, right)]
    y_inverse, y_power = pow(y, -1, ORDER), 1
    for i in range(total):
        j, c = divmod(i, n)
        inner.append((-z - ballot.a * s[i], ("G", j, c)))
        inner.append((z + y_power * (zs[j] * (1 << c) - ballot.b * s[total - 1 - i]), ("H", j, c)))
        y_power = y_power * y_inverse % ORDER

    # Section 9.6: knowledge and equalities.
    t.append("a", ballot.a.to_bytes(32, "little"))
    t.append("b", ballot.b.to_bytes(32, "little"))
    rho, tau = t.challenge("rho"), t.challenge("tau")
    t.append("T1", ballot.linear_1)
    t.append("T2", ballot.linear_2)
    if ballot.equality is not None:
        t.append("T3", ballot.equality[0])
    e = t.challenge("e")
    first = [(ballot.z_r, BASE_B), (-1, linear_1)]
    second = [(ballot.z_v, BASE_M), (ballot.z_r, BASE_K), (-1, linear_2)]
    power = e
    for d, c in zip(ds, cs):
        first.append((-power, d))
        second.append((-power, c))
        power = power * rho % ORDER
    equations = [value, inner, first, second]
    if ballot.equality is not None:
        third, power, on_m, on_c = [], e, 0, [0] * len(cs)
        for form in claims.equalities:
            on_m += power * form.constant
            for entry, coefficient in form.terms:
                on_c[entry] += power * coefficient
            power = power * tau % ORDER
        third = [(ballot.equality[1], BASE_K), (-1, point(ballot.equality[0])), (-on_m, BASE_M)]
        third += [(-coefficient, c) for coefficient, c in zip(on_c, cs) if coefficient]
        equations.append(third)
    return equations


class Verifier:
    """Verifies signatures and proofs of ballots in batches, in two processes."""

    CHUNK = 64

    def __init__(self, election, k_bytes, claims):
        self.election, self.k_bytes, self.claims = election, k_bytes, claims

    def equations(self, entry):
        """(check, equation) of a ballot entry. Raises Refused where a ballot is not well formed."""
        ballot = decode(Reader(entry[1:]))
        code = tracking_code(self.election, ballot)
        disposition = {8: CAST, 9: TEST}[entry[0]]
        try:
            yield "6.2", signature_equation(self.election, ballot.credential, code, disposition, ballot.signature,
                                            ballot.z)
        except BadBallot as error:
            raise Refused("6.2", str(error)) from None
        try:
            for equation in proof_equations(self.election, self.k_bytes, self.claims[ballot.style], ballot):
                yield "6.3", equation
        except BadBallot as error:
            raise Refused("6.3", str(error)) from None

    def chunk(self, jobs):
        """Verify ballots, (index, entry bytes). Returns None, or (index, check, sentence) of the first bad one."""
        batch = Batch(curve.decode(self.k_bytes))
        for index, entry in jobs:
            try:
                for _, equation in self.equations(entry):
                    batch.add(equation)
            except Refused as error:
                return self.first_bad(jobs) or (index, error.check, error.sentence)
        return None if batch.holds() else self.first_bad(jobs)

    def first_bad(self, jobs):
        """Look at each equation alone, to name the ballot and the check."""
        for index, entry in jobs:
            try:
                for check, equation in self.equations(entry):
                    alone = Batch(curve.decode(self.k_bytes))
                    alone.add(equation)
                    if not alone.holds():
                        what = "the voter's signature" if check == "6.2" else "a proof of the ballot"
                        return index, check, f"{what} does not verify"
            except Refused as error:
                return index, error.check, error.sentence
        return None

    def verify(self, jobs, report, processes):
        chunks = [jobs[i:i + self.CHUNK] for i in range(0, len(jobs), self.CHUNK)]
        if processes > 1 and len(chunks) > 1:
            with multiprocessing.Pool(processes) as pool:
                results = pool.map(self.chunk, chunks, 1)
        else:
            results = [self.chunk(chunk) for chunk in chunks]
        for bad in results:
            if bad is not None:
                index, check, sentence = bad
                raise Refused(check, sentence, f"entry {index}")
        report.passed("6.2", len(jobs))
        report.passed("6.3", len(jobs))


def opening_code(election, challenge_index, encoded):
    """What the signature of an opening is over (section 9.8)."""
    return digest("opening", election, hashes.le64(challenge_index), encoded)


def opens(election, k_bytes, style, contests, ballot, seed, selections):
    """Whether an opening is right for a tested ballot (section 9.8)."""
    if len(selections) != len(style.contests):
        return False
    k_point, made = curve.decode(k_bytes), []
    for number, values in zip(style.contests, selections):
        if not rules.obeys(contests[number], values):
            return False
        for entry, value in enumerate(values):
            r = hashes.kdf_scalar("ballot randomness", seed, election, k_bytes, ballot.credential,
                                  le16(ballot.counter), ballot.previous or b"", le16(number), le32(entry))
            c = curve.combine([(value, M), (r, k_point)])
            made.append((curve.encode(curve.multiply(r, B)), curve.encode(c)))
    return made == ballot.ciphertexts

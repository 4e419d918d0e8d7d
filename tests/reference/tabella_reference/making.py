"""The other side: keys, signatures and proofs that tests make for elections of their own.

Nothing here is fit for real secrets: it is not constant in time, and everything comes out of one seed, so that the
same record is made every time.
"""

import base64
import hashlib

from . import curve
from .ballots import CAST, Ballot, apply, ballot_transcript
from .coding import enc_list
from .curve import ORDER
from .hashes import B, M, bases, digest, kdf_scalar, le16, le32
from .notes import LOG, WITNESS, key_id
from .transcript import Transcript


class Dice:
    """Numbers that look random and are the same every time."""

    def __init__(self, seed):
        self.seed, self.count = seed, 0

    def bytes(self, count):
        self.count += 1
        return hashlib.shake_256(f"{self.seed} {self.count}".encode()).digest(count)

    def scalar(self):
        return int.from_bytes(self.bytes(64), "little") % ORDER


def scalar_bytes(x):
    return (x % ORDER).to_bytes(32, "little")


class SigningKey:
    """An Ed25519 key from its seed (RFC 8032, section 5.1.5)."""

    def __init__(self, seed):
        expanded = hashlib.sha512(seed).digest()
        self.secret = (int.from_bytes(expanded[:32], "little") & (1 << 254) - 8) | 1 << 254
        self.prefix = expanded[32:]
        self.public = curve.encode_edwards(curve.multiply(self.secret, curve.BASE))

    def raw(self, message):
        r = int.from_bytes(hashlib.sha512(self.prefix + message).digest(), "little") % ORDER
        first = curve.encode_edwards(curve.multiply(r, curve.BASE))
        k = int.from_bytes(hashlib.sha512(first + self.public + message).digest(), "little") % ORDER
        return first + scalar_bytes(r + k * self.secret)

    def sign(self, purpose, *parts):
        """sign(key, purpose; parts) of section 4.5."""
        return self.raw(f"tabella/v1 signature\n{purpose}\n{digest(purpose, *parts).hex()}\n".encode())


def checkpoint(key, origin, size, root, witnesses=()):
    """A note of section 12.2; `witnesses` are (name, key, time)."""
    text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
    lines = [(origin, key_id(origin, LOG, key.public) + key.raw(text.encode()))]
    for name, witness, time in witnesses:
        signature = witness.raw(f"cosignature/v1\ntime {time}\n{text}".encode())
        lines.append((name, key_id(name, WITNESS, witness.public) + time.to_bytes(8, "big") + signature))
    signatures = "".join(f"\u2014 {name} {base64.b64encode(data).decode()}\n" for name, data in lines)
    return f"{text}\n{signatures}".encode()


def prove_logarithms(dice, t, secret, pairs):
    """(T1, T2, z) of section 11.10 as 96 bytes. Pairs are the bytes of points."""
    t.append("V", curve.encode(curve.multiply(secret, B)))
    t.append_u64("pairs", len(pairs))
    for p, s in pairs:
        t.append("P", p)
        t.append("S", s)
    rho, nonce = t.challenge("rho"), dice.scalar()
    p_sum = curve.combine([(pow(rho, i, ORDER), curve.decode(p)) for i, (p, _) in enumerate(pairs)])
    t1, t2 = curve.encode(curve.multiply(nonce, B)), curve.encode(curve.multiply(nonce, p_sum))
    t.append("T1", t1)
    t.append("T2", t2)
    return t1 + t2 + scalar_bytes(nonce + t.challenge("e") * secret)


def sign_ballot(dice, election, secret, code, disposition):
    """(T4, z) of section 9.3 as 64 bytes."""
    credential, nonce = curve.encode(curve.multiply(secret, B)), dice.scalar()
    t4 = curve.encode(curve.multiply(nonce, B))
    t = Transcript("credential")
    t.append("election", election)
    t.append("code", code)
    t.append("disposition", bytes([disposition]))
    t.append("U", credential)
    t.append("T4", t4)
    return t4 + scalar_bytes(nonce + t.challenge("e'") * secret)


def inner(a, b):
    return sum(x * y for x, y in zip(a, b)) % ORDER


class Maker:
    """Makes ballots of one election.

    `lie` names what a forger sets otherwise than the proof demands, and goes on with: the "D" of the first ciphertext,
    "e_blinding", "t_x_blinding", "L" of the first round. Then one equation does not hold, and all others do.
    """

    def __init__(self, dice, manifest, k_point, lie=None):
        self.dice, self.manifest, self.k_point, self.lie = dice, manifest, k_point, lie
        self.k_bytes = curve.encode(k_point)

    def ballot(self, secret, style, counter, previous, selections, seed, chosen=None):
        """The bytes of a ballot without its signature. Whether the selections obey the rules is not looked at. `chosen`
        are r's in the place of those that come from the seed."""
        election, claims = self.manifest.id, self.manifest.styles[style].claims
        credential = curve.encode(curve.multiply(secret, B))
        x, r = [], []
        for contest, values in zip(self.manifest.styles[style].contests, selections):
            for entry, value in enumerate(values):
                x.append(value)
                if chosen is None:
                    r.append(kdf_scalar("ballot randomness", seed, election, self.k_bytes, credential, le16(counter),
                                        previous or b"", le16(contest), le32(entry)))
        r = chosen or r
        cs = [curve.combine([(value, M), (blinding, self.k_point)]) for value, blinding in zip(x, r)]
        ciphertexts = [(curve.encode(curve.multiply(blinding, B)), curve.encode(c)) for blinding, c in zip(r, cs)]
        if self.lie == "D":
            ciphertexts[0] = curve.encode(curve.add(curve.multiply(r[0], B), B)), ciphertexts[0][1]
        ballot = Ballot(credential, style, counter, previous, ciphertexts, *[None] * 18)
        t = ballot_transcript(election, self.k_bytes, ballot)
        ranges = self._ranges(t, claims, x, r, cs)
        linear = self._linear(t, claims, x, r, ciphertexts, cs)
        head = credential + le16(style) + le16(counter) + (b"\0" if previous is None else b"\1" + previous)
        return head + enc_list([d + c for d, c in ciphertexts]) + ranges + linear

    def _commit(self, value, blinding):
        return curve.combine([(value, M), (blinding, self.k_point)])

    def _ranges(self, t, claims, x, r, cs):
        """Section 9.5, as the prover."""
        n, m, dice = claims.width, claims.padded, self.dice
        total = n * m
        values = [form.at(x) for form in claims.ranges]
        blindings = [form.at(r) - form.constant for form in claims.ranges]
        values += [0] * (m - len(values))
        blindings += [0] * (m - len(blindings))
        g = [base for j in range(m) for base in bases("G", j, 64)[:n]]
        h = [base for j in range(m) for base in bases("H", j, 64)[:n]]
        t.append("dom-sep", b"rangeproof v1")
        t.append_u64("n", n)
        t.append_u64("m", m)
        for form in claims.ranges:
            t.append("V", curve.encode(apply(form, cs)))
        for _ in range(m - len(claims.ranges)):
            t.append("V", bytes(32))
        a_l = [values[i // n] >> i % n & 1 for i in range(total)]
        a_r = [bit - 1 for bit in a_l]
        s_l, s_r = [dice.scalar() for _ in range(total)], [dice.scalar() for _ in range(total)]
        alpha, rho, tau_1, tau_2 = (dice.scalar() for _ in range(4))

        def vector(blinding, left, right):
            return curve.encode(curve.combine([(blinding, self.k_point), *zip(left, g), *zip(right, h)]))

        a_point, s_point = vector(alpha, a_l, a_r), vector(rho, s_l, s_r)
        t.append("A", a_point)
        t.append("S", s_point)
        y, z = t.challenge("y"), t.challenge("z")
        ys = [1]
        for _ in range(total - 1):
            ys.append(ys[-1] * y % ORDER)
        zs = [pow(z, 2 + j, ORDER) for j in range(m)]
        l_0 = [bit - z for bit in a_l]
        r_0 = [ys[i] * (a_r[i] + z) + zs[i // n] * (1 << i % n) for i in range(total)]
        r_1 = [ys[i] * s_r[i] % ORDER for i in range(total)]
        t_1, t_2 = inner(l_0, r_1) + inner(s_l, r_0), inner(s_l, r_1)
        points = [curve.encode(self._commit(t_1, tau_1)), curve.encode(self._commit(t_2, tau_2))]
        t.append("T_1", points[0])
        t.append("T_2", points[1])
        c = t.challenge("x")
        left = [(l_0[i] + c * s_l[i]) % ORDER for i in range(total)]
        right = [(r_0[i] + c * r_1[i]) % ORDER for i in range(total)]
        scalars = [scalar_bytes(inner(left, right)), scalar_bytes(tau_1 * c + tau_2 * c * c + inner(zs, blindings)),
                   scalar_bytes(alpha + rho * c)]
        for place, name in ((1, "t_x_blinding"), (2, "e_blinding")):
            if self.lie == name:
                scalars[place] = scalar_bytes(int.from_bytes(scalars[place], "little") + 1)
        for label, data in zip(("t_x", "t_x_blinding", "e_blinding"), scalars):
            t.append(label, data)
        w = t.challenge("w")
        t.append("dom-sep", b"ipp v1")
        t.append_u64("n", total)
        rounds = []
        # Coefficients of the first bases in the folded ones: folding numbers is quicker than folding points.
        y_inverse = pow(y, -1, ORDER)
        on_g, on_h = [1] * total, [pow(y_inverse, i, ORDER) for i in range(total)]
        while len(left) > 1:
            half = len(left) // 2
            sides = []
            for low in (True, False):
                # L takes the low half of a and the high half of b; R the others.
                a_part = left[:half] if low else left[half:]
                b_part = right[half:] if low else right[:half]
                terms = [(w * inner(a_part, b_part), M)]
                for i in range(total):
                    place = i % (2 * half)
                    if (place >= half) == low:
                        terms.append((a_part[place % half] * on_g[i], g[i]))
                    else:
                        terms.append((b_part[place % half] * on_h[i], h[i]))
                if self.lie == "L" and low and not rounds:
                    terms.append((1, B))
                sides.append(curve.encode(curve.combine(terms)))
            t.append("L", sides[0])
            t.append("R", sides[1])
            u = t.challenge("u")
            v = pow(u, -1, ORDER)
            left = [(left[i] * u + left[half + i] * v) % ORDER for i in range(half)]
            right = [(right[i] * v + right[half + i] * u) % ORDER for i in range(half)]
            for i in range(total):
                high = i % (2 * half) >= half
                on_g[i] = on_g[i] * (u if high else v) % ORDER
                on_h[i] = on_h[i] * (v if high else u) % ORDER
            rounds.append(sides[0] + sides[1])
        self._last = scalar_bytes(left[0]), scalar_bytes(right[0])
        return a_point + s_point + b"".join(points) + b"".join(scalars) + enc_list(rounds) + b"".join(self._last)

    def _linear(self, t, claims, x, r, ciphertexts, cs):
        """Section 9.6, as the prover."""
        dice = self.dice
        t.append("a", self._last[0])
        t.append("b", self._last[1])
        rho, tau = t.challenge("rho"), t.challenge("tau")
        k_r, k_v, k_w = dice.scalar(), dice.scalar(), dice.scalar()
        first, second = curve.encode(curve.multiply(k_r, B)), curve.encode(self._commit(k_v, k_r))
        third = curve.encode(curve.multiply(k_w, self.k_point))
        t.append("T1", first)
        t.append("T2", second)
        if claims.equalities:
            t.append("T3", third)
        e = t.challenge("e")
        powers = [pow(rho, i, ORDER) for i in range(len(x))]
        w = sum(pow(tau, j, ORDER) * (form.at(r) - form.constant) for j, form in enumerate(claims.equalities))
        equality = b"\1" + third + scalar_bytes(k_w + e * w) if claims.equalities else b"\0"
        return first + second + equality + scalar_bytes(k_r + e * inner(powers, r)) + scalar_bytes(
            k_v + e * inner(powers, x))


def submit(dice, election, secret, body, disposition=CAST):
    """A cast or challenge entry."""
    code = digest("ballot", election, body)
    return bytes([8 + disposition]) + body + sign_ballot(dice, election, secret, code, disposition)

"""Transcripts of proofs (section 4.4): Keccak-f[1600], STROBE-128 and merlin on it."""

from .curve import ORDER

MASK = (1 << 64) - 1


def _round_constants():
    """The constants of FIPS 202, section 3.2.5, from their shift register."""
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << ((1 << j) - 1)
            register <<= 1
            if register & 0x100:
                register ^= 0x171
        constants.append(constant)
    return constants


def _moves():
    """Rho and pi of FIPS 202 as (from, to, rotation), lane (x, y) being number x + 5·y."""
    moves, x, y = [(0, 0, 0)], 1, 0
    for t in range(24):
        moves.append((x + 5 * y, y + 5 * ((2 * x + 3 * y) % 5), (t + 1) * (t + 2) // 2 % 64))
        x, y = y, (2 * x + 3 * y) % 5
    return moves


ROUND_CONSTANTS = _round_constants()
# By the lane that is written: where it comes from and how far it is rotated.
SOURCES = [(source, turn) for source, _, turn in sorted(_moves(), key=lambda move: move[1])]


def keccak_f(state):
    """Keccak-f[1600] on a bytearray of 200 bytes, in place."""
    a = [int.from_bytes(state[i:i + 8], "little") for i in range(0, 200, 8)]
    for constant in ROUND_CONSTANTS:
        c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20]
        c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21]
        c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22]
        c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23]
        c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24]
        d = (c4 ^ (c1 << 1 & MASK | c1 >> 63), c0 ^ (c2 << 1 & MASK | c2 >> 63), c1 ^ (c3 << 1 & MASK | c3 >> 63),
             c2 ^ (c4 << 1 & MASK | c4 >> 63), c3 ^ (c0 << 1 & MASK | c0 >> 63)) * 5
        b = []
        for source, turn in SOURCES:
            lane = a[source] ^ d[source]
            b.append(lane << turn & MASK | lane >> 64 - turn)
        a = []
        for y in (0, 5, 10, 15, 20):
            b0, b1, b2, b3, b4 = b[y:y + 5]
            # b & ~c is b ^ b & c for numbers without a sign
            a += (b0 ^ b2 ^ b1 & b2, b1 ^ b3 ^ b2 & b3, b2 ^ b4 ^ b3 & b4, b3 ^ b0 ^ b4 & b0, b4 ^ b1 ^ b0 & b1)
        a[0] ^= constant
    for i, lane in enumerate(a):
        state[8 * i:8 * i + 8] = lane.to_bytes(8, "little")


class Merlin:
    """The state of section 4.4 and its operations, by the names that they have there."""

    RATE = 166

    def __init__(self):
        self.st = bytearray(200)
        self.st[:18] = bytes.fromhex("01a801000160") + b"STROBEv1.0.2"
        keccak_f(self.st)
        self.pos = self.begin = 0
        self._meta(b"Merlin v1.0")

    def _permute(self):
        self.st[self.pos] ^= self.begin
        self.st[self.pos + 1] ^= 0x04
        self.st[167] ^= 0x80
        keccak_f(self.st)
        self.pos = self.begin = 0

    def _absorb(self, data):
        for byte in data:
            self.st[self.pos] ^= byte
            self.pos += 1
            if self.pos == self.RATE:
                self._permute()

    def _start(self, flags):
        old, self.begin = self.begin, self.pos + 1
        self._absorb((old, flags))
        if flags & 0x04 and self.pos:
            self._permute()

    def _meta(self, data):
        self._start(0x12)
        self._absorb(data)

    def append(self, label, data):
        self._meta(label.encode() + len(data).to_bytes(4, "little"))
        self._start(0x02)
        self._absorb(data)

    def append_u64(self, label, number):
        self.append(label, number.to_bytes(8, "little"))

    def output(self, label, count):
        """The bytes of a challenge."""
        self._meta(label.encode() + count.to_bytes(4, "little"))
        self._start(0x07)
        result = bytearray()
        for _ in range(count):
            result.append(self.st[self.pos])
            self.st[self.pos] = 0
            self.pos += 1
            if self.pos == self.RATE:
                self._permute()
        return bytes(result)

    def challenge(self, label):
        return int.from_bytes(self.output(label, 64), "little") % ORDER


class Transcript(Merlin):
    """Transcript(purpose) of section 4.4."""

    def __init__(self, purpose):
        super().__init__()
        self.append("dom-sep", purpose.encode())
        self.append("suite", b"tabella/v1")

"""edwards25519 and the ristretto255 group on it (section 5; RFC 9496, RFC 8032).

A point is a tuple (X, Y, Z, T) of extended coordinates: x = X/Z, y = Y/Z, x·y = T/Z. All are below P.
Nothing here is constant in time: a verifier has no secrets.
"""

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493

D = -121665 * pow(121666, -1, P) % P
D2 = 2 * D % P
SQRT_M1 = pow(2, (P - 1) // 4, P)

IDENTITY = (0, 1, 1, 0)


def is_negative(x):
    """RFC 9496, section 3.1: a field element is negative if its number below P is odd."""
    return x & 1


def absolute(x):
    return P - x if x & 1 else x


def sqrt_ratio(u, v):
    """RFC 9496, section 4.2: (True, sqrt(u/v)), or (False, sqrt(SQRT_M1·u/v)); never negative."""
    v3 = v * v % P * v % P
    r = u * v3 * pow(u * v3 % P * v3 * v % P, (P - 5) // 8, P) % P
    check = v * r * r % P
    u %= P
    square = check == u
    flipped = check == P - u if u else check == 0
    flipped_i = check == (-u * SQRT_M1) % P
    if flipped or flipped_i:
        r = r * SQRT_M1 % P
    return square or flipped, absolute(r)


# Constants of RFC 9496, section 4.1. The roots are the non-negative ones, but for SQRT_AD_MINUS_ONE, which is odd.
ONE_MINUS_D_SQ = (1 - D * D) % P
D_MINUS_ONE_SQ = (D - 1) * (D - 1) % P
SQRT_AD_MINUS_ONE = 25063068953384623474111414158702152701244531502492656460079210482610430750235
INVSQRT_A_MINUS_D = 54469307008909316920995813868745141605393597292927456921205312896311721017578
assert SQRT_AD_MINUS_ONE**2 % P == (-D - 1) % P
assert INVSQRT_A_MINUS_D**2 * (-1 - D) % P == 1


# Group law. The addition is complete on this curve: it has no special cases.

def add(p, q):
    x1, y1, z1, t1 = p
    x2, y2, z2, t2 = q
    a = (y1 - x1) * (y2 - x2) % P
    b = (y1 + x1) * (y2 + x2) % P
    c = t1 * D2 % P * t2 % P
    d = 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(p):
    x, y, z, _ = p
    a = x * x % P
    b = y * y % P
    c = 2 * z * z
    h = a + b
    e = h - (x + y) * (x + y) % P
    g = a - b
    f = c + g
    f %= P
    return e * f % P, g * h % P, f * g % P, e * h % P


def negate(p):
    x, y, z, t = p
    return -x % P, y, z, -t % P


def subtract(p, q):
    return add(p, negate(q))


def multiply(k, p):
    """k·p for a number k of at least 0, with windows of four bits."""
    table = [IDENTITY, p]
    for _ in range(14):
        table.append(add(table[-1], p))
    result = IDENTITY
    for shift in range((max(k.bit_length(), 1) + 3) // 4 * 4 - 4, -1, -4):
        result = double(double(double(double(result))))
        digit = k >> shift & 15
        if digit:
            result = add(result, table[digit])
    return result


def combine(terms):
    """Σ k·p over pairs (k, p), by the buckets of Pippenger; by double and add where there is one pair."""
    terms = [(k % ORDER, p) for k, p in terms]
    terms = [(k, p) for k, p in terms if k]
    if not terms:
        return IDENTITY
    if len(terms) == 1:
        return multiply(*terms[0])
    count, width = len(terms), 2
    while width < 12 and count > 3 << width:
        width += 1
    mask = (1 << width) - 1
    bits = max(k.bit_length() for k, _ in terms)
    result = None
    for shift in range((bits - 1) // width * width, -1, -width):
        if result is not None:
            for _ in range(width):
                result = double(result)
        buckets = [None] * (mask + 1)
        for k, p in terms:
            digit = k >> shift & mask
            if digit:
                there = buckets[digit]
                buckets[digit] = p if there is None else add(there, p)
        running = total = IDENTITY
        for bucket in reversed(buckets[1:]):
            if bucket is not None:
                running = add(running, bucket)
            total = add(total, running)
        result = total if result is None else add(result, total)
    return result


# ristretto255

def decode(data):
    """The point of 32 bytes (RFC 9496, section 4.3.1), or None if they are not the canonical encoding of one."""
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= P or is_negative(s):
        return None
    ss = s * s % P
    u1 = 1 - ss
    u2 = 1 + ss
    u2_sqr = u2 * u2 % P
    v = (-(D * u1 % P * u1) - u2_sqr) % P
    square, invsqrt = sqrt_ratio(1, v * u2_sqr % P)
    den_x = invsqrt * u2 % P
    den_y = invsqrt * den_x % P * v % P
    x = absolute(2 * s * den_x % P)
    y = u1 * den_y % P
    t = x * y % P
    if not square or is_negative(t) or y == 0:
        return None
    return x, y, 1, t


def encode(p):
    """The canonical 32 bytes of a point (RFC 9496, section 4.3.2)."""
    x, y, z, t = p
    u1 = (z + y) * (z - y) % P
    u2 = x * y % P
    _, invsqrt = sqrt_ratio(1, u1 * u2 % P * u2 % P)
    den1 = invsqrt * u1 % P
    den2 = invsqrt * u2 % P
    z_inv = den1 * den2 % P * t % P
    if is_negative(t * z_inv % P):
        x, y = y * SQRT_M1 % P, x * SQRT_M1 % P
        den_inv = den1 * INVSQRT_A_MINUS_D % P
    else:
        den_inv = den2
    if is_negative(x * z_inv % P):
        y = -y % P
    return absolute(den_inv * (z - y) % P).to_bytes(32, "little")


def equal(p, q):
    """RFC 9496, section 4.3.3."""
    return (p[0] * q[1] - p[1] * q[0]) % P == 0 or (p[1] * q[1] - p[0] * q[0]) % P == 0


def is_identity(p):
    """Whether p is the identity of ristretto255, which is a coset of four points of the curve."""
    return p[0] == 0 or p[1] == 0


def elligator(data):
    """The map of RFC 9496, section 4.3.4, from 32 bytes to a point."""
    t = (int.from_bytes(data, "little") & (1 << 255) - 1) % P
    r = SQRT_M1 * t % P * t % P
    u = (r + 1) * ONE_MINUS_D_SQ % P
    v = (-1 - r * D) * (r + D) % P
    square, s = sqrt_ratio(u, v)
    if square:
        c = -1
    else:
        s = -absolute(s * t % P) % P
        c = r
    n = (c * (r - 1) * D_MINUS_ONE_SQ - v) % P
    w0 = 2 * s * v % P
    w1 = n * SQRT_AD_MINUS_ONE % P
    w2 = (1 - s * s) % P
    w3 = (1 + s * s) % P
    return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P


def derive(data):
    """Element derivation of RFC 9496, section 4.3.4, from 64 bytes."""
    return add(elligator(data[:32]), elligator(data[32:64]))


# edwards25519 itself, for Ed25519

def decode_edwards(data):
    """The point of 32 bytes (RFC 8032, section 5.1.3), or None."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= P:
        return None
    yy = y * y % P
    square, x = sqrt_ratio(yy - 1, (D * yy + 1) % P)
    if not square or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def encode_edwards(p):
    x, y, z, _ = p
    inverse = pow(z, -1, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def has_small_order(p):
    x, y, z, _ = double(double(double(p)))
    return x == 0 and y == z


BASE_Y = 4 * pow(5, -1, P) % P
BASE = decode_edwards(BASE_Y.to_bytes(32, "little"))

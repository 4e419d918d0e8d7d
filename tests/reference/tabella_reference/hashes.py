"""Hashes, key derivation and signatures (sections 4.1 to 4.3 and 4.5) and the bases (section 5)."""

import functools
import hashlib
import hmac

from . import curve
from .curve import ORDER

SUITE = b"tabella/v1"


def le16(x):
    return x.to_bytes(2, "little")


def le32(x):
    return x.to_bytes(4, "little")


def le64(x):
    return x.to_bytes(8, "little")


def frame(data):
    return le64(len(data)) + data


def frames(purpose, parts):
    return frame(SUITE) + frame(purpose.encode()) + b"".join(frame(part) for part in parts)


def digest(purpose, *parts):
    """hash(purpose; parts) of section 4.1."""
    return hashlib.sha256(frames(purpose, parts)).digest()


def hash_to_point(purpose, *parts):
    """Section 4.2."""
    return curve.derive(hashlib.sha512(frames(purpose, parts)).digest())


def kdf(purpose, secret, parts, count):
    """KDF of section 4.3: HKDF-SHA-512 of RFC 5869."""
    key = hmac.digest(SUITE + b"/" + purpose.encode(), secret, "sha512")
    info = b"".join(frame(part) for part in parts)
    output, block, number = b"", b"", 1
    while len(output) < count:
        block = hmac.digest(key, block + info + bytes([number]), "sha512")
        output += block
        number += 1
    return output[:count]


def kdf_scalar(purpose, secret, *parts):
    """KDFscalar of section 4.3."""
    return int.from_bytes(kdf(purpose, secret, parts, 64), "little") % ORDER


def ed25519(key, signature, message):
    """Strict verification of section 4.5, without multiplying by the cofactor."""
    a, r = curve.decode_edwards(key), curve.decode_edwards(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= ORDER or a is None or r is None:
        return False
    if curve.has_small_order(a) or curve.has_small_order(r):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    # Both products separately: A may have a part of small order, on which k and k modulo the order differ.
    point = curve.subtract(curve.multiply(s, curve.BASE), curve.multiply(k, a))
    return curve.encode_edwards(point) == signature[:32]


def signed(key, signature, purpose, *parts):
    """Whether `signature` is sign(key, purpose; parts) of section 4.5."""
    message = f"tabella/v1 signature\n{purpose}\n{digest(purpose, *parts).hex()}\n".encode()
    return ed25519(key, signature, message)


def fingerprint(key):
    """The fingerprint of a signing key (section 4.5)."""
    return digest("signing key", key)


B = curve.BASE
M = hash_to_point("message base")


@functools.lru_cache(maxsize=None)
def bases(letter, value, count):
    """G[value][0 … count−1] for the letter G, and H likewise (section 5)."""
    stream = hashlib.shake_256(b"GeneratorsChain" + letter.encode() + le32(value)).digest(64 * count)
    return [curve.derive(stream[64 * k:64 * k + 64]) for k in range(count)]

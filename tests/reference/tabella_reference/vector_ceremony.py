"""Operations of the test vectors: section 11 without a log, and the coefficients of section 14.5."""

import hmac

from . import curve
from .ceremony import FIELD, equal_logarithms, evaluate, x25519
from .coding import Malformed, Reader, enc_list
from .curve import ORDER
from .hashes import B, digest, hash_to_point, kdf, kdf_scalar, le32
from .making import SigningKey
from .transcript import Transcript
from .vector_basics import Refuse, h, of_point, of_scalar

KEM = b"KEM" + (0x0020).to_bytes(2, "big")
HPKE = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (0x0020, 0x0001, 0x0003))


def extract(salt, suite, label, secret):
    """LabeledExtract of RFC 9180, section 4."""
    return hmac.digest(salt, b"HPKE-v1" + suite + label + secret, "sha256")


def expand(key, suite, label, info, count):
    """LabeledExpand of RFC 9180, for at most 32 bytes."""
    return hmac.digest(key, count.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info + b"\1", "sha256")[:count]


def pair(seed):
    """The X25519 key of section 11.11: the clamped secret and the public key."""
    material = kdf("trustee", seed, [b"encryption"], 32)
    secret = expand(extract(b"", KEM, b"dkp_prk", material), KEM, b"sk", b"", 32)
    clamped = (int.from_bytes(secret, "little") & (1 << 254) - 8) | 1 << 254
    return clamped, x25519(clamped, 9).to_bytes(32, "little")


def quarter(s, a, b, c, d):
    """The quarter round of RFC 8439."""
    for one, two, three, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[one] = s[one] + s[two] & 0xFFFFFFFF
        mixed = s[three] ^ s[one]
        s[three] = (mixed << turn | mixed >> 32 - turn) & 0xFFFFFFFF


def chacha20(key, counter, nonce):
    """A block of RFC 8439, section 2.3."""
    data = b"expand 32-byte k" + key + counter.to_bytes(4, "little") + nonce
    start = [int.from_bytes(data[i:i + 4], "little") for i in range(0, 64, 4)]
    s = list(start)
    for _ in range(10):
        for i in range(4):
            quarter(s, i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return b"".join((x + y & 0xFFFFFFFF).to_bytes(4, "little") for x, y in zip(s, start))


def chacha20_poly1305(key, nonce, sealed, aad):
    """The plaintext of at most 64 bytes (RFC 8439, section 2.8), or None."""
    text, tag = sealed[:-16], sealed[-16:]
    one_time = chacha20(key, 0, nonce)[:32]
    r = int.from_bytes(one_time[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    said = b"".join(part + bytes(-len(part) % 16) for part in (aad, text))
    said += len(aad).to_bytes(8, "little") + len(text).to_bytes(8, "little")
    total = 0
    for i in range(0, len(said), 16):
        total = (total + int.from_bytes(said[i:i + 16] + b"\1", "little")) * r % ((1 << 130) - 5)
    right = (total + int.from_bytes(one_time[16:], "little") & (1 << 128) - 1).to_bytes(16, "little")
    if right != tag:
        return None
    return bytes(a ^ b for a, b in zip(text, chacha20(key, 1, nonce)))


def hpke_open(secret, public, kem, sealed, info, aad):
    """RFC 9180, base mode, single shot, with the algorithms of section 11.6; None where it does not open."""
    shared = x25519(secret, int.from_bytes(kem, "little") & (1 << 255) - 1)
    if shared == 0:
        return None
    eae = extract(b"", KEM, b"eae_prk", shared.to_bytes(32, "little"))
    secret_bytes = expand(eae, KEM, b"shared_secret", kem + public, 32)
    context = b"\0" + extract(b"", HPKE, b"psk_id_hash", b"") + extract(b"", HPKE, b"info_hash", info)
    schedule = extract(secret_bytes, HPKE, b"secret", b"")
    key = expand(schedule, HPKE, b"key", context, 32)
    nonce = expand(schedule, HPKE, b"base_nonce", context, 12)
    return chacha20_poly1305(key, nonce, sealed, aad)


def trustee_keys(x, _):
    """Section 11.11."""
    seed = h(x["seed"])
    signing, encryption = SigningKey(kdf("trustee", seed, [b"signing"], 32)).public, pair(seed)[1]
    return {"signing": signing.hex(), "encryption": encryption.hex(),
            "fingerprint": digest("trustee keys", signing, encryption).hex()}


def read_parameters(x):
    """Sections 11.2 and 11.3: (P, n, t), and the keys."""
    keys = [(h(item["signing"]), h(item["encryption"])) for item in x["keys"]]
    for kind in range(2):
        if len({pair_[kind] for pair_ in keys}) != len(keys):
            raise Refuse("a key stands twice", "3.1")
    for _, encryption in keys:
        number = int.from_bytes(encryption, "little")
        if number >= FIELD or x25519(1 << 254, number) == 0:
            raise Refuse("an encryption key is not canonical or of small order", "3.1")
    n, t = len(keys), x["threshold"]
    p = digest("ceremony parameters", h(x["election"]), le32(x["attempt"]), bytes([n]), bytes([t]),
               enc_list([signing + encryption for signing, encryption in keys]))
    return p, n, t, keys


def parameters(x, _):
    return {"P": read_parameters(x)[0].hex()}


def announced(p, dealer, points):
    """H_i of section 11.4."""
    return digest("ceremony commitments", p, bytes([dealer]), enc_list(points))


def polynomial(x, _):
    """Sections 11.4 and 11.11."""
    p, _, t, keys = read_parameters(x)
    seed = h(x["seed"])
    dealer = [encryption for _, encryption in keys].index(pair(seed)[1]) + 1
    points = [curve.encode(curve.multiply(kdf_scalar("trustee", seed, b"polynomial", p, bytes([k])), B))
              for k in range(t)]
    return {"dealer": dealer, "points": [data.hex() for data in points], "H": announced(p, dealer, points).hex()}


def read_commitments(p, t, x):
    """Sections 11.4 and 11.5: the points of a dealer, or a refusal."""
    reader = Reader(h(x["message"]))
    try:
        encoded, first, z = reader.list(reader.point), reader.point(), reader.scalar()
        reader.done()
    except Malformed as error:
        raise Refuse(str(error), "1.5") from None
    points, t_point = [curve.decode(data) for data in encoded], curve.decode(first)
    if len(points) != t or any(map(curve.is_identity, points)):
        raise Refuse("there are not t commitments, or one is the identity", "3.5")
    own = announced(p, x["dealer"], encoded)
    if own != h(x["H"]):
        raise Refuse("other commitments were announced", "3.4")
    transcript = Transcript("ceremony possession")
    transcript.append("commitments", own)
    transcript.append("V", encoded[0])
    transcript.append("T", first)
    c = transcript.challenge("e")
    if curve.is_identity(t_point) or not curve.is_identity(curve.combine([(z, B), (-1, t_point), (-c, points[0])])):
        raise Refuse("the proof of possession does not verify", "3.5")
    return points


def commitments(x, _):
    p, _, t, _ = read_parameters(x)
    read_commitments(p, t, x)
    return {}


def share_fits(points, receiver, number):
    """Section 11.6: f(j)·B = Σ j^k·A_k."""
    return curve.equal(curve.multiply(number, B), evaluate(points, receiver))


def open_share(x, _):
    """Section 11.6, as the receiver."""
    p, _, t, keys = read_parameters(x)
    dealer = x["dealer"]
    points = read_commitments(p, t, dealer)
    secret, public = pair(h(x["seed"]))
    receiver = [encryption for _, encryption in keys].index(public) + 1
    aad = digest("ceremony share", h(dealer["H"]), bytes([receiver]))
    plain = hpke_open(secret, public, h(x["kem"]), h(x["ciphertext"]), b"tabella/v1 ceremony share", aad)
    if plain is None:
        raise Refuse("the share does not open")
    number = int.from_bytes(plain, "little")
    if number >= ORDER or not share_fits(points, receiver, number):
        raise Refuse("the share is no scalar, or does not fit the commitments")
    return {"receiver": receiver}


def share_of(text):
    number = int.from_bytes(h(text), "little")
    if number >= ORDER:
        raise Refuse("a share is no scalar", "1.5")
    return number


def answer(x, _):
    """Section 11.7."""
    p, _, t, _ = read_parameters(x)
    points = read_commitments(p, t, x["dealer"])
    if not share_fits(points, x["receiver"], share_of(x["share"])):
        raise Refuse("the share does not fit the commitments", "3.7")
    return {}


def key_set(x):
    """Section 11.8: K, the V_j and X."""
    p, n, t, _ = read_parameters(x)
    dealers = [read_commitments(p, t, dealer) for dealer in x["dealers"]]
    for sealed in x["sealed"]:
        reader = Reader(h(sealed))
        try:
            count = len(reader.list(lambda: (reader.take(32), reader.take(48))))
            reader.done()
        except Malformed as error:
            raise Refuse(str(error), "1.5") from None
        if count != n - 1:
            raise Refuse("there is not one share for each other trustee", "3.6")
    answers = []
    for item in sorted(x["answers"], key=lambda item: (item["dealer"], item["receiver"])):
        number = share_of(item["share"])
        if not share_fits(dealers[item["dealer"] - 1], item["receiver"], number):
            raise Refuse("an answer does not fit the commitments", "3.7")
        answers.append(bytes([item["dealer"], item["receiver"]]) + h(item["share"]))
    joint = []
    for column in zip(*dealers):
        total = curve.IDENTITY
        for p_k in column:
            total = curve.add(total, p_k)
        joint.append(total)
    keys = [evaluate(joint, j) for j in range(1, n + 1)]
    if any(map(curve.is_identity, [joint[0], *keys])):
        raise Refuse("the joint key or a verification key is the identity", "3.9")
    transcript = digest("ceremony transcript", p, enc_list([h(dealer["message"]) for dealer in x["dealers"]]),
                        enc_list([h(sealed) for sealed in x["sealed"]]), enc_list(answers))
    return joint[0], keys, transcript


def joint_key(x, _):
    k, keys, transcript = key_set(x)
    return {"K": of_point(k), "V": [of_point(key) for key in keys], "X": transcript.hex()}


def test_decryption(x, _):
    """Section 11.9."""
    _, keys, transcript = key_set(x["ceremony"])
    election, trustee = h(x["ceremony"]["election"]), x["trustee"]
    reader = Reader(h(x["message"]))
    try:
        share, t1, t2, z = reader.point(), reader.point(), reader.point(), reader.scalar()
        reader.done()
    except Malformed as error:
        raise Refuse(str(error), "1.5") from None
    base = hash_to_point("test decryption", election, transcript, bytes([trustee]))
    t = Transcript("test decryption")
    t.append("election", election)
    t.append("ceremony", transcript)
    t.append_u64("trustee", trustee)
    if not equal_logarithms(t, curve.encode(keys[trustee - 1]), [(curve.encode(base), share)], t1, t2, z):
        raise Refuse("the test decryption does not verify", "3.10")
    return {"P": of_point(base)}


def lagrange(x, _):
    """Section 14.5."""
    trustees, factors = x["trustees"], []
    if len(set(trustees)) != len(trustees):
        raise Refuse("a trustee stands twice")
    for i in trustees:
        above = below = 1
        for j in trustees:
            if j != i:
                above, below = above * j % ORDER, below * (j - i) % ORDER
        factors.append(of_scalar(above * pow(below, -1, ORDER)))
    return {"factors": factors}


OPERATIONS = {
    "trustee-keys": trustee_keys, "parameters": parameters, "polynomial": polynomial, "commitments": commitments,
    "open-share": open_share, "answer": answer, "joint-key": joint_key, "test-decryption": test_decryption,
    "lagrange": lagrange,
}

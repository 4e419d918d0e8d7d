"""Operations of the test vectors: sections 3 to 8, 11.10 and 15."""

from . import curve, hashes, manifest, rules
from .ceremony import equal_logarithms as logarithms_hold
from .coding import Malformed, Reader
from .curve import ORDER
from .making import SigningKey
from .outcome import encode as encode_outcome
from .outcome import outcome as compute_outcome
from .transcript import Transcript


class Refuse(Exception):
    """The input is refused; `check` is that of section 16.2, where there is one."""

    def __init__(self, sentence, check=None):
        super().__init__(sentence)
        self.check = check


def h(text):
    """Bytes from hexadecimal in lower case."""
    data = bytes.fromhex(text)
    if data.hex() != text:
        raise ValueError("hexadecimal is not in lower case")
    return data


def point(text):
    """A point that decodes; the identity is one."""
    result = curve.decode(h(text))
    if result is None:
        raise Refuse("a point is not canonical")
    return result


def nonzero(text):
    result = point(text)
    if curve.is_identity(result):
        raise Refuse("a point is the identity")
    return result


def scalar(text):
    number = int.from_bytes(h(text), "little")
    if number >= ORDER:
        raise Refuse("a scalar is not below the group order")
    return number


def of_point(p):
    return curve.encode(p).hex()


def of_scalar(x):
    return (x % ORDER).to_bytes(32, "little").hex()


def value(x, _):
    """Section 3."""
    reader = Reader(h(x["bytes"]))
    types = {
        "u8": reader.u8, "u16": reader.u16, "u32": reader.u32, "u64": reader.u64, "bool": reader.bool,
        "string": reader.string, "bytes": reader.bytes, "list<u16>": lambda: reader.list(reader.u16),
        "list<point>": lambda: reader.list(reader.point), "option<u8>": lambda: reader.option(reader.u8),
        "(u16, bytes)": lambda: (reader.u16(), reader.bytes()), "scalar": reader.scalar, "point": reader.point,
        "point, not the identity": reader.point,
    }
    try:
        found = types[x["type"]]()
        reader.done()
    except Malformed as error:
        raise Refuse(str(error)) from None
    if x["type"] == "point, not the identity" and found == bytes(32):
        raise Refuse("the point is the identity")
    return {}


def parts(x):
    return [h(part) for part in x["parts"]]


def hash_(x, _):
    return {"hash": hashes.digest(x["purpose"], *parts(x)).hex()}


def hash_to_point(x, _):
    return {"point": of_point(hashes.hash_to_point(x["purpose"], *parts(x)))}


def derive_bytes(x, _):
    return {"bytes": hashes.kdf(x["purpose"], h(x["secret"]), parts(x), x["length"]).hex()}


def derive_scalar(x, _):
    return {"scalar": of_scalar(hashes.kdf_scalar(x["purpose"], h(x["secret"]), *parts(x)))}


def spoken(x):
    """A transcript with these steps, and the challenges that were drawn."""
    t, challenges = Transcript(x["purpose"]), []
    for step in x["steps"]:
        if "challenge" in step:
            challenges.append(of_scalar(t.challenge(step["challenge"])))
        elif "number" in step:
            t.append_u64(step["append"], step["number"])
        else:
            t.append(step["append"], h(step["bytes"]))
    return t, challenges


def transcript(x, _):
    return {"challenges": spoken(x)[1]}


def sign(x, _):
    key = SigningKey(h(x["seed"]))
    return {"key": key.public.hex(), "fingerprint": hashes.fingerprint(key.public).hex(),
            "signature": key.sign(x["purpose"], *parts(x)).hex()}


def verify_signature(x, _):
    if not hashes.signed(h(x["key"]), h(x["signature"]), x["purpose"], *parts(x)):
        raise Refuse("the signature does not verify")
    return {}


def verify_ed25519(x, _):
    if not hashes.ed25519(h(x["key"]), h(x["signature"]), h(x["message"])):
        raise Refuse("the signature does not verify")
    return {}


def bases(x, _):
    if x["letter"] in "BM":
        return {"points": [of_point({"B": hashes.B, "M": hashes.M}[x["letter"]])]}
    return {"points": [of_point(p) for p in hashes.bases(x["letter"], x["value"], x["count"])]}


def encrypt(x, _):
    k, r = nonzero(x["K"]), scalar(x["r"])
    return {"D": of_point(curve.multiply(r, hashes.B)), "C": of_point(curve.combine([(x["x"], hashes.M), (r, k)]))}


def weighted_sum(x, _):
    sums = [curve.IDENTITY, curve.IDENTITY]
    for term in x["terms"]:
        for i, half in enumerate("DC"):
            sums[i] = curve.add(sums[i], curve.multiply(term["weight"], nonzero(term[half])))
    return {"D": of_point(sums[0]), "C": of_point(sums[1])}


def equal_logarithms(x, _):
    for text in [x["V"], x["T1"], x["T2"], *(pair[side] for pair in x["pairs"] for side in "PS")]:
        point(text)
    pairs = [(h(pair["P"]), h(pair["S"])) for pair in x["pairs"]]
    if not logarithms_hold(spoken(x)[0], h(x["V"]), pairs, h(x["T1"]), h(x["T2"]), scalar(x["z"])):
        raise Refuse("the proof does not verify")
    return {}


def read_manifest(x):
    try:
        return manifest.decode(h(x["manifest"]))
    except (Malformed, manifest.BadManifest) as error:
        raise Refuse(str(error), "2.3") from None


def check_manifest(x, _):
    m = read_manifest(x)
    return {"election": m.id.hex(), "styles": [
        {"entries": s.claims.entries, "n": s.claims.width, "m": s.claims.padded} for s in m.styles]}


def forms(claims):
    return [{"terms": [list(term) for term in form.terms], "constant": form.constant} for form in claims]


def claims(x, _):
    c = read_manifest(x).styles[x["style"]].claims
    return {"entries": c.entries, "n": c.width, "m": c.padded, "ranges": forms(c.ranges),
            "equalities": forms(c.equalities)}


def obeys(x, _):
    m = read_manifest(x)
    contests = [m.contests[number] for number in m.styles[x["style"]].contests]
    if len(contests) != len(x["selections"]) or not all(
            rules.obeys(contest, values) for contest, values in zip(contests, x["selections"])):
        raise Refuse("the selections do not obey the rules")
    return {}


def outcome(x, _):
    contest = read_manifest(x).contests[x["contest"]]
    return {"outcome": encode_outcome(compute_outcome(contest, x["totals"], x["counted"], x["roll"])).hex()}


OPERATIONS = {
    "value": value, "hash": hash_, "hash-to-point": hash_to_point, "derive-bytes": derive_bytes,
    "derive-scalar": derive_scalar, "transcript": transcript, "sign": sign, "verify-signature": verify_signature,
    "verify-ed25519": verify_ed25519, "bases": bases, "encrypt": encrypt, "weighted-sum": weighted_sum,
    "equal-logarithms": equal_logarithms, "manifest": check_manifest, "claims": claims, "obeys": obeys,
    "outcome": outcome,
}

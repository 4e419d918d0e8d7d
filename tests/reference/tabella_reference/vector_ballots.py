"""Operations of the test vectors: sections 9, 10 and 16.3."""

from . import ballots, curve, hashes
from . import entries as e
from .coding import Malformed
from .vector_basics import Refuse, h, of_point, read_manifest

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def verifier(x):
    m = read_manifest(x)
    return m, ballots.Verifier(m.id, h(x["K"]), [style.claims for style in m.styles])


def decoded(data):
    """The fields of an entry."""
    try:
        return e.decode(data)
    except Malformed as error:
        raise Refuse(str(error), "1.5") from None


def verify(of, entries):
    """Signatures and proofs of ballot entries, all in one product and then each alone."""
    for entry in entries:
        ballot = decoded(entry)[1][0]
        if (ballot.counter > 0) != (ballot.previous is not None):
            raise Refuse("the previous ballot is named where there is none, or is not named", "6.5")
        if ballot.style >= len(of.claims):
            raise Refuse("there is no such style", "6.3")
    bad = of.chunk(list(enumerate(entries)))
    if bad is not None:
        raise Refuse(bad[2], bad[1])


def ballot(x, _):
    """Sections 9.1 to 9.6."""
    m, of = verifier(x)
    entry = h(x["entry"])
    found = decoded(entry)[1][0]
    verify(of, [entry])
    secrets = x.get("secrets")
    if secrets is not None:
        made_again(m, x, found, secrets)
    return {"code": ballots.tracking_code(m.id, found).hex(), "U": found.credential.hex()}


def made_again(m, x, found, secrets):
    """The credential and the ciphertexts, from code, seed and selections."""
    if m.id.hex() != secrets["election"]:
        raise Refuse("the manifest has another hash")
    if credential_code(secrets, None)["U"] != found.credential.hex():
        raise Refuse("the code gives another credential")
    style = m.styles[found.style]
    if not ballots.opens(m.id, h(x["K"]), style, m.contests, found, h(secrets["seed"]), secrets["selections"]):
        raise Refuse("seed and selections give other ciphertexts")


def several(x, _):
    """Section 9.7."""
    verify(verifier(x)[1], [h(entry) for entry in x["entries"]])
    return {}


def opening(x, _):
    """Section 9.8."""
    m, _ = verifier(x)
    tested = decoded(h(x["challenge"]))[1][0]
    entry = h(x["entry"])
    number, seed, selections, t4, z = decoded(entry)[1]
    code = ballots.opening_code(m.id, number, entry[9:-64])
    batch = ballots.Batch(curve.decode(h(x["K"])))
    try:
        batch.add(ballots.signature_equation(m.id, tested.credential, code, ballots.OPENING, t4, z))
    except ballots.BadBallot as error:
        raise Refuse(str(error), "6.8") from None
    if not batch.holds():
        raise Refuse("the signature does not verify", "6.8")
    if not ballots.opens(m.id, h(x["K"]), m.styles[tested.style], m.contests, tested, seed, selections):
        raise Refuse("the opening does not open the ballot", "6.8")
    return {"code": code.hex(), "selections": selections}


def times_alpha(x):
    """In GF(32), modulo α^5 + α^2 + 1."""
    return x << 1 ^ (0b100101 if x & 16 else 0)


def credential_code(x, _):
    """Section 10.1."""
    text = "".join({"O": "0", "I": "1", "L": "1"}.get(c, c) for c in x["code"].upper() if c not in " -")
    if len(text) != 25 or any(c not in SYMBOLS for c in text):
        raise Refuse("these are not 25 symbols")
    data = b""
    for group in range(1, 6):
        values = [SYMBOLS.index(c) for c in text[5 * group - 5:5 * group]]
        check = group
        for i, number in enumerate(values[:4]):
            for _ in range(i + 1):
                number = times_alpha(number)
            check ^= number
        if check != values[4]:
            raise Refuse(f"group {group} has another check symbol")
        data += bytes(values[:4])
    u = hashes.kdf_scalar("credential", data, h(x["election"]))
    shown = "-".join(text[i:i + 5] for i in range(0, 25, 5))
    return {"shown": shown, "U": of_point(curve.multiply(u, hashes.B))}


def identity(x, _):
    """Section 10.2."""
    return {"commitment": hashes.digest("identity", h(x["salt"]), x["identity"].encode()).hex()}


OPERATIONS = {
    "ballot": ballot, "ballots": several, "opening": opening, "credential-code": credential_code,
    "identity": identity,
}

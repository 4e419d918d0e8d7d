"""Ballots of a voter who breaks the rules and proves as far as that goes: of each, one equation alone does not hold.

What programs of the other side cannot make, since they refuse such votes. A verifier that leaves out one of the five
equations of sections 9.5 and 9.6 accepts some of them.
"""

from . import ballots, curve, manifest
from .coding import Reader, enc_list
from .curve import ORDER
from .hashes import B, kdf_scalar, le16, le32
from .made import text
from .making import Dice, Maker, submit

KEY = 0x5EED
EQUATIONS = ("the value's coefficient", "the inner product", "of T1", "of T2", "of T3")


def contest(method, options, blank=True, grades=0):
    """enc(contest) of section 8."""
    names = enc_list([text(f"Option {i}") for i in range(options)])
    grade_names = enc_list([text(f"Grade {i}") for i in range(grades)])
    return (text("Who shall it be?") + b"\0" + names + grade_names + method
            + (b"\1" + text("Blank vote") if blank else b"\0") + b"\0" + le16(1) + b"\0" + enc_list([]) + b"\0")


def election(contests):
    """enc(manifest) of one style with these contests."""
    trustee = le32(1) + b"T" + bytes(32)
    style = text("Everywhere") + enc_list([le16(i) for i in range(len(contests))])
    return b"".join([
        le16(1), le32(10), b"board.test", bytes([7]) * 16, text("Forgeries"), b"\0", bytes(32), bytes(32),
        enc_list([trustee]), b"\1", (60_000).to_bytes(8, "little"), b"\0", (1000).to_bytes(8, "little"),
        (1000).to_bytes(8, "little"), (2000).to_bytes(8, "little"), b"\0\0", b"\0" + le16(5), le16(3),
        b"\0", le32(1), b"\0",
        enc_list(contests), enc_list([style])])


CHOOSE_ONE = contest(b"\0", 3)
CHOOSE = contest(b"\1" + le16(0) + le16(1), 3, False)
SCORE = contest(b"\2" + le32(10), 2, False)
WIDE = contest(b"\2" + le32(255), 2, False)
POINTS = contest(b"\3" + le32(5), 2, False)
FOR_AGAINST = contest(b"\4" + le16(1), 2)
GRADES = contest(b"\5\2", 2, grades=2)
RANK = contest(b"\6", 2)

# Name, contests, selections, what the forger sets otherwise, the equation that must refuse it.
CASES = [
    ("choose one: two options", [CHOOSE_ONE], [[1, 1, 0, 0]], None, 4),
    ("choose one: one option twice", [CHOOSE_ONE], [[0, 2, 0, 0]], None, 4),
    ("choose one: nothing at all", [CHOOSE_ONE], [[0, 0, 0, 0]], None, 4),
    ("choose one: an option and blank", [CHOOSE_ONE], [[1, 0, 0, 1]], None, 4),
    ("choose one: two votes for one and one against another", [CHOOSE_ONE], [[2, -1, 0, 0]], None, 0),
    ("choose one: 256 votes for one and 255 against another", [CHOOSE_ONE], [[256, -255, 0, 0]], None, 0),
    ("choose at most 1: two", [CHOOSE], [[1, 1, 0]], None, 0),
    ("choose at most 1: one twice", [CHOOSE], [[0, 0, 2]], None, 0),
    ("score: 11 of 10 points", [SCORE], [[11, 0]], None, 0),
    ("score: a point less than none", [SCORE], [[-1, 3]], None, 0),
    ("score: 256 of 255 points", [WIDE], [[256, 0]], None, 0),
    ("score: 1,000,000 points", [WIDE], [[1_000_000, 0]], None, 0),
    ("score: l − 1 points", [WIDE], [[ORDER - 1, 0]], None, 0),
    ("5 points to spread: 6", [POINTS], [[3, 3]], None, 0),
    ("for and against: for two, where one is the most", [FOR_AGAINST], [[1, 0, 0, 1, 0, 0, 0]], None, 0),
    ("for and against: for and against one", [FOR_AGAINST], [[1, 1, 0, 0, 0, 1, 0]], None, 4),
    ("grades: two for one option", [GRADES], [[1, 1, 1, 0, 0]], None, 4),
    ("rank: two options on the first place", [RANK], [[1, 0, 1, 0, 0]], None, 4),
    ("rank: nobody on the second place", [RANK], [[1, 0, 0, 0, 0]], None, 4),
    ("two contests: one broken rule for another", [CHOOSE_ONE, CHOOSE_ONE], [[1, 1, 0, 0], [0, 0, 0, 0]], None, 4),
    ("a D that does not belong to its C", [CHOOSE_ONE], [[0, 1, 0, 0]], "D", 2),
    ("another t_x_blinding, before w", [CHOOSE_ONE], [[0, 1, 0, 0]], "t_x_blinding", 0),
    ("another e_blinding, before w", [CHOOSE_ONE], [[0, 1, 0, 0]], "e_blinding", 1),
    ("another L, before its challenge", [CHOOSE_ONE], [[0, 1, 0, 0]], "L", 1),
]


def refused_by(m, k_bytes, ballot):
    """The numbers of the equations that do not hold."""
    claims, numbers = m.styles[0].claims, []
    for number, equation in enumerate(ballots.proof_equations(m.id, k_bytes, claims, ballot)):
        batch = ballots.Batch(curve.decode(k_bytes))
        batch.add(equation)
        if not batch.holds():
            numbers.append(number)
    return numbers


def family():
    """The file forgery.json."""
    k_point = curve.multiply(KEY, B)
    secret, vectors = kdf_scalar("test", b"forger"), []
    for name, contests, selections, lie, number in CASES:
        data = election(contests)
        m = manifest.decode(data)
        dice = Dice(name)
        maker = Maker(dice, m, k_point, lie)
        entry = submit(dice, m.id, secret, maker.ballot(secret, 0, 0, None, selections, bytes([8]) * 32))
        found = refused_by(m, maker.k_bytes, ballots.decode(Reader(entry[1:])))
        if found != [number]:
            raise ValueError(f"{name}: equations {found} do not hold")
        vectors.append({"name": f"{name} (the equation {EQUATIONS[number]})", "operation": "ballot",
                        "input": {"K": maker.k_bytes.hex(), "entry": entry.hex(), "manifest": data.hex()},
                        "success": False, "check": "6.3"})
    return {"format": "tabella vectors v1", "section": "9.5, 9.6",
            "about": "Ballots that break the rules, of each of which one equation alone does not hold.",
            "vectors": vectors}

"""The fields of every kind of entry, as sections 9.1, 11.1, 12.5, 13 and 15.1 list them, and how each can be changed.

A shape is a list of (name, type). A type is one of SIZES, `string` or `bytes`; ["list", type] or ["option", type]; or a
shape.
"""

from tabella_reference import curve
from tabella_reference.curve import ORDER
from tabella_reference.hashes import le32

SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "bool": 1, "enum": 1, "digest": 32, "key": 32, "rawpoint": 32,
         "point": 32, "scalar": 32, "signature": 64, "sealed": 48}
NUMBERS = ("u8", "u16", "u32", "u64", "enum")
# A point that stands nowhere else.
STRANGER = curve.encode(curve.multiply(12345, curve.BASE))

SIGNED = [("signature", "signature")]
PROOF = [("T1", "point"), ("T2", "point"), ("z", "scalar")]
VOTER = [("credential", "rawpoint"), ("weight", "u32"), ("style", "u16"), ("identity", "digest")]
PAIR = [("D", "rawpoint"), ("C", "rawpoint")]
ROUND = [("L", "rawpoint"), ("R", "rawpoint")]
EQUALITY = [("T3", "rawpoint"), ("z_w", "scalar")]
STANDING = [("option", "u16"), ("score", "u64"), ("place", "u16"), ("qualified", "bool")]
BALLOT = [
    ("U", "rawpoint"), ("style", "u16"), ("counter", "u16"), ("previous", ["option", "digest"]),
    ("ciphertexts", ["list", PAIR]), ("A", "rawpoint"), ("S", "rawpoint"), ("T_1", "rawpoint"), ("T_2", "rawpoint"),
    ("t_x", "scalar"), ("t_x_blinding", "scalar"), ("e_blinding", "scalar"), ("rounds", ["list", ROUND]),
    ("a", "scalar"), ("b", "scalar"), ("T1", "rawpoint"), ("T2", "rawpoint"), ("equality", ["option", EQUALITY]),
    ("z_r", "scalar"), ("z_v", "scalar"), ("T4", "rawpoint"), ("z", "scalar"),
]


def act(*fields):
    return [("act", "enum"), *fields, ("valid_until", "u64")] + SIGNED


def said(*fields):
    return [("trustee", "u8"), ("message", "enum"), *fields] + SIGNED


def in_ceremony(*fields):
    return said(("attempt", "u32"), *fields)


def of_roll(*fields):
    return [("sequence", "u32"), ("change", "enum"), *fields] + SIGNED


ELECTION_LOG = {
    "block": [("height", "u64"), ("time", "u64"), ("root_before", "digest")],
    "manifest part": [("part", "u16"), ("parts", "u16"), ("bytes", "bytes")],
    "open act": act(),
    "close act": act(),
    "restart act": act(("attempt", "u32")),
    "registration": said(("signing", "key"), ("encryption", "key")),
    "commitment hash": in_ceremony(("hash", "digest")),
    "commitments": in_ceremony(("points", ["list", "point"]), ("T", "point"), ("z", "scalar")),
    "shares": in_ceremony(("shares", ["list", [("kem", "key"), ("ciphertext", "sealed")]])),
    "complaint": in_ceremony(("dealer", "u8")),
    "answer": in_ceremony(("receiver", "u8"), ("share", "scalar")),
    "confirmation": in_ceremony(("transcript", "digest")),
    "test decryption": in_ceremony(("share", "point"), *PROOF),
    "statement": said(("size", "u64"), ("root", "digest"), ("aggregate", "digest")),
    "decryption": said(("contest", "u16"), ("points", ["list", "point"]), *PROOF),
    "roll part": [("part", "u32"), ("last", "bool"), ("voters", ["list", VOTER])] + SIGNED,
    "revoke": of_roll(("credential", "rawpoint")),
    "replace": of_roll(("credential", "rawpoint"), ("by", "rawpoint")),
    "add": of_roll(*VOTER),
    "ceremony restart": [("attempt", "u32"), ("culprit", ["option", "u8"])],
    "open": [("key", "rawpoint"), ("ceremony", "digest"), ("roll", "digest"), ("voters", "u64"), ("weight", "u64")],
    "cast": BALLOT,
    "challenge": BALLOT,
    "opening": [("challenge", "u64"), ("seed", "digest"), ("selections", ["list", ["list", "u16"]]), ("T4", "rawpoint"),
                ("z", "scalar")],
    "close": [("counted", "u64"), ("cast", "u64"), ("challenged", "u64")],
    "withheld": [("contest", "u16")],
    "result": [("contest", "u16"), ("trustees", ["list", "u8"]), ("totals", ["list", "u64"]),
               ("standings", ["list", STANDING]), ("elected", ["list", "u16"]), ("tied", ["list", "u16"]),
               ("verdict", "enum")],
}
BOARD_LOG = {
    "block": ELECTION_LOG["block"],
    "genesis": [("suite", "string"), ("origin", "string"), ("operator", "key"),
                ("witnesses", ["list", [("name", "string"), ("key", "key")]]), ("administrators", ["list", "key"])],
    "election": [("election", "digest"), ("administrator", "key")] + SIGNED,
    "anchor": [("election", "digest"), ("size", "u64"), ("root", "digest")],
    "release": [("version", "string"), ("files", ["list", [("path", "string"), ("hash", "digest")]])],
}


def end_of(data, at, kind):
    """Where a value of this type ends that begins at `at`."""
    if isinstance(kind, list) and kind[0] in ("list", "option"):
        wide = 4 if kind[0] == "list" else 1
        count, at = int.from_bytes(data[at:at + wide], "little"), at + wide
        for _ in range(count):
            at = end_of(data, at, kind[1])
        return at
    if isinstance(kind, list):
        for _, field in kind:
            at = end_of(data, at, field)
        return at
    return at + SIZES[kind] if kind in SIZES else at + 4 + int.from_bytes(data[at:at + 4], "little")


def changes(data, shape):
    """(name, changed entry) for every field. Of a list, items are removed, doubled and swapped, and its first item is
    changed."""
    end = end_of(data, 1, shape)
    assert end == len(data), f"the entry has {len(data)} bytes, its shape {end}"
    yield from _of_shape(data, 1, shape, "")


def _of_shape(data, at, shape, path):
    for name, kind in shape:
        yield from _of_value(data, at, kind, f"{path}.{name}" if path else name)
        at = end_of(data, at, kind)


def _of_value(data, at, kind, path):
    end = end_of(data, at, kind)
    before, value, after = data[:at], data[at:end], data[end:]
    if isinstance(kind, list) and kind[0] == "list":
        items, start = [], at + 4
        while start < end:
            items.append(data[start:end_of(data, start, kind[1])])
            start += len(items[-1])

        def written(items):
            return before + le32(len(items)) + b"".join(items) + after
        if items:
            yield f"{path}, the first missing", written(items[1:])
            yield f"{path}, the first twice", written(items[:1] + items)
            yield from _of_value(data, at + 4, kind[1], f"{path}[0]")
        else:
            yield f"{path}, one more", written([bytes(SIZES[kind[1]])])
        if items[1:] and items[0] != items[1]:
            yield f"{path}, two swapped", written(items[1::-1] + items[2:])
    elif isinstance(kind, list) and kind[0] == "option":
        if value[0]:
            yield f"{path}, absent", before + b"\0" + after
            yield from _of_value(data, at + 1, kind[1], path)
        else:
            yield f"{path}, present", before + b"\1" + bytes(SIZES[kind[1]]) + after
    elif isinstance(kind, list):
        yield from _of_shape(data, at, kind, path)
    else:
        yield path, before + _other(value, kind) + after


def _other(value, kind):
    """Another value of the same type, of the same length."""
    if kind in NUMBERS:
        number = int.from_bytes(value, "little")
        return (number + 1).to_bytes(len(value), "little") if number < 256**len(value) - 1 else bytes(len(value))
    if kind == "scalar":
        return ((int.from_bytes(value, "little") + 1) % ORDER).to_bytes(32, "little")
    if kind in ("point", "rawpoint"):
        return STRANGER
    return value[:-1] + bytes([value[-1] ^ 1])

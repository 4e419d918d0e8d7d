"""Entries of an election log (section 13)."""

from . import ballots
from .coding import Malformed, Reader

(BLOCK, MANIFEST_PART, ADMINISTRATOR, TRUSTEE, ROLL_PART, ROLL_CHANGE, RESTART, OPEN, CAST, CHALLENGE, OPENING, CLOSE,
 WITHHELD, RESULT) = range(14)
AUTOMATIC = (RESTART, OPEN, CLOSE, WITHHELD)
NAMES = ("block", "manifest part", "administrator", "trustee", "roll part", "roll change", "ceremony restart", "open",
         "cast", "challenge", "opening", "close", "withheld", "result")

ACT_OPEN, ACT_CLOSE, ACT_RESTART = range(3)
(REGISTRATION, HASH, COMMITMENTS, SHARES, COMPLAINT, ANSWER, CONFIRMATION, TEST_DECRYPTION, STATEMENT,
 DECRYPTION) = range(10)


def message(reader):
    """A trustee's message (sections 11.1 and 13): (tag, fields, where the fields after the attempt begin)."""
    tag, fields = reader.tag(10), {}
    if HASH <= tag <= TEST_DECRYPTION:
        fields["attempt"] = reader.u32()
    start = reader.at
    shapes = {
        REGISTRATION: (("signing", reader.digest), ("encryption", reader.digest)),
        HASH: (("hash", reader.digest),),
        COMMITMENTS: (("points", lambda: reader.list(reader.point)), ("T", reader.point), ("z", reader.scalar)),
        SHARES: (("shares", lambda: reader.list(lambda: (reader.take(32), reader.take(48)))),),
        COMPLAINT: (("dealer", reader.u8),),
        ANSWER: (("receiver", reader.u8), ("share", reader.scalar)),
        CONFIRMATION: (("transcript", reader.digest),),
        TEST_DECRYPTION: (("share", reader.point), ("T1", reader.point), ("T2", reader.point), ("z", reader.scalar)),
        STATEMENT: (("size", reader.u64), ("root", reader.digest), ("aggregate", reader.digest)),
        DECRYPTION: (("contest", reader.u16), ("points", lambda: reader.list(reader.point)), ("T1", reader.point),
                     ("T2", reader.point), ("z", reader.scalar)),
    }
    for name, read in shapes[tag]:
        fields[name] = read()
    return tag, fields, start


def outcome(reader):
    """Section 15.1."""
    standings = reader.list(lambda: (reader.u16(), reader.u64(), reader.u16(), reader.bool()))
    return standings, reader.list(reader.u16), reader.list(reader.u16), reader.tag(4)


def decode(entry):
    """(tag, fields) of an entry. Fields come in the order of section 13."""
    if len(entry) > 65535:
        raise Malformed("the entry has more than 65,535 bytes")
    reader = Reader(entry)
    tag = reader.tag(14)

    def voter():
        return reader.rawpoint(), reader.u32(), reader.u16(), reader.digest()

    def change():
        kind = reader.tag(3)
        if kind == 0:
            return kind, reader.rawpoint()
        if kind == 1:
            return kind, reader.rawpoint(), reader.rawpoint()
        return kind, voter()

    def act():
        kind = reader.tag(3)
        return kind, reader.u32() if kind == ACT_RESTART else None

    shapes = {
        BLOCK: (reader.u64, reader.u64, reader.digest),
        MANIFEST_PART: (reader.u16, reader.u16, reader.bytes),
        ADMINISTRATOR: (act, reader.u64, lambda: reader.take(64)),
        TRUSTEE: (reader.u8, lambda: message(reader), lambda: reader.take(64)),
        ROLL_PART: (reader.u32, reader.bool, lambda: reader.list(voter), lambda: reader.take(64)),
        ROLL_CHANGE: (reader.u32, change, lambda: reader.take(64)),
        RESTART: (reader.u32, lambda: reader.option(reader.u8)),
        OPEN: (reader.rawpoint, reader.digest, reader.digest, reader.u64, reader.u64),
        CAST: (lambda: ballots.decode(reader),),
        CHALLENGE: (lambda: ballots.decode(reader),),
        OPENING: (reader.u64, reader.digest, lambda: reader.list(lambda: reader.list(reader.u16)), reader.rawpoint,
                  reader.scalar),
        CLOSE: (reader.u64, reader.u64, reader.u64),
        WITHHELD: (reader.u16,),
        RESULT: (reader.u16, lambda: reader.list(reader.u8), lambda: reader.list(reader.u64),
                 lambda: outcome(reader)),
    }
    fields = [read() for read in shapes[tag]]
    reader.done()
    return tag, fields

"""Operations of the test vectors: partial results (section 16.3)."""

from . import partial
from .report import Refused
from .vector_basics import Refuse, h


def part(x, _):
    """The part of a credential's ballots."""
    if x["of"] == 0:
        raise Refuse("there are no parts")
    return {"part": partial.part_of(h(x["election"]), h(x["U"]), x["of"])}


def listed(sums):
    if sums is None:
        return None
    return [[{"D": d.hex(), "C": c.hex()} for d, c in contest] for contest in sums]


def decoded(data):
    try:
        return partial.decode(data)
    except partial.BadPart as error:
        raise Refuse(str(error)) from None


def partial_result(x, _):
    """The file of a part, by itself."""
    data = h(x["bytes"])
    p = decoded(data)
    if partial.encode(p) != data:
        raise ValueError("encoding again gives other bytes")
    failure = None
    if p.failure is not None:
        failure = dict(zip(("check", "entry", "sentence"), p.failure))
    return {"election": p.election.hex(), "size": p.size, "root": p.root.hex(), "part": p.part, "of": p.of,
            "program": p.program, "label": p.label, "counted": p.counted, "cast": p.cast, "tested": p.tested,
            "sums": listed(p.sums), "failure": failure}


def merge(x, logs):
    """Parts, merged for a record whose election log begins with so many entries of a log and ends there."""
    of, count = logs[x["log"]], x["count"]
    election = of.at(count)
    entries = [contest.entries for contest in election.manifest.contests]
    parts = [decoded(h(data)) for data in x["parts"]]
    try:
        sums = partial.merge(parts, election.id, count, of.roots[count], election.keys is not None, entries,
                             of.entries[:count])
    except partial.BadPart as error:
        raise Refuse(str(error)) from None
    except Refused as error:
        raise Refuse(error.sentence, error.check) from None
    return {"sums": listed(sums)}


OPERATIONS = {"part": part, "partial-result": partial_result, "merge": merge}

"""Partial results (section 16.3): the file of a part, and how parts are merged.

What a merger verifies in the record beside them is in `election.py`; here is what it does with the files.
"""

import dataclasses
import hashlib

from . import curve
from .coding import Malformed, Reader, enc_list, enc_string
from .hashes import digest, le32, le64
from .report import CHECKS, Refused

MAGIC = b"tabella partial result 1\n"
MOST_BYTES = 67_108_864
MOST_LABEL_BYTES = 200


class BadPart(Exception):
    """A file that is no partial result, or files that are not merged with this record."""


@dataclasses.dataclass
class Part:
    """The fields of a partial result, in their order. Points of sums are their bytes."""

    election: bytes
    size: int
    root: bytes
    part: int
    of: int
    program: str
    label: str
    counted: int
    cast: int
    tested: int
    sums: list | None
    failure: tuple | None  # (check, entry or None, sentence)


def part_of(election, credential, of):
    """The number of the part of a credential's ballots."""
    return int.from_bytes(digest("shard", election, credential)[:8], "little") % of


def decode(data):
    """The part of a file."""
    if len(data) > MOST_BYTES:
        raise BadPart("the file is too long")
    if not data.startswith(MAGIC):
        raise BadPart("this is no partial result, or one of another version")
    if len(data) < len(MAGIC) + 32 or hashlib.sha256(data[:-32]).digest() != data[-32:]:
        raise BadPart("the digest is another")
    reader = Reader(data[len(MAGIC):-32])

    def pair():
        return reader.rawpoint(), reader.rawpoint()

    def contest():
        return reader.list(pair)

    def failure():
        return reader.string(), reader.option(reader.u64), reader.string()

    try:
        part = Part(reader.digest(), reader.u64(), reader.digest(), reader.u32(), reader.u32(), reader.string(),
                    reader.string(), reader.u64(), reader.u64(), reader.u64(),
                    reader.option(lambda: reader.list(contest)), reader.option(failure))
        reader.done()
    except Malformed as error:
        raise BadPart(str(error)) from None
    if part.part >= part.of:
        raise BadPart("there is no such part")
    if len(part.label.encode()) > MOST_LABEL_BYTES:
        raise BadPart("the label is too long")
    return part


def encode(part):
    """The file of a part."""
    def option(value, enc):
        return b"\0" if value is None else b"\1" + enc(value)

    body = MAGIC + part.election + le64(part.size) + part.root + le32(part.part) + le32(part.of)
    body += enc_string(part.program) + enc_string(part.label) + le64(part.counted) + le64(part.cast) + le64(part.tested)
    body += option(part.sums, lambda sums: enc_list([enc_list([d + c for d, c in contest]) for contest in sums]))
    body += option(part.failure, lambda found: enc_string(found[0]) + option(found[1], le64) + enc_string(found[2]))
    return body + hashlib.sha256(body).digest()


def ballots(log, election, of):
    """[counted, cast, tested] of each part, from the entries of an election log that was verified otherwise."""
    counts, voted = [[0, 0, 0] for _ in range(of)], set()
    for entry in log:
        if entry[0] in (8, 9):
            credential = entry[1:33]
            count = counts[part_of(election, credential, of)]
            if entry[0] == 9:
                count[2] += 1
                continue
            count[1] += 1
            count[0] += credential not in voted
            voted.add(credential)
    return counts


def of_election(election, log, number, of, program, label):
    """A part of a log that was read to its end without a failure, and was open for voting."""
    m = election.manifest
    total = [[[curve.IDENTITY, curve.IDENTITY] for _ in range(contest.entries)] for contest in m.contests]
    for credential, voter in election.voters.items():
        if voter.ballot is None or part_of(m.id, credential, of) != number:
            continue
        weight, style = election.roll.voters[credential][:2]
        style, at = m.styles[style], 0
        for contest, length in zip(style.contests, style.claims.sizes):
            for sums, pair in zip(total[contest], voter.ballot.ciphertexts[at:at + length]):
                for half, data in enumerate(pair):
                    sums[half] = curve.add(sums[half], curve.multiply(weight, curve.decode(data)))
            at += length
    return Part(m.id, len(log), election.roots[len(log)], number, of, program, label, *ballots(log, m.id, of)[number],
                in_bytes(total), None)


def in_bytes(sums):
    """Sums as pairs of points' bytes."""
    return [[(curve.encode(d), curve.encode(c)) for d, c in contest] for contest in sums]


def merge(parts, election, size, root, was_open, entries, log):
    """The sums of all parts, as pairs of points' bytes, or None if voting was never open.

    `election`, `size` and `root` are those of the record's election log, `log` its entries, `entries` the number of
    entries of each contest of the manifest. Raises BadPart where nothing is merged, and Refused where the record, or
    what the parts say of it, is refused by a check.
    """
    if not parts:
        raise BadPart("there is no part")
    of = parts[0].of
    if any(part.of != of for part in parts) or len(parts) != of or len({part.part for part in parts}) != of:
        raise BadPart("not each part is there exactly once")
    if any((part.election, part.size, part.root) != (election, size, root) for part in parts):
        raise BadPart("a part is of another record")
    failures = [part.failure for part in parts if part.failure is not None]
    if failures:
        # one without an entry, else that of the lowest
        check, entry, sentence = min(failures, key=lambda failure: -1 if failure[1] is None else failure[1])
        raise Refused(check if check in CHECKS else "6.3", sentence, None if entry is None else f"entry {entry}")
    total = add([part.sums for part in parts], entries) if was_open else None
    found = ballots(log, election, of)
    for part in parts:
        if [part.counted, part.cast, part.tested] != found[part.part]:
            raise Refused("6.3", f"part {part.part} verified other ballots than the record has in it")
    return total


def add(all_sums, entries):
    """Sums of parts, point by point."""
    total = [[[curve.IDENTITY, curve.IDENTITY] for _ in range(count)] for count in entries]
    for of_part in all_sums:
        if of_part is None or [len(contest) for contest in of_part] != entries:
            raise Refused("8.1", "a part has no sums, or sums of other contests or entries")
        for contest, pairs in zip(total, of_part):
            for pair, other in zip(contest, pairs):
                for half, data in enumerate(other):
                    point = curve.decode(data)
                    if point is None:
                        raise Refused("8.1", "a part's sum is no point")
                    pair[half] = curve.add(pair[half], point)
    return in_bytes(total)

"""Operations of the test vectors: logs of both kinds (sections 12 and 13)."""

import copy
import json
import re

from . import entries as e
from . import notes, proofs
from .boardlog import ANCHOR, BoardLog, election_origin
from .coding import Malformed
from .election import Election
from .evidence import NoEvidence, confirm
from .hashes import le64
from .merkle import Tree, leaf, tile_paths
from .notes import BadNote, Checkpoint, key_id
from .report import Refused, Report
from .vector_basics import Refuse, h

RECEIPT = {"election", "index", "path", "checkpoint", "anchor_index", "anchor_path", "board_checkpoint"}


def root(x, _):
    """Section 12.1."""
    leaves = [leaf(h(entry)) for entry in x["entries"]]
    tree = Tree()
    for entry in x["entries"]:
        tree.append(h(entry))
    if tree.root() != proofs.root(leaves):
        raise ValueError("two ways to compute a root differ")

    def hexed(path):
        return [data.hex() for data in path]

    sizes = range(len(leaves) + 1)
    return {"root": tree.root().hex(), "leaves": hexed(leaves),
            "inclusion": [hexed(proofs.inclusion_path(i, leaves)) for i in range(len(leaves))],
            "consistency": [hexed(proofs.consistency_path(old, leaves)) for old in sizes],
            "contradiction": [hexed(proofs.contradiction_path(old, leaves)) for old in sizes]}


def path_of(x):
    return [h(data) for data in x["path"]]


def inclusion(x, _):
    if not proofs.includes(h(x["leaf"]), x["index"], x["size"], path_of(x), h(x["root"])):
        raise Refuse("the entry is not shown to be included")
    return {}


def trees(x):
    return x["old_size"], h(x["old_root"]), x["new_size"], h(x["new_root"]), path_of(x)


def consistency(x, _):
    if not proofs.consistent(*trees(x)):
        raise Refuse("the logs are not shown to be consistent")
    return {}


def contradiction(x, _):
    if not proofs.contradicts(*trees(x)):
        raise Refuse("the logs are not shown to contradict each other")
    return {}


def read_vkey(text):
    """Section 12.2: (name, algorithm, key)."""
    try:
        return notes.read_vkey(text)
    except BadNote as error:
        raise Refuse(str(error)) from None


def vkey(x, _):
    name, algorithm, key = read_vkey(x["vkey"])
    return {"name": name, "id": key_id(name, algorithm, key).hex(), "key": key.hex()}


def checkpoint(x, _):
    """Section 12.2, strictly."""
    name, _, key = read_vkey(x["log"])
    witnesses = [(name_, key_) for name_, _, key_ in map(read_vkey, x["witnesses"])]
    try:
        note = Checkpoint(x["note"].encode())
        signed_by = note.verify(key, name, witnesses)
    except BadNote as error:
        raise Refuse(str(error), "1.2") from None
    times = [int.from_bytes(signature[:8], "big") for _, _, signature in note.signatures[1:]]
    return {"size": note.size, "root": note.root.hex(),
            "cosignatures": [{"witness": by, "time": time} for by, time in zip(signed_by, times)]}


def tiles(x, _):
    """Section 12.3."""
    return {"paths": sorted(tile_paths(x["size"]))}


def tile_path(x, _):
    """Section 12.3: whether a log of at most 2^63 − 1 entries can have this tile."""
    match = re.fullmatch(r"tile/([0-7]|entries)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", x["path"],
                         re.ASCII)
    if match is None:
        raise Refuse("the path is malformed")
    level, number, width = match.groups()
    if re.match(r"x000/", number) or (width is not None and int(width) > 255):
        raise Refuse("the path is not in its one spelling")
    number, width = int(re.sub(r"[x/]", "", number)), 256 if width is None else int(width)
    below = 1 << 8 * (0 if level == "entries" else int(level))
    if (number * 256 + width) * below > 2**63 - 1:
        raise Refuse("no log has so many entries")
    return {"first": number * 256, "width": width}


def bundle(x, _):
    """Section 12.3."""
    data, at, entries = h(x["bytes"]), 0, []
    for _ in range(x["width"]):
        length = int.from_bytes(data[at:at + 2], "big")
        if len(data) < at + 2 + length:
            raise Refuse("the bundle is cut short", "1.5")
        entries.append(data[at + 2:at + 2 + length].hex())
        at += 2 + length
    if at != len(data):
        raise Refuse("bytes are left over", "1.5")
    return {"entries": entries}


def live(text, origin, key):
    """A checkpoint as live clients verify it."""
    try:
        note = Checkpoint(text.encode())
        note.verify_live(key, origin)
    except BadNote as error:
        raise Refuse(str(error)) from None
    return note


def receipt(x, _):
    """Section 12.7."""
    name, _, key = read_vkey(x["board"])
    try:
        r = json.loads(x["receipt"])
        if not isinstance(r, dict) or set(r) != RECEIPT:
            raise ValueError("it has other fields")
        election, path, anchor_path = h(r["election"]), path_of(r), [h(data) for data in r["anchor_path"]]
    except (ValueError, TypeError) as error:
        raise Refuse(f"this is no receipt: {error}") from None
    head = live(r["checkpoint"], election_origin(name, election), key)
    if not proofs.includes(leaf(h(x["entry"])), r["index"], head.size, path, head.root):
        raise Refuse("the entry is not on the election log")
    board = live(r["board_checkpoint"], name, key)
    anchor = bytes([ANCHOR]) + election + le64(head.size) + head.root
    if not proofs.includes(leaf(anchor), r["anchor_index"], board.size, anchor_path, board.root):
        raise Refuse("the anchor is not on the board log")
    return {}


def evidence(x, _):
    """Section 12.11."""
    try:
        older, newer = confirm(x["evidence"], x.get("board"))
    except NoEvidence as error:
        raise Refuse(str(error)) from None

    def head(note):
        return {"size": note.size, "root": note.root.hex()}

    return {"older": head(older), "newer": head(newer)}


def board_log(x, _):
    """Section 12.5."""
    entries = [h(entry) for entry in x["entries"]]
    tree, roots = Tree(), []
    for entry in entries:
        roots.append(tree.root())
        tree.append(entry)
    log, last = BoardLog(Report()), None
    for index, entry in enumerate(entries):
        try:
            last = log._admit(index, entry, last, roots[index])
        except Malformed as error:
            raise Refuse(str(error), "1.5") from None
        except Refused as error:
            raise Refuse(error.sentence, error.check) from None
    return {"size": len(entries), "root": tree.root().hex()}


def entry(x, _):
    """Section 13: an entry by itself."""
    try:
        return {"tag": e.decode(h(x["entry"]))[0]}
    except Malformed as error:
        raise Refuse(str(error), "1.5") from None


class Log:
    """An election log, and the state that it has come to after its first entries."""

    def __init__(self, log):
        self.entries = [h(data) for data in log["entries"]]
        tree = Tree()
        self.roots = [tree.root()]
        for data in self.entries:
            tree.append(data)
            self.roots.append(tree.root())
        self.election = Election(h(log["election"]), Report())
        self.election.roots = list(self.roots)
        self.count = 0

    def at(self, count):
        """A copy of the state after so many entries. Counts must not go back."""
        while self.count < count:
            step(self.election, self.count, self.entries[self.count])
            self.count += 1
        if self.count != count:
            raise ValueError("vectors in one log must stand in its order")
        election = copy.deepcopy(self.election)
        election.roots = list(self.roots[:count + 1])
        return election


def step(election, index, data):
    """Admit one entry, its signature and proofs too if it is a ballot."""
    election.index, election.entry = index, data
    election._admit()
    election.verify_proofs()


def due(election):
    found = election._due()
    return None if found is None else found.hex()


def log(x, logs):
    """What follows from the first entries of a log."""
    of, count = logs[x["log"]], x["count"]
    election = of.at(count)
    view = None
    if election.tally is not None:
        size, root_, aggregate = election.tally.view
        view = {"size": size, "root": root_.hex(), "aggregate": aggregate.hex(),
                "digest": election.tally.view_digest.hex()}
    roll = bytes(32) if election.roll is None else election.roll.digest
    return {"root": of.roots[count].hex(), "phase": election.phase, "due": due(election), "roll": roll.hex(),
            "view": view}


def admit(x, logs):
    """An entry after the first entries of a log."""
    of, count, data = logs[x["log"]], x["count"], h(x["entry"])
    election = of.at(count)
    tree = Tree()
    for known in of.entries[:count]:
        tree.append(known)
    tree.append(data)
    election.roots.append(tree.root())
    try:
        step(election, count, data)
    except Malformed as error:
        raise Refuse(str(error), "1.5") from None
    except Refused as error:
        raise Refuse(error.sentence, error.check) from None
    return {"root": tree.root().hex(), "due": due(election)}


OPERATIONS = {
    "root": root, "inclusion": inclusion, "consistency": consistency, "contradiction": contradiction, "vkey": vkey,
    "checkpoint": checkpoint, "tiles": tiles, "tile-path": tile_path, "bundle": bundle, "receipt": receipt,
    "evidence": evidence,
    "board-log": board_log, "entry": entry, "log": log, "admit": admit,
}

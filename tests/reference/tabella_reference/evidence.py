"""Evidence files (section 12.11)."""

import json
import re

from . import notes, proofs
from .notes import LOG, BadNote, Checkpoint

MOST_BYTES = 65_536
TEXTS = ("kind", "board", "origin", "seen", "shown")
FIELDS = {"version", "path", *TEXTS}
KINDS = ("same-size", "not-a-beginning", "shrank")


class NoEvidence(Exception):
    """A text that is no evidence file, or one that proves nothing."""


def parse(text):
    """The fields of an evidence file, each once and of its type."""
    def once(pairs):
        fields = dict(pairs)
        if len(fields) != len(pairs):
            raise NoEvidence("a field stands twice")
        return fields

    try:
        if len(text.encode()) > MOST_BYTES:
            raise NoEvidence("it is too long")
        fields = json.loads(text, object_pairs_hook=once)
        json.dumps(fields, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise NoEvidence(f"this is no JSON: {error}") from None
    if not isinstance(fields, dict) or set(fields) != FIELDS:
        raise NoEvidence("it has other fields")
    # in Python True is 1, and so is 1.0
    if type(fields["version"]) is not int or fields["version"] != 1:
        raise NoEvidence("it is of another version")
    path = fields["path"]
    if not all(isinstance(fields[name], str) for name in TEXTS) or not isinstance(path, list):
        raise NoEvidence("a field is of another type")
    if fields["kind"] not in KINDS:
        raise NoEvidence("the kind is unknown")
    if not all(isinstance(item, str) and re.fullmatch("[0-9a-f]{64}", item) for item in path):
        raise NoEvidence("the path is no list of hashes")
    return fields


def confirm(text, board=None):
    """The checkpoints of fewer and of more entries, if the file proves what it says; `board` is the vkey in question."""
    fields = parse(text)
    try:
        name, algorithm, key = notes.read_vkey(fields["board"])
        if algorithm != LOG or board not in (None, fields["board"]):
            raise NoEvidence("the key is no log's, or that of another board")
        origin = fields["origin"]
        behind = origin.removeprefix(name)
        if not origin.startswith(name) or not re.fullmatch("(/elections/[0-9a-f]{64})?", behind):
            raise NoEvidence("the origin is no log of this board")
        seen, shown = Checkpoint(fields["seen"].encode()), Checkpoint(fields["shown"].encode())
        seen.verify_live(key, origin)
        shown.verify_live(key, origin)
    except BadNote as error:
        raise NoEvidence(str(error)) from None
    older, newer = (seen, shown) if seen.size <= shown.size else (shown, seen)
    path = [bytes.fromhex(item) for item in fields["path"]]
    if not proofs.contradicts(older.size, older.root, newer.size, newer.root, path):
        raise NoEvidence("the path shows no contradiction")
    return older, newer

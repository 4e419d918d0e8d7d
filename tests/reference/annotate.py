"""Writes chapter 18 of the specification: an object of every kind, read by the specification's own tables.

python3 tests/reference/annotate.py [--write]

The objects are those of `record/`, and what follows from it. The fields are read out of the tables of chapters 7, 8, 9, 11, 12, 13, 15 and 16, so that a
table that leaves out a field, or has two in another order, cannot make the chapter. Every byte of an object stands in one
row. Without `--write` it ends with 1 if the chapter is not what it would write.
"""

import base64
import datetime
import json
import re
import sys
from pathlib import Path

from tabella_reference import evidence, merkle, notes, partial, proofs
from tabella_reference.coding import Reader
from tabella_reference.election import Election
from tabella_reference.making import Dice, SigningKey, checkpoint
from tabella_reference.notes import Checkpoint
from tabella_reference.report import Report

HERE = Path(__file__).resolve().parent
CHAPTERS = HERE.parents[1] / "docs" / "specification"
CHAPTER = CHAPTERS / "18-annotated.md"
RECORD = HERE / "record"
TIMES = ("time", "valid_until", "opens", "closes")

INTRODUCTION = """# 18. Annotated examples

An object of every kind, each byte in one row: where it begins, in bytes from 0; the bytes in hexadecimal; the field and
its type; what it says. Put together, the second column is the object. All of them stand in the record of section 17.13,
or are made of it (18.6 to 18.8). This chapter is made by a program, `tests/reference/annotate.py`, which reads the objects
by the tables of chapters 7, 8, 9, 11, 12, 13, 15 and 16; a test makes it again and compares, and others read every object
out of it with the decoders of board and verifier.
"""


def chapter(number):
    return next(CHAPTERS.glob(f"{number:02}-*.md")).read_text(encoding="utf-8")


def rows(text):
    """The rows of all tables in a text, as lists of cells."""
    lines = (line for line in text.splitlines() if line.startswith("| "))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def declared(cell):
    """The declarations in a cell, such as `height: u64`, `time: u64`."""
    return ", ".join(part for part in re.findall(r"`([^`]*)`", cell))


def variants(cell):
    """The variants of an enumeration in a sentence, such as 0 open; 2 restart: `attempt: u32`."""
    found = re.findall(r"(\d+) ([^`;,:]+?)(?::? (?:a )?`([^`]*)`)?(?=[;,]|$)", cell)
    return {int(tag): (name, fields) for tag, name, fields in found}


def tables():
    """All named types: structures as lists of (field, type), enumerations as {tag: (name, fields)}."""
    log, ceremony, board = chapter(13), chapter(11), chapter(12)
    entries = {int(row[0]): (row[1].replace(", *auto*", ""), declared(row[2]))
               for row in rows(log.split("| enumeration |")[0]) if len(row) == 3 and row[0].isdigit()}
    entries[8] = (entries[8][0], "ballot: submitted")
    entries[9] = (entries[9][0], "ballot: submitted")
    messages = {}
    for row in rows(ceremony):
        tag = re.fullmatch(r"(.+), tag (\d+)", row[1]) if len(row) == 3 else None
        if tag:
            messages[int(tag[2])] = (tag[1], declared(row[2]))
    named = {row[0].strip("`"): row[1] for row in rows(log) if len(row) == 2 and row[0].startswith("`")}
    late = re.findall(r"(\d) (statement|decryption): `([^`]*)`", named["message"])
    messages |= {int(tag): (name, fields) for tag, name, fields in late}
    ballot = []
    for names, kind, _ in (row for row in rows(chapter(9).split("## 9.2 ")[0]) if len(row) == 3):
        if declared(kind):
            ballot += [f"{name.strip()}: {declared(kind)}" for name in names.split(",")]
    outcome = declared(chapter(15).split("Numbers")[0].replace("`outcome` is", ""))
    board_entries = {int(row[0]): (row[1], declared(row[2])) for row in rows(board.split("Rules (")[0])
                     if len(row) == 3 and row[0].isdigit()}
    part = [row for row in rows(chapter(16).split("## 16.3 ")[1]) if len(row) == 3]
    manifest = [row for row in rows(chapter(8)) if len(row) == 3]
    start = [row[0] for row in manifest].index("styles") + 1
    special = {"credentials": "credentials", "recasting": "recasting", "method": "method", "outcome": "rule"}

    def fields_of(table):
        return ", ".join(f"{name}: {special.get(name) or declared(kind)}" for name, kind, _ in table
                         if name in special or declared(kind))

    methods = {int(row[0]): (row[1], declared(row[2]))
               for row in rows(chapter(7)) if len(row) == 5 and row[0].isdigit()}
    return {
        "entry": entries, "message": messages, "act": variants(named["act"]),
        "change": {**variants(named["change"]), 2: ("add", "voter: voter")},
        "voter": declared(named["voter"]), "submitted": ", ".join(ballot), "outcome": outcome, "board entry": board_entries,
        "partial result": ", ".join(f"{name}: {declared(kind)}" for name, kind, _ in part if declared(kind)),
        "verdict": {0: ("decided", ""), 1: ("no quorum", ""), 2: ("none qualified", ""), 3: ("tie", "")},
        "manifest": fields_of(manifest[:start]), "contest": fields_of(manifest[start:]), "method": methods,
        "text": "list<(tag: string, words: string)>", "credentials": {0: ("issued", ""), 1: ("enrolled", "")},
        "recasting": {0: ("the last ballot counts", "limit: u16"), 1: ("the first ballot counts", "")},
        "rule": "seats: u16, quorum: option<fraction>, requirements: list<requirement>, ties: ties",
        "ties": {0: ("undecided", ""), 1: ("list order", "")}, "fraction": "numerator: u32, denominator: u32",
        "requirement": "fraction: fraction, of: of, more_than: bool",
        "of": {0: ("valid", ""), 1: ("counted", ""), 2: ("roll", ""), 3: ("for and against", "")},
    }


def split(fields):
    """(name, type) of declarations with commas between, those inside brackets left together."""
    parts, depth, part = [], 0, ""
    for character in fields:
        depth += (character in "<([") - (character in ">)]")
        if character == "," and depth == 0:
            parts, part = parts + [part], ""
        else:
            part += character
    return [(name.strip(), kind.strip() or name.strip())
            for name, _, kind in (part.partition(":") for part in parts + [part] if part.strip())]


class Annotator:
    """Reads an object by named types and notes a row for every piece of it."""

    def __init__(self, data, types):
        self.reader, self.types, self.rows = Reader(data), types, []

    def note(self, start, field, kind, said):
        self.rows.append((start, self.reader.data[start:self.reader.at], field, kind, said))

    def read(self, field, kind):
        reader, start = self.reader, self.reader.at
        if kind == "enum":
            kind = field.rsplit(".", 1)[-1]
        inner = re.fullmatch(r"(list|option)<(.*)>", kind)
        if kind in ("u8", "u16", "u32", "u64"):
            value = reader.number(int(kind[1:]) // 8)
            said = f"{value:,}"
            if field.rsplit(".", 1)[-1] in TIMES:
                said += datetime.datetime.fromtimestamp(value / 1000, datetime.UTC).strftime(", %Y-%m-%d %H:%M:%S UTC")
            self.note(start, field, kind, said)
        elif kind == "bool":
            self.note(start, field, kind, "true" if reader.bool() else "false")
        elif kind in ("digest", "rawpoint", "point", "scalar"):
            getattr(reader, kind)()
            self.note(start, field, kind, "")
        elif re.fullmatch(r"\[\d+\]", kind):
            reader.take(int(kind[1:-1]))
            self.note(start, field, kind, "")
        elif kind in ("string", "bytes"):
            length = reader.u32()
            self.note(start, field, kind, f"{length:,} bytes")
            start, data = reader.at, reader.take(length)
            self.note(start, field, "", f'"{data.decode()}"' if kind == "string" else "see *Manifest*")
        elif inner and inner[1] == "list":
            count = reader.u32()
            self.note(start, field, kind, f"{count:,} item{'s' * (count != 1)}")
            for place in range(count):
                self.read(f"{field}[{place}]", inner[2])
        elif inner:
            there = reader.tag(2)
            self.note(start, field, kind, "there" if there else "none")
            if there:
                self.read(field, inner[2])
        elif kind.startswith("("):
            self.fields(field + ".", kind[1:-1])
        elif isinstance(self.types[kind], dict):
            name, fields = self.types[kind][reader.u8()]
            self.note(start, field, "tag", name)
            self.fields("" if kind.endswith("entry") else field + ".", fields)
        elif kind == "text":
            self.read(field, self.types[kind])
        else:
            self.fields(field + "." if field else "", self.types[kind])

    def fields(self, prefix, fields):
        for name, kind in split(fields):
            # the ballot's fields stand in the entry as they are
            self.read("" if kind == "submitted" else prefix + name, kind)


def annotated(data, field, kind, types):
    """The rows of an object. All of its bytes are in them, once and in order."""
    annotator = Annotator(data, types)
    annotator.read(field, kind)
    annotator.reader.done()
    assert b"".join(row[1] for row in annotator.rows) == data
    return annotator.rows


def table(found):
    lines = ["| at | bytes | field | type | what it says |", "| --- | --- | --- | --- | --- |"]
    for at, data, field, kind, said in found:
        field, kind = (f"`{words}`" if words else "" for words in (field, kind))
        said = said.replace("|", "\\|")
        lines.append(f"| {at} | `{data.hex()}` | {field} | {kind} | {said} |")
    return "\n".join(lines) + "\n"


def bundle(folder):
    data, entries, at = next((folder / "tile/entries/000.p").iterdir()).read_bytes(), [], 0
    while at < len(data):
        length = int.from_bytes(data[at:at + 2], "big")
        entries.append(data[at + 2:at + 2 + length])
        at += 2 + length
    return data, entries


def note_rows(text):
    """A checkpoint's lines; of a signature line what its base64 holds."""
    checkpoint, lines, found, at = Checkpoint(text.encode()), text.split("\n"), [], 0
    assert checkpoint.size >= 0
    fields = ["origin", "size", "root", "empty line"] + ["signature"] * (len(lines) - 5)
    for line, field in zip(lines, fields):
        data = (line + "\n").encode()
        said = {"root": lambda text: base64.b64decode(text).hex(), "signature": signature}.get(field, str)(line)
        found.append((at, data, field, "", said))
        at += len(data)
    assert b"".join(row[1] for row in found) == text.encode()
    return found


def signature(line):
    _, name, encoded = line.split(" ")
    data = base64.b64decode(encoded)
    if len(data) == 4 + 64:
        return f"{name}: key ID {data[:4].hex()}, signature {data[4:].hex()}"
    return (f"{name}: key ID {data[:4].hex()}, time {int.from_bytes(data[4:12], 'big'):,} in seconds, "
            f"signature {data[12:].hex()}")


def inclusion(entries, index):
    """The inclusion path of an entry (RFC 9162, section 2.1.3), siblings from the leaf up."""
    def root(part):
        tree = merkle.Tree()
        for entry in part:
            tree.append(entry)
        return tree.root()

    if len(entries) == 1:
        return []
    half = 1 << (len(entries) - 1).bit_length() - 1
    if index < half:
        return inclusion(entries[:half], index) + [root(entries[half:])]
    return inclusion(entries[half:], index - half) + [root(entries[:half])]


def receipt(election, log, board, index):
    """The receipt of an entry under the record's checkpoints, as section 12.7 says; its lists on a line each."""
    anchor = max(place for place, entry in enumerate(board) if entry[0] == 3)
    return json.dumps({
        "election": election.name, "index": index, "path": [item.hex() for item in inclusion(log, index)],
        "checkpoint": (election / "checkpoint").read_text(encoding="utf-8"), "anchor_index": anchor,
        "anchor_path": [item.hex() for item in inclusion(board, anchor)],
        "board_checkpoint": (RECORD / "board/checkpoint").read_text(encoding="utf-8"),
    }, indent=2, ensure_ascii=False)


def partial_result(election, log):
    """Of part 0 of 2, as section 16.3 says: the file, made by the reference."""
    state, tree, roots = Election(bytes.fromhex(election.name), Report()), merkle.Tree(), [merkle.Tree().root()]
    for entry in log:
        tree.append(entry)
        roots.append(tree.root())
    # The record is verified elsewhere.
    state.verified = frozenset(log)
    state.read(log, roots)
    return partial.encode(partial.of_election(state, log, 0, 2, "an example 1", "a desk"))


def contradiction(board):
    """Evidence, as section 12.11 says, of a board that also signed a log which parts from the record's with entry 5."""
    operator, text = SigningKey(Dice("a small election").bytes(32)), (RECORD / "board/checkpoint").read_text("utf-8")
    parted = [merkle.leaf(entry) for entry in [*board[:5], b"another entry"]]
    name = Checkpoint(text.encode()).origin
    key = base64.b64encode(bytes([notes.LOG]) + operator.public).decode()
    file = json.dumps({
        "version": 1, "kind": "not-a-beginning",
        "board": f"{name}+{notes.key_id(name, notes.LOG, operator.public).hex()}+{key}", "origin": name,
        "seen": checkpoint(operator, name, len(parted), proofs.root(parted)).decode(), "shown": text,
        "path": [item.hex() for item in proofs.contradiction_path(len(parted), [merkle.leaf(x) for x in board])],
    }, indent=2, ensure_ascii=False)
    evidence.confirm(file)
    return file


def made():
    """The chapter."""
    types = tables()
    election = next((RECORD / "elections").iterdir())
    (board_bundle, board), (_, log) = bundle(RECORD / "board"), bundle(election)
    out, seen = [INTRODUCTION], {}
    out.append("\n## 18.1 Entries of an election log\n")
    for index, entry in enumerate(log):
        found = annotated(entry, "entry", "entry", types)
        inner = [row for row in found[1:] if row[3] == "tag" and row[2] in ("act", "message", "change")]
        part = inner[0] if inner else None
        name = found[0][4] + (f", {part[4]}" if part else "")
        rank = len(entry)
        if name == "cast":
            # one that follows another, so that `previous` is there
            rank += 0 if any(row[2] == "previous" and row[3] == "digest" for row in found) else 1 << 20
        if name not in seen or rank < seen[name][0]:
            seen[name] = (rank, entry[0], part[1][0] if part else 0, index, entry, found)
    for name, (_, _, _, index, entry, found) in sorted(seen.items(), key=lambda item: item[1][1:3]):
        out.append(f"### {name[0].upper()}{name[1:]}\n\nEntry {index}, {len(entry):,} bytes.\n\n{table(found)}")
    kinds = {(entry[0], entry[2] if entry[0] == 3 else 0) for entry in log}
    assert len(types["entry"]) == 14 and {tag for tag, _ in kinds} == set(range(14)) and len(types["message"]) == 10
    out.append("\n## 18.2 Manifest\n")
    manifest = log[1][9:]
    found = annotated(manifest, "", "manifest", types)
    out.append(f"Its parts put together, {len(manifest):,} bytes.\n\n{table(found)}")
    out.append("\n## 18.3 Entries of the board log\n")
    shown = set()
    for index, entry in enumerate(board):
        found = annotated(entry, "entry", "board entry", types)
        if found[0][4] not in shown:
            shown.add(found[0][4])
            name = found[0][4]
            out.append(f"### Board: {name}\n\nEntry {index}, {len(entry):,} bytes.\n\n{table(found)}")
    assert shown == {name for name, _ in types["board entry"].values()}
    out.append("\n## 18.4 Checkpoint and cosignatures\n")
    text = (RECORD / "board/checkpoint").read_text(encoding="utf-8")
    out.append("The checkpoint of the board log, a signed note: the log's signature first, then those of two witnesses.\n\n"
               f"```text\n{text}```\n\n{table(note_rows(text))}")
    out.append("\n## 18.5 Tiles\n")
    hashes = next((RECORD / "board/tile/0/000.p").iterdir()).read_bytes()
    leaves = [(32 * i, hashes[32 * i:32 * i + 32], f"leaf {i}", "digest", f"of entry {i}")
              for i in range(len(hashes) // 32)]
    out.append(f"The hash tile `tile/0/000.p/{len(leaves)}` of the board log, {len(hashes):,} bytes.\n\n"
               f"{table(leaves)}")
    found, at = [], 0
    for index, entry in enumerate(board):
        found += [(at, board_bundle[at:at + 2], "length", "", f"{len(entry):,} bytes, **big-endian**"),
                  (at + 2, entry, f"entry {index}", "", types["board entry"][entry[0]][0])]
        at += 2 + len(entry)
    assert b"".join(row[1] for row in found) == board_bundle
    out.append(f"The entry bundle `tile/entries/000.p/{len(board)}` of the board log, {len(board_bundle):,} bytes.\n\n"
               f"{table(found)}")
    out.append("\n## 18.6 Receipt\n")
    cast = seen["cast"][3]
    out.append(f"Of entry {cast}, the ballot above.\n\n```json\n{receipt(election, log, board, cast)}\n```\n")
    out.append("\n## 18.7 Partial result\n")
    file, first = partial_result(election, log), len(partial.MAGIC)
    found = [(0, partial.MAGIC, "first line", "", partial.MAGIC.decode().strip())]
    found += [(first + row[0], *row[1:]) for row in annotated(file[first:], "", "partial result", types)]
    out.append(f"Of part 0 of 2 of the record, {len(file):,} bytes. Contests of which no ballot of the part counts have the "
               f"identity.\n\n{table(found)}")
    out.append("\n## 18.8 Evidence\n")
    out.append("Two checkpoints of the board log: one of a log whose entry 5, the last, is another, signed for this example "
               f"alone,\nand that of 18.4.\n\n```json\n{contradiction(board)}\n```\n")
    return "\n".join(part.strip("\n") + "\n" for part in out)


def main():
    text = made()
    if sys.argv[1:] == ["--write"]:
        CHAPTER.write_text(text, encoding="utf-8")
    elif not CHAPTER.is_file() or CHAPTER.read_text(encoding="utf-8") != text:
        sys.exit(f"{CHAPTER} is not what the objects and the tables give: python3 tests/reference/annotate.py --write")


if __name__ == "__main__":
    main()

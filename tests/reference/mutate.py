#!/usr/bin/env python3
"""Mutations of a record: python3 mutate.py RECORD_FOLDER

The record itself must verify. Each mutation must be refused, and by the check that is named here with it. The mutations
of files change the folder. Nobody can sign the checkpoint of a changed log without the board's key; so the mutations of
entries are read by the rules of chapters 2 to 8 alone, with the blocks' roots made right again: what a board could do
that signs anything. Ends with 0 if every mutation is refused as it should be, else with 1.
"""

import contextlib
import os
import shutil
import sys
import tempfile

import verify
from tabella_reference import boardlog, merkle, record
from tabella_reference import entries as e
from tabella_reference.election import Election
from tabella_reference.report import Refused, Report


def flip(data, at, bit=0):
    data = bytearray(data)
    data[at] ^= 1 << bit
    return bytes(data)


def reseal(log, tag=e.BLOCK):
    """The log with each block naming the root before it; and the roots of its beginnings."""
    tree, sealed, roots = merkle.Tree(), [], [merkle.Tree().root()]
    for entry in log:
        if entry[:1] == bytes([tag]) and len(entry) == 49:
            entry = entry[:17] + tree.root()
        tree.append(entry)
        sealed.append(entry)
        roots.append(tree.root())
    return sealed, roots


class Mutator:
    def __init__(self, folder):
        self.folder = folder
        report = Report()
        self.board_log, self.log, self.election = record.open_record(folder, report)
        self.board = boardlog.BoardLog(report)
        self.board.read(self.board_log.entries, self.board_log.roots)
        self.inside = f"elections/{self.election.hex()}"
        self.good, self.failures, self.count = set(), 0, 0
        self.by_check = {}

    def baseline(self):
        """Verify the record as it is, and keep which ballots verified: they need not be verified again."""
        report = Report()
        verify.verify(self.folder, report, processes=2)
        self.good = {entry for entry in self.log.entries if entry[0] in (e.CAST, e.CHALLENGE)}

    def expect(self, name, checks, attempt):
        self.count += 1
        try:
            attempt()
        except Refused as error:
            right = error.check in checks.split()
            said = f"{error}"
            self.by_check.setdefault(error.check, []).append(name)
        else:
            right, said = False, "ACCEPTED"
        self.failures += not right
        print(f"{'refused' if right else 'WRONG  '}  {name:<62} {said}" + ("" if right else f"  (expected {checks})"),
              flush=True)

    # Files

    @contextlib.contextmanager
    def copy(self):
        with tempfile.TemporaryDirectory() as folder:
            there = os.path.join(folder, "record")
            shutil.copytree(self.folder, there)
            yield there

    def folder_case(self, name, checks, change):
        with self.copy() as there:
            change(there)
            self.expect(name, checks, lambda: verify.verify(there, Report()))

    def file_case(self, name, checks, path, change):
        def apply(there):
            path_there = os.path.join(there, path)
            with open(path_there, "rb") as file:
                data = file.read()
            changed = change(data)
            assert changed != data, name
            with open(path_there, "wb") as file:
                file.write(changed)

        self.folder_case(name, checks, apply)

    # Entries

    def entry_case(self, name, checks, change, sealed=True):
        """`change` returns a changed list of entries."""
        log = change(list(self.log.entries))
        assert log != self.log.entries, name
        if sealed:
            log, roots = reseal(log)
        else:
            roots = reseal(log, 255)[1]

        def read():
            state = Election(self.election, Report())
            state.verified = self.good
            state.read(log, roots)
            state.verify_proofs()
            state.finish(self.board, [None] * 15)

        self.expect(name, checks, read)

    def board_case(self, name, checks, change):
        log, roots = reseal(change(list(self.board_log.entries)))
        assert log != self.board_log.entries, name

        def read():
            report = Report()
            board = boardlog.BoardLog(report)
            board.read(log, roots)
            boardlog.check_heads(report, board, self.board_log, self.log, self.election)

        self.expect(name, checks, read)

    def find(self, tag, nth=0, message=None, log=None):
        """The index of the nth entry with this tag, and with this message of a trustee."""
        found = [i for i, entry in enumerate(log or self.log.entries)
                 if entry[0] == tag and (message is None or entry[2] == message)]
        return found[nth]


def replace(index, change):
    def apply(log):
        log[index] = change(log[index])
        return log
    return apply


def remove(index):
    return lambda log: log[:index] + log[index + 1:]


def double(index):
    return lambda log: log[:index + 1] + log[index:]


def swap(i, j):
    def apply(log):
        log[i], log[j] = log[j], log[i]
        return log
    return apply


def file_mutations(m):
    election, board = m.inside, "board"
    for log, prefix in ((m.board_log, board), (m.log, election)):
        short = "board" if prefix == board else "election"
        line = log.checkpoint.text.split("\n")
        first = len(line[0])
        root = first + 1 + len(line[1]) + 1
        path = f"{prefix}/checkpoint"
        m.file_case(f"a bit in the origin of the {short} checkpoint", "1.2", path, lambda d: flip(d, 0))
        m.file_case(f"a bit in the root of the {short} checkpoint", "1.2 1.3", path, lambda d: flip(d, root + 1))
        m.file_case(f"another size in the {short} checkpoint", "1.1", path, lambda d: d.replace(
            line[1].encode(), str(int(line[1]) + 1).encode(), 1))
        m.file_case(f"a zero before the size in the {short} checkpoint", "1.2", path, lambda d: d[:first + 1] + b"0" +
                    d[first + 1:])
        m.file_case(f"a bit in the signature of the {short} checkpoint", "1.2", path, lambda d: flip(d, -40, 1))
        m.file_case(f"a second signature line in the {short} checkpoint", "1.2", path, lambda d: d + d[
            d.index(b"\n\n") + 2:])
        m.file_case(f"an extension line in the {short} checkpoint", "1.2", path, lambda d: d.replace(
            b"\n\n", b"\nmore\n\n", 1))
        m.file_case(f"no newline at the end of the {short} checkpoint", "1.2", path, lambda d: d[:-1])
        m.file_case(f"no signature under the {short} checkpoint", "1.2", path, lambda d: d[:d.index(b"\n\n") + 2])
        bundles = sorted(name for name, (level, _, _) in log.tiles.items() if level is None)
        tiles = sorted(name for name, (level, _, _) in log.tiles.items() if level is not None)
        bundle, tile = f"{prefix}/{bundles[-1]}", f"{prefix}/{tiles[0]}"
        m.file_case(f"a bit in an entry of the {short} log", "1.3", bundle, lambda d: flip(d, 40))
        m.file_case(f"the last bit of an entry bundle of the {short} log", "1.3", bundle, lambda d: flip(d, -1, 7))
        m.file_case(f"a bit in a length of the {short} entry bundle", "1.3 1.5", bundle, lambda d: flip(d, 1))
        m.file_case(f"an entry bundle of the {short} log cut short", "1.5", bundle, lambda d: d[:-1])
        m.file_case(f"an entry bundle of the {short} log with a byte too many", "1.5", bundle, lambda d: d + b"\0")
        m.file_case(f"a bit in a hash tile of the {short} log", "1.4", tile, lambda d: flip(d, 70))
        m.file_case(f"two hashes of a tile of the {short} log swapped", "1.4", tile, lambda d: d[32:64] + d[:32] +
                    d[64:])
        m.file_case(f"a hash tile of the {short} log cut short", "1.4", tile, lambda d: d[:-32])
        m.file_case(f"a hash tile of the {short} log with a hash too many", "1.4", tile, lambda d: d + bytes(32))
        for name in (f"{prefix}/checkpoint", bundle, tile):
            m.folder_case(f"{short}: no {name.removeprefix(prefix + '/')}", "1.1", lambda there, name=name: os.remove(
                os.path.join(there, name)))

    def write(there, name, data=b"x"):
        path = os.path.join(there, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)

    m.folder_case("one file more", "1.1", lambda there: write(there, "README"))
    m.folder_case("one file more beside the tiles", "1.1", lambda there: write(there, "board/tile/0/000.p/1"))
    m.folder_case("an empty folder", "1.1", lambda there: os.mkdir(os.path.join(there, "board/tile/2")))
    m.folder_case("a second election", "1.1", lambda there: write(there, f"elections/{'ab' * 32}/checkpoint"))
    m.folder_case("a link in place of a file", "1.1", lambda there: (
        os.rename(os.path.join(there, "board/checkpoint"), os.path.join(there, "../elsewhere")),
        os.symlink("../../elsewhere", os.path.join(there, "board/checkpoint"))))
    m.folder_case("the election's folder under another id", "1.2 1.7", lambda there: os.rename(
        os.path.join(there, election), os.path.join(there, "elections", "ab" * 32)))
    m.folder_case("the election's folder in capitals", "1.1", lambda there: os.rename(
        os.path.join(there, election), os.path.join(there, "elections", m.election.hex().upper())))
    m.folder_case("the checkpoints of the two logs swapped", "1.1 1.2 1.3", lambda there: (
        write(there, "board/checkpoint", m_bytes(m, f"{election}/checkpoint")),
        write(there, f"{election}/checkpoint", m_bytes(m, "board/checkpoint"))))


def m_bytes(m, name):
    with open(os.path.join(m.folder, name), "rb") as file:
        return file.read()


def kinds(m):
    """The first entry of every kind that the record has, trustees' messages each for itself."""
    found = {}
    for index, entry in enumerate(m.log.entries):
        kind = e.NAMES[entry[0]] + (f" message {entry[2]}" if entry[0] == e.TRUSTEE else "")
        found.setdefault(kind, index)
    return found


# Which checks may refuse an entry of a kind that has a bit changed, is missing, or stands twice.
BITS = {
    "block": "1.5 1.6 1.9 2.1 5.1 7.1", "manifest part": "1.5 2.1 2.2", "administrator": "1.5 2.4",
    "trustee message 0": "1.5 3.1 3.2 3.3", "roll part": "1.5 4.1 4.2", "roll change": "1.5 4.1",
    "ceremony restart": "1.5 3.11", "open": "1.5 5.1 5.2", "cast": "1.5 6.2 6.3 6.4 6.5", "opening": "1.5 6.8",
    "challenge": "1.5 6.2 6.3 6.4 6.5", "close": "1.5 7.1 7.2", "withheld": "1.5 8.2", "result": "1.5 8.5 8.6",
}
MISSING = {
    "block": "1.6 2.1 8.3", "manifest part": "2.1", "administrator": "2.4 3.11 5.1 7.1", "roll part": "4.1 4.2 5.1",
    "trustee message 0": "3.2 3.3", "trustee message 1": "3.3", "trustee message 2": "3.3", "trustee message 3": "3.3",
    "trustee message 4": "3.7", "trustee message 5": "3.8 3.11", "trustee message 6": "3.3 6.8",
    "trustee message 7": "5.1", "trustee message 8": "8.4", "trustee message 9": "8.5", "roll change": "4.1 5.2",
    "ceremony restart": "1.9", "open": "1.9", "cast": "6.5 7.2", "challenge": "6.8 7.2", "opening": "8.3",
    "close": "1.9", "withheld": "1.9", "result": "8.5",
}
DOUBLED = {
    "block": "2.1", "manifest part": "2.1", "administrator": "1.9 2.4 5.1 7.1", "roll part": "4.1",
    "roll change": "4.1", "ceremony restart": "3.11", "open": "5.1", "cast": "6.5", "challenge": "6.7 6.6",
    "opening": "6.8", "close": "1.9 7.1", "withheld": "8.2", "result": "8.5", "trustee message 4": "3.7",
    "trustee message 5": "1.9 3.7", "trustee message 8": "8.3", "trustee message 9": "8.4",
}


def entry_mutations(m):
    for kind, index in kinds(m).items():
        length = len(m.log.entries[index])
        general = "1.5 3.2 3.3 8.3 8.4" if kind.startswith("trustee") else "1.5"
        for place, at in (("first", 0), ("second", 1), ("middle", length // 2), ("last", length - 1)):
            m.entry_case(f"{kind}: a bit in the {place} byte", BITS.get(kind, general) + " " + (
                "" if at else "1.5 1.9 2.1 2.4 3.3 3.11 4.2 5.1 6.2 6.6 6.8 7.1 8.2 8.5"),
                replace(index, lambda entry, at=at: flip(entry, at)), sealed=kind != "block")
        m.entry_case(f"{kind}: a byte less", "1.5", replace(index, lambda entry: entry[:-1]), sealed=False)
        m.entry_case(f"{kind}: a byte more", "1.5", replace(index, lambda entry: entry + b"\0"), sealed=False)
        m.entry_case(f"{kind}: removed", MISSING[kind], remove(index))
        m.entry_case(f"{kind}: doubled", DOUBLED.get(kind, "3.3"), double(index))
    m.entry_case("an entry of nothing", "1.5", lambda log: log[:5] + [b""] + log[5:])
    m.entry_case("an entry of an unknown kind", "1.5", lambda log: log[:5] + [bytes([14])] + log[5:])
    m.entry_case("an entry that is too long", "1.5", lambda log: log[:5] + [bytes(65536)] + log[5:])


def chosen_mutations(m):
    find, case = m.find, m.entry_case
    log = m.log.entries
    first, second = find(e.CAST), find(e.CAST, 1)
    opened, closed = find(e.OPEN), find(e.CLOSE)
    result, share = find(e.RESULT), find(e.TRUSTEE, 0, e.DECRYPTION)
    statement = find(e.TRUSTEE, 0, e.STATEMENT)
    u = slice(1, 33)
    ciphertext = 38 + (32 if log[first][37] else 0) + 4

    case("two ballots swapped", "8.3", swap(first, second))
    case("the first ballot before the opening", "1.9", swap(opened, first))
    case("a ballot after the closing", "6.1", lambda log: log[:closed + 1] + [log[first]] + log[closed + 1:])
    case("a ballot at the end", "6.1", lambda log: log + [log[first]])
    case("a cast ballot as a test", "6.2 6.5 6.6", replace(first, lambda entry: b"\x09" + entry[1:]))
    case("a ballot under another voter's credential", "6.2 6.4", replace(first, lambda entry: entry[:1] + log[second][
        u] + entry[33:]))
    case("a ballot under no voter's credential", "6.4", replace(first, lambda entry: flip(entry, 5)))
    case("a ballot of another style", "6.4", replace(first, lambda entry: flip(entry, 33)))
    case("a ballot that counts one further", "1.5 6.5", replace(first, lambda entry: flip(entry, 35)))
    case("a ballot whose two halves of a ciphertext are swapped", "6.2 6.3", replace(first, lambda entry: entry[
        :ciphertext] + entry[ciphertext + 32:ciphertext + 64] + entry[ciphertext:ciphertext + 32] + entry[
            ciphertext + 64:]))
    case("a ballot with a ciphertext of another", "6.7 6.2", replace(second, lambda entry: entry[:ciphertext] + log[
        first][ciphertext:ciphertext + 64] + entry[ciphertext + 64:]))
    case("a ballot with the identity for a point", "6.2 6.3", replace(first, lambda entry: entry[:ciphertext] + bytes(
        32) + entry[ciphertext + 32:]))
    case("a ballot with the signature of another", "6.2", replace(first, lambda entry: entry[:-64] + log[second][-64:]))
    case("a ballot with a scalar that is not reduced", "1.5", replace(first, lambda entry: entry[:-32] + b"\xff" * 32))
    case("no ballot at all", "7.2", lambda log: [entry for entry in log if entry[0] not in (e.CAST, e.CHALLENGE)])
    case("the last cast ballot missing", "6.5 7.2", remove(find(e.CAST, -1)))
    case("the closing counts one more", "7.2", replace(closed, lambda entry: flip(entry, 1)))
    case("the closing before its time", "7.1", lambda log: log[:opened + 1] + [log[closed]] + log[opened + 1:])
    case("the opening under another key", "5.2", replace(opened, lambda entry: entry[:1] + log[first][
        ciphertext:ciphertext + 32] + entry[33:]))
    case("the opening for another roll", "5.2", replace(opened, lambda entry: flip(entry, 70)))
    case("the opening with another weight", "5.2", replace(opened, lambda entry: flip(entry, -8)))
    case("a registration in another trustee's name", "3.1", replace(find(e.TRUSTEE, 0, 0), lambda entry: entry[
        :1] + (b"\2" if entry[1] == 1 else b"\1") + entry[2:]))
    case("a trustee who does not exist", "3.2", replace(find(e.TRUSTEE, 0, 1), lambda entry: entry[:1] + b"\xc8" +
                                                        entry[2:]))
    case("commitments before the hash", "3.3", swap(find(e.TRUSTEE, 0, 1), find(e.TRUSTEE, 0, 2)))
    case("confirmation before the shares", "3.3", swap(find(e.TRUSTEE, 0, 3), find(e.TRUSTEE, 0, 6)))
    case("a decryption share before its trustee's statement", "8.4", swap(statement, share) if log[statement][1] == log[
        share][1] else lambda log: log[:statement] + [log[share]] + log[statement:])
    case("a decryption share of another trustee", "3.2", replace(share, lambda entry: entry[:1] + bytes([entry[
        1] % 3 + 1]) + entry[2:]))
    case("a statement before the closing", "1.9 8.3", lambda log: log[:closed] + [log[statement]] + log[closed:])
    m_result = e.decode(log[result])[1]
    at_totals = 3 + 4 + len(m_result[1]) + 4
    case("a vote more for the first option", "8.5", replace(result, lambda entry: flip(entry, at_totals)))
    case("a vote from the first option to the second", "8.5", replace(result, lambda entry: entry[:at_totals] + (
        m_result[2][0] - 1).to_bytes(8, "little") + (m_result[2][1] + 1).to_bytes(8, "little") + entry[
            at_totals + 16:]))
    case("a result of other trustees than sent shares", "8.5", replace(result, lambda entry: flip(entry, 7, 6)))
    case("a result of a contest that does not exist", "8.5", replace(result, lambda entry: flip(entry, 1)))
    case("another verdict", "8.6", replace(result, lambda entry: flip(entry, -1)))
    case("another place in the standings", "8.6", replace(result, lambda entry: flip(
        entry, at_totals + 8 * len(m_result[2]) + 4 + 10)))
    case("a result before the shares", "8.5", lambda log: log[:closed + 1] + [log[result]] + log[closed + 1:])
    case("the tail cut before the result", "8.5", lambda log: log[:result])
    case("the tail cut before the closing", "1.9 8.5", lambda log: log[:closed])
    case("the tail cut in the ceremony", "8.5", lambda log: log[:find(e.TRUSTEE, 2, 3)])
    case("the tail cut in the manifest", "2.1", lambda log: log[:1])
    case("no entry", "2.1", lambda log: [])
    case("a block of an earlier time", "1.6", lambda log: log + [log[0]])
    block = find(e.BLOCK, -1)
    case("a block whose time runs back", "1.6 7.1 5.1", replace(block, lambda entry: entry[:9] + bytes(8) + entry[17:]))
    case("a block of another height", "1.6", replace(block, lambda entry: flip(entry, 1, 7)))
    case("a block with another root before it", "1.6", replace(block, lambda entry: flip(entry, 20)), sealed=False)
    case("ballots cast long after the closing time", "7.1", lambda log: log[:first] + [
        block_after(log[:first], 2**60)] + log[first:])


def block_after(log, time):
    height = sum(entry[:1] == b"\0" for entry in log)
    return b"\0" + height.to_bytes(8, "little") + time.to_bytes(8, "little") + bytes(32)


def board_mutations(m):
    log = m.board_log.entries
    election = m.find(boardlog.ELECTION, log=log)
    last = m.find(boardlog.ANCHOR, -1, log=log)
    m.board_case("no genesis", "1.2", remove(1))
    m.board_case("a second genesis", "1.2", double(1))
    m.board_case("a block after a block", "1.2", double(0))
    m.board_case("another operator in the genesis", "2.4", replace(1, lambda entry: flip(entry, 5 + 10 + 4 + len(
        m.board.origin))))
    m.board_case("another suite in the genesis", "1.2", replace(1, lambda entry: flip(entry, 14)))
    m.board_case("no election", "1.6 1.7", remove(election))
    m.board_case("the election twice", "2.4", double(election))
    m.board_case("the election by another administrator", "2.4", replace(election, lambda entry: flip(entry, 33)))
    m.board_case("a bit in the signature of the election's creation", "2.4", replace(election, lambda entry: flip(
        entry, -20)))
    m.board_case("an anchor twice", "1.7", double(last))
    m.board_case("the last anchor missing", "1.7", remove(last))
    m.board_case("an anchor with another root", "1.7", replace(last, lambda entry: flip(entry, -1)))
    m.board_case("an anchor with another size", "1.7", replace(last, lambda entry: flip(entry, 33)))
    m.board_case("an anchor of another election", "1.7", replace(last, lambda entry: flip(entry, 1)))
    m.board_case("an unknown kind of entry on the board log", "1.5", lambda log: log + [b"\x05"])


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    mutator = Mutator(sys.argv[1])
    mutator.baseline()
    for mutations in (file_mutations, board_mutations, entry_mutations, chosen_mutations):
        mutations(mutator)
    print(f"\n{mutator.count} mutations, {mutator.failures} not refused as they should be")
    print("refusing checks: " + ", ".join(f"{check} ({len(names)})" for check, names in sorted(
        mutator.by_check.items(), key=lambda item: [int(part) for part in item[0].split(".")])))
    return 1 if mutator.failures else 0


if __name__ == "__main__":
    sys.exit(main())

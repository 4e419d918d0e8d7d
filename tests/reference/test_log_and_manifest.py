"""The small record is accepted. Checks of chapters 1 and 2 refuse what breaks them; see changes.py."""

import os
import tempfile
import unittest

import verify
from changes import RECORD, Changes, find, made, put, rebuild
from tabella_reference import making, merkle
from tabella_reference import entries as e
from tabella_reference import made as small
from tabella_reference.coding import enc_list, enc_string
from tabella_reference.curve import ORDER
from tabella_reference.election import Election
from tabella_reference.hashes import digest, le16, le32, le64
from tabella_reference.manifest import decode as decode_manifest
from tabella_reference.record import Log, list_files
from tabella_reference.report import Report


class Accepted(unittest.TestCase):
    def test_every_check_has_items(self):
        report = Report()
        verify.verify(RECORD, report)
        self.assertEqual([check for check, items in report.items.items() if not items], [])

    def test_it_is_made_again_byte_for_byte(self):
        with tempfile.TemporaryDirectory() as folder:
            made.write(folder)
            for inside, _, files in os.walk(folder):
                for name in files:
                    path = os.path.join(inside, name)
                    with open(path, "rb") as new, open(os.path.join(RECORD, os.path.relpath(path, folder)),
                                                       "rb") as old:
                        self.assertEqual(new.read(), old.read(), path)

    def test_unreadable(self):
        with self.assertRaises(verify.record.Unreadable):
            verify.verify(os.path.join(RECORD, "none"), Report())


class LogAndManifest(Changes):
    """Each refused by the check that is named."""

    # Chapter 1

    def test_files(self):
        inside = f"elections/{made.id.hex()}"

        def change(name, data):
            def apply(there):
                path = os.path.join(there, name)
                with open(path, "r+b") as file:
                    changed = data(file.read())
                    file.seek(0)
                    file.truncate()
                    file.write(changed)
            return apply

        def note(key=made.operator, origin=small.ORIGIN, witnesses=((0, 0), (1, 1)), time=1, root=None):
            tree = merkle.Tree()
            for entry in made.board:
                tree.append(entry)
            return lambda _: making.checkpoint(key, origin, tree.size, root or tree.root(), [
                (f"witness{name}.test", made.witnesses[i], time) for name, i in witnesses])

        self.folder("1.1", "no checkpoint of the board", lambda there: os.remove(f"{there}/board/checkpoint"))
        self.folder("1.1", "a file that no log has", lambda there: open(f"{there}/board/log", "w").close())
        self.folder("1.2", "a board checkpoint by another key", change("board/checkpoint", note(made.registrar)))
        self.folder("1.2", "a board checkpoint of another origin", change("board/checkpoint", note(origin="other")))
        self.folder("1.2", "a witness who signs twice", change("board/checkpoint", note(witnesses=((0, 0), (0, 0)))))
        self.folder("1.2", "a witness under another's name", change("board/checkpoint", note(witnesses=((1, 0),))))
        self.folder("1.2", "a witness whom the genesis does not know", change("board/checkpoint", note(
            witnesses=((2, 0),))))
        self.folder("1.2", "a cosignature with a bit changed", change("board/checkpoint", lambda d: d[:-30] + (
            b"A" if d[-30:-29] != b"A" else b"B") + d[-29:]))
        self.folder("1.2", "an election checkpoint with a cosignature", change(f"{inside}/checkpoint", lambda _: (
            making.checkpoint(made.operator, f"{small.ORIGIN}/{inside}", len(made.log), made.tree.root(),
                              [("witness0.test", made.witnesses[0], 1)]))))
        self.folder("1.3", "a checkpoint of another root", change("board/checkpoint", note(root=bytes(32))))
        bundle = "board/tile/entries/000.p/9"
        self.folder("1.3 1.4", "a byte in an entry", change(bundle, lambda d: put(d, len(d) - 1, b"!")))
        self.folder("1.5", "a byte behind the entries", change(bundle, lambda d: d + b"!"))
        self.folder("1.5", "a byte less than the entries", change(bundle, lambda d: d[:-1]))
        self.folder("1.4", "a hash tile with a bit changed", change("board/tile/0/000.p/9", lambda d: put(d, 0, b"!!")))
        self.folder("1.7", "an election log longer than its last anchor", log=made.log + [
            b"\0" + le64(made.state.blocks.height) + le64(made.time) + made.tree.root()])
        self.folder("1.7", "an election log shorter than its last anchor", log=made.log[:-1])
        self.folder("1.8", "one cosignature where two are demanded", cosigned=1)

    def test_higher_tiles(self):
        """A log with full tiles and hashes of the next level."""
        log = [i.to_bytes(2, "big") * 3 for i in range(600)]
        tree = merkle.Tree()
        for entry in log:
            tree.append(entry)

        def load(level_one=None):
            with tempfile.TemporaryDirectory() as folder:
                small.write_log(os.path.join(folder, "board"), log, lambda size, root: making.checkpoint(
                    made.operator, "origin", size, root))
                if level_one:
                    with open(os.path.join(folder, "board/tile/1/000.p/2"), "wb") as file:
                        file.write(level_one)
                there = Log(folder, "board")
                self.assertEqual(there.paths(list_files(folder)), list_files(folder))
                there.load(Report())
                return there.entries

        self.assertEqual(load(), log)
        self.refused("1.4", "a tile of level 1 with other hashes", lambda: load(bytes(64)))

    def test_board_log(self):
        release, creation, anchors = 2, 5, (6, 8)
        self.board("1.6", "a block of an earlier time", lambda log: log[:7] + [put(log[7], 9, le64(0))] + log[8:])
        self.board("1.2", "two genesis entries", lambda log: log[:2] + log[1:])
        self.board("1.2", "another suite", lambda log: log[:1] + [made.genesis(suite="tabella/v2")] + log[2:])
        self.board("1.2", "an administrator twice", lambda log: log[:1] + [made.genesis(administrators=[
            made.administrator.public] * 2)] + log[2:])
        self.board("1.10", "the last release again", lambda log: log[:3] + [log[release]] + log[3:])
        for name, entry in (("no file", made.release("3", [])), ("files out of order", made.release("3", ["b", "a"])),
                            ("a file twice", made.release("3", ["a", "a"])),
                            ("a path that leads up", made.release("3", ["a/../b"])),
                            ("an empty name in a path", made.release("3", ["a//b"])),
                            ("a space in the version", made.release("3 4"))):
            self.board("1.10", f"a release with {name}", lambda log, entry=entry: log + [entry])
        self.board("1.5", "an entry of no kind", lambda log: log + [b"\5"])
        self.board("1.7", "an anchor with another root", lambda log: log[:anchors[0]] + [put(
            log[anchors[0]], 41, bytes(32))] + log[7:])
        self.board("1.7", "an anchor twice", lambda log: log + log[-1:])
        self.board("2.4", "the election twice", lambda log: log + [log[creation]])
        self.board("2.4", "a creation by nobody of the genesis", lambda log: log[:1] + [made.genesis(administrators=[
            made.registrar.public])] + log[2:])
        signature = made.registrar.sign("election", made.id, small.ORIGIN.encode(), made.operator.public)
        both = made.genesis(administrators=[made.administrator.public, made.registrar.public])
        self.board("2.4", "a creation by another administrator", lambda log: log[:1] + [both] + log[2:creation] + [
            b"\2" + made.id + made.registrar.public + signature] + log[creation + 1:])

    def test_blocks_and_automatic_entries(self):
        last = find(e.BLOCK, -1)
        self.entry("1.6", "a block of an earlier time", last, 9, le64(small.START))
        self.entry("1.6", "a block of another height", last, 1, le64(99))
        self.entries("1.6", "a block with another root before it", lambda log: log[:last] + [put(
            put(log[last], 17, bytes(32)), 9, le64(made.time + 1))] + log[last + 1:])
        self.entries("1.9", "the end before what is due", lambda log: log[:find(e.WITHHELD)])
        self.entries("1.5", "an entry with a byte left over", lambda log: log[:-1] + [log[-1] + b"\0"])
        self.entry("1.5", "a bool of 2", find(e.ROLL_PART), 5, b"\2")
        self.entry("1.5", "an option of 2", find(e.CAST), 37, b"\2")
        self.entry("1.5", "a commitment that is no point", find(e.TRUSTEE, 0, e.COMMITMENTS), 11, b"\xff" * 32)
        z = find(e.TRUSTEE, 0, e.COMMITMENTS)
        self.entry("1.5", "a scalar that is not reduced", z, len(made.log[z]) - 96, ORDER.to_bytes(32, "little"))

    # Chapter 2

    def test_manifest(self):
        part = find(e.MANIFEST_PART)
        self.entry("2.1", "a part of two", part, 3, le16(2))
        self.entry("2.1", "the second part first", part, 1, le16(1))
        self.entries("2.1", "a block before the manifest", lambda log: log[:1] + log)
        self.entry("2.2", "another nonce", part, 9 + 2 + 4 + len(small.ORIGIN), b"x")

    def test_a_manifest_in_parts(self):
        words = enc_list([enc_string(tag) + enc_string("x" * 4000) for tag in ("de", "en", "fr", "it", "zh")])
        one = small.CONTESTS[0]
        title = small.text("Chair")
        long = title + b"\1" + words + one[len(title) + 1:]
        good, nonce = made.manifest_bytes, 6 + len(small.ORIGIN)
        whole = put(good.replace(enc_list(small.CONTESTS), enc_list([long] * 3 + small.CONTESTS[3:])), nonce, b"parts")
        self.assertGreater(len(whole), 60_000)

        election = digest("manifest", whole)

        def of(*parts, count=2):
            log = [b"\1" + le16(i) + le16(count) + le32(len(part)) + part for i, part in enumerate(parts)]
            return rebuild([made.log[0], *log])

        def refused(check, name, log):
            self.refused(check, name, lambda: Election(election, Report()).read(*log), lambda folder: (
                made.write_log_of(folder, election, *log)))

        first, second = whole[:60_000], whole[60_000:]
        state = Election(election, Report())
        state.read(*of(first, second))
        self.assertEqual(state.phase, "setup")
        refused("2.1", "a first part that is too short", of(first[:-1], whole[59_999:]))
        refused("2.1", "a last part without bytes", of(first, b""))
        refused("2.1", "more parts than a manifest can have", of(first, second, count=18))
        refused("2.2", "two parts of another manifest", of(first, second[:-1]))

    def test_rules_of_the_manifest(self):
        good = made.manifest_bytes
        nonce = 2 + 4 + len(small.ORIGIN)
        threshold = good.index(bytes([small.THRESHOLD]) + le64(small.WINDOW))
        times = threshold + 1 + 8 + 1
        styles = len(good) - len(enc_list([small.text(f"Style {i}") + enc_list([le16(c) for c in style])
                                           for i, style in enumerate(small.STYLES)]))

        def with_contest(*arguments, **named):
            return good[:good.index(small.CONTESTS[0])] + small.contest(*arguments, **named) + good[good.index(
                small.CONTESTS[1]):]

        cases = {
            "another version": put(good, 0, le16(2)),
            "a board with a space": put(good, 6, b" "),
            "a board whose name turns the line": put(good, 6, "\u202e".encode()),
            "a trustee whose name turns the line": put(good, good.index(b"Trustee 1"), "\u202e".encode()),
            "a threshold above n": put(good, threshold, b"\4"),
            "a threshold of 0": put(good, threshold, b"\0"),
            "a short complaint window": put(good, threshold + 1, le64(59_999)),
            "a total weight of 0": put(good, times, le64(0)),
            "a total weight above 2^40": put(good, times, le64(2**40 + 1)),
            "closing before opening": put(good, times + 8, le64(2**50)),
            "a limit of 0": put(good, times + 8 * 3 + 2 + 1, le16(0)),
            "a smallest group above the total weight": put(good, times + 8 * 3 + 2 + 1 + 2 + 2 + 1, le32(101)),
            "sixteen cosignatures": put(good, times + 8 * 3 + 2 + 1 + 2 + 2 + 1 + 4, b"\x10"),
            "a style that names no contest": good[:styles] + enc_list([small.text("Style") + enc_list([])]),
            "a contest in no style": good[:styles] + enc_list([small.text("Style") + enc_list([le16(0)])]),
            "a style whose contests do not ascend": good[:styles] + enc_list([small.text("Style") + enc_list([
                le16(c) for c in (1, 0, 2, 3, 4, 5, 6, 7)])]),
            "a byte left over": good + b"\0",
            "two options that read alike": with_contest("Chair", b"\0", ["Ada", "Ada\u200b"]),
            "an option that reads like the blank vote": with_contest("Chair", b"\0", ["Ada", "Blank "]),
            "no way to vote blank": with_contest("Chair", b"\0", ["Ada", "Ben"], blank=False),
            "more seats than options": with_contest("Chair", b"\0", ["Ada", "Ben"], seats=3),
            "max above the options": with_contest("Chair", b"\1" + le16(0) + le16(3), ["Ada", "Ben"]),
            "a quorum above one": with_contest("Chair", b"\0", ["Ada"], quorum=(2, 1)),
            "more than everything": with_contest("Chair", b"\0", ["Ada"], requirements=[((1, 1), 0, True)]),
            "a base of another method": with_contest("Chair", b"\0", ["Ada"], requirements=[((1, 2), 3, False)]),
            "a tab in the words": with_contest("Chair", b"\0", ["A\tda"]),
            "a character that turns the line": with_contest("Chair", b"\0", ["A\u202eda"]),
            "grades without their words": with_contest("Chair", b"\5\2", ["Ada"]),
            "a ranking with too many entries": with_contest("Chair", b"\6", [f"Option {i}" for i in range(32)]),
            "points above 65,535": with_contest("Chair", b"\2" + le32(65_536), ["Ada"]),
        }
        self.assertEqual(good[nonce:nonce + 16], bytes(16))
        decode_manifest(good)
        for name, changed in cases.items():
            election = digest("manifest", changed)
            read = rebuild([made.log[0], b"\1" + le16(0) + le16(1) + le32(len(changed)) + changed])

            def attempt(election=election, read=read):
                Election(election, Report()).read(*read)
            self.assertNotEqual(changed, good, name)
            self.refused("2.3", f"a manifest with {name}", attempt, lambda folder, election=election, read=read: (
                made.write_log_of(folder, election, *read)))

    def test_acts(self):
        act = find(e.ADMINISTRATOR)
        valid = len(made.log[act]) - 72
        self.entry("2.4", "an act that is valid too long", act, valid, le64(made.time + 10**9))
        self.entry("2.4", "an act that is over", act, valid, le64(0))
        self.entry("2.4", "an act with another's signature", act, len(made.log[act]) - 64, made.log[-5][-64:], False)


if __name__ == "__main__":
    unittest.main()

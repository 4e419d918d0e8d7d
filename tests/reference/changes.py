"""Changes of the small record, signed again, and how they are read.

The keys of the small record are known here. So whatever is changed is signed again by whoever would have to sign it: a
change meets the rule that it breaks, and not just a signature.
"""

import glob
import os
import shutil
import tempfile
import unittest

import verify
from tabella_reference import boardlog, merkle
from tabella_reference import entries as e
from tabella_reference import made as small
from tabella_reference.election import Election
from tabella_reference.hashes import digest, le64
from tabella_reference.report import CHECKS, Refused, Report

RECORD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "record")
refusing = {}


def small_log():
    """The entries of the small record's election log, which has one bundle."""
    (bundle,) = glob.glob(os.path.join(RECORD, "elections", "*", "tile", "entries", "000.p", "*"))
    with open(bundle, "rb") as file:
        data = file.read()
    log = []
    while data:
        length = int.from_bytes(data[:2], "big")
        log.append(data[2:2 + length])
        data = data[2 + length:]
    return log


def put(data, at, new):
    return data[:at] + new + data[at + len(new):]


def find(kind, nth=0, message=None, sender=None):
    """The index of the nth entry of a kind; of a trustee's messages, of one message and sender."""
    return [i for i, entry in enumerate(made.log) if entry[0] == kind and message in (None, entry[2])
            and sender in (None, entry[1])][nth]


def rebuild(log, sign=True):
    """The log with blocks that name the roots before them, and with signatures under all that was changed."""
    known, tree, roots, roll, result = set(made.log), merkle.Tree(), [merkle.Tree().root()], bytes(32), []
    height = 0
    for index, entry in enumerate(log):
        if entry[:1] == b"\0" and len(entry) == 49 and entry in known:
            entry = put(put(entry, 1, le64(height)), 17, tree.root())
        elif sign and entry and (entry not in known or entry[0] in (e.ROLL_PART, e.ROLL_CHANGE)):
            entry = made.sign(entry, roll)
        height += entry[:1] == b"\0"
        if entry[:1] and entry[0] in (e.ROLL_PART, e.ROLL_CHANGE):
            roll = digest("roll", roll, entry)
        tree.append(entry)
        result.append(entry)
        roots.append(tree.root())
    return result, roots


# The small election with its keys. Its ballots are read from the record, since to prove them takes long.
made = small.Made([entry[1:-64] for entry in small_log() if entry[0] in (e.CAST, e.CHALLENGE)])


class Changes(unittest.TestCase):
    """Reads changed records, and compares the check that refuses them with the one that should."""

    def refused(self, check, name, attempt):
        with self.subTest(name):
            with self.assertRaises(Refused) as caught:
                attempt()
            self.assertEqual(caught.exception.check, check, str(caught.exception))
            refusing.setdefault(check, []).append(name)

    def folder(self, check, name, change=None, **written):
        def attempt():
            with tempfile.TemporaryDirectory() as temporary:
                there = os.path.join(temporary, "record")
                if written:
                    made.write(there, **written)
                else:
                    shutil.copytree(RECORD, there)
                if change:
                    change(there)
                verify.verify(there, Report())
        self.refused(check, name, attempt)

    def entries(self, check, name, change, sign=True):
        def attempt():
            log, roots = rebuild(change(list(made.log)), sign)
            report = Report()
            board = boardlog.BoardLog(report)
            tree, board_roots = merkle.Tree(), []
            for entry in made.board:
                board_roots.append(tree.root())
                tree.append(entry)
            board.read(made.board, board_roots)
            state = Election(made.id, report)
            state.verified = frozenset(made.log)
            state.read(log, roots)
            state.verify_proofs()
            state.finish(board, ["witness0.test", "witness1.test"])
        self.refused(check, name, attempt)

    def entry(self, check, name, index, at, new, sign=True):
        self.entries(check, name, lambda log: log[:index] + [put(log[index], at, new)] + log[index + 1:], sign)

    def board(self, check, name, change):
        log = change(list(made.board))
        tree, sealed = merkle.Tree(), []
        for entry in log:
            if entry[:1] == b"\0" and entry in made.board:
                entry = put(entry, 17, tree.root())
            tree.append(entry)
            sealed.append(entry)
        self.folder(check, name, board=sealed)

    @classmethod
    def tearDownClass(cls):
        count = sum(map(len, refusing.values()))
        print(f"\n{count} mutations so far are refused, by {len(refusing)} of {len(CHECKS)} checks; not by: "
              f"{', '.join(sorted(set(CHECKS) - set(refusing))) or 'none'}")

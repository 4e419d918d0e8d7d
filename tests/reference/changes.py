"""Changes of the small record, signed again, and how they are read.

The keys of the small record are known here. So whatever is changed is signed again by whoever would have to sign it: a
change meets the rule that it breaks, and not just a signature.

With TABELLA_CHANGED_RECORDS=FOLDER each changed record is written below that folder, whole and signed by its board, for
another verifier to read: `0`, `1` and so on, and `cases.json` with a line of JSON for each: its `folder`, its `name`,
and the `checks` of which one must refuse it: more than one where the change breaks the rules of several, and none where
it breaks no rule.
"""

import functools
import glob
import json
import os
import shutil
import tempfile
import unittest

import verify
from tabella_reference import boardlog, curve, hashes, merkle
from tabella_reference import entries as e
from tabella_reference import made as small
from tabella_reference.election import Election
from tabella_reference.hashes import digest, le64
from tabella_reference.report import CHECKS, Refused, Report

RECORD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "record")
WRITTEN = os.environ.get("TABELLA_CHANGED_RECORDS")
# Whatever refuses it here must refuse it there.
ANY = object()
refusing, accepted = {}, []


def remember():
    """Changed records have nearly everything in common: what was computed for one is not computed again."""
    combine = functools.lru_cache(100_000)(curve.combine)
    # sums with random weights are met once
    curve.combine = lambda terms: combine(tuple(terms)) if len(terms) < 50 else combine.__wrapped__(terms)
    for module, names in ((curve, ("multiply", "decode", "encode")), (hashes, ("ed25519", "hash_to_point"))):
        for name in names:
            setattr(module, name, functools.lru_cache(100_000)(getattr(module, name)))


remember()


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


def keep(name, checks, write):
    """Write a changed record for another verifier."""
    cases = os.path.join(WRITTEN, "cases.json")
    number = str(keep.count)
    keep.count += 1
    write(os.path.join(WRITTEN, number))
    with open(cases, "a", encoding="utf-8") as file:
        file.write(json.dumps({"folder": number, "name": name, "checks": checks}) + "\n")


keep.count = 0

# The small election with its keys. Its ballots are read from the record, since to prove them takes long.
made = small.Made([entry[1:-64] for entry in small_log() if entry[0] in (e.CAST, e.CHALLENGE)])


class Changes(unittest.TestCase):
    """Reads changed records, and compares the check that refuses them with the one that should."""

    def refused(self, check, name, attempt, write=None):
        """The attempt must be refused by this check, by one of several with spaces between, or, for None, by none.
        `write` makes the record's folder."""
        with self.subTest(name):
            found, sentence = None, "accepted"
            try:
                attempt()
            except Refused as error:
                found, sentence = error.check, str(error)
            checks = check.split() if isinstance(check, str) else [found] if check is ANY and found else []
            if write and WRITTEN:
                keep(name, checks, write)
            self.assertIn(found, checks or [None], sentence)
            self.assertTrue(found or check is None, "accepted")
            accepted.append(name) if found is None else refusing.setdefault(found, []).append(name)

    def folder(self, check, name, change=None, **written):
        with tempfile.TemporaryDirectory() as temporary:
            there = os.path.join(temporary, "record")
            if written:
                made.write(there, **written)
            else:
                shutil.copytree(RECORD, there)
            if change:
                change(there)
            self.refused(check, name, lambda: verify.verify(there, Report()), lambda folder: shutil.copytree(
                there, folder))

    def entries(self, check, name, change, sign=True):
        log, roots = rebuild(change(list(made.log)), sign)

        def attempt():
            report = Report()
            board = boardlog.BoardLog(report)
            board_tree, board_roots = merkle.Tree(), []
            for entry in made.board:
                board_roots.append(board_tree.root())
                board_tree.append(entry)
            board.read(made.board, board_roots)
            state = Election(made.id, report)
            state.verified = frozenset(made.log)
            state.read(log, roots)
            state.verify_proofs()
            state.finish(board, ["witness0.test", "witness1.test"])
        # the same log under a board log that anchors it: what a board writes that signs whatever it likes
        self.refused(check, name, attempt, lambda folder: made.write_log_of(folder, made.id, log, roots))

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
        print(f"\n{count} changes so far are refused, by {len(refusing)} of {len(CHECKS)} checks; not by: "
              f"{', '.join(sorted(set(CHECKS) - set(refusing))) or 'none'}; {len(accepted)} are right to be accepted")

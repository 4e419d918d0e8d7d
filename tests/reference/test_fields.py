"""Every field of every kind of entry is changed, and signed again by whoever answers for it; every entry is removed,
doubled and swapped with the next.

EXPECTED says by which check each change is refused, or by one of which, where it breaks more than one rule. It has
every change that there is, and the shapes have every field of the specification, so that nothing is left out unseen.
Some changes break no rule of their own, and make another record that would be as good: PERMITTED says why, and what is
left that refuses it, if anything.
"""

import os
import random
import re
import unittest
from test_known_answers import told as read

from changes import ANY, Changes, find, made
from fields import BALLOT, BOARD_LOG, ELECTION_LOG, changes
from tabella_reference import entries as e

WHOLE = bool(os.environ.get("TABELLA_WHOLE"))
SEED = int(os.environ.get("TABELLA_SEED") or random.SystemRandom().randrange(10**9))
# A verification of a ballot's proof takes long: of these kinds so many changes are made where not all are.
SAMPLED = {"challenge": 8}

MESSAGES = ("registration", "commitment hash", "commitments", "shares", "complaint", "answer", "confirmation",
            "test decryption", "statement", "decryption")
ACTS = ("restart act", "open act", "close act")
CHANGES = ("add", "revoke", "replace")
# These have signatures of their own among their fields.
SIGNATURES = {"cast": ("T4", "z"), "challenge": ("T4", "z"), "opening": ("T4", "z")}

PERMITTED = {
    # an act may be valid until any moment of the next five minutes; but trustees stated the log that stood
    "an act": "8.3",
    # a registrar says who is who until voting opens; but `open` names the roll that stood
    "the roll": "5.2",
    # nobody but its receiver can open a share, who complains of a bad one; but trustees confirmed what they received
    "a sealed share": "3.8",
    # which app it serves, in which order it lists witnesses, and when its last block began, the board alone says
    "the board": None,
}
# By kind of entry and check, the changes that it refuses.
EXPECTED = {
    "block": {
        "1.6": "height; root_before",
        "the board": "time",
    },
    "manifest part": {
        "2.1": "part; parts",
        "2.2": "bytes",
    },
    "open act": {
        "7.1": "act",
        "an act": "valid_until",
        "2.4": "signature",
    },
    "close act": {
        "1.5": "act",
        "an act": "valid_until",
        "2.4": "signature",
    },
    "restart act": {
        "1.5": "act",
        "3.3": "attempt",
        "an act": "valid_until",
        "2.4": "signature",
    },
    "registration": {
        "3.1": "encryption",
        "1.5": "message",
        "3.2": "signature",
        "3.1 3.2": "trustee; signing",
    },
    "commitment hash": {
        "3.3": "trustee; attempt",
        "1.5": "message",
        "3.4": "hash",
        "3.2": "signature",
    },
    "commitments": {
        "3.4": "trustee; points[0]; points, two swapped",
        "1.5": "message",
        "3.3": "attempt",
        "3.5": "points, the first missing; points, the first twice; T; z",
        "3.2": "signature",
    },
    "shares": {
        "3.3": "trustee; attempt",
        "1.5": "message",
        "3.6": "shares, the first missing; shares, the first twice",
        "a sealed share": "shares[0].kem; shares[0].ciphertext; shares, two swapped",
        "3.2": "signature",
    },
    "complaint": {
        "3.7": "trustee",
        "1.5": "message",
        "3.3": "attempt",
        "3.2": "signature; dealer",
    },
    "answer": {
        "3.7": "receiver",
        "1.5": "message",
        "3.3": "attempt",
        "1.9": "share",
        "3.2": "signature; trustee",
    },
    "confirmation": {
        "3.3": "trustee; attempt",
        "1.5": "message",
        "3.8": "transcript",
        "3.2": "signature",
    },
    "test decryption": {
        "3.10": "trustee; share; T1; T2; z",
        "1.5": "message",
        "3.3": "attempt",
        "3.2": "signature",
    },
    "statement": {
        "8.3": "trustee; size; root",
        "1.5": "message",
        "8.1": "aggregate",
        "3.2": "signature",
    },
    "decryption": {
        "8.4": "trustee; contest; points, the first missing; points, the first twice; points[0]; points, two "
               "swapped; T1; T2; z",
        "1.5": "message",
        "3.2": "signature",
    },
    "roll part": {
        "4.2": "part",
        "4.3": "last; voters, the first missing; voters, the first twice; voters[0].credential; "
               "voters[0].weight; voters[0].style; voters, two swapped",
        "the roll": "voters[0].identity",
        "4.1": "signature",
    },
    "revoke": {
        "4.5": "sequence; credential",
        "1.5": "change",
        "4.1": "signature",
    },
    "replace": {
        "4.5": "sequence; credential",
        "1.5": "change",
        "the roll": "by",
        "4.1": "signature",
    },
    "add": {
        "4.5": "sequence; credential",
        "1.5": "change",
        "4.3": "weight; style",
        "the roll": "identity",
        "4.1": "signature",
    },
    "ceremony restart": {
        "3.11": "attempt; culprit, absent; culprit",
    },
    "open": {
        "5.2": "key; ceremony; roll; voters; weight",
    },
    "cast": {
        "6.5": "counter; previous, present; previous, absent of a recast",
        "6.3": "ciphertexts, the first missing; ciphertexts[0].D; ciphertexts[0].C; ciphertexts, two swapped; A; "
               "S; T_1; T_2; t_x; t_x_blinding; e_blinding; rounds, the first missing; rounds, the first twice; "
               "rounds[0].L; rounds[0].R; rounds, two swapped; a; b; T1; T2; equality, absent; equality.T3; "
               "equality.z_w; z_r; z_v",
        "6.2": "T4; z",
        "6.2 6.4": "U",
        "6.3 6.4": "style",
        "6.3 6.7": "ciphertexts, the first twice",
        "6.3 6.5": "counter of a recast; previous of a recast",
    },
    "opening": {
        "6.8": "challenge; seed; selections, the first missing; selections, the first twice; selections[0], the "
               "first missing; selections[0], the first twice; selections[0][0]; selections[0], two swapped; "
               "selections, two swapped; T4; z",
    },
    "close": {
        "7.2": "counted; cast; challenged",
    },
    "withheld": {
        "8.2": "contest",
    },
    "result": {
        "8.5": "contest; trustees, the first missing; trustees, the first twice; trustees[0]; trustees, two "
               "swapped; totals, the first missing; totals, the first twice",
        "8.6": "standings, the first missing; standings, the first twice; standings[0].option; "
               "standings[0].score; standings[0].place; standings[0].qualified; standings, two swapped; elected, "
               "the first missing; elected, the first twice; elected[0]; tied, one more; verdict",
        "8.5 8.6": "totals[0]; totals, two swapped",
    },
    "board block": {
        "1.6": "height; root_before",
        "the board": "time",
    },
    "board genesis": {
        "1.2": "suite; witnesses, the first missing; witnesses, the first twice; witnesses[0].name; "
               "witnesses[0].key; administrators, the first twice",
        "2.4": "administrators, the first missing; administrators[0]",
        "the board": "witnesses, two swapped",
        "1.2 2.4": "origin; operator",
    },
    "board election": {
        "2.4": "election; administrator; signature",
    },
    "board anchor": {
        "1.7": "election; size; root",
    },
    "board release": {
        "the board": "version; files, the first missing; files[0].path; files[0].hash",
        "1.10": "files, the first twice; files, two swapped",
    },
}
EXPECTED["challenge"] = EXPECTED["cast"]



def place(kind):
    """The entry of a kind that is changed: of the ceremony one of the attempt that holds."""
    if kind in MESSAGES:
        message = MESSAGES.index(kind)
        count = len([entry for entry in made.log if entry[0] == e.TRUSTEE and entry[2] == message])
        last = {e.COMPLAINT: 1, e.ANSWER: 1}.get(message, 3)
        return find(e.TRUSTEE, count - last if message in range(e.HASH, e.STATEMENT) else 0, message)
    if kind in ACTS:
        return find(e.ADMINISTRATOR, ACTS.index(kind))
    if kind in CHANGES:
        return find(e.ROLL_CHANGE, CHANGES.index(kind))
    if kind == "recast":
        return find(e.CAST, 1)
    # the last ballot is the shortest; a block in the middle is of no other interest than the last
    return find(e.NAMES.index(kind), -1 if kind in ("block", "cast") else 0)


class Fields(Changes):
    """Each field of each kind of entry, changed and signed again."""

    def expected(self, kind):
        """By change, the check that refuses it."""
        checks = {name: PERMITTED.get(check, check) for check, names in EXPECTED[kind].items()
                  for name in names.split("; ")}
        self.assertEqual(len(checks), sum(len(names.split("; ")) for names in EXPECTED[kind].values()), kind)
        return checks

    def test_every_field_of_every_kind_of_entry(self):
        print(f"\nTABELLA_SEED={SEED}")
        for kind, shape in ELECTION_LOG.items():
            at = place(kind)
            every = list(changes(made.log[at], shape))
            if shape is BALLOT:
                # a first ballot names none before it
                recast = changes(made.log[place("recast")], shape)
                every += [(f"{name} of a recast", changed) for name, changed in recast
                          if name in ("counter", "previous", "previous, absent")]
            expected = self.expected(kind)
            self.assertEqual({name for name, _ in every}, set(expected), kind)
            if kind in SAMPLED and not WHOLE:
                every = random.Random(SEED).sample(every, SAMPLED[kind])
            for name, changed in every:
                index = place("recast") if "recast" in name else at
                # who signs again cannot sign another signature
                sign = name not in SIGNATURES.get(kind, ("signature",))
                self.entries(expected[name], f"{kind}: {name}", lambda log, index=index, changed=changed: (
                    log[:index] + [changed] + log[index + 1:]), sign)

    def test_every_field_of_the_board_log(self):
        for tag, (kind, shape) in enumerate(BOARD_LOG.items()):
            at = max(i for i, entry in enumerate(made.board) if entry[0] == tag)
            every = list(changes(made.board[at], shape))
            expected = self.expected(f"board {kind}")
            self.assertEqual({name for name, _ in every}, set(expected), kind)
            for name, changed in every:
                self.board(expected[name], f"board {kind}: {name}", lambda log, at=at, changed=changed: (
                    log[:at] + [changed] + log[at + 1:]))

    def test_no_field_of_the_specification_is_left_out(self):
        def names(shape):
            for name, kind in shape:
                yield name
                while isinstance(kind, list) and kind[0] in ("list", "option"):
                    kind = kind[1]
                if isinstance(kind, list):
                    yield from names(kind)
        have = {name for shapes in (ELECTION_LOG, BOARD_LOG) for shape in shapes.values() for name in names(shape)}
        told = set()
        for section in ("11.1", "12.5", "13", "15.1"):
            types = r"enum|bool|bytes|string|\w*point|scalar|digest|u\d+|list<|option<|\[\d+\]"
            told |= set(re.findall(rf"\b(\w+): (?:{types})", read(section)))
        rows = read("9.1").split("\n\nThe ballot")[0]
        for names_of_row in re.findall(r"^\| ([\w, ]+) \| [\w ]*`", rows, re.M):
            told |= set(names_of_row.split(", "))
        told |= set(re.findall(r"\b(\w+): (?:rawpoint|scalar)", rows)) | {"act", "message", "change", "outcome"}
        self.assertGreater(len(told), 60)
        # an outcome stands in its parts
        self.assertEqual(told - have, {"outcome"})
        self.assertEqual(have - told, set())


class Order(Changes):
    """Each entry removed, doubled, swapped with the next; the blocks' roots made right again."""

    def every(self, name, among, change, permitted):
        for at in among:
            title = f"entry {at}, {e.NAMES[made.log[at][0]]}, {name}"
            self.entries(None if permitted(at) else ANY, title, lambda log, at=at: change(log, at))

    def among(self, count, sampled):
        return range(count) if WHOLE else sorted(random.Random(SEED).sample(range(count), sampled))

    def test_every_entry_removed_doubled_and_swapped(self):
        print(f"\nTABELLA_SEED={SEED}")
        size, counting = len(made.log), find(e.WITHHELD)
        blocks = {at for at in range(counting, size) if made.log[at][0] == e.BLOCK}
        # Trustee 2 states what the others state, and sends no share: the count does not rest on it.
        idle = find(e.TRUSTEE, 0, e.STATEMENT, 2)
        self.every("removed", self.among(size, 40), lambda log, at: log[:at] + log[at + 1:],
                   lambda at: at in blocks | {idle})
        # A block may follow a block.
        self.every("doubled", self.among(size, 40), lambda log, at: log[:at + 1] + log[at:], lambda at: at in blocks)
        # After the closing no entry rests on the one before it: a share rests on its own trustee's statement, a result
        # on shares, and each has others between.
        self.every("swapped with the next", self.among(size - 1, 40), lambda log, at: log[:at] + [
            log[at + 1], log[at]] + log[at + 2:], lambda at: at > counting)


if __name__ == "__main__":
    unittest.main()

"""The known answers of sections 17.8 to 17.13: proofs step by step, claims, outcomes, refusals, a small record."""

import re
import unittest
from pathlib import Path
from unittest import mock

from tabella_reference import ballots, curve, entries, hashes, manifest, merkle, notes, outcome, rules
from tabella_reference.ceremony import FIELD, equal_logarithms, x25519
from tabella_reference.coding import Malformed, Reader, enc_list
from tabella_reference.curve import ORDER
from tabella_reference.hashes import B, M, digest, hash_to_point, le16, le64
from tabella_reference.making import SigningKey
from tabella_reference.report import Report
from tabella_reference.transcript import Transcript
from test_known_answers import blocks, contest, h, told
from verify import verify


RECORD = Path(__file__).resolve().parent / "record"


def table(section, number=0):
    """The rows of a table in a section, without its head, as lists of cells."""
    rows = re.findall(r"((?:^\|.*\n)+)", told(section) + "\n", re.M)[number].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def named(block):
    """The values of a block by their names."""
    return dict(re.findall(r"^(.*?)\s{2,}([0-9a-f]+)$", block, re.M))


class Steps(unittest.TestCase):
    """Section 17.8."""

    def challenges(self, number):
        """The challenges of a ballot of 17.6, by label, and its claims and ciphertexts."""
        parts, drawn = blocks("17.6"), []
        m, data = manifest.decode(h(parts[2 + 3 * number])), h(parts[3 + 3 * number])
        claims = m.styles[0].claims
        draw = Transcript.challenge

        def record(transcript, label):
            drawn.append((label, draw(transcript, label)))
            return drawn[-1][1]

        with mock.patch.object(Transcript, "challenge", record):
            verifier = ballots.Verifier(m.id, h(parts[0].split()[1]), [claims])
            list(verifier.equations(b"\x08" + data))
        cs = [curve.decode(c) for _, c in ballots.decode(Reader(data)).ciphertexts]
        return [(label, x.to_bytes(32, "little").hex()) for label, x in drawn], claims, cs

    def test_first_ballot(self):
        drawn, _, _ = self.challenges(0)
        told = re.findall(r"^(e'|y|z|x|w|u_\d|rho|tau|e)\s+([0-9a-f]{64})$", blocks("17.8")[0], re.M)
        self.assertEqual([(label.split("_")[0], value) for label, value in told], drawn)

    def test_second_ballot(self):
        drawn, claims, cs = self.challenges(1)
        told = {name.split(" ")[0]: value for name, value in named(blocks("17.8")[1]).items()}
        for label in ("y", "w", "rho", "e"):
            self.assertIn((label, told[label]), drawn)
        for number in (2, 9, 12):
            self.assertEqual(curve.encode(ballots.apply(claims.ranges[number], cs)).hex(), told[f"V_{number}"])
        self.assertEqual(curve.encode(hashes.bases("G", 0, 64)[7]).hex(), told["G[0][7]"])


def form(text):
    """A form such as `1 − x0 − 2·x3` as its coefficients by entry and its constant."""
    terms, constant = {}, 0
    for sign, times, entry, number in re.findall(r"([−+]?) ?(?:(?:(\d+)·)?x(\d+)|(\d+))", text):
        factor = -1 if sign == "−" else 1
        if entry:
            terms[int(entry)] = factor * int(times or 1)
        else:
            constant = factor * int(number)
    return terms, constant


def forms(cell):
    whole = re.match(r"x0 to x(\d+)", cell)
    if whole:
        cell = "; ".join(f"x{i}" for i in range(int(whole[1]) + 1)) + cell[whole.end():]
    return [form(text) for text in re.sub(r" \(.*\)", "", cell).split("; ") if text]


class Claims(unittest.TestCase):
    """Section 17.9."""

    CONTESTS = ((0, 2, None, True), (1, 3, {"min": 0, "max": 1}, False), (1, 2, {"min": 0, "max": 2}, False),
                (1, 3, {"min": 1, "max": 2}, True), (2, 2, {"max": 10}, False), (2, 2, {"max": 255}, False),
                (2, 2, {"max": 10}, True), (3, 2, {"points": 5}, False), (4, 2, {"max_for": 1}, True),
                (5, 2, {"grades": 3}, True), (6, 2, None, True))

    def test_table(self):
        rows = table("17.9")
        self.assertEqual(len(rows), len(self.CONTESTS))
        for (name, ranges, equalities, shape), (tag, options, fields, blank) in zip(rows, self.CONTESTS):
            claims = rules.compile_style([contest(tag, options, fields, blank=blank)])
            with self.subTest(name):
                self.assertEqual([(dict(f.terms), f.constant) for f in claims.ranges], forms(ranges))
                self.assertEqual([(dict(f.terms), f.constant) for f in claims.equalities], forms(equalities))
                self.assertEqual(f"{claims.width}, {claims.padded}", shape)


class Outcomes(unittest.TestCase):
    """Section 17.10."""

    ANY = (1, 5, {"min": 0, "max": 5})
    CONTESTS = (((0, 3), {}), ((1, 4, {"min": 0, "max": 2}), {}), (ANY, {"seats": 2}), (ANY, {"seats": 3, "ties": 1}),
                (ANY, {"seats": 4}), ((2, 2, {"max": 10}), {}), ((3, 2, {"points": 5}), {}),
                ((4, 2, {"max_for": 1}), {}), ((6, 3), {}), ((5, 2, {"grades": 4}), {}), ((5, 2, {"grades": 3}), {}),
                ((5, 3, {"grades": 3}), {}), ((0, 2), {"quorum": (1, 2)}), ((0, 2), {"quorum": (101, 200)}),
                ((4, 2, {"max_for": 2}), {"requirements": [((1, 2), 3, True)]}))

    def test_table(self):
        rows, before = table("17.10"), None
        self.assertEqual(len(rows), len(self.CONTESTS))
        for (name, totals, standings, end), (arguments, rule) in zip(rows, self.CONTESTS):
            before = before if standings == "the same" else [
                tuple(map(int, x.split(", "))) for x in re.findall(r"\((.*?)\)", standings)]
            elected, tied, verdict = end.split("; ")
            with self.subTest(name):
                found = outcome.outcome(contest(*arguments, **rule), list(map(int, totals.split())), 100, 200)
                self.assertEqual([standing[:3] for standing in found[0]], before)
                for options, told in zip(found[1:3], (elected, tied)):
                    self.assertEqual(" ".join(map(str, options)) or "none", told)
                self.assertEqual(outcome.VERDICTS[found[3]], verdict)

    def test_requirements(self):
        bases = ("valid", "counted", "roll")
        for totals, words, answers in table("17.10", 1):
            kinds = re.findall(r"(at least|more than) (\d)/(\d)", words)
            base = [bases.index(x) for x in re.findall("|".join(bases), words)]
            cases = [(t, k, b) for t in totals.split("; ") for k in kinds for b in base]
            for (total, (kind, *fraction), of), answer in zip(cases, answers.split("; "), strict=True):
                requirement = tuple(map(int, fraction)), of, kind == "more than"
                weights = list(map(int, total.split()))
                found = outcome.outcome(contest(0, 2, requirements=[requirement]), weights, 100, 200)
                first = next(standing for standing in found[0] if standing[0] == 0)
                self.assertEqual(first[3], answer == "yes", (total, words))

    def test_encodings(self):
        for block, (arguments, _), row in zip(blocks("17.10"), self.CONTESTS, table("17.10")):
            found = outcome.outcome(contest(*arguments), list(map(int, row[1].split())), 100, 200)
            self.assertEqual(outcome.encode(found), h(block))


class Refusals(unittest.TestCase):
    """Section 17.11."""

    def test_points_and_keys(self):
        points, keys, half = blocks("17.11")
        for text in points.split():
            self.assertIsNone(curve.decode(h(text)))
            with self.assertRaises(Malformed):
                Reader(h(text)).point()
        numbers = [int.from_bytes(h(text), "little") for text in keys.split()]
        self.assertTrue(all(n < FIELD and x25519(1 << 254, n) == 0 for n in numbers[:5]))
        self.assertEqual(numbers[5], FIELD + 9)
        key, good = SigningKey(bytes([1]) * 32), h("".join(blocks("17.2")[0].split()[5:]))
        self.assertTrue(hashes.signed(key.public, good, "test", b"a", b"b"))
        self.assertEqual(int.from_bytes(h(half), "little"), int.from_bytes(good[32:], "little") + ORDER)
        self.assertFalse(hashes.signed(key.public, good[:32] + h(half), "test", b"a", b"b"))
        self.assertFalse(hashes.ed25519(b"\1" + bytes(31), b"\1" + bytes(63), b"anything"))


class Logs(unittest.TestCase):
    """Section 17.12."""

    def test_checkpoint(self):
        vkey, note, *_ = blocks("17.12")
        log, witness = (SigningKey(bytes([i]) * 32).public for i in (1, 2))
        checkpoint = notes.Checkpoint(note.encode())
        self.assertEqual(checkpoint.verify(log, "example.com/election", [("witness.example/w2", witness)]),
                         ["witness.example/w2"])
        self.assertEqual(checkpoint.root, merkle.leaf(b"root"))
        self.assertEqual(notes.decode_base64(vkey.strip().split("+", 2)[2]), b"\4" + witness)

    def test_paths(self):
        tree, roots = merkle.Tree(), []
        for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                     "606162636465666768696a6b6c6d6e6f"):
            tree.append(h(text))
            roots.append(tree.root())
        first, second, third = (h(text) for text in blocks("17.12")[2].split())
        inner = merkle.node(merkle.node(first, merkle.leaf(h("40414243"))), second)
        self.assertEqual(merkle.node(third, inner), roots[7])
        first, second, third = (h(text) for text in blocks("17.12")[3].split())
        self.assertEqual(merkle.node(third, first), roots[5])
        self.assertEqual(merkle.node(third, merkle.node(first, second)), roots[7])

    def test_tiles(self):
        paths = set(merkle.tile_paths(70_000))
        self.assertEqual(len(paths), 2 * 274 + 3)
        self.assertLessEqual({"tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"}, paths)


class SmallRecord(unittest.TestCase):
    """Section 17.13, from the page alone."""

    def setUp(self):
        self.blocks = blocks("17.13")
        self.values = {name: h(value) for name, value in named(self.blocks[0]).items() if len(value) == 64}
        self.election, self.x = self.values["election id"], self.values["X"]

    def said(self, block):
        """The fields of a message of trustee 1, whose signature is checked."""
        entry = h(self.blocks[block])
        self.assertTrue(hashes.signed(h(self.blocks[1]), entry[-64:], "trustee", self.election, entry[1:2],
                                      entry[2:-64]))
        return entries.decode(entry)[1][1][1]

    def test_items(self):
        told_items = {f"{row[0]}.{number}": int(items) for row in table("17.13", 1)
                      for number, items in enumerate(row[1:], 1) if items}
        report = Report()
        verify(str(RECORD), report, None, 1)
        self.assertEqual(report.items, told_items)

    def test_roots(self):
        for folder, name in (("board", "board log, 9"), (f"elections/{self.election.hex()}", "root, 100 entries")):
            note = notes.Checkpoint((RECORD / folder / "checkpoint").read_bytes())
            self.assertEqual((note.root, note.size), (self.values[name], int(re.search(r"\d+", name)[0])))

    def test_possession(self):
        fields = self.said(2)
        announced = digest("ceremony commitments", self.values["P, attempt 3"], b"\1", enc_list(fields["points"]))
        t = Transcript("ceremony possession")
        t.append("commitments", announced)
        t.append("V", fields["points"][0])
        t.append("T", fields["T"])
        first, v = curve.decode(fields["T"]), curve.decode(fields["points"][0])
        self.assertTrue(curve.is_identity(curve.combine([(fields["z"], B), (-1, first), (-t.challenge("e"), v)])))

    def test_test_decryption(self):
        fields, base = self.said(3), hash_to_point("test decryption", self.election, self.x, b"\1")
        self.assertEqual(curve.encode(base), self.values["P_1"])
        t = Transcript("test decryption")
        t.append("election", self.election)
        t.append("ceremony", self.x)
        t.append_u64("trustee", 1)
        self.assertTrue(equal_logarithms(t, self.values["V_1"], [(curve.encode(base), fields["share"])], fields["T1"],
                                         fields["T2"], fields["z"]))

    def test_tally(self):
        view = self.said(4)
        self.assertEqual((view["size"], view["root"], view["aggregate"]),
                         (73, self.values["view: root"], self.values["view: aggregate"]))
        view_digest = digest("tally view", self.election, le64(73) + view["root"] + view["aggregate"])
        self.assertEqual(view_digest, self.values["view digest"])
        pair = {name: h(value) for name, value in named(self.blocks[5]).items()}
        context = digest("decryption", self.election, self.x, view_digest, le16(4), enc_list([pair["D"] + pair["C"]]))
        self.assertEqual(context, pair["c"])
        points = {}
        for trustee, block in ((1, 6), (3, 7)):
            fields = entries.decode(h(self.blocks[block]))[1][1][1]
            t = Transcript("decryption share")
            t.append("context", context)
            t.append_u64("trustee", trustee)
            self.assertTrue(equal_logarithms(t, self.values[f"V_{trustee}"], [(pair["D"], fields["points"][0])],
                                             fields["T1"], fields["T2"], fields["z"]))
            points[trustee] = curve.decode(fields["points"][0])
        half = pow(2, -1, ORDER)
        terms = [(524, M), (-1, curve.decode(pair["C"])), (3 * half, points[1]), (-half, points[3])]
        self.assertTrue(curve.is_identity(curve.combine(terms)))
        self.assertEqual(entries.decode(h(self.blocks[8]))[1][:3], [4, [1, 3], [524]])

    def test_automatic_entries(self):
        restarts = [entries.decode(h(text)) for text in self.blocks[9].split()]
        self.assertEqual(restarts, [(entries.RESTART, x) for x in ([0, 2], [1, None], [2, 1])])
        opened = entries.decode(h(self.blocks[10]))
        self.assertEqual(opened, (entries.OPEN, [self.values["K"], self.x, self.values["digest of the roll"], 8, 18]))
        close, withheld = (entries.decode(h(text)) for text in self.blocks[11].split())
        self.assertEqual((close, withheld), ((entries.CLOSE, [7, 8, 1]), (entries.WITHHELD, [7])))

    def test_parts(self):
        first = named(blocks("17.6")[1])
        number = int.from_bytes(digest("shard", h(first["election id"]), h(first["U"]))[:8], "little")
        self.assertEqual((number, number % 2, number % 3), (4118331642636923041, 1, 1))


if __name__ == "__main__":
    unittest.main()

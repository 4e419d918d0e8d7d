"""The known answers of section 17, and examples of sections 7, 12 and 15.

python3 -m unittest discover -s tests/reference
"""

import hmac
import re
import unittest
from pathlib import Path

from tabella_reference import ballots, boardlog, curve, hashes, manifest, merkle, notes, outcome, rules
from tabella_reference import entries as e
from tabella_reference.ceremony import equal_logarithms, x25519
from tabella_reference.coding import Malformed, Reader, enc_list
from tabella_reference.curve import ORDER
from tabella_reference.hashes import B, digest, kdf, kdf_scalar, le32
from tabella_reference.making import SigningKey, scalar_bytes
from tabella_reference.transcript import Merlin, Transcript

CHAPTERS = Path(__file__).resolve().parents[2] / "docs" / "specification"


def h(text):
    return bytes.fromhex(re.sub(r"\s", "", text))


def told(section):
    """The text of a section of the specification such as "17.3", or of a chapter before its first section, such as "13"."""
    [chapter] = CHAPTERS.glob(f"{int(section.split('.')[0]):02}-*.md")
    text = "\n" + chapter.read_text(encoding="utf-8")
    heading = f"\n## {section} " if "." in section else f"\n# {section}. "
    return text.split(heading)[1].split("\n## ")[0]


def blocks(section):
    """The blocks of text that stand in a section."""
    return re.findall(r"```text\n(.*?)```", told(section), re.S)


def deal(election, seeds, threshold):
    """The polynomials that section 11.11 derives from seeds of trustees, with P and the commitments."""
    keys = []
    for seed in seeds:
        keys.append(trustee_keys(seed))
    parameters = digest("ceremony parameters", election, le32(0), bytes([len(seeds)]), bytes([threshold]),
                        enc_list([signing + encryption for signing, encryption in keys]))
    commitments = [[curve.encode(curve.multiply(kdf_scalar("trustee", seed, b"polynomial", parameters, bytes([k])), B))
                    for k in range(threshold)] for seed in seeds]
    return parameters, commitments


def trustee_keys(seed):
    """(signing, encryption) of section 11.11. DeriveKeyPair is that of RFC 9180, section 7.1.3, for X25519."""
    signing = SigningKey(kdf("trustee", seed, [b"signing"], 32)).public
    material, suite = kdf("trustee", seed, [b"encryption"], 32), b"KEM" + (0x0020).to_bytes(2, "big")
    extracted = hmac.digest(b"", b"HPKE-v1" + suite + b"dkp_prk" + material, "sha256")
    info = (32).to_bytes(2, "big") + b"HPKE-v1" + suite + b"sk"
    secret = int.from_bytes(hmac.digest(extracted, info + b"\1", "sha256"), "little")
    clamped = (secret & (1 << 254) - 8) | 1 << 254
    return signing, x25519(clamped, 9).to_bytes(32, "little")


class Hashes(unittest.TestCase):
    """Section 17.1."""

    def test_values(self):
        text = blocks("17.1")[0]
        values = dict(re.findall(r"^(.*?)\s+([0-9a-f]{64})$", text, re.M))
        computed = {
            'hash("test"; "a", "bc")': digest("test", b"a", b"bc"),
            'hash_to_point("test"; "a")': curve.encode(hashes.hash_to_point("test", b"a")),
            'KDFscalar("test", "secret"; "a", "bc")': scalar_bytes(kdf_scalar("test", b"secret", b"a", b"bc")),
            'M = hash_to_point("message base")': curve.encode(hashes.M),
            "G[0][0]": curve.encode(hashes.bases("G", 0, 64)[0]),
            "G[0][1]": curve.encode(hashes.bases("G", 0, 64)[1]),
            "H[1][0]": curve.encode(hashes.bases("H", 1, 64)[0]),
        }
        self.assertEqual({name: value.hex() for name, value in computed.items()}, values)

    def test_merlin(self):
        t = Merlin()
        t.append("dom-sep", b"test protocol")
        t.append("some label", b"some data")
        self.assertEqual(t.output("challenge", 32).hex(),
                         "d5a21972d0d5fe320c0d263fac7fffb8145aa640af6e9bca177c03c7efcf0615")
        t = Transcript("test")
        t.append("label", b"data")
        t.append_u64("number", 7)
        lines = blocks("17.1")[1].split()
        self.assertEqual([scalar_bytes(t.challenge("c")).hex() for _ in range(2)], lines)


class Signatures(unittest.TestCase):
    """Section 17.2."""

    KEY = SigningKey(bytes([1]) * 32)

    def test_values(self):
        values = blocks("17.2")[0].split()
        signature = self.KEY.sign("test", b"a", b"b")
        self.assertEqual([self.KEY.public.hex(), hashes.fingerprint(self.KEY.public).hex(), signature.hex()],
                         [values[1], values[3], values[5] + values[6]])
        self.assertTrue(hashes.signed(self.KEY.public, signature, "test", b"a", b"b"))

    def test_strictness(self):
        signature = self.KEY.sign("test")
        high = signature[:32] + (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
        neutral = (1).to_bytes(32, "little")
        for key, changed in ((self.KEY.public, high), (self.KEY.public, signature[:-1] + b"\xff"),
                             (neutral, neutral + bytes(32)), (bytes(32), signature),
                             (self.KEY.public, neutral + signature[32:])):
            self.assertFalse(hashes.signed(key, changed, "test"))


class Proofs(unittest.TestCase):
    """Sections 17.3 and 17.4."""

    def test_possession(self):
        first, z = blocks("17.3")[0].split()
        v = curve.multiply(12345, B)
        t = Transcript("test")
        t.append("V", curve.encode(v))
        t.append("T", h(first))
        challenge = t.challenge("e")
        right = curve.add(curve.decode(h(first)), curve.multiply(challenge, v))
        self.assertTrue(curve.equal(curve.multiply(int.from_bytes(h(z), "little"), B), right))

    def test_logarithms(self):
        t1, t2, z = map(h, blocks("17.3")[1].split())
        x = 987654321
        bases = [hashes.hash_to_point("test", bytes([i])) for i in range(2)]
        pairs = [(curve.encode(p), curve.encode(curve.multiply(x, p))) for p in bases]
        v, z = curve.encode(curve.multiply(x, B)), int.from_bytes(z, "little")
        self.assertTrue(equal_logarithms(Transcript("test"), v, pairs, t1, t2, z))
        self.assertFalse(equal_logarithms(Transcript("test"), v, pairs, t1, t2, z + 1))
        self.assertFalse(equal_logarithms(Transcript("test"), v, pairs[::-1], t1, t2, z))
        self.assertFalse(equal_logarithms(Transcript("test"), v, [], t1, t2, z))

    def test_code(self):
        symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        code = "ZKZZS-THGWT-6VQTS-0QQ74-7XCXW"

        def times_alpha(x):
            return x << 1 ^ (0b100101 if x & 16 else 0)

        data = b""
        for number, group in enumerate(code.split("-"), 1):
            values = [symbols.index(symbol) for symbol in group]
            check = number
            for i, value in enumerate(values[:4]):
                for _ in range(i + 1):
                    value = times_alpha(value)
                check ^= value
            self.assertEqual(check, values[4])
            data += bytes(values[:4])
        u = kdf_scalar("credential", data, bytes([1]) * 32)
        self.assertIn(curve.encode(curve.multiply(u, B)).hex(), blocks("17.4")[0])

    def test_trustees(self):
        text = blocks("17.4")[0]
        signing, encryption = trustee_keys(bytes([9]) * 32)
        for value in (signing, encryption, digest("trustee keys", signing, encryption)):
            self.assertIn(value.hex(), text)

    def test_ceremony(self):
        text, election = blocks("17.4")[0], bytes([7]) * 32
        parameters, commitments = deal(election, [bytes([i]) * 32 for i in (1, 2, 3)], 2)
        h_2 = digest("ceremony commitments", parameters, bytes([2]), enc_list(commitments[1]))
        for value in (parameters, *commitments[1], h_2):
            self.assertIn(value.hex(), text)
        _, commitments = deal(election, [bytes([i]) * 32 for i in range(1, 6)], 3)
        k = curve.IDENTITY
        for points in commitments:
            k = curve.add(k, curve.decode(points[0]))
        self.assertIn(curve.encode(k).hex(), text)


class Logs(unittest.TestCase):
    """Section 17.5, and names of tiles (section 12.3)."""

    def test_roots(self):
        entries = [h(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                  "606162636465666768696a6b6c6d6e6f")]
        tree, roots = merkle.Tree(), []
        for entry in entries:
            tree.append(entry)
            roots.append(tree.root().hex())
        self.assertEqual(roots[7], "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")
        self.assertEqual(roots[2], "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")

    def test_roots_by_the_definition(self):
        def root(leaves):
            if len(leaves) == 1:
                return leaves[0]
            k = 1 << (len(leaves) - 1).bit_length() - 1
            return merkle.node(root(leaves[:k]), root(leaves[k:]))

        tree, leaves = merkle.Tree(), []
        for i in range(70):
            tree.append(bytes([i]))
            leaves.append(merkle.leaf(bytes([i])))
            self.assertEqual(tree.root(), root(leaves))

    def test_block(self):
        block = b"\0" + bytes(8) + (1700000000000).to_bytes(8, "little") + merkle.Tree().root()
        self.assertEqual(block, h(blocks("17.5")[0]))

    def test_note(self):
        vkey, note = blocks("17.5")[1].strip(), blocks("17.5")[2]
        name, number, key = vkey.split("+", 2)
        key = notes.decode_base64(key)
        self.assertEqual(notes.key_id(name, notes.LOG, key[1:]).hex(), number)
        text, signature = note.rsplit("\n\n", 1)
        signature = notes.decode_base64(signature.split(" ")[2].strip())
        self.assertEqual(signature[:4].hex(), number)
        self.assertTrue(hashes.ed25519(key[1:], signature[4:], (text + "\n").encode()))

    def test_tiles(self):
        self.assertEqual([merkle.tile_number(n) for n in (0, 1234067, 1000)], ["000", "x001/x234/067", "x001/000"])
        self.assertEqual(set(merkle.tile_paths(0)), set())
        self.assertEqual(set(merkle.tile_paths(256)), {"tile/0/000", "tile/1/000.p/1", "tile/entries/000"})


class Ballots(unittest.TestCase):
    """Sections 17.6 and 17.7."""

    @classmethod
    def setUpClass(cls):
        parts = blocks("17.6")
        cls.k = h(parts[0].split()[1])
        cls.named = [dict(re.findall(r"^(.*?)\s{2,}([0-9a-f]{64})$", parts[i], re.M)) for i in (1, 4)]
        cls.manifests = [manifest.decode(h(parts[i])) for i in (2, 5)]
        cls.ballots = [h(parts[i]) for i in (3, 6)]
        cls.selections = [[[0, 1, 0, 0]], [[300, 7], [1, 0, 1, 0], [0, 1, 1, 0, 0]]]

    def test_shape(self):
        shapes = [(m.styles[0].claims.width, len(m.styles[0].claims.ranges), m.styles[0].claims.padded,
                   len(m.styles[0].claims.equalities)) for m in self.manifests]
        self.assertEqual(shapes, [(8, 4, 4, 1), (16, 18, 32, 4)])

    def test_ballots(self):
        for m, data, named, selections in zip(self.manifests, self.ballots, self.named, self.selections):
            ballot = ballots.decode(Reader(data))
            self.assertEqual(m.id.hex(), named["election id"])
            self.assertEqual(ballot.credential.hex(), named["U"])
            self.assertEqual(ballots.tracking_code(m.id, ballot).hex(), named["tracking code"])
            verifier = ballots.Verifier(m.id, self.k, [style.claims for style in m.styles])
            self.assertIsNone(verifier.chunk([(0, b"\x08" + data)]))
            self.assertEqual(verifier.chunk([(0, b"\x09" + data)])[1], "6.2")
            for values, right in ((selections, True), ([[1, 0, 0, 0]], False)):
                self.assertEqual(ballots.opens(m.id, self.k, m.styles[0], m.contests, ballot, bytes([8]) * 32, values),
                                 right)

    def test_every_number_of_a_proof_counts(self):
        """A change of any scalar, and of the order of any points, breaks the proof."""
        m, data = self.manifests[0], self.ballots[0]
        verifier = ballots.Verifier(m.id, self.k, [style.claims for style in m.styles])
        after = 37 + 4 + 64 * 4
        places = {"t_x": after + 128, "t_x_blinding": after + 160, "e_blinding": after + 192}
        places |= {"a": after + 228 + 64 * 5, "b": after + 260 + 64 * 5}
        end = len(data) - 64
        places |= {"z_v": end - 32, "z_r": end - 64, "z_w": end - 96}
        for name, at in places.items():
            changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
            equations = [x for check, x in verifier.equations(b"\x08" + changed) if check == "6.3"]
            batch = ballots.Batch(curve.decode(self.k))
            for equation in equations:
                batch.add(equation)
            self.assertFalse(batch.holds(), name)

    def test_signed_entries(self):
        restart, part, roll, change, *_ = blocks("17.7")
        key, election, before = Signatures.KEY.public, bytes([7]) * 32, bytes(32)
        entry = h(restart)
        self.assertEqual(e.decode(entry)[1][0], (e.ACT_RESTART, 2))
        self.assertTrue(hashes.signed(key, entry[-64:], "administrator", election, entry[1:-64]))
        entry = h(part)
        self.assertTrue(hashes.signed(key, entry[-64:], "roll", election, before, entry[1:6], entry[6:-64]))
        after = digest("roll", before, entry)
        self.assertEqual(after, h(roll))
        entry = h(change)
        self.assertTrue(hashes.signed(key, entry[-64:], "roll change", election, after, entry[1:-64]))

    def test_creation(self):
        entry, operator = h(blocks("17.7")[4]), SigningKey(bytes([2]) * 32).public
        self.assertEqual(entry[33:65], Signatures.KEY.public)
        self.assertEqual(entry[0], boardlog.ELECTION)
        self.assertTrue(hashes.signed(entry[33:65], entry[-64:], "election", entry[1:33],
                                      b"board.example.org/tabella", operator))

    def test_opening(self):
        code, entry = map(h, blocks("17.7")[5:7])
        m, ballot = self.manifests[0], ballots.decode(Reader(self.ballots[0]))
        challenge, seed, selections, t4, z = e.decode(entry)[1]
        self.assertEqual(ballots.opening_code(m.id, challenge, entry[9:-64]), code)
        batch = ballots.Batch(curve.decode(self.k))
        batch.add(ballots.signature_equation(m.id, ballot.credential, code, ballots.OPENING, t4, z))
        self.assertTrue(batch.holds())
        self.assertTrue(ballots.opens(m.id, self.k, m.styles[0], m.contests, ballot, seed, selections))


def contest(tag, options, fields=None, blank=True, **outcome_fields):
    names = [[("en", f"Option {i}")] for i in range(options)]
    values = {"seats": 1, "quorum": None, "requirements": [], "ties": 0} | outcome_fields
    return manifest.Contest([("en", "Contest")], None, names, [], manifest.Method(tag, fields or {}),
                            [("en", "Blank")] if blank else None, False, **values)


class Claims(unittest.TestCase):
    """Section 7."""

    def test_example(self):
        ranges, equalities = rules.compile_contest(contest(1, 3, {"min": 1, "max": 2}))
        forms = [(form.terms, form.constant) for form in ranges]
        self.assertEqual(forms, [([(0, 1)], 0), ([(1, 1)], 0), ([(2, 1)], 0), ([(3, 1)], 0),
                                 ([(0, -1), (3, -1)], 1), ([(1, -1), (3, -1)], 1), ([(2, -1), (3, -1)], 1),
                                 ([(0, -1), (1, -1), (2, -1), (3, -2)], 2), ([(0, 1), (1, 1), (2, 1), (3, 1)], -1)])
        self.assertEqual(equalities, [])

    def test_counts(self):
        def count(*arguments, **named):
            claims = rules.compile_style([contest(*arguments, **named)])
            return len(claims.ranges), len(claims.equalities)

        for m in (2, 5):
            self.assertEqual(count(0, m), (m + 1, 1))
            self.assertEqual(count(1, m, {"min": 0, "max": 1}, blank=False), (m + 1, 0))
            self.assertEqual(count(1, m, {"min": 0, "max": m}, blank=False), (2 * m, 0))
            self.assertEqual(count(2, m, {"max": 10}, blank=False), (2 * m, 0))
            self.assertEqual(count(2, m, {"max": 255}, blank=False), (m, 0))
            self.assertEqual(count(2, m, {"max": 65535}, blank=False), (m, 0))
            self.assertEqual(count(3, m, {"points": 10}, blank=False), (m + 1, 0))
        self.assertEqual(count(1, 5, {"min": 0, "max": 3}, blank=False), (11, 0))
        self.assertEqual(count(6, 3), (10, 6))

    def test_a_blank_vote_obeys_and_an_overvote_does_not(self):
        for tag, fields in ((0, None), (1, {"min": 1, "max": 2}), (2, {"max": 9}), (3, {"points": 9}),
                            (4, {"max_for": 1}), (5, {"grades": 3}), (6, None)):
            one = contest(tag, 3, fields)
            self.assertTrue(rules.obeys(one, [0] * one.cells + [1]))
            self.assertFalse(rules.obeys(one, [1] + [0] * (one.cells - 1) + [1]))
            self.assertFalse(rules.obeys(one, [10] + [0] * one.cells))


class Outcomes(unittest.TestCase):
    """Section 15."""

    def outcome(self, one, totals, counted=100, roll=200):
        standings, elected, tied, verdict = outcome.outcome(one, totals, counted, roll)
        return [(option, place) for option, _, place, _ in standings], elected, tied, verdict

    def test_tie(self):
        self.assertEqual(self.outcome(contest(0, 3), [40, 40, 20, 0]),
                         ([(0, 1), (1, 1), (2, 3)], [], [0, 1], outcome.TIE))
        self.assertEqual(self.outcome(contest(0, 3, ties=1), [20, 40, 40, 0]),
                         ([(1, 1), (2, 1), (0, 3)], [1], [], outcome.DECIDED))
        self.assertEqual(self.outcome(contest(0, 3, seats=2), [50, 25, 25, 0])[1:], ([0], [1, 2], outcome.TIE))

    def test_quorum(self):
        self.assertEqual(self.outcome(contest(0, 2, quorum=(1, 2)), [60, 40, 0])[3], outcome.DECIDED)
        self.assertEqual(self.outcome(contest(0, 2, quorum=(51, 100)), [60, 40, 0])[1:], ([], [], outcome.NO_QUORUM))

    def test_requirements(self):
        half = [((1, 2), 0, True)]
        self.assertEqual(self.outcome(contest(0, 2, requirements=half), [50, 40, 10])[1:], ([0], [], outcome.DECIDED))
        self.assertEqual(self.outcome(contest(0, 2, requirements=half), [45, 45, 10])[1:],
                         ([], [], outcome.NONE_QUALIFIED))
        both = contest(4, 1, {"max_for": 1}, requirements=[((2, 3), 3, False)])
        self.assertEqual(self.outcome(both, [40, 20, 40, 0])[1], [0])
        self.assertEqual(self.outcome(both, [39, 20, 41, 0])[1], [])
        self.assertEqual(self.outcome(both, [0, 0, 100, 0])[1], [])

    def test_grades(self):
        self.assertEqual(outcome.grade([3, 3, 0]), ((-1, 3), 1))
        self.assertEqual(outcome.grade([4, 1, 2]), ((0, -3), 0))
        self.assertEqual(outcome.grade([2, 1, 2]), ((-1, -2), 1))
        self.assertEqual(outcome.grade([0, 0, 0]), ((-2, 0), 2))

    def test_rank(self):
        one = contest(6, 3)
        self.assertEqual(outcome.measure(one, [5, 3, 2]), (13, 13, 13, 2))


class Encoding(unittest.TestCase):
    """Section 3."""

    def test_example(self):
        reader = Reader(h("07 00 02 00 00 00 01 02"))
        self.assertEqual((reader.u16(), reader.bytes()), (7, b"\1\2"))
        reader.done()

    def test_refusals(self):
        for data, read in ((b"\2", Reader.bool), (b"\1\0\0\0\xff", Reader.string), (b"\2", lambda r: r.option(r.u8)),
                           (ORDER.to_bytes(32, "little"), Reader.scalar), (b"\1" + bytes(31), Reader.point),
                           (b"\5\0\0\0\1", Reader.bytes), (b"\xff" * 4, lambda r: r.list(r.u8))):
            with self.assertRaises(Malformed):
                read(Reader(data))

    def test_alike(self):
        def alike(*words):
            try:
                manifest.check_alike([[("en", w)] if isinstance(w, str) else w for w in words])
            except manifest.BadManifest:
                return True
            return False

        self.assertTrue(alike("A b", "A\u00a0 b\u200b"))
        self.assertFalse(alike("A b", "a b"))
        self.assertTrue(alike([("de", "X"), ("en", "A")], [("de", "Y"), ("en-GB", "A")]))
        self.assertFalse(alike([("de", "X"), ("en", "A")], [("de", "Y"), ("en", "X")]))
        self.assertTrue(alike([("de", "X"), ("en", "A")], [("en", "X")]))


if __name__ == "__main__":
    unittest.main()

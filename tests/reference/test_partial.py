"""Partial results (section 16.3): the parts of the small record are worth what the record is."""

import unittest

import annotate
from tabella_reference import curve, merkle, partial
from tabella_reference.election import Election
from tabella_reference.report import Refused, Report


class Parts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        election = next((annotate.RECORD / "elections").iterdir())
        _, cls.log = annotate.bundle(election)
        cls.state = Election(bytes.fromhex(election.name), Report())
        tree, roots = merkle.Tree(), [merkle.Tree().root()]
        for entry in cls.log:
            tree.append(entry)
            roots.append(tree.root())
        # The record is verified elsewhere.
        cls.state.verified = frozenset(cls.log)
        cls.state.read(cls.log, roots)
        cls.entries = [contest.entries for contest in cls.state.manifest.contests]

    def parts(self, of):
        made = [partial.of_election(self.state, self.log, part, of, "a test", "") for part in range(of)]
        return [partial.decode(partial.encode(part)) for part in made]

    def merge(self, parts):
        size = len(self.log)
        return partial.merge(parts, self.state.id, size, self.state.roots[size], True, self.entries, self.log)

    def test_parts_add_up_to_the_aggregates_of_the_tally(self):
        for of in (1, 2, 3, 20):
            sums = self.merge(self.parts(of))
            for number, aggregate in self.state.tally.aggregates.items():
                self.assertEqual(sums[number], [(curve.encode(d), curve.encode(c)) for d, c in aggregate])

    def test_the_counts_are_those_of_section_17_13(self):
        counts = [(part.counted, part.cast, part.tested) for part in self.parts(2)]
        self.assertEqual(counts, [(3, 3, 0), (4, 5, 1)])

    def test_a_ballot_that_no_part_has_is_missed(self):
        parts = self.parts(2)
        parts[1].cast -= 1
        self.assertRaises(Refused, self.merge, parts)

    def test_a_file_is_as_long_as_the_specification_says_and_no_longer(self):
        part = self.parts(2)[0]
        part.failure = ("6.3", None, "")
        sentence = "a" * (67_108_864 - len(partial.encode(part)))
        part.failure = ("6.3", None, sentence)
        self.assertEqual(partial.decode(partial.encode(part)), part)
        part.failure = ("6.3", None, sentence + "a")
        self.assertRaisesRegex(partial.BadPart, "too long", partial.decode, partial.encode(part))


if __name__ == "__main__":
    unittest.main()

"""That a vector which says what is not so is noticed: each operation, once with each verdict."""

import copy
import json
import tempfile
import unittest
from pathlib import Path

import make_vectors
from tabella_reference import vectors
from verify_vectors import FOLDER


class Vectors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.families = vectors.read(FOLDER)
        cls.first = {}
        for family in cls.families.values():
            for vector in family["vectors"]:
                cls.first.setdefault((vector["operation"], vector["success"]), vector)
        # Logs are read from their beginnings on, so that each has its own copy.
        cls.logs = {key: vectors.logs_of(cls.families) if "log" in vector["input"] else {}
                    for key, vector in cls.first.items()}

    def hold(self, key, vector):
        return vectors.hold(vector, self.logs[key])

    def test_a_verdict_that_is_turned_round_is_noticed(self):
        for key, vector in self.first.items():
            self.assertIsNone(self.hold(key, vector), vector["name"])
            turned = dict(vector, success=not vector["success"])
            self.assertIsNotNone(self.hold(key, turned), vector["name"])

    def test_an_output_and_a_check_that_are_changed_are_noticed(self):
        for key, vector in self.first.items():
            changed = copy.deepcopy(vector)
            if vector["success"]:
                changed["output"] = {"another": 1}
            else:
                changed.pop("rule", None)
                changed.pop("or", None)
                changed["check"] = "9.9"
            self.assertIsNotNone(self.hold(key, changed), vector["name"])

    def test_the_forgeries_are_those_that_are_made(self):
        self.assertEqual((FOLDER / make_vectors.NAME).read_bytes(), make_vectors.made())

    def test_every_operation_has_vectors(self):
        self.assertEqual({operation for operation, _ in self.first}, set(vectors.OPERATIONS))

    def test_what_nobody_knows_is_no_vector(self):
        family = copy.deepcopy(self.families["hash.json"])
        for change in (lambda f: f["vectors"][0].update(operation="guess"), lambda f: f.update(format="another"),
                       lambda f: f["vectors"][0].update(more=1), lambda f: f.update(more=1)):
            changed = copy.deepcopy(family)
            change(changed)
            self.assertRaises(vectors.NoVectors, self.read, "hash.json", json.dumps(changed))
        self.assertRaises(vectors.NoVectors, self.read, "notes.txt", "")
        self.assertEqual(self.read("hash.json", json.dumps(family)), {"hash.json": family})

    def read(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / name).write_text(text, encoding="utf-8")
            return vectors.read(Path(folder))


if __name__ == "__main__":
    unittest.main()

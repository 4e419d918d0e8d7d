"""Chapter 18 is what the objects of the record and the tables of the specification give."""

import unittest

import annotate
from tabella_reference.coding import Malformed


class Annotated(unittest.TestCase):
    """See annotate.py."""

    def test_the_chapter_is_what_the_objects_and_the_tables_give(self):
        self.assertEqual(annotate.CHAPTER.read_text(encoding="utf-8"), annotate.made())

    def test_a_table_without_a_field_or_with_one_too_many_reads_no_entry(self):
        types = annotate.tables()
        _, log = annotate.bundle(next((annotate.RECORD / "elections").iterdir()))
        for tag, (name, fields) in types["entry"].items():
            entry = next(entry for entry in log if entry[0] == tag)
            annotate.annotated(entry, "entry", "entry", types)
            parts = annotate.split(fields)
            for other in (parts[:-1], parts + [("more", "u8")]):
                changed = {tag: (name, ", ".join(f"{field}: {kind}" for field, kind in other))}
                with self.assertRaises(Malformed, msg=name):
                    annotate.annotated(entry, "entry", "entry", {**types, "entry": {**types["entry"], **changed}})

    def test_declarations_are_split_outside_brackets(self):
        self.assertEqual(annotate.split("a: list<(b: u8, c: [32])>, d: u16, e"),
                         [("a", "list<(b: u8, c: [32])>"), ("d", "u16"), ("e", "e")])


if __name__ == "__main__":
    unittest.main()

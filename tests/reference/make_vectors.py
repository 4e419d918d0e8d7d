#!/usr/bin/env python3
"""Writes tests/vectors/v1/forgery.json, the one file of vectors that is made here. All others are made by Rust."""

import json

from tabella_reference import forgeries
from verify_vectors import FOLDER

NAME = "forgery.json"


def made():
    """The bytes of the file."""
    return (json.dumps(forgeries.family(), ensure_ascii=False, indent=1) + "\n").encode()


if __name__ == "__main__":
    (FOLDER / NAME).write_bytes(made())

#!/usr/bin/env python3
"""Judges the test vectors of tests/vectors/v1, by the specification and by what README.md there says of operations.

verify_vectors.py [FOLDER]: exit code 0 if every vector is judged as it says, 1 if one is not, 2 if a file is none.
"""

import argparse
import multiprocessing
import sys
import time
from pathlib import Path

from tabella_reference import vectors

FOLDER = Path(__file__).resolve().parents[1] / "vectors" / "v1"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    arguments.add_argument("--processes", type=int, default=2)
    chosen = arguments.parse_args()
    began = time.monotonic()
    try:
        families = vectors.read(chosen.folder)
    except (OSError, vectors.NoVectors) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    logs = vectors.logs_of(families)
    jobs = vectors.jobs(families)
    with multiprocessing.Pool(chosen.processes, vectors.begin, (logs,)) as pool:
        results = pool.map(vectors.run, jobs, 1)
    bad = [line for lines in results for line in lines]
    for line in bad:
        print(line)
    count = sum(len(family["vectors"]) for family in families.values())
    print(f"{len(families)} files, {count} vectors, {len(bad)} judged otherwise than they say, "
          f"{time.monotonic() - began:.1f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

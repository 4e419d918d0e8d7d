#!/usr/bin/env python3
"""Make the small record again, byte for byte: python3 make_record.py FOLDER

The folder must not exist. The record in `record/` beside this program was made by it.
"""

import os
import sys

from tabella_reference.made import Made

if __name__ == "__main__":
    if len(sys.argv) != 2 or os.path.exists(sys.argv[1]):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    Made().write(sys.argv[1])

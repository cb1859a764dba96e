#!/usr/bin/env python3
"""The same as ``wordvec analogy``, for work in a checkout: python scripts/analogy.py --help."""

import sys

from wordvec.cli import main

sys.exit(main(["analogy", *sys.argv[1:]]))

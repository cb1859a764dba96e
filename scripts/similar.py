#!/usr/bin/env python3
"""The same as ``wordvec similar``, for work in a checkout: python scripts/similar.py --help."""

import sys

from wordvec.cli import main

sys.exit(main(["similar", *sys.argv[1:]]))

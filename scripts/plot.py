#!/usr/bin/env python3
"""The same as ``wordvec plot``, for work in a checkout: python scripts/plot.py --help."""

import sys

from wordvec.cli import main

sys.exit(main(["plot", *sys.argv[1:]]))

#!/usr/bin/env python3
"""The same as ``wordvec evaluate``, for work in a checkout: python scripts/evaluate.py --help."""

import sys

from wordvec.cli import main

sys.exit(main(["evaluate", *sys.argv[1:]]))

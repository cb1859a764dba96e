#!/usr/bin/env python3
"""The same as ``wordvec train``, for work in a checkout: python scripts/train.py --help."""

import sys

from wordvec.cli import main

sys.exit(main(["train", *sys.argv[1:]]))

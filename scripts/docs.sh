#!/usr/bin/env bash
# Builds the documentation into docs/_build/html, with warnings as errors. Needs no network once the extra is installed.
. "$(dirname "$0")/environment.sh"
environment docs
rm -rf docs/_build
python -m sphinx --builder html --fail-on-warning --keep-going --quiet --fresh-env --jobs auto docs docs/_build/html
python scripts/check_pages.py docs/_build/html
echo "docs/_build/html/index.html"

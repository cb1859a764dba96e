#!/usr/bin/env bash
# What must hold before a change goes in, besides the tests: style, format, types, direction of imports, and that the
# same tests are found on every machine, and the documentation. With --sanitize: the tests of the C library, see
# scripts/sanitize.sh.
if [ "${1:-}" = --sanitize ]; then
  exec bash "$(dirname "$0")/sanitize.sh" "${@:2}"
fi
. "$(dirname "$0")/environment.sh"
environment dev
ruff check .
ruff format --check .
mypy
mypy tests/typing/client.py # a program as users write them
python -m pytest -p no:xdist tests/test_imports.py
python scripts/check_collection.py
bash scripts/docs.sh

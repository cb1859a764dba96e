#!/usr/bin/env bash
# What must hold before a change goes in, besides the tests: style, format, types, direction of imports.
. "$(dirname "$0")/environment.sh"
environment dev
ruff check .
ruff format --check .
mypy
python -m pytest tests/test_imports.py

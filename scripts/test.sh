#!/usr/bin/env bash
# From a fresh checkout to a green suite, on up to four cores. Arguments go to pytest: scripts/test.sh tests/layers -x
. "$(dirname "$0")/environment.sh"
environment test
[ $# -gt 0 ] || set -- -n auto --maxprocesses 4
exec python -m pytest "$@"

#!/usr/bin/env bash
# From a fresh checkout to a green suite. Arguments go to pytest: scripts/test.sh tests/layers -x
. "$(dirname "$0")/environment.sh"
environment test
exec python -m pytest "$@"

#!/usr/bin/env bash
# Run the test suite with the oldest versions that pyproject.toml allows, in an environment of its own, .venv-lowest.
# Arguments go to pytest: scripts/lowest.sh tests/serve. PYTHON names another Python, such as python3.10; it must be one
# for which these old versions have wheels.
set -euo pipefail
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

stamp=.venv-lowest/installed-$(cksum <pyproject.toml | cut -d' ' -f1)
if [ ! -e "$stamp" ]; then
  rm -rf .venv-lowest
  "${PYTHON:-python3}" -m venv .venv-lowest
  # "NAME>=1.2; marker" becomes NAME==1.2, for what wordvec and the extras of the test suite need
  sed -n '/^dependencies = \[/,/^]/p; /^explorer = /p; /^arrow = /p; /^fetch = /,/^sklearn = /p; /^distributed = /p' pyproject.toml |
    grep -o '"[^"]*>=[^"]*"' | tr -d '"' | sed -E 's/\[[^]]*\]//; s/>=([0-9.]+)/==\1/' >.venv-lowest/oldest.txt
  echo 'pyparsing<3.2' >>.venv-lowest/oldest.txt # the newest that matplotlib 3.8 uses without a warning
  echo "installing the oldest versions into .venv-lowest ..." >&2
  .venv-lowest/bin/python -m pip install --quiet --constraint .venv-lowest/oldest.txt --editable '.[test]'
  touch "$stamp"
fi
[ $# -gt 0 ] || set -- -n auto --maxprocesses 4
exec .venv-lowest/bin/python -m pytest -p no:cacheprovider "$@"

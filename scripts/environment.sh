# Sourced by the scripts beside it. Makes .venv with wordvec and an extra installed, once for each pyproject.toml.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

environment() { # environment [EXTRA]
  local extra=${1:-} stamp
  stamp=".venv/installed-${extra:-core}-$(cksum <pyproject.toml | cut -d' ' -f1)"
  if [ ! -e "$stamp" ] || ! .venv/bin/python -c 'import wordvec' 2>/dev/null; then
    local python=${PYTHON:-python3}
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || {
      echo "wordvec needs Python 3.10 or newer, and $python is not: set PYTHON=/path/to/python3" >&2
      exit 2
    }
    .venv/bin/python -c '' 2>/dev/null || { rm -rf .venv && "$python" -m venv .venv; }
    echo "installing wordvec${extra:+[$extra]} into .venv ..." >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".${extra:+[$extra]}"
    touch "$stamp"
  fi
  export PATH="$PWD/.venv/bin:$PATH"
}

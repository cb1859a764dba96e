# Sourced by the scripts in this folder. Makes .venv with wordvec and an extra installed, once for each pyproject.toml.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONDONTWRITEBYTECODE # the suite starts Python many times: what is compiled once is not compiled again
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

environment() { # environment [EXTRA]
  local extra=${1:-} stamp
  stamp=$(stamp_of "${extra:-core}")
  if [ ! -e "$stamp" ] || ! .venv/bin/python -c 'import wordvec' 2>/dev/null; then
    local python=${PYTHON:-python3}
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || {
      echo "wordvec needs Python 3.10 or newer, and $python is not: set PYTHON=/path/to/python3" >&2
      exit 2
    }
    .venv/bin/python -c '' 2>/dev/null || { rm -rf .venv && "$python" -m venv .venv; }
    echo "installing wordvec${extra:+[$extra]} into .venv ..." >&2
    .venv/bin/python -m pip install --quiet --editable ".${extra:+[$extra]}"
    touch "$stamp"
    [ "$extra" != dev ] || touch "$(stamp_of test)" # which it includes
  fi
  export PATH="$PWD/.venv/bin:$PATH"
}

optional() { # optional NAME REQUIREMENT...: after `environment`; what cannot be installed is said and left out
  local name=$1 stamp
  shift
  stamp=$(stamp_of "$name")
  if [ ! -e "$stamp" ]; then
    echo "installing $* into .venv ..." >&2
    .venv/bin/python -m pip install --quiet "$@" >&2 || {
      echo "$name could not be installed ($*): the tests that need it will be skipped" >&2
      return 0
    }
    touch "$stamp"
  fi
}

stamp_of() { # the file that says that NAME is installed as this pyproject.toml asks for it
  echo ".venv/installed-$1-$(cksum <pyproject.toml | cut -d' ' -f1)"
}

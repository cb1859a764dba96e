#!/usr/bin/env bash
# A wheel for every machine that wordvec is released for, into dist/, compiled here with ziglang; then a check of their
# tags, symbols and sizes. Names of targets as arguments build those only: scripts/wheels.sh aarch64-linux-musl
. "$(dirname "$0")/environment.sh"
environment dev
optional wheels 'hatchling>=1.27' 'ziglang>=0.13'
if [ $# -eq 0 ]; then
  mapfile -t targets < <(python -c 'import hatch_build; print(*hatch_build.TARGETS, sep="\n")')
  set -- "${targets[@]}"
  rm -f dist/wordvec-*.whl
fi
for target in "$@"; do
  echo "compiling for $target ..." >&2
  WORDVEC_TARGET=$target python -m hatchling build --target wheel --directory dist >/dev/null
done
exec python scripts/check_wheels.py dist

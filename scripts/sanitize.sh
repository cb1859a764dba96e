#!/usr/bin/env bash
# The tests that call the C library, over builds that watch themselves: for memory and undefined behaviour, then for
# threads that share memory without saying so. Called by scripts/check.sh --sanitize [test files]. Needs gcc.
. "$(dirname "$0")/environment.sh"
environment test
# Left out: what runs other builds or compilers than the one that is watched, and limits that it exceeds itself.
[ $# -gt 0 ] || set -- tests/kernels/test_{cpu,draws,subwords,tables}.py tests/kernels/glove tests/counts/test_products.py \
  tests/counts/rows tests/corpus/encode/test_{scanning,blocks}.py tests/vectors/files/test_text_file.py \
  tests/evaluation/analogy/test_answers.py tests/native/test_together.py tests/trainers/test_trainers.py \
  tests/vectors/search/test_search.py \
  -k "not narrower_vectors and not full_disk and not gpu and not standin"
command -v gcc >/dev/null || { echo "the sanitizers need gcc, which is not installed" >&2; exit 2; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
case $(uname -m) in x86_64) isas="x86-64-v3 x86-64-v2" ;; *) isas=arm64 ;; esac
isa=${isas%% *}
failed=0

over() { # over NAME RUNTIME FLAGS... -- PYTEST...: the tests over a build with these flags; whatever it reports fails
  local name=$1 runtime flags=()
  runtime="$(gcc -print-file-name="$2") $(gcc -print-file-name=libstdc++.so.6)" # the second: some packages throw
  shift 2
  while [ "$1" != -- ]; do flags+=("$1"); shift; done
  shift
  echo "== $name" >&2
  CC=gcc python wordvec/native/build.py --into "$folder/$name" --flags="-g -O1 -fno-omit-frame-pointer ${flags[*]}" \
    "$isa" >/dev/null
  # Python itself frees nothing at its end and keeps small objects in arenas of its own, hence no leaks and malloc.
  # setarch: gcc's thread sanitizer knows older layouts of memory only. Reports go to files: pytest hides stderr.
  local common="log_path=$folder/report-$name:exitcode=66"
  ASAN_OPTIONS="$common:detect_leaks=0:allocator_may_return_null=1:handle_segv=1" \
    UBSAN_OPTIONS="$common:print_stacktrace=1" TSAN_OPTIONS="$common:report_bugs=1" \
    PYTHONMALLOC=malloc WORDVEC_LIBRARY=$folder/$name/wordvec-$isa.so LD_PRELOAD="$runtime" \
    setarch "$(uname -m)" -R .venv/bin/python -m pytest -p no:xdist -p no:cacheprovider "$@" || failed=1
  for report in "$folder/report-$name".*; do
    [ -e "$report" ] || continue
    failed=1
    head -n 60 "$report" >&2
  done
}

huge=tests/kernels/test_cpu.py::test_a_block_too_large_for_memory_is_an_error # an allocation that fails is reported
over memory libasan.so -fsanitize=address,undefined -- "$@" --deselect "$huge"
racing=tests/kernels/test_cpu.py::test_hogwild_on_one_thread_is_the_same_training_and_on_two_about_the_same # on purpose
over threads libtsan.so -fsanitize=thread -- "$@" --deselect "$racing" --deselect "$huge"
exit $failed

#!/usr/bin/env bash
# One command, under 8 minutes, for a machine with a card: tests, parity, ceilings, rates, scores, SVD, questions, and
# PyTorch beside them. Needs numpy, CuPy and pytest, no network and no installed wordvec; what needs another package
# (scipy, torch) says that it is missing. Writes one file of JSON lines to scripts/benchmark_results and prints a table.
#
#   scripts/gpu_check.sh                      everything; exit status 0: all passed, 1: not all, 2: no card
#   scripts/gpu_check.sh --parts tests parity only these, and what they need
#   scripts/gpu_check.sh --rehearse           in miniature, on the CPU: shows that this script works, where there is g++
#
# The text is en17m of WORDVEC_TEST_DATA or ../shared/data, else one made by a seed. On a machine whose files do not
# stay, add --results DIR, and --commit HASH where there is no .git. PYTHON names another interpreter than python3.
# Whoever was lent a card: commit the file, and correct what the README says of the GPU.
cd "$(dirname "$0")/.." || exit
export PYTHONPATH="$PWD:$PWD/scripts${PYTHONPATH:+:$PYTHONPATH}"
exec "${PYTHON:-python3}" -m benchmarks.gpu_check "$@"

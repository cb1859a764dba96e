"""Truncated SVD of a text's PPMI matrix: wordvec's against scipy's default, ARPACK, at the error each leaves.

python -m benchmarks.factorise '{"who": "scipy", "matrix": "ppmi.npz", ...}'   prints one JSON line
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.data import Text
from benchmarks.process import peak_memory
from benchmarks.report import show_ratio, table
from benchmarks.runs import Log, pairwise, run_child


@dataclass(frozen=True)
class FactoriseJob:
    """One factorisation of the sparse matrix in the file `matrix`; "prepare" makes that file from `text`."""

    who: str
    matrix: str
    dim: int = 100
    threads: int = 2
    seed: int = 1
    text: str = ""
    window: int = 5
    min_count: int = 5


def prepare(job: FactoriseJob) -> dict[str, Any]:
    """Count, weigh and save: the SVD trainer's matrix at this window, flat counts, smoothing 0.75."""
    from scipy.sparse import csr_matrix, save_npz

    from wordvec.corpus import Corpus
    from wordvec.counts import count_cooccurrences, ppmi

    start = time.perf_counter()
    corpus = Corpus.build(job.text, min_count=job.min_count)
    matrix = ppmi(count_cooccurrences(corpus, window=job.window), context_smoothing=0.75)
    save_npz(job.matrix, csr_matrix(matrix), compressed=False)
    return {"rows": matrix.shape[0], "cells": matrix.nnz, "seconds": time.perf_counter() - start}


def factorise(job: FactoriseJob) -> dict[str, Any]:
    """Time of the SVD alone, and its largest residual, || A A^T u - s^2 u || / s^2, in float64."""
    import numpy as np
    from scipy.sparse import csr_array, load_npz

    matrix = csr_array(load_npz(job.matrix)).astype(np.float32)
    if job.who == "wordvec":
        from wordvec.counts import truncated_svd

        small = csr_array(np.diag(np.arange(1.0, 41.0, dtype=np.float32)))
        truncated_svd(small, 2, method="krylov", threads=job.threads)  # compiles, or loads what was compiled
        start = time.perf_counter()
        U, S, _ = truncated_svd(matrix, job.dim, seed=job.seed, threads=job.threads)
    elif job.who == "wordvec-gpu":
        from wordvec.arrays import to_numpy
        from wordvec.counts import truncated_svd
        from wordvec.counts.gpu import matrix_on

        small = csr_array(np.diag(np.arange(1.0, 41.0, dtype=np.float32)))
        truncated_svd(matrix_on(small, "gpu"), 2, method="krylov")  # loads the libraries
        start = time.perf_counter()  # the copy to the GPU and back counts
        U, S = (to_numpy(part) for part in truncated_svd(matrix_on(matrix, "gpu"), job.dim, seed=job.seed)[:2])
    else:
        from scipy.sparse.linalg import svds

        start = time.perf_counter()
        U, S, _ = svds(matrix, k=job.dim, random_state=job.seed)
    seconds, memory = time.perf_counter() - start, peak_memory()
    exact = matrix.astype(np.float64)
    U, squares = U.astype(np.float64), S.astype(np.float64) ** 2
    residuals = np.linalg.norm(exact @ (exact.T @ U) - U * squares, axis=0) / squares
    return {"seconds": seconds, "residual": float(residuals.max()), "smallest": float(S.min()), "memory": memory}


def measure(
    options: argparse.Namespace, folder: Path, text: Text, log: Log, say: Callable[[str], None]
) -> list[dict[str, Any]]:
    """scipy and wordvec alternating, for each number of dimensions."""
    most = max(options.threads)
    job = FactoriseJob("prepare", str(folder / "ppmi.npz"), threads=most, text=text.path, min_count=options.min_count)
    log.write("svd", **run_child("factorise", asdict(job), most))
    results = []
    for dim in options.dim:
        for number in range(options.pairs):
            for who in ("scipy", "wordvec"):
                changed = {**asdict(job), "who": who, "dim": dim, "seed": number + 1}
                result = run_child("factorise", changed, most)
                say(f"  svd: {who}, {dim} dimensions: {result['seconds']:.1f} s, residual {result['residual']:.1e}")
                results.append(log.write("svd", round=number, **result))
    return results


def svd_table(results: list[dict[str, Any]]) -> str:
    """Medians of time and residual; ratios are of one round, with lowest and highest."""
    rows = []
    for dim in dict.fromkeys(result["dim"] for result in results):
        seconds = {
            who: [r["seconds"] for r in results if (r["who"], r["dim"]) == (who, dim)] for who in ("scipy", "wordvec")
        }
        for who, values in seconds.items():
            mine = [r for r in results if (r["who"], r["dim"]) == (who, dim)]
            ratio = None if who == "scipy" else pairwise(seconds["scipy"], values)
            residual = statistics.median(r["residual"] for r in mine)
            memory = statistics.median(r["memory"] for r in mine)
            row = [str(dim), who, f"{statistics.median(values):.1f}", show_ratio(ratio), f"{residual:.1e}"]
            rows.append([*row, f"{memory / 1e6:.0f}"])
    return table(["dim", "who", "seconds", "scipy's time / its", "residual", "MB"], rows)


def run(job: FactoriseJob) -> dict[str, Any]:
    """Do the job and report it."""
    facts = {name: value for name, value in asdict(job).items() if name not in ("matrix", "text")}
    return facts | (prepare(job) if job.who == "prepare" else factorise(job))


if __name__ == "__main__":
    print(json.dumps(run(FactoriseJob(**json.loads(sys.argv[1])))))

"""Scoring vectors: Google's analogies by gensim and by wordvec under gensim's protocol, and every set's interval.

python -m benchmarks.scoring '{"who": "gensim", "vectors": "v.npz", ...}'   prints one JSON line
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

from benchmarks.data import SETS, evaluation_folder
from benchmarks.process import peak_memory
from benchmarks.report import show_ratio, table
from benchmarks.runs import Log, pairwise, run_child
from wordvec.errors import WordvecError

WORDS, DIM, RESTRICT = 75_000, 100, 30_000
RESAMPLES = 1000


@dataclass(frozen=True)
class ScoringJob:
    """Scores of the vectors in a file by `who`: "gensim", "wordvec" (analogies) or "intervals" (all other sets)."""

    who: str
    vectors: str
    analogies: str
    pairs: tuple[str, ...] = ()
    threads: int = 2


def make_vectors(path: Path, analogies: Path, pairs: tuple[str, ...]) -> None:
    """Vectors by chance whose first words are those of the sets, so that every question is asked."""
    import numpy as np

    from wordvec.evaluation import read_analogies, read_pairs
    from wordvec.vectors import WordVectors

    known = [word.lower() for word in read_analogies(analogies).words()]
    known += [word.lower() for file in pairs for a, b, _ in read_pairs(file).pairs for word in (a, b)]
    words = list(dict.fromkeys([*known, *(f"word{i}" for i in range(WORDS))]))[:WORDS]
    matrix = np.random.default_rng(1).normal(size=(WORDS, DIM)).astype(np.float32)
    WordVectors(words, matrix).save(path)


def score(job: ScoringJob) -> dict[str, Any]:
    """The time of the scoring alone, files of vectors read before; right and asked questions."""
    from wordvec.evaluation import evaluate_analogy, evaluate_similarity
    from wordvec.vectors import WordVectors

    vectors = WordVectors.load(job.vectors)
    if job.who == "gensim":
        from gensim.models import KeyedVectors

        peer = KeyedVectors(vectors.dim)
        peer.add_vectors(list(vectors.words), vectors.rows(slice(None)))
        start = time.perf_counter()
        _, sections = peer.evaluate_word_analogies(job.analogies, restrict_vocab=RESTRICT)
        right, wrong = (len(sections[-1][kind]) for kind in ("correct", "incorrect"))
        facts = {"right": right, "asked": right + wrong, "seconds": time.perf_counter() - start}
    elif job.who == "wordvec":
        evaluate_analogy(vectors, [(vectors.words[0],) * 4], protocol="gensim")  # compiles, or loads what was compiled
        start = time.perf_counter()
        found = evaluate_analogy(vectors, job.analogies, protocol="gensim", restrict_vocab=RESTRICT)
        seconds = time.perf_counter() - start
        facts = {"right": round((found.score or 0) * found.covered), "asked": found.covered, "seconds": seconds}
    else:
        start = time.perf_counter()
        scores = [evaluate_similarity(vectors, path, resamples=RESAMPLES) for path in job.pairs]
        facts = {"asked": sum(found.covered for found in scores), "seconds": time.perf_counter() - start}
    return facts | {"memory": peak_memory()}


def measure(options: argparse.Namespace, folder: Path, log: Log, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """gensim and wordvec alternating on the same file; raises WordvecError where they count different answers."""
    sets = evaluation_folder(options.evaluation)
    vectors = Path(options.scoring) if options.scoring else folder / "vectors.npz"
    analogies = next(sets / file for kind, file in SETS.values() if kind == "analogy")
    pairs = tuple(str(sets / file) for kind, file in SETS.values() if kind == "similarity")
    if not options.scoring:
        make_vectors(vectors, analogies, pairs)
    job = ScoringJob("wordvec", str(vectors), str(analogies), pairs, max(options.threads))
    results = []
    for number in range(options.pairs):
        counted = {}
        for who in ["gensim"] * ("gensim" in options.peers) + ["wordvec", "intervals"]:
            result = run_child("scoring", {**asdict(job), "who": who}, job.threads)
            say(f"  scoring: {who}: {result['seconds']:.2f} s, {result['asked']:,} items")
            results.append(log.write("scoring", round=number, **result))
            counted[who] = result.get("right"), result["asked"]
        if counted.get("gensim", counted["wordvec"]) != counted["wordvec"]:
            raise WordvecError(f"gensim counts {counted['gensim']} right of asked, wordvec {counted['wordvec']}")
    return results


def scoring_table(results: list[dict[str, Any]]) -> str:
    """Medians of times; ratios are of one round, with lowest and highest."""
    seconds = {who: [r["seconds"] for r in results if r["who"] == who] for who in ("gensim", "wordvec", "intervals")}
    what = {"gensim": "analogies", "wordvec": "analogies", "intervals": f"similarities, {RESAMPLES:,} resamples"}
    rows = []
    for who, values in seconds.items():
        mine = [r for r in results if r["who"] == who]
        if not mine:
            continue
        ratio = pairwise(seconds["gensim"], values) if who == "wordvec" and seconds["gensim"] else None
        memory = statistics.median(r["memory"] for r in mine)
        name = "wordvec" if who == "intervals" else who
        cells = [name, what[who], f"{mine[0]['asked']:,}", f"{statistics.median(values):.2f}", show_ratio(ratio)]
        rows.append([*cells, f"{memory / 1e6:.0f}"])
    return table(["who", "what", "items", "seconds", "gensim's time / its", "MB"], rows)


def run(job: ScoringJob) -> dict[str, Any]:
    """Do the job and report it."""
    return {"who": job.who, "threads": job.threads, **score(job)}


if __name__ == "__main__":
    print(json.dumps(run(ScoringJob(**json.loads(sys.argv[1])))))

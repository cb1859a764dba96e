"""Questions: wordvec against gensim on the same file, float16 and int8 beside float32, and what int8 finds.

Both load the same word2vec file of random vectors under made-up words. Each process takes turns: a pass over the matrix
(copied block by block, which is what memory gives one thread; summed by all threads), one question, and at the end all
questions together, gensim's in a loop. What the first question pays once (lengths of rows) is told apart. The kept
forms are wordvec's own files, mapped; their memory is the process's peak, so the interpreter and packages are in it.

python -m benchmarks.queries '{"who": "gensim", "path": "FILE"}'   prints one JSON line
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.loading import PEER, word_of
from benchmarks.process import peak_memory
from benchmarks.runs import Log, pairwise, run_child
from wordvec.errors import WordvecError

WORDS = 1_000_000
QUESTIONS, TURNS, NEIGHBOURS = 100, 7, 10
RECALL_WORDS = 1_000
BLOCK = 10_000
FORMS = ("float32", "float16", "int8")


@dataclass(frozen=True)
class QueryJob:
    """One process: `who` is "gensim", "wordvec", one of FORMS (of wordvec's own file), or "recall"."""

    who: str
    path: str
    threads: int = 1
    questions: int = QUESTIONS


def make_file(path: Path, words: int, dim: int) -> None:
    """Write normally distributed vectors as a word2vec file, block by block."""
    rng = np.random.default_rng(1)
    with open(path, "wb") as file:
        file.write(b"%d %d\n" % (words, dim))
        for first in range(0, words, BLOCK):
            rows = rng.standard_normal((min(BLOCK, words - first), dim), np.float32).astype("<f4")
            for row in range(len(rows)):
                file.write(word_of(first + row).encode("ascii") + b" " + rows[row].tobytes() + b"\n")


def make_forms(binary: Path, folder: Path) -> list[Path]:
    """Write the vectors as wordvec's own files, in each form."""
    from wordvec.vectors.postprocessing import post_processed
    from wordvec.vectors.word_vectors import WordVectors

    vectors, paths = WordVectors.load(binary), []
    for form in FORMS:
        paths.append(folder / f"{form}.safetensors")
        (vectors if form == "float32" else post_processed(vectors, form)).save(paths[-1])
    return paths


def run(job: QueryJob) -> dict[str, Any]:
    """Measure one process."""
    if job.who == "recall":
        return {**asdict(job), "path": Path(job.path).name, **recall(job)}
    ask, ask_all, words, matrix = ask_gensim(job) if job.who == PEER else ask_wordvec(job)
    asked = [words[row] for row in np.random.default_rng(2).choice(len(words), job.questions, replace=False).tolist()]
    first, _ = timed(lambda: ask(asked[0]))
    passes, sums, singles = [], [], []
    for turn in range(TURNS):
        if job.who in (PEER, "wordvec"):
            passes.append(timed(lambda: copy_blocks(matrix))[0])
            sums.append(timed(lambda: sum_blocks(matrix, job.threads))[0])
        singles.append(timed(partial(ask, asked[turn % len(asked)]))[0])
    together, answers = timed(lambda: ask_all(asked))
    return {
        **{**asdict(job), "path": Path(job.path).name},
        "rows": len(words),
        "dim": int(matrix.shape[1]),
        "first": round(first, 5),
        "pass": round(statistics.median(passes), 5) if passes else None,
        "sum": round(statistics.median(sums), 5) if sums else None,
        "single": round(statistics.median(singles), 5),
        "single_by_pass": round(statistics.median(a / b for a, b in zip(singles, passes)), 4) if passes else None,
        "together": round(together, 4),
        "memory": peak_memory(),
        "answers": [[word for word, _ in answer] for answer in answers],
    }


def timed(do: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that `do` takes, and what it returns."""
    start = time.perf_counter()
    result = do()
    return time.perf_counter() - start, result


def copy_blocks(matrix: np.ndarray, rows: int = 16_384) -> None:
    """Read the matrix once: copy it into one small place, block by block."""
    place = np.empty((rows, matrix.shape[1]), matrix.dtype)
    for first in range(0, len(matrix), rows):
        block = matrix[first : first + rows]
        np.copyto(place[: len(block)], block)


def sum_blocks(matrix: np.ndarray, threads: int) -> None:
    """Read the matrix once with all threads: add it up."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(np.sum, np.array_split(matrix, 8 * threads)))


Asking = tuple[Callable[[str], Any], Callable[[Sequence[str]], Any], Sequence[str], np.ndarray]


def ask_gensim(job: QueryJob) -> Asking:
    """gensim's KeyedVectors, which is asked many questions one after the other."""
    from gensim.models import KeyedVectors

    vectors = KeyedVectors.load_word2vec_format(job.path, binary=True)

    def ask(word: str) -> Any:
        return vectors.most_similar(word, topn=NEIGHBOURS)

    return ask, lambda words: [ask(word) for word in words], vectors.index_to_key, vectors.vectors


def ask_wordvec(job: QueryJob) -> Asking:
    """wordvec's WordVectors, of any file."""
    from wordvec.vectors.word_vectors import WordVectors

    vectors = WordVectors.load(job.path)

    def ask(word: str) -> Any:
        return vectors.most_similar(word, k=NEIGHBOURS)

    return ask, lambda words: vectors.nearest_to_each(words, k=NEIGHBOURS), vectors.words, vectors.matrix


def recall(job: QueryJob) -> dict[str, Any]:
    """The part of the ten nearest words in float32 that float16 and int8 find, over a sample of words."""
    from wordvec.vectors.postprocessing import post_processed
    from wordvec.vectors.word_vectors import WordVectors

    vectors = WordVectors.load(job.path)
    rows = np.random.default_rng(3).choice(len(vectors), min(RECALL_WORDS, len(vectors)), replace=False)
    words = [vectors.words[row] for row in rows.tolist()]
    exact = vectors.nearest_to_each(words, k=NEIGHBOURS)
    found = {}
    for form in FORMS[1:]:
        answers = post_processed(vectors, form).nearest_to_each(words, k=NEIGHBOURS)
        found[form] = [len(dict(a).keys() & dict(b).keys()) / len(b) for a, b in zip(answers, exact)]
    return {
        "rows": len(vectors),
        "dim": vectors.dim,
        "recall": {form: round(statistics.mean(parts), 4) for form, parts in found.items()},
    }


def measure(options: argparse.Namespace, folder: Path, log: Log, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """gensim and wordvec by turns, then the forms; one process at a time."""
    words, dim, threads = options.query_words, max(options.dim), max(options.threads)
    say(f"  queries: writing {words:,} words in {dim} dimensions")
    binary = folder / "queries.bin"
    make_file(binary, words, dim)
    forms = make_forms(binary, folder)
    who = [PEER] * (PEER in options.peers) + ["wordvec"]
    jobs = [QueryJob(one, str(binary), threads) for _ in range(options.pairs) for one in who]
    jobs += [QueryJob(form, str(path), threads) for form, path in zip(FORMS, forms)]
    jobs += [QueryJob("recall", options.queries)] if options.queries else []
    results = []
    for job in jobs:
        result = run_child("queries", asdict(job), job.threads)
        if job.who != "recall":
            say(f"  queries: {job.who}: one {result['single']:.3f} s, {job.questions} {result['together']:.2f} s")
        results.append({**log.write("queries", **{**result, "answers": None}), "answers": result.get("answers")})
    check_answers(results)
    return results


def check_answers(results: Sequence[dict[str, Any]]) -> None:
    """Raise WordvecError unless gensim and wordvec gave the same answers, but for an order that rounding turns."""
    asked = {result["who"]: result["answers"] for result in results if result["who"] in (PEER, "wordvec", "float32")}
    for who, answers in asked.items():
        same = [set(a) == set(b) for a, b in zip(answers, asked["wordvec"])]
        if sum(same) < 0.98 * len(same):
            raise WordvecError(f"queries: {who} and wordvec agree on {sum(same)} of {len(same)} answers only")


def table(results: Sequence[dict[str, Any]]) -> str:
    """Medians of each, the ratios to a pass over the matrix, and gensim's time over wordvec's in the same round."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for result in results:
        groups.setdefault(result["who"], []).append(result)

    def median(who: str, what: str) -> float | None:
        values = [result[what] for result in groups[who] if result.get(what) is not None]
        return statistics.median(values) if values else None

    lines = ["who        first s   one s   / pass   / sum of all threads   100 s   memory MB   gensim's 100 / this"]
    for who, group in groups.items():
        if who == "recall":
            continue
        one, read, summed = median(who, "single"), median(who, "single_by_pass"), median(who, "sum")
        ratio = None
        if who == "wordvec" and PEER in groups:
            ratio = pairwise([g["together"] for g in groups[PEER]], [g["together"] for g in group])
        lines.append(
            f"{who:9} {median(who, 'first'):8.3f} {one:7.4f} {f'{read:8.2f}' if read else '':8}"
            f" {f'{one / summed:22.2f}' if summed else '':22} {median(who, 'together'):7.2f}"
            f" {median(who, 'memory') / 1e6:11,.0f}"
            + (f"   {ratio.median:.1f} ({ratio.low:.1f} to {ratio.high:.1f})" if ratio else "")
        )
    if "int8" in groups and "float32" in groups:
        lines.append(f"memory of int8 / float32: {median('int8', 'memory') / median('float32', 'memory'):.3f}")
    for result in groups.get("recall", []):
        found = ", ".join(f"{form} {value:.3f}" for form, value in result["recall"].items())
        lines.append(f"recall@{NEIGHBOURS} of {result['path']} ({result['rows']:,} x {result['dim']}): {found}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(json.dumps(run(QueryJob(**json.loads(sys.argv[1])))))

"""From text to ids: wordvec's Corpus.build against gensim's build_vocab on the same plain file.

gensim reads the text to make its vocabulary and reads and looks up every word again in each epoch; wordvec makes the
vocabulary and the encoded corpus in one go. Both are timed from the file to a vocabulary of equal words and counts
(checked), wordvec to its ids too. Loading the C library comes before and is reported by itself.

python -m benchmarks.encode '{"who": "gensim", "corpus": "FILE", ...}'   prints one JSON line
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.data import Text, data_folder, prepare_text
from benchmarks.process import peak_memory
from benchmarks.runs import Log, pairwise, run_child
from wordvec.errors import WordvecError

RAW_TEXT = "en-wiki-raw.txt.zst"  # for the tokenizer words: case and punctuation, as extracted
PEER = ("gensim", "whitespace")


@dataclass(frozen=True)
class EncodeJob:
    """One reading of `corpus` by `who`: "gensim" (whitespace only) or "wordvec"."""

    who: str
    corpus: str
    tokenizer: str = "whitespace"
    min_count: int = 5
    threads: int = 1


def encode_gensim(job: EncodeJob) -> tuple[float, float, list[tuple[str, int]], int]:
    """Seconds of loading and of build_vocab, the vocabulary, and the tokens of words in it."""
    start = time.perf_counter()
    from gensim.models import Word2Vec

    model = Word2Vec(min_count=job.min_count, workers=job.threads)
    loaded = time.perf_counter()
    model.build_vocab(corpus_file=job.corpus)
    seconds = time.perf_counter() - loaded
    words = [(word, int(model.wv.get_vecattr(word, "count"))) for word in model.wv.index_to_key]
    return loaded - start, seconds, words, sum(count for _, count in words)


def encode_wordvec(job: EncodeJob) -> tuple[float, float, list[tuple[str, int]], int]:
    """Seconds of loading and of Corpus.build, the vocabulary, and the tokens of words in it."""
    start = time.perf_counter()
    from wordvec.corpus import Corpus
    from wordvec.corpus.building import can_compile

    can_compile()  # loads the library
    loaded = time.perf_counter()
    corpus = Corpus.build(job.corpus, tokenizer=job.tokenizer, min_count=job.min_count, threads=job.threads)
    seconds = time.perf_counter() - loaded
    words = list(zip(corpus.vocabulary.words, corpus.vocabulary.counts.tolist()))
    return loaded - start, seconds, words, len(corpus.ids)


def run(job: EncodeJob) -> dict[str, Any]:
    """Encode and report time, rate, peak memory and a checksum of the vocabulary."""
    compile_seconds, seconds, words, tokens = (encode_gensim if job.who == "gensim" else encode_wordvec)(job)
    memory = peak_memory()
    listed = "\n".join(f"{word}\t{count}" for word, count in sorted(words))
    size = os.path.getsize(job.corpus)
    return {
        **{**asdict(job), "corpus": os.path.basename(job.corpus)},
        "seconds": {"compile": round(compile_seconds, 4), "encode": round(seconds, 4)},
        "bytes": size,
        "megabytes_per_second": round(size / seconds / 1e6, 2),
        "vocabulary": len(words),
        "tokens": tokens,
        "words_sha256": hashlib.sha256(listed.encode("utf-8", "surrogatepass")).hexdigest(),
        "memory": memory,
    }


def measure(
    options: argparse.Namespace, folder: Path, text: Text, log: Log, say: Callable[[str], None]
) -> list[dict[str, Any]]:
    """gensim and wordvec with each number of threads by turns, then the tokenizer words on raw text."""
    peer = EncodeJob("gensim", text.path, min_count=options.min_count, threads=max(options.threads))
    jobs = [peer] * ("gensim" in options.peers)
    jobs += [EncodeJob("wordvec", text.path, "whitespace", options.min_count, number) for number in options.threads]
    raw = data_folder() / RAW_TEXT
    if raw.is_file():
        (folder / "raw").mkdir()
        raw_text = prepare_text(str(raw), None, folder / "raw")
        jobs += [EncodeJob("wordvec", raw_text.path, "words", options.min_count, number) for number in options.threads]
    else:
        say(f"  encode: no {raw}: the tokenizer words is left out")
    results = []
    for number in range(options.pairs):
        for job in jobs:
            result = run_child("encode", asdict(job), job.threads)
            rate, seconds = result["megabytes_per_second"], result["seconds"]["encode"]
            say(f"  encode: {job.who}, {job.tokenizer}, {job.threads} threads: {rate:.0f} MB/s, {seconds:.2f} s")
            results.append(log.write("encode", round=number, **result))
    check_equal(results)
    return results


def check_equal(results: Iterable[dict[str, Any]]) -> None:
    """Raise WordvecError unless all that read the same text in the same way found the same words and counts."""
    found: dict[str, dict[str, Any]] = {}
    for result in results:
        first = found.setdefault(result["tokenizer"], result)
        for what in ("words_sha256", "vocabulary", "tokens"):
            if result[what] != first[what]:
                raise WordvecError(
                    f"encode: {result['who']} and {first['who']} differ in {what} ({result['tokenizer']})"
                )


def table(results: list[dict[str, Any]]) -> str:
    """Medians of each, and times of gensim's over wordvec's in the same round."""
    groups: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
    for result in results:
        groups.setdefault((result["who"], result["tokenizer"], result["threads"]), []).append(result)
    peers = [r["seconds"]["encode"] for key, group in groups.items() if key[:2] == PEER for r in group]
    lines = ["reader   tokenizer   threads   seconds    MB/s   memory MB   compile s   gensim's time / this"]
    for (who, tokenizer, threads), group in groups.items():
        seconds = [result["seconds"]["encode"] for result in group]
        rate, memory = (
            statistics.median(result[key] for result in group) for key in ("megabytes_per_second", "memory")
        )
        compiling = statistics.median(result["seconds"]["compile"] for result in group)
        ratio = pairwise(peers, seconds) if who != PEER[0] and tokenizer == PEER[1] else None
        lines.append(
            f"{who:8} {tokenizer:11} {threads:7} {statistics.median(seconds):9.2f} {rate:7.0f}"
            f" {memory / 1e6:11.0f} {compiling:11.2f}"
            + (f"   {ratio.median:.2f} ({ratio.low:.2f} to {ratio.high:.2f})" if ratio else "")
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(json.dumps(run(EncodeJob(**json.loads(sys.argv[1])))))

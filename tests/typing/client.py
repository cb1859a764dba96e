"""A program as a user would write it. scripts/check.sh has mypy read it, which must accept it as it is.

It is checked, not run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl

from wordvec import CBOW, PPMI, SVD, Corpus, GloVe, Phrases, SkipGram, Vocabulary, WordVectors
from wordvec.evaluation import evaluate_similarity, read_pairs
from wordvec.trainers import EpochReport


def corpora(folder: Path) -> list[Corpus]:
    """Every door, with what people have in their hands."""
    frame = pd.DataFrame({"text": ["one rose", "two roses"], "year": [1850, 1900]})
    sentences: tuple[tuple[str, ...], ...] = (("a", "rose"), ("is", "a", "rose"))
    records = [{"text": "one rose", "year": 1850}]
    return [
        Corpus.build("tiny-world"),
        Corpus.build(folder / "text.txt", tokenizer="words", min_count=2),
        Corpus.from_files([folder / "a.txt", str(folder / "b.txt")], tokenizer=str.split),
        Corpus.from_files(folder.glob("*.txt")),
        Corpus.from_texts(["a rose is a rose"], phrases=2),
        Corpus.from_texts(line for line in ["a rose", "is a rose"]),
        Corpus.from_texts(frame["text"], normalization={"case": "lower"}),
        Corpus.from_texts(frame, field="text"),
        Corpus.from_texts(pl.from_pandas(frame), field="text", phrases=Phrases(passes=1)),
        Corpus.from_texts(records, field="text"),
        Corpus.from_sentences(sentences),
        Corpus.from_sentences([["a", "rose"]], min_count=1, keep_words={"rose"}, max_words=100),
        Corpus.from_sentences(iter([["a", "rose"]]), vocabulary=Vocabulary.from_counts({"rose": 2, "a": 1})),
        Corpus.from_documents(folder, folder / "years.csv", metadata_fields=("year",)),
    ]


def trained(corpus: Corpus) -> Iterator[WordVectors]:
    """Every trainer, with options of several kinds."""

    def watch(report: EpochReport) -> None:
        if report.loss < 0.1:
            report.stop("good enough")

    yield SkipGram(dim=50, window="sentence", epochs=2, seed=3).fit(corpus, on_epoch=watch).vectors
    yield SkipGram.for_items(dim=50).fit(corpus).vectors
    yield CBOW(negatives=10, learning_rate=0.05, device="cpu").fit(corpus).vectors
    yield GloVe(x_max=10.0).fit(corpus).vectors
    yield SVD(dim=100, power=0.5).fit(corpus).vectors
    yield PPMI(shift=5).fit(corpus).vectors


def asked(vectors: WordVectors, folder: Path) -> None:
    """Questions, and what comes back."""
    row: np.ndarray = vectors["rose"]
    rows: np.ndarray = vectors[["rose", "tulip"]]
    nearest: list[tuple[str, float]] = vectors.most_similar("rose", k=5)
    names: list[str] = [word for word, _ in nearest]
    answer, score = vectors.analogy("man", "woman", "king")[0]
    text: str = f"{answer} {score:.2f} {names} {row.shape} {rows.shape}"
    unlike: str = vectors.doesnt_match(["rose", "tulip", "car"])
    similarity: float = vectors.similarity("rose", unlike)
    score_of_set = evaluate_similarity(vectors, read_pairs(folder / "pairs.tsv"))
    low, high = score_of_set.ci95 or (0.0, 0.0)
    found: str = f"{score_of_set.score} [{low:.2f}, {high:.2f}], {similarity:.2f}"
    with open(folder / "answer.txt", "w", encoding="utf-8") as file:
        file.write(f"{text} {found}")
    vectors.save(folder / "v.safetensors")
    again = WordVectors.load(folder / "v.safetensors", limit=10_000)
    assert len(again) <= len(vectors)
    frame: pd.DataFrame = again.to_pandas()
    assert list(frame.index) == list(again.words)

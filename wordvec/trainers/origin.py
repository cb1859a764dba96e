"""What the vectors' file records about the text they were trained on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wordvec.corpus.recipe import TextRecipe
from wordvec.trainers.continuation import counts_fingerprint

if TYPE_CHECKING:
    from wordvec.corpus import Corpus

SOURCES_KEPT = 20  # names of text files that are recorded


def origin_of(corpus: Corpus) -> dict[str, Any]:
    """All that is recorded about a corpus."""
    return {
        "corpus_fingerprint": corpus.fingerprint,
        **text_info(corpus),
        **source_info(corpus),
        "min_count": corpus.vocabulary.min_count,
        "counted": [counts_fingerprint(corpus.vocabulary)],
        "tokens": len(corpus.ids),
    }


def text_info(corpus: Corpus) -> dict[str, Any]:
    """How the corpus's text was tokenized, for the vectors' file."""
    recipe = TextRecipe.of_corpus(corpus.info)  # None if an earlier version built the corpus
    return {"tokenizer": corpus.info.get("tokenizer")} if recipe is None else recipe.as_info()


def source_info(corpus: Corpus) -> dict[str, Any]:
    """Where the text came from, for the vectors' file: file names without their folders."""
    names = [re.split(r"[/\\]", str(source).rstrip("/\\"))[-1] for source in corpus.info.get("sources") or []]
    listed = names[:SOURCES_KEPT] + ([f"and {len(names) - SOURCES_KEPT:,} more"] if len(names) > SOURCES_KEPT else [])
    return {"sentences": len(corpus.sentence_starts) - 1} | ({"sources": listed} if listed else {})

"""From a source and checked options to the parts of a corpus, on this machine or a cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wordvec.corpus.build_options import CheckedOptions, WordSelection, choose_words, raw_counts
from wordvec.corpus.building import spool_with_progress
from wordvec.corpus.building_on_cluster import spool_on_cluster
from wordvec.corpus.documents import Documents
from wordvec.corpus.documents.reading import kept_sentences
from wordvec.corpus.documents.tags import DocumentTags
from wordvec.corpus.encode.token_ids import Spooled, renumber
from wordvec.corpus.encoding_on_cluster import renumber_on_cluster
from wordvec.corpus.hashes import Written
from wordvec.corpus.phrases import Phrases, find_phrases, find_phrases_of
from wordvec.corpus.phrases.on_cluster import TextOnCluster
from wordvec.corpus.read.sources import Source, name_of
from wordvec.corpus.selection import Selection
from wordvec.corpus.vocabulary import Vocabulary
from wordvec.corpus.vocabulary_on_cluster import choose_on_cluster, words_in_buckets, working_words
from wordvec.corpus.words import Words
from wordvec.errors import CorpusError

if TYPE_CHECKING:
    from wordvec.cluster import Cluster

Found = Documents | DocumentTags


class CorpusParts(NamedTuple):
    """The parts of a `Corpus`; `all_tokens` holds the tokens before words were left out, and the chosen words."""

    ids: np.ndarray
    sentence_starts: np.ndarray
    vocabulary: Vocabulary
    info: dict[str, Any]
    written: dict[str, Written]  # arrays that are files in the store of a cluster
    all_tokens: tuple[Spooled, Selection] | None = None
    documents: Found | None = None


def parts_of(
    source: Source,
    options: CheckedOptions,
    threads: int,
    show_progress: bool | None,
    documents: Callable[[], Found] | None = None,
) -> CorpusParts:
    """Read `source` on this machine; `documents` is called afterwards for the documents that were read."""
    text = options.text()
    spooled, is_text = spool_with_progress(source, text, threads, show_progress)
    info = options.info(name_of(source), text if is_text else None)
    found = None if documents is None else documents()
    return parts_of_tokens(spooled, options.words, info, options.phrases, threads, found)


def parts_of_tokens(
    spooled: Spooled,
    words: WordSelection,
    info: dict[str, Any],
    phrases: Phrases | None = None,
    threads: int = 1,
    documents: Found | None = None,
) -> CorpusParts:
    """Join phrases and choose words. Raises CorpusError if no word is left."""
    info |= raw_counts(len(spooled.ids), len(spooled.words), len(spooled.sentence_ends), words, info)
    if phrases is not None:
        spooled, pairs = find_phrases(spooled, phrases)
        info |= phrases.told_of(pairs)
    chosen = choose_words(spooled.words, spooled.counts, words)
    return selected(spooled, chosen, words.min_count, words.max_words, info, threads, documents)


def selected(
    spooled: Spooled,
    chosen: Selection,
    min_count: int,
    max_words: int | None,
    info: dict[str, Any],
    threads: int = 1,
    documents: Found | None = None,
) -> CorpusParts:
    """The text reduced to the chosen words. Raises CorpusError if its lines do not match the documents' lines."""
    vocabulary = Vocabulary.of_selection(spooled.words, spooled.counts, chosen, min_count, max_words)
    final_id = chosen.final_ids()
    ids, sentence_starts = renumber(spooled, vocabulary, threads, final_id)
    if documents is not None:
        if documents.sentences != len(spooled.sentence_ends):
            raise CorpusError("a text changed while it was read: its lines do not match its documents")
        documents = documents.of_sentences(kept_sentences(spooled.ids, spooled.sentence_ends, final_id))
    all_tokens = (spooled, chosen) if len(chosen.left) else None
    return CorpusParts(ids, sentence_starts, vocabulary, info, {}, all_tokens, documents)


def parts_on_cluster(
    cluster: Cluster, source: Source, options: CheckedOptions, show_progress: bool | None
) -> CorpusParts:
    """`parts_of` on the workers of a cluster."""
    reading, words = options.text(), options.words
    spools, is_text = spool_on_cluster(cluster, source, reading, show_progress)
    info = options.info(name_of(source), reading if is_text else None)
    buckets = words_in_buckets(cluster, spools.parts, show_progress)
    info |= raw_counts(spools.tokens, buckets.words, spools.sentences, words, info)
    text = None
    if options.phrases is not None:
        working = working_words(cluster, buckets, options.phrases, show_progress)
        joined, found = find_phrases_of(
            TextOnCluster.of_parts(cluster, spools.parts, working, show_progress), options.phrases
        )
        text, info = joined.found, info | options.phrases.told_of(found)
    chosen = choose_on_cluster(cluster, buckets, words, text, show_progress)
    parts = spools.parts if text is None else text.parts
    ids, sentence_starts, left_out, written = renumber_on_cluster(cluster, parts, chosen.tables, show_progress)
    kept = Words(chosen.words), chosen.counts
    vocabulary = Vocabulary.of_parts(*kept, words.min_count, left_out, words.max_words)
    vocabulary.absent = chosen.absent
    return CorpusParts(ids, sentence_starts, vocabulary, info, written)

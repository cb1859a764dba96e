"""Encoding text on a cluster, with the same ids, sentence starts and words as on one machine.

::

    files ─► parts ─► provisional ids and words of each ─► vocabulary ─► ids of each part ─► one after another

A large plain file is cut at fixed places into parts of at most PART_BYTES, where `ranges` would cut it anyway, so also
inside a long line; another file is one part. The vocabulary is `vocabulary_on_cluster`'s, the last step
`encoding_on_cluster`'s.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from wordvec.corpus.buckets import OF_PART, in_shares
from wordvec.corpus.build_options import TextOptions
from wordvec.corpus.building import COMPILED_FROM, can_compile, cutting_of, refuse_mixture, spool_source
from wordvec.corpus.encode.blocks import encode_into
from wordvec.corpus.encode.normalization import Normalization
from wordvec.corpus.encode.token_ids import Spool
from wordvec.corpus.encode.tokenizers import (
    TOKENIZER_NAMES,
    get_tokenizer,
    imported,
    name_for_import,
    tokenizer_name,
)
from wordvec.corpus.named_texts import fetched_path, is_bundled, missing_text_message
from wordvec.corpus.read import Reading, size_to_cut
from wordvec.corpus.read.paths import check_same_file, files_of, is_pattern, stamp_of, tell_of_repeats
from wordvec.corpus.read.ranges import RANGE_BYTES, TextRange
from wordvec.corpus.read.sources import Files, PathLike, Source, as_files
from wordvec.corpus.words import pack_words
from wordvec.errors import CorpusError, OptionError
from wordvec.progress import announce, heard
from wordvec.store import name_of, open_store

if TYPE_CHECKING:
    from wordvec.cluster import Cluster

PART_BYTES = 16 * RANGE_BYTES  # of text, at most: 32 MB


class Part(NamedTuple):
    """Bytes begin .. end - 1 of a file of this size, or all of it where `end` is 0; `changed` is its time, in ns."""

    path: str
    begin: int = 0
    end: int = 0
    size: int = 0
    changed: int = 0


class Spools(NamedTuple):
    """A text in the store with provisional ids; those of a part are numbers of its own words."""

    parts: list[str]
    tokens: int
    sentences: int


def cluster_to_build_on(client: Any, store: str | os.PathLike[str] | None) -> Cluster:
    """The cluster of a client. Raises OptionError if there is no store."""
    from wordvec.cluster import Cluster

    if store is None:
        raise OptionError("a cluster needs a store, a folder or URL that all workers read and write: give store=")
    return Cluster(client, store)


def spool_on_cluster(
    cluster: Cluster, source: Source, options: TextOptions, show_progress: bool | None
) -> tuple[Spools, bool]:
    """See `building.spool_source`. Raises OptionError for what workers cannot read or run."""
    if not isinstance(source, Files):
        raise OptionError("workers of a cluster read files: give their paths, or build the corpus without client")
    facts = _as_facts(options)
    parts = list(parts_of(source, options))
    names = [name_of("read", part=part, options=facts) for part in parts]
    calls = [(*part, facts, name) for part, name in zip(parts, names)]
    cluster.run(spool_part, calls, "reading", show_progress)
    found = [cluster.store.facts(name) for name in names]
    for line in (line for each in found for line in each["said"]):
        announce(line)
    kinds = {each["is_text"] for each in found if each["tokens"] or each["sentences"]}
    if len(kinds) > 1:
        refuse_mixture()
    tokens, sentences = (sum(each[what] for each in found) for what in ("tokens", "sentences"))
    return Spools(names, tokens, sentences), kinds != {False}


def parts_of(source: Files, options: TextOptions) -> Iterator[Part]:
    """What each task reads, in the order of the text."""
    is_cut = cutting_of(options.tokenize, None) is not None and not options.split_sentences and can_compile()
    ranges_from = COMPILED_FROM if is_cut else None
    how = options.encoding, options.encoding_errors, lambda size: None, options.field, options.strict
    reading = Reading(*how, ranges_from, options.plain_text)
    tell_of_repeats(source)
    for path in source.paths:
        yield from _parts_of_path(path, reading)


def _parts_of_path(path: PathLike, reading: Reading) -> Iterator[Part]:
    if path == "-":
        raise CorpusError("standard input cannot be read by the workers of a cluster: write it to a file they see")
    if isinstance(path, str) and is_bundled(path):
        yield Part(path)
        return
    if not os.path.exists(path) and not is_pattern(path):
        fetched = fetched_path(os.fspath(path))
        if fetched is None:
            raise CorpusError(missing_text_message(os.fspath(path)))
        path = fetched
    for file in files_of(Path(path)):
        name = str(file.absolute())
        try:
            with open(file, "rb") as stream:
                status = os.fstat(stream.fileno())
                size = size_to_cut(stream, str(file), reading)
        except OSError as error:
            raise CorpusError(f"{file}: cannot be read: {error.strerror or error}") from error
        stamp = stamp_of(status)
        step = part_bytes(size)
        cuts = range(0, size, step) if size else ()
        yield from (Part(name, begin, min(begin + step, size), *stamp) for begin in cuts)
        if not size:
            yield Part(name, 0, 0, *stamp)


def part_bytes(size: int) -> int:
    """Of a file of this size, which becomes equal parts of whole ranges, an even number of them where there are two.

    >>> [-(-size // part_bytes(size)) for size in (1, 32 * 2**20, 33 * 2**20, 96 * 10**6, 10**9)]
    [1, 1, 2, 4, 30]
    """
    parts = -(-size // PART_BYTES)
    parts += parts % 2 if parts > 1 else 0
    unit = min(RANGE_BYTES, PART_BYTES)
    return unit * max(1, -(-size // (max(1, parts) * unit)))


def spool_part(
    store: str, path: str, begin: int, end: int, size: int, changed: int, facts: dict[str, Any], name: str
) -> None:
    """Publish a part with provisional ids: ids, sentence ends, and words with their counts by share of the hash."""
    place = open_store(store)
    if place.is_published(name):
        return
    if size or not is_bundled(path):
        check_same_file(path, size)
    options, is_text = _from_facts(facts), True
    with heard() as said, place.writing(name, OF_PART) as entry:
        spool = Spool(entry.arrays["ids"], entry.arrays["sentence_ends"])
        if end:
            normalize = None if options.normalization.changes_nothing else options.normalization.apply
            cutting = cutting_of(options.tokenize, normalize)
            cuts = range(begin, end, RANGE_BYTES)
            ranges = (TextRange(path, cut, min(cut + RANGE_BYTES, end), size, options.encoding) for cut in cuts)
            words, counts = encode_into(spool, ranges, cutting)  # type: ignore[arg-type]
        else:
            spooled, is_text = spool_source(as_files(path), options, 1, lambda count: None, lambda count: None)
            spool.write(spooled.ids, spooled.sentence_ends)
            words, counts = pack_words(spooled.words), spooled.counts
        for array, values in in_shares(words, counts).items():
            entry.arrays[array].append(values)
        # A list of tokens, or a tokenizer, may have line feeds inside of words.
        entry.facts.update(is_text=is_text, said=said, line_feeds=bool((words[0] == 0x0A).any()))
        entry.facts.update(words=len(counts), tokens=spool.tokens, sentences=spool.sentences)


def _as_facts(options: TextOptions) -> dict[str, Any]:
    name = tokenizer_name(options.tokenize)
    return options._asdict() | {
        "tokenize": name if name in TOKENIZER_NAMES else name_for_import(options.tokenize),
        "normalization": options.normalization.as_dict(),
    }


def _from_facts(facts: dict[str, Any]) -> TextOptions:
    name = facts["tokenize"]
    tokenize = _tokenizer(name) if isinstance(name, str) else imported(*name)
    given = {"normalization": Normalization.from_options(facts["normalization"]), "given": tuple(facts["given"])}
    return TextOptions(**(facts | {"tokenize": tokenize} | given))


_tokenizer = functools.lru_cache(maxsize=4)(get_tokenizer)  # an analyser takes seconds to load

"""Encoding text on a cluster: the ids, sentence starts and words that one machine gives.

::

    files ─► parts ─► provisional ids and words of each ─► one list of words ─► ids of each part ─► one after another

A large plain file is cut at fixed places into parts of at most PART_BYTES, where `ranges` would cut it anyway, so also
inside a long line; another file is one part. Words are put together in the order of the parts, which is that of their
first appearance. This process holds all different words, as on one machine. The ids it does not hold: workers write
those of each part at their place in one file of the store, which a saved corpus is linked to.
"""

from __future__ import annotations

import functools
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wordvec.corpus.build_options import TextOptions
from wordvec.corpus.building import COMPILED_FROM, can_compile, cutting_of, refuse_mixture, spool_source
from wordvec.corpus.encode.blocks import encode_blocks
from wordvec.corpus.encode.normalization import Normalization
from wordvec.corpus.encode.token_ids import Spooled, growing_array, renumbered
from wordvec.corpus.encode.tokenizers import (
    TOKENIZER_NAMES,
    get_tokenizer,
    imported,
    name_for_import,
    tokenizer_name,
)
from wordvec.corpus.hashes import PIECE, Written, piece_hashes
from wordvec.corpus.named_texts.catalogue import fetched_path, is_bundled, missing_text_message
from wordvec.corpus.read.paths import check_same_file, files_of, is_pattern
from wordvec.corpus.read.ranges import RANGE_BYTES, TextRange
from wordvec.corpus.read.readers import Reading, size_to_cut
from wordvec.corpus.read.sources import Files, PathLike, Source, as_files
from wordvec.corpus.selection import pack_words, unpack_words
from wordvec.errors import CorpusError, OptionError
from wordvec.progress import announce, heard
from wordvec.store import FolderStore, Store, hash_of, name_of, open_store

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
    """A text in the store with provisional ids: entry parts[i] holds those of part i, with ids of its own.

    The word with number n in part i is words[numbers[i][n]].
    """

    parts: list[str]
    numbers: list[np.ndarray]
    words: list[str]
    counts: np.ndarray
    tokens: int
    sentences: int


def cluster_to_build_on(client: Any, store: str | os.PathLike[str] | None) -> Cluster:
    """The cluster of a client. Raises OptionError where there is no place to work in."""
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
    names = [name_of("spooled", part=part, options=facts) for part in parts]
    calls = [(*part, facts, name) for part, name in zip(parts, names)]
    cluster.run(spool_part, calls, "reading", show_progress)
    found = [cluster.store.facts(name) for name in names]
    for line in (line for each in found for line in each["said"]):
        announce(line)
    kinds = {each["is_text"] for each in found if each["tokens"] or each["sentences"]}
    if len(kinds) > 1:
        refuse_mixture()
    words, counts, numbers = _joined_words(cluster.store, names)
    tokens, sentences = (sum(each[what] for each in found) for what in ("tokens", "sentences"))
    return Spools(names, numbers, words, counts, tokens, sentences), kinds != {False}


def parts_of(source: Files, options: TextOptions) -> Iterator[Part]:
    """What each task reads, in the order of the text."""
    is_cut = cutting_of(options.tokenize, None) is not None and not options.split_sentences and can_compile()
    ranges_from = COMPILED_FROM if is_cut else None
    reading = Reading(
        options.encoding, options.encoding_errors, lambda size: None, options.field, options.strict, ranges_from
    )
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
        stamp = status.st_size, status.st_mtime_ns
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
    """Publish a part with provisional ids: ids, sentence ends, words and their counts."""
    place = open_store(store)
    if place.is_published(name):
        return
    if size or not is_bundled(path):
        check_same_file(path, size)
    options, is_text = _from_facts(facts), True
    with heard() as said:
        if end:
            normalize = None if options.normalization.changes_nothing else options.normalization.apply
            cutting = cutting_of(options.tokenize, normalize)
            cuts = range(begin, end, RANGE_BYTES)
            ranges = (TextRange(path, cut, min(cut + RANGE_BYTES, end), size, options.encoding) for cut in cuts)
            most = (end - begin) // 2 + 1  # words
            spooled = encode_blocks(ranges, cutting, 1, lambda count: None, most)  # type: ignore[arg-type]
        else:
            spooled, is_text = spool_source(as_files(path), options, 1, lambda count: None, lambda count: None)
    words, word_ends = pack_words(spooled.words)
    line_feeds = bool((words == 0x0A).any())  # a list of tokens, or a tokenizer, may have them inside of words
    arrays = {"ids": spooled.ids, "sentence_ends": spooled.sentence_ends, "words": words, "word_ends": word_ends}
    arrays["counts"] = np.asarray(spooled.counts)
    tokens, sentences = len(spooled.ids), len(spooled.sentence_ends)
    place.publish(name, arrays, tokens=tokens, sentences=sentences, is_text=is_text, said=said, line_feeds=line_feeds)


def _joined_words(store: Store, names: list[str]) -> tuple[list[str], np.ndarray, list[np.ndarray]]:
    """All words in the order of their first appearance, their counts, and for each part where its words are in it."""
    compiled = can_compile() and not any(store.facts(name)["line_feeds"] for name in names)
    table = _piece_table() if compiled else WordTable()
    numbers = []
    for name in names:
        words, ends, counts = (np.asarray(store.read(name, array)) for array in ("words", "word_ends", "counts"))
        numbers.append(table.add(words, ends, counts))
    return table.pieces(), table.counts.copy(), numbers


def _piece_table() -> Any:
    from wordvec.corpus.encode.scanning import PieceTable

    return PieceTable()


class WordTable:
    """What `scanning.PieceTable.add` does, in plain Python, for words with line feeds too."""

    def __init__(self) -> None:
        self._number_of: defaultdict[str, int] = defaultdict()
        self._number_of.default_factory = self._number_of.__len__  # a new word gets the number of words so far
        self.counts = np.zeros(0, np.int64)

    def add(self, words: np.ndarray, ends: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """See PieceTable."""
        numbers = np.fromiter(map(self._number_of.__getitem__, unpack_words(words, ends)), np.int32, len(ends))
        self.counts = np.concatenate([self.counts, np.zeros(len(self._number_of) - len(self.counts), np.int64)])
        self.counts[numbers] += counts
        return numbers

    def pieces(self) -> list[str]:
        """All words."""
        return list(self._number_of)


def renumber_on_cluster(
    cluster: Cluster, spools: Spools, final_id: np.ndarray, show_progress: bool | None
) -> tuple[np.ndarray, np.ndarray, dict[str, Written]]:
    """See `encoding.renumber`: ids (N,) and sentence starts (S + 1,), memory-mapped if large; and their files, if any.

    In a folder, the workers write both into one file each, in the store. Objects cannot be written in parts: from such
    a store, ids and starts come through this process.
    """
    store = cluster.store
    finals = [name_of("final", part=name, ids=hash_of(final_id)) for name in spools.parts]
    for name, numbers in zip(finals, spools.numbers):
        store.publish(name, {"final_id": final_id[numbers]})
    if isinstance(store, FolderStore):
        return _written_by_workers(cluster, store, spools, final_id, finals, show_progress)
    names = [name_of("ids", final=name) for name in finals]
    cluster.run(renumber_part, list(zip(spools.parts, finals, names)), "encoding", show_progress)
    first_ids, first_starts, _ = _places(store, names)
    with growing_array(np.int32) as ids_file, growing_array(np.int64) as starts_file:
        starts_file.append(np.zeros(1, np.int64))
        for name, before, (_, skipped) in zip(names, first_ids, first_starts):
            ids_file.append(store.read(name, "ids"))
            starts_file.append(before + np.asarray(store.read(name, "ends", skipped)))
        return ids_file.finish(), starts_file.finish(), {}


def _written_by_workers(
    cluster: Cluster, store: FolderStore, spools: Spools, final_id: np.ndarray, finals: list[str], show: bool | None
) -> tuple[np.ndarray, np.ndarray, dict[str, Written]]:
    whole = name_of("encoded", finals=finals)
    names = [
        name_of("ends", final=name, whole=whole, number=i) for i, name in enumerate(finals)
    ]  # a file may come twice
    if not store.is_published(whole):
        counts = zip(spools.parts, spools.numbers)
        kept = [int(np.asarray(store.read(part, "counts"))[final_id[numbers] >= 0].sum()) for part, numbers in counts]
        begins = np.cumsum([0, *kept]).tolist()
        if store.make_room(whole, "ids", np.int32, begins[-1]):
            for name in names:  # what they say of an earlier file
                store.remove(name)
        calls = [(*each, whole, begin) for *each, begin in zip(spools.parts, finals, names, begins)]
        cluster.run(renumber_part, calls, "encoding", show)
        first_ids, first_starts, starts = _places(store, names)
        store.make_room(whole, "sentence_starts", np.int64, starts)
        placing = [(name, before, *first, whole) for name, before, first in zip(names, first_ids, first_starts)]
        cluster.run(place_starts, placing, "encoding", show_progress=False)
        sizes = {"ids": begins[-1], "sentence_starts": starts}
        spans = [(name, at) for name, size in sizes.items() for at in range(0, size, PIECE)]
        found = cluster.run(hash_piece, [(whole, *span) for span in spans], "hashing", show_progress=False)
        hashes = {name: [each for (of, _), each in zip(spans, found) if of == name] for name in sizes}
        store.finish(whole, **hashes)
    written = {name: Written(store.path_of(whole, name), hashes) for name, hashes in store.facts(whole).items()}
    return store.read(whole, "ids"), store.read(whole, "sentence_starts"), written


def _places(store: Store, names: list[str]) -> tuple[list[int], list[tuple[int, int]], int]:
    """Where the ids of each part begin; where its sentence starts do, and how many of them fall away; and all starts.

    A sentence that ends with a part begins no new one where nothing was kept of it.
    """
    begins, places, starts, is_start = [0], [], 1, True  # of a sentence, where the part begins
    for name in names:
        facts = store.facts(name)
        skipped = int(facts["begins"] and is_start)
        places.append((starts, skipped))
        starts += facts["ends"] - skipped
        begins.append(begins[-1] + facts["kept"])
        is_start = facts["closes"] if facts["kept"] else is_start or facts["ends"] > 0
    return begins[:-1], places, starts


def renumber_part(store: str, part: str, final: str, name: str, whole: str | None = None, begin: int = 0) -> None:
    """Publish how many of a part's tokens that are kept come before each sentence end; and their ids.

    The ids go into the array of the whole text, from `begin` on, where there is one.
    """
    place = open_store(store)
    if place.is_published(name):
        return
    spooled = Spooled(place.read(part, "ids"), place.read(part, "sentence_ends"), [], np.zeros(0))
    kept = 0
    with growing_array(np.int32) as ids_file, growing_array(np.int64) as ends_file:

        def stretches() -> Iterator[np.ndarray]:
            nonlocal kept
            for ids, ends in renumbered(spooled, np.asarray(place.read(final, "final_id")), 1):
                ends_file.append(kept + ends[np.diff(ends, prepend=-1) > 0])
                kept += len(ids)
                yield ids

        if whole is None:
            for ids in stretches():
                ids_file.append(ids)
            arrays = {"ids": ids_file.finish()}
        else:
            place.write_part(whole, "ids", begin, stretches())  # type: ignore[attr-defined]  # of a folder
            arrays = {}
        if not len(spooled.ids):
            ends_file.append(np.unique(spooled.sentence_ends))  # 0, if there are any
        ends = ends_file.finish()
    facts = {"begins": bool(len(ends) and ends[0] == 0), "closes": bool(len(ends) and ends[-1] == kept)}
    place.publish(name, arrays | {"ends": ends}, kept=kept, ends=len(ends), **facts)


def place_starts(store: str, name: str, before: int, begin: int, skipped: int, whole: str) -> None:
    """Write the sentence starts of a part into the array of the whole text, whose first is 0."""
    place = open_store(store)
    starts = before + np.asarray(place.read(name, "ends", skipped))
    place.write_part(whole, "sentence_starts", begin, [starts])  # type: ignore[attr-defined]  # of a folder


def hash_piece(store: str, whole: str, array: str, begin: int) -> str:
    """The hash of the piece of an array of the whole text that begins there."""
    (found,) = piece_hashes(open_store(store).read(whole, array, begin, begin + PIECE))
    return found


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

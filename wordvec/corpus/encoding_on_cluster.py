"""From the provisional ids of each part of a text to the ids and sentence starts of the whole, on a cluster.

This process holds neither the ids nor the words that are left out. Workers write those of each part at their place in
files of the store; a saved corpus links to these files.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wordvec.corpus.encode.token_ids import Spooled, growing_array, renumbered
from wordvec.corpus.hashes import PIECE, Written, piece_hashes
from wordvec.corpus.selection import LeftOut
from wordvec.corpus.storage import DTYPES
from wordvec.corpus.words import Words
from wordvec.store import FolderStore, Store, name_of, open_store

if TYPE_CHECKING:
    from wordvec.cluster import Cluster

PIECES_OF_A_TASK = 4  # 64 MB of ids
RARE = ("rare_words", "rare_word_ends", "rare_counts", "rare_reasons")
Piece = tuple[str, int, list[tuple[str, int, int, int]]]  # see `hash_pieces`


class Encoded(NamedTuple):
    """Ids (N,), sentence starts (S + 1,), and the words left out; `written` has those arrays that are files."""

    ids: np.ndarray
    sentence_starts: np.ndarray
    left_out: LeftOut
    written: dict[str, Written]


def renumber_on_cluster(cluster: Cluster, parts: list[str], tables: list[str], show_progress: bool | None) -> Encoded:
    """Encode the text of all parts, each with its table of `buckets.number_part`; a last table has only words left out.

    If the store is a folder, the workers write each array into one file there. Objects cannot be written in parts, so
    with an object store everything passes through this process.
    """
    store = cluster.store
    if isinstance(store, FolderStore):
        return _written_by_workers(cluster, store, parts, tables, show_progress)
    names = [name_of("ids", part=part, table=table) for part, table in zip(parts, tables)]
    cluster.run(renumber_part, list(zip(parts, tables, names)), "encoding", show_progress)
    first_ids, first_starts, _ = _places(store, names)
    with ExitStack() as stack:
        arrays = {a: stack.enter_context(growing_array(DTYPES[a])) for a in ("ids", "sentence_starts", *RARE)}
        arrays["sentence_starts"].append(np.zeros(1, np.int64))
        for name, before, (_, skipped) in zip(names, first_ids, first_starts):
            arrays["ids"].append(store.read(name, "ids"))
            arrays["sentence_starts"].append(before + np.asarray(store.read(name, "ends", skipped)))
        for table, (_, _, rare_bytes) in zip(tables, _sizes_before(store, tables).tolist()):
            for array in RARE:
                arrays[array].append(_rare(store, table, array, rare_bytes))
        return _encoded({array: values.finish() for array, values in arrays.items()}, {})


def _written_by_workers(
    cluster: Cluster, store: FolderStore, parts: list[str], tables: list[str], show: bool | None
) -> Encoded:
    whole = name_of("encoded", tables=tables)
    names = [name_of("ends", table=table, whole=whole, number=i) for i, table in enumerate(tables[:-1])]
    if not store.is_published(whole):  # a file may come twice, so names have numbers
        before = _sizes_before(store, tables).tolist()
        tokens, words, rare_bytes = before[-1]
        sizes = {"ids": tokens, "rare_words": rare_bytes} | dict.fromkeys(RARE[1:], words)
        if any([store.make_room(whole, array, DTYPES[array], size) for array, size in sizes.items()]):
            for name in names:  # they describe an earlier file
                store.remove(name)
        calls = [(*each, whole, begins) for *each, begins in zip(parts, tables, names, before)]
        cluster.run(renumber_part, calls, "encoding", show)
        place_rare(store, tables[-1], whole, before[-2])
        first_ids, first_starts, sizes["sentence_starts"] = _places(store, names)
        store.make_room(whole, "sentence_starts", np.int64, sizes["sentence_starts"])
        pieces: list[Piece] = [(array, at, []) for array in ("ids", *RARE) for at in range(0, sizes[array], PIECE)]
        pieces += _pieces_of_starts(names, first_ids, first_starts, sizes["sentence_starts"])
        calls = [(whole, pieces[i : i + PIECES_OF_A_TASK]) for i in range(0, len(pieces), PIECES_OF_A_TASK)]
        found = [each for task in cluster.run(hash_pieces, calls, "hashing", show_progress=False) for each in task]
        hashes = {array: [each for (of, *_), each in zip(pieces, found) if of == array] for array in sizes}
        store.finish(whole, **hashes)
    written = {array: Written(store.path_of(whole, array), hashes) for array, hashes in store.facts(whole).items()}
    return _encoded({array: store.read(whole, array) for array in written}, written)


def _encoded(arrays: dict[str, np.ndarray], written: dict[str, Written]) -> Encoded:
    words, ends, counts, reasons = (np.asarray(arrays[array]) for array in RARE)
    left_out = LeftOut(Words(packed=(words, ends)), counts, reasons)
    return Encoded(arrays["ids"], arrays["sentence_starts"], left_out, written)


def _sizes_before(store: Store, tables: list[str]) -> np.ndarray:
    """Kept tokens, words left out and bytes of these words before each table, and in total: (tables + 1, 3)."""
    facts = map(store.facts, tables)
    sizes = [(0, 0, 0), *((each["kept"], each["rare"], each["rare_bytes"]) for each in facts)]
    return np.cumsum(np.array(sizes, np.int64), axis=0)


def _rare(store: Store, table: str, array: str, rare_bytes: int) -> np.ndarray:
    """An array of the words that a table leaves out; `rare_bytes` bytes of words precede them in the whole text."""
    values = np.asarray(store.read(table, array))
    return values + rare_bytes if array == "rare_word_ends" else values


def place_rare(store: FolderStore, table: str, whole: str, before: list[int]) -> None:
    """Write the words that a table leaves out into the arrays of the whole text, after those `before`."""
    _, words, rare_bytes = before
    for array in RARE:
        begin = rare_bytes if array == "rare_words" else words
        store.write_part(whole, array, begin, [_rare(store, table, array, rare_bytes)])


def _places(store: Store, names: list[str]) -> tuple[list[int], list[tuple[int, int]], int]:
    """Where each part's ids begin; where its sentence starts begin, and how many are dropped; the number of all starts.

    The end of a sentence is not the start of another one if nothing of the sentence was kept.
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


def renumber_part(
    store: str, part: str, table: str, name: str, whole: str | None = None, before: list[int] | None = None
) -> None:
    """Publish the ids of a part's kept tokens, and how many of these precede each sentence end.

    With `whole`, the ids and the words left out are written into the arrays of the whole text instead, after those
    `before` (see `_sizes_before`).
    """
    place = open_store(store)
    if place.is_published(name):
        return
    spooled = Spooled(place.read(part, "ids"), place.read(part, "sentence_ends"), [], np.zeros(0))
    kept = 0
    with growing_array(np.int32) as ids_file, growing_array(np.int64) as ends_file:

        def stretches() -> Iterator[np.ndarray]:
            nonlocal kept
            for ids, ends in renumbered(spooled, np.asarray(place.read(table, "numbers")), 1):
                ends_file.append(kept + ends[np.diff(ends, prepend=-1) > 0])
                kept += len(ids)
                yield ids

        if whole is None or before is None:
            for ids in stretches():
                ids_file.append(ids)
            arrays = {"ids": ids_file.finish()}
        else:
            assert isinstance(place, FolderStore)
            place.write_part(whole, "ids", before[0], stretches())
            place_rare(place, table, whole, before)
            arrays = {}
        if not len(spooled.ids):
            ends_file.append(np.unique(spooled.sentence_ends))  # 0, if there are any
        ends = ends_file.finish()
    facts = {"begins": bool(len(ends) and ends[0] == 0), "closes": bool(len(ends) and ends[-1] == kept)}
    place.publish(name, arrays | {"ends": ends}, kept=kept, ends=len(ends), **facts)


def _pieces_of_starts(
    names: list[str], first_ids: list[int], first_starts: list[tuple[int, int]], starts: int
) -> Iterator[Piece]:
    """The pieces of all sentence starts, each with the parts that its starts come from."""
    begins = [begin for begin, _ in first_starts]
    for at in range(0, starts, PIECE):
        sources = []
        for name, before, (begin, skipped), end in zip(names, first_ids, first_starts, [*begins[1:], starts]):
            first, last = max(at, begin), min(at + PIECE, end)
            if first < last:
                sources.append((name, before, first - begin + skipped, last - begin + skipped))
        yield "sentence_starts", at, sources


def hash_pieces(store: str, whole: str, pieces: list[Piece]) -> list[str]:
    """The hashes of pieces of the arrays of the whole text; pieces of sentence starts are also written here."""
    place, found = open_store(store), []
    assert isinstance(place, FolderStore)
    for array, at, sources in pieces:
        values = place.read(whole, array, at, at + PIECE)
        if array == "sentence_starts":
            starts = [before + np.asarray(place.read(name, "ends", *span)) for name, before, *span in sources]
            values = np.concatenate([np.zeros(int(at == 0), np.int64), *starts])  # the first sentence begins at 0
            place.write_part(whole, array, at, [values])
        found += piece_hashes(values)
    return found

"""From the provisional ids of each part of a text to the ids and sentence starts of the whole, on a cluster.

This process does not hold the ids: workers write those of each part at their place in one file of the store, which a
saved corpus is linked to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wordvec.corpus.encode.token_ids import Spooled, growing_array, renumbered
from wordvec.corpus.hashes import PIECE, Written, piece_hashes
from wordvec.store import FolderStore, Store, hash_of, name_of, open_store

if TYPE_CHECKING:
    from wordvec.cluster import Cluster


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

"""Tasks that count the words of a text whose parts are in the store of a cluster, and choose a vocabulary from them.

::

    words of each part ─► in shares, by a hash ─► buckets of shares, added up ─► words chosen in each bucket
                                                                                          │
    number of each word of a part, and words left out ◄─ the same for each bucket ◄─ ids of chosen words

The hash depends only on a word's UTF-8, so every part puts a word into the same share. A bucket is a run of consecutive
shares. A word's place is the number of words in all earlier parts, plus its number in the first part that contains it.
Sorted by place, words are in the order of their first appearance, as on one machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wordvec.corpus.selection import OVER_MAX_WORDS, absent_of, may_be_kept, members
from wordvec.corpus.words import SHARES, Packed, have_inside, new_table, pack_words, shares_of, take_words, unpack_words
from wordvec.store import Store, open_store

OF_PART = {  # an entry with provisional ids, which are numbers of words
    "ids": np.int32, "sentence_ends": np.int64,
    "words": np.uint8, "word_ends": np.int64, "counts": np.int64, "numbers": np.int32, "cuts": np.int64,  # `in_shares`
}  # fmt: skip
OF_BUCKET = {
    "numbers": np.int32,  # the number within the bucket of each word of part 0, then of part 1 ...
    "cuts": np.int64,  # where each part's numbers begin, and the end
    "begins": np.int64,  # the number of words in all parts before each part, and in all parts
    "words": np.uint8, "word_ends": np.int64, "counts": np.int64, "places": np.int64,  # of the bucket's words
}  # fmt: skip
LEFT_OUT = {"left": np.int32, "left_counts": np.int64, "left_reasons": np.int8}


def in_shares(packed: Packed, counts: np.ndarray) -> dict[str, np.ndarray]:
    """The words of a part sorted by share: `numbers` are their numbers in the part, `cuts` where each share begins."""
    shares = shares_of(*packed)
    order = np.argsort(shares, kind="stable")
    data, ends = take_words(*packed, order)
    cuts = np.searchsorted(shares[order], np.arange(SHARES + 1))
    numbers = order.astype(np.int32)
    return {"words": data, "word_ends": ends, "counts": np.asarray(counts)[order], "numbers": numbers, "cuts": cuts}


def packed_words(place: Store, entry: str, begin: int = 0, end: int | None = None) -> Packed:
    """Words begin .. end - 1 of an entry."""
    ends = np.asarray(place.read(entry, "word_ends", max(0, begin - 1), end))
    first = int(ends[0]) if begin else 0
    ends = ends[min(begin, 1) :]
    return np.asarray(place.read(entry, "words", first, int(ends[-1]) if len(ends) else first)), ends - first


def add_bucket(store: str, parts: list[str], shares: list[int], name: str) -> None:
    """Publish the words of the shares from .. to - 1 of all parts, with their counts added up over the parts."""
    place = open_store(store)
    if place.is_published(name):
        return
    facts = [place.facts(part) for part in parts]
    table = new_table(any(each["line_feeds"] for each in facts))
    begins = np.cumsum([0, *(each["words"] for each in facts)])
    with place.writing(name, OF_BUCKET) as entry:
        cuts = [0]
        for part, begin in zip(parts, begins.tolist()):
            first, last = (int(place.read(part, "cuts", share, share + 1)[0]) for share in shares)
            known = table.size
            counts = np.asarray(place.read(part, "counts", first, last))
            numbers = table.add(*packed_words(place, part, first, last), counts)
            in_part = np.asarray(place.read(part, "numbers", first, last), np.int64)
            entry.arrays["places"].append(begin + in_part[numbers >= known])
            entry.arrays["numbers"].append(numbers)
            cuts.append(cuts[-1] + len(numbers))
        data, ends = table.packed()
        rest = {"cuts": cuts, "begins": begins, "words": data, "word_ends": ends, "counts": table.counts}
        for array, values in rest.items():
            entry.arrays[array].append(np.asarray(values, OF_BUCKET[array]))
        entry.facts["words"] = table.size


def find_words(store: str, bucket: str, least: int | None, delimiter: str, wanted: str, name: str) -> None:
    """Publish the words of a bucket that phrases may involve.

    These are the words that occur at least `least` times or, if it is None, the words of the entry `wanted`; and words
    that contain the delimiter, because a phrase may be spelled like one of them.
    """
    place = open_store(store)
    if place.is_published(name):
        return
    packed, counts = packed_words(place, bucket), np.asarray(place.read(bucket, "counts"))
    if least is None:
        found = members(unpack_words(*packed), frozenset(unpack_words(*packed_words(place, wanted))))
    else:
        found = counts >= least
    found |= have_inside(*packed, delimiter)
    _publish_choice(place, name, bucket, np.flatnonzero(found), counts)


def choose_in_bucket(
    store: str,
    bucket: str,
    min_count: int,
    max_words: int | None,
    lists: dict[str, str],
    shares: list[int],
    changed: list[Any],
    name: str,
) -> None:
    """Publish the words of a bucket that the vocabulary may take, the reason for each other word, and absent words.

    The options are those of `select`; `lists` maps the names of some of them to entries with words. Where phrases took
    some occurrences of words, `changed` holds four values: the choice with these words, an entry with their new counts,
    and the range of the choice in that entry.
    """
    place = open_store(store)
    if place.is_published(name):
        return
    counts = np.array(place.read(bucket, "counts"))
    if changed:
        choice, entry, begin, end = changed
        counts[place.read(choice, "positions")] = place.read(entry, "counts", begin, end)
    own = {option: _own_words(place, entry, shares) for option, entry in lists.items()}
    words = unpack_words(*packed_words(place, bucket)) if own else []
    keep, drop, given = own.get("keep_words", frozenset()), own.get("drop_words", frozenset()), own.get("given")
    may_stay, must_stay, reasons = may_be_kept(words, counts, min_count, keep, drop, given)
    positions = np.flatnonzero(may_stay)
    if max_words is not None and len(positions) > max_words:
        least = np.partition(counts[positions], -max_words)[-max_words]
        positions = positions[(counts[positions] >= least) | must_stay[positions]]
    reasons[may_stay] = OVER_MAX_WORDS  # of those that will get no id
    absent, absent_ends = pack_words(absent_of(words, counts, keep, drop, given))
    more = {"all_counts": counts, "reasons": reasons, "absent": absent, "absent_ends": absent_ends}
    _publish_choice(place, name, bucket, positions, counts, **more)


def _own_words(place: Store, entry: str, shares: list[int]) -> frozenset[str]:
    """The words of a list that belong to the bucket of these shares."""
    packed = packed_words(place, entry)
    of = shares_of(*packed)
    return frozenset(unpack_words(*take_words(*packed, np.flatnonzero((of >= shares[0]) & (of < shares[1])))))


def _publish_choice(
    place: Store, name: str, bucket: str, positions: np.ndarray, counts: np.ndarray, **more: np.ndarray
) -> None:
    data, ends = take_words(*packed_words(place, bucket), positions)
    places = np.asarray(place.read(bucket, "places"))[positions]
    arrays = {"positions": positions, "words": data, "word_ends": ends, "counts": counts[positions], "places": places}
    place.publish(name, arrays | more, reasons="reasons" in more)


def answer_parts(store: str, bucket: str, choice: str, ids: str, begin: int, name: str) -> None:
    """Publish the ids of a bucket's words, part by part, with -1 for words that were not chosen.

    `ids` is an entry with the ids of the chosen words, those of this bucket from `begin` on. If the choice has reasons,
    words without an id are left out of the corpus: each is published once, in the part where it appears first, with
    its count and reason.
    """
    place = open_store(store)
    if place.is_published(name):
        return
    id_of, positions = np.full(place.facts(bucket)["words"], -1, np.int32), np.asarray(place.read(choice, "positions"))
    id_of[positions] = place.read(ids, "ids", begin, begin + len(positions))
    cuts, begins, places = (np.asarray(place.read(bucket, array)) for array in ("cuts", "begins", "places"))
    arrays, with_left = {"ids": id_of[place.read(bucket, "numbers")], "cuts": cuts}, place.facts(choice)["reasons"]
    if with_left:
        left = np.flatnonzero(id_of < 0)
        left = left[np.argsort(places[left])]
        part = np.searchsorted(begins, places[left], side="right") - 1
        arrays |= {"left": (places[left] - begins[part]).astype(np.int32)}
        arrays |= {"left_cuts": np.searchsorted(places[left], begins)}
        arrays |= {"left_counts": np.asarray(place.read(choice, "all_counts"))[left]}
        arrays |= {"left_reasons": np.asarray(place.read(choice, "reasons"))[left]}
    place.publish(name, arrays, left=with_left)


def number_part(
    store: str, part: str, number: int, answers: list[str], joined: str | None, phrase_ids: str | None, name: str
) -> None:
    """Publish the id of each word of part `number`, or -1, and `kept`, how many of the part's tokens have an id.

    Words left out that appear first in this part are published as `rare_words` and so on, if the answers have them.
    If phrases were `joined` (an entry of `phrases.on_cluster`), the ids are of the words of this entry; words that
    phrases involve take theirs from the entry `phrase_ids`.
    """
    place = open_store(store)
    if place.is_published(name):
        return
    spans = [np.asarray(place.read(answer, "cuts", number, number + 2)).tolist() for answer in answers]
    ids = np.concatenate([place.read(answer, "ids", *span) for answer, span in zip(answers, spans)])
    numbers, counts = np.asarray(place.read(part, "numbers")), np.asarray(place.read(part, "counts"))
    arrays = _left_out(place, part, number, answers, numbers)
    of_part = np.empty(len(numbers), np.int32)
    of_part[numbers] = ids
    if joined is not None and phrase_ids is not None:
        working, own = np.asarray(place.read(joined, "numbers")), np.asarray(place.read(joined, "own"))
        ids, counts = of_part[own], np.asarray(place.read(joined, "counts"))
        ids[working >= 0] = np.asarray(place.read(phrase_ids, "ids"))[working[working >= 0]]
        of_part = ids
    kept, rare_bytes = int(counts[ids >= 0].sum()), len(arrays["rare_words"])
    place.publish(
        name, arrays | {"numbers": of_part}, kept=kept, rare=len(arrays["rare_counts"]), rare_bytes=rare_bytes
    )


def _left_out(place: Store, part: str, number: int, answers: list[str], numbers: np.ndarray) -> dict[str, np.ndarray]:
    """The words left out that appear first in this part, in the order of their first appearance."""
    found = {array: [np.zeros(0, dtype)] for array, dtype in LEFT_OUT.items()}
    for answer in answers if place.facts(answers[0])["left"] else []:
        span = np.asarray(place.read(answer, "left_cuts", number, number + 2)).tolist()
        for array, values in found.items():
            values.append(np.asarray(place.read(answer, array, *span)))
    left, counts, reasons = map(np.concatenate, found.values())
    order = np.argsort(left)
    in_shares_at = np.empty(len(numbers), np.int64)
    in_shares_at[numbers] = np.arange(len(numbers))
    data, ends = take_words(*packed_words(place, part), in_shares_at[left[order]])
    return {"rare_words": data, "rare_word_ends": ends, "rare_counts": counts[order], "rare_reasons": reasons[order]}

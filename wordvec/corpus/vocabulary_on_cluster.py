"""The vocabulary of a text on a cluster: tasks count words in buckets and choose candidates; this process decides.

This process holds only the words that the vocabulary may take and those that phrases may involve. All others stay in
the store. `buckets` has the tasks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wordvec.corpus.buckets import (
    add_bucket,
    answer_parts,
    choose_in_bucket,
    find_words,
    number_part,
    packed_words,
)
from wordvec.corpus.build_options import WordSelection, nothing_left_message
from wordvec.corpus.selection import Selection, checked_lists, select
from wordvec.corpus.words import SHARES, pack_words, unpack_words
from wordvec.errors import CorpusError
from wordvec.store import Store, hash_of, name_of

if TYPE_CHECKING:
    from wordvec.cluster import Cluster
    from wordvec.corpus.phrases import Phrases

WORDS_OF_A_BUCKET = 1 << 20  # words of all parts in a bucket, at most, unless there are more than SHARES times as many
LISTS = ("keep_words", "drop_words", "given")  # options of `select`


class Buckets(NamedTuple):
    """The words of a text: bucket i is the entry names[i], with the shares borders[i] .. borders[i + 1] - 1.

    `words` is the number of distinct words.
    """

    parts: list[str]
    names: list[str]
    borders: list[int]
    words: int


class Choice(NamedTuple):
    """The words chosen in each bucket, in the entries `names`; in the lists here bucket i begins at begins[i]."""

    names: list[str]
    begins: list[int]
    words: list[str]
    counts: np.ndarray
    places: np.ndarray


class Working(NamedTuple):
    """The words that phrases may involve, in the order of their first appearance.

    `order` holds their positions in the choice. tables[i] is an entry with the position in `words` of each word of
    part i, or -1.
    """

    words: list[str]
    counts: np.ndarray
    order: np.ndarray
    choice: Choice
    tables: list[str]


class WithPhrases(NamedTuple):
    """A text with phrases: its parts, its working words followed by the phrases, and the count of each of these."""

    parts: list[str]
    words: list[str]
    counts: np.ndarray
    working: Working


class Chosen(NamedTuple):
    """A vocabulary: words and counts by id, and `absent`, words that were asked for but never seen.

    `tables` are entries, one per part, with the ids of its words and the words left out that appear there first; and a
    last one with the phrases left out.
    """

    words: list[str]
    counts: np.ndarray
    absent: list[str]
    tables: list[str]


def words_in_buckets(cluster: Cluster, parts: list[str], show_progress: bool | None) -> Buckets:
    """Count the words of all parts in buckets. The number of buckets depends only on the text."""
    borders = _borders(sum(cluster.store.facts(part)["words"] for part in parts))
    shares = [borders[i : i + 2] for i in range(len(borders) - 1)]
    names = [name_of("bucket", parts=parts, shares=each) for each in shares]
    cluster.run(add_bucket, [(parts, each, name) for each, name in zip(shares, names)], "adding up", show_progress)
    return Buckets(parts, names, borders, sum(cluster.store.facts(name)["words"] for name in names))


def _borders(words: int) -> list[int]:
    """The first share of each bucket, and the end. There is one bucket or an even number.

    >>> _borders(1), _borders(3 << 20), len(_borders(1 << 40)) - 1
    ([0, 256], [0, 64, 128, 192, 256], 256)
    """
    buckets = max(1, min(SHARES, -(-words // WORDS_OF_A_BUCKET)))
    buckets += buckets % 2 if buckets > 1 else 0
    return [SHARES * i // buckets for i in range(buckets + 1)]


def working_words(cluster: Cluster, buckets: Buckets, phrases: Phrases, show_progress: bool | None) -> Working:
    """The words that may become part of a phrase, or are spelled like one."""
    learned = {word for pairs in phrases.learned or () for pair in pairs for word in pair}
    wanted = _publish_words(cluster.store, learned)
    options = [phrases.min_count if phrases.learned is None else None, phrases.delimiter, wanted]
    names = [name_of("phrase-words", bucket=bucket, options=options) for bucket in buckets.names]
    calls = [(bucket, *options, name) for bucket, name in zip(buckets.names, names)]
    cluster.run(find_words, calls, "looking for phrases", show_progress)
    choice = _read_choice(cluster.store, names)
    order = np.argsort(choice.places)
    positions = np.empty(len(order), np.int32)
    positions[order] = np.arange(len(order))
    tables = _numbered(cluster, buckets, choice, positions, show_progress)
    return Working([choice.words[i] for i in order.tolist()], choice.counts[order], order, choice, tables)


def choose_on_cluster(
    cluster: Cluster, buckets: Buckets, selection: WordSelection, text: WithPhrases | None, show: bool | None
) -> Chosen:
    """The vocabulary that the options select, with phrases if `text` has them.

    Raises CorpusError if they select no word.
    """
    options, store = selection.for_select(), cluster.store
    checked_lists(options.get("max_words"), options.get("keep_words", ()), options.get("drop_words", ()))
    choice = _read_choice(store, _choices(cluster, buckets, options, text, show))
    known = 0 if text is None else len(text.working.words)
    phrases, their_counts = ([], choice.counts[:0]) if text is None else (text.words[known:], text.counts[known:])
    words, counts = [*choice.words, *phrases], np.concatenate([choice.counts, their_counts])
    chosen = select(words, counts, **options)
    if not len(chosen.taken):
        raise CorpusError(nothing_left_message(_words_seen(store, choice.names, their_counts), selection))
    ids = chosen.final_ids()
    taken = [words[i] for i in chosen.taken.tolist()]
    phrase_ids = None
    if text is not None:
        phrase_ids = np.concatenate([_ids_of_working(text.working, choice, ids), ids[len(choice.words) :]])
    tables = _numbered(cluster, buckets, choice, ids[: len(choice.words)], show, text, phrase_ids)
    tables.append(_publish_left(store, words, counts, chosen, len(choice.words)))
    seen = {word for word, count in zip(phrases, their_counts.tolist()) if count}
    absent = sorted({word for name in choice.names for word in _absent(store, name)} - seen)
    return Chosen(taken, counts[chosen.taken], absent, tables)


def _ids_of_working(working: Working, choice: Choice, ids: np.ndarray) -> np.ndarray:
    """The ids of the working words, -1 for those that were not chosen. A word's place is the same in each choice."""
    found = np.full(len(working.words), -1, np.int32)
    _, chosen, here = np.intersect1d(choice.places, working.choice.places[working.order], True, return_indices=True)
    found[here] = ids[chosen]
    return found


def _choices(
    cluster: Cluster, buckets: Buckets, options: dict[str, Any], text: WithPhrases | None, show: bool | None
) -> list[str]:
    """Entries with the candidates of each bucket for the vocabulary."""
    store = cluster.store
    lists = {option: _publish_words(store, options[option]) for option in LISTS if option in options}
    max_words = None if options.get("max_words") is None else int(options["max_words"])
    changed: list[list[Any]] = [[] for _ in buckets.names]
    if text is not None:
        of, order = text.working.choice, text.working.order
        counts = np.empty(len(order), np.int64)
        counts[order] = text.counts[: len(order)]
        entry = name_of("counts-with-phrases", of=hash_of(counts))
        store.publish(entry, {"counts": counts})
        changed = [[name, entry, begin, end] for name, begin, end in zip(of.names, of.begins, of.begins[1:])]
    calls = []
    for i, bucket in enumerate(buckets.names):
        call = (bucket, options["min_count"], max_words, lists, buckets.borders[i : i + 2], changed[i])
        calls.append((*call, name_of("chosen", call=call)))
    cluster.run(choose_in_bucket, calls, "choosing words", show)
    return [name for *_, name in calls]


def _publish_left(store: Store, words: list[str], counts: np.ndarray, chosen: Selection, begin: int) -> str:
    """An entry with the words from position `begin` on that are left out, in the form of `buckets.number_part`."""
    left, reasons = (array[chosen.left >= begin] for array in (chosen.left, chosen.reasons))
    data, ends = pack_words([words[i] for i in left.tolist()])
    arrays = {"rare_words": data, "rare_word_ends": ends, "rare_counts": counts[left], "rare_reasons": reasons}
    name = name_of("left-out", of=[hash_of(array) for array in arrays.values()])
    store.publish(name, arrays, kept=0, rare=len(left), rare_bytes=len(data))
    return name


def _publish_words(store: Store, words: Iterable[str]) -> str:
    data, ends = pack_words(sorted(words))
    name = name_of("words", of=[hash_of(data), hash_of(ends)])
    store.publish(name, {"words": data, "word_ends": ends})
    return name


def _read_choice(store: Store, names: list[str]) -> Choice:
    words = [word for name in names for word in unpack_words(*packed_words(store, name))]
    counts, places = (np.concatenate([store.read(name, array) for name in names]) for array in ("counts", "places"))
    begins = np.cumsum([0, *(len(store.read(name, "counts")) for name in names)]).tolist()
    return Choice(names, begins, words, counts, places)


def _absent(store: Store, name: str) -> list[str]:
    return unpack_words(np.asarray(store.read(name, "absent")), np.asarray(store.read(name, "absent_ends")))


def _words_seen(store: Store, choices: list[str], their_counts: np.ndarray) -> Counter[int]:
    """For each count, the number of words that were seen that often."""
    seen = Counter(their_counts.tolist())
    for name in choices:
        counts, words = np.unique(store.read(name, "all_counts"), return_counts=True)
        seen.update(dict(zip(counts.tolist(), words.tolist())))
    return seen


def _numbered(
    cluster: Cluster,
    buckets: Buckets,
    choice: Choice,
    ids: np.ndarray,
    show_progress: bool | None,
    text: WithPhrases | None = None,
    phrase_ids: np.ndarray | None = None,
) -> list[str]:
    """Entries with the id of each word of each part, given the ids of the chosen words and of phrases."""
    store, entry, of_phrases = cluster.store, name_of("ids-of-words", of=hash_of(ids), choice=choice.names), None
    store.publish(entry, {"ids": ids})
    if phrase_ids is not None:
        of_phrases = name_of("ids-of-phrases", of=hash_of(phrase_ids))
        store.publish(of_phrases, {"ids": phrase_ids})
    answers = [name_of("answers", bucket=bucket, ids=entry) for bucket in buckets.names]
    asking = [
        (bucket, chosen, entry, begin, name)
        for bucket, chosen, begin, name in zip(buckets.names, choice.names, choice.begins, answers)
    ]
    cluster.run(answer_parts, asking, "numbering words", show_progress)
    calls = []
    for i, part in enumerate(buckets.parts):
        joined = None if text is None or text.parts[i] == part else text.parts[i]
        call = (part, i, answers, joined, of_phrases)
        calls.append((*call, name_of("numbered", call=call)))
    cluster.run(number_part, calls, "numbering words", show_progress)
    return [name for *_, name in calls]

"""Turns tokens into ids in one pass over the text, with bounded memory.

While the text is read, each new word gets the next provisional id. The ids are spooled to memory or, if there are
many, to a temporary file. Which words are frequent enough, and their order, is known only after the whole text is read.
A second pass over the ids (not over the text) then gives every token its final id.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple, TypeVar

import numpy as np

from wordvec.corpus.read.sources import is_unordered
from wordvec.corpus.read.values import Tally, as_token, as_tokens, is_missing, listed_items, without_gaps
from wordvec.corpus.vocabulary import Vocabulary
from wordvec.errors import CorpusError, counted
from wordvec.growing_array import GrowingArray
from wordvec.memory import give_back_pages
from wordvec.progress import announce

TOKENS_AT_A_TIME = 1 << 18
CHUNKS_HELD = 16  # chunks of this many tokens, before their pages are released
HELD_IN_MEMORY = 1 << 27  # bytes of an array before it moves to a temporary file

Item = TypeVar("Item")
Result = TypeVar("Result")


class Spooled(NamedTuple):
    """Tokens as provisional ids, in order of first appearance; the word with provisional id `i` is ``words[i]``.

    Shapes: ids (N,) int32 and sentence_ends (S,) int64, memory-mapped if large; counts (len(words),) int64.
    """

    ids: np.ndarray
    sentence_ends: np.ndarray
    words: list[str]
    counts: np.ndarray


def growing_array(dtype: type[np.generic]) -> GrowingArray:
    """An array written piece by piece: in memory while it is small, then in a temporary file."""
    return GrowingArray(dtype, HELD_IN_MEMORY, purpose="reading the text", error=CorpusError)


class Spool:
    """The provisional ids of all tokens, and where the sentences end; in temporary files if there are many.

    They may be appended to other arrays instead: then only `write` and the counts of what was written are of use.
    """

    def __init__(self, ids: Any = None, sentence_ends: Any = None) -> None:
        self._ids = growing_array(np.int32) if ids is None else ids
        self._ends = growing_array(np.int64) if sentence_ends is None else sentence_ends
        self._tokens = self._sentences = 0

    @property
    def tokens(self) -> int:
        """The number of tokens written."""
        return self._tokens

    @property
    def sentences(self) -> int:
        """The number of sentence ends written."""
        return self._sentences

    def ids(self, begin: int, end: int) -> np.ndarray:
        """The ids from `begin` to `end`, writable."""
        return self._ids.part(begin, end)

    def write(self, ids: np.ndarray, sentence_ends: np.ndarray) -> None:
        """Append tokens, and the sentence ends among them: how many of `ids` precede each."""
        self._ids.append(ids)
        self._ends.append(sentence_ends + self._tokens)
        self._tokens += len(ids)
        self._sentences += len(sentence_ends)

    def finished(self, words: list[str], counts: np.ndarray) -> Spooled:
        """All tokens written, with the words of the ids and their counts."""
        return Spooled(self._ids.finish(), self._ends.finish(), words, counts)

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._ids.close()
        self._ends.close()


def spool(token_runs: Iterable[tuple[Iterable[str], bool]], on_sentences: Callable[[int], None]) -> Spooled:
    """Read all (tokens, ends_sentence) and give each distinct token the next free id.

    A sentence may consist of several runs of tokens. `on_sentences` is called from time to time with the number of
    sentences read since the last call.
    """
    id_of: defaultdict[str, int] = defaultdict()
    id_of.default_factory = id_of.__len__  # a new word gets the number of words so far
    look_up = id_of.__getitem__
    counts = np.zeros(0, np.int64)
    ids: list[int] = []
    ends: list[int] = []
    with Spool() as spooled:

        def write_chunk() -> None:
            nonlocal counts
            chunk = np.array(ids, np.int32)
            spooled.write(chunk, np.array(ends, np.int64))
            counts = _added(counts, np.bincount(chunk, minlength=len(id_of)))
            on_sentences(len(ends))
            ids.clear()
            ends.clear()

        for tokens, ends_sentence in token_runs:
            ids += map(look_up, tokens)
            if ends_sentence:
                ends.append(len(ids))
            if len(ids) >= TOKENS_AT_A_TIME or len(ends) >= TOKENS_AT_A_TIME:
                write_chunk()
        write_chunk()
        if "" in id_of:
            raise CorpusError("an empty string is among the tokens; leave it out (str.split(' '), for one, makes them)")
        return spooled.finished(list(id_of), counts)


def _added(counts: np.ndarray, chunk_counts: np.ndarray) -> np.ndarray:
    """The sum of both; `chunk_counts` may be longer, with the words of `counts` first."""
    total = chunk_counts.astype(np.int64)
    total[: len(counts)] += counts
    return total


def renumber(
    spooled: Spooled, vocabulary: Vocabulary, threads: int = 1, final_id: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Replace provisional ids by ids of `vocabulary`; words outside it, and sentences without words, are dropped.

    `final_id` (len(spooled.words),) int32 gives the ids of the words, -1 outside the vocabulary, if already known.
    Returns ids (N,) int32 and sentence starts (S + 1,) int64, memory-mapped if large.
    """
    if final_id is None:
        final_id = vocabulary.ids_of(spooled.words, missing=-1)
    kept = 0  # tokens kept so far
    last_start = 0  # where the next sentence starts, if it has words
    with growing_array(np.int32) as ids_file, growing_array(np.int64) as starts_file:
        starts_file.append(np.zeros(1, np.int64))
        for ids, ends in renumbered(spooled, final_id, threads):
            ids_file.append(ids)
            starts = kept + ends
            starts = starts[np.diff(starts, prepend=last_start) > 0]  # drop sentences without words
            starts_file.append(starts)
            last_start = int(starts[-1]) if len(starts) else last_start
            kept += len(ids)
        return ids_file.finish(), starts_file.finish()


def renumbered(spooled: Spooled, final_id: np.ndarray, threads: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield for each chunk the ids of the kept tokens, and how many of them precede each sentence end."""
    from wordvec.native import library

    compiled = len(spooled.ids) >= TOKENS_AT_A_TIME and library.is_available()
    begins = range(0, len(spooled.ids), TOKENS_AT_A_TIME)
    yield from in_order(partial(_renumbered, spooled, final_id, compiled), begins, threads)
    give_back_pages(spooled.ids)
    give_back_pages(spooled.sentence_ends)


def _renumbered(spooled: Spooled, final_id: np.ndarray, compiled: bool, begin: int) -> tuple[np.ndarray, np.ndarray]:
    """The kept tokens of the chunk at `begin`, and how many of them precede each sentence end in it."""
    ids = spooled.ids[begin : begin + TOKENS_AT_A_TIME]
    first, stop = np.searchsorted(spooled.sentence_ends, [begin, begin + len(ids)], side="right")
    if begin == 0:
        first = 0  # include empty sentences at the beginning of the text
    ends = spooled.sentence_ends[first:stop] - begin
    if compiled:
        from wordvec.corpus.encode import scanning

        kept, kept_ends = scanning.renumber(np.asarray(ids), final_id, ends)
    else:
        in_vocabulary = np.take(final_id, ids, mode="clip")  # clip: skip the bounds check
        is_kept = in_vocabulary >= 0
        kept = in_vocabulary[is_kept]
        kept_ends = np.concatenate([[0], np.cumsum(is_kept, dtype=np.int32)])[ends]
    if begin // TOKENS_AT_A_TIME % CHUNKS_HELD == 0:
        give_back_pages(spooled.ids)
    return kept, kept_ends


def in_order(function: Callable[[Item], Result], items: Iterable[Item], threads: int) -> Iterator[Result]:
    """Yield the results of `function` in the order of `items`, which are taken a few ahead.

    >>> list(in_order(abs, [3, -2, 1], threads=2))
    [3, 2, 1]
    """
    if threads == 1:
        yield from map(function, items)
        return
    ahead: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for item in items:
            ahead.append(pool.submit(function, item))
            if len(ahead) > threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def checked_sentences(
    sentences: Iterable[Iterable[str]], strict: bool = False, name: str | None = None
) -> Iterator[tuple[list[str], bool]]:
    """Yield each sentence as a list of tokens, after checking its type; what is missing is left out and reported.

    name   of what gives the sentences, for the report (default: its type)
    """
    tally = Tally(name or type(sentences).__name__, "sentences", strict)
    given = wrapped = 0  # sentences, and those that are one token with spaces in it
    wrapped_text = ""
    for number, sentence in enumerate(sentences, 1):
        tally.total += 1
        if is_missing(sentence):
            tally.leave_out_missing(f"sentence {number}")
            continue
        _refuse_other_than_lists(sentence, number)
        items, gaps = without_gaps(list(listed_items(sentence)))
        tokens = as_tokens(items)
        if tokens is None:
            wrong = next(item for item in items if as_token(item) is None)
            raise CorpusError(
                f"sentence {number} holds {wrong!r:.80}, but tokens are text (str) or whole numbers (int): "
                f"convert them with {'.decode()' if isinstance(wrong, bytes) else 'str(...)'}"
            )
        tally.leave_out_gaps(gaps, f"sentence {number}")
        given += 1
        if given == wrapped + 1 and len(tokens) == 1 and len(tokens[0].split()) > 1:
            wrapped, wrapped_text = given, tokens[0]
        yield tokens, True
    if given and wrapped == given:
        announce(
            f"{counted(given, 'sentence')}, each of one token with spaces in it, such as {wrapped_text!r:.60}: a "
            "single token has no contexts, so nothing can be learned from it; if these are texts, use Corpus.from_texts"
        )
    tally.finish()


def _refuse_other_than_lists(sentence: Any, number: int) -> None:
    if is_unordered(sentence):
        raise CorpusError(
            f"sentence {number} is a {type(sentence).__name__}, which has no order: it differs from run to run; "
            "give sorted(sentence), and for baskets a window as long as the longest"
        )
    if isinstance(sentence, (str, bytes, Mapping)) or not isinstance(sentence, Iterable):
        way_out = "for texts use Corpus.from_texts, or split them first: sentence.split()"
        raise CorpusError(
            f"sentence {number} is {sentence!r:.80}, but a list of tokens was expected, such as "
            f"['the', 'cat', 'sat']; {way_out}"
        )

"""Turning tokens into ids in one pass over the text, with bounded memory.

While the text is read, each new word gets the next provisional id, and the ids are spooled to a temporary file.
Only then is it known which words are frequent enough and in which order they come, so a second pass over the
file (not over the text) gives every token its final id.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import IO, NamedTuple

import numpy as np

from wordvec.corpus.vocabulary import Vocabulary
from wordvec.errors import CorpusError

TOKENS_AT_A_TIME = 1 << 18


class Spooled(NamedTuple):
    """Tokens as provisional ids, given by first appearance; the word with provisional id `i` is ``words[i]``.

    Shapes: ids (N,) int32 and sentence_ends (S,) int64, both memory-mapped; counts (len(words),) int64.
    """

    ids: np.ndarray
    sentence_ends: np.ndarray
    words: list[str]
    counts: np.ndarray


def spool(token_runs: Iterable[tuple[Iterable[str], bool]], on_sentences: Callable[[int], None]) -> Spooled:
    """Read (tokens, ends_sentence) to the end and give each different token the next free id.

    A sentence may come in several runs of tokens. `on_sentences` is called now and then with the number of
    sentences that were read since.
    """
    id_of: defaultdict[str, int] = defaultdict()
    id_of.default_factory = id_of.__len__  # a word met for the first time gets the number of words so far
    look_up = id_of.__getitem__
    counts = np.zeros(0, np.int64)
    ids: list[int] = []
    ends: list[int] = []
    spooled = 0  # tokens written to the file so far
    with tempfile.TemporaryFile() as ids_file, tempfile.TemporaryFile() as ends_file:

        def write_chunk() -> None:
            nonlocal counts, spooled
            chunk = np.array(ids, np.int32)
            ids_file.write(chunk.data)
            ends_file.write(np.array(ends, np.int64).data)
            spooled += len(ids)
            counts = _added(counts, np.bincount(chunk, minlength=len(id_of)))
            on_sentences(len(ends))
            ids.clear()
            ends.clear()

        for tokens, ends_sentence in token_runs:
            ids += map(look_up, tokens)
            if ends_sentence:
                ends.append(spooled + len(ids))
            if len(ids) >= TOKENS_AT_A_TIME or len(ends) >= TOKENS_AT_A_TIME:
                write_chunk()
        write_chunk()
        if "" in id_of:
            raise CorpusError("an empty string is among the tokens; leave it out (str.split(' '), for one, makes them)")
        return Spooled(mapped(ids_file, np.int32), mapped(ends_file, np.int64), list(id_of), counts)


def _added(counts: np.ndarray, chunk_counts: np.ndarray) -> np.ndarray:
    """`chunk_counts`, which has the words of `counts` first, with `counts` added."""
    total = chunk_counts.astype(np.int64)
    total[: len(counts)] += counts
    return total


def mapped(file: IO[bytes], dtype: type[np.generic]) -> np.ndarray:
    """The file's content as an array, memory-mapped: the array needs the file no more, not even its name."""
    file.flush()
    if file.tell() == 0:
        return np.zeros(0, dtype)
    return np.memmap(file, dtype, mode="r")  # type: ignore[call-overload, no-any-return]


def renumber(spooled: Spooled, vocabulary: Vocabulary) -> tuple[np.ndarray, np.ndarray]:
    """Replace provisional ids by those of `vocabulary`; words outside it, and sentences without words, fall away.

    Returns ids (N,) int32 and sentence starts (S + 1,) int64, both memory-mapped.
    """
    final_id = np.fromiter((vocabulary.get(word, -1) for word in spooled.words), np.int32, len(spooled.words))
    kept = 0  # tokens kept so far, which is where the next sentence starts
    last_start = 0
    next_sentence = 0
    with tempfile.TemporaryFile() as ids_file, tempfile.TemporaryFile() as starts_file:
        starts_file.write(np.zeros(1, np.int64).data)
        for begin in range(0, len(spooled.ids), TOKENS_AT_A_TIME):
            ids = final_id[spooled.ids[begin : begin + TOKENS_AT_A_TIME]]
            is_kept = ids >= 0
            ids_file.write(ids[is_kept].data)
            kept_until = kept + np.concatenate([[0], np.cumsum(is_kept)])  # at each position of this chunk
            stop = int(np.searchsorted(spooled.sentence_ends, begin + len(ids), side="right"))
            starts = kept_until[spooled.sentence_ends[next_sentence:stop] - begin]
            starts = starts[np.diff(starts, prepend=last_start) > 0]  # without words it starts no new sentence
            starts_file.write(starts.astype(np.int64).data)
            last_start = int(starts[-1]) if len(starts) else last_start
            next_sentence = stop
            kept = int(kept_until[-1])
        return mapped(ids_file, np.int32), mapped(starts_file, np.int64)


def checked_sentences(sentences: Iterable[Iterable[str]]) -> Iterator[tuple[list[str], bool]]:
    """Yield each sentence as a list of tokens, after checking that this is what it is."""
    for number, sentence in enumerate(sentences, 1):
        if isinstance(sentence, (str, bytes)) or not isinstance(sentence, Iterable):
            raise CorpusError(
                f"sentence {number} is {sentence!r:.80}, but a list of tokens was expected, such as "
                "['the', 'cat', 'sat']; split it first: sentence.split()"
            )
        tokens = list(sentence)
        if not set(map(type, tokens)) <= {str}:
            for token in tokens:
                if not isinstance(token, str):
                    raise CorpusError(f"sentence {number} holds {token!r:.80}, which is not a string; tokens are str")
        yield tokens, True

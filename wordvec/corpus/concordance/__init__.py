"""Keywords in context: the lines of a corpus behind a word, and behind the similarity of two words.

Two words can be similar because they occur together (`lines`, with `near`). More often they share contexts without
ever occurring together. For such words, `behind` names the shared contexts and shows a line of each word with each
context.

A corpus keeps only the words of its vocabulary, so lines lack the words that were left out (`notes` says how many).
Words are shown as the tokenizer produced them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wordvec.argument_types import check_whole_number, typed
from wordvec.corpus.concordance.associations import WordContexts, contexts_of, cosine_parts, nearest_distance, spread
from wordvec.corpus.concordance.positions import Positions
from wordvec.errors import OptionError

if TYPE_CHECKING:
    from wordvec.corpus.corpus import Corpus

SORTS = ("position", "left", "right")
CONTEXT = 30  # words shown at most on either side of a keyword


@dataclass(frozen=True)
class Line:
    """One occurrence of a word: the words before it in its sentence, the word, the words after it.

    `position` counts in-vocabulary words, and `sentence` counts sentences, from the start of the corpus; both from 0.
    """

    left: str
    keyword: str
    right: str
    position: int
    sentence: int


@dataclass(frozen=True)
class SharedContext:
    """A context that two words share: its part of their similarity, its counts near each word, and a line of each.

    `line_of_a` or `line_of_b` is None only if no lines were requested.
    """

    context: str
    part: float
    near_a: int
    near_b: int
    line_of_a: Line | None
    line_of_b: Line | None


@dataclass(frozen=True)
class Evidence:
    """What a corpus says about two words: how often they occur together, with lines, and the contexts they share.

    `similarity` is the cosine of the two words' association rows; `shared` holds the contexts with the largest parts.
    """

    a: str
    b: str
    window: int
    together: int
    lines: list[Line]
    similarity: float
    contexts_shared: int
    shared: list[SharedContext]


class Concordance:
    """The lines of a corpus, found by word.

    The first use makes an index and keeps it in the corpus folder (`positions.py`). `notes` lists what a reader
    should know: words missing from the lines, an index that could not be saved.

    >>> from wordvec.corpus import Corpus
    >>> corpus = Corpus.from_sentences([["the", "king", "wore", "a", "crown"], ["the", "queen", "wore", "a", "crown"]])
    >>> found = Concordance(corpus)
    >>> [(line.left, line.keyword, line.right) for line in found.lines("king")]
    [('the', 'king', 'wore a crown')]
    >>> found.count("king", near="queen")
    0
    >>> [shared.context for shared in found.behind("king", "queen").shared]
    ['a', 'crown', 'the', 'wore']
    """

    def __init__(self, corpus: Corpus, *, show_progress: bool | None = None) -> None:
        self.corpus = corpus
        self.index = Positions.of(corpus, show_progress=show_progress)
        self.notes = [note for note in (_missing_words(corpus), self.index.note) if note]
        self._contexts: dict[tuple[int, int], WordContexts] = {}

    @classmethod
    def open(cls, folder: str | os.PathLike[str], *, show_progress: bool | None = None) -> Concordance:
        """Open the concordance of a corpus folder. Raises CorpusError if it is damaged or not a corpus."""
        from wordvec.corpus.corpus import Corpus

        return cls(Corpus.open(folder), show_progress=show_progress)

    @typed
    def count(self, word: str, near: str | None = None, window: int = 5) -> int:
        """How often `word` occurs; with `near`, only occurrences within `window` words of it in the same sentence."""
        return len(self.positions(word, near, window))

    @typed
    def positions(self, word: str, near: str | None = None, window: int = 5) -> np.ndarray:
        """Ascending positions of `word` in ``corpus.ids``, (count,) int64; with `near`, only those close to `near`.

        Close means at most `window` in-vocabulary words before or after, in the same sentence. A word is close to
        itself only if it occurs twice there. A word with ``*``, if it is not one of the corpus itself, stands for all
        words that have any letters in that place. Raises UnknownWordError, and OptionError for a window below 1.

        >>> from wordvec.corpus import Corpus
        >>> Concordance(Corpus.from_sentences([["he", "runs"], ["running", "he", "ran"]])).positions("run*").tolist()
        [1, 2]
        """
        check_whole_number("window", window)
        of_word = self._of_words(word)
        if near is None:
            return of_word
        of_near = self._of_words(near)
        return of_word[nearest_distance(of_word, of_near, self.corpus.sentence_starts) <= window]

    def _of_words(self, word: str) -> np.ndarray:
        vocabulary = self.corpus.vocabulary
        if "*" in word and word not in vocabulary:
            form = re.compile("\\S*".join(map(re.escape, re.split(r"\*+", word))))
            ids = [word_id for word_id, one in enumerate(vocabulary.words) if form.fullmatch(one)]
            if ids:
                return np.sort(np.concatenate([self.index.of_word(word_id) for word_id in ids]))
        return self.index.of_word(vocabulary.id(word))

    @typed
    def lines(
        self, word: str, near: str | None = None, window: int = 5, limit: int = 10, seed: int | None = None
    ) -> list[Line]:
        """At most `limit` lines of `positions`, spread evenly over the corpus, in its order.

        The occurrences are divided into `limit` parts of equal size. Each part gives one line: its middle one, or with
        `seed` a random one. Same seed, same lines. Raises as `positions`, and OptionError for a limit below 1.
        """
        check_whole_number("limit", limit)
        found = self.positions(word, near, window)
        return [self.line(int(position)) for position in found[spread(len(found), limit, seed)]]

    @typed
    def line(self, position: int) -> Line:
        """The line at one position: at most 30 words on either side, never beyond its sentence."""
        starts = self.corpus.sentence_starts
        sentence = int(np.searchsorted(starts, position, side="right")) - 1
        first = max(int(starts[sentence]), position - CONTEXT)
        end = min(int(starts[sentence + 1]), position + 1 + CONTEXT)
        words = [self.corpus.vocabulary.words[word_id] for word_id in self.corpus.ids[first:end].tolist()]
        here = position - first
        return Line(" ".join(words[:here]), words[here], " ".join(words[here + 1 :]), position, sentence)

    @typed
    def behind(self, a: str, b: str, window: int = 5, limit: int = 5, seed: int | None = None) -> Evidence:
        """What makes two words similar: lines where they occur together, and the contexts they share.

        `associations.py` defines each context's part of the similarity. At most `limit` lines and `limit` contexts
        are returned; a and b themselves are not listed as contexts. Lines of a context are chosen as in `lines`.
        Raises UnknownWordError, and OptionError for a window or a limit below 1.
        """
        check_whole_number("limit", limit)
        together = self.positions(a, b, window)
        lines = [self.line(int(position)) for position in together[spread(len(together), limit, seed)]]
        ids = [self.corpus.vocabulary.id(word) for word in (a, b)]
        of_a, of_b = (self._contexts_of(word_id, window) for word_id in ids)
        parts = cosine_parts(of_a.association, of_b.association)
        order = np.argsort(-parts, kind="stable")[: np.count_nonzero(parts > 0)]
        best = order[~np.isin(order, ids)][:limit].tolist()
        words = self.corpus.vocabulary.words
        shared = [
            SharedContext(
                words[context],
                float(parts[context]),
                int(of_a.near[context]),
                int(of_b.near[context]),
                self._one_line(a, words[context], window, seed),
                self._one_line(b, words[context], window, seed),
            )
            for context in best
        ]
        return Evidence(
            a, b, window, len(together), lines, float(parts.sum()), int(np.count_nonzero(parts > 0)), shared
        )

    def _one_line(self, word: str, context: str, window: int, seed: int | None) -> Line | None:
        found = self.lines(word, context, window, 1, seed)
        return found[0] if found else None

    def _contexts_of(self, word_id: int, window: int) -> WordContexts:
        key = word_id, window
        if key not in self._contexts:
            if len(self._contexts) >= 16:  # a row of counts each
                self._contexts.clear()
            self._contexts[key] = contexts_of(self.corpus, self.index.of_word(word_id), window)
        return self._contexts[key]


def sort_lines(lines: Iterable[Line], by: str) -> list[Line]:
    """Sort lines by corpus order ("position"), or by the words before ("left") or after ("right") the keyword.

    The nearest word is compared first, so frequent neighbours of the keyword are grouped. Raises OptionError.

    >>> lines = [Line("a good", "king", "rules", 0, 0), Line("the bad", "king", "dies", 9, 1)]
    >>> [line.right for line in sort_lines(lines, "left")], [line.right for line in sort_lines(lines, "right")]
    (['dies', 'rules'], ['dies', 'rules'])
    """
    if by not in SORTS:
        raise OptionError(f"lines are sorted by one of {', '.join(SORTS)}; got {by!r}")
    if by == "left":
        return sorted(lines, key=lambda line: (line.left.split(" ")[::-1], line.position))
    return sorted(lines, key=lambda line: (line.right.split(" ") if by == "right" else [], line.position))


def _missing_words(corpus: Corpus) -> str | None:
    """A note on the words missing from this corpus's lines, if the corpus recorded them."""
    left_out = corpus.vocabulary.left_out
    if left_out is None:
        return None
    missing = int(left_out.counts.sum())
    if not missing:
        return None
    return (
        f"the lines omit the words outside the vocabulary: {missing:,} of {missing + len(corpus.ids):,} "
        f"({len(left_out.counts):,} different words; min_count is {corpus.vocabulary.min_count})"
    )

"""Protocols: how a set's words are looked up, which are left out, and which may be answers.

Protocols can change the score of the same vectors by several points, so every score names its protocol.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordvec.argument_types import typed
from wordvec.errors import OptionError, counted
from wordvec.vectors import WordVectors
from wordvec.vectors.rows import row_lengths

ASCII_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)


@dataclass(frozen=True)
class Protocol:
    """A named way to evaluate.

    fold            applied to the vectors' words before comparison; of words that become equal, the first row counts.
                    None: a set's word is looked up as written, then lower-cased
    fold_set        applied to the set's words
    analogy_words   how many words may occur in questions and answers of analogies, None for all
    pair_words      how many words similarity sets are looked up in, None for all
    by_count        whether these are the words with the highest counts, if there are counts, or the first rows
    fold_excluded   whether words that equal a question's word when folded are excluded as answers too
    semantic_parts  analogies: the number of leading sections that are semantic, the rest are syntactic; None: by name
    tests           the tasks of the program it is named after; None: all. Other tasks use only its look-up
    """

    name: str
    meaning: str
    analogy_words: int | None
    fold: Callable[[str], str] | None = None
    fold_set: Callable[[str], str] = str
    pair_words: int | None = None
    by_count: bool = False
    fold_excluded: bool = False
    semantic_parts: int | None = None
    tests: tuple[str, ...] | None = None

    def index(self, words: Sequence[str]) -> dict[str, int]:
        """Return the index of each word under its folded form; of words that become equal, the first one's."""
        if self.fold is None:
            return {word: place for place, word in enumerate(words)}
        return {self.fold(words[place]): place for place in range(len(words) - 1, -1, -1)}

    def lookup(self, index: Mapping[str, int], word: str) -> int | None:
        """Return the value of a set's word in the result of `index`, or None."""
        return as_given_then_lower(index, word) if self.fold is None else index.get(self.fold_set(word))

    def notes(self, task: str, method: str = "3cosadd") -> tuple[str, ...]:
        """Return a note if the program has no such test, or not with this analogy method.

        >>> PROTOCOLS["glove"].notes("similarity")
        ('glove has no test of similarity; words are looked up as it looks them up',)
        """
        if self.tests is None:
            return ()
        if task not in self.tests:
            return (f"{self.name} has no test of {task}; words are looked up as it looks them up",)
        return (f"{self.name} answers by 3cosadd alone, not by {method}",) if method != "3cosadd" else ()

    def key(self, word: str) -> str:
        """Return the form in which a word of the vectors is compared."""
        return word if self.fold is None else self.fold(word)


def as_given_then_lower(ids: Mapping[str, int], word: str) -> int | None:
    """Return the row of `word` as written, else of its lower-case form, else None.

    >>> as_given_then_lower({"athens": 3, "us": 1, "US": 2}, "Athens")
    3
    >>> as_given_then_lower({"athens": 3, "us": 1, "US": 2}, "US")
    2
    """
    row = ids.get(word)
    return ids.get(word.lower()) if row is None else row


def ascii_upper(word: str) -> str:
    """Return `word` with a to z as capitals and the rest unchanged: C's toupper on each byte of UTF-8.

    >>> ascii_upper("Énigme")
    'ÉNIGME'
    >>> ascii_upper("énigme")
    'éNIGME'
    """
    return word.translate(ASCII_UPPER)


PROTOCOLS = {
    "wordvec": Protocol(
        "wordvec",
        "Words are looked up as written, then lower-cased. Items with a word outside the vocabulary are skipped, and "
        "counted in items but not in covered. Analogies: questions and answers come from the 30,000 most frequent "
        "words; the three words of a question cannot be its answer; a question counts when the best candidate is an "
        "expected word and no other scores the same.",
        analogy_words=30_000,
        by_count=True,
    ),
    "gensim": Protocol(
        "gensim",
        "Like gensim 4's evaluate_word_pairs and evaluate_word_analogies with their defaults, to the last digit: the "
        "first 300,000 rows, words upper-cased on both sides, the first row of equal words; items with an unknown word "
        "are skipped; an answer that is a question's word in other case is skipped. float32 arithmetic and ties are "
        "gensim's.",
        fold=str.upper,
        fold_set=str.upper,
        analogy_words=300_000,
        pair_words=300_000,
        fold_excluded=True,
        tests=("similarity", "analogy"),
    ),
    "word2vec.c": Protocol(
        "word2vec.c",
        "Like word2vec.c's compute-accuracy with a threshold of 30,000: the first rows, a to z upper-cased on both "
        "sides, the first row of equal words; questions with an unknown word are skipped; only the three rows of a "
        "question are excluded, and an answer needs a cosine above 0. The first five sections are semantic. It has "
        "no similarity test; for those, only its word look-up is used.",
        fold=ascii_upper,
        fold_set=ascii_upper,
        analogy_words=30_000,
        semantic_parts=5,
        tests=("analogy",),
    ),
    "glove": Protocol(
        "glove",
        "Like GloVe's evaluate.py on its own copy of Google's set: all words, the set's in lower case and the vectors' "
        "as written; questions with an unknown word are skipped; <unk> cannot be an answer; float64 arithmetic. The "
        "first five sections are semantic. It has no similarity test; for those, only its word look-up is used.",
        fold=str,
        fold_set=str.lower,
        analogy_words=None,
        semantic_parts=5,
        tests=("analogy",),
    ),
}


@typed
def get_protocol(name: str) -> Protocol:
    """Return the protocol of that name; raise OptionError, listing all, if there is none.

    >>> get_protocol("wordvec").name
    'wordvec'
    """
    if name not in PROTOCOLS:
        raise OptionError(f"protocol must be one of {', '.join(PROTOCOLS)}; got {name!r}")
    return PROTOCOLS[name]


# Looking up a set's words among vectors, under a protocol.


EXAMPLES = 10  # missing words that a score keeps


@dataclass(frozen=True)
class FoundWords:
    """The words of a set that have a vector.

    `place` gives a word's row in `rows` and `unit` (W, D): float32 vectors, unchanged and scaled to length 1.
    `missing` are the words without a vector. `made` counts the words without a row whose vector was made from
    subwords. `ids` (W,) int64 are the rows in the vectors themselves, -1 for a word whose vector was made. `forms` are
    notes on words that have a row in another Unicode form.
    """

    place: Mapping[str, int]
    rows: np.ndarray
    unit: np.ndarray
    missing: tuple[str, ...]
    ids: np.ndarray
    made: int = 0
    forms: tuple[str, ...] = ()

    @property
    def directions(self) -> np.ndarray:
        """The vectors scaled to length 1 in float64 (W, D): nearly equal for rows that are multiples of one another."""
        lengths = row_lengths(self.rows)
        return np.asarray(self.rows / np.where(lengths > 0, lengths, 1.0)[:, None])

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes for the score."""
        made = (f"{counted(self.made, 'word')} without a row: vectors from subwords",) if self.made else ()
        return (*made, *self.forms)


def check_vectors(vectors: Any) -> None:
    """Raise OptionError for a path, a trainer or vectors of another kind."""
    if not hasattr(vectors, "unit_rows_of"):
        ways = "trainer.vectors, WordVectors.load(file) or WordVectors(words, matrix)"
        raise OptionError(f"evaluation takes WordVectors, such as {ways}; got a {type(vectors).__name__}")


def find_words(vectors: WordVectors, words: Iterable[str], protocol: Protocol) -> FoundWords:
    """Return the vectors of the distinct `words` as the protocol looks them up.

    Under "wordvec", words without a row get a vector from subwords, if the vectors have subwords.

    >>> from wordvec.evaluation.protocols import PROTOCOLS
    >>> vectors = WordVectors(["cat", "dog"], np.array([[3.0, 4.0], [0.0, 1.0]]))
    >>> found = find_words(vectors, ["Dog", "cat", "lynx"], PROTOCOLS["wordvec"])
    >>> found.place, found.rows.tolist(), found.missing
    ({'Dog': 0, 'cat': 1}, [[0.0, 1.0], [3.0, 4.0]], ('lynx',))
    """
    check_vectors(vectors)
    index = _index(vectors, protocol)
    subwords = vectors.subwords if protocol.name == "wordvec" else None
    ids: dict[str, int] = {}
    made: dict[str, np.ndarray] = {}
    missing = []
    for word in dict.fromkeys(words):
        row = protocol.lookup(index, word)
        vector = subwords.vector(word) if row is None and subwords is not None else None
        if row is not None:
            ids[word] = row
        elif vector is not None:
            made[word] = vector
        else:
            missing.append(word)
    own = np.fromiter(ids.values(), np.int64, len(ids))
    rows = np.concatenate([vectors.rows(own), np.array(list(made.values()), np.float32).reshape(-1, vectors.dim)])
    unit = [
        vectors.unit_rows_of(own),
        np.empty((0, vectors.dim), np.float32),
        *(vectors.unit_of(v)[None] for v in made.values()),
    ]
    place = {word: number for number, word in enumerate([*ids, *made])}
    row_of = np.concatenate([own, np.full(len(made), -1)])
    forms = other_forms([*missing, *made], index, protocol)
    return FoundWords(place, rows, np.concatenate(unit), tuple(missing), row_of, len(made), forms)


def other_forms(words: Iterable[str], index: Mapping[str, int], protocol: Protocol) -> tuple[str, ...]:
    r"""Notes on how many of these words without a row have one if they are written in another Unicode form.

    >>> other_forms(["cafe\u0301", "tea"], {"caf\u00e9": 0}, get_protocol("wordvec"))
    ("1 word has a row in Unicode's form NFC only: write the set in it, as the vectors' words are",)
    """
    notes = []
    for form in ("NFC", "NFD"):
        written = [(word, unicodedata.normalize(form, word)) for word in words]  # type: ignore[arg-type]
        count = sum(word != other and protocol.lookup(index, other) is not None for word, other in written)
        if count:
            have = counted(count, "word has", "words have")
            notes.append(f"{have} a row in Unicode's form {form} only: write the set in it, as the vectors' words are")
    return tuple(notes)


def _index(vectors: WordVectors, protocol: Protocol) -> Mapping[str, int]:
    if protocol.fold is None and protocol.pair_words is None:
        return _Rows(vectors)
    return protocol.index(vectors.words[: protocol.pair_words])


class _Rows(Mapping[str, int]):
    """The words and rows of vectors, as a mapping."""

    def __init__(self, vectors: WordVectors) -> None:
        self.vectors = vectors

    def __getitem__(self, word: str) -> int:
        if word not in self.vectors:
            raise KeyError(word)
        return self.vectors.word_id(word)

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.vectors)

    def __len__(self) -> int:
        return len(self.vectors)

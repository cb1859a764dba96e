"""gensim's Phrases: pairs of words that occur together more often than by chance.

The scores are gensim's: "default" is (c(ab) - min_count) / c(a) / c(b) times the number of distinct words and pairs;
word2phrase.c and `wordvec.Phrases` use the number of words in the text. Connector words may not be a phrase's ends.
"""

from __future__ import annotations

import json
import math
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from wordvec.errors import InputError, OptionError
from wordvec.files import replace_file
from wordvec.json_forms import COUNT, NUMBER, TEXT, Kind, check_form, parse_json

ENGLISH_CONNECTOR_WORDS = frozenset(  # articles, prepositions and conjunctions
    ["a", "an", "the", "for", "of", "with", "without", "at", "from", "to", "in", "on", "by", "and", "or"]
)
KIND = "wordvec.compat.gensim phrases 1"
OPTIONS = {"min_count": NUMBER, "threshold": NUMBER, "delimiter": TEXT, "scoring": TEXT, "connector_words": [TEXT]}
FILE = {"kind": Kind(repr(KIND), lambda value: value == KIND), "options": OPTIONS}
FORMS: dict[str, dict[str, Any]] = {
    "vocab": {**FILE, "vocab": {str: COUNT}, "words": COUNT},
    "phrasegrams": {**FILE, "phrasegrams": {str: NUMBER}},
}
Scorer = Callable[[float, float, float, float, float, float], float]
Pieces = Iterator[tuple[list[str], float | None]]


def original_scorer(
    worda_count: float,
    wordb_count: float,
    bigram_count: float,
    len_vocab: float,
    min_count: float,
    corpus_word_count: float,
) -> float:
    """(c(ab) - min_count) / c(a) / c(b) times the number of distinct words and pairs.

    >>> original_scorer(10, 5, 7, 100, 2, 1000)
    10.0
    """
    both = worda_count * wordb_count
    return (bigram_count - min_count) / both * len_vocab if both else -math.inf


def npmi_scorer(
    worda_count: float,
    wordb_count: float,
    bigram_count: float,
    len_vocab: float,
    min_count: float,
    corpus_word_count: float,
) -> float:
    """Bouma's normalized pointwise mutual information, from -1 to 1; -inf below `min_count`."""
    if bigram_count < min_count or not 0 < bigram_count < corpus_word_count:
        return -math.inf
    together = bigram_count / corpus_word_count
    return math.log(together * corpus_word_count**2 / (worda_count * wordb_count)) / -math.log(together)


def _words(sentence: Iterable[Any]) -> Iterator[str]:
    if isinstance(sentence, str):
        raise OptionError(f"a sentence is a list of words; got {sentence[:60]!r}")
    for word in sentence:
        if not isinstance(word, str):
            raise OptionError(f"a sentence is a list of words (text); leave out {word!r:.60}, or convert it")
        yield word


SCORERS = {"default": original_scorer, "npmi": npmi_scorer}


class _Joins(ABC):
    """Joins words of sentences; a subclass decides by `score_candidate` which."""

    delimiter: str
    connector_words: frozenset[str]
    min_count: float
    threshold: float
    scoring: str | Scorer

    @abstractmethod
    def score_candidate(self, word_a: str, word_b: str, in_between: list[str]) -> tuple[str | None, float | None]:
        """The joined phrase and its score, or (None, None) if the words are not joined."""

    def analyze_sentence(self, sentence: Iterable[str]) -> Iterator[tuple[str, float | None]]:
        """Yield each word and each joined phrase of a sentence, with the phrase's score or None."""
        waiting: list[str] = []  # a word that may begin a phrase, and the connector words after it
        for word in _words(sentence):
            if word in self.connector_words:
                if waiting:
                    waiting.append(word)
                else:
                    yield word, None
                continue
            phrase, score = self.score_candidate(waiting[0], word, waiting[1:]) if waiting else (None, None)
            if phrase is not None:
                yield phrase, score
                waiting = []
                continue
            yield from ((each, None) for each in waiting)
            waiting = [word]
        yield from ((each, None) for each in waiting)

    def __getitem__(self, sentence: Any) -> Any:
        """The words of one sentence with phrases joined; for many sentences, an iterable of such lists."""
        sentences = sentence if not isinstance(sentence, Iterator) else list(sentence)
        first = next(iter(sentences), None)
        if first is not None and not isinstance(first, str):
            return _Joined(self, sentences)
        return [word for word, _ in self.analyze_sentence(sentences)]

    def find_phrases(self, sentences: Iterable[Iterable[str]]) -> dict[str, float]:
        """The phrases joined in some sentences, with their scores."""
        pieces = (piece for sentence in sentences for piece in self.analyze_sentence(sentence))
        return {phrase: score for phrase, score in pieces if score is not None}


class _Joined:
    """Sentences joined as they are read, any number of times."""

    def __init__(self, phrases: _Joins, sentences: Iterable[Any]) -> None:
        self.phrases, self.sentences = phrases, sentences

    def __iter__(self) -> Iterator[list[str]]:
        for sentence in self.sentences:
            yield self.phrases[sentence]

    def __len__(self) -> int:
        return len(self.sentences)  # type: ignore[arg-type]


class Phrases(_Joins):
    """Counts words and pairs of `sentences` and joins pairs with a score above `threshold`; see the module.

    >>> phrases = Phrases([["new", "york", "is"], ["in", "new", "york"]], min_count=1, threshold=1)
    >>> phrases[["new", "york"]], phrases.export_phrases()
    (['new_york'], {'new_york': 1.75})
    """

    def __init__(
        self,
        sentences: Iterable[Iterable[str]] | None = None,
        min_count: float = 5,
        threshold: float = 10.0,
        max_vocab_size: int = 40_000_000,
        delimiter: str = "_",
        progress_per: int = 10_000,
        scoring: str | Scorer = "default",
        connector_words: Iterable[str] = frozenset(),
    ) -> None:
        if isinstance(scoring, str) and scoring not in SCORERS:
            raise OptionError(
                f"scoring must be 'default', 'npmi' or a function of gensim's six arguments; got {scoring!r}"
            )
        if min_count <= 0:
            raise OptionError(f"min_count must be above 0; got {min_count}")
        if threshold <= 0 and scoring == "default":
            raise OptionError(f"threshold must be above 0 with the default scoring; got {threshold}")
        if scoring == "npmi" and not -1 <= threshold <= 1:
            raise OptionError(f"threshold must be from -1 to 1 with the scoring npmi; got {threshold}")
        if not isinstance(delimiter, str) or not delimiter:
            raise OptionError(f"delimiter must be text (gensim 4: str, not bytes); got {delimiter!r}")
        self.min_count, self.threshold, self.max_vocab_size = min_count, threshold, max_vocab_size
        self.delimiter, self.scoring, self.connector_words = delimiter, scoring, frozenset(connector_words)
        self._score: Scorer = SCORERS[scoring] if isinstance(scoring, str) else scoring
        self.vocab: dict[str, int] = {}
        self.corpus_word_count = 0
        if sentences is not None:
            self.add_vocab(sentences)

    def add_vocab(self, sentences: Iterable[Iterable[str]]) -> None:
        """Count more sentences. All words are kept; raises OptionError if `max_vocab_size` is exceeded."""
        counts, connectors = self.vocab, self.connector_words
        for sentence in sentences:
            waiting: list[str] = []
            for word in _words(sentence):
                self.corpus_word_count += 1
                if word in connectors:
                    if waiting:
                        waiting.append(word)
                    continue
                counts[word] = counts.get(word, 0) + 1
                if waiting:
                    pair = self.delimiter.join([*waiting, word])
                    counts[pair] = counts.get(pair, 0) + 1
                waiting = [word]
        if len(counts) > self.max_vocab_size:
            raise OptionError(
                f"{len(counts):,} different words and pairs are more than max_vocab_size={self.max_vocab_size}"
            )

    def score_candidate(self, word_a: str, word_b: str, in_between: list[str]) -> tuple[str | None, float | None]:
        """The phrase of two words and those between them with its score, or (None, None) below the threshold."""
        phrase = self.delimiter.join([word_a, *in_between, word_b])
        a, b, both = (self.vocab.get(each, 0) for each in (word_a, word_b, phrase))
        if not (a and b and both):
            return None, None
        score = self._score(a, b, both, len(self.vocab), self.min_count, self.corpus_word_count)
        return (phrase, score) if score > self.threshold else (None, None)

    def export_phrases(self) -> dict[str, float]:
        """All phrases above the threshold with their scores."""
        found = {}
        for token in self.vocab:
            parts = token.split(self.delimiter)
            if len(parts) < 2:
                continue
            phrase, score = self.score_candidate(parts[0], parts[-1], parts[1:-1])
            if phrase is not None and score is not None:
                found[phrase] = score
        return found

    def freeze(self) -> FrozenPhrases:
        """The phrases without the counts: less memory, same results."""
        return FrozenPhrases(self)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a JSON file. Raises OptionError if scoring is a function, which cannot be stored."""
        if not isinstance(self.scoring, str):
            raise OptionError("Phrases.save: a scoring function cannot be written to a file: save .freeze() instead")
        _write(self, args[0] if args else kwargs["fname_or_handle"], vocab=self.vocab, words=self.corpus_word_count)

    @classmethod
    def load(cls, *args: Any, **kwargs: Any) -> Phrases:
        """Read what `save` wrote. Raises InputError for anything else: gensim's own files are not read."""
        content = _read(args[0] if args else kwargs["fname"], "vocab")
        made = cls(**content["options"])
        made.vocab, made.corpus_word_count = content["vocab"], content["words"]
        return made


class FrozenPhrases(_Joins):
    """The phrases of `Phrases`, as returned by ``phrases.freeze()``."""

    def __init__(self, phrases_model: Phrases | FrozenPhrases) -> None:
        if isinstance(phrases_model, Phrases):
            self.phrasegrams = phrases_model.export_phrases()
        else:
            self.phrasegrams = dict(phrases_model.phrasegrams)
        self.min_count, self.threshold = phrases_model.min_count, phrases_model.threshold
        self.delimiter, self.scoring = phrases_model.delimiter, phrases_model.scoring
        self.connector_words = phrases_model.connector_words

    def score_candidate(self, word_a: str, word_b: str, in_between: list[str]) -> tuple[str | None, float | None]:
        """The phrase of two words and those between them with its score, or (None, None)."""
        phrase = self.delimiter.join([word_a, *in_between, word_b])
        score = self.phrasegrams.get(phrase)
        return (None, None) if score is None else (phrase, score)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a JSON file."""
        _write(self, args[0] if args else kwargs["fname_or_handle"], phrasegrams=self.phrasegrams)

    @classmethod
    def load(cls, *args: Any, **kwargs: Any) -> FrozenPhrases:
        """Read what `save` wrote. Raises InputError for anything else."""
        content = _read(args[0] if args else kwargs["fname"], "phrasegrams")
        made = cls(Phrases(**content["options"]))
        made.phrasegrams = content["phrasegrams"]
        return made


Phraser = FrozenPhrases


def _write(phrases: Phrases | FrozenPhrases, path: str | os.PathLike[str], **content: Any) -> None:
    options = {
        "min_count": phrases.min_count,
        "threshold": phrases.threshold,
        "delimiter": phrases.delimiter,
        "scoring": phrases.scoring if isinstance(phrases.scoring, str) else "default",
        "connector_words": sorted(phrases.connector_words),
    }
    with replace_file(path, "w", encoding="utf-8") as file:
        file.write(json.dumps({"kind": KIND, "options": options, **content}, ensure_ascii=False) + "\n")


def _read(path: str | os.PathLike[str], part: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            content = parse_json(file.read())
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        anew = "gensim's are not read: make them anew, with Phrases(sentences)"
        raise InputError(f"{path}: not a file of phrases that wordvec.compat.gensim wrote ({anew}): {error}") from error
    try:
        check_form(content, FORMS[part])
        if unknown := set(content["options"]) - set(OPTIONS):
            raise ValueError(f"options.{min(unknown)} is no option")
    except ValueError as error:
        of = "phrases" if part == "vocab" else "frozen phrases"
        raise InputError(f"{path}: not a file of {of} of wordvec.compat.gensim, or damaged: {error}") from None
    return dict(content)

"""Phrases: words that occur together far more often than chance would have it become one word, "new_york".

Everything is counted on the ids of the text's words, before the vocabulary is made: the text is not read again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

import numpy as np

from wordvec.corpus.encode.token_ids import Spooled, checked_sentences, spool
from wordvec.corpus.phrases.file import Pairs, passes_as_text, passes_of_text, read_phrases, write_phrases
from wordvec.corpus.phrases.joining import SpooledText, Text
from wordvec.corpus.phrases.pairs import pair_keys, split_keys
from wordvec.errors import InputError, OptionError

DEFAULT_THRESHOLDS = {
    "word2phrase": 100.0,  # word2phrase.c's
    "npmi": 0.5,  # half way from independence (0) to words that only occur together (1)
}
DEFAULT_DELTA = 5  # word2phrase.c's


@dataclass(frozen=True)
class Phrases:
    """How to find phrases; and, once they were found in a text (`learn`, or `Corpus.build`), the phrases themselves.

    A pair of words is joined when its score is greater than `threshold`, with c(a) the count of a word, c(ab) of a
    pair and N the number of words of the text, in which p(x) = c(x) / N:

    - ``"word2phrase"``: (c(ab) - delta) · N / (c(a) · c(b)), as word2phrase.c has it; Mikolov et al. 2013,
      "Distributed Representations of Words and Phrases", equation 6, without the N. It grows with the text;
      `delta` (5) keeps pairs of rare words from being joined.
    - ``"npmi"``: ln(p(ab) / (p(a) p(b))) / -ln p(ab), from -1 to 1; Bouma 2009, "Normalized (Pointwise) Mutual
      Information in Collocation Extraction". It means the same for a text of any size; it takes no `delta`.

    `threshold` defaults to 100 and 0.5, which find much: in 17 M words of encyclopedia and novels 25,000 and 17,000
    pairs in the first pass, "did_not" among them. 300 and 0.6 leave little but names and compounds there.

    Each of the `passes` joins two words, so two of them find phrases of up to four. Words and pairs seen fewer than
    `min_count` times are never joined. `delimiter` stands between the words; that a word holds it already does no
    harm, and where the text has the joined word itself, both become one.

    `learned` are the pairs that each pass joined, with their scores; None as long as there are none. Phrases with it
    are not looked for again, but joined as they are: by `join` in a list of tokens, by ``Corpus.build(text,
    phrases=...)`` in a text. `save` and `load` keep them in a file.

    Raises OptionError for an option out of range, or one that the score does not have.

    >>> Phrases(passes=1).as_dict()["threshold"]
    100.0
    >>> phrases = Phrases(threshold=1, delta=0, min_count=2).learn([["in", "new", "york"], ["new", "york", "is"]])
    >>> phrases.join(["the", "new", "york", "times"]), phrases.export()
    (['the', 'new_york', 'times'], {'new_york': 3.0})
    """

    passes: int = 2
    score: str = "word2phrase"
    threshold: float | None = None
    delta: int | None = None
    min_count: int = 5
    delimiter: str = "_"
    learned: tuple[Pairs, ...] | None = field(default=None, repr=False, hash=False)

    def __post_init__(self) -> None:
        if self.score not in DEFAULT_THRESHOLDS:
            raise OptionError(f"score must be one of {', '.join(DEFAULT_THRESHOLDS)}; got {self.score!r}")
        if self.delta is not None and self.score == "npmi":
            raise OptionError("delta belongs to the score 'word2phrase'; leave it out with 'npmi'")
        if self.threshold is None:
            object.__setattr__(self, "threshold", DEFAULT_THRESHOLDS[self.score])
        if self.delta is None and self.score == "word2phrase":
            object.__setattr__(self, "delta", DEFAULT_DELTA)
        for name in ("passes", "min_count", "delta", "threshold"):
            if isinstance(number := getattr(self, name), np.number):
                object.__setattr__(self, name, number.item())  # numpy's numbers cannot be recorded in JSON
        for name, least in (("passes", 1), ("min_count", 1), ("delta", 0)):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
                raise OptionError(f"{name} of phrases must be a whole number, {least} or more; got {value!r}")
        if not isinstance(self.threshold, (int, float)) or not np.isfinite(self.threshold):
            raise OptionError(f"threshold of phrases must be a number; got {self.threshold!r}")
        if self.score == "npmi" and not -1 <= self.threshold < 1:
            raise OptionError(f"the score npmi lies between -1 and 1, so threshold must too; got {self.threshold!r}")
        if not isinstance(self.delimiter, str) or not self.delimiter or self.delimiter.split() != [self.delimiter]:
            raise OptionError(f"delimiter must be some letters without white space; got {self.delimiter!r}")

    def as_dict(self) -> dict[str, Any]:
        """The options, for the description of a corpus."""
        options = {option.name: getattr(self, option.name) for option in fields(self) if option.name != "learned"}
        return {name: value for name, value in options.items() if value is not None}

    def learn(self, sentences: Iterable[Iterable[str]]) -> Phrases:
        """Find the phrases of token lists, and return the same options with them.

        Raises CorpusError, showing the item, for a sentence that is a string instead of a list of strings.
        """
        options = replace(self, learned=None)
        return options.with_found(find_phrases(spool(checked_sentences(sentences), lambda sentences: None), options)[1])

    def with_found(self, found: Iterable[FoundPhrases]) -> Phrases:
        """The same options, with what `find_phrases` found."""
        passes = (zip(of_pass.pairs, of_pass.scores.tolist()) for of_pass in found)
        return replace(self, learned=tuple({pair: float(f"{score:.6g}") for pair, score in each} for each in passes))

    def told_of(self, found: list[FoundPhrases]) -> dict[str, Any]:
        """What the description of a corpus says of the phrases found in it."""
        learned = self if self.learned is not None else self.with_found(found)
        return {"phrases_found": [len(of_pass.words) for of_pass in found], "phrase_pairs": learned.as_text()}

    def join(self, tokens: Iterable[str]) -> list[str]:
        """The tokens of one sentence with the learned phrases joined. Raises OptionError when none were learned."""
        if isinstance(tokens, str):
            raise OptionError(f"join takes a list of tokens; got one text, {tokens[:30]!r}: split it, text.split()")
        joined = list(tokens)
        for pairs in self._passes():
            joined = _join_tokens(joined, pairs, self.delimiter)
        return joined

    def export(self) -> dict[str, float]:
        """The learned phrases and their scores, those of the first pass first, best first in each."""
        joined: dict[str, float] = {}
        for pairs in self._passes():
            for words, score in pairs.items():
                joined.setdefault(self.delimiter.join(words), score)
        return joined

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write options and learned phrases to a JSON file. Raises OptionError when none were learned."""
        write_phrases(self.as_dict(), self._passes(), path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Phrases:
        """Read what `save` wrote. Raises InputError for a missing, damaged or other file."""
        options, passes = read_phrases(path)
        try:
            return cls.from_text(options, passes)
        except ValueError as error:
            raise InputError(f"{path}: not a file of phrases, or damaged: {error}") from error

    @classmethod
    def from_text(cls, options: Any, passes: Any) -> Phrases:
        """The inverse of `as_dict` and `as_text`. Raises ValueError for what they cannot have written.

        >>> Phrases.from_text({"delimiter": "+"}, ['[["new","york",3.0]]']).join(["new", "york"])
        ['new+york']
        """
        if not isinstance(options, Mapping):
            raise ValueError("the phrases are not as wordvec writes them")
        try:
            return cls(**options, learned=passes_of_text(passes))
        except (OptionError, TypeError) as error:
            raise ValueError(f"the phrases are not as wordvec writes them: {error}") from error

    def as_text(self) -> list[str] | None:
        """The learned pairs, one string of JSON a pass, for the description of a corpus; None without any."""
        return None if self.learned is None else passes_as_text(self.learned)

    def _passes(self) -> tuple[Pairs, ...]:
        if self.learned is None:
            raise OptionError("no phrases were learned yet: call .learn(sentences), or take those of a corpus")
        return self.learned

    def scores(self, pairs: np.ndarray, firsts: np.ndarray, seconds: np.ndarray, tokens: int) -> np.ndarray:
        """The scores of pairs, from how often each pair, its first and its second word occur in `tokens` words.

        Shapes: all (P,) -> (P,) float64.

        >>> Phrases(delta=5).scores(np.array([15]), np.array([20]), np.array([25]), 1000).tolist()
        [20.0]
        >>> Phrases(score="npmi").scores(np.array([10]), np.array([10]), np.array([10]), 1000).round(12).tolist()
        [1.0]
        """
        ab, a, b = (np.asarray(counts, np.float64) for counts in (pairs, firsts, seconds))
        if self.score == "word2phrase":
            return (ab - (self.delta or 0)) / a / b * tokens
        return np.log(ab / a / b * tokens) / -np.log(ab / tokens)


class FoundPhrases(NamedTuple):
    """The phrases of one pass, best first: words, scores (P,) float64, and how often each was joined, (P,) int64.

    Of phrases with the same score the more frequent comes first. `pairs` are the two words of each.
    """

    words: list[str]
    scores: np.ndarray
    counts: np.ndarray
    pairs: list[tuple[str, str]]


def find_phrases(spooled: Spooled, phrases: Phrases) -> tuple[Spooled, list[FoundPhrases]]:
    """Join the phrases of a text, those that were learned or else its own; return it and what each pass joined.

    In a sentence, pairs are joined greedily from left to right, and a word that was joined to the one before does not
    begin another pair, as in word2phrase.c. Counts are those of the new text: a word that now occurs only in
    phrases has the count 0. New words come after the old ones, whose ids do not change.

    >>> ids, ends = np.array([0, 1, 2, 0, 1, 0, 1], np.int32), np.array([5, 7])
    >>> text = Spooled(ids, ends, ["new", "york", "is"], np.array([3, 3, 1]))
    >>> joined, found = find_phrases(text, Phrases(passes=1, threshold=0.5, delta=0, min_count=2))
    >>> joined.words, joined.ids.tolist(), joined.sentence_ends.tolist(), joined.counts.tolist()
    (['new', 'york', 'is', 'new_york'], [3, 2, 3, 3], [3, 4], [0, 0, 1, 3])
    >>> found[0].words, found[0].scores.round(2).tolist()
    (['new_york'], [2.33])
    """
    text, found = find_phrases_of(SpooledText(spooled), phrases)
    return text.spooled, found


def find_phrases_of(text: Text, phrases: Phrases) -> tuple[Any, list[FoundPhrases]]:
    """`find_phrases` for a text in memory or on a cluster."""
    found = []
    for number in range(phrases.passes):
        if phrases.learned is None:
            keys, scores = _best_pairs(text, phrases)
        elif number < len(phrases.learned):
            keys, scores = _learned_pairs(text, phrases.learned[number])
        else:
            break
        if not len(keys):
            if phrases.learned is None:
                break
            continue  # another pass may have pairs that are in the text
        words, word_ids, phrase_words = _with_new_words(text.words, keys, phrases.delimiter)
        first, second = split_keys(keys)
        pairs = [(words[a], words[b]) for a, b in zip(first.tolist(), second.tolist())]
        text, joined = text.join(keys, word_ids, words)
        order = np.lexsort((keys, -joined, -scores))
        order = order[joined[order] > 0]  # all occurrences of a pair may overlap with other pairs
        chosen = order.tolist()
        found.append(
            FoundPhrases([phrase_words[i] for i in chosen], scores[order], joined[order], [pairs[i] for i in chosen])
        )
    return text, found


def _join_tokens(tokens: list[str], pairs: Pairs, delimiter: str) -> list[str]:
    """What `_join` does to a text, in one sentence."""
    joined: list[str] = []
    at = 0
    while at < len(tokens):
        size = 2 if tuple(tokens[at : at + 2]) in pairs else 1
        joined.append(delimiter.join(tokens[at : at + size]))
        at += size
    return joined


def _best_pairs(text: Text, phrases: Phrases) -> tuple[np.ndarray, np.ndarray]:
    """Keys, ascending, and scores of the pairs above the threshold."""
    keys, counts = text.count_pairs(text.counts >= phrases.min_count, phrases.min_count)
    first, second = split_keys(keys)
    scores = phrases.scores(counts, text.counts[first], text.counts[second], text.tokens)
    above = scores > phrases.threshold
    return keys[above], scores[above]


def _learned_pairs(text: Text, pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
    """Keys, ascending, and scores of those of the pairs that occur in the text."""
    wanted = {word for pair in pairs for word in pair}
    id_of = {word: word_id for word_id, word in enumerate(text.words) if word in wanted}
    here = [(id_of[a], id_of[b], score) for (a, b), score in pairs.items() if a in id_of and b in id_of]
    if not here:
        return np.zeros(0, np.uint64), np.zeros(0)
    first, second, scores = (np.array(column) for column in zip(*here))
    keys = pair_keys(first, second)
    order = np.argsort(keys)
    keys, scores = keys[order], scores[order]
    occurs = text.occurring(keys)
    return keys[occurs], scores[occurs].astype(np.float64)


def _with_new_words(words: list[str], keys: np.ndarray, delimiter: str) -> tuple[list[str], np.ndarray, list[str]]:
    """All words with the new ones behind, the id of each pair's word, and that word.

    Two pairs may be spelled alike ("new york" + "city", "new" + "york city"), and the text may hold such a word.
    """
    first, second = split_keys(keys)
    spelled = [f"{words[a]}{delimiter}{words[b]}" for a, b in zip(first.tolist(), second.tolist())]
    wanted = set(spelled)
    id_of = {word: word_id for word_id, word in enumerate(words) if word in wanted}
    new = [word for word in dict.fromkeys(spelled) if word not in id_of]
    id_of |= {word: word_id for word_id, word in enumerate(new, len(words))}
    return [*words, *new], np.array([id_of[word] for word in spelled], np.int32), spelled

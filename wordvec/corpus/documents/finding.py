"""Where in a printed line a word of the vocabulary stands: "Queen," for queen, "New York" for new_york."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from wordvec.corpus.encode.cjk import Analyser
from wordvec.corpus.encode.sentences import split_sentences
from wordvec.corpus.encode.tokenizers import TOKENIZERS, get_tokenizer
from wordvec.errors import WordvecError

if TYPE_CHECKING:
    from wordvec.corpus.recipe import TextRecipe

Span = tuple[int, int]
_PIECE = re.compile(r"\S+")
# What a change of letters may make one of: a number; a letter with its marks, or jamo that are one syllable.
_CLUSTER = re.compile(r"\d+(?:[.,'’]\d+)*|.[\u0300-\u036f\u1160-\u11ff\u3099\u309a\ufe20-\ufe2f]*", re.S)


class WordFinder:
    """Finds words in lines of text by making the tokens again, as the corpus did.

    >>> from wordvec.corpus.recipe import TextRecipe
    >>> line = 'The "Queen," said the queen.'
    >>> [line[begin:end] for begin, end in WordFinder(TextRecipe("words")).find(line, "queen")]
    ['Queen', 'queen']
    """

    def __init__(self, recipe: TextRecipe) -> None:
        self._recipe = recipe
        self._by_pieces = recipe.tokenizer in TOKENIZERS  # which never look across white space
        self._has_zeros = recipe.tokenizer == "words" or recipe.normalization.numbers == "zero"  # in place of digits
        try:
            self._tokenize = get_tokenizer(recipe.tokenizer) if recipe.tokenizer else None
        except WordvecError:  # a function of the user, or an extra that is missing
            self._tokenize = None

    def find(self, line: str, word: str) -> list[Span]:
        """Where the word occurs in the line, in order; where a token cannot be found in the text, not it."""
        tokens = list(self._tokens(line))
        if self._recipe.phrases is None:
            return [span for token, span in tokens if token == word and span is not None]
        found, at = [], 0
        for joined in self._recipe.phrases.join([token for token, _ in tokens]):
            size = self._size(joined, [token for token, _ in tokens[at:]])
            first, last = tokens[at][1], tokens[at + size - 1][1]
            if joined == word and first is not None and last is not None:
                found.append((first[0], last[1]))
            at += size
        return found

    def _size(self, joined: str, tokens: list[str]) -> int:
        """Of how many of the first tokens a phrase was made."""
        assert self._recipe.phrases is not None
        delimiter = self._recipe.phrases.delimiter
        sizes = range(1, len(tokens) + 1)
        return next((size for size in sizes if delimiter.join(tokens[:size]) == joined), 1)

    def _tokens(self, line: str) -> Iterator[tuple[str, Span | None]]:
        if self._tokenize is None:
            yield from ((found[0], found.span()) for found in _PIECE.finditer(line))
            return
        for begin, end in self._parts(line):
            piece = line[begin:end]
            if isinstance(self._tokenize, Analyser):
                yield from self._analysed(self._tokenize, piece, begin)
                continue
            at = 0
            for token in self._tokenize(self._recipe.normalization.apply(piece)):
                span = None if self._has_zeros and "0" in token else _inside(piece, token, at)
                at = at if span is None else span[1]
                if span is None and self._by_pieces:
                    span = _without_marks(piece)  # of another form than it is printed in: all of the piece
                yield token, None if span is None else (begin + span[0], begin + span[1])

    def _parts(self, line: str) -> list[Span]:
        """What the tokenizer saw at a time, or may be given one after the other with the same result."""
        if self._by_pieces:
            return [found.span() for found in _PIECE.finditer(line)]
        if not self._recipe.split_sentences:
            return [(0, len(line))]
        spans, at = [], 0
        for sentence in split_sentences(line):
            begin = line.index(sentence, at)
            at = begin + len(sentence)
            spans.append((begin, at))
        return spans

    def _analysed(self, analyser: Analyser, part: str, start: int) -> Iterator[tuple[str, Span | None]]:
        """An analyser's tokens, in another form than they are printed in: it says where they are."""
        changed = self._changed(part)
        places = _places(part, changed, self._changed)
        for token, begin, end in analyser.find(changed):
            yield token, None if places is None else (start + places[begin][0], start + places[end - 1][1])

    def _changed(self, text: str) -> str:
        return unicodedata.normalize("NFC", self._recipe.normalization.apply(text))


def _places(text: str, changed: str, change: Callable[[str], str]) -> list[Span] | None:
    """For each character of a changed text, where it was in the text; None where that cannot be said.

    >>> _places("가1850", "가0", lambda part: "0" if part.isdigit() else unicodedata.normalize("NFC", part))
    [(0, 1), (1, 5)]
    """
    if text == changed:
        return [(at, at + 1) for at in range(len(text))]
    found: list[Span] = []
    for cluster in _CLUSTER.finditer(text):
        found += [cluster.span()] * len(change(cluster[0]))
    return found if len(found) == len(changed) else None


def _without_marks(piece: str) -> Span:
    """A piece of text without what is neither letter nor digit at both of its ends."""
    signs = [at for at, sign in enumerate(piece) if sign.isalnum()]
    return (signs[0], signs[-1] + 1) if signs else (0, len(piece))


def _inside(text: str, token: str, start: int) -> Span | None:
    """Where `token` begins and ends in `text`, at `start` or behind it, whatever its case."""
    for own, other in ((text, token), (text.lower(), token.lower()), (text.casefold(), token.casefold())):
        if len(own) == len(text):  # or places in it would not be places in the text
            at = own.find(other, start)
            if at >= 0:
                return at, at + len(other)
    return None

"""Printed lines of the texts a corpus was built from, and where a word is in them: "New York" for new_york."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from wordvec.corpus.documents import Documents, size_and_sha256
from wordvec.corpus.documents.table import read_records
from wordvec.corpus.encode.cjk import Analyser
from wordvec.corpus.encode.sentences import split_sentences
from wordvec.corpus.encode.tokenizers import OF_PIECES, get_tokenizer
from wordvec.corpus.read import read_lines
from wordvec.corpus.read.sources import as_files
from wordvec.errors import CorpusError, WordvecError

if TYPE_CHECKING:
    from wordvec.corpus.recipe import TextRecipe


Span = tuple[int, int]
_PIECE = re.compile(r"\S+")
# What normalization may turn into one character: a number; a letter with its marks; the jamo of one syllable.
_CLUSTER = re.compile(r"\d+(?:[.,'’]\d+)*|.[\u0300-\u036f\u1160-\u11ff\u3099\u309a\ufe20-\ufe2f]*", re.S)


class WordFinder:
    """Finds words in lines of text by tokenizing them as the corpus did.

    >>> from wordvec.corpus.recipe import TextRecipe
    >>> line = 'The "Queen," said the queen.'
    >>> [line[begin:end] for begin, end in WordFinder(TextRecipe("words")).find(line, "queen")]
    ['Queen', 'queen']
    """

    def __init__(self, recipe: TextRecipe) -> None:
        self._recipe = recipe
        self._by_pieces = recipe.tokenizer in OF_PIECES  # which never look across white space
        self._has_zeros = recipe.tokenizer == "words" or recipe.normalization.numbers == "zero"  # digits were replaced
        try:
            self._tokenize = get_tokenizer(recipe.tokenizer) if recipe.tokenizer else None
        except WordvecError:  # the user's own function, or a missing extra
            self._tokenize = None

    def find(self, line: str, word: str) -> list[Span]:
        """Where the word occurs in the line, in order; tokens that cannot be located in the text are skipped."""
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
        """How many of the first tokens a phrase was joined from."""
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
                    span = _without_marks(piece)  # the token differs from its printed form: take the whole piece
                yield token, None if span is None else (begin + span[0], begin + span[1])

    def _parts(self, line: str) -> list[Span]:
        """Spans of text that can be tokenized one by one with the same result as the corpus's tokenizer."""
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
        """An analyser's tokens, which can differ from their printed form; the analyser reports their positions."""
        changed = self._changed(part)
        places = _places(part, changed, self._changed)
        for token, begin, end in analyser.find(changed):
            yield token, None if places is None else (start + places[begin][0], start + places[end - 1][1])

    def _changed(self, text: str) -> str:
        return unicodedata.normalize("NFC", self._recipe.normalization.apply(text))


def _places(text: str, changed: str, change: Callable[[str], str]) -> list[Span] | None:
    """For each character of a changed text, its span in the original; None if this cannot be determined.

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
    """The span of a piece without leading and trailing characters that are neither letters nor digits."""
    signs = [at for at, sign in enumerate(piece) if sign.isalnum()]
    return (signs[0], signs[-1] + 1) if signs else (0, len(piece))


def _inside(text: str, token: str, start: int) -> Span | None:
    """Where `token` begins and ends in `text`, at or after `start`, in any case."""
    for own, other in ((text, token), (text.lower(), token.lower()), (text.casefold(), token.casefold())):
        if len(own) == len(text):  # otherwise its indices would not fit the text
            at = own.find(other, start)
            if at >= 0:
                return at, at + len(other)
    return None


# Printed lines of the texts a corpus was built from.


Place = tuple[int, int]  # number of the document, line there from 1


class Originals:
    """Reads lines of documents from their files, if the files are unchanged since the corpus was built.

    `root` is the folder that holds the texts now (default: where they were when the corpus was built).
    """

    def __init__(self, documents: Documents, root: str | os.PathLike[str] | None = None) -> None:
        self.documents = documents
        self.root = Path(documents.root if root is None else root)
        self._checked: set[int] = set()
        self._kept: dict[Place, str] = {}

    def lines(self, places: Iterable[Place]) -> dict[Place, str]:
        """The lines at these places, and others that were read earlier.

        Raises CorpusError for a text that is gone or was changed.
        """
        wanted: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))  # by file and document
        for document, line in places:
            if (document, line) not in self._kept:
                wanted[self.documents.rows[document].file][document].add(line)
        for file, of_documents in sorted(wanted.items()):
            path = self._whole(file)
            if self.documents.reading.get("field") is None:
                for document, lines in of_documents.items():
                    self._kept |= self._of_text(path, document, lines)
            else:
                self._kept |= self._of_records(path, of_documents)
        return self._kept

    def _whole(self, number: int) -> Path:
        """The path of a file, after checking that its size and SHA-256 are unchanged."""
        file = self.documents.files[number]
        path = self.root / file.path
        if number in self._checked:
            return path
        try:
            same = (file.bytes, file.sha256) == size_and_sha256(path)
        except OSError as error:
            raise CorpusError(
                f"{path}: the text cannot be read: {error.strerror or error}; --texts DIR says where the texts are "
                "now, --tokens shows the words as the corpus holds them"
            ) from error
        if not same:
            raise CorpusError(
                f"{path}: was changed since the corpus was built, so its lines do not match the corpus; build it "
                "again, or use --tokens for the words in the corpus"
            )
        self._checked.add(number)
        return path

    def _of_text(self, path: Path, document: int, wanted: set[int]) -> dict[Place, str]:
        reading = self.documents.reading
        how = reading["encoding"], reading["encoding_errors"]
        lines = read_lines(as_files([path]), *how, plain_text=bool(reading.get("plain_text")))
        numbered = enumerate(islice(lines, max(wanted)), 1)
        return {(document, number): line for number, line in numbered if number in wanted}

    def _of_records(self, path: Path, wanted: dict[int, set[int]]) -> dict[Place, str]:
        reading = self.documents.reading
        found: dict[Place, str] = {}
        by_record = {self.documents.rows[document].record: document for document in wanted}
        last = max(record for record in by_record if record is not None)
        records = read_records(path, reading["field"], (), reading["encoding"], reading["encoding_errors"])
        for record in records:
            document = by_record.get(record.number)
            if document is not None:
                lines = record.text.split("\n") if isinstance(record.text, str) else [" ".join(record.text)]
                found |= {(document, number): lines[number - 1] for number in wanted[document]}
            if record.number >= last:
                break
        return found

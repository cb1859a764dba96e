"""Documents with tags: their words become a corpus, in which each sentence keeps the tags of its document.

A tag names one document, or something several share: an author, a topic, or the start node of graph walks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np

from wordvec.corpus.documents import Documents
from wordvec.corpus.read.records import block_of
from wordvec.corpus.read.sources import Tagged, Texts, TokenLists
from wordvec.corpus.read.values import as_token, listed_items
from wordvec.errors import CorpusError

EXPECTED = (
    "a pair of words and tags, such as (['good', 'tea'], ['d1']) or ('good tea', 'd1'), or an object with .words and "
    ".tags"
)


@dataclass(frozen=True)
class DocumentTags:
    """The tags of the sentences of a corpus.

    names      the tags, in order of first appearance
    starts     (S + 1,) int64; the tags of sentence s are ``numbers[starts[s] : starts[s + 1]]``, indices into `names`
    numbers    (n,) int32
    documents  how many documents were read, including those without a word in the vocabulary

    >>> tags = DocumentTags(["a", "b"], np.array([0, 1, 3]), np.array([0, 1, 0], np.int32), documents=2)
    >>> tags.of_sentences(np.array([1])).numbers.tolist(), tags.words(np.array([4, 2])).tolist()
    ([1, 0], [6, 2])
    """

    names: list[str]
    starts: np.ndarray
    numbers: np.ndarray
    documents: int

    def __len__(self) -> int:
        return len(self.names)

    @property
    def sentences(self) -> int:
        """The number of sentences, with or without tags."""
        return len(self.starts) - 1

    def of_sentences(self, sentences: np.ndarray) -> DocumentTags:
        """The tags of some of the sentences, in the given order."""
        counts = np.diff(self.starts)[sentences]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        places = np.arange(starts[-1]) + np.repeat(self.starts[:-1][sentences] - starts[:-1], counts)
        return replace(self, starts=starts, numbers=self.numbers[places])

    def words(self, lengths: np.ndarray) -> np.ndarray:
        """Words per tag (T,) from words per sentence (S,); a tag repeated in a sentence counts once."""
        sentence = np.repeat(np.arange(len(lengths)), np.diff(self.starts))
        pairs = np.unique(sentence * max(1, len(self.names)) + self.numbers)
        of_sentence, tag = np.divmod(pairs, max(1, len(self.names)))
        return np.bincount(tag, lengths[of_sentence], minlength=len(self.names)).astype(np.int64)

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of `names`, `starts` and `numbers`."""
        digest = hashlib.sha256()
        for name in self.names:
            encoded = name.encode("utf-8", "surrogatepass")
            digest.update(len(encoded).to_bytes(8, "little") + encoded)
        digest.update(np.ascontiguousarray(self.starts, "<i8").tobytes())
        digest.update(np.ascontiguousarray(self.numbers, "<i4").tobytes())
        return digest.hexdigest()


class _Noting:
    """Yields the words of documents and collects their tags."""

    def __init__(self, documents: Iterable[Any]) -> None:
        self._documents = documents
        self._number_of: dict[str, int] = {}
        self._numbers: list[int] = []
        self._ends: list[int] = [0]

    def words(self) -> Iterator[Any]:
        """Yield the words of each document: texts, or lists of tokens; a mixture is refused."""
        first: type | None = None
        for number, document in enumerate(self._documents, 1):
            words, tags = words_and_tags(document, number)
            first = first or (str if isinstance(words, str) else list)
            if isinstance(words, str) is not (first is str):
                expected = "a text, as the first document is," if first is str else "a list of tokens, as in the first,"
                raise CorpusError(f"document {number}: {expected} expected; got {words!r:.60}")
            for tag in tags:
                self._numbers.append(self._number_of.setdefault(tag, len(self._number_of)))
            self._ends.append(len(self._numbers))
            yield block_of(words).replace("\n", " ") if isinstance(words, str) else words

    def found(self) -> DocumentTags:
        """All tags; complete after `words` has been read."""
        numbers = np.array(self._numbers, np.int32)
        return DocumentTags(list(self._number_of), np.array(self._ends, np.int64), numbers, len(self._ends) - 1)


def as_tagged(documents: Any) -> tuple[Tagged, bool]:
    """Tagged documents as a source of a corpus, and whether their words are texts (else lists of tokens).

    Raises CorpusError, naming the document, for anything else.
    """
    if isinstance(documents, (str, bytes, dict)) or not isinstance(documents, Iterable):
        raise CorpusError(f"documents with tags expected, each {EXPECTED}; got {type(documents).__name__}")
    noting = _Noting(documents)
    words = noting.words()
    first = next(words, None)
    if first is None:
        raise CorpusError("no document was given: there is nothing to read (an iterator can be read only once)")
    is_text, words = isinstance(first, str), chain([first], words)
    return Tagged(Texts(words, "text") if is_text else TokenLists(words), noting.found), is_text


def words_and_tags(document: Any, number: int) -> tuple[Any, list[str]]:
    """The words (a text or a list of tokens) and tags of a document. Raises CorpusError if either is missing.

    >>> words_and_tags((["good", "tea"], 7), 1), words_and_tags(("good tea", ["d1", "a"]), 2)
    ((['good', 'tea'], ['7']), ('good tea', ['d1', 'a']))
    """
    if hasattr(document, "words") and hasattr(document, "tags"):
        words, tags = document.words, document.tags
    elif isinstance(document, (tuple, list)) and len(document) == 2 and not _is_token_list(document):
        words, tags = document
    else:
        raise CorpusError(f"document {number}: {EXPECTED} expected; got {document!r:.80}")
    if isinstance(words, Iterable) and not isinstance(words, (str, bytes, dict, set)):
        words = list(words)
    if not isinstance(words, (str, list)):
        raise CorpusError(f"document {number}: its words are a text or a list of tokens; got {words!r:.80}")
    tags = listed_items(tags)
    listed = list(tags) if isinstance(tags, (list, tuple)) else [tags]
    return words, [_tag(tag, number) for tag in listed]


def _is_token_list(document: Any) -> bool:
    """Whether a list of two could be two untagged tokens; a pair of two texts must therefore be a tuple."""
    return isinstance(document, list) and isinstance(document[0], str) and isinstance(document[1], str)


def _tag(tag: Any, number: int) -> str:
    """A tag as text; a whole number becomes its digits."""
    text = as_token(tag)
    if not text:
        raise CorpusError(
            f"document {number}: a tag is text that is not empty, or a whole number, alone or in a list; "
            f"got {tag!r:.80}"
        )
    return text


def tags_of(tags: DocumentTags | None, documents: Documents | None, sentences: int, given: int | None) -> DocumentTags:
    """The tags of a corpus: its own, else its documents' names, else the numbers of its lines, from 1.

    `sentences` counts the corpus's sentences, `given` the text's. Raises CorpusError if lines without a known word were
    left out, because line numbers are then unknown.
    """
    if tags is not None:
        return tags
    each = np.arange(sentences + 1, dtype=np.int64)
    if documents is not None:
        names = [documents.name(number) for number in range(len(documents))]
        return DocumentTags(names, each, np.array(documents.of_sentence, np.int32), len(documents))
    if given != sentences:
        raise CorpusError(
            f"this corpus has {sentences:,} sentences and its text had {given or 'an unknown number'}: some had no "
            "word in the vocabulary, so the numbers of the others are not known; give the documents with tags: "
            "Corpus.from_tagged((words, tag) for ...)"
        )
    return DocumentTags([str(number + 1) for number in range(sentences)], each, each[:-1].astype(np.int32), sentences)

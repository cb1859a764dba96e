"""A corpus as ids on disk: what every trainer and counter reads."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from wordvec.corpus.encoding import Spooled, checked_sentences, renumber, spool
from wordvec.corpus.readers import Source, as_paths, read_lines, read_pieces, size_in_bytes
from wordvec.corpus.storage import check_content, is_corpus_folder, open_corpus, save_corpus
from wordvec.corpus.tokenizers import TOKENIZERS, Tokenizer, get_tokenizer, tokenizer_name
from wordvec.corpus.vocabulary import Vocabulary
from wordvec.errors import CorpusError, OptionError
from wordvec.progress import progress

DEFAULT_TOKENIZER = "whitespace"  # changes nothing: what the user prepared is what is trained on
DEFAULT_MIN_COUNT = 5  # word2vec's: rarer words have too few contexts to learn from


class Corpus:
    """Sentences as word ids, memory-mapped, with their vocabulary.

    Attributes:
        ids: (N,) int32, the words of all sentences after one another; words outside the vocabulary are left out.
        sentence_starts: (S + 1,) int64; sentence `s` is ``ids[sentence_starts[s]:sentence_starts[s + 1]]``. The
            first is 0, the last N, and each is greater than the one before: a sentence without words is left out.
        vocabulary: the words, with ids by falling count.
        info: where the corpus comes from: tokenizer, sources, and the raw counts before `min_count`.

    A sentence is a line of the text, whatever its length. No window reaches across its borders.

    >>> corpus = Corpus.from_sentences([["you", "say", "goodbye"], ["and", "i", "say", "hello"]])
    >>> corpus.ids.tolist(), corpus.sentence_starts.tolist()
    ([5, 0, 2, 1, 4, 0, 3], [0, 3, 7])
    >>> corpus.vocabulary.words[0]
    'say'
    """

    def __init__(
        self,
        ids: np.ndarray,
        sentence_starts: np.ndarray,
        vocabulary: Vocabulary,
        info: dict[str, Any] | None = None,
        fingerprint: str | None = None,
    ) -> None:
        self.ids = ids
        self.sentence_starts = sentence_starts
        self.vocabulary = vocabulary
        self.info = dict(info or {})
        self._fingerprint = fingerprint
        self._is_checked = False

    @classmethod
    def build(
        cls,
        source: Source | Iterable[list[str]],
        *,
        tokenizer: str | Tokenizer | None = None,
        min_count: int | None = None,
        encoding: str = "utf-8",
        encoding_errors: str = "strict",
        show_progress: bool | None = None,
    ) -> Corpus:
        """Read `source` once, tokenize it and give every word an id.

        `source` is anything `read_lines` takes (files, folders, ``"-"``, ``"tiny-world"``, an iterable of
        lines), an iterable of token lists, or a folder that `save` wrote, which is opened. `tokenizer` is a
        name or a function from a line to tokens (default ``"whitespace"``); `min_count` is how often a word must
        occur to stay (default 5). Memory holds the vocabulary and a few chunks, not the text.

        Raises CorpusError for text that cannot be read, an empty corpus, or one without a word that frequent;
        OptionError for options out of range and for options that differ from those of an opened folder.

        >>> Corpus.build(iter(["a rose is a rose is a rose"]), min_count=3).vocabulary.words
        ['a', 'rose']
        """
        paths = as_paths(source)
        if paths is not None and len(paths) == 1 and is_corpus_folder(Path(paths[0])):
            return cls._open_as_built(Path(paths[0]), tokenizer, min_count)
        tokenizer = DEFAULT_TOKENIZER if tokenizer is None else tokenizer
        min_count = DEFAULT_MIN_COUNT if min_count is None else _checked_min_count(min_count)
        tokenize = get_tokenizer(tokenizer)
        total = size_in_bytes(source)
        by_bytes = total is not None
        with progress(total or None, "reading", "B" if by_bytes else "lines", show=show_progress) as bar:
            on_bytes, on_sentences = (bar.update, _ignore) if by_bytes else (_ignore, bar.update)
            runs, tokenized = _token_runs(source, tokenize, encoding, encoding_errors, on_bytes)
            spooled = spool(runs, on_sentences)
        info = {"tokenizer": None if tokenized else tokenizer_name(tokenizer), "sources": _source_names(source)}
        if not tokenized:
            info |= {"encoding": encoding, "encoding_errors": encoding_errors}
        return cls._from_spooled(spooled, min_count, info)

    @classmethod
    def from_sentences(cls, sentences: Iterable[Iterable[str]], min_count: int = 1) -> Corpus:
        """Make a corpus of token lists, such as ``[["the", "cat"], ["a", "dog"]]``; an iterator is read once.

        Raises CorpusError, showing the item, when a sentence is a string instead of a list of strings.
        """
        min_count = _checked_min_count(min_count)
        if isinstance(sentences, (str, bytes)) or not isinstance(sentences, Iterable):
            raise CorpusError(f"a list of token lists expected, such as [['the', 'cat']]; got {sentences!r:.80}")
        spooled = spool(checked_sentences(sentences), _ignore)
        return cls._from_spooled(spooled, min_count, {"tokenizer": None, "sources": ["sentences"]})

    @classmethod
    def _from_spooled(cls, spooled: Spooled, min_count: int, info: dict[str, Any]) -> Corpus:
        if not len(spooled.ids):
            raise CorpusError(f"the corpus is empty: no words in {', '.join(info['sources'])}")
        counts = dict(zip(spooled.words, spooled.counts.tolist(), strict=True))
        vocabulary = Vocabulary.from_counts(counts, min_count)
        if not len(vocabulary):
            raise CorpusError(_nothing_left_message(counts, min_count))
        ids, sentence_starts = renumber(spooled, vocabulary)
        info |= {
            "min_count": min_count,
            "raw_tokens": len(spooled.ids),
            "raw_words": len(spooled.words),
            "raw_sentences": len(spooled.sentence_ends),
        }
        return cls(ids, sentence_starts, vocabulary, info)

    @classmethod
    def open(cls, folder: str | os.PathLike[str], *, verify: bool = False) -> Corpus:
        """Open a folder that `save` wrote; ids stay on disk, memory-mapped.

        Opening takes no longer for a larger corpus: it checks the sizes of the files, and words are unpacked when
        they are first needed. `verify` reads everything and also finds what was altered in place.
        Raises CorpusError for a folder that is not a corpus, is damaged or is of another version.
        """
        return cls(*open_corpus(Path(folder), verify=verify))

    def check(self) -> None:
        """Raise CorpusError unless all ids are in the vocabulary and sentence starts rise from 0 to the end.

        What trains or counts in compiled code calls this first: a damaged file that was opened without `verify` must
        not lead it into foreign memory. One pass at the speed of memory, the first time only.
        """
        if not self._is_checked:
            try:
                check_content(self.ids, self.sentence_starts, len(self.vocabulary))
            except CorpusError as error:
                raise CorpusError(f"damaged corpus: {error}; build it again from the text") from error
            self._is_checked = True

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write ids, sentence starts and vocabulary to `folder`, which is replaced as a whole or not at all.

        Raises InputError when `folder` exists and is not a corpus folder or empty.
        """
        save_corpus(Path(folder), self.ids, self.sentence_starts, self.vocabulary, self.info, self.fingerprint)

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of words, counts, ids and sentence starts: equal corpora have equal fingerprints."""
        if self._fingerprint is None:
            digest = hashlib.sha256()
            for word in self.vocabulary.words:
                encoded = word.encode("utf-8", "surrogatepass")
                digest.update(len(encoded).to_bytes(8, "little") + encoded)
            for array, dtype in ((self.vocabulary.counts, "<i8"), (self.ids, "<i4"), (self.sentence_starts, "<i8")):
                digest.update(len(array).to_bytes(8, "little"))
                for begin in range(0, len(array), 1 << 20):
                    digest.update(np.ascontiguousarray(array[begin : begin + (1 << 20)], dtype).data)
            self._fingerprint = digest.hexdigest()
        return self._fingerprint

    def sentences(self) -> Iterator[list[str]]:
        """Yield each sentence as the words of it that are in the vocabulary."""
        words = self.vocabulary.words
        for start, end in itertools.pairwise(self.sentence_starts):
            yield [words[word_id] for word_id in self.ids[start:end]]

    def __repr__(self) -> str:
        sentences = len(self.sentence_starts) - 1
        return f"Corpus({len(self.ids)} tokens, {sentences} sentences, {len(self.vocabulary)} words)"

    @classmethod
    def _open_as_built(cls, folder: Path, tokenizer: str | Tokenizer | None, min_count: int | None) -> Corpus:
        corpus = cls.open(folder)
        asked = {"tokenizer": None if tokenizer is None else tokenizer_name(tokenizer), "min_count": min_count}
        for option, value in asked.items():
            built_with = corpus.info.get(option)
            if value is not None and value != built_with:
                raise OptionError(
                    f"{folder}: this corpus was built with {option}={built_with!r}, not {value!r}: "
                    f"leave {option} out, or build a corpus from the text again"
                )
        return corpus


def _ignore(amount: int) -> None:
    pass


def _checked_min_count(min_count: int) -> int:
    if isinstance(min_count, bool) or not isinstance(min_count, (int, np.integer)) or min_count < 1:
        raise OptionError(f"min_count must be a whole number, 1 or more; got {min_count!r}")
    return int(min_count)


def _source_names(source: object) -> list[str]:
    paths = as_paths(source)
    return [os.fspath(path) for path in paths] if paths is not None else [type(source).__name__]


def _token_runs(
    source: Any, tokenize: Tokenizer, encoding: str, encoding_errors: str, on_bytes: Callable[[int], None]
) -> tuple[Iterator[tuple[Iterable[str], bool]], bool]:
    """(tokens, ends_sentence) of all sentences, and whether `source` held tokens rather than text."""
    if as_paths(source) is None and isinstance(source, Iterable) and not isinstance(source, (str, bytes)):
        items = iter(source)
        first = list(itertools.islice(items, 1))
        source = itertools.chain(first, items)
        if first and not isinstance(first[0], (str, bytes)):
            return checked_sentences(source), True
    if tokenize in TOKENIZERS.values():  # these never look across white space, so a long line may come in pieces
        pieces = read_pieces(source, encoding, encoding_errors, on_bytes)
        return ((tokenize(piece), ends_line) for piece, ends_line in pieces), False
    lines = read_lines(source, encoding, encoding_errors, on_bytes)
    return checked_sentences(map(tokenize, lines)), False


def _nothing_left_message(counts: dict[str, int], min_count: int) -> str:
    falling = sorted(counts.values(), reverse=True)
    kept = min(100, len(falling))
    enough = falling[kept - 1]
    keeps = sum(count >= enough for count in falling)
    return (
        f"min_count={min_count} removes every word: the corpus has {sum(falling)} words, {len(falling)} of them "
        f"different, the most frequent seen {falling[0]} times; min_count={enough} would keep {keeps}"
    )

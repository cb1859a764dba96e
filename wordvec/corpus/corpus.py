"""A corpus as ids on disk: what every trainer and counter reads."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.corpus.build_options import BuildOptions, SentenceOptions, checked_options, refuse_other_options
from wordvec.corpus.building import checked_threads
from wordvec.corpus.building_on_cluster import cluster_to_build_on
from wordvec.corpus.documents import Documents, read_documents
from wordvec.corpus.documents.reading import DocumentReader, remarks_on
from wordvec.corpus.documents.tags import DocumentTags, as_tagged
from wordvec.corpus.encode.normalization import Normalization
from wordvec.corpus.encode.token_ids import Spooled
from wordvec.corpus.encode.tokenizers import Tokenizer
from wordvec.corpus.hashes import Written, fingerprint_of
from wordvec.corpus.parts import CorpusParts, parts_of, parts_on_cluster, selected
from wordvec.corpus.phrases import Phrases
from wordvec.corpus.read import check_plain_text
from wordvec.corpus.read.sources import (
    Documented,
    Files,
    PathLike,
    Tagged,
    as_files,
    as_texts,
    as_token_lists,
    refuse_unused,
    source_of,
)
from wordvec.corpus.recipe import EARLIER_CORPUS, TextRecipe
from wordvec.corpus.selection import Selection, select_more
from wordvec.corpus.storage import check_content, is_corpus_folder, open_corpus, save_corpus
from wordvec.corpus.vocabulary import Vocabulary
from wordvec.errors import CorpusError, OptionError
from wordvec.progress import announce

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Corpus:
    """Sentences as word ids, memory-mapped if there are many, with their vocabulary.

    ids              (N,) int32, the in-vocabulary words of all sentences, one sentence after another
    sentence_starts  (S + 1,) int64; sentence `s` is ``ids[sentence_starts[s]:sentence_starts[s + 1]]``. The first is 0,
                     the last N, and they strictly increase: a sentence without words is left out
    vocabulary       the words, with ids by descending count
    info             where the corpus comes from: tokenizer, sources, and the raw counts before `min_count`
    folder           the folder it was opened from, or None

    A sentence is a line of the text, whatever its length. No window crosses sentence borders.

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
        self.folder: Path | None = None
        self._fingerprint = fingerprint
        self._written: dict[str, Written] = {}  # arrays that are files in the store of a cluster
        self._is_checked = False
        self.tags: DocumentTags | None = None  # set by `from_tagged`
        self._all_tokens: tuple[Spooled, Selection] | None = None  # with the words left out, until released

    @classmethod
    def build(
        cls,
        source: Any,
        *,
        tokenizer: str | Tokenizer | None = None,
        normalization: Normalization | Mapping[str, str] | None = None,
        split_sentences: bool = False,
        field: str | None = None,
        phrases: Phrases | int | None = None,
        min_count: int | None = None,
        max_words: int | None = None,
        keep_words: Iterable[str] | None = None,
        drop_words: Iterable[str] | None = None,
        vocabulary: str | os.PathLike[str] | Vocabulary | Iterable[str] | None = None,
        encoding: str = "utf-8",
        encoding_errors: str = "strict",
        strict: bool = False,
        plain_text: bool = False,
        threads: int | None = None,
        client: Any = None,
        store: str | os.PathLike[str] | None = None,
        show_progress: bool | None = None,
    ) -> Corpus:
        """Read `source` once, tokenize it and give every word an id.

        `source` is one path (a file, a folder, a pattern, ``"-"``), a name such as ``"tiny-world"``, or a folder that
        `save` wrote, which is opened; an iterable of token lists or of `Path` objects; or records or a table with the
        text in `field`. Strings in a list or another container could be texts or file names, so use `from_texts` or
        `from_files` for them, with the same options. (An iterator of strings that name no files is read as lines of
        text.) The text is processed in this order:

        - `split_sentences` also ends sentences inside lines, see `wordvec.corpus.encode.sentences`;
        - `normalization` (a `Normalization` or its options, default: none) changes the text;
        - `tokenizer` is a name or a function from a line to tokens (default ``"whitespace"``);
        - `phrases` (a `Phrases`, or the number of passes) joins words that belong together; phrases learned from
          another text are joined without learning;
        - words that occur at least `min_count` times (default 5, or 1 with a `vocabulary`) are kept, subject to
          `max_words`, `keep_words`, `drop_words` and `vocabulary`, see `Vocabulary.from_words`.

        `field` is read from JSON, CSV, TSV, Parquet, Arrow, records and tables; if it holds lists, these are the
        tokens. Missing values and unreadable records are left out, counted and reported; with `strict` they are
        errors. With `plain_text`, files are lines of text even if they look like something else: markup, a table,
        JSON, vectors, a log. `threads` (default: all cores) affects only speed. Memory holds the vocabulary and a few
        blocks, not the text. More than 30 million words need temporary files in TMPDIR, 8 bytes a word.

        With `client`, a ``dask.distributed.Client``, the workers of its cluster read the files, with the same result;
        `store` is a folder or fsspec URL for intermediate files, visible to all workers.

        Raises CorpusError for text that cannot be read, an empty corpus, or one without a word that frequent;
        OptionError for options out of range, for options that differ from those of an opened folder, and for options
        of text with token lists.

        >>> Corpus.build("tiny-world", max_words=2).vocabulary.words
        ['the', '.']
        """
        options = checked_options(
            tokenizer=tokenizer,
            normalization=normalization,
            split_sentences=split_sentences,
            field=field,
            phrases=phrases,
            min_count=min_count,
            max_words=max_words,
            keep_words=keep_words,
            drop_words=drop_words,
            vocabulary=vocabulary,
            encoding=encoding,
            encoding_errors=encoding_errors,
            strict=strict,
            plain_text=plain_text,
        )
        threads = checked_threads(threads)
        tagged = source if isinstance(source, Tagged) else None
        source = source_of(source if tagged is None else tagged.words, field)
        if isinstance(source, Files) and len(source.paths) == 1 and is_corpus_folder(Path(source.paths[0])):
            corpus = cls.open(source.paths[0])
            refuse_other_options(Path(source.paths[0]), corpus.info, options.as_info | options.of_reading)
            return corpus
        check_plain_text(plain_text, field, source)
        if isinstance(source, Files):
            refuse_unused(source.paths, options.of_reading)
        if client is not None and (isinstance(source, Documented) or tagged is not None):
            raise OptionError("documents with metadata or tags are read on one machine: leave out the cluster")
        if client is not None:
            cluster = cluster_to_build_on(client, store)
            with cluster.store.alone():
                return cls.of_parts(parts_on_cluster(cluster, source, options, show_progress))
        found = source.found if isinstance(source, Documented) else tagged.found if tagged else None
        return cls.of_parts(parts_of(source, options, threads, show_progress, found))

    @classmethod
    def from_texts(cls, texts: Iterable[Any], **options: Unpack[BuildOptions]) -> Corpus:
        """Make a corpus of strings, each one a text; options as in `build`.

        `texts` is any ordered iterable: a list, a generator, an open file, an array, a Series or a column; with
        `field` also records, a data frame, a table or a data set. A line break inside a text ends a sentence.
        Missing texts (None, NaN) are left out, counted and reported.

        Raises CorpusError, showing the item, for anything but strings, and for a single string.

        >>> Corpus.from_texts(["a rose is a rose", "is a rose"], min_count=3).vocabulary.words
        ['a', 'rose']
        """
        return cls.build(as_texts(texts), **options)

    @classmethod
    def from_files(cls, paths: PathLike | Iterable[PathLike], **options: Unpack[BuildOptions]) -> Corpus:
        """Make a corpus of files: one path or any iterable of paths, read in its order; options as in `build`.

        A path is a file, a folder, a pattern such as ``"texts/**/*.txt"``, ``"-"`` for standard input or a name such
        as ``"tiny-world"``. Raises CorpusError for anything but paths, and for a set of paths, which has no order.

        >>> Corpus.from_files(["tiny-world"], max_words=2).vocabulary.words
        ['the', '.']
        """
        return cls.build(as_files(paths), **options)

    @classmethod
    def from_documents(
        cls,
        paths: PathLike | Iterable[PathLike],
        metadata: PathLike | None = None,
        *,
        path_column: str | None = None,
        metadata_fields: Sequence[str] = (),
        **options: Unpack[BuildOptions],
    ) -> Corpus:
        r"""Make a corpus that knows its documents (`Corpus.documents`); options as in `build`.

        `metadata` is a table with one row per text file: CSV, TSV, JSON Lines or Parquet. It has a column for the path
        (named path or file, or `path_column`) and any others, such as year and author. It is in UTF-8, or in the
        `encoding` of the texts. Alternatively, the documents are records of JSON, CSV, Parquet or Arrow: `field` holds
        their text and `metadata_fields` are kept.

        Files without a row and rows without a file are reported, or with `strict` refused. Raises CorpusError as
        `build` does, and for a table that does not fit the files; OptionError if neither or both are given.

        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "a.txt").write_text("tea and milk")
        >>> _ = (folder / "years.csv").write_text("path,year\na.txt,1850\n")
        >>> corpus = Corpus.from_documents(folder, folder / "years.csv", min_count=1)
        >>> corpus.documents.metadata(0), corpus.documents.place(0)
        ({'year': '1850'}, ('a.txt', 1))
        """
        fields = (metadata_fields,) if isinstance(metadata_fields, str) else tuple(metadata_fields)
        listed = [os.fspath(path) for path in as_files(paths).paths]
        given = options.get("field"), fields, options.get("strict", False)
        encoded = options.get("encoding", "utf-8"), options.get("encoding_errors", "strict")
        encoded = *encoded, options.get("plain_text", False)
        reader = DocumentReader(listed, metadata, path_column, *given, *encoded)
        corpus = cls.build(Documented(listed, reader.blocks, reader.documents), **options)
        assert isinstance(corpus.documents, Documents)
        for remark in remarks_on(corpus.documents, corpus.sentence_starts):
            announce(remark)
        return corpus

    @classmethod
    def from_sentences(cls, sentences: Iterable[Any], min_count: int = 1, **options: Unpack[SentenceOptions]) -> Corpus:
        """Make a corpus of token lists, such as ``[["the", "cat"], ["a", "dog"]]``; an iterator is read once.

        Tokens are used unchanged, whole numbers as their digits: options of `build` that change text are refused. With
        `field` the lists are in records, a data frame, a table or a data set. Missing sentences (None, NaN) are left
        out and counted.

        Raises CorpusError, showing the item, if a sentence is a string instead of a list of strings, or a set.
        """
        return cls.build(as_token_lists(sentences), min_count=min_count, **options)

    @classmethod
    def from_tagged(cls, documents: Iterable[Any], **options: Unpack[BuildOptions]) -> Corpus:
        """Make a corpus of tagged documents, for `ParagraphVectors`; options as in `build`, except those for a cluster.

        `documents` is any iterable of pairs (words, tags), or of objects with ``.words`` and ``.tags`` (gensim's).
        Words are a text or a list of tokens, the same kind in all documents. Tags are a string or a whole number, or a
        list of them. A document is one sentence, whatever its line breaks. min_count defaults to 5 for texts and 1 for
        token lists.

        Raises CorpusError, naming the document, for anything else, and OptionError for options of sentences.

        >>> corpus = Corpus.from_tagged([(["good", "tea"], "d1"), (["bad", "tea"], ["d2", "sad"])])
        >>> corpus.tags.names, len(corpus.ids)
        (['d1', 'd2', 'sad'], 4)
        """
        if options.get("split_sentences") or options.get("field") is not None:
            raise OptionError(
                "a document with tags is one sentence and its words are given: leave out split_sentences, field"
            )
        source, is_text = as_tagged(documents)
        if not is_text:
            options.setdefault("min_count", 1)
        return cls.build(source, **options)

    @classmethod
    def of_parts(cls, parts: CorpusParts) -> Corpus:
        """Assemble a corpus from its parts, unchecked."""
        corpus = cls(parts.ids, parts.sentence_starts, parts.vocabulary, parts.info)
        corpus._written = parts.written
        corpus._all_tokens = parts.all_tokens
        if isinstance(parts.documents, DocumentTags):
            corpus.tags = parts.documents
        elif parts.documents is not None:
            corpus.documents = parts.documents
        return corpus

    @classmethod
    def open(cls, folder: str | os.PathLike[str], *, verify: bool = False) -> Corpus:
        """Open a folder that `save` wrote; ids stay on disk, memory-mapped.

        Opening takes no longer for a larger corpus: only file sizes are checked, and words are unpacked when first
        needed. `verify` reads everything and also detects changes made in place.
        Raises CorpusError for a folder that is not a corpus, is damaged or has another version.
        """
        ids, sentence_starts, parts, info, fingerprint = open_corpus(Path(folder), verify=verify)
        corpus = cls(ids, sentence_starts, Vocabulary.of_parts(*parts), info, fingerprint)
        if verify:
            try:
                corpus.vocabulary.check()
            except CorpusError as error:
                raise CorpusError(f"{folder}: damaged corpus: {error}; build it again from the text") from error
        corpus.folder = Path(folder)
        return corpus

    def check(self) -> None:
        """Raise CorpusError unless all ids are in the vocabulary and sentence starts rise from 0 to the end.

        Compiled training and counting call this first, so that a damaged file opened without `verify` cannot make
        them read or write outside their arrays. One pass at the speed of memory, the first time only.
        """
        if not self._is_checked:
            try:
                check_content(self.ids, self.sentence_starts, len(self.vocabulary))
            except CorpusError as error:
                raise CorpusError(f"damaged corpus: {error}; build it again from the text") from error
            self._is_checked = True

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write ids, sentence starts and vocabulary to `folder`, which is replaced entirely or not at all.

        Raises InputError if `folder` exists and is neither a corpus folder nor empty, or if the disk is full.
        """
        if self.tags is not None:
            raise CorpusError(
                f"{folder}: a corpus folder has no place for tags of documents: train on the corpus as it is, or set "
                "corpus.tags = None to save it without"
            )
        try:
            parts = self.ids, self.sentence_starts, self.vocabulary.parts, self.info
            save_corpus(Path(folder), *parts, self.documents, self._written)
        except OSError as error:
            raise CorpusError(
                f"{folder}: cannot be written: {error.strerror or error}; nothing was left behind, and an "
                "earlier corpus there is unchanged; make room, or choose another folder"
            ) from error

    def with_words(self, words: Iterable[str]) -> Corpus | None:
        """The same text with some of the left-out words added; None if this corpus no longer has their tokens.

        A newly built corpus keeps all tokens, in memory or in temporary files, until `forget_left_out` is called or
        the object is deleted. `save` does not write them.

        >>> corpus = Corpus.from_sentences([["a", "rose", "is", "a", "rose"]], min_count=2)
        >>> corpus.with_words(["is"]).vocabulary.words
        ['a', 'rose', 'is']
        """
        if self._all_tokens is None:
            return None
        spooled, chosen = self._all_tokens
        grown = select_more(spooled.words, spooled.counts, chosen, set(words))
        return self.of_parts(selected(spooled, grown, self.vocabulary.min_count, self.vocabulary.max_words, self.info))

    def forget_left_out(self) -> None:
        """Release the tokens of left-out words, which only `with_words` needs."""
        self._all_tokens = None

    @cached_property
    def documents(self) -> Documents | None:
        """The documents the sentences belong to, or None if the corpus was built without; see `from_documents`."""
        return None if self.folder is None else read_documents(self.folder, len(self.sentence_starts) - 1)

    @cached_property
    def recipe(self) -> TextRecipe:
        """How the text was tokenized. Raises CorpusError if the corpus does not record it."""
        recipe = TextRecipe.of_corpus(self.info)
        if recipe is None:
            raise CorpusError(EARLIER_CORPUS)
        return recipe

    def tokenize(self, text: str, tokenizer: Tokenizer | None = None) -> list[str]:
        """Tokenize other text in the same way as this corpus; no words are left out.

        `tokenizer` must be given if the corpus was built with the user's own function. Raises OptionError if it is
        needed and missing, CorpusError if an earlier version did not record the phrases.

        >>> Corpus.build("tiny-world", tokenizer="words").tokenize("The Rose!")
        ['the', 'rose']
        """
        return self.recipe.tokenize(text, tokenizer)

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of words, counts, ids and sentence starts: equal corpora have equal fingerprints.

        A folder written by an earlier version keeps its stored fingerprint, which was computed differently.
        """
        if self._fingerprint is None:
            parts = self.vocabulary.parts
            self._fingerprint = fingerprint_of(parts.words, parts.counts, self.ids, self.sentence_starts, self._written)
        return self._fingerprint

    @property
    def longest_sentence(self) -> int:
        """Tokens in the longest sentence; 0 in an empty corpus."""
        return int(np.diff(self.sentence_starts).max(initial=0))

    def sentences(self) -> Iterator[list[str]]:
        """Yield each sentence as a list of its in-vocabulary words."""
        words = self.vocabulary.words
        for start, end in itertools.pairwise(self.sentence_starts):
            yield [words[word_id] for word_id in self.ids[start:end]]

    def __repr__(self) -> str:
        sentences = len(self.sentence_starts) - 1
        return f"Corpus({len(self.ids)} tokens, {sentences} sentences, {len(self.vocabulary)} words)"

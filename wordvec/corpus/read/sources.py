"""Sources of a corpus: files, texts or lists of tokens. The function called decides which, never the type.

A string may be a text, a file name or a word, so a list of strings is ambiguous. Use `as_files`, `as_texts` or
`as_token_lists` to say what is meant; `source_of` accepts only unambiguous sources.
"""

from __future__ import annotations

import io
import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any, Union

from wordvec.corpus.named_texts import is_bundled
from wordvec.corpus.read.values import is_missing
from wordvec.errors import CorpusError, OptionError

PathLike = Union[str, "os.PathLike[str]"]

LOOKED_AT = 10  # strings of an iterator
_FILE_NAME = re.compile(r"\.{0,2}/\S*|\S+\.[A-Za-z]\w{0,6}(\.(gz|bz2|xz|zst))?")

ALTERNATIVES = (
    "Corpus.from_texts(strings) for texts, where missing ones are left out and counted; Corpus.from_files(paths) for "
    "files; Corpus.from_sentences(lists) for lists of tokens"
)
EXPECTED = {
    "paths": "a path, or an iterable of paths,",
    "texts": "an iterable of texts (str)",
    "sentences": "a list of token lists, such as [['the', 'cat']],",
    "text": "a path, an iterable of token lists, or records or a table with a field,",
}


@dataclass(frozen=True)
class Files:
    """Paths, patterns and names of texts."""

    paths: list[PathLike]


@dataclass(frozen=True)
class Texts:
    """An iterable of texts or of records, or a table; `expected` is "text" or "tokens", or None for either."""

    items: Any
    expected: str | None = None


@dataclass(frozen=True)
class TokenLists:
    """An iterable of lists of tokens."""

    items: Any


@dataclass(frozen=True)
class Documented:
    """Texts whose reader records which sentence belongs to which document.

    names    the names given, for `Corpus.info`
    blocks   called with (encoding, encoding_errors, sentence splitter or None); yields blocks like `read_blocks`
    found    called after reading; returns the `Documents` of all sentences yielded
    """

    names: list[str]
    blocks: Callable[..., Iterator[tuple[str, bool]]]
    found: Callable[[], Any]


@dataclass(frozen=True)
class Tagged:
    """Documents with tags; `found`, called after reading all words, returns the tags of every document."""

    words: Texts | TokenLists
    found: Callable[[], Any]


Source = Files | Texts | TokenLists | Documented


def as_files(paths: Any) -> Files:
    """One path, or any ordered iterable of paths.

    >>> as_files(name for name in ["a.txt", "b.txt"]).paths
    ['a.txt', 'b.txt']
    """
    if isinstance(paths, Files):
        return paths
    if isinstance(paths, (str, os.PathLike)):
        return Files([_checked_path(paths, "the path")])
    if isinstance(paths, io.IOBase):
        raise CorpusError("an open file was given where paths were expected; give its name, or its lines to from_texts")
    listed = [_checked_path(path, f"path {i}") for i, path in enumerate(_items(paths, "paths"), 1)]
    if not listed:
        raise CorpusError("no file was named: the list of paths is empty (an iterator can be read only once)")
    return Files(listed)


def as_texts(texts: Any) -> Texts:
    """An iterable of strings, each one text; or a table or records with the texts in a field."""
    if isinstance(texts, (str, os.PathLike)):
        raise CorpusError(
            f"an iterable of texts expected, got one {type(texts).__name__}, {os.fspath(texts)!r:.60}; "
            "for one text give a list, [text]; for a file use Corpus.from_files"
        )
    return Texts(texts if is_table(texts) else _items(texts, "texts"), "text")


def as_token_lists(sentences: Any) -> Texts | TokenLists:
    """An iterable of lists of tokens; or a table or records with such lists in a field."""
    if isinstance(sentences, (str, os.PathLike)):
        raise CorpusError(
            f"a list of token lists expected, such as [['the', 'cat']]; got {os.fspath(sentences)!r:.80}; "
            "for texts use Corpus.from_texts, for files Corpus.from_files"
        )
    return Texts(sentences, "tokens") if is_table(sentences) else TokenLists(_items(sentences, "sentences"))


def source_of(given: Any, field: str | None = None) -> Source:
    """The source that `given` must be. Raises CorpusError with the alternatives for strings in a list or container.

    An iterator of strings is read as texts, such as the lines of a file, unless one of the first may name a file.

    >>> source_of("book.txt")
    Files(paths=['book.txt'])
    >>> source_of(["a text, or a file?"])
    Traceback (most recent call last):
    wordvec.errors.CorpusError: a list of strings may be texts or names of files: say which with \
Corpus.from_texts(strings) for texts, where missing ones are left out and counted; Corpus.from_files(paths) for \
files; Corpus.from_sentences(lists) for lists of tokens
    """
    if isinstance(given, (Files, Texts, TokenLists, Documented)):
        return given
    if isinstance(given, (str, os.PathLike)):
        return as_files(given)
    name = type(given).__name__
    if is_table(given):
        if field is None and _is_arrow_column(given):
            raise CorpusError(f"{name}: one column does not say what it holds: use {ALTERNATIVES}")
        return Texts(given)
    if is_unordered(given):
        raise CorpusError(
            f"a {name} has no order: it differs from run to run; give sorted(...) to Corpus.from_texts if it holds "
            "texts, to Corpus.from_files if it holds paths"
        )
    items = _items(given, "text")
    if field is not None:
        return Texts(items)
    first, items = _first(items)
    if isinstance(first, str) or is_missing(first):
        if isinstance(items, Iterator):
            begun = list(itertools.islice(items, LOOKED_AT))
            if not any(isinstance(text, str) and _may_name_file(text) for text in begun):
                return Texts(itertools.chain(begun, items), "text")
        raise CorpusError(f"a {name} of strings may be texts or names of files: say which with {ALTERNATIVES}")
    if isinstance(first, os.PathLike):
        return as_files(items)
    if isinstance(first, (Mapping, bytes)) or first is _NOTHING or not isinstance(first, Iterable):
        return Texts(items)  # reading it reports the error
    return TokenLists(items)


def name_of(source: Source) -> list[str]:
    """The files, for `Corpus.info` and messages; an empty list for objects in memory."""
    if isinstance(source, Files):
        return [os.fspath(path) for path in source.paths]
    if isinstance(source, Documented):
        return source.names
    return []


def refuse_unused(paths: Iterable[PathLike], given: Mapping[str, Any]) -> None:
    """Raise OptionError if all `paths` are bundled texts and an option of reading files is given (None: it is not).

    >>> refuse_unused(["tiny-world"], {"encoding": "latin-1", "strict": None})
    Traceback (most recent call last):
    wordvec.errors.OptionError: encoding (--encoding) is for files, and would change nothing with tiny-world: ...
    """
    names = [name for name in paths if isinstance(name, str) and is_bundled(name) and not os.path.exists(name)]
    options = [f"{name} (--{name.replace('_', '-')})" for name, value in given.items() if value is not None]
    if options and names == list(paths):
        verb, them = ("is", "it") if len(options) == 1 else ("are", "them")
        raise OptionError(
            f"{', '.join(options)} {verb} for files, and would change nothing with {', '.join(names)}: leave {them} out"
        )


def is_table(source: object) -> bool:
    """Whether `source` is a table: rows with named columns, or a column of pyarrow.

    These are Hugging Face data sets, pyarrow tables, columns and streams, data frames of pandas, polars and Dask,
    Arrow streams of other packages, and dictionaries of columns. Their first item, unlike that of other iterables,
    would not be text.
    """
    package = type(source).__module__.partition(".")[0]
    if package == "datasets":
        return hasattr(source, "column_names") or isinstance(source, Mapping)
    frames = ("DataFrame", "LazyFrame")
    if package in ("pandas", "polars", "dask"):
        return type(source).__name__ in frames
    return package == "pyarrow" or isinstance(source, Mapping) or gives_arrow(source)


def gives_arrow(source: object) -> bool:
    """Whether an object (not a class) gives its rows as an Arrow stream, as DuckDB relations do."""
    return not isinstance(source, type) and callable(getattr(source, "__arrow_c_stream__", None))


def is_unordered(items: object) -> bool:
    """Whether the order of `items` changes from run to run: a set, or an iterator over one.

    >>> is_unordered({"a"}), is_unordered(iter({"a"})), is_unordered({"a": 1}.keys())
    (True, True, False)
    """
    return (isinstance(items, Set) and not hasattr(items, "__reversed__")) or type(items).__name__ == "set_iterator"


def _may_name_file(text: str) -> bool:
    """Whether a string names a file or a bundled text, or is one word with a file extension.

    >>> _may_name_file("tea with milk"), _may_name_file("books/tea.txt.gz"), _may_name_file("tiny-world")
    (False, True, True)
    """
    return os.path.lexists(text) or is_bundled(text) or _FILE_NAME.fullmatch(text) is not None


_NOTHING = object()


def _first(items: Any) -> tuple[Any, Any]:
    """The first item, and an equivalent of `items` that still starts with it, even for an iterator."""
    iterator = iter(items)
    first = next(iterator, _NOTHING)
    if isinstance(items, Iterator):
        return first, iterator if first is _NOTHING else itertools.chain([first], iterator)
    return first, items


def _items(given: Any, what: str) -> Any:
    """Return `given` if it is an ordered iterable, else raise CorpusError."""
    if is_unordered(given):
        raise CorpusError(
            f"{what} in a {type(given).__name__} have no order: it differs from run to run; give sorted(...)"
        )
    if isinstance(given, (bytes, bytearray, memoryview, Mapping)) or not _can_iterate(given):
        hint = "; of a dictionary give its values()" if isinstance(given, Mapping) else ""
        hint = "; decode bytes first" if isinstance(given, (bytes, bytearray)) else hint
        raise CorpusError(f"{EXPECTED[what]} expected; got {type(given).__name__}{hint}")
    return given


def _can_iterate(given: Any) -> bool:
    try:
        return given is iter(given) or True
    except TypeError:  # also for a zero-dimensional numpy array
        return False


def _checked_path(path: Any, where: str) -> PathLike:
    if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
        raise CorpusError(f"{where} is {path!r:.80}, but a path (str or Path) was expected")
    if path == "":
        raise CorpusError(f"{where} is empty: name a file, or . for the folder you are in")
    return str.__str__(path) if isinstance(path, str) else path


def _is_arrow_column(table: Any) -> bool:
    return type(table).__module__.partition(".")[0] == "pyarrow" and not hasattr(table, "schema")

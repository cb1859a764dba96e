"""Evaluation sets: reading their files line by line, with the place in errors, and the objects they become."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from wordvec.corpus.named_texts import EVALUATION_SETS, bundled_evaluation
from wordvec.corpus.read.sniffing import DECLARED_DELIMITER
from wordvec.corpus.wordlists import lines_of
from wordvec.errors import CorpusError, EvaluationFileError, counted
from wordvec.json_forms import parse_json

SEPARATORS = ("\t", ";", ",")
LARGEST = 256 << 20  # bytes of a set, unpacked
UTF16 = (b"\xff\xfe", b"\xfe\xff")

Source = str | os.PathLike[str]
Set = TypeVar("Set")


class Line(NamedTuple):
    """A line that is not blank, with its number and file for messages."""

    place: str
    number: int
    text: str

    def error(self, message: str) -> EvaluationFileError:
        """Return the error that names this line and shows it."""
        return EvaluationFileError(f"{self.place}: line {self.number}: {message}: {shown(self.text)}")


def shown(text: str) -> str:
    """Return a line as messages show it: quoted, and cut if long.

    >>> print(shown("tiger cat"), shown("a" * 99))
    'tiger cat' 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...'
    """
    return repr(text if len(text) <= 60 else text[:60] + "...")


def set_name(source: Source) -> str:
    """Return the name of a set: the file name without its suffix.

    >>> set_name("sets/EN-RG-65.txt"), set_name("BATS_3.0")
    ('EN-RG-65', 'BATS_3.0')
    """
    path = Path(source)
    return path.name if path.is_dir() else path.stem if path.suffix in SUFFIXES else path.name


def as_set(
    given: Any, kind: type[Set], read: Callable[[Any], Set], name: str, items: Callable[[Any], Any] = tuple
) -> Set:
    """Return a set: `given` itself, what `read` reads if it names a file, else one called `name` of its `items`."""
    if isinstance(given, kind):
        return given
    given = list(given) if isinstance(given, Iterator) else given  # a generator gives its items only once
    return read(given) if isinstance(given, (str, os.PathLike)) else kind(name, items(given))  # type: ignore[call-arg]


SUFFIXES = (".txt", ".csv", ".tsv", ".tab", ".questions", ".json", ".jsonl", ".parquet", ".dat")


def read_set_lines(source: Source, encoding: str = "utf-8") -> list[Line]:
    """Return the lines that are not blank, of a file, a bundled set or a fetched set of the catalogue.

    A first line "sep=;", with which spreadsheets name their delimiter, is not among them.

    Raises EvaluationFileError for a set that is absent, cannot be read or is not text in `encoding`.

    >>> read_set_lines("tiny-world-analogies")[0].number
    1
    """
    check_source(source)
    if str(source) in EVALUATION_SETS:
        return _not_blank(str(source), bundled_evaluation(str(source)))
    text = _decode(source, _bytes(source), encoding)
    lines = _not_blank(str(source), lines_of(text))
    return lines[1:] if lines and DECLARED_DELIMITER.match(f"{lines[0].text}\n") else lines


def check_source(source: object) -> None:
    """Raise EvaluationFileError for anything but a name, such as pairs in memory (evaluation functions take those)."""
    if not isinstance(source, (str, os.PathLike)):
        raise EvaluationFileError(f"a file or the name of an evaluation set expected; got a {type(source).__name__}")
    if "\0" in str(source):
        raise EvaluationFileError(f"{str(source)!r}: no name of a file: there is a null character in it")


def find_file(source: Source) -> Path:
    """Return the path of a set: `source` itself, or the place where the catalogue's set of this name was fetched to."""
    check_source(source)
    path = Path(source)
    if not str(source):
        raise EvaluationFileError("the name of an evaluation set is empty; expected a file or a name")
    if path.exists():
        return path
    from wordvec.corpus.named_texts import fetched_set, is_catalogued_set, not_found

    name = str(source)
    if is_catalogued_set(name):
        fetched = fetched_set(name)
        if fetched is None:
            raise EvaluationFileError(f"{name}: not downloaded: wordvec corpus fetch {name} gets it{not_found()}")
        return fetched
    raise EvaluationFileError(
        f"{source}: neither a file nor a bundled evaluation set; bundled are {', '.join(EVALUATION_SETS)}; "
        "wordvec corpus list shows those that can be fetched"
    )


def _bytes(source: Source) -> bytes:
    path = find_file(source)
    from wordvec.corpus.read.compression import decompressed

    try:
        with open(path, "rb") as file:
            unpacked = decompressed(iter(lambda: file.read(1 << 20), b""), str(source))
            chunks, size = [], 0
            for chunk in unpacked:
                chunks.append(chunk)
                size += len(chunk)
                if size > LARGEST:
                    raise EvaluationFileError(f"{source}: more than {LARGEST >> 20} MB: no evaluation set is as large")
            return b"".join(chunks)
    except OSError as error:
        raise EvaluationFileError(f"{source}: cannot be read: {error.strerror or error}") from error
    except CorpusError as error:  # of packed data; it names the file
        raise EvaluationFileError(str(error)) from error


def _refuse_other_kinds(source: Source, content: bytes, encoding: str) -> None:
    """Raise EvaluationFileError for files that decode as text, or nearly, but are something else."""
    if content.startswith(b"PK\x03\x04"):
        raise EvaluationFileError(f"{source}: is a zip archive or an Excel table; save the table in it as CSV")
    if b"\0" in content and not encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32")):
        raise EvaluationFileError(
            f"{source}: holds null bytes: it is not text, or is UTF-16 (name the encoding, --encoding)"
        )
    if content.lstrip()[:1] in (b"{", b"["):
        try:
            parse_json(content.split(b"\n")[0] if content.lstrip()[:1] == b"{" and b"\n{" in content else content)
        except ValueError:
            return
        raise EvaluationFileError(
            f"{source}: holds JSON; write a table: lines with tabs or commas between words and scores"
        )


def _decode(source: Source, content: bytes, encoding: str) -> str:
    if content.startswith(UTF16) and encoding == "utf-8":
        encoding = "utf-16"  # as its byte-order mark says
    _refuse_other_kinds(source, content, encoding)
    try:
        return content.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except LookupError:
        raise EvaluationFileError(f"{source}: there is no encoding {encoding!r}") from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        hint = (
            ""
            if encoding.lower() not in ("utf-8", "utf8")
            else "; older sets are often latin-1: save it as UTF-8, or name the encoding (--encoding)"
        )
        raise EvaluationFileError(
            f"{source}: line {line}: not {encoding.upper()} text ({error.reason}){hint}"
        ) from error
    except UnicodeError as error:  # of encodings that are not for texts, such as punycode
        raise EvaluationFileError(f"{source}: not {encoding.upper()} text ({error})") from error


def _not_blank(place: str, lines: list[str]) -> list[Line]:
    return [Line(place, n, line.strip("\r\n")) for n, line in enumerate(lines, start=1) if line.strip()]


def separator_of(line: str) -> str | None:
    r"""Return the separator of a table's first line: a tab, else a semicolon or comma, else spaces (None).

    A single semicolon or comma may be part of a word or number, so two are required.

    >>> separator_of("a\tb, c\t1"), separator_of("a;b;1"), separator_of("a,b,1"), separator_of("a b 1,5")
    ('\t', ';', ',', None)
    """
    for separator in SEPARATORS:
        if line.count(separator) >= (1 if separator == "\t" else 2):
            return separator
    return None


def fields_of(line: Line, separator: str | None) -> list[str]:
    """Return the fields of a line without surrounding spaces; quoted as in CSV if `separator` is , or ;."""
    if separator in (";", ",") and '"' in line.text:
        try:
            fields = next(csv.reader([line.text], delimiter=separator, skipinitialspace=True, strict=True))
        except (csv.Error, StopIteration) as error:
            raise line.error(f"quotes that do not fit together ({error})") from error
    else:
        fields = line.text.split(separator)
    return [field.strip() for field in fields]


def as_number(text: str) -> float:
    """The number that a text is. Raises ValueError; 7_5, which Python takes for 75, is none.

    >>> as_number("7.5")
    7.5
    """
    if "_" in text:
        raise ValueError(text)
    return float(text)


def is_number(text: str) -> bool:
    """Whether a text is a number, see `as_number`."""
    try:
        as_number(text)
    except ValueError:
        return False
    return True


def four_words(line: Line) -> list[str]:
    """The words of a line, between tabs, which may hold spaces, else between spaces, semicolons or commas."""
    for separator in ("\t", None, ";", ","):
        words = fields_of(line, separator)
        if len(words) == 4 and all(words) and not (separator in (";", ",") and is_number(words[3])):  # a set of pairs
            return words
    raise line.error(f"expected four words or ': section'; got {counted(len(line.text.split()), 'word')}")


# The objects that evaluation sets are read into.


NO_SECTION = "(no section)"

Pair = tuple[str, str, float]
Question = tuple[str, str, str, "str | tuple[str, ...]"]


@dataclass(frozen=True)
class WordPairs:
    """A similarity set: pairs of words with human scores.

    `notes` report what is special about the file: its layout, duplicate pairs, scores far from the rest.
    """

    name: str
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnalogyQuestions:
    """An analogy set: questions (a, b, c, d), "a is to b as c is to d", by section in the file's order.

    d is one word, or several that are all accepted. `notes` report what is special about the file.
    """

    name: str
    sections: dict[str, tuple[Question, ...]]
    notes: tuple[str, ...] = ()

    def words(self) -> dict[str, None]:
        """Return all distinct words in the order of the set, as the keys of a dict."""
        found: dict[str, None] = {}
        for questions in self.sections.values():
            for a, b, c, d in questions:
                found[a] = found[b] = found[c] = None
                found.update(dict.fromkeys([d] if isinstance(d, str) else d))
        return found

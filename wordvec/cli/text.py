"""The arguments for reading text, shared by ``train`` and ``corpus build``."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from wordvec.errors import OptionError, counted

if TYPE_CHECKING:
    from wordvec.corpus import Corpus

NORMALIZATION = ("case", "unicode", "accents", "numbers", "punctuation")


def add_text_arguments(parser: argparse.ArgumentParser, *, threads: bool = True) -> None:
    """Declare TEXT and how it becomes tokens; `threads` is False if the verb declares its own --threads."""
    parser.add_argument(
        "text",
        metavar="TEXT",
        nargs="+",
        help="files, folders, patterns such as 'texts/**/*.txt', - for stdin, or a name such as tiny-world",
    )
    _add_reading(parser.add_argument_group("reading"), threads)
    _add_normalization(parser.add_argument_group("normalisation (before tokens are found; default: none)"))
    _add_vocabulary(parser.add_argument_group("vocabulary"))


def _add_reading(group: argparse._ArgumentGroup, threads: bool) -> None:
    group.add_argument(
        "--field",
        "--column",
        metavar="NAME",
        help="field with the text, or with lists of tokens, in JSON, CSV, TSV, Parquet, Feather and Arrow; a.b for "
        "nested fields; the number of a column (from 1) if a table has no header",
    )
    group.add_argument(
        "--strict",
        action="store_true",
        help="treat missing or damaged records as an error (default: leave them out and report how many)",
    )
    group.add_argument(
        "--plain-text",
        action="store_true",
        help="read files as lines of text even if they look like markup, a table, JSON, vectors or a log",
    )
    group.add_argument(
        "--tokenizer",
        metavar="NAME",
        help="whitespace; words: case-folded, numbers as 0; characters; commas, semicolons, tabs or bars: the items "
        "between them; or with the extra cjk korean, korean-morphemes, japanese, japanese-morphemes, chinese (default: "
        "whitespace)",
    )
    group.add_argument("--split-sentences", action="store_true", help="end sentences inside lines, at . ! ? and others")
    group.add_argument("--encoding", default="utf-8", help="encoding of the text (default: utf-8)")
    group.add_argument(
        "--encoding-errors",
        default="strict",
        choices=("strict", "replace", "ignore"),
        help="what to do with undecodable bytes (default: strict, an error that names the place)",
    )
    if threads:
        group.add_argument(
            "--threads",
            type=int,
            metavar="N",
            help="threads (default: all cores); the result is the same for any number",
        )


def _add_normalization(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--case", choices=("lower", "fold"), help="lower, or fold: ß becomes ss too")
    group.add_argument("--unicode", choices=("NFC", "NFKC"), help="compose accents and Hangul; NFKC: ligatures too")
    group.add_argument(
        "--strip-accents",
        dest="accents",
        action="store_const",
        const="strip",
        help="remove accents from Latin, Greek and Cyrillic letters, and vowel points from Arabic and Hebrew ones",
    )
    group.add_argument("--numbers", choices=("zero", "drop"), help="write each number as 0, or leave numbers out")
    group.add_argument(
        "--drop-punctuation",
        dest="punctuation",
        action="store_const",
        const="drop",
        help="drop punctuation and symbols, but keep don't",
    )


def _add_vocabulary(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--min-count", type=int, metavar="N", help="leave out words that occur less often (default: 5)")
    group.add_argument("--max-words", type=int, metavar="N", help="keep the N most frequent words")
    group.add_argument("--keep-words", metavar="FILE", help="words to keep even if rare, one per line")
    group.add_argument("--drop-words", metavar="FILE", help="words to leave out, one per line")
    group.add_argument(
        "--vocabulary", metavar="FILE", help="only these words: a file with one word per line, or a corpus folder"
    )
    group.add_argument(
        "--phrases", type=int, metavar="N", help="join words that often occur together (new_york), in N passes"
    )


def read_corpus(
    arguments: argparse.Namespace, defaults: dict[str, Any] | None = None, where: dict[str, Any] | None = None
) -> Corpus:
    """Read and encode the text, or open it if it is a corpus folder.

    `defaults` are defaults for the options of `Corpus.from_files`; a corpus folder has its own. `where` is the result
    of `wordvec.cli.cluster.cluster_of`; the verbs that have one keep what they read, and say if its lines have the form
    of no text.
    """
    names = ("tokenizer", "min_count", "encoding", "encoding_errors")
    options = {name: getattr(arguments, name) for name in names} | _given(arguments)
    if defaults and not _is_corpus(arguments.text):
        options |= {name: value for name, value in defaults.items() if options.get(name) is None}
        if arguments.keep_words is None and "drop_words" in options:
            options["keep_words"] = sorted(set(options["keep_words"]).difference(options["drop_words"]))
    corpus = _read(arguments, options | (where or {}))
    if arguments.keep_words is not None:
        tell_never_seen(options["keep_words"], corpus)
    if where == {} and getattr(arguments, "preset", None) is None and corpus.documents is None:
        tell_forms(arguments, corpus)
    return corpus


def tell_never_seen(keep_words: Sequence[str], corpus: Corpus) -> None:
    """Say which words of --keep-words never occur, and so get no vector."""
    from wordvec.errors import counted, listed
    from wordvec.progress import announce

    never = [word for word in keep_words if word not in corpus.vocabulary]
    if never:
        announce(
            f"{counted(len(never), 'word')} of --keep-words not in the text, and so without a vector: "
            f"{listed([f'{word:.40}' for word in never], 5)}"
        )


def _read(arguments: argparse.Namespace, options: dict[str, Any]) -> Corpus:
    from wordvec.corpus import Corpus

    if getattr(arguments, "metadata", None) is not None or getattr(arguments, "metadata_fields", None) is not None:
        from wordvec.cli.documents import read_documented

        return read_documented(arguments, options)
    if getattr(arguments, "documents", None) is not None and not _is_corpus(arguments.text):
        from wordvec.cli.documents import read_tagged

        return read_tagged(arguments, options)
    if getattr(arguments, "path_column", None) is not None:
        raise OptionError("--path-column is a column of the table of metadata: name the table with --metadata")
    return Corpus.from_files(arguments.text, **options)


def _is_corpus(text: list[str]) -> bool:
    """Whether the text is a single corpus folder."""
    from pathlib import Path

    from wordvec.corpus.storage import is_corpus_folder

    return len(text) == 1 and is_corpus_folder(Path(text[0]))


def _given(arguments: argparse.Namespace) -> dict[str, Any]:
    """The options of `Corpus.build` that were given; word files are read, one word per line."""
    from wordvec.corpus.encode.normalization import Normalization
    from wordvec.corpus.phrases import Phrases
    from wordvec.corpus.vocabulary import Vocabulary
    from wordvec.corpus.wordlists import read_word_list

    names = ("field", "max_words", "keep_words", "drop_words", "vocabulary", "phrases", "threads")
    given = {name: getattr(arguments, name) for name in names if getattr(arguments, name, None) is not None}
    for name in ("keep_words", "drop_words"):
        if name in given:
            given[name] = read_word_list(given[name], arguments.encoding)
    if "vocabulary" in given:
        given["vocabulary"] = Vocabulary.read(given["vocabulary"], arguments.encoding)
    if "phrases" in given:
        given["phrases"] = Phrases(passes=given["phrases"])
    changes = {name: getattr(arguments, name) for name in NORMALIZATION if getattr(arguments, name) is not None}
    if changes:
        given["normalization"] = Normalization(**changes)
    if arguments.split_sentences:
        given["split_sentences"] = True
    for name in ("strict", "plain_text"):
        if getattr(arguments, name):
            given[name] = True
    return given


def phrases_in_words(found: list[int]) -> str:
    """How many pairs each pass joined, for a report.

    >>> phrases_in_words([1070, 12])
    '1,070 pairs of words joined in pass 1, 12 in pass 2'
    """
    if not any(found):
        return (
            "no pair of words joined: none scores above 100, as pairs of small texts hardly ever do; in Python "
            "Corpus.from_files(FILE, phrases=Phrases(threshold=10)) takes a smaller one"
        )
    first, *others = found
    later = "".join(f", {number:,} in pass {i}" for i, number in enumerate(others, start=2))
    return f"{counted(first, 'pair of words', 'pairs of words')} joined" + (f" in pass 1{later}" if others else "")


def lines_of_text(arguments: argparse.Namespace, corpus: Corpus) -> Iterator[str] | None:
    """The lines of text, read again; None for a corpus folder, lists of tokens, standard input and pipes."""
    from pathlib import Path

    from wordvec.corpus import read_lines
    from wordvec.corpus.read.sources import as_files

    gives_once = any(
        Path(name).exists() and not (Path(name).is_file() or Path(name).is_dir()) for name in arguments.text
    )
    if corpus.folder is not None or corpus.info.get("tokenizer") is None or "-" in arguments.text or gives_once:
        return None
    how = {name: getattr(arguments, name) for name in ("encoding_errors", "plain_text", "field")}
    return _without_remarks(read_lines(as_files(arguments.text), arguments.encoding, **how))


def _without_remarks(lines: Iterator[str]) -> Iterator[str]:
    """The lines, without what reading them announces, which was announced when they were read before."""
    from wordvec.progress import heard

    while True:
        with heard():
            some = list(islice(lines, 100))
        if not some:
            return
        yield from some


def tell_forms(arguments: argparse.Namespace, corpus: Corpus) -> None:
    """Say in one line that the first lines of the text have the form of a log, a play, code, ...; see `corpus info`."""
    from wordvec.corpus.encode.tokenizers import OF_ITEMS
    from wordvec.corpus.report.lines import NAMES, examine_lines, forms_seen
    from wordvec.progress import announce

    lines = None if arguments.tokenizer in OF_ITEMS else lines_of_text(arguments, corpus)
    seen = forms_seen(examine_lines(lines)) if lines is not None else set()
    if arguments.tokenizer in (None, "whitespace"):
        seen -= {"tagged", "html"}  # words with tags are words on purpose, and marks are told as words
    if arguments.tokenizer != "words":
        seen -= {"emoji"}  # which only that leaves out
    if seen:
        names = " and ".join(name for form, name in NAMES.items() if form in seen)
        text = " ".join(shlex.quote(name) for name in arguments.text[:3])
        announce(f"many lines {names}: wordvec corpus info {text} says what to do about them")

"""Lines of a corpus as printed in the texts, for ``concordance`` and as evidence for other verbs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from wordvec.cli.output import chosen_format, print_json
from wordvec.errors import OptionError, counted
from wordvec.progress import announce
from wordvec.terminal import json_text, printable

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.corpus.concordance import Concordance, Evidence, Line
    from wordvec.corpus.documents.citing import CitedLine


NOT_CENTRED = "in {lost} {word} cannot be found as it is printed: these are not centred on it"


def add_citing_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare how printed lines are shown."""
    group = parser.add_argument_group("of a corpus that was built with --metadata")
    group.add_argument("--format", choices=("text", "csv", "json", "html"), help="format of the lines (default: text)")
    group.add_argument("-o", "--out", metavar="FILE", help="write them here (default: print them)")
    group.add_argument("--date-column", metavar="NAME", help="column that holds the dates (default: year or date)")
    add_view_arguments(group)


def add_view_arguments(parser: argparse._ActionsContainer) -> None:
    """Declare where the texts are, and the option to show tokens instead."""
    parser.add_argument("--texts", metavar="DIR", help="where the texts are now (default: where they were)")
    parser.add_argument(
        "--tokens", action="store_true", help="the words as the corpus holds them, not the printed lines"
    )


class LineView:
    """Shows lines of a corpus: as printed if the corpus knows its documents, else as tokens.

    `texts` is the folder the texts are in now (default: where they were); `tokens` always shows tokens.
    """

    def __init__(self, corpus: Corpus, texts: str | None = None, tokens: bool = False) -> None:
        from wordvec.corpus.concordance import Concordance

        self.concordance = Concordance(corpus)
        self._citations = None
        self._lost = 0
        if corpus.documents is not None and not tokens:
            from wordvec.corpus.documents.citing import Citations

            self._citations = Citations(self.concordance, texts)

    def read_ahead(self, lines: Iterable[Line]) -> None:
        """Read the texts of lines that will be shown, each file once. Raises CorpusError as `Citations` does."""
        if self._citations is not None:
            self._citations.read_ahead(lines)

    def as_text(self, lines: Sequence[Line], width: int, marked: Collection[str] = ()) -> list[str]:
        """Lines to print; if tokens are shown, `marked` words are in brackets."""
        from wordvec.corpus.concordance.keyword_lines import keyword_lines
        from wordvec.corpus.documents.citing import cited_as_text

        if self._citations is None:
            return keyword_lines(lines, width, marked)
        return cited_as_text(self._cited(lines), width)

    def as_json(self, lines: Sequence[Line]) -> list[dict[str, Any]]:
        """Lines as plain values."""
        if self._citations is None:
            return [asdict(line) for line in lines]
        return [line.as_dict() for line in self._cited(lines)]

    def evidence_as_json(self, evidence: Evidence) -> dict[str, Any]:
        """The evidence about two words as plain values, with its lines."""
        one = lambda line: None if line is None else self.as_json([line])[0]  # noqa: E731
        shared = [
            asdict(each) | {"line_of_a": one(each.line_of_a), "line_of_b": one(each.line_of_b)}
            for each in evidence.shared
        ]
        return asdict(evidence) | {"lines": self.as_json(evidence.lines), "shared": shared}

    def _cited(self, lines: Sequence[Line]) -> list[CitedLine]:
        assert self._citations is not None
        cited = self._citations.cite_lines(lines)
        self._lost += sum(not line.found for line in cited)
        return cited

    def announce_notes(self) -> None:
        """Report on stderr what tokens lack, if tokens are shown."""
        for note in self.concordance.notes if self._citations is None else ():
            announce(note)

    def announce_lost(self) -> None:
        """Report on stderr in how many of the printed lines the word was not found."""
        if self._lost:
            announce(NOT_CENTRED.format(lost=f"{self._lost:,} of the lines", word="the word"))


def views_of(corpora: Sequence[Corpus], texts: str | None, tokens: bool) -> list[LineView]:
    """A view of each corpus. Raises OptionError or CorpusError for a folder of texts that none of them uses."""
    from wordvec.corpus.documents.splitting import documents_of

    if texts is not None and tokens:
        raise OptionError("--texts is for printed lines: leave it out, or --tokens")
    if texts is not None and all(corpus.documents is None for corpus in corpora):
        documents_of(corpora[0])
    return [LineView(corpus, texts, tokens) for corpus in corpora]


def lines_of_evidence(evidence: Iterable[Evidence]) -> list[Line]:
    """All lines in the evidence about words."""
    found: list[Line] = []
    for each in evidence:
        pairs = ((shared.line_of_a, shared.line_of_b) for shared in each.shared)
        found += [*each.lines, *(line for pair in pairs for line in pair if line is not None)]
    return found


def check_citing_arguments(arguments: argparse.Namespace) -> None:
    """Raise OptionError for options that do not go together; set the format."""
    asked = chosen_format(arguments)
    wants_cited = [name for name in ("format", "out", "date_column", "texts") if getattr(arguments, name) is not None]
    of_one_word = [name for name in wants_cited if name != "texts"]
    if of_one_word and len(arguments.words) > 1:
        raise OptionError(f"--{of_one_word[0].replace('_', '-')} is for the printed lines of one word: leave it out")
    if wants_cited and arguments.tokens:
        raise OptionError(f"--{wants_cited[0].replace('_', '-')} is for printed lines: leave it out, or --tokens")
    arguments.needs_documents = bool(wants_cited) or arguments.sort == "date"
    arguments.format = asked


def is_cited(concordance: Concordance, arguments: argparse.Namespace) -> bool:
    """Whether printed lines are shown. Raises CorpusError if they are requested and the corpus has no documents."""
    from wordvec.corpus.documents.splitting import documents_of

    if arguments.needs_documents:
        documents_of(concordance.corpus)
    known = concordance.corpus.documents is not None
    return known and len(arguments.words) == 1 and not arguments.tokens


def print_cited(concordance: Concordance, arguments: argparse.Namespace) -> None:
    """Print or write the lines of a word."""
    from wordvec.corpus.documents.citing import Citations, sort_cited
    from wordvec.corpus.documents.groups import date_column_of
    from wordvec.corpus.documents.splitting import documents_of
    from wordvec.files import check_writable, replace_file

    if arguments.out:
        check_writable(arguments.out)
    if arguments.sort == "date":
        date_column_of(documents_of(concordance.corpus), arguments.date_column)
    (word,), near, window = arguments.words, arguments.near, arguments.window
    chosen = concordance.lines(word, near, window, arguments.limit, arguments.seed)
    lines = Citations(concordance, arguments.texts, arguments.date_column).cite(
        word, [line.position for line in chosen]
    )
    lines = sort_cited(lines, arguments.sort)
    if lost := sum(not line.found for line in lines):
        announce(NOT_CENTRED.format(lost=f"{lost:,} of the lines", word=word))
    count = concordance.count(word, near, window)
    if arguments.format == "json" and not arguments.out:
        print_json(_as_json(arguments, lines, count))
        return
    text = _text(arguments, lines, count)
    if not arguments.out:
        sys.stdout.write(text)
        return
    with replace_file(arguments.out, "w", encoding="utf-8") as file:
        file.write(text)
    if arguments.json:
        print_json(_as_json(arguments, lines, count) | {"out": arguments.out})
        return
    print(f"{printable(arguments.out)}: {len(lines):,} of {count:,} lines with {printable(word)}")


def _as_json(arguments: argparse.Namespace, lines: list[CitedLine], count: int) -> dict[str, object]:
    report = {"word": arguments.words[0], "near": arguments.near, "window": arguments.window, "occurrences": count}
    return report | {"seed": arguments.seed, "lines": [line.as_dict() for line in lines]}


def _text(arguments: argparse.Namespace, lines: list[CitedLine], count: int) -> str:
    from wordvec.cli.output import line_width
    from wordvec.corpus.documents.citing import cited_as_csv, cited_as_html, cited_as_text

    if arguments.format == "json":
        return json_text(_as_json(arguments, lines, count)) + "\n"
    if arguments.format == "csv":
        return cited_as_csv(lines)
    title = _title(arguments, len(lines), count)
    if arguments.format == "html":
        return cited_as_html(lines, title)
    return "\n".join([printable(title), *cited_as_text(lines, line_width(arguments.width))]) + "\n"


def _title(arguments: argparse.Namespace, shown: int, count: int) -> str:
    from wordvec.corpus.concordance.keyword_lines import times

    near = "" if arguments.near is None else f" within {counted(arguments.window, 'word')} of {arguments.near}"
    seed = "spread evenly" if arguments.seed is None else f"drawn with seed {arguments.seed}"
    some = f", {shown:,} of them here, {seed}" if shown < count else ""
    return f"{arguments.words[0]}{near}: {times(count)}{some}"

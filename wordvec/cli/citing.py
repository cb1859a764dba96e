"""Printing lines of a concordance as they are in the texts, for ``concordance``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from wordvec.cli.output import print_json
from wordvec.errors import OptionError
from wordvec.progress import announce
from wordvec.terminal import json_text, printable

if TYPE_CHECKING:
    from wordvec.corpus.concordance import Concordance
    from wordvec.corpus.documents.citing import CitedLine


def add_citing_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare how printed lines are shown."""
    group = parser.add_argument_group("of a corpus that was built with --metadata")
    group.add_argument("--format", choices=("text", "csv", "json", "html"), help="of the lines (default: text)")
    group.add_argument("-o", "--out", metavar="FILE", help="write them here (default: print them)")
    group.add_argument("--texts", metavar="DIR", help="where the texts are now (default: where they were)")
    group.add_argument(
        "--tokens", action="store_true", help="the words as the corpus holds them, not the printed lines"
    )


def check_citing_arguments(arguments: argparse.Namespace) -> None:
    """Raise OptionError for options that do not go together; set the format."""
    if arguments.json and arguments.format not in (None, "json"):
        raise OptionError(f"--json and --format {arguments.format} contradict each other: give one of them")
    wants_cited = [name for name in ("format", "out", "texts") if getattr(arguments, name) is not None]
    if wants_cited and (arguments.tokens or len(arguments.words) > 1):
        raise OptionError(f"--{wants_cited[0]} is for the printed lines of one word: leave it out")
    arguments.needs_documents = bool(wants_cited) or arguments.sort == "date"
    arguments.format = arguments.format or ("json" if arguments.json else "text")


def is_cited(concordance: Concordance, arguments: argparse.Namespace) -> bool:
    """Whether printed lines are shown. Raises CorpusError where they are asked for and the corpus has no documents."""
    from wordvec.corpus.documents.splitting import documents_of

    if arguments.needs_documents:
        documents_of(concordance.corpus)
    known = concordance.corpus.documents is not None
    return known and len(arguments.words) == 1 and not arguments.tokens


def print_cited(concordance: Concordance, arguments: argparse.Namespace) -> None:
    """Print or write the lines of a word."""
    from wordvec.corpus.documents.citing import Citations, sort_cited
    from wordvec.files import check_writable, replace_file

    if arguments.out:
        check_writable(arguments.out)
    (word,), near, window = arguments.words, arguments.near, arguments.window
    chosen = concordance.lines(word, near, window, arguments.limit, arguments.seed)
    lines = Citations(concordance, arguments.texts).cite(word, [line.position for line in chosen])
    lines = sort_cited(lines, arguments.sort)
    if lost := sum(not line.found for line in lines):
        announce(f"in {lost:,} of the lines {word} cannot be found as it is printed: these are not centred on it")
    count = concordance.count(word, near, window)
    if arguments.format == "json" and not arguments.out:
        print_json(_as_json(arguments, lines, count))
        return
    text = _text(arguments, lines, count)
    if not arguments.out:
        sys.stdout.write(text)
        return
    with replace_file(arguments.out, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    print(f"{printable(arguments.out)}: {len(lines):,} of {count:,} lines with {printable(word)}")


def _as_json(arguments: argparse.Namespace, lines: list[CitedLine], count: int) -> dict[str, object]:
    report = {"word": arguments.words[0], "near": arguments.near, "window": arguments.window, "occurrences": count}
    return report | {"seed": arguments.seed, "lines": [line.as_dict() for line in lines]}


def _text(arguments: argparse.Namespace, lines: list[CitedLine], count: int) -> str:
    from wordvec.cli.output import line_width
    from wordvec.corpus.documents.citation_formats import cited_as_csv, cited_as_html, cited_as_text

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

    near = "" if arguments.near is None else f" within {arguments.window} words of {arguments.near}"
    seed = "spread evenly" if arguments.seed is None else f"drawn with seed {arguments.seed}"
    some = f", {shown:,} of them here, {seed}" if shown < count else ""
    return f"{arguments.words[0]}{near}: {times(count)}{some}"

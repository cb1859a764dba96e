"""The lines of a corpus in which a word occurs, or in which two words occur together.

wordvec concordance corpus/ king --limit 40 --sort right
wordvec concordance corpus/ king --near crown --window 3
wordvec concordance corpus/ 'run*' --sort right    all words that begin so; * stands for any letters
wordvec concordance corpus/ tea coffee             what makes two words similar
wordvec concordance corpus/ tea --sort date --format csv -o tea.csv

CORPUS is a folder that `wordvec corpus build` wrote, or a text. The first run adds an index of words to a corpus
folder. The lines are spread evenly over the corpus; --seed draws them at random. If the corpus was built with
--metadata, lines are shown as printed, with year, file and line.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from wordvec.cli.citing import (
    LineView,
    add_citing_arguments,
    check_citing_arguments,
    is_cited,
    lines_of_evidence,
    print_cited,
)
from wordvec.cli.dependent_options import fill_in
from wordvec.cli.output import chosen_format, line_width, print_json
from wordvec.errors import OptionError, counted

if TYPE_CHECKING:
    from wordvec.corpus import Corpus


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("corpus", metavar="CORPUS", help="a corpus folder, or a text")
    parser.add_argument("words", metavar="WORD", nargs="+", help="one word, or two similar ones")
    parser.add_argument("--near", metavar="WORD", help="only lines in which this word occurs nearby")
    parser.add_argument("--window", type=int, metavar="N", help="how many words away counts as nearby (default: 5)")
    parser.add_argument("--limit", type=int, default=10, metavar="N", help="lines or contexts shown (default: 10)")
    parser.add_argument(
        "--seed", type=int, metavar="N", help="pick lines at random, with this seed (default: evenly spread)"
    )
    parser.add_argument(
        "--sort",
        choices=("position", "left", "right", "date"),
        help="sort by the words before or after the keyword, or by date (default: position)",
    )
    add_citing_arguments(parser)
    parser.add_argument("--width", type=int, metavar="N", help="columns of a line (default: the terminal's)")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def run(arguments: argparse.Namespace) -> None:
    """Print the lines."""
    words = arguments.words
    if len(words) > 2 or (len(words) == 2 and arguments.near is not None):
        raise OptionError(f"one word, one word with --near, or two words expected; got {' '.join(words)}")
    if len(set(words)) < len(words):
        raise OptionError(f"{words[0]} is given twice: give it once, or two different words")
    is_one = len(words) == 1
    fill_in(arguments, not is_one or arguments.near is not None, "--near WORD or two words", window=5)
    fill_in(arguments, is_one, "the lines of one word", instead="two", sort="position")
    text = chosen_format(arguments) == "text"
    fill_in(arguments, text, "lines of text", instead="another format", width=None)
    check_citing_arguments(arguments)
    view = LineView(_corpus_of(arguments.corpus), arguments.texts, arguments.tokens)
    if is_cited(view.concordance, arguments):
        print_cited(view.concordance, arguments)
    elif len(words) == 2:
        _print_evidence(view, arguments)
    else:
        _print_lines(view, arguments)


def _corpus_of(source: str) -> Corpus:
    """A corpus folder; or a text cut at spaces, and what that does to the words, whose occurrences are counted."""
    from wordvec.corpus import Corpus
    from wordvec.corpus.report import advise_on_words
    from wordvec.progress import announce

    corpus = Corpus.build(source)
    if corpus.folder is None and (advice := advise_on_words(corpus)):
        way_out = f"Such options belong to the corpus; build it first: wordvec corpus build {source} -o DIR"
        announce(" ".join([*advice, way_out]))
    return corpus


def _print_lines(view: LineView, arguments: argparse.Namespace) -> None:
    from wordvec.corpus.concordance import sort_lines
    from wordvec.corpus.concordance.keyword_lines import keyword_lines, times
    from wordvec.terminal import printable

    concordance = view.concordance
    (word,), near, window = arguments.words, arguments.near, arguments.window
    count = concordance.count(word, near, window)
    lines = sort_lines(concordance.lines(word, near, window, arguments.limit, arguments.seed), arguments.sort)
    if arguments.json:
        report = {"word": word, "near": near, "window": window, "occurrences": count}
        print_json(report | {"lines": [asdict(line) for line in lines], "notes": concordance.notes})
        return
    together = "" if near is None else f" within {counted(window, 'word')} of {printable(near)}"
    shown = f", {len(lines):,} of them here" if len(lines) < count else ""
    print(f"{printable(word)}{together}: {times(count)}{shown}")
    for text in keyword_lines(lines, line_width(arguments.width), [] if near is None else [near]):
        print(text)
    view.announce_notes()


def _print_evidence(view: LineView, arguments: argparse.Namespace) -> None:
    from wordvec.corpus.concordance.keyword_lines import evidence_lines

    a, b = arguments.words
    evidence = view.concordance.behind(a, b, arguments.window, arguments.limit, arguments.seed)
    view.read_ahead(lines_of_evidence([evidence]))
    if arguments.json:
        print_json(view.evidence_as_json(evidence) | {"notes": view.concordance.notes})
        return
    print("\n".join(evidence_lines(evidence, line_width(arguments.width), view.as_text)))
    view.announce_notes()
    view.announce_lost()

"""The lines of a corpus in which a word occurs, or in which two words occur together.

wordvec concordance corpus/ king --limit 40 --sort right
wordvec concordance corpus/ king --near crown --window 3
wordvec concordance corpus/ tea coffee             what stands behind the similarity of two words

wordvec concordance corpus/ tea --sort date --format csv -o tea.csv

CORPUS is a folder that `wordvec corpus build` wrote, or a text. A corpus folder gets an index of its words the first
time. The lines are spread evenly over the corpus; --seed draws others. Of a corpus that was built with --metadata,
the lines are as they are printed, with year, file and line.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from wordvec.cli.citing import add_citing_arguments, check_citing_arguments, is_cited, print_cited
from wordvec.cli.output import line_width, print_json
from wordvec.errors import OptionError
from wordvec.progress import announce

if TYPE_CHECKING:
    from wordvec.corpus.concordance import Concordance


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("corpus", metavar="CORPUS", help="a corpus folder, or a text")
    parser.add_argument("words", metavar="WORD", nargs="+", help="one word, or two similar ones")
    parser.add_argument("--near", metavar="WORD", help="only lines in which this word occurs near")
    parser.add_argument("--window", type=int, default=5, metavar="N", help="how many words away is near (default: 5)")
    parser.add_argument("--limit", type=int, default=10, metavar="N", help="lines or contexts shown (default: 10)")
    parser.add_argument("--seed", type=int, metavar="N", help="draw the lines by chance (default: evenly spread)")
    parser.add_argument(
        "--sort",
        default="position",
        choices=("position", "left", "right", "date"),
        help="by the words before or behind the keyword, or by date (default: position)",
    )
    add_citing_arguments(parser)
    parser.add_argument("--width", type=int, metavar="N", help="columns of a line (default: the terminal's)")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Print the lines."""
    words = arguments.words
    if len(words) > 2 or (len(words) == 2 and arguments.near is not None):
        raise OptionError(f"one word, one word with --near, or two words expected; got {' '.join(words)}")
    if len(set(words)) < len(words):
        raise OptionError(f"{words[0]} is given twice: give it once, or two different words")
    check_citing_arguments(arguments)
    concordance = open_concordance(arguments.corpus)
    if is_cited(concordance, arguments):
        print_cited(concordance, arguments)
    elif len(words) == 2:
        _print_evidence(concordance, arguments)
    else:
        _print_lines(concordance, arguments)


def open_concordance(source: str) -> Concordance:
    """Of a corpus folder, or of a text read with the defaults of `Corpus.build`."""
    from wordvec.corpus import Corpus
    from wordvec.corpus.concordance import Concordance

    return Concordance(Corpus.build(source))


def _print_lines(concordance: Concordance, arguments: argparse.Namespace) -> None:
    from wordvec.corpus.concordance import sort_lines
    from wordvec.corpus.concordance.keyword_lines import keyword_lines, times
    from wordvec.terminal import printable

    (word,), near, window = arguments.words, arguments.near, arguments.window
    count = concordance.count(word, near, window)
    lines = sort_lines(concordance.lines(word, near, window, arguments.limit, arguments.seed), arguments.sort)
    if arguments.json:
        report = {"word": word, "near": near, "window": window, "occurrences": count}
        print_json(report | {"lines": [asdict(line) for line in lines], "notes": concordance.notes})
        return
    together = "" if near is None else f" within {window} words of {printable(near)}"
    shown = f", {len(lines):,} of them here" if len(lines) < count else ""
    print(f"{printable(word)}{together}: {times(count)}{shown}")
    for text in keyword_lines(lines, line_width(arguments.width), [] if near is None else [near]):
        print(text)
    announce_notes(concordance)


def _print_evidence(concordance: Concordance, arguments: argparse.Namespace) -> None:
    from wordvec.corpus.concordance.keyword_lines import evidence_lines

    a, b = arguments.words
    evidence = concordance.behind(a, b, arguments.window, arguments.limit, arguments.seed)
    if arguments.json:
        print_json(asdict(evidence) | {"notes": concordance.notes})
        return
    print("\n".join(evidence_lines(evidence, line_width(arguments.width))))
    announce_notes(concordance)


def announce_notes(concordance: Concordance) -> None:
    """Say on stderr what a reader of the lines should know."""
    for note in concordance.notes:
        announce(note)

"""The words whose neighbours differ most between two models.

wordvec diff 1850.safetensors 1990.safetensors
wordvec diff 1850.safetensors 1990.safetensors broadcast cell              these words only
wordvec diff half1.safetensors 1990.safetensors --baseline half2.safetensors    what exceeds the noise
wordvec diff 1850.safetensors 1990.safetensors --in decades/1850s decades/1990s  with lines of both corpora

overlap: the share of a word's k nearest neighbours that both models have. noise: the overlap of A with the baseline, a
model that should agree with A. p: how often chance moves a word of this frequency that far below its noise; q: the
share of false discoveries up to this word. Without a baseline the list shows where to look, not what changed.

To judge whether two texts differ, train A and the baseline on two halves of one of them. A baseline trained on A's
own text with another seed shows the variation due to training, which is much smaller than that due to another sample
of the text.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from wordvec.cli.citing import LineView, add_view_arguments, views_of
from wordvec.cli.dependent_options import fill_in
from wordvec.cli.output import line_width, neighbours_as_json, print_json
from wordvec.cli.similar import let_options_stand_anywhere
from wordvec.errors import OptionError, counted
from wordvec.progress import announce
from wordvec.terminal import printable

if TYPE_CHECKING:
    from wordvec.corpus.concordance import Line
    from wordvec.vectors import WordVectors
    from wordvec.vectors.several_models.comparison import Comparison, WordChange

    Seen = list[tuple[str, LineView, dict[str, list[Line]]]]  # for A and B: name, corpus, lines by word


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("a", metavar="A", help="a file of vectors")
    parser.add_argument("b", metavar="B", help="a second file of vectors")
    parser.add_argument(
        "words", metavar="WORD", nargs="*", default=[], help="compare these (default: find the words that changed)"
    )
    parser.add_argument("-k", type=int, default=100, help="neighbours compared (default: 100)")
    parser.add_argument(
        "--top",
        type=int,
        default=20_000,
        metavar="N",
        help="compare the N most frequent words; 0: all (default: 20000)",
    )
    parser.add_argument("--min-count", type=int, default=0, metavar="N", help="only words seen N times in both texts")
    parser.add_argument(
        "--baseline",
        action="append",
        default=[],
        metavar="FILE",
        help="a model that should agree with A; may be repeated",
    )
    parser.add_argument("--align", action="store_true", help="also the cosine of both vectors after alignment")
    parser.add_argument("--limit", type=int, metavar="N", help="words shown (default: 20)")
    parser.add_argument("--shown", type=int, default=8, metavar="N", help="neighbours shown for each (default: 8)")
    parser.add_argument(
        "--in", dest="corpora", nargs=2, metavar=("CORPUS_A", "CORPUS_B"),
        help="show lines of the corpus folders, or texts, that A and B were trained on",
    )  # fmt: skip
    parser.add_argument("--lines", type=int, metavar="N", help="with --in: lines for each (default: 2)")
    add_view_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
    let_options_stand_anywhere(parser)


def run(arguments: argparse.Namespace) -> None:
    """Print the words that changed."""
    from wordvec.vectors import WordVectors
    from wordvec.vectors.several_models.comparison import compare_neighbours

    fill_in(arguments, arguments.corpora is not None, "--in CORPUS_A CORPUS_B", lines=2)
    fill_in(arguments, not arguments.words, "the words that changed most", instead="WORD", limit=20)
    models = [WordVectors.load(arguments.a), WordVectors.load(arguments.b)]
    views = _views(models, arguments)
    comparison = compare_neighbours(
        *models,
        k=arguments.k,
        top=arguments.top or None,
        min_count=arguments.min_count,
        words=arguments.words or None,
        baselines=[WordVectors.load(path) for path in arguments.baseline],
        align=arguments.align,
        changes=arguments.limit,
        shown=arguments.shown,
        show_progress=None,
    )
    seen = [(name, view, _lines(view, name, comparison, arguments.lines)) for name, view in zip("AB", views)]
    if arguments.json:
        print_json(as_json(comparison, seen))
    else:
        print_comparison(comparison, seen)
        for note in comparison.notes:
            announce(note)
    for view in views:
        view.announce_lost()


def _views(models: list[WordVectors], arguments: argparse.Namespace) -> list[LineView]:
    """The corpora of both models, if given."""
    if arguments.corpora is None:
        if arguments.texts or arguments.tokens:
            raise OptionError("--texts and --tokens are about the lines of --in CORPUS_A CORPUS_B: give it, too")
        return []
    if arguments.lines < 1:
        raise OptionError(f"--lines must be at least 1; got {arguments.lines}")
    from wordvec.cli.explain import open_corpus

    corpora = [open_corpus(source, model) for source, model in zip(arguments.corpora, models)]
    views = views_of(corpora, arguments.texts, arguments.tokens)
    for view in views:
        view.announce_notes()
    return views


def _lines(view: LineView, name: str, comparison: Comparison, limit: int) -> dict[str, list[Line]]:
    """Lines of each word shown, spread evenly over a corpus; words that it lacks are reported."""
    vocabulary = view.concordance.corpus.vocabulary
    found: dict[str, list[Line]] = {}
    for change in comparison.changes:
        if change.word in vocabulary:
            found[change.word] = view.concordance.lines(change.word, limit=limit)
        else:
            announce(f"--in: the corpus of {name}: {vocabulary.explain(change.word)}")
    view.read_ahead(line for lines in found.values() for line in lines)
    return found


def as_json(comparison: Comparison, seen: Seen) -> dict[str, Any]:
    """The comparison without its thousands of single words, and with lines if there are some."""
    report = asdict(comparison)
    del report["words"], report["overlaps"]
    report["changes"] = [
        asdict(change)
        | {"before": neighbours_as_json(change.before), "after": neighbours_as_json(change.after)}
        | {f"lines_of_{name.lower()}": view.as_json(lines.get(change.word, [])) for name, view, lines in seen}
        for change in comparison.changes
    ]
    return report


def print_comparison(comparison: Comparison, seen: Seen) -> None:
    """A line of numbers for each word, its neighbours under it, and its lines of both corpora."""
    alone = f"{comparison.only_in_a:,} are only in A, {comparison.only_in_b:,} only in B"
    print(f"{counted(comparison.compared, 'word')} compared; {alone}")
    noise = "" if comparison.mean_noise is None else f"; {100 * comparison.mean_noise:.0f} % in the baseline"
    print(f"on average {100 * comparison.mean_overlap:.0f} % of {comparison.k} neighbours are kept{noise}")
    columns = ["overlap", *(["noise", "p", "q"] if comparison.mean_noise is not None else [])]
    columns += ["cosine"] if comparison.changes and comparison.changes[0].cosine is not None else []
    print("".join(f"{column:>9}" for column in columns) + "  word")
    for change in comparison.changes:
        numbers = [getattr(change, column) for column in columns]
        print("".join(f"{number:>9.2g}" for number in numbers) + f"  {printable(change.word)}")
        for heading, neighbours in _neighbours(change):
            print(f"{'':>{9 * len(columns) + 4}}{heading:<6} {neighbours}")
        for name, view, lines in seen:
            for text in view.as_text(lines.get(change.word, []), line_width() - 6):
                print(f"    {name} {text}")


def _neighbours(change: WordChange) -> list[tuple[str, str]]:
    lists = (("A", change.before), ("B", change.after))
    return [(heading, printable(" ".join(word for word, _ in neighbours))) for heading, neighbours in lists]

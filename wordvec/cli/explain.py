"""Why two words are similar: the contexts they share, and what each contributes.

  wordvec explain ppmi.safetensors king queen
  wordvec explain svd.safetensors king queen --in corpus
  wordvec explain svd.safetensors king queen --in corpus --lines 2       with lines of each word near each context

In a PPMI matrix, A and B are similar through the contexts in which both have a positive value: each context adds the
product of the two values, divided by the lengths of both rows, to the cosine. A file of the ppmi trainer has these
rows. For any other model, contexts are counted in --in CORPUS, a corpus folder or a text: as the svd trainer did or,
for models without such a matrix, with their window. The model's own similarity is a different number and is printed as
well.

PPMI uses natural logarithms and no context smoothing, unless the model was trained otherwise. --contexts 2000 leaves
out rare contexts, which have the largest PPMI but mean the least to a reader.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordvec.cli.citing import LineView, add_view_arguments, views_of
from wordvec.cli.dependent_options import fill_in
from wordvec.cli.output import line_width, print_json
from wordvec.errors import OptionError, counted

if TYPE_CHECKING:
    import numpy as np

    from wordvec.corpus import Corpus
    from wordvec.corpus.concordance import Line
    from wordvec.vectors import WordVectors


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="a file of vectors")
    parser.add_argument("a", metavar="A", help="a word")
    parser.add_argument("b", metavar="B", help="a word")
    parser.add_argument("--in", dest="corpus", metavar="CORPUS", help="a corpus folder or a text to count contexts in")
    parser.add_argument(
        "--contexts", type=int, metavar="N", help="only the N most common contexts: rare ones have the largest PPMI"
    )
    parser.add_argument("-k", type=int, default=10, help="how many contexts (default: 10)")
    parser.add_argument(
        "--lines",
        type=int,
        default=0,
        metavar="N",
        help="with --in: lines to show for each word near each context (default: 0)",
    )
    add_view_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def run(arguments: argparse.Namespace) -> None:
    """Print the shared contexts with their contributions."""
    from wordvec.counts.ppmi import explain
    from wordvec.vectors import WordVectors

    _check(arguments)
    vectors = WordVectors.load(arguments.file)
    a, b = arguments.a, arguments.b
    similarity = vectors.similarity(a, b)  # reports a bad word before anything is counted
    corpus = None if arguments.corpus is None else open_corpus(arguments.corpus, vectors)
    (first, second), contexts, notes = rows_of(vectors, arguments, corpus)
    n = arguments.contexts
    shared = explain(first[:n], second[:n], contexts[:n])
    cosine = sum(part for _, part in shared)
    shown = shared[: arguments.k]
    report = {
        "a": a,
        "b": b,
        "model": vectors.info.get("trainer"),
        "model_similarity": round(similarity, 6),
        "ppmi_similarity": round(cosine, 6),
        "shared_contexts": len(shared),
        "contexts": [
            {"context": context, "contribution": round(part, 6), "percent": round(100 * part / cosine, 3)}
            for context, part in shown
        ],
        "notes": notes,
    }
    if corpus is None or not arguments.lines:
        _put(report, arguments)
        return
    (view,) = views_of([corpus], arguments.texts, arguments.tokens)
    lines = lines_of(view, report, window_of(vectors), arguments.lines)
    for row in report["contexts"]:
        of_context = lines[row["context"]]
        row["lines"] = (
            view.as_json(of_context) if arguments.json else view.as_text(of_context, line_width() - 4, [row["context"]])
        )
    _put(report, arguments)
    view.announce_lost()


def _check(arguments: argparse.Namespace) -> None:
    for option, number in (("-k", arguments.k), ("--contexts", arguments.contexts)):
        if number is not None and number < 1:
            raise OptionError(f"{option} must be at least 1; got {number}")
    if arguments.lines < 0:
        raise OptionError(f"--lines must be at least 0; got {arguments.lines}")
    if arguments.corpus is None and (arguments.lines or arguments.texts or arguments.tokens):
        raise OptionError("lines are those of --in CORPUS: give it, too")
    fill_in(arguments, arguments.lines > 0, "--lines N", texts=None, tokens=False)


def _put(report: dict[str, Any], arguments: argparse.Namespace) -> None:
    if arguments.json:
        print_json(report)
    else:
        print_report(report)


def window_of(vectors: WordVectors) -> int:
    """The largest distance of a context: the model's window if its file records one, else 5 words."""
    window = vectors.info.get("reach") or (vectors.info.get("parameters") or {}).get("window")
    return window if isinstance(window, int) and window > 0 else 5


def lines_of(view: LineView, report: dict[str, Any], window: int, limit: int) -> dict[str, list[Line]]:
    """For each context, lines in which it occurs near A, and lines in which it occurs near B."""
    found = {
        row["context"]: [
            line
            for word in dict.fromkeys((report["a"], report["b"]))
            for line in view.concordance.lines(word, row["context"], window, limit)
        ]
        for row in report["contexts"]
    }
    view.read_ahead(line for lines in found.values() for line in lines)
    return found


def rows_of(
    vectors: WordVectors, arguments: argparse.Namespace, corpus: Corpus | None
) -> tuple[tuple[np.ndarray, np.ndarray], list[str], list[str]]:
    """PPMI rows of A and B, the names of their columns, and notes."""
    from wordvec.counts.ppmi import row_of
    from wordvec.trainers.ppmi import recount

    words = arguments.a, arguments.b
    if corpus is None:
        if vectors.info.get("trainer") != "ppmi":
            raise OptionError(
                f"{arguments.file}: its dimensions are not contexts ({vectors.info.get('trainer') or 'no trainer'} is "
                "named in it): give the corpus it was trained on, with --in CORPUS, to count them"
            )
        first, second = (row_of(vectors.matrix, vectors.word_id(word)) for word in words)
        left_out = len(vectors) - vectors.dim
        note = f"among the {vectors.dim:,} most common contexts; --in CORPUS counts all {len(vectors):,}"
        return (first, second), list(vectors.words[: vectors.dim]), [note] if left_out else []
    matrix = recount(vectors.info, corpus)
    first, second = (row_of(matrix, corpus.vocabulary.id(word)) for word in words)
    notes = []
    if vectors.info.get("corpus_fingerprint") != corpus.fingerprint:
        notes.append(f"{arguments.file} was not trained on this corpus, according to its record")
    if vectors.info.get("trainer") not in ("ppmi", "svd"):
        notes.append("this model was not made from a PPMI matrix: its similarity has other causes, too")
    return (first, second), corpus.vocabulary.words, notes


def open_corpus(source: str, vectors: WordVectors) -> Corpus:
    """A corpus folder, or a text read with the options that the model records."""
    from wordvec.corpus import Corpus
    from wordvec.corpus.storage import is_corpus_folder

    if is_corpus_folder(Path(source)):
        return Corpus.open(source)
    return Corpus.build(source, **vectors.build_options())


def print_report(report: dict[str, Any]) -> None:
    """Print the report in a few lines, each context with its lines of the corpus, if there are any."""
    percent = sum(row["percent"] for row in report["contexts"])
    print(f"{report['a']} and {report['b']}: cosine {report['ppmi_similarity']:.3f} of their PPMI rows", end="")
    if report["model"] != "ppmi":
        print(f", {report['model_similarity']:.3f} in the model", end="")
    print(f"; {counted(report['shared_contexts'], 'context')} shared", end="")
    print(f", these are {percent:.0f} % of it" if report["contexts"] else "")
    for row in report["contexts"]:
        print(f"  {row['percent']:5.1f} %  {row['context']}")
        for text in row.get("lines", ()):
            print(f"    {text}")
    for note in report["notes"]:
        print(f"  note: {note}")

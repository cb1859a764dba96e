"""The words that documents of different decades, years or authors use differently, with lines as evidence.

wordvec change corpus/ --by decade --top 100
wordvec change corpus/ --by 25 --words station,train,bath --figures figures/
wordvec change corpus/ --by author --top 50 --json
wordvec change corpus/ --by decade -o changes.json            then: wordvec card changes.json, a method paragraph

CORPUS was built with `wordvec corpus build --metadata`. A word is compared by its contexts in the documents of each
group: distance is 1 - cosine; halves is the distance of two halves of one group, the effect of chance; ratio is the
squared distance divided by the variation between documents, about 1 without a change; p is from permuting documents;
q is the share of false discoveries up to this word (Benjamini and Hochberg), and * marks words with q below --level.
With more than two periods, all documents before a moment are compared with all after it; from is the first period
after it.

Under each word: its nearest words in each group, with the share of document resamples in which they stay, and the
lines, as printed, that are most typical of the group.
"""

from __future__ import annotations

import argparse
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordvec.cli.dependent_options import fill_in
from wordvec.cli.documents import add_group_arguments
from wordvec.cli.output import print_json
from wordvec.cli.questions import comma_separated
from wordvec.errors import InputError, OptionError, counted
from wordvec.progress import announce
from wordvec.terminal import printable

if TYPE_CHECKING:
    from wordvec.change.changes import Changes, WordChange


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("corpus", metavar="CORPUS", help="a corpus folder that was built with metadata")
    add_group_arguments(parser, required=True)
    parser.add_argument("--words", metavar="W,W", help="words to test")
    parser.add_argument("--top", type=int, metavar="N", help="test the N most frequent (default: 50)")
    parser.add_argument(
        "--max-share", type=float, metavar="F",
        help="with --top: leave out words that make up more of the text, mostly function words (default: 0.001)",
    )  # fmt: skip
    parser.add_argument("--vectors", metavar="FILE", help="vectors trained on this corpus (default: an SVD is made)")
    parser.add_argument("--window", type=int, default=5, metavar="N", help="words on each side (default: 5)")
    parser.add_argument(
        "--compare", choices=("cut", "pairs"),
        help="cut: before and after the moment that separates a word's uses best (default for dates); pairs: every two "
        "groups (default for others)",
    )  # fmt: skip
    parser.add_argument("--level", type=float, default=0.05, metavar="F", help="false discovery rate (default: 0.05)")
    parser.add_argument(
        "--permutations", type=int, metavar="N", help="number of permutations (default: words / level, at least 999)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="random seed (default: 1)")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="words in the table (default: 20)")
    parser.add_argument("--lines", type=int, default=3, metavar="N", help="lines for each group and word (default: 3)")
    parser.add_argument("--texts", metavar="DIR", help="where the texts are now (default: where they were)")
    parser.add_argument("-o", "--out", metavar="FILE", help="write the whole result as JSON, for `wordvec card`")
    parser.add_argument(
        "--save-vectors",
        metavar="DIR",
        help="write the vectors of all words in each group, one file per group, all in one space",
    )
    _add_figure_arguments(parser)
    parser.add_argument("--width", type=int, metavar="N", help="columns of a line (default: the terminal's)")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def _add_figure_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--figures", metavar="DIR", help="write a figure for each of these words to this folder")
    parser.add_argument("--figure-format", choices=("svg", "pdf", "png"), help="format of the figures (default: svg)")
    parser.add_argument(
        "--figure-width",
        type=float,
        metavar="INCHES",
        help="width of the figures in inches (default: 6.5)",
    )
    parser.add_argument("--font-size", type=float, metavar="POINTS", help="font size in figures (default: 8)")


def run(arguments: argparse.Namespace) -> None:
    """Test, and print the changes found."""
    from wordvec.change import find_changes
    from wordvec.corpus import Corpus
    from wordvec.experiments.method.change_file import change_record, write_record
    from wordvec.files import check_writable
    from wordvec.vectors import WordVectors

    command = _command(arguments)
    _check(arguments)
    if arguments.out:
        check_writable(arguments.out)
    for folder in (arguments.save_vectors, arguments.figures):
        if folder:
            _make_folder(folder)
    started = time.monotonic()
    corpus = Corpus.open(arguments.corpus)
    names = ("top", "date_column", "window", "compare", "permutations", "level", "max_share", "seed")
    options = {name: getattr(arguments, name) for name in names}
    options["words"] = comma_separated(arguments.words) or None
    options["vectors"] = None if arguments.vectors is None else WordVectors.load(arguments.vectors)
    changes = find_changes(corpus, arguments.by, **options)
    shown = changes.words if arguments.words else changes.found
    details = _details(changes, shown[: arguments.limit], arguments)
    if arguments.figures:
        _draw(changes, details, arguments)
    saved = _save_vectors(changes, arguments) if arguments.save_vectors else []
    report = (
        changes.as_dict()
        | ({"vectors": saved} if saved else {})
        | {"details": [_as_json(*detail) for detail in details]}
    )
    if arguments.out:
        write_record(arguments.out, change_record(report, corpus, command, time.monotonic() - started))
    if arguments.json:
        print_json(report)
        return
    _print(changes, details, arguments)
    for note in (*changes.notes, *_not_shown(shown, arguments)):
        announce(note)


def _check(arguments: argparse.Namespace) -> None:
    """Set options that were not given. Raises OptionError for options that would change nothing."""
    fill_in(arguments, not arguments.words, "the most frequent words", instead="--words", max_share=1e-3)
    fill_in(arguments, bool(arguments.figures), "--figures DIR", figure_format="svg", figure_width=6.5, font_size=8.0)
    fill_in(arguments, arguments.lines > 0, "printed lines", instead="--lines 0", texts=None)
    fill_in(arguments, not arguments.json, "printed lines", instead="--json", width=None)


def _not_shown(shown: tuple[WordChange, ...], arguments: argparse.Namespace) -> list[str]:
    """A note if figures were requested but not all found words, or none, have one."""
    if not arguments.figures or (shown and len(shown) <= arguments.limit):
        return []
    if not shown:
        return [f"{arguments.figures}: no figure was drawn, as no word differs; --words draws the words that you name"]
    return [
        f"{arguments.figures}: {arguments.limit:,} of {counted(len(shown), 'word')} were drawn; --limit N draws more"
    ]


def _make_folder(folder: str) -> None:
    from wordvec.corpus.storage import is_corpus_folder

    if is_corpus_folder(Path(folder)):
        raise InputError(f"{folder}: is a corpus; name another folder for what is written")
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise InputError(f"{folder}: is a file, or is below one; name a folder") from error


def _command(arguments: argparse.Namespace) -> str:
    """The command line that repeats this run."""
    names = ("by", "date_column", "words", "top", "max_share", "vectors", "window", "compare", "level", "permutations")
    names += ("seed", "limit", "lines", "texts", "save_vectors", "figures", "figure_format", "figure_width")
    names += ("font_size", "out")
    given = ((name, getattr(arguments, name)) for name in names)
    options = [
        part for name, value in given if value is not None for part in (f"--{name.replace('_', '-')}", str(value))
    ]
    return shlex.join(["wordvec", "change", arguments.corpus, *options])


def _details(changes: Changes, shown: tuple[WordChange, ...], arguments: argparse.Namespace) -> list[Any]:
    """For each word: the change, its neighbours by group, its lines by group."""
    from wordvec.change.changes import evidence_lines
    from wordvec.corpus.documents.citing import Citations

    assert changes.space is not None
    options = (arguments.texts, arguments.date_column)
    citations = Citations(changes.space.concordance, *options) if arguments.lines > 0 else None
    return [
        (word, changes.neighbours(word), evidence_lines(changes, word, citations, arguments.lines) if citations else {})
        for word in shown
    ]


def _as_json(change: WordChange, neighbours: dict[str, Any], evidence: dict[str, Any]) -> dict[str, Any]:
    return {
        "word": change.word,
        "neighbours": {name: [near._asdict() for near in nearest] for name, nearest in neighbours.items()},
        "lines": {name: [line.as_dict() for line in lines] for name, lines in evidence.items()},
    }


def _print(changes: Changes, details: list[Any], arguments: argparse.Namespace) -> None:
    from wordvec.change.report import table_lines, word_lines
    from wordvec.cli.output import line_width

    print("\n".join(table_lines(changes, arguments.limit)))
    for change, neighbours, evidence in details:
        print("\n".join(word_lines(change, neighbours, evidence, line_width(arguments.width))))


def _save_vectors(changes: Changes, arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Write a file of vectors for each group; return the files with their checksums."""
    from wordvec.change.group_vectors import groups_without_vectors, vectors_by_group
    from wordvec.corpus.documents import size_and_sha256
    from wordvec.corpus.documents.splitting import folder_name

    paths = {name: Path(arguments.save_vectors) / f"{folder_name(name)}.safetensors" for name in changes.groups}
    if len({str(path).casefold() for path in paths.values()}) < len(paths):
        raise OptionError(f"two of the groups would have the same file: {', '.join(paths)}"[:500])
    written = []
    for name, vectors in vectors_by_group(changes):
        vectors.save(paths[name])
        facts = {"group": name, "path": str(paths[name]), "words": len(vectors)}
        written.append(facts | {"sha256": size_and_sha256(paths[name])[1]})
        if not arguments.json:
            print(f"{printable(str(paths[name]))}: {counted(len(vectors), 'word')} of {printable(name)}")
    if said := groups_without_vectors(changes, {str(facts["group"]) for facts in written}):
        announce(said)
    return written


def _draw(changes: Changes, details: list[Any], arguments: argparse.Namespace) -> None:
    """Draw a figure for each word; numbers keep file names distinct."""
    from wordvec.change.report import drawn_words
    from wordvec.corpus.documents.splitting import folder_name
    from wordvec.plots.charts import plot_change
    from wordvec.plots.figure import save_figure

    folder = Path(arguments.figures)
    for number, (change, neighbours, _) in enumerate(details, 1):
        words = drawn_words(neighbours)
        cosines = dict(zip(words, changes.trajectory(change, words).tolist()))
        periods = [changes.groups[group] for group in change.groups]
        often = [change.per_million[group] for group in change.groups]
        note = f"distance {change.distance:.2f}, halves {change.halves:.2f}, q = {change.q:.2g}"
        note += f", from {changes.groups[change.cut]}" if change.cut is not None and len(changes.groups) > 2 else ""
        axes = plot_change(change.word, periods, cosines, often, note, arguments.figure_width, arguments.font_size)
        path = folder / f"{number:02}-{folder_name(change.word)}.{arguments.figure_format}"
        save_figure(axes, path)
        if not arguments.json:
            print(f"{printable(str(path))}: {printable(change.word)}")

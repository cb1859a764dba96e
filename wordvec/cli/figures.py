"""The figures of ``wordvec plot``: the options each takes, and the calls that draw it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordvec.cli.dependent_options import fill_in
from wordvec.cli.questions import comma_separated
from wordvec.errors import OptionError, counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from wordvec.vectors import WordVectors

Drawn = tuple["Axes", str]  # the figure and a message about it
PAGE_OPTIONS = ("words", "top", "method", "seed", "beside", "color_by")
PAGE_ENDINGS = (".html", ".htm")
COMMON = ("files", "out", "run", "verb", "dpi")  # for every figure


@dataclass(frozen=True)
class Figure:
    """A figure: its name, how many files it reads (least, most), its options, and the function that draws it."""

    name: str
    files: tuple[int, int]
    options: tuple[str, ...]
    draw: Callable[[argparse.Namespace], Drawn]

    def check(self, arguments: argparse.Namespace) -> None:
        """Raise OptionError for an option that does not apply, or the wrong number of files."""
        what = "a map" if self.name == "map" else f"--{self.name}"
        for option in _given(arguments):
            if option not in (*COMMON, *self.options):
                raise OptionError(f"{_flag(option)} does not apply to {what}; it takes {_flags(self.options)}")
        least, most = self.files
        if self.name == "map" and arguments.out.lower().endswith(PAGE_ENDINGS):
            most = MANY  # a page has a slider
        if not least <= len(arguments.files) <= most:
            expected = "no FILE" if most == 0 else "one FILE" if most == 1 else "at least one FILE"
            swallowed = "; --color-by takes all names after it: put FILE first" if arguments.color_by else ""
            raise OptionError(f"{what} takes {expected}; got {len(arguments.files)}{swallowed}")

    def check_page(self, arguments: argparse.Namespace) -> None:
        """Raise OptionError for options that a page (.html) does not have; set defaults of the others."""
        for option in _given(arguments):
            if option not in (*COMMON[:-1], *PAGE_OPTIONS):
                raise OptionError(
                    f"{_flag(option)} is for pictures (.png, .svg, .pdf); a page takes {_flags(PAGE_OPTIONS)}"
                )
        arguments.method = arguments.method or "pca"
        arguments.seed = 1 if arguments.seed is None else arguments.seed


def chosen_figure(arguments: argparse.Namespace) -> Figure:
    """The figure that the options select, checked."""
    asked = [name for name in FIGURES if name != "map" and getattr(arguments, name)]
    figure = FIGURES[asked[0] if asked else "map"]
    figure.check(arguments)
    return figure


def _given(arguments: argparse.Namespace) -> list[str]:
    return [name for name, value in vars(arguments).items() if value is not None and value is not False]


def _flag(option: str) -> str:
    return "-k" if option == "k" else f"--{option.replace('_', '-')}"


def _flags(options: tuple[str, ...]) -> str:
    return ", ".join(map(_flag, options))


def _options(arguments: argparse.Namespace, *names: str) -> dict[str, Any]:
    """The given options among `names`; the functions have their own defaults."""
    return {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}


def _load(path: str) -> WordVectors:
    from wordvec.vectors import WordVectors

    return WordVectors.load(path)


def _words(text: str) -> list[str]:
    words = comma_separated(text)
    if not words:
        raise OptionError(f"no words in {text!r}; write them as king,queen,man")
    return words


def _stems(paths: list[str]) -> list[str]:
    """Files' names without folder and suffix if these differ, else the paths."""
    stems = [Path(path).stem for path in paths]
    return stems if len(set(stems)) == len(stems) else paths


def _draw_map(arguments: argparse.Namespace) -> Drawn:
    from wordvec.plots import plot_beside, plot_map, read_groups

    _check_map(arguments)
    options = _options(arguments, "top", "method", "clusters", "seed", "width_mm", "font_size", "sizes")
    if arguments.words is not None:
        options["words"] = _words(arguments.words)
    if arguments.color_by is not None:
        options["groups"] = read_groups(arguments.color_by)
    (file,) = arguments.files
    if arguments.function_words:
        options["with_function_words"] = True
    if arguments.beside is not None:
        for option in ("width_mm", "sizes"):
            if option in options:
                raise OptionError(f"{_flag(option)} does not apply to --beside; leave one of them out")
        left, right = _stems([file, arguments.beside])
        axes, second = plot_beside(_load(file), _load(arguments.beside), names=(left, right), **options)
        passed = [line for text in second.texts for line in text.get_text().split("\n") if line.endswith(" left out")]
        more = f"; {passed[0]} (--function-words draws them)" if passed else ""
        return axes, f"{left} beside {right}, {axes.get_title(loc='right')}{more}"
    axes = plot_map(_load(file), **options)
    said = f"{_title(axes)}; {axes.get_title(loc='right')}"
    return axes, said + (" (--function-words draws them)" if "left out" in said else "")


def _title(axes: Any) -> str:
    """The title as text: without the line end before a note below it, and the escapes of "$" (see `figure.plain`)."""
    return str(axes.get_title(loc="left")).strip().replace(r"\$", "$")


def _check_map(arguments: argparse.Namespace) -> None:
    """Raise OptionError for options of a map that would change nothing."""
    lists, drawn_at_random = arguments.color_by is not None, arguments.method in ("tsne", "umap")
    fill_in(arguments, not lists, "colours by cluster", instead="--color-by", clusters=None)
    fill_in(arguments, drawn_at_random or not lists, "--method tsne or umap, or clusters", seed=None)
    chosen = arguments.words is not None or (lists and arguments.top is None)
    by = "--words" if arguments.words is not None else "the words of --color-by alone"
    fill_in(arguments, not chosen, "the most common words", instead=by, function_words=False)


def _draw_around(arguments: argparse.Namespace) -> Drawn:
    from wordvec.plots import plot_neighbourhood

    fill_in(arguments, arguments.method in ("tsne", "umap"), "--method tsne or umap", seed=None)
    options = _options(arguments, "k", "method", "seed")
    axes = plot_neighbourhood(_load(arguments.files[0]), arguments.around, **options)
    return axes, _title(axes)


def _draw_neighbours(arguments: argparse.Namespace) -> Drawn:
    from wordvec.plots import plot_neighbours

    axes = plot_neighbours(_load(arguments.files[0]), arguments.neighbours, **_options(arguments, "k"))
    return axes, _title(axes)


def _draw_analogy(arguments: argparse.Namespace) -> Drawn:
    from wordvec.plots import parse_pairs, plot_analogies

    pairs = parse_pairs(arguments.analogy)
    axes = plot_analogies(_load(arguments.files[0]), pairs)
    return axes, "; ".join(filter(None, (_title(axes), axes.get_title(loc="right"))))


def _draw_heatmap(arguments: argparse.Namespace) -> Drawn:
    from wordvec.plots import plot_similarities

    axes = plot_similarities(_load(arguments.files[0]), _words(arguments.heatmap), order=True)
    return axes, _title(axes).lower()


def _draw_loss(arguments: argparse.Namespace) -> Drawn:
    from wordvec.plots import plot_loss

    infos = [_load(file).info for file in arguments.files]
    curves = {name: info.get("loss") or [] for name, info in zip(_stems(arguments.files), infos)}
    for name in [name for name, curve in curves.items() if not curve]:
        raise OptionError(f"{name}: no loss to draw: its file holds none (count models, PPMI and SVD, have none)")
    held_out = {name: info.get("held_out_loss") or [] for name, info in zip(curves, infos)}
    return plot_loss(curves, held_out=held_out), f"loss of {counted(len(curves), 'training run')}"


def _draw_scores(arguments: argparse.Namespace) -> Drawn:
    from wordvec.plots import plot_scores, read_scores

    scores = read_scores(arguments.files)
    return plot_scores(scores), f"scores of {counted(len(scores), 'model')}"


def _draw_matrix(arguments: argparse.Namespace) -> Drawn:
    from wordvec.cli.networks import matrix_of
    from wordvec.plots import plot_matrix
    from wordvec.plots.figure import set_title, settle

    options = {"window": MATRIX_WINDOW, **_options(arguments, "window", "top", "tokenizer", "encoding")}
    values, words, total = matrix_of(arguments.files[0], arguments.matrix, **options)
    axes = plot_matrix(values, words, what="PPMI, natural log, no smoothing" if arguments.matrix == "ppmi" else "count")
    named = "PPMI" if arguments.matrix == "ppmi" else "Co-occurrences"
    title = f"{named} of {len(words)} words" + ("" if len(words) == total else f", the most common of {total:,}")
    title += f", window {options['window']}"
    set_title(axes, title)
    settle(axes)
    return axes, title + ("; natural logarithm, no smoothing" if arguments.matrix == "ppmi" else "")


def _draw_network(arguments: argparse.Namespace) -> Drawn:
    from wordvec.cli.networks import KNOWN, draw_network_file, network_of
    from wordvec.plots import plot_network

    from_file = arguments.network not in KNOWN
    for option in OF_KNOWN if from_file else OF_FILES:
        if getattr(arguments, option) is not None:
            raise OptionError(
                f"{_flag(option)} does not apply to --network {arguments.network}; "
                f"it takes {_flags(OF_FILES if from_file else OF_KNOWN)}"
            )
    if from_file:
        return draw_network_file(arguments)
    softmax = arguments.network_loss == "softmax"
    fill_in(arguments, not softmax, "negative sampling", instead="--network-loss softmax", negatives=None)
    options = _options(arguments, *OF_KNOWN)
    axes = plot_network(*network_of(arguments.network, **options))
    return axes, _title(axes)


MATRIX_WINDOW = 5
OF_KNOWN = ("vocabulary", "dim", "window", "negatives", "network_loss")
OF_FILES = ("input", "target")
MANY = 56  # curves or files of scores: more would be indistinguishable
MAP_OPTIONS = (
    *("words", "top", "method", "color_by", "clusters", "beside", "seed", "width_mm", "font_size", "sizes"),
    "function_words",
)
FIGURES = {
    figure.name: figure
    for figure in (
        Figure("matrix", (1, 1), ("matrix", "top", "window", "tokenizer", "encoding"), _draw_matrix),
        Figure("map", (1, 1), MAP_OPTIONS, _draw_map),
        Figure("around", (1, 1), ("around", "k", "method", "seed"), _draw_around),
        Figure("neighbours", (1, 1), ("neighbours", "k"), _draw_neighbours),
        Figure("analogy", (1, 1), ("analogy",), _draw_analogy),
        Figure("heatmap", (1, 1), ("heatmap",), _draw_heatmap),
        Figure("loss", (1, MANY), ("loss",), _draw_loss),
        Figure("scores", (1, MANY), ("scores",), _draw_scores),
        Figure("network", (0, 0), ("network", *OF_KNOWN, *OF_FILES), _draw_network),
    )
}

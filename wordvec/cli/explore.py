"""Explore vectors in the browser: a map to search, click and lasso, with exact answers over all words.

wordvec explore vectors.safetensors
wordvec explore news.safetensors --beside novels.safetensors --port 8765 --no-browser
wordvec explore 1850s.safetensors 1900s.safetensors 1950s.safetensors           one map, with a slider through them

The page is served to this machine only, until Ctrl-C. For a file to keep or send: wordvec plot FILE -o map.html
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordvec.cli.figures import PAGE_ENDINGS
from wordvec.cli.questions import comma_separated

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "files", metavar="FILE", nargs="+",
        help="a file of vectors, in any format wordvec reads; several files, such as periods in order, give one map in "
        "one space, with a slider",
    )  # fmt: skip
    parser.add_argument(
        "--beside", metavar="FILE", help="a second model, whose map is shown and linked beside the first"
    )
    parser.add_argument("--words", metavar="W,W,...", help="words to colour as a list")
    parser.add_argument(
        "--color-by", metavar="LIST", nargs="+",
        help="colour lists of words: files of group<TAB>word, of [group] and words, or one list of words each",
    )  # fmt: skip
    parser.add_argument("--top", type=int, metavar="N", help="words on the map: the N most frequent (default: 20,000)")
    parser.add_argument(
        "--method", default="pca", choices=("pca", "tsne", "umap"), help="projection of the map (default: pca)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="random seed for tsne, umap and clusters (default: 1)"
    )
    parser.add_argument("--port", type=int, default=8765, metavar="N", help="default: 8765; 0 takes any free port")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine only)"
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address and do not open it")


def run(arguments: argparse.Namespace) -> None:
    """Serve until interrupted."""
    import webbrowser

    from wordvec.explorer.server import is_loopback, make_server, serve
    from wordvec.progress import announce

    server = make_server(
        named_models(arguments.files, arguments.beside), host=arguments.host, port=arguments.port, **_options(arguments)
    )
    print(f"{server.url}  (Ctrl-C ends it)", flush=True)
    if not is_loopback(arguments.host):
        announce(f"{arguments.host} can be reached from other machines: anyone there can ask these vectors")
    if not arguments.no_browser:
        webbrowser.open(server.url)
    serve(server)


def is_page(path: str) -> bool:
    """Whether the name of an output file is that of a page, not a picture."""
    return path.lower().endswith(PAGE_ENDINGS)


def write_map_page(arguments: argparse.Namespace) -> None:
    """Write the page of `wordvec plot FILE -o map.html`, and print what is in it."""
    from wordvec.explorer.html import write_page
    from wordvec.files import check_writable

    check_writable(arguments.out)
    models = write_page(
        arguments.out, named_models(arguments.files, getattr(arguments, "beside", None)), **_options(arguments)
    )
    parts = []
    for model in models:
        of = f" of {model.total:,}" if model.total > len(model.words) else ""
        agreed = f"{model.agreement.overlap:.1%} of neighbours exact" if model.agreement else ""
        parts.append(f"{model.name}: {len(model.words):,}{of} words, {agreed}")
    print(f"{arguments.out}: {os.path.getsize(arguments.out) / 1e6:.1f} MB; {'; '.join(parts)}")


def named_models(given: Sequence[str], beside: str | None) -> list[tuple[str, WordVectors]]:
    """Load files by name without suffix, or by path if two names are equal."""
    from wordvec.errors import OptionError
    from wordvec.vectors import WordVectors

    if beside is not None and len(given) > 1:
        raise OptionError(
            "--beside shows two models side by side, several FILEs one map with a slider: give one of them"
        )
    files = [*given] if beside is None else [*given, beside]
    for path in files:
        if files.count(path) > 1 and beside is None:
            raise OptionError(f"{path} is named twice; each FILE is one step of the slider")
    names: Sequence[str] = [Path(path).stem for path in files]
    if len(set(names)) < len(names):
        names = [str(Path(path)) for path in files]
    return [(name, WordVectors.load(path)) for name, path in zip(names, files)]


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    from wordvec.plots.groups import read_groups

    words = comma_separated(arguments.words)
    lists = read_groups(arguments.color_by) if arguments.color_by else None
    return {
        "words": words,
        "lists": lists,
        "top": arguments.top,
        "method": arguments.method,
        "seed": arguments.seed,
        "periods": len(arguments.files) > 1,
    }

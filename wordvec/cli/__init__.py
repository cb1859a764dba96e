"""The ``wordvec`` command: one verb a file, no logic. See ``wordvec --help``."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from wordvec import __version__
from wordvec.cli.failures import in_one_line
from wordvec.signals import exit_status, raise_terminated

VERBS = {
    "train": "train vectors from text",
    "corpus": "build, inspect and list corpora",
    "similar": "the words most similar to given words",
    "analogy": "A is to B as C is to ?",
    "explain": "the contexts that make two words similar",
    "concordance": "the lines of a corpus behind a word, or behind two similar words",
    "align": "turn one model's vectors into the space of another",
    "translate": "words of another language, by their vectors",
    "retrofit": "draw the vectors of a lexicon's words towards one another",
    "postprocess": "center, whiten, reduce or quantise vectors, with scores before and after",
    "diff": "the words whose neighbours differ most between two models",
    "evaluate": "score vectors on similarity and analogy sets",
    "compare": "train several ways with several seeds and compare scores, time and memory",
    "stability": "how many of a word's neighbours stay, over seeds or samples of the text",
    "tune": "search for a trainer's best options on development sets",
    "card": "write a model card of a file of vectors",
    "explore": "a map in the browser, to search and click",
    "plot": "draw maps, neighbourhoods, analogies, heat maps, curves; or a page to explore",
    "convert": "write vectors in another format",
    "export": "write vectors for TensorBoard's projector, or as Parquet",
}

KEEP_MODELS = ("compare", "stability", "tune")  # verbs that train several, each kept as soon as it is done


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 0 done, 2 bad usage, input, disk or memory, 130 interrupted."""
    try:
        arguments = build_parser(sys.argv[1:] if argv is None else argv).parse_args(argv)
    except SystemExit as exit_:  # argparse leaves by this: 0 after --help, 2 after a usage error it has explained
        return int(exit_.code or 0)
    except KeyboardInterrupt:
        print("wordvec: interrupted before anything was done", file=sys.stderr)
        return 130
    warnings.showwarning = _warn_in_one_line
    try:
        with raise_terminated():
            arguments.run(arguments)
            sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output (head, less) has left: not an error of ours
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as error:
        how = f"ended by {error}" if str(error) else "interrupted"
        return _fail(arguments.verb, f"{how}; {_way_on(arguments)}", status=exit_status(error))
    except Exception as error:
        line = in_one_line(error)
        if line is None:
            raise
        return _fail(arguments.verb, line, status=2)
    return 0


def build_parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of all verbs; only the verb in `argv` loads its module, so that ``--help`` stays quick."""
    parser = argparse.ArgumentParser(
        prog="wordvec",
        description="Word embeddings from your own text.",
        allow_abbrev=False,
        epilog="wordvec VERB --help describes a verb's options.",
    )
    parser.add_argument("--version", action="version", version=f"wordvec {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, purpose in VERBS.items():
        verb = verbs.add_parser(name, help=purpose, allow_abbrev=False)
        if name in argv:
            module = import_module(f"wordvec.cli.{name}")
            verb.description = module.__doc__
            verb.formatter_class = argparse.RawDescriptionHelpFormatter
            module.add_arguments(verb)
    return parser


def _way_on(arguments: argparse.Namespace) -> str:
    """What an interrupted verb leaves behind, and how to go on from there."""
    if arguments.verb in KEEP_MODELS:
        return "the models that were finished are kept in their folder: the same command goes on from them"
    if getattr(arguments, "checkpoint_every", None) is not None or getattr(arguments, "resume", False):
        kept = f"{arguments.out}.checkpoint"
        if os.path.isfile(kept):
            return f"no output was written; {kept} is kept: the same command with --resume goes on"
    return "no output was written"


def _fail(verb: str, message: str, status: int) -> int:
    with suppress(OSError):  # the terminal may be gone
        print(f"wordvec {verb}: {message}", file=sys.stderr)
    return status


def _warn_in_one_line(message: Warning | str, *_: object, **__: object) -> None:
    print(f"wordvec: {message}", file=sys.stderr)

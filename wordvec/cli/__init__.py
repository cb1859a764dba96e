"""The ``wordvec`` command: one file per verb, no logic. See ``wordvec --help``."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from itertools import chain
from pathlib import Path

from wordvec import error_codes
from wordvec.cli.parser import Parser, Version, unknown_options, unknown_verb
from wordvec.errors import CorpusError, in_one_line
from wordvec.progress import announce
from wordvec.signals import exit_status, raise_terminated
from wordvec.terminal import OutputError, guarded_output, printable
from wordvec.written import keep_inputs

VERBS = {
    "train": "train vectors from text",
    "corpus": "build, inspect and list corpora",
    "similar": "the words most similar to given words",
    "analogy": "A is to B as C is to ?",
    "explain": "the contexts that make two words similar",
    "concordance": "the lines of a corpus that hold a word, or two similar words",
    "align": "rotate one model's vectors into the space of another",
    "combine": "concatenate several models' vectors",
    "translate": "translate words into another language by their vectors",
    "retrofit": "pull the vectors of a lexicon's words towards one another",
    "postprocess": "center, whiten, reduce or quantise vectors, with scores before and after",
    "subwords": "give vectors to unseen words, composed of n-grams",
    "embed": "vectors of documents, from the vectors of their words",
    "search": "the documents nearest to a text, or groups of documents with their words",
    "change": "words used differently in other decades or by other authors, tested over documents",
    "diff": "the words whose neighbours differ most between two models",
    "evaluate": "score vectors on similarity and analogy sets",
    "compare": "train several ways with several seeds and compare scores, time and memory",
    "stability": "how many of a word's neighbours stay the same over seeds or samples of the text",
    "tune": "search for a trainer's best options on development sets",
    "card": "write a model card of a file of vectors",
    "explore": "a map in the browser, to search and click",
    "serve": "answer questions about vectors over HTTP, for other programs",
    "plot": "draw maps, neighbourhoods, analogies, heat maps, curves; or a page to explore",
    "learn": "the course's interactive page: a small network to step through",
    "convert": "write vectors in another format",
    "compat": "which of gensim's names wordvec.compat has, and what differs",
    "export": "write vectors for TensorBoard's projector, or as Parquet",
}

# The arguments that name what is read. --start is not among them: a model may go on under its own name.
INPUTS = ("text", "file", "files", "source", "target", "a", "b", "corpus", "corpora", "documents", "docs", "texts")
INPUTS += ("keep_words", "drop_words", "vocabulary", "metadata", "among", "stability", "anchors", "lexicon")
INPUTS += ("similarity", "analogy", "sets", "dev_sets", "test_sets", "scores", "dictionary", "test", "vectors")
INPUTS += ("network", "input", "baseline", "report", "runs", "color_by", "beside", "words_from", "token_file")
WORDS = {"convert": ("words",)}  # where an argument of this name is a file of words, not words
OUTPUTS = {"train": ("documents",)}  # where an argument of this name is written
KEEP_MODELS = ("compare", "stability", "tune")  # verbs that train several models and keep each finished one


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 0 done, 2 bad usage, input, disk or memory, 130 interrupted."""
    if argv is None:  # a program, which draws into files: a notebook's shell names a backend that may be missing here
        os.environ["MPLBACKEND"] = "agg"
    with guarded_output():
        try:
            status = _run(list(sys.argv[1:] if argv is None else argv))
            sys.stdout.flush()
            return status
        except BrokenPipeError:  # the reader of our output (head, less) has closed: not an error
            return 0
        except OutputError as error:
            return _fail("", str(error), status=2, code=error_codes.OUTPUT)


def _run(argv: list[str]) -> int:
    try:
        if argv and not argv[0].startswith("-") and argv[0] not in VERBS:
            return _fail("", unknown_verb(argv[0], VERBS), status=2, code=error_codes.USAGE)
        arguments = _parse(argv)
    except SystemExit as exit_:  # raised by argparse: 0 after --help, 2 after a usage error it has explained
        return int(exit_.code or 0)
    except KeyboardInterrupt:
        return _fail("", "interrupted before anything was done", status=130)
    warnings.showwarning = _warn_in_one_line
    try:
        with raise_terminated(), keep_inputs(partial(input_files, arguments)):
            _recorded(arguments, argv)
    except (OutputError, BrokenPipeError):
        raise
    except KeyboardInterrupt as error:
        how = f"ended by {error}" if str(error) else "interrupted"
        return _fail(arguments.verb, f"{how}; {_way_on(arguments)}", status=exit_status(error))
    except Exception as error:
        line = in_one_line(error)
        if line is None:
            raise
        line += _way_out(line, arguments) if isinstance(error, CorpusError) else ""
        return _fail(arguments.verb, line, status=2, code=error_codes.code_of(error))
    return 0


def _way_out(line: str, arguments: argparse.Namespace) -> str:
    """What to do where a message names an option for reading text that the verb does not have."""
    lacking = [name for name in ("encoding", "field") if f"--{name}" in line and not hasattr(arguments, name)]
    if not lacking:
        return ""
    return (
        f"; wordvec {arguments.verb} has no --{lacking[0]}: make a corpus of the text by wordvec corpus build FILE -o "
        f"CORPUS --{lacking[0]} NAME, and name that folder"
    )


def _recorded(arguments: argparse.Namespace, argv: list[str]) -> None:
    """Run the verb; with --record or WORDVEC_RECORD, add a line about the run to that file."""
    record = vars(arguments).pop("record") or os.environ.get("WORDVEC_RECORD")  # not an option of the verb
    if not record:
        arguments.run(arguments)
        return
    from wordvec.experiments.method.runs import recorded

    start = getattr(arguments, "start", None)
    patterns = (_files_of(name) if not os.path.lexists(name) else [name] for name in input_names(arguments))
    named = [*chain.from_iterable(patterns), *([start] if start is not None else [])]
    told = argv[2:] if argv[0] == "--record" else argv[1:] if argv[0].startswith("--record=") else argv
    with recorded(record, told, named):
        arguments.run(arguments)


def input_files(arguments: argparse.Namespace) -> Iterator[str]:
    """The files that the arguments name: in and below a folder, and those of a pattern, too."""
    for name in input_names(arguments):
        yield from _files_of(name)


def input_names(arguments: argparse.Namespace) -> Iterator[str]:
    """The files, folders and patterns that the arguments name to be read."""
    names = [*INPUTS, *WORDS.get(arguments.verb, ())]
    for name in names:
        value = getattr(arguments, name, None)
        if name in OUTPUTS.get(arguments.verb, ()):
            continue
        for each in value if isinstance(value, list) else [value]:
            path = each[-1] if isinstance(each, tuple) else each  # of sets: (task, set)
            if isinstance(path, str):  # plot's --scores and embed's --a name no file
                yield path


def _files_of(name: str) -> Iterator[str]:
    from wordvec.corpus.read.paths import files_of
    from wordvec.corpus.storage import INDEX, OURS, is_corpus_folder
    from wordvec.errors import CorpusError

    try:
        if is_corpus_folder(Path(name)):
            yield from (os.path.join(name, each) for each in OURS - INDEX)
            return
        yield from map(os.fspath, files_of(Path(name)))
    except (CorpusError, OSError, ValueError):  # what is wrong with it is said by who reads it
        return


def _parse(argv: list[str]) -> argparse.Namespace:
    """The arguments; a usage error, --help and no arguments at all raise SystemExit."""
    parser, verbs = _parsers(argv)
    if not argv:
        parser.print_help()
        parser.exit(0)
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:
        verbs[arguments.verb].error(unknown_options(verbs[arguments.verb], unknown))
    return arguments


def build_parser(argv: Sequence[str]) -> Parser:
    """The command's parser, with parsers only of the verbs in `argv`, so that it is made quickly."""
    return _parsers(argv)[0]


def _parsers(argv: Sequence[str]) -> tuple[Parser, dict[str, Parser]]:
    parser = Parser(
        prog="wordvec",
        description="Word embeddings from your own text.\n\n"
        + "\n".join(f"  {name:<12} {purpose}" for name, purpose in VERBS.items()),  # one line each at any width
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        epilog="The options of a verb: wordvec VERB --help",
    )
    parser.add_argument("--version", action=Version, verbose="--verbose" in argv)
    parser.add_argument(
        "--record",
        metavar="FILE",
        help="before VERB: add a line to FILE with the command, the checksums of what it read and wrote, versions, "
        "time and machine, for `wordvec card` (default: the environment variable WORDVEC_RECORD)",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    parsers = {}
    for name in filter(set(argv).__contains__, VERBS):
        module = import_module(f"wordvec.cli.{name}")
        raw = argparse.RawDescriptionHelpFormatter
        parsers[name] = verbs.add_parser(name, allow_abbrev=False, description=module.__doc__, formatter_class=raw)
        module.add_arguments(parsers[name])
        if hasattr(module, "run"):  # actions of `corpus` have one each
            parsers[name].set_defaults(run=module.run)
    verbs.choices = VERBS  # type: ignore[assignment]  # what the message for an unknown verb lists
    return parser, parsers


def _way_on(arguments: argparse.Namespace) -> str:
    """What an interrupted verb leaves behind, and how to continue."""
    if arguments.verb in KEEP_MODELS:
        return "the models that were finished are kept in their folder: the same command continues from them"
    if getattr(arguments, "checkpoint_every", None) is not None or getattr(arguments, "resume", False):
        kept = f"{arguments.out}.checkpoint"
        if os.path.isfile(kept):
            return f"no output was written; {kept} is kept: the same command with --resume continues"
    return "no output was written"


def _fail(verb: str, message: str, status: int, code: str = "") -> int:
    line = f"wordvec {verb}".strip() + f": {printable(' '.join(message.splitlines()))}"
    with suppress(OSError):  # the terminal may be gone
        print(line + (f" [{code}]" if code else ""), file=sys.stderr)
    return status


def _warn_in_one_line(message: Warning | str, *_: object, **__: object) -> None:
    announce(str(message))

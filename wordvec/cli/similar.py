"""The words most similar to each WORD, by cosine.

  wordvec similar vectors.safetensors king france good
  wordvec similar vectors.safetensors "king -man +woman"        sums and differences, in quotes
  wordvec similar vectors.safetensors quick --pattern 'ly$' --top 30000
  wordvec similar vectors.safetensors tea --in corpus/          with the lines of text behind each answer
  wordvec similar vectors.safetensors tea --stability seeds.tsv  with the share of neighbours that other seeds keep
  wordvec similar vectors.safetensors < words.txt               one question on each line
  wordvec similar vectors.safetensors                           on a terminal: a prompt

A question that cannot be answered (an unknown word) is explained on stderr; the others are still answered, and the
exit status is 2.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from wordvec.cli.citing import LineView, add_view_arguments, lines_of_evidence, views_of
from wordvec.cli.dependent_options import fill_in
from wordvec.cli.output import neighbours_as_json, print_json, print_neighbours
from wordvec.cli.questions import Answer, add_filter_arguments, answer_all, read_questions, selected_rows
from wordvec.error_codes import code_of
from wordvec.errors import InputError, OptionError, counted
from wordvec.progress import announce
from wordvec.signals import Terminated

if TYPE_CHECKING:
    import numpy as np

    from wordvec.corpus.concordance import Evidence
    from wordvec.experiments.stability import Stability
    from wordvec.vectors import WordVectors
    from wordvec.vectors.search.gpu import GPUSearch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="a file of vectors, in any format wordvec reads")
    parser.add_argument(
        "words", metavar="WORD", nargs="*", default=[], help="a word, or a sum in quotes (default: prompted for)"
    )
    parser.add_argument("-k", type=int, default=10, help="how many neighbours of each (default: 10)")
    add_filter_arguments(parser)
    parser.add_argument(
        "--in",
        dest="corpus",
        metavar="CORPUS",
        help="show the lines of this corpus folder, or text, behind each answer",
    )
    parser.add_argument("--lines", type=int, metavar="N", help="lines and contexts for each (default: 2)")
    add_view_arguments(parser)
    parser.add_argument("--device", default="cpu", choices=("cpu", "gpu"), help="gpu: for many questions")
    parser.add_argument("--stability", metavar="FILE", help="how stable each word's neighbours are (wordvec stability)")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
    let_options_stand_anywhere(parser)


def let_options_stand_anywhere(parser: argparse.ArgumentParser) -> None:
    """Allow ``FILE --top 9 WORD``: argparse alone treats optional words as absent at the first option."""

    def parse(arguments: list[str] | None = None, namespace: Any = None) -> Any:
        del parser.parse_known_args  # what follows calls it
        try:
            return parser.parse_known_intermixed_args(arguments, namespace)
        finally:
            parser.parse_known_args = parse  # type: ignore[method-assign,assignment]

    parser.parse_known_args = parse  # type: ignore[method-assign,assignment]


def run(arguments: argparse.Namespace) -> None:
    """Print the neighbours of each word."""
    from wordvec.vectors import WordVectors
    from wordvec.vectors.search import check_k

    check_k(arguments.k)
    fill_in(arguments, arguments.corpus is not None, "--in CORPUS", lines=2)
    vectors = WordVectors.load(arguments.file)
    rows, gpu = selected_rows(vectors, arguments), _gpu_search(vectors, arguments)
    evidence = Behind(_view(arguments, vectors), arguments.lines, _stability(arguments))
    if not arguments.words and sys.stdin is None:
        raise InputError("no word was given, and standard input is closed: name a word, or pipe words into the command")
    if not arguments.words and sys.stdin.isatty() and not arguments.json:
        converse(vectors, lambda answer: _print(answer, evidence), arguments.k, rows)
        return
    asked = [(word, word) for word in arguments.words] or read_questions(sys.stdin.buffer)
    report: dict[str, Any] = {}
    errors: list[InputError] = []
    for answer, place in answer_all(vectors, asked, arguments.k, rows, gpu):
        if answer.error is not None:
            errors.append(answer.error)
            report[answer.question] = None
            if len(arguments.words) != 1:
                announce(f"{place}: {answer.error} [{code_of(answer.error)}]")
        elif arguments.json:
            report[answer.question] = _as_json(answer, evidence)
        else:
            _print(answer, evidence)
    if len(arguments.words) == 1 and errors:
        raise errors[0]
    if arguments.json:
        print_json(report)
    if evidence.view is not None:
        evidence.view.announce_lost()
    if errors:
        raise InputError(f"{len(errors):,} question{'s have' if errors[1:] else ' has'} no answer, see above")


class Behind(NamedTuple):
    """What is shown with an answer: lines of a corpus, and how stable neighbours are."""

    view: LineView | None
    lines: int
    stability: Stability | None


def _print(answer: Answer, behind: Behind) -> None:
    """Print a question's neighbours and the corpus lines for each."""
    print_neighbours(answer.question, answer.neighbours, behind.stability)
    for evidence in _evidence(answer, behind):
        from wordvec.cli.output import line_width
        from wordvec.corpus.concordance.keyword_lines import evidence_lines

        if evidence is not None and behind.view is not None:
            print("\n" + "\n".join(evidence_lines(evidence, line_width(), behind.view.as_text)))


def _as_json(answer: Answer, behind: Behind) -> list[dict[str, Any]]:
    found = neighbours_as_json(answer.neighbours)
    if behind.stability is not None:
        for row in found:
            row["stability"] = behind.stability.stability_of(row["word"])
    for row, evidence in zip(found, _evidence(answer, behind)):
        row["evidence"] = None if evidence is None or behind.view is None else behind.view.evidence_as_json(evidence)
    return found


def _evidence(answer: Answer, behind: Behind) -> list[Evidence | None]:
    """The evidence from the corpus; the texts of all lines are read ahead, each file once."""
    found = list(_sought(answer, behind))
    if behind.view is not None:
        behind.view.read_ahead(lines_of_evidence(evidence for evidence in found if evidence is not None))
    return found


def _sought(answer: Answer, behind: Behind) -> Iterator[Evidence | None]:
    """The corpus's evidence on the question and each neighbour; None for a neighbour that it lacks."""
    if behind.view is None:
        return
    concordance = behind.view.concordance
    known = concordance.corpus.vocabulary
    if answer.question not in known:
        announce(f"--in: {answer.question!r} is not a word of the corpus, so it has no lines for it")
        return
    for word, _ in answer.neighbours:
        if word not in known:
            announce(f"--in: {known.explain(word)}")
        yield concordance.behind(answer.question, word, limit=behind.lines) if word in known else None


def _gpu_search(vectors: WordVectors, arguments: argparse.Namespace) -> GPUSearch | None:
    if arguments.device == "cpu":
        return None
    if any((arguments.top, arguments.min_count, arguments.pattern, arguments.among)):
        raise OptionError("--device gpu answers among all words: leave --top, --min-count, --pattern and --among out")
    from wordvec.vectors.search.gpu import GPUSearch

    return GPUSearch(vectors)


def _stability(arguments: argparse.Namespace) -> Stability | None:
    if arguments.stability is None:
        return None
    from wordvec.experiments.stability.results import read_stability

    return read_stability(arguments.stability)


def _view(arguments: argparse.Namespace, vectors: WordVectors) -> LineView | None:
    if arguments.corpus is None:
        if arguments.texts or arguments.tokens:
            raise OptionError("--texts and --tokens are about the lines of --in CORPUS: give it, too")
        return None
    if arguments.lines < 1:
        raise OptionError(f"--lines must be at least 1; got {arguments.lines}")
    from wordvec.cli.explain import open_corpus

    (view,) = views_of([open_corpus(arguments.corpus, vectors)], arguments.texts, arguments.tokens)
    view.announce_notes()
    return view


# The prompt of `wordvec similar`: one question per line, with history and completion if the system has readline.


HELP = "a word, or a sum such as king -man +woman; Tab completes, the arrows bring back questions, Ctrl-D leaves"
COMPLETIONS = 50  # at most, the most frequent first


def converse(
    vectors: WordVectors,
    show: Callable[[Answer], None],
    k: int,
    rows: np.ndarray | None = None,
    ask: Callable[[str], str] = input,
) -> None:
    """Prompt for questions and show their answers until the input ends. `ask` raises EOFError at its end."""
    _set_up_line_editing(vectors)
    print(f"{counted(len(vectors), 'word')} of {vectors.dim:,} dimensions. {HELP}.")
    while True:
        try:
            text = ask("> ").strip()
        except EOFError:
            print()
            return
        except Terminated:
            raise
        except KeyboardInterrupt:  # Ctrl-C discards the line, as in a shell
            print()
            continue
        if text in ("?", "help") and text not in vectors:
            print(HELP)
        elif text:
            for answer, _ in answer_all(vectors, [(text, text)], k, rows):
                if answer.error is None:
                    show(answer)
                else:
                    print(answer.error)


def completions(vectors: WordVectors, text: str) -> list[str]:
    """The first words of the vectors that begin with `text`, with or without a sign.

    >>> import numpy as np
    >>> from wordvec.vectors import WordVectors
    >>> completions(WordVectors(["king", "kind", "queen"], np.ones((3, 2))), "-ki")
    ['-king', '-kind']
    """
    sign = text[:1] if text[:1] in ("+", "-") else ""
    start, found = text[len(sign) :], []
    for word in vectors.words:
        if word.startswith(start):
            found.append(sign + word)
            if len(found) == COMPLETIONS:
                break
    return found


def _set_up_line_editing(vectors: WordVectors) -> None:
    try:
        import readline
    except ImportError:  # Windows, whose terminal can edit lines without it
        return
    found: list[str] = []

    def complete(text: str, number: int) -> str | None:
        if number == 0:
            found[:] = completions(vectors, text) if text else []
        return found[number] if number < len(found) else None

    readline.set_completer_delims(" \t")
    readline.set_completer(complete)
    readline.parse_and_bind("tab: complete")

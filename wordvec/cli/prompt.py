"""The prompt of `wordvec similar`: a question a line, with history and completion where the system has readline."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wordvec.cli.questions import Answer, answer_all
from wordvec.errors import counted
from wordvec.signals import Terminated

if TYPE_CHECKING:
    import numpy as np

    from wordvec.vectors import WordVectors

HELP = "a word, or a sum such as king -man +woman; Tab completes, the arrows bring back questions, Ctrl-D leaves"
COMPLETIONS = 50  # of a word's beginning, the most frequent words


def converse(
    vectors: WordVectors,
    show: Callable[[Answer], None],
    k: int,
    rows: np.ndarray | None = None,
    ask: Callable[[str], str] = input,
) -> None:
    """Ask for questions and show their answers until the input ends. `ask` raises EOFError at its end."""
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
        except KeyboardInterrupt:  # Ctrl-C throws the line away, as in a shell
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
    """Words that begin as `text` does, after a sign or without, the first ones of the vectors.

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
    except ImportError:  # Windows: lines can be edited there all the same
        return
    found: list[str] = []

    def complete(text: str, number: int) -> str | None:
        if number == 0:
            found[:] = completions(vectors, text) if text else []
        return found[number] if number < len(found) else None

    readline.set_completer_delims(" \t")
    readline.set_completer(complete)
    readline.parse_and_bind("tab: complete")

"""Questions of `wordvec similar`: words and sums of words, one per line; and which words may be answers."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from wordvec.corpus.wordlists import lines_of
from wordvec.errors import InputError
from wordvec.progress import announce

if TYPE_CHECKING:
    import numpy as np

    from wordvec.vectors import WordVectors
    from wordvec.vectors.search.gpu import GPUSearch

TOGETHER = 256  # questions answered in one batch


@dataclass(frozen=True)
class Question:
    """Words to be near to, words to be far from, and the text of the question."""

    text: str
    positive: tuple[str, ...]
    negative: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The neighbours, or an empty list and what is wrong with the question."""

    question: str
    neighbours: list[tuple[str, float]]
    error: InputError | None = None


def parse_question(text: str, vectors: WordVectors) -> Question:
    """Parse ``king``, ``king -man +woman`` or ``new york``. A known word, even with spaces or signs, is not a sum.

    A term of a sum reaches to the next sign: ``black tea -new york`` has two.
    Raises InputError for a sign without a word.

    >>> import numpy as np
    >>> from wordvec.vectors import WordVectors
    >>> parse_question("king -man +woman", WordVectors(["king"], np.ones((1, 2))))
    Question(text='king -man +woman', positive=('king', 'woman'), negative=('man',))
    """
    if text in vectors:
        return Question(text, (text,))
    for term in text.split():
        if term in ("+", "-"):
            raise InputError(f"{text!r}: {term} without a word; write it before the word, as in king -man +woman")
    positive: list[str] = []
    negative: list[str] = []
    for term in re.findall(r"\S+(?:\s+[^\s+-]\S*)*", text):
        first, *others = _words_of(term.removeprefix("-" if term[0] == "-" else "+"), vectors)
        (negative if term[0] == "-" else positive).append(first)
        positive += others
    return Question(text, tuple(positive), tuple(negative))


def _words_of(term: str, vectors: WordVectors) -> list[str]:
    """The words of a term: itself if it is known, or if parts of it are unknown where words hold spaces."""
    parts = term.split()
    if term in vectors or (any(part not in vectors for part in parts) and any(" " in word for word in vectors.words)):
        return [term]
    return parts


COMMAS, NO_COMMAS = "[,\u060c\uff0c\u3001]", "[^,\u060c\uff0c\u3001]"  # of Arabic, Chinese, Japanese keyboards, too


def comma_separated(text: str | None) -> list[str]:
    """The words of an option such as --words king,queen, without surrounding spaces; quotes keep commas.

    >>> comma_separated('king, queen,,new york, "1,3-diene",tea "x"')
    ['king', 'queen', 'new york', '1,3-diene', 'tea "x"']
    """
    found = re.findall(rf'\s*"([^"]+)"\s*(?:{COMMAS}|$)|({NO_COMMAS}+)', text or "")
    return [word for quoted, plain in found if (word := quoted or plain.strip())]


def read_questions(stream: BinaryIO) -> Iterator[tuple[str, str]]:
    r"""Each line that is not blank, with its place for messages; bytes that are not UTF-8 become ``\xff``.

    >>> import io
    >>> list(read_questions(io.BytesIO(b"king\n\n t\xffa\n")))
    [('king', 'line 1'), ('t\\xffa', 'line 3')]
    """
    number = 0
    for ended in stream:
        read = ended.decode("utf-8-sig" if number == 0 else "utf-8", "backslashreplace")
        for line in lines_of(read.rstrip("\r\n")):
            number += 1
            if text := line.strip():
                yield text, f"line {number}"


def answer_all(
    vectors: WordVectors,
    asked: Iterable[tuple[str, str]],
    k: int,
    rows: np.ndarray | None = None,
    gpu: GPUSearch | None = None,
) -> Iterator[tuple[Answer, str]]:
    """Answer each (question, place), in batches; a question without an answer does not affect the others.

    `gpu`, if given, answers instead of `vectors`, among all rows.
    """
    asked = iter(asked)
    while some := list(islice(asked, TOGETHER)):
        checked = [_checked(vectors, text) for text, _ in some]
        pairs = [(one.positive, one.negative) for one in checked if isinstance(one, Question)]
        found = vectors.most_similar_each(pairs, k, among=rows) if gpu is None else gpu.most_similar_each(pairs, k)
        yield from zip(_in_order(checked, found), (place for _, place in some))


def _checked(vectors: WordVectors, text: str) -> Question | Answer:
    from wordvec.vectors.queries import direction

    try:
        question = parse_question(text, vectors)
        direction(vectors, [*question.positive], [*question.negative])
    except InputError as error:
        return Answer(text, [], _asked_for_a_phrase(vectors, text) or error)
    return question


def _asked_for_a_phrase(vectors: WordVectors, text: str) -> InputError | None:
    """The error for a question with the parts of a phrase such as "new_york"."""
    from wordvec.vectors.lookup import as_in_the_text

    phrase = as_in_the_text(text, vectors.words, vectors.info) if len(text.split()) > 1 else []
    return InputError(f"{text!r} is one word in the text of these vectors: ask for {phrase[0]!r}") if phrase else None


def _in_order(waiting: list[Question | Answer], found: Sequence[list[tuple[str, float]]]) -> Iterator[Answer]:
    answers = iter(found)
    for one in waiting:
        yield one if isinstance(one, Answer) else Answer(one.text, next(answers))


def add_filter_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options that restrict which words may be answers."""
    parser.add_argument("--top", type=int, metavar="N", help="answer with the N most frequent words only")
    parser.add_argument("--min-count", type=int, metavar="N", help="answer with words seen at least N times only")
    parser.add_argument("--pattern", metavar="RE", help="answer with words that match this regular expression anywhere")
    parser.add_argument("--among", metavar="FILE", help="answer with the words of this file only, one on each line")


def selected_rows(vectors: WordVectors, arguments: argparse.Namespace) -> np.ndarray | None:
    """The rows that pass the options of `add_filter_arguments`; None without such options."""
    among: Any = None
    if arguments.among is not None:
        from wordvec.corpus.wordlists import read_word_list

        among = read_word_list(arguments.among)
        missing = [word for word in among if word not in vectors]
        if missing:
            shown = ", ".join(map(repr, missing[:3])) + (", ..." if len(missing) > 3 else "")
            if len(missing) == len(among):
                raise InputError(
                    f"{arguments.among}: none of its {len(among):,} words (one on each line) has a vector: {shown}"
                )
            announce(f"{arguments.among}: {len(missing):,} of {len(among):,} words are not among the vectors: {shown}")
    return vectors.select(top=arguments.top, min_count=arguments.min_count, pattern=arguments.pattern, among=among)

"""Reading evaluation sets: word pairs with human scores, and analogy questions."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from wordvec.argument_types import typed
from wordvec.corpus.named_texts.bundled import EVALUATION_SETS
from wordvec.errors import EvaluationFileError
from wordvec.evaluation.files import analogy_readers as known
from wordvec.evaluation.files.pair_layouts import FIFTY, Layout, are_lemmas, find_layout, split_table
from wordvec.evaluation.files.pair_scores import lines_with_scores, note_on_scores
from wordvec.evaluation.files.set_files import Line, Source, find_file, read_set_lines, set_name
from wordvec.evaluation.files.sets import AnalogyQuestions, Pair, WordPairs


@typed
def read_pairs(source: Source, encoding: str = "utf-8", scores: Source | None = None) -> WordPairs:
    """Read pairs of words with a score from a file, a bundled set ("tiny-world-similarity") or a fetched one.

    Fields are separated by tabs, else semicolons or commas, else spaces, as the first line has it. Two words and a
    score a line, with or without a header, and the published layouts of WordSim-353, SimLex-999, SimVerb, RW and MEN
    are recognised by their content; the layout, duplicate pairs and scores far from all others become `notes`.
    Pairs may have their scores in a second file, one on each line: `scores`, or X.gold.txt for X.data.txt.
    Blank lines and lines that begin with # are skipped.
    Raises EvaluationFileError with file and line for anything else.

    >>> read_pairs("tiny-world-similarity").name
    'tiny-world-similarity'
    """
    lines = [line for line in read_set_lines(source, encoding) if not line.text.lstrip().startswith("#")]
    for line in lines[:1]:
        if line.text.startswith(":"):
            raise EvaluationFileError(
                f"{line.place}: line {line.number}: {line.text!r} begins a section of an analogy set, not of word pairs"
            )
    scored = lines_with_scores(source, lines, scores, encoding)
    second_file = note_on_scores(source, scores, lines, scored)
    header, rows, separator = split_table(scored) if scored else (None, [], None)
    if not rows:
        raise EvaluationFileError(f"{source}: no word pairs in it; expected lines of two words and a score")
    layout = find_layout(header, rows)
    read = [(line, _pair(line, fields, layout, separator)) for line, fields in rows]
    pairs = [pair for _, pair in read]
    notes = second_file + ([f"read as {layout.what}"] if layout.what else [])
    scale = layout.scale
    if are_lemmas([word for a, b, _ in pairs for word in (a, b)]):
        pairs, scale = [(a[:-2], b[:-2], score) for a, b, score in pairs], FIFTY
        notes.append("read as MEN's lemma form: -n, -v, -j taken off the words")
    if any("," in fields[layout.score] for _, fields in rows):
        notes.append("scores read with decimal commas")
    _check_scale(read, scale)
    notes += _duplicates(pairs) + ([] if scale else _far_scores(read))
    return WordPairs(set_name(source), tuple(pairs), tuple(notes))


def _pair(line: Line, fields: list[str], layout: Layout, separator: str | None) -> Pair:
    first, second, text = fields[layout.first], fields[layout.second], fields[layout.score]
    if separator != "," and re.fullmatch(r"-?\d+,\d+", text):
        text = text.replace(",", ".")
    try:
        score = float(text)
        if not first or not second or not math.isfinite(score):
            raise ValueError
    except ValueError:
        raise line.error("expected two words and a score, separated as in the first line; got") from None
    return first, second, score


def _check_scale(read: Sequence[tuple[Line, Pair]], scale: tuple[float, float] | None) -> None:
    for line, (_, _, score) in read if scale else ():
        if scale and not scale[0] <= score <= scale[1]:
            raise line.error(f"the scores of this set go from {scale[0]:g} to {scale[1]:g}; got {score:g} in")


def _duplicates(pairs: Sequence[Pair]) -> list[str]:
    """The note about pairs that occur more than once, in either order."""
    times = Counter(tuple(sorted((a, b))) for a, b, _ in pairs)
    twice = [pair for pair, count in times.items() if count > 1]
    if not twice:
        return []
    how_many = "1 pair occurs" if len(twice) == 1 else f"{len(twice):,} pairs occur"
    return [f"{how_many} more than once, such as {' '.join(twice[0])}; each line counts"]


def _far_scores(read: Sequence[tuple[Line, Pair]]) -> list[str]:
    """The note about scores that cannot be on the scale of the others: three quartile distances beyond them."""
    scores = np.array([score for _, (_, _, score) in read])
    if len(scores) < 8:
        return []
    low, high = np.quantile(scores, [0.25, 0.75])
    far = np.flatnonzero((scores < low - 3 * (high - low)) | (scores > high + 3 * (high - low)))
    if len(far) == 0 or high == low:
        return []
    line, (first, second, score) = read[int(far[0])]
    return [
        f"{len(far):,} scores far from all others, such as {score:g} of {first} {second} in line {line.number}: "
        "outside the scale?"
    ]


@typed
def read_analogies(source: Source, encoding: str = "utf-8") -> AnalogyQuestions:
    """Read analogy questions from a file or folder, a bundled set or a fetched one, recognised by content.

    Google's format: four words a line under ``: section`` lines; lines that begin with # or // are skipped. MSR's:
    ``word_relationship.questions`` with three words a line, the answers in ``word_relationship.answers`` beside it.
    BATS: a folder of files (or one of them) of lines ``word<tab>answer/answer/...``, of which all pairs are asked.
    A table with columns for the section and the four words, named by a header (type,word1,word2,word3,target).
    Raises EvaluationFileError with file and line.

    >>> questions = read_analogies("tiny-world-analogies")
    >>> all(len(question) == 4 for section in questions.sections.values() for question in section)
    True
    """
    path = None if str(source) in EVALUATION_SETS else find_file(source)
    if path is not None and path.is_dir():
        return known.read_bats(source, path, encoding)
    lines = read_set_lines(source, encoding)
    content = [line for line in lines if not line.text.startswith(("#", "//"))]
    first = content[0].text if content else ""
    if path is not None and known.is_msr(path, first):
        return known.read_msr(source, path, content, encoding)
    if known.is_bats(content):
        return AnalogyQuestions(set_name(source), {Path(source).stem: known.bats_questions(content)}, (known.BATS,))
    if known.is_table(first):
        return known.read_table(source, content)
    return known.read_google(source, content)

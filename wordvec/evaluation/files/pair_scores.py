"""Word pairs whose scores are in a second file, line by line, as SemEval publishes them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from wordvec.corpus.named_texts.bundled import EVALUATION_SETS
from wordvec.errors import EvaluationFileError
from wordvec.evaluation.files.set_files import Line, Source, find_file, read_set_lines

WAY_OUT = "give the file of their scores, one on each line: --scores FILE, or read_pairs(..., scores=FILE)"


def pair_of(line: Line) -> tuple[str, str] | None:
    """The two words of a line that has no more than these, between a tab, a semicolon, a comma or a space."""
    for separator in ("\t", ";", ",", None):
        fields = [field.strip() for field in line.text.split(separator)]
        if len(fields) == 2 and all(fields):
            return fields[0], fields[1]
        if len(fields) > 1:
            return None
    return None


def lines_with_scores(source: Source, lines: list[Line], scores: Source | None, encoding: str) -> list[Line]:
    """`lines` with the scores of a second file behind them: of `scores`, or of X.gold.txt for a source X.data.txt.

    Lines that have a score of their own come back as they are. Raises EvaluationFileError for pairs without scores,
    and where the files do not fit together, naming the line.
    """
    pairs = [pair_of(line) for line in lines]
    if scores is None:
        if not lines or None in pairs or any(_number(second) is not None for _, second in filter(None, pairs)):
            return lines
        scores = _beside(source)
        if scores is None:
            raise lines[0].error(f"expected two words and a score; for pairs alone {WAY_OUT}; got")
    for line, pair in zip(lines, pairs):
        if pair is None:
            raise line.error(f"two words expected, as the scores are in {scores}; got")
    found = [line for line in read_set_lines(scores, encoding) if not line.text.startswith("#")]
    if len(found) != len(lines):
        raise EvaluationFileError(
            f"{source}: {len(lines):,} pairs, but {len(found):,} scores in {scores}: one on each line expected"
        )
    for line in found:
        if _number(line.text) is None:
            raise line.error("a score expected, one number and nothing else; got")
    return [
        Line(line.place, line.number, "\t".join([*pair, score.text.strip()]))
        for line, pair, score in zip(lines, pairs, found)
        if pair is not None
    ]


def note_on_scores(source: Source, scores: Source | None, before: Sequence[Line], after: Sequence[Line]) -> list[str]:
    """The note that the scores are of another file, where they are."""
    return [] if before is after else [f"scores read line by line from {Path(scores or _beside(source) or '').name}"]


def _beside(source: Source) -> Path | None:
    """The file of scores that SemEval's naming gives to a file of pairs, if it is there."""
    if str(source) in EVALUATION_SETS:
        return None
    path = find_file(source)
    beside = path.with_name(path.name.replace(".data.", ".gold."))
    return beside if beside != path and beside.is_file() else None


def _number(text: str) -> float | None:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None

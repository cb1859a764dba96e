"""The results as text."""

from __future__ import annotations

from wordvec.change.changes import Changes, PeriodNeighbour, WordChange
from wordvec.corpus.documents.citing import CitedLine, cited_as_text
from wordvec.errors import counted
from wordvec.terminal import printable

NAMED = 5  # left-out words listed; the others are counted


def table_lines(changes: Changes, limit: int) -> list[str]:
    """The groups, and a line of numbers for each of the first `limit` words."""
    options = changes.options
    groups = ", ".join(f"{name} ({counted(n, 'document')})" for name, n in zip(changes.groups, changes.documents))
    shown = changes.words[:limit]
    cuts = {word.word: changes.groups[word.cut] for word in changes.words if word.cut is not None}
    cuts = {} if len(changes.groups) < 3 else cuts  # two groups have only one cut
    width = 2 + max(map(len, (*cuts.values(), "from")))
    heading = f"{'from':>{width}}" if cuts else ""
    lines = [
        printable(f"by {changes.by}: {groups}"),
        f"{counted(len(changes.words), 'word')} tested over documents, at most {options['permutations']:,} "
        f"permutations each; {counted(len(changes.found), 'differs', 'differ')} at a false discovery rate of "
        f"{options['level']:g}",
        *_frequency_lines(changes),
        "",
        f"{'':2}{'distance':>9}{'halves':>8}{'ratio':>8}{'p':>9}{'q':>9}{heading}  word (occurrences by group)",
    ]
    for word in shown:
        mark = "* " if word.q <= options["level"] else "  "
        counts = ", ".join(f"{count:,}" for count in word.counts)
        numbers = f"{word.distance:9.2f}{word.halves:8.2f}{word.ratio:8.1f}{word.p:9.2g}{word.q:9.2g}"
        numbers += f"{cuts[word.word]:>{width}}" if cuts else ""
        lines.append(f"{mark}{numbers}  {printable(word.word)} ({counts})")
    if len(changes.words) > len(shown):
        lines.append(f"  and {counted(len(changes.words) - len(shown), 'word')} more")
    return [*lines, *_left_out_lines(changes)]


def _frequency_lines(changes: Changes) -> list[str]:
    distance, ratio = changes.frequency["distance"], changes.frequency["ratio"]
    if distance is None or ratio is None:
        return []
    return [f"correlation of a word's count with its distance {distance:.2f}, with its ratio {ratio:.2f} (Spearman)"]


def _left_out_lines(changes: Changes) -> list[str]:
    if not changes.left_out:
        return []
    named = list(changes.left_out.items())[:NAMED]
    more = len(changes.left_out) - len(named)
    return [
        "",
        f"{counted(len(changes.left_out), 'word')} could not be tested:",
        *(printable(f"  {word}: {reason}") for word, reason in named),
        *([f"  and {more:,} more (--json has them all)"] if more else []),
    ]


def word_lines(
    change: WordChange,
    neighbours: dict[str, list[PeriodNeighbour]],
    evidence: dict[str, list[CitedLine]],
    width: int,
) -> list[str]:
    """For one word: the nearest words in each group, with the share of resamples in which they stay, and lines."""
    lines = ["", printable(change.word)]
    for name, nearest in neighbours.items():
        shown = ", ".join(f"{near.word} {near.cosine:.2f} ({100 * near.kept:.0f} %)" for near in nearest)
        lines += [f"  {printable(name)}: {printable(shown)}"]
        lines += [f"    {text}" for text in cited_as_text(evidence.get(name, ()), width - 4)]
    return lines


def drawn_words(neighbours: dict[str, list[PeriodNeighbour]], each: int = 3) -> list[str]:
    """The words to draw: the nearest of the first group and of the last.

    >>> near = lambda *words: [PeriodNeighbour(word, 0.5, 1.0) for word in words]
    >>> drawn_words({"1850s": near("a", "b"), "1860s": near("z"), "1870s": near("b", "c", "d")}, each=2)
    ['a', 'b', 'c', 'd']
    """
    lists = list(neighbours.values())
    first = [near.word for near in lists[0][:each]]
    return first + [near.word for near in lists[-1] if near.word not in first][:each]

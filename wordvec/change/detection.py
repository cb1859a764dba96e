"""Finds words that changed: chooses words, tests each, corrects over all, and reports those left out."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wordvec.argument_types import check_is_list
from wordvec.change.changes import LARGEST_SHARE, Changes, WordChange
from wordvec.change.space import Space
from wordvec.change.testing import FEWEST_DOCUMENTS, cuts_of, measure_groups, smallest_p
from wordvec.corpus.documents.groups import LENGTHS, Groups, groups_of
from wordvec.corpus.documents.rarity import FEWEST_OCCURRENCES
from wordvec.errors import InputError, OptionError, counted, listed
from wordvec.evaluation.statistics import spearman
from wordvec.progress import progress
from wordvec.vectors.several_models.shared_words import false_discovery_rates

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.vectors import WordVectors

LEVEL = 0.05
NAMED = 10  # groups listed in a message; the others are counted
MOST_PERMUTATIONS = 99_999


def find_changes(
    corpus: Corpus,
    by: str | int = "decade",
    *,
    words: Sequence[str] | None = None,
    top: int | None = None,
    vectors: WordVectors | None = None,
    space: Space | None = None,
    groups: Groups | None = None,
    date_column: str | None = None,
    window: int = 5,
    compare: str | None = None,
    permutations: int | None = None,
    level: float = LEVEL,
    max_share: float = LARGEST_SHARE,
    seed: int = 1,
    show_progress: bool | None = None,
) -> Changes:
    """Find words whose contexts differ between groups of documents: decades, years, authors.

    `corpus` was built with metadata. `words` are tested, or the `top` most frequent (default: 50) that have a letter
    and make up at most `max_share` of the text. `vectors` were trained on the corpus (default: an SVD of its PPMI
    matrix with power 0.5 and 100 dimensions, or a fifth of the vocabulary if that is less). `space` and `groups`
    replace the arguments they are made from. `compare` is "cut", before and after the moment between two groups that
    best separates a word's uses (default for groups by date), or "pairs", every two groups. See `wordvec.change.space`
    for the vectors and `wordvec.change.testing` for the test. The default of `permutations` is enough to find a single
    changed word among all at `level`, and at least 999.

    Raises CorpusError for a corpus without documents, a missing column, or dates that cannot be read;
    UnknownWordError; InputError if fewer than two groups have enough documents, or no word can be tested; OptionError
    for options out of range.
    """
    _check_options(words, top, permutations, level, max_share, window, compare)
    model = "svd" if vectors is None and space is None else "given"
    space = space or _space(corpus, vectors, window, seed, show_progress)
    groups = groups or groups_of(space.documents, by, date_column=date_column, seed=seed)
    sizes = np.array([len(members) for members in groups.members.values()])
    _check_sizes(groups, sizes)
    if compare == "cut" and not groups.in_time:
        raise OptionError(f"groups by {groups.by} do not follow one another in time: compare pairs, not a cut")
    compare = compare or ("cut" if groups.in_time else "pairs")
    chosen = _chosen(corpus, words, top, max_share)
    permutations = permutations or min(MOST_PERMUTATIONS, max(999, int(np.ceil(len(chosen) / level)) - 1))
    labels = _labels(groups, len(space.documents))
    tokens = _tokens(corpus, labels, len(sizes), space)
    test = _Test(space, groups, labels, tokens, permutations, level, seed, compare)
    tested, left_out = _tested(test, chosen, show_progress)
    options = {
        "level": level, "permutations": permutations, "seed": seed, "window": space.window, "max_share": max_share,
        "date_column": date_column, "dim": int(space.vectors.shape[1]), "model": model, "compare": compare,
    }  # fmt: skip
    return Changes(
        groups.by,
        tuple(groups.names),
        tuple(sizes.tolist()),
        tuple(tokens.tolist()),
        tuple(tested),
        left_out,
        _frequency_effect(tested),
        options,
        tuple(_notes(corpus, vectors, groups, sizes, compare)),
        space,
        labels,
    )


def _labels(groups: Groups, documents: int) -> np.ndarray:
    """The number of each document's group, or -1, (documents,)."""
    labels = np.full(documents, -1, np.int64)
    for number, members in enumerate(groups.members.values()):
        labels[members] = number
    return labels


def _check_sizes(groups: Groups, sizes: np.ndarray) -> None:
    """Raise InputError if fewer than two groups have enough documents."""
    if (sizes >= FEWEST_DOCUMENTS).sum() >= 2:
        return
    said = listed([f"{name}: {size}" for name, size in zip(groups.names, sizes.tolist())], NAMED)
    raise InputError(
        f"a comparison needs two groups of at least {FEWEST_DOCUMENTS} documents; by {groups.by} there are {said}; "
        f"{_other_groups(groups.by, is_one=(sizes > 0).sum() == 1)}"
    )


class _Test(NamedTuple):
    """The arguments of a word's test, except the word."""

    space: Space
    groups: Groups
    labels: np.ndarray
    tokens: np.ndarray
    permutations: int
    level: float
    seed: int
    compare: str


def _tested(test: _Test, words: Sequence[str], show: bool | None) -> tuple[list[WordChange], dict[str, str]]:
    """The results, most certain first, corrected over all words; and the words left out, with the reason.

    Raises InputError if no word can be tested.
    """
    measured: list[WordChange] = []
    left_out: dict[str, str] = {}
    with progress(len(words), "testing", "words", show=show) as bar:
        for word in words:
            found = _measure(test, word)
            if isinstance(found, str):
                left_out[word] = found
            else:
                measured.append(found)
            bar.update()
    if not measured:
        word, reason = next(iter(left_out.items()))
        raise InputError(f"none can be tested of {counted(len(words), 'word')}; {word}: {reason}")
    q = false_discovery_rates(np.array([word.p for word in measured]))
    corrected = [replace(word, q=float(rate)) for word, rate in zip(measured, q)]
    return sorted(corrected, key=lambda word: (word.p, -word.ratio)), left_out


def _check_options(
    words: Sequence[str] | None,
    top: int | None,
    permutations: int | None,
    level: float,
    share: float,
    window: int,
    compare: str | None,
) -> None:
    check_is_list("words", words)
    if words is not None and top is not None:
        raise OptionError("give words to test, or top for the most frequent ones: not both")
    conditions = {
        "top": (top is None or top >= 1, "at least 1"),
        "permutations": (permutations is None or permutations >= 99, "at least 99"),
        "level": (0 < level < 1, "between 0 and 1"),
        "max_share": (0 < share <= 1, "in (0, 1]"),
        "window": (window >= 1, "at least 1"),
        "compare": (compare in (None, "cut", "pairs"), "cut or pairs"),
    }
    for name, (is_met, expected) in conditions.items():
        if not is_met:
            raise OptionError(f"{name} must be {expected}")


def _space(corpus: Corpus, vectors: WordVectors | None, window: int, seed: int, show: bool | None) -> Space:
    if vectors is not None:
        return Space.of(corpus, vectors, window)
    from wordvec.corpus.documents.splitting import documents_of
    from wordvec.trainers import SVD

    documents_of(corpus)  # raises before the work starts
    if len(corpus.vocabulary) < 10:
        size = counted(len(corpus.vocabulary), "word")
        raise InputError(f"the corpus has {size}: too few to learn how words are used")
    dim = min(100, len(corpus.vocabulary) // 5)
    # With power 0 the weakest dimensions would weigh as much as the strongest, and means of contexts would be noise.
    trained = SVD(dim=dim, window=window, power=0.5, seed=seed).fit(corpus, show_progress=show).vectors
    return Space.of(corpus, trained, window)


def _chosen(corpus: Corpus, words: Sequence[str] | None, top: int | None, max_share: float) -> list[str]:
    if words is not None:
        found = list(dict.fromkeys(words))
        for word in found:
            corpus.vocabulary.id(word)  # raises, with near spellings
        if not found:
            raise OptionError("no words to test were given")
        return found
    counts = corpus.vocabulary.counts
    may = (counts <= max_share * len(corpus.ids)) & (counts >= FEWEST_OCCURRENCES)
    spelled = (corpus.vocabulary.words[i] for i in np.flatnonzero(may).tolist())
    with_letters = [word for word in spelled if any(letter.isalpha() for letter in word)]
    if not with_letters:
        raise InputError(
            f"no word makes up at most {max_share:g} of the text and occurs {FEWEST_OCCURRENCES} times: raise "
            "max_share (--max-share 1 includes the most common words), or name the words"
        )
    return with_letters[: top or 50]


def _tokens(corpus: Corpus, labels: np.ndarray, groups: int, space: Space) -> np.ndarray:
    of_sentence = labels[space.documents.of_sentence]
    lengths = np.diff(corpus.sentence_starts)
    inside = of_sentence >= 0
    return np.bincount(of_sentence[inside], lengths[inside], minlength=groups).astype(np.int64)


def _measure(test: _Test, word: str) -> WordChange | str:
    """The result for a word, or why it cannot be tested."""
    space, names, level = test.space, test.groups.names, test.level
    sums = space.by_document(word)
    of_document = test.labels[sums.documents]
    counts = [int(sums.counts[of_document == group].sum()) for group in range(len(names))]
    documents = [int((of_document == group).sum()) for group in range(len(names))]
    part = [group for group in range(len(names)) if documents[group] >= FEWEST_DOCUMENTS]
    by_cut = test.compare == "cut"
    taken = [group for group in range(len(names)) if documents[group]] if by_cut else part
    if sum(counts[group] for group in taken) < FEWEST_OCCURRENCES or len(part) < 2:
        seen = listed([f"{name}: {n:,} in {d:,}" for name, n, d in zip(names, counts, documents)], NAMED)
        return (
            f"too rare: {FEWEST_OCCURRENCES} occurrences and two groups with at least {FEWEST_DOCUMENTS} documents "
            f"that have it are needed; occurrences in documents are {seen}"
        )
    sizes = [documents[group] for group in taken]
    cuts = cuts_of(sizes) if by_cut else []
    sides = [[sum(sizes[:cut]), sum(sizes[cut:])] for cut in cuts] or [sizes]
    least, best = min((smallest_p(of), of) for of in sides)
    if least > level:
        return (
            f"too few documents have it for a test at {level:g}: with {', '.join(map(str, best))} in "
            f"the groups p cannot be below {least:.2g}; {documents_needed(len(best), level)} in each would do"
        )
    inside = np.isin(of_document, taken)
    renumbered = np.searchsorted(taken, of_document[inside])
    number = space.corpus.vocabulary.id(word)
    found = measure_groups(
        sums.weights[inside], sums.sums[inside], renumbered, len(taken), test.permutations, test.seed, number, cuts
    )
    if found.cut is not None:
        found = found._replace(cut=taken[found.cut])
    per_million = [1e6 * count / size if size else 0.0 for count, size in zip(counts, test.tokens.tolist())]
    return WordChange(word, tuple(counts), tuple(documents), tuple(per_million), tuple(part), *found, q=1.0)


def documents_needed(groups: int, level: float) -> int:
    """The number of documents in each of `groups` groups from which a p of at most `level` is possible.

    >>> documents_needed(2, 0.05), documents_needed(2, 0.001)
    (4, 7)
    """
    return next(n for n in itertools.count(FEWEST_DOCUMENTS) if smallest_p([n] * groups) <= level)


def _other_groups(by: str, is_one: bool) -> str:
    """Advice about groups that are too small, or about documents that are all in one."""
    if by == "half":
        return "add documents, or cut the texts into more of them"
    is_period = by in LENGTHS or by.isdigit()
    if is_one:
        shorter = "shorter periods, such as --by year, " if is_period and by not in ("year", "1") else ""
        return f"take {shorter}another column, or --by half for two random halves"
    if is_period:
        return "take longer periods, such as --by 25 or --by century"
    return f"take a column with fewer values than {by!r}, or add documents"


def _frequency_effect(words: Sequence[WordChange]) -> dict[str, float | None]:
    if len(words) < 10:
        return {"distance": None, "ratio": None}
    count = np.array([sum(word.counts) for word in words], float)
    measures: dict[str, Callable[[WordChange], float]] = {"distance": lambda w: w.distance, "ratio": lambda w: w.ratio}
    return {name: spearman(count, np.array([of(word) for word in words])) for name, of in measures.items()}


def _notes(corpus: Corpus, vectors: WordVectors | None, groups: Groups, sizes: np.ndarray, compare: str) -> list[str]:
    notes = [groups.note] if groups.note else []
    small = [name for name, size in zip(groups.names, sizes.tolist()) if size < FEWEST_DOCUMENTS]
    if small:
        what = "not shown by themselves" if compare == "cut" else "left out of all comparisons"
        notes.append(f"fewer than {FEWEST_DOCUMENTS} documents, {what}: {listed(small, NAMED)}")
    if vectors is not None and vectors.info.get("corpus_fingerprint") not in (None, corpus.fingerprint):
        notes.append("the vectors were trained on another corpus than this one")
    notes.append(
        "a found word is used differently by the documents of the groups: because its meaning changed, or because they "
        "are about other things. Read the lines before you say which"
    )
    return notes

"""What changed between two models: the words whose neighbours differ.

Spaces of two models cannot be compared coordinate by coordinate, but neighbours can. With N_A(w) and N_B(w), the k
nearest words of w in each model among the words of both (Gonen, Jawahar, Seddah and Goldberg 2020, "Simple,
interpretable and stable method for detecting words with usage change across corpora")::

    overlap@k = |N_A(w) & N_B(w)| / k          Jaccard = |N_A(w) & N_B(w)| / |N_A(w) | N_B(w)|

How much of it is noise. Two trainings that should agree differ, too. Give a model that should agree with A as
`baseline`. Each word then also gets the overlap of A with the baseline, and a p-value: how often, by chance, words of
its frequency have that many fewer neighbours in common with one model than with the other
(`shared_words.tail_probabilities`). Its q-value is the share of false discoveries up to it (Benjamini and Hochberg
1995). With n baselines, the q of m changed words cannot fall below 1 / (n m). Without a baseline, the list contains
candidates for inspection, not findings.

Which baseline. To test whether two texts differ, train A and the baseline on two halves of one text, of about the size
of B's. A second seed on A's own text shows only the randomness of training. Measured on three random parts of one
shuffled text, 5.7 million words each, so that nothing differs: with another part as baseline none of 20,000 words is
found at q < 0.05, with another seed as baseline all are. After swapping 200 words of the third part in pairs, 172 of
them are found (and 23 others); after swapping half of their occurrences, 92 (and 14); a quarter, none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wordvec.argument_types import check_is_list, check_whole_number
from wordvec.errors import InputError, OptionError, counted
from wordvec.vectors.neighbours import Neighbours
from wordvec.vectors.search.nearest_rows import nearest_rows
from wordvec.vectors.several_models.alignment import find_alignment
from wordvec.vectors.several_models.shared_words import (
    SharedWords,
    count_common,
    false_discovery_rates,
    shared_words,
    tail_probabilities,
)

if TYPE_CHECKING:
    from wordvec.vectors.word_vectors import WordVectors

DEFAULT_K = 100  # few neighbours give coarse scores that vary more from seed to seed
DEFAULT_TOP = 20_000  # rarer words have too few contexts for stable neighbours


@dataclass(frozen=True)
class WordChange:
    """One word in two models.

    `overlap` and `jaccard` compare its neighbours. With a baseline, `noise` is the overlap of A and the baseline, and
    `p` and `q` say how improbable a smaller `overlap` is. `cosine` is between both vectors after alignment, if
    requested. `before` and `after` are the nearest neighbours in A and in B.
    """

    word: str
    overlap: float
    jaccard: float
    noise: float | None
    p: float | None
    q: float | None
    cosine: float | None
    before: Neighbours
    after: Neighbours


@dataclass(frozen=True)
class Comparison:
    """What changed: `changes`, largest first, among `compared` words.

    `only_in_a` and `only_in_b` count words that the other model lacks. `notes` tells a reader about limitations: a
    baseline that differs only in its seed, or models trained differently. `words` (most frequent first) and `overlaps`
    (n,) float64 cover all examined words. Means are over these.
    """

    k: int
    compared: int
    only_in_a: int
    only_in_b: int
    mean_overlap: float
    mean_noise: float | None
    notes: tuple[str, ...]
    changes: list[WordChange]
    words: list[str]
    overlaps: np.ndarray


def compare_neighbours(
    a: WordVectors,
    b: WordVectors,
    *,
    k: int = DEFAULT_K,
    top: int | None = DEFAULT_TOP,
    min_count: int = 0,
    words: Sequence[str] | None = None,
    baselines: Sequence[WordVectors] = (),
    align: bool = False,
    changes: int = 20,
    shown: int = 10,
    show_progress: bool | None = False,
) -> Comparison:
    """The `changes` words whose neighbours differ most between two models, or the given `words`.

    Neighbours are searched among the `top` most frequent shared words (None for all), each seen at least `min_count`
    times in every model. `baselines` are models that should agree with A, see above. With them the order is by p, then
    by how far the overlap is below the baselines' overlap; without, by overlap; ties by frequency. `align` adds the
    cosine after a rotation found on the same words. Memory: a few blocks, and n * k numbers per model.

    Raises InputError for models without shared words and a baseline that is A itself; UnknownWordError or InputError
    if one of `words` is not compared; OptionError for numbers below 1.

    >>> from wordvec.vectors import WordVectors
    >>> names, angles = ["north", "nord", "up", "east", "ost", "right"], np.array([0.0, 0.1, 0.2, 1.4, 1.5, 1.6])
    >>> a = WordVectors(names, np.stack([np.cos(angles), np.sin(angles)], axis=1))
    >>> angles[2] = 1.55  # "up" moves to the right
    >>> b = WordVectors(names, np.stack([np.cos(angles), np.sin(angles)], axis=1))
    >>> [(change.word, change.overlap) for change in compare_neighbours(a, b, k=2, changes=1).changes]
    [('up', 0.0)]
    """
    check_is_list("words", words)
    if words is not None and not len(words):
        raise OptionError("words: there is none to compare; leave words out for the most changed ones")
    for name, number in (("k", k), ("changes", changes), ("shown", shown)):
        check_whole_number(name, number)
    shared = shared_words(a, b, *baselines, top=top, min_count=min_count)
    if len(shared.words) < 3:
        few = counted(len(shared.words), "shared word that is", "shared words that are")
        raise InputError(f"{few} frequent enough: too few to have neighbours")
    if baselines and k >= len(shared.words) - 1:
        raise OptionError(
            f"k={k} includes all of the {len(shared.words):,} words compared, so no models can "
            "differ: choose a smaller k"
        )
    k = min(k, len(shared.words) - 1)
    asked = None if words is None else _places(words, shared, (a, b))
    places = np.arange(len(shared.words)) if asked is None or baselines else asked
    measured = _measure((a, b, *baselines), shared, places, k, show_progress)
    if asked is None:
        chosen = measured.order()[:changes]
    else:
        chosen = asked if baselines else np.arange(len(asked))
    cosines = _cosines(a, b, shared, places[chosen]) if align else np.full(len(chosen), np.nan)
    return Comparison(
        k=k,
        compared=len(shared.words),
        only_in_a=sum(word not in b for word in a.words),
        only_in_b=sum(word not in a for word in b.words),
        mean_overlap=float(measured.common.mean()) / k,
        mean_noise=float(measured.noise.mean()) / k if baselines else None,
        notes=_notes(a, b, baselines, k >= len(shared.words) - 1),
        changes=[
            _change(measured, (a, b), shared, int(i), int(places[i]), float(cosine), shown)
            for i, cosine in zip(chosen, cosines)
        ],
        words=[shared.words[i] for i in places.tolist()],
        overlaps=measured.common / k,
    )


class _Measured(NamedTuple):
    """For the examined words (n,): neighbours (n, k) in A and B, how many are common, and the same with baselines."""

    lists: tuple[np.ndarray, np.ndarray]
    common: np.ndarray
    noise: np.ndarray  # (baselines, n): common neighbours of A and each baseline
    falls: np.ndarray
    p: np.ndarray
    q: np.ndarray

    def order(self) -> np.ndarray:
        """Order by overlap; with baselines by p, then by the largest fall below them; then by frequency."""
        return np.lexsort((self.falls, self.p)) if len(self.noise) else np.argsort(self.common, kind="stable")


def _measure(
    models: Sequence[WordVectors], shared: SharedWords, places: np.ndarray, k: int, show_progress: bool | None
) -> _Measured:
    first, second = (_neighbours(models[i], shared.rows[i], places, k, show_progress) for i in (0, 1))
    noise = np.empty((len(models) - 2, len(places)), np.int64)
    for i in range(2, len(models)):
        noise[i - 2] = count_common(first, _neighbours(models[i], shared.rows[i], places, k, show_progress))
        if (noise[i - 2] == k).all():
            raise InputError(
                f"baseline {i - 1} has the neighbours of A for every word: it is the same training. Train A's text "
                "again with another seed"
            )
    common = count_common(first, second)
    if not len(noise):
        nothing = np.full(len(places), np.nan)
        return _Measured((first, second), common, noise, nothing, nothing, nothing)
    falls, p = tail_probabilities(common, noise)
    return _Measured((first, second), common, noise, falls, p, false_discovery_rates(p))


def _neighbours(
    model: WordVectors, rows: np.ndarray, places: np.ndarray, k: int, show_progress: bool | None
) -> np.ndarray:
    """The `k` nearest shared words of the words at `places`, as indices of shared words (n, k) int32."""
    table = model.unit_rows_of(rows)
    found = np.empty((len(places), k), np.int32)
    blocks = nearest_rows(
        lambda block: table[places[block]], len(places), table, k, own_rows=places, show_progress=show_progress
    )
    for block, nearest, _ in blocks:
        found[block] = nearest
    return found


def _change(
    measured: _Measured,
    models: tuple[WordVectors, WordVectors],
    shared: SharedWords,
    i: int,
    place: int,
    cosine: float,
    shown: int,
) -> WordChange:
    """The change of the i-th examined word, which is the shared word at index `place`."""
    k = measured.lists[0].shape[1]
    common = int(measured.common[i])
    lists: list[Neighbours] = []
    for model, rows, nearest in zip(models, shared.rows, measured.lists):
        near = nearest[i, :shown]
        own = model.unit_rows_of(rows[[place]])[0]
        scores = np.clip(model.unit_rows_of(rows[near]) @ own, -1.0, 1.0)
        lists.append(Neighbours((shared.words[int(j)], float(score)) for j, score in zip(near, scores)))
    with_noise = len(measured.noise) > 0
    return WordChange(
        word=shared.words[place],
        overlap=common / k,
        jaccard=common / (2 * k - common),
        noise=float(measured.noise[:, i].mean()) / k if with_noise else None,
        p=float(measured.p[i]) if with_noise else None,
        q=float(measured.q[i]) if with_noise else None,
        cosine=None if np.isnan(cosine) else cosine,
        before=lists[0],
        after=lists[1],
    )


def _places(words: Sequence[str], shared: SharedWords, models: Sequence[WordVectors]) -> np.ndarray:
    """The indices of words among the shared ones, each once. Raises for a word that is not among them."""
    place_of = {word: place for place, word in enumerate(shared.words)}
    for word in words:
        if word not in place_of:
            for model in models:
                model.word_id(word)  # raises, with near spellings, if the model lacks it
            raise InputError(
                f"{word!r} is not among the {len(place_of):,} words compared: compare more than the top most frequent"
            )
    return np.array(list(dict.fromkeys(place_of[word] for word in words)), np.int64)


def _cosines(a: WordVectors, b: WordVectors, shared: SharedWords, places: np.ndarray) -> np.ndarray:
    """Cosines of words between both models, with A rotated by the rotation found on all shared words."""
    alignment = find_alignment(a, b, [(word, word) for word in shared.words])
    turned, there = alignment.rows(a, shared.rows[0][places]), b.unit_rows_of(shared.rows[1][places])
    lengths = np.linalg.norm(turned, axis=1)
    cosines = np.einsum("ij,ij->i", turned, there) / np.where(lengths > 0, lengths, 1.0)
    return np.asarray(np.clip(cosines, -1.0, 1.0))


def _notes(a: WordVectors, b: WordVectors, baselines: Sequence[WordVectors], k_is_all: bool) -> tuple[str, ...]:
    """Notes for a reader of the comparison, from the models' records."""
    notes = ["k includes all other words, so no models can differ: choose a smaller one"] if k_is_all else []
    text = a.info.get("corpus_fingerprint")
    others = {"B": b} | {f"baseline {number}": model for number, model in enumerate(baselines, 1)}
    seeds = [name for name, model in others.items() if text and model.info.get("corpus_fingerprint") == text]
    if baselines and "B" not in seeds and seeds:
        notes.append(
            f"{' and '.join(seeds)}: A's text with another seed. p and q say what training does by chance, not what "
            "another sample of such text would: for that train A and the baseline on two halves of one text"
        )
    for name, model in others.items():
        if _recipe(model) != _recipe(a):
            notes.append(f"{name} was trained otherwise than A: other trainer, options or dimensions")
    return tuple(notes)


def _recipe(model: WordVectors) -> dict[str, Any]:
    """How a model was made, without the seed and options that do not change the result."""
    parameters = model.info.get("parameters", {})
    kept = {name: value for name, value in parameters.items() if name not in ("seed", "threads", "device", "warps")}
    return {"trainer": model.info.get("trainer"), "dim": model.dim, "min_count": model.info.get("min_count"), **kept}

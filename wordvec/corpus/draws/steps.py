"""How many updates may share one set of scores: where a block of examples is cut into steps.

All scores of a step are computed before any of its updates. If a row is used with n partners in a step (n meetings),
its update is a sum of n terms whose derivatives were all taken at the row's starting value. The curvature of log
sigmoid is at most 1/4, so such a step is stable as long as

    learning_rate · n · |partner|² / 4  <  2

So n must be bounded. What matters is how often a row is met in the step, not how common it is in the corpus: a session
or a walk repeats its few items within a few positions.

**Groups.** Skip-gram divides the contexts of a centre into evenly filled groups, in text order. A group has at most
half the bound (an eighth if each context meets all nodes on a path of a tree). Each group with the centre's outputs is
an example. With subwords the learning rate is high and the bound low, so this would cut nearly every second window of
5 words and begin a step at each cut. Subwords therefore keep a window in one group if the bound is at least its size: a
word that occurs once is then met by no more centres than the bound allows. Scores are as good (measured). Wider windows
meet such a word far more often, and there item numbers lose by it.

**Steps.** Examples are added to a step, in order, until one would make a row of W_in or W_out exceed the bound. That
example begins the next step, and so does each further group of a centre. A row of W_out is met once by each context
of its centre. A row of W_in is met by every centre around it. Windows are symmetric, so this is about as often as its
word has contexts; it is counted where its word is the centre: for skip-gram, with the row of W_out. A document's tag
(`TaggedSampler`) is a context of all its words and never a centre, so it is counted with each word. Negatives count
less, because their terms are smaller or point in different directions. Inner nodes of a tree all pull a context at
the same time and count as much or more. With more than 5 negatives, or a deep tree, the pull on a row of W_in is
stronger, and its meetings count for more in proportion. The weights below are the lightest with which every corpus in
the tests learns like single steps. Rows are counted in COUNTERS classes, row % COUNTERS, which are exact for the most
frequent words and err towards shorter steps for the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wordvec.corpus.draws.examples import Examples
from wordvec.errors import OptionError

COUNTERS = 1024
WHOLE, HALF, QUARTER = 4, 2, 1  # meetings are counted in quarters
MEETINGS_TIMES_RATE = 0.6
LARGEST_MEETINGS = 10_000_000
FEWEST_WORDS, FEWEST_OF_DOCUMENTS = 192, 400  # by perplexity, for CBOW and documents with MEETINGS_TIMES_RATE
MOST_EXAMPLES = 128  # in a step; more do not fit in a core's cache
SMALL_POOL = 512  # words; smaller ones diverged where words are unique or there are 20 negatives
USUAL_POWER = 0.75  # of the counts, for negatives
TERMS = 6  # of a centre, with 5 negatives: the weights below hold up to here


class Weights(NamedTuple):
    """How much each use of a row counts, in quarters of a meeting.

    context       the centre's row of W_in, for each of its contexts
    centre        the centre's row of W_out, for each context or for their mean
    negative, node   a negative, or an inner node of a tree, likewise
    part          the subwords of a word, for each time it is a context
    tag           a document's tag, for each word of the document: all its terms fall in the same steps
    """

    context: int
    centre: int
    negative: int
    node: int
    part: int
    tag: int = 3 * WHOLE

    def heavier(self, terms: float, names: Sequence[str]) -> Weights:
        """These weights where a context has this many terms with its centre; unchanged up to TERMS."""
        return self._replace(**{name: round(getattr(self, name) * max(1.0, terms / TERMS)) for name in names})


SKIPGRAM_WEIGHTS = Weights(context=0, centre=WHOLE, negative=QUARTER, node=WHOLE, part=WHOLE)
CBOW_WEIGHTS = Weights(context=HALF, centre=WHOLE, negative=HALF, node=2 * WHOLE, part=HALF)


def weights_for(
    cbow: bool, negatives: int, path_starts: np.ndarray | None = None, power: float = USUAL_POWER, pool: int = 0
) -> Weights:
    """The weights for this many negatives, or for a tree in which word w has nodes path_starts[w] .. [w + 1] - 1.

    A row of W_in is pulled by each of its centre's outputs, so a meeting is heavier the more there are. Negatives are
    rows of W_out and counted one by one, but the nodes of neighbouring words in a tree are mostly the same. Negatives
    drawn by counts ** `power` above 0.75 are frequent words, whose terms all push in the same direction. So do those
    from a `pool` of few words, which every centre of a block meets.

    >>> [weights_for(False, negatives).centre for negatives in (0, 5, 10, 20, 60)]
    [4, 4, 7, 14, 41]
    >>> weights_for(False, 0, np.arange(0, 1200, 12)).node
    8
    """
    weights = CBOW_WEIGHTS if cbow else SKIPGRAM_WEIGHTS
    if power > USUAL_POWER and not cbow:  # the mean of CBOW's contexts is pushed once
        weights = weights._replace(negative=HALF if power <= 1 else WHOLE)
    if 0 < pool < SMALL_POOL:
        weights = weights._replace(negative=4 * weights.negative).heavier(1 + negatives, ("negative",))
    if path_starts is None:
        return weights.heavier(1 + negatives, ("context", "centre", "part", "tag"))
    return weights.heavier(float(np.diff(path_starts).mean()), ("context", "node"))


def meetings_for(learning_rate: float) -> int:
    """The bound on a row's meetings in a step at this learning rate: 24 at skip-gram's 0.025, 12 at CBOW's 0.05.

    Chosen by measurement on sessions, walks, logs, repeated sentences and text at windows of 1 to 300: the loss of the
    first epoch is within 3 % of the loss with single steps. A third more was too many for walks.

    >>> meetings_for(0.025), meetings_for(0.05), meetings_for(1.0), meetings_for(5e-324)
    (24, 12, 1, 10000000)
    """
    return max(1, int(min(MEETINGS_TIMES_RATE / learning_rate + 1e-9, LARGEST_MEETINGS)))


def meetings_of_few_words(meetings: int, counts: np.ndarray, fewest: int = FEWEST_WORDS) -> int:
    """The bound for CBOW's undivided gradient on a text with these counts (V,) of the words that subsampling keeps.

    The inequality above holds while rows stay short. In a few sentences over and over, every word is known from its
    context, and the squared length of rows grows to thousands: there only steps of one or two meetings learn like
    single steps. What counts is the perplexity of the words, with which rare words between the sentences change
    little. Below `fewest`, the bound falls in proportion to it (measured on 1 to 200 sentences of 8 to 30 words).

    The same holds for the vectors of documents, with FEWEST_OF_DOCUMENTS: on 3,000 documents of 24 words out of 40, the
    loss of the first epoch was 8 to 58 % above that of single steps, or training diverged; of 400 words, 2 % above.

    >>> [meetings_of_few_words(12, np.ones(words)) for words in (1000, 48, 8)]
    [12, 3, 1]
    """
    shares = counts[counts > 0] / max(counts.sum(), 1e-9)
    perplexity = float(np.exp(-(shares * np.log(shares)).sum()))
    return max(1, min(meetings, int(meetings * perplexity / fewest + 1e-9)))


def group_size(meetings: int, tree: bool = False, window_of_parts: int | None = None) -> int:
    """The largest number of a centre's contexts in one skip-gram example.

    tree   whether each context meets all inner nodes on a path (hierarchical softmax); lowers the number
    window_of_parts   with subwords, the largest number of words on each side of a centre

    >>> group_size(32), group_size(32, tree=True), group_size(1)
    (16, 4, 1)
    >>> group_size(12, window_of_parts=5), group_size(12, window_of_parts=7)
    (12, 6)
    """
    if meetings < 1:
        raise OptionError(f"meetings must be at least 1; got {meetings}")
    whole = window_of_parts is not None and 2 * window_of_parts <= meetings
    return max(1, meetings // (8 if tree else 1 if whole else 2))


def split_contexts(batch: Examples, size: int) -> Examples:
    """Split examples into ones of at most `size` contexts, in the same order, with evenly filled groups per centre.

    >>> one = Examples(*(np.array([x]) for x in (7, 3, [1, 0, 2, 4], [True, False, True, True], [5, 6])))
    >>> two = split_contexts(one, 2)
    >>> two.contexts[two.mask].tolist(), two.mask.sum(axis=1).tolist(), two.centres.tolist()
    ([1, 2, 4], [2, 1], [3, 3])
    """
    mask = np.asarray(batch.mask)
    if mask.shape[1] <= size or not len(mask):
        return batch
    contexts = mask.sum(axis=1)
    groups = -(-contexts // size)
    fill = -(-contexts // groups)
    groups = -(-contexts // fill)
    first = np.cumsum(groups) - groups
    example, place = np.nonzero(mask)
    rank = (np.cumsum(mask, axis=1) - 1)[example, place]
    row, column = first[example] + rank // fill[example], rank % fill[example]
    shape = (int(groups.sum()), int(fill.max()))
    owner = np.repeat(np.arange(len(mask)), groups)
    new_mask, new_contexts = np.zeros(shape, bool), np.zeros(shape, np.int32)
    new_mask[row, column], new_contexts[row, column] = True, batch.contexts[example, place]
    negatives = batch.negatives[owner]
    if batch.negatives.ndim == 3:
        negatives = np.zeros((*shape, batch.negatives.shape[2]), np.int32)
        negatives[row, column] = batch.negatives[example, place]
    return Examples(batch.positions[owner], batch.centres[owner], new_contexts, new_mask, negatives)


def cbow_shares(contexts: np.ndarray, mask: np.ndarray, meetings: int) -> np.ndarray:
    """Factor for the undivided gradient of CBOW's contexts, (E,): 1, or less if a wide window repeats words.

    The hidden vector is the mean of c rows. A word that occurs m times gets m times the gradient and makes up m / c of
    the mean. So the mean moves by the sum of m² / c over the words, relative to c distinct words. If this exceeds
    `meetings`, the gradient is divided by the excess.

    >>> cbow_shares(np.zeros((1, 8), int), np.ones((1, 8), bool), meetings=2)
    array([0.25])
    """
    shares = np.ones(len(mask))
    for example in np.flatnonzero(mask.sum(axis=1) > meetings):
        repeats = np.bincount(contexts[example][mask[example]] % COUNTERS).astype(np.int64)
        shares[example] = min(1.0, meetings * int(repeats.sum()) / int((repeats**2).sum()))
    return shares


class Meetings(NamedTuple):
    """The classes of rows that each example meets, and how many quarters of a meeting each use counts.

    classes, quarters   (E, n) for E examples; classes below COUNTERS are rows of W_in, the others rows of W_out
    continues           (E,) bool, whether the example has the same centre as the previous one
    """

    classes: np.ndarray
    quarters: np.ndarray
    continues: np.ndarray


def count_meetings(
    batch: Examples,
    outputs: np.ndarray,
    present: np.ndarray,
    weights: Weights,
    *,
    tree: bool,
    mean: bool,
    first_tag: int | None = None,
) -> Meetings:
    """The meetings of each example.

    outputs, present   (E, J), or (E, C, J) if each context has its own outputs: rows of W_out, the centre's first,
                       and which of them exist
    tree               all outputs are inner nodes of a tree, and none is the centre
    mean               the outputs meet the mean of the contexts, not each context
    first_tag          contexts from this row on are document tags, never centres: they are counted as contexts
    """
    examples, contexts = len(batch.centres), batch.mask.sum(axis=1)
    quarters = np.full(outputs.shape, weights.node if tree else weights.negative)
    if not tree:
        quarters[..., 0] = weights.centre
    if outputs.ndim == 3:
        quarters = quarters * (present & batch.mask[:, :, None])
    else:
        quarters = quarters * present * (1 if mean else contexts[:, None])
    inputs, of_inputs = batch.centres[:, None], weights.context * contexts[:, None]
    if first_tag is not None:
        inputs, of_inputs = batch.contexts, weights.tag * (batch.mask & (batch.contexts >= first_tag))
    return Meetings(
        np.concatenate([inputs % COUNTERS, outputs.reshape(examples, -1) % COUNTERS + COUNTERS], axis=1).astype(
            np.int64
        ),
        np.concatenate([of_inputs, quarters.reshape(examples, -1)], axis=1).astype(np.int64),
        np.diff(batch.positions, prepend=-1) == 0,
    )


def cut_into_steps(met: Meetings, meetings: int, most: int = MOST_EXAMPLES) -> list[slice]:
    """Cut examples into the longest steps in which no class of rows exceeds `meetings`, of at most `most` examples.

    >>> met = Meetings(np.array([[0], [0], [1], [0]]), np.full((4, 1), WHOLE), np.zeros(4, bool))
    >>> cut_into_steps(met, meetings=2)
    [slice(0, 3, None), slice(3, 4, None)]
    """
    bound, steps, first, guess = WHOLE * meetings, [], 0, most
    classes, quarters, continues = met
    ends = np.append(np.flatnonzero(continues), len(classes)).tolist()
    ends.reverse()

    def fits(last: int) -> bool:
        counted = np.bincount(classes[first:last].ravel(), quarters[first:last].ravel())
        return bool(counted.max(initial=0) <= bound)

    while first < len(classes):
        while ends[-1] <= first:
            ends.pop()
        low, high = first + 1, min(first + most, ends[-1]) + 1  # the step ends at low .. high - 1
        middle = min(first + guess, high - 1)
        while low < high - 1:
            if fits(middle) if middle > low else True:
                low = middle
            else:
                high = middle
            middle = (low + high) // 2
        steps.append(slice(first, low))
        guess, first = low - first, low
    return steps

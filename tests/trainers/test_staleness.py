"""The bound on batches: its formula by hand, and that it keeps small vocabularies from diverging."""

import numpy as np
import pytest

from wordvec import CBOW, Corpus, SkipGram
from wordvec.errors import TrainingError
from wordvec.kernels.huffman import huffman_paths
from wordvec.trainers.staleness import expected_outputs, positions_before_stale


def test_the_bound_by_hand():
    """One word: kept and outputs are (1,) and (6,), a step of 0.15 makes each position grow by exp(0.9)."""
    assert positions_before_stale(0.15, np.array([1.0]), np.array([6.0])) == 1
    assert positions_before_stale(0.015, np.array([1.0]), np.array([6.0])) == 11


def test_the_root_of_a_tree_takes_part_in_every_prediction():
    counts = np.array([5, 2, 2, 1])
    outputs = expected_outputs(counts / 10, counts, 5, 0.75, huffman_paths(counts))
    assert outputs[-1] == pytest.approx(1.0)
    assert len(outputs) == 3


def random_text(words, lines, seed=2):
    rng = np.random.default_rng(seed)
    return Corpus.from_sentences([rng.choice(words, 12).astype(str).tolist() for _ in range(lines)])


@pytest.mark.parametrize("engine", ["kernel", "layers"])
@pytest.mark.parametrize("trainer_class", [SkipGram, CBOW])
@pytest.mark.parametrize("loss", ["negative-sampling", "hierarchical-softmax"])
@pytest.mark.parametrize("words", [3, 8, 40])
def test_small_vocabularies_train_as_with_single_steps(engine, trainer_class, loss, words):
    corpus = random_text(words, 60)
    options = {"dim": 8, "epochs": 3, "subsample": 0, "loss": loss, "engine": engine}
    bounded = trainer_class(**options).fit(corpus).history.loss
    single = trainer_class(batch_size=1, **options).fit(corpus).history.loss
    np.testing.assert_allclose(
        bounded, single, rtol=0.15
    )  # a longer batch learns a little later from the tiny starting weights


@pytest.mark.parametrize("engine", ["kernel", "layers"])
def test_batches_far_above_the_bound_do_diverge(engine):
    """Otherwise the bound would be for nothing."""
    corpus = random_text(4, 100)
    options = {"dim": 8, "epochs": 5, "subsample": 0, "engine": engine, "learning_rate": 0.1}
    good = SkipGram(**options).fit(corpus).history.loss
    try:
        with np.errstate(all="ignore"):
            wild = SkipGram(batch_size=256, **options).fit(corpus).history.loss
    except TrainingError:
        return
    assert wild[-1] > 2 * good[-1]

"""The GPU kernel against the layers: on a card, and without one on the CPU, lane by lane (see tests/gpu_standin)."""

from __future__ import annotations

import inspect
from dataclasses import replace

import numpy as np
import pytest

from wordvec.corpus.examples import ExampleSampler
from wordvec.errors import OptionError, ShapeError
from wordvec.kernels import gpu as gpu_kernels
from wordvec.kernels import gpu_text, reference

WORDS, POSITIONS = 30, 400
# Sentences: an empty one, one word, one word that is alone, a long one, and one that ends the corpus.
STARTS = np.array([0, 0, 1, 7, 8, 8, 120, 121, 330, POSITIONS])
# Thirty words and negatives drawn from them: repeated negatives, negatives equal to the centre and repeated contexts
# are the rule here.
IDS = np.minimum(np.random.default_rng(0).zipf(1.3, POSITIONS) - 1, WORDS - 1).astype(np.int32)
COUNTS = np.bincount(IDS, minlength=WORDS) + 1
ARCHITECTURES = ("skipgram", "cbow")


def make_sampler(**options):
    options = {"window": 5, "negatives": 5, "seed": 5, **options}
    return ExampleSampler.for_counts(COUNTS, subsample=0.05, **options)


def random_tables(dimension, seed=1):
    rng = np.random.default_rng(seed)
    scale = 0.7 / np.sqrt(dimension)
    return [(rng.normal(size=(WORDS, dimension)) * scale).astype(np.float32) for _ in range(2)]


def run(module, architecture, W_in, W_out, sampler, **options):
    tables = module.Tables(W_in, W_out)
    options = {"first": 0, "last": POSITIONS, "epoch": 1, "epochs": 3, "learning_rate": 0.02, "block": 1, **options}
    train = {"skipgram": module.train_skipgram, "cbow": module.train_cbow}[architecture]
    loss = train(tables, IDS, STARTS, sampler, **options)
    return loss, *tables.unpack()


def distance(a, b):
    return max(float(np.sqrt(np.mean((x.astype(np.float64) - y) ** 2))) for x, y in zip(a, b))


REPEATED_ROWS = 4  # times what float32 costs the layers, for windows so wide that a row is used many times over: the
# kernel rounds each time, and once more when it adds what the row has gained


def assert_same_training(architecture, dimension, sampler, *, sampler_of_layers=None, slack=2, **options):
    """One warp is no further from the layers in float64 than twice what float32 costs the layers themselves."""
    W_in, W_out = random_tables(dimension)
    layers = sampler_of_layers or sampler
    loss, *kernel = run(gpu_kernels, architecture, W_in, W_out, sampler, **options)
    _, *readable = run(reference, architecture, W_in, W_out, layers, **options)
    exact = run(reference, architecture, W_in.astype(np.float64), W_out.astype(np.float64), layers, **options)
    assert loss[1:] == exact[0][1:]
    assert loss.total == pytest.approx(exact[0].total, rel=1e-6)
    assert distance(kernel, exact[1:]) <= slack * distance(readable, exact[1:])


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(
    ("dimension", "options"),
    [
        (100, {}),
        (1, {}),
        (128, {"negatives": 1, "window": 2}),
        (17, {"window": 1}),
        (50, {"negatives": 17}),
        (300, {"shrink_window": False, "window": 12}),
    ],
)
def test_one_warp_equals_the_layers(gpu, architecture, dimension, options):
    slack = REPEATED_ROWS if options.get("window", 5) > 5 else 2
    assert_same_training(architecture, dimension, make_sampler(**options), slack=slack)


def test_one_warp_equals_the_layers_with_the_sum_gradient(gpu):
    assert_same_training("cbow", 40, make_sampler(), slack=REPEATED_ROWS, gradient="sum")


# -- planted faults: each must be caught by the test above


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(
    "fault",
    [{"window": 6}, {"negatives": 4}, {"seed": 6}, {"shrink_window": False}],
    ids=["window off by one", "a negative dropped", "other draws", "windows not shrunk"],
)
def test_faults_in_the_examples_are_caught(gpu, architecture, fault):
    with pytest.raises(AssertionError):
        assert_same_training(architecture, 40, make_sampler(), sampler_of_layers=replace(make_sampler(), **fault))


FAULTS = {
    "centre not left out of its negatives": ("u32 times = drawn != word;", "u32 times = 1;"),
    "repeated negatives once": ("warp.times[place][i] += 1;", ""),
    "repeated contexts once": ("times += 1;", "times = 1;"),
    "windows across sentences": ("= on ? sentence", "= 0;"),
    "the row's old part added again": ("now.x - then.x", "now.x"),
    "rows left with their first user": ("if (uses == 1)", "if (uses == 2)"),
    "wrong sign": ("positive ? -sums[v] : sums[v]", "positive ? sums[v] : -sums[v]"),
    "no left margin": ("if (text.tokens[begin] & SENTENCE_START) return begin;", "return begin;"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_in_the_kernel_are_caught(gpu_standin, monkeypatch, fault):
    before, after = FAULTS[fault]
    sources = gpu_kernels.read_sources()
    assert before in sources
    monkeypatch.setattr(gpu_kernels, "read_sources", lambda: sources.replace(before, after))
    gpu_kernels.compile_kernel.cache_clear()
    try:
        with pytest.raises(AssertionError):
            assert_same_training("skipgram", 40, make_sampler(), threads=2)
            assert_same_training("skipgram", 40, make_sampler())
    finally:
        gpu_kernels.compile_kernel.cache_clear()

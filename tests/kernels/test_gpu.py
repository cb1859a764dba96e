"""The GPU kernel against the layers: on a card, and without one on the CPU, lane by lane (see tests/gpu_standin)."""

from __future__ import annotations

import inspect
from functools import cache

import numpy as np
import pytest
from kernel_inputs import distance

from wordvec.corpus.draws.examples import ExampleSampler
from wordvec.errors import OptionError, ShapeError
from wordvec.kernels import gpu as gpu_kernels
from wordvec.kernels import gpu_inputs, reference

WORDS, POSITIONS = 30, 400
# Sentences: an empty one, one word, one word that is alone, a long one, and one that ends the corpus.
STARTS = np.array([0, 0, 1, 7, 8, 8, 120, 121, 330, POSITIONS])
# Thirty words and negatives drawn from them: repeated negatives, negatives equal to the centre and repeated contexts
# are the rule here.
IDS = np.minimum(np.random.default_rng(0).zipf(1.3, POSITIONS) - 1, WORDS - 1).astype(np.int32)
COUNTS = np.bincount(IDS, minlength=WORDS) + 1
ARCHITECTURES = ("skipgram", "cbow")


@cache
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


REPEATED_ROWS = 4  # times what float32 costs the layers, for windows so wide that a row is used many times over


SOME = 160  # positions: sentences of each kind, and a part of the longest; the planted faults below all show in them


@cache
def run_of_layers(dtype, architecture, dimension, last, gradient, **sampler):
    options = {} if gradient is None else {"gradient": gradient}
    tables = [W.astype(dtype) for W in random_tables(dimension)]
    return run(reference, architecture, *tables, make_sampler(**sampler), last=last, **options)


def assert_same_training(architecture, dimension, sampler=None, *, of_layers=None, slack=2, last=SOME, gradient=None):
    """One warp is no further from the layers in float64 than twice what float32 costs the layers themselves.

    `sampler` holds the sampler's options, `of_layers` those that the layers have instead.
    """
    sampler, options = sampler or {}, {} if gradient is None else {"gradient": gradient}
    loss, *found = run(
        gpu_kernels, architecture, *random_tables(dimension), make_sampler(**sampler), last=last, **options
    )
    exact, readable = (
        run_of_layers(dtype, architecture, dimension, last, gradient, **{**sampler, **(of_layers or {})})
        for dtype in (np.float64, np.float32)
    )
    assert loss[1:] == exact[0][1:]
    assert loss.total == pytest.approx(exact[0].total, rel=1e-6)
    assert distance(found, exact[1:]) <= slack * distance(readable[1:], exact[1:])


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(
    ("dimension", "options"),
    [
        (100, {}),
        (1, {}),
        (128, {"negatives": 1, "window": 1}),
        (17, {"negatives": 17}),
        (300, {"shrink_window": False, "window": 12}),
    ],
)
def test_one_warp_equals_the_layers(gpu, architecture, dimension, options):
    slack = REPEATED_ROWS if options.get("window", 5) > 5 else 2
    last = SOME if options else POSITIONS
    assert_same_training(architecture, dimension, options, slack=slack, last=last)


def test_one_warp_equals_the_layers_with_the_sum_gradient(gpu):
    assert_same_training("cbow", 40, slack=REPEATED_ROWS, gradient="sum")


# -- planted faults: each must be caught by the test above


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(
    "fault",
    [{"window": 6}, {"negatives": 4}, {"seed": 6}, {"shrink_window": False}],
    ids=["window off by one", "a negative dropped", "other draws", "windows not shrunk"],
)
def test_faults_in_the_examples_are_caught(gpu, architecture, fault):
    with pytest.raises(AssertionError):
        assert_same_training(architecture, 40, of_layers=fault)


FAULTS = {
    "a negative may be its centre": ("u32 times = drawn != word;", "u32 times = 1;"),
    "repeated negatives count once": ("warp.times[place][i] += 1;", ""),
    "repeated contexts count once": ("times += 1;", "times = 1;"),
    "windows leave the sentence": ("warp.sentence[token % QUEUE] != sentence;", "false;"),
    "contexts do not gain": ("add_part(W_in + (u64)warp.context_word[k + h] * PITCH, i, gain[p]);", ""),
    "the last outputs do not gain": (
        "j < TILE; j++)\n        if (outputs.words",
        "j < TILE - 1; j++)\n        if (outputs.words",
    ),
    "wrong sign": ("positive ? -sums[v] : sums[v]", "positive ? sums[v] : -sums[v]"),
    "chunks begin without what stands before": (
        "Walk walk = {left_margin(text, sampling, begin),",
        "Walk walk = {begin,",
    ),
    "a constant learning rate": ("fmax(1.0 - done, 1e-4)", "1.0"),
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
            assert_same_training("skipgram", 7)
    finally:
        gpu_kernels.compile_kernel.cache_clear()


# -- what does not change the result of one warp


def train_with(sampler=None, tables=None, **options):
    loss, *matrices = run(gpu_kernels, "skipgram", *(tables or random_tables(20)), sampler or make_sampler(), **options)
    return loss, matrices


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_the_order_of_the_lanes_means_nothing(gpu_standin, monkeypatch, seed):
    """Where lanes need each other's results they wait; a forgotten barrier would show here."""
    expected = train_with()
    monkeypatch.setattr(gpu_standin.RawKernel, "seed", seed)
    found = train_with()
    assert found[0] == expected[0]
    assert all((a == b).all() for a, b in zip(found[1], expected[1]))


@pytest.mark.parametrize("budget", [0, 10**9])
def test_pieces_of_the_corpus_mean_nothing(gpu, monkeypatch, budget):
    """Copied whole, or piece by piece with hardly any margin, the text is the same."""
    monkeypatch.setattr(gpu_kernels, "SMALLEST_CHUNK", 10)
    monkeypatch.setattr(gpu_kernels, "LARGEST_CHUNK", 10)
    expected = train_with(make_sampler(window=3))
    for module in (gpu_kernels, gpu_inputs):
        monkeypatch.setattr(module, "PIECE", 40)
    monkeypatch.setattr(gpu_inputs, "MARGIN", 1)
    monkeypatch.setattr(gpu_kernels, "free_memory", lambda: budget)
    loss, matrices = train_with(make_sampler(window=3))
    assert loss[1:] == expected[0][1:]
    assert loss.total == pytest.approx(expected[0].total, rel=1e-6)
    assert distance(matrices, expected[1]) < 1e-7


def test_an_epoch_may_be_trained_in_stretches(gpu):
    W_in, W_out = random_tables(20)
    whole = train_with(tables=(W_in, W_out))
    tables, sampler = gpu_kernels.Tables(W_in, W_out), make_sampler()
    options = {"epoch": 1, "epochs": 3, "learning_rate": 0.02, "block": 1}
    losses = [
        gpu_kernels.train_skipgram(tables, IDS, STARTS, sampler, first=first, last=last, **options)
        for first, last in [(0, 33), (33, 33), (33, 250), (250, POSITIONS)]
    ]
    assert [sum(numbers) for numbers in zip(*losses)][1:] == list(whole[0][1:])
    assert distance(tables.take(), whole[1]) < 1e-7


# -- many warps


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("patience", [1, 50])
def test_racing_warps_lose_nothing(gpu_standin, monkeypatch, architecture, patience):
    """With a tiny learning rate, gains hardly depend on each other: any order must give the same sum of them."""
    monkeypatch.setattr(gpu_kernels, "SMALLEST_CHUNK", 7)
    monkeypatch.setattr(gpu_standin.RawKernel, "patience", patience)
    W_in, W_out = random_tables(20)
    options = {"learning_rate": 1e-4}
    alone, *expected = run(gpu_kernels, architecture, W_in, W_out, make_sampler(), **options)
    loss, *found = run(gpu_kernels, architecture, W_in, W_out, make_sampler(), threads=25, **options)
    assert loss[1:] == alone[1:]
    assert loss.total == pytest.approx(alone.total, rel=1e-3)
    moved = distance(expected, (W_in, W_out))
    assert distance(found, expected) < 0.01 * moved


# -- what it is called with, and what it refuses


def test_signatures_are_those_of_the_layers():
    for name in ("train_skipgram", "train_cbow"):
        readable, compiled = (inspect.signature(getattr(module, name)) for module in (reference, gpu_kernels))
        assert list(readable.parameters) == list(compiled.parameters)
        for ours, theirs in zip(compiled.parameters.values(), readable.parameters.values()):
            assert (ours.default, ours.kind) == (theirs.default, theirs.kind)


def test_refuses_what_it_cannot_train(gpu):
    with pytest.raises(OptionError, match="engine 'layers' or device 'cpu'"):
        train_with(make_sampler(negative_sharing="pair"))
    with pytest.raises(OptionError, match="'mean' or 'sum'; got 'max'"):
        run(gpu_kernels, "cbow", *random_tables(3), make_sampler(), gradient="max")
    with pytest.raises(OptionError, match=r"window 208 and 500 negatives need .* KiB of .* KiB"):
        train_with(make_sampler(window=40_000, negatives=500))
    with pytest.raises(ShapeError, match=r"word ids must be in 0 .. 28"):
        sampler = ExampleSampler.for_counts(COUNTS[:-1])
        train_with(sampler, tables=[matrix[:-1] for matrix in random_tables(3)])
    with pytest.raises(OptionError, match=r"needs 0.00 GiB of the GPU's memory"), pytest.MonkeyPatch.context() as patch:
        patch.setattr("wordvec.arrays.free_memory", lambda: 100)
        gpu_kernels.Tables(*random_tables(20))


@pytest.mark.parametrize(
    ("dimension", "negatives", "cbow", "architecture"),  # every two of the values meet once
    [
        (100, 5, False, "sm_80"),
        (100, 5, True, "sm_90"),
        (300, 5, False, "sm_90"),
        (300, 5, True, "sm_80"),
        (128, 20, False, "sm_80"),
        (128, 20, True, "sm_90"),
    ],
)
def test_compiles_for_cards(nvrtc_log, dimension, negatives, cbow, architecture):
    shape = gpu_kernels.Shape(-(-dimension // 8) * 8, 5, 5, 16, 32, True, negatives, cbow, divide=cbow)
    assert nvrtc_log(gpu_kernels.read_sources(), architecture, shape.macros()) == ""

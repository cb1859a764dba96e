"""The compiled kernels against the layers, and what is promised of them: same bytes, true gradients, true losses."""

from __future__ import annotations

import inspect
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from kernel_inputs import distance

from wordvec.corpus.draws.examples import ExampleSampler
from wordvec.errors import OptionError, ShapeError
from wordvec.kernels import cpu, reference
from wordvec.kernels.huffman import huffman_paths
from wordvec.kernels.tables import Tables
from wordvec.native import library, together

pytestmark = pytest.mark.skipif(not library.is_available(), reason="the C library is not here")

WORDS, POSITIONS = 30, 400
# Sentences: an empty one, one word, one word that is alone, a long one, and one that ends the corpus.
STARTS = np.array([0, 0, 1, 7, 8, 8, 120, 121, 330, POSITIONS])
# Thirty words and negatives drawn from them: repeated negatives, negatives equal to the centre and repeated contexts
# are the rule here.
IDS = np.minimum(np.random.default_rng(0).zipf(1.3, POSITIONS) - 1, WORDS - 1).astype(np.int32)
COUNTS = np.bincount(IDS, minlength=WORDS) + 1
PATHS = huffman_paths(COUNTS)


def make_sampler(**options):
    options = {"window": 5, "negatives": 5, "seed": 5, **options}
    return ExampleSampler.for_counts(COUNTS, subsample=0.05, **options)


def random_tables(dimension, seed=1, output_rows=WORDS):
    rng = np.random.default_rng(seed)
    scale = 0.7 / np.sqrt(dimension)
    return [(rng.normal(size=(n, dimension)) * scale).astype(np.float32) for n in (WORDS, output_rows)]


def run(module, architecture, W_in, W_out, sampler, **options):
    precision = options.pop("precision", "float32")
    tables = Tables(W_in, W_out, precision=precision) if module is cpu else reference.Tables(W_in, W_out)
    options = {"first": 0, "last": POSITIONS, "epoch": 1, "epochs": 3, "learning_rate": 0.02, "block": 32, **options}
    train = {"skipgram": module.train_skipgram, "cbow": module.train_cbow}[architecture]
    loss = train(tables, IDS, STARTS, sampler, **options)
    return loss, *tables.unpack()


REPEATED_ROWS = 4  # times what float32 costs the layers, where a centre meets the same row many times (CBOW's contexts
# in a wide window, the centre itself with negatives for each pair): the kernel rounds each time, the layers once


SOME = 160  # positions: sentences of each kind, and a part of the longest; the planted faults below all show in them


def assert_same_training(architecture, dimension, sampler, *, sampler_of_layers=None, slack=2, last=SOME, **options):
    """The kernel is no further from the layers in float64 than twice what float32 costs the layers themselves."""
    options["last"] = last
    W_in, W_out = random_tables(dimension)
    layers = sampler_of_layers or sampler
    of_layers = {name: value for name, value in options.items() if name not in ("threads", "hogwild")}
    loss, *kernel = run(cpu, architecture, W_in, W_out, sampler, **options)
    exact = run(reference, architecture, W_in.astype(np.float64), W_out.astype(np.float64), layers, **of_layers)
    assert loss[1:] == exact[0][1:]
    assert loss.total == pytest.approx(exact[0].total, rel=1e-6)
    _, *readable = run(reference, architecture, W_in, W_out, layers, **of_layers)
    assert distance(kernel, exact[1:]) <= slack * distance(readable, exact[1:])


ARCHITECTURES = ("skipgram", "cbow")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(
    ("dimension", "options", "block", "last"),
    [
        (100, {}, 32, POSITIONS),
        (1, {}, 1, SOME),
        (17, {"window": 1}, POSITIONS, POSITIONS),
        (50, {"negatives": 17}, 8, SOME),
        (33, {"negatives": 1, "window": 2}, 16, SOME),
        (300, {"shrink_window": False, "window": 12}, 8, 64),
        (20, {"shrink_window": False, "window": 1000}, 16, 32),  # all words of a sentence are contexts of each
    ],
)
@pytest.mark.parametrize("meetings", [1, 20])
def test_equals_the_layers(architecture, dimension, options, block, last, meetings):
    window = options.get("window", 5)
    slack = 2 if window <= 5 else REPEATED_ROWS if window <= 12 else 4 * REPEATED_ROWS
    sampler = make_sampler(**options)
    assert_same_training(architecture, dimension, sampler, slack=slack, block=block, meetings=meetings, last=last)


@pytest.mark.parametrize("dimension", [1, 40])
def test_equals_the_layers_with_negatives_for_each_pair(dimension):

    assert_same_training("skipgram", dimension, make_sampler(negative_sharing="pair"), slack=REPEATED_ROWS, block=16)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_equals_the_layers_with_a_pool_of_negatives(architecture):
    assert_same_training(architecture, 40, make_sampler(negative_pool=64), block=32)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_pool_of_negatives_is_another_training(architecture):
    with pytest.raises(AssertionError):
        assert_same_training(
            architecture, 40, make_sampler(negative_pool=64), sampler_of_layers=make_sampler(negative_pool=32)
        )


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("dimension", [1, 40])
def test_equals_the_layers_with_hierarchical_softmax(architecture, dimension):
    assert_same_training(architecture, dimension, make_sampler(negatives=0), block=16, paths=PATHS)


def test_equals_the_layers_with_the_sum_gradient():
    assert_same_training("cbow", 40, make_sampler(), slack=REPEATED_ROWS, block=16, gradient="sum")


def test_cbow_shares_negatives_whatever_the_sampler_says():
    assert_same_training("cbow", 40, make_sampler(negative_sharing="pair"), block=16)


# -- tables of float16

needs_half = pytest.mark.skipif(
    not (library.is_available() and library.has_half()), reason="this build has no float16 in memory"
)
KINDS = {  # each keeps its rows in its own way
    "skip-gram": ("skipgram", make_sampler(), {}),
    "many negatives": ("skipgram", make_sampler(negatives=17), {}),
    "pairs": ("skipgram", make_sampler(negative_sharing="pair"), {}),
    "CBOW": ("cbow", make_sampler(), {}),
    "tree": ("cbow", make_sampler(negatives=0), {"paths": PATHS}),
}


@needs_half
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dimension", [1, 40, 100])
def test_float16_is_near_float32(kind, dimension):
    architecture, sampler, options = KINDS[kind]
    W_in, W_out = (W.astype(np.float16).astype(np.float32) for W in random_tables(dimension))
    loss, *half = run(cpu, architecture, W_in, W_out, sampler, precision="float16", **options)
    exact, *full = run(cpu, architecture, W_in, W_out, sampler, **options)
    assert loss[1:] == exact[1:]
    assert loss.total == pytest.approx(exact.total, rel=0.01)
    assert distance(half, full) < 0.1 * distance((W_in, W_out), full) + 2e-3
    assert all((W.astype(np.float16) == W).all() for W in half)


@needs_half
@pytest.mark.parametrize("kind", KINDS)
def test_changes_too_small_for_float16_count_in_the_mean(kind):
    """A number near 1 changes by steps of 2^-10 only; rounding to the nearest would forget changes of 1e-5."""
    architecture, sampler, options = KINDS[kind]
    signs = np.random.default_rng(2).choice([-1.0, 1.0], size=(2, WORDS, 300)).astype(np.float32)
    W_in, W_out = signs * np.float32(1.0)
    options = {**options, "learning_rate": 2e-4, "epochs": 10**6}
    _, *half = run(cpu, architecture, W_in, W_out, sampler, precision="float16", **options)
    _, *full = run(cpu, architecture, W_in, W_out, sampler, **options)
    for start, rounded, exact in zip((W_in, W_out), half, full):
        wanted = (exact - start).astype(np.float64)
        share = (wanted * (rounded - start)).sum() / (wanted**2).sum()
        assert share == pytest.approx(1, abs=0.15)


@needs_half
def test_float16_has_the_same_bytes_for_any_number_of_threads_and_cut():
    W_in, W_out = random_tables(100)
    one = run(cpu, "skipgram", W_in, W_out, make_sampler(), precision="float16", block=16)
    two = run(cpu, "skipgram", W_in, W_out, make_sampler(), precision="float16", block=16, threads=2)
    assert [W.tobytes() for W in one[1:]] == [W.tobytes() for W in two[1:]]
    tables = Tables(W_in, W_out, precision="float16")
    for first in range(0, POSITIONS, 80):
        options = {"epoch": 1, "epochs": 3, "learning_rate": 0.02, "block": 16, "last": first + 80}
        cpu.train_skipgram(tables, IDS, STARTS, make_sampler(), first=first, **options)
    assert [W.tobytes() for W in tables.unpack()] == [W.tobytes() for W in one[1:]]


# -- planted faults: each must be caught by the test above


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(
    "fault",
    [{"window": 6}, {"negatives": 4}, {"seed": 6}, {"shrink_window": False}],
    ids=["window off by one", "a negative dropped", "other draws", "windows not shrunk"],
)
def test_faults_in_the_examples_are_caught(architecture, fault):
    with pytest.raises(AssertionError):
        assert_same_training(architecture, 40, make_sampler(), sampler_of_layers=replace(make_sampler(), **fault))


def no_skipped_negatives(batch):
    outputs, labels, present = ORIGINAL_OUTPUTS(batch)
    return outputs, labels, np.ones_like(present)


def wrong_sign(batch):
    outputs, labels, present = ORIGINAL_OUTPUTS(batch)
    return outputs, ~labels, present


def sequential_update(network, batch, outputs, steps):
    """Repeated rows overwrite each other instead of adding up."""
    for b in range(len(batch.centres)):
        network.scores(batch.contexts[b : b + 1], batch.mask[b : b + 1], outputs[b : b + 1])
        network.backward(steps[b : b + 1])
        (W,), (dW,) = network.embedding.params, network.embedding.grads
        W[dW.ids] -= dW.rows  # W_out is forgotten


ORIGINAL_OUTPUTS = reference._negative_outputs


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("_negative_outputs", no_skipped_negatives),
        ("_negative_outputs", wrong_sign),
        ("_update", sequential_update),
    ],
)
def test_faults_in_the_step_are_caught(monkeypatch, architecture, name, fault):
    monkeypatch.setattr(reference, name, fault)
    with pytest.raises(AssertionError):
        assert_same_training(architecture, 40, make_sampler())


@pytest.mark.parametrize(
    "fault", [{"block": 31}, {"learning_rate": 0.0200001}, {"epoch": 2}, {"epochs": 4}, {"meetings": 31}]
)
def test_faults_in_the_schedule_are_caught(fault):
    last = 31 * 10 if "block" in fault else 320
    _, *kernel = run(cpu, "skipgram", *random_tables(40), make_sampler(), last=last, **fault)
    readable, exact = (tables_of_layers(kind) for kind in (np.float32, np.float64))
    assert distance(kernel, exact) > 2 * distance(readable, exact)


@cache
def tables_of_layers(kind):
    """What the layers train for the test above without a fault."""
    _, *tables = run(reference, "skipgram", *(W.astype(kind) for W in random_tables(40)), make_sampler(), last=320)
    return tables


# -- the result does not depend on how it is computed


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(("dimension", "block"), [(100, 32), (300, 1), (20, POSITIONS)])
def test_same_bytes_for_any_number_of_threads(architecture, dimension, block):
    W_in, W_out = random_tables(dimension)
    one = run(cpu, architecture, W_in, W_out, make_sampler(), block=block)
    for threads in (2, 4):
        other = run(cpu, architecture, W_in, W_out, make_sampler(), block=block, threads=threads)
        assert other[0] == one[0]
        assert other[1].tobytes() == one[1].tobytes()
        assert other[2].tobytes() == one[2].tobytes()


@pytest.mark.parametrize("stretch", [16, 48, 160])
def test_same_bytes_for_any_cut_into_calls(stretch):
    W_in, W_out = random_tables(100)
    whole, *expected = run(cpu, "skipgram", W_in, W_out, make_sampler(), block=16)
    tables, total = Tables(W_in, W_out), np.zeros(4)
    for first in range(0, POSITIONS, stretch):
        options = {"epoch": 1, "epochs": 3, "learning_rate": 0.02, "block": 16, "threads": 1 + first % 3}
        last = min(first + stretch, POSITIONS)
        total += cpu.train_skipgram(tables, IDS, STARTS, make_sampler(), first=first, last=last, **options)
    assert [table.tobytes() for table in tables.unpack()] == [table.tobytes() for table in expected]
    assert total.tolist() == pytest.approx(list(whole), rel=1e-12)


def test_hogwild_on_one_thread_is_the_same_training_and_on_two_about_the_same():
    W_in, W_out = random_tables(100)
    loss, *expected = run(cpu, "skipgram", W_in, W_out, make_sampler())
    _, *racing = run(cpu, "skipgram", W_in, W_out, make_sampler(), hogwild=True)
    assert distance(racing, expected) == 0
    racing_loss, *_ = run(cpu, "skipgram", W_in, W_out, make_sampler(), hogwild=True, threads=2)
    assert racing_loss[1:] == loss[1:]
    assert racing_loss.total == pytest.approx(loss.total, rel=0.05)


def test_an_interrupt_leaves_the_tables_at_the_end_of_a_block(monkeypatch):
    """Whatever block it is: the tables are those of the positions before it."""
    sampler, block = make_sampler(), 16
    W_in, W_out = random_tables(40)
    prefixes = set()
    for last in range(0, POSITIONS + block, block):
        _, *tables = run(cpu, "skipgram", W_in, W_out, sampler, last=min(last, POSITIONS), block=block)
        prefixes.add(b"".join(table.tobytes() for table in tables))
    poll = together.poll

    def interrupted_poll(running):
        together.poll = poll
        raise KeyboardInterrupt

    interrupted = 0
    for _ in range(20):
        tables = Tables(W_in, W_out)
        with monkeypatch.context() as patch:
            patch.setattr(together, "poll", interrupted_poll)
            options = {"first": 0, "last": POSITIONS, "epoch": 1, "epochs": 3, "learning_rate": 0.02}
            try:
                cpu.train_skipgram(tables, IDS, STARTS, sampler, block=block, threads=3, **options)
            except KeyboardInterrupt:
                interrupted += 1
        assert b"".join(table.tobytes() for table in tables.unpack()) in prefixes
    assert interrupted  # a call that ends before it is waited for is not


# -- gradients and losses


@pytest.mark.parametrize("module", [cpu, reference])
@pytest.mark.parametrize("fault", [1.0, pytest.param(1.01, marks=pytest.mark.xfail(strict=True))])
@pytest.mark.parametrize(
    ("architecture", "options"),
    [("skipgram", {}), ("skipgram", {"paths": PATHS}), ("cbow", {}), ("cbow", {"paths": PATHS})],
)
def test_the_update_is_the_gradient_of_the_loss(module, architecture, options, fault):
    """One centre, one step, learning rate 1: what the rows lose is the gradient of what the call returned."""
    precise = module is reference
    W_in, W_out = (W.astype(np.float64 if precise else np.float32) for W in random_tables(20, seed=3))
    sampler = replace(make_sampler(), keep_thresholds=np.full(WORDS, 2**32, np.uint64))
    call = {"first": 200, "last": 201, "block": 1, "epoch": 0, "epochs": 10**9, "meetings": 10**6, **options}
    _, *after = run(module, architecture, W_in, W_out, sampler, learning_rate=fault, **call)
    gradients = [before - now for before, now in zip((W_in, W_out), after)]
    rng = np.random.default_rng(4)
    for which in (0, 1):
        direction = rng.normal(size=gradients[which].shape)
        step, losses = 1e-5 if precise else 0.02, []
        for sign in (1, -1):
            moved = [W.copy() for W in (W_in, W_out)]
            moved[which] += (sign * step * direction).astype(moved[which].dtype)
            losses.append(run(module, architecture, *moved, sampler, learning_rate=0.0, **call)[0].total)
        slope = (losses[0] - losses[1]) / (2 * step)
        assert (gradients[which] * direction).sum() == pytest.approx(slope, rel=1e-7 if precise else 1e-3)


GOLDEN = {
    "skipgram": [
        3.8651526,
        2.2157424,
        1.9590447,
        1.8860023,
        1.7808784,
        1.7279177,
        1.8223022,
        1.6435771,
        1.6492557,
        1.5036131,
    ],
    "cbow": [
        4.1143825,
        3.7123134,
        3.3150058,
        3.2994397,
        3.0090263,
        2.8180017,
        2.8383881,
        2.7095429,
        2.6585695,
        2.5025676,
    ],
}


GOLDEN_IN_SHORT_STEPS = {
    "skipgram": [
        3.3478795,
        2.1545137,
        1.8310939,
        1.8400015,
        1.7310428,
        1.6973274,
        1.8318936,
        1.6526477,
        1.6426617,
        1.5153934,
    ],
    "cbow": [
        4.0802947,
        3.6857632,
        3.2751015,
        3.3023533,
        3.0052598,
        2.8231716,
        2.8473138,
        2.7197419,
        2.6723098,
        2.5168772,
    ],
}


@pytest.mark.parametrize("module", [cpu, reference])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(("meetings", "golden"), [(10**6, GOLDEN), (6, GOLDEN_IN_SHORT_STEPS)], ids=["blocks", "steps"])
def test_golden_losses(module, architecture, meetings, golden):
    """Ten stretches of 40 positions, from weights that the package's own generator draws."""
    from wordvec import rng

    W_in = (rng.uniform_matrix(1, rng.INITIAL_W_IN, (WORDS, 24)) - 0.5).astype(np.float32)
    W_out = (rng.uniform_matrix(1, rng.INITIAL_W_OUT, (WORDS, 24)) - 0.5).astype(np.float32)
    tables = Tables(W_in, W_out) if module is cpu else reference.Tables(W_in, W_out)
    train = {"skipgram": module.train_skipgram, "cbow": module.train_cbow}[architecture]
    losses = []
    for first in range(0, POSITIONS, 40):
        options = {"first": first, "last": first + 40, "epoch": 0, "epochs": 1, "learning_rate": 0.05, "block": 20}
        loss = train(tables, GOLDEN_IDS, STARTS, make_sampler(), meetings=meetings, **options)
        losses.append(loss.total / loss.predictions)
    assert losses == pytest.approx(golden[architecture], rel=2e-6)


GOLDEN_IDS = (np.arange(POSITIONS) ** 2 % 31 % WORDS).astype(np.int32)


# -- the calls


@pytest.mark.parametrize("name", ["train_skipgram", "train_cbow"])
def test_twins_have_one_signature(name):
    ours, theirs = (inspect.signature(getattr(module, name)).parameters for module in (cpu, reference))
    assert [(p.name, p.kind, p.default) for p in ours.values()] == [
        (p.name, p.kind, p.default) for p in theirs.values()
    ]


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"first": 16}, OptionError, "multiples of block"),
        ({"last": 100}, OptionError, "multiples of block"),
        ({"threads": 0}, OptionError, "threads must be at least 1"),
        ({"last": POSITIONS + 32}, OptionError, "multiples of block"),
    ],
)
def test_calls_that_make_no_sense_are_refused(options, error, match):
    with pytest.raises(error, match=match):
        run(cpu, "skipgram", *random_tables(8), make_sampler(), **options)


def test_arrays_that_do_not_fit_are_refused():
    W_in, W_out = random_tables(8)
    tables, call = Tables(W_in, W_out), {"first": 0, "last": 4, "epoch": 0, "epochs": 1}
    with pytest.raises(ShapeError, match=r"word ids must be in 0 \.\. 29; got 0 \.\. 30"):
        cpu.train_skipgram(tables, np.array([0, 1, 2, 30]), np.array([0, 4]), make_sampler(), **call)
    with pytest.raises(ShapeError, match="sentence_starts must lead from 0 to the 4 ids"):
        cpu.train_skipgram(tables, np.zeros(4, int), np.array([0, 3]), make_sampler(), **call)
    with pytest.raises(ShapeError, match="W_out needs 30 rows"):
        cpu.train_skipgram(Tables(W_in, W_out[:29]), IDS[:4], np.array([0, 4]), make_sampler(), **call)
    with pytest.raises(OptionError, match="negatives of at least 1"):
        cpu.train_cbow(tables, IDS[:4], np.array([0, 4]), make_sampler(negatives=0), **call)
    with pytest.raises(OptionError, match="cbow_gradient must be"):
        cpu.train_cbow(tables, IDS, STARTS, make_sampler(), gradient="median", **call)


def test_an_empty_stretch_trains_nothing():
    W_in, W_out = random_tables(8)
    loss, *tables = run(cpu, "skipgram", W_in, W_out, make_sampler(), last=0)
    assert loss == cpu.Loss(0.0, 0, 0, 0)
    assert distance(tables, (W_in, W_out)) == 0


def test_a_training_that_diverged_says_so():
    W_in, W_out = random_tables(8)
    W_in[3] = np.nan
    for architecture in ARCHITECTURES:
        assert np.isnan(run(cpu, architecture, W_in, W_out, make_sampler())[0].total)


def test_a_block_too_large_for_memory_is_an_error():
    with pytest.raises(MemoryError, match="no memory for the threads' working space"):
        run(cpu, "skipgram", *random_tables(4), make_sampler(), block=2**50)

"""GloVe's compiled kernel against the layers, and what is promised of it: same bytes, true gradients, true losses."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from kernel_inputs import make_matrix, random_arrays
from scipy.sparse import csr_array

from wordvec.errors import OptionError, ShapeError
from wordvec.native import build, functions, library

if not library.is_available():
    pytest.skip(str(library.why_not()), allow_module_level=True)

from wordvec.kernels.glove import cpu as glove
from wordvec.kernels.glove import reference as glove_reference
from wordvec.kernels.glove.cells import Cells

WORDS, BANDS = 23, 4  # bands of unequal size
LIKE_GLOVE_C = {"accumulator": 1600.0, "bias_accumulator": 4.0}
AGGRESSIVE = {"accumulator": 1e-6, "bias_accumulator": 1e-6}  # first steps of learning_rate, whatever the gradient


MATRIX = make_matrix()
CELLS = Cells.from_matrix(MATRIX, BANDS)


def run(module, arrays, cells=CELLS, epochs=2, start=LIKE_GLOVE_C, **options):
    tables = module.Tables(*arrays, bands=cells.bands, **start)
    call = {"first": 0, "last": cells.bands, "seed": 3, **options}
    losses = [module.train_glove(tables, cells, epoch=epoch, **call) for epoch in range(epochs)]
    return losses, tables.unpack()


def distance(a, b):
    """Root mean squares of the differences, of vectors and of biases."""
    pairs = [(x.astype(np.float64), y) for x, y in zip(a, b)]
    return [np.sqrt(np.mean([np.mean((x - y) ** 2) for x, y in part])) for part in (pairs[:2], pairs[2:])]


def assert_same_training(dimension, cells=CELLS, *, words=WORDS, of_layers=None, roundings=0, **options):
    """The kernel is no further from the layers in float64 than twice what float32 costs the layers themselves.

    Where there are but a handful of numbers, those may be right by chance: `roundings` of their size are added.
    """
    arrays = random_arrays(dimension, words)
    options = {"epochs": 1, **options}
    losses, kernel = run(glove, arrays, cells, **options)
    layers = {**options, **(of_layers or {})}
    exact_losses, exact = run(glove_reference, [array.astype(np.float64) for array in arrays], cells, **layers)
    assert losses == pytest.approx(exact_losses, rel=1e-6)
    _, readable = run(glove_reference, arrays, cells, **layers)
    sizes = distance(exact, [np.zeros_like(array) for array in exact])
    for ours, theirs, size in zip(distance(kernel, exact), distance(readable, exact), sizes):
        assert ours <= 2 * theirs + roundings * 2**-24 * size


@pytest.mark.parametrize("dimension", [1, 14, 17, 100, 300])
def test_equals_the_layers(dimension):
    assert_same_training(dimension)


@pytest.mark.parametrize(
    "options",
    [
        {"start": AGGRESSIVE, "learning_rate": 0.05, "epochs": 2},
        {"x_max": 10.0, "alpha": 0.5},
        {"x_max": 1e9},  # weights of 1e-6 and below
        {"alpha": 0.0},
        {"seed": 2**63 + 5, "epochs": 2},
    ],
    ids=",".join,
)
def test_equals_the_layers_with_other_options(options):
    assert_same_training(20, **options)


def test_equals_the_layers_in_one_band():
    assert_same_training(20, Cells.from_matrix(MATRIX, 1))


@pytest.mark.parametrize("count", [1.0, 0.1, 1e6])
def test_equals_the_layers_on_one_cell(count):
    assert_same_training(5, Cells.from_matrix(csr_array([[count]]), 1), words=1, epochs=5, roundings=2)


def test_counts_near_the_ends_of_float32():
    matrix = csr_array([[2e-38, 1e-30], [3e38, 1.0]])
    assert_same_training(5, Cells.from_matrix(matrix, 2), words=2, roundings=2)


ISAS = list(build.ISAS.get(build.family() or "", {}))


@pytest.mark.parametrize("isa", ISAS[: ISAS.index(library.isa())])
def test_equals_the_layers_with_narrower_vectors(isa):
    """The same tests in a process that loads another build."""
    program = """
import test_glove
for dimension in (1, 14, 17, 100, 300):
    test_glove.test_equals_the_layers(dimension)
for dimension in (1, 100):
    test_glove.test_same_bytes_for_any_number_of_threads(dimension)
test_glove.test_weights_and_logarithms()
print(test_glove.library.isa())
"""
    folder = Path(__file__).parent
    path = os.pathsep.join(map(str, (folder, folder.parents[1])))  # and what tests share
    environment = {**os.environ, library.VARIABLE: isa, "PYTHONPATH": path}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert done.stdout.split() == [isa], done.stdout + done.stderr


def test_no_cells_train_nothing():
    arrays = random_arrays(5)
    losses, after = run(glove, arrays, Cells.from_matrix(csr_array((WORDS, WORDS)), BANDS))
    assert losses == [0.0, 0.0]
    assert distance(after, arrays) == [0, 0]


def test_weights_and_logarithms():
    lanes = library.lanes()
    X = np.exp(np.linspace(-10, 80, 64 * lanes)).astype(np.float32)
    X[:4] = 1.0, 100.0, np.nextafter(np.float32(1), np.float32(0)), np.nextafter(np.float32(1), np.float32(2))
    weights, logs = np.zeros_like(X), np.zeros_like(X)
    functions.weights_and_logs(X, 100.0, 0.75, weights, logs)
    assert logs[0] == 0.0
    assert weights[1] == 1.0
    np.testing.assert_allclose(logs, np.log(X.astype(np.float64)), rtol=2e-7, atol=1e-7)
    np.testing.assert_allclose(weights, np.minimum(X / np.float64(100), 1) ** 0.75, rtol=1e-6)


# -- planted faults: each must be caught by the tests above


@pytest.mark.parametrize(
    "fault",
    [
        {"seed": 4},
        {"learning_rate": 1.00001},
        {"x_max": 100.001},
        {"alpha": 0.7501},
        {"start": {"accumulator": 1601.0, "bias_accumulator": 4.0}},
        {"start": {"accumulator": 1600.0, "bias_accumulator": 4.01}},
    ],
    ids=",".join,
)
def test_faults_in_the_options_are_caught(fault):
    with pytest.raises(AssertionError):
        assert_same_training(20, of_layers=fault)


class HalfLoss(glove_reference.GloVeLoss):
    """The gradients of half the loss, as in GloVe's own program."""

    def backward(self, dout=1.0):
        super().backward(dout / 2)


class LongGradient(glove_reference.GloVeLoss):
    """W_out moves a thousandth too far."""

    def backward(self, dout=1.0):
        super().backward(dout)
        self.grads[1].rows *= 1.001


class NoBiases(glove_reference.GloVeLoss):
    def backward(self, dout=1.0):
        super().backward(dout)
        self.grads[3].rows[...] = 0


def backwards(count, tile, seed, epoch):
    return np.arange(count)[::-1]


def unshuffled(bands, seed, epoch):
    return np.arange(bands)[None, :] * bands + (np.arange(bands)[None, :] + np.arange(bands)[:, None]) % bands


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("GloVeLoss", HalfLoss),
        ("GloVeLoss", LongGradient),
        ("GloVeLoss", NoBiases),
        ("order_in_tile", backwards),
        ("schedule", unshuffled),
    ],
)
def test_faults_in_the_step_are_caught(monkeypatch, name, fault):
    monkeypatch.setattr(glove_reference, name, fault)
    with pytest.raises(AssertionError):
        assert_same_training(20)


# -- the result does not depend on how it is computed


@pytest.mark.parametrize("dimension", [1, 100])
def test_same_bytes_for_any_number_of_threads(dimension):
    cells = Cells.from_matrix(make_matrix(5, 60), 8)
    arrays = random_arrays(dimension, 60)
    losses, expected = run(glove, arrays, cells)
    for threads in (2, 4, 11):
        other_losses, other = run(glove, arrays, cells, threads=threads)
        assert other_losses == losses
        assert [array.tobytes() for array in other] == [array.tobytes() for array in expected]


def test_same_bytes_for_any_cut_into_calls():
    arrays = random_arrays(20)
    (whole,), expected = run(glove, arrays, epochs=1)
    tables = glove.Tables(*arrays, bands=BANDS, **LIKE_GLOVE_C)
    cuts = [0, 1, 1, 3, BANDS]
    parts = [
        glove.train_glove(tables, CELLS, first=first, last=last, epoch=0, seed=3, threads=1 + first % 3)
        for first, last in zip(cuts, cuts[1:])
    ]
    assert [array.tobytes() for array in tables.unpack()] == [array.tobytes() for array in expected]
    assert sum(parts) == pytest.approx(whole, rel=1e-12)


# -- interruptions and failures


def test_ctrl_c_ends_a_call_between_two_tiles():
    """A call that never ends by itself, in a process of its own."""
    program = """
import threading, _thread
import numpy as np
from scipy.sparse import csr_array
from wordvec.kernels.glove import cpu as glove
from wordvec.kernels.glove.cells import Cells
cells = Cells.from_matrix(csr_array(np.ones((1000, 1000))), 100)
tables = glove.Tables(*np.ones((2, 1000, 4), np.float32), *np.ones((2, 1000), np.float32), bands=100,
                      accumulator=1.0, bias_accumulator=1.0)
train = glove.functions.train_rounds
def endless(*job):
    ended.clear()
    while not job[5][glove.STOP, 0]:
        train(*job)
    ended.set()
ended = threading.Event()
glove.functions.train_rounds = endless
timer = threading.Timer(0.5, _thread.interrupt_main)
timer.start()
try:
    glove.train_glove(tables, cells, first=0, last=100, epoch=0, seed=1, threads=3)
except KeyboardInterrupt:
    timer.join()
    print("interrupted", ended.is_set(), threading.active_count())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["interrupted", "True", "1"], done.stderr


def test_a_raised_stop_counter_ends_training_at_once():
    tables = glove.Tables(*random_arrays(8), bands=BANDS, **LIKE_GLOVE_C)
    before = tables.unpack()

    def stopped(*job):
        job[5][glove.STOP, 0] = 1
        return train(*job)

    train = functions.train_rounds
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(functions, "train_rounds", stopped)
        loss = glove.train_glove(tables, CELLS, first=0, last=BANDS, epoch=0, seed=1, threads=2)
    assert loss == 0.0
    assert distance(tables.unpack(), before) == [0, 0]


# -- gradients and losses


@pytest.mark.parametrize("module", [glove, glove_reference])
@pytest.mark.parametrize("fault", [1.0, pytest.param(1.01, marks=pytest.mark.xfail(strict=True))])
@pytest.mark.parametrize("which", range(4), ids=["W_in", "W_out", "b_in", "b_out"])
def test_the_update_is_the_gradient_of_the_loss(module, fault, which):
    """One cell; sums of squares that start at learning_rate^2 make AdaGrad a step of the gradient itself."""
    precise = module is glove_reference
    arrays = [array.astype(np.float64 if precise else np.float32) for array in random_arrays(20, 1)]
    cells = Cells.from_matrix(csr_array([[30.0]]), 1)
    start = {"accumulator": 1e16, "bias_accumulator": 1e16}
    _, after = run(module, arrays, cells, epochs=1, start=start, learning_rate=fault * 1e8)
    gradient = (arrays[which] - after[which]).astype(np.float64)
    direction = np.random.default_rng(4).normal(size=gradient.shape)
    step, losses = 1e-5 if precise else 0.1, []
    for sign in (1, -1):
        moved = [array.copy() for array in arrays]
        moved[which] += (sign * step * direction).astype(moved[which].dtype)
        losses += run(module, moved, cells, epochs=1)[0]
    slope = (losses[0] - losses[1]) / (2 * step)
    assert (gradient * direction).sum() == pytest.approx(slope, rel=1e-7 if precise else 1e-4)


GOLDEN = [
    0.714837078,
    0.318066717,
    0.254694387,
    0.211573558,
    0.184224881,
    0.159913463,
    0.14074683,
    0.123982932,
    0.107040424,
    0.093552198,
]


@pytest.mark.parametrize("module", [glove, glove_reference])
def test_golden_losses(module):
    """Ten epochs, four for the slow layers, from weights that the package's own generator draws."""
    from wordvec import rng

    epochs = 10 if module is glove else 4

    place = np.arange(WORDS**2).reshape(WORDS, WORDS)
    matrix = csr_array((place**2 % 31).astype(np.float64))
    start = [
        (rng.uniform_matrix(1, stream, (WORDS, 24)) - 0.5).astype(np.float32)
        for stream in (rng.INITIAL_W_IN, rng.INITIAL_W_OUT)
    ]
    biases = np.zeros((2, WORDS), np.float32)
    losses, _ = run(module, [*start, *biases], Cells.from_matrix(matrix, BANDS), epochs=epochs, x_max=20.0)
    assert [loss / matrix.nnz for loss in losses] == pytest.approx(GOLDEN[:epochs], rel=2e-6)


# -- the calls


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(glove.train_glove, glove_reference.train_glove), (glove.Tables, glove_reference.Tables)],
)
def test_twins_have_one_signature(ours, theirs):
    ours, theirs = (inspect.signature(function).parameters.values() for function in (ours, theirs))
    assert [(p.name, p.kind, p.default) for p in ours] == [(p.name, p.kind, p.default) for p in theirs]


@pytest.mark.parametrize("module", [glove, glove_reference])
@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"first": 3, "last": 2}, OptionError, r"rounds in 0 \.\. 4; got 3, 2"),
        ({"last": 5}, OptionError, "rounds in"),
        ({"threads": 0}, OptionError, "threads must be at least 1"),
        ({"x_max": 0.0}, OptionError, "x_max must be above 0"),
        ({"alpha": -1.0}, OptionError, "alpha at least 0"),
        ({"cells": Cells.from_matrix(MATRIX, 5)}, ShapeError, "do not fit"),
    ],
)
def test_calls_that_make_no_sense_are_refused(module, options, error, match):
    tables = module.Tables(*random_arrays(8), bands=BANDS, **LIKE_GLOVE_C)
    options = {"cells": CELLS, "first": 0, "last": 4, **options}
    with pytest.raises(error, match=match):
        module.train_glove(tables, epoch=0, seed=1, **options)


@pytest.mark.parametrize("module", [glove, glove_reference])
def test_tables_that_do_not_fit_are_refused(module):
    W_in, W_out, b_in, b_out = random_arrays(8)
    with pytest.raises(ShapeError, match=r"W_in and W_out \(V, D\)"):
        module.Tables(W_in, W_out[:3], b_in, b_out, bands=1, **LIKE_GLOVE_C)
    with pytest.raises(ShapeError, match=r"bands must be in 1 \.\. 23"):
        module.Tables(W_in, W_out, b_in, b_out, bands=24, **LIKE_GLOVE_C)
    with pytest.raises(OptionError, match="must start above 0"):
        module.Tables(W_in, W_out, b_in, b_out, bands=1, accumulator=0.0, bias_accumulator=1.0)


def test_the_kernel_takes_float32_only():
    with pytest.raises(ShapeError, match="compute in float32"):
        glove.Tables(*(array.astype(np.float64) for array in random_arrays(8)), bands=1, **LIKE_GLOVE_C)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e30])
def test_a_training_that_diverged_says_so(bad):
    arrays = random_arrays(8)
    arrays[0][3] = bad
    (loss,), _ = run(glove, arrays, epochs=1)
    assert not np.isfinite(loss)

"""Optimizers against steps worked by hand, rows against dense, ties, clipping, decay."""

from math import sqrt

import numpy as np
import pytest

from wordvec.errors import OptionError, ShapeError, TrainingError
from wordvec.layers import Embedding, RowGradient
from wordvec.networks.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSprop, gradient_norm, merge_tied

OPTIMIZERS = [SGD, Momentum, Nesterov, AdaGrad, RMSprop, Adam]


def two_steps(optimizer, xp=np, start=1.0, gradients=(2.0, -1.0)):
    W = xp.asarray([start])
    seen = []
    for gradient in gradients:
        optimizer.update([W], [xp.asarray([gradient])])
        seen.append(float(W[0]))
    return seen


# Learning rate 0.1, from 1.0, by the gradients 2 and -1.
BY_HAND = [
    (SGD(0.1), [1 - 0.2, 0.8 + 0.1]),
    (Momentum(0.1, momentum=0.5), [1 - 0.2, 0.8 + (-0.1 + 0.1)]),  # v = -0.2, then -0.1 + 0.1
    (Nesterov(0.1, momentum=0.5), [1 + 0.5 * -0.2 - 0.2, 0.7 + 0.5 * 0.0 + 0.1]),
    (AdaGrad(0.1, epsilon=1e-12), [1 - 0.1 * 2 / 2, 0.9 + 0.1 / sqrt(4 + 1)]),
    (AdaGrad(0.1, epsilon=1e-12, initial=5.0), [1 - 0.1 * 2 / 3, 1 - 0.1 * 2 / 3 + 0.1 / sqrt(9 + 1)]),
    (RMSprop(0.1, decay_rate=0.75, epsilon=1e-12), [1 - 0.2 / sqrt(1), 0.8 + 0.1 / sqrt(0.75 + 0.25)]),
    # m = 1, v = 1 give m' = 2, v' = 4; then m = 0, v = 1 (0.75 * 1 + 0.25 * 1): a step of nothing
    (Adam(0.1, beta1=0.5, beta2=0.75, epsilon=1e-12), [1 - 0.1 * 2 / 2, 0.9]),
]


@pytest.mark.parametrize("optimizer, expected", BY_HAND, ids=lambda x: type(x).__name__)
def test_two_steps_by_hand(optimizer, expected):
    assert two_steps(optimizer) == pytest.approx(expected, rel=1e-10)


def test_the_hand_worked_steps_can_fail():
    assert two_steps(SGD(0.1001)) != pytest.approx([0.8, 0.9], rel=1e-10)


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_devices_agree(make, xp):
    assert two_steps(make(0.1), xp) == pytest.approx(two_steps(make(0.1)), rel=1e-12)


def test_adam_steps_by_about_the_learning_rate_whatever_the_gradient():
    for gradient in (1e-4, 1.0, 1e4):
        assert two_steps(Adam(0.1), gradients=(gradient,)) == pytest.approx([0.9], abs=1e-4)


def test_nesterov_is_momentum_with_the_gradient_taken_one_look_ahead():
    """On W^2/2: the textbook form updates theta with the gradient at theta + momentum v; W stands at that point."""
    W, optimizer = np.array([1.0]), Nesterov(0.1, momentum=0.9)
    theta, v = 1.0, 0.0
    for _ in range(5):
        optimizer.update([W], [W.copy()])
        v = 0.9 * v - 0.1 * (theta + 0.9 * v)
        theta += v
        assert W[0] == pytest.approx(theta + 0.9 * v, rel=1e-12)


@pytest.mark.parametrize("options", [{}, {"clip_norm": 0.5, "l1": 0.01, "l2": 0.1}])
@pytest.mark.parametrize("make", OPTIMIZERS)
def test_rows_that_are_all_touched_get_the_dense_update(make, options, xp):
    rng = np.random.default_rng(seed=1)
    dense, sparse = (xp.asarray(x) for x in [rng.normal(size=(4, 3))] * 2)
    sparse = sparse.copy()
    a, b = make(0.1, **options), make(0.1, **options)
    for _ in range(4):
        gradient = xp.asarray(rng.normal(size=(4, 3)))
        a.update([dense], [gradient])
        b.update([sparse], [RowGradient(xp.arange(4), gradient, (4, 3))])
    assert bool((dense == sparse).all())


@pytest.mark.parametrize("options", [{}, {"l1": 0.01, "l2": 0.1}])
@pytest.mark.parametrize("make", OPTIMIZERS)
def test_rows_that_are_not_touched_stay_and_so_does_their_memory(make, options):
    """Rows 0 and 2 in turn: each moves as if it were alone (Adam apart: its bias correction counts all steps)."""
    rng = np.random.default_rng(seed=2)
    start, gradients = rng.normal(size=(3, 2)), rng.normal(size=(4, 1, 2))
    W, optimizer = start.copy(), make(0.1, **options)
    alone, optimizers = start.copy(), [make(0.1, **options) for _ in range(3)]
    for step, gradient in enumerate(gradients):
        row = 2 * (step % 2)
        before = W.copy()
        optimizer.update([W], [RowGradient(np.array([row]), gradient, (3, 2))])
        optimizers[row].steps = step
        view = alone[row : row + 1]
        optimizers[row]._memory = {id(view): (view, m) for _, m in optimizers[row]._memory.values()}
        optimizers[row].update([view], [gradient])
        others = [r for r in range(3) if r != row]
        np.testing.assert_array_equal(W[others], before[others])
        assert (W[row] != before[row]).all()
    np.testing.assert_array_equal(W, alone)


def test_no_rows_change_nothing():
    W = np.ones((3, 2))
    optimizer = Momentum()
    optimizer.update([W], [RowGradient(np.array([1]), np.ones((1, 2)), (3, 2))])
    before = W.copy()
    optimizer.update([W], [RowGradient.zero(W)])
    np.testing.assert_array_equal(W, before)


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_a_tied_parameter_moves_once_by_the_sum(make):
    tied, single = np.array([1.0, 2.0]), np.array([1.0, 2.0])
    a, b = make(0.1), make(0.1)
    for _ in range(3):
        a.update([tied, tied], [np.array([1.0, 0.5]), np.array([2.0, -3.0])])
        b.update([single], [np.array([3.0, -2.5])])
    np.testing.assert_array_equal(tied, single)


def test_equal_values_are_not_tied():
    first, second = np.zeros(2), np.zeros(2)
    SGD(1.0).update([first, second], [np.array([1.0, 0.0]), np.array([0.0, 1.0])])
    assert first.tolist() == [-1, 0]
    assert second.tolist() == [0, -1]


def test_one_table_looked_up_by_two_layers():
    W = np.zeros((3, 1))
    left, right = Embedding(W), Embedding(W)
    for layer, ids in ((left, [0, 1]), (right, [1, 2])):
        layer.forward(np.array(ids))
        layer.backward(np.ones((2, 1)))
    params, grads = merge_tied(left.params + right.params, left.grads + right.grads)
    assert len(params) == 1
    assert grads[0].to_dense().tolist() == [[1], [2], [1]]
    SGD(0.5).update(left.params + right.params, left.grads + right.grads)
    assert W.tolist() == [[-0.5], [-1], [-0.5]]
    assert left.grads[0].to_dense().tolist() == [[1], [1], [0]]  # gradients are left as they were


def test_rows_and_a_dense_gradient_of_one_parameter_add_up():
    W, dense = np.zeros((2, 1)), np.array([[1.0], [1.0]])
    SGD(1.0).update([W, W], [RowGradient(np.array([1]), np.array([[5.0]]), (2, 1)), dense])
    assert W.tolist() == [[-1], [-6]]
    assert dense.tolist() == [[1], [1]]  # left as it was


def test_clipping_scales_all_gradients_together():
    W, b, table = np.zeros(1), np.zeros(1), np.zeros((9, 1))
    rows = RowGradient(np.array([4]), np.array([[12.0]]), (9, 1))
    grads = [np.array([3.0]), np.array([4.0]), rows]
    assert gradient_norm(grads) == 13
    SGD(1.0, clip_norm=6.5).update([W, b, table], grads)
    assert (W[0], b[0], table[4, 0]) == (-1.5, -2, -6)
    SGD(1.0, clip_norm=13.0).update([W], [np.array([3.0])])  # below the limit: as it is
    assert W[0] == -4.5


def test_clipping_takes_the_norm_of_a_tied_sum():
    W = np.zeros(1)
    SGD(1.0, clip_norm=1.0).update([W, W], [np.array([3.0]), np.array([-3.0])])
    assert W[0] == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_clipping_stops_at_a_gradient_that_is_not_finite(bad):
    W = np.ones(2)
    with pytest.raises(TrainingError, match=r"gradient's norm is (nan|inf) at step 1"):
        SGD(clip_norm=1.0).update([W], [np.array([1.0, bad])])
    assert W.tolist() == [1, 1]


def test_decay_by_hand():
    W = np.array([2.0, -4.0, 0.0])
    SGD(0.1, l1=0.5, l2=0.25).update([W], [np.zeros(3)])
    assert W.tolist() == pytest.approx([2 - 0.1 * (0.5 + 0.5), -4 + 0.1 * (0.5 + 1), 0])


def test_the_learning_rate_may_follow_a_schedule():
    optimizer, W = SGD(1.0), np.zeros(1)
    for learning_rate in (1.0, 0.5):
        optimizer.learning_rate = learning_rate
        optimizer.update([W], [np.ones(1)])
    assert W[0] == -1.5


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_float32_stays_float32_and_arrays_stay_in_place(make, xp):
    W = xp.ones((3, 2), "float32")
    optimizer = make(np.float64(0.1), clip_norm=1.0, l1=0.1, l2=0.1)
    for gradient in (xp.ones((3, 2), "float32"), RowGradient(xp.arange(2), xp.ones((2, 2), "float32"), (3, 2))):
        optimizer.update([W], [gradient])
    assert W.dtype == "float32"
    assert all(m.dtype == "float32" for _, memory in optimizer._memory.values() for m in memory)


def test_gradients_that_do_not_match():
    with pytest.raises(ShapeError, match="one gradient for each parameter; got 2 and 1"):
        SGD().update([np.zeros(1), np.zeros(2)], [np.zeros(1)])
    with pytest.raises(ShapeError, match=r"gradient 1 must be \(2,\) like its parameter; got \(3,\)"):
        SGD().update([np.zeros(1), np.zeros(2)], [np.zeros(1), np.zeros(3)])


@pytest.mark.parametrize(("params", "grads"), [(np.ones((2, 3)), np.ones((2, 3))), ([np.ones(1)], None)])
def test_arrays_in_place_of_lists_are_refused(params, grads):
    """Adam would take each row for a new parameter at each update, and remember nothing."""
    with pytest.raises(ShapeError, match=r"update takes lists of arrays, as in update\(\[W\], \[dW\]\); got a"):
        Adam().update(params, grads)


@pytest.mark.parametrize(
    "make, options, message",
    [
        (SGD, {"learning_rate": 0}, "SGD: learning_rate must be above 0; got 0"),
        (SGD, {"clip_norm": 0}, "SGD: clip_norm must be above 0, or None; got 0"),
        (AdaGrad, {"l1": -1}, "AdaGrad: l1 must be at least 0; got -1"),
        (Momentum, {"l2": float("nan")}, "Momentum: l2 must be a number; got nan"),
        (SGD, {"lr": 0.1}, "SGD has no option 'lr'; it takes: learning_rate, clip_norm, l1, l2"),
        (Adam, {"learning_rate": "0.1"}, "Adam: learning_rate must be a number; got '0.1', which is text"),
        (Adam, {"learning_rate": None}, "Adam: learning_rate must be a number; got None"),
        (Nesterov, {"momentum": 1.0}, "Nesterov: momentum must be at least 0 and below 1; got 1.0"),
        (RMSprop, {"decay_rate": 1.0}, "RMSprop: decay_rate must be"),
        (Adam, {"beta1": 1.0}, "Adam: beta1 must be"),
        (Adam, {"beta2": -0.1}, "Adam: beta2 must be"),
        (Adam, {"epsilon": 0}, "Adam: epsilon must be above 0"),
    ],
)
def test_options_out_of_range(make, options, message):
    with pytest.raises(OptionError, match=message):
        make(**options)


@pytest.mark.parametrize(
    ("params", "grads", "message"),
    [
        ({"W": np.zeros(2)}, {"W": np.zeros(2)}, "update takes lists of arrays, .*; got a dict"),
        ([np.zeros(2)], [None], r"gradient 0 must be \(2,\) like its parameter; got a NoneType"),
        ([np.zeros(2, int)], [np.zeros(2)], r"params\[0\] must be an array of floats; got int64"),
        ([[0.0, 0.0]], [np.zeros(2)], r"params\[0\] must be an array of floats; got a list"),
    ],
)
def test_what_cannot_be_updated_is_told(params, grads, message):
    with pytest.raises(ShapeError, match=message):
        SGD().update(params, grads)

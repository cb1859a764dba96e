"""Losses from scores: known values, extreme scores, masks, reductions."""

from math import exp, log

import numpy as np
import pytest

from wordvec.errors import OptionError, ShapeError
from wordvec.layers import (
    GloVeLoss,
    NegativeSamplingLoss,
    SigmoidWithLoss,
    SoftmaxWithLoss,
    cross_entropy_error,
    softmax,
)

RNG = np.random.default_rng(seed=5)
I = lambda *shape: np.zeros(shape, int)
F = lambda *shape: np.zeros(shape)


def test_softmax_with_loss_by_hand(xp):
    """Three classes with odds 1 : 2 : 5, the second one correct: -log(2/8)."""
    layer = SoftmaxWithLoss()
    loss = layer.forward(xp.log(xp.asarray([[1.0, 2.0, 5.0]])), xp.asarray([1]))
    assert float(loss) == pytest.approx(log(4))
    assert layer.backward().tolist()[0] == pytest.approx([1 / 8, 2 / 8 - 1, 5 / 8])


def test_equal_scores_cost_log_v():
    assert SoftmaxWithLoss().forward(np.zeros((3, 7)), np.array([0, 3, 6])) == pytest.approx(log(7))


def test_softmax_with_loss_agrees_with_softmax_and_cross_entropy():
    x, t = RNG.normal(size=(5, 4)), np.array([0, 1, 2, 3, 0])
    assert SoftmaxWithLoss().forward(x, t) == pytest.approx(cross_entropy_error(softmax(x), t), rel=1e-13)


def test_sigmoid_with_loss_by_hand(xp):
    layer = SigmoidWithLoss()
    loss = layer.forward(xp.log(xp.asarray([3.0, 3.0])), xp.asarray([1, 0]))  # probabilities 3/4 each
    assert float(loss) == pytest.approx((log(4 / 3) + log(4)) / 2)
    assert layer.backward().tolist() == pytest.approx([(3 / 4 - 1) / 2, (3 / 4) / 2])


def test_sigmoid_is_softmax_of_two():
    x = RNG.normal(size=6)
    labels = np.array([0, 1, 1, 0, 1, 0])
    both = SoftmaxWithLoss().forward(np.stack([np.zeros(6), x], axis=1), labels)
    assert SigmoidWithLoss().forward(x, labels) == pytest.approx(both, rel=1e-13)


def test_masked_terms_do_not_count():
    layer = SigmoidWithLoss()
    x, labels, mask = np.array([[0.5, 1e3], [2.0, -1.0]]), np.array([[1, 0], [0, 1]]), np.array([[1, 0], [1, 1]])
    terms = [log(1 + exp(-0.5)), log(1 + exp(2.0)), log(1 + exp(1.0))]
    assert layer.forward(x, labels, mask) == pytest.approx(sum(terms) / 2)  # over 2 examples, not 3 terms
    assert layer.backward()[0, 1] == 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("sign", [1, -1])
def test_extreme_scores_stay_finite(sign, dtype, xp):
    """Warnings and floating-point errors raise in these tests."""
    x = xp.asarray([[sign * 1000.0, -sign * 1000.0]], dtype)
    for layer, t, expected in [
        (SoftmaxWithLoss(), [1], 2000 if sign == 1 else 0),
        (SigmoidWithLoss(), [[0, 1]], 2000 if sign == 1 else 0),
    ]:
        assert float(layer.forward(x, xp.asarray(t))) == expected
        assert bool(xp.isfinite(layer.backward()).all())
    W = xp.asarray([[1000.0], [-1000.0]], dtype)
    negative_sampling = NegativeSamplingLoss(W)
    loss = negative_sampling.forward(xp.asarray([[sign * 1.0]], dtype), xp.asarray([0]), xp.asarray([[1]]))
    assert float(loss) == (0 if sign == 1 else 2000)
    assert bool(xp.isfinite(negative_sampling.backward()).all())


def test_a_tiny_loss_is_not_rounded_to_zero():
    """-log(sigmoid(50)) is 2e-22; with 1e-7 inside the logarithm it would be -1e-7."""
    assert SigmoidWithLoss().forward(np.array([50.0]), np.array([1])) == pytest.approx(exp(-50), rel=1e-12)


def softplus(x):
    return log(1 + exp(x))


def test_negative_sampling_by_hand(xp):
    W = xp.asarray([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]])
    layer = NegativeSamplingLoss(W)
    h = xp.asarray([[1.0, -1.0]])  # scores 1, -1, 0
    loss = layer.forward(h, xp.asarray([0]), xp.asarray([[1, 2]]))
    assert float(loss) == pytest.approx(softplus(-1) + softplus(-1) + softplus(0))
    p = 1 / (1 + exp(-1))
    d = [p - 1, 1 - p, 0.5]  # sigmoid(score) - label
    assert layer.backward().tolist()[0] == pytest.approx([d[0] + 2 * d[2], d[1] + 2 * d[2]])
    assert layer.grads[0].to_dense().tolist() == [pytest.approx([k, -k]) for k in d]


def test_a_negative_equal_to_the_target_is_skipped_and_a_repeated_one_counts_twice():
    W, h, target = RNG.normal(size=(5, 3)), RNG.normal(size=(1, 3)), np.array([2])
    loss = lambda negatives: NegativeSamplingLoss(W).forward(h, target, np.array([negatives]))
    assert loss([2, 2, 2]) == pytest.approx(SigmoidWithLoss().forward(h @ W[2], np.array([1])))
    assert loss([4, 2]) == pytest.approx(loss([4]))
    assert loss([4, 4]) - loss([4]) == pytest.approx(loss([4]) - loss([2]))


def test_skip_gram_shapes_agree_with_one_pair_at_a_time():
    """Shared and per-pair negatives against the plain (B, D) form, with and without a mask."""
    W, h = RNG.normal(size=(6, 3)), RNG.normal(size=(2, 3, 3))
    target, mask = np.array([1, 4]), np.array([[True, False, True], [True, True, True]])
    per_pair = RNG.integers(6, size=(2, 3, 4))
    for negatives in (per_pair[:, 0], per_pair):
        layer = NegativeSamplingLoss(W, "sum")
        loss = layer.forward(h, target, negatives, mask)
        dh = layer.backward()
        total, dW = 0.0, np.zeros_like(W)
        for b, c in zip(*mask.nonzero()):
            one = NegativeSamplingLoss(W, "sum")
            drawn = negatives[b] if negatives.ndim == 2 else negatives[b, c]
            total += one.forward(h[b, c][None], target[b][None], drawn[None])
            np.testing.assert_allclose(dh[b, c], one.backward()[0], rtol=1e-12)
            dW += one.grads[0].to_dense()
        assert loss == pytest.approx(total, rel=1e-12)
        np.testing.assert_allclose(layer.grads[0].to_dense(), dW, rtol=1e-12, atol=1e-15)
        assert not dh[0, 1].any()


@pytest.mark.parametrize("make", [SoftmaxWithLoss, SigmoidWithLoss])
def test_mean_is_sum_over_the_batch(make):
    x, t = RNG.normal(size=(4, 2)), np.array([[0, 1], [1, 0], [0, 1], [1, 0]])
    mean, total = make("mean"), make("sum")
    assert mean.forward(x, t) == pytest.approx(total.forward(x, t) / 4)
    np.testing.assert_allclose(mean.backward(8.0), total.backward(2.0))


def test_glove_by_hand(xp):
    """w . c + b_i + b_j = 2 * 3 + 1 - 4 = 3; log X = 2; f = (e^2 / 4 e^2)^0.5 = 1/2: the loss is 1/2 (3 - 2)^2."""
    f = lambda *values: xp.asarray(values)
    layer = GloVeLoss(f([0.0], [2.0]), f([3.0], [9.0]), f(0.0, 1.0), f(-4.0, 0.0), x_max=4 * exp(2), alpha=0.5)
    assert float(layer.forward(xp.asarray([1]), xp.asarray([0]), f(exp(2)))) == pytest.approx(0.5)
    assert layer.backward() is None
    d = 2 * 0.5 * 1
    assert [g.ids.tolist() for g in layer.grads] == [[1], [0], [1], [0]]
    assert [g.rows.ravel().tolist() for g in layer.grads] == [pytest.approx([k]) for k in (3 * d, 2 * d, d, d)]


def test_glove_weighs_large_counts_as_one():
    W, b = np.zeros((1, 1)), np.zeros(1)
    i = np.array([0])
    loss = lambda X: GloVeLoss(W, W, b, b).forward(i, i, np.array([X]))
    assert loss(1e6) == pytest.approx(log(1e6) ** 2)
    assert loss(1.0) == 0
    assert loss(10.0) == pytest.approx(0.1**0.75 * log(10) ** 2)


@pytest.mark.parametrize("count", [0.0, -1.0, float("nan")])
def test_glove_needs_positive_counts(count):
    W, b, i = np.zeros((2, 1)), np.zeros(2), np.array([0, 1])
    with pytest.raises(OptionError, match="counts must be above 0"):
        GloVeLoss(W, W, b, b).forward(i, i, np.array([1.0, count]))


def test_the_sum_over_an_empty_batch_is_zero():
    W = np.ones((4, 3))
    for layer, inputs in [
        (SoftmaxWithLoss("sum"), [F(0, 3), I(0)]),
        (SigmoidWithLoss("sum"), [F(0, 3), I(0, 3)]),
        (NegativeSamplingLoss(W, "sum"), [F(0, 3), I(0), I(0, 5)]),
        (NegativeSamplingLoss(W, "sum"), [F(0, 2, 3), I(0), I(0, 2, 5), I(0, 2)]),
    ]:
        assert layer.forward(*inputs) == 0
        assert layer.backward().shape == inputs[0].shape
    assert len(layer.grads[0].ids) == 0


def test_an_unknown_reduction():
    for make in (SoftmaxWithLoss, SigmoidWithLoss, lambda r: NegativeSamplingLoss(np.ones((2, 2)), r)):
        with pytest.raises(OptionError, match="reduction must be 'mean' or 'sum'; got 'average'"):
            make("average")


@pytest.mark.parametrize(
    "layer, inputs, message",
    [
        (SoftmaxWithLoss(), [F(2, 3), I(3)], r"t ids \(B,\) or probabilities \(B, V\); got \(2, 3\) and \(3,\)"),
        (SoftmaxWithLoss(), [F(2), I(2)], r"x must be \(B, V\)"),
        (SoftmaxWithLoss(), [I(2, 3), I(2)], "x must be floating point; got int64"),
        (SoftmaxWithLoss(), [F(2, 3), I(2) + 3], r"ids must be in 0 \.\. 2; got 3 \.\. 3"),
        (SoftmaxWithLoss(), [F(0, 3), I(0)], "SoftmaxWithLoss: an empty batch has no mean"),
        (SigmoidWithLoss(), [F(2, 3), I(2)], r"one shape \(B, ...\); got x \(2, 3\), labels \(2,\), no mask"),
        (SigmoidWithLoss(), [F(2), I(2), I(3)], r"labels \(2,\), mask \(3,\)"),
        (SigmoidWithLoss(), [F(0), I(0)], "SigmoidWithLoss: an empty batch has no mean"),
        (SigmoidWithLoss(), [F(2), I(2) + 2], "labels must be 0 or 1"),
        (NegativeSamplingLoss(F(5, 4)), [F(2, 4), I(3), I(2, 6)], r"got h \(2, 4\), target \(3,\)"),
        (NegativeSamplingLoss(F(5, 4)), [F(2, 4), I(2), I(3, 6)], r"negatives \(3, 6\), no mask"),
        (NegativeSamplingLoss(F(5, 4)), [F(2, 4), I(2), I(2, 3, 6)], "negatives"),
        (NegativeSamplingLoss(F(5, 4)), [F(2, 3, 4), I(2), I(2, 6), I(2)], r"mask \(2,\)"),
        (NegativeSamplingLoss(F(5, 4)), [F(2, 3, 4), I(2), I(2, 2, 6)], "negatives"),
        (NegativeSamplingLoss(F(5, 3)), [F(2, 4), I(2), I(2, 6)], r"h must be \(B, 3\)"),
        (NegativeSamplingLoss(F(5, 4)), [F(2, 4), I(2), I(2, 6) + 5], r"ids must be in 0 \.\. 4"),
        (NegativeSamplingLoss(F(5, 4)), [F(4), I(1), I(1, 6)], "h must be"),
        (GloVeLoss(F(3, 2), F(3, 2), F(3), F(3)), [I(2), I(3), F(2) + 1], r"i, j, X must be \(B,\)"),
        (GloVeLoss(F(3, 2), F(3, 2), F(3), F(3)), [I(2), I(2) + 3, F(2) + 1], r"ids must be in 0 \.\. 2; got 3"),
    ],
)
def test_inputs_that_do_not_fit(layer, inputs, message):
    with pytest.raises(ShapeError, match=message):
        layer.forward(*inputs)


def test_glove_parameters_that_do_not_fit():
    with pytest.raises(ShapeError, match=r"W_in and W_out must be \(V, D\); got \(3, 2\) and \(3, 1\)"):
        GloVeLoss(F(3, 2), F(3, 1), F(3), F(3))
    with pytest.raises(ShapeError, match=r"b_in and b_out must be \(V,\); got \(3,\) and \(2,\)"):
        GloVeLoss(F(3, 2), F(3, 2), F(3), F(2))
    with pytest.raises(OptionError, match="x_max must be above 0"):
        GloVeLoss(F(3, 2), F(3, 2), F(3), F(3), x_max=0)

"""The course's exercises, with answers computed by the library and common mistakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordvec.corpus import contexts_and_targets, number_words
from wordvec.counts import dense_cooccurrences, dense_ppmi
from wordvec.layers import (
    Affine,
    MatMul,
    Mean,
    NegativeSamplingLoss,
    ReLU,
    Repeat,
    cross_entropy_error,
    numerical_gradient,
    sigmoid,
    softmax,
)
from wordvec.networks import SGD, Momentum

SENTENCE = "you say goodbye and i say hello ."


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    expected   returns the right answer; if the answer is a function, its value for `given`
    mistakes   (a wrong answer, or a function that returns it; key of the message that explains it)
    given      arguments that a reader's function is tried with; () if the answer is numbers
    """

    expected: Callable[..., Any]
    mistakes: tuple[tuple[Any, str], ...] = ()
    given: tuple[np.ndarray, ...] = ()


def _neuron() -> Any:
    return Affine(np.array([[2.0], [-1.0]]), np.array([3.0])).forward(np.array([[4.0, 5.0]]))


def _two_products() -> Any:
    first, second = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    return MatMul(second).forward(first)


def _gradient_of_square_times() -> Any:
    x = np.array([2.0, 3.0])
    return numerical_gradient(lambda: x[0] ** 2 * x[1], x)


def _slope_at_two() -> Any:
    x = np.array([2.0])
    return numerical_gradient(lambda: (x**2 + 3 * x).sum(), x)


def _sum_times() -> Any:
    x = np.array([2.0, 3.0, 4.0])
    return numerical_gradient(lambda: (x[0] + x[1]) * x[2], x)


def _repeat_backward() -> Any:
    repeat = Repeat(3)
    repeat.forward(np.zeros((1, 2)))
    return repeat.backward(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))


def _matmul_backward() -> Any:
    matmul = MatMul(np.zeros((2, 2)))
    matmul.forward(np.array([[1.0, 2.0]]))
    matmul.backward(np.array([[3.0, 4.0]]))
    return matmul.grads[0]


def _one_step() -> Any:
    W = np.array([1.0, -2.0])
    SGD(learning_rate=0.1).update([W], [np.array([10.0, 4.0])])
    return W


def _two_steps_with_momentum() -> Any:
    W, momentum = np.array([0.0]), Momentum(learning_rate=0.1, momentum=0.9)
    for _ in range(2):
        momentum.update([W], [np.array([1.0])])
    return W


def _counts() -> tuple[np.ndarray, list[str]]:
    ids, words = number_words(SENTENCE.split())
    return dense_cooccurrences(ids, np.array([0, len(ids)]), len(words), window=1), words


def _row_of_say() -> Any:
    counts, words = _counts()
    return counts[words.index("say")]


def _ppmi_in_bits() -> Any:
    counts, words = _counts()
    return dense_ppmi(counts, context_smoothing=1.0)[words.index("you"), words.index("say")] / np.log(2)


def _cosine() -> Any:
    a, b = np.array([1.0, 2.0]), np.array([2.0, 1.0])
    return a @ b / np.sqrt((a @ a) * (b @ b))


def _hidden() -> Any:
    W_in = np.array([[1.0, 2.0], [0.0, 0.0], [3.0, 6.0]])
    return Mean().forward(W_in[np.array([[0, 2]])])


def _loss_of_zero_scores() -> Any:
    return NegativeSamplingLoss(np.zeros((5, 2))).forward(np.ones((1, 2)), np.array([0]), np.array([[1, 2, 3]]))


def _kept() -> Any:
    t, f = 1e-3, 0.1
    return (np.sqrt(f / t) + 1) * t / f


def _noise() -> Any:
    counts = np.array([16.0, 1.0]) ** 0.75
    return counts / counts.sum()


def _analogy() -> Any:
    man, king, woman = np.array([1.0, 0.0]), np.array([1.0, 2.0]), np.array([3.0, 0.0])
    return king - man + woman


CONFUSION = np.array([[40, 10], [5, 45]])

EXERCISES: dict[str, Exercise] = {
    "1.1": Exercise(_neuron, ((3.0, "no_bias"),)),
    "1.2": Exercise(lambda: np.zeros((32, 100)).dot(np.zeros((100, 10))).shape, (([100, 10], "shape_of_W"),)),
    "1.3": Exercise(lambda: [[2.0, 1.0], [3.0, -1.0]]),
    "2.1": Exercise(lambda: ReLU().forward(np.array([-3.0, 0.0, 4.0])), (([3, 0, 4], "absolute_value"),)),
    "2.2": Exercise(lambda: sigmoid(np.log(3.0)), ((0.25, "sigmoid_of_minus"), (0.8, "not_exponential"))),
    "2.3": Exercise(_two_products, (([[3, 4], [1, 2]], "product_order"),)),
    "3.1": Exercise(lambda: softmax(np.log(np.array([1.0, 3.0]))), (([1, 3], "not_divided"), ([0, 1], "not_exp"))),
    "3.2": Exercise(
        lambda: cross_entropy_error(np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 0])),
        ((3 * np.log(2), "sum_not_mean"),),
    ),
    "3.3": Exercise(lambda: np.log(1000.0), ((3.0, "base_ten"), (0.001, "not_logarithm"))),
    "4.1": Exercise(_slope_at_two, ((10.0, "value_not_slope"), (4.0, "term_missing"))),
    "4.2": Exercise(lambda: ((3 + 1) ** 2 - (3 - 1) ** 2) / 2, ((7.0, "one_sided"), (5.0, "one_sided"))),
    "4.3": Exercise(_gradient_of_square_times),
    "5.1": Exercise(_sum_times, (([4, 4, 4], "other_factor"),)),
    "5.2": Exercise(_repeat_backward, (([[3, 4]], "mean_not_sum"), ([3, 4], "mean_not_sum"))),
    "5.3": Exercise(_matmul_backward),
    "6.1": Exercise(lambda: abs(2.02 - 2.0) / 2.0, ((0.02, "absolute_error"),)),
    "6.2": Exercise(
        lambda x, dout: 3 * x**2 * dout,
        ((lambda x, dout: 3 * x**2, "forgot_dout"), (lambda x, dout: 3 * x * dout, "power_lost")),
        given=(np.array([1.0, -2.0, 0.5]), np.array([1.0, 0.5, -3.0])),
    ),
    "6.3": Exercise(
        lambda: float(np.finfo(np.float32).eps) / 1e-5, ((float(np.finfo(np.float64).eps) / 1e-5, "in_64"),)
    ),
    "7.1": Exercise(_one_step, (([2, -1.6], "uphill"), ([-9, -6], "no_learning_rate"))),
    "7.2": Exercise(_two_steps_with_momentum, ((-0.2, "no_memory"), (-0.19, "velocity"))),
    "7.3": Exercise(lambda: np.sqrt(2 / 200), ((0.01, "variance"), (np.sqrt(1 / 200), "no_two"))),
    "8.1": Exercise(
        lambda: [CONFUSION[1, 1] / CONFUSION[:, 1].sum(), CONFUSION[1, 1] / CONFUSION[1].sum()],
        (([45 / 50, 45 / 55], "swapped_measures"),),
    ),
    "8.2": Exercise(
        lambda: int(np.argmin([1.0, 0.8, 0.7, 0.72, 0.71, 0.75])) + 1, ((5, "stop_epoch"), (2, "from_zero"))
    ),
    "8.3": Exercise(lambda: 100 - 100 // 5, ((20, "one_fold"),)),
    "9.1": Exercise(_row_of_say, (([0, 0, 1, 0, 0, 1, 0], "one_side_only"),)),
    "9.2": Exercise(_cosine, ((4.0, "dot_not_cosine"),)),
    "9.3": Exercise(_ppmi_in_bits, ((np.log(14 / 4), "natural"),)),
    "10.1": Exercise(
        lambda: contexts_and_targets(np.arange(4), 1)[0], (([[0, 1, 2], [1, 2, 3]], "has_target"), ([1, 2], "targets"))
    ),
    "10.2": Exercise(_hidden, (([[4, 8]], "sum_not_mean_h"), ([4, 8], "sum_not_mean_h"), ([2, 4], "right"))),
    "10.3": Exercise(_loss_of_zero_scores, ((np.log(2), "one_term"), (3 * np.log(2), "target_term"))),
    "11.1": Exercise(lambda: 2 * (3 - 1), ((2, "pair_once"), (6, "all_pairs"))),
    "11.2": Exercise(_kept, ((0.1, "only_root"), (0.89, "dropped"))),
    "11.3": Exercise(_noise, (([16 / 17, 1 / 17], "no_power"), ([8, 1], "not_probabilities"))),
    "12.1": Exercise(_analogy, (([-1, 2], "analogy_order"), ([3, -2], "analogy_order"))),
    "12.2": Exercise(
        lambda: 1.96 * np.sqrt(0.9 * 0.1 / 50), ((np.sqrt(0.9 * 0.1 / 50), "no_1_96"), (1.96 * 0.3, "not_by_n"))
    ),
    "12.3": Exercise(lambda: 1.0, ((10.0, "length_counts"),)),
}

"""Embedding and RowGradient."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.errors import ShapeError
from wordvec.layers import Embedding, RowGradient, add_gradients


def test_repeated_ids_collect_their_gradients(xp):
    embedding = Embedding(xp.zeros((4, 2)))
    assert embedding.forward(xp.asarray([[3, 1], [3, 3]])).shape == (2, 2, 2)
    dout = xp.asarray([[[1.0, 0.0], [5.0, 5.0]], [[10.0, 0.0], [100.0, 1.0]]])
    assert embedding.backward(dout) is None  # ids get no gradient
    gradient = embedding.grads[0]
    assert gradient.ids.tolist() == [1, 3]
    assert gradient.rows.tolist() == [[5, 5], [111, 1]]
    assert gradient.to_dense().tolist() == [[0, 0], [5, 5], [0, 0], [111, 1]]


def test_a_list_of_gradients_gathered_once_sees_every_backward():
    embedding = Embedding(np.zeros((4, 1)))
    gathered = list(embedding.grads)
    for word_id in (1, 2):
        embedding.forward(np.array([word_id]))
        embedding.backward(np.ones((1, 1)))
    assert gathered[0].ids.tolist() == [2]


def test_before_any_backward_the_gradient_is_zero():
    gradient = Embedding(np.ones((3, 2), np.float32)).grads[0]
    assert gradient.to_dense().tolist() == [[0, 0]] * 3
    assert gradient.rows.dtype == np.float32


def test_no_ids_at_all():
    embedding = Embedding(np.ones((3, 2)))
    assert embedding.forward(np.zeros((0, 5), int)).shape == (0, 5, 2)
    embedding.backward(np.zeros((0, 5, 2)))
    assert len(embedding.grads[0].ids) == 0


def test_memory_follows_the_rows_not_the_vocabulary():
    embedding = Embedding(np.zeros((100_000, 8), np.float32))
    embedding.forward(np.array([5, 99_999]))
    embedding.backward(np.ones((2, 8), np.float32))
    assert embedding.grads[0].rows.nbytes == 2 * 8 * 4


@pytest.mark.parametrize(
    "ids, message",
    [
        ([0, 5], r"ids must be in 0 \.\. 4; got 0 \.\. 5"),
        ([-1, 0], r"ids must be in 0 \.\. 4; got -1 \.\. 0"),
        ([0.0, 1.0], "ids must be integers; got float64"),
        ([True, False], "ids must be integers; got bool"),
    ],
)
def test_ids_that_are_none(ids, message):
    with pytest.raises(ShapeError, match=f"Embedding: {message}"):
        Embedding(np.ones((5, 2))).forward(np.array(ids))


@pytest.mark.parametrize(
    "ids, rows, shape",
    [
        ([0, 1], np.ones((3, 2)), (4, 2)),
        ([0, 1], np.ones((2, 3)), (4, 2)),
        ([1, 0], np.ones((2, 2)), (4, 2)),
        ([1, 1], np.ones((2, 2)), (4, 2)),
        ([1, 4], np.ones((2, 2)), (4, 2)),
        ([-1, 2], np.ones((2, 2)), (4, 2)),
    ],
)
def test_row_gradients_that_do_not_fit(ids, rows, shape):
    with pytest.raises(ShapeError, match="RowGradient: ids"):
        RowGradient(np.array(ids), rows, shape)


@given(st.lists(st.integers(0, 5), max_size=12), st.lists(st.integers(0, 5), max_size=12))
def test_sums_of_gradients_are_the_dense_sums(first, second):
    W = np.zeros((6, 3))
    gradients = []
    for k, ids in enumerate((first, second)):
        embedding = Embedding(W)
        embedding.forward(np.array(ids, int))
        embedding.backward(np.arange(3.0 * len(ids)).reshape(-1, 3) + k)
        gradients.append(embedding.grads[0])
    a, b = gradients
    dense = a.to_dense() + b.to_dense()
    np.testing.assert_array_equal(add_gradients(a, b).to_dense(), dense)
    np.testing.assert_array_equal(add_gradients(a.to_dense(), b), dense)
    np.testing.assert_array_equal(add_gradients(a, b.to_dense()), dense)
    np.testing.assert_array_equal(add_gradients(a.to_dense(), b.to_dense()), dense)


def test_gradients_of_different_parameters_do_not_add():
    with pytest.raises(ShapeError, match=r"got \(2, 1\) and \(1, 2\)"):
        add_gradients(np.ones((2, 1)), np.ones((1, 2)))


def test_a_row_gradient_prints_what_it_is():
    gradient = RowGradient(np.array([1]), np.ones((1, 2)), (9, 2))
    assert repr(gradient) == "RowGradient(1 of 9 rows, shape=(9, 2), float64)"

"""What the tests of several kernels start from, and how they compare tables."""

import numpy as np
from scipy.sparse import csr_array

GLOVE_WORDS = 23


def distance(a, b):
    """The largest root mean square of the differences of two lists of tables."""
    return max(float(np.sqrt(np.mean((x.astype(np.float64) - y) ** 2))) for x, y in zip(a, b))


def make_matrix(seed=0, words=GLOVE_WORDS):
    """Half of all cells, counts around and above x_max, some of them 1 (whose logarithm is 0) and x_max itself."""
    rng = np.random.default_rng(seed)
    dense = np.exp(3 * rng.normal(size=(words, words))) * (rng.random((words, words)) < 0.5)
    dense[0, :] = dense[:, 0] = 7.5  # a word that meets all others
    dense[1, :8], dense[2, :8] = 1.0, 100.0
    return csr_array(dense)


def random_sparse(rows, columns, density, seed=1):
    """A sparse matrix of float64 numbers in [0, 1), at random places."""
    rng = np.random.default_rng(seed)
    return csr_array(rng.random((rows, columns)) * (rng.random((rows, columns)) < density))


def random_arrays(dimension, words=GLOVE_WORDS, seed=1):
    """W_in, W_out, b_in and b_out of GloVe."""
    rng = np.random.default_rng(seed)
    W = [(rng.normal(size=(words, dimension)) / np.sqrt(dimension)).astype(np.float32) for _ in range(2)]
    return [*W, *(rng.normal(size=(2, words)) / 2).astype(np.float32)]

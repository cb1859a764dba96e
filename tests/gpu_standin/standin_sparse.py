"""What wordvec uses of cupyx.scipy.sparse, on stand-in arrays: csr_matrix, products, transposes."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from standin_arrays import ndarray, wrap


class csr_matrix:  # CuPy's name
    """As CuPy's: float32 or float64 (or bool), 32-bit indices."""

    def __init__(self, source, shape=None, dtype=None):
        if isinstance(source, tuple):
            data, indices, indptr = source
            assert all(isinstance(part, ndarray) for part in source), "cupyx takes arrays on the GPU"
            assert indices.dtype == indptr.dtype == np.int32, "cupyx has 32-bit indices"
            inside = (part.numpy_inside for part in (data, indices, indptr))
            self.scipy_inside = scipy.sparse.csr_matrix(tuple(inside), shape=shape, dtype=dtype)
        elif isinstance(source, csr_matrix):
            self.scipy_inside = scipy.sparse.csr_matrix(source.scipy_inside, dtype=dtype)
        else:
            assert scipy.sparse.issparse(source), "dense matrices are not turned into sparse ones here"
            self.scipy_inside = scipy.sparse.csr_matrix(source, dtype=dtype)
        if self.scipy_inside.dtype not in (np.float32, np.float64, np.bool_):
            raise ValueError("Only bool, float32, float64, complex64 and complex128 are supported")  # CuPy's words

    shape = property(lambda self: self.scipy_inside.shape)
    nnz = property(lambda self: self.scipy_inside.nnz)
    dtype = property(lambda self: self.scipy_inside.dtype)
    data = property(lambda self: wrap(self.scipy_inside.data))
    indices = property(lambda self: wrap(self.scipy_inside.indices))
    indptr = property(lambda self: wrap(self.scipy_inside.indptr))
    T = property(lambda self: Transposed(self.scipy_inside.T))

    def __matmul__(self, dense):
        assert isinstance(dense, ndarray) and dense.dtype == self.dtype
        return wrap(self.scipy_inside @ dense.numpy_inside)

    def toarray(self):
        return wrap(self.scipy_inside.toarray())

    def astype(self, dtype):
        return csr_matrix(self, dtype=dtype)

    def get(self):
        return self.scipy_inside.copy()


class Transposed:
    """A csc_matrix: made into csr_matrix before anything else is done with it."""

    def __init__(self, scipy_inside):
        self.scipy_inside = scipy_inside

    def tocsr(self):
        return csr_matrix(self.scipy_inside.tocsr())


def issparse(value):
    return isinstance(value, (csr_matrix, Transposed))

"""Keep numpy's and scipy's matrix products to one thread."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def one_blas_thread() -> AbstractContextManager[object]:
    """Within the context, BLAS and LAPACK run on one thread: the same bytes on any machine, and faster for small
    products, whose threads would mostly wait for each other.

    >>> with one_blas_thread():
    ...     ThreadpoolController().select(user_api="blas").info()[0]["num_threads"]
    1
    """
    return _libraries("scipy.linalg" in sys.modules).limit(limits=1, user_api="blas")


@cache
def _libraries(with_scipy: bool) -> ThreadpoolController:
    """The libraries that are loaded. Looking for them takes as long as a small product, hence once; scipy, which may be
    loaded later, brings its own.
    """
    return ThreadpoolController()

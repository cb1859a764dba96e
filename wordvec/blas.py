"""Keep numpy's and scipy's matrix products to one thread."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def one_blas_thread() -> AbstractContextManager[object]:
    """A context in which BLAS and LAPACK run on one thread.

    Then the order of additions does not depend on the number of cores, and small products are faster: their threads
    would mostly wait for each other.

    >>> with one_blas_thread():
    ...     ThreadpoolController().select(user_api="blas").info()[0]["num_threads"]
    1
    """
    return _libraries("scipy.linalg" in sys.modules).limit(limits=1, user_api="blas")


@cache
def _libraries(with_scipy: bool) -> ThreadpoolController:
    """The libraries that are loaded, found once, because looking for them takes long. scipy brings its own later."""
    return ThreadpoolController()

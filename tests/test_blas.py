"""Products on one thread, whatever number of threads numpy's and scipy's libraries would use."""

import os
import subprocess
import sys

from threadpoolctl import threadpool_info, threadpool_limits

from wordvec.blas import one_blas_thread


def threads():
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_one_thread_within_and_as_before_afterwards():
    with threadpool_limits(2, "blas"):
        before = threads()
        for _ in range(2):
            with one_blas_thread():
                assert threads() == {1}
            assert threads() == before


def test_the_library_of_scipy_is_found_when_it_is_loaded_later():
    program = (
        "import numpy, test_blas\nwith test_blas.one_blas_thread(): pass\n"
        "import scipy.linalg\nwith test_blas.one_blas_thread(): print(test_blas.threads())"
    )
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "2", "PYTHONPATH": os.path.dirname(__file__)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "{1}\n"

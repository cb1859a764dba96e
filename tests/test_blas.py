"""Products on one thread, whatever number of threads numpy's and scipy's libraries would use.

In processes of their own: others in the suite's may have loaded libraries that numpy and scipy do not use.
"""

import os
import subprocess
import sys

LATER = "import numpy\nwith one_blas_thread(): pass\nimport scipy.linalg\nwith one_blas_thread(): show()"
TWICE = "import scipy.linalg\nshow()\nwith one_blas_thread(): show()\nshow()\nwith one_blas_thread(): show()\nshow()"
SHOW = """
from threadpoolctl import threadpool_info
from wordvec.blas import one_blas_thread
def show(): print(*{library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"})
"""


def printed(program):
    environment = os.environ | dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), "2")
    command = [sys.executable, "-c", SHOW + program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()


def test_one_thread_within_and_as_before_afterwards():
    before, *then = printed(TWICE)  # 2, if there are as many cores
    assert then == ["1", before, "1", before]


def test_the_library_of_scipy_is_found_when_it_is_loaded_later():
    assert printed(LATER) == ["1"]

"""Products on one thread, whatever number of threads numpy's and scipy's libraries would use.

In processes of their own: others in the suite's may have loaded libraries that numpy and scipy do not use.
"""

import os
import subprocess
import sys

import pytest

LATER = "import numpy\nwith one_blas_thread(): pass\nimport scipy.linalg\nwith one_blas_thread(): show()"
TWICE = "import scipy.linalg\nwith one_blas_thread(): show()\nshow()\nwith one_blas_thread(): show()\nshow()"
SHOW = """
from threadpoolctl import threadpool_info
from wordvec.blas import one_blas_thread
def show(): print(*{library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"})
"""


@pytest.mark.parametrize("program", [TWICE, LATER])
def test_one_thread_within_and_as_before_afterwards(program):
    environment = os.environ | dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), "2")
    command = [sys.executable, "-c", SHOW + program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    within, after = done.stdout.splitlines()[::2], done.stdout.splitlines()[1::2]
    assert set(within) == {"1"}
    assert len(set(after)) <= 1  # 2, if there are as many cores

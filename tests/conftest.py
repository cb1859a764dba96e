"""Fixtures shared by all tests: devices, real data where present, and strict floating point."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from wordvec.arrays import device_module
from wordvec.errors import DeviceUnavailableError

settings.register_profile("no deadlines", deadline=None)  # first calls compile or load tables, and machines are busy
settings.load_profile("no deadlines")

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("WORDVEC_TEST_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session", autouse=True)
def matplotlib_without_a_window():
    os.environ.setdefault("MPLBACKEND", "Agg")


@pytest.fixture(autouse=True)
def floating_point_errors_raise():
    """Division by zero and invalid operations are faults; underflow to zero is what a stable softmax does."""
    with np.errstate(divide="raise", invalid="raise", over="raise"):
        yield


@pytest.fixture(params=["cpu", pytest.param("gpu", marks=pytest.mark.gpu)])
def xp(request):
    """numpy, and cupy where there is a CUDA device."""
    try:
        return device_module(request.param)
    except DeviceUnavailableError as error:
        if os.environ.get("REQUIRE_GPU") == "1":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of real corpora and evaluation sets."""
    if not (DATA / "README.md").exists():
        pytest.skip(f"no real data at {DATA}: set WORDVEC_TEST_DATA to a folder that has it")
    return DATA

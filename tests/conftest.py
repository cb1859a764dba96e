"""Fixtures shared by all tests: devices and real data where present."""

from __future__ import annotations

import os
import shutil
import sys
from functools import cache
from pathlib import Path

import pytest

try:
    from hypothesis import HealthCheck, settings
except ModuleNotFoundError:  # scripts/gpu_check.sh runs the tests that a machine with a card can import
    pass
else:
    # The same examples in every run, and none refused because the machine is busy or a first call compiles. To look for
    # new ones: pytest --hypothesis-profile explore.
    EVERYWHERE = {"deadline": None, "database": None, "suppress_health_check": [HealthCheck.too_slow]}
    settings.register_profile("repeatable", derandomize=True, **EVERYWHERE)
    settings.register_profile("explore", derandomize=False, **EVERYWHERE)
    settings.load_profile("repeatable")

collect_ignore = ["gpu_standin", "plugins", "typing"]  # no tests: what tests run on, and what type checkers read
pytest_plugins = ["surroundings", "stable_ids", "report", "brief_workers", "browser"]

ROOT = Path(__file__).resolve().parents[1]
STANDIN = Path(__file__).with_name("gpu_standin")
DATA = Path(os.environ.get("WORDVEC_TEST_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(params=["cpu", "standin", pytest.param("gpu", marks=pytest.mark.gpu)])
def xp(request):
    """numpy; a stand-in for cupy on numpy, as strict as cupy; and cupy where there is a CUDA device."""
    if request.param == "standin":
        return request.getfixturevalue("gpu_standin")
    return _module_of(request.param)


@pytest.fixture(params=["standin", pytest.param("gpu", marks=pytest.mark.gpu)])
def gpu(request):
    """What cupy is to a test that compares it with numpy: the stand-in, and cupy where there is a CUDA device."""
    return request.getfixturevalue("gpu_standin") if request.param == "standin" else _module_of("gpu")


def _module_of(device: str):
    module = _modules(device)
    if isinstance(module, Exception):
        if os.environ.get("REQUIRE_GPU") == "1":
            raise module
        pytest.skip(str(module))
    return module


@cache
def _modules(device: str):
    """The device's array module, or why there is none: looked up once, for some hundred tests."""
    from wordvec.arrays import device_module
    from wordvec.errors import DeviceUnavailableError

    try:
        return device_module(device)
    except DeviceUnavailableError as error:
        return error


@pytest.fixture(scope="session")
def standin_modules() -> dict:
    """The modules that stand in for cupy and cupyx (see tests/gpu_standin), by name."""
    if not shutil.which("g++"):
        pytest.skip("the stand-in for cupy compiles CUDA sources for the CPU with g++, which is not installed")
    sys.path.insert(0, str(STANDIN))
    try:
        import standin_cupy
    finally:
        sys.path.remove(str(STANDIN))
    return {"cupy": standin_cupy.make_cupy(), **standin_cupy.make_cupyx()}


@pytest.fixture
def gpu_standin(monkeypatch, standin_modules):
    """``device="gpu"`` means the stand-in; returns what ``import cupy`` gives."""
    for name, module in standin_modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    return standin_modules["cupy"]


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of real corpora and evaluation sets."""
    if not (DATA / "README.md").exists():
        pytest.skip(f"no real data at {DATA}: set WORDVEC_TEST_DATA to a folder that has it")
    return DATA


@pytest.fixture(scope="session")
def nvrtc_log():
    """Compile CUDA source for an architecture such as "sm_90"; returns the compiler's log, "" when it has no complaint.

    NVRTC needs no card, and what it makes is what a card would run.
    """
    nvrtc = pytest.importorskip("cuda.bindings.nvrtc", reason="needs the packages cuda-bindings, nvidia-cuda-nvrtc")

    def compiled(source: str, architecture: str, macros=()) -> str:
        _, program = nvrtc.nvrtcCreateProgram(source.encode(), b"source.cu", 0, [], [])
        options = [b"-std=c++17", f"-arch={architecture}".encode(), *(macro.encode() for macro in macros)]
        (status,) = nvrtc.nvrtcCompileProgram(program, len(options), options)
        _, size = nvrtc.nvrtcGetProgramLogSize(program)
        log = bytearray(size)  # not b" " * size: the one b" " that all of Python shares would be written to
        nvrtc.nvrtcGetProgramLog(program, log)
        text = log.decode().strip("\0")
        if status == nvrtc.nvrtcResult.NVRTC_SUCCESS:
            _, size = nvrtc.nvrtcGetCUBINSize(program)
            assert size > 1000
            return text
        return text or str(status)

    return compiled


@pytest.fixture
def trained_here(monkeypatch) -> list:
    """Runs of `compare`, `stability` and `tune` train in this process; the list of what was trained."""
    from wordvec.experiments import child, run_folder

    trained = []

    def train(job, corpus_folder, out):
        trained.append(job.label)
        order = {"corpus": corpus_folder, "sample": job.sample, "unit": job.unit, "trainer": job.configuration.trainer}
        return child.run({**order, "options": job.options, "out": out, "show_progress": False})

    monkeypatch.setattr(run_folder, "train_in_child", train)
    return trained

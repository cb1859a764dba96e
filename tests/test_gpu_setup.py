"""Everything that can keep a GPU from being used is told apart, and each message names the way out."""

import importlib.metadata
import os
import sys
from types import SimpleNamespace

import pytest

from wordvec import arrays, gpu_setup
from wordvec.arrays import describe_device, device_module, free_memory, gpu_memory_errors
from wordvec.errors import DeviceUnavailableError, OptionError

NVIDIA = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  {}  Wed Feb 12 18:54:36 UTC 2026\nGCC version: 12.3.0\n"
OPEN = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build\nGCC version: gcc 12.3.0\n"


@pytest.fixture
def driver(monkeypatch, tmp_path):
    """Call with a driver's version to have it, with None for none."""

    def install(version):
        path = tmp_path / "version"
        path.unlink(missing_ok=True)
        if version is not None:
            path.write_text(NVIDIA.format(version) if version[0].isdigit() else version, encoding="ascii")
        monkeypatch.setattr(gpu_setup, "DRIVER_FILE", path)
        monkeypatch.setattr(gpu_setup.shutil, "which", lambda program: None)

    return install


@pytest.fixture
def wheels(monkeypatch):
    """Call with the wheels of CuPy that are to be found installed."""

    def install(**versions):
        found = [
            SimpleNamespace(metadata={"Name": name.replace("_", "-")}, version=version)
            for name, version in {"numpy": "2.4", "cupyish": "1.0", **versions}.items()
        ]
        monkeypatch.setattr(importlib.metadata, "distributions", lambda: found)

    return install


def message_of(xp, **runtime):
    """What check_device says, with parts of the stand-in's runtime replaced."""
    changed = SimpleNamespace(**{**vars(xp.cuda.runtime), **runtime})
    cuda = SimpleNamespace(**{**vars(xp.cuda), "runtime": changed})
    module = SimpleNamespace(__version__=xp.__version__, cuda=cuda)
    with pytest.raises(DeviceUnavailableError) as raised:
        gpu_setup.check_device(module)
    return str(raised.value)


def failing(xp, words):
    def fail():
        raise xp.cuda.runtime.CUDARuntimeError(words)

    return fail


@pytest.mark.parametrize(
    "version, expected",
    [
        ("580.65.06", r"^pip install 'wordvec\[gpu-cuda13\]' \(for this machine's driver, 580.65.06\)$"),
        (OPEN, r"gpu-cuda13\]' \(for this machine's driver, 580.65.06"),
        ("590.1", "gpu-cuda13"),
        ("535.104.05", "gpu-cuda12"),
        ("470.82.01", "driver 470.82.01 is too old for it: install 525 or newer"),
        (None, r"gpu-cuda12\]' or 'wordvec\[gpu-cuda13\]', to match the driver"),
        ("no number in here", "to match the driver"),
    ],
)
def test_the_extra_is_chosen_by_the_driver(driver, version, expected):
    driver(version)
    with pytest.raises(AssertionError, match=expected):
        raise AssertionError(gpu_setup.install_hint())


def test_the_driver_is_asked_for_where_it_has_no_file(driver, monkeypatch, tmp_path):
    driver(None)
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 550.54.14\n", encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setattr(gpu_setup.shutil, "which", lambda name: str(program))
    assert gpu_setup.driver_version() == "550.54.14"
    program.write_text("#!/bin/sh\nexit 9\n", encoding="ascii")
    assert gpu_setup.driver_version() is None


def test_without_cupy_the_extra_is_named(monkeypatch, driver, wheels):
    monkeypatch.setitem(sys.modules, "cupy", None)
    driver("535.104.05")
    wheels()
    with pytest.raises(
        DeviceUnavailableError, match=r"needs CuPy, which is not installed: pip install 'wordvec\[gpu-cuda12\]'"
    ):
        device_module("gpu")


def test_a_cupy_that_does_not_load_is_no_absent_cupy(monkeypatch, driver, wheels):
    monkeypatch.setitem(sys.modules, "cupy", None)
    driver("580.1")
    wheels(cupy_cuda12x="14.0.1")
    with pytest.raises(DeviceUnavailableError, match=r"cupy-cuda12x 14.0.1 is installed but does not load"):
        device_module("gpu")


def test_two_wheels_of_cupy_are_named(monkeypatch, driver, wheels):
    monkeypatch.setitem(sys.modules, "cupy", None)
    driver("580.1")
    wheels(cupy_cuda13x="14.2.0", cupy_cuda12x="14.1.0")
    with pytest.raises(DeviceUnavailableError) as raised:
        device_module("gpu")
    assert "2 wheels of CuPy are installed at once (cupy-cuda12x, cupy-cuda13x)" in str(raised.value)
    assert "pip uninstall cupy-cuda12x cupy-cuda13x, all of them, then pip install 'wordvec[gpu-cuda13]'" in str(
        raised.value
    )


@pytest.mark.parametrize("name, counts", [("cupy", 1), ("CuPy_cuda11x", 1), ("cupy-rocm-5-0", 1), ("cupyx-tools", 0)])
def test_names_of_wheels(wheels, name, counts):
    wheels(**{name: "1"})
    assert len(gpu_setup.cupy_wheels()) == counts


def test_an_old_cupy(gpu_standin, monkeypatch, wheels):
    wheels(cupy_cuda12x="13.6.0")
    monkeypatch.setattr(gpu_standin, "__version__", "13.6.0")
    assert message_of(gpu_standin) == (
        "device 'gpu' needs CuPy 14 or newer; CuPy 13.6.0 is installed: pip install --upgrade cupy-cuda12x"
    )


def test_no_driver(gpu_standin, driver):
    driver(None)
    count = failing(gpu_standin, "cudaErrorInsufficientDriver")
    assert "no NVIDIA driver" in message_of(gpu_standin, getDeviceCount=count, driverGetVersion=lambda: 0)


def test_a_container_without_the_drivers_library(gpu_standin, driver):
    driver("580.65.06")
    found = message_of(gpu_standin, getDeviceCount=failing(gpu_standin, "no driver"), driverGetVersion=lambda: 0)
    assert "the kernel has NVIDIA's driver 580.65.06, but its library libcuda is missing" in found
    assert "--gpus all" in found


def test_a_driver_older_than_the_wheel(gpu_standin, driver, wheels):
    driver("550.54.14")
    wheels(cupy_cuda13x="14.2.0")
    count = failing(gpu_standin, "cudaErrorInsufficientDriver")
    found = message_of(gpu_standin, getDeviceCount=count, driverGetVersion=lambda: 12040)
    assert "this driver (550.54.14, for CUDA 12.4) is too old for the installed CuPy, made for CUDA 13.0" in found
    assert "pip uninstall cupy-cuda13x, then pip install 'wordvec[gpu-cuda12]'" in found


def test_a_driver_that_finds_no_device(gpu_standin, driver):
    driver("580.1")
    found = message_of(gpu_standin, getDeviceCount=failing(gpu_standin, "cudaErrorNoDevice: no CUDA-capable device"))
    assert "no usable CUDA device (cudaErrorNoDevice" in found
    assert "CUDA_VISIBLE_DEVICES" in found
    assert "no CUDA device; use 'cpu'" in message_of(gpu_standin, getDeviceCount=lambda: 0)


@pytest.mark.parametrize(
    "chip, cuda, expected",
    [
        ((6, 1), 12, "Old card has compute capability 6.1; needed is 7.0 or higher: use 'cpu'"),
        ((7, 0), 13, "needed is 7.5 or higher: pip uninstall cupy-cuda13x, then pip install 'wordvec[gpu-cuda12]'"),
    ],
)
def test_a_card_too_old(gpu_standin, chip, cuda, expected):
    properties = {"name": b"Old card", "major": chip[0], "minor": chip[1]}
    runtime = {"getDeviceProperties": lambda device: properties, "runtimeGetVersion": lambda: 1000 * cuda}
    assert expected in message_of(gpu_standin, **runtime)


def test_a_card_that_suits_is_described(gpu):
    device_module("gpu")
    card = describe_device()
    assert card.compute_capability >= (7, 0)
    assert 0 < card.free <= card.memory
    assert card.name in str(card)
    assert "compute capability" in str(card)
    assert 0 < free_memory() <= card.memory


def test_the_cpu_has_no_card():
    assert describe_device("cpu") is None


def test_what_needs_too_much_memory_is_not_begun(gpu):
    with pytest.raises(OptionError) as raised, gpu_memory_errors("a table", needed=2**60):
        pytest.fail("begun")
    assert "a table needs 1073741824.00 GiB of the GPU's memory, of which " in str(raised.value)
    assert "GiB are free: take fewer dimensions (--dim)" in str(raised.value)


def test_memory_that_runs_out_names_what_to_lower(gpu):
    message = r"a table needs more of the GPU's memory.*free: less of it"
    with pytest.raises(OptionError, match=message), gpu_memory_errors("a table", lower="less of it"):
        raise gpu.cuda.memory.OutOfMemoryError(1, 2)
    with pytest.raises(ZeroDivisionError), gpu_memory_errors("a table", needed=1):
        raise ZeroDivisionError


def test_the_cpu_is_not_asked_for_memory(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    with gpu_memory_errors("a table", needed=2**60, device="cpu"):
        pass


def test_the_check_is_made_once(gpu_standin, monkeypatch):
    device_module("gpu")
    monkeypatch.setattr(gpu_setup, "check_device", lambda cupy: pytest.fail("checked again"))
    assert device_module("gpu") is gpu_standin


def test_kernels_are_compiled_once(gpu):
    first, again = (
        arrays.gpu_kernel(gpu, arrays.ROWS_SOURCE, "sum_pieces", REAL="float", ID="int", PIECE=32) for _ in range(2)
    )
    other = arrays.gpu_kernel(gpu, arrays.ROWS_SOURCE, "sum_pieces", REAL="double", ID="int", PIECE=32)
    assert first is again
    assert other is not first
    assert os.path.exists(arrays.ROWS_SOURCE)

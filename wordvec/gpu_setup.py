"""Diagnosis of why a GPU cannot be used, with a remedy for each cause. Only `wordvec.arrays` imports CuPy.

The causes: CuPy is not installed; two of its wheels are installed and overwrite each other's files; CuPy is too old or
does not load; there is no driver, or it is too old for the wheel; there is no GPU, or it is too old for our kernels.
"""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from wordvec.errors import DeviceUnavailableError

OLDEST_CUPY = 14
OLDEST_CARD = (7, 0)  # compute capability: Volta; the kernels use warp-wide shuffles with independent threads
OLDEST_CARD_OF_CUDA = {12: (5, 0), 13: (7, 5)}  # CUDA 13 does not support Volta
DRIVER_OF_CUDA = {13: 580, 12: 525}  # the oldest driver for each, newest first
DRIVER_FILE = Path("/proc/driver/nvidia/version")
DRIVER_PAGE = "https://www.nvidia.com/drivers"
INSTALL_HINT = "pip install 'wordvec[gpu-cuda12]' or 'wordvec[gpu-cuda13]', to match the driver (nvidia-smi tells it)"


class GpuInfo(NamedTuple):
    """A GPU: name, compute capability such as (9, 0), bytes of memory (total and free), CUDA version of its driver."""

    name: str
    compute_capability: tuple[int, int]
    memory: int
    free: int
    cuda: str

    def __str__(self) -> str:
        chip = ".".join(map(str, self.compute_capability))
        memory = f"{self.memory / 2**30:.0f} GiB, {self.free / 2**30:.0f} free"
        return f"{self.name}, compute capability {chip}, {memory}, driver for CUDA {self.cuda}"


def cupy_wheels() -> dict[str, str]:
    """Names and versions of the installed distributions of CuPy; the names contain the CUDA version."""
    found = {}
    for distribution in importlib.metadata.distributions():
        name = (distribution.metadata["Name"] or "").lower().replace("_", "-")
        if re.fullmatch(r"cupy(-cuda\d+x?|-rocm-.+)?", name):
            found[name] = distribution.version
    return found


def driver_version() -> str | None:
    """The NVIDIA driver's version such as "580.65.06", or None if there is none or it cannot be read."""
    try:
        text = DRIVER_FILE.read_text(encoding="ascii", errors="replace")
    except OSError:
        text = _ask_nvidia_smi()
    found = re.search(r"\b(\d{3,4}\.\d+(?:\.\d+)?)\b", text)
    return found[1] if found else None


def _ask_nvidia_smi() -> str:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    try:
        command = [program, "--query-gpu=driver_version", "--format=csv,noheader"]
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def install_hint() -> str:
    """Which extra to install, chosen by the driver's version if that can be read.

    >>> "wordvec[gpu-cuda1" in install_hint()
    True
    """
    version = driver_version()
    if version is None:
        return INSTALL_HINT
    cuda = _cuda_of_driver(version)
    if cuda is None:
        oldest = min(DRIVER_OF_CUDA.values())
        return (
            f"the driver {version} is too old for it: install {oldest} or newer ({DRIVER_PAGE}), "
            "then 'wordvec[gpu-cuda12]', or 'wordvec[gpu-cuda13]' from driver 580 on"
        )
    return f"pip install 'wordvec[gpu-cuda{cuda}]' (for this machine's driver, {version})"


def _cuda_of_driver(version: str) -> int | None:
    major = int(version.split(".")[0])
    return next((cuda for cuda, oldest in DRIVER_OF_CUDA.items() if major >= oldest), None)


def check_wheels() -> None:
    """Raise DeviceUnavailableError if two wheels of CuPy are installed, naming them and the remedy."""
    wheels = cupy_wheels()
    if len(wheels) > 1:
        names = " ".join(sorted(wheels))
        raise DeviceUnavailableError(
            f"device 'gpu': {len(wheels)} wheels of CuPy are installed at once ({names.replace(' ', ', ')}) and have "
            f"overwritten each other's files: pip uninstall {names}, all of them, then {install_hint()}"
        )


def cannot_import(error: ImportError) -> DeviceUnavailableError:
    """The error for a failed ``import cupy``: CuPy is not installed, or it is broken."""
    wheels = cupy_wheels()
    if not wheels:
        return DeviceUnavailableError(f"device 'gpu' needs CuPy, which is not installed: {install_hint()}")
    (name, version), *_ = wheels.items()
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return DeviceUnavailableError(
        f"device 'gpu': {name} {version} is installed but does not load ({reason}): "
        f"pip uninstall {name}, then {install_hint()}"
    )


def check_device(cupy: Any) -> None:
    """Raise DeviceUnavailableError unless CuPy, the driver and the GPU meet wordvec's requirements."""
    version = str(cupy.__version__)
    if int(version.split(".")[0]) < OLDEST_CUPY:
        raise DeviceUnavailableError(
            f"device 'gpu' needs CuPy {OLDEST_CUPY} or newer; CuPy {version} is installed: "
            f"pip install --upgrade {next(iter(cupy_wheels()), 'cupy')}"
        )
    runtime = cupy.cuda.runtime
    try:
        count = runtime.getDeviceCount()
    except runtime.CUDARuntimeError as error:
        raise DeviceUnavailableError(_why_no_device(runtime, error)) from error
    if count == 0:
        raise DeviceUnavailableError("device 'gpu': this machine has a driver but no CUDA device; use 'cpu'")
    _check_card(describe(cupy), int(runtime.runtimeGetVersion()) // 1000)


def _why_no_device(runtime: Any, error: Exception) -> str:
    """The message for no driver, a driver older than CuPy's CUDA, no GPU, or anything else that CUDA reports."""
    try:
        driver, needed = int(runtime.driverGetVersion()), int(runtime.runtimeGetVersion())
    except runtime.CUDARuntimeError:
        driver, needed = 0, 0
    version = driver_version()
    if driver == 0 and version is None:
        return (
            "device 'gpu': CuPy is installed, but this machine has no NVIDIA driver (or a container without access to "
            f"it): install one ({DRIVER_PAGE}), start the container with its GPUs, or use 'cpu'"
        )
    if driver == 0:
        return (
            f"device 'gpu': the kernel has NVIDIA's driver {version}, but its library libcuda is missing: start the "
            "container with its GPUs (docker run --gpus all), install the driver's libraries, or use 'cpu'"
        )
    if driver // 1000 < needed // 1000:
        return (
            f"device 'gpu': this driver ({version or 'of unknown version'}, for CUDA {show_cuda(driver)}) is "
            f"too old for the installed CuPy, made for CUDA {show_cuda(needed)}: update the driver ({DRIVER_PAGE}), or "
            f"pip uninstall {next(iter(cupy_wheels()), 'cupy')}, then {install_hint()}"
        )
    return (
        f"device 'gpu': CuPy finds no usable CUDA device ({error}); see whether nvidia-smi lists one and "
        "CUDA_VISIBLE_DEVICES hides none, or use 'cpu'"
    )


def _check_card(card: GpuInfo, cuda: int) -> None:
    oldest = max(OLDEST_CARD, OLDEST_CARD_OF_CUDA.get(cuda, OLDEST_CARD))
    if card.compute_capability >= oldest:
        return
    chip = ".".join(map(str, card.compute_capability))
    way_out = "use 'cpu'"
    if card.compute_capability >= OLDEST_CARD:
        way_out = f"pip uninstall cupy-cuda{cuda}x, then pip install 'wordvec[gpu-cuda12]'; or use 'cpu'"
    raise DeviceUnavailableError(
        f"device 'gpu': {card.name} has compute capability {chip}; "
        f"needed is {oldest[0]}.{oldest[1]} or higher: {way_out}"
    )


def describe(cupy: Any) -> GpuInfo:
    """The current GPU."""
    device = cupy.cuda.Device()
    properties = cupy.cuda.runtime.getDeviceProperties(device.id)
    name = properties["name"]
    free, total = cupy.cuda.runtime.memGetInfo()
    return GpuInfo(
        name.decode() if isinstance(name, bytes) else str(name),
        (int(properties["major"]), int(properties["minor"])),
        int(total),
        int(free),
        show_cuda(int(cupy.cuda.runtime.driverGetVersion())),
    )


def show_cuda(version: int) -> str:
    """CUDA's version number in its usual form.

    >>> show_cuda(12040), show_cuda(0)
    ('12.4', 'none')
    """
    return f"{version // 1000}.{version % 1000 // 10}" if version else "none"

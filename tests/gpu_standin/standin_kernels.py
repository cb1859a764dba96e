"""CuPy's RawKernel on the CPU: the CUDA source is compiled by g++ and run thread by thread (see cuda_on_cpu.h)."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

HEADER = Path(__file__).with_name("cuda_on_cpu.h")
TYPES = {
    "float": np.float32,
    "double": np.float64,
    "int": np.int32,
    "unsigned": np.uint32,
    "unsigned int": np.uint32,
    "long long": np.int64,
    "unsigned long long": np.uint64,
    "unsigned char": np.uint8,
    "bool": np.bool_,
}


class RawKernel:
    """Compiled at the first call; refuses arguments whose types are not the very ones of the function."""

    def __init__(self, code, name, options=()):
        self.code, self.name, self.options = code, name, tuple(options)

    def __call__(self, grid, block, args):
        parameters = parameters_of(self.code, self.name, self.options)
        assert len(args) == len(parameters), f"{self.name} takes {len(parameters)} arguments; got {len(args)}"
        assert len(grid) == len(block) == 1 and 0 < block[0] <= 1024 and grid[0] > 0, (grid, block)
        addresses, kept = (ctypes.c_void_p * len(args))(), []
        for place, (argument, (kind, pointer)) in enumerate(zip(args, parameters)):
            array = argument.numpy_inside if pointer else argument
            expected = TYPES[kind]
            assert array.dtype == expected, f"{self.name}: argument {place} is {array.dtype}, not {expected}"
            if pointer:
                assert array.flags.c_contiguous, f"{self.name}: argument {place} is not contiguous"
                value = ctypes.c_void_p(array.ctypes.data)
                kept.append(value)
                addresses[place] = ctypes.addressof(value)
            else:
                assert isinstance(argument, np.generic), f"{self.name}: argument {place} must be a numpy scalar"
                value = np.array([argument], expected)
                kept.append(value)
                addresses[place] = value.ctypes.data
        library = compiled(self.code, self.name, self.options)
        library.launch(ctypes.c_uint(grid[0]), ctypes.c_uint(block[0]), addresses)


def has_compiler():
    return shutil.which("g++") is not None


def parameters_of(code, name, options):
    """Type and whether it is a pointer, of each parameter of the kernel `name`."""
    macros = dict(re.findall(r"-D(\w+)=(\S+)", " ".join(options)))
    found = re.search(rf"__global__\s+void\s+(?:__launch_bounds__\([^)]*\)\s+)?{name}\s*\(([^)]*)\)", code)
    assert found, f"no kernel {name} in the source"
    parameters = []
    for text in found[1].split(","):
        words = re.sub(r"\b(const|__restrict__)\b", "", text).replace("*", " * ").split()[:-1]
        kind = " ".join(word for word in words if word != "*")
        parameters.append((macros.get(kind, kind), "*" in words))
    return parameters


@functools.cache
def compiled(code, name, options):
    """A library with the function ``launch(blocks, threads, addresses of the arguments)``."""
    arguments = ", ".join(
        f"*({kind}{'*' if pointer else ''}*)arguments[{place}]"
        for place, (kind, pointer) in enumerate(parameters_of(code, name, options))
    )
    launch = f"{name}({arguments})"
    source = f'#include "{HEADER}"\n{code}\nextern "C" void launch(unsigned blocks, unsigned threads, void** arguments)'
    source += f"\n{{\n    on_cpu::launch(blocks, threads, [&] {{ {launch}; }});\n}}\n"
    folder = Path(tempfile.mkdtemp(prefix="wordvec-standin-"))
    file, library = folder / "kernel.cpp", folder / f"{hashlib.sha256(source.encode()).hexdigest()[:12]}.so"
    file.write_text(source, encoding="utf-8")
    macros = [option for option in options if option.startswith("-D")]
    command = ["g++", "-std=c++17", "-O1", "-ffp-contract=off", "-shared", "-fPIC", *macros, str(file), "-o"]
    built = subprocess.run([*command, str(library)], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    loaded = ctypes.CDLL(str(library))
    shutil.rmtree(folder)
    return loaded

"""CuPy's RawKernel on the CPU: the CUDA source is compiled by g++ and run thread by thread (see cuda_on_cpu.h).

What runs the threads is a library of its own, compiled once, and a kernel's source includes no more than its header:
g++ takes 0.13 s for it rather than 0.33.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import hashlib
import os
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np

HEADER = Path(__file__).with_name("cuda_on_cpu.h")
WARPS_HEADER = Path(__file__).with_name("warps_on_cpu.h")  # for kernels with dynamic shared memory
CACHE = "WORDVEC_TESTS_COMPILED"  # environment: a folder for what g++ has compiled
FLAGS = ["-O0", "-ffp-contract=off"]
STANDARD = "math.h stdint.h string.h cmath cstdint cstring"
TYPES = {
    "float": np.float32,
    "double": np.float64,
    "int": np.int32,
    "unsigned": np.uint32,
    "unsigned int": np.uint32,
    "long long": np.int64,
    "unsigned long long": np.uint64,
    "unsigned char": np.uint8,
    "u32": np.uint32,
    "u64": np.uint64,
    "Result": np.uint64,  # a struct of 64-bit words
    "bool": np.bool_,
}


class RawKernel:
    """Compiled at the first call; refuses arguments whose types are not the very ones of the function."""

    max_dynamic_shared_size_bytes = 48 * 1024
    seed, patience = 1, 8  # how warps take turns: after one in `patience` operations, another goes on

    def __init__(self, code, name, options=()):
        self.code, self.name, self.options = code, name, tuple(options)

    def __call__(self, grid, block, args, shared_mem=0):
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
        assert 0 <= shared_mem <= self.max_dynamic_shared_size_bytes
        if _header_of(self.code) is WARPS_HEADER:
            settings = ctypes.c_size_t(shared_mem), ctypes.c_uint64(self.seed), ctypes.c_uint(self.patience)
            runtime(WARPS_HEADER).set_up(*settings)
        assert library.launch(ctypes.c_uint(grid[0]), ctypes.c_uint(block[0]), addresses), "see stderr"


class ElementwiseKernel:
    """A loop over the elements; T is the type of the first array that has it."""

    def __init__(self, inputs, outputs, code, name):
        self.inputs, self.outputs = ([p.split() for p in part.split(",")] for part in (inputs, outputs))
        self.code, self.name = code, name

    def __call__(self, *arguments):
        assert len(arguments) == len(self.inputs), self.name
        arrays = [getattr(argument, "numpy_inside", argument) for argument in arguments]
        assert not any(isinstance(argument, np.ndarray) for argument in arguments), "Unsupported type: numpy"
        generic = next(a.dtype for a, (kind, _) in zip(arrays, self.inputs) if kind == "T" and hasattr(a, "dtype"))
        types = TYPES | {"T": generic.type}
        shape = np.broadcast_shapes(*(np.shape(a) for a in arrays))
        given = []
        for array, (kind, name) in zip(arrays, self.inputs):
            assert not hasattr(array, "dtype") or array.dtype == types[kind], f"{self.name}: {name} is {array.dtype}"
            given.append(np.ascontiguousarray(np.broadcast_to(np.asarray(array, types[kind]), shape)))
        made = [np.empty(shape, types[kind]) for kind, _ in self.outputs]
        every = [*given, *made]
        addresses = (ctypes.c_void_p * len(every))(*(array.ctypes.data for array in every))
        library = build(self._source("float" if generic == np.float32 else "double"))
        library.run(ctypes.c_longlong(int(np.prod(shape))), addresses)
        from standin_arrays import wrap

        return wrap(made[0] if len(made) == 1 else tuple(made))

    def _source(self, generic):
        names = [*self.inputs, *self.outputs]
        kinds = [(generic if kind == "T" else kind, name) for kind, name in names]
        elements = " ".join(f"{kind}& {name} = (({kind}*)a[{k}])[i];" for k, (kind, name) in enumerate(kinds))
        loop = f"for (long long i = 0; i < n; i++) {{ {elements} {self.code}; }}"
        return f'#include "{HEADER}"\ntypedef {generic} T;\nextern "C" void run(long long n, void** a) {{ {loop} }}\n'


def parameters_of(code, name, options):
    """Type and whether it is a pointer, of each parameter of the kernel `name`."""
    macros = dict(option[2:].split("=", 1) for option in options if option.startswith("-D") and "=" in option)
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
    header = _header_of(code)
    size = "LANES" if header is WARPS_HEADER else "threads"
    source = f"""#include "{header}"
{code}
static void run(void** arguments) {{ {name}({arguments}); }}
extern "C" bool launch(unsigned blocks, unsigned threads, void** arguments)
{{
    return on_cpu::launch(blocks, {size}, run, arguments);
}}
"""
    macros = (option for option in options if option.startswith("-D"))
    return build(source, (*macros, str(runtime(header)._name)))


def _header_of(code):
    return WARPS_HEADER if "extern __shared__" in code else HEADER


@functools.cache
def runtime(header):
    """The library that runs the threads of the kernels that include a header."""
    source = header.with_suffix(".cpp").read_text(encoding="utf-8")
    return build(source, ("-O2", f"-I{header.parent}", f"-Wl,-soname,wordvec-{header.stem}"))


@functools.cache
def build(source, options=()):
    """Compile C++ and load it; what another process of the suite, or an earlier run, has compiled is loaded."""
    command = ["g++", "-std=c++17", "-shared", "-fPIC", *FLAGS]
    parts = [source, *command, *options, *(header.read_text(encoding="utf-8") for header in (HEADER, WARPS_HEADER))]
    name = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    folder = _folder()
    library, new = folder / f"{name}.so", folder / f"{name}-{os.getpid()}.so"
    if not library.exists():
        file = folder / f"{name}-{os.getpid()}.cpp"
        file.write_text(source, encoding="utf-8")
        _run([*command, *_with_standard_headers(folder), str(file), *options, "-o", str(new)])
        file.unlink()
        new.replace(library)  # whole, or not there
    return ctypes.CDLL(str(library))


@functools.cache
def _folder():
    """Where libraries are kept: for other processes and runs too, or until this process ends."""
    if CACHE not in os.environ:
        own = tempfile.TemporaryDirectory(prefix="wordvec-standin-")
        atexit.register(own.cleanup)
        return Path(own.name)
    folder = Path(os.environ[CACHE])
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _with_standard_headers(folder):
    """Options with which g++ reads the standard headers as it compiled them for an earlier kernel: half of its time."""
    header, new = folder / "standard.h", folder / f"standard-{os.getpid()}.h"
    compiled_header = folder / "standard.h.gch"
    if not compiled_header.exists():
        new.write_text("".join(f"#include <{name}>\n" for name in STANDARD.split()), encoding="utf-8")
        _run(["g++", "-std=c++17", "-fPIC", *FLAGS, "-x", "c++-header", str(new), "-o", f"{new}.gch"])
        new.replace(header)
        Path(f"{new}.gch").replace(compiled_header)
    return ["-include", str(header)]  # g++ reads this where it cannot use the other, as after an update


def _run(command):
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr

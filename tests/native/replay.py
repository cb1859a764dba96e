"""Calls of the C library, recorded while wordvec works, and made again over another build.

    python replay.py record FILE     what `scenario` calls, the first calls of each function
    python replay.py again FILE OUT  the same calls over the build that WORDVEC_ISA names, and all of `scenario`;
                                     writes the calls' results and the vectors that were trained

`c_program` makes a program in C of the recorded calls, for processors that this machine can only emulate. A result is
what the function returned and the bytes of every array that it may write to.
"""

from __future__ import annotations

import ctypes
import json
import sys
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from wordvec.native import functions, library
from wordvec.native.functions import Read, Written

CALLS, LARGEST = 2, 10_000_000  # of each function; bytes of all arrays of a call
REAL_LOAD = library.load


class Call(NamedTuple):
    """A call by the function's name: numbers, and arrays as their bytes before it."""

    name: str
    given: list[Any]


class Result(NamedTuple):
    """What a call returned (0 for nothing), and the arrays it may have written, by the number of the argument."""

    returned: float
    written: dict[int, bytes]


def kinds_of(name: str) -> tuple[Any, ...]:
    """What a function takes, as wordvec/native/functions.py declares it."""
    return getattr(functions, name).kinds


def is_array(kind: Any) -> bool:
    """Whether an argument is an array, and not a number."""
    return isinstance(kind, (Read, Written))


def can_be_replayed(name: str) -> bool:
    """Whether all that a function is given are numbers and arrays: what other addresses lead to is not recorded."""
    function = getattr(functions, name, None)
    return hasattr(function, "kinds") and ctypes.c_void_p not in (*function.kinds, function.returns)


class Recorder:
    """Stands in for the library and takes down what its functions are given."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def __getattr__(self, name: str) -> Any:
        real = getattr(REAL_LOAD(), name)
        return RecordedFunction(self.calls, name, real) if can_be_replayed(name) else real


class RecordedFunction:
    """One function of the library; `declare` sets its types."""

    def __init__(self, calls: list[Call], name: str, real: Any) -> None:
        self.calls, self.name, self.real = calls, name, real
        self.argtypes: list[Any] = []
        self.restype: Any = None

    def __call__(self, *given: Any) -> Any:
        self.real.argtypes, self.real.restype = self.argtypes, self.restype
        if sum(call.name == self.name for call in self.calls) < CALLS:
            left, taken = iter(given), []
            for kind in kinds_of(self.name):
                value = next(left)
                if is_array(kind):
                    value = ctypes.string_at(value, next(left) * np.dtype(kind.dtype).itemsize)
                taken.append(value)
            if sum(len(value) for value in taken if isinstance(value, bytes)) <= LARGEST:
                self.calls.append(Call(self.name, taken))
        return self.real(*given)


def scenario(folder: Path) -> list[np.ndarray]:
    """Work that reaches the functions of the library, with one thread: a call waits for no other.

    Returns the vectors that were trained.
    """
    from concurrent.futures import ThreadPoolExecutor

    from scipy.sparse import csr_array

    from wordvec import CBOW, SVD, Corpus, GloVe, SkipGram, WordVectors
    from wordvec.corpus import building
    from wordvec.corpus.encode import token_ids as encoding
    from wordvec.corpus.named_texts import bundled_corpus
    from wordvec.counts.products import product_with
    from wordvec.evaluation import evaluate_analogy
    from wordvec.vectors.files import text_file

    for module in (building, text_file):
        vars(module)["COMPILED_FROM"] = 0  # characters: shorter texts are read in Python
    vars(encoding)["TOKENS_AT_A_TIME"] = 1 << 12
    text = folder / "text.txt"
    text.write_bytes("\r\n".join(islice(bundled_corpus("tiny-world"), 3000)).encode())
    corpus = Corpus.from_files(text, min_count=2, threads=1)
    Corpus.from_files([text, text], tokenizer="words", threads=2)
    counted = SVD(dim=16, window=2, threads=1, memory="7.3MB").fit(corpus).vectors
    trained = [trainer(dim=16, epochs=1, threads=1).fit(corpus).vectors for trainer in (GloVe, CBOW, SkipGram)]
    counted.save(folder / "vectors.txt")
    words = WordVectors.load(folder / "vectors.txt").words
    counted.nearest_to_each(words[:20], k=3)
    evaluate_analogy(counted, [tuple(words[4 * n : 4 * n + 4]) for n in range(5)])
    rng = np.random.default_rng(1)
    sparse = csr_array((rng.random((50, 40)) * (rng.random((50, 40)) < 0.2)).astype(np.float32))
    with ThreadPoolExecutor(1) as pool:
        product_with(sparse, pool)(np.ones((40, 16), np.float32))
    return [vectors.matrix for vectors in trained]


def record() -> list[Call]:
    """The first calls of each function in `scenario`."""
    recorder = Recorder()
    library.load = lambda: recorder  # type: ignore[assignment, return-value]
    with tempfile.TemporaryDirectory() as folder:
        scenario(Path(folder))
    return recorder.calls


def aligned(content: bytes, dtype: Any) -> np.ndarray:
    """An array of these bytes that starts where two cache lines do."""
    space = np.zeros(len(content) + 128, np.uint8)
    start = -space.ctypes.data % 128
    space[start : start + len(content)] = np.frombuffer(content, np.uint8)
    return space[start : start + len(content)].view(dtype)


def again(calls: list[Call]) -> list[Result]:
    """Make the calls over the build that the environment asks for."""
    results = []
    for call in calls:
        kinds = kinds_of(call.name)
        given = [aligned(g, k.dtype) if is_array(k) else g for g, k in zip(call.given, kinds)]
        returned = getattr(functions, call.name)(*given)
        written = {n: given[n].tobytes() for n, kind in enumerate(kinds) if isinstance(kind, Written)}
        results.append(Result(returned or 0, written))
    return results


# --- in C

C_NAMES = {ctypes.c_int64: "int64_t", ctypes.c_uint64: "uint64_t", ctypes.c_float: "float", ctypes.c_double: "double"}
C_HEAD = """
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#if defined(_WIN32)
#include <fcntl.h>
#include <io.h>
#include <malloc.h>
#define aligned_alloc(alignment, size) _aligned_malloc(size, alignment)
static void binary(void) { _setmode(0, _O_BINARY), _setmode(1, _O_BINARY); }
#else
static void binary(void) {}
#endif
static void *in(size_t size) {  // the bytes of the next array
  void *array = aligned_alloc(128, (size + 255) / 128 * 128);
  if (fread(array, 1, size, stdin) != size) exit(3);
  return array;
}
static void out(const void *array, size_t size) { fwrite(array, 1, size, stdout); }
"""


def c_program(calls: list[Call]) -> tuple[str, bytes]:
    """A program that makes the calls, and its standard input: what `read_output` reads is its output."""
    prototypes, body, arrays = {}, [], b""
    for call in calls:
        function = getattr(functions, call.name)
        returns, kinds = C_NAMES.get(function.returns), function.kinds
        takes = ["void *, int64_t" if is_array(kind) else C_NAMES[kind] for kind in kinds]
        prototypes[call.name] = f"{returns or 'void'} {call.name}({', '.join(takes)});"
        before, passed, after = [], [], []
        for n, (given, kind) in enumerate(zip(call.given, kinds)):
            if is_array(kind):
                arrays += given
                before.append(f"void *a{n} = in({len(given)});")
                passed.append(f"a{n}, {len(given) // np.dtype(kind.dtype).itemsize}")
                after += [f"out(a{n}, {len(given)});"] if isinstance(kind, Written) else []
            else:
                whole = kind in (ctypes.c_int64, ctypes.c_uint64)
                passed.append(f"({C_NAMES[kind]})0x{given % 2**64:x}u" if whole else float(given).hex())
        result = f"{returns} r = " if returns else ""
        output = "out(&r, sizeof r);" if returns else ""
        body.append(f"  {{ {' '.join(before)} {result}{call.name}({', '.join(passed)}); {output} {' '.join(after)} }}")
    lines = [C_HEAD, *prototypes.values(), "int main(void) {", "  binary();", *body, "  return 0;", "}", ""]
    return "\n".join(lines), arrays


def read_output(calls: list[Call], output: bytes) -> list[Result]:
    """The results that the program of `c_program` wrote."""
    results, at = [], 0

    def take(size: int) -> bytes:
        nonlocal at
        at += size
        assert at <= len(output)
        return output[at - size : at]

    for call in calls:
        function = getattr(functions, call.name)
        returns = function.returns
        returned = returns.from_buffer_copy(take(ctypes.sizeof(returns))).value if returns else 0
        written = {n: take(len(call.given[n])) for n, kind in enumerate(function.kinds) if isinstance(kind, Written)}
        results.append(Result(returned, written))
    assert at == len(output)
    return results


# --- files that one process leaves to another


def save(path: Path, value: Any) -> None:
    """Write lists of numbers, strings, bytes, arrays and dicts: JSON, bytes and arrays beside it in one npz file."""
    arrays: list[np.ndarray] = []

    def plain(value: Any) -> Any:
        if isinstance(value, (bytes, np.ndarray)):
            arrays.append(np.frombuffer(value, np.uint8) if isinstance(value, bytes) else value)
            return {"bytes" if isinstance(value, bytes) else "array": len(arrays) - 1}
        if isinstance(value, dict):
            return {"dict": [[key, plain(item)] for key, item in value.items()]}
        if isinstance(value, (list, tuple)):
            return [plain(item) for item in value]
        return value.item() if isinstance(value, np.generic) else value

    structure = np.frombuffer(json.dumps(plain(value)).encode(), np.uint8)
    with path.open("wb") as file:
        np.savez(file, structure=structure, **{str(n): array for n, array in enumerate(arrays)})


def load(path: Path) -> Any:
    """Read what `save` wrote."""
    with np.load(path, allow_pickle=False) as arrays:

        def restored(value: Any) -> Any:
            if isinstance(value, list):
                return [restored(item) for item in value]
            if not isinstance(value, dict):
                return value
            ((kind, content),) = value.items()
            if kind == "dict":
                return {key: restored(item) for key, item in content}
            return arrays[str(content)].tobytes() if kind == "bytes" else arrays[str(content)]

        return restored(json.loads(arrays["structure"].tobytes()))


if __name__ == "__main__":
    if sys.argv[1] == "record":
        save(Path(sys.argv[2]), record())
    else:
        recorded = [Call(*call) for call in load(Path(sys.argv[2]))]
        with tempfile.TemporaryDirectory() as place:
            save(Path(sys.argv[3]), [again(recorded), scenario(Path(place))])

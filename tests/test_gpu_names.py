"""What the code calls CuPy by exists in CuPy, and its CUDA sources compile: both can be checked without a card."""

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "wordvec"
MODULES = ("xp", "cupy")  # names that stand for cupy in the code; `sparse` is that of arrays.sparse_module
NUMPY_ONLY = {"errstate", "ndindex", "broadcast_shapes"}  # would be a mistake on xp
SOURCES = {str(path.relative_to(PACKAGE)): path for path in sorted(PACKAGE.rglob("*.cu"))}


def names_used(source: str) -> set[str]:
    """Dotted names behind `xp.` and `cupy.`, such as linalg.qr."""
    found = set()
    if not re.search(r"\b(xp|cupy)\b|array_module", source):  # most files, which take long to parse
        return found
    for node in ast.walk(ast.parse(source)):
        parts, inner = [], node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if parts and isinstance(inner, ast.Name) and inner.id in MODULES:
            found.add(".".join(reversed(parts)))
        if parts and isinstance(inner, ast.Call) and getattr(inner.func, "id", "") == "array_module":
            found.add(".".join(reversed(parts)))
    return {name for name in found if not any(f"{other}." != name and other.startswith(f"{name}.") for other in found)}


def sparse_names_used(source: str) -> set[str]:
    """Names taken from what `sparse_module` gave."""
    return set(re.findall(r"\bsparse_module\(xp\)\.(\w+)", source)) | set(re.findall(r"\bsparse\.(\w+)", source))


ALL_NAMES = sorted(set().union(*(names_used(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py"))))


def attribute(module, dotted):
    for part in dotted.split("."):
        module = getattr(module, part)
    return module


@pytest.mark.parametrize("name", ALL_NAMES)
def test_every_name_used_is_in_cupy(name):
    cupy = pytest.importorskip("cupy", reason="CuPy itself tells which names it has; it imports without a card")
    assert name.split(".")[0] not in NUMPY_ONLY
    if name.endswith(("ndarray.get",)):
        return
    attribute(cupy, name)


def test_every_sparse_name_used_is_in_cupyx():
    sparse = pytest.importorskip("cupyx.scipy.sparse", reason="CuPy itself tells which names it has")
    files = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")]
    names = set().union(*(sparse_names_used(text) for text in files if "sparse_module" in text))
    assert {"csr_matrix"} <= names
    for name in names:
        getattr(sparse, name)


def test_names_are_found_where_they_are_used():
    source = "def f(x):\n    xp = array_module(x)\n    xp.linalg.qr(x)\n    return array_module(x).zeros(2), np.exp(x)"
    assert names_used(source) == {"linalg.qr", "zeros"}


def macros_of(source: str) -> list[str]:
    """Values for the macros that a source says it needs, in its line "Macros: NAME, ...; NAME"."""
    values = {"REAL": "float", "ID": "int", "PIECE": "32", "DIMENSION": "100", "WIDTH": "32"}
    return [f"-D{name}={value}" for name, value in values.items() if re.search(rf"\b{name}\b", source)]


@pytest.mark.parametrize("architecture", ["sm_80", "sm_90"])
@pytest.mark.parametrize("name", [name for name in SOURCES if not name.startswith("kernels/gpu")])
def test_cuda_sources_compile(nvrtc_log, name, architecture):
    source = SOURCES[name].read_text(encoding="utf-8")
    assert nvrtc_log(source, architecture, macros_of(source)) == ""


def test_the_compiler_complains(nvrtc_log):
    assert "expected" in nvrtc_log("__global__ void f() { int i = ; }", "sm_90")


def test_the_sources_are_found():
    assert "arrays.cu" in SOURCES


def test_importing_the_seam_imports_no_cupy():
    code = "import sys, wordvec.arrays, wordvec.gpu_setup; print('cupy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert importlib.util.find_spec("wordvec.gpu_setup")

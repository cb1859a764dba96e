"""Imports point one way, stay light, and cupy has its seams."""

import ast
import graphlib
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "wordvec"

# Each room may import the rooms to its right, the foundations, and nothing else of wordvec.
FOUNDATIONS = {
    "arrays",
    "blas",
    "argument_types",
    "rng",
    "errors",
    "files",
    "folders",
    "memory",
    "progress",
    "signals",
    "store",
    "cluster",
    "scheduler_address",
    "workers",
}
FOUNDATIONS |= {"npy_header", "growing_array", "terminal", "wordvec", "native"}
FOUNDATIONS |= {"version", "store", "error_codes", "json_forms", "written"}
ALLOWED = {
    "cli": {
        "serve",
        "compat",
        "explorer",
        "learn",
        "experiments",
        "plots",
        "evaluation",
        "trainers",
        "networks",
        "counts",
        "vectors",
        "kernels",
    }
    | {"change", "corpus"},
    "explorer": {"serve", "plots", "vectors", "corpus"},
    "serve": {"vectors", "corpus"},
    "compat": {"evaluation", "trainers", "vectors", "corpus"},
    "sklearn": {"trainers", "vectors", "corpus"},
    "learn": {"layers", "networks", "counts", "corpus", "plots", "vectors", "explorer"},
    "change": {"evaluation", "trainers", "vectors", "corpus"},
    "plots": {"vectors", "corpus"},
    "experiments": {"evaluation", "trainers", "vectors", "corpus"},
    "evaluation": {"vectors", "corpus"},
    "trainers": {"networks", "counts", "vectors", "kernels", "layers", "corpus"},
    "networks": {"layers", "corpus"},
    "counts": {"kernels", "layers", "corpus"},
    "vectors": {"corpus"},
    "vectors/fitted_subwords": {"corpus", "counts"},  # the product of a sparse matrix, which the SVD uses too
    "kernels": {"corpus"},
    "kernels/reference": {"networks", "layers", "corpus", "kernels"},
    "kernels/glove/reference": {"networks", "layers", "corpus", "kernels"},
    "layers": set(),
    "corpus": set(),
}
LAYERS_FOUNDATIONS = {"arrays", "errors"}
CUPY_SEAMS = {"arrays", "kernels/gpu"}
DASK_SEAM = "cluster"


@cache
def imported_modules(source: str) -> frozenset[str]:
    """Absolute names a file imports anywhere, also inside functions and under TYPE_CHECKING."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def violations(name: str, source: str) -> list[str]:
    """What the file wordvec/<name>.py imports and must not."""
    room = name.split("/")[0]
    rules = ALLOWED.get(name, ALLOWED.get(room))
    found = []
    for module in imported_modules(source):
        parts = module.split(".")
        if parts[0] == "cupy" and name not in CUPY_SEAMS:
            found.append(module)
        if parts[0] in ("dask", "distributed") and name != DASK_SEAM:
            found.append(module)
        if parts[0] != "wordvec" or len(parts) == 1 or rules is None:
            continue
        target = parts[1]
        foundations = LAYERS_FOUNDATIONS if room == "layers" else FOUNDATIONS
        if target.startswith("__") or target == room or target in foundations or target in rules:
            continue
        found.append(module)
    return found


FILES = {str(path.relative_to(PACKAGE).with_suffix("")): path for path in sorted(PACKAGE.rglob("*.py"))}


@pytest.mark.parametrize("name", FILES)
def test_imports_point_one_way(name):
    assert violations(name, FILES[name].read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "name, source",
    [
        ("layers/linear", "from wordvec.trainers import CBOW"),
        ("layers/linear", "import wordvec.rng"),
        ("kernels/cpu", "def f():\n    from wordvec.layers import MatMul"),
        ("corpus/readers", "import cupy"),
        ("counts/on_cluster", "from distributed import Client"),
        ("vectors/load", "import wordvec.plots.figures"),
    ],
)
def test_the_check_catches_a_wrong_import(name, source):
    assert violations(name, source) != []


def modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_import_wordvec_is_light():
    names = "CBOW, Corpus, SVD, SkipGram, Vocabulary, WordVectors"
    loaded = modules_after(f"from wordvec import {names}")
    assert not loaded & {"matplotlib", "cupy", "scipy", "tqdm", "safetensors", "distributed", "fsspec"}


def test_help_needs_no_numpy():
    statement = "import wordvec.cli\nwordvec.cli.build_parser(['--help'])"
    assert "numpy" not in modules_after(statement)


def test_the_explorer_needs_no_extra_of_the_service():
    loaded = modules_after("import wordvec.explorer.server, wordvec.cli.serve")
    assert not loaded & {"starlette", "uvicorn", "httptools", "orjson", "prometheus_client", "anyio"}


def module_name(path: str) -> str:
    """The dotted name of wordvec/<path>.py."""
    return ".".join(["wordvec", *path.split("/")]).removesuffix(".__init__")


def import_graph(sources: dict[str, str]) -> dict[str, set[str]]:
    """Each module of wordvec and those it imports anywhere: at the top, inside functions, for types alone."""
    names = {module_name(path) for path in sources}
    return {
        module_name(path): (imported_modules(source) & names)
        - {module_name(path)}
        - _packages_of(imported_modules(source) & names)
        for path, source in sources.items()
    }


def _packages_of(found: frozenset[str]) -> set[str]:
    """Packages that are only on the way to a module of theirs: ``from wordvec.corpus import words`` is of words."""
    return {name.rpartition(".")[0] for name in found} & found


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Modules that import each other, in a row; empty where there are none."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def test_no_import_goes_in_a_circle():
    assert circle(import_graph({name: path.read_text(encoding="utf-8") for name, path in FILES.items()})) == []


def test_a_circle_through_a_function_is_found():
    sources = {"a/__init__": "", "a/b": "def f():\n    from wordvec.c import g", "c": "from wordvec.a import b"}
    assert circle(import_graph(sources)) != []


# Within a room: these sub-rooms are below, and do not import those.
ABOVE = {
    "corpus/read": {"report", "concordance", "documents", "phrases", "draws"},
    "corpus/encode": {"report", "concordance", "documents", "phrases", "draws", "named_texts"},
    "corpus/draws": {"read", "encode", "report", "concordance", "documents", "phrases", "named_texts"},
    "evaluation/files": {"analogy"},
    "kernels/glove": {"gpu", "cpu", "reference"},
    "counts/rows": {"solver", "cooccurrence", "ppmi", "svd"},
    "counts/lanczos": {"rows", "cooccurrence", "ppmi", "svd"},
    "vectors/files": {"search", "several_models", "word_vectors", "load"},
    "vectors/search": {"several_models", "files", "load"},
}


@pytest.mark.parametrize("room", ABOVE)
def test_lower_sub_rooms_do_not_import_higher_ones(room):
    prefix = "wordvec." + room.split("/")[0] + "."
    found = {
        (name, module)
        for name, path in FILES.items()
        if name == room or name.startswith(room + "/")
        for module in imported_modules(path.read_text(encoding="utf-8"))
        if module.startswith(prefix) and module.split(".")[2] in ABOVE[room]
    }
    assert found == set()

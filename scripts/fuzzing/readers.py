"""Every module of wordvec that reads files, and the targets that give it damaged ones, or why none does.

A test compares this list with the code: a reader that is added later fails it until it is here.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

# Calls that read a file, or parse what came from one. WordVectors.load and Corpus.open only lead to modules below.
CALLS = {
    "open", "read_text", "read_bytes", "parse_json", "bounded_json", "loads", "map_npy", "read_npy_header", "memmap",
    "fromfile", "mmap", "safe_open", "ZipFile", "ParquetFile", "read_table", "deserialize_index", "genfromtxt",
}  # fmt: skip
NOT_FILES = {"Corpus.open", "cls.open", "RunFolder.open", "Sequential.open", "webbrowser.open"}
CALLED = re.compile(rf"\b({'|'.join(sorted(CALLS))})\(")  # parsing all modules would take seconds

READ_BY: dict[str, tuple[str, ...]] = {
    "cli/card": ("report",),
    "cli/networks": ("network-input",),
    "cli/serve": ("token",),
    "compat/gensim/models/phrases": ("gensim-phrases",),
    "compat/gensim/models/word2vec_format": ("gensim-counts",),
    "corpus/concordance/positions": ("positions",),
    "corpus/documents/__init__": ("corpus-documents",),
    "corpus/documents/reading": ("metadata-table",),
    "corpus/documents/table": ("metadata-table",),
    "corpus/hashes": ("corpus-folder",),
    "corpus/named_texts/__init__": ("origin",),
    "corpus/phrases/file": ("phrases",),
    "corpus/read/arrow": ("parquet",),
    "corpus/read/document_texts": ("document-texts", "metadata-records"),
    "corpus/read/structured": ("json", "jsonl", "csv"),
    "corpus/read/ranges": ("text-compiled",),
    "corpus/read/__init__": ("text", "text-encoding", "csv"),
    "corpus/storage": ("corpus-folder",),
    "corpus/wordlists": ("word-list",),
    "counts/saving": ("counts",),
    "evaluation/files/readers": ("pairs", "analogies"),
    "evaluation/files/set_files": ("pairs", "analogies", "any-set"),
    "experiments/method/change_file": ("changes",),
    "experiments/method/runs": ("runs",),
    "experiments/run_folder": ("model-record", "kept-scores"),
    "experiments/stability/results": ("stability",),
    "files": ("report", "stability"),
    "json_forms": ("report", "stability"),
    "folders": ("corpus-folder",),
    "networks/parameter_files": ("network",),
    "networks/sequential": ("network",),
    "npy_header": ("npy",),
    "plots/groups": ("groups",),
    "plots/charts": ("scores",),
    "scheduler_address": ("scheduler",),
    "serve/replies": ("service",),
    "trainers/checkpoint": ("checkpoint",),
    "vectors/files/chunks": ("word2vec-text", "glove", "vectors-csv", "vectors-packed"),
    "vectors/files/fasttext_bin": ("fasttext-bin",),
    "vectors/files/floret_file": ("floret",),
    "vectors/files/gensim_file": ("gensim", "pickle"),
    "vectors/files/npz_file": ("npz", "npz-subwords"),
    "vectors/files/row_words": ("two-files",),
    "vectors/files/safetensors_file": ("safetensors", "safetensors-int8", "safetensors-subwords"),
    "vectors/files/safetensors_header": ("safetensors", "safetensors-int8"),
    "vectors/files/static_folder": ("model2vec",),
    "vectors/files/table_file": ("vectors-json", "vectors-parquet"),
    "vectors/files/two_files": ("two-files",),
    "vectors/files/word2vec_rows": ("word2vec-binary",),
    "vectors/search/approximate": ("index",),
    "vectors/several_models/dictionaries": ("lexicon",),
}
OUR_OWN = "a file of the package"
WRITES = "opens files to write them"
OF_A_RUN = "what other processes of the same run wrote"
NOT_FUZZED = {
    "arrays": OUR_OWN,
    "cli/help_language": OUR_OWN,
    "corpus/building_on_cluster": "as corpus/read reads it",
    "counts/on_cluster": OF_A_RUN,
    "corpus/named_texts/download": "what this module wrote beside a part of a file, which has a checksum",
    "corpus/named_texts/fetch": "an archive with the checksum of the catalogue",
    "experiments/child": OF_A_RUN,
    "experiments/training": OF_A_RUN,
    "experiments/method/card_parts": OUR_OWN,
    "explorer/html": OUR_OWN,
    "serve/run": OF_A_RUN,
    "gpu_setup": "a file of the system",
    "growing_array": WRITES,
    "kernels/gpu": OUR_OWN,
    "kernels/tables": "memory, no file",
    "learn/network_page": OUR_OWN,
    "memory": "files of the system",
    "native/build": OUR_OWN,
    "plots/exports": WRITES,
    "plots/fonts": "a font of the system, of which four bytes are read",
    "store/folder": OF_A_RUN,
    "store/objects": OF_A_RUN,
    "terminal": WRITES,
    "trainers/rounds": OF_A_RUN,
    "workers": OF_A_RUN,
}


def modules_that_read(package: Path) -> set[str]:
    """The modules of a package in which one of CALLS is called."""
    found = set()
    for path in package.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if CALLED.search(source) and any(map(_reads, ast.walk(ast.parse(source)))):
            found.add(path.relative_to(package).with_suffix("").as_posix())
    return found


def _reads(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", None))
    return name in CALLS and ast.unparse(node.func) not in NOT_FILES

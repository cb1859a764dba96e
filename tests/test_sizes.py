"""Files and functions stay small enough to be read in one go."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "wordvec"
LINES = 300  # of a file
STATEMENTS = 40  # lines of a function below its docstring, without blank lines and comments

# Longer, and why; everything else is to be cut where one idea ends and another begins.
LONGER = {
    "compat/gensim/models/word2vec.py": "writes out gensim's own lists of arguments",
    "corpus/corpus.py": "its docstrings are the manual of Corpus",
    "sklearn.py": "its docstrings are the manual of the transformers",
    "trainers/neural.py": "its docstrings are the manual of SkipGram and CBOW",
    "vectors/word_vectors.py": "its docstrings are the manual of WordVectors",
}
FILES = {str(path.relative_to(PACKAGE).as_posix()): path for path in sorted(PACKAGE.rglob("*.py"))}


def functions(source: str):
    """(name, lines) of each function in a file: those of its statements, without docstring, blank lines, comments."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            written = lines[body[0].lineno - 1 : node.end_lineno] if body else []
            yield node.name, sum(bool(line.strip()) and not line.lstrip().startswith("#") for line in written)


def long_functions(source: str) -> list[str]:
    return [f"{name}: {count} lines" for name, count in functions(source) if count > STATEMENTS]


@pytest.mark.parametrize("room", sorted({name.partition("/")[0] for name in FILES}))
def test_files_and_functions_are_short(room):
    of_room = {name: path.read_text(encoding="utf-8") for name, path in FILES.items() if name.split("/")[0] == room}
    long = {name: source.count("\n") for name, source in of_room.items() if source.count("\n") > LINES}
    assert {name: lines for name, lines in long.items() if name not in LONGER} == {}
    assert {name: found for name, source in of_room.items() if (found := long_functions(source))} == {}


def test_exceptions_are_files_that_are_longer():
    assert {name for name in LONGER if FILES[name].read_text(encoding="utf-8").count("\n") <= LINES} == set()


def test_the_check_catches_a_long_function():
    source = "def f():\n    '''Text.'''\n" + "    x = 1\n" * 41
    assert long_functions(source) == ["f: 41 lines"]
    assert long_functions(source.replace("    x = 1\n", "    # x\n", 1) + "\n") == []

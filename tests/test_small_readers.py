"""JSON and arrays are read by the functions that make every damage one kind of error, in all rooms."""

import ast
import json
from pathlib import Path

import numpy as np
import pytest

from wordvec.errors import LONGEST_MESSAGE, InputError, WordvecError
from wordvec.json_forms import parse_json

PACKAGE = Path(__file__).resolve().parents[1] / "wordvec"
# JSON that wordvec itself printed a moment ago or that is part of the package, and the readers themselves.
OWN = {
    "json_forms.py",
    "corpus/storage.py",
    "corpus/named_texts/__init__.py",
    "experiments/child.py",
    "experiments/training.py",
}
OWN |= {"vectors/files/chunks.py"}
DEEP = "[" * 100_000


def calls(source):
    """Calls of module.function with both names plain."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            yield f"{node.func.value.id}.{node.func.attr}"


def direct(source):
    if "json.load" not in source and "np.load" not in source:
        return set()
    return {"json.load", "json.loads", "np.load"} & set(calls(source))


def test_no_other_module_reads_json_or_arrays_directly():
    assert direct("x = json.loads(text)") and direct("np.load(path)") and not direct("parse_json(text)")
    modules = {path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8") for path in PACKAGE.rglob("*.py")}
    assert {name for name, source in modules.items() if direct(source)} - OWN - {"explorer/server.py"} == set()
    assert not any("np.load" in direct(source) for source in modules.values())


@pytest.mark.parametrize("text", ["", "{", DEEP, '{"a":' * 50_000, "9" * 5_000, b"\xff\xfe\xff"])
def test_json_that_cannot_be_read_is_a_value_error(text):
    with pytest.raises(ValueError):
        parse_json(text)


def scores(path):
    from wordvec.plots.charts import read_scores

    return read_scores([path])


def report(path):
    from wordvec.cli.card import read_report

    return read_report(str(path))


def stability(path):
    from wordvec.experiments.stability.results import read_stability

    return read_stability(path)


def phrases(path):
    from wordvec.corpus.phrases import Phrases

    return Phrases.load(path)


def row_words(path):
    from wordvec.vectors.files.row_words import read_row_words

    return read_row_words(path, 2)


STABILITY = {
    "format": "wordvec stability",
    "version": 1,
    "k": 10,
    "models": 2,
    "over": "seeds",
    "sizes": {},
    "info": {},
}
STABILITY |= {"words": ["a", "b"], "counts": [2, 1], "overlap": [0.5, 1.0]}
TOKENIZER = {"model": {"vocab": {"a": 0, "b": 1}}}
BAD = {
    "scores, deep": (scores, DEEP),
    "report, deep": (report, DEEP),
    "report, a folder": (report, None),
    "stability, deep": (stability, '{"format": "wordvec stability", "k": ' + DEEP),
    "stability, overlap above 1": (stability, json.dumps(STABILITY | {"overlap": [0.5, 1.5]})),
    "stability, no number": (stability, json.dumps(STABILITY | {"overlap": [0.5, float("nan")]})),
    "stability, k as text": (stability, json.dumps(STABILITY | {"k": "10"})),
    "stability, a word that is a number": (stability, json.dumps(STABILITY | {"words": ["a", 3]})),
    "stability, a huge count": (stability, json.dumps(STABILITY | {"counts": [2**70, 1]})),
    "stability, cut in a letter": (stability, b"# wordvec stability 1\n" + b"# " * 50 + b"\n" + "é".encode()[:1]),
    "phrases, cut in a letter": (phrases, "é".encode()[:1]),
    "scores, cut in a letter": (scores, "é".encode()[:1]),
    "report, cut in a letter": (report, "é".encode()[:1]),
    "phrases, deep": (phrases, DEEP),
    "words of rows, deep": (row_words, DEEP),
}


@pytest.mark.parametrize("name", BAD)
def test_a_damaged_file_is_an_error_of_ours(tmp_path, name):
    read, content = BAD[name]
    path = tmp_path / "file.json"
    path.mkdir() if content is None else path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(WordvecError) as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_the_good_ones_are_read(tmp_path):
    (tmp_path / "s.json").write_text(json.dumps(STABILITY))
    assert stability(tmp_path / "s.json").stability_of("b") == 1.0


@pytest.mark.parametrize("added", [7, "x", {"id": 1}, [None, 3, {"id": "x"}], [{"id": 5.5}]])
def test_added_tokens_of_another_type_are_passed_over(tmp_path, added):
    (tmp_path / "tokenizer.json").write_text(json.dumps(TOKENIZER | {"added_tokens": added}))
    assert row_words(tmp_path / "tokenizer.json")[0] == ["a", "b"]


def test_a_message_has_a_limit_whatever_it_quotes():
    error = InputError("file.txt: expected a number; got " + "x" * 10_000 + "; write one")
    assert len(str(error)) == LONGEST_MESSAGE
    assert str(error).startswith("file.txt: expected") and str(error).endswith("; write one")
    assert str(InputError("short")) == "short"


def test_one_pair_of_bats_asks_nothing(tmp_path):
    from wordvec.evaluation import read_analogies

    (tmp_path / "I01.txt").write_text("cat\tcats\n")
    with pytest.raises(WordvecError, match=r"two lines or more"):
        read_analogies(tmp_path / "I01.txt")


@pytest.mark.parametrize(
    "change",
    [{"effort": 2**31}, {"effort": "x"}, {"recall": [float("inf")] * 4}, {"recall": [1, 0, "x", 3]}, {"kind": []}],
)
def test_an_index_with_other_numbers_in_its_header_is_refused(tmp_path, change):
    pytest.importorskip("faiss")
    from wordvec.vectors import WordVectors
    from wordvec.vectors.search.approximate import ApproximateSearch

    vectors = WordVectors(["a", "b", "c"], np.eye(3, dtype=np.float32))
    path = tmp_path / "index"
    ApproximateSearch.build(vectors, kind="hnsw", show_progress=False).save(path)
    line, content = path.read_bytes().split(b"\n", 1)
    path.write_bytes(json.dumps(json.loads(line) | change).encode() + b"\n" + content)
    with pytest.raises(WordvecError, match="damaged"):
        ApproximateSearch.load(path, vectors)

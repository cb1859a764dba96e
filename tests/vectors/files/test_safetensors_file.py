from __future__ import annotations

import json
import os
from types import SimpleNamespace

import numpy as np
import pytest
from fresh_files import write_anew
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.errors import InputError, VectorsFileError
from wordvec.vectors import WordVectors
from wordvec.vectors.files import safetensors_file
from wordvec.vectors.files.reading import Reading
from wordvec.vectors.files.safetensors_file import read_safetensors, write_safetensors

INFO = {
    "trainer": "SkipGram",
    "parameters": {"dim": 3, "window": 5},
    "corpus_fingerprint": "ab" * 32,
    "tokenizer": "words",
    "loss": [3.5, 2.25],
    "sources": ["한국어.txt", {"tokens": 7}],
}


def read(path, **options) -> WordVectors:
    return read_safetensors(Reading(path, **options))


def example(**changes) -> WordVectors:
    given = {
        "words": ["the", "naïve", "한국어", "a b"],
        "matrix": np.arange(12, dtype=np.float32).reshape(4, 3) / 7,
        "counts": np.array([9, 5, 2, 1]),
        "info": INFO,
        "context_matrix": -np.ones((4, 3), np.float32),
    }
    return WordVectors(**{**given, **changes})


def assert_same(a: WordVectors, b: WordVectors) -> None:
    assert list(a.words) == list(b.words)
    assert (a.rare or {}) == dict(b.rare or {})
    for name in ("matrix", "counts", "scales", "context_matrix"):
        one, other = getattr(a, name), getattr(b, name)
        assert (one is None) == (other is None), name
        if one is not None:
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"counts": None},
        {"context_matrix": None},
        {"info": None},
        {"matrix": np.ones((4, 3), np.float16)},
        {"matrix": np.arange(12, dtype=np.int8).reshape(4, 3), "scales": np.array([0.5, 1, 2, 4], np.float32)},
        {"rare": {"seldom": 2, "한": 1}},
    ],
)
def test_what_is_written_is_read(tmp_path, changes):
    vectors = example(**changes)
    write_safetensors(vectors, tmp_path / "v")
    found = read(tmp_path / "v")
    assert_same(vectors, found)
    assert {key: value for key, value in found.info.items() if key != "wordvec_version"} == vectors.info


@settings(max_examples=50, deadline=None)
@given(
    words=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=6, unique=True),
    dim=st.integers(1, 4),
    info=st.dictionaries(
        st.sampled_from(["trainer", "tokenizer", "loss", "more", "é", "\ud800"]), st.integers() | st.text()
    ),
)
def test_any_words_and_info_survive(tmp_path_factory, words, dim, info):
    path = tmp_path_factory.mktemp("v") / "v.safetensors"
    vectors = WordVectors(words, np.full((len(words), dim), 0.1), info=info)
    write_safetensors(vectors, path)
    found = read(path)
    assert_same(vectors, found)
    assert {key: value for key, value in found.info.items() if key != "wordvec_version"} == info


def test_same_vectors_same_bytes_whatever_the_order_of_info(tmp_path):
    write_safetensors(example(), tmp_path / "a")
    write_safetensors(example(info=dict(reversed(INFO.items()))), tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    write_safetensors(read(tmp_path / "a"), tmp_path / "c")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "c").read_bytes()


def test_the_safetensors_package_reads_it(tmp_path):
    from safetensors import safe_open

    write_safetensors(example(), tmp_path / "v")
    with safe_open(tmp_path / "v", "numpy") as file:
        np.testing.assert_array_equal(file.get_tensor("matrix"), example().matrix)
        np.testing.assert_array_equal(file.get_tensor("counts"), [9, 5, 2, 1])
        assert bytes(file.get_tensor("words")).decode("utf-8") == "thenaïve한국어a b"
        metadata = file.metadata()
    assert metadata["trainer"] == "SkipGram"
    assert metadata["format_version"] == "1"
    assert json.loads(metadata["parameters"]) == INFO["parameters"]
    assert json.loads(metadata["loss"]) == INFO["loss"]


@pytest.mark.skipif(os.name == "nt", reason="Windows reads small files whole")
def test_the_matrix_stays_on_disk(tmp_path):
    write_safetensors(example(), tmp_path / "v")
    base = read(tmp_path / "v").matrix
    while not isinstance(base, np.memmap):
        base = base.base
    assert base.mode == "r"


def test_a_file_replaced_while_mapped_leaves_the_mapped_one_as_it_was(tmp_path):
    write_safetensors(example(), tmp_path / "v")
    found = read(tmp_path / "v")
    write_safetensors(example(matrix=np.zeros((4, 3), np.float32)), tmp_path / "v")
    np.testing.assert_array_equal(found.matrix, example().matrix)


def test_windows_reads_a_small_file_whole_so_that_it_can_be_replaced(tmp_path, monkeypatch):
    write_safetensors(example(), tmp_path / "v")
    monkeypatch.setattr(safetensors_file, "os", SimpleNamespace(name="nt", path=os.path, fspath=os.fspath))
    monkeypatch.setattr(np, "memmap", lambda *_, **__: pytest.fail("mapped"))
    found = read(tmp_path / "v")
    assert_same(found, example())
    assert not found.matrix.flags.writeable
    monkeypatch.setattr(safetensors_file, "READ_WHOLE", 0)
    with pytest.raises(pytest.fail.Exception, match="mapped"):
        read(tmp_path / "v")


def test_cut_anywhere_is_noticed(tmp_path):
    write_safetensors(example(), tmp_path / "v")
    whole = (tmp_path / "v").read_bytes()
    for length in range(len(whole)):
        write_anew(tmp_path / "cut", whole[:length])
        with pytest.raises(VectorsFileError, match=r"cut: (truncated|damaged)"):
            read(tmp_path / "cut")
    (tmp_path / "cut").write_bytes(whole + b"x")
    with pytest.raises(VectorsFileError, match="do not fill the file"):
        read(tmp_path / "cut")


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_damaged_bytes_never_crash(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("v")
    write_safetensors(example(), folder / "v")
    damaged = bytearray((folder / "v").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    write_anew(folder / "v", bytes(damaged))
    try:
        found = read(folder / "v")
    except VectorsFileError:
        return
    assert len(found.words) == len(found.matrix)


def rewritten(path, change) -> None:
    """Write the example with its header passed through `change`."""
    write_safetensors(example(), path)
    raw = path.read_bytes()
    length = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8 : 8 + length])
    text = json.dumps(change(header) or header).encode("utf-8")
    path.write_bytes(len(text).to_bytes(8, "little") + text + raw[8 + length :])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda header: header["__metadata__"].update(format_version="9"), "version '9'.*upgrade"),
        (lambda header: header["__metadata__"].update(format="x"), "without word vectors"),
        (lambda header: header["__metadata__"].update(loss="[1,"), "damaged"),
        (lambda header: header["__metadata__"].update(more="[]"), "damaged"),
        (lambda header: header["__metadata__"].update(trainer=3), "object of strings"),
        (lambda header: header.pop("matrix") and None, "without word vectors"),
        (lambda header: header["matrix"].update(shape=[2**62, 2**62]), "'matrix' is described as"),
        (lambda header: header["matrix"].update(shape=[12]), "'matrix' is described as"),
        (lambda header: header["matrix"].update(shape=[3, 4]), "disagree on the number of words"),
        (lambda header: header["matrix"].update(dtype="F64"), "'matrix' is described as"),
        (lambda header: header["matrix"].update(data_offsets=[-8, 40]), "'matrix' is described as"),
        (lambda header: header["words"].update(shape=[True]), "'words' is described as"),
        (lambda header: header.update(other=header["matrix"]), "'other' is described as"),
        (lambda header: [1], "not a JSON object"),
    ],
)
def test_a_header_that_lies_is_refused(tmp_path, change, message):
    rewritten(tmp_path / "v", change)
    with pytest.raises(VectorsFileError, match=message):
        read(tmp_path / "v")


def test_another_programs_file_is_refused(tmp_path):
    from safetensors.numpy import save_file

    save_file({"embeddings": np.zeros((2, 2), np.float32)}, tmp_path / "v")
    with pytest.raises(VectorsFileError, match="its tensors are 'embeddings'"):
        read(tmp_path / "v")


@pytest.mark.parametrize("info", [{"parameters": {"dim": 3j}}, {"loss": [float("nan")]}, {"x": object()}])
def test_info_that_json_cannot_hold_is_refused_and_the_old_file_stays(tmp_path, info):
    (tmp_path / "v").write_bytes(b"old")
    with pytest.raises(InputError, match="cannot be written as JSON"):
        write_safetensors(example(info=info), tmp_path / "v")
    assert (tmp_path / "v").read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["v"]


def test_half_a_surrogate_pair_is_refused(tmp_path):
    with pytest.raises(InputError, match="surrogate"):
        write_safetensors(example(words=["a", "b", "c", "\ud800"]), tmp_path / "v")


@pytest.mark.parametrize("scale", [np.nan, np.inf])
def test_damaged_scales_are_found_when_looked_at(tmp_path, scale):
    scales = np.array([1, scale, 1, 1], np.float32)
    write_safetensors(example(matrix=np.full((4, 3), 100, np.int8), scales=scales), tmp_path / "v")
    with pytest.raises(VectorsFileError, match="row 1: the vector of 'naïve' holds nan or infinity"):
        read(tmp_path / "v", strict=True)
    with pytest.raises(InputError, match="'naïve'"):
        read(tmp_path / "v").unit_rows_of([1])

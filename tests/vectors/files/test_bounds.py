"""What small files may make a reader do: little memory, few steps, one line of message."""

from __future__ import annotations

import gzip
import json
import pickle
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "scripts"))

from fuzz_files import fasttext_bin

from wordvec.errors import VectorsFileError
from wordvec.vectors import WordVectors
from wordvec.vectors.files.chunks import FLOOR, MOST_TIMES
from wordvec.vectors.files.pickle_values import read_pickle

MANY = 100_000
NUMPY = b"cnumpy.core.multiarray\n_reconstruct\n(tR"
DTYPE = b"cnumpy\ndtype\n(U\x02f4tR"


def shared(depth: int, leaf: bytes = b")") -> bytes:
    """A pair of the same pair of the same pair ...: two bytes for each level, 2 ** depth leaves."""
    return leaf + b"2\x86" * depth


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def array(shape: bytes, data: bytes = bytes(16)) -> bytes:
    return NUMPY + b"(K\x01" + shape + DTYPE + b"\x89U" + bytes([len(data)]) + data + b"tb"


def entries(**values: bytes) -> bytes:
    return b"\x80\x02}(" + b"".join(text(name) + value for name, value in values.items()) + b"u."


DEEP = shared(60)
SQUARE = array(b"K\x02K\x02\x86")
PICKLES = {
    "shape": entries(word_vecs=array(DEEP + b"\x85"), word_to_id=b"}"),
    "rows": entries(word_vecs=SQUARE, word_to_id=b"}(U\x01a" + DEEP + b"U\x01b" + DEEP + b"u"),
    "words": entries(index_to_key=b"](" + DEEP + b"U\x01be", vectors=SQUARE),
    "vectors": entries(a=DEEP, b=DEEP),
    "numbers": entries(a=b"](" + DEEP + b"K\x01e", b=b"](K\x01K\x02e"),
    "counts": entries(index_to_key=b"](U\x01aU\x01be", vectors=SQUARE, expandos=b"}(" + text("count") + DEEP + b"u"),
    "buckets": entries(index_to_key=b"](U\x01ae", vectors=SQUARE, vectors_ngrams=SQUARE, bucket=DEEP, min_n=DEEP),
    "name": b"\x80\x04" + DEEP + DEEP + b"\x93.",
    "maker": b"\x80\x02" + DEEP + b")R.",
    "state": b"\x80\x02cgensim.models\nKeyedVectors\n)\x81" + DEEP + b"b.",
    "alone": b"\x80\x02" + DEEP + b".",
    "key": b"\x80\x02}" + DEEP + b"K\x01s.",
}


@pytest.mark.parametrize("name", PICKLES)
def test_a_structure_shared_sixty_times_over_is_not_walked(tmp_path, name):
    """Walking, comparing or printing it once would take 2 ** 60 steps: this test would not end."""
    (tmp_path / "v").write_bytes(PICKLES[name])
    if name == "counts":  # are left aside
        assert WordVectors.load(tmp_path / "v").words == ["a", "b"]
        return
    with pytest.raises(VectorsFileError) as caught:
        WordVectors.load(tmp_path / "v")
    assert len(str(caught.value)) < 600
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("code", [b"}", b"(", b"N", b"]", b"(d", b"(l", b"}\x94", b"K\x01\x85"])
def test_many_small_values_take_no_more_than_the_file_is_worth(monkeypatch, code):
    monkeypatch.setattr("wordvec.vectors.files.pickle_values.FLOOR", 1 << 16)
    content = b"\x80\x04" + code * (40_000 // len(code)) + b"."
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"take more than .* bytes of memory|groups inside one another"):
            read_pickle(content)
        assert tracemalloc.get_traced_memory()[1] < 2 * MOST_TIMES * len(content)
    finally:
        tracemalloc.stop()


def test_a_real_pickle_of_many_words_is_within_the_bounds():
    words = [f"word{i}" for i in range(50_000)]
    described = read_pickle(pickle.dumps({"words": words, "row_of": {word: i for i, word in enumerate(words)}}, 4))
    assert described["words"] == words


def header(text: bytes) -> bytes:
    return len(text).to_bytes(8, "little") + text


@pytest.fixture(scope="module")
def ours(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("v") / "v.safetensors"
    WordVectors(["a", "b"], np.eye(2)).save(path)
    return path.read_bytes()


def change(ours: bytes, change_text) -> bytes:
    length = int.from_bytes(ours[:8], "little")
    return header(change_text(ours[8 : 8 + length].rstrip())) + ours[8 + length :]


HEADERS = {
    "empty objects": lambda text: text[:-1] + b',"x":[' + b"{}," * MANY + b"{}]}",
    "keys": lambda text: b"{" + b",".join(b'"%d":1' % i for i in range(MANY)) + b"}",
    "depth": lambda text: text[:-1] + b',"x":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "a key twice": lambda text: text[:-1] + b',"matrix":{"dtype":"F32","shape":[2,2],"data_offsets":[16,32]}}',
    "more": lambda text: text.replace(
        b'"format":', b'"more":' + json.dumps('{"x":[' + "[]," * MANY + "[]]}").encode() + b',"format":'
    ),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_of_safetensors_is_bounded(tmp_path, monkeypatch, ours, name):
    monkeypatch.setattr("wordvec.vectors.files.chunks.FLOOR", 1 << 20)
    content = change(ours, HEADERS[name])
    (tmp_path / "v").write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(VectorsFileError, match=r"takes|twice|nested") as caught:
            WordVectors.load(tmp_path / "v")
        assert tracemalloc.get_traced_memory()[1] < MOST_TIMES * len(content) + FLOOR
    finally:
        tracemalloc.stop()
    assert len(str(caught.value)) < 500


def test_an_archive_says_what_it_takes_before_it_is_unpacked(tmp_path):
    words = np.array([f"w{i}" for i in range(20_000)])
    np.savez_compressed(tmp_path / "zeros.npz", words=words, matrix=np.zeros((20_000, 500), np.float32))
    np.savez_compressed(
        tmp_path / "info.npz", words=words[:1], matrix=np.ones((1, 2)), info=np.array("[]," * 2_000_000)
    )
    tracemalloc.start()
    try:
        for name in ("zeros.npz", "info.npz"):
            with pytest.raises(VectorsFileError, match=r"more than 10 times the file .*numpy.savez"):
                WordVectors.load(tmp_path / name)
        assert tracemalloc.get_traced_memory()[1] < FLOOR
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("pack", [gzip.compress])
def test_packed_rows_are_given_up_when_they_outgrow_the_file(tmp_path, monkeypatch, pack):
    monkeypatch.setattr("wordvec.vectors.files.chunks.FLOOR", 1 << 12)
    monkeypatch.setattr("wordvec.vectors.files.chunks.FLOOR", 1 << 12)
    rows = b"".join(b"w%d" % i + b" 0" * 50 + b"\n" for i in range(5_000))
    (tmp_path / "v").write_bytes(pack(b"5000 50\n" + rows))
    with pytest.raises(VectorsFileError, match=r"more than 10 times the file|more than 100 times"):
        WordVectors.load(tmp_path / "v")
    (tmp_path / "v").write_bytes(b"5000 50\n" + rows)
    assert len(WordVectors.load(tmp_path / "v")) == 5_000


@pytest.mark.parametrize(("longest", "word"), [(2**31 - 1, "x" * 3_000), (60, "x"), (3, "x" * 5_000)])
def test_ngrams_and_words_of_fasttext_are_bounded(tmp_path, longest, word):
    content = bytearray(fasttext_bin([word], np.ones((1, 4), np.float32), 5, 2, 3))
    struct.pack_into("<i", content, 8 + 4 * 10, longest)
    (tmp_path / "v").write_bytes(content)
    with pytest.raises(VectorsFileError, match="at most"):
        WordVectors.load(tmp_path / "v")


def test_long_words_take_their_ngrams_in_pieces(tmp_path):
    words = [f"{i:03d}" * 1_000 for i in range(20)]
    (tmp_path / "v").write_bytes(fasttext_bin(words, np.ones((20, 4), np.float32), 5, 2, 30))
    tracemalloc.start()
    try:
        assert len(WordVectors.load(tmp_path / "v")) == 20
        assert tracemalloc.get_traced_memory()[1] < 60e6  # 128 words at a time took over 200 MB
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of a process, as Linux can")
def test_hostile_files_are_refused_in_little_memory(tmp_path):
    """In a process of its own, in which more than 1 GB of addresses cannot be had."""
    (tmp_path / "dicts").write_bytes(b"\x80\x02" + b"}" * 2_000_000 + b".")
    (tmp_path / "header").write_bytes(header(b'{"a":[' + b"{}," * 700_000 + b"{}]}"))
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))\n"
        "from wordvec.errors import VectorsFileError\nfrom wordvec.vectors.load import load_rows\n"
        "for path in sys.argv[1:]:\n    try: load_rows(path)\n"
        "    except VectorsFileError as error: print(len(str(error)))\n"
    )
    paths = [str(tmp_path / name) for name in ("dicts", "header")]
    environment = {"OPENBLAS_NUM_THREADS": "1", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code, *paths], capture_output=True, text=True, env=environment)
    assert done.stderr == ""
    assert len(done.stdout.split()) == 2

"""Files that other programs take: packed text, Parquet and Arrow tables; and addresses, which are refused."""

from __future__ import annotations

import gzip
import sys
from contextlib import suppress

import numpy as np
import pytest
from fresh_files import write_anew

from wordvec.errors import InputError, MissingExtraError, OptionError, VectorsFileError
from wordvec.vectors import WordVectors
from wordvec.vectors.files.sniffing import refuse_address
from wordvec.vectors.load import format_for, not_kept

WORDS = ["the", "né", "犬"]
ROWS = np.arange(6, dtype=np.float32).reshape(3, 2) / 7
INFO = {"trainer": "SVD", "parameters": {"dim": 2}, "loss": [1.5]}
load = WordVectors.load


@pytest.fixture
def vectors():
    return WordVectors(WORDS, ROWS, np.array([9, 5, 5]), INFO)


@pytest.mark.parametrize("packing", [".gz", ".zst"])
@pytest.mark.parametrize(
    "suffix, format", [(".txt", "word2vec-text"), (".vec", "fasttext-vec"), (".bin", "word2vec-binary")]
)
def test_packed_files_come_back_and_have_the_same_bytes_each_time(vectors, tmp_path, suffix, format, packing):
    path = tmp_path / f"v{suffix}{packing}"
    assert format_for(path) == format
    vectors.save(path)
    first = path.read_bytes()
    assert first[:2] == {".gz": b"\x1f\x8b", ".zst": b"\x28\xb5"}[packing]
    read = load(path, strict=True)
    assert read.words == WORDS
    np.testing.assert_array_equal(read.matrix, ROWS)
    vectors.save(path)
    assert path.read_bytes() == first
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_gzip_of_other_programs_reads_it(vectors, tmp_path):
    vectors.save(tmp_path / "v.txt.gz")
    vectors.save(tmp_path / "v.txt")
    assert gzip.decompress((tmp_path / "v.txt.gz").read_bytes()) == (tmp_path / "v.txt").read_bytes()
    vectors.save(tmp_path / "glove.gz", format="glove")
    assert load(tmp_path / "glove.gz").words == WORDS


def test_a_failed_packed_write_leaves_the_file_as_it_was(vectors, tmp_path):
    path = tmp_path / "v.txt.gz"
    vectors.save(path)
    before = path.read_bytes()
    broken = WordVectors(WORDS, np.array([[1, 2], [3, np.nan], [5, 6]]))
    with pytest.raises(InputError, match="'né' holds nan"):
        broken.save(path)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name", ["v.safetensors.gz", "v.npz.zst", "v.parquet.gz", "v.gz"])
def test_formats_that_are_not_packed(vectors, tmp_path, name):
    with pytest.raises(OptionError, match=r"is not packed: leave .* out; text and word2vec's binary can be packed"):
        vectors.save(tmp_path / name)
    with pytest.raises(OptionError, match="no format has this suffix"):
        format_for("v.txt.rar")


@pytest.mark.parametrize("name", ["v.parquet", "v.arrow", "v.feather"])
def test_tables_keep_counts_and_where_they_come_from(vectors, tmp_path, name):
    pytest.importorskip("pyarrow")
    vectors.save(tmp_path / name)
    read = load(tmp_path / name, strict=True)
    assert read.words == WORDS and read.counts.tolist() == [9, 5, 5]
    assert INFO.items() <= read.info.items()
    np.testing.assert_array_equal(read.matrix, ROWS)
    assert load(tmp_path / name, limit=2).words == WORDS[:2]
    assert load(tmp_path / name, words=["犬"]).words == ["犬"]
    assert not_kept(vectors, format_for(name)) == []
    more = WordVectors(WORDS, ROWS, info=INFO, context_matrix=ROWS, rare={"x": 1})
    assert not_kept(more, format_for(name)) == ["context vectors", "rare words"]
    more.save(tmp_path / name)
    assert load(tmp_path / name).counts is None


def test_other_libraries_read_the_tables(vectors, tmp_path):
    pandas, feather = pytest.importorskip("pandas"), pytest.importorskip("pyarrow.feather")
    vectors.save(tmp_path / "v.parquet")
    vectors.save(tmp_path / "v.feather")
    frame = pandas.read_parquet(tmp_path / "v.parquet")
    assert list(frame.columns) == ["word", "count", "vector"] and list(frame["word"]) == WORDS
    assert feather.read_table(tmp_path / "v.feather").equals(vectors.to_arrow())


def test_arrow_files_of_others_are_read(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import feather

    table = pyarrow.table({"token": WORDS, "embedding": ROWS.astype(np.float64).tolist(), "other": [1, 2, 3]})
    feather.write_feather(table, tmp_path / "v", compression="zstd", chunksize=2)
    read = load(tmp_path / "v")
    assert read.words == WORDS and read.counts is None
    np.testing.assert_array_equal(read.matrix, ROWS)


def test_a_damaged_arrow_file_is_one_error(vectors, tmp_path):
    pytest.importorskip("pyarrow")
    vectors.save(tmp_path / "v.arrow")
    whole = (tmp_path / "v.arrow").read_bytes()
    for length in [9, 40, *range(100, len(whole), 150)]:
        write_anew(tmp_path / "cut", whole[:length])
        with pytest.raises(VectorsFileError, match=r"cut: "):
            load(tmp_path / "cut")
    rng = np.random.default_rng(1)
    for place in rng.integers(8, len(whole), 60).tolist():
        altered = bytearray(whole)
        altered[place] ^= 0xFF
        write_anew(tmp_path / "altered", altered)
        with suppress(VectorsFileError):  # any other error is one too many
            load(tmp_path / "altered", on_repair=lambda _: None)


@pytest.mark.parametrize("name", ["v.safetensors", "v.npz", "v.parquet", "v.arrow"])
def test_numbers_of_numpy_in_info_are_written(vectors, tmp_path, name):
    pytest.importorskip("pyarrow")
    vectors.info |= {"parameters": {"dim": np.int64(2)}, "score": np.float32(0.5), "scores": np.array([1, 2])}
    vectors.save(tmp_path / name)
    info = load(tmp_path / name).info
    assert (info["parameters"], info["score"], info["scores"]) == ({"dim": 2}, 0.5, [1, 2])
    vectors.info["when"] = len
    with pytest.raises(InputError, match=r"WordVectors\.info.* cannot be written as JSON: it holds a builtin"):
        vectors.save(tmp_path / name)
    assert load(tmp_path / name).info == info


def test_subwords_fitted_with_numbers_of_numpy_are_saved(vectors, tmp_path):
    vectors.fit_subwords(np.int64(1), np.int64(3), np.int64(99), ridge=np.float32(1)).save(tmp_path / "v.npz")
    assert load(tmp_path / "v.npz").info["subwords"]["buckets"] == 99


def test_tables_need_pyarrow_and_say_so(vectors, tmp_path, monkeypatch):
    for module in ("pyarrow", "pyarrow.parquet", "pyarrow.ipc"):
        monkeypatch.setitem(sys.modules, module, None)
    for name in ("v.parquet", "v.arrow"):
        with pytest.raises(MissingExtraError, match=r"wordvec\[arrow\]"):
            vectors.save(tmp_path / name)
    with pytest.raises(InputError, match="'né' holds nan"):
        monkeypatch.undo()
        WordVectors(WORDS, np.array([[1, 2], [3, np.nan], [5, 6]])).save(tmp_path / "v.parquet")


@pytest.mark.parametrize(
    "address, command",
    [
        ("https://example.org/a b/v.txt.gz?x=1", "curl -L -o v.txt.gz 'https://example.org/a b/v.txt.gz?x=1'"),
        ("HTTP://example.org/", "curl -L -o example.org HTTP://example.org/"),
        ("hf://ann/w2v/v.safetensors", r"hf download ann/w2v v.safetensors --local-dir \."),
        ("hf://ann/w2v@main/sub/v.bin", r"hf download ann/w2v sub/v.bin --local-dir \."),
        ("hf://ann/w2v", r"hf download ann/w2v --local-dir \."),
        ("s3://bucket/v.txt", "fetch it with the program for s3://"),
        ("file:///v.txt", "without file://"),
    ],
)
def test_addresses_are_refused_with_the_command_that_fetches(address, command):
    with pytest.raises(VectorsFileError, match=f"{command.replace('?', '[?]')}"):
        WordVectors.load(address)


def test_a_file_may_be_called_like_an_address(vectors, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hf:" / "ann").mkdir(parents=True)
    vectors.save("hf:/ann/v.txt")
    assert WordVectors.load("hf://ann/v.txt").words == WORDS
    refuse_address("C:\\vectors\\v.txt")
    refuse_address("a:b")


def test_convert_packs_and_writes_tables(vectors, tmp_path):
    pytest.importorskip("pyarrow")
    from wordvec.cli import main

    vectors.save(tmp_path / "v.safetensors")
    assert main(["convert", str(tmp_path / "v.safetensors"), str(tmp_path / "v.parquet")]) == 0
    assert main(["convert", str(tmp_path / "v.parquet"), str(tmp_path / "v.txt.zst")]) == 0
    assert load(tmp_path / "v.txt.zst").words == WORDS
    assert main(["convert", "https://example.org/v.txt", str(tmp_path / "w.txt")]) == 2

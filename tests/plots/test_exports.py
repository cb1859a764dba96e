import csv
import json
import sys

import numpy as np
import pytest

from wordvec.errors import InputError, MissingExtraError, OptionError
from wordvec.plots.exports import write_parquet, write_projector
from wordvec.plots.projection import pca
from wordvec.vectors import WordVectors

WORDS = ["the", "<b>", '"quoted"', "naïve", "한국", "a b", "back\\slash"]


def make(words=WORDS, counts=True, **options):
    matrix = np.random.default_rng(3).normal(size=(len(words), 4)).astype(np.float32)
    matrix[0] = [1e-38, -3.4e38, 0.1, 1 / 3]
    return WordVectors(words, matrix, np.arange(len(words), 0, -1) if counts else None, **options)


def read_tsv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_a_projector_folder_gives_back_words_counts_and_every_bit(tmp_path):
    vectors = make()
    assert write_projector(vectors, tmp_path / "out") == 7
    numbers = np.array(read_tsv(tmp_path / "out" / "vectors.tsv"), np.float32)
    assert numbers.tobytes() == vectors.matrix.tobytes()
    heading, *rows = read_tsv(tmp_path / "out" / "metadata.tsv")
    assert heading == ["word", "count"]
    assert rows == [[word, str(7 - i)] for i, word in enumerate(WORDS)]
    config = (tmp_path / "out" / "projector_config.pbtxt").read_text(encoding="utf-8")
    assert 'tensor_path: "vectors.tsv"' in config
    assert 'metadata_path: "metadata.tsv"' in config


def test_without_counts_there_is_one_column_and_no_heading(tmp_path):
    write_projector(make(counts=False), tmp_path / "out")
    assert read_tsv(tmp_path / "out" / "metadata.tsv") == [[word] for word in WORDS]


def test_words_with_tabs_and_ends_of_lines_are_escaped_and_told(tmp_path):
    hostile = ["a\tb", "c\nd\r", "e\\t\tf", "plain\\t"]
    with pytest.warns(UserWarning, match=r"3 words hold a tab, the end of a line or another.*'a\\tb', \.\.\."):
        write_projector(make(hostile), tmp_path / "out")
    words = [row[0] for row in read_tsv(tmp_path / "out" / "metadata.tsv")[1:]]
    assert words == ["a\\tb", "c\\nd\\r", "e\\\\t\\tf", "plain\\t"]


def test_quantised_vectors_are_written_as_their_numbers(tmp_path):
    vectors = WordVectors(["a", "b"], np.array([[127, 1], [-3, 0]], np.int8), scales=np.array([0.5, 2.0], np.float32))
    write_projector(vectors, tmp_path / "out")
    numbers = np.array(read_tsv(tmp_path / "out" / "vectors.tsv"), np.float32)
    np.testing.assert_array_equal(numbers, vectors.rows([0, 1]))


def test_the_commonest_words_alone(tmp_path):
    vectors = WordVectors(list("abcd"), np.eye(4), counts=np.array([1, 9, 5, 7]))
    for top, expected in ((3, ["b", "d", "c"]), (1, ["b"]), (99, ["b", "d", "c", "a"])):
        write_projector(vectors, tmp_path / "out", top=top)
        assert [row[0] for row in read_tsv(tmp_path / "out" / "metadata.tsv")[1:]] == expected
    with pytest.raises(OptionError, match="top must be at least 1; got 0"):
        write_projector(vectors, tmp_path / "out", top=0)


def test_a_folder_of_ours_is_replaced_and_another_is_not(tmp_path):
    write_projector(make(), tmp_path / "out")
    write_projector(make(["x", "y"]), tmp_path / "out")
    assert len(read_tsv(tmp_path / "out" / "vectors.tsv")) == 2
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(InputError, match="not a folder written by wordvec"):
        write_projector(make(), tmp_path / "mine")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "out"]


def test_a_failure_leaves_the_old_folder(tmp_path, monkeypatch):
    write_projector(make(), tmp_path / "out")
    before = (tmp_path / "out" / "vectors.tsv").read_bytes()

    def fail(*_):
        raise RuntimeError("disk on fire")

    monkeypatch.setattr("wordvec.plots.exports._write_vectors", fail)
    with pytest.raises(RuntimeError, match="disk on fire"):
        write_projector(make(["x", "y"]), tmp_path / "out")
    assert (tmp_path / "out" / "vectors.tsv").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_parquet_gives_back_every_column(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="extra arrow (pyarrow) is not installed")
    matrix = np.random.default_rng(3).normal(size=(7, 4)).astype(np.float32)
    vectors = WordVectors(WORDS, matrix, np.arange(7, 0, -1), info={"trainer": "svd", "note": "é"})
    assert write_parquet(vectors, tmp_path / "v.parquet") == 7
    table = parquet.read_table(tmp_path / "v.parquet")
    assert table.column_names == ["word", "count", "x", "y", "vector"]
    assert [str(kind) for kind in table.schema.types[:4]] == ["string", "int64", "float", "float"]
    assert str(table.schema.types[4]).startswith("fixed_size_list<")
    assert table["word"].to_pylist() == WORDS
    assert table["count"].to_pylist() == list(range(7, 0, -1))
    np.testing.assert_array_equal(np.array(table["vector"].to_pylist(), np.float32), matrix)
    points = np.column_stack([table["x"].to_numpy(), table["y"].to_numpy()])
    np.testing.assert_allclose(points, pca(vectors.unit)[0], atol=1e-6)
    assert json.loads(table.schema.metadata[b"wordvec"])["info"]["trainer"] == "svd"


def test_parquet_without_counts_holds_nulls(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="extra arrow (pyarrow) is not installed")
    write_parquet(WordVectors(list("abc"), np.eye(3)), tmp_path / "v.parquet")
    assert parquet.read_table(tmp_path / "v.parquet")["count"].to_pylist() == [None] * 3


@pytest.mark.parametrize("rows, placed", [([[1, 0], [0, 0], [0, 1]], 2), ([[0, 0], [0, 0]], 0), ([[1, 0]], 0)])
def test_parquet_gives_no_place_to_a_vector_of_zeros_and_one_alone(tmp_path, rows, placed):
    parquet = pytest.importorskip("pyarrow.parquet", reason="extra arrow (pyarrow) is not installed")
    write_parquet(WordVectors(list("abc")[: len(rows)], np.array(rows, np.float32)), tmp_path / "v.parquet")
    table = parquet.read_table(tmp_path / "v.parquet")
    assert len(table) == len(rows)
    assert len(rows) - table["x"].null_count == len(rows) - table["y"].null_count == placed


def test_parquet_without_its_package(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as if not installed
    with pytest.raises(MissingExtraError, match=r"wordvec\[arrow\]"):
        write_parquet(WordVectors(list("abc"), np.eye(3)), tmp_path / "v.parquet")


def test_parquet_into_a_missing_folder(tmp_path):
    pytest.importorskip("pyarrow", reason="extra arrow (pyarrow) is not installed")
    with pytest.raises(InputError, match="does not exist"):
        write_parquet(make(), tmp_path / "none" / "v.parquet")

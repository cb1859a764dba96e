"""Words and vectors as others keep them: a matrix and its words in two files, static models, tables, pickled dicts."""

from __future__ import annotations

import base64
import collections
import json
import pickle

import numpy as np
import pytest

from wordvec.errors import OptionError, VectorsFileError
from wordvec.vectors import WordVectors

WORDS = ["tea", "green tea", "São Paulo", "한국어", "rice 7"]
MATRIX = np.random.default_rng(5).normal(size=(5, 3)).astype(np.float32)


def check(vectors: WordVectors, words=WORDS, matrix=MATRIX) -> None:
    assert list(vectors.words) == list(words)
    np.testing.assert_array_equal(vectors.matrix, matrix)


# Words with spaces


def binary(words, matrix, newline: bytes) -> bytes:
    rows = b"".join(w.encode() + b" " + row.astype("<f4").tobytes() + newline for w, row in zip(words, matrix))
    return b"%d %d\n" % matrix.shape + rows


@pytest.mark.parametrize("newline", [b"", b"\n"])
@pytest.mark.parametrize("dim", [3, 8, 50])
@pytest.mark.parametrize("order", [1, -1])
def test_spaces_in_words_of_a_binary_file(tmp_path, newline, dim, order):
    words = ["New York", "tea", "a b c d", "Los Angeles", "x", "São Paulo", "in vitro"][::order]
    matrix = np.random.default_rng(dim).normal(size=(7, dim)).astype(np.float32)
    (tmp_path / "v").write_bytes(binary(words, matrix, newline))
    told: list[str] = []
    check(WordVectors.load(tmp_path / "v", on_repair=told.append), words, matrix)
    assert len(told) == 5
    with pytest.raises(VectorsFileError, match="holds a space"):
        WordVectors.load(tmp_path / "v", strict=True)


@pytest.mark.parametrize("seed", range(30))
def test_where_the_end_of_a_word_cannot_be_told_the_file_is_refused(tmp_path, seed):
    """One number a row says little: the words are right, or there are none."""
    words = ["a b c d", "New York", "tea", "x y"]
    matrix = np.random.default_rng(seed).normal(size=(4, 1)).astype(np.float32)
    (tmp_path / "v").write_bytes(binary(words, matrix, b""))
    try:
        found = WordVectors.load(tmp_path / "v", on_repair=lambda message: None).words
    except VectorsFileError:
        return
    assert found == words


def test_shifted_rows_are_never_taken_for_words(tmp_path):
    """A header of another dimension: every row after the first begins in the middle of a vector."""
    content = binary([f"w{i}" for i in range(50)], np.random.default_rng(1).normal(size=(50, 6)), b"")
    for wrong in (5, 7, 3):
        (tmp_path / "v").write_bytes(content.replace(b"50 6\n", b"50 %d\n" % wrong))
        with pytest.raises(VectorsFileError, match=r"byte|truncated"):
            WordVectors.load(tmp_path / "v")


def test_spaces_in_words_of_text_with_a_header(tmp_path):
    lines = [f"{word} {' '.join(map(repr, row))}\n" for word, row in zip(WORDS[:4], MATRIX.tolist())]
    (tmp_path / "v").write_text(f"4 3\n{''.join(lines)}", encoding="utf-8")
    check(WordVectors.load(tmp_path / "v", strict=True), WORDS[:4], MATRIX[:4])


@pytest.mark.parametrize("declared", [3, 5])
def test_a_header_that_is_one_row_off_is_told(tmp_path, declared):
    (tmp_path / "v").write_text(f"{declared} 2\na 1 2\nb 1 2\nc 1 2\nd 1 2\n")
    with pytest.warns(UserWarning, match=f"one row off: 1 .first: the header declares {declared} words, but 4"):
        assert len(WordVectors.load(tmp_path / "v")) == 4
    with pytest.raises(VectorsFileError, match="4 rows follow"):
        WordVectors.load(tmp_path / "v", strict=True)


def test_a_header_of_three_numbers_and_words_in_base_64(tmp_path):
    def line(word, row):
        return f"B64:{base64.b64encode(word.encode()).decode()} {' '.join(map(repr, row))}\n"

    body = "".join(map(line, WORDS, MATRIX.tolist()))
    (tmp_path / "v").write_text(f"5 3 7200\n{body}")
    check(WordVectors.load(tmp_path / "v", strict=True))
    (tmp_path / "v").write_text(f"5 3 7200\nB64:? 1 2 3\n{body}")
    with pytest.raises(VectorsFileError, match="line 2: expected a word in base 64"):
        WordVectors.load(tmp_path / "v")
    (tmp_path / "v").write_text("4 3 7200\n5 0.5 1\n")  # GloVe's words 4 and 5
    assert WordVectors.load(tmp_path / "v", strict=True).words == ["4", "5"]


@pytest.mark.parametrize("bad", ["nan", "-inf", "1e39", "0.1.2", "x"])
def test_one_bad_row_in_many_is_left_out_and_told(tmp_path, bad):
    rows = "".join(f"w{i} 1 2\n" for i in range(20))
    (tmp_path / "v").write_text(f"21 2\nbad 1 {bad}\n{rows}")
    with pytest.warns(UserWarning, match="left out: 1 .first: line 2: "):
        assert len(WordVectors.load(tmp_path / "v")) == 20
    with pytest.raises(VectorsFileError, match="line 2: "):
        WordVectors.load(tmp_path / "v", strict=True)


@pytest.mark.parametrize("format", ["npz", "pickle", "word2vec-binary", "safetensors"])
def test_one_row_of_nan_is_left_out_in_every_format(tmp_path, format):
    words, matrix = [f"w{i}" for i in range(12)], np.ones((12, 2), np.float32)
    matrix[7, 1] = np.nan
    if format == "word2vec-binary":
        (tmp_path / "v").write_bytes(binary(words, matrix, b"\n"))
    elif format == "pickle":
        (tmp_path / "v").write_bytes(pickle.dumps(dict(zip(words, matrix)), 4))
    else:
        WordVectors(words, matrix).save(tmp_path / "v", format)
    with pytest.warns(UserWarning, match="nan or infinity, left out: 1"):
        vectors = WordVectors.load(
            tmp_path / "v", dtype="float32"
        )  # a file of our own is looked through when a type is asked for
    assert list(vectors.words) == [word for word in words if word != "w7"]
    with pytest.raises(VectorsFileError, match=r"'w7' holds nan"):
        WordVectors.load(tmp_path / "v", strict=True)


# Pickles


@pytest.mark.parametrize(
    "content",
    [
        dict(zip(WORDS, MATRIX)),
        dict(zip(WORDS, MATRIX.tolist())),
        dict(zip(WORDS, map(tuple, MATRIX.tolist()))),
        collections.OrderedDict(zip(WORDS, MATRIX)),
        collections.defaultdict(list, zip(WORDS, MATRIX.tolist())),
        {np.str_(word): list(row) for word, row in zip(WORDS, MATRIX)},
        {word: row[None, :] for word, row in zip(WORDS, MATRIX)},
        (WORDS, MATRIX),
        [MATRIX, tuple(WORDS)],
        {"vocab": {word: i for i, word in enumerate(WORDS)}, "W": MATRIX},
        {"emb": MATRIX, "id2word": dict(enumerate(WORDS))},
        {"words": np.array(WORDS), "vectors": MATRIX},
        {"words": np.array(WORDS, object), "vectors": np.asfortranarray(MATRIX), "note": "mine"},
    ],
    ids=[f"layout {i}" for i in range(13)],
)
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_pickles_of_plain_containers(tmp_path, content, protocol):
    (tmp_path / "v").write_bytes(pickle.dumps(content, protocol))
    check(WordVectors.load(tmp_path / "v", strict=True))


def test_entries_of_a_pickled_dict_that_are_no_vectors(tmp_path):
    content = {f"w{i}": [1.0, 2.0] for i in range(30)} | {"short": [1.0], "none": None}
    (tmp_path / "v").write_bytes(pickle.dumps(content))
    with pytest.warns(UserWarning, match="left out: 2 .first: entry 31: expected 2 numbers for 'short'; got 1 of them"):
        assert len(WordVectors.load(tmp_path / "v")) == 30
    (tmp_path / "v").write_bytes(pickle.dumps({"in": MATRIX, "out": -MATRIX, "words": WORDS}))
    with pytest.raises(VectorsFileError, match="several matrices, 'in' and 'out'"):
        WordVectors.load(tmp_path / "v")


# Two files


def write_words(path, kind):
    if kind == "pickle":
        path.write_bytes(pickle.dumps(WORDS))
    elif kind == "pickled numbering":
        path.write_bytes(pickle.dumps({word: i for i, word in enumerate(WORDS)}))
    elif kind == "json":
        path.write_text(json.dumps(WORDS))
    elif kind == "json numbering":
        path.write_text(json.dumps(dict(enumerate(WORDS))))
    elif kind == "bytes":
        np.save(path, np.array([word.encode() for word in WORDS]))
        (path.parent / f"{path.name}.npy").rename(path)
    elif kind == "table":
        path.write_text("word\tcount\n" + "".join(f"{word}\tx\n" for word in WORDS), encoding="utf-8")
    else:
        end = {"lines": "\n", "lines of a Mac": "\r", "counts": "\t4\n"}[kind]
        path.write_bytes("".join(f"{word}{end}" for word in WORDS).encode())


KINDS = ["pickle", "pickled numbering", "json", "json numbering", "bytes", "table", "lines", "lines of a Mac", "counts"]


@pytest.mark.parametrize("kind", KINDS)
def test_words_from_another_file(tmp_path, kind):
    np.save(tmp_path / "m.npy", MATRIX)
    write_words(tmp_path / "list", kind)
    vectors = WordVectors.load(tmp_path / "m.npy", words_from=tmp_path / "list", strict=True)
    check(vectors)
    assert (vectors.counts is not None) == (kind == "counts")
    assert vectors.info["words_from"] == "list"


@pytest.mark.parametrize("kind", ["npy", "npz", "txt", "safetensors", "pickle"])
def test_matrices_of_several_formats(tmp_path, kind):
    (tmp_path / "list").write_text("\n".join(WORDS), encoding="utf-8")
    path = tmp_path / f"m.{kind}"
    if kind == "npy":
        np.save(path, MATRIX.astype(np.float64))
    elif kind == "npz":
        np.savez_compressed(path, arr_0=MATRIX)
    elif kind == "txt":
        np.savetxt(path, MATRIX)
    elif kind == "pickle":
        path.write_bytes(pickle.dumps(MATRIX))
    else:
        pytest.importorskip("safetensors.numpy").save_file({"weight": MATRIX}, path)
    check(WordVectors.load(path, words_from=tmp_path / "list"))
    with pytest.raises(VectorsFileError):
        WordVectors.load(path)
    (tmp_path / "list").write_text("\n".join(WORDS[:3]), encoding="utf-8")
    with pytest.raises(VectorsFileError, match="list: 3 lines, and the matrix has 5 rows"):
        WordVectors.load(path, words_from=tmp_path / "list")


@pytest.mark.parametrize(
    ("matrix", "words"), [("1900-w.npy", "1900-vocab.pkl"), ("m.npy", "m.words"), ("a.b.npy", "words.txt")]
)
def test_words_beside_the_matrix(tmp_path, matrix, words):
    np.save(tmp_path / matrix, MATRIX)
    with pytest.raises(VectorsFileError, match=r"a matrix without words: .*words_from"):
        WordVectors.load(tmp_path / matrix)
    write_words(tmp_path / words, "pickle" if words.endswith("pkl") else "lines")
    check(WordVectors.load(tmp_path / matrix))


def test_two_files_that_may_hold_the_words_are_named(tmp_path):
    np.save(tmp_path / "m.npy", MATRIX)
    for name in ("m.words", "m.vocab"):
        write_words(tmp_path / name, "lines")
    with pytest.raises(VectorsFileError, match=r"m\.vocab and m\.words may be it"):
        WordVectors.load(tmp_path / "m.npy")


def _safetensors(path, dtype, data):
    header = json.dumps({"weight": {"dtype": dtype, "shape": [2, 2], "data_offsets": [0, len(data)]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + data)


def test_a_tensor_of_bfloat16_is_read_and_one_of_8_bits_named(tmp_path):
    rows = np.array([[1.5, -2.0], [0.25, 3.0]], "<f4")  # which bfloat16 holds exactly
    (tmp_path / "list").write_text("a\nb\n")
    _safetensors(tmp_path / "m.safetensors", "BF16", (rows.view("<u4") >> 16).astype("<u2").tobytes())
    vectors = WordVectors.load(tmp_path / "m.safetensors", words_from=tmp_path / "list")
    np.testing.assert_array_equal(vectors.matrix, rows)
    _safetensors(tmp_path / "m.safetensors", "F8_E4M3", bytes(4))
    with pytest.raises(VectorsFileError, match="tensors are of F8_E4M3: save them as F32"):
        WordVectors.load(tmp_path / "m.safetensors", words_from=tmp_path / "list")


def test_a_repeated_word_names_the_file_of_the_words(tmp_path):
    np.save(tmp_path / "m.npy", np.eye(2))
    (tmp_path / "words.txt").write_text("cat\ncat\n")
    with pytest.raises(VectorsFileError, match=r"words\.txt: 'cat' appears twice, in rows 0 and 1"):
        WordVectors.load(tmp_path / "m.npy")


@pytest.mark.parametrize("start", [0, 1])
def test_numbers_of_lines_are_not_taken_for_words(tmp_path, start):
    np.save(tmp_path / "m.npy", np.eye(2))
    (tmp_path / "list").write_text(f"{start}\tcat\n{start + 1}\tdog\n")
    with pytest.raises(VectorsFileError, match="its first column numbers the lines"):
        WordVectors.load(tmp_path / "m.npy", words_from=tmp_path / "list")
    (tmp_path / "list").write_text("7\tcat\n8\tdog\n")
    assert WordVectors.load(tmp_path / "m.npy", words_from=tmp_path / "list").words == ["7", "8"]


def test_words_from_is_for_matrices(tmp_path):
    WordVectors(WORDS, MATRIX).save(tmp_path / "v.vec", "npz")
    (tmp_path / "g").write_text("the 1 2\nof 3 4\n")
    with pytest.raises(OptionError, match="leave words_from"):
        WordVectors.load(tmp_path / "g", words_from=tmp_path / "g")


@pytest.mark.parametrize("suffix", ["safetensors", "npz"])
def test_words_of_a_file_that_has_its_own_are_not_exchanged(tmp_path, suffix):
    path = tmp_path / f"v.{suffix}"
    WordVectors(WORDS, MATRIX).save(path)
    (tmp_path / "list").write_text("\n".join(WORDS[::-1]), encoding="utf-8")
    with pytest.raises(OptionError, match="it holds its words itself, in the array 'words': leave words_from"):
        WordVectors.load(path, words_from=tmp_path / "list")


def test_words_of_an_npz_of_another_program(tmp_path):
    (tmp_path / "list").write_text("\n".join(WORDS), encoding="utf-8")
    np.savez(tmp_path / "v.npz", vectors=MATRIX, vocab=np.array(WORDS))
    with pytest.raises(OptionError, match="in the array 'vocab': leave words_from"):
        WordVectors.load(tmp_path / "v.npz", words_from=tmp_path / "list")
    np.savez(tmp_path / "v.npz", vectors=MATRIX, labels=np.arange(len(WORDS)))  # clusters, say
    check(WordVectors.load(tmp_path / "v.npz", words_from=tmp_path / "list"))


# Folders, npz, tables


def tokenizer(words, kind: str) -> dict:
    if kind == "Unigram":
        return {"model": {"type": kind, "vocab": [[word, -1.0] for word in words]}, "added_tokens": []}
    vocabulary = {word: i for i, word in enumerate(words[:-1])}
    return {
        "model": {"type": kind, "vocab": vocabulary},
        "added_tokens": [{"id": len(words) - 1, "content": words[-1]}],
    }


@pytest.mark.parametrize("name", ["embeddings", "embedding.weight"])
@pytest.mark.parametrize("kind", ["WordPiece", "Unigram"])
@pytest.mark.parametrize("inner", ["", "0_StaticEmbedding"])
def test_static_models(tmp_path, name, kind, inner):
    save_file = pytest.importorskip("safetensors.numpy").save_file
    folder = tmp_path / "model" / inner
    folder.mkdir(parents=True)
    save_file({name: MATRIX}, folder / "model.safetensors")
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer(WORDS, kind)))
    check(WordVectors.load(tmp_path / "model"))
    check(WordVectors.load(folder / "model.safetensors", strict=True))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer(WORDS[:3], kind)))
    with pytest.raises(VectorsFileError, match=r"tokenizer\.json: 3 words, and the matrix has 5 rows"):
        WordVectors.load(tmp_path / "model")


def test_a_static_model_that_shares_and_weights_rows(tmp_path):
    save_file = pytest.importorskip("safetensors.numpy").save_file
    mapping, weights = np.array([1, 0, 1, 1, 0]), np.array([1, 2, 3, 4, 5], np.float64)
    save_file({"embeddings": MATRIX[:2], "mapping": mapping, "weights": weights}, tmp_path / "model.safetensors")
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer(WORDS, "Unigram")))
    expected = MATRIX[:2][mapping] * weights.astype(np.float32)[:, None]
    check(WordVectors.load(tmp_path), matrix=expected)


def test_other_folders_are_named_with_what_they_hold(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"")
    with pytest.raises(VectorsFileError, match=r"a folder, not a file; name the file .* \(it holds a\.bin"):
        WordVectors.load(tmp_path)


@pytest.mark.parametrize(("words", "matrix"), [("vocab", "vectors"), ("words", "embeddings"), ("labels", "matrix")])
@pytest.mark.parametrize("kind", ["U", "S"])
def test_names_and_types_of_arrays_in_an_npz(tmp_path, words, matrix, kind):
    texts = np.array(WORDS) if kind == "U" else np.array([word.encode() for word in WORDS])
    np.savez(tmp_path / "v.npz", **{words: texts, matrix: MATRIX})
    check(WordVectors.load(tmp_path / "v.npz", strict=True))


def test_json(tmp_path):
    records = [{"word": word, "vector": row} for word, row in zip(WORDS, MATRIX.tolist())]
    (tmp_path / "v").write_text("\n".join(map(json.dumps, records)) + "\n")
    check(WordVectors.load(tmp_path / "v", strict=True))
    (tmp_path / "v").write_text(json.dumps(dict(zip(WORDS, MATRIX.tolist())), indent=1))
    check(WordVectors.load(tmp_path / "v", strict=True))
    for indent in (None, 2):
        (tmp_path / "v").write_text(json.dumps([{"id": 1, **record} for record in records], indent=indent))
        check(WordVectors.load(tmp_path / "v", strict=True))
    for wrong in (float("nan"), float("inf"), None):  # in the first row, by which the format is known
        rows = {
            "x": [wrong, 1.0, 1.0],
            **{f"{word}{i}": row for i in range(4) for word, row in zip(WORDS, MATRIX.tolist())},
        }
        (tmp_path / "v").write_text(json.dumps(rows))
        with pytest.warns(UserWarning, match="left out: 1 .first: row 1"):
            assert len(WordVectors.load(tmp_path / "v")) == len(rows) - 1
    (tmp_path / "v").write_text("\n".join(map(json.dumps, records * 4)) + "\n{\n")
    with pytest.warns(UserWarning, match="left out: 1 .first: row 21"):
        WordVectors.load(tmp_path / "v")


def test_our_parquet_is_read_back(tmp_path):
    pytest.importorskip("pyarrow")
    from wordvec.plots.exports import write_parquet

    vectors = WordVectors(WORDS, MATRIX, counts=np.arange(5, 0, -1), info={"trainer": "SVD", "loss": [1.0]})
    write_parquet(vectors, tmp_path / "v.parquet", show_progress=False)
    read = WordVectors.load(tmp_path / "v.parquet", strict=True)
    check(read)
    assert read.counts.tolist() == [5, 4, 3, 2, 1]
    assert read.info == vectors.info


@pytest.mark.parametrize("layout", ["list", "columns"])
def test_other_tables(tmp_path, layout):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    columns = {"token": WORDS, "id": list(range(5))}
    columns |= {"emb": MATRIX.tolist()} if layout == "list" else {str(i): MATRIX[:, i] for i in range(3)}
    parquet.write_table(pyarrow.table(columns), tmp_path / "v")
    check(WordVectors.load(tmp_path / "v", strict=True))
    parquet.write_table(pyarrow.table({"a": WORDS, "b": WORDS}), tmp_path / "v")
    with pytest.raises(VectorsFileError, match=r"one column of text expected.*'a' \(string\)"):
        WordVectors.load(tmp_path / "v")
    (tmp_path / "v").write_bytes((tmp_path / "v").read_bytes()[:-9])
    with pytest.raises(VectorsFileError, match="not a readable table"):
        WordVectors.load(tmp_path / "v")


def test_a_table_that_repeats_itself_is_counted_first(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    zeros = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(np.zeros(6_000_000, np.float32)), 60_000)
    parquet.write_table(pyarrow.table({"word": [str(i) for i in range(100)], "vector": zeros}), tmp_path / "v")
    with pytest.raises(VectorsFileError, match="more than 10 times the file"):
        WordVectors.load(tmp_path / "v")


def test_a_float_column_beside_numbered_ones_is_no_dimension(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    columns = {"word": ["a", "b"], "d0": [1.0, 2.0], "share": [0.1, 0.2], "d1": [3.0, 4.0]}
    parquet.write_table(pyarrow.table(columns), tmp_path / "v")
    with pytest.raises(VectorsFileError, match="from 'd0' to 'd1', and beside them 'share', which may be no part"):
        WordVectors.load(tmp_path / "v")

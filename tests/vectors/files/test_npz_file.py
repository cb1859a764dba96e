from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from wordvec.errors import InputError, VectorsFileError
from wordvec.vectors import WordVectors

ONE = {"words": np.array(["a"]), "matrix": np.ones((1, 2))}


def test_numpy_reads_it_without_pickle(tmp_path):
    WordVectors(["a", "네"], np.array([[1, 2], [3, 4]]), np.array([2, 1])).save(tmp_path / "v.npz")
    with np.load(tmp_path / "v.npz", allow_pickle=False) as arrays:
        assert arrays["words"].tolist() == ["a", "네"]
        assert arrays["matrix"].tolist() == [[1, 2], [3, 4]]


def test_a_users_own_npz_is_read(tmp_path):
    matrix = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    np.savez_compressed(tmp_path / "v", words=["a", "b"], matrix=matrix)
    np.testing.assert_array_equal(WordVectors.load(tmp_path / "v.npz").matrix, matrix)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"vectors": np.ones((2, 2))}, r"needs the arrays 'words' and 'matrix'; found \['vectors.npy'\]"),
        ({"words": np.array([1, 2]), "matrix": np.ones((2, 2))}, "must be one-dimensional text"),
        ({"words": np.array(["a", "a"]), "matrix": np.ones((2, 2))}, "'a' appears twice"),
        ({"words": np.array(["a"]), "matrix": np.ones((2, 2))}, "one row for each"),
        ({"words": np.array(["a"]), "matrix": np.ones((1, 2)), "info": np.array("[")}, "not a readable .npz"),
        ({"words": np.array(["a"]), "matrix": np.ones((1, 2)), "info": np.array("[1]")}, "info"),
        ({**ONE, "rare_words": np.array(["b"]), "rare_counts": np.array([1.5])}, "'rare_counts' must be integers"),
        ({**ONE, "rare_words": np.array(["b"]), "rare_counts": np.array([1, 2])}, r"of shape \(1,\)"),
        ({**ONE, "counts": np.array([-1])}, "counts must not be negative"),
        ({**ONE, "matrix": np.array([["x"]])}, "must hold numbers"),
    ],
)
def test_other_arrays_are_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "v", **arrays)
    with pytest.raises(VectorsFileError, match=message):
        WordVectors.load(tmp_path / "v.npz")


def test_a_declared_size_allocates_nothing(tmp_path):
    member = io.BytesIO()
    np.lib.format.write_array_header_1_0(member, {"descr": "<f4", "fortran_order": False, "shape": (10**12, 300)})
    with zipfile.ZipFile(tmp_path / "v", "w") as archive:
        archive.writestr("matrix.npy", member.getvalue())
        archive.writestr("words.npy", member.getvalue())
    with pytest.raises(VectorsFileError, match=r"shape \(1000000000000, 300\) in"):
        WordVectors.load(tmp_path / "v")


def test_a_word_ending_in_nul_is_refused(tmp_path):
    with pytest.raises(InputError, match="ends in NUL"):
        WordVectors(["a\0"], np.ones((1, 2))).save(tmp_path / "v.npz")


def test_one_very_long_word_among_many_is_refused(tmp_path):
    words = [f"w{i}" for i in range(3_000)] + ["x" * 50_000]
    with pytest.raises(InputError, match=r"a word of 50,000 characters among 3,001: .*\.safetensors"):
        WordVectors(words, np.ones((3_001, 1))).save(tmp_path / "v.npz")

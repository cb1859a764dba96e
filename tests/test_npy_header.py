"""Arrays in .npy files: what numpy writes is mapped; anything else is a ValueError, whatever its header says."""

import struct

import numpy as np
import pytest

from wordvec.npy_header import map_npy


def npy(header, numbers=bytes(24), version=b"\x01\x00"):
    text = header.encode("latin-1") + b"\n"
    return b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text + numbers


def described(descr="'<f4'", order="False", shape="(6,)"):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.int32),
        np.arange(6, dtype=">f8").reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.zeros((0, 5), np.float32),
        np.array(7),
        np.array(["a", "bc"]),
    ],
    ids=["int32", "big-endian", "fortran", "empty", "scalar", "text"],
)
def test_what_numpy_writes_is_mapped(tmp_path, array):
    np.save(tmp_path / "a.npy", array)
    found = map_npy(tmp_path / "a.npy")
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)


HEADERS = {
    "open bracket": "(" * 300,
    "deep": "[" * 9000,
    "a call": "__import__('os').system('true')",
    "no type": described("'<f3'"),
    "objects": described("'|O'"),
    "records": described("[('a', '<f4')]"),
    "long text": described("'<U2147483647'"),
    "below 0": described(shape="(-6,)"),
    "too long": described(shape="(7,)"),
    "too short": described(shape="(5,)"),
    "huge": described(shape=f"({2**62}, 4)"),
    "many digits": described(shape=f"({'9' * 5000},)"),
    "many dimensions": described(shape="(" + "1, " * 40 + "6)"),
    "order": described(order="None"),
    "shape": described(shape="None"),
    "nothing": "",
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_damaged_header_is_a_value_error(tmp_path, name):
    (tmp_path / "a.npy").write_bytes(npy(HEADERS[name]))
    with pytest.raises(ValueError):
        map_npy(tmp_path / "a.npy")


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", npy(described(), version=b"\x07\x00"), npy(described())[:-1]])
def test_a_file_that_is_cut_off_is_a_value_error(tmp_path, content):
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(ValueError):
        map_npy(tmp_path / "a.npy")


def test_changes_of_a_copy_stay_in_memory(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(3))
    map_npy(tmp_path / "a.npy", "c")[0] = 1
    assert map_npy(tmp_path / "a.npy")[0] == 0

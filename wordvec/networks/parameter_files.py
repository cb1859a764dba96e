"""Named arrays in a .safetensors or .npz file: reading either never runs code."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from wordvec.arrays import Array, array_module, to_numpy
from wordvec.errors import InputError, OptionError
from wordvec.files import replace_file
from wordvec.npy_header import read_npy_header

ENDINGS = (".safetensors", ".npz")
LAYERS = "layers"  # entry for what `sequential.py` says about the network; in an .npz an array of bytes


def save(path: str | os.PathLike[str], arrays: Mapping[str, Array], layers: str) -> None:
    """Write the arrays, and the layers they belong to; an earlier file stays as it was if this fails.

    Raises OptionError for any other file name ending.
    """
    ending = _ending(path)
    # safetensors writes memory as it is laid out, so a transposed view must be made contiguous
    plain = {name: np.ascontiguousarray(to_numpy(array)) for name, array in arrays.items()}
    if ending == ".npz":
        content = _as_npz({**plain, LAYERS: np.frombuffer(layers.encode(), np.uint8)})
    else:
        from safetensors.numpy import save as as_safetensors

        content = as_safetensors(plain, {LAYERS: layers})
    with replace_file(path) as file:
        file.write(content)


def _as_npz(arrays: Mapping[str, np.ndarray]) -> bytes:
    """np.savez can be told to refuse objects, which it would pickle, only from numpy 2.2 on."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)
    return content.getvalue()


def load(path: str | os.PathLike[str], arrays: Mapping[str, Array]) -> None:
    """Fill `arrays` from a file with the same names, shapes and dtypes. Raises InputError, with nothing changed."""
    ending = _ending(path)
    with _told(path):
        found = _read_safetensors(path, arrays) if ending == ".safetensors" else _read_npz(path, arrays)
    for name, array in arrays.items():
        array[...] = array_module(array).asarray(found[name])


def read(path: str | os.PathLike[str]) -> tuple[str, dict[str, np.ndarray]]:
    """What a file says about its layers, and its arrays. Raises InputError for a file that holds no network."""
    ending = _ending(path)
    with _told(path):
        layers, found = _everything_in_safetensors(path) if ending == ".safetensors" else _everything_in_npz(path)
        for name, array in found.items():
            if array.dtype.kind != "f":
                raise _Differs(f"{name} must hold floating-point numbers; got {array.dtype}")
    return layers, found


def fill(path: str | os.PathLike[str], arrays: Mapping[str, Array], found: Mapping[str, np.ndarray]) -> None:
    """Fill `arrays` from those found. Raises InputError if names, shapes or dtypes differ."""
    with _told(path):
        _check_names(found, arrays)
        for name, array in arrays.items():
            _check_array(name, (found[name].dtype, found[name].shape), array)
            array[...] = found[name]


def _no_layers(names: Sequence[str]) -> str:
    """The message for a file of arrays that names no layers."""
    shown = ", ".join(sorted(names)[:4])[:200] or "nothing"
    if all("." in name for name in names):
        return f"names no layers for its {shown}: load it into the network it was saved from, and save that again"
    return f"holds {shown}, which is no network: one is written by Sequential.save"


@contextmanager
def _told(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn errors of reading into InputError."""
    broken = f"{path}: not a whole {_ending(path)} file of named arrays: write it again with Sequential.save"
    try:
        yield
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except _Differs as error:
        raise InputError(f"{path}: {error}") from None
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OverflowError):
        raise InputError(broken) from None


def _ending(path: str | os.PathLike[str]) -> str:
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise OptionError(f"{path}: a network's file must end in .safetensors or .npz; got {ending or 'no ending'!r}")
    return ending


class _Differs(Exception):
    """The file is whole, but not of this network."""


def _check_names(names: Iterable[str], arrays: Mapping[str, Array]) -> None:
    found = set(names)
    for what, others in (("lacks", arrays.keys() - found), ("has, but the network has not,", found - arrays.keys())):
        if others:
            shown = ", ".join(sorted(others)[:10])[:200]
            raise _Differs(f"the file {what} {shown}: build the network as it was saved")


def _check_array(name: str, found: tuple[np.dtype, tuple[int, ...]], array: Array) -> None:
    if found != (array.dtype, array.shape):
        raise _Differs(f"{name} must be {array.dtype} {array.shape} for this network; got {found[0]} {found[1]}")


def _everything_in_safetensors(path: str | os.PathLike[str]) -> tuple[str, dict[str, np.ndarray]]:
    from safetensors import SafetensorError, safe_open

    Path(path).open("rb").close()  # says what is wrong with its name
    try:
        with safe_open(path, framework="numpy") as file:
            layers = (file.metadata() or {}).get(LAYERS)
            names = list(file.keys())
            if layers is None:
                raise _Differs(_no_layers(names))
            return layers, {name: file.get_tensor(name) for name in names}
    except (SafetensorError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(str(error)) from None


def _everything_in_npz(path: str | os.PathLike[str]) -> tuple[str, dict[str, np.ndarray]]:
    """`save` does not compress, so arrays that are together larger than the file are not read."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
        if LAYERS not in entries:
            raise _Differs(_no_layers(list(entries)))
        size = os.path.getsize(path)
        if sum(entry.file_size for entry in entries.values()) > size:
            raise ValueError("its content is larger than the file")
        for name, entry in entries.items():
            with archive.open(entry) as file:
                found[name] = _array_in(file, name, entry.file_size)
    return found.pop(LAYERS).tobytes().decode(), found


def _array_in(file: IO[bytes], name: str, most: int) -> np.ndarray:
    header = read_npy_header(file)
    if header.nbytes > most:
        raise ValueError(f"{name} is larger than its file")
    data = file.read(header.nbytes + 1)
    if len(data) != header.nbytes:
        raise ValueError(f"{name} is cut off")
    return np.frombuffer(data, header.dtype).reshape(header.shape, order=header.order)


def _read_safetensors(path: str | os.PathLike[str], arrays: Mapping[str, Array]) -> dict[str, np.ndarray]:
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_safetensors

    content = Path(path).read_bytes()
    try:
        found: dict[str, np.ndarray] = from_safetensors(content)
    except (SafetensorError, KeyError, AttributeError) as error:
        raise ValueError(str(error)) from None
    _check_names(found, arrays)
    for name, array in arrays.items():
        _check_array(name, (found[name].dtype, found[name].shape), array)
    return found


def _read_npz(path: str | os.PathLike[str], arrays: Mapping[str, Array]) -> dict[str, np.ndarray]:
    """Each array's header is compared with the network's before its numbers are read, which bounds memory."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
        _check_names(entries.keys() - {LAYERS}, arrays)
        for name, array in arrays.items():
            with archive.open(entries[name]) as file:
                header = read_npy_header(file)
                _check_array(name, (header.dtype, header.shape), array)
                data = file.read(header.nbytes + 1)
            if len(data) != header.nbytes:
                raise ValueError(f"{name} is cut off")
            found[name] = np.frombuffer(data, header.dtype).reshape(header.shape, order=header.order)
    return found

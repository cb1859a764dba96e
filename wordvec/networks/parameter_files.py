"""Named arrays in a file, .safetensors or .npz: neither runs code when it is read."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from wordvec.arrays import Array, array_module, to_numpy
from wordvec.errors import InputError, OptionError
from wordvec.files import replace_file
from wordvec.npy_header import read_npy_header

ENDINGS = (".safetensors", ".npz")


def save(path: str | os.PathLike[str], arrays: Mapping[str, Array]) -> None:
    """Write the arrays; an earlier file stays as it was if this fails. Raises OptionError for another ending."""
    ending = _ending(path)
    # safetensors writes the memory as it lies, so a transposed view has to be laid out anew
    plain = {name: np.ascontiguousarray(to_numpy(array)) for name, array in arrays.items()}
    if ending == ".npz":
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **plain)
        content = buffer.getvalue()
    else:
        from safetensors.numpy import save as as_safetensors

        content = as_safetensors(plain)
    with replace_file(path) as file:
        file.write(content)


def load(path: str | os.PathLike[str], arrays: Mapping[str, Array]) -> None:
    """Fill `arrays` from a file with the same names, shapes and dtypes. Raises InputError, with nothing changed."""
    ending = _ending(path)
    broken = f"{path}: not a whole {ending} file of named arrays: write it again with Sequential.save"
    try:
        found = _read_safetensors(path, arrays) if ending == ".safetensors" else _read_npz(path, arrays)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except _Differs as error:
        raise InputError(f"{path}: {error}") from None
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OverflowError):
        raise InputError(broken) from None
    for name, array in arrays.items():
        array[...] = array_module(array).asarray(found[name])


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
    """Each array's header is compared with the network's before its numbers are read: memory is bounded by that."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        _check_names((name.removesuffix(".npy") for name in archive.namelist()), arrays)
        for name, array in arrays.items():
            with archive.open(name + ".npy") as file:
                header = read_npy_header(file)
                _check_array(name, (header.dtype, header.shape), array)
                data = file.read(header.nbytes + 1)
            if len(data) != header.nbytes:
                raise ValueError(f"{name} is cut off")
            found[name] = np.frombuffer(data, header.dtype).reshape(header.shape, order=header.order)
    return found

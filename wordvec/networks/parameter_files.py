"""Named arrays in a file, .safetensors or .npz: neither runs code when it is read."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from wordvec.arrays import Array, array_module, to_numpy
from wordvec.errors import InputError, OptionError
from wordvec.files import replace_file

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
    found = _read(path, _ending(path))
    for what, names in (
        ("lacks", arrays.keys() - found.keys()),
        ("has, but the network has not,", found.keys() - arrays.keys()),
    ):
        if names:
            raise InputError(f"{path}: the file {what} {', '.join(sorted(names))}: build the network as it was saved")
    for name, array in arrays.items():
        if found[name].shape != array.shape or found[name].dtype != array.dtype:
            raise InputError(
                f"{path}: {name} must be {array.dtype} {array.shape} for this network; "
                f"got {found[name].dtype} {found[name].shape}"
            )
    for name, array in arrays.items():
        array[...] = array_module(array).asarray(found[name])


def _ending(path: str | os.PathLike[str]) -> str:
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise OptionError(f"{path}: a network's file must end in .safetensors or .npz; got {ending or 'no ending'!r}")
    return ending


def _read(path: str | os.PathLike[str], ending: str) -> dict[str, np.ndarray]:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_safetensors

    try:
        if ending == ".safetensors":
            return from_safetensors(content)
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (SafetensorError, ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile, zlib.error, AttributeError):
        raise InputError(
            f"{path}: not a whole {ending} file of named arrays: write it again with Sequential.save"
        ) from None

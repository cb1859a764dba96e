"""Ways to damage a file of a known structure: lines and fields, JSON values, .npy headers, archives, packed data."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import warnings
import zipfile
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import numpy as np
from fuzz_files import LIES, damage_bytes

ODD_TEXTS = (
    "", " ", "\t", "\u3000", "\x85", "\u2028", "\ufeff", "\u202e", "\x1b[31m", "\0", "\r", "\x1c", "nan", "-inf",
    "1e999", "-1", "0", "1,5", "1_0", "0x10", "٣", "²", "99999999999999999999", "#", ":", ": x", "//", '"', "'", "a b",
    "new\u00a0york", "é", "e\u0301", "한국어", "\U0001f600", "\ud800", "x" * 3000, "__proto__", "../../outside", "{}",
)  # fmt: skip
ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-32",
    "latin-1",
    "cp1252",
    "cp949",
    "shift_jis",
    "gb18030",
)
LINE_ENDS = ("\n", "\r\n", "\r", "\n\n", "\x85", "\u2028", "\0\n", "")


class Raw(str):
    """Text that is put into JSON as it is."""


DEEP = 30_000  # brackets; deeper than Python's parsers go


def odd_json(random: Random) -> Any:
    """A value that a reader of JSON may not have thought of."""
    return random.choice(
        (
            None, True, False, -1, 0, 1, 2, 2**31, 2**63, 2**64, -(2**63), 0.5, 1e308, Raw("1e999"), Raw("-1e999"),
            Raw("NaN"), Raw("Infinity"), Raw("9" * 400), Raw("9" * 5000), Raw("1e-400"), Raw("-0"), Raw("[" * DEEP),
            Raw("[" * 500 + "]" * 500), Raw('{"a":' * 2000 + "1" + "}" * 2000), Raw("tru"), Raw('"\\ud800"'),
            Raw('"\\u0000"'), [], {}, [[]], [None], [1, "a"], {"a": None}, {"": {}}, [[1, 2], [3]],
            *(text for text in ODD_TEXTS[:12]),
        )
    )  # fmt: skip


def as_json(value: Any, random: Random | None = None) -> str:
    """JSON of a value with `Raw` parts; with `random`, one key of some objects appears twice."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        parts = [json.dumps(str(key)) + ":" + as_json(each, random) for key, each in value.items()]
        if random is not None and parts and random.random() < 0.02:
            parts.append(random.choice(parts).split(":")[0] + ":" + as_json(odd_json(random)))
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(as_json(each, random) for each in value) + "]"
    return json.dumps(value)


def changed_json(value: Any, random: Random) -> Any:
    """The value with one part of it, however deep inside, replaced, taken out, doubled or renamed."""
    if isinstance(value, (dict, list)) and value and random.random() < 0.85:
        copy: Any = dict(value) if isinstance(value, dict) else list(value)
        place = random.choice(list(copy)) if isinstance(copy, dict) else random.randrange(len(copy))
        kind = random.randrange(8)
        if kind == 0:
            del copy[place]
        elif kind == 1 and isinstance(copy, dict):
            copy[random.choice(ODD_TEXTS)] = copy.pop(place)
        elif kind == 1:
            copy.insert(place, copy[place])
        else:
            copy[place] = changed_json(copy[place], random)
        return copy
    if isinstance(value, int) and random.random() < 0.3:
        return value + random.choice((-1, 1, 0.0, 0.5))
    return odd_json(random)


def damaged_json(value: Any, random: Random) -> bytes:
    """JSON text of the value, changed in one to three places, or damaged as text."""
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        value = changed_json(value, random)
    text = as_json(value, random).encode("utf-8", "surrogatepass")
    return damage_bytes(text, random) if random.random() < 0.2 else text


def damaged_lines(
    lines: Sequence[str], random: Random, separators: Sequence[str] = (" ", "\t", ";", ",", "  "), comment: str = "#"
) -> bytes:
    """The lines with some taken out, doubled, moved or changed; another separator, line end or encoding."""
    changed = list(lines)
    for _ in range(random.choice((0, 1, 1, 2, 4))):
        i = random.randrange(len(changed) + 1)
        kind = random.randrange(9)
        if kind == 0:
            changed.insert(i, random.choice(ODD_TEXTS))
        elif i == len(changed):
            continue
        elif kind == 1:
            del changed[i]
        elif kind == 2:
            changed.insert(random.randrange(len(changed) + 1), changed[i])
        elif kind == 3:
            changed[i] = comment + changed[i]
        else:
            changed[i] = _changed_field(changed[i], random, separators)
    end = random.choice(LINE_ENDS) if random.random() < 0.2 else "\n"
    text = end.join(changed) + (end if random.random() < 0.8 else "")
    if random.random() < 0.15:
        text = text.replace(random.choice(separators), random.choice(separators))
    return encoded(text, random)


def _changed_field(line: str, random: Random, separators: Sequence[str]) -> str:
    separator = next((each for each in separators if each in line), " ")
    fields = line.split(separator)
    i = random.randrange(len(fields))
    kind = random.randrange(5)
    if kind == 0:
        del fields[i]
    elif kind == 1:
        fields.insert(i, fields[i])
    elif kind == 2:
        fields[i] += random.choice(ODD_TEXTS)
    else:
        fields[i] = random.choice(ODD_TEXTS)
    return separator.join(fields)


def encoded(text: str, random: Random) -> bytes:
    """The text as UTF-8, now and then in another encoding or with a damaged byte."""
    encoding = random.choice(ENCODINGS) if random.random() < 0.15 else "utf-8"
    try:
        content = text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")
    except UnicodeEncodeError:
        content = text.encode("utf-8", "replace")
    return damage_bytes(content, random) if random.random() < 0.15 else content


def npy(array: np.ndarray) -> bytes:
    """The bytes of a .npy file."""
    out = io.BytesIO()
    np.save(out, array, allow_pickle=False)
    return out.getvalue()


def damaged_npy(array: np.ndarray, random: Random) -> bytes:
    """A .npy file whose header lies about type, order or shape, whose numbers were changed, or with damaged bytes."""
    kind = random.randrange(4)
    if kind == 0:
        return damage_bytes(npy(array), random)
    if kind == 1 and array.size:
        changed = array.copy()
        lie = random.choice((*LIES, float("nan"), float("inf"), 1e300))
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                changed.reshape(-1)[random.randrange(array.size)] = lie
            except (OverflowError, ValueError):
                changed.reshape(-1)[random.randrange(array.size)] = 200 if array.dtype.kind == "u" else -1
        return npy(changed)
    if kind == 2:
        types = (
            np.int8,
            np.int16,
            np.int32,
            np.int64,
            np.uint64,
            np.float16,
            np.float32,
            np.float64,
            ">i8",
            "S3",
            "U2",
        )
        chosen = np.dtype(random.choice((*types, bool, complex, "M8[s]")))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return npy(np.zeros(array.shape, chosen) if array.dtype.kind in "US" else array.astype(chosen))
    header = {"descr": array.dtype.str, "fortran_order": False, "shape": array.shape}
    lies: dict[str, tuple[Any, ...]] = {
        "descr": ("|O", "<f3", "", "<i4,<f4", [("a", "<f4")], None, 7, "V8", "<U2147483647"),
        "fortran_order": (True, 1, None, "no"),
        "shape": ((), (0,), (-1,), (2**62, 4), (2**31,), (1,) * 70, [3], 3, None, (True,), (1.5,), (*array.shape, 1)),
    }
    name = random.choice(list(lies))
    header[name] = random.choice(lies[name])
    if random.random() < 0.1:
        header.pop(random.choice(list(header)))
    text = repr(header)
    if random.random() < 0.1:
        text = random.choice(("(" * 300, "[" * 9000, "-" * 5000 + "1", "{'a':" * 90, "exit()", "{**1}", "\0"))
    content = text.encode("latin-1", "replace") + b"\n"
    version = (
        random.choice((b"\x01\x00", b"\x02\x00", b"\x03\x00", b"\x09\x00")) if random.random() < 0.2 else b"\x01\0"
    )
    layout = "<H" if version == b"\x01\0" else "<I"
    length = len(content) if random.random() < 0.9 else random.choice((0, 1, 65535))
    return b"\x93NUMPY" + version + struct.pack(layout, length) + content + array.tobytes()


def zipped(members: Sequence[tuple[str, bytes]], random: Random) -> bytes:
    """An archive of the members, now and then with odd names or the same twice, lies in its directory, or zeros."""
    members = list(members)
    if random.random() < 0.2:
        name, content = random.choice(members)
        members.append((random.choice((name, "../" + name, "/" + name, name + "/", " ", "x" * 300)), content))
    if random.random() < 0.1:
        i = random.randrange(len(members))
        members[i] = (members[i][0], members[i][1] + bytes(3_000_000))
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")
        for name, content in members:
            entry = zipfile.ZipInfo(name)  # without the time of day
            archive.writestr(entry, content, random.choice((0, 8)), compresslevel=1)
    made = bytearray(out.getvalue())
    for mark, size in ((b"PK\x01\x02", 46), (b"PK\x03\x04", 30), (b"PK\x05\x06", 22)):
        if random.random() < 0.15:
            start = made.find(mark)
            place = start + random.randrange(4, size)
            made[place : place + 4] = struct.pack("<I", random.choice((0, 1, 12, 14, 99, 0xFFFF, 0xFFFFFFFF)))
    return damage_bytes(bytes(made), random) if random.random() < 0.1 else bytes(made)


def zstd(content: bytes) -> bytes:
    """The content as one frame of Zstandard."""
    try:
        from compression import zstd as module
    except ImportError:
        from backports import zstd as module  # type: ignore[no-redef]
    return bytes(module.compress(content, 1))


PACKERS: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    (".gz", lambda content: gzip.compress(content, 1, mtime=0)),
    (".bz2", lambda content: bz2.compress(content, 1)),
    (".xz", lambda content: lzma.compress(content, preset=0)),
    (".zst", zstd),
)


def packed(content: bytes, random: Random) -> tuple[str, bytes]:
    """A suffix and the content packed: in one or several members, with damaged headers, cut, or with more behind."""
    suffix, pack = random.choice(PACKERS)
    half = random.randrange(len(content) + 1)
    made = random.choice((lambda: pack(content), lambda: pack(content[:half]) + pack(content[half:])))()
    kind = random.randrange(8)
    if kind == 0:
        made = made + random.choice((b"\0" * 20, b"garbage", made, made[: len(made) // 2]))
    elif kind == 1:
        made = made[: random.randrange(len(made) + 1)]
    elif kind == 2:
        place = random.randrange(min(20, len(made)))
        made = made[:place] + random.randbytes(1) + made[place + 1 :]
    elif kind == 3:
        made = damage_bytes(made, random)
    elif kind == 4:
        made = pack(made)
    elif kind == 5:
        suffix = random.choice((*(each for each, _ in PACKERS), "", ".txt"))
    return suffix, made

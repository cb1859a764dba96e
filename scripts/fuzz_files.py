"""Small files of vectors in every format wordvec reads, and ways to damage them; for scripts/fuzz.py and the tests."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import sys
import types
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from wordvec.vectors import WordVectors
from wordvec.vectors.load import WRITERS
from wordvec.vectors.subwords import Subwords

WORDS = ["the", "naïve", "한국어", "b"]
MATRIX = (np.arange(12, dtype=np.float32).reshape(4, 3) - 5) / 7
LIES = (0, 1, -1, 127, 255, 2**15, 2**31 - 1, -(2**31), 2**32, 2**40, 2**62, 2**63 - 1, -(2**63))
TEXT_LIES = (b"nan", b"-inf", b"1e999", b"99999999999999999", b"0", b"-1", b"1_0", b"\xff", b"", b"\n", b" ", b"0x10")


def example_files() -> dict[str, bytes]:
    """A valid file of each kind."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "vectors"
        counts = np.array([9, 5, 2, 1])
        vectors = WordVectors(WORDS, MATRIX, counts, {"trainer": "x", "loss": [1.5]}, -MATRIX, rare={"seldom": 2})
        narrow = WordVectors(WORDS, MATRIX.astype(np.int8), counts, scales=np.ones(4, np.float32))
        files = {}
        for format in WRITERS:
            if format == "floret":  # has no words, and n-grams of its own kind: the target of that name makes its own
                continue
            vectors.save(path, format)
            files[format] = path.read_bytes()
        narrow.save(path, "safetensors")
        files["safetensors-int8"] = path.read_bytes()
        rows = np.arange(15, dtype=np.float32).reshape(5, 3)
        with_subwords = WordVectors(
            WORDS, MATRIX, counts, subwords=Subwords(rows, 900, 2, 3, kept=np.arange(0, 900, 180))
        )
        for format in ("safetensors", "npz"):
            with_subwords.save(path, format)
            files[f"{format}-subwords"] = path.read_bytes()
    for format in ("word2vec-text", "word2vec-binary", "glove"):
        files[f"{format}.gz"] = gzip.compress(files[format], mtime=0)
    files["fasttext-bin"] = fasttext_bin(WORDS, MATRIX, buckets=5, shortest=2, longest=3)
    files["fasttext-ftz"] = fasttext_bin(WORDS, MATRIX, buckets=5, shortest=2, longest=3, quantized=True)
    for protocol in (2, 4, 5):
        files[f"gensim-{protocol}"] = gensim_pickle(WORDS, MATRIX, protocol)
    book = {"word_vecs": MATRIX.astype(np.float16), "word_to_id": {word: i for i, word in enumerate(WORDS)}}
    files["book"] = pickle.dumps(book, 4)
    return files


def fasttext_bin(
    words: list[str], matrix: np.ndarray, buckets: int, shortest: int, longest: int, quantized: bool = False
) -> bytes:
    """A model of fastText: `matrix` has a row for each word; those of the buckets count up from 0."""
    dim = matrix.shape[1]
    out = io.BytesIO()
    out.write(struct.pack("<14id", 793712314, 12, dim, 5, 1, 1, 5, 1, 2, 2, buckets, shortest, longest, 100, 1e-4))
    out.write(struct.pack("<iiiqq", len(words), len(words), 0, 100, -1))
    for i, word in enumerate(words):
        out.write(word.encode("utf-8") + b"\0" + struct.pack("<qb", max(1, 10 - i), 0))
    rows = np.concatenate([matrix, np.arange(buckets * dim, dtype=np.float32).reshape(buckets, dim)]).astype("<f4")
    out.write(struct.pack("<B", quantized))
    if not quantized:
        out.write(struct.pack("<qq", *rows.shape) + rows.tobytes())
    else:  # each number is a part of its own, and a row's code its number, so that centroid i of a part is rows[i]
        codes = np.repeat(np.arange(len(rows), dtype=np.uint8)[:, None], dim, axis=1)
        centroids = np.zeros((dim, 256), "<f4")
        centroids[:, : len(rows)] = rows.T
        out.write(struct.pack("<Bqqi", 0, *rows.shape, codes.size) + codes.tobytes())
        out.write(struct.pack("<iiii", dim, dim, 1, 1) + centroids.tobytes())
    out.write(struct.pack("<Bqq", 0, 0, 0))  # the output matrix, which nobody reads
    return out.getvalue()


def gensim_pickle(words: list[str], matrix: np.ndarray, protocol: int = 4, **more: Any) -> bytes:
    """What gensim's KeyedVectors.save writes, but for the name of the module; made without gensim."""
    name = "gensim_standin"
    module = types.ModuleType(name)
    keyed = type("KeyedVectors", (), {"__module__": name})
    module.KeyedVectors = keyed  # type: ignore[attr-defined]
    sys.modules[name] = module
    try:
        vectors = keyed()
        vectors.__dict__.update(index_to_key=words, vectors=matrix, expandos={"count": np.arange(len(words), 0, -1)})
        vectors.__dict__.update(more)
        return pickle.dumps(vectors, protocol)
    finally:
        del sys.modules[name]


def damage(content: bytes, random: Random) -> bytes:
    """The file damaged: sometimes inside what is packed, so that its checksums are right."""
    inside = random.random() < 0.5
    if inside and content.startswith(b"\x1f\x8b"):
        return gzip.compress(damage(gzip.decompress(content), random), mtime=0)
    if inside and content.startswith(b"PK"):
        return _damage_member(content, random)
    return damage_bytes(content, random)


def _damage_member(content: bytes, random: Random) -> bytes:
    """The archive with one of its files damaged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        packing = random.choice((0, 8))
        names = old.namelist()
        chosen = random.choice(names)
        for name in names:
            member = old.read(name)
            entry = zipfile.ZipInfo(name)  # without the time of day
            new.writestr(entry, damage_bytes(member, random) if name == chosen else member, packing)
    return out.getvalue()


def damage_bytes(content: bytes, random: Random) -> bytes:
    """The bytes with one to four things wrong: cut, flipped, inserted, taken out, repeated, or a number that lies."""
    damaged = bytearray(content)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        place = random.randrange(len(damaged) + 1)
        kind = random.randrange(8)
        if kind == 0:
            del damaged[place:]
        elif kind == 1 and place < len(damaged):
            damaged[place] ^= 1 << random.randrange(8)
        elif kind == 2:
            damaged[place:place] = random.randbytes(random.choice((1, 2, 8, 100)))
        elif kind == 3:
            del damaged[place : place + random.choice((1, 4, 8, 30))]
        elif kind == 4:
            damaged[place:place] = damaged[place : place + random.choice((4, 20, 100))]
        elif kind == 5:
            layout = random.choice(("<i", "<q", "<b", ">i"))
            lie = struct.pack(layout, _fitting(random.choice(LIES), struct.calcsize(layout)))
            damaged[place : place + len(lie)] = lie
        elif kind == 6:
            damaged[place : place + random.choice((0, 1, 3, 9))] = random.choice(TEXT_LIES)
        else:
            damaged = _another_digit(damaged, random)
    return bytes(damaged)


def _fitting(number: int, size: int) -> int:
    """The number's lowest bytes, as a signed number."""
    return int.from_bytes(number.to_bytes(9, "little", signed=True)[:size], "little", signed=True)


def _another_digit(damaged: bytearray, random: Random) -> bytearray:
    """Lie in a number that is written out: in a header, above all."""
    digits = [i for i, byte in enumerate(damaged) if 48 <= byte <= 57]
    if digits:
        place = random.choice(digits)
        damaged[place : place + 1] = random.choice((b"9", b"0", b"99999999", b"-7", b"1e9", b"3.5"))
    return damaged

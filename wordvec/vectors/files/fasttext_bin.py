"""fastText's binary file (``.bin``, or ``.ftz`` if quantized): words, their rows and the rows of their n-grams.

Layout, all little-endian: magic and version, the training options (12 int32 and a float64), the dictionary (words and
labels with counts; which buckets a pruned model kept), and the input matrix: a row for each word, then for each bucket.
The rest (the output matrix) is not needed. A word's vector is the mean of its row and its n-grams' rows.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordvec.vectors.files.reading import Reading
from wordvec.vectors.files.row_builder import RowBuilder
from wordvec.vectors.ngrams import word_blocks
from wordvec.vectors.subwords import LONGEST_NGRAM, LONGEST_WORD, Rows, Subwords
from wordvec.vectors.word_rows import WordRows

VERSIONS = (11, 12)
OPTIONS = (
    "dim", "window", "epochs", "min_count", "negatives", "word_ngrams", "loss", "model", "bucket", "minn", "maxn",
    "update_rate",
)  # fmt: skip
LOSSES = {1: "hierarchical-softmax", 2: "negative-sampling", 3: "softmax", 4: "one-vs-all"}
MODELS = {1: "cbow", 2: "skipgram", 3: "supervised"}
SUPERVISED = 3
NOT_PRUNED = -1


class Bytes:
    """A cursor in the mapped file that never reads past the end."""

    def __init__(self, reading: Reading, mapped: mmap.mmap) -> None:
        self.reading, self.mapped, self.at = reading, mapped, 0

    def take(self, layout: str, what: str) -> tuple[Any, ...]:
        """Read the values of a struct layout."""
        size = struct.calcsize(f"<{layout}")
        return struct.unpack(f"<{layout}", self.mapped[self.skip(size, what) : self.at])

    def skip(self, size: int, what: str) -> int:
        """Advance by `size` bytes and return where they begin. Raises VectorsFileError if fewer are left."""
        if size < 0 or self.at + size > len(self.mapped):
            raise self.reading.error(
                f"byte {self.at:,}: truncated: {what} takes {size:,} bytes, and {len(self.mapped) - self.at:,} are left"
            )
        self.at += size
        return self.at - size

    def array(self, count: int, dtype: str, what: str) -> np.ndarray:
        """A view of the next `count` numbers, perhaps unaligned."""
        start = self.skip(count * np.dtype(dtype).itemsize, what)
        return np.frombuffer(self.mapped, dtype, count, start)


@dataclass(frozen=True)
class Dictionary:
    """The words without labels, their counts, and the buckets that a pruned model kept, or None."""

    words: list[bytes]
    counts: np.ndarray
    kept: dict[int, int] | None


def read_fasttext_bin(reading: Reading) -> WordRows:
    """Read a fastText model: the vectors of its words, and `subwords` for all others; the file stays mapped.

    Raises VectorsFileError, naming the byte, for a file that is truncated, damaged or of an unknown version.
    """
    with open(reading.path, "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    source = Bytes(reading, mapped)
    options = _options(source)
    dictionary = _dictionary(source)
    rows, number = _input_rows(source, options["dim"])
    subwords = _subwords(source, options, dictionary, rows, number)
    builder = RowBuilder(reading, options["dim"], "word", len(dictionary.words))
    wanted = np.arange(min(len(dictionary.words), reading.limit or len(dictionary.words)))
    if reading.words is not None:
        wanted = np.array([i for i in wanted.tolist() if dictionary.words[i] in reading.words], np.int64)
    chosen = [dictionary.words[i] for i in wanted.tolist()]
    for part in word_blocks(chosen, subwords.longest):
        ids, words = wanted[part], chosen[part]
        builder.add(words, subwords.mean_with(rows[ids], words), ids)
    parameters: dict[str, Any] = {key: options[key] for key in OPTIONS if key not in ("model", "loss", "update_rate")}
    parameters["loss"] = LOSSES.get(options["loss"], str(options["loss"]))
    info = {"trainer": f"fastText {MODELS.get(options['model'], options['model'])}", "parameters": parameters}
    vectors = builder.finish(info, subwords=subwords if options["maxn"] > 0 else None)
    counts = dictionary.counts[builder.places]
    return WordRows(
        vectors.words, vectors.matrix, counts, vectors.info, scales=vectors.scales, subwords=vectors.subwords
    )


def _options(source: Bytes) -> dict[str, int]:
    _, version = source.take("ii", "the version")
    if version not in VERSIONS:
        raise source.reading.error(f"fastText's format version {version}; {VERSIONS[0]} and {VERSIONS[1]} are read")
    *values, _ = source.take(f"{len(OPTIONS)}id", "the options")
    options = dict(zip(OPTIONS, values))
    if version == 11 and options["model"] == SUPERVISED:
        options["maxn"] = 0  # such models did not use subwords
    if options["dim"] < 1 or (options["maxn"] > 0 and (options["bucket"] < 1 or options["minn"] < 1)):
        raise source.reading.error(f"damaged: its options are {options}")
    if options["maxn"] > LONGEST_NGRAM:
        raise source.reading.error(
            f"its n-grams have up to {options['maxn']:,} characters (maxn); fastText uses 6, and wordvec reads at most "
            f"{LONGEST_NGRAM}"
        )
    return options


def _dictionary(source: Bytes) -> Dictionary:
    size, words, labels, _, kept_size = source.take("iiiqq", "the dictionary")
    if not 0 < words <= size or labels != size - words or kept_size < NOT_PRUNED:
        raise source.reading.error(f"damaged: a dictionary of {size:,} entries has {words:,} words, {labels:,} labels")
    if source.at + 10 * size > len(source.mapped):  # an entry takes at least ten bytes
        raise source.reading.error(f"truncated: {size:,} words and labels in a file of {len(source.mapped):,} bytes")
    found: list[bytes] = []
    counts = np.empty(size, np.int64)
    find, unpack = source.mapped.find, struct.Struct("<qb").unpack_from
    at, last = source.at, len(source.mapped) - 9
    for entry in range(size):
        end = find(b"\0", at, last)
        if end <= at:
            raise source.reading.error(f"byte {at:,}: truncated or damaged: word {entry:,} of {size:,} has no end")
        counts[entry], is_label = unpack(source.mapped, end + 1)
        if counts[entry] < 0 or is_label != (entry >= words):
            raise source.reading.error(f"byte {at:,}: damaged: word {entry:,} of {size:,} has no count")
        if end - at > LONGEST_WORD:
            raise source.reading.error(
                f"byte {at:,}: word {entry:,} of {size:,} has {end - at:,} bytes; at most {LONGEST_WORD:,} are read"
            )
        found.append(source.mapped[at:end])
        at = end + 10
    source.at = at
    kept = None
    if kept_size != NOT_PRUNED:
        pairs = source.array(2 * kept_size, "<i4", "the list of kept n-grams").reshape(-1, 2)
        kept = dict(pairs.tolist())
    return Dictionary(found[:words], counts[:words], kept)


def _input_rows(source: Bytes, dim: int) -> tuple[Rows, int]:
    """The rows of words and buckets, and their number."""
    (quantized,) = source.take("B", "the input matrix")
    if quantized > 1:
        raise source.reading.error(f"byte {source.at - 1:,}: damaged: no matrix begins here")
    if quantized:
        rows = QuantizedRows.read(source, dim)
        return rows, rows.number
    number, columns = source.take("qq", "the input matrix")
    if columns != dim or number < 1:
        raise source.reading.error(f"damaged: an input matrix of shape ({number:,}, {columns:,}) for dimension {dim:,}")
    return DenseRows(source.array(number * dim, "<f4", "the input matrix"), dim), number


def _subwords(source: Bytes, options: dict[str, int], dictionary: Dictionary, rows: Rows, number: int) -> Subwords:
    words = len(dictionary.words)
    buckets = options["bucket"] if options["maxn"] > 0 else 0
    used = max(dictionary.kept.values(), default=-1) + 1 if dictionary.kept is not None else buckets
    if words + used > number or (dictionary.kept and min(dictionary.kept.values()) < 0):
        raise source.reading.error(f"damaged: {number:,} rows for {words:,} words and {used:,} groups of n-grams")
    return Subwords(rows, buckets, options["minn"], options["maxn"], words, dictionary.kept)


# The rows: plain, or quantized (Jegou et al. 2011) and decoded on request.


CENTROIDS = 256  # for each part of a row: a code is one byte


class DenseRows:
    """Rows of float32 in a mapped file, perhaps unaligned."""

    def __init__(self, numbers: np.ndarray, dim: int) -> None:
        self._rows, self.dim = numbers.view(f"V{4 * dim}"), dim

    def __getitem__(self, ids: np.ndarray) -> np.ndarray:
        return self._rows[ids].view("<f4").reshape(len(ids), self.dim)


@dataclass(frozen=True)
class Quantizer:
    """Splits a row into parts of `width` numbers (the last: `last`), each of which is one of 256 centroids."""

    parts: int
    width: int
    last: int
    centroids: np.ndarray

    @classmethod
    def read(cls, source: Any, dim: int) -> Quantizer:
        """Read it from a `Bytes` cursor; `dim` is the dimension given elsewhere in the file."""
        its_dim, parts, width, last = source.take("iiii", "the quantiser")
        if its_dim != dim or parts < 1 or width < 1 or not 1 <= last <= width or (parts - 1) * width + last != dim:
            raise source.reading.error(f"damaged: {parts} parts of {width} numbers for a dimension of {dim:,}")
        return cls(parts, width, last, source.array(dim * CENTROIDS, "<f4", "the centroids"))

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """The rows (n, D) of codes (n, parts)."""
        whole = (self.parts - 1) * self.width * CENTROIDS
        first = self.centroids[:whole].reshape(self.parts - 1, CENTROIDS, self.width)
        last = self.centroids[whole:].reshape(CENTROIDS, self.last)
        decoded = [first[part][codes[:, part]] for part in range(self.parts - 1)]
        return np.concatenate([*decoded, last[codes[:, -1]]], axis=1)


class QuantizedRows:
    """Rows stored as codes, perhaps each with a norm, which is a code too."""

    def __init__(self, codes: np.ndarray, quantizer: Quantizer, norms: np.ndarray | None) -> None:
        self.number = len(codes)
        self._codes, self._quantizer, self._norms = codes, quantizer, norms

    @classmethod
    def read(cls, source: Any, dim: int) -> QuantizedRows:
        """Read the rows from a `Bytes` cursor."""
        has_norms, number, columns, size = source.take("Bqqi", "the quantised matrix")
        if has_norms > 1 or columns != dim or number < 1 or size < number or size % number:
            raise source.reading.error(f"damaged: {size:,} codes for a matrix of shape ({number:,}, {columns:,})")
        codes = source.array(size, "u1", "the codes").reshape(number, -1)
        quantizer = Quantizer.read(source, dim)
        if codes.shape[1] != quantizer.parts:
            raise source.reading.error(f"damaged: {codes.shape[1]} codes a row, and {quantizer.parts} parts")
        if not has_norms:
            return cls(codes, quantizer, None)
        norm_codes = source.array(number, "u1", "the codes of the norms")
        return cls(codes, quantizer, Quantizer.read(source, 1).decode(norm_codes[:, None])[:, 0])

    def __getitem__(self, ids: np.ndarray) -> np.ndarray:
        rows = self._quantizer.decode(self._codes[ids])
        return rows if self._norms is None else rows * self._norms[ids][:, None]

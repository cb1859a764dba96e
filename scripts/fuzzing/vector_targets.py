"""Targets that read vectors: every format that `load` knows, an index, and what two files hold together."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from fuzz_files import LIES, MATRIX, WORDS, damage, damage_bytes, example_files, fasttext_bin

from fuzzing.mutators import ODD_TEXTS, changed_json, damaged_json, damaged_lines, damaged_npy, npy, packed, zipped
from fuzzing.mutators import as_json as json_text
from fuzzing.pickles import pickle_by_grammar
from fuzzing.targets import Files, Target, expect
from wordvec.errors import WordvecError
from wordvec.vectors import WordVectors

OPTIONS: tuple[dict[str, Any], ...] = (
    {}, {"strict": True}, {"limit": 2}, {"words": ["the", "b"]}, {"dtype": "int8"}, {"dtype": "float16", "limit": 3},
)  # fmt: skip


def vector_targets() -> dict[str, Target]:
    """Name -> target, for files of vectors."""
    examples = example_files()
    makers: dict[str, Callable[[Random], Files]] = {
        "vectors-any": lambda random: {"v": damage(random.choice(list(examples.values())), random)},
        "vectors-random": lambda random: {"v": _head(random) + random.randbytes(random.randrange(300))},
        "word2vec-text": lambda random: {"v": _text(random, header=True)},
        "glove": lambda random: {"v": _text(random, header=False)},
        "word2vec-binary": lambda random: {"v": _binary(random)},
        "vectors-packed": _packed,
        "fasttext-bin": lambda random: {"v": _fasttext(random)},
        "npz": lambda random: {"v": damaged_npz(examples["npz"], random)},
        "npz-subwords": lambda random: {"v": damaged_npz(examples["npz-subwords"], random)},
        "pickle": lambda random: {"v": pickle_by_grammar(random)},
        "gensim": lambda random: {"v": damage(examples[random.choice(("gensim-2", "gensim-4", "book"))], random)},
        "vectors-json": lambda random: {"v": _json(random)},
        "vectors-csv": lambda random: {"v": _csv(random)},
        "two-files": _two_files,
        "model2vec": _model2vec,
    }
    for name in ("safetensors", "safetensors-int8", "safetensors-subwords"):
        makers[name] = lambda random, example=examples[name]: {"v": damaged_safetensors(example, random)}
    makers["vectors-parquet"] = lambda random: {"v": damage_bytes(_parquet(), random)}
    targets = {name: Target(make, read_vectors) for name, make in makers.items()}
    targets["vectors-compiled"] = Target(lambda random: {"v": _text(random, random.random() < 0.5)}, _read_both_ways)
    targets["floret"] = Target(_floret, lambda folder: use_vectors(folder / "v.floret", {"words": ["the", "b"]}))
    targets["two-files"] = Target(_two_files, lambda folder: use_vectors(folder / "m.npy", {}))
    targets["model2vec"] = Target(_model2vec, lambda folder: use_vectors(folder, {}))
    try:
        import faiss  # noqa: F401
    except ImportError:
        return targets
    return {**targets, "index": Target(_index, _read_index)}


def read_vectors(folder: Path) -> object:
    """Load the one file of the folder, with options that depend on its size."""
    (path,) = folder.iterdir()
    return use_vectors(path, OPTIONS[path.stat().st_size % len(OPTIONS)])


def _read_both_ways(folder: Path) -> object:
    """The compiled way and the one of short files give the same vectors, or the same refusal."""
    from wordvec.vectors.files import text_file

    (path,) = folder.iterdir()
    options = OPTIONS[path.stat().st_size % 4]
    found: list[Any] = []
    kept = text_file.COMPILED_FROM
    for compiled_from in (kept, 0):
        text_file.COMPILED_FROM = compiled_from
        try:
            vectors = WordVectors.load(path, **options)
            found.append((list(vectors.words), np.asarray(vectors.rows(slice(None))).tobytes()))
        except WordvecError as error:
            found.append(str(error))
        finally:
            text_file.COMPILED_FROM = kept
    expect(found[0] == found[1], "two ways to read vectors differ")
    return "read"


def use_vectors(path: Path, options: dict[str, Any]) -> object:
    """Load, touch everything and check that the parts fit together."""
    vectors = WordVectors.load(path, **options)
    rows = np.asarray(vectors.rows(slice(None)))
    words = list(vectors.words)
    expect(rows.shape == (len(words), vectors.matrix.shape[1]), f"{rows.shape} rows for {len(words)} words")
    expect(len(set(words)) == len(words), "a word is there twice")
    expect(all(isinstance(word, str) and word for word in words), "an empty word")
    # Our own file is mapped: its numbers are looked at when a type is asked for, its counts with `strict` only.
    mapped = path.is_file() and path.read_bytes()[8:9] == b"{" and not options.get("strict")
    expect((mapped and "dtype" not in options) or np.isfinite(rows).all(), "rows that are not finite")
    expect(vectors.counts is None or vectors.counts.shape == (len(words),), "counts do not fit the words")
    expect(mapped or vectors.counts is None or (np.asarray(vectors.counts) >= 0).all(), "a count below 0")
    if words:
        expect(vectors.word_id(words[-1]) == len(words) - 1, "the last word has another id")
        vectors.most_similar(rows[0], k=1)
    made = None if vectors.subwords is None else vectors.subwords.vector("unseen")
    expect(made is None or np.isfinite(made).all(), "a vector of subwords that is not finite")
    str(vectors), json.dumps(vectors.info)
    return "repaired" if "repairs" in vectors.info else "read"


def _head(random: Random) -> bytes:
    return random.choice(
        (b"", b"2 3\n", b"\x80\x04", b"\xba\x16\x4f\x2f\x0c\0\0\0", b"PK\x03\x04", b"\x93NUMPY\1\0", b"PAR1", b"{")
    )


def _text(random: Random, header: bool) -> bytes:
    words = [*WORDS, "new york", "x"][: random.randrange(1, 7)]
    number = random.choice(("0.5", "-1e-3", "7", "1.25"))
    lines = [" ".join([word, *(number for _ in range(3))]) for word in words]
    if header:
        lines.insert(0, f"{len(words) + random.choice((0, 0, 0, 1, -1, 2**31))} {random.choice((3, 3, 3, 2, 4, 0))}")
    return damaged_lines(lines, random, separators=(" ", "\t", ","))


def _csv(random: Random) -> bytes:
    delimiter = random.choice(",;\t")
    words = ["the", '"a,b"', "new york", '"x""y"', "z"][: random.randrange(1, 6)]
    lines = [delimiter.join([word, "7", "0.5", "-1e-3"]) for word in words]
    if random.random() < 0.7:
        lines.insert(0, delimiter.join(random.choice((["word", "count", "d0", "d1"], ["", "0", "1", "2"]))))
    return damaged_lines(lines, random, separators=(delimiter, '"', "\r", "\n"))


def _binary(random: Random) -> bytes:
    end = random.choice((b"\n", b"", b" "))
    count = random.choice((4, 4, 4, 3, 5, 0, 2**31, 2**62))
    dim = random.choice((3, 3, 3, 3, 2, 4, 1, 2**30, 2**62))
    words = [word.encode() for word in WORDS]
    if random.random() < 0.4:
        words[random.randrange(4)] = random.choice(ODD_TEXTS).encode("utf-8", "surrogatepass")
    rows = MATRIX.copy()
    if random.random() < 0.3:
        rows[random.randrange(4), random.randrange(3)] = random.choice((np.nan, np.inf, 3e38, 1e-45, -0.0))
    body = b"".join(word + b" " + row.tobytes() + end for word, row in zip(words, rows))
    head = random.choice((b"%d %d\n", b"%d %d\n", b"%d  %d \r\n", b"%d\t%d\n", b"+%d %d\n", b"%d %d 0\n")) % (
        count,
        dim,
    )
    made = head + body
    return damage_bytes(made, random) if random.random() < 0.3 else made


def _floret(random: Random) -> Files:
    rows = [" ".join(map(str, [i, *row])) for i, row in enumerate((MATRIX + 0.05).tolist())]
    return {"v.floret": damaged_lines(["4 3 2 3 2 2166136261 < >", *rows], random, separators=(" ",))}


def _packed(random: Random) -> Files:
    content = random.choice((_text(random, True), _text(random, False), _binary(random)))
    if random.random() < 0.1:
        content += random.choice((bytes(2_000_000), b"a " * 30_000))
    suffix, made = packed(content, random)
    return {"v" + suffix: made}


def _fasttext(random: Random) -> bytes:
    words = [
        word if random.random() < 0.9 else random.choice(ODD_TEXTS).encode("utf-8", "replace").decode()
        for word in WORDS
    ]
    shortest, longest = random.choice(((2, 3), (2, 3), (0, 0), (3, 2), (1, 1), (1, 100), (-1, 5), (2, 2**31 - 1)))
    quantized = random.random() < 0.4
    made = bytearray(fasttext_bin(words, MATRIX, random.choice((5, 5, 1, 0)), shortest, longest, quantized))
    for _ in range(random.choice((0, 1, 1, 2))):
        place = random.choice((random.randrange(14) * 4, 64 + random.randrange(60), random.randrange(len(made))))
        layout = random.choice(("<i", "<q", "<b"))
        lie = random.choice(LIES).to_bytes(9, "little", signed=True)[: struct.calcsize(layout)]
        made[place : place + len(lie)] = lie
    return damage_bytes(bytes(made), random) if random.random() < 0.2 else bytes(made)


def damaged_safetensors(example: bytes, random: Random) -> bytes:
    """A .safetensors file with a change in its header, its metadata or its numbers."""
    (length,) = struct.unpack("<Q", example[:8])
    header, data = json.loads(example[8 : 8 + length]), example[8 + length :]
    kind = random.randrange(4)
    if kind == 0:
        data = damage_bytes(data, random)
    elif kind == 1 and "__metadata__" in header:  # values inside are texts, some of them JSON
        name = random.choice(list(header["__metadata__"]))
        try:
            value = json.loads(header["__metadata__"][name])
        except ValueError:
            value = header["__metadata__"][name]
        header["__metadata__"][name] = json_text(changed_json(value, random), random)
    else:
        header = changed_json(header, random)
    text = json_text(header, random).encode("utf-8", "surrogatepass")
    text += b" " * (-len(text) % 8)
    lie = random.choice((len(text),) * 12 + (0, 2**63, 2**40, len(text) - 1, len(text) + 8, 10**8))
    return struct.pack("<Q", lie) + text + data


def damaged_npz(example: bytes, random: Random) -> bytes:
    """An archive of arrays with a change in one of them, or in the archive."""
    with np.load(io.BytesIO(example)) as archive:
        arrays = {name: archive[name] for name in archive.files}
    changed = random.choice(list(arrays))
    members = []
    for name, array in arrays.items():
        if name == changed and array.dtype.kind == "u" and random.random() < 0.5:
            try:  # bytes of JSON
                content = npy(np.frombuffer(damaged_json(json.loads(array.tobytes()), random), np.uint8))
            except ValueError:
                content = damaged_npy(array, random)
        else:
            content = damaged_npy(array, random) if name == changed else npy(array)
        if random.random() < 0.97:
            members.append((f"{name}.npy", content))
    return zipped(members or [("x", b"")], random)


def _json(random: Random) -> bytes:
    kind = random.randrange(3)
    if kind == 0:
        return damaged_json({word: [float(x) for x in row] for word, row in zip(WORDS, MATRIX)}, random)
    names = random.choice((("word", "vector"), ("token", "embedding"), ("text", "values")))
    records = [dict(zip(names, (word, [float(x) for x in row]))) for word, row in zip(WORDS, MATRIX)]
    if kind == 1:
        return damaged_json(records, random)  # a list
    return b"\n".join(
        damaged_json(each, random) if random.random() < 0.3 else json.dumps(each).encode() for each in records
    )


_made: dict[str, bytes] = {}


def _parquet() -> bytes:
    if "parquet" not in _made:
        import pyarrow
        import pyarrow.parquet

        table = pyarrow.table({"word": WORDS, "vector": MATRIX.tolist()})
        out = io.BytesIO()
        pyarrow.parquet.write_table(table, out)
        _made["parquet"] = out.getvalue()
    return _made["parquet"]


def _two_files(random: Random) -> Files:
    words = damaged_lines(WORDS, random) if random.random() < 0.6 else "\n".join(WORDS).encode()
    name = random.choice(("m.txt", "vocab.txt", "words.txt", "m.vocab"))
    return {"m.npy": damaged_npy(MATRIX, random) if random.random() < 0.6 else npy(MATRIX), name: words}


def _model2vec(random: Random) -> Files:
    tensor = MATRIX.astype("<f4").tobytes()
    header: Any = {"embeddings": {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48]}}
    tokenizer: Any = {
        "model": {"type": "WordPiece", "unk_token": "the", "vocab": {word: i for i, word in enumerate(WORDS)}},
        "added_tokens": [{"id": 0, "content": "the", "special": True}], "normalizer": None, "pre_tokenizer": None,
    }  # fmt: skip
    config: Any = {"normalize": True, "hidden_dim": 3, "model_type": "model2vec"}
    chosen = random.randrange(3)
    text = json_text(changed_json(header, random) if chosen == 0 else header, random).encode("utf-8", "surrogatepass")
    return {
        "model.safetensors": struct.pack("<Q", len(text)) + text + tensor,
        "tokenizer.json": damaged_json(tokenizer, random) if chosen == 1 else json.dumps(tokenizer).encode(),
        "config.json": damaged_json(config, random) if chosen == 2 else json.dumps(config).encode(),
    }


def _vectors() -> WordVectors:
    return WordVectors(WORDS, MATRIX)


def _index(random: Random) -> Files:
    if "index" not in _made:
        import tempfile

        with tempfile.TemporaryDirectory() as name:
            from wordvec.vectors.search.approximate import ApproximateSearch

            ApproximateSearch.build(_vectors(), kind="hnsw").save(Path(name) / "index")
            _made["index"] = (Path(name) / "index").read_bytes()
    line, content = _made["index"].split(b"\n", 1)
    if random.random() < 0.3:
        return {"index": damage_bytes(_made["index"], random)}
    return {"index": damaged_json(json.loads(line), random) + b"\n" + content}


def _read_index(folder: Path) -> object:
    from wordvec.vectors.search.approximate import ApproximateSearch

    search = ApproximateSearch.load(folder / "index", _vectors())
    search.most_similar("the", k=2)
    return "read"

"""Targets that read folders and files of state: corpora, counts, positions and checkpoints."""

from __future__ import annotations

import hashlib
import json
import struct
import tempfile
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from fuzz_files import damage_bytes

from fuzzing.mutators import as_json, changed_json, damaged_json, damaged_npy
from fuzzing.targets import Files, Target, expect
from fuzzing.text_targets import LINES
from wordvec.corpus import Corpus
from wordvec.corpus.concordance.positions import Positions
from wordvec.counts import Cooccurrence, count_cooccurrences
from wordvec.trainers.checkpoint import Checkpoint


def folder_targets() -> dict[str, Target]:
    """Name -> target, for what wordvec itself writes and reads again."""
    return {
        "corpus-folder": Target(lambda random: damaged_corpus(_saved("corpus"), random), _read_corpus),
        "positions": Target(_positions, _read_positions),
        "counts": Target(_counts, _read_counts),
        "checkpoint": Target(_checkpoint, _read_checkpoint),
    }


@cache
def _example() -> Corpus:
    lines = [line.split() for line in LINES] * 2
    return Corpus.from_sentences(lines, min_count=2)


@cache
def _saved(kind: str) -> Files:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "f"
        if kind == "counts":
            count_cooccurrences(_example(), window=2, threads=1).save(folder)
        else:
            _example().save(folder)
        if kind == "positions":
            Positions.of(Corpus.open(folder), show_progress=False)
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _damaged_file(files: Files, name: str, random: Random) -> bytes:
    if name.endswith(".json"):
        return damaged_json(json.loads(files[name]), random)
    if random.random() < 0.3:
        return damage_bytes(files[name], random)
    import io

    return damaged_npy(np.load(io.BytesIO(files[name])), random)


def _damaged_folder(whole: Files, random: Random, names: list[str] | None = None) -> Files:
    files = dict(whole)
    for _ in range(random.choice((1, 1, 2))):
        name = random.choice(names or sorted(files))
        if name not in files:
            continue
        if random.random() < 0.05:
            del files[name]
        else:
            files[name] = _damaged_file(whole, name, random)
    return files


def damaged_corpus(whole: Files, random: Random, names: list[str] | None = None) -> Files:
    """A corpus folder with damage in one or two of its files."""
    files = _damaged_folder(whole, random, names)
    if random.random() < 0.6 and "corpus.json" in files:  # sizes and digests that are right, so that more is looked at
        try:
            header = json.loads(files["corpus.json"])
            for name, entry in header["files"].items():
                entry |= {"bytes": len(files[name]), "sha256": hashlib.sha256(files[name]).hexdigest()}
            content = {key: value for key, value in header.items() if key != "sha256"}
            header["sha256"] = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
            files["corpus.json"] = json.dumps(header).encode()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            pass
    return files


def _read_corpus(folder: Path) -> object:
    size = sum(path.stat().st_size for path in folder.iterdir())
    corpus = Corpus.open(folder, verify=size % 2 == 0)
    corpus.check()
    words = list(corpus.vocabulary.words)
    expect(size % 2 or len(set(words)) == len(words), "a word is there twice")  # what `verify` finds
    expect(size % 2 or all(isinstance(word, str) and word for word in words), "an empty word")
    expect(len(corpus.vocabulary.counts) == len(words), "counts do not fit the words")
    corpus.vocabulary.explain("unseen"), corpus.vocabulary.explain("sat")
    str(corpus), corpus.fingerprint
    return "read"


def _positions(random: Random) -> Files:
    return _damaged_folder(
        _saved("positions"), random, sorted(name for name in _saved("positions") if "positions/" in name)
    )


def _read_positions(folder: Path) -> object:
    corpus = Corpus.open(folder)
    index = Positions.of(corpus, show_progress=False)
    for word_id in range(len(corpus.vocabulary)):
        found = index.of_word(word_id)
        expect((np.asarray(corpus.ids)[found] == word_id).all(), "positions of another word")
    return "read"


def _counts(random: Random) -> Files:
    return _damaged_folder(_saved("counts"), random)


def _read_counts(folder: Path) -> object:
    size = sum(path.stat().st_size for path in folder.iterdir())
    counts = Cooccurrence.load(folder, _example().vocabulary if size % 3 == 0 else None)
    words = counts.matrix.shape[0]
    expect(counts.matrix.shape == (words, words), "no square matrix")
    values = counts.matrix.data
    expect(np.isfinite(values).all() and (values >= 0).all(), "counts that are not finite, or below 0")
    counts.matrix.sum(), counts.matrix @ np.ones(words)
    expect(type(counts.window) is int and counts.window > 0, f"window {counts.window!r}")
    return "read"


@cache
def _checkpoint_parts() -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    arrays = {"W_in": np.ones((3, 2), np.float32), "W_out": np.zeros((3, 2), np.float32)}
    made = Checkpoint(arrays, 1, 5, 2.5, 7, [1.5], [1.25], ["note"], {"dim": 2, "window": 5}, "f" * 64)
    return {name: value for name, value in vars(made).items() if name != "arrays"}, arrays


def _checkpoint(random: Random) -> Files:
    """A file whose digest is right, with state, header or arrays changed; or one with damaged bytes."""
    from wordvec.trainers.checkpoint import KIND, _digest

    state, arrays = _checkpoint_parts()
    kind = random.randrange(5)
    text = as_json(changed_json(state, random), random) if kind < 3 else json.dumps(state)
    header: Any = {"__metadata__": {"kind": KIND, "sha256": _digest(_valid(text), arrays), "state": _valid(text)}}
    data, at = b"", 0
    for name, array in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
        data, at = data + array.tobytes(), at + array.nbytes
    if kind == 3:
        header = changed_json(header, random)
    packed = as_json(header, random).encode("utf-8", "surrogatepass")
    packed += b" " * (-len(packed) % 8)
    made = struct.pack("<Q", len(packed)) + packed + data
    return {"c": damage_bytes(made, random) if kind == 4 else made}


def _valid(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _read_checkpoint(folder: Path) -> object:
    state, arrays = _checkpoint_parts()
    checkpoint = Checkpoint.load(folder / "c")
    expect(len(checkpoint.loss) == checkpoint.epoch, "as many losses as epochs expected")
    checkpoint.check(state["parameters"], state["corpus_fingerprint"])
    checkpoint.check_arrays({name: array.shape for name, array in arrays.items()})
    checkpoint.check_place(3, 10)
    return "read"

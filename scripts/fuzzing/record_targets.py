"""Targets that read what wordvec wrote of its own work: networks, changes, runs, models of a comparison, phrases."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import tempfile
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from fuzzing.mutators import as_json, changed_json, damaged_json, damaged_lines, damaged_npy
from fuzzing.targets import Files, Target, expect
from fuzzing.vector_targets import damaged_npz, damaged_safetensors

LANGUAGES = ("en", "de", "ko")


def record_targets() -> dict[str, Target]:
    """Name -> target, for what wordvec says of its own work."""
    return {
        "network": Target(_network, _read_network),
        "network-input": Target(_numbers, _read_numbers),
        "changes": Target(lambda random: {"c.json": _damaged(_changes(), random)}, _read_changes),
        "runs": Target(_runs, _read_runs),
        "model-record": Target(lambda random: {"m.json": damaged_json(MODEL, random)}, _read_model),
        "kept-scores": Target(lambda random: {"s.json": damaged_json(KEPT, random)}, _read_kept),
        "gensim-phrases": Target(_gensim_phrases, _read_gensim_phrases),
        "gensim-counts": Target(_gensim_counts, _read_gensim_counts),
        "scheduler": Target(lambda random: {"s.json": damaged_json({"address": "tcp://a:1"}, random)}, _read_scheduler),
        "token": Target(lambda random: {"t": damaged_lines(["0123456789abcdef0123"], random)}, _read_token),
        "origin": Target(_origin, _read_origin),
        "npy": Target(lambda random: {"a.npy": damaged_npy(np.arange(6).reshape(3, 2), random)}, _read_npy),
    }


@cache
def _network_files() -> Files:
    from wordvec.layers import Affine, BatchNorm, Dropout, Embedding, MatMul, Mean, SoftmaxWithLoss, Tanh
    from wordvec.networks import Sequential

    rng = np.random.default_rng(1)
    networks = [
        Sequential(
            Affine(rng.normal(size=(3, 4)), np.zeros(4)), BatchNorm(np.ones(4), np.zeros(4)), Tanh(), Dropout(0.5),
            MatMul(rng.normal(size=(4, 2))), loss=SoftmaxWithLoss(),
        ),
        Sequential(Embedding(rng.normal(size=(5, 3)).astype(np.float32)), Mean(), MatMul(np.ones((3, 5), np.float32))),
    ]  # fmt: skip
    files = {}
    with tempfile.TemporaryDirectory() as name:
        for number, network in enumerate(networks):
            for ending in (".safetensors", ".npz"):
                path = Path(name) / f"{number}{ending}"
                network.save(path)
                files[path.name] = path.read_bytes()
    return files


def _network(random: Random) -> Files:
    name = random.choice(list(_network_files()))
    content = _network_files()[name]
    if name.endswith(".npz"):
        return {"n.npz": damaged_npz(content, random)}
    if random.random() < 0.5:
        return {"n.safetensors": damaged_safetensors(content, random)}
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    said = as_json(changed_json(json.loads(header["__metadata__"]["layers"]), random), random)
    header["__metadata__"]["layers"] = said.encode("utf-8", "replace").decode()
    packed = json.dumps(header).encode()
    packed += b" " * (-len(packed) % 8)
    return {"n.safetensors": struct.pack("<Q", len(packed)) + packed + content[8 + length :]}


def _read_network(folder: Path) -> object:
    from wordvec.cli.networks import example_of
    from wordvec.networks import Sequential

    (path,) = folder.iterdir()
    network = Sequential.open(path)
    expect(all(np.asarray(W).dtype.kind == "f" for W in network.params), "parameters that are no numbers")
    network.load(path)
    chain = Sequential(*network.layers)
    chain.predict(example_of(chain, path))
    return "read"


def _numbers(random: Random) -> Files:
    if random.random() < 0.5:
        return {"x.npy": damaged_npy(np.ones((2, 3)), random)}
    return {"x.csv": damaged_lines(["1,0.5,2", "0,1,3"], random, separators=(",", " ", ";", "\t"))}


def _read_numbers(folder: Path) -> object:
    from wordvec.cli.networks import _numbers as numbers_of
    from wordvec.cli.networks import _whole

    (path,) = folder.iterdir()
    found = numbers_of("--input", str(path))
    expect(found.dtype.kind == "f" and found.size, "no numbers")
    _whole("--input", found)
    return "read"


def _damaged(value: Any, random: Random) -> bytes:
    """JSON whose first key stays, by which it is known."""
    first = next(iter(value))
    rest = {name: each for name, each in value.items() if name != first}
    changed = changed_json(rest, random)
    return as_json({first: value[first], **changed} if isinstance(changed, dict) else changed, random).encode(
        "utf-8", "surrogatepass"
    )


@cache
def _changes() -> dict[str, Any]:
    from wordvec.experiments.method.change_file import FORMAT

    word = {"word": "tea", "q": 0.01, "p": 0.001, "ratio": 2.0, "counts": [5, 6]}
    corpus = {"sources": ["a.txt"], "documents": 2, "years": [1850, 1900], "tokenizer": "words", "min_count": 5}
    corpus |= {"tokens": 90, "fingerprint": "f" * 8, "files": [{"path": "a.txt", "sha256": "0"}], "table_sha256": None}
    return {
        "format": FORMAT, "by": "decade", "groups": ["1850s", "1900s"], "documents": [1, 1], "tokens": [40, 50],
        "left_out": {"ship": "too rare"}, "words": [word], "corpus": corpus,
        "options": {"model": "svd", "dim": 50, "window": 5, "permutations": 99, "level": 0.05, "seed": 1},
        "commands": ["wordvec change corpus"], "wordvec_version": "1", "numpy_version": "2", "python": "3",
        "machine": "Linux", "finished": "2026-01-01T00:00:00Z", "seconds": 1.5,
    }  # fmt: skip


def _read_changes(folder: Path) -> object:
    from wordvec.experiments.method.card_parts import card_of_changes
    from wordvec.experiments.method.change_file import is_record, read_record

    (path,) = folder.iterdir()
    is_record(path)
    return card_of_changes(path, read_record(path), LANGUAGES)


FIGURE = b"<svg/>"


def _runs(random: Random) -> Files:
    from wordvec.experiments.method.runs import FORMAT

    sha256 = hashlib.sha256(FIGURE).hexdigest()
    run = {
        "format": FORMAT, "command": "wordvec plot v.safetensors -o f.svg", "folder": "/home", "started": "2026",
        "seconds": 1.5, "versions": {"wordvec": "1"}, "machine": "Linux",
        "inputs": [{"path": "v", "sha256": "1", "files": [{"path": "x", "sha256": "2"}]}],
        "outputs": [{"path": "f.svg", "bytes": 6, "sha256": sha256}],
    }  # fmt: skip
    runs = [dict(run, outputs=[{"path": "v", "sha256": "1"}], inputs=[]), run]
    lines = [damaged_json(each, random) if random.random() < 0.5 else json.dumps(each).encode() for each in runs]
    return {"r.jsonl": random.choice((b"\n", b"\n", b"\r\n", b"\n\n")).join(lines), "f.svg": FIGURE}


def _read_runs(folder: Path) -> object:
    from wordvec.experiments.method.card_parts import card_of_runs
    from wordvec.experiments.method.runs import read_runs, runs_behind

    found = runs_behind(folder / "f.svg", read_runs(folder / "r.jsonl"))
    return card_of_runs(folder / "f.svg", found, LANGUAGES)


MODEL = {
    "identity": {"corpus_fingerprint": "f", "trainer": "svd"}, "sha256": "0", "seconds": {"train": 1.5},
    "peak_memory": 5, "loss": [1.5], "notes": ["n"],
}  # fmt: skip


def _read_model(folder: Path) -> object:
    from wordvec.corpus.shared import SharedCorpus  # noqa: F401
    from wordvec.experiments.run_folder import RunFolder
    from wordvec.experiments.training import Configuration, Job

    class Found(RunFolder):
        """A folder with one record, whatever the job is."""

        def __init__(self, path: Path) -> None:
            self.path, self.tell, self._training = path, (lambda _: None), None

        def _identity(self, job: Job) -> dict[str, Any]:
            return MODEL["identity"]  # type: ignore[return-value]

        def _file(self, job: Job, part: str, suffix: str) -> Path:
            return self.path / ("m.json" if suffix == ".json" else "m.safetensors")

    from wordvec.experiments import run_folder

    (folder / "m.safetensors").write_bytes(b"")
    told, run_folder.sha256_of = run_folder.sha256_of, lambda _: "0"  # type: ignore[assignment]
    try:
        found = Found(folder).find(Job(Configuration("svd", "svd")))
    finally:
        run_folder.sha256_of = told
    return "none" if found is None else "read"


KEPT = {
    "name": "set", "measure": "spearman", "score": 0.5, "ci95": [0.1, 0.9], "items": 2, "covered": 2,
    "protocol": "wordvec", "missing": ["a"], "notes": [], "outcomes": [0.5, None], "gold": [1.0, 2.0],
}  # fmt: skip


def _read_kept(folder: Path) -> object:
    from wordvec.experiments.kept_scores import _restored
    from wordvec.experiments.run_folder import read_json

    score = _restored(read_json(folder / "s.json"))
    if score is not None:
        expect(len(score.outcomes) == score.items, "outcomes of other items")
    return "read"


@cache
def _gensim_phrases_files() -> Files:
    from wordvec.compat.gensim.models.phrases import Phrases

    with tempfile.TemporaryDirectory() as name:
        phrases = Phrases([["new", "york", "a"], ["new", "york", "b"]] * 5, min_count=1, threshold=0.1)
        phrases.save(f"{name}/p")
        phrases.freeze().save(f"{name}/f")
        return {path.name: path.read_bytes() for path in Path(name).iterdir()}


def _gensim_phrases(random: Random) -> Files:
    name = random.choice(("p", "f"))
    return {name: _damaged(json.loads(_gensim_phrases_files()[name]), random)}


def _read_gensim_phrases(folder: Path) -> object:
    from wordvec.compat.gensim.models.phrases import FrozenPhrases, Phrases

    (path,) = folder.iterdir()
    phrases: Any = (Phrases if path.name == "p" else FrozenPhrases).load(str(path))
    expect(all(isinstance(word, str) for word in phrases[["new", "york", "a"]]), "a joined word that is no text")
    return phrases.export_phrases() if path.name == "p" else "read"


def _gensim_counts(random: Random) -> Files:
    return {"v.txt": b"2 1\na 1\nb 2\n", "c.txt": damaged_lines(["a 5", "b 3", "new york 2"], random)}


def _read_gensim_counts(folder: Path) -> object:
    from wordvec.compat.gensim.models.word2vec_format import read_word2vec

    vectors = read_word2vec(folder / "v.txt", folder / "c.txt", "utf-8", None, np.float32)
    expect((np.asarray(vectors.counts) >= 0).all(), "a count below 0")
    return "read"


def _read_scheduler(folder: Path) -> object:
    from wordvec.scheduler_address import address_of

    expect(isinstance(address_of(str(folder / "s.json")), str), "an address that is no text")
    return "read"


def _read_token(folder: Path) -> object:
    from wordvec.cli.serve import _read_token as read
    from wordvec.serve.settings import Settings

    return Settings(file="v", token=read(str(folder / "t")))


def _origin(random: Random) -> Files:
    said = {"format": "wordvec fetched corpus", "bytes": 2, "url": "https://a", "sha256": "0", "fetched": "2026"}
    return {"t.txt": b"a\n", "t.txt.origin.json": damaged_json(said, random)}


def _read_origin(folder: Path) -> object:
    from wordvec.corpus.named_texts import read_origin

    found = read_origin(folder / "t.txt")
    expect(found is None or isinstance(found, dict), "an origin that is no object")
    return "read"


def _read_npy(folder: Path) -> object:
    from wordvec.npy_header import map_npy, read_npy_header

    path = folder / "a.npy"
    try:
        header = read_npy_header(io.BytesIO(path.read_bytes()))
        array = map_npy(path)
    except ValueError:  # as both are used: who asks says what the file was for
        return "refused"
    expect(array.shape == header.shape, "two readers of one header")
    return "read"

"""Targets that read documents: their metadata and texts, embedded or trained rows, questions to a service."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
import tempfile
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from fuzz_files import MATRIX, WORDS, damage_bytes

from fuzzing.folder_targets import damaged_corpus
from fuzzing.mutators import ODD_TEXTS, as_json, changed_json, damaged_json, damaged_lines, packed
from fuzzing.targets import Files, Target, expect
from fuzzing.text_targets import LINES, check_corpus, damaged_columns
from fuzzing.vector_targets import damaged_safetensors
from wordvec.corpus import Corpus
from wordvec.vectors import WordVectors

ROWS: list[dict[str, Any]] = [
    {"path": "a.txt", "year": 1850, "author": "A. B.", "genre": None},
    {"path": "b.txt", "year": "1901-03-02", "author": "C", "genre": "tea"},
    {"path": "c/d.txt", "year": 1999.5, "author": "é", "genre": True},
]
FIELDS = ("year", "author")
RECORDS = [{"text": line, "id": f"d{i}", "year": 1900 + i, "author": "A"} for i, line in enumerate(LINES)]
HOW = {"ridge": 0.5, "negatives": 5, "subsample": 1e-3, "negative_power": 0.75, "output_rows": "context_matrix"}


def document_targets() -> dict[str, Target]:
    """Name -> target, for documents, and what is asked about them."""
    return {
        "metadata-table": Target(_table, _read_table),
        "metadata-records": Target(_records, _read_records),
        "corpus-documents": Target(_corpus, _read_corpus),
        "document-texts": Target(_records, _read_texts),
        "embedded": Target(_embedded, _read_embedded),
        "paragraph-vectors": Target(_paragraph_vectors, _read_paragraph_vectors),
        "service": Target(_request, _ask),
    }


def _table(random: Random) -> Files:
    texts = {row["path"]: f"{line}\n".encode() for row, line in zip(ROWS, LINES)}
    of_texts = {f"texts/{path}": text for path, text in texts.items()}
    kind = random.randrange(5)
    if kind == 4:  # a column has one type
        return {**of_texts, **damaged_columns([{k: v and str(v) for k, v in row.items()} for row in ROWS], random)}
    if kind == 0:
        name, content = "t.json", damaged_json(ROWS, random)
    elif kind == 1:
        lines = [damaged_json(row, random) if random.random() < 0.4 else json.dumps(row).encode() for row in ROWS]
        name, content = "t.jsonl", b"\n".join(lines)
    else:
        mark = random.choice((",", "\t", ";", "|"))
        rows = [mark.join(ROWS[0]), *(mark.join(f'"{value}"' for value in row.values()) for row in ROWS)]
        rows = [f"sep={mark}", *rows] if random.random() < 0.1 else rows
        name, content = "t.csv", damaged_lines(rows, random, separators=(mark, '"', " "))
    return {**of_texts, name: content}


def _read_table(folder: Path) -> object:
    (table,) = (path for path in folder.iterdir() if path.is_file())
    strict = table.stat().st_size % 5 == 0
    corpus = Corpus.from_documents(folder / "texts", table, min_count=1, threads=1, strict=strict, show_progress=False)
    return _use(corpus)


def _records(random: Random) -> Files:
    if random.random() < 0.2:
        return damaged_columns(RECORDS, random)
    if random.random() < 0.5:
        lines = [damaged_json(row, random) if random.random() < 0.3 else json.dumps(row).encode() for row in RECORDS]
        name, content = "r.jsonl", b"\n".join(lines)
    else:
        rows = [",".join(RECORDS[0]), *(",".join(f'"{value}"' for value in row.values()) for row in RECORDS)]
        name, content = "r.csv", damaged_lines(rows, random, separators=(",", '"', " "))
    if random.random() < 0.1:
        more, content = packed(content, random)
        name += more
    return {name: content}


def _read_records(folder: Path) -> object:
    (path,) = folder.iterdir()
    options: dict[str, Any] = {"field": "text", "metadata_fields": FIELDS, "strict": path.stat().st_size % 5 == 0}
    return _use(Corpus.from_documents(path, min_count=1, threads=1, show_progress=False, **options))


def _use(corpus: Corpus) -> object:
    """Ask a corpus about its documents what the verbs ask."""
    from wordvec.corpus.documents.groups import years_of
    from wordvec.errors import CorpusError

    check_corpus(corpus)
    documents = corpus.documents
    expect(documents is not None, "no documents")
    assert documents is not None
    expect(documents.sentences == len(corpus.sentence_starts) - 1, "sentences of no document")
    for number in range(len(documents)):
        documents.name(number), json.dumps(documents.metadata(number))
    with contextlib.suppress(CorpusError):
        expect(len(years_of(documents)) == len(documents), "years of other documents")
    return "read"


def _read_texts(folder: Path) -> object:
    from wordvec.corpus.read.document_texts import DocumentTexts

    (path,) = folder.iterdir()
    size = path.stat().st_size
    documents = DocumentTexts([path], "text" if size % 4 else None, "id" if size % 4 > 1 else None)
    texts = list(documents)
    expect(len(texts) == len(documents.ids) == len(set(documents.ids)), "texts and ids do not go together")
    return "read"


@cache
def _corpus_files() -> Files:
    with tempfile.TemporaryDirectory() as name:
        source, folder = Path(name) / "r.jsonl", Path(name) / "c"
        source.write_text("\n".join(map(json.dumps, RECORDS)))
        made = Corpus.from_documents(source, field="text", metadata_fields=FIELDS, min_count=1, show_progress=False)
        made.save(folder)
        return {path.name: path.read_bytes() for path in folder.iterdir()}


def _corpus(random: Random) -> Files:
    names = [name for name in _corpus_files() if "documents" in name or name == "sentence_lines.npy"]
    return damaged_corpus(_corpus_files(), random, names)


def _read_corpus(folder: Path) -> object:
    corpus = Corpus.open(folder)
    if corpus.documents is None:
        return "read"
    return _use(corpus)


@cache
def _embedded_files() -> Files:
    from wordvec.vectors.document_files import as_word_vectors, save_documents

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        vectors = _word_vectors()
        vectors.save(folder / "v.safetensors")
        for weights in ("sif", "tf-idf", "mean"):
            found = vectors.embed(["the b", "b", "zz"], weights)
            documents = as_word_vectors(found, ["a", "d", "e"], vectors, "v.safetensors", weights, 1e-3)
            save_documents(documents, folder / f"{weights}.safetensors")
        return {path.name: path.read_bytes() for path in folder.iterdir()}


def _word_vectors(**info: Any) -> WordVectors:
    made = {"tokenizer": "whitespace", "split_sentences": False, **info}
    return WordVectors(WORDS, MATRIX, np.array([9, 5, 2, 1]), made, -MATRIX)


def changed_info(content: bytes, random: Random) -> bytes:
    """A .safetensors file of ours with a change in what it says of itself, beside what every file says."""
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    said = as_json(changed_json(json.loads(header["__metadata__"]["more"]), random), random)
    header["__metadata__"]["more"] = said.encode("utf-8", "replace").decode()
    packed_header = json.dumps(header).encode()
    packed_header += b" " * (-len(packed_header) % 8)
    return struct.pack("<Q", len(packed_header)) + packed_header + content[8 + length :]


def _embedded(random: Random) -> Files:
    files = _embedded_files()
    content = files[f"{random.choice(('sif', 'tf-idf', 'mean'))}.safetensors"]
    changed = (changed_info if random.random() < 0.7 else damaged_safetensors)(content, random)
    return {"v.safetensors": files["v.safetensors"], "d.safetensors": changed}


def _read_embedded(folder: Path) -> object:
    from wordvec.evaluation.clusters import group_documents
    from wordvec.vectors.document_files import facts_of, nearest_words, search, vectors_of

    path = folder / "d.safetensors"
    documents = WordVectors.load(path)
    facts_of(documents, path)
    vectors = vectors_of(documents, path)
    first = documents.words[0]
    (
        search(documents, vectors, "the b", 2),
        documents.most_similar(first, k=2),
        nearest_words(documents, vectors, first, 2),
    )
    if path.stat().st_size % 8 == 0:
        group_documents(documents, vectors, 2, words=2, seed=1)
    return "read"


@cache
def _paragraph_files() -> Files:
    with tempfile.TemporaryDirectory() as name:
        vectors = _word_vectors(trainer="paragraph-vectors", inference=HOW)
        for suffix, format in ((".safetensors", "safetensors"), (".npz", "npz")):
            vectors.save(Path(name) / f"v{suffix}", format)
        return {path.name: path.read_bytes() for path in Path(name).iterdir()}


def _paragraph_vectors(random: Random) -> Files:
    content = _paragraph_files()["v.safetensors"]
    return {"v.safetensors": (changed_info if random.random() < 0.7 else damaged_safetensors)(content, random)}


def _read_paragraph_vectors(folder: Path) -> object:
    vectors = WordVectors.load(folder / "v.safetensors", strict=True)
    found = vectors.embed(["the b", "zz"], "infer", threads=1)
    expect(np.isfinite(found.matrix).all(), "rows of documents that are not finite")
    return "read"


QUESTIONS: dict[str, list[Any]] = {
    "similar": [{"word": "the", "k": 2}, {"vector": [1, 0, 2.5]}, {"positive": ["the", ["b", 0.5]], "negative": ["b"]}],
    "analogy": [{"a": "the", "b": "b", "c": "naïve", "k": 2, "method": "3cosmul"}],
    "vectors": [{"word": ["the", "b"]}, {"word": "zz"}],
    "embed": [{"texts": ["the b", ""]}, {"tokens": [["the", "b"]], "weights": "mean"}],
    "search": [{"beginning": "t", "k": 3}],
    "documents": [{"text": "the b", "k": 2}, {"like": "a"}],
    "batch": [{"questions": [{"ask": "similar", "word": "the"}, {"ask": "vectors", "word": ["b"]}]}],
}  # fmt: skip


def _request(random: Random) -> Files:
    name = random.choice(list(QUESTIONS))
    given = random.choice(QUESTIONS[name])
    if name in ("batch", "embed") or random.random() < 0.7:
        return {f"POST-{name}": damaged_json(given, random)}
    pairs = [(key, value if isinstance(value, str) else json.dumps(value)) for key, value in given.items()]
    text = "&".join(f"{key}={value}" for key, value in pairs).encode()
    if random.random() < 0.5:
        text += b"&" + random.choice(ODD_TEXTS).encode("utf-8", "replace") + b"=1"
    return {f"GET-{name}": damage_bytes(text, random)}


@cache
def _service() -> tuple[Any, Any, Executor]:
    """The application, an event loop for it, and a thread for that: the main one may run a loop, as Playwright does."""
    from wordvec.serve.app import make_app
    from wordvec.serve.settings import Settings

    with tempfile.TemporaryDirectory() as name:
        for file, content in _embedded_files().items():
            (Path(name) / file).write_bytes(content)
        vectors = WordVectors.load(Path(name) / "v.safetensors").warm_up()
        app = make_app(Settings(documents=f"{name}/sif.safetensors", seconds=60.0), vectors)
    return app, asyncio.new_event_loop(), ThreadPoolExecutor(1)


def _ask(folder: Path) -> object:
    (path,) = folder.iterdir()
    app, loop, thread = _service()
    method, _, name = path.name.partition("-")
    answer = _answer(app, method, name, path.read_bytes())
    status, body = thread.submit(loop.run_until_complete, answer).result()
    expect(status in (200, 400, 404, 413, 414, 422), f"status {status}")
    json.loads(body)
    return "read" if status == 200 else "refused"


async def _answer(app: Any, method: str, name: str, given: bytes) -> tuple[int, bytes]:
    is_post = method == "POST"
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": f"/{name}", "raw_path": f"/{name}".encode(), "query_string": b"" if is_post else given,
        "root_path": "", "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
    }  # fmt: skip
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": given if is_post else b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])

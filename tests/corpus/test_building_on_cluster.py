"""A corpus built by tasks has the files of one built in this process, byte for byte."""

import gzip
import json
import os
import textwrap
from functools import partial

import numpy as np
import pytest
from inline_cluster import InlineCluster

from wordvec.corpus import (
    Corpus,
    Phrases,
    building_on_cluster,
    encoding_on_cluster,
    hashes,
    storage,
    vocabulary_on_cluster,
)
from wordvec.corpus.encode.tokenizers import imported, name_for_import
from wordvec.errors import CorpusError, OptionError
from wordvec.files import remove


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Builds twice, by tasks on small parts and at once; returns both folders as {file: bytes}."""
    monkeypatch.setattr(building_on_cluster, "PART_BYTES", 70_001)
    monkeypatch.setattr(vocabulary_on_cluster, "WORDS_OF_A_BUCKET", 2_000)
    for module in (hashes, storage, encoding_on_cluster):
        monkeypatch.setattr(module, "PIECE", 9_001)
    clusters = []

    def cluster(client, store):
        clusters.append(InlineCluster(store))
        return clusters[-1]

    monkeypatch.setattr("wordvec.corpus.corpus.cluster_to_build_on", cluster)

    def build(paths, **options):
        by_tasks = Corpus.from_files(paths, **options, client="a client", store=tmp_path / "store")
        by_tasks.save(tmp_path / "tasks")
        Corpus.from_files(paths, **options, threads=1).save(tmp_path / "one")
        folders = [{path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("tasks", "one")]
        return *folders, clusters[-1].done.count("spool_part")

    return build


def text(characters, words=3000, line=40, seed=1):
    """Words by Zipf's law, some not ASCII, in lines of up to so many, some empty, some of rare words alone."""
    rng = np.random.default_rng(seed)
    names = [f"{'wört' if i % 7 == 0 else 'word'}{i}" for i in range(words)]
    lines, size = [], 0
    while size < characters:
        length = int(rng.integers(0, line + 1))
        lines.append(" ".join(names[i % words] for i in rng.zipf(1.3, length)))
        size += len(lines[-1]) + 1
    return "\n".join(lines) + "\n"


LARGE = {
    "lines": lambda: text(400_000),
    "one line": lambda: text(400_000).replace("\n", " "),
    "no last line feed": lambda: text(400_000).rstrip("\n"),
    "carriage returns": lambda: text(300_000).replace("\n", "\r\n"),
    "empty lines": lambda: text(300_000, line=1),
    "long words": lambda: " ".join("x" * 30_000 + str(i % 5) for i in range(20)),
}


@pytest.mark.parametrize("make", LARGE.values(), ids=LARGE)
def test_a_large_file_is_cut(built, tmp_path, make):
    (tmp_path / "text.txt").write_bytes(make().encode())
    tasks, one, parts = built(tmp_path / "text.txt", min_count=2)
    assert tasks == one
    assert parts >= 4


GIVEN = ["word1", "word1_word1", "word2", "Word5.", "word2_none", "none"]
LEARNED = Phrases(learned=({("word1", "word1"): 2.0, ("word2", "Word5."): 1.0, ("no", "such"): 1.0},))


@pytest.mark.parametrize(
    "options",
    [
        {"tokenizer": "words", "normalization": {"case": "lower", "accents": "strip"}, "min_count": 3},
        {"tokenizer": "characters", "max_words": 9},
        {"keep_words": ["word2999"], "drop_words": ["word1"], "min_count": 4},
        {"split_sentences": True},
        {"encoding_errors": "replace"},
        {"tokenizer": str.split},
        {"tokenizer": textwrap.wrap, "min_count": 1},
        {"phrases": Phrases(passes=3, threshold=2, min_count=2), "min_count": 2},
        {"phrases": LEARNED},
        {"phrases": Phrases(passes=2, threshold=2, min_count=9), "min_count": 3, "vocabulary": GIVEN},
        {"vocabulary": GIVEN, "drop_words": ["word1"], "max_words": 2},
        {"max_words": 40, "min_count": 1, "keep_words": ["word2999", "word2998", "none"]},
    ],
    ids=lambda options: " ".join(options),
)
def test_options(built, tmp_path, options):
    lines = text(300_000).replace("word5 ", "Word5. ").replace("word2500 ", "word1_word1 word1_word2 ")
    (tmp_path / "text.txt").write_text(lines, encoding="utf-8")
    tasks, one, _ = built(tmp_path / "text.txt", **options)
    assert tasks == one


def test_files_of_several_kinds(built, tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "a.txt").write_text(text(280_000, seed=2), encoding="utf-8")
    (folder / "b.txt.gz").write_bytes(gzip.compress(text(100_000, seed=3).encode()))
    (folder / "c.txt").write_text("")
    (folder / "d.txt").write_text("word1 word2", encoding="utf-8")
    tasks, one, parts = built([folder, "tiny-world"], min_count=2)
    assert tasks == one
    assert parts == 5 + 3 + 1  # parts of a.txt, the other files, tiny-world


@pytest.mark.parametrize("tokens", [True, False], ids=["lists of tokens", "text"])
def test_records_are_read_and_what_is_left_out_is_said_here(built, tmp_path, capsys, tokens):
    lines = [f"word{i % 7} word{i % 5}" for i in range(40)]
    records = [{"t": line.split() if tokens else line} for line in lines] + [{"t": None}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)))
    tasks, one, _ = built(tmp_path / "a.jsonl", field="t", min_count=1)
    assert tasks == one
    first, second = capsys.readouterr().err.splitlines()  # by tasks, and at once
    assert first == second
    assert "1 of 41 records hold no text" in first


def test_words_with_line_feeds_inside(built, tmp_path):
    records = [{"t": ["a", f"b{i % 3}\n", "\n"]} for i in range(40)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)))
    tasks, one, _ = built([tmp_path / "a.jsonl"] * 2, field="t", min_count=1)
    assert tasks == one


@pytest.mark.parametrize(
    "content, options",
    [
        (b"word " * 90_000 + b"\xff\n", {}),
        (b"", {}),
        (b"one two\n", {}),
        (b'{"t": ["a", "b"]}\n', {"field": "t", "tokenizer": "words"}),
    ],
    ids=["not utf-8", "empty", "all rare", "tokens with a tokenizer"],
)
def test_errors_are_those_of_one_machine(built, tmp_path, content, options):
    (tmp_path / "text.txt").write_bytes(content)
    with pytest.raises((CorpusError, OptionError)) as of_tasks:
        built(tmp_path / "text.txt", **options)
    with pytest.raises((CorpusError, OptionError)) as of_one:
        Corpus.from_files(tmp_path / "text.txt", **options)
    assert str(of_tasks.value) == str(of_one.value)


def test_a_mixture_is_refused(built, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"t": ["a", "b"]}\n')
    (tmp_path / "b.jsonl").write_text('{"t": "a b"}\n')
    with pytest.raises(CorpusError, match="some of the text is lists of tokens"):
        built([tmp_path / "a.jsonl", tmp_path / "b.jsonl"], field="t", min_count=1)


def test_what_workers_cannot_read(built):
    with pytest.raises(OptionError, match="workers of a cluster read files"):
        Corpus.from_sentences([["a"]], client="a client", store="memory://x")
    with pytest.raises(OptionError, match="a lambda, or a function inside another one"):
        built("tiny-world", tokenizer=lambda line: line.split())
    with pytest.raises(OptionError, match="this partial is not what its name stands for"):
        built("tiny-world", tokenizer=partial(str.split, sep=" "))
    with pytest.raises(CorpusError, match="standard input cannot be read by the workers"):
        built("-")


def test_a_file_that_differs_on_a_worker_is_refused(built, tmp_path, monkeypatch):
    (tmp_path / "text.txt").write_text("a b c\n" * 10)
    parts_of = building_on_cluster.parts_of
    monkeypatch.setattr(
        building_on_cluster, "parts_of", lambda *given: (part._replace(size=61) for part in parts_of(*given))
    )
    with pytest.raises(CorpusError, match="has 60 bytes for a worker and 61 here"):
        built(tmp_path / "text.txt")


def test_a_tokenizer_that_a_worker_lacks_or_has_in_another_form_is_refused():
    with pytest.raises(OptionError, match=r"no_such_module\.cut: on a worker, it cannot be imported.*upload_file"):
        imported("no_such_module", "cut", "")
    with pytest.raises(OptionError, match="textwrap has another source than here"):
        imported("textwrap", "wrap", "of an earlier version")
    assert imported(*name_for_import(textwrap.wrap)) is textwrap.wrap


def test_a_tokenizer_of_a_script_is_refused(monkeypatch):
    def cut(line):
        return line.split()

    monkeypatch.setattr(cut, "__module__", "__main__")
    monkeypatch.setattr(cut, "__qualname__", "cut")
    with pytest.raises(OptionError, match="a script or a notebook defines"):
        name_for_import(cut)


def test_the_file_of_ids_is_the_one_that_the_workers_wrote(built, tmp_path):
    (tmp_path / "text.txt").write_text(text(300_000), encoding="utf-8")
    built(tmp_path / "text.txt")
    for name in ("ids.npy", "sentence_starts.npy"):
        (of_workers,) = (tmp_path / "store").glob(f"encoded-*/{name}")
        assert (tmp_path / "tasks" / name).samefile(of_workers)


@pytest.mark.parametrize("lost", ["ends-*/facts.json", "encoded-*/facts.json", "encoded-*"])
def test_a_run_that_was_interrupted_goes_on(built, tmp_path, lost):
    (tmp_path / "text.txt").write_text(text(300_000), encoding="utf-8")
    _, one, _ = built(tmp_path / "text.txt")
    store = tmp_path / "store"
    for path in [*store.glob("encoded-*/facts.json"), *store.glob(lost)]:
        remove(path)
    assert built(tmp_path / "text.txt")[0] == one


def test_a_text_replaced_by_one_of_its_size_and_time_is_read_anew(built, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("a b a b\n" * 9)
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    built(path, min_count=1)
    path.write_text("c d c d\n" * 9)
    os.utime(path, ns=times)
    tasks, one, _ = built(path, min_count=1)
    assert tasks == one


def test_an_object_store_and_parts_without_words(built, tmp_path):
    lines = "\n" * 500_000
    (tmp_path / "a.txt").write_text("one two" + lines + "three" + lines + "one two")
    tasks, one, parts = built(tmp_path / "a.txt", min_count=1)
    assert (tasks, parts > 3) == (one, True)
    of_objects = Corpus.from_files(tmp_path / "a.txt", min_count=1, client="a client", store="memory://building")
    of_objects.save(tmp_path / "tasks")
    assert {path.name: path.read_bytes() for path in (tmp_path / "tasks").iterdir()} == one

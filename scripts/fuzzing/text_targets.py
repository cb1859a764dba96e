"""Targets that read text: into a corpus, from every kind of file, and the small files that go with a corpus."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from fuzz_files import damage_bytes

from fuzzing.mutators import ODD_TEXTS, damaged_json, damaged_lines, packed
from fuzzing.targets import Files, Target, expect
from wordvec.corpus import Corpus, Vocabulary
from wordvec.corpus.phrases import Phrases
from wordvec.errors import WordvecError

LINES = ["the cat sat on the mat", "a dog , a cat", "한국어 문장 입니다", "tea 茶 naïve", "the end ."]
RECORDS: list[Any] = [{"text": line, "id": i, "tokens": line.split()} for i, line in enumerate(LINES)]


def text_targets() -> dict[str, Target]:
    """Name -> target, for files of text."""
    targets = {
        "text": Target(lambda random: {"t.txt": _text(random)}, _read_text),
        "text-encoding": Target(_in_encoding, _read_encoding),
        "text-packed": Target(_packed, _read_text),
        "jsonl": Target(_jsonl, _read_field),
        "json": Target(lambda random: {"t.json": damaged_json(RECORDS, random)}, _read_field),
        "csv": Target(_csv, _read_field),
        "parquet": Target(_parquet, _read_field),
        "tokenizers": Target(lambda random: {"t.txt": _text(random)}, _read_tokenized),
        "text-compiled": Target(lambda random: {"t.txt": _text(random)}, _read_both_ways),
        "word-list": Target(_word_list, _read_word_list),
        "phrases": Target(_phrases, _read_phrases),
        "lexicon": Target(_lexicon, _read_lexicon),
        "groups": Target(_groups, _read_groups),
        "stability": Target(_stability, _read_stability),
        "scores": Target(_scores, _read_scores),
        "report": Target(_report, _read_report),
    }  # fmt: skip
    return targets


def check_corpus(corpus: Corpus) -> object:
    """Raise Inconsistent unless ids, sentences and words of a corpus fit together."""
    corpus.check()
    words = list(corpus.vocabulary.words)
    counts = np.bincount(np.asarray(corpus.ids), minlength=len(words))
    expect(np.array_equal(counts, corpus.vocabulary.counts), "counts are not those of the ids")
    expect(len(set(words)) == len(words) and all(words), "an empty word, or one that is there twice")
    return "read"


def _build(path: Path, **options: Any) -> object:
    return check_corpus(Corpus.from_files([path], min_count=1, threads=1, show_progress=False, **options))


def _only(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def _read_text(folder: Path) -> object:
    return _build(_only(folder))


def _read_field(folder: Path) -> object:
    path = _only(folder)
    size = path.stat().st_size
    return _build(path, field=("text", "tokens", "id")[size % 3 if size % 5 == 0 else 0], strict=size % 7 == 0)


def _read_encoding(folder: Path) -> object:
    path = _only(folder)
    encodings = ("utf-8", "utf-16", "latin-1", "cp949", "utf-8-sig", "utf-32", "shift_jis", "iso2022_kr", "utf-7", "hz")
    size = path.stat().st_size
    errors = ("strict", "replace", "ignore")[size % 3]
    return _build(path, encoding=encodings[size // 3 % len(encodings)], encoding_errors=errors)


def _read_tokenized(folder: Path) -> object:
    path = _only(folder)
    size = path.stat().st_size
    options: list[dict[str, Any]] = [
        {"tokenizer": "word"}, {"tokenizer": "character"}, {"split_sentences": True},
        {"normalization": {"unicode": "NFKC", "case": "lower"}}, {"phrases": 1},
    ]  # fmt: skip
    return _build(path, **options[size % len(options)])


def _read_both_ways(folder: Path) -> object:
    """The compiled way, in ranges of a few bytes and threads, and the way of short texts give the same corpus."""
    from wordvec.corpus import building
    from wordvec.corpus.read import ranges

    path = _only(folder)
    size = path.stat().st_size
    tokenizer = ("whitespace", "words", "characters")[size % 3]
    options: dict[str, Any] = {"tokenizer": tokenizer, "min_count": 1, "show_progress": False}
    if size % 2:
        options["normalization"] = {"unicode": "NFC", "case": "lower"}
    kept = building.COMPILED_FROM, ranges.RANGE_BYTES, ranges.MORE_BYTES
    found: list[Any] = []
    for compiled in (False, True):
        if compiled:
            building.COMPILED_FROM, ranges.RANGE_BYTES, ranges.MORE_BYTES = 4, 5 + size % 40, 1 + size % 9
        try:
            corpus = Corpus.from_files([path], threads=1 + compiled, **options)
            check_corpus(corpus)
            found.append((list(corpus.vocabulary.words), corpus.ids.tolist(), corpus.sentence_starts.tolist()))
        except WordvecError as error:
            found.append(type(error))
        finally:
            building.COMPILED_FROM, ranges.RANGE_BYTES, ranges.MORE_BYTES = kept
    expect(found[0] == found[1], "two ways to read a text differ")
    return "read"


def _text(random: Random) -> bytes:
    lines = [*LINES, " ".join(random.choices(ODD_TEXTS, k=3)), "x" * random.choice((0, 1, 100))]
    if random.random() < 0.05:
        lines += ["<doc id=1>", "</doc>"] * 3
    return damaged_lines(lines, random)


def _in_encoding(random: Random) -> Files:
    names = ("utf-16", "utf-16-le", "latin-1", "cp949", "utf-8-sig", "utf-32", "shift_jis", "iso2022_kr", "utf-7", "hz")
    content = "\n".join(LINES).encode(random.choice(names), "replace")
    return {"t.txt": damage_bytes(content, random) if random.random() < 0.5 else content}


def _packed(random: Random) -> Files:
    content = _text(random)
    if random.random() < 0.05:
        content += b"zero " * 20_000
    suffix, made = packed(content, random)
    return {"t.txt" + suffix: made}


def _jsonl(random: Random) -> Files:
    lines = [damaged_json(each, random) if random.random() < 0.3 else json.dumps(each).encode() for each in RECORDS]
    end = random.choice((b"\n", b"\n", b"\r\n", b"\n\n", b",\n"))
    return {random.choice(("t.jsonl", "t.ndjson", "t.json")): end.join(lines)}


def _csv(random: Random) -> Files:
    separator = random.choice((",", "\t", ";"))
    rows = [separator.join(("id", "text", "tokens"))]
    rows += [separator.join((str(i), f'"{line}"', line.replace(",", ""))) for i, line in enumerate(LINES)]
    name = {",": "t.csv", "\t": "t.tsv", ";": "t.csv"}[separator]
    return {name: damaged_lines(rows, random, separators=(separator, '"', " "))}


_made: dict[str, bytes] = {}


def damaged_columns(records: list[dict[str, Any]], random: Random) -> Files:
    """A damaged Parquet, Feather or Arrow file of records."""
    name = random.choice(("t.parquet", "t.arrow", "t.feather"))
    packing = random.choice(("uncompressed", "lz4", "zstd"))  # drawn always: a kept file must not change what follows
    key = f"{name} {packing} {list(records[0])}"
    if key not in _made:
        import pyarrow
        import pyarrow.feather
        import pyarrow.parquet

        table, out = pyarrow.Table.from_pylist(records), io.BytesIO()
        if name == "t.parquet":
            pyarrow.parquet.write_table(table, out)
        elif name == "t.arrow":
            with pyarrow.ipc.new_stream(out, table.schema) as writer:
                writer.write_table(table)
        else:
            pyarrow.feather.write_feather(table, out, compression=packing)
        _made[key] = out.getvalue()
    return {name: damage_bytes(_made[key], random)}


def _parquet(random: Random) -> Files:
    return damaged_columns(RECORDS, random)


def _word_list(random: Random) -> Files:
    lines = random.choice((["the 90", "new york 12", "a 3"], ["the\t9", "b\t2"], ["the", "a", "catch 22", "b c"]))
    return {"w.txt": damaged_lines(lines, random, separators=(" ", "\t"))}


def _read_word_list(folder: Path) -> object:
    vocabulary = Vocabulary.read(_only(folder))
    words = list(vocabulary.words)
    expect(len(vocabulary.counts) == len(words) and (vocabulary.counts >= 0).all(), "counts do not fit the words")
    expect(len(set(words)) == len(words) and all(words), "an empty word, or one that is there twice")
    return "read"


def _phrases(random: Random) -> Files:
    if "phrases" not in _made:
        import tempfile

        with tempfile.TemporaryDirectory() as name:
            Phrases(learned=({("new", "york"): 3.0, ("a", "b"): 1.5},)).save(Path(name) / "p")
            _made["phrases"] = (Path(name) / "p").read_bytes()
    content = json.loads(_made["phrases"])
    if random.random() < 0.4:
        content["passes"][0] = damaged_json(json.loads(content["passes"][0]), random).decode("utf-8", "replace")
        return {"p.json": json.dumps(content).encode()}
    return {"p.json": damaged_json(content, random)}


def _read_phrases(folder: Path) -> object:
    phrases = Phrases.load(_only(folder))
    joined = phrases.join(["new", "york", "a", "b"])
    expect(all(isinstance(word, str) for word in joined), "a joined word that is no text")
    return "read"


def _lexicon(random: Random) -> Files:
    return {"f": damaged_lines(["big large huge", "small little"], random)}


def _read_lexicon(folder: Path) -> object:
    from wordvec.vectors.several_models.dictionaries import read_dictionary
    from wordvec.vectors.several_models.retrofitting import read_lexicon

    path = _only(folder)
    return read_lexicon(path) if path.stat().st_size % 2 else read_dictionary(path)


def _groups(random: Random) -> Files:
    return {"g.txt": damaged_lines(["[animals]", "cat", "dog", "[plants]", "oak", "metals\tiron"], random)}


def _read_groups(folder: Path) -> object:
    from wordvec.plots.groups import read_groups

    return read_groups([_only(folder)])


def _stability(random: Random) -> Files:
    suffix = random.choice((".tsv", ".json"))
    if suffix not in _made:
        import tempfile

        from wordvec.experiments.stability import Stability
        from wordvec.experiments.stability.results import save_stability

        stability = Stability(("a", "b"), np.array([0.5, 1.0]), k=10, models=2, counts=np.array([3, 2]))
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / f"s{suffix}"
            save_stability(stability, path)
            _made[suffix] = path.read_bytes()
    made = _made[suffix]
    if suffix == ".json" and random.random() < 0.7:
        return {"s.json": damaged_json(json.loads(made), random)}
    return {f"s{suffix}": damaged_lines(made.decode().split("\n"), random, separators=("\t", " ", ","))}


def _read_stability(folder: Path) -> object:
    from wordvec.experiments.stability.results import read_stability

    stability = read_stability(_only(folder))
    expect(len(stability.words) == len(stability.overlap), "columns of different lengths")
    expect(((stability.overlap >= 0) & (stability.overlap <= 1)).all(), "an overlap outside [0, 1]")
    expect(isinstance(stability.k, int) and isinstance(stability.sizes, dict), "facts of another type")
    return "read"


def _scores(random: Random) -> Files:
    row = {"name": "set", "task": "similarity", "score": 0.5, "interval": [0.4, 0.6], "covered": 3, "total": 4}
    return {"s.json": damaged_json({"model": [row, dict(row, name="other")]}, random)}


def _read_scores(folder: Path) -> object:
    from wordvec.plots.charts import read_scores

    return read_scores([_only(folder)])


def _report(random: Random) -> Files:
    return {"r.json": damaged_json({"seconds": {"train": 1.5}, "loss": [1.0, 0.5], "file": "v"}, random)}


def _read_report(folder: Path) -> object:
    from wordvec.cli.card import read_report

    return read_report(os.fspath(_only(folder)))

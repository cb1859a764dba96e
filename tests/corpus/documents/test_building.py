"""Each sentence of a corpus with metadata knows its document and its line, however the text is read."""

import gzip
import json

import numpy as np
import pytest

from wordvec import Corpus
from wordvec.corpus.documents import FILES
from wordvec.errors import CorpusError, OptionError


def folder_of(tmp_path, texts, table=None):
    """A folder of texts and a table with a year for each, 1850 for the first, 1851 for the next."""
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    rows = [f"{name},{1850 + i}" for i, name in enumerate(texts)]
    (folder / "table.csv").write_text(table or "\n".join(["path,year", *rows]), encoding="utf-8")
    return folder


def places(corpus):
    """Words, path and line of each sentence."""
    found = map(corpus.documents.place, range(len(corpus.sentence_starts) - 1))
    return [(" ".join(words), *place) for words, place in zip(corpus.sentences(), found)]


def test_lines_of_files(tmp_path):
    folder = folder_of(tmp_path, {"a.txt": "tea milk\r\n\r\nrare\r\nmilk tea", "b.txt": "", "c.txt": "\n\ntea\n"})
    corpus = Corpus.from_documents(folder, folder / "table.csv", min_count=2)
    assert places(corpus) == [("tea milk", "a.txt", 1), ("milk tea", "a.txt", 4), ("tea", "c.txt", 3)]
    assert [corpus.documents.metadata(i)["year"] for i in range(3)] == ["1850", "1851", "1852"]
    assert (
        corpus.fingerprint
        == Corpus.from_files([folder / name for name in ("a.txt", "b.txt", "c.txt")], min_count=2).fingerprint
    )


def test_sentences_inside_lines(tmp_path):
    folder = folder_of(tmp_path, {"a.txt": "Tea came. Milk came.\n\nIt was. So."})
    corpus = Corpus.from_documents(folder, folder / "table.csv", min_count=1, tokenizer="words", split_sentences=True)
    assert [(words, line) for words, _, line in places(corpus)] == [
        ("tea came", 1),
        ("milk came", 1),
        ("it was", 3),
        ("so", 3),
    ]


@pytest.mark.parametrize("options", [{}, {"tokenizer": "words", "split_sentences": True}, {"phrases": 1}])
def test_large_text_is_read_by_compiled_code_with_the_same_places(tmp_path, options):
    rng = np.random.default_rng(3)
    words = np.array(["tea", "milk.", "Queen", "a", "rare"])
    draw = lambda size: rng.choice(words, size, p=[0.3, 0.3, 0.2, 0.1999, 0.0001]).tolist()
    texts = {f"{i}.txt": "\n".join(" ".join(draw(rng.integers(0, 9))) for _ in range(4000)) for i in range(5)}
    folder = folder_of(tmp_path, texts)
    corpus = Corpus.from_documents(folder, folder / "table.csv", min_count=500, threads=2, **options)
    assert sum(map(len, texts.values())) > 1 << 18
    lines = {name: text.split("\n") for name, text in texts.items()}
    for sentence, path, line in places(corpus)[::97]:
        original = lines[path][line - 1].lower().replace(".", "")
        assert all(part in original for word in sentence.lower().split() for part in word.strip(".").split("_"))
    assert len(corpus.documents.lines) == len(corpus.sentence_starts) - 1


def test_a_line_longer_than_a_piece_is_one_line(tmp_path):
    folder = folder_of(tmp_path, {"a.txt": "tea milk " * 150_000 + "\nqueen", "b.txt": "tea"})
    corpus = Corpus.from_documents(folder, folder / "table.csv", min_count=1)
    assert [(path, line) for _, path, line in places(corpus)] == [("a.txt", 1), ("a.txt", 2), ("b.txt", 1)]


def test_saved_and_opened_again(tmp_path):
    folder = folder_of(tmp_path, {"a.txt.gz": gzip.compress("tea\n홍차\n".encode()), "b.txt": "tea"})
    corpus = Corpus.from_documents(folder, folder / "table.csv", min_count=1)
    corpus.save(tmp_path / "c")
    again = Corpus.open(tmp_path / "c", verify=True)
    assert places(again) == places(corpus) == [("tea", "a.txt.gz", 1), ("홍차", "a.txt.gz", 2), ("tea", "b.txt", 1)]
    assert again.documents.rows == corpus.documents.rows
    assert again.documents.root == str(folder)
    assert again.documents.files[1].bytes == 3
    again.save(tmp_path / "d")
    assert (tmp_path / "d" / "documents.json").read_bytes() == (tmp_path / "c" / "documents.json").read_bytes()


def test_without_metadata_nothing_is_added(tmp_path):
    folder = folder_of(tmp_path, {"a.txt": "tea milk"})
    corpus = Corpus.from_files(folder / "a.txt", min_count=1)
    corpus.save(tmp_path / "c")
    assert not {path.name for path in (tmp_path / "c").iterdir()} & set(FILES)
    assert not set(json.loads((tmp_path / "c" / "corpus.json").read_text())["files"]) & set(FILES)
    assert Corpus.open(tmp_path / "c").documents is None


@pytest.mark.parametrize(
    "spoil, message",
    [
        (lambda d: d.pop("columns"), "columns is missing"),
        (lambda d: d.update(format="x"), "not of the format"),
        (lambda d: d["documents"].pop(), "does not describe"),
        (lambda d: d["documents"][0].__setitem__(0, 7), "without a file"),
        (lambda d: d.update(files=3), "files is 3, but a list was expected"),
        (lambda d: d["documents"][0].__setitem__(0, float("inf")), r"documents\[0\] is .*, but a list of file, record"),
        (lambda d: d["documents"][0].__setitem__(0, "0"), r"documents\[0\] is"),
        (lambda d: d["documents"][0].__setitem__(2, [[1]]), r"documents\[0\] is"),
        (lambda d: d["reading"].update(encoding=8), "reading.encoding is 8"),
    ],
)
def test_damaged_documents_are_an_error(tmp_path, spoil, message):
    folder = folder_of(tmp_path, {"a.txt": "tea", "b.txt": "tea"})
    Corpus.from_documents(folder, folder / "table.csv", min_count=1).save(tmp_path / "c")
    description = tmp_path / "c" / "documents.json"
    content = json.loads(description.read_text())
    spoil(content)
    header = json.loads((tmp_path / "c" / "corpus.json").read_text())
    description.write_text(json.dumps(content))
    header["files"]["documents.json"]["bytes"] = description.stat().st_size
    (tmp_path / "c" / "corpus.json").write_text(json.dumps(header))
    with pytest.raises(CorpusError, match=message):
        Corpus.open(tmp_path / "c").documents  # noqa: B018


def test_a_missing_file_of_documents_is_found_when_the_corpus_is_opened(tmp_path):
    folder = folder_of(tmp_path, {"a.txt": "tea"})
    Corpus.from_documents(folder, folder / "table.csv", min_count=1).save(tmp_path / "c")
    (tmp_path / "c" / "sentence_lines.npy").unlink()
    with pytest.raises(CorpusError, match=r"sentence_lines\.npy is missing"):
        Corpus.open(tmp_path / "c")


def test_what_says_nothing_about_documents_is_refused(tmp_path):
    folder = folder_of(tmp_path, {"a.txt": "tea"})
    for options in ({}, {"field": "text"}, {"metadata_fields": ["year"]}):
        with pytest.raises(OptionError, match="give one of them"):
            Corpus.from_documents(folder, **options)
    with pytest.raises(OptionError, match="the table of metadata is the name of a file; got a dict: write it first"):
        Corpus.from_documents(folder, {"path": ["a.txt"], "year": [1850]})
    with pytest.raises(OptionError, match="leave --field out"):
        Corpus.from_documents(folder, folder / "table.csv", field="text")
    with pytest.raises(CorpusError, match="there is none with this name"):
        Corpus.from_documents("nowhere.txt", folder / "table.csv")
    with pytest.raises(CorpusError, match="besides the table"):
        Corpus.from_documents(folder / "table.csv", folder / "table.csv")


# Records


RECORDS = [
    {"text": "tea\nmilk", "year": 1850, "by": {"name": "Bell"}},
    {"text": None, "year": 1851},
    {"text": "milk", "by": {"name": ""}},
]


def test_records_of_json_lines(tmp_path, capsys):
    path = tmp_path / "dump.jsonl"
    path.write_text("\n".join(map(json.dumps, RECORDS)))
    corpus = Corpus.from_documents(path, field="text", metadata_fields=["year", "by.name"], min_count=1)
    documents = corpus.documents
    assert [documents.metadata(i) for i in range(2)] == [
        {"year": 1850, "by.name": "Bell"},
        {"year": None, "by.name": None},
    ]
    assert [row.record for row in documents.rows] == [1, 3]
    assert [words for words, _, _ in places(corpus)] == ["tea", "milk", "milk"]
    assert documents.lines.tolist() == [1, 2, 1]
    assert corpus.info["field"] == "text"
    assert "1 of 3 records hold no text" in capsys.readouterr().err
    with pytest.raises(CorpusError, match="no record has a field 'jahr'"):
        Corpus.from_documents(path, field="text", metadata_fields=["jahr"], min_count=1)
    with pytest.raises(CorpusError, match=r"by: metadata is text, numbers"):
        Corpus.from_documents(path, field="text", metadata_fields=["by"], min_count=1)


def test_records_of_csv_and_parquet(tmp_path):
    table = tmp_path / "speeches.csv"
    table.write_text('year,speaker,text\n1850,Bell,"tea,\nmilk"\n1851,,milk\n')
    corpus = Corpus.from_documents(table, field="text", metadata_fields="year", min_count=1, tokenizer="words")
    assert [(row.record, row.values) for row in corpus.documents.rows] == [(2, ("1850",)), (4, ("1851",))]
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    columns = {"text": ["tea\nmilk", "milk"], "year": [1850, 1851]}
    parquet.write_table(pyarrow.table(columns), tmp_path / "speeches.parquet")
    corpus = Corpus.from_documents(tmp_path / "speeches.parquet", field="text", metadata_fields=["year"], min_count=1)
    assert [(row.record, row.values) for row in corpus.documents.rows] == [(1, (1850,)), (2, (1851,))]
    (tmp_path / "speeches.json").write_text(
        '[{"text": "tea", "year": 1850},\n {"text": null}, {"text": "milk", "year": 1851}]'
    )
    corpus = Corpus.from_documents(tmp_path / "speeches.json", field="text", metadata_fields=["year"], min_count=1)
    assert [(row.record, row.values) for row in corpus.documents.rows] == [(1, (1850,)), (3, (1851,))]
    (tmp_path / "plain.txt").write_text("tea and milk\nmilk, tea\n")
    with pytest.raises(CorpusError, match="is plain text, neither JSON nor a table"):
        Corpus.from_documents(tmp_path / "plain.txt", field="text", metadata_fields=["year"])


def test_documents_that_are_empty_alike_or_very_long_are_said(tmp_path, capsys):
    texts = {f"{number}.txt": f"tea and milk {number}" for number in range(6)}
    texts |= {"copy.txt": texts["3.txt"], "empty.txt": "", "long.txt": "tea and milk\n" * 60}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "t.csv").write_text("path,year\n" + "".join(f"{name},1850\n" for name in texts))
    Corpus.from_documents(tmp_path, tmp_path / "t.csv", min_count=1)
    err = capsys.readouterr().err
    assert "1 document has no word of the vocabulary: empty.txt" in err
    assert "the same text under several names, each of which counts as a document: 3.txt = copy.txt;" in err
    assert "much of the text is in 1 document: long.txt (87%)" in err
    assert len(err.splitlines()) == 3

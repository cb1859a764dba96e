"""Files that look like something else than text, read as lines of text because the user says so."""

import pytest

from wordvec import Corpus
from wordvec.cli import main
from wordvec.corpus import read_lines
from wordvec.corpus.read.document_texts import DocumentTexts
from wordvec.errors import CorpusError, OptionError

FILES = {
    "page.html": "<html><body>\n" + "<p>a rose is a rose</p>\n" * 20 + "</body></html>\n",
    "table.csv": "id,text\n" + "".join(f"{n},a rose\n" for n in range(20)),
    "records.jsonl": '{"text": "a rose"}\n' * 5,
    "list.txt": '["a rose", "a cat"]\n',
    "paper.tex": "\\documentclass{article}\n\\begin{document}\na rose\n\\end{document}\n",
    "dump.sql": "CREATE TABLE t (\n id int\n);\nINSERT INTO t VALUES (1, 'rose');\n",
    "vectors.txt": "".join(f"w{n} " + " ".join(f"{n}.{k}" for k in range(20)) + "\n" for n in range(9)),
    "reads.sam": "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:ref\tLN:45\nr001\t99\tref\t7\t30\t8M\t=\t37\t39\tTTAG\t*\n",
}
OPTION = r"; plain_text \(--plain-text\) reads its lines as they are"


@pytest.fixture(params=FILES)
def file(request, tmp_path):
    path = tmp_path / request.param
    path.write_text(FILES[request.param], "utf-8", newline="\n")
    return path


def test_the_lines_are_as_they_are_in_the_file(file):
    assert list(read_lines(file, plain_text=True)) == file.read_text("utf-8").split("\n")[:-1]
    assert list(DocumentTexts([file], plain_text=True)) == file.read_text("utf-8").split("\n")[:-1]


def test_without_it_they_are_refused_and_the_message_names_it(file):
    if file.name == "list.txt":
        assert list(read_lines(file)) == ["a rose", "a cat"]
        return
    with pytest.raises(CorpusError, match="say which field" if file.suffix == ".jsonl" else OPTION):
        list(read_lines(file))


def test_a_large_file_that_is_read_by_compiled_code(tmp_path):
    path = tmp_path / "many.html"
    path.write_text("<html><body>\n" + "<p> a rose is a rose </p>\n" * 30_000, "utf-8")
    corpus = Corpus.from_files(path, plain_text=True)
    assert corpus.vocabulary.words == ["a", "rose", "</p>", "<p>", "is"]
    assert corpus.info["plain_text"] is True
    corpus.save(tmp_path / "corpus")
    assert Corpus.build(tmp_path / "corpus", plain_text=True).info == corpus.info
    other = Corpus.from_texts(["a rose"], min_count=1)
    other.save(tmp_path / "other")
    with pytest.raises(OptionError, match="built without plain_text"):
        Corpus.build(tmp_path / "other", plain_text=True)


def test_documents_with_metadata(tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text(FILES["paper.tex"], "utf-8")
    (tmp_path / "years.csv").write_text("path,year\na.txt,1850\n", "utf-8")
    given = tmp_path / "texts", tmp_path / "years.csv"
    with pytest.raises(CorpusError, match=OPTION):
        Corpus.from_documents(*given, min_count=1)
    corpus = Corpus.from_documents(*given, min_count=1, plain_text=True)
    assert corpus.documents.reading["plain_text"] is True
    assert "\\end{document}" in corpus.vocabulary.words


@pytest.mark.parametrize(
    "build, message",
    [
        (lambda path: Corpus.from_files(path, field="text", plain_text=True), "plain text has no field 'text'"),
        (lambda path: DocumentTexts([path], field="text", plain_text=True), "plain text has no field 'text'"),
        (lambda path: Corpus.from_texts(["a rose"], plain_text=True), "plain_text is for files"),
        (lambda path: Corpus.build([["a", "rose"]], plain_text=True), "plain_text is for files"),
        (
            lambda path: Corpus.from_documents(path, field="text", metadata_fields="id", plain_text=True),
            "plain text has no field 'text'",
        ),
        (lambda path: Corpus.from_files("tiny-world", plain_text=True), "would change nothing with tiny-world"),
    ],
)
def test_it_is_refused_where_it_means_nothing(tmp_path, build, message):
    (tmp_path / "a.csv").write_text(FILES["table.csv"], "utf-8")
    with pytest.raises(OptionError, match=message):
        build(tmp_path / "a.csv")


def test_the_commands_take_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.html").write_text("<html>\n" + "<p> a rose is a cat and a dog </p>\n" * 20, "utf-8")
    assert main(["train", "a.html", "-o", "v.npz", "--dim", "3"]) == 2
    assert main(["train", "a.html", "-o", "v.npz", "--dim", "3", "--plain-text"]) == 0
    assert main(["corpus", "info", "a.html", "--plain-text"]) == 0
    assert main(["embed", "v.npz", "a.html", "-o", "d.npz"]) == 2
    assert main(["embed", "v.npz", "a.html", "-o", "d.npz", "--plain-text"]) == 0

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from wordvec import SVD, Corpus, WordVectors
from wordvec.cli import main
from wordvec.errors import OptionError
from wordvec.evaluation.clusters import group_documents

SEA = ["the ship sails the sea", "a ship at sea", "waves of the sea carry the ship"]
TEA = ["the cup of tea is hot", "hot tea in a cup", "tea and milk in the cup"]
LINES = [*SEA, *TEA, "xyzzy plugh", ""]


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    corpus = Corpus.from_texts([*SEA, *TEA] * 5, tokenizer="words", min_count=1)
    SVD(dim=6, seed=1).fit(corpus).vectors.save("v.safetensors")
    Path("docs.txt").write_text("\n".join(LINES) + "\n", encoding="utf-8")

    def run(*arguments):
        status = main(list(arguments))
        output = capsys.readouterr()
        return status, output.out, output.err

    return run


@pytest.mark.parametrize(
    "change, message",
    [
        ({"weights": "tf-idf"}, "word_weights is missing, which the weights tf-idf need"),
        ({"weights": "tf-idf", "word_weights": [1.0]}, "have weights of 1 words, but there are"),
        ({"weights": ["sif"]}, 'weights is ["sif"], but sif, tf-idf, mean or infer was expected'),
        ({"a": None}, "a is missing"),
        ({"vectors": 5}, "vectors is 5, but text or null"),
    ],
)
def test_documents_that_say_wrongly_what_they_are_are_refused(run, change, message):
    assert run("embed", "v.safetensors", "docs.txt", "-o", "docs.safetensors")[0] == 0
    documents = WordVectors.load("docs.safetensors")
    facts = {**documents.info["documents"], **change}
    WordVectors(documents.words, documents.matrix, info={"documents": facts}).save("other.safetensors")
    status, _, error = run("search", "other.safetensors", "tea")
    assert status == 2 and len(error.splitlines()) == 1 and message in error


def test_documents_are_embedded_and_found(run):
    status, out, _ = run("embed", "v.safetensors", "docs.txt", "-o", "docs.safetensors")
    assert status == 0 and out.splitlines()[0] == "docs.safetensors: 8 documents in 6 dimensions, weights sif"
    assert "2 documents have no word with a vector, and so a row of zeros" in out
    status, out, _ = run("search", "docs.safetensors", "A Ship at SEA!", "hot tea", "-k", "3", "--json")
    found = json.loads(out)
    assert found["A Ship at SEA!"][0]["id"] == "2" and found["hot tea"][0]["id"] in "456"
    assert {row["id"] for row in found["A Ship at SEA!"]} == {"1", "2", "3"}
    status, out, _ = run("search", "docs.safetensors", "ship", "-k", "1")
    assert status == 0 and out.startswith("ship\n   0.") and out.count("\n") == 2


def test_documents_without_a_known_word_are_no_answer(run):
    run("embed", "v.safetensors", "docs.txt", "-o", "docs.safetensors")
    _, out, _ = run("search", "docs.safetensors", "ship", "-k", "99", "--json")
    found = json.loads(out)["ship"]
    assert {row["id"] for row in found} == {"1", "2", "3", "4", "5", "6"} and found[-1]["score"] < 0.1


def test_what_is_written_is_the_same_each_time(run):
    for out, threads in (("a.safetensors", "1"), ("b.safetensors", "3")):
        assert run("embed", "v.safetensors", "docs.txt", "-o", out, "--threads", threads)[0] == 0
    assert Path("a.safetensors").read_bytes() == Path("b.safetensors").read_bytes()


def test_rows_for_numpy_with_their_ids_beside_them(run):
    records = [{"name": f"n{row}", "body": line} for row, line in enumerate(LINES)]
    Path("docs.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    options = ("--field", "body", "--id", "name", "--weights", "tf-idf", "--json")
    status, out, _ = run("embed", "v.safetensors", "docs.jsonl", "-o", "rows.npy", *options)
    report = json.loads(out)
    assert status == 0 and report["out"] == ["rows.npy", "rows.words.txt"]
    assert (report["documents"], report["empty"], report["missing_words"]) == (8, 2, 2)
    assert np.load("rows.npy").shape == (8, 6)
    assert Path("rows.words.txt").read_text(encoding="utf-8").split() == [f"n{row}" for row in range(8)]
    assert list(WordVectors.load("rows.npy").words)[:2] == ["n0", "n1"]


def test_a_query_is_weighted_as_the_documents_were(run):
    for weights, *options in (("tf-idf",), ("mean",), ("sif", "--a", "0.01")):
        run("embed", "v.safetensors", "docs.txt", "-o", "d.npz", "--weights", weights, *options)
        _, out, _ = run("search", "d.npz", TEA[0], "-k", "1", "--json")
        assert json.loads(out)[TEA[0]][0]["id"] == "4"
        assert json.loads(out)[TEA[0]][0]["score"] == pytest.approx(1.0, abs=1e-6)


def test_near_documents_and_their_words_and_groups(run):
    run("embed", "v.safetensors", "docs.txt", "-o", "docs.safetensors", "--weights", "mean")
    status, out, _ = run("search", "docs.safetensors", "--like", "1", "-k", "2", "--json")
    found = json.loads(out)
    assert status == 0 and {row["id"] for row in found["1"]} == {"2", "3"}
    assert "words near 1" in found
    _, out, _ = run("search", "docs.safetensors", "--like", "1", "-k", "99", "--json")
    assert "7" not in {row["id"] for row in json.loads(out)["1"]}  # it has no word with a vector
    status, out, _ = run("search", "docs.safetensors", "--groups", "2", "-k", "4", "--json")
    groups = json.loads(out)["groups"]
    assert sorted(sorted(group["ids"]) for group in groups) == [["1", "2", "3"], ["4", "5", "6"]]
    assert all(len(group["words"]) == 4 for group in groups)
    status, out, _ = run("search", "docs.safetensors", "--groups", "2")
    assert status == 0 and out.startswith("1  3 documents: ")


def test_one_group_has_the_words_of_all():
    documents = WordVectors(["a", "b"], np.array([[1.0, 0.0], [1.0, 0.0]]))
    vectors = WordVectors(["x", "y"], np.eye(2))
    assert group_documents(documents, vectors, 1, words=1)[0].words == ["x"]
    for groups in (0, 3):
        with pytest.raises(OptionError, match="groups must be from 1 to 2"):
            group_documents(documents, vectors, groups)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("search", "docs.safetensors", "xyzzy"), "'xyzzy': its only word has no vector"),
        (("search", "docs.safetensors"), "give either texts to search for, or --like ID, or --groups N"),
        (("search", "docs.safetensors", "tea", "--groups", "2"), "give either texts"),
        (("search", "docs.safetensors", "--like", "99"), "'99' is not among the 8 documents"),
        (("search", "docs.safetensors", "--like", "7"), "document '7' has no word with a vector"),
        (("search", "docs.safetensors", "--groups", "7"), "groups must be from 1 to 6"),
        (("search", "docs.safetensors", "tea", "-k", "0"), "must be a whole number of at least 1"),
        (("search", "v.safetensors", "tea"), "holds no documents that can be queried"),
        (
            ("search", "docs.safetensors", "tea", "--vectors", "none"),
            "the word vectors of these documents are not there",
        ),
        (
            ("search", "docs.safetensors", "tea", "--vectors", "docs.safetensors"),
            "not the vectors that embedded the documents",
        ),
        (("embed", "v.safetensors", "docs.txt", "-o", "docs.txt"), "would be lost"),
        (("embed", "v.safetensors", "none.txt", "-o", "d.npz"), "no such file"),
        (("embed", "v.safetensors", "empty.txt", "-o", "d.npz"), "empty.txt: no documents"),
        (("embed", "v.safetensors", "unknown.txt", "-o", "d.npz"), "none of the 1 documents has a word with a vector"),
        (("embed", "v.safetensors", "docs.txt", "-o", "d.xyz"), "no format has this suffix"),
        (("embed", "v.safetensors", "docs.txt", "-o", "d.npz", "--tokenizer", "characters"), "leave tokenizer out"),
        (("embed", "v.safetensors", "docs.txt", "-o", "d.npz", "--a", "-1"), "a must be above 0"),
        (("embed", "v.safetensors", "docs.txt", "-o", "d.npz", "--id", "x"), "name the field of their text, too"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(run, arguments, message):
    Path("empty.txt").touch()
    Path("unknown.txt").write_text("xyzzy\n", encoding="utf-8")
    run("embed", "v.safetensors", "docs.txt", "-o", "docs.safetensors")
    status, out, err = run(*arguments)
    assert status == 2 and out == "" and message in err and err.count("\n") == 1


def test_a_query_is_cut_as_the_documents_were(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "v.txt").write_text("2 2\ntea 1 0\nrain 0 1\n", encoding="utf-8")
    (tmp_path / "texts.txt").write_text("tea\nrain\n", encoding="utf-8")
    made = ["embed", "v.txt", "texts.txt", "-o", "d.safetensors", "--weights", "mean", "--tokenizer", "whitespace"]
    assert main(made) == 0
    capsys.readouterr()
    assert main(["search", "d.safetensors", "rain", "-k", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"rain": [{"id": "2", "score": 1.0}]}


@pytest.fixture
def paragraphs(run):
    """Documents s0 .. and t0 .. in a file, trained to m.safetensors and m.documents.safetensors."""
    records = [
        {"name": f"{kind}{number}", "text": text}
        for kind, lines in (("s", SEA), ("t", TEA))
        for number, text in enumerate(lines * 6)
    ]
    records += [{"name": "none", "text": None}, {"name": "rare", "text": "xyzzy"}]
    Path("p.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    asked = "p.jsonl", "--field", "text", "--id", "name", "--trainer", "paragraph-vectors", "--subsample", "0"
    return run("train", *asked, "--dim", "12", "--tokenizer", "words", "-o", "m.safetensors")


def test_paragraph_vectors_are_trained_and_found(run, paragraphs):
    status, out, _ = paragraphs
    told = "m.documents.safetensors: 38 documents or tags; 2 have no known word, and rows of zeros"
    assert status == 0 and out.splitlines()[-1].strip() == told
    _, out, _ = run("search", "m.documents.safetensors", "the SHIP at sea", "-k", "5", "--json")
    assert {row["id"][0] for row in json.loads(out)["the SHIP at sea"]} == {"s"}
    _, out, _ = run("similar", "m.documents.safetensors", "t3", "-k", "5", "--json")
    assert out.count('"t') >= 5
    status, out, _ = run("embed", "m.safetensors", "p.jsonl", "--field", "text", "--id", "name", "-o", "e.safetensors")
    assert status == 0 and out.startswith("e.safetensors: 38 documents in 12 dimensions, weights infer")
    inferred, trained = WordVectors.load("e.safetensors"), WordVectors.load("m.documents.safetensors")
    assert inferred.words == trained.words
    cosines = (inferred.unit * trained.unit).sum(axis=1)
    assert cosines[:36].min() > 0.8 and not inferred.matrix[36:].any()
    _, again, _ = run("search", "e.safetensors", "the SHIP at sea", "-k", "5", "--json")
    assert {row["id"][0] for row in json.loads(again)["the SHIP at sea"]} == {"s"}


def test_records_have_several_tags(run):
    records = [
        {"name": "a", "text": SEA[0], "about": ["sea", "all"]},
        {"name": "b", "text": TEA[0], "about": "tea; all"},
    ]
    records += [{"name": "c", "text": TEA[1], "about": None}]
    Path("p.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    trained = "--trainer", "paragraph-vectors", "--min-count", "1", "--subsample", "0", "--dim", "4", "--epochs", "2"
    asked = "train", "p.jsonl", "--field", "text", "--tags", "about", *trained, "-o", "m.npz"
    assert run(*asked, "--id", "name", "--documents", "with.npz")[0] == 0
    assert WordVectors.load("with.npz").words == ["a", "sea", "all", "b", "tea", "c"]
    assert run(*asked, "--documents", "alone.npz")[0] == 0
    assert WordVectors.load("alone.npz").words == ["sea", "all", "tea"]
    Path("p.csv").write_text("text,about\nred ship,sea;all\nhot tea,tea\n" * 3, encoding="utf-8")
    assert run("train", "p.csv", *asked[2:], "--documents", "csv.npz")[0] == 0
    assert WordVectors.load("csv.npz").words[:3] == ["sea", "all", "tea"]
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({name: [record[name] for record in records[::2]] for name in ("text", "about")})
    pytest.importorskip("pyarrow.parquet").write_table(table, "p.parquet")
    assert run("train", "p.parquet", *asked[2:], "--documents", "parquet.npz")[0] == 0
    assert WordVectors.load("parquet.npz").words == ["sea", "all"]
    Path("p.jsonl").write_text(json.dumps({"text": "red ship", "about": [["sea"]]}) + "\n", encoding="utf-8")
    status, _, told = run(*asked)
    assert status == 2 and "field 'about': a list of tags, or a text with ; between them, expected" in told


def test_a_corpus_has_its_documents_already(run):
    assert run("corpus", "build", "tiny-world", "-o", "corpus")[0] == 0
    for option in (("--tags", "about"), ("--id", "name"), ("--whole-files",)):
        status, _, told = run("train", "corpus", *option, "--trainer", "paragraph-vectors", "-o", "m.npz")
        assert status == 2 and f"{option[0]}: corpus is a corpus, which has its documents already" in told


def test_whole_files_are_documents(run):
    Path("texts").mkdir()
    for number, line in enumerate([*SEA, *TEA]):
        Path(f"texts/{number}.txt").write_text(f"{line}\n{line}\n", encoding="utf-8")
    trained = "--trainer", "paragraph-vectors", "--min-count", "1", "--subsample", "0", "--dim", "4", "--epochs", "2"
    assert run("train", "texts", "--whole-files", *trained, "-o", "w.npz", "--documents", "d.safetensors")[0] == 0
    assert WordVectors.load("d.safetensors").words[1] == str(Path("texts/1.txt"))
    assert run("embed", "w.npz", "texts", "--whole-files", "-o", "e.npy")[0] == 0
    assert np.load("e.npy").shape == (6, 4)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--id", "name"), "--id: documents are trained by --trainer paragraph-vectors"),
        (("--trainer", "svd", "--field", "text", "--tags", "x"), "--tags: documents are trained by"),
        (("--trainer", "paragraph-vectors", "--tags", "x"), "tags 'x' is a field of records"),
        (("--trainer", "svd", "--whole-files"), "--whole-files: documents are trained by"),
        (("--trainer", "paragraph-vectors", "-o", "o.txt"), "only .safetensors and .npz keep what"),
        (("--trainer", "paragraph-vectors", "--documents", "o.safetensors"), "give --documents another name"),
        (("--trainer", "paragraph-vectors", "--start", "v.safetensors"), "has no --start"),
        (("--trainer", "paragraph-vectors", "--whole-files", "--field", "x"), "have no field 'x': leave one out"),
    ],
)
def test_documents_that_cannot_be_trained(run, arguments, told):
    status, _, error = run("train", "docs.txt", "-o", "o.safetensors", *arguments)
    assert status == 2 and told in error and error.count("\n") == 1

"""How the arguments about text reach the corpus."""

import argparse
import gzip
import json
import re
from pathlib import Path

import pytest
from commands import run

from wordvec import Corpus
from wordvec.cli import main
from wordvec.cli.text import add_text_arguments, read_corpus
from wordvec.corpus.encode.normalization import Normalization
from wordvec.corpus.phrases import Phrases


@pytest.fixture
def built(monkeypatch, tmp_path):
    """A function from a command line to the arguments that `Corpus.from_files` gets."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Corpus, "from_files", lambda paths, **options: (paths, options))
    monkeypatch.setattr("wordvec.cli.text.tell_never_seen", lambda keep_words, corpus: None)

    def build(*arguments):
        parser = argparse.ArgumentParser()
        add_text_arguments(parser)
        return read_corpus(parser.parse_args(arguments))

    return build


def test_only_what_differs_from_the_defaults_is_passed(built):
    source, options = built("a.txt")
    assert source == ["a.txt"]
    assert options == {"tokenizer": None, "min_count": None, "encoding": "utf-8", "encoding_errors": "strict"}
    assert built("a.txt", "b/")[0] == ["a.txt", "b/"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--field", "page.text"], {"field": "page.text"}),
        (["--column", "text", "--strict"], {"field": "text", "strict": True}),
        (["--split-sentences"], {"split_sentences": True}),
        (["--case", "fold"], {"normalization": Normalization(case="fold")}),
        (
            ["--unicode", "NFKC", "--strip-accents", "--numbers", "zero", "--drop-punctuation"],
            {"normalization": Normalization(unicode="NFKC", accents="strip", numbers="zero", punctuation="drop")},
        ),
        (["--max-words", "100", "--phrases", "3"], {"max_words": 100, "phrases": Phrases(passes=3)}),
        (["--keep-words", "a.list", "--drop-words", "b.list"], {"keep_words": ["tea"], "drop_words": ["the", "of"]}),
        (["--tokenizer", "korean", "--min-count", "2"], {"tokenizer": "korean", "min_count": 2}),
        (["--threads", "2"], {"threads": 2}),
    ],
)
def test_each_option_reaches_the_corpus(built, arguments, expected):
    Path("a.list").write_text("tea\n", encoding="utf-8")
    Path("b.list").write_text("the\nof\n", encoding="utf-8")
    _, options = built("text.txt", *arguments)
    assert {name: options[name] for name in expected} == expected
    assert len(options) == 4 + len(set(expected) - {"tokenizer", "min_count"})


def test_a_given_vocabulary_is_a_file_or_a_corpus(built, monkeypatch):
    Path("words.txt").write_text("tea\ncup\n", encoding="utf-8")
    Corpus.from_sentences([["cup", "tea", "tea"]]).save("corpus")
    assert built("text.txt", "--vocabulary", "words.txt")[1]["vocabulary"].words == ["tea", "cup"]
    assert built("text.txt", "--vocabulary", "corpus")[1]["vocabulary"].words == ["tea", "cup"]


@pytest.mark.parametrize("arguments", [["--case", "upper"], ["--numbers", "keep"], ["--max-words", "many"]])
def test_values_that_do_not_exist_are_usage_errors(built, arguments, capsys):
    with pytest.raises(SystemExit):
        built("text.txt", *arguments)
    assert arguments[0] in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--keep-words", "missing.list"], "missing.list"),
        (["--vocabulary", "missing.list"], "missing.list"),
        (["--phrases", "0"], "passes of phrases must be a whole number, 1 or more; got 0"),
        (["--field", "body"], "data.jsonl.gz: line 1: no field 'body'; it has: id, text"),
        ([], "data.jsonl.gz: holds JSON: say which field holds the text"),
    ],
)
def test_bad_input_is_one_line(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    Path("data.jsonl.gz").write_bytes(gzip.compress(b'{"id": 1, "text": "the cat sat"}\n'))
    assert main(["corpus", "build", "data.jsonl.gz", "-o", "out", *arguments]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert (captured.out, captured.err.count("\n")) == ("", 1)


def test_json_lines_to_words_and_vectors(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    documents = ["The Café opened in 1990. Tea costs 3.50!", "THE CAFE OPENED, and tea costs 12.\nThe tea."]
    lines = "".join(json.dumps({"page": {"text": text}}) + "\n" for text in documents)
    Path("pages.jsonl").write_text(lines, encoding="utf-8")
    options = ["--field", "page.text", "--split-sentences", "--case", "fold", "--strip-accents"]
    options += ["--numbers", "zero", "--drop-punctuation", "--min-count", "1"]
    assert main(["corpus", "build", "*.jsonl", "-o", "corpus", *options]) == 0
    assert [" ".join(sentence) for sentence in Corpus.open("corpus").sentences()] == [
        "the cafe opened in 0",
        "tea costs 0",
        "the cafe opened and tea costs 0",
        "the tea",
    ]
    report = ["--trainer", "ppmi", "--window", "2", "-o", "v.safetensors", "--json"]
    capsys.readouterr()
    assert main(["train", "pages.jsonl", *options, *report]) == 0
    assert json.loads(capsys.readouterr().out)["tokens"] == 17


SESSIONS = [["tea", "green tea", "milk"], ["milk", "rice"], ["green tea", "rice"]] * 3


@pytest.mark.parametrize("column", ["items", "ids"])
@pytest.mark.parametrize("kind", ["parquet", "jsonl", "json"])
def test_sessions_in_a_column_of_lists(tmp_path, monkeypatch, capsys, kind, column):
    monkeypatch.chdir(tmp_path)
    records = [{"items": items, "ids": [len(item) for item in items]} for items in SESSIONS]
    if kind == "parquet":
        pyarrow = pytest.importorskip("pyarrow", reason="reads Parquet: the extra arrow")
        from pyarrow import parquet

        parquet.write_table(pyarrow.Table.from_pylist(records), "sessions.parquet")
    else:
        lines = map(json.dumps, records)
        Path(f"sessions.{kind}").write_text("\n".join(lines) if kind == "jsonl" else f"[{','.join(lines)}]")
    assert main(["corpus", "build", f"sessions.{kind}", "--field", column, "-o", "out", "--min-count", "1"]) == 0
    corpus = Corpus.open("out")
    assert list(corpus.sentences()) == [[str(item) for item in record[column]] for record in records]
    assert corpus.info["tokenizer"] is None
    capsys.readouterr()
    for option in (["--tokenizer", "words"], ["--split-sentences"], ["--case", "lower"]):
        assert main(["corpus", "build", f"sessions.{kind}", "--field", column, "-o", "out", *option]) == 2
        assert "lists of tokens are used unchanged: leave out" in capsys.readouterr().err


def test_repairs_are_told_and_strict_refuses_them(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text('{"t": "tea"}\noops\n{"t": null}\n{}\n', encoding="utf-8")
    command = ["corpus", "build", "a.jsonl", "--field", "t", "-o", "out", "--min-count", "1"]
    assert main(command) == 0
    err = capsys.readouterr().err
    assert "1 of 4 records hold no text (null) in 't'; they are left out" in err
    assert "2 of 4 records cannot be read and are left out" in err
    assert main([*command, "--strict"]) == 2
    assert "a.jsonl: line 2: is not JSON" in capsys.readouterr().err


def test_what_a_corpus_was_built_with_is_said_in_plain_words(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Corpus.from_sentences([["tea", "cup"]]).save("built")
    options = [["--max-words", "5"], ["--phrases", "1"], ["--split-sentences"], ["--field", "text"]]
    options += [["--case", "lower"], ["--tokenizer", "words"], ["--min-count", "7"], ["--keep-words", "list"]]
    Path("list").write_text("tea\n")
    for option in options:
        assert main(["corpus", "info", "built", *option]) == 2
        err = capsys.readouterr().err
        assert "this corpus was built with" in err
        assert option[0] in err
        assert not re.search(r"None|True|[{}'\[\]]", err.replace("[WV0707]", ""))


def test_words_to_keep_that_never_occur_are_told(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("t.txt").write_text("the cat\nthe dog\n", encoding="utf-8")
    Path("list").write_text("dog\nCat\nbird\n", encoding="utf-8")
    options = ["corpus", "build", "t.txt", "-o", "c", "--min-count", "2"]
    assert main([*options, "--keep-words", "list"]) == 0
    assert "2 words of --keep-words not in the text, and so without a vector: Cat, bird" in capsys.readouterr().err
    Path("list").write_text("dog\n", encoding="utf-8")
    assert main([*options, "--keep-words", "list", "--drop-words", "list"]) == 2
    assert "--keep-words" not in capsys.readouterr().err
    assert main([*options, "--keep-words", "list"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "threshold, said",
    [
        (1.0, r"  phrases  \d+ pairs of words joined in pass 1, \d+ in pass 2\n"),
        (None, "  phrases  no pair of words joined: none scores above 100, as pairs of small texts hardly ever do; "),
    ],
)
def test_how_many_phrases_were_joined_is_told(tmp_path, capsys, monkeypatch, threshold, said):
    if threshold:
        monkeypatch.setattr("wordvec.corpus.phrases.DEFAULT_THRESHOLDS", {"word2phrase": threshold})
    names = "abcdefghijklmnopqrst"
    lines = [f"{a}x {b}y new york {b}z {a}w" for a in names for b in names]
    (tmp_path / "a.txt").write_text("\n".join(lines), encoding="utf-8")
    command = ("train", tmp_path / "a.txt", "-o", tmp_path / "v.safetensors", "--trainer", "svd", "--dim", 3)
    assert "  phrases  " not in run(capsys, *command)[1]
    status, out, _ = run(capsys, *command, "--phrases", 2)
    assert status == 0 and re.search(said, out)


def test_lines_of_no_text_are_told_where_they_are_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("play.txt").write_text("ANN: the cat sat\nBEN: on the mat\n" * 20)
    assert run(capsys, "corpus", "build", "play.txt", "-o", "c")[2].endswith(
        "many lines begin with a label: wordvec corpus info play.txt says what to do about them\n"
    )
    train = ("train", "play.txt", "-o", "v.safetensors", "--trainer", "svd", "--dim", 2)
    assert "many lines begin with a label" in run(capsys, *train)[2]
    Path("prose.txt").write_text("The cat sat on the mat.\n" * 20)
    assert "corpus info" not in run(capsys, "corpus", "build", "prose.txt", "-o", "d")[2]


def test_lists_of_items_are_told_unless_they_are_read_as_such(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("baskets.txt").write_text("rye bread, tea\ntea, milk, salt\nsalt, tea, oil\n" * 20)
    command = ("corpus", "build", "baskets.txt", "-o", "c")
    assert run(capsys, *command)[2] == (
        "wordvec: many lines are lists of items: wordvec corpus info baskets.txt says what to do about them\n"
    )
    assert run(capsys, *command, "--tokenizer", "commas")[2] == ""


def test_lines_of_records_are_looked_at_too_but_not_lists_of_tokens(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("reviews.csv").write_text("review,stars\n" + '"A cat.<br />It sat.",5\n,4\n' * 40)
    command = ("corpus", "build", "reviews.csv", "--field", "review", "-o", "c")
    assert "HTML" not in run(capsys, *command)[2]
    err = run(capsys, *command, "--tokenizer", "words")[2]
    assert "many lines have marks of HTML: wordvec corpus info reviews.csv says" in err
    assert err.count("hold no text") == 1
    Path("lists.jsonl").write_text('{"a": ["ANN:", "cat"]}\n' * 40)
    assert run(capsys, "corpus", "build", "lists.jsonl", "--field", "a", "-o", "d")[2] == ""


def test_words_with_tags_are_told_where_the_tokenizer_cuts_them(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("tagged.txt").write_text("The/at cat/nn sat/vbd ./.\n" * 40)
    command = ("corpus", "build", "tagged.txt", "-o", "c")
    assert run(capsys, *command)[2] == ""
    assert "many lines have a tag after each word: " in run(capsys, *command, "--tokenizer", "words")[2]


def test_emoji_are_told_where_the_tokenizer_leaves_them_out(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("posts.txt").write_text("tea \U0001f375 #tea @ann\n" * 40, encoding="utf-8")
    command = ("corpus", "build", "posts.txt", "-o", "c")
    assert run(capsys, *command)[2] == ""
    assert "many lines have emoji, #tags or @names: " in run(capsys, *command, "--tokenizer", "words")[2]


@pytest.mark.parametrize("command", [("corpus", "info"), ("corpus", "build", "-o", "c")])
def test_what_reading_announces_is_told_once_though_the_lines_are_looked_at_again(
    tmp_path, monkeypatch, capsys, command
):
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_bytes(b"caf\xe9 and tea\n" * 9)
    err = run(capsys, *command, "a.txt", "--encoding-errors", "replace")[2]
    assert err.count("9 places where the text is not utf-8") == 1


def test_a_list_of_words_may_have_the_encoding_of_the_text(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("차 물 차 물 밥\n" * 3, encoding="cp949")
    Path("drop.txt").write_text("밥\n", encoding="cp949")
    command = ("corpus", "build", "text.txt", "-o", "c", "--encoding", "cp949", "--min-count", 1)
    assert run(capsys, *command, "--drop-words", "drop.txt")[0] == 0
    assert Corpus.open("c").vocabulary.words == ["물", "차"]

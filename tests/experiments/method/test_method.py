"""Method paragraphs, references and the commands that repeat a run."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from dated_texts import write_dated_texts

from wordvec import CBOW, SVD, Corpus, GloVe, SkipGram
from wordvec.change.space import ALIKE
from wordvec.cli import build_parser, main
from wordvec.corpus.documents import size_and_sha256
from wordvec.errors import InputError, OptionError
from wordvec.experiments.method import (
    GROUPINGS,
    LANGUAGES,
    MODELS,
    SENTENCES,
    TRAINERS,
    corpus_facts,
    paragraph_of_changes,
    paragraph_of_vectors,
)
from wordvec.experiments.method.card_parts import OF_CHANGE, OF_TRAINER, bibtex, entries
from wordvec.experiments.method.change_file import is_record, read_record
from wordvec.experiments.method.runs import build_command, train_command


def parsed(command):
    words = shlex.split(command)
    assert words[0] == "wordvec"
    return build_parser(words[1:]).parse_args(words[1:])


def test_all_languages_say_the_same():
    for texts in (TRAINERS, MODELS, GROUPINGS, SENTENCES):
        assert list(texts) == ["en", "de", "ko"]
        for language in texts:
            assert list(texts[language]) == list(texts["en"])
            for key, text in texts[language].items():
                braces = lambda of: sorted(re.findall(r"{\w+}", of))
                assert braces(text) == braces(texts["en"][key]), (language, key)
                years = lambda of: sorted(re.findall(r"\b(?:19|20)\d\d", of))
                assert years(text) == years(texts["en"][key]), (language, key)


def test_each_work_that_is_named_has_an_entry():
    assert {*OF_CHANGE, "kish1965survey"} | {key for keys in OF_TRAINER.values() for key in keys} | {"wordvec"} == set(
        entries()
    )
    for key, entry in entries().items():
        assert entry.splitlines()[0].endswith(f"{{{key},")
        assert entry.count("{") == entry.count("}")
    assert bibtex(["levy2015improving", "levy2015improving"]).count("@article") == 1


@pytest.mark.parametrize(
    "trainer",
    [SVD(dim=2), SkipGram(dim=4, epochs=1, engine="layers"), CBOW(dim=4, epochs=1, engine="layers"), GloVe(dim=2)],
)
def test_train_commands_are_understood_and_say_all_parameters(trainer):
    info = {"trainer": trainer.name, "parameters": trainer.parameters()}
    arguments = parsed(train_command(info, "corpus", "v.safetensors"))
    for name, value in trainer.parameters().items():
        if value is not None and value is not False:
            assert getattr(arguments, name) == value, name
    for language in LANGUAGES:
        text = paragraph_of_vectors(info | {"wordvec_version": "1", "tokenizer": "words"}, 4, None, language)
        assert TRAINERS[language][trainer.name] in text
        assert "words" in text


def test_what_is_not_known_is_left_out():
    assert train_command({}, "c", "v") is None
    assert train_command({"trainer": "svd", "parameters": {}, "subwords": {}}, "c", "v") is None
    assert paragraph_of_vectors({}, 4, None, "en") == ""
    assert build_command(Corpus.from_sentences([["tea"]]), "c") is None
    assert build_command(Corpus.from_files("tiny-world", keep_words=["tea"]), "c") is None
    assert build_command(Corpus.from_files("tiny-world", tokenizer=str.split), "c") is None
    with pytest.raises(OptionError, match="written in en, de, ko; got 'fr'"):
        paragraph_of_vectors({}, 4, None, "fr")


def test_the_build_command_builds_the_same_corpus(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a b.txt").write_text("Tea and Milk. 1850 Tea!\n" * 9, encoding="utf-16")
    (tmp_path / "t.csv").write_text("name,year\na b,1850\n")
    corpus = Corpus.from_documents(
        "texts", "t.csv", path_column="name", tokenizer="words", encoding="utf-16", split_sentences=True, phrases=2,
        min_count=2, max_words=3, normalization={"case": "fold", "accents": "strip", "numbers": "drop"},
    )  # fmt: skip
    command = build_command(corpus, "corpus")
    assert main(shlex.split(command)[1:]) == 0
    again = Corpus.open("corpus")
    assert again.fingerprint == corpus.fingerprint
    assert again.documents.rows == corpus.documents.rows
    facts = corpus_facts(again)
    assert (facts["documents"], facts["years"], facts["sources"]) == (1, [1850, 1850], ["texts"])


def sha256_of(path):
    return size_and_sha256(Path(path))[1]


def test_a_cut_in_time_is_said_in_each_language():
    record = {
        "by": "decade", "groups": ["1850s", "1860s", "1870s"], "documents": [4, 4, 4], "words": [], "left_out": {},
        "corpus": {}, "wordvec_version": "1",
        "options": {"level": 0.05, "window": 5, "model": "svd", "dim": 9, "permutations": 999, "seed": 1},
    }  # fmt: skip
    for language, said in (("en", "before and after a moment"), ("de", "vor und nach demjenigen"), ("ko", "시점을")):
        assert said not in paragraph_of_changes(record, language)  # an earlier version compared all pairs
        record["options"]["compare"] = "cut"
        assert said in paragraph_of_changes(record, language)
        del record["options"]["compare"]


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("change")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_dated_texts("texts", ["t0w30"], sentences=40, documents=30, seed=3)
        assert main(["corpus", "build", "texts", "--metadata", "texts/table.csv", "-o", "corpus"]) == 0
        command = ["change", "corpus", "--by", "50", "--words", "t0w3,t3w3", "--figures", "figures"]
        assert main([*command, "-o", "changes.json", "--save-vectors", "vectors"]) == 0
    return folder


@pytest.fixture
def run_of_change(once, tmp_path, monkeypatch):
    """A copy of a run, in the folder where the test is."""
    monkeypatch.chdir(shutil.copytree(once, tmp_path / "run"))
    return tmp_path / "run"


def test_a_card_of_changes(run_of_change, capsys):
    assert main(["card", "changes.json", "--languages", "en,de,ko"]) == 0
    card = capsys.readouterr().out
    assert "Number of documents: 30, from 1800 to 1896." in card
    assert "Zahl der Dokumente: 30, 1800 bis 1896." in card
    assert "문서 30건" in card
    assert "grouped by periods of 50 years (1800-1849: 15, 1850-1899: 15)" in card
    assert card.count("@article{benjamini1995controlling,") == 1
    assert "@book{kish1965survey," in card
    assert f"n / (1 + {ALIKE} (n − 1))" in card  # the sentences have the number in them
    assert f"n / (1 + {ALIKE} (n − 1))".replace("0.", "0,") in card
    assert "| 1850-1899 | vectors/1850-1899.safetensors |" in card
    record = json.loads((run_of_change / "changes.json").read_text(encoding="utf-8"))
    assert len(record["corpus"]["files"]) == 30
    assert record["seconds"] >= 0


def test_documents_in_no_group_are_stated(run_of_change):
    record = json.loads((run_of_change / "changes.json").read_text(encoding="utf-8"))
    assert "in no group" not in paragraph_of_changes(record, "en")
    record["corpus"]["documents"] += 4
    assert "Documents without a date or value that can be read, and so in no group: 4." in paragraph_of_changes(
        record, "en"
    )
    assert "die zu keiner Gruppe gehören: 4." in paragraph_of_changes(record, "de")
    assert "문서는 4건이다." in paragraph_of_changes(record, "ko")


def test_the_commands_of_a_card_repeat_the_figures(run_of_change, capsys):
    main(["card", "changes.json"])
    commands = re.findall(r"^\$ (wordvec .*)$", capsys.readouterr().out, re.M)
    assert len(commands) == 2
    figures = {path.name: path.read_bytes() for path in (run_of_change / "figures").iterdir()}
    first = json.loads((run_of_change / "changes.json").read_text(encoding="utf-8"))
    for path in (run_of_change / "figures").iterdir():
        path.unlink()
    for command in commands:
        assert main(shlex.split(command)[1:]) == 0
    assert {path.name: path.read_bytes() for path in (run_of_change / "figures").iterdir()} == figures
    assert [each["sha256"] for each in first["vectors"]] == [sha256_of(each["path"]) for each in first["vectors"]]
    second = json.loads((run_of_change / "changes.json").read_text(encoding="utf-8"))
    assert second["words"] == first["words"]
    assert second["commands"] == first["commands"]


def test_what_is_no_record(tmp_path):
    (tmp_path / "a.json").write_text('{"format": "wordvec changes 1"}')
    assert is_record(tmp_path / "a.json")
    with pytest.raises(InputError, match="damaged: by is missing"):
        read_record(tmp_path / "a.json")
    (tmp_path / "a.json").write_text('{"format": "wordvec changes 1"')
    with pytest.raises(InputError, match="cannot be read"):
        read_record(tmp_path / "a.json")
    assert not is_record(tmp_path / "nowhere")


OTHER_FORMS = [
    ("words", 3, "words is 3, but a list was expected"),
    ("words", [{"q": 0.1}], r"words\[0\].word is missing"),
    ("options", {"window": "5"}, 'options.window is "5", but a whole number'),
    ("corpus", {"years": [1850]}, r"corpus.years is \[1850\], but two years or null"),
    ("commands", [None], r"commands\[0\] is null"),
]


def test_a_record_of_another_form_is_refused(run_of_change, tmp_path):
    record = json.loads((run_of_change / "changes.json").read_text(encoding="utf-8"))
    for name, value, message in OTHER_FORMS:
        (tmp_path / "c.json").write_text(json.dumps({**record, name: value}))
        with pytest.raises(InputError, match=f"damaged: {message}.*run wordvec change again"):
            read_record(tmp_path / "c.json")


@pytest.mark.parametrize(
    "options",
    [
        "--trainer svd --dim 9",
        "--trainer skipgram --dim 4 --seed 7 --subsample 1e-4",
        "--trainer glove --dim 4 --epochs 2",
    ],
)
def test_the_commands_of_a_card_give_the_same_vectors(options, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_dated_texts("texts", sentences=40, documents=4)
    main(shlex.split("corpus build texts/d001.txt texts/d002.txt --phrases 1 --case fold --max-words 60 -o c"))
    assert main(["train", "c", "-o", "v.safetensors", *options.split()]) == 0
    before = (tmp_path / "v.safetensors").read_bytes()
    capsys.readouterr()
    assert main(["card", "v.safetensors", "--corpus", "c"]) == 0
    commands = re.findall(r"^\$ (wordvec .*)$", capsys.readouterr().out, re.M)
    assert len(commands) == 2
    shutil.rmtree(tmp_path / "c")
    (tmp_path / "v.safetensors").unlink()
    for command in commands:
        assert main(shlex.split(command)[1:]) == 0
    assert (tmp_path / "v.safetensors").read_bytes() == before


def test_what_no_command_repeats_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    corpus = Corpus.from_files("tiny-world", keep_words=["king", "queen", "man", "woman"])
    corpus.save("c")
    vectors = SVD(dim=2).fit(corpus, show_progress=False).vectors
    vectors.save("v.safetensors")
    assert main(["card", "v.safetensors", "--corpus", "c"]) == 0
    assert "No single command rebuilds c" in capsys.readouterr().out
    assert main(["postprocess", "v.safetensors", "-o", "w.safetensors", "--steps", "unit"]) == 0
    capsys.readouterr()
    assert main(["card", "w.safetensors"]) == 0
    out = capsys.readouterr().out
    assert "Training alone does not reproduce w.safetensors: post_processing." in out
    assert "$ wordvec train" not in out


def test_a_card_of_vectors_has_a_method_and_commands(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "tiny-world", "-o", "v.safetensors", "--trainer", "svd", "--dim", "5"]) == 0
    capsys.readouterr()
    assert main(["card", "v.safetensors", "--languages", "de"]) == 0
    card = capsys.readouterr().out
    assert "Vektoren mit 5 Dimensionen wurden mit einer abgeschnittenen Singulärwertzerlegung" in card
    assert "@article{levy2015improving," in card
    assert "$ wordvec train corpus --trainer svd" in card

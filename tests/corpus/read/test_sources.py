"""Each door takes one kind of text, whatever the container; what may be two things is refused by name."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from wordvec import Corpus
from wordvec.corpus.build_options import BuildOptions
from wordvec.errors import CorpusError, OptionError

TEXTS = ["tea with milk", "rice with salt"]
WORDS = {"tea", "with", "milk", "rice", "salt"}


def containers(items):
    """The same items in every kind of iterable that has an order."""
    yield from (list(items), tuple(items), iter(items), (item for item in items), map(str, items))
    yield from (dict.fromkeys(items).keys(), dict(enumerate(items)).values(), np.array(items), np.array(items, object))


@pytest.fixture
def names(tmp_path):
    for number, text in enumerate(TEXTS):
        (tmp_path / f"{number}.txt").write_text(text)
    return [str(tmp_path / "0.txt"), str(tmp_path / "1.txt")]


def test_the_container_does_not_decide_what_a_string_is(names):
    for texts, paths in zip(containers(TEXTS), containers(names), strict=True):
        assert set(Corpus.from_texts(texts, min_count=1).vocabulary.words) == WORDS
        assert set(Corpus.from_files(paths, min_count=1).vocabulary.words) == WORDS
    for strings in containers(names):
        with pytest.raises(CorpusError, match=r"may be texts or names of files: .*from_texts.*missing.*from_files"):
            Corpus.build(strings, min_count=1)
    for texts in (TEXTS, tuple(TEXTS), np.array(TEXTS), dict.fromkeys(TEXTS).keys()):
        with pytest.raises(CorpusError, match="may be texts or names of files"):
            Corpus.build(texts, min_count=1)
        assert not WORDS & set(Corpus.from_texts([*names, "x"], min_count=1).vocabulary.words)  # no file is opened


def test_an_iterator_of_strings_that_name_no_files_is_lines_of_text():
    for lines in (iter(TEXTS), io.StringIO("\n".join(TEXTS)), (text for text in [None, *TEXTS, "Mr. Tea"])):
        assert set(Corpus.build(lines, min_count=1).vocabulary.words) - {"Mr.", "Tea"} == WORDS


def test_one_path_and_paths_of_all_kinds(names, tmp_path):
    sources = [tmp_path, str(tmp_path), [tmp_path], map(Path, names), tmp_path.glob("*.txt"), str(tmp_path / "*.txt")]
    for source in sources:
        assert set(Corpus.from_files(source, min_count=1).vocabulary.words) == WORDS
    for source in (map(Path, names), [Path(name) for name in names], tmp_path, str(tmp_path)):
        assert set(Corpus.build(source, min_count=1).vocabulary.words) == WORDS  # these are paths and nothing else


def test_columns_of_other_packages_are_texts():
    pandas = pytest.importorskip("pandas", reason="reads pandas columns")
    polars = pytest.importorskip("polars", reason="reads polars columns")
    for column in (pandas.Series(TEXTS), pandas.Index(TEXTS), pandas.Categorical(TEXTS), polars.Series(TEXTS)):
        assert set(Corpus.from_texts(column, min_count=1).vocabulary.words) == WORDS
        with pytest.raises(CorpusError, match="may be texts or names of files"):
            Corpus.build(column)


@pytest.mark.parametrize("missing", [None, float("nan"), np.float32("nan")], ids=["None", "nan", "float32"])
@pytest.mark.parametrize("door", [Corpus.from_texts, Corpus.from_sentences])
def test_what_is_missing_is_left_out_counted_and_refused_by_strict(door, missing, capsys):
    items = TEXTS if door == Corpus.from_texts else [text.split() for text in TEXTS]
    found = door([missing, items[0], missing, items[1]], min_count=1)
    assert set(found.vocabulary.words) == WORDS
    assert "list: 2 of 4 " in capsys.readouterr().err
    with pytest.raises(CorpusError, match=r"(text|sentence) 3: holds no text .*null"):
        door([items[0], items[1], missing], min_count=1, strict=True)


def test_missing_tokens_are_left_out_as_in_the_lists_of_records(capsys):
    with_gaps = [["the", None, "cat"], ["", float("nan"), "sat"]]
    found = Corpus.from_sentences(with_gaps)
    assert list(found.sentences()) == [["the", "cat"], ["sat"]]
    assert "list: 3 missing or empty tokens in the lists are left out" in capsys.readouterr().err
    assert Corpus.from_sentences([{"t": words} for words in with_gaps], field="t").fingerprint == found.fingerprint
    spaces = Corpus.from_texts(["the  cat", "sat"], tokenizer=lambda line: line.split(" "), min_count=1)
    assert spaces.vocabulary.words == found.vocabulary.words
    assert "the tokenizer: 1 missing or empty tokens" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Corpus.from_texts("the cat"), r"got one str, 'the cat'; for one text give a list, \[text\]"),
        (lambda: Corpus.from_texts(Path("a.txt")), r"'a.txt'; .* for a file use Corpus.from_files"),
        (lambda: Corpus.from_texts(b"the cat"), "got bytes; decode bytes first"),
        (lambda: Corpus.from_texts({"a": "the cat"}), r"got dict; of a dictionary give its values\(\)"),
        (lambda: Corpus.from_texts(["a", b"b"]), r"item 2 is b'b'.*text.decode\(\)"),
        (lambda: Corpus.from_texts(["a", 5]), r"item 2 is 5.*convert it with str"),
        (lambda: Corpus.from_texts(["a", ["b"]]), r"item 2 is \['b'\].*use Corpus.from_sentences"),
        (lambda: Corpus.from_texts(["a", {"b"}]), r"item 2 is {'b'}.*sorted lists to Corpus.from_sentences"),
        (lambda: Corpus.from_texts([Path("a.txt")]), "item 1 is .*for files use Corpus.from_files"),
        (lambda: Corpus.from_texts([{"text": "a"}]), "item 1 is .*such as field='text'"),
        (lambda: Corpus.from_texts(np.array("a")), "an iterable of texts .* got ndarray"),
        (lambda: Corpus.from_texts(["a", "b"], field="text"), "item 1 is a str, 'a', but with field='text'"),
        (lambda: Corpus.from_texts([{"t": ["a"]}], field="t"), "got lists of tokens: use Corpus.from_sentences"),
        (lambda: Corpus.from_files([]), r"no file was named: .*read only once"),
        (lambda: Corpus.from_files(["a", None]), r"path 2 is None, but a path \(str or Path\)"),
        (lambda: Corpus.from_files([b"a"]), r"path 1 is b'a'"),
        (lambda: Corpus.from_files([""]), "path 1 is empty"),
        (lambda: Corpus.from_files([["a.txt"]]), r"path 1 is \['a.txt'\]"),
        (lambda: Corpus.from_files(io.StringIO("a.txt")), "an open file was given"),
        (lambda: Corpus.from_files(["the cat sat"]), "no file or folder of that name; for texts .*from_texts"),
        (lambda: Corpus.from_files(["x" * 5000]), "no such file or folder"),
        (lambda: Corpus.from_files("https://example.org/a.txt"), "an address, not a file: download it first"),
        (lambda: Corpus.build("the cat sat " * 500), "no file or folder of that name; for texts .*from_texts"),
        (lambda: Corpus.from_sentences({"a": ["b"]}), r"got dict; of a dictionary give its values\(\)"),
        (lambda: Corpus.from_sentences([["a"], None, [3.5]]), r"sentence 3 holds 3.5, .*convert them with str"),
        (lambda: Corpus.from_sentences([[b"a"]]), r"sentence 1 holds b'a', .*convert them with \.decode"),
        (lambda: Corpus.from_sentences([["a", None]], strict=True), "sentence 1: a token in the list is missing"),
        (lambda: Corpus.from_sentences([["a"], {"b": 1}]), r"sentence 2 is {'b': 1}"),
        (lambda: Corpus.from_sentences([{"t": "a b"}], field="t"), "got texts: use Corpus.from_texts"),
        (lambda: Corpus.build([None, "a"]), "may be texts or names of files"),
        (lambda: Corpus.build([{"a"}]), r"sentence 1 is a set.*give sorted\(sentence\)"),
        (lambda: Corpus.build(iter(["x", "tiny-world"])), "a list_iterator of strings may be"),
        (lambda: Corpus.build(iter(["no-such-file.txt"])), "a list_iterator of strings may be"),
        (lambda: Corpus.build(iter([None, "texts/*.txt"])), "a list_iterator of strings may be"),
    ],
)
def test_what_does_not_go_through_a_door_is_named_with_the_way_out(call, message):
    with pytest.raises(CorpusError, match=message):
        call()


@pytest.mark.parametrize("door", [Corpus.from_texts, Corpus.from_files, Corpus.from_sentences, Corpus.build])
@pytest.mark.parametrize("unordered", [set, frozenset, lambda items: iter(set(items)), lambda items: {*items} | {"c"}])
def test_what_has_no_order_is_refused(door, unordered):
    with pytest.raises(CorpusError, match=r"no order: .*sorted\(\.\.\.\)"):
        door(unordered(["a", "b"]))


def test_baskets_as_sets_are_refused_alike_whatever_the_hash_seed():
    code = """if True:
        from wordvec import Corpus
        for baskets in ([{"milk", "bread", "tea"}] * 3, [frozenset(["milk", "tea"])], {"u": {"milk", "tea"}}.values()):
            try: print(Corpus.from_sentences(baskets).fingerprint)
            except ValueError as error: print(error)
    """
    environments = [{**os.environ, "PYTHONHASHSEED": seed} for seed in "12"]
    runs = [subprocess.run([sys.executable, "-c", code], env=env, capture_output=True) for env in environments]
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stdout.count(b"give sorted(sentence)") == 3


def test_token_lists_refuse_the_options_of_text():
    for options in ({"tokenizer": "words"}, {"normalization": {"case": "lower"}}, {"split_sentences": True}):
        for call in (Corpus.from_sentences, Corpus.build):
            with pytest.raises(OptionError, match=rf"used unchanged: leave out {next(iter(options))} \(--"):
                call([["a", "b"]], **options)


def test_every_door_takes_the_options_of_build(names):
    options = {"max_words": 1, "drop_words": {"with"}, "keep_words": ["tea"], "threads": 1, "show_progress": False}
    options |= {"phrases": 1, "strict": True, "vocabulary": ["tea", "milk"]}
    assert set(options) <= BuildOptions.__optional_keys__
    sources = {Corpus.from_texts: TEXTS, Corpus.from_files: names, Corpus.from_sentences: [t.split() for t in TEXTS]}
    for door, source in sources.items():
        assert door(source, min_count=1, **options).vocabulary.words == ["tea"]
    import inspect

    assert set(inspect.signature(Corpus.build).parameters) - {"source"} == BuildOptions.__optional_keys__


def test_tokens_of_numpy_become_plain_strings():
    corpus = Corpus.from_sentences([np.array(["tea", "milk"]), ("rice",)])
    assert {type(word) for word in corpus.vocabulary.words} == {str}

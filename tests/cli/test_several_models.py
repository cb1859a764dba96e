"""The verbs of several models, align, diff, retrofit and translate, as a user runs them."""

import json

import numpy as np
import pytest
from commands import run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wordvec import WordVectors

NAMES = [f"w{i}" for i in range(40)]


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch):
    """a, a turned by a known rotation, and b, in which w7 has become another word."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(40, 4))
    moved = rows + 0.01 * rng.normal(size=rows.shape)
    moved[7] = rows[30]
    rotation = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    counts = np.arange(40, 0, -1)
    WordVectors(NAMES, rows, counts).save("a.safetensors")
    WordVectors(NAMES, rows @ rotation, counts).save("turned.safetensors")
    WordVectors(NAMES, moved, counts).save("b.safetensors")
    seed = rows + 0.2 * rng.normal(size=rows.shape)
    WordVectors(NAMES, seed, counts).save("seed.safetensors")
    WordVectors([name.upper() for name in NAMES], rows @ rotation).save("other.safetensors")
    WordVectors(NAMES, rows[:, :3]).save("narrow.safetensors")
    (tmp_path / "dictionary.txt").write_text("".join(f"{name}\t{name.upper()}\n" for name in NAMES))
    (tmp_path / "test.txt").write_text("w1 W1\nw2 W2\nw2 W3\nmissing W4\n")
    (tmp_path / "lexicon.txt").write_text("w1 w2 w3\nw4 w5 missing\nw1 w2\n")
    (tmp_path / "pairs.txt").write_text("w4\tw5\t8\nw1\tw2\t9\nw1\tw9\t1\nw3\tw9\t5\nw6\tw9\t2\n")
    return tmp_path


def report_of(capsys, *arguments):
    status, out, err = run(capsys, *arguments, "--json")
    assert (status, err) == (0, "")
    return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def test_align_writes_the_turned_vectors(capsys):
    report = report_of(capsys, "align", "a.safetensors", "turned.safetensors", "-o", "out.safetensors")
    assert (report["anchors"], report["rank"], report["out"]) == (40, 4, "out.safetensors")
    assert report["residual"] < 1e-5
    aligned, target = WordVectors.load("out.safetensors"), WordVectors.load("turned.safetensors")
    np.testing.assert_allclose(aligned.unit, target.unit, atol=1e-5)
    assert aligned.info["alignment"]["anchors"] == 40


def test_align_with_anchors_of_a_file(capsys):
    with open("anchors.txt", "w") as file:
        file.write("".join(f"w{i}\n" for i in range(10)) + "nowhere\n")
    status, out, _ = run(
        capsys, "align", "a.safetensors", "turned.safetensors", "-o", "out.safetensors", "--anchors", "anchors.txt"
    )
    assert status == 0
    assert "10 anchors for 4 dimensions, 1 others missing" in out
    assert "missing: nowhere" in out
    status, out, _ = run(
        capsys, "align", "a.safetensors", "other.safetensors", "-o", "out.safetensors", "--anchors", "dictionary.txt"
    )
    assert "after 1.000, held out 1.000" in out and "by chance" not in out


def test_anchors_that_do_not_belong_together_are_told(capsys):
    with open("chance.txt", "w") as file:
        file.write("".join(f"w{i}\tW{7 * i % 40}\n" for i in range(1, 40)))
    for verb, *options in (["align", "-o", "out.safetensors", "--anchors"], ["translate", "w1", "--dictionary"]):
        status, out, _ = run(capsys, verb, "a.safetensors", "other.safetensors", *options, "chance.txt")
        assert status == 0 and "hardly nearer to their targets than by chance" in out


def test_diff_finds_the_word_that_changed(capsys):
    report = report_of(capsys, "diff", "a.safetensors", "b.safetensors", "-k", "5", "--align")
    assert report.keys() == {
        "k",
        "compared",
        "only_in_a",
        "only_in_b",
        "mean_overlap",
        "mean_noise",
        "notes",
        "changes",
    }
    first = report["changes"][0]
    assert first["word"] == "w7"
    assert first.keys() == {"word", "overlap", "jaccard", "noise", "p", "q", "cosine", "before", "after"}
    assert first["after"][0]["word"] == "w30"
    assert first["cosine"] < 0.9 < report["changes"][-1]["cosine"]


def test_all_words_as_neighbours_tell_nothing_and_that_is_said(capsys):
    report = report_of(capsys, "diff", "a.safetensors", "b.safetensors", "-k", "1000")
    assert (report["k"], report["mean_overlap"]) == (39, 1.0)
    assert report["notes"] == ["k includes all other words, so no models can differ: choose a smaller one"]
    _, out, _ = run(capsys, "stability", "a.safetensors", "b.safetensors", "-k", "1000")
    assert "k includes all other words" in out and "the models are the same" not in out
    _, out, _ = run(capsys, "stability", "a.safetensors", "a.npz", "-k", "5")
    assert out == ""
    WordVectors.load("a.safetensors").save("a.npz")
    _, out, _ = run(capsys, "stability", "a.safetensors", "a.npz", "-k", "5")
    assert "the models are the same" in out


def test_diff_with_a_baseline_and_words(capsys):
    options = ["-k", "5", "--baseline", "seed.safetensors"]
    status, out, _ = run(capsys, "diff", "a.safetensors", "b.safetensors", *options, "w7", "w8")
    lines = out.splitlines()
    assert status == 0
    assert "in the baseline" in lines[1]
    assert lines[2].split() == ["overlap", "noise", "p", "q", "word"]
    assert (lines[3].split()[-1], lines[6].split()[-1]) == ("w7", "w8")


def test_retrofit_scores_before_and_after(capsys):
    arguments = ["retrofit", "a.safetensors", "lexicon.txt", "-o", "out.safetensors"]
    report = report_of(capsys, *arguments, "--similarity", "pairs.txt")
    assert (report["words"], report["connections"], report["missing"], report["repeated"]) == (5, 3, ["missing"], 1)
    assert report["scores"][0].keys() == {"before", "after", "difference"}
    assert report["scores"][0]["difference"]["items"] == 5
    status, out, _ = run(capsys, *arguments, "--similarity", "pairs.txt")
    assert status == 0
    assert "5 words drawn together by 3 connections" in out
    assert "pairs: " in out and "5 items: too few for an interval or a test" in out
    before, after = WordVectors.load("a.safetensors"), WordVectors.load("out.safetensors")
    assert after.similarity("w4", "w5") > before.similarity("w4", "w5")
    assert after.info["retrofitting"]["words"] == 5


def test_translate_words_and_a_test(capsys):
    arguments = ["translate", "a.safetensors", "other.safetensors", "--dictionary", "dictionary.txt"]
    status, out, err = run(capsys, *arguments, "w11", "w12", "-k", "1", "--test", "test.txt")
    assert status == 0
    assert [line.split()[-1] for line in out.splitlines()[2:6]] != []
    assert "W11" in out
    assert "test.txt @1" in out
    assert "2 of the 2 words were used for learning" in err
    report = report_of(capsys, *arguments, "--test", "test.txt", "w3")
    assert report["translations"]["w3"][0]["word"] == "W3"
    assert (report["dictionary"]["anchors"], report["refined"]) == (40, None)
    refined = report_of(capsys, *arguments, "w3", "--refine", "2")["refined"]
    assert (refined["anchors"], refined["rank"]) == (40, 4)
    assert [score["k"] for score in report["scores"]] == [1, 5, 10]
    assert (report["scores"][0]["covered"], report["scores"][0]["items"]) == (2, 3)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["align", "a.safetensors", "narrow.safetensors", "-o", "out.safetensors"], "source has 4 dimensions"),
        (["align", "a.safetensors", "other.safetensors", "-o", "out.safetensors"], "no word is in all 2 models"),
        (["align", "a.safetensors", "b.safetensors", "-o", "out.safetensors", "--top", "3"], "3 anchors for 4"),
        (["align", "a.safetensors", "b.safetensors", "-o", "no/out.safetensors"], "does not exist"),
        (["align", "a.safetensors", "b.safetensors", "-o", "out.what"], "no format has this suffix"),
        (["align", "a.safetensors", "b.safetensors", "-o", "o.txt", "--anchors", "none"], "none: no such file"),
        (["align", "a.safetensors", "b.safetensors", "-o", "o.txt", "--anchors", "pairs.txt"], "pairs.txt, line 1"),
        (["diff", "a.safetensors", "other.safetensors"], "no word is in all 2 models"),
        (["diff", "a.safetensors", "b.safetensors", "nowhere"], "'nowhere'"),
        (["diff", "a.safetensors", "b.safetensors", "-k", "0"], "k must be a whole number of at least 1"),
        (["diff", "a.safetensors", "b.safetensors", "--baseline", "a.safetensors", "-k", "5"], "the same training"),
        (["diff", "a.safetensors", "narrow.safetensors", "--align"], "4 dimensions"),
        (["diff", "a.safetensors", "other.safetensors", "--min-count", "2"], "no word is in all"),
        (["diff", "a.safetensors", "narrow.safetensors", "--min-count", "2"], "model 2 lacks"),
        (["diff", "a.safetensors", "nothing.safetensors"], "no such file"),
        (["align", "a.safetensors", "b.safetensors", "-o", "./b.safetensors"], "would be lost"),
        (
            ["align", "a.safetensors", "b.safetensors", "-o", "o.npz", "--anchors", "pairs.txt"],
            "at least 1 and at most 2",
        ),
        (["retrofit", "a.safetensors", "lexicon.txt", "-o", "a.safetensors"], "would be lost"),
        (["retrofit", "a.safetensors", "dictionary.txt", "-o", "o.txt"], "no two words that the lexicon connects"),
        (["retrofit", "a.safetensors", "lexicon.txt", "-o", "o.txt", "--beta", "much"], "beta"),
        (["retrofit", "a.safetensors", "lexicon.txt", "-o", "o.txt", "--similarity", "lexicon.txt"], "lexicon.txt"),
        (["translate", "a.safetensors", "other.safetensors"], "nothing to translate"),
        (["translate", "a.safetensors", "other.safetensors", "w1"], "no word is in all"),
        (["translate", "a.safetensors", "other.safetensors", "dog", "--dictionary", "dictionary.txt"], "'dog'"),
        (["translate", "a.safetensors", "other.safetensors", "w1", "--dictionary", "lexicon.txt"], "line 1: 2 words"),
        (["translate", "a.safetensors", "other.safetensors", "w1", "--dictionary", "test.txt"], "anchors for 4"),
    ],
)
def test_refusals_are_one_line_and_leave_nothing(capsys, models, arguments, message):
    before = sorted(models.iterdir())
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1, err
    assert message in err
    assert sorted(models.iterdir()) == before


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=st.binary(max_size=120))
@pytest.mark.parametrize(
    "arguments",
    [
        ["align", "a.safetensors", "other.safetensors", "-o", "out.txt", "--anchors", "any.txt"],
        ["retrofit", "a.safetensors", "any.txt", "-o", "out.txt"],
        ["translate", "a.safetensors", "other.safetensors", "w1", "--dictionary", "any.txt"],
        ["translate", "a.safetensors", "other.safetensors", "--dictionary", "dictionary.txt", "--test", "any.txt"],
        ["diff", "a.safetensors", "any.txt"],
    ],
)
def test_any_file_is_used_or_refused_with_a_reason(capsys, models, arguments, content):
    (models / "any.txt").write_bytes(content)
    status, out, err = run(capsys, *arguments)
    assert status in (0, 2)
    assert status == 0 or (out == "" and err.splitlines()[-1].startswith(f"wordvec {arguments[0]}: "))
    assert all(line.startswith("wordvec") for line in err.splitlines())  # others tell of what was repaired


@pytest.mark.parametrize(
    "command", [("align", "n", "b.safetensors"), ("retrofit", "n", "lexicon.txt"), ("combine", "n", "b.safetensors")]
)
@pytest.mark.filterwarnings("default")
def test_that_ngrams_are_left_out_is_told(capsys, command):
    WordVectors.load("a.safetensors").fit_subwords().save("n")
    status, out, err = run(capsys, *command, "-o", "out.safetensors", "--json")
    assert status == 0 and json.loads(out)
    assert "fit new ones" in err and "wordvec subwords FILE -o OUT" in err
    written = WordVectors.load("out.safetensors")
    assert written.subwords is None and "subwords" not in written.info


def test_that_context_vectors_are_left_out_is_told(capsys):
    vectors = WordVectors.load("a.safetensors")
    WordVectors(vectors.words, vectors.matrix, context_matrix=vectors.matrix).save("context.safetensors")
    for target in ("parquet", "hub"):
        status, out, err = run(capsys, "export", "context.safetensors", f"--{target}", f"of-{target}")
        assert (status, out.splitlines()[-1]) == (0, "not kept in this format: context vectors"), err


@pytest.mark.parametrize(
    "command, message",
    [
        ("diff a.safetensors b.safetensors --lines 3", "--lines is for --in CORPUS_A CORPUS_B: give --in CORPUS_A"),
        ("translate a.safetensors b.safetensors --test test.txt -k 3", "-k is for WORD: give WORD, too, or leave it"),
        ("search docs.safetensors tea --seed 3", "--seed is for --groups: give --groups, too, or leave it out"),
        ("evaluate a.safetensors --similarity pairs.txt --steps last", "--steps is for --sessions: give --sessions"),
        ("evaluate a.safetensors --similarity pairs.txt --field x", "--field is for --sessions: give --sessions"),
        ("evaluate a.safetensors --similarity pairs.txt -k 3", "-k is for --hit-rate or --sessions: give"),
        ("evaluate a.safetensors --similarity pairs.txt --json --format csv", "--json and --format csv contradict"),
        ("compare a.txt -o runs --similarity pairs.txt --json --format csv", "--json and --format csv contradict"),
        ("similar a.safetensors w1 --lines 3", "--lines is for --in CORPUS: give --in CORPUS, too"),
        ("plot a.safetensors -o map.svg --dpi 90", "--dpi is for a .png; map.svg has no dots: leave it out"),
        (
            "evaluate a.safetensors --similarity pairs.txt --method 3cosmul --sections",
            "--method, --sections are for --analogy: give --analogy, too, or leave them out",
        ),
    ],
)
def test_an_option_that_would_change_nothing_is_refused(capsys, command, message):
    status, out, err = run(capsys, *command.split())
    assert (status, out) == (2, "")
    assert message in err

"""The benchmark as a command on a small text, its arithmetic by hand, and what must stop it."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.errors import CorpusError, EvaluationFileError, WordvecError

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
TOPICS = [["king", "queen"], ["man", "woman"], ["dog", "cat"], ["runs", "sleeps"], ["the", "a"]]
PAIRS = (
    "king queen 9\nman woman 8\ndog cat 7\nking dog 2\nrun sleeps 1\nthe a 3\nking man 6\nqueen woman 5\ncat queen 4\n"
)


@pytest.fixture(autouse=True)
def scripts_on_the_path(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))


def part(name):
    return importlib.import_module(name)


@pytest.fixture
def text(tmp_path):
    """300 sentences of 12 words, each about one of five pairs of words: there is something to learn."""
    rng = np.random.default_rng(seed=5)
    lines = [rng.choice(TOPICS[number % len(TOPICS)], size=12) for number in range(300)]
    path = tmp_path / "small.txt"
    path.write_text("".join(" ".join(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def evaluation(tmp_path):
    folder = tmp_path / "evaluation"
    folder.mkdir()
    for kind, file in part("benchmarks.data").SETS.values():
        (folder / file).write_text(
            PAIRS if kind == "similarity" else ": gram1\nking queen man woman\n", encoding="utf-8"
        )
    return folder


def command(*arguments):
    return subprocess.run(
        [sys.executable, str(SCRIPTS / "benchmark.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.slow("the benchmark of training runs as its user runs it, in processes of its own")
def test_the_layers_against_themselves(text, evaluation, tmp_path):
    results = tmp_path / "results"
    done = command(
        *("--corpus", text, "--evaluation", evaluation, "--results", results, "--name", "self"),
        *("--peers", "wordvec-layers", "--contenders", "wordvec-layers", "--models", "skipgram", "--dim", "8"),
        *("--threads", "1", "--pairs", "2", "--epochs", "2"),
    )
    assert done.returncode == 0, done.stderr
    (file,) = results.glob("*-self.jsonl")
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    kinds = [line["kind"] for line in lines]
    assert kinds == ["verify", "sgemm", *["rate"] * 4, "sgemm", *["training", "quality"] * 2]
    rates = [line for line in lines if line["kind"] == "rate"]
    assert [line["role"] for line in rates] == ["peer", "own"] * 2  # alternating
    for line in rates:
        assert line["tokens"] == 300 * 12
        assert line["words_per_second"] == pytest.approx(3600 / line["seconds"]["train"], rel=0.01)
        assert line["words_per_second_end_to_end"] < line["words_per_second"]
        assert 10e6 < line["memory"] < 1e9
        assert line["corpus"]["lines"] == 300
        assert line["versions"]["numpy"] == np.__version__
        assert set(line["git"]) == {"commit", "dirty"}
        assert line["machine"]["cores"] >= 1
    both = [line["scores"] for line in lines if line["kind"] == "quality"]
    assert both[0] == both[1]  # same seed, same bytes: a contender against itself
    assert both[0]["MEN"]["covered"] == 8  # "run" is not a word of the text
    assert "x wordvec-layers" in done.stdout
    assert "share of floor" in done.stdout
    assert "all contenders count the same words" in done.stdout
    assert "against wordvec-layers's 95 % interval: WordSim-353 inside" in done.stdout


def test_missing_text_is_one_line(tmp_path):
    done = command("--peers", "none", "--no-quality", "--corpus", tmp_path / "none.txt", "--results", tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "no text at" in line
    assert "--corpus FILE" in line
    assert "WORDVEC_TEST_DATA" in line


def main_fails(capsys, *arguments):
    assert part("benchmark").main([str(argument) for argument in arguments]) == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--peers", "glove"], "no contender 'glove'; there are: gensim, fasttext, gensim-subwords"),
        (["--peers", "none", "--pairs", "0"], "--pairs must be at least 1; got 0"),
        (["--peers", "none", "--threads", "0"], "--threads must be at least 1; got 0"),
        (["--peers", "none", "--book", "/nowhere"], "/nowhere has no ch04/cbow.py"),
        (["--peers", "none", "--evaluation", "/nowhere"], "lacks EN-WS-353-ALL.txt"),
    ],
)
def test_bad_options_stop_before_anything_is_read(capsys, arguments, message):
    assert message in main_fails(capsys, *arguments)


def test_a_missing_package_names_the_extra(capsys, monkeypatch):
    monkeypatch.setattr(part("benchmarks.options").importlib.util, "find_spec", lambda name: None)
    assert "pip install 'wordvec[bench]'" in main_fails(capsys, "--peers", "gensim")


def test_no_gpu_is_said_at_once(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    assert "device 'gpu' needs CuPy" in main_fails(capsys, "--device", "gpu")


def test_a_failed_training_is_named(text, tmp_path):
    runs = part("benchmarks.runs")
    job = {"contender": "wordvec-layers", "model": "skipgram", "dim": 4, "corpus": str(tmp_path / "none.txt")}
    job |= {
        "window": 2,
        "negatives": 2,
        "subsample": 0,
        "min_count": 1,
        "epochs": 1,
        "learning_rate": 0.1,
        "threads": 1,
    }
    with pytest.raises(WordvecError, match=r"contenders wordvec-layers skipgram 4: .*none\.txt"):
        runs.run_child("contenders", job, threads=1)


@pytest.fixture
def planted(monkeypatch, text, tmp_path):
    """The benchmark with a child that only pretends; returns a function of what the child should report."""
    benchmark = part("benchmark")

    def run(**report):
        def child(script, job, threads, environment=None, folder=None):
            if script == "floor":
                return {"flop_per_second_by_size": {"256": 1e11}}
            rate = 8e6 if job["contender"].startswith("wordvec") else 2e6
            found = {"seconds": {"train": 1.0, "total": 2.0}, "tokens": 3600, "vocabulary": 10, "kept_share": 0.5}
            found |= {"words_per_second": rate, "words_per_second_end_to_end": rate / 2, "memory": 10**8}
            changes = {key: value(job) if callable(value) else value for key, value in report.items()}
            return {**job, **found, "loss": [4.0, 3.0], "finite": True, **changes}

        monkeypatch.setattr(benchmark, "run_child", child)
        monkeypatch.setattr(
            benchmark, "evaluate", lambda *_: {name: {"score": 0.5, "ci95": [0.4, 0.6]} for name in benchmark.SETS}
        )
        monkeypatch.setattr(part("benchmarks.options").importlib.util, "find_spec", lambda name: True)
        arguments = ["--quick", "--corpus", text, "--models", "skipgram", "--results", tmp_path / "results"]
        monkeypatch.setattr(benchmark, "evaluation_folder", lambda _: tmp_path)
        return benchmark.main([str(argument) for argument in arguments])

    return run


def test_ratios_share_of_floor_and_rounds_of_a_quick_run(planted, capsys, tmp_path):
    assert planted() == 0
    table = capsys.readouterr().out
    row = next(line for line in table.splitlines() if line.startswith("| skipgram | 100 | wordvec         | 2"))
    assert row.split("|")[5:8] == [" 8.000     ", " 4.00 (4.00-4.00) ", " 4.00 (4.00-4.00) "]
    one = next(line for line in table.splitlines() if line.startswith("| skipgram | 100 | wordvec         | 1"))
    assert one.rstrip(" |").endswith("89%")  # 8e6 words/s x 0.5 kept x 22,200 FLOP of 1e11 FLOP/s
    assert "not judged" in table
    (file,) = (tmp_path / "results").glob("*-quick.jsonl")
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    ran = [(line["contender"], line["threads"], line["round"]) for line in lines if line["kind"] == "rate"]
    pairs = [("gensim", 2), ("wordvec", 2), ("fasttext", 2), ("wordvec-hogwild", 2)]
    first = [(*pair, 0) for pair in [*pairs, ("wordvec", 1), ("wordvec-hogwild", 1)]]
    rest = [(*pair, number) for number in (1, 2) for pair in pairs if pair[0] != "fasttext"]
    assert ran == first + rest


def test_other_words_are_told(planted, capsys):
    assert planted(tokens=lambda job: 3500 if job["contender"] == "gensim" else 3600) == 0
    out = capsys.readouterr().out
    assert "gensim counts 10 words, 3,500 tokens; wordvec 10 and 3,600" in out
    assert "the same words" not in out


def test_a_contender_that_tells_no_loss_is_named(planted, capsys, monkeypatch):
    contenders = part("benchmark").CONTENDERS
    monkeypatch.setitem(contenders, "gensim", contenders["gensim-subwords"])
    losses = {"loss": lambda job: [] if job["contender"] == "gensim" else [4.0, 3.0]}
    assert planted(**losses) == 0
    said = capsys.readouterr().err
    assert "gensim tells no loss: only its scores can show that it learns" in said
    assert "wordvec tells no loss" not in said


def test_analogies_of_form_are_a_set_of_their_own(monkeypatch, tmp_path):
    runs = part("benchmarks.runs")
    score = {"score": 0.25, "ci95": [0.2, 0.3], "items": 8, "covered": 4, "protocol": "wordvec"}
    of_form = {"name": "syntactic", "score": 0.5, "ci95": [0.4, 0.6], "items": 6, "covered": 2}
    reported = {"v": [score, score | {"syntactic": of_form | {"items": 0}}, score | {"syntactic": of_form}]}
    done = subprocess.CompletedProcess([], 0, stdout=json.dumps(reported), stderr="")
    monkeypatch.setattr(runs.subprocess, "run", lambda *_, **__: done)
    sets = {"Google": ("analogy", "g"), "MEN": ("similarity", "m"), "own": ("analogy", "o")}
    found = runs.evaluate("v", tmp_path, sets)
    assert list(found) == ["MEN", "Google", "own", "own syntactic"]
    assert found["own syntactic"]["score"] == 0.5


@pytest.mark.parametrize(
    "fault, message",
    [
        ({"loss": [3.0, 3.0]}, "its loss does not fall"),
        ({"loss": [float("nan"), 1.0]}, "its loss does not fall"),
        ({"loss": []}, "its loss does not fall"),
        ({"finite": False}, "the vectors are not finite"),
    ],
)
def test_nothing_is_timed_that_does_not_train(planted, capsys, fault, message):
    assert planted(**fault) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert "rate:" not in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    "model, dim, window, negatives, shrink_window, expected",
    [
        ("skipgram", 100, 5, 5, True, 22_200),  # 36 pairs x 600, and 6 rows added up
        ("skipgram", 1, 1, 1, True, 26),  # 2 contexts x 2 outputs x 6, and 2
        ("skipgram", 1, 5, 5, False, 370),  # 10 contexts x 6 outputs x 6, and 10
        ("cbow", 100, 5, 5, True, 4_800),  # 6 pairs x 600, and 6 contexts x 2 x 100
        ("cbow", 1, 1, 1, True, 16),  # 2 pairs x 6, and 2 contexts x 2
    ],
)
def test_floor_by_hand(model, dim, window, negatives, shrink_window, expected):
    assert part("benchmarks.floor").flop_per_centre(model, dim, window, negatives, shrink_window) == expected


def test_pairwise_ratios_by_hand():
    runs = part("benchmarks.runs")
    assert runs.pairwise([4.0, 9.0, 2.0], [2.0, 3.0, 2.0]) == runs.Ratio(2.0, 1.0, 3.0, 3)
    assert runs.pairwise([4.0, None, 9.0], [2.0, 3.0, 3.0]) == runs.Ratio(2.5, 2.0, 3.0, 2)
    assert runs.pairwise([None, 1.0], [1.0, None]) is None


def test_verdicts_by_hand():
    report = part("benchmarks.report")

    def scored(contender, role, *scores):
        for score in scores:
            found = {"score": score, "ci95": [score - 0.1, score + 0.1]}
            yield {"model": "cbow", "dim": 9, "contender": contender, "role": role, "scores": {"MEN": found}}

    lines = [*scored("peer", "peer", 0.5, 0.7), *scored("good", "own", 0.5, 0.51), *scored("bad", "own", 0.49, 0.5)]
    good, bad = report.verdicts(lines)  # the peer's interval is [0.5, 0.7]; means 0.505 and 0.495
    assert good == "cbow 9, good against peer's 95 % interval: MEN inside"
    assert bad == "cbow 9, bad against peer's 95 % interval: MEN below"
    assert "0.600 [0.500, 0.700]" in report.quality_table(lines)


def test_results_are_never_overwritten(tmp_path):
    runs = part("benchmarks.runs")
    names = []
    for _ in range(3):
        names.append(runs.unused_path(tmp_path, "x").name)
        (tmp_path / names[-1]).write_text("", encoding="utf-8")
    assert names == ["x.jsonl", "x-2.jsonl", "x-3.jsonl"]


@given(st.lists(st.binary(max_size=9)))
def test_lines_of_chunks_are_those_of_the_whole(chunks):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPTS))
        lines_of = part("benchmarks.data").lines_of
    whole = b"".join(chunks)
    *lines, last = whole.split(b"\n")
    assert list(lines_of(iter(chunks))) == [line + b"\n" for line in lines] + [last] * bool(last)


def test_packed_text_is_cut_to_its_first_lines(tmp_path):
    data = part("benchmarks.data")
    source = tmp_path / "text.gz"
    source.write_bytes(gzip.compress(b"a b\nc\nd e f\n"))
    text = data.prepare_text(str(source), 2, tmp_path)
    assert Path(text.path).read_bytes() == b"a b\nc\n"
    assert (text.lines, text.words, text.bytes) == (2, 3, 6)
    assert text.sha256 == hashlib.sha256(b"a b\nc\n").hexdigest()


def test_text_without_words_is_refused(tmp_path):
    source = tmp_path / "empty.txt"
    source.write_bytes(b"\n \n")
    with pytest.raises(CorpusError, match="no word"):
        part("benchmarks.data").prepare_text(str(source), None, tmp_path)


def test_missing_evaluation_sets_are_named(evaluation):
    data = part("benchmarks.data")
    assert data.evaluation_folder(str(evaluation)) == evaluation
    (evaluation / "EN-MEN-TR-3k.txt").unlink()
    with pytest.raises(EvaluationFileError, match=r"lacks EN-MEN-TR-3k.txt: .*--evaluation DIR"):
        data.evaluation_folder(str(evaluation))


def test_every_id_of_the_books_text_occurs():
    ids = part("benchmarks.book").zipf_ids(50, 200, seed=1)
    counts = np.bincount(ids, minlength=50)
    assert len(ids) == 200
    assert counts.min() >= 1
    assert counts[0] == counts.max()


def test_moments_of_words_that_come_in_pieces():
    process = part("benchmarks.process")
    said = process.TimedText()
    for piece in ("Read 3M wo", "rds Number of", " words: 9", " avg.loss:", " 2.5\n"):
        said.add(piece)
    assert said.moment_of("Read") == said.arrivals[0][0]
    assert said.moment_of("Number of words") == said.arrivals[2][0]


def test_what_is_written_below_python_is_collected(capfd):
    with part("benchmarks.process").timed_stderr() as said:
        os.write(2, b"from C++")
    os.write(2, b"afterwards")
    assert said.text == "from C++"
    assert capfd.readouterr().err == "afterwards"

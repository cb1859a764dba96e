"""The commands, run as a user runs them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from commands import failure, run

from wordvec import Corpus, WordVectors

TEXT = "\n".join(["the cat eats fish", "the dog eats meat", "a cat sees a dog", "the fish sees the cat"] * 30)


@pytest.fixture
def text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text(TEXT, encoding="utf-8")
    return "text.txt"


@pytest.fixture
def vectors(tmp_path, monkeypatch):
    """King minus man plus woman is exactly queen."""
    monkeypatch.chdir(tmp_path)
    words = ["man", "woman", "king", "queen", "apple"]
    matrix = np.array([[1, 0, 1], [1, 1, 0], [2, 0, 1], [2, 1, 0], [0, 0.1, -3]], np.float32)
    WordVectors(words, matrix, np.array([5, 4, 3, 2, 1])).save("v.safetensors")
    return "v.safetensors"


# train


@pytest.mark.slow("every trainer by its command; the first to train compiles its kernel")
@pytest.mark.parametrize("trainer", ["ppmi", "svd", "glove", "cbow", "skipgram"])
def test_train_reports_what_the_contract_names(text, capsys, trainer):
    options = ["--dim", "5"] if trainer != "ppmi" else []
    options += ["--epochs", "2"] if trainer in ("glove", "cbow", "skipgram") else []
    status, out, _ = run(capsys, "train", text, "-o", "v.safetensors", "--trainer", trainer, *options, "--json")
    report = json.loads(out)
    assert status == 0
    assert report["tokens"] == 540
    assert report["vocabulary"] == 8
    assert {"corpus", "train", "save"} <= report["seconds"].keys()
    assert report["words_per_second"] > 0
    assert len(report["loss"]) == (2 if trainer in ("glove", "cbow", "skipgram") else 0)
    loaded = WordVectors.load("v.safetensors")
    assert loaded.info["trainer"] == trainer
    assert loaded.info["parameters"] == report["parameters"]
    assert "cat" in loaded


def test_the_plain_report_goes_to_stdout(text, capsys):
    status, out, err = run(capsys, "train", text, "-o", "v.safetensors", "--trainer", "svd", "--dim", "3")
    assert status == 0
    assert "8 words in 3 dimensions, by svd" in out
    assert err == ""


def test_the_same_command_gives_the_same_file(text, capsys):
    for name in ("a", "b"):
        run(capsys, "train", text, "-o", f"{name}.safetensors", "--dim", "4", "--epochs", "1", "--seed", "3")
    assert Path("a.safetensors").read_bytes() == Path("b.safetensors").read_bytes()


def test_train_from_stdin_compressed_files_folders_and_corpus_folders(text, capsys):
    options = ["--trainer", "svd", "--dim", "3", "--json"]
    _, out, _ = run(capsys, "train", text, "-o", "direct.safetensors", *options)
    expected = json.loads(out)["corpus_fingerprint"]
    run(capsys, "corpus", "build", text, "-o", "corpus")
    import gzip

    Path("folder/below").mkdir(parents=True)
    Path("folder/below/text.gz").write_bytes(gzip.compress(TEXT.encode()))
    for source in ("corpus", "folder"):
        _, out, _ = run(capsys, "train", source, "-o", "v.safetensors", *options)
        assert json.loads(out)["corpus_fingerprint"] == expected
    command = [sys.executable, "-m", "wordvec", "train", "-", "-o", "v.safetensors", *options]
    piped = subprocess.run(command, input=TEXT.encode(), capture_output=True, check=True)
    assert json.loads(piped.stdout)["corpus_fingerprint"] == expected


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["missing.txt"], "missing.txt: no such file or folder"),
        (["empty.txt"], "empty"),
        (["text.txt", "--min-count", "1000"], "8 of them different"),
        (["nothing"], "nothing"),
        (["bad.txt"], "bad.txt: byte 4 "),
        (["text.txt", "--trainer", "svd", "--negatives", "5"], "the svd trainer has no option 'negatives'"),
        (["text.txt", "--trainer", "word2vec"], "no trainer 'word2vec'"),
        (["text.txt", "--window", "0"], "window must be at least 1"),
        (["text.txt", "--tokenizer", "split"], "split"),
        (["text.txt", "--trainer", "svd", "--dim", "50"], "dim"),
        (["text.txt", "--freeze"], "--start"),
        (
            ["text.txt", "--trainer", "svd", "--resume"],
            "the svd trainer has no --start, --freeze, --checkpoint-every or --resume",
        ),
        (["text.txt", "--resume"], "no checkpoint here"),
    ],
)
def test_bad_input_is_one_line_and_leaves_the_old_output(text, capsys, arguments, message):
    Path("empty.txt").write_text("")
    Path("bad.txt").write_bytes(b"good\xff\n")
    Path("nothing").mkdir()
    Path("v.safetensors").write_text("precious")
    assert message in failure(capsys, "train", *arguments, "-o", "v.safetensors")
    assert Path("v.safetensors").read_text() == "precious"


def test_undecodable_bytes_can_be_replaced(text, capsys):
    Path("bad.txt").write_bytes(b"good\xff word\n" * 9)
    status, _, _ = run(
        capsys,
        "train",
        "bad.txt",
        "-o",
        "v.safetensors",
        "--encoding-errors",
        "replace",
        "--trainer",
        "svd",
        "--dim",
        "1",
    )
    assert status == 0
    assert "good�" in WordVectors.load("v.safetensors")


def test_a_gpu_that_is_not_there(text, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    assert "wordvec[gpu-cuda12]" in failure(capsys, "train", text, "-o", "v.safetensors", "--device", "gpu")


def test_places_that_cannot_be_written_fail_before_the_work(text, capsys):
    assert "does not exist" in failure(capsys, "train", text, "-o", "no/v.safetensors")
    assert "suffix" in failure(capsys, "train", text, "-o", "v.docx")


def test_start_continues_from_vectors(text, capsys):
    run(capsys, "train", text, "-o", "v.safetensors", "--dim", "4", "--epochs", "1")
    Path("more.txt").write_text("the bird eats fish\n" * 20)
    status, out, _ = run(
        capsys,
        "train",
        "more.txt",
        "-o",
        "w.safetensors",
        "--dim",
        "4",
        "--epochs",
        "1",
        "--subsample",
        "0",
        "--start",
        "v.safetensors",
        "--freeze",
    )
    assert status == 0
    assert "3 of 4 words start from the given vectors" in out
    old, new = WordVectors.load("v.safetensors"), WordVectors.load("w.safetensors")
    assert len(new) == 9
    np.testing.assert_array_equal(new["cat"], old["cat"])


def test_ctrl_c_is_status_130(text, capsys, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Corpus, "build", interrupted)
    status, _, err = run(capsys, "train", text, "-o", "v.safetensors")
    assert status == 130
    assert "interrupted" in err
    assert not Path("v.safetensors").exists()


# corpus


def test_corpus_build_and_info(text, capsys):
    _, out, _ = run(capsys, "corpus", "build", text, "-o", "corpus", "--min-count", "2")
    assert re.search(r"^sources +text\.txt$", out, re.MULTILINE)
    _, out, _ = run(capsys, "corpus", "info", "corpus", "--json")
    info = json.loads(out)
    assert info["tokens"] == 540
    assert info["sentences"] == 120
    assert next(iter(info["commonest"])) == "the"
    _, out, _ = run(capsys, "corpus", "info", "corpus")
    assert "whitespace" in out


def test_corpus_list_names_sources_and_licences(capsys):
    _, out, _ = run(capsys, "corpus", "list", "--json")
    listed = json.loads(out)
    assert listed["bundled"] == ["tiny-world", "tiny-world-ko", "tiny-world-ja"]
    assert all(entry["url"].startswith("http") and entry["licence"] for entry in listed["public"])
    _, out, _ = run(capsys, "corpus", "list")
    assert "text8" in out


def test_a_catalogue_name_that_is_not_here_says_where_to_get_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert "wordvec corpus fetch text8" in failure(capsys, "train", "text8", "-o", "v.safetensors")


# similar, analogy


def test_similar(vectors, capsys):
    _, out, _ = run(capsys, "similar", vectors, "king", "apple", "-k", "2")
    assert out.splitlines()[0] == "king"
    assert "man" in out
    _, out, _ = run(capsys, "similar", vectors, "king", "--json")
    assert {row["word"] for row in json.loads(out)["king"]} == {"man", "woman", "queen", "apple"}


def test_a_missing_word_gets_near_spellings(vectors, capsys):
    assert "king" in failure(capsys, "similar", vectors, "kingg")
    assert "king" in failure(capsys, "similar", vectors, "King")


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_analogy(vectors, capsys, method):
    _, out, _ = run(capsys, "analogy", vectors, "man", "king", "woman", "-k", "1", "--method", method, "--json")
    assert json.loads(out)["answers"][0]["word"] == "queen"
    _, out, _ = run(capsys, "analogy", vectors, "man", "king", "woman", "--method", method)
    assert out.splitlines()[0] == "man is to king as woman is to"


def test_a_truncated_file_of_vectors(vectors, capsys):
    data = Path(vectors).read_bytes()
    Path("cut.safetensors").write_bytes(data[: len(data) // 2])
    assert "cut.safetensors" in failure(capsys, "similar", "cut.safetensors", "king")


# evaluate


def test_evaluate_reports_score_interval_coverage_and_protocol(vectors, capsys):
    Path("pairs.txt").write_text("man\tking\t9\nwoman\tqueen\t8\nman\tapple\t1\nking\tapple\t2\nking\tzebra\t5\n" * 2)
    Path("questions.txt").write_text(": royalty\nman king woman queen\n")
    arguments = ["evaluate", vectors, "--similarity", "pairs.txt", "--analogy", "questions.txt"]
    _, out, _ = run(capsys, *arguments, "--json")
    similarity, analogy = json.loads(out)[vectors]
    assert similarity["items"] == 10
    assert similarity["covered"] == 8
    assert similarity["score"] > 0.5
    assert len(similarity["ci95"]) == 2
    assert similarity["protocol"] == "wordvec"
    assert analogy["score"] == 1.0
    _, out, _ = run(capsys, *arguments, "--sections")
    assert "royalty" in out


def test_nothing_evaluated_is_not_zero(vectors, capsys):
    Path("other.txt").write_text("Hund Katze 5\nBrot Butter 6\n")
    _, out, _ = run(capsys, "evaluate", vectors, "--similarity", "other.txt")
    assert "nothing evaluated" in out
    _, out, _ = run(capsys, "evaluate", vectors, "--similarity", "other.txt", "--json")
    assert json.loads(out)[vectors][0]["score"] is None


def test_evaluate_needs_a_set(vectors, capsys):
    assert "--similarity SET" in failure(capsys, "evaluate", vectors)
    assert "tiny-world-analogies" in failure(capsys, "evaluate", vectors, "--analogy", "google")


# convert


@pytest.mark.parametrize("out", ["v.txt", "v.bin", "v.npz", "v.vec"])
def test_convert_and_back(vectors, capsys, out):
    assert run(capsys, "convert", vectors, out)[0] == 0
    assert run(capsys, "convert", out, "back.safetensors")[0] == 0
    np.testing.assert_array_equal(WordVectors.load("back.safetensors").matrix, WordVectors.load(vectors).matrix)


# the command itself


def test_usage_errors_and_help(capsys):
    assert run(capsys, "train")[0] == 2
    assert run(capsys, "fly")[0] == 2
    status, out, _ = run(capsys, "--help")
    assert status == 0
    assert "similar" in out
    for verb in ("train", "corpus", "similar", "analogy", "evaluate", "plot", "convert"):
        assert run(capsys, verb, "--help")[0] == 0


@pytest.mark.parametrize("option", ["--start", "--scheduler", "--store", "--documents", "--field", "--keep-words"])
def test_an_option_with_an_empty_value_is_not_taken_as_left_out(capsys, option):
    status, out, err = run(capsys, "train", "tiny-world", "-o", "v.safetensors", option, "")  # as of an unset variable
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "has an empty value" in err
    assert not Path("v.safetensors").exists()


@pytest.mark.parametrize("script", ["train", "similar", "analogy", "evaluate", "plot"])
def test_scripts_are_the_same_verbs(script):
    path = Path(__file__).resolve().parents[2] / "scripts" / f"{script}.py"
    result = subprocess.run([sys.executable, path, "--help"], capture_output=True, text=True, check=True)
    assert f"wordvec {script}" in result.stdout


@pytest.mark.skipif(os.name == "nt", reason="pipes end differently on Windows")
def test_a_reader_that_leaves_early_is_no_error(vectors):
    command = f"'{sys.executable}' -m wordvec similar {vectors} king man woman queen apple | head -1"
    result = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert result.stdout == "king\n"
    assert result.stderr == ""


# plot


@pytest.mark.parametrize("suffix, magic", [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
@pytest.mark.parametrize("options", [[], ["--words", "man,king,apple"], ["--neighbours", "king", "-k", "3"]])
def test_plot_draws_a_picture(vectors, capsys, suffix, magic, options):
    status, out, _ = run(capsys, "plot", vectors, "-o", f"p.{suffix}", *options)
    assert status == 0
    assert f"p.{suffix}" in out
    assert Path(f"p.{suffix}").read_bytes().startswith(magic)


def test_plot_of_the_loss_of_a_run(text, capsys):
    run(capsys, "train", text, "-o", "v.safetensors", "--dim", "4", "--epochs", "3")
    assert run(capsys, "plot", "v.safetensors", "-o", "loss.png", "--loss")[0] == 0
    run(capsys, "train", text, "-o", "w.safetensors", "--dim", "4", "--trainer", "svd")
    assert "no loss to draw" in failure(capsys, "plot", "w.safetensors", "-o", "loss.png", "--loss")


@pytest.mark.parametrize(
    "options, message",
    [
        (["-o", "p.jpeg"], ".png"),
        (["-o", "no/p.png"], "does not exist"),
        (["-o", "p.png", "--words", "king,kong,man"], "kong"),
        (["-o", "p.png", "--neighbours", "kingg"], "king"),
    ],
)
def test_plots_that_cannot_be_drawn(vectors, capsys, options, message):
    assert message in failure(capsys, "plot", vectors, *options)
    assert not Path("p.png").exists()


@pytest.mark.slow("a killed run, resumed, writes the bytes of one that was never killed")
@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_kill_9_and_resume_give_the_file_of_a_run_never_killed(text, capsys):
    Path("long.txt").write_text(TEXT * 3, encoding="utf-8")
    run(capsys, "corpus", "build", "long.txt", "-o", "corpus")
    options = ["train", "corpus", "--dim", "8", "--subsample", "0", "--epochs", "20", "--engine", "layers"]
    command = [sys.executable, "-m", "wordvec", *options, "-o", "killed.safetensors", "--checkpoint-every", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not Path("killed.safetensors.checkpoint").exists() and process.poll() is None:
        pass
    process.kill()
    process.wait()
    assert not Path("killed.safetensors").exists()
    assert run(capsys, *options, "-o", "killed.safetensors", "--resume")[0] == 0
    assert run(capsys, *options, "-o", "whole.safetensors")[0] == 0
    assert Path("killed.safetensors").read_bytes() == Path("whole.safetensors").read_bytes()

"""What the verbs print reaches terminals of any encoding and width, pipes that close and disks that are full."""

import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from wordvec import WordVectors
from wordvec.cli import VERBS, main
from wordvec.experiments.method.runs import read_runs

WORDS = ["tea", "naïve", "김치", "🙂", "سلام", "a\x1b[31mb", "c\u202ed", "e\x9bf", "g\u200fh", "k\x00l", "m\x7fn"]
TEXT = "tea naïve 김치 🙂\nسلام tea a\x1b[31mb c\u202ed\ne\x9bf tea naïve m\x7fn\n" * 8

# verbs that print words, as text and, where they have it, as --json
PRINTING = [
    "similar v tea naïve",
    "similar v tea --json",
    "similar v tea --among list.txt",
    "analogy v tea 김치 🙂",
    "analogy v tea 김치 🙂 --json",
    "explain ppmi.npz tea naïve",
    "explain ppmi.npz tea naïve --json",
    "concordance t.txt tea",
    "concordance t.txt tea naïve --json",
    "corpus info t.txt --min-count 1",
    "corpus info t.txt --min-count 1 --json",
    "corpus build t.txt -o c --min-count 1",
    "train t.txt -o out.npz --min-count 1 --trainer ppmi --json",
    "diff v w -k 3",
    "diff v w -k 3 --json",
    "align v w -o o.txt --json",
    "translate v w tea --json",
    "retrofit v lexicon.txt -o o.txt",
    "postprocess v -o o.txt --steps unit --similarity pairs.txt",
    "evaluate v --similarity pairs.txt",
    "evaluate v --similarity pairs.txt --format csv",
    "evaluate v w --similarity pairs.txt --json",
    "stability v w",
    "stability v w --words tea,김치 --json",
    "card v",
    "convert v o.txt",
    "export v --projector projector",
]


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A folder of models with words that steer terminals, and files about them."""
    folder = tmp_path_factory.mktemp("words")
    random = np.random.default_rng(0)
    for name in ("v", "w"):
        WordVectors(WORDS, random.normal(size=(len(WORDS), 4)), np.arange(len(WORDS), 0, -1)).save(
            folder / name, format="safetensors"
        )
    for name, text in {
        "t.txt": TEXT,
        "pairs.txt": "".join(f"{a}\t{b}\t{i}\n" for i, (a, b) in enumerate(zip(WORDS, WORDS[1:9]))),
        "list.txt": "김치\nc\u202ed\nnone\u202e\n",
        "lexicon.txt": "tea naïve c\u202ed x\u202ey\n김치 🙂\n",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    before = os.getcwd()
    os.chdir(folder)
    try:
        assert main(["train", "t.txt", "-o", "ppmi.npz", "--min-count", "1", "--trainer", "ppmi"]) == 0
    finally:
        os.chdir(before)
    return folder


@pytest.mark.filterwarnings("default:.*another control character")  # shown, as the command does
@pytest.mark.parametrize("line", PRINTING)
def test_words_reach_any_terminal(here, line, monkeypatch):
    monkeypatch.chdir(here)
    argv = line.split()
    for encoding in ("ascii", "cp1252", "cp949", "utf-8"):
        streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n") for _ in range(2)]
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", streams[0])
            patch.setattr(sys, "stderr", streams[1])
            assert main(argv) == 0
        out, err = (stream.buffer.getvalue().decode(encoding) for stream in streams if stream.flush() is None)
        for text in (out, err):
            assert text.replace("\n", "").replace("\t", "").isprintable(), encoding
        if "--json" in argv:
            json.loads(out)
        assert out


@pytest.mark.parametrize("columns", ["0", "1", "-5", "11", "", "wide", "99999999"])
def test_help_has_any_width(columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", columns)
    assert main([]) == 0
    out = capsys.readouterr().out
    for verb, purpose in VERBS.items():
        assert f"  {verb:<12} {purpose}\n" in out
    for verb in ("train", "evaluate", "plot"):
        assert main([verb, "--help"]) == 0


def test_help_has_any_encoding(monkeypatch):
    for verb in VERBS:
        raw = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", raw)
            assert main([verb, "--help"]) == 0


@pytest.mark.parametrize(
    "argv",
    [
        ["similar", "v", "\udcff\x1b"],
        ["similar", "\udcff\x1b", "tea"],
        ["\udcff\x1b[2J"],
        ["evaluate", "v", "--protocol", "\udcff\u202e"],
        ["train", "\x1b\n", "--\udcff\x9b", "-o", "x.npz"],
        ["similar", "v", "tea", "-k", "\x1b[2J\n"],
    ],
)
def test_errors_show_what_was_typed_on_one_line(here, argv, monkeypatch, capsys):
    monkeypatch.chdir(here)
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err[:-1].isprintable()


@pytest.mark.parametrize(
    "given, said",
    [
        ("trian", "did you mean wordvec train?"),
        ("Similar", "did you mean wordvec similar?"),
        ("skipgram", "did you mean wordvec train --trainer skipgram?"),
        ("nn", "did you mean wordvec similar?"),
        ("most_similar", "did you mean wordvec similar?"),
        ("xyzzy", "no verb 'xyzzy'; wordvec VERB ... expected"),
    ],
)
def test_an_unknown_verb_gets_the_nearest(given, said, capsys):
    assert main([given, "file"]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_alone_shows_its_examples(verb, capsys):
    assert main([verb]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"wordvec {verb}" in err.split("\n\n")[1]  # the examples follow the first paragraph
    assert err.strip().split("\n")[-1].startswith(f"wordvec {verb}: ")


@pytest.mark.parametrize(
    "given, said",
    [
        ("--vector-size", "--vector-size is named --dim here"),
        ("--workers", "--workers is named --threads here"),
        ("-iter", "-iter is named --epochs here"),
        ("--sample", "--sample is named --subsample here"),
        ("--windw", "there is no --windw: did you mean --window?"),
        ("--xyzzy=3", "there is no --xyzzy"),
        ("-40C", "there is no -40C; what begins with - and is no option stands at the end, after --"),
    ],
)
def test_an_unknown_option_gets_our_name(given, said, capsys):
    assert main(["train", "t.txt", "-o", "v.npz", given]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_an_option_behind_two_hyphens_is_told(capsys):
    assert main(["analogy", "v.npz", "--", "-40C", "a", "b", "-k", "1"]) == 2
    assert "-k belongs before the --" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["compare", "stability", "tune"])
@pytest.mark.parametrize("given", ["--dim", "--vector-size", "--learning-rate=0.1"])
def test_an_option_of_trainers_where_several_are_trained(verb, given, capsys):
    assert main([verb, "t.txt", "-o", "runs", given]) == 2
    name = {"--vector-size": "dim"}.get(given, given.lstrip("-").split("=")[0].replace("-", "_"))
    assert f"options of trainers are written --option {name}=VALUE here" in capsys.readouterr().err


def command(shell, here, **environment):
    return subprocess.run(
        ["/bin/sh", "-c", shell.replace("wordvec", f"{sys.executable} -m wordvec")],
        cwd=here,
        capture_output=True,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_one_line(here):
    for verb in ("similar v tea", "--help"):
        result = command(f"wordvec {verb} > /dev/full", here)
        assert (result.returncode, result.stderr.count(b"\n")) == (2, 1), result.stderr
        assert b"the output cannot be written: No space left on device" in result.stderr
    assert command("wordvec similar v tea 2> /dev/full", here).returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="pipes end differently on Windows")
def test_a_closed_pipe_and_no_output_at_all_are_quiet(here):
    for shell in ("wordvec similar v tea | true", "wordvec --help | true", "wordvec similar v tea >&-"):
        result = command(shell, here)
        assert (result.returncode, result.stderr) == (0, b""), shell


@pytest.mark.parametrize("closed", ["stdin", "stdout", "stderr"])
def test_a_stream_may_be_missing(here, closed, monkeypatch, capsys):
    """As under pythonw, or where a daemon closed it."""
    monkeypatch.chdir(here)
    monkeypatch.setattr(sys, closed, None)
    asked = [
        "similar v tea",
        "similar v tea --json",
        "concordance t.txt tea",
        "card v",
        "--version",
        "similar v missing",
    ]
    statuses = [main(line.split()) for line in asked]
    assert statuses == [0, 0, 0, 0, 0, 2]
    if closed == "stdin":
        assert main(["similar", "v"]) == 2
    assert "wordvec similar" not in capsys.readouterr().out  # an error that has no stderr does not go to stdout


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX locale")
def test_a_terminal_without_any_letters(here):
    for environment in (
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ):
        result = command("wordvec similar v tea", here, **environment)
        assert (result.returncode, result.stderr) == (0, b"")
        assert rb"\uae40\uce58" in result.stdout


ODD = os.fsdecode(b"\xfe")  # a file name of another encoding
WITH_ODD_NAMES = {
    "plot": f"plot {ODD} -o {ODD}.html",
    "card": f"card {ODD} -o card.md",
    "evaluate": f"evaluate {ODD} --similarity {ODD}.tsv --json",
    "corpus": f"corpus build {ODD}.txt -o {ODD}c --min-count 1",
    "train": f"train {ODD}.txt -o {ODD}.npz --trainer svd --dim 2 --min-count 1",
    "export": f"export {ODD} --projector {ODD}p",
}


@pytest.mark.filterwarnings("default:.*another control character")
@pytest.mark.skipif(sys.platform != "linux", reason="file names of any bytes")
@pytest.mark.parametrize("verb", WITH_ODD_NAMES)
def test_file_names_that_are_not_utf8_reach_any_file(verb, here, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, source in ((ODD, "v"), (f"{ODD}.txt", "t.txt"), (f"{ODD}.tsv", "pairs.txt")):
        (tmp_path / name).write_bytes((here / source).read_bytes())
    assert main(["--record", "runs.jsonl", *WITH_ODD_NAMES[verb].split()]) == 0, capsys.readouterr().err
    (run,) = read_runs("runs.jsonl")
    assert ODD in run["command"]

"""Every verb, every option that takes a file, and files of every wrong kind: one line, exit status 2, nothing else."""

from pathlib import Path

import numpy as np
import pytest

from wordvec import Corpus, WordVectors
from wordvec.cli import VERBS, build_parser, input_names, main

# FILE stands for the bad one. Every argument that names a file to read is here.
LINES = {
    "train": [
        "FILE -o o.safetensors",
        "t.txt -o o.safetensors --start FILE",
        "t.txt -o o.safetensors --keep-words FILE",
        "t.txt -o o.safetensors --drop-words FILE",
        "t.txt -o o.safetensors --vocabulary FILE",
    ],
    "corpus": ["build FILE -o c", "info FILE", "build t.txt -o c --vocabulary FILE", "fetch FILE"]
    + ["build t.txt -o c --metadata FILE", "split FILE --by year -o d"],
    "similar": ["FILE king", "v king --among FILE", "v king --in FILE", "v king --stability FILE"],
    "analogy": ["FILE man king woman", "v man king woman --among FILE"],
    "explain": ["FILE king queen", "v king queen --in FILE"],
    "concordance": ["FILE king"],
    "align": ["FILE v -o o.txt", "v FILE -o o.txt", "v v -o o.txt --anchors FILE"],
    "translate": ["FILE v king", "v FILE king", "v v king --dictionary FILE", "v v --test FILE"],
    "retrofit": ["FILE pairs.txt -o o.txt", "v FILE -o o.txt", "v pairs.txt -o o.txt --similarity FILE"],
    "postprocess": [
        "FILE -o o.txt --steps unit",
        "v -o o.txt --steps unit --similarity FILE",
        "v -o o.txt --steps unit --analogy FILE",
    ],
    "subwords": ["FILE -o o.npz", "v -o o.npz --similarity FILE", "v -o o.npz --analogy FILE"],
    "embed": [
        "FILE t.txt -o o.npz --weights mean --tokenizer words",
        "v FILE -o o.npz --weights mean --tokenizer words",
        "v FILE --field text -o o.npz --weights mean --tokenizer words",
    ],
    "search": ["FILE king", "FILE --like king", "FILE --groups 2"],
    "combine": ["FILE v -o o.txt", "v FILE -o o.txt", "v v -o o.txt --similarity FILE", "v v -o o.txt --analogy FILE"],
    "change": ["FILE --by year"],
    "diff": ["FILE v", "v FILE", "v v --baseline FILE"],
    "evaluate": [
        "FILE --similarity pairs.txt",
        "v --similarity pairs.txt --scores FILE",
        *(
            f"v --{task} FILE"
            for task in ["set", "similarity", "analogy", "categorisation", "outliers", "relations", "bias", "hit-rate"]
        ),
    ],
    "compare": ["FILE --trainers svd --set pairs.txt -o r", "t.txt --trainers svd --set FILE -o r"],
    "stability": ["FILE", "FILE v", "FILE --trainer svd --bootstrap --runs r --seeds 2"],
    "tune": [
        "FILE -o r --trainer svd --trials 2 --dev-similarity pairs.txt",
        "t.txt -o r --trainer svd --trials 2 --dev-similarity FILE",
        "t.txt -o r --trainer svd --trials 2 --dev-similarity pairs.txt --test-analogy FILE",
    ],
    "card": ["FILE", "v --set FILE", "v --corpus FILE", "v --report FILE", "v --stability FILE"],
    "explore": [
        "FILE --no-browser --port 0",
        "v --beside FILE --no-browser --port 0",
        "v --color-by FILE --no-browser --port 0",
    ],
    "serve": ["FILE --port 0", "v --port 0 --token-file FILE"],
    "learn": [],  # reads no file
    "plot": [
        "FILE -o p.png",
        "FILE -o p.png --loss",
        "FILE -o p.png --scores",
        "FILE -o p.png --matrix ppmi",
        "v -o p.png --color-by FILE",
        "v -o p.png --beside FILE",
        "v -o p.html --beside FILE",
    ],
    "convert": ["FILE o.txt", "v o.txt --words FILE"],
    "export": ["FILE --parquet o.parquet", "FILE --projector o", "FILE --hub o"],
    "compat": ["FILE"],
}

ESC = "\x1b[31m\u202e\x9b.missing"
BAD = {
    "missing": None,
    "no/such/folder": None,
    "": None,
    ESC: None,
    "empty": b"",
    "blank": b"\n \n\t\n",
    "nul": bytes(100),
    "binary": bytes(range(256)) * 8,
    "table.zip": b"PK\x03\x04" + bytes(100),
    "a.json": b'{"a": [1, {"b": null}]}',
    "utf16": "a b 1\nc d 2\n".encode("utf-16-le"),  # with a byte-order mark it is read
    "cut.gz": b"\x1f\x8b\x08\x00\x00",
    "folder": None,
}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A folder with good files and the bad ones."""
    folder = tmp_path_factory.mktemp("files")
    words = ["man", "woman", "king", "queen", "tea", "milk"]
    WordVectors(words, np.random.default_rng(1).normal(size=(6, 4))).save(folder / "v", format="safetensors")
    (folder / "t.txt").write_text("the cat eats fish\nthe dog eats meat\n" * 10, encoding="utf-8")
    (folder / "pairs.txt").write_text("man\twoman\t3\nking\tqueen\t5\ntea\tmilk\t1\n", encoding="utf-8")
    (folder / "folder").mkdir()
    for name, content in BAD.items():
        if content is not None:
            (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("verb, line", [(verb, line) for verb, lines in LINES.items() for line in lines])
def test_a_bad_file_is_one_line(here, verb, line, capsys, monkeypatch):
    monkeypatch.chdir(here)
    monkeypatch.setattr("wordvec.explorer.server.serve", lambda server: server.server_close())
    for name in BAD:
        status = main([verb, *(name if part == "FILE" else part for part in line.split())])
        out, err = capsys.readouterr()
        notices = (
            "wordvec: 1 word of --keep-words",
            "wordvec: 2 words of --keep-words",
        )  # a file that is no list
        errors = [line for line in err.splitlines() if not line.startswith(notices)]
        assert (status, out, len(errors)) == (2, "", 1), (name, err)
        assert err.startswith("wordvec")
        assert "".join(err.splitlines()).isprintable(), (name, err)
        assert len(err) < 1_200
    assert not [path for path in Path().iterdir() if path.name[:2] in ("o.", "p.") or path.name in ("c", "r", "o")]


def test_every_file_that_is_read_is_known_as_an_input():
    """Else a command could write over it."""
    for verb, lines in LINES.items():
        for line in lines:
            if "--start FILE" not in line and verb != "compat" and not line.startswith("fetch"):
                argv = [verb, *("FILE" if part == "FILE" else part for part in line.split())]
                arguments = build_parser(argv).parse_args(argv)
                names = list(input_names(arguments))
                assert "FILE" in names, line
                assert all(isinstance(name, str) for name in names), line


def test_every_verb_is_here():
    assert set(LINES) == set(VERBS)


def test_the_good_files_are_good(here, monkeypatch, capsys):
    """Else the lines above would fail for another reason."""
    monkeypatch.chdir(here)
    assert main(["similar", "v", "king"]) == 0
    assert main(["evaluate", "v", "--similarity", "pairs.txt"]) == 0
    assert len(Corpus.build("t.txt", min_count=1).vocabulary) == 6

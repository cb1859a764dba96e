"""``wordvec plot`` and ``wordvec export``, run as a user runs them."""

import json
import os
import warnings
from pathlib import Path

import numpy as np
import pytest
from commands import failure, run

from wordvec import WordVectors
from wordvec.cli import main
from wordvec.cli.networks import matrix_of, network_of
from wordvec.layers import Dropout, Embedding, MatMul, Mean, NegativeSamplingLoss, Repeat, SoftmaxWithLoss
from wordvec.networks import Sequential
from wordvec.plots.network_graph import sizes_of

WORDS = ["man", "woman", "king", "queen", "apple", "pear", "<b>", "한국"]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def vectors():
    matrix = np.random.default_rng(1).normal(size=(8, 6))
    info = {"loss": [2.0, 1.5], "held_out_loss": [2.1, 1.7]}
    WordVectors(WORDS, matrix, np.arange(8, 0, -1), info=info).save("v.safetensors")
    WordVectors(WORDS[:7], matrix[:7, ::-1], np.arange(7, 0, -1)).save("w.safetensors")
    Path("groups.txt").write_text("[people]\nman\nwoman\n[fruit]\napple\npear\n", encoding="utf-8")
    Path("say.txt").write_text("you say goodbye and i say hello .\n", encoding="utf-8")
    Path("wide.txt").write_text("caf\u00e9 noir\n", encoding="utf-16")
    rows = [{"name": "wordsim", "score": 0.7, "ci95": [0.6, 0.8]}]
    Path("scores.json").write_text(json.dumps({"v.safetensors": rows}), encoding="utf-8")
    return "v.safetensors"


@pytest.mark.parametrize(
    "options, said",
    [
        (["v.safetensors"], "8 words, PCA"),
        (["v.safetensors", "--top", "4", "--clusters", "2"], "4 words, PCA"),
        (["v.safetensors", "--words", "man,king,<b>"], "3 words, PCA"),
        (["v.safetensors", "--words", "man،king， pear、woman"], "4 words, PCA"),
        (["v.safetensors", "--color-by", "groups.txt"], "4 words, PCA"),
        (["v.safetensors", "--color-by", "groups.txt", "--words", "man,pear,king"], "3 words, PCA"),
        (["v.safetensors", "--around", "king", "-k", "4"], "“king” and its 4 nearest words"),
        (["v.safetensors", "--neighbours", "king", "-k", "3"], "nearest to “king”"),
        (["v.safetensors", "--analogy", "king:queen man:woman"], "2 pairs of words"),
        (["v.safetensors", "--heatmap", "king,queen,apple"], "cosines of 3 words"),
        (["v.safetensors", "--beside", "w.safetensors"], "v beside w, 7 shared words, PCA"),
        (["v.safetensors", "--loss"], "loss of 1 training run"),
        (["scores.json", "--scores"], "scores of 1 model"),
        (["say.txt", "--matrix", "counts", "--window", "1"], "Co-occurrences of 7 words"),
        (["wide.txt", "--matrix", "counts", "--encoding", "utf-16"], "Co-occurrences of 2 words"),
        (["say.txt", "--matrix", "ppmi", "--top", "3"], "PPMI of 3 words, the most common of 7"),
        (["--network", "cbow", "--vocabulary", "9", "--dim", "2"], "CBOWNetwork"),
        (["--network", "skipgram", "--network-loss", "softmax"], "SkipGramNetwork"),
    ],
)
def test_every_figure_is_drawn_and_told(vectors, capsys, options, said):
    status, out, _ = run(capsys, "plot", *options, "-o", "p.svg")
    assert status == 0
    assert out.startswith("p.svg: ")
    assert said in out
    assert Path("p.svg").read_bytes().startswith(b"<?xml")


def test_the_words_of_a_map_are_text_in_the_file(vectors, capsys):
    run(capsys, "plot", vectors, "-o", "p.svg")
    svg = Path("p.svg").read_text(encoding="utf-8")
    assert ">apple</text>" in svg
    assert ">&lt;b&gt;</text>" in svg


def test_the_same_command_gives_the_same_bytes(vectors, capsys):
    for name in "ab":
        run(capsys, "plot", vectors, "-o", f"{name}.png", "--seed", "5", "--clusters", "3", "--dpi", "50")
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()


@pytest.fixture
def network():
    first, second = MatMul(np.array([[1.0, 2.0], [3.0, 4.0]])), MatMul(np.array([[1.0, 0.0], [0.0, 0.5]]))
    Sequential(first, Dropout(0.5), second, loss=SoftmaxWithLoss()).save("n.safetensors")
    Sequential(Embedding(np.eye(3)), Mean(), MatMul(np.eye(3)), loss=SoftmaxWithLoss()).save("cbow.npz")
    Sequential(Embedding(np.eye(3)), Mean(), loss=NegativeSamplingLoss(np.eye(3))).save("fast.npz")
    Sequential(Repeat(3)).save("repeat.npz")
    Sequential(MatMul(np.ones((2, 3))), MatMul(np.ones((2, 3)))).save("apart.npz")
    np.save("x.npy", np.array([[0, 1], [2, 0]]))
    Path("x.csv").write_text("0,1\n2,0\n", encoding="utf-8")


@pytest.mark.parametrize(
    "options, said, numbers",
    [
        (["n.safetensors"], "matmul1, dropout1, matmul2 and a loss; shapes of 4 examples", ["1.00 2.00\n3.00 4.00"]),
        (["n.safetensors", "--input", "1,1"], "; values", ["4.00 6.00", "4.00 3.00"]),  # nothing is left out
        (
            ["n.safetensors", "--input", "1,1; 2,0", "--target", "0 1"],
            "; values and gradients",
            ["1.00 1.00\n2.00 0.00"],
        ),
        (["cbow.npz"], "embedding1, mean1, matmul1 and a loss", ["1.00 0.00 0.00\n0.00 1.00 0.00\n0.00 0.00 1.00"]),
        (["cbow.npz", "--input", "x.npy"], "; values", ["0.50 0.50 0.00\n0.50 0.00 0.50"]),
        (["cbow.npz", "--input", "x.csv", "--target", "2;0"], "gradients", ["0.50 0.50 0.00\n0.50 0.00 0.50"]),
        (["fast.npz", "--input", "x.npy", "--target", "2 0; 0 1"], "gradients", ["0.50 0.50 0.00\n0.50 0.00 0.50"]),
        (["repeat.npz", "--input", "1,2"], "repeat1; values", ["1.00 2.00\n1.00 2.00\n1.00 2.00"]),
    ],
)
def test_a_network_from_a_file(network, capsys, monkeypatch, options, said, numbers):
    drawn = []
    monkeypatch.setattr("wordvec.plots.figure.save_figure", lambda axes, *_, **__: drawn.append(axes))
    status, out, _ = run(capsys, "plot", "-o", "p.svg", "--network", *options)
    assert status == 0
    assert said in out
    texts = [text.get_text() for text in drawn[0].texts]
    assert set(numbers) <= set(texts)
    assert any(text.startswith("dL/d") for text in texts) == ("gradients" in said)


@pytest.mark.parametrize(
    "options, message",
    [
        (["none.npz"], "cbow, skipgram or a file of Sequential.save, and there is no file none.npz"),
        (["x.npy"], "x.npy: a network's file must end in .safetensors or .npz; got '.npy'"),
        (["."], "must end in .safetensors"),
        (["v.safetensors"], "v.safetensors: holds counts, matrix"),
        (["repeat.npz"], "or take another shape (Repeat: x must be of length 1"),
        (["apart.npz"], "its layers do not fit together"),
        (["apart.npz", "--input", "1,2"], "MatMul: x must be (B, 2)"),
        (
            ["n.safetensors", "--dim", "3"],
            "--dim does not apply to --network n.safetensors; it takes --input, --target",
        ),
        (["cbow", "--input", "3"], "--input does not apply to --network cbow; it takes --vocabulary"),
        (["n.safetensors", "--target", "3"], "give --input too"),
        (["apart.npz", "--input", "1,2", "--target", "3"], "apart.npz has no loss"),
        (["n.safetensors", "--input", "1,2;3"], "--input takes rows of one length; got rows of [1, 2]"),
        (["n.safetensors", "--input", " ; "], "got no numbers"),
        (["n.safetensors", "--input", "y.npy"], "--input takes rows of numbers, such as '1,0; 0,1', or a file"),
        (["n.safetensors", "--input", "say.txt"], "say.txt: --input takes rows of numbers"),
        (["n.safetensors", "--input", "n.safetensors"], "n.safetensors: cannot be read as text"),
        (["n.safetensors", "--input", "cut.npy"], "cut.npy: not a complete .npy array of numbers"),
        (["n.safetensors", "--input", "words.npy"], "words.npy: an array of numbers expected; got <U1"),
        (["n.safetensors", "--input", "1,2", "--target", "2"], "SoftmaxWithLoss: ids must be in 0 .. 1"),
        (
            ["fast.npz", "--input", "x.npy", "--target", "2;0"],
            "the right word and its negatives expected; got the shape (2, 1)",
        ),
        (["n.safetensors", "--input", "1,2", "--target", "0.5"], "--target: this network takes ids there"),
        (["cbow.npz", "--input", "1,1.5"], "--input: this network takes ids there, which are whole numbers"),
        (["cbow.npz", "--input", "1,nan"], "whole numbers"),
    ],
)
def test_networks_that_cannot_be_drawn(vectors, network, capsys, options, message):
    Path("cut.npy").write_bytes(Path("x.npy").read_bytes()[:-3])
    np.save("words.npy", np.array(["a", "b"]))
    assert message in failure(capsys, "plot", "-o", "p.png", "--network", *options)
    assert not Path("p.png").exists()


@pytest.mark.parametrize(
    "options, message",
    [
        (["v.safetensors", "-o", "p.bmp"], ".png, .svg, .pdf, or .html for a page; got '.bmp'"),
        (["v.safetensors", "-o", "p"], "got 'no ending'"),
        (["v.safetensors", "-o", "p.png", "--dpi", "9"], "dpi must be from 20 to 1200"),
        (["-o", "p.png"], "a map takes one FILE; got 0"),
        (["-o", "p.png", "--color-by", "groups.txt", "v.safetensors"], "put FILE first"),
        (["v.safetensors", "w.safetensors", "-o", "p.png"], "a map takes one FILE; got 2"),
        (["v.safetensors", "-o", "p.png", "--network", "cbow"], "--network takes no FILE; got 1"),
        (["v.safetensors", "-o", "p.png", "--loss", "--clusters", "3"], "--clusters does not apply to --loss"),
        (["v.safetensors", "-o", "p.png", "--window", "3"], "--window does not apply to a map; it takes --words"),
        (["v.safetensors", "-o", "p.html", "--around", "king"], "--around is for pictures"),
        (["v.safetensors", "-o", "m.png", "-k", "0"], "-k does not apply to a map"),
        (["v.safetensors", "-o", "p.png", "--words", ","], "no words in ','"),
        (["v.safetensors", "-o", "p.png", "--words", "man,kingg,woman"], "did you mean 'king'"),
        (["v.safetensors", "-o", "p.png", "--color-by", "say.txt"], "none of the 1 listed words"),
        (["v.safetensors", "-o", "p.png", "--around", "kong"], "'kong' is not among"),
        (["v.safetensors", "-o", "p.png", "--analogy", "king"], "king:queen man:woman; got 'king'"),
        (["v.safetensors", "-o", "p.png", "--top", "2"], "at least 3 words"),
        (["w.safetensors", "-o", "p.png", "--loss"], "w: no loss to draw"),
        (["say.txt", "-o", "p.png", "--scores"], "expected the output of: wordvec evaluate"),
        (["v.safetensors", "-o", "p.png", "--encoding", "utf-16"], "--encoding does not apply to a map"),
        (["say.txt", "-o", "p.png", "--matrix", "ppmi", "--top", "0"], "--top must be at least 1"),
        (["-o", "p.png", "--network", "cbow", "--dim", "1"], "at least 2"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(vectors, capsys, options, message):
    assert message in failure(capsys, "plot", *options)
    assert not Path("p.png").exists()


def test_unknown_words_of_a_list_are_told_on_stderr(vectors, capsys):
    Path("groups.txt").write_text("g\tman\ng\tking\ng\tpear\ng\tunicorn\n", encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        status, _, err = run(capsys, "plot", vectors, "-o", "p.png", "--color-by", "groups.txt")
    assert status == 0
    assert err == "wordvec: 1 of the 4 listed words have no vector: 'unicorn'\n"


def test_the_matrix_of_the_books_sentence_by_hand(vectors):
    values, words, total = matrix_of("say.txt", "counts", window=1)
    assert words == ["you", "say", "goodbye", "and", "i", "hello", "."]
    assert total == 7
    assert values.astype(int).tolist() == [
        [0, 1, 0, 0, 0, 0, 0],
        [1, 0, 1, 0, 1, 1, 0],
        [0, 1, 0, 1, 0, 0, 0],
        [0, 0, 1, 0, 1, 0, 0],
        [0, 1, 0, 1, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 1],
        [0, 0, 0, 0, 0, 1, 0],
    ]
    values, _, _ = matrix_of("say.txt", "ppmi", window=1)
    assert values[0, 1] == pytest.approx(1.807 * np.log(2), abs=1e-3)  # the book's logarithm is to base 2
    assert values[0, 0] == 0


@pytest.mark.parametrize("kind", ["cbow", "skipgram"])
@pytest.mark.parametrize(
    "vocabulary, dim, window, negatives", [(7, 3, 1, 5), (4, 5, 2, 5), (8, 6, 3, 1), (100, 8, 4, 7)]
)
def test_the_networks_batch_has_a_size_of_its_own(kind, vocabulary, dim, window, negatives):
    network, batch = network_of(kind, vocabulary, dim, window, negatives)
    sizes = sizes_of(network, batch)
    others = [size for letter, size in sizes.items() if letter not in ("B", "P")]
    assert sizes["B"] not in others
    assert sizes["P"] not in others
    assert bool(batch.mask.all())


def test_help_names_every_figure(capsys):
    _, out, _ = run(capsys, "plot", "--help")
    for option in ("--around", "--analogy", "--heatmap", "--beside", "--color-by", "--matrix", "--network", "--scores"):
        assert option in out


# export


def test_export_for_the_projector_and_as_parquet(vectors, capsys):
    status, out, _ = run(capsys, "export", vectors, "--projector", "folder", "--top", "5")
    assert (status, out) == (0, "folder: 5 words in 6 dimensions\n")
    assert len(Path("folder/vectors.tsv").read_text(encoding="utf-8").splitlines()) == 5
    pytest.importorskip("pyarrow", reason="extra arrow (pyarrow) is not installed")
    status, out, _ = run(capsys, "export", vectors, "--parquet", "v.parquet")
    assert (status, out) == (0, "v.parquet: 8 words in 6 dimensions, with x and y\n")


@pytest.mark.parametrize(
    "options, message",
    [
        (["--projector", "p", "--method", "pca"], "--method is for --parquet"),
        (["--projector", "p", "--top", "0"], "top must be at least 1"),
        (["--projector", "no/p"], "does not exist"),
        (["--projector", "v.safetensors"], "not a folder written by wordvec"),
    ],
)
def test_exports_that_cannot_be_written(vectors, capsys, options, message):
    assert message in failure(capsys, "export", vectors, *options)
    assert not Path("p").exists()


def test_a_notebooks_backend_is_not_needed(monkeypatch, capsys):
    """Jupyter gives the commands of its shell MPLBACKEND, and matplotlib fails if that module is not installed here."""
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.setattr("sys.argv", ["wordvec", "--version"])
    assert main() == 0
    assert os.environ["MPLBACKEND"] == "agg"


def test_the_words_of_a_title_are_told_as_they_are(capsys):
    words = ["$x$", "a", "b", "c"]
    WordVectors(words, np.random.default_rng(1).normal(size=(4, 3))).save("v.npz")
    assert main(["plot", "v.npz", "-o", "out.svg", "--around", "$x$", "-k", "3"]) == 0
    assert capsys.readouterr().out.startswith("out.svg: “$x$” and its 3 nearest words")

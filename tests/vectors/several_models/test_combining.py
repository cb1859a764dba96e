from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from wordvec import WordVectors
from wordvec.cli import main
from wordvec.errors import InputError, OptionError
from wordvec.vectors.several_models.combining import combine

RNG = np.random.default_rng(3)
A = WordVectors(["tea", "cup", "rain", "sun"], RNG.normal(size=(4, 3)), np.array([9, 5, 3, 2]), {"tokenizer": "words"})
B = WordVectors(["sun", "cup", "tea", "moon"], RNG.normal(size=(4, 2)))


class Parts:
    def vector(self, word):
        return np.float32([0.0, 2.0]) if word == "rain" else None


def side_by_side(words, weights):
    blocks = []
    for part, weight in zip((A, B), weights):
        unit = np.array([part.unit_of(word) for word in words], np.float64)
        blocks.append(weight * (unit - unit.mean(axis=0)))
    return np.concatenate(blocks, axis=1)


def test_rows_side_by_side_by_hand():
    both = combine([A, B], [1.0, 1.5])
    assert list(both.words) == ["tea", "cup", "sun"] and both.counts.tolist() == [9, 5, 2]
    np.testing.assert_allclose(both.matrix, side_by_side(both.words, [1.0, 1.5]), atol=1e-6)
    assert both.info["tokenizer"] == "words" and [part["weight"] for part in both.info["combined"]] == [1.0, 1.5]
    assert [part["words"] for part in both.info["combined"]] == [4, 3]


def test_words_that_others_lack_may_stay():
    both = combine([A, B], keep_all=True)
    assert list(both.words) == list(A.words)
    assert both.matrix[2, :3].any() and not both.matrix[2, 3:].any()
    np.testing.assert_allclose(both.matrix[[0, 1, 3], 3:], combine([A, B]).matrix[:, 3:], atol=1e-6)


def test_a_part_has_the_words_that_it_can_compose():
    with pytest.warns(UserWarning, match="fit new ones"):
        composed = combine([A, WordVectors(B.words, B.matrix, subwords=Parts())])
    assert list(composed.words) == ["tea", "cup", "rain", "sun"]
    others = combine([A, WordVectors([*B.words, "rain"], np.vstack([B.matrix, [[0.0, 1.0]]]))])
    np.testing.assert_allclose(composed.matrix, others.matrix, atol=1e-6)


def test_what_cannot_be_combined_is_told():
    with pytest.raises(OptionError, match="at least two models"):
        combine([A])
    with pytest.raises(OptionError, match="a weight for each of the 2 models expected; got 1"):
        combine([A, B], [1.0])
    for weight in (0.0, -1.0, float("nan"), 1e300, 1e-300):
        with pytest.raises(OptionError, match="weights must be above 0"):
            combine([A, B], [1.0, weight])
    with pytest.raises(InputError, match="no word has a vector in all"):
        combine([A, WordVectors(["moon"], np.ones((1, 2)))])


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    A.save("a.safetensors")
    B.save("b.txt")

    def run(*arguments):
        status = main(["combine", *arguments])
        output = capsys.readouterr()
        return status, output.out, output.err

    return run


def test_the_command_combines_reduces_and_scores(run):
    Path("pairs.txt").write_text("tea cup 9\ntea sun 2\ncup sun 1\ntea rain 3\n", encoding="utf-8")
    asked = ("a.safetensors", "b.txt", "-o", "c.safetensors", "--weights", "1,2")
    status, out, _ = run(*asked, "--dim", "2", "--similarity", "pairs.txt")
    assert status == 0 and "c.safetensors: 3 words in 2 dimensions, reduced from 5" in out
    assert "left out, as another model lacks them: 1 of the 4 words of the first" in out
    assert "b.txt: 2 dimensions, weight 2, has 3 of the words" in out and "pairs: " in out
    assert WordVectors.load("c.safetensors").dim == 2
    status, out, _ = run(*asked, "--keep-all", "--json")
    assert status == 0 and json.loads(out)["words"] == 4 and json.loads(out)["left_out"] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a.safetensors", "-o", "c.safetensors"), "at least two models"),
        (("a.safetensors", "b.txt", "-o", "c.xyz"), "no format has this suffix"),
        (("a.safetensors", "b.txt", "-o", "b.txt"), "would be lost"),
        (("a.safetensors", "b.txt", "-o", "c.npz", "--weights", "1;2"), "--weights takes numbers such as 1,1.5"),
        (("a.safetensors", "b.txt", "-o", "c.npz", "--dim", "0"), "--dim"),
        (("a.safetensors", "b.txt", "-o", "c.npz", "--dim", "17"), "--dim must be at most 5, the dimensions of these"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(run, arguments, message):
    status, out, err = run(*arguments)
    assert status == 2 and out == "" and message in err and err.count("\n") == 1 and not Path("c.npz").exists()


@pytest.mark.parametrize(("words", "keep_all"), [(["tea"], False), (["tea", "rain"], True)])
def test_one_word_in_common_would_be_a_row_of_zeros(words, keep_all):
    first = WordVectors(words, np.eye(len(words), 2) + 1)
    with pytest.raises(InputError, match="at least two of the words"):
        combine([first, WordVectors(["tea"], np.ones((1, 3)))], keep_all=keep_all)


def test_a_model_with_one_direction_for_all_words_would_be_zeros():
    same = WordVectors(A.words, np.full((4, 3), 0.1))
    with pytest.raises(InputError, match="model 2 has one direction for all of the words"):
        combine([A, same])


def test_models_that_are_not_in_a_list_are_told():
    model = WordVectors(["a", "b"], np.eye(2))
    with pytest.raises(OptionError, match=r"combine takes a list of models, then their weights: combine\(\[a, b\]"):
        combine(model, model)

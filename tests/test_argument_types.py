"""Plain types of arguments are checked alike by every public function of counts, evaluation and plots."""

from __future__ import annotations

import importlib
import inspect

import numpy as np
import pytest

from wordvec import CBOW, Corpus, Phrases, WordVectors, rng
from wordvec.argument_types import EXPECTED, plain_value, typed
from wordvec.cli import main
from wordvec.corpus.named_texts import bundled_corpus
from wordvec.errors import ArgumentError, OptionError, WordvecError, describe
from wordvec.evaluation.analogy import interval_over_pairs
from wordvec.experiments.tuning.search_space import make_proposals
from wordvec.plots.projection import project
from wordvec.vectors.search.approximate import ApproximateSearch
from wordvec.vectors.subwords import Subwords


def plain_parameters(function):
    for name, parameter in inspect.signature(function).parameters.items():
        kinds = set(str(parameter.annotation).split(" | "))
        if kinds <= EXPECTED.keys():
            yield name, kinds


FUNCTIONS = {
    f"{room}.{name}": getattr(importlib.import_module(f"wordvec.{room}"), name)
    for room in ("counts", "evaluation", "plots")
    for name in sorted(importlib.import_module(f"wordvec.{room}").__all__)
    if inspect.isfunction(getattr(importlib.import_module(f"wordvec.{room}"), name)) and "hit_rate" not in name
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_wrong_types_are_told_before_anything_is_done(name):
    function = FUNCTIONS[name]
    for parameter, kinds in plain_parameters(function):
        for wrong in ([], {}, object(), b"", 1j, float("nan"), np.ones(2)):
            with pytest.raises(ArgumentError, match=f"{function.__name__}: {parameter} must be "):
                function(**{parameter: wrong})
        if "None" not in kinds:
            with pytest.raises(ArgumentError, match=f"got None: leave {parameter} out"):
                function(**{parameter: None})


@typed
def halved(number: int, name: str = "a", rate: float | None = None, *, exact: bool = False) -> tuple:
    """An example."""
    return number // 2, name, rate, exact


def test_good_values_pass_and_numpys_become_pythons():
    found = halved(np.int64(5), np.str_("b"), np.float32(0.5), exact=np.bool_(True))
    assert found == (2, "b", 0.5, True)
    assert list(map(type, found)) == [int, str, float, bool]
    assert halved(4, rate=1)[2] == 1
    assert list(inspect.signature(halved).parameters) == ["number", "name", "rate", "exact"]


def test_the_error_is_both_an_input_error_and_a_type_error():
    with pytest.raises(TypeError) as raised:
        halved("4")
    assert isinstance(raised.value, WordvecError)
    assert str(raised.value) == "halved: number must be a whole number; got '4', which is text: write number=4"


@pytest.mark.parametrize(
    "annotation", ["Array", "Sequence[str]", "str | os.PathLike[str]", int, inspect.Parameter.empty]
)
def test_other_annotations_are_left_alone(annotation):
    marker = object()
    assert plain_value("f", "x", annotation, marker) is marker


@pytest.mark.parametrize("seed", [-1, 2**64, 1 << 9999, 1.5, True, "1", None], ids=lambda seed: describe(seed))
def test_a_seed_that_would_repeat_another_one_is_refused(seed):
    with pytest.raises(OptionError, match="seed must be a whole number"):
        rng.key_of(seed, 0)
    with pytest.raises(OptionError, match="cbow: seed must be a whole number"):
        CBOW(seed=seed)


def test_seeds_of_other_generators_have_their_own_range():
    for use in (
        lambda seed: project(np.eye(5, 3), "tsne", seed),
        lambda seed: Subwords(np.ones((2, 2)), 2, 3, 6, hashes=1, seed=seed),
        lambda seed: make_proposals("optuna", {}, seed),
        lambda seed: ApproximateSearch.build(WordVectors(["a"], np.ones((1, 1))), seed=seed),
        lambda seed: bundled_corpus("tiny-world", seed=seed),
    ):
        for seed in (-1, 2**64):
            with pytest.raises(OptionError, match="seed"):
                use(seed)


def test_the_largest_seed_works():
    pairs = np.array([0, 0, 1, 1]), np.array([1, 2, 0, 2])
    assert interval_over_pairs(np.zeros(4, int), *pairs, np.array([1, 0, 1, 0]), resamples=9, seed=2**64 - 1)


@pytest.mark.parametrize("verb", [["train", "tiny-world", "-o", "v"], ["concordance", "c", "w"], ["search", "v", "t"]])
@pytest.mark.parametrize("seed", [-1, 2**64])
def test_the_command_refuses_a_seed_before_it_reads_anything(verb, seed, capsys):
    assert main([*verb, "--seed", str(seed)]) == 2
    assert f"--seed must be a whole number from 0 to 18446744073709551615; got {seed}" in capsys.readouterr().err


def test_numbers_of_numpy_are_whole_numbers(tmp_path):
    two = np.int64(2)
    phrases = Phrases(passes=two, min_count=np.int8(2), threshold=np.float32(0.5))
    options = {"threads": two, "phrases": phrases, "min_count": two, "max_words": two, "split_sentences": np.True_}
    Corpus.from_texts(["a b"] * 9, **options).save(tmp_path / "c")
    assert Corpus.open(tmp_path / "c").info["phrases"]["threshold"] == 0.5
    Corpus.from_sentences([["a", "b"]] * 9, max_words=two, phrases=two).save(tmp_path / "c")
    assert Corpus.open(tmp_path / "c").info["max_words"] == 2
    WordVectors(["a", "b", "c"], np.eye(3)).save(tmp_path / "v.npz")
    assert len(WordVectors.load(tmp_path / "v.npz", limit=two)) == 2

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.errors import MissingExtraError, OptionError
from wordvec.experiments.tuning.search_space import (
    SPACES,
    Range,
    SobolProposals,
    described,
    make_proposals,
    search_space,
)
from wordvec.trainers import TRAINERS, make_trainer, option_names

SPACE = {"window": Range(2, 9, whole=True), "power": Range(0.0, 1.0), "init": Range(choices=("random", "svd"))}


@pytest.mark.parametrize("trainer", SPACES)
def test_every_value_of_every_space_is_one_that_the_trainer_takes(trainer):
    assert set(SPACES[trainer]) <= set(option_names(TRAINERS[trainer]))
    proposals = SobolProposals(SPACES[trainer], seed=1)
    for _ in range(32):
        make_trainer(trainer, **proposals.propose())


@given(st.floats(0, 1, exclude_max=True))
def test_values_stay_in_their_range(u):
    assert Range(2, 9, whole=True).value(u) in range(2, 10)
    assert Range(2, 20, log=True, whole=True).value(u) in range(2, 21)
    assert 0.01 <= Range(0.01, 0.1, log=True).value(u) <= 0.1
    assert Range(choices=(1, 2, 3)).value(u) in (1, 2, 3)


def test_whole_numbers_have_equal_shares():
    values = [Range(1, 4, whole=True).value(i / 400) for i in range(400)]
    assert [values.count(value) for value in (1, 2, 3, 4)] == [100] * 4


def test_by_ratio_the_middle_is_the_geometric_mean():
    assert Range(1e-4, 1e-2, log=True).value(0.5) == pytest.approx(math.sqrt(1e-4 * 1e-2))


def test_spaces_can_be_narrowed_and_widened():
    def parse(option, text):
        return text if option == "loss" else int(text) if option == "negatives" else float(text)

    space = search_space("cbow", ["window"], ["negatives=3..5", "loss=a,b", "learning-rate=0.1..0.2:log"], parse)
    assert "window" not in space
    assert space["negatives"] == Range(3, 5, whole=True)
    assert space["loss"] == Range(choices=("a", "b"))
    assert space["learning_rate"] == Range(0.1, 0.2, log=True)
    assert "negatives 3 to 5" in described(space)


@pytest.mark.parametrize(
    "given_range", ["window", "window=", "window=9..2", "power=0..1:log", "window=2..9:lin", "seed=1,2"]
)
def test_ranges_that_cannot_be(given_range):
    with pytest.raises(OptionError, match="--range"):
        search_space("svd", [], [given_range])


def test_a_value_that_is_no_number():
    with pytest.raises(ValueError, match="two"):
        search_space("svd", [], ["window=two..9"])


def test_nothing_left_to_search():
    with pytest.raises(OptionError, match="nothing is left to search"):
        search_space("glove", list(SPACES["glove"]))


def test_proposals_follow_from_the_seed_and_do_not_repeat_early():
    def first(seed, number):
        proposals = SobolProposals(SPACE, seed)
        return [tuple(proposals.propose().values()) for _ in range(number)]

    assert first(1, 5) == first(1, 70)[:5]  # the table is made anew after 64
    assert first(1, 5) != first(2, 5)
    assert len(set(first(1, 64))) > 60


def test_optuna_suggests_within_the_space_and_learns():
    pytest.importorskip("optuna", reason="needs the extra tune")

    def best(number):
        proposals = make_proposals("optuna", SPACE, seed=1)
        worth = []
        for _ in range(number):
            options = proposals.propose()
            assert options["window"] in range(2, 10)
            assert options["init"] in ("random", "svd")
            worth.append(-((options["power"] - 0.7) ** 2))
            proposals.tell(options, None if len(worth) == 2 else worth[-1])
        return worth

    assert best(6) == best(6)
    assert max(best(25)) > -0.01


def test_samplers_that_are_not_there(monkeypatch):
    import sys

    with pytest.raises(OptionError, match="sobol or optuna"):
        make_proposals("grid", SPACE, 1)
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingExtraError, match=r"wordvec\[tune\]"):
        make_proposals("optuna", SPACE, 1)


@pytest.mark.parametrize(
    ("fixed", "ranges", "message"),
    [
        ([], ["window=2..4", "window=3..9"], r"--range window=3..9: window is given twice"),
        (["dim"], ["dim=10..20"], r"--range dim=10..20: dim is also fixed by --option dim"),
    ],
)
def test_an_option_is_searched_once_and_not_fixed_as_well(fixed, ranges, message):
    with pytest.raises(OptionError, match=message):
        search_space("svd", fixed, ranges)


def test_negatives_are_not_searched_with_losses_that_draw_none():
    assert "negatives" not in search_space("cbow", loss="hierarchical-softmax")
    assert "negatives" not in search_space("cbow", ranges=["loss=softmax"], parse=lambda _, text: text)
    assert "negatives" in search_space("cbow", loss="negative-sampling")

"""The learning rate: hand-worked values, and one meaning for layers and kernels."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec import CBOW, Corpus, SkipGram
from wordvec.cli.train_options import schedule
from wordvec.errors import OptionError
from wordvec.kernels import cpu
from wordvec.kernels.tables import Tables
from wordvec.native import library
from wordvec.trainers import kernel_engine
from wordvec.trainers.schedule import LEAST, LINES, SCHEDULES, Schedule

needs_library = pytest.mark.skipif(not library.is_available(), reason="the C library is not here")


@pytest.fixture(scope="module")
def corpus():
    rng = np.random.default_rng(4)
    return Corpus.from_sentences([[f"w{n}" for n in rng.zipf(1.4, 30) % 40] for _ in range(60)], min_count=1)


def test_a_cosine_is_half_a_wave():
    found = [Schedule("cosine", 0.05, 0.01, 3).at(share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    half = 0.02 / math.sqrt(2)
    assert found == pytest.approx([0.05, 0.03 + half, 0.03, 0.03 - half, 0.01], abs=1e-12)
    to_zero = Schedule("cosine", 1.0, 0.0, 1)
    assert to_zero.at(1.0) == pytest.approx(LEAST)  # it never falls further
    wave = [(1 + math.cos(math.pi * number / 1000)) / 2 for number in range(1001)]
    assert np.abs(np.array(wave) - [to_zero.at(number / 1000) for number in range(1001)]).max() < 3e-4
    assert [Schedule("constant", 0.05, None, 3).at(share) for share in (0.0, 0.5, 1.0)] == [0.05] * 3


def test_factors_hold_for_equal_parts_and_a_function_is_asked_in_the_middle_of_64():
    steps = Schedule((0.1, 1.0, 0.0), 0.5, None, 3)
    assert [steps.at(share) for share in (0.0, 0.33, 0.34, 0.66, 0.67, 1.0)] == [0.05, 0.05, 0.5, 0.5, 5e-5, 5e-5]
    assert steps.largest == 0.5
    trainer = SkipGram(learning_rate=0.04, learning_rate_schedule=lambda done: 1.0 - done)
    assert trainer.learning_rate_at(0.0) == 0.04 * (1 - 0.5 / LINES)
    assert trainer.learning_rate_at(1.0) == 0.04 * (0.5 / LINES)
    assert SkipGram(learning_rate_schedule=np.array([1, 0.5])).parameters()["learning_rate_schedule"] == [1.0, 0.5]


def test_steps_are_sized_for_the_highest_rate_not_the_first():
    warm = CBOW(learning_rate=0.1, learning_rate_schedule=[0.01, 1.0])
    assert warm.meetings == CBOW(learning_rate=0.1).meetings < CBOW(learning_rate=0.001).meetings


@pytest.mark.parametrize("engine", ["layers", pytest.param("kernel", marks=needs_library)])
def test_a_function_in_the_name_of_a_named_one_trains_as_it_does(corpus, engine):
    options = {"dim": 8, "epochs": 2, "engine": engine, "batch_size": 16}
    named = SkipGram(learning_rate_schedule="constant", **options).fit(corpus).vectors
    own = SkipGram(learning_rate_schedule=lambda done: 1, **options).fit(corpus).vectors
    assert own.matrix.tobytes() == named.matrix.tobytes()


@needs_library
def test_an_own_schedule_is_recorded_and_goes_on_from_a_checkpoint(corpus, tmp_path):
    warm = {"dim": 8, "epochs": 3, "learning_rate_schedule": lambda done: min(1.0, 0.2 + done)}
    whole = SkipGram(**warm).fit(corpus).vectors

    def stop(report):
        return report.epoch == 2

    SkipGram(**warm).fit(corpus, checkpoint=tmp_path / "state", on_epoch=stop)
    resumed = SkipGram(**warm).fit(corpus, checkpoint=tmp_path / "state", resume=True).vectors
    assert resumed.matrix.tobytes() == whole.matrix.tobytes()
    parameters = json.loads(json.dumps(whole.info["parameters"]))
    again = SkipGram(**parameters).fit(corpus).vectors
    assert again.matrix.tobytes() == whole.matrix.tobytes()


@given(
    name=st.sampled_from([*SCHEDULES, (0.1, 1.0, 0.3), (1.0,)]),
    end=st.sampled_from([None, 0.0, 0.01, 0.05]), epochs=st.integers(1, 7),
    tokens=st.integers(1, 3000), block=st.integers(1, 200), epoch=st.integers(0, 6), first=st.integers(0, 20),
)  # fmt: skip
def test_what_kernels_do_on_the_stretches_is_the_rate_at_each_block(name, end, epochs, tokens, block, epoch, first):
    epoch, first = epoch % epochs, min(first * block, (tokens - 1) // block * block)
    schedule = Schedule(name, 0.05, end, epochs)
    stretches = list(schedule.stretches(first, tokens, block, epoch, tokens))
    assert [stretches[0][0], *(end for _, end, _ in stretches)] == [*(begin for begin, _, _ in stretches), tokens]
    assert stretches[0][0] == first and len(stretches) <= LINES
    for begin, stop, line in stretches:
        for position in range(begin, stop, block):
            done = (epoch * tokens + position) / (line.epochs_to_zero * tokens)  # as in wordvec.kernels.reference
            rate = line.learning_rate * max(1.0 - done, 1e-4)
            expected = schedule.at((epoch * tokens + position) / (epochs * tokens))
            assert rate == pytest.approx(expected, rel=1e-9, abs=1e-12)


@needs_library
@pytest.mark.parametrize("schedule", ["cosine", "constant"])
def test_each_block_is_trained_with_the_rate_at_its_first_position(corpus, schedule, monkeypatch):
    options = {"learning_rate": 0.05, "learning_rate_schedule": schedule, "batch_size": 16, "engine": "kernel"}
    trainer = SkipGram(dim=8, epochs=2, threads=1, **options)
    found = trainer.fit(corpus).vectors
    assert found.info["parameters"]["learning_rate_schedule"] == schedule
    tables = Tables(*trainer.starting_weights(len(corpus.vocabulary)))
    ids, starts = np.asarray(corpus.ids), np.asarray(corpus.sentence_starts)
    for epoch, first in itertools.product(range(2), range(0, len(ids), 16)):
        rate = trainer.learning_rate_at((epoch * len(ids) + first) / (2 * len(ids)))
        cpu.train_skipgram(
            tables, ids, starts, trainer.sampler(corpus.vocabulary.counts), first=first, last=min(first + 16, len(ids)),
            epoch=epoch, epochs=math.inf, learning_rate=rate, block=16, meetings=trainer.meetings,
        )  # fmt: skip
    np.testing.assert_allclose(tables.unpack()[0], found.matrix, atol=1e-5)
    monkeypatch.setattr(kernel_engine, "FIRST_CHUNK", 160)  # where calls end makes no difference
    again = SkipGram(dim=8, epochs=2, threads=2, **options).fit(corpus).vectors
    assert again.matrix.tobytes() == found.matrix.tobytes()


@pytest.mark.parametrize("trainer", [SkipGram, CBOW])
def test_the_layers_follow_it_too(corpus, trainer):
    found = {
        name: trainer(dim=8, epochs=1, engine="layers", batch_size=64, learning_rate_schedule=name)
        .fit(corpus)
        .vectors.matrix
        for name in SCHEDULES
    }
    assert np.abs(found["linear"]).sum() < np.abs(found["constant"]).sum()  # the way is shorter
    assert not np.allclose(found["linear"], found["cosine"], atol=1e-4)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"learning_rate_schedule": "step"}, "one of linear, cosine, constant, a function or a list.*got 'step'"),
        ({"learning_rate_schedule": "constant", "learning_rate_end": 0.01}, "leave it out with 'constant'"),
        ({"learning_rate_schedule": [1, 0.5], "learning_rate_end": 0.01}, "leave it out with a schedule of your own"),
        ({"learning_rate_schedule": [1, -0.5]}, "it has the factor -0.5"),
        ({"learning_rate_schedule": lambda done: math.nan}, "it has the factor nan"),
        ({"learning_rate_schedule": [0.0, 0.0]}, "no factor above 0"),
        ({"learning_rate_schedule": []}, "no factor above 0"),
        ({"learning_rate_schedule": lambda done: None}, "its function to return numbers"),
        ({"learning_rate_schedule": 0.5}, "a name, a function or a list of numbers: got an object of type float"),
        ({"learning_rate_schedule": b"5"}, "got an object of type bytes"),
        ({"learning_rate_schedule": [1.0, 50.0]}, "learning_rate must be at most 0.8"),
    ],
    ids=["name", "end", "end-own", "negative", "nan", "zeros", "empty", "none", "number", "bytes", "large"],
)
def test_what_is_refused(given, message):
    with pytest.raises(OptionError, match=message):
        SkipGram(**given)


def test_the_command_takes_factors_and_names():
    assert [schedule(text) for text in ("0.1,1,0.5", "1", "cosine")] == [[0.1, 1.0, 0.5], [1.0], "cosine"]

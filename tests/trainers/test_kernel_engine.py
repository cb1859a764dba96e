"""How many threads train while other programs use the cores; the bytes do not depend on it."""

import pytest

from wordvec import CBOW, Corpus, SkipGram
from wordvec.native import library
from wordvec.trainers import kernel_engine
from wordvec.trainers.kernel_engine import CALLS_BETWEEN_TRIALS, ROUNDS, SECONDS_A_CHUNK, TRIAL, Crew


def threads_of(crew, rate_of, calls):
    """The threads of so many calls; `rate_of` gives the rate of a call by its threads."""
    threads = []
    for _ in range(calls):
        threads.append(crew.threads)
        crew.after(rate_of(crew.threads), seconds=2.5)
    return threads


def test_all_threads_train_at_first_and_as_long_as_they_are_fastest():
    of_trials = [2, 1] * ROUNDS
    threads = threads_of(Crew(2, sharing=2), lambda threads: threads**0.5, 100)
    assert threads == [2, 2, *([*of_trials, *[2] * (CALLS_BETWEEN_TRIALS + 1)] * 9)][:100]


def test_one_thread_trains_where_it_is_faster_and_all_are_tried_again():
    threads = threads_of(Crew(2, sharing=2), {1: 3.0, 2: 2.0}.get, 100)
    assert threads == [2, 2, *([2, 1] * ROUNDS + [1] * (CALLS_BETWEEN_TRIALS + 1)) * 9][:100]


def test_a_number_of_threads_that_is_far_slower_is_tried_once():
    threads = threads_of(Crew(2, sharing=2), {1: 3.0, 2: 0.2}.get, 100)
    assert threads == [2, 2, *([2, 1, 1] + [1] * (CALLS_BETWEEN_TRIALS + 1)) * 9][:100]


def test_a_machine_that_becomes_quiet_gets_all_threads_back():
    crew = Crew(2, sharing=2)
    threads_of(crew, lambda threads: 3 - threads, 2 + 2 * ROUNDS)
    assert crew.threads == 1
    assert threads_of(crew, lambda threads: threads, 45)[-20:] == [2] * 20


def test_a_trial_goes_by_the_mean_so_that_one_moment_does_not_decide():
    crew, rates = Crew(2, sharing=2), iter([2, 2, 1.7, 1.8, 3.0, 1.8])
    threads_of(crew, lambda threads: next(rates), 6)
    assert crew.threads == 2


def test_of_many_threads_fewer_are_tried_too_and_later_only_the_numbers_beside_the_fastest():
    crew = Crew(9, sharing=8)  # one that only draws
    rates = {9: 1.0, 4: 1.5, 2: 1.4, 1: 0.9}.get
    assert threads_of(crew, rates, 11)[2:] == [9, 4, 2, 1, 9, 4, 2, 1, 4]
    assert threads_of(crew, rates, CALLS_BETWEEN_TRIALS + 6)[-6:] == [9, 4, 2, 9, 4, 2]


def test_trials_are_short():
    crew, trial = Crew(2, sharing=2), SECONDS_A_CHUNK / TRIAL
    seconds = [crew.after({1: 3.0, 2: 2.0}[crew.threads], seconds=1.0) for _ in range(30)]
    of_trial = [*[trial] * 2 * ROUNDS, SECONDS_A_CHUNK]
    assert seconds == [SECONDS_A_CHUNK, *of_trial, *[SECONDS_A_CHUNK] * CALLS_BETWEEN_TRIALS, *of_trial][:30]


def test_calls_that_are_too_short_are_not_judged():
    crew = Crew(2, sharing=2)
    assert [crew.after(1.0, seconds=0.005) for _ in range(5)] == [SECONDS_A_CHUNK] * 5
    threads_of(crew, {1: 3.0, 2: 2.0}.get, 3)
    assert crew.threads == 1
    crew.after(0.001, seconds=0.005)  # the rest of an epoch
    assert crew.threads == 1


def test_one_thread_needs_no_choice():
    assert threads_of(Crew(1, sharing=1), lambda _: 1.0, 30) == [1] * 30
    assert threads_of(Crew(3, sharing=1), lambda _: 1.0, 30) == [3] * 30


@pytest.mark.skipif(not library.is_available(), reason=str(library.why_not()))
@pytest.mark.parametrize("trainer", [SkipGram, CBOW])
def test_threads_that_change_between_calls_change_no_byte(trainer, monkeypatch):
    text = Corpus.from_sentences([[f"w{n * k % 23}" for n in range(40)] for k in range(1, 60)], min_count=1)
    options = {"dim": 40, "epochs": 2, "slices": 3}
    expected = trainer(**options, threads=3).fit(text).vectors.matrix.tobytes()
    used = []

    def after(self, rate, seconds):
        used.append(self.threads)
        self._fastest = 1 if self._fastest == 3 else 3
        return 0.0  # the next call is as short as possible

    monkeypatch.setattr(Crew, "after", after)
    monkeypatch.setattr(kernel_engine, "FIRST_CHUNK", 256)
    monkeypatch.setattr(kernel_engine, "available_cores", lambda: 3)
    assert trainer(**options, threads=3).fit(text).vectors.matrix.tobytes() == expected
    assert set(used) == {1, 3}

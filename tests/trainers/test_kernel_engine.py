"""How many threads train while other programs use the cores; the bytes do not depend on it."""

import pytest

from wordvec import CBOW, Corpus, SkipGram
from wordvec.native import library
from wordvec.trainers import kernel_engine
from wordvec.trainers.kernel_engine import CALLS_BETWEEN_TRIALS, SECONDS_A_CHUNK, TRIAL, Crew


def threads_of(crew, machine, calls):
    """The threads of so many calls; `machine` gives the rate and the cores of a call by its threads."""
    threads = []
    for _ in range(calls):
        threads.append(crew.threads)
        rate, cores = machine(crew.threads)
        crew.after(rate, cores * 2.5, seconds=2.5)
    return threads


def test_on_a_quiet_machine_all_threads_train():
    assert threads_of(Crew(4, sharing=4), lambda threads: (threads * 0.9, threads * 0.95), 50) == [4] * 50


def test_one_thread_trains_where_it_is_faster_and_all_are_tried_again():
    threads = threads_of(Crew(2, sharing=2), lambda threads: ({1: 3.0, 2: 1.0}[threads], 0.2 * threads), 100)
    assert threads == [*([2] + [1] * (CALLS_BETWEEN_TRIALS + 2)) * 9][:100]


def test_a_machine_that_becomes_quiet_gets_all_threads_back():
    crew = Crew(2, sharing=2)
    threads_of(crew, lambda threads: (3 - threads, 0.2), 2)
    assert crew.threads == 1
    assert threads_of(crew, lambda threads: (threads, threads), 50)[CALLS_BETWEEN_TRIALS + 1 :] == [2] * (
        49 - CALLS_BETWEEN_TRIALS
    )


def test_where_one_thread_is_no_faster_it_is_not_tried_all_the_time():
    threads = threads_of(Crew(3, sharing=3), lambda threads: (threads, 1.0), 100)
    assert threads == [3, *([1] + [3] * (CALLS_BETWEEN_TRIALS + 1)) * 9][:100]


def test_trials_are_short():
    crew = Crew(2, sharing=2)
    seconds = [crew.after({1: 3.0, 2: 1.0}[crew.threads], 0.2, seconds=1.0) for _ in range(CALLS_BETWEEN_TRIALS + 3)]
    trial = SECONDS_A_CHUNK / TRIAL
    assert seconds == [trial, *[SECONDS_A_CHUNK] * (CALLS_BETWEEN_TRIALS + 1), trial]


def test_the_first_call_is_too_short_to_judge_by():
    crew = Crew(2, sharing=2)
    assert crew.after(1.0, 0.001, seconds=0.005) == SECONDS_A_CHUNK
    assert crew.threads == 2


def test_threads_that_only_draw_need_no_core_of_their_own():
    assert threads_of(Crew(3, sharing=2), lambda threads: (threads, 1.6), 30) == [3] * 30
    assert threads_of(Crew(3, sharing=2), lambda threads: (threads, 1.3), 2) == [3, 1]


def test_one_thread_needs_no_choice():
    assert threads_of(Crew(1, sharing=1), lambda _: (1.0, 0.01), 30) == [1] * 30


@pytest.mark.skipif(not library.is_available(), reason=str(library.why_not()))
@pytest.mark.parametrize("trainer", [SkipGram, CBOW])
def test_threads_that_change_between_calls_change_no_byte(trainer, monkeypatch):
    text = Corpus.from_sentences([[f"w{n * k % 23}" for n in range(40)] for k in range(1, 60)], min_count=1)
    options = {"dim": 40, "epochs": 2, "slices": 3}
    expected = trainer(**options, threads=3).fit(text).vectors.matrix.tobytes()
    used = []

    def after(self, rate, processor_seconds, seconds):
        used.append(self.threads)
        self.now = 1 if self.now == self.most else self.most
        return 0.0  # the next call is as short as possible

    monkeypatch.setattr(Crew, "after", after)
    monkeypatch.setattr(kernel_engine, "FIRST_CHUNK", 256)
    monkeypatch.setattr(kernel_engine, "available_cores", lambda: 3)
    assert trainer(**options, threads=3).fit(text).vectors.matrix.tobytes() == expected
    assert set(used) == {1, 3}

"""Shards, chunks, threads and memory leave no trace; the compiled functions do what the plain ones say."""

import hashlib
import inspect
import tempfile
import tracemalloc
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.corpus import Corpus
from wordvec.corpus.read.compression import decompressed
from wordvec.counts import cooccurrence, count_cooccurrences, rows, stream
from wordvec.counts.rows import Plan, compiled, make_plan, plain, team
from wordvec.counts.rows.team import Team, chunks, new_workplace
from wordvec.errors import OptionError, ShapeError
from wordvec.growing_array import GrowingArray
from wordvec.native import library

needs_library = pytest.mark.skipif(not library.is_available(), reason=str(library.why_not()))
TWINS = ["count_words", "place_words", "count_rows", "merge_rows"]


def bytes_of(matrix):
    return matrix.data.tobytes(), matrix.indices.tobytes(), matrix.indptr.tobytes()


def make_text(seed=3, sentences=200, words=70):
    rng = np.random.default_rng(seed)
    parts = [np.minimum(rng.zipf(1.5, size=n), words) - 1 for n in rng.integers(0, 30, size=sentences)]
    return np.concatenate(parts).astype(np.int32), np.cumsum([0] + [len(part) for part in parts]), words


@pytest.fixture(scope="module")
def text():
    return make_text()


@pytest.fixture(params=[pytest.param(compiled, marks=needs_library, id="compiled"), pytest.param(plain, id="plain")])
def functions(request, monkeypatch):
    monkeypatch.setattr(team, "counting_functions", lambda: request.param)
    return request.param


def plan_for(monkeypatch, plan):
    monkeypatch.setattr(cooccurrence, "make_plan", lambda *_: plan)


@pytest.mark.parametrize("weighting, side", [("harmonic", "both"), ("flat", "left"), ("linear", "right")])
@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("shard", [1, 300, 1000, 10**6])
def test_shards_and_threads_do_not_change_a_bit(text, weighting, side, threads, shard, monkeypatch):
    if shard == 1:  # as many runs as words: a few are enough
        text = make_text(sentences=3)
    monkeypatch.setattr(team, "CELLS_PER_CHUNK", 1)
    whole = count_cooccurrences(text, 6, weighting, side, threads=1).matrix
    plan_for(monkeypatch, Plan(shard=shard, stream=100, result=100))
    assert bytes_of(count_cooccurrences(text, 6, weighting, side, threads=threads).matrix) == bytes_of(whole)


@pytest.mark.parametrize("shard", [300, 10**6])
@needs_library
def test_without_the_library_the_same_cells(text, functions, shard, monkeypatch):
    whole = count_cooccurrences(text, 6, "harmonic").matrix
    monkeypatch.setattr(team, "counting_functions", lambda: compiled)
    plan_for(monkeypatch, Plan(shard, 10**6, 10**6))
    assert bytes_of(count_cooccurrences(text, 6, "harmonic").matrix) == bytes_of(whole)


@pytest.mark.parametrize("available", [True, False])
def test_without_the_library_the_plain_functions_count(available, monkeypatch):
    monkeypatch.setattr(library, "is_available", lambda: available)
    assert team.counting_functions() is (compiled if available else plain)


@pytest.mark.parametrize("name", TWINS)
def test_the_twins_have_one_signature(name):
    ours, theirs = (list(inspect.signature(getattr(module, name)).parameters) for module in (compiled, plain))
    assert ours == theirs


@needs_library
@settings(max_examples=60, deadline=None)
@given(
    words=st.lists(st.integers(0, 7), min_size=1, max_size=40),  # 6 is a border, 7 a removed word
    window=st.integers(1, 9),
    sides=st.sampled_from([(1, 1), (1, 0), (0, 1)]),
    pairs_at_once=st.sampled_from([1, 5, 1000]),
)
def test_the_twins_agree_on_any_stream(words, window, sides, pairs_at_once):
    stream_ids = np.array([6, *words, 6], np.int32)
    weights = np.arange(window + 1) * 3
    found = []
    for module in (compiled, plain):
        counts, positions, row_sizes = (
            np.empty(6, np.int64),
            np.empty(len(stream_ids), np.uint32),
            np.zeros(6, np.int32),
        )
        module.count_words(stream_ids, 1, len(stream_ids) - 1, counts)
        starts = np.append(0, np.cumsum(counts))
        places = starts[:-1].copy()
        module.place_words(stream_ids, 1, len(stream_ids) - 1, places, positions)
        assert (places == starts[1:]).all()
        work, total = new_workplace(6, 36), starts[-1]
        shard = team.Text(stream_ids, positions[:total], starts, weights, window * sides[0], window * sides[1])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(plain, "PAIRS_AT_ONCE", pairs_at_once)
            filled = module.count_rows(shard, work, 1, 6, row_sizes)
        found.append((positions[:total].tolist(), work.columns[:filled].tolist(), work.sums[:filled].tolist()))
        found[-1] += (row_sizes.tolist(),)
        if module is compiled:  # ready for the next chunk
            assert not work.marks.any()
            assert not work.summary.any()
            assert not work.accumulator[:7].any()
    assert found[0] == found[1]


@needs_library
def test_runs_merge_alike():
    """Parts that share columns, have columns of their own, and have rows without cells."""
    rng = np.random.default_rng(4)
    sizes = rng.integers(0, 5, size=(3, 6)) * (rng.random((3, 6)) < 0.7)
    cells = [np.sort(rng.choice(200, size=n, replace=False)) for n in sizes.ravel()]
    starts = np.zeros((3, 7), np.int64)
    starts[:, 1:] = np.cumsum(sizes, axis=1)
    starts += np.append(0, np.cumsum(sizes.sum(axis=1)))[:-1, None]
    parts = team.Parts(np.concatenate(cells).astype(np.int32), rng.integers(1, 2**40, size=starts.max()), starts)
    found = []
    for module in (compiled, plain):
        work, row_sizes = new_workplace(200, len(parts.sums)), np.zeros(6, np.int32)
        filled = module.merge_rows(parts, work, row_sizes)
        found.append((work.columns[:filled].tolist(), work.sums[:filled].tolist(), row_sizes.tolist()))
    assert found[0] == found[1]


STREAM = np.array([6, 0, 5, 7, 3, 6], np.int32)  # of 6 words; 6 is a border, 7 a removed word
TEXT = team.Text(STREAM, np.array([1, 4, 2], np.uint32), np.array([0, 1, 1, 1, 2, 2, 3]), np.array([0, 1]), 1, 1)


def counted(text, room=36, words=6, rows=(0, 6)):
    return compiled.count_rows(text, new_workplace(words, room), *rows, np.zeros(6, np.int32))


@needs_library
def test_what_would_read_or_write_elsewhere_never_reaches_c():
    counts, positions = np.zeros(6, np.int64), np.zeros(6, np.uint32)
    assert counted(TEXT) == 4 - 2  # 0 and 5 meet; 3 meets a removed word only
    for begin, end in ((-1, 3), (3, 7), (4, 3)):
        with pytest.raises(ShapeError, match="a stretch outside"):
            compiled.count_words(STREAM, begin, end, counts)
    for bad in (-1, 8):
        with pytest.raises(ShapeError, match="ids outside"):
            compiled.place_words(np.array([6, bad, 6], np.int32), 0, 3, counts, positions)
    with pytest.raises(ShapeError, match="places lie outside"):
        compiled.place_words(STREAM, 0, 6, counts + 7, positions)
    with pytest.raises(ShapeError, match="int32 expected; got int64"):
        compiled.count_words(STREAM.astype(np.int64), 0, 6, counts)


@needs_library
@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"stream": STREAM[1:]}, {}, "begin and end with a border"),
        ({"stream": STREAM[:-1]}, {}, "begin and end with a border"),
        ({"left": 2}, {}, "a window without weight"),
        ({"positions": TEXT.positions[:2]}, {}, "row starts outside"),
        ({"row_starts": TEXT.row_starts[:-1]}, {}, "rows outside"),
        ({}, {"rows": (0, 7)}, "rows outside"),
        ({}, {"room": 3}, "no room"),
        ({}, {"words": 5}, "another vocabulary"),
    ],
)
def test_texts_and_workplaces_that_do_not_fit_are_refused(change, options, message):
    with pytest.raises(ShapeError, match=message):
        counted(TEXT._replace(**change), **options)


@needs_library
@pytest.mark.parametrize(
    ("columns", "starts", "room", "message"),
    [
        ([0, 6], [[0, 2]], 9, "cells outside"),
        ([0, -1], [[0, 2]], 9, "cells outside"),
        ([0, 1], [[0, 3]], 9, "starts must rise"),
        ([0, 1], [[0, 2], [2, 1]], 9, "starts must rise"),
        ([0, 1], [[0, 1, 2]], 9, "parts do not fit"),
        ([0, 1], [[0, 2]], 1, "no room"),
    ],
)
def test_parts_that_do_not_fit_are_refused(columns, starts, room, message):
    parts = team.Parts(np.array(columns, np.int32), np.ones(2, np.int64), np.array(starts))
    with pytest.raises(ShapeError, match=message):
        compiled.merge_rows(parts, new_workplace(6, room), np.zeros(1, np.int32))


def test_a_planted_fault_is_caught(text, monkeypatch):
    """A chunk that forgets its last row must not look the same."""
    whole = count_cooccurrences(text, 3).matrix
    count_rows = plain.count_rows
    monkeypatch.setattr(team, "counting_functions", lambda: plain)
    monkeypatch.setattr(plain, "count_rows", lambda text, work, a, b, sizes: count_rows(text, work, a, b - 1, sizes))
    assert count_cooccurrences(text, 3).matrix.nnz < whole.nnz


def test_many_words_use_both_layers_of_marks():
    size = 3 * 4096 + 70
    ids = np.array([0, 63, 64, 4095, 4096, 8191, 8192, size - 1], np.int32)
    matrix = count_cooccurrences((ids, np.array([0, 8]), size), window=7).matrix
    assert matrix.indices[: matrix.indptr[1]].tolist() == ids[1:].tolist()
    assert matrix.nnz == 8 * 7


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 12))
def test_chunks_cover_all_rows_and_fit(sizes, room):
    ranges = list(chunks(np.array(sizes, np.int64), room))
    assert [row for first, last in ranges for row in range(first, last)] == list(range(len(sizes)))
    assert all(sum(sizes[first:last]) <= room or last == first + 1 for first, last in ranges)


def test_an_index_is_the_same_for_any_number_of_threads(text):
    numbers = np.append(text[0], text[2]).astype(np.int32)
    with Team(text[2], 1) as one, Team(text[2], 3) as three:
        for ours, theirs in zip(one.index(numbers, 5, 900), three.index(numbers, 5, 900)):
            np.testing.assert_array_equal(ours, theirs)


def test_a_fault_in_a_thread_reaches_the_caller_and_ends_the_threads(text, monkeypatch):
    def broken(*_):
        raise MemoryError("no room")

    monkeypatch.setattr(team, "counting_functions", lambda: plain)
    monkeypatch.setattr(plain, "count_rows", broken)
    with pytest.raises(MemoryError, match="no room"):
        count_cooccurrences(text, 3, threads=3)


# plans


def test_a_plan_keeps_to_its_limit():
    for memory in (40 * 2**20, 2**30, 2**34):
        plan = make_plan(memory, length=10**8, vocabulary_size=50_000, threads=2)
        assert 8 * plan.shard + plan.result <= memory
        assert plan.stream <= 4 * plan.shard
        assert plan.shard >= rows.SMALLEST_SHARD
    assert make_plan(2**34, 10**8, 50_000, 2).shard == 10**8


def test_the_least_memory_named_is_enough():
    with pytest.raises(
        OptionError, match=r"counting 50,000 words with 2 threads needs at least (\S+); got 1M"
    ) as error:
        make_plan(2**20, 10**8, 50_000, 2)
    least = str(error.value).split("at least ")[1].split(";")[0]
    assert make_plan(cooccurrence.parse_bytes(least), 10**8, 50_000, 2).shard >= rows.SMALLEST_SHARD


@pytest.mark.parametrize("free", [None, 0, 2**40])
def test_without_a_limit_any_machine_will_do(free, monkeypatch):
    monkeypatch.setattr(rows, "available_memory", lambda: free)
    plan = make_plan(None, 10**6, 1000, 2)
    assert plan.shard == (rows.SMALLEST_SHARD if free == 0 else 10**6)


def test_memory_is_held_to_the_limit(tmp_path, monkeypatch):
    """numpy tells tracemalloc of its arrays: with a limit below the result, it lies in a file that has no name."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(team, "CELLS_PER_CHUNK", 2**12)
    monkeypatch.setattr(rows, "SMALLEST_SHARD", 2**10)
    monkeypatch.setattr(stream, "TOKENS_AT_ONCE", 2**10)
    ids = np.random.default_rng(1).integers(600, size=60_000, dtype=np.int32)
    text = ids, np.array([0, len(ids)]), 600
    count_cooccurrences(make_text(sentences=1), 8, threads=1)  # loads what is needed
    peaks, results = [], []
    for memory in ("1G", "0.5M"):
        tracemalloc.start()
        results.append(count_cooccurrences(text, 8, memory=memory, threads=1).matrix)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert bytes_of(results[0]) == bytes_of(results[1])
    assert 12 * results[0].nnz > 3.9e6  # nearly every word met every other
    assert peaks[0] > 12 * results[0].nnz
    assert peaks[1] < 2**20  # row starts of the result, and what numpy needs for a moment, come on top
    assert list(tmp_path.iterdir()) == []


@pytest.mark.data
def test_real_text_is_counted_alike_by_any_threads_in_any_memory(data_folder, tmp_path):
    with open(data_folder / "en17m.txt.zst", "rb") as file:
        data = b"".join(islice(decompressed(iter(lambda: file.read(1 << 18), b""), "en17m.txt.zst"), 4))
    (tmp_path / "text.txt").write_bytes(data[: data.rindex(b"\n")])
    corpus = Corpus.build(str(tmp_path / "text.txt"), min_count=2)
    assert len(corpus.ids) > 400_000  # more than a shard in the least memory here
    digests = set()
    for threads, memory in ((1, None), (2, "1G"), (4, "100M"), (2, "20M"), (1, "12M")):
        matrix = count_cooccurrences(corpus, 10, "harmonic", threads=threads, memory=memory).matrix
        digests.add(hashlib.sha256(b"".join(bytes_of(matrix))).hexdigest())
    assert len(digests) == 1


def test_runs_on_disk_read_back_in_pieces():
    run = GrowingArray(np.int64, limit=0)
    run.append(np.arange(10))
    assert run.on_disk
    assert run.read(2, 5).tolist() == [2, 3, 4]

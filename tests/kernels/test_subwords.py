"""Words made of parts: the compiled kernels against Embedding -> Mean -> loss, and the bound on shared parts."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_inputs import distance

from wordvec.corpus.draws import steps
from wordvec.corpus.draws.examples import ExampleSampler
from wordvec.corpus.draws.steps import WHOLE
from wordvec.errors import OptionError, ShapeError
from wordvec.kernels import cpu, reference, word_parts
from wordvec.kernels.huffman import huffman_paths
from wordvec.kernels.tables import Tables
from wordvec.kernels.word_parts import WordParts
from wordvec.native import library

pytestmark = pytest.mark.skipif(not library.is_available(), reason="the C library is not here")

ARCHITECTURES = ("skipgram", "cbow")
WORDS, POSITIONS, NGRAMS = 30, 400, 25
STARTS = np.array([0, 0, 1, 7, 8, 8, 120, 121, 330, POSITIONS])  # empty sentences, single words, long ones
IDS = np.minimum(np.random.default_rng(0).zipf(1.3, POSITIONS) - 1, WORDS - 1).astype(np.int32)
COUNTS = np.bincount(IDS, minlength=WORDS) + 1


def make_sampler(**options):
    return ExampleSampler.for_counts(COUNTS, subsample=0.05, **{"window": 5, "negatives": 5, "seed": 5, **options})


def run(module, architecture, W_in, W_out, sampler, **options):
    tables = Tables(W_in, W_out) if module is cpu else reference.Tables(W_in, W_out)
    options = {"first": 0, "last": POSITIONS, "epoch": 1, "epochs": 3, "learning_rate": 0.02, "block": 32, **options}
    train = {"skipgram": module.train_skipgram, "cbow": module.train_cbow}[architecture]
    loss = train(tables, IDS, STARTS, sampler, **options)
    return loss, *tables.unpack()


def parts_of(lists):
    """Parts from a list of rows for each word."""
    starts = np.concatenate([[0], np.cumsum([len(rows) for rows in lists])])
    return WordParts.of_rows(starts, np.concatenate(lists), max(map(max, lists)) + 1)


def random_parts(seed=3):
    """Each word's own row, and up to 8 others: repeated ones, ones of one word alone, ones that many share."""
    rng = np.random.default_rng(seed)
    others = [WORDS + rng.integers(0, NGRAMS, rng.integers(0, 9)) for _ in range(WORDS)]
    others[0] = np.array([WORDS, WORDS, WORDS + NGRAMS - 1])
    return parts_of([np.append(word, rows) for word, rows in enumerate(others)])


PARTS = random_parts()
MERGED, PLACE = PARTS.merged(COUNTS)


def tables_of(dimension, seed=1):
    rng = np.random.default_rng(seed)
    scale = 0.7 / np.sqrt(dimension)
    rows, outputs = PARTS.table_rows, WORDS
    return [(rng.normal(size=(n, dimension)) * scale).astype(np.float32) for n in (rows, outputs)]


def merged_table(table):
    merged = np.zeros((MERGED.table_rows, table.shape[1]), table.dtype)
    np.add.at(merged, PLACE, table)
    return merged


def expanded(merged, table):
    """What the rows of `table` are after the training of `merged_table(table)`."""
    times = np.bincount(PLACE, minlength=len(merged))[:, None]
    return table + ((merged - merged_table(table)) / times)[PLACE]


# -- the layout


def test_rows_that_the_same_words_have_become_one():
    # 3 and 4 are in both words; 5 twice in the first; 6 and 0 in the first alone, once
    parts = parts_of([[0, 3, 4, 5, 5, 6], [1, 3, 4], [2]])
    merged, place = parts.merged(np.array([9, 1, 5]))
    assert merged.table_rows == 5 and place[3] == place[4] and place[6] == place[0]
    assert len({place[row] for row in (0, 1, 2, 3, 5)}) == 5
    assert merged.sizes.tolist() == parts.sizes.tolist() == [6.0, 3.0, 1.0]
    assert [len(merged.rows[a:b]) for a, b in zip(merged.starts, merged.starts[1:])] == [4, 2, 1]
    assert [place[5], place[3]] == [0, 1]  # the most used first: twice 9 times, 9 + 1


def test_a_merged_table_makes_the_same_words():
    table, _ = tables_of(7)
    np.testing.assert_allclose(MERGED.composed(merged_table(table)), PARTS.composed(table), atol=1e-6)
    by_hand = [table[PARTS.rows[a:b]].mean(axis=0) for a, b in zip(PARTS.starts, PARTS.starts[1:])]
    np.testing.assert_allclose(PARTS.composed(table), by_hand, atol=1e-6)


# -- kernel and layers


def assert_same_training(architecture, dimension, layers_parts=PARTS, **options):
    options = {"block": 32, "last": 160, **options}
    table, W_out = tables_of(dimension)
    of_layers = {name: value for name, value in options.items() if name != "threads"}
    loss, merged, *out = run(cpu, architecture, merged_table(table), W_out, make_sampler(), parts=MERGED, **options)
    kernel = [expanded(merged.astype(np.float64), table), *out]
    precise = (table.astype(np.float64), W_out.astype(np.float64))
    exact = run(reference, architecture, *precise, make_sampler(), parts=layers_parts, **of_layers)
    assert loss[1:] == exact[0][1:]
    assert loss.total == pytest.approx(exact[0].total, rel=1e-6)
    _, *readable = run(reference, architecture, table, W_out, make_sampler(), parts=layers_parts, **of_layers)
    assert distance(kernel, exact[1:]) <= 4 * distance(readable, exact[1:])


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(
    ("dimension", "options"),
    [
        (100, {}),
        (1, {"block": 1}),
        (17, {"block": POSITIONS, "last": POSITIONS}),
        (40, {"meetings": 2}),
        (40, {"meetings": 10}),  # takes in a window of 5 on each side: one group
    ],
)
def test_equals_the_layers(architecture, dimension, options):
    assert_same_training(architecture, dimension, **options)


def test_other_groups_are_caught(monkeypatch):
    """The planted fault: the layers take a window that the bound takes in as two groups."""
    run_reference = reference.train_skipgram
    size = steps.group_size

    def halved(*args, **options):
        monkeypatch.setattr(steps, "group_size", lambda meetings, *rest: size(meetings))
        try:
            return run_reference(*args, **options)
        finally:
            monkeypatch.setattr(steps, "group_size", size)

    monkeypatch.setattr(reference, "train_skipgram", halved)
    with pytest.raises(AssertionError):
        assert_same_training("skipgram", 40, meetings=10)


def test_equals_the_layers_with_the_sum_gradient():
    assert_same_training("cbow", 40, gradient="sum")


def other_parts():
    """One part of one common word is another."""
    rows, place = PARTS.rows.copy(), PARTS.starts[0] + 1
    rows[place] = WORDS + (rows[place] - WORDS + 1) % NGRAMS
    return WordParts.of_rows(PARTS.starts, rows, PARTS.table_rows)


def uncut(self, words, quarters, meetings):
    return [np.ones(self.starts[word + 1] - self.starts[word], np.float32) for word in words]


def test_another_part_is_caught():
    with pytest.raises(AssertionError):
        assert_same_training("skipgram", 40, other_parts())


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_bound_left_out_is_caught(monkeypatch, architecture):
    monkeypatch.setattr(word_parts.WordParts, "shares", uncut)
    with pytest.raises(AssertionError):
        assert_same_training(architecture, 40, block=POSITIONS, last=POSITIONS, meetings=4)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(("dimension", "block"), [(100, 32), (300, 16)])
def test_same_bytes_for_any_number_of_threads_and_cut(architecture, dimension, block):
    table, W_out = tables_of(dimension)
    table = merged_table(table)
    one = run(cpu, architecture, table, W_out, make_sampler(), block=block, parts=MERGED)
    four = run(cpu, architecture, table, W_out, make_sampler(), block=block, parts=MERGED, threads=4)
    assert four[0] == one[0] and [W.tobytes() for W in four[1:]] == [W.tobytes() for W in one[1:]]
    tables, train = Tables(table, W_out), {"skipgram": cpu.train_skipgram, "cbow": cpu.train_cbow}[architecture]
    for first in range(0, POSITIONS, 5 * block):
        options = {"epoch": 1, "epochs": 3, "learning_rate": 0.02, "block": block, "threads": 1 + first % 3}
        last = min(first + 5 * block, POSITIONS)
        train(tables, IDS, STARTS, make_sampler(), first=first, last=last, parts=MERGED, **options)
    assert [W.tobytes() for W in tables.unpack()] == [W.tobytes() for W in one[1:]]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(("dimension", "parts"), [(100, MERGED), (300, MERGED), (300, None)])
def test_same_bytes_for_any_number_of_bands(architecture, dimension, parts):
    table, W_out = tables_of(dimension)
    table = table[:WORDS] if parts is None else merged_table(table)
    train = {"skipgram": cpu.train_skipgram, "cbow": cpu.train_cbow}[architecture]
    options = {"first": 0, "last": POSITIONS, "epoch": 1, "epochs": 3, "learning_rate": 0.02, "block": 32}
    found = set()
    for bands, threads in [(None, 2), (1, 1), (1, 3), (2, 1), (2, 2), (3, 2), (9, 4)]:
        tables = Tables(table, W_out, threads=bands)
        loss = train(tables, IDS, STARTS, make_sampler(), parts=parts, threads=threads, **options)
        found.add((loss, *(W.tobytes() for W in tables.unpack())))
    assert len(found) == 1


def test_words_that_are_their_own_only_part_train_as_without_parts():
    alone = parts_of([[word] for word in range(WORDS)])
    table, W_out = tables_of(40)[0][:WORDS], tables_of(40)[1]
    loss, *plain = run(cpu, "skipgram", table, W_out, make_sampler())
    with_parts, *same = run(cpu, "skipgram", table, W_out, make_sampler(), parts=alone)
    assert with_parts[1:] == loss[1:] and with_parts.total == pytest.approx(loss.total, rel=1e-6)
    assert distance(same, plain) < 1e-7


# -- the bound


def test_shares_by_hand():
    """Three words of two parts each: one of their own, and row 3, which all have."""
    parts = parts_of([[0, 3], [1, 3], [2, 3]])
    met = WHOLE * np.array([10, 4, 2])
    # row 3 is met 16 times
    assert [share.tolist() for share in parts.shares(np.arange(3), met, meetings=16)] == [[1, 1]] * 3
    np.testing.assert_allclose(parts.shares(np.arange(3), met, meetings=13), [[1, 13 / 16]] * 3)
    cut = parts.shares(np.arange(3), met, meetings=9)
    np.testing.assert_allclose(cut, [[1, 10 / 16]] * 3)  # 10: what one word was trained by in steps of its own
    assert [share.tolist() for share in parts.shares(np.arange(1), met[:1], meetings=1)] == [[1, 1]]


def test_a_part_that_a_word_has_many_times_moves_it_no_further_than_its_training():
    """Dashes: all n-grams of one length are one."""
    parts = parts_of([[0, *[1] * 50]])
    (share,) = parts.shares(np.array([0]), np.array([WHOLE * 30]), meetings=24)
    np.testing.assert_allclose(share, [1, *[1 / 50] * 50], rtol=1e-6)
    moved = (share[0] * 1 + (share[1:] * 50).sum()) / 51  # of what the composed row changed by
    assert moved <= 1.0 + 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_no_word_moves_further_than_the_bound(seed):
    rng = np.random.default_rng(seed)
    parts = random_parts(seed)
    words = np.sort(rng.choice(WORDS, 20, replace=False))
    met = WHOLE * rng.integers(1, 40, len(words))
    shares = parts.shares(words, met, meetings=12)
    moved = np.zeros(parts.table_rows)  # by how many meetings each row moves
    lists = [parts.rows[parts.starts[word] : parts.starts[word + 1]] for word in words]
    for rows, share, times in zip(lists, shares, met / WHOLE):
        np.add.at(moved, rows, share * times)
    for rows in lists:
        sharing = [times for other, times in zip(lists, met / WHOLE) if set(other) & set(rows)]
        assert moved[rows].mean() <= max(12, *sharing) + 1e-6


# -- calls that make no sense


def test_parts_that_do_not_fit_are_refused():
    table, W_out = tables_of(8)
    with pytest.raises(ShapeError, match="do not fit W_in's 29"):
        run(cpu, "skipgram", table[:29], W_out, make_sampler(), parts=PARTS)
    with pytest.raises(OptionError, match="negative sampling, in float32"):
        paths = huffman_paths(COUNTS)
        run(cpu, "skipgram", table, W_out, make_sampler(negatives=0), parts=PARTS, paths=paths)
    wrong = WordParts(PARTS.starts, PARTS.rows + 1, PARTS.times, PARTS.table_rows)
    with pytest.raises(ShapeError, match="parts must be rows 0"):
        run(cpu, "skipgram", table, W_out, make_sampler(), parts=wrong)
    empty = WordParts(np.append(PARTS.starts[:1], PARTS.starts[:-1]), PARTS.rows, PARTS.times, PARTS.table_rows)
    with pytest.raises(ShapeError, match="do not fit"):
        run(cpu, "skipgram", table, W_out, make_sampler(), parts=empty)

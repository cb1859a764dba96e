"""Paragraph vectors in the compiled kernel: the tags of documents as contexts, against the layers and by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from kernel_inputs import distance

from wordvec.corpus.draws.examples import ExampleSampler, TaggedSampler, Tags
from wordvec.errors import OptionError, ShapeError
from wordvec.kernels import cpu, reference
from wordvec.kernels.huffman import huffman_paths
from wordvec.kernels.tables import Tables
from wordvec.native import library

pytestmark = pytest.mark.skipif(not library.is_available(), reason="the C library is not here")

WORDS, TAGS, POSITIONS = 30, 6, 400
IDS = np.minimum(np.random.default_rng(0).zipf(1.3, POSITIONS) - 1, WORDS - 1).astype(np.int32)
STARTS = np.array([0, 0, 1, 7, 8, 8, 120, 121, 330, POSITIONS])
COUNTS = np.bincount(IDS, minlength=WORDS) + 1
# Documents with one tag, several, one twice, none, and one that all others share.
LISTED = [[0], [1], [0, 2], [3, 3], [], [4, 0, 1, 2, 3, 5], [], [5], [0, 4, 4]]


def tags_of(listed, words, count=TAGS):
    first = WORDS if words else 0
    rows = np.array([first + tag for tags in listed for tag in tags], np.int32)
    return Tags(np.cumsum([0, *map(len, listed)]), rows, first, count, words)


def make_sampler(words, listed=LISTED, **options):
    options = {"subsample": 0.05, "window": 3, "negatives": 5, "seed": 5, **options}
    return TaggedSampler.for_counts(COUNTS, of_sentences=tags_of(listed, words), **options)


def random_tables(dimension, words):
    rng, scale = np.random.default_rng(1), 0.7 / np.sqrt(dimension)
    shapes = (TAGS + (WORDS if words else 0), dimension), (WORDS, dimension)
    return [(rng.normal(size=shape) * scale).astype(np.float32) for shape in shapes]


def run(module, W_in, W_out, sampler, *, precision="float32", starts=STARTS, **options):
    tables = Tables(W_in, W_out, precision=precision) if module is cpu else reference.Tables(W_in, W_out)
    options = {"first": 0, "last": POSITIONS, "epoch": 1, "epochs": 3, "learning_rate": 0.02, "block": 32, **options}
    loss = module.train_skipgram(tables, IDS, starts, sampler, **options)
    return loss, *tables.unpack()


def assert_same_training(dimension, sampler, *, sampler_of_layers=None, slack=4, **options):
    """As in test_cpu.py: no further from the layers in float64 than float32 costs the layers, times `slack`."""
    W_in, W_out = random_tables(dimension, sampler.tags.words)
    layers = sampler_of_layers or sampler
    loss, *kernel = run(cpu, W_in, W_out, sampler, **options)
    exact = run(reference, W_in.astype(np.float64), W_out.astype(np.float64), layers, **options)
    assert loss[1:] == exact[0][1:]
    assert loss.total == pytest.approx(exact[0].total, rel=1e-6)
    _, *readable = run(reference, W_in, W_out, layers, **options)
    assert distance(kernel, exact[1:]) <= slack * distance(readable, exact[1:])


@pytest.mark.parametrize("words", [False, True])
@pytest.mark.parametrize("meetings", [1, 5, 20])
@pytest.mark.parametrize(
    ("dimension", "options"), [(40, {}), (1, {"negatives": 1}), (17, {"negatives": 17, "window": 1})]
)
def test_equals_the_layers(words, meetings, dimension, options):
    last = 160 if meetings == 1 else POSITIONS  # positions: the layers take a step for each meeting
    assert_same_training(dimension, make_sampler(words, **options), meetings=meetings, last=last)


@pytest.mark.parametrize("words", [False, True])
@pytest.mark.parametrize(
    "fault",
    [{"seed": 6}, {"negatives": 4}, {"listed": [*LISTED[:-1], [0, 4]]}, {"listed": [*LISTED[:5], [0], *LISTED[6:]]}],
)
def test_faults_are_caught(words, fault):
    with pytest.raises(AssertionError):
        assert_same_training(40, make_sampler(words), sampler_of_layers=make_sampler(words, **fault))


def test_words_beside_are_skip_gram_where_no_document_has_a_tag():
    sampler = make_sampler(True, [[] for _ in LISTED], window=4)
    W_in, W_out = random_tables(20, True)
    _, of_tags, out_of_tags = run(cpu, W_in, W_out, sampler)
    same = ExampleSampler(sampler.keep_thresholds, sampler.negative_table, window=4, negatives=5, seed=5)
    _, of_words, out_of_words = run(cpu, W_in[:WORDS], W_out, same)
    np.testing.assert_array_equal(of_tags[:WORDS], of_words)
    np.testing.assert_array_equal(out_of_tags, out_of_words)
    np.testing.assert_array_equal(of_tags[WORDS:], W_in[WORDS:])


def test_one_word_by_hand():
    """d -= lr (sigmoid(d.u) - 1) u and u likewise, from the rows as they were; the negative is the other word."""
    tags = Tags(np.array([0, 1]), np.array([0], np.int32), 0, 1, False)
    sampler = TaggedSampler.for_counts(np.array([1, 10**9]), subsample=0, window=1, negatives=1, of_sentences=tags)
    d, u, n = np.float32([[0.5, -0.25]]), np.float32([1.0, 0.5]), np.float32([-0.5, 2.0])
    tables = Tables(d, np.stack([u, n]))
    options = {"first": 0, "last": 1, "epoch": 0, "epochs": 1, "learning_rate": 0.1, "block": 1}
    loss = cpu.train_skipgram(tables, np.zeros(1, np.int32), np.array([0, 1]), sampler, **options)
    W_in, W_out = tables.unpack()
    positive, negative = 1 / (1 + np.exp(-(d[0] @ u))) - 1, 1 / (1 + np.exp(-(d[0] @ n)))
    np.testing.assert_allclose(W_in[0], d[0] - 0.1 * (positive * u + negative * n), rtol=1e-6)
    np.testing.assert_allclose(W_out, [u - 0.1 * positive * d[0], n - 0.1 * negative * d[0]], rtol=1e-6)
    assert loss.total == pytest.approx(-np.log(1 + positive) - np.log(1 - negative), rel=1e-6)


@pytest.mark.parametrize("words", [False, True])
@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_same_bytes_for_any_number_of_threads_and_cut(words, precision):
    if precision == "float16" and not library.has_half():
        pytest.skip("this build has no float16 in memory")
    W_in, W_out = random_tables(100, words)
    whole = [run(cpu, W_in, W_out, make_sampler(words), precision=precision, threads=n)[1:] for n in (1, 2, 3)]
    assert len({b"".join(W.tobytes() for W in weights) for weights in whole}) == 1
    tables = Tables(W_in, W_out, precision=precision)
    for first in range(0, POSITIONS, 32):
        options = {"epoch": 1, "epochs": 3, "learning_rate": 0.02, "block": 32, "last": min(first + 32, POSITIONS)}
        cpu.train_skipgram(tables, IDS, STARTS, make_sampler(words), first=first, **options)
    assert [W.tobytes() for W in tables.unpack()] == [W.tobytes() for W in whole[0]]


def test_a_step_meets_a_tag_no_more_than_the_bound():
    """One tag on all documents: as many steps as the bound asks for, with the kernel's rows those of the layers."""
    sampler = make_sampler(False, [[0]] * len(LISTED), subsample=0)
    W_in, W_out = random_tables(8, False)
    small = run(cpu, W_in, W_out, sampler, block=POSITIONS, meetings=4)
    large = run(cpu, W_in, W_out, sampler, block=POSITIONS, meetings=10**6)
    assert distance(small[1:], large[1:]) > 1e-4  # other scores: the step is cut where the tag was met 4 times
    assert_same_training(8, sampler, block=POSITIONS, meetings=4)


@pytest.mark.parametrize("wrong", [{"number": TAGS + 1}, {"first": 2}, {"starts": [0, 1]}, {"rows": 99}, {"rows": -1}])
def test_tags_that_are_no_rows_are_refused(wrong):
    tags = tags_of(LISTED, False)
    made = {name: np.full_like(tags.rows, value) if name == "rows" else value for name, value in wrong.items()}
    with pytest.raises(ShapeError):
        run(cpu, *random_tables(8, False), replace(make_sampler(False), of_sentences=tags._replace(**made)))


def test_a_tree_is_refused():
    with pytest.raises(OptionError, match="negative sampling"):
        run(cpu, *random_tables(8, False), make_sampler(False), paths=huffman_paths(COUNTS))

"""GloVe by tasks, whatever they are, has the bytes of one machine; and its cells stay in the store."""

from contextlib import contextmanager

import numpy as np
import pytest
from inline_cluster import InlineCluster

from wordvec import Corpus, GloVe
from wordvec.counts import on_cluster
from wordvec.errors import OptionError, TrainingError
from wordvec.kernels.glove import cells
from wordvec.native import library
from wordvec.trainers import glove_on_cluster
from wordvec.trainers.glove_on_cluster import GloveOnCluster

pytestmark = pytest.mark.skipif(not library.is_available(), reason=str(library.why_not()))
OPTIONS = {"dim": 5, "epochs": 3, "init": "random", "seed": 4}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    words = np.random.default_rng(1).zipf(1.3, (600, 12)) % 90
    folder = tmp_path_factory.mktemp("corpus") / "numbers"
    Corpus.from_sentences([[f"w{word}" for word in sentence] for sentence in words], min_count=1).save(folder)
    return Corpus.open(folder)


@pytest.fixture
def fit(monkeypatch, tmp_path):
    """Train by so many tasks at a time, here; the store stays."""
    monkeypatch.setattr(on_cluster, "BLOCK_CELLS", 1500)
    monkeypatch.setattr(cells, "FEWEST_BANDS", 7)
    monkeypatch.setattr(glove_on_cluster, "BANDS_TOGETHER", 3)

    def fit(corpus, tasks, trainer=None, **given):
        trainer, cluster = trainer or GloVe(**OPTIONS), InlineCluster(tmp_path / "store")
        cluster.tasks_at_a_time = tasks

        @contextmanager
        def on_cluster_(*_):
            trainer._cluster = cluster
            yield

        monkeypatch.setattr(trainer, "_on_cluster", on_cluster_)
        fit.cluster = cluster
        return trainer.fit(corpus, **given)

    return fit


def assert_same(one, other):
    np.testing.assert_array_equal(one.vectors.matrix, other.vectors.matrix)
    np.testing.assert_array_equal(one.vectors.context_matrix, other.vectors.context_matrix)
    assert one.history.loss == other.history.loss


@pytest.mark.parametrize("tasks", [1, 2, 3, 7, 40])  # of 7 bands: one group, uneven ones, as many as bands
def test_bytes_are_those_of_one_machine(fit, corpus, tasks, monkeypatch):
    def no_counts(*_, **__):
        raise AssertionError("cells were brought to this process")

    expected = GloVe(**OPTIONS).fit(corpus)
    monkeypatch.setattr(on_cluster, "gathered", no_counts)
    assert_same(fit(corpus, tasks), expected)
    groups = min(tasks, 7)
    assert fit.cluster.done.count("train_tiles") == 3 * groups * (groups + (groups > 1))
    assert fit.cluster.done.count("pack_block") > 2


def test_a_run_that_begins_anew_passes_over_epochs_that_are_done(fit, corpus, monkeypatch):
    train, calls = GloveOnCluster.train, []

    def interrupted(self, *place):
        calls.append(place)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return train(self, *place)

    monkeypatch.setattr(GloveOnCluster, "train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fit(corpus, 3)
    assert_same(fit(corpus, 2), GloVe(**OPTIONS).fit(corpus))  # with fewer workers, too
    assert fit.cluster.done.count("train_tiles") == 2 * 3  # of the third epoch alone


def test_a_checkpoint_goes_on_elsewhere(fit, corpus, tmp_path):
    checkpoint = tmp_path / "run.ckpt"
    fit(corpus, 3, on_epoch=lambda report: report.stop() if report.epoch == 1 else None, checkpoint=checkpoint)
    here = GloVe(**OPTIONS).fit(corpus, checkpoint=checkpoint, resume=True)
    assert_same(here, GloVe(**OPTIONS).fit(corpus))


def test_tasks_tell_the_largest_weight_as_vectors_have_it(fit, corpus, monkeypatch):
    train, told = GloveOnCluster.train, []

    def compared(self, *place):
        loss = train(self, *place)
        told.append((self.largest_weight(), max(np.abs(W).max() for W in self.vectors())))
        return loss

    monkeypatch.setattr(GloveOnCluster, "train", compared)
    fit(corpus, 3)
    assert len(told) == 3
    assert all(by_tasks == of_vectors for by_tasks, of_vectors in told)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_stop_the_run(fit, corpus, value):
    class Broken(GloVe):
        def start_tables(self, size):
            tables = super().start_tables(size)
            tables[1][7, 2] = value
            return tables

    with pytest.raises(TrainingError, match="diverged"):
        fit(corpus, 3, Broken(**OPTIONS))


def test_weights_of_nearly_zero_are_refused_with_the_largest_count(fit, corpus):
    messages = []
    for train in (lambda trainer: trainer.fit(corpus), lambda trainer: fit(corpus, 3, trainer)):
        with pytest.raises(OptionError, match="even the largest count") as error:
            train(GloVe(x_max=1e9, **OPTIONS))
        messages.append(str(error.value))
    assert messages[0] == messages[1]

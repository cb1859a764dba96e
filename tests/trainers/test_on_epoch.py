"""What training tells after each epoch, how it may be stopped, and how the learning rate falls."""

from __future__ import annotations

import copy
import dataclasses
import logging
import pickle
import sys
import types
import warnings

import numpy as np
import pytest

from wordvec import CBOW, SVD, Corpus, GloVe, SkipGram, WordVectors
from wordvec.errors import ArgumentError, MissingExtraError, OptionError, WordvecError
from wordvec.progress import progress
from wordvec.trainers import loop
from wordvec.trainers.epoch_reports import log_metrics, tensorboard


@pytest.fixture(scope="module")
def corpus():
    rng = np.random.default_rng(3)
    return Corpus.from_sentences([rng.choice(list("abcdefgh"), size=8).tolist() for _ in range(60)])


def small(kind=SkipGram, **options):
    engine = {} if kind is GloVe else {"subsample": 0}
    return kind(**{"dim": 6, "window": 2, "epochs": 3, **engine, **options})


@pytest.mark.parametrize("kind, engine", [(SkipGram, "kernel"), (CBOW, "layers"), (GloVe, "kernel"), (GloVe, "layers")])
def test_a_report_of_each_epoch_and_its_vectors(corpus, kind, engine):
    reports, kept = [], []

    def look(report):
        reports.append(report)
        kept.append(report.vectors)

    trainer = small(kind, engine=engine).fit(corpus, on_epoch=look)
    assert [(report.epoch, report.epochs, report.trainer) for report in reports] == [
        (n, 3, trainer.name) for n in (1, 2, 3)
    ]
    assert [report.loss for report in reports] == trainer.history.loss
    assert [report.words for report in reports] == [480, 960, 1440]
    assert trainer.history.words == 1440
    seconds = [report.seconds for report in reports]
    assert seconds == sorted(seconds)
    assert [len(vectors.info["loss"]) for vectors in kept] == [1, 2, 3]
    np.testing.assert_array_equal(kept[-1].matrix, trainer.vectors.matrix)  # a copy, as training left it
    np.testing.assert_array_equal(kept[-1].context_matrix, trainer.vectors.context_matrix)
    assert not np.array_equal(kept[0].matrix, kept[1].matrix)
    again = small(kind, engine=engine).fit(corpus)  # looking changes nothing
    np.testing.assert_array_equal(again.vectors.matrix, trainer.vectors.matrix)


@pytest.mark.filterwarnings("ignore:the vectors to start from")
def test_vectors_of_zeros_are_noted_once_however_often_vectors_are_made():
    alone = Corpus.from_sentences([["a", "b"], ["alone"]] * 20)
    start = WordVectors(["alone"], np.zeros((1, 6), np.float32))
    trainer = small().fit(alone, start=start, on_epoch=lambda report: report.vectors)
    assert sum("zeros" in note for note in trainer.history.notes) == 1


def test_held_out_loss_and_learning_rate_are_in_the_report(corpus):
    seen = []
    trainer = small(held_out=0.2, learning_rate=0.1).fit(corpus, on_epoch=seen.append)
    assert [report.held_out_loss for report in seen] == trainer.history.held_out_loss
    assert [report.learning_rate for report in seen] == pytest.approx([0.2 / 3, 0.1 / 3, 1e-5])
    assert seen[0].metrics().keys() == {"loss", "held_out_loss", "learning_rate", "words", "seconds"}
    glove = []
    small(GloVe).fit(corpus, on_epoch=glove.append)
    assert glove[0].learning_rate is None and glove[0].held_out_loss is None


@pytest.mark.parametrize("kind", [SkipGram, GloVe])
def test_stop_ends_training_after_the_epoch(corpus, kind):
    kept = []

    def stop(report):
        if report.epoch == 2:
            kept.append(report.vectors)
            report.stop("good enough")

    trainer = small(kind, epochs=9).fit(corpus, on_epoch=stop)
    assert len(trainer.history.loss) == 2
    assert trainer.history.words == 960
    assert "stopped after epoch 2 of 9 by on_epoch: good enough" in trainer.vectors.info["notes"]
    np.testing.assert_array_equal(trainer.vectors.matrix, kept[0].matrix)


def test_several_functions_are_called_in_order_and_a_stop_in_the_last_epoch_is_noted_too(corpus):
    calls = []
    functions = [
        lambda report: calls.append(("a", report.epoch)),
        lambda report: report.stop() if report.epoch == 3 else 0,
    ]
    trainer = small().fit(corpus, on_epoch=functions)
    assert calls == [("a", 1), ("a", 2), ("a", 3)]
    assert trainer.history.notes[-1] == "stopped after epoch 3 of 3 by on_epoch"
    assert "stopped" not in str(small().fit(corpus, on_epoch=[]).history.notes)


def test_an_error_in_the_function_ends_training_and_keeps_the_checkpoint(corpus, tmp_path):
    path = tmp_path / "run.checkpoint"

    def fail(report):
        if report.epoch == 2:
            raise RuntimeError("the tracker is down")

    with pytest.raises(RuntimeError, match="the tracker is down"):
        small().fit(corpus, on_epoch=fail, checkpoint=path, checkpoint_every=1e9)
    seen = []
    resumed = small().fit(corpus, checkpoint=path, resume=True, on_epoch=seen.append)
    assert [report.epoch for report in seen] == [3] and seen[0].words == 480
    np.testing.assert_array_equal(resumed.vectors.matrix, small().fit(corpus).vectors.matrix)


@pytest.mark.parametrize("kind", [SkipGram, GloVe])
def test_a_report_that_was_kept_says_that_training_has_gone_on(corpus, kind):
    reports, refused = [], []

    def look(report):
        reports.append(report)
        if report.epoch == 2:
            with pytest.raises(WordvecError, match="since the report of epoch 1"):
                reports[0].stop()
            refused.append(0)

    small(kind).fit(corpus, on_epoch=look)
    with pytest.raises(WordvecError, match="since the report of epoch 3: read "):
        _ = reports[-1].vectors  # the tables of the training may have been freed
    assert refused and pickle.loads(pickle.dumps(reports[1])).metrics() == reports[1].metrics()


@pytest.mark.parametrize("kind", [SkipGram, GloVe])
def test_the_latest_report_of_an_interrupted_training_has_its_vectors(corpus, kind):
    reports, kept = [], []

    def interrupt(report):
        reports.append(report)
        kept.append(report.vectors.matrix)
        if report.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        small(kind).fit(corpus, on_epoch=interrupt)
    np.testing.assert_array_equal(reports[-1].vectors.matrix, kept[-1])


def test_another_thread_may_stop_the_training_between_two_reports(corpus, monkeypatch):
    reports = []
    mean_loss = loop.mean_loss

    def between(total, predictions):
        if len(reports) == 2:
            reports[-1].stop("the button was pressed")
        return mean_loss(total, predictions)

    monkeypatch.setattr(loop, "mean_loss", between)
    trainer = small(epochs=9).fit(corpus, on_epoch=reports.append)
    assert len(trainer.history.loss) == 3
    assert "stopped after epoch 3 of 9 by on_epoch: the button was pressed" in trainer.history.notes


@pytest.mark.parametrize("kind", [SkipGram, GloVe])
def test_a_trainer_in_training_is_neither_fitted_nor_changed(corpus, kind):
    def fit(report):
        with pytest.raises(WordvecError, match="is in training: fit another one"):
            trainer.fit(corpus, start=None)
        copied = pickle.loads(pickle.dumps(dataclasses.replace(trainer))).fit(corpus)
        assert copied.vectors.matrix.tobytes() == expected.tobytes()

    def change(report):
        with pytest.raises(WordvecError, match="epochs cannot be changed now"):
            trainer.epochs = 9
        assert trainer.epochs == 3

    expected = small(kind).fit(corpus).vectors.matrix
    trainer = small(kind)
    trainer.fit(corpus, on_epoch=[fit, change])
    assert trainer.vectors.matrix.tobytes() == expected.tobytes()
    trainer.epochs = 1
    assert len(trainer.fit(corpus).history.loss) == 1


@pytest.mark.parametrize("kind", [SkipGram, CBOW, GloVe])
def test_a_trained_trainer_keeps_no_function_so_that_it_can_be_pickled_and_copied(corpus, kind):
    trainer = small(kind).fit(corpus, on_epoch=lambda report: None)
    for again in (pickle.loads(pickle.dumps(trainer)), copy.deepcopy(trainer)):
        assert again.vectors.matrix.tobytes() == trainer.vectors.matrix.tobytes()


def test_a_report_of_a_training_that_goes_on_has_all_words(corpus):
    start = small().fit(Corpus.from_sentences([["a", "z"]] * 9)).vectors
    seen = []
    trainer = small(epochs=1).fit(corpus, start=start, on_epoch=lambda report: seen.append(report.vectors))
    assert "z" in seen[0]
    np.testing.assert_array_equal(seen[0].matrix, trainer.vectors.matrix)


def test_what_on_epoch_cannot_be(corpus):
    with pytest.raises(ArgumentError, match=r"on_epoch takes a function of one argument.* got int"):
        small().fit(corpus, on_epoch=3)
    with pytest.raises(ArgumentError, match="got str"):
        small().fit(corpus, on_epoch=["print"])
    with pytest.raises(OptionError, match="svd has no epochs to report"):
        SVD(dim=2).fit(corpus, on_epoch=print)
    with pytest.raises(ArgumentError, match=r"\.fit\(corpus, on_epoch=f\)"):
        SkipGram(callbacks=[])


def test_the_log(corpus, caplog):
    with caplog.at_level(logging.INFO, logger="wordvec"):
        small(epochs=1, held_out=0.1).fit(corpus)
    assert {record.name for record in caplog.records} == {"wordvec"}
    assert caplog.messages[0] == "skipgram: training on 480 tokens of 8 words"
    assert caplog.messages[1].startswith("skipgram: epoch 1 of 1: loss ")
    assert ", held-out loss " in caplog.messages[1]


def test_metrics_go_to_a_tracker(corpus):
    logged = []
    log = log_metrics(lambda metrics, step: logged.append((step, metrics)), prefix="w/")
    trainer = small(epochs=2).fit(corpus, on_epoch=log)
    assert [(step, metrics["w/loss"]) for step, metrics in logged] == list(enumerate(trainer.history.loss, 1))


def test_tensorboard_reads_what_was_written(corpus, tmp_path):
    pytest.importorskip("tensorboard")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of another project
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    trainer = small(epochs=2).fit(corpus, on_epoch=tensorboard(tmp_path))
    events = EventAccumulator(str(tmp_path)).Reload()
    found = events.Tensors("wordvec/loss")
    assert [event.step for event in found] == [1, 2]
    assert [event.tensor_proto.float_val[0] for event in found] == pytest.approx(trainer.history.loss)


def test_tensorboard_names_its_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "tensorboard.summary", None)
    with pytest.raises(MissingExtraError, match=r"wordvec\[tensorboard\]"):
        tensorboard(tmp_path)


@pytest.mark.parametrize("engine", ["kernel", "layers"])
def test_a_constant_learning_rate_and_one_that_falls_half_way(corpus, engine):
    flat = small(learning_rate=0.05, learning_rate_end=0.05, engine=engine)
    assert [flat.learning_rate_at(share) for share in (0, 0.5, 1)] == [0.05, 0.05, 0.05]
    half = small(learning_rate=0.05, learning_rate_end=0.025, engine=engine)
    assert [half.learning_rate_at(share) for share in (0, 0.5, 1)] == pytest.approx([0.05, 0.0375, 0.025])
    whole = small(learning_rate=0.05, engine=engine)
    found = {trainer.learning_rate_end: trainer.fit(corpus).vectors.matrix for trainer in (flat, half, whole)}
    assert np.isfinite(found[0.05]).all()
    # With a constant rate, an epoch does not know how many follow: three are one of three and two more of three.
    two = small(learning_rate=0.05, learning_rate_end=0.05, engine=engine, epochs=2)
    reports = []
    flat.fit(corpus, on_epoch=lambda report: reports.append(report.vectors.matrix))
    np.testing.assert_array_equal(two.fit(corpus).vectors.matrix, reports[1])
    assert not np.allclose(found[0.05], found[0.025], atol=1e-5)
    assert not np.allclose(found[0.025], found[None], atol=1e-5)


@pytest.mark.parametrize("engine", ["kernel", "layers"])
def test_one_epoch_to_half_the_rate_is_the_first_of_two_epochs_to_zero(corpus, engine):
    half = small(epochs=1, learning_rate=0.125, learning_rate_end=0.0625, engine=engine).fit(corpus)
    two = small(epochs=2, learning_rate=0.125, engine=engine).fit(corpus, on_epoch=lambda report: report.stop())
    np.testing.assert_array_equal(half.vectors.matrix, two.vectors.matrix)


def test_learning_rates_that_cannot_end_so():
    for end in (-0.1, 0.03, 1.0):
        with pytest.raises(OptionError, match="learning_rate_end must be from 0 to the rate it starts with"):
            SkipGram(learning_rate_end=end)
    assert SkipGram(learning_rate_end=0).learning_rate_at(1.0) == pytest.approx(0.025e-4)
    with pytest.raises(ArgumentError, match="it is named learning_rate_end here"):
        SkipGram(min_alpha=0.001)


def test_a_notebook_gets_a_bar(monkeypatch):
    shell = types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr("wordvec.progress.find_spec", lambda name: None)  # no widgets: a bar of text
    with progress(10, "counting", "words") as bar:
        bar.update(3)
        assert bar.n == 3
    monkeypatch.setattr("wordvec.progress.find_spec", lambda name: object())  # widgets that cannot be loaded
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tqdm's, of the same
        import tqdm.notebook
    monkeypatch.setattr(tqdm.notebook, "IProgress", None)
    with progress(10, "counting", "words") as bar:
        bar.update(3)
        assert bar.n == 3
    shell.kernel = None  # IPython in a terminal that is none
    monkeypatch.setattr(sys, "stderr", None)
    with progress(10, "counting", "words") as bar:
        assert not hasattr(bar, "n")

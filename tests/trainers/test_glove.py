"""The GloVe trainer: two engines, one result; interruptions, divergence, a machine without the C library."""

from __future__ import annotations

import hashlib
import signal

import numpy as np
import pytest

from wordvec import Corpus, GloVe
from wordvec.corpus.named_texts import bundled_corpus
from wordvec.errors import OptionError, TrainingError
from wordvec.evaluation import evaluate_analogy, evaluate_similarity
from wordvec.layers import GloVeLoss
from wordvec.native import library

needs_library = pytest.mark.skipif(not library.is_available(), reason=str(library.why_not()))


@pytest.fixture(scope="module")
def corpus():
    lines = [line.split() for line in bundled_corpus("tiny-world", words=60_000)]
    return Corpus.from_sentences(lines, min_count=5)


def digest(trainer):
    arrays = (trainer.vectors.matrix, trainer.vectors.context_matrix)
    return hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest()


@needs_library
def test_same_bytes_for_any_number_of_threads_and_they_are_not_told(corpus):
    trainers = [GloVe(dim=20, epochs=2, threads=threads).fit(corpus) for threads in (1, 2, 4, None)]
    assert len({digest(trainer) for trainer in trainers}) == 1
    assert len({tuple(trainer.history.loss) for trainer in trainers}) == 1
    assert "threads" not in trainers[1].vectors.info["parameters"]


@needs_library
def test_the_kernel_is_as_good_as_the_layers_on_a_small_vocabulary(corpus):
    kernel, layers = (
        GloVe(dim=30, window=5, epochs=8, learning_rate=0.1, engine=engine).fit(corpus)
        for engine in ("kernel", "layers")
    )
    assert kernel.history.loss[-1] < 1.05 * layers.history.loss[-1]
    scores = [
        (
            evaluate_similarity(trainer.vectors, "tiny-world-similarity").score,
            evaluate_analogy(trainer.vectors, "tiny-world-analogies").score,
        )
        for trainer in (kernel, layers)
    ]
    assert scores[0][0] > scores[1][0] - 0.03
    assert scores[0][1] > scores[1][1] - 0.03


@needs_library
def test_stages_and_losses_are_told(corpus):
    history = GloVe(dim=5, epochs=3).fit(corpus).history
    assert set(history.seconds) == {"init", "count", "train"}
    assert len(history.loss) == 3
    assert history.loss == sorted(history.loss, reverse=True)


def test_the_first_loss_of_the_layers_is_that_of_the_start(corpus):
    from wordvec.counts import count_cooccurrences

    options = {"dim": 5, "epochs": 1, "window": 2, "engine": "layers", "learning_rate": 1e-6}
    trainer = GloVe(**options, init="random", batch_size=10**9).fit(corpus)
    cells = count_cooccurrences(corpus, window=2, weighting="harmonic").matrix.tocoo()
    loss = GloVeLoss(*trainer.start_tables(len(corpus.vocabulary)), x_max=10.0)
    assert trainer.history.loss[0] == pytest.approx(float(loss.forward(cells.row, cells.col, cells.data)), rel=1e-5)


@pytest.mark.parametrize("engine", [pytest.param("kernel", marks=needs_library), "layers"])
def test_training_starts_from_start_tables(corpus, engine):
    class Started(GloVe):
        def start_tables(self, size):
            W_in, W_out, b_in, b_out = super().start_tables(size)
            return W_in + 3, W_out, b_in, b_out

    options = {"dim": 4, "epochs": 1, "learning_rate": 1e-6, "engine": engine}
    options |= {"add_context": False, "init": "random"}
    matrix = Started(**options).fit(corpus).vectors.matrix
    np.testing.assert_allclose(matrix, GloVe(**options).fit(corpus).vectors.matrix + 3, atol=0.01)


@pytest.mark.parametrize("engine", [pytest.param("kernel", marks=needs_library), "layers"])
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_loss_that_is_not_finite_stops_the_training(corpus, engine):
    class Diverging(GloVe):
        def start_tables(self, size):
            W_in, *others = super().start_tables(size)
            W_in[3] = np.nan
            return W_in, *others

    with pytest.raises(TrainingError, match=r"training diverged in epoch 1 .* take a smaller --learning-rate"):
        Diverging(dim=4, epochs=2, engine=engine, init="random").fit(corpus)


@needs_library
def test_ctrl_c_waits_for_the_end_of_a_call(corpus, monkeypatch):
    from wordvec.kernels.glove import cpu as glove

    done, train = [], glove.train_glove

    def interrupted_train(tables, cells, **options):
        signal.raise_signal(signal.SIGINT)
        done.append(train(tables, cells, **options))
        return done[-1]

    monkeypatch.setattr(glove, "train_glove", interrupted_train)
    with pytest.raises(KeyboardInterrupt):
        GloVe(dim=4, epochs=50, threads=2).fit(corpus)
    assert len(done) == 1


def test_without_the_library_the_layers_train_and_say_so(corpus, monkeypatch):
    monkeypatch.setattr(library, "why_not", lambda: "no library here")
    options = {"dim": 4, "epochs": 1, "window": 2}
    with pytest.warns(UserWarning, match="through the layers, many times slower: no library here"):
        trainer = GloVe(**options).fit(corpus)
    assert trainer.history.notes == ["trained through the layers: no library here"]
    np.testing.assert_array_equal(trainer.vectors.matrix, GloVe(**options, engine="layers").fit(corpus).vectors.matrix)


def test_words_that_meet_no_other_are_nothing_to_train_on():
    corpus = Corpus.from_sentences([["alone"], ["lonely"]])
    with pytest.raises(TrainingError, match="nothing to train on"):
        GloVe(dim=4, epochs=1).fit(corpus)


def test_one_word_that_meets_itself():
    corpus = Corpus.from_sentences([["tick", "tick", "tick"]])
    history = GloVe(dim=1, epochs=200, learning_rate=1.0).fit(corpus).history
    assert history.loss[-1] < 0.01 * history.loss[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"engine": "cuda"}, "engine must be one of kernel, layers"),
        ({"engine": "layers", "threads": 2}, "threads belong to the compiled kernel"),
        ({"threads": 0}, "threads must be at least 1"),
        ({"learning_rate": 0.0}, "learning_rate must be positive"),
        ({"learning_rate": 1e9}, "from 1e-6 to 1e6"),
        ({"alpha": -1.0}, "alpha must be 0 or positive"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, message):
    with pytest.raises(OptionError, match=message):
        GloVe(**options)


def test_both_devices_have_a_kernel():
    assert GloVe().engine == GloVe(device="gpu").engine == "kernel"

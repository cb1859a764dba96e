"""PPMI, SVD, GloVe and the spectral start on the GPU: what the CPU finds, or as good."""

import numpy as np
import pytest

from wordvec import PPMI, SVD, Corpus, GloVe
from wordvec.errors import DeviceUnavailableError, OptionError
from wordvec.native import library
from wordvec.trainers.svd import spectral_start


def two_topics(lines=60):
    """Sentences about animals or about food; words of one topic never meet those of the other."""
    topics = [["cat", "dog", "cow", "hen"], ["bread", "rice", "soup", "cake"]]
    rng = np.random.default_rng(3)
    return [rng.choice(topic, size=6).tolist() for topic in topics for _ in range(lines)]


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_sentences(two_topics())


def both(trainer, corpus, **options):
    return (trainer(device=device, **options).fit(corpus, show_progress=False) for device in ("cpu", "gpu"))


def test_ppmi_is_that_of_the_cpu(gpu, corpus):
    on_cpu, there = both(PPMI, corpus, window=2, dim=5)
    np.testing.assert_allclose(there.vectors.matrix, on_cpu.vectors.matrix, rtol=1e-5, atol=1e-7)
    assert there.vectors.info["parameters"]["device"] == "gpu"


@pytest.mark.parametrize("options", [{}, {"power": 0.5, "add_context": True}, {"subsample": 0.05}])
def test_svd_is_that_of_the_cpu(gpu, corpus, options):
    on_cpu, there = both(SVD, corpus, window=2, dim=3, **options)
    assert isinstance(there.vectors.matrix, np.ndarray)
    np.testing.assert_allclose(there.vectors.matrix, on_cpu.vectors.matrix, atol=1e-4)
    np.testing.assert_allclose(there.vectors.context_matrix, on_cpu.vectors.context_matrix, atol=1e-4)
    assert there.history.words_per_second > 0


def test_the_spectral_start_is_that_of_the_cpu(gpu, corpus):
    for ours, theirs in zip(*(spectral_start(corpus, 3, device=device) for device in ("gpu", "cpu"))):
        assert isinstance(ours, np.ndarray)
        np.testing.assert_allclose(ours, theirs, atol=1e-3)


@pytest.mark.parametrize("init", ["svd", "random"])
def test_glove_learns_the_topics(gpu, corpus, init):
    trainer = GloVe(dim=3, epochs=12, window=2, learning_rate=0.5, device="gpu", init=init).fit(corpus)
    assert trainer.engine == "kernel"
    assert trainer.history.loss[-1] < trainer.history.loss[0]
    assert {word for word, _ in trainer.vectors.most_similar("cat", k=3)} == {"dog", "cow", "hen"}


@pytest.mark.skipif(not library.is_available(), reason=str(library.why_not()))
def test_glove_by_kernel_with_the_bands_of_the_cpu_is_the_cpu_s(gpu, corpus, monkeypatch):
    from wordvec.kernels.glove import cells as glove_cells
    from wordvec.kernels.glove import gpu as glove_gpu

    monkeypatch.setattr(glove_gpu, "bands_for", lambda size, cells: 4)
    monkeypatch.setattr(glove_cells, "bands_for", lambda size, row_bytes: 4)
    on_cpu, there = both(GloVe, corpus, dim=4, epochs=3, window=2, init="random")
    np.testing.assert_allclose(there.history.loss, on_cpu.history.loss, rtol=1e-5)
    np.testing.assert_allclose(there.vectors.matrix, on_cpu.vectors.matrix, rtol=1e-3, atol=1e-5)


def test_glove_through_layers_is_that_of_the_cpu(gpu, corpus):
    on_cpu, there = both(GloVe, corpus, dim=4, epochs=3, window=2, init="random", engine="layers", batch_size=16)
    np.testing.assert_allclose(there.history.loss, on_cpu.history.loss, rtol=1e-5)
    np.testing.assert_allclose(there.vectors.matrix, on_cpu.vectors.matrix, rtol=1e-3, atol=1e-5)


def test_the_same_seed_gives_the_same_bytes(gpu, corpus):
    options = {"dim": 4, "epochs": 2, "device": "gpu", "init": "random"}
    first, again = (GloVe(**options).fit(corpus).vectors.matrix for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("trainer", [PPMI, SVD, GloVe])
def test_an_absent_gpu_is_told_before_anything_is_counted(trainer, corpus, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "cupy", None)
    with pytest.raises(DeviceUnavailableError, match="device 'gpu'"):
        trainer(dim=3, device="gpu").fit(corpus)
    with pytest.raises(OptionError, match="device must be 'cpu' or 'gpu'; got 'tpu'"):
        trainer(device="tpu")


@pytest.mark.parametrize("trainer", [PPMI, SVD, GloVe])
def test_memory_that_runs_out_is_told(gpu, corpus, monkeypatch, trainer):
    from wordvec.counts import gpu as gpu_counts

    def run_out(*_):
        raise gpu.cuda.memory.OutOfMemoryError(1, 2)

    monkeypatch.setattr(gpu_counts, "cells_of", run_out)
    with pytest.raises(OptionError, match=r"counting 8 words with window 2 needs more of the GPU's memory.*smaller"):
        trainer(dim=3, window=2, device="gpu").fit(corpus)

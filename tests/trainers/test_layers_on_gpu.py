"""The layers engine on the GPU: the examples, losses and vectors of the CPU."""

import numpy as np
import pytest

from wordvec import CBOW, Corpus, SkipGram
from wordvec.arrays import to_device
from wordvec.errors import OptionError
from wordvec.trainers.layers_engine import LayersEngine

TRAINERS = {"skipgram": SkipGram, "cbow": CBOW}


@pytest.fixture(scope="module")
def corpus():
    rng = np.random.default_rng(4)
    words = [f"w{k}" for k in range(40)]
    sentences = [rng.choice(words, size=size, p=zipf(40)).tolist() for size in rng.integers(1, 12, 200)]
    return Corpus.from_sentences(sentences)


def zipf(size):
    weights = 1 / np.arange(1, size + 1)
    return weights / weights.sum()


@pytest.mark.parametrize("sharing", ["window", "pair"])
@pytest.mark.parametrize("shrink, subsample", [(True, 1e-2), (False, 0)])
@pytest.mark.parametrize("first, last", [(0, 300), (37, 38), (250, 900)])
def test_the_gpu_draws_the_same_examples(gpu, corpus, first, last, sharing, shrink, subsample):
    options = {"negative_sharing": sharing, "shrink_window": shrink, "subsample": subsample, "window": 3}
    sampler = SkipGram(**options).sampler(corpus.vocabulary.counts)
    text = corpus.ids, corpus.sentence_starts
    on_cpu = sampler.draw(*text, first=first, last=last, epoch=2)
    there = (to_device(array, "gpu") for array in text)
    on_gpu = sampler.on("gpu").draw(*there, first=first, last=last, epoch=2)
    for ours, theirs in zip(on_gpu, on_cpu):
        assert isinstance(ours, gpu.ndarray)
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours.get(), theirs)


@pytest.mark.slow("the layers train on the stand-in for the GPU what they train on the CPU")
@pytest.mark.parametrize("loss", ["negative-sampling", "softmax", "hierarchical-softmax"])
@pytest.mark.parametrize("name", TRAINERS)
def test_losses_and_vectors_are_those_of_the_cpu(gpu, corpus, name, loss):
    options = {"dim": 9, "window": 3, "epochs": 3, "loss": loss, "engine": "layers", "learning_rate": 0.05}
    on_cpu, on_gpu = (TRAINERS[name](device=device, **options).fit(corpus) for device in ("cpu", "gpu"))
    np.testing.assert_allclose(on_gpu.history.loss, on_cpu.history.loss, rtol=1e-5)
    assert isinstance(on_gpu.vectors.matrix, np.ndarray)
    np.testing.assert_allclose(on_gpu.vectors.matrix, on_cpu.vectors.matrix, rtol=2e-3, atol=2e-6)


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "adagrad", "rmsprop", "adam"])
def test_other_optimizers_take_the_steps_of_the_cpu(gpu, corpus, optimizer):
    options = {"dim": 4, "epochs": 1, "optimizer": optimizer, "engine": "layers"}
    on_cpu, on_gpu = (CBOW(device=device, **options).fit(corpus) for device in ("cpu", "gpu"))
    np.testing.assert_allclose(on_gpu.history.loss, on_cpu.history.loss, rtol=1e-5)


def test_the_same_seed_gives_the_same_bytes(gpu, corpus):
    first, again = (SkipGram(dim=8, epochs=2, engine="layers", device="gpu").fit(corpus) for _ in range(2))
    np.testing.assert_array_equal(first.vectors.matrix, again.vectors.matrix)
    assert first.history.loss == again.history.loss


def test_held_out_sentences_and_checkpoints(gpu, corpus, tmp_path):
    trainer = SkipGram(dim=4, epochs=2, engine="layers", device="gpu", held_out=0.2)
    trainer.fit(corpus, checkpoint=tmp_path / "state", checkpoint_every=0)
    assert len(trainer.history.held_out_loss) == 2


def test_frozen_words_stay(gpu, corpus):
    start = SkipGram(dim=4, epochs=1, engine="layers").fit(corpus).vectors
    trainer = SkipGram(dim=4, epochs=1, engine="layers", device="gpu").fit(corpus, start=start, freeze=True)
    np.testing.assert_array_equal(trainer.vectors.matrix, start.matrix)


@pytest.mark.parametrize("first, last", [(0, 40), (5, 64), (0, 1)])
def test_one_draw_falls_into_the_batches_of_many(corpus, first, last):
    """Batches begin at multiples of the block from `first`, and those without examples are left out."""
    trainer = SkipGram(dim=4, engine="layers", batch_size=7, subsample=1e-2)
    engine = LayersEngine(trainer.plan_for(corpus), corpus, *trainer.starting_weights(len(corpus.vocabulary)))

    def draw(begin, end):
        return engine._sampler.draw(corpus.ids, corpus.sentence_starts, first=begin, last=end, epoch=0)

    found = dict(engine._batches(draw(first, last), first))
    for begin in range(first, last, 7):
        expected = draw(begin, min(begin + 7, last))
        assert (begin in found) == (len(expected.centres) > 0)
        for part, other in zip(found.get(begin, ()), expected):
            np.testing.assert_array_equal(part, other)


def test_a_card_too_small_is_told_before_training(gpu, corpus, monkeypatch):
    from wordvec import arrays

    monkeypatch.setattr(arrays, "free_memory", lambda: 1000)
    with pytest.raises(OptionError, match=r"skipgram through layers: 40 words in 4 dimensions needs .* GiB of"):
        SkipGram(dim=4, engine="layers", device="gpu").fit(corpus)

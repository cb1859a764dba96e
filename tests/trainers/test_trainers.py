"""All trainers: they learn a planted structure, repeat themselves by seed, and refuse what does not apply."""

import hashlib

import numpy as np
import pytest

from wordvec import CBOW, PPMI, SVD, Corpus, GloVe, SkipGram, WordVectors
from wordvec.corpus import words
from wordvec.errors import DeviceUnavailableError, InputError, OptionError, TrainingError, WordvecError
from wordvec.native import library
from wordvec.trainers import TRAINERS, make_trainer
from wordvec.trainers.checks import check_memory

SMALL = {
    "skipgram": {"dim": 10, "epochs": 30, "window": 2, "subsample": 0, "learning_rate": 0.1},
    "cbow": {"dim": 10, "epochs": 30, "window": 2, "subsample": 0, "learning_rate": 0.1},
    "glove": {"dim": 10, "epochs": 30, "window": 2, "learning_rate": 0.5},
    "svd": {"dim": 4, "window": 2},
    "ppmi": {"window": 2},
    "paragraph-vectors": {"dim": 10, "epochs": 30, "window": 2, "subsample": 0, "words": True},
}


def two_topics(lines=120):
    """Sentences about animals or about food; words of one topic never meet those of the other."""
    animals, food = ["cat", "dog", "cow", "hen"], ["bread", "rice", "soup", "cake"]
    rng = np.random.default_rng(3)
    return [rng.choice(topic, size=6).tolist() for topic in (animals, food) for _ in range(lines)]


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_sentences(two_topics())


def digest(trainer):
    vectors = trainer.vectors
    context = b"" if vectors.context_matrix is None else np.ascontiguousarray(vectors.context_matrix).tobytes()
    return hashlib.sha256(np.ascontiguousarray(vectors.matrix).tobytes() + context).hexdigest()


@pytest.mark.parametrize("name", SMALL)
def test_words_of_one_topic_are_neighbours(corpus, name):
    vectors = make_trainer(name, **SMALL[name]).fit(corpus, show_progress=False).vectors
    neighbours = {word for word, _ in vectors.most_similar("cat", k=3)}
    assert neighbours == {"dog", "cow", "hen"}
    assert vectors.matrix.dtype == np.float32
    assert vectors.words == corpus.vocabulary.words


@pytest.mark.parametrize("name", SMALL)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(corpus, name):
    options = {**SMALL[name], **({"epochs": 2} if "epochs" in SMALL[name] else {})}
    first, again = (make_trainer(name, **options).fit(corpus) for _ in range(2))
    assert digest(first) == digest(again)
    assert first.history.loss == again.history.loss
    if name in ("skipgram", "cbow", "glove", "paragraph-vectors"):
        assert digest(make_trainer(name, seed=2, **options).fit(corpus)) != digest(first)


@pytest.mark.parametrize("name", ["skipgram", "cbow", "glove"])
def test_the_loss_falls_and_is_one_mean_per_epoch(corpus, name):
    history = make_trainer(name, **SMALL[name]).fit(corpus).history
    assert len(history.loss) == 30
    assert history.loss[-1] < 0.9 * history.loss[0]
    assert history.words == 30 * len(corpus.ids)
    assert history.words_per_second > 0


def test_the_first_loss_is_that_of_knowing_nothing(corpus):
    """W_out starts at zero, so every score is 0: log 2 for the target and for each negative that is not the target."""
    trainer = SkipGram(dim=4, epochs=1, window=1, negatives=3, subsample=0, learning_rate=1e-9).fit(corpus)
    batch = trainer.sampler(corpus.vocabulary.counts).draw(
        corpus.ids, corpus.sentence_starts, first=0, last=len(corpus.ids), epoch=0
    )
    negatives = (batch.negatives != batch.centres[:, None]).sum(axis=1)
    pairs = batch.mask.sum(axis=1)
    expected = np.log(2) * (pairs * (1 + negatives)).sum() / pairs.sum()
    assert trainer.history.loss[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", ["skipgram", "cbow"])
def test_softmax_learns_the_same_structure(name):
    corpus = Corpus.from_sentences(two_topics(30))
    vectors = make_trainer(name, **SMALL[name], loss="softmax").fit(corpus).vectors
    assert {word for word, _ in vectors.most_similar("soup", k=3)} == {"bread", "rice", "cake"}


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "adagrad", "rmsprop", "adam"])
def test_other_optimizers_lower_the_loss(corpus, optimizer):
    history = CBOW(dim=8, window=2, epochs=5, subsample=0, optimizer=optimizer).fit(corpus).history
    assert history.loss[-1] < history.loss[0]


def test_adding_context_vectors():
    corpus = Corpus.from_sentences(two_topics(20))
    plain, summed = (SVD(dim=3, window=2, power=0.5, add_context=a).fit(corpus).vectors for a in (False, True))
    np.testing.assert_allclose(summed.matrix, plain.matrix + plain.context_matrix, rtol=1e-5, atol=1e-6)


def test_ppmi_keeps_the_commonest_contexts_and_says_so(corpus):
    trainer = PPMI(dim=3, window=2).fit(corpus)
    full = PPMI(window=2).fit(corpus)
    np.testing.assert_array_equal(trainer.vectors.matrix, full.vectors.matrix[:, :3])
    assert "3 commonest of 8 context words" in trainer.history.notes[0]
    assert full.history.notes == []


def test_vectors_carry_what_made_them(corpus):
    info = SkipGram(dim=4, epochs=1, seed=9).fit(corpus).vectors.info
    assert info["trainer"] == "skipgram"
    assert info["parameters"]["seed"] == 9
    assert info["corpus_fingerprint"] == corpus.fingerprint
    assert len(info["loss"]) == 1


@pytest.mark.parametrize(
    "name, options, message",
    [
        ("word2vec", {}, "no trainer 'word2vec'; there are: skipgram"),
        ("svd", {"negatives": 5}, "the svd trainer has no option 'negatives'; it takes: dim"),
        ("skipgram", {"window": 0}, "skipgram: window must be at least 1, or 'sentence'; got 0"),
        ("skipgram", {"epochs": 0}, "epochs must be at least 1"),
        ("skipgram", {"slices": 0}, "slices must be at least 1"),
        ("cbow", {"slices": 4, "engine": "layers"}, "slices are for the CPU's kernel"),
        ("skipgram", {"slices": 4, "hogwild": True}, "leave out slices, or hogwild"),
        ("cbow", {"learning_rate": -1.0}, "learning_rate must be positive"),
        ("skipgram", {"learning_rate": 1e-320}, "learning_rate must be positive, from 1e-09; got 1e-320"),
        ("cbow", {"negative_sharing": "pair"}, "negative_sharing must be"),
        ("cbow", {"cbow_gradient": "max"}, "cbow_gradient must be"),
        ("skipgram", {"loss": "hinge"}, "loss must be one of"),
        ("glove", {"x_max": 0}, "x_max must be positive"),
        ("svd", {"weighting": "quadratic"}, "weighting must be"),
        ("ppmi", {"shift": 0.5}, "shift must be at least 1"),
        ("skipgram", {"negatives": 9, "loss": "hierarchical-softmax"}, "negatives would change nothing: loss 'hier"),
        ("cbow", {"negative_power": 0.5, "negative_pool": 32, "loss": "softmax"}, "negative_pool would change"),
        ("skipgram", {"negative_sharing": "pair", "loss": "softmax"}, "negative_sharing would change nothing"),
        ("glove", {"batch_size": 16}, "batch_size would change nothing: the kernel takes one cell at a time"),
        ("paragraph-vectors", {"window": 3, "shrink_window": False}, "window and shrink_window would change nothing"),
    ],
)
def test_options_that_cannot_be(name, options, message):
    with pytest.raises(OptionError, match=message):
        make_trainer(name, **options)


def test_a_preset_leaves_out_what_its_loss_does_not_use():
    assert SkipGram.for_items(loss="hierarchical-softmax").negative_power == SkipGram().negative_power


def test_a_mode_of_subsampling_nothing_is_told(corpus):
    history = SVD(dim=2, subsample_mode="clean").fit(corpus).history
    assert history.notes == ["subsample_mode 'clean' changed nothing, as subsample is 0"]


def test_a_corpus_of_lonely_words_cannot_train():
    lonely = Corpus.from_sentences([["a"], ["b"], ["c"]])
    with pytest.raises(TrainingError, match="has another word next to it"):
        SkipGram(dim=2).fit(lonely)


def test_a_learning_rate_that_diverges_is_an_error_not_a_file_of_nan(corpus):
    with (
        np.errstate(all="ignore"),
        pytest.raises(TrainingError, match=r"diverged in epoch . \(.*\): take a smaller"),
    ):
        SkipGram(dim=4, epochs=50, subsample=0, learning_rate=0.8, max_meetings=10**6).fit(corpus)


def test_vectors_before_fit():
    with pytest.raises(WordvecError, match="not trained yet"):
        _ = SVD().vectors


def test_more_dimensions_than_memory():
    with pytest.raises(OptionError, match=r"needs .* GiB of memory and .* GiB are free"):
        check_memory("a table", 2**60)


def test_a_batch_longer_than_the_corpus_is_the_corpus(corpus, monkeypatch):
    whole = [SkipGram(dim=4, epochs=1, batch_size=size).fit(corpus) for size in (len(corpus.ids), 2**31 - 1)]
    np.testing.assert_array_equal(whole[0].vectors.matrix, whole[1].vectors.matrix)
    monkeypatch.setattr("wordvec.trainers.checks.available_memory", lambda: 100_000)
    with pytest.raises(OptionError, match=r"skipgram: a block of .* positions needs .* take a smaller --batch-size"):
        SkipGram(dim=4, epochs=1, batch_size=2**31 - 1).fit(corpus)


def test_a_gpu_that_is_not_there_is_an_error(corpus, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cupy", None)
    for trainer in (SkipGram(device="gpu"), CBOW(device="gpu"), GloVe(device="gpu")):
        with pytest.raises(DeviceUnavailableError, match="gpu-cuda12"):
            trainer.fit(corpus)


@pytest.mark.slow("the kernels for GPUs, run on a CPU, train every network")
def test_the_gpu_learns_too(corpus, xp):
    """Forty sentences are enough for skip-gram and CBOW, which take a second each where a CPU stands in for the GPU."""
    device = "cpu" if xp is np else "gpu"
    little = Corpus.from_sentences(two_topics(20))
    for name, text in (("skipgram", little), ("cbow", little), ("glove", corpus)):
        vectors = make_trainer(name, **SMALL[name], device=device).fit(text).vectors
        assert {word for word, _ in vectors.most_similar("cat", k=3)} == {"dog", "cow", "hen"}


@pytest.mark.parametrize("loss", ["negative-sampling", "hierarchical-softmax"])
def test_without_the_library_the_layers_train_and_say_so(corpus, monkeypatch, loss):
    monkeypatch.setattr(library, "why_not", lambda: "it is not here")
    trainer = SkipGram(dim=4, epochs=1, subsample=0, loss=loss)
    with pytest.warns(UserWarning, match="many times slower: it is not here"):
        trainer.fit(corpus)
    assert "trained through the layers" in trainer.history.notes[-1]
    assert len(trainer.history.loss) == 1


def test_every_trainer_has_a_case_here():
    assert set(SMALL) == set(TRAINERS)


@pytest.mark.skipif(not library.is_available(), reason=str(library.why_not()))
@pytest.mark.parametrize("trainer, dim", [(SkipGram, 100), (CBOW, 100), (SkipGram, 300)])
def test_slices_let_more_threads_share_a_step_and_give_the_same_bytes_for_any_number(corpus, trainer, dim):
    def fitted(slices, threads):
        return trainer(dim=dim, epochs=1, window=2, subsample=0, slices=slices, threads=threads).fit(corpus)

    one, default = fitted(5, 1), fitted(None, 1)
    assert {digest(fitted(5, threads)) for threads in (2, 3, 6)} == {digest(one)}
    assert one.vectors.info["parameters"]["slices"] == 5
    assert "slices" not in default.vectors.info["parameters"]
    np.testing.assert_allclose(one.vectors.matrix, default.vectors.matrix, atol=1e-4)
    assert digest(one) != digest(default)


def test_words_left_out_stay_packed(tmp_path, monkeypatch):
    Corpus.from_sentences([["a", "b"] * 3, ["rare", "é"]], min_count=2).save(tmp_path / "corpus")
    opened, unpacked, unpack = Corpus.open(tmp_path / "corpus"), [], words.unpack_words
    monkeypatch.setattr(words, "unpack_words", lambda *packed: unpacked.append(len(packed[1])) or unpack(*packed))
    vectors = SVD(dim=1).fit(opened).vectors
    vectors.save(tmp_path / "v.safetensors")
    assert (vectors.rare["é"], vectors.rare.get("a"), unpacked) == (1, None, [2])  # those of the vocabulary
    assert dict(vectors.rare) == WordVectors.load(tmp_path / "v.safetensors").rare == {"rare": 1, "é": 1}


def test_half_a_surrogate_pair_among_words_left_out_is_named(tmp_path):
    vectors = SVD(dim=1).fit(Corpus.from_sentences([["a", "b"] * 3, ["\ud800"]], min_count=2)).vectors
    with pytest.raises(InputError, match="half a surrogate pair"):
        vectors.save(tmp_path / "v.safetensors")


@pytest.mark.parametrize("name", ["skipgram", "glove", "paragraph-vectors"])
def test_an_interrupted_fit_leaves_a_trained_trainer_as_it_was(corpus, name):
    def interrupt(report):
        raise KeyboardInterrupt

    trainer = make_trainer(name, dim=4, epochs=2)
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(corpus, on_epoch=interrupt)
    with pytest.raises(WordvecError, match="is not trained yet"):
        _ = trainer.vectors
    trainer.fit(corpus)
    vectors, history = trainer.vectors, trainer.history
    documents = trainer.documents if name == "paragraph-vectors" else None
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(corpus, on_epoch=interrupt)
    assert trainer.vectors is vectors
    assert trainer.history is history
    assert len(history.loss) == 2
    assert documents is None or trainer.documents is documents


@pytest.mark.parametrize(
    ("name", "option", "value", "message"),
    [
        ("skipgram", "epochs", -5, "epochs must be at least 1; got -5"),
        ("skipgram", "epoch", 20, "has no option 'epoch': it is named epochs here"),
        ("cbow", "dim", "5", "dim must be a whole number; got '5', which is text"),
        ("svd", "shift", 0.1, "shift must be at least 1"),
        ("svd", "windw", 3, "has no option 'windw': did you mean window"),
        ("glove", "x_max", 0.0, "x_max must be positive"),
        ("paragraph-vectors", "window", 0, "window must be"),
    ],
)
def test_options_set_after_the_constructor_are_checked(corpus, name, option, value, message):
    trainer = make_trainer(name, dim=4)
    setattr(trainer, option, value)
    with pytest.raises(WordvecError, match=message):
        trainer.fit(corpus)


def test_numpys_numbers_set_later_are_plain_ones(corpus):
    trainer = SkipGram(dim=4)
    trainer.epochs = np.int64(1)
    assert type(trainer.fit(corpus).parameters()["epochs"]) is int

"""Skip-gram and CBOW with subwords=True: vectors of unseen words, files, long runs, corpora that repeat themselves."""

from __future__ import annotations

import hostile_corpora
import numpy as np
import pytest

from wordvec import CBOW, Corpus, ParagraphVectors, SkipGram, WordVectors
from wordvec.corpus.draws import steps
from wordvec.errors import InputError, OptionError, TrainingError
from wordvec.native import library
from wordvec.trainers import kernel_engine
from wordvec.trainers.checkpoint import Checkpoint

pytestmark = pytest.mark.skipif(not library.is_available(), reason="the C library is not here")
TRAINERS = (SkipGram, CBOW)


def sentences(lines=300, seed=3):
    """Stems with endings; words of one stem stand together."""
    rng = np.random.default_rng(seed)
    stems, endings = ["walk", "sing", "climb", "paint"], ["ing", "er", "ed", "s", ""]
    made = []
    for _ in range(lines):
        stem = rng.choice(stems)
        made.append([stem + rng.choice(endings) for _ in range(8)])
    return made


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_sentences(sentences())


def small(trainer=SkipGram, **options):
    usual = {"dim": 10, "window": 3, "epochs": 3, "subwords": True, "subsample": 0, "batch_size": 16}
    return trainer(**usual | options)


@pytest.mark.parametrize("trainer", TRAINERS)
def test_unseen_words_are_near_those_that_share_their_parts(corpus, trainer):
    vectors = small(trainer, epochs=10).fit(corpus).vectors
    assert "walkers" not in vectors
    near = [word for word, _ in vectors.most_similar("walkers", k=3)]
    assert all(word.startswith("walk") for word in near)
    assert vectors.info["subwords"]["method"] == "trained"
    assert vectors.info["parameters"]["subwords"] is True and "min_n" not in vectors.info["parameters"]


def test_a_known_word_is_the_mean_of_its_row_and_its_ngrams(corpus):
    """What fastText's file holds of a word, its own row, moved by as much as each n-gram of its alone."""
    trainer = small(dim=4)
    vectors = trainer.fit(corpus).vectors
    W_in, _ = trainer.starting_weights(len(vectors))
    word = "walking"
    row, encoded = vectors.word_id(word), [word.encode()]
    _, ids = vectors.subwords.ids(encoded)
    moved = (len(ids) + 1) * (vectors.matrix[row] - W_in[row]) - vectors.subwords.rows[ids].sum(axis=0)
    whole_word = vectors.subwords.rows[vectors.subwords.ids([b"walkingalking"])[1]]  # <wal .. alking are of "walking"
    assert any(np.allclose(moved, each, atol=1e-5) for each in whole_word)


def test_seen_once_in_another_order_the_same_numbers(corpus):
    one, two = (small(threads=threads).fit(corpus) for threads in (1, 3))
    assert one.vectors.matrix.tobytes() == two.vectors.matrix.tobytes()
    assert one.vectors.subwords.rows.tobytes() == two.vectors.subwords.rows.tobytes()
    assert one.history.loss == two.history.loss


@pytest.mark.parametrize("name", ["v.safetensors", "v.npz"])
def test_files_keep_the_ngrams(corpus, tmp_path, name):
    vectors = small().fit(corpus).vectors
    vectors.save(tmp_path / name)
    again = WordVectors.load(tmp_path / name)
    assert again["walkers"].tobytes() == vectors["walkers"].tobytes()
    assert again.info["subwords"] == vectors.info["subwords"]


def test_in_buckets_fasttexts_file_has_the_same_vectors(corpus, tmp_path):
    vectors = small(buckets=500, min_n=2, max_n=4).fit(corpus).vectors
    vectors.save(tmp_path / "v.bin", "fasttext-bin")
    again = WordVectors.load(tmp_path / "v.bin")
    for word in ("walking", "walkers"):
        np.testing.assert_allclose(again[word], vectors[word], atol=1e-5)


def test_korean_letters_are_trained_as_ngrams():
    korean = Corpus.from_sentences([["갔다", "왔다", "먹었다", "보았다"]] * 40)
    vectors = small(jamo=True).fit(korean).vectors
    assert vectors.subwords.ngrams.jamo and vectors.info["parameters"]["jamo"] is True
    assert vectors["갓"].any() and small().fit(korean).vectors.get("갓") is None


# -- long runs


def test_a_killed_run_goes_on_to_the_same_bytes(corpus, tmp_path, monkeypatch):
    whole, path, save, saves = small().fit(corpus), tmp_path / "checkpoint", Checkpoint.save, [0]
    monkeypatch.setattr(kernel_engine, "FIRST_CHUNK", 100)
    monkeypatch.setattr(kernel_engine, "SECONDS_A_CHUNK", 0)

    class Killed(BaseException):
        pass

    def killed_after_some(self, path):
        save(self, path)
        saves[0] += 1
        if saves[0] == 7:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "save", killed_after_some)
        with pytest.raises(Killed):
            small().fit(corpus, checkpoint=path, checkpoint_every=0)
    assert Checkpoint.load(path).position > 0
    resumed = small().fit(corpus, checkpoint=path, resume=True)
    assert resumed.vectors.matrix.tobytes() == whole.vectors.matrix.tobytes()
    assert resumed.vectors.subwords.rows.tobytes() == whole.vectors.subwords.rows.tobytes()
    assert resumed.vectors.info == whole.vectors.info
    with pytest.raises(OptionError, match="max_n was not set and is now 5"):
        small(max_n=5).fit(corpus, checkpoint=path, resume=True)


def test_epochs_are_reported_with_their_ngrams_and_may_end_the_run(corpus):
    seen = []

    def report(epoch):
        seen.append(epoch.vectors)
        if epoch.epoch == 2:
            epoch.stop("enough")

    trainer = small(epochs=5, held_out=0.1, patience=3).fit(corpus, on_epoch=report)
    assert len(seen) == len(trainer.history.loss) == len(trainer.history.held_out_loss) == 2
    assert seen[1]["walkers"].tobytes() == trainer.vectors["walkers"].tobytes()
    assert seen[0]["walkers"].tobytes() != seen[1]["walkers"].tobytes()
    assert trainer.history.held_out_loss[1] < trainer.history.held_out_loss[0]


def test_the_preset_of_sessions_goes_with_subwords():
    sessions = [[f"item-{n}" for n in session] for session in np.random.default_rng(1).integers(0, 30, (80, 12))]
    trainer = SkipGram.for_items(dim=8, epochs=1, subwords=True).fit(Corpus.from_sentences(sessions))
    assert trainer.vectors["item-99"].shape == (8,)


# -- what it does not do


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"loss": "hierarchical-softmax"}, "needs loss 'negative-sampling'"),
        ({"device": "gpu"}, "needs device 'cpu'"),
        ({"engine": "layers"}, "needs engine 'kernel'"),
        ({"optimizer": "adam"}, "needs engine 'kernel'"),
        ({"precision": "float16"}, "needs precision 'float32'"),
        ({"hogwild": True}, "needs hogwild False"),
        ({"init": "svd"}, r"needs init 'random'.*fit_subwords\(\)"),
        ({"pieces": 2}, "in one piece"),
        ({"min_n": 4, "max_n": 3}, "min_n must be from 1 to max_n"),
        ({"min_n": 7}, "got 7 and 6"),
        ({"buckets": 0}, "buckets must be from 1"),
        ({"subwords": False, "max_n": 4}, "max_n belong to subwords"),
    ],
)
def test_options_that_cannot_be_are_refused(options, match):
    with pytest.raises(OptionError, match=match) as refused:
        small(**options)
    assert "\n" not in str(refused.value)


def test_other_starts_and_words_without_ngrams_are_refused(corpus):
    with pytest.raises(OptionError, match="subwords cannot start from vectors"):
        small().fit(corpus, start=SkipGram(dim=10, epochs=1).fit(corpus).vectors)
    with pytest.raises(InputError, match="has n-grams of 30 to 32 characters"):
        small(min_n=30, max_n=32).fit(corpus)


def test_with_subwords_the_learning_rate_is_fasttexts_and_documents_have_none():
    assert small().learning_rate_at(0) == 0.05 and SkipGram().learning_rate_at(0) == 0.025
    with pytest.raises(OptionError, match="documents have no n-grams"):
        ParagraphVectors(subwords=True)


def test_without_subwords_nothing_is_recorded_of_them(corpus):
    info = SkipGram(dim=4, epochs=1).fit(corpus).vectors.info
    assert "subwords" not in info and not {"subwords", "min_n", "max_n", "buckets"} & set(info["parameters"])


# -- corpora on which steps that are too long diverge


def one_prefix():
    return [[f"international-product-{word}" for word in line] for line in hostile_corpora.three_words(200)]


def catalogue():
    """Item numbers: some 600 words with one beginning of 22 characters."""
    sessions = hostile_corpora.themed_sessions(200, items=600)
    return [[f"international-product-{word}" for word in line] for line in sessions]


def dashes():
    """Rules of dashes in a table of text: words whose n-grams are all the same few."""
    rng = np.random.default_rng(5)
    return [["-" * int(n) if n % 3 else f"word{n}" for n in rng.integers(2, 90, 20)] for _ in range(150)]


CORPORA = {
    "three words": lambda: hostile_corpora.three_words(250),
    "one word repeated": lambda: hostile_corpora.one_word_repeated(2500),
    "sorted text": lambda: sorted(hostile_corpora.sorted_by_topic(5, 40)),
    "three words with one prefix": one_prefix,
    "item numbers": catalogue,
    "dashes": dashes,
}


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize("name", CORPORA)
def test_learns_on_corpora_that_repeat_themselves(trainer, name):
    """As well as words trained as wholes, within a tenth; vectors stay short."""
    corpus = Corpus.from_sentences(CORPORA[name](), min_count=1)
    options = {"dim": 12, "epochs": 2, "subsample": 0}
    with_subwords = trainer(**options, subwords=True).fit(corpus)
    plain = trainer(**options).fit(corpus)
    assert with_subwords.history.loss[1] < 1.1 * plain.history.loss[1]
    assert np.abs(with_subwords.vectors.matrix).max() < 10


def test_without_the_bound_shared_beginnings_are_too_much(monkeypatch):
    """The planted fault: meetings count nothing, so that what each word learned is added to all its parts whole."""
    corpus = Corpus.from_sentences(one_prefix(), min_count=1)
    trainer = SkipGram(dim=12, epochs=2, window=50, subsample=0, subwords=True, batch_size=128)
    assert trainer.fit(corpus).history.loss[0] < 2.5
    monkeypatch.setattr(steps, "SKIPGRAM_WEIGHTS", steps.SKIPGRAM_WEIGHTS._replace(part=0))
    with pytest.raises(TrainingError, match="diverged in epoch"):
        trainer.fit(corpus)


def test_a_cluster_is_refused_not_passed_over(corpus):
    with pytest.raises(OptionError, match="subwords are trained in one piece: leave out pieces"):
        SkipGram(subwords=True, dim=4).fit(corpus, client=object())

"""Runs that are interrupted, continued on new text, or stopped early."""

import importlib
import signal

import numpy as np
import pytest

from wordvec import CBOW, Corpus, GloVe, SkipGram
from wordvec.errors import InputError, OptionError, TrainingError
from wordvec.signals import exit_status, raise_terminated
from wordvec.trainers import loop
from wordvec.trainers.checkpoint import Checkpoint
from wordvec.trainers.layers_engine import LayersEngine

ENGINES = ["layers", "kernel"]


def sentences(words="abcdefgh", lines=200, seed=3):
    rng = np.random.default_rng(seed)
    return [rng.choice(list(words), size=8).tolist() for _ in range(lines)]


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_sentences(sentences())


def small(engine, **options):
    return SkipGram(**{"dim": 6, "window": 2, "epochs": 3, "batch_size": 16, "engine": engine, **options})


class Killed(BaseException):
    """Stands for a kill: nothing in wordvec may catch it."""


def interrupt_after(monkeypatch, saves, error=Killed):
    """Raise `error` right after so many checkpoints were written."""
    save, count = Checkpoint.save, [0]

    def save_and_count(self, path):
        save(self, path)
        count[0] += 1
        if count[0] == saves:
            raise error

    monkeypatch.setattr(Checkpoint, "save", save_and_count)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("saves", [1, 5, 17])
def test_a_killed_run_goes_on_to_the_same_bytes(corpus, tmp_path, monkeypatch, engine, saves):
    whole = small(engine).fit(corpus)
    path = tmp_path / "run.checkpoint"
    monkeypatch.setattr("wordvec.trainers.layers_engine.CHUNK", 100)
    monkeypatch.setattr("wordvec.trainers.kernel_engine.FIRST_CHUNK", 100)
    monkeypatch.setattr("wordvec.trainers.kernel_engine.SECONDS_A_CHUNK", 0)
    with monkeypatch.context() as patch:
        interrupt_after(patch, saves)
        with pytest.raises(Killed):
            small(engine).fit(corpus, checkpoint=path, checkpoint_every=0)
    resumed = small(engine).fit(corpus, checkpoint=path, resume=True)
    assert resumed.vectors.matrix.tobytes() == whole.vectors.matrix.tobytes()
    assert resumed.vectors.context_matrix.tobytes() == whole.vectors.context_matrix.tobytes()
    assert resumed.history.loss == whole.history.loss
    assert resumed.vectors.info == whole.vectors.info


@pytest.mark.parametrize("engine", ENGINES)
def test_a_finished_state_is_kept_and_resumes_without_training(corpus, tmp_path, monkeypatch, engine):
    path = tmp_path / "run.checkpoint"
    options = {"held_out": 0.2, "patience": 2, "epochs": 40, "learning_rate": 0.1, "subsample": 0, "dim": 20}
    options |= {"batch_size": 8}
    whole = small(engine, **options).fit(corpus, checkpoint=path)
    assert Checkpoint.load(path).epoch == len(whole.history.loss) < 40  # stopped early, which a resumed run must see
    for name in ("layers_engine.LayersEngine", "kernel_engine.KernelEngine"):
        monkeypatch.delattr(f"wordvec.trainers.{name}.train")
    resumed = small(engine, **options).fit(corpus, checkpoint=path, resume=True)
    assert resumed.vectors.matrix.tobytes() == whole.vectors.matrix.tobytes()
    assert resumed.vectors.info == whole.vectors.info
    assert "held-out loss no longer falls" in resumed.history.notes[-1]


def test_notes_of_the_start_are_not_lost_by_resuming(corpus, tmp_path, monkeypatch):
    first, path = small("layers").fit(corpus).vectors, tmp_path / "run.checkpoint"
    whole = small("layers").fit(corpus, start=first)
    with monkeypatch.context() as patch:
        interrupt_after(patch, 1)
        with pytest.raises(Killed):
            small("layers").fit(corpus, start=first, checkpoint=path)
    resumed = small("layers").fit(corpus, start=first, checkpoint=path, resume=True)
    assert resumed.history.notes == whole.history.notes != []


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MemoryError(), InputError("no folder")])
def test_a_checkpoint_that_cannot_be_written_is_told_of_and_training_goes_on(
    corpus, tmp_path, monkeypatch, capsys, error
):
    path, whole, save, saves = tmp_path / "run.checkpoint", small("layers").fit(corpus), Checkpoint.save, []

    def save_once(self, path):
        saves.append(self.epoch)
        if len(saves) > 1:
            raise error
        save(self, path)

    monkeypatch.setattr("wordvec.trainers.layers_engine.CHUNK", 100)
    monkeypatch.setattr(Checkpoint, "save", save_once)
    trainer = small("layers").fit(corpus, checkpoint=path, checkpoint_every=0)
    assert trainer.vectors.matrix.tobytes() == whole.vectors.matrix.tobytes()
    assert len(saves) > 10
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(saves) - 1
    assert "no checkpoint could be written" in lines[0]
    assert lines[0].endswith("the earlier one is kept; training continues")
    assert lines[-1].endswith("the earlier one is kept")
    assert Checkpoint.load(path).epoch == 0


@pytest.mark.parametrize("kind", [SkipGram, GloVe])
def test_where_no_checkpoint_can_be_written_is_told_before_training(corpus, tmp_path, monkeypatch, kind):
    monkeypatch.setattr(kind, "_train", None)
    for wrong, said in (
        (tmp_path / "missing" / "run.checkpoint", "does not exist; create it first"),
        (tmp_path, "is a folder; name a file to write"),
        (True, "checkpoint must be the name of a file .* got True"),
        (b"run.checkpoint", "checkpoint must be the name of a file .* got b'run.checkpoint'"),
    ):
        with pytest.raises(InputError, match=said):
            kind(dim=4).fit(corpus, checkpoint=wrong)


def test_an_interrupted_held_out_loss_is_measured_again(corpus, tmp_path, monkeypatch):
    path, options = tmp_path / "run.checkpoint", {"held_out": 0.2}
    whole = small("layers", **options).fit(corpus)

    def interrupted_loss(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("wordvec.trainers.layers_engine.LayersEngine.loss", interrupted_loss)
        with pytest.raises(KeyboardInterrupt):
            small("layers", **options).fit(corpus, checkpoint=path)
    resumed = small("layers", **options).fit(corpus, checkpoint=path, resume=True)
    assert resumed.vectors.matrix.tobytes() == whole.vectors.matrix.tobytes()
    assert resumed.vectors.info == whole.vectors.info


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("engine", ENGINES)
def test_ctrl_c_waits_for_a_place_from_which_the_run_goes_on_to_the_same_bytes(
    corpus, tmp_path, monkeypatch, engine, name
):
    """The signal comes in the middle of the engine's work, when weights and position do not belong together."""
    number = getattr(signal, name, None)
    if number is None:
        pytest.skip("this system has no such signal")
    module, name = {"layers": ("layers_engine", "LayersEngine"), "kernel": ("kernel_engine", "KernelEngine")}[engine]
    monkeypatch.setattr(f"wordvec.trainers.{module}." + ("CHUNK" if engine == "layers" else "FIRST_CHUNK"), 100)
    monkeypatch.setattr("wordvec.trainers.kernel_engine.SECONDS_A_CHUNK", 0)
    engine_class = getattr(importlib.import_module(f"wordvec.trainers.{module}"), name)
    whole, path, calls = small(engine).fit(corpus), tmp_path / "run.checkpoint", []
    train = engine_class.train

    def interrupted_train(self, *arguments):
        calls.append(arguments)
        if len(calls) == 5:
            signal.raise_signal(number)
        return train(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(engine_class, "train", interrupted_train)
        with raise_terminated(), pytest.raises(KeyboardInterrupt) as raised:
            small(engine).fit(corpus, checkpoint=path)
    assert len(calls) == 5
    assert exit_status(raised.value) == 128 + number
    assert Checkpoint.load(path).position == calls[-1][1]  # the interrupted call was finished
    resumed = small(engine).fit(corpus, checkpoint=path, resume=True)
    assert resumed.vectors.matrix.tobytes() == whole.vectors.matrix.tobytes()


@pytest.mark.parametrize(
    "change, message",
    [
        ({"dim": 7}, "dim was 6 and is now 7"),
        ({"seed": 2}, "seed was 1 and is now 2"),
        ({"learning_rate": 0.5}, "learning_rate was None and is now 0.5"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused_by_name(corpus, tmp_path, monkeypatch, change, message):
    path = tmp_path / "run.checkpoint"
    interrupt_after(monkeypatch, 1)
    with pytest.raises(Killed):
        small("layers").fit(corpus, checkpoint=path, checkpoint_every=0)
    with pytest.raises(OptionError, match=message):
        small("layers", **change).fit(corpus, checkpoint=path, resume=True)
    with pytest.raises(OptionError, match="of another corpus"):
        small("layers").fit(Corpus.from_sentences(sentences(seed=4)), checkpoint=path, resume=True)


def test_a_checkpoint_of_another_version_is_refused_with_what_to_do(corpus, tmp_path, monkeypatch):
    path = tmp_path / "run.checkpoint"
    interrupt_after(monkeypatch, 1)
    with pytest.raises(Killed):
        small("layers").fit(corpus, checkpoint=path, checkpoint_every=0)
    state = Checkpoint.load(path)
    del state.parameters["precision"]
    state.save(path)
    with pytest.raises(OptionError, match="precision was not set and is now"):
        small("layers").fit(corpus, checkpoint=path, resume=True)
    monkeypatch.setattr("wordvec.trainers.checkpoint.KIND", "wordvec checkpoint 9")
    with pytest.raises(
        InputError, match="of this version of wordvec; continue with the version that wrote it, or remove"
    ):
        Checkpoint.load(path)


def test_resuming_without_a_checkpoint_or_from_something_else(corpus, tmp_path):
    with pytest.raises(InputError, match="no checkpoint here"):
        small("layers").fit(corpus, checkpoint=tmp_path / "none", resume=True)
    other = tmp_path / "other"
    other.write_bytes(b"not a checkpoint at all")
    with pytest.raises(InputError, match="damaged checkpoint"):
        small("layers").fit(corpus, checkpoint=other, resume=True)
    with pytest.raises(OptionError, match="resume needs the checkpoint"):
        small("layers").fit(corpus, resume=True)


def test_divergence_keeps_the_last_checkpoint_and_says_so(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr("wordvec.trainers.layers_engine.CHUNK", 16)
    path = tmp_path / "run.checkpoint"
    with (
        np.errstate(all="ignore"),
        pytest.raises(TrainingError, match=r"the last checkpoint, .*run.checkpoint, is kept"),
    ):
        wild = small("layers", learning_rate=0.8, max_meetings=10**6, batch_size=64, epochs=99)
        wild.fit(corpus, checkpoint=path, checkpoint_every=0)
    state = Checkpoint.load(path)
    assert np.isfinite(state.total)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("trainer_class", [SkipGram, CBOW])
def test_continuing_with_new_words_and_frozen_old_ones(corpus, engine, trainer_class):
    options = {"dim": 6, "window": 2, "epochs": 2, "subsample": 0, "engine": engine}
    first = trainer_class(**options).fit(corpus).vectors
    text = Corpus.from_sentences(sentences("abcdxyz", lines=50, seed=8))
    trainer = trainer_class(**options).fit(text, start=first, freeze=True)
    grown = trainer.vectors
    assert sorted(grown.words) == list("abcdefghxyz")
    for word in "abcdefgh":
        np.testing.assert_array_equal(grown[word], first[word])
        assert grown.counts[grown.word_id(word)] >= first.counts[first.word_id(word)]
    fresh = trainer.starting_weights(len(text.vocabulary))[0]
    assert (grown["x"] != fresh[text.vocabulary.id("x")]).any()
    assert "4 of 7 words start from the given vectors" in trainer.history.notes[0]
    moved = trainer_class(**options).fit(text, start=first).vectors
    assert (moved["a"] != first["a"]).any()
    np.testing.assert_array_equal(moved["h"], first["h"])  # not in the new text
    assert list(grown.counts) == sorted(grown.counts, reverse=True)


def test_vectors_that_cannot_be_a_start(corpus):
    first = small("layers").fit(corpus).vectors
    with pytest.raises(OptionError, match="6 dimensions and 9 are to be trained: give --dim 6"):
        small("layers", dim=9).fit(corpus, start=first)
    with pytest.raises(OptionError, match="share no word"):
        small("layers").fit(Corpus.from_sentences([["p", "q"]] * 5), start=first)
    with pytest.raises(OptionError, match="give vectors to start from"):
        small("layers").fit(corpus, freeze=True)


def test_early_stopping_watches_sentences_it_never_trained_on():
    """On noise the held-out loss soon rises; 20 epochs would take it far."""
    corpus = Corpus.from_sentences(sentences(lines=60))
    options = {"held_out": 0.2, "epochs": 20, "learning_rate": 0.1, "subsample": 0, "dim": 20, "batch_size": 8}
    trainer = small("layers", patience=2, **options).fit(corpus)
    losses = trainer.history.held_out_loss
    assert 3 <= len(losses) < 20
    assert min(losses[-2:]) >= min(losses[:-2])
    assert "held-out loss no longer falls" in trainer.history.notes[-1]
    full = small("layers", **options).fit(corpus)
    assert len(full.history.held_out_loss) == 20
    assert full.history.held_out_loss[: len(losses)] == losses


def test_the_held_out_loss_trains_nothing(corpus):
    a = small("layers", held_out=0.2).fit(corpus)
    tokens = int(corpus.sentence_starts[160])
    shorter = Corpus(corpus.ids[:tokens], corpus.sentence_starts[:161], corpus.vocabulary)
    b = small("layers").fit(shorter)
    assert a.vectors.matrix.tobytes() == b.vectors.matrix.tobytes()
    assert a.history.loss == b.history.loss


def test_options_of_early_stopping(corpus):
    with pytest.raises(OptionError, match="give held_out too"):
        SkipGram(patience=1)
    with pytest.raises(OptionError, match="leaves no sentence"):
        small("layers", held_out=0.999).fit(corpus)


@pytest.mark.parametrize(
    "losses, patience, stop",
    [([3, 2, 1], 1, False), ([3, 2, 2], 1, True), ([3, 2, 4, 1], 2, False), ([3, 2, 4, 5], 2, True), ([1], 1, False)],
)
def test_when_to_stop(losses, patience, stop):
    assert loop._should_stop(losses, patience) is stop


@pytest.mark.parametrize("options", [{}, {"engine": "layers"}])
def test_held_out_sentences_without_neighbours_are_told_before_training(options):
    corpus = Corpus.from_sentences([["a", "b", "c"]] * 9 + [["a"]])
    epochs = []
    with pytest.raises(TrainingError, match="no word of the held-out sentences, the last ones, has another word next"):
        SkipGram(dim=2, held_out=0.1, subsample=0, **options).fit(corpus, on_epoch=epochs.append)
    assert epochs == []


def test_subsampled_held_out_sentences_are_told_too(corpus, monkeypatch):
    monkeypatch.setattr(LayersEngine, "loss", lambda *_, **__: (0.0, 0))
    with pytest.raises(TrainingError, match="no word of the held-out sentences"):
        SkipGram(dim=2, held_out=0.1, engine="layers").fit(corpus)


def test_no_checkpoint_is_left_of_a_text_with_nothing_to_train_on(tmp_path):
    with pytest.raises(TrainingError, match="nothing to train on"):
        SkipGram(dim=2).fit(
            Corpus.from_sentences([["a"], ["b"]]), checkpoint=tmp_path / "run.checkpoint", checkpoint_every=0
        )
    assert list(tmp_path.iterdir()) == []

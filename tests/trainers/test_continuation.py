"""Training that goes on from vectors on more text: no word is lost, counts add up, and it can be done day by day."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wordvec import CBOW, PPMI, SVD, Corpus, GloVe, Phrases, SkipGram, WordVectors
from wordvec.cli import main
from wordvec.errors import CorpusError, OptionError, TrainingError
from wordvec.trainers.checkpoint import Checkpoint

TEXTS = st.lists(st.lists(st.sampled_from("abcdefg"), min_size=2, max_size=6), min_size=1, max_size=6)


def trainer(**options):
    return SkipGram(**{"dim": 3, "epochs": 1, "window": 2, "subsample": 0, "engine": "layers", **options})


def counts_of(vectors):
    return dict(zip(vectors.words, vectors.counts.tolist())) | dict(vectors.rare or {})


def of_lines(lines, **options):
    return Corpus.build([{"text": line} for line in lines], field="text", **options)


def counted(text):
    return Counter(word for sentence in text for word in sentence)


def day(text, min_count):
    try:
        return Corpus.from_sentences(text, min_count)
    except CorpusError:
        assume(False)  # no word that frequent


@settings(max_examples=60)
@given(st.lists(st.tuples(TEXTS, st.integers(1, 4)), min_size=2, max_size=3))
def test_no_known_word_is_lost_and_counts_add_up(days):
    """Whatever the days' texts and min_counts; a day without anything to train on is passed over."""
    vectors, seen, texts = None, Counter(), []
    for text, min_count in days:
        before, known = Counter(seen), [] if vectors is None else vectors.words
        try:
            after = trainer().fit(day(text, min_count), start=vectors).vectors
        except (TrainingError, OptionError):  # no word beside another; no word in common
            assume(False)
        is_new = counted(text) not in texts
        texts.append(counted(text))
        seen = before + counted(text) if is_new else before
        frequent = {word for word in counted(text) if seen[word] >= min_count or counted(text)[word] >= min_count}
        assert set(known) <= set(after.words) <= set(known) | frequent
        if is_new:
            assert set(after.words) == set(known) | frequent
        assert counts_of(after) == dict(seen)
        assert after.words == sorted(after.words, key=lambda word: (-seen[word], word))
        vectors = after


@pytest.mark.parametrize("trainer_class", [SkipGram, CBOW])
@pytest.mark.parametrize("engine", ["layers", "kernel"])
def test_known_words_are_trained_however_rare_they_are_today(trainer_class, engine):
    options = {"dim": 3, "window": 2, "epochs": 2, "subsample": 0, "engine": engine, "learning_rate": 0.5}
    first = trainer_class(**options).fit(Corpus.from_sentences([["a", "b", "c"]] * 9 + [["n", "b"]] * 2, 3)).vectors
    assert first.rare == {"n": 2}
    today = Corpus.from_sentences([["a", "b"]] * 9 + [["c", "b"], ["n", "a"], ["m", "a"]], 3)
    assert today.vocabulary.words == ["a", "b"]
    second = trainer_class(**options).fit(today, start=first).vectors
    assert (second["c"] != first["c"]).any()  # once today
    assert sorted(second.words) == ["a", "b", "c", "n"]  # n: twice before, once today
    assert counts_of(second) == {"a": 20, "b": 21, "c": 10, "n": 3, "m": 1}
    assert second.rare == {"m": 1}
    again = trainer_class(**options).fit(today, start=first).vectors
    assert again.matrix.tobytes() == second.matrix.tobytes()
    assert again.info == second.info


def test_the_same_text_is_counted_once():
    text = [["a", "b", "c"], ["a", "b"], ["c", "d"]] * 5
    corpus = Corpus.from_sentences(text, 2)
    vectors = trainer().fit(corpus).vectors
    once = counts_of(vectors)
    for _ in range(3):
        vectors = trainer().fit(corpus, start=vectors).vectors
        assert counts_of(vectors) == once
    for min_count in (1, 7):  # other options make another corpus, but not another text
        assert counts_of(trainer().fit(Corpus.from_sentences(text, min_count), start=vectors).vectors) == once
    other = Corpus.from_sentences([["a", "b"]] * 5)
    for number in (1, 2):
        vectors = trainer().fit(other, start=vectors).vectors
        assert vectors.counts[vectors.word_id("a")] == once["a"] + 5, number
    assert len(vectors.info["counted"]) == 2


def test_words_stay_out_as_long_as_they_are_on_the_drop_list():
    text = [["the", "tea", "of", "day"]] * 9
    first = trainer().fit(Corpus.build(iter(text), min_count=2, drop_words=["the"], max_words=2)).vectors
    assert sorted(first.words) == ["day", "of"]
    today = [["the", "tea", "of", "day", "day"]]
    second = trainer().fit(Corpus.build(iter(today), min_count=1, drop_words=["day", "the"]), start=first).vectors
    assert sorted(second.words) == ["day", "of", "tea"]  # tea passes min_count 1 today
    assert counts_of(second) == {"the": 10, "tea": 10, "of": 10, "day": 11}
    np.testing.assert_array_equal(second["day"], first["day"])  # known, but dropped from today's text
    third = trainer().fit(Corpus.build(iter(today * 2), min_count=2), start=first).vectors
    assert sorted(third.words) == ["day", "of", "tea", "the"]  # twice today, and no longer dropped
    few = trainer().fit(Corpus.build(iter([["of", "day", "x"]] * 3), min_count=4, keep_words=["of"]), start=first)
    assert sorted(few.vectors.words) == ["day", "of"]  # the tea is not here, x too rare


def test_a_limit_of_words_leaves_no_room_for_new_ones_but_known_ones_stay():
    first = trainer().fit(Corpus.from_sentences([["a", "b", "c", "d"]] * 3 + [["m", "n", "n"]], 3)).vectors
    today = [["m", "n", "a", "b"]] * 2 + [["p", "q"]] * 9
    corpus = Corpus.build(iter(today), min_count=3, max_words=2)
    assert corpus.vocabulary.words == ["p", "q"]
    assert sorted(trainer().fit(corpus, start=first).vectors.words) == ["a", "b", "c", "d", "p", "q"]
    roomy = Corpus.build(iter(today), min_count=3, max_words=5)
    assert sorted(trainer().fit(roomy, start=first).vectors.words) == ["a", "b", "c", "d", "n", "p", "q"]


def test_a_corpus_folder_has_no_words_but_its_own_and_the_run_says_so(tmp_path):
    first = trainer().fit(Corpus.from_sentences([["a", "b", "c"]] * 3, 3)).vectors
    Corpus.from_sentences([["a", "b"]] * 3 + [["c", "a"]] * 2, 3).save(tmp_path / "today")
    with pytest.warns(UserWarning, match=r"^1 words .* 2 of their tokens are not trained on; .* keep_words"):
        run = trainer().fit(Corpus.open(tmp_path / "today"), start=first)
    assert any("2 of their tokens" in note for note in run.history.notes)
    assert counts_of(run.vectors) == {"a": 8, "b": 6, "c": 5}
    np.testing.assert_array_equal(run.vectors["c"], first["c"])


def test_what_was_done_to_the_text_in_another_way_is_told():
    lines = ["New York is big", "in New York it rains"] * 4
    first = trainer().fit(of_lines(lines, tokenizer="words", min_count=2, phrases=Phrases(1, threshold=1))).vectors
    with pytest.warns(
        UserWarning, match=r"tokenized differently: tokenizer words, here whitespace; phrases .*1 of them\), here none"
    ):
        trainer().fit(of_lines(["is it in"] * 9), start=first)
    alike = of_lines(["New York rains"] * 2, **first.build_options())
    second = trainer().fit(alike, start=first).vectors
    assert second.counts[second.word_id("new_york")] == 10
    assert second.recipe == first.recipe
    by_hand = Corpus.from_sentences([second.tokenize("NEW YORK rains")] * 3, 1)
    third = trainer().fit(by_hand, start=second).vectors
    assert third.recipe == first.recipe
    assert third.counts[third.word_id("new_york")] == 13


def test_vectors_without_contexts_or_counts_warn_and_keep_contexts_from_then_on(tmp_path):
    trainer().fit(Corpus.from_sentences([["a", "b", "c"]] * 3)).vectors.save(tmp_path / "v.txt")
    start = WordVectors.load(tmp_path / "v.txt")
    with pytest.warns(UserWarning, match="have no context vectors"):
        second = trainer().fit(Corpus.from_sentences([["a", "b"]] * 3), start=start).vectors
    assert counts_of(second) == {"a": 3, "b": 3, "c": 0}
    assert second.context_matrix.shape == second.matrix.shape
    assert not second.context_matrix[second.word_id("c")].any()
    trainer().fit(Corpus.from_sentences([["a", "c"]] * 3), start=second)  # without a warning


@pytest.mark.parametrize("other", [SVD(dim=2), PPMI(), GloVe(dim=2)], ids=lambda trainer: trainer.name)
def test_trainers_that_cannot_go_on_say_which_can(other):
    corpus = Corpus.from_sentences([["a", "b", "c"]] * 3)
    start = trainer().fit(corpus).vectors
    with pytest.raises(OptionError, match=f"^{other.name} cannot continue from vectors: .*SkipGram and CBOW take"):
        other.fit(corpus, start=start)


def test_a_killed_run_that_started_from_vectors_goes_on_to_the_same_bytes(tmp_path, monkeypatch):
    class Killed(BaseException):
        pass

    def save_and_die(state, path):
        save(state, path)
        raise Killed

    rng = np.random.default_rng(5)
    first = trainer().fit(Corpus.from_sentences([rng.choice(list("abcde"), 8).tolist() for _ in range(60)], 3)).vectors
    text = [rng.choice(list("abcxyz"), 8).tolist() for _ in range(60)] + [["d", "a"]]
    whole = trainer(epochs=2).fit(Corpus.from_sentences(text, 3), start=first).vectors
    monkeypatch.setattr("wordvec.trainers.layers_engine.CHUNK", 50)
    save, path = Checkpoint.save, tmp_path / "run.checkpoint"
    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "save", save_and_die)
        with pytest.raises(Killed):
            trainer(epochs=2).fit(Corpus.from_sentences(text, 3), start=first, checkpoint=path, checkpoint_every=0)
    again = trainer(epochs=2).fit(Corpus.from_sentences(text, 3), start=first, checkpoint=path, resume=True).vectors
    assert again.matrix.tobytes() == whole.matrix.tobytes()
    assert counts_of(again) == counts_of(whole)


def test_day_by_day_from_the_command_line(tmp_path, monkeypatch, capsys):
    """Each day has only its own text and the file of the day before, which it replaces."""
    monkeypatch.chdir(tmp_path)
    days = [
        ["New York is big.", "The Rain in New York"] * 3 + ["a rare cat"],
        ["New York has A CAT", "a cat in rain"] * 2,
    ]
    days.append(["The cat is RARE"])
    options = ["--epochs", "1", "--subsample", "0"]
    for number, lines in enumerate(days, 1):
        Path("day.txt").write_text("\n".join(lines), encoding="utf-8")
        first = ["--dim", "3", "--min-count", "3", "--tokenizer", "words", "--phrases", "1"]
        first += ["--drop-words", "stop.txt"]
        Path("stop.txt").write_text("the\n", encoding="utf-8")
        start = ["--start", "v.safetensors"] if number > 1 else first
        assert main(["train", "day.txt", "-o", "v.safetensors", *options, *start]) == 0
        assert "wordvec:" not in capsys.readouterr().err
    seen = counted(line.lower().replace(".", "").split() for lines in days for line in lines)
    last = WordVectors.load("v.safetensors")
    assert counts_of(last) == dict(seen)
    assert set(last.words) == {word for word, count in seen.items() if count >= 3 and word != "the"}
    assert "cat" in last
    assert last.info["min_count"] == 3
    assert last.tokenize("The CAT!") == ["the", "cat"]


@pytest.mark.filterwarnings("always")
def test_start_with_options_of_another_text_is_told_on_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("day.txt").write_text("The cat sat\nthe cat ran\n" * 5, encoding="utf-8")
    assert main(["train", "day.txt", "-o", "v.safetensors", "--dim", "3", "--subsample", "0", "--case", "lower"]) == 0
    more = ["train", "day.txt", "-o", "w.safetensors", "--subsample", "0", "--start", "v.safetensors"]
    assert main([*more, "--tokenizer", "words"]) == 0
    assert "tokenizer whitespace, here words;" in capsys.readouterr().err
    assert main([*more[:-1], "v.txt"]) == 2
    main(["convert", "v.safetensors", "v.txt"])
    assert "how their text was tokenized" in capsys.readouterr().out
    assert main([*more[:-1], "v.txt", "--case", "lower"]) == 0
    assert "have no context vectors" in capsys.readouterr().err


def test_a_start_that_is_no_vectors():
    with pytest.raises(OptionError, match=r"start must be vectors, such as WordVectors.load\(path\); got str"):
        trainer().fit(Corpus.from_sentences([["a", "b"]]), start="v.safetensors")


def test_tokens_in_temporary_files_are_found_again(monkeypatch):
    monkeypatch.setattr("wordvec.corpus.encode.token_ids.HELD_IN_MEMORY", 64)
    text = [["a", "b"]] * 20 + [["rare", "a"]]
    corpus = Corpus.from_sentences(text, 2)
    assert list(corpus.with_words(["rare", "never"]).sentences()) == text
    corpus.forget_left_out()
    assert corpus.with_words(["rare"]) is None


def test_that_ngrams_are_not_continued_is_told():
    corpus = Corpus.from_sentences([["tea", "cup", "milk"]] * 5)
    start = trainer().fit(corpus).vectors.fit_subwords()
    notes = trainer().fit(corpus, start=start).history.notes
    assert [note for note in notes if "n-grams of the vectors to start from are not continued" in note]

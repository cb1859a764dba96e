"""Options of all trainers: other libraries' names, wrong types, sizes out of all proportion, wrong things to fit."""

import copy
import functools
import math
import pickle
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from wordvec import Corpus
from wordvec.errors import ArgumentError, OptionError
from wordvec.trainers import TRAINERS, make_trainer
from wordvec.trainers.option_help import ADVICE, OPTION_NAMES

SENTENCES = [["a", "b", "a", "c"]] * 20
OPTIONS = [(name, f.name, f.type) for name, trainer in TRAINERS.items() for f in fields(trainer)]


@pytest.mark.parametrize("trainer", TRAINERS)
def test_other_libraries_names_get_ours_or_the_place_for_it(trainer):
    known = [f.name for f in fields(TRAINERS[trainer])]
    for name in {*OPTION_NAMES, *ADVICE} - set(known):  # GloVe has an alpha of its own
        here = OPTION_NAMES.get(name)
        expected = f"it is named {here}" if here in known else ADVICE.get(name, "it takes")
        for make in (TRAINERS[trainer], functools.partial(make_trainer, trainer)):
            with pytest.raises(ArgumentError, match=f"no option '{name}'") as raised:
                make(**{name: 1})
            assert expected in str(raised.value)
            assert isinstance(raised.value, TypeError)  # as Python's own error is


def test_every_name_leads_to_an_option_that_some_trainer_has():
    known = {option for _, option, _ in OPTIONS}
    assert set(OPTION_NAMES.values()) <= known


@pytest.mark.parametrize("trainer", TRAINERS)
def test_a_slip_of_the_pen_gets_the_nearest_option(trainer):
    with pytest.raises(ArgumentError, match="did you mean window"):
        TRAINERS[trainer](windwo=3)


@pytest.mark.parametrize("trainer, option, kind", OPTIONS)
def test_every_option_refuses_what_is_not_of_its_type(trainer, option, kind):
    kinds = set(kind.split(" | "))
    for wrong in ([5], {}, object(), "five", None, True, 2.5, math.nan, b"5", np.ones(2), 1j):
        fits = type(wrong).__name__.replace("NoneType", "None") in kinds
        number = isinstance(wrong, float) and not math.isnan(wrong)
        factors = kind == "Shape" and isinstance(wrong, (list, np.ndarray))  # of a schedule of one's own
        if (fits and not isinstance(wrong, float)) or (number and "float" in kinds) or factors:
            continue
        if option == "learning_rate_schedule" and isinstance(wrong, (list, np.ndarray)):  # factors of its own
            continue
        with pytest.raises(OptionError, match=option):
            TRAINERS[trainer](**{option: wrong})


@pytest.mark.parametrize("trainer, option, kind", OPTIONS)
def test_numbers_of_numpy_are_numbers(trainer, option, kind):
    default = getattr(TRAINERS[trainer](), option)
    if type(default) in (int, float):
        made = TRAINERS[trainer](**{option: np.array(default)[()]})
        assert type(getattr(made, option)) is type(default)


def test_what_to_write_instead_is_said():
    for wrong, said in (
        ({"dim": "100"}, "write dim=100"),
        ({"dim": 20.0}, "write dim=20"),
        ({"window": None}, "default"),
    ):
        with pytest.raises(ArgumentError, match=said):
            TRAINERS["skipgram"](**wrong)


@pytest.mark.parametrize("trainer, option, kind", OPTIONS)
def test_sizes_out_of_all_proportion_are_refused_at_once(trainer, option, kind):
    if "float" in kind:
        with pytest.raises(OptionError, match=option):
            TRAINERS[trainer](**{option: math.inf})
    elif "int" in kind and option not in ("seed", "memory"):
        with pytest.raises(OptionError, match=option) as raised:
            TRAINERS[trainer](**{option: 10**18})
        assert len(str(raised.value)) < 200


@pytest.mark.parametrize("trainer", ["glove", "svd", "ppmi"])
def test_a_window_too_wide_for_exact_weights_is_refused_in_plain_words(trainer):
    with pytest.raises(OptionError, match="harmonic weighting is exact up to a window of 42 words; got 99,999"):
        TRAINERS[trainer](window=99_999)
    assert TRAINERS[trainer](window=42, weighting="harmonic").window == 42
    assert TRAINERS[trainer](window=99_999, weighting="flat").window == 99_999


@pytest.mark.parametrize("trainer", ["glove", "svd", "ppmi"])
def test_a_window_of_a_sentence_is_told_whose_it_is(trainer):
    with pytest.raises(ArgumentError, match="a window of 'sentence' is for skipgram and cbow; here, give the number"):
        TRAINERS[trainer](window="sentence")


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize("sentences", [SENTENCES, iter(SENTENCES), {"a": 1}, ("a b",), Path("file.txt")])
def test_text_given_as_an_option_is_told_where_it_goes(trainer, sentences):
    with pytest.raises(ArgumentError, match=r"the text goes to fit, as a Corpus"):
        TRAINERS[trainer](sentences)


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize(
    "given, said",
    [
        (SENTENCES, "got a list: make one by Corpus.from_sentences"),
        (["a b", "c"], "got a list of strings: make one by Corpus.from_texts"),
        ("file.txt", "got 'file.txt': make one by Corpus.from_files"),
        (Path("file.txt"), "Corpus.from_files"),
        (None, "got nothing"),
        (iter(SENTENCES), "got a list_iterator"),
        ([], "got a list"),
        (np.array(["a b"]), "got a ndarray"),
    ],
)
def test_fit_says_how_a_corpus_is_made(trainer, given, said):
    with pytest.raises(ArgumentError, match="fit takes a Corpus") as raised:
        TRAINERS[trainer]().fit(given)
    assert said in str(raised.value)


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize("name", ["epochs", "iter", "dim", "vector_size", "total_examples", "callbacks", "wrong"])
def test_fit_says_where_its_arguments_belong(trainer, name):
    corpus, here = Corpus.from_sentences(SENTENCES), OPTION_NAMES.get(name, name)
    with pytest.raises(ArgumentError, match=f"no option '{name}'") as raised:
        TRAINERS[trainer]().fit(corpus, **{name: 1})
    if here in {f.name for f in fields(TRAINERS[trainer])}:
        assert f"give {here} to the trainer" in str(raised.value)


@pytest.mark.parametrize("trainer", TRAINERS)
def test_fit_of_a_class_is_told_what_is_missing(trainer):
    with pytest.raises(ArgumentError, match=r"fit belongs to a trainer, not to its class: SkipGram\(\)\.fit\(corpus\)"):
        TRAINERS[trainer].fit(Corpus.from_sentences(SENTENCES))


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize(
    "name, said", [("wv", "trainer.vectors"), ("train", r"trainer\.fit"), ("save", "vectors.save")]
)
def test_attributes_of_other_libraries_models(trainer, name, said):
    made = TRAINERS[trainer]()
    with pytest.raises(AttributeError, match=said):
        getattr(made, name)
    assert not hasattr(made, "anything_else")


@pytest.mark.parametrize("trainer", TRAINERS)
def test_trainers_are_copied_and_pickled_as_before(trainer):
    made = TRAINERS[trainer](subsample=0.5)
    assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == copy.copy(made) == made

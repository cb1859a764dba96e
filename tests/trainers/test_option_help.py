"""help(SkipGram) lists every option, its own and inherited ones, with default and reason."""

from dataclasses import fields

import pytest

from wordvec.trainers import TRAINERS, SkipGram
from wordvec.trainers.option_help import options_of, read_reasons


@pytest.mark.parametrize("name", TRAINERS)
def test_every_option_has_a_reason_and_stands_in_the_docstring(name):
    trainer = TRAINERS[name]
    options = options_of(trainer)
    assert [option.name for option in options] == [f.name for f in fields(trainer)]
    for option in options:
        assert len(option.reason) > 10, option
        assert f"\n{option.name} = {option.default!r}\n    " in trainer.__doc__, option


def test_prose_that_begins_with_an_options_name_describes_none():
    assert read_reasons("seed of all evil\nis prose", {"seed"}) == {}
    assert read_reasons("windows are wide", {"window"}) == {}


def test_the_examples_of_a_docstring_stay():
    assert ">>> CBOW(dim=8" in TRAINERS["cbow"].__doc__


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("dv", r"ParagraphVectors trains documents: \.documents and \.infer"),
        ("infer_vector", r"\.infer\(words\)"),
        ("syn1neg", r"trainer\.vectors\.context_matrix"),
        ("corpus_count", r"len\(corpus\.sentence_starts\) - 1"),
        ("predict_output_word", "context_matrix with the mean"),
    ],
)
def test_attributes_of_gensims_models_are_answered_with_the_names_here(name, hint):
    with pytest.raises(AttributeError, match=f"has no attribute '{name}': .*{hint}"):
        getattr(SkipGram(), name)

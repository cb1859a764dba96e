"""A text to train on, for the verbs that train several models."""

from pathlib import Path

import pytest

from wordvec.corpus import Corpus


@pytest.fixture(scope="session")
def sentences():
    """A little of tiny-world, as text."""
    return "\n".join(" ".join(words) for words, _ in zip(Corpus.build("tiny-world").sentences(), range(600)))


@pytest.fixture
def small(sentences, tmp_path, monkeypatch):
    """The text in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text(sentences)
    return "text.txt"

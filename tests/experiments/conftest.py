"""A corpus to train on, and sets to score on, for the tests of several folders."""

import numpy as np
import pytest

from wordvec.corpus import Corpus
from wordvec.experiments.named_sets import read_sets


@pytest.fixture(scope="module")
def corpus():
    rng = np.random.default_rng(3)
    words = [f"w{i}" for i in range(12)]
    return Corpus.from_sentences([[words[i] for i in rng.integers(12, size=6)] for _ in range(60)])


@pytest.fixture
def sets(tmp_path):
    (tmp_path / "pairs.txt").write_text("w0 w1 5\nw2 w3 3\nw4 w5 1\nw6 w7 4\nw0 zebra 2\n")
    (tmp_path / "questions.txt").write_text(": some\nw0 w1 w2 w3\nw4 w5 w6 w7\n")
    return read_sets([("similarity", tmp_path / "pairs.txt"), ("analogy", tmp_path / "questions.txt")])

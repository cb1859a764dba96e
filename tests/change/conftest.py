"""A corpus with ten words that change in the middle of the time, and a space for it."""

import pytest
from dated_texts import CHANGING, write_dated_texts

from wordvec import SVD, Corpus
from wordvec.change.space import Space


@pytest.fixture(scope="session")
def dated_corpus(tmp_path_factory):
    folder = write_dated_texts(tmp_path_factory.mktemp("dated"), CHANGING, size=1.0, sentences=150, seed=4)
    return Corpus.from_documents(folder, folder / "table.csv", min_count=5)


@pytest.fixture(scope="session")
def dated_space(dated_corpus):
    return Space.of(dated_corpus, SVD(dim=60, window=5, power=0.5).fit(dated_corpus, show_progress=False).vectors)

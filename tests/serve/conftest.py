from __future__ import annotations

import pytest
from serving import small_vectors


@pytest.fixture(scope="session")
def vectors():
    return small_vectors(tokenizer="words", split_sentences=False)


@pytest.fixture(scope="session")
def app(vectors):
    from wordvec.serve import create_app
    from wordvec.serve.settings import Settings

    return create_app(Settings(max_body=20_000, max_words=50, max_questions=5), vectors)

"""The parts of gensim.parsing that client programs call."""

from typing import Any

from wordvec.compat.gensim.parsing import preprocessing
from wordvec.compat.gensim.parsing.preprocessing import (
    preprocess_string,
    remove_stopwords,
    strip_multiple_whitespaces,
    strip_non_alphanum,
    strip_numeric,
    strip_punctuation,
    strip_short,
    strip_tags,
)

__all__ = [
    "preprocess_string",
    "preprocessing",
    "remove_stopwords",
    "strip_multiple_whitespaces",
    "strip_non_alphanum",
    "strip_numeric",
    "strip_punctuation",
    "strip_short",
    "strip_tags",
]


def __getattr__(name: str) -> Any:
    return getattr(preprocessing, name)

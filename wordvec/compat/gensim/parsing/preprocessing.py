"""gensim.parsing.preprocessing: the text filters; there is no list of stop words here, and no stemmer."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Collection, Iterable
from typing import Any

from wordvec.compat.gensim.utils import to_unicode
from wordvec.errors import OptionError

TAGS, NUMBERS, SPACES = re.compile(r"<[^>]+>"), re.compile(r"[0-9]+"), re.compile(r"\s+")
PUNCTUATION, NOT_ALPHANUMERIC = re.compile(f"[{re.escape(string.punctuation)}]+"), re.compile(r"\W")
LETTER_DIGIT, DIGIT_LETTER = re.compile("([a-z]+)([0-9]+)"), re.compile("([0-9]+)([a-z]+)")


def strip_tags(s: str) -> str:
    """`s` without tags, from < to >.

    >>> strip_tags("<i>tea</i> for two")
    'tea for two'
    """
    return TAGS.sub("", s)


def strip_punctuation(s: str) -> str:
    """`s` with a space for each run of ASCII punctuation.

    >>> strip_punctuation("tea, for two!")
    'tea  for two '
    """
    return PUNCTUATION.sub(" ", s)


def strip_numeric(s: str) -> str:
    """`s` without digits.

    >>> strip_numeric("tea4two")
    'teatwo'
    """
    return NUMBERS.sub("", s)


def split_alphanum(s: str) -> str:
    """`s` with a space between letters and digits.

    >>> split_alphanum("24h, mp3")
    '24 h, mp 3'
    """
    return DIGIT_LETTER.sub(r"\1 \2", LETTER_DIGIT.sub(r"\1 \2", s))


def lower_to_unicode(text: str | bytes, encoding: str = "utf8", errors: str = "strict") -> str:
    """`text` in lower case, decoded if it is bytes.

    >>> lower_to_unicode("Tea")
    'tea'
    """
    return to_unicode(text.lower(), encoding, errors)


def strip_non_alphanum(s: str) -> str:
    """`s` with a space for each character that is not a letter, digit or underscore.

    >>> strip_non_alphanum("tea-for_2")
    'tea for_2'
    """
    return NOT_ALPHANUMERIC.sub(" ", s)


def strip_multiple_whitespaces(s: str) -> str:
    r"""`s` with one space for each run of white space.

    >>> strip_multiple_whitespaces("tea \t for")
    'tea for'
    """
    return SPACES.sub(" ", s)


def strip_short(s: str, minsize: int = 3) -> str:
    """The words of `s` of at least `minsize` characters.

    >>> strip_short("a cup of tea")
    'cup tea'
    """
    return " ".join(word for word in s.split() if len(word) >= minsize)


def remove_stopwords(s: str, stopwords: Collection[str] | None = None) -> str:
    """The words of `s` that are not among `stopwords`. Raises OptionError without these: there is no list here.

    >>> remove_stopwords("a cup of tea", {"a", "of"})
    'cup tea'
    """
    if stopwords is None:
        raise OptionError(f"remove_stopwords: {NO_STOPWORDS}, and give it as stopwords")
    return " ".join(word for word in s.split() if word not in stopwords)


def preprocess_string(s: str, filters: Iterable[Callable[[str], str]] | None = None) -> list[str]:
    """The words of `s` after all `filters`. Raises OptionError without these: gensim's own remove stop words and stem.

    >>> preprocess_string("<i>Tea</i>, for two", [str.lower, strip_tags, strip_punctuation])
    ['tea', 'for', 'two']
    """
    if filters is None:
        raise OptionError(
            "preprocess_string: gensim's own filters remove stop words and stem, for which there are no lists here: "
            "name filters, such as [str.lower, strip_tags, strip_punctuation, strip_multiple_whitespaces]"
        )
    for change in filters:
        s = change(s)
    return s.split()


NO_STOPWORDS = "there is no list of stop words here: take one made for your language and your question"
NOT_HERE = {
    "STOPWORDS": f"{NO_STOPWORDS}. Maps of words leave function words out by a rule (wordvec.plots.function_words), "
    "and training downsamples frequent words (sample=1e-3)",
    "DEFAULT_FILTERS": "gensim's own remove stop words and stem: list the filters that you want",
    "stem_text": "there is no stemmer here; n-grams (FastText) give words of one stem similar vectors",
    "PorterStemmer": "there is no stemmer here; n-grams (FastText) give words of one stem similar vectors",
}


def __getattr__(name: str) -> Any:
    if name in NOT_HERE:  # an AttributeError would not be shown by `from ... import`
        raise ImportError(f"gensim.parsing.preprocessing.{name} is not in wordvec.compat.gensim: {NOT_HERE[name]}")
    raise AttributeError(f"gensim.parsing.preprocessing has no {name} in wordvec.compat.gensim")

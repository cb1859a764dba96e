"""Why a word is not among the vectors, and which word may have been meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wordvec.corpus.encode.tokenizers import TOKENIZERS
from wordvec.corpus.recipe import TextRecipe
from wordvec.corpus.spelling import near_spellings
from wordvec.errors import InputError


def explain_missing(
    word: str, words: Sequence[str], rare: Mapping[str, int] | None, info: Mapping[str, Any], of_parts: str = ""
) -> tuple[str, list[str]]:
    """Return one line that says why `word` is missing, as far as that is known, and near spellings of it.

    `of_parts` says what its n-grams give, where the vectors have some. The words of a file of documents are their ids.

    >>> explain_missing("cats", ["cat", "dog"], {"cats": 3}, {"parameters": {"min_count": 5}})[0]
    "'cats' is not among the 2 words of these vectors: seen 3 times, min_count is 5; did you mean 'cat'?"
    """
    in_text = as_in_the_text(word, words, info)
    near = in_text or near_spellings(word, words, limit=3)
    if not near and word != word.lower():
        near = near_spellings(word.lower(), words, limit=3)
    seen = seen_too_rarely(word, rare, info)
    hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ", and nothing in them is spelt like it"
    whose = "documents" if "documents" in info else "words of these vectors"
    return f"{word!r} is not among the {len(words):,} {whose}{seen}{of_parts}{hint}", near


def as_in_the_text(word: str, words: Sequence[str], info: Mapping[str, Any]) -> list[str]:
    """The word that `word` was made into when the text was made into tokens, if it is among the words; or nothing.

    >>> info = {"tokenizer": "words", "split_sentences": False}
    >>> as_in_the_text("Straße", ["strasse"], info), as_in_the_text("two words", ["two", "words"], info)
    (['strasse'], [])
    """
    try:
        recipe = TextRecipe.from_info(info)
        if recipe is None or recipe.tokenizer not in TOKENIZERS:  # analysers take long to load for a hint
            return []
        tokens = recipe.tokenize(word)
    except InputError:  # a damaged recipe is told when it is asked for
        return []
    return tokens if len(tokens) == 1 and tokens != [word] and tokens[0] in words else []


def seen_too_rarely(word: str, rare: Mapping[str, int] | None, info: Mapping[str, Any]) -> str:
    """Return how often a word was seen that the vectors leave out, beginning with a colon; nothing if not known."""
    count = None if rare is None else rare.get(word)
    if count is None:
        return ""
    if count == 0:
        return ": seen only as part of phrases"
    parameters = info.get("parameters")
    least = info.get("min_count") or (parameters.get("min_count") if isinstance(parameters, dict) else None)
    limit = f", min_count is {least}" if isinstance(least, int) and count < least else ""
    return f": seen {count:,} time{'s' * (count != 1)}{limit}"

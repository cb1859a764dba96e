"""TextRows: rows of words that know how their text was made into tokens, and treat new text alike."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from wordvec.corpus.encode.tokenizers import Tokenizer, tokenizer_name
from wordvec.corpus.recipe import NOT_SAID, TextRecipe
from wordvec.errors import OptionError
from wordvec.vectors.word_rows import WordRows


class TextRows(WordRows):
    """What `WordVectors` know about text."""

    @cached_property
    def recipe(self) -> TextRecipe | None:
        """How the text was made into tokens, as far as `info` says. Raises InputError where that was damaged."""
        return TextRecipe.from_info(self.info)

    def tokenize(self, text: str, tokenizer: str | Tokenizer | None = None) -> list[str]:
        """The tokens of `text`, made as those that were trained on; words without a vector are among them.

        `tokenizer` is the function that made the tokens, where that was one of the user's, and for vectors that do
        not say what made them a built-in tokenizer's name or a function. Raises OptionError where it is needed and
        not given, or not needed; InputError where the recipe was damaged.

        >>> from wordvec import SVD, Corpus
        >>> corpus = Corpus.build([{"text": "One rose. Two roses."}], field="text", tokenizer="words", min_count=1)
        >>> SVD(dim=2).fit(corpus).vectors.tokenize("A Rose!")
        ['a', 'rose']
        """
        if self.recipe is not None:
            return self.recipe.tokenize(text, tokenizer)
        if tokenizer is None:
            raise OptionError(NOT_SAID)
        return TextRecipe(tokenizer_name(tokenizer)).tokenize(text, tokenizer)

    def build_options(self, tokenizer: str | Tokenizer | None = None) -> dict[str, Any]:
        """Options of `Corpus.build` that treat other text as the vectors' own was treated, as far as `info` says.

        min_count is among them, and keep_words, so that no word with a vector is too rare; learned phrases are joined,
        not looked for again. `tokenizer` takes the place of theirs; raises OptionError where a function of the user
        made the tokens and it is not given.

        >>> from wordvec import SVD, Corpus
        >>> corpus = Corpus.build([{"text": "One rose, two roses."}], field="text", tokenizer="words", min_count=1)
        >>> SVD(dim=2).fit(corpus).vectors.build_options()
        {'tokenizer': 'words', 'min_count': 1, 'keep_words': ['one', 'rose', 'roses', 'two']}
        """
        recipe = self.recipe or TextRecipe(self.info.get("tokenizer"))
        least = self.info.get("min_count")
        kept = {"min_count": least} if isinstance(least, int) else {}
        return recipe.as_options(tokenizer) | kept | {"keep_words": list(self.words)}

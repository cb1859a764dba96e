"""How a text was processed before its words were counted, so that new text can be processed in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from wordvec.corpus.encode.cjk import ANALYSERS
from wordvec.corpus.encode.normalization import Normalization
from wordvec.corpus.encode.sentences import split_sentences
from wordvec.corpus.encode.tokenizers import TOKENIZERS, Tokenizer, get_tokenizer, tokenizer_name
from wordvec.corpus.phrases import Phrases
from wordvec.corpus.read.records import block_of
from wordvec.errors import InputError, OptionError

KEYS = ("tokenizer", "normalization", "split_sentences", "phrases", "phrase_pairs", "dropped_words")  # in an info
EARLIER_CORPUS = "an earlier version of wordvec built this corpus and did not keep its phrases: build it again"
NOT_SAID = (
    "these vectors do not record how their text was tokenized (they come from another program or an earlier "
    "version of wordvec): name the tokenizer, as in .tokenize(text, tokenizer='words'), or --tokenizer words"
)


@dataclass(frozen=True)
class TextRecipe:
    """How text became tokens: options of `Corpus.build`, with the learned phrases.

    tokenizer        the name of a built-in tokenizer or of the user's function, or None for text given as tokens
    normalization    changes made before tokenizing
    split_sentences  whether sentences could end inside lines
    phrases          the learned phrases that were joined, or None
    drop_words       words left out of the vocabulary; they remain among the tokens

    >>> recipe = TextRecipe("words", phrases=Phrases(learned=({("new", "york"): 3.0},)))
    >>> recipe.tokenize("In New York!"), TextRecipe.from_info(recipe.as_info()) == recipe
    (['in', 'new_york'], True)
    """

    tokenizer: str | None
    normalization: Normalization = field(default_factory=Normalization)
    split_sentences: bool = False
    phrases: Phrases | None = None
    drop_words: tuple[str, ...] = ()

    def as_info(self) -> dict[str, Any]:
        """The recipe as JSON, for the description of a corpus or of vectors."""
        return {
            "tokenizer": self.tokenizer,
            "normalization": None if self.normalization.changes_nothing else self.normalization.as_dict(),
            "split_sentences": self.split_sentences,
            "phrases": None if self.phrases is None else self.phrases.as_dict(),
            "phrase_pairs": None if self.phrases is None else self.phrases.as_text(),
            "dropped_words": list(self.drop_words),
        }

    @classmethod
    def from_info(cls, info: Mapping[str, Any]) -> TextRecipe | None:
        """The recipe in the description of vectors, or None if it has none.

        Raises InputError for a damaged one.
        """
        return cls._from(info) if "split_sentences" in info else None

    @classmethod
    def of_corpus(cls, info: Mapping[str, Any]) -> TextRecipe | None:
        """The recipe in the description of a corpus, where unused options are absent; None if phrases were not kept.

        Raises InputError for a damaged one.
        """
        has_unknown_phrases = info.get("phrases") is not None and info.get("phrase_pairs") is None
        return None if has_unknown_phrases else cls._from(info)

    @classmethod
    def _from(cls, info: Mapping[str, Any]) -> TextRecipe:
        tokenizer, options, dropped = info.get("tokenizer"), info.get("phrases"), info.get("dropped_words") or []
        try:
            if not isinstance(tokenizer, (str, type(None))):
                raise ValueError(f"the tokenizer is {tokenizer!r:.80}")
            if not isinstance(dropped, list) or not set(map(type, dropped)) <= {str}:
                raise ValueError("the dropped words are not a list of words")
            return cls(
                tokenizer,
                Normalization.from_options(info.get("normalization")),
                bool(info.get("split_sentences")),
                None if options is None else Phrases.from_text(options, info.get("phrase_pairs")),
                tuple(dropped),
            )
        except (ValueError, TypeError) as error:
            raise InputError(f"the record of how the text was tokenized is damaged: {error}") from error

    def as_options(self, tokenizer: str | Tokenizer | None = None) -> dict[str, Any]:
        """The options of `Corpus.build` that process other text in the same way; unused options are left out.

        `tokenizer` replaces the recipe's tokenizer. Raises OptionError if the user's own function made the tokens and
        is not given.
        """
        if self.tokenizer is not None and tokenizer is None:
            self._check_built_in()
        options = {
            "tokenizer": tokenizer or self.tokenizer,
            "normalization": None if self.normalization.changes_nothing else self.normalization,
            "split_sentences": self.split_sentences or None,
            "phrases": self.phrases,
            "drop_words": list(self.drop_words) or None,
        }
        return {name: value for name, value in options.items() if value is not None}

    def sentences(self, text: str, tokenizer: str | Tokenizer | None = None) -> list[list[str]]:
        """The tokens of each sentence of `text`; lines end sentences. Raises as `tokenize`."""
        if not isinstance(text, str):
            raise OptionError(f"tokenize takes one text (str); got {type(text).__name__}")
        find_tokens = self._tokenizer_for(tokenizer)
        lines = block_of(text).split("\n")
        if self.split_sentences:
            lines = [sentence for line in lines for sentence in split_sentences(line)]
        found = [list(find_tokens(self.normalization.apply(line))) for line in lines]
        return found if self.phrases is None else [self.phrases.join(tokens) for tokens in found]

    def tokenize(self, text: str, tokenizer: str | Tokenizer | None = None) -> list[str]:
        """The tokens of `text`, as training saw them before rare words were left out.

        `tokenizer` must be the function that made the tokens, if it was the user's own. Raises OptionError if it is
        needed and missing, or differs from a built-in one that was used; MissingExtraError if the tokenizer needs the
        extra ``cjk`` and it is missing.

        >>> TextRecipe("words", split_sentences=True).tokenize("One. Two.")
        ['one', 'two']
        """
        return [token for sentence in self.sentences(text, tokenizer) for token in sentence]

    def _tokenizer_for(self, given: str | Tokenizer | None) -> Tokenizer:
        if given is None:
            if self.tokenizer is None:
                raise OptionError(
                    "the text came as lists of tokens, so what made them is not known: name the tokenizer or give the "
                    "function, tokenizer=..., or give lists of tokens"
                )
            return self._named_tokenizer
        if self._is_built_in and tokenizer_name(given) != self.tokenizer:
            raise OptionError(f"the text was tokenized by {self.tokenizer!r}: leave tokenizer out")
        return get_tokenizer(given)

    @property
    def _is_built_in(self) -> bool:
        return self.tokenizer in TOKENIZERS or self.tokenizer in ANALYSERS

    def _check_built_in(self) -> None:
        if not self._is_built_in:
            raise OptionError(
                f"the text was tokenized by a function, {self.tokenizer}, which is not kept: "
                "give it, as in .tokenize(text, tokenizer=f) or .build_options(tokenizer=f); the command line cannot "
                "call it, and takes a corpus folder that it built"
            )

    @cached_property
    def _named_tokenizer(self) -> Tokenizer:
        """The built-in tokenizer, made once because an analyser loads its dictionary."""
        self._check_built_in()
        return get_tokenizer(str(self.tokenizer))

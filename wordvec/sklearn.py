"""Word vectors in scikit-learn: words or texts to rows, and trainers as estimators (extra ``sklearn``).

WordVectorizer       words -> their vectors
DocumentVectorizer   texts or token lists -> the means of their words' vectors, for existing vectors
SkipGramVectorizer, CBOWVectorizer, GloVeVectorizer, SVDVectorizer, PPMIVectorizer
                     the same, with vectors trained on the texts given to `fit`; the trainer's options are arguments
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, fields, make_dataclass
from typing import Any, ClassVar

import numpy as np

from wordvec.corpus import Corpus
from wordvec.corpus.read.values import Tally, as_tokens, without_gaps
from wordvec.errors import InputError, MissingExtraError, OptionError, VectorsFileError, describe
from wordvec.progress import warn
from wordvec.trainers import CBOW, PPMI, SVD, GloVe, SkipGram
from wordvec.vectors import WordVectors
from wordvec.vectors.documents import SentenceVectors, mean_sentence_vectors, sif_sentence_vectors

try:
    from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
    from sklearn.utils.validation import check_is_fitted
except ModuleNotFoundError as error:
    raise MissingExtraError("scikit-learn", "sklearn", "wordvec.sklearn") from error

__all__ = [
    "CBOWVectorizer", "DocumentVectorizer", "GloVeVectorizer", "PPMIVectorizer", "SVDVectorizer", "SkipGramVectorizer",
    "WordVectorizer", "load",
]  # fmt: skip

POOLINGS = ("mean", "sif")
UNKNOWN = ("error", "zero")
KEY = "sklearn"  # in the info of the vectors' file
estimator = dataclass(eq=False, repr=False, kw_only=True)  # its __init__ only assigns, as scikit-learn requires


class _Rows(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """The common base: one-dimensional input of text, output rows with the dimensions of `vectors_`."""

    vectors_: WordVectors

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.transformer_tags.preserves_dtype = []  # rows are float32, whatever comes in
        return tags

    @property
    def _n_features_out(self) -> int:
        return self.vectors_.dim

    def fit_transform(self, X: Iterable[Any], y: Any = None) -> Any:
        """`fit` and `transform`; an iterator is read once."""
        return self.fit(X := as_items(X), y).transform(X)  # type: ignore[attr-defined]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted transformer as a file of vectors that also holds its parameters; `load` reads it.

        Raises NotFittedError before `fit`, OptionError if a parameter is a function.
        """
        check_is_fitted(self)
        vectors, parameters = self.vectors_, self.get_params(deep=False)
        parameters.pop("vectors", None)
        for name, value in parameters.items():
            parameters[name] = value.item() if isinstance(value, np.generic) else value
            if callable(value):
                raise OptionError(f"{type(self).__name__}.save: {name} is a function, which no file keeps")
        component = getattr(self, "component_", None)
        about = {"class": type(self).__name__, "parameters": parameters}
        about["component"] = None if component is None else [float(number) for number in component]
        kept = copy(vectors)
        kept.info = {**vectors.info, KEY: about}
        kept.save(path, format="safetensors")


@estimator
class WordVectorizer(_Rows):
    """Transform words to their vectors.

    vectors   WordVectors, or the path of a file of vectors
    unknown   for a word without a vector: "error", or "zero", a row of zeros

    Shapes: n words -> (n, D) float32. Raises UnknownWordError for a word without a vector if `unknown` is "error".

    >>> vectors = WordVectors(["cat", "dog"], np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> WordVectorizer(vectors=vectors).fit_transform(["dog", "cat"]).tolist()
    [[3.0, 4.0], [1.0, 2.0]]
    """

    vectors: WordVectors | str | os.PathLike[str] | None = None
    unknown: str = "error"

    def fit(self, X: Iterable[str], y: Any = None) -> WordVectorizer:
        """Load the vectors; nothing is learned from `X`."""
        if self.unknown not in UNKNOWN:
            raise OptionError(f"WordVectorizer: unknown must be one of {', '.join(UNKNOWN)}; got {self.unknown!r}")
        _check_words(as_items(X))
        self.vectors_ = _loaded(type(self).__name__, self.vectors)
        return self

    def transform(self, X: Iterable[str]) -> np.ndarray:
        """The vectors (n, D) float32 of n words."""
        check_is_fitted(self)
        words = as_items(X)
        _check_words(words)
        if self.unknown == "error":
            return self.vectors_[words]
        zero = np.zeros(self.vectors_.dim, np.float32)
        return np.array([self.vectors_.get(word, zero) for word in words], np.float32).reshape(-1, len(zero))


@estimator
class _Documents(_Rows, ABC):
    """Transform texts or token lists to rows, with the vectors from `_vectors_for`."""

    pooling: str = "mean"
    tokenizer: Any = None

    def fit(self, X: Iterable[Any], y: Any = None) -> Any:
        """Get the vectors and, for "sif", the direction that the documents of `X` share."""
        if self.pooling not in POOLINGS:
            raise OptionError(f"{type(self).__name__}: pooling must be one of {POOLINGS}; got {self.pooling!r}")
        items = as_items(X)
        are_texts = _are_texts(items)
        self.vectors_ = self._vectors_for(items, are_texts)
        self.component_ = None
        if self.pooling == "sif":
            self.component_ = sif_sentence_vectors(self.vectors_, self._tokens(items)).component
            if self.component_ is None:
                raise InputError(f"{type(self).__name__}: no document has a word with a vector")
        return self

    def transform(self, X: Iterable[Any]) -> np.ndarray:
        """A row for each of n documents, (n, D) float32; a document without known words gets zeros and a warning."""
        check_is_fitted(self)
        items = as_items(X)
        _are_texts(items)
        found = self._pooled(self._tokens(items))
        without = int((found.found == 0).sum())
        if without:
            warn(f"{without:,} of {len(items):,} documents have no word with a vector: their rows are zero")
        return found.matrix

    def _pooled(self, sentences: Sequence[Sequence[str]]) -> SentenceVectors:
        if self.component_ is None:
            return mean_sentence_vectors(self.vectors_, sentences)
        return sif_sentence_vectors(self.vectors_, sentences, component=self.component_)

    def _tokens(self, items: list[Any]) -> list[list[str]]:
        """Token lists without what is missing, which is told; texts tokenized like the text of the vectors."""
        if not _are_texts(items):
            tally = Tally("documents", "documents", strict=False)
            lists = [without_gaps(tokens) for tokens in items]
            tally.leave_out_gaps(sum(gaps for _, gaps in lists), "")
            tally.finish()
            return [as_tokens(tokens) or [] for tokens, _ in lists]
        return [self.vectors_.tokenize(text, self.tokenizer) for text in items]

    @abstractmethod
    def _vectors_for(self, items: list[Any], are_texts: bool) -> WordVectors: ...


@estimator
class DocumentVectorizer(_Documents):
    """Transform texts, or lists of tokens, to the means of their words' vectors.

    vectors     WordVectors, or the path of a file of vectors: then all processes of a search map the same pages
    pooling     "mean"; or "sif", which gives rare words more weight and removes what the documents of `fit` share
                (`wordvec.vectors.documents.sif_sentence_vectors`)
    tokenizer   a name or a function; needed for texts if the vectors do not record their tokenizer

    Shapes: n documents -> (n, D) float32. Words without a vector are skipped.

    >>> vectors = WordVectors(["good", "tea"], np.array([[1.0, 3.0], [3.0, 1.0]]))
    >>> DocumentVectorizer(vectors=vectors, tokenizer="words").fit_transform(["Good tea!", "tea"]).tolist()
    [[2.0, 2.0], [3.0, 1.0]]
    """

    vectors: WordVectors | str | os.PathLike[str] | None = None

    def _vectors_for(self, items: list[Any], are_texts: bool) -> WordVectors:
        return _loaded(type(self).__name__, self.vectors)


@estimator
class _Trained(_Documents):
    """A DocumentVectorizer whose vectors are trained on the documents of `fit`; the trainer's options are arguments.

    pooling     as in DocumentVectorizer
    tokenizer   a name or a function, for texts; the default is "words"
    min_count   words that occur less often get no vector

    Attributes after `fit`: ``vectors_`` (WordVectors), ``history_`` (loss, seconds, notes).

    >>> texts = ["tea with milk", "milk and tea", "rain and wind", "wind with rain"] * 10
    >>> SVDVectorizer(dim=4, window=2).fit_transform(texts).shape
    (40, 4)
    """

    trainer: ClassVar[Any]
    min_count: int = 1

    def _vectors_for(self, items: list[Any], are_texts: bool) -> WordVectors:
        if are_texts:
            name = "words" if self.tokenizer is None else self.tokenizer
            corpus = Corpus.from_texts(items, tokenizer=name, min_count=self.min_count, show_progress=False)
        else:
            corpus = Corpus.from_sentences(items, min_count=self.min_count, show_progress=False)
        options = {field.name: getattr(self, field.name) for field in fields(self.trainer)}
        trained = self.trainer(**options).fit(corpus, show_progress=False)
        self.history_ = trained.history
        return trained.vectors


def _estimator_of(trainer: Any) -> Any:
    """`_Trained` for a trainer, with the trainer's options and defaults as arguments that scikit-learn can list."""
    return make_dataclass(
        f"{trainer.__name__}Vectorizer",
        [(option.name, option.type, option.default) for option in fields(trainer)],
        bases=(_Trained,),
        namespace={"__module__": __name__, "__doc__": _Trained.__doc__, "trainer": trainer},
        eq=False,
        repr=False,
        kw_only=True,
    )


SkipGramVectorizer = _estimator_of(SkipGram)
CBOWVectorizer = _estimator_of(CBOW)
GloVeVectorizer = _estimator_of(GloVe)
SVDVectorizer = _estimator_of(SVD)
PPMIVectorizer = _estimator_of(PPMI)


def load(path: str | os.PathLike[str]) -> Any:
    """Read a transformer written by `save`, ready to transform. Nothing in the file is executed.

    Raises VectorsFileError for any other file, or a damaged one.

    >>> import tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "documents.safetensors")
    >>> vectors = WordVectors(["good", "tea"], np.array([[1.0, 3.0], [3.0, 1.0]]))
    >>> DocumentVectorizer(vectors=vectors, tokenizer="words").fit(["tea"]).save(path)
    >>> load(path).transform(["Good tea!"]).tolist()
    [[2.0, 2.0]]
    """
    vectors = WordVectors.load(path)
    about = vectors.info.pop(KEY, None)
    known = {cls.__name__: cls for cls in (WordVectorizer, DocumentVectorizer, *_Trained.__subclasses__())}
    try:
        found = known[about["class"]](**about["parameters"])  # type: ignore[index]
        component = about["component"]  # type: ignore[index]
        component = None if component is None else np.array(component, np.float32).reshape(vectors.dim)
    except (KeyError, TypeError, ValueError) as error:
        what = "holds vectors, but no transformer" if about is None else f"damaged: {error}"
        raise VectorsFileError(f"{os.fspath(path)}: {what}; save one with its .save(path)") from error
    if "vectors" in found.get_params(deep=False):
        found.vectors = vectors
    found.vectors_ = vectors
    if isinstance(found, _Documents):
        found.component_ = component
    return found


def as_items(X: Iterable[Any]) -> list[Any]:
    """The items of one column as a list. Raises OptionError for a single text, a table, or anything not a collection.

    >>> as_items(np.array(["a", "b"]))
    ['a', 'b']
    """
    shape = getattr(X, "shape", None)
    if isinstance(X, (str, bytes, dict)) or (shape is not None and len(shape) != 1) or not isinstance(X, Iterable):
        raise OptionError(
            f"one column of texts, words or token lists expected, such as a list or frame['text']; got {describe(X)}"
        )
    return X.tolist() if isinstance(X, np.ndarray) else list(X)


def _check_words(items: list[Any]) -> None:
    for number, word in enumerate(items):
        if not isinstance(word, str):
            raise OptionError(f"words expected; item {number:,} is {describe(word)}")


def _are_texts(items: list[Any]) -> bool:
    """Whether all items are texts; False for token lists. Raises OptionError for anything else, and for no items."""
    if not items:
        raise OptionError("at least one document expected; got none")
    are_texts = isinstance(items[0], str)
    expected = "a text" if are_texts else "a list of tokens"
    for number, item in enumerate(items):
        if isinstance(item, str) != are_texts or not isinstance(item, (str, list, tuple, np.ndarray)):
            raise OptionError(
                f"texts or lists of tokens expected, and all of one kind; item {number:,} is {describe(item)}"
                f"{'' if number == 0 else f' and item 0 is {expected}'}: fill in or leave out what is missing"
            )
        if not are_texts and as_tokens(without_gaps(item)[0]) is None:
            raise OptionError(
                f"lists of tokens, which are text or whole numbers, expected; item {number:,} holds something else"
            )
    return are_texts


def _loaded(who: str, vectors: Any) -> WordVectors:
    if isinstance(vectors, (str, os.PathLike)):
        return WordVectors.load(vectors)
    if not isinstance(vectors, WordVectors):
        raise OptionError(f"{who}: vectors must be WordVectors or the path of a file of them; got {describe(vectors)}")
    return vectors

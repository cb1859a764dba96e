"""WordVectors: words, their vectors, and queries."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.argument_types import check_is_list
from wordvec.errors import InputError, OptionError
from wordvec.vectors import queries
from wordvec.vectors.document_rows import TextRows
from wordvec.vectors.filters import check_names, select
from wordvec.vectors.gensim_names import hints_for_gensims
from wordvec.vectors.neighbours import Neighbours
from wordvec.vectors.search import cosines
from wordvec.vectors.word_rows import RowNumbers, Subwords, WordOrVector

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from wordvec.corpus.encode.tokenizers import Tokenizer
    from wordvec.vectors.documents import DocumentVectors
    from wordvec.vectors.filters import Filters

__all__ = ["Neighbours", "RowNumbers", "Subwords", "WordOrVector", "WordVectors"]

Weighted = tuple[WordOrVector, float]
Positive = WordOrVector | Weighted | Sequence[WordOrVector | Weighted]


class WordVectors(TextRows):
    """V words and their vectors, one row each.

    Shapes: matrix (V, D) float32 (float16 is kept, anything else becomes float32), counts (V,) int64 or None,
    context_matrix (V, D) or None. An int8 matrix with scales (V,) float32 represents the rows matrix[i] * scales[i];
    `rows` always returns float32. `info` says where the vectors come from; it must be JSON-serializable ("trainer",
    "parameters", "corpus_fingerprint", "tokenizer", "loss", ...). `subwords` composes vectors for words without a row
    (``vectors["unseen"]``; ``"unseen" in vectors`` is still False). `rare` holds the words that were too rare for a
    row, with their counts.
    A list of words is copied; another sequence (which may decode words on access) is kept, and checked at the first
    look-up of a word. The matrix is not copied and is read-only in this object; a memory-mapped one stays mapped.

    Similarity is always the cosine; a zero vector is similar to nothing (0.0). Queries read the matrix in its stored
    form, in blocks. They need a few MiB besides it, and 8 bytes per word for the lengths of the rows, which the first
    query computes. Queries that search for words accept filters and return only words that pass all of them (see
    `select`): ``top=30_000``, ``min_count=100``, ``pattern="ly$"``, ``among=["red", "blue"]``.

    Raises InputError for an empty or repeated word, ShapeError for arrays that do not fit.

    >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]]))
    >>> vectors
    WordVectors(3 words, 2 dimensions)
    >>> [(word, round(score, 2)) for word, score in vectors.most_similar("cat", k=1)]
    [('dog', 0.99)]
    """

    def _repr_html_(self) -> str:
        from wordvec.vectors.neighbours import vectors_as_html

        return vectors_as_html(self)

    # How similar

    def similarity(self, a: WordOrVector, b: WordOrVector) -> float:
        """Return the cosine of two words or vectors, in [-1, 1]; 0.0 if one of them is zero.

        >>> WordVectors(["x", "y"], np.array([[1.0, 0.0], [1.0, 1.0]])).similarity("x", "y")
        0.7071067690849304
        """
        return min(1.0, max(-1.0, float(self.unit_of(a) @ self.unit_of(b))))

    def n_similarity(self, some: Sequence[WordOrVector], others: Sequence[WordOrVector]) -> float:
        """Return the cosine of the sums of two lists of words or vectors, as unit vectors; 0.0 for a zero sum.

        (gensim's n_similarity adds the vectors without scaling them.) Raises OptionError for an empty list.

        >>> vectors = WordVectors(["x", "y", "z"], np.array([[3.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
        >>> round(vectors.n_similarity(["x", "y"], ["z"]), 6)
        1.0
        """
        some, others = (items if isinstance(items, str) else list(items) for items in (some, others))
        if any(isinstance(items, str) or len(items) == 0 for items in (some, others)):
            raise OptionError("n_similarity: give two lists of at least one word each")
        a, b = (np.sum([self.unit_of(item) for item in items], axis=0) for items in (some, others))
        return self.similarity(a, b)

    def distances(self, item: WordOrVector, words: Sequence[str] | None = None) -> np.ndarray:
        """Return the cosine distances (n,) float32, 1 - cosine, of a word or vector to all rows, in order.

        With `words`, only to these words; a zero row is at distance 1 from everything. Raises UnknownWordError for the
        first of them without a row.

        >>> vectors = WordVectors(["x", "y"], np.array([[2.0, 0.0], [0.0, 1.0]]))
        >>> vectors.distances("x").tolist(), vectors.distances("x", ["y"]).tolist()
        ([0.0, 1.0], [1.0])
        """
        rows = slice(0, len(self)) if words is None else self.ids_of(words)
        return np.asarray(1.0 - np.clip(cosines(self, self.unit_of(item)[None, :], rows)[0], -1.0, 1.0))

    # Which words

    def most_similar(
        self, positive: Positive, negative: Positive = (), k: int = 10, **filters: Unpack[Filters]
    ) -> Neighbours:
        """Return the `k` words nearest to the sum of `positive` minus the sum of `negative`, as (word, cosine).

        Each word or vector is scaled to length 1 (Mikolov, Yih and Zweig 2013, section 4), or to the weight w of a pair
        (word, w). The given words are excluded from the result. A vector is a numpy array (D,).
        Raises UnknownWordError, OptionError (k < 1, nothing given), InputError (the sum has no direction).

        >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]]))
        >>> [(word, round(score, 2)) for word, score in vectors.most_similar("cat", among=["car"])]
        [('car', 0.1)]
        """
        return self.most_similar_each([(positive, negative)], k, **filters)[0]

    def most_similar_each(
        self, questions: Sequence[tuple[Positive, Positive]], k: int = 10, **filters: Unpack[Filters]
    ) -> list[Neighbours]:
        """Return `most_similar` for many (positive, negative) together, much faster than one after another.

        >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]]))
        >>> [found[0][0] for found in vectors.most_similar_each([("cat", []), (["dog"], ["cat"])], k=1)]
        ['dog', 'car']
        """
        questions = list(questions)
        if any(isinstance(question, str) for question in questions):
            raise OptionError("most_similar_each takes pairs (positive, negative); for words: nearest_to_each(words)")
        pairs = [(queries.as_list(positive), queries.as_list(negative)) for positive, negative in questions]
        targets = queries.directions(self, pairs)
        excluded = [queries.given_rows(self, positive + negative) for positive, negative in pairs]
        found = queries.nearest(self, targets, excluded, k, self.select(**filters))
        for answer, (positive, negative) in zip(found, pairs):
            answer.composed = queries.composed_words(self, positive + negative)
        return found

    def nearest(self, vector: np.ndarray, k: int = 10, **filters: Unpack[Filters]) -> Neighbours:
        """Return the `k` words nearest to a vector (D,), as (word, cosine); no word is excluded.

        Raises InputError for a zero vector, and for one with nan or infinity.
        """
        target = self.unit_of(np.asarray(vector))
        if not target.any():
            raise InputError("nearest: the vector is zero, which points nowhere")
        return queries.nearest(self, [target], [[]], k, self.select(**filters))[0]

    def nearest_to_each(
        self, items: Sequence[WordOrVector], k: int = 10, **filters: Unpack[Filters]
    ) -> list[Neighbours]:
        """Return the `k` nearest words of many words or vectors; a word is excluded from its own result.

        A zero vector is similar to nothing, so its result is empty. This works in blocks: memory does not grow with
        the number of items times the number of words.
        """
        check_is_list("items", items)
        targets = [self.unit_of(item) for item in items]
        own = [self.known_ids([item]) for item in items]
        found = queries.nearest(self, targets, own, k, self.select(**filters))
        for answer, item in zip(found, items):
            answer.composed = queries.composed_words(self, [item])
        return found

    def analogy(
        self, a: str, b: str, c: str, k: int = 10, method: str = "3cosadd", **filters: Unpack[Filters]
    ) -> Neighbours:
        """Answer "a is to b as c is to ?" with the `k` best words as (word, score); a, b and c are excluded.

        "3cosadd" (Mikolov, Yih and Zweig 2013): cos(x, b - a + c), all of unit length.
        "3cosmul" (Levy and Goldberg 2014, eq. 4): cos(x, b) cos(x, c) / (cos(x, a) + 0.001), each cos as (cos + 1) / 2.
        "pair-direction" (PairDirection, the same): cos(x - c, b - a), all of unit length.
        Raises UnknownWordError, and OptionError for an unknown method.

        >>> lattice = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0], [-1.0, 0.0, 0.0]])
        >>> WordVectors(["man", "king", "woman", "queen", "apple"], lattice).analogy("man", "king", "woman")[0][0]
        'queen'
        """
        found = queries.analogy(self, a, b, c, k, method, self.select(**filters))
        found.composed = queries.composed_words(self, [a, b, c])
        return found

    def rank(self, a: str, b: str, **filters: Unpack[Filters]) -> int:
        """Return the rank of `b` among the neighbours of `a`: 1 for the nearest, 0 for `a` itself.

        It is one more than the number of words other than `a` that are strictly more similar to `a` than `b` is.
        """
        a_row, b_row = self.word_id(a), self.word_id(b)
        return 0 if a == b else 1 + len(queries.closer_rows(self, a_row, b_row, self.select(**filters)))

    def closer_than(self, a: str, b: str, **filters: Unpack[Filters]) -> Neighbours:
        """Return all words strictly more similar to `a` than `b` is, as (word, cosine), best first.

        >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]]))
        >>> [word for word, _ in vectors.closer_than("cat", "car")], vectors.closer_than("cat", "dog")
        (['dog'], [])
        """
        a_row, b_row = self.word_id(a), self.word_id(b)
        rows = queries.closer_rows(self, a_row, b_row, self.select(**filters))
        if a == b or len(rows) == 0:
            return Neighbours()
        return self.nearest_to_each([a], k=len(rows), among=rows)[0]

    def doesnt_match(self, words: Sequence[str]) -> str:
        """Return the word least similar to the mean of all words' unit vectors; the first, if several are equal.

        Raises UnknownWordError, and OptionError for fewer than three words, where none is the odd one out.
        """
        return queries.doesnt_match(self, words)

    def select(self, **filters: Unpack[Filters]) -> np.ndarray | None:
        """Return the rows that pass the filters, ascending (n,) int64; None without filters. See `filters.select`.

        Select once and pass ``among=rows`` to avoid repeating the selection for every query.
        Raises TypeError for an unknown filter.
        """
        check_names(filters)
        return select(self, **filters)

    # In other forms

    def with_rows(
        self,
        words: Sequence[str],
        rows: np.ndarray,
        counts: Sequence[int] | np.ndarray | None = None,
        *,
        replace: bool = False,
    ) -> WordVectors:
        """Return new vectors with `rows` (n, D) for `words` added after the others; these vectors are unchanged.

        `counts` (n,) says how often the words were seen; the default is 0, if these vectors have counts. With
        `replace`, words that already have a row get the new one, and keep their count unless one is given. New rows
        have zero context vectors. float16 and int8 become float32. Raises ShapeError for rows of the wrong shape,
        InputError for a word that already has a row, or is repeated.

        >>> cat = WordVectors(["cat"], np.array([[1.0, 2.0]]))
        >>> cat.with_rows(["<unk>"], np.zeros((1, 2))).words, len(cat)
        (['cat', '<unk>'], 1)
        """
        from wordvec.vectors.filters import with_rows

        return with_rows(self, words, rows, counts, replace=replace)

    def to_pandas(self) -> Any:
        """A pandas DataFrame with the words as index and a column per dimension. Raises MissingExtraError."""
        from wordvec.vectors.files.frames import to_pandas

        return to_pandas(self)

    def to_polars(self) -> Any:
        """A polars DataFrame: columns word, count (if known) and vector (an array). Raises MissingExtraError.

        `to_arrow` has the same columns.
        """
        from wordvec.vectors.files.frames import to_polars

        return to_polars(self)

    def to_arrow(self) -> Any:
        """A pyarrow Table: word, count (if known) and vector (a list of fixed size); `info` as metadata.

        float32 rows are not copied. ``save("vectors.parquet")`` writes this table. Raises MissingExtraError.

        >>> WordVectors(["cat"], np.array([[1.0, 2.0]])).to_arrow().to_pylist()
        [{'word': 'cat', 'vector': [1.0, 2.0]}]
        """
        from wordvec.vectors.files.frames import to_arrow

        return to_arrow(self)

    def to_torch(self, freeze: bool = True) -> Any:
        """A torch.nn.Embedding with a copy of the rows; with `freeze` training does not change them.

        A word's index is ``vectors.word_ids[word]``. Raises MissingExtraError.
        """
        from wordvec.vectors.files.frames import to_torch

        return to_torch(self, freeze)

    # Documents

    def embed(
        self,
        texts: Iterable[str | Sequence[str]],
        weights: str | np.ndarray | None = None,
        *,
        a: float = 1e-3,
        tokenizer: str | Tokenizer | None = None,
        threads: int | None = None,
    ) -> DocumentVectors:
        """Return a vector for each text: the weighted mean of its words' unit vectors.

        Texts are tokenized like the training text (see `tokenize`); lists of tokens are used unchanged. `weights` is
        "sif", a / (a + the word's share of all counts) (Arora, Liang and Ma 2017), "mean", "tf-idf" (inverse document
        frequency over these texts), or numbers (V,). For vectors trained by `ParagraphVectors` it is "infer", the row
        that training would give (`wordvec.vectors.inference`). Words without a vector are counted; with `subwords` they
        have one. A text in which no word has a vector gets a row of zeros: see `DocumentVectors.empty`.
        The same text gives the same bytes with any number of threads and, except for tf-idf, with any other texts.
        Raises OptionError, and InputError for "sif" without counts.

        >>> vectors = WordVectors(["the", "tea"], np.eye(2), counts=np.array([900, 100]))
        >>> found = vectors.embed(["the tea", "grief"], a=0.1, tokenizer="whitespace")
        >>> found.matrix.round(2).tolist(), found.empty.tolist()
        ([[0.05000000074505806, 0.25], [0.0, 0.0]], [False, True])
        """
        from wordvec.vectors.documents import embed

        return embed(self, texts, weights, a=a, tokenizer=tokenizer, threads=threads)

    # Words without a row

    def fit_subwords(
        self,
        min_n: int = 3,
        max_n: int = 6,
        buckets: int | None = None,
        *,
        ridge: float | None = None,
        lean: bool | float = False,
        jamo: bool = False,
        hashes: int = 0,
        threads: int | None = None,
    ) -> WordVectors:
        """Return these vectors with `subwords` fitted to them: rows of n-grams whose mean predicts a word's vector.

        The n-grams are the parts of ``<word>`` with `min_n` to `max_n` characters. Each has its own row, unless
        `buckets` numbers them by a hash, as in fastText. The fit is a ridge regression (Zhao, Mudgal and Liang 2018;
        see `wordvec.vectors.fitted_subwords`), with weights log(count + 1). It works for any vectors and leaves the
        words' rows unchanged, to the byte.
        With `lean`, rare words lean on their parts: (c own + k predicted) / (c + k) of unit rows, where c is the word's
        count; the row's length is kept. ``lean=True`` chooses k by predicting every tenth word from the others: see
        `info["subwords"]`; a number is k itself. The result has the same bytes for any number of `threads`.
        `jamo` first decomposes Korean syllables into letters. `hashes`, from 1 to 4, makes a table of `buckets` rows
        for ``save(path, "floret")``, with this many of floret's hashes for each n-gram and word. That file also
        composes known words, so the default `ridge` is lower: known words are closer, unseen ones less accurate.
        Raises OptionError for options out of range; InputError if no word has n-grams, or counts are needed and
        missing.

        >>> vectors = WordVectors(["walk", "walking", "talk"], np.array([[1.0, 0.1], [0.9, 0.3], [0.1, 1.0]]))
        >>> fitted = vectors.fit_subwords()
        >>> "walked" in fitted, sorted(word for word, _ in fitted.most_similar("walked", k=2))
        (False, ['walk', 'walking'])
        """
        from wordvec.vectors.fitted_subwords import fit_subwords

        return fit_subwords(
            self, min_n, max_n, buckets, ridge=ridge, lean=lean, jamo=jamo, hashes=hashes, threads=threads
        )

    # Files

    @classmethod
    @hints_for_gensims
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        limit: int | None = None,
        words: Iterable[str] | str | os.PathLike[str] | None = None,
        words_from: str | os.PathLike[str] | None = None,
        dtype: Any = None,
        strict: bool = False,
        on_repair: Callable[[str], None] | None = None,
    ) -> WordVectors:
        """Read vectors from a file of any known format, recognized by content.

        `limit`: only the first rows; `words`: only these words; `words_from`: the file of a matrix's words; `dtype`:
        "float32", "float16" or "int8"; `strict`: no repairs. See `wordvec.vectors.load.load_rows`.
        """
        from wordvec.vectors.load import load_rows

        rows = load_rows(
            path, limit=limit, words=words, words_from=words_from, dtype=dtype, strict=strict, on_repair=on_repair
        )
        vectors = cls.__new__(cls)  # the rows were checked; checking again would read the whole file
        vars(vectors).update(vars(rows))
        return vectors

    @hints_for_gensims
    def save(self, path: str | os.PathLike[str], format: str | None = None) -> None:
        """Write the vectors; the default format depends on the suffix; see `wordvec.vectors.load.save`."""
        from wordvec.vectors.load import save

        save(self, path, format)

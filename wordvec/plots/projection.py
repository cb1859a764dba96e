"""Projection to two dimensions by PCA (own code), t-SNE (openTSNE) or UMAP (umap-learn); and which words to omit."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from wordvec.argument_types import LARGEST_SEED_OF_NUMPY, check_seed, typed
from wordvec.blas import one_blas_thread
from wordvec.errors import MissingExtraError, OptionError, ShapeError
from wordvec.progress import announce, on_terminal, progress

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors


METHODS = ("pca", "tsne", "umap")
METHOD_NAMES = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
TSNE_ROUNDS = (250, 500)  # with early exaggeration, and without
ROUNDS_PER_REPORT = 10
UMAP_EXTENT = 10.0  # extent of UMAP's initial map
BLOCK = 8_192


@typed
def pca(matrix: np.ndarray, dims: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Return principal components: the coordinates of the rows along the directions in which they vary most.

    With X the rows minus their mean and X = U S V^T, the coordinates are X V = U S (Pearson 1901; Hotelling 1933).
    They are computed from the (D, D) scatter matrix X^T X = V S^2 V^T. Sign convention: in each direction (column of V)
    the entry of largest absolute value is positive.

    Shapes: matrix (N, D) -> coordinates (N, dims) float64, and the share of the variance along each direction, (dims,).
    Raises ShapeError for a matrix that is not (N, D) or not finite, OptionError for more dims than rows or columns.

    >>> points, share = pca(np.array([[0.0, 3.0], [4.0, 0.0], [8.0, -3.0]]), dims=1)
    >>> points.round(6).tolist(), share.round(6).tolist()
    ([[-5.0], [0.0], [5.0]], [1.0])
    """
    matrix = np.asarray(matrix)
    if matrix.ndim != 2 or not np.isfinite(matrix).all():
        raise ShapeError(f"pca: a matrix (N, D) of finite numbers expected; got {_description(matrix)}")
    _check_width(matrix, dims)
    if not 1 <= dims <= min(matrix.shape):
        raise OptionError(f"pca: dims must be from 1 to {min(matrix.shape)} for {matrix.shape}; got {dims}")
    with one_blas_thread():  # same bytes for any number of threads; small products need only one
        centre = matrix.mean(axis=0, dtype=np.float64)
        scatter = np.zeros((len(centre), len(centre)))
        for block in _blocks(matrix):
            scatter += (block - centre).T @ (block - centre)
        variances, directions = np.linalg.eigh(scatter)
        variances, directions = np.maximum(variances[::-1][:dims], 0), directions[:, ::-1][:, :dims]
        largest = np.abs(directions).argmax(axis=0)
        directions = directions * np.where(directions[largest, np.arange(dims)] < 0, -1, 1)
        points = np.concatenate([(block - centre) @ directions for block in _blocks(matrix)])
    total = float(np.trace(scatter))
    return points, variances / total if total > 0 else np.zeros(dims)


def _blocks(matrix: np.ndarray) -> Iterator[np.ndarray]:
    """The rows in float64, BLOCK at a time."""
    for first in range(0, len(matrix), BLOCK):
        yield matrix[first : first + BLOCK].astype(np.float64)


@typed
def project(
    matrix: np.ndarray,
    method: str = "pca",
    seed: int = 1,
    dims: int = 2,
    start: np.ndarray | None = None,
    show_progress: bool | None = None,
) -> np.ndarray:
    """Project the rows to `dims` dimensions by "pca", "tsne" or "umap"; deterministic by `seed`.

    t-SNE: openTSNE (van der Maaten and Hinton 2008; Policar, Strazar and Zupan 2019), cosine distances, perplexity 30
    or a third of the number of rows if that is smaller. UMAP: umap-learn (McInnes, Healy and Melville 2018), cosine
    distances, 15 neighbours. Both start from PCA, which preserves more of the global structure than other starts (Kobak
    and Linderman 2021, "Initialization is critical"), or from `start` (N, dims), such as the map of another model, so
    that two maps can be compared. Both show which words are near; distances between far groups mean little. PCA keeps
    distances as well as two dimensions can. t-SNE and UMAP run on one thread, since their results would depend on the
    number of threads. Progress is shown on a terminal by default.

    Shapes: matrix (N, D) -> (N, dims) float64. Raises MissingExtraError (extra `projection`) for "tsne" and "umap" if
    their package is not installed, OptionError for another method or fewer than 4 rows for these two.

    >>> project(np.eye(3), method="pca").shape
    (3, 2)
    """
    if method not in METHODS:
        raise OptionError(f"method must be one of {', '.join(METHODS)}; got {method!r}")
    if method == "pca":
        return pca(matrix, dims)[0]
    check_seed(seed, f"the seed of {method}", LARGEST_SEED_OF_NUMPY)
    matrix = np.asarray(matrix, np.float32)
    if matrix.ndim != 2 or not np.isfinite(matrix).all():
        raise ShapeError(f"project: a matrix (N, D) of finite numbers expected; got {_description(matrix)}")
    _check_width(matrix, dims)
    if len(matrix) < 4:
        raise OptionError(f"{method} needs at least 4 rows; got {len(matrix)}: use method='pca' or more words")
    if start is not None and np.shape(start) != (len(matrix), dims):
        raise ShapeError(f"project: start must be {(len(matrix), dims)}; got {np.shape(start)}")
    points = (_tsne if method == "tsne" else _umap)(matrix, seed, dims, start, show_progress)
    return np.asarray(points, np.float64)


def _check_width(matrix: np.ndarray, dims: int) -> None:
    if matrix.shape[1] < dims:
        raise OptionError(f"a map of {dims} dimensions needs vectors of at least as many; these have {matrix.shape[1]}")


def _tsne(matrix: np.ndarray, seed: int, dims: int, start: np.ndarray | None, show: bool | None) -> np.ndarray:
    try:
        from openTSNE import TSNE
        from openTSNE.initialization import rescale
    except ImportError as error:
        raise MissingExtraError("openTSNE", "projection", "method 'tsne'") from error
    with progress(sum(TSNE_ROUNDS), "t-SNE", "rounds", show=show) as bar:

        def report(*_: object) -> None:
            bar.update(ROUNDS_PER_REPORT)

        tsne = TSNE(
            dims,
            perplexity=min(30.0, (len(matrix) - 1) / 3),
            metric="cosine",
            initialization=rescale(pca(matrix, dims)[0] if start is None else start),
            early_exaggeration_iter=TSNE_ROUNDS[0],
            n_iter=TSNE_ROUNDS[1],
            n_jobs=1,
            random_state=seed,
            callbacks=report,
            callbacks_every_iters=ROUNDS_PER_REPORT,
        )
        return np.asarray(tsne.fit(matrix))


def _umap(matrix: np.ndarray, seed: int, dims: int, start: np.ndarray | None, show: bool | None) -> np.ndarray:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its import warns about its own optional packages
            from umap import UMAP
    except ImportError as error:
        raise MissingExtraError("umap-learn", "projection", "method 'umap'") from error
    beginning = pca(matrix, dims)[0] if start is None else np.asarray(start)
    beginning = (beginning / max(float(np.abs(beginning).max()), 1e-12) * UMAP_EXTENT).astype(np.float32)
    if on_terminal() if show is None else show:
        announce(f"UMAP of {len(matrix):,} words: it does not report progress")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="n_jobs value")  # one thread is intended
        # With one thread only, umap gives the same result for the same seed.
        umap = UMAP(
            n_components=dims, n_neighbors=min(15, len(matrix) - 1), metric="cosine", random_state=seed, n_jobs=1,
            init=beginning,
        )  # fmt: skip
        return np.asarray(umap.fit_transform(matrix))


def _description(matrix: np.ndarray) -> str:
    return f"{matrix.shape}" if matrix.ndim != 2 else f"{matrix.shape} with nan or infinity"


# Function words ("the", "of", "있다."), recognised only from the vectors and the order by frequency.


FEWEST = 100  # with fewer words, their order by frequency means nothing
COMMON = 1_000  # most common words, which are examined and searched for neighbours
NEAREST = 10
SPREAD, MOST = 1.5, 220.0  # the limit of the mean rank: 1.5 times the square root of V, but at most 220
NO_WORDS, FEWEST_LETTERS, ONE_LENGTH = 0.5, 6, 0.95  # of other things than words, see `are_of_language`
TIES = 1e-9  # logarithms of ranks nearer than this are equal


@typed
def function_words(vectors: WordVectors) -> np.ndarray:
    """Return the rows of words that seem to be function words, most common first, (n,) int64.

    A function word is very common, and so are the words used like it; even a very common content word is used like
    rarer words. Let r be the rank by frequency (1 for the most common word), and N(w) the ten words nearest to w among
    the 1,000 most common. Then w is a function word if ::

        exp( (log r(w) + mean of log r(n) over n in N(w)) / 2 )  <  min(1.5 sqrt(V), 220)

    Nearness is the cosine after subtraction of the mean of these 1,000 unit vectors, since common words share a
    direction (Mu and Viswanath 2018, "All-but-the-top"). Only the order by frequency is used: without counts, the order
    of the rows, which is by frequency in files of all common formats. No word list and no knowledge of the language is
    needed. The result is empty for fewer than 100 words, if rows are documents (`wordvec embed`) or items of sessions
    (trained with a window of the whole sentence) or nodes of random walks (trained with the options of `--preset
    walks`), and if the words are not a language's, see `are_of_language`.

    The limit was set on English vectors (see the guide to drawing). It errs on common content words that are used like
    function words, such as "time", "said" or months.

    >>> from wordvec.vectors import WordVectors
    >>> rng = np.random.default_rng(1)
    >>> rows = rng.normal(size=(400, 8))
    >>> rows[:12] = rng.normal(scale=0.1, size=(12, 8)) + [3, 0, 0, 0, 0, 0, 0, 0]  # the commonest are used alike
    >>> words = [bin(i)[2:].replace("0", "lo").replace("1", "chirp") for i in range(400)]
    >>> function_words(WordVectors(words, rows)).tolist()
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    """
    total = len(vectors)
    order = np.arange(total) if vectors.counts is None else np.argsort(-vectors.counts, kind="stable")
    if total < FEWEST or kind_of_rows(vectors) != "words" or _are_nodes(vectors):
        return order[:0].astype(np.int64)
    common = order[:COMMON]
    if not are_of_language([vectors.words[i] for i in common]):
        return order[:0].astype(np.int64)
    rows = vectors.unit_rows_of(common).astype(np.float64)
    rows -= rows.mean(axis=0)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.where(lengths > 0, lengths, 1.0)
    with one_blas_thread():  # the same answer for any number of threads
        cosines = rows @ rows.T
    np.fill_diagonal(cosines, -np.inf)
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :NEAREST]
    log_rank = np.log(np.arange(1, len(common) + 1))
    mean = (log_rank + log_rank[nearest].mean(axis=1)) / 2
    return common[mean < np.log(min(SPREAD * total**0.5, MOST)) - TIES].astype(np.int64)


def are_of_language(words: Sequence[str]) -> bool:
    """Whether common words may be of a natural language, rather than ids, codes or pieces of sequences (k-mers).

    They are not if half of them have digits or no letter; if they are written with at most six letters (of DNA and RNA;
    no alphabet has fewer than eleven); or if all but a few have the same length of two or more letters, as k-mers of
    proteins have. Chinese and Japanese characters by themselves have one.

    >>> are_of_language(["the", "of", "milk"]), are_of_language(["ACG", "CGT", "GTA"]), are_of_language(["i7", "i12"])
    (True, False, False)
    """
    plain = [word for word in words if any(map(str.isalpha, word)) and not any(map(str.isdigit, word))]
    if len(plain) <= (1 - NO_WORDS) * len(words):
        return False
    letters = {letter for word in plain for letter in word.casefold() if letter.isalpha()}
    lengths = Counter(map(len, plain))
    length, most = lengths.most_common(1)[0]
    return len(letters) > FEWEST_LETTERS and (length == 1 or most < ONE_LENGTH * len(plain))


def kind_of_rows(vectors: WordVectors) -> str:
    """What the rows stand for: "documents", "items" of sessions (a window of the whole sentence), or "words"."""
    if "documents" in vectors.info:
        return "documents"
    parameters = vectors.info.get("parameters")
    return "items" if isinstance(parameters, dict) and parameters.get("window") == "sentence" else "words"


def _are_nodes(vectors: WordVectors) -> bool:
    """Whether the options are those for random walks, which no text needs: windows of one size, and no subsampling."""
    parameters = vectors.info.get("parameters")
    return (
        isinstance(parameters, dict) and parameters.get("shrink_window") is False and parameters.get("subsample") == 0
    )


def to_pass_over(vectors: WordVectors, but: Iterable[str] = ()) -> np.ndarray:
    """The rows of function words that a map of the most common words omits: all `but` those named explicitly."""
    found = function_words(vectors)
    named = [vectors.word_id(word) for word in but]
    return found[~np.isin(found, named)] if named else found

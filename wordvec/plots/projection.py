"""From many dimensions to two: PCA (our own), t-SNE (openTSNE) and UMAP (umap-learn)."""

from __future__ import annotations

import numpy as np

from wordvec.errors import MissingExtraError, OptionError, ShapeError

METHODS = ("pca", "tsne", "umap")


def pca(matrix: np.ndarray, dims: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Principal components: the coordinates of the rows along the directions in which they vary most.

    With X the rows minus their mean and X = U S V^T, the coordinates are X V = U S (Pearson 1901; Hotelling 1933).
    Found from the (D, D) scatter matrix X^T X = V S^2 V^T. Sign convention: in each direction (column of V) the entry
    of largest absolute value is positive.

    Shapes: matrix (N, D) -> coordinates (N, dims) float64, and the share of the variance that lies along each
    direction, (dims,). Raises ShapeError for a matrix that is not (N, D) or not finite, OptionError for more dims
    than there are rows or columns.

    >>> points, share = pca(np.array([[0.0, 3.0], [4.0, 0.0], [8.0, -3.0]]), dims=1)
    >>> points.round(6).tolist(), share.round(6).tolist()
    ([[-5.0], [0.0], [5.0]], [1.0])
    """
    matrix = np.asarray(matrix)
    if matrix.ndim != 2 or not np.isfinite(matrix).all():
        raise ShapeError(f"pca: a matrix (N, D) of finite numbers expected; got {_description(matrix)}")
    if not 1 <= dims <= min(matrix.shape):
        raise OptionError(f"pca: dims must be from 1 to {min(matrix.shape)} for {matrix.shape}; got {dims}")
    centred = matrix.astype(np.float64)
    centred -= centred.mean(axis=0)
    variances, directions = np.linalg.eigh(centred.T @ centred)
    variances, directions = variances[::-1][:dims], directions[:, ::-1][:, :dims]
    largest = np.abs(directions).argmax(axis=0)
    directions = directions * np.where(directions[largest, np.arange(dims)] < 0, -1, 1)
    total = np.square(centred).sum()
    share = variances / total if total > 0 else np.zeros(dims)
    return centred @ directions, share


def project(matrix: np.ndarray, method: str = "pca", seed: int = 1, dims: int = 2) -> np.ndarray:
    """Project the rows to `dims` dimensions by "pca", "tsne" or "umap"; deterministic by `seed`.

    t-SNE: openTSNE (van der Maaten and Hinton 2008; Policar, Strazar and Zupan 2019), started from PCA, cosine
    distances, perplexity 30 or a third of the number of rows if that is smaller. UMAP: umap-learn (McInnes, Healy and
    Melville 2018), cosine distances, 15 neighbours. Both show which words are near; distances between far groups
    mean little. PCA keeps distances as well as two dimensions can.

    Shapes: matrix (N, D) -> (N, dims) float64. Raises MissingExtraError (extra `projection`) for "tsne" and "umap"
    when their package is not installed, OptionError for another method or fewer than 4 rows for these two.

    >>> project(np.eye(3), method="pca").shape
    (3, 2)
    """
    if method not in METHODS:
        raise OptionError(f"method must be one of {', '.join(METHODS)}; got {method!r}")
    if method == "pca":
        return pca(matrix, dims)[0]
    matrix = np.asarray(matrix, np.float32)
    if matrix.ndim != 2 or not np.isfinite(matrix).all():
        raise ShapeError(f"project: a matrix (N, D) of finite numbers expected; got {_description(matrix)}")
    if len(matrix) < 4:
        raise OptionError(f"{method} needs at least 4 rows; got {len(matrix)}: use method='pca' or more words")
    return _tsne(matrix, seed, dims) if method == "tsne" else _umap(matrix, seed, dims)


def _tsne(matrix: np.ndarray, seed: int, dims: int) -> np.ndarray:
    try:
        from openTSNE import TSNE
    except ImportError as error:
        raise MissingExtraError("openTSNE", "projection", "method 'tsne'") from error
    perplexity = min(30.0, (len(matrix) - 1) / 3)
    tsne = TSNE(dims, perplexity=perplexity, metric="cosine", initialization="pca", random_state=seed)
    return np.asarray(tsne.fit(matrix), np.float64)


def _umap(matrix: np.ndarray, seed: int, dims: int) -> np.ndarray:
    try:
        from umap import UMAP
    except ImportError as error:
        raise MissingExtraError("umap-learn", "projection", "method 'umap'") from error
    # One job: umap gives the same result for the same seed only then, and would warn about overriding another number.
    umap = UMAP(
        n_components=dims, n_neighbors=min(15, len(matrix) - 1), metric="cosine", random_state=seed, n_jobs=1,
        init="spectral" if len(matrix) > dims + 2 else "random",
    )  # fmt: skip
    return np.asarray(umap.fit_transform(matrix), np.float64)


def _description(matrix: np.ndarray) -> str:
    return f"{matrix.shape}" if matrix.ndim != 2 else f"{matrix.shape} with nan or infinity"

"""Networks for ``plot``: a saved network with given inputs, and the teaching figures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordvec.errors import InputError, OptionError, ShapeError, describe

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

    from wordvec.networks import Sequential


KNOWN = ("cbow", "skipgram")
HOW = "rows of numbers, such as '1,0; 0,1', or a file that holds them: .npy, .csv or .txt"


def draw_network_file(arguments: argparse.Namespace) -> tuple[Axes, str]:
    """Draw a saved network: parameters and shapes; with --input all values; with --target gradients too."""
    from wordvec.networks import Sequential
    from wordvec.plots import plot_values

    path = arguments.network
    if not Path(path).exists():
        raise OptionError(
            f"--network takes {', '.join(KNOWN)} or a file of Sequential.save, and there is no file {path}"
        )
    network = Sequential.open(path)
    what = f"{Path(path).name}: {', '.join(network.names)}" + ("" if network.loss is None else " and a loss")
    chain = Sequential(*network.layers)
    if arguments.input is None:
        if arguments.target is not None:
            raise OptionError("--target is what the loss of --input is computed with: give --input too")
        x = example_of(chain, path)
        return plot_values(chain, x, gradients=False, flow=False), f"{what}; shapes of {len(x)} examples"
    x = _numbers("--input", arguments.input)
    x = _whole("--input", x) if type(network.layers[0]).__name__ == "Embedding" else x.astype(_dtype_of(network))
    if arguments.target is None:
        return plot_values(chain, x, gradients=False), f"{what}; values"
    if network.loss is None:
        raise OptionError(f"--target: {path} has no loss to compute with it; leave it out")
    return plot_values(network, (x, *_targets(network, x, arguments.target))), f"{what}; values and gradients"


def example_of(network: Sequential, path: Any) -> np.ndarray:
    """Zeros of a shape that the network takes: 4 examples, or the next number that equals no other size."""
    import numpy as np

    sizes = {size for W in network.params for size in W.shape}
    examples = next(B for B in range(4, 4 + len(sizes) + 1) if B not in sizes)
    first = next((layer for layer in network.layers if layer.params), None)
    width = 1 if first is None else first.params[0].shape[0]
    ids = type(first).__name__ == "Embedding"
    shapes = [(examples,), (examples, 2)] if ids else [(examples, width), (examples, 2, width)]
    why: ShapeError | None = None
    for shape in shapes:
        x = np.zeros(shape, np.int64 if ids else _dtype_of(network))
        try:
            network.predict(x)
        except ShapeError as error:
            why = error
        else:
            return x
    raise InputError(f"{path}: its layers do not fit together, or take another shape ({why}): give one with --input")


def _dtype_of(network: Any) -> Any:
    return network.params[0].dtype if network.params else "float64"


def _targets(network: Sequential, x: np.ndarray, given: str) -> tuple[np.ndarray, ...]:
    """The loss's arguments besides scores: ids or labels, or rows; for negative sampling ids and their negatives."""
    kind, t = type(network.loss).__name__, _numbers("--target", given)
    if kind == "NegativeSamplingLoss":
        t = _whole("--target", t)
        if t.ndim != 2 or t.shape[1] < 2:
            raise OptionError(f"--target: rows of the right word and its negatives expected; got the shape {t.shape}")
        return t[:, 0], t[:, 1:]
    if kind == "SoftmaxWithLoss":
        if t.size != len(x):
            return (t,)
        t = t.reshape(-1)
    return (_whole("--target", t),)


def _whole(option: str, array: np.ndarray) -> np.ndarray:
    """The array as int64. Raises OptionError unless all are whole numbers."""
    import numpy as np

    if not (np.isfinite(array).all() and (array == np.floor(array)).all() and (abs(array) < 2**53).all()):
        raise OptionError(f"{option}: this network takes ids there, which are whole numbers")
    return array.astype(np.int64)


def _numbers(option: str, given: str) -> np.ndarray:
    """A two-dimensional array of rows, from a text file or the option itself; a .npy keeps its shape."""
    import numpy as np

    place = f"{given}: {option}" if Path(given).is_file() else option
    if Path(given).is_file():
        if Path(given).suffix.lower() == ".npy":
            return _npy(given)
        try:
            lines = Path(given).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            raise InputError(f"{given}: cannot be read as text; {option} takes {HOW}") from None
    else:
        lines = given.split(";")
    rows = [line.replace(",", " ").split() for line in lines if line.strip()]
    try:
        numbers = [[float(cell) for cell in row] for row in rows]
    except ValueError:
        raise OptionError(f"{place} takes {HOW}; got {describe(given)}") from None
    if not numbers or len({len(row) for row in numbers}) != 1:
        found = f"rows of {sorted({len(row) for row in numbers})[:3]}" if numbers else "no numbers"
        raise OptionError(f"{place} takes rows of one length; got {found}")
    return np.array(numbers)


def _npy(path: str) -> np.ndarray:
    import numpy as np

    from wordvec.npy_header import map_npy

    try:
        array = map_npy(path)
    except (ValueError, OSError) as error:
        raise InputError(f"{path}: not a complete .npy array of numbers: {error}") from None
    if array.dtype.kind not in "fiub" or array.ndim == 0 or array.size == 0:
        raise InputError(f"{path}: an array of numbers expected; got {array.dtype} {array.shape}")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


# Teaching figures: the matrix of a small text, a network with a batch.


WORDS = 40  # default size of a matrix


def matrix_of(
    source: str, kind: str, window: int, top: int = WORDS, tokenizer: str | None = None, encoding: str | None = None
) -> tuple[np.ndarray, list[str], int]:
    """The dense matrix of a text's `top` most common words, the words, and the size of the vocabulary.

    `kind` is "counts" or "ppmi" (computed on all words, then cut). If all words fit, they are in order of first
    occurrence; otherwise by falling count.
    """
    import numpy as np

    from wordvec.corpus import Corpus
    from wordvec.corpus.storage import is_corpus_folder
    from wordvec.counts import count_cooccurrences, ppmi

    if top < 1:
        raise OptionError(f"--top must be at least 1; got {top}")
    given: dict[str, Any] = {"tokenizer": tokenizer, "encoding": encoding}
    given["min_count"] = None if is_corpus_folder(Path(source)) else 1
    corpus = Corpus.build(source, **{name: value for name, value in given.items() if value is not None})
    counts = count_cooccurrences(corpus, window=window)
    matrix = counts.matrix if kind == "counts" else ppmi(counts)
    total = len(corpus.vocabulary)
    kept = np.arange(min(top, total))
    if len(kept) == total:
        kept = np.argsort(np.unique(np.asarray(corpus.ids), return_index=True)[1], kind="stable")
    words = [corpus.vocabulary.words[i] for i in kept]
    return matrix[kept][:, kept].toarray(), words, total


def network_of(
    kind: str,
    vocabulary: int = 7,
    dim: int = 3,
    window: int = 1,
    negatives: int = 5,
    network_loss: str = "negative-sampling",
) -> tuple[Any, Any]:
    """A network of these sizes, and a batch of examples for it.

    The batch size differs from all other sizes, so that shapes identify their axes.
    """
    import numpy as np

    from wordvec.corpus.draws.examples import ExampleSampler
    from wordvec.networks import CBOWNetwork, SkipGramNetwork

    if min(vocabulary, dim) < 2 or window < 1 or negatives < 1:
        raise OptionError(
            "a network needs a vocabulary and dimensions of at least 2, a window and negatives of at least 1"
        )
    random = np.random.default_rng(1)
    W_in, W_out = random.normal(size=(2, vocabulary, dim))
    network = (CBOWNetwork if kind == "cbow" else SkipGramNetwork)(W_in, W_out, loss=network_loss)
    sampler = ExampleSampler.for_counts(
        np.ones(vocabulary, np.int64), subsample=0, window=window, negatives=negatives, shrink_window=False
    )
    others = {vocabulary, dim, 2 * window, 1 + negatives}
    examples = next(B for B in range(4, 4 + 40) if not {B, 2 * window * B} & others)
    length = examples + 2 * window
    text = np.arange(length, dtype=np.int32) % vocabulary
    batch = sampler.draw(text, np.array([0, length]), first=window, last=window + examples, epoch=0)
    return network, batch

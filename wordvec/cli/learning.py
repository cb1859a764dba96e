"""Teaching figures: the matrix of a small text, a network with a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wordvec.errors import OptionError

if TYPE_CHECKING:
    import numpy as np

WORDS = 40  # of a matrix, unless told otherwise


def matrix_of(
    source: str, kind: str, window: int, top: int = WORDS, tokenizer: str | None = None
) -> tuple[np.ndarray, list[str], int]:
    """The dense matrix of a text's `top` commonest words, "counts" or "ppmi" (of all words, cut to these), the words,
    and how many the text has. All of a text's words stand in the order in which they first occur, as in a book;
    the commonest of more stand by falling count.
    """
    import numpy as np

    from wordvec.corpus import Corpus
    from wordvec.counts import count_cooccurrences, ppmi

    corpus = Corpus.build(source, tokenizer=tokenizer, min_count=None if _is_corpus(source) else 1)
    counts = count_cooccurrences(corpus, window=window)
    matrix = counts.matrix if kind == "counts" else ppmi(counts)
    total = len(corpus.vocabulary)
    kept = np.arange(min(top, total))
    if top < 1:
        raise OptionError(f"--top must be at least 1; got {top}")
    if len(kept) == total:
        kept = np.argsort(np.unique(np.asarray(corpus.ids), return_index=True)[1], kind="stable")
    words = [corpus.vocabulary.words[i] for i in kept]
    return matrix[kept][:, kept].toarray(), words, total


def _is_corpus(source: str) -> bool:
    from pathlib import Path

    return Path(source).is_dir() and any(Path(source).glob("*.npy"))


def network_of(
    kind: str,
    vocabulary: int = 7,
    dim: int = 3,
    window: int = 1,
    negatives: int = 5,
    network_loss: str = "negative-sampling",
) -> tuple[Any, Any]:
    """A network of these sizes, and a batch of examples of random text that it can run on.

    The batch is as large as it takes for its size to differ from all others: shapes then tell what is what.
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

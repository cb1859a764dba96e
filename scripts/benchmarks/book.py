"""wordvec's layers against chapter 4 of the book "Deep Learning from Scratch 2", whose layers they descend from.

CBOW with negative sampling on made-up ids: Zipf-distributed, each of the V ids at least once (the book counts its
vocabulary from them). Both sides train the fixed window's 2 x window contexts of every position.

python -m benchmarks.book '{"who": "book", "folder": "DIR", ...}'   prints one JSON line
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.process import peak_memory

if TYPE_CHECKING:
    import numpy as np

BOOK_BATCH = 100  # of ch04/train.py, with Adam
BOOK_TARGETS = 4_000  # some seconds
LAYERS: dict[str, dict[str, Any]] = {  # in rising likeness to the book's settings
    "layers": {},  # a batch is bounded so that no row goes stale, and these ids are not subsampled: small batches
    f"layers, batch {BOOK_BATCH}": {"batch_size": BOOK_BATCH},
    f"layers, batch {BOOK_BATCH}, Adam": {"batch_size": BOOK_BATCH, "optimizer": "adam"},
}


@dataclass(frozen=True)
class BookJob:
    """One training by `who`: "book", or one of LAYERS."""

    who: str
    folder: str
    vocabulary: int = 10_000
    dim: int = 100
    window: int = 5
    negatives: int = 5
    ids: int = 200_000
    seed: int = 1


def zipf_ids(vocabulary: int, length: int, seed: int) -> np.ndarray:
    """Ids 0 .. vocabulary - 1 in random order, each once and the rest drawn with P(id) ~ 1 / (id + 1)."""
    import numpy as np

    rng = np.random.default_rng(seed)
    shares = 1 / np.arange(1, vocabulary + 1)
    drawn = rng.choice(vocabulary, size=length - vocabulary, p=shares / shares.sum())
    return rng.permutation(np.concatenate([np.arange(vocabulary), drawn]))


def train_book(job: BookJob, ids: np.ndarray) -> tuple[int, float, float]:
    """The book's own model, optimizer and training loop, on the first BOOK_TARGETS positions.

    Returns targets, seconds and the last mean loss.
    """
    os.environ["MPLBACKEND"] = "Agg"
    os.chdir(os.path.join(job.folder, "ch04"))  # its modules look for each other from there
    sys.path[:0] = [job.folder, os.path.join(job.folder, "ch04")]
    import numpy as np
    from cbow import CBOW
    from common.optimizer import Adam
    from common.trainer import Trainer
    from common.util import create_contexts_target

    np.random.seed(job.seed)  # noqa: NPY002  what the book draws from
    model = CBOW(job.vocabulary, job.dim, job.window, ids)
    contexts, target = create_contexts_target(ids[: BOOK_TARGETS + 2 * job.window], job.window)
    trainer = Trainer(model, Adam())
    start = time.perf_counter()
    with contextlib.redirect_stdout(sys.stderr):
        trainer.fit(contexts, target, max_epoch=1, batch_size=BOOK_BATCH)
    return len(target), time.perf_counter() - start, trainer.loss_list[-1]


def train_layers(job: BookJob, ids: np.ndarray) -> tuple[int, float, float]:
    """wordvec's CBOW through the layers on all positions; returns targets, seconds of training and the mean loss."""
    from wordvec.corpus import Corpus
    from wordvec.trainers import CBOW

    corpus = Corpus.from_sentences([[str(word_id) for word_id in ids]], min_count=1)
    trainer = CBOW(
        dim=job.dim,
        window=job.window,
        negatives=job.negatives,
        epochs=1,
        subsample=0,
        shrink_window=False,
        engine="layers",
        seed=job.seed,
        **LAYERS[job.who],
    )
    trainer.fit(corpus, show_progress=False)
    return len(ids), trainer.history.seconds["train"], trainer.history.loss[-1]


def run(job: BookJob) -> dict[str, Any]:
    """Train and report targets per second."""
    ids = zipf_ids(job.vocabulary, job.ids, job.seed)
    targets, seconds, loss = (train_book if job.who == "book" else train_layers)(job, ids)
    return {
        **{**asdict(job), "folder": os.path.basename(os.path.abspath(job.folder))},
        "targets": targets,
        "seconds": {"train": round(seconds, 4)},
        "targets_per_second": targets / seconds,
        "loss": float(loss),
        "memory": peak_memory(),
    }


if __name__ == "__main__":
    print(json.dumps(run(BookJob(**json.loads(sys.argv[1])))))

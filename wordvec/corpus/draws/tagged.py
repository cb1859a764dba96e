"""Examples of paragraph vectors (PV-DBOW): the tags of a document are contexts of every word of it.

Le and Mikolov ("Distributed Representations of Sentences and Documents", ICML 2014, section 2.3): the row of a document
predicts its words. So the examples are skip-gram's with other contexts: W_in holds rows of tags, from row `first` on,
and with `words` also the rows of the words before them, which are contexts as in skip-gram ("dbow_words" in gensim).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from wordvec.arrays import Array, array_module
from wordvec.corpus.draws.examples import ExampleSampler, Tags


@dataclass(frozen=True)
class TaggedSampler(ExampleSampler):
    """Draws examples whose contexts are the tags of their sentence, in order, then with `words` those of the window.

    >>> tags = Tags(np.array([0, 1, 3]), np.array([0, 1, 0], np.int32), first=0, number=2, words=False)
    >>> options = {"subsample": 0, "window": 1, "negatives": 1, "of_sentences": tags}
    >>> sampler = TaggedSampler.for_counts(np.array([3, 2]), **options)
    >>> batch = sampler.draw(np.array([0, 1, 0], np.int32), np.array([0, 2, 3]), first=0, last=3, epoch=0)
    >>> [(int(c), x[m].tolist()) for c, x, m in zip(batch.centres, batch.contexts, batch.mask)]
    [(0, [0]), (1, [0]), (0, [1, 0])]
    """

    of_sentences: Tags | None = None

    @property
    def tags(self) -> Tags | None:
        """The tags."""
        return self.of_sentences

    def on(self, device: str) -> TaggedSampler:
        """The same: tags are drawn on the CPU."""
        return replace(self) if device == "cpu" else super().on(device)  # type: ignore[return-value]

    def _with_tags(self, contexts: Array, mask: Array, sentences: Array) -> tuple[Array, Array]:
        if self.of_sentences is None:
            return contexts, mask
        starts, rows, *_ = self.of_sentences
        xp: Any = array_module(contexts)
        counts = starts[sentences + 1] - starts[sentences]
        place = xp.arange(int(counts.max(initial=0)))
        there = place < counts[:, None]
        listed = xp.where(there, starts[sentences][:, None] + place, 0)
        tags = xp.where(there, rows[listed], 0).astype(np.int32) if there.size else listed.astype(np.int32)
        if not self.of_sentences.words:
            return tags, there
        return xp.concatenate([tags, contexts], axis=1), xp.concatenate([there, mask], axis=1)

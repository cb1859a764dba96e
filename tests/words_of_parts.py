"""Words that are made of parts, with vectors that are sums of the vectors of the parts."""

from __future__ import annotations

import numpy as np

from wordvec.vectors import WordVectors

STEMS = ["walk", "talk", "jump", "climb", "sing", "paint", "count", "learn", "stand", "brush"]
ENDINGS = ["", "s", "ed", "ing", "er", "ers"]


def regular_words(dim: int = 20, **more) -> WordVectors:
    """Words whose vectors are the sum of one of their stem and one of their ending: n-grams can tell them."""
    rng = np.random.default_rng(4)
    stems, endings = rng.normal(size=(len(STEMS), dim)), rng.normal(size=(len(ENDINGS), dim))
    words = [stem + ending for stem in STEMS for ending in ENDINGS]
    matrix = (stems[:, None] + endings[None, :]).reshape(-1, dim)
    return WordVectors(words, matrix, np.arange(100, 100 + len(words)), **more)


def noisy_words(k: float, seed: int = 5) -> WordVectors:
    """Words of two syllables; their rows are the sum of those of the syllables, with more noise the rarer they are."""
    rng = np.random.default_rng(seed)
    syllables = [a + b + c for a in "bdfgkl" for b in "aeiou" for c in "mnrst"]
    rows, words = rng.normal(size=(len(syllables), 12)), []
    first, second = rng.integers(len(syllables), size=(2, 2_600))
    pairs = sorted({(int(a), int(b)) for a, b in zip(first, second)})
    counts = rng.integers(2, 200, len(pairs))
    signal = np.array([rows[a] + rows[b] for a, b in pairs])
    signal /= np.linalg.norm(signal, axis=1, keepdims=True)
    noise = rng.normal(size=signal.shape)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    share = (counts / (counts + k))[:, None]
    words = [syllables[a] + syllables[b] for a, b in pairs]
    return WordVectors(words, np.sqrt(share) * signal + np.sqrt(1 - share) * noise, counts)

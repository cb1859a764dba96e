"""Corpora on which a trainer made for shuffled text can go wrong: the same few words meet again and again.

Every function makes its corpus from its arguments alone (numpy, seeded) and returns sentences, lists of words.
`CORPORA` has them by name; as they come, a test trains on each in about a second. Give larger numbers for a benchmark.

>>> sentences = CORPORA["themed sessions"](sessions=3, seed=5)
>>> len(sentences), sentences == CORPORA["themed sessions"](sessions=3, seed=5)
(3, True)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Sentences = list[list[str]]
WINDOWS = (1, 5, 20, 100, "sentence")  # at which a trainer must bear every one of the corpora


def themed_sessions(
    sessions: int = 1500,
    shortest: int = 5,
    longest: int = 60,
    items: int = 2000,
    themes: int = 40,
    themes_of_a_session: int = 3,
    skew: float = 0.9,
    seed: int = 1,
) -> Sentences:
    """What people listen to, read or buy in one sitting: items of one to three themes, the popular ones repeatedly.

    Lengths have a heavy tail (Pareto, exponent 1.1) cut at `longest`; an item's share falls with its rank ** `skew`
    (0 makes all equally popular), and each item belongs to one theme.
    """
    rng = np.random.default_rng(seed)
    popularity = 1 / np.arange(1, items + 1) ** skew
    theme_of = rng.integers(themes, size=items)
    members = [np.flatnonzero(theme_of == theme) for theme in range(themes)]
    members = [own for own in members if len(own)]
    shares = [popularity[own] / popularity[own].sum() for own in members]
    lengths = np.clip(rng.pareto(1.1, size=sessions) * shortest + shortest, shortest, longest).astype(int)
    made = []
    for length in lengths:
        many = rng.integers(1, min(themes_of_a_session, len(members)) + 1)
        chosen = rng.choice(len(members), size=many, replace=False)
        parts = [rng.choice(members[own], size=length // many + 1, p=shares[own]) for own in chosen]
        made.append(_words("item", rng.permutation(np.concatenate(parts))[:length]))
    return made


def long_sessions(
    sessions: int = 60, length: int = 200, items: int = 1200, themes: int = 40, seed: int = 1
) -> Sentences:
    """Long sittings with one theme each, all of one length: each of a few dozen items comes several times."""
    return themed_sessions(sessions, length, length, items, themes, themes_of_a_session=1, skew=0.0, seed=seed)


@dataclass(frozen=True)
class Graph:
    """An undirected graph, and the links of it that no walk has seen.

    `edges` (E, 2) are walked on; `held_out` (H, 2) are real links that were taken out, `strangers` (H, 2) as many
    pairs of nodes without a link, to tell them from.
    """

    nodes: int
    edges: np.ndarray
    held_out: np.ndarray
    strangers: np.ndarray


def block_graph(
    nodes: int = 300,
    blocks: int = 10,
    inside: float = 0.25,
    between: float = 0.005,
    held_out: float = 0.1,
    seed: int = 1,
) -> Graph:
    """A network with communities (stochastic block model): links are common inside a block, and rare between blocks.

    A share of the links is held out, but none that is the last one of a node.
    """
    rng = np.random.default_rng(seed)
    block = rng.integers(blocks, size=nodes)
    first, second = np.triu_indices(nodes, 1)
    linked = rng.random(len(first)) < np.where(block[first] == block[second], inside, between)
    pairs = np.column_stack([first, second])
    edges = rng.permutation(pairs[linked])
    left = np.bincount(edges.ravel(), minlength=nodes)
    taken = np.zeros(len(edges), bool)
    for number, ends in enumerate(edges):
        if taken.sum() < held_out * len(edges) and (left[ends] > 1).all():
            taken[number] = True
            left[ends] -= 1
    apart = rng.permutation(pairs[~linked])
    strangers = apart[(left[apart] > 0).all(axis=1)][: taken.sum()]  # of nodes that a walk can reach
    return Graph(nodes, edges[~taken], edges[taken], strangers)


def walks_on(graph: Graph, walks: int = 10, length: int = 40, seed: int = 1) -> Sentences:
    """Random walks from every node of a graph, `walks` from each, as DeepWalk and node2vec train on."""
    rng = np.random.default_rng(seed)
    ends = np.concatenate([graph.edges, graph.edges[:, ::-1]])
    ends = ends[np.argsort(ends[:, 0], kind="stable")]
    degree = np.bincount(ends[:, 0], minlength=graph.nodes)
    first = np.cumsum(degree) - degree
    here = rng.permutation(np.repeat(np.flatnonzero(degree), walks))
    steps = [here]
    for _ in range(length - 1):
        here = ends[first[here] + (rng.random(len(here)) * degree[here]).astype(int), 1]
        steps.append(here)
    return [_words("node", walk) for walk in np.column_stack(steps)]


def graph_walks(walks: int = 3, length: int = 40, nodes: int = 300, seed: int = 1) -> Sentences:
    """Walks on a block-model graph: a walk stays in its community and comes back to the same nodes."""
    return walks_on(block_graph(nodes, seed=seed), walks, length, seed)


def one_word_repeated(length: int = 5000) -> Sentences:
    """One document that holds one word over and over: a broken export, a page of "lorem"."""
    return [["again"] * length]


def sorted_by_topic(
    topics: int = 20, sentences: int = 60, length: int = 20, words: int = 60, common: int = 40, seed: int = 1
) -> Sentences:
    """A collection filed by subject: all sentences of one topic, then all of the next, with common words in each.

    Half of all words are common ones; `words` are a topic's own, and never come back after its part of the corpus.
    """
    rng = np.random.default_rng(seed)
    made = []
    for topic in range(topics):
        for _ in range(sentences):
            own = _words(f"topic{topic}word", _by_rank(rng, words, length))
            shared = _words("common", _by_rank(rng, common, length))
            made.append([a if pick else b for a, b, pick in zip(own, shared, rng.random(length) < 0.5)])
    return made


def ten_sentences_repeated(times: int = 200, length: int = 12, seed: int = 1) -> Sentences:
    """Ten sentences over and over, in one order: log lines, boilerplate, a corpus pasted together by mistake."""
    rng = np.random.default_rng(seed)
    ten = [_words("word", rng.integers(100, size=length)) for _ in range(10)]
    return [list(sentence) for _ in range(times) for sentence in ten]


def three_words(sentences: int = 600, length: int = 12, seed: int = 1) -> Sentences:
    """A vocabulary of three: states of a machine, codons of a toy alphabet, up, down and level."""
    rng = np.random.default_rng(seed)
    return [_words("state", rng.integers(3, size=length)) for _ in range(sentences)]


def one_item_of_40_percent(
    sentences: int = 600, length: int = 20, items: int = 500, share: float = 0.4, seed: int = 1
) -> Sentences:
    """A log in which one event makes up 40 % of all: a home page among visits, a carrier bag among purchases."""
    rng = np.random.default_rng(seed)
    others = 1 + _by_rank(rng, items - 1, sentences * length)
    log = np.where(rng.random(sentences * length) < share, 0, others)
    return [_words("event", line) for line in log.reshape(sentences, length)]


def long_sentences(
    sentences: int = 6, length: int = 3000, words: int = 2000, topics: int = 30, stay: int = 50, seed: int = 1
) -> Sentences:
    """Sentences of 3,000 words: books without sentence ends, whole histories of users. The topic changes now and then.

    Words are Zipf-distributed; `stay` is how many words a topic lasts, and half of the words belong to the topic.
    """
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(sentences):
        topic = np.repeat(rng.integers(topics, size=length // stay + 1), stay)[:length]
        own = topic + topics * _by_rank(rng, words // topics, length)
        anywhere = _by_rank(rng, words, length)
        made.append(_words("word", np.where(rng.random(length) < 0.5, own, anywhere)))
    return made


CORPORA: dict[str, Callable[..., Sentences]] = {
    "themed sessions": themed_sessions,
    "long sessions": long_sessions,
    "graph walks": graph_walks,
    "one word repeated": one_word_repeated,
    "sorted by topic": sorted_by_topic,
    "ten sentences repeated": ten_sentences_repeated,
    "three words": three_words,
    "one item of 40 percent": one_item_of_40_percent,
    "long sentences": long_sentences,
}


def _words(kind: str, numbers: np.ndarray) -> list[str]:
    return [f"{kind}{number}" for number in numbers]


def _by_rank(rng: np.random.Generator, words: int, size: int) -> np.ndarray:
    """Numbers below `words`, each with a share of 1 / (1 + number): Zipf's law."""
    share = 1 / np.arange(1, words + 1)
    return rng.choice(words, size=size, p=share / share.sum())

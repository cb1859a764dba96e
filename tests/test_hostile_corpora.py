"""The hostile corpora are what their names say, and the same each time."""

import numpy as np
import pytest
from hostile_corpora import CORPORA, block_graph, themed_sessions, walks_on


@pytest.mark.parametrize("name", CORPORA)
def test_a_corpus_is_a_function_of_its_arguments(name):
    sentences = CORPORA[name]()
    assert sentences == CORPORA[name]()
    assert 3_000 < sum(map(len, sentences)) < 50_000  # a test trains on it in about a second
    assert all(isinstance(word, str) for word in sentences[0])


def test_sessions_repeat_their_items():
    """A text of the same words, shuffled, has far fewer repeats within a session."""
    sessions = themed_sessions()
    rng = np.random.default_rng(2)
    words = rng.permutation([word for session in sessions for word in session])
    ends = np.cumsum([len(session) for session in sessions])[:-1]
    repeats = [sum(len(part) - len(set(part)) for part in parts) for parts in (sessions, np.split(words, ends))]
    assert repeats[0] > 2 * repeats[1]
    assert 5 <= min(map(len, sessions)) <= max(map(len, sessions)) == 60


def test_shares_and_lengths():
    def share(name, word):
        words = [word for sentence in CORPORA[name]() for word in sentence]
        return words.count(word) / len(words)

    assert share("one item of 40 percent", "event0") == pytest.approx(0.4, abs=0.01)
    assert share("one word repeated", "again") == 1
    assert {len(sentence) for sentence in CORPORA["long sentences"]()} == {3000}
    assert len({tuple(sentence) for sentence in CORPORA["ten sentences repeated"]()}) == 10
    assert {word for sentence in CORPORA["three words"]() for word in sentence} == {"state0", "state1", "state2"}
    topics = [{word.split("word")[0] for word in s if word[0] == "t"} for s in CORPORA["sorted by topic"]()]
    assert [t for s in topics for t in s] == sorted((t for s in topics for t in s), key=lambda t: int(t[5:]))


def test_walks_follow_links_that_are_not_held_out():
    graph = block_graph()
    links = {frozenset(edge) for edge in graph.edges.tolist()}
    held_out = {frozenset(edge) for edge in graph.held_out.tolist()}
    strangers = {frozenset(edge) for edge in graph.strangers.tolist()}
    assert len(held_out) == len(strangers) > 100
    assert not (links & held_out or links & strangers or held_out & strangers)
    for walk in walks_on(graph, walks=2, length=10):
        nodes = [int(word[4:]) for word in walk]
        assert all(frozenset(step) in links for step in zip(nodes, nodes[1:]))

"""Contexts as vectors, by hand; and the lines that show a change."""

import numpy as np
import pytest

from wordvec import Corpus
from wordvec.change import find_changes
from wordvec.change.changes import evidence_lines, evidence_positions
from wordvec.change.space import ALIKE, SHARE, DocumentSums, Space
from wordvec.corpus.documents.citing import Citations


@pytest.fixture
def space(tmp_path):
    (tmp_path / "a.txt").write_text("tea milk tea cup\nmilk cup")
    (tmp_path / "b.txt").write_text("tea\ncup tea odd")
    (tmp_path / "t.csv").write_text("path,year\na.txt,1800\nb.txt,1900\n")
    corpus = Corpus.from_documents(tmp_path, tmp_path / "t.csv", min_count=2)
    rows = {"tea": [2.0, 0.0], "milk": [0.0, 5.0], "cup": [0.0, 0.0]}
    return Space(corpus, np.array([rows[word] for word in corpus.vocabulary.words]), window=2)


def test_contexts_by_hand(space):
    share = {"tea": 4 / 9, "milk": 2 / 9}
    weight = {word: SHARE / (SHARE + of) for word, of in share.items()}
    tea, milk = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    both = (weight["tea"] * tea + weight["milk"] * milk) / (weight["tea"] + weight["milk"])
    # tea milk tea cup / milk cup / tea / cup tea: the means around each position; cup has no vector and says nothing
    means = [both, tea, both, both, None, milk, None, tea, None]
    mean = np.mean([of for of in means if of is not None], axis=0)
    expected = [np.zeros(2) if of is None else of - mean for of in means]
    np.testing.assert_allclose(space.contexts(np.arange(9)), expected, atol=1e-6)
    sums = space.by_document("tea")
    assert sums.documents.tolist() == [0, 1]
    assert sums.counts.tolist() == [2, 2]
    np.testing.assert_allclose(sums.weights, 2 / (1 + ALIKE))
    both_there = np.array([expected[0] + expected[2], expected[6] + expected[8]])
    np.testing.assert_allclose(sums.sums, both_there / (1 + ALIKE), atol=1e-6)


def test_a_long_document_does_not_stand_for_its_period():
    sums = DocumentSums.of(np.arange(3), np.array([1.0, 1000.0, 2.0]), np.array([[1.0], [1000.0], [-2.0]]))
    assert sums.weights.tolist() == pytest.approx([1, 1000 / 200.8, 2 / 1.2])
    assert sums.sums[:, 0].tolist() == pytest.approx([1, 1000 / 200.8, -2 / 1.2])


def test_many_occurrences_are_summed_in_parts(dated_space, monkeypatch):
    whole = dated_space.by_document("f0")
    monkeypatch.setattr("wordvec.change.space.AT_A_TIME", 1000)
    parts = dated_space.by_document("f0")
    assert whole.documents.tolist() == parts.documents.tolist()
    assert whole.counts.tolist() == parts.counts.tolist()
    np.testing.assert_allclose(whole.sums, parts.sums, atol=1e-9)


def test_evidence_is_typical_cited_and_from_different_documents(dated_corpus, dated_space):
    changes = find_changes(dated_corpus, "50", words=["t0w30"], space=dated_space)
    (change,) = changes.words
    assert {name: len(found) for name, found in evidence_positions(changes, change, 4).items()} == {
        "1800-1849": 4,
        "1850-1899": 4,
    }
    lines = evidence_lines(changes, change, Citations(dated_space.concordance), lines=3)
    for topic, (name, found) in zip(("t0w", "t3w"), lines.items()):
        assert len({line.path for line in found}) == 3
        for line in found:
            first, last = name.split("-")
            assert int(first) <= line.year <= int(last)
            assert line.keyword == "t0w30"
            context = [word for word in (line.left + line.right).split() if word.startswith("t")]
            assert sum(word.startswith(topic) for word in context) >= len(context) - 1

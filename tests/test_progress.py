import io
import sys
import threading

import numpy as np
import pytest

from wordvec import SVD, Corpus, SkipGram, WordVectors, progress
from wordvec.compat.gensim.models import Word2Vec
from wordvec.plots.groups import known_words


class Log:
    """What programs put in the place of stderr, to log what is written to it."""

    def __init__(self):
        self.said = []

    def write(self, text):
        self.said.append(text)


def closed():
    stream = io.StringIO()
    stream.close()
    return stream


@pytest.mark.parametrize("stderr", [lambda: None, closed, Log])
@pytest.mark.parametrize("show", [None, True])
def test_any_stderr_will_do(monkeypatch, stderr, show):
    monkeypatch.setattr(sys, "stderr", stderr())
    corpus = Corpus.from_sentences([["a", "b", None]] * 9, show_progress=show)
    assert len(SVD(dim=1).fit(corpus, show_progress=show).vectors) == 2
    if isinstance(sys.stderr, Log):
        assert "wordvec: list: 9 missing" in "".join(sys.stderr.said)


def test_warnings_are_at_the_line_of_the_program(tmp_path):
    corpus = Corpus.from_sentences([["a", "b"], ["b", "c"]] * 9)
    vectors = SkipGram(dim=2, epochs=1, subsample=0, subwords=True).fit(corpus).vectors
    (tmp_path / "v.txt").write_text("a 1 2\nb 3 4\na 5 6\n")
    start = WordVectors(["a", "b"], np.ones((2, 2)), [9, 9])
    for call in (
        lambda: vectors.save(tmp_path / "w.txt"),
        lambda: WordVectors.load(tmp_path / "v.txt"),
        lambda: SkipGram(dim=2, epochs=1, subsample=0).fit(corpus, start=start),
        lambda: known_words(vectors, {"odd": ["a", "nowhere"]}),
        lambda: Word2Vec(min_count=1, compute_loss=True, hs=1, negative=5),
    ):
        with pytest.warns() as found:
            call()
        assert {each.filename for each in found} == {__file__}, [str(each.message) for each in found]


def test_a_long_wait_is_explained_and_a_short_one_is_not(monkeypatch, capsys):
    said = threading.Event()
    monkeypatch.setattr(progress, "announce", lambda text: (print(text), said.set()))
    with progress.announced("a short wait"):
        pass
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with progress.announced("a long wait"):
        assert said.wait(60)
    assert capsys.readouterr().out == "a long wait\n"

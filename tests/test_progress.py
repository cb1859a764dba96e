import io
import sys
import threading

import pytest

from wordvec import SVD, Corpus, progress


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


def test_a_long_wait_is_explained_and_a_short_one_is_not(monkeypatch, capsys):
    said = threading.Event()
    monkeypatch.setattr(progress, "announce", lambda text: (print(text), said.set()))
    with progress.announced("a short wait"):
        pass
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with progress.announced("a long wait"):
        assert said.wait(60)
    assert capsys.readouterr().out == "a long wait\n"

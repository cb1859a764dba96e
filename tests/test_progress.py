import threading

from wordvec import progress


def test_a_long_wait_is_explained_and_a_short_one_is_not(monkeypatch, capsys):
    said = threading.Event()
    monkeypatch.setattr(progress, "announce", lambda text: (print(text), said.set()))
    with progress.announced("a short wait"):
        pass
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with progress.announced("a long wait"):
        assert said.wait(60)
    assert capsys.readouterr().out == "a long wait\n"

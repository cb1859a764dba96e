"""The page served by `wordvec explore`, in the browser: answers over all words, also those the map does not show."""

from __future__ import annotations

import threading

import pytest

from wordvec.explorer.server import make_server


@pytest.fixture
def server(vectors, plotly):
    server = make_server([("served", vectors)], top=60)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_asks_the_server_and_only_it(open_reader, server, vectors):
    reader = open_reader(server.url)
    assert "60 of 177 words" in reader.text("#summary")
    assert reader.text("#agreement").startswith("Exact cosines over all words")
    search(reader, "wordbe")
    assert reader.texts("#search-input-list .word")[0] == "wordbe"
    reader.page.press("#search-input", "Escape")
    search(reader, "wordbej")
    reader.page.press("#search-input", "Enter")
    reader.wait_for_word("wordbej")
    assert [word for word, _ in reader.neighbours()] == [word for word, _ in vectors.most_similar("wordbej")]
    assert "Not on the map" in reader.text("#word-facts")
    check_the_lines(reader, vectors)
    check_an_analogy(reader)
    assert {request.split("?")[0] for request in reader.requests} == {
        server.url + name for name in ("", "search", "similar", "analogy")
    }
    check_errors(reader, server)


def search(reader, text):
    reader.page.fill("#search-input", text)
    reader.page.wait_for_selector("#search-input-list [role=option]")


def check_the_lines(reader, vectors):
    """Neighbours on the map are brought out, the others are only listed."""
    shown = reader.page.evaluate("explorer.maps[0].focus.ids.map((id) => explorer.models[0].words[id])")
    assert shown == [word for word, _ in vectors.most_similar("wordbej") if word in vectors.words[:60]]


def check_an_analogy(reader):
    for name, word in {"a": "man", "b": "king", "c": "woman"}.items():
        reader.page.fill(f"#analogy-{name}", word)
    reader.page.click("#analogy-ask")
    reader.page.wait_for_selector("#analogy-lists .neighbour")
    assert reader.texts("#analogy-lists .neighbour .word")[0] == "queen"


def check_errors(reader, server):
    """Our message for an unknown word, and one when the server is gone."""
    reader.page.fill("#search-input", "quen")
    reader.page.press("#search-input", "Enter")
    reader.page.wait_for_selector(".problem .chip")
    assert "did you mean 'queen'" in reader.text("#word-card .problem")
    reader.page.context.set_offline(True)
    reader.page.evaluate("explorer.showWord('king')")
    assert "The server does not answer" in reader.text("#word-card .problem")
    assert all("Failed to load resource" in complaint for complaint in reader.complaints)
    reader.complaints.clear()

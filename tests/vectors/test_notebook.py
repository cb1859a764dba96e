from html.parser import HTMLParser

import numpy as np
import pytest

from wordvec.errors import counted
from wordvec.vectors import WordVectors
from wordvec.vectors.neighbours import ROWS, neighbours_as_html, vectors_as_html

HOSTILE = ["<script>alert(1)</script>", '<img src=x onerror="alert(1)">', "a&b", '"quoted"', "it's", "<b>"]
HARMLESS = {"div", "table", "thead", "tbody", "tr", "th", "td", "span"}


class Reader(HTMLParser):
    """Collects tags, attributes and text, as a browser would see them."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.cells, self.open = [], [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attributes]
        self.open.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        if "td" in self.open:
            self.cells[-1] += text


def check_harmless(html):
    page = Reader(html)
    assert page.open == []
    assert set(page.tags) <= HARMLESS
    assert set(page.attributes) <= {"style", "dir"}
    return page.cells


def test_hostile_words_stay_text():
    vectors = WordVectors(HOSTILE, np.ones((6, 3)), counts=np.arange(6), info={"trainer": "<script>x</script>"})
    cells = check_harmless(vectors_as_html(vectors))
    assert cells[::3] == HOSTILE
    cells = check_harmless(neighbours_as_html([(word, 0.5) for word in HOSTILE], heading="<script>"))
    assert cells[::3] == HOSTILE


@pytest.mark.parametrize("words", [1, ROWS, ROWS + 1, 2000])
def test_a_preview_tells_how_much_it_leaves_out(words):
    vectors = WordVectors([f"w{i}" for i in range(words)], np.ones((words, 8)))
    html = vectors_as_html(vectors)
    assert check_harmless(html)[::2] == [f"w{i}" for i in range(min(words, ROWS))]
    assert (f"and {words - ROWS:,} more" in html) == (words > ROWS)
    assert f"{counted(words, 'word')}, 8 dimensions" in html


def test_the_trainer_and_its_parameters_are_named():
    info = {"trainer": "skipgram", "parameters": {"window": 5, "epochs": 3, "power": 0.75}}
    html = vectors_as_html(WordVectors(["a"], np.ones((1, 2)), info=info))
    assert "trained by skipgram (window 5, epochs 3)" in html
    for parameters in (None, [], {}):
        html = vectors_as_html(WordVectors(["a"], np.ones((1, 2)), info={"trainer": "svd", "parameters": parameters}))
        assert "trained by svd<" in html


def test_bars_are_as_long_as_the_scores():
    html = neighbours_as_html([("a", 1.0), ("b", 0.25), ("c", -0.5), ("d", 7.0), ("e", float("nan"))])
    widths = [part.split("px")[0] for part in html.split("width:")[1:]]
    assert widths == ["120", "30", "60", "120", "0"]
    assert check_harmless(html)[1::3] == ["1.000", "0.250", "-0.500", "7.000", "nan"]


def test_no_neighbours():
    assert "no neighbours" in neighbours_as_html([])


def test_a_row_of_any_kind_of_number_is_previewed():
    vectors = WordVectors(["a"], np.array([[0.5, -0.25]], np.float16))
    assert "+0.500 -0.250<" in vectors_as_html(vectors)

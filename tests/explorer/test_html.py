from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from html.parser import HTMLParser

import pytest

from wordvec.errors import InputError, MissingExtraError, OptionError
from wordvec.explorer import make_html, make_models, write_page
from wordvec.explorer.html import SCRIPTS, embedded_json
from wordvec.vectors import WordVectors


class Page(HTMLParser):
    """The elements of a page, and the text of its scripts."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.elements, self.scripts, self.texts, self._open = [], [], [], None
        self.feed(page.decode("utf-8"))

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self._open = tag
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data):
        if self._open == "script":
            self.scripts[-1] += data
        elif self._open != "style":
            self.texts.append(data)

    def handle_endtag(self, tag):
        self._open = None


@pytest.fixture(scope="module")
def page(vectors):
    models = make_models([("<b>name</b>", vectors)], with_rows=False)
    return Page(make_html(models, plotly="window.Plotly = 'a < b';"))


def test_hostile_words_travel_as_data(page, vectors):
    data, plotly, _ = page.scripts
    assert json.loads(data)["models"][0]["words"] == vectors.words
    assert "<" not in data
    assert plotly == "window.Plotly = 'a < b';"


def test_no_element_comes_from_a_word(page):
    kinds = [tag for tag, _ in page.elements]
    assert kinds.count("script") == 3
    assert not {"img", "b", "i", "iframe", "link"} & set(kinds) - {"link"}
    assert "<b>name</b> – wordvec explorer" in page.texts


def test_nothing_is_asked_of_a_network(page):
    for tag, attributes in page.elements:
        assert not {"src", "srcset", "action"} & set(attributes), tag
        assert attributes.get("href", "data:,") == "data:,"
        assert not [name for name in attributes if name.startswith("on")]


def test_the_policy_lets_only_these_scripts_run(page):
    (policy,) = [a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["default-src"] == "'none'"
    assert parts["connect-src"] == "'none'"
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in page.scripts[1:]]
    assert parts["script-src"].split() == [*(f"'sha256-{each}'" for each in hashes), "'unsafe-eval'"]


def test_a_served_page_may_ask_its_server(vectors):
    page = make_html(make_models([("m", vectors)], with_rows=False), served=True, plotly="")
    assert b"connect-src &#x27;self&#x27;" in page
    assert b'"served":true' in page


def test_the_scripts_never_parse_html():
    from importlib import resources

    folder = resources.files("wordvec.explorer") / "page"
    assert {file.name for file in folder.iterdir() if file.name.endswith(".js")} == set(SCRIPTS)
    for name in SCRIPTS:
        text = (folder / name).read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text), (
            name
        )
        assert "</script" not in text
        assert len(text.splitlines()) <= 300


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "]]>", "\u2028\u2029", "\ud800", "\x00\x1f\x7f", "왕🎉"])
def test_embedded_json_is_ascii_and_reads_back(text):
    embedded = embedded_json([text, {text: 1}])
    assert embedded.isascii()
    assert "<" not in embedded
    assert json.loads(embedded) == [text, {text: 1}]


def test_a_page_is_written_whole(tmp_path, vectors, plotly):
    path = tmp_path / "map.html"
    (model,) = write_page(path, [("m", vectors)], top=20, words=["wordbea"])
    assert model.words[-1] == "wordbea"
    data = json.loads(Page(path.read_bytes()).scripts[0])
    assert data["list"] == ["wordbea"]
    assert data["models"][0]["agreement"]["overlap"] >= 0.9


def test_the_same_page_twice(tmp_path, vectors, plotly):
    for name in ("one.html", "two.html"):
        write_page(tmp_path / name, [("m", vectors)])
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_a_failure_leaves_what_was_there(tmp_path, vectors, plotly):
    path = tmp_path / "map.html"
    path.write_text("old")
    with pytest.raises(OptionError):
        write_page(path, [("m", vectors)], method="nothing")
    with pytest.raises(InputError, match="does not exist"):
        write_page(tmp_path / "nowhere" / "map.html", [("m", vectors)])
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["map.html"]


def test_without_plotly_the_extra_is_named(tmp_path, vectors, monkeypatch):
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'wordvec\[explorer\]'"):
        write_page(tmp_path / "map.html", [("m", vectors)])


def test_20_000_words_fit_in_15_megabytes(tmp_path, plotly):
    import numpy as np

    matrix = np.random.default_rng(0).normal(size=(20_000, 100)).astype(np.float32)
    many = WordVectors([f"some-word-{i}" for i in range(20_000)], matrix, np.arange(20_000, 0, -1) * 100)
    write_page(tmp_path / "map.html", [("m", many)])
    assert (tmp_path / "map.html").stat().st_size < 15_000_000

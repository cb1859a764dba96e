"""A small model with known neighbours and hostile words, and one browser for all tests of the page."""

from __future__ import annotations

import numpy as np
import pytest
from browser import unavailable

from wordvec.vectors import WordVectors

DIM = 16
HOSTILE = [
    '<img src=x onerror="window.hacked=1">',
    "<b>bold</b>",
    "</script><script>window.hacked=1</script>",
    "<!--",
    "&lt;b&gt;",
    "{{data}}",
    "javascript:alert(1)",
    "a&b=c#d",
    '"',
    "'",
    "\\",
    "__proto__",
    "constructor",
    "‮right-to-left",
    "x" * 300,
]
LETTERS = str.maketrans("0123456789", "abcdefghij")  # words of a language have no digits
PLAIN = ["the", "man", "king", "woman", "queen", "왕", "서울", "naïve", "王", "O'Neil", "king-size", "Kingdom"]


def small_vectors(extra: int = 150, seed: int = 3) -> WordVectors:
    """Words by falling count; king - man + woman = queen."""
    rng = np.random.default_rng(seed)
    words = PLAIN + HOSTILE + [f"word{i}".translate(LETTERS) for i in range(extra)]
    matrix = rng.normal(size=(len(words), DIM)).astype(np.float32)
    man, king, woman, queen = (words.index(word) for word in ("man", "king", "woman", "queen"))
    matrix[queen] = matrix[king] - matrix[man] + matrix[woman]
    counts = np.arange(len(words), 0, -1) * 7
    return WordVectors(words, matrix, counts, {"trainer": "<i>skipgram</i>", "parameters": {"dim": DIM, "x": "<b>"}})


@pytest.fixture(scope="session")
def vectors():
    return small_vectors()


@pytest.fixture
def hostile():
    return list(HOSTILE)


@pytest.fixture(scope="session")
def other_vectors():
    """Another model with most of the words."""
    rng = np.random.default_rng(8)
    words = [word for word in small_vectors().words if word not in ("왕", "wordh")] + ["only-here"]
    return WordVectors(words, rng.normal(size=(len(words), 12)), np.arange(len(words), 0, -1))


@pytest.fixture(scope="session")
def plotly():
    try:
        import plotly  # noqa: F401
    except ImportError:
        unavailable("plotly is not installed, which the page needs (extra explorer)")


@pytest.fixture(scope="session")
def browser(plotly, browser):
    return browser


class Reader:
    """A browser tab with a page of the explorer, what it asked for and what it complained of."""

    def __init__(self, browser, before="", **options):
        self.context = browser.new_context(**{"viewport": {"width": 1160, "height": 600}, **options})
        self.requests, self.complaints = [], []
        self.page = self.context.new_page()
        self.page.add_init_script(before)
        self.page.set_default_timeout(60_000)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, address):
        self.page.goto(address)
        self.page.wait_for_function("window.explorer?.timings.opened")
        self.settle()
        return self

    def settle(self):
        """Two pictures later, what was asked for once a picture is done."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def reset(self):
        """The page as it was first opened."""
        self.page.evaluate(
            """async () => {
              document.getElementById("help").close();
              document.getElementById("tool-pan").click();
              document.activeElement.blur();
              history.replaceState(null, "", location.pathname);
              await explorer.restore();
            }"""
        )
        self.settle()  # lists that closed have made room: only now do the maps have their size
        self.page.evaluate("for (const map of explorer.maps) map.setView(map.fitted())")
        self.settle()
        self.complaints.clear()

    def state(self):
        return self.page.evaluate("explorer.state")

    def text(self, selector):
        return self.page.locator(selector).text_content()

    def texts(self, selector):
        return self.page.locator(selector).all_text_contents()

    def place_of(self, word, number=0):
        """Where a word's point is on the screen."""
        return self.page.evaluate(
            """([word, number]) => {
              const map = explorer.maps[number], [x, y] = map.place(map.model.idOf.get(word));
              const { left, top } = map.holder.getBoundingClientRect();
              return [left + x, top + y];
            }""",
            [word, number],
        )

    def spot_of(self, word, number=0):
        """Where a pointer meets a word: on its point, or beside it where another word's label lies on it."""
        spot = self.page.evaluate(
            """([word, number]) => {
              const map = explorer.maps[number], id = map.model.idOf.get(word), [x, y] = map.place(id);
              const { left, top } = map.holder.getBoundingClientRect();
              for (let away = 0; away < 10; away += 2) {
                for (const [right, down] of [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]]) {
                  const [px, py] = [x + right * away, y + down * away];
                  if (map.wordAt(px, py) === id) return [left + px, top + py];
                }
              }
              return null;
            }""",
            [word, number],
        )
        assert spot, f"{word} lies under labels"
        return spot

    def wait_for_word(self, word):
        self.page.wait_for_function("(word) => explorer.state.word === word", arg=word)
        self.settle()

    def neighbours(self, column=0):
        rows = self.page.locator("#neighbour-lists ol").nth(column).locator("button")
        return [
            (row.locator(".word").text_content(), float(row.locator(".score").text_content())) for row in rows.all()
        ]


@pytest.fixture(scope="session")
def small_page(tmp_path_factory, vectors, plotly):
    from wordvec.explorer import write_page

    path = tmp_path_factory.mktemp("page") / "small map.html"
    write_page(path, [("<i>small</i>", vectors)])
    return path


@pytest.fixture(scope="session")
def _shared_reader(browser, small_page):
    reader = Reader(browser, offline=True, permissions=["clipboard-read", "clipboard-write"])
    yield reader.open(small_page.as_uri())
    reader.context.close()


@pytest.fixture
def reader(_shared_reader):
    """The small page, opened from disk without a network, as at first; it must not complain."""
    _shared_reader.reset()
    yield _shared_reader
    assert _shared_reader.complaints == []


@pytest.fixture
def open_reader(browser):
    """Opens a page in a tab of its own."""
    readers = []

    def open_(address, **options):
        readers.append(Reader(browser, **options))
        return readers[-1].open(address)

    yield open_
    for reader in readers:
        reader.context.close()
        assert reader.complaints == []

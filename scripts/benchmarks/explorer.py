"""The explorer's page in headless Chromium: its size, when it can be used, how fast a click is answered.

A click is measured inside the browser, from the pointer's event to the picture with the lines and the list of
neighbours. Every opening is a fresh tab that reads the file from disk. WebGL runs without a graphics card, so drawing
is slower here than for a reader. Needs the packages plotly and playwright, and a chromium in the path.

python -m benchmarks.explorer --words 20000 --dim 100       random vectors; prints one JSON line
python -m benchmarks.explorer --vectors FILE --words 50000  those of a file
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from wordvec.explorer import write_page
from wordvec.vectors import WordVectors

OPENINGS, CLICKS = 5, 30
CHROMIUM = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
CLICK = """(word) => {
  const [map] = explorer.maps, { left, top } = map.holder.getBoundingClientRect();
  const [x, y] = map.place(map.model.idOf.get(word));
  return new Promise((done) => {
    let from = 0;
    const press = (event) => (from = event.timeStamp);
    window.addEventListener("pointerup", press, { capture: true, once: true });
    map.ondrawn = () => {
      if (!from || explorer.state.word === null) return;
      done({ ms: performance.now() - from, answer: explorer.timings.answer });
    };
    window.clickAt = [left + x, top + y];
  });
}"""


def random_vectors(words: int, dim: int) -> WordVectors:
    """Normally distributed vectors under made-up words, with falling counts."""
    matrix = np.random.default_rng(1).standard_normal((words, dim), np.float32)
    return WordVectors([f"word-{i}" for i in range(words)], matrix, np.arange(words, 0, -1, np.int64))


def measure(path: Path, words: list[str]) -> dict[str, Any]:
    """Open the page some times, then click words of it."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        opened = []
        for _ in range(OPENINGS):
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            page.goto(path.as_uri())
            page.wait_for_function("window.explorer?.timings.opened")
            opened.append(page.evaluate("explorer.timings.opened"))
            if len(opened) < OPENINGS:
                page.close()
        clicks = [click(page, word) for word in words]
        browser.close()
    return {
        "opened_ms": round(statistics.median(opened)),
        "click_to_picture_ms": spread([each["ms"] for each in clicks]),
        "click_answered_ms": spread([each["answer"] for each in clicks]),
    }


def click(page: Any, word: str) -> dict[str, float]:
    """Click where a word is drawn (the word there may be another, drawn over it) and wait for the picture."""
    page.evaluate("explorer.clear()")
    page.evaluate(f"(word) => {{ window.clicked = ({CLICK})(word); }}", word)
    page.mouse.click(*page.evaluate("clickAt"))
    return page.evaluate("clicked")


def spread(values: list[float]) -> dict[str, float]:
    """Median and largest."""
    return {"median": round(statistics.median(values), 1), "largest": round(max(values), 1)}


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=20_000)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--vectors", metavar="FILE", help="instead of random ones")
    arguments = parser.parse_args()
    vectors = (
        WordVectors.load(arguments.vectors) if arguments.vectors else random_vectors(arguments.words, arguments.dim)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.html"
        start = time.perf_counter()
        (model,) = write_page(path, [("benchmark", vectors)], top=arguments.words)
        seconds = time.perf_counter() - start
        chosen = np.random.default_rng(2).choice(len(model.words), CLICKS, replace=False)
        result = {
            "words": len(model.words),
            "dim": model.dim,
            "page_mb": round(path.stat().st_size / 1e6, 2),
            "write_seconds": round(seconds, 2),
            "overlap": None if model.agreement is None else round(model.agreement.overlap, 4),
            **measure(path, [model.words[i] for i in chosen]),
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()

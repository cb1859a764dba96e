"""Assembles the page: template, style, scripts, plotly and data in one HTML file that loads nothing else."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any

from wordvec.errors import MissingExtraError
from wordvec.explorer.model import PageModel, make_models
from wordvec.explorer.periods import make_periods
from wordvec.files import replace_file

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors

# In order of dependence; all files become one strict function.
SCRIPTS = (
    "elements.js",
    "model.js",
    "queries.js",
    "colours.js",
    "focus.js",
    "labels.js",
    "frame.js",
    "word_map.js",
    "lasso.js",
    "pointer.js",
    "search.js",
    "panel.js",
    "appearance.js",
    "periods.js",
    "link.js",
    "explorer.js",
    "input.js",
    "main.js",
)
FORMAT = 1


def write_page(
    path: str | os.PathLike[str],
    named: Sequence[tuple[str, WordVectors]],
    *,
    words: Sequence[str] = (),
    lists: Mapping[str, Sequence[str]] | None = None,
    periods: bool = False,
    **options: Any,
) -> list[PageModel]:
    """Write one HTML file to explore one model, or two side by side, offline; return the models that it shows.

    With `periods`, `named` are the models of one text over time, for a slider (see `make_periods`).

    `named` are (name, vectors). `words` are coloured as the reader's list; each of `lists` (name -> words, at most 8)
    has its own colour. Both are shown even if rare. `options` are those of `make_model`: top, method, seed.
    Raises MissingExtraError without plotly (extra `explorer`), OptionError for more words than a page can hold.
    """
    plotly = plotly_script()  # before the map is computed
    models = (make_periods if periods else make_models)(named, words=words, lists=lists, **options)
    page = make_html(models, words=words, lists=lists, periods=periods, plotly=plotly)
    with replace_file(path) as file:
        file.write(page)
    return models


def make_html(
    models: Sequence[PageModel],
    *,
    words: Sequence[str] = (),
    lists: Mapping[str, Sequence[str]] | None = None,
    served: bool = False,
    periods: bool = False,
    plotly: str,
) -> bytes:
    """Return the page in UTF-8.

    Words, names and all other data of a model are JSON in a script element that is not executed, with every "<"
    escaped; the scripts show them only as text. A content security policy allows only these scripts (by SHA-256) to
    run, and no connections (if served: only to the server).
    """
    data = {
        "format": FORMAT,
        "served": served,
        "periods": periods,
        "list": list(words),
        "lists": [{"name": name, "words": list(members)} for name, members in (lists or {}).items()],
        "models": [model.as_json() for model in models],
    }
    script = _one_function([_read(name) for name in SCRIPTS])
    parts = {
        "title": html.escape(" and ".join(model.name for model in models)),
        "policy": html.escape(_policy([plotly, script], served)),
        "style": _read("page.css"),
        "plotly": plotly,
        "script": script,
        "data": embedded_json(data),
    }
    page = re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match.group(1)], _read("page.html"))
    return page.encode("utf-8", "backslashreplace")


def embedded_json(data: Any) -> str:
    r"""Return JSON that is safe in a script element: ASCII, without any "<" that could end the element.

    >>> print(embedded_json(["</script>", "né"]))
    ["\u003c/script>","n\u00e9"]
    """
    return json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def plotly_script() -> str:
    """Return plotly's bundled script. Raises MissingExtraError if plotly is not installed."""
    try:
        from plotly.offline import get_plotlyjs
    except ImportError as error:
        raise MissingExtraError("plotly", "explorer", "the explorer page") from error
    script = str(get_plotlyjs()).replace("\r\n", "\n").replace("\r", "\n")  # as HTML reads it, for the hash
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _policy(scripts: Sequence[str], served: bool) -> str:
    """The content security policy; 'unsafe-eval' is for plotly, whose WebGL code compiles its own functions."""
    allowed = " ".join(f"'sha256-{_hash(script)}'" for script in scripts)
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {allowed} 'unsafe-eval'",
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "connect-src 'self'" if served else "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8", "backslashreplace")).digest()).decode("ascii")


def _one_function(sources: Sequence[str]) -> str:
    return '(() => {\n"use strict";\n' + "\n".join(sources) + "\n})();"


def _read(name: str) -> str:
    return resources.files("wordvec.explorer").joinpath("page", name).read_text(encoding="utf-8")

"""The interactive page: CBOW on the example sentence, step by step, in one HTML file that asks for nothing else."""

from __future__ import annotations

import base64
import hashlib
import html
import os
import re
from importlib import resources
from typing import Any

import numpy as np

from wordvec.corpus import contexts_and_targets, number_words
from wordvec.errors import OptionError, describe
from wordvec.explorer.html import embedded_json
from wordvec.files import replace_file
from wordvec.learn.messages import LANGUAGES
from wordvec.learn.page_texts import SENTENCES, TEXTS

DIM = 2  # so that the vectors can be drawn as they are
RATE = 1.0  # of gradient descent on the mean loss of six examples


def page_data(language: str | None = None) -> dict[str, Any]:
    """What the page starts from: the sentence of each language, its contexts and targets, and the first weights.

    The three sentences have the same pattern of repeated words, so contexts and targets are those of all.

    >>> page_data()["contexts"][0], page_data()["targets"][0]
    ([0, 2], 1)
    """
    if language is not None and language not in LANGUAGES:
        raise OptionError(f"language must be one of {', '.join(LANGUAGES)}; got {describe(language)}")
    numbered = {name: number_words(sentence.split()) for name, sentence in SENTENCES.items()}
    contexts, targets = contexts_and_targets(numbered["en"][0], window=1)
    rng = np.random.default_rng(seed=3)
    V = len(numbered["en"][1])
    weights = {"W_in": rng.normal(scale=0.5, size=(V, DIM)), "W_out": rng.normal(scale=0.5, size=(DIM, V))}
    return {
        "language": language,
        "rate": RATE,
        "sentences": SENTENCES,
        "words": {name: words for name, (_, words) in numbered.items()},
        "contexts": contexts.tolist(),
        "targets": targets.tolist(),
        "weights": {name: W.round(3).tolist() for name, W in weights.items()},
        "texts": TEXTS,
    }


def write_network_page(path: str | os.PathLike[str], language: str | None = None) -> None:
    """Write the page. Without `language` it opens in the browser's, if that is English, Korean or Japanese.

    Raises OptionError for another language, InputError when the folder does not exist.

    >>> import tempfile
    >>> from pathlib import Path
    >>> page = Path(tempfile.mkdtemp()) / "learn.html"
    >>> write_network_page(page)
    >>> page.read_text(encoding="utf-8")[:15]
    '<!doctype html>'
    """
    script = f'"use strict";\n(() => {{\n{_read("model.js")}\n{_read("page.js")}}})();'
    style = _read("page.css")
    policy = f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'"
    parts = {
        "policy": html.escape(policy),
        "style": style,
        "data": embedded_json(page_data(language)),
        "script": script,
    }
    page = re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match.group(1)], _read("page.html"))
    with replace_file(path) as file:
        file.write(page.encode("utf-8", "backslashreplace"))


def _read(name: str) -> str:
    return resources.files("wordvec.learn").joinpath("page", name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode('utf-8')).digest()).decode('ascii')}'"

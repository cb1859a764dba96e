"""Texts that come with wordvec: made on demand by the generators in the folder ``corpora/``."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

from wordvec.errors import CorpusError, EvaluationFileError

# Name: module in the folder corpora/.
BUNDLED = {"tiny-world": "tiny_world", "tiny-world-ko": "tiny_world_ko", "tiny-world-ja": "tiny_world_ja"}
EVALUATION_SETS = tuple(f"{corpus}-{kind}" for corpus in BUNDLED for kind in ("analogies", "similarity"))


def is_bundled(name: str) -> bool:
    """Whether `name` is a text that comes with wordvec."""
    return name in BUNDLED


def corpora_folder() -> Path:
    """The folder ``corpora/``: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(__file__).resolve().parents[2]
    for folder in (package / "_corpora", package.parent / "corpora"):
        if (folder / "catalogue.json").is_file():
            return folder
    raise CorpusError(f"the folder of bundled corpora is missing from {package}: install wordvec again")


@cache
def _generator(name: str) -> ModuleType:
    path = corpora_folder() / f"{BUNDLED[name]}.py"
    spec = importlib.util.spec_from_file_location(f"wordvec_corpora_{BUNDLED[name]}", path)
    if spec is None or spec.loader is None:
        raise CorpusError(f"{path}: cannot be loaded: install wordvec again")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


def bundled_corpus(name: str, words: int | None = None, seed: int = 1) -> Iterator[str]:
    """Yield the lines of the bundled text `name`, of about `words` words (default: its own size).

    Raises CorpusError for another name.

    >>> next(bundled_corpus("tiny-world")).split()[-1]
    '.'
    """
    if name not in BUNDLED:
        raise CorpusError(f"no bundled text is called {name!r}; there are: {', '.join(BUNDLED)}")
    generate = _generator(name).generate
    return generate(seed=seed) if words is None else generate(words=words, seed=seed)  # type: ignore[no-any-return]


def bundled_evaluation(name: str) -> list[str]:
    """The lines of the evaluation set `name`: ``tiny-world-analogies``, ``tiny-world-ko-similarity`` and so on.

    Analogies are in Google's format (``: section``, then four words a line), similarities are
    ``word1<tab>word2<tab>score``. Raises EvaluationFileError for another name.

    >>> bundled_evaluation("tiny-world-analogies")[0][:2]
    ': '
    """
    if name not in EVALUATION_SETS:
        raise EvaluationFileError(
            f"no bundled evaluation set is called {name!r}; there are: {', '.join(EVALUATION_SETS)}"
        )
    corpus, _, kind = name.rpartition("-")
    return list(_generator(corpus).analogies() if kind == "analogies" else _generator(corpus).similarities())

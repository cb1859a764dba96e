"""gensim.downloader: nothing is downloaded here."""

from __future__ import annotations

from typing import Any

from wordvec.errors import OptionError

BASE_DIR = ""  # programs look here for earlier downloads


def load(name: str, return_path: bool = False) -> Any:
    """Raise OptionError with what to do instead."""
    raise OptionError(
        f"gensim.downloader: {name!r:.60} is not downloaded by wordvec; fetch the vectors' file by other means, "
        "and read it with KeyedVectors.load_word2vec_format(FILE), or KeyedVectors.load(FILE)"
    )


def info(name: str | None = None, **options: Any) -> Any:
    """Raise OptionError: there is no list of downloads either."""
    raise OptionError("gensim.downloader: the list of corpora and models is not supported: nothing is downloaded")

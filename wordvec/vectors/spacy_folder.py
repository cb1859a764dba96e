"""A pipeline folder of spaCy with these vectors: ``spacy.load(folder)``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from wordvec.errors import MissingExtraError, OptionError
from wordvec.folders import FolderKind, replace_folder

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors

SPACY_FOLDER = FolderKind(
    "meta.json",
    b'"wordvec"',
    frozenset(
        ["meta.json", "config.cfg", "tokenizer"]
        + [f"vocab/{name}" for name in ("key2row", "lookups.bin", "strings.json", "vectors", "vectors.cfg")]
    ),
)


def write_spacy(vectors: WordVectors, folder: str | os.PathLike[str], language: str = "en") -> None:
    """Write a blank pipeline of a language with these vectors. It takes its place as a whole at the end.

    Its tokens are those of spaCy's rules for the language: words that the vectors' text was cut into otherwise are not
    found there. Raises MissingExtraError without spaCy, OptionError for a language that it does not have.
    """
    try:
        import spacy
        from spacy.vectors import Vectors
    except ImportError as error:
        raise MissingExtraError("spacy", "spacy", "writing a pipeline of spaCy") from error
    try:
        pipeline = spacy.blank(language)
    except ImportError as error:
        raise OptionError(f"spaCy has no language {language!r}; give its code, such as en, de or xx") from error
    words = list(vectors.words)
    keys = np.array([pipeline.vocab.strings.add(word) for word in words], np.uint64)
    pipeline.vocab.vectors = Vectors(
        strings=pipeline.vocab.strings, data=np.array(vectors.rows(slice(None))), keys=keys, name="wordvec"
    )
    pipeline.meta["name"] = "wordvec"
    with replace_folder(folder, SPACY_FOLDER) as temporary:
        pipeline.to_disk(temporary)

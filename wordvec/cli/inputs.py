"""Which files a command reads, so that none of its outputs is written over one of them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

# The arguments that name what is read. --start is not among them: a model may go on under its own name.
INPUTS = ("text", "file", "files", "source", "target", "a", "b", "corpus", "corpora", "documents", "docs", "texts")
INPUTS += ("keep_words", "drop_words", "vocabulary", "metadata", "among", "stability", "anchors", "lexicon")
INPUTS += ("similarity", "analogy", "sets", "dev_sets", "test_sets", "scores", "dictionary", "test", "vectors")
INPUTS += ("baseline", "report", "runs", "color_by", "beside", "words_from", "token_file")
WORDS = {"convert": ("words",)}  # where an argument of this name is a file of words, not words
OUTPUTS = {"train": ("documents",)}  # where an argument of this name is written


def input_files(arguments: argparse.Namespace) -> Iterator[str]:
    """The files that the arguments name: in and below a folder, and those of a pattern, too."""
    for name in input_names(arguments):
        yield from _files_of(name)


def input_names(arguments: argparse.Namespace) -> Iterator[str]:
    """The files, folders and patterns that the arguments name to be read."""
    names = [*INPUTS, *WORDS.get(arguments.verb, ())]
    for name in names:
        value = getattr(arguments, name, None)
        if name in OUTPUTS.get(arguments.verb, ()):
            continue
        for each in value if isinstance(value, list) else [value]:
            path = each[-1] if isinstance(each, tuple) else each  # of sets: (task, set)
            if isinstance(path, str):  # plot's --scores and embed's --a name no file
                yield path


def _files_of(name: str) -> Iterator[str]:
    from wordvec.corpus.read.paths import files_of
    from wordvec.corpus.storage import INDEX, OURS, is_corpus_folder
    from wordvec.errors import CorpusError

    try:
        if is_corpus_folder(Path(name)):
            yield from (os.path.join(name, each) for each in OURS - INDEX)
            return
        yield from map(os.fspath, files_of(Path(name)))
    except (CorpusError, OSError, ValueError):  # what is wrong with it is said by who reads it
        return

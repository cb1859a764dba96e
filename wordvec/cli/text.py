"""The arguments that say which text to read and how, shared by ``train`` and ``corpus build``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wordvec.corpus import Corpus


def add_text_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare TEXT and how it becomes tokens."""
    parser.add_argument("text", metavar="TEXT", nargs="+", help="files, folders, - for stdin, or tiny-world")
    reading = parser.add_argument_group("reading")
    reading.add_argument("--tokenizer", help="whitespace, or words: case-folded, numbers as 0 (default: whitespace)")
    reading.add_argument("--min-count", type=int, help="how often a word must occur to stay (default: 5)")
    reading.add_argument("--encoding", default="utf-8", help="of the text (default: utf-8)")
    reading.add_argument(
        "--encoding-errors",
        default="strict",
        choices=("strict", "replace", "ignore"),
        help="what to do with undecodable bytes (default: strict, an error that names the place)",
    )


def read_corpus(arguments: argparse.Namespace) -> Corpus:
    """Read and encode the text, or open it when it is a corpus folder."""
    from wordvec.corpus import Corpus

    return Corpus.build(
        arguments.text[0] if len(arguments.text) == 1 else arguments.text,
        tokenizer=arguments.tokenizer,
        min_count=arguments.min_count,
        encoding=arguments.encoding,
        encoding_errors=arguments.encoding_errors,
    )

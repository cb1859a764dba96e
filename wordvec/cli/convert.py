"""Write vectors in another format; the input's format is recognised by its content.

wordvec convert vectors.safetensors vectors.txt
"""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="a file of vectors, of any format wordvec reads")
    parser.add_argument("out", metavar="OUT")
    parser.add_argument(
        "--to",
        metavar="FORMAT",
        help="safetensors, word2vec-text, word2vec-binary, glove, fasttext-vec or npz (default: by OUT's suffix)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Load and save."""
    from wordvec.vectors import WordVectors

    vectors = WordVectors.load(arguments.file)
    vectors.save(arguments.out, format=arguments.to)
    print(f"{arguments.out}: {len(vectors):,} words in {vectors.dim} dimensions")

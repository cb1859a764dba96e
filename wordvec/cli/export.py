"""Write vectors for other programs' maps: TensorBoard's projector, or Parquet.

wordvec export vectors.safetensors --projector FOLDER        then: tensorboard --logdir FOLDER
wordvec export vectors.safetensors --parquet vectors.parquet

The projector draws up to 100,000 words: --top 100000 writes the commonest. Parquet has the columns word, count, x, y
(a map of the words) and vector.
"""

from __future__ import annotations

import argparse

from wordvec.errors import OptionError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="a file of vectors, of any format wordvec reads")
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--projector", metavar="FOLDER", help="vectors.tsv, metadata.tsv and their configuration")
    target.add_argument("--parquet", metavar="OUT", help="one Parquet file (extra arrow)")
    parser.add_argument("--top", type=int, metavar="N", help="the N commonest words (default: all)")
    parser.add_argument(
        "--method", choices=("pca", "tsne", "umap"), help="of Parquet's x and y (default: pca; the others take long)"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="of tsne and umap (default: 1)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Load and write."""
    from wordvec.files import check_writable
    from wordvec.folders import check_folder_writable
    from wordvec.plots.exports import PROJECTOR, write_parquet, write_projector
    from wordvec.vectors import WordVectors

    map_options = {
        name: getattr(arguments, name) for name in ("method", "seed") if getattr(arguments, name) is not None
    }
    if arguments.projector and map_options:
        raise OptionError(f"--{next(iter(map_options))} is for --parquet: the projector makes its maps itself")
    if arguments.projector:
        check_folder_writable(arguments.projector, PROJECTOR)
    else:
        check_writable(arguments.parquet, arguments.file)
    vectors = WordVectors.load(arguments.file)
    if arguments.projector:
        words = write_projector(vectors, arguments.projector, top=arguments.top)
        print(f"{arguments.projector}: {words:,} words in {vectors.dim} dimensions")
        return
    words = write_parquet(vectors, arguments.parquet, top=arguments.top, **map_options)
    print(f"{arguments.parquet}: {words:,} words in {vectors.dim} dimensions, with x and y")

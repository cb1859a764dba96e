"""Write vectors for other programs: TensorBoard's projector, Parquet, sentence-transformers and model2vec, spaCy, ONNX.

wordvec export vectors.safetensors --projector FOLDER        then: tensorboard --logdir FOLDER
wordvec export vectors.safetensors --parquet vectors.parquet
wordvec export vectors.safetensors --hub FOLDER              then: hf upload NAME FOLDER, to make it public
wordvec export vectors.safetensors --spacy FOLDER --language en
wordvec export vectors.safetensors --onnx vectors.onnx       tokens in, the mean of their vectors out

The projector draws up to 100,000 words: --top 100000 writes the most common. Parquet has the columns word, count, x, y
(a map of the words) and vector. The folder of --hub can be loaded by model2vec, sentence-transformers and wordvec, and
has a model card.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from wordvec.cli.dependent_options import fill_in
from wordvec.errors import OptionError, counted

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="a file of vectors, in any format wordvec reads")
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--projector", metavar="FOLDER", help="vectors.tsv, metadata.tsv and their configuration")
    target.add_argument("--parquet", metavar="OUT", help="one Parquet file (extra arrow)")
    target.add_argument("--hub", metavar="FOLDER", help="a static model with its tokenizer and model card")
    target.add_argument("--spacy", metavar="FOLDER", help="a pipeline for spacy.load (extra spacy)")
    target.add_argument("--onnx", metavar="OUT", help="a model that looks up words and returns their mean (extra onnx)")
    parser.add_argument("--ids", action="store_true", help="the model of --onnx takes word ids, not strings")
    parser.add_argument("--language", metavar="CODE", help="language of spaCy's pipeline (default: en)")
    parser.add_argument("--licence", "--license", metavar="TEXT", help="licence of the vectors, for the card of --hub")
    parser.add_argument("--top", type=int, metavar="N", help="the N most common words (default: all)")
    parser.add_argument(
        "--method",
        choices=("pca", "tsne", "umap"),
        help="projection for Parquet's x and y (default: pca; the others are slow)",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="random seed for tsne and umap (default: 1)")


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
    for name, target in (("language", arguments.spacy), ("licence", arguments.hub)):
        if getattr(arguments, name) is not None and target is None:
            raise OptionError(f"--{name} is for --{'spacy' if name == 'language' else 'hub'}")
    drawn_at_random = arguments.method in ("tsne", "umap")
    fill_in(arguments, drawn_at_random or not arguments.parquet, "--method tsne or umap", seed=None)
    if arguments.ids and not arguments.onnx:
        raise OptionError("--ids is for --onnx")
    if arguments.onnx:
        if map_options:
            raise OptionError("--method and --seed are for --parquet")
        write_model(arguments)
        return
    if arguments.hub or arguments.spacy:
        if map_options or arguments.top is not None:
            raise OptionError("--top, --method and --seed are for --projector and --parquet")
        write_folder(arguments)
        return
    if arguments.projector:
        check_folder_writable(arguments.projector, PROJECTOR)
    else:
        check_writable(arguments.parquet)
    vectors = WordVectors.load(arguments.file)
    if arguments.projector:
        words = write_projector(vectors, arguments.projector, top=arguments.top)
        print(f"{arguments.projector}: {counted(words, 'word')} in {counted(vectors.dim, 'dimension')}")
        return
    words = write_parquet(vectors, arguments.parquet, top=arguments.top, **map_options)
    print(f"{arguments.parquet}: {counted(words, 'word')} in {counted(vectors.dim, 'dimension')}, with x and y")
    _tell_context_left_out(vectors)


def _tell_context_left_out(vectors: WordVectors) -> None:
    """Say that what was written, which wordvec could read again, has no context vectors."""
    if vectors.context_matrix is not None:
        print("not kept in this format: context vectors")


def write_folder(arguments: argparse.Namespace) -> None:
    """Load and write the folder of --hub or --spacy."""
    from wordvec.experiments.card import CardFacts, model_card
    from wordvec.folders import check_folder_writable
    from wordvec.vectors import WordVectors
    from wordvec.vectors.exports import SPACY_FOLDER, write_spacy
    from wordvec.vectors.files.static_folder import STATIC_FOLDER, front_matter, usage, write_static_model

    folder = arguments.hub or arguments.spacy
    check_folder_writable(folder, STATIC_FOLDER if arguments.hub else SPACY_FOLDER)
    vectors = WordVectors.load(arguments.file)
    if arguments.hub:
        card = ""
        if Path(arguments.file).is_file():  # the card has the file's size and hash
            card = model_card(Path(arguments.file), vectors, CardFacts(licence=arguments.licence))
        write_static_model(vectors, folder, front_matter(arguments.licence) + card + "\n" + usage(vectors))
    else:
        write_spacy(vectors, folder, arguments.language or "en")
    print(f"{folder}: {counted(len(vectors), 'word')} in {counted(vectors.dim, 'dimension')}")
    _tell_context_left_out(vectors)


def write_model(arguments: argparse.Namespace) -> None:
    """Load and write the file of --onnx."""
    from wordvec.files import check_writable
    from wordvec.vectors import WordVectors
    from wordvec.vectors.exports import write_onnx

    check_writable(arguments.onnx)
    vectors, inputs = WordVectors.load(arguments.file), "ids" if arguments.ids else "tokens"
    words = write_onnx(vectors, arguments.onnx, inputs=inputs, top=arguments.top)
    print(f"{arguments.onnx}: {counted(words, 'word')} in {counted(vectors.dim, 'dimension')}; takes {inputs}")

"""Concatenate the vectors of several models, which together often do better than one.

  wordvec combine mine.safetensors glove.txt -o both.safetensors
  wordvec combine mine.safetensors potion/ -o both.safetensors --weights 1,1.5 --dim 200 --similarity wordsim353.txt

Each model's rows are scaled to length 1, their mean is subtracted and the result is multiplied by the model's weight;
then the rows are concatenated. The result has the words of the first model that all others have. A model may be a
folder of model2vec or StaticEmbedding whose tokens are words.
"""

from __future__ import annotations

import argparse

from wordvec.cli import before_and_after as scoring
from wordvec.cli.output import check_out, print_json
from wordvec.errors import OptionError, counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("files", metavar="FILE", nargs="+", help="files of vectors, in any format wordvec reads")
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help="the format follows the suffix")
    parser.add_argument("--weights", metavar="W,W", help="one for each model (default: 1 each)")
    parser.add_argument(
        "--keep-all", action="store_true", help="keep words that other models lack, with zeros in their columns"
    )
    parser.add_argument("--dim", type=int, metavar="N", help="reduce to N dimensions, by principal components")
    scoring.add_arguments(parser, "with the first model and with all; may be repeated")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def run(arguments: argparse.Namespace) -> None:
    """Combine, write and report."""
    from wordvec.vectors import WordVectors
    from wordvec.vectors.postprocessing import parse_steps, post_processed
    from wordvec.vectors.several_models.combining import combine

    weights = _weights(arguments.weights)
    if arguments.dim is not None and arguments.dim < 1:
        raise OptionError(f"--dim must be at least 1; got {arguments.dim}")
    steps = None if arguments.dim is None else parse_steps(f"pca={arguments.dim}")
    check_out(arguments.out)
    tasks = scoring.read_sets(arguments)
    parts = [WordVectors.load(file) for file in arguments.files]
    if arguments.dim is not None and arguments.dim > (most := sum(part.dim for part in parts)):
        raise OptionError(f"--dim must be at most {most}, the dimensions of these models together; got {arguments.dim}")
    after = combine(parts, weights, keep_all=arguments.keep_all)
    side_by_side = after.dim
    if steps is not None:
        after = post_processed(after, steps)
    after.save(arguments.out)
    scores = scoring.compare(parts[0], after, tasks)
    left_out = len(parts[0]) - len(after)
    if arguments.json:
        facts = {"out": arguments.out, "words": len(after), "left_out": left_out, "dim": after.dim}
        print_json(facts | {"parts": after.info["combined"], "scores": scoring.as_json(scores)})
        return
    for file, part in zip(arguments.files, after.info["combined"]):
        print(
            f"  {file}: {counted(part['dim'], 'dimension')}, weight {part['weight']:g}, "
            f"has {part['words']:,} of the words"
        )
    reduced = "" if steps is None else f", reduced from {side_by_side}"
    print(f"{arguments.out}: {counted(len(after), 'word')} in {counted(after.dim, 'dimension')}{reduced}")
    if left_out:
        print(f"left out, as another model lacks them: {left_out:,} of the {len(parts[0]):,} words of the first")
    for scored in scores:
        print(scoring.score_line(*scored))


def _weights(text: str | None) -> list[float] | None:
    if text is None:
        return None
    try:
        return [float(weight) for weight in text.split(",")]
    except ValueError:
        raise OptionError(f"--weights takes numbers such as 1,1.5; got {text!r}") from None

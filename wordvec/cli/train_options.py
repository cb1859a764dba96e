"""The arguments of ``wordvec train``: every option of every trainer, and those of a run."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from wordvec.cli.cluster import add_cluster_arguments
from wordvec.cli.documents import add_trained_documents
from wordvec.cli.subwords import add_subword_arguments
from wordvec.cli.text import add_text_arguments


def window(text: str) -> int | str:
    """A number of words, or a name, which the trainer checks."""
    return int(text) if text.lstrip("+-").isdigit() else text


def schedule(text: str) -> str | list[float]:
    """Factors of the learning rate, or the name of a schedule, which the trainer checks."""
    try:
        return [float(factor) for factor in text.split(",")]
    except ValueError:
        return text


OPTIONS: list[tuple[str, Callable[[str], Any], str]] = [
    ("dim", int, "dimensions of a vector"),
    ("window", window, "words on each side of a centre; 'sentence' for the whole sentence"),
    ("negatives", int, "negative samples for each example"),
    ("epochs", int, "passes over the corpus"),
    ("subsample", float, "downsample words whose relative frequency is above this; 0 turns it off"),
    ("learning_rate", float, "starting learning rate"),
    ("learning_rate_end", float, "learning rate at the end (default: 1e-4 of the start)"),
    ("learning_rate_schedule", schedule, "linear, cosine or constant; or factors of it, such as 0.1,1,0.5"),
    ("loss", str, "negative-sampling, hierarchical-softmax or softmax"),
    (
        "negative_power",
        float,
        "negatives are drawn by counts ** this: 0.75, or less to draw rare items more often",
    ),
    ("negative_sharing", str, "window: one draw of negatives for all contexts of a centre; pair: one for each"),
    ("precision", str, "float16: skip-gram's and CBOW's tables in half the memory"),
    ("negative_pool", int, "draw negatives from a slowly renewed pool of this many words, such as 4096; 0: from all"),
    ("cbow_gradient", str, "sum (word2vec) or mean"),
    ("optimizer", str, "sgd, momentum, nesterov, adagrad, rmsprop or adam"),
    ("batch_size", int, "positions (for glove: cells) in a mini-batch"),
    (
        "max_meetings",
        int,
        "how often a row may be used in a step before scores are recomputed (default: 0.6 / learning rate)",
    ),
    (
        "weighting",
        str,
        "weights of co-occurrences: flat, harmonic (1 / distance) or linear (like word2vec's random windows)",
    ),
    ("side", str, "side of a word on which contexts are counted: both, left or right"),
    ("subsample_mode", str, "dirty: downsample before windows are formed, as skip-gram does; clean: after"),
    (
        "context_smoothing",
        float,
        "power of the contexts' distribution in PPMI, in natural logarithms (default: 1)",
    ),
    ("shift", float, "k in max(0, PMI - log k)"),
    ("power", float, "exponent of the singular values: 0, 0.5 or 1"),
    ("x_max", float, "count from which a cell has full weight in GloVe"),
    ("alpha", float, "exponent of GloVe's weights below x_max"),
    ("engine", str, "kernel, compiled, or layers (default: kernel if it supports the options)"),
    ("init", str, "start from random noise, or from the svd of the PPMI matrix, which needs fewer epochs"),
    ("device", str, "cpu or gpu"),
    ("threads", int, "threads for reading and for the kernel (default: all cores); does not change the result"),
    (
        "slices",
        int,
        "skip-gram and CBOW: how many threads can share a step (default: 1 up to 16 dimensions, 2 up to 256, 4 up to "
        "512, then 8); changes the result's rounding",
    ),
    (
        "warps",
        int,
        "GPU warps that train at the same time (default: as many as the text allows); 1 is slow, but repeatable",
    ),
    (
        "memory",
        str,
        "memory for counting, such as 2G; the rest goes to temporary files (default: half of the free memory)",
    ),
    ("held_out", float, "share of the sentences kept from training to measure the loss on"),
    ("pieces", int, "skip-gram and CBOW on a cluster: parts of a round that are trained separately (default: 8)"),
    ("merges", int, "rounds in an epoch; the pieces are merged after each (default: 32)"),
    ("patience", int, "stop when the held-out loss has not fallen for this many epochs"),
    ("seed", int, "random seed: the same seed gives the same bytes"),
]
METAVARS: dict[Callable[[str], Any], str] = {int: "N", float: "F", window: "N"}
SWITCHES = {
    "words": "paragraph-vectors: also train the words, by skip-gram (default: no)",
    "shrink_window": "draw each centre's window from 1 .. window, as word2vec does (default: yes)",
    "add_context": "word plus context vectors (default: glove yes, svd no)",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    add_text_arguments(parser, threads=False)
    parser.add_argument("-o", "--out", required=True, help="the file to write, such as vectors.safetensors")
    parser.add_argument(
        "--trainer",
        metavar="NAME",
        help="skipgram, cbow, glove, svd, ppmi, or paragraph-vectors for documents (default: by the options given; if "
        "they fit both, svd below 5 million tokens and on a cluster, else skipgram; with --start, the trainer of FILE)",
    )
    parser.add_argument(
        "--preset",
        metavar="NAME",
        help="options of skipgram and cbow that go together: items (window 'sentence', not shrunk, --subsample 0, "
        "--negative-power -0.5) or walks (window 10, not shrunk, --subsample 0); given options take precedence",
    )
    options = parser.add_argument_group("options of the trainers")
    for name, kind, purpose in OPTIONS:
        options.add_argument(
            "--" + name.replace("_", "-"), type=kind, metavar=METAVARS.get(kind, "VALUE"), help=purpose
        )
    options.add_argument(
        "--hogwild", action="store_const", const=True, help="let the kernel's threads race: faster, not repeatable"
    )
    for name, purpose in SWITCHES.items():
        flag = "--" + name.replace("_", "-")
        options.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=purpose)
    _add_long_runs(parser)
    add_trained_documents(parser)
    _add_subwords(parser)
    add_cluster_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def _add_long_runs(parser: argparse.ArgumentParser) -> None:
    runs = parser.add_argument_group("long runs (skipgram and cbow; glove has no --start)")
    runs.add_argument(
        "--start",
        metavar="FILE",
        help="continue from these vectors on new text: their words stay, new words need --min-count in all texts "
        "together; the text is read like theirs unless options differ, and --learning-rate starts again",
    )
    runs.add_argument("--freeze", action="store_true", help="with --start: train only the new words")
    runs.add_argument(
        "--checkpoint-every",
        type=float,
        metavar="SECONDS",
        help="keep the run's state in OUT.checkpoint until OUT is written",
    )
    runs.add_argument("--resume", action="store_true", help="continue from OUT.checkpoint, to the same result")


def _add_subwords(parser: argparse.ArgumentParser) -> None:
    subwords = parser.add_argument_group("subwords (see wordvec subwords --help)")
    subwords.add_argument(
        "--subwords", action="store_true", help="fit n-grams to the finished vectors, for unseen words"
    )
    subwords.add_argument(
        "--train-subwords",
        action="store_true",
        help="skipgram and cbow: train n-grams with the words, as fastText does (not with --lean)",
    )
    add_subword_arguments(subwords)


def given_options(arguments: argparse.Namespace) -> dict[str, Any]:
    """The options of trainers that were given, by name."""
    names = [name for name, _, _ in OPTIONS] + ["hogwild", *SWITCHES]
    return {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}

"""The options of CBOW and SkipGram: their checks, the choice of the engine, and presets for data other than text.

items   sessions, baskets, playlists. Every item of a session is a context of every other, as in item2vec (Barkan and
        Koenigstein 2016, section 3), so the window is the whole session and is not shrunk. Popular items are not
        subsampled. Negatives are drawn by counts ** -0.5, rare items more often than popular ones. In Caselles-Dupré,
        Lesaint and Royo-Letelier ("Word2vec applied to recommendation: hyperparameters matter", RecSys 2018) this power
        found the next items of music sessions best. The best power depends on the data, as they show: on the sessions
        of scripts/benchmark.py 0.75 does as well, and better with a window of 5. Compare on held-out sessions of your
        own (`wordvec.evaluation.evaluate_sessions`)
walks   random walks on a graph, with the neighbourhood of DeepWalk (Perozzi, Al-Rfou and Skiena 2014) and node2vec
        (Grover and Leskovec 2016, section 4.3): always 10 nodes on each side, and nodes are not subsampled
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from wordvec.corpus.draws.sampling import POOL_GROUPS
from wordvec.errors import OptionError
from wordvec.networks.outputs import LOSSES
from wordvec.trainers.checks import check_no_effect, check_options
from wordvec.trainers.layers_engine import OPTIMIZERS
from wordvec.trainers.planning import is_window
from wordvec.trainers.svd import INITS
from wordvec.vectors.fitted_subwords import check_options as check_ngrams

if TYPE_CHECKING:
    import os

    from typing_extensions import Self

    from wordvec.trainers.options import NeuralOptions
    from wordvec.vectors import WordVectors

ENGINES = ("kernel", "layers")
PRECISIONS = ("float32", "float16")
KERNELS = {  # the losses and the negative_sharing that the kernels of each device support
    "cpu": (("negative-sampling", "hierarchical-softmax"), ("window", "pair")),
    "gpu": (("negative-sampling",), ("window",)),
}

PIECES = 8  # the default on a cluster
MERGES = 32  # on 17 million words within .01 of one piece on all sets; 8 merges lose up to .03 (docs, cluster)
MIN_N, MAX_N = 3, 6  # characters of an n-gram of <word>, as in fastText
SUBWORDS = ("subwords", "min_n", "max_n", "buckets", "jamo")
AT_LEAST_1 = (
    "dim", "negatives", "epochs", "batch_size", "max_meetings", "threads", "slices", "warps", "patience", "pieces",
    "merges",
)  # fmt: skip
OF_NEGATIVES = ("negatives", "negative_power", "negative_sharing", "negative_pool")
WHERE_SET = ("slices", "pieces", "merges", *SUBWORDS)  # options that are recorded only if they are set

LARGEST_POOL = 2**20  # negatives; a larger pool would not fit into any cache
SMALLEST_RATE = 1e-9  # smaller updates are lost when they are added to float32 rows
LARGEST_RATES = {"sgd": 0.8, "momentum": 0.08, "nesterov": 0.08}  # below 8 / |row|², as rows have a length of about 3
PRESETS: dict[str, dict[str, Any]] = {
    "items": {"window": "sentence", "shrink_window": False, "subsample": 0.0, "negative_power": -0.5},
    "walks": {"window": 10, "shrink_window": False, "subsample": 0.0},
}


def choose_engine_and_check(trainer: NeuralOptions) -> None:
    """Choose the engine if none was given; raise OptionError for the first invalid option."""
    losses, sharings = KERNELS.get(trainer.device, ((), ()))
    kernel_fits = trainer.optimizer == "sgd" and trainer.loss in losses and trainer.negative_sharing in sharings
    if trainer.engine is None:
        trainer.engine = "kernel" if kernel_fits else "layers"
    at_least_1 = {
        name: (getattr(trainer, name) is None or getattr(trainer, name) >= 1, "at least 1") for name in AT_LEAST_1
    }
    check_options(
        trainer,
        **at_least_1,
        window=(is_window(trainer.window), "at least 1, or 'sentence'"),
        subsample=(trainer.subsample >= 0, "0 (off) or positive"),
        learning_rate=(
            trainer.learning_rate is None or trainer.learning_rate >= SMALLEST_RATE,
            f"positive, from {SMALLEST_RATE}",
        ),
        learning_rate_end=(
            trainer.learning_rate_end is None
            or 0 <= trainer.learning_rate_end <= (trainer.learning_rate or trainer.default_learning_rate),
            f"from 0 to the rate it starts with, {trainer.learning_rate or trainer.default_learning_rate}",
        ),
        negative_power=(np.isfinite(trainer.negative_power), "a finite number, such as 0.75"),
        negative_sharing=(trainer.negative_sharing in ("window", "pair"), "'window' or 'pair'"),
        negative_pool=(
            0 <= trainer.negative_pool <= LARGEST_POOL and trainer.negative_pool % POOL_GROUPS == 0,
            f"0 (off) or a multiple of {POOL_GROUPS} up to {LARGEST_POOL:,}, such as 4096",
        ),
        loss=(trainer.loss in LOSSES, "one of " + ", ".join(LOSSES)),
        optimizer=(trainer.optimizer in OPTIMIZERS, "one of " + ", ".join(OPTIMIZERS)),
        engine=(trainer.engine in ENGINES, "one of " + ", ".join(ENGINES)),
        init=(trainer.init in INITS, "one of " + ", ".join(INITS)),
        device=(trainer.device in ("cpu", "gpu"), "'cpu' or 'gpu'"),
        precision=(trainer.precision in PRECISIONS, "one of " + ", ".join(PRECISIONS)),
        held_out=(0 <= trainer.held_out < 1, "a share from 0 to below 1"),
    )
    check_pieces(trainer)
    check_subwords(trainer)
    _check_combinations(trainer, kernel_fits)


def check_run(
    trainer: NeuralOptions,
    start: WordVectors | None,
    freeze: bool,
    checkpoint: str | os.PathLike[str] | None,
    resume: bool,
) -> None:
    """Raise OptionError for arguments of `fit` that conflict with the options or with each other."""
    check_pieces(trainer)  # again, because a cluster sets them
    check_subwords(trainer)
    if trainer.pieces is None and trainer.merges is not None:
        raise OptionError(f"{trainer.name}: merges needs pieces: give pieces too, or leave out merges")
    if trainer.pieces is not None and freeze:
        raise OptionError("freeze: pieces move all words; train in one piece")
    if freeze and start is None:
        raise OptionError("freeze keeps the words of `start` where they are: give vectors to start from")
    if freeze and trainer.engine == "kernel" and trainer.device == "gpu":
        raise OptionError("freeze: the GPU kernels move all words; take engine 'layers' or device 'cpu'")
    if start is not None and trainer.init != "random":
        raise OptionError(f"vectors to start from and init {trainer.init!r} exclude each other: leave one out")
    if start is not None and trainer.subwords:
        raise OptionError(f"{trainer.name}: subwords cannot start from vectors: leave out start, or subwords")
    if resume and checkpoint is None:
        raise OptionError("resume needs the checkpoint to continue from")
    if checkpoint is not None and trainer.optimizer != "sgd":
        raise OptionError("checkpoints keep weights only: they need optimizer 'sgd', which has no other state")


def check_pieces(trainer: NeuralOptions) -> None:
    """Raise OptionError for options that training in pieces does not support."""
    if trainer.pieces is None:
        return
    if trainer.loss == "softmax":
        raise OptionError(f"{trainer.name}: training in pieces (on a cluster) has no full softmax: take another loss")
    for option, value in {"engine": "kernel", "device": "cpu", "precision": "float32", "hogwild": False}.items():
        if getattr(trainer, option) != value:
            raise OptionError(
                f"{trainer.name}: training in pieces (on a cluster) needs {option} {value!r}; got "
                f"{getattr(trainer, option)!r}"
            )


def check_subwords(trainer: NeuralOptions) -> None:
    """Raise OptionError for options that training with subwords does not support."""
    if not trainer.subwords:
        given = [name for name in SUBWORDS[1:] if getattr(trainer, name) is not None]
        if given:
            raise OptionError(f"{trainer.name}: {', '.join(given)} belong to subwords: give subwords=True, too")
        return
    if trainer.pieces is not None:
        raise OptionError(f"{trainer.name}: subwords are trained in one piece: leave out pieces (a cluster), or them")
    needed = {"engine": "kernel", "device": "cpu", "loss": "negative-sampling", "precision": "float32"}
    for option, value in (needed | {"hogwild": False, "init": "random"}).items():
        if getattr(trainer, option) != value:
            raise OptionError(
                f"{trainer.name}: training with subwords needs {option} {value!r}; got {getattr(trainer, option)!r}. "
                "n-grams can be fitted to any finished vectors: vectors.fit_subwords()"
            )
    min_n, max_n = ngram_sizes(trainer)
    check_ngrams(min_n, max_n, trainer.buckets, jamo=bool(trainer.jamo))


def ngram_sizes(trainer: NeuralOptions) -> tuple[int, int]:
    """The lengths of the shortest and the longest n-gram, in characters."""
    return (
        MIN_N if trainer.min_n is None else trainer.min_n,
        MAX_N if trainer.max_n is None else trainer.max_n,
    )


def _check_combinations(trainer: NeuralOptions, kernel_fits: bool) -> None:
    if trainer.loss != "negative-sampling":
        why, way_out = f"loss {trainer.loss!r} draws no negatives", "take loss 'negative-sampling'"
        check_no_effect(trainer, OF_NEGATIVES, why, way_out)
    shape = trainer.learning_rate_schedule
    if trainer.learning_rate_end is not None and shape not in ("linear", "cosine"):
        shape = repr(shape) if isinstance(shape, str) else "a schedule of your own"
        raise OptionError(
            f"{trainer.name}: learning_rate_end is where linear and cosine fall to: leave it out with {shape}"
        )
    if trainer.engine == "kernel" and not kernel_fits:
        raise OptionError(
            f"{trainer.name}: the compiled kernels run SGD with the losses {' and '.join(KERNELS['cpu'][0])}, "
            "on a GPU with negative sampling shared by the window; for other optimizers and losses take engine "
            "'layers'"
        )
    rate, most = trainer.schedule.largest, LARGEST_RATES.get(trainer.optimizer)
    if most is not None and rate > most:
        raise OptionError(
            f"{trainer.name}: learning_rate must be at most {most:g} with optimizer {trainer.optimizer!r}; got "
            f"{rate:g}. Above that, a single pair of words pushes its rows further than they should go, on any corpus"
        )
    if trainer.negative_pool and trainer.device == "gpu" and trainer.engine == "kernel":
        raise OptionError(f"{trainer.name}: negative_pool is for the CPU; the GPU's kernel draws from all words")
    if trainer.precision != "float32" and (trainer.engine, trainer.device) != ("kernel", "cpu"):
        raise OptionError(f"{trainer.name}: precision {trainer.precision!r} is for the CPU's kernel, engine 'kernel'")
    if trainer.slices is not None and (trainer.engine, trainer.device) != ("kernel", "cpu"):
        raise OptionError(f"{trainer.name}: slices are for the CPU's kernel, engine 'kernel'")
    if trainer.slices is not None and trainer.hogwild:
        raise OptionError(f"{trainer.name}: hogwild's threads take whole rows: leave out slices, or hogwild")
    if trainer.hogwild and trainer.device == "gpu":
        raise OptionError(f"{trainer.name}: hogwild is for the CPU; on a GPU, warps race unless there is only one")
    if trainer.warps is not None and (trainer.engine, trainer.device) != ("kernel", "gpu"):
        raise OptionError(f"{trainer.name}: warps is for the GPU's kernels: give device 'gpu', engine 'kernel'")
    if trainer.engine == "layers" and (trainer.hogwild or trainer.threads is not None):
        raise OptionError(f"{trainer.name}: threads and hogwild belong to the compiled kernels, engine 'kernel'")
    if trainer.patience is not None and trainer.held_out == 0:
        raise OptionError(f"{trainer.name}: patience watches the held-out loss: give held_out too, such as 0.01")


def with_preset(name: str, trainer: str, options: dict[str, Any]) -> dict[str, Any]:
    """The options of a preset, overridden by `options`.

    Raises OptionError for an unknown preset, or a trainer without presets.

    >>> with_preset("walks", "skipgram", {"window": 5, "dim": 64})
    {'window': 5, 'shrink_window': False, 'subsample': 0.0, 'dim': 64}
    """
    if name not in PRESETS:
        raise OptionError(f"no preset {name!r}; there are: {', '.join(PRESETS)}")
    if trainer not in ("skipgram", "cbow"):
        raise OptionError(f"the {trainer} trainer has no presets: they are options of skipgram and cbow")
    preset = PRESETS[name] | options
    if options.get("loss", "negative-sampling") != "negative-sampling" and "negative_power" not in options:
        preset.pop("negative_power", None)  # it would change nothing
    return preset


class Presets:
    """Constructors that use the options of a preset."""

    name: ClassVar[str]

    @classmethod
    def for_items(cls, **options: Any) -> Self:
        """A trainer for sessions, baskets and playlists; `options` override the preset.

        >>> from wordvec import SkipGram
        >>> SkipGram.for_items(dim=50).window
        'sentence'
        """
        return cls(**with_preset("items", cls.name, options))

    @classmethod
    def for_walks(cls, **options: Any) -> Self:
        """A trainer for random walks on a graph; `options` override the preset.

        >>> from wordvec import SkipGram
        >>> SkipGram.for_walks(dim=64).window
        10
        """
        return cls(**with_preset("walks", cls.name, options))

"""Every option of a trainer with its default and its reason, for ``help(SkipGram)`` and the documentation.

A trainer's docstring describes an option in a line that begins with its name; further lines are indented. Inherited
options are described once, in the class that defines them. Also the names that other libraries use for options.
"""

from __future__ import annotations

import functools
import inspect
import re
import textwrap
from collections.abc import Callable, Collection
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, NamedTuple, TypeVar, cast

from wordvec.errors import ArgumentError

T = TypeVar("T", bound=type)
F = TypeVar("F", bound=Callable[..., Any])
WIDTH = 100  # characters of a line of help


class Option(NamedTuple):
    """One option of a trainer."""

    name: str
    default: Any
    reason: str


def options_of(trainer: type) -> list[Option]:
    """The options of a trainer decorated by `with_option_help`, in the order of its arguments.

    >>> from wordvec import SkipGram
    >>> options_of(SkipGram)[0]
    Option(name='dim', default=100, reason='length of a vector, as in word2vec; 300 is usual for billions of words')
    """
    reasons = getattr(trainer, "option_reasons", {})
    return [Option(f.name, f.default, reasons.get(f.name, "")) for f in fields(trainer)]


def with_option_help(trainer: T) -> T:
    """A class decorator that lists every option with its default in the docstring, including inherited options."""
    names = {f.name for f in fields(trainer)}
    paragraphs = inspect.cleandoc(trainer.__dict__.get("__doc__") or "").split("\n\n")  # no docstring under -OO
    described = [read_reasons(paragraph, names) for paragraph in paragraphs]
    trainer.option_reasons = getattr(trainer, "option_reasons", {}) | {  # type: ignore[attr-defined]
        name: reason for reasons in described for name, reason in reasons.items()
    }
    if trainer.__doc__:
        places = [i for i, reasons in enumerate(described) if reasons]
        examples = [i for i, paragraph in enumerate(paragraphs) if paragraph.startswith(">>>")]
        place = (places + examples + [len(paragraphs)])[0]
        kept = [paragraph if i not in places else "" for i, paragraph in enumerate(paragraphs)]
        listed = "Options, each with its default:\n\n" + "\n".join(_as_text(option) for option in options_of(trainer))
        trainer.__doc__ = "\n\n".join(part for part in [*kept[:place], listed, *kept[place:]] if part)
    return trainer


def read_reasons(paragraph: str, names: set[str]) -> dict[str, str]:
    r"""The reasons in a paragraph that describes options; empty for any other paragraph.

    >>> read_reasons("x_max, alpha  of the\n       weights\nseed  any", {"x_max", "alpha", "seed"})
    {'x_max': 'of the weights', 'alpha': 'of the weights', 'seed': 'any'}
    """
    reasons: dict[str, str] = {}
    current: list[str] = []
    for line in paragraph.splitlines():
        found = re.match(r"(\w+(?:, \w+)*)\s+(\S.*)", line)
        if line.startswith("    "):
            for name in current:
                reasons[name] += " " + line.strip()
        elif found and names.issuperset(found[1].split(", ")):
            current = found[1].split(", ")
            reasons |= dict.fromkeys(current, found[2])
        else:
            return {}
    return reasons


def _as_text(option: Option) -> str:
    lines = textwrap.wrap(option.reason, WIDTH - 4, break_on_hyphens=False)
    return "\n".join([f"{option.name} = {option.default!r}", *("    " + line for line in lines)])


# Names used by other libraries (gensim, word2vec.c, fastText, scikit-learn), and the names here. Trainers,
# `make_trainer`, ``fit`` and the command line all take their hints from these tables.

OPTION_NAMES = {  # theirs -> the trainers' option here
    **dict.fromkeys(("vector_size", "size", "n_components", "embedding_dim", "embedding_size", "dims"), "dim"),
    **dict.fromkeys(("dimension", "dimensions", "ndim", "n_dims", "vec_size"), "dim"),
    **dict.fromkeys(("iter", "iterations", "epoch", "n_iter", "max_iter", "num_epochs", "n_epochs"), "epochs"),
    **dict.fromkeys(("workers", "n_jobs", "num_workers", "num_threads", "thread", "n_threads"), "threads"),
    **dict.fromkeys(("negative", "neg", "num_negatives", "negative_samples", "n_negative", "num_ns"), "negatives"),
    **dict.fromkeys(("alpha", "lr", "start_alpha", "eta", "learning_rate_init"), "learning_rate"),
    **dict.fromkeys(("sample", "subsampling", "t"), "subsample"),
    **dict.fromkeys(("window_size", "ws", "context_size", "win_size"), "window"),
    **dict.fromkeys(("random_state", "random_seed", "rng"), "seed"),
    **dict.fromkeys(("ns_exponent", "cds"), "negative_power"),
    **dict.fromkeys(("batch_words", "batch"), "batch_size"),
    **dict.fromkeys(("shrink_windows", "dynamic_window"), "shrink_window"),
    **dict.fromkeys(("min_alpha", "end_alpha", "min_lr"), "learning_rate_end"),
    **dict.fromkeys(("lr_schedule", "lr_scheduler", "lr_scheduler_type", "schedule"), "learning_rate_schedule"),
    "xmax": "x_max",
    "early_stopping": "patience",
    "validation_fraction": "held_out",
    "eig": "power",
}
ADVICE = {  # theirs -> where that is done here
    **dict.fromkeys(
        ("sentences", "corpus_iterable", "documents", "texts", "corpus", "corpus_file", "input"),
        "the text goes to fit, as a Corpus: .fit(Corpus.from_sentences(token_lists)), from_texts or from_files",
    ),
    **dict.fromkeys(
        ("min_count", "mincount", "minCount", "min_df"),
        "rare words are left out when the corpus is made: Corpus.from_sentences(..., min_count=5)",
    ),
    **dict.fromkeys(
        ("max_final_vocab", "max_vocab_size", "max_features", "max_words"),
        "the vocabulary is limited when the corpus is made: Corpus.from_sentences(..., max_words=30000)",
    ),
    "trim_rule": "words are chosen when the corpus is made: keep_words=, drop_words= or vocabulary= of Corpus",
    "sg": "the class is the choice: SkipGram for sg=1, CBOW for sg=0",
    "model": "the class is the choice: SkipGram or CBOW",
    "hs": "hierarchical softmax is loss='hierarchical-softmax' of SkipGram and CBOW; hs=0 is their default",
    "cbow_mean": "CBOW always averages; how its gradient is shared out is cbow_gradient='mean' or 'sum' of CBOW",
    **dict.fromkeys(
        ("total_examples", "total_words", "queue_factor", "report_delay", "sorted_vocab", "null_word", "hashfxn"),
        "leave it out: nothing here needs it",
    ),
    "compute_loss": "leave it out: the loss of each epoch is always in trainer.history.loss",
    "callbacks": "a function that is called after each epoch goes to fit: .fit(corpus, on_epoch=f); "
    "held_out=0.01 and patience=2 of SkipGram and CBOW stop early",
    **dict.fromkeys(("topn", "top_n"), "the number of neighbours is k: trainer.vectors.most_similar(word, k=10)"),
    **dict.fromkeys(("verbose", "progress_per"), "progress is shown by .fit(corpus, show_progress=True)"),
    **dict.fromkeys(
        ("min_n", "max_n", "minn", "maxn", "bucket", "word_ngrams"),
        "n-grams are trained by SkipGram and CBOW with subwords=True, whose options are min_n, max_n and buckets",
    ),
    "tokenizer": "text becomes tokens when the corpus is made: Corpus.from_texts(texts, tokenizer='words')",
}
ATTRIBUTES = {  # of a trained model, theirs -> here
    **dict.fromkeys(("wv", "kv", "word_vectors", "embeddings_", "components_"), "the vectors are trainer.vectors"),
    **dict.fromkeys(
        ("train", "partial_fit"), "it is trainer.fit(corpus); fit(corpus, start=vectors) continues from old"
    ),
    **dict.fromkeys(
        ("build_vocab", "scan_vocab"), "the corpus has the vocabulary: trainer.fit(Corpus.from_sentences(...))"
    ),
    "save": "it is trainer.vectors.save('vectors.safetensors')",
    "load": "it is WordVectors.load('vectors.safetensors')",
    **dict.fromkeys(
        ("most_similar", "similarity", "doesnt_match", "analogy", "rank"), "ask trainer.vectors, which has this method"
    ),
    "predict": "ask trainer.vectors.most_similar(word)",
    "get_latest_training_loss": "it is trainer.history.loss[-1]",
    "loss_": "it is trainer.history.loss",
    "corpus_total_words": "it is len(corpus.ids)",
    "corpus_count": "it is len(corpus.sentence_starts) - 1",
    "syn1neg": "the output rows are trainer.vectors.context_matrix",
    "predict_output_word": "compare trainer.vectors.context_matrix with the mean of the context's rows",
    **dict.fromkeys(
        ("dv", "docvecs", "infer_vector"), "ParagraphVectors trains documents: .documents and .infer(words)"
    ),
}


def unknown_argument(who: str, name: str, known: Collection[str]) -> ArgumentError:
    """The error for an argument that `who` does not have. It gives the name used here, or where the task is done.

    >>> print(unknown_argument("SkipGram", "vector_size", ["dim", "window"]))
    SkipGram has no option 'vector_size': it is named dim here
    """
    what = f"{who} has no option {name!r}"
    other = OPTION_NAMES.get(name)
    if other in known:
        return ArgumentError(f"{what}: it is named {other} here")
    if name in ADVICE:
        return ArgumentError(f"{what}: {ADVICE[name]}")
    listed = f"it takes: {', '.join(known)}"
    if other is not None:
        return ArgumentError(f"{what}, nor {other}, as it is named here; {listed}")
    near = get_close_matches(name, known, 1)
    return ArgumentError(f"{what}{f': did you mean {near[0]}?' if near else ';'} {listed}")


def hints_for_arguments(fit: F) -> F:
    """Make ``fit`` explain where an unknown argument belongs, and refuse to run twice; the signature is unchanged."""
    known = [name for name in inspect.signature(fit).parameters if name not in ("self", "corpus")]

    @functools.wraps(fit)
    def checked(self: Any, *args: Any, **options: Any) -> Any:
        if not hasattr(type(self), "parameters"):  # SkipGram.fit(corpus): what was given takes the place of the trainer
            raise ArgumentError("fit belongs to a trainer, not to its class: SkipGram().fit(corpus), with parentheses")
        self.refuse_in_training("fit another one, such as dataclasses.replace(trainer)")
        for name in options:
            if name in known or name == "corpus":
                continue
            trainer = type(self).__name__
            here = OPTION_NAMES.get(name, name)
            if here in self.parameters() or hasattr(type(self), here):
                raise ArgumentError(
                    f"fit has no option {name!r}: give {here} to the trainer, as in {trainer}({here}=...).fit(corpus)"
                )
            raise unknown_argument(f"{trainer}.fit", name, known)
        return fit(self, *args, **options)

    return cast(F, checked)

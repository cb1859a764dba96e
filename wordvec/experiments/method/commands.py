"""The command lines that build a corpus and train a model again, from what their files say."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from wordvec.corpus import Corpus
from wordvec.corpus.recipe import KEYS


def build_command(corpus: Corpus, out: str) -> str | None:
    """What builds a corpus again; None where a function, tokens or a list of words went in, which no option names.

    >>> corpus = Corpus.from_files("tiny-world", max_words=9)
    >>> build_command(corpus, "corpus")
    'wordvec corpus build tiny-world --tokenizer whitespace --min-count 5 --max-words 9 -o corpus'
    """
    from wordvec.corpus.encode.cjk import ANALYSERS
    from wordvec.corpus.encode.tokenizers import TOKENIZERS

    info = corpus.info
    if info.get("tokenizer") not in (*TOKENIZERS, *ANALYSERS) or "split_from" in info or not info.get("sources"):
        return None
    if any(info.get(name) for name in ("keep_words", "drop_words", "vocabulary", "bootstrap_sample")):
        return None
    metadata = _metadata(corpus)
    if metadata is None:
        return None
    parts = ["wordvec", "corpus", "build", *info["sources"], *metadata]
    for name in ("field", "tokenizer", "min_count", "max_words"):
        if info.get(name) is not None:
            parts += [f"--{name.replace('_', '-')}", str(info[name])]
    if info.get("encoding", "utf-8") != "utf-8":
        parts += ["--encoding", str(info["encoding"])]
    if info.get("encoding_errors", "strict") != "strict":
        parts += ["--encoding-errors", str(info["encoding_errors"])]
    parts += ["--split-sentences"] if info.get("split_sentences") else []
    parts += _normalization(info.get("normalization") or {})
    if isinstance(info.get("phrases"), dict):
        parts += ["--phrases", str(info["phrases"].get("passes"))]
    return shlex.join([*parts, "-o", out])


def _metadata(corpus: Corpus) -> list[str] | None:
    """The options that say which documents there are; None where the corpus does not say where they came from."""
    if corpus.documents is None:
        return []
    reading = corpus.documents.reading
    if reading.get("table"):
        column = reading.get("path_column")
        return ["--metadata", reading["table"], *(["--path-column", column] if column else [])]
    return ["--metadata-fields", ",".join(corpus.documents.columns)] if reading.get("field") else None


def _normalization(options: Mapping[str, str]) -> list[str]:
    flags = {"accents": "--strip-accents", "punctuation": "--drop-punctuation"}
    parts = []
    for name, value in options.items():
        if value != "keep":
            parts += [flags[name]] if name in flags else [f"--{name}", value]
    return parts


OF_TRAINING = {*KEYS, "trainer", "parameters", "corpus_fingerprint", "min_count", "counted", "tokens", "loss", "reach"}
OF_TRAINING |= {"held_out_loss", "notes", "sentences", "sources", "wordvec_version"}  # what a file says that comes out of a trainer


def later_steps(info: Mapping[str, Any]) -> list[str]:
    """What was done to vectors beside training them on one corpus, by the names in their file: subwords, alignment.

    >>> later_steps({"trainer": "svd", "parameters": {}, "alignment": {}})
    ['alignment']
    """
    return sorted(set(info) - OF_TRAINING)


def train_command(info: Mapping[str, Any], corpus: str, out: str) -> str | None:
    """What trains vectors again on a corpus folder; None where the file does not say how they were trained.

    Also where it says that more was done to them, which training alone would not repeat.

    >>> train_command({"trainer": "svd", "parameters": {"dim": 9, "add_context": False, "memory": None}}, "c", "v")
    'wordvec train c --trainer svd --no-add-context --dim 9 -o v'
    """
    trainer, parameters = info.get("trainer"), info.get("parameters")
    if not isinstance(trainer, str) or not isinstance(parameters, dict) or later_steps(info):
        return None
    parts = ["wordvec", "train", corpus, "--trainer", trainer]
    for name, value in sorted(parameters.items()):
        flag = name.replace("_", "-")
        if value is True:
            parts.append(f"--{flag}")
        elif value is False:
            parts += [f"--no-{flag}"] if name != "hogwild" else []
        elif value is not None:
            parts += [f"--{flag}", ",".join(map(str, value)) if isinstance(value, list) else str(value)]
    return shlex.join([*parts, "-o", out])

"""Models for other programs: ONNX, and a folder for spaCy.

The ONNX model looks up words and takes their mean, for programs without Python or without wordvec.

    tokens (N, L) string, padded with ""         LabelEncoder        ids (N, L), V for an unknown word
    ids (N, L) int64, padded with -1             Gather, ReduceSum   sums of rows (N, D); row V and row -1 are zeros
                                                 Div                 vectors (N, D): the sums over the known words

It computes `wordvec.vectors.documents.mean_sentence_vectors`.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.errors import InputError, MissingExtraError, OptionError
from wordvec.files import replace_file
from wordvec.folders import FolderKind, replace_folder
from wordvec.vectors.files.writing import written_rows
from wordvec.vectors.rows import info_text
from wordvec.vectors.subwords import info_without_ngrams, warn_of_ngrams
from wordvec.vectors.word_bytes import encode_word

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors


OPERATORS = {"": 17, "ai.onnx.ml": 3}  # versions of the operator sets, supported by runtimes since 2022
IR_VERSION = 8
LARGEST = (1 << 31) - (1 << 20)  # bytes: protobuf's limit, minus room for the model's description
INPUTS = ("tokens", "ids")


def write_onnx(
    vectors: WordVectors, path: str | os.PathLike[str], *, inputs: str = "tokens", top: int | None = None
) -> int:
    """Write the model with the `top` most frequent words (default: all); returns the number of its words.

    `inputs` is "tokens", words as strings, or "ids", numbers of the model's words from 0, for runtimes without the
    operators of ai.onnx.ml. With "ids" the words are in the model's metadata, as JSON under the name "words". The
    outputs are "vectors" (N, D) float32, zeros if no word is known, and "found" (N,) int64, the number of known words.

    A UserWarning reports that vectors of unseen words (subwords) are left out. Raises MissingExtraError without onnx,
    OptionError for other inputs, InputError for nan, infinity, and values the format cannot hold.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtraError("onnx", "onnx", "writing a model in ONNX's format") from error
    if inputs not in INPUTS:
        raise OptionError(f"inputs must be one of {', '.join(INPUTS)}; got {inputs!r}")
    rows = np.arange(len(vectors)) if top is None else vectors.select(top=top)
    assert rows is not None
    words = [vectors.words[row] for row in rows.tolist()]
    size = (len(words) + 1) * vectors.dim * 4 + sum(len(encode_word(word)) + 8 for word in words)
    if size > LARGEST:
        raise InputError(
            f"{len(words):,} words in {vectors.dim:,} dimensions take {size / 1e9:.1f} GB, and an ONNX file may have "
            "2: write fewer (top=N, --top N)"
        )
    if "" in vectors:
        raise InputError('"" is a word of these vectors, and fills up short texts in the model: leave it out')
    for _ in written_rows(vectors):  # raises for nan and infinity
        pass
    warn_of_ngrams("the model: such words are left out of the mean", vectors)
    matrix = np.zeros((len(words) + 1, vectors.dim), "<f4")
    matrix[:-1] = vectors.rows(rows)
    model = _model(onnx.helper, onnx.TensorProto, words, matrix, inputs)
    onnx.helper.set_model_props(model, _about(vectors, words if inputs == "ids" else None))
    with replace_file(path) as file:
        file.write(model.SerializeToString())
    return len(words)


def _model(helper: Any, types: Any, words: list[str], matrix: np.ndarray, inputs: str) -> Any:
    number, dim = len(words), matrix.shape[1]
    constants = [
        helper.make_tensor("matrix", types.FLOAT, matrix.shape, matrix.tobytes(), raw=True),
        helper.make_tensor("length", types.INT64, [1], [1]),  # the axis of a text's words
        helper.make_tensor("one", types.INT64, [1], [1]),
        helper.make_tensor(
            "border", types.INT64, [1], [number if inputs == "tokens" else 0]
        ),  # of words that are known
    ]
    if inputs == "tokens":
        row_of = {"keys_strings": words, "values_int64s": list(range(number)), "default_int64": number}
        nodes = [
            helper.make_node("LabelEncoder", ["tokens"], ["rows"], domain="ai.onnx.ml", **row_of),
            helper.make_node("Less", ["rows", "border"], ["known"]),
        ]
    else:
        nodes = [
            helper.make_node("Identity", ["ids"], ["rows"]),
            helper.make_node("GreaterOrEqual", ["rows", "border"], ["known"]),
        ]
    nodes += [
        helper.make_node("Gather", ["matrix", "rows"], ["of_words"], axis=0),
        helper.make_node("ReduceSum", ["of_words", "length"], ["sums"], keepdims=0),
        helper.make_node("Cast", ["known"], ["counted"], to=types.INT64),
        helper.make_node("ReduceSum", ["counted", "length"], ["found"], keepdims=0),
        helper.make_node("Max", ["found", "one"], ["at_least_one"]),
        helper.make_node("Cast", ["at_least_one"], ["divisors"], to=types.FLOAT),
        helper.make_node("Unsqueeze", ["divisors", "length"], ["columns"]),
        helper.make_node("Div", ["sums", "columns"], ["vectors"]),
    ]
    of_input = helper.make_tensor_value_info(
        inputs, types.STRING if inputs == "tokens" else types.INT64, ["texts", "words"]
    )
    outputs = [
        helper.make_tensor_value_info("vectors", types.FLOAT, ["texts", dim]),
        helper.make_tensor_value_info("found", types.INT64, ["texts"]),
    ]
    graph = helper.make_graph(nodes, "mean_of_word_vectors", [of_input], outputs, constants)
    sets = [helper.make_opsetid(name, version) for name, version in OPERATORS.items() if name == "" or inputs != "ids"]
    return helper.make_model(graph, opset_imports=sets, ir_version=IR_VERSION, producer_name="wordvec")


def _about(vectors: WordVectors, words: list[str] | None) -> dict[str, str]:
    """The model's metadata, including how the text was tokenized."""
    found = {"wordvec": info_text(info_without_ngrams(vectors.info))}
    return found if words is None else {**found, "words": json.dumps(words, ensure_ascii=False)}


# A spaCy pipeline folder with these vectors: ``spacy.load(folder)``.


SPACY_FOLDER = FolderKind(
    "meta.json",
    b'"wordvec"',
    frozenset(
        ["meta.json", "config.cfg", "tokenizer"]
        + [f"vocab/{name}" for name in ("key2row", "lookups.bin", "strings.json", "vectors", "vectors.cfg")]
    ),
)


def write_spacy(vectors: WordVectors, folder: str | os.PathLike[str], language: str = "en") -> None:
    """Write a blank pipeline of a language with these vectors, entirely or not at all.

    The pipeline tokenizes by spaCy's rules for the language; words that the vectors' text was split into differently
    are not found. Raises MissingExtraError without spaCy, OptionError for a language that spaCy lacks.
    """
    try:
        import spacy
        from spacy.vectors import Vectors
    except ImportError as error:
        raise MissingExtraError("spacy", "spacy", "writing a pipeline of spaCy") from error
    try:
        pipeline = spacy.blank(language)
    except ImportError as error:
        raise OptionError(f"spaCy has no language {language!r}; give its code, such as en, de or xx") from error
    words = list(vectors.words)
    keys = np.array([pipeline.vocab.strings.add(word) for word in words], np.uint64)
    pipeline.vocab.vectors = Vectors(
        strings=pipeline.vocab.strings, data=np.array(vectors.rows(slice(None))), keys=keys, name="wordvec"
    )
    warn_of_ngrams("the pipeline", vectors)
    pipeline.meta["name"] = "wordvec"
    with replace_folder(folder, SPACY_FOLDER) as temporary:
        pipeline.to_disk(temporary)

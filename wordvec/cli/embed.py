"""Make vectors of documents: the weighted mean of their words' vectors. The same text gets the same vector.

  wordvec embed vectors.safetensors docs.txt -o docs.safetensors                       each line is a document
  wordvec embed vectors.safetensors docs.jsonl --field text --id url -o docs.safetensors
  wordvec embed vectors.safetensors docs.parquet --field text -o rows.npy              ids are in rows.words.txt

Text is tokenized like the vectors' training text. Weights: sif, a / (a + the word's share of all counts); mean; tf-idf.
With vectors of "wordvec train --trainer paragraph-vectors" a document gets the row that training would have given it.
"wordvec search docs.safetensors TEXT" finds documents; similar, plot and explore take the file, too.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordvec.cli.dependent_options import fill_in
from wordvec.cli.documents import add_document_arguments
from wordvec.cli.output import print_json
from wordvec.errors import InputError, counted

if TYPE_CHECKING:
    from wordvec.vectors.documents import DocumentVectors


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="a file of word vectors, in any format wordvec reads")
    parser.add_argument(
        "documents", metavar="DOCS", nargs="+", help="files, folders, patterns; each line or record is a document"
    )
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help=".safetensors, .npz, .npy, .txt or .bin")
    parser.add_argument("--field", "--column", metavar="NAME", help="field with the text in JSON, CSV, Parquet, Arrow")
    parser.add_argument(
        "--plain-text",
        action="store_true",
        help="read files as lines of text even if they look like markup, a table, JSON, vectors or a log",
    )
    add_document_arguments(parser)
    parser.add_argument(
        "--weights",
        choices=("sif", "mean", "tf-idf", "infer"),
        help="weights of the words (default: sif); infer, the default for vectors of the paragraph-vectors trainer, "
        "finds the row that training would give",
    )
    parser.add_argument("--a", type=float, metavar="F", help="parameter a of the sif weights (default: 0.001)")
    parser.add_argument(
        "--tokenizer", metavar="NAME", help="tokenizer for vectors that do not record how their text was tokenized"
    )
    parser.add_argument("--encoding", default="utf-8", help="encoding of the text (default: utf-8)")
    parser.add_argument(
        "--encoding-errors",
        default="strict",
        choices=("strict", "replace", "ignore"),
        help="what to do with undecodable bytes (default: strict, an error that names the place)",
    )
    parser.add_argument(
        "--threads", type=int, metavar="N", help="threads (default: all cores); the result is the same for any number"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def run(arguments: argparse.Namespace) -> None:
    """Embed, write and report."""
    from wordvec.corpus.read.document_texts import DocumentTexts
    from wordvec.files import check_writable
    from wordvec.vectors import WordVectors
    from wordvec.vectors.document_files import as_seen_from, as_word_vectors, ids_file, save_documents
    from wordvec.vectors.documents import usual_weights
    from wordvec.vectors.load import format_for

    check_writable(arguments.out)
    if Path(arguments.out).suffix.lower() == ".npy":
        check_writable(ids_file(arguments.out))
    else:
        format_for(arguments.out)
    how = arguments.encoding, arguments.encoding_errors, arguments.whole_files
    where = arguments.documents, arguments.field, arguments.id
    documents = DocumentTexts(*where, *how, plain_text=arguments.plain_text)
    vectors = WordVectors.load(arguments.file)
    weights = arguments.weights or usual_weights(vectors)
    fill_in(arguments, weights == "sif", "--weights sif", instead=f"weights {weights}", a=1e-3)
    start = time.perf_counter()
    options: dict[str, Any] = {"a": arguments.a, "tokenizer": arguments.tokenizer, "threads": arguments.threads}
    found = vectors.embed(documents, weights, **options)
    seconds = time.perf_counter() - start
    check_found(found, arguments.documents)
    file = as_seen_from(arguments.out, arguments.file)
    rows = as_word_vectors(found, documents.ids, vectors, file, weights, arguments.a, arguments.tokenizer)
    written = save_documents(rows, arguments.out)
    facts = rows.info["documents"]
    report = {
        "out": written,
        **{name: facts[name] for name in ("documents", "empty", "words", "missing_words", "weights")},
        "dim": rows.dim,
        "seconds": round(seconds, 3),
        "words_per_second": round((facts["words"] + facts["missing_words"]) / max(seconds, 1e-9)),
    }
    if arguments.json:
        print_json(report)
    else:
        print_report(report)


def check_found(found: DocumentVectors, paths: list[str]) -> None:
    """Raise InputError unless at least one document has a vector."""
    if not len(found):
        raise InputError(f"{', '.join(paths)}: no documents")
    if found.empty.all():
        raise InputError(
            f"none of the {len(found):,} documents has a word with a vector "
            f"({counted(int(found.missing.sum()), 'word')} without one): are these the vectors of the documents' "
            "language, and is --tokenizer right?"
        )


def print_report(report: dict[str, Any]) -> None:
    """The report as a few lines."""
    sizes = f"{counted(report['documents'], 'document')} in {counted(report['dim'], 'dimension')}"
    print(f"{' and '.join(report['out'])}: {sizes}, weights {report['weights']}")
    total = report["words"] + report["missing_words"]
    print(f"  {report['words']:,} of {total:,} words have a vector; {report['words_per_second']:,} words/s")
    if report["empty"]:
        have = counted(report["empty"], "document has", "documents have")
        print(f"  {have} no word with a vector, and so a row of zeros, which is near to nothing")

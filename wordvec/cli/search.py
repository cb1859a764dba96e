"""The documents nearest to a text or to another document, or groups of documents with their words.

  wordvec search docs.safetensors "prices of second-hand bicycles"
  wordvec search docs.safetensors --like 17          the documents and the words nearest to document 17
  wordvec search docs.safetensors --groups 8         eight groups by k-means, with the words nearest to their centres

DOCS is a file that "wordvec embed" wrote. The word vectors it was made with are expected at the same path relative to
it; --vectors names another file.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wordvec.cli.dependent_options import fill_in
from wordvec.cli.output import print_json, print_neighbours
from wordvec.errors import OptionError, counted

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("docs", metavar="DOCS", help="a file that wordvec embed wrote")
    parser.add_argument(
        "texts", metavar="TEXT", nargs="*", default=[], help="what to search for; several are searched one by one"
    )
    parser.add_argument("--like", metavar="ID", help="show the documents and words nearest to this document")
    parser.add_argument("--groups", type=int, metavar="N", help="put the documents into N groups")
    parser.add_argument("-k", type=int, default=10, help="how many documents or words (default: 10)")
    parser.add_argument("--seed", type=int, metavar="N", help="random seed for the groups (default: 1)")
    parser.add_argument("--vectors", metavar="FILE", help="the word vectors that DOCS was made with")
    parser.add_argument(
        "--tokenizer", metavar="NAME", help="tokenizer for TEXT if neither DOCS nor the vectors record one"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def run(arguments: argparse.Namespace) -> None:
    """Print the nearest documents, or the groups."""
    from wordvec.vectors import WordVectors
    from wordvec.vectors.document_files import DocumentSearch, facts_of, nearest_words, vectors_of
    from wordvec.vectors.search import check_k

    asked = bool(arguments.texts) + (arguments.like is not None) + (arguments.groups is not None)
    if asked != 1:
        raise OptionError("give either texts to search for, or --like ID, or --groups N")
    fill_in(arguments, arguments.groups is not None, "--groups", seed=1)
    fill_in(arguments, bool(arguments.texts), "TEXT", instead="--like or --groups", tokenizer=None)
    check_k(arguments.k)
    documents = WordVectors.load(arguments.docs)
    facts_of(documents, arguments.docs)
    vectors = vectors_of(documents, arguments.docs, arguments.vectors)
    if arguments.groups is not None:
        _print_groups(documents, vectors, arguments)
        return
    search = DocumentSearch(documents, vectors, arguments.tokenizer)
    found: dict[str, Any] = {}
    if arguments.like is not None:
        words = nearest_words(documents, vectors, arguments.like, arguments.k)
        found[arguments.like] = search.like(arguments.like, arguments.k)
        found[f"words near {arguments.like}"] = words
    for text in arguments.texts:
        found[text] = search.nearest(text, arguments.k)
    if arguments.json:
        print_json(
            {asked: [{"id": name, "score": float(score)} for name, score in near] for asked, near in found.items()}
        )
        return
    for heading, near in found.items():
        print_neighbours(heading, near)


def _print_groups(documents: WordVectors, vectors: WordVectors, arguments: argparse.Namespace) -> None:
    from wordvec.evaluation.clusters import group_documents
    from wordvec.terminal import printable

    groups = group_documents(documents, vectors, arguments.groups, words=arguments.k, seed=arguments.seed)
    if arguments.json:
        print_json({"groups": [group.as_dict() for group in groups]})
        return
    for number, group in enumerate(groups, 1):
        print(f"{number}  {counted(len(group.ids), 'document')}: {printable(', '.join(group.words))}")
        print(f"   nearest to the centre: {printable(', '.join(group.ids[:3]))}")

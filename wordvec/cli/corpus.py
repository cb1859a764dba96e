"""Build, inspect, list and fetch corpora.

wordvec corpus build book.txt more-books/ -o corpus/     encode once, train many times
wordvec corpus info corpus/                              sizes, signs of trouble, time and memory, advice
wordvec corpus info book.txt --tokenizer words           the same for a text, before training on it
wordvec corpus build texts/ --metadata table.csv -o corpus/       with one row per file: path, year, author, ...
wordvec corpus info corpus/ --by decade                  documents and words of each decade (or year, or author)
wordvec corpus split corpus/ --by decade -o decades/     one corpus each; --by half --seed 1: two random halves
wordvec corpus list                                      public corpora and evaluation sets: licence, size
wordvec corpus fetch text8                               download one; then: wordvec train text8 -o v.safetensors
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from wordvec.cli.cluster import add_cluster_arguments, check_cluster_arguments, cluster_of
from wordvec.cli.dependent_options import fill_in
from wordvec.cli.documents import add_group_arguments, add_metadata_arguments, print_groups, save_parts
from wordvec.cli.output import print_json
from wordvec.cli.text import add_text_arguments, lines_of_text, read_corpus


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    build = _action(actions, "build", "encode text into a folder that opens instantly")
    add_text_arguments(build)
    add_metadata_arguments(build)
    build.add_argument("-o", "--out", required=True, metavar="DIR", help="the corpus folder to write")
    add_cluster_arguments(build)
    info = _action(actions, "info", "contents of a corpus, cost of training, advice")
    add_text_arguments(info)
    add_group_arguments(info)
    splitting = _action(actions, "split", "a corpus for each group of documents")
    splitting.add_argument("corpus", metavar="DIR", help="a corpus folder that was built with metadata")
    add_group_arguments(splitting, required=True)
    splitting.add_argument("--seed", type=int, metavar="N", help="random seed for the halves (default: 1)")
    splitting.add_argument(
        "--min-count", type=int, metavar="N", help="how often a word must occur in a part (default: as in the whole)"
    )
    splitting.add_argument("-o", "--out", required=True, metavar="DIR", help="the parts become folders in it")
    listing = _action(actions, "list", "the bundled text and public corpora")
    fetching = _action(actions, "fetch", "download a public corpus from the list")
    fetching.add_argument("name", metavar="NAME", help="a name that wordvec corpus list shows")
    fetching.add_argument(
        "--to", metavar="DIR", help="folder to download to (default: WORDVEC_DATA, else your cache folder)"
    )
    verbs = ((build, run_build), (info, run_info), (splitting, run_split), (fetching, run_fetch), (listing, run_list))
    for action, run in verbs:
        action.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
        action.set_defaults(run=run)


def _action(actions: Any, name: str, purpose: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=purpose, description=purpose, allow_abbrev=False)
    return parser


def run_build(arguments: argparse.Namespace) -> None:
    """Encode and save."""
    from wordvec.corpus import Corpus
    from wordvec.corpus.storage import KIND
    from wordvec.folders import check_folder_writable

    check_cluster_arguments(arguments)
    check_folder_writable(arguments.out, KIND)
    with cluster_of(arguments) as where:
        corpus = read_corpus(arguments, where=where)
        corpus.save(arguments.out)
        if corpus.folder is not None:  # it may be of an earlier version, with another fingerprint
            corpus = Corpus.open(arguments.out)
    documents = {} if corpus.documents is None else {"documents": len(corpus.documents)}
    _print(describe(corpus) | documents | {"out": arguments.out}, arguments.json)


def run_info(arguments: argparse.Namespace) -> None:
    """Open or read, and report."""
    from wordvec.corpus.report import examine, report_lines
    from wordvec.files import abandoned, real_path
    from wordvec.progress import announce

    fill_in(arguments, arguments.by is not None, "--by", date_column=None)
    corpus = read_corpus(arguments)
    if arguments.by is not None:
        print_groups(corpus, arguments)
        return
    report = examine(corpus, arguments.threads, lines_of_text(arguments, corpus))
    if corpus.folder is not None:
        for leftover in abandoned(real_path(corpus.folder)):
            announce(f"{leftover}: left by a run that was killed; the next build of this corpus removes it")
    if arguments.json:
        print_json(describe(corpus) | {"report": report.as_dict()})
    else:
        print("\n".join(report_lines(report)))


def run_split(arguments: argparse.Namespace) -> None:
    """Write the parts."""
    from wordvec.corpus import Corpus

    fill_in(arguments, arguments.by == "half", "--by half", instead=f"--by {arguments.by}", seed=1)
    save_parts(Corpus.open(arguments.corpus), arguments)


def run_fetch(arguments: argparse.Namespace) -> None:
    """Download, and print how to use the file."""
    from wordvec.corpus.named_texts.fetch import fetch

    fetched = fetch(arguments.name, arguments.to)
    if arguments.json:
        print_json(asdict(fetched) | {"path": str(fetched.path)})
        return
    if fetched.was_here:
        print(f"{fetched.path}: already there; remove it to fetch it again")
    else:
        checked = f", checked by {fetched.checked_by}" if fetched.checked_by else ""
        print(f"{fetched.path}: {fetched.bytes:,} bytes{checked}")
    if fetched.checked_by is None:
        print(f"its SHA-256 as received is {fetched.sha256}; no hash was published to check it against")
    if arguments.to is not None:
        print("give its path as TEXT; its name is enough only in the default folder")


def run_list(arguments: argparse.Namespace) -> None:
    """List the catalogue."""
    from wordvec.corpus.named_texts import BUNDLED, TEXT, list_catalogue, list_evaluation_sets, size_in_words

    entries = list_catalogue()
    if arguments.json:
        sets = [asdict(entry) for entry in list_evaluation_sets()]
        print_json({"bundled": list(BUNDLED), "public": [asdict(entry) for entry in entries], "evaluation": sets})
        return
    print("bundled:", ", ".join(BUNDLED))
    for entry in entries:
        size = "size varies" if entry.bytes is None else size_in_words(entry.bytes)
        markup = "" if entry.format == TEXT else "  (XML: extract its text before training)"
        print(f"{entry.name:14} {entry.language:3} {size:>16}  {entry.licence}{markup}\n{'':14} {entry.url}")
    print("evaluation sets:")
    for entry in list_evaluation_sets():
        print(f"{entry.name:23} {entry.language:3} {entry.task:15} {entry.description}; {entry.licence}")
    print("wordvec corpus fetch NAME downloads one of them")


def describe(corpus: Any) -> dict[str, Any]:
    """Size, origin and most common words of a corpus."""
    import numpy as np

    lengths = np.diff(corpus.sentence_starts)
    return {
        "tokens": len(corpus.ids),
        "vocabulary": len(corpus.vocabulary),
        "sentences": len(lengths),
        "longest_sentence": int(lengths.max(initial=0)),
        "commonest": dict(zip(corpus.vocabulary.words[:10], corpus.vocabulary.counts[:10].tolist())),
        "fingerprint": corpus.fingerprint,
        **corpus.info,
    }


def _print(description: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(description)
        return
    for key, value in description.items():
        if key in ("phrase_pairs", "dropped_words"):  # may be long; --json has them
            continue
        if isinstance(value, dict):
            value = ", ".join(f"{name} {of:,}" if isinstance(of, int) else f"{name} {of}" for name, of in value.items())
        if isinstance(value, list):
            value = ", ".join(map(str, value))
        print(f"{key.replace('_', ' '):18} {f'{value:,}' if isinstance(value, int) else value}")

"""Which of another library's names wordvec.compat has, and what differs on purpose.

wordvec compat gensim           the differences
wordvec compat gensim --all     every public name of gensim's classes
"""

from __future__ import annotations

import argparse

from wordvec.cli.output import print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("library", metavar="LIBRARY", choices=("gensim",), help="gensim")
    parser.add_argument("--all", action="store_true", help="also list names that behave as in gensim")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def run(arguments: argparse.Namespace) -> None:
    """Print the table as Markdown, or as JSON."""
    from wordvec.compat.gensim.table import table

    rows = [row for row in table() if arguments.all or row.here != "yes"]
    if arguments.json:
        print_json({"names": [row._asdict() for row in rows]})
        return
    print("| gensim 4 | here | what differs |\n|---|---|---|")
    for row in rows:
        name = row.name if row.name.endswith("whole") else f"{row.owner}.{row.name}"
        print(f"| {name} | {row.here} | {row.note} |")

"""Write the course's interactive page: a small CBOW network to step through, forward and backward, in the browser.

wordvec learn -o learn.html                  one file that needs no internet connection
wordvec learn -o learn.html --language ko    opens in Korean; the page has English, Korean and Japanese

The course itself, twelve chapters in these languages, is in docs/learn/.
"""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("-o", "--out", required=True, help="the page to write: .html")
    parser.add_argument(
        "--language", choices=("en", "ko", "ja"), help="language to open the page in (default: the browser's)"
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")


def run(arguments: argparse.Namespace) -> None:
    """Write, and open if asked."""
    import webbrowser
    from pathlib import Path

    from wordvec.cli.explore import is_page
    from wordvec.errors import OptionError
    from wordvec.learn.network_page import write_network_page

    if not is_page(arguments.out):
        raise OptionError(f"{arguments.out}: a page's name must end in .html")
    write_network_page(arguments.out, arguments.language)
    print(f"{arguments.out}: a small network on one sentence; open it in a browser")
    if arguments.open:
        webbrowser.open(Path(arguments.out).resolve().as_uri())

"""Answer questions about vectors over HTTP, for other programs: neighbours, analogies, vectors, text embeddings.

wordvec serve vectors.safetensors
wordvec serve vectors.safetensors --port 8000 --workers 4
wordvec serve vectors.safetensors --documents docs.safetensors --texts docs.jsonl --field text --id url
wordvec serve vectors.safetensors --host 0.0.0.0 --allow-host vectors.example.org --token-file token.txt

The printed address shows a page that lists the questions. For a map in the browser: wordvec explore
"""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path

from wordvec.errors import OptionError, counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="a file of vectors; .safetensors is shared between processes")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine)")
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="default: 8000; 0 takes any free port")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes (default: 1)")
    parser.add_argument(
        "--threads",
        type=int,
        default=1,
        metavar="N",
        help="threads of each process for matrix products (default: 1; more workers do more)",
    )
    parser.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME",
        help="a host name that requests may use; * for any (default: localhost and --host)",
    )  # fmt: skip
    parser.add_argument(
        "--token-file", metavar="FILE", help="a file with the line that requests must send: Authorization: Bearer LINE"
    )
    parser.add_argument("--tokenizer", metavar="NAME", help="tokenizer for texts if the vectors do not record one")
    parser.add_argument("--documents", metavar="DOCS", help="a file that wordvec embed made, to answer /documents")
    parser.add_argument("--texts", metavar="TEXTS", help="the texts of that file: answers then include them")
    parser.add_argument("--field", "--column", metavar="NAME", help="field with the text in --texts")
    parser.add_argument("--id", metavar="NAME", help="field with the id in --texts")
    parser.add_argument("--encoding", default="utf-8", help="encoding of --texts (default: utf-8)")
    parser.add_argument("--no-search", action="store_true", help="do not search words by prefix: saves memory")
    _add_limits(parser)


def _add_limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--max-body", type=int, default=1 << 20, metavar="BYTES", help="largest request body (default: 1 MiB)"
    )
    parser.add_argument(
        "--max-words", type=int, default=10_000, metavar="N", help="most words or tokens in a request (default: 10,000)"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=10.0,
        metavar="S",
        help="seconds that a request may take to arrive and be answered (default: 10)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Serve until interrupted."""
    from wordvec.serve import check_extra, create_app

    check_extra()
    from wordvec.explorer.server import is_loopback
    from wordvec.progress import announce
    from wordvec.serve.run import BACKLOG, listen, make_server, serve_with_workers, url_of
    from wordvec.serve.settings import Settings

    if arguments.workers < 1:
        raise OptionError(f"--workers must be at least 1; got {arguments.workers}")
    settings = Settings(
        file=arguments.file, hosts=",".join([*arguments.allow_host, arguments.host]),
        token=None if arguments.token_file is None else _read_token(arguments.token_file),
        tokenizer=arguments.tokenizer, documents=arguments.documents or "", texts=arguments.texts or "",
        field=arguments.field, id_field=arguments.id, encoding=arguments.encoding, search=not arguments.no_search,
        max_body=arguments.max_body, max_words=arguments.max_words, seconds=arguments.seconds,
        threads=arguments.threads,
    )  # fmt: skip
    with listen(arguments.host, arguments.port) as bound:
        app = create_app(settings)  # with several workers, a trial run: a bad file is reported only once
        if arguments.workers == 1:
            bound.listen(BACKLOG)  # requests sent as soon as the address is printed wait
        print(f"{url_of(arguments.host, bound)}  (Ctrl-C ends it)", flush=True)
        if settings.token is None and not is_loopback(arguments.host):
            announce(
                f"{arguments.host} can be reached from other machines and no --token-file is given: anyone may ask"
            )
        with suppress(KeyboardInterrupt):
            if arguments.workers == 1:
                make_server(app, settings.seconds).run(sockets=[bound])
            else:
                del app
                port = bound.getsockname()[1]
                bound.close()  # uvicorn binds it again
                serve_with_workers(settings, arguments.host, port, arguments.workers)


def _read_token(path: str) -> str:
    try:
        lines = Path(path).read_text(encoding="ascii").splitlines()
    except UnicodeDecodeError:
        raise OptionError(f"{path}: the token must be ASCII") from None
    if len(lines) != 1:
        raise OptionError(f"{path}: one line expected, the token; got {counted(len(lines), 'line')}")
    return lines[0].strip()

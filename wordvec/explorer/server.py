"""A small server for the page and its questions, for one reader on this machine.

It serves no files, only one page made at the start, and JSON answers. It answers only GET, listens on the loopback
address by default, and refuses requests whose Host names another machine (DNS rebinding: otherwise a page on the
network whose name was made to point here could read the answers).
"""

from __future__ import annotations

import ipaddress
import json
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from wordvec.errors import InputError, UnknownWordError, describe
from wordvec.explorer.html import make_html, plotly_script
from wordvec.explorer.model import make_models
from wordvec.explorer.periods import make_periods
from wordvec.progress import announce
from wordvec.serve.given import Given
from wordvec.serve.questions import MOST_NEIGHBOURS, Questions
from wordvec.serve.settings import REUSE, binding

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors


LONGEST_TARGET = 4_096  # bytes of a request's path and query
TIMEOUT = 30  # seconds a connection may stay silent


class ExplorerServer(ThreadingHTTPServer):
    """Serves `page` and the answers of `service`; close it with `server_close`."""

    daemon_threads = True
    request_queue_size = 128  # waiting connections; the library's 5 would refuse a page's own questions

    def __init__(self, host: str, port: int, page: bytes, service: Service) -> None:
        if ":" in host:
            self.address_family = socket.AF_INET6
        self.host, self.page, self.questions = host, page, service.questions()
        super().__init__((host, port), _Handler)

    @property
    def url(self) -> str:
        """The address of the page for a browser on this machine."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.server_address[1]}/"

    def server_bind(self) -> None:
        """Bind without looking up the machine's name, which http.server does and which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, REUSE, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.host, self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnected early; report anything else in one line."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            announce(f"a request was not answered: {type(error).__name__}: {error}")

    def knows_host(self, header: str | None) -> bool:
        """Whether a Host header names this server: its name, this machine's, or a plain address, and its port."""
        try:
            parts = urlsplit(f"//{header}")
            name, port = (parts.hostname or "").lower(), parts.port or 80
        except ValueError:
            return False
        if port != self.server_address[1] or header is None or parts.path or parts.username is not None:
            return False
        if name == self.host.lower() or name == "localhost":
            return True
        if is_loopback(self.host):
            return _is_address(name) and is_loopback(name)
        return _is_address(name) or name == socket.gethostname().lower()


class _Handler(BaseHTTPRequestHandler):
    server: ExplorerServer
    server_version = "wordvec"
    sys_version = ""
    timeout = TIMEOUT

    def do_GET(self) -> None:
        """Answer "/" with the page and "/QUESTION?..." with JSON."""
        if len(self.path) > LONGEST_TARGET:
            return self._error(414, f"a request may have {LONGEST_TARGET:,} bytes; got {len(self.path):,}")
        if not self.path.startswith("/") or len(self.headers.get_all("Host", [])) > 1:
            return self._error(400, "a request with a path and one Host expected: this server is no proxy")
        if not self.server.knows_host(self.headers.get("Host")):
            return self._error(403, f"this server is {self.server.url}: open that address")
        parts = urlsplit(self.path)
        if parts.path == "/":
            return self._send(200, "text/html; charset=utf-8", self.server.page)
        question = self.server.questions.get(parts.path[1:])
        if question is None:
            return self._error(404, f"nothing here; the page is {self.server.url}")
        return self._answer(question, parts.query)

    do_HEAD = do_GET

    def _answer(self, question: Callable[[dict[str, str]], dict[str, Any]], query: str) -> None:
        try:
            pairs = parse_qs(query, keep_blank_values=True, max_num_fields=20, errors="strict")
            twice = next((name for name, values in pairs.items() if len(values) > 1), None)
            if twice is not None:
                raise ValueError(f"the parameter {describe(twice)} is there twice")
            answer = question({name: values[0] for name, values in pairs.items()})
        except UnknownWordError as error:
            return self._error(404, str(error), error.suggestions)
        except (InputError, ValueError) as error:  # ValueError: too many fields, or bytes that are not UTF-8
            return self._error(400, str(error))
        return self._json(200, answer)

    def _error(self, status: int, message: str, suggestions: Sequence[str] = ()) -> None:
        self._json(status, {"error": message, "suggestions": list(suggestions)})

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer requests that http.server refuses (another method, a malformed request) in JSON too."""
        self.close_connection = True
        self._error(code, message or "the request cannot be understood: this server answers GET")

    def _json(self, status: int, answer: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(answer).encode("ascii"))

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: every key typed into the search would add a line."""


def make_server(
    named: Sequence[tuple[str, WordVectors]],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    periods: bool = False,
    **options: Any,
) -> ExplorerServer:
    """Return a server that is bound but not running yet; port 0 takes any free port.

    `named` are (name, vectors): one or two models, or with `periods` the models of a slider. `options` are those of
    `write_page`: words, lists, top, method, seed.
    Raises OptionError for a port in use or an address that is not this machine's, MissingExtraError without plotly.
    """
    plotly = plotly_script()
    with binding(host, port):
        server = ExplorerServer(host, port, b"", Service([]))
    try:
        models = (make_periods if periods else make_models)(named, with_rows=False, **options)
        lists = {name: options[name] for name in ("words", "lists") if name in options}
        server.page = make_html(models, **lists, served=True, periods=periods, plotly=plotly)
        server.questions = Service([vectors for _, vectors in named]).questions()
    except BaseException:
        server.server_close()
        raise
    return server


def serve(server: ExplorerServer) -> None:
    """Serve until interrupted from the keyboard, then close without waiting for requests in progress."""
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    return ipaddress.ip_address(host).is_loopback if _is_address(host) else host.lower() == "localhost"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


# The questions that the served page may ask: those of `wordvec.serve`, about one or two models.


__all__ = ["MOST_NEIGHBOURS", "Service"]


class Service:
    """Answers questions about models, exactly and over all of their words; `model` is the number, from 0.

    It is thread-safe: everything that is computed once is computed here, before the first question.
    """

    def __init__(self, models: Sequence[WordVectors]) -> None:
        self.models = [Questions(vectors) for vectors in models]

    def questions(self) -> dict[str, Callable[[Mapping[str, str]], dict[str, Any]]]:
        """The questions by name; each takes its parameters as text and raises InputError if it cannot be answered."""
        return {"similar": self.similar, "analogy": self.analogy, "search": self.search}

    def similar(self, given: Mapping[str, str]) -> dict[str, Any]:
        """`word`, `k`, `model` -> {"word", "neighbours": [{"word", "score"}]}."""
        model, rest = self._model(given)
        return model.similar(rest)

    def analogy(self, given: Mapping[str, str]) -> dict[str, Any]:
        """`a`, `b`, `c`, `k`, `model` -> {"neighbours"}: a is to b as c is to ?"""
        model, rest = self._model(given)
        return model.analogy(rest)

    def search(self, given: Mapping[str, str]) -> dict[str, Any]:
        """`text`, `limit`, `model` -> {"words": [{"word", "count"}]}: words that begin with the text."""
        model, rest = self._model(given)
        return model.search(rest)

    def _model(self, given: Mapping[str, str]) -> tuple[Questions, dict[str, str]]:
        number = Given(given).number("model", 0, len(self.models) - 1, least=0)
        return self.models[number], {name: value for name, value in given.items() if name != "model"}

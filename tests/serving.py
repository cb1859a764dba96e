"""Small vectors to serve, requests to an ASGI application without a server, and raw bytes to a real one."""

from __future__ import annotations

import asyncio
import json
import socket
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from wordvec.vectors import WordVectors

WORDS = ["the", "man", "king", "woman", "queen", "왕", "naïve", "a&b=c#d", '"', "'", "</script>", "Kingdom"]


def small_vectors(**info) -> WordVectors:
    """Words by falling count; king - man + woman = queen."""
    words = WORDS + [f"word{number}" for number in range(100)]
    matrix = np.random.default_rng(3).normal(size=(len(words), 8)).astype(np.float32)
    man, king, woman, queen = (words.index(word) for word in ("man", "king", "woman", "queen"))
    matrix[queen] = matrix[king] - matrix[man] + matrix[woman]
    return WordVectors(words, matrix, np.arange(len(words), 0, -1), info)


class Answer:
    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


async def request(app, target, method="GET", headers=(), parts=(b"",), host="localhost") -> Answer:
    """`parts` of the body come one by one; None in their place means that no more comes for ever."""
    path, _, query = target.partition("?")
    given = [(b"host", host.encode())] if host is not None else []
    given += [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "headers": given,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
    }  # fmt: skip
    waiting = list(parts)
    sent = []

    async def receive():
        part = waiting.pop(0) if waiting else None
        if part is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    head = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], head, b"".join(message.get("body", b"") for message in sent[1:]))


def run(coroutine):
    """The result of a coroutine, in a thread of its own: a browser that another test left open has a loop in this."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, coroutine).result()


def ask(app, target, **options) -> Answer:
    return run(request(app, target, **options))


def post(app, target, question, **options) -> Answer:
    body = question if isinstance(question, bytes) else json.dumps(question).encode()
    options.setdefault("headers", [("content-type", "application/json")])
    options.setdefault("parts", (body,))
    return ask(app, target, method="POST", **options)


def send_raw(port: int, *pieces: bytes) -> bytes:
    """What a server sends to a client that sends these bytes and then waits until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        received = b""
        try:
            for piece in pieces:
                connection.sendall(piece)
            while more := connection.recv(65_536):
                received += more
        except ConnectionError:  # closed while we were sending
            pass
        return received

"""What every request passes first: who may ask, under which host name, for how long; and headers of every answer."""

from __future__ import annotations

import functools
import hmac
import ipaddress
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wordvec.serve.problems import Refused
from wordvec.serve.replies import refusal
from wordvec.serve.settings import Settings

LONGEST_TARGET = 8_192  # bytes of an address with its parameters
OPEN = ("/health",)  # needs no token: supervisors ask it
HEADERS = [
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]


class Guard:
    """Refuses requests with a wrong Host, without the token or with a long address, and cuts off slow ones."""

    def __init__(self, app: ASGIApp, settings: Settings, count: Callable[[str, int, float], None]) -> None:
        self.app, self.count = app, count
        self.hosts, self.seconds = settings.host_names, settings.seconds
        self.token = None if settings.token is None else settings.token.encode("ascii")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        begun = time.perf_counter()

        def count(status: int) -> None:
            self.count(scope.get("wordvec.question", "other"), status, time.perf_counter() - begun)

        answer = _Answer(send, count)
        try:
            self._check(scope)
            with anyio.move_on_after(self.seconds) as limit:
                await self.app(scope, receive, answer)
            if limit.cancelled_caught:
                await self._cut_off(scope, receive, answer)
        except Refused as refused:
            await refusal(refused)(scope, receive, answer)
        finally:
            if not answer.complete:  # its client left, or it was cut off
                count(answer.status)

    async def _cut_off(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        if answer.status:  # part of an answer was sent: the server closes the connection
            return
        arrived = scope.get("wordvec.arrived", False)
        status = 503 if arrived else 408
        what = "was not answered" if arrived else "did not arrive"
        late = Refused(status, f"the request {what} within {self.seconds:g} seconds", {"Connection": "close"})
        await refusal(late)(scope, receive, answer)

    def _check(self, scope: Scope) -> None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            raise Refused(400, f"a request must name one Host; this one has {len(hosts)}")
        if not is_known_host(hosts[0], self.hosts):
            raise Refused(403, "this service is not called by that name: start it with --allow-host NAME to allow it")
        if len(scope["raw_path"]) + len(scope["query_string"]) > LONGEST_TARGET:
            raise Refused(414, f"an address may have {LONGEST_TARGET:,} bytes: send a long question by POST")
        path = scope["path"].removeprefix(scope.get("root_path", ""))  # set when mounted in a larger application
        if self.token is not None and path not in OPEN and not self._has_token(scope):
            raise Refused(401, "a token is needed: Authorization: Bearer TOKEN", {"WWW-Authenticate": "Bearer"})

    def _has_token(self, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        scheme, _, token = (given[0] if len(given) == 1 else b"").partition(b" ")
        return hmac.compare_digest(token.strip(), self.token or b"") and scheme.lower() == b"bearer"


class _Answer:
    """Sends an answer with the headers that all have, and keeps its status; 0 before it has begun.

    `count` gets the status before the last part is sent: a client that has its answer finds it counted.
    """

    def __init__(self, send: Send, count: Callable[[int], None]) -> None:
        self.send, self.count = send, count
        self.status, self.complete = 0, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers: list[Any] = [*message["headers"], *HEADERS]
            message = {**message, "headers": headers}
        elif message["type"] == "http.response.body" and not message.get("more_body", False):
            self.complete = True
            self.count(self.status)
        await self.send(message)


# The host names a service answers to: a web page whose name was made to point here (DNS rebinding) must read nothing.


LONGEST = 300  # bytes of a Host header: a name has at most 253, then comes a port


def is_known_host(header: bytes, names: frozenset[str]) -> bool:
    """Whether a Host header names the loopback address, or one of `names` ("*": anything), at any port.

    >>> is_known_host(b"localhost:8000", frozenset()), is_known_host(b"evil.example", frozenset())
    (True, False)
    >>> is_known_host(b"api.example:443", frozenset({"api.example"}))
    True
    """
    return len(header) <= LONGEST and _is_known(header, names)


@functools.lru_cache(maxsize=256)  # nearly all requests have the same Host
def _is_known(header: bytes, names: frozenset[str]) -> bool:
    try:
        parts = urlsplit(f"//{header.decode('ascii')}")
        name, _ = (parts.hostname or "").lower(), parts.port
    except ValueError:  # not ASCII, a port that is not a number, an unmatched bracket
        return False
    if not name or parts.path or parts.query or parts.fragment or parts.username is not None:
        return False
    return "*" in names or name == "localhost" or name in names or _is_loopback(name)


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False

"""uvicorn's HTTP protocol, with limits that it lacks: on the time of requests and answers, and on the head's size.

uvicorn itself waits forever for the first request of a connection, for the rest of one that has begun, and for a client
that does not read its answer.
"""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from wordvec.serve.problems import phrase, problem

LONGEST_HEAD = 32_768  # bytes of a request's line and headers
GRACE = 1.0  # seconds more for the application to say that a body did not arrive
SECONDS = 10.0  # for a request to arrive whole, from its first byte or from the opening of the connection


class GuardedProtocol(HttpToolsProtocol):
    """Cuts off requests that arrive too slowly or have too long a head; answers malformed ones with a problem."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.seconds = getattr(self.app, "seconds", SECONDS)  # what the application's guard allows
        self._timer: asyncio.TimerHandle | None = None
        self._reader_timer: asyncio.TimerHandle | None = None
        self._head: int | None = 0  # bytes of the head being read; None if none is being read

    def connection_made(self, transport: Any) -> None:
        """Wait for the first request, but not for ever."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Drop the connection."""
        self._wait_no_more()
        self._reader_reads()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._head = 0
        if self._timer is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """The request's head has arrived."""
        self._head = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of the request has arrived."""
        self._wait_no_more()
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Read on."""
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)
            if self._head > LONGEST_HEAD and not self.transport.is_closing():
                self._refuse(431, f"the head of a request may have at most {LONGEST_HEAD:,} bytes")

    def pause_writing(self) -> None:
        """Much of an answer is waiting for the client to read it: limit the time, as it takes memory."""
        super().pause_writing()
        if self._reader_timer is None:
            self._reader_timer = self.loop.call_later(self.seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The client has read most of it."""
        self._reader_reads()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP."""
        self._refuse(400, "this is not an HTTP request")

    def _wait(self) -> None:
        self._timer = self.loop.call_later(self.seconds, self._cut_off)

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _reader_reads(self) -> None:
        if self._reader_timer is not None:
            self._reader_timer.cancel()
            self._reader_timer = None

    def _cut_off(self) -> None:
        self._timer = None
        if self._head is None:  # the head arrived but not the body: the application's guard answers that now
            self._timer = self.loop.call_later(GRACE, self.transport.close)
        else:
            self._refuse(408, f"the request did not arrive within {self.seconds:g} seconds")

    def _refuse(self, status: int, detail: str) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:  # else an answer to an earlier request is on its way
            body = orjson.dumps(problem(status, detail))
            head = f"HTTP/1.1 {status} {phrase(status)}\r\nContent-Type: application/problem+json\r\n"
            self.transport.write(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        self.transport.close()

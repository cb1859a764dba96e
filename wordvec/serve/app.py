"""The ASGI application: routes, threads and errors around `questions`."""

from __future__ import annotations

import asyncio
import functools
import gc
import os
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from threadpoolctl import threadpool_limits

from wordvec.errors import OptionError, WordvecError
from wordvec.serve.guard import Guard
from wordvec.serve.openapi import CONTENT_SECURITY, as_page, describe_service
from wordvec.serve.problems import Refused, problem, problem_of
from wordvec.serve.questions import Limits, Questions
from wordvec.serve.replies import json_reply, read_question, refusal
from wordvec.serve.settings import Settings

if TYPE_CHECKING:
    from wordvec.serve.documents import Documents
    from wordvec.vectors import WordVectors


FEW = 100  # words whose vectors are looked up directly: passing them to a thread costs more
THREADS = 2  # for questions that are not batched: they share one interpreter
SWITCH = 0.0005  # seconds between thread switches: with Python's 0.005, answers wait longer (measured)
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def make_app(settings: Settings, vectors: WordVectors | None = None) -> Guard:
    """See `wordvec.serve.create_app`."""
    if vectors is None:
        from wordvec.vectors import WordVectors

        if not settings.file:
            raise OptionError("give the settings a file of vectors, or give the vectors")
        vectors = WordVectors.load(settings.file)
    if settings.tokenizer is not None:
        vectors.tokenize("", settings.tokenizer)  # raises if these vectors need none
    limits = Limits(settings.max_words, settings.max_questions)
    documents = _documents(settings, vectors) if settings.documents else None
    questions = Questions(
        vectors, limits, tokenizer=settings.tokenizer, with_search=settings.search, documents=documents
    )
    threadpool_limits(settings.threads, user_api="blas")
    sys.setswitchinterval(SWITCH)
    gc.collect()
    gc.freeze()  # garbage collection skips what is loaded by now, and forked workers share its pages
    return _Service(settings, questions).app()


def _documents(settings: Settings, vectors: WordVectors) -> Documents:
    from wordvec.corpus.read.document_texts import DocumentTexts
    from wordvec.serve.documents import load_documents

    given = [settings.texts], settings.field, settings.id_field, settings.encoding
    texts = DocumentTexts(*given) if settings.texts else None
    return load_documents(settings.documents, vectors, texts, settings.tokenizer, settings.max_words)


class _Service:
    """Routes and what they share. Threads and tasks start with the first request: in each worker, after the fork."""

    def __init__(self, settings: Settings, questions: Questions) -> None:
        self.settings, self.questions = settings, questions
        self.metrics = Metrics(len(questions.vectors))
        self.threads = ThreadPoolExecutor(THREADS, "wordvec-serve")
        self.similar = Gathering(questions.similar_together, ThreadPoolExecutor(1, "wordvec-similar"))
        self.waiting = 0
        self.description = describe_service(questions)

    def app(self) -> Guard:
        """The application, wrapped in its guard."""
        plain: dict[str, Callable[[], Response]] = {
            "health": lambda: json_reply(self.health()),
            "metrics": lambda: Response(self.metrics.as_text(), media_type=PROMETHEUS),
            "openapi.json": lambda: json_reply(self.description),
            "": lambda: HTMLResponse(as_page(self.description), headers={"Content-Security-Policy": CONTENT_SECURITY}),
        }
        routes = []  # matched in this order
        for name, answer in self.questions.by_name().items():
            methods = ["POST"] if name in ("batch", "embed") else ["GET", "POST"]
            routes.append(Route(f"/{name}", functools.partial(self._answer, name, answer), methods=methods))
        routes += [Route(f"/{name}", _plain(name or "page", reply)) for name, reply in plain.items()]
        handlers: dict[Any, Any] = {HTTPException: _not_found, Refused: _refused}
        handlers |= {ClientDisconnect: _gone, Exception: _failed}
        starlette = Starlette(routes=routes, exception_handlers=handlers)
        return Guard(starlette, self.settings, self.metrics.count)

    def health(self) -> dict[str, Any]:
        """Say that the service answers, and about which vectors."""
        documents = self.questions.documents
        of_documents = {} if documents is None else {"documents": len(documents)}
        return {"status": "ok", "words": len(self.questions.vectors), **of_documents}

    async def _answer(self, name: str, answer: Callable[[Mapping[str, Any]], Any], request: Request) -> Response:
        request.scope["wordvec.question"] = name
        given = await read_question(request, self.settings.max_body)
        try:
            return json_reply(await self._ask(name, answer, given))
        except WordvecError as error:
            found = problem_of(error)
            if found is None:
                raise
            return json_reply(found, found["status"])

    async def _ask(self, name: str, answer: Callable[[Mapping[str, Any]], Any], given: dict[str, Any]) -> Any:
        if name == "vectors" and self._is_quick(given.get("word")):
            return answer(given)
        if self.waiting >= self.settings.waiting:
            raise Refused(503, f"{self.waiting:,} requests wait already: try again", {"Retry-After": "1"})
        self.waiting += 1
        try:
            if name == "similar" and self._is_quick(given.get("word")):
                return await self.similar.ask(self.questions.read_similar(given))
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self.threads, answer, given)
        finally:
            self.waiting -= 1

    def _is_quick(self, word: Any) -> bool:
        """Whether these are a few known words; near spellings of unknown ones are looked for on a thread."""
        words = [word] if isinstance(word, str) else word
        if not isinstance(words, list) or len(words) > FEW:
            return False
        return all(isinstance(word, str) and word in self.questions.vectors for word in words)


def _plain(name: str, reply: Callable[[], Response]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        request.scope["wordvec.question"] = name
        return reply()

    return answer


async def _not_found(request: Request, error: Exception) -> Response:
    """What Starlette refuses: an unknown address or method."""
    assert isinstance(error, HTTPException)
    detail = {404: "nothing here: / lists the questions", 405: f"{request.method} is not answered here"}
    return json_reply(
        problem(error.status_code, detail.get(error.status_code, error.detail)), error.status_code, error.headers
    )


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return refusal(error)


async def _gone(request: Request, error: Exception) -> Response:
    """The client left before its request was complete: no one sees this."""
    return json_reply(problem(400, "the request was not complete"), 400)


async def _failed(request: Request, error: Exception) -> Response:
    """A fault of the program, which the server logs."""
    return json_reply(problem(500, "the service has a fault: its log says more"), 500)


# What the service counts, in the text format of Prometheus. With several worker processes, prometheus_client adds up
# their numbers in files in the folder named by the environment variable PROMETHEUS_MULTIPROC_DIR; ``wordvec serve
# --workers`` makes such a folder.


FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counters of one application."""

    def __init__(self, words: int) -> None:
        self.registry = CollectorRegistry()
        what = ("question", "status")
        self.requests = Counter("wordvec_requests", "Requests answered", what, registry=self.registry)
        self.seconds = Histogram(
            "wordvec_request_seconds", "From the request's head to its answer", ("question",), buckets=SECONDS,
            registry=self.registry,
        )  # fmt: skip
        gauge = Gauge(
            "wordvec_words", "Words of the vectors", registry=self.registry, multiprocess_mode="livemax"
        )  # the same in each process
        gauge.set(words)
        if FOLDER not in os.environ:
            ProcessCollector(registry=self.registry)

    def count(self, question: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self.requests.labels(question, str(status)).inc()
        self.seconds.labels(question).observe(seconds)

    def as_text(self) -> bytes:
        """All counters, of all worker processes if there are several."""
        if FOLDER not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)
        return generate_latest(together)


# Batching: questions that wait while others are computed are then computed together.


MOST = 32  # questions at a time: while some are computed, the answers before them are written (measured: 16, 32, 64)


class Gathering:
    """Passes questions to `answer`, which runs on a thread and takes many of them at once.

    One product of a matrix with many vectors reads the matrix once. No question waits for others to arrive: one that
    arrives while nothing is computed is computed alone. ``answer(questions)`` returns an answer or an exception for
    each.
    """

    def __init__(self, answer: Callable[[Sequence[Any]], Sequence[Any]], threads: Executor) -> None:
        self.answer, self.threads = answer, threads
        self.waiting: deque[tuple[Any, asyncio.Future[Any]]] = deque()
        self.running: asyncio.Task[None] | None = None

    async def ask(self, question: Any) -> Any:
        """The answer to one question; raises the exception returned in its place."""
        future = asyncio.get_running_loop().create_future()
        self.waiting.append((question, future))
        if self.running is None:
            self.running = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self.waiting:
                some = [self.waiting.popleft() for _ in range(min(MOST, len(self.waiting)))]
                some = [(question, future) for question, future in some if not future.done()]  # clients still there
                if not some:
                    continue
                try:
                    answers = await loop.run_in_executor(self.threads, self.answer, [question for question, _ in some])
                except Exception as error:  # each of them gets it
                    answers = [error] * len(some)
                for (_, future), answer in zip(some, answers):
                    if future.done():
                        continue
                    if isinstance(answer, Exception):
                        future.set_exception(answer)
                    else:
                        future.set_result(answer)
        finally:
            self.running = None

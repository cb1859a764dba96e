"""The ASGI application: routes, threads and errors around `questions`."""

from __future__ import annotations

import asyncio
import functools
import gc
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from threadpoolctl import threadpool_limits

from wordvec.errors import OptionError, WordvecError
from wordvec.serve.gathering import Gathering
from wordvec.serve.guard import Guard
from wordvec.serve.metrics import Metrics
from wordvec.serve.openapi import CONTENT_SECURITY, as_page, describe_service
from wordvec.serve.problems import Refused, problem, problem_of
from wordvec.serve.questions import Limits, Questions
from wordvec.serve.replies import json_reply, read_question, refusal
from wordvec.serve.settings import Settings

if TYPE_CHECKING:
    from wordvec.serve.documents import Documents
    from wordvec.vectors import WordVectors

FEW = 100  # words whose vectors are looked up at once, without a thread: less than handing them over costs
THREADS = 2  # for what is not gathered: they share one interpreter
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def make_app(settings: Settings, vectors: WordVectors | None = None) -> Guard:
    """See `wordvec.serve.create_app`."""
    if vectors is None:
        from wordvec.vectors import WordVectors

        if not settings.file:
            raise OptionError("give the settings a file of vectors, or give the vectors")
        vectors = WordVectors.load(settings.file)
    limits = Limits(settings.max_words, settings.max_questions)
    documents = _documents(settings, vectors) if settings.documents else None
    questions = Questions(
        vectors, limits, tokenizer=settings.tokenizer, with_search=settings.search, documents=documents
    )
    threadpool_limits(settings.threads, user_api="blas")
    gc.collect()
    gc.freeze()  # what is loaded stays: collections pass over it, and forked workers share its pages
    return _Service(settings, questions).app()


def _documents(settings: Settings, vectors: WordVectors) -> Documents:
    from wordvec.corpus.read.document_texts import DocumentTexts
    from wordvec.serve.documents import load_documents

    given = [settings.texts], settings.field, settings.id_field, settings.encoding
    texts = DocumentTexts(*given) if settings.texts else None
    return load_documents(settings.documents, vectors, texts, settings.tokenizer, settings.max_words)


class _Service:
    """Routes and what they share. Threads and tasks begin with the first request: in each worker after it forked."""

    def __init__(self, settings: Settings, questions: Questions) -> None:
        self.settings, self.questions = settings, questions
        self.metrics = Metrics(len(questions.vectors))
        self.threads = ThreadPoolExecutor(THREADS, "wordvec-serve")
        self.similar = Gathering(questions.similar_together, ThreadPoolExecutor(1, "wordvec-similar"))
        self.waiting = 0
        self.description = describe_service(questions)

    def app(self) -> Guard:
        """The application, behind its guard."""
        plain: dict[str, Callable[[], Response]] = {
            "health": lambda: json_reply(self.health()),
            "metrics": lambda: Response(self.metrics.as_text(), media_type=PROMETHEUS),
            "openapi.json": lambda: json_reply(self.description),
            "": lambda: HTMLResponse(as_page(self.description), headers={"Content-Security-Policy": CONTENT_SECURITY}),
        }
        routes = []  # looked through in this order
        for name, answer in self.questions.by_name().items():
            methods = ["POST"] if name in ("batch", "embed") else ["GET", "POST"]
            routes.append(Route(f"/{name}", functools.partial(self._answer, name, answer), methods=methods))
        routes += [Route(f"/{name}", _plain(name or "page", reply)) for name, reply in plain.items()]
        handlers: dict[Any, Any] = {HTTPException: _not_found, Refused: _refused}
        handlers |= {ClientDisconnect: _gone, Exception: _failed}
        starlette = Starlette(routes=routes, exception_handlers=handlers)
        return Guard(starlette, self.settings, self.metrics.count)

    def health(self) -> dict[str, Any]:
        """That the service answers, and of what."""
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
        """Whether these are a few known words: near spellings of others are looked for on a thread."""
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
    """What Starlette refuses: an address that is not here, or another method."""
    assert isinstance(error, HTTPException)
    detail = {404: "nothing here: / lists the questions", 405: f"{request.method} is not answered here"}
    return json_reply(
        problem(error.status_code, detail.get(error.status_code, error.detail)), error.status_code, error.headers
    )


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return refusal(error)


async def _gone(request: Request, error: Exception) -> Response:
    """The reader left before the request was through: no one sees this."""
    return json_reply(problem(400, "the request was not complete"), 400)


async def _failed(request: Request, error: Exception) -> Response:
    """A fault of the program, which the server logs."""
    return json_reply(problem(500, "the service has a fault: its log says more"), 500)

"""Errors as problem documents (RFC 9457): plain dictionaries with the library's message."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from wordvec.errors import InputError, ShapeError, UnknownWordError

UNKNOWN_WORD, BAD_QUESTION = "/#unknown-word", "/#bad-question"  # where the service's own page explains them


class Refused(Exception):
    """A request that is refused, with the HTTP status."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}


def problem(status: int, detail: str, kind: str = "about:blank", **more: Any) -> dict[str, Any]:
    """A problem document; without a `kind`, its title is that of the status, as the RFC asks.

    >>> problem(413, "too long")
    {'type': 'about:blank', 'title': 'Content Too Large', 'status': 413, 'detail': 'too long'}
    """
    titles = {UNKNOWN_WORD: "Unknown word", BAD_QUESTION: "Bad question", "about:blank": phrase(status)}
    return {"type": kind, "title": titles[kind], "status": status, "detail": detail, **more}


def problem_of(error: Exception) -> dict[str, Any] | None:
    """The problem document for an error in the question; None for any other error, which is a fault of the program.

    >>> problem_of(InputError("give a word"))["detail"], problem_of(ZeroDivisionError())
    ('give a word', None)
    """
    if isinstance(error, Refused):
        return problem(error.status, error.detail)
    if isinstance(error, UnknownWordError):
        return problem(404, str(error), UNKNOWN_WORD, word=error.word, suggestions=error.suggestions)
    if isinstance(error, (InputError, ShapeError)):
        return problem(400, str(error), BAD_QUESTION)
    return None


def phrase(status: int) -> str:
    """HTTP's name for a status; Python 3.13 adopted the newer names."""
    newer = {413: "Content Too Large", 414: "URI Too Long"}
    return newer.get(status) or HTTPStatus(status).phrase

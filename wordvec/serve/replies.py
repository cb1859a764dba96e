"""Answers as JSON, and the reading of questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.requests import Request
from starlette.responses import Response

from wordvec.json_forms import different_keys, parse_json
from wordvec.serve.problems import Refused, problem

MOST_FIELDS = 1_000  # parameters in a URL
OPTIONS = orjson.OPT_SERIALIZE_NUMPY  # float32 with as many digits as it takes to read the same number again


def json_reply(content: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer, or a problem document (RFC 9457) if the status is that of an error."""
    kind = "application/json" if status < 400 else "application/problem+json"
    return Response(orjson.dumps(content, option=OPTIONS), status, headers, kind)


def refusal(refused: Refused) -> Response:
    """The answer to a refused request."""
    return json_reply(problem(refused.status, refused.detail), refused.status, refused.headers)


async def read_question(request: Request, max_body: int) -> dict[str, Any]:
    """The parameters of a question: from the address for GET, from a JSON object in the body for POST.

    Raises Refused for a body that is too long (413), not of a JSON type (415) or not a JSON object (400), and for
    parameters that are not UTF-8.
    """
    if request.method != "POST":
        request.scope["wordvec.arrived"] = True
        return _of_address(request.scope["query_string"])
    if request.scope["query_string"]:
        raise Refused(400, "a question sent by POST has its parameters in the body: leave them out of the address")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" or "content-encoding" in request.headers:
        raise Refused(415, "the body must be JSON, not compressed, with Content-Type: application/json")
    body = await _read_body(request, max_body)
    request.scope["wordvec.arrived"] = True
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, f"the body is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise Refused(400, f"the body must be a JSON object; got a {type(given).__name__}")
    _check_different_keys(body, given)
    return given


def _check_different_keys(body: bytes, given: dict[str, Any]) -> None:
    """Raise Refused if a key is twice in an object of the body, of which orjson keeps the last."""
    keys, values = 0, list[Any]([given])
    while values:
        value = values.pop()
        keys += len(value) if isinstance(value, dict) else 0
        inner = value.values() if isinstance(value, dict) else value
        values += [each for each in inner if isinstance(each, (dict, list))]
    if body.count(b":") > keys:  # a key has a colon, so no key is missing otherwise
        try:
            parse_json(body, different_keys)
        except ValueError as error:
            raise Refused(400, f"the body is not JSON as it should be: {error}") from None


async def _read_body(request: Request, most: int) -> bytes:
    too_long = Refused(413, f"a body may have {most:,} bytes: send several requests", {"Connection": "close"})
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and (len(announced) > 18 or int(announced) > most):
        raise too_long
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise too_long
        parts.append(part)
    return b"".join(parts)


def _of_address(query: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qs(query.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:  # UnicodeDecodeError is one
        raise Refused(400, f"the parameters must be UTF-8, and at most {MOST_FIELDS:,}") from None
    return {name: values[0] if len(values) == 1 else values for name, values in pairs.items()}

"""The description of the service (OpenAPI 3.1) and a page made from it, which loads nothing from other hosts."""

from __future__ import annotations

import json
from html import escape
from typing import Any
from urllib.parse import urlencode

from wordvec.serve.documents import MOST_DOCUMENTS
from wordvec.serve.questions import MOST_NEIGHBOURS, Questions

CONTENT_SECURITY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
WORD = {"type": "string", "minLength": 1}
WORDS = {"type": "array", "items": WORD, "minItems": 1}
WEIGHTED = {
    "type": "array",
    "items": {"anyOf": [WORD, {"type": "array", "prefixItems": [WORD, {"type": "number"}], "minItems": 2}]},
}
NUMBERS = {"type": "array", "items": {"type": "number"}}
ROWS = {"type": "array", "items": NUMBERS}
COUNTS = {"type": "array", "items": {"type": "integer"}}
NEIGHBOURS = {
    "type": "array",
    "items": {"type": "object", "properties": {"word": WORD, "score": {"type": "number"}}},
}
FOUND = {
    "type": "array",
    "items": {"type": "object", "properties": {"word": WORD, "count": {"type": ["integer", "null"]}}},
}
DOCUMENTS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "score": {"type": "number"},
            "text": {"type": "string", "description": "present if the service was given the texts"},
        },
    },
}
K = {"type": "integer", "minimum": 1, "maximum": MOST_NEIGHBOURS, "default": 10, "description": "how many words"}
TOP = {"type": "integer", "minimum": 1, "description": "answers only from this many first words; by default from all"}
METHOD = {"type": "string", "enum": ["3cosadd", "3cosmul", "pair-direction"], "default": "3cosadd"}
QUESTIONS = {"type": "array", "items": {"type": "object"}}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what was expected, what was found and what to do"},
        "word": {"type": "string", "description": "the unknown word"},
        "suggestions": {"type": "array", "items": WORD, "description": "near spellings of an unknown word"},
    },
}
# For each question: its purpose; parameters by GET; those that only POST takes; what the answer holds.
TABLE: dict[str, tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "similar": (
        "the words nearest to a word; by POST also to a weighted sum of words, or to a vector",
        {"word": WORD, "k": K, "top": TOP},
        {"positive": WEIGHTED, "negative": WEIGHTED, "vector": NUMBERS},
        {"word": WORD, "neighbours": NEIGHBOURS},
    ),
    "analogy": (
        "a is to b as c is to ?",
        {"a": WORD, "b": WORD, "c": WORD, "k": K, "top": TOP, "method": METHOD},
        {},
        {"neighbours": NEIGHBOURS},
    ),
    "vectors": (
        "the vectors of words, one row each",
        {"word": {"anyOf": [WORD, WORDS]}},
        {},
        {"words": WORDS, "dim": {"type": "integer"}, "vectors": ROWS},
    ),
    "embed": (
        "the mean of the words' vectors for each text, or for each list of words; words without a vector are counted",
        {},
        {"texts": {"type": "array", "items": {"type": "string"}}, "tokens": {"type": "array", "items": WORDS}},
        {"dim": {"type": "integer"}, "vectors": ROWS, "found": COUNTS, "missing": COUNTS},
    ),
    "search": (
        "words by their beginning, ignoring case; the most frequent first",
        {"text": WORD, "limit": {**K, "default": 12}},
        {},
        {"words": FOUND},
    ),
    "documents": (
        "the documents nearest to a text, or to another document",
        {
            "text": {"type": "string", "description": "what to search for"},
            "like": {"type": "string", "description": "the id of a document, instead of a text"},
            "k": {**K, "maximum": MOST_DOCUMENTS, "description": "how many documents"},
        },
        {},
        {"documents": DOCUMENTS},
    ),
    "batch": (
        'many questions at once, each an object such as {"ask": "similar", "word": "tea"}; a question that cannot be '
        "answered gets a problem document in place of its answer",
        {},
        {"questions": QUESTIONS},
        {"answers": {"type": "array", "items": {"type": "object"}}},
    ),
}
OTHERS = {
    "health": "whether the service answers; needs no token",
    "metrics": "counts and times, as Prometheus reads them",
    "openapi.json": "this description",
}


def describe_service(questions: Questions) -> dict[str, Any]:
    """The OpenAPI document; its examples use words of these vectors and can be asked as they are."""
    from wordvec.version import __version__

    vectors = questions.vectors
    about = f"{len(vectors):,} words, {vectors.dim:,} dimensions"
    if questions.documents is not None:
        about += f"; {len(questions.documents):,} documents"
    paths: dict[str, Any] = {}
    for name in questions.by_name():
        summary, by_get, by_post, answer = TABLE[name]
        example = _example(name, questions)
        paths[f"/{name}"] = {
            method: {"operationId": f"{method}_{name}", "summary": summary, **asked, "responses": _responses(answer)}
            for method, asked in _ways(name, by_get, {**by_get, **by_post}, example).items()
        }
    for name, summary in OTHERS.items():
        paths[f"/{name}"] = {"get": {"summary": summary, "responses": {"200": {"description": "the answer"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "wordvec", "version": __version__, "description": about},
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _ways(name: str, by_get: dict[str, Any], by_post: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    """How a question is asked: by GET if it has parameters for that, and by POST."""
    schema = {"type": "object", "properties": by_post, "additionalProperties": False}
    body = {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}
    ways: dict[str, Any] = {"post": {"requestBody": body}}
    if by_get:
        parameters = [
            {"name": each, "in": "query", "schema": kind} | ({"example": example[each]} if each in example else {})
            for each, kind in by_get.items()
        ]
        ways = {"get": {"parameters": parameters}} | ways
    return ways


def _responses(answer: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": answer}
    problems = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "200": {"description": "the answer", "content": {"application/json": {"schema": schema}}},
        "default": {"description": "a problem document (RFC 9457)", "content": problems},
    }


def _example(name: str, questions: Questions) -> dict[str, Any]:
    words = questions.vectors.words
    a, b, c = (words[row % len(words)] for row in range(3))
    first = None if questions.documents is None else questions.documents.first
    examples: dict[str, dict[str, Any]] = {
        "similar": {"word": a, "k": 3},
        "analogy": {"a": a, "b": b, "c": c, "k": 3},
        "vectors": {"word": a},
        "embed": {"tokens": [[a, b], [c]]},
        "search": {"text": a[0], "limit": 3},
        "documents": {"like": first, "k": 3},
        "batch": {"questions": [{"ask": "similar", "word": a, "k": 3}, {"ask": "vectors", "word": [b]}]},
    }
    return examples[name]


def as_page(description: dict[str, Any]) -> str:
    """The description as a page."""
    parts = [
        f"<p>{escape(description['info']['description'])}; wordvec {escape(description['info']['version'])}. "
        'For programs: <a href="/openapi.json">/openapi.json</a>.</p>'
    ]
    for path, methods in description["paths"].items():
        first = next(iter(methods.values()))
        parts.append(f"<h2>{escape(path)}</h2><p>{escape(first['summary'])}</p>")
        parts += [_as_request(path, method, asked) for method, asked in methods.items() if len(asked) > 2]
    parts.append(
        "<h2>Errors</h2><p>Errors are problem documents (RFC 9457), <code>application/problem+json</code>, whose "
        "<code>detail</code> says what was expected and what to do.</p>"
        '<p id="unknown-word"><b>Unknown word</b> (404): a word without a vector; <code>suggestions</code> are near '
        'spellings.</p><p id="bad-question"><b>Bad question</b> (400): a parameter is missing, unknown or out of '
        "range.</p>"
    )
    style = "body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}pre{overflow:auto}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>wordvec</title><style>{style}</style>'
        f"</head><body><h1>wordvec</h1>{''.join(parts)}</body></html>"
    )


def _as_request(path: str, method: str, asked: dict[str, Any]) -> str:
    if method == "get":
        given = {each["name"]: each["example"] for each in asked["parameters"] if "example" in each}
        request, fields = (
            f"GET {path}?{urlencode(given)}",
            [(each["name"], each["schema"]) for each in asked["parameters"]],
        )
    else:
        content = asked["requestBody"]["content"]["application/json"]
        request = f"POST {path}\nContent-Type: application/json\n\n{json.dumps(content['example'], ensure_ascii=False)}"
        fields = list(content["schema"]["properties"].items())
    names = ", ".join(f"<code>{escape(name)}</code>{_range(kind)}" for name, kind in fields)
    return f"<pre>{escape(request)}</pre><p>Parameters: {names}.</p>"


def _range(kind: dict[str, Any]) -> str:
    if "maximum" in kind:
        return f" ({kind['minimum']} to {kind['maximum']:,}, {kind['default']} without it)"
    return f" ({', '.join(kind['enum'])})" if "enum" in kind else ""

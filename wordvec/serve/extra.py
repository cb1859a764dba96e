"""Whether the extra ``serve`` is installed."""

from __future__ import annotations

from importlib.util import find_spec

from wordvec.errors import MissingExtraError

PACKAGES = ("starlette", "uvicorn", "httptools", "orjson", "prometheus_client")


def check_extra() -> None:
    """Raise MissingExtraError, naming the first package that is missing."""
    for package in PACKAGES:
        if find_spec(package) is None:
            raise MissingExtraError(package, "serve", "the service")

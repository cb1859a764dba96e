"""A service that answers questions about vectors over HTTP: ``wordvec serve``, or an ASGI application to run elsewhere.

`questions`, `given` and `problems` do not depend on HTTP and need no extra: the explorer's server uses them too.
The rest needs the extra ``serve`` and is imported when an application is made.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from wordvec.errors import MissingExtraError

if TYPE_CHECKING:
    from wordvec.serve.settings import Settings
    from wordvec.vectors import WordVectors


PACKAGES = ("starlette", "uvicorn", "httptools", "orjson", "prometheus_client")


def check_extra() -> None:
    """Raise MissingExtraError, naming the first package that is missing. Modules that import one are imported later."""
    for package in PACKAGES:
        if find_spec(package) is None:
            raise MissingExtraError(package, "serve", "the service")


def create_app(settings: Settings, vectors: WordVectors | None = None) -> Any:
    """Return the ASGI application for `settings`, ready to answer: the file is loaded and its index built.

    If `vectors` are given, they replace the file named in `settings`. Raises MissingExtraError without the extra
    ``serve``, VectorsFileError and InputError for vectors that cannot be read.
    """
    check_extra()
    from wordvec.serve.app import make_app

    return make_app(settings, vectors)


def from_environment() -> Any:
    """The application set up by the environment variables WORDVEC_SERVE_..., for the command lines of servers.

    ::

        WORDVEC_SERVE_FILE=v.safetensors uvicorn --factory wordvec.serve:from_environment
        WORDVEC_SERVE_FILE=v.safetensors gunicorn --preload -k wordvec.serve.worker.Worker \
            'wordvec.serve:from_environment()'
    """
    from wordvec.serve.settings import Settings

    return create_app(Settings.from_environment())

"""A worker for gunicorn, with the protocol that cuts off slow requests.

gunicorn --preload -w 4 -k wordvec.serve.worker.Worker 'wordvec.serve:from_environment()'
"""

from __future__ import annotations

from typing import Any, ClassVar

from uvicorn_worker import UvicornWorker

from wordvec.serve.protocol import GuardedProtocol


class Worker(UvicornWorker):
    """uvicorn's worker; needs the package uvicorn-worker in addition to gunicorn."""

    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {
        "loop": "auto", "http": GuardedProtocol, "ws": "none", "lifespan": "off", "proxy_headers": False,
        "server_header": False,
    }  # fmt: skip

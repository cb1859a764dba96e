"""Running the application under uvicorn: one process, or several that share a port and the mapped file."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import socket
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import uvicorn

from wordvec.errors import InputError, WordvecError
from wordvec.serve import from_environment
from wordvec.serve.protocol import GuardedProtocol
from wordvec.serve.settings import REUSE, Settings, binding

METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
REASON = "reason.txt"  # in that folder: why a process could not start
CONNECTIONS = 2_000  # open at a time; further ones are answered with 503
BACKLOG = 2_048  # connections that wait to be accepted
KEEP_ALIVE = 15  # seconds that a connection may stay open between two requests


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound but not listening yet; port 0 takes any free one. Raises OptionError."""
    with binding(host, port), ExitStack() as on_error:
        bound = on_error.enter_context(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET))
        bound.setsockopt(socket.SOL_SOCKET, REUSE, 1)
        bound.bind((host, port))
        on_error.pop_all()
    return bound


def url_of(host: str, bound: socket.socket) -> str:
    """Where a program on this machine finds the service."""
    host = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    return f"http://{f'[{host}]' if ':' in host else host}:{bound.getsockname()[1]}/"


def make_server(app: Any, seconds: float) -> uvicorn.Server:
    """A server for one process; `run(sockets=[bound])` answers until the process is asked to end."""
    return uvicorn.Server(uvicorn.Config(app, **_options(seconds)))


def serve_with_workers(settings: Settings, host: str, port: int, workers: int) -> None:
    """Answer with several processes until this one is asked to end.

    They are new processes: each loads the file (they map the same pages) and builds its own index. One that ended is
    started again. Raises InputError once one cannot start, as with a file that is gone: it never could.
    """
    os.environ.update(settings.as_environment())
    os.environ[METRICS_FOLDER] = folder = tempfile.mkdtemp(prefix="wordvec-metrics-")
    options = _options(settings.seconds)
    try:
        uvicorn.run("wordvec.serve.run:app_of_worker", factory=True, host=host, port=port, workers=workers, **options)
        if (reason := Path(folder, REASON)).exists():
            raise InputError(f"a process of the service could not start: {reason.read_text(encoding='utf-8')}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def app_of_worker() -> Any:
    """The application in a process of `serve_with_workers`, which ends when the process that started it is gone."""
    parent = multiprocessing.parent_process()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    try:
        return from_environment()
    except WordvecError as error:
        Path(os.environ[METRICS_FOLDER], REASON).write_text(str(error), encoding="utf-8", newline="\n")
        if parent is not None and parent.pid is not None:
            os.kill(parent.pid, signal.SIGTERM)  # uvicorn would start this process again and again
        raise SystemExit(1) from error


def _end_with(parent: Any) -> None:
    """Wait for the end of a process, such as by SIGKILL, and then end this one: it would keep the port."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _options(seconds: float) -> dict[str, Any]:
    return {
        "http": GuardedProtocol, "ws": "none", "lifespan": "off", "log_config": None,
        "log_level": "error", "access_log": False, "server_header": False, "proxy_headers": False,
        "limit_concurrency": CONNECTIONS, "backlog": BACKLOG, "timeout_keep_alive": KEEP_ALIVE,
        "timeout_graceful_shutdown": max(1, round(seconds)),
    }  # fmt: skip

"""A Dask cluster as the rest of wordvec sees it; the only file that imports dask.

A task is a function of a module and plain arguments. It reads files and entries of the store, publishes its output
there and returns little. It may run twice, on any worker and at any time: the bytes are the same. So the loss of a
worker costs the tasks that it was running, and the loss of the client nothing that was published.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import queue
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from wordvec.errors import ArgumentError, ClusterError, MissingExtraError, OptionError, WordvecError
from wordvec.memory import show_bytes
from wordvec.progress import announce, progress
from wordvec.scheduler_address import address_of
from wordvec.store import Store, name_of, open_store
from wordvec.workers import check_same, facts_of_process, look_around, run_task

NO_WORKERS_FOR = 60.0  # seconds without any worker, after which waiting is an error
CALLS_OF_A_MESSAGE = 64  # to the scheduler
POLL = 1.0  # seconds between two looks at the workers
CONNECT_WITHIN = 20.0  # seconds
LOCAL = "local:"  # and a number: this many processes of this machine
LOCAL_SETTINGS = {  # of a scheduler started here; the guide names them for others
    "distributed.deploy.lost-worker-timeout": "10 minutes",  # by default a killed worker has 15 s to come back
    "distributed.scheduler.allowed-failures": 10,  # deaths of workers that a task survives
    "distributed.worker.daemon": True,
    "distributed.worker.profile.enabled": False,  # it looks at every thread a hundred times a second
    "distributed.admin.tick.interval": "1 s",
    # Dask makes the C library give memory back at once: arrays then cost as much as what is computed in them.
    "distributed.nanny.pre-spawn-environ": {
        "MALLOC_TRIM_THRESHOLD_": 2**27,
        "MALLOC_MMAP_THRESHOLD_": 2**25,
        "OMP_NUM_THREADS": 1,
        "MKL_NUM_THREADS": 1,
        "OPENBLAS_NUM_THREADS": 1,
    },
}


class Cluster:
    """The workers behind a client, all alike, and the store that they share with this process.

    Raises ArgumentError for a client of another kind, ClusterError where there are no workers, and for one that cannot
    run wordvec, does not see the store, or differs from this process in what changes bytes: versions and the
    instruction set of the C library.
    """

    threads_of_a_task = 1  # that it starts: a worker runs as many tasks as it has threads

    def __init__(self, client: Any, store: str | os.PathLike[str]) -> None:
        _check_is_client(client)
        self._client = client
        self._here = facts_of_process()
        # Runs by other versions and processors may share a place, but no entries.
        self.store: Store = open_store(f"{os.fspath(store).rstrip('/')}/{name_of('run', **self._here)}")
        self.store.remove_leftovers()
        self._watch = _Watch(client)
        self._watch.wait_for_workers()
        self._check_workers()

    def _check_workers(self) -> None:
        from distributed.comm.core import CommClosedError

        mark = name_of("here", process=os.getpid(), time=time.time_ns())
        self.store.publish(mark, {}, lasting=False)
        try:
            for address, there in self._client.run(look_around, self.store.location, mark, on_error="return").items():
                if not isinstance(there, BaseException):
                    check_same(self._here, there, f"worker {address}")
                elif isinstance(there, WordvecError):
                    raise ClusterError(f"worker {address}: {there}") from there
                elif not isinstance(there, CommClosedError):  # else it died meanwhile; who comes later is checked, too
                    raise ClusterError(
                        f"worker {address}: cannot run wordvec ({type(there).__name__}: {there}): install the same "
                        "version for all workers, and start them again"
                    ) from there
        finally:
            self.store.remove(mark)

    @property
    def tasks_at_a_time(self) -> int:
        """How many tasks all workers run at once, now."""
        return max(1, sum(self._client.nthreads().values()))

    def run(
        self,
        function: Callable[..., Any],
        calls: Sequence[tuple[Any, ...]],
        what: str,
        show_progress: bool | None = None,
    ) -> list[Any]:
        """The results of ``function(store's location, *call)`` for all calls, in their order.

        Arguments must be those of JSON. A task is named by them, so the scheduler runs equal ones once.
        Raises what the first task that failed raised; ClusterError for a task that killed its workers, for a lost
        scheduler, and when there was no worker for NO_WORKERS_FOR seconds.
        """
        futures = self._submit(function, calls)
        done: queue.SimpleQueue[int] = queue.SimpleQueue()
        try:
            for number, future in enumerate(futures):
                future.add_done_callback(lambda _, number=number: done.put(number))
            with progress(len(calls), what, "tasks", show=show_progress) as bar:
                for _ in calls:
                    number = self._next(done)
                    if futures[number].status != "finished":
                        self._result(futures[number], f"{what}, task {number + 1} of {len(calls)}")
                    bar.update(1)
                return self._results(futures, what)
        finally:
            for future in futures:
                future.release()

    def check_memory(self, what: str, needed: int) -> None:
        """Raise ClusterError where a worker has less memory than its tasks need at a time, `needed` bytes each."""
        for address, worker in self._client.scheduler_info(n_workers=-1)["workers"].items():
            limit, threads = worker.get("memory_limit") or 0, max(1, worker.get("nthreads") or 1)
            if limit and threads * needed > limit:
                raise ClusterError(
                    f"{what} needs {show_bytes(needed)} for each task, and worker {address} has {show_bytes(limit)} "
                    f"for {threads} task{'s' * (threads > 1)} at a time: start workers with more --memory-limit or "
                    "fewer --nthreads"
                )

    def _submit(self, function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        """The futures of all calls, in few messages. Dask looks into lists and dicts, but not into text."""
        of, store = f"{function.__module__}.{function.__qualname__}", self.store.location
        keys = [name_of(function.__name__, function=of, store=store, call=list(call)) for call in calls]
        texts = [json.dumps(call) for call in calls]
        options = {"expected": self._here, "function": function, "store": store}
        return list(self._client.map(run_task, texts, key=keys, pure=True, batch_size=CALLS_OF_A_MESSAGE, **options))

    def _results(self, futures: list[Any], what: str) -> list[Any]:
        """The results of tasks that are done: in one message or, if a worker died with some of them, one by one."""
        gather = functools.partial(self._client.gather, futures, asynchronous=True)
        with suppress(Exception):
            return list(self._client.sync(gather, callback_timeout=POLL))
        return [self._result(future, f"{what}, task {i} of {len(futures)}") for i, future in enumerate(futures, 1)]

    def _next(self, done: queue.SimpleQueue[int]) -> int:
        while True:
            try:
                return done.get(timeout=POLL)
            except queue.Empty:
                self._watch.check()

    def _result(self, future: Any, what: str) -> Any:
        from distributed import TimeoutError
        from distributed.scheduler import KilledWorker

        while True:
            try:
                return future.result(timeout=POLL)
            except TimeoutError:  # its worker died with the result: it is being made again
                self._watch.check()
            except KilledWorker as error:
                raise ClusterError(
                    f"{what} ended its worker {error.allowed_failures + 1} times, the last one at "
                    f"{error.last_worker.address}: too little memory is the usual cause; start workers with more "
                    "--memory-limit or fewer --nthreads, and look into their logs"
                ) from None
            except CancelledError as error:
                raise ClusterError(
                    f"{what}: the connection to the scheduler was lost; give the same command again: it continues from "
                    "what was published"
                ) from error


class _Watch:
    """Says when there have been no workers for too long: Dask would wait for ever."""

    def __init__(self, client: Any) -> None:
        self._client, self._address = client, client.scheduler.address if client.scheduler else "the scheduler"
        self._last_seen, self._next_look = time.monotonic(), 0.0

    def check(self) -> None:
        """Raise ClusterError when there was no worker for NO_WORKERS_FOR seconds."""
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + POLL
        if self._workers():
            self._last_seen = now
        elif now - self._last_seen > NO_WORKERS_FOR:
            raise ClusterError(
                f"{self._address}: no workers for {NO_WORKERS_FOR:.0f} seconds; start some (dask worker ADDRESS), and "
                "give the same command again: it continues from what was published"
            )

    def wait_for_workers(self) -> None:
        """Return as soon as there is a worker."""
        if not self._workers():
            announce(f"waiting for workers at {self._address} ...")
        while not self._workers():
            self.check()
            time.sleep(POLL / 10)

    def _workers(self) -> int:
        try:
            return len(self._client.nthreads())
        except (OSError, ValueError, RuntimeError) as error:
            raise ClusterError(f"{self._address}: the scheduler no longer answers ({error})") from error


@contextmanager
def connected(scheduler: str) -> Iterator[Any]:
    """A client of the scheduler at an address, of one whose file this is (``FILE.json``), or of ``local:N`` processes.

    Raises ClusterError where no scheduler answers, OptionError for what is no place of one.
    """
    dask_client, number = _import("Client"), scheduler.removeprefix(LOCAL)
    if number != scheduler:
        if not number.isdecimal() or int(number) < 1:
            raise OptionError(f"scheduler {scheduler!r}: local: and a number of processes expected, such as local:4")
        with local_client(int(number)) as client:
            yield client
        return
    address = address_of(scheduler)
    try:
        _ask_who_is_there(address)
        client = dask_client(address, timeout=CONNECT_WITHIN, set_as_default=False)
    except Exception as error:  # whatever comes of what another server says
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise ClusterError(
            f"{scheduler}: no Dask scheduler answers there within {CONNECT_WITHIN:.0f} seconds ({reason}); start one "
            "with: dask scheduler"
        ) from error
    with client:
        yield client


def _ask_who_is_there(address: str) -> None:
    """Raise what goes wrong: a Client that fails to connect would go on trying while it is thrown away."""
    from distributed import Security, rpc

    async def ask() -> None:
        options = Security().get_connection_args("client")
        async with rpc(address, timeout=CONNECT_WITHIN, connection_args=options) as scheduler:
            await asyncio.wait_for(scheduler.identity(), CONNECT_WITHIN)

    with ThreadPoolExecutor(1) as pool:  # this thread may have an event loop of its own, as in a notebook
        pool.submit(asyncio.run, ask()).result()


@contextmanager
def local_client(processes: int) -> Iterator[Any]:
    """A client of this many worker processes of this machine, each with one thread."""
    dask_client, local_cluster = _import("Client"), _import("LocalCluster")  # which say what is missing
    import dask

    options = {"threads_per_worker": 1, "processes": True, "memory_limit": None, "dashboard_address": ":0"}
    with (
        dask.config.set(LOCAL_SETTINGS),
        local_cluster(n_workers=processes, **options, silence_logs=50) as cluster,
        dask_client(cluster, set_as_default=False) as client,
    ):
        yield client


def _check_is_client(client: Any) -> None:
    if not isinstance(client, _import("Client")):
        raise ArgumentError(
            f"client must be a dask.distributed.Client; got a {type(client).__name__}: "
            "from dask.distributed import Client; Client('tcp://host:8786')"
        )


def _import(name: str) -> Any:
    try:
        import distributed
    except ImportError:
        raise MissingExtraError("dask[distributed]", "distributed", "running on a cluster") from None
    return getattr(distributed, name)

#!/usr/bin/env python3
"""Load on `wordvec serve`: requests a second, waiting times, errors, and the memory of the service over many requests.

    scripts/load_test.py                                  100,000 words of 100 dimensions, drawn at random
    scripts/load_test.py --file v.safetensors --connections 64 500 --requests 20000
    scripts/load_test.py --questions vectors --connections 64 --requests 100000

It starts the service itself, as one process, and asks it from another over connections that stay open, each of which
sends its next request when it has its answer. All connections are opened at once: their first requests, which wait
until the service has accepted them all, are told apart from those that follow. Both share this machine's cores: CPU
milliseconds a request, which are those of the service alone, say more than requests a second on a busy machine. One
JSON object a line is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import numpy as np

try:
    from uvloop import run  # takes less of the cores that both share
except ImportError:
    from asyncio import run

TICKS = os.sysconf("SC_CLK_TCK")
PIECES = 10  # of a run, after each of which the memory is read


class Connection(asyncio.Protocol):
    """Sends requests one after the other, and notes how long each answer took."""

    def __init__(self, load: Load) -> None:
        self.load, self.received, self.missing, self.is_first = load, b"", None, True
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.ask()

    def ask(self):
        request = self.load.next_request()
        if request is None:
            self.transport.close()
            return
        self.begun = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data):
        if self.missing is None:
            self.received += data
            head, found, rest = self.received.partition(b"\r\n\r\n")
            if not found:
                return
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            self.is_good, self.missing = head.startswith(b"HTTP/1.1 200"), int(length) - len(rest)
        else:
            self.missing -= len(data)
        if self.missing <= 0:
            self.load.note(time.perf_counter() - self.begun, self.is_good, self.is_first)
            self.received, self.missing, self.is_first = b"", None, False
            self.ask()

    def connection_lost(self, error):
        if not self.load.is_through:
            self.load.errors += 1
        self.done.set_result(None)


class Load:
    """So many requests over so many connections; the memory of the service is read after each of PIECES of them."""

    def __init__(self, requests: list[bytes], number: int, pid: int) -> None:
        self.requests, self.number, self.sent, self.pid = requests, number, 0, pid
        self.first: list[float] = []  # seconds of each connection's first request
        self.seconds: list[float] = []  # of all others
        self.memory = [resident(pid)]
        self.errors = 0

    @property
    def is_through(self) -> bool:
        return self.sent >= self.number

    def next_request(self) -> bytes | None:
        if self.is_through:
            return None
        self.sent += 1
        return self.requests[self.sent % len(self.requests)]

    def note(self, seconds: float, is_good: bool, is_first: bool) -> None:
        (self.first if is_first else self.seconds).append(seconds)
        self.errors += not is_good
        if (len(self.first) + len(self.seconds)) % (self.number // PIECES) == 0:
            self.memory.append(resident(self.pid))


async def send(load: Load, connections: int, host: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    opened = await asyncio.gather(
        *(loop.create_connection(lambda: Connection(load), host, port) for _ in range(connections)),
        return_exceptions=True,
    )
    load.errors += sum(isinstance(each, BaseException) for each in opened)
    await asyncio.gather(*(each[1].done for each in opened if not isinstance(each, BaseException)))


def cpu_seconds(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid: int) -> float:
    """MiB of a process that are its own: pages of mapped files are not."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("RssAnon"))) / 1024


def start_service(file: str) -> tuple[subprocess.Popen, str, int]:
    command = [sys.executable, "-m", "wordvec", "serve", file, "--port", "0"]
    service = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    line = service.stdout.readline()
    if not line:
        sys.exit("the service did not start")
    address = urlsplit(line.split()[0])
    return service, address.hostname, address.port


def make_file(path: Path, words: int, dim: int) -> None:
    from wordvec.vectors import WordVectors

    matrix = np.random.default_rng(1).standard_normal((words, dim), dtype=np.float32)
    WordVectors([f"word{number}" for number in range(words)], matrix, np.arange(words, 0, -1)).save(path)


def measure(question: str, words: list[str], connections: int, number: int, service, host: str, port: int) -> dict:
    requests = [
        f"GET /{question}?word={quote(word)} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode() for word in words
    ]
    load = Load(requests, number, service.pid)
    cpu, begun = cpu_seconds(service.pid), time.perf_counter()
    run(send(load, connections, host, port))
    wall, cpu = time.perf_counter() - begun, cpu_seconds(service.pid) - cpu
    p50, p99 = np.percentile(load.seconds, [50, 99]) * 1e3
    first_p50, first_p99 = np.percentile(load.first, [50, 99]) * 1e3
    answered = len(load.first) + len(load.seconds)
    return {
        "question": question, "connections": connections, "requests": answered, "errors": load.errors,
        "requests_per_second": round(answered / wall), "p50_ms": round(p50, 1), "p99_ms": round(p99, 1),
        "first_p50_ms": round(first_p50, 1), "first_p99_ms": round(first_p99, 1),
        "cpu_ms_per_request": round(cpu / answered * 1e3, 3), "memory_mib": [round(each, 1) for each in load.memory],
        "load_average": round(os.getloadavg()[0], 2),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", help="vectors to serve (default: random ones)")
    parser.add_argument("--words", type=int, default=100_000)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--connections", type=int, nargs="+", default=[64, 500])
    parser.add_argument("--questions", nargs="+", default=["vectors", "similar"], choices=["vectors", "similar"])
    parser.add_argument("--requests", type=int, default=10_000, help="of each question and number of connections")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = arguments.file
        if file is None:
            file = os.path.join(folder, "random.safetensors")
            make_file(Path(file), arguments.words, arguments.dim)
        from wordvec.vectors import WordVectors

        words = list(WordVectors.load(file).words)
        words = random.Random(1).sample(words, min(len(words), 20_000))
        service, host, port = start_service(file)
        try:
            for question in arguments.questions:
                for connections in arguments.connections:
                    found = measure(question, words, connections, arguments.requests, service, host, port)
                    print(json.dumps(found), flush=True)
        finally:
            service.send_signal(signal.SIGINT)
            service.wait(30)


if __name__ == "__main__":
    main()

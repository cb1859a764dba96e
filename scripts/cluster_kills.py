#!/usr/bin/env python3
"""Kill workers and clients of a local Dask cluster and check that the bytes are those of one process.

  python scripts/cluster_kills.py --kills 20                  workers, at random moments of every stage
  python scripts/cluster_kills.py --text big.txt --kills 40   on a text of your own
  python scripts/cluster_kills.py --kills 0 --clients 5       the client, which then gives the same command again
  python scripts/cluster_kills.py --kills 0 --no-workers      all workers leave for good: an error, and no hang

Prints one line of JSON for each part, and exits with status 1 when bytes differed or an error did not come.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from wordvec import SVD, GloVe, SkipGram
from wordvec.cluster import local_client
from wordvec.corpus import Corpus, building_on_cluster
from wordvec.counts import count_cooccurrences, on_cluster
from wordvec.errors import ClusterError

SMALL = (
    (building_on_cluster, "PART_BYTES", 2**20),
    (on_cluster, "PIECE_WORDS", 2**17),
    (on_cluster, "BLOCK_CELLS", 2**20),
)
SKIPGRAM = {"dim": 50, "epochs": 1, "pieces": 4, "merges": 4, "init": "svd"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", help="a file of text (default: tiny-world, many times over)")
    parser.add_argument("--kills", type=int, default=20, help="of workers")
    parser.add_argument("--clients", type=int, default=0, help="how many clients to kill")
    parser.add_argument("--no-workers", action="store_true", help="take all workers away")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for module, name, size in SMALL:  # many short tasks, so that kills meet all of them
        setattr(module, name, size)
    right = True
    with tempfile.TemporaryDirectory(prefix="wordvec-kills-") as place:
        folder, random = Path(place), Random(arguments.seed)
        text = Path(arguments.text) if arguments.text else some_text(folder)
        if arguments.kills:
            right &= kill_workers(folder, text, arguments.kills, random)
        if arguments.clients:
            right &= kill_clients(folder, text, arguments.clients, random)
        if arguments.no_workers:
            right &= take_workers_away(folder, text)
    return 0 if right else 1


def some_text(folder: Path) -> Path:
    """tiny-world with a number in each copy, so that the vocabulary is large enough for the sparse solver."""
    from wordvec.corpus.read import read_lines

    lines = list(read_lines("tiny-world"))
    with open(folder / "text.txt", "w", encoding="utf-8") as file:
        for copy in range(6):
            for number, line in enumerate(lines):
                file.write(f"{line} word{(number * 7 + copy) % 1500}\n")
    return folder / "text.txt"


def kill_workers(folder: Path, text: Path, kills: int, random: Random) -> bool:
    """All stages again and again, a worker killed in each, until there were enough kills."""
    started = time.monotonic()
    expected, seconds = {}, {}
    done: dict[str, int] = {}
    same: dict[str, bool] = {}
    with local_client(2) as client:
        for name, stage in stages(folder / "one", text):
            expected[name] = stage(None)
        rounds = 0
        while sum(done.values()) < kills:
            rounds += 1
            store = folder / f"store{rounds}"
            for name, stage in stages(store, text):
                begin = time.monotonic()
                with one_killed(client, random.uniform(0, seconds.get(name, 3.0)), random) as killed:
                    found = stage(client)
                seconds[name] = min(seconds.get(name, 1e9), time.monotonic() - begin)
                done[name] = done.get(name, 0) + len(killed)
                same[name] = same.get(name, True) and found == expected[name]
    report = {"killed": "workers", "kills": sum(done.values()), "by_stage": done, "same_bytes": same}
    print(json.dumps(report | {"seconds": round(time.monotonic() - started)}), flush=True)
    return all(same.values())


def stages(place: Path, text: Path) -> Iterator[tuple[str, Callable[[Any], str]]]:
    """Build, count, svd, glove and train, each as a function from a client, or None for this process, to a hash."""
    place.mkdir(exist_ok=True)
    store, corpus = place / "store", place / "corpus"

    def where(client: Any) -> dict[str, Any]:
        return {} if client is None else {"client": client, "store": store}

    def build(client: Any) -> str:
        Corpus.from_files(text, min_count=2, **where(client)).save(corpus)
        return hash_of(*(file.read_bytes() for file in sorted(corpus.iterdir())))

    def count(client: Any) -> str:
        matrix = count_cooccurrences(Corpus.open(corpus), window=10, weighting="harmonic", **where(client)).matrix
        return hash_of(matrix.indptr.tobytes(), matrix.indices.tobytes(), matrix.data.tobytes())

    def svd(client: Any) -> str:
        return hash_of(SVD(dim=50, window=9).fit(Corpus.open(corpus), **where(client)).vectors.matrix.tobytes())

    def glove(client: Any) -> str:
        vectors = GloVe(dim=50, epochs=2).fit(Corpus.open(corpus), **where(client)).vectors
        return hash_of(vectors.matrix.tobytes(), vectors.context_matrix.tobytes())

    def train(client: Any) -> str:
        vectors = SkipGram(**SKIPGRAM).fit(Corpus.open(corpus), **where(client)).vectors  # type: ignore[arg-type]
        return hash_of(vectors.matrix.tobytes(), vectors.context_matrix.tobytes())

    yield from (("build", build), ("count", count), ("svd", svd), ("glove", glove), ("train", train))


def hash_of(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


@contextmanager
def one_killed(client: Any, after: float, random: Random) -> Iterator[list[int]]:
    """In the block, SIGKILL one of the workers after so many seconds; yields the killed one, if it came to that."""
    pids = pids_of_workers(client)
    killed: list[int] = []

    def kill() -> None:
        pid = random.choice(pids)
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)

    timer = threading.Timer(after, kill)
    timer.start()
    try:
        yield killed
    finally:
        timer.cancel()
        timer.join()
        if killed:
            client.wait_for_workers(2, timeout=60)


def pids_of_workers(client: Any) -> list[int]:
    """Of both, once both are there: one that was killed at the end of a stage may not be missed yet."""
    while True:
        found = client.run(os.getpid, on_error="return").values()
        if len(found) == 2 and all(isinstance(each, int) for each in found):
            return sorted(found)
        time.sleep(0.2)


def kill_clients(folder: Path, text: Path, kills: int, random: Random) -> bool:
    """A command killed some times and given again: the bytes of one that was not, and nothing published made twice."""
    out, alone = folder / "v.safetensors", folder / "alone.safetensors"
    options = [
        "--trainer",
        "skipgram",
        "--min-count",
        "2",
        "--dim",
        "50",
        "--epochs",
        "10",
        "--pieces",
        "4",
        "--merges",
        "8",
    ]
    command = [sys.executable, "-m", "wordvec", "train", str(text), *options, "--init", "svd"]
    subprocess.run([*command, "-o", alone], check=True, stdout=subprocess.DEVNULL)
    done = found = rewritten = 0
    with local_client(2) as client:
        command += ["-o", str(out), "--scheduler", client.scheduler.address]
        before: dict[str, int] = {}
        while not out.exists():
            run = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            if done < kills:
                time.sleep(random.uniform(3, 6))
                done += run.poll() is None
                run.kill()
            run.wait()
            entries = Path(f"{out}.work").glob("*/*/facts.json")
            after = {str(path): path.stat().st_mtime_ns for path in entries}
            found += len(before.keys() & after.keys())
            rewritten += sum(before[path] != after[path] for path in before.keys() & after.keys())
            before |= after
    same = out.read_bytes() == alone.read_bytes()
    entries = {"entries_found_again": found, "entries_rewritten": rewritten}
    print(json.dumps({"killed": "clients", "kills": done, "same_bytes": same} | entries))
    return same and not rewritten


def take_workers_away(folder: Path, text: Path) -> bool:
    """Scale the cluster to nothing within a stage: an error within 90 seconds."""
    corpus = Corpus.from_files(text, min_count=2)
    corpus.save(folder / "left")
    with local_client(2) as client:
        timer = threading.Timer(1.0, lambda: client.cluster.scale(0))
        timer.start()
        begin = time.monotonic()
        try:
            SkipGram(dim=50, epochs=100, pieces=4, merges=8).fit(Corpus.open(folder / "left"), client=client)
            error = None
        except ClusterError as found:
            error = str(found)
        seconds = time.monotonic() - begin
    print(json.dumps({"killed": "all workers", "error": error, "seconds": round(seconds, 1)}))
    return error is not None and seconds < 90 + 1


if __name__ == "__main__":
    sys.exit(main())

"""What the GPU could do: copies, random rows in its L2 cache read and added to, float32 products. Rates a second.

python -m benchmarks.gpu_ceilings '{}'   prints one JSON line
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

SOURCE = Path(__file__).with_suffix(".cu")
ROW_FLOATS = 128  # 512 bytes, a row of 128 dimensions
THREADS = 256
REPEATS = 5


@dataclass(frozen=True)
class CeilingsJob:
    """Sizes: the table of 50,000 rows, 25 MB, fits the L2 caches of data-centre cards; `blocks` keep all SMs busy."""

    copied: int = 2**30  # bytes
    rows: int = 50_000
    picks: int = 2000  # of each warp
    blocks: int = 2048
    product: int = 8192  # rows and columns


def best_seconds(xp: Any, work: Callable[[], Any]) -> float:
    """The shortest of several runs, after one that warms up."""
    seconds = []
    for _ in range(REPEATS + 1):
        xp.cuda.Device().synchronize()
        start = time.perf_counter()
        work()
        xp.cuda.Device().synchronize()
        seconds.append(time.perf_counter() - start)
    return min(seconds[1:])


def measure(job: CeilingsJob) -> dict[str, float]:
    """Bytes a second, and FLOP a second of sgemm."""
    from wordvec.arrays import device_module, gpu_kernel

    xp = device_module("gpu")
    given = np.zeros(job.copied // 4, np.float32)
    source = xp.asarray(given)
    target = xp.empty_like(source)

    def copy() -> None:
        target[...] = source

    table = xp.zeros((job.rows, ROW_FLOATS), xp.float32)
    sums = xp.zeros(job.blocks * THREADS, xp.float32)
    gather, add = (gpu_kernel(xp, SOURCE, name, FLOAT4S=ROW_FLOATS // 128) for name in ("gather_rows", "add_to_rows"))
    shape, numbers = ((job.blocks,), (THREADS,)), (np.int32(job.rows), np.int32(job.picks))
    touched = job.blocks * THREADS // 32 * job.picks * ROW_FLOATS * 4
    a, b = (xp.ones((job.product, job.product), xp.float32) for _ in range(2))
    return {
        "copy": 2 * job.copied / best_seconds(xp, copy),
        "to_device": job.copied / best_seconds(xp, lambda: xp.asarray(given)),
        "l2_gather": touched / best_seconds(xp, lambda: gather(*shape, (table, *numbers, sums))),
        "l2_atomic": touched / best_seconds(xp, lambda: add(*shape, (table, *numbers))),
        "sgemm": 2 * job.product**3 / best_seconds(xp, lambda: a @ b),
    }


def run(job: CeilingsJob) -> dict[str, Any]:
    """The card and its rates."""
    from wordvec.arrays import describe_device

    return asdict(job) | {"card": str(describe_device()), "ceilings": measure(job)}


if __name__ == "__main__":
    print(json.dumps(run(CeilingsJob(**json.loads(sys.argv[1])))))

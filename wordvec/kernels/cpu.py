"""Skip-gram and CBOW on the CPU: the compiled form of the networks, with the semantics of `reference.py`."""

from __future__ import annotations

import functools
import threading
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from wordvec import rng
from wordvec.kernels import draws, team
from wordvec.kernels.tables import Tables, aligned_zeros
from wordvec.kernels.threads import new_counters
from wordvec.kernels.tiles_skipgram import strip_floats
from wordvec.kernels.vector_ir import host_registers

PIECE = 64


class Loss(NamedTuple):
    """Sum of the loss terms, how many terms there were, and how many centres."""

    sum: float
    terms: int
    centres: int


@functools.cache
def source_checksum() -> int:
    return functools.reduce(lambda crc, p: zlib.crc32(p.read_bytes(), crc), sorted(Path(__file__).parent.glob("*.py")), 0)


def train(tables: Tables, ids, sentence_starts, keep_thresholds, alias_thresholds, aliases, *, cbow, first, last, epoch, epochs, seed=1,
          window=5, negatives=5, shrink_window=True, learning_rate=0.025, block=256, threads=1, hogwild=False, divide=True):
    L = tables.lanes
    J = negatives + 1
    tmax = (8 if L == 16 else 6) if L >= 8 else 4
    groups = -(-J // tmax); T = -(-J // groups)
    P = 2
    run = team.compiled_team(L, P, T, cbow, source_checksum())
    N = len(ids)
    first_block, last_block = first // block, -(-last // block)
    sampling = draws.Sampling(keep_thresholds, draws.pack_alias_table(alias_thresholds, aliases), rng.key_of(seed, epoch)[0], window, shrink_window, negatives)
    corpus = draws.Corpus(ids, sentence_starts)
    V = tables.shapes[0][0]
    layout = tables.addresses()
    piece = min(block, PIECE); pieces = -(-block // piece)
    C = -(-2 * window // P) * P
    strip = strip_floats(T)
    floats = groups * max(strip, L) if cbow else C * strip
    floats = -(-floats // 16) * 16
    teams = threads if hogwild else 1
    size = 1 if hogwild else threads
    jobs = []
    for t in range(teams):
        fb = first_block + (last_block - first_block) * t // teams; lb = first_block + (last_block - first_block) * (t + 1) // teams
        plan = team.Plan(fb, lb, block, piece, last, float(epoch * N), float(epochs * N), float(learning_rate), V, tables.shapes[1][0], groups, divide)
        space = team.Space(draws.blank_examples(team.BUFFERS, pieces * piece, C, groups * 8, pieces, V, tables.shapes[1][0]),
                           aligned_zeros((2 * len(layout), pieces * piece, floats), np.float32), new_counters(4))
        for k in range(size):
            res = team.Results(np.zeros(L), np.zeros(2, np.int64), aligned_zeros((floats,), np.float32))
            jobs.append((k, size, plan, corpus, sampling, layout, space, draws.new_scratch(piece, window, negatives), res))
    ths = [threading.Thread(target=run, args=job) for job in jobs[1:]]
    for th in ths: th.start()
    run(*jobs[0])
    for th in ths: th.join()
    return Loss(sum(j[-1].losses.sum() for j in jobs), sum(int(j[-1].numbers[0]) for j in jobs), sum(int(j[-1].numbers[1]) for j in jobs))

"""Call the library's skip-gram and CBOW: ``struct training`` of ``src/training.h``, and its threads."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from wordvec.native import functions
from wordvec.native.functions import Read, address
from wordvec.native.together import run_together

SKIPGRAM, SKIPGRAM_PAIRS, CBOW = range(3)  # architectures, as in training.h

# The fields of struct training, in its order. Arrays have their dtype here; the others are int or float.
FIELDS: dict[str, Any] = {
    "ids": np.int32,
    "sentence_starts": np.int64,
    "sentences": int,
    "keep_thresholds": np.uint64,
    "negative_table": np.uint64,
    "words": int,
    "epoch_key": int,
    "window": int,
    "shrink_window": int,
    "negatives": int,
    "reach": int,
    "pool": int,
    "path_starts": np.int64,
    "path_nodes": np.int32,
    "path_signs": np.float32,
    "longest_path": int,
    "tag_starts": np.int64,
    "tags": np.int32,
    "most_tags": int,
    "first_tag": int,
    "group": int,
    "bound": int,
    "context_quarters": int,
    "centre_quarters": int,
    "negative_quarters": int,
    "node_quarters": int,
    "tag_quarters": int,
    "most_repeats": int,
    "architecture": int,
    "first_block": int,
    "last_block": int,
    "block": int,
    "end": int,
    "done_before": float,
    "positions": float,
    "learning_rate": float,
    "divide": int,
    "slices": np.int64,
    "slice_count": int,
    "half": int,
    "absent_input": int,
    "absent_output": int,
    "part_starts": np.int64,
    "parts": np.int32,
    "table_rows": int,
    "most_parts": int,
    "part_quarters": int,
    "threads": int,
}


class Training(ctypes.Structure):
    """struct training. Whoever fills it in must keep its arrays alive."""

    _fields_ = [
        (name, ctypes.c_double if kind is float else ctypes.c_int64 if kind is int else ctypes.c_void_p)
        for name, kind in FIELDS.items()
    ]


def new_training(**values: Any) -> Training:
    """A filled-in Training. Arrays are checked; None means no array."""
    training = Training()
    for name, kind in FIELDS.items():
        value = values.pop(name)
        if kind not in (int, float):
            value = None if value is None else address(value, Read(kind), f"training: {name}")
        elif kind is int and value >= 2**63:
            value -= 2**64  # the same bits as a signed number
        setattr(training, name, value)
    if values:
        raise TypeError(f"no field of a training: {', '.join(values)}")
    return training


def run_all(trainings: list[Training]) -> tuple[float, np.ndarray]:
    """Run trainings at the same time, each with its own team of threads.

    Returns the sum of the losses, and predictions, terms and centres as int64 (3,). The calling thread waits. If it is
    interrupted, the teams end before a block that they have not begun, and the exception is raised again.
    """
    losses, numbers = 0.0, np.zeros(3, np.int64)
    with _teams(trainings) as teams:

        def stop(all_started: bool) -> None:
            for team in teams:
                functions.training_stop(team) if all_started else functions.training_abandon(team)

        jobs = [(team, thread) for team, training in zip(teams, trainings) for thread in range(training.threads)]
        run_together(functions.training_run, jobs, stop)
        for team in teams:
            of_team = np.zeros(3, np.int64)
            losses += functions.training_result(team, of_team)
            numbers += of_team
    return losses, numbers


# fields of Examples that are not indexed by slot
SUBWORDS = ("words", "part_ends", "parts", "word_scales", "rows")


class Examples(ctypes.Structure):
    """The fields of struct examples that `drawn_examples` needs."""

    _fields_ = [
        *[(name, ctypes.c_int64) for name in ("most_slots", "most_contexts", "most_outputs", "most_groups")],
        ("weight_floats", ctypes.c_int64),
        *[(name, ctypes.POINTER(ctypes.c_int32)) for name in ("contexts", "context_counts")],
        ("keys", ctypes.POINTER(ctypes.c_uint32)),
        ("merged", ctypes.POINTER(ctypes.c_uint8)),
        ("context_weights", ctypes.POINTER(ctypes.c_float)),
        ("outputs", ctypes.POINTER(ctypes.c_int32)),
        ("output_weights", ctypes.POINTER(ctypes.c_float)),
        ("group_counts", ctypes.POINTER(ctypes.c_int32)),
        ("context_shares", ctypes.POINTER(ctypes.c_float)),
        ("step_ends", ctypes.POINTER(ctypes.c_int32)),
        *[(name, ctypes.POINTER(ctypes.c_int32)) for name in ("words", "part_ends", "parts")],
        ("word_scales", ctypes.POINTER(ctypes.c_float)),
        ("rows", ctypes.POINTER(ctypes.c_int32)),
        *[(name, ctypes.c_int64) for name in ("word_count", "row_count", "rows_a_slot")],
        *[(name, ctypes.c_int64) for name in ("steps", "slots", "stopped", "centres", "predictions", "terms")],
    ]


def drawn_examples(training: Training, block: int) -> dict[str, Any]:
    """The examples that the library draws for a block, as arrays with one row per slot: for inspection and tests."""
    drawn = functions.examples_draw(ctypes.byref(training), block)
    if not drawn:
        raise MemoryError("no memory for a block of examples")
    try:
        e = ctypes.cast(drawn, ctypes.POINTER(Examples)).contents
        width = {"contexts": e.most_contexts, "context_weights": e.most_contexts, "outputs": e.most_outputs}
        width |= {"output_weights": e.weight_floats, "step_ends": None}
        examples: dict[str, Any] = {name: getattr(e, name) for name in ("centres", "predictions", "terms")}
        for name, kind, *_ in Examples._fields_:
            if issubclass(kind, ctypes.c_int64) or name in SUBWORDS:
                continue
            rows = e.steps if name == "step_ends" else e.slots
            columns = width.get(name) or 1
            array = np.ctypeslib.as_array(getattr(e, name), (max(rows, 1), columns))[:rows].copy()
            examples[name] = array if width.get(name) else array[:, 0]
        once = np.arange(e.most_contexts) < examples["context_counts"][:, None]
        examples["context_weights"] = np.where(examples["merged"][:, None], examples["context_weights"], once)
        return examples
    finally:
        functions.examples_free(drawn)


@contextmanager
def _teams(trainings: list[Training]) -> Iterator[list[int]]:
    teams: list[int] = []
    try:
        for training in trainings:
            team = functions.training_new(ctypes.byref(training))
            if not team:
                raise MemoryError("no memory for the threads' working space: take fewer threads or a smaller window")
            teams.append(team)
        yield teams
    finally:
        for team in teams:
            functions.training_free(team)

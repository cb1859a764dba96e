"""Trainings of the C library, recorded with their tables, and a program in C that makes them again over another build.

Unlike the calls of replay.py, a training has a struct that leads to arrays; the tables are its bands.
"""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import numpy as np
import pytest
from native.replay import C_HEAD

from wordvec import CBOW, Corpus, ParagraphVectors, SkipGram
from wordvec.kernels import cpu
from wordvec.native.training import FIELDS

TRAINERS = {
    "skip-gram": lambda: SkipGram(dim=20, slices=2),
    "rows in one piece": lambda: SkipGram(dim=100, slices=1, window=9),
    "pairs": lambda: SkipGram(dim=20, negative_sharing="pair"),
    "tree": lambda: SkipGram(dim=20, loss="hierarchical-softmax"),
    "subwords": lambda: SkipGram(dim=20, subwords=True),
    "float16": lambda: SkipGram(dim=40, precision="float16"),
    "pool": lambda: SkipGram(dim=20, negative_pool=32),
    "CBOW": lambda: CBOW(dim=36, slices=2),
    "CBOW, mean": lambda: CBOW(dim=20, cbow_gradient="mean"),
    "CBOW, tree": lambda: CBOW(dim=20, loss="hierarchical-softmax"),
    "tags": lambda: ParagraphVectors(dim=20),
}
PLACES = ("slices", "bands")  # fields that hold addresses of the tables


class Recorded(NamedTuple):
    """The first call of a training.

    fields  of struct training, arrays as their bytes; without PLACES
    bands   their tables before and after, W_in and W_out in turn
    places  for each of PLACES, rows of (band, bytes from its start, numbers in a row, columns, first column)
    result  the loss, and predictions, terms and centres
    """

    fields: dict[str, Any]
    before: list[bytes]
    after: list[bytes]
    places: dict[str, list[list[int]]]
    result: tuple[float, list[int]]


def corpus() -> Corpus:
    """Sentences of up to 30 words, some of them repeated."""
    rng = np.random.default_rng(5)
    return Corpus.from_sentences(
        [[f"w{word}" for word in rng.zipf(1.3, rng.integers(1, 30)) % 120] for _ in range(150)], min_count=1
    )


def record() -> dict[str, Recorded]:
    """The first call of each of TRAINERS, as this processor's build makes it with one thread."""
    recorded, text = {}, corpus()
    for name, make in TRAINERS.items():
        with pytest.MonkeyPatch.context() as patch:
            calls = _Calls()
            patch.setattr(cpu, "new_training", calls.new_training)
            patch.setattr(cpu, "run_all", calls.run_all)
            trainer = make()
            trainer.threads = trainer.epochs = 1
            trainer.fit(text)
        recorded[name] = calls.first
    return recorded


class _Calls:
    def __init__(self) -> None:
        self.first: Any = None
        self._real = cpu.new_training, cpu.run_all

    def new_training(self, **values: Any) -> Any:
        self._values = values
        return self._real[0](**values)

    def run_all(self, trainings: list[Any]) -> Any:
        values = self._values
        bytes_each = 2 if values["half"] else 4
        starts, sizes = [], []  # of the tables
        for band in values["bands"].tolist():
            for start, field in zip(band[:2], ("absent_input", "absent_output")):
                starts.append(start)
                sizes.append((values[field] + 1) * band[2] * bytes_each)
        before = list(map(ctypes.string_at, starts, sizes))
        loss, numbers = self._real[1](trainings)
        if self.first is None:
            firsts = starts[::2]
            places = {}
            for field in PLACES:
                rows = values[field].tolist()
                bands = [next(k for k, f in enumerate(firsts) if 0 <= row[0] - f < row[2] * bytes_each) for row in rows]
                places[field] = [[band, row[0] - firsts[band], *row[2:]] for band, row in zip(bands, rows)]
            arrays = {k: v.tobytes() if isinstance(v, np.ndarray) else v for k, v in values.items() if k not in PLACES}
            after = list(map(ctypes.string_at, starts, sizes))
            self.first = Recorded(arrays, before, after, places, (loss, numbers.tolist()))
        return loss, numbers


MAIN = """
#include "training.h"
struct team *training_new(const struct training *training);
void training_run(struct team *team, i64 thread);
f64 training_result(const struct team *team, i64 *numbers, i64 numbers_size);
void training_free(struct team *team);

static void run(const struct training *training) {
  i64 numbers[3];
  struct team *team = training_new(training);
  if (!team) exit(4);
  training_run(team, 0);
  const f64 loss = training_result(team, numbers, 3);
  training_free(team);
  out(&loss, sizeof loss), out(numbers, sizeof numbers);
}
"""


def c_program(recorded: dict[str, Recorded]) -> tuple[str, bytes]:
    """A program that makes the trainings, and its standard input: `read_output` reads what it writes."""
    body, arrays = [], b""
    for training in recorded.values():
        lines = []
        for n, table in enumerate(training.before):
            arrays += table
            lines.append(f"char *table{n} = in({len(table)});")
        for field, rows in training.places.items():
            cells = (
                f"{{table{2 * b} + {at}, table{2 * b + 1} + {at}, {', '.join(map(str, r))}}}" for b, at, *r in rows
            )
            lines.append(f"const struct slice {field}[] = {{{', '.join(cells)}}};")
        set_fields = [f".{field} = {field}" for field in training.places]
        for field, value in training.fields.items():
            if isinstance(value, bytes):
                arrays += value
                lines.append(f"void *{field} = in({len(value)});")
                value = field
            elif FIELDS[field] is int:
                value = f"(i64)0x{int(value) % 2**64:x}u"
            else:
                value = "0" if value is None else float(value).hex()
            set_fields.append(f".{field} = {value}")
        lines.append(f"const struct training t = {{{', '.join(set_fields)}}};")
        lines.append("run(&t);")
        lines += [f"out(table{n}, {len(table)});" for n, table in enumerate(training.before)]
        body.append("  {\n    " + "\n    ".join(lines) + "\n  }\n")
    return C_HEAD + MAIN + "int main(void) {\n  binary();\n" + "".join(body) + "  return 0;\n}\n", arrays


def read_output(recorded: dict[str, Recorded], output: bytes) -> dict[str, Recorded]:
    """The trainings as the program of `c_program` wrote them."""
    made, at = {}, 0
    for name, training in recorded.items():
        (loss,), numbers = np.frombuffer(output, np.float64, 1, at), np.frombuffer(output, np.int64, 3, at + 8)
        at, after = at + 32, []
        for table in training.before:
            after.append(output[at : at + len(table)])
            at += len(table)
        made[name] = training._replace(after=after, result=(float(loss), numbers.tolist()))
    assert at == len(output)
    return made


def table_type(training: Recorded) -> Any:
    """The type of the tables' numbers."""
    return np.float16 if training.fields["half"] else np.float32

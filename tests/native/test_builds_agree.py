"""Whole numbers, and the floats of files and of answers, are the same in every build that this machine can run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from wordvec.native import build, library

if not library.is_available():
    pytest.skip(str(library.why_not()), allow_module_level=True)

PROGRAM = """
import hashlib
import numpy as np
from wordvec.corpus import building
from wordvec.corpus.encode.blocks import encode_blocks
from wordvec.corpus.encode.tokenizers import OF_PIECES
from wordvec.evaluation.analogy.answers import METHODS, compiled_search
from wordvec.native import library
from wordvec.vectors.files.text_file import plain_rows

rng = np.random.default_rng(1)
letters = np.array(list("aB.,1'_ \\t\\n\\r\\x1c\\x85\\u3000\\u2003\\u2043é가"))
text = "".join(rng.choice(letters, 100_000))
found = []
for name in sorted(OF_PIECES):
    spooled = encode_blocks([(text, True)], building.cutting_of(OF_PIECES[name], None), 1, lambda number: None)
    found += [spooled.ids, spooled.sentence_ends, spooled.counts]
lines = "".join(f"w{i} {x!r} {x:e} {x:.3f}\\n" for i, x in enumerate((rng.normal(size=500) * 100).tolist()))
found += plain_rows(lines.encode(), 3)[1:]
found.append(plain_rows(lines.encode(), 3)[0][:500])
table, questions = rng.random((50, 333), np.float32), rng.integers(50, size=(40, 3))
for method in range(len(METHODS)):
    best = np.full(40, -1), np.full(40, -np.inf, np.float32), np.full(40, -np.inf, np.float32)
    compiled_search(table, questions, table[:40, 0].copy(), method, 0, questions, *best)
    found += best
print(library.isa(), hashlib.sha256(b"".join(array.tobytes() for array in found)).hexdigest())
"""


@pytest.mark.slow("starts a Python for each build: they encode, read and answer the same")
def test_every_build_gives_the_same():
    family = list(build.ISAS[str(build.family())])
    runnable = family[: family.index(library.isa()) + 1]
    found = {}
    for isa in runnable:
        environment = {**os.environ, library.VARIABLE: isa}
        child = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True)
        assert child.returncode == 0, child.stderr
        name, found[isa] = child.stdout.split()
        assert name == isa
    assert len(set(found.values())) == 1, found

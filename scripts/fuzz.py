#!/usr/bin/env python3
"""Give every reader of vectors damaged files, and look for anything but vectors or one of wordvec's own errors.

  python scripts/fuzz.py --cases 20000                 damage small valid files of all formats at random
  python scripts/fuzz.py --atheris --cases 20000       let atheris choose, by the code that its files reach

Watched for: any other exception, more memory than such a small file can be worth, and code that is run because a file
says so. Files that show one are kept in --keep. Prints a summary; exit status 1 when something was found.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
import tracemalloc
import warnings
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from fuzz_files import damage, example_files

from wordvec.errors import WordvecError
from wordvec.vectors.load import load

MOST_MEMORY = 48 << 20  # of Python's and numpy's, for files of a few kilobytes
FORBIDDEN = ("pickle.find_class", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "subprocess.Popen", "socket.")
OPTIONS: tuple[dict[str, Any], ...] = (
    {}, {"strict": True}, {"limit": 2}, {"words": ["the", "b"]}, {"dtype": "int8"}, {"dtype": "float16", "limit": 3},
)  # fmt: skip


class RunByAFile(BaseException):
    """Something was about to be run while a file was read; no reader can swallow this."""


class Watch:
    """Raises when code that a file asks for is about to be run, while it is on."""

    def __init__(self) -> None:
        self.on = False
        sys.addaudithook(self._look)

    def _look(self, event: str, _: Any) -> None:
        if self.on and event.startswith(FORBIDDEN):
            raise RunByAFile(event)


class Fuzz:
    """Tries files and counts what comes of them."""

    def __init__(self, folder: Path, keep: Path) -> None:
        self.path, self.keep = folder / "vectors", keep
        self.outcomes: Counter[str] = Counter()
        self.found: list[str] = []
        self.cases, self.most_memory = 0, 0
        self.watch = Watch()

    def attempt(self, content: bytes, options: dict[str, Any]) -> None:
        """Load the content and use what comes out of it."""
        self.cases += 1
        self.path.write_bytes(content)
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        self.watch.on = True
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.outcomes[use(self.path, options)] += 1
        except WordvecError as error:
            self.outcomes[kind_of(error, str(self.path))] += 1
        except (Exception, RunByAFile) as error:
            self._found(f"{type(error).__name__}: {error}", content, options)
        finally:
            self.watch.on = False
        memory = tracemalloc.get_traced_memory()[1] - before
        self.most_memory = max(self.most_memory, memory)
        if memory > MOST_MEMORY:
            self._found(f"{memory / 1e6:.0f} MB taken for a file of {len(content):,} bytes", content, options)

    def _found(self, what: str, content: bytes, options: dict[str, Any]) -> None:
        self.keep.mkdir(parents=True, exist_ok=True)
        kept = self.keep / f"found-{len(self.found):03}"
        kept.write_bytes(content)
        self.found.append(f"{what} (load with {options or 'no options'}: {kept})")

    def summary(self, seconds: float) -> str:
        """Cases, outcomes by kind, and what was found."""
        lines = [f"{self.cases:,} cases in {seconds:.0f} s; most memory taken: {self.most_memory / 1e6:.1f} MB"]
        lines += [f"{number:>9,}  {outcome}" for outcome, number in self.outcomes.most_common(25)]
        rest = sum(self.outcomes.values()) - sum(number for _, number in self.outcomes.most_common(25))
        if rest:
            lines.append(f"{rest:>9,}  others, of {len(self.outcomes) - 25} kinds")
        lines.append(f"found: {len(self.found)} {'crash' if len(self.found) == 1 else 'crashes'}")
        return "\n".join([*lines, *self.found[:20]])


def use(path: Path, options: dict[str, Any]) -> str:
    """Load and touch everything; returns what came out."""
    vectors = load(path, **options)
    if len(vectors) and vectors.words[0] in vectors:
        vectors.rows(slice(None)).sum()
    vectors.most_similar(vectors.rows(slice(0, 1))[0], k=1)
    if vectors.subwords is not None:
        vectors.subwords.vector("unseen")
    return "vectors, repaired" if "repairs" in vectors.info else "vectors"


def kind_of(error: WordvecError, path: str) -> str:
    """An error's class and message without what differs from file to file."""
    message = str(error).replace(path, "FILE").split("; open it where")[0]
    message = re.sub(r"b?'[^']*'|b?\"[^\"]*\"", "'...'", message)
    message = re.sub(r"\d[\d,]*", "#", message)
    return f"{type(error).__name__}: {message.removeprefix('FILE: ')[:90]}"


def fuzz_at_random(fuzz: Fuzz, cases: int, seed: int) -> None:
    """Damaged examples of all formats by turns, and some files of random bytes."""
    random = Random(seed)
    examples = list(example_files().values())
    for case in range(cases):
        content = damage(examples[case % len(examples)], random)
        if case % 50 == 0:
            content = random.randbytes(random.randrange(300))
        fuzz.attempt(content, random.choice(OPTIONS))


def fuzz_with_atheris(fuzz: Fuzz, cases: int, seed: int, folder: Path) -> None:
    """libFuzzer's mutations, led by coverage; ends the process, so the summary is printed from within."""
    import atheris

    corpus = folder / "corpus"
    corpus.mkdir()
    for name, content in example_files().items():
        (corpus / name).write_bytes(b"\0" + content)
    start = time.monotonic()

    def one(data: bytes) -> None:
        fuzz.attempt(data[1:], OPTIONS[data[0] % len(OPTIONS)] if data else {})
        if fuzz.cases == cases:
            print(fuzz.summary(time.monotonic() - start), flush=True)

    atheris.instrument_all()
    atheris.Setup(["fuzz", f"-runs={cases}", f"-seed={seed}", "-max_len=3000", "-verbosity=0", str(corpus)], one)
    atheris.Fuzz()


def main() -> int:
    """Fuzz; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--atheris", action="store_true", help="with the package atheris, where it is installed")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"), help="folder for files that show a fault")
    options = parser.parse_args()
    tracemalloc.start()
    with tempfile.TemporaryDirectory() as name:
        fuzz = Fuzz(Path(name), options.keep)
        start = time.monotonic()
        if options.atheris:
            fuzz_with_atheris(fuzz, options.cases, options.seed, Path(name))
        else:
            fuzz_at_random(fuzz, options.cases, options.seed)
            print(fuzz.summary(time.monotonic() - start))
    return 1 if fuzz.found else 0


if __name__ == "__main__":
    sys.exit(main())

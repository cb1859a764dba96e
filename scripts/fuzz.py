#!/usr/bin/env python3
"""Give every reader damaged files of its own formats, and look for anything but a result or one of wordvec's errors.

  python scripts/fuzz.py --cases 1000                       1,000 cases of every reader
  python scripts/fuzz.py --cases 1000 --target npz pickle   of these readers only
  python scripts/fuzz.py --target npz --case 17             one case again, with its traceback
  python scripts/fuzz.py --minutes 10                       as many as fit into ten minutes

A fault is any other exception, a case that takes more than two seconds of the processor or too much memory, a result
that contradicts itself, a file that is written elsewhere, and code that is run because a file says so. A case is made
from --seed, its target and its number, so it can be seen again. Exit status 1 when something was found. Linux only.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # others reserve more addresses than the limit allows
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))

from fuzzing.loop import Fuzz, made, write
from fuzzing.targets import Target, all_targets

from wordvec.errors import WordvecError

MEMORY_FOLDER = Path("/dev/shm")


def show(targets: dict[str, Target], seed: int, case: int, folder: Path) -> int:
    """Read one case of each target without catching what it raises."""
    for name, target in targets.items():
        place = folder / name
        place.mkdir()
        write(made(target, name, seed, case), place)
        for path in sorted(path for path in place.rglob("*") if path.is_file()):
            print(f"{name}: {path.relative_to(place)}: {path.stat().st_size:,} bytes: {path.read_bytes()[:1000]!r}")
        try:
            print(f"{name}: {target.read(place)!r:.1000}")
        except WordvecError as error:
            print(f"{name}: refused: {error}")
    return 0


def main() -> int:
    """Fuzz; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200, help="of each target (default 200)")
    parser.add_argument("--minutes", type=float, help="go on for so long instead")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--target", nargs="+", help="names of targets (default: all)")
    parser.add_argument("--case", type=int, help="run this case only, and show what it raises")
    parser.add_argument("--keep", type=Path, help="folder for the files of cases that show a fault")
    options = parser.parse_args()
    targets = all_targets()
    unknown = set(options.target or ()) - set(targets)
    if unknown:
        parser.error(f"no target {sorted(unknown)[0]!r}; targets are {', '.join(targets)}")
    chosen = {name: targets[name] for name in options.target or targets}
    with tempfile.TemporaryDirectory(dir=MEMORY_FOLDER if MEMORY_FOLDER.is_dir() else None) as name:
        if options.case is not None:
            return show(chosen, options.seed, options.case, Path(name))
        fuzz = Fuzz(chosen, options.seed, Path(name), options.keep)
        if options.minutes:
            report = fuzz.run(options.first, 1 << 40, time.monotonic() + 60 * options.minutes)
        else:
            report = fuzz.run(options.first, options.first + options.cases)
    print(report.summary())
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""The code that workers of a cluster run, and the check that they match the process that uses them."""

from __future__ import annotations

import platform
from collections.abc import Callable
from typing import Any

from wordvec.errors import ClusterError
from wordvec.json_forms import parse_json
from wordvec.store import open_store


def run_task(call: str, expected: dict[str, str], function: Callable[..., Any], store: str) -> Any:
    """Run ``function(store, *call)`` on a worker, for a call in JSON. The check is for workers that joined later."""
    check_same(expected, facts_of_process(), f"worker on {platform.node()}")
    return function(store, *parse_json(call))


def look_around(store: str, mark: str) -> dict[str, str]:
    """The first call on a worker: returns the facts of its process. Raises ClusterError if it has another store."""
    place = open_store(store, make=False)
    if not place.is_published(mark):
        raise ClusterError(
            f"does not see the store {store}: name a folder that all machines share with --store (store=), or a bucket"
        )
    place.check_writable()
    return facts_of_process()


def facts_of_process() -> dict[str, str]:
    """The versions and the instruction set that results depend on, in this process. Loads the C library."""
    import numpy as np
    import scipy

    from wordvec.native import library
    from wordvec.version import __version__

    isa = library.isa() if library.is_available() else "none"
    return {"wordvec": __version__, "numpy": np.__version__, "scipy": scipy.__version__, "instruction set": isa}


def check_same(here: dict[str, str], there: dict[str, str], who: str) -> None:
    """Raise ClusterError if two processes differ in facts that results depend on."""
    for name, value in here.items():
        if there.get(name) != value:
            way_out = (
                "set WORDVEC_ISA to the lesser one for all processes, or run the command on a machine like the workers"
                if name == "instruction set"
                else "install the same version everywhere"
            )
            raise ClusterError(
                f"{who} has {name} {there.get(name)}, and this process {value}, so results would differ: {way_out}"
            )

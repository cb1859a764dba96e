"""Where a Dask scheduler is: an address such as tcp://head:8786, or a file that it wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wordvec.errors import InputError, OptionError
from wordvec.json_forms import parse_json

PROTOCOLS = ("tcp", "tls", "ucx", "ucxx", "ws", "wss")


def address_of(scheduler: str) -> str:
    """The address of a scheduler, which may be named by a file of its own. Raises InputError, OptionError."""
    if scheduler.endswith(".json"):
        try:
            return _checked(parse_json(Path(scheduler).read_bytes())["address"])
        except FileNotFoundError:
            raise InputError(f"{scheduler}: no such file; dask scheduler --scheduler-file writes one") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            what = "it has no address" if isinstance(error, KeyError) else str(error)
            raise InputError(
                f"{scheduler}: is not a file of dask scheduler --scheduler-file ({what}): wait until the scheduler has "
                "written it, or give its address"
            ) from error
    try:
        return _checked(scheduler if "://" in scheduler else f"tcp://{scheduler}")
    except ValueError as error:
        raise OptionError(
            f"scheduler {scheduler!r}: an address such as tcp://head:8786, a FILE.json or local:4 expected "
            f"(protocols: {', '.join(PROTOCOLS)})"
        ) from error


def _checked(address: Any) -> str:
    """The address, if it is of the form PROTOCOL://HOST:PORT; else raises ValueError."""
    protocol, _, place = str(address).partition("://")
    host, _, port = place.rpartition(":")
    if protocol in PROTOCOLS and host and port.rstrip("/").isdecimal():
        return str(address)
    raise ValueError(f"{address!r} is not the address of a scheduler")

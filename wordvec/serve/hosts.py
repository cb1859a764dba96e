"""Which names a service goes by: a page whose name was made to point here (DNS rebinding) must read nothing."""

from __future__ import annotations

import functools
import ipaddress
from urllib.parse import urlsplit

LONGEST = 300  # bytes of a name, which has 253 at most, and a port


def is_known_host(header: bytes, names: frozenset[str]) -> bool:
    """Whether a Host header names the loopback address, or one of `names` ("*": anything), at any port.

    >>> is_known_host(b"localhost:8000", frozenset()), is_known_host(b"evil.example", frozenset())
    (True, False)
    >>> is_known_host(b"api.example:443", frozenset({"api.example"}))
    True
    """
    return len(header) <= LONGEST and _is_known(header, names)


@functools.lru_cache(maxsize=256)  # nearly all requests have the same
def _is_known(header: bytes, names: frozenset[str]) -> bool:
    try:
        parts = urlsplit(f"//{header.decode('ascii')}")
        name, _ = (parts.hostname or "").lower(), parts.port
    except ValueError:  # bytes that are no ASCII, a port that is no number, half a bracket
        return False
    if not name or parts.path or parts.query or parts.fragment or parts.username is not None:
        return False
    return "*" in names or name == "localhost" or name in names or _is_loopback(name)


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False

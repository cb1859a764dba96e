"""Downloads one large file over an unreliable connection: received bytes are kept, and only the rest is requested.

pooch finds the folder and compares the hash, but restarts from the first byte when a connection breaks.
`ResumingDownload` is a downloader for pooch that resumes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wordvec.corpus.named_texts import size_in_words
from wordvec.errors import CorpusError, MissingExtraError
from wordvec.files import move_file
from wordvec.json_forms import parse_json
from wordvec.progress import announce, progress

WAITS = (1.0, 2.0, 4.0, 8.0)  # seconds before each new try; restarted whenever a try gets further than all before
TIMEOUT = (20.0, 60.0)  # seconds to connect, and without data until the connection counts as stalled
CHUNK_BYTES = 1 << 14  # a broken connection loses at most one chunk
TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}  # HTTP: the server may answer the same request later
REFUSED = {401, 403}


class Interrupted(Exception):
    """A try failed; the next one may succeed."""


class Unreachable(Interrupted):
    """No server answered. On the first try this means there is no network, and waiting is useless."""


@dataclass
class ResumingDownload:
    """Download to `part`, resuming an earlier part, and move the complete file to the path that pooch gives.

    `bytes` is the file's size, if known. An earlier part is continued only if the server confirms that the file is
    unchanged (ETag or Last-Modified in If-Range), or with `hash_known`, because the hash will detect a difference.
    `sleep`, `waits` and `timeout` are for tests.

    Raises CorpusError if the server refuses, sends something other than the file, or remains unreachable.
    """

    name: str
    part: Path
    bytes: int | None
    hash_known: bool
    show_progress: bool | None = None
    waits: Sequence[float] = WAITS
    timeout: tuple[float, float] = TIMEOUT
    sleep: Callable[[float], None] = time.sleep

    def __call__(self, url: str, output_file: str, _: Any = None) -> None:
        """Download `url` to `output_file`."""
        waits, furthest, answered = iter(self.waits), self._arrived(), False
        while not self._is_whole():
            try:
                self._try_once(url)
                break
            except Interrupted as reason:
                answered = answered or not isinstance(reason, Unreachable)
                if not answered:
                    raise CorpusError(f"{self.name}: {url}: {reason}") from reason.__cause__
                if self._arrived() > furthest:
                    waits, furthest = iter(self.waits), self._arrived()
                wait = next(waits, None)
                if wait is None:
                    raise CorpusError(f"{self.name}: {url}: {reason}; {self._way_on()}") from reason.__cause__
                announce(f"{self.name}: {reason}; trying again in {wait:g} s")
                self.sleep(wait)
        move_file(self.part, output_file)
        self._validator_file.unlink(missing_ok=True)

    def _try_once(self, url: str) -> None:
        requests = import_requests()
        offset, validator = self._resume_at(url)
        headers = {"User-Agent": _user_agent(), "Accept-Encoding": "identity"}
        if offset:
            headers |= {"Range": f"bytes={offset}-"} | ({"If-Range": validator} if validator else {})
        try:
            with requests.get(url, headers=headers, stream=True, timeout=self.timeout) as response:
                total = self._checked_total(response, offset)
                if response.status_code == 200:  # the whole file: an old part has another validator
                    offset = 0
                    self.part.unlink(missing_ok=True)
                    self._remember(url, response.headers)
                with progress(total, f"fetching {self.name}", "B", show=self.show_progress) as bar:
                    bar.update(offset)
                    self._receive(response, "ab" if offset else "wb", self.bytes or total, bar)
        except requests.exceptions.RequestException as error:
            raise _in_words(error, requests) from error
        arrived = self._arrived()
        if total is not None and arrived < total:
            raise Interrupted(f"the connection ended after {arrived:,} of {total:,} bytes")

    def _receive(self, response: Any, mode: str, limit: int | None, bar: Any) -> None:
        with open(self.part, mode) as file:
            for chunk in response.iter_content(CHUNK_BYTES):
                file.write(chunk)
                bar.update(len(chunk))
                if limit is not None and file.tell() > limit:
                    break
        if limit is not None and self._arrived() > limit:
            self.part.unlink()
            raise CorpusError(f"{self.name}: {response.url} sends more than the {limit:,} bytes the file has")

    def _checked_total(self, response: Any, offset: int) -> int | None:
        """The size of the whole file, if known; raises if this response cannot be used."""
        status, where = response.status_code, f"{self.name}: {response.url}"
        if status in TRY_AGAIN:
            raise Interrupted(f"the server answers {status} {response.reason}")
        if status == 416 and offset:
            self.part.unlink()
            raise Interrupted("the server's file is not longer than the received part, so it is a different file")
        if status not in (200, 206):
            hint = "it may let a browser in" if status in REFUSED else "the file may have moved"
            raise CorpusError(
                f"{where} answers {status} {response.reason}: {hint}; download it by hand, unpack it and give "
                "the name of the file"
            )
        if response.headers.get("Content-Type", "").lower().startswith(("text/html", "application/xhtml")):
            raise CorpusError(
                f"{where} sends a web page in place of the file: does the network ask for a login? "
                "Open the address in a browser to see"
            )
        declared = response.headers.get("Content-Length", "")
        total = int(declared) if declared.isdigit() and "Content-Encoding" not in response.headers else None
        if status == 206:
            total = self._checked_range(response.headers.get("Content-Range", ""), offset)
        if self.bytes is not None and total not in (None, self.bytes):
            self.part.unlink(missing_ok=True)
            raise CorpusError(
                f"{where} offers {total:,} bytes, but the catalogue's file has {self.bytes:,}: it is another file now"
            )
        return self.bytes if total is None else total

    def _checked_range(self, content_range: str, offset: int) -> int | None:
        """The file's size from "bytes 100-199/200", which must begin where the part ends."""
        unit, _, rest = content_range.partition(" ")
        span, _, total = rest.partition("/")
        if unit != "bytes" or span.partition("-")[0] != str(offset):
            self.part.unlink(missing_ok=True)
            raise Interrupted("the server sent a different range of the file than requested")
        return int(total) if total.isdigit() else None

    def _resume_at(self, url: str) -> tuple[int, str | None]:
        """Bytes received so far and the validator of their file; (0, None) to start from the beginning."""
        try:
            kept = parse_json(self._validator_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            kept = {}
        validator = kept.get("validator") if isinstance(kept, dict) and kept.get("url") == url else None
        return (self._arrived(), validator) if validator or self.hash_known else (0, None)

    def _remember(self, url: str, headers: Any) -> None:
        etag = headers.get("ETag", "")
        validator = etag if etag.startswith('"') else headers.get("Last-Modified")  # a weak ETag W/"..." proves nothing
        self._validator_file.write_text(
            json.dumps({"url": url, "validator": validator}), encoding="utf-8", newline="\n"
        )

    @property
    def _validator_file(self) -> Path:
        return self.part.with_name(f"{self.part.name}.json")

    def _arrived(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _is_whole(self) -> bool:
        """Whether an earlier run downloaded everything but did not move it."""
        return self.bytes is not None and self.hash_known and self._arrived() == self.bytes

    def _way_on(self) -> str:
        arrived = self._arrived()
        kept = f"the first {size_in_words(arrived)} are kept, and the same command resumes"
        return f"gave up after {len(self.waits) + 1} tries: {kept if arrived else 'run the same command again later'}"


def import_requests() -> Any:
    """The HTTP library that is installed with pooch. Raises MissingExtraError."""
    try:
        import requests
    except ImportError as error:
        raise MissingExtraError("pooch", "fetch", "fetching a corpus") from error
    return requests


def _user_agent() -> str:
    from wordvec.version import __version__

    return f"wordvec/{__version__}"


def _in_words(error: Exception, requests: Any) -> Interrupted:
    """One line about a failed request; the library's messages nest four objects deep."""
    text = str(error).lower()
    if isinstance(error, requests.exceptions.SSLError):
        return Interrupted("the server's certificate is not accepted")
    if isinstance(error, requests.exceptions.ProxyError):
        return Unreachable("the proxy cannot be reached or refuses: are the proxy settings right?")
    if "nameresolution" in text or "getaddrinfo" in text or "name or service" in text:
        return Unreachable("the server's name cannot be looked up: is there a network?")
    if "refused" in text or "unreachable" in text:
        return Unreachable("no connection to the server: is there a network?")
    if isinstance(error, requests.exceptions.Timeout) or "timed out" in text:
        return Interrupted("no answer, or none for too long")
    return Interrupted("the connection broke")

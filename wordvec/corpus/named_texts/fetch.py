"""Fetches a public corpus from the catalogue: downloads, checks and unpacks it, and records its origin."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from wordvec.corpus.named_texts import (
    FOLDER_VARIABLE,
    MARKUP,
    CatalogueEntry,
    corpora_cache,
    find,
    origin_path,
    read_origin,
    size_in_words,
)
from wordvec.corpus.named_texts.download import ResumingDownload
from wordvec.errors import CorpusError, MissingExtraError
from wordvec.files import move_file, replace_file
from wordvec.progress import announce

CHUNK_BYTES = 1 << 20
LARGEST_EXPANSION = 25  # text packs to a third or a quarter; an archive that expands more than this is not text


@dataclass(frozen=True)
class Fetched:
    """A corpus on this machine.

    `checked_by` says how the file was verified: ``"sha256"``, ``"sha1 of the unpacked file"``, or None. With None,
    `sha256`, the hash of the received file, is the only value to compare.
    """

    name: str
    path: Path
    bytes: int
    sha256: str
    checked_by: str | None
    licence: str
    url: str
    was_here: bool


def fetch(
    name: str | CatalogueEntry,
    to: str | os.PathLike[str] | None = None,
    *,
    show_progress: bool | None = None,
    **connection: Any,
) -> Fetched:
    """Download the corpus or evaluation set `name` of the catalogue, check it, unpack it and return where it is.

    `to` is the folder, created if missing. The default is the environment variable WORDVEC_DATA, else the user's cache
    folder; other commands find a corpus by name only there. An interrupted download resumes where it stopped, now or
    in the next run, and a complete file is not downloaded again. `connection` passes `waits`, `timeout` and `sleep` to
    ResumingDownload. Licence, size and warnings go to stderr before the download starts.

    Raises CorpusError for an unknown name, a file that is unavailable or not the expected one, and too little space;
    MissingExtraError without pooch.
    """
    entry = find(name) if isinstance(name, str) else name
    pooch = _import_pooch()
    folder = Path(to) if to is not None else corpora_cache()
    assert folder is not None  # pooch is here
    target = folder / entry.file_name
    origin = read_origin(target)
    if origin is not None and origin.get("url") == entry.url and entry.sha256 in (None, origin.get("sha256")):
        return _fetched(entry, target, origin, was_here=True)
    if target.exists() and not origin_path(target).exists():
        raise CorpusError(f"{target}: exists and was not fetched by wordvec; move it, or name another folder: --to")
    _make_folder(folder)
    _say_what_comes(entry, target)
    _check_room(entry, folder)
    download = ResumingDownload(
        entry.name,
        folder / f"{entry.name}.part",
        entry.bytes,
        hash_known=bool(entry.sha256 or entry.unpacked_hash),
        show_progress=show_progress,
        **connection,
    )
    received = _download(pooch, entry, folder, download)
    sha256 = entry.sha256 or pooch.file_hash(str(received))
    origin = _install(entry, received, target, sha256)
    return _fetched(entry, target, origin, was_here=False)


def _import_pooch() -> Any:
    try:
        import pooch
    except ImportError as error:
        raise MissingExtraError("pooch", "fetch", "fetching a corpus") from error
    return pooch


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CorpusError(
            f"{folder}: cannot be made: {error.strerror}; name another folder: --to DIR or {FOLDER_VARIABLE}"
        ) from error
    if not os.access(folder, os.W_OK):
        raise CorpusError(f"{folder}: no permission to write there; name another folder: --to DIR or {FOLDER_VARIABLE}")


def _say_what_comes(entry: CatalogueEntry, target: Path) -> None:
    announce(f"{entry.name}: {entry.description}")
    announce(f"licence: {entry.licence}")
    announce(f"{size_in_words(entry.bytes)} from {entry.url} to {target}")
    if entry.format == MARKUP:
        announce("this is XML with wiki markup, not text: extract the text first, for example with WikiExtractor")
    if entry.sha256 is None and entry.unpacked_hash is None:
        announce("no hash of this file is known, so the download cannot be verified")


def _check_room(entry: CatalogueEntry, folder: Path) -> None:
    needed = (entry.bytes or 0) + (entry.unpacked_bytes or 0)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise CorpusError(
            f"{entry.name}: needs {size_in_words(needed)} and {folder} has {size_in_words(free)} free; "
            "name a folder with more room: --to DIR"
        )


def _download(pooch: Any, entry: CatalogueEntry, folder: Path, download: ResumingDownload) -> Path:
    """Download the entry's file to `folder`, and check its hash if known."""
    try:
        with _quiet(pooch.get_logger()):
            return Path(
                pooch.retrieve(
                    entry.url,
                    known_hash=entry.sha256,
                    fname=f"{entry.name}.download",
                    path=folder,
                    downloader=download,
                )
            )
    except KeyboardInterrupt:
        announce(f"{entry.name}: the received part is kept: the same command resumes")
        raise
    except (CorpusError, MissingExtraError):
        raise
    except ValueError as error:  # pooch raises this for a wrong hash, after removing the file
        raise CorpusError(
            f"{entry.name}: what {entry.url} sends is not the catalogue's file: its SHA-256 differs; "
            "it was removed. Try again; if that fails, the file there has changed"
        ) from error


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Silence pooch's progress messages; wordvec announces what matters."""
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _install(entry: CatalogueEntry, received: Path, target: Path, sha256: str) -> dict[str, Any]:
    """Move or unpack the text to `target`, and write the record next to it."""
    origin = {
        "format": "wordvec fetched corpus",
        "name": entry.name,
        "url": entry.url,
        "licence": entry.licence,
        "sha256": sha256,
        "fetched": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }
    target.unlink(missing_ok=True)  # never leave an old text next to a new record
    if entry.member is None:
        _write_origin(target, origin | {"bytes": received.stat().st_size})
        move_file(received, target)
    else:
        try:
            with replace_file(target) as file:
                unpack_member(received, entry, file)
                size = file.tell()
                _write_origin(target, origin | {"bytes": size})
        except CorpusError:
            received.unlink()  # otherwise the next run would take it as complete
            raise
        received.unlink()
    installed = read_origin(target)
    if installed is None:
        raise CorpusError(f"{target}: changed while it was written; is another wordvec corpus fetch running?")
    return installed


def _write_origin(target: Path, origin: dict[str, Any]) -> None:
    with replace_file(origin_path(target), "w", encoding="utf-8") as file:
        file.write(json.dumps(origin, indent=2) + "\n")


def unpack_member(archive: Path, entry: CatalogueEntry, out: Any) -> None:
    """Write the wanted member of a zip archive to the open file `out`, and nothing else.

    Names inside the archive are never used as paths, so it cannot write elsewhere. The size is bounded by the
    catalogue, or else by how much text can expand, whatever the archive claims. The zip's CRC and the catalogue's hash,
    if there is one, are compared. Raises CorpusError.
    """
    bound = entry.unpacked_bytes or LARGEST_EXPANSION * archive.stat().st_size
    algorithm, _, expected = (entry.unpacked_hash or "sha256:").partition(":")
    digest, size = hashlib.new(algorithm, usedforsecurity=False), 0
    try:
        with zipfile.ZipFile(archive) as files, files.open(entry.member or "") as member:
            while chunk := member.read(CHUNK_BYTES):
                size += len(chunk)
                if size > bound:
                    raise CorpusError(f"{entry.name}: {entry.member} in the archive is larger than {bound:,} bytes")
                digest.update(chunk)
                out.write(chunk)
    except KeyError:
        raise CorpusError(f"{entry.name}: the archive from {entry.url} has no {entry.member}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise CorpusError(f"{entry.name}: what {entry.url} sends is not a valid zip archive: {error}") from error
    if entry.unpacked_bytes not in (None, size):
        raise CorpusError(f"{entry.name}: {entry.member} has {size:,} bytes, not {entry.unpacked_bytes:,}")
    if expected and digest.hexdigest() != expected:
        raise CorpusError(f"{entry.name}: {entry.member} in the archive has a different {algorithm} than published")


def _fetched(entry: CatalogueEntry, target: Path, origin: dict[str, Any], was_here: bool) -> Fetched:
    checked_by = "sha256" if entry.sha256 else "sha1 of the unpacked file" if entry.unpacked_hash else None
    return Fetched(
        entry.name, target, origin["bytes"], origin["sha256"], checked_by, entry.licence, entry.url, was_here
    )

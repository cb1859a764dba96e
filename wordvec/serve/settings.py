"""How the service is set up, on the command line or by environment variables."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import Any

from wordvec.errors import OptionError

PREFIX = "WORDVEC_SERVE_"
LONGEST_SECONDS = 3_600.0


@dataclass(frozen=True)
class Settings:
    """The application's settings; each is also an environment variable, WORDVEC_SERVE_ and its name in capitals.

    file          the vectors
    hosts         host names, separated by commas, that requests may use besides those of the loopback address;
                  "*" for any
    token         what a request must send as ``Authorization: Bearer TOKEN``; none for no check
    tokenizer     splits texts into tokens if the vectors do not say which tokenizer was used
    documents     a file of documents that ``wordvec embed`` made with these vectors, to be found by text or by id
    texts         what the documents were made from, a file, folder or pattern: answers then include the texts
    field, id_field, encoding
                  of the texts, as given to ``wordvec embed``
    search        whether words can be found by their beginning, which takes some 150 bytes a word
    max_body      most bytes in a request's body
    max_words     most words in a request
    max_questions most questions in a batch
    seconds       the time a request may take to arrive and be answered
    waiting       requests that may wait for the processor; further ones are refused
    threads       for matrix products: 1, which on a busy machine takes half the processor time of 2 (measured)

    >>> Settings.from_environment({"WORDVEC_SERVE_FILE": "v.safetensors", "WORDVEC_SERVE_SEARCH": "no"}).search
    False
    """

    file: str = ""
    hosts: str = ""
    token: str | None = None
    tokenizer: str | None = None
    documents: str = ""
    texts: str = ""
    field: str | None = None
    id_field: str | None = None
    encoding: str = "utf-8"
    search: bool = True
    max_body: int = 1 << 20
    max_words: int = 10_000
    max_questions: int = 100
    seconds: float = 10.0
    waiting: int = 1_000
    threads: int = 1

    def __post_init__(self) -> None:
        for name in ("max_body", "max_words", "max_questions", "waiting", "threads"):
            if getattr(self, name) < 1:
                raise OptionError(f"{name} must be at least 1; got {getattr(self, name)}")
        if not 0 < self.seconds <= LONGEST_SECONDS:
            raise OptionError(f"seconds must be above 0, and at most {LONGEST_SECONDS:,.0f}; got {self.seconds}")
        if self.texts and not self.documents:
            raise OptionError("texts belong to documents: give the file that wordvec embed made of them, too")
        of_texts = {"--field": self.field, "--id": self.id_field, "--encoding": self.encoding != "utf-8"}
        if not self.texts and (given := [option for option, value in of_texts.items() if value]):
            raise OptionError(f"{', '.join(given)} say how texts are read: give --texts, too, or leave them out")
        if self.token is not None and not _is_token(self.token):  # the token is not shown
            raise OptionError("the token must be at least 16 letters, digits or other ASCII characters without spaces")

    @property
    def host_names(self) -> frozenset[str]:
        """The names in `hosts`, in lower case."""
        return frozenset(name.strip().lower() for name in self.hosts.split(",") if name.strip())

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings in the variables WORDVEC_SERVE_...; raises OptionError for an unknown name or invalid value."""
        variables = os.environ if environment is None else environment
        types = {field.name: str(field.type) for field in fields(cls)}
        values = {}
        for variable, text in variables.items():
            if not variable.startswith(PREFIX):
                continue
            name = variable.removeprefix(PREFIX).lower()
            if name not in types:
                known = ", ".join(PREFIX + each.upper() for each in types)
                raise OptionError(f"{variable} is no setting of the service: there are {known}")
            values[name] = _value(variable, types[name], text)
        if not values.get("file"):
            raise OptionError(f"{PREFIX}FILE must name the file of vectors to serve")
        return cls(**values)

    def as_environment(self) -> dict[str, str]:
        """Variables that `from_environment` reads the same settings from, for worker processes."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return {PREFIX + name.upper(): _text(value) for name, value in given.items()}


def _value(variable: str, kind: str, text: str) -> Any:
    if kind.startswith("bool"):
        if text.lower() not in ("yes", "no", "true", "false", "1", "0"):
            raise OptionError(f"{variable} must be yes or no; got {text!r:.40}")
        return text.lower() in ("yes", "true", "1")
    try:
        return int(text) if kind.startswith("int") else float(text) if kind.startswith("float") else text
    except ValueError:
        raise OptionError(f"{variable} must be a number; got {text!r:.40}") from None


def _text(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _is_token(token: str) -> bool:
    return len(token) >= 16 and all("!" <= character <= "~" for character in token)


# A port that the last run has just left can be bound. On Windows it can be anyway, and SO_REUSEADDR would share a port
# that another program is listening on.
REUSE = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)


@contextmanager
def binding(host: str, port: int) -> Iterator[None]:
    """Bind a socket to an address in the block; port 0 takes any free one. Raises OptionError if that is impossible."""
    if not 0 <= port <= 65_535:
        raise OptionError(f"--port must be from 0 to 65535; got {port}")
    try:
        yield
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise OptionError(
                f"port {port} of {host} is in use: choose another with --port, or --port 0 for any free one"
            ) from error
        raise OptionError(f"cannot listen on {host}, port {port}: {error.strerror or error}") from error

"""The texts a corpus was built from: their lines as they are printed."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from wordvec.corpus.documents.documents import Documents, size_and_sha256
from wordvec.corpus.documents.records import read_records
from wordvec.corpus.read.readers import read_lines
from wordvec.corpus.read.sources import as_files
from wordvec.errors import CorpusError

Place = tuple[int, int]  # number of the document, line there from 1


class Originals:
    """Reads lines of documents from their files, each file only if it is what the corpus was built from.

    `root` is the folder the texts are in now (default: where they were when the corpus was built).
    """

    def __init__(self, documents: Documents, root: str | os.PathLike[str] | None = None) -> None:
        self.documents = documents
        self.root = Path(documents.root if root is None else root)
        self._checked: set[int] = set()
        self._kept: dict[Place, str] = {}

    def lines(self, places: Iterable[Place]) -> dict[Place, str]:
        """The lines at these places, and others that were read before.

        Raises CorpusError for a text that is not there any more, or was changed.
        """
        wanted: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))  # by file and document
        for document, line in places:
            if (document, line) not in self._kept:
                wanted[self.documents.rows[document].file][document].add(line)
        for file, of_documents in sorted(wanted.items()):
            path = self._whole(file)
            if self.documents.reading.get("field") is None:
                for document, lines in of_documents.items():
                    self._kept |= self._of_text(path, document, lines)
            else:
                self._kept |= self._of_records(path, of_documents)
        return self._kept

    def _whole(self, number: int) -> Path:
        """The path of a file, which has the size and SHA-256 it had."""
        file = self.documents.files[number]
        path = self.root / file.path
        if number in self._checked:
            return path
        try:
            same = (file.bytes, file.sha256) == size_and_sha256(path)
        except OSError as error:
            raise CorpusError(
                f"{path}: the text cannot be read: {error.strerror or error}; --texts DIR says where the texts are "
                "now, --tokens shows the words as the corpus holds them"
            ) from error
        if not same:
            raise CorpusError(
                f"{path}: was changed since the corpus was built, so its lines are not those of the corpus; build it "
                "again, or take --tokens for the words as the corpus holds them"
            )
        self._checked.add(number)
        return path

    def _of_text(self, path: Path, document: int, wanted: set[int]) -> dict[Place, str]:
        reading = self.documents.reading
        lines = read_lines(as_files([path]), reading["encoding"], reading["encoding_errors"])
        numbered = enumerate(islice(lines, max(wanted)), 1)
        return {(document, number): line for number, line in numbered if number in wanted}

    def _of_records(self, path: Path, wanted: dict[int, set[int]]) -> dict[Place, str]:
        reading = self.documents.reading
        found: dict[Place, str] = {}
        by_record = {self.documents.rows[document].record: document for document in wanted}
        last = max(record for record in by_record if record is not None)
        records = read_records(path, reading["field"], (), reading["encoding"], reading["encoding_errors"])
        for record in records:
            document = by_record.get(record.number)
            if document is not None:
                lines = record.text.split("\n")
                found |= {(document, number): lines[number - 1] for number in wanted[document]}
            if record.number >= last:
                break
        return found

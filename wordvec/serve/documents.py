"""Documents that a service finds by a text or by another document, with their texts if these were given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.errors import InputError, OptionError, describe
from wordvec.serve.given import Given, check_amount
from wordvec.serve.problems import Refused

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors

MOST_DOCUMENTS = 1_000
MOST_CHARACTERS = 1_000_000  # in the texts of one answer


class Documents:
    """Answers questions about the documents in a file that ``wordvec embed`` wrote. Thread-safe.

    documents, vectors   their rows, and the word vectors that they were embedded with
    texts                their texts in the same order, or none; held as UTF-8, so a fork shares them
    words                the most words that a question's text may have

    Raises InputError for a file without documents, and if the number of texts is not that of documents.

    >>> from wordvec.vectors import WordVectors
    >>> from wordvec.vectors.document_files import as_word_vectors
    >>> vectors = WordVectors(["tea", "ship"], np.eye(2), info={"tokenizer": "words", "split_sentences": False})
    >>> texts = ["Tea, tea.", "A ship with tea"]
    >>> rows = as_word_vectors(vectors.embed(texts, "mean"), ["a", "b"], vectors, "v.safetensors", "mean", 1e-3)
    >>> Documents(rows, vectors, texts=texts).find({"text": "a ship", "k": 1})
    {'documents': [{'id': 'b', 'score': 0.707107, 'text': 'A ship with tea'}]}
    """

    def __init__(
        self,
        documents: WordVectors,
        vectors: WordVectors,
        *,
        texts: Iterable[str | list[str]] | None = None,
        tokenizer: str | None = None,
        words: int = 10_000,
    ) -> None:
        from wordvec.vectors.document_files import DocumentSearch, facts_of

        facts_of(documents, "the documents")
        self.search, self.words = DocumentSearch(documents, vectors, tokenizer), words
        self.texts = None if texts is None else _Texts(texts)
        if self.texts is not None and len(self.texts) != len(documents):
            raise InputError(
                f"{len(documents):,} documents and {len(self.texts):,} texts do not go together: give the texts that "
                "the documents were embedded from"
            )

    def __len__(self) -> int:
        return len(self.search.documents)

    @property
    def first(self) -> str:
        """The id of the first document that can be an answer; if none can, of the first document."""
        return self.search.documents.words[int(np.argmax(self.search.documents.lengths > 0))]

    def find(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """`text` or `like` (an id), and `k` -> {"documents": [{"id", "score", "text"}]}, best first.

        Raises Refused for an unknown id, InputError for a text in which no word has a vector.
        """
        given = Given(values)
        by_text, by_id = given.has("text"), given.has("like")
        if by_text == by_id:
            raise OptionError("give either 'text' to search for, or 'like', the id of a document")
        asked = given.texts("text", 1)[0] if by_text else given.word("like")
        k = given.number("k", 10, MOST_DOCUMENTS)
        given.finish()
        search = self.search
        if not by_text:
            if asked not in search.documents:
                raise Refused(404, f"{describe(asked)} is not among the {len(self):,} documents")
            found = search.like(asked, k)
        else:
            tokens = search.vectors.tokenize(asked, search.tokenizer)
            check_amount(len(tokens), "words", self.words)
            found = search.nearest_to_tokens(tokens, k, asked)
        answers = [{"id": name, "score": round(float(score), 6)} for name, score in found]
        return {"documents": answers if self.texts is None else self._with_texts(answers)}

    def _with_texts(self, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        assert self.texts is not None
        rows = self.search.documents.ids_of(answer["id"] for answer in answers)
        size = int(self.texts.sizes[rows].sum())
        if size > MOST_CHARACTERS:
            raise OptionError(
                f"the texts of these {len(answers):,} documents have {size:,} bytes, and an answer may have "
                f"{MOST_CHARACTERS:,}: ask for fewer documents with 'k'"
            )
        return [{**answer, "text": self.texts[row]} for answer, row in zip(answers, rows.tolist())]


class _Texts:
    """Texts in sequence as UTF-8; a list of tokens is the text with spaces between them."""

    def __init__(self, texts: Iterable[str | list[str]]) -> None:
        plain = (text if isinstance(text, str) else " ".join(text) for text in texts)
        parts = [text.encode("utf-8", "replace") for text in plain]  # JSON cannot hold half a surrogate pair
        self.sizes = np.fromiter(map(len, parts), np.int64, len(parts))
        self.ends = np.cumsum(self.sizes)
        self.bytes = b"".join(parts)

    def __len__(self) -> int:
        return len(self.sizes)

    def __getitem__(self, row: int) -> str:
        end = int(self.ends[row])
        return self.bytes[end - int(self.sizes[row]) : end].decode("utf-8")


def load_documents(
    path: str, vectors: WordVectors, texts: Any = None, tokenizer: str | None = None, words: int = 10_000
) -> Documents:
    """The documents in the file `path`, embedded with `vectors`; `texts`: `DocumentTexts` with the same ids, or none.

    Raises VectorsFileError for documents that were embedded with other vectors, InputError for texts of other
    documents.
    """
    from wordvec.errors import VectorsFileError
    from wordvec.vectors import WordVectors
    from wordvec.vectors.document_files import digest, facts_of

    documents = WordVectors.load(path)
    if facts_of(documents, path).get("vectors_digest") != digest(vectors):
        raise VectorsFileError(f"{path}: these documents were embedded with other vectors than those that are served")
    loaded = Documents(documents, vectors, texts=texts, tokenizer=tokenizer, words=words)
    if texts is not None and texts.ids != list(documents.words):
        number = next(n for n, (a, b) in enumerate(zip(texts.ids, documents.words), 1) if a != b)
        raise InputError(
            f"text {number:,} has the id {texts.ids[number - 1]!r}, and document {number:,} of {path} the id "
            f"{documents.words[number - 1]!r}: give the texts that the documents were embedded from, with the same --id"
        )
    return loaded

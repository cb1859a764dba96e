"""The questions that can be asked over a network: plain dictionaries in and out; nothing here knows about HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wordvec.errors import InputError, OptionError, UnknownWordError, WordvecError, describe
from wordvec.serve.beginnings import Beginnings
from wordvec.serve.given import Given, check_amount
from wordvec.serve.problems import Refused, problem_of

if TYPE_CHECKING:
    from wordvec.serve.documents import Documents
    from wordvec.vectors import WordVectors

MOST_NEIGHBOURS = 1_000
REMEMBERED = 1_000  # unknown words whose near spellings are kept


@dataclass(frozen=True)
class Limits:
    """How much one request may ask: words (or tokens) in all, and questions in a batch."""

    words: int = 10_000
    questions: int = 100


@dataclass(frozen=True)
class Similar:
    """A checked question for neighbours; the answer repeats `echo`."""

    positive: list[Any]
    negative: list[Any]
    k: int
    top: int | None
    echo: dict[str, Any]


class Questions:
    """Answers about one model, exact and over all of its words.

    Thread-safe: what is computed once is computed here, before the first question. Vectors in answers are numpy
    arrays. Each question takes its parameters as a mapping of text or JSON values, and raises InputError if it cannot
    be answered.

    >>> import numpy as np
    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]]))
    >>> Questions(vectors).similar({"word": "cat", "k": "1"})
    {'word': 'cat', 'neighbours': [{'word': 'dog', 'score': 0.992928}]}
    """

    def __init__(
        self,
        vectors: WordVectors,
        limits: Limits | None = None,
        *,
        tokenizer: str | None = None,
        with_search: bool = True,
        documents: Documents | None = None,
    ) -> None:
        self.vectors, self.limits, self.tokenizer = vectors.warm_up(), limits or Limits(), tokenizer
        self.beginnings = Beginnings(vectors) if with_search else None
        self.documents = documents
        self._unknown: dict[str, UnknownWordError] = {}
        self._spelling = threading.Lock()

    def by_name(self) -> dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]]:
        """The questions by name."""
        search = {"search": self.search} if self.beginnings is not None else {}
        if self.documents is not None:
            search["documents"] = self.documents.find
        others = {"similar": self.similar, "analogy": self.analogy, "vectors": self.rows, "embed": self.embed}
        return others | search | {"batch": self.batch}

    def similar(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """`word`; or `positive`, `negative`; or `vector`; and `k`, `top` -> {"neighbours": [{"word", "score"}]}."""
        (answer,) = self.similar_together([self.read_similar(given)])
        if isinstance(answer, Exception):
            raise answer
        return answer

    def read_similar(self, values: Mapping[str, Any]) -> Similar:
        """Check the parameters of `similar`, unknown words among them."""
        given = Given(values)
        forms = [given.has("word"), given.has("positive") | given.has("negative"), given.has("vector")]
        if sum(forms) > 1:
            raise OptionError("give 'word', or 'positive' and 'negative', or 'vector'; not several of these")
        positive: list[Any] = []
        negative: list[tuple[str, float]] = []
        echo = {}
        if forms[1]:
            positive = list(given.weighted("positive", self.limits.words))
            negative = given.weighted("negative", self.limits.words)
            self.check_known(word for word, _ in [*positive, *negative])
        elif forms[2]:
            positive = [given.vector("vector", self.vectors.dim)]
        else:
            echo = {"word": given.word("word")}
            positive = [echo["word"]]
            self.check_known(positive)
        k, top = given.number("k", 10, MOST_NEIGHBOURS), self._top(given)
        given.finish()
        return Similar(positive, negative, k, top, echo)

    def similar_together(self, asked: Sequence[Similar]) -> list[dict[str, Any] | Exception]:
        """Answer many questions with as few products as possible; an error is returned in place of its answer."""
        answers: list[Any] = [None] * len(asked)
        for top in {question.top for question in asked}:
            numbers = [number for number, question in enumerate(asked) if question.top == top]
            try:
                found = self._neighbours([asked[number] for number in numbers], top)
            except InputError:  # one of them has no direction: asking each alone shows which
                found = [self._neighbours_or_error(asked[number], top) for number in numbers]
            for number, neighbours in zip(numbers, found):
                answers[number] = (
                    neighbours if isinstance(neighbours, Exception) else {**asked[number].echo, **neighbours}
                )
        return answers

    def analogy(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """`a`, `b`, `c`, `k`, `method`, `top` -> {"neighbours"}: a is to b as c is to ?"""
        given = Given(values)
        a, b, c = (given.word(name) for name in "abc")
        self.check_known([a, b, c])
        k, top, method = given.number("k", 10, MOST_NEIGHBOURS), self._top(given), given.choice("method", "3cosadd")
        given.finish()
        return _as_neighbours(self.vectors.analogy(a, b, c, k=k, method=method, top=top))

    def rows(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """`word`, one or several -> {"words", "dim", "vectors": (n, D) float32}."""
        given = Given(values)
        words = given.words("word", self.limits.words)
        given.finish()
        ids = self.vectors.ids_of(words, missing=-1)
        if ids.min() >= 0:
            return {"words": words, "dim": self.vectors.dim, "vectors": self.vectors.rows(ids)}
        self.check_known(words)
        return {"words": words, "dim": self.vectors.dim, "vectors": self.vectors[words]}  # some composed of subwords

    def embed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """`texts`, or `tokens`, lists of words -> {"dim", "vectors": (n, D), "found", "missing"}: means of words."""
        given = Given(values)
        if given.has("texts") == given.has("tokens"):
            raise OptionError("give either 'texts', a list of texts, or 'tokens', a list of lists of words")
        if given.has("tokens"):
            sentences = given.token_lists("tokens", self.limits.words)
        else:
            sentences = [self._tokenize(text) for text in given.texts("texts", self.limits.words)]
            check_amount(sum(map(len, sentences)), "words", self.limits.words)
        given.finish()
        return self._means(sentences)

    def search(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """`text`, `limit` -> {"words": [{"word", "count"}]}: words that begin with `text`."""
        given = Given(values)
        text, limit = given.word("text"), given.number("limit", 12, MOST_NEIGHBOURS)
        given.finish()
        if self.beginnings is None:
            raise OptionError("this service was started without the search for words by their beginning")
        counts, words = self.vectors.counts, self.vectors.words
        rows = self.beginnings.rows(text, limit)
        return {"words": [{"word": words[row], "count": None if counts is None else int(counts[row])} for row in rows]}

    def batch(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """`questions`, a list of {"ask": "similar", ...} -> {"answers"}; a problem in place of an answer that fails."""
        given = Given(values)
        if not given.has("questions") or not isinstance(values["questions"], list):
            raise OptionError('\'questions\' must be a list of objects such as {"ask": "similar", "word": "tea"}')
        given.finish()
        check_amount(len(values["questions"]), "questions", self.limits.questions)
        answers = [self._answer_or_problem(self._read_one, question) for question in values["questions"]]
        similar = [number for number, answer in enumerate(answers) if isinstance(answer, Similar)]
        for number, answer in zip(similar, self.similar_together([answers[number] for number in similar])):
            answers[number] = self._answer_or_problem(_raised_or_given, answer)
        return {"answers": answers}

    def is_known(self, word: str) -> bool:
        """Whether a word has a vector, its own or one composed of subwords."""
        subwords = self.vectors.subwords
        return word in self.vectors or (subwords is not None and subwords.vector(word) is not None)

    def check_known(self, words: Iterable[str]) -> None:
        """Raise UnknownWordError for the first word without a vector.

        Finding near spellings takes tenths of a second in a large vocabulary, so this is done for one word at a time.
        """
        word = next((word for word in words if not self.is_known(word)), None)
        if word is None:
            return
        error = self._unknown.get(word)
        if error is None and self._spelling.acquire(blocking=False):
            try:
                error = self._with_spellings(word)
            finally:
                self._spelling.release()
        if error is None:
            message = f"{describe(word)} is not among the {len(self.vectors):,} words of these vectors"
            error = UnknownWordError(word, f"{message}; near spellings were not looked for: other requests do that now")
        raise UnknownWordError(word, str(error), error.suggestions)

    def _top(self, given: Given) -> int | None:
        """The number of first words that may be answers; None for all."""
        top = given.number("top", len(self.vectors), len(self.vectors))
        return None if top == len(self.vectors) else top

    def _with_spellings(self, word: str) -> UnknownWordError | None:
        try:
            self.vectors.word_id(word)
        except UnknownWordError as error:
            if len(self._unknown) >= REMEMBERED:
                self._unknown.clear()
            self._unknown[word] = error
            return error
        return None

    def _neighbours(self, asked: Sequence[Similar], top: int | None) -> list[Any]:
        pairs = [(question.positive, question.negative) for question in asked]
        found = self.vectors.most_similar_each(pairs, k=max(question.k for question in asked), top=top)
        return [_as_neighbours(each[: question.k]) for question, each in zip(asked, found)]

    def _neighbours_or_error(self, question: Similar, top: int | None) -> Any:
        try:
            return self._neighbours([question], top)[0]
        except InputError as error:
            return error

    def _tokenize(self, text: str) -> list[str]:
        if self.vectors.recipe is None and self.tokenizer is None:
            raise OptionError(
                "these vectors do not say how their text was made into tokens: send 'tokens', lists of words, or start "
                "the service with --tokenizer NAME"
            )
        return self.vectors.tokenize(text, self.tokenizer)

    def _means(self, sentences: list[list[str]]) -> dict[str, Any]:
        from wordvec.vectors.documents import mean_sentence_vectors

        means = mean_sentence_vectors(self.vectors, sentences)
        counts = {"found": means.found.tolist(), "missing": means.missing.tolist()}
        return {"dim": self.vectors.dim, "vectors": means.matrix, **counts}

    def _read_one(self, question: Any) -> Any:
        if not isinstance(question, dict):
            raise OptionError(f'a question must be an object such as {{"ask": "similar"}}; got {describe(question)}')
        values = {name: value for name, value in question.items() if name != "ask"}
        ask, answers = question.get("ask"), self.by_name()
        del answers["batch"]
        if ask == "similar":
            return self.read_similar(values)
        if not isinstance(ask, str) or ask not in answers:
            raise OptionError(f"'ask' must be one of {', '.join(map(repr, answers))}; got {describe(ask)}")
        return answers[ask](values)

    def _answer_or_problem(self, answer: Callable[[Any], Any], question: Any) -> Any:
        try:
            return answer(question)
        except (WordvecError, Refused) as error:
            found = problem_of(error)
            if found is None:
                raise
            return found


def _raised_or_given(answer: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer


def _as_neighbours(found: Sequence[tuple[str, float]]) -> dict[str, Any]:
    return {"neighbours": [{"word": word, "score": round(float(score), 6)} for word, score in found]}

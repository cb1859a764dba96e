"""The report on a corpus: what it contains, what training will need, and what to do first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from wordvec.corpus.corpus import Corpus
from wordvec.corpus.encode.tokenizers import OF_ITEMS
from wordvec.corpus.report.advice import advise, advise_on_cutting
from wordvec.corpus.report.items import advise_on_items
from wordvec.corpus.report.sentences import Boilerplate, Sentences, examine_boilerplate, examine_sentences
from wordvec.corpus.report.signs import WORDS_LOOKED_AT, find_signs
from wordvec.corpus.report.words import (
    CurvePoint,
    Forecast,
    Words,
    examine_words,
    forecast,
    percent,
    seconds_in_words,
)
from wordvec.memory import available_cores, available_memory


@dataclass(frozen=True)
class Report:
    """The result of `examine`. Raw numbers are from before min_count and other limits; None if not recorded.

    Attributes:
        tokens, raw_tokens: words in the corpus, and in the text.
        vocabulary, raw_words: distinct words in each.
        raw_sentences: sentences (lines) of the text; sentences of the corpus have at least one word.
        min_count, tokenizer: how the corpus was built.
        sentences, words, boilerplate: see their classes.
        forecasts: what each trainer needs with `threads` threads.
        advice: what to do before training, the most important first.
    """

    tokens: int
    raw_tokens: int | None
    vocabulary: int
    raw_words: int | None
    raw_sentences: int | None
    min_count: int
    tokenizer: str | None
    sentences: Sentences
    words: Words
    boilerplate: Boilerplate
    threads: int
    forecasts: list[Forecast]
    advice: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain numbers, strings, lists and dictionaries."""
        return asdict(self)


def examine(corpus: Corpus, threads: int | None = None, text: Iterable[str] | None = None) -> Report:
    """Read the whole corpus once and report. `threads` is for the forecast; None means all cores at hand.
    `text` is the lines that the corpus was made of, if at hand: they show words broken at line ends.

    Memory holds the vocabulary and two numbers per sentence; 17 million words take two seconds.

    >>> report = examine(Corpus.from_sentences([["a", "rose", "is", "a", "rose"]] * 9))
    >>> report.tokens, report.vocabulary, report.sentences.repeated > 0.8
    (45, 3, True)
    >>> report.advice[1].split(":")[0]
    '45 tokens are enough to see how things work, not to learn what words mean'
    """
    tokens, vocabulary = len(corpus.ids), len(corpus.vocabulary)
    raw_tokens = corpus.info.get("raw_tokens")
    tokenizer = corpus.info.get("tokenizer")
    sentences, words = examine_sentences(corpus), examine_words(corpus.vocabulary)
    boilerplate = examine_boilerplate(corpus, None if tokenizer in OF_ITEMS else text)
    threads = threads or available_cores()
    forecasts = forecast(corpus.vocabulary.counts, threads)
    kept = tokens / raw_tokens if raw_tokens else None
    return Report(
        tokens=tokens,
        raw_tokens=raw_tokens,
        vocabulary=vocabulary,
        raw_words=corpus.info.get("raw_words"),
        raw_sentences=corpus.info.get("raw_sentences"),
        min_count=corpus.vocabulary.min_count,
        tokenizer=tokenizer,
        sentences=sentences,
        words=words,
        boilerplate=boilerplate,
        threads=threads,
        forecasts=forecasts,
        advice=advise(
            tokens,
            vocabulary,
            kept,
            corpus.vocabulary.min_count,
            tokenizer,
            sentences,
            words,
            boilerplate,
            forecasts,
            available_memory(),
        ),
    )


def advise_on_words(corpus: Corpus, are_items: bool = False) -> list[str]:
    """What to do about words that the tokenizer cut wrongly, from the vocabulary alone; empty if they look right.

    Where words are items or nodes (`are_items`), only options that make one word of several are a fault.

    >>> advise_on_words(Corpus.from_sentences([["a", "rose", "is", "a", "rose"]] * 9))
    []
    """
    if are_items:
        vocabulary = corpus.vocabulary
        counts = dict(zip(islice(vocabulary.words, WORDS_LOOKED_AT), vocabulary.counts.tolist()))
        return advise_on_items(corpus.info.get("tokenizer"), corpus.info.get("normalization"), counts)
    return advise_on_cutting(find_signs(corpus.vocabulary), corpus.info.get("tokenizer"))


def report_lines(report: Report) -> list[str]:
    """The report as lines of text."""
    return [
        *_size_lines(report),
        *_sentence_lines(report.sentences),
        *_word_lines(report.words),
        "",
        "min_count      words   share of tokens kept",
        *(_curve_line(point, report.min_count) for point in report.words.curve),
        "",
        f"training at default options, threads={report.threads}; estimates, right within a factor of two or so:",
        *(
            f"  {one.trainer:9} {seconds_in_words(one.seconds):>9} {one.bytes / 2**30:6.1f} GiB of memory"
            for one in report.forecasts
        ),
        "",
        *([f"- {sentence}" for sentence in report.advice] or ["Nothing prevents training."]),
    ]


def _size_lines(report: Report) -> list[str]:
    tokens, words = f"{report.tokens:,}", f"{report.vocabulary:,}"
    if report.raw_tokens:
        tokens += f" of {report.raw_tokens:,} ({percent(report.tokens / report.raw_tokens)}) are in the vocabulary"
    if report.raw_words:
        words += f" of {report.raw_words:,} different ones, min_count is {report.min_count}"
    sentences = f"{report.sentences.number:,}"
    if report.raw_sentences and report.raw_sentences != report.sentences.number:
        sentences += f" with words, of {report.raw_sentences:,}"
    lines = [_line("tokens", tokens), _line("words", words), _line("sentences", sentences)]
    return [_line("tokenizer", report.tokenizer), *lines] if report.tokenizer else lines


def _sentence_lines(sentences: Sentences) -> list[str]:
    if not sentences.number:
        return []
    low, _, middle, _, high = sentences.lengths.values()
    lengths = f"median {middle:,}; 5 % have {low:,} or fewer, 5 % {high:,} or more; longest {sentences.longest:,}"
    lines = [_line("words in a sentence", lengths)]
    if sentences.repeated:
        text = f"{percent(sentences.repeated)} of the sentences, {percent(sentences.repeated_tokens)} of the tokens"
        lines.append(_line("repeated", text))
        lines.append(_line("  most of all", f"{sentences.most_repeated_times:,} times: {sentences.most_repeated}"))
    if sentences.one_word:
        lines.append(_line("sentences of one word", f"{percent(sentences.one_word)} of the sentences"))
    if sentences.same_word:
        lines.append(_line("one word repeated", f"{percent(sentences.same_word)} of the sentences"))
    return lines


def _word_lines(words: Words) -> list[str]:
    commonest = ", ".join(f"{word} ({count:,})" for word, count in words.commonest.items())
    lines = [_line("most frequent", commonest)]
    if words.once is not None:
        lines.append(_line("seen once", f"{percent(words.once)} of the different words"))
    for name, sign in words.signs.items():
        if sign.words:
            found = f"{percent(sign.tokens)} of the tokens, {sign.words:,} different: {' '.join(sign.examples)}"
            lines.append(_line(name, found))
    return lines


def _curve_line(point: CurvePoint, min_count: int) -> str:
    here = "   <- this corpus" if point.min_count == min_count else ""
    return f"{point.min_count:9,} {point.words:10,}   {percent(point.tokens)}{here}"


def _line(name: str, value: str) -> str:
    return f"{name:22} {value}"

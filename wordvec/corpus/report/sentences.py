"""Facts about the sentences of a corpus: lengths, repetitions, useless ones, and lines that are not sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from wordvec.corpus.corpus import Corpus
from wordvec.corpus.report.lines import LETTERS_LOOKED_AT, LINES_LOOKED_AT, Lines, advise_on_lines, examine_lines

TOKENS_AT_A_TIME = 1 << 20
MOST_HASHES = 1 << 24  # 128 MiB; above this, a sample is compared, chosen by hash, so that repetitions stay together
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
EXAMPLE_WORDS = 12  # of a repeated sentence


@dataclass(frozen=True)
class Sentences:
    """Facts about the sentences of the corpus, which lack the words outside the vocabulary.

    Attributes:
        number: sentences with at least one word.
        lengths: words in a sentence at some quantiles, such as ``{"5 %": 4, ...}``.
        longest: words in the longest sentence.
        repeated: share of sentences that repeat an earlier one word for word.
        repeated_tokens: share of all tokens in these sentences.
        most_repeated, most_repeated_times: the beginning of the most frequent sentence, and how often it appears.
        one_word: share of sentences of a single word, which has no context.
        same_word: share of sentences that repeat one word.
    """

    number: int
    lengths: dict[str, int]
    longest: int
    repeated: float
    repeated_tokens: float
    most_repeated: str
    most_repeated_times: int
    one_word: float
    same_word: float


def examine_sentences(corpus: Corpus) -> Sentences:
    """Read all ids once, in pieces; memory holds two numbers per sentence, or per sentence of a sample.

    >>> found = examine_sentences(Corpus.from_sentences([["a", "b"], ["a", "b"], ["c"], ["d", "d"]]))
    >>> found.repeated, found.most_repeated, found.one_word, found.same_word
    (0.25, 'a b', 0.25, 0.25)
    """
    starts = corpus.sentence_starts
    number = len(starts) - 1
    if number == 0:
        return Sentences(0, {}, 0, 0.0, 0.0, "", 0, 0.0, 0.0)
    lengths = np.diff(starts)
    parts = -(-number // MOST_HASHES)
    hashes, indices, same_word = [], [], 0
    for first, hash_, is_same in hashed_sentences(corpus):
        kept = np.flatnonzero(hash_ % np.uint64(parts) == 0) if parts > 1 else np.arange(len(hash_))
        hashes.append(hash_[kept])
        indices.append(first + kept)
        same_word += int(is_same.sum())
    repeated, tokens, index, times = _repetitions(np.concatenate(hashes), np.concatenate(indices), lengths)
    one_word = int((lengths == 1).sum())
    return Sentences(
        number=number,
        lengths={f"{q * 100:g} %": round(float(value)) for q, value in zip(QUANTILES, np.quantile(lengths, QUANTILES))},
        longest=int(lengths.max()),
        repeated=repeated,
        repeated_tokens=tokens,
        most_repeated=_beginning(corpus, index) if times > 1 else "",
        most_repeated_times=times,
        one_word=one_word / number,
        same_word=(same_word - one_word) / number,
    )


def hashed_sentences(corpus: Corpus) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Yield (first, hashes, all_alike) of runs of sentences: the first one's number, (n,) uint64, (n,) bool.

    A sentence's hash is the sum over its positions i of mix(word_id, i) in 64 bits, so a sentence of any length can be
    hashed in pieces. Equal sentences have equal hashes; different ones share a hash in about 1 of 2**64 pairs.
    """
    starts, ids = corpus.sentence_starts, corpus.ids
    hash_so_far, low, high = np.uint64(0), np.int32(2**31 - 1), np.int32(0)  # of a sentence that a chunk border cuts
    for begin in range(0, len(ids), TOKENS_AT_A_TIME):
        end = min(begin + TOKENS_AT_A_TIME, len(ids))
        first = int(np.searchsorted(starts, begin, side="right")) - 1
        stop = int(np.searchsorted(starts, end, side="left"))  # sentences first .. stop - 1 have words here
        sentence_starts = np.asarray(starts[first:stop])
        cuts = np.maximum(sentence_starts - begin, 0)
        words = np.asarray(ids[begin:end])
        positions = np.arange(begin, end) - np.repeat(sentence_starts, np.diff(cuts, append=end - begin))
        hashes = np.add.reduceat(_mixed(words, positions), cuts)
        lows, highs = np.minimum.reduceat(words, cuts), np.maximum.reduceat(words, cuts)
        hashes[:1] += hash_so_far
        lows[0], highs[0] = min(lows[0], low), max(highs[0], high)
        hash_so_far, low, high = np.uint64(0), np.int32(2**31 - 1), np.int32(0)
        if starts[stop] > end:  # the last one continues
            hash_so_far, low, high = hashes[-1], lows[-1], highs[-1]
            hashes, lows, highs = hashes[:-1], lows[:-1], highs[:-1]
        yield first, hashes, lows == highs


def _mixed(words: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """64 well-mixed bits of each (word, position): the finalizer of SplitMix64 (Steele, Lea and Flood 2014)."""
    x = (words.astype(np.uint64) << np.uint64(32)) + positions.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _repetitions(hashes: np.ndarray, indices: np.ndarray, lengths: np.ndarray) -> tuple[float, float, int, int]:
    """The shares of sentences and of tokens that repeat an earlier sentence; the most frequent one, and its count."""
    if not len(hashes):  # an unlucky sample
        return 0.0, 0.0, 0, 1
    order = np.argsort(hashes, kind="stable")
    is_new = np.diff(hashes[order], prepend=~hashes[order[:1]]) != 0
    indices = indices[order]
    in_order = lengths[indices]
    runs = np.diff(np.flatnonzero(is_new), append=len(order))
    most = int(runs.argmax())
    tokens = float(in_order[~is_new].sum() / in_order.sum())
    return float(1 - is_new.mean()), tokens, int(indices[is_new][most]), int(runs[most])


def _beginning(corpus: Corpus, sentence: int) -> str:
    start, end = (int(corpus.sentence_starts[i]) for i in (sentence, sentence + 1))
    words = [corpus.vocabulary.words[i] for i in corpus.ids[start : min(end, start + EXAMPLE_WORDS)]]
    return " ".join(words) + (" ..." if end - start > EXAMPLE_WORDS else "")


# Lines that are not sentences: headings, and the licences and publishers' notes around a text.


_MARK = re.compile(r"#{1,6}|={1,6}|\*{3,}|-{3,}|_{3,}|~{3,}")  # words that begin a line of markup
HEADING_WORDS = frozenset(
    [
        "chapter",
        "part",
        "book",
        "act",
        "scene",
        "section",
        "title",
        "volume",
        "appendix",
        "kapitel",
        "teil",
        "chapitre",
        "partie",
        "capítulo",
        "capitolo",
    ]
)
LONGEST_HEADING = 8  # words
LICENCE_WORDS = frozenset(
    ["gutenberg", "gutenberg-tm", "gutenberg™", "ebook", "etext", "isbn", "copyright", "©", "cookies"]
)
FEWEST_HEADINGS, SHARE_OF_HEADINGS = 5, 0.001
FEWEST_LICENCE_WORDS, SHARE_OF_LICENCE_WORDS = 5, 0.0001  # of the tokens: in prose they are rarer
HYPHENS = "-\u00ad\u00ac\u2010\u2e17"  # the last one in transcriptions of Gothic type
FEWEST_BROKEN, SHARE_OF_BROKEN = 20, 0.01  # of the lines: in prose "pre- and postwar" seldom ends a line so
LINES_AT_A_TIME = 1 << 20


@dataclass(frozen=True)
class Boilerplate:
    """Signs of lines that are not sentences.

    Attributes:
        headings: lines that look like headings; `heading` is the beginning of the first.
        licence_words: how often each word typical of licences and title pages occurs.
        broken: lines that end with a hyphen after letters; `broken_word` is the last word of the first, and
            `looked_at` how many lines of the text were looked at (None: those of the corpus).
        lines: the forms of the first lines of the text; None without the text.
    """

    headings: int
    heading: str
    licence_words: dict[str, int]
    broken: int = 0
    broken_word: str = ""
    looked_at: int | None = None
    lines: Lines | None = None


def examine_boilerplate(corpus: Corpus, text: Iterable[str] | None = None) -> Boilerplate:
    """Look at the first word of each line, and at the vocabulary; at hyphens in the lines of `text`, if given.

    A tokenizer may drop hyphens, and halves of broken words are rare, so the corpus itself shows few or none of them.

    >>> found = examine_boilerplate(Corpus.from_sentences([["##", "Chapter", "1"], ["it", "was", "a", "night"]]))
    >>> found.headings, found.heading
    (1, '## Chapter 1')
    """
    words, counts = corpus.vocabulary.words, corpus.vocabulary.counts
    marks = np.array([i for i, word in enumerate(words) if _MARK.fullmatch(word)], np.int32)
    named = np.array([i for i, word in enumerate(words) if word.casefold() in HEADING_WORDS], np.int32)
    headings, first = 0, -1
    if len(marks) or len(named):
        for lines in _heading_lines(corpus, marks, named):
            headings += len(lines)
            first = int(lines[0]) if first < 0 and len(lines) else first
    licence = {word: int(counts[i]) for i, word in enumerate(words) if word.casefold().strip(".,:()") in LICENCE_WORDS}
    heading = _line(corpus, first) if first >= 0 else ""
    if text is not None:
        beginnings: list[str] = []
        broken = broken_in(_noting_beginnings(text, beginnings))
        return Boilerplate(headings, heading, licence, *broken, examine_lines(beginnings))
    halves = _broken_words(corpus)
    broken_word = words[halves[0]] if len(halves) else ""
    return Boilerplate(headings, heading, licence, len(halves), broken_word)


def _noting_beginnings(lines: Iterable[str], beginnings: list[str]) -> Iterator[str]:
    """Yield the lines, one held at a time; what `examine_lines` looks at in the first ones is added to `beginnings`."""
    for line in lines:
        if len(beginnings) < LINES_LOOKED_AT:
            beginnings.append(line[:LETTERS_LOOKED_AT])
        yield line


def broken_in(lines: Iterable[str]) -> tuple[int, str, int]:
    """How many of the first million lines end with a hyphen after letters, the first such word, and their number.

    >>> broken_in(["the consti-", "tution of pre- and", "post-war states -"])
    (1, 'consti-', 3)
    """
    broken, first, number = 0, "", 0
    for line in islice(lines, LINES_AT_A_TIME):
        number += 1
        *_, word = line.rsplit(None, 1) or [""]
        if word[-1:] in HYPHENS and word[-2:-1].isalpha():
            broken, first = broken + 1, first or word
    return broken, first, number


def _broken_words(corpus: Corpus) -> np.ndarray:
    """The last word of each line that ends with a hyphen after letters, as the first half of a broken word does."""
    ends_so = np.array([word[-1] in HYPHENS and word[:-1].isalpha() for word in corpus.vocabulary.words], bool)
    if not ends_so.any():
        return np.zeros(0, np.int32)
    found = []
    for begin in range(0, len(corpus.sentence_starts) - 1, LINES_AT_A_TIME):
        part = np.asarray(corpus.sentence_starts[begin : begin + LINES_AT_A_TIME + 1])
        last = np.asarray(corpus.ids[part[1:][np.diff(part) > 0] - 1])
        found.append(last[ends_so[last]])
    return np.concatenate(found)


def _heading_lines(corpus: Corpus, marks: np.ndarray, named: np.ndarray) -> Iterator[np.ndarray]:
    """The numbers of lines that begin with a mark, and of short lines that begin with a heading word."""
    starts = corpus.sentence_starts
    for begin in range(0, len(starts) - 1, LINES_AT_A_TIME):
        part = np.asarray(starts[begin : begin + LINES_AT_A_TIME + 1])
        words, lengths = corpus.ids[part[:-1]], np.diff(part)
        yield begin + np.flatnonzero(np.isin(words, marks) | (np.isin(words, named) & (lengths <= LONGEST_HEADING)))


def _line(corpus: Corpus, line: int) -> str:
    begin, end = (int(corpus.sentence_starts[i]) for i in (line, line + 1))
    return " ".join(corpus.vocabulary.words[i] for i in corpus.ids[begin : min(end, begin + LONGEST_HEADING)])


def advise_on_boilerplate(found: Boilerplate, lines: int, tokens: int) -> Iterator[str]:
    """What to do about lines that are not sentences."""
    if found.lines is not None:
        yield from advise_on_lines(found.lines)
    if found.headings >= max(FEWEST_HEADINGS, SHARE_OF_HEADINGS * lines):
        yield (
            f"{found.headings:,} lines look like headings, such as {found.heading!r}: they are not sentences; remove "
            "them, for example with grep -v"
        )
    if found.broken >= max(FEWEST_BROKEN, SHARE_OF_BROKEN * (found.looked_at or lines)):
        of_all = f" of {found.looked_at:,}" if found.looked_at else ""
        yield (
            f"{found.broken:,}{of_all} lines end with a hyphen, such as in {found.broken_word!r}: words broken at the "
            "ends of lines are two words here; join them first: "
            "perl -CSD -0pe 's/(?<=\\pL)[-\\xAC\\xAD\\x{2010}\\x{2E17}]\\r?\\n(?=\\p{Ll})//g' FILE"
        )
    total = sum(found.licence_words.values())
    if total >= max(FEWEST_LICENCE_WORDS, SHARE_OF_LICENCE_WORDS * tokens):
        named = ", ".join(f"{word} ({count:,} times)" for word, count in list(found.licence_words.items())[:5])
        way_out = "."
        if found.lines is not None and found.lines.of_gutenberg:
            way_out = r": sed -n '/^\*\*\* *START OF/,/^\*\*\* *END OF/p' FILE | grep -v '^\*\*\*'"
        advice = f"Licences or title pages seem to be among the text: {named}; cut off what comes before and after it"
        yield f"{advice}{way_out}"

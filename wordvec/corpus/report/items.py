"""Advice on words that are items of sessions or nodes of a graph."""

from __future__ import annotations

from collections.abc import Mapping

from wordvec.corpus.encode.tokenizers import OF_ITEMS
from wordvec.corpus.read.sniffing import ITEM_MARKS
from wordvec.corpus.report.advice import ATTACHED
from wordvec.corpus.report.signs import EXAMPLES
from wordvec.corpus.report.words import percent


def advise_on_items(
    tokenizer: str | None, normalization: Mapping[str, str] | None, words: Mapping[str, int]
) -> list[str]:
    """What to do about options that make one word of several ids of items or nodes, and about commas between them.

    `words` are the most frequent words and their counts.

    >>> advise_on_items("whitespace", {"numbers": "zero"}, {"tea": 3})
    ['--numbers zero makes one word of all numbers: if they are ids, leave it out.']
    """
    total = max(sum(words.values()), 1)
    for name, mark in () if tokenizer in OF_ITEMS else ITEM_MARKS.items():
        with_mark = [word for word in words if mark in word]
        share = sum(words[word] for word in with_mark) / total
        if share > ATTACHED:
            some = " ".join(with_mark[:EXAMPLES])
            return [
                f"{percent(share)} of the items have {name} ({some}), so one item has several vectors: --tokenizer "
                f"{name} takes what is between {name} as one item."
            ]
    if tokenizer == "words":
        changed = "--tokenizer words cuts ids at punctuation, folds their case and writes numbers as 0: to keep them"
        return [f"{changed}, leave it out."]
    numbers = (normalization or {}).get("numbers", "keep")
    done = {"zero": "makes one word of", "drop": "leaves out"}.get(numbers)
    return [f"--numbers {numbers} {done} all numbers: if they are ids, leave it out."] if done else []

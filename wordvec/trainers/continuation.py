"""What vectors record about their text, and continued training: from existing vectors, with a growing vocabulary.

- Words that `start` has are kept, whatever their count in the new text. A new word must reach the new text's min_count
  in all texts together, if the vectors' file has the counts of rare words.
- Counts are summed over different texts. A text in which all words have the same counts as in an earlier one is treated
  as the same text and not counted again: `info["counted"]` has a fingerprint of each text.
- Negatives and subsampling use the counts of the new text alone, and the learning rate falls from `learning_rate` as in
  any run. A different `seed` for each text gives different draws.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.corpus.recipe import KEYS, TextRecipe
from wordvec.corpus.selection import OVER_MAX_WORDS, TOO_RARE
from wordvec.errors import OptionError
from wordvec.progress import warn

if TYPE_CHECKING:
    from wordvec.corpus import Corpus, Vocabulary
    from wordvec.vectors import WordVectors

SOURCES_KEPT = 20  # names of text files that are recorded


def counts_fingerprint(vocabulary: Vocabulary) -> str:
    """A hash of a text's words and counts, including words left out of the vocabulary; it ignores their order.

    >>> from wordvec import Vocabulary
    >>> one, other = Vocabulary(["a", "b"], [2, 1]), Vocabulary(["a"], [2], min_count=2, rare={"b": 1})
    >>> counts_fingerprint(one) == counts_fingerprint(other)
    True
    """
    total, left_out = 0, vocabulary.left_out
    lists = [(vocabulary.parts.words, vocabulary.counts)]
    lists += [] if left_out is None else [(left_out.words, left_out.counts)]
    for words, counts in lists:
        before = 0
        for some in words.blocks():
            for word, count in zip(some, counts[before : before + len(some)].tolist()):
                if count:
                    item = hashlib.blake2b(b"%d %b" % (count, word), digest_size=16)
                    total += int.from_bytes(item.digest(), "little")
            before += len(some)
    return f"{total % 2**128:032x}"


def was_counted(start: WordVectors, fingerprint: str, corpus_fingerprint: str) -> bool:
    """Whether the counts of `start` already include this text."""
    if "counted" in start.info:
        return fingerprint in _counted(start)
    return corpus_fingerprint == start.info.get("corpus_fingerprint")  # a file of an earlier version


def corpus_for(start: WordVectors, corpus: Corpus) -> tuple[Corpus, list[str]]:
    """The corpus with the words that `start` has or that are frequent enough in all texts together; and notes.

    Words on the corpus's own drop list, or outside its given vocabulary, stay out. The notes list what was impossible.
    """
    if not hasattr(start, "context_matrix"):
        raise OptionError(f"start must be vectors, such as WordVectors.load(path); got {type(start).__name__}")
    notes = _differences(start, corpus)
    words = words_to_add(start, corpus)
    if words:
        grown = corpus.with_words(words)
        if grown is None:
            rare = corpus.vocabulary.rare or {}
            tokens = sum(rare[word] for word in words)
            notes.append(
                f"{len(words):,} words that the vectors have, or that are frequent enough in both texts together, were "
                f"left out of this corpus as rare: {tokens:,} of their tokens are not trained on; train from the text, "
                "or build the corpus with a list of these words as keep_words"
            )
        corpus = grown or corpus
    for note in notes:
        warn(note)
    return corpus, notes


def words_to_add(start: WordVectors, corpus: Corpus) -> list[str]:
    """The words that a continued run trains although the corpus left them out as too rare or over its limit."""
    vocabulary = corpus.vocabulary
    left_out = vocabulary.left_out
    if left_out is None:
        return []
    known: list[str] = []
    new: dict[str, int] = {}  # with their counts in all texts
    is_new_text = not was_counted(start, counts_fingerprint(vocabulary), corpus.fingerprint)
    before = start.rare or {}
    for word, count, reason in zip(left_out.words.list, left_out.counts.tolist(), left_out.reasons.tolist()):
        if count and reason in (TOO_RARE, OVER_MAX_WORDS) and word in start:
            known.append(word)
        elif count and reason == TOO_RARE and is_new_text:
            together = before.get(word, 0) + count
            if together >= vocabulary.min_count:
                new[word] = together
    if vocabulary.max_words is not None:
        room = max(0, vocabulary.max_words - len(vocabulary) - len(known))
        new = dict(sorted(new.items(), key=lambda item: (-item[1], item[0]))[:room])
    return known + list(new)


def _differences(start: WordVectors, corpus: Corpus) -> list[str]:
    """How the preparation of the two texts differs, if known."""
    before, now = start.recipe, TextRecipe.of_corpus(corpus.info)
    if before is None or now is None or before.tokenizer is None or now.tokenizer is None:
        return []
    differing = [
        f"{name.replace('_', ' ')} {_described(getattr(before, name))}, here {_described(getattr(now, name))}"
        for name in ("tokenizer", "normalization", "phrases")
        if getattr(before, name) != getattr(now, name)
    ]
    if not differing:
        return []
    return [
        f"the text of the vectors to start from was tokenized differently: {'; '.join(differing)}; "
        "Corpus.build(text, **vectors.build_options()) does the same as before, like train --start without such options"
    ]


def _described(part: Any) -> str:
    if part is None:
        return "none"
    options = part if isinstance(part, str) else part.as_dict()
    if isinstance(options, dict):
        options = {name: value for name, value in options.items() if value != "keep"}
    learned = sum(map(len, getattr(part, "learned", None) or ()))
    return f"{options}" + (f" ({learned:,} of them)" if learned else "")


def known_words(start: WordVectors, vocabulary: Vocabulary) -> np.ndarray:
    """Which words of `vocabulary` have vectors in `start`, as bool (V,)."""
    return np.fromiter((word in start for word in vocabulary.words), bool, len(vocabulary))


def copy_known_words(
    start: WordVectors, vocabulary: Vocabulary, W_in: np.ndarray, W_out: np.ndarray | None
) -> list[str]:
    """Copy the rows of `start` into W_in and W_out (V, D); returns notes, also on what could not be copied."""
    if start.dim != W_in.shape[1]:
        raise OptionError(
            f"the vectors to start from have {start.dim} dimensions and {W_in.shape[1]} are to be trained: "
            f"give --dim {start.dim}"
        )
    known = np.flatnonzero(known_words(start, vocabulary))
    if len(known) == 0:
        raise OptionError("the vectors to start from share no word with the text: different tokenizer or language?")
    rows = np.array([start.word_id(vocabulary.words[word_id]) for word_id in known])
    W_in[known] = start.rows(rows)
    notes = [f"{len(known):,} of {len(vocabulary):,} words start from the given vectors"]
    if start.subwords is not None:
        notes.append(
            "the n-grams of the vectors to start from are not continued: --subwords, or .fit_subwords(), fits new ones"
        )
    if W_out is None:
        notes.append("hierarchical softmax has no context vectors to continue from: its tree starts at zero")
    elif start.context_matrix is None:
        notes.append("there are no context vectors to continue from, so W_out starts at zero")
        warn(
            "the vectors to start from have no context vectors, so half of what was learned is lost: the first epochs "
            "move their words; wordvec's .safetensors and .npz keep context vectors, other formats do not",
        )
    else:
        W_out[known] = start.context_matrix[rows]
    return notes


def with_words_of(start: WordVectors, trained: WordVectors) -> WordVectors:
    """The trained vectors, with the words of `start` that do not occur in the new text; counts are summed."""
    from wordvec.vectors import WordVectors

    rest = np.array([row for row, word in enumerate(start.words) if word not in trained], np.int64)
    words = [*trained.words, *(start.words[row] for row in rest)]
    matrix = np.concatenate([trained.matrix, start.rows(rest)])
    context = trained.context_matrix
    if context is not None:
        has_contexts = start.context_matrix is not None
        of_rest = start.context_matrix[rest] if has_contexts else np.zeros((len(rest), start.dim), np.float32)  # type: ignore[index]
        context = np.concatenate([context, of_rest])
    counts = counts_of_both(start, trained)
    order = sorted(range(len(words)), key=lambda row: (-counts[words[row]], words[row]))
    words = [words[row] for row in order]
    ordered = np.array([counts.pop(word) for word in words], np.int64)
    rare = None if start.rare is None and trained.rare is None else counts
    return WordVectors(
        words,
        matrix[order],
        ordered,
        _info(start, trained),
        context_matrix=None if context is None else context[order],
        rare=rare,
    )


def counts_of_both(start: WordVectors, trained: WordVectors) -> dict[str, int]:
    """The counts of all words, including rare ones: `start`'s, plus the new text's unless it was counted before."""
    counts = _all_counts(start)
    is_new_text = not _has_counted(start, trained)
    for word, count in _all_counts(trained).items():
        if is_new_text:
            counts[word] = counts.get(word, 0) + count
        else:
            counts.setdefault(word, count)
    return counts


def _all_counts(vectors: WordVectors) -> dict[str, int]:
    counts = [0] * len(vectors) if vectors.counts is None else vectors.counts.tolist()
    return {**(vectors.rare or {}), **dict(zip(vectors.words, counts))}


def _has_counted(start: WordVectors, trained: WordVectors) -> bool:
    return was_counted(start, _counted(trained)[-1], trained.info["corpus_fingerprint"])


def _counted(vectors: WordVectors) -> list[str]:
    counted = vectors.info.get("counted")
    return counted if isinstance(counted, list) else []


def _info(start: WordVectors, trained: WordVectors) -> dict[str, Any]:
    """The vectors' info. A text given as tokens is recorded with the tokenizer of `start`, if that is known."""
    counted = _counted(start) + ([] if _has_counted(start, trained) else _counted(trained))
    info = {**trained.info, "started_from": start.info.get("corpus_fingerprint"), "counted": counted}
    if trained.info.get("tokenizer") is None and start.recipe is not None:
        info |= {key: start.info[key] for key in KEYS if key in start.info}
    return info


def origin_of(corpus: Corpus) -> dict[str, Any]:
    """All that is recorded about a corpus."""
    return {
        "corpus_fingerprint": corpus.fingerprint,
        **text_info(corpus),
        **source_info(corpus),
        "min_count": corpus.vocabulary.min_count,
        "counted": [counts_fingerprint(corpus.vocabulary)],
        "tokens": len(corpus.ids),
    }


def text_info(corpus: Corpus) -> dict[str, Any]:
    """How the corpus's text was tokenized, for the vectors' file."""
    recipe = TextRecipe.of_corpus(corpus.info)  # None if an earlier version built the corpus
    return {"tokenizer": corpus.info.get("tokenizer")} if recipe is None else recipe.as_info()


def source_info(corpus: Corpus) -> dict[str, Any]:
    """Where the text came from, for the vectors' file: file names without their folders."""
    names = [re.split(r"[/\\]", str(source).rstrip("/\\"))[-1] for source in corpus.info.get("sources") or []]
    listed = names[:SOURCES_KEPT] + ([f"and {len(names) - SOURCES_KEPT:,} more"] if len(names) > SOURCES_KEPT else [])
    return {"sentences": len(corpus.sentence_starts) - 1} | ({"sources": listed} if listed else {})

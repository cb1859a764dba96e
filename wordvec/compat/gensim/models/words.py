"""The words of gensim's models: chosen by a trim_rule or from given counts, and predicted from a context."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from wordvec.compat.gensim.differences import differs
from wordvec.compat.gensim.models.keyedvectors import KeyedVectors
from wordvec.compat.gensim.utils import RULE_DEFAULT, RULE_DISCARD, RULE_KEEP
from wordvec.corpus import Corpus
from wordvec.errors import OptionError

Rule = Callable[[str, int, int], int]


def chosen(counts: Iterable[tuple[str, int]], least: int, most: int | None, rule: Rule | None) -> list[tuple[str, int]]:
    """The words to keep, by falling count: seen `least` times, unless `rule` decides otherwise; at most `most`.

    Raises OptionError if no word is left, and for an answer of the rule other than gensim's three.

    >>> chosen([("tea", 3), ("the", 9), ("rare", 1)], 2, None, lambda word, count, least: RULE_DISCARD * (count > 5))
    [('tea', 3)]
    """
    kept = [(word, count) for word, count in counts if _is_kept(word, count, least, rule)]
    if not kept:
        raise OptionError(f"no word is left: none was seen min_count={least} times, or trim_rule keeps none")
    return sorted(kept, key=lambda pair: -pair[1])[:most]


def _is_kept(word: str, count: int, least: int, rule: Rule | None) -> bool:
    answer = RULE_DEFAULT if rule is None else rule(word, count, least)
    if answer not in (RULE_DEFAULT, RULE_DISCARD, RULE_KEEP):
        raise OptionError(
            f"trim_rule({word!r:.40}, {count}, {least}) returned {answer!r:.40}: utils.RULE_DEFAULT, RULE_DISCARD or "
            "RULE_KEEP expected"
        )
    return answer == RULE_KEEP or (answer == RULE_DEFAULT and count >= least)


def trimmed(corpus: Corpus, least: int, most: int | None, rule: Rule) -> Corpus:
    """A corpus of all words, with those alone that `chosen` keeps."""
    vocabulary = corpus.vocabulary
    kept = chosen(zip(vocabulary.words, vocabulary.counts.tolist()), least, most, rule)
    return Corpus.from_sentences(corpus.sentences(), vocabulary=[word for word, _ in kept])


def checked_counts(counts: Any) -> list[tuple[str, int]]:
    """The words and counts of a mapping. Raises OptionError for anything else."""
    if not isinstance(counts, Mapping):
        raise OptionError(f"word_freq must be a dictionary of words and their counts; got a {type(counts).__name__}")
    found = [(word, int(count)) for word, count in counts.items() if isinstance(count, (int, np.integer))]
    wrong = next((item for item in counts.items() if not isinstance(item[0], str)), None)
    if wrong is not None or len(found) < len(counts):
        shown = wrong or next(item for item in counts.items() if not isinstance(item[1], (int, np.integer)))
        raise OptionError(f"word_freq must hold words (str) and whole numbers; got {shown!r:.60}")
    return found


def has_nothing_to_train(error: Exception) -> bool:
    """Whether an error says that a text has no words, or no pairs of words, to train on."""
    return str(error).startswith(("the corpus is empty", "no word is left", "no word of the corpus has another"))


def check_no_locks(vectors: KeyedVectors) -> None:
    """Raise OptionError if `vectors_lockf`, with which gensim keeps rows as they are, is other than 1 anywhere."""
    if np.any(np.asarray(vectors.vectors_lockf) != 1.0):
        raise OptionError(
            "vectors_lockf other than 1 is not supported: every row is trained; SkipGram(...).fit(corpus, "
            "start=vectors, freeze=True) of wordvec itself keeps the rows of `vectors` and trains new words"
        )


def predicted(vectors: KeyedVectors, outputs: np.ndarray, context: Iterable[str], topn: int) -> Any:
    """The `topn` words that a context predicts, with their probabilities; None if no word of it is known.

    The mean of the context's rows and each output row give a score, and a softmax over all words the probabilities.
    """
    if isinstance(context, str):
        raise OptionError(f"predict_output_word: a list of words expected; got the text {context!r:.40}")
    rows = [vectors.key_to_index[word] for word in context if word in vectors.key_to_index]
    if not rows:
        differs("predict_output_word: none of the words is in the vocabulary")
        return None
    scores = (outputs @ vectors.vectors[rows].mean(axis=0)).astype(np.float64)
    odds = np.exp(scores - scores.max())
    best = np.argsort(-odds, kind="stable")[:topn]
    return [(vectors.index_to_key[row], float(odds[row] / odds.sum())) for row in best.tolist()]

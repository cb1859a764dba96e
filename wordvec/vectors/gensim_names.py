"""Hints for users of gensim 3 and 4: wordvec's equivalents of gensim's names."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

from wordvec.errors import ArgumentError

F = TypeVar("F", bound=Callable[..., Any])

EVALUATE = "the command `wordvec evaluate FILE` and wordvec.evaluation score vectors"
MAKE_ANEW = "vectors cannot be changed: make new ones with .with_rows(words, rows)"
GENSIM_NAMES = {
    "add_vector": MAKE_ANEW,
    "add_vectors": MAKE_ANEW,
    "add": MAKE_ANEW,
    "build_vocab": "a trainer's fit(Corpus.from_texts(...)) makes vectors",
    "closer_than_entity": "ask .closer_than(a, b)",
    "cosine_similarities": "ask 1 - .distances(word)",
    "distance": "ask 1 - .similarity(a, b)",
    "entity2vec": "a word's vector is vectors[word]",
    "evaluate_word_analogies": EVALUATE,
    "evaluate_word_pairs": EVALUATE,
    "accuracy": EVALUATE,
    "expandos": "counts are .counts, everything else is in .info",
    "fill_norms": "lengths are .lengths, computed on first access",
    "get_index": "a word's row is .word_id(word), the rows of many are .ids_of(words)",
    "get_mean_vector": "ask vectors[words].mean(axis=0), or vectors.unit[vectors.ids_of(words)].mean(axis=0)",
    "get_normed_vectors": "the rows of length 1 are .unit",
    "get_vecattr": "a word's count is .counts[.word_id(word)]",
    "set_vecattr": MAKE_ANEW,
    "get_vector": "a word's vector is vectors[word], and .unit_of(word) with length 1",
    "has_index_for": "ask `word in vectors`",
    "index2entity": "the words are .words, in the order of their rows",
    "index2word": "the words are .words, in the order of their rows",
    "index_to_key": "the words are .words, in the order of their rows",
    "init_sims": "no preparation is needed: the rows of length 1 are .unit",
    "intersect_word2vec_format": "begin a training with them: trainer.fit(corpus, start=WordVectors.load(path))",
    "items": "ask zip(vectors.words, vectors.rows(slice(None)))",
    "key_to_index": "the row of each word is in the mapping .word_ids",
    "keys": "the words are .words",
    "load_word2vec_format": "read WordVectors.load(path): the format is recognized by content",
    "load_facebook_model": "read WordVectors.load(path): the format is recognized by content",
    "load_facebook_vectors": "read WordVectors.load(path): the format is recognized by content",
    "most_similar_cosmul": "ask .analogy(a, b, c, method='3cosmul')",
    "most_similar_to_given": "ask .most_similar(word, among=words, k=1)",
    "rank_by_centrality": "ask .unit @ .unit.mean(axis=0)",
    "relative_cosine_similarity": "divide .similarity(a, b) by the sum of the cosines of .most_similar(a)",
    "resize_vectors": MAKE_ANEW,
    "save_word2vec_format": "write .save('vectors.txt') or .save('vectors.bin')",
    "similar_by_key": "ask .most_similar(word, k=10)",
    "similar_by_vector": "ask .nearest(vector, k=10)",
    "similar_by_word": "ask .most_similar(word, k=10)",
    "sort_by_descending_frequency": "rows keep their order; the most frequent are chosen by the filter top=N",
    "syn0": "the rows are .matrix (.rows(ids) as float32), and .unit with length 1",
    "syn0norm": "the rows of length 1 are .unit",
    "train": "a trainer's fit(corpus, start=vectors) trains on",
    "unit_normalize_all": "wordvec.vectors.postprocessing.unit_length(vectors) makes such vectors",
    "values": "the rows are .matrix (.rows(ids) as float32)",
    "vector_size": "the number of dimensions is .dim",
    "vectors": "the rows are .matrix (.rows(ids) as float32), and .unit with length 1",
    "vectors_norm": "the rows of length 1 are .unit",
    "vocab": "the words are .words, a word's row is .word_id(word), its count .counts[row]",
    "wmdistance": "wordvec.compat.gensim.models.KeyedVectors.from_word_vectors(vectors) has it",
    "word_vec": "a word's vector is vectors[word], and .unit_of(word) with length 1",
    "words_closer_than": "ask .closer_than(a, b)",
    "wv": "there is no .wv: these are the vectors already",
}
BY_CONTENT = "leave it out: a file's format and encoding are recognized by content"
ARGUMENTS = {  # of `load` and `save`
    **dict.fromkeys(("no_header", "encoding", "unicode_errors"), BY_CONTENT),
    "binary": f"{BY_CONTENT}, and save writes it with format='word2vec-binary'",
    "datatype": "it is named dtype here",
    "mmap": "leave it out: .safetensors is memory-mapped anyway",
}


def hints_for_gensims(method: F) -> F:
    """Make `load` and `save` answer gensim's arguments with a hint; the signature is unchanged."""
    known = inspect.signature(method).parameters

    @functools.wraps(method)
    def checked(*args: Any, **options: Any) -> Any:
        for name in options:
            if name in ARGUMENTS and name not in known:
                raise ArgumentError(f"{method.__name__} has no argument {name!r}: {ARGUMENTS[name]}")
        return method(*args, **options)

    return cast(F, checked)


def no_such(owner: str, name: str) -> AttributeError:
    """The error for a missing attribute, with a hint if it is one of gensim's names."""
    hint = f"; {GENSIM_NAMES[name]}" if name in GENSIM_NAMES else ""
    return AttributeError(f"{owner} has no attribute {name!r}{hint}")


class NamesOfGensim(type):
    """Makes a class answer gensim's class methods, such as ``load_word2vec_format``, with a hint."""

    def __getattr__(cls, name: str) -> Any:
        raise no_such(f"the class {cls.__name__}", name)

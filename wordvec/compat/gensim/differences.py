"""Intended differences from gensim, and the warning about them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator

from wordvec.errors import ArgumentError, OptionError
from wordvec.progress import warn

RENAMED = {"size": "vector_size", "iter": "epochs", "docvecs": "dv"}  # gensim 3 -> 4
OF_TEXT = {"sentences": "corpus_iterable", "documents": "corpus_iterable", "steps": "epochs"}  # of methods alone
OPTIONS = {  # wordvec -> gensim
    "dim": "vector_size",
    "learning_rate": "alpha",
    "learning_rate_end": "min_alpha",
    "negative_power": "ns_exponent",
    "negatives": "negative",
    "shrink_window": "shrink_windows",
    "subsample": "sample",
    "threads": "workers",
}
LOWERED = "; train(..., epochs=N) lowers alpha by itself: leave out a loop that lowers it, and give all epochs at once"

# What to write for names of gensim 3, and for what is not here: of vectors, and of models.
OF_VECTORS = {
    "accuracy": "gensim 4 has evaluate_word_analogies(file)",
    "add": "gensim 4 calls it add_vectors",
    "count": "gensim 4 has len(vectors), and get_vecattr(word, 'count') for the count of a word",
    "doctag_syn0": "gensim 4 calls it vectors",
    "doctags": "gensim 4 has key_to_index for the tags and their rows",
    "get_keras_embedding": "gensim 4 has no such thing: give the rows, .vectors, to a layer yourself",
    "index2entity": "gensim 4 calls it index_to_key",
    "index2word": "gensim 4 calls it index_to_key",
    "log_accuracy": "gensim 4 has evaluate_word_analogies(file)",
    "offset2doctag": "gensim 4 calls it index_to_key",
    "resize_vectors": "not supported: add_vectors makes room",
    "similarity_unseen_docs": "gensim 4 has it in the model: model.similarity_unseen_docs(words, other_words)",
    "syn0": "gensim 4 calls it vectors",
    "syn0norm": "gensim 4 has get_normed_vectors()",
    "vectors_docs": "gensim 4 calls it vectors",
    "vectors_norm": "gensim 4 has get_normed_vectors()",
    "vocab": "gensim 4 has key_to_index for the words and their rows, and get_vecattr(word, 'count') for counts",
    "wv": "these are the vectors already: leave .wv out",
    "min_n": "an argument of the model: model.min_n",
    "max_n": "an argument of the model: model.max_n",
}
OF_MODELS = {
    "delete_temporary_training_data": "gensim 4 has no such thing: leave the line out",
    "load_word2vec_format": "read KeyedVectors.load_word2vec_format(file)",
    "random": "infer_vector gives the same vector at every call: leave the line out",
    "running_training_loss": "ask get_latest_training_loss()",
    "save_word2vec_format": "write model.wv.save_word2vec_format(file)",
    "score": "not supported",
}


def no_attribute(owner: str, name: str, of_vectors: bool, is_there: bool = False) -> AttributeError:
    """The error for a name that vectors or a model do not have; `is_there` says whether a model's vectors have it."""
    if of_vectors:
        hint = OF_VECTORS.get(name)
    elif name in OF_MODELS or name in RENAMED:
        hint = OF_MODELS.get(name) or f"gensim 4 calls it {RENAMED[name]}"
    elif name in OF_VECTORS:
        hint = f"of a model's words, so in model.wv; {OF_VECTORS[name]}"
    else:
        hint = f"ask model.wv.{name}" if is_there else None
    told = "" if hint is None else f": {hint}"
    return AttributeError(f"{owner} has no attribute {name!r}{told}; wordvec compat gensim lists what there is")


def refuse_others(owner: str, others: Iterable[str], renamed: dict[str, str]) -> None:
    """Raise ArgumentError for arguments that `owner` does not have, with their new names from `renamed`."""
    for name in others:
        hint = f": gensim 4 and wordvec.compat.gensim call it {renamed[name]}" if name in renamed else ""
        raise ArgumentError(f"{owner} has no argument {name!r}{hint}")


@contextlib.contextmanager
def gensims_names(owner: str) -> Iterator[None]:
    """Name gensim's arguments in errors about the options of wordvec's trainers."""
    try:
        yield
    except (ArgumentError, OptionError) as error:
        found = re.fullmatch(r"[\w-]+: (\w+) (must .*)", str(error), re.DOTALL)
        if found is None:
            raise
        option = OPTIONS.get(found[1], found[1])
        told = found[2].replace(f"write {found[1]}=", f"write {option}=")
        hint = LOWERED if option == "alpha" and told.startswith("must be positive") else ""
        raise type(error)(f"{owner}: {option} {told}{hint}") from None


# Public names of gensim 4.4 that client programs may call, by class.
NAMES = {
    "Word2Vec": "add_lifecycle_event build_vocab build_vocab_from_freq create_binary_tree estimate_memory "
    "get_latest_training_loss init_sims init_weights load make_cum_table predict_output_word prepare_vocab "
    "prepare_weights reset_from save scan_vocab score seeded_vector syn1neg train update_weights wv",
    "KeyedVectors": "add_lifecycle_event add_vector add_vectors allocate_vecattrs closer_than cosine_similarities "
    "distance distances doesnt_match evaluate_word_analogies evaluate_word_pairs expandos fill_norms get_index "
    "get_mean_vector get_normed_vectors get_vecattr get_vector has_index_for index_to_key init_sims "
    "intersect_word2vec_format key_to_index load load_word2vec_format most_similar most_similar_cosmul "
    "most_similar_to_given n_similarity norms rank rank_by_centrality relative_cosine_similarity resize_vectors save "
    "save_word2vec_format set_vecattr similar_by_key similar_by_vector similar_by_word similarity "
    "similarity_unseen_docs sort_by_descending_frequency unit_normalize_all vector_size vectors vectors_for_all "
    "wmdistance word_vec words_closer_than",
    "Phrases": "add_lifecycle_event add_vocab analyze_sentence export_phrases find_phrases freeze load save "
    "score_candidate",
    "FrozenPhrases": "analyze_sentence find_phrases load save score_candidate",
    "FastText": "build_vocab load save train wv",
    "Doc2Vec": "build_vocab dbow docvecs dv infer_vector load reset_from save similarity_unseen_docs train wv",
    "CallbackAny2Vec": "on_epoch_begin on_epoch_end on_train_begin on_train_end",
    "LineSentence": "__iter__",
    "TaggedDocument": "tags words",
}

# (class, name) -> what differs; the name "" stands for the class as a whole.
DIFFERENCES = {
    (
        "Word2Vec",
        "",
    ): "other numbers of the same kind, the same for any number of workers; sentences may be a generator "
    "and of any length (gensim cuts at 10,000 words)",
    (
        "Word2Vec",
        "hs",
    ): "hs=1 trains hierarchical softmax alone; gensim adds negative sampling unless negative=0 (warns)",
    ("Word2Vec", "min_alpha"): "at least 1e-4 of alpha, at most alpha",
    ("Word2Vec", "min_count"): "0 means 1",
    ("Word2Vec", "workers"): "at least 1; with 0 or -1 gensim trains nothing, and says nothing",
    (
        "Word2Vec",
        "sample",
    ): "no effect on a text so small that hardly any pair of words would be left (warns)",
    (
        "Word2Vec",
        "max_final_vocab",
    ): "exactly this many words if there are more; gensim raises min_count until they fit",
    ("Word2Vec", "max_vocab_size"): "no effect: all words are counted (warns)",
    ("Word2Vec", "sorted_vocab"): "no effect: words are in order of falling count (warns)",
    ("Word2Vec", "cbow_mean"): "0 is refused: CBOW averages the contexts",
    ("Word2Vec", "null_word"): "refused",
    (
        "Word2Vec",
        "build_vocab_from_freq",
    ): "chooses the words; sampling follows the counts of the text that train reads",
    ("Word2Vec", "predict_output_word"): "warns when it returns None",
    ("Word2Vec", "hashfxn"): "no effect: starting rows depend only on seed; the same for batch_words and compute_loss: "
    "losses are always kept",
    (
        "Word2Vec",
        "get_latest_training_loss",
    ): "the epochs' mean losses added up; gensim adds all losses of all examples",
    (
        "Word2Vec",
        "train",
    ): "total_examples, total_words are not needed; returns the tokens in the vocabulary, before sampling, and "
    "all tokens, times the epochs; further text without pairs of known words changes nothing, (0, 0) (warns)",
    ("Word2Vec", "build_vocab"): "a text that train gets again is not read again",
    ("Word2Vec", "save"): "one .safetensors file, no pickle; load reads gensim's files too, without running them",
    ("KeyedVectors", ""): "words are text (str), never row numbers; a missing word raises UnknownWordError, a KeyError",
    (
        "KeyedVectors",
        "most_similar",
    ): "indexer is refused; vectors that cancel raise InputError; ties in order of the rows",
    ("KeyedVectors", "most_similar_cosmul"): "restrict_vocab has an effect; gensim ignores it",
    ("KeyedVectors", "save"): "one .safetensors file, for any name; load reads gensim's files too",
    ("KeyedVectors", "intersect_word2vec_format"): "lockf=1.0 only: other values are refused, in vectors_lockf too",
    ("KeyedVectors", "save_word2vec_format"): "append and total_vec are refused, and tabs and the like in words",
    (
        "KeyedVectors",
        "evaluate_word_pairs",
    ): "case_insensitive=True and dummy4unknown=False only; other layouts of files "
    "are recognised, so delimiter is not needed",
    (
        "KeyedVectors",
        "evaluate_word_analogies",
    ): "case_insensitive=True only; similarity_function has an effect; gensim always uses most_similar",
    ("KeyedVectors", "n_similarity"): "tells which words are left out (warns); text in place of a list is refused",
    ("KeyedVectors", "wmdistance"): "needs no other package; tells which words are left out (warns)",
    ("KeyedVectors", "get_normed_vectors"): "a copy, like vectors[...] of a list",
    ("Phrases", ""): "words are text; exceeding max_vocab_size is an error; gensim drops rare pairs and continues",
    ("Phrases", "save"): "a JSON file; gensim's files of phrases are not read",
    ("FrozenPhrases", "save"): "a JSON file; gensim's files of phrases are not read",
    (
        "FastText",
        "",
    ): "words and n-grams are trained together the first time; with hs=1, and when training continues from rows, only "
    "words are trained, and rows of n-grams are fitted to them (warns); fastText's own files are read",
    ("FastText", "bucket"): "no effect: each n-gram has its own row; a word none of whose n-grams was seen raises "
    "UnknownWordError, where gensim gives rows that chance put into its buckets",
    ("FastText", "word_ngrams"): "1 or 0, as in gensim",
    (
        "Doc2Vec",
        "",
    ): "PV-DBOW on ParagraphVectors, the same for any number of workers; tags are text, and whole numbers are treated "
    "as tags of that number (index_to_key holds text)",
    ("Doc2Vec", "dm"): "dm=1, gensim's default, is trained as dm=0 with dbow_words=1 (warns); dm_mean, dm_concat, "
    "dm_tag_count have no effect (warns)",
    ("Doc2Vec", "hs"): "hs=1 trains negative sampling (warns)",
    ("Doc2Vec", "infer_vector"): "the same vector at every call; alpha, min_alpha and epochs have no effect (warns)",
    ("Doc2Vec", "build_vocab"): "update and trim_rule are refused",
    ("Doc2Vec", "train"): "the documents that build_vocab read, in any order, and no others; may be called again",
    ("Doc2Vec", "similarity_unseen_docs"): "alpha, min_alpha and epochs have no effect (warns)",
    ("Doc2Vec", "wv"): "with dm=0 and dbow_words=0 the rows that predict words; gensim leaves noise",
    ("Doc2Vec", "save"): "two .safetensors files, NAME and NAME.dv; gensim's own Doc2Vec files are refused by load",
    ("LineSentence", ""): "takes the name of a file, plain or compressed, but no open file",
}


class CompatWarning(UserWarning):
    """Warns that an argument of gensim has no effect, or a different one, here."""


def differs(message: str) -> None:
    """Warn about a difference, at the line of the program that called into this folder."""
    warn(message, CompatWarning)

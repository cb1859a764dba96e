"""KeyedVectors under gensim's names: gensim itself says what shapes, orders and numbers are right."""

from __future__ import annotations

import inspect
import itertools
import warnings

import numpy as np
import pytest

from wordvec.compat.gensim.differences import NAMES, CompatWarning
from wordvec.compat.gensim.models import KeyedVectors, Phrases, Word2Vec
from wordvec.compat.gensim.models.phrases import FrozenPhrases
from wordvec.compat.gensim.table import table
from wordvec.errors import InputError, OptionError, ShapeError, UnknownWordError
from wordvec.vectors import WordVectors

WORDS = [f"w{i}" for i in range(40)]
ROWS = np.random.default_rng(5).normal(size=(40, 6)).astype(np.float32)
COUNTS = np.arange(40, 0, -1)


@pytest.fixture(scope="module")
def gensim():
    return pytest.importorskip("gensim.models", reason="compares with gensim (extra 'bench')")


def filled(kv):
    kv.add_vectors(WORDS, ROWS)
    for word, count in zip(WORDS, COUNTS.tolist()):
        kv.set_vecattr(word, "count", count)
    return kv


@pytest.fixture
def ours():
    return filled(KeyedVectors(6))


@pytest.fixture
def both(gensim, ours):
    return filled(gensim.KeyedVectors(6)), ours


def same(expected, found):
    """Equal but for the last digits of numbers."""
    if isinstance(expected, (list, tuple)) and len(expected) and not isinstance(expected[0], (str, float, np.floating)):
        assert isinstance(found, (list, tuple)) and len(expected) == len(found)
        for one, other in zip(expected, found):
            same(one, other)
    elif isinstance(expected, (list, tuple)) and len(expected) and isinstance(expected[0], str):
        assert (
            [expected[0], *expected[1:]] == pytest.approx([found[0], *found[1:]], abs=1e-5)
            if isinstance(expected[-1], float)
            else list(expected) == list(found)
        )
    elif isinstance(expected, (np.ndarray, float, np.floating)):
        assert np.shape(expected) == np.shape(found)
        np.testing.assert_allclose(found, expected, atol=1e-5)
    else:
        assert expected == found


QUESTIONS = {
    "getitem": lambda kv: kv["w3"],
    "getitem list": lambda kv: kv[["w3", "w1", "w3"]],
    "normed": lambda kv: kv.get_vector("w3", norm=True),
    "word_vec": lambda kv: kv.get_vector("w2"),
    "all normed": lambda kv: kv.get_normed_vectors(),
    "most similar": lambda kv: kv.most_similar("w0"),
    "positive and negative": lambda kv: kv.most_similar(positive=["w0", "w1"], negative=["w2"], topn=5),
    "weights": lambda kv: kv.most_similar(positive=[("w0", 0.5), ("w1", 2)], negative=[("w2", 0.3), "w4"], topn=4),
    "a vector": lambda kv: kv.most_similar(positive=[ROWS[7] * 3], topn=3),
    "a vector and a word": lambda kv: kv.most_similar(positive=[ROWS[7] * 3, "w1"], topn=3),
    "an array of vectors": lambda kv: kv.most_similar(positive=ROWS[:2], topn=3),
    "restricted": lambda kv: kv.most_similar("w0", restrict_vocab=6),
    "clipped": lambda kv: kv.most_similar("w0", clip_start=5, clip_end=12, topn=20),
    "none asked": lambda kv: kv.most_similar("w0", topn=0),
    "all": lambda kv: kv.most_similar("w0", topn=None),
    "more than there are": lambda kv: kv.most_similar("w0", topn=99),
    "by word": lambda kv: kv.similar_by_word("w0", topn=2),
    "by key": lambda kv: kv.similar_by_key("w0", topn=2, restrict_vocab=20),
    "by vector": lambda kv: kv.similar_by_vector(ROWS[0] + ROWS[1], topn=3),
    "cosmul": lambda kv: kv.most_similar_cosmul(positive=["w0", "w1"], negative=["w2"], topn=5),
    "cosmul all": lambda kv: kv.most_similar_cosmul(positive=["w0", "w1"], topn=None),
    "to given": lambda kv: kv.most_similar_to_given("w0", ["w3", "w5", "w9"]),
    "similarity": lambda kv: float(kv.similarity("w0", "w3")),
    "distance": lambda kv: float(kv.distance("w0", "w3")),
    "distances": lambda kv: kv.distances("w0"),
    "distances to some": lambda kv: kv.distances("w0", ["w3", "w1"]),
    "distances of a vector": lambda kv: kv.distances(ROWS[3] * 2, ["w3", "w1"]),
    "cosines": lambda kv: kv.cosine_similarities(ROWS[0], ROWS[1:4]),
    "n_similarity": lambda kv: float(kv.n_similarity(["w0", "w1"], ["w2", "w3", "w4"])),
    "mean": lambda kv: kv.get_mean_vector(["w0", "w1"]),
    "mean with weights": lambda kv: kv.get_mean_vector(["w0", ROWS[3]], weights=[2, -1], pre_normalize=False),
    "mean of length 1": lambda kv: kv.get_mean_vector(["w0", "nowhere", "w1"], post_normalize=True),
    "doesnt_match": lambda kv: kv.doesnt_match(["w0", "w1", "w2", "w3"]),
    "closer_than": lambda kv: kv.closer_than("w0", "w5"),
    "rank": lambda kv: kv.rank("w0", "w5"),
    "rank of itself": lambda kv: kv.rank("w0", "w0"),
    "centrality": lambda kv: [(word, float(score)) for score, word in kv.rank_by_centrality(["w0", "w1", "w2"])],
    "relative": lambda kv: float(kv.relative_cosine_similarity("w0", "w1", topn=5)),
    "index": lambda kv: (kv.get_index("w3"), kv.get_index("no", -1), kv.has_index_for("no"), kv.has_index_for("w1")),
    "count": lambda kv: kv.get_vecattr("w3", "count"),
    "sizes": lambda kv: (len(kv), kv.vector_size, kv.vectors.shape, "w3" in kv, "no" in kv),
    "words": lambda kv: kv.index_to_key,
    "key_to_index": lambda kv: kv.key_to_index,
    "norms": lambda kv: kv.fill_norms() or np.asarray(kv.norms),
    "for all": lambda kv: (lambda made: (made.index_to_key, made.vectors))(kv.vectors_for_all(["w9", "no", "w2"])),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answer_is_gensims(both, name):
    theirs, ours = both
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # gensim's own calls of what it deprecates
        expected = QUESTIONS[name](theirs)
    same(expected, QUESTIONS[name](ours))


@pytest.mark.parametrize("words", [["w0", "zz", "w1"], ["zz"]])
def test_unknown_words_in_n_similarity_are_left_out_as_gensim_does(both, words):
    theirs, ours = both
    with pytest.warns(UserWarning, match=r"n_similarity: left out for want of a vector: \['zz'\]"):
        found = ours.n_similarity(words, ["w2"])
    assert found == pytest.approx(float(theirs.n_similarity(words, ["w2"])), abs=1e-6)


def test_cosmul_heeds_restrict_vocab(ours):  # gensim does not
    found = ours.most_similar_cosmul(positive=["w0"], topn=5, restrict_vocab=9)
    assert {word for word, _ in found} < set(WORDS[:9])


def test_types_of_answers(ours):
    found = ours.most_similar("w0")
    assert type(found) is list and type(found[0]) is tuple and type(found[0][1]) is float
    assert isinstance(ours.get_vecattr("w3", "count"), int)
    assert ours["w3"].flags.writeable and not np.shares_memory(ours["w3"], ours.vectors)


def test_changes_of_the_rows_are_gensims(both):
    for kv in both:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # gensim says that adding one is slow
            kv.add_vector("new", np.ones(6, np.float32))
        kv.add_vectors(["w0", "newer", "new"], np.full((3, 6), 2.0, np.float32))
        kv["w1"] = np.full(6, 0.5, np.float32)
        kv.add_vectors(["w2"], np.full((1, 6), 5.0, np.float32), replace=True)
        kv.vectors[3] *= 2  # in place
        kv.fill_norms(force=True)
    theirs, ours = both
    assert ours.index_to_key == theirs.index_to_key
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)
    same(theirs.most_similar("new"), ours.most_similar("new"))
    assert ours.get_vecattr("new", "count") == 0
    for kv in both:
        kv.unit_normalize_all()
    np.testing.assert_allclose(ours.vectors, theirs.vectors, atol=1e-6)


def test_sorting_by_frequency_is_gensims(both):
    for kv in both:
        kv.set_vecattr("w7", "count", 1000)
        kv.sort_by_descending_frequency()
    theirs, ours = both
    assert ours.index_to_key == theirs.index_to_key and ours.index_to_key[0] == "w7"
    np.testing.assert_array_equal(ours["w7"], ROWS[7])
    assert ours.get_vecattr("w7", "count") == 1000


@pytest.mark.parametrize("binary", [False, True])
def test_files_go_both_ways_with_counts(both, tmp_path, binary):
    theirs, ours = both
    for kv in both:
        kv.set_vecattr("w7", "count", 1000)  # so that the order in the file is another
    a, b, a_counts, b_counts = (tmp_path / name for name in ("a", "b", "a.vocab", "b.vocab"))
    theirs.save_word2vec_format(str(a), fvocab=str(a_counts), binary=binary)
    ours.save_word2vec_format(str(b), fvocab=str(b_counts), binary=binary)
    assert a_counts.read_text() == b_counts.read_text()
    read = type(theirs).load_word2vec_format(str(b), fvocab=str(b_counts), binary=binary)
    mine = KeyedVectors.load_word2vec_format(str(a), fvocab=str(a_counts), binary=binary)
    assert read.index_to_key == mine.index_to_key
    assert read.index_to_key[0] == "w7"
    np.testing.assert_array_equal(read.vectors, mine.vectors)
    assert read.get_vecattr("w7", "count") == mine.get_vecattr("w7", "count") == 1000
    limited = KeyedVectors.load_word2vec_format(a, binary=binary, limit=3)
    assert len(limited) == 3


def test_files_without_a_header_and_with_a_prefix(both, tmp_path):
    for name, kv in zip(("a", "b"), both):
        kv.save_word2vec_format(str(tmp_path / name), write_header=False, prefix="p_")
    lines = [(tmp_path / name).read_text().splitlines() for name in ("a", "b")]
    assert [line.split()[0] for line in lines[0]] == [line.split()[0] for line in lines[1]]
    assert lines[1][0].startswith("p_w0 ") and len(lines[1]) == 40


def test_a_gensim_file_is_read_and_ours_is_one_safetensors_file(both, tmp_path):
    theirs, ours = both
    theirs.save(str(tmp_path / "theirs.kv"))
    read = KeyedVectors.load(tmp_path / "theirs.kv")
    np.testing.assert_array_equal(read.vectors, theirs.vectors)
    assert read.get_vecattr("w3", "count") == 37
    ours.save(str(tmp_path / "ours.kv"))
    again = KeyedVectors.load(str(tmp_path / "ours.kv"), mmap="r")
    assert again.index_to_key == WORDS and again.get_vecattr("w3", "count") == 37
    assert WordVectors.load(tmp_path / "ours.kv").counts.tolist() == COUNTS.tolist()
    assert len(list(tmp_path.glob("ours*"))) == 1


def test_evaluation_is_gensims(both, tmp_path):
    pairs, questions = tmp_path / "pairs.tsv", tmp_path / "questions.txt"
    rng = np.random.default_rng(1)
    pairs.write_text(
        "".join(f"W{a}\tw{b}\t{s:.2f}\n" for a, b, s in zip(*rng.integers(0, 44, (2, 30)), rng.random(30) * 9))
    )
    lines = [" ".join(f"w{i}" for i in each) for each in rng.integers(0, 41, (60, 4)).tolist()]
    questions.write_text("\n".join([": first", *lines[:30], ": second", *lines[30:]]) + "\n")
    ours = both[1]
    a, b = (kv.evaluate_word_pairs(str(pairs)) for kv in both)
    np.testing.assert_allclose([*b[0], *b[1], b[2]], [*a[0], *a[1], a[2]], atol=1e-5)
    for dummy in (False, True):
        (score, sections), (found, found_sections) = (
            kv.evaluate_word_analogies(str(questions), dummy4unknown=dummy) for kv in both
        )
        assert found == score and found_sections == sections
    assert ours.evaluate_word_analogies(str(questions), similarity_function="most_similar_cosmul")[0] > 0
    with pytest.raises(OptionError, match="case_insensitive"):
        ours.evaluate_word_pairs(str(pairs), case_insensitive=False)


def test_what_is_refused(ours):
    with pytest.raises(KeyError, match="Key 'zz' not present"):
        ours["zz"]
    for ask in (
        lambda: ours[["w1", "zz"]],
        lambda: ours.most_similar("zz"),
        lambda: ours.most_similar(["w0", "zz"]),
        lambda: ours.get_mean_vector(["zz"], ignore_missing=False),
    ):
        with pytest.raises(UnknownWordError, match="'zz'"):
            ask()
    for ask in (lambda: ours.most_similar(3), lambda: ours.most_similar([np.int64(3)]), lambda: ours[3]):
        with pytest.raises(UnknownWordError, match=r"words are text, and the word of a row is index_to_key\[row\]"):
            ask()
    with pytest.raises(ShapeError, match=r"1 words need rows of shape \(1, 6\); got int64 of shape \(1, 2\)"):
        ours.add_vectors(["a"], [[1, 2]])
    with pytest.raises(InputError, match="a word is text that is not empty; got 7"):
        ours.add_vectors([7], np.ones((1, 6)))
    with pytest.raises(InputError, match="there are no words yet"):
        KeyedVectors(2).most_similar(positive=[np.ones(2)])
    with pytest.raises(OptionError, match="ApproximateSearch"):
        ours.most_similar("w0", indexer=object())
    with pytest.raises(AttributeError, match="gensim 4 calls it index_to_key"):
        ours.index2word  # noqa: B018
    with pytest.raises(ValueError, match="cannot compute mean with no input"):
        ours.get_mean_vector([])
    with pytest.warns(UserWarning, match="left out for want of a vector"):
        assert ours.doesnt_match(["w0", "w1", "zz"]) in ("w0", "w1")
    with pytest.raises(KeyError, match="'colour' is not kept for these words; there are: count"):
        ours.get_vecattr("w0", "colour")
    with pytest.raises(OptionError, match="append"):
        ours.save_word2vec_format("x", append=True)


def test_counts_that_do_not_fit_the_vectors(ours, tmp_path):
    ours.save_word2vec_format(tmp_path / "v.txt")
    (tmp_path / "vocab").write_text("w0 7\nw1 many\n")
    with pytest.raises(InputError, match="line 2: a word and its count expected; got 'w1 many'"):
        KeyedVectors.load_word2vec_format(tmp_path / "v.txt", fvocab=tmp_path / "vocab")
    (tmp_path / "vocab").write_text("w0 7\n")
    with pytest.raises(InputError, match="no count of 'w1'"):
        KeyedVectors.load_word2vec_format(tmp_path / "v.txt", fvocab=tmp_path / "vocab")


def test_the_table_has_every_public_name_of_gensim(gensim):
    from gensim.models.phrases import FrozenPhrases as TheirFrozen

    theirs = {"Word2Vec": gensim.Word2Vec, "KeyedVectors": gensim.KeyedVectors, "Phrases": gensim.Phrases}
    left_out = {"add_null_word", "log_accuracy", "log_evaluate_word_pairs"}  # of no use to a program that calls gensim
    for name, kind in theirs.items():
        public = {each for each in dir(kind) if not each.startswith("_") and callable(getattr(kind, each))} - left_out
        assert public <= set(NAMES[name].split())
    assert {each for each in ("find_phrases", "analyze_sentence") if hasattr(TheirFrozen, each)}
    assert {row.here for row in table()} == {"yes", "differs", "no"}


def test_methods_take_gensims_arguments(gensim):
    ours = {"Word2Vec": Word2Vec, "KeyedVectors": KeyedVectors, "Phrases": Phrases, "FrozenPhrases": FrozenPhrases}
    for row in table():
        if row.owner not in ours:
            continue
        kind = ours[row.owner]
        theirs = getattr(gensim.phrases if "Phrases" in row.owner else gensim, row.owner)
        method = getattr(kind, row.name, None)
        if row.here == "no" or method is None or not callable(method) or isinstance(method, property):
            continue
        expected = [each for each in inspect.signature(getattr(theirs, row.name)).parameters]
        found = list(inspect.signature(method).parameters)
        if row.name in ("save", "load", "word_vec"):  # gensim's take what they like
            continue
        assert found == expected, (row.owner, row.name)
    for name in ("Word2Vec", "KeyedVectors", "Phrases"):
        expected = list(inspect.signature(getattr(gensim, name).__init__).parameters)
        assert [each for each in inspect.signature(ours[name].__init__).parameters if each != "older"] == expected


def test_the_word_movers_distance():
    rows = np.random.default_rng(2).normal(size=(9, 4)).astype(np.float32)
    kv = KeyedVectors(4)
    kv.add_vectors([f"w{row}" for row in range(9)], rows)
    first, second = ["w0", "w1", "w2", "w3"], ["w4", "w5", "w6", "w7"]
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    for norm, used in ((True, unit), (False, rows)):
        costs = np.linalg.norm(used[:4, None] - used[4:8], axis=2)
        best = min(costs[range(4), list(order)].sum() for order in itertools.permutations(range(4)))
        assert kv.wmdistance(first, second, norm=norm) == pytest.approx(best / 4, abs=1e-6)
    # A third of the first list moves to w1: the rest is in both.
    assert kv.wmdistance(["w0", "w0", "w1"], ["w0", "w1", "w0", "w1", "w0", "w1"], False) == pytest.approx(
        np.linalg.norm(rows[0] - rows[1]) / 6, abs=1e-6
    )
    assert kv.wmdistance(first, first[::-1]) == 0.0
    with pytest.warns(CompatWarning, match=r"wmdistance: left out .*\['none'\]"):
        assert kv.wmdistance(["none"], first) == np.inf
    for asked in (kv.wmdistance, kv.n_similarity):
        with pytest.raises(OptionError, match="a list of words expected; got the text 'w0 w1'"):
            asked("w0 w1", first)

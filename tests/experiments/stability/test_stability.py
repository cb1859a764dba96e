import errno
import json
from itertools import combinations
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.errors import InputError, OptionError, UnknownWordError, VectorsFileError
from wordvec.experiments.stability import (
    Stability,
    band_names,
    mean_overlap,
    neighbour_stability,
    neighbours_over_models,
)
from wordvec.experiments.stability.results import (
    bands_table,
    is_stability_file,
    neighbours_text,
    read_stability,
    save_stability,
    stability_as_dict,
)
from wordvec.vectors import WordVectors


def at_angles(counts=None, **angles):
    """Words on the unit circle: the nearest is the one at the nearest angle."""
    rows = np.array([[np.cos(angle), np.sin(angle)] for angle in angles.values()])
    return WordVectors(list(angles), rows, None if counts is None else np.array(counts))


# On a line of angles: a's 2 nearest are b, c in the first, b, d in the second model, and so on.
FIRST = at_angles(a=0.0, b=0.1, c=0.3, d=0.7, e=1.5)
SECOND = at_angles(a=0.0, b=0.1, c=1.2, d=0.3, e=1.5)


def test_overlap_by_hand():
    """Of a: {b, c} and {b, d}; b: {a, c}, {a, d}; c: {b, a}, {e, d}; d: {c, b}, {b, a}; e: {d, c}, {c, d}."""
    found = neighbour_stability([FIRST, SECOND], k=2)
    assert found.words == ("a", "b", "c", "d", "e")
    assert found.overlap.tolist() == [0.5, 0.5, 0.0, 0.5, 1.0]
    assert found.mean == 0.5
    assert found.stability_of("e") == 1.0
    assert found.stability_of("zebra") is None


def test_three_models_are_three_pairs():
    found = neighbour_stability([FIRST, SECOND, FIRST], k=2)
    np.testing.assert_allclose(found.overlap, [2 / 3, 2 / 3, 1 / 3, 2 / 3, 1.0])  # (x + x + 1) / 3


def test_k_is_at_most_the_other_words():
    found = neighbour_stability([FIRST, SECOND], k=10)
    assert found.k == 4
    assert found.overlap.tolist() == [1.0] * 5


def test_models_of_other_vocabularies_meet_on_their_common_words():
    more = at_angles(x=0.01, e=1.5, d=0.3, c=1.2, b=0.1, a=0.0)  # x would be nearest to a
    found = neighbour_stability([FIRST, more], k=2)
    assert found.words == ("a", "b", "c", "d", "e")
    assert found.overlap.tolist() == [0.5, 0.5, 0.0, 0.5, 1.0]


def test_a_word_without_direction_has_no_neighbours():
    zero = WordVectors(["a", "b", "c"], np.array([[0.0, 0.0], [1.0, 0.1], [1.0, 0.0]]))
    assert neighbour_stability([zero, zero], k=1).overlap.tolist() == [0.0, 1.0, 1.0]


def test_bands_of_frequency_and_a_sample_of_each():
    counts = [5000, 900, 800, 70, 60, 50, 8, 7, 6]
    rng = np.random.default_rng(1)
    words = [f"w{i}" for i in range(9)]
    models = [WordVectors(words, rng.normal(size=(9, 3)), np.array(counts)) for _ in range(2)]
    found = neighbour_stability(models, k=2, sample=2)
    assert [(band.name, band.words, band.measured) for band in found.bands()] == [
        ("1-9", 3, 2),
        ("10-99", 3, 2),
        ("100-999", 2, 2),
        ("1,000-9,999", 1, 1),
    ]
    means = [band.mean for band in found.bands()]
    assert found.mean == pytest.approx((3 * means[0] + 3 * means[1] + 2 * means[2] + means[3]) / 9)
    whole = neighbour_stability(models, k=2, sample=None)
    assert len(whole.words) == 9
    assert all(whole.stability_of(word) == found.stability_of(word) for word in found.words)
    assert neighbour_stability(models, k=2, sample=2).words == found.words
    assert neighbour_stability(models, k=2, sample=2, seed=3).words != found.words


def test_interval_of_a_band_by_hand():
    found = Stability(("a", "b"), np.array([0.4, 0.6]), k=10, models=2)
    (band,) = found.bands()
    # sd = 0.1414, 1.96 * 0.1414 / sqrt(2) = 0.196
    assert band.ci95 == pytest.approx((0.304, 0.696), abs=1e-3)


def test_neighbours_over_models_by_hand():
    found = neighbours_over_models([FIRST, SECOND], "a", k=2)
    assert [(each.word, each.models) for each in found] == [("b", 2), ("d", 1), ("c", 1)]
    assert found[0].cosine == pytest.approx(np.cos(0.1), abs=1e-6)
    assert (found[1].lowest, found[1].highest) == pytest.approx((np.cos(0.7), np.cos(0.3)), abs=1e-6)


SETS = st.lists(st.integers(0, 7), min_size=0, max_size=3, unique=True)


@given(st.lists(st.tuples(SETS, SETS), min_size=2, max_size=5))
def test_the_overlap_is_that_of_the_sets_of_all_pairs(models):
    arrays = [np.array([ids + [-1] * (3 - len(ids)) for ids in words]) for words in models]
    expected = [np.mean([len(set(a) & set(b)) / 3 for a, b in combinations(sets, 2)]) for sets in zip(*models)]
    with mock.patch("wordvec.experiments.stability.IDS_AT_ONCE", 1):  # a word at a time
        assert mean_overlap(arrays).tolist() == pytest.approx(expected)
    assert mean_overlap(arrays).tolist() == pytest.approx(expected)


def test_too_many_open_files_have_a_way_out(tmp_path, monkeypatch):
    def no_more(*_):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("wordvec.vectors.load.sniff", no_more)
    with pytest.raises(VectorsFileError, match="Too many open files: raise their limit with ulimit -n"):
        WordVectors.load(tmp_path / "v")


def test_band_names():
    assert band_names(np.array([0, 1, 9, 10])).tolist() == ["1-9", "1-9", "1-9", "10-99"]


def test_bad_requests():
    other = at_angles(x=0.0, y=1.0)
    for models, options, error, message in (
        ([FIRST], {}, OptionError, "at least two models; got 1"),
        ([FIRST, SECOND], {"k": 0}, OptionError, "at least 1; got 0"),
        ([FIRST, SECOND], {"sample": 0}, OptionError, "at least 1 word; got 0"),
        ([FIRST, other], {}, InputError, "fewer than two words in common"),
        ([FIRST, SECOND], {"words": ["zebra"]}, UnknownWordError, "zebra"),
    ):
        with pytest.raises(error, match=message):
            neighbour_stability(models, **options)


@pytest.mark.parametrize("suffix", [".tsv", ".json"])
@pytest.mark.parametrize("counts", [None, [7, 5]])
def test_files_keep_everything(tmp_path, suffix, counts):
    counted = None if counts is None else np.array(counts)
    kept = Stability(
        ("고양이", "# dog"), np.array([0.25, 1.0]), 10, 5, "seeds", counted, {"1-9": 40}, {"trainer": "cbow"}
    )
    save_stability(kept, tmp_path / f"s{suffix}")
    again = read_stability(tmp_path / f"s{suffix}")
    assert (again.words, again.overlap.tolist()) == (kept.words, kept.overlap.tolist())
    assert (again.k, again.models, again.over, again.sizes, again.info) == (
        10,
        5,
        "seeds",
        {"1-9": 40},
        {"trainer": "cbow"},
    )
    assert (None if again.counts is None else again.counts.tolist()) == counts
    assert is_stability_file(tmp_path / f"s{suffix}")


def test_files_that_cannot_be_written_or_read(tmp_path):
    kept = Stability(("a\tb",), np.array([0.5]), 10, 2)
    with pytest.raises(OptionError, match=r"\.tsv or \.json"):
        save_stability(kept, tmp_path / "s.txt")
    with pytest.raises(InputError, match="tab or line end"):
        save_stability(kept, tmp_path / "s.tsv")
    save_stability(kept, tmp_path / "s.json")
    assert read_stability(tmp_path / "s.json").words == ("a\tb",)
    save_stability(Stability(("a", "b"), np.array([0.5, 0.5]), 10, 2), tmp_path / "good.tsv")
    text = (tmp_path / "good.tsv").read_text()
    (tmp_path / "cut.tsv").write_text(text[:-4])
    (tmp_path / "other.tsv").write_text("word\tcount\n")
    (tmp_path / "header.tsv").write_text("# wordvec stability 1\n# {\n")
    (tmp_path / "cut.json").write_text((tmp_path / "s.json").read_text()[:-9])
    (tmp_path / "uneven.json").write_text((tmp_path / "s.json").read_text().replace("[0.5]", "[0.5, 1]"))
    for name, message in (
        ("missing.tsv", "no such file"),
        ("cut.tsv", "line 5: a word, a count and an overlap expected"),
        ("other.tsv", "not a file of neighbour stability"),
        ("header.tsv", "damaged"),
        ("cut.json", "damaged"),
        ("uneven.json", "2 overlaps"),
    ):
        with pytest.raises(InputError, match=message):
            read_stability(tmp_path / name)


def test_reports():
    found = neighbour_stability([FIRST, SECOND], k=2)
    assert "all words" in bands_table(found)
    assert "mean over the vocabulary 0.50, over 2 models (files)" in bands_table(found)
    assert "the models are the same" in bands_table(neighbour_stability([FIRST, FIRST], k=2))
    assert "2 of 2" in neighbours_text(found, ["a"], [FIRST, SECOND])
    assert neighbours_text(found, ["a"], []) == "a: overlap@2 0.50 over 2 models (files)"
    with pytest.raises(UnknownWordError, match="not measured: 5 words were"):
        neighbours_text(found, ["zebra"], [])
    json.dumps(stability_as_dict(found), allow_nan=False)
    assert stability_as_dict(found, ["a"])["words"]["a"] == {"overlap": 0.5, "too_rare": None, "neighbours": None}


def test_one_text_is_no_list_of_words():
    model = WordVectors(list("abc"), np.eye(3))
    with pytest.raises(OptionError, match="words: give a list of words, not one text; got 'ab'"):
        neighbour_stability([model, model], "ab", k=1)

"""The n-grams of vectors made from other vectors: they go with the rows, or a warning says that they do not."""

import numpy as np
import pytest

from wordvec.plots.exports import write_parquet, write_projector
from wordvec.vectors import WordVectors
from wordvec.vectors.postprocessing import centered
from wordvec.vectors.several_models.alignment import align, find_alignment
from wordvec.vectors.several_models.combining import combine
from wordvec.vectors.several_models.retrofitting import retrofit

WORDS = ["walk", "walking", "walked", "talk", "talking", "talked"]
UNSEEN = "walks"


@pytest.fixture
def fitted():
    rows = np.random.default_rng(3).normal(size=(len(WORDS), 3))
    return WordVectors(WORDS, rows, np.arange(6, 0, -1)).fit_subwords()


@pytest.fixture
def turned(fitted):
    rotation, _ = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))
    return WordVectors(WORDS, fitted.matrix @ rotation.astype(np.float32))


@pytest.mark.parametrize("unit", [True, False])
def test_composed_words_are_rotated_like_the_rows(fitted, turned, unit):
    found = find_alignment(fitted, turned, center=False, unit=unit)
    aligned = found.apply(fitted)
    assert aligned.info["subwords"] == fitted.info["subwords"]
    composed = np.asarray(fitted[UNSEEN], np.float64)
    if unit:
        composed = composed / np.linalg.norm(composed)
    np.testing.assert_allclose(aligned[UNSEEN], composed @ found.map.rotation, atol=1e-5)
    assert aligned.similarity(UNSEEN, "walk") == pytest.approx(fitted.similarity(UNSEEN, "walk"), abs=1e-5)


@pytest.mark.parametrize("unit", [True, False])
def test_retrofitting_composes_as_before(fitted, unit):
    after = retrofit(fitted, {"walk": ["talk"]}, unit=unit)
    assert after.similarity(UNSEEN, fitted[UNSEEN]) == pytest.approx(1)
    assert np.linalg.norm(after[UNSEEN]) == pytest.approx(1 if unit else np.linalg.norm(fitted[UNSEEN]))


def test_combining_warns(fitted, turned):
    with pytest.warns(UserWarning, match=r"\(subwords\) are not in the combined ones: fit new ones"):
        combined = combine([turned, fitted])
    assert combined.subwords is None and "subwords" not in combined.info


@pytest.mark.parametrize("change", [centered, lambda vectors: align(vectors, vectors)])
@pytest.mark.parametrize("name", ["v.safetensors", "v.npz", "v.parquet"])
def test_a_file_without_ngrams_has_no_facts_about_them(fitted, tmp_path, change, name):
    changed = change(fitted)
    with pytest.warns(UserWarning, match=r"not kept"):
        changed.save(tmp_path / name)
    read = WordVectors.load(tmp_path / name)
    assert read.subwords is None and "subwords" not in read.info
    assert "subwords" in changed.info


def test_exports_for_other_programs_warn(fitted, tmp_path):
    with pytest.warns(UserWarning, match=r"\(subwords\) are not in the file"):
        write_parquet(fitted, tmp_path / "v.parquet")
    assert "subwords" not in WordVectors.load(tmp_path / "v.parquet").info
    with pytest.warns(UserWarning, match=r"\(subwords\) are not in the folder"):
        write_projector(fitted, tmp_path / "projector")


def test_a_table_has_no_facts_about_ngrams(fitted):
    assert b"ngrams" not in fitted.to_arrow().schema.metadata[b"wordvec"]

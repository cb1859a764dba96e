import numpy as np
import pytest

from wordvec import SVD
from wordvec.corpus import Corpus
from wordvec.corpus.documents.rarity import documents_with_words
from wordvec.errors import OptionError
from wordvec.experiments import resampling
from wordvec.experiments.resampling import resampled_corpus, times_drawn, unit_of, vectors_of_samples


@pytest.fixture
def corpus():
    return Corpus.from_sentences([[f"w{i}"] * (1 + i % 5) + ["x"] for i in range(200)])


@pytest.mark.parametrize("at_once", [7, 200, 10_000])
def test_a_sample_is_the_sentences_drawn_each_as_often_in_the_order_of_the_corpus(corpus, at_once, monkeypatch):
    monkeypatch.setattr(resampling, "SENTENCES_AT_ONCE", at_once)
    sample = resampled_corpus(corpus, 3)
    times = times_drawn(200, 3)
    expected = [words for words, often in zip(corpus.sentences(), times) for _ in range(often)]
    assert list(sample.sentences()) == expected
    assert len(expected) == 200
    sample.check()


@pytest.fixture
def documented(tmp_path):
    for number in range(7):
        (tmp_path / f"{number}.txt").write_text(f"a{number} b\nc{number} b\n")
    (tmp_path / "t.csv").write_text("path,year\n" + "".join(f"{number}.txt,1850\n" for number in range(7)))
    return Corpus.from_documents(tmp_path, tmp_path / "t.csv", min_count=1)


def test_whole_documents_are_drawn_where_they_are_known(documented):
    times = times_drawn(7, 2)
    sample = list(resampled_corpus(documented, 2).sentences())
    for number in range(7):
        assert sample.count([f"a{number}", "b"]) == sample.count([f"c{number}", "b"]) == times[number]
    assert len(resampled_corpus(documented, 2, "sentences").sentence_starts) - 1 == 14
    models = vectors_of_samples(documented, SVD(dim=2, window=1), samples=2, show_progress=False)
    assert [model.info["parameters"]["seed"] for model in models] == [1, 2]
    assert documents_with_words(documented).tolist() == [7] + [1] * 14


def test_too_few_documents(documented):
    documents = documented.documents
    documented.documents = documents.only([0, 1], np.arange(4))
    with pytest.raises(OptionError, match="at least 5 of them; the corpus has 2 documents"):
        resampled_corpus(documented, 1)
    documented.documents = None
    assert unit_of(documented) == "sentences"
    with pytest.raises(OptionError, match="does not know its documents"):
        unit_of(documented, "documents")
    with pytest.raises(OptionError, match="documents or sentences; got 'words'"):
        unit_of(documented, "words")


def test_a_third_of_the_sentences_is_left_out():
    left_out = np.mean([np.mean(times_drawn(1000, sample) == 0) for sample in range(20)])
    assert left_out == pytest.approx((1 - 1 / 1000) ** 1000, abs=0.01)  # (1 - 1/n)^n, near 1/e


def test_samples_differ_and_are_repeatable(corpus):
    first, again, other = (resampled_corpus(corpus, sample) for sample in (1, 1, 2))
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert first.vocabulary is corpus.vocabulary
    assert first.info["sampled_from"] == corpus.fingerprint


def test_a_negative_number_of_a_sample(corpus):
    with pytest.raises(OptionError, match="at least 0; got -1"):
        resampled_corpus(corpus, -1)

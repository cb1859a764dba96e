"""Word vectors as scikit-learn's users call them."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import check_is_fitted, validate_data

from wordvec import SVD, Corpus, SkipGram, WordVectors
from wordvec.errors import InputError, OptionError, UnknownWordError, VectorsFileError
from wordvec.sklearn import (
    CBOWVectorizer,
    DocumentVectorizer,
    GloVeVectorizer,
    PPMIVectorizer,
    SkipGramVectorizer,
    SVDVectorizer,
    WordVectorizer,
    load,
)
from wordvec.vectors.documents import mean_sentence_vectors, sif_sentence_vectors

TEXTS = ["Tea with milk.", "Milk and tea", "Rain and wind!", "Wind with rain"] * 5
LABELS = ["drink", "drink", "weather", "weather"] * 5
SMALL = {"dim": 4, "window": 2}
TRAINED = [
    SVDVectorizer(**SMALL),
    PPMIVectorizer(window=2),
    GloVeVectorizer(epochs=2, **SMALL),
    SkipGramVectorizer(epochs=2, subsample=0, **SMALL),
    CBOWVectorizer(epochs=2, subsample=0, **SMALL),
]
ids = [type(each).__name__ for each in TRAINED]


@pytest.fixture(scope="module")
def vectors():
    return SVD(**SMALL).fit(Corpus.from_texts(TEXTS, tokenizer="words", min_count=1)).vectors


class NumbersAsWords(SVDVectorizer):
    """Rows of numbers as documents, so that scikit-learn's checks, which know only numbers, can be run."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array, tags.input_tags.two_d_array = False, True
        return tags

    def fit(self, X, y=None):
        return super().fit(self._documents(validate_data(self, X)), y)

    def transform(self, X):
        check_is_fitted(self)
        return super().transform(self._documents(validate_data(self, X, reset=False)))

    def fit_transform(self, X, y=None):
        return self.fit(X, y).transform(X)

    def _documents(self, X):
        return [["row", *(f"{column}:{value:.0f}" for column, value in enumerate(row))] for row in X]


@pytest.mark.filterwarnings("ignore:.*documents have no word with a vector", "ignore:.*SCIPY_ARRAY_API")
def test_check_estimator():
    results = check_estimator(NumbersAsWords(dim=2), on_skip=None)
    passed = [result for result in results if result["status"] == "passed"]
    assert {result["check_name"] for result in results if result not in passed} <= {"check_array_api_input"}
    assert len(passed) > 40


@pytest.mark.parametrize("estimator", [WordVectorizer(), DocumentVectorizer(), *TRAINED])
def test_checks_that_need_no_numbers(estimator):
    from sklearn.utils import estimator_checks as checks

    for name in (
        "cloneable", "tags_renamed", "repr",
    ):  # fmt: skip
        getattr(checks, f"check_estimator_{name}")(type(estimator).__name__, estimator)
    for name in (
        "no_attributes_set_in_init", "parameters_default_constructible", "get_params_invariance", "set_params",
        "do_not_raise_errors_in_init_or_set_params", "valid_tag_types", "mixin_order",
    ):  # fmt: skip
        getattr(checks, f"check_{name}")(type(estimator).__name__, estimator)


def test_words_become_their_rows(vectors):
    words = ["milk", "tea", "milk"]
    for given in (words, tuple(words), np.array(words), pd.Series(words, index=[7, 8, 9])):
        assert np.array_equal(WordVectorizer(vectors=vectors).fit_transform(given), vectors[words])
    with pytest.raises(UnknownWordError, match="did you mean 'milk'"):
        WordVectorizer(vectors=vectors).fit_transform(["milk", "milkk"])
    zero = WordVectorizer(vectors=vectors, unknown="zero").fit_transform(["milkk", "milk"])
    assert np.array_equal(zero, [np.zeros(4, np.float32), vectors["milk"]])


def test_documents_become_means(vectors):
    tokens = [vectors.tokenize(text) for text in TEXTS]
    expected = mean_sentence_vectors(vectors, tokens).matrix
    for given in (TEXTS, np.array(TEXTS), pd.Series(TEXTS), tokens, [tuple(each) for each in tokens], iter(TEXTS)):
        assert np.array_equal(DocumentVectorizer(vectors=vectors).fit_transform(given), expected)
    sif = DocumentVectorizer(vectors=vectors, pooling="sif").fit(TEXTS)
    assert np.allclose(sif.transform(TEXTS), sif_sentence_vectors(vectors, tokens).matrix, atol=1e-6)
    assert np.allclose(sif.transform(TEXTS[:1]), sif.transform(TEXTS)[:1], atol=1e-6)  # the direction is that of `fit`


def test_trained_vectors_are_the_trainer_s():
    fitted = SkipGramVectorizer(epochs=2, subsample=0, seed=5, **SMALL).fit(TEXTS)
    corpus = Corpus.from_texts(TEXTS, tokenizer="words", min_count=1)
    expected = SkipGram(epochs=2, subsample=0, seed=5, **SMALL).fit(corpus)
    assert np.array_equal(fitted.vectors_.matrix, expected.vectors.matrix)
    assert fitted.history_.loss == expected.history.loss
    of_tokens = SkipGramVectorizer(epochs=2, subsample=0, seed=5, **SMALL).fit([text.lower().split() for text in TEXTS])
    assert "milk." in of_tokens.vectors_


@pytest.mark.parametrize("estimator", TRAINED, ids=ids)
def test_clone_refit_pickle_and_save(estimator, tmp_path):
    first = clone(estimator).fit(TEXTS)
    rows = first.transform(TEXTS)
    assert rows.dtype == np.float32
    assert rows.shape == (len(TEXTS), first.vectors_.dim)
    assert np.array_equal(clone(first).fit(TEXTS).transform(TEXTS), rows)
    assert np.array_equal(pickle.loads(pickle.dumps(first)).transform(TEXTS), rows)
    first.save(tmp_path / "t.safetensors")
    again = load(tmp_path / "t.safetensors")
    assert type(again) is type(estimator)
    assert again.get_params() == estimator.get_params()
    assert np.array_equal(again.transform(TEXTS), rows)


def test_what_is_saved_has_all_that_transform_needs(vectors, tmp_path):
    path = tmp_path / "t.safetensors"
    sif = DocumentVectorizer(vectors=vectors, pooling="sif").fit(TEXTS)
    sif.save(path)
    assert np.array_equal(load(path).transform(TEXTS), sif.transform(TEXTS))
    WordVectorizer(vectors=str(path), unknown="zero").fit(["tea"]).save(path)  # over the file it reads
    assert np.array_equal(load(path).transform(["x", "tea"])[1], vectors["tea"])
    assert WordVectors.load(path).most_similar("tea") == vectors.most_similar("tea")
    with pytest.raises(OptionError, match="tokenizer is a function"):
        DocumentVectorizer(vectors=vectors, tokenizer=str.split).fit([["tea"]]).save(path)


@pytest.mark.parametrize(
    "about",
    [
        None, {"class": "os.system", "parameters": {}, "component": None}, {"class": "WordVectorizer"}, 3,
        {"class": "DocumentVectorizer", "parameters": {"evil": 1}, "component": None},
        {"class": "DocumentVectorizer", "parameters": {}, "component": [1, 2]},
    ],
)  # fmt: skip
def test_files_that_hold_no_transformer(vectors, tmp_path, about):
    info = {} if about is None else {"sklearn": about}
    WordVectors(vectors.words, vectors.matrix, info=info).save(tmp_path / "v.safetensors")
    with pytest.raises(VectorsFileError, match=r"v.safetensors.*\.save\(path\)"):
        load(tmp_path / "v.safetensors")


def test_clone_does_not_copy_vectors(vectors):
    assert clone(DocumentVectorizer(vectors=vectors)).vectors is vectors


@pytest.mark.parametrize("estimator", [WordVectorizer(), DocumentVectorizer(), *TRAINED])
def test_not_fitted(estimator, tmp_path):
    for call in (lambda: estimator.transform(["tea"]), lambda: estimator.save(tmp_path / "x.safetensors")):
        with pytest.raises(NotFittedError):
            call()


def test_names_of_columns_and_pandas(vectors):
    vectorizer = DocumentVectorizer(vectors=vectors).set_output(transform="pandas")
    frame = vectorizer.fit_transform(pd.Series(TEXTS, index=range(100, 120)))
    assert list(frame.columns) == [f"documentvectorizer{column}" for column in range(4)]
    assert list(vectorizer.get_feature_names_out()) == list(frame.columns)
    assert frame.dtypes.unique().tolist() == [np.float32]
    assert len(frame) == 20


def test_a_column_of_a_table(vectors):
    table = pd.DataFrame({"text": TEXTS, "length": [len(text) for text in TEXTS]})
    columns = ColumnTransformer([("t", DocumentVectorizer(vectors=vectors), "text"), ("n", "passthrough", ["length"])])
    assert columns.fit_transform(table).shape == (20, 5)


def test_a_pipeline_in_a_grid_search_over_two_processes(vectors, tmp_path):
    vectors.save(tmp_path / "v.safetensors")
    pipeline = make_pipeline(SVDVectorizer(window=2), LogisticRegression())
    grid = [
        {"svdvectorizer__dim": [1, 4], "svdvectorizer__pooling": ["mean", "sif"]},
        {
            "svdvectorizer": [
                DocumentVectorizer(vectors=vectors),
                DocumentVectorizer(vectors=tmp_path / "v.safetensors"),
            ]
        },
    ]
    search = GridSearchCV(pipeline, grid, n_jobs=2, cv=2, error_score="raise").fit(TEXTS, LABELS)
    assert search.best_score_ == 1.0
    assert search.cv_results_["mean_test_score"][-2] == search.cv_results_["mean_test_score"][-1]
    assert search.predict(["milk with tea", "rain, rain"]).tolist() == ["drink", "weather"]


@pytest.mark.parametrize(
    "given, message",
    [
        ("tea", "one column of texts.*got 'tea'"),
        (pd.DataFrame({"text": TEXTS}), r"such as a list or frame\['text'\]"),
        (np.array([["tea"], ["milk"]]), "shape"),
        (7, "one column of texts"),
        ([], "at least one document"),
        (["tea", None], "item 1 is None and item 0 is a text: fill in or leave out"),
        (["tea", float("nan")], "item 1 is nan"),
        (["tea", ["milk"]], "item 1 is a list"),
        ([["tea"], "milk"], "item 1 is 'milk' and item 0 is a list of tokens"),
        ([{"a"}], "item 0 is a set"),
        ([["tea", 3.0]], "item 0 holds something else"),
        ([b"tea"], "item 0 is b'tea'"),
    ],
)
def test_what_is_no_column_of_documents(vectors, given, message):
    vectorizer = DocumentVectorizer(vectors=vectors)
    with pytest.raises(OptionError, match=message):
        vectorizer.fit(given)
    with pytest.raises(OptionError, match=message):
        vectorizer.fit(TEXTS).transform(given)


@pytest.mark.parametrize(
    "estimator, message",
    [
        (DocumentVectorizer(), "vectors must be WordVectors or the path"),
        (DocumentVectorizer(vectors=3), "vectors must be WordVectors or the path"),
        (SVDVectorizer(pooling="max"), "pooling must be one of"),
        (SVDVectorizer(dim=-1), "dim must be"),
        (SVDVectorizer(dim="4"), "dim must be a whole number"),
        (WordVectorizer(unknown="maybe"), "unknown must be one of"),
    ],
)
def test_parameters_are_checked_by_fit(estimator, message):
    with pytest.raises(OptionError, match=message):
        estimator.fit(TEXTS)


def test_missing_tokens_are_left_out_and_told(vectors, capsys):
    made = DocumentVectorizer(vectors=vectors).fit([["tea", None]])
    assert made.transform([["tea", float("nan"), ""]]).tolist() == made.transform([["tea"]]).tolist()
    assert "documents: 2 missing or empty tokens in the lists are left out" in capsys.readouterr().err


def test_documents_without_a_known_word(vectors):
    with pytest.warns(UserWarning, match="2 of 3 documents have no word with a vector"):
        rows = DocumentVectorizer(vectors=vectors).fit(TEXTS).transform(["tea", "", "xyz"])
    assert not rows[1:].any()
    with pytest.raises(InputError, match="no document has a word"):
        DocumentVectorizer(vectors=vectors, pooling="sif").fit(["xyz"])


def test_texts_for_vectors_that_do_not_say_what_made_their_tokens(vectors):
    unsaid = WordVectors(vectors.words, vectors.matrix)
    with pytest.raises(OptionError, match="name the tokenizer"):
        DocumentVectorizer(vectors=unsaid).fit_transform(TEXTS)
    rows = DocumentVectorizer(vectors=unsaid, tokenizer="words").fit_transform(TEXTS)
    assert np.array_equal(rows, DocumentVectorizer(vectors=vectors).fit_transform(TEXTS))


@pytest.mark.parametrize("tokenizer", ["words", str.split])
def test_texts_for_vectors_of_token_lists(tokenizer):
    of_lists = SVD(dim=2).fit(Corpus.from_sentences([["good", "tea"], ["good", "milk"]] * 5)).vectors
    rows = DocumentVectorizer(vectors=of_lists, tokenizer=tokenizer).fit_transform(["good tea"])
    assert np.array_equal(rows, DocumentVectorizer(vectors=of_lists).fit_transform([["good", "tea"]]))
    with pytest.raises(OptionError, match="name the tokenizer or give the function"):
        DocumentVectorizer(vectors=of_lists).fit_transform(["good tea"])


def test_another_tokenizer_than_that_of_the_vectors_is_not_passed_over(vectors):
    with pytest.raises(OptionError, match="the text was tokenized by 'words': leave tokenizer out"):
        DocumentVectorizer(vectors=vectors, tokenizer="characters").fit_transform(["tea"])
    assert DocumentVectorizer(vectors=vectors, tokenizer="words").fit_transform(["tea"]).any()

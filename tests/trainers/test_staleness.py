"""Training is right on every corpus: it learns like single steps, on text and on what repeats its words."""

import numpy as np
import pytest
from hostile_corpora import CORPORA

from wordvec import CBOW, Corpus, SkipGram
from wordvec.errors import OptionError, TrainingError
from wordvec.trainers.planning import centres_before_stale, expected_outputs, warps_before_stale

pytestmark = pytest.mark.slow("every corpus that repeats its words trains as with single steps: none diverges")

SENTENCE = "sentence"


@pytest.fixture(scope="module")
def corpora():
    """Each corpus of `tests.hostile_corpora`, built once."""
    built = {}

    def get(name):
        if name not in built:
            built[name] = Corpus.from_sentences(CORPORA[name](), min_count=1)
        return built[name]

    return get


def losses(trainer_class, corpus, on_epoch=None, **options):
    options = {"dim": 16, "epochs": 2, "subsample": 0, "shrink_window": False, **options}
    return trainer_class(**options).fit(corpus, on_epoch=on_epoch).history.loss


def after_one_epoch(report):
    """Stop; the learning rate has fallen as it does in the first of all epochs."""
    report.stop("the first is compared")


def assert_learns_like_single_steps(trainer_class, corpus, **options):
    single = losses(trainer_class, corpus, after_one_epoch, batch_size=1, **options)
    found = losses(trainer_class, corpus, **options)
    assert found[0] <= 1.03 * single[0]
    assert np.isfinite(found).all()


@pytest.mark.parametrize("trainer_class", [SkipGram, CBOW])
@pytest.mark.parametrize("window", [1, 5, 20, 100])
@pytest.mark.parametrize("name", sorted(CORPORA))
def test_every_corpus_at_every_window(corpora, trainer_class, window, name):
    assert_learns_like_single_steps(trainer_class, corpora(name), window=window)


@pytest.mark.parametrize("name", ["themed sessions", "graph walks", "three words"])
def test_windows_of_whole_sentences(corpora, name):
    assert_learns_like_single_steps(SkipGram, corpora(name), window=SENTENCE)


@pytest.mark.parametrize("trainer_class", [SkipGram, CBOW])
@pytest.mark.parametrize("window", [5, 100])
@pytest.mark.parametrize("name", sorted(set(CORPORA) - {"one word repeated"}))
def test_hierarchical_softmax(corpora, trainer_class, window, name):
    assert_learns_like_single_steps(trainer_class, corpora(name), window=window, loss="hierarchical-softmax")


@pytest.mark.parametrize("power", [1, 1.5, 2])
def test_negatives_that_are_frequent_words(power):
    """With counts ** 1 and more, most negatives are the same few words."""
    rng, shares = np.random.default_rng(1), 1 / np.arange(1, 8001)
    words = rng.choice(8000, size=(6000, 25), p=shares / shares.sum())
    corpus = Corpus.from_sentences([[f"w{i}" for i in row] for row in words], min_count=2)
    options = {"negative_power": power, "subsample": 1e-3, "shrink_window": True, "epochs": 1, "dim": 32}
    assert_learns_like_single_steps(SkipGram, corpus, **options)


@pytest.mark.parametrize("rare", [0, 500])
def test_one_sentence_over_and_over_with_rare_words_between(rare):
    """As in a log: its words are known from their contexts, and rows of CBOW grow long."""
    sentences = [["you", "say", "goodbye", "and", "i", "say", "hello", "."]] * 5000
    sentences += [[f"rare{i}", f"rare{i + 1}"] for i in range(rare)]
    corpus, options = Corpus.from_sentences(sentences, min_count=1), {"epochs": 5, "shrink_window": True}
    assert max(losses(CBOW, corpus, **options)) <= 1.1 * max(losses(CBOW, corpus, max_meetings=1, **options))


@pytest.mark.parametrize(("trainer_class", "negatives"), [(SkipGram, 5), (CBOW, 20)])
def test_negatives_from_a_pool_of_few_words_among_words_that_never_return(trainer_class, negatives):
    corpus = Corpus.from_sentences([[f"w{i}_{j}" for j in range(20)] for i in range(3000)], min_count=1)
    options = {"negatives": negatives, "negative_pool": 64, "epochs": 3, "shrink_window": True}
    single = losses(trainer_class, corpus, max_meetings=1, **options)
    assert losses(trainer_class, corpus, **options)[0] <= 1.03 * single[0]


@pytest.mark.parametrize("trainer_class", [SkipGram, CBOW])
def test_a_deep_tree_over_words_in_the_order_of_an_index(trainer_class):
    """Neighbours in the text are neighbours in the tree, so that a step meets the same ten nodes all the time."""
    index = Corpus.from_sentences([[f"w{i:04}" for i in range(2000) for _ in range(30)]])
    assert_learns_like_single_steps(trainer_class, index, window=5, loss="hierarchical-softmax")


@pytest.mark.parametrize("name", ["long sessions", "one item of 40 percent"])
def test_negatives_for_each_pair(corpora, name):
    assert_learns_like_single_steps(SkipGram, corpora(name), window=20, negative_sharing="pair", epochs=1)


@pytest.mark.parametrize("trainer_class", [SkipGram, CBOW])
@pytest.mark.parametrize("negatives", [20, 60])
@pytest.mark.parametrize("name", ["graph walks", "long sessions", "themed sessions"])
def test_many_negatives(corpora, trainer_class, negatives, name):
    """Each negative pulls on the contexts' rows, too: steps are shorter in proportion."""
    assert_learns_like_single_steps(trainer_class, corpora(name), window=5, negatives=negatives, epochs=1)


LITTLE = {"long sessions": {"sessions": 15}, "three words": {"sentences": 150}}  # the layers are slow


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adagrad", "adam"])
@pytest.mark.parametrize("name", LITTLE)
def test_layers_and_their_optimizers(optimizer, name):
    """What plain steps without a bound would not learn is learnt; the optimizers that divide hardly begin."""
    corpus = Corpus.from_sentences(CORPORA[name](**LITTLE[name]), min_count=1)
    options = {"engine": "layers", "optimizer": optimizer, "epochs": 1, "window": 10}
    most = {"long sessions": 4.0, "three words": 2.8} if optimizer in ("sgd", "momentum") else {}
    assert losses(SkipGram, corpus, **options)[0] < most.get(name, 4.5)


def test_full_softmax(corpora):
    assert losses(SkipGram, corpora("three words"), loss="softmax", window=20)[0] < 1.2


# -- what diverges is seen


@pytest.mark.parametrize("engine", ["kernel", "layers"])
def test_steps_without_a_bound_diverge_and_the_run_stops(corpora, engine):
    """On a session corpus; otherwise the bound would be for nothing."""
    options = {"max_meetings": 10**6, "window": 20, "engine": engine}
    with np.errstate(all="ignore"), pytest.raises(TrainingError, match=r"diverged in epoch . .*: take a smaller"):
        losses(SkipGram, corpora("long sessions"), **options)


def test_rows_that_explode_though_the_loss_is_small_stop_the_run(corpora):
    with pytest.raises(TrainingError, match=r"diverged in epoch . \(a weight of .*, where 10 would be large\)"):
        losses(SkipGram, corpora("one word repeated"), max_meetings=10**6, window=5)


@pytest.mark.parametrize(("optimizer", "most"), [("sgd", 0.8), ("momentum", 0.08)])
def test_a_learning_rate_that_no_corpus_bears_is_refused(optimizer, most):
    SkipGram(learning_rate=most, optimizer=optimizer)
    with pytest.raises(OptionError, match=f"learning_rate must be at most {most} with optimizer '{optimizer}'; got 1"):
        SkipGram(learning_rate=1.0, optimizer=optimizer)


def test_a_window_wider_than_every_sentence_is_said(corpora):
    trainer = SkipGram(dim=4, window=50, epochs=1, shrink_window=False, subsample=0).fit(corpora("three words"))
    assert "a window of 50 is wider than every sentence (the longest has 12 words)" in trainer.history.notes[0]


# -- warps of a GPU


def test_the_bound_on_warps_by_hand():
    """One word: inputs and outputs are (1,) and (6,), a step of 0.15 makes each position grow by exp(0.9)."""
    assert centres_before_stale(0.15, np.array([1.0]), np.array([6.0])) == 1
    assert centres_before_stale(0.015, np.array([1.0]), np.array([6.0])) == 11
    assert expected_outputs(np.array([0.5, 0.5]), np.array([3, 1]), 4, 0.0).tolist() == [2.5, 2.5]


def test_a_corpus_sorted_by_topic_bears_fewer_warps_than_the_same_sentences_shuffled():
    sentences = CORPORA["sorted by topic"](common=1000)
    shuffled = [sentences[i] for i in np.random.default_rng(1).permutation(len(sentences))]
    filed, mixed = (Corpus.from_sentences(text, min_count=1) for text in (sentences, shuffled))
    keep = np.ones(len(filed.vocabulary))
    warps = [warps_before_stale(0.025, corpus, keep, 5, 0.75, stretch=1200) for corpus in (filed, mixed)]
    assert warps[0] < 0.8 * warps[1]

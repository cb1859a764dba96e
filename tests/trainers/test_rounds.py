"""Training in pieces: the bytes depend on pieces and merges alone, and one piece is one machine."""

import itertools
import json

import numpy as np
import pytest
from inline_cluster import InlineCluster

from wordvec import CBOW, SkipGram
from wordvec.corpus import Corpus
from wordvec.corpus.read import read_lines
from wordvec.errors import OptionError, TrainingError
from wordvec.trainers import rounds
from wordvec.trainers.checkpoint import Checkpoint
from wordvec.trainers.rounds import terms_of_piece

OPTIONS = {"dim": 12, "epochs": 2, "window": 3, "batch_size": 32, "subsample": 1e-2, "threads": 1}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / "tiny"
    lines = itertools.islice(read_lines("tiny-world"), 1500)
    Corpus.from_texts(lines, min_count=1, max_words=150).save(folder)
    return Corpus.open(folder)


@pytest.fixture
def on_cluster(monkeypatch, tmp_path):
    """Trains with tasks in another order, and everything between in a store that stays."""

    def fit(trainer, corpus, **options):
        cluster = InlineCluster(tmp_path / "store")
        cluster.threads_of_a_task = 1
        monkeypatch.setattr(trainer, "_on_cluster", lambda *given: _with(trainer, cluster))
        if trainer.pieces is None:
            trainer.pieces = 8
        fit.cluster = cluster
        return trainer.fit(corpus, **options).vectors

    return fit


class _with:
    def __init__(self, trainer, cluster):
        self.trainer, self.cluster = trainer, cluster

    def __enter__(self):
        self.trainer._cluster = self.cluster

    def __exit__(self, *_):
        self.trainer._cluster = None


def assert_same(one, other):
    np.testing.assert_array_equal(one.matrix, other.matrix)
    np.testing.assert_array_equal(one.context_matrix, other.context_matrix)


def test_a_fit_on_a_cluster_leaves_the_next_one_in_one_piece(corpus, tmp_path, monkeypatch):
    options = OPTIONS | {"epochs": 1}
    trainer = SkipGram(**options)
    cluster = InlineCluster(tmp_path / "store")
    cluster.threads_of_a_task = 1
    with monkeypatch.context() as patch:
        patch.setattr(trainer, "_on_cluster", lambda *given: _with(trainer, cluster))
        assert trainer.fit(corpus, client=object()).vectors.info["parameters"]["pieces"] == 8
    assert_same(trainer.fit(corpus).vectors, SkipGram(**options).fit(corpus).vectors)
    assert trainer.pieces is None


@pytest.mark.parametrize("trainer", [SkipGram, CBOW])
def test_one_piece_is_one_machine(on_cluster, corpus, trainer):
    expected = trainer(**OPTIONS).fit(corpus)
    found = on_cluster(trainer(**OPTIONS, pieces=1, merges=8), corpus)
    assert_same(found, expected.vectors)
    assert found.info["loss"] == expected.history.loss
    assert on_cluster.cluster.done.count("train_piece") == 2 * 8  # rounds in two epochs


@pytest.mark.parametrize("trainer", [SkipGram, CBOW])
@pytest.mark.parametrize("loss", ["negative-sampling", "hierarchical-softmax"])
def test_pieces_have_the_same_bytes_here_and_on_a_cluster(on_cluster, corpus, trainer, loss, monkeypatch):
    options = OPTIONS | {"pieces": 3, "merges": 2, "loss": loss}
    here = trainer(**options).fit(corpus)
    rows = 40 if loss == "negative-sampling" else 149  # in a block: of the tree's, none is left for the last
    monkeypatch.setattr(rounds, "BLOCK_BYTES", 8 * 12 * rows)
    found = on_cluster(trainer(**options | {"threads": 2}), corpus)
    assert_same(found, here.vectors)
    assert found.info == here.vectors.info
    assert {"pieces": 3, "merges": 2}.items() <= found.info["parameters"].items()
    assert "trained in 3 pieces, merged 2 times an epoch" in found.info["notes"][0]
    assert on_cluster.cluster.done.count("merge_rows") == 2 * 2 * -(-len(corpus.vocabulary) // rows)


def test_the_note_tells_the_pieces_that_a_short_text_has(corpus):
    short = Corpus.from_texts([" ".join(corpus.vocabulary.words[:20])] * 40, min_count=1)
    one = SkipGram(**OPTIONS).fit(short)
    found = SkipGram(**OPTIONS, pieces=3).fit(short)
    assert_same(found.vectors, one.vectors)
    assert found.history.notes == [
        *one.history.notes,
        "the text is too short for 3 pieces: trained in one, as without pieces",
    ]
    found = SkipGram(**OPTIONS, pieces=20, merges=2).fit(short)  # 800 tokens are 25 blocks of 32
    assert any("trained in 13 pieces, merged 2 times an epoch" in note for note in found.history.notes)


def test_a_tree_in_pieces_learns_as_one_machine_does(corpus):
    options = OPTIONS | {"epochs": 4, "loss": "hierarchical-softmax"}
    pieces, one = (SkipGram(**options, **given).fit(corpus).history.loss for given in ({"pieces": 4, "merges": 8}, {}))
    assert one[-1] < pieces[-1] < 1.1 * one[-1] < one[0]


@pytest.mark.parametrize(
    "trainer",
    [SkipGram(window="sentence", learning_rate_schedule=[1.0, 0.25]), CBOW(negative_pool=64, learning_rate_end=0.001)],
)
def test_a_worker_makes_the_plan_of_the_trainer(corpus, trainer):
    trainer._find_reach(corpus)
    expected = trainer.plan_for(corpus)
    facts = json.dumps(rounds.facts_of(expected))
    found = rounds.plan_of(facts, expected.threads, *rounds.share(corpus, None))
    assert json.dumps(rounds.facts_of(found)) == facts
    assert found.schedule == expected.schedule
    np.testing.assert_array_equal(found.sampler.keep_thresholds, expected.sampler.keep_thresholds)
    for one, other in zip(found.sampler.negative_table, expected.sampler.negative_table):
        np.testing.assert_array_equal(one, other)


def test_other_pieces_and_merges_are_other_bytes_and_still_learn(corpus):
    losses, matrices = [], []
    for given in ({"pieces": 2, "merges": 8}, {"pieces": 4, "merges": 8}, {"pieces": 4, "merges": 3}, {}):
        trainer = SkipGram(**OPTIONS | {"epochs": 4}, **given).fit(corpus)
        losses.append(trainer.history.loss)
        matrices.append(trainer.vectors.matrix)
    for i in range(3):
        assert not np.array_equal(matrices[i], matrices[i + 1])
        assert losses[i][-1] < losses[i][0]  # and an epoch in pieces goes less far than one in one piece
        assert losses[3][-1] <= losses[i][-1]


def test_without_pieces_a_file_names_none(corpus):
    parameters = SkipGram(**OPTIONS).fit(corpus).vectors.info["parameters"]
    assert not {"pieces", "merges"} & parameters.keys()


def test_a_run_that_begins_anew_passes_over_the_rounds_that_were_done(on_cluster, corpus, monkeypatch):
    options = OPTIONS | {"pieces": 2, "merges": 3, "held_out": 0.1}
    expected = SkipGram(**options).fit(corpus).vectors
    merge, left = rounds.merge_rows, [4]

    def killed(*call):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return merge(*call)

    killed.__name__ = "merge_rows"
    monkeypatch.setattr(rounds, "merge_rows", killed)
    with pytest.raises(KeyboardInterrupt):
        on_cluster(SkipGram(**options), corpus)
    monkeypatch.setattr(rounds, "merge_rows", merge)
    found = on_cluster(SkipGram(**options), corpus)
    assert on_cluster.cluster.done.count("merge_rows") == 2  # of six
    assert_same(found, expected)
    assert found.info == expected.info
    again = on_cluster(SkipGram(**options), corpus)
    assert on_cluster.cluster.done == []
    assert_same(again, expected)


def test_a_checkpoint_goes_on_with_or_without_a_cluster(on_cluster, corpus, monkeypatch, tmp_path):
    options, path = OPTIONS | {"pieces": 2, "merges": 3}, tmp_path / "checkpoint"
    expected = SkipGram(**options).fit(corpus).vectors
    merge, left = rounds.merge_rows, [4]

    def killed(*call):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return merge(*call)

    monkeypatch.setattr(rounds, "merge_rows", killed)
    with pytest.raises(KeyboardInterrupt):
        on_cluster(SkipGram(**options), corpus, checkpoint=path, checkpoint_every=0)
    assert (Checkpoint.load(path).epoch, Checkpoint.load(path).position > 0) == (1, True)
    monkeypatch.setattr(rounds, "merge_rows", merge)
    assert_same(SkipGram(**options).fit(corpus, checkpoint=path, resume=True).vectors, expected)


def test_start_and_held_out_sentences_and_patience(on_cluster, corpus):
    start = SkipGram(**OPTIONS).fit(corpus).vectors
    options = OPTIONS | {"pieces": 2, "merges": 2, "held_out": 0.2, "patience": 1, "epochs": 3}
    here = SkipGram(**options).fit(corpus, start=start).vectors
    found = on_cluster(SkipGram(**options), corpus, start=start)
    assert_same(found, here)
    assert len(found.info["held_out_loss"]) >= 1


def test_terms_count_what_is_trained_on(corpus):
    """Over many epochs the examples drawn are as many as expected, for words that are neither rare nor thinned out."""
    trainer = SkipGram(**OPTIONS)
    sampler = trainer.sampler(corpus.vocabulary.counts)
    begin, end, epochs = 320, 1600, 30
    inputs, outputs = (np.zeros(len(corpus.vocabulary)) for _ in range(2))
    for epoch in range(epochs):
        batch = sampler.draw(corpus.ids, corpus.sentence_starts, first=begin, last=end, epoch=epoch)
        terms = 1 + trainer.negatives
        np.add.at(inputs, batch.contexts[batch.mask], terms / epochs)
        contexts = batch.mask.sum(axis=1)
        np.add.at(outputs, batch.centres, contexts / epochs)
        np.add.at(outputs, batch.negatives, np.broadcast_to(contexts[:, None], batch.negatives.shape) / epochs)
    expected_in, expected_out = terms_of_piece(trainer.plan_for(corpus), corpus, begin, end)
    # Sentences end, so there are fewer contexts than in an endless text: the same factor for all rows.
    assert 0.5 < inputs.sum() / expected_in.sum() < 1
    assert outputs.sum() / expected_out.sum() == pytest.approx(inputs.sum() / expected_in.sum(), rel=0.05)
    often = expected_in > 500
    assert np.corrcoef(inputs[often], expected_in[often])[0, 1] > 0.95
    assert np.corrcoef(outputs, expected_out)[0, 1] > 0.95


def test_terms_of_a_tree_count_what_is_trained_on(corpus):
    trainer = SkipGram(**OPTIONS, loss="hierarchical-softmax")
    plan, (begin, end), epochs = trainer.plan_for(corpus), (320, 1600), 30
    lengths = np.diff(plan.paths.starts)
    inputs, outputs = np.zeros(len(lengths)), np.zeros(len(lengths) - 1)
    for epoch in range(epochs):
        batch = plan.sampler.draw(corpus.ids, corpus.sentence_starts, first=begin, last=end, epoch=epoch)
        contexts = batch.mask.sum(axis=1)
        np.add.at(inputs, batch.contexts[batch.mask], np.repeat(lengths[batch.centres], contexts) / epochs)
        for centre, times in zip(batch.centres, contexts):
            np.add.at(outputs, plan.paths.nodes[slice(*plan.paths.starts[centre : centre + 2])], times / epochs)
    expected_in, expected_out = terms_of_piece(plan, corpus, begin, end)
    assert 0.5 < inputs.sum() / expected_in.sum() < 1
    assert outputs.sum() / expected_out.sum() == pytest.approx(inputs.sum() / expected_in.sum(), rel=0.05)
    assert np.corrcoef(inputs, expected_in)[0, 1] > 0.95
    assert np.corrcoef(outputs, expected_out)[0, 1] > 0.99


@pytest.mark.parametrize(
    "options, message",
    [
        ({"pieces": 0}, "pieces must be at least 1"),
        ({"merges": 0}, "merges must be at least 1"),
        ({"pieces": 2, "engine": "layers"}, "needs engine 'kernel'"),
        ({"pieces": 2, "loss": "softmax"}, "no full softmax"),
        ({"pieces": 2, "hogwild": True}, "needs hogwild False"),
        ({"pieces": 2, "precision": "float16"}, "needs precision 'float32'"),
    ],
    ids=["no piece", "no merge", "layers", "softmax", "hogwild", "half"],
)
def test_options_that_pieces_do_not_have(options, message):
    with pytest.raises(OptionError, match=message):
        SkipGram(**options)


def test_merges_without_pieces_and_frozen_words_are_refused(corpus):
    with pytest.raises(OptionError, match="give pieces too"):
        SkipGram(merges=4).fit(corpus)
    start = SkipGram(**OPTIONS).fit(corpus).vectors
    with pytest.raises(OptionError, match="pieces move all words"):
        SkipGram(**OPTIONS, pieces=2).fit(corpus, start=start, freeze=True)


def test_a_run_that_diverges_says_so(corpus):
    with pytest.raises(TrainingError, match="diverged"):
        SkipGram(dim=12, epochs=30, pieces=8, merges=1, learning_rate=0.8, max_meetings=10_000).fit(corpus)

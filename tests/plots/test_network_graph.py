import numpy as np
import pytest

from wordvec.corpus.draws.examples import ExampleSampler
from wordvec.errors import OptionError
from wordvec.networks import CBOWNetwork, SkipGramNetwork
from wordvec.plots import plot_network, save_figure
from wordvec.plots.network_trace import formula_of, trace

V, D, B, C, K = 11, 3, 5, 4, 6


@pytest.fixture
def batch():
    sampler = ExampleSampler.for_counts(
        np.ones(V, np.int64), subsample=0, window=C // 2, negatives=K, shrink_window=False
    )
    text = np.arange(B + C, dtype=np.int32)
    return sampler.draw(text, np.array([0, B + C]), first=C // 2, last=C // 2 + B, epoch=0)


def make(kind, loss):
    return kind(np.random.default_rng(1).normal(size=(V, D)), np.random.default_rng(2).normal(size=(V, D)), loss=loss)


def test_cbow_by_hand(batch):
    steps = trace(make(CBOWNetwork, "negative-sampling"), batch)
    assert [step.layer for step in steps] == ["Embedding", "Mean", "EmbeddingDot", "SigmoidWithLoss"]
    assert [step.output for step in steps] == [(B, C, D), (B, D), (B, 1 + K), ()]
    assert [step.parameters for step in steps] == [[("W_in", (V, D))], [], [("W_out", (V, D))], []]
    assert [step.part_of for step in steps] == [None, None, "NegativeSamplingLoss", "NegativeSamplingLoss"]
    sources = [[(value.name, value.shape, value.source) for value in step.inputs] for step in steps]
    assert sources[0] == [("ids", (B, C), None)]
    assert sources[1] == [("x", (B, C, D), 0), ("mask", (B, C), None)]
    assert sources[2] == [("h", (B, D), 1), ("ids", (B, 1 + K), None)]
    assert sources[3] == [("x", (B, 1 + K), 2), ("labels", (B, 1 + K), None), ("mask", (B, 1 + K), None)]


def test_skipgram_with_softmax_by_hand(batch):
    steps = trace(make(SkipGramNetwork, "softmax"), batch)
    assert [step.layer for step in steps] == ["Embedding", "MatMul", "SoftmaxWithLoss"]
    assert steps[1].inputs[0].shape == (B * C, D)  # one row a pair
    assert steps[1].inputs[0].source == 0  # though it is a copy of some rows
    assert steps[1].parameters == [("W_out transposed", (D, V))]


@pytest.mark.parametrize("kind", [CBOWNetwork, SkipGramNetwork])
@pytest.mark.parametrize("loss", ["negative-sampling", "softmax"])
def test_tracing_changes_nothing(batch, kind, loss):
    network, untouched = make(kind, loss), make(kind, loss)
    trace(network, batch)
    assert network.forward(batch) == untouched.forward(batch)
    network.backward()
    assert "forward" not in vars(network.embedding)


def test_layers_are_restored_after_a_failure(batch):
    network = make(CBOWNetwork, "negative-sampling")
    with pytest.raises(Exception, match="ids"):
        trace(network, batch._replace(contexts=batch.contexts + V))
    assert "forward" not in vars(network.embedding)


@pytest.mark.parametrize("kind", [CBOWNetwork, SkipGramNetwork])
@pytest.mark.parametrize("loss", ["negative-sampling", "softmax"])
def test_every_layer_and_shape_is_in_the_drawing(batch, kind, loss, tmp_path):
    axes = plot_network(make(kind, loss), batch)
    text = "\n".join(text.get_text() for text in axes.texts)
    for step in trace(make(kind, loss), batch):
        assert step.layer in text
        assert all(str(value.shape) in text for value in step.inputs)
        assert all(str(shape) in text for _, shape in step.parameters)
    assert "(V, D) = (11, 3)" in text
    assert f"B = {B} examples" in axes.get_title(loc="right")
    assert ("scored words" in axes.get_title(loc="right")) == (loss == "negative-sampling")
    save_figure(axes, tmp_path / "network.pdf")


def test_texts_lie_apart(batch):
    axes = plot_network(make(CBOWNetwork, "negative-sampling"), batch)
    axes.figure.draw_without_rendering()
    renderer = axes.figure.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in axes.texts if text.get_text()]
    for i, a in enumerate(boxes):
        assert not any(a.overlaps(b) for b in boxes[:i])


def test_a_size_of_two_things_has_no_letter(batch):
    network = CBOWNetwork(np.ones((V, B)), np.ones((V, B)))  # as many dimensions as examples
    note = plot_network(network, batch).get_title(loc="right")
    assert "examples" not in note
    assert "dimensions" not in note
    assert "V = 11 words" in note


def test_a_network_without_layers(batch):
    class Nothing:
        params = ()

        def forward(self, batch):
            return 0.0

    with pytest.raises(OptionError, match="Nothing ran through no layer"):
        plot_network(Nothing(), batch)


def test_formulas_come_from_docstrings():
    class Layer:
        """y = f(x) . z, of a kind.  More."""

    class Other:
        """Does this and that."""

    assert formula_of(Layer) == "y = f(x) . z, of a kind"
    assert formula_of(Other) == ""

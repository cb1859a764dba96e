"""A chain of layers: order, names, files, drawing; and clipping."""

import inspect
import json
import zipfile

import numpy as np
import pytest
from safetensors.numpy import save_file

from wordvec.errors import InputError, OptionError, ShapeError, TrainingError, WordvecError
from wordvec.layers import (
    Affine,
    BatchNorm,
    Dropout,
    Embedding,
    MatMul,
    Mean,
    NegativeSamplingLoss,
    RowGradient,
    SoftmaxWithLoss,
    Tanh,
    check_backward,
    explain_backward,
)
from wordvec.networks import Adam, Sequential, clip_gradients, sequential
from wordvec.plots import plot_network, plot_values

ARRAYS = ("W", "b", "gamma", "beta")  # of constructors: parameters


def make(seed=1, norm=True):
    rng = np.random.default_rng(seed)
    parts = [Affine(rng.normal(size=(2, 5)), np.zeros(5)), BatchNorm(np.ones(5), np.zeros(5)), Tanh()]
    if not norm:
        del parts[1]
    return Sequential(*parts, Affine(rng.normal(size=(5, 2)), np.zeros(2)), loss=SoftmaxWithLoss())


x, t = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])


def test_forward_and_backward_are_those_of_the_layers_by_hand():
    network = make(norm=False)
    first, tanh, second, loss = *make(norm=False).layers, SoftmaxWithLoss()
    assert network.forward(x, t) == loss.forward(second.forward(tanh.forward(first.forward(x))), t)
    dx = first.backward(tanh.backward(second.backward(loss.backward())))
    np.testing.assert_array_equal(network.backward(), dx)
    np.testing.assert_array_equal(network.grads[0], first.grads[0])


def test_its_backward_is_the_gradient_of_its_forward():
    check_backward(make(), x, t)
    check_backward(Sequential(MatMul(np.ones((2, 3))), Mean()), np.random.default_rng(1).normal(size=(4, 2, 2)))


def test_names_are_the_arrays_themselves():
    network = make()
    assert list(network.named_params) == [
        "affine1.W", "affine1.b", "batchnorm1.gamma", "batchnorm1.beta", "affine2.W", "affine2.b",
    ]  # fmt: skip
    assert all(a is b for a, b in zip(network.named_params.values(), network.params))
    assert list(network.named_buffers) == ["batchnorm1.running_mean", "batchnorm1.running_variance"]


def test_it_learns_the_exclusive_or():
    network, optimizer = make(norm=False), Adam(0.05)
    for _ in range(200):
        loss = network.forward(x, t)
        network.backward()
        optimizer.update(network.params, network.grads)
    assert loss < 0.05
    assert network.predict(x).argmax(axis=1).tolist() == t.tolist()


def test_predict_leaves_nothing_out():
    network = Sequential(Dropout(0.9))
    assert network.predict(np.ones((2, 3))).tolist() == np.ones((2, 3)).tolist()


@pytest.mark.parametrize("ending", ["safetensors", "npz"])
def test_saved_and_loaded(tmp_path, ending):
    network, other = make(1), make(2)
    network.forward(x, t)  # moves the running mean
    network.save(tmp_path / f"n.{ending}")
    other.load(tmp_path / f"n.{ending}")
    np.testing.assert_array_equal(network.predict(x), other.predict(x))


@pytest.mark.parametrize("ending", ["safetensors", "npz"])
def test_a_file_alone_makes_the_network(tmp_path, ending):
    """Layers, settings, parameters, averages and loss; and it goes on learning."""
    path = tmp_path / f"n.{ending}"
    network = make()
    network.layers.insert(3, Dropout(0.25))
    network = Sequential(*network.layers, loss=SoftmaxWithLoss(reduction="sum"))
    network.layers[1].momentum = 0.5
    network.forward(x, t)
    network.save(path)
    opened = Sequential.open(path)
    assert opened.names == network.names
    assert (opened.layers[3].ratio, opened.layers[1].momentum, opened.loss.reduction) == (0.25, 0.5, "sum")
    np.testing.assert_array_equal(opened.predict(x), network.predict(x))
    opened.forward(x, t)
    opened.backward()
    Adam(0.1).update(opened.params, opened.grads)
    assert not np.array_equal(opened.params[0], network.params[0])
    opened.load(path)
    np.testing.assert_array_equal(opened.params[0], network.params[0])


@pytest.mark.parametrize("ending", ["safetensors", "npz"])
@pytest.mark.parametrize(
    "layers, message",
    [
        (None, "holds W, which is no network"),
        ("[", "its description of the layers is damaged"),
        ('{"layers": 3, "loss": null}', "damaged"),
        ("[" * 99_999, "damaged"),
        ('{"layers": [], "loss": null}', "names no layers, and a network has at least one"),
        (
            '{"layers": [["Mine", {}]], "loss": null}',
            "mine1 is a 'Mine', which is not made from a file; those that are: A",
        ),
        ('{"layers": [["Tanh", {}]], "loss": ["Tanh", {}]}', "loss is a 'Tanh', which is not made from a file"),
        ('{"layers": [["Tanh", {"params": 3}]], "loss": null}', "settings that Tanh lacks"),
        ('{"layers": [["Dropout", {"ratio": [1]}]], "loss": null}', "settings that Dropout lacks"),
        ('{"layers": [["Dropout", {"ratio": 7}]], "loss": null}', "dropout1 cannot be made.*ratio must be at least 0"),
        ('{"layers": [["Dropout", {"ratio": "a"}]], "loss": null}', "dropout1 cannot be made"),
        ('{"layers": [["MatMul", {}]], "loss": null}', "matmul1 cannot be made"),
        ('{"layers": [["Tanh", {}]], "loss": null}', "the file has, but the network has not, W"),
    ],
)
def test_what_a_file_says_of_its_layers_is_not_trusted(tmp_path, ending, layers, message):
    path, arrays = tmp_path / f"n.{ending}", {"W": np.ones((2, 2))}
    if ending == "safetensors":
        save_file(arrays, path, None if layers is None else {"layers": layers})
    else:
        np.savez(path, **arrays, **({} if layers is None else {"layers": np.frombuffer(layers.encode(), np.uint8)}))
    with pytest.raises(InputError, match=message) as error:
        Sequential.open(path)
    assert str(error.value).startswith(str(path))


@pytest.mark.parametrize("kind", [*sequential.KINDS.values(), *sequential.LOSSES.values()])
def test_every_setting_of_a_layer_is_kept_under_its_name(kind):
    """So that the file has it: all that the constructor takes, but for arrays, and a seed, which draws have used up."""
    expected = inspect.signature(kind).parameters
    matrix, row = np.ones((2, 2)), np.ones(2)
    arrays = {name: row if name in ("b", "gamma", "beta") else matrix for name in expected if name in ARRAYS}
    layer = kind(**arrays, **({"times": 3} if "times" in expected else {}))
    settings = json.loads(sequential.description_of([layer], None))["layers"][0][1]
    assert set(settings) == set(expected) - set(ARRAYS) - {"seed"}


def test_negative_sampling_comes_back_from_its_file(tmp_path):
    network = Sequential(Embedding(np.eye(3)), Mean(), loss=NegativeSamplingLoss(np.eye(3), reduction="sum"))
    network.save(tmp_path / "n.npz")
    opened = Sequential.open(tmp_path / "n.npz")
    batch = np.array([[0, 1], [1, 2]]), np.array([2, 0]), np.array([[0], [1]])
    assert opened.forward(*batch) == network.forward(*batch)


def test_parameters_of_another_type_or_without_layers(tmp_path):
    path = tmp_path / "n.safetensors"
    layers = '{"layers": [["MatMul", {}]], "loss": null}'
    save_file({"matmul1.W": np.ones((2, 2), np.int64)}, path, {"layers": layers})
    with pytest.raises(InputError, match=r"matmul1.W must hold floating-point numbers; got int64"):
        Sequential.open(path)
    save_file({"matmul1.W": np.ones((2, 2))}, path)
    with pytest.raises(InputError, match=r"names no layers for its matmul1.W: load it into the network"):
        Sequential.open(path)
    Sequential(MatMul(np.zeros((2, 2)))).load(path)  # as before


def test_a_transposed_parameter_is_saved_as_it_is_seen(tmp_path):
    W = np.arange(6.0).reshape(2, 3)
    Sequential(MatMul(W.T)).save(tmp_path / "n.safetensors")
    other = Sequential(MatMul(np.zeros((3, 2))))
    other.load(tmp_path / "n.safetensors")
    np.testing.assert_array_equal(other.params[0], W.T)


def test_files_that_do_not_fit(tmp_path):
    path = tmp_path / "n.npz"
    make().save(path)
    with pytest.raises(InputError, match=r"the file has, but the network has not, batchnorm1.beta"):
        make(norm=False).load(path)
    make(norm=False).save(path)
    with pytest.raises(InputError, match=r"the file lacks batchnorm1.beta"):
        make().load(path)
    network = Sequential(MatMul(np.zeros((2, 3))))
    Sequential(MatMul(np.ones((3, 3)))).save(path)
    with pytest.raises(InputError, match=r"matmul1.W must be float64 \(2, 3\).*got float64 \(3, 3\)"):
        network.load(path)
    assert not network.params[0].any()


@pytest.mark.parametrize("ending", ["safetensors", "npz"])
@pytest.mark.parametrize("damage", ["empty", "cut", "text", "missing"])
def test_damaged_files(tmp_path, ending, damage):
    path = tmp_path / f"n.{ending}"
    make().save(path)
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "cut": content[: len(content) // 2], "text": b"hello" * 99}[damage])
    with pytest.raises(InputError, match=f"n.{ending}: "):
        make().load(path)
    with pytest.raises(InputError, match=f"n.{ending}: "):
        Sequential.open(path)


def test_an_archive_of_odd_names_or_more_than_its_file_is_refused(tmp_path):
    path, said = tmp_path / "n.npz", json.dumps({"layers": [["Tanh", {}]], "loss": None}).encode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("layers", said)
    with pytest.raises(InputError, match=r"n\.npz: "):
        Sequential.open(path)
    np.savez_compressed(path, layers=np.frombuffer(said, np.uint8), **{f"x{i}": np.zeros(500) for i in range(50)})
    with pytest.raises(InputError, match=r"not a whole \.npz file"):
        Sequential.open(path)


@pytest.mark.parametrize("make_layer", [MatMul, Embedding])
def test_a_parameter_of_other_dimensions_is_refused(make_layer):
    for shape in ((3,), (3, 2, 1)):
        with pytest.raises(ShapeError, match="W must be"):
            make_layer(np.zeros(shape))


def test_an_npz_holds_the_network_and_nothing_else(tmp_path):
    path = tmp_path / "n.npz"
    Sequential(MatMul(np.ones((2, 1)))).save(path)
    with np.load(path) as arrays:
        assert sorted(arrays.files) == ["layers", "matmul1.W"]
        assert np.array_equal(arrays["matmul1.W"], np.ones((2, 1)))


def test_no_pickle_is_read(tmp_path):
    path = tmp_path / "n.npz"
    np.savez(path, **{"matmul1.W": np.array([object()])})
    with pytest.raises(InputError, match=r"not a whole \.npz file"):
        Sequential(MatMul(np.ones((1, 1)))).load(path)
    np.savez(path, **{"matmul1.W": np.array([object()]), "layers": np.zeros(1, np.uint8)})
    with pytest.raises(InputError, match=r"not a whole \.npz file"):
        Sequential.open(path)


def test_what_is_no_chain():
    with pytest.raises(OptionError, match="at least one layer"):
        Sequential()
    with pytest.raises(OptionError, match="layer 1 must have forward and backward; got a ndarray"):
        Sequential(Tanh(), np.ones(2))
    with pytest.raises(OptionError, match=r"layer 0 .* got the class Tanh: write Tanh\(\)"):
        Sequential(Tanh)
    with pytest.raises(OptionError, match=r"layer 0 .* got a list: write \*layers"):
        Sequential([Tanh()])
    with pytest.raises(OptionError, match=r"needs a target for the loss, forward\(x, t\); predict\(x\) needs none"):
        make().forward(np.ones((2, 2)))
    tanh = Tanh()
    with pytest.raises(OptionError, match="cannot be used twice"):
        Sequential(tanh, tanh)
    with pytest.raises(OptionError, match=r"must end in .safetensors or .npz; got '.pkl'"):
        make().save("n.pkl")
    with pytest.raises(WordvecError, match="backward before forward"):
        make().backward()


def test_explained_from_the_last_layer_to_the_first():
    network = make(norm=False)
    network.forward(x, t)
    heads = [line for line in explain_backward(network).splitlines() if not line.startswith(" ")]
    assert heads == ["SoftmaxWithLoss.backward:", "Affine.backward:", "Tanh.backward:", "Affine.backward:"]


def test_drawn_with_names_and_shapes():
    texts = [text.get_text() for text in plot_network(make(), (x, t)).texts]
    assert [name for name in texts if name in ("Affine", "BatchNorm", "Tanh", "SoftmaxWithLoss")] == [
        "Affine", "BatchNorm", "Tanh", "Affine", "SoftmaxWithLoss",
    ]  # fmt: skip
    assert "affine2.W\n(5, 2)" in texts


def test_drawn_with_values_and_gradients():
    network = Sequential(MatMul(np.array([[2.0], [-1.0]])), Tanh())
    texts = [text.get_text() for text in plot_values(network, np.array([[0.25, 0.5]])).texts]
    assert "0.00" in texts  # 0.25 * 2 - 0.5
    assert " 2.00 -1.00" in texts  # dL/dx, where tanh has slope 1
    assert "0.25\n0.50" in texts  # dL/dW
    with_loss = [text.get_text() for text in plot_values(make(norm=False), (x, t)).texts]
    assert "SoftmaxWithLoss" in with_loss
    assert not [text for text in with_loss if "-0.00" in text]
    with pytest.raises(OptionError, match="chain of layers"):
        plot_values(Tanh(), np.ones(2))


def test_clipping_by_hand():
    rows = RowGradient(np.array([1]), np.array([[0.0, 12.0]]), shape=(3, 2))
    dense = np.array([3.0, 4.0])
    assert clip_gradients([dense, rows], max_norm=1.3) == 13.0
    np.testing.assert_allclose(dense, [0.3, 0.4])
    np.testing.assert_allclose(rows.rows, [[0.0, 1.2]])
    assert clip_gradients([dense], max_norm=1.0) == pytest.approx(0.5)
    np.testing.assert_allclose(dense, [0.3, 0.4])
    with pytest.raises(OptionError, match="above 0"):
        clip_gradients([dense], 0)
    with pytest.raises(TrainingError, match="nan"):
        clip_gradients([np.array([np.nan])], 1.0)


def test_backward_needs_a_new_forward_after_predict():
    network = make()  # the layers hold the pass of predict: its gradients would be of another batch
    network.forward(x, t)
    network.predict(x + 1)
    with pytest.raises(WordvecError, match="call forward first"):
        network.backward()
    network.forward(x, t)
    network.backward()


def test_a_target_without_a_loss_is_not_ignored():
    with pytest.raises(OptionError, match="a target was given, but the network has no loss"):
        Sequential(Tanh()).forward(x, t)


def test_a_layer_without_lists_of_parameters_is_told():
    class Square:
        def forward(self, x):
            return x**2

        def backward(self, dout):
            return dout

    for check in (lambda: Sequential(Tanh(), Square()), lambda: check_backward(Square(), x)):
        with pytest.raises(OptionError, match="Square must have lists params and grads: set both in its __init__"):
            check()


def test_values_are_drawn_with_a_target_for_a_loss_only():
    for network, batch in ((make(), x), (Sequential(Tanh()), (x, t))):
        with pytest.raises(OptionError, match=r"give \(x, t\) for a network with a loss, and x alone for one without"):
            plot_values(network, batch)

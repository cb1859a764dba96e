"""Layers: forward and backward on numpy or cupy arrays, one kind of layer per file. They
are the specification of all training.

A layer has ``params``, ``grads`` (one for each parameter), ``forward(*inputs)`` and ``backward(dout)``, which
overwrites ``grads`` and returns the gradients of the leading inputs. Ids get no gradient; a table of rows gets a
RowGradient. Losses return a scalar, and their ``backward(dout=1)`` is the gradient of exactly that scalar.

Two layers and a loss, trained on the exclusive or:

>>> import numpy as np
>>> x, t = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
>>> rng = np.random.default_rng(seed=1)
>>> hidden, output = Affine(rng.normal(size=(2, 4)), np.zeros(4)), Affine(rng.normal(size=(4, 2)), np.zeros(2))
>>> tanh, loss = Tanh(), SoftmaxWithLoss()
>>> for _ in range(200):
...     value = loss.forward(output.forward(tanh.forward(hidden.forward(x))), t)
...     _ = hidden.backward(tanh.backward(output.backward(loss.backward())))
...     for layer in (hidden, output):
...         for parameter, gradient in zip(layer.params, layer.grads):
...             parameter -= 0.5 * gradient
>>> output.forward(tanh.forward(hidden.forward(x))).argmax(axis=1).tolist(), bool(value < 0.05)
([0, 1, 1, 0], True)
"""

from wordvec.layers.arithmetic import Mean, Multiply, Repeat, Sum
from wordvec.layers.functions import (
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
    cross_entropy_error,
    log_sigmoid,
    log_softmax,
    logsumexp,
    one_hot,
    relu,
    sigmoid,
    softmax,
)
from wordvec.layers.gradients import GradientError, check_backward, explain_backward, numerical_gradient
from wordvec.layers.linear import Affine, Embedding, EmbeddingDot, MatMul, he, xavier
from wordvec.layers.losses import GloVeLoss, NegativeSamplingLoss, SigmoidWithLoss, SoftmaxWithLoss
from wordvec.layers.regularisation import BatchNorm, Dropout
from wordvec.layers.row_gradient import RowGradient, add_gradients

__all__ = [
    "Affine",
    "BatchNorm",
    "Dropout",
    "Embedding",
    "EmbeddingDot",
    "GloVeLoss",
    "GradientError",
    "MatMul",
    "Mean",
    "Multiply",
    "NegativeSamplingLoss",
    "ReLU",
    "Repeat",
    "RowGradient",
    "Sigmoid",
    "SigmoidWithLoss",
    "Softmax",
    "SoftmaxWithLoss",
    "Sum",
    "Tanh",
    "add_gradients",
    "check_backward",
    "cross_entropy_error",
    "explain_backward",
    "he",
    "log_sigmoid",
    "log_softmax",
    "logsumexp",
    "numerical_gradient",
    "one_hot",
    "relu",
    "sigmoid",
    "softmax",
    "xavier",
]

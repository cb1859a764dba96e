"""What a layer's backward computes, in formulas with shapes."""

from __future__ import annotations

from typing import Any

from wordvec.errors import OptionError

# Layer -> (names of its inputs, of its parameters, [(gradient of, formula)]). "*" is the elementwise product.
FORMULAS: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "MatMul": ("x", "W", [("x", "dL/dy W^T"), ("W", "x^T dL/dy")]),
    "Affine": ("x", "W b", [("x", "dL/dy W^T"), ("W", "x^T dL/dy"), ("b", "sum over the rows of dL/dy")]),
    "BatchNorm": (
        "x",
        "gamma beta",
        [
            ("x", "gamma s * (dL/dy - mean(dL/dy) - n * mean(dL/dy * n)), n = (x - mean) s, s = 1/sqrt(variance)"),
            ("gamma", "sum over the rows of dL/dy * n"),
            ("beta", "sum over the rows of dL/dy"),
        ],
    ),
    "Repeat": ("x", "", [("x", "sum of dL/dy along the repeated axis")]),
    "Sum": ("x", "", [("x", "dL/dy, repeated along the summed axis")]),
    "Mean": ("x mask", "", [("x", "dL/dy / number of unmasked rows, for each of these rows; else 0")]),
    "Multiply": ("x y", "", [("x", "dL/dz * y"), ("y", "dL/dz * x")]),
    "Sigmoid": ("x", "", [("x", "dL/dy * y (1 - y)")]),
    "Tanh": ("x", "", [("x", "dL/dy * (1 - y^2)")]),
    "ReLU": ("x", "", [("x", "dL/dy where x > 0, else 0")]),
    "Softmax": ("x", "", [("x", "y * (dL/dy - sum over the row of dL/dy * y)")]),
    "Dropout": ("x", "", [("x", "dL/dy / (1 - ratio) where the unit was kept, else 0")]),
    "Embedding": ("ids", "W", [("W", "for each id, the sum of the rows of dL/dy where it was looked up")]),
    "EmbeddingDot": (
        "h ids",
        "W",
        [("h", "sum over k of dL/dy[k] W[ids[k]]"), ("W", "for each id, the sum of dL/dy[k] h")],
    ),
    "SoftmaxWithLoss": ("x t", "", [("x", "(softmax(x) - one_hot(t)) / B; without / B for reduction='sum'")]),
    "SigmoidWithLoss": ("x labels mask", "", [("x", "(sigmoid(x) - label) / B; without / B for reduction='sum'")]),
    "NegativeSamplingLoss": (
        "h target negatives mask",
        "W",
        [
            ("h", "sum over k of e[k] W[k], e[k] = (sigmoid(h . W[k]) - label) / B, over the target and its negatives"),
            ("W", "for each of these ids, the sum of e[k] h"),
        ],
    ),
    "GloVeLoss": (
        "i j X",
        "W_in W_out b_in b_out",
        [
            ("W_in", "for each id in i, the sum of g W_out[j], g = 2 f(X) (W_in[i] . W_out[j] + biases - log X) / B"),
            ("W_out", "for each id in j, the sum of g W_in[i]"),
            ("b_in", "for each id in i, the sum of g"),
            ("b_out", "for each id in j, the sum of g"),
        ],
    ),
}


def explain_backward(layer: Any) -> str:
    """Return the formula of every gradient that `layer.backward` computes, one a line, with the shapes of the last
    forward.

    Of a network that has `layers` (`wordvec.networks.Sequential`), all its layers in the order of backward, the last
    first. The formulas are those in the comments of each layer's backward. Raises OptionError for a class of another
    origin, whose formulas are not known here.

    >>> import numpy as np
    >>> from wordvec.layers import MatMul
    >>> matmul = MatMul(np.ones((3, 2)))
    >>> _ = matmul.forward(np.ones((4, 3)))
    >>> print(explain_backward(matmul))
    MatMul.backward:
      dL/dx (4, 3) = dL/dy W^T   from W (3, 2), dL/dy (4, 2)
      dL/dW (3, 2) = x^T dL/dy   from x (4, 3), dL/dy (4, 2)
    """
    if hasattr(layer, "layers"):
        parts = [*layer.layers, *([layer.loss] if getattr(layer, "loss", None) is not None else [])]
        return "\n".join(explain_backward(part) for part in reversed(parts))
    name = type(layer).__name__
    if name not in FORMULAS or not type(layer).__module__.startswith("wordvec.layers"):
        raise OptionError(
            f"explain_backward: the formulas of {name} are not known; it explains {', '.join(FORMULAS)} "
            "and networks of these"
        )
    inputs, parameters, gradients = FORMULAS[name]
    shapes, output = _known_shapes(layer, inputs.split(), parameters.split())
    lines = [f"{name}.backward:"]
    for of, formula in gradients:
        used = [f"{what} {shape}" for what, shape in {**shapes, **output}.items() if _names(formula, what)]
        shape = f" {shapes[of]}" if of in shapes else ""
        lines.append(f"  dL/d{of}{shape} = {formula}" + (f"   from {', '.join(used)}" if used else ""))
    return "\n".join(lines)


def _known_shapes(
    layer: Any, inputs: list[str], parameters: list[str]
) -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
    """Name -> shape of inputs and parameters, and of the gradient that comes in."""
    known = {name: tuple(W.shape) for name, W in zip(parameters, layer.params)}
    if not layer._went_forward:
        return known, {}
    came, out = layer._shapes
    shapes = {name: tuple(shape) for name, shape in zip(inputs, came) if shape is not None}
    upper = "dL/dz" if type(layer).__name__ == "Multiply" else "dL/dy"
    return {**shapes, **known}, ({upper: tuple(out)} if out else {})


def _names(formula: str, what: str) -> bool:
    """Whether a formula speaks of the array `what`."""
    if what.startswith("dL/"):
        return what in formula
    words = formula.replace("dL/dy", " ").replace("dL/dz", " ")
    for mark in "^[]().,*/":
        words = words.replace(mark, " ")
    return what in words.split()

"""Each vector kernel against its plain twin, for every vector width: narrow ones run on wide machines too."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("numba")

from numba import njit

from wordvec.kernels import plain
from wordvec.kernels.tables import aligned_zeros
from wordvec.kernels.tiles_cbow import group_floats, score_mean, update_mean
from wordvec.kernels.tiles_gradient import gradients_of_scores
from wordvec.kernels.tiles_pairs import update_pairs
from wordvec.kernels.tiles_skipgram import (
    OUTPUT_STEP,
    score_contexts,
    strip_floats,
    update_rows,
    update_rows_in_groups,
)
from wordvec.kernels.vector_ir import reversed_bits

# lanes, contexts in a tile, outputs in a tile
SHAPES = [(16, 2, 6), (8, 2, 5), (4, 2, 3)]


def compiled(lanes, tile_contexts, tile_outputs):
    """One function that runs all kernels one after the other, on two groups of outputs where there can be groups."""
    L, P, T = lanes, tile_contexts, tile_outputs
    ONE = np.float32(1)

    @njit
    def run(x, y, row, vectors, contexts, count, tiles, outputs, strips, weights, repeats, losses, group, stage, which):
        if which == 0:
            score_contexts(L, P, T, x, y, row, vectors, contexts, outputs, tiles, strips)
        elif which == 1:
            gradients_of_scores(L, T, strips, 0, 1, weights, repeats, np.float32(0.5), tiles, strips, losses)
        elif which == 2:
            update_rows(L, T, x, y, row, vectors, contexts, outputs, count, strips)
        elif which == 3:
            update_rows_in_groups(L, T, x, y, row, vectors, contexts, outputs, count, strips, 2, group, stage)
        elif which == 4:
            score_mean(L, T, x, y, row, vectors, contexts, count, ONE / np.float32(count), outputs, 2, strips)
        elif which == 5:
            scale = ONE / np.float32(count)
            update_mean(L, T, x, y, row, vectors, contexts, count, scale, np.float32(0.3), outputs, 2, strips)
        else:
            update_pairs(L, T, x, y, row, vectors, contexts, count, outputs, 2, strips, stage)

    return run


@pytest.fixture(scope="module", params=SHAPES, ids=str)
def kernels(request):
    return Kernels(*request.param)


class Kernels:
    """Calls vector kernels with arrays, packing and unpacking strips."""

    def __init__(self, lanes, tile_contexts, tile_outputs):
        self.lanes, self.tile_contexts, self.T = lanes, tile_contexts, tile_outputs
        self.run, self.strip = compiled(lanes, tile_contexts, tile_outputs), strip_floats(tile_outputs)
        self.places = [reversed_bits(j, self.strip) for j in range(tile_outputs)]

    def call(self, which, W_in, W_out, contexts, outputs, strips, weights=None, repeats=None, losses=None):
        lanes, vectors = self.lanes, -(-W_in.shape[1] // self.lanes)
        x, y = (self.padded(W) for W in (W_in, W_out))
        ids = np.zeros((-(-outputs.size // self.T), OUTPUT_STEP), np.int32)
        ids[:, : self.T] = outputs.reshape(-1, self.T)
        contexts = np.append(contexts, np.zeros(16)).astype(np.int32)
        count, stage = self.count, np.zeros((16, 4 * lanes), np.float32)
        tiles = -(-count // self.tile_contexts)
        if which == 1:
            tiles = tiles * self.tile_contexts * self.strip // lanes
        arrays = [np.zeros(16, np.float32) if a is None else a for a in (weights, repeats, losses)]
        of_arrays = [a.ctypes.data for a in arrays]
        group = strips[0].nbytes if strips.ndim == 3 else 0
        self.run(
            x.ctypes.data, y.ctypes.data, vectors * lanes * 4, vectors, contexts.ctypes.data, count, tiles,
            ids.ctypes.data, strips.ctypes.data, *of_arrays, group, stage.ctypes.data, which,
        )  # fmt: skip
        W_in[...], W_out[...] = x[:, : W_in.shape[1]], y[:, : W_in.shape[1]]

    def padded(self, W):
        padded = aligned_zeros((len(W), -(-W.shape[1] // self.lanes) * self.lanes), np.float32)
        padded[:, : W.shape[1]] = W
        return padded

    def pack(self, g, floats):
        """Gradients (..., T) as strips (..., floats)."""
        strips = np.zeros((*g.shape[:-1], floats), np.float32)
        strips[..., self.places] = g
        return strips


def random(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


CONTEXTS, REPEATED = np.array([3, 7, 1, 9, 12]), np.array([3, 7, 3, 9, 3])
DIMENSIONS = [1, 50, 112]


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_score_contexts(kernels, dimension):
    W_in, W_out, outputs = random(1, 20, dimension), random(2, 20, dimension), np.arange(4, 4 + kernels.T)
    strips, kernels.count = np.zeros((8, kernels.strip), np.float32), 5
    kernels.call(0, W_in, W_out, CONTEXTS, outputs, strips)
    close(strips[:5, kernels.places], plain.score_contexts(W_in, W_out, CONTEXTS, outputs))


def test_gradients_of_scores(kernels):
    scores = 3 * random(3, 5, kernels.T)
    scores[0, 0], scores[1, 1], scores[2, 0] = 300.0, -300.0, -90.0  # sigmoid 1 and 0, and a loss of 90
    weights, repeats = np.array([1, -1, -2, 0, -1, -1, 9, 9], np.float32), np.zeros(16, np.float32)
    repeats[:5] = [1, 2, 1, 1, 3]
    strips, losses, kernels.count = np.zeros((8, kernels.strip), np.float32), np.zeros(16), 5
    strips[:5, kernels.places] = scores
    kernels.call(1, np.zeros((1, 1)), np.zeros((1, 1)), CONTEXTS, np.zeros(kernels.T), strips, weights, repeats, losses)
    expected, loss = plain.gradients_of_scores(scores.astype(np.float64), weights[: kernels.T], repeats[:5], 0.5)
    np.testing.assert_allclose(strips[:5, kernels.places], expected, rtol=5e-7, atol=1e-34)
    assert losses.sum() == pytest.approx(loss, rel=1e-7)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_update_rows(kernels, dimension):
    W_in, W_out, outputs = random(1, 20, dimension), random(2, 20, dimension), np.arange(4, 4 + kernels.T)
    expected, g, kernels.count = (W_in.copy(), W_out.copy()), random(4, 5, kernels.T), 5
    kernels.call(2, W_in, W_out, CONTEXTS, outputs, kernels.pack(g, kernels.strip))
    plain.update_rows(*expected, CONTEXTS, outputs, g)
    close(W_in, expected[0])
    close(W_out, expected[1])


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_update_rows_in_groups(kernels, dimension):
    W_in, W_out, outputs = random(1, 20, dimension), random(2, 20, dimension), np.arange(2, 2 + 2 * kernels.T)
    expected, g, kernels.count = (W_in.copy(), W_out.copy()), random(4, 2, 5, kernels.T), 5
    kernels.call(3, W_in, W_out, CONTEXTS, outputs, kernels.pack(g, kernels.strip))
    plain.update_rows(*expected, CONTEXTS, outputs, np.concatenate(list(g), axis=1))
    close(W_in, expected[0])
    close(W_out, expected[1])


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_mean_of_contexts(kernels, dimension):
    W_in, W_out, outputs = random(1, 20, dimension), random(2, 20, dimension), np.arange(2, 2 + 2 * kernels.T)
    floats, kernels.count = group_floats(kernels.lanes, kernels.T), 5
    strips = np.zeros((2, floats), np.float32)
    kernels.call(4, W_in, W_out, REPEATED, outputs, strips)
    close(strips[:, kernels.places].ravel(), plain.score_mean(W_in, W_out, REPEATED, outputs))
    expected, g = (W_in.copy(), W_out.copy()), random(4, 2, kernels.T)
    kernels.call(5, W_in, W_out, REPEATED, outputs, kernels.pack(g, floats))
    plain.update_mean(*expected, REPEATED, outputs, g.ravel(), 0.3)
    close(W_in, expected[0])
    close(W_out, expected[1])


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_update_pairs(kernels, dimension):
    W_in, W_out = random(1, 20, dimension), random(2, 20, dimension)
    outputs = np.random.default_rng(5).integers(20, size=(5, 2, kernels.T))  # repeated ones as they come
    expected, g, kernels.count = (W_in.copy(), W_out.copy()), random(4, 5, 2, kernels.T), 5
    kernels.call(6, W_in, W_out, REPEATED, outputs, kernels.pack(g, group_floats(kernels.lanes, kernels.T)))
    plain.update_pairs(*expected, REPEATED, outputs.reshape(5, -1), g.reshape(5, -1))
    close(W_in, expected[0])
    close(W_out, expected[1])

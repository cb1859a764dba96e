"""Layers put together: any chain of layers, the CBOW and skip-gram networks, and the optimizers that train them."""

from wordvec.networks.clipping import clip_gradients
from wordvec.networks.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSprop
from wordvec.networks.sequential import Sequential
from wordvec.networks.word2vec import CBOWNetwork, SkipGramNetwork

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "CBOWNetwork",
    "Momentum",
    "Nesterov",
    "RMSprop",
    "Sequential",
    "SkipGramNetwork",
    "clip_gradients",
]
